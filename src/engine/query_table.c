/* Tables: events grouped by a key, a cell for each column and group.
 *
 * Groups are never forgotten while the query lives, so their bytes are bounded: once they are used up,
 * events with a new key are counted in one more group, "(other)". A group's histograms may still grow then,
 * by a quarter of the bound; beyond, their percentiles are given up (no value) rather than made wrong. */
#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "query_private.h"
#include "span.h"
#include "string_pool.h"

#define OTHER_NAME "(other)"
#define NS_PER_S 1e9

struct group {
	struct group *older;
	uint64_t id;
	uint64_t event_num;
	uint32_t hash;
	bool spread_lost;            /* no memory for its histograms */
	struct value key;            /* bytes are behind the tallies */
	struct histogram **spreads;  /* by reading; NULL until one is needed */
	struct value cells[];        /* so far; VALUE_NONE: nothing came. Behind them the tallies */
};

struct table_order {
	struct value value;
	struct group *group;
};

/* ---- cells ---- */

static bool is_summed(enum value_type type)
{
	return type == VALUE_INT || type == VALUE_UINT || type == VALUE_DURATION || type == VALUE_REAL ||
	       type == VALUE_BOOL;
}

static double to_real(const struct value *value)
{
	switch (value->type) {
	case VALUE_INT:
		return value->i;
	case VALUE_REAL:
		return value->r;
	default:
		return value->u;
	}
}

/* Sums stop at the largest number instead of starting again. */
static void sum_add(struct value *sum, const struct value *value)
{
	if (sum->type == VALUE_NONE) {
		*sum = *value;
		if (sum->type == VALUE_BOOL)
			sum->type = VALUE_UINT;
		return;
	}
	switch (sum->type) {
	case VALUE_INT:
		if (__builtin_add_overflow(sum->i, value->i, &sum->i))
			sum->i = value->i < 0 ? INT64_MIN : INT64_MAX;
		break;
	case VALUE_REAL:
		sum->r += value->r;
		break;
	default:
		if (__builtin_add_overflow(sum->u, value->u, &sum->u))
			sum->u = UINT64_MAX;
		break;
	}
}

static void rate_add(union tally *tally, const struct value *value, uint64_t period)
{
	if (tally->period != period) {
		tally->sum_before = tally->period + 1 == period ? tally->sum : 0;
		tally->sum = 0;
		tally->period = period;
	}
	tally->sum += to_real(value);
}

/* Sum over the last whole period; before there was one, over everything. */
static double rate_sum(const union tally *tally, uint64_t period)
{
	if (period < 2)
		return tally->sum + tally->sum_before;
	if (tally->period == period)
		return tally->sum_before;
	return tally->period + 1 == period ? tally->sum : 0;
}

static union tally *tally_of(const struct query *query, const struct group *group, size_t column)
{
	return (union tally *)(group->cells + query->ncolumns) + query->columns[column].tally;
}

/* The first value stays, whatever comes. */
static void cell_keep(struct query *query, struct value *cell, const struct value *value)
{
	size_t size;
	char *bytes;

	if (!value_has_bytes(value, &size)) {
		*cell = *value;
		return;
	}
	bytes = arena_allocate(&query->table.memory, size, 1);
	if (!bytes)
		return;
	if (size)
		memcpy(bytes, value->text, size);
	query->table.bytes += size;
	*cell = *value;
	cell->text = bytes;
}

/* Keeps a copy of the value. Without memory the old one stays. */
static void cell_set(struct query *query, struct value *cell, const struct value *value)
{
	char *bytes;
	size_t size, old_size;

	if (!value_has_bytes(value, &size)) {
		*cell = *value;
		return;
	}
	if (value_has_bytes(cell, &old_size) && old_size == size && !memcmp(cell->text, value->text, size))
		return;
	bytes = malloc(size + 1);
	if (!bytes)
		return;
	memcpy(bytes, value->text, size);
	if (value_has_bytes(cell, &old_size)) {
		query->table.bytes -= old_size + 1;
		free((char *)cell->text);
	}
	query->table.bytes += size + 1;
	*cell = *value;
	cell->text = bytes;
}

/* Durations are what is compared most. */
static int compare(const struct value *a, const struct value *b)
{
	if (a->type == VALUE_DURATION && b->type == VALUE_DURATION)
		return (a->u > b->u) - (a->u < b->u);
	return value_compare(a, b);
}

