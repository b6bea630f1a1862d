/* Names and values as lines of a page: all that is known of an event. */
#ifndef UI_EVENT_FIELDS_H
#define UI_EVENT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "../engine/value.h"
#include "popup.h"

struct event;
struct field_context;

/* A name and what it means, side by side where there is room for it. name_width: cells; right: the name at the right end
 * of them. The text is escaped already. */
void page_pair(struct popup *page, int width, const char *name, int name_width, bool right, const char *text);
/* As value_format, but counts are not scaled, and durations come with their ns: "461us (461213 ns)". Returns the full
 * length. */
size_t exact_format(const struct value *value, char *text, size_t size);
/* Adds every field of the event that has a value and does not only write another one differently; those whose names begin
 * with `first` (such as "fd.") come first. around: also those about the spans that it fell into, for which all events
 * before it may have to be looked at. */
void event_fields(struct popup *page, int width, const struct event *event, struct field_context *context,
		  const char *first, bool around);

#endif
