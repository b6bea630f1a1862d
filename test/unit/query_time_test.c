/* Queries of parts of time: tables of one period, windows, trends. Every expected number follows from what the test feeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/engine/event.h"
#include "src/engine/recording.h"
#include "src/engine/scap_event.h"
#include "test/unit/query_helpers.h"

#define PART (1ULL << 26)    /* ns of a 16th of what sixteen_spans() feeds */

static const struct view_column call_columns[] = {
	{ .title = "NA", .field = "evt.type", .flags = COLUMN_KEY },
	{ .title = "CALLS", .field = "evt.count.exit", .aggregation = AGGREGATE_SUM, .flags = COLUMN_SORT },
	{ .title = "CALLS/S", .field = "evt.count.exit", .aggregation = AGGREGATE_TIME_AVG },
	{ .title = "RATE", .field = "evt.count.exit", .aggregation = AGGREGATE_RATE },
	{ .title = "MEAN", .field = "evt.latency", .aggregation = AGGREGATE_AVG },
	{ .title = "CALL", .field = "evt.type" },
};
static const struct view calls_view = {
	.id = "calls", .name = "Calls", .kind = VIEW_TABLE, .columns = call_columns,
	.ncolumns = sizeof(call_columns) / sizeof(call_columns[0]), .scope = "all", .sampled = true,
};

static const struct view_column grouped_columns[] = {
	{ .title = "NA", .field = "thread.tid", .flags = COLUMN_KEY },
	{ .title = "NA", .field = "proc.pid", .flags = COLUMN_GROUPBY },
	{ .title = "PID", .field = "proc.pid", .aggregation = AGGREGATE_FIRST },
	{ .title = "CALLS", .field = "evt.count.exit", .aggregation = AGGREGATE_SUM, .groupby = AGGREGATE_SUM,
	  .has_groupby = true, .flags = COLUMN_SORT },
	{ .title = "TREND", .field = "evt.latency", .aggregation = AGGREGATE_TREND },
};
static const struct view grouped_view = {
	.id = "grouped", .name = "Grouped", .kind = VIEW_TABLE, .columns = grouped_columns,
	.ncolumns = sizeof(grouped_columns) / sizeof(grouped_columns[0]), .scope = "all",
};

static void call(struct engine *engine, uint32_t tid, const char *name, uint64_t exit, uint64_t latency)
{
	feed_call(engine, tid, 10, T0 + exit - latency, T0 + exit, name, 0, 3);
}

static struct query *calls_of_periods(struct engine *engine)
{
	struct query_spec spec = { .view = &calls_view, .period_table = true };

	return query_of(engine, &spec);
}

static void tick(struct query *query, uint64_t time)
{
	query_update(query, 0);
	query_tick(query, T0 + time);
}

/* ---- periods ---- */

/* Nothing happens in the first three of four seconds. */
static void a_period_begins_before_its_first_event(void **state)
{
	static const struct view_column columns[] = {
		{ .title = "NA", .field = "evt.type", .flags = COLUMN_KEY },
		{ .title = "RATE", .field = "evt.count", .aggregation = AGGREGATE_TIME_AVG },
	};
	static const struct view view = { .id = "rates", .kind = VIEW_TABLE, .columns = columns, .ncolumns = 2, .scope = "all" };
	struct query_spec spec = { .view = &view, .period_table = true };
	struct engine *engine = engine_of(16 << 20);
	struct query *query = query_of(engine, &spec);

	(void)state;
	query_begin_period(query, T0);
	for (unsigned i = 0; i < 20; i++)
		call(engine, 10, "read", 3 * SECOND + i * MS, 1 * MS);
	tick(query, 4 * SECOND);
	expect_cell(query, 0, "RATE", "5.00");
	/* a period that ended tells when the next one began */
	query_begin_period(query, T0);
	call(engine, 10, "read", 5 * SECOND, 1 * MS);
	tick(query, 6 * SECOND);
	expect_cell(query, 0, "RATE", "0.50");
	query_free(query);
	engine_free(engine);
	/* unless an event came before */
	engine = engine_of(16 << 20);
	query = query_of(engine, &spec);
	query_begin_period(query, T0 + 2 * SECOND);
	for (unsigned i = 0; i < 20; i++)
		call(engine, 10, "read", i * 100 * MS, 1 * MS);
	tick(query, 4 * SECOND);
	expect_cell(query, 0, "RATE", "5.00");
	query_free(query);
	engine_free(engine);
}

