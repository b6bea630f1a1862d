/* What this machine's threads took of its CPUs and its memory, as the events (procinfo) that captures have of them each
 * second. */
#ifndef THREAD_TIMES_H
#define THREAD_TIMES_H

#include <stdint.h>

struct engine;
struct query;
struct source;

/* Asks the source for the times of all living threads that the engine knows, or, if it cannot tell, /proc, and shows them to
 * the query. now: ns since the epoch. */
void thread_times_take(struct engine *engine, struct source *source, struct query *query, uint64_t now);

#endif
