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
#include "src/ui/terminal_headless.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"

#define T0 1700000000000000000ull     /* 2023-11-14 22:13:20 UTC, the beginning of a row */
#define US 1000ull
#define MS (1000 * US)
#define SECOND (1000 * MS)
#define PERIOD (500 * MS)
#define SPANS_MAX 2000

struct span_data {
	uint64_t end, duration;
};

struct marker_data {
	uint64_t time;
	unsigned span;
	bool exit;
};

struct fixture {
	struct span_data spans[SPANS_MAX];
	unsigned count;
	struct engine *engine;
	struct app *app;
	struct terminal *terminal;
	struct cells cells;
	uint64_t now;
};

/* ---- the data ---- */

static void add_span(struct fixture *fixture, uint64_t end, uint64_t duration)
{
	assert_true(fixture->count < SPANS_MAX);
	fixture->spans[fixture->count++] = (struct span_data){ end, duration };
}

/* 12 s: a crowd about 1 ms that grows, some about 100 ms, one of 2 s every 2 s; nothing between 5 s and 6 s. */
static void add_service(struct fixture *fixture)
{
	for (unsigned row = 0; row < 24; row++) {
		uint64_t start = T0 + row * PERIOD;

		if (row == 10 || row == 11)
			continue;
		for (unsigned i = 0; i < 10 + row; i++)
			add_span(fixture, start + i * 7 * MS, 800 * US + i * 37 * US);
		for (unsigned i = 0; i < 3; i++)
			add_span(fixture, start + 300 * MS + i * MS, 80 * MS + i * 30 * MS);
		if (row % 4 == 3)
			add_span(fixture, start + 499 * MS, 2 * SECOND);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct marker_data *first = a, *second = b;

	if (first->time != second->time)
		return first->time < second->time ? -1 : 1;
	return first->span < second->span ? -1 : first->span > second->span;
}

static void feed_one(struct fixture *fixture, const struct marker_data *marker, const char *tags)
{
	char text[64];

	snprintf(text, sizeof(text), "%c:%u:%s::", marker->exit ? '<' : '>', marker->span + 1, tags);
	feed_marker(fixture->engine, 100, 100, marker->time, text);
}

/* Every span has a child that takes as long: a spectrogram of traces must not count it, nor its list show it. */
static void feed_spans(struct fixture *fixture)
{
	struct marker_data *markers = calloc(fixture->count + 1, 2 * sizeof(*markers));

	assert_non_null(markers);
	for (unsigned i = 0; i < fixture->count; i++) {
		const struct span_data *span = &fixture->spans[i];

		markers[2 * i] = (struct marker_data){ span->end - span->duration, i, false };
		markers[2 * i + 1] = (struct marker_data){ span->end, i, true };
	}
	qsort(markers, 2 * fixture->count, sizeof(*markers), by_time);
	for (unsigned i = 0; i < 2 * fixture->count; i++) {
		feed_one(fixture, &markers[i], markers[i].exit ? "request.part" : "request");
		feed_one(fixture, &markers[i], markers[i].exit ? "request" : "request.part");
	}
	free(markers);
}

static uint64_t count_in(const struct fixture *fixture, uint64_t from, uint64_t to, uint64_t low, uint64_t high)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < fixture->count; i++) {
		const struct span_data *span = &fixture->spans[i];

		count += span->end >= from && span->end < to && span->duration >= low && span->duration < high;
	}
	return count;
}

/* ---- the application ---- */

static void settle(struct fixture *fixture)
{
	int rows, columns;

	do
		app_tick(fixture->app, fixture->now);
	while (app_next_tick(fixture->app) <= fixture->now);
	fixture->terminal->operations->size(fixture->terminal, &rows, &columns);
	assert_int_equal(cells_resize(&fixture->cells, rows, columns), 0);
	app_draw(fixture->app, &fixture->cells);
}

static void type(struct fixture *fixture, const char *script)
{
	struct key_event event;

	assert_int_equal(terminal_headless_type(fixture->terminal, script), 0);
	while (!terminal_headless_done(fixture->terminal)) {
		if (fixture->terminal->operations->key(fixture->terminal, &event) > 0)
			app_key(fixture->app, &event, fixture->now);
		settle(fixture);
	}
	assert_null(terminal_headless_error(fixture->terminal));
}

static struct spectrogram *top(const struct fixture *fixture)
{
	struct pane *pane = app_top(fixture->app)->pane;

