#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "src/ui/cells.h"
#include "src/engine/utf8.h"
#include "src/ui/character_width.h"
#include "src/ui/terminal_headless.h"
#include "src/ui/theme.h"

static struct cells *make(int rows, int columns)
{
	struct cells *cells = malloc(sizeof(*cells));

	assert_int_equal(cells_init(cells), 0);
	assert_int_equal(cells_resize(cells, rows, columns), 0);
	return cells;
}

/* Checks what the screen holds, and frees it. */
static void check(struct cells *cells, const char *expected)
{
	char *text = cells_dump(cells, 0);

	assert_string_equal(text, expected);
	free(text);
	cells_fini(cells);
	free(cells);
}

static int put(struct cells *cells, int row, int column, int width, const char *text)
{
	return cells_text(cells, row, column, width, STYLE_NORMAL, text, strlen(text));
}

static void test_blank(void **state)
{
	struct cells *cells = make(2, 3);

	(void)state;
	assert_int_equal(cells->cursor_row, -1);
	assert_int_equal(cells->grid[5].character, ' ');
	check(cells, "\n\n");
}

static void test_text_is_cut(void **state)
{
	struct cells *cells = make(3, 8);

	(void)state;
	assert_int_equal(put(cells, 0, 0, 3, "abcdef"), 3);
	assert_int_equal(put(cells, 1, 5, 100, "abcdef"), 3);
	assert_int_equal(put(cells, 2, 8, 100, "abc"), 0);
	assert_int_equal(put(cells, 3, 0, 100, "abc"), 0);
	assert_int_equal(put(cells, -1, 0, 100, "abc"), 0);
	assert_int_equal(put(cells, 2, 0, 0, "abc"), 0);
	assert_int_equal(put(cells, 2, 0, -5, "abc"), 0);
	check(cells, "abc\n     abc\n\n");
}

static void test_left_of_the_grid(void **state)
{
	struct cells *cells = make(1, 4);

	(void)state;
	put(cells, 0, -2, 100, "abcdefgh");
	check(cells, "cdef\n");
}

static void test_escapes(void **state)
{
	struct cells *cells = make(5, 40);

	(void)state;
	put(cells, 0, 0, 40, "a\nb\tc");
	put(cells, 1, 0, 40, "\x1b]0;owned\x07");
	put(cells, 2, 0, 40, "x\xffy");
	put(cells, 3, 0, 40, "\xc2\x9b" "31m");       /* C1 control sequence introducer */
	put(cells, 4, 0, 40, "\xe2\x80\xae" "txt.exe"); /* right-to-left override */
	for (int i = 0; i < 5 * 40; i++) {
		uint32_t character = cells->grid[i].character;

		assert_true(character >= 0x20 && !(character >= 0x7f && character < 0xa0));
		assert_int_not_equal(character, 0x202e);
	}
	cells_fill(cells, (struct box){ 3, 0, 2, 40 }, STYLE_NORMAL);
	check(cells, "a\\nb\\tc\n\\x1b]0;owned\\x07\nx\\xffy\n\n\n");
}

static void test_escapes_count_as_wide_as_shown(void **state)
{
	(void)state;
	assert_int_equal(cells_width("abc", 3), 3);
	assert_int_equal(cells_width("a\nb", 3), 4);
	assert_int_equal(cells_width("\x1b", 1), 4);
	assert_int_equal(cells_width("\xe6\x97\xa5", 3), 2);
	assert_int_equal(cells_width("e\xcc\x81", 3), 1);
}

/* No byte of a long text may be lost or split where it is escaped piece by piece. */
static void test_long_text(void **state)
{
	char text[3000], expected[2 + 1000 * 3];
	struct cells *cells = make(1, 1001);
	char *end = text;

	(void)state;
	*end++ = 'a';
	for (int i = 0; i < 999; i++)
		end = stpcpy(end, "\xe2\x96\x88");
	assert_int_equal(put(cells, 0, 0, 1001, text), 1000);
	memcpy(expected, text, (size_t)(end - text));
	strcpy(expected + (end - text), "\n");
	check(cells, expected);
}

