/* Two rows of time in a line, marks on them, and what is selected there, in the real application. What is expected is
 * counted here from the list of spans that was fed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spectro_fixture.h"
#include "src/ui/app_private.h"
#include "src/ui/spectro_axis.h"
#include "src/ui/theme.h"
#include "test/unit/feed.h"

enum { UPPER = 0x2580, LOWER = 0x2584 };

static void add_many(struct spectro_fixture *fixture, uint64_t end, uint64_t duration, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		spectro_add_span(fixture, end + i * 1000, duration);
}

static struct spectro_fixture *with_halves(int rows, int columns, void (*fill)(struct spectro_fixture *fixture))
{
	struct spectro_fixture *fixture = spectro_fixture_new(rows, columns, fill);

	fixture->cells.colors = 256;
	spectro_settle(fixture);
	assert_true(spectro_pane(fixture)->halves);
	return fixture;
}

/* csysdig's formula: floor(log(2c + 1) / log(1.6)). */
static uint8_t heat(unsigned count)
{
	double level = floor(log10(2.0 * count + 1) / log10(1.6));

	return (uint8_t)(STYLE_HEAT + (level > 19 ? 19 : (int)level));
}

/* The cell of a latency in a line of the picture, counted from its last. */
static const struct cell *cell_of(const struct spectro_fixture *fixture, int from_last, uint64_t ns)
{
	const struct spectrogram *spectrogram = spectro_pane(fixture);
	int line = spectrogram->area.row + spectrogram->area.rows - 1 - from_last;
	int column = spectrogram->area.column + (int)spectro_axis_column(&spectrogram->axis, spectrum_bucket(ns));

	return &fixture->cells.grid[line * fixture->cells.columns + column];
}

static void expect_cell(const struct cell *cell, uint32_t character, uint8_t style, uint8_t under)
{
	assert_int_equal(cell->character, character);
	assert_int_equal(cell->style, style);
	assert_int_equal(cell->under, under);
}

/* ---- halves ---- */

/* Rows 0 to 5: 1 ms has 3, 40, 0, 7, 500, 0 spans. */
static void add_counts(struct spectro_fixture *fixture)
{
	static const unsigned counts[] = { 3, 40, 0, 7, 500, 0 };

	for (unsigned row = 0; row < 6; row++)
		add_many(fixture, T0 + row * PERIOD, MS, counts[row]);
	spectro_add_span(fixture, T0 + 5 * PERIOD, SECOND);
}

static void a_line_has_two_rows(void **state)
{
	struct spectro_fixture *fixture = with_halves(40, 120, add_counts);

	(void)state;
	spectro_type(fixture, "'m'");
	assert_int_equal(spectrum_rows(spectro_pane(fixture)->pane.query), 6);
	expect_cell(cell_of(fixture, 2, MS), UPPER, heat(3), heat(40));
	/* without a count it is the screen's own background */
	expect_cell(cell_of(fixture, 1, MS), LOWER, heat(7), STYLE_HEAT);
	expect_cell(cell_of(fixture, 0, MS), UPPER, heat(500), STYLE_HEAT);
	expect_cell(cell_of(fixture, 0, SECOND), LOWER, heat(1), STYLE_HEAT);
	expect_cell(cell_of(fixture, 1, SECOND), ' ', STYLE_HEAT, 0);
	expect_cell(cell_of(fixture, 3, MS), ' ', STYLE_NORMAL, 0);
	spectro_fixture_free(fixture);
}

static void the_styles_of_both_halves_are_in_the_dump(void **state)
{
	struct cells cells;
	char *text;

	(void)state;
	assert_int_equal(cells_init(&cells), 0);
	assert_int_equal(cells_resize(&cells, 1, 3), 0);
	cells_put_on(&cells, 0, 1, UPPER, STYLE_LABEL, STYLE_VALUE);
	text = cells_dump(&cells, 1);
	assert_string_equal(text, " \xe2\x96\x80\n--\naba\n--\n.c.\n");
	free(text);
	/* what is written there later has one style */
	cells_put(&cells, 0, 1, 'x', STYLE_LABEL);
	text = cells_dump(&cells, 1);
	assert_string_equal(text, " x\n--\naba\n");
	free(text);
	cells_fini(&cells);
}

