/* The recording's two lanes.
 *
 * A chunk's memory holds its header, a sparse index and the entries. An entry is filled by the caller
 * after recording_append() returned, so what the lane wants to know of it (its number of events, its
 * time) is taken in by the next append, or looked up in the entry itself. Cursors hold a chunk's
 * address together with its number: the address is only used while the lane still holds that number. */
#include "recording.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_MIN ((size_t)1 << 20)
#define CHUNK_MAX ((size_t)1 << 20)
#define CHUNKS_MIN 8              /* of a lane */
#define ENTRY_MAX ((size_t)128 << 10)
#define INDEX_STEP 64             /* entries from one place in the index to the next */

struct recording_chunk {
	uint64_t number;
	uint64_t before;              /* events of the lane before this chunk */
	uint64_t last_time;           /* latest of its entries, those taken in */
	struct recording_chunk *next; /* newer one of the lane */
	size_t bytes;                 /* of the whole allocation */
	size_t capacity, used;        /* of entries */
	uint32_t entries;
	uint32_t *index;              /* where entries 0, 64, 128 ... start */
	char *data;
};

struct lane {
	size_t bytes, max_bytes, chunk_bytes;
	struct recording_chunk **ring;/* chunks held, oldest at ring[first] */
	size_t ring_size, first, count;
	struct recording_chunk *newest, *spare;
	uint64_t oldest;              /* number of the oldest chunk, or what the next will at least be */
	uint64_t appended;            /* events ever, the last entry's not included */
	uint64_t evicted;
	uint64_t cleared;             /* value of `appended` at the last clear: not counted as skipped */
	struct event *last;           /* entry not yet taken in */
};

struct recording {
	struct lane lanes[LANES];
	uint64_t next_chunk;
};

static uint64_t events_of(const struct event *event)
{
	return event->type == EVENT_CALL ? 2 : 1;
}

static struct recording_chunk *chunk_at(const struct lane *lane, size_t i)
{
	size_t at = lane->first + i;

	return lane->ring[at < lane->ring_size ? at : at - lane->ring_size];
}

static bool lane_init(struct lane *lane, size_t max_bytes)
{
	lane->max_bytes = max_bytes;
	lane->chunk_bytes = max_bytes / CHUNKS_MIN;
	if (lane->chunk_bytes > CHUNK_MAX)
		lane->chunk_bytes = CHUNK_MAX;
	lane->ring_size = max_bytes / lane->chunk_bytes + 1;
	lane->ring = calloc(lane->ring_size, sizeof(*lane->ring));
	lane->oldest = 1;
	return lane->ring;
}

/* Entries of the last append are complete when the next one begins. */
static void lane_take_in(struct lane *lane)
{
	if (!lane->last)
		return;
	lane->appended += events_of(lane->last);
	if (lane->newest->last_time < lane->last->time)
		lane->newest->last_time = lane->last->time;
	lane->last = NULL;
}

static void lane_evict(struct lane *lane)
{
	struct recording_chunk *chunk = lane->ring[lane->first];

	lane->first = lane->first + 1 < lane->ring_size ? lane->first + 1 : 0;
	lane->count--;
	lane->bytes -= chunk->bytes;
	lane->evicted = chunk->next ? chunk->next->before : lane->appended;
	lane->oldest = chunk->next ? chunk->next->number : chunk->number + 1;
	if (lane->newest == chunk)
		lane->newest = NULL;
	free(lane->spare);
	lane->spare = chunk;
}

static struct recording_chunk *chunk_new(struct lane *lane, size_t size)
{
	size_t bytes = lane->chunk_bytes, room = bytes - sizeof(struct recording_chunk), index;
	struct recording_chunk *chunk;

	/* every entry takes at least a struct event: enough places for any mixture */
	index = (room / sizeof(struct event) / INDEX_STEP + 1) * sizeof(uint32_t);
	index = (index + 7) & ~(size_t)7;
	if (room - index < size) {
		bytes += size - (room - index);
		room = bytes - sizeof(struct recording_chunk);
	}
	while (lane->count && lane->bytes + bytes > lane->max_bytes)
		lane_evict(lane);
	chunk = lane->spare;
	lane->spare = NULL;
	if (chunk && chunk->bytes != bytes) {
		free(chunk);
		chunk = NULL;
	}
	if (!chunk)
		chunk = malloc(bytes);
	if (!chunk)
		return NULL;
	*chunk = (struct recording_chunk){
		.bytes = bytes,
		.capacity = room - index,
		.index = (uint32_t *)(chunk + 1),
		.data = (char *)(chunk + 1) + index,
	};
	return chunk;
}

