#include "trace_tree.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "filter.h"
#include "scap_event.h"
#include "span.h"
#include "string_pool.h"

#define MAX_BYTES_SHARE 4
/* Events this much later than the end of all spans: nothing of their inside is still under way. */
#define STRAGGLERS 2000000000ull
/* Spans around an event that are looked at, on its thread and among the open ones. */
#define AROUND_MAX 64

struct trace_tree {
	struct engine *engine;
	const struct recording *recording;
	struct recording_cursor cursor;
	struct trace_node *nodes;
	uint32_t count, room;
	uint32_t *slots;           /* nodes by their spans: open addressing, a power of two, TRACE_NONE free */
	size_t nslots;
	uint32_t *open;            /* nodes whose exit was not read yet, in the order of their begin */
	size_t nopen, open_room;
	struct filter **filters;
	size_t nfilters;
	struct field category, waits;
	struct field_context context;
	size_t bytes, max_bytes;
	uint64_t calls, refused, version;
	uint64_t skipped_before;   /* events that were forgotten when the reading began */
	bool over;
};

/* ---- nodes by span ---- */

static size_t slot_of(const struct trace_tree *tree, const struct span *span)
{
	uint64_t hash = span->num * 0x9e3779b97f4a7c15u;
	size_t at = (hash ^ hash >> 32) & (tree->nslots - 1);

	while (tree->slots[at] != TRACE_NONE && tree->nodes[tree->slots[at]].span != span)
		at = (at + 1) & (tree->nslots - 1);
	return at;
}

uint32_t trace_tree_find(const struct trace_tree *tree, const struct span *span)
{
	return tree->nslots ? tree->slots[slot_of(tree, span)] : TRACE_NONE;
}

static bool grow_slots(struct trace_tree *tree)
{
	size_t nslots = tree->nslots ? tree->nslots * 2 : 64;
	uint32_t *slots = malloc(nslots * sizeof(*slots));

	if (!slots)
		return false;
	memset(slots, 0xff, nslots * sizeof(*slots));
	free(tree->slots);
	tree->slots = slots;
	tree->nslots = nslots;
	for (uint32_t i = 0; i < tree->count; i++)
		slots[slot_of(tree, tree->nodes[i].span)] = i;
	return true;
}

/* ---- growing ---- */

/* Room for one more item in an array; false when memory is out or the tree may not take more. */
static bool grow(struct trace_tree *tree, void **items, size_t *room, size_t count, size_t item_size)
{
	size_t more = *room ? *room * 2 : 8;
	void *grown;

	if (count < *room)
		return true;
	if (tree->bytes + (more - *room) * item_size > tree->max_bytes)
		return false;
	grown = realloc(*items, more * item_size);
	if (!grown)
		return false;
	tree->bytes += (more - *room) * item_size;
	*items = grown;
	*room = more;
	return true;
}

static bool reserve_node(struct trace_tree *tree)
{
	size_t room = tree->room;
	void *nodes = tree->nodes, *open = tree->open;
	bool good;

	if (tree->count >= TRACE_NONE / 2)
		return false;
	good = grow(tree, &nodes, &room, tree->count, sizeof(*tree->nodes));
	tree->nodes = nodes;
	tree->room = (uint32_t)room;
	good = good && grow(tree, &open, &tree->open_room, tree->nopen, sizeof(*tree->open));
	tree->open = open;
	return good && ((tree->count + 1) * 2 <= tree->nslots || grow_slots(tree));
}

static void add_node(struct trace_tree *tree, struct span *span, uint32_t parent)
{
	uint32_t i = tree->count;
	struct trace_node *node;

	if (!reserve_node(tree)) {
		tree->refused++;
		return;
	}
	node = &tree->nodes[i];
	*node = (struct trace_node){
		.span = span, .parent = parent, .next = TRACE_NONE, .first_child = TRACE_NONE, .last_child = TRACE_NONE,
		.depth = parent == TRACE_NONE ? 0 : tree->nodes[parent].depth + 1,
	};
	span_pin(span);
	inside_init(&node->inside, span, INSIDE_THREAD_TREE);
	tree->count++;
	tree->version++;
	tree->slots[slot_of(tree, span)] = i;
	tree->open[tree->nopen++] = i;
	if (parent == TRACE_NONE)
		return;
	if (tree->nodes[parent].last_child == TRACE_NONE)
		tree->nodes[parent].first_child = i;
	else
		tree->nodes[tree->nodes[parent].last_child].next = i;
	tree->nodes[parent].last_child = i;
	tree->nodes[parent].nchildren++;
	for (uint32_t above = parent; above != TRACE_NONE; above = tree->nodes[above].parent)
		tree->nodes[above].nbelow++;
}

