#include <stdio.h>
#include <string.h>

#include "../engine/value.h"
#include "spectrogram.h"
#include "theme.h"

enum { TIME_WIDTH = 9, WIDE = 60 };

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

/* ---- the picture ---- */

/* Labels of time stand at least two lines apart, at round times. */
static uint64_t label_step(uint64_t line_ns)
{
	static const uint64_t ms[] = { 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000,
				       300000, 600000, 1800000, 3600000 };
	size_t i = 0;

	while (i < sizeof(ms) / sizeof(*ms) - 1 && ms[i] * 1000000 < 2 * line_ns)
		i++;
	return ms[i] * 1000000;
}

static void draw_time(struct cells *cells, int line, int column, uint64_t time, uint64_t before, uint64_t step)
{
	char text[64];

	if (time / step == before / step)
		return;
	/* below a second the hour and the minute make room for thousandths */
	time_text(time, step < 1000000000 ? 12 : 8, text, sizeof(text));
	cells_text(cells, line, column, TIME_WIDTH - 1, STYLE_DIM, text + (step < 1000000000 ? 4 : 0), TIME_WIDTH - 1);
}

/* Shade of a column of one row; of none where there is no such row. */
static unsigned level_of(const struct spectrogram *spectrogram, const struct spectrum_row *row, unsigned column)
{
	unsigned high = spectro_axis_high(&spectrogram->axis, column);
	uint64_t count = 0;

	for (unsigned bucket = spectro_axis_low(&spectrogram->axis, column); row && bucket <= high; bucket++)
		count += row->counts[bucket];
	return spectro_level(count);
}

static void draw_row(const struct spectrogram *spectrogram, struct cells *cells, const struct spectrum_row *row,
		     int line)
{
	for (unsigned column = 0; column < spectrogram->axis.columns; column++) {
		unsigned level = level_of(spectrogram, row, column);

		cells_put(cells, line, spectrogram->area.column + (int)column,
			  spectro_character(level, spectrogram->ascii), (uint8_t)(STYLE_HEAT + level));
	}
}

/* Where only the lower half has a count it is the character's: the upper is then the screen's own background. */
static void put_halves(struct cells *cells, int line, int column, unsigned upper, unsigned lower)
{
	if (upper)
		cells_put_on(cells, line, column, 0x2580, (uint8_t)(STYLE_HEAT + upper), (uint8_t)(STYLE_HEAT + lower));
	else if (lower)
		cells_put_on(cells, line, column, 0x2584, (uint8_t)(STYLE_HEAT + lower), STYLE_HEAT);
	else
		cells_put(cells, line, column, ' ', STYLE_HEAT);
}

static void draw_two_rows(const struct spectrogram *spectrogram, struct cells *cells, const struct spectrum_row *upper,
			  const struct spectrum_row *lower, int line)
{
	for (unsigned column = 0; column < spectrogram->axis.columns; column++)
		put_halves(cells, line, spectrogram->area.column + (int)column, level_of(spectrogram, upper, column),
			   level_of(spectrogram, lower, column));
}

/* NULL for the blank lines before the first row. */
static const struct spectrum_row *row_at(const struct spectrogram *spectrogram, long row)
{
	return row < 0 ? NULL : spectrum_row(spectrogram->pane.query, (size_t)row);
}

static void draw_picture(const struct spectrogram *spectrogram, struct cells *cells, int times_column)
{
	const struct spectrum_row *oldest = spectrum_row(spectrogram->pane.query, 0);
	long row = spectro_top(spectrogram), rows = (long)spectro_line_rows(spectrogram);
	uint64_t before = 0, step;

	if (!oldest)
		return;
	step = label_step((oldest->to - oldest->from) * (uint64_t)rows);
	for (int line = spectrogram->area.row; line < spectrogram->area.row + spectrogram->area.rows; line++, row += rows) {
		const struct spectrum_row *upper = row_at(spectrogram, row);
		const struct spectrum_row *lower = rows > 1 ? row_at(spectrogram, row + 1) : NULL;
		const struct spectrum_row *first = upper ? upper : lower;

		if (!first)
			continue;
		if (times_column < spectrogram->area.column)
			draw_time(cells, line, times_column, first->from, before, step);
		before = first->from;
		if (rows > 1)
			draw_two_rows(spectrogram, cells, upper, lower, line);
		else
			draw_row(spectrogram, cells, upper, line);
	}
}

