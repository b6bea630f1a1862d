/* Histograms against the sorted values themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/engine/histogram.h"

enum { MANY = 20000 };

struct values {
	uint64_t value[MANY];
	size_t count;
};

/* xorshift: the same numbers on every run. */
static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static void assert_quantiles(const struct histogram *histogram, struct values *values)
{
	static const unsigned per_mille[] = { 0, 1, 10, 100, 250, 500, 750, 900, 950, 990, 999, 1000 };

	qsort(values->value, values->count, sizeof(values->value[0]), compare);
	assert_int_equal(histogram->count, values->count);
	assert_true(histogram->min == values->value[0]);
	assert_true(histogram->max == values->value[values->count - 1]);
	for (size_t i = 0; i < sizeof(per_mille) / sizeof(per_mille[0]); i++) {
		size_t rank = (values->count * per_mille[i] + 999) / 1000;
		uint64_t exact = values->value[rank ? rank - 1 : 0];
		uint64_t got = histogram_quantile(histogram, per_mille[i] / 1000.0);
		uint64_t error = got > exact ? got - exact : exact - got;

		if (error > exact / 100)
			fail_msg("quantile %u/1000: %llu instead of %llu", per_mille[i],
				 (unsigned long long)got, (unsigned long long)exact);
	}
	assert_true(histogram_quantile(histogram, 0) == histogram->min);
	assert_true(histogram_quantile(histogram, 1) == histogram->max);
}

static void test_distributions(void **unused)
{
	static struct values values;
	uint64_t seed = 88172645463325252ull;

	(void)unused;
	/* even, two far clouds, spread over all powers of two, one value */
	for (int kind = 0; kind < 4; kind++) {
		struct histogram histogram;

		histogram_init(&histogram);
		values.count = MANY;
		for (size_t i = 0; i < MANY; i++) {
			uint64_t number = next_random(&seed);

			if (kind == 0)
				number %= 1000000;
			else if (kind == 1)
				number = i % 3 ? 1000 + number % 500 : 2000000000 + number % 1000000000;
			else if (kind == 2)
				number >>= i % 64;
			else
				number = 123456789;
			values.value[i] = number;
			assert_int_equal(histogram_add(&histogram, number), 0);
		}
		assert_quantiles(&histogram, &values);
		histogram_fini(&histogram);
	}
}

/* Every small value has its own bucket; the borders of all others are within 1 %. */
static void test_borders(void **unused)
{
	static struct values values;

	(void)unused;
	for (unsigned bit = 0; bit < 64; bit++) {
		for (int offset = -1; offset <= 1; offset++) {
			struct histogram histogram;
			uint64_t value = (1ull << bit) + (uint64_t)offset;

			histogram_init(&histogram);
			/* a middle one between far neighbours, so that min and max cannot help */
			assert_int_equal(histogram_add(&histogram, 0), 0);
			assert_int_equal(histogram_add(&histogram, value), 0);
			assert_int_equal(histogram_add(&histogram, UINT64_MAX), 0);
			values.count = 3;
			values.value[0] = 0;
			values.value[1] = value;
			values.value[2] = UINT64_MAX;
			assert_quantiles(&histogram, &values);
			if (value < 128)
				assert_true(histogram_quantile(&histogram, 0.5) == value);
			histogram_fini(&histogram);
		}
	}
}

static void test_empty_and_extremes(void **unused)
{
	struct histogram histogram;

	(void)unused;
	histogram_init(&histogram);
	assert_true(histogram.min == UINT64_MAX);
	assert_true(histogram_quantile(&histogram, 0.5) == 0);
	assert_int_equal(histogram_growth(&histogram, UINT64_MAX), HISTOGRAM_BLOCK * sizeof(uint32_t));
	histogram_add(&histogram, UINT64_MAX);
	assert_int_equal(histogram_growth(&histogram, UINT64_MAX), 0);
	assert_int_equal(histogram_growth(&histogram, 0), HISTOGRAM_BLOCK * sizeof(uint32_t));
	histogram_add(&histogram, UINT64_MAX);
	assert_true(histogram_quantile(&histogram, 0.5) == UINT64_MAX);
	histogram_fini(&histogram);
	assert_int_equal(histogram.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distributions),
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_empty_and_extremes),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
