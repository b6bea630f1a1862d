/* Rows of captures: events taken one by one as they come, csysdig's rows, calls told by two events. Expected values are
 * sums of the times that each test feeds, and what csysdig 0.29.3 prints for such files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test/unit/query_helpers.h"
#include "src/engine/span.h"
#undef MS
#include "test/unit/scap_feed.h"

static void take(void *context, const struct event *event)
{
	query_take(context, event);
}

/* A query that sees what follows, and nothing else. */
static struct query *fed(struct engine *engine, const struct query_spec *spec)
{
	struct filter_error error = { 0 };
	size_t which;
	struct query *query = query_new(engine, spec, &error, &which);

	if (!query)
		fail_msg("%s", error.text);
	assert_int_equal(engine_add_sink(engine, take, query), 0);
	return query;
}

static struct engine *streaming(void)
{
	struct engine_options options = { .memory = 8 << 20, .stream = true };
	struct engine *engine = engine_new(&options);

	assert_non_null(engine);
	return engine;
}

static void finish(struct query *query, struct engine *engine)
{
	query_free(query);
	engine_free(engine);
}

/* Two requests of 3 and 5 ms, each with a part of 1 ms; one is still open. */
static void requests(struct engine *engine)
{
	marker(engine, 1, 10 * 1000000u, ">:1:req:n=1:");
	span(engine, 1, "1:req.part:", 11 * 1000000u, 12 * 1000000u);
	marker(engine, 1, 13 * 1000000u, "<:1:req::");
	marker(engine, 1, 20 * 1000000u, ">:1:req:n=2:");
	span(engine, 1, "1:req.part:", 21 * 1000000u, 22 * 1000000u);
	marker(engine, 1, 25 * 1000000u, "<:1:req::");
	marker(engine, 1, 30 * 1000000u, ">:1:req:n=3:");
}

static void test_table_counts_what_it_takes(void **state)
{
	struct engine *engine = streaming();
	struct query_spec spec = { .view = view_find("traces_summary"), .streamed = true };
	struct query *query = fed(engine, &spec);

	(void)state;
	requests(engine);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "HITS", "2");
	expect_cell(query, 0, "AVG TIME", "4.00ms");
	expect_cell(query, 0, "MIN TIME", "3.00ms");
	expect_cell(query, 0, "MAX TIME", "5.00ms");
	expect_cell(query, 0, "CHD HITS", "2");
	/* what it took is not read a second time from the recording */
	assert_int_equal(query_update(query, 0), 0);
	expect_cell(query, 0, "HITS", "2");
	finish(query, engine);
}

/* csysdig's spans_list has a row for each span that began, from its enter; the duration of deeper ones is 0. */
static void test_compatible_list_of_spans(void **state)
{
	static const char *const times[] = {
		"22:13:20.020000000", "22:13:20.010000000", "22:13:20.011000000", "22:13:20.021000000",
		"22:13:20.030000000",
	};
	struct engine *engine = streaming();
	struct query_spec spec = { .view = view_find("spans_list"), .streamed = true, .compatible = true };
	struct query *query = fed(engine, &spec);

	(void)state;
	setenv("TZ", "UTC", 1);
	requests(engine);
	expect_order(query, "TIME", 5, times);
	expect_cell(query, 0, "DURATION", "5.00ms");
	expect_cell(query, 0, "ARGS", "n=2");
	expect_cell(query, 1, "DURATION", "3.00ms");
	expect_cell(query, 2, "DURATION", "0ns");
	expect_cell(query, 2, "TAG", "req");
	expect_cell(query, 2, "ARGS", "");
	expect_cell(query, 4, "DURATION", "0ns");
	expect_cell(query, 4, "ARGS", "n=3");
	finish(query, engine);
}

