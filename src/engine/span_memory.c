/* How long spans live.
 *
 * A closed span is freed when the recording has forgotten it (last_chunk), nobody holds it (pins), and no
 * span has it as parent. As outer it may go earlier: threads whose spans overlap without end would otherwise
 * never let go of the first one. Of the spans that have one outer, all but the last (last_inner) ended
 * before the outer did, so they are gone before it or pinned; when only the last is left, it is given
 * the outer's own outer, and the outer is freed.
 *
 * Nothing here looks at all spans. Closed ones wait in a list for their chunk; those that something else
 * keeps are parked in no list and come back when that goes. */
#include "span_private.h"

#include <stdlib.h>
#include <string.h>

#define SLAB_SLOTS 256

void *slots_take(struct slots *slots)
{
	void **slot = slots->free;

	if (!slot) {
		char *slab = calloc(1, sizeof(void *) + SLAB_SLOTS * slots->slot_size);

		if (!slab)
			return NULL;
		*(void **)slab = slots->slabs;
		slots->slabs = slab;
		slots->bytes += sizeof(void *) + SLAB_SLOTS * slots->slot_size;
		for (size_t i = SLAB_SLOTS; i-- > 0;) {
			slot = (void **)(slab + sizeof(void *) + i * slots->slot_size);
			slot[1] = slots->free;
			slots->free = slot;
		}
	}
	slots->free = slot[1];
	memset(slot, 0, slots->slot_size);
	return slot;
}

void slots_give(struct slots *slots, void *given)
{
	void **slot = given;

	slot[0] = NULL;
	slot[1] = slots->free;
	slots->free = slot;
}

static void slots_fini(struct slots *slots)
{
	while (slots->slabs) {
		void *next = *(void **)slots->slabs;

		free(slots->slabs);
		slots->slabs = next;
	}
}

struct span_table *span_table_new(struct string_pool *pool, size_t max_bytes,
				  void (*ended)(void *context, struct span *span), void *context)
{
	struct span_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->mask = 1023;
	table->buckets = calloc(table->mask + 1, sizeof(*table->buckets));
	if (!table->buckets) {
		free(table);
		return NULL;
	}
	table->pool = pool;
	table->max_bytes = max_bytes;
	table->ended = ended;
	table->context = context;
	table->spans.slot_size = sizeof(struct span);
	table->opens.slot_size = sizeof(struct span_open);
	return table;
}

static void put_strings(struct span_table *table, struct span *span)
{
	string_put(table->pool, span->tags);
	string_put(table->pool, span->enter_args);
	string_put(table->pool, span->exit_args);
}

/* What a closed span takes, as if its texts were its own: of many spans with one tag this is a little too much. */
static size_t closed_cost(const struct span *span)
{
	return sizeof(*span) + span->tags->size + (span->enter_args ? span->enter_args->size : 0) +
	       (span->exit_args ? span->exit_args->size : 0);
}

void span_table_free(struct span_table *table)
{
	if (!table)
		return;
	for (char *slab = table->spans.slabs; slab; slab = *(char **)slab) {
		struct span *spans = (struct span *)(slab + sizeof(void *));

		for (size_t i = 0; i < SLAB_SLOTS; i++) {
			if (spans[i].num)
				put_strings(table, &spans[i]);
		}
	}
	slots_fini(&table->spans);
	slots_fini(&table->opens);
	free(table->buckets);
	free(table);
}

size_t span_table_closed_bytes(const struct span_table *table)
{
	return table->closed_bytes;
}

size_t span_table_bytes(const struct span_table *table)
{
	return sizeof(*table) + (table->mask + 1) * sizeof(*table->buckets) + table->spans.bytes +
	       table->opens.bytes;
}

struct span *span_memory_take(struct span_table *table, struct thread *thread, struct process *owner)
{
	struct span *span = slots_take(&table->spans);

	if (!span)
		return NULL;
	span->num = ++table->last_num;
	span->thread = thread;
	span->owner = owner;
	thread->pins++;
	owner->pins++;
	return span;
}

void span_memory_link(struct span *span, struct span *parent, struct span *outer)
{
	span->parent = parent;
	if (parent)
		parent->children++;
	span->outer = outer;
	if (outer) {
		outer->inners++;
		outer->last_inner = span;
	}
}

