/* Windows of text and the pager. What dig shows was taken from
 *   TZ=UTC sysdig -r webdemo.scap
 * which prints 124079 lines; of its events 34706 have data (evt.is_io=true and evt.dir=< and evt.rawres>0), and echo has
 * three lines for each: a head, the data, an empty one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "screen.h"
#include "src/ui/pane.h"
#include "src/ui/text_goto.h"

#define WEBDEMO "test/data/captures/webdemo.scap"

static void open_view(struct screen *screen, const char *view, int rows, int columns)
{
	screen_open_capture(screen, WEBDEMO, 0, view, rows, columns);
}

/* ---- dig ---- */

static void dig_has_the_lines_of_sysdig(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "dig", 24, 160);
	screen_has(&screen, " 1 22:13:20.000000000 1 rsyslogd (900) > poll fds=3:u1 timeout=1000");
	screen_has(&screen, "3.00us 6 22:13:20.008494205 3 python (5133) < recvfrom res=74 data=GET /empty/799 HTTP/1.1..");
	screen_has(&screen, "1/124079 0%");
	screen_type(&screen, "End");
	screen_has(&screen, "154868 22:13:51.335580848 3 python (5134) < close res=0");
	screen_has(&screen, "124079/124079 100%");
	screen_close(&screen);
}

static void one_goes_to_a_line_an_event_a_time(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "dig", 24, 160);
	screen_type(&screen, "Ctrl-G '5000' Enter");
	screen_has(&screen, "5000/124079");
	screen_has(&screen, "6229 22:13:21.183851250 0 python (5138) < recvfrom res=71");
	screen_type(&screen, "Ctrl-G '#60000' Enter");
	screen_has(&screen, "48079/124079");
	screen_has(&screen, "60000 22:13:31.751270887 0 python (5138) < tracer id=5138 tags=fib_handler.fib_write.fib");
	screen_type(&screen, "Ctrl-G '22:13:41.5' Enter Enter");
	screen_has(&screen, "22:13:41.502618710");
	screen_type(&screen, "Esc Ctrl-G '12x' Enter");
	screen_has(&screen, "a line number, #event, or a time");
	screen_type(&screen, "Esc Ctrl-G '999999999' Enter");
	screen_has(&screen, "There are 124079 lines");
	screen_close(&screen);
}

/* Its place is that of the same event, however many lines there are before it. */
static void another_form_stays_at_the_event(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "dig", 24, 160);
	screen_type(&screen, "Ctrl-G '#60001' Enter 'v' Down Enter");
	screen_has(&screen, "a call a line");
	screen_type(&screen, "Enter");
	screen_has(&screen, "evt.num");
	screen_has(&screen, "60002");
	screen_type(&screen, "Esc 'v' Home Enter");
	screen_has(&screen, "enter and exit of each call");
	screen_has(&screen, "60002 22:13:31.7512");
	screen_close(&screen);
}

static void search_finds_far_away_and_says_when_there_is_nothing(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "dig", 24, 160);
	screen_type(&screen, "F3 '154868 22:' Enter");
	screen_wait(&screen, 3000000000ull);
	screen_has(&screen, "124079/124079");
	screen_type(&screen, "Home F3 'nothing like this' Enter");
	screen_wait(&screen, 3000000000ull);
	screen_has(&screen, "not found 1");
	screen_close(&screen);
}

/* ---- echo ---- */

static void echo_has_data_under_its_head(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "echo", 24, 160);
	screen_has(&screen, "1/104118 0%");
	screen_has(&screen, "------ 22:13:20.008494205 Read 74B from 10.0.0.51:33001->10.0.0.10:8888 (python 5120 thread 5133) 3.00us");
	screen_has(&screen, "\nGET /empty/799 HTTP/1.1..Host: 10.0.0.10:8888..User-Agent: Mozilla/5.0....\n");
	screen_has(&screen, "Write 69B to /var/log/webdemo.log (python 5120 thread 5133) 2.50us");
	screen_type(&screen, "'v' Down Enter");
	screen_has(&screen, "\nGET /empty/799 HTTP/1.1\nHost: 10.0.0.10:8888\nUser-Agent: Mozilla/5.0\n");
	screen_type(&screen, "'v' Down Enter");
	screen_has(&screen, "  0x0000: 4745 5420 2f65 6d70 7479 2f37 3939 2048  GET /empty/799 H\n");
	screen_has(&screen, "  0x0040: 6c61 2f35 2e30 0d0a 0d0a                 la/5.0....\n");
	screen_close(&screen);
}