/* ---- life ---- */

static void add_filters(struct trace_tree *tree, const char *const *filters, size_t nfilters)
{
	struct filter_error error;

	for (size_t i = 0; i < nfilters; i++) {
		struct filter *filter = filters[i] ? filter_new(filters[i], &error) : NULL;

		if (filter)
			tree->filters[tree->nfilters++] = filter;
	}
}

static bool parse_field(const char *name, struct field *field)
{
	const char *reason;
	size_t at;

	return field_parse(name, strlen(name), field, &reason, &at) > 0;
}

struct trace_tree *trace_tree_new(struct engine *engine, struct span *root, const char *const *filters, size_t nfilters,
				  size_t max_bytes)
{
	struct trace_tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return NULL;
	tree->engine = engine;
	tree->recording = engine_recording(engine);
	tree->context.engine = engine;
	tree->max_bytes = max_bytes ? max_bytes : engine_memory(engine) / MAX_BYTES_SHARE;
	tree->filters = calloc(nfilters + 1, sizeof(*tree->filters));
	if (!tree->filters || !parse_field("evt.category", &tree->category) || !parse_field("evt.is_wait", &tree->waits)) {
		trace_tree_free(tree);
		return NULL;
	}
	add_filters(tree, filters, nfilters);
	add_node(tree, root, TRACE_NONE);
	if (!tree->count) {
		trace_tree_free(tree);
		return NULL;
	}
	/* nothing is inside a span whose enter is not known */
	if (root->flags & SPAN_NO_ENTER)
		tree->over = true;
	recording_begin(tree->recording, &tree->cursor, LANE_MASK_ALL, root->enter_time);
	return tree;
}

void trace_tree_free(struct trace_tree *tree)
{
	if (!tree)
		return;
	for (uint32_t i = 0; i < tree->count; i++) {
		span_unpin(tree->nodes[i].span);
		free(tree->nodes[i].calls);
	}
	for (size_t i = 0; i < tree->nfilters; i++)
		filter_free(tree->filters[i]);
	if (tree->category.definition)
		field_fini(&tree->category);
	if (tree->waits.definition)
		field_fini(&tree->waits);
	field_context_fini(&tree->context);
	free(tree->filters);
	free(tree->nodes);
	free(tree->slots);
	free(tree->open);
	free(tree);
}

/* ---- calls ---- */

/* Whether the event is a call that returned. */
static bool is_call(const struct event *event)
{
	if (event->flags & EVENT_NO_RETURN)
		return false;
	return event->type == EVENT_CALL || (event->type == EVENT_SCAP && scap_is_exit(event->call));
}

/* The node that a call belongs to, or TRACE_NONE. */
static uint32_t place_of(struct trace_tree *tree, const struct event *event)
{
	struct span *span = event->span ? span_outer_at(event->span, event->time) : NULL;

	for (unsigned i = 0; span && i < AROUND_MAX; i++) {
		uint32_t node = trace_tree_find(tree, span);

		if (node != TRACE_NONE)
			return node;
		span = span->outer ? span_outer_at(span->outer, event->time) : NULL;
	}
	for (size_t i = tree->nopen, asked = 0; i-- && asked < AROUND_MAX; asked++)
		if (inside_has(&tree->nodes[tree->open[i]].inside, event))
			return tree->open[i];
	return TRACE_NONE;
}

static bool word_is(const struct value *value, const char *word)
{
	return value->type == VALUE_TEXT && value->size == strlen(word) && !strncasecmp(value->text, word, value->size);
}

