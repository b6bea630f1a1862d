/* Objects by a 32-bit id: a hash table of links that lie in the objects. Ids are unique. */
#ifndef ENGINE_ID_TABLE_H
#define ENGINE_ID_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_link {
	struct id_link *next;
	uint32_t id;
};

struct id_table {
	struct id_link **buckets;
	uint32_t mask;         /* buckets less one */
	uint32_t count;
};

static inline uint32_t id_table_bucket(const struct id_table *table, uint32_t id)
{
	/* ids are given out in sequence: multiplying spreads them whatever the table's size */
	return (id * 0x9e3779b1u >> 7) & table->mask;
}

static inline struct id_link *id_table_find(const struct id_table *table, uint32_t id)
{
	struct id_link *link = table->buckets[id_table_bucket(table, id)];

	while (link && link->id != id)
		link = link->next;
	return link;
}

/* False when memory is out. */
bool id_table_init(struct id_table *table);
/* Frees the table, not what is in it. */
void id_table_fini(struct id_table *table);
void id_table_add(struct id_table *table, struct id_link *link, uint32_t id);
void id_table_remove(struct id_table *table, struct id_link *link);
size_t id_table_bytes(const struct id_table *table);

#endif
