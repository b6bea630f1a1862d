/* The live source: records of all rings, merged in order of time, as inputs of the engine.
 *
 * Each pass fixes a horizon a little in the past. Records are stamped before they are
 * finished, but never long before, so all that is older than the horizon is there, and rings, each of which is in
 * order, can be merged without surprises. Inputs point into the rings; what was handed out
 * is given back to the kernel at the next call. */
#include "probe_private.h"

#include "existing.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../engine/event.h"
#include "../engine/marker.h"

#define HORIZON_NS 1000000ull             /* how long a record may take from its stamp to its end */
#define TEXT_MAX (256u << 10)             /* fetched markers of one batch */
#define TWICE_NS 10000000ull              /* between two records of one write, whose thread may have waited for a CPU */

static void look_ahead(struct live_ring *live, uint64_t horizon)
{
	uint32_t size;
	const struct record_header *head = ring_peek(&live->ring, &size);

	live->head = head && head->time <= horizon ? head : NULL;
}

/* A new horizon, and the first record of each ring before it. */
static void refresh(struct probe *probe)
{
	struct epoll_event events[16];

	/* Edges are taken so that the outer poll sleeps until the next. */
	while (epoll_wait(probe->epoll, events, 16, 0) == 16)
		;
	probe->horizon = probe_clock(CLOCK_BOOTTIME) - HORIZON_NS;
	for (size_t i = 0; i < probe->nrings; i++) {
		ring_refresh(&probe->rings[i].ring);
		look_ahead(&probe->rings[i], probe->horizon);
	}
}

static void give_back(struct probe *probe)
{
	for (size_t i = 0; i < probe->nrings; i++)
		ring_release(&probe->rings[i].ring);
	while (probe->nmoved)
		want_process_decided(probe, probe->moved[--probe->nmoved]);
	probe->text_used = 0;
}

/* The ring whose record is the oldest; *second is the time up to which it stays so. */
static struct live_ring *oldest(struct probe *probe, uint64_t *second)
{
	struct live_ring *best = NULL;

	*second = UINT64_MAX;
	for (size_t i = 0; i < probe->nrings; i++) {
		struct live_ring *live = &probe->rings[i];

		if (!live->head)
			continue;
		if (!best || live->head->time < best->head->time) {
			if (best)
				*second = best->head->time;
			best = live;
		} else if (live->head->time < *second) {
			*second = live->head->time;
		}
	}
	return best;
}

/* The text of a marker whose page was not present when it was written: a constant that nobody had touched yet, so
 * it is still what it was. */
static bool fetch_text(struct probe *probe, const struct record_marker *record, struct input *input)
{
	struct iovec to, from = { (void *)record->address, record->full_size };
	ssize_t size;

	if (from.iov_len > RECORD_MARKER_MAX)
		from.iov_len = RECORD_MARKER_MAX;
	if (!probe->text)
		probe->text = malloc(TEXT_MAX);
	if (!probe->features.same_ids || !probe->text || probe->text_used + from.iov_len > TEXT_MAX)
		return false;
	to = (struct iovec){ probe->text + probe->text_used, from.iov_len };
	size = process_vm_readv(record->header.pid, &to, 1, &from, 1, 0);
	if (size <= 0)
		return false;
	input->marker.text = to.iov_base;
	input->marker.size = size;
	probe->text_used += size;
	return true;
}

