/* What of a filter the kernel is asked: what narrows, what must not, and how it is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/calls.h"
#include "src/engine/kernel_filter.h"

static struct kernel_filter of(const char *text)
{
	struct kernel_filter kernel = { 0 };
	struct filter_error error;
	struct filter *filter = filter_new(text, &error);

	if (!filter)
		fail_msg("%s: %s", text, error.text);
	kernel_filter_add(&kernel, filter);
	filter_free(filter);
	return kernel;
}

static void assert_narrows_nothing(const char *text)
{
	struct kernel_filter kernel = of(text);
	char words[128];

	if (!kernel_filter_is_empty(&kernel))
		fail_msg("%s narrows", text);
	assert_int_equal(kernel_filter_text(&kernel, words, sizeof(words)), 0);
	assert_string_equal(words, "");
}

static bool wants(const struct kernel_filter *kernel, const char *call)
{
	int number = call_number(call);

	assert_true(number >= 0);
	return !kernel->by_call || kernel->calls[number];
}

static void processes_and_threads(void **state)
{
	struct kernel_filter kernel = of("proc.pid = 42");

	(void)state;
	assert_int_equal(kernel.npids, 1);
	assert_int_equal(kernel.pids[0], 42);
	assert_false(kernel.descendants);
	kernel = of("proc.pid in (9, 7, 8)");
	assert_int_equal(kernel.npids, 3);
	assert_int_equal(kernel.pids[0] + kernel.pids[1] + kernel.pids[2], 24);
	/* each event has to meet both: one is enough, and less than either would be wrong */
	kernel = of("proc.pid in (9, 7) and proc.pid = 7");
	assert_true(kernel.npids == 2 || (kernel.npids == 1 && kernel.pids[0] == 7));
	kernel = of("proc.name = bash and thread.tid = 5");
	assert_int_equal(kernel.tid, 5);
	assert_int_equal(kernel.npids, 0);
	assert_narrows_nothing("proc.pid != 42");
	assert_narrows_nothing("proc.pid > 42");
	assert_narrows_nothing("thread.tid in (5, 6)");
	assert_narrows_nothing("proc.ppid = 42");
	/* passes nothing at all, but that is not the kernel's to say */
	assert_narrows_nothing("proc.pid = -1");
	assert_narrows_nothing("proc.pid = 0");
}

static void more_processes_than_it_takes(void **state)
{
	char text[1024] = "proc.pid in (1";
	struct kernel_filter kernel;

	(void)state;
	for (int i = 2; i <= KERNEL_FILTER_PIDS; i++)
		sprintf(text + strlen(text), ", %d", i);
	strcat(text, ")");
	kernel = of(text);
	assert_int_equal(kernel.npids, KERNEL_FILTER_PIDS);
	strcpy(text + strlen(text) - 1, ", 1000)");
	assert_narrows_nothing(text);
}

static void results_and_times(void **state)
{
	struct kernel_filter kernel = of("evt.failed = true");

	(void)state;
	assert_true(kernel.failed);
	assert_true(of("evt.rawres < 0").failed);
	assert_true(of("evt.rawres < -1").failed);
	assert_false(of("evt.rawres <= 0").failed);
	assert_false(of("evt.rawres < 1").failed);
	assert_false(of("evt.rawres > 0").failed);
	assert_narrows_nothing("evt.failed = false");
	assert_narrows_nothing("evt.failed != true");
	assert_int_equal(of("evt.latency >= 2ms").at_least, 2000000);
	assert_int_equal(of("evt.latency > 2ms and evt.latency > 3ms").at_least, 3000000);
	assert_int_equal(of("evt.latency > 3ms and evt.latency > 2ms").at_least, 3000000);
	assert_narrows_nothing("evt.latency < 2ms");
	assert_narrows_nothing("evt.latency = 2ms");
	assert_narrows_nothing("evt.latency > -5");
}

static void calls_by_name(void **state)
{
	struct kernel_filter kernel = of("evt.type = read");

	(void)state;
	assert_true(wants(&kernel, "read"));
	assert_false(wants(&kernel, "write"));
	kernel = of("evt.type in (read, write)");
	assert_true(wants(&kernel, "read") && wants(&kernel, "write"));
	assert_false(wants(&kernel, "openat"));
	kernel = of("evt.type != read");
	assert_false(wants(&kernel, "read"));
	assert_true(wants(&kernel, "write"));
	kernel = of("not evt.type in (read, write) and evt.type != close");
	assert_false(wants(&kernel, "read") || wants(&kernel, "write") || wants(&kernel, "close"));
	assert_true(wants(&kernel, "openat"));
	kernel = of("evt.type startswith open");
	assert_true(wants(&kernel, "open") && wants(&kernel, "openat"));
	assert_false(wants(&kernel, "read"));
	kernel = of("evt.type = read and evt.type = write");
	assert_false(wants(&kernel, "read") || wants(&kernel, "write"));
	assert_true(kernel.by_call);
	/* markers are no calls */
	kernel = of("evt.type = tracer");
	assert_false(wants(&kernel, "read") || wants(&kernel, "write"));
}

