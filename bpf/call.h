/* System calls: the enter leaves its time in a slot of the thread, the exit makes one record of both. */
#ifndef PROBE_CALL_H
#define PROBE_CALL_H

#include "marker.h"
#include "payload.h"

enum { CALL_CLONE = 56, CALL_VFORK = 58, CALL_CLONE3 = 435 };  /* fork is between the first two */

/* The file behind a descriptor, and the ends of a socket. */
static __always_inline void describe_file(struct scratch *s, struct payload *p, struct task_struct *task, __s32 fd,
					  __u32 row_flags)
{
	struct record_call *record = &s->record;
	struct file *file = fd >= 0 ? file_of(task, fd) : NULL;
	struct inode *inode;
	__u32 type;

	if (!file)
		return;
	inode = get(file, f_inode);
	record->file_inode = get(inode, i_ino);
	record->file_mode = get(inode, i_mode);
	type = record->file_mode & S_IFMT;
	if (type == S_IFSOCK) {
		if (row_flags & RECORD_ROW_SOCKET)
			add_socket(s, p, file);
	} else if (type == S_IFCHR || type == S_IFBLK) {
		record->file_dev = get(inode, i_rdev);
	} else {
		struct super_block *sb = get(inode, i_sb);

		record->file_dev = get(sb, s_dev);
	}
}

static __always_inline void begin_call(struct record_call *record, struct task_struct *task, __u32 call, __s64 result,
				       __u64 enter_time, __u64 time)
{
	fill_header(&record->header, RECORD_CALL, task, time);
	record->enter_time = enter_time;
	record->result = result;
	record->call = call;
	record->fd = -1;
	record->file_inode = 0;
	record->file_dev = 0;
	record->file_mode = 0;
}

static __always_inline void keep_args(struct record_call *record, const struct pt_regs *regs)
{
	record->args[0] = regs->di;
	record->args[1] = regs->si;
	record->args[2] = regs->dx;
	record->args[3] = regs->r10;
	record->args[4] = regs->r8;
	record->args[5] = regs->r9;
}

static __always_inline void keep_compat_args(struct record_call *record, const struct pt_regs *regs)
{
	record->args[0] = (__u32)regs->bx;
	record->args[1] = (__u32)regs->cx;
	record->args[2] = (__u32)regs->dx;
	record->args[3] = (__u32)regs->si;
	record->args[4] = (__u32)regs->di;
	record->args[5] = (__u32)regs->bp;
}

/* A child returns from the call that its parent made: that is a record, and no other call. */
static __always_inline bool is_second_return(const struct record_call *record)
{
	return record->header.flags & RECORD_CALL_NO_ENTER && !record->result &&
	       ((record->call >= CALL_CLONE && record->call <= CALL_VFORK) || record->call == CALL_CLONE3);
}

static __always_inline void put_call(void *ring, struct scratch *s, __u64 size)
{
	struct record_counters *c = counters_here();

	if (bpf_ringbuf_output(ring, s, sizeof(s->record) + size, wakeup(ring, ++c->calls, ring_bytes_calls)) &&
	    !is_second_return(&s->record))
		c->lost[RECORD_LOSS_CALL_RING]++;
}

/* Writes the record of a call whose arguments lie in the scratch of this CPU. */
__noinline int emit_call(__u32 call, __s64 result, __u64 enter_time, __u64 time, __u32 flags)
{
	struct task_struct *task = current_task();
	const volatile struct record_row *row = row_of(call);
	struct payload p = {};
	struct record_call *record;
	struct scratch *s;
	__u32 zero = 0, row_flags;
	void *ring;

	ring = ring_here(&call_rings);
	s = bpf_map_lookup_elem(&scratches, &zero);
	if (!ring || !s) {
		lost(RECORD_LOSS_CALL_RING);
		return 0;
	}
	record = &s->record;
	begin_call(record, task, call, result, enter_time, time);
	p.flags = flags;
	row_flags = row->flags;
	if (row->items) {
		add_item(s, &p, call, 0);
		if (row->items > 1)
			add_item(s, &p, call, 1);
		if (row->items > 2)
			add_item(s, &p, call, 2);
		if (row->items > 3)
			add_item(s, &p, call, 3);
	}
	if (row_flags & (RECORD_ROW_FD_ARG | RECORD_ROW_FD_RESULT)) {
		__s32 fd = row_flags & RECORD_ROW_FD_RESULT && result >= 0 ? result : (__s32)record->args[0];

		if (row_flags & RECORD_ROW_FD_ARG || result >= 0) {
			record->fd = fd;
			describe_file(s, &p, task, fd, row_flags);
		}
	} else if (p.pair) {
		describe_file(s, &p, task, p.first_of_pair, row_flags);
	}
	if (row_flags & RECORD_ROW_PROGRAM) {
		__u32 thread = record->header.tid;

		bpf_map_delete_elem(&programs, &thread);
	}
	record->header.flags = p.flags;
	record->items = p.items;
	record->size = p.size;
	if (p.size > PAYLOAD_MAX - 8) {
		lost(RECORD_LOSS_CALL_RING);
		return 0;
	}
	put_call(ring, s, p.size);
	return 0;
}