/* ---- on the picture ---- */

/* The warmer of the halves that the cell shows. */
static uint8_t heat_at(const struct cells *cells, int line, int column)
{
	const struct cell *cell = &cells->grid[(size_t)line * (size_t)cells->columns + (size_t)column];

	if (cell->style >= STYLE_HEAT && cell->style > cell->under)
		return cell->style;
	return cell->under >= STYLE_HEAT ? cell->under : STYLE_HEAT;
}

/* A mark over what was counted. What lies outside the picture is not drawn. */
static void put_mark(const struct spectrogram *spectrogram, struct cells *cells, long line, int column,
		     uint32_t character)
{
	const struct box *area = &spectrogram->area;

	if (line < area->row || line >= area->row + area->rows || line < 0 || line >= cells->rows || column < 0 ||
	    column >= cells->columns)
		return;
	if (spectrogram->halves)
		cells_put_on(cells, (int)line, column, character, STYLE_MARK, heat_at(cells, (int)line, column));
	else
		cells_put(cells, (int)line, column, character, STYLE_MARK);
}

static const struct { uint32_t character, ascii; const char *name; } percentiles[] = {
	{ 0x2502, '|', "p50" }, { 0x254e, '/', "p90" }, { 0x250a, '!', "p99" },
};

static uint32_t percentile_mark(const struct spectrogram *spectrogram, int which)
{
	return spectrogram->ascii ? percentiles[which].ascii : percentiles[which].character;
}

static bool shows_percentiles(const struct spectrogram *spectrogram)
{
	return spectrogram->marks == MARKS_ON || (spectrogram->marks == MARKS_AUTO && spectrogram->halves);
}

static void draw_percentiles_of(const struct spectrogram *spectrogram, struct cells *cells, int line,
				const struct spectro_area *area)
{
	struct spectro_stats stats = spectro_stats(spectrogram, area);
	const unsigned buckets[] = { stats.p50, stats.p90, stats.p99 };

	/* where they meet the lowest is seen */
	for (int i = 2; i >= 0 && stats.count; i--)
		put_mark(spectrogram, cells, line,
			 spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, buckets[i]),
			 percentile_mark(spectrogram, i));
}

static void draw_percentiles(const struct spectrogram *spectrogram, struct cells *cells)
{
	long row = spectro_top(spectrogram), rows = (long)spectro_line_rows(spectrogram);
	long count = (long)spectrum_rows(spectrogram->pane.query);

	for (int line = 0; line < spectrogram->area.rows && row < count; line++, row += rows) {
		long last = row + rows - 1 < count ? row + rows - 1 : count - 1;
		struct spectro_area area = { row > 0 ? (size_t)row : 0, (size_t)last, 0, SPECTRUM_BUCKETS - 1 };

		if (last >= 0)
			draw_percentiles_of(spectrogram, cells, spectrogram->area.row + line, &area);
	}
}

/* The line of a row; outside the picture: not in view. */
static long line_of(const struct spectrogram *spectrogram, size_t row)
{
	long rows = (long)spectro_line_rows(spectrogram), since = (long)row - spectro_top(spectrogram);

	return since < 0 ? -1 : spectrogram->area.row + since / rows;
}