	assert_int_equal(pane->view->kind, VIEW_SPECTROGRAM);
	return (struct spectrogram *)pane;
}

static void open_app(struct fixture *fixture, int rows, int columns)
{
	struct app_options options = { .views = builtin_views(), .view = "spectro_traces", .refresh = SECOND };
	struct filter_error error;

	setenv("TZ", "UTC", 1);
	fixture->now = T0 + 12 * SECOND;
	fixture->app = app_new(fixture->engine, &options, NULL, &error);
	if (!fixture->app)
		fail_msg("%s", error.text);
	fixture->terminal = terminal_headless_new(rows, columns, NULL);
	assert_non_null(fixture->terminal);
	settle(fixture);
}

static struct fixture *fixture_new(int rows, int columns, void (*fill)(struct fixture *fixture))
{
	struct engine_options options = { .memory = 16 << 20 };
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->engine = engine_new(&options);
	assert_non_null(fixture->engine);
	assert_int_equal(cells_init(&fixture->cells), 0);
	if (fill)
		fill(fixture);
	feed_spans(fixture);
	open_app(fixture, rows, columns);
	return fixture;
}

static void fixture_free(struct fixture *fixture)
{
	app_free(fixture->app);
	engine_free(fixture->engine);
	fixture->terminal->operations->close(fixture->terminal);
	cells_fini(&fixture->cells);
	free(fixture);
}

static bool on_screen(const struct fixture *fixture, const char *text)
{
	char *dump = cells_dump(&fixture->cells, 0);
	bool found = strstr(dump, text);

	free(dump);
	return found;
}

static void expect_on_screen(const struct fixture *fixture, const char *text)
{
	char *dump = cells_dump(&fixture->cells, 0);

	if (!strstr(dump, text))
		fail_msg("'%s' is not on the screen:\n%s", text, dump);
	free(dump);
}

/* The pane alone, so that nothing around it matters. */
static void expect_golden(struct fixture *fixture, int rows, int columns, bool styles, const char *name)
{
	struct pane *pane = &top(fixture)->pane;
	char path[200], expected[32768] = "";
	struct cells cells;
	char *dump;
	FILE *file;

	assert_int_equal(cells_init(&cells), 0);
	assert_int_equal(cells_resize(&cells, rows, columns), 0);
	pane->operations->draw(pane, &cells, (struct box){ 0, 0, rows, columns });
	dump = cells_dump(&cells, styles);
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
	struct fixture *fixture = fixture_new(40, 120, add_service);
	struct query *query = top(fixture)->pane.query;

	(void)state;
	assert_int_equal(spectrum_rows(query), 24);
	for (size_t i = 0; i < 24; i++) {
		const struct spectrum_row *row = spectrum_row(query, i);
		struct spectro_area all = { i, i, 0, SPECTRUM_BUCKETS - 1 };

		assert_true(row->from == T0 + i * PERIOD && row->to == row->from + PERIOD);
		assert_int_equal(spectro_stats(top(fixture), &all).count,
				 count_in(fixture, row->from, row->to, 0, UINT64_MAX));
	}
	fixture_free(fixture);
}

static void percentiles_are_those_of_the_buckets(void **state)
{
	struct fixture *fixture = fixture_new(40, 120, add_service);
	struct spectro_area all = { 0, 23, 0, SPECTRUM_BUCKETS - 1 };
	struct spectro_stats stats = spectro_stats(top(fixture), &all);
	uint64_t total = fixture->count;

	(void)state;
	assert_int_equal(stats.count, total);
	/* at least half (99 %) lie at or below, and less than that below */
	assert_true(count_in(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p50 + 1)) * 2 >= total);
	assert_true(count_in(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p50)) * 2 < total);
	assert_true(count_in(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p99 + 1)) * 100 >= total * 99);
	assert_true(count_in(fixture, 0, UINT64_MAX, 0, spectrum_bound(stats.p99)) * 100 < total * 99);
	fixture_free(fixture);
}

static void the_range_fits_the_data_until_asked_for_all(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, add_service);

	(void)state;
	/* 100 us to 10 s has the data: five decades, 71 columns, 14 to a decade */
	assert_int_equal(top(fixture)->axis.decade, 5);
	assert_int_equal(top(fixture)->axis.per_decade, 14);
	assert_false(on_screen(fixture, "|1ns"));
	expect_on_screen(fixture, "|1ms");
	type(fixture, "'z'");
	assert_int_equal(top(fixture)->axis.decade, 0);
	assert_int_equal(top(fixture)->axis.per_decade, 6);
	expect_on_screen(fixture, "|1ns");
	type(fixture, "'z'");
	assert_int_equal(top(fixture)->axis.decade, 5);
	fixture_free(fixture);
}

