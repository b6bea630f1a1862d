/* The application on captures. What is on the screen is what sysdig and csysdig 0.29.3 say of the same files; the inside of
 * the slowest download was counted with
 *   sysdig -r webdemo.scap -p '*%evt.rawtime %evt.type %evt.dir %evt.latency' thread.tid=5135
 * between the span's enter and exit: 28 sendto 849448980 ns, 25 read 690420963 ns, open 4000, close 1200, fstat 800. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"

#define CAPTURES "test/data/captures/"
#define SLOWEST "End 's' Enter "      /* from the summary into the download of 1.54 s */

static void has_summary(const struct screen *screen)
{
	screen_has(screen, "2K     60.5");
	screen_has(screen, "5.34ms     754us");
	screen_has(screen, "28ms        6K");
	screen_has(screen, "3.48ms        3K");
	screen_has(screen, "79ms    3.15ms");
	screen_has(screen, "1.54s        2K");
}

static void has_inside_of_slowest(const struct screen *screen)
{
	screen_has(screen, "   28     849ms      30ms");
	screen_has(screen, "   25     690ms      27ms");
	screen_has(screen, "    1    4.00us    4.00us    4.00us    4.00us         0 open");
	screen_has(screen, "    1    1.20us    1.20us    1.20us    1.20us         0 close");
	screen_has(screen, "    1     800ns     800ns     800ns     800ns         0 fstat");
	screen_lacks(screen, "recvfrom");
}

static void test_summary_is_of_the_whole_file(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "webdemo.scap", 0, NULL, 24, 120);
	screen_has(&screen, "spantop webdemo.scap");
	screen_has(&screen, "31.33s from 22:13:20 to 22:13:51");
	screen_lacks(&screen, "reading");
	screen_lacks(&screen, "in memory");
	has_summary(&screen);
	screen_close(&screen);
}

static void test_inside_of_a_span(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "webdemo.scap", 0, NULL, 24, 120);
	screen_type(&screen, "End 's'");
	screen_has(&screen, "5135 22:13:40.115279209     1.54s");
	screen_type(&screen, "Enter");
	screen_has(&screen, "download_handler (1.54s)");
	screen_has(&screen, "4.00us         9 open            fd=9(<f>/tmp/blob.bin.4) name=/tmp/blob.bin.4");
	screen_type(&screen, "'c'");
	has_inside_of_slowest(&screen);
	screen_close(&screen);
}

/* The recording holds the last seconds alone: the file is read again for what is looked at. */
static void test_little_memory_loses_nothing(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "webdemo.scap", 12 << 20, NULL, 24, 120);
	screen_has(&screen, "in memory the last ");
	has_summary(&screen);
	screen_type(&screen, "End 's'");
	screen_has(&screen, "5135 22:13:40.115279209     1.54s");
	screen_type(&screen, "Enter");
	screen_has(&screen, "0.000338936    5135 python             4.00us         9 open");
	screen_type(&screen, "'c'");
	has_inside_of_slowest(&screen);
	screen_close(&screen);
}

/* A table that is opened late is of the whole file, too. csysdig: fib_headers and fib_write, 1898 each. */
static void test_late_table_is_of_the_whole_file(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "webdemo.scap", 1 << 20, NULL, 24, 120);
	screen_type(&screen, "Enter");
	screen_has(&screen, "Spans Summary");
	screen_has(&screen, "fib_headers");
	screen_has(&screen, "2K     60.5");
	screen_close(&screen);
}

static void test_list_of_the_latest_says_so(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "webdemo.scap", 1 << 20, NULL, 24, 120);
	screen_type(&screen, "End 's'");
	screen_has(&screen, "Only the latest part of the capture");
	screen_close(&screen);
}

static void test_damage_is_told_and_what_was_read_is_shown(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "truncated.scap", 0, NULL, 24, 120);
	screen_has(&screen, "damaged");
	screen_has(&screen, "byte 14");
	screen_has(&screen, "7.02ms");
	screen_close(&screen);
}

static void test_keys_for_the_live_machine_do_nothing(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "spans_write.scap", 0, NULL, 24, 120);
	screen_lacks(&screen, "pPause");
	screen_lacks(&screen, "cClear");
	screen_type(&screen, "'p' 'c'");
	screen_lacks(&screen, "PAUSED");
	screen_has(&screen, "10     10.00    7.02ms");
	screen_close(&screen);
}

/* Once all is read there is nothing to wait for but keys. */
static void test_read_capture_wakes_nobody(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "spans_write.scap", 0, NULL, 24, 120);
	assert_true(app_next_tick(screen.app) == UINT64_MAX);
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summary_is_of_the_whole_file),
		cmocka_unit_test(test_inside_of_a_span),
		cmocka_unit_test(test_little_memory_loses_nothing),
		cmocka_unit_test(test_late_table_is_of_the_whole_file),
		cmocka_unit_test(test_list_of_the_latest_says_so),
		cmocka_unit_test(test_damage_is_told_and_what_was_read_is_shown),
		cmocka_unit_test(test_keys_for_the_live_machine_do_nothing),
		cmocka_unit_test(test_read_capture_wakes_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
