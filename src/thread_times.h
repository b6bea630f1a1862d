/* What this machine's threads took of its CPUs and its memory, as the events (procinfo) that captures have of them each
 * second. */
#ifndef THREAD_TIMES_H
#define THREAD_TIMES_H

struct engine;
struct query;

/* Reads the times of all living threads that the engine knows, and shows them to the query. */
void thread_times_take(struct engine *engine, struct query *query);

#endif
