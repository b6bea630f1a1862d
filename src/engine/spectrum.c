/* Spectra: latencies counted by logarithmic bucket and period of time.
 *
 * A row is one period; its number is its time divided by the period, so that the same data give the same
 * rows whenever the query began. The newest ROWS_MAX are kept, in the slot of their number modulo ROWS_MAX;
 * what ended before the oldest of them is not counted. No event costs more for the empty periods before it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query_private.h"

#define ROWS_MAX 4096
#define DECADE_TOP 100000000000ULL  /* 10^SPECTRUM_DECADES */

/* floor(10^(SPECTRUM_DECADES + i/32)). But for i = 0 these powers are irrational: no number lies on one. */
static const uint64_t steps[SPECTRUM_PER_DECADE] = {
	100000000000, 107460782832, 115478198468, 124093776075, 133352143216, 143301257023,
	153992652605, 165481709994, 177827941003, 191095297497, 205352502645, 220673406908,
	237137370566, 254829674797, 273841963426, 294272717620, 316227766016, 339820832894,
	365174127254, 392418975848, 421696503428, 453158363760, 486967525165, 523299114681,
	562341325190, 604296390238, 649381631576, 697830584859, 749894209332, 805842187761,
	865964323360, 930572040929,
};

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent--)
		power *= 10;
	return power;
}

uint64_t spectrum_bound(unsigned bucket)
{
	unsigned decade = bucket / SPECTRUM_PER_DECADE, step = bucket % SPECTRUM_PER_DECADE;

	if (!bucket)
		return 0; /* what took no time at all counts with the fastest */
	if (bucket >= SPECTRUM_BUCKETS)
		return UINT64_MAX;
	return step ? steps[step] / power_of_ten(SPECTRUM_DECADES - decade) + 1 : power_of_ten(decade);
}

unsigned spectrum_bucket(uint64_t ns)
{
	unsigned decade = SPECTRUM_DECADES - 1, low = 0, high = SPECTRUM_PER_DECADE;

	if (ns >= DECADE_TOP)
		return SPECTRUM_BUCKETS - 1;
	if (!ns)
		return 0;
	/* scaled up into [10^11, 10^12), where the steps are */
	for (ns *= 10; ns < DECADE_TOP; ns *= 10)
		decade--;
	/* the last step that is at or below ns: steps[low] <= ns < steps[high] */
	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (steps[middle] < ns)
			low = middle;
		else
			high = middle;
	}
	return decade * SPECTRUM_PER_DECADE + low;
}

/* ---- rows ---- */

/* A slot holds what an older row left in it until the row that has it now is looked at. */
static struct spectrum_row *row_of(const struct query *query, uint64_t number)
{
	struct spectrum_row *row = &query->spectrum.rows[number % ROWS_MAX];
	uint64_t period = query->spec.period, from = number * period;

	if (!row->to || row->from != from) {
		memset(row, 0, sizeof(*row));
		row->from = from;
		row->to = from > UINT64_MAX - period ? UINT64_MAX : from + period;
	}
	return row;
}

static void reach(struct spectrum *spectrum, uint64_t number)
{
	spectrum->newest = number;
	if (number - spectrum->oldest >= ROWS_MAX)
		spectrum->oldest = number - ROWS_MAX + 1;
}

/* The row of this number, or NULL: too old, or no memory. */
static struct spectrum_row *find(struct query *query, uint64_t number)
{
	struct spectrum *spectrum = &query->spectrum;

	if (!spectrum->rows) {
		/* memory that is never touched costs nothing, so there is no need to grow */
		spectrum->rows = calloc(ROWS_MAX, sizeof(*spectrum->rows));
		if (!spectrum->rows) {
			query->refused++;
			return NULL;
		}
		spectrum->oldest = spectrum->newest = number;
	}
	if (number > spectrum->newest)
		reach(spectrum, number);
	if (number < spectrum->oldest) {
		if (spectrum->newest - number >= ROWS_MAX)
			return NULL;
		spectrum->oldest = number;
	}
	return row_of(query, number);
}

static bool spectrum_add(struct query *query, const struct event *event)
{
	struct value value;
	struct spectrum_row *row;
	uint32_t *count;

	if (!field_value(&query->readings[0].field, event, &query->context, &value))
		return false;
	if (value.type != VALUE_DURATION && value.type != VALUE_UINT &&
	    !(value.type == VALUE_INT && value.i >= 0))
		return false;
	row = find(query, event->time / query->spec.period);
	if (!row)
		return false;
	count = &row->counts[spectrum_bucket(value.u)];
	if (*count < UINT32_MAX)
		++*count;
	return true;
}

static void spectrum_clear(struct query *query)
{
	free(query->spectrum.rows);
	query->spectrum = (struct spectrum){ 0 };
}

/* Time goes on without spans too. A jump of more than all rows is no passing of time: the data are old. */
static void spectrum_tick(struct query *query, uint64_t now)
{
	struct spectrum *spectrum = &query->spectrum;
	uint64_t number = now / query->spec.period;

	if (spectrum->rows && number > spectrum->newest && number - spectrum->newest < ROWS_MAX)
		reach(spectrum, number);
}

/* A spectrum has no rows of cells. */
static size_t no_rows(struct query *query)
{
	(void)query;
	return 0;
}

static void no_row(struct query *query, size_t i)
{
	(void)query;
	(void)i;
}

static size_t no_find(struct query *query, uint64_t id)
{
	(void)query;
	(void)id;
	return SIZE_MAX;
}

const struct query_kind query_spectrum_kind = {
	.add = spectrum_add,
	.clear = spectrum_clear,
	.rows = no_rows,
	.row = no_row,
	.find = no_find,
	.tick = spectrum_tick,
};

/* ---- what the screen asks ---- */

size_t spectrum_rows(const struct query *query)
{
	return query->spectrum.rows ? query->spectrum.newest - query->spectrum.oldest + 1 : 0;
}

const struct spectrum_row *spectrum_row(const struct query *query, size_t i)
{
	return i < spectrum_rows(query) ? row_of(query, query->spectrum.oldest + i) : NULL;
}

size_t spectrum_filter(const struct query *query, size_t from, size_t to, unsigned low, unsigned high,
		       char *text, size_t size)
{
	const struct spectrum_row *first = spectrum_row(query, from), *last = spectrum_row(query, to);
	const char *field = query->key >= 0 ? query->readings[0].text : NULL;
	char end[128] = "";

	if (size)
		*text = '\0';
	if (!first || !last || !field || from > to || low > high || high >= SPECTRUM_BUCKETS)
		return 0;
	if (high + 1 < SPECTRUM_BUCKETS)
		snprintf(end, sizeof(end), " and %s<%" PRIu64, field, spectrum_bound(high + 1));
	return snprintf(text, size,
			"(%s>=%" PRIu64 "%s) and (evt.rawtime>=%" PRIu64 " and evt.rawtime<%" PRIu64 ")", field,
			spectrum_bound(low), end, first->from, last->to);
}