static bool lane_extend(struct recording *recording, struct lane *lane, size_t size)
{
	struct recording_chunk *chunk;
	size_t at;

	chunk = chunk_new(lane, size);
	if (!chunk)
		return false;
	chunk->number = recording->next_chunk++;
	chunk->before = lane->appended;
	if (lane->newest)
		lane->newest->next = chunk;
	if (!lane->count)
		lane->oldest = chunk->number;
	at = lane->first + lane->count;
	lane->ring[at < lane->ring_size ? at : at - lane->ring_size] = chunk;
	lane->count++;
	lane->bytes += chunk->bytes;
	lane->newest = chunk;
	return true;
}

struct recording *recording_new(size_t max_bytes)
{
	struct recording *recording = calloc(1, sizeof(*recording));

	if (!recording)
		return NULL;
	if (max_bytes < MEMORY_MIN)
		max_bytes = MEMORY_MIN;
	recording->next_chunk = 1;
	if (!lane_init(&recording->lanes[LANE_SPANS], max_bytes / 4 & ~(size_t)63) ||
	    !lane_init(&recording->lanes[LANE_CALLS], (max_bytes - max_bytes / 4) & ~(size_t)63)) {
		recording_free(recording);
		return NULL;
	}
	return recording;
}

bool recording_evict(struct recording *recording, enum recording_lane l)
{
	struct lane *lane = &recording->lanes[l];

	if (!lane->count)
		return false;
	lane_take_in(lane);
	lane_evict(lane);
	free(lane->spare);
	lane->spare = NULL;
	return true;
}

void recording_clear(struct recording *recording)
{
	for (unsigned l = 0; l < LANES; l++) {
		struct lane *lane = &recording->lanes[l];

		lane_take_in(lane);
		while (lane->count)
			lane_evict(lane);
		free(lane->spare);
		lane->spare = NULL;
		lane->oldest = recording->next_chunk;
		lane->cleared = lane->appended;
		lane->evicted = 0;
	}
}

void recording_free(struct recording *recording)
{
	if (!recording)
		return;
	recording_clear(recording);
	for (unsigned l = 0; l < LANES; l++)
		free(recording->lanes[l].ring);
	free(recording);
}

struct event *recording_append(struct recording *recording, enum recording_lane l, size_t size)
{
	struct lane *lane = &recording->lanes[l];
	struct recording_chunk *chunk;
	struct event *event;

	assert(size >= sizeof(struct event) && size <= ENTRY_MAX && size % 8 == 0);
	lane_take_in(lane);
	chunk = lane->newest;
	if (!chunk || chunk->capacity - chunk->used < size) {
		if (!lane_extend(recording, lane, size))
			return NULL;
		chunk = lane->newest;
	}
	if (chunk->entries % INDEX_STEP == 0)
		chunk->index[chunk->entries / INDEX_STEP] = chunk->used;
	chunk->entries++;
	event = (struct event *)(chunk->data + chunk->used);
	event->size = size;
	chunk->used += size;
	lane->last = event;
	return event;
}

uint64_t recording_chunk(const struct recording *recording, enum recording_lane lane)
{
	const struct recording_chunk *newest = recording->lanes[lane].newest;

	return newest ? newest->number : 0;
}

uint64_t recording_oldest_lane_chunk(const struct recording *recording, enum recording_lane lane)
{
	return recording->lanes[lane].count ? recording->lanes[lane].oldest : recording->next_chunk;
}

/* ---- reading ---- */

static void cursor_enter(struct recording_cursor *cursor, unsigned l, const struct recording_chunk *chunk)
{
	cursor->at[l].chunk = chunk->number;
	cursor->at[l].in = chunk;
	cursor->at[l].offset = 0;
	cursor->at[l].passed = chunk->before;
}

void recording_begin(const struct recording *recording, struct recording_cursor *cursor, unsigned lanes,
		     uint64_t from_time)
{
	*cursor = (struct recording_cursor){ .lanes = lanes };
	for (unsigned l = 0; l < LANES; l++) {
		const struct lane *lane = &recording->lanes[l];
		size_t i = 0;

		cursor->at[l].passed = lane->evicted > lane->cleared ? lane->evicted : lane->cleared;
		if (!lane->count)
			continue;
		/* the newest chunk may still grow, and its last entry is not taken in */
		while (i + 1 < lane->count && chunk_at(lane, i)->last_time < from_time)
			i++;
		cursor_enter(cursor, l, chunk_at(lane, i));
	}
}