static void cell_add(struct query *query, struct group *group, size_t column, const struct value *value)
{
	struct value *cell = &group->cells[column];
	bool first = cell->type == VALUE_NONE, summed = is_summed(value->type);
	size_t size;

	switch (query->columns[column].aggregation) {
	case AGGREGATE_LAST:
		cell_set(query, cell, value);
		return;
	case AGGREGATE_AVG:
		if (summed)
			tally_of(query, group, column)->samples++;
		/* fall through */
	case AGGREGATE_SUM:
	case AGGREGATE_TIME_AVG:
		if (summed)
			sum_add(cell, value);
		else if (first)
			cell_set(query, cell, value);
		return;
	case AGGREGATE_RATE:
		if (summed) {
			rate_add(tally_of(query, group, column), value, query->table.period);
			cell->type = VALUE_REAL;
		}
		return;
	case AGGREGATE_MIN:
		if (first || compare(value, cell) < 0)
			cell_set(query, cell, value);
		return;
	case AGGREGATE_MAX:
		/* of texts, the latest */
		if (first || value_has_bytes(value, &size) || compare(value, cell) > 0)
			cell_set(query, cell, value);
		return;
	default:
		break;
	}
	if (first)
		cell_keep(query, cell, value);
}

/* ---- percentiles ---- */

static void spread_add(struct query *query, struct group *group, size_t reading, const struct value *value)
{
	struct table *table = &query->table;
	struct histogram *histogram;
	size_t need;

	if (group->spread_lost || (value->type != VALUE_DURATION && value->type != VALUE_UINT &&
				   !(value->type == VALUE_INT && value->i >= 0)))
		return;
	if (!group->spreads) {
		group->spreads = calloc(query->nreadings, sizeof(*group->spreads));
		if (!group->spreads)
			goto lost;
		table->bytes += query->nreadings * sizeof(*group->spreads);
	}
	histogram = group->spreads[reading];
	need = histogram ? histogram_growth(histogram, value->u) :
			   sizeof(*histogram) + HISTOGRAM_BLOCK * sizeof(uint32_t);
	if (need && table->bytes + need > query->spec.max_bytes + query->spec.max_bytes / 4)
		goto lost;
	if (!histogram) {
		histogram = group->spreads[reading] = malloc(sizeof(*histogram));
		if (!histogram)
			goto lost;
		histogram_init(histogram);
	}
	table->bytes += need;
	if (!histogram_add(histogram, value->u))
		return;
lost:
	group->spread_lost = true;
}

static struct value spread_value(const struct group *group, const struct query_column *column)
{
	const struct histogram *histogram = group->spreads ? group->spreads[column->reading] : NULL;
	enum aggregation aggregation = column->aggregation;
	struct value value = { .type = VALUE_NONE };

	if (!histogram || !histogram->count || group->spread_lost)
		return value;
	value.type = column->type;
	value.u = histogram_quantile(histogram, aggregation == AGGREGATE_P50 ? 0.5 :
						aggregation == AGGREGATE_P90 ? 0.9 : 0.99);
	return value;
}

/* ---- groups ---- */

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

static struct group *group_new(struct query *query, const struct value *key, uint32_t hash)
{
	struct table *table = &query->table;
	size_t cells = query->ncolumns * sizeof(struct value) + query->ntallies * sizeof(union tally), size;
	bool bytes = value_has_bytes(key, &size);
	struct group *group = arena_allocate(&table->memory, sizeof(*group) + cells + size, _Alignof(struct group));

	if (!group)
		return NULL;
	memset(group, 0, sizeof(*group) + cells);
	group->hash = hash;
	group->key = *key;
	if (bytes) {
		group->key.text = (char *)group + sizeof(*group) + cells;
		if (size)
			memcpy((char *)group->key.text, key->text, size);
	}
	for (size_t i = 0; i < query->ncolumns; i++) {
		const struct query_column *column = &query->columns[i];
		enum aggregation aggregation = column->aggregation;
		enum value_type type = query->readings[column->reading].field.definition->type;

		/* the sum of nothing is known */
		if (is_summed(type) && (aggregation == AGGREGATE_SUM || aggregation == AGGREGATE_TIME_AVG ||
					aggregation == AGGREGATE_RATE))
			group->cells[i].type = type == VALUE_BOOL ? VALUE_UINT : type;
	}
	group->older = table->newest;
	table->newest = group;
	table->count++;
	table->bytes += sizeof(*group) + cells + size;
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

static struct group *table_other(struct query *query)
{
	static const struct value name = {
		.type = VALUE_TEXT, .text = OTHER_NAME, .size = sizeof(OTHER_NAME) - 1,
	};

