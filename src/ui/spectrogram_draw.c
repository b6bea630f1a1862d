#include <stdio.h>
#include <string.h>

#include "../engine/value.h"
#include "spectrogram.h"

enum { TIME_WIDTH = 9, WIDE = 60 };

struct spectro_stats spectro_stats(const struct spectrogram *spectrogram, const struct spectro_area *area)
{
	uint64_t counts[SPECTRUM_BUCKETS] = { 0 }, below = 0;
	struct spectro_stats stats = { 0 };
	bool half = false;

	for (size_t i = area->first; i <= area->last; i++) {
		const struct spectrum_row *row = spectrum_row(spectrogram->pane.query, i);

		for (unsigned bucket = area->low; row && bucket <= area->high; bucket++)
			counts[bucket] += row->counts[bucket];
	}
	for (unsigned bucket = area->low; bucket <= area->high; bucket++)
		stats.count += counts[bucket];
	for (unsigned bucket = area->low; bucket <= area->high && stats.count; bucket++) {
		below += counts[bucket];
		if (!half && below >= (stats.count + 1) / 2) {
			stats.p50 = bucket;
			half = true;
		}
		if (below >= stats.count - stats.count / 100) {
			stats.p99 = bucket;
			break;
		}
	}
	return stats;
}

static bool is_blank(const struct cells *cells, long row, int column)
{
	if (row < 0 || row >= cells->rows || column < 0 || column >= cells->columns)
		return true;
	return cells->grid[row * cells->columns + column].character == ' ';
}

/* Local time of day to the second (8) or the millisecond (12). */
static void time_text(uint64_t time, size_t digits, char *text, size_t size)
{
	time_format(time, text, size);
	if (digits < size)
		text[digits] = '\0';
}

void spectro_range_text(unsigned low, unsigned high, char *text, size_t size)
{
	char from[32], to[32] = "";

	duration_format(spectrum_bound(low), from, sizeof(from));
	if (high + 1 < SPECTRUM_BUCKETS)
		duration_format(spectrum_bound(high + 1), to, sizeof(to));
	snprintf(text, size, "%s..%s", from, to);
}

/* ---- the picture ---- */

static void draw_time(struct cells *cells, int screen_row, int column, uint64_t time, uint64_t before)
{
	char text[64];

	if (time / 1000000000 == before / 1000000000)
		return;
	time_text(time, 8, text, sizeof(text));
	cells_text(cells, screen_row, column, TIME_WIDTH - 1, STYLE_DIM, text, strlen(text));
}

static void draw_row(const struct spectrogram *spectrogram, struct cells *cells, const struct spectrum_row *row,
		     int screen_row)
{
	for (unsigned column = 0; column < spectrogram->axis.columns; column++) {
		unsigned high = spectro_axis_high(&spectrogram->axis, column), level;
		uint64_t count = 0;

		for (unsigned bucket = spectro_axis_low(&spectrogram->axis, column); bucket <= high; bucket++)
			count += row->counts[bucket];
		level = spectro_level(count);
		cells_put(cells, screen_row, spectrogram->area.column + (int)column,
			  spectro_character(level, spectrogram->pane.ascii), (uint8_t)(STYLE_HEAT + level));
	}
}

/* The screen line of a row: the newest lie at the bottom even when they are few. Outside the picture: not in
 * view. */
static long screen_row(const struct spectrogram *spectrogram, size_t row)
{
	size_t rows = spectrum_rows(spectrogram->pane.query), height = (size_t)spectrogram->area.rows;
	long blank = rows < height ? (long)(height - rows) : 0;

	return spectrogram->area.row + blank + (long)row - (long)spectro_top(spectrogram);
}

