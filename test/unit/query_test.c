/* Queries over small made recordings. Every expected number follows from the durations that the test feeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/engine/query.h"
#include "test/unit/feed.h"

#define T0 1700000000000000000ULL
#define US 1000ULL
#define MS 1000000ULL
#define SECOND (1000 * MS)

static struct engine *engine_of(size_t memory)
{
	struct engine_options options = { .memory = memory };
	struct engine *engine = engine_new(&options);

	assert_non_null(engine);
	return engine;
}

static struct query *query_of(struct engine *engine, const struct query_spec *spec)
{
	struct filter_error error = { 0 };
	size_t which;
	struct query *query = query_new(engine, spec, &error, &which);

	if (!query)
		fail_msg("%s", error.text);
	query_update(query, 0);
	return query;
}

static struct query *view_of(struct engine *engine, const char *id)
{
	struct query_spec spec = { .view = view_find(id) };

	assert_non_null(spec.view);
	return query_of(engine, &spec);
}

/* A level further down: the view below the row, at this depth. */
static struct query *below(struct engine *engine, const char *id, unsigned depth, const char *filter)
{
	struct query_spec spec = { .view = view_find(id), .depth = depth, .filters = &filter, .nfilters = 1 };

	return query_of(engine, &spec);
}

static struct query *inside(struct engine *engine, const char *id, struct span *span, enum inside_scope scope)
{
	struct query_spec spec = { .view = view_find(id), .inside = span, .inside_scope = scope };

	return query_of(engine, &spec);
}

static size_t column_of(const struct query *query, const char *title)
{
	const struct view *view = query_get_spec(query)->view;

	for (size_t i = 0; i < view->ncolumns; i++)
		if (!strcmp(view->columns[i].title, title))
			return i;
	fail_msg("no column %s", title);
	return 0;
}

/* Fails unless the cell prints so. */
static void expect_cell(struct query *query, size_t row, const char *title, const char *expected)
{
	char text[512];
	size_t column = column_of(query, title);
	size_t length = query_cell_text(query, query_row(query, row), column, text, sizeof(text));

	assert_int_equal(length, strlen(text));
	if (strcmp(text, expected))
		fail_msg("row %zu, %s: %s instead of %s", row, title, text, expected);
}

static uint64_t number(struct query *query, size_t row, const char *title)
{
	const struct query_row *data = query_row(query, row);

	return data->cells[column_of(query, title)].u;
}

static void expect_order(struct query *query, const char *title, size_t count, const char *const *expected)
{
	assert_int_equal(query_rows(query), count);
	for (size_t i = 0; i < count; i++)
		expect_cell(query, i, title, expected[i]);
}

static void marker(struct engine *engine, uint32_t tid, uint64_t time, const char *text)
{
	feed_marker(engine, tid, 1, T0 + time, text);
}

/* An enter and its exit, by a thread of process 1. */
static void span(struct engine *engine, uint32_t tid, const char *words, uint64_t enter, uint64_t exit)
{
	char text[512];

	snprintf(text, sizeof(text), ">:%s:", words);
	marker(engine, tid, enter, text);
	text[0] = '<';
	marker(engine, tid, exit, text);
}

/* Three requests of 1, 2 and 9 ms with a parse of 100 us each and a db of half the request, in it a commit; one of
 * another kind; and one that is still open. */
static struct engine *requests(void)
{
	static const uint64_t durations[] = { 1 * MS, 2 * MS, 9 * MS };
	struct engine *engine = engine_of(16 << 20);
	uint64_t time = 0;

	for (unsigned i = 0; i < 3; i++, time += 10 * MS) {
		uint64_t half = durations[i] / 2;
		char text[64];

		snprintf(text, sizeof(text), ">:%u:req:n=%u:", i, i);
		marker(engine, 10, time, text);
		snprintf(text, sizeof(text), "%u:req.parse:", i);
		span(engine, 10, text, time, time + 100 * US);
		snprintf(text, sizeof(text), ">:%u:req.db::", i);
		marker(engine, 10, time + 100 * US, text);
		snprintf(text, sizeof(text), "%u:req.db.commit:", i);
		span(engine, 10, text, time + 200 * US, time + 250 * US);
		snprintf(text, sizeof(text), "<:%u:req.db::", i);
		marker(engine, 10, time + 100 * US + half, text);
		snprintf(text, sizeof(text), "<:%u:req::", i);
		marker(engine, 10, time + durations[i], text);
	}
	span(engine, 11, "7:cron:", 40 * MS, 41 * MS);
	marker(engine, 12, 100 * MS, ">:8:waits::");
	return engine;
}

