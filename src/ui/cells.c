#include "cells.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/value.h"
#include "../engine/utf8.h"
#include "character_width.h"

/* Source bytes escaped at a time; each becomes at most four. */
enum { ESCAPE_CHUNK = 64 };

int cells_init(struct cells *cells)
{
	*cells = (struct cells){ .cursor_row = -1, .cursor_column = -1 };
	return 0;
}

void cells_fini(struct cells *cells)
{
	free(cells->grid);
	cells_init(cells);
}

int cells_resize(struct cells *cells, int rows, int columns)
{
	struct cell *grid;

	if (rows < 0)
		rows = 0;
	if (columns < 0)
		columns = 0;
	grid = calloc((size_t)rows * (size_t)columns + 1, sizeof(*grid));
	if (!grid)
		return -ENOMEM;
	free(cells->grid);
	cells->grid = grid;
	cells->rows = rows;
	cells->columns = columns;
	cells_clear(cells);
	return 0;
}

void cells_clear(struct cells *cells)
{
	size_t count = (size_t)cells->rows * (size_t)cells->columns;

	for (size_t i = 0; i < count; i++)
		cells->grid[i] = (struct cell){ .character = ' ' };
	cells->cursor_row = cells->cursor_column = -1;
}

static struct cell *cell_at(const struct cells *cells, int row, int column)
{
	if (row < 0 || row >= cells->rows || column < 0 || column >= cells->columns)
		return NULL;
	return &cells->grid[(size_t)row * (size_t)cells->columns + (size_t)column];
}

/* Sets a cell; a wide character that loses one half here loses the other too. */
static void set(const struct cells *cells, int row, int column, uint32_t character, uint8_t style)
{
	struct cell *cell = cell_at(cells, row, column);

	if (!cell)
		return;
	if (!cell->character && column > 0)
		cell[-1].character = ' ';
	if (column + 1 < cells->columns && !cell[1].character)
		cell[1].character = ' ';
	*cell = (struct cell){ .character = character, .style = style };
}

void cells_fill(struct cells *cells, struct box box, uint8_t style)
{
	/* long: a box may reach as far as INT_MAX */
	long bottom = (long)box.row + box.rows, right = (long)box.column + box.columns;

	if (bottom > cells->rows)
		bottom = cells->rows;
	if (right > cells->columns)
		right = cells->columns;
	for (int row = box.row > 0 ? box.row : 0; row < bottom; row++)
		for (int column = box.column > 0 ? box.column : 0; column < right; column++)
			set(cells, row, column, ' ', style);
}

void cells_put(struct cells *cells, int row, int column, uint32_t character, uint8_t style)
{
	int width = character_width(character);

	if (character > 0x10ffff || !width || (width == 2 && column + 1 >= cells->columns))
		character = '?', width = 1;
	if (width == 2 && column < 0)
		return;
	if (width == 2) {
		set(cells, row, column + 1, ' ', style);
		set(cells, row, column, character, style);
		if (cell_at(cells, row, column + 1))
			cell_at(cells, row, column + 1)->character = 0;
		return;
	}
	set(cells, row, column, character, style);
}

void cells_put_on(struct cells *cells, int row, int column, uint32_t character, uint8_t style, uint8_t under)
{
	if (character > 0x10ffff || character_width(character) != 1)
		character = '?';
	set(cells, row, column, character, style);
	if (cell_at(cells, row, column))
		cell_at(cells, row, column)->under = under;
}

/* Bytes of the next piece: a chunk, not cut inside a character. */
static size_t piece_size(const char *text, size_t size)
{
	size_t piece = ESCAPE_CHUNK;

	if (size <= ESCAPE_CHUNK)
		return size;
	while (piece > ESCAPE_CHUNK - 4 && (text[piece] & 0xc0) == 0x80)
		piece--;
	return piece > ESCAPE_CHUNK - 4 ? piece : ESCAPE_CHUNK;
}

/* Writes (cells not NULL) or only measures escaped text; marks that combine are left out, for a cell holds one
 * character. */
static int write_text(struct cells *cells, int row, int column, int width, uint8_t style, const char *text,
		      size_t size)
{
	char escaped[ESCAPE_CHUNK * 4 + 1];
	int used = 0;

	while (size > 0 && used < width) {
		size_t piece = piece_size(text, size);
		size_t length = text_escape(text, piece, escaped, sizeof(escaped));

		text += piece;
		size -= piece;
		for (size_t i = 0; i < length && used < width;) {
			uint32_t character = '?';
			size_t bytes = utf8_decode(escaped + i, length - i, &character);
			int wide = character_width(character);

			i += bytes ? bytes : 1;
			if (used + wide > width)
				return used;
			if (cells && wide)
				cells_put(cells, row, column + used, character, style);
			used += wide;
		}
	}
	return used;
}