static void draw_picture(const struct spectrogram *spectrogram, struct cells *cells, int times_column)
{
	size_t rows = spectrum_rows(spectrogram->pane.query), top = spectro_top(spectrogram);
	uint64_t before = 0;

	for (size_t i = top; i < rows && i < top + (size_t)spectrogram->area.rows; i++) {
		const struct spectrum_row *row = spectrum_row(spectrogram->pane.query, i);
		int line = (int)screen_row(spectrogram, i);

		if (times_column < spectrogram->area.column)
			draw_time(cells, line, times_column, row->from, before);
		before = row->from;
		draw_row(spectrogram, cells, row, line);
	}
}

static void draw_edge(const struct spectrogram *spectrogram, struct cells *cells, long row, int column,
		      uint32_t character)
{
	const struct box *area = &spectrogram->area;

	if (row < area->row || row >= area->row + area->rows)
		return;
	/* sides run under what was counted, corners hide it */
	if ((character == 0x2500 || character == 0x2502) && !is_blank(cells, row, column)) {
		cells_style(cells, (int)row, column, 1, STYLE_MARK);
		return;
	}
	if (spectrogram->pane.ascii)
		character = character == 0x2500 ? '-' : character == 0x2502 ? '|' : '+';
	cells_put(cells, (int)row, column, character, STYLE_MARK);
}

/* Frame of the selection on its outermost cells: what is inside keeps its colours. A single cell is an X. */
static void draw_selection(const struct spectrogram *spectrogram, struct cells *cells,
			   const struct spectro_area *selected)
{
	int left = spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, selected->low);
	int right = spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, selected->high);
	long top = screen_row(spectrogram, selected->first), bottom = screen_row(spectrogram, selected->last);

	if (top == bottom && left == right) {
		if (top >= spectrogram->area.row && top < spectrogram->area.row + spectrogram->area.rows)
			cells_put(cells, (int)top, left, 'X', STYLE_MARK);
		return;
	}
	for (int column = left + 1; column < right; column++) {
		draw_edge(spectrogram, cells, top, column, 0x2500);
		draw_edge(spectrogram, cells, bottom, column, 0x2500);
	}
	for (long row = top + 1; row < bottom; row++) {
		draw_edge(spectrogram, cells, row, left, 0x2502);
		draw_edge(spectrogram, cells, row, right, 0x2502);
	}
	if (top == bottom) {
		draw_edge(spectrogram, cells, top, left, 0x251c);
		draw_edge(spectrogram, cells, top, right, 0x2524);
	} else if (left == right) {
		draw_edge(spectrogram, cells, top, left, 0x252c);
		draw_edge(spectrogram, cells, bottom, left, 0x2534);
	} else {
		draw_edge(spectrogram, cells, top, left, 0x250c);
		draw_edge(spectrogram, cells, top, right, 0x2510);
		draw_edge(spectrogram, cells, bottom, left, 0x2514);
		draw_edge(spectrogram, cells, bottom, right, 0x2518);
	}
}

/* ---- below the picture ---- */

static void draw_axis(const struct spectrogram *spectrogram, struct cells *cells, struct box line)
{
	cells_fill(cells, line, STYLE_TITLE);
	spectro_axis_draw(&spectrogram->axis, cells, line.row, spectrogram->area.column);
}

/* Where the percentiles lie, below what they are of: the names stand outside, so that they never meet. */
static void draw_percentiles(const struct spectrogram *spectrogram, struct cells *cells, struct box line,
			     const struct spectro_stats *stats)
{
	uint32_t mark = spectrogram->pane.ascii ? '^' : 0x25b2;
	int left, right;

	if (!stats->count)
		return;
	left = spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, stats->p50);
	right = spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, stats->p99);
	if (left >= line.column + 3)
		cells_text(cells, line.row, left - 3, 3, STYLE_DIM, "p50", 3);
	if (right + 4 <= line.column + line.columns)
		cells_text(cells, line.row, right + 1, 3, STYLE_DIM, "p99", 3);
	cells_put(cells, line.row, left, mark, STYLE_VALUE);
	cells_put(cells, line.row, right, mark, STYLE_VALUE);
}

