/* What is inside a span: whose events, when, and how lists and tables of them read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test/unit/query_helpers.h"

/* Thread 10 of process 1 has a span from 10 to 20 ms; calls before, in and after it, of others too:
 * 11 is another thread of process 1, 50 a child that 10 forked in the span, 51 the child's child, 60 a child that
 * 11 forked in the span, 70 a child of 10 from before the span, 90 a stranger. */
static struct engine *neighbours(const char *id)
{
	static const struct {
		uint32_t tid, pid;
	} others[] = { { 11, 1 }, { 50, 50 }, { 51, 51 }, { 60, 60 }, { 70, 70 }, { 90, 90 } };
	struct engine *engine = engine_of(16 << 20);
	char text[64];

	feed_process(engine, 1, 0, "server", "/server", NULL, NULL);
	feed_process(engine, 90, 0, "other", "/other", NULL, NULL);
	feed_fork(engine, 1, 1, T0, 10, 1);
	feed_fork(engine, 1, 1, T0, 11, 1);
	feed_fork(engine, 10, 1, T0 + MS, 70, 70);
	feed_descriptor(engine, 1, 3, FD_FILE, "/data");
	feed_call(engine, 10, 1, T0 + 2 * MS, T0 + 3 * MS, "getpid", 1, -1);        /* before */
	snprintf(text, sizeof(text), ">:%s:work::", id);
	marker(engine, 10, 10 * MS, text);
	feed_fork(engine, 10, 1, T0 + 11 * MS, 50, 50);
	feed_fork(engine, 50, 50, T0 + 12 * MS, 51, 51);
	feed_fork(engine, 11, 1, T0 + 12 * MS, 60, 60);
	feed_call(engine, 10, 1, T0 + 12 * MS, T0 + 15 * MS, "fsync", 0, 3);
	feed_open(engine, 10, 1, T0 + 15 * MS, T0 + 15 * MS + 100 * US, "/missing", -2);
	for (unsigned i = 0; i < 6; i++)
		feed_call(engine, others[i].tid, others[i].pid, T0 + 16 * MS, T0 + (17 + i / 3) * MS, "getuid", 0,
			  -1);
	feed_call(engine, 11, 1, T0 + 5 * MS, T0 + 18 * MS, "poll", 0, -1); /* began before, ended in it */
	snprintf(text, sizeof(text), "%s:work.part:", id);
	span(engine, 10, text, 18 * MS, 19 * MS);
	snprintf(text, sizeof(text), "<:%s:work::", id);
	marker(engine, 10, 20 * MS, text);
	feed_call(engine, 10, 1, T0 + 19 * MS, T0 + 21 * MS, "pause", -4, -1);      /* ended after it */
	feed_call(engine, 50, 50, T0 + 30 * MS, T0 + 31 * MS, "getuid", 0, -1);
	return engine;
}

static struct span *work_span(struct engine *engine)
{
	struct query *list = view_of(engine, "traces_list");
	struct span *span = query_row_span(list, query_row(list, 0));

	assert_non_null(span);
	query_free(list);
	return span;
}

/* Threads whose getuid is listed, as a text such as "11,50,". */
static void expect_threads(struct engine *engine, struct span *span, enum inside_scope scope,
			   const char *expected)
{
	static const char *const filter = "evt.type=getuid";
	struct query_spec spec = {
		.view = view_find("events"),
		.filters = &filter,
		.nfilters = 1,
		.inside = span,
		.inside_scope = scope,
	};
	struct query *query = query_of(engine, &spec);
	char threads[128] = "";

	query_sort(query, column_of(query, "THREAD"), false);
	for (size_t i = 0; i < query_rows(query); i++)
		snprintf(threads + strlen(threads), sizeof(threads) - strlen(threads), "%u,",
			 (unsigned)number(query, i, "THREAD"));
	assert_string_equal(threads, expected);
	query_free(query);
}

static void scopes_say_who_is_inside(void **state)
{
	struct engine *engine = neighbours("t");

	(void)state;
	expect_threads(engine, work_span(engine), INSIDE_THREAD_TREE, "50,51,");
	expect_threads(engine, work_span(engine), INSIDE_PROCESS_TREE, "11,50,51,60,70,");
	expect_threads(engine, work_span(engine), INSIDE_MACHINE, "11,50,51,60,70,90,");
	engine_free(engine);

	/* a span of the process is about all of its threads */
	engine = neighbours("p");
	expect_threads(engine, work_span(engine), INSIDE_THREAD_TREE, "11,50,51,60,70,");
	engine_free(engine);
}

