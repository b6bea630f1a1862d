/* The system calls that have not returned, of all threads, from an iterator in the kernel.
 *
 * A thread that entered its call while the probe saw calls has the time in a slot. Of one that was in it before, the
 * kernel says when it last ran: it cannot have entered a call after that. */
#include "probe_private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../engine/calls.h"
#include "bpf/task_calls.skel.h"

#define RECORDS 256                       /* read at once */
#define PAYLOAD (2 * (RECORD_PATH_MAX + 8)) /* two paths */

struct task_calls {
	struct task_calls_bpf *object;
	struct bpf_link *link;
	int error;                /* negative errno: it cannot be loaded; 0 */
	struct record_task records[RECORDS];
	char payload[PAYLOAD];    /* of the call at hand: items as in bpf/records.h */
	size_t payload_size;
	unsigned items;
};

/* ---- the program, loaded at its first use ---- */

static int load(struct task_calls *task_calls, const struct probe *probe)
{
	LIBBPF_OPTS(bpf_object_open_opts, open, .btf_custom_path = probe->btf_path);
	struct task_calls_bpf *object = task_calls->object = task_calls_bpf__open_opts(&open);
	int error;

	if (!object)
		return -errno;
	object->rodata->own_process = probe->features.own_process;
	error = task_calls_bpf__load(object);
	if (error)
		return error;
	task_calls->link = bpf_program__attach_iter(object->progs.each_task, NULL);
	return task_calls->link ? 0 : -errno;
}

static struct task_calls *task_calls_of(struct probe *probe)
{
	if (!probe->task_calls) {
		probe->task_calls = calloc(1, sizeof(*probe->task_calls));
		if (probe->task_calls)
			probe->task_calls->error = load(probe->task_calls, probe);
	}
	return probe->task_calls;
}

void task_calls_free(struct task_calls *task_calls)
{
	if (!task_calls)
		return;
	bpf_link__destroy(task_calls->link);
	task_calls_bpf__destroy(task_calls->object);
	free(task_calls);
}

/* ---- what calls point at ---- */

/* Copies from the process up to the end of a text (if it is one) or of what can be read, as one more item. */
static void add_item(struct task_calls *task_calls, uint32_t pid, const struct record_payload_row *row, uint64_t address,
		     size_t size)
{
	struct record_item item = { .kind = row->kind, .arg = row->arg };
	char *at = task_calls->payload + task_calls->payload_size;
	struct iovec to = { at + sizeof(item), size }, from = { (void *)address, size };
	size_t room = sizeof(task_calls->payload) - task_calls->payload_size, most;
	ssize_t length;

	if (!address || !size || room < sizeof(item) + size + 7)
		return;
	/* a page that is not there ends what can be read, and a text may end just before */
	most = sysconf(_SC_PAGESIZE) - address % sysconf(_SC_PAGESIZE);
	length = process_vm_readv(pid, &to, 1, &from, 1, 0);
	if (length < 0 && size > most) {
		to.iov_len = from.iov_len = most;
		length = process_vm_readv(pid, &to, 1, &from, 1, 0);
	}
	if (length <= 0)
		return;
	if (row->kind == RECORD_ITEM_PATH)
		length = strnlen(to.iov_base, length);
	item.size = item.full_size = length;
	memcpy(at, &item, sizeof(item));
	task_calls->payload_size += (sizeof(item) + length + 7) & ~7u;
	task_calls->items++;
}

/* What one argument of a call points at, as the call was given it; size 0: that is nothing, or cannot be known yet. */
static struct record_payload_row given(const struct record_row *row, unsigned i, const uint64_t *args, size_t *size)
{
	struct record_payload_row payload = row->payload[i];
	uint64_t length = args[payload.length_arg % 6];

	*size = 0;
	switch (payload.kind) {
	case RECORD_ITEM_PROGRAM:
		payload.kind = RECORD_ITEM_PATH;
		/* fall through */
	case RECORD_ITEM_PATH:
		*size = RECORD_PATH_MAX - 8;
		break;
	case RECORD_ITEM_ADDRESS_IN:
		*size = length < 128 ? length : 128;
		break;
	case RECORD_ITEM_KEPT:
		payload.kind = RECORD_ITEM_FIXED_IN;
		/* fall through */
	case RECORD_ITEM_FIXED_IN:
		*size = payload.unit;
		break;
	case RECORD_ITEM_ARRAY_IN:
		length = (uint32_t)length * (uint64_t)payload.unit;
		*size = length < RECORD_ARRAY_MAX ? length : RECORD_ARRAY_MAX;
		break;
	}
	return payload;
}

