/* Text queries: an entry an event, which knows where its lines begin.
 *
 * An entry is the event's number and how many lines it has in each form, so that another form is one pass over the entries
 * and no look at the recording. Entries of evicted events go in one move when they are many. */
#include "query_lines.h"

#include <stdlib.h>
#include <string.h>

#include "query_private.h"

#define ENTRIES_MIN (1u << 19)     /* kept at least, whatever the memory */
#define PURGE_PART 8               /* entries go when they are this part of all */

struct line_entry {
	uint64_t ref;              /* event number * 2 + lane */
	uint64_t end;              /* number of the line after its last one */
	struct line_counts counts;
};

struct query_text {
	struct event_lines *maker;
	struct line_entry *entries;
	size_t begin, end, room;   /* those before begin are gone */
	uint64_t first;            /* line that the first entry begins with */
	uint64_t gone;             /* events */
	uint64_t evicted;          /* eviction mark up to which entries were looked at */
	uint64_t oldest[LANES];    /* numbers below are evicted */
};

static enum recording_lane lane_of(const struct event *event)
{
	return event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT || event->type == EVENT_MARKER_INVALID ?
	       LANE_SPANS : LANE_CALLS;
}

static const struct event *event_of(const struct query *query, const struct line_entry *entry)
{
	return recording_find(query->recording, entry->ref & 1, entry->ref >> 1);
}

/* Made when it is first needed; NULL without memory. */
static struct query_text *text_of(struct query *query)
{
	if (query->text)
		return query->text;
	query->text = calloc(1, sizeof(*query->text));
	if (query->text)
		query->text->maker = event_lines_new(query->engine, query->spec.view->text);
	if (query->text && !query->text->maker) {
		free(query->text);
		query->text = NULL;
	}
	return query->text;
}

void query_text_free(struct query *query)
{
	if (!query->text)
		return;
	event_lines_free(query->text->maker);
	free(query->text->entries);
	free(query->text);
	query->text = NULL;
}

struct event_lines *query_lines_maker(struct query *query)
{
	struct query_text *text = text_of(query);

	return text ? text->maker : NULL;
}

static uint64_t begin_of(const struct query_text *text, size_t i)
{
	return i == text->begin ? text->first : text->entries[i - 1].end;
}

/* ---- entries come and go ---- */

static void drop_first(struct query_text *text, size_t count)
{
	if (!count)
		return;
	text->begin += count;
	text->first = text->entries[text->begin - 1].end;
	text->gone += count;
}

static bool is_evicted(const struct query_text *text, size_t i)
{
	return text->entries[i].ref >> 1 < text->oldest[text->entries[i].ref & 1];
}

static uint64_t oldest_num(const struct query *query, enum recording_lane lane)
{
	struct recording_cursor cursor;
	const struct event *event;

	recording_begin(query->recording, &cursor, 1u << lane, 0);
	event = recording_next(query->recording, &cursor);
	return event ? event->num : UINT64_MAX;
}

/* Markers outlive the calls between them. What goes from between them makes the numbers of the lines before it larger:
 * those after it keep theirs. */
static void drop_between(struct query_text *text)
{
	uint64_t end = text->end > text->begin ? text->entries[text->end - 1].end : text->first;
	size_t to = text->end;

	for (size_t i = text->end; i-- > text->begin;) {
		uint64_t lines = text->entries[i].end - begin_of(text, i);

		if (is_evicted(text, i)) {
			text->gone++;
			continue;
		}
		text->entries[--to] = text->entries[i];
		text->entries[to].end = end;
		end -= lines;
	}
	text->begin = to;
	text->first = end;
}

static void purge(const struct query *query, struct query_text *text)
{
	uint64_t mark = recording_oldest_lane_chunk(query->recording, LANE_SPANS) +
			recording_oldest_lane_chunk(query->recording, LANE_CALLS);
	size_t evicted = 0;

	if (mark == text->evicted || text->begin == text->end)
		return;
	text->evicted = mark;
	for (unsigned lane = 0; lane < LANES; lane++)
		text->oldest[lane] = oldest_num(query, lane);
	while (text->begin + evicted < text->end && is_evicted(text, text->begin + evicted))
		evicted++;
	drop_first(text, evicted);
	if (text->begin < text->end && is_evicted(text, text->begin + (text->end - text->begin) / PURGE_PART))
		drop_between(text);
}

static bool make_room(const struct query *query, struct query_text *text)
{
	size_t most = query->spec.max_bytes / sizeof(*text->entries), count = text->end - text->begin;
	struct line_entry *entries;
	size_t room;

	if (most < ENTRIES_MIN)
		most = ENTRIES_MIN;
	if (count >= most) {
		drop_first(text, most / PURGE_PART);
		count = text->end - text->begin;
	}
	if (text->end < text->room)
		return true;
	if (text->begin > text->room / 2) {
		memmove(text->entries, text->entries + text->begin, count * sizeof(*text->entries));
		text->begin = 0;
		text->end = count;
		return true;
	}
	room = text->room ? text->room * 2 : 1024;
	entries = realloc(text->entries, room * sizeof(*entries));
	if (!entries)
		return false;
	text->entries = entries;
	text->room = room;
	return true;
}

