/* What thread.exectime and thread.cpu count from event to event. Private to the field functions of threads. */
#ifndef ENGINE_FIELD_TIMES_H
#define ENGINE_FIELD_TIMES_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct field_times;

void field_times_free(struct field_times *times);
/* A context switch: ns since the last one that was asked for on its CPU, and the sum of these of its thread. Asking twice of
 * one event gives the same. False when memory is out. */
bool field_times_switch(struct field_times **times, const struct event *event, uint64_t *ran, uint64_t *total);
/* ns that the thread ran up to here. */
uint64_t field_times_total(const struct field_times *times, const struct event *event);

struct cpu_share {
	double user, system, both; /* percent of a CPU; sysdig counts both from when either is known */
};
/* A sample of a thread's times in hundredths of a second, or of an exact one in ns: what came since its last one. */
bool field_times_sample(struct field_times **times, const struct event *event, uint64_t user, uint64_t system,
			struct cpu_share *share);
/* Of an exact sample that was just asked about: how long what came is about. */
double field_times_seconds(const struct field_times *times, const struct event *event);

#endif