static void a_table_shows_the_period_that_ended(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query = calls_of_periods(engine);
	uint64_t read_id, from, to;

	(void)state;
	tick(query, 0);
	for (unsigned i = 1; i <= 3; i++)
		call(engine, 10, "read", i * 100 * MS, 1 * MS);
	tick(query, 1 * SECOND);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "CALLS", "3");
	expect_cell(query, 0, "CALLS/S", "3.00");
	read_id = query_row(query, 0)->id;

	call(engine, 10, "read", 1100 * MS, 4 * MS);
	call(engine, 10, "write", 1200 * MS, 2 * MS);
	call(engine, 10, "write", 2900 * MS, 6 * MS);
	query_update(query, 0);
	/* what comes is shown when its period is over */
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "CALLS", "3");

	query_tick(query, T0 + 3 * SECOND);
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "CALL", "write");
	expect_cell(query, 0, "CALLS", "2");
	expect_cell(query, 0, "CALLS/S", "1.00");
	expect_cell(query, 0, "RATE", "1.00");
	expect_cell(query, 0, "MEAN", "4.00ms");
	expect_cell(query, 1, "CALLS", "1");
	expect_cell(query, 1, "CALLS/S", "0.50");
	expect_cell(query, 1, "MEAN", "4.00ms");
	assert_true(query_shown_period(query, &from, &to));
	assert_true(from == T0 + 1 * SECOND && to == T0 + 3 * SECOND);
	/* the cursor finds it again */
	assert_true(query_row(query, 1)->id == read_id);
	assert_int_equal(query_find_row(query, read_id), 1);

	tick(query, 4 * SECOND);
	assert_int_equal(query_rows(query), 0);
	query_free(query);
	engine_free(engine);
}

static void the_first_period_is_the_history_that_was_asked_for(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = &calls_view, .period_table = true, .from = T0 + 5 * SECOND };
	struct query *query;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		call(engine, 10, "read", i * 70 * MS, 1 * MS);
	query = query_of(engine, &spec);
	/* 5.04 s to 6.93 s: 28 calls, before and after the tick that ends the period */
	expect_cell(query, 0, "CALLS", "28");
	query_tick(query, T0 + 7 * SECOND);
	expect_cell(query, 0, "CALLS", "28");
	expect_cell(query, 0, "CALLS/S", "14.00");
	query_free(query);
	engine_free(engine);
}

static void a_clock_set_back_ends_no_period(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query = calls_of_periods(engine);

	(void)state;
	tick(query, 10 * SECOND);
	call(engine, 10, "read", 10100 * MS, 1 * MS);
	tick(query, 5 * SECOND);
	assert_int_equal(query_rows(query), 0);
	tick(query, 6 * SECOND);
	expect_cell(query, 0, "CALLS", "1");
	expect_cell(query, 0, "CALLS/S", "1.00");
	query_free(query);
	engine_free(engine);
}

static void all_since_the_start_and_back(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query = calls_of_periods(engine);

	(void)state;
	for (unsigned i = 1; i <= 5; i++) {
		call(engine, 10, "read", i * SECOND - 1, 1 * MS);
		tick(query, i * SECOND);
	}
	expect_cell(query, 0, "CALLS", "1");
	query_set_time(query, 0, 0, false);
	query_update(query, 0);
	expect_cell(query, 0, "CALLS", "5");
	query_set_time(query, T0 + 3 * SECOND, 0, true);
	query_update(query, 0);
	query_tick(query, T0 + 5 * SECOND);
	expect_cell(query, 0, "CALLS", "2");
	expect_cell(query, 0, "CALLS/S", "1.00");
	query_free(query);
	engine_free(engine);
}