/* A script: helpers write the markers for the shell, process 5, whose background job 6 is older than the span. */
static void a_helper_marks_for_its_parent(void **state)
{
	struct engine *engine = engine_of(16 << 20);

	(void)state;
	feed_process(engine, 5, 0, "sh", "/bin/sh", NULL, NULL);
	feed_fork(engine, 5, 5, T0 + MS, 6, 6);
	feed_fork(engine, 5, 5, T0 + 2 * MS, 7, 7);
	feed_marker_of(engine, 7, 7, 5, "echo", NULL, T0 + 3 * MS, ">:pp:step::");
	feed_exit(engine, 7, 7, T0 + 4 * MS, 0, true);
	feed_call(engine, 5, 5, T0 + 4 * MS, T0 + 5 * MS, "getuid", 0, -1);
	feed_fork(engine, 5, 5, T0 + 6 * MS, 8, 8);
	feed_call(engine, 8, 8, T0 + 6 * MS, T0 + 7 * MS, "getuid", 0, -1);
	feed_call(engine, 6, 6, T0 + 6 * MS, T0 + 7 * MS, "getuid", 0, -1);
	feed_fork(engine, 5, 5, T0 + 8 * MS, 9, 9);
	feed_marker_of(engine, 9, 9, 5, "echo", NULL, T0 + 9 * MS, "<:pp:step::");
	expect_threads(engine, work_span(engine), INSIDE_THREAD_TREE, "5,8,");
	expect_threads(engine, work_span(engine), INSIDE_PROCESS_TREE, "5,6,8,");
	engine_free(engine);
}

/* Begun by one thread and ended by another: no single one holds the work. */
static void work_that_moves_between_threads(void **state)
{
	struct engine *engine = engine_of(16 << 20);

	(void)state;
	feed_process(engine, 1, 0, "server", "/server", NULL, NULL);
	marker(engine, 10, MS, ">:77:job::");
	feed_call(engine, 11, 1, T0 + 2 * MS, T0 + 3 * MS, "getuid", 0, -1);
	feed_call(engine, 90, 90, T0 + 2 * MS, T0 + 3 * MS, "getuid", 0, -1);
	marker(engine, 11, 4 * MS, "<:77:job::");
	expect_threads(engine, work_span(engine), INSIDE_THREAD_TREE, "11,");
	engine_free(engine);
}

static void events_inside_a_span_are_listed(void **state)
{
	struct engine *engine = neighbours("t");
	struct query *query = inside(engine, "events", work_span(engine), INSIDE_THREAD_TREE);
	static const char *const all[] = {
		"fork", "fork", "fsync", "openat", "getuid", "getuid", "> span", "< span",
	};

	(void)state;
	/* in the order in which they began; the span's own markers are not inside it */
	assert_int_equal(query_rows(query), 8);
	expect_order(query, "CALL", 8, all);
	expect_cell(query, 0, "TIME", "0.001000000");
	expect_cell(query, 0, "THREAD", "10");
	expect_cell(query, 0, "LATENCY", "-");
	expect_cell(query, 1, "THREAD", "50");
	expect_cell(query, 2, "TIME", "0.002000000");
	expect_cell(query, 2, "LATENCY", "3.00ms");
	expect_cell(query, 2, "RESULT", "0");
	expect_cell(query, 3, "RESULT", "ENOENT");
	expect_cell(query, 3, "LATENCY", "100us");
	expect_cell(query, 6, "LATENCY", "-");      /* the inner span begins */
	expect_cell(query, 7, "LATENCY", "1.00ms"); /* and ends */
	assert_non_null(query_row_span(query, query_row(query, 7)));
	assert_null(query_row_span(query, query_row(query, 1)));
	query_free(query);

	/* a call that waited already when the span began */
	query = inside(engine, "events", work_span(engine), INSIDE_PROCESS_TREE);
	expect_cell(query, 0, "CALL", "poll");
	expect_cell(query, 0, "TIME", "-0.005000000");
	query_free(query);
	engine_free(engine);
}

