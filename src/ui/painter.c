#include "painter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/utf8.h"
#include "theme.h"

#define UNKNOWN 0xffffffff   /* a character that no cell has */

enum { SEQUENCE_MAX = 256, OWN = -1, BLACK = 0, WHITE = 7 };

struct paint {
	int foreground, background;
	unsigned attributes;
};

struct painter {
	struct painter_terminal terminal;
	int rows, columns;
	uint8_t theme, ascii;
	bool known;               /* shown is what the terminal shows */
	struct cell *shown;
	struct paint styles[STYLES];
	struct paint paint;       /* that the terminal is set to */
	int row, column;          /* of the terminal's cursor; row -1: not sure */
	bool hidden;              /* the cursor */
	bool failed;              /* no memory for what is to be sent */
	char *bytes;
	size_t used, size;
};

struct painter *painter_new(const struct painter_terminal *terminal)
{
	struct painter *painter = calloc(1, sizeof(*painter));

	if (painter)
		painter->terminal = *terminal;
	return painter;
}

void painter_free(struct painter *painter)
{
	if (!painter)
		return;
	free(painter->shown);
	free(painter->bytes);
	free(painter);
}

void painter_forget(struct painter *painter)
{
	painter->known = false;
}

/* ---- what is sent ---- */

static void add(struct painter *painter, const char *bytes, size_t count)
{
	if (painter->failed)
		return;
	if (painter->size - painter->used < count) {
		size_t size = (painter->used + count) * 2 + 4096;
		char *grown = realloc(painter->bytes, size);

		if (!grown) {
			painter->failed = true;
			return;
		}
		painter->bytes = grown;
		painter->size = size;
	}
	memcpy(painter->bytes + painter->used, bytes, count);
	painter->used += count;
}

static void add_text(struct painter *painter, const char *text)
{
	add(painter, text, strlen(text));
}

static void move_to(struct painter *painter, int row, int column)
{
	char text[SEQUENCE_MAX];

	if (painter->row == row && painter->column == column)
		return;
	add(painter, text, painter->terminal.move(painter->terminal.context, row, column, text, sizeof(text)));
	painter->row = row;
	painter->column = column;
}

static void add_color(struct painter *painter, bool background, int color)
{
	const struct painter_terminal *terminal = &painter->terminal;
	char text[SEQUENCE_MAX];

	add(painter, text, terminal->color(terminal->context, background, color, text, sizeof(text)));
}

/* Nothing switches off a single attribute, or a colour, everywhere. */
static void add_reset(struct painter *painter, unsigned attributes)
{
	const struct painter_terminal *terminal = &painter->terminal;

	add_text(painter, terminal->reset);
	if (attributes & THEME_BOLD)
		add_text(painter, terminal->bold);
	if (attributes & THEME_DIM)
		add_text(painter, terminal->dim);
	if (attributes & THEME_REVERSE)
		add_text(painter, terminal->reverse);
	if (attributes & THEME_UNDERLINE)
		add_text(painter, terminal->underline);
	painter->paint = (struct paint){ OWN, OWN, attributes };
}

static void set_paint(struct painter *painter, const struct paint *paint)
{
	struct paint *now = &painter->paint;

	if (now->attributes != paint->attributes || (paint->foreground == OWN && now->foreground != OWN) ||
	    (paint->background == OWN && now->background != OWN))
		add_reset(painter, paint->attributes);
	if (now->foreground != paint->foreground)
		add_color(painter, false, paint->foreground);
	if (now->background != paint->background)
		add_color(painter, true, paint->background);
	*now = *paint;
}

/* ---- what cells look like ---- */

static struct paint style_paint(const struct painter *painter, uint8_t style)
{
	const struct painter_terminal *terminal = &painter->terminal;
	struct look look = theme_look(painter->theme, style, terminal->colors > 256 ? 256 : terminal->colors);
	struct paint paint = { look.foreground, look.background, look.attributes };

