#include "text_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/utf8.h"
#include "../engine/value.h"
#include "character_width.h"

#define TAB 8
#define SHOWN_MAX (1u << 20)   /* bytes of one line that are shown */
#define SIDEWAYS 8

void text_view_fini(struct text_view *view)
{
	free(view->shown);
	free(view->styles);
	view->shown = NULL;
	view->styles = NULL;
	view->shown_room = view->shown_size = 0;
}

uint64_t text_view_lines(const struct text_view *view, uint64_t *first)
{
	uint64_t end;

	view->source.range(view->source.context, first, &end);
	return end;
}

/* ---- a line made ready ---- */

static bool shown_reserve(struct text_view *view, size_t more)
{
	size_t room = view->shown_room ? view->shown_room : 512;
	uint8_t *styles;
	char *shown;

	if (view->shown_size + more <= view->shown_room)
		return true;
	while (room < view->shown_size + more)
		room *= 2;
	shown = realloc(view->shown, room);
	if (!shown)
		return false;
	view->shown = shown;
	styles = realloc(view->styles, room);
	if (!styles)
		return false;
	view->styles = styles;
	view->shown_room = room;
	return true;
}

static bool put_shown(struct text_view *view, const char *bytes, size_t size, uint8_t style)
{
	if (!shown_reserve(view, size))
		return false;
	memcpy(view->shown + view->shown_size, bytes, size);
	memset(view->styles + view->shown_size, style, size);
	view->shown_size += size;
	return true;
}

static uint8_t style_at(const struct text_line *line, size_t at)
{
	for (unsigned i = 0; i < line->nruns; i++)
		if (at >= line->runs[i].from && at < line->runs[i].to)
			return line->runs[i].style;
	return line->style;
}

static void mark_found(struct text_view *view)
{
	const char *at = view->shown, *end = view->shown + view->shown_size, *found;
	size_t length;

	if (!view->search.text[0] || !view->shown_size)
		return;
	while ((found = text_search_find(&view->search, at, (size_t)(end - at), &length))) {
		memset(view->styles + (found - view->shown), STYLE_MATCH, length);
		at = found + length;
	}
}

/* Cells that a plain character takes. */
static int width_of(const char *text, size_t size)
{
	uint32_t character = '?';

	utf8_decode(text, size, &character);
	return character_width(character);
}

static void show_bytes(struct text_view *view, const struct text_line *line)
{
	size_t column = 0, used;
	char escaped[TEXT_ESCAPED_MAX];
	bool plain, good = true;

	for (size_t at = 0; at < line->size && good && view->shown_size < SHOWN_MAX; at += used) {
		uint8_t style = style_at(line, at);
		size_t length;

		if (line->text[at] == '\t') {
			size_t blanks = TAB - column % TAB;

			good = put_shown(view, "        ", blanks, style);
			column += blanks;
			used = 1;
			continue;
		}
		length = text_escape_one(line->text + at, line->size - at, escaped, &used, &plain);
		good = put_shown(view, escaped, length, style);
		column += plain ? (size_t)width_of(escaped, length) : length;
	}
}

void text_view_show(struct text_view *view, uint64_t n)
{
	struct text_line line = { .text = "" };

	view->shown_size = 0;
	view->source.line(view->source.context, n, &line);
	show_bytes(view, &line);
	mark_found(view);
}

/* ---- rows ---- */

/* Where the row that starts at byte `at` of the line made ready ends: a character that does not fit begins the next. */
static size_t row_end(const struct text_view *view, size_t at, size_t columns)
{
	size_t used = 0;

	while (at < view->shown_size) {
		uint32_t character = '?';
		size_t size = utf8_decode(view->shown + at, view->shown_size - at, &character);
		size_t width = (size_t)character_width(character);

		if (used + width > columns && used)
			return at;
		used += width;
		at += size ? size : 1;
	}
	return at;
}

static size_t columns_of(const struct text_view *view)
{
	return view->columns > 0 ? (size_t)view->columns : 1;
}

