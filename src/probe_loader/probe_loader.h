/* Loads the probe into the running kernel and is the live source of events. */
#ifndef PROBE_LOADER_H
#define PROBE_LOADER_H

#include <stddef.h>
#include <stdint.h>

#include "../engine/kernel_filter.h"
#include "../engine/source.h"
#include "features.h"

enum probe_scope {
	SCOPE_NONE,     /* nothing attached */
	SCOPE_SPANS,    /* markers only */
	SCOPE_INSIDE,   /* and the calls of processes with an open span and their descendants */
	SCOPE_ALL,      /* and everybody's calls */
};

/* Events besides markers, calls and the life of processes: recorded when asked for. */
enum probe_event {
	PROBE_PAGE_FAULTS = 1,
	PROBE_SWITCHES = 2,
	PROBE_SIGNALS = 4,
};

struct probe_options {
	unsigned snap_length;        /* bytes of a buffer that are kept; 0: 80 */
	size_t call_ring_bytes;      /* a CPU, a power of two of at least a page; 0: 8 MiB, less on many CPUs */
	size_t marker_ring_bytes;    /* likewise; 0: 4 MiB */
	const char *btf_path;        /* NULL: the kernel's own */
	const struct kernel_filter *filter; /* what need not be recorded; NULL nothing */
	bool from_proc;              /* what exists is read from /proc, even where iterators in the kernel can tell */
	bool spans_only;             /* the scope will be SCOPE_SPANS: what others need is not even loaded */
};

struct probe_error {
	char text[320];              /* one line that says what to do */
};

struct probe;

/* Detects, loads, snapshots processes; attaches nothing yet. NULL with error filled. */
struct probe *probe_new(const struct probe_options *options, struct probe_error *error);
/* Detaches and frees everything, the source too. */
void probe_free(struct probe *probe);
/* Attaches what the scope needs and detaches the rest. 0 or a negative errno (the old scope stays): -EINVAL for another
 * scope of a probe for spans only. */
int probe_set_scope(struct probe *probe, enum probe_scope scope);
/* From now on these (enum probe_event) are recorded, too, of the threads that the scope is about. 0, -ENOSYS if this kernel
 * does not have one of them, or another negative errno. */
int probe_add_events(struct probe *probe, unsigned events);
/* Names between commas, as sysdig has them: page_fault, switch, signaldeliver; -1 if one is no such name. */
int probe_events_parse(const char *words);
/* Whether its source has still to tell of some of what existed when it was made. */
bool probe_is_starting(const struct probe *probe);
enum probe_scope probe_get_scope(const struct probe *probe);
/* Whether what exists is told by iterators in the kernel; else it is read from /proc. */
bool probe_has_iterators(struct probe *probe);
/* From now on at least so many bytes of a buffer are kept; 0: as many as the options said. */
void probe_keep_data(struct probe *probe, unsigned bytes);
/* The live source; it lives as long as the probe. */
struct source *probe_source(struct probe *probe);

/* "spans", "inside", "all"; -1 for another word. */
int probe_scope_parse(const char *word);
const char *probe_scope_name(enum probe_scope scope);

#endif
