/* Log-linear histogram of durations in ns: at most 1 % relative error.
 *
 * Values below 128 have a bucket each; above, every power of two is split into 64 buckets, so a
 * bucket's middle is within 1/128 of any value in it. Buckets are allocated in blocks as values
 * arrive, so a histogram of one narrow cloud is small. */
#ifndef ENGINE_HISTOGRAM_H
#define ENGINE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BLOCK 64       /* buckets of one block: one power of two */
#define HISTOGRAM_BLOCKS 59      /* 0..63, 64..127, then one for each power of two up to 2^63 */

struct histogram {
	uint64_t count;
	uint64_t min, max; /* exact; min is UINT64_MAX while empty */
	uint32_t *blocks[HISTOGRAM_BLOCKS];
};

void histogram_init(struct histogram *histogram);
void histogram_fini(struct histogram *histogram);
/* Adds one value in ns. 0 or -ENOMEM (then count, min and max still include it). */
int histogram_add(struct histogram *histogram, uint64_t value);
/* Adds what another one counted, likewise. */
int histogram_add_all(struct histogram *histogram, const struct histogram *other);
/* Bytes that adding this value would allocate. */
size_t histogram_growth(const struct histogram *histogram, uint64_t value);
/* The value below or at which `quantile` (0 to 1) of all values lie, in ns, within 1 %; never
 * outside min and max. 0 while empty. */
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