	if (!query->table.other) {
		query->table.other = group_new(query, &name, 0);
		if (query->table.other)
			query->table.other->id = QUERY_OTHER_ID;
	}
	return query->table.other;
}

/* Of a list: two spans may have begun at the same time. */
static struct group *table_row_of_its_own(struct query *query, const struct value *key)
{
	struct group *group = query->table.bytes > query->spec.max_bytes ? NULL : group_new(query, key, 0);

	if (!group)
		return table_other(query);
	group->id = ++query->table.next_id;
	return group;
}

/* The group of this key, made if it is new; "(other)" if there is no room for it; NULL without memory. */
static struct group *table_group(struct query *query, const struct value *key)
{
	struct table *table = &query->table;
	struct group *group;
	uint32_t hash;
	size_t at = 0;

	if (!query->spec.compatible && query->spec.view->kind == VIEW_LIST)
		return table_row_of_its_own(query, key);
	if (table->recent && key_equal(&table->recent->key, key))
		return table->recent;
	hash = key_hash(key);
	if (table->nslots)
		for (at = hash & (table->nslots - 1); (group = table->slots[at]);
		     at = (at + 1) & (table->nslots - 1))
			if (group->hash == hash && key_equal(&group->key, key))
				return table->recent = group;
	if (table->bytes > query->spec.max_bytes)
		return table_other(query);
	if ((table->count + 1) * 4 > table->nslots * 3) {
		if (!slots_grow(table))
			return table_other(query);
		for (at = hash & (table->nslots - 1); table->slots[at]; at = (at + 1) & (table->nslots - 1))
			;
	}
	group = group_new(query, key, hash);
	if (!group)
		return table_other(query);
	group->id = ++table->next_id;
	table->slots[at] = group;
	return group;
}

static void group_add(struct query *query, struct group *group, size_t reading, const struct value *value)
{
	const struct reading *from = &query->readings[reading];

	if (from->spread)
		spread_add(query, group, reading, value);
	for (size_t i = from->first; i < from->first + from->count; i++) {
		size_t column = query->by_reading[i];

		cell_add(query, group, column, value);
	}
}

/* The time of the event itself, for spans whose enter is known. */
static bool event_time(struct query *query, const struct event *event, struct value *value)
{
	struct field_context *context = &query->context;

	if (!event->span || event->span->flags & SPAN_NO_ENTER)
		return false;
	value->type = VALUE_TEXT;
	value->text = context->scratch;
	value->size = time_format(event->time, context->scratch, sizeof(context->scratch));
	return true;
}

static void group_read(struct query *query, struct group *group, size_t i, const struct event *event)
{
	const struct reading *reading = &query->readings[i];
	struct value value;

	if (reading->once && (!reading->count ||
			      group->cells[query->by_reading[reading->first]].type != VALUE_NONE))
		return;
	if (reading->event_time ? event_time(query, event, &value) :
				  field_value(&reading->field, event, &query->context, &value))
		group_add(query, group, i, &value);
}

static bool table_add(struct query *query, const struct event *event)
{
	struct value value = { .type = VALUE_NONE };
	struct group *group;

	if (query->needed >= 0 && !field_value(&query->readings[query->columns[query->needed].reading].field, event,
					       &query->context, &value))
		return false;
	value.type = VALUE_NONE;
	if (query->key >= 0 && !field_value(&query->readings[0].field, event, &query->context, &value)) {
		if (!query->partial)
			return false;
		value = (struct value){ .type = VALUE_NONE };
	}
	query->dirty = true;
	group = table_group(query, &value);
	if (!group) {
		query->refused++;
		return false;
	}
	group->event_num = event->num;
	if (query->key >= 0 && value.type != VALUE_NONE)
		group_add(query, group, 0, &value);
	for (size_t i = query->key >= 0; i < query->nreadings; i++)
		group_read(query, group, i, event);
	return true;
}

/* What it has outside the table's memory. */
static void group_fini(struct query *query, struct group *group)
{
	size_t size;

	for (size_t i = 0; i < query->ncolumns; i++)
		if (query->columns[i].aggregation != AGGREGATE_FIRST && value_has_bytes(&group->cells[i], &size))
			free((char *)group->cells[i].text);
	for (size_t i = 0; group->spreads && i < query->nreadings; i++)
		if (group->spreads[i]) {
			histogram_fini(group->spreads[i]);
			free(group->spreads[i]);
		}
	free(group->spreads);
}

static void table_clear(struct query *query)
{
	struct table *table = &query->table;

	for (struct group *group = table->newest; group; group = group->older)
		group_fini(query, group);
	arena_free(&table->memory);
	free(table->slots);
	free(table->order);
	/* identities and rates go on */
	*table = (struct table){
		.next_id = table->next_id,
		.period = table->period,
		.ticks = { table->ticks[0], table->ticks[1] },
	};
}

/* ---- rows ---- */

/* What the first moment holds is no rate yet: one span in 0.1 ms is not 10,000 a second. */
static double rate_seconds(const struct query *query)
{
	const struct table *table = &query->table;
	double seconds;

	if (table->period < 2) {
		seconds = query_seconds(query);
		return seconds < 1 ? 1 : seconds;
	}
	return (table->ticks[1] - table->ticks[0]) / NS_PER_S;
}

static struct value group_value(const struct query *query, const struct group *group, size_t i, bool *averaged)
{
	const struct table *table = &query->table;
	const struct query_column *column = &query->columns[i];
	const union tally *tally = tally_of(query, group, i);
	struct value value = group->cells[i];

