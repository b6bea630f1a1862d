/* What exists: all descriptors of the machine, one record each; and all threads, with what they have used.
 *
 * An object of its own: a kernel that refuses it has /proc read instead. It runs only when it is read. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "usage.h"

#define S_IFMT 0170000
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define S_IFSOCK 0140000
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define NAME_MAX_BYTES 4096
#define UNIX_PATH_MAX 108
#define FAMILY_BYTES 2             /* of an address before its path */

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 own_process;  /* never shown */

/* Who reads is alone: one reader, one record at a time. */
struct {
	struct record_file record;
	char name[NAME_MAX_BYTES + 128];
} file_scratch;

static __always_inline void take_ends(struct record_socket *ends, struct sock *sk)
{
	ends->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	ends->type = BPF_CORE_READ(sk, sk_type);
	ends->protocol = BPF_CORE_READ(sk, sk_protocol);
	if (ends->family == AF_UNIX || ends->family == AF_INET || ends->family == AF_INET6)
		ends->state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (ends->family == AF_INET || ends->family == AF_INET6) {
		ends->local_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_num));
		ends->remote_port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	}
	if (ends->family == AF_INET) {
		*(__u32 *)ends->local = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		*(__u32 *)ends->remote = BPF_CORE_READ(sk, __sk_common.skc_daddr);
	} else if (ends->family == AF_INET6) {
		bpf_core_read(ends->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(ends->remote, 16, &sk->__sk_common.skc_v6_daddr);
	}
}

/* The path that a unix socket is bound to, put behind what is there already; its size. */
static __always_inline __u32 take_unix_path(struct sock *sk, __u32 at)
{
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)sk, addr);
	__s32 size = address ? BPF_CORE_READ(address, len) - FAMILY_BYTES : 0;

	if (size <= 0 || size > UNIX_PATH_MAX || at > NAME_MAX_BYTES)
		return 0;
	return bpf_core_read(file_scratch.name + at, size & 127, &address->name[0].sun_path) ? 0 : size;
}

static __always_inline void take_socket(struct record_file *record, struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	/* none: the file of a unix socket, opened as a path */
	struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : 0;

	if (!sk)
		return;
	take_ends(&record->socket, sk);
	if (record->socket.family == AF_UNIX)
		record->socket_size = take_unix_path(sk, record->path_size);
}

SEC("iter/task_file")
int each_descriptor(struct bpf_iter__task_file *context)
{
	struct record_file *record = &file_scratch.record;
	struct task_struct *task = context->task;
	struct file *file = context->file;
	__u32 type, size;
	long length;

	/* threads that have descriptors apart are not told of by /proc either */
	if (!task || !file || task->tgid == own_process || task->pid != task->tgid)
		return 0;
	__builtin_memset(record, 0, sizeof(*record));
	record->pid = task->tgid;
	record->num = context->fd;
	record->inode = BPF_CORE_READ(file, f_inode, i_ino);
	record->mode = BPF_CORE_READ(file, f_inode, i_mode);
	type = record->mode & S_IFMT;
	record->dev = type == S_IFCHR || type == S_IFBLK ? BPF_CORE_READ(file, f_inode, i_rdev) :
							  BPF_CORE_READ(file, f_inode, i_sb, s_dev);
	length = bpf_d_path(&file->f_path, file_scratch.name, NAME_MAX_BYTES);
	/* its NUL does not count */
	record->path_size = length > 1 && length <= NAME_MAX_BYTES ? length - 1 : 0;
	if (type == S_IFSOCK)
		take_socket(record, file);
	size = sizeof(*record) + record->path_size + record->socket_size;
	record->size = size;
	if (size <= sizeof(file_scratch))
		bpf_seq_write(context->meta->seq, &file_scratch, size);
	return 0;
}

SEC("iter/task")
int each_usage(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct record_usage record = {};
	struct mm_struct *mm;

	if (!task || task->tgid == own_process)
		return 0;
	record.tid = task->pid;
	record.pid = task->tgid;
	take_times(&record.times, task);
	record.faults_minor = task->min_flt;
	record.faults_major = task->maj_flt;
	mm = task->mm;
	if (mm) {
		record.vm_pages = BPF_CORE_READ(mm, total_vm);
		record.rss_pages = pages_of(mm, FILE_PAGES) + pages_of(mm, ANONYMOUS_PAGES) + pages_of(mm, SHARED_PAGES);
	}
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}