/* Exits whose enters are not known share one row, without a time. */
static void test_compatible_list_keeps_unmatched_exits(void **state)
{
	struct engine *engine = streaming();
	struct query_spec spec = { .view = view_find("spans_list"), .streamed = true, .compatible = true };
	struct query *query = fed(engine, &spec);

	(void)state;
	marker(engine, 1, 1000, "<:7:lost::");
	marker(engine, 1, 2000, "<:8:lost::");
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "ID", "7");
	expect_cell(query, 0, "TIME", "");
	expect_cell(query, 0, "DURATION", "0ns");
	finish(query, engine);
}

/* csysdig's traces_list leaves out what has no duration at this depth, and shows when a trace ended. */
static void test_compatible_list_of_traces(void **state)
{
	static const char *const times[] = { "22:13:20.025000000", "22:13:20.013000000" };
	struct engine *engine = streaming();
	struct query_spec spec = { .view = view_find("traces_list"), .streamed = true, .compatible = true };
	struct query *query = fed(engine, &spec);

	(void)state;
	setenv("TZ", "UTC", 1);
	requests(engine);
	marker(engine, 1, 40 * 1000000u, "<:9:lost::");
	expect_order(query, "TIME", 2, times);
	expect_cell(query, 0, "ARGS", "n=2");
	expect_cell(query, 1, "ARGS", "n=1");
	finish(query, engine);
}

/* The summary shows 0 where csysdig does: for a trace that never ended. */
static void test_compatible_summary_of_open_trace(void **state)
{
	struct engine *engine = streaming();
	struct query_spec spec = { .view = view_find("traces_summary"), .streamed = true, .compatible = true };
	struct query *query = fed(engine, &spec);

	(void)state;
	marker(engine, 1, 1000, ">:1:open::");
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "HITS", "0");
	expect_cell(query, 0, "AVG TIME", "0ns");
	expect_cell(query, 0, "MAX TIME", "0ns");
	finish(query, engine);
}

static void test_streamed_list_tells_spans_of_one_moment_apart(void **state)
{
	static const char *const ids[] = { "2", "1" };
	struct engine *engine = streaming();
	struct query_spec spec = { .view = view_find("traces_list"), .streamed = true };
	struct query *query = fed(engine, &spec);

	(void)state;
	marker(engine, 1, 1000, ">:1:a::");
	marker(engine, 2, 1000, ">:2:a::");
	marker(engine, 1, 2000, "<:1:a::");
	marker(engine, 2, 5000, "<:2:a::");
	expect_order(query, "ID", 2, ids);
	expect_cell(query, 0, "DURATION", "4.00us");
	finish(query, engine);
}

/* ---- calls ---- */

/* Reads 4 bytes in 300 ns of a file; one that never returns. */
static void reads(struct engine *engine)
{
	open_file(engine, 100, T0, "/etc/hosts", 3);                                          /* 1 2, 1000 ns */
	scap(engine, 100, T0 + 2000, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 9));       /* 3 */
	scap(engine, 100, T0 + 2300, SCAP_TYPE_SYSCALL_READ_X, bytes(i64(none(), 4), "abcd", 4)); /* 4 */
	scap(engine, 100, T0 + 3000, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 9));       /* 5 */
}

static void test_call_of_a_capture_counts_once(void **state)
{
	struct engine *engine = world();
	struct query *calls, *files;

	(void)state;
	reads(engine);
	calls = view_of(engine, "calls_summary");
	assert_int_equal(query_rows(calls), 2);
	expect_cell(calls, 0, "CALL", "open");
	expect_cell(calls, 0, "COUNT", "1");
	expect_cell(calls, 0, "TIME", "1.00us");
	expect_cell(calls, 1, "CALL", "read");
	expect_cell(calls, 1, "COUNT", "1");
	expect_cell(calls, 1, "TIME", "300ns");
	files = view_of(engine, "files_summary");
	assert_int_equal(query_rows(files), 1);
	expect_cell(files, 0, "NAME", "/etc/hosts");
	expect_cell(files, 0, "COUNT", "2");
	expect_cell(files, 0, "BYTES IN", "4");
	query_free(calls);
	query_free(files);
	engine_free(engine);
}

