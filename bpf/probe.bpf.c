/* The probe: markers, system calls and the life of processes, from raw tracepoints into rings.
 *
 * Markers are recognised on sys_enter, by the file's device number, and have rings of their own. A
 * system call makes one record, on sys_exit, with the time of its enter, which waits in a slot found by the low bits of the
 * thread id. What to copy of a call is a row of `rows`, filled by user space. Which programs are
 * attached decides the scope; the others cost nothing. No record wakes the reader, but every 256th looks whether its
 * ring is a quarter full. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "records.h"

char LICENSE[] SEC("license") = "GPL";

#define NULL_DEVICE ((1u << 20) | 3)
#define S_IFMT 0170000
#define S_IFCHR 0020000
#define S_IFSOCK 0140000
#define FMODE_WRITE 2u
#define TS_COMPAT 2u
#define AF_INET 2
#define AF_INET6 10
#define WATCH_MASK (RECORD_WATCH_SLOTS - 1)
#define NO_CALL 0xffff
#define PAYLOAD_MAX 16384          /* room for items; an item starts below PAYLOAD_LAST */
#define PAYLOAD_LAST 8448

/* ---- set by user space before loading ---- */
const volatile __u32 own_process;          /* never traced */
const volatile __u32 snap_length = 80;
const volatile bool have_cast;             /* bpf_rdonly_cast exists */
const volatile __u32 ring_bytes_calls, ring_bytes_markers;
const volatile struct record_row rows[RECORD_CALLS];

/* ---- shared with user space while running ---- */
struct record_counters counters[RECORD_CPUS_MAX];
struct record_watch watch[RECORD_WATCH_SLOTS];
__u8 seen[RECORD_WATCH_SLOTS];             /* processes that wrote a marker before */

struct record_slot slots[RECORD_SLOTS];

/* Threads whose slot is taken by another that is in a call too. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct record_slot);
} crowded SEC(".maps");

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

/* A ring a CPU; user space makes them and sizes these tables. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} marker_rings SEC(".maps"), call_rings SEC(".maps");

struct scratch {
	struct record_call record;
	char payload[PAYLOAD_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* A pointer that came out of memory, as one the program may read through directly; without
 * the kernel function each read is a probe read. */
#define cast(pointer, type) ((type *)bpf_rdonly_cast((const void *)(pointer), bpf_core_type_id_kernel(type)))
#define get(pointer, member)                                                                                   \
	({                                                                                                     \
		typeof((pointer)->member) value__;                                                             \
		if (have_cast)                                                                                 \
			value__ = (pointer)->member;                                                           \
		else                                                                                           \
			bpf_core_read(&value__, sizeof(value__), &(pointer)->member);                          \
		value__;                                                                                       \
	})

/* The barrier keeps the compiler from dropping the mask, which the verifier needs to see. */
static __always_inline const volatile struct record_row *row_of(__u32 call)
{
	asm volatile("" : "+r"(call));
	return &rows[call & (RECORD_CALLS - 1)];
}

static __always_inline struct record_counters *counters_here(void)
{
	return &counters[bpf_get_smp_processor_id() & (RECORD_CPUS_MAX - 1)];
}

static __always_inline void lost(enum record_loss cause)
{
	counters_here()->lost[cause]++;
}

static __always_inline void *ring_here(void *rings)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(rings, &cpu);
}

static __always_inline __u64 wakeup(void *ring, __u64 count, __u32 ring_bytes)
{
	if ((count & 255) == 0 && bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) > ring_bytes / 4)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/* The current task, as an untrusted pointer where that exists: for every pointer read through a trusted one the
 * verifier searches all the kernel's types by name, which makes loading twice as slow. */
static __always_inline struct task_struct *current_task(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return have_cast ? cast(task, struct task_struct) : task;
}

static __always_inline struct file *file_of(struct task_struct *task, __u32 fd)
{
	struct fdtable *table = task->files->fdt;
	struct file *file = NULL;

	if (fd >= table->max_fds)
		return NULL;
	if (have_cast) /* list_head stands for "a pointer lies here" */
		return cast(cast(table->fd + fd, struct list_head)->next, struct file);
	bpf_core_read(&file, sizeof(file), table->fd + fd);
	return file;
}