/* ---- tables ---- */

static void a_summary_counts_and_measures(void **state)
{
	struct engine *engine = requests();
	struct query *query = view_of(engine, "traces_summary");
	static const char *const tags[] = { "req", "cron", "waits" };
	bool descending;
	uint64_t p50, p99;

	(void)state;
	assert_int_equal(query_sort_column(query, &descending), column_of(query, "HITS"));
	assert_true(descending);
	expect_order(query, "TAG", 3, tags);
	expect_cell(query, 0, "HITS", "3");
	expect_cell(query, 0, "AVG TIME", "4.00ms");
	expect_cell(query, 0, "MIN TIME", "1.00ms");
	expect_cell(query, 0, "MAX TIME", "9.00ms");
	expect_cell(query, 0, "CHD HITS", "9");
	/* half of 1, 2, 9 ms are at or below 2 ms; 99 in 100 at or below 9 ms */
	p50 = number(query, 0, "P50");
	p99 = number(query, 0, "P99");
	assert_in_range(p50, 2 * MS - 2 * MS / 100, 2 * MS + 2 * MS / 100);
	assert_in_range(p99, 9 * MS - 9 * MS / 100, 9 * MS);
	/* 3 spans in the 100 ms that the recording holds */
	expect_cell(query, 0, "RATE", "30.00");
	expect_cell(query, 1, "HITS", "1");
	expect_cell(query, 1, "AVG TIME", "1.00ms");
	expect_cell(query, 1, "CHD HITS", "0");
	/* it began, but nothing is known of its time yet */
	expect_cell(query, 2, "HITS", "0");
	expect_cell(query, 2, "AVG TIME", "-");
	expect_cell(query, 2, "P99", "-");
	expect_cell(query, 2, "MAX TIME", "-");
	query_free(query);
	engine_free(engine);
}

static void a_summary_goes_down_to_the_leaves(void **state)
{
	struct engine *engine = requests();
	struct query *query = view_of(engine, "traces_summary");
	static const char *const second[] = { "db", "parse" };
	const char *filters[2];
	char first_filter[128], filter[128];
	struct query_spec spec = {
		.view = view_find("spans_summary"), .depth = 2, .filters = filters, .nfilters = 2,
	};

	(void)state;
	query_row_filter(query, query_row(query, 0), first_filter, sizeof(first_filter));
	assert_string_equal(first_filter, "span.tag[0]=\"req\"");
	query_free(query);

	query = below(engine, "spans_summary", 1, first_filter);
	expect_order(query, "TAG", 2, second); /* ties are in order of the key */
	expect_cell(query, 0, "HITS", "3");
	expect_cell(query, 0, "AVG TIME", "2.00ms"); /* (0.5 + 1 + 4.5) / 3 */
	expect_cell(query, 0, "CHD HITS", "3");
	expect_cell(query, 1, "AVG TIME", "100us");
	expect_cell(query, 1, "CHD HITS", "0");
	query_row_filter(query, query_row(query, 0), filter, sizeof(filter));
	assert_string_equal(filter, "span.tag[1]=\"db\"");
	query_free(query);

	filters[0] = first_filter;
	filters[1] = filter;
	query = query_of(engine, &spec);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "TAG", "commit");
	expect_cell(query, 0, "MIN TIME", "50us");
	query_row_filter(query, query_row(query, 0), filter, sizeof(filter));
	query_free(query);

	/* a leaf: nothing below it, but its own spans can be listed */
	query = below(engine, "spans_summary", 3, filter);
	assert_int_equal(query_rows(query), 0);
	query_free(query);
	query = below(engine, "spans_list", 2, filter);
	assert_int_equal(query_rows(query), 3);
	query_free(query);
	engine_free(engine);
}

