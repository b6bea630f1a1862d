/* What the painter sends, read by a small terminal of our own: after each frame it must show what the cells say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/utf8.h"
#include "src/ui/character_width.h"
#include "src/ui/painter.h"
#include "src/ui/theme.h"

enum { ROWS_MAX = 60, COLUMNS_MAX = 200 };

struct glyph {
	uint32_t character;
	int foreground, background;
	bool bold, dim, reverse, underline;
};

/* Understands what the sequences below say, and nothing else. */
struct screen {
	struct glyph grid[ROWS_MAX][COLUMNS_MAX], pen;
	int rows, columns, row, column;
	bool cursor, lost;          /* lost: where the cursor is differs among terminals */
	bool narrow;                /* takes wide characters for narrow ones, and the emoji 2764 for a wide one */
};

struct fixture {
	struct painter *painter;
	struct screen screen;
	struct cells cells;
	size_t sent;
};

/* ---- the terminal ---- */

static size_t move(void *context, int row, int column, char *text, size_t size)
{
	(void)context;
	return (size_t)snprintf(text, size, "\033[%d;%dH", row + 1, column + 1);
}

static size_t color(void *context, bool background, int color, char *text, size_t size)
{
	(void)context;
	return (size_t)snprintf(text, size, "\033[%d;%d;%dm", background ? 48 : 38, color >= PAINTER_RGB, color);
}

static const struct painter_terminal full = {
	.move = move, .color = color, .reset = "\033[0m", .bold = "\033[1m", .dim = "\033[2m", .reverse = "\033[7m",
	.underline = "\033[4m", .clear = "\033[2J", .clear_line = "\033[K", .hide = "\033[?25l", .show = "\033[?25h",
	.colors = PAINTER_RGB,
};

static struct glyph blank(const struct screen *screen)
{
	struct glyph glyph = { .character = ' ', .foreground = -1, .background = screen->pen.background };

	return glyph;
}

static void select_graphics(struct screen *screen, const int *values, int count)
{
	struct glyph *pen = &screen->pen;

	if (count == 3 && values[0] == 38) {
		pen->foreground = values[2];
		return;
	}
	if (count == 3 && values[0] == 48) {
		pen->background = values[2];
		return;
	}
	assert_int_equal(count, 1);
	switch (values[0]) {
	case 0: *pen = (struct glyph){ .foreground = -1, .background = -1 }; break;
	case 1: pen->bold = true; break;
	case 2: pen->dim = true; break;
	case 4: pen->underline = true; break;
	case 7: pen->reverse = true; break;
	default: fail_msg("attribute %d", values[0]);
	}
}

static const char *sequence(struct screen *screen, const char *at)
{
	int values[4] = { 0 }, count = 0;

	assert_int_equal(*at++, '[');
	if (*at == '?') {
		assert_true(!strncmp(at, "?25", 3) && (at[3] == 'h' || at[3] == 'l'));
		screen->cursor = at[3] == 'h';
		return at + 4;
	}
	while (*at >= '0' && *at <= '9') {
		values[count++] = (int)strtol(at, (char **)&at, 10);
		if (*at == ';')
			at++;
	}
	switch (*at++) {
	case 'H':
		screen->row = values[0] - 1;
		screen->column = values[1] - 1;
		screen->lost = false;
		break;
	case 'J':
		for (int row = 0; row < screen->rows; row++)
			for (int column = 0; column < screen->columns; column++)
				screen->grid[row][column] = blank(screen);
		break;
	case 'K':
		assert_false(screen->lost);
		for (int column = screen->column; column < screen->columns; column++)
			screen->grid[screen->row][column] = blank(screen);
		break;
	case 'm': select_graphics(screen, values, count); break;
	default: fail_msg("sequence %s", at - 1);
	}
	return at;
}

static int width_here(const struct screen *screen, uint32_t character)
{
	if (screen->narrow)
		return character == 0x2764 ? 2 : 1;
	return character_width(character);
}

