/* The spectrogram: latency across, time down with the newest row at the bottom, counts as colours. A cursor picks
 * a cell, a mark or the mouse a rectangle, and Enter opens exactly what was counted there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_private.h"
#include "spectrogram.h"

#define WHEEL_LINES 3
#define ROW_NS 500000000ull   /* of a query that was told nothing */

static struct spectrogram *of(struct pane *pane)
{
	return (struct spectrogram *)pane;
}

static bool spectrogram_update(struct pane *pane, uint64_t now, uint64_t budget_ns)
{
	struct spectrogram *spectrogram = of(pane);
	bool more;

	(void)now;
	if (pane->paused)
		return false;
	more = pane_read(pane, budget_ns);
	if (!spectrum_rows(pane->query)) {
		/* cleared: there is nothing to point at */
		spectro_unmark(spectrogram);
		spectrogram->has_cursor = spectrogram->dragging = false;
		spectrogram->follow = true;
		return more;
	}
	spectro_scan_decades(spectrogram);
	/* new rows push the cursor's up: the picture stands still when it reaches the top */
	if (spectrogram->has_cursor && !spectrogram->held)
		spectro_show_cursor(spectrogram);
	return more;
}

/* ---- what keys do ---- */

static bool ready(struct spectrogram *spectrogram)
{
	return spectrum_rows(spectrogram->pane.query) && spectrogram->axis.columns;
}

/* Opens what was counted in the selection, in a list of it. */
static void drill(struct app *app, struct pane *pane)
{
	struct spectrogram *spectrogram = of(pane);
	unsigned depth = query_get_spec(pane->query)->depth;
	const char *id = pane->view->drilldown;
	const struct view *view;
	struct spectro_area area;
	char filter[512], label[80], *below;
	size_t length;

	if (!ready(spectrogram))
		return;
	if (!spectro_selected(spectrogram, &area)) {
		spectro_place_cursor(spectrogram);
		app_message(app, false, "Move with the arrows, mark with v or Shift, open with Enter");
		return;
	}
	if (!spectro_stats(spectrogram, &area).count) {
		app_message(app, false, "Nothing was counted there");
		return;
	}
	if (!id)
		id = "events";
	else if (!strcmp(id, "spans_list") && !depth)
		id = "traces_list";   /* roots have a list of their own */
	view = app_view(app, id);
	length = spectrum_filter(pane->query, area.first, area.last, area.low, area.high, filter, sizeof(filter));
	below = length && length < sizeof(filter) ? pane_below(pane, filter) : NULL;
	if (!view || !below) {
		free(below);
		app_message(app, true, "This spectrogram opens nothing");
		return;
	}
	spectro_range_text(area.low, area.high, label, sizeof(label));
	app_open(app, view, depth + pane->view->drilldown_deeper, below, label, NULL);
	free(below);
}

static void toggle_mark(struct app *app, struct pane *pane)
{
	struct spectrogram *spectrogram = of(pane);

	(void)app;
	if (!ready(spectrogram))
		return;
	if (!spectrogram->has_cursor)
		spectro_place_cursor(spectrogram);
	if (spectrogram->marking)
		spectro_unmark(spectrogram);
	else
		spectro_mark(spectrogram);
}

static void toggle_percentiles(struct app *app, struct pane *pane)
{
	struct spectrogram *spectrogram = of(pane);
	bool shown = spectrogram->marks == MARKS_ON || (spectrogram->marks == MARKS_AUTO && spectrogram->halves);

	spectrogram->marks = shown ? MARKS_OFF : MARKS_ON;
	app_message(app, false, shown ? "Percentiles are hidden" : "Each line marks its p50, p90 and p99");
}