/* A call that has nothing but its arguments: one that will not return, or of a 32-bit program. Its record is not
 * emit_call's business, so that the program for the enter of calls, which would have to be verified with all of it, is
 * loaded in a tenth of the time. */
static __always_inline int emit_plain(struct task_struct *task, const struct pt_regs *regs, __u32 call, __s64 result,
				      __u64 enter_time, __u64 time, __u32 flags)
{
	void *ring = ring_here(&call_rings);
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&scratches, &zero);

	if (!ring || !s)
		return 0;
	begin_call(&s->record, task, call, result, enter_time, time);
	if (call < RECORD_CALLS)
		keep_args(&s->record, regs);
	else
		keep_compat_args(&s->record, regs);
	s->record.header.flags = flags;
	s->record.items = 0;
	s->record.size = 0;
	put_call(ring, s, 0);
	return 0;
}

static __always_inline int emit_no_return(struct task_struct *task, const struct pt_regs *regs, __u32 call)
{
	__u64 now = bpf_ktime_get_boot_ns();

	return emit_plain(task, regs, call, 0, now, now, RECORD_CALL_NO_RETURN);
}

/* What execve was given, for when it has returned. */
static __always_inline void keep_program(struct pt_regs *regs, __u32 thread, __u32 path_arg)
{
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&scratches, &zero);
	struct record_program *program;
	__u64 path = path_arg ? regs->si : regs->di;

	if (!s)
		return;
	program = &s->program;
	program->args[0] = regs->di;
	program->args[1] = regs->si;
	program->args[2] = regs->dx;
	program->args[3] = regs->r10;
	program->args[4] = regs->r8;
	/* where its page is not there, the kernel will have read it when the program begins */
	program->is_read = bpf_probe_read_user_str(program->path, sizeof(program->path), (void *)path) >= 0;
	if (!program->is_read)
		program->path[0] = 0;
	bpf_map_update_elem(&programs, &thread, program, BPF_ANY);
}

/* What lies where the last item of the row points. */
static __always_inline void keep(struct pt_regs *regs, __u32 thread, const volatile struct record_row *row)
{
	__u32 last = (row->items - 1) & 3, arg = row->payload[last].arg;
	__u64 address = arg == 0 ? regs->di : arg == 2 ? regs->dx : arg == 3 ? regs->r10 : regs->r8;
	struct record_kept value = {};

	if (address && !bpf_probe_read_user(&value, sizeof(value), (void *)address))
		bpf_map_update_elem(&kept, &thread, &value, BPF_ANY);
}

/* Calls of 32-bit programs that do not return. */
#define COMPAT_EXIT (RECORD_COMPAT + 1)
#define COMPAT_SIGRETURN (RECORD_COMPAT + 119)
#define COMPAT_RT_SIGRETURN (RECORD_COMPAT + 173)
#define COMPAT_EXIT_GROUP (RECORD_COMPAT + 252)

