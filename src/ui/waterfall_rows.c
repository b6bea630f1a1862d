/* The rows of a waterfall: the spans of the tree that no fold hides, and calls where they were asked for. */
#include <stdlib.h>
#include <string.h>

#include "../engine/span.h"
#include "waterfall.h"

static bool push(struct waterfall *waterfall, uint32_t node, uint32_t call)
{
	if (waterfall->nrows == waterfall->rows_room) {
		size_t room = waterfall->rows_room ? waterfall->rows_room * 2 : 256;
		struct waterfall_row *rows = realloc(waterfall->rows, room * sizeof(*rows));

		if (!rows)
			return false;
		waterfall->rows = rows;
		waterfall->rows_room = room;
	}
	waterfall->rows[waterfall->nrows++] = (struct waterfall_row){ node, call };
	return true;
}

enum waterfall_fold waterfall_fold(const struct waterfall *waterfall, uint32_t node)
{
	return node < waterfall->nfolds ? waterfall->folds[node] : FOLD_CHILDREN;
}

void waterfall_set_fold(struct waterfall *waterfall, uint32_t node, enum waterfall_fold fold)
{
	if (node >= waterfall->nfolds) {
		size_t count = trace_tree_count(waterfall->tree);
		uint8_t *folds = realloc(waterfall->folds, count);

		if (!folds)
			return;
		memset(folds + waterfall->nfolds, FOLD_CHILDREN, count - waterfall->nfolds);
		waterfall->folds = folds;
		waterfall->nfolds = count;
	}
	waterfall->folds[node] = (uint8_t)fold;
	waterfall->shows_calls |= fold == FOLD_CALLS;
	waterfall->stale = true;
}

void waterfall_reveal(struct waterfall *waterfall, uint32_t node)
{
	const struct trace_tree *tree = waterfall->tree;

	for (uint32_t i = trace_tree_node(tree, node)->parent; i != TRACE_NONE; i = trace_tree_node(tree, i)->parent)
		if (waterfall_fold(waterfall, i) == FOLD_CLOSED)
			waterfall_set_fold(waterfall, i, FOLD_CHILDREN);
}

/* ---- making ---- */

/* The calls of a node that began before this time, from call *at on. */
static bool push_calls(struct waterfall *waterfall, uint32_t i, uint32_t *at, uint64_t before)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, i);

	if (waterfall_fold(waterfall, i) != FOLD_CALLS)
		return true;
	while (*at < node->ncalls && node->calls[*at].from < before) {
		if (!push(waterfall, i, *at))
			return false;
		++*at;
	}
	return true;
}

/* A walk in depth first order without recursion, as tags may be thousands deep. at[depth]: calls of the node there
 * that have rows. */
static void walk(struct waterfall *waterfall, uint32_t *at)
{
	const struct trace_tree *tree = waterfall->tree;
	uint32_t i = 0;

	at[0] = 0;
	if (!push(waterfall, 0, NO_CALL))
		return;
	for (;;) {
		const struct trace_node *node = trace_tree_node(tree, i);
		uint32_t next = waterfall_fold(waterfall, i) == FOLD_CLOSED ? TRACE_NONE : node->first_child;
		uint32_t above = i;

		while (next == TRACE_NONE) {
			if (!push_calls(waterfall, i, &at[node->depth], UINT64_MAX) || !i)
				return;
			next = node->next;
			i = above = node->parent;
			node = trace_tree_node(tree, i);
		}
		if (!push_calls(waterfall, above, &at[node->depth], trace_tree_node(tree, next)->span->enter_time) ||
		    !push(waterfall, next, NO_CALL))
			return;
		i = next;
		at[trace_tree_node(tree, i)->depth] = 0;
	}
}

static bool is_below(const struct trace_tree *tree, uint32_t node, uint32_t above)
{
	while (node != TRACE_NONE && node > above)
		node = trace_tree_node(tree, node)->parent;
	return node == above;
}

/* The row of the call or span, or the last one of a span around it. */
static size_t find_row(const struct waterfall *waterfall, uint32_t node, uint64_t call_num)
{
	size_t best = 0;

	for (size_t i = 0; i < waterfall->nrows; i++) {
		const struct waterfall_row *row = &waterfall->rows[i];

		if (row->node == node && row->call != NO_CALL && call_num &&
		    trace_tree_node(waterfall->tree, node)->calls[row->call].num == call_num)
			return i;
		if (row->call == NO_CALL && is_below(waterfall->tree, node, row->node)) {
			best = i;
			if (row->node == node && !call_num)
				return i;
		}
	}
	return best;
}

void waterfall_rows_make(struct waterfall *waterfall)
{
	const struct waterfall_row *selected = waterfall_selected(waterfall);
	uint32_t node = selected ? selected->node : 0, count = trace_tree_count(waterfall->tree), deepest = 0;
	uint32_t *at;

	for (uint32_t i = 0; i < count; i++)
		if (trace_tree_node(waterfall->tree, i)->depth > deepest)
			deepest = trace_tree_node(waterfall->tree, i)->depth;
	at = malloc(((size_t)deepest + 1) * sizeof(*at));
	if (!at)
		return;
	waterfall->nrows = 0;
	walk(waterfall, at);
	free(at);
	waterfall->stale = false;
	waterfall->rows_version = trace_tree_version(waterfall->tree);
	waterfall->rows_nodes = count;
	waterfall_move(waterfall, find_row(waterfall, node, waterfall->cursor_call));
}

void waterfall_rows_refresh(struct waterfall *waterfall)
{
	if (!waterfall->tree)
		return;
	if (waterfall->stale || !waterfall->nrows || waterfall->rows_nodes != trace_tree_count(waterfall->tree) ||
	    (waterfall->shows_calls && waterfall->rows_version != trace_tree_version(waterfall->tree)))
		waterfall_rows_make(waterfall);
}

/* ---- the cursor ---- */

const struct waterfall_row *waterfall_selected(const struct waterfall *waterfall)
{
	if (!waterfall->tree || waterfall->cursor >= waterfall->nrows)
		return NULL;
	return &waterfall->rows[waterfall->cursor];
}

void waterfall_move(struct waterfall *waterfall, size_t row)
{
	const struct waterfall_row *selected;

	if (!waterfall->nrows)
		return;
	waterfall->cursor = row < waterfall->nrows ? row : waterfall->nrows - 1;
	selected = &waterfall->rows[waterfall->cursor];
	waterfall->cursor_call =
		selected->call == NO_CALL ? 0 : trace_tree_node(waterfall->tree, selected->node)->calls[selected->call].num;
}

struct waterfall_range waterfall_row_range(const struct waterfall *waterfall, const struct waterfall_row *row)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);
	uint64_t begin = trace_tree_node(waterfall->tree, 0)->span->enter_time;
	uint64_t from = node->span->enter_time, to = trace_node_end(node, waterfall->now);

	if (row->call != NO_CALL) {
		from = node->calls[row->call].from;
		to = node->calls[row->call].to;
	}
	/* clocks of several CPUs may differ a little */
	return (struct waterfall_range){ from > begin ? from - begin : 0, to > begin ? to - begin : 0 };
}