static void hostile_tags_are_quoted(void **state)
{
	static const char *const tags[] = { "a b", "x\\\"y", "(p) or span.id exists", "\x1b[2J", "caf\xc3\xa9" };
	struct engine *engine = engine_of(16 << 20);
	struct query *query;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned n = 0; n <= i; n++) {
			char words[64];

			snprintf(words, sizeof(words), "t:%s:", tags[i]);
			span(engine, 10, words, (i * 10 + n) * MS, (i * 10 + n) * MS + US);
		}
	query = view_of(engine, "traces_summary");
	for (size_t i = 0; i < query_rows(query); i++) {
		char filter[256];
		struct query *list;

		query_row_filter(query, query_row(query, i), filter, sizeof(filter));
		list = below(engine, "traces_list", 0, filter);
		assert_int_equal(query_rows(list), number(query, i, "HITS"));
		query_free(list);
	}
	query_free(query);
	engine_free(engine);
}

static void a_summary_sorts_by_any_column(void **state)
{
	static const char *const by_tag[] = { "cron", "req", "waits" };
	static const char *const by_average[] = { "req", "cron", "waits" };
	static const char *const by_fastest[] = { "waits", "cron", "req" };
	static const char *const by_p99[] = { "waits", "cron", "req" };
	struct engine *engine = requests();
	struct query *query = view_of(engine, "traces_summary");
	uint64_t id;

	(void)state;
	id = query_row(query, 0)->id;
	query_sort(query, column_of(query, "TAG"), false);
	expect_order(query, "TAG", 3, by_tag);
	assert_int_equal(query_find_row(query, id), 1);
	query_sort(query, column_of(query, "AVG TIME"), true);
	expect_order(query, "TAG", 3, by_average);
	query_sort(query, column_of(query, "MIN TIME"), false); /* unknown first, equal ones by tag */
	expect_order(query, "TAG", 3, by_fastest);
	query_sort(query, column_of(query, "P99"), false);
	expect_order(query, "TAG", 3, by_p99);
	assert_int_equal(query_find_row(query, id), 2);
	assert_true(query_find_row(query, 12345) == SIZE_MAX);
	query_free(query);
	engine_free(engine);
}

static void too_many_keys_fall_into_one_row(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = view_find("traces_summary"), .max_bytes = 256 << 10 };
	struct query *query;
	char words[32], text[64];
	uint64_t hits = 0;
	size_t rows;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(words, sizeof(words), "t:tag%u:", i);
		span(engine, 10, words, i * MS, i * MS + US);
	}
	query = query_of(engine, &spec);
	rows = query_rows(query);
	assert_in_range(rows, 10, 2000);
	for (size_t i = 0; i < rows; i++)
		hits += number(query, i, "HITS");
	assert_int_equal(hits, 5000);
	/* last in any order, and nothing is below it */
	expect_cell(query, rows - 1, "TAG", "(other)");
	expect_cell(query, rows - 1, "MAX TIME", "1.00us");
	assert_true(query_row(query, rows - 1)->id == QUERY_OTHER_ID);
	assert_int_equal(query_row_filter(query, query_row(query, rows - 1), text, sizeof(text)), 0);
	query_sort(query, column_of(query, "HITS"), false);
	expect_cell(query, rows - 1, "TAG", "(other)");
	query_free(query);
	engine_free(engine);
}

/* Percentiles need room; without it they are unknown, never wrong. The rest is exact as ever. */
static void percentiles_without_room_are_unknown(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = view_find("traces_summary"), .max_bytes = 4000 };
	struct query *query;

	(void)state;
	/* a power of two each: the first few still fit */
	for (unsigned i = 0; i < 40; i++)
		span(engine, 10, "t:a:", 0, 1ULL << i);
	query = query_of(engine, &spec);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "TAG", "a");
	expect_cell(query, 0, "HITS", "40");
	expect_cell(query, 0, "MIN TIME", "1ns");
	expect_cell(query, 0, "MAX TIME", "9:9"); /* 2^39 ns */
	expect_cell(query, 0, "P50", "-");
	expect_cell(query, 0, "P99", "-");
	query_free(query);
	spec.max_bytes = 0;
	query = query_of(engine, &spec);
	assert_in_range(number(query, 0, "P50"), (1 << 19) - (1 << 19) / 100, (1 << 19) + (1 << 19) / 100);
	query_free(query);
	engine_free(engine);
}

