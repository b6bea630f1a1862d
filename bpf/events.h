/* What is recorded besides markers, calls and the life of processes: page faults, switches of threads and signals, each only
 * while somebody asks for it; and processes that come into another control group. */
#ifndef PROBE_EVENTS_H
#define PROBE_EVENTS_H

#include "shared.h"
#include "usage.h"

#define SIGCHLD 17

static __always_inline bool is_asked_for(struct task_struct *task)
{
	if (active < RECORD_SCOPE_INSIDE || task->tgid == own_process || !is_wanted(task) || !is_wanted_call(task, 0))
		return false;
	return active != RECORD_SCOPE_INSIDE || is_watched(task->tgid);
}

/* Fills in the header. */
static __always_inline void put_other(struct record_other *record, enum record_type type, struct task_struct *task)
{
	struct record_counters *c = counters_here();
	void *ring = ring_here(&call_rings);

	if (!ring)
		return;
	fill_header(&record->header, type, task, bpf_ktime_get_boot_ns());
	if (bpf_ringbuf_output(ring, record, sizeof(*record), wakeup(ring, ++c->calls, ring_bytes_calls)))
		c->lost[RECORD_LOSS_CALL_RING]++;
}

static __always_inline int page_fault(__u64 address, __u64 instruction, __u64 error)
{
	struct record_other record = { .args = { address, instruction, error } };
	struct task_struct *task = current_task();

	if (is_asked_for(task))
		put_other(&record, RECORD_PAGE_FAULT, task);
	return 0;
}

SEC("?tp_btf/page_fault_user")
int BPF_PROG(on_page_fault_user, long unsigned int address, struct pt_regs *regs, long unsigned int error)
{
	return page_fault(address, regs->ip, error);
}

SEC("?tp_btf/page_fault_kernel")
int BPF_PROG(on_page_fault_kernel, long unsigned int address, struct pt_regs *regs, long unsigned int error)
{
	return page_fault(address, regs->ip, error);
}

static __always_inline void add_memory(struct record_other *record, struct mm_struct *mm)
{
	record->args[3] = get(mm, total_vm);
	record->args[4] = pages_of(mm, FILE_PAGES) + pages_of(mm, ANONYMOUS_PAGES) + pages_of(mm, SHARED_PAGES);
	record->args[5] = pages_of(mm, SWAPPED_PAGES);
}

/* What a CPU runs when there is nothing to do is no thread. */
SEC("?tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *from, struct task_struct *to)
{
	struct record_other record = {};
	struct mm_struct *mm;

	if (!from->pid || !is_asked_for(from))
		return 0;
	record.args[0] = to->pid;
	record.args[1] = from->maj_flt;
	record.args[2] = from->min_flt;
	mm = from->mm;
	if (mm)
		add_memory(&record, mm);
	put_other(&record, RECORD_SWITCH, from);
	return 0;
}

/* Who sent it is told of what processes send, and of the end of children. */
SEC("?tp_btf/signal_deliver")
int BPF_PROG(on_signal, int number, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = current_task();
	struct record_other record = { .args = { 0, task->pid, number } };
	int code = 0, sender = 0;

	if (!is_asked_for(task))
		return 0;
	bpf_core_read(&code, sizeof(code), &info->si_code);
	if (code <= 0 || number == SIGCHLD)
		bpf_core_read(&sender, sizeof(sender), &info->_sifields._kill._pid);
	record.args[0] = sender > 0 ? sender : 0;
	put_other(&record, RECORD_SIGNAL, task);
	return 0;
}

static __always_inline void *reserve_process_record(__u32 size)
{
	void *ring = ring_here(&marker_rings);
	void *record = ring ? bpf_ringbuf_reserve(ring, size, 0) : NULL;

	if (!record)
		lost(RECORD_LOSS_PROCESS_RING);
	return record;
}

static __always_inline void record_cgroup(struct task_struct *member, const char *path)
{
	struct record_cgroup *record;
	long size;

	if (member->tgid == own_process)
		return;
	record = reserve_process_record(sizeof(*record));
	if (!record)
		return;
	fill_header(&record->header, RECORD_CGROUP, current_task(), bpf_ktime_get_boot_ns());
	record->header.flags = RECORD_PROCESS_QUIET;
	record->member = member->tgid;
	size = bpf_probe_read_kernel_str(record->path, sizeof(record->path), path);
	record->size = size > 0 ? size - 1 : 0;
	/* until user space has read this */
	if (filter.flags & RECORD_FILTER_CONTAINERS)
		__sync_fetch_and_add(&wanted[member->tgid & (RECORD_WANTED_SLOTS - 1)], 1);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

/* A child that is born into another group than its parent is in: clone3 with CLONE_INTO_CGROUP. */
static __always_inline void record_birth_cgroup(struct task_struct *parent, struct task_struct *child)
{
	struct css_set *set;
	struct kernfs_node *node;
	struct cgroup *group;

	if (!bpf_core_field_exists(child->cgroups))
		return;
	set = child->cgroups;
	if (set == parent->cgroups)
		return;
	group = get(set, dfl_cgrp);
	node = get(group, kn);
	record_cgroup(child, get(node, name));
}

/* Of a single thread that moves nothing is told: its process stays where it is. */
SEC("?tp_btf/cgroup_attach_task")
int BPF_PROG(on_cgroup, struct cgroup *to, const char *path, struct task_struct *task, bool all_threads)
{
	if (task->pid == task->tgid)
		record_cgroup(task, path);
	return 0;
}

#endif
