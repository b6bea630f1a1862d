/* Stepping through time, and tables of one refresh period. What a second of the capture holds is counted by sysdig 0.29.3:
 *   sysdig -r webdemo.scap -p '%evt.time.s %span.tag[0] %span.duration' 'evt.type=tracer and evt.dir=< and span.ntags=1'
 * of 22:13:41: 56 fib_handler, the slowest of 13276859 ns, 31 empty_handler, 27 download_handler, the slowest 1540278579 ns.
 * Of the live machine it follows from web_service.h: at 2.0003 s an open that fails, at 2.001 s one that does not, at 2.602 s
 * a read ends, at 3.45 s a write, at 3.46 s a close. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"

#define CAPTURE "test/data/captures/webdemo.scap"
#define SECOND 1000000000ull

static void test_stepping_through_a_capture(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 0, NULL, 24, 120);
	screen_lacks(&screen, "Time:");
	screen_type(&screen, "'['");
	screen_has(&screen, "Time: 22:13:51-22:13:52 (+31 s)");
	screen_type(&screen, "'{'");
	screen_has(&screen, "Time: 22:13:41-22:13:42 (+21 s)");
	screen_has(&screen, "13ms       168");   /* slowest fib_handler, three spans below each of 56 */
	screen_has(&screen, "56 ");
	screen_has(&screen, "31 ");
	screen_has(&screen, "27 ");
	screen_has(&screen, "1.54s");
	screen_type(&screen, "']' '['");
	screen_has(&screen, "Time: 22:13:41-22:13:42 (+21 s)");
	screen_type(&screen, "'='");
	screen_lacks(&screen, "Time:");
	screen_has(&screen, "2K     60.5");
	screen_close(&screen);
}

static void test_the_ends_of_a_capture(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 0, NULL, 24, 120);
	screen_type(&screen, "']'");
	screen_has(&screen, "Time: 22:13:20-22:13:21 (+0 s)");
	screen_type(&screen, "'['");
	screen_has(&screen, "The capture begins here");
	screen_has(&screen, "Time: 22:13:20-22:13:21 (+0 s)");
	screen_type(&screen, "'}' '}' '}'");
	screen_has(&screen, "Time: 22:13:50-22:13:51");
	screen_type(&screen, "'}'");
	screen_has(&screen, "Time: 22:13:51-22:13:52");
	screen_type(&screen, "']'");
	screen_has(&screen, "The capture ends here");
	screen_lacks(&screen, "Time:");
	screen_close(&screen);
}

/* The cursor stays on its row, and what is opened from there is of the same time. */
static void test_a_window_holds_below(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 0, NULL, 24, 120);
	screen_type(&screen, "End '[' '{'");
	screen_has(&screen, "3/3");
	screen_type(&screen, "'s'");
	screen_has(&screen, "Time: 22:13:41-22:13:42");
	screen_has(&screen, "1/27");
	screen_type(&screen, "'='");
	screen_lacks(&screen, "Time:");
	screen_has(&screen, "1/792");
	screen_type(&screen, "Backspace");
	screen_has(&screen, "Time: 22:13:41-22:13:42");
	screen_close(&screen);
}

/* The recording holds the last seconds alone: the file is read again for a window before them. */
static void test_a_window_that_memory_has_forgotten(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 1 << 20, NULL, 24, 120);
	screen_type(&screen, "'[' '{'");
	screen_has(&screen, "Time: 22:13:41-22:13:42");
	screen_has(&screen, "13ms       168");
	screen_type(&screen, "End 's'");
	screen_has(&screen, "1/27");
	screen_has(&screen, "1.54s");
	screen_close(&screen);
}

static void test_longer_and_shorter_steps(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 0, NULL, 24, 120);
	screen_type(&screen, "']' '-'");
	screen_has(&screen, "[ and ] step by 0.5 s");
	screen_has(&screen, "Time: 22:13:20.0-22:13:20.5");
	screen_type(&screen, "']'");
	screen_has(&screen, "Time: 22:13:20.5-22:13:21.0 (+0.");
	screen_type(&screen, "'+' '+'");
	screen_has(&screen, "Time: 22:13:20-22:13:22");
	screen_close(&screen);
}

static void test_a_live_table_shows_the_last_period(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "syscalls", NULL, 24, 120);
	screen_has(&screen, "last 5.0 s");
	screen_has(&screen, "open");
	screen_wait(&screen, 1 * SECOND);
	screen_has(&screen, "last 1.0 s");
	screen_lacks(&screen, "open");
	screen_type(&screen, "'a'");
	screen_has(&screen, "since 22:13:20");
	screen_has(&screen, "open");
	screen_wait(&screen, 1 * SECOND);
	screen_has(&screen, "open");
	screen_type(&screen, "'a'");
	screen_lacks(&screen, "since 22:13:20");
	screen_lacks(&screen, "open");
	screen_close(&screen);
}

static void test_a_live_table_of_spans_counts_on(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 120);
	screen_has(&screen, "since 22:13:20");
	screen_wait(&screen, 3 * SECOND);
	screen_has(&screen, "fib_handler");
	screen_type(&screen, "'a'");
	screen_has(&screen, "shows everything already");
	screen_has(&screen, "fib_handler");
	screen_close(&screen);
}

static void test_stepping_back_live(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "syscalls", NULL, 24, 120);
	screen_wait(&screen, 1 * SECOND);
	screen_type(&screen, "'['");
	screen_has(&screen, "Time: 22:13:25-22:13:26 (-0 s)");
	screen_type(&screen, "'{'");
	screen_has(&screen, "Time: 22:13:22-22:13:23 (-3 s)");
	screen_has(&screen, "open");
	screen_has(&screen, "read");
	screen_lacks(&screen, "write");
	screen_type(&screen, "'['");
	screen_has(&screen, "The recording reaches back no further");
	screen_type(&screen, "']'");
	screen_has(&screen, "write");
	screen_has(&screen, "close");
	screen_lacks(&screen, "open");
	/* it stands still */
	screen_wait(&screen, 10 * SECOND);
	screen_has(&screen, "Time: 22:13:23-22:13:24 (-12 s)");
	screen_has(&screen, "write");
	screen_type(&screen, "'c'");
	screen_has(&screen, "= goes back to now");
	screen_type(&screen, "'='");
	screen_has(&screen, "last 1.0 s");
	screen_lacks(&screen, "write");
	screen_close(&screen);
}

static void test_a_view_below_spans_is_of_all_that_happened(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 120);
	screen_wait(&screen, 3 * SECOND);
	screen_type(&screen, "'/' 'd' 'o' 'w' 'n' Enter F6 'c'");
	screen_has(&screen, "open");
	screen_has(&screen, "write");
	screen_close(&screen);
}

static void test_the_spectrogram_keeps_its_axis(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 0, "spectro_traces", 24, 120);
	screen_type(&screen, "'['");
	screen_has(&screen, "shows all of the time");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stepping_through_a_capture),
		cmocka_unit_test(test_the_ends_of_a_capture),
		cmocka_unit_test(test_a_window_holds_below),
		cmocka_unit_test(test_a_window_that_memory_has_forgotten),
		cmocka_unit_test(test_longer_and_shorter_steps),
		cmocka_unit_test(test_a_live_table_shows_the_last_period),
		cmocka_unit_test(test_a_live_table_of_spans_counts_on),
		cmocka_unit_test(test_stepping_back_live),
		cmocka_unit_test(test_a_view_below_spans_is_of_all_that_happened),
		cmocka_unit_test(test_the_spectrogram_keeps_its_axis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