/* The kernel side counts at the same time, and starts a process's count anew when it ends: never below 0. */
static void watch(struct source *source, uint32_t pid, int change)
{
	struct probe *probe = (struct probe *)source;
	uint32_t *open = &probe->object->bss->watch[pid % RECORD_WATCH_SLOTS].open;
	uint32_t before = __atomic_load_n(open, __ATOMIC_RELAXED), after;

	do {
		if (change < 0 && before < (uint32_t)-change)
			after = 0;
		else
			after = before + (uint32_t)change;
	} while (!__atomic_compare_exchange_n(open, &before, after, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

/* Where texts differ at all, most often: in their last bytes, or the first. */
static void ends_of_text(const struct record_marker *record, uint64_t ends[2])
{
	size_t size = record->size < sizeof(*ends) ? record->size : sizeof(*ends);

	ends[0] = ends[1] = 0;
	memcpy(&ends[0], record->data, size);
	memcpy(&ends[1], record->data + record->size - size, size);
}

/* Whether this is the write that its thread's last record is of. When one scope's programs take over from another's in the
 * middle of a system call, both may record it. A thread whose place another one has taken since has none. */
static bool is_recorded_twice(struct probe *probe, const struct record_marker *record)
{
	struct last_marker *last = &probe->last_markers[record->header.tid % LAST_MARKERS];
	struct last_marker now = { .time = record->header.time, .address = record->address, .size = record->full_size,
				   .tid = record->header.tid, .scope = record->scope };
	bool twice;

	ends_of_text(record, now.ends);
	twice = last->scope != now.scope && last->tid == now.tid && last->address == now.address && last->size == now.size &&
		!memcmp(last->ends, now.ends, sizeof(now.ends)) && now.time - last->time < TWICE_NS;
	*last = now;
	return twice;
}

static bool from_marker(struct probe *probe, const struct record_marker *record, struct input *input)
{
	_Static_assert(sizeof(struct span_account) == sizeof(struct record_account), "same members");
	if (is_recorded_twice(probe, record)) {
		watch(&probe->source, record->watch_pid, -record->watch_change);
		return false;
	}
	input->kind = INPUT_MARKER;
	input->marker.text = record->data;
	input->marker.size = record->size;
	input->marker.full_size = record->full_size;
	input->marker.ppid = record->ppid;
	input->marker.comm = record->comm;
	input->marker.watch_pid = record->watch_pid;
	input->marker.watch_change = record->watch_change;
	input->marker.account = (const struct span_account *)&record->account;
	if (record->header.flags & RECORD_MARKER_UNREAD && !fetch_text(probe, record, input)) {
		/* it may have been one */
		probe->unread++;
		return false;
	}
	input->marker.loose = !marker_begins(input->marker.text, input->marker.size);
	return true;
}

/* Room for a text of this batch, up to so many bytes; NULL if there is none. What is used of it is to be added to text_used. */
static char *room_for_text(struct probe *probe, size_t size)
{
	if (!probe->text)
		probe->text = malloc(TEXT_MAX);
	return probe->text && probe->text_used + size <= TEXT_MAX ? probe->text + probe->text_used : NULL;
}

/* The file of a program that was just started, if it still runs. */
static const char *fetch_exepath(struct probe *probe, uint32_t pid)
{
	char path[64], *text;
	ssize_t size;

	if (!probe->text)
		probe->text = malloc(TEXT_MAX);
	if (!probe->features.same_ids || !probe->text || probe->text_used + PATH_MAX > TEXT_MAX)
		return NULL;
	text = probe->text + probe->text_used;
	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	size = readlink(path, text, PATH_MAX - 1);
	if (size <= 0)
		return NULL;
	text[size] = 0;
	probe->text_used += size + 1;
	return text;
}

static void from_call(struct probe *probe, const struct record_call *record, struct input *input)
{
	input->kind = INPUT_CALL;
	input->call.enter_time = record->enter_time + probe->epoch;
	input->call.call = record->call;
	input->call.flags = (record->header.flags & RECORD_CALL_NO_ENTER ? EVENT_NO_ENTER : 0) |
			    (record->header.flags & RECORD_CALL_NO_RETURN ? EVENT_NO_RETURN : 0) |
			    (record->header.flags & RECORD_CALL_CUT ? EVENT_CUT : 0);
	input->call.fd = record->fd;
	input->call.result = record->result;
	input->call.args = record->args;
	input->call.payload = record->payload;
	input->call.payload_size = record->size;
	input->call.items = record->items;
	input->call.file_mode = record->file_mode;
	input->call.file_inode = record->file_inode;
	input->call.file_dev = record->file_dev;
}

/* The kernel side looks at it until the engine knows where it is: until the next batch. */
static void has_moved(struct probe *probe, uint32_t pid)
{
	if (probe->nmoved == probe->moved_size) {
		size_t size = probe->moved_size ? 2 * probe->moved_size : 64;
		uint32_t *moved = realloc(probe->moved, size * sizeof(*moved));

		if (!moved) {
			want_process_decided(probe, pid);
			return;
		}
		probe->moved = moved;
		probe->moved_size = size;
	}
	probe->moved[probe->nmoved++] = pid;
}

/* Of a process that ends the kernel says that it is in the first group of each hierarchy. */
static bool are_first_groups(const char *list, size_t size)
{
	for (const char *at = list; at < list + size; at += strlen(at) + 1)
		if (strlen(at) < 2 || strcmp(at + strlen(at) - 2, "=/"))
			return false;
	return true;
}

/* The groups of the process as they are now; of one that is gone, the one that it came into. */
static bool from_cgroup(struct probe *probe, const struct record_cgroup *record, struct input *input)
{
	static const char name[] = "unified=/";
	char *list = room_for_text(probe, SNAPSHOT_LIST_MAX);
	size_t size = 0, path = record->size < RECORD_CGROUP_PATH_MAX ? record->size : RECORD_CGROUP_PATH_MAX;

	if (probe->by_container)
		has_moved(probe, record->member);
	if (!list)
		return false;
	if (probe->features.same_ids)
		size = snapshot_read_cgroups(record->member, list);
	if (path > 1 && are_first_groups(list, size))
		size = 0;
	if (!size && path) {
		bool rooted = record->path[0] == '/';

		size = sizeof(name) - 1 - rooted;
		memcpy(list, name, size);
		memcpy(list + size, record->path, path);
		size += path;
		list[size++] = 0;
	}
	probe->text_used += size;
	input->kind = INPUT_CGROUPS;
	input->tid = input->pid = record->member;
	input->cgroups.list = list;
	input->cgroups.size = size;
	return size;
}

/* Parameters are kept apart for each input of a batch. */
static bool from_other(struct probe *probe, const struct record_other *record, struct input *input, size_t place)
{
	if (place >= probe->nothers)
		return false;
	other_event(record, &probe->others[place], input);
	return true;
}

/* False: the record is of no use. place: of the input in its batch. */
static bool from_record(struct probe *probe, struct live_ring *live, struct input *input, size_t place)
{
	const struct record_header *header = live->head;

	input->cpu = header->cpu;
	input->tid = header->tid;
	input->pid = header->pid;
	input->time = header->time + probe->epoch;
	input->quiet = header->type >= RECORD_FORK && header->flags & RECORD_PROCESS_QUIET;
	switch (header->type) {
	case RECORD_MARKER:
		return from_marker(probe, (const struct record_marker *)header, input);
	case RECORD_CALL:
		from_call(probe, (const struct record_call *)header, input);
		return true;
	case RECORD_FORK: {
		const struct record_fork *record = (const struct record_fork *)header;

		input->kind = INPUT_FORK;
		input->fork.child_tid = record->child_tid;
		input->fork.child_pid = record->child_pid;
		input->fork.comm = record->comm;
		input->fork.identity = &record->identity;
		return true;
	}
	case RECORD_EXEC: {
		const struct record_exec *record = (const struct record_exec *)header;

		input->kind = INPUT_EXEC;
		input->exec.comm = record->comm;
		input->exec.command = record->command;
		input->exec.size = record->size;
		input->exec.identity = &record->identity;
		input->exec.exepath = fetch_exepath(probe, header->pid);
		input->exec.files = record->files_max ? record->files : NULL;
		input->exec.nfiles = record->files_max < RECORD_FILES_MAX ? record->files_max : RECORD_FILES_MAX;
		input->exec.has_more_files = record->files_max > RECORD_FILES_MAX;
		return true;
	}
	case RECORD_EXIT:
		input->kind = INPUT_EXIT;
		input->exit.code = ((const struct record_exit *)header)->code;
		input->exit.last = header->flags & RECORD_PROCESS_LAST;
		return true;
	case RECORD_USED:
		input->kind = INPUT_USED;
		existing_times(&((const struct record_used *)header)->times, &input->used.cpu_user,
			       &input->used.cpu_system);
		return true;
	case RECORD_CGROUP:
		return from_cgroup(probe, (const struct record_cgroup *)header, input);
	case RECORD_PAGE_FAULT:
	case RECORD_SWITCH:
	case RECORD_SIGNAL:
		return from_other(probe, (const struct record_other *)header, input, place);
	}
	return false;
}

/* What was lost since the last look, over all CPUs: one input a cause. */
static size_t losses(struct probe *probe, struct input *inputs, uint64_t now)
{
	uint64_t lost[RECORD_LOSS_CAUSES] = {};
	size_t count = 0;

	_Static_assert((int)LOSS_MARKERS == RECORD_LOSS_MARKER_RING && (int)LOSS_CALLS == RECORD_LOSS_CALL_RING &&
		       (int)LOSS_PROCESSES == RECORD_LOSS_PROCESS_RING && (int)LOSS_FOREIGN == RECORD_LOSS_UNKNOWN &&
		       (int)LOSS_CAUSES == RECORD_LOSS_CAUSES, "same causes");
	for (size_t cpu = 0; cpu < probe->ncpus && cpu < RECORD_CPUS_MAX; cpu++) {
		const struct record_counters *c = &probe->object->bss->counters[cpu];

		for (int cause = 0; cause < RECORD_LOSS_CAUSES; cause++) {
			uint64_t total = __atomic_load_n(&c->lost[cause], __ATOMIC_RELAXED);

			lost[cause] += total - probe->totals[cpu].lost[cause];
			probe->totals[cpu].lost[cause] = total;
		}
	}
	lost[RECORD_LOSS_MARKER_RING] += probe->unread;
	probe->unread = 0;
	for (int cause = 0; cause < RECORD_LOSS_CAUSES; cause++) {
		if (!lost[cause])
			continue;
		inputs[count++] = (struct input){
			.kind = INPUT_LOSS, .time = now,
			.loss = { .cause = cause, .count = lost[cause], .from = probe->losses_time },
		};
	}
	probe->losses_time = now;
	/* calls of some processes alone tell little of what exists anyway */
	if (lost[RECORD_LOSS_PROCESS_RING] || (lost[RECORD_LOSS_CALL_RING] && probe->scope == SCOPE_ALL))
		resync_needed(probe, now - probe->epoch);
	return count;
}

/* Whether records must be read although the list of what exists is not over: some ring is half full. Else the list comes
 * first, so that events find their processes known. */
static bool is_pressed(struct probe *probe)
{
	if (probe->horizon)
		return true; /* records are being handed out */
	for (size_t i = 0; i < probe->nrings; i++) {
		ring_refresh(&probe->rings[i].ring);
		if (ring_fill(&probe->rings[i].ring) > probe->rings[i].ring.size / 2)
			return true;
	}
	return false;
}

static bool make_room(struct probe *probe, size_t count)
{
	struct other_params *others = realloc(probe->others, count * sizeof(*others));

	if (!others)
		return false;
	probe->others = others;
	probe->nothers = count;
	return true;
}

static int next(struct source *source, struct input *inputs, size_t max)
{
	struct probe *probe = (struct probe *)source;
	size_t count = 0;

	give_back(probe);
	if (max < RECORD_LOSS_CAUSES)
		return -EINVAL;
	if (probe->events && probe->nothers < max && !make_room(probe, max))
		return -ENOMEM;
	if (probe->resync && !probe->horizon && resync_next(probe, inputs))
		return 1;
	if (probe->snapshot && (snapshot_has_begun_batch(probe->snapshot) || !is_pressed(probe))) {
		int found = resync_snapshot(probe, inputs, max);

		if (found)
			return found;
		snapshot_free(probe->snapshot);
		probe->snapshot = NULL;
		resync_done(probe);
		__atomic_store_n(&probe->object->bss->undecided, 0, __ATOMIC_RELEASE);
	}
	if (!probe->horizon) {
		refresh(probe);
		count = losses(probe, inputs, probe->horizon + probe->epoch);
	}
	while (count < max) {
		uint64_t second;
		struct live_ring *live = oldest(probe, &second);

		if (!live) {
			probe->reached = probe->horizon;
			probe->horizon = 0; /* the next call looks anew */
			break;
		}
		do {
			if (from_record(probe, live, &inputs[count], count))
				count++;
			ring_skip(&live->ring);
			look_ahead(live, probe->horizon);
		} while (count < max && live->head && live->head->time <= second);
	}
	return count;
}

static int poll_fd(struct source *source)
{
	return ((struct probe *)source)->epoll;
}

static int describe_fd(struct source *source, uint32_t pid, int32_t num, struct fd *description, char *name,
		       size_t size)
{
	if (!((struct probe *)source)->features.same_ids)
		return -ESRCH;
	return snapshot_describe_fd(pid, num, description, name, size);
}

static int calls_in_flight(struct source *source, void (*take)(void *context, const struct pending_call *call),
			   void *context)
{
	return task_calls_read((struct probe *)source, take, context);
}

static int threads_usage(struct source *source, void (*take)(void *context, const struct thread_usage *usage), void *context)
{
	struct existing *existing = probe_existing((struct probe *)source);

	return existing ? existing_read_usage(existing, take, context) : -ENOSYS;
}

static uint64_t now(struct source *source)
{
	return probe_clock(CLOCK_BOOTTIME) + ((struct probe *)source)->epoch;
}

static int describe_container(struct source *source, const struct container *container, char *json, size_t size)
{
	(void)source;
	return container_files_describe(container, json, size);
}

static void want(struct source *source, uint32_t pid, bool wanted, uint64_t time)
{
	struct probe *probe = (struct probe *)source;

	if (!probe->by_container)
		return;
	if (wanted)
		want_process(probe, pid, time - probe->epoch);
	else
		want_process_no_more(probe, pid, time - probe->epoch);
}

static void close_source(struct source *source)
{
	(void)source; /* probe_free does it */
}

static const struct source_operations operations = {
	.next = next,
	.poll_fd = poll_fd,
	.describe_fd = describe_fd,
	.watch = watch,
	.calls_in_flight = calls_in_flight,
	.threads_usage = threads_usage,
	.now = now,
	.describe_container = describe_container,
	.want = want,
	.close = close_source,
};

void live_source_init(struct probe *probe)
{
	probe->source.operations = &operations;
}
