/* Counting different values: their 64-bit hashes in a set, which is exact for all that fits into memory. */
#include <stdlib.h>
#include <string.h>

#include "query_private.h"

#define SLOTS_MIN 16

struct distinct {
	size_t count, nslots;
	uint64_t slots[];         /* open addressing, a power of two; 0 is free */
};

static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9ULL;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111ebULL;
	return bits ^ bits >> 31;
}

static uint64_t value_hash(const struct value *value)
{
	uint64_t hash = 0, word;
	size_t size;

	if (!value_has_bytes(value, &size)) {
		hash = mix(value->u + 0x9e3779b97f4a7c15ULL);
		return hash ? hash : 1;
	}
	for (size_t at = 0; at < size; at += sizeof(word)) {
		word = 0;
		memcpy(&word, value->text + at, size - at < sizeof(word) ? size - at : sizeof(word));
		hash = mix(hash ^ word) + at;
	}
	hash = mix(hash + size + 1);
	return hash ? hash : 1;
}

/* Whether it was not there. There is room for it. */
static bool put(struct distinct *set, uint64_t hash)
{
	size_t at;

	for (at = hash & (set->nslots - 1); set->slots[at]; at = (at + 1) & (set->nslots - 1))
		if (set->slots[at] == hash)
			return false;
	set->slots[at] = hash;
	set->count++;
	return true;
}

static bool grow(struct table *table, struct distinct **at, size_t max_bytes)
{
	struct distinct *old = *at, *set;
	size_t nslots = old ? old->nslots * 2 : SLOTS_MIN, bytes = sizeof(*set) + nslots * sizeof(set->slots[0]);

	set = table->bytes + bytes <= max_bytes + max_bytes / 4 ? calloc(1, bytes) : NULL;
	if (!set)
		return false;
	set->nslots = nslots;
	for (size_t i = 0; old && i < old->nslots; i++)
		if (old->slots[i])
			put(set, old->slots[i]);
	distinct_free(table, old);
	table->bytes += bytes;
	*at = set;
	return true;
}

static bool add(struct table *table, struct distinct **at, uint64_t hash, size_t max_bytes)
{
	if ((!*at || ((*at)->count + 1) * 4 > (*at)->nslots * 3) && !grow(table, at, max_bytes))
		return false;
	put(*at, hash);
	return true;
}

/* What cannot be counted to the end has no value. */
static void give_up(struct table *table, struct cell cell)
{
	distinct_free(table, cell.tally->seen);
	cell.tally->seen = NULL;
	cell.value->type = VALUE_NONE;
}

void distinct_add(struct table *table, struct cell cell, const struct value *value, size_t max_bytes)
{
	if (cell.value->type == VALUE_NONE)
		return;
	if (!add(table, &cell.tally->seen, value_hash(value), max_bytes))
		give_up(table, cell);
	else
		cell.value->u = cell.tally->seen->count;
}

void distinct_merge(struct table *table, struct cell to, struct cell from, size_t max_bytes)
{
	const struct distinct *seen = from.tally->seen;

	if (to.value->type == VALUE_NONE)
		return;
	if (from.value->type == VALUE_NONE) {
		give_up(table, to);
		return;
	}
	for (size_t i = 0; seen && i < seen->nslots; i++)
		if (seen->slots[i] && !add(table, &to.tally->seen, seen->slots[i], max_bytes)) {
			give_up(table, to);
			return;
		}
	to.value->u = to.tally->seen ? to.tally->seen->count : 0;
}

void distinct_free(struct table *table, struct distinct *set)
{
	if (set)
		table->bytes -= sizeof(*set) + set->nslots * sizeof(set->slots[0]);
	free(set);
}