static void goldens(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, add_service);

	(void)state;
	expect_golden(fixture, 24, 80, true, "spectrogram-80x24");
	expect_golden(fixture, 40, 120, false, "spectrogram-120x40");
	expect_golden(fixture, 5, 20, false, "spectrogram-20x5");
	type(fixture, "Up*30 Left*80 Right*11 'v' Down*4 Right*14");
	expect_golden(fixture, 24, 80, false, "spectrogram-selection-80x24");
	top(fixture)->pane.ascii = true;
	expect_golden(fixture, 24, 80, false, "spectrogram-ascii-80x24");
	fixture_free(fixture);
}

static void nothing_counted_is_said(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, NULL);

	(void)state;
	expect_on_screen(fixture, "Nothing counted yet");
	type(fixture, "Up Left Enter 'v' 'z' PgUp End Home ShiftDown Mouse:press:5,30 Mouse:drag:6,40 Mouse:release:6,40 "
		      "Mouse:double:5,30 Mouse:up:5,30");
	expect_on_screen(fixture, "Nothing counted yet");
	fixture_free(fixture);
}

/* ---- selections ---- */

/* Checks the selection's read-out against the data, opens it, checks the list's rows, and goes back. */
static void check_drill(struct fixture *fixture)
{
	struct spectrogram *spectrogram = top(fixture);
	struct spectro_area area;
	uint64_t expected, from, to, low, high;
	struct pane *list;
	char text[64];

	assert_true(spectro_selected(spectrogram, &area));
	from = spectrum_row(spectrogram->pane.query, area.first)->from;
	to = spectrum_row(spectrogram->pane.query, area.last)->to;
	low = spectrum_bound(area.low);
	high = spectrum_bound(area.high + 1);
	expected = count_in(fixture, from, to, low, high);
	snprintf(text, sizeof(text), "%s %llu  ", spectrogram->marking ? "selected" : "cell",
		 (unsigned long long)expected);
	expect_on_screen(fixture, text);
	type(fixture, "Enter");
	list = app_top(fixture->app)->pane;
	if (!expected) {
		assert_ptr_equal(list, &spectrogram->pane);
		return;
	}
	assert_string_equal(list->view->id, "traces_list");
	assert_int_equal(query_rows(list->query), expected);
	type(fixture, "Backspace");
	assert_ptr_equal(app_top(fixture->app)->pane, &spectrogram->pane);
}

static void the_first_arrow_shows_the_cursor_on_data(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, add_service);
	struct spectro_area area;

	(void)state;
	assert_false(spectro_selected(top(fixture), &area));
	expect_on_screen(fixture, "in view ");
	type(fixture, "Up");
	assert_true(spectro_selected(top(fixture), &area));
	assert_int_equal(area.first, 23);
	assert_true(spectro_stats(top(fixture), &area).count > 0);
	check_drill(fixture);
	type(fixture, "Esc");
	assert_false(spectro_selected(top(fixture), &area));
	fixture_free(fixture);
}

static void every_cell_opens_what_it_counts(void **state)
{
	struct fixture *fixture = fixture_new(40, 80, add_service);

	(void)state;
	/* along a row and down a column */
	type(fixture, "Up Left*80");
	for (int i = 0; i < 71; i++) {
		check_drill(fixture);
		type(fixture, "Right");
	}
	type(fixture, "Left*56 Up*30");
	for (int i = 0; i < 24; i++) {
		check_drill(fixture);
		type(fixture, "Down");
	}
	fixture_free(fixture);
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
		struct fixture *fixture = fixture_new(sizes[size][0], sizes[size][1], add_service);

		for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
			type(fixture, scripts[i]);
			check_drill(fixture);
		}
		fixture_free(fixture);
	}
}

static void a_rectangle_over_all_counts_all(void **state)
{
	struct fixture *fixture = fixture_new(40, 100, add_service);
	struct spectro_area area;

	(void)state;
	type(fixture, "Up Left*99 Up*40 'v' Right*99 Down*40");
	assert_true(spectro_selected(top(fixture), &area));
	assert_int_equal(spectro_stats(top(fixture), &area).count, fixture->count);
	fixture_free(fixture);
}