/* A rate is of the last period, a mean over time of all. */
static void a_mean_over_time_is_of_all_that_is_shown(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = &calls_view };
	struct query *query = query_of(engine, &spec);

	(void)state;
	call(engine, 10, "read", 0, 0);
	tick(query, 0);
	for (unsigned i = 1; i <= 4; i++) {
		for (unsigned n = 0; n < i; n++)
			call(engine, 10, "read", i * SECOND, 1 * MS);
		tick(query, i * SECOND);
	}
	/* 1 at the start, then 1, 2, 3 and 4, in 4 s */
	expect_cell(query, 0, "CALLS", "11");
	expect_cell(query, 0, "CALLS/S", "2.75");
	expect_cell(query, 0, "RATE", "4.00");
	query_free(query);
	engine_free(engine);
}

struct sample {
	struct event event;
	uint16_t sizes[2];
	uint8_t times[2 * sizeof(uint64_t)];
};

/* As src/thread_times.c makes them: given in hundredths of a second. */
static void sample(struct engine *engine, struct query *query, struct thread *thread, uint64_t time, uint64_t user,
		   uint64_t system)
{
	struct sample sample = {
		.event = { .size = sizeof(sample), .type = EVENT_SCAP, .call = SCAP_TYPE_PROCINFO_E, .flags = EVENT_MEASURED,
			   .num = engine_counts(engine)->events, .time = T0 + time, .enter_time = T0 + time, .thread = thread, .items = 2,
			   .payload_size = sizeof(sample.sizes) + sizeof(sample.times) },
		.sizes = { sizeof(uint64_t), sizeof(uint64_t) },
	};
	uint64_t times[2] = { user * 10 * MS, system * 10 * MS };

	memcpy(sample.times, times, sizeof(times));
	query_take(query, &sample.event);
}

static void cpu_is_of_the_period(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = view_find("procs"), .period_table = true };
	struct query *query = query_of(engine, &spec);
	struct recording_cursor cursor;
	struct thread *thread;

	(void)state;
	call(engine, 10, "read", 1 * MS, 1);
	recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
	thread = recording_next(engine_recording(engine), &cursor)->thread;
	sample(engine, query, thread, 1 * SECOND, 1000, 100);
	query_tick(query, T0 + 1 * SECOND);
	/* 0.3 s and 0.2 s more in 2 s */
	sample(engine, query, thread, 3 * SECOND, 1030, 120);
	query_tick(query, T0 + 3 * SECOND);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "CPU", "25.00");
	query_free(query);
	engine_free(engine);
}

static void used(struct engine *engine, uint32_t id, uint64_t time, uint64_t user, uint64_t system)
{
	struct input input = { .kind = INPUT_USED, .tid = id, .pid = id, .time = T0 + time,
			       .used = { .cpu_user = user, .cpu_system = system } };

	feed(engine, NULL, &input);
}

/* Each lives for 10 ms, between two samples; the second one has the id of the first. */
static void cpu_of_what_lived_between_samples(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = view_find("procs"), .period_table = true };
	struct query *query = query_of(engine, &spec);
	struct recording_cursor cursor;
	struct thread *parent;

	(void)state;
	call(engine, 10, "read", 1 * MS, 1 * MS / 2);
	recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
	parent = recording_next(engine_recording(engine), &cursor)->thread;
	query_update(query, 0);
	sample(engine, query, parent, 1 * SECOND, 1000, 100);
	query_tick(query, T0 + 1 * SECOND);
	for (unsigned i = 0; i < 2; i++) {
		feed_fork(engine, 10, 10, T0 + 1200 * MS + i * 500 * MS, 20, 20);
		feed_exit(engine, 20, 20, T0 + 1210 * MS + i * 500 * MS, 0, true);
		used(engine, 20, 1250 * MS + i * 500 * MS, 6 * MS, 2 * MS);
		/* told twice, or of what nobody knows */
		used(engine, 20, 1260 * MS + i * 500 * MS, 6 * MS, 2 * MS);
		used(engine, 4711, 1260 * MS + i * 500 * MS, 6 * MS, 2 * MS);
	}
	query_update(query, 0);
	sample(engine, query, parent, 3 * SECOND, 1030, 120);
	query_tick(query, T0 + 3 * SECOND);
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "CPU", "25.00");
	/* twice 8 ms of 2 s */
	expect_cell(query, 1, "CPU", "0.80");
	query_free(query);
	query = view_of(engine, "events");
	assert_int_equal(query_rows(query), 5); /* the call, two births, two ends */
	query_free(query);
	engine_free(engine);
}

