#ifndef SPANTOP_CLOCK_H
#define SPANTOP_CLOCK_H

#include <stdint.h>
#include <time.h>

/* ns of this clock. */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

#endif
