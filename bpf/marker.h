/* Markers: recognised on entry to a write, by the device number of the file, and written whole to their own rings. */
#ifndef PROBE_MARKER_H
#define PROBE_MARKER_H

#include "shared.h"

#define MARKER_VECTORS 16        /* parts of a writev that are joined */

/* Counts a marker for the process whose span it opens or closes, so that scope `inside` follows it at once. The
 * engine, which knows what the marker really was, corrects the count where this supposes wrong. */
static __always_inline void watch_marker(struct record_marker *record, __u32 size)
{
	__u32 pid = record->header.pid;
	char direction = record->data[0];
	struct record_watch *w;
	int change = 0;

	if (direction == '[')
		direction = record->data[1] == '"' ? record->data[2] : record->data[3];
	else if (size > 4 && record->data[2] == 'p' && record->data[3] == 'p')
		pid = record->ppid;
	w = &watch[pid & WATCH_MASK];
	if (direction == '>')
		change = 1;
	else if (direction == '<' && w->open)
		change = -1;
	if (change)
		__sync_fetch_and_add(&w->open, change);
	record->watch_pid = pid;
	record->watch_change = change;
}

static __always_inline bool looks_like_marker(const char *data)
{
	return data[0] == '>' || data[0] == '<' ||
	       (data[0] == '[' && (data[1] == '"' || (data[1] == ' ' && data[2] == '"')));
}

static __always_inline void fill_account(struct record_account *account, struct task_struct *task)
{
	account->cpu_ns = task->se.sum_exec_runtime;
	account->queue_ns = bpf_core_field_exists(task->sched_info.run_delay) ? task->sched_info.run_delay : 0;
	account->switches = task->nvcsw + task->nivcsw;
	account->minor_faults = task->min_flt;
	account->major_faults = task->maj_flt;
}

/* Room for a marker of at most `capacity` bytes; counted as lost if there is none. */
static __always_inline struct record_marker *begin_marker(void *ring, struct task_struct *task, const __u32 capacity)
{
	struct record_marker *record = bpf_ringbuf_reserve(ring, sizeof(*record) + capacity, 0);

	if (!record) {
		lost(RECORD_LOSS_MARKER_RING);
		return NULL;
	}
	fill_header(&record->header, RECORD_MARKER, task, bpf_ktime_get_boot_ns());
	record->data[0] = 0;
	return record;
}

/* Completes a marker whose text was copied, or (size 0) could not be. Returns whether it was kept. */
static __always_inline int finish_marker(void *ring, struct task_struct *task, struct record_marker *record,
					 __u64 address, __u32 size, __u64 full_size, __u32 scope)
{
	__u8 *known = &seen[task->tgid & WATCH_MASK];
	__u64 flags;

	if (!size) {
		/* Not in memory now: the reader fetches it from the process. */
		record->header.flags |= RECORD_MARKER_UNREAD;
	} else if (looks_like_marker(record->data)) {
		*known = 1;
	} else if (!*known && record->data[0] != ' ') {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return 0;
	}
	record->ppid = task->real_parent->tgid;
	record->size = size;
	record->address = address;
	record->full_size = full_size;
	__builtin_memcpy(record->comm, task->comm, sizeof(record->comm));
	fill_account(&record->account, task);
	record->scope = scope;
	record->watch_change = 0;
	if (size)
		watch_marker(record, size);
	/* a text that is to be fetched can be had as long as its process lives: there is no time to lose */
	flags = size ? wakeup(ring, ++counters_here()->markers, ring_bytes_markers) : BPF_RB_FORCE_WAKEUP;
	bpf_ringbuf_submit(record, flags);
	return 1;
}

static __always_inline int emit_marker(void *ring, struct task_struct *task, __u64 address, __u64 full_size,
				       __u32 scope, const __u32 capacity)
{
	struct record_marker *record = begin_marker(ring, task, capacity);
	__u64 size = full_size;

	if (!record)
		return 1;
	if (size > capacity) {
		size = capacity;
		record->header.flags = RECORD_MARKER_CUT;
	}
	if (bpf_probe_read_user(record->data, size, (void *)address))
		size = 0;
	return finish_marker(ring, task, record, address, size, full_size, scope);
}

static __always_inline long read_vector(struct user_vector *vector, __u64 address, const bool in_kernel)
{
	if (in_kernel)
		return bpf_probe_read_kernel(vector, sizeof(*vector), (void *)address);
	return bpf_probe_read_user(vector, sizeof(*vector), (void *)address);
}