static void zoom_in(struct app *app, struct pane *pane)
{
	struct spectrogram *spectrogram = of(pane);
	struct spectro_area area;

	if (spectrogram->range == RANGE_ALL) {
		spectrogram->range = RANGE_DATA;
		app_message(app, false, "Decades with data");
		return;
	}
	if (!ready(spectrogram) || !spectro_selected(spectrogram, &area)) {
		app_message(app, false, "Put the cursor on what to zoom in to, or mark it with v and the arrows");
		return;
	}
	spectrogram->range = RANGE_ZOOM;
	spectrogram->zoom_first = area.low / SPECTRUM_PER_DECADE;
	spectrogram->zoom_last = area.high / SPECTRUM_PER_DECADE;
}

static void zoom_out(struct app *app, struct pane *pane)
{
	struct spectrogram *spectrogram = of(pane);

	spectrogram->range = spectrogram->range == RANGE_ZOOM ? RANGE_DATA : RANGE_ALL;
	app_message(app, false, spectrogram->range == RANGE_ALL ? "1 ns to 100 s" : "Decades with data");
}

/* ---- how long a row is ---- */

static const uint64_t row_ms[] = { 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000 };
enum { ROW_LENGTHS = sizeof(row_ms) / sizeof(*row_ms) };

/* Counts anew what the recording holds: rows cannot be cut into shorter ones. */
static void set_row(struct app *app, struct pane *pane, uint64_t period)
{
	struct spectrogram *spectrogram = of(pane);
	struct query_spec spec = *query_get_spec(pane->query);
	struct level *level = app_top(app);
	struct filter_error error;
	struct query *query;
	size_t which;

	if (level->reread) {
		app_message(app, true, "The capture is longer than the recording: rows stay as long as they are");
		return;
	}
	spec.period = period;
	query = query_new(pane->engine, &spec, &error, &which);
	if (!query) {
		app_message(app, true, "%s", error.text);
		return;
	}
	query_free(pane->query);
	pane->query = query;
	spectro_unmark(spectrogram);
	spectrogram->has_cursor = spectrogram->dragging = false;
	spectrogram->follow = true;
	spectrogram->scanned = spectrogram->oldest = 0;
	level->caught_up = false;
	app->reading = level->tick_due = true;
	if (period < 1000000000)
		app_message(app, false, "A row is %llu ms", (unsigned long long)(period / 1000000));
	else
		app_message(app, false, "A row is %llu s", (unsigned long long)(period / 1000000000));
}

static uint64_t row_length(const struct pane *pane)
{
	uint64_t period = query_get_spec(pane->query)->period;

	return period ? period : ROW_NS;
}

static void shorter_rows(struct app *app, struct pane *pane)
{
	size_t i = ROW_LENGTHS;

	while (i && row_ms[i - 1] * 1000000 >= row_length(pane))
		i--;
	if (i)
		set_row(app, pane, row_ms[i - 1] * 1000000);
}

static void longer_rows(struct app *app, struct pane *pane)
{
	size_t i = 0;

	while (i < ROW_LENGTHS && row_ms[i] * 1000000 <= row_length(pane))
		i++;
	if (i < ROW_LENGTHS)
		set_row(app, pane, row_ms[i] * 1000000);
}

static const struct action actions[] = {
	{ { K_ENTER }, "Enter", "Open", "list what was counted under the cursor or in the rectangle", .run = drill },
	{ { 'v' }, "v", "Mark", "begin or drop a rectangle at the cursor", .run = toggle_mark },
	{ { 'z' }, "z", "Zoom", "zoom in to the latencies of the cursor or the rectangle", .run = zoom_in },
	{ { 'Z' }, "Z", NULL, "zoom out: to the decades with data, then to all of them, 1 ns to 100 s", .run = zoom_out },
	{ { 'm' }, "m", "Marks", "show or hide where p50, p90 and p99 of each line are", .run = toggle_percentiles },
	{ { 't' }, "t", "Time", "shorter rows of time, 10 ms at least", .run = shorter_rows },
	{ { 'T' }, "T", NULL, "longer rows of time, a minute at most", .run = longer_rows },
	{ { K_UP, K_DOWN, K_LEFT, K_RIGHT }, "Arrows", NULL, "move the cursor", .run = NULL },
	{ { K_SHIFT_UP, K_SHIFT_DOWN, K_SHIFT_LEFT, K_SHIFT_RIGHT }, "Shift-arrows", NULL, "mark a rectangle", .run = NULL },
	{ { K_PAGE_UP, K_PAGE_DOWN }, "PgUp PgDn", NULL, "go back and forth in time", .run = NULL },
	{ { K_HOME, K_END }, "Home End", NULL, "go to the oldest row; follow the newest", .run = NULL },
	{ { K_ESCAPE }, "Esc", NULL, "drop the rectangle, then the cursor", .run = NULL },
	{ { 0 }, "Mouse", NULL, "drag marks a rectangle and opens it, a double click opens a cell", .run = NULL },
	{ .help = NULL },
};

