/* Spectrograms: bucket bounds against whole-number arithmetic, rows against a list of events counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/engine/query.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"

#define T0 1700000000000000000ULL
#define MS 1000000ULL
#define SECOND (1000 * MS)

/* ---- a number of up to 64 * 32 bits, for powers of 32 ---- */

struct big {
	uint32_t words[64];
};

static struct big big_multiply(const struct big *a, uint64_t factor)
{
	struct big result = { { 0 } };
	unsigned __int128 carry = 0;

	for (unsigned i = 0; i < 64; i++) {
		carry += (unsigned __int128)a->words[i] * factor;
		result.words[i] = (uint32_t)carry;
		carry >>= 32;
	}
	assert_true(carry == 0);
	return result;
}

static struct big big_power(uint64_t base, unsigned exponent)
{
	struct big result = { { 1 } };

	while (exponent--)
		result = big_multiply(&result, base);
	return result;
}

static int big_compare(const struct big *a, const struct big *b)
{
	for (unsigned i = 64; i-- > 0;)
		if (a->words[i] != b->words[i])
			return a->words[i] < b->words[i] ? -1 : 1;
	return 0;
}

/* The lowest n of bucket b and above has n >= 10^(b/32), that is n^32 >= 10^b; and n - 1 has not. */
static void bounds_are_the_smallest_whole_numbers(void **state)
{
	(void)state;
	assert_int_equal(spectrum_bound(0), 0);
	for (unsigned bucket = 1; bucket < SPECTRUM_BUCKETS; bucket++) {
		struct big limit = big_power(10, bucket);
		struct big at = big_power(spectrum_bound(bucket), 32);
		struct big below = big_power(spectrum_bound(bucket) - 1, 32);

		assert_true(big_compare(&at, &limit) >= 0);
		assert_true(big_compare(&below, &limit) < 0);
	}
	assert_true(spectrum_bound(SPECTRUM_BUCKETS) == UINT64_MAX);
}

static void decades_begin_where_they_should(void **state)
{
	uint64_t power = 10;

	(void)state;
	for (unsigned decade = 1; decade < SPECTRUM_DECADES; decade++, power *= 10)
		assert_true(spectrum_bound(decade * SPECTRUM_PER_DECADE) == power);
}

/* Every bucket takes exactly what lies from its bound to before the next one. */
static void buckets_are_the_inverse_of_bounds(void **state)
{
	(void)state;
	for (unsigned bucket = 0; bucket < SPECTRUM_BUCKETS; bucket++) {
		uint64_t low = spectrum_bound(bucket), high = spectrum_bound(bucket + 1);

		assert_true(low <= high);
		if (low == high)
			continue; /* no whole number lies in it */
		assert_int_equal(spectrum_bucket(low), bucket);
		assert_int_equal(spectrum_bucket(low + (high - low) / 2), bucket);
		assert_int_equal(spectrum_bucket(high - 1), bucket);
		if (low)
			assert_true(spectrum_bucket(low - 1) < bucket);
	}
	/* the small ones, where most buckets are empty */
	for (uint64_t ns = 0; ns < 20000; ns++) {
		unsigned bucket = spectrum_bucket(ns);

		assert_true(spectrum_bound(bucket) <= ns && ns < spectrum_bound(bucket + 1));
	}
	assert_int_equal(spectrum_bucket(0), 0);
	assert_int_equal(spectrum_bucket(1), 0);
	assert_int_equal(spectrum_bucket(100 * SECOND), SPECTRUM_BUCKETS - 1);
	assert_int_equal(spectrum_bucket(UINT64_MAX), SPECTRUM_BUCKETS - 1);
}

/* ---- rows ---- */

struct setting {
	struct engine *engine;
	struct query *query;
};

static struct setting begin(const struct view *view, uint64_t period)
{
	struct engine_options options = { .memory = 16 << 20 };
	struct query_spec spec = { .view = view, .period = period };
	struct filter_error error;
	struct setting setting = { .engine = engine_new(&options) };
	size_t which;

	assert_non_null(setting.engine);
	setting.query = query_new(setting.engine, &spec, &error, &which);
	assert_non_null(setting.query);
	return setting;
}

static void end(struct setting *setting)
{
	query_free(setting->query);
	engine_free(setting->engine);
}

/* A trace of this tag and duration that ends at this time; each on a thread of its own. */
static void span(struct engine *engine, uint32_t tid, const char *tag, uint64_t exit, uint64_t duration)
{
	char text[64];

	snprintf(text, sizeof(text), ">:t:%s::", tag);
	feed_marker(engine, tid, tid, exit - duration, text);
	text[0] = '<';
	feed_marker(engine, tid, tid, exit, text);
}

static uint64_t total(const struct spectrum_row *row)
{
	uint64_t sum = 0;

	for (unsigned bucket = 0; bucket < SPECTRUM_BUCKETS; bucket++)
		sum += row->counts[bucket];
	return sum;
}

