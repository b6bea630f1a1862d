/* Spans: enter markers matched with their exits.
 *
 * Open spans are found by hash of (id, tags); each key holds a stack, so equal ones close last-in
 * first-out, across threads and processes. Any number may be open, bounded by bytes: beyond, the
 * oldest is given up and counted. A span whose thread (id t) or process (id p, or pp of a child) ends is
 * closed as unfinished. A closed span stays while the recording refers to it (last_chunk), someone holds it
 * (span_pin), or a span below it (parent) stays. A span points at threads and processes, which stay as
 * long as it does: it counts itself in their pins. */
#ifndef ENGINE_SPAN_H
#define ENGINE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "marker.h"
#include "recording.h"

struct string;
struct string_pool;
struct thread;
struct process;

enum span_flag {
	SPAN_CLOSED = 1,
	SPAN_NO_ENTER = 2,     /* an exit whose enter was never seen: no duration, no enter arguments */
	SPAN_UNFINISHED = 4,   /* closed because its thread or process ended */
	SPAN_GIVEN_UP = 8,     /* closed because too many were open */
	SPAN_LOSSY = 16,       /* events were lost while it was open */
};

/* Kernel accounting of one thread; differences between a span's enter and exit. */
struct span_account {
	uint64_t cpu_ns, queue_ns, switches, minor_faults, major_faults;
};

struct span {
	uint64_t num;              /* order of opening, from 1; never used again */
	int64_t id;
	uint32_t flags;            /* enum span_flag */
	enum marker_id_kind id_kind;
	uint32_t ntags;
	uint32_t nenter_args, nexit_args;
	struct string *tags;       /* packed as in struct marker */
	struct string *enter_args; /* packed; NULL when there are none */
	struct string *exit_args;
	uint64_t enter_time;       /* ns since the epoch; 0 with SPAN_NO_ENTER */
	uint64_t exit_time;        /* 0 while open */
	struct thread *thread;     /* wrote the enter (with SPAN_NO_ENTER the exit) */
	struct thread *exit_thread;/* NULL while open, and if no marker closed it */
	struct process *owner;     /* process the span is about: the thread's, or with id pp its parent */
	struct span *parent;       /* open span of the same id with these tags but the last; or NULL */
	struct span *outer;        /* newest span of the same thread that was open at the enter; or NULL. One
				    * that the recording forgot is replaced by its own outer */
	bool has_account;          /* enter and exit by the same thread, account is the difference */
	bool parked;               /* private to span_memory.c */
	struct span_account account;
	uint64_t children_ns;      /* time of its direct children (by parent) that closed */
	uint64_t last_chunk[LANES];
	uint32_t pins;
	/* private to span*.c */
	union {
		struct span_open *open;     /* while open */
		struct span *next_closed;   /* afterwards: same list of span_memory.c */
	};
	struct span *last_inner;   /* the latest span whose outer is this one; NULL if it is freed */
	uint32_t inners;           /* spans whose outer is this one */
	uint32_t children;         /* spans whose parent is this one */
	/* what span_outer_at found from here at skip_time (0 never), good if it still has this number */
	struct span *skip;
	uint64_t skip_num, skip_time;
};

struct span_table;

struct span_counts {
	uint64_t open;             /* now */
	uint64_t closed;           /* by their exit marker */
	uint64_t unmatched_exits, unfinished, given_up;
};

/* max_bytes bounds what open spans may take. `ended` (may be NULL) is called for each span that ends without
 * an exit marker, after it was closed (flags say why); context is the caller's. Freeing the table frees its
 * spans but no longer looks at threads and processes, so the state may be gone by then; the pool may not. */
struct span_table *span_table_new(struct string_pool *pool, size_t max_bytes,
				  void (*ended)(void *context, struct span *span), void *context);
void span_table_free(struct span_table *table);

/* The enter marker of a thread. account may be NULL. The span, owned by the table, or NULL when memory is
 * out. What enter and exit return is good until the next span_table_collect(): touch it before. */
struct span *span_table_enter(struct span_table *table, const struct marker *marker,
			      struct thread *thread, uint64_t time, const struct span_account *account);
/* The exit marker: the span it closes, or a new one flagged SPAN_NO_ENTER. NULL when memory is out.
 * An exit earlier than its enter gets the enter's time (duration 0). */
struct span *span_table_exit(struct span_table *table, const struct marker *marker,
			     struct thread *thread, uint64_t time, const struct span_account *account);
/* The thread ended; with last its process too: closes their spans of id t and p as unfinished. */
void span_table_thread_exit(struct span_table *table, struct thread *thread, bool last, uint64_t time);
/* Closes all that are open as unfinished. */
void span_table_end_all(struct span_table *table, uint64_t time);
/* Events between these times (ns) were lost: every span open in between is flagged SPAN_LOSSY, now or when
 * its markers come later. Of spans that closed before the loss is told, the latest 4096 are looked at. */
void span_table_loss(struct span_table *table, uint64_t from, uint64_t to);

/* The oldest open span, and from one to the next newer that is open; NULL at the end. */
struct span *span_table_oldest(const struct span_table *table);
struct span *span_newer(const struct span *span);

/* Newest span that thread had open at time (ns), starting the search at `from` (a span of that
 * thread, usually an event's span); NULL if none. Then span_outer_at(span->outer, time) is the next. */
struct span *span_outer_at(struct span *from, uint64_t time);

/* Says that this chunk of a lane refers to the span, and so to its parents. Threads and processes need no
 * touch, they are pinned; nor do outers: when one closes, it takes on the last chunks of its thread. */
void span_touch(struct span *span, enum recording_lane lane, uint64_t chunk);
void span_pin(struct span *span);
void span_unpin(struct span *span);
/* Frees closed spans that no chunk of a lane from its oldest_chunk on refers to. */
void span_table_collect(struct span_table *table, const uint64_t oldest_chunk[LANES]);
struct span_counts span_table_counts(const struct span_table *table);
/* Bytes of the closed spans that the recording (or a pin) still needs, but nothing open. */
size_t span_table_closed_bytes(const struct span_table *table);
/* Open spans keep those that they lie in, closed and forgotten or not: where these take more than open ones may take
 * themselves, the older half of the open ones is given up. Each time helps only when the recording has forgotten them: newest
 * is its newest chunk of LANE_SPANS. */
void span_table_relieve(struct span_table *table, uint64_t newest, uint64_t time);
size_t span_table_bytes(const struct span_table *table);

/* ns from enter to exit; of an open span until now (ns). 0 without an enter. */
uint64_t span_duration(const struct span *span, uint64_t now);
/* Depth: number of tags less one, at least 0. */
uint32_t span_depth(const struct span *span);
/* Tag i (negative from the end) with its length, or NULL. */
const char *span_tag(const struct span *span, int32_t i, size_t *size);
/* String i of a packed sequence, or NULL. */
const char *packed_string(const char *packed, size_t packed_size, uint32_t i, size_t *size);
/* Tags joined by '.', arguments as name=value,... (or with another separator) into text (NUL-terminated, cut
 * to size); returns the full length. */
size_t span_tags_text(const struct span *span, char *text, size_t size);
size_t packed_args_text(const char *packed, size_t packed_size, uint32_t nargs, char separator,
			char *text, size_t size);

#endif