static void test_wide(void **state)
{
	struct cells *cells = make(3, 6);

	(void)state;
	assert_int_equal(put(cells, 0, 0, 6, "\xe6\x97\xa5\xe6\x9c\xac"), 4);
	assert_int_equal(cells->grid[0].character, 0x65e5);
	assert_int_equal(cells->grid[1].character, 0);
	/* cut: no half of a character */
	assert_int_equal(put(cells, 1, 0, 3, "\xe6\x97\xa5\xe6\x9c\xac"), 2);
	/* the last column has no room for two */
	cells_put(cells, 2, 5, 0x65e5, STYLE_NORMAL);
	assert_int_equal(cells->grid[17].character, '?');
	check(cells, "\xe6\x97\xa5\xe6\x9c\xac\n\xe6\x97\xa5\n     ?\n");
}

static void test_overwritten_halves_vanish(void **state)
{
	struct cells *cells = make(3, 4);

	(void)state;
	for (int row = 0; row < 3; row++)
		put(cells, row, 0, 4, "\xe6\x97\xa5\xe6\x9c\xac");
	cells_put(cells, 0, 0, 'a', STYLE_NORMAL);
	cells_put(cells, 1, 1, 'b', STYLE_NORMAL);
	cells_put(cells, 2, 1, 0x65e5, STYLE_NORMAL);
	check(cells, "a \xe6\x9c\xac\n b\xe6\x9c\xac\n \xe6\x97\xa5\n");
}

static void test_combining_marks_take_no_cell(void **state)
{
	struct cells *cells = make(1, 5);

	(void)state;
	assert_int_equal(put(cells, 0, 0, 5, "e\xcc\x81x"), 2);
	check(cells, "ex\n");
}

static void test_put_outside(void **state)
{
	struct cells *cells = make(1, 2);

	(void)state;
	cells_put(cells, -1, 0, 'x', STYLE_NORMAL);
	cells_put(cells, 1, 0, 'x', STYLE_NORMAL);
	cells_put(cells, 0, -1, 'x', STYLE_NORMAL);
	cells_put(cells, 0, 2, 'x', STYLE_NORMAL);
	cells_put(cells, 0, -1, 0x65e5, STYLE_NORMAL);
	cells_put(cells, 0, 0, 0x1b, STYLE_NORMAL);
	cells_style(cells, 0, -3, 100, STYLE_SELECTED);
	cells_style(cells, 5, 0, 100, STYLE_SELECTED);
	check(cells, "?\n");
}

static void test_fill_is_cut(void **state)
{
	struct cells *cells = make(2, 3);
	char *text;

	(void)state;
	put(cells, 0, 0, 3, "abc");
	put(cells, 1, 0, 3, "def");
	cells_fill(cells, (struct box){ -1, 1, 2, 100 }, STYLE_POPUP);
	text = cells_dump(cells, 1);
	assert_string_equal(text, "a\ndef\n--\naii\naaa\n");
	free(text);
	check(cells, "a\ndef\n");
}

static void test_frame(void **state)
{
	struct cells *cells = make(3, 12);

	(void)state;
	cells_frame(cells, (struct box){ 0, 0, 3, 12 }, STYLE_POPUP, "ab\ncdefghij");
	check(cells, "┌─ ab\\ncd ─┐\n│          │\n└──────────┘\n");
	cells = make(2, 2);
	cells_frame(cells, (struct box){ 0, 0, 1, 1 }, STYLE_POPUP, "title");
	check(cells, "\n\n");
}

static void test_printf(void **state)
{
	struct cells *cells = make(1, 20);

	(void)state;
	assert_int_equal(cells_printf(cells, 0, 2, 10, STYLE_VALUE, "%s=%d", "a\x1b", 7), 7);
	check(cells, "  a\\x1b=7\n");
}