static void write_character(struct screen *screen, uint32_t character)
{
	int width = width_here(screen, character);
	struct glyph *at = &screen->grid[screen->row][screen->column];

	assert_false(screen->lost);
	assert_true(screen->row >= 0 && screen->row < screen->rows);
	assert_true(screen->column >= 0 && screen->column < screen->columns);
	if (!at->character && screen->column > 0)
		at[-1].character = ' ';
	if (screen->column + width < screen->columns && !at[width].character)
		at[width].character = ' ';
	*at = screen->pen;
	at->character = character;
	if (width == 2 && screen->column + 1 < screen->columns) {
		at[1] = screen->pen;
		at[1].character = 0;
	}
	screen->column += width;
	screen->lost = screen->column >= screen->columns;
}

static void receive(struct screen *screen, const char *bytes, size_t size)
{
	const char *end = bytes + size;

	while (bytes < end) {
		uint32_t character;
		size_t length;

		if (*bytes == '\033') {
			bytes = sequence(screen, bytes + 1);
			continue;
		}
		length = utf8_decode(bytes, (size_t)(end - bytes), &character);
		assert_true(length > 0 && character >= ' ');
		write_character(screen, character);
		bytes += length;
	}
}

/* ---- the painter's user ---- */

static void paint(struct fixture *fixture)
{
	const char *bytes;

	fixture->screen.rows = fixture->cells.rows;
	fixture->screen.columns = fixture->cells.columns;
	fixture->screen.lost = true;
	bytes = painter_paint(fixture->painter, &fixture->cells, &fixture->sent);
	assert_non_null(bytes);
	receive(&fixture->screen, bytes, fixture->sent);
}

/* Characters and what tells styles apart, cell by cell. */
static void expect_shown(const struct fixture *fixture, int colors)
{
	const struct cells *cells = &fixture->cells;

	for (int row = 0; row < cells->rows; row++) {
		for (int column = 0; column < cells->columns; column++) {
			const struct cell *cell = &cells->grid[row * cells->columns + column];
			const struct glyph *glyph = &fixture->screen.grid[row][column];
			struct look look = theme_look(cells->theme, cell->style, colors);

			if (glyph->character != cell->character)
				fail_msg("%d,%d: %x, not %x", row, column, glyph->character, cell->character);
			if (!cell->character || cell->under || cell->style >= STYLE_HEAT)
				continue;
			assert_int_equal(glyph->background, look.background);
			if (cell->character == ' ')
				continue;
			assert_int_equal(glyph->foreground, look.foreground);
			assert_int_equal(glyph->bold, !!(look.attributes & THEME_BOLD));
			assert_int_equal(glyph->reverse, !!(look.attributes & THEME_REVERSE));
			assert_int_equal(glyph->underline, !!(look.attributes & THEME_UNDERLINE));
		}
	}
}

static struct fixture *fixture_new(const struct painter_terminal *terminal, int rows, int columns)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->painter = painter_new(terminal);
	assert_non_null(fixture->painter);
	assert_int_equal(cells_init(&fixture->cells), 0);
	assert_int_equal(cells_resize(&fixture->cells, rows, columns), 0);
	return fixture;
}

static void fixture_free(struct fixture *fixture)
{
	painter_free(fixture->painter);
	cells_fini(&fixture->cells);
	free(fixture);
}

static void put(struct fixture *fixture, int row, int column, uint8_t style, const char *text)
{
	cells_text(&fixture->cells, row, column, COLUMNS_MAX, style, text, strlen(text));
}

/* ---- tests ---- */

static void the_first_frame_shows_all(void **state)
{
	struct fixture *fixture = fixture_new(&full, 5, 20);

	(void)state;
	put(fixture, 0, 0, STYLE_TITLE, "title                ");
	put(fixture, 4, 3, STYLE_ERROR, "last line 12345678");
	paint(fixture);
	expect_shown(fixture, 256);
	assert_false(fixture->screen.cursor);
	fixture_free(fixture);
}

static void only_what_differs_is_sent(void **state)
{
	struct fixture *fixture = fixture_new(&full, 40, 120);
	size_t all;

	(void)state;
	for (int row = 0; row < 40; row++)
		put(fixture, row, 0, STYLE_NORMAL, "some text in every row of the screen");
	paint(fixture);
	all = fixture->sent;
	paint(fixture);
	assert_int_equal(fixture->sent, 0);
	put(fixture, 7, 5, STYLE_NORMAL, "words");
	paint(fixture);
	/* a move (6 or 7 bytes) and the five letters */
	assert_in_range(fixture->sent, 5, 20);
	expect_shown(fixture, 256);
	painter_forget(fixture->painter);
	paint(fixture);
	assert_in_range(fixture->sent, all - 20, all + 20);
	expect_shown(fixture, 256);
	fixture_free(fixture);
}

