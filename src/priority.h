/* The CPU that a tracer needs in order not to lose events: who waits behind what it traces finds its rings full. */
#ifndef SPANTOP_PRIORITY_H
#define SPANTOP_PRIORITY_H

#include <stdbool.h>
#include <stdint.h>

struct priority {
	bool may_be_realtime;
	bool realtime;
	uint64_t since;      /* ns, CLOCK_MONOTONIC: of the time that is measured now */
	uint64_t used;       /* ns of CPU of this thread at that time */
};

/* Asks for real-time priority (SCHED_RR, the lowest) for this thread, not for what it starts; where that is not allowed it
 * becomes a little less nice. A policy or a niceness that somebody else has chosen stays. */
void priority_ask(struct priority *priority);
/* To be called often: a thread that needs more than half a CPU shares it with others as everybody does until it needs less. */
void priority_keep(struct priority *priority);

#endif
