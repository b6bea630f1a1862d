/* Actions of views: what is offered, what is asked, what runs, and what becomes of its output. The machine is
 * web_service.h's: process 100, python3, seen first at WEB_SERVICE_START. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"
#include "test/unit/feed.h"
#include "web_service.h"

#define MS 1000000ull

/* A machine that runs nothing, and tells what it was asked to. */
struct fake {
	struct app_commands commands;
	char ran[400];             /* the words in brackets; "" none yet */
	bool terminal, running;
	int error, exit_status;
	const char *output;        /* what is still to be read */
	size_t flood;              /* bytes of output besides */
	bool ends;                 /* when all is read */
	unsigned kills;
	const char *missing;       /* program that is not there */
	bool gone;
	uint64_t started;
	const char *name;
};

static int fake_start(void *context, char *const *words, bool terminal)
{
	struct fake *fake = context;
	size_t used = 0;

	if (fake->error)
		return fake->error;
	assert_false(fake->running);
	for (; *words; words++)
		used += (size_t)snprintf(fake->ran + used, sizeof(fake->ran) - used, "[%s]", *words);
	fake->terminal = terminal;
	fake->running = true;
	return 0;
}

static long fake_read(void *context, char *bytes, size_t size)
{
	struct fake *fake = context;
	size_t length = fake->output ? strlen(fake->output) : 0;

	assert_true(fake->running);
	if (length > size)
		length = size;
	if (length) {
		memcpy(bytes, fake->output, length);
		fake->output += length;
		return (long)length;
	}
	if (fake->flood && !fake->kills) {
		length = fake->flood < size ? fake->flood : size;
		memset(bytes, 'x', length);
		bytes[length - 1] = '\n';
		fake->flood -= length;
		return (long)length;
	}
	if (!fake->ends && !fake->kills)
		return 0;
	fake->running = false;
	return -1;
}

static int fake_status(void *context)
{
	return ((struct fake *)context)->exit_status;
}

static void fake_kill(void *context)
{
	((struct fake *)context)->kills++;
}

static bool fake_exists(void *context, const char *program)
{
	const struct fake *fake = context;

	return !fake->missing || strcmp(program, fake->missing);
}

static bool fake_process(void *context, uint32_t id, struct app_process *process)
{
	const struct fake *fake = context;

	assert_true(id == 100 || (id >= 101 && id <= 103));
	process->started = fake->started;
	snprintf(process->name, sizeof(process->name), "%s", fake->name);
	return !fake->gone;
}

static struct fake new_fake(void)
{
	return (struct fake){ .commands = { NULL, fake_start, fake_read, fake_status, fake_kill, fake_exists, fake_process },
			      .started = WEB_SERVICE_START - 3600000 * MS, .name = "python3", .ends = true };
}

static void open_with(struct screen *screen, struct fake *fake, const char *view)
{
	fake->commands.context = fake;
	screen_open_commands(screen, &fake->commands, false, view, 30, 110);
}

/* ---- asking ---- */

static void the_menu_shows_what_would_run(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8");
	screen_has(&screen, "(k) end it");
	screen_has(&screen, "kill 100");       /* of the first line, below the lines */
	screen_type(&screen, "Down");
	screen_has(&screen, "kill -9 100");
	screen_type(&screen, "Esc");
	screen_lacks(&screen, "kill -9 100");
	assert_string_equal(fake.ran, "");
	screen_close(&screen);
}

static void killing_asks_first_and_names_the_process(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 '9'");
	screen_has(&screen, "Run this command?");
	screen_has(&screen, "kill -9 100");
	screen_has(&screen, "process 100 python3");
	screen_has(&screen, "started 20");
	/* the cursor is on no */
	screen_type(&screen, "Enter");
	assert_string_equal(fake.ran, "");
	screen_has(&screen, "Nothing was run");
	screen_type(&screen, "F8 '9n' F8 '9' Esc");
	assert_string_equal(fake.ran, "");
	screen_type(&screen, "F8 '9y'");
	assert_string_equal(fake.ran, "[kill][-9][100]");
	assert_false(fake.terminal);
	screen_has(&screen, "Done: kill -9 100");
	screen_close(&screen);
}

static void a_key_alone_always_asks(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	open_with(&screen, &fake, "procs");
	/* lsof is not asked about in the menu */
	screen_type(&screen, "'m'");
	screen_has(&screen, "Run this command?");
	assert_string_equal(fake.ran, "");
	screen_type(&screen, "'y'");
	assert_string_equal(fake.ran, "[pmap][-x][100]");
	/* keys with another meaning keep it: s is the list of spans or nothing, never gdb */
	fake.ran[0] = '\0';
	screen_type(&screen, "'hq[]9' Unknown");
	assert_string_equal(fake.ran, "");
	screen_close(&screen);
}

