/* Ranks of texts, so that a list sorts by text as fast as by number.
 *
 * Every different text has a rank, and a row's key is 1 + that. New texts get ranks above all others at first;
 * list_texts_rank() then gives all their proper ranks and the rows their new keys. The order of those that were
 * ranked before does not change by it, so rows that are sorted stay sorted. */
#include <stdlib.h>
#include <string.h>

#include "query_private.h"
#include "string_pool.h"

#define TEXT_MAX 256   /* bytes that count for the order */

struct list_text {
	size_t offset;     /* of its bytes */
	uint32_t size, hash;
	uint32_t rank;
};

static bool texts_room(struct list_texts *texts, size_t size)
{
	if (texts->used + size > texts->room) {
		size_t room = (texts->used + size) * 2;
		char *bytes = realloc(texts->bytes, room);

		if (!bytes)
			return false;
		texts->bytes = bytes;
		texts->room = room;
	}
	if (texts->count == texts->size) {
		size_t count = texts->size ? texts->size * 2 : 256;
		struct list_text *entries = realloc(texts->entries, count * sizeof(*entries));

		if (!entries)
			return false;
		texts->entries = entries;
		texts->size = count;
	}
	return true;
}

/* Slots hold 1 + the entry's number. */
static bool slots_grow(struct list_texts *texts)
{
	size_t nslots = texts->nslots ? texts->nslots * 2 : 512;
	uint32_t *slots = calloc(nslots, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < texts->count; i++) {
		size_t at = texts->entries[i].hash & (nslots - 1);

		while (slots[at])
			at = (at + 1) & (nslots - 1);
		slots[at] = i + 1;
	}
	free(texts->slots);
	texts->slots = slots;
	texts->nslots = nslots;
	return true;
}

uint64_t list_texts_key(struct list_texts *texts, const char *bytes, size_t size, size_t max_bytes)
{
	struct list_text *entry;
	uint32_t hash;
	size_t at = 0;

	if (size > TEXT_MAX)
		size = TEXT_MAX;
	hash = bytes_hash(bytes, size);
	if (texts->nslots)
		for (at = hash & (texts->nslots - 1); texts->slots[at]; at = (at + 1) & (texts->nslots - 1)) {
			entry = &texts->entries[texts->slots[at] - 1];
			if (entry->hash == hash && entry->size == size &&
			    (!size || !memcmp(texts->bytes + entry->offset, bytes, size)))
				return 1 + (uint64_t)entry->rank;
		}
	/* too many different texts: the rest sorts as if it had none */
	if (texts->used + texts->count * sizeof(*entry) > max_bytes || texts->count >= UINT32_MAX / 2) {
		texts->full = true;
		return 0;
	}
	if (!texts_room(texts, size))
		return 0;
	if (texts->count * 2 >= texts->nslots) {
		if (!slots_grow(texts))
			return 0;
		for (at = hash & (texts->nslots - 1); texts->slots[at]; at = (at + 1) & (texts->nslots - 1))
			;
	}
	entry = &texts->entries[texts->count];
	*entry = (struct list_text){ .offset = texts->used, .size = size, .hash = hash, .rank = texts->count };
	if (size)
		memcpy(texts->bytes + texts->used, bytes, size);
	texts->used += size;
	texts->slots[at] = ++texts->count;
	return texts->count;
}

static int compare_texts(const void *left, const void *right, void *context)
{
	const struct list_texts *texts = context;
	const struct list_text *a = &texts->entries[*(const uint32_t *)left];
	const struct list_text *b = &texts->entries[*(const uint32_t *)right];
	uint32_t common = a->size < b->size ? a->size : b->size;
	int order = common ? memcmp(texts->bytes + a->offset, texts->bytes + b->offset, common) : 0;

	return order ? order : (a->size > b->size) - (a->size < b->size);
}

bool list_texts_rank(struct list_texts *texts, struct list_row *rows, size_t count)
{
	size_t old = texts->ranked, fresh = texts->count - old, rank = texts->count;
	uint32_t *by_rank, *ranks, *tail;

	if (!fresh)
		return true;
	/* by_rank: entries, the old ones first, in their order; ranks: what a rank becomes */
	by_rank = malloc(texts->count * 3 * sizeof(*by_rank));
	if (!by_rank)
		return false;
	ranks = by_rank + texts->count;
	tail = ranks + texts->count;
	for (size_t i = 0; i < texts->count; i++)
		by_rank[texts->entries[i].rank] = i;
	memcpy(tail, by_rank + old, fresh * sizeof(*tail));
	qsort_r(tail, fresh, sizeof(*tail), compare_texts, texts);
	while (rank) {
		bool take_old = old && (!fresh || compare_texts(&tail[fresh - 1], &by_rank[old - 1], texts) < 0);
		uint32_t entry = take_old ? by_rank[--old] : tail[--fresh];

		ranks[texts->entries[entry].rank] = --rank;
	}
	for (size_t i = 0; i < texts->count; i++)
		texts->entries[i].rank = ranks[texts->entries[i].rank];
	for (size_t i = 0; i < count; i++)
		if (rows[i].key)
			rows[i].key = 1 + (uint64_t)ranks[rows[i].key - 1];
	texts->ranked = texts->count;
	free(by_rank);
	return true;
}

void list_texts_clear(struct list_texts *texts)
{
	free(texts->entries);
	free(texts->slots);
	free(texts->bytes);
	*texts = (struct list_texts){ 0 };
}
