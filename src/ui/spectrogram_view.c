#include <stdio.h>

#include "../engine/value.h"
#include "spectrogram.h"

#define LEAST_DECADES 3
#define LATE_ROWS 16   /* late events may count in rows that were newest a while ago */

/* ---- what is in view ---- */

static long count_of(const struct spectrogram *spectrogram)
{
	return (long)spectrum_rows(spectrogram->pane.query);
}

size_t spectro_row(const struct spectrogram *spectrogram, uint64_t time)
{
	const struct query *query = spectrogram->pane.query;
	size_t count = spectrum_rows(query), row;
	const struct spectrum_row *oldest = spectrum_row(query, 0);

	if (time <= oldest->from)
		return 0;
	row = (time - oldest->from) / (oldest->to - oldest->from);
	return row < count ? row : count - 1;
}

unsigned spectro_line_rows(const struct spectrogram *spectrogram)
{
	return spectrogram->halves ? 2 : 1;
}

long spectro_height(const struct spectrogram *spectrogram)
{
	return (spectrogram->area.rows > 0 ? spectrogram->area.rows : 1) * (long)spectro_line_rows(spectrogram);
}

/* A picture that is held may begin with blank lines though there are more rows than it has lines. */
static long bound_top(const struct spectrogram *spectrogram, long top)
{
	long last = count_of(spectrogram) - spectro_height(spectrogram);
	long first = spectrogram->held ? 1 - spectro_height(spectrogram) : last < 0 ? last : 0;

	return top > last ? last : top < first ? first : top;
}

long spectro_top(const struct spectrogram *spectrogram)
{
	const struct spectrum_row *oldest = spectrum_row(spectrogram->pane.query, 0);
	int64_t since, period;

	if (!oldest || spectrogram->follow)
		return count_of(spectrogram) - spectro_height(spectrogram);
	since = (int64_t)(spectrogram->top - oldest->from);
	period = (int64_t)(oldest->to - oldest->from);
	/* downwards, before the oldest as well */
	return bound_top(spectrogram, (long)(since >= 0 ? since / period : -((period - 1 - since) / period)));
}

static void pin_top(struct spectrogram *spectrogram, long top)
{
	const struct spectrum_row *oldest = spectrum_row(spectrogram->pane.query, 0);

	spectrogram->top = oldest->from + (uint64_t)top * (oldest->to - oldest->from);
	spectrogram->follow = false;
}

void spectro_set_top(struct spectrogram *spectrogram, long top)
{
	if (!count_of(spectrogram))
		return;
	top = bound_top(spectrogram, top);
	if (!spectrogram->held && top >= count_of(spectrogram) - spectro_height(spectrogram))
		spectrogram->follow = true;
	else
		pin_top(spectrogram, top);
}

bool spectro_in_view(const struct spectrogram *spectrogram, size_t *first, size_t *last)
{
	long top = spectro_top(spectrogram), bottom = top + spectro_height(spectrogram) - 1;
	long count = count_of(spectrogram);

	if (!count || bottom < 0)
		return false;
	*first = top > 0 ? (size_t)top : 0;
	*last = (size_t)(bottom < count ? bottom : count - 1);
	return true;
}

void spectro_hold(struct spectrogram *spectrogram)
{
	long top = spectro_top(spectrogram);

	if (spectrogram->held)
		return;
	spectrogram->held = true;
	spectrogram->resume = spectrogram->follow;
	pin_top(spectrogram, top);
}

void spectro_release(struct spectrogram *spectrogram)
{
	if (spectrogram->held && spectrogram->resume)
		spectrogram->follow = true;
	spectrogram->held = spectrogram->resume = false;
}

/* ---- cursor and selection ---- */

struct spectro_point spectro_point_at(const struct spectrogram *spectrogram, size_t row, unsigned column)
{
	return (struct spectro_point){ spectrum_row(spectrogram->pane.query, row)->from,
				       spectro_axis_low(&spectrogram->axis, column), 1 };
}