static __always_inline void fill_header(struct record_header *header, enum record_type type,
					struct task_struct *task, __u64 time)
{
	header->type = type;
	header->cpu = bpf_get_smp_processor_id();
	header->tid = task->pid;
	header->pid = task->tgid;
	header->flags = 0;
	header->time = time;
}

static __always_inline void fill_account(struct record_account *account, struct task_struct *task)
{
	account->cpu_ns = task->se.sum_exec_runtime;
	account->queue_ns = bpf_core_field_exists(task->sched_info.run_delay) ? task->sched_info.run_delay : 0;
	account->switches = task->nvcsw + task->nivcsw;
	account->minor_faults = task->min_flt;
	account->major_faults = task->maj_flt;
}

/* ---- markers ---- */

/* Counts a marker for the process whose span it opens or closes, so that scope `inside` follows it at once. */
static __always_inline void watch_marker(struct record_marker *record, __u32 size)
{
	__u32 pid = record->header.pid;
	struct record_watch *w;
	char direction = record->data[0];

	if (direction == '[')
		direction = record->data[1] == '"' ? record->data[2] : record->data[3];
	else if (size > 4 && record->data[2] == 'p' && record->data[3] == 'p')
		pid = record->ppid;
	w = &watch[pid & WATCH_MASK];
	if (direction == '>')
		__sync_fetch_and_add(&w->open, 1);
	else if (w->open)
		__sync_fetch_and_add(&w->open, -1);
}

static __always_inline bool looks_like_marker(const char *data)
{
	return data[0] == '>' || data[0] == '<' ||
	       (data[0] == '[' && (data[1] == '"' || (data[1] == ' ' && data[2] == '"')));
}

static __always_inline int emit_marker(void *ring, struct task_struct *task, __u32 call, __u32 fd,
				       __u64 address, __u64 full_size, const __u32 capacity)
{
	struct record_counters *c = counters_here();
	struct record_marker *record;
	__u64 size = full_size;
	__u8 *known;

	record = bpf_ringbuf_reserve(ring, sizeof(*record) + capacity, 0);
	if (!record) {
		c->lost[RECORD_LOSS_MARKER_RING]++;
		return 1;
	}
	fill_header(&record->header, RECORD_MARKER, task, bpf_ktime_get_boot_ns());
	if (size > capacity) {
		size = capacity;
		record->header.flags = RECORD_MARKER_CUT;
	}
	known = &seen[task->tgid & WATCH_MASK];
	record->data[0] = 0;
	if (bpf_probe_read_user(record->data, size, (void *)address)) {
		/* Not in memory now: the reader fetches it from the process. */
		record->header.flags |= RECORD_MARKER_UNREAD;
		size = 0;
	} else if (looks_like_marker(record->data)) {
		*known = 1;
	} else if (!*known && record->data[0] != ' ') {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return 0;
	}
	record->ppid = task->real_parent->tgid;
	record->call = call;
	record->fd = fd;
	record->size = size;
	record->address = address;
	record->full_size = full_size;
	__builtin_memcpy(record->comm, task->comm, sizeof(record->comm));
	fill_account(&record->account, task);
	if (size)
		watch_marker(record, size);
	bpf_ringbuf_submit(record, wakeup(ring, ++c->markers, ring_bytes_markers));
	return 1;
}

/* Whether this call writes a marker; if so it was recorded. A global function, as are add_item and
 * emit_call: the verifier looks at it once, not once a program, which makes the start three times as fast. */