/* ---- windows ---- */

/* From T0 to T0 + 16 parts; in the middle of each part ends a span of as many ms as the part's number from 1. */
static struct engine *sixteen_spans(void)
{
	struct engine *engine = engine_of(16 << 20);

	marker(engine, 99, 0, ">:1:border::");
	for (unsigned i = 0; i < 16; i++)
		span(engine, 10, "2:work:", i * PART + PART / 2 - (i + 1) * MS, i * PART + PART / 2);
	marker(engine, 99, 16 * PART - 1, "<:1:border::");
	return engine;
}

static void a_window_has_what_ended_in_it(void **state)
{
	struct engine *engine = sixteen_spans();
	uint64_t middle = T0 + PART / 2;
	/* from the end of the fifth to just before that of the ninth */
	struct query_spec spec = {
		.view = view_find("traces_summary"), .from = middle + 4 * PART, .to = middle + 8 * PART,
	};
	struct query *query = query_of(engine, &spec);
	uint64_t id;

	(void)state;
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "HITS", "4");
	expect_cell(query, 0, "MIN TIME", "5.00ms");
	expect_cell(query, 0, "MAX TIME", "8.00ms");
	/* 4 in 2^28 ns */
	expect_cell(query, 0, "RATE", "14.90");
	id = query_row(query, 0)->id;
	query_set_time(query, 0, 0, false);
	query_update(query, 0);
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "HITS", "16");
	assert_true(query_row(query, 0)->id == id);
	query_set_time(query, T0 - SECOND, T0, false);
	query_update(query, 0);
	assert_int_equal(query_rows(query), 0);
	query_free(query);
	engine_free(engine);
}

static void rates_of_a_window_follow_no_ticks(void **state)
{
	struct engine *engine = sixteen_spans();
	struct query_spec spec = { .view = view_find("traces_summary"), .refresh = SECOND };
	struct query *query = query_of(engine, &spec);

	(void)state;
	for (unsigned i = 1; i <= 3; i++)
		query_tick(query, T0 + i * SECOND);
	query_set_time(query, T0 + 4 * PART, T0 + 8 * PART, false);
	query_update(query, 0);
	expect_cell(query, 0, "HITS", "4");
	expect_cell(query, 0, "RATE", "14.90");
	expect_cell(query, 0, "TREND", "  ▂   ▄   ▆   █ ");
	query_free(query);
	engine_free(engine);
}

static void a_list_of_a_window(void **state)
{
	struct engine *engine = sixteen_spans();
	struct query_spec spec = { .view = view_find("traces_list"), .from = T0 + 15 * PART, .to = T0 + 16 * PART };
	struct query *query = query_of(engine, &spec);

	(void)state;
	assert_int_equal(query_rows(query), 2); /* the last one, and what the others lie in */
	query_set_time(query, T0 + 2 * PART, T0 + 4 * PART, false);
	query_update(query, 0);
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "DURATION", "4.00ms");
	expect_cell(query, 1, "DURATION", "3.00ms");
	query_free(query);
	engine_free(engine);
}

/* ---- trends ---- */

static void trend_of(struct query *query, size_t row, uint64_t values[QUERY_TREND_PARTS])
{
	assert_true(query_cell_trend(query, query_row(query, row), column_of(query, "TREND"), values));
}

static void a_trend_of_a_whole_recording(void **state)
{
	struct engine *engine = sixteen_spans();
	struct query *query = view_of(engine, "traces_summary");
	uint64_t values[QUERY_TREND_PARTS];

	(void)state;
	trend_of(query, 0, values);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(values[i], (i + 1) * MS);
	/* two parts for each of eight heights */
	expect_cell(query, 0, "TREND", "▁▁▂▂▃▃▄▄▅▅▆▆▇▇██");
	query_set_time(query, T0, T0 + 4 * PART, false);
	query_update(query, 0);
	/* a quarter of the time: each span has four parts to itself, it ended at the beginning of the third */
	trend_of(query, 0, values);
	for (unsigned i = 0; i < 16; i++)
		assert_true(values[i] == (i % 4 == 2 ? (i / 4 + 1) * MS : QUERY_NO_VALUE));
	query_free(query);
	engine_free(engine);
}

