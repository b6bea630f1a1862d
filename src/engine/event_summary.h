/* How many events there were of each type, as sysdig's -S tells it. */
#ifndef ENGINE_EVENT_SUMMARY_H
#define ENGINE_EVENT_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct event_summary;

struct event_summary_row {
	char direction;          /* > or < */
	const char *name;        /* of the type; of a generic event of its system call */
	uint64_t count;
};

struct event_summary *event_summary_new(void);
void event_summary_free(struct event_summary *summary);
/* Counts EVENT_SCAP and markers; others are none of a capture. */
void event_summary_add(struct event_summary *summary, const struct event *event);
/* The most frequent first, at most max of them (those that were never seen are not told). Returns their number. */
size_t event_summary_rows(const struct event_summary *summary, struct event_summary_row *rows, size_t max);

#endif