__noinline int take_marker(__u32 fd, __u64 address, __u64 size, __u32 call, __u32 kind)
{
	struct task_struct *task = current_task();
	struct file *file = file_of(task, fd);
	struct inode *inode;
	void *ring;

	if (!file)
		return 0;
	inode = get(file, f_inode);
	if (get(inode, i_rdev) != NULL_DEVICE || (get(inode, i_mode) & S_IFMT) != S_IFCHR ||
	    !(get(file, f_mode) & FMODE_WRITE))
		return 0;
	if (task->tgid == own_process)
		return 0;
	if (task->thread_info.status & TS_COMPAT) {
		lost(RECORD_LOSS_COMPAT);
		return 0;
	}
	if (kind == 2) {
		struct {
			__u64 base, size;
		} vector;

		if (!size || bpf_probe_read_user(&vector, sizeof(vector), (void *)address))
			return 0;
		address = vector.base;
		size = vector.size;
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
		return emit_marker(ring, task, call, fd, address, size, 64);
	if (size <= 512)
		return emit_marker(ring, task, call, fd, address, size, 512);
	return emit_marker(ring, task, call, fd, address, size, RECORD_MARKER_MAX);
}

/* ---- payload of calls ---- */

struct payload {
	__u32 size;
	__u32 items;
	__u32 flags;
};

static __always_inline __u32 add_bytes(struct scratch *s, struct payload *p, __u32 kind, __u32 arg, __u64 address,
				       __u64 full_size, __u32 limit)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1);
	__u64 size = full_size;
	struct record_item *item;

	if (at > PAYLOAD_LAST)
		return 0;
	if (size > limit)
		size = limit;
	if (size > RECORD_BUFFER_MAX - 8) /* for the verifier: at + 8 + size stays below PAYLOAD_MAX */
		size = RECORD_BUFFER_MAX - 8;
	item = (struct record_item *)(s->payload + at);
	if (size && bpf_probe_read_user(s->payload + at + sizeof(*item), size, (void *)address))
		return 0;
	item->kind = kind;
	item->arg = arg;
	item->size = size;
	item->full_size = full_size;
	if (size < full_size)
		p->flags |= RECORD_CALL_CUT;
	p->size = at + ((sizeof(*item) + size + 7) & ~7u);
	p->items++;
	return size;
}

static __always_inline void add_path(struct scratch *s, struct payload *p, __u32 arg, __u64 address)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1);
	struct record_item *item;
	long size;

	if (at > PAYLOAD_LAST)
		return;
	item = (struct record_item *)(s->payload + at);
	size = bpf_probe_read_user_str(s->payload + at + sizeof(*item), RECORD_PATH_MAX - 8, (void *)address);
	if (size <= 0 || size > RECORD_PATH_MAX)
		return;
	item->kind = RECORD_ITEM_PATH;
	item->arg = arg;
	item->size = size - 1;
	item->full_size = size - 1;
	p->size = at + ((sizeof(*item) + size + 6) & ~7u);
	p->items++;
}

/* The first vectors of an array, joined, up to the snap length. */
static __always_inline void add_vector(struct scratch *s, struct payload *p, __u32 kind, __u32 arg, __u64 address,
				       __u64 count, __u64 full_size)
{
	struct {
		__u64 base, size;
	} vector;
	__u32 at = p->size & (PAYLOAD_MAX - 1), filled = 0, limit = snap_length;
	struct record_item *item;

	if (at > PAYLOAD_LAST)
		return;
	if (full_size < limit)
		limit = full_size;
	for (int i = 0; i < 4; i++) {
		__u64 size, room = limit - filled;

		if (i >= count || filled >= limit || filled > RECORD_BUFFER_MAX / 2)
			break;
		if (bpf_probe_read_user(&vector, sizeof(vector), (void *)(address + i * sizeof(vector))))
			break;
		size = vector.size;
		if (size > room)
			size = room;
		if (size > RECORD_BUFFER_MAX / 2 - 8)
			size = RECORD_BUFFER_MAX / 2 - 8;
		if (size && bpf_probe_read_user(s->payload + at + sizeof(*item) + filled, size, (void *)vector.base))
			break;
		filled += size;
	}
	item = (struct record_item *)(s->payload + at);
	item->kind = kind;
	item->arg = arg;
	item->size = filled;
	item->full_size = full_size;
	if (filled < full_size)
		p->flags |= RECORD_CALL_CUT;
	p->size = at + ((sizeof(*item) + filled + 7) & ~7u);
	p->items++;
}

static __always_inline __u64 call_arg(const struct record_call *record, __u32 arg)
{
	return record->args[arg < 6 ? arg : 5];
}

