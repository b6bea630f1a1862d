/* Queries over small made recordings. Every expected number follows from the durations that the test feeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test/unit/query_helpers.h"

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
	/* the recording holds 100 ms, which is taken for a second */
	expect_cell(query, 0, "RATE", "3.00");
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

static void rates_when_the_clock_is_set_back(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query = view_of(engine, "traces_summary");

	(void)state;
	span(engine, 10, "t:a:", 0, MS);
	query_update(query, 0);
	query_tick(query, T0 + SECOND);
	query_tick(query, T0 + 3 * SECOND);
	expect_cell(query, 0, "RATE", "0.00");
	query_tick(query, T0 - 3600 * SECOND);
	expect_cell(query, 0, "RATE", "0.00");
	for (unsigned i = 0; i < 6; i++)
		span(engine, 10, "t:a:", 4 * SECOND, 4 * SECOND + MS);
	query_update(query, 0);
	query_tick(query, T0 - 3598 * SECOND);
	expect_cell(query, 0, "RATE", "3.00");
	query_free(query);
	engine_free(engine);
}

static void lists_of_empty_texts(void **state)
{
	static const struct view_column columns[] = {
		{ .title = "ARGS", .field = "span.args", .flags = COLUMN_SORT },
		{ .title = "TAGS", .field = "span.tags" },
	};
	static const struct view view = { .id = "test", .kind = VIEW_LIST, .columns = columns, .ncolumns = 2 };
	static const char *const tags[] = { "a", "a", "b", "b" };
	struct query_spec spec = { .view = &view };
	struct engine *engine = engine_of(16 << 20);
	struct query *query;

	(void)state;
	span(engine, 10, "t:a:", 0, MS);
	span(engine, 10, "t:b:", 2 * MS, 3 * MS);
	query = query_of(engine, &spec);
	expect_order(query, "TAGS", 4, tags);
	query_free(query);
	engine_free(engine);
}

/* Texts of rows that were evicted must not take the room of later ones. */
static void lists_by_ever_new_texts(void **state)
{
	static const struct view_column columns[] = { { .title = "TAGS", .field = "span.tags", .flags = COLUMN_SORT } };
	static const struct view view = { .id = "test", .kind = VIEW_LIST, .columns = columns, .ncolumns = 1 };
	struct query_spec spec = { .view = &view, .max_bytes = 200000 };
	struct engine *engine = engine_of(1 << 20);
	struct query *query = query_of(engine, &spec);
	char words[64], last[64] = "", text[64];
	size_t rows = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(words, sizeof(words), "t:tag%05u:", i * 7919 % 100000);
		span(engine, 10, words, i * US, i * US + 10);
		if (i % 100)
			continue;
		query_update(query, 0);
		rows = query_rows(query);
	}
	assert_true(rows > 500);
	for (size_t i = 0; i < rows; i++) {
		query_cell_text(query, query_row(query, i), 0, text, sizeof(text));
		assert_true(strcmp(last, text) <= 0);
		strcpy(last, text);
	}
	query_free(query);
	engine_free(engine);
}

static void rates_of_the_first_moment(void **state)
{
	static const struct view_column columns[] = {
		{ .title = "KEY", .field = "span.tag[0]", .flags = COLUMN_KEY },
		{ .title = "RATE", .field = "span.count", .aggregation = AGGREGATE_RATE },
		{ .title = "AVG", .field = "span.count", .aggregation = AGGREGATE_TIME_AVG },
	};
	static const struct view view = { .id = "test", .kind = VIEW_TABLE, .columns = columns, .ncolumns = 3 };
	struct query_spec spec = { .view = &view };
	struct engine *engine = engine_of(16 << 20);
	struct query *query = query_of(engine, &spec);

	(void)state;
	query_tick(query, T0);
	span(engine, 10, "t:a:", 0, MS / 10);
	query_update(query, 0);
	expect_cell(query, 0, "RATE", "1.00");
	expect_cell(query, 0, "AVG", "1.00"); /* nor with csysdig: it divides by a second at least */
	span(engine, 10, "t:a:", 900 * MS, 999 * MS);
	query_update(query, 0);
	expect_cell(query, 0, "RATE", "2.00");
	span(engine, 10, "t:a:", 1000 * MS, 4 * SECOND);
	query_update(query, 0);
	expect_cell(query, 0, "RATE", "0.75");
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
	for (size_t n = 0; n < view_set_count(builtin_views()); n++) {
		const struct view *view = view_set_at(builtin_views(), n);

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
		cmocka_unit_test(rates_of_the_first_moment),
		cmocka_unit_test(rates_when_the_clock_is_set_back),
		cmocka_unit_test(lists_of_empty_texts),
		cmocka_unit_test(lists_by_ever_new_texts),
		cmocka_unit_test(aggregations_of_numbers_and_texts),
		cmocka_unit_test(a_list_has_the_spans_of_one_depth),
		cmocka_unit_test(a_list_keeps_its_order_as_it_grows),
		cmocka_unit_test(a_list_sorts_by_text),
		cmocka_unit_test(evicted_rows_go),
		cmocka_unit_test(reading_goes_in_steps_and_can_start_anew),
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(views_are_sound),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