/* The paths, addresses, intervals and lists that the call was given: what it waits for. */
static void fill_payload(const struct probe *probe, const struct record_task *record)
{
	const struct record_row *row = &call_find(record->call)->row;
	struct task_calls *task_calls = probe->task_calls;
	unsigned items = call_is_compat(record->call) ? 0 : row->items;

	task_calls->payload_size = task_calls->items = 0;
	for (unsigned i = 0; i < items && probe->features.same_ids; i++) {
		size_t size;
		struct record_payload_row payload = given(row, i, record->args, &size);

		add_item(task_calls, record->pid, &payload, record->args[payload.arg % 6], size);
	}
}

/* The one descriptor that a poll waits for; -1: there are more, or it is no poll. */
static int32_t polled(const struct probe *probe, const struct record_task *record)
{
	struct pollfd polled;
	struct iovec to = { &polled, sizeof(polled) }, from = { (void *)record->args[0], sizeof(polled) };

	if ((record->call != SYS_poll && record->call != SYS_ppoll) || record->args[1] != 1 || !probe->features.same_ids ||
	    process_vm_readv(record->pid, &to, 1, &from, 1, 0) != sizeof(polled))
		return -1;
	return polled.fd;
}

/* ---- since when ---- */

/* When the thread entered the call, ns of CLOCK_BOOTTIME, as far as the probe saw it; else 0. */
static uint64_t entered(struct probe *probe, const struct record_task *record)
{
	struct record_slot slot = probe->object->bss->slots[record->tid & (RECORD_SLOTS - 1)];

	if (slot.thread != record->tid &&
	    (!slot.thread || bpf_map_lookup_elem(bpf_map__fd(probe->object->maps.crowded), &record->tid, &slot)))
		return 0;
	return slot.call == record->call ? slot.time : 0;
}

/* False if it is in no call any more, as far as can be told. */
static bool from_task(struct probe *probe, const struct record_task *record, struct pending_call *call)
{
	struct task_calls *task_calls = probe->task_calls;
	uint64_t time = entered(probe, record);

	/* meanwhile it has entered another */
	if (time > record->time || (!time && record->flags & RECORD_TASK_RUNS) || record->call >= RECORD_CALL_NUMBERS)
		return false;
	fill_payload(probe, record);
	*call = (struct pending_call){
		.tid = record->tid,
		.pid = record->pid,
		.call = record->call,
		.fd = polled(probe, record),
		.since = (time ? time : record->time - record->slept) + probe->epoch,
		.time = record->time + probe->epoch,
		.is_exact = time,
		.runs = record->flags & RECORD_TASK_RUNS,
		.in_disk_wait = record->flags & RECORD_TASK_DISK,
		.args = record->args,
		.comm = record->comm,
		.payload = task_calls->payload,
		.payload_size = task_calls->payload_size,
		.items = task_calls->items,
	};
	return true;
}

/* ---- reading ---- */

int task_calls_read(struct probe *probe, void (*take)(void *context, const struct pending_call *call), void *context)
{
	struct task_calls *task_calls = task_calls_of(probe);
	ssize_t size;
	int fd;

	if (!task_calls)
		return -ENOMEM;
	if (task_calls->error)
		return task_calls->error;
	fd = bpf_iter_create(bpf_link__fd(task_calls->link));
	if (fd < 0)
		return fd;
	while ((size = read(fd, task_calls->records, sizeof(task_calls->records))) > 0 || (size < 0 && errno == EAGAIN)) {
		for (ssize_t i = 0; i < size / (ssize_t)sizeof(struct record_task); i++) {
			struct pending_call call;

			if (from_task(probe, &task_calls->records[i], &call))
				take(context, &call);
		}
	}
	close(fd);
	return size < 0 ? -EIO : 0;
}
