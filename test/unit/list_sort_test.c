/* Long lists are sorted in pieces: rows stay as they are until all is there, and then stand as a short list's do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query_helpers.h"

#define CALLS 40000u
#define PIECE 1000

/* Some latency, another for neighbours: 1 us to 65 ms. */
static uint64_t latency_of(unsigned i)
{
	return (i * 40503u % 65521 + 1) * US;
}

static void feed_calls(struct engine *engine, unsigned from, unsigned count)
{
	for (unsigned i = from; i < from + count; i++)
		feed_call(engine, 10 + i % 3, 10, T0 + i * US, T0 + i * US + latency_of(i), "getpid", 10, 0);
}

static uint64_t latency_at(struct query *query, size_t row)
{
	return query_row(query, row)->cells[column_of(query, "LATENCY")].u;
}

static void expect_descending(struct query *query)
{
	uint64_t before = UINT64_MAX;

	for (size_t i = 0; i < query_rows(query); i++) {
		uint64_t here = latency_at(query, i);

		assert_true(here <= before);
		before = here;
	}
}

static void rows_stay_until_all_is_read(void **state)
{
	struct engine *engine = engine_of(64 << 20);
	struct query *query;
	unsigned pieces = 0;
	uint64_t first;

	(void)state;
	feed_calls(engine, 0, CALLS);
	query = view_of(engine, "events");
	assert_int_equal(query_rows(query), CALLS);
	assert_false(query_is_sorting(query));
	first = query_row(query, 0)->id;
	query_sort(query, (int)column_of(query, "LATENCY"), true);
	assert_true(query_is_sorting(query));
	feed_calls(engine, CALLS, 500);
	while (query_is_sorting(query)) {
		assert_int_equal(query_rows(query), CALLS);
		assert_int_equal(query_row(query, 0)->id, first);
		query_update(query, PIECE);
		pieces++;
	}
	assert_true(pieces > CALLS / PIECE);
	query_update(query, 0);
	assert_int_equal(query_rows(query), CALLS + 500);
	expect_descending(query);
	query_free(query);
	engine_free(engine);
}

/* Another column, the other direction, a new beginning: each while the first order is not there yet. */
static void an_order_may_change_before_it_is_made(void **state)
{
	struct engine *engine = engine_of(64 << 20);
	struct query *query;
	uint64_t before = 0;

	(void)state;
	feed_calls(engine, 0, CALLS);
	query = view_of(engine, "events");
	query_sort(query, (int)column_of(query, "THREAD"), true);
	query_update(query, PIECE);
	query_sort(query, (int)column_of(query, "LATENCY"), true);
	query_update(query, PIECE);
	query_sort(query, (int)column_of(query, "LATENCY"), false);
	query_sort_on(query, 0);
	assert_false(query_is_sorting(query));
	assert_int_equal(query_rows(query), CALLS);
	for (size_t i = 0; i < CALLS; i++) {
		assert_true(latency_at(query, i) >= before);
		before = latency_at(query, i);
	}
	query_sort(query, (int)column_of(query, "PROCESS"), false);
	assert_true(query_is_sorting(query));
	query_clear(query);
	assert_false(query_is_sorting(query));
	assert_int_equal(query_rows(query), 0);
	query_sort(query, (int)column_of(query, "LATENCY"), true);
	query_free(query);
	engine_free(engine);
}

/* The recording forgets rows meanwhile. */
static void what_goes_meanwhile_is_gone(void **state)
{
	struct engine *engine = engine_of(16 << 20);
	struct query *query;
	size_t rows;

	(void)state;
	feed_calls(engine, 0, CALLS);
	query = view_of(engine, "events");
	rows = query_rows(query);
	assert_true(rows >= CALLS / 2);
	query_sort(query, (int)column_of(query, "LATENCY"), true);
	query_update(query, PIECE);
	feed_calls(engine, CALLS, 8 * CALLS);
	assert_true(query_is_sorting(query));
	assert_int_equal(query_rows(query), rows);
	query_row(query, 0);
	query_update(query, 0);
	assert_false(query_is_sorting(query));
	assert_true(query_rows(query) > 0);
	expect_descending(query);
	query_free(query);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_stay_until_all_is_read),
		cmocka_unit_test(an_order_may_change_before_it_is_made),
		cmocka_unit_test(what_goes_meanwhile_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