static void a_trend_of_refresh_periods(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = {
		.view = view_find("traces_summary"), .refresh = SECOND, .refresh_begin = T0 + 250 * MS, .ascii = true,
	};
	struct query *query;
	uint64_t values[QUERY_TREND_PARTS];
	/* periods begin at 0.25 s, 1.25 s ... */
	static const uint64_t ends[] = { 1200 * MS, 1300 * MS, 2240 * MS, 4249 * MS };
	static const uint64_t durations[] = { 100 * MS, 100 * MS, 300 * MS, 400 * MS };

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		span(engine, 10, "1:work:", ends[i] - durations[i], ends[i]);
	query = query_of(engine, &spec);
	query_tick(query, T0 + 4250 * MS);
	trend_of(query, 0, values);
	assert_int_equal(values[12], 100 * MS);
	assert_int_equal(values[13], 200 * MS);
	assert_true(values[14] == QUERY_NO_VALUE);
	assert_int_equal(values[15], 400 * MS);
	expect_cell(query, 0, "TREND", "            _- #");

	/* fifteen periods on the first one is about to go, and one later it went */
	query_tick(query, T0 + 16250 * MS);
	trend_of(query, 0, values);
	assert_int_equal(values[0], 100 * MS);
	query_tick(query, T0 + 17250 * MS);
	trend_of(query, 0, values);
	assert_int_equal(values[0], 200 * MS);
	query_free(query);
	engine_free(engine);
}

static void trends_of_threads_are_one_of_their_process(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = &grouped_view, .refresh = SECOND, .refresh_begin = T0 };
	uint64_t values[QUERY_TREND_PARTS];
	struct query *query;

	(void)state;
	call(engine, 10, "read", 900 * MS, 10 * MS);
	call(engine, 11, "read", 800 * MS, 20 * MS);
	call(engine, 11, "read", 1800 * MS, 60 * MS);
	query = query_of(engine, &spec);
	query_tick(query, T0 + 2 * SECOND);
	for (unsigned times = 0; times < 3; times++) {
		assert_int_equal(query_rows(query), 1);
		trend_of(query, 0, values);
		assert_int_equal(values[14], 15 * MS);
		assert_int_equal(values[15], 60 * MS);
		query_sort(query, (int)column_of(query, "CALLS"), times % 2);
	}
	query_free(query);
	engine_free(engine);
}

static void more_trends_than_memory(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = view_find("traces_summary"), .max_bytes = 1 };
	struct query *query;

	(void)state;
	span(engine, 10, "1:work:", 0, 5 * MS);
	query = query_of(engine, &spec);
	expect_cell(query, 0, "HITS", "1");
	expect_cell(query, 0, "TREND", "-");
	query_free(query);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_period_begins_before_its_first_event),
		cmocka_unit_test(a_table_shows_the_period_that_ended),
		cmocka_unit_test(the_first_period_is_the_history_that_was_asked_for),
		cmocka_unit_test(a_clock_set_back_ends_no_period),
		cmocka_unit_test(all_since_the_start_and_back),
		cmocka_unit_test(a_mean_over_time_is_of_all_that_is_shown),
		cmocka_unit_test(cpu_is_of_the_period),
		cmocka_unit_test(cpu_of_what_lived_between_samples),
		cmocka_unit_test(a_window_has_what_ended_in_it),
		cmocka_unit_test(rates_of_a_window_follow_no_ticks),
		cmocka_unit_test(a_list_of_a_window),
		cmocka_unit_test(a_trend_of_a_whole_recording),
		cmocka_unit_test(a_trend_of_refresh_periods),
		cmocka_unit_test(trends_of_threads_are_one_of_their_process),
		cmocka_unit_test(more_trends_than_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
