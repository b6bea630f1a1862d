/* Tables, rings and small helpers that all programs of the probe use. */
#ifndef PROBE_SHARED_H
#define PROBE_SHARED_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "records.h"

#define NULL_DEVICE ((1u << 20) | 3)
#define S_IFMT 0170000
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define S_IFSOCK 0140000
#define FMODE_WRITE 2u
#define TS_COMPAT 2u
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define WATCH_MASK (RECORD_WATCH_SLOTS - 1)
#define NO_CALL 0xffff
#define EEXIST 17
#define PAYLOAD_MAX 16384          /* room for items; an item starts below PAYLOAD_LAST */
#define PAYLOAD_LAST 8448

#define VECTORS_MAX 8              /* of an array of buffers, that are looked at */

/* struct iovec of user space */
struct user_vector {
	__u64 base, size;
};

/* ---- set by user space before loading ---- */
const volatile __u32 own_process;          /* never traced */
const volatile bool have_cast;             /* bpf_rdonly_cast exists */
const volatile __u32 ring_bytes_calls, ring_bytes_markers;
const volatile struct record_row rows[RECORD_CALLS];
const volatile struct record_filter filter;

/* ---- shared with user space while running ---- */
volatile __u32 snap_length = 80;           /* at most RECORD_BUFFER_MAX */
struct record_counters counters[RECORD_CPUS_MAX];
struct record_watch watch[RECORD_WATCH_SLOTS];
__u8 seen[RECORD_WATCH_SLOTS];             /* processes that wrote a marker before */
__u32 active;                              /* enum record_scope */
struct record_slot slots[RECORD_SLOTS];
__u32 wanted[RECORD_WANTED_SLOTS];         /* found by the low bits of a process id: how many of each are wanted */

__u32 undecided;                           /* which processes are wanted is not known yet: all are */

/* Threads whose slot is taken by another that is in a call too. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct record_slot);
} crowded SEC(".maps");

/* Those processes that `wanted` counts and will count no more when they end. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RECORD_WANTED_PROCESSES);
	__type(key, __u32);
	__type(value, __u64);    /* since when: ns, CLOCK_BOOTTIME */
} wanted_processes SEC(".maps");

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

/* Threads that are in execve; some of them are never seen again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct record_program);
} programs SEC(".maps");

/* What the kernel changes of what threads gave to the calls that they are in. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct record_kept);
} kept SEC(".maps");

struct scratch {
	struct record_call record;
	char payload[PAYLOAD_MAX];
	struct user_vector vectors[VECTORS_MAX];
	struct record_program program;
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

/* Whether the filter looks at what this process does. Ids that share their low bits pass together. */
static __always_inline bool is_wanted(const struct task_struct *task)
{
	if (!(filter.flags & RECORD_FILTER_PROCESS) || wanted[task->tgid & (RECORD_WANTED_SLOTS - 1)])
		return true;
	return filter.flags & RECORD_FILTER_CONTAINERS && undecided;
}

/* Markers are taken of all, since spans may begin in one process and end in another; but when a tree of processes is
 * followed, of that one alone. */
static __always_inline bool is_wanted_marker(const struct task_struct *task)
{
	return !(filter.flags & RECORD_FILTER_DESCENDANTS) || is_wanted(task);
}

/* Whether it looks at a call, given by the flags of its row. */
static __always_inline bool is_wanted_call(const struct task_struct *task, __u32 row_flags)
{
	if (row_flags & RECORD_ROW_UNWANTED)
		return false;
	if (!(filter.flags & RECORD_FILTER_THREAD) || task->pid == filter.tid)
		return true;
	return row_flags & RECORD_ROW_STATE && (!filter.tid_process || task->tgid == filter.tid_process);
}

/* From now on this process is wanted. One that finds no room in the table stays wanted beyond its end. */
static __always_inline void want(__u32 pid)
{
	__u64 value = bpf_ktime_get_boot_ns();

	if (bpf_map_update_elem(&wanted_processes, &pid, &value, BPF_NOEXIST) != -EEXIST)
		__sync_fetch_and_add(&wanted[pid & (RECORD_WANTED_SLOTS - 1)], 1);
}

static __always_inline void want_no_more(__u32 pid)
{
	/* another one with the same low bits ends without a change */
	if (!bpf_map_delete_elem(&wanted_processes, &pid))
		__sync_fetch_and_add(&wanted[pid & (RECORD_WANTED_SLOTS - 1)], -1);
}

/* Whether it looks at a call that returned. */
static __always_inline bool is_wanted_result(__u32 row_flags, __s64 result, __u64 nanoseconds)
{
	if (row_flags & RECORD_ROW_STATE)
		return true;
	if (filter.flags & RECORD_FILTER_FAILED && result >= 0)
		return false;
	return !(filter.flags & RECORD_FILTER_SLOW) || nanoseconds >= filter.at_least;
}

#define WATCH_LEVELS 8   /* ancestors that are asked */

/* Whether the process has an open span, or works for an ancestor that has. */
static __always_inline bool is_watched(__u32 pid)
{
	struct record_watch *w = &watch[pid & WATCH_MASK];

	for (int i = 0; i < WATCH_LEVELS; i++) {
		if (w->open)
			return true;
		if (!w->root)
			return false;
		w = &watch[w->root & WATCH_MASK];
	}
	return false;
}

#endif
