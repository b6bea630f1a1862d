/* A nice value does not help where the kernel shares the CPUs between sessions first (sched(7), "The autogroup feature"):
 * beside programs that compute in other sessions a tracer got a third of the few percent of a CPU that it needs. */
#include "priority.h"

#include <sched.h>
#include <sys/resource.h>

#include "clock.h"

#define NICE (-5)
#define WINDOW_NS 200000000ull   /* the use of the CPU is measured over so long */

static bool set_realtime(bool realtime)
{
	struct sched_param param = { .sched_priority = realtime ? sched_get_priority_min(SCHED_RR) : 0 };

	return !sched_setscheduler(0, (realtime ? SCHED_RR : SCHED_OTHER) | SCHED_RESET_ON_FORK, &param);
}

void priority_ask(struct priority *priority)
{
	bool usual = sched_getscheduler(0) == SCHED_OTHER && !getpriority(PRIO_PROCESS, 0);

	if (usual)
		setpriority(PRIO_PROCESS, 0, NICE);
	*priority = (struct priority){
		.since = clock_ns(CLOCK_MONOTONIC),
		.used = clock_ns(CLOCK_THREAD_CPUTIME_ID),
	};
	priority->may_be_realtime = priority->realtime = usual && set_realtime(true);
}

void priority_keep(struct priority *priority)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), used;
	bool modest;

	if (!priority->may_be_realtime || now - priority->since < WINDOW_NS)
		return;
	used = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	modest = used - priority->used <= (now - priority->since) / 2;
	priority->since = now;
	priority->used = used;
	if (modest != priority->realtime && set_realtime(modest))
		priority->realtime = modest;
}
