/* The spectrogram: latency across, time down with the newest row at the bottom, counts as colours. A cursor picks
 * a cell, a mark or the mouse a rectangle, and Enter opens exactly what was counted there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spectrogram.h"

#define WHEEL_ROWS 3
#define LEAST_DECADES 3

static struct spectrogram *of(struct pane *pane)
{
	return (struct spectrogram *)pane;
}

/* ---- rows ---- */

size_t spectro_row(const struct spectrogram *spectrogram, uint64_t time)
{
	const struct query *query = spectrogram->pane.query;
	size_t count = spectrum_rows(query), row;
	const struct spectrum_row *oldest = spectrum_row(query, 0);

	if (time <= oldest->from)
		return 0;
	row = (time - oldest->from) / (oldest->to - oldest->from);
	return row < count ? row : count - 1;
}

static size_t height(const struct spectrogram *spectrogram)
{
	return spectrogram->area.rows > 0 ? (size_t)spectrogram->area.rows : 1;
}

size_t spectro_top(const struct spectrogram *spectrogram)
{
	size_t count = spectrum_rows(spectrogram->pane.query), last, top;

	if (count <= height(spectrogram))
		return 0;
	last = count - height(spectrogram);
	if (spectrogram->follow)
		return last;
	top = spectro_row(spectrogram, spectrogram->top);
	return top < last ? top : last;
}

static void set_top(struct spectrogram *spectrogram, size_t top)
{
	size_t count = spectrum_rows(spectrogram->pane.query);

	spectrogram->follow = top + height(spectrogram) >= count;
	if (!spectrogram->follow)
		spectrogram->top = spectrum_row(spectrogram->pane.query, top)->from;
}

/* Scrolls as little as shows the cursor. */
static void show_cursor(struct spectrogram *spectrogram)
{
	size_t row = spectro_row(spectrogram, spectrogram->cursor.time), top = spectro_top(spectrogram);

	if (row < top)
		set_top(spectrogram, row);
	else if (row >= top + height(spectrogram))
		set_top(spectrogram, row + 1 - height(spectrogram));
}

/* ---- reading ---- */

/* Notes the decades that hold data. They only grow: a picture that rescales itself cannot be read. */
static void scan_decades(struct spectrogram *spectrogram)
{
	const struct query *query = spectrogram->pane.query;
	size_t count = spectrum_rows(query), first;
	uint64_t oldest;

	if (!count)
		return;
	oldest = spectrum_row(query, 0)->from;
	if (!spectrogram->scanned || oldest < spectrogram->oldest)
		first = 0;
	else
		first = spectro_row(spectrogram, spectrogram->scanned);
	/* late events may count in rows that were newest a while ago */
	first = first > 16 ? first - 16 : 0;
	for (size_t i = first; i < count; i++) {
		const struct spectrum_row *row = spectrum_row(query, i);

		for (unsigned bucket = 0; bucket < SPECTRUM_BUCKETS; bucket++) {
			unsigned decade = bucket / SPECTRUM_PER_DECADE;

			if (!row->counts[bucket])
				continue;
			if (!spectrogram->any || decade < spectrogram->first_decade)
				spectrogram->first_decade = decade;
			if (!spectrogram->any || decade > spectrogram->last_decade)
				spectrogram->last_decade = decade;
			spectrogram->any = true;
		}
	}
	spectrogram->oldest = oldest;
	spectrogram->scanned = spectrum_row(query, count - 1)->from;
	while (spectrogram->any && spectrogram->last_decade - spectrogram->first_decade + 1 < LEAST_DECADES) {
		if (spectrogram->first_decade > 0)
			spectrogram->first_decade--;
		if (spectrogram->last_decade - spectrogram->first_decade + 1 < LEAST_DECADES &&
		    spectrogram->last_decade < SPECTRUM_DECADES - 1)
			spectrogram->last_decade++;
	}
}

static bool spectrogram_update(struct pane *pane, uint64_t now, uint64_t budget_ns)
{
	struct spectrogram *spectrogram = of(pane);
	bool more;

	(void)now;
	if (pane->paused)
		return false;
	more = pane_read(pane, budget_ns);
	scan_decades(spectrogram);
	/* new rows push the cursor's up: the picture stands still when it reaches the top */
	if (spectrogram->has_cursor && spectrum_rows(pane->query))
		show_cursor(spectrogram);
	return more;
}

