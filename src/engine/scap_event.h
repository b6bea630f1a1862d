/* Parameters of EVENT_SCAP, an event as a capture has it.
 *
 * event->call is the type (scap/types.h), event->items the number of parameters that the event has, which may be fewer or
 * more than the type's table says. The payload is what the file has: the lengths (16 bits, 32 of types with
 * SCAP_LARGE_PAYLOAD), then the values. event->fd is the descriptor that the call uses or made, of exits too.
 * A live call becomes two such events with scap_expand.h. */
#ifndef ENGINE_SCAP_EVENT_H
#define ENGINE_SCAP_EVENT_H

#include <string.h>

#include "../scap/types.h"
#include "event.h"
#include "value.h"

#define SCAP_PARAMS_MAX 64       /* of one event that are kept */

/* Parameter i: its value's bytes and their number, or NULL if the event lacks it. Never reads beyond the payload. */
const uint8_t *event_param(const struct event *event, unsigned i, size_t *size);
/* Its place in the type's table by name, or -1. */
int scap_param_index(const struct scap_type *type, const char *name, size_t name_size);

/* What the raw value of a parameter of this kind is for fields and filters. */
enum value_type scap_value_type(enum scap_encoding encoding);

/* Numbers; 0 if it is absent or empty. */
static inline uint64_t event_param_uint(const struct event *event, unsigned i)
{
	size_t size;
	const uint8_t *bytes = event_param(event, i, &size);

	return bytes ? scap_uint(bytes, size) : 0;
}

static inline int64_t event_param_int(const struct event *event, unsigned i)
{
	size_t size;
	const uint8_t *bytes = event_param(event, i, &size);

	return bytes ? scap_int(bytes, size) : 0;
}

/* Text of a SCAP_CHARBUF, SCAP_FSPATH: without its NUL; NULL if absent. */
static inline const char *event_param_text(const struct event *event, unsigned i, size_t *size)
{
	const char *text = (const char *)event_param(event, i, size);

	if (text)
		*size = strnlen(text, *size);
	return text;
}

#endif
