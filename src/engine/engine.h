/* The engine: takes a source's inputs, resolves each once, and keeps the recording. Needs no root, no clock, no terminal. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording.h"
#include "source.h"
#include "span.h"
#include "state.h"

struct engine_options {
	size_t memory;            /* bytes for the recording, closed spans included; 0: 256 MiB. What lives, what only
				   * events still refer to, and open spans may take 1/2, 1/4 and 1/8 as much besides */
	uint64_t marker_timeout;  /* ns after which unfinished marker text is given up; 0: 1 s */
	bool stream;              /* events are for the sinks only: the recording is as small as it can be */
	bool spans_only;          /* nobody looks at LANE_CALLS: its events are not kept, nor shown to sinks */
	const char *const *suppressed; /* of captures: events of processes of these names only count for the state */
	size_t nsuppressed;       /* and have no numbers; the texts stay as they are */
};

struct engine_counts {
	uint64_t inputs;          /* taken from sources */
	uint64_t events;          /* numbers given out: a call counts two */
	uint64_t calls;
	uint64_t markers;         /* valid ones */
	uint64_t invalid_markers;
	uint64_t incomplete_markers; /* texts given up unfinished */
	uint64_t suppressed;      /* events, by options.suppressed */
	uint64_t lost[LOSS_CAUSES];
	uint64_t first_time, last_time; /* ns since the epoch, of events; 0 none yet */
};

struct engine;
struct container_table;
struct filter;
struct user_table;
struct interface_table;

struct engine *engine_new(const struct engine_options *options);
void engine_free(struct engine *engine);
/* Takes inputs. source may be NULL (a test): then unknown descriptors stay unknown. 0 or -ENOMEM. */
int engine_feed(struct engine *engine, struct source *source, const struct input *inputs, size_t count);
/* Takes what the source has now, at most max inputs. Returns the number taken, 0 when there is
 * nothing, -ENODATA at its end, or another negative errno. */
int engine_pump(struct engine *engine, struct source *source, size_t max);
/* Forgets the recorded events; state and open spans stay. */
void engine_clear(struct engine *engine);

/* A sink sees each event when it is complete and what it ends (a descriptor, a thread) is still there. The event is good
 * until the function returns. 0 or -ENOMEM. */
typedef void engine_sink(void *context, const struct event *event);
int engine_add_sink(struct engine *engine, engine_sink *sink, void *context);
/* The one sink for events of captures that only count for the state, which no other sees. */
void engine_set_hidden_sink(struct engine *engine, engine_sink *sink, void *context);

/* From now on tells the sources of inputs of which processes events may pass this filter, by their containers. Takes it
 * over, also if it fails: -ENOMEM. */
int engine_follow_containers(struct engine *engine, struct filter *filter);

/* Time of the last input, whether or not an event came of it; ns since the epoch, 0 none. */
uint64_t engine_now(const struct engine *engine);
struct recording *engine_recording(const struct engine *engine);
struct container_table *engine_containers(const struct engine *engine);
struct user_table *engine_users(const struct engine *engine);
struct interface_table *engine_interfaces(const struct engine *engine);
struct state *engine_state(const struct engine *engine);
struct span_table *engine_spans(const struct engine *engine);
const struct engine_counts *engine_counts(const struct engine *engine);
/* Bytes that the recording takes now, closed spans included, and the bound on them. */
size_t engine_recorded_bytes(const struct engine *engine);
size_t engine_memory(const struct engine *engine);
/* Bytes of state and spans, without the recording. */
size_t engine_bytes(const struct engine *engine);

#endif