__noinline int add_item(struct scratch *s, struct payload *p, __u32 call, __u32 i)
{
	const volatile struct record_payload_row *row;
	__u32 kind, arg;
	__u64 address, size;
	__s64 result;

	if (!s || !p)
		return 0;
	i &= 3;
	asm volatile("" : "+r"(i)); /* or the compiler forgets what the verifier must see */
	if (i >= RECORD_ITEMS_MAX)
		return 0;
	row = &row_of(call)->payload[i];
	kind = row->kind;
	arg = row->arg;
	result = s->record.result;
	address = call_arg(&s->record, arg);
	if (!address && kind != RECORD_ITEM_COMMAND)
		return 0;
	switch (kind) {
	case RECORD_ITEM_PATH:
		add_path(s, p, arg, address);
		break;
	case RECORD_ITEM_IN:
		size = call_arg(&s->record, row->length_arg);
		if (result >= 0 && result < size)
			size = result;
		add_bytes(s, p, kind, arg, address, size, snap_length);
		break;
	case RECORD_ITEM_OUT:
		if (result > 0)
			add_bytes(s, p, kind, arg, address, result, snap_length);
		break;
	case RECORD_ITEM_VECTOR_IN:
	case RECORD_ITEM_VECTOR_OUT:
		if (result > 0)
			add_vector(s, p, kind, arg, address, call_arg(&s->record, row->length_arg), result);
		break;
	case RECORD_ITEM_MESSAGE_IN:
	case RECORD_ITEM_MESSAGE_OUT: {
		struct {
			__u64 name, name_size, vector, vectors;
		} message;

		if (result > 0 && !bpf_probe_read_user(&message, sizeof(message), (void *)address))
			add_vector(s, p, kind, arg, message.vector, message.vectors, result);
		break;
	}
	case RECORD_ITEM_ADDRESS_IN:
		add_bytes(s, p, kind, arg, address, call_arg(&s->record, row->length_arg) & 0xffff, 128);
		break;
	case RECORD_ITEM_ADDRESS_OUT: {
		__u32 length = 0;

		if (result >= 0 && !bpf_probe_read_user(&length, sizeof(length),
							(void *)call_arg(&s->record, row->length_arg)))
			add_bytes(s, p, kind, arg, address, length & 0xffff, 128);
		break;
	}
	case RECORD_ITEM_PAIR:
		if (result == 0)
			add_bytes(s, p, kind, arg, address, 8, 8);
		break;
	case RECORD_ITEM_COMMAND:
		if (result == 0) {
			struct mm_struct *mm = current_task()->mm;

			if (mm)
				add_bytes(s, p, kind, arg, mm->arg_start, mm->arg_end - mm->arg_start,
					  RECORD_PATH_MAX - 8);
		}
		break;
	}
	return 0;
}

static __always_inline void add_socket(struct scratch *s, struct payload *p, struct file *file)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1);
	struct record_socket *ends;
	struct record_item *item;
	struct socket *socket;
	struct sock *sk;
	__u16 family;

	if (at > PAYLOAD_LAST)
		return;
	socket = have_cast ? cast(get(file, private_data), struct socket) : get(file, private_data);
	sk = get(socket, sk);
	if (!sk)
		return;
	item = (struct record_item *)(s->payload + at);
	ends = (struct record_socket *)(item + 1);
	*(__u64 *)item = 0;
	item->kind = RECORD_ITEM_SOCKET;
	item->size = sizeof(*ends);
	item->full_size = sizeof(*ends);
	__builtin_memset(ends, 0, sizeof(*ends));
	family = get(sk, __sk_common.skc_family);
	ends->family = family;
	ends->type = get(sk, sk_type);
	ends->protocol = get(sk, sk_protocol);
	ends->state = get(sk, __sk_common.skc_state);
	if (family == AF_INET || family == AF_INET6) {
		ends->local_port = __builtin_bswap16(get(sk, __sk_common.skc_num));
		ends->remote_port = get(sk, __sk_common.skc_dport);
	}
	if (family == AF_INET) {
		*(__u32 *)ends->local = get(sk, __sk_common.skc_rcv_saddr);
		*(__u32 *)ends->remote = get(sk, __sk_common.skc_daddr);
	} else if (family == AF_INET6) {
		bpf_core_read(ends->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(ends->remote, 16, &sk->__sk_common.skc_v6_daddr);
	}
	p->size = at + sizeof(*item) + sizeof(*ends);
	p->items++;
}

/* ---- calls ---- */