/* Arrows, with Shift or without. False if it is none. */
static bool arrow(struct spectrogram *spectrogram, int key)
{
	bool shift = key >= K_SHIFT_UP && key <= K_SHIFT_RIGHT;
	int plain = shift ? key - K_SHIFT_UP + K_UP : key;

	if (plain < K_UP || plain > K_RIGHT)
		return false;
	if (!spectrogram->has_cursor) {
		spectro_place_cursor(spectrogram);
		if (!shift)
			return true;
	}
	if (shift && !spectrogram->marking)
		spectro_mark(spectrogram);
	spectro_move_cursor(spectrogram, plain == K_UP ? -1 : plain == K_DOWN,
			    plain == K_LEFT ? -1 : plain == K_RIGHT);
	return true;
}

static bool escape(struct spectrogram *spectrogram)
{
	if (!spectrogram->has_cursor)
		return false;
	if (spectrogram->marking)
		spectro_unmark(spectrogram);
	else
		spectrogram->has_cursor = false;
	return true;
}

static void scroll(struct spectrogram *spectrogram, long rows)
{
	spectro_set_top(spectrogram, spectro_top(spectrogram) + rows);
	if (spectrogram->has_cursor)
		spectro_move_cursor(spectrogram, rows, 0);
}

static bool spectrogram_key(struct app *app, struct pane *pane, int key)
{
	struct spectrogram *spectrogram = of(pane);
	long page, all;

	(void)app;
	if (key == K_ESCAPE)
		return escape(spectrogram);
	if (!ready(spectrogram))
		return false;
	if (arrow(spectrogram, key))
		return true;
	all = (long)spectrum_rows(pane->query);
	page = spectro_height(spectrogram) - (long)spectro_line_rows(spectrogram);
	switch (key) {
	case K_PAGE_UP:
		scroll(spectrogram, page > 0 ? -page : -1);
		return true;
	case K_PAGE_DOWN:
		scroll(spectrogram, page > 0 ? page : 1);
		return true;
	case K_HOME:
		scroll(spectrogram, -all);
		return true;
	case K_END:
		scroll(spectrogram, all);
		return true;
	default:
		return false;
	}
}

/* The place under the mouse, or the nearest to it on the picture's lines; false outside them. */
static bool mouse_point(struct spectrogram *spectrogram, const struct key_event *event,
			struct spectro_point *point)
{
	const struct box *area = &spectrogram->area;
	long count = (long)spectrum_rows(spectrogram->pane.query), last = (long)spectrogram->axis.columns - 1;
	long line = event->mouse.row - area->row, column = event->mouse.column - area->column;
	long from = spectro_top(spectrogram) + line * (long)spectro_line_rows(spectrogram);
	long to = from + (long)spectro_line_rows(spectrogram) - 1;

	if (line < 0 || line >= area->rows)
		return false;
	from = from < 0 ? 0 : from >= count ? count - 1 : from;
	to = to < from ? from : to >= count ? count - 1 : to;
	column = column < 0 ? 0 : column > last ? last : column;
	*point = spectro_point_at(spectrogram, (size_t)from, (unsigned)column);
	point->rows = (unsigned)(to - from + 1);
	return true;
}

