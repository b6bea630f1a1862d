/* Another order for a long list, a little at a time, so that nobody who presses a key waits for it.
 *
 * Keys of rows come from the recording, read once from its start, in the order of arrival; a set of bits says which of its
 * events are rows. Then the rows are sorted by one byte of their keys after the other. Each update of the query does a part
 * of that before anything new is read, and until all is done the rows stay in the order that they had, and none goes. */
#include <stdlib.h>
#include <string.h>

#include "query_private.h"

#define BYTES 8
#define MOVES 4                /* rows that are counted or moved in the time that an event takes to be read */
#define SPAN_MAX (1ull << 33)  /* numbers of events from the first row to the last; a bit each */

enum phase { READ, COUNT, MOVE };

struct list_sorting {
	enum phase phase;
	struct recording_cursor cursor;
	uint8_t *is_row;           /* bits, from the event `first` on */
	uint64_t first, last;
	struct list_row *rows, *spare;
	size_t count, room;
	bool descending;
	size_t at;                 /* row that is counted or moved next */
	unsigned byte;             /* of the keys that rows are sorted by now, from the lowest */
	size_t counts[BYTES][256]; /* rows by that byte; of the byte that rows are moved by where the next one goes */
};

static uint64_t flip_of(const struct list_sorting *sorting)
{
	return sorting->descending ? UINT64_MAX : 0;
}

static void sorting_free(struct list_sorting *sorting)
{
	free(sorting->is_row);
	free(sorting->rows);
	free(sorting->spare);
	free(sorting);
}

void list_sorting_stop(struct list *list)
{
	if (list->sorting)
		sorting_free(list->sorting);
	list->sorting = NULL;
}

/* False without memory, or if the rows are too far apart. */
static bool note_rows(struct list_sorting *sorting, const struct list *list)
{
	sorting->first = UINT64_MAX;
	for (size_t i = 0; i < list->count; i++) {
		uint64_t num = list->rows[i].ref >> 1;

		sorting->first = num < sorting->first ? num : sorting->first;
		sorting->last = num > sorting->last ? num : sorting->last;
	}
	if (!list->count || sorting->last - sorting->first >= SPAN_MAX)
		return false;
	sorting->is_row = calloc((sorting->last - sorting->first) / 8 + 1, 1);
	for (size_t i = 0; sorting->is_row && i < list->count; i++) {
		uint64_t place = (list->rows[i].ref >> 1) - sorting->first;

		sorting->is_row[place / 8] |= (uint8_t)(1 << place % 8);
	}
	return sorting->is_row;
}

bool list_sorting_start(struct query *query)
{
	struct list *list = &query->list;
	struct list_sorting *sorting = calloc(1, sizeof(*sorting));

	list_sorting_stop(list);
	if (!sorting)
		return false;
	sorting->room = list->count;
	sorting->descending = query->descending;
	sorting->rows = malloc((list->count + 1) * sizeof(*sorting->rows));
	sorting->spare = malloc((list->count + 1) * sizeof(*sorting->spare));
	if (!sorting->rows || !sorting->spare || !note_rows(sorting, list)) {
		sorting_free(sorting);
		return false;
	}
	list_texts_clear(&list->texts);
	recording_begin(query->recording, &sorting->cursor, query->cursor.lanes, 0);
	list->sorting = sorting;
	return true;
}

static void take(struct query *query, struct list_sorting *sorting, const struct event *event)
{
	uint64_t place = event->num - sorting->first;

	if (event->num < sorting->first || event->num > sorting->last || sorting->count == sorting->room ||
	    !(sorting->is_row[place / 8] >> place % 8 & 1))
		return;
	sorting->rows[sorting->count++] = (struct list_row){ .ref = list_ref_of(event), .key = list_row_key(query, event) };
}

/* False: all are read. */
static bool read_part(struct query *query, struct list_sorting *sorting, size_t max_events)
{
	const struct event *event;

	for (size_t i = 0; !max_events || i < max_events; i++) {
		event = recording_next(query->recording, &sorting->cursor);
		if (!event || event->num > sorting->last)
			return false;
		take(query, sorting, event);
	}
	return true;
}

/* Up to which row a part of the work goes. */
static size_t end_of_part(const struct list_sorting *sorting, size_t max_events)
{
	return max_events && sorting->count - sorting->at > max_events * MOVES ? sorting->at + max_events * MOVES :
										 sorting->count;
}

static void count_part(struct list_sorting *sorting, size_t max_events)
{
	size_t end = end_of_part(sorting, max_events);

	for (; sorting->at < end; sorting->at++) {
		uint64_t key = sorting->rows[sorting->at].key ^ flip_of(sorting);

		for (unsigned byte = 0; byte < BYTES; byte++)
			sorting->counts[byte][key >> 8 * byte & 255]++;
	}
}

/* Goes to the next byte from this one on in which rows differ, and makes of its counts places. False: there is none. */
static bool begin_byte(struct list_sorting *sorting)
{
	size_t sum = 0;

	for (; sorting->byte < BYTES; sorting->byte++) {
		const size_t *counts = sorting->counts[sorting->byte];
		unsigned value = 0;

		while (value < 255 && !counts[value])
			value++;
		if (counts[value] != sorting->count)
			break;
	}
	if (sorting->byte == BYTES)
		return false;
	for (unsigned value = 0; value < 256; value++) {
		size_t here = sorting->counts[sorting->byte][value];

		sorting->counts[sorting->byte][value] = sum;
		sum += here;
	}
	sorting->at = 0;
	return true;
}

/* False: the rows are in order. */
static bool move_part(struct list_sorting *sorting, size_t max_events)
{
	size_t end = end_of_part(sorting, max_events), *places = sorting->counts[sorting->byte];
	struct list_row *swap;

	for (; sorting->at < end; sorting->at++) {
		const struct list_row *row = &sorting->rows[sorting->at];

		sorting->spare[places[(row->key ^ flip_of(sorting)) >> 8 * sorting->byte & 255]++] = *row;
	}
	if (sorting->at < sorting->count)
		return true;
	swap = sorting->rows;
	sorting->rows = sorting->spare;
	sorting->spare = swap;
	sorting->byte++;
	return begin_byte(sorting);
}

static void finish(struct list *list)
{
	struct list_sorting *sorting = list->sorting;

	free(list->rows);
	list->rows = sorting->rows;
	list->size = sorting->room + 1;
	list->count = list->sorted = sorting->count;
	list->purged = 0;
	list->evicted = 0;         /* some of them may be gone already */
	sorting->rows = NULL;
	list_sorting_stop(list);
}

/* One part of the work; false: that was the last one. */
static bool step(struct query *query, struct list_sorting *sorting, size_t max_events)
{
	switch (sorting->phase) {
	case READ:
		if (read_part(query, sorting, max_events))
			return true;
		/* without memory texts stand in the order in which they came */
		list_texts_rank(&query->list.texts, sorting->rows, sorting->count);
		sorting->phase = COUNT;
		return true;
	case COUNT:
		count_part(sorting, max_events);
		if (sorting->at < sorting->count)
			return true;
		sorting->phase = MOVE;
		return begin_byte(sorting);
	case MOVE:
		return move_part(sorting, max_events);
	}
	return false;
}

bool list_sorting_step(struct query *query, size_t max_events)
{
	while (step(query, query->list.sorting, max_events))
		if (max_events)
			return true;
	finish(&query->list);
	return false;
}
