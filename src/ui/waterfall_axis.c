/* The time axis of a waterfall: which part of the trace is on the screen, and its marks. */
#include <stdio.h>
#include <string.h>

#include "../engine/span.h"
#include "waterfall.h"

#define MIN_RANGE 20        /* ns that are shown at least */
#define MARK_SPACE 10       /* columns from mark to mark, at least */
#define STEP_MOST 1000000000000000000ull /* ns from mark to mark */

struct waterfall_range waterfall_whole(const struct waterfall *waterfall)
{
	uint64_t begin = trace_tree_node(waterfall->tree, 0)->span->enter_time;
	uint64_t end = trace_tree_end(waterfall->tree, waterfall->now);

	return (struct waterfall_range){ 0, end > begin + MIN_RANGE ? end - begin : MIN_RANGE };
}

struct waterfall_range waterfall_range(const struct waterfall *waterfall)
{
	return waterfall->zoomed ? waterfall->range : waterfall_whole(waterfall);
}

void waterfall_zoom(struct waterfall *waterfall, struct waterfall_range range)
{
	struct waterfall_range whole = waterfall_whole(waterfall);
	uint64_t width = range.to > range.from ? range.to - range.from : 0;

	if (width < MIN_RANGE) {
		range.from -= range.from < (MIN_RANGE - width) / 2 ? range.from : (MIN_RANGE - width) / 2;
		width = MIN_RANGE;
	}
	waterfall->zoomed = width < whole.to;
	if (range.from > whole.to - width || width >= whole.to)
		range.from = width < whole.to ? whole.to - width : 0;
	waterfall->range = (struct waterfall_range){ range.from, range.from + width };
}

void waterfall_scale(struct waterfall *waterfall, double factor, double at)
{
	struct waterfall_range range = waterfall_range(waterfall), whole = waterfall_whole(waterfall);
	double width = (double)(range.to - range.from), wanted = width * factor;
	double from = (double)range.from + (width - wanted) * at;

	if (wanted >= (double)whole.to) {
		waterfall->zoomed = false;
		return;
	}
	if (wanted < MIN_RANGE)
		wanted = MIN_RANGE;
	range.from = from > 0 ? (uint64_t)(from + 0.5) : 0;
	range.to = range.from + (uint64_t)(wanted + 0.5);
	waterfall_zoom(waterfall, range);
}

void waterfall_pan(struct waterfall *waterfall, double share)
{
	struct waterfall_range range = waterfall->range;
	double from = (double)range.from + (double)(range.to - range.from) * share;

	if (!waterfall->zoomed)
		return;
	range.to -= range.from;
	range.from = from > 0 ? (uint64_t)from : 0;
	range.to += range.from;
	waterfall_zoom(waterfall, range);
}

/* ---- marks ---- */

static const struct {
	uint64_t ns;
	const char *name;
} units[] = {
	{ 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" },
};

int waterfall_mark_text(uint64_t at, uint64_t to, uint64_t step, char *text, size_t size)
{
	unsigned unit = 0, decimals = 0;
	uint64_t part, power = 1;

	if (!at)
		return snprintf(text, size, "0");
	while (units[unit].ns > 1 && to < units[unit].ns)
		unit++;
	for (part = units[unit].ns; part > step && part > 1; part /= 10)
		decimals++;
	for (unsigned i = 0; i < decimals; i++)
		power *= 10;
	if (!decimals)
		return snprintf(text, size, "%llu%s", (unsigned long long)(at / units[unit].ns), units[unit].name);
	return snprintf(text, size, "%llu.%0*llu%s", (unsigned long long)(at / units[unit].ns), (int)decimals,
			(unsigned long long)(at % units[unit].ns / (units[unit].ns / power)), units[unit].name);
}

/* The smallest of 1, 2, 5, 10, ... that is at least this, which is STEP_MOST or less. */
static uint64_t round_step(uint64_t least)
{
	uint64_t step = 1;

	for (;;) {
		if (step >= least)
			return step;
		if (step * 2 >= least)
			return step * 2;
		if (step * 5 >= least)
			return step * 5;
		step *= 10;
	}
}

uint64_t waterfall_step(struct waterfall_range range, int columns)
{
	double width = (double)(range.to - range.from);
	uint64_t step;
	int space = MARK_SPACE, length;
	char text[48];

	do {
		double least = width * space / (columns > 0 ? columns : 1);

		step = round_step(least < STEP_MOST ? (uint64_t)least + 1 : STEP_MOST);
		length = waterfall_mark_text(range.to, range.to, step, text, sizeof(text)) + 2;
	} while (length > space && (space = length));
	return step;
}

void waterfall_axis_draw(const struct waterfall *waterfall, struct cells *cells, struct box box)
{
	struct waterfall_range range = waterfall_range(waterfall);
	uint64_t step = waterfall_step(range, box.columns);
	uint64_t at = (range.from + step - 1) / step * step;

	for (; at >= range.from && at < range.to; at += step) {
		int column = (int)((double)(at - range.from) * box.columns / (double)(range.to - range.from));
		char text[48];
		int length = waterfall_mark_text(at, range.to, step, text, sizeof(text));

		if (column + 1 + length > box.columns)
			break;
		cells_put(cells, box.row, box.column + column, waterfall->pane.ascii ? '|' : 0x2502, STYLE_TITLE);
		cells_text(cells, box.row, box.column + column + 1, length, STYLE_TITLE, text, (size_t)length);
		if (range.to - at < step)
			break;
	}
}