static void the_rest_of_a_line_is_erased(void **state)
{
	struct fixture *fixture = fixture_new(&full, 2, 100);

	(void)state;
	for (int column = 0; column < 100; column++)
		cells_put(&fixture->cells, 1, column, 'x', STYLE_NORMAL);
	paint(fixture);
	cells_clear(&fixture->cells);
	put(fixture, 1, 0, STYLE_NORMAL, "xx");
	paint(fixture);
	assert_in_range(fixture->sent, 3, 20);
	expect_shown(fixture, 256);
	/* but not what has a colour of its own */
	cells_fill(&fixture->cells, (struct box){ 1, 2, 1, 98 }, STYLE_TITLE);
	paint(fixture);
	expect_shown(fixture, 256);
	cells_fill(&fixture->cells, (struct box){ 1, 0, 1, 100 }, STYLE_NORMAL);
	paint(fixture);
	expect_shown(fixture, 256);
	fixture_free(fixture);
}

/* 24 bits: the upper half of a cell has the colour of one count, the lower of another. */
static void halves_have_two_colours(void **state)
{
	struct fixture *fixture = fixture_new(&full, 1, 4);
	const struct glyph *glyphs = fixture->screen.grid[0];

	(void)state;
	cells_put_on(&fixture->cells, 0, 0, 0x2580, STYLE_HEAT + 3, STYLE_HEAT + 19);
	cells_put_on(&fixture->cells, 0, 1, 0x2580, STYLE_HEAT + 3, STYLE_HEAT);
	cells_put_on(&fixture->cells, 0, 2, 0x2502, STYLE_MARK, STYLE_HEAT + 19);
	cells_put_on(&fixture->cells, 0, 3, 0x2502, STYLE_MARK, STYLE_HEAT + 1);
	paint(fixture);
	assert_int_equal(glyphs[0].character, 0x2580);
	assert_int_equal(glyphs[0].foreground, PAINTER_RGB + theme_heat_rgb(THEME_DEFAULT, 3));
	assert_int_equal(glyphs[0].background, PAINTER_RGB + theme_heat_rgb(THEME_DEFAULT, 19));
	assert_int_equal(glyphs[1].foreground, PAINTER_RGB + theme_heat_rgb(THEME_DEFAULT, 3));
	assert_int_equal(glyphs[1].background, -1);
	/* marks: black on the brightest, white on the darkest */
	assert_int_equal(glyphs[2].foreground, 16);
	assert_int_equal(glyphs[2].background, PAINTER_RGB + theme_heat_rgb(THEME_DEFAULT, 19));
	assert_int_equal(glyphs[3].foreground, 231);
	assert_false(glyphs[2].reverse || glyphs[3].reverse);
	fixture_free(fixture);
}

static void a_palette_of_256_has_the_heats_of_csysdig(void **state)
{
	struct painter_terminal terminal = full;
	struct fixture *fixture;

	(void)state;
	terminal.colors = 256;
	fixture = fixture_new(&terminal, 1, 2);
	cells_put_on(&fixture->cells, 0, 0, 0x2580, STYLE_HEAT + 1, STYLE_HEAT + 19);
	paint(fixture);
	assert_int_equal(fixture->screen.grid[0][0].foreground, 22);
	assert_int_equal(fixture->screen.grid[0][0].background, 9);
	fixture_free(fixture);
}

static void without_colours_none_is_sent(void **state)
{
	struct painter_terminal terminal = full;
	struct fixture *fixture;

	(void)state;
	terminal.colors = 0;
	fixture = fixture_new(&terminal, 1, 8);
	put(fixture, 0, 0, STYLE_SELECTED, "selected");
	cells_put_on(&fixture->cells, 0, 0, 'a', STYLE_MARK, STYLE_HEAT + 9);
	paint(fixture);
	expect_shown(fixture, 0);
	for (int column = 0; column < 8; column++)
		assert_true(fixture->screen.grid[0][column].background == -1 &&
			    fixture->screen.grid[0][column].foreground == -1 &&
			    fixture->screen.grid[0][column].reverse);
	fixture_free(fixture);
}

