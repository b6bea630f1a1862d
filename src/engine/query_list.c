/* Lists: one row an event, in the order of a column or of arrival.
 *
 * A row is only the event's number and a sort key; cells are read from the recording when someone looks.
 * Rows whose event was evicted go the next time that someone looks (or when there are many), so rows take a
 * small part of the recording's memory at most. Rows are kept in order by sorting what is new and merging
 * it in: what arrives is mostly in order already. */
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "in_flight.h"
#include "query_private.h"
#include "scap_event.h"
#include "span.h"

#define PURGE_MIN 65536
#define SLICED_MIN 32768    /* rows whose order takes longer than a key may wait */
#define REGATHER 8         /* so many times fewer rows must have gone to make it worth while to gather texts anew */

static enum recording_lane lane_of(const struct event *event)
{
	switch (event->type) {
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
	case EVENT_MARKER_INVALID:
		return LANE_SPANS;
	default:
		return LANE_CALLS;
	}
}

uint64_t list_ref_of(const struct event *event)
{
	return event->num * 2 + lane_of(event);
}

static const struct event *event_of(const struct query *query, uint64_t ref)
{
	return recording_find(query->recording, ref & 1, ref >> 1);
}

/* ---- values ---- */

static bool begin_value(const struct query *query, const struct event *event, struct value *value)
{
	uint64_t begin = event->flags & EVENT_NO_ENTER ? event->time : event->enter_time;
	uint64_t base = query->inside.span ? query->inside.from : engine_counts(query->engine)->first_time;

	value->type = VALUE_INT;
	value->i = (int64_t)(begin - base);
	return true;
}

static bool latency_value(const struct event *event, struct value *value)
{
	value->type = VALUE_DURATION;
	if (event->type == EVENT_SPAN_EXIT && event->span && !(event->span->flags & SPAN_NO_ENTER))
		value->u = span_duration(event->span, event->time);
	else if ((event->type == EVENT_CALL || (event->type == EVENT_SCAP && scap_is_exit(event->call))) &&
		 !(event->flags & (EVENT_NO_ENTER | EVENT_NO_RETURN)))
		value->u = event_latency(event);
	else
		value->type = VALUE_NONE;
	return value->type != VALUE_NONE;
}

static bool column_value(struct query *query, size_t i, const struct event *event, struct value *value)
{
	const struct query_column *column = &query->columns[i];

	switch (column->special) {
	case SPECIAL_BEGIN:
		return begin_value(query, event, value);
	case SPECIAL_LATENCY:
		return latency_value(event, value);
	case SPECIAL_RESULT:
	case SPECIAL_NONE:
		break;
	}
	return field_value(&query->readings[column->reading].field, event, &query->context, value);
}

static uint64_t real_key(double real)
{
	uint64_t bits;

	memcpy(&bits, &real, sizeof(bits));
	return bits >> 63 ? ~bits : bits | 1ULL << 63;
}

/* A number that orders as the value does; 0 for no value. */
static uint64_t sort_key(struct query *query, const struct value *value)
{
	struct value shape = { .type = query->columns[query->sort_column].type };
	size_t size, ignored;

	/* keys that are ranks and keys that are numbers never stand in one list */
	if (value_has_bytes(value, &size) != value_has_bytes(&shape, &ignored))
		return 0;
	if (value_has_bytes(value, &size))
		return list_texts_key(&query->list.texts, value->text, size, query->spec.max_bytes);
	switch (value->type) {
	case VALUE_NONE:
		return 0;
	case VALUE_INT:
	case VALUE_ID:
		return (uint64_t)value->i ^ 1ULL << 63;
	case VALUE_REAL:
		return real_key(value->r);
	default:
		return value->u < UINT64_MAX ? value->u + 1 : UINT64_MAX;
	}
}

