/* Events of captures for tests, their parameters put together one by one. */
#ifndef TEST_SCAP_PARAMS_H
#define TEST_SCAP_PARAMS_H

#include "src/engine/scap_event.h"
#include "test/unit/field_world.h"

struct params {
	unsigned type, count;
	uint16_t lengths[64];
	uint8_t values[900];
	size_t size;
};

static inline void add_bytes(struct params *params, const void *bytes, size_t size)
{
	assert_true(params->size + size <= sizeof(params->values));
	memcpy(params->values + params->size, bytes, size);
	params->size += size;
	params->lengths[params->count++] = (uint16_t)size;
}

/* The lowest `size` bytes of a number. */
static inline void add_number(struct params *params, size_t size, int64_t number)
{
	add_bytes(params, &number, size);
}

static inline void add_text(struct params *params, const char *text)
{
	add_bytes(params, text, strlen(text) + 1);
}

static inline struct event *make_scap(struct world *world, const struct params *params)
{
	uint8_t payload[1024];
	struct event *event;

	memcpy(payload, params->lengths, params->count * 2);
	memcpy(payload + params->count * 2, params->values, params->size);
	event = make(world, EVENT_SCAP, NULL, 0, payload, params->count * 2 + params->size);
	event->call = (uint16_t)params->type;
	event->items = (uint8_t)params->count;
	if (scap_is_exit(params->type))
		event->result = event_param_int(event, 0);
	return event;
}

#endif
