/* Commands of actions: words, placeholders, and names that would do harm in a shell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/view_command.h"

/* The row: a process and a file of some name. */
struct row {
	const char *name;
	size_t size;
	int64_t pid;
	const char *container;
};

static bool row_value(void *context, const char *field, struct value *value, char *error)
{
	const struct row *row = context;

	(void)error;
	if (!strcmp(field, "fd.name")) {
		*value = (struct value){ .type = VALUE_TEXT, .text = row->name, .size = (uint32_t)row->size };
		return true;
	}
	if (!strcmp(field, "proc.pid")) {
		*value = (struct value){ .type = VALUE_ID, .i = row->pid };
		return true;
	}
	if (!strcmp(field, "container.type") && row->container) {
		*value = (struct value){ .type = VALUE_TEXT, .text = row->container, .size = (uint32_t)strlen(row->container) };
		return true;
	}
	if (!strcmp(field, "fd.rport")) {
		*value = (struct value){ .type = VALUE_PORT, .u = 443 };
		return true;
	}
	if (!strcmp(field, "fd.rip")) {
		*value = (struct value){ .type = VALUE_IPV4, .text = "\xc0\0\x02\x07", .size = 4 };
		return true;
	}
	return false;
}

/* The words in brackets, or "! " and the error; good until the next call. */
static const char *filled(const char *command, struct row row)
{
	static char text[4096];
	char error[VIEW_COMMAND_ERROR];
	struct view_command words;
	size_t used = 0;

	if (!row.size && row.name)
		row.size = strlen(row.name);
	text[0] = '\0';
	if (view_command_split(&words, command, error) || view_command_fill(&words, row_value, &row, error)) {
		snprintf(text, sizeof(text), "! %s", error);
	} else {
		assert_null(words.words[words.count]);
		for (size_t i = 0; i < words.count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "[%s]", words.words[i]);
	}
	view_command_fini(&words);
	return text;
}

static void refused(const char *command, struct row row, const char *why)
{
	const char *text = filled(command, row);

	if (text[0] != '!' || !strstr(text, why))
		fail_msg("'%s' gives %s", command, text);
}

static const struct row usual = { .name = "/tmp/x", .pid = 4711 };

static void words_are_split_at_blanks(void **state)
{
	(void)state;
	assert_string_equal(filled("kill -9 %proc.pid", usual), "[kill][-9][4711]");
	assert_string_equal(filled("  ls\t-l   x ", usual), "[ls][-l][x]");
	assert_string_equal(filled("gdb -ex \"thread apply all bt\" -ex 'quit'", usual),
			    "[gdb][-ex][thread apply all bt][-ex][quit]");
	assert_string_equal(filled("a '' b\\ c \"d \\\" e\" f'g'h", usual), "[a][][b c][d \" e][fgh]");
	assert_string_equal(filled("date +%s 100%% %x", usual), "[date][+%s][100%][%x]");
}

