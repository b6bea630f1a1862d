/* The spectrogram in the real application over a real engine: what it draws, and that a selection opens exactly what
 * it counts. What is expected is counted here from the list of spans that was fed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/ui/app_private.h"
#include "src/ui/spectro_axis.h"
#include "src/ui/spectrogram.h"
#include "spectro_fixture.h"
#include "test/unit/feed.h"

/* The pane alone, so that nothing around it matters. */
static void expect_golden(struct spectro_fixture *fixture, int rows, int columns, const char *name)
{
	struct pane *pane = &spectro_pane(fixture)->pane;
	char path[200], expected[32768] = "";
	struct cells cells;
	char *dump;
	FILE *file;

	assert_int_equal(cells_init(&cells), 0);
	assert_int_equal(cells_resize(&cells, rows, columns), 0);
	pane->operations->draw(pane, &cells, (struct box){ 0, 0, rows, columns });
	dump = cells_dump(&cells, 0);
	cells_fini(&cells);
	snprintf(path, sizeof(path), "test/ui/golden/%s.txt", name);
	file = fopen(path, getenv("UPDATE_GOLDEN") ? "w+" : "r");
	assert_non_null(file);
	if (getenv("UPDATE_GOLDEN")) {
		fputs(dump, file);
		rewind(file);
	}
	expected[fread(expected, 1, sizeof(expected) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(dump, expected);
	free(dump);
}

/* ---- axes and shades ---- */

static void columns_are_whole_buckets_and_decades_begin_at_their_edges(void **state)
{
	(void)state;
	for (unsigned columns = 1; columns <= 400; columns++) {
		for (unsigned first = 0; first < SPECTRUM_DECADES; first++) {
			for (unsigned last = first; last < SPECTRUM_DECADES; last++) {
				struct spectro_axis axis = spectro_axis_fit(columns, first, last);
				unsigned next = axis.decade * SPECTRUM_PER_DECADE;

				assert_in_range(axis.columns, 1, columns);
				for (unsigned column = 0; column < axis.columns; column++) {
					unsigned low = spectro_axis_low(&axis, column);
					unsigned high = spectro_axis_high(&axis, column);

					assert_int_equal(low, next);
					assert_true(high >= low && high < SPECTRUM_BUCKETS);
					assert_int_equal(spectro_axis_column(&axis, low), column);
					assert_int_equal(spectro_axis_column(&axis, high), column);
					if (column % axis.per_decade == 0)
						assert_int_equal(low % SPECTRUM_PER_DECADE, 0);
					next = high + 1;
				}
				/* what was asked for is there if every decade gets a column */
				if (columns >= last - first + 1) {
					assert_true(axis.decade <= first);
					assert_true(next >= (last + 1) * SPECTRUM_PER_DECADE);
				}
			}
		}
	}
}

/* csysdig's formula: floor(log(2c + 1) / log(1.6)), 1 to 19. */
static void shades_follow_the_logarithm(void **state)
{
	(void)state;
	assert_int_equal(spectro_level(0), 0);
	for (uint64_t count = 1; count < 10000; count++) {
		double level = floor(log10(2.0 * (double)count + 1) / log10(1.6));

		assert_int_equal(spectro_level(count), level > 19 ? 19 : (unsigned)level);
	}
	assert_int_equal(spectro_level(UINT32_MAX), 19);
	for (unsigned level = 1; level < HEAT_LEVELS; level++)
		assert_true(spectro_character(level, true) > ' ' && spectro_character(level, true) < 0x7f);
	assert_int_equal(spectro_character(0, false), ' ');
	assert_int_equal(spectro_character(19, false), 0x2588);
}

static void labels_stand_where_their_decade_begins(void **state)
{
	static const char *const labels[] = { "|1ns", "|10ns", "|100ns", "|1us", "|10us", "|100us", "|1ms", "|10ms",
					      "|100ms", "|1s", "|10s" };

	(void)state;
	for (unsigned columns = 8; columns < 380; columns++) {
		struct spectro_axis axis = spectro_axis_fit(columns, 0, SPECTRUM_DECADES - 1);
		struct cells cells;
		unsigned seen = 0;
		char *text;

		assert_int_equal(cells_init(&cells), 0);
		assert_int_equal(cells_resize(&cells, 1, (int)columns), 0);
		spectro_axis_draw(&axis, &cells, 0, 0);
		text = cells_dump(&cells, 0);
		for (unsigned decade = 0; decade < SPECTRUM_DECADES; decade++) {
			char *at = strstr(text, labels[decade]);

			/* the last may be cut by the edge, to one like another's beginning */
			if (!at || !strchr(" |\n", at[strlen(labels[decade])]))
				continue;
			seen++;
			assert_int_equal(spectro_axis_low(&axis, (unsigned)(at - text)), decade * SPECTRUM_PER_DECADE);
		}
		assert_true(seen >= 1);
		if (columns >= SPECTRUM_DECADES * 7)
			assert_int_equal(seen, SPECTRUM_DECADES);
		free(text);
		cells_fini(&cells);
	}
}

/* ---- what is shown ---- */

static void rows_are_periods_and_gaps_stay(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 120, spectro_add_service);
	struct query *query = spectro_pane(fixture)->pane.query;

	(void)state;
	assert_int_equal(spectrum_rows(query), 24);
	for (size_t i = 0; i < 24; i++) {
		const struct spectrum_row *row = spectrum_row(query, i);
		struct spectro_area all = { i, i, 0, SPECTRUM_BUCKETS - 1 };

		assert_true(row->from == T0 + i * PERIOD && row->to == row->from + PERIOD);
		assert_int_equal(spectro_stats(spectro_pane(fixture), &all).count,
				 spectro_count(fixture, row->from, row->to, 0, UINT64_MAX));
	}
	spectro_fixture_free(fixture);
}

static void percentiles_are_those_of_the_buckets(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 120, spectro_add_service);
	struct spectro_area all = { 0, 23, 0, SPECTRUM_BUCKETS - 1 };
	struct spectro_stats stats = spectro_stats(spectro_pane(fixture), &all);
	uint64_t total = fixture->count;

	(void)state;
	assert_int_equal(stats.count, total);
	/* at least half (99 %) lie at or below, and less than that below */
	assert_true(spectro_count(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p50 + 1)) * 2 >= total);
	assert_true(spectro_count(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p50)) * 2 < total);
	assert_true(spectro_count(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p99 + 1)) * 100 >= total * 99);
	assert_true(spectro_count(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p99)) * 100 < total * 99);
	spectro_fixture_free(fixture);
}