/* Captures have sysdig's names, the recording the kernel's: both are the same call. */
static void names_of_captures(void **state)
{
	struct kernel_filter kernel = of("evt.type = pread");

	(void)state;
	assert_true(wants(&kernel, "pread64"));
	assert_false(wants(&kernel, "read"));
	kernel = of("evt.type = pread64");
	assert_true(wants(&kernel, "pread64"));
	kernel = of("evt.type = stat");
	assert_true(wants(&kernel, "stat"));
	/* where only one of its names is meant, events with the other still pass */
	kernel = of("evt.type != pread");
	assert_true(wants(&kernel, "pread64"));
	kernel = of("not evt.type = pread64");
	assert_true(wants(&kernel, "pread64"));
	assert_true(wants(&kernel, "read"));
}

static void what_is_not_joined_by_and(void **state)
{
	struct kernel_filter kernel;

	(void)state;
	assert_narrows_nothing("");
	assert_narrows_nothing("proc.pid = 1 or proc.pid = 2");
	assert_narrows_nothing("not proc.pid = 1");
	assert_narrows_nothing("not (proc.pid = 1 and evt.failed = true)");
	assert_narrows_nothing("not (not proc.pid = 1 and not evt.failed = true)");
	assert_narrows_nothing("(proc.pid = 1 and evt.failed = true) or evt.type = read");
	assert_narrows_nothing("proc.name = bash or (proc.pid = 1 and evt.failed = true)");
	assert_narrows_nothing("not evt.failed = true");
	assert_narrows_nothing("not evt.latency > 2ms");
	kernel = of("not (not proc.pid = 1 or not evt.failed = true)");
	assert_true(kernel.npids == 1 && kernel.failed);
	kernel = of("not (not (proc.pid = 1))");
	assert_int_equal(kernel.npids, 1);
	kernel = of("proc.pid = 1 and (evt.failed = true or evt.latency > 1ms)");
	assert_true(kernel.npids == 1 && !kernel.failed && !kernel.at_least);
	kernel = of("(proc.pid = 1 and evt.failed = true) and (thread.tid = 2)");
	assert_true(kernel.npids == 1 && kernel.failed && kernel.tid == 2);
	/* what the kernel does not know stands between */
	kernel = of("proc.name = bash and fd.name contains x and not fd.type = ipv4 and evt.failed = true");
	assert_true(kernel.failed);
	kernel = of("not (evt.type = read or proc.name = bash) and proc.pid = 3");
	assert_false(wants(&kernel, "read"));
	assert_int_equal(kernel.npids, 1);
}

/* Such a filter needs events that it does not pass. */
static void what_depends_on_other_events(void **state)
{
	struct kernel_filter kernel;

	(void)state;
	assert_narrows_nothing("proc.pid = 1 and evt.num > 100");
	assert_narrows_nothing("evt.reltime < 5s and evt.type = read");
	assert_narrows_nothing("evt.type = read and evt.deltatime > 1ms");
	assert_narrows_nothing("evt.type = read and (proc.name = x or evt.deltatime.ns > 100)");
	/* inside a span that is opened all its calls are shown */
	assert_narrows_nothing("proc.pid = 1 and span.duration > 5ms");
	/* markers pass in any case */
	kernel = of("evtin.span.tags contains x and proc.pid = 1");
	assert_int_equal(kernel.npids, 1);
}

static void following(void **state)
{
	struct kernel_filter kernel = { 0 };
	struct filter_error error;
	struct filter *filter = filter_new("proc.pid = 9 and evt.failed = true", &error);

	(void)state;
	assert_true(kernel_filter_follow(&kernel, 5, true));
	assert_true(kernel_filter_follow(&kernel, 6, false));
	assert_int_equal(kernel.command, 5);
	assert_true(kernel.descendants);
	/* both would have to hold; that 9 is among what 5 and 6 started is not known */
	kernel_filter_add(&kernel, filter);
	assert_int_equal(kernel.npids, 2);
	assert_true(kernel.failed);
	filter_free(filter);
	for (uint32_t i = 2; i < KERNEL_FILTER_PIDS; i++)
		assert_true(kernel_filter_follow(&kernel, 100 + i, false));
	assert_false(kernel_filter_follow(&kernel, 1000, false));
}

