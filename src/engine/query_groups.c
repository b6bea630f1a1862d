/* The groups of a table, in a hash table by their keys. */
#include <stdlib.h>
#include <string.h>

#include "query_private.h"
#include "string_pool.h"

#define OTHER_NAME "(other)"

static uint32_t key_hash(const struct value *key)
{
	uint64_t mixed;
	size_t size;

	if (value_has_bytes(key, &size))
		return bytes_hash(key->text, size);
	mixed = (key->u ^ key->u >> 32) * 0x9e3779b97f4a7c15ULL;
	return mixed >> 32;
}

static bool key_equal(const struct value *a, const struct value *b)
{
	size_t a_size, b_size;

	if (a->type != b->type)
		return false;
	if (!value_has_bytes(a, &a_size))
		return a->type == VALUE_NONE || a->u == b->u;
	value_has_bytes(b, &b_size);
	return a_size == b_size && !memcmp(a->text, b->text, a_size);
}

/* The same for a key whenever its row is made: who looks at a row finds it again. Two keys with one identity would only
 * make the cursor jump. */
static uint64_t key_identity(const struct value *key)
{
	uint64_t mixed = 0xcbf29ce484222325ULL;
	size_t size;

	if (value_has_bytes(key, &size))
		for (size_t i = 0; i < size; i++)
			mixed = (mixed ^ (unsigned char)key->text[i]) * 0x100000001b3ULL;
	else
		mixed = (key->u + 1) * 0x9e3779b97f4a7c15ULL;
	return mixed == QUERY_OTHER_ID ? 0 : mixed;
}

static size_t cells_size(const struct query *query)
{
	return query->ncolumns * sizeof(struct value) + query->ntallies * sizeof(union tally);
}

/* The sum of nothing is known. */
static void cells_init(const struct query *query, struct group *group)
{
	for (size_t i = 0; i < query->ncolumns; i++) {
		const struct query_column *column = &query->columns[i];
		enum aggregation aggregation = column->aggregation;
		enum value_type type = query->readings[column->reading].field.definition->type;

		if (value_is_summed(type) && (aggregation == AGGREGATE_SUM || aggregation == AGGREGATE_TIME_AVG ||
					      aggregation == AGGREGATE_RATE))
			group->cells[i].type = type == VALUE_BOOL ? VALUE_UINT : type;
		if (aggregation == AGGREGATE_COUNT || aggregation == AGGREGATE_DISTINCT)
			group->cells[i].type = VALUE_UINT;
	}
}

/* What it has outside the table's memory. */
static void group_fini(const struct query *query, struct table *table, struct group *group)
{
	for (size_t i = 0; i < query->ncolumns; i++) {
		if (query->columns[i].aggregation == AGGREGATE_DISTINCT)
			distinct_free(table, group_cell(query, group, i).tally->seen);
		if (query->columns[i].aggregation == AGGREGATE_TREND)
			trend_free(query, table, group_cell(query, group, i).tally->trend);
		if (table == &query->merged || query->columns[i].aggregation != AGGREGATE_FIRST)
			cell_fini(table, &group->cells[i]);
	}
	spreads_fini(query, group);
}

void group_reset(const struct query *query, struct table *table, struct group *group)
{
	group_fini(query, table, group);
	memset(group->cells, 0, cells_size(query));
	cells_init(query, group);
	group->has_members = false;
}

static struct group *group_new(const struct query *query, struct table *table, const struct value *key, uint32_t hash)
{
	size_t size, fixed = sizeof(struct group) + cells_size(query) + (query->stamped ? sizeof(struct stamp) : 0);
	bool bytes = value_has_bytes(key, &size);
	struct group *group = arena_allocate(&table->memory, fixed + size, _Alignof(struct group));

	if (!group)
		return NULL;
	memset(group, 0, fixed);
	group->hash = hash;
	group->key = *key;
	if (bytes) {
		group->key.text = (char *)group + fixed;
		if (size)
			memcpy((char *)group->key.text, key->text, size);
	}
	cells_init(query, group);
	group->older = table->newest;
	table->newest = group;
	table->count++;
	table->bytes += fixed + size;
	return group;
}

static bool slots_grow(struct table *table)
{
	size_t nslots = table->nslots ? table->nslots * 2 : 256;
	struct group **slots = calloc(nslots, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < table->nslots; i++) {
		struct group *group = table->slots[i];
		size_t at;

		if (!group)
			continue;
		for (at = group->hash & (nslots - 1); slots[at]; at = (at + 1) & (nslots - 1))
			;
		slots[at] = group;
	}
	table->bytes += (nslots - table->nslots) * sizeof(*slots);
	free(table->slots);
	table->slots = slots;
	table->nslots = nslots;
	return true;
}

struct group *table_other(struct query *query, struct table *table)
{
	static const struct value name = {
		.type = VALUE_TEXT, .text = OTHER_NAME, .size = sizeof(OTHER_NAME) - 1,
	};

	if (!table->other) {
		table->other = group_new(query, table, &name, 0);
		if (table->other)
			table->other->id = QUERY_OTHER_ID;
	}
	return table->other;
}

struct group *table_add_row(struct query *query, struct table *table, const struct value *key)
{
	struct group *group = table->bytes > query->spec.max_bytes ? NULL : group_new(query, table, key, 0);

	if (!group)
		return table_other(query, table);
	group->id = ++query->next_id;
	return group;
}

static struct group *find_group(struct table *table, const struct value *key, uint32_t hash)
{
	struct group *group;

	if (!table->nslots)
		return NULL;
	for (size_t at = hash & (table->nslots - 1); (group = table->slots[at]); at = (at + 1) & (table->nslots - 1))
		if (group->hash == hash && key_equal(&group->key, key))
			return table->recent = group;
	return NULL;
}

struct group *table_find_group(struct table *table, const struct value *key)
{
	if (table->recent && key_equal(&table->recent->key, key))
		return table->recent;
	return find_group(table, key, key_hash(key));
}

static struct group **text_hint(struct table *table, const struct value *key)
{
	size_t entries = sizeof(table->by_text) / sizeof(table->by_text[0]);

	return &table->by_text[((uintptr_t)key->text * 0x9e3779b97f4a7c15ULL >> 32) % entries];
}

struct group *table_group(struct query *query, struct table *table, const struct value *key)
{
	struct group *group, **hint = key->type == VALUE_TEXT ? text_hint(table, key) : &table->recent;
	uint32_t hash;
	size_t at;

	if (*hint && key_equal(&(*hint)->key, key))
		return *hint;
	hash = key_hash(key);
	group = find_group(table, key, hash);
	if (group)
		return *hint = group;
	if (table->bytes > query->spec.max_bytes ||
	    ((table->count + 1) * 4 > table->nslots * 3 && !slots_grow(table)))
		return table_other(query, table);
	group = group_new(query, table, key, hash);
	if (!group)
		return table_other(query, table);
	group->id = key_identity(key);
	for (at = hash & (table->nslots - 1); table->slots[at]; at = (at + 1) & (table->nslots - 1))
		;
	table->slots[at] = group;
	return group;
}

void table_fini(const struct query *query, struct table *table)
{
	for (struct group *group = table->newest; group; group = group->older)
		group_fini(query, table, group);
	arena_free(&table->memory);
	free(table->slots);
	free(table->order);
	/* rates go on */
	*table = (struct table){
		.period = table->period,
		.ticks = { table->ticks[0], table->ticks[1] },
	};
}
