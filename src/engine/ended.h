/* Threads that ended a moment ago, by id: what they used in all is known only when the kernel has let go of them. The threads
 * are there because the recording has the events of their ends, and no longer than these. */
#ifndef ENGINE_ENDED_H
#define ENGINE_ENDED_H

#include <stddef.h>
#include <stdint.h>

#include "state.h"

struct ended;

/* At most so many are remembered, the latest. */
struct ended *ended_new(size_t most);
void ended_free(struct ended *ended);
/* The thread has ended (now: ns since the epoch), as an event in this chunk tells. It is remembered for some seconds; without
 * memory it is not. */
void ended_add(struct ended *ended, struct thread *thread, uint64_t now, uint64_t chunk);
/* The recording has let go of the chunks before this one. To be called before threads are freed. */
void ended_forget(struct ended *ended, uint64_t oldest_chunk);
/* Takes out the thread of this id and process; NULL if it is not there. */
struct thread *ended_take(struct ended *ended, uint32_t tid, uint32_t pid);

#endif