/* Few colours, none, or no characters for halves: a row a line, and shades that differ without colours. */
static void elsewhere_a_line_is_a_row(void **state)
{
	static const struct { int colors; uint8_t theme; bool ascii; } cases[] = {
		{ 8, THEME_DEFAULT, false }, { 0, THEME_DEFAULT, false }, { 256, THEME_MONO, false }, { 256, THEME_DEFAULT, true },
	};
	struct spectro_fixture *fixture = with_halves(40, 120, add_counts);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct pane *pane = &spectro_pane(fixture)->pane;
		uint32_t few, some, many;

		cells_clear(&fixture->cells);
		fixture->cells.colors = cases[i].colors;
		fixture->cells.theme = cases[i].theme;
		fixture->cells.ascii = cases[i].ascii;
		pane->operations->draw(pane, &fixture->cells, (struct box){ 0, 0, 40, 120 });
		assert_false(spectro_pane(fixture)->halves);
		few = cell_of(fixture, 5, MS)->character;
		some = cell_of(fixture, 4, MS)->character;
		many = cell_of(fixture, 1, MS)->character;
		expect_cell(cell_of(fixture, 5, MS), few, heat(3), 0);
		expect_cell(cell_of(fixture, 1, MS), many, heat(500), 0);
		assert_int_equal(cell_of(fixture, 3, MS)->character, ' ');
		assert_true(few != ' ' && some != few && many != some && many != few);
		if (cases[i].ascii)
			assert_true(few < 0x7f && some < 0x7f && many < 0x7f);
	}
	spectro_fixture_free(fixture);
}

/* ---- marks ---- */

/* Of 100 in two rows that share a line half take 1 ms, 40 of them 10 ms, 9 100 ms and one a second. */
static void add_percentiles(struct spectro_fixture *fixture)
{
	add_many(fixture, T0, MS, 50);
	add_many(fixture, T0 + PERIOD, 10 * MS, 40);
	add_many(fixture, T0 + PERIOD + MS, 100 * MS, 9);
	spectro_add_span(fixture, T0 + PERIOD + 2 * MS, SECOND);
}

static void marks_stand_at_the_percentiles(void **state)
{
	struct spectro_fixture *fixture = with_halves(40, 120, add_percentiles);

	(void)state;
	expect_cell(cell_of(fixture, 0, MS), 0x2502, STYLE_MARK, heat(50));
	expect_cell(cell_of(fixture, 0, 10 * MS), 0x254e, STYLE_MARK, heat(40));
	expect_cell(cell_of(fixture, 0, 100 * MS), 0x250a, STYLE_MARK, heat(9));
	expect_cell(cell_of(fixture, 0, SECOND), LOWER, heat(1), STYLE_HEAT);
	spectro_expect(fixture, "p50 ");
	spectro_type(fixture, "'m'");
	expect_cell(cell_of(fixture, 0, MS), UPPER, heat(50), STYLE_HEAT);
	spectro_fixture_free(fixture);
}

static void marks_are_letters_in_ascii(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 120, add_percentiles);

	(void)state;
	spectro_pane(fixture)->pane.ascii = true;
	spectro_type(fixture, "'m'");
	/* a row a line: the upper has but 1 ms, the lower of 50 the 25th, 45th and 50th */
	expect_cell(cell_of(fixture, 1, MS), '|', STYLE_MARK, 0);
	expect_cell(cell_of(fixture, 0, 10 * MS), '|', STYLE_MARK, 0);
	expect_cell(cell_of(fixture, 0, 100 * MS), '/', STYLE_MARK, 0);
	expect_cell(cell_of(fixture, 0, SECOND), '!', STYLE_MARK, 0);
	spectro_expect(fixture, "|p50 /p90 !p99");
	spectro_fixture_free(fixture);
}

/* ---- the read-out ---- */