/* Writes the record of a call whose arguments lie in the scratch of this CPU. */
__noinline int emit_call(__u32 call, __s64 result, __u64 enter_time, __u64 time, __u32 flags)
{
	struct task_struct *task = current_task();
	struct record_counters *c = counters_here();
	const volatile struct record_row *row = row_of(call);
	struct payload p = {};
	struct record_call *record;
	struct scratch *s;
	__u32 zero = 0, row_flags;
	void *ring;

	ring = ring_here(&call_rings);
	s = bpf_map_lookup_elem(&scratches, &zero);
	if (!ring || !s)
		return 0;
	record = &s->record;
	fill_header(&record->header, RECORD_CALL, task, time);
	record->enter_time = enter_time;
	record->result = result;
	record->call = call;
	record->fd = -1;
	record->file_inode = 0;
	record->file_dev = 0;
	record->file_mode = 0;
	p.flags = flags;
	row_flags = row->flags;
	if (row->items) {
		add_item(s, &p, call, 0);
		if (row->items > 1)
			add_item(s, &p, call, 1);
		if (row->items > 2)
			add_item(s, &p, call, 2);
	}
	if (row_flags & (RECORD_ROW_FD_ARG | RECORD_ROW_FD_RESULT)) {
		__s32 fd = row_flags & RECORD_ROW_FD_RESULT && result >= 0 ? result : (__s32)record->args[0];

		if (row_flags & RECORD_ROW_FD_ARG || result >= 0) {
			struct file *file = fd >= 0 ? file_of(task, fd) : NULL;

			record->fd = fd;
			if (file) {
				struct inode *inode = get(file, f_inode);

				record->file_inode = get(inode, i_ino);
				record->file_mode = get(inode, i_mode);
				if ((record->file_mode & S_IFMT) == S_IFSOCK) {
					if (row_flags & RECORD_ROW_SOCKET)
						add_socket(s, &p, file);
				} else {
					struct super_block *sb = get(inode, i_sb);

					record->file_dev = get(sb, s_dev);
				}
			}
		}
	}
	record->header.flags = p.flags;
	record->items = p.items;
	record->size = p.size;
	if (p.size > PAYLOAD_MAX - 8)
		return 0;
	if (bpf_ringbuf_output(ring, s, sizeof(*record) + p.size, wakeup(ring, ++c->calls, ring_bytes_calls)))
		c->lost[RECORD_LOSS_CALL_RING]++;
	return 0;
}

static __always_inline int record_call(struct pt_regs *regs, __u32 call, __s64 result, __u64 enter_time,
				       __u64 time, __u32 flags)
{
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&scratches, &zero);

	if (!s)
		return 0;
	s->record.args[0] = regs->di;
	s->record.args[1] = regs->si;
	s->record.args[2] = regs->dx;
	s->record.args[3] = regs->r10;
	s->record.args[4] = regs->r8;
	s->record.args[5] = regs->r9;
	return emit_call(call, result, enter_time, time, flags);
}

static __always_inline bool is_watched(__u32 pid)
{
	struct record_watch *w = &watch[pid & WATCH_MASK];

	return w->open || watch[w->root & WATCH_MASK].open;
}

