/* What is in flight: system calls that have not returned, and open spans; the rows of views of that kind.
 *
 * Such a view has the rows of one moment: each sample replaces the last. Live the source tells which calls there are; of a
 * capture the query keeps every enter that it reads until its exit comes. A row stands for a thread with its call, or for a
 * span, and keeps its identity from sample to sample. */
#ifndef ENGINE_IN_FLIGHT_H
#define ENGINE_IN_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct query;
struct source;
struct span;

/* Makes the rows anew, as of now (ns since the epoch; of a capture: as of the last event that was read). source is that of
 * the query's events. 0, or a negative errno: the source could not tell of its calls, the rows are spans alone. */
int query_sample(struct query *query, struct source *source, uint64_t now);
/* What an event tells of the calls of a capture; called for each one. */
void in_flight_note(struct query *query, const struct event *event);
void in_flight_free(struct query *query);
/* The span that a row stands for; NULL: it stands for a call, or the span has ended. */
struct span *in_flight_span(const struct query *query, uint64_t id);
/* Whether a row with this identity stands for a span. */
bool in_flight_is_span(uint64_t id);

#endif
