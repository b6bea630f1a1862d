/* Looks for one span among those that ended, to be looked at: the slowest or the latest of a kind. */
#ifndef ENGINE_TRACE_PICK_H
#define ENGINE_TRACE_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;
struct span;
struct string;
struct trace_pick;

struct trace_pick_spec {
	const char *const *filters;  /* of the span's exit event; those that are none are left out */
	size_t nfilters;
	uint32_t ntags;              /* that the span has */
	const struct string *tags;   /* all of its tags, or NULL for any; kept as long as somebody pins a span with them */
	bool slowest;                /* else the latest */
	uint64_t from;               /* only those that ended from then on, ns since the epoch */
};

/* The spec's texts are no longer needed afterwards. NULL when memory is out. Free it before the engine. */
struct trace_pick *trace_pick_new(struct engine *engine, const struct trace_pick_spec *spec);
void trace_pick_free(struct trace_pick *pick);
/* Reads the markers on, at most max_events of them. Returns the events read; if that is max_events, more wait. */
size_t trace_pick_update(struct trace_pick *pick, size_t max_events);
/* The best so far, pinned until the next update; NULL none. */
struct span *trace_pick_span(const struct trace_pick *pick);

#endif