int cells_text(struct cells *cells, int row, int column, int width, uint8_t style, const char *text,
	       size_t size)
{
	if (row < 0 || row >= cells->rows || column >= cells->columns)
		return 0;
	if (width > cells->columns - (column > 0 ? column : 0))
		width = cells->columns - column;
	return write_text(cells, row, column, width, style, text, size);
}

int cells_width(const char *text, size_t size)
{
	return write_text(NULL, 0, 0, 1 << 24, 0, text, size);
}

size_t cells_wrap(const char *text, size_t size, int width)
{
	size_t at = 0, blank = 0;

	if (cells_width(text, size) <= width)
		return size;
	while (at < size) {
		size_t next = at + 1;

		while (next < size && ((unsigned char)text[next] & 0xc0) == 0x80)
			next++;
		if (cells_width(text, next) > width)
			break;
		if (text[at] == ' ')
			blank = at;
		at = next;
	}
	if (blank)
		return blank;
	return at ? at : 1;
}

int cells_printf(struct cells *cells, int row, int column, int width, uint8_t style, const char *format, ...)
{
	char text[4096];
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (length < 0)
		return 0;
	if ((size_t)length >= sizeof(text))
		length = sizeof(text) - 1;
	return cells_text(cells, row, column, width, style, text, (size_t)length);
}

void cells_frame(struct cells *cells, struct box box, uint8_t style, const char *title)
{
	int right = box.column + box.columns - 1, bottom = box.row + box.rows - 1;

	if (box.rows < 2 || box.columns < 2)
		return;
	for (int column = box.column + 1; column < right; column++) {
		cells_put(cells, box.row, column, 0x2500, style);
		cells_put(cells, bottom, column, 0x2500, style);
	}
	for (int row = box.row + 1; row < bottom; row++) {
		cells_put(cells, row, box.column, 0x2502, style);
		cells_put(cells, row, right, 0x2502, style);
	}
	cells_put(cells, box.row, box.column, 0x250c, style);
	cells_put(cells, box.row, right, 0x2510, style);
	cells_put(cells, bottom, box.column, 0x2514, style);
	cells_put(cells, bottom, right, 0x2518, style);
	if (title && box.columns > 6) {
		int used = cells_text(cells, box.row, box.column + 3, box.columns - 6, style, title,
				      strlen(title));

		cells_put(cells, box.row, box.column + 2, ' ', style);
		cells_put(cells, box.row, box.column + 3 + used, ' ', style);
	}
}

void cells_style(struct cells *cells, int row, int column, int width, uint8_t style)
{
	for (int i = 0; i < width && column + i < cells->columns; i++) {
		struct cell *cell = cell_at(cells, row, column + i);

		if (cell) {
			cell->style = style;
			cell->under = 0;
		}
	}
}

static char style_letter(uint8_t style)
{
	return style < 26 ? (char)('a' + style) : style < 52 ? (char)('A' + style - 26) : '?';
}

static char *dump_row(const struct cells *cells, int row, char *end)
{
	char *last = end;

	for (int column = 0; column < cells->columns; column++) {
		uint32_t character = cell_at(cells, row, column)->character;

		if (!character)
			continue;
		end += utf8_encode(character, end);
		if (character != ' ')
			last = end;
	}
	*last++ = '\n';
	return last;
}

/* A line of letters for each row. */
static char *dump_plane(const struct cells *cells, bool under, char *end)
{
	end = stpcpy(end, "--\n");
	for (int row = 0; row < cells->rows; row++) {
		for (int column = 0; column < cells->columns; column++) {
			const struct cell *cell = cell_at(cells, row, column);

			*end++ = under && !cell->under ? '.' : style_letter(under ? cell->under : cell->style);
		}
		*end++ = '\n';
	}
	return end;
}

static bool any_under(const struct cells *cells)
{
	size_t area = (size_t)cells->rows * (size_t)cells->columns;

	for (size_t i = 0; i < area; i++)
		if (cells->grid[i].under)
			return true;
	return false;
}

char *cells_dump(const struct cells *cells, int with_styles)
{
	size_t area = (size_t)cells->rows * (size_t)cells->columns;
	char *text = malloc(area * 6 + (size_t)cells->rows * 3 + 12), *end = text;

	if (!text)
		return NULL;
	for (int row = 0; row < cells->rows; row++)
		end = dump_row(cells, row, end);
	if (with_styles)
		end = dump_plane(cells, false, end);
	if (with_styles && any_under(cells))
		end = dump_plane(cells, true, end);
	*end = '\0';
	return text;
}