static void what_needs_a_shell_is_refused(void **state)
{
	static const char *const commands[] = {
		"renice $(expr 1 + 1) -p %proc.pid", "lsof -p %proc.pid | less", "cat %fd.name > /tmp/x", "a; b", "a & b", "a `b`",
		"cat \"$HOME\"", "rm *", "cat ~/x", "a < b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		refused(commands[i], usual, "shell");
	refused("cat 'x", usual, "quote");
	refused("   ", usual, "empty");
	/* quoted they mean nothing */
	assert_string_equal(filled("grep '|;$(x)`*' f", usual), "[grep][|;$(x)`*][f]");
}

static void hostile_names_stay_one_argument(void **state)
{
	static const char *const names[] = {
		"; rm -rf /", "$(reboot)", "`reboot`", "a b  c", "it's", "\"", "a\nb", "*", "| sh", "%proc.pid", "\\", "\xff\xfe",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char expected[100];

		snprintf(expected, sizeof(expected), "[less][%s]", names[i]);
		assert_string_equal(filled("less %fd.name", (struct row){ .name = names[i] }), expected);
	}
}

static void names_become_no_options(void **state)
{
	(void)state;
	refused("less %fd.name", (struct row){ .name = "-o/etc/passwd" }, "option");
	refused("less %fd.name", (struct row){ .name = "+!reboot" }, "option");
	refused("less %fd.name", (struct row){ .name = "--help" }, "option");
	refused("x %fd.name,y", (struct row){ .name = "-a" }, "option");
	/* behind the end of options they are names */
	assert_string_equal(filled("less -- %fd.name", (struct row){ .name = "-x" }), "[less][--][-x]");
}

static void unknown_values_are_refused(void **state)
{
	(void)state;
	refused("less %fd.name", (struct row){ .name = "" }, "no value of fd.name");
	refused("less %fd.name", (struct row){ .name = "<NA>" }, "no value of fd.name");
	refused("less %fd.name", (struct row){ .name = "a\0b", .size = 3 }, "zero byte");
	/* kill 0 and kill -1 are for many processes */
	refused("kill %proc.pid", (struct row){ .pid = 0 }, "no value of proc.pid");
	refused("kill %proc.pid", (struct row){ .pid = -1 }, "no value of proc.pid");
	refused("kill %proc.ppid", usual, "no column of proc.ppid");
	refused("kill %proc.nosuch", usual, "does not exist");
}

static void parts_of_arguments_are_plain(void **state)
{
	(void)state;
	assert_string_equal(filled("tcpdump 'host %fd.rip and port %fd.rport'", usual),
			    "[tcpdump][host 192.0.2.7 and port 443]");
	assert_string_equal(filled("x --file=%fd.name", usual), "[x][--file=/tmp/x]");
	refused("gdb -ex 'file %fd.name'", (struct row){ .name = "a b" }, "inside an argument");
	refused("x --eval=%fd.name", (struct row){ .name = "$(x)" }, "inside an argument");
}

static void rows_choose_no_program(void **state)
{
	(void)state;
	refused("%fd.name", usual, "cannot come from the row");
	refused("sh -c %fd.name", usual, "script");
	refused("/bin/bash -c 'less %fd.name'", usual, "script");
	assert_string_equal(filled("%container.type stop x", (struct row){ .container = "docker" }), "[docker][stop][x]");
	assert_string_equal(filled("%container.type stop x", (struct row){ .container = "podman" }), "[podman][stop][x]");
	refused("%container.type stop x", (struct row){ .container = "/bin/sh" }, "docker and podman");
	refused("x%container.type stop", (struct row){ .container = "docker" }, "docker and podman");
}

static void endless_ones_are_refused(void **state)
{
	char *long_text = malloc(100001), *many = malloc(2001);

	(void)state;
	assert_non_null(long_text);
	assert_non_null(many);
	memset(long_text, 'a', 100000);
	long_text[100000] = '\0';
	for (int i = 0; i < 2000; i++)
		many[i] = i % 2 ? ' ' : 'a';
	many[2000] = '\0';
	refused(long_text, usual, "too long");
	refused(many, usual, "too many");
	refused("less %fd.name", (struct row){ .name = long_text }, "too long");
	refused("less x%fd.name", (struct row){ .name = long_text }, "too long");
	free(long_text);
	free(many);
}

static void people_see_quotes(void **state)
{
	char error[VIEW_COMMAND_ERROR], *text;
	struct row row = { .name = "it's; here", .size = 10 };
	struct view_command command;

	(void)state;
	assert_int_equal(view_command_split(&command, "less -- %fd.name ''", error), 0);
	assert_int_equal(view_command_fill(&command, row_value, &row, error), 0);
	text = view_command_text(&command);
	assert_string_equal(text, "less -- 'it'\\''s; here' ''");
	free(text);
	view_command_fini(&command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_at_blanks),
		cmocka_unit_test(what_needs_a_shell_is_refused),
		cmocka_unit_test(hostile_names_stay_one_argument),
		cmocka_unit_test(names_become_no_options),
		cmocka_unit_test(unknown_values_are_refused),
		cmocka_unit_test(parts_of_arguments_are_plain),
		cmocka_unit_test(rows_choose_no_program),
		cmocka_unit_test(endless_ones_are_refused),
		cmocka_unit_test(people_see_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
