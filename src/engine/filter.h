/* Filters: boolean expressions over fields: sysdig's language with the usual precedence, units, and errors
 * that have a position. */
#ifndef ENGINE_FILTER_H
#define ENGINE_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"

struct filter;

struct filter_error {
	size_t position;      /* byte offset of the offending word */
	char text[256];       /* one line; words of the filter in it are escaped */
};

/* Compiles text. NULL with *error filled if it is wrong or memory is out. Blank text gives a filter that
 * passes all. */
struct filter *filter_new(const char *text, struct filter_error *error);
void filter_free(struct filter *filter);
bool filter_passes(const struct filter *filter, const struct event *event, struct field_context *context);
/* False: nothing passes, whatever happens, since it asks for fields that never have a value. */
bool filter_may_pass(const struct filter *filter);
/* Writes value as a quoted filter word ("..." with escapes) that compares equal to exactly these bytes.
 * NUL-terminated, cut to size; returns the full length. */
size_t filter_quote(const char *bytes, size_t count, char *text, size_t size);

#endif