static void in_words(void **state)
{
	struct kernel_filter kernel = of("proc.pid = 42 and evt.failed = true and evt.latency > 2ms");
	char text[128], cut[16];

	(void)state;
	assert_true(kernel_filter_text(&kernel, text, sizeof(text)) == strlen(text));
	assert_string_equal(text, "process 42, failed calls, calls of at least 2.00ms");
	kernel_filter_text(&kernel, cut, sizeof(cut));
	assert_true(strlen(cut) < sizeof(cut));
	assert_memory_equal(cut, text, 8);
	kernel = of("evt.type in (read, write) and thread.tid = 3");
	kernel_filter_text(&kernel, text, sizeof(text));
	assert_string_equal(text, "thread 3, calls read write");
	kernel = of("evt.type = tracer");
	kernel_filter_text(&kernel, text, sizeof(text));
	assert_string_equal(text, "no calls");
	kernel = (struct kernel_filter){ 0 };
	kernel_filter_follow(&kernel, 7, false);
	kernel_filter_text(&kernel, text, sizeof(text));
	assert_string_equal(text, "process 7 and what it starts");
}

/* Rows of the probe: what tells of descriptors is recorded whatever the filter, all else only if it is wanted. */
static void rows_of_calls(void **state)
{
	static const char *const tell[] = { "open", "openat", "close", "dup2", "socket", "connect", "accept4", "pipe2", "chdir",
					    "exit_group", "epoll_create1", "memfd_create" };
	static struct record_row rows[RECORD_CALLS];
	struct kernel_filter kernel = of("evt.type = getppid");

	(void)state;
	calls_fill_rows(rows, RECORD_CALLS);
	kernel_filter_rows(&kernel, rows, RECORD_CALLS);
	for (size_t i = 0; i < sizeof(tell) / sizeof(*tell); i++) {
		uint8_t flags = rows[call_number(tell[i])].flags;

		if (!(flags & RECORD_ROW_STATE) || flags & RECORD_ROW_UNWANTED)
			fail_msg("%s is not recorded in any case", tell[i]);
	}
	assert_true(rows[call_number("read")].flags & RECORD_ROW_UNWANTED);
	assert_true(rows[call_number("sendto")].flags & RECORD_ROW_UNWANTED);
	assert_false(rows[call_number("getppid")].flags & (RECORD_ROW_UNWANTED | RECORD_ROW_STATE));
	kernel = of("evt.failed = true");
	calls_fill_rows(rows, RECORD_CALLS);
	kernel_filter_rows(&kernel, rows, RECORD_CALLS);
	assert_false(rows[call_number("read")].flags & (RECORD_ROW_UNWANTED | RECORD_ROW_STATE));
}

/* Containers narrow wherever they alone can make the filter fail, whatever else it asks. */
static void by_container(void **state)
{
	static const char *const narrowing[] = {
		"container.id = 3ad7b26ded6d", "container.id != host", "container.name = web", "container.image startswith shop/",
		"thread.cgroup.cpu = /a", "thread.cgroups contains kubepods", "not container.id = host",
		"evt.type = read and container.name = web", "container.name = web and (evt.type = read or fd.num = 3)",
		"container.id = a or container.id = b", "proc.name = x and (container.id in (a, b) or container.name = c)",
		"(container.id = a and evt.type = read) or (container.id = b and fd.num = 3)", "container.mount[0] exists",
	}, *const wide[] = {
		"container.id = a or proc.name = x", "not (container.id = a and proc.name = x)", "proc.vpid = 1",
		"container.id = a and span.tag[0] = x", "fd.containername contains a",
	};
	struct kernel_filter kernel = of("proc.pid = 3 and container.id = a");

	(void)state;
	/* these are few enough already */
	assert_true(kernel.by_container);
	assert_false(kernel_filter_by_container(&kernel));
	for (size_t i = 0; i < sizeof(narrowing) / sizeof(*narrowing); i++) {
		kernel = of(narrowing[i]);
		if (!kernel_filter_by_container(&kernel) || kernel_filter_is_empty(&kernel))
			fail_msg("%s does not narrow", narrowing[i]);
	}
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		assert_narrows_nothing(wide[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_and_threads),
		cmocka_unit_test(more_processes_than_it_takes),
		cmocka_unit_test(results_and_times),
		cmocka_unit_test(calls_by_name),
		cmocka_unit_test(names_of_captures),
		cmocka_unit_test(what_is_not_joined_by_and),
		cmocka_unit_test(what_depends_on_other_events),
		cmocka_unit_test(following),
		cmocka_unit_test(in_words),
		cmocka_unit_test(rows_of_calls),
		cmocka_unit_test(by_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