static void the_label_and_filter_name_the_selection(void **state)
{
	struct fixture *fixture = fixture_new(40, 80, add_service);
	char filter[300], expected[300];

	(void)state;
	/* 14 columns to a decade from 100 us: columns 14 to 27 are 1 to 10 ms */
	type(fixture, "Up Left*80 Right*14 Up*40 'v' Right*13 Down*3");
	expect_on_screen(fixture, "1.00ms..10");
	top(fixture)->pane.operations->selection(&top(fixture)->pane, filter, sizeof(filter));
	snprintf(expected, sizeof(expected),
		 "(span.duration>=1000000 and span.duration<10000000) and (evt.rawtime>=%llu and evt.rawtime<%llu)", T0,
		 T0 + 2 * SECOND);
	assert_string_equal(filter, expected);
	type(fixture, "Enter");
	assert_non_null(app_top(fixture->app)->pane->label);
	assert_int_equal(strncmp(app_top(fixture->app)->pane->label, "1.00ms..10", 10), 0);
	fixture_free(fixture);
}

static void escape_drops_the_rectangle_then_the_cursor(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, add_service);
	struct spectro_area area;

	(void)state;
	type(fixture, "Up 'v' Right*3");
	assert_true(top(fixture)->marking);
	type(fixture, "Esc");
	assert_false(top(fixture)->marking);
	assert_true(spectro_selected(top(fixture), &area));
	type(fixture, "Esc");
	assert_false(spectro_selected(top(fixture), &area));
	fixture_free(fixture);
}

static void a_resize_keeps_the_rectangle_in_place(void **state)
{
	struct fixture *fixture = fixture_new(40, 120, add_service);
	struct spectro_area before, after;

	(void)state;
	type(fixture, "Up Left*120 Right*16 Up*8 'v' Right*15 Down*3");
	assert_true(spectro_selected(top(fixture), &before));
	type(fixture, "Resize:60x20 Resize:200x50 Resize:12x4 Resize:120x40");
	assert_true(spectro_selected(top(fixture), &after));
	assert_memory_equal(&before, &after, sizeof(before));
	check_drill(fixture);
	fixture_free(fixture);
}

/* ---- the mouse ---- */

/* Screen place of a row and a column of the picture. */
static void mouse(struct fixture *fixture, const char *kind, size_t row, unsigned column)
{
	const struct spectrogram *spectrogram = top(fixture);
	long blank = spectrogram->area.rows - (long)spectrum_rows(spectrogram->pane.query);
	char script[64];

	snprintf(script, sizeof(script), "Mouse:%s:%ld,%d", kind,
		 spectrogram->area.row + (blank > 0 ? blank : 0) + (long)row - (long)spectro_top(spectrogram),
		 spectrogram->area.column + (int)column);
	type(fixture, script);
}

static void a_click_moves_the_cursor(void **state)
{
	struct fixture *fixture = fixture_new(40, 80, add_service);
	struct spectro_area area;

	(void)state;
	mouse(fixture, "press", 5, 20);
	mouse(fixture, "release", 5, 20);
	assert_true(spectro_selected(top(fixture), &area));
	assert_int_equal(area.first, 5);
	assert_int_equal(area.last, 5);
	assert_int_equal(spectro_axis_column(&top(fixture)->axis, area.low), 20);
	assert_int_equal(spectro_axis_column(&top(fixture)->axis, area.high), 20);
	fixture_free(fixture);
}

