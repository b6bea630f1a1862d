/* Cells of tables: how values add up in one, what a value that is missing counts as, percentiles, and how the cells of
 * several groups become one (the second step of a view with a group-by key). */
#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "query_private.h"

bool value_is_summed(enum value_type type)
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

/* ---- rates ---- */

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

/* Of all that the rows were made from. What the first moment holds is no rate yet: one span in 0.1 ms is not 10,000 a
 * second. */
static double whole_seconds(const struct query *query)
{
	double seconds;

	if (query->shown_to)
		return (query->shown_to - query->shown_from) / NS_PER_SECOND;
	seconds = query_seconds(query);
	return seconds < 1 && !query->spec.to ? 1 : seconds;
}

static double rate_seconds(const struct query *query)
{
	const struct table *table = &query->table;

	if (table->period < 2)
		return whole_seconds(query);
	return (table->ticks[1] - table->ticks[0]) / NS_PER_SECOND;
}

/* ---- values that come ---- */

/* Keeps a copy of the value. Without memory the old one stays. */
static void cell_set(struct table *table, struct value *cell, const struct value *value)
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
	if (size)
		memcpy(bytes, value->text, size);
	cell_fini(table, cell);
	table->bytes += size + 1;
	*cell = *value;
	cell->text = bytes;
}

void cell_keep_first(struct table *table, struct value *cell, const struct value *value)
{
	size_t size;
	char *bytes;

	if (cell->type != VALUE_NONE)
		return;
	if (!value_has_bytes(value, &size)) {
		*cell = *value;
		return;
	}
	bytes = arena_allocate(&table->memory, size, 1);
	if (!bytes)
		return;
	if (size)
		memcpy(bytes, value->text, size);
	table->bytes += size;
	*cell = *value;
	cell->text = bytes;
}

void cell_fini(struct table *table, struct value *cell)
{
	size_t size;

	if (!value_has_bytes(cell, &size))
		return;
	table->bytes -= size + 1;
	free((char *)cell->text);
	cell->type = VALUE_NONE;
}

/* Durations are what is compared most. */
static int compare(const struct value *a, const struct value *b)
{
	if (a->type == VALUE_DURATION && b->type == VALUE_DURATION)
		return (a->u > b->u) - (a->u < b->u);
	return value_compare(a, b);
}

void cell_add(struct table *table, enum aggregation aggregation, struct cell cell, const struct value *value,
	      uint64_t period)
{
	struct value *so_far = cell.value;
	bool first = so_far->type == VALUE_NONE, summed = value_is_summed(value->type);
	size_t size;

	switch (aggregation) {
	case AGGREGATE_LAST:
		cell_set(table, so_far, value);
		return;
	case AGGREGATE_COUNT:
		so_far->u++;
		return;
	case AGGREGATE_AVG:
		if (summed)
			cell.tally->samples++;
		/* fall through */
	case AGGREGATE_SUM:
	case AGGREGATE_TIME_AVG:
		if (summed)
			sum_add(so_far, value);
		else if (first)
			cell_set(table, so_far, value);
		return;
	case AGGREGATE_RATE:
		if (summed) {
			rate_add(cell.tally, value, period);
			so_far->type = VALUE_REAL;
		}
		return;
	case AGGREGATE_MIN:
		if (first || compare(value, so_far) < 0)
			cell_set(table, so_far, value);
		return;
	case AGGREGATE_MAX:
		/* of texts, the latest */
		if (first || value_has_bytes(value, &size) || compare(value, so_far) > 0)
			cell_set(table, so_far, value);
		return;
	default:
		break;
	}
	if (first)
		cell_set(table, so_far, value);
}

bool value_has_default(enum value_type type)
{
	return type == VALUE_INT || type == VALUE_UINT || type == VALUE_DURATION || type == VALUE_TIME ||
	       type == VALUE_REAL || type == VALUE_TEXT;
}

struct value value_default(enum value_type type)
{
	struct value value = { .type = type };

	if (type == VALUE_TEXT)
		value.text = "";
	return value;
}

/* ---- percentiles ---- */

