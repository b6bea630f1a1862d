/* Golden screens of what lies over a view: menus, questions, pages of text, the pager; and of the prompts. Commands are run by
 * nobody: the one that is asked for writes a few lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "golden_screens.h"
#include "web_service.h"

#define WEBDEMO "test/data/captures/webdemo.scap"
#define SMALL (GOLDEN_80x24 | GOLDEN_40x10)

/* ---- commands ---- */

static const char output[] = "strace: Process 100 attached\n"
			     "openat(AT_FDCWD, \"/tmp/blob.bin.1\", O_RDONLY) = 7\n"
			     "read(7, \"blob\\n\", 65536)\t= 5\n"
			     "\033[31mcolours of others\033[m are no colours here\n";

static int start(void *context, char *const *words, bool terminal)
{
	(void)words;
	(void)terminal;
	*(size_t *)context = 0;
	return 0;
}

static long read_output(void *context, char *bytes, size_t size)
{
	size_t *at = context, left = sizeof(output) - 1 - *at;

	if (!left)
		return -1;
	left = left < size ? left : size;
	memcpy(bytes, output + *at, left);
	*at += left;
	return (long)left;
}

static int status(void *context)
{
	(void)context;
	return 0;
}

static void stop(void *context)
{
	(void)context;
}

static bool exists(void *context, const char *program)
{
	(void)context;
	return strcmp(program, "gdb");
}

static bool process(void *context, uint32_t id, struct app_process *process)
{
	(void)context;
	(void)id;
	process->started = WEB_SERVICE_START - 3600000000000ull;
	snprintf(process->name, sizeof(process->name), "python3");
	return true;
}

static size_t read_so_far;
static const struct app_commands commands = { &read_so_far, start, read_output, status, stop, exists, process };

/* ---- screens ---- */

static const struct golden popups[] = {
	{ "menu-views", "F2 Down*2", SMALL | GOLDEN_200x50 | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "menu-views-inside", "End 's' Enter F2 End", GOLDEN_80x24, { .path = WEBDEMO } },
	{ "menu-views-found", "F2 'spectro'", GOLDEN_80x24, { .path = WEBDEMO } },
	{ "menu-sort", "F9 Down*2", SMALL, { .path = WEBDEMO } },
	{ "menu-columns", "'C' Down*3 Space", SMALL | GOLDEN_200x50, { .path = WEBDEMO, .view = "procs" } },
	{ "menu-settings", "'S' Down", SMALL | GOLDEN_200x50 | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "menu-path", "Enter Enter 'b' Up", SMALL, { .path = WEBDEMO } },
	{ "menu-actions", "F8 Down", SMALL | GOLDEN_200x50, { .view = "procs", .commands = &commands } },
	{ "question", "F8 Enter", SMALL | GOLDEN_ASCII, { .view = "procs", .commands = &commands } },
	{ "page-legend", "F7", SMALL, { .path = WEBDEMO, .view = "procs" } },
	{ "page-help", "F1 PgDn", SMALL | GOLDEN_200x50 | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "pager", "F8 'f' Wait Down", SMALL | GOLDEN_200x50, { .view = "procs", .commands = &commands } },
	{ "page-event", "End 's' Enter Down Enter", SMALL, { .path = WEBDEMO } },
};

static const struct golden prompts[] = {
	{ "prompt-filter-wrong", "F4 'span.ntags=1 and span.duraton>5ms' Enter", SMALL | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "prompt-filter-tab", "F4 'span.d' Tab", SMALL, { .path = WEBDEMO } },
	{ "prompt-search-none", "'/nowhere'", SMALL, { .path = WEBDEMO } },
	{ "prompt-save", "End 's' Enter 'ts'", SMALL, { .path = WEBDEMO } },
	{ "prompt-export", "'x'", SMALL, { .path = WEBDEMO } },
	{ "prompt-line", "End 's' Enter Ctrl-G '40'", SMALL, { .path = WEBDEMO } },
};

static void test_popups(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(popups) / sizeof(*popups); i++)
		golden_compare(&popups[i]);
}

static void test_prompts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(prompts) / sizeof(*prompts); i++)
		golden_compare(&prompts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_popups),
		cmocka_unit_test(test_prompts),
	};

	return cmocka_run_group_tests_name("golden popups", tests, NULL, NULL);
}