static enum trace_kind kind_of(struct trace_tree *tree, const struct event *event)
{
	struct value value;

	if (event_failed(event))
		return TRACE_FAILED;
	if (field_value(&tree->waits, event, &tree->context, &value) && value.u)
		return TRACE_WAIT;
	if (!field_value(&tree->category, event, &tree->context, &value))
		return TRACE_OTHER;
	if (word_is(&value, "file"))
		return TRACE_FILE;
	if (word_is(&value, "net"))
		return TRACE_NET;
	if (word_is(&value, "wait") || word_is(&value, "sleep"))
		return TRACE_WAIT;
	/* without a descriptor it is about locks and semaphores */
	if (word_is(&value, "ipc"))
		return event->fd ? TRACE_NET : TRACE_WAIT;
	return TRACE_OTHER;
}

static bool passes(struct trace_tree *tree, const struct event *event)
{
	for (size_t i = 0; i < tree->nfilters; i++)
		if (!filter_passes(tree->filters[i], event, &tree->context))
			return false;
	return true;
}

static void add_call(struct trace_tree *tree, uint32_t place, const struct event *event)
{
	struct trace_node *node = &tree->nodes[place];
	uint64_t begin = node->span->enter_time, from = event->enter_time > begin ? event->enter_time : begin;
	struct trace_call call = { event->num, from < event->time ? from : event->time, event->time, TRACE_OTHER };
	void *calls = node->calls;
	size_t at = node->ncalls;
	bool good;

	good = grow(tree, &calls, &node->room, node->ncalls, sizeof(call));
	node->calls = calls;
	if (!good) {
		tree->refused++;
		return;
	}
	call.kind = kind_of(tree, event);
	/* events of several CPUs may come a little out of order */
	for (; at && node->calls[at - 1].to > call.to; at--)
		node->calls[at] = node->calls[at - 1];
	node->calls[at] = call;
	node->ncalls++;
	if (call.to - call.from > node->longest)
		node->longest = call.to - call.from;
	node->sums[call.kind].count++;
	node->sums[call.kind].ns += call.to - call.from;
	tree->calls++;
	tree->version++;
}

/* ---- reading ---- */

/* Whether tags begin with all of the others. */
static bool has_prefix(const struct span *span, const struct span *above)
{
	return span->ntags > above->ntags && span->tags->size > above->tags->size &&
	       !memcmp(span->tags->text, above->tags->text, above->tags->size);
}

/* The node that a span hangs below. One whose direct parent never was there belongs to the root by its id and tags. */
static uint32_t parent_of(const struct trace_tree *tree, const struct span *span)
{
	const struct span *root = tree->nodes[0].span;

	if (span->parent)
		return trace_tree_find(tree, span->parent);
	if (span->id == root->id && has_prefix(span, root) && span->enter_time >= root->enter_time &&
	    (!(root->flags & SPAN_CLOSED) || span->enter_time <= root->exit_time))
		return 0;
	return TRACE_NONE;
}

static void take_enter(struct trace_tree *tree, struct span *span)
{
	uint32_t parent;

	if (trace_tree_find(tree, span) != TRACE_NONE)
		return;
	parent = parent_of(tree, span);
	if (parent != TRACE_NONE)
		add_node(tree, span, parent);
}

static void take_exit(struct trace_tree *tree, const struct span *span)
{
	uint32_t node = trace_tree_find(tree, span);

	for (size_t i = tree->nopen; node != TRACE_NONE && i--;) {
		if (tree->open[i] != node)
			continue;
		memmove(tree->open + i, tree->open + i + 1, (tree->nopen - i - 1) * sizeof(*tree->open));
		tree->nopen--;
		break;
	}
	tree->version++;
}

static void take(struct trace_tree *tree, const struct event *event)
{
	uint32_t place;

	if (event->type == EVENT_SPAN_ENTER && event->span) {
		take_enter(tree, event->span);
	} else if (event->type == EVENT_SPAN_EXIT && event->span) {
		take_exit(tree, event->span);
	} else if (is_call(event)) {
		place = place_of(tree, event);
		if (place != TRACE_NONE && passes(tree, event))
			add_call(tree, place, event);
	}
}