static void an_open_span_fills_while_it_runs(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query;
	struct span *open;

	(void)state;
	marker(engine, 10, MS, ">:t:job::");
	open = span_table_oldest(engine_spans(engine));
	query = inside(engine, "calls_summary", open, INSIDE_THREAD_TREE);
	assert_int_equal(query_rows(query), 0);
	feed_call(engine, 10, 1, T0 + 2 * MS, T0 + 3 * MS, "fsync", 0, 3);
	query_update(query, 0);
	expect_cell(query, 0, "COUNT", "1");
	feed_call(engine, 10, 1, T0 + 3 * MS, T0 + 5 * MS, "fsync", 0, 3);
	marker(engine, 10, 6 * MS, "<:t:job::");
	feed_call(engine, 10, 1, T0 + 7 * MS, T0 + 8 * MS, "fsync", 0, 3);
	/* long after: the query stops reading */
	feed_call(engine, 10, 1, T0 + 20 * SECOND, T0 + 20 * SECOND, "fsync", 0, 3);
	feed_call(engine, 10, 1, T0 + 21 * SECOND, T0 + 21 * SECOND, "fsync", 0, 3);
	query_update(query, 0);
	expect_cell(query, 0, "COUNT", "2");
	assert_int_equal(query_update(query, 0), 0);
	query_free(query);
	engine_free(engine);
}

static void an_exit_alone_has_no_inside(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	static const char *const filter = "span.tag[0]=lost";
	struct query_spec spec = { .view = view_find("events"), .filters = &filter, .nfilters = 1 };
	struct query *query;
	struct span *lost;

	(void)state;
	feed_call(engine, 10, 1, T0 + 2 * MS, T0 + 3 * MS, "getuid", 0, -1);
	marker(engine, 10, 6 * MS, "<:t:lost::");
	query = query_of(engine, &spec);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "LATENCY", "-");
	lost = query_row_span(query, query_row(query, 0));
	assert_non_null(lost);
	query_free(query);
	query = inside(engine, "events", lost, INSIDE_THREAD_TREE);
	assert_int_equal(query_rows(query), 0);
	query_free(query);
	engine_free(engine);
}

static void calls_and_files_inside_a_span(void **state)
{
	struct engine *engine = neighbours("t");
	struct query *query = inside(engine, "calls_summary", work_span(engine), INSIDE_THREAD_TREE);
	static const char *const calls[] = { "fsync", "getuid", "openat" };
	char filter[64];

	(void)state;
	/* the two getuid took 1 ms each: both returned at 17 ms */
	expect_order(query, "CALL", 3, calls);
	expect_cell(query, 0, "COUNT", "1");
	expect_cell(query, 0, "TIME", "3.00ms");
	expect_cell(query, 1, "COUNT", "2");
	expect_cell(query, 1, "TIME", "2.00ms");
	expect_cell(query, 1, "AVG TIME", "1.00ms");
	expect_cell(query, 2, "ERRORS", "1");
	query_row_filter(query, query_row(query, 2), filter, sizeof(filter));
	assert_string_equal(filter, "syscall.type=\"openat\"");
	query_free(query);

	query = inside(engine, "files_summary", work_span(engine), INSIDE_THREAD_TREE);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "NAME", "/data");
	expect_cell(query, 0, "TYPE", "file");
	expect_cell(query, 0, "COUNT", "1");
	expect_cell(query, 0, "TIME", "3.00ms");
	expect_cell(query, 0, "BYTES IN", "0");
	query_free(query);
	engine_free(engine);
}

static void bytes_of_files_are_summed(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query;

	(void)state;
	feed_descriptor(engine, 1, 3, FD_FILE, "/data");
	feed_descriptor(engine, 1, 4, FD_FILE, "/log");
	feed_call(engine, 1, 1, T0, T0 + 2 * MS, "read", 4096, 3);
	feed_call(engine, 1, 1, T0, T0 + 3 * MS, "read", 1024, 3);
	feed_call(engine, 1, 1, T0, T0 + MS, "read", -5, 3);
	feed_write(engine, 1, 1, T0, T0 + MS, 4, "hello", 5);
	query = view_of(engine, "files_summary");
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "NAME", "/data");
	expect_cell(query, 0, "BYTES IN", "5K");
	expect_cell(query, 0, "BYTES OUT", "0");
	expect_cell(query, 0, "COUNT", "3");
	expect_cell(query, 0, "TIME", "6.00ms");
	expect_cell(query, 0, "ERRORS", "1");
	expect_cell(query, 1, "BYTES OUT", "5");
	query_free(query);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes_say_who_is_inside),
		cmocka_unit_test(a_helper_marks_for_its_parent),
		cmocka_unit_test(work_that_moves_between_threads),
		cmocka_unit_test(events_inside_a_span_are_listed),
		cmocka_unit_test(an_open_span_fills_while_it_runs),
		cmocka_unit_test(an_exit_alone_has_no_inside),
		cmocka_unit_test(calls_and_files_inside_a_span),
		cmocka_unit_test(bytes_of_files_are_summed),
	};

	return cmocka_run_group_tests_name("inside", tests, NULL, NULL);
}