static __always_inline int enter(struct pt_regs *regs, long id)
{
	struct task_struct *task = current_task();
	const volatile struct record_row *row;
	__u32 thread = task->pid, marker = 0, scope = active;
	struct record_slot *slot = &slots[thread & (RECORD_SLOTS - 1)];
	struct record_slot value = {};

	if (scope < RECORD_SCOPE_INSIDE || id < 0 || id >= RECORD_CALLS)
		return 0;
	row = row_of(id);
	if (row->marker)
		marker = marker_of_call(task, regs, row->marker, RECORD_SCOPE_ALL);
	if (!is_wanted(task) && !(filter.flags & RECORD_FILTER_CONTAINERS && row->directory))
		return 0;
	if (scope == RECORD_SCOPE_INSIDE && !is_watched(task->tgid))
		return 0;
	if (task->tgid == own_process)
		return 0;
	if (task->thread_info.status & TS_COMPAT) {
		if (!is_wanted_call(task, 0))
			return 0;
		id += RECORD_COMPAT;
		if (id == COMPAT_EXIT || id == COMPAT_EXIT_GROUP || id == COMPAT_SIGRETURN || id == COMPAT_RT_SIGRETURN)
			return emit_no_return(task, regs, id);
	} else if (!is_wanted_call(task, row->flags)) {
		return 0;
	} else if (row->flags & (RECORD_ROW_NO_RETURN | RECORD_ROW_PROGRAM | RECORD_ROW_KEPT)) {
		if (row->flags & RECORD_ROW_NO_RETURN)
			return emit_no_return(task, regs, id);
		if (row->flags & RECORD_ROW_PROGRAM)
			keep_program(regs, thread, row->payload[0].arg);
		else
			keep(regs, thread, row);
	}
	if (marker)
		id = NO_CALL; /* its write is not shown as a call */
	if (slot->thread == 0 || slot->thread == thread) {
		slot->thread = thread;
		slot->call = id;
		slot->time = bpf_ktime_get_boot_ns();
		return 0;
	}
	value.thread = thread;
	value.call = id;
	value.time = bpf_ktime_get_boot_ns();
	bpf_map_update_elem(&crowded, &thread, &value, BPF_ANY);
	return 0;
}

/* The number of a call whose enter left none. One that executed a program may return as another sort of program. */
static __always_inline __u32 number_of(const struct pt_regs *regs, const struct task_struct *task)
{
	__u64 number = regs->orig_ax;

	if (number >= RECORD_CALLS) {
		/* of signals that returned nothing is left */
		if ((__s32)number >= 0)
			lost(RECORD_LOSS_UNKNOWN);
		return NO_CALL;
	}
	return task->thread_info.status & TS_COMPAT ? number + RECORD_COMPAT : number;
}

/* What the row says of a call, of those of 32-bit programs nothing. */
static __always_inline __u32 flags_of(__u32 call)
{
	return call < RECORD_CALLS ? row_of(call)->flags : 0;
}

/* Of a process that is not looked at only calls that change its directory are; one that was looked at when it entered some
 * other call forgets when that was. */
static __always_inline bool goes_on_unwanted(struct record_slot *slot, __u32 thread)
{
	if (!(filter.flags & RECORD_FILTER_CONTAINERS) || slot->thread != thread)
		return false;
	if (slot->call < RECORD_CALLS && row_of(slot->call)->directory)
		return true;
	slot->thread = 0;
	return false;
}

static __always_inline int leave(struct pt_regs *regs, __s64 result)
{
	struct task_struct *task = current_task();
	__u32 thread = task->pid, scope = active, zero = 0, call, flags = 0;
	struct scratch *s;
	struct record_slot *slot = &slots[thread & (RECORD_SLOTS - 1)];
	__u64 enter_time, now;

	if (scope < RECORD_SCOPE_INSIDE || (!is_wanted(task) && !goes_on_unwanted(slot, thread)))
		return 0;
	if (scope == RECORD_SCOPE_INSIDE && !is_watched(task->tgid) && slot->thread != thread)
		return 0;
	if (task->tgid == own_process)
		return 0;
	if (slot->thread == thread) {
		call = slot->call;
		enter_time = slot->time;
		slot->thread = 0;
	} else {
		struct record_slot *other;

		call = number_of(regs, task);
		/* it has no slot because nobody wants it */
		if (call != NO_CALL && !is_wanted_call(task, flags_of(call)))
			return 0;
		other = bpf_map_lookup_elem(&crowded, &thread);
		if (other) {
			call = other->call;
			enter_time = other->time;
			bpf_map_delete_elem(&crowded, &thread);
		} else {
			/* Entered before the tracing began, or in the parent of a fork. */
			enter_time = 0;
			flags = RECORD_CALL_NO_ENTER;
		}
	}
	if (call >= RECORD_CALL_NUMBERS)
		return 0;
	if (!is_wanted_call(task, flags_of(call)))
		return 0;
	now = bpf_ktime_get_boot_ns();
	/* of a call whose beginning was not seen nobody knows how long it took */
	if (!is_wanted_result(flags_of(call), result, enter_time ? now - enter_time : ~0ull))
		return 0;
	if (call >= RECORD_CALLS)
		return emit_plain(task, regs, call, result, enter_time ? enter_time : now, now, flags);
	s = bpf_map_lookup_elem(&scratches, &zero);
	if (!s)
		return 0;
	keep_args(&s->record, regs);
	return emit_call(call, result, enter_time ? enter_time : now, now, flags);
}

#endif
