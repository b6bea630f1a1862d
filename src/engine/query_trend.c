/* Trends: how a number of a row went over time.
 *
 * Live a trend has a slot for each of the last refresh periods, in a ring. Of a capture nobody knows the length before its
 * end, so slots begin short and become twice as long whenever time runs out of them; 33 to 64 of them are then put together to
 * 16 equal parts of the whole. A row gets its slots with its first value. */
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "query_private.h"

#define SLOTS 64               /* of all time */
#define RING (QUERY_TREND_PARTS + 1) /* of refresh periods: one of them still runs */
#define SHIFT_MIN 10
#define SHIFT_MAX 57           /* SLOTS of them are all the time there is */
#define LEVELS 8

struct slot {
	double sum;
	uint64_t count;
};

struct trend {
	uint64_t newest;           /* of refresh periods: number of the newest one in the ring */
	unsigned shift;            /* of all time: length of its slots */
	struct slot slots[];
};

/* A window has parts of its own. */
static bool has_periods(const struct query *query)
{
	return query->spec.refresh && !query->spec.to;
}

static size_t slots_of(const struct query *query)
{
	return has_periods(query) ? RING : SLOTS;
}

static size_t trend_size(const struct query *query)
{
	return sizeof(struct trend) + slots_of(query) * sizeof(struct slot);
}

static struct trend *trend_at(const struct query *query, struct table *table, struct cell cell)
{
	size_t size = trend_size(query);

	if (cell.tally->trend || table->bytes + size > query->spec.max_bytes + query->spec.max_bytes / 4)
		return cell.tally->trend;
	cell.tally->trend = calloc(1, size);
	if (cell.tally->trend) {
		cell.tally->trend->shift = query->trend.shift;
		table->bytes += size;
	}
	return cell.tally->trend;
}

void trend_free(const struct query *query, struct table *table, struct trend *trend)
{
	if (trend)
		table->bytes -= trend_size(query);
	free(trend);
}

/* ---- refresh periods ---- */

static uint64_t number_of(const struct query *query, uint64_t time)
{
	uint64_t period = query->spec.refresh;

	return (time + period - query->spec.refresh_begin % period) / period;
}

void trend_tick(struct query *query, uint64_t now)
{
	/* the period that has just ended, not the one that begins; of one that runs, when half of it is over */
	if (has_periods(query))
		query->trend.end = number_of(query, now + query->spec.refresh / 2) - 1;
}

/* NULL: too long ago. */
static struct slot *ring_slot(struct query *query, struct trend *trend, uint64_t number)
{
	if (number > trend->newest) {
		if (number - trend->newest >= RING)
			memset(trend->slots, 0, RING * sizeof(*trend->slots));
		else
			for (uint64_t n = trend->newest + 1; n <= number; n++)
				trend->slots[n % RING] = (struct slot){ 0 };
		trend->newest = number;
	}
	if (number > query->trend.newest)
		query->trend.newest = number;
	return trend->newest - number < RING ? &trend->slots[number % RING] : NULL;
}

static const struct slot *ring_at(const struct trend *trend, uint64_t number)
{
	return number <= trend->newest && trend->newest - number < RING ? &trend->slots[number % RING] : NULL;
}

/* ---- all time ---- */

static void stretch(struct trend *trend, unsigned shift)
{
	for (; trend->shift < shift; trend->shift++)
		for (unsigned i = 0; i < SLOTS; i++) {
			struct slot slot = { 0 };

			if (i < SLOTS / 2) {
				slot = trend->slots[2 * i];
				slot.sum += trend->slots[2 * i + 1].sum;
				slot.count += trend->slots[2 * i + 1].count;
			}
			trend->slots[i] = slot;
		}
}

static struct slot *whole_slot(struct query *query, struct trend *trend, uint64_t time)
{
	uint64_t since;

	if (!query->trend.base)
		query->trend.base = engine_counts(query->engine)->first_time;
	since = time > query->trend.base ? time - query->trend.base : 0;
	if (query->trend.shift < SHIFT_MIN)
		query->trend.shift = SHIFT_MIN;
	while (query->trend.shift < SHIFT_MAX && since >> query->trend.shift >= SLOTS)
		query->trend.shift++;
	stretch(trend, query->trend.shift);
	since >>= query->trend.shift;
	return &trend->slots[since < SLOTS ? since : SLOTS - 1];
}

/* ---- values ---- */

static bool is_measure(const struct value *value)
{
	return value->type == VALUE_DURATION || value->type == VALUE_UINT || (value->type == VALUE_INT && value->i >= 0);
}

void trend_add(struct query *query, struct table *table, struct cell cell, const struct value *value, uint64_t time)
{
	struct trend *trend = is_measure(value) ? trend_at(query, table, cell) : NULL;
	struct slot *slot = NULL;

	if (trend)
		slot = has_periods(query) ? ring_slot(query, trend, number_of(query, time)) :
					     whole_slot(query, trend, time);
	if (!slot)
		return;
	slot->sum += value->u;
	slot->count++;
}