uint64_t list_row_key(struct query *query, const struct event *event)
{
	struct value value = { .type = VALUE_NONE };

	if (query->sort_column < 0)
		return list_ref_of(event);
	if (!column_value(query, query->sort_column, event, &value))
		return 0;
	return sort_key(query, &value);
}

/* ---- order ---- */

/* Sorts by ref, or by key and equal ones as they stand: a pass for each byte in which rows differ. */
static void radix_sort(struct list_row *rows, struct list_row *spare, size_t count, bool by_ref, uint64_t flip)
{
	size_t counts[256];
	struct list_row *from = rows, *to = spare, *swap;
	uint64_t differ = 0, first;

	if (!count)
		return;
	first = by_ref ? rows[0].ref : rows[0].key;
	for (size_t i = 1; i < count; i++)
		differ |= (by_ref ? rows[i].ref : rows[i].key) ^ first;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t sum = 0;

		if (!(differ >> shift & 255))
			continue;
		memset(counts, 0, sizeof(counts));
		for (size_t i = 0; i < count; i++)
			counts[((by_ref ? from[i].ref : from[i].key) ^ flip) >> shift & 255]++;
		for (unsigned byte = 0; byte < 256; byte++) {
			size_t here = counts[byte];

			counts[byte] = sum;
			sum += here;
		}
		for (size_t i = 0; i < count; i++)
			to[counts[((by_ref ? from[i].ref : from[i].key) ^ flip) >> shift & 255]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != rows)
		memcpy(rows, from, count * sizeof(*rows));
}

static uint64_t flip_of(const struct query *query)
{
	return query->descending ? UINT64_MAX : 0;
}

static bool is_before(const struct list_row *a, const struct list_row *b, uint64_t flip)
{
	return a->key != b->key ? (a->key ^ flip) < (b->key ^ flip) : a->ref < b->ref;
}

/* Rows from list->sorted on are in order of ref: brings all into order. Without memory they stay unsorted,
 * and the next look tries again. */
static void list_merge(struct query *query)
{
	struct list *list = &query->list;
	size_t fresh = list->count - list->sorted, left = list->sorted, at = list->count;
	struct list_row *tail = list->rows + list->sorted, *spare;
	uint64_t flip = flip_of(query);
	bool ordered = true;

	for (size_t i = list->sorted ? list->sorted : 1; i < list->count && ordered; i++)
		ordered = is_before(&list->rows[i - 1], &list->rows[i], flip);
	if (ordered) {
		list->sorted = list->count;
		return;
	}
	spare = malloc(fresh * sizeof(*spare));
	if (!spare)
		return;
	radix_sort(tail, spare, fresh, false, flip);
	memcpy(spare, tail, fresh * sizeof(*spare));
	/* from the end: once all fresh rows have their place, the rest lies right */
	while (fresh)
		if (left && is_before(&spare[fresh - 1], &list->rows[left - 1], flip))
			list->rows[--at] = list->rows[--left];
		else
			list->rows[--at] = spare[--fresh];
	list->sorted = list->count;
	free(spare);
}

static int compare_refs(const void *left, const void *right)
{
	const struct list_row *a = left, *b = right;

	return (a->ref > b->ref) - (a->ref < b->ref);
}

/* Back to the order of arrival, as list_merge wants it. */
static void list_scatter(struct list *list)
{
	struct list_row *spare = list->count ? malloc(list->count * sizeof(*spare)) : NULL;

	if (spare)
		radix_sort(list->rows, spare, list->count, true, 0);
	else if (list->count)
		qsort(list->rows, list->count, sizeof(*list->rows), compare_refs);
	free(spare);
	list->sorted = 0;
}

/* ---- eviction ---- */

/* Changes whenever anything is evicted. */
static uint64_t eviction_mark(const struct query *query)
{
	return recording_oldest_lane_chunk(query->recording, LANE_SPANS) +
	       recording_oldest_lane_chunk(query->recording, LANE_CALLS);
}

