/* The set of open spans at a moving point of the recording.
 *
 * It holds every span whose enter lies before the point and whose exit does not. At the recording's
 * oldest marker these are the spans older than the first enter held that either end within the recording
 * or are still open; from there enters add and exits remove. A member ends after the point, so the
 * recording (or the table of open spans) holds it as long as nothing beyond the point was evicted; if that
 * happens the set is made anew. */
#include "open_spans.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "recording.h"
#include "span.h"

struct open_spans {
	struct recording_cursor cursor;
	const struct event *pending;   /* the first marker beyond the point */
	uint64_t num;                  /* the point: before the event with this number */
	bool started;
	uint64_t made;                 /* times that the set was made */
	struct span **spans;           /* by rising span->num */
	size_t count, capacity;
};

struct open_spans *open_spans_new(void)
{
	return calloc(1, sizeof(struct open_spans));
}

void open_spans_free(struct open_spans *open)
{
	if (!open)
		return;
	free(open->spans);
	free(open);
}

size_t open_spans_count(const struct open_spans *open)
{
	return open->count;
}

struct span *open_spans_at(const struct open_spans *open, size_t i)
{
	return open->spans[i];
}

uint64_t open_spans_made(const struct open_spans *open)
{
	return open->made;
}

size_t open_spans_place(const struct open_spans *open, uint64_t num)
{
	size_t low = 0, high = open->count;

	/* nearly always it is one of the newest */
	if (!high || open->spans[high - 1]->num < num)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (open->spans[middle]->num < num)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool add(struct open_spans *open, struct span *span)
{
	size_t at = open_spans_place(open, span->num);

	if (at < open->count && open->spans[at] == span)
		return true;
	if (open->count == open->capacity) {
		size_t capacity = open->capacity ? 2 * open->capacity : 64;
		struct span **spans = realloc(open->spans, capacity * sizeof(*spans));

		if (!spans)
			return false;
		open->spans = spans;
		open->capacity = capacity;
	}
	memmove(open->spans + at + 1, open->spans + at, (open->count - at) * sizeof(*open->spans));
	open->spans[at] = span;
	open->count++;
	return true;
}

static void take_out(struct open_spans *open, const struct span *span)
{
	size_t at = open_spans_place(open, span->num);

	if (at == open->count || open->spans[at] != span)
		return;
	open->count--;
	memmove(open->spans + at, open->spans + at + 1, (open->count - at) * sizeof(*open->spans));
}

/* Number of the first span whose enter the recording holds. */
static uint64_t first_entered(const struct recording *recording)
{
	struct recording_cursor cursor;
	const struct event *event;

	recording_begin(recording, &cursor, LANE_MASK_SPANS, 0);
	while ((event = recording_next(recording, &cursor)))
		if (event->type == EVENT_SPAN_ENTER && event->span)
			return event->span->num;
	return UINT64_MAX;
}

static bool start(struct open_spans *open, const struct engine *engine)
{
	const struct recording *recording = engine_recording(engine);
	uint64_t first = first_entered(recording);
	const struct event *event;
	bool good = true;

	open->count = 0;
	open->made++;
	/* still open ones come in order, so adding them first keeps the others' insertions short */
	for (struct span *span = span_table_oldest(engine_spans(engine)); span && span->num < first && good;
	     span = span_newer(span))
		good = add(open, span);
	recording_begin(recording, &open->cursor, LANE_MASK_SPANS, 0);
	while (good && (event = recording_next(recording, &open->cursor)))
		if (event->type == EVENT_SPAN_EXIT && event->span && !(event->span->flags & SPAN_NO_ENTER) &&
		    event->span->num < first)
			good = add(open, event->span);
	recording_begin(recording, &open->cursor, LANE_MASK_SPANS, 0);
	open->pending = recording_next(recording, &open->cursor);
	open->started = good;
	return good;
}

/* Whether markers beyond the point, and with them members of the set, may be gone. */
static bool overtaken(const struct open_spans *open, const struct recording *recording)
{
	uint64_t chunk = open->cursor.at[LANE_SPANS].chunk;

	if (!chunk)
		return recording_chunk(recording, LANE_SPANS) != 0;
	return chunk < recording_oldest_lane_chunk(recording, LANE_SPANS);
}

bool open_spans_go(struct open_spans *open, const struct engine *engine, const struct event *event,
		   bool *moved)
{
	const struct recording *recording = engine_recording(engine);

	*moved = false;
	if (!open->started || event->num < open->num || overtaken(open, recording)) {
		*moved = true;
		if (!start(open, engine))
			return false;
	}
	open->num = event->num;
	if (!open->pending)
		open->pending = recording_next(recording, &open->cursor);
	while (open->pending && open->pending->num < event->num) {
		struct span *span = open->pending->span;

		*moved = true;
		if (span && open->pending->type == EVENT_SPAN_ENTER && !add(open, span)) {
			open->started = false;
			return false;
		}
		if (span && open->pending->type == EVENT_SPAN_EXIT)
			take_out(open, span);
		open->pending = recording_next(recording, &open->cursor);
	}
	return true;
}
