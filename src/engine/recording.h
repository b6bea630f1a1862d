/* The recording: the latest events, in memory, bounded.
 *
 * Two lanes, so that a flood of system calls never evicts the spans: LANE_SPANS holds markers (a quarter of the
 * memory), LANE_CALLS everything else. A lane is a list of chunks, appended at one end and evicted
 * at the other; chunks are numbered over both lanes in the order of their making, and whatever
 * events point at (threads, descriptors, spans) remembers the newest chunk that refers to it.
 * Entries never move; an event pointer is good until its chunk is evicted, that is until the next append. */
#ifndef ENGINE_RECORDING_H
#define ENGINE_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

enum recording_lane {
	LANE_SPANS = 0,
	LANE_CALLS = 1,
	LANES = 2,
};

#define LANE_MASK_SPANS 1u
#define LANE_MASK_CALLS 2u
#define LANE_MASK_ALL 3u

struct recording;
struct recording_chunk;

/* max_bytes: of all chunks together, at least 1 MiB. NULL when memory is out. */
struct recording *recording_new(size_t max_bytes);
void recording_free(struct recording *recording);

/* Room for an entry of this many bytes (multiple of 8, at most 128 KiB), to be filled at once; its
 * num, time and type must be set before the next append. NULL when memory is out. May evict. */
struct event *recording_append(struct recording *recording, enum recording_lane lane, size_t size);
/* Number of the chunk that the last append of this lane wrote into. */
uint64_t recording_chunk(const struct recording *recording, enum recording_lane lane);
/* Smallest number of a chunk of the lane that is still held; rises when chunks are evicted. Of an empty lane what its
 * next chunk will at least be. */
uint64_t recording_oldest_lane_chunk(const struct recording *recording, enum recording_lane lane);

/* Evicts the lane's oldest chunk before its time, even if it is the only one. False if there is none. */
bool recording_evict(struct recording *recording, enum recording_lane lane);
/* Forgets everything. */
void recording_clear(struct recording *recording);

/* A place in the recording, between events, for a scan in order of num over the lanes of a mask. Good
 * across appends and evictions: what was evicted before it was read is skipped and counted. */
struct recording_cursor {
	unsigned lanes;
	uint64_t skipped;     /* events evicted before they were read; a call counts two */
	struct {              /* private */
		uint64_t chunk; /* its number, 0 none yet */
		const struct recording_chunk *in;  /* good while that number is held */
		size_t offset;
		uint64_t passed; /* events of the lane before this place */
	} at[LANES];
	const struct event *ahead[LANES];  /* private */
};

/* At the oldest event; from_time (ns since the epoch, 0 all) skips chunks that ended before. */
void recording_begin(const struct recording *recording, struct recording_cursor *cursor, unsigned lanes,
		     uint64_t from_time);
/* The next event, or NULL at the end (later appends continue there). */
const struct event *recording_next(const struct recording *recording, struct recording_cursor *cursor);
/* The event with this number (of a call either of its two), or NULL if it is not (or no longer) held. */
const struct event *recording_find(const struct recording *recording, enum recording_lane lane, uint64_t num);

struct recording_fill {
	size_t bytes, max_bytes;
	uint64_t events, evicted; /* held, gone; a call counts two */
	uint64_t oldest_time;   /* ns since the epoch of the oldest event held; 0 empty */
	uint64_t newest_time;
};
struct recording_fill recording_fill(const struct recording *recording, enum recording_lane lane);

#endif