/* The text of a writev: its first vectors, joined. */
static __always_inline int emit_vectors(void *ring, struct task_struct *task, __u64 address, __u64 count,
					__u32 scope, const bool in_kernel)
{
	struct record_marker *record = begin_marker(ring, task, 2 * RECORD_MARKER_MAX);
	__u64 full_size = 0, first = 0;
	struct user_vector vector;
	__u32 filled = 0;

	if (!record)
		return 1;
	for (int i = 0; i < MARKER_VECTORS; i++) {
		__u64 size;

		if (i >= count || read_vector(&vector, address + i * sizeof(vector), in_kernel))
			break;
		first = i ? first : vector.base;
		full_size += vector.size;
		size = vector.size;
		if (size > RECORD_MARKER_MAX - filled)
			size = RECORD_MARKER_MAX - filled;
		if (size > RECORD_MARKER_MAX)
			size = RECORD_MARKER_MAX;
		filled &= RECORD_MARKER_MAX - 1; /* the verifier wants to see it */
		if (size && bpf_probe_read_user(record->data + filled, size, (void *)vector.base))
			break;
		filled += size;
		if (filled >= RECORD_MARKER_MAX)
			break;
	}
	if (filled < full_size || count > MARKER_VECTORS)
		record->header.flags = RECORD_MARKER_CUT;
	if (!filled) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return 0;
	}
	return finish_marker(ring, task, record, first, filled, full_size, scope);
}

#define MARKER_COMPAT 3   /* what the row of write's number in 32-bit programs says */

static __always_inline bool is_null(struct file *file)
{
	struct inode *inode = get(file, f_inode);

	return get(inode, i_rdev) == NULL_DEVICE && (get(inode, i_mode) & S_IFMT) == S_IFCHR &&
	       get(file, f_mode) & FMODE_WRITE;
}

/* Something written to the device: whether it is a marker; if so it was recorded. The vectors of kind 2 lie in memory of
 * the process, or of the kernel. */
static __always_inline int take_text(struct task_struct *task, __u64 address, __u64 size, __u32 kind, __u32 scope,
				     const bool in_kernel)
{
	void *ring;

	if (task->tgid == own_process)
		return 0;
	/* numbers of 32-bit programs mean other calls */
	if (!!(task->thread_info.status & TS_COMPAT) != (kind == MARKER_COMPAT))
		return 0;
	if (kind == 2) {
		struct user_vector vector;
		char first = 0;

		if (!size || read_vector(&vector, address, in_kernel))
			return 0;
		/* an empty first part says nothing; anything else begins a marker or is none */
		if (vector.size && !seen[task->tgid & WATCH_MASK] &&
		    (bpf_probe_read_user(&first, 1, (void *)vector.base) ||
		     (first != '>' && first != '<' && first != '[' && first != ' ')))
			return 0;
		ring = ring_here(&marker_rings);
		return ring ? emit_vectors(ring, task, address, size, scope, in_kernel) : 0;
	}
	if (!size || size > (1u << 30))
		return 0;
	if (size > RECORD_MARKER_MAX) {
		/* Bulk output, most likely: look before taking so much room. */
		char first[4] = {};

		if (bpf_probe_read_user(first, sizeof(first), (void *)address) || !looks_like_marker(first))
			return 0;
	}
	ring = ring_here(&marker_rings);
	if (!ring)
		return 0;
	if (size <= 64)
		return emit_marker(ring, task, address, size, scope, 64);
	if (size <= 512)
		return emit_marker(ring, task, address, size, scope, 512);
	return emit_marker(ring, task, address, size, scope, RECORD_MARKER_MAX);
}

/* Whether this call writes a marker; if so it was recorded. A global function, as are add_item and
 * emit_call: the verifier looks at it once, not once a program, which makes the start three times as fast. */
__noinline int take_marker(__u32 fd, __u64 address, __u64 size, __u32 kind, __u32 scope)
{
	struct task_struct *task = current_task();
	struct file *file = file_of(task, fd);

	return file && is_null(file) ? take_text(task, address, size, kind, scope, false) : 0;
}

/* A marker that the call may write, as its row says: whether it was recorded. */
static __always_inline int marker_of_call(struct task_struct *task, const struct pt_regs *regs, __u32 kind, __u32 scope)
{
	if (!kind || !is_wanted_marker(task))
		return 0;
	if (kind != MARKER_COMPAT)
		return take_marker(regs->di, regs->si, regs->dx, kind, scope);
	if (!(task->thread_info.status & TS_COMPAT))
		return 0;
	return take_marker((__u32)regs->bx, (__u32)regs->cx, (__u32)regs->dx, kind, scope);
}

/* The same of what the device's own functions are given: their files are known, vectors were copied. */
__noinline int take_written(__u64 address, __u64 size, __u32 kind)
{
	struct task_struct *task = current_task();

	return is_wanted_marker(task) ? take_text(task, address, size, kind, RECORD_SCOPE_SPANS, true) : 0;
}

#endif