static void forms_are_remembered_for_the_next_window(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "procs", 24, 160);
	screen_type(&screen, "F5 'v' Down Down Enter");
	screen_has(&screen, "0x0000: ");
	screen_type(&screen, "Backspace Down F5");
	screen_has(&screen, "hex");
	screen_close(&screen);
}

static void echo_of_a_row_is_of_that_row(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "files", 24, 160);
	screen_type(&screen, "F4 'fd.name=/var/log/webdemo.log' Enter F5");
	screen_has(&screen, "I/O Echo");
	screen_has(&screen, "Write 69B to /var/log/webdemo.log");
	screen_lacks(&screen, "Read ");
	screen_type(&screen, "F6");
	screen_has(&screen, "> write fd=2(<f>/var/log/webdemo.log) size=69");
	screen_type(&screen, "'t'");
	screen_has(&screen, "LATENCY");
	screen_close(&screen);
}

static void inside_a_span_means_the_same_as_among_events(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, WEBDEMO, 0, NULL, 24, 160);
	screen_type(&screen, "End 's' Enter 't'");
	screen_has(&screen, "Dig");
	screen_has(&screen, "download_handler (1.54s)");
	screen_has(&screen, "python (5135) > open name=/tmp/blob.bin.4");
	screen_lacks(&screen, "rsyslogd");
	screen_type(&screen, "'i'");
	screen_has(&screen, "Inside: the span's process");
	screen_close(&screen);
}

/* ---- long lines ---- */

static void long_lines_wrap_or_scroll(void **state)
{
	struct screen screen;

	(void)state;
	open_view(&screen, "echo", 24, 60);
	screen_has(&screen, "------ 22:13:20.008494205 Read 74B from 10.0.0.51:33001->10.\n0.0.10:8888 (python 5120 thread 5133) 3.00us\n");
	screen_type(&screen, "'v' End Enter");
	screen_has(&screen, "Read 74B from 10.0.0.51:33001->10.\nGET /empty");
	screen_type(&screen, "Right");
	screen_has(&screen, "2:13:20.008494205 Read 74B from 10.0.0.51:33001->10.0.0.10:8");
	screen_type(&screen, "Left Left");
	screen_has(&screen, "------ 22:13:20");
	screen_close(&screen);
}

static void every_size_is_drawn(void **state)
{
	static const char *const sizes[] = { "20x5", "21x6", "400x120", "10x3", "1x1", "80x24" };
	static const char *const views[] = { "dig", "echo" };
	struct screen screen;

	(void)state;
	for (size_t v = 0; v < 2; v++) {
		open_view(&screen, views[v], 24, 80);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			char script[64];

			snprintf(script, sizeof(script), "Resize:%s", sizes[i]);
			screen_type(&screen, script);
			screen_type(&screen, "Down*3 PgDn End Up*2 PgUp Home 'v' Down Enter PgDn*2 Mouse:press:2,1 Mouse:up:1,1 Mouse:down:1,1");
		}
		screen_close(&screen);
	}
}

/* ---- saving ---- */

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	static char text[1 << 16];

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void temporary_directory(char *directory)
{
	strcpy(directory, "/tmp/spantop-text-XXXXXX");
	assert_non_null(mkdtemp(directory));
}

static const char hostile[] = "first\n\x1b]0;owned\a\x1b[2Jsecond\tend\r\n\xff\xfe\nlast";

/* The app is given output of a command as the actions of views give it. */
static void open_pager(struct screen *screen, const char *title, const char *text, size_t size)
{
	screen_open(screen, NULL, NULL, 12, 60);
	app_pager(screen->app, title, text, size);
	screen_type(screen, "Unknown");
}