static void test_dump_letters(void **state)
{
	struct cells *cells = make(1, 4);
	char *text;

	(void)state;
	cells_style(cells, 0, 1, 1, STYLE_SELECTED);
	cells_style(cells, 0, 2, 1, 25);
	cells_style(cells, 0, 3, 1, 26);
	text = cells_dump(cells, 1);
	/* a is 0, z 25, then A */
	assert_string_equal(text, "\n--\nafzA\n");
	free(text);
	check(cells, "\n");
}

static void test_resize_blanks(void **state)
{
	struct cells *cells = make(2, 2);

	(void)state;
	put(cells, 0, 0, 2, "ab");
	assert_int_equal(cells_resize(cells, 1, 3), 0);
	assert_int_equal(cells->rows, 1);
	assert_int_equal(cells->columns, 3);
	assert_int_equal(cells_resize(cells, 0, 0), 0);
	put(cells, 0, 0, 2, "ab");
	cells_put(cells, 0, 0, 'x', STYLE_NORMAL);
	assert_int_equal(cells_resize(cells, -4, 3), 0);
	check(cells, "");
}

/* Widths as East Asian Width and the general category of the Unicode standard give them. */
static void test_widths(void **state)
{
	static const struct {
		uint32_t character;
		int width;
	} cases[] = {
		{ 'a', 1 }, { 0x7f, 0 }, { 0x9b, 0 }, { 0xa0, 1 }, { 0xe9, 1 }, { 0x301, 0 }, { 0x3b1, 1 },
		{ 0x1100, 2 }, { 0x200b, 0 }, { 0x2500, 1 }, { 0x2588, 1 }, { 0x3042, 2 }, { 0x4e00, 2 },
		{ 0xac00, 2 }, { 0xff21, 2 }, { 0xff71, 1 }, { 0x1f600, 2 }, { 0x20000, 2 }, { 0xfe0f, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(character_width(cases[i].character), cases[i].width);
}

static void test_utf8(void **state)
{
	static const char *const broken[] = { "\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
					      "\xc3", "\xe2\x82", "\xf8\x88\x80\x80\x80" };
	static const uint32_t good[] = { 'a', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff };
	uint32_t character;
	char text[4];

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		assert_int_equal(utf8_decode(broken[i], strlen(broken[i]), &character), 0);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		size_t bytes = utf8_encode(good[i], text);

		assert_int_equal(utf8_decode(text, bytes, &character), bytes);
		assert_int_equal(character, good[i]);
	}
}

/* ---- the headless terminal ---- */

static void expect_key(struct terminal *terminal, int key)
{
	struct key_event event;

	assert_int_equal(terminal->operations->key(terminal, &event), 1);
	assert_int_equal(event.key, key);
}

static void test_script(void **state)
{
	struct terminal *terminal = terminal_headless_new(
		24, 80, "Down*2 Enter F12 'a b\xc3\xa9' Ctrl-L Resize:100x30 Mouse:drag:5,10 Wait Unknown");
	struct key_event event;
	int rows, columns;

	(void)state;
	terminal->operations->size(terminal, &rows, &columns);
	assert_int_equal(rows * 1000 + columns, 24080);
	expect_key(terminal, K_DOWN);
	expect_key(terminal, K_DOWN);
	expect_key(terminal, K_ENTER);
	expect_key(terminal, K_F(12));
	expect_key(terminal, 'a');
	expect_key(terminal, ' ');
	expect_key(terminal, 'b');
	expect_key(terminal, 0xe9);
	expect_key(terminal, K_CTRL('L'));
	expect_key(terminal, K_RESIZE);
	terminal->operations->size(terminal, &rows, &columns);
	assert_int_equal(rows * 1000 + columns, 30100);
	assert_int_equal(terminal->operations->key(terminal, &event), 1);
	assert_int_equal(event.key, K_MOUSE);
	assert_int_equal(event.mouse.kind, MOUSE_DRAG);
	assert_int_equal(event.mouse.row, 5);
	assert_int_equal(event.mouse.column, 10);
	assert_int_equal(terminal->operations->key(terminal, &event), 0);
	assert_false(terminal_headless_done(terminal));
	expect_key(terminal, K_UNKNOWN);
	assert_true(terminal_headless_done(terminal));
	assert_int_equal(terminal->operations->key(terminal, &event), 0);
	assert_null(terminal_headless_error(terminal));
	terminal->operations->close(terminal);
}

static void test_script_error(void **state)
{
	struct terminal *terminal = terminal_headless_new(24, 80, "Up Sideways Down");
	struct key_event event;

	(void)state;
	expect_key(terminal, K_UP);
	assert_int_equal(terminal->operations->key(terminal, &event), 0);
	assert_string_equal(terminal_headless_error(terminal), "Sideways");
	assert_int_equal(terminal_headless_type(terminal, "Down"), 0);
	expect_key(terminal, K_DOWN);
	terminal->operations->close(terminal);
}

static void test_shown_is_kept(void **state)
{
	struct terminal *terminal = terminal_headless_new(1, 5, NULL);
	struct cells *cells = make(1, 5);
	char *text;

	(void)state;
	put(cells, 0, 0, 5, "abc");
	terminal->operations->show(terminal, cells);
	cells_clear(cells);
	text = cells_dump(terminal_headless_cells(terminal), 0);
	assert_string_equal(text, "abc\n");
	free(text);
	terminal->operations->close(terminal);
	check(cells, "\n");
}

/* ---- the theme ---- */

/* Every style must differ from its neighbours where it matters, with colours and without. */
static void test_theme(void **state)
{
	(void)state;
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_TITLE, 256).background, 2);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_SELECTED, 8).background, 6);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_SELECTED, 0).background, -1);
	assert_true(theme_look(THEME_DEFAULT, STYLE_SELECTED, 0).attributes & THEME_REVERSE);
	/* csysdig's palette: the first colours dark green, the last red; nothing counted, no colour */
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_HEAT, 256).background, -1);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_HEAT + 1, 256).background, 22);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_HEAT + 19, 256).background, 9);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_HEAT + 2, 8).foreground, 2);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_HEAT + 10, 8).foreground, 3);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_HEAT + 19, 8).foreground, 1);
	assert_int_equal(theme_look(THEME_DEFAULT, STYLE_HEAT + 19, 0).foreground, -1);
}