static bool text_add(struct query *query, const struct event *event)
{
	struct query_text *text = text_of(query);
	struct line_entry entry = { .ref = event->num * 2 + lane_of(event) };

	if (text && !event_lines_count(text->maker, event, &entry.counts))
		return false;
	if (!text || !make_room(query, text)) {
		query->refused++;
		return false;
	}
	entry.end = (text->end > text->begin ? text->entries[text->end - 1].end : text->first) +
		    event_lines_of(text->maker, &entry.counts);
	text->entries[text->end++] = entry;
	return true;
}

/* The form stays. */
static void text_clear(struct query *query)
{
	struct query_text *text = query->text;

	if (!text)
		return;
	free(text->entries);
	text->entries = NULL;
	text->begin = text->end = text->room = 0;
	text->first = text->gone = 0;
}

/* Lines are numbered anew, from 1 if none is gone. */
void query_lines_changed(struct query *query)
{
	struct query_text *text = query->text;
	uint64_t end;

	if (!text)
		return;
	end = text->first = 0;
	for (size_t i = text->begin; i < text->end; i++) {
		end += event_lines_of(text->maker, &text->entries[i].counts);
		text->entries[i].end = end;
	}
}

/* ---- rows: the events ---- */

static size_t text_rows(struct query *query)
{
	struct query_text *text = text_of(query);

	if (!text)
		return 0;
	purge(query, text);
	return text->end - text->begin;
}

static void text_row(struct query *query, size_t i)
{
	query->row.id = query->text->entries[query->text->begin + i].ref;
	query->row.event_num = query->row.id >> 1;
}

static size_t entry_by(const struct query_text *text, uint64_t id)
{
	size_t low = text->begin, high = text->end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (text->entries[middle].ref < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t text_find(struct query *query, uint64_t id)
{
	size_t rows = text_rows(query), at;

	if (!rows)
		return SIZE_MAX;
	at = entry_by(query->text, id);
	return at < query->text->end && query->text->entries[at].ref == id ? at - query->text->begin : SIZE_MAX;
}

static void text_tick(struct query *query, uint64_t now)
{
	(void)query;
	(void)now;
}

const struct query_kind query_text_kind = {
	.add = text_add,
	.clear = text_clear,
	.rows = text_rows,
	.row = text_row,
	.find = text_find,
	.tick = text_tick,
};

/* ---- lines ---- */

uint64_t query_lines(struct query *query, uint64_t *first)
{
	size_t rows = text_rows(query);

	*first = query->text ? query->text->first : 0;
	return rows ? query->text->entries[query->text->end - 1].end : *first;
}

/* The entry that line n is of; text->end if there is none. */
static size_t entry_at(const struct query_text *text, uint64_t n)
{
	size_t low = text->begin, high = text->end;

	if (n < text->first)
		return text->end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (text->entries[middle].end <= n)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool query_line(struct query *query, uint64_t n, struct event_line *line, uint64_t *event_num)
{
	const struct query_text *text = query->text;
	const struct event *event, *before;
	size_t i = text ? entry_at(text, n) : 0;

	*line = (struct event_line){ .text = "", .kind = LINE_BLANK };
	*event_num = 0;
	if (!text || i >= text->end)
		return true;
	*event_num = text->entries[i].ref >> 1;
	event = event_of(query, &text->entries[i]);
	if (!event)
		return false;
	before = i > text->begin ? event_of(query, &text->entries[i - 1]) : NULL;
	event_lines_write(text->maker, event, before, n - begin_of(text, i), line);
	return true;
}

uint64_t query_line_event(struct query *query, uint64_t n, uint64_t *within)
{
	const struct query_text *text = query->text;
	size_t i = text ? entry_at(text, n) : 0;

	*within = 0;
	if (!text || i >= text->end)
		return 0;
	*within = n - begin_of(text, i);
	return text->entries[i].ref;
}

uint64_t query_line_of(struct query *query, uint64_t id, uint64_t within)
{
	const struct query_text *text = query->text;
	size_t i;
	uint64_t lines;

	if (!text || text->begin == text->end)
		return 0;
	i = entry_by(text, id);
	if (i == text->end)
		return text->entries[i - 1].end ? text->entries[i - 1].end - 1 : 0;
	lines = text->entries[i].end - begin_of(text, i);
	if (text->entries[i].ref != id)
		within = 0;
	return begin_of(text, i) + (within < lines ? within : lines ? lines - 1 : 0);
}

uint64_t query_line_near(struct query *query, uint64_t num, bool by_time)
{
	const struct query_text *text = query->text;
	size_t low, high;

	if (!text || text->begin == text->end)
		return 0;
	low = text->begin;
	high = text->end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct event *event = by_time ? event_of(query, &text->entries[middle]) : NULL;
		uint64_t key = by_time ? (event ? event->time : 0) : text->entries[middle].ref >> 1;

		if (key < num)
			low = middle + 1;
		else
			high = middle;
	}
	return low < text->end ? begin_of(text, low) : text->entries[text->end - 1].end - 1;
}

uint64_t query_lines_gone(const struct query *query)
{
	return query->text ? query->text->gone : 0;
}

void query_event_lines(struct query *query, const struct event *event,
		       void (*give)(void *context, const struct event_line *line), void *context)
{
	struct query_text *text = text_of(query);
	struct line_counts counts;
	struct event_line line;

	if (!text || !query_passes(query, event) || !event_lines_count(text->maker, event, &counts))
		return;
	query->matched++;
	for (uint64_t i = 0; i < event_lines_of(text->maker, &counts); i++) {
		event_lines_write(text->maker, event, NULL, i, &line);
		give(context, &line);
	}
}
