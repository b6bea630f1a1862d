/* Output formats as sysdig's -p has them: text with %fields. */
#ifndef ENGINE_EVENT_FORMAT_H
#define ENGINE_EVENT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "field.h"
#include "filter.h"

struct event_format;

/* "*%evt.num %evt.outputtime ..."; a leading * prints lines with missing values too. NULL with *error filled. */
struct event_format *event_format_new(const char *text, struct filter_error *error);
void event_format_free(struct event_format *format);
/* The line, without a newline, into *line (borrowed until the next call). false: a value is missing, nothing to print. */
bool event_format_text(struct event_format *format, const struct event *event, struct field_context *context,
		       const char **line, size_t *size);
/* The same as one JSON object, keys in alphabetical order, numbers unformatted, as sysdig -j. */
bool event_format_json(struct event_format *format, const struct event *event, struct field_context *context,
		       const char **line, size_t *size);
/* What sysdig prints without -p; with containers (-pc); with Kubernetes pods (-pk). */
extern const char event_format_default[];
extern const char event_format_containers[];
extern const char event_format_pods[];

#endif
