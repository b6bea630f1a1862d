/* Parts of time: queries about a window, and tables that show one refresh period at a time.
 *
 * A period table has two sets of rows: those of the period that runs, which nobody sees, and those of the one that ended
 * last. A tick makes the first the second. Rows have the same identity in both, as that follows from their key. */
#include <string.h>

#include "engine.h"
#include "query_private.h"

#define NS_PER_S 1000000000ULL
/* Events this much later than a closed span's end: nothing of its inside is still under way. */
#define STRAGGLERS (2 * NS_PER_S)
/* The recording is in order of time but for what CPUs told late. */
#define LATE (NS_PER_S / 10)

void query_bound(struct query *query)
{
	query->until = query->spec.to ? query->spec.to : UINT64_MAX;
	query->length = query->until > query->spec.from ? query->until - query->spec.from : 0;
	query->spec.period_table &= !query->spec.to;
	query->period_begin = query->spec.from;
	query->trend.base = query->spec.from;
}

uint64_t query_over_after(const struct query *query)
{
	const struct inside *inside = &query->inside;
	uint64_t over = inside->span && inside->to < UINT64_MAX - STRAGGLERS ? inside->to + STRAGGLERS : UINT64_MAX;

	if (query->until < UINT64_MAX - LATE && query->until + LATE < over)
		over = query->until + LATE;
	return over;
}

void query_set_time(struct query *query, uint64_t from, uint64_t to, bool period_table)
{
	query->kind->clear(query);
	query->table = (struct table){ 0 }; /* rates begin anew, too */
	query->merged = (struct table){ 0 };
	query->spec.from = from;
	query->spec.to = to;
	query->spec.period_table = period_table && query->kind == &query_table_kind;
	query->begin_time = 0;
	query->matched = query->refused = 0;
	query->dirty = true;
	field_context_fini(&query->context);
	query->context = (struct field_context){ .engine = query->engine };
	query->sample_time = 0;
	query_bound(query);
	query_begin(query);
}

/* ---- periods ---- */

void period_clear(struct query *query)
{
	table_fini(query, &query->finished);
	query->shown_from = query->shown_to = 0;
	query->period_begin = 0;
	query->keeps_rows = false;
	query->trend.base = query->spec.from;
	query->trend.shift = 0;
	query->trend.newest = 0;
}

struct table *period_rows(struct query *query)
{
	return query->shown_to ? &query->finished : &query->table;
}

static uint64_t period_start(const struct query *query, uint64_t now)
{
	uint64_t first = engine_counts(query->engine)->first_time;

	if (query->period_begin)
		return query->period_begin;
	if (query->counts_from && (!first || query->counts_from < first))
		first = query->counts_from;
	if (first < query->begin_time)
		first = query->begin_time;
	return first && first < now ? first : now - 1;
}

void query_begin_period(struct query *query, uint64_t now)
{
	query->counts_from = now;
}

void period_end(struct query *query, uint64_t now)
{
	uint64_t from = period_start(query, now);

	if (now <= from) {
		/* the clock was set back: the period goes on, and is counted from here */
		query->period_begin = now;
		return;
	}
	table_fini(query, &query->finished);
	query->finished = query->table;
	query->table = (struct table){ 0 };
	table_fini(query, &query->merged);
	memset(query->by_thread, 0, sizeof(query->by_thread));
	query->shown_from = from;
	query->shown_to = query->period_begin = now;
	query->keeps_rows = query->dirty = true;
}

bool query_shown_period(const struct query *query, uint64_t *from, uint64_t *to)
{
	*from = query->shown_from;
	*to = query->shown_to;
	return query->shown_to;
}

uint64_t query_oldest(const struct query *query)
{
	struct recording_fill fill = recording_fill(query->recording, query->spans_only ? LANE_SPANS : LANE_CALLS);

	return fill.evicted ? fill.oldest_time : 0;
}

uint64_t query_since(const struct query *query)
{
	uint64_t since = engine_counts(query->engine)->first_time;

	if (since < query->oldest)
		since = query->oldest;
	if (since < query->begin_time)
		since = query->begin_time;
	return since < query->spec.from ? query->spec.from : since;
}
