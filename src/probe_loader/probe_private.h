/* Shared by the files of the probe loader. */
#ifndef PROBE_PRIVATE_H
#define PROBE_PRIVATE_H

#include <bpf/libbpf.h>
#include <time.h>

#include "probe_loader.h"
#include "ring.h"

#include "bpf/records.h"
#include "bpf/probe.skel.h"

#define PROGRAM_LINKS 2                    /* programs of a scope, at most */

#define LAST_MARKERS 256                   /* found by the low bits of a thread id */

/* The last marker of a thread that was handed out. */
struct last_marker {
	uint64_t time, address, size;
	uint64_t ends[2];           /* first and last bytes of the text */
	uint32_t tid;
	uint16_t scope;
};

/* A CPU has two rings: 2n markers, 2n + 1 calls. */
struct live_ring {
	struct ring ring;
	const struct record_header *head;   /* next record, NULL none before the horizon */
};

struct existing;
struct snapshot;
struct resync;
struct task_calls;

struct probe {
	struct source source;               /* first: the source is the probe */
	struct features features;
	struct probe_bpf *object;
	struct bpf_link *links[PROGRAM_LINKS];
	enum probe_scope scope;
	bool spans_only;
	bool null_functions;                /* markers can be taken where /dev/null is written to */
	unsigned events;                    /* enum probe_event: attached besides */
	unsigned snap_length;               /* as it was when the probe was loaded */
	struct last_marker last_markers[LAST_MARKERS];
	struct live_ring *rings;
	size_t nrings;
	int epoll;                          /* of the rings, edge triggered */
	uint64_t horizon;                   /* ns, CLOCK_BOOTTIME: records up to here are complete; 0 none asked */
	uint64_t epoch;                     /* ns to add to CLOCK_BOOTTIME */
	struct record_counters *totals;     /* a CPU: losses already reported */
	size_t ncpus;
	uint64_t losses_time;               /* ns since the epoch: losses were last looked at */
	struct existing *existing;          /* iterators over what exists; NULL: nobody asked yet */
	bool from_proc;                     /* nobody is to ask */
	uint64_t reached;                   /* likewise: all records up to here were handed out */
	struct snapshot *snapshot;          /* what exists, until it was handed out; then NULL */
	struct resync *resync;              /* NULL: nothing was lost */
	const char *btf_path;               /* NULL: the kernel's own */
	struct task_calls *task_calls;        /* NULL: nobody asked yet */
	bool by_container;                  /* the engine says which processes are looked at */
	uint32_t *moved;                    /* processes in other control groups, of this batch */
	size_t nmoved, moved_size;
	struct other_params *others;        /* of the inputs of one batch; NULL none yet */
	size_t nothers;
	char *text;                         /* markers fetched from their process */
	size_t text_used;
	uint64_t unread;                    /* texts that could not be fetched any more, since losses were last told */
};

/* probe.c: ns of a clock */
uint64_t probe_clock(clockid_t clock);
/* probe.c: the iterators, loaded when they are first asked for; NULL if they cannot be had. */
struct existing *probe_existing(struct probe *probe);

/* descendants.c: has the kernel side look at this process; since: ns, CLOCK_BOOTTIME. */
void want_process(struct probe *probe, uint32_t pid, uint64_t since);
/* And no more, unless it is another one of that id, which came to be looked at after this time. */
void want_process_no_more(struct probe *probe, uint32_t pid, uint64_t time);
/* It came into another control group, and now it is known whether that makes a difference. */
void want_process_decided(struct probe *probe, uint32_t pid);
/* And at what wanted processes have forked before; new forks must be followed by now. */
void want_descendants(struct probe *probe);
/* The process of a thread; 0 if there is none now. */
uint32_t process_of_thread(uint32_t tid);

/* other_events.c: before loading, the programs that this kernel has tracepoints for. */
void other_events_choose(struct probe *probe);
/* A record_other as the event of a capture that it is; its parameters are put into params. */
struct other_params {
	uint8_t bytes[64];
};
void other_event(const struct record_other *record, struct other_params *params, struct input *input);

/* live_source.c */
void live_source_init(struct probe *probe);

/* resync.c: events are missing, of now (ns, CLOCK_BOOTTIME): what exists will be looked up when it is time. */
void resync_needed(struct probe *probe, uint64_t now);
/* To be called when no records are being handed out: works on it a little, and may fill one input, or make probe->snapshot.
 * Returns the number of inputs. */
size_t resync_next(struct probe *probe, struct input *input);
/* What the snapshot, at the start or after a loss, hands out next. */
int resync_snapshot(struct probe *probe, struct input *inputs, size_t max);
/* The snapshot was handed out. */
void resync_done(struct probe *probe);
void resync_free(struct resync *resync);

/* snapshot.c: processes and descriptors that exist, handed out bit by bit. The probe, whose iterators it asks, is borrowed.
 * again: events may have told otherwise, and were wrong; then of each process follows which descriptors it has
 * (INPUT_DESCRIPTORS). */
struct snapshot *snapshot_new(uint32_t own_process, struct probe *probe, bool again);
void snapshot_free(struct snapshot *snapshot);
/* Fills up to max inputs (INPUT_PROCESS, INPUT_DESCRIPTOR, ...), stamped time; 0 when all was handed out. Strings are good
 * until the next call. */
int snapshot_next(struct snapshot *snapshot, uint64_t time, struct input *inputs, size_t max);
/* Whether some were looked at that are still to be handed out: events must wait, which may tell that they ended. */
bool snapshot_has_begun_batch(const struct snapshot *snapshot);
int snapshot_describe_fd(uint32_t pid, int32_t num, struct fd *description, char *name, size_t size);

/* snapshot_facts.c: the control groups of a process, as controller=path, each ended by a NUL; its size, 0 if it is gone. */
#define SNAPSHOT_LIST_MAX 4096   /* bytes of arguments, environment or cgroups that are kept */
size_t snapshot_read_cgroups(uint32_t pid, char list[SNAPSHOT_LIST_MAX]);

/* container_files.c: what runtimes and kubelet keep of a container in files, as the source's describe_container tells it. */
int container_files_describe(const struct container *container, char *json, size_t size);

/* task_calls.c: shows every system call that has not returned now. 0 or a negative errno. */
int task_calls_read(struct probe *probe, void (*take)(void *context, const struct pending_call *call), void *context);
void task_calls_free(struct task_calls *task_calls);

#endif