static void rates_are_those_of_the_last_period(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query;
	uint64_t time = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++, time += 10 * MS)
		span(engine, 10, "t:a:", time, time + MS);
	query = view_of(engine, "traces_summary");
	query_tick(query, T0 + SECOND);
	for (unsigned i = 0; i < 6; i++, time += 10 * MS)
		span(engine, 10, "t:a:", time, time + MS);
	span(engine, 10, "t:b:", time, time + MS);
	query_update(query, 0);
	query_tick(query, T0 + 3 * SECOND);
	expect_cell(query, 0, "RATE", "3.00"); /* 6 in 2 s */
	expect_cell(query, 1, "RATE", "0.50");
	span(engine, 10, "t:b:", time, time + MS);
	query_update(query, 0);
	expect_cell(query, 0, "RATE", "3.00"); /* the running period does not count yet */
	query_tick(query, T0 + 4 * SECOND);
	expect_cell(query, 0, "RATE", "0.00");
	expect_cell(query, 1, "RATE", "1.00");
	query_tick(query, T0 + 5 * SECOND);
	expect_cell(query, 1, "RATE", "0.00");
	expect_cell(query, 0, "HITS", "106");
	query_free(query);
	engine_free(engine);
}

static void aggregations_of_numbers_and_texts(void **state)
{
	static const struct view_column columns[] = {
		{ .title = "KEY", .field = "fd.num", .flags = COLUMN_KEY },
		{ .title = "FIRST", .field = "evt.rawres", .aggregation = AGGREGATE_FIRST },
		{ .title = "LAST", .field = "evt.rawres", .aggregation = AGGREGATE_LAST },
		{ .title = "SUM", .field = "evt.rawres", .aggregation = AGGREGATE_SUM },
		{ .title = "AVG", .field = "evt.rawres", .aggregation = AGGREGATE_AVG },
		{ .title = "MIN", .field = "evt.rawres", .aggregation = AGGREGATE_MIN },
		{ .title = "MAX", .field = "evt.rawres", .aggregation = AGGREGATE_MAX },
		{ .title = "PER S", .field = "evt.count", .aggregation = AGGREGATE_TIME_AVG },
		{ .title = "FIRST CALL", .field = "evt.type", .aggregation = AGGREGATE_FIRST },
		{ .title = "SUM CALL", .field = "evt.type", .aggregation = AGGREGATE_SUM },
		{ .title = "LATEST CALL", .field = "evt.type", .aggregation = AGGREGATE_MAX },
		{ .title = "NEVER", .field = "span.duration", .aggregation = AGGREGATE_SUM },
		{ .title = "NEVER AVG", .field = "span.duration", .aggregation = AGGREGATE_AVG },
	};
	static const struct view view = {
		.id = "numbers",
		.kind = VIEW_TABLE,
		.columns = columns,
		.ncolumns = sizeof(columns) / sizeof(columns[0]),
	};
	struct engine *engine = engine_of(16 << 20);
	struct query_spec spec = { .view = &view };
	struct query *query;
	char filter[64];

	(void)state;
	feed_descriptor(engine, 1, 3, FD_FILE, "/a");
	feed_descriptor(engine, 1, 4, FD_FILE, "/b");
	feed_call(engine, 1, 1, T0, T0, "read", 5, 3);
	feed_call(engine, 1, 1, T0, T0 + SECOND, "write", -2, 3);
	feed_call(engine, 1, 1, T0, T0 + 4 * SECOND, "lseek", 10, 3);
	feed_call(engine, 1, 1, T0, T0 + 4 * SECOND, "read", 7, 4);
	feed_call(engine, 1, 1, T0, T0 + 4 * SECOND, "getpid", 7, -1); /* no descriptor: no row */
	query = query_of(engine, &spec);
	query_sort(query, 0, false);
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "KEY", "3");
	expect_cell(query, 0, "FIRST", "5");
	expect_cell(query, 0, "LAST", "10");
	expect_cell(query, 0, "SUM", "13");
	expect_cell(query, 0, "AVG", "4.33");
	expect_cell(query, 0, "MIN", "-2");
	expect_cell(query, 0, "MAX", "10");
	expect_cell(query, 0, "PER S", "0.75");
	expect_cell(query, 0, "FIRST CALL", "read");
	expect_cell(query, 0, "SUM CALL", "read");
	expect_cell(query, 0, "LATEST CALL", "lseek");
	expect_cell(query, 0, "NEVER", "0ns");
	expect_cell(query, 0, "NEVER AVG", "-");
	expect_cell(query, 1, "AVG", "7"); /* of one: whole */
	assert_int_equal(query_matched(query), 4);
	query_row_filter(query, query_row(query, 1), filter, sizeof(filter));
	assert_string_equal(filter, "fd.num=4");
	query_free(query);
	engine_free(engine);
}

