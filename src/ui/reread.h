/* A capture read once more, for one level of the drill-down: what the recording has forgotten it cannot find there.
 *
 * It has an engine of its own. Tables and spectrograms see every event as it comes and need no recording; lines and
 * lists are read from a recording that ends with the span that they are inside of. That span is found again by its
 * number, which is the same at every reading. */
#ifndef UI_REREAD_H
#define UI_REREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "../engine/engine.h"
#include "../engine/query.h"

struct reread;

/* source is closed with it. engine: where the first reading went. inside: of the first reading's spans, pinned, or NULL.
 * until: nothing from then on is wanted, ns since the epoch; 0 all is.
 * NULL without memory. */
struct reread *reread_new(struct source *source, const struct engine *engine, const struct view *view,
			  const struct span *inside, uint64_t until);
void reread_free(struct reread *reread);
/* Where the query is to be made, without `inside`; whether it is to be streamed. */
struct engine *reread_engine(const struct reread *reread);
bool reread_streams(const struct reread *reread);
/* The query that the events are for, borrowed. False without memory. */
bool reread_feed(struct reread *reread, struct query *query);
/* Number of the last event of the first reading, which ended there. */
void reread_until(struct reread *reread, uint64_t last_event);
/* Reads for about budget_ns. True if more waits. */
bool reread_step(struct reread *reread, uint64_t budget_ns);
/* Whether the span to be inside of was met; before, the query is not to be asked. */
bool reread_found(const struct reread *reread);
/* Per cent of the file. */
unsigned reread_progress(const struct reread *reread);

#endif