/* Rows of the line made ready. */
static size_t rows_shown(const struct text_view *view)
{
	size_t rows = 0, at = 0;

	if (!view->wrap)
		return 1;
	do {
		at = row_end(view, at, columns_of(view));
		rows++;
	} while (at < view->shown_size);
	return rows;
}

static size_t rows_of(struct text_view *view, uint64_t line)
{
	if (!view->wrap)
		return 1;
	text_view_show(view, line);
	return rows_shown(view);
}

static bool is_before(struct text_place a, struct text_place b)
{
	return a.line != b.line ? a.line < b.line : a.row < b.row;
}

/* The place so many rows before this one, or the first. */
static struct text_place rows_back(struct text_view *view, struct text_place place, size_t rows, uint64_t first)
{
	while (rows) {
		if (place.row >= rows) {
			place.row -= rows;
			return place;
		}
		rows -= place.row;
		place.row = 0;
		if (place.line <= first)
			return place;
		place.line--;
		place.row = rows_of(view, place.line) - 1;
		rows--;
	}
	return place;
}

static struct text_place rows_on(struct text_view *view, struct text_place place, size_t rows, uint64_t end)
{
	while (rows) {
		size_t left = rows_of(view, place.line) - 1 - place.row;

		if (left >= rows) {
			place.row += rows;
			return place;
		}
		if (place.line + 1 >= end) {
			place.row += left;
			return place;
		}
		rows -= left + 1;
		place.line++;
		place.row = 0;
	}
	return place;
}

static size_t screen_rows(const struct text_view *view)
{
	return view->rows > 0 ? (size_t)view->rows : 1;
}

/* The place that is at the top when the end is on the screen. */
static struct text_place last_top(struct text_view *view, uint64_t first, uint64_t end)
{
	struct text_place last = { end - 1, 0 };

	last.row = rows_of(view, last.line) - 1;
	return rows_back(view, last, screen_rows(view) - 1, first);
}

/* Brings cursor and top into the range and the cursor onto the screen. False if there are no lines. */
static bool settle(struct text_view *view)
{
	uint64_t first, end = text_view_lines(view, &first);
	struct text_place last;
	size_t rows;

	if (first >= end) {
		view->cursor = first;
		view->top = (struct text_place){ first, 0 };
		return false;
	}
	if (view->follow || view->cursor >= end)
		view->cursor = end - 1;
	if (view->cursor < first)
		view->cursor = first;
	if (view->top.line < first || view->top.line >= end)
		view->top = (struct text_place){ view->top.line < first ? first : end - 1, 0 };
	rows = rows_of(view, view->top.line);
	if (view->top.row >= rows)
		view->top.row = rows - 1;
	if (view->cursor < view->top.line)
		view->top = (struct text_place){ view->cursor, 0 };
	if (view->cursor > view->top.line || view->follow) {
		struct text_place bottom = { view->cursor, rows_of(view, view->cursor) - 1 }, top;

		top = rows_back(view, bottom, screen_rows(view) - 1, first);
		/* of a line that is higher than the screen the beginning */
		if (top.line == view->cursor && !view->follow)
			top.row = 0;
		if (is_before(view->top, top))
			view->top = top;
	}
	last = last_top(view, first, end);
	if (is_before(last, view->top))
		view->top = last;
	return true;
}

/* ---- movement ---- */

void text_view_go(struct text_view *view, uint64_t line)
{
	view->follow = false;
	view->cursor = line;
	view->search.running = false;
	if (settle(view) && view->cursor == view->top.line && rows_of(view, view->cursor) <= screen_rows(view))
		view->top.row = 0;
}

