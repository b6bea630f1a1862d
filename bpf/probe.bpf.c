/* The probe: markers, system calls and the life of processes, from raw tracepoints into rings.
 *
 * Markers are recognised on sys_enter, by the file's device number, and have rings of their own. A
 * system call makes one record, on sys_exit, with the time of its enter, which waits in a slot found by the low bits of the
 * thread id. What to copy of a call is a row of `rows`, filled by user space. Which programs are
 * attached decides the scope; the others cost nothing. No record wakes the reader, but every 256th looks whether its
 * ring is a quarter full. */
#include "call.h"
#include "events.h"

char LICENSE[] SEC("license") = "GPL";

/* ---- scope `spans`: sys_exit is not even attached ---- */

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter_spans, struct pt_regs *regs, long id)
{
	__u32 kind;

	if (active != RECORD_SCOPE_SPANS || id < 0 || id >= RECORD_CALLS)
		return 0;
	kind = row_of(id)->marker;
	if (kind)
		marker_of_call(current_task(), regs, kind, RECORD_SCOPE_SPANS);
	return 0;
}

/* Better: the functions that the device itself (and /dev/zero) writes with. Then other calls cost nothing, other
 * writes neither. Loaded where the kernel lets programs enter its functions. */

SEC("?fentry/write_null")
int BPF_PROG(on_write_null, struct file *file, const char *buffer, __u64 size)
{
	if (is_null(file))
		take_written((__u64)buffer, size, 1);
	return 0;
}

static __always_inline bool has_type(struct iov_iter *from, __u32 type)
{
	if (bpf_core_field_exists(from->iter_type))
		return BPF_CORE_READ(from, iter_type) == type;
	return (BPF_CORE_READ((struct iov_iter___5_13 *)from, type) & ~1u) == type;
}

static __always_inline const struct iovec *vectors_of(struct iov_iter *from)
{
	if (bpf_core_field_exists(from->__iov))
		return BPF_CORE_READ(from, __iov);
	return BPF_CORE_READ((struct iov_iter___6_3 *)from, iov);
}

/* writev. What is written asynchronously is no call that writes a marker. */
SEC("?fentry/write_iter_null")
int BPF_PROG(on_write_iter_null, struct kiocb *control, struct iov_iter *from)
{
	if (get(control, ki_complete) || !is_null(get(control, ki_filp)))
		return 0;
	if (bpf_core_enum_value_exists(enum iter_type, ITER_UBUF) &&
	    has_type(from, bpf_core_enum_value(enum iter_type, ITER_UBUF)))
		take_written((__u64)BPF_CORE_READ(from, ubuf), BPF_CORE_READ(from, count), 1);
	else if (has_type(from, bpf_core_enum_value(enum iter_type, ITER_IOVEC)))
		take_written((__u64)vectors_of(from), BPF_CORE_READ(from, nr_segs), 2);
	return 0;
}

/* ---- scopes `inside` and `all`: one pair of programs, since each takes a while to load ---- */

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long id)
{
	return enter(regs, id);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long result)
{
	return leave(regs, result);
}

/* ---- the life of processes, in every scope ---- */

static __always_inline bool is_of_interest(struct task_struct *task)
{
	return active == RECORD_SCOPE_ALL || is_watched(task->tgid);
}

/* A number of the thread or process, in the namespace that it was made in. */
static __always_inline __s32 inner_number(struct pid *pid)
{
	__u32 level = pid ? BPF_CORE_READ(pid, level) : 0;
	__s32 number = 0;

	if (pid && level < 64)
		bpf_core_read(&number, sizeof(number), (void *)&pid->numbers[0].nr + level * bpf_core_type_size(struct upid));
	return number;
}

enum { ID_PROCESS = 1, ID_GROUP = 2, ID_SESSION = 3 };
#define LIMIT_OF_DESCRIPTORS 7

static __always_inline __s32 terminal_of(struct signal_struct *signal)
{
	struct tty_struct *tty = BPF_CORE_READ(signal, tty);
	struct tty_driver *driver;
	__u32 minor;

	if (!tty)
		return 0;
	driver = BPF_CORE_READ(tty, driver);
	minor = BPF_CORE_READ(driver, minor_start) + BPF_CORE_READ(tty, index);
	return (minor & 0xff) | (__u32)BPF_CORE_READ(driver, major) << 8 | (minor & ~0xffu) << 12;
}

static __always_inline void identify(struct record_identity *identity, struct task_struct *task)
{
	struct signal_struct *signal = BPF_CORE_READ(task, signal);

	identity->tid = inner_number(BPF_CORE_READ(task, thread_pid));
	identity->pid = inner_number(BPF_CORE_READ(signal, pids[ID_PROCESS]));
	identity->group = inner_number(BPF_CORE_READ(signal, pids[ID_GROUP]));
	identity->session = inner_number(BPF_CORE_READ(signal, pids[ID_SESSION]));
	identity->uid = BPF_CORE_READ(task, cred, euid.val);
	identity->gid = BPF_CORE_READ(task, cred, egid.val);
	identity->login_uid = ~0u;
	if (bpf_core_field_exists(task->loginuid))
		identity->login_uid = BPF_CORE_READ(task, loginuid.val);
	identity->terminal = terminal_of(signal);
	identity->fd_limit = BPF_CORE_READ(signal, rlim[LIMIT_OF_DESCRIPTORS].rlim_cur);
	identity->exe_writable = 0;
	identity->reserved = 0;
}