static void draw_edge(const struct spectrogram *spectrogram, struct cells *cells, long line, int column,
		      uint32_t character)
{
	const struct box *area = &spectrogram->area;

	if (line < area->row || line >= area->row + area->rows)
		return;
	/* sides run under what was counted, corners hide it */
	if (!spectrogram->halves && (character == 0x2500 || character == 0x2502) && !is_blank(cells, line, column)) {
		cells_style(cells, (int)line, column, 1, STYLE_MARK);
		return;
	}
	if (spectrogram->ascii)
		character = character == 0x2500 ? '-' : character == 0x2502 ? '|' : '+';
	put_mark(spectrogram, cells, line, column, character);
}

/* A single cell: an X, or the half of a line that it is. */
static void draw_cursor(const struct spectrogram *spectrogram, struct cells *cells, const struct spectro_area *selected,
			long line, int column)
{
	bool lower = ((long)selected->first - spectro_top(spectrogram)) & 1;
	const struct spectrum_row *other;

	if (!spectrogram->halves || selected->first != selected->last || line < spectrogram->area.row ||
	    line >= spectrogram->area.row + spectrogram->area.rows) {
		put_mark(spectrogram, cells, line, column, 'X');
		return;
	}
	other = row_at(spectrogram, (long)selected->first + (lower ? -1 : 1));
	cells_put_on(cells, (int)line, column, lower ? 0x2584 : 0x2580, STYLE_MARK,
		     (uint8_t)(STYLE_HEAT + level_of(spectrogram, other,
						     spectro_axis_column(&spectrogram->axis, selected->low))));
}