void spectro_show_cursor(struct spectrogram *spectrogram)
{
	long row = (long)spectro_row(spectrogram, spectrogram->cursor.time), top = spectro_top(spectrogram);

	if (row < top)
		spectro_set_top(spectrogram, row);
	else if (row >= top + spectro_height(spectrogram))
		spectro_set_top(spectrogram, row + 1 - spectro_height(spectrogram));
}

void spectro_place_cursor(struct spectrogram *spectrogram)
{
	uint64_t most = 0;
	size_t first, last;

	if (!spectro_in_view(spectrogram, &first, &last))
		first = last = spectrum_rows(spectrogram->pane.query) - 1;
	spectrogram->cursor = spectro_point_at(spectrogram, last, spectrogram->axis.columns / 2);
	for (size_t row = last + 1; !most && row-- > first;) {
		for (unsigned column = 0; column < spectrogram->axis.columns; column++) {
			struct spectro_area cell = { row, row, spectro_axis_low(&spectrogram->axis, column),
						     spectro_axis_high(&spectrogram->axis, column) };
			uint64_t here = spectro_stats(spectrogram, &cell).count;

			if (here > most) {
				most = here;
				spectrogram->cursor = spectro_point_at(spectrogram, row, column);
			}
		}
	}
	spectrogram->has_cursor = true;
}

/* Down from all of a line is down from its last row. */
void spectro_move_cursor(struct spectrogram *spectrogram, long rows, int columns)
{
	long count = count_of(spectrogram), last = (long)spectrogram->axis.columns - 1;
	long row = (long)spectro_row(spectrogram, spectrogram->cursor.time) + rows;
	long column = (long)spectro_axis_column(&spectrogram->axis, spectrogram->cursor.bucket) + columns;

	if (rows > 0 && spectrogram->cursor.rows > 1)
		row += spectrogram->cursor.rows - 1;
	row = row < 0 ? 0 : row >= count ? count - 1 : row;
	column = column < 0 ? 0 : column > last ? last : column;
	spectrogram->cursor = spectro_point_at(spectrogram, (size_t)row, (unsigned)column);
	spectro_show_cursor(spectrogram);
}

void spectro_mark(struct spectrogram *spectrogram)
{
	spectro_hold(spectrogram);
	spectrogram->marking = true;
	spectrogram->anchor = spectrogram->cursor;
}

void spectro_unmark(struct spectrogram *spectrogram)
{
	spectrogram->marking = false;
	spectro_release(spectrogram);
}

static size_t last_row(const struct spectrogram *spectrogram, const struct spectro_point *point)
{
	size_t row = spectro_row(spectrogram, point->time) + (point->rows > 1 ? point->rows - 1 : 0);

	return row < spectrum_rows(spectrogram->pane.query) ? row : spectrum_rows(spectrogram->pane.query) - 1;
}

bool spectro_selected(const struct spectrogram *spectrogram, struct spectro_area *area)
{
	const struct spectro_point *cursor = &spectrogram->cursor;
	const struct spectro_point *other = spectrogram->marking ? &spectrogram->anchor : cursor;
	size_t end, other_end;
	unsigned left, right, swap;

	if (!spectrogram->has_cursor || !count_of(spectrogram) || !spectrogram->axis.columns)
		return false;
	area->first = spectro_row(spectrogram, other->time < cursor->time ? other->time : cursor->time);
	end = last_row(spectrogram, cursor);
	other_end = last_row(spectrogram, other);
	area->last = end > other_end ? end : other_end;
	left = spectro_axis_column(&spectrogram->axis, other->bucket);
	right = spectro_axis_column(&spectrogram->axis, cursor->bucket);
	if (left > right)
		swap = left, left = right, right = swap;
	area->low = spectro_axis_low(&spectrogram->axis, left);
	area->high = spectro_axis_high(&spectrogram->axis, right);
	return true;
}

/* ---- what was counted ---- */