/* ---- cursor and selection ---- */

static struct spectro_point point_at(const struct spectrogram *spectrogram, size_t row, unsigned column)
{
	return (struct spectro_point){ spectrum_row(spectrogram->pane.query, row)->from,
				       spectro_axis_low(&spectrogram->axis, column) };
}

bool spectro_selected(const struct spectrogram *spectrogram, struct spectro_area *area)
{
	struct spectro_point other = spectrogram->marking ? spectrogram->anchor : spectrogram->cursor;
	struct spectro_point cursor = spectrogram->cursor;
	unsigned left, right, swap;

	if (!spectrogram->has_cursor || !spectrum_rows(spectrogram->pane.query) || !spectrogram->axis.columns)
		return false;
	area->first = spectro_row(spectrogram, other.time < cursor.time ? other.time : cursor.time);
	area->last = spectro_row(spectrogram, other.time < cursor.time ? cursor.time : other.time);
	left = spectro_axis_column(&spectrogram->axis, other.bucket);
	right = spectro_axis_column(&spectrogram->axis, cursor.bucket);
	if (left > right)
		swap = left, left = right, right = swap;
	area->low = spectro_axis_low(&spectrogram->axis, left);
	area->high = spectro_axis_high(&spectrogram->axis, right);
	return true;
}

/* Puts the cursor on the fullest cell of the newest row in view that has any. */
static void place_cursor(struct spectrogram *spectrogram)
{
	size_t top = spectro_top(spectrogram), count = spectrum_rows(spectrogram->pane.query);
	size_t row = count < top + height(spectrogram) ? count : top + height(spectrogram);
	struct spectro_point newest = point_at(spectrogram, row - 1, spectrogram->axis.columns / 2);
	uint64_t most = 0;

	spectrogram->cursor = newest;
	while (!most && row-- > top) {
		for (unsigned column = 0; column < spectrogram->axis.columns; column++) {
			struct spectro_area cell = { row, row, spectro_axis_low(&spectrogram->axis, column),
						     spectro_axis_high(&spectrogram->axis, column) };
			uint64_t here = spectro_stats(spectrogram, &cell).count;

			if (here > most) {
				most = here;
				spectrogram->cursor = point_at(spectrogram, row, column);
			}
		}
	}
	spectrogram->has_cursor = true;
}

static void move_cursor(struct spectrogram *spectrogram, long rows, int columns)
{
	long count = (long)spectrum_rows(spectrogram->pane.query), last = (long)spectrogram->axis.columns - 1;
	long row = (long)spectro_row(spectrogram, spectrogram->cursor.time) + rows;
	long column = (long)spectro_axis_column(&spectrogram->axis, spectrogram->cursor.bucket) + columns;

	row = row < 0 ? 0 : row >= count ? count - 1 : row;
	column = column < 0 ? 0 : column > last ? last : column;
	spectrogram->cursor = point_at(spectrogram, (size_t)row, (unsigned)column);
	show_cursor(spectrogram);
}

static void scroll(struct spectrogram *spectrogram, long rows)
{
	size_t count = spectrum_rows(spectrogram->pane.query);
	size_t last = count > height(spectrogram) ? count - height(spectrogram) : 0;
	long top = (long)spectro_top(spectrogram) + rows;

	set_top(spectrogram, top < 0 ? 0 : (size_t)top > last ? last : (size_t)top);
	if (spectrogram->has_cursor)
		move_cursor(spectrogram, rows, 0);
}

static void mark(struct spectrogram *spectrogram)
{
	spectrogram->marking = true;
	spectrogram->anchor = spectrogram->cursor;
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
		place_cursor(spectrogram);
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
		place_cursor(spectrogram);
	if (spectrogram->marking)
		spectrogram->marking = false;
	else
		mark(spectrogram);
}

static void toggle_range(struct app *app, struct pane *pane)
{
	struct spectrogram *spectrogram = of(pane);

	spectrogram->full = !spectrogram->full;
	app_message(app, false, spectrogram->full ? "1 ns to 100 s" : "Decades with data");
}