static void another_process_of_the_number_is_spared(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 'k'");
	/* between question and answer */
	fake.started = WEB_SERVICE_END;
	fake.name = "sshd";
	screen_type(&screen, "'y'");
	screen_has(&screen, "100 is another process by now: it was python3, it is sshd");
	assert_string_equal(fake.ran, "");
	/* and before */
	screen_type(&screen, "F8 'k'");
	screen_has(&screen, "is another process by now");
	screen_lacks(&screen, "Run this command?");
	screen_type(&screen, "Enter Esc");
	fake.gone = true;
	screen_type(&screen, "'k'");
	screen_has(&screen, "There is no process 100 (python3) any more");
	assert_string_equal(fake.ran, "");
	screen_close(&screen);
}

static void missing_programs_name_their_package(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.missing = "gcore";
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 'c'");
	screen_has(&screen, "install the package gdb");
	screen_lacks(&screen, "Run this command?");
	screen_close(&screen);
}

static void not_on_captures_nor_readonly(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.commands.context = &fake;
	screen_open_commands(&screen, &fake.commands, true, "procs", 24, 80);
	screen_type(&screen, "F8");
	screen_has(&screen, "--readonly");
	screen_type(&screen, "'k'");
	screen_has(&screen, "--readonly");
	screen_type(&screen, "'y'");
	assert_string_equal(fake.ran, "");
	screen_close(&screen);
	screen_open_capture(&screen, "test/data/captures/spans_open.scap", 0, "procs", 24, 80);
	screen_type(&screen, "F8");
	screen_has(&screen, "what a capture tells of is elsewhere");
	screen_type(&screen, "'k'");
	screen_has(&screen, "what a capture tells of is elsewhere");
	screen_close(&screen);
}

static void names_reach_the_program_as_they_are(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;
	uint64_t time = WEB_SERVICE_END - 100 * MS;

	(void)state;
	open_with(&screen, &fake, "files");
	for (unsigned i = 0; i < 60; i++)
		feed_open(screen.engine, 103, 100, time + i * 2000, time + i * 2000 + 1000, "/x; rm -rf $(y)\n'", 9);
	screen_wait(&screen, 2000 * MS);
	screen_type(&screen, "'/rm -rf' Enter F8 'l'");
	assert_string_equal(fake.ran, "[less][--][/x; rm -rf $(y)\n']");
	assert_true(fake.terminal);
	screen_close(&screen);
}

/* ---- output ---- */

static void output_comes_while_it_runs(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.ends = false;
	fake.output = "openat(1)\nread(";
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 't'");
	assert_string_equal(fake.ran, "[strace][-f][-tt][-T][-p][100]");
	screen_wait(&screen, 1000 * MS);
	screen_has(&screen, "strace -f -tt -T -p 100");
	screen_has(&screen, "Esc ends it");
	screen_has(&screen, "openat(1)");
	fake.output = "2)\nclose(3)\n";
	screen_wait(&screen, 1000 * MS);
	screen_has(&screen, "read(2)");
	screen_has(&screen, "close(3)");
	/* Esc ends it; what it wrote stays to be read until Esc again */
	screen_type(&screen, "Esc");
	assert_int_equal(fake.kills, 1);
	screen_wait(&screen, 1000 * MS);
	screen_has(&screen, "close(3)");
	screen_type(&screen, "Esc");
	screen_lacks(&screen, "close(3)");
	screen_close(&screen);
}

static void one_line_is_a_message(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.output = "kill: (100) - Not permitted\n";
	fake.exit_status = 1;
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 'ky'");
	screen_has(&screen, "kill 100: exit status 1: kill: (100) - Not permitted");
	screen_close(&screen);
}

static void many_lines_are_a_window(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.output = "COMMAND PID\npython3 100 \033[2J\n";
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 'f'");
	screen_has(&screen, "COMMAND PID");
	screen_has(&screen, "exit status 0");
	/* nothing in it acts on the terminal */
	screen_has(&screen, "\\x1b[2J");
	screen_type(&screen, "Esc");
	screen_lacks(&screen, "COMMAND PID");
	screen_close(&screen);
}

static void floods_are_ended(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.flood = 100 << 20;
	fake.ends = false;
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 't'");
	for (int i = 0; i < 40 && fake.running; i++)
		screen_wait(&screen, 500 * MS);
	assert_int_equal(fake.kills, 1);
	assert_true(fake.flood > 90 << 20);
	screen_has(&screen, "more than 8 MB");
	screen_close(&screen);
}