static void the_range_fits_the_data_until_asked_for_all(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, spectro_add_service);

	(void)state;
	/* 100 us to 10 s has the data: five decades, 71 columns, 14 to a decade */
	assert_int_equal(spectro_pane(fixture)->axis.decade, 5);
	assert_int_equal(spectro_pane(fixture)->axis.per_decade, 14);
	assert_false(spectro_on_screen(fixture, "|1ns"));
	spectro_expect(fixture, "|1ms");
	spectro_type(fixture, "'Z'");
	assert_int_equal(spectro_pane(fixture)->axis.decade, 0);
	assert_int_equal(spectro_pane(fixture)->axis.per_decade, 6);
	spectro_expect(fixture, "|1ns");
	spectro_type(fixture, "'z'");
	assert_int_equal(spectro_pane(fixture)->axis.decade, 5);
	spectro_fixture_free(fixture);
}

static void goldens(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, spectro_add_service);

	(void)state;
	expect_golden(fixture, 24, 80, "spectrogram-80x24");
	expect_golden(fixture, 40, 120, "spectrogram-120x40");
	expect_golden(fixture, 5, 20, "spectrogram-20x5");
	spectro_type(fixture, "Up*30 Left*80 Right*11 'v' Down*4 Right*14");
	expect_golden(fixture, 24, 80, "spectrogram-selection-80x24");
	spectro_pane(fixture)->pane.ascii = true;
	expect_golden(fixture, 24, 80, "spectrogram-ascii-80x24");
	spectro_fixture_free(fixture);
}

static void nothing_counted_is_said(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, NULL);

	(void)state;
	spectro_expect(fixture, "Nothing counted yet");
	spectro_type(fixture, "Up Left Enter 'v' 'z' PgUp End Home ShiftDown Mouse:press:5,30 Mouse:drag:6,40 Mouse:release:6,40 "
		      "Mouse:double:5,30 Mouse:up:5,30");
	spectro_expect(fixture, "Nothing counted yet");
	spectro_fixture_free(fixture);
}

/* ---- selections ---- */

