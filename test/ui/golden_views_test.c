/* A golden screen of each kind of view. The recording is webdemo.scap: a web server whose handlers are spans, and curl that
 * asks it; capture_test.c tells what sysdig and csysdig say of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "golden_screens.h"

#define WEBDEMO "test/data/captures/webdemo.scap"
#define ALL (GOLDEN_80x24 | GOLDEN_200x50 | GOLDEN_40x10)
#define SLOWEST "End 's' Enter "   /* from the summary into the download of 1.54 s */

static const struct golden goldens[] = {
	{ "table", "Down", ALL | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "table-details", "Down Tab", ALL, { .path = WEBDEMO, .view = "procs" } },
	{ "traces", "End 's' Down", ALL, { .path = WEBDEMO } },
	{ "inside", SLOWEST "Down*4", ALL, { .path = WEBDEMO } },
	{ "dig", SLOWEST "'t' Down*3", ALL, { .path = WEBDEMO } },
	{ "echo", SLOWEST "'e' Down", ALL | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "echo-printable", SLOWEST "'ev' Down Enter", GOLDEN_80x24, { .path = WEBDEMO } },
	{ "echo-hex", SLOWEST "'ev' Down*2 Enter", GOLDEN_80x24 | GOLDEN_40x10, { .path = WEBDEMO } },
	{ "spectrogram-view", "F12 Up*4", ALL | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "spectrogram-marked", "F12 Up*3 'v' Up*6 Left*12", GOLDEN_80x24, { .path = WEBDEMO } },
	{ "waterfall", "End 'w' Down*2", ALL | GOLDEN_ASCII, { .path = WEBDEMO } },
	{ "in-flight", "'{' Down", ALL | GOLDEN_ASCII, { .view = "in_flight", .path = WEBDEMO } },
	{ "one-period", "'['", GOLDEN_80x24, { .path = WEBDEMO } },
	{ "nothing", "", GOLDEN_80x24 | GOLDEN_40x10, { .path = WEBDEMO, .filter = "proc.name=nobody" } },
};

static void views(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(goldens) / sizeof(*goldens); i++)
		golden_compare(&goldens[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views),
	};

	return cmocka_run_group_tests_name("golden views", tests, NULL, NULL);
}