	if (terminal->colors < 8 || painter->theme == THEME_MONO)
		return (struct paint){ OWN, OWN, look.attributes };
	if (terminal->colors >= PAINTER_RGB && style > STYLE_HEAT && style < STYLE_BAR)
		paint.foreground = paint.background =
			PAINTER_RGB + (int)theme_heat_rgb(painter->theme, style - STYLE_HEAT);
	if (terminal->no_own) {
		paint.foreground = paint.foreground == OWN ? WHITE : paint.foreground;
		paint.background = paint.background == OWN ? BLACK : paint.background;
	}
	if (paint.foreground != OWN || paint.background != OWN)
		paint.attributes &= ~terminal->plain_only;
	return paint;
}

/* Whether black is read better on it than white. The first 16 colours are what the user made them: about as bright as
 * their names say. */
static bool is_light(int color)
{
	static const uint8_t steps[] = { 0, 95, 135, 175, 215, 255 };
	unsigned red, green, blue;

	if (color < 16)
		return color == 3 || color == 7 || (color > 9 && color != 12 && color != 13);
	if (color >= PAINTER_RGB) {
		red = (unsigned)color >> 16 & 255;
		green = (unsigned)color >> 8 & 255;
		blue = (unsigned)color & 255;
	} else if (color >= 232) {
		red = green = blue = 8 + 10 * ((unsigned)color - 232);
	} else {
		red = steps[(color - 16) / 36];
		green = steps[(color - 16) / 6 % 6];
		blue = steps[(color - 16) % 6];
	}
	return red * 299 + green * 587 + blue * 114 > 128 * 1000;
}

static struct paint cell_paint(const struct painter *painter, const struct cell *cell)
{
	struct paint paint = painter->styles[cell->style < STYLES ? cell->style : STYLE_NORMAL];
	int below;

	if (!cell->under || cell->under >= STYLES || painter->terminal.colors < 8)
		return paint;
	below = painter->styles[cell->under].background;
	paint.background = below;
	paint.attributes &= ~(unsigned)THEME_REVERSE;
	/* a mark must be seen on any heat */
	if (cell->style < STYLE_HEAT && below != OWN)
		paint.foreground = painter->terminal.colors < 256 ? is_light(below) ? BLACK : WHITE :
								    is_light(below) ? 16 : 231;
	return paint;
}

/* ---- rows ---- */

/* Terminals agree that it is one cell wide. */
static bool is_sure(uint32_t character)
{
	return character < 0x300 || (character >= 0x2500 && character < 0x25a0);
}

static uint32_t shown_character(const struct painter *painter, uint32_t character)
{
	if (!painter->ascii)
		return character;
	return character ? (unsigned char)theme_ascii(character) : ' ';
}

/* A blank that erasing makes as well. */
static bool is_erased(const struct painter *painter, const struct cell *cell)
{
	struct paint paint;

	if (cell->character != ' ')
		return false;
	paint = cell_paint(painter, cell);
	return paint.background == OWN && !(paint.attributes & (THEME_REVERSE | THEME_UNDERLINE));
}

static bool is_same(const struct cell *a, const struct cell *b)
{
	return a->character == b->character && a->style == b->style && a->under == b->under;
}

static void put(struct painter *painter, int row, int column, const struct cell *cell, bool wide)
{
	uint32_t character = shown_character(painter, cell->character);
	struct paint paint = cell_paint(painter, cell);
	char text[4];

	move_to(painter, row, column);
	set_paint(painter, &paint);
	if (wide) {
		/* a terminal that takes it for narrow must not keep what was in its right half */
		add(painter, "  ", 2);
		painter->row = -1;
		move_to(painter, row, column);
	}
	add(painter, text, utf8_encode(character, text));
	painter->column += 1 + wide;
	/* at the edge terminals differ in where the cursor is */
	if (!is_sure(character) || painter->column >= painter->columns)
		painter->row = -1;
}

