/* After a loss: what exists is looked up anew, so that what ended, began or was closed unseen does not stay wrong.
 *
 * First the ids of all threads are listed. When every record from before the end of that list has been handed out, the list
 * is, too: a thread that was known before it began and is not in it has ended, and if nobody told so, nobody will. Then
 * follows a snapshot as at the start, which also says which descriptors each process has, and no others. What it tells may be
 * a little newer than the records that are handed out next; those lead to the same again.
 *
 * While events are being lost nothing is gained by that: it waits for a pause, but not forever, and never takes more than
 * a small part of the time. */
#include "probe_private.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "snapshot_private.h"

#define CALM_NS 300000000ull       /* since the last loss */
#define PATIENCE_NS 3000000000ull  /* since the first one */
#define PAUSE_NS 5000000000ull     /* between two, at least; */
#define PAUSE_TIMES 20             /* and as many times as the last one took of a CPU */
#define PROCESSES 64               /* listed at once */

enum resync_stage { RESYNC_NONE, RESYNC_LISTS, RESYNC_WAITS, RESYNC_READS };

struct resync {
	enum resync_stage stage;
	uint64_t first_loss, last_loss; /* ns, CLOCK_BOOTTIME; 0 none that is not made good */
	uint64_t began, listed;    /* likewise: the list */
	uint64_t not_before;
	uint64_t cost;             /* ns of CPU of this one so far */
	DIR *proc;
	uint32_t *tids;
	size_t count, room;
};

void resync_needed(struct probe *probe, uint64_t now)
{
	struct resync *resync = probe->resync;

	if (!resync && probe->features.same_ids)
		resync = probe->resync = calloc(1, sizeof(*resync));
	if (!resync)
		return;
	if (!resync->first_loss)
		resync->first_loss = now;
	resync->last_loss = now;
}

void resync_free(struct resync *resync)
{
	if (!resync)
		return;
	if (resync->proc)
		closedir(resync->proc);
	free(resync->tids);
	free(resync);
}

static bool is_due(const struct resync *resync, uint64_t now)
{
	if (!resync->first_loss || now < resync->not_before)
		return false;
	return now - resync->last_loss >= CALM_NS || now - resync->first_loss >= PATIENCE_NS;
}

static bool add_thread(struct resync *resync, uint32_t tid)
{
	if (resync->count == resync->room) {
		size_t room = resync->room ? 2 * resync->room : 1024;
		uint32_t *tids = realloc(resync->tids, room * sizeof(*tids));

		if (!tids)
			return false;
		resync->tids = tids;
		resync->room = room;
	}
	resync->tids[resync->count++] = tid;
	return true;
}

/* A process that goes meanwhile has no threads. False without memory: a list that lacks some is no list. */
static bool list_process(struct resync *resync, uint32_t pid)
{
	DIR *tasks = snapshot_open_process(pid, "task");
	bool good = true;
	long tid;

	while (tasks && good && (tid = snapshot_next_number(tasks)) >= 0)
		good = add_thread(resync, tid);
	if (tasks)
		closedir(tasks);
	return good;
}

static void end_list(struct resync *resync)
{
	closedir(resync->proc);
	resync->proc = NULL;
}

static void list_some(struct resync *resync)
{
	for (unsigned i = 0; i < PROCESSES; i++) {
		long pid = snapshot_next_number(resync->proc);

		if (pid < 0) {
			end_list(resync);
			resync->listed = probe_clock(CLOCK_BOOTTIME);
			resync->stage = RESYNC_WAITS;
			return;
		}
		if (!list_process(resync, pid)) {
			end_list(resync);
			resync->stage = RESYNC_NONE;
			return;
		}
	}
}

static void begin(struct resync *resync, uint64_t now)
{
	resync->not_before = now + PAUSE_NS;
	resync->count = 0;
	resync->proc = opendir("/proc");
	if (!resync->proc)
		return;
	resync->stage = RESYNC_LISTS;
	resync->began = now;
	resync->cost = 0;
	resync->first_loss = resync->last_loss = 0;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The list, and after it the snapshot. */
static size_t hand_out(struct probe *probe, struct input *input)
{
	struct resync *resync = probe->resync;

	qsort(resync->tids, resync->count, sizeof(*resync->tids), by_number);
	*input = (struct input){
		.kind = INPUT_THREADS,
		.time = resync->listed + probe->epoch,
		.threads = { .tids = resync->tids, .count = resync->count, .since = resync->began + probe->epoch },
	};
	resync->stage = RESYNC_READS;
	probe->snapshot = snapshot_new(getpid(), probe, true);
	if (!probe->snapshot)
		resync_done(probe);
	return 1;
}

void resync_done(struct probe *probe)
{
	struct resync *resync = probe->resync;
	uint64_t pause;

	if (!resync || resync->stage != RESYNC_READS)
		return;
	resync->stage = RESYNC_NONE;
	pause = PAUSE_TIMES * resync->cost;
	resync->not_before = probe_clock(CLOCK_BOOTTIME) + (pause > PAUSE_NS ? pause : PAUSE_NS);
}

int resync_snapshot(struct probe *probe, struct input *inputs, size_t max)
{
	uint64_t before = probe_clock(CLOCK_THREAD_CPUTIME_ID);
	int found = snapshot_next(probe->snapshot, probe_clock(CLOCK_BOOTTIME) + probe->epoch, inputs, max);

	if (probe->resync)
		probe->resync->cost += probe_clock(CLOCK_THREAD_CPUTIME_ID) - before;
	return found;
}

size_t resync_next(struct probe *probe, struct input *input)
{
	struct resync *resync = probe->resync;
	uint64_t now;

	if (!resync || resync->stage == RESYNC_READS)
		return 0;
	if (resync->stage == RESYNC_WAITS)
		return probe->reached >= resync->listed ? hand_out(probe, input) : 0;
	now = probe_clock(CLOCK_BOOTTIME);
	if (resync->stage == RESYNC_NONE && is_due(resync, now))
		begin(resync, now);
	if (resync->stage == RESYNC_LISTS) {
		uint64_t before = probe_clock(CLOCK_THREAD_CPUTIME_ID);

		list_some(resync);
		resync->cost += probe_clock(CLOCK_THREAD_CPUTIME_ID) - before;
	}
	return 0;
}