/* A picture of one decade says little of where it lies. */
static void widen_decades(struct spectrogram *spectrogram)
{
	while (spectrogram->any && spectrogram->last_decade - spectrogram->first_decade + 1 < LEAST_DECADES) {
		if (spectrogram->first_decade > 0)
			spectrogram->first_decade--;
		if (spectrogram->last_decade - spectrogram->first_decade + 1 < LEAST_DECADES &&
		    spectrogram->last_decade < SPECTRUM_DECADES - 1)
			spectrogram->last_decade++;
	}
}

static void scan_row(struct spectrogram *spectrogram, const struct spectrum_row *row)
{
	for (unsigned bucket = 0; bucket < SPECTRUM_BUCKETS; bucket++) {
		unsigned decade = bucket / SPECTRUM_PER_DECADE;

		if (!row->counts[bucket])
			continue;
		if (!spectrogram->any || decade < spectrogram->first_decade)
			spectrogram->first_decade = decade;
		if (!spectrogram->any || decade > spectrogram->last_decade)
			spectrogram->last_decade = decade;
		spectrogram->any = true;
	}
}

void spectro_scan_decades(struct spectrogram *spectrogram)
{
	const struct query *query = spectrogram->pane.query;
	size_t count = spectrum_rows(query), first = 0;
	uint64_t oldest;

	if (!count)
		return;
	oldest = spectrum_row(query, 0)->from;
	if (spectrogram->scanned && oldest >= spectrogram->oldest)
		first = spectro_row(spectrogram, spectrogram->scanned);
	for (size_t i = first > LATE_ROWS ? first - LATE_ROWS : 0; i < count; i++)
		scan_row(spectrogram, spectrum_row(query, i));
	spectrogram->oldest = oldest;
	spectrogram->scanned = spectrum_row(query, count - 1)->from;
	widen_decades(spectrogram);
}

static void sum_rows(const struct spectrogram *spectrogram, size_t first, size_t last, unsigned low, unsigned high,
		     uint64_t *counts)
{
	for (size_t i = first; i <= last; i++) {
		const struct spectrum_row *row = spectrum_row(spectrogram->pane.query, i);

		for (unsigned bucket = low; row && bucket <= high; bucket++)
			counts[bucket] += row->counts[bucket];
	}
}

struct spectro_stats spectro_stats(const struct spectrogram *spectrogram, const struct spectro_area *area)
{
	uint64_t counts[SPECTRUM_BUCKETS] = { 0 }, below = 0, half, tenth, hundredth;
	struct spectro_stats stats = { 0 };

	sum_rows(spectrogram, area->first, area->last, area->low, area->high, counts);
	for (unsigned bucket = area->low; bucket <= area->high; bucket++)
		stats.count += counts[bucket];
	half = (stats.count + 1) / 2;
	tenth = stats.count - stats.count / 10;
	hundredth = stats.count - stats.count / 100;
	for (unsigned bucket = area->low; bucket <= area->high && below < hundredth; bucket++) {
		if (below < half)
			stats.p50 = bucket;
		if (below < tenth)
			stats.p90 = bucket;
		stats.p99 = bucket;
		below += counts[bucket];
	}
	return stats;
}

double spectro_share(const struct spectrogram *spectrogram, const struct spectro_area *area)
{
	uint64_t counts[SPECTRUM_BUCKETS] = { 0 }, below = 0, all = 0;

	sum_rows(spectrogram, area->first, area->last, 0, SPECTRUM_BUCKETS - 1, counts);
	for (unsigned bucket = 0; bucket < SPECTRUM_BUCKETS; bucket++) {
		all += counts[bucket];
		below += bucket <= area->high ? counts[bucket] : 0;
	}
	return all ? (double)below / (double)all : 0;
}

void spectro_range_text(unsigned low, unsigned high, char *text, size_t size)
{
	char from[32], to[32] = "";

	duration_format(spectrum_bound(low), from, sizeof(from));
	if (high + 1 < SPECTRUM_BUCKETS)
		duration_format(spectrum_bound(high + 1), to, sizeof(to));
	snprintf(text, size, "%s..%s", from, to);
}
