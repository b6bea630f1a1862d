/* Another order for a long list, a little at a time, so that nobody who presses a key waits for it.
 *
 * Keys of rows come from the recording, read once from its start: a part with each update of the query, before anything new
 * is read. Until all are there the rows stay in the order that they had, and none of them goes. */
#include <stdlib.h>
#include <string.h>

#include "query_private.h"

struct list_sorting {
	struct recording_cursor cursor;
	struct list_row *rows;     /* a copy in the order of arrival; those before `kept` have their new keys */
	size_t count, at, kept;
};

void list_sorting_stop(struct list *list)
{
	if (!list->sorting)
		return;
	free(list->sorting->rows);
	free(list->sorting);
	list->sorting = NULL;
}

bool list_sorting_start(struct query *query)
{
	struct list *list = &query->list;
	struct list_sorting *sorting = calloc(1, sizeof(*sorting));

	list_sorting_stop(list);
	if (!sorting)
		return false;
	sorting->rows = malloc((list->count + 1) * sizeof(*sorting->rows));
	if (!sorting->rows) {
		free(sorting);
		return false;
	}
	sorting->count = list->count;
	memcpy(sorting->rows, list->rows, list->count * sizeof(*sorting->rows));
	list_by_arrival(sorting->rows, sorting->count);
	list_texts_clear(&list->texts);
	recording_begin(query->recording, &sorting->cursor, query->cursor.lanes, 0);
	list->sorting = sorting;
	return true;
}

/* The rows with their new keys take the place of the old ones; whoever looks brings them into order. */
static void finish(struct list *list)
{
	struct list_sorting *sorting = list->sorting;

	free(list->rows);
	list->rows = sorting->rows;
	list->size = sorting->count + 1;
	list->count = sorting->kept;
	list->sorted = list->purged = 0;
	free(sorting);
	list->sorting = NULL;
}

static void take(struct query *query, struct list_sorting *sorting, const struct event *event)
{
	uint64_t ref = list_ref_of(event);

	while (sorting->at < sorting->count && sorting->rows[sorting->at].ref < ref)
		sorting->at++; /* evicted */
	if (sorting->at == sorting->count || sorting->rows[sorting->at].ref != ref)
		return;
	sorting->rows[sorting->kept++] = (struct list_row){ .ref = ref, .key = list_row_key(query, event) };
	sorting->at++;
}

size_t list_sorting_step(struct query *query, size_t max_events)
{
	struct list_sorting *sorting = query->list.sorting;
	const struct event *event = NULL;
	size_t read = 0;

	while ((!max_events || read < max_events) && sorting->at < sorting->count &&
	       (event = recording_next(query->recording, &sorting->cursor))) {
		take(query, sorting, event);
		read++;
	}
	if (sorting->at == sorting->count || !event)
		finish(&query->list);
	return read;
}
