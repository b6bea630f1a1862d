/* What is in flight, on the screen. Of webdemo.scap at 22:13:43 sysdig 0.29.3 has the download of thread 5140 open for
 * 725 ms, and the sendto in it for 15 ms (what begins before 1700000023 s and does not end before). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"
#include "src/engine/calls.h"
#include "src/engine/in_flight.h"
#include "src/engine/source.h"
#include "src/ui/app_private.h"

#define CAPTURES "test/data/captures/"
#define SECOND 1000000000ull

/* Of truncated.scap the last request has no end: 7.02 ms before that of the file. */
static void test_end_of_a_capture(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURES "truncated.scap", 0, "in_flight", 24, 120);
	screen_has(&screen, "7.02ms span");
	screen_has(&screen, "req n=9");
	screen_type(&screen, "Enter");
	screen_has(&screen, "req (");
	screen_has(&screen, "req.db");
	screen_close(&screen);
}

static void test_past_of_a_capture(void **state)
{
	struct screen screen;

	(void)state;
	setenv("TZ", "UTC", 1);
	screen_open_capture(&screen, CAPTURES "webdemo.scap", 0, "in_flight", 24, 140);
	screen_has(&screen, "Nothing");
	/* periods are of a second in these tests: from the end, 22:13:51, ten back to that of 42, and one to that of 41 */
	screen_type(&screen, "'{'");
	screen_has(&screen, "22:13:42");
	screen_has(&screen, "725ms span");
	screen_has(&screen, "15ms call");
	screen_has(&screen, "sendto");
	screen_type(&screen, "'['");
	screen_has(&screen, "42ms call poll");
	screen_has(&screen, "12ms call network");
	screen_lacks(&screen, "> span");
	/* into a span that ended later */
	screen_type(&screen, "']' Enter");
	screen_has(&screen, "download_handler (1.02s)");
	screen_type(&screen, "Backspace '='");
	screen_has(&screen, "Nothing");
	screen_close(&screen);
}

/* ---- live ---- */

static void test_live_rows_at_all_sizes(void **state)
{
	static const int sizes[][2] = { { 5, 20 }, { 3, 10 }, { 24, 80 }, { 40, 120 }, { 120, 400 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct screen screen;

		screen_open(&screen, "in_flight", NULL, sizes[i][0], sizes[i][1]);
		screen_wait(&screen, 3 * SECOND);
		screen_type(&screen, "Down Down PgDn Home '>' Esc F7 Esc Enter Backspace '[' '='");
		screen_close(&screen);
	}
}

/* A machine with threads in calls: 101 of the service reads descriptor 5 for 7 s, as many others sleep as `sleepers` says. */
struct machine {
	struct source source;
	unsigned sleepers;
	uint64_t now;
};

static int calls_now(struct source *source, void (*take)(void *context, const struct pending_call *call), void *context)
{
	struct machine *machine = (struct machine *)source;
	static const uint64_t args[6] = { 5 };
	struct pending_call call = { .tid = 101, .pid = 100, .call = (uint16_t)call_number("read"), .fd = 5, .is_exact = true,
				     .since = machine->now - 7 * SECOND, .time = machine->now, .args = args };

	take(context, &call);
	for (unsigned i = 0; i < machine->sleepers; i++) {
		struct pending_call sleep = { .tid = 1000 + i, .pid = 100, .call = (uint16_t)call_number("getpid"), .fd = -1,
					      .since = machine->now - SECOND, .time = machine->now, .is_exact = true,
					      .args = args };

		take(context, &sleep);
	}
	return 0;
}

static const struct source_operations machine_operations = { .calls_in_flight = calls_now };
static struct machine machine = { .source.operations = &machine_operations };

static void take_times(void *context, struct query *query)
{
	(void)context;
	query_sample(query, &machine.source, machine.now);
}

/* The events of a process end with the call that it is in. */
static void test_events_end_with_the_calls_in_flight(void **state)
{
	struct screen screen;

	(void)state;
	machine.sleepers = 0;
	screen_open(&screen, "events", NULL, 24, 120);
	screen.app->host.thread_times = take_times;
	machine.now = screen.now;
	screen_type(&screen, "F4 'proc.pid=100' Enter");
	screen_wait(&screen, 2 * SECOND);
	screen_has(&screen, "101 python3             7.00s   pending read");
	machine.sleepers = 4;
	screen_wait(&screen, 2 * SECOND);
	screen_has(&screen, "7.00s   pending read");
	screen_has(&screen, "1.00s   pending getpid");
	screen_has(&screen, "and 3 more that have not returned");
	screen_type(&screen, "F4 Ctrl-U 'thread.tid=102' Enter");
	screen_wait(&screen, 2 * SECOND);
	screen_lacks(&screen, "pending");
	screen_type(&screen, "F4 Ctrl-U Enter");   /* all of the machine: who waits there says nothing */
	screen_wait(&screen, 2 * SECOND);
	screen_lacks(&screen, "pending");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end_of_a_capture),
		cmocka_unit_test(test_past_of_a_capture),
		cmocka_unit_test(test_live_rows_at_all_sizes),
		cmocka_unit_test(test_events_end_with_the_calls_in_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
