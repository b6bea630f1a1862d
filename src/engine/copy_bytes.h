/* memcpy for texts that are mostly a few bytes long, where the call would take longer than the copying. */
#ifndef ENGINE_COPY_BYTES_H
#define ENGINE_COPY_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* memcpy, out of sight of the compiler's warnings: it takes counts for possible here that the callers do not have. */
void copy_long(char *to, const char *from, size_t count);

/* Two words that may overlap cover any length from one word to two. */
static inline void copy_bytes(char *to, const char *from, size_t count)
{
	uint64_t first, last;
	uint32_t low, high;

	if (count > 2 * sizeof(first)) {
		copy_long(to, from, count);
	} else if (count >= sizeof(first)) {
		memcpy(&first, from, sizeof(first));
		memcpy(&last, from + count - sizeof(last), sizeof(last));
		memcpy(to, &first, sizeof(first));
		memcpy(to + count - sizeof(last), &last, sizeof(last));
	} else if (count >= sizeof(low)) {
		memcpy(&low, from, sizeof(low));
		memcpy(&high, from + count - sizeof(high), sizeof(high));
		memcpy(to, &low, sizeof(low));
		memcpy(to + count - sizeof(high), &high, sizeof(high));
	} else if (count) {
		to[0] = from[0];
		to[count / 2] = from[count / 2];
		to[count - 1] = from[count - 1];
	}
}

#endif