static void test_ascii(void **state)
{
	(void)state;
	assert_int_equal(theme_ascii('a'), 'a');
	assert_int_equal(theme_ascii(0x2500), '-');
	assert_int_equal(theme_ascii(0x2502), '|');
	assert_int_equal(theme_ascii(0x250c), '+');
	assert_int_equal(theme_ascii(0x2588), '@');
	assert_int_equal(theme_ascii(0x2193), 'v');
	assert_int_equal(theme_ascii(0xe9), '?');
	assert_int_equal(theme_ascii(0x1b), '?');
}

int main(void)
{
	const struct CMUnitTest cells_tests[] = {
		cmocka_unit_test(test_blank),
		cmocka_unit_test(test_text_is_cut),
		cmocka_unit_test(test_left_of_the_grid),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_escapes_count_as_wide_as_shown),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_overwritten_halves_vanish),
		cmocka_unit_test(test_combining_marks_take_no_cell),
		cmocka_unit_test(test_put_outside),
		cmocka_unit_test(test_fill_is_cut),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_dump_letters),
		cmocka_unit_test(test_resize_blanks),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_script_error),
		cmocka_unit_test(test_shown_is_kept),
		cmocka_unit_test(test_theme),
		cmocka_unit_test(test_ascii),
	};

	return cmocka_run_group_tests_name("cells", cells_tests, NULL, NULL);
}