static void the_first_arrow_shows_the_cursor_on_data(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, spectro_add_service);
	struct spectro_area area;

	(void)state;
	assert_false(spectro_selected(spectro_pane(fixture), &area));
	spectro_expect(fixture, "in view ");
	spectro_type(fixture, "Up");
	assert_true(spectro_selected(spectro_pane(fixture), &area));
	assert_int_equal(area.first, 23);
	assert_true(spectro_stats(spectro_pane(fixture), &area).count > 0);
	spectro_check_drill(fixture);
	spectro_type(fixture, "Esc");
	assert_false(spectro_selected(spectro_pane(fixture), &area));
	spectro_fixture_free(fixture);
}

static void every_cell_opens_what_it_counts(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 80, spectro_add_service);

	(void)state;
	/* along a row and down a column */
	spectro_type(fixture, "Up Left*80");
	for (int i = 0; i < 71; i++) {
		spectro_check_drill(fixture);
		spectro_type(fixture, "Right");
	}
	spectro_type(fixture, "Left*56 Up*30");
	for (int i = 0; i < 24; i++) {
		spectro_check_drill(fixture);
		spectro_type(fixture, "Down");
	}
	spectro_fixture_free(fixture);
}

static void rectangles_open_what_they_count(void **state)
{
	static const char *const scripts[] = {
		"Esc*3 Up Left*80 Up*30 'v' Right*80 Down*30",            /* everything */
		"Esc*3 Up Left*80 Up*30 Right*14 'v' Right*13 Down*5",    /* one decade, the first 3 s */
		"Esc*3 Up Left*80 Up*11 'v' Right*80 Up*2",               /* about the gap, upwards */
		"Esc*3 Up Right*80 'v' Left*42 Up*3",                     /* to the left and up */
		"Esc*3 Up ShiftLeft*3 ShiftUp*7",
		"Esc*3 Up Up*3 ShiftUp ShiftDown*3 ShiftRight*50",
	};
	static const int sizes[][2] = { { 24, 80 }, { 40, 120 }, { 30, 61 }, { 24, 59 }, { 14, 20 }, { 60, 300 } };

	(void)state;
	for (size_t size = 0; size < sizeof(sizes) / sizeof(*sizes); size++) {
		struct spectro_fixture *fixture = spectro_fixture_new(sizes[size][0], sizes[size][1], spectro_add_service);

		for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
			spectro_type(fixture, scripts[i]);
			spectro_check_drill(fixture);
		}
		spectro_fixture_free(fixture);
	}
}

static void a_rectangle_over_all_counts_all(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 100, spectro_add_service);
	struct spectro_area area;

	(void)state;
	spectro_type(fixture, "Up Left*99 Up*40 'v' Right*99 Down*40");
	assert_true(spectro_selected(spectro_pane(fixture), &area));
	assert_int_equal(spectro_stats(spectro_pane(fixture), &area).count, fixture->count);
	spectro_fixture_free(fixture);
}

static void the_label_and_filter_name_the_selection(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 80, spectro_add_service);
	char filter[300], expected[300];

	(void)state;
	/* 14 columns to a decade from 100 us: columns 14 to 27 are 1 to 10 ms */
	spectro_type(fixture, "Up Left*80 Right*14 Up*40 'v' Right*13 Down*3");
	spectro_expect(fixture, "1.00ms..10");
	spectro_pane(fixture)->pane.operations->selection(&spectro_pane(fixture)->pane, filter, sizeof(filter));
	snprintf(expected, sizeof(expected),
		 "(span.duration>=1000000 and span.duration<10000000) and (evt.rawtime>=%llu and evt.rawtime<%llu)", T0,
		 T0 + 2 * SECOND);
	assert_string_equal(filter, expected);
	spectro_type(fixture, "Enter");
	assert_non_null(app_top(fixture->app)->pane->label);
	assert_int_equal(strncmp(app_top(fixture->app)->pane->label, "1.00ms..10", 10), 0);
	spectro_fixture_free(fixture);
}

static void escape_drops_the_rectangle_then_the_cursor(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, spectro_add_service);
	struct spectro_area area;

	(void)state;
	spectro_type(fixture, "Up 'v' Right*3");
	assert_true(spectro_pane(fixture)->marking);
	spectro_type(fixture, "Esc");
	assert_false(spectro_pane(fixture)->marking);
	assert_true(spectro_selected(spectro_pane(fixture), &area));
	spectro_type(fixture, "Esc");
	assert_false(spectro_selected(spectro_pane(fixture), &area));
	spectro_fixture_free(fixture);
}