/* Frame of the selection on its outermost cells: what is inside keeps its colours. */
static void draw_selection(const struct spectrogram *spectrogram, struct cells *cells,
			   const struct spectro_area *selected)
{
	int left = spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, selected->low);
	int right = spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, selected->high);
	long top = line_of(spectrogram, selected->first), bottom = line_of(spectrogram, selected->last);

	if (top == bottom && left == right) {
		draw_cursor(spectrogram, cells, selected, top, left);
		return;
	}
	for (int column = left + 1; column < right; column++) {
		draw_edge(spectrogram, cells, top, column, 0x2500);
		draw_edge(spectrogram, cells, bottom, column, 0x2500);
	}
	for (long line = top + 1; line < bottom; line++) {
		draw_edge(spectrogram, cells, line, left, 0x2502);
		draw_edge(spectrogram, cells, line, right, 0x2502);
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
static void draw_pointers(const struct spectrogram *spectrogram, struct cells *cells, struct box line,
			  const struct spectro_stats *stats)
{
	uint32_t mark = spectrogram->ascii ? '^' : 0x25b2;
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

/* What colours and marks stand for. */
static void draw_legend(const struct spectrogram *spectrogram, struct cells *cells, struct box line)
{
	int width = spectrogram->area.columns, column = spectrogram->area.column;
	int used = spectro_legend(cells, line.row, column, width, spectrogram->ascii);

	for (int i = 0; i < 3 && shows_percentiles(spectrogram) && used + 5 <= width; i++) {
		cells_put(cells, line.row, column + used, percentile_mark(spectrogram, i), STYLE_VALUE);
		cells_text(cells, line.row, column + used + 1, 3, STYLE_DIM, percentiles[i].name, 3);
		used += 5;
	}
}

/* What is selected, or else all in view: count, latencies, time, how much of these rows is as fast or faster,
 * percentiles. */
static void draw_readout(const struct spectrogram *spectrogram, struct cells *cells, struct box line,
			 const struct spectro_area *area, const struct spectro_stats *stats, const char *what)
{
	const struct query *query = spectrogram->pane.query;
	bool part = area->low > 0 || area->high < SPECTRUM_BUCKETS - 1;
	char from[64], to[64], range[80] = "", share[32] = "", p50[32] = "-", p90[32] = "-", p99[32] = "-";
	int used;

	time_text(spectrum_row(query, area->first)->from, 12, from, sizeof(from));
	time_text(spectrum_row(query, area->last)->to, 12, to, sizeof(to));
	if (part) {
		spectro_range_text(area->low, area->high, range, sizeof(range));
		snprintf(share, sizeof(share), "  cum %.1f%%", 100 * spectro_share(spectrogram, area));
	}
	if (stats->count) {
		duration_format(spectrum_bound(stats->p50), p50, sizeof(p50));
		duration_format(spectrum_bound(stats->p90), p90, sizeof(p90));
		duration_format(spectrum_bound(stats->p99), p99, sizeof(p99));
	}
	used = cells_printf(cells, line.row, line.column, line.columns, STYLE_LABEL, "%s ", what);
	used += cells_printf(cells, line.row, line.column + used, line.columns - used, STYLE_VALUE, "%llu",
			     (unsigned long long)stats->count);
	cells_printf(cells, line.row, line.column + used, line.columns - used, STYLE_NORMAL,
		     "%s%s  %s-%s%s  p50 %s  p90 %s  p99 %s", part ? "  " : "", range, from, to, share, p50, p90, p99);
}

static void draw_below(const struct spectrogram *spectrogram, struct cells *cells, struct box box, int lines)
{
	struct box line = { box.row + box.rows - lines, box.column, 1, box.columns };
	struct spectro_area area = { .high = SPECTRUM_BUCKETS - 1 };
	bool any = spectro_in_view(spectrogram, &area.first, &area.last);
	bool selected = any && spectro_selected(spectrogram, &area);
	struct spectro_stats stats = { 0 };

	if (any)
		stats = spectro_stats(spectrogram, &area);
	if (lines >= 4) {
		draw_pointers(spectrogram, cells, line, &stats);
		line.row++;
	}
	draw_axis(spectrogram, cells, line);
	if (lines >= 3) {
		line.row++;
		draw_legend(spectrogram, cells, line);
	}
	if (lines >= 2 && any) {
		line.row++;
		draw_readout(spectrogram, cells, line, &area, &stats,
			     !selected ? "in view" : spectrogram->marking ? "selected" : "cell");
	}
}

/* Decades that the axis is to show at least. */
static void fit_axis(struct spectrogram *spectrogram)
{
	unsigned first = 0, last = SPECTRUM_DECADES - 1;

	if (spectrogram->range == RANGE_ZOOM) {
		first = spectrogram->zoom_first;
		last = spectrogram->zoom_last;
	} else if (spectrogram->range == RANGE_DATA && spectrogram->any) {
		first = spectrogram->first_decade;
		last = spectrogram->last_decade;
	}
	spectrogram->axis = spectro_axis_fit((unsigned)spectrogram->area.columns, first, last);
}

void spectrogram_draw(struct pane *pane, struct cells *cells, struct box box)
{
	struct spectrogram *spectrogram = (struct spectrogram *)pane;
	int lines = box.rows >= 12 ? 4 : box.rows >= 8 ? 3 : box.rows >= 4 ? 2 : box.rows >= 2 ? 1 : 0;
	int times = box.columns >= WIDE ? TIME_WIDTH : 0;
	struct spectro_area selected;

	pane->box = box;
	cells_fill(cells, box, STYLE_NORMAL);
	if (box.rows < 1 || box.columns < 1)
		return;
	spectrogram->ascii = pane->ascii || cells->ascii;
	spectrogram->halves = cells->colors >= 256 && cells->theme != THEME_MONO && !spectrogram->ascii;
	spectrogram->area = (struct box){ box.row, box.column + times, box.rows - lines, box.columns - times };
	fit_axis(spectrogram);
	if (!spectrum_rows(pane->query))
		cells_printf(cells, box.row + spectrogram->area.rows / 2, spectrogram->area.column,
			     spectrogram->area.columns, STYLE_DIM, "Nothing counted yet.");
	draw_picture(spectrogram, cells, box.column);
	if (shows_percentiles(spectrogram))
		draw_percentiles(spectrogram, cells);
	if (spectrum_rows(pane->query) && spectro_selected(spectrogram, &selected))
		draw_selection(spectrogram, cells, &selected);
	if (lines)
		draw_below(spectrogram, cells, box, lines);
}
