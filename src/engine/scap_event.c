#include "scap_event.h"

const uint8_t *event_param(const struct event *event, unsigned i, size_t *size)
{
	const uint8_t *payload = (const uint8_t *)event_payload(event);
	unsigned step = scap_types[event->call].flags & SCAP_LARGE_PAYLOAD ? 4 : 2;
	size_t at = (size_t)event->items * step, length;

	if (i >= event->items || at > event->payload_size)
		return NULL;
	for (unsigned n = 0; n < i; n++)
		at += scap_uint(payload + (size_t)n * step, step);
	length = scap_uint(payload + (size_t)i * step, step);
	if (at > event->payload_size || length > event->payload_size - at)
		return NULL;
	*size = length;
	return payload + at;
}

int scap_param_index(const struct scap_type *type, const char *name, size_t name_size)
{
	for (unsigned i = 0; i < type->nparams; i++)
		if (!strncmp(type->params[i].name, name, name_size) && !type->params[i].name[name_size])
			return (int)i;
	return -1;
}