static void a_resize_keeps_the_rectangle_in_place(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 120, spectro_add_service);
	struct spectro_area before, after;

	(void)state;
	spectro_type(fixture, "Up Left*120 Right*16 Up*8 'v' Right*15 Down*3");
	assert_true(spectro_selected(spectro_pane(fixture), &before));
	spectro_type(fixture, "Resize:60x20 Resize:200x50 Resize:12x4 Resize:120x40");
	assert_true(spectro_selected(spectro_pane(fixture), &after));
	assert_memory_equal(&before, &after, sizeof(before));
	spectro_check_drill(fixture);
	spectro_fixture_free(fixture);
}

/* ---- the mouse ---- */

static void a_click_moves_the_cursor(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 80, spectro_add_service);
	struct spectro_area area;

	(void)state;
	spectro_mouse(fixture, "press", 5, 20);
	spectro_mouse(fixture, "release", 5, 20);
	assert_true(spectro_selected(spectro_pane(fixture), &area));
	assert_int_equal(area.first, 5);
	assert_int_equal(area.last, 5);
	assert_int_equal(spectro_axis_column(&spectro_pane(fixture)->axis, area.low), 20);
	assert_int_equal(spectro_axis_column(&spectro_pane(fixture)->axis, area.high), 20);
	spectro_fixture_free(fixture);
}

static void a_drag_opens_the_rectangle(void **state)
{
	/* both ways: to the right and down, to the left and up */
	static const unsigned corners[][4] = { { 3, 14, 9, 41 }, { 9, 41, 3, 14 }, { 3, 41, 9, 14 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct spectro_fixture *fixture = spectro_fixture_new(40, 80, spectro_add_service);
		struct spectrogram *spectrogram = spectro_pane(fixture);

		spectro_mouse(fixture, "press", corners[i][0], corners[i][1]);
		spectro_mouse(fixture, "drag", 5, 20);
		spectro_mouse(fixture, "drag", corners[i][2], corners[i][3]);
		spectro_mouse(fixture, "release", corners[i][2], corners[i][3]);
		assert_string_equal(app_top(fixture->app)->pane->view->id, "traces_list");
		/* rows 3 to 9, columns 14 to 41: 1 ms to 100 ms */
		assert_int_equal(query_rows(app_top(fixture->app)->pane->query),
				 spectro_count(fixture, T0 + 3 * PERIOD, T0 + 10 * PERIOD, MS, 100 * MS));
		spectro_type(fixture, "Backspace");
		assert_ptr_equal(app_top(fixture->app)->pane, &spectrogram->pane);
		spectro_fixture_free(fixture);
	}
}

static void a_drag_that_leaves_the_picture_ends_at_its_last_cell(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 80, spectro_add_service);

	(void)state;
	spectro_mouse(fixture, "press", 3, 14);
	spectro_mouse(fixture, "drag", 9, 27);
	spectro_type(fixture, "Mouse:drag:39,2 Mouse:release:0,0");
	assert_string_equal(app_top(fixture->app)->pane->view->id, "traces_list");
	assert_int_equal(query_rows(app_top(fixture->app)->pane->query),
			 spectro_count(fixture, T0 + 3 * PERIOD, T0 + 10 * PERIOD, MS, 10 * MS));
	spectro_fixture_free(fixture);
}

static void a_double_click_opens_the_cell(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(40, 80, spectro_add_service);
	struct spectro_area area;

	(void)state;
	spectro_type(fixture, "Up");
	assert_true(spectro_selected(spectro_pane(fixture), &area));
	spectro_type(fixture, "Esc");
	spectro_mouse(fixture, "press", area.first, spectro_axis_column(&spectro_pane(fixture)->axis, area.low));
	spectro_mouse(fixture, "release", area.first, spectro_axis_column(&spectro_pane(fixture)->axis, area.low));
	spectro_mouse(fixture, "double", area.first, spectro_axis_column(&spectro_pane(fixture)->axis, area.low));
	assert_string_equal(app_top(fixture->app)->pane->view->id, "traces_list");
	spectro_fixture_free(fixture);
}

/* ---- time ---- */

static void add_a_minute(struct spectro_fixture *fixture)
{
	for (unsigned i = 0; i < 120; i++)
		spectro_add_span(fixture, T0 + i * PERIOD + 1, (i + 1) * MS);
}