static void saved_files_hold_no_commands_and_are_not_overwritten(void **state)
{
	char directory[64], path[80], script[200];
	struct screen screen;
	struct stat about;

	(void)state;
	temporary_directory(directory);
	snprintf(path, sizeof(path), "%s/out", directory);
	open_pager(&screen, "strings", hostile, sizeof(hostile) - 1);
	snprintf(script, sizeof(script), "'s' Backspace*40 '%s' Enter", path);
	screen_type(&screen, script);
	screen_has(&screen, "Saved 4 lines, ");
	assert_string_equal(read_all(path), "first\n\\x1b]0;owned\\x07\\x1b[2Jsecond   end\n\\xff\\xfe\nlast\n");
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);

	assert_int_equal(truncate(path, 3), 0);
	screen_type(&screen, script);
	screen_has(&screen, "There is such a file");
	screen_type(&screen, "Enter");
	screen_has(&screen, "Not saved");
	assert_string_equal(read_all(path), "fir");
	screen_type(&screen, script);
	screen_type(&screen, "Down Enter");
	screen_has(&screen, "Saved 4 lines, ");
	assert_int_equal(strlen(read_all(path)), about.st_size);
	screen_close(&screen);
	unlink(path);
	rmdir(directory);
}

static void what_cannot_be_saved_is_said(void **state)
{
	struct screen screen;

	(void)state;
	open_pager(&screen, "strings", hostile, sizeof(hostile) - 1);
	screen_type(&screen, "'s' Backspace*40 '/nowhere/out' Enter");
	screen_has(&screen, "cannot save /nowhere/out: No such file or directory");
	screen_type(&screen, "'s' Backspace*40 '/dev/null' Enter Down Enter");
	screen_has(&screen, "cannot save /dev/null: it is no plain file");
	screen_close(&screen);
}

static void echo_is_saved_as_shown(void **state)
{
	char directory[64], path[80], script[200];
	struct screen screen;

	(void)state;
	temporary_directory(directory);
	snprintf(path, sizeof(path), "%s/out", directory);
	screen_open_capture(&screen, WEBDEMO, 0, "echo", 24, 50);
	snprintf(script, sizeof(script), "'s' Backspace*40 '%s' Enter", path);
	screen_type(&screen, script);
	screen_wait(&screen, 3000000000ull);
	screen_has(&screen, "Saved 104118 lines, ");
	/* lines are whole, however narrow the screen */
	assert_ptr_equal(strstr(read_all(path), "------ 22:13:20.008494205 Read 74B from 10.0.0.51:33001->10.0.0.10:8888 "
				"(python 5120 thread 5133) 3.00us\nGET /empty/799 HTTP/1.1..Host: 10.0.0.10:8888..User-Agent: "
				"Mozilla/5.0....\n\n------ "), read_all(path));
	screen_close(&screen);
	unlink(path);
	rmdir(directory);
}

/* ---- the pager ---- */

static void the_pager_shows_searches_and_closes(void **state)
{
	static const char text[] = "alpha\nbeta\ngamma\ndelta beta\n";
	struct screen screen;

	(void)state;
	open_pager(&screen, "lsof -p 1", text, sizeof(text) - 1);
	screen_has(&screen, "lsof -p 1");
	screen_has(&screen, "4 lines");
	screen_has(&screen, "1/4 0%");
	screen_type(&screen, "'/beta' Enter");
	screen_has(&screen, "2/4");
	screen_type(&screen, "'n'");
	screen_has(&screen, "4/4");
	screen_type(&screen, "'n'");
	screen_has(&screen, "2/4");
	screen_type(&screen, "'N'");
	screen_has(&screen, "4/4");
	screen_type(&screen, "Ctrl-G '3' Enter");
	screen_has(&screen, "3/4");
	screen_type(&screen, "Esc");
	screen_lacks(&screen, "gamma");
	screen_has(&screen, "fib_handler");
	screen_close(&screen);
}

static void the_pager_is_not_the_screen_below(void **state)
{
	struct screen screen;

	(void)state;
	open_pager(&screen, "out", "one\ntwo\n", 8);
	screen_type(&screen, "F2 F4 'p' Delete F12");
	screen_has(&screen, "one");
	screen_lacks(&screen, "PAUSED");
	screen_type(&screen, "'q'");
	screen_has(&screen, "fib_handler");
	assert_false(app_done(screen.app));
	screen_close(&screen);
}