static const struct action actions[] = {
	{ { K_ENTER }, "Enter", "Open", "list what was counted under the cursor or in the rectangle", drill },
	{ { 'v' }, "v", "Mark", "begin or drop a rectangle at the cursor", toggle_mark },
	{ { 'z' }, "z", "Range", "show all decades, 1 ns to 100 s, or those with data", toggle_range },
	{ { K_UP, K_DOWN, K_LEFT, K_RIGHT }, "Arrows", NULL, "move the cursor", NULL },
	{ { K_SHIFT_UP, K_SHIFT_DOWN, K_SHIFT_LEFT, K_SHIFT_RIGHT }, "Shift-arrows", NULL, "mark a rectangle", NULL },
	{ { K_PAGE_UP, K_PAGE_DOWN }, "PgUp PgDn", NULL, "go back and forth in time", NULL },
	{ { K_HOME, K_END }, "Home End", NULL, "go to the oldest row; follow the newest", NULL },
	{ { K_ESCAPE }, "Esc", NULL, "drop the rectangle, then the cursor", NULL },
	{ { 0 }, "Mouse", NULL, "drag marks a rectangle and opens it, a double click opens a cell", NULL },
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
		place_cursor(spectrogram);
		if (!shift)
			return true;
	}
	if (shift && !spectrogram->marking)
		mark(spectrogram);
	move_cursor(spectrogram, plain == K_UP ? -1 : plain == K_DOWN, plain == K_LEFT ? -1 : plain == K_RIGHT);
	return true;
}

static bool escape(struct spectrogram *spectrogram)
{
	if (!spectrogram->has_cursor)
		return false;
	if (spectrogram->marking)
		spectrogram->marking = false;
	else
		spectrogram->has_cursor = false;
	return true;
}

static bool spectrogram_key(struct app *app, struct pane *pane, int key)
{
	struct spectrogram *spectrogram = of(pane);
	long page = (long)height(spectrogram) - 1, all;

	(void)app;
	if (key == K_ESCAPE)
		return escape(spectrogram);
	if (!ready(spectrogram))
		return false;
	if (arrow(spectrogram, key))
		return true;
	all = (long)spectrum_rows(pane->query);
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
	long rows = (long)spectrum_rows(spectrogram->pane.query), last = (long)spectrogram->axis.columns - 1;
	long blank = rows < area->rows ? area->rows - rows : 0;
	long row = event->mouse.row - area->row - blank, column = event->mouse.column - area->column;

	if (event->mouse.row < area->row || event->mouse.row >= area->row + area->rows)
		return false;
	row = row < 0 ? 0 : row;
	column = column < 0 ? 0 : column > last ? last : column;
	*point = point_at(spectrogram, spectro_top(spectrogram) + (size_t)row, (unsigned)column);
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
		mark(spectrogram);
	spectrogram->cursor = point;
}

static bool spectrogram_mouse(struct app *app, struct pane *pane, const struct key_event *event)
{
	struct spectrogram *spectrogram = of(pane);
	struct spectro_point point;

	if (!ready(spectrogram))
		return false;
	if (event->mouse.kind == MOUSE_WHEEL_UP || event->mouse.kind == MOUSE_WHEEL_DOWN) {
		scroll(spectrogram, event->mouse.kind == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
		return true;
	}
	if (event->mouse.kind == MOUSE_RELEASE) {
		bool dragged = spectrogram->dragging && spectrogram->marking;

		spectrogram->dragging = false;
		if (dragged)
			drill(app, pane);
		return dragged;
	}
	if (!mouse_point(spectrogram, event, &point))
		return false;
	if (event->mouse.kind == MOUSE_DRAG) {
		mouse_drag(spectrogram, point);
		return true;
	}
	spectrogram->has_cursor = true;
	spectrogram->cursor = point;
	spectrogram->marking = false;
	spectrogram->dragging = event->mouse.kind == MOUSE_PRESS;
	if (event->mouse.kind == MOUSE_DOUBLE)
		drill(app, pane);
	return true;
}

static void spectrogram_position(struct pane *pane, char *text, size_t size)
{
	const struct spectrogram *spectrogram = of(pane);
	size_t count = spectrum_rows(pane->query), row = count;

	if (count && spectrogram->has_cursor)
		row = spectro_row(spectrogram, spectrogram->cursor.time) + 1;
	else if (spectro_top(spectrogram) + height(spectrogram) < count)
		row = spectro_top(spectrogram) + height(spectrogram);
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
