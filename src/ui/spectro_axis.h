/* The axes of a spectrogram: latency across, on a logarithmic scale, and counts as shades.
 *
 * Columns are whole buckets, as many to each decade, so that a decade begins at the edge of a column and a
 * selection of columns is exactly a range of buckets. */
#ifndef UI_SPECTRO_AXIS_H
#define UI_SPECTRO_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cells.h"

struct spectro_axis {
	unsigned decade;      /* of the first column; 0: 1 ns */
	unsigned per_decade;  /* columns of a decade, 1 to SPECTRUM_PER_DECADE */
	unsigned columns;
};

/* Fits decades first to last (of 0 to SPECTRUM_DECADES - 1), and what more there is room for, into so many
 * columns. */
struct spectro_axis spectro_axis_fit(unsigned columns, unsigned first, unsigned last);
/* First and last bucket of a column. */
unsigned spectro_axis_low(const struct spectro_axis *axis, unsigned column);
unsigned spectro_axis_high(const struct spectro_axis *axis, unsigned column);
/* Column of a bucket; the first or last one for those outside. */
unsigned spectro_axis_column(const struct spectro_axis *axis, unsigned bucket);
/* Labels of the decades, each at the column where its decade begins. */
void spectro_axis_draw(const struct spectro_axis *axis, struct cells *cells, int row, int column);

/* Shade of a count: 0 for none, up to HEAT_LEVELS - 1. */
unsigned spectro_level(uint64_t count);
/* Character for a shade, for terminals with few colours and for screens saved as text. */
uint32_t spectro_character(unsigned level, bool ascii);
/* Which counts the shades stand for; returns the cells used. */
int spectro_legend(struct cells *cells, int row, int column, int width, bool ascii);

#endif