static void the_readout_tells_range_time_count_and_share(void **state)
{
	struct spectro_fixture *fixture = with_halves(40, 120, add_percentiles);
	const struct spectrogram *spectrogram = spectro_pane(fixture);
	unsigned column = spectro_axis_column(&spectrogram->axis, spectrum_bucket(10 * MS));

	(void)state;
	/* the mouse is on both rows of the line: 90 of 100 took as long as this cell or less */
	spectro_mouse(fixture, "press", 0, column);
	spectro_mouse(fixture, "release", 0, column);
	spectro_expect(fixture, "cell 40  10ms..");
	spectro_expect(fixture, "22:13:20.000-22:13:21.000  cum 90.0%");
	/* a key on the lower of them: 40 of its 50 */
	spectro_type(fixture, "Down Up Down");
	spectro_expect(fixture, "22:13:20.500-22:13:21.000  cum 80.0%");
	spectro_fixture_free(fixture);
}

/* ---- selections ---- */

static void every_cell_by_keys_opens_what_it_counts(void **state)
{
	struct spectro_fixture *fixture = with_halves(24, 80, spectro_add_service);

	(void)state;
	spectro_type(fixture, "Up");
	for (int i = 0; i < 30; i++) {
		spectro_check_drill(fixture);
		spectro_type(fixture, i % 3 ? "Up" : "Right");
	}
	spectro_fixture_free(fixture);
}

static void a_rectangle_of_rows_may_begin_amid_a_line(void **state)
{
	struct spectro_fixture *fixture = with_halves(24, 80, spectro_add_service);

	(void)state;
	spectro_type(fixture, "Up*3 'v' Up*6 Left*9");
	spectro_check_drill(fixture);
	spectro_type(fixture, "Up Right*20");
	spectro_check_drill(fixture);
	spectro_type(fixture, "Esc Esc ShiftUp*5 ShiftLeft*4");
	spectro_check_drill(fixture);
	spectro_fixture_free(fixture);
}

/* 24 rows are 12 lines; whichever corners are dragged, rows 4 to 9 and columns 14 to 41 are 1 ms to 100 ms. */
static void a_drag_takes_whole_lines_in_any_direction(void **state)
{
	static const unsigned corners[][4] = { { 4, 14, 9, 41 }, { 9, 41, 4, 14 }, { 4, 41, 9, 14 }, { 9, 14, 4, 41 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct spectro_fixture *fixture = with_halves(40, 80, spectro_add_service);

		spectro_mouse(fixture, "press", corners[i][0], corners[i][1]);
		spectro_mouse(fixture, "drag", 6, 20);
		spectro_mouse(fixture, "drag", corners[i][2], corners[i][3]);
		spectro_mouse(fixture, "release", corners[i][2], corners[i][3]);
		assert_string_equal(app_top(fixture->app)->pane->view->id, "traces_list");
		assert_int_equal(query_rows(app_top(fixture->app)->pane->query),
				 spectro_count(fixture, T0 + 4 * PERIOD, T0 + 10 * PERIOD, MS, 100 * MS));
		spectro_fixture_free(fixture);
	}
}

static void feed_later(struct spectro_fixture *fixture, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		char text[64];

		snprintf(text, sizeof(text), ">:%u:later::", 5000 + i);
		feed_marker(fixture->engine, 100, 100, T0 + i * PERIOD, text);
		text[0] = '<';
		feed_marker(fixture->engine, 100, 100, T0 + i * PERIOD + MS, text);
	}
	fixture->now = T0 + to * PERIOD;
	spectro_settle(fixture);
}