/* What is selected, or else all in view: count, time, latencies, percentiles. */
static void draw_readout(const struct spectrogram *spectrogram, struct cells *cells, struct box line,
			 const struct spectro_area *area, const struct spectro_stats *stats, const char *what)
{
	const struct query *query = spectrogram->pane.query;
	char from[64], to[64], range[80] = "", p50[32] = "-", p99[32] = "-";
	int used;

	time_text(spectrum_row(query, area->first)->from, 12, from, sizeof(from));
	time_text(spectrum_row(query, area->last)->to, 12, to, sizeof(to));
	if (area->low > 0 || area->high < SPECTRUM_BUCKETS - 1)
		spectro_range_text(area->low, area->high, range, sizeof(range));
	if (stats->count) {
		duration_format(spectrum_bound(stats->p50), p50, sizeof(p50));
		duration_format(spectrum_bound(stats->p99), p99, sizeof(p99));
	}
	used = cells_printf(cells, line.row, line.column, line.columns, STYLE_LABEL, "%s ", what);
	used += cells_printf(cells, line.row, line.column + used, line.columns - used, STYLE_VALUE, "%llu",
			     (unsigned long long)stats->count);
	cells_printf(cells, line.row, line.column + used, line.columns - used, STYLE_NORMAL,
		     "%s%s  %s-%s  p50 %s  p99 %s", range[0] ? "  " : "", range, from, to, p50, p99);
}

static void draw_below(const struct spectrogram *spectrogram, struct cells *cells, struct box box, int lines)
{
	struct box line = { box.row + box.rows - lines, box.column, 1, box.columns };
	size_t top = spectro_top(spectrogram), rows = spectrum_rows(spectrogram->pane.query);
	size_t bottom = top + (size_t)spectrogram->area.rows;
	struct spectro_area area = { top, (bottom < rows ? bottom : rows) - 1, 0, SPECTRUM_BUCKETS - 1 };
	bool selected = rows && spectro_selected(spectrogram, &area);
	struct spectro_stats stats = { 0 };

	if (rows)
		stats = spectro_stats(spectrogram, &area);
	if (lines >= 4) {
		draw_percentiles(spectrogram, cells, line, &stats);
		line.row++;
	}
	draw_axis(spectrogram, cells, line);
	if (lines >= 3) {
		line.row++;
		spectro_legend(cells, line.row, spectrogram->area.column, spectrogram->area.columns,
			       spectrogram->pane.ascii);
	}
	if (lines >= 2 && rows) {
		line.row++;
		draw_readout(spectrogram, cells, line, &area, &stats,
			     !selected ? "in view" : spectrogram->marking ? "selected" : "cell");
	}
}

void spectrogram_draw(struct pane *pane, struct cells *cells, struct box box)
{
	struct spectrogram *spectrogram = (struct spectrogram *)pane;
	int lines = box.rows >= 12 ? 4 : box.rows >= 8 ? 3 : box.rows >= 4 ? 2 : box.rows >= 2 ? 1 : 0;
	int times = box.columns >= WIDE ? TIME_WIDTH : 0;
	struct spectro_area selected;
	bool all;

	pane->box = box;
	cells_fill(cells, box, STYLE_NORMAL);
	if (box.rows < 1 || box.columns < 1)
		return;
	spectrogram->area = (struct box){ box.row, box.column + times, box.rows - lines, box.columns - times };
	all = spectrogram->full || !spectrogram->any;
	spectrogram->axis = spectro_axis_fit((unsigned)spectrogram->area.columns, all ? 0 : spectrogram->first_decade,
					     all ? SPECTRUM_DECADES - 1 : spectrogram->last_decade);
	if (!spectrum_rows(pane->query))
		cells_printf(cells, box.row + spectrogram->area.rows / 2, spectrogram->area.column,
			     spectrogram->area.columns, STYLE_DIM, "Nothing counted yet.");
	draw_picture(spectrogram, cells, box.column);
	if (spectrum_rows(pane->query) && spectro_selected(spectrogram, &selected))
		draw_selection(spectrogram, cells, &selected);
	if (lines)
		draw_below(spectrogram, cells, box, lines);
}
