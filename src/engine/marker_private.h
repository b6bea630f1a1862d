/* What the files of the marker parser share. */
#ifndef ENGINE_MARKER_PRIVATE_H
#define ENGINE_MARKER_PRIVATE_H

#include "marker.h"

/* The JSON form: text without a NUL, not beginning with `>` or `<`. As marker_parse(). */
void marker_parse_json(const char *text, size_t size, struct marker *marker, char *scratch);

/* Make *marker an unsuccessful one, with nothing in it but this. */
void marker_set_incomplete(struct marker *marker, int open_value);
void marker_set_invalid(struct marker *marker, const char *reason, size_t position);

#endif