/* Live: rows come while the button is down, and what is under the mouse stays. */
static void the_picture_stands_still_while_it_is_dragged(void **state)
{
	struct spectro_fixture *fixture = with_halves(40, 80, spectro_add_service);
	struct spectrogram *spectrogram = spectro_pane(fixture);
	struct cell *before;
	size_t size;
	long place;

	(void)state;
	spectro_type(fixture, "'m'");
	spectro_mouse(fixture, "press", 4, 14);
	spectro_mouse(fixture, "drag", 9, 41);
	place = spectrogram->area.row + (9 - spectro_top(spectrogram)) / 2;
	size = (size_t)fixture->cells.columns * 12 * sizeof(*before);
	before = malloc(size);
	assert_non_null(before);
	/* the lines from the first row on */
	memcpy(before, fixture->cells.grid + (place - 4) * fixture->cells.columns, size);
	feed_later(fixture, 24, 124);
	assert_int_equal(spectrum_rows(spectrogram->pane.query), 124);
	assert_memory_equal(before, fixture->cells.grid + (place - 4) * fixture->cells.columns, size);
	free(before);
	spectro_mouse(fixture, "release", 9, 41);
	assert_int_equal(query_rows(app_top(fixture->app)->pane->query),
			 spectro_count(fixture, T0 + 4 * PERIOD, T0 + 10 * PERIOD, MS, 100 * MS));
	/* it still shows the cursor when the rectangle is dropped, and then goes on where it is told */
	spectro_type(fixture, "Backspace Esc Esc End");
	assert_int_equal(spectro_top(spectrogram), 124 - spectro_height(spectrogram));
	spectro_fixture_free(fixture);
}

static void a_click_while_marked_keeps_the_picture(void **state)
{
	struct spectro_fixture *fixture = with_halves(24, 80, spectro_add_service);
	struct spectrogram *spectrogram = spectro_pane(fixture);
	struct spectro_area area;
	long top;

	(void)state;
	spectro_type(fixture, "Up 'v' Up Left");
	top = spectro_top(spectrogram);
	feed_later(fixture, 24, 60);
	assert_int_equal(spectro_top(spectrogram), top);
	spectro_mouse(fixture, "press", 10, 20);
	assert_int_equal(spectro_top(spectrogram), top);
	assert_true(spectro_selected(spectrogram, &area));
	assert_true(area.first <= 10 && area.last >= 10 && area.last - area.first == 1);
	spectro_fixture_free(fixture);
}

/* ---- zoom ---- */

static void z_zooms_in_to_what_is_marked(void **state)
{
	struct spectro_fixture *fixture = with_halves(24, 80, spectro_add_service);
	struct spectrogram *spectrogram = spectro_pane(fixture);
	unsigned wide = spectrogram->axis.per_decade;

	(void)state;
	spectro_type(fixture, "'z'");
	assert_int_equal(spectrogram->axis.per_decade, wide);   /* nothing is marked */
	/* 1 ms to 100 ms: two decades of 32 columns fit into 71 */
	spectro_mouse(fixture, "press", 20, spectro_axis_column(&spectrogram->axis, spectrum_bucket(2 * MS)));
	spectro_type(fixture, "'z'");
	assert_int_equal(spectrogram->axis.per_decade, 32);
	assert_true(spectrogram->axis.decade <= 6 && spectrogram->axis.decade * 32 + spectrogram->axis.columns >= 7 * 32);
	spectro_check_drill(fixture);
	spectro_type(fixture, "'Z'");
	assert_int_equal(spectrogram->axis.per_decade, wide);
	spectro_type(fixture, "'Z'");
	assert_int_equal(spectrogram->axis.decade, 0);
	spectro_fixture_free(fixture);
}

static void check_rows(struct spectro_fixture *fixture, uint64_t length, size_t rows)
{
	const struct query *query = spectro_pane(fixture)->pane.query;

	assert_int_equal(spectrum_rows(query), rows);
	for (size_t i = 0; i < rows; i++) {
		const struct spectrum_row *row = spectrum_row(query, i);
		struct spectro_area all = { i, i, 0, SPECTRUM_BUCKETS - 1 };

		assert_int_equal(row->to - row->from, length);
		assert_int_equal(spectro_stats(spectro_pane(fixture), &all).count,
				 spectro_count(fixture, row->from, row->to, 0, UINT64_MAX));
	}
}