static void mouse_drag(struct spectrogram *spectrogram, struct spectro_point point)
{
	if (!spectrogram->dragging)
		return;
	if (!spectrogram->marking && point.time == spectrogram->cursor.time &&
	    point.bucket == spectrogram->cursor.bucket)
		return;
	if (!spectrogram->marking)
		spectro_mark(spectrogram);
	spectrogram->cursor = point;
}

/* The button is down: what comes now must not move what is under the mouse. */
static void mouse_press(struct spectrogram *spectrogram, struct spectro_point point)
{
	spectrogram->marking = false;
	spectrogram->has_cursor = true;
	spectrogram->cursor = point;
	spectrogram->dragging = true;
	spectro_hold(spectrogram);
}

static bool mouse_release(struct app *app, struct spectrogram *spectrogram)
{
	bool dragged = spectrogram->dragging && spectrogram->marking;

	if (spectrogram->dragging && !spectrogram->marking)
		spectro_release(spectrogram);
	spectrogram->dragging = false;
	if (dragged)
		drill(app, &spectrogram->pane);
	return dragged;
}

static bool spectrogram_mouse(struct app *app, struct pane *pane, const struct key_event *event)
{
	struct spectrogram *spectrogram = of(pane);
	long wheel = WHEEL_LINES * (long)spectro_line_rows(spectrogram);
	struct spectro_point point;

	if (!ready(spectrogram))
		return false;
	if (event->mouse.kind == MOUSE_WHEEL_UP || event->mouse.kind == MOUSE_WHEEL_DOWN) {
		scroll(spectrogram, event->mouse.kind == MOUSE_WHEEL_UP ? -wheel : wheel);
		return true;
	}
	if (event->mouse.kind == MOUSE_RELEASE)
		return mouse_release(app, spectrogram);
	if (!mouse_point(spectrogram, event, &point))
		return false;
	if (event->mouse.kind == MOUSE_DRAG) {
		mouse_drag(spectrogram, point);
		return true;
	}
	if (event->mouse.kind == MOUSE_PRESS) {
		mouse_press(spectrogram, point);
		return true;
	}
	spectro_unmark(spectrogram);
	spectrogram->has_cursor = true;
	spectrogram->cursor = point;
	spectrogram->dragging = false;
	drill(app, pane);
	return true;
}

static void spectrogram_position(struct pane *pane, char *text, size_t size)
{
	const struct spectrogram *spectrogram = of(pane);
	size_t count = spectrum_rows(pane->query), row = count, first, last;

	if (count && spectrogram->has_cursor)
		row = spectro_row(spectrogram, spectrogram->cursor.time) + 1;
	else if (spectro_in_view(spectrogram, &first, &last))
		row = last + 1;
	snprintf(text, size, "%zu/%zu", row, count);
}

static size_t spectrogram_selection(struct pane *pane, char *text, size_t size)
{
	struct spectro_area area;

	if (size)
		*text = '\0';
	if (!spectro_selected(of(pane), &area))
		return 0;
	return spectrum_filter(pane->query, area.first, area.last, area.low, area.high, text, size);
}

static void spectrogram_free(struct pane *pane)
{
	free(pane);
}

static const struct pane_operations operations = {
	.actions = actions,
	.update = spectrogram_update,
	.draw = spectrogram_draw,
	.key = spectrogram_key,
	.mouse = spectrogram_mouse,
	.position = spectrogram_position,
	.search = NULL,   /* there is no text in a picture */
	.selection = spectrogram_selection,
	.free = spectrogram_free,
};

struct pane *spectrogram_pane_new(struct query *query)
{
	struct spectrogram *spectrogram = calloc(1, sizeof(*spectrogram));

	if (!spectrogram)
		return NULL;
	spectrogram->pane.operations = &operations;
	spectrogram->pane.query = query;
	spectrogram->follow = true;
	return &spectrogram->pane;
}
