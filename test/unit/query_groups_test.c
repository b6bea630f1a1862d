/* Tables as csysdig makes them: a second key that merges the groups of the first, events that lack a value, threads that do
 * nothing, lists. Expected values are sums of what each test feeds, by csysdig's rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test/unit/query_helpers.h"
#undef MS
#include "test/unit/scap_feed.h"

#define VIEW(array, ...) { .id = "test", .columns = (array), .ncolumns = sizeof(array) / sizeof((array)[0]), __VA_ARGS__ }

static void take(void *context, const struct event *event)
{
	query_take(context, event);
}

static struct query *fed(struct engine *engine, const struct view *view, bool compatible, bool containers)
{
	struct query_spec spec = { .view = view, .streamed = true, .compatible = compatible, .containers = containers };
	struct query *query = query_of(engine, &spec);

	assert_int_equal(engine_add_sink(engine, take, query), 0);
	return query;
}

/* Threads 100 and 101 of one process, and process 200, which does nothing. */
static struct engine *machine(void)
{
	struct engine *engine = world_of((struct engine_options){ .memory = 8 << 20, .stream = true });

	process(engine, 101, 100, 1, "app", "/");
	process(engine, 200, 200, 1, "idle", "/");
	return engine;
}

/* 12 events in 2 s: an open, then writes of 1 and 2 bytes by the one, of 4, 5 and 5 by the other. */
static void work(struct engine *engine)
{
	open_file(engine, 100, T0, "/a", 3);
	write_text(engine, 100, T0 + 10000, 3, "x");
	write_text(engine, 100, T0 + 20000, 3, "xy");
	write_text(engine, 101, T0 + 30000, 3, "abcd");
	write_text(engine, 101, T0 + 40000, 3, "abcde");
	write_text(engine, 101, T0 + 2 * SECOND - 1000, 3, "abcde");
}

static void finish(struct query *query, struct engine *engine)
{
	query_free(query);
	engine_free(engine);
}

static const struct view_column process_columns[] = {
	{ .title = "KEY", .field = "thread.tid", .flags = COLUMN_KEY },
	{ .title = "GROUP", .field = "proc.pid", .flags = COLUMN_GROUPBY },
	{ .title = "PID", .field = "proc.pid" },
	{ .title = "RATE", .field = "evt.count", .aggregation = AGGREGATE_TIME_AVG, .groupby = AGGREGATE_SUM, .has_groupby = true },
	{ .title = "MEAN", .field = "evt.buflen", .aggregation = AGGREGATE_AVG, .groupby = AGGREGATE_SUM, .has_groupby = true },
	{ .title = "MOST", .field = "evt.buflen", .aggregation = AGGREGATE_MAX, .groupby = AGGREGATE_MAX, .has_groupby = true },
	{ .title = "LEAST", .field = "evt.buflen", .aggregation = AGGREGATE_MIN, .groupby = AGGREGATE_MIN, .has_groupby = true },
	{ .title = "BYTES", .field = "evt.buflen", .aggregation = AGGREGATE_SUM, .groupby = AGGREGATE_SUM, .has_groupby = true,
	  .flags = COLUMN_SORT },
	{ .title = "KINDS", .field = "evt.type", .aggregation = AGGREGATE_DISTINCT },
	{ .title = "SIZES", .field = "evt.buflen", .aggregation = AGGREGATE_COUNT },
	{ .title = "P999", .field = "evt.latency", .aggregation = AGGREGATE_P999 },
	{ .title = "NAME", .field = "proc.name", .aggregation = AGGREGATE_MAX },
};

