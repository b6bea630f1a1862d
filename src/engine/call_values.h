/* Text of what lies in memory where arguments of calls point: times, sets, lists, structures. Private to the text of calls. */
#ifndef ENGINE_CALL_VALUES_H
#define ENGINE_CALL_VALUES_H

#include <stdbool.h>

#include "calls.h"
#include "text_output.h"

/* A member of a structure that is an argument. */
struct call_member {
	const char *name;
	uint16_t at, size;
	enum call_argument_kind kind;
};

/* Whether the argument is shown by what was copied, and cannot be without. */
bool call_value_is_copied(enum call_argument_kind kind);
/* Members of the structure that an argument of this kind is; NULL: it is none. */
const struct call_member *call_members(enum call_argument_kind kind, size_t *count);
/* The bytes of an argument of a copied kind; level and option of those of a socket's option. False if this kind is none of
 * these or the bytes are too few. */
bool call_value_put(struct text_output *output, enum call_argument_kind kind, const char *data, size_t size, uint32_t level,
		    uint32_t option);
/* Likewise what the bytes of a time are in ns, of those below 0 and above 2^63 ns the nearest of these. */
uint64_t call_timespec_ns(const char *data);
uint64_t call_timeval_ns(const char *data);

#endif
