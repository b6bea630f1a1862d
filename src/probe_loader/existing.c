/* What exists, from iterators in the kernel: an object of its own, which a kernel may refuse.
 *
 * Records are read many at once, into a buffer that is filled again only when all of it has been handed out. */
#include "existing.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "snapshot_private.h"

#include "bpf/existing.skel.h"

#define BUFFER (64u << 10)   /* more than the kernel gives at once */

struct existing {
	struct existing_bpf *object;
	struct bpf_link *descriptors, *usage;
	int error;               /* negative errno: it cannot be had; 0 */
	int fd;                  /* of the iterator that is being read; -1 none */
	char *buffer;
	size_t at, filled;       /* bytes of it that were handed out, that there are */
};

static int load(struct existing *existing, const char *btf_path, uint32_t own_process)
{
	LIBBPF_OPTS(bpf_object_open_opts, open, .btf_custom_path = btf_path);
	struct existing_bpf *object = existing->object = existing_bpf__open_opts(&open);
	int error;

	if (!object)
		return -errno;
	object->rodata->own_process = own_process;
	error = existing_bpf__load(object);
	if (error)
		return error;
	existing->descriptors = bpf_program__attach_iter(object->progs.each_descriptor, NULL);
	if (!existing->descriptors)
		return -errno;
	existing->usage = bpf_program__attach_iter(object->progs.each_usage, NULL);
	if (!existing->usage)
		return -errno;
	existing->buffer = malloc(BUFFER);
	return existing->buffer ? 0 : -ENOMEM;
}

struct existing *existing_new(const char *btf_path, uint32_t own_process)
{
	struct existing *existing = calloc(1, sizeof(*existing));

	if (!existing)
		return NULL;
	existing->fd = -1;
	existing->error = load(existing, btf_path, own_process);
	return existing;
}

void existing_free(struct existing *existing)
{
	if (!existing)
		return;
	if (existing->fd >= 0)
		close(existing->fd);
	bpf_link__destroy(existing->descriptors);
	bpf_link__destroy(existing->usage);
	existing_bpf__destroy(existing->object);
	free(existing->buffer);
	free(existing);
}

int existing_error(const struct existing *existing)
{
	return existing ? existing->error : -ENOMEM;
}

/* ---- reading ---- */

static int begin(struct existing *existing, const struct bpf_link *link)
{
	if (existing->fd >= 0)
		close(existing->fd);
	existing->at = existing->filled = 0;
	existing->fd = bpf_iter_create(bpf_link__fd(link));
	return existing->fd < 0 ? existing->fd : 0;
}

/* Adds what the kernel gives to what is left over: 1, 0 at the end, or a negative errno. */
static int fill(struct existing *existing)
{
	ssize_t size;

	existing->filled -= existing->at;
	memmove(existing->buffer, existing->buffer + existing->at, existing->filled);
	existing->at = 0;
	do {
		size = read(existing->fd, existing->buffer + existing->filled, BUFFER - existing->filled);
	} while (size < 0 && (errno == EAGAIN || errno == EINTR)); /* it looked at many and found none yet */
	if (size < 0)
		return -errno;
	existing->filled += size;
	return size > 0;
}

/* The next record that is there as a whole, which begins with its size; NULL if the buffer has none. */
static void *next_record(struct existing *existing, size_t least)
{
	size_t left = existing->filled - existing->at;
	void *record = existing->buffer + existing->at;
	uint32_t size;

	if (left < least)
		return NULL;
	memcpy(&size, record, sizeof(size));
	if (size < least || size > left)
		return NULL;
	existing->at += size;
	return record;
}

/* ---- descriptors ---- */

int existing_begin_descriptors(struct existing *existing)
{
	return existing->error ? existing->error : begin(existing, existing->descriptors);
}

bool existing_has_descriptor(const struct existing *existing)
{
	return existing->filled - existing->at >= sizeof(struct record_file);
}

/* A path as /proc/net/unix shows it: an abstract one begins with a NUL, and each of its NULs becomes an at sign. */
static size_t unix_path(char *path, size_t size)
{
	size -= size && path[0];
	for (size_t i = 0; i < size; i++)
		if (!path[i])
			path[i] = '@';
	return size;
}

static void describe(const struct record_file *record, const char *path, struct fd *description)
{
	const struct record_socket *ends = &record->socket;

	*description = (struct fd){
		.num = record->num,
		.type = snapshot_fd_type(path, record->path_size, record->mode),
		.inode = record->inode,
		.dev = record->dev,
		.has_socket = ends->family,
		.socket = {
			.family = ends->family, .type = ends->type, .protocol = ends->protocol, .state = ends->state,
			.local_port = ends->local_port, .remote_port = ends->remote_port,
		},
	};
	memcpy(description->socket.local, ends->local, sizeof(ends->local));
	memcpy(description->socket.remote, ends->remote, sizeof(ends->remote));
}

int existing_next_descriptor(struct existing *existing, struct existing_descriptor *descriptor)
{
	struct record_file record;
	char *found = next_record(existing, sizeof(record)), *name;

	if (!found)
		return 0;
	memcpy(&record, found, sizeof(record));
	name = found + sizeof(record);
	if (record.size != sizeof(record) + record.path_size + record.socket_size)
		return -EIO;
	describe(&record, name, &descriptor->description);
	descriptor->pid = record.pid;
	descriptor->name = name;
	descriptor->name_size = record.path_size;
	if (record.socket_size) {
		descriptor->name = name + record.path_size;
		descriptor->name_size = unix_path(name + record.path_size, record.socket_size);
	}
	return 1;
}

int existing_more_descriptors(struct existing *existing)
{
	int found = fill(existing);

	/* a rest that is no record is none of the kernel's */
	return found || existing->at == existing->filled ? found : -EIO;
}

/* ---- what threads have used ---- */

void existing_times(const struct record_times *times, uint64_t *user, uint64_t *system)
{
	/* as the kernel itself does where there was no tick */
	*system = times->system ? (uint64_t)((double)times->ns * ((double)times->system / ((double)times->user + (double)times->system))) :
				  0;
	if (*system > times->ns)
		*system = times->ns;
	*user = times->ns - *system;
}

static void take_usage(const struct record_usage *record, uint64_t page,
		       void (*take)(void *context, const struct thread_usage *usage), void *context)
{
	struct thread_usage usage = {
		.tid = record->tid, .pid = record->pid,
		.faults_minor = record->faults_minor, .faults_major = record->faults_major,
		.vm_size = record->vm_pages * page, .vm_rss = record->rss_pages * page,
	};

	existing_times(&record->times, &usage.cpu_user, &usage.cpu_system);
	take(context, &usage);
}

int existing_read_usage(struct existing *existing, void (*take)(void *context, const struct thread_usage *usage), void *context)
{
	struct record_usage records[256];
	int fd = bpf_iter_create(bpf_link__fd(existing->usage));
	uint64_t page = sysconf(_SC_PAGESIZE);
	bool told = false;
	ssize_t size;

	if (fd < 0)
		return fd;
	/* of records of one size as many are given as have room */
	while ((size = read(fd, records, sizeof(records))) > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR))) {
		told |= size > 0;
		for (ssize_t i = 0; i < size / (ssize_t)sizeof(records[0]); i++)
			take_usage(&records[i], page, take, context);
	}
	close(fd);
	/* who was told of some is not told of them twice */
	return size < 0 && !told ? -EIO : 0;
}
