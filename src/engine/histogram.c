#include "histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void histogram_init(struct histogram *histogram)
{
	memset(histogram, 0, sizeof(*histogram));
	histogram->min = UINT64_MAX;
}

void histogram_fini(struct histogram *histogram)
{
	for (unsigned i = 0; i < HISTOGRAM_BLOCKS; i++)
		free(histogram->blocks[i]);
	histogram_init(histogram);
}

/* Values below 64 share block 0; each power of two from 64 on has its own. */
static unsigned block_of(uint64_t value)
{
	return value < HISTOGRAM_BLOCK ? 0 : 58 - (unsigned)__builtin_clzll(value);
}

/* A bucket of this block holds 2 to this power different values. */
static unsigned bucket_shift(unsigned block)
{
	return block ? block - 1 : 0;
}

static unsigned bucket_of(uint64_t value, unsigned block)
{
	return (unsigned)(value >> bucket_shift(block)) % HISTOGRAM_BLOCK;
}

static uint64_t bucket_middle(unsigned block, unsigned bucket)
{
	uint64_t first = bucket + (block ? HISTOGRAM_BLOCK : 0);

	return (first << bucket_shift(block)) + (1ull << bucket_shift(block)) / 2;
}

static uint32_t *block_at(struct histogram *histogram, unsigned block)
{
	if (!histogram->blocks[block])
		histogram->blocks[block] = calloc(HISTOGRAM_BLOCK, sizeof(uint32_t));
	return histogram->blocks[block];
}

int histogram_add(struct histogram *histogram, uint64_t value)
{
	unsigned block = block_of(value);
	uint32_t *buckets = block_at(histogram, block);
	unsigned bucket = bucket_of(value, block);

	histogram->count++;
	if (value < histogram->min)
		histogram->min = value;
	if (value > histogram->max)
		histogram->max = value;
	if (!buckets)
		return -ENOMEM;
	if (buckets[bucket] < UINT32_MAX)
		buckets[bucket]++;
	return 0;
}

int histogram_add_all(struct histogram *histogram, const struct histogram *other)
{
	int error = 0;

	histogram->count += other->count;
	if (other->min < histogram->min)
		histogram->min = other->min;
	if (other->max > histogram->max)
		histogram->max = other->max;
	for (unsigned block = 0; block < HISTOGRAM_BLOCKS; block++) {
		uint32_t *buckets = other->blocks[block] ? block_at(histogram, block) : NULL;

		if (other->blocks[block] && !buckets)
			error = -ENOMEM;
		for (unsigned i = 0; buckets && i < HISTOGRAM_BLOCK; i++)
			if (__builtin_add_overflow(buckets[i], other->blocks[block][i], &buckets[i]))
				buckets[i] = UINT32_MAX;
	}
	return error;
}

size_t histogram_growth(const struct histogram *histogram, uint64_t value)
{
	return histogram->blocks[block_of(value)] ? 0 : HISTOGRAM_BLOCK * sizeof(uint32_t);
}

/* Rank (from 1) of the smallest value that has at least this share of all values at or below it. */
static uint64_t quantile_rank(uint64_t count, double quantile)
{
	/* 0.07 * 100 is a little more than 7, and must not become rank 8 */
	double exact = quantile * (double)count * (1 - 1e-12);
	uint64_t rank;

	if (!(exact > 1))
		return 1;
	if (quantile >= 1)
		return count;
	rank = (uint64_t)exact;
	return (double)rank < exact ? rank + 1 : rank;
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile)
{
	uint64_t rank, seen = 0;

	if (histogram->count == 0)
		return 0;
	rank = quantile_rank(histogram->count, quantile);
	if (rank == 1)
		return histogram->min;
	for (unsigned block = 0; block < HISTOGRAM_BLOCKS && rank < histogram->count; block++) {
		const uint32_t *buckets = histogram->blocks[block];

		for (unsigned i = 0; buckets && i < HISTOGRAM_BLOCK; i++) {
			uint64_t middle;

			seen += buckets[i];
			if (seen < rank)
				continue;
			middle = bucket_middle(block, i);
			if (middle < histogram->min)
				return histogram->min;
			return middle < histogram->max ? middle : histogram->max;
		}
	}
	return histogram->max;
}
