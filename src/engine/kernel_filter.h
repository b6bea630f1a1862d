/* The part of a filter that the kernel decides: calls that fail it there make no record. It passes at least all that the
 * filter passes, which is asked again for every event. What others stand on passes in any case: the life of
 * processes; markers, unless processes are followed, then those of these; and of those processes that are looked at calls that
 * tell of descriptors. */
#ifndef ENGINE_KERNEL_FILTER_H
#define ENGINE_KERNEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/records.h"
#include "filter.h"

#define KERNEL_FILTER_PIDS 32

struct kernel_filter {
	uint32_t pids[KERNEL_FILTER_PIDS];
	size_t npids;            /* 0: every process */
	bool descendants;        /* and all that these fork */
	uint32_t command;        /* that one of them which counts only from when it executes a program; 0 none */
	bool by_container;       /* those that the engine finds to be in containers that the filter may pass; of no use
				  * where pids say which */
	uint32_t tid;            /* 0: every thread */
	bool failed;             /* failed calls only */
	uint64_t at_least;       /* ns that a call takes; 0: any */
	bool by_call;            /* only calls whose number is in calls */
	bool calls[RECORD_CALLS];
};

/* Narrows what passes by the conditions that each event has to meet (those joined by `and`) and that the kernel can decide:
 * proc.pid, thread.tid, evt.type and syscall.type, evt.failed, evt.rawres < 0, evt.latency; and by containers and control
 * groups wherever these alone make it fail. A filter that names spans, the number of an event or the time since others
 * narrows nothing. */
void kernel_filter_add(struct kernel_filter *kernel, const struct filter *filter);
/* What is looked at are this process and all that it forks; if it is a command, from when it executes its program.
 * False if there are too many already. */
bool kernel_filter_follow(struct kernel_filter *kernel, uint32_t pid, bool is_command);
/* Whether the engine has to find out which processes these are. */
static inline bool kernel_filter_by_container(const struct kernel_filter *kernel)
{
	return kernel->by_container && !kernel->npids;
}

bool kernel_filter_is_empty(const struct kernel_filter *kernel);
/* In words: "process 42 and what it starts, failed calls". NUL-terminated, cut to size; returns the length
 * written; 0 for a filter that passes all. */
size_t kernel_filter_text(const struct kernel_filter *kernel, char *text, size_t size);
/* Marks the rows of the probe's table that are not wanted, and those that are in any case. */
void kernel_filter_rows(const struct kernel_filter *kernel, struct record_row *table, size_t rows);

#endif