	*averaged = false;
	if (column->shows_key)
		return group->key;
	switch (column->aggregation) {
	case AGGREGATE_P50:
	case AGGREGATE_P90:
	case AGGREGATE_P99:
		return spread_value(group, column);
	case AGGREGATE_AVG:
		if (!tally->samples)
			return value;
		*averaged = tally->samples > 1;
		if (value.type == VALUE_DURATION) {
			value.u /= tally->samples;
			return value;
		}
		value.r = to_real(&value) / tally->samples;
		break;
	case AGGREGATE_TIME_AVG:
		if (!is_summed(value.type))
			return value;
		*averaged = true;
		value.r = to_real(&value) / query_seconds(query);
		break;
	case AGGREGATE_RATE:
		if (!is_summed(value.type))
			return value;
		*averaged = true;
		value.r = rate_sum(tally, table->period) / rate_seconds(query);
		break;
	default:
		return value;
	}
	value.type = VALUE_REAL;
	return value;
}

static int compare_orders(const void *left, const void *right, void *context)
{
	const struct query *query = context;
	const struct table_order *a = left, *b = right;
	int order = query->sort_column < 0 ? 0 : value_compare(&a->value, &b->value);

	if (a->group == query->table.other || b->group == query->table.other)
		return (a->group == query->table.other) - (b->group == query->table.other);
	if (order)
		return query->descending ? -order : order;
	if (query->sort_column >= 0)
		order = value_compare(&a->group->key, &b->group->key);
	return order ? order : (a->group->id > b->group->id) - (a->group->id < b->group->id);
}

static size_t table_rows(struct query *query)
{
	struct table *table = &query->table;
	struct table_order *order;
	bool averaged;

	if (!query->dirty)
		return table->norder;
	if (table->order_size < table->count) {
		order = realloc(table->order, table->count * 2 * sizeof(*order));
		if (!order)
			return table->norder; /* the rows that were known */
		table->order = order;
		table->order_size = table->count * 2;
	}
	table->norder = 0;
	for (struct group *group = table->newest; group; group = group->older) {
		order = &table->order[table->norder++];
		order->group = group;
		if (query->sort_column >= 0)
			order->value = group_value(query, group, query->sort_column, &averaged);
	}
	if (table->norder)
		qsort_r(table->order, table->norder, sizeof(*table->order), compare_orders, query);
	query->dirty = false;
	return table->norder;
}

static void table_row(struct query *query, size_t i)
{
	const struct group *group = query->table.order[i].group;

	for (size_t column = 0; column < query->ncolumns; column++)
		query->cells[column] = group_value(query, group, column, &query->averaged[column]);
	query->row.event_num = group->event_num;
	query->row.id = group->id;
}

static size_t table_find(struct query *query, uint64_t id)
{
	size_t rows = table_rows(query);

	for (size_t i = 0; i < rows; i++)
		if (query->table.order[i].group->id == id)
			return i;
	return SIZE_MAX;
}

static void table_tick(struct query *query, uint64_t now)
{
	struct table *table = &query->table;

	if (now < table->ticks[1]) {
		/* the clock was set back: it stands still for once, and the period that runs goes on from there */
		table->ticks[0] -= table->ticks[1] - now;
		table->ticks[1] = now;
	}
	if (now == table->ticks[1])
		return;
	table->ticks[0] = table->ticks[1];
	table->ticks[1] = now;
	table->period++;
	query->dirty = true;
}

const struct query_kind query_table_kind = {
	.add = table_add,
	.clear = table_clear,
	.rows = table_rows,
	.row = table_row,
	.find = table_find,
	.tick = table_tick,
};
