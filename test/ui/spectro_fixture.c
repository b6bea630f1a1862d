#include "spectro_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/ui/app_private.h"
#include "src/ui/terminal_headless.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"

struct marker_data {
	uint64_t time;
	unsigned span;
	bool exit;
};

/* ---- the data ---- */

void spectro_add_span(struct spectro_fixture *fixture, uint64_t end, uint64_t duration)
{
	assert_true(fixture->count < SPANS_MAX);
	fixture->spans[fixture->count++] = (struct spectro_span){ end, duration };
}

/* 12 s: a crowd about 1 ms that grows, some about 100 ms, one of 2 s every 2 s; nothing between 5 s and 6 s. */
void spectro_add_service(struct spectro_fixture *fixture)
{
	for (unsigned row = 0; row < 24; row++) {
		uint64_t start = T0 + row * PERIOD;

		if (row == 10 || row == 11)
			continue;
		for (unsigned i = 0; i < 10 + row; i++)
			spectro_add_span(fixture, start + i * 7 * MS, 800 * US + i * 37 * US);
		for (unsigned i = 0; i < 3; i++)
			spectro_add_span(fixture, start + 300 * MS + i * MS, 80 * MS + i * 30 * MS);
		if (row % 4 == 3)
			spectro_add_span(fixture, start + 499 * MS, 2 * SECOND);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct marker_data *first = a, *second = b;

	if (first->time != second->time)
		return first->time < second->time ? -1 : 1;
	return first->span < second->span ? -1 : first->span > second->span;
}

static void feed_one(struct spectro_fixture *fixture, const struct marker_data *marker, const char *tags)
{
	char text[64];

	snprintf(text, sizeof(text), "%c:%u:%s::", marker->exit ? '<' : '>', marker->span + 1, tags);
	feed_marker(fixture->engine, 100, 100, marker->time, text);
}

/* Every span has a child that takes as long: a spectrogram of traces must not count it, nor its list show it. */
static void feed_spans(struct spectro_fixture *fixture)
{
	struct marker_data *markers = calloc(fixture->count + 1, 2 * sizeof(*markers));

	assert_non_null(markers);
	for (unsigned i = 0; i < fixture->count; i++) {
		const struct spectro_span *span = &fixture->spans[i];

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

uint64_t spectro_count(const struct spectro_fixture *fixture, uint64_t from, uint64_t to, uint64_t low, uint64_t high)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < fixture->count; i++) {
		const struct spectro_span *span = &fixture->spans[i];

		count += span->end >= from && span->end < to && span->duration >= low && span->duration < high;
	}
	return count;
}

/* ---- the application ---- */

void spectro_settle(struct spectro_fixture *fixture)
{
	int rows, columns;

	do
		app_tick(fixture->app, fixture->now);
	while (app_next_tick(fixture->app) <= fixture->now);
	fixture->terminal->operations->size(fixture->terminal, &rows, &columns);
	assert_int_equal(cells_resize(&fixture->cells, rows, columns), 0);
	app_draw(fixture->app, &fixture->cells);
}

void spectro_type(struct spectro_fixture *fixture, const char *script)
{
	struct key_event event;

	assert_int_equal(terminal_headless_type(fixture->terminal, script), 0);
	while (!terminal_headless_done(fixture->terminal)) {
		if (fixture->terminal->operations->key(fixture->terminal, &event) > 0)
			app_key(fixture->app, &event, fixture->now);
		spectro_settle(fixture);
	}
	assert_null(terminal_headless_error(fixture->terminal));
}

struct spectrogram *spectro_pane(const struct spectro_fixture *fixture)
{
	struct pane *pane = app_top(fixture->app)->pane;

	assert_int_equal(pane->view->kind, VIEW_SPECTROGRAM);
	return (struct spectrogram *)pane;
}

static void open_app(struct spectro_fixture *fixture, int rows, int columns)
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
	spectro_settle(fixture);
}

struct spectro_fixture *spectro_fixture_new(int rows, int columns, void (*fill)(struct spectro_fixture *fixture))
{
	struct engine_options options = { .memory = 16 << 20 };
	struct spectro_fixture *fixture = calloc(1, sizeof(*fixture));

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

void spectro_fixture_free(struct spectro_fixture *fixture)
{
	app_free(fixture->app);
	engine_free(fixture->engine);
	fixture->terminal->operations->close(fixture->terminal);
	cells_fini(&fixture->cells);
	free(fixture);
}

bool spectro_on_screen(const struct spectro_fixture *fixture, const char *text)
{
	char *dump = cells_dump(&fixture->cells, 0);
	bool found = strstr(dump, text);

	free(dump);
	return found;
}

void spectro_expect(const struct spectro_fixture *fixture, const char *text)
{
	char *dump = cells_dump(&fixture->cells, 0);

	if (!strstr(dump, text))
		fail_msg("'%s' is not on the screen:\n%s", text, dump);
	free(dump);
}

/* ---- what a user does ---- */

/* Screen place of a row and a column of the picture. */
void spectro_mouse(struct spectro_fixture *fixture, const char *kind, size_t row, unsigned column)
{
	const struct spectrogram *spectrogram = spectro_pane(fixture);
	char script[64];

	snprintf(script, sizeof(script), "Mouse:%s:%ld,%d", kind,
		 spectrogram->area.row + ((long)row - spectro_top(spectrogram)) / (long)spectro_line_rows(spectrogram),
		 spectrogram->area.column + (int)column);
	spectro_type(fixture, script);
}

/* Checks the selection's read-out against the data, opens it, checks the list's rows, and goes back. */
void spectro_check_drill(struct spectro_fixture *fixture)
{
	struct spectrogram *spectrogram = spectro_pane(fixture);
	struct spectro_area area;
	uint64_t expected, from, to, low, high;
	struct pane *list;
	char text[64];

	assert_true(spectro_selected(spectrogram, &area));
	from = spectrum_row(spectrogram->pane.query, area.first)->from;
	to = spectrum_row(spectrogram->pane.query, area.last)->to;
	low = spectrum_bound(area.low);
	high = spectrum_bound(area.high + 1);
	expected = spectro_count(fixture, from, to, low, high);
	snprintf(text, sizeof(text), "%s %llu  ", spectrogram->marking ? "selected" : "cell",
		 (unsigned long long)expected);
	spectro_expect(fixture, text);
	spectro_type(fixture, "Enter");
	list = app_top(fixture->app)->pane;
	if (!expected) {
		assert_ptr_equal(list, &spectrogram->pane);
		return;
	}
	assert_string_equal(list->view->id, "traces_list");
	assert_int_equal(query_rows(list->query), expected);
	spectro_type(fixture, "Backspace");
	assert_ptr_equal(app_top(fixture->app)->pane, &spectrogram->pane);
}