/* The linux console shows underlines and dim text as colours: not both. */
static void attributes_that_do_not_go_with_colours_are_left_out(void **state)
{
	struct painter_terminal terminal = full;
	struct fixture *fixture;

	(void)state;
	terminal.colors = 8;
	terminal.plain_only = THEME_UNDERLINE | THEME_DIM | THEME_BOLD;
	fixture = fixture_new(&terminal, 1, 8);
	put(fixture, 0, 0, STYLE_ERROR, "error");
	put(fixture, 0, 6, STYLE_VALUE, "v");
	paint(fixture);
	assert_int_equal(fixture->screen.grid[0][0].foreground, 1);
	assert_false(fixture->screen.grid[0][0].bold);
	assert_true(fixture->screen.grid[0][6].bold);
	fixture_free(fixture);
}

static void the_last_cell_stays_empty_where_it_scrolls(void **state)
{
	struct painter_terminal terminal = full;
	struct fixture *fixture;

	(void)state;
	terminal.last_scrolls = true;
	fixture = fixture_new(&terminal, 2, 3);
	put(fixture, 0, 0, STYLE_NORMAL, "abc");
	put(fixture, 1, 0, STYLE_NORMAL, "def");
	paint(fixture);
	assert_int_equal(fixture->screen.grid[0][2].character, 'c');
	assert_int_equal(fixture->screen.grid[1][1].character, 'e');
	assert_int_equal(fixture->screen.grid[1][2].character, ' ');
	fixture_free(fixture);
}

static void wide_characters_come_and_go(void **state)
{
	static const char *const frames[] = {
		"\xe6\xbc\xa2\xe5\xad\x97 text", "a\xe6\xbc\xa2\xe5\xad\x97text", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "abcdefgh",
		" \xe6\xbc\xa2", "\xe6\xbc\xa2 e\xcc\x81x\xe2\x9d\xa4z", "\xe2\x9d\xa4\xe2\x9d\xa4 abc", "",
		"abcdefg\xe6\xbc\xa2", "abcdef\xe6\xbc\xa2",
	};

	(void)state;
	for (int narrow = 0; narrow < 2; narrow++) {
		struct fixture *fixture = fixture_new(&full, 1, 8);

		fixture->screen.narrow = narrow;
		for (size_t from = 0; from < sizeof(frames) / sizeof(*frames); from++) {
			for (size_t to = 0; to < sizeof(frames) / sizeof(*frames); to++) {
				cells_clear(&fixture->cells);
				put(fixture, 0, 0, STYLE_NORMAL, frames[from]);
				paint(fixture);
				cells_clear(&fixture->cells);
				put(fixture, 0, 0, STYLE_NORMAL, frames[to]);
				paint(fixture);
				if (!narrow)
					expect_shown(fixture, 256);
				/* a terminal that disagrees keeps all the others in their places */
				for (int column = 0; column < 8; column++)
					if (fixture->cells.grid[column].character > ' ' &&
					    fixture->cells.grid[column].character < 0x80)
						assert_int_equal(fixture->screen.grid[0][column].character,
								 fixture->cells.grid[column].character);
			}
		}
		fixture_free(fixture);
	}
}

static void ascii_has_a_character_for_each_cell(void **state)
{
	struct painter_terminal terminal = full;
	struct fixture *fixture;

	(void)state;
	terminal.ascii = true;
	fixture = fixture_new(&terminal, 1, 8);
	put(fixture, 0, 0, STYLE_NORMAL, "\xe6\xbc\xa2\xe2\x94\x80x");
	paint(fixture);
	/* nothing is left of what lay in the right half */
	assert_int_equal(fixture->screen.grid[0][0].character, '?');
	assert_int_equal(fixture->screen.grid[0][1].character, ' ');
	assert_int_equal(fixture->screen.grid[0][2].character, '-');
	assert_int_equal(fixture->screen.grid[0][3].character, 'x');
	fixture_free(fixture);
}