/* Whether whom the program runs as may write its file. */
static __always_inline bool may_write(const struct record_identity *identity, struct linux_binprm *binary)
{
	struct inode *inode = BPF_CORE_READ(binary, file, f_inode);
	__u32 mode = BPF_CORE_READ(inode, i_mode);

	if (!identity->uid || BPF_CORE_READ(inode, i_uid.val) == identity->uid)
		return true;
	return mode & 0002 || (mode & 0020 && BPF_CORE_READ(inode, i_gid.val) == identity->gid);
}

/* Of what spantop itself starts no record tells that it was forked. */
static __always_inline bool inherits(struct task_struct *parent)
{
	if (filter.flags & RECORD_FILTER_CONTAINERS && parent->tgid == own_process)
		return true;
	return filter.flags & (RECORD_FILTER_DESCENDANTS | RECORD_FILTER_CONTAINERS) && is_wanted(parent);
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
		if (inherits(parent))
			want(child->tgid);
	}
	if (parent->tgid == own_process)
		return 0;
	record = reserve_process_record(sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_FORK, parent, bpf_ktime_get_boot_ns());
	record->header.flags = is_of_interest(parent) ? 0 : RECORD_PROCESS_QUIET;
	record->child_tid = child->pid;
	record->child_pid = child->tgid;
	__builtin_memcpy(record->comm, child->comm, sizeof(record->comm));
	identify(&record->identity, child);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	if (child->tgid != parent->tgid)
		record_birth_cgroup(parent, child);
	return 0;
}

#define COMMAND_MAX 1024

/* execve of a thread that is not the main one: it goes on under the main thread's id. */
static __always_inline void move_slot(__u32 from_thread, __u32 to_thread)
{
	struct record_slot *from = &slots[from_thread & (RECORD_SLOTS - 1)];
	struct record_slot *to = &slots[to_thread & (RECORD_SLOTS - 1)];

	if (from->thread != from_thread)
		return;
	if (to->thread == 0 || to->thread == to_thread) {
		to->thread = to_thread;
		to->call = from->call;
		to->time = from->time;
	}
	from->thread = 0;
}

/* What was not seen when it entered, and what goes on under another thread's id. */
static __always_inline void complete_program(struct linux_binprm *given, __u32 from_thread, __u32 to_thread)
{
	struct record_program *program = bpf_map_lookup_elem(&programs, &from_thread), *copy;
	struct linux_binprm *binary = have_cast ? cast(given, struct linux_binprm) : given;
	const char *path = get(binary, filename);
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&scratches, &zero);

	if (!s || (program && program->is_read && from_thread == to_thread))
		return;
	copy = &s->program;
	if (program) {
		bpf_probe_read_kernel(copy, sizeof(*copy), program);
		bpf_map_delete_elem(&programs, &from_thread);
	} else {
		__builtin_memset(copy->args, 0, sizeof(copy->args));
		copy->is_read = 0;
	}
	if (!copy->is_read)
		bpf_probe_read_kernel_str(copy->path, sizeof(copy->path), path);
	bpf_map_update_elem(&programs, &to_thread, copy, BPF_ANY);
}

/* Which descriptors the new program has: nobody else tells which ones execve closed. */
static __always_inline void fill_files(struct record_exec *record)
{
	struct fdtable *table = current_task()->files->fdt;
	__u32 max = table->max_fds, size = max / 8;

	if (size > sizeof(record->files))
		size = sizeof(record->files);
	record->files_max = bpf_probe_read_kernel(record->files, size, table->open_fds) ? 0 : max;
	record->reserved = 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *binary)
{
	struct mm_struct *mm = task->mm;
	struct record_exec *record;
	__u64 size = 0;

	if (old_pid != task->pid)
		move_slot(old_pid, task->pid);
	if (filter.command && task->tgid == filter.command)
		want(task->tgid);
	if (active != RECORD_SCOPE_SPANS && task->tgid != own_process && is_of_interest(task) && is_wanted(task))
		complete_program(binary, old_pid, task->pid);
	record = reserve_process_record(sizeof(*record) + COMMAND_MAX);
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_EXEC, task, bpf_ktime_get_boot_ns());
	record->header.flags = is_of_interest(task) ? 0 : RECORD_PROCESS_QUIET;
	record->old_tid = old_pid;
	identify(&record->identity, task);
	record->identity.exe_writable = may_write(&record->identity, binary);
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
	fill_files(record);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct record_slot *slot = &slots[task->pid & (RECORD_SLOTS - 1)];
	bool last = task->signal->live.counter == 0, interest = is_of_interest(task);
	struct record_exit *record;

	if (slot->thread == task->pid)
		slot->thread = 0;
	if (last) {
		/* its root stays: children that live on still work for that one */
		watch[task->tgid & WATCH_MASK].open = 0;
		seen[task->tgid & WATCH_MASK] = 0;
		if (filter.flags & (RECORD_FILTER_DESCENDANTS | RECORD_FILTER_CONTAINERS))
			want_no_more(task->tgid);
	}
	if (task->tgid == own_process)
		return 0;
	record = reserve_process_record(sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_EXIT, task, bpf_ktime_get_boot_ns());
	record->header.flags = last ? RECORD_PROCESS_LAST : 0;
	if (!interest)
		record->header.flags |= RECORD_PROCESS_QUIET;
	record->code = task->exit_code;
	record->reserved = 0;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

/* Long after its exit, whose own work counts, too: nothing runs under this id any more, and what runs here is another. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(on_free, struct task_struct *task)
{
	struct record_used *record;

	if (active != RECORD_SCOPE_ALL || task->tgid == own_process)
		return 0;
	record = reserve_process_record(sizeof(*record));
	if (!record)
		return 0;
	fill_header(&record->header, RECORD_USED, task, bpf_ktime_get_boot_ns());
	take_times(&record->times, task);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}
