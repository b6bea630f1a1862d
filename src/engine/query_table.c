/* Tables: events grouped by a key, a cell for each column and group; and lists that keep their cells.
 *
 * Groups are never forgotten while the query lives, so their bytes are bounded: once they are used up,
 * events with a new key are counted in one more group, "(other)". A group's histograms may still grow then,
 * by a quarter of the bound; beyond, their percentiles are given up (no value) rather than made wrong.
 *
 * A view may have a second key, the group-by key: then the groups are made first, and those with the same
 * value of it become one when somebody looks. */
#include <stdlib.h>
#include <string.h>

#include "field_times.h"
#include "query_private.h"
#include "span.h"

static bool tells_of_state(enum aggregation aggregation)
{
	return aggregation == AGGREGATE_FIRST || aggregation == AGGREGATE_LAST || aggregation == AGGREGATE_MIN ||
	       aggregation == AGGREGATE_MAX;
}

static void add_to_column(struct query *query, struct group *group, size_t column, const struct value *value)
{
	struct table *table = &query->table;
	enum aggregation aggregation = query->columns[column].aggregation;

	if (aggregation == AGGREGATE_FIRST)
		cell_keep_first(table, &group->cells[column], value);
	else if (aggregation == AGGREGATE_TREND)
		trend_add(query, table, group_cell(query, group, column), value, query->event_time);
	else if (aggregation == AGGREGATE_DISTINCT)
		distinct_add(table, group_cell(query, group, column), value, query->spec.max_bytes);
	else
		cell_add(table, aggregation, group_cell(query, group, column), value, table->period);
}