/* Moves the screen; the cursor stays on it. */
static void scroll(struct text_view *view, long distance)
{
	uint64_t first, end = text_view_lines(view, &first);
	struct text_place last, bottom;

	if (!settle(view))
		return;
	view->follow = false;
	if (distance < 0)
		view->top = rows_back(view, view->top, (size_t)-distance, first);
	else
		view->top = rows_on(view, view->top, (size_t)distance, end);
	last = last_top(view, first, end);
	if (is_before(last, view->top))
		view->top = last;
	bottom = rows_on(view, view->top, screen_rows(view) - 1, end);
	if (view->cursor < view->top.line)
		view->cursor = view->top.line;
	/* the cursor's line must not ask for rows below the screen */
	if (view->cursor > bottom.line)
		view->cursor = bottom.line;
	if (view->cursor == bottom.line && view->cursor > view->top.line && bottom.row + 1 < rows_of(view, bottom.line))
		view->cursor--;
}

/* One line down; within a line that is higher than the screen, one row. */
static void step_down(struct text_view *view)
{
	uint64_t first, end = text_view_lines(view, &first);

	if (!settle(view))
		return;
	if (view->top.line == view->cursor && rows_of(view, view->cursor) - view->top.row > screen_rows(view)) {
		view->top.row++;
		view->follow = false;
		return;
	}
	if (view->cursor + 1 < end)
		text_view_go(view, view->cursor + 1);
}

static void step_up(struct text_view *view)
{
	uint64_t first;

	text_view_lines(view, &first);
	if (!settle(view))
		return;
	view->follow = false;
	if (view->top.line == view->cursor && view->top.row)
		view->top.row--;
	else if (view->cursor > first)
		text_view_go(view, view->cursor - 1);
}

static void page(struct text_view *view, long direction)
{
	size_t rows = screen_rows(view) > 1 ? screen_rows(view) - 1 : 1;
	uint64_t first, end = text_view_lines(view, &first);
	struct text_place place;

	if (!settle(view))
		return;
	place = (struct text_place){ view->cursor, view->cursor == view->top.line ? view->top.row : 0 };
	place = direction < 0 ? rows_back(view, place, rows, first) : rows_on(view, place, rows, end);
	if (place.line == view->cursor) {
		/* still in the same line, which is higher than the screen, or at an end */
		scroll(view, direction * (long)rows);
		return;
	}
	scroll(view, direction * (long)rows);
	text_view_go(view, place.line);
}

bool text_view_key(struct text_view *view, int key)
{
	uint64_t first, end = text_view_lines(view, &first);

	switch (key) {
	case K_UP:
		step_up(view);
		return true;
	case K_DOWN:
		step_down(view);
		return true;
	case K_PAGE_UP:
		page(view, -1);
		return true;
	case K_PAGE_DOWN:
	case ' ':
		page(view, 1);
		return true;
	case K_HOME:
		view->shift = 0;
		view->top = (struct text_place){ first, 0 };
		text_view_go(view, first);
		return true;
	case K_END:
		text_view_go(view, end ? end - 1 : 0);
		view->top = (struct text_place){ UINT64_MAX, 0 };
		return true;
	case K_LEFT:
		view->shift -= view->shift < SIDEWAYS ? view->shift : SIDEWAYS;
		return true;
	case K_RIGHT:
		if (!view->wrap && view->shift < SHOWN_MAX)
			view->shift += SIDEWAYS;
		return true;
	}
	return false;
}

/* The line in this row of the screen; UINT64_MAX if there is none. */
static uint64_t line_at(struct text_view *view, int row)
{
	uint64_t first, end = text_view_lines(view, &first);
	struct text_place place;

	if (row < 0 || row >= view->rows || !settle(view))
		return UINT64_MAX;
	place = view->top;
	for (int i = 0; i <= row;) {
		size_t left = rows_of(view, place.line) - place.row;

		if (i + (int)left > row)
			return place.line;
		i += (int)left;
		place.row = 0;
		if (++place.line >= end)
			break;
	}
	return UINT64_MAX;
}

