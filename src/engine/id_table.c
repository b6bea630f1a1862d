#include "id_table.h"

#include <stdlib.h>

#define FIRST_BUCKETS 1024u

bool id_table_init(struct id_table *table)
{
	*table = (struct id_table){ .buckets = calloc(FIRST_BUCKETS, sizeof(*table->buckets)),
				    .mask = FIRST_BUCKETS - 1 };
	return table->buckets;
}

void id_table_fini(struct id_table *table)
{
	free(table->buckets);
	*table = (struct id_table){ .buckets = NULL };
}

/* Failing to grow is no error: chains get longer, that is all. */
static void grow(struct id_table *table)
{
	struct id_table wider = { .mask = table->mask * 2 + 1, .count = table->count };

	wider.buckets = calloc((size_t)wider.mask + 1, sizeof(*wider.buckets));
	if (!wider.buckets)
		return;
	for (size_t i = 0; i <= table->mask; i++) {
		struct id_link *next, *link;

		for (link = table->buckets[i]; link; link = next) {
			struct id_link **bucket = &wider.buckets[id_table_bucket(&wider, link->id)];

			next = link->next;
			link->next = *bucket;
			*bucket = link;
		}
	}
	free(table->buckets);
	*table = wider;
}

void id_table_add(struct id_table *table, struct id_link *link, uint32_t id)
{
	struct id_link **bucket;

	if (table->count >= table->mask)
		grow(table);
	bucket = &table->buckets[id_table_bucket(table, id)];
	link->id = id;
	link->next = *bucket;
	*bucket = link;
	table->count++;
}

void id_table_remove(struct id_table *table, struct id_link *link)
{
	struct id_link **at = &table->buckets[id_table_bucket(table, link->id)];

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	table->count--;
}

size_t id_table_bytes(const struct id_table *table)
{
	return ((size_t)table->mask + 1) * sizeof(*table->buckets);
}