/* Whether all spans ended so long before that none of their calls can still come. */
static bool is_past(const struct trace_tree *tree, uint64_t time)
{
	if (!tree->nopen)
		return true;
	for (size_t i = 0; i < tree->nopen; i++) {
		const struct span *span = tree->nodes[tree->open[i]].span;

		if (!(span->flags & SPAN_CLOSED) || time - STRAGGLERS < span->exit_time)
			return false;
	}
	return true;
}

size_t trace_tree_update(struct trace_tree *tree, size_t max_events)
{
	const struct span *root = tree->nodes[0].span;
	const struct event *event;
	size_t read = 0;

	for (size_t i = 0; i < tree->nopen; i++)
		inside_refresh(&tree->nodes[tree->open[i]].inside);
	while (!tree->over && (!max_events || read < max_events) &&
	       (event = recording_next(tree->recording, &tree->cursor))) {
		read++;
		if (event->time < root->enter_time) {
			tree->skipped_before = tree->cursor.skipped;
			continue;
		}
		if (root->flags & SPAN_CLOSED && event->time > STRAGGLERS && event->time - STRAGGLERS > root->exit_time &&
		    is_past(tree, event->time))
			tree->over = true;
		else
			take(tree, event);
	}
	return read;
}

bool trace_tree_is_over(const struct trace_tree *tree)
{
	return tree->over;
}

uint64_t trace_tree_version(const struct trace_tree *tree)
{
	return tree->version;
}

/* ---- what there is ---- */

uint32_t trace_tree_count(const struct trace_tree *tree)
{
	return tree->count;
}

const struct trace_node *trace_tree_node(const struct trace_tree *tree, uint32_t i)
{
	return &tree->nodes[i];
}

uint64_t trace_tree_calls(const struct trace_tree *tree)
{
	return tree->calls;
}

uint64_t trace_tree_refused(const struct trace_tree *tree)
{
	return tree->refused + tree->cursor.skipped - tree->skipped_before;
}

uint64_t trace_node_end(const struct trace_node *node, uint64_t now)
{
	const struct span *span = node->span;

	if (span->flags & SPAN_CLOSED)
		return span->exit_time;
	return now > span->enter_time ? now : span->enter_time;
}

uint64_t trace_tree_end(const struct trace_tree *tree, uint64_t now)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < tree->count; i++) {
		uint64_t this = trace_node_end(&tree->nodes[i], now);

		if (this > end)
			end = this;
	}
	return end;
}

/* ---- what children cover ---- */

/* The part of a child's time that lies in its parent's; false if it has none. */
static bool part_in(const struct trace_node *child, const struct trace_node *node, uint64_t now, uint64_t *from,
		    uint64_t *to)
{
	uint64_t end = trace_node_end(node, now);

	*from = child->span->enter_time > node->span->enter_time ? child->span->enter_time : node->span->enter_time;
	*to = trace_node_end(child, now);
	if (*to > end)
		*to = end;
	return *from < *to;
}

bool trace_cover_next(const struct trace_tree *tree, uint32_t i, uint64_t now, struct trace_cover *cover)
{
	const struct trace_node *node = &tree->nodes[i];
	bool found = false;

	for (; cover->child != TRACE_NONE; cover->child = tree->nodes[cover->child].next) {
		uint64_t from, to;

		if (!part_in(&tree->nodes[cover->child], node, now, &from, &to))
			continue;
		if (found && from > cover->to)
			return true;
		if (!found) {
			cover->from = from;
			cover->to = to;
			found = true;
		} else if (to > cover->to) {
			cover->to = to;
		}
	}
	return found;
}

uint64_t trace_tree_self(const struct trace_tree *tree, uint32_t i, uint64_t now)
{
	const struct trace_node *node = &tree->nodes[i];
	struct trace_cover cover = { .child = node->first_child };
	uint64_t self = trace_node_end(node, now) - node->span->enter_time;

	if (node->span->flags & SPAN_NO_ENTER)
		return 0;
	while (trace_cover_next(tree, i, now, &cover))
		self -= cover.to - cover.from;
	return self;
}