static void test_events_show_a_call_when_it_returns(void **state)
{
	static const char *const calls[] = { "open", "read" };
	struct engine *engine = world();
	struct query *query;

	(void)state;
	reads(engine);
	query = view_of(engine, "events");
	expect_order(query, "CALL", 2, calls);
	assert_int_equal(query_row(query, 1)->event_num, 4);
	expect_cell(query, 1, "TIME", "0.000002000");
	expect_cell(query, 1, "LATENCY", "300ns");
	expect_cell(query, 1, "RESULT", "4");
	expect_cell(query, 1, "ARGS", "fd=3(<f>/etc/hosts) res=4 data=abcd ");
	finish(query, engine);
}

/* Lines that are printed as events come need no recording. */
static size_t lines;

static void count_line(void *context, const struct event *event)
{
	const struct query_row *row = query_event_row(context, event);

	if (!row)
		return;
	lines++;
	assert_int_equal(row->event_num, event->num);
	assert_int_equal(event->num % 2, 0);
}

static void test_lines_as_events_come(void **state)
{
	struct engine *engine = world_of((struct engine_options){ .stream = true });
	struct query_spec spec = { .view = view_find("events"), .streamed = true };
	struct filter_error error;
	size_t which;
	struct query *query = query_new(engine, &spec, &error, &which);

	(void)state;
	assert_non_null(query);
	assert_int_equal(engine_add_sink(engine, count_line, query), 0);
	lines = 0;
	reads(engine);
	assert_int_equal(lines, 2);
	finish(query, engine);
}

/* ---- inside a span that is found while events come ---- */

static struct span *opened;
static struct query *waiting;

static void enter_first(void *context, const struct event *event)
{
	const struct span *known = context;

	if (!opened && event->type == EVENT_SPAN_ENTER && event->span->num == known->num) {
		opened = event->span;
		query_enter(waiting, opened, known);
	}
	if (opened)
		query_take(waiting, event);
}

static void work(struct engine *engine)
{
	feed_call(engine, 5, 5, T0 + 100, T0 + 200, "getpid", 5, -1);
	feed_marker(engine, 5, 5, T0 + 1000, ">:t:job::");
	feed_call(engine, 5, 5, T0 + 1100, T0 + 1500, "getpid", 5, -1);
	feed_call(engine, 6, 6, T0 + 1200, T0 + 1600, "getpid", 6, -1);
	feed_marker(engine, 5, 5, T0 + 2000, "<:t:job::");
	feed_call(engine, 5, 5, T0 + 2100, T0 + 2900, "getpid", 5, -1);
}

static void test_inside_of_a_span_found_again(void **state)
{
	struct engine *first = engine_of(8 << 20), *again = streaming();
	struct query_spec spec = { .view = view_find("calls_summary"), .streamed = true };
	struct query *list;
	struct filter_error error;
	struct span *known;
	size_t which;

	(void)state;
	work(first);
	list = view_of(first, "traces_list");
	known = query_row_span(list, query_row(list, 0));
	assert_non_null(known);
	opened = NULL;
	waiting = query_new(again, &spec, &error, &which);
	assert_non_null(waiting);
	assert_int_equal(engine_add_sink(again, enter_first, known), 0);
	work(again);
	assert_int_equal(query_rows(waiting), 1);
	expect_cell(waiting, 0, "COUNT", "1");
	expect_cell(waiting, 0, "TIME", "400ns");
	finish(waiting, again);
	finish(list, first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_counts_what_it_takes),
		cmocka_unit_test(test_compatible_list_of_spans),
		cmocka_unit_test(test_compatible_list_keeps_unmatched_exits),
		cmocka_unit_test(test_compatible_list_of_traces),
		cmocka_unit_test(test_compatible_summary_of_open_trace),
		cmocka_unit_test(test_streamed_list_tells_spans_of_one_moment_apart),
		cmocka_unit_test(test_call_of_a_capture_counts_once),
		cmocka_unit_test(test_events_show_a_call_when_it_returns),
		cmocka_unit_test(test_lines_as_events_come),
		cmocka_unit_test(test_inside_of_a_span_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
