/* What the kernel accounts of memory and CPU time. */
#ifndef PROBE_USAGE_H
#define PROBE_USAGE_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "records.h"

enum { FILE_PAGES, ANONYMOUS_PAGES, SWAPPED_PAGES, SHARED_PAGES };

/* A macro: the place in the array has to be a constant where the compiler notes it down for the running kernel. */
#define pages_of(mm, kind)                                                                                     \
	({                                                                                                     \
		struct mm_struct___old *old__ = (void *)(mm);                                                  \
		__s64 count__ = 0;                                                                             \
		if (bpf_core_field_exists((mm)->rss_stat[0].count))                                            \
			bpf_core_read(&count__, sizeof(count__), &(mm)->rss_stat[kind].count);                 \
		else if (bpf_core_field_exists(old__->rss_stat.count))                                         \
			bpf_core_read(&count__, sizeof(count__), &old__->rss_stat.count[kind]);                \
		count__ > 0 ? count__ : 0;                                                                     \
	})

static __always_inline void take_times(struct record_times *times, struct task_struct *task)
{
	times->ns = task->se.sum_exec_runtime;
	times->user = task->utime;
	times->system = task->stime;
}

#endif
