#include "spectro_axis.h"

#include <stdio.h>
#include <string.h>

#include "../engine/query.h"

struct spectro_axis spectro_axis_fit(unsigned columns, unsigned first, unsigned last)
{
	unsigned wanted = last - first + 1, per_decade = columns / wanted, room;
	struct spectro_axis axis;

	/* between a half and all of the buckets, columns of one and of two would alternate: stripes that are not in
	 * the data */
	if (per_decade >= SPECTRUM_PER_DECADE)
		per_decade = SPECTRUM_PER_DECADE;
	else if (per_decade > SPECTRUM_PER_DECADE / 2)
		per_decade = SPECTRUM_PER_DECADE / 2;
	else if (!per_decade)
		per_decade = 1;
	/* the decades that fit beyond those wanted go to both sides, an odd one to the slower side */
	room = columns / per_decade;
	if (room > SPECTRUM_DECADES)
		room = SPECTRUM_DECADES;
	if (room > wanted)
		first -= (room - wanted) / 2 < first ? (room - wanted) / 2 : first;
	if (first + room > SPECTRUM_DECADES)
		first = SPECTRUM_DECADES - room;
	axis.decade = first;
	axis.per_decade = per_decade;
	axis.columns = (SPECTRUM_DECADES - first) * per_decade;
	if (axis.columns > columns)
		axis.columns = columns;
	return axis;
}

unsigned spectro_axis_low(const struct spectro_axis *axis, unsigned column)
{
	return (axis->decade + column / axis->per_decade) * SPECTRUM_PER_DECADE +
	       column % axis->per_decade * SPECTRUM_PER_DECADE / axis->per_decade;
}

unsigned spectro_axis_high(const struct spectro_axis *axis, unsigned column)
{
	return spectro_axis_low(axis, column + 1) - 1;
}

unsigned spectro_axis_column(const struct spectro_axis *axis, unsigned bucket)
{
	unsigned decade = bucket / SPECTRUM_PER_DECADE, step = bucket % SPECTRUM_PER_DECADE, column;

	if (decade < axis->decade)
		return 0;
	column = (decade - axis->decade) * axis->per_decade +
		 ((step + 1) * axis->per_decade - 1) / SPECTRUM_PER_DECADE;
	return column < axis->columns ? column : axis->columns - 1;
}

void spectro_axis_draw(const struct spectro_axis *axis, struct cells *cells, int row, int column)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned width = axis->per_decade;
	/* the widest, |100ns, and a blank */
	unsigned every = width >= 7 ? 1 : width >= 4 ? 2 : width >= 2 ? 3 : 6;

	for (unsigned i = 0, end = 0; i * width < axis->columns; i++) {
		unsigned decade = axis->decade + i;
		char label[16] = "|";

		if (decade % every == 0)
			snprintf(label, sizeof(label), "|1%.*s%s", (int)(decade % 3), "00", units[decade / 3]);
		else if (i * width < end)
			continue;
		cells_text(cells, row, column + (int)(i * width), (int)(axis->columns - i * width), STYLE_TITLE,
			   label, strlen(label));
		end = i * width + (unsigned)strlen(label);
	}
}

unsigned spectro_level(uint64_t count)
{
	double bound = 1.6, twice = 2.0 * (double)count + 1;
	unsigned level = 0;

	while (level < HEAT_LEVELS - 1 && bound <= twice) {
		bound *= 1.6;
		level++;
	}
	return level;
}

uint32_t spectro_character(unsigned level, bool ascii)
{
	static const uint32_t shades[] = { ' ', '.', ':', 0x2591, 0x2592, 0x2593, 0x2588 };
	static const char ascii_shades[] = " .:-+#@";
	unsigned shade = level ? (level + 2) / 3 : 0;

	if (shade > 6)
		shade = 6;
	return ascii ? (unsigned char)ascii_shades[shade] : shades[shade];
}

/* Least count of a shade. */
static uint64_t level_count(unsigned level)
{
	uint64_t low = 0, high = 1 << 14;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (spectro_level(middle) >= level)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int spectro_legend(struct cells *cells, int row, int column, int width, bool ascii)
{
	int used = 0;

	for (unsigned level = 1; level < HEAT_LEVELS; level += 3) {
		unsigned last = level == 16 ? HEAT_LEVELS : level + 3;
		char label[16];

		snprintf(label, sizeof(label), "%u+", (unsigned)level_count(level));
		if (used + (int)(last - level) + (int)strlen(label) + 1 > width)
			break;
		for (unsigned shade = level; shade < last; shade++)
			cells_put(cells, row, column + used++, spectro_character(shade, ascii),
				  (uint8_t)(STYLE_HEAT + shade));
		used += cells_text(cells, row, column + used, width - used, STYLE_DIM, label, strlen(label)) + 2;
		if (last == HEAT_LEVELS)
			break;
	}
	return used;
}