/* ---- lists ---- */

static void a_list_has_the_spans_of_one_depth(void **state)
{
	static const char *const ids[] = { "2", "1", "0", "7" };
	struct engine *engine = requests();
	struct query *query = view_of(engine, "traces_list"), *children;
	struct span *slowest;
	char filter[128];

	(void)state;
	expect_order(query, "ID", 4, ids); /* 9, 2, 1, 1 ms; equal ones as they ended */
	expect_cell(query, 0, "DURATION", "9.00ms");
	expect_cell(query, 0, "TAG", "req");
	expect_cell(query, 0, "ARGS", "n=2");
	expect_cell(query, 0, "THREAD", "10");
	expect_cell(query, 0, "CPU", "-"); /* nobody counted it */
	slowest = query_row_span(query, query_row(query, 0));
	assert_non_null(slowest);
	assert_int_equal(slowest->id, 2);
	query_row_filter(query, query_row(query, 0), filter, sizeof(filter));
	assert_string_equal(filter, "span.rawparenttime=1700000000020000000");
	query_free(query);

	children = below(engine, "spans_list", 1, filter);
	assert_int_equal(query_rows(children), 2);
	expect_cell(children, 0, "TAGS", "req.db");
	expect_cell(children, 0, "DURATION", "4.50ms");
	expect_cell(children, 1, "TAG", "parse");
	query_free(children);
	engine_free(engine);
}

static void a_list_keeps_its_order_as_it_grows(void **state)
{
	struct engine *engine = engine_of(32 << 20);
	struct query *query = view_of(engine, "traces_list");
	uint32_t random = 7;
	uint64_t watched = 0, watched_duration = 0;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		uint64_t before = UINT64_MAX, before_num = 0;

		for (unsigned i = 0; i < 500; i++) {
			uint64_t enter = (round * 500ULL + i) * 10 * MS;

			random = random * 1664525 + 1013904223;
			span(engine, 10, "t:a:", enter, enter + (random >> 24) * US);
		}
		assert_int_equal(query_update(query, 0), 1000);
		assert_int_equal(query_rows(query), (round + 1) * 500);
		for (size_t i = 0; i < query_rows(query); i++) {
			const struct query_row *row = query_row(query, i);
			uint64_t duration = row->cells[column_of(query, "DURATION")].u;

			assert_true(duration < before || (duration == before && row->event_num > before_num));
			before = duration;
			before_num = row->event_num;
			if (!round && i == 250) {
				watched = row->id;
				watched_duration = duration;
			}
		}
		assert_int_equal(number(query, query_find_row(query, watched), "DURATION"), watched_duration);
	}
	/* the other way round, ties as before */
	query_sort(query, column_of(query, "DURATION"), false);
	for (size_t i = 1; i < query_rows(query); i++) {
		uint64_t last = number(query, i - 1, "DURATION"), last_num = query_row(query, i - 1)->event_num;

		assert_true(last < number(query, i, "DURATION") ||
			    (last == number(query, i, "DURATION") && last_num < query_row(query, i)->event_num));
	}
	/* as they came */
	query_sort(query, -1, false);
	for (size_t i = 1; i < query_rows(query); i++)
		assert_true(query_row(query, i - 1)->event_num < query_row(query, i)->event_num);
	query_free(query);
	engine_free(engine);
}