/* Moves to the oldest chunk held, counting what is missed on the way. False if there is none. */
static bool cursor_catch_up(const struct lane *lane, struct recording_cursor *cursor, unsigned l)
{
	const struct recording_chunk *oldest;
	uint64_t from = cursor->at[l].passed;

	if (!lane->count)
		return false;
	oldest = chunk_at(lane, 0);
	if (from < lane->cleared)
		from = lane->cleared;
	if (oldest->before > from)
		cursor->skipped += oldest->before - from;
	cursor_enter(cursor, l, oldest);
	return true;
}

/* The lane's next event, without taking it. */
static const struct event *cursor_peek(const struct lane *lane, struct recording_cursor *cursor, unsigned l)
{
	const struct recording_chunk *chunk;

	if (cursor->at[l].chunk < lane->oldest || !cursor->at[l].chunk) {
		if (!cursor_catch_up(lane, cursor, l))
			return NULL;
	} else if (cursor->ahead[l]) {
		return cursor->ahead[l];
	}
	chunk = cursor->at[l].in;
	while (cursor->at[l].offset == chunk->used) {
		if (!chunk->next)
			return NULL;
		chunk = chunk->next;
		cursor_enter(cursor, l, chunk);
	}
	return (const struct event *)(chunk->data + cursor->at[l].offset);
}

const struct event *recording_next(const struct recording *recording, struct recording_cursor *cursor)
{
	const struct event *event = NULL;
	unsigned from = 0;

	for (unsigned l = 0; l < LANES; l++) {
		if (!(cursor->lanes & 1u << l))
			continue;
		cursor->ahead[l] = cursor_peek(&recording->lanes[l], cursor, l);
		if (cursor->ahead[l] && (!event || cursor->ahead[l]->num < event->num)) {
			event = cursor->ahead[l];
			from = l;
		}
	}
	if (event) {
		cursor->ahead[from] = NULL;
		cursor->at[from].offset += event->size;
		cursor->at[from].passed += events_of(event);
	}
	return event;
}

static uint64_t num_at(const struct recording_chunk *chunk, size_t offset)
{
	return ((const struct event *)(chunk->data + offset))->num;
}

/* Newest chunk whose first entry's number is at most num, or the oldest. */
static size_t find_chunk(const struct lane *lane, uint64_t num)
{
	size_t low = 0, high = lane->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (num_at(chunk_at(lane, middle), 0) <= num)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static const struct event *find_in_chunk(const struct recording_chunk *chunk, uint64_t num)
{
	size_t low = 0, high = (chunk->entries + INDEX_STEP - 1) / INDEX_STEP, offset;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (num_at(chunk, chunk->index[middle]) <= num)
			low = middle;
		else
			high = middle;
	}
	for (offset = chunk->index[low]; offset < chunk->used;) {
		const struct event *event = (const struct event *)(chunk->data + offset);

		if (event->num >= num)
			return event;
		offset += event->size;
	}
	return NULL;
}

const struct event *recording_find(const struct recording *recording, enum recording_lane l, uint64_t num)
{
	const struct lane *lane = &recording->lanes[l];
	const struct event *event;
	size_t i;

	if (!lane->count)
		return NULL;
	i = find_chunk(lane, num);
	event = find_in_chunk(chunk_at(lane, i), num);
	/* the enter of a call is the number before its entry's, which may start the next chunk */
	if (!event && i + 1 < lane->count)
		event = (const struct event *)chunk_at(lane, i + 1)->data;
	if (!event || (event->num != num && !(event->type == EVENT_CALL && event->num == num + 1)))
		return NULL;
	return event;
}

struct recording_fill recording_fill(const struct recording *recording, enum recording_lane l)
{
	const struct lane *lane = &recording->lanes[l];
	struct recording_fill fill = { .bytes = lane->bytes, .max_bytes = lane->max_bytes };
	uint64_t total = lane->appended + (lane->last ? events_of(lane->last) : 0);
	uint64_t gone = lane->evicted > lane->cleared ? lane->evicted : lane->cleared;

	fill.events = total - gone;
	fill.evicted = gone - lane->cleared;
	if (!lane->count)
		return fill;
	fill.oldest_time = ((const struct event *)chunk_at(lane, 0)->data)->time;
	fill.newest_time = lane->newest->last_time;
	if (lane->last && lane->last->time > fill.newest_time)
		fill.newest_time = lane->last->time;
	return fill;
}