static void group_add(struct query *query, struct group *group, size_t reading, const struct value *value)
{
	const struct reading *from = &query->readings[reading];

	if (from->spread && !query->states_only)
		spread_add(query, group, reading, value);
	for (size_t i = from->first; i < from->first + from->count; i++) {
		size_t column = query->by_reading[i];

		if (!query->states_only || from->is_share || tells_of_state(query->columns[column].aggregation))
			add_to_column(query, group, column, value);
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

static bool read_value(struct query *query, const struct reading *reading, const struct event *event, struct value *value)
{
	value->type = VALUE_NONE;
	if (reading->event_time)
		return event_time(query, event, value);
	return field_value(&reading->field, event, &query->context, value);
}

/* A share of a CPU as the time on it that it stands for, in hundredths of a second: what a period's samples say can be added
 * up then, though one may be about all of the period and another about a process that lived for a moment. */
static void weigh_share(const struct query *query, const struct event *event, struct value *value)
{
	if (event->flags & EVENT_MEASURED && value->type == VALUE_REAL)
		value->r *= field_times_seconds(query->context.times, event);
}

/* The event has no value, and counts all the same. The sum and the mean of nothing more are what they were, and the least
 * takes real values only. */
static void group_add_default(struct query *query, struct group *group, const struct reading *reading)
{
	struct value value = value_default(reading->field.definition->type);

	for (size_t i = reading->first; i < reading->first + reading->count; i++) {
		size_t column = query->by_reading[i];
		enum aggregation aggregation = query->columns[column].aggregation;

		if (aggregation == AGGREGATE_FIRST || aggregation == AGGREGATE_MAX)
			add_to_column(query, group, column, &value);
	}
}

static void group_read(struct query *query, struct group *group, size_t i, const struct event *event)
{
	const struct reading *reading = &query->readings[i];
	struct value value;

	if (reading->once && (!reading->count ||
			      group->cells[query->by_reading[reading->first]].type != VALUE_NONE))
		return;
	if (read_value(query, reading, event, &value)) {
		if (reading->is_share)
			weigh_share(query, event, &value);
		group_add(query, group, i, &value);
	} else if (query->partial && reading->has_defaults)
		group_add_default(query, group, reading);
}

static bool has_required(struct query *query, const struct event *event)
{
	struct value value;

	for (size_t i = 0; i < query->nrequired; i++)
		if (!read_value(query, &query->readings[query->required[i]], event, &value))
			return false;
	return true;
}

/* False if the event has none, and does not count. */
static bool read_key(struct query *query, const struct event *event, struct value *key)
{
	const struct reading *reading = &query->readings[0];

	key->type = VALUE_NONE;
	if (query->key < 0 || read_value(query, reading, event, key))
		return true;
	*key = value_default(reading->field.definition->type);
	return query->partial;
}

/* Of a list each event has a row, but csysdig's lists of spans have one for each time at which one began. */
static bool has_own_row(const struct query *query)
{
	return query_is_list(query) || query->spec.view->kind == VIEW_IN_FLIGHT ||
	       (query->spec.view->kind == VIEW_LIST && !query->spec.compatible);
}

static struct group **group_hint(struct query *query, const struct thread *thread)
{
	size_t entries = sizeof(query->by_thread) / sizeof(query->by_thread[0]);

	return &query->by_thread[((uintptr_t)thread * 0x9e3779b97f4a7c15ULL >> 32) % entries];
}

/* The group whose latest event found everything as it is now, the key too. NULL: there is none. */
static struct group *unchanged_group(struct query *query, const struct event *event)
{
	struct group **hint = group_hint(query, event->thread), *group = *hint;
	struct value key;

	if (group && stamp_holds(group_stamp(query, group), event))
		return group;
	if (!read_key(query, event, &key))
		return NULL;
	group = table_find_group(&query->table, &key);
	if (!group || !stamp_holds(group_stamp(query, group), event))
		return NULL;
	return *hint = group;
}

/* The short way: what could not change is not read. */
static bool add_changes(struct query *query, const struct event *event)
{
	struct group *group = unchanged_group(query, event);

	if (!group)
		return false;
	group->event_num = event->num;
	for (size_t i = 0; i < query->nchanging; i++)
		group_read(query, group, query->changing[i], event);
	return true;
}

static bool table_add(struct query *query, const struct event *event)
{
	bool stamped = query->stamped && stamp_tells(event);
	struct value key;
	struct group *group;

	query->event_time = event->time;
	if (stamped && add_changes(query, event))
		return query->dirty = true;
	if (!has_required(query, event) || !read_key(query, event, &key))
		return false;
	query->dirty |= !query->keeps_rows;
	group = has_own_row(query) ? table_add_row(query, &query->table, &key) :
				     table_group(query, &query->table, &key);
	if (!group) {
		query->refused++;
		return false;
	}
	if (query->sample_id && group->id != QUERY_OTHER_ID) {
		group->id = query->sample_id;
		group->at_least = event->flags & EVENT_AT_LEAST;
	}
	group->event_num = event->num;
	if (query->stamped)
		*group_stamp(query, group) = stamped ? stamp_of(event) : (struct stamp){ 0 };
	if (query->key >= 0)
		group_add(query, group, 0, &key);
	for (size_t i = query->key >= 0; i < query->nreadings; i++)
		group_read(query, group, i, event);
	return true;
}

static void table_clear(struct query *query)
{
	table_fini(query, &query->table);
	table_fini(query, &query->merged);
	period_clear(query);
	memset(query->by_thread, 0, sizeof(query->by_thread));
}

/* ---- rows ---- */

static struct table *shown(struct query *query)
{
	return query->groupby >= 0 ? &query->merged : period_rows(query);
}

/* The second step, anew: what groups add up to cannot be told from what came since the last time. */
static void merge(struct query *query)
{
	struct table *merged = &query->merged, *groups = period_rows(query);

	for (struct group *group = merged->newest; group; group = group->older)
		group_reset(query, merged, group);
	for (struct group *from = groups->newest; from; from = from->older) {
		struct group *to = from == groups->other ?
					   table_other(query, merged) :
					   table_group(query, merged, &from->cells[query->groupby]);

		if (to)
			group_merge(query, merged, to, from);
	}
}

static int compare_orders(const void *left, const void *right, void *context)
{
	const struct query *query = context;
	const struct table_order *a = left, *b = right;
	int order = query->sort_column < 0 ? 0 : value_compare(&a->value, &b->value);

	if (a->group->id == QUERY_OTHER_ID || b->group->id == QUERY_OTHER_ID)
		return (a->group->id == QUERY_OTHER_ID) - (b->group->id == QUERY_OTHER_ID);
	if (order)
		return query->descending ? -order : order;
	if (query->sort_column >= 0)
		order = value_compare(&a->group->key, &b->group->key);
	return order ? order : (a->group->id > b->group->id) - (a->group->id < b->group->id);
}

static size_t table_rows(struct query *query)
{
	struct table *table = shown(query);
	struct table_order *order;
	bool averaged;

	if (!query->dirty)
		return table->norder;
	if (query->groupby >= 0)
		merge(query);
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
	struct group *group = shown(query)->order[i].group;

	for (size_t column = 0; column < query->ncolumns; column++)
		query->cells[column] = group_value(query, group, column, &query->averaged[column]);
	query->row_group = group;
	query->row.event_num = group->event_num;
	query->row.id = group->id;
}

static size_t table_find(struct query *query, uint64_t id)
{
	size_t rows = table_rows(query);

	for (size_t i = 0; i < rows; i++)
		if (shown(query)->order[i].group->id == id)
			return i;
	return SIZE_MAX;
}

static void table_tick(struct query *query, uint64_t now)
{
	struct table *table = &query->table;

	if (query->spec.to)
		return; /* that time is over */
	trend_tick(query, now);
	if (query->spec.period_table) {
		period_end(query, now);
		return;
	}
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