static void a_list_sorts_by_text(void **state)
{
	static const char *const first[] = { "", "apple", "fig", "fig", "pear" };
	static const char *const later[] = { "", "apple", "banana", "fig", "fig", "pear", "zoo" };
	static const char *const ids[] = { "3", "2", "6", "1", "5", "4", "7" };
	static const char *const turned[] = { "zoo", "pear", "fig", "fig", "banana", "apple", "" };
	struct engine *engine = engine_of(16 << 20);
	struct query *query = view_of(engine, "traces_list");
	const char *const words[] = { "fig", "apple", NULL, "pear", "fig", "banana", "zoo" };

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		char text[64];

		snprintf(text, sizeof(text), ">:%u:a:%s%s:", i + 1, words[i] ? "n=" : "", words[i] ? words[i] : "");
		marker(engine, 10, i * MS, text);
		snprintf(text, sizeof(text), "<:%u:a::", i + 1);
		marker(engine, 10, i * MS + US, text);
		if (i == 4) {
			query_update(query, 0);
			query_sort(query, column_of(query, "ARGS"), false);
			for (unsigned row = 1; row < 5; row++) {
				snprintf(text, sizeof(text), "n=%s", first[row]);
				expect_cell(query, row, "ARGS", text);
			}
		}
	}
	query_update(query, 0); /* banana goes between what was ranked already */
	expect_order(query, "ID", 7, ids);
	for (unsigned row = 1; row < 7; row++) {
		char text[64];

		snprintf(text, sizeof(text), "n=%s", later[row]);
		expect_cell(query, row, "ARGS", text);
	}
	query_sort(query, column_of(query, "ARGS"), true);
	for (unsigned row = 0; row < 6; row++) {
		char text[64];

		snprintf(text, sizeof(text), "n=%s", turned[row]);
		expect_cell(query, row, "ARGS", text);
	}
	query_free(query);
	engine_free(engine);
}

static void evicted_rows_go(void **state)
{
	struct engine *engine = engine_of(1 << 20); /* the least */
	struct query *query = view_of(engine, "traces_list"), *late;
	struct recording *recording = engine_recording(engine);
	uint64_t fed = 20000;
	size_t rows;

	(void)state;
	for (unsigned i = 0; i < fed; i++) {
		span(engine, 10, "t:a:", i * MS, i * MS + (i % 100 + 1) * US);
		if (i % 100 == 99)
			query_update(query, 0);
	}
	assert_int_equal(query_matched(query), fed);
	assert_int_equal(query_skipped(query), 0);
	assert_true(recording_fill(recording, LANE_SPANS).evicted > 0);
	rows = query_rows(query);
	assert_true(rows > 100 && rows <= recording_fill(recording, LANE_SPANS).events / 2 + 1);
	for (size_t i = 0; i < rows; i++) {
		assert_true(query_row(query, i)->cells[column_of(query, "DURATION")].type == VALUE_DURATION);
		if (i)
			assert_true(number(query, i - 1, "DURATION") >= number(query, i, "DURATION"));
	}
	query_sort(query, column_of(query, "TIME"), false);
	assert_int_equal(query_rows(query), rows);

	/* one that did not look for a while: what it missed is counted, nothing else is lost */
	late = view_of(engine, "traces_list");
	rows = query_rows(late);
	for (unsigned i = 0; i < fed; i++)
		span(engine, 10, "t:a:", (fed + i) * MS, (fed + i) * MS + US);
	query_update(late, 0);
	assert_true(query_skipped(late) > 0);
	assert_int_equal(query_skipped(late) / 2 + query_matched(late) - rows, fed);
	query_free(late);

	engine_clear(engine);
	assert_int_equal(query_rows(query), 0);
	query_free(query);
	engine_free(engine);
}

/* ---- events and what is inside ---- */

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
		"procfork", "procfork", "fsync", "openat", "getuid", "getuid", "tracer", "tracer",
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

/* ---- the query itself ---- */