static void t_makes_rows_shorter_and_longer(void **state)
{
	struct spectro_fixture *fixture = with_halves(24, 80, spectro_add_service);

	(void)state;
	check_rows(fixture, PERIOD, 24);
	spectro_type(fixture, "'T'");
	check_rows(fixture, SECOND, 12);
	spectro_type(fixture, "Up");
	spectro_check_drill(fixture);
	/* the last span ends 499 ms into the last half second */
	spectro_type(fixture, "'ttt'");
	check_rows(fixture, 100 * MS, 120);
	spectro_type(fixture, "Up");
	spectro_check_drill(fixture);
	spectro_type(fixture, "'tttttt'");
	assert_int_equal(spectrum_row(spectro_pane(fixture)->pane.query, 0)->to -
			 spectrum_row(spectro_pane(fixture)->pane.query, 0)->from, 10 * MS);
	spectro_type(fixture, "'TTTTTTTTTTTTTTTT'");
	check_rows(fixture, 60 * SECOND, 1);
	spectro_fixture_free(fixture);
}

/* ---- sizes ---- */

/* Whatever the size, nothing is drawn outside the box. */
static void no_size_breaks_it(void **state)
{
	struct spectro_fixture *fixture = with_halves(24, 80, spectro_add_service);

	(void)state;
	spectro_type(fixture, "Up 'v' Left*3 Up*3");
	for (int rows = 0; rows < 14; rows++) {
		for (int columns = 0; columns < 130; columns += columns < 24 ? 1 : 35) {
			struct pane *pane = &spectro_pane(fixture)->pane;
			struct box box = { 1, 2, rows, columns };
			struct cells cells;

			assert_int_equal(cells_init(&cells), 0);
			assert_int_equal(cells_resize(&cells, rows + 2, columns + 4), 0);
			cells.colors = 1 << 24;
			cells_fill(&cells, (struct box){ 0, 0, rows + 2, columns + 4 }, STYLE_ERROR);
			pane->operations->draw(pane, &cells, box);
			for (int i = 0; i < (rows + 2) * (columns + 4); i++) {
				int row = i / (columns + 4), column = i % (columns + 4);

				if (row < 1 || row > rows || column < 2 || column >= columns + 2)
					assert_int_equal(cells.grid[i].style, STYLE_ERROR);
			}
			pane->operations->key(fixture->app, pane, K_DOWN);
			pane->operations->key(fixture->app, pane, K_PAGE_UP);
			pane->operations->key(fixture->app, pane, K_END);
			cells_fini(&cells);
		}
	}
	spectro_fixture_free(fixture);
}

static void a_resize_draws_from_the_data(void **state)
{
	struct spectro_fixture *fixture = with_halves(40, 120, add_counts);

	(void)state;
	spectro_type(fixture, "'m' Resize:20x5 Resize:60x18");
	expect_cell(cell_of(fixture, 2, MS), UPPER, heat(3), heat(40));
	spectro_type(fixture, "Resize:20x8");
	expect_cell(cell_of(fixture, 0, MS), UPPER, heat(500), STYLE_HEAT);
	spectro_fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_two_rows),
		cmocka_unit_test(the_styles_of_both_halves_are_in_the_dump),
		cmocka_unit_test(elsewhere_a_line_is_a_row),
		cmocka_unit_test(marks_stand_at_the_percentiles),
		cmocka_unit_test(marks_are_letters_in_ascii),
		cmocka_unit_test(the_readout_tells_range_time_count_and_share),
		cmocka_unit_test(every_cell_by_keys_opens_what_it_counts),
		cmocka_unit_test(a_rectangle_of_rows_may_begin_amid_a_line),
		cmocka_unit_test(a_drag_takes_whole_lines_in_any_direction),
		cmocka_unit_test(the_picture_stands_still_while_it_is_dragged),
		cmocka_unit_test(a_click_while_marked_keeps_the_picture),
		cmocka_unit_test(z_zooms_in_to_what_is_marked),
		cmocka_unit_test(t_makes_rows_shorter_and_longer),
		cmocka_unit_test(no_size_breaks_it),
		cmocka_unit_test(a_resize_draws_from_the_data),
	};

	return cmocka_run_group_tests_name("spectrogram, halves", tests, NULL, NULL);
}