static void hostile_output_is_escaped(void **state)
{
	struct screen screen;

	(void)state;
	open_pager(&screen, "out\x1b[2J", hostile, sizeof(hostile) - 1);
	screen_has(&screen, "\\x1b]0;owned\\x07\\x1b[2Jsecond");
	screen_has(&screen, "\\xff\\xfe");
	screen_has(&screen, "out\\x1b[2J");
	screen_close(&screen);
}

static void empty_and_endless_lines_are_shown(void **state)
{
	static char text[200000];
	struct screen screen;

	(void)state;
	open_pager(&screen, "nothing", "", 0);
	screen_has(&screen, "no output");
	screen_type(&screen, "Down End Home PgDn 'n' Ctrl-G '7' Enter 'w' Enter");
	screen_close(&screen);
	memset(text, 'x', sizeof(text));
	open_pager(&screen, "long", text, sizeof(text));
	screen_type(&screen, "'w' Down*5 PgDn*3 End Up*4 Home Right*4 '/xxxx' Enter");
	screen_has(&screen, "1/1");
	screen_close(&screen);
}

/* ---- live ---- */

static void the_newest_line_is_followed_until_one_scrolls_up(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "dig", NULL, 24, 120);
	screen_has(&screen, "follow");
	screen_has(&screen, "100%");
	screen_type(&screen, "Up");
	screen_has(&screen, "hold");
	screen_type(&screen, "'f'");
	screen_has(&screen, "Following");
	screen_type(&screen, "Up");
	screen_type(&screen, "End");
	screen_has(&screen, "follow");
	/* a call is its enter and its exit */
	screen_type(&screen, "Home");
	screen_has(&screen, "> ");
	screen_has(&screen, "< ");
	screen_close(&screen);
}

/* ---- places that are typed ---- */

static void places_are_lines_events_and_times(void **state)
{
	const uint64_t evening = 1700000000000000000ull;   /* 2023-11-14 22:13:20 UTC */
	enum place_kind kind;
	uint64_t value;

	(void)state;
	setenv("TZ", "UTC", 1);
	assert_true(place_parse("42", evening, &kind, &value));
	assert_int_equal(kind, PLACE_NUMBER);
	assert_int_equal(value, 42);
	assert_true(place_parse("#7", evening, &kind, &value));
	assert_int_equal(kind, PLACE_EVENT);
	assert_true(place_parse("22:14", evening, &kind, &value));
	assert_int_equal(kind, PLACE_TIME);
	assert_true(value == evening + 40 * 1000000000ull);
	assert_true(place_parse("22:13:20.25", evening, &kind, &value));
	assert_true(value == evening + 250000000ull);
	assert_true(place_parse("00:13:20", evening, &kind, &value));
	assert_true(value == evening + 2 * 3600 * 1000000000ull);
	assert_false(place_parse("24:00", evening, &kind, &value));
	assert_false(place_parse("1:2:3:4", evening, &kind, &value));
	assert_false(place_parse("-1", evening, &kind, &value));
	assert_false(place_parse("12 ", evening, &kind, &value));
	assert_false(place_parse("99999999999999999999", evening, &kind, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dig_has_the_lines_of_sysdig),
		cmocka_unit_test(one_goes_to_a_line_an_event_a_time),
		cmocka_unit_test(another_form_stays_at_the_event),
		cmocka_unit_test(search_finds_far_away_and_says_when_there_is_nothing),
		cmocka_unit_test(echo_has_data_under_its_head),
		cmocka_unit_test(forms_are_remembered_for_the_next_window),
		cmocka_unit_test(echo_of_a_row_is_of_that_row),
		cmocka_unit_test(inside_a_span_means_the_same_as_among_events),
		cmocka_unit_test(long_lines_wrap_or_scroll),
		cmocka_unit_test(every_size_is_drawn),
		cmocka_unit_test(saved_files_hold_no_commands_and_are_not_overwritten),
		cmocka_unit_test(what_cannot_be_saved_is_said),
		cmocka_unit_test(echo_is_saved_as_shown),
		cmocka_unit_test(the_pager_shows_searches_and_closes),
		cmocka_unit_test(the_pager_is_not_the_screen_below),
		cmocka_unit_test(hostile_output_is_escaped),
		cmocka_unit_test(empty_and_endless_lines_are_shown),
		cmocka_unit_test(the_newest_line_is_followed_until_one_scrolls_up),
		cmocka_unit_test(places_are_lines_events_and_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
