/* All threads of the machine with the system calls that they are in, one record each.
 *
 * An object of its own: it is loaded when somebody asks for the first time, and runs only when it is read. What the call is
 * and its arguments lie in the registers that the thread left at the kernel's border; since when, the probe's slots
 * tell, which user space looks up itself. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "records.h"

#define PF_EXITING 0x4u
#define PF_IO_WORKER 0x10u
#define PF_USER_WORKER 0x4000u
#define PF_KTHREAD 0x200000u
#define NULL ((void *)0)
#define TS_COMPAT 2u
#define TASK_UNINTERRUPTIBLE 0x2u
#define TASK_STOPPED_OR_TRACED 0xcu
#define TASK_NOLOAD 0x400u
#define STACK_BYTES 16384          /* of a thread in the kernel, on x86-64 */

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 own_process;  /* never shown */

static __always_inline __u32 state_of(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return BPF_CORE_READ((struct task_struct___old *)task, state);
}

/* The clocks of the CPU that the thread ran on last. */
static __always_inline struct rq *queue_of(struct task_struct *task)
{
	if (!bpf_core_field_exists(task->se.cfs_rq) || !bpf_core_field_exists(task->se.cfs_rq->rq))
		return NULL;
	return task->se.cfs_rq->rq;
}

/* For a thread that was moved to another CPU in its sleep, as Linux 6.12 does where a thread slept before its time was up: that
 * forgets when it last ran. When it last came to run, and how long it ran then, is kept. */
static __always_inline __u64 slept_moved(struct task_struct *task, const struct rq *here)
{
	__u64 left;

	if (!bpf_core_field_exists(task->sched_info.last_arrival) || !task->sched_info.last_arrival)
		return 0;
	left = task->sched_info.last_arrival + task->se.sum_exec_runtime - task->se.prev_sum_exec_runtime;
	return here->clock > left ? here->clock - left : 0;
}

/* How long it has not run: the time from when it last did to when its CPU's clock was last looked at, and from then to
 * now. The first leaves out what interrupts and the hypervisor took, and this CPU's clock may be a tick old: it was
 * no shorter than that. */
static __always_inline __u64 slept(struct task_struct *task)
{
	struct rq *there = queue_of(task), *here = queue_of(bpf_get_current_task_btf());
	__u64 ran = task->se.exec_start, time = 0, then, now;

	if (!there || !here)
		return 0;
	if (!ran)
		return slept_moved(task, here);
	now = there->clock_task;
	if (now > ran)
		time = now - ran;
	then = there->clock;
	now = here->clock;
	return now > then ? time + (now - then) : time;
}

/* Where the thread's registers are while it is in the kernel. */
static __always_inline struct pt_regs *registers_of(struct task_struct *task)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return (struct pt_regs *)bpf_task_pt_regs(task);
	return (struct pt_regs *)(task->stack + STACK_BYTES - bpf_core_type_size(struct pt_regs));
}

SEC("iter/task")
int each_task(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct record_task record = {};
	struct pt_regs *regs;
	__u32 state;
	long call;

	if (!task || task->flags & (PF_KTHREAD | PF_EXITING | PF_IO_WORKER | PF_USER_WORKER) ||
	    task->tgid == own_process)
		return 0;
	regs = registers_of(task);
	call = BPF_CORE_READ(regs, orig_ax);
	if (call < 0)
		return 0;
	state = state_of(task);
	if (!state || state & TASK_STOPPED_OR_TRACED)
		record.flags = RECORD_TASK_RUNS;
	else if (state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD))
		record.flags = RECORD_TASK_DISK;
	record.tid = task->pid;
	record.pid = task->tgid;
	record.call = call;
	if (task->thread_info.status & TS_COMPAT) {
		/* the numbers of 32-bit programs mean other calls */
		if (call >= RECORD_CALLS)
			return 0;
		record.call += RECORD_COMPAT;
		record.args[0] = (__u32)BPF_CORE_READ(regs, bx);
		record.args[1] = (__u32)BPF_CORE_READ(regs, cx);
		record.args[2] = (__u32)BPF_CORE_READ(regs, dx);
		record.args[3] = (__u32)BPF_CORE_READ(regs, si);
		record.args[4] = (__u32)BPF_CORE_READ(regs, di);
		record.args[5] = (__u32)BPF_CORE_READ(regs, bp);
	} else {
		record.args[0] = BPF_CORE_READ(regs, di);
		record.args[1] = BPF_CORE_READ(regs, si);
		record.args[2] = BPF_CORE_READ(regs, dx);
		record.args[3] = BPF_CORE_READ(regs, r10);
		record.args[4] = BPF_CORE_READ(regs, r8);
		record.args[5] = BPF_CORE_READ(regs, r9);
	}
	record.time = bpf_ktime_get_boot_ns();
	if (!(record.flags & RECORD_TASK_RUNS))
		record.slept = slept(task);
	__builtin_memcpy(record.comm, task->comm, sizeof(record.comm));
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}