static void groups_are_merged_by_the_second_key(void **state)
{
	static const struct view view = VIEW(process_columns, .use_defaults = true);
	struct engine *engine = machine();
	struct query *query = fed(engine, &view, true, false);
	char filter[64];

	(void)state;
	work(engine);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "PID", "100");
	expect_cell(query, 0, "RATE", "6.00");
	expect_cell(query, 0, "MEAN", "5"); /* 3 / 2 and 14 / 3, each whole */
	expect_cell(query, 0, "MOST", "5");
	expect_cell(query, 0, "LEAST", "1"); /* events without bytes are not the least */
	expect_cell(query, 0, "BYTES", "17");
	expect_cell(query, 0, "KINDS", "2");
	expect_cell(query, 0, "SIZES", "5");
	expect_cell(query, 0, "P999", "1.00us");
	expect_cell(query, 0, "NAME", "app");
	query_row_filter(query, query_row(query, 0), filter, sizeof(filter));
	assert_string_equal(filter, "proc.pid=100");
	assert_false(query_shows_column(query, 0));
	assert_false(query_shows_column(query, 1));
	assert_true(query_shows_column(query, 2));

	/* every look at it gives the same, and what comes is added */
	query_sort(query, 2, true);
	expect_cell(query, 0, "BYTES", "17");
	write_text(engine, 100, T0 + 2 * SECOND, 3, "abc");
	expect_cell(query, 0, "BYTES", "20");
	expect_cell(query, 0, "MEAN", "6"); /* 6 / 3 and 14 / 3 */
	finish(query, engine);
}

/* The end of a sample: each thread counts once, as csysdig has it. */
static void idle_threads_have_rows(void **state)
{
	static const struct view view = VIEW(process_columns, .use_defaults = true);
	struct engine *engine = machine();
	struct query *query = fed(engine, &view, true, false);

	(void)state;
	work(engine);
	query_take_threads(query);
	query_sort(query, 2, false);
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "RATE", "7.00");
	expect_cell(query, 0, "BYTES", "17");
	expect_cell(query, 1, "PID", "200");
	expect_cell(query, 1, "RATE", "0.50");
	expect_cell(query, 1, "MEAN", "0");
	expect_cell(query, 1, "MOST", "0");
	expect_cell(query, 1, "NAME", "idle");
	finish(query, engine);
}

/* On the screen they are rows as well, but nothing that is counted. */
static void idle_threads_are_not_counted_on_the_screen(void **state)
{
	static const struct view view = VIEW(process_columns, .use_defaults = true, .is_root = true);
	static const struct view other = VIEW(process_columns, .use_defaults = true);
	struct engine *engine = machine();
	struct query *query = fed(engine, &view, false, false), *busy = fed(engine, &other, false, false);

	(void)state;
	work(engine);
	query_take_threads(query);
	query_take_threads(query);
	query_take_threads(busy);
	query_sort(query, 2, false);
	assert_int_equal(query_rows(query), 2);
	assert_int_equal(query_rows(busy), 1);
	expect_cell(query, 0, "RATE", "6.00");
	expect_cell(query, 1, "NAME", "idle");
	expect_cell(query, 1, "SIZES", "0");
	query_free(busy);
	finish(query, engine);
}

/* A text that is missing counts as an empty one, so the first may be that; what is missing of what names something
 * makes the event count for nothing. */
static void missing_values(void **state)
{
	static const struct view_column columns[] = {
		{ .title = "KEY", .field = "proc.name", .flags = COLUMN_KEY },
		{ .title = "COUNT", .field = "evt.count", .aggregation = AGGREGATE_SUM },
		{ .title = "FILE", .field = "fd.name" },
	};
	static const struct view_column with_id[] = {
		{ .title = "KEY", .field = "proc.name", .flags = COLUMN_KEY },
		{ .title = "COUNT", .field = "evt.count", .aggregation = AGGREGATE_SUM },
		{ .title = "PORT", .field = "fd.sport" },
	};
	static const struct view view = VIEW(columns, .use_defaults = true), id_view = VIEW(with_id, .use_defaults = true);
	struct engine *engine = machine();
	struct query *query = fed(engine, &view, true, false), *screen = fed(engine, &view, false, false);
	struct query *with_ids = fed(engine, &id_view, true, false);

	(void)state;
	work(engine);
	expect_cell(query, 0, "COUNT", "12");
	expect_cell(query, 0, "FILE", ""); /* of the enter of the open */
	expect_cell(screen, 0, "COUNT", "12");
	expect_cell(screen, 0, "FILE", "/a");
	assert_int_equal(query_rows(with_ids), 0);
	query_free(screen);
	query_free(with_ids);
	finish(query, engine);
}

