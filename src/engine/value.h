/* A typed value of a field, and how it prints. */
#ifndef ENGINE_VALUE_H
#define ENGINE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_type {
	VALUE_NONE,        /* the event has no such value */
	VALUE_INT,         /* signed, a count: prints scaled in tables */
	VALUE_UINT,
	VALUE_ID,          /* signed, a name rather than a count (pid, descriptor): never scaled */
	VALUE_DURATION,    /* u: ns */
	VALUE_TIME,        /* u: ns since the epoch */
	VALUE_REAL,
	VALUE_BOOL,        /* u: 0 or 1 */
	VALUE_TEXT,        /* text, size bytes, hostile */
	VALUE_BYTES,       /* likewise, a buffer */
	VALUE_IPV4,        /* text: 4 bytes, network byte order */
	VALUE_IPV6,        /* text: 16 bytes */
	VALUE_PORT,        /* u, host byte order */
};

struct value {
	enum value_type type;
	uint32_t size;             /* of text */
	union {
		int64_t i;
		uint64_t u;
		double r;
		const char *text;
	};
};

/* What a user calls a value of this type. */
const char *value_type_name(enum value_type type);
/* Whether values of this type are right-aligned and summed. */
bool value_is_number(enum value_type type);
/* -1, 0 or 1: order of two values of one type (VALUE_NONE first). */
int value_compare(const struct value *a, const struct value *b);
/* As csysdig prints it in a table: counts scaled by 1024 with K, M, G, durations cut (1.21ms, 16us), reals
 * with two decimals; `averaged` gives scaled counts two decimals (an average that is no whole number comes
 * as a VALUE_REAL with averaged, and is scaled like a count). Text is copied raw: escape before showing.
 * Returns the full length. */
size_t value_format(const struct value *value, bool averaged, char *text, size_t size);
/* A duration in ns as value_format prints it. */
size_t duration_format(uint64_t ns, char *text, size_t size);
/* Local time of day hh:mm:ss.nnnnnnnnn of ns since the epoch. */
size_t time_format(uint64_t ns, char *text, size_t size);
/* Copies bytes with everything that could act on a terminal (control bytes, broken UTF-8, bidirectional
 * and zero-width marks) made visible as \n, \t, \xHH; NUL-terminated, cut between characters to size;
 * returns the length written. */
size_t text_escape(const char *bytes, size_t count, char *text, size_t size);
/* Its step: escapes the character that starts at bytes (count > 0) into text (TEXT_ESCAPED_MAX bytes, no
 * NUL), stores the bytes read in *used and returns the bytes written. *plain says whether it was copied as
 * it is. */
size_t text_escape_one(const char *bytes, size_t count, char *text, size_t *used, bool *plain);
#define TEXT_ESCAPED_MAX 16   /* a character of four bytes as \xHH each */

#endif