static void rows_are_periods_without_holes(void **state)
{
	struct setting setting = begin(view_find("spectro_traces"), 0);
	const struct spectrum_row *row;

	(void)state;
	assert_int_equal(query_get_spec(setting.query)->period, 500 * MS);
	assert_int_equal(spectrum_rows(setting.query), 0);
	assert_null(spectrum_row(setting.query, 0));

	span(setting.engine, 1, "a", T0 + 100 * MS, 2 * MS);
	span(setting.engine, 2, "a", T0 + 499 * MS, 2 * MS);
	span(setting.engine, 3, "a.b", T0 + 499 * MS, 3 * MS); /* not a trace */
	span(setting.engine, 4, "a", T0 + 500 * MS, 2 * MS);   /* the next row's first instant */
	span(setting.engine, 5, "a", T0 + 2100 * MS, 7 * MS);
	query_update(setting.query, 0);

	assert_int_equal(spectrum_rows(setting.query), 5);
	for (size_t i = 0; i < 5; i++) {
		row = spectrum_row(setting.query, i);
		assert_true(row->from == T0 + i * 500 * MS && row->to == row->from + 500 * MS);
	}
	assert_int_equal(total(spectrum_row(setting.query, 0)), 2);
	assert_int_equal(spectrum_row(setting.query, 0)->counts[spectrum_bucket(2 * MS)], 2);
	assert_int_equal(total(spectrum_row(setting.query, 1)), 1);
	assert_int_equal(total(spectrum_row(setting.query, 2)), 0);
	assert_int_equal(total(spectrum_row(setting.query, 3)), 0);
	assert_int_equal(spectrum_row(setting.query, 4)->counts[spectrum_bucket(7 * MS)], 1);
	assert_int_equal(query_matched(setting.query), 4);
	assert_int_equal(query_rows(setting.query), 0);
	end(&setting);
}

static void late_spans_find_their_row(void **state)
{
	struct setting setting = begin(view_find("spectro_traces"), SECOND);

	(void)state;
	span(setting.engine, 1, "a", T0 + 5 * SECOND, MS);
	span(setting.engine, 2, "a", T0 + 7 * SECOND, MS);
	query_update(setting.query, 0);
	span(setting.engine, 3, "a", T0 + 6 * SECOND, MS);
	span(setting.engine, 4, "a", T0 + 5 * SECOND + 1, MS);
	span(setting.engine, 5, "a", T0 + 2 * SECOND, MS); /* before the first row */
	query_update(setting.query, 0);

	assert_int_equal(spectrum_rows(setting.query), 6);
	assert_true(spectrum_row(setting.query, 0)->from == T0 + 2 * SECOND);
	assert_int_equal(total(spectrum_row(setting.query, 0)), 1);
	assert_int_equal(total(spectrum_row(setting.query, 1)), 0);
	assert_int_equal(total(spectrum_row(setting.query, 3)), 2);
	assert_int_equal(total(spectrum_row(setting.query, 4)), 1);
	assert_int_equal(total(spectrum_row(setting.query, 5)), 1);
	end(&setting);
}

static void old_rows_go_and_gaps_cost_nothing(void **state)
{
	struct setting setting = begin(view_find("spectro_traces"), MS);
	size_t rows;

	(void)state;
	span(setting.engine, 1, "a", T0 + 3 * MS, MS);
	/* a jump of a day each, 86,400,000 periods */
	for (unsigned day = 1; day < 2000; day++)
		span(setting.engine, 1, "a", T0 + day * 86400 * SECOND, MS);
	query_update(setting.query, 0);
	rows = spectrum_rows(setting.query);
	assert_true(rows > 1000 && rows <= 10000);
	assert_true(spectrum_row(setting.query, rows - 1)->from == T0 + 1999 * 86400 * SECOND);
	assert_int_equal(total(spectrum_row(setting.query, rows - 1)), 1);
	for (size_t i = 0; i + 1 < rows; i++) {
		const struct spectrum_row *row = spectrum_row(setting.query, i), *next;
		uint64_t to = row->to;

		assert_int_equal(total(row), 0);
		next = spectrum_row(setting.query, i + 1);
		assert_true(next->from == to);
	}
	/* too old for any row: left out, nothing else changes */
	span(setting.engine, 2, "a", T0 + 20 * MS, MS);
	query_update(setting.query, 0);
	assert_int_equal(spectrum_rows(setting.query), rows);
	assert_int_equal(query_matched(setting.query), 2000);
	end(&setting);
}

static void time_goes_on_without_spans(void **state)
{
	struct setting setting = begin(view_find("spectro_traces"), SECOND);

	(void)state;
	query_tick(setting.query, T0);
	assert_int_equal(spectrum_rows(setting.query), 0);
	span(setting.engine, 1, "a", T0 + 500 * MS, MS);
	query_update(setting.query, 0);
	query_tick(setting.query, T0 + 3500 * MS);
	assert_int_equal(spectrum_rows(setting.query), 4);
	query_tick(setting.query, T0 + 86400 * 365 * SECOND); /* data of last year: not live */
	assert_int_equal(spectrum_rows(setting.query), 4);
	query_clear(setting.query);
	assert_int_equal(spectrum_rows(setting.query), 0);
	end(&setting);
}