static void paging_reaches_the_oldest_and_follows_the_newest(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, add_a_minute);
	size_t height = (size_t)spectro_pane(fixture)->area.rows;

	(void)state;
	assert_int_equal(spectrum_rows(spectro_pane(fixture)->pane.query), 120);
	assert_int_equal(spectro_top(spectro_pane(fixture)), 120 - height);
	spectro_expect(fixture, "22:14:19");
	spectro_type(fixture, "PgUp");
	assert_int_equal(spectro_top(spectro_pane(fixture)), 120 - height - (height - 1));
	spectro_type(fixture, "Home");
	assert_int_equal(spectro_top(spectro_pane(fixture)), 0);
	spectro_expect(fixture, "22:13:20");
	spectro_type(fixture, "PgDn Mouse:up:10,40");
	assert_int_equal(spectro_top(spectro_pane(fixture)), height - 1 - 3);
	spectro_type(fixture, "End");
	assert_true(spectro_pane(fixture)->follow);
	spectro_fixture_free(fixture);
}

static void new_rows_come_at_the_bottom(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, add_a_minute);
	struct spectro_area before, after;
	size_t height = (size_t)spectro_pane(fixture)->area.rows;

	(void)state;
	spectro_type(fixture, "Up");
	assert_true(spectro_selected(spectro_pane(fixture), &before));
	/* the cursor stays where it is in time, and in view */
	for (unsigned i = 120; i < 220; i++) {
		char text[64];

		snprintf(text, sizeof(text), ">:%u:later::", 1000 + i);
		feed_marker(fixture->engine, 100, 100, T0 + i * PERIOD, text);
		text[0] = '<';
		feed_marker(fixture->engine, 100, 100, T0 + i * PERIOD + MS, text);
	}
	fixture->now = T0 + 111 * SECOND;
	spectro_settle(fixture);
	assert_int_equal(spectrum_rows(spectro_pane(fixture)->pane.query), 220);
	assert_true(spectro_selected(spectro_pane(fixture), &after));
	assert_int_equal(before.first, after.first);
	assert_int_equal(spectro_top(spectro_pane(fixture)), after.first);
	spectro_type(fixture, "Esc End");
	assert_int_equal(spectro_top(spectro_pane(fixture)), 220 - height);
	spectro_fixture_free(fixture);
}

static void no_size_breaks_it(void **state)
{
	struct spectro_fixture *fixture = spectro_fixture_new(24, 80, spectro_add_service);

	(void)state;
	spectro_type(fixture, "Up 'v' Left*3 Up*3");
	for (int rows = 0; rows < 12; rows++) {
		for (int columns = 0; columns < 80; columns += columns < 14 ? 1 : 13) {
			struct pane *pane = &spectro_pane(fixture)->pane;
			struct cells cells;

			assert_int_equal(cells_init(&cells), 0);
			assert_int_equal(cells_resize(&cells, rows, columns), 0);
			pane->operations->draw(pane, &cells, (struct box){ 0, 0, rows, columns });
			pane->operations->key(fixture->app, pane, K_DOWN);
			pane->operations->key(fixture->app, pane, K_PAGE_UP);
			pane->operations->key(fixture->app, pane, K_END);
			cells_fini(&cells);
		}
	}
	spectro_fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_whole_buckets_and_decades_begin_at_their_edges),
		cmocka_unit_test(shades_follow_the_logarithm),
		cmocka_unit_test(labels_stand_where_their_decade_begins),
		cmocka_unit_test(rows_are_periods_and_gaps_stay),
		cmocka_unit_test(percentiles_are_those_of_the_buckets),
		cmocka_unit_test(the_range_fits_the_data_until_asked_for_all),
		cmocka_unit_test(goldens),
		cmocka_unit_test(nothing_counted_is_said),
		cmocka_unit_test(the_first_arrow_shows_the_cursor_on_data),
		cmocka_unit_test(every_cell_opens_what_it_counts),
		cmocka_unit_test(rectangles_open_what_they_count),
		cmocka_unit_test(a_rectangle_over_all_counts_all),
		cmocka_unit_test(the_label_and_filter_name_the_selection),
		cmocka_unit_test(escape_drops_the_rectangle_then_the_cursor),
		cmocka_unit_test(a_resize_keeps_the_rectangle_in_place),
		cmocka_unit_test(a_click_moves_the_cursor),
		cmocka_unit_test(a_drag_opens_the_rectangle),
		cmocka_unit_test(a_drag_that_leaves_the_picture_ends_at_its_last_cell),
		cmocka_unit_test(a_double_click_opens_the_cell),
		cmocka_unit_test(paging_reaches_the_oldest_and_follows_the_newest),
		cmocka_unit_test(new_rows_come_at_the_bottom),
		cmocka_unit_test(no_size_breaks_it),
	};

	return cmocka_run_group_tests_name("spectrogram", tests, NULL, NULL);
}