static void closing_the_program_frees_all(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.ends = false;
	fake.output = "x";
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 't'");
	screen_close(&screen);
	fake = new_fake();
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 'k'");
	screen_close(&screen);
}

static void interactive_ones_get_the_terminal(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 'gy'");
	assert_string_equal(fake.ran, "[gdb][-p][100]");
	assert_true(fake.terminal);
	screen_has(&screen, "has ended");
	screen_close(&screen);
}

static void what_cannot_start_says_why(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	fake.error = -EACCES;
	open_with(&screen, &fake, "procs");
	screen_type(&screen, "F8 'ky'");
	screen_has(&screen, "kill cannot be run: Permission denied");
	screen_close(&screen);
}

/* ---- menus ---- */

static void every_size_shows_menu_and_question(void **state)
{
	static const char *const sizes[] = { "20x5", "10x3", "400x120", "46x8", "80x24" };
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	open_with(&screen, &fake, "procs");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char keys[200];

		snprintf(keys, sizeof(keys), "F8 Resize:%s Down*3 End PgUp Home '9' Resize:80x24 Resize:%s Up*9 Down*9 Esc F2 "
			 "Resize:80x24 Resize:%s PgDn End Mouse:up:2,5 Mouse:down:2,5 Esc", sizes[i], sizes[i], sizes[i]);
		screen_type(&screen, keys);
	}
	assert_string_equal(fake.ran, "");
	/* on the smallest one the answer itself names the command's effect */
	screen_type(&screen, "Resize:20x5 F8 '9'");
	screen_has(&screen, "(n) no");
	screen_close(&screen);
}

static void the_mouse_chooses(void **state)
{
	struct fake fake = new_fake();
	struct screen screen;

	(void)state;
	open_with(&screen, &fake, "procs");
	/* outside closes; the second half of a double click there is for nobody: the row stays closed */
	screen_type(&screen, "Mouse:press:5,2 F8 Mouse:press:5,2");
	screen_lacks(&screen, "Actions for the row");
	screen_type(&screen, "Mouse:double:5,2");
	screen_has(&screen, "Processes");
	/* the wheel moves the cursor */
	screen_type(&screen, "F8 Mouse:down:10,50");
	screen_has(&screen, "kill -9 100");
	screen_type(&screen, "Mouse:up:10,50");
	screen_lacks(&screen, "kill -9 100");
	assert_string_equal(fake.ran, "");
	screen_close(&screen);
}

static void views_that_do_not_apply_say_why(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "procs", NULL, 60, 110);
	screen_type(&screen, "':'");
	screen_has(&screen, "Not for this selection:");
	/* its own file says that it applies to evt.type alone */
	screen_type(&screen, "'calls of processes' ");
	screen_type(&screen, "Esc ':' End");
	screen_has(&screen, "Not without a selection: it needs one by");
	screen_type(&screen, "Enter");
	screen_has(&screen, "Not without a selection");   /* still open */
	screen_type(&screen, "Esc");
	screen_lacks(&screen, "Not without a selection");
	screen_type(&screen, "':' 'Threads' Enter");
	screen_has(&screen, "Threads");
	screen_close(&screen);
}

static void the_legend_lists_actions(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "procs", NULL, 70, 110);
	screen_type(&screen, "F7");
	screen_has(&screen, "*k end it (SIGTERM): kill %proc.pid");
	screen_has(&screen, " [ give way to others");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_menu_shows_what_would_run),
		cmocka_unit_test(killing_asks_first_and_names_the_process),
		cmocka_unit_test(a_key_alone_always_asks),
		cmocka_unit_test(another_process_of_the_number_is_spared),
		cmocka_unit_test(missing_programs_name_their_package),
		cmocka_unit_test(not_on_captures_nor_readonly),
		cmocka_unit_test(names_reach_the_program_as_they_are),
		cmocka_unit_test(output_comes_while_it_runs),
		cmocka_unit_test(one_line_is_a_message),
		cmocka_unit_test(many_lines_are_a_window),
		cmocka_unit_test(floods_are_ended),
		cmocka_unit_test(closing_the_program_frees_all),
		cmocka_unit_test(interactive_ones_get_the_terminal),
		cmocka_unit_test(what_cannot_start_says_why),
		cmocka_unit_test(every_size_shows_menu_and_question),
		cmocka_unit_test(the_mouse_chooses),
		cmocka_unit_test(views_that_do_not_apply_say_why),
		cmocka_unit_test(the_legend_lists_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