static void paint_row(struct painter *painter, const struct cells *cells, int row)
{
	const struct cell *cell = cells->grid + (size_t)row * (size_t)cells->columns;
	struct cell *old = painter->shown + (size_t)row * (size_t)cells->columns;
	int blank = cells->columns;
	bool again = false;   /* the character before may have covered this cell */

	while (blank > 0 && *painter->terminal.clear_line && is_erased(painter, &cell[blank - 1]))
		blank--;
	for (int column = 0; column < cells->columns; column++) {
		bool wide = column + 1 < cells->columns && !cell[column + 1].character && !painter->ascii;
		bool differs = again || !is_same(&cell[column], &old[column]) ||
			       (wide && old[column + 1].character);

		again = false;
		if (!differs || (!cell[column].character && !painter->ascii))
			continue;
		if (painter->terminal.last_scrolls && row == cells->rows - 1 && column == cells->columns - 1)
			continue;
		if (column >= blank) {
			struct paint paint = cell_paint(painter, &cell[column]);

			move_to(painter, row, column);
			set_paint(painter, &paint);
			add_text(painter, painter->terminal.clear_line);
			break;
		}
		put(painter, row, column, &cell[column], wide);
		again = !is_sure(shown_character(painter, cell[column].character)) && !wide;
	}
	memcpy(old, cell, (size_t)cells->columns * sizeof(*cell));
}

static bool resize(struct painter *painter, const struct cells *cells)
{
	size_t count = (size_t)cells->rows * (size_t)cells->columns;
	struct cell *shown = realloc(painter->shown, (count + 1) * sizeof(*shown));

	if (!shown)
		return false;
	painter->shown = shown;
	painter->rows = cells->rows;
	painter->columns = cells->columns;
	painter->known = false;
	return true;
}

/* Begins with an empty screen, and with a cell that every other differs from: erasing may leave any colour. */
static void begin_anew(struct painter *painter)
{
	size_t count = (size_t)painter->rows * (size_t)painter->columns;

	add_reset(painter, 0);
	add_text(painter, painter->terminal.clear);
	for (size_t i = 0; i < count; i++)
		painter->shown[i] = (struct cell){ .character = UNKNOWN };
	painter->hidden = false;
	painter->known = true;
}

static void show_cursor(struct painter *painter, const struct cells *cells)
{
	if (cells->cursor_row < 0 || cells->cursor_row >= cells->rows || cells->cursor_column < 0 ||
	    cells->cursor_column >= cells->columns)
		return;
	painter->row = -1;
	move_to(painter, cells->cursor_row, cells->cursor_column);
	add_text(painter, painter->terminal.show);
	painter->hidden = false;
}

const char *painter_paint(struct painter *painter, const struct cells *cells, size_t *size)
{
	uint8_t ascii = painter->terminal.ascii || cells->ascii;

	*size = painter->used = 0;
	painter->failed = false;
	if ((!painter->shown || cells->rows != painter->rows || cells->columns != painter->columns) &&
	    !resize(painter, cells))
		return NULL;
	if (cells->theme != painter->theme || ascii != painter->ascii)
		painter->known = false;
	painter->theme = cells->theme < THEMES ? cells->theme : THEME_DEFAULT;
	painter->ascii = ascii;
	for (int style = 0; style < STYLES; style++)
		painter->styles[style] = style_paint(painter, (uint8_t)style);
	painter->row = -1;
	if (!painter->known)
		begin_anew(painter);
	if (!painter->hidden)
		add_text(painter, painter->terminal.hide);
	painter->hidden = true;
	for (int row = 0; row < cells->rows; row++)
		paint_row(painter, cells, row);
	show_cursor(painter, cells);
	if (painter->failed) {
		painter->known = false;
		return NULL;
	}
	*size = painter->used;
	return painter->bytes ? painter->bytes : "";
}