void trend_merge(struct query *query, struct table *table, struct cell to_cell, struct cell from_cell)
{
	struct trend *from = from_cell.tally->trend, *to = from ? trend_at(query, table, to_cell) : NULL;

	if (!to)
		return;
	if (!has_periods(query)) {
		stretch(from, query->trend.shift);
		stretch(to, query->trend.shift);
	}
	for (uint64_t i = 0; i < slots_of(query); i++) {
		struct slot *slot = &to->slots[i], *other = &from->slots[i];

		if (has_periods(query)) {
			if (from->newest < i)
				break;
			other = &from->slots[(from->newest - i) % RING];
			slot = other->count ? ring_slot(query, to, from->newest - i) : NULL;
		}
		if (slot) {
			slot->sum += other->sum;
			slot->count += other->count;
		}
	}
}

static uint64_t mean(const struct slot *slot)
{
	return slot && slot->count ? (uint64_t)(slot->sum / slot->count + 0.5) : QUERY_NO_VALUE;
}

static void ring_values(const struct query *query, const struct trend *trend, uint64_t *values)
{
	uint64_t end = query->trend.end ? query->trend.end : query->trend.newest;

	for (unsigned i = 0; i < QUERY_TREND_PARTS; i++) {
		unsigned before = QUERY_TREND_PARTS - 1 - i;

		values[i] = end < before ? QUERY_NO_VALUE : mean(ring_at(trend, end - before));
	}
}

/* A slot belongs to the part in which its middle lies. */
static void whole_values(const struct query *query, const struct trend *trend, uint64_t *values)
{
	uint64_t end = query->spec.to ? query->spec.to : engine_counts(query->engine)->last_time + 1;
	double length = end > query->trend.base ? (double)(end - query->trend.base) : 1;
	struct slot parts[QUERY_TREND_PARTS] = { 0 };

	for (unsigned i = 0; i < SLOTS; i++) {
		double part = (i + 0.5) * (double)(1ULL << trend->shift) / length * QUERY_TREND_PARTS;
		struct slot *to = &parts[part < QUERY_TREND_PARTS ? (unsigned)part : QUERY_TREND_PARTS - 1];

		to->sum += trend->slots[i].sum;
		to->count += trend->slots[i].count;
	}
	for (unsigned i = 0; i < QUERY_TREND_PARTS; i++)
		values[i] = mean(&parts[i]);
}

static void read_values(const struct query *query, const struct trend *trend, uint64_t *values)
{
	if (has_periods(query))
		ring_values(query, trend, values);
	else
		whole_values(query, trend, values);
}

struct value trend_value(const struct query *query, const struct trend *trend)
{
	struct value value = { .type = VALUE_NONE };
	uint64_t values[QUERY_TREND_PARTS];

	if (!trend)
		return value;
	read_values(query, trend, values);
	for (unsigned i = 0; i < QUERY_TREND_PARTS; i++)
		if (values[i] != QUERY_NO_VALUE)
			value = (struct value){ .type = VALUE_DURATION, .u = values[i] };
	return value;
}

bool query_column_is_trend(const struct query *query, size_t column)
{
	return query->kind == &query_table_kind && column < query->ncolumns && query->columns[column].applies &&
	       query->columns[column].aggregation == AGGREGATE_TREND && !query->columns[column].shows_key;
}

bool query_cell_trend(const struct query *query, const struct query_row *row, size_t column,
		      uint64_t values[QUERY_TREND_PARTS])
{
	const struct trend *trend;

	if (!query_column_is_trend(query, column) || row->cells[column].type == VALUE_NONE || !query->row_group)
		return false;
	trend = group_cell(query, query->row_group, column).tally->trend;
	if (trend)
		read_values(query, trend, values);
	return trend;
}

/* A character for each part. The greatest is the highest; the lowest stands for the least, or for half of the greatest if that
 * is less: what hardly changes is to look so. */
size_t trend_format(const struct query *query, const struct query_row *row, size_t column, char *text, size_t size)
{
	static const char *const blocks[2][LEVELS] = {
		{ "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
		{ "_", ".", "-", "=", "+", "*", "%", "#" },
	};
	uint64_t values[QUERY_TREND_PARTS], least = QUERY_NO_VALUE, most = 0;
	char line[QUERY_TREND_PARTS * 3 + 1] = "";
	size_t used = 0;

	if (size)
		*text = '\0';
	if (!query_cell_trend(query, row, column, values))
		return 0;
	for (unsigned i = 0; i < QUERY_TREND_PARTS; i++)
		if (values[i] != QUERY_NO_VALUE) {
			most = values[i] > most ? values[i] : most;
			least = values[i] < least ? values[i] : least;
		}
	least = least < most / 2 ? least : most / 2;
	for (unsigned i = 0; i < QUERY_TREND_PARTS; i++) {
		uint64_t over = values[i] != QUERY_NO_VALUE ? values[i] - least : 0;
		unsigned level = over ? (unsigned)((double)over / (double)(most - least) * LEVELS + 0.999999) : 1;
		const char *block = values[i] == QUERY_NO_VALUE ? " " :
				    blocks[query->spec.ascii][level < LEVELS ? level - 1 : LEVELS - 1];

		memcpy(line + used, block, strlen(block));
		used += strlen(block);
	}
	if (size) {
		memcpy(text, line, used < size ? used : size - 1);
		text[used < size ? used : size - 1] = '\0';
	}
	return used;
}