static struct histogram *spread_at(const struct query *query, struct table *table, struct group *group, size_t reading)
{
	if (!group->spreads) {
		group->spreads = calloc(query->nreadings, sizeof(*group->spreads));
		if (!group->spreads)
			return NULL;
		table->bytes += query->nreadings * sizeof(*group->spreads);
	}
	if (!group->spreads[reading]) {
		group->spreads[reading] = malloc(sizeof(struct histogram));
		if (!group->spreads[reading])
			return NULL;
		histogram_init(group->spreads[reading]);
	}
	return group->spreads[reading];
}

void spread_add(struct query *query, struct group *group, size_t reading, const struct value *value)
{
	struct table *table = &query->table;
	struct histogram *histogram;
	size_t need;

	if (group->spread_lost || (value->type != VALUE_DURATION && value->type != VALUE_UINT &&
				   !(value->type == VALUE_INT && value->i >= 0)))
		return;
	histogram = group->spreads ? group->spreads[reading] : NULL;
	need = histogram ? histogram_growth(histogram, value->u) :
			   sizeof(*histogram) + HISTOGRAM_BLOCK * sizeof(uint32_t);
	if (need && table->bytes + need > query->spec.max_bytes + query->spec.max_bytes / 4)
		goto lost;
	if (!histogram)
		histogram = spread_at(query, table, group, reading);
	if (!histogram)
		goto lost;
	table->bytes += need;
	if (!histogram_add(histogram, value->u))
		return;
lost:
	group->spread_lost = true;
}

static void spreads_merge(struct query *query, struct table *table, struct group *to, const struct group *from)
{
	to->spread_lost |= from->spread_lost;
	for (size_t i = 0; from->spreads && i < query->nreadings && !to->spread_lost; i++) {
		struct histogram *histogram = from->spreads[i] ? spread_at(query, table, to, i) : NULL;

		if (from->spreads[i] && (!histogram || histogram_add_all(histogram, from->spreads[i])))
			to->spread_lost = true;
	}
}

void spreads_fini(const struct query *query, struct group *group)
{
	for (size_t i = 0; group->spreads && i < query->nreadings; i++)
		if (group->spreads[i]) {
			histogram_fini(group->spreads[i]);
			free(group->spreads[i]);
		}
	free(group->spreads);
	group->spreads = NULL;
	group->spread_lost = false;
}

static double quantile_of(enum aggregation aggregation)
{
	switch (aggregation) {
	case AGGREGATE_P50:
		return 0.5;
	case AGGREGATE_P90:
		return 0.9;
	case AGGREGATE_P99:
		return 0.99;
	default:
		return 0.999;
	}
}

static struct value spread_value(const struct group *group, const struct query_column *column)
{
	const struct histogram *histogram = group->spreads ? group->spreads[column->reading] : NULL;
	struct value value = { .type = VALUE_NONE };

	if (!histogram || !histogram->count || group->spread_lost)
		return value;
	value.type = column->type;
	value.u = histogram_quantile(histogram, quantile_of(column->aggregation));
	return value;
}

/* ---- several groups as one ---- */

/* Whether the cell is a sum of parts of the period. */
static bool is_weighed(const struct query *query, const struct query_column *column)
{
	return query->weighs && query->readings[column->reading].is_share;
}

/* A mean becomes a number like others, but of what is weighed the sum is one already. */
static void average_settle(struct cell cell, bool weighed)
{
	if (cell.tally->samples > 1 && !weighed)
		switch (cell.value->type) {
		case VALUE_INT:
			cell.value->i /= (int64_t)cell.tally->samples;
			break;
		case VALUE_REAL:
			cell.value->r /= cell.tally->samples;
			break;
		default:
			cell.value->u /= cell.tally->samples;
			break;
		}
	cell.tally->samples = 1;
}