static void list_without_key(void **state)
{
	static const struct view_column columns[] = {
		{ .title = "NUM", .field = "evt.num", .flags = COLUMN_ASCENDING },
		{ .title = "FILE", .field = "fd.name" },
	};
	static const struct view view = VIEW(columns, .kind = VIEW_LIST);
	static const struct view filled = VIEW(columns, .kind = VIEW_LIST, .use_defaults = true);
	struct engine *engine = machine();
	struct query *query = fed(engine, &view, true, false), *all = fed(engine, &filled, true, false);

	(void)state;
	assert_true(query_is_list(query));
	work(engine);
	assert_int_equal(query_rows(query), 11); /* the enter of the open has no descriptor */
	expect_cell(query, 0, "NUM", "2");
	expect_cell(query, 10, "FILE", "/a");
	assert_int_equal(query_rows(all), 12);
	expect_cell(all, 0, "FILE", "");
	query_free(all);
	finish(query, engine);
}

static void columns_for_containers(void **state)
{
	static const struct view_column columns[] = {
		{ .title = "KEY", .field = "proc.name", .flags = COLUMN_KEY | COLUMN_NO_CONTAINERS },
		{ .title = "KEY", .field = "container.name", .flags = COLUMN_KEY | COLUMN_CONTAINERS },
		{ .title = "COUNT", .field = "evt.count", .aggregation = AGGREGATE_SUM },
		{ .title = "CONTAINER", .field = "container.name", .flags = COLUMN_CONTAINERS },
	};
	static const struct view view = VIEW(columns, .use_defaults = true);
	struct engine *engine = machine();
	struct query *without = fed(engine, &view, true, false), *with = fed(engine, &view, true, true);
	char filter[64];

	(void)state;
	work(engine);
	assert_false(query_shows_column(without, 3));
	query_row_filter(without, query_row(without, 0), filter, sizeof(filter));
	assert_string_equal(filter, "proc.name=\"app\"");
	assert_true(query_shows_column(with, 3));
	expect_cell(with, 0, "CONTAINER", "host");
	query_row_filter(with, query_row(with, 0), filter, sizeof(filter));
	assert_string_equal(filter, "container.name=\"host\"");
	query_free(with);
	finish(without, engine);
}

/* Rows that find no room are one, in the second step too. */
static void more_groups_than_memory(void **state)
{
	static const struct view view = VIEW(process_columns, .use_defaults = true);
	struct engine *engine = machine();
	struct query_spec spec = { .view = &view, .streamed = true, .compatible = true, .max_bytes = 20000 };
	struct query *query = query_of(engine, &spec);
	size_t rows;

	(void)state;
	assert_int_equal(engine_add_sink(engine, take, query), 0);
	for (uint32_t tid = 1000; tid < 1100; tid++)
		process(engine, tid, tid, 1, "many", "/");
	open_file(engine, 100, T0, "/a", 3);
	for (uint32_t tid = 1000; tid < 1100; tid++)
		write_text(engine, tid, T0 + 2000 * tid, 3, "x");
	rows = query_rows(query);
	assert_true(rows > 2 && rows < 100);
	assert_true(query_row(query, rows - 1)->id == QUERY_OTHER_ID);
	finish(query, engine);
}

/* Live, what becomes another program in the second of the latest event is that one. */
static void threads_are_what_they_are_now(void **state)
{
	static const struct view view = VIEW(process_columns, .use_defaults = true, .is_root = true);
	struct query_spec spec = { .view = &view };
	struct engine *engine = engine_new(NULL);
	struct query *query = query_of(engine, &spec);

	(void)state;
	feed_process(engine, 100, 1, "sh", "/bin/sh", "", "/");
	feed_call(engine, 100, 100, T0, T0 + 1000, "getpid", 100, -1);
	feed_exec(engine, 100, T0 + 2000, "sleep", "sleep\0" "60", 9);
	query_update(query, 0);
	query_take_threads(query);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "NAME", "sleep");
	finish(query, engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_merged_by_the_second_key),
		cmocka_unit_test(idle_threads_have_rows),
		cmocka_unit_test(idle_threads_are_not_counted_on_the_screen),
		cmocka_unit_test(threads_are_what_they_are_now),
		cmocka_unit_test(missing_values),
		cmocka_unit_test(list_without_key),
		cmocka_unit_test(columns_for_containers),
		cmocka_unit_test(more_groups_than_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