static __always_inline int enter(struct pt_regs *regs, long id, const bool only_watched)
{
	struct task_struct *task = current_task();
	const volatile struct record_row *row;
	__u32 thread = task->pid, marker = 0;
	struct record_slot *slot = &slots[thread & (RECORD_SLOTS - 1)];
	struct record_slot value = {};

	if (id < 0 || id >= RECORD_CALLS)
		return 0;
	row = row_of(id);
	if (row->marker)
		marker = take_marker(regs->di, regs->si, regs->dx, id, row->marker);
	if (only_watched && !is_watched(task->tgid))
		return 0;
	if (task->tgid == own_process || task->thread_info.status & TS_COMPAT)
		return 0;
	if (row->flags & RECORD_ROW_NO_RETURN) {
		__u64 now = bpf_ktime_get_boot_ns();

		return record_call(regs, id, 0, now, now, RECORD_CALL_NO_RETURN);
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

static __always_inline int leave(struct pt_regs *regs, __s64 result, const bool only_watched)
{
	struct task_struct *task = current_task();
	__u32 thread = task->pid, call, flags = 0;
	struct record_slot *slot = &slots[thread & (RECORD_SLOTS - 1)];
	__u64 enter_time, now;

	if (only_watched && !is_watched(task->tgid) && slot->thread != thread)
		return 0;
	if (task->tgid == own_process)
		return 0;
	if (task->thread_info.status & TS_COMPAT) {
		lost(RECORD_LOSS_COMPAT);
		return 0;
	}
	if (slot->thread == thread) {
		call = slot->call;
		enter_time = slot->time;
		slot->thread = 0;
	} else {
		struct record_slot *other = bpf_map_lookup_elem(&crowded, &thread);

		if (other) {
			call = other->call;
			enter_time = other->time;
			bpf_map_delete_elem(&crowded, &thread);
		} else {
			/* Entered before the tracing began, or in the parent of a fork. */
			call = regs->orig_ax;
			enter_time = 0;
			flags = RECORD_CALL_NO_ENTER;
		}
	}
	if (call >= RECORD_CALLS)
		return 0;
	now = bpf_ktime_get_boot_ns();
	return record_call(regs, call, result, enter_time ? enter_time : now, now, flags);
}

/* ---- scope `spans`: sys_exit is not even attached ---- */

SEC("?tp_btf/sys_enter")
int BPF_PROG(on_sys_enter_spans, struct pt_regs *regs, long id)
{
	__u32 kind;

	if (id < 0 || id >= RECORD_CALLS)
		return 0;
	kind = row_of(id)->marker;
	if (kind)
		take_marker(regs->di, regs->si, regs->dx, id, kind);
	return 0;
}

/* ---- scope `inside` ---- */

SEC("?tp_btf/sys_enter")
int BPF_PROG(on_sys_enter_inside, struct pt_regs *regs, long id)
{
	return enter(regs, id, true);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(on_sys_exit_inside, struct pt_regs *regs, long result)
{
	return leave(regs, result, true);
}

/* ---- scope `all` ---- */

SEC("?tp_btf/sys_enter")
int BPF_PROG(on_sys_enter_all, struct pt_regs *regs, long id)
{
	return enter(regs, id, false);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(on_sys_exit_all, struct pt_regs *regs, long result)
{
	return leave(regs, result, false);
}

/* ---- the life of processes, in every scope ---- */

static __always_inline void *reserve_process_record(__u32 size)
{
	void *ring = ring_here(&marker_rings);
	void *record = ring ? bpf_ringbuf_reserve(ring, size, 0) : NULL;

	if (!record)
		lost(RECORD_LOSS_PROCESS_RING);
	return record;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct record_fork *record;

	if (child->tgid != parent->tgid) {
		__u32 slot = parent->tgid & WATCH_MASK;
		struct record_watch *from = &watch[slot], *to = &watch[child->tgid & WATCH_MASK];

		to->open = 0;
		to->root = from->open ? slot : from->root;
		seen[child->tgid & WATCH_MASK] = 0;
	}
	if (parent->tgid == own_process)
		return 0;
	record = reserve_process_record(sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_FORK, parent, bpf_ktime_get_boot_ns());
	record->child_tid = child->pid;
	record->child_pid = child->tgid;
	__builtin_memcpy(record->comm, child->comm, sizeof(record->comm));
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

#define COMMAND_MAX 1024

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_pid)
{
	struct mm_struct *mm = task->mm;
	struct record_exec *record;
	__u64 size = 0;

	record = reserve_process_record(sizeof(*record) + COMMAND_MAX);
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_EXEC, task, bpf_ktime_get_boot_ns());
	record->old_tid = old_pid;
	__builtin_memcpy(record->comm, task->comm, sizeof(record->comm));
	if (mm) {
		__u64 start = mm->arg_start;

		size = mm->arg_end - start;
		if (size > COMMAND_MAX)
			size = COMMAND_MAX;
		if (bpf_probe_read_user(record->command, size, (void *)start))
			size = 0;
	}
	record->size = size;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct record_slot *slot = &slots[task->pid & (RECORD_SLOTS - 1)];
	bool last = task->signal->live.counter == 0;
	struct record_exit *record;

	if (slot->thread == task->pid)
		slot->thread = 0;
	if (last) {
		watch[task->tgid & WATCH_MASK].open = 0;
		watch[task->tgid & WATCH_MASK].root = 0;
		seen[task->tgid & WATCH_MASK] = 0;
	}
	if (task->tgid == own_process)
		return 0;
	record = reserve_process_record(sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_EXIT, task, bpf_ktime_get_boot_ns());
	record->header.flags = last;
	record->code = task->exit_code;
	record->reserved = 0;
	fill_account(&record->account, task);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}