static void average_merge(struct table *table, enum aggregation groupby, bool weighed, struct cell to, struct cell member)
{
	struct value value = *member.value;
	union tally tally = *member.tally;
	struct cell from = { .value = &value, .tally = &tally };

	if (value.type == VALUE_NONE)
		return;
	if (to.value->type == VALUE_NONE) {
		*to.value = value;
		*to.tally = tally;
		return;
	}
	if (groupby == AGGREGATE_AVG) {
		to.tally->samples += tally.samples;
		sum_add(to.value, &value);
		return;
	}
	average_settle(to, weighed);
	average_settle(from, weighed);
	cell_add(table, groupby, to, &value, 0);
}

static void rate_merge(const struct query *query, struct cell to, struct cell from)
{
	if (to.tally) {
		to.tally->sum_before += rate_sum(from.tally, query->table.period);
		to.tally->period = query->table.period;
	}
	if (value_is_summed(from.value->type))
		sum_add(to.value, from.value);
}

void group_merge(struct query *query, struct table *table, struct group *to_group, struct group *from_group)
{
	for (size_t i = 0; i < query->ncolumns; i++) {
		const struct query_column *column = &query->columns[i];
		enum aggregation groupby = column->view->has_groupby ? column->view->groupby : AGGREGATE_FIRST;
		struct cell from = group_cell(query, from_group, i), to = group_cell(query, to_group, i);

		if (!column->applies)
			continue;
		switch (column->aggregation) {
		case AGGREGATE_DISTINCT:
			distinct_merge(table, to, from, query->spec.max_bytes);
			break;
		case AGGREGATE_TREND:
			trend_merge(query, table, to, from);
			break;
		case AGGREGATE_COUNT:
			sum_add(to.value, from.value);
			break;
		case AGGREGATE_AVG:
			if (value_is_summed(from.value->type))
				average_merge(table, groupby, is_weighed(query, column), to, from);
			break;
		case AGGREGATE_TIME_AVG:
		case AGGREGATE_RATE:
			if (groupby == AGGREGATE_SUM || !to_group->has_members)
				rate_merge(query, to, from);
			break;
		default:
			if (from.value->type != VALUE_NONE)
				cell_add(table, groupby, to, from.value, 0);
			break;
		}
	}
	spreads_merge(query, table, to_group, from_group);
	to_group->has_members = true;
	if (from_group->event_num > to_group->event_num)
		to_group->event_num = from_group->event_num;
}

/* ---- cells as they show ---- */

static double per_second(const struct query *query, const struct query_column *column, struct cell cell)
{
	const struct table *table = &query->table;

	if (column->aggregation == AGGREGATE_TIME_AVG)
		return to_real(cell.value) / whole_seconds(query);
	return rate_sum(cell.tally, table->period) / rate_seconds(query);
}

/* A mean over the time that samples are about. */
static struct value weighed_value(const struct query *query, double sum)
{
	const struct table *table = query->shown_to ? &query->finished : &query->table;

	return (struct value){ .type = table->sampled ? VALUE_REAL : VALUE_NONE,
			       .r = table->sampled ? sum * NS_PER_SECOND / (double)table->sampled : 0 };
}

struct value group_value(const struct query *query, struct group *group, size_t i, bool *averaged)
{
	const struct query_column *column = &query->columns[i];
	struct cell cell = group_cell(query, group, i);
	struct value value = *cell.value;

	*averaged = false;
	if (column->shows_key)
		return group->key;
	switch (column->aggregation) {
	case AGGREGATE_P50:
	case AGGREGATE_P90:
	case AGGREGATE_P99:
	case AGGREGATE_P999:
		return spread_value(group, column);
	case AGGREGATE_TREND:
		return trend_value(query, cell.tally->trend);
	case AGGREGATE_AVG:
		if (!cell.tally->samples)
			return value;
		*averaged = cell.tally->samples > 1;
		if (is_weighed(query, column))
			return weighed_value(query, to_real(&value));
		if (value.type == VALUE_DURATION) {
			value.u /= cell.tally->samples;
			return value;
		}
		value.r = to_real(&value) / cell.tally->samples;
		break;
	case AGGREGATE_TIME_AVG:
	case AGGREGATE_RATE:
		if (!value_is_summed(value.type))
			return value;
		*averaged = true;
		value.r = per_second(query, column, cell);
		break;
	default:
		return value;
	}
	value.type = VALUE_REAL;
	return value;
}