static uint64_t oldest_num(const struct query *query, enum recording_lane lane)
{
	struct recording_cursor cursor;
	const struct event *event;

	recording_begin(query->recording, &cursor, 1u << lane, 0);
	event = recording_next(query->recording, &cursor);
	return event ? event->num : UINT64_MAX;
}

/* Drops the rows whose events are gone. */
static void list_purge(struct query *query)
{
	struct list *list = &query->list;
	uint64_t mark = eviction_mark(query), oldest[LANES];
	size_t kept = 0, sorted = 0;

	if (mark == list->evicted)
		return;
	list->evicted = mark;
	for (unsigned lane = 0; lane < LANES; lane++)
		oldest[lane] = oldest_num(query, lane);
	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].ref >> 1 >= oldest[list->rows[i].ref & 1]) {
			sorted += i < list->sorted;
			list->rows[kept++] = list->rows[i];
		}
	list->purged += list->count - kept;
	list->count = kept;
	list->sorted = sorted;
}

/* ---- the kind ---- */

static bool list_push(struct query *query, uint64_t ref, uint64_t key)
{
	struct list *list = &query->list;
	struct list_row *rows;

	if (list->count >= list->purge_at) {
		list_purge(query);
		list->purge_at = list->count * 2 + PURGE_MIN;
	}
	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 1024;

		rows = realloc(list->rows, size * sizeof(*rows));
		if (!rows)
			return false;
		list->rows = rows;
		list->size = size;
	}
	list->rows[list->count++] = (struct list_row){ .ref = ref, .key = key };
	return true;
}

static bool list_add(struct query *query, const struct event *event)
{
	struct value value;

	for (size_t i = 0; i < query->nrequired; i++)
		if (!field_value(&query->readings[query->required[i]].field, event, &query->context, &value))
			return false;
	if (query->key >= 0 && !field_value(&query->readings[0].field, event, &query->context, &value))
		return false;
	if (list_push(query, list_ref_of(event), list_row_key(query, event)))
		return true;
	query->refused++;
	return false;
}

static void list_clear(struct query *query)
{
	list_sorting_stop(&query->list);
	free(query->list.rows);
	list_texts_clear(&query->list.texts);
	query->list = (struct list){ 0 };
}

/* Reads the keys of all rows again, from the recording, in its order: far cheaper than row by row. */
static void read_keys(struct query *query)
{
	struct list *list = &query->list;
	struct recording_cursor cursor;
	const struct event *event;
	size_t at = 0, kept = 0;

	list_texts_clear(&list->texts);
	list->purged = 0;
	list_scatter(list);
	recording_begin(query->recording, &cursor, query->cursor.lanes, 0);
	while (at < list->count && (event = recording_next(query->recording, &cursor))) {
		uint64_t ref = list_ref_of(event);

		while (at < list->count && list->rows[at].ref < ref)
			at++; /* evicted */
		if (at < list->count && list->rows[at].ref == ref) {
			list->rows[kept++] = (struct list_row){ .ref = ref, .key = list_row_key(query, event) };
			at++;
		}
	}
	list->count = kept;
}

/* A short list, or one that gets no updates, is put into order at once. */
static bool sorts_in_parts(struct query *query)
{
	bool is_long = !query->spec.streamed && query->list.count >= SLICED_MIN;

	list_sorting_stop(&query->list);
	return is_long && list_sorting_start(query);
}

static void list_sorted_by(struct query *query)
{
	if (!sorts_in_parts(query))
		read_keys(query);
}

static void list_turned(struct query *query)
{
	bool has_keys = !query->list.sorting;

	if (sorts_in_parts(query))
		return;
	if (has_keys)
		list_scatter(&query->list);
	else
		read_keys(query);
}

static size_t list_rows(struct query *query)
{
	struct list *list = &query->list;

	if (list->sorting)
		return list->count;
	list_purge(query);
	/* texts of rows that are gone take the room of those that came */
	if (list->texts.full && list->purged > list->count / REGATHER)
		read_keys(query);
	if (list_texts_rank(&list->texts, list->rows, list->count) && list->sorted < list->count)
		list_merge(query);
	return list->count;
}

