/* What the files of the span table share. */
#ifndef ENGINE_SPAN_PRIVATE_H
#define ENGINE_SPAN_PRIVATE_H

#include "span.h"
#include "state.h"
#include "string_pool.h"

#define CLOSED_LISTS 1024   /* lists of closed spans of a lane, by last_chunk */
#define RECENT_SPANS 4096   /* closed spans that a late loss still flags */

/* What a span needs only while it is open. */
struct span_open {
	struct span *key_next;                   /* next key in this bucket; of the top of a stack only */
	struct span *key_below, *key_above;      /* stack of spans with this key */
	struct span *older, *newer;              /* all open ones */
	struct span *thread_older, *thread_newer;    /* those of span->thread */
	struct span *owner_older, *owner_newer;  /* those of span->owner */
	size_t bytes;
	bool has_account;
	struct span_account account;             /* at the enter */
};

/* Objects of one size. Memory once used for a slot stays memory of a slot, so that a stale pointer can be
 * told by the number in the slot's first eight bytes: 0 while it is free. */
struct slots {
	size_t slot_size;
	void *slabs;        /* linked by their first word */
	void *free;         /* linked by the second word */
	size_t bytes;
};

struct span_table {
	struct string_pool *pool;
	size_t max_bytes, open_bytes;
	void (*ended)(void *context, struct span *span);
	void *context;
	uint64_t last_num;
	struct span **buckets;   /* tops of the stacks of open spans */
	size_t mask, keys;
	struct span *oldest, *newest;
	struct span_counts counts;
	uint64_t loss_from, loss_to;
	struct slots spans, opens;
	size_t closed_bytes;     /* closed spans and their texts, */
	size_t parked_bytes;     /* without those that are parked */
	uint64_t given_up_at;    /* newest chunk of LANE_SPANS when span_table_relieve() gave up some, + 1 */
	/* closed spans: each is in one list, or parked while spans below or within it need it */
	struct span *closed[LANES][CLOSED_LISTS];   /* those that a chunk of this lane refers to */
	struct span *ready;                         /* those that none does: to be freed unless pinned */
	uint64_t oldest_chunk[LANES];
	struct {
		struct span *span;
		uint64_t num;
	} recent[RECENT_SPANS];
	size_t recent_at;
};

void *slots_take(struct slots *slots);
void slots_give(struct slots *slots, void *slot);

/* A new span; thread and owner are pinned. NULL when memory is out. */
struct span *span_memory_take(struct span_table *table, struct thread *thread, struct process *owner);
/* Points the span at its parent and outer, and counts that. */
void span_memory_link(struct span *span, struct span *parent, struct span *outer);
/* The span was closed: from now on it may be freed. */
void span_memory_closed(struct span_table *table, struct span *span);

#endif