static void reading_goes_in_steps_and_can_start_anew(void **state)
{
	struct engine *engine = requests();
	struct query_spec spec = { .view = view_find("traces_summary") };
	struct filter_error error;
	size_t which, read, total = 0;
	struct query *query = query_new(engine, &spec, &error, &which);

	(void)state;
	assert_non_null(query);
	while ((read = query_update(query, 5)) == 5)
		total += read;
	total += read;
	assert_int_equal(total, 3 * 8 + 2 + 1); /* every marker once */
	assert_int_equal(query_rows(query), 3);
	query_clear(query);
	assert_int_equal(query_rows(query), 0);
	assert_int_equal(query_update(query, 0), 0);
	span(engine, 10, "t:new:", 200 * MS, 201 * MS);
	query_update(query, 0);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "TAG", "new");
	expect_cell(query, 0, "HITS", "1");
	/* beyond the end */
	assert_true(query_row(query, 1)->cells[0].type == VALUE_NONE);
	assert_int_equal(query_column_type(query, 99), VALUE_NONE);
	query_free(query);
	engine_free(engine);
}

static void faults_are_named(void **state)
{
	static const struct view_column column = { .title = "X", .field = "span.nonsense", .flags = COLUMN_KEY };
	static const struct view bad_column = {
		.id = "bad", .kind = VIEW_TABLE, .columns = &column, .ncolumns = 1,
	};
	static const struct view bad_filter = { .id = "bad", .kind = VIEW_TABLE, .filter = "span.ntags>>%depth" };
	struct engine *engine = engine_of(1 << 20);
	const char *filters[] = { "", "span.id=1", "span.id=1 and nonsense.x=2" };
	struct query_spec spec = { .view = view_find("traces_list"), .filters = filters, .nfilters = 3 };
	struct filter_error error;
	size_t which = 0;

	(void)state;
	assert_null(query_new(engine, &spec, &error, &which));
	assert_int_equal(which, 2);
	assert_int_equal(error.position, 14);
	spec.nfilters = 2;
	spec.view = &bad_column;
	assert_null(query_new(engine, &spec, &error, &which));
	assert_int_equal(which, 2);
	assert_non_null(strstr(error.text, "span.nonsense"));
	spec.view = &bad_filter;
	assert_null(query_new(engine, &spec, &error, &which));
	assert_int_equal(which, 2);
	engine_free(engine);
}

/* Every built-in view compiles at every depth, and what it leads to exists. */
static void views_are_sound(void **state)
{
	struct engine *engine = requests();

	(void)state;
	for (const struct view *view = view_table; view->id; view++) {
		assert_ptr_equal(view_find(view->id), view);
		assert_true(!view->drilldown || view_find(view->drilldown));
		assert_non_null(view->description);
		for (unsigned depth = 0; depth < 20; depth += 19) {
			struct query_spec spec = { .view = view, .depth = depth };
			struct query *query = query_of(engine, &spec);

			for (size_t row = 0; row < query_rows(query); row++)
				for (size_t column = 0; column < view->ncolumns; column++) {
					char text[256];

					query_cell_text(query, query_row(query, row), column, text, sizeof(text));
				}
			query_free(query);
		}
		for (size_t i = 0; i < view->ncolumns; i++)
			assert_true(view->columns[i].title && view->columns[i].description);
	}
	assert_null(view_find("nonsense"));
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_summary_counts_and_measures),
		cmocka_unit_test(a_summary_goes_down_to_the_leaves),
		cmocka_unit_test(hostile_tags_are_quoted),
		cmocka_unit_test(a_summary_sorts_by_any_column),
		cmocka_unit_test(too_many_keys_fall_into_one_row),
		cmocka_unit_test(percentiles_without_room_are_unknown),
		cmocka_unit_test(rates_are_those_of_the_last_period),
		cmocka_unit_test(aggregations_of_numbers_and_texts),
		cmocka_unit_test(a_list_has_the_spans_of_one_depth),
		cmocka_unit_test(a_list_keeps_its_order_as_it_grows),
		cmocka_unit_test(a_list_sorts_by_text),
		cmocka_unit_test(evicted_rows_go),
		cmocka_unit_test(scopes_say_who_is_inside),
		cmocka_unit_test(a_helper_marks_for_its_parent),
		cmocka_unit_test(work_that_moves_between_threads),
		cmocka_unit_test(events_inside_a_span_are_listed),
		cmocka_unit_test(an_open_span_fills_while_it_runs),
		cmocka_unit_test(an_exit_alone_has_no_inside),
		cmocka_unit_test(calls_and_files_inside_a_span),
		cmocka_unit_test(bytes_of_files_are_summed),
		cmocka_unit_test(reading_goes_in_steps_and_can_start_anew),
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(views_are_sound),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