/* The field's bytes may be overwritten by the next field: the row keeps its own. */
static bool keep_bytes(struct query *query, struct value *value, size_t *used)
{
	size_t size;
	char *text;

	if (!value_has_bytes(value, &size))
		return true;
	if (*used + size + 1 > query->row_text_size) {
		text = realloc(query->row_text, (*used + size + 1) * 2);
		if (!text)
			return false;
		for (size_t i = 0; i < query->ncolumns; i++) {
			size_t ignored;

			if (value_has_bytes(&query->cells[i], &ignored))
				query->cells[i].text = text + (query->cells[i].text - query->row_text);
		}
		query->row_text = text;
		query->row_text_size = (*used + size + 1) * 2;
	}
	if (size)
		memcpy(query->row_text + *used, value->text, size);
	value->text = query->row_text + *used;
	*used += size + 1;
	return true;
}

void query_list_fill(struct query *query, const struct event *event)
{
	size_t used = 0;

	query->row.id = list_ref_of(event);
	query->row.event_num = event->num;
	for (size_t column = 0; column < query->ncolumns; column++) {
		struct value value = { .type = VALUE_NONE };

		if (query->columns[column].applies && column_value(query, column, event, &value) && keep_bytes(query, &value, &used))
			query->cells[column] = value;
	}
}

static void list_row(struct query *query, size_t i)
{
	uint64_t ref = query->list.rows[i].ref;
	const struct event *event = event_of(query, ref);

	if (event)
		query_list_fill(query, event);
	query->row.id = ref;
	query->row.event_num = ref >> 1;
}

static size_t list_find(struct query *query, uint64_t id)
{
	size_t rows = list_rows(query);

	for (size_t i = 0; i < rows; i++)
		if (query->list.rows[i].ref == id)
			return i;
	return SIZE_MAX;
}

/* Number of the first event from this time on, or of the last one. */
static uint64_t num_at_time(const struct query *query, uint64_t time)
{
	struct recording_cursor cursor;
	const struct event *event;
	uint64_t num = 0;

	recording_begin(query->recording, &cursor, query->cursor.lanes, time);
	while ((event = recording_next(query->recording, &cursor))) {
		num = event->num;
		if (event->time >= time)
			break;
	}
	return num;
}

size_t query_list_near(struct query *query, uint64_t value, bool by_time)
{
	size_t rows = query->kind == &query_list_kind ? list_rows(query) : 0, best = 0;
	uint64_t num = by_time ? num_at_time(query, value) : value, nearest = UINT64_MAX, last = 0;

	for (size_t i = 0; i < rows; i++) {
		uint64_t here = query->list.rows[i].ref >> 1;

		if (here >= num ? here < nearest : nearest == UINT64_MAX && here >= last)
			best = i;
		if (here >= num && here < nearest)
			nearest = here;
		if (here > last)
			last = here;
	}
	return best;
}

static void list_tick(struct query *query, uint64_t now)
{
	(void)query;
	(void)now;
}

const struct query_kind query_list_kind = {
	.add = list_add,
	.clear = list_clear,
	.sorted_by = list_sorted_by,
	.turned = list_turned,
	.rows = list_rows,
	.row = list_row,
	.find = list_find,
	.tick = list_tick,
};

struct span *query_row_span(struct query *query, const struct query_row *row)
{
	const struct event *event;

	if (query->spec.view->kind == VIEW_IN_FLIGHT)
		return in_flight_span(query, row->id);
	if (query->kind != &query_list_kind || !row->id)
		return NULL;
	event = event_of(query, row->id);
	if (!event || (event->type != EVENT_SPAN_ENTER && event->type != EVENT_SPAN_EXIT))
		return NULL;
	return event->span;
}
