/* A live event (or one of the engine's own) as the events that a capture has: enter and exit, a marker as the write that
 * carried it. Then it prints, filters and is written exactly as when it is read back. */
#ifndef ENGINE_SCAP_EXPAND_H
#define ENGINE_SCAP_EXPAND_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* Events made of one: borrowed from the expander, good until its next use. */
struct scap_expansion {
	const struct event *events[2];  /* EVENT_SCAP; in order */
	size_t count;                   /* 0: this event has no form of its own in a capture (it is told by another) */
	uint16_t dump_flags[2];         /* enum scap_dump_flag, for the file */
};

struct scap_expander;

struct scap_expander *scap_expander_new(void);
void scap_expander_free(struct scap_expander *expander);
/* The type of the enter that a call of this number is expanded to: SCAP_TYPE_GENERIC_E where captures have none of its own. */
unsigned scap_expand_type(unsigned call);
/* An EVENT_SCAP is given as it is. Of a marker the write(s) that carry it: text that says the same as its span. 0 or
 * -ENOMEM. */
int scap_expand(struct scap_expander *expander, const struct event *event, struct scap_expansion *expansion);

#endif
