/* One span and all below it as a tree, with the system calls of each: what a waterfall shows.
 *
 * The tree is made from the recording in its order, a piece at a time, and grows as long as its root is open. A span
 * belongs to it if its parent (span.h) does: threads and processes do not matter. A call belongs to the innermost span
 * that was open on its thread when it returned; one of a thread without spans to the newest span that it happened
 * inside of (inside.h): that of the thread that started it, or of its process. Spans are pinned, calls are kept as
 * times and a kind: what else they say is in the recording, as long as that holds them. */
#ifndef ENGINE_TRACE_TREE_H
#define ENGINE_TRACE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inside.h"

struct engine;
struct span;

#define TRACE_NONE UINT32_MAX

enum trace_kind {
	TRACE_FILE,
	TRACE_NET,         /* sockets and pipes as well */
	TRACE_WAIT,        /* waits by its nature: poll, sleep, futex */
	TRACE_OTHER,
	TRACE_FAILED,      /* whatever it was about */
	TRACE_KINDS,
};

struct trace_call {
	uint64_t num;              /* of its event */
	uint64_t from, to;         /* ns since the epoch; from is not before its span's enter */
	enum trace_kind kind;
};

struct trace_sum {
	uint64_t count, ns;
};

struct trace_node {
	struct span *span;         /* pinned by the tree */
	uint32_t parent, first_child, last_child, next; /* nodes or TRACE_NONE; children in the order of their begin */
	uint32_t depth;            /* of the root 0 */
	uint32_t nchildren, nbelow;/* direct ones; all */
	struct trace_call *calls;  /* its own, not those of its children; in the order of their return */
	size_t ncalls, room;
	uint64_t longest;          /* ns of its longest call */
	struct trace_sum sums[TRACE_KINDS];
	struct inside inside;      /* private */
};

struct trace_tree;

/* Filters are about calls; those of them that are no filters are left out. max_bytes (0: a quarter of the engine's
 * memory) bounds what is kept. NULL when memory is out. Free it before the engine. */
struct trace_tree *trace_tree_new(struct engine *engine, struct span *root, const char *const *filters, size_t nfilters,
				  size_t max_bytes);
void trace_tree_free(struct trace_tree *tree);
/* Reads on, at most max_events (0: all that is there). Returns the events read; if that is max_events, more wait. */
size_t trace_tree_update(struct trace_tree *tree, size_t max_events);
/* Nothing more can come. */
bool trace_tree_is_over(const struct trace_tree *tree);
/* Changes whenever a span or a call is added. */
uint64_t trace_tree_version(const struct trace_tree *tree);

/* Node 0 is the root. Pointers are good until the next update. */
uint32_t trace_tree_count(const struct trace_tree *tree);
const struct trace_node *trace_tree_node(const struct trace_tree *tree, uint32_t i);
/* Node of a span, or TRACE_NONE. */
uint32_t trace_tree_find(const struct trace_tree *tree, const struct span *span);
/* Calls of all nodes together. */
uint64_t trace_tree_calls(const struct trace_tree *tree);
/* Spans and calls that found no room, and events that the recording forgot before they were read. */
uint64_t trace_tree_refused(const struct trace_tree *tree);

/* When the span ended; of an open one now (all ns since the epoch). */
uint64_t trace_node_end(const struct trace_node *node, uint64_t now);
/* When the last of all spans ended: some may outlive the root. */
uint64_t trace_tree_end(const struct trace_tree *tree, uint64_t now);
/* ns of a node that no child covers; children may overlap each other and reach beyond it. */
uint64_t trace_tree_self(const struct trace_tree *tree, uint32_t i, uint64_t now);

/* A walk over the stretches of time that children of a node cover, each within the node's own time, in order; those
 * that overlap or touch are one. Start with { .child = node->first_child }. */
struct trace_cover {
	uint32_t child;
	uint64_t from, to;         /* the stretch that was found last */
};
/* False at the end. */
bool trace_cover_next(const struct trace_tree *tree, uint32_t i, uint64_t now, struct trace_cover *cover);

#endif