/* Calls may be looked at in the same way. */
static void a_spectrum_of_calls(void **state)
{
	static const struct view_column column = { .title = "LATENCY", .field = "evt.latency", .flags = COLUMN_KEY };
	static const struct view view = {
		.id = "calls",
		.kind = VIEW_SPECTROGRAM,
		.filter = "syscall.type=fsync",
		.columns = &column,
		.ncolumns = 1,
	};
	struct setting setting = begin(&view, SECOND);

	(void)state;
	feed_call(setting.engine, 1, 1, T0, T0 + 250, "fsync", 0, 3);
	feed_call(setting.engine, 1, 1, T0, T0 + 5 * MS, "fsync", 0, 3);
	feed_call(setting.engine, 1, 1, T0, T0 + 6 * MS, "read", 0, 3);
	query_update(setting.query, 0);
	assert_int_equal(spectrum_rows(setting.query), 1);
	assert_int_equal(total(spectrum_row(setting.query, 0)), 2);
	assert_int_equal(spectrum_row(setting.query, 0)->counts[spectrum_bucket(250)], 1);
	assert_int_equal(spectrum_row(setting.query, 0)->counts[spectrum_bucket(5 * MS)], 1);
	end(&setting);
}

/* ---- selections ---- */

/* The filter of any rectangle lists as many spans as the rectangle counts. */
static void a_rectangle_lists_what_it_counts(void **state)
{
	static const uint64_t edges[] = {
		0, 1, 2, 9, 10, 11, 999, 1000, 1001, 31622, 31623, 999999, 1000000, 1000001,
	};
	const unsigned nedges = sizeof(edges) / sizeof(edges[0]);
	struct setting setting = begin(view_find("spectro_traces"), SECOND);
	uint32_t random = 1;
	char filter[256], cut[20];
	size_t length;

	(void)state;
	for (uint32_t tid = 1; tid < 400; tid++) {
		random = random * 1664525 + 1013904223;
		span(setting.engine, tid, "a", T0 + tid * 10 * MS + (tid % 7 ? 0 : 10),
		     edges[(random >> 16) % nedges]);
		if (tid % nedges == 0)
			span(setting.engine, tid, "a", T0 + tid * 10 * MS, 200 * SECOND);
	}
	query_update(setting.query, 0);
	for (unsigned i = 0; i < 60; i++) {
		size_t from = i % 4, to = from + (i / 4) % (4 - from);
		unsigned low = i * 6 % SPECTRUM_BUCKETS, high = low + i * 11 % (SPECTRUM_BUCKETS - low);
		const char *filters[] = { filter };
		struct query_spec spec = { .view = view_find("traces_list"), .filters = filters, .nfilters = 1 };
		struct filter_error error;
		struct query *list;
		uint64_t counted = 0;
		size_t which;

		if (i == 59)
			high = SPECTRUM_BUCKETS - 1;
		for (size_t row = from; row <= to; row++)
			for (unsigned bucket = low; bucket <= high; bucket++)
				counted += spectrum_row(setting.query, row)->counts[bucket];
		length = spectrum_filter(setting.query, from, to, low, high, filter, sizeof(filter));
		assert_true(length && length < sizeof(filter));
		list = query_new(setting.engine, &spec, &error, &which);
		assert_non_null(list);
		query_update(list, 0);
		assert_int_equal(query_rows(list), counted);
		query_free(list);
	}
	length = spectrum_filter(setting.query, 0, 1, 64, 95, filter, sizeof(filter));
	assert_int_equal(length, strlen(filter));
	assert_string_equal(filter, "(span.duration>=100 and span.duration<1000) and "
				    "(evt.rawtime>=1700000000000000000 and evt.rawtime<1700000002000000000)");
	assert_int_equal(spectrum_filter(setting.query, 0, 1, 64, 95, cut, sizeof(cut)), strlen(filter));
	assert_memory_equal(cut, filter, sizeof(cut) - 1);
	/* no such rectangle */
	assert_int_equal(spectrum_filter(setting.query, 1, 0, 0, 1, filter, sizeof(filter)), 0);
	assert_int_equal(spectrum_filter(setting.query, 0, 99, 0, 1, filter, sizeof(filter)), 0);
	assert_int_equal(spectrum_filter(setting.query, 0, 0, 0, SPECTRUM_BUCKETS, filter, sizeof(filter)), 0);
	assert_string_equal(filter, "");
	end(&setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_the_smallest_whole_numbers),
		cmocka_unit_test(decades_begin_where_they_should),
		cmocka_unit_test(buckets_are_the_inverse_of_bounds),
		cmocka_unit_test(rows_are_periods_without_holes),
		cmocka_unit_test(late_spans_find_their_row),
		cmocka_unit_test(old_rows_go_and_gaps_cost_nothing),
		cmocka_unit_test(time_goes_on_without_spans),
		cmocka_unit_test(a_spectrum_of_calls),
		cmocka_unit_test(a_rectangle_lists_what_it_counts),
	};

	return cmocka_run_group_tests_name("spectrum", tests, NULL, NULL);
}