static void a_drag_opens_the_rectangle(void **state)
{
	/* both ways: to the right and down, to the left and up */
	static const unsigned corners[][4] = { { 3, 14, 9, 41 }, { 9, 41, 3, 14 }, { 3, 41, 9, 14 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct fixture *fixture = fixture_new(40, 80, add_service);
		struct spectrogram *spectrogram = top(fixture);

		mouse(fixture, "press", corners[i][0], corners[i][1]);
		mouse(fixture, "drag", 5, 20);
		mouse(fixture, "drag", corners[i][2], corners[i][3]);
		mouse(fixture, "release", corners[i][2], corners[i][3]);
		assert_string_equal(app_top(fixture->app)->pane->view->id, "traces_list");
		/* rows 3 to 9, columns 14 to 41: 1 ms to 100 ms */
		assert_int_equal(query_rows(app_top(fixture->app)->pane->query),
				 count_in(fixture, T0 + 3 * PERIOD, T0 + 10 * PERIOD, MS, 100 * MS));
		type(fixture, "Backspace");
		assert_ptr_equal(app_top(fixture->app)->pane, &spectrogram->pane);
		fixture_free(fixture);
	}
}

static void a_drag_that_leaves_the_picture_ends_at_its_last_cell(void **state)
{
	struct fixture *fixture = fixture_new(40, 80, add_service);

	(void)state;
	mouse(fixture, "press", 3, 14);
	mouse(fixture, "drag", 9, 27);
	type(fixture, "Mouse:drag:39,2 Mouse:release:0,0");
	assert_string_equal(app_top(fixture->app)->pane->view->id, "traces_list");
	assert_int_equal(query_rows(app_top(fixture->app)->pane->query),
			 count_in(fixture, T0 + 3 * PERIOD, T0 + 10 * PERIOD, MS, 10 * MS));
	fixture_free(fixture);
}

static void a_double_click_opens_the_cell(void **state)
{
	struct fixture *fixture = fixture_new(40, 80, add_service);
	struct spectro_area area;

	(void)state;
	type(fixture, "Up");
	assert_true(spectro_selected(top(fixture), &area));
	type(fixture, "Esc");
	mouse(fixture, "press", area.first, spectro_axis_column(&top(fixture)->axis, area.low));
	mouse(fixture, "release", area.first, spectro_axis_column(&top(fixture)->axis, area.low));
	mouse(fixture, "double", area.first, spectro_axis_column(&top(fixture)->axis, area.low));
	assert_string_equal(app_top(fixture->app)->pane->view->id, "traces_list");
	fixture_free(fixture);
}

/* ---- time ---- */

static void add_a_minute(struct fixture *fixture)
{
	for (unsigned i = 0; i < 120; i++)
		add_span(fixture, T0 + i * PERIOD + 1, (i + 1) * MS);
}

static void paging_reaches_the_oldest_and_follows_the_newest(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, add_a_minute);
	size_t height = (size_t)top(fixture)->area.rows;

	(void)state;
	assert_int_equal(spectrum_rows(top(fixture)->pane.query), 120);
	assert_int_equal(spectro_top(top(fixture)), 120 - height);
	expect_on_screen(fixture, "22:14:19");
	type(fixture, "PgUp");
	assert_int_equal(spectro_top(top(fixture)), 120 - height - (height - 1));
	type(fixture, "Home");
	assert_int_equal(spectro_top(top(fixture)), 0);
	expect_on_screen(fixture, "22:13:20");
	type(fixture, "PgDn Mouse:up:10,40");
	assert_int_equal(spectro_top(top(fixture)), height - 1 - 3);
	type(fixture, "End");
	assert_true(top(fixture)->follow);
	fixture_free(fixture);
}

static void new_rows_come_at_the_bottom(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, add_a_minute);
	struct spectro_area before, after;
	size_t height = (size_t)top(fixture)->area.rows;

	(void)state;
	type(fixture, "Up");
	assert_true(spectro_selected(top(fixture), &before));
	/* the cursor stays where it is in time, and in view */
	for (unsigned i = 120; i < 220; i++) {
		char text[64];

		snprintf(text, sizeof(text), ">:%u:later::", 1000 + i);
		feed_marker(fixture->engine, 100, 100, T0 + i * PERIOD, text);
		text[0] = '<';
		feed_marker(fixture->engine, 100, 100, T0 + i * PERIOD + MS, text);
	}
	fixture->now = T0 + 111 * SECOND;
	settle(fixture);
	assert_int_equal(spectrum_rows(top(fixture)->pane.query), 220);
	assert_true(spectro_selected(top(fixture), &after));
	assert_int_equal(before.first, after.first);
	assert_int_equal(spectro_top(top(fixture)), after.first);
	type(fixture, "Esc End");
	assert_int_equal(spectro_top(top(fixture)), 220 - height);
	fixture_free(fixture);
}

static void no_size_breaks_it(void **state)
{
	struct fixture *fixture = fixture_new(24, 80, add_service);

	(void)state;
	type(fixture, "Up 'v' Left*3 Up*3");
	for (int rows = 0; rows < 12; rows++) {
		for (int columns = 0; columns < 80; columns += columns < 14 ? 1 : 13) {
			struct pane *pane = &top(fixture)->pane;
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
	fixture_free(fixture);
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