static bool is_recorded(const struct span_table *table, const struct span *span, enum recording_lane lane)
{
	return span->last_chunk[lane] >= table->oldest_chunk[lane];
}

/* Puts a closed span where span_table_collect() will come across it. */
static void file_closed(struct span_table *table, struct span *span)
{
	struct span **list = &table->ready;

	for (unsigned lane = 0; lane < LANES; lane++) {
		if (is_recorded(table, span, lane))
			list = &table->closed[lane][span->last_chunk[lane] % CLOSED_LISTS];
	}
	span->next_closed = *list;
	*list = span;
}

void span_memory_closed(struct span_table *table, struct span *span)
{
	size_t at = table->recent_at++ % RECENT_SPANS;

	table->closed_bytes += closed_cost(span);
	/* events within it have touched its thread, if not the span itself */
	for (unsigned lane = 0; lane < LANES; lane++) {
		if (span->last_chunk[lane] < span->thread->last_chunk[lane])
			span->last_chunk[lane] = span->thread->last_chunk[lane];
	}
	table->recent[at].span = span;
	table->recent[at].num = span->num;
	file_closed(table, span);
}

/* One reference less to a parent or an outer. */
static void released(struct span_table *table, struct span *span)
{
	if (!span->parked)
		return;
	span->parked = false;
	table->parked_bytes -= closed_cost(span);
	table->closed_bytes += closed_cost(span);
	file_closed(table, span);
}

static void free_span(struct span_table *table, struct span *span)
{
	struct span *outer = span->outer;

	if (span->inners) {
		struct span *inner = span->last_inner;

		inner->outer = outer;
		if (outer && outer->last_inner == span)
			outer->last_inner = inner;
	} else if (outer) {
		if (outer->last_inner == span)
			outer->last_inner = NULL;
		outer->inners--;
		released(table, outer);
	}
	if (span->parent) {
		span->parent->children--;
		released(table, span->parent);
	}
	span->thread->pins--;
	if (span->exit_thread)
		span->exit_thread->pins--;
	span->owner->pins--;
	table->closed_bytes -= closed_cost(span);
	put_strings(table, span);
	slots_give(&table->spans, span);
}

/* Tries one span that the recording has forgotten. false: it is pinned, or what lies in it is. */
static bool try_free(struct span_table *table, struct span *span)
{
	bool only_last = span->inners == 1 && span->last_inner;

	if (span->pins || (only_last && span->last_inner->pins))
		return false;
	if (!span->children && (!span->inners || only_last)) {
		free_span(table, span);
		return true;
	}
	span->parked = true;
	table->closed_bytes -= closed_cost(span);
	table->parked_bytes += closed_cost(span);
	return true;
}

static void collect_list(struct span_table *table, struct span **list)
{
	struct span *next, *span = *list;

	*list = NULL;
	for (; span; span = next) {
		next = span->next_closed;
		file_closed(table, span);
	}
}

void span_table_collect(struct span_table *table, const uint64_t oldest_chunk[LANES])
{
	uint64_t from[LANES];
	struct span *span, *held = NULL;

	for (unsigned lane = 0; lane < LANES; lane++) {
		from[lane] = table->oldest_chunk[lane];
		if (table->oldest_chunk[lane] < oldest_chunk[lane])
			table->oldest_chunk[lane] = oldest_chunk[lane];
	}
	for (unsigned lane = 0; lane < LANES; lane++) {
		for (unsigned i = 0; i < CLOSED_LISTS && from[lane] + i < table->oldest_chunk[lane]; i++)
			collect_list(table, &table->closed[lane][(from[lane] + i) % CLOSED_LISTS]);
	}
	/* freeing one may make others ready */
	while ((span = table->ready)) {
		table->ready = span->next_closed;
		if (is_recorded(table, span, LANE_SPANS) || is_recorded(table, span, LANE_CALLS)) {
			file_closed(table, span);
		} else if (!try_free(table, span)) {
			span->next_closed = held;
			held = span;
		}
	}
	table->ready = held;
}

void span_touch(struct span *span, enum recording_lane lane, uint64_t chunk)
{
	for (; span && span->last_chunk[lane] < chunk; span = span->parent)
		span->last_chunk[lane] = chunk;
}

void span_pin(struct span *span)
{
	span->pins++;
}

void span_unpin(struct span *span)
{
	span->pins--;
}