bool text_view_mouse(struct text_view *view, const struct key_event *event)
{
	uint64_t line;
	bool again;

	if (event->mouse.kind == MOUSE_WHEEL_UP || event->mouse.kind == MOUSE_WHEEL_DOWN) {
		scroll(view, event->mouse.kind == MOUSE_WHEEL_UP ? -3 : 3);
		return false;
	}
	if (event->mouse.kind != MOUSE_PRESS && event->mouse.kind != MOUSE_DOUBLE)
		return false;
	line = line_at(view, event->mouse.row - view->row);
	if (line == UINT64_MAX)
		return false;
	again = line == view->cursor || event->mouse.kind == MOUSE_DOUBLE;
	view->cursor = line;
	view->follow = false;
	return again;
}

void text_view_position(const struct text_view *view, char *text, size_t size)
{
	uint64_t first, end = text_view_lines(view, &first), held = end - first;
	unsigned long long percent = 0;

	if (held)
		percent = held > 1 ? (view->cursor - first) * 100 / (held - 1) : 100;
	if (view->search.running)
		snprintf(text, size, "searching %u%%",
			 (unsigned)((view->search.total - view->search.left) * 100 / (view->search.total ? view->search.total : 1)));
	else
		snprintf(text, size, "%s%llu/%llu %llu%%", view->search.failed ? "not found " : "",
			 held ? (unsigned long long)view->cursor + 1 : 0, (unsigned long long)end, percent);
}

/* ---- drawing ---- */

/* Bytes of the line made ready that are left of so many cells. */
static size_t skip_cells(const struct text_view *view, size_t cells)
{
	return cells ? row_end(view, 0, cells) : 0;
}

static void draw_bytes(const struct text_view *view, struct cells *cells, int row, size_t from, size_t to, bool selected)
{
	int column = 0;

	while (from < to && column < view->columns) {
		uint32_t character = '?';
		size_t size = utf8_decode(view->shown + from, to - from, &character);
		int width = character_width(character);
		uint8_t style = view->styles[from];

		if (column + width > view->columns)
			return;
		if (width)
			cells_put(cells, row, view->column + column, character,
				  selected && style != STYLE_MATCH ? STYLE_SELECTED : style);
		column += width;
		from += size ? size : 1;
	}
}

/* The line's rows from `row` of it on, at this row of the screen; returns the rows drawn. */
static int draw_line(struct text_view *view, struct cells *cells, int at, struct text_place place)
{
	bool selected = place.line == view->cursor;
	size_t columns = columns_of(view), from = 0, to, row = 0;
	int drawn = 0;

	text_view_show(view, place.line);
	if (!view->wrap)
		from = skip_cells(view, view->shift);
	do {
		to = view->wrap ? row_end(view, from, columns) : view->shown_size;
		if (row >= place.row) {
			if (selected)
				cells_fill(cells, (struct box){ view->row + at + drawn, view->column, 1, view->columns },
					   STYLE_SELECTED);
			draw_bytes(view, cells, view->row + at + drawn, from, to, selected);
			drawn++;
		}
		from = to;
		row++;
	} while (from < view->shown_size && at + drawn < view->rows);
	return drawn ? drawn : 1;
}

/* For the size that it is drawn in now. False if there are no lines. */
static bool settle_drawn(struct text_view *view)
{
	bool moved = view->cursor != view->cursor_drawn || view->top.line != view->top_drawn.line ||
		     view->top.row != view->top_drawn.row;
	bool any;

	if (!moved)
		view->top = view->top_wanted;
	any = settle(view);
	if (moved)
		view->top_wanted = view->top;
	view->top_drawn = view->top;
	view->cursor_drawn = view->cursor;
	return any;
}

void text_view_draw(struct text_view *view, struct cells *cells, struct box box)
{
	uint64_t first, end = text_view_lines(view, &first);
	struct text_place place;

	view->row = box.row;
	view->column = box.column;
	view->rows = box.rows;
	view->columns = box.columns;
	if (box.rows < 1 || box.columns < 1 || !settle_drawn(view))
		return;
	place = view->top;
	for (int at = 0; at < view->rows && place.line < end; place.line++, place.row = 0)
		at += draw_line(view, cells, at, place);
}