static void sizes_themes_and_cursors_change(void **state)
{
	struct fixture *fixture = fixture_new(&full, 4, 30);

	(void)state;
	put(fixture, 3, 3, STYLE_LABEL, "label");
	paint(fixture);
	fixture->cells.cursor_row = 2;
	fixture->cells.cursor_column = 9;
	paint(fixture);
	assert_true(fixture->screen.cursor && fixture->screen.row == 2 && fixture->screen.column == 9);
	fixture->cells.theme = THEME_LIGHT;
	paint(fixture);
	expect_shown(fixture, 256);
	assert_true(fixture->screen.cursor);
	assert_int_equal(cells_resize(&fixture->cells, 9, 12), 0);
	put(fixture, 8, 3, STYLE_SELECTED, "label");
	paint(fixture);
	expect_shown(fixture, 256);
	assert_false(fixture->screen.cursor);
	assert_int_equal(cells_resize(&fixture->cells, 0, 0), 0);
	paint(fixture);
	fixture_free(fixture);
}

/* Anything after anything. */
static void frames_by_chance(void **state)
{
	static const uint32_t characters[] = { ' ', ' ', ' ', 'a', 'b', 0x2580, 0x2502, 0xe9, 0x6f22, 0x1f600, 0x2764 };
	struct fixture *fixture = fixture_new(&full, 6, 17);
	unsigned seed = 1;

	(void)state;
	for (int frame = 0; frame < 3000; frame++) {
		for (int change = 0; change < frame % 40; change++) {
			int row = (int)((seed = seed * 1103515245 + 12345) >> 16) % 6;
			int column = (int)((seed = seed * 1103515245 + 12345) >> 16) % 17;
			unsigned style = ((seed = seed * 1103515245 + 12345) >> 16) % STYLE_HEAT;
			unsigned character = ((seed = seed * 1103515245 + 12345) >> 16) % 11;

			cells_put(&fixture->cells, row, column, characters[character], (uint8_t)(style));
			if (change % 9 == 8)
				cells_fill(&fixture->cells, (struct box){ row, column, 1, 9 }, STYLE_NORMAL);
		}
		paint(fixture);
		expect_shown(fixture, 256);
	}
	fixture_free(fixture);
}

/* Lightness is what the eye orders: Rec. 709 weights. Heats are told apart, and lie on one side of the background. */
static void heats_grow_evenly(void **state)
{
	static const enum theme dark[] = { THEME_DEFAULT, THEME_HIGH_CONTRAST };

	(void)state;
	for (unsigned level = 2; level < HEAT_LEVELS; level++) {
		for (size_t i = 0; i < 3; i++) {
			enum theme theme = i < 2 ? dark[i] : THEME_LIGHT;
			uint32_t less = theme_heat_rgb(theme, level - 1), more = theme_heat_rgb(theme, level);
			int step = (int)((more >> 16) * 2126 + (more >> 8 & 255) * 7152 + (more & 255) * 722) -
				   (int)((less >> 16) * 2126 + (less >> 8 & 255) * 7152 + (less & 255) * 722);

			step = theme == THEME_LIGHT ? -step : step;
			/* 255 in all, over 18 steps */
			assert_in_range(step, 3 * 10000, 26 * 10000);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_frame_shows_all),
		cmocka_unit_test(only_what_differs_is_sent),
		cmocka_unit_test(the_rest_of_a_line_is_erased),
		cmocka_unit_test(halves_have_two_colours),
		cmocka_unit_test(a_palette_of_256_has_the_heats_of_csysdig),
		cmocka_unit_test(without_colours_none_is_sent),
		cmocka_unit_test(attributes_that_do_not_go_with_colours_are_left_out),
		cmocka_unit_test(the_last_cell_stays_empty_where_it_scrolls),
		cmocka_unit_test(wide_characters_come_and_go),
		cmocka_unit_test(ascii_has_a_character_for_each_cell),
		cmocka_unit_test(sizes_themes_and_cursors_change),
		cmocka_unit_test(frames_by_chance),
		cmocka_unit_test(heats_grow_evenly),
	};

	return cmocka_run_group_tests_name("painter", tests, NULL, NULL);
}
