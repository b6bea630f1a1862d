#include "grid.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../engine/span.h"

#define CELL_TEXT 4096
#define SEARCH_BUDGET 100000000ull   /* ns that one key may search */

/* ---- cursor ---- */

/* A screen made smaller and larger again shows the rows that it did before: only who moves changes
 * first_wanted. */
static void keep_visible(struct grid *grid, size_t rows)
{
	size_t shown = grid->rows_shown > 0 ? (size_t)grid->rows_shown : 1;

	grid->first = grid->first_wanted;
	if (grid->cursor < grid->first)
		grid->first = grid->cursor;
	if (grid->cursor >= grid->first + shown)
		grid->first = grid->cursor - shown + 1;
	if (rows <= shown)
		grid->first = 0;
	else if (grid->first > rows - shown)
		grid->first = rows - shown;
}

/* Rows came, went or changed places since the last time: finds the cursor's row again. Returns the number of
 * rows. */
static size_t sync_cursor(struct grid *grid)
{
	size_t rows = query_rows(grid->pane.query), row = SIZE_MAX;

	if (!rows) {
		grid->cursor = grid->first = grid->first_wanted = 0;
		grid->moved = false;
		return 0;
	}
	if (grid->follow)
		row = rows - 1;
	else if (!grid->moved)
		row = 0;
	else
		row = query_find_row(grid->pane.query, grid->cursor_id);
	if (row == SIZE_MAX)
		row = grid->cursor < rows ? grid->cursor : rows - 1;
	grid->cursor = row;
	grid->cursor_id = query_row(grid->pane.query, row)->id;
	keep_visible(grid, rows);
	return rows;
}

const struct query_row *grid_selected(struct grid *grid)
{
	if (!sync_cursor(grid))
		return NULL;
	return query_row(grid->pane.query, grid->cursor);
}

void grid_move(struct grid *grid, size_t row)
{
	size_t rows = query_rows(grid->pane.query);

	grid->follow = false;
	if (!rows)
		return;
	grid->cursor = row < rows ? row : rows - 1;
	grid->cursor_id = query_row(grid->pane.query, grid->cursor)->id;
	grid->moved = true;
	keep_visible(grid, rows);
	grid->first_wanted = grid->first;
}

static void move_by(struct grid *grid, long distance)
{
	long row;

	if (!sync_cursor(grid))
		return;
	row = (long)grid->cursor + distance;
	grid_move(grid, row > 0 ? (size_t)row : 0);
}

static void scroll_by(struct grid *grid, long distance)
{
	size_t rows = sync_cursor(grid), shown = grid->rows_shown > 0 ? (size_t)grid->rows_shown : 1;
	long first = (long)grid->first + distance;
	size_t cursor = grid->cursor;

	if (rows <= shown)
		return;
	if (first < 0)
		first = 0;
	if ((size_t)first > rows - shown)
		first = (long)(rows - shown);
	grid->first = grid->first_wanted = (size_t)first;
	if (cursor < grid->first)
		cursor = grid->first;
	if (cursor >= grid->first + shown)
		cursor = grid->first + shown - 1;
	if (cursor != grid->cursor)
		grid_move(grid, cursor);
}

static void scroll_right(struct grid *grid)
{
	const struct grid_column *last = grid->layout_size ? &grid->layout[grid->layout_size - 1] : NULL;

	if (grid->more_right)
		grid->skip_wanted = ++grid->skip;
	else if (last && last->rest && grid->shift < CELL_TEXT)
		grid->shift += 8;
}

static void scroll_left(struct grid *grid)
{
	if (grid->shift)
		grid->shift -= 8;
	else if (grid->skip)
		grid->skip_wanted = --grid->skip;
}

/* ---- sorting ---- */

size_t grid_nth_column(struct grid *grid, size_t n)
{
	for (size_t i = 0; grid_columns(grid) && i < grid->nchoices; i++)
		if (grid->choices[i].state != CHOICE_HIDDEN && !n--)
			return grid->choices[i].index;
	return SIZE_MAX;
}

void grid_sort(struct grid *grid, size_t column)
{
	struct query *query = grid->pane.query;
	bool descending;

	if (column >= grid->pane.view->ncolumns)
		return;
	if (query_sort_column(query, &descending) == (int)column)
		descending = !descending;
	else
		descending = value_is_number(query_column_type(query, column)) &&
			     !(grid->pane.view->columns[column].flags & COLUMN_ASCENDING);
	query_sort(query, (int)column, descending);
}

/* ---- drawing ---- */

static bool right_aligned(const struct grid *grid, size_t index)
{
	return value_is_number(query_column_type(grid->pane.query, index));
}

/* Bytes at the start of text that `cells` cells take. */
static size_t cells_prefix(const char *text, size_t size, int cells)
{
	size_t at = 0;

	while (at < size && cells_width(text, at) < cells) {
		at++;
		while (at < size && ((unsigned char)text[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

static void draw_title(struct grid *grid, struct cells *cells, struct box box,
		       const struct grid_column *column)
{
	const char *title = grid->pane.view->columns[column->index].title;
	int size = (int)strlen(title), at = box.column + column->column, width = column->width, offset = 0;
	bool descending, sorted = query_sort_column(grid->pane.query, &descending) == (int)column->index;
	uint8_t style = sorted ? STYLE_TITLE_SORTED : STYLE_TITLE;
	uint32_t arrow = descending ? 0x25bc : 0x25b2;

	if (grid->pane.ascii)
		arrow = descending ? 'v' : '^';
	if (right_aligned(grid, column->index) && size < width - 1)
		offset = width - 1 - size;
	if (sorted)
		cells_fill(cells, (struct box){ box.row, at, 1, width }, style);
	cells_text(cells, box.row, at + offset, width - offset, style, title, (size_t)size);
	if (!sorted)
		return;
	/* before a title at the right edge of its column, else behind it */
	if (offset > 0)
		cells_put(cells, box.row, at + offset - 1, arrow, style);
	else
		cells_put(cells, box.row, at + (size < width ? size : width - 1), arrow, style);
}

/* Where the searched text is in text, or NULL. Small letters find capitals as well. */
static const char *find_text(const char *text, const char *word)
{
	for (const char *c = word; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			return strstr(text, word);
	return strcasestr(text, word);
}

static void mark_found(const struct grid *grid, struct cells *cells, int row, int at, int width, const char *text)
{
	const char *found = grid->search[0] ? find_text(text, grid->search) : NULL;
	int from, length;

	if (!found)
		return;
	from = cells_width(text, (size_t)(found - text));
	length = cells_width(found, strlen(grid->search));
	if (from < width)
		cells_style(cells, row, at + from, length < width - from ? length : width - from,
			    STYLE_MATCH);
}

/* A number that finds no room even so keeps its leading digits, and says that there is more. */
static void draw_cut_number(struct cells *cells, int row, int at, int width, uint8_t style, const char *text,
			    size_t size)
{
	cells_text(cells, row, at, width - 1, style, text, size);
	cells_put(cells, row, at + width - 1, '>', style);
}

void grid_draw_text(const struct grid *grid, struct cells *cells, struct box box, int row, const struct grid_column *column,
		    uint8_t style, const char *text, size_t size)
{
	int at = box.column + column->column, width = column->width - !column->rest, offset = 0;
	size_t cut = 0;

	if (right_aligned(grid, column->index)) {
		int needed = cells_width(text, size);

		if (needed > width)
			width = column->width;   /* the blank is less than a digit */
		offset = needed < width ? width - needed : 0;
		if (needed > width && width > 0) {
			draw_cut_number(cells, row, at, width, style, text, size);
			return;
		}
	} else if (column->rest) {
		cut = cells_prefix(text, size, grid->shift);
	}
	cells_text(cells, row, at + offset, width - offset, style, text + cut, size - cut);
	if (style != STYLE_SELECTED)
		mark_found(grid, cells, row, at + offset, width - offset, text + cut);
}

static void draw_cell(struct grid *grid, struct cells *cells, struct box box, int row,
		      const struct query_row *data, const struct grid_column *column, uint8_t style)
{
	char raw[CELL_TEXT], text[CELL_TEXT];
	size_t size = query_cell_text(grid->pane.query, data, column->index, raw, sizeof(raw));

	size = text_escape(raw, size < sizeof(raw) ? size : sizeof(raw) - 1, text, sizeof(text));
	/* a name may be empty, a row that says nothing looks like a mistake */
	if (!size && column->rest && grid->pane.view->kind == VIEW_TABLE)
		size = (size_t)snprintf(text, sizeof(text), "(empty)");
	grid_draw_text(grid, cells, box, row, column, style, text, size);
}

static void draw_row(struct grid *grid, struct cells *cells, struct box box, int row, size_t index)
{
	bool selected = index == grid->cursor;

	if (selected)
		cells_fill(cells, (struct box){ row, box.column, 1, box.columns }, STYLE_SELECTED);
	for (size_t i = 0; i < grid->layout_size; i++) {
		/* read again for each cell: what a row points at lasts until the next call of the query */
		const struct query_row *data = query_row(grid->pane.query, index);
		uint8_t style = STYLE_NORMAL;

		if (selected)
			style = STYLE_SELECTED;
		else if (grid->style)
			style = grid->style(grid, data, grid->layout[i].index);
		draw_cell(grid, cells, box, row, data, &grid->layout[i], style);
	}
}

/* Of a view without rows that nobody narrowed: what that means, and for which time. */
static void empty_view_text(const struct grid *grid, char *text, size_t size)
{
	const struct query_spec *spec = query_get_spec(grid->pane.query);

	snprintf(text, size, "%s%s", spec->view->empty && !spec->nfilters && !spec->inside ? spec->view->empty :
										     "Nothing passes the filter",
		 !grid->pane.live || spec->to ? "" : spec->period_table ? " in the last period: a counts all since the start" :
									     " so far");
}

/* Of what happened inside a span, or then, the recording had none left when somebody asked. */
static bool is_forgotten(const struct grid *grid)
{
	const struct query_spec *spec = query_get_spec(grid->pane.query);
	struct recording_fill calls = recording_fill(engine_recording(grid->pane.engine), LANE_CALLS);
	uint64_t end = spec->inside ? spec->inside->exit_time : spec->to;

	return end && calls.evicted && calls.oldest_time > end && !view_shows_spans(grid->pane.view);
}

static const char *empty_text(const struct grid *grid, char *text, size_t size)
{
	const struct engine *engine = grid->pane.engine;

	if (grid->pane.progress < 100)
		return "";
	if (view_shows_spans(grid->pane.view) && !engine_counts(engine)->markers)
		return "No markers yet: a program begins a span by writing \">:t:name::\" to /dev/null and ends it with "
		       "\"<:t:name::\"";
	if (is_forgotten(grid))
		return "The recording no longer holds what happened then: --memory makes it larger";
	if (query_skipped(grid->pane.query))
		return "Nothing passes the filter; the recording no longer holds older events";
	if (grid->pane.view->kind == VIEW_IN_FLIGHT)
		return "Nothing is in flight, or nothing that passes the filter";
	if (grid->pane.live && view_shows_spans(grid->pane.view) && grid->pane.view->kind == VIEW_LIST &&
	    span_table_counts(engine_spans(engine)).open)
		return "Nothing passes the filter so far; spans that are still open will be listed when they end";
	empty_view_text(grid, text, size);
	return text;
}

static void draw_empty(struct grid *grid, struct cells *cells, struct box box)
{
	char made[160];
	const char *text = empty_text(grid, made, sizeof(made));
	size_t size = strlen(text);

	for (int row = 1; row <= grid->rows_shown && size; row++) {
		size_t part = cells_wrap(text, size, box.columns);

		cells_text(cells, box.row + row, box.column, box.columns, STYLE_DIM, text, part);
		text += part;
		size -= part;
		if (size && *text == ' ') {
			text++;
			size--;
		}
	}
}

void grid_draw(struct pane *pane, struct cells *cells, struct box box)
{
	struct grid *grid = (struct grid *)pane;
	size_t rows;

	if (box.rows < 1 || box.columns < 1)
		return;
	grid->rows_shown = box.rows - 1;
	rows = sync_cursor(grid);
	grid_layout(grid, box.columns);
	cells_fill(cells, (struct box){ box.row, box.column, 1, box.columns }, STYLE_TITLE);
	for (size_t i = 0; i < grid->layout_size; i++)
		draw_title(grid, cells, box, &grid->layout[i]);
	for (int i = 0; i < grid->rows_shown && grid->first + (size_t)i < rows; i++)
		draw_row(grid, cells, box, box.row + 1 + i, grid->first + (size_t)i);
	if (!rows)
		draw_empty(grid, cells, box);
}

/* ---- keys, mouse, search ---- */

bool grid_update(struct pane *pane, uint64_t now, uint64_t budget_ns)
{
	(void)now;
	return pane->paused ? pane_sort(pane, budget_ns) : pane_read(pane, budget_ns);
}

bool grid_key(struct app *app, struct pane *pane, int key)
{
	static const char shifted_digits[] = "!@#$%^&*(";
	struct grid *grid = (struct grid *)pane;
	long page = grid->rows_shown > 1 ? grid->rows_shown - 1 : 1;
	const char *digit;

	switch (key) {
	case K_UP:
		move_by(grid, -1);
		return true;
	case K_DOWN:
		move_by(grid, 1);
		return true;
	case K_PAGE_UP:
		move_by(grid, -page);
		return true;
	case K_PAGE_DOWN:
	case ' ':
		move_by(grid, page);
		return true;
	case K_HOME:
		grid_move(grid, 0);
		grid->moved = false;   /* stays at the top from now on */
		return true;
	case K_END:
		grid_move(grid, SIZE_MAX);
		return true;
	case K_LEFT:
		scroll_left(grid);
		return true;
	case K_RIGHT:
		scroll_right(grid);
		return true;
	case K_ENTER:
		if (grid_selected(grid))
			grid->enter(app, grid);
		return true;
	}
	digit = key > ' ' && key < 127 ? strchr(shifted_digits, key) : NULL;
	if (digit)
		grid_sort(grid, grid_nth_column(grid, (size_t)(digit - shifted_digits)));
	return digit;
}

/* ---- the mouse on the titles: a click sorts, a column's right edge is dragged ---- */

static const struct grid_column *column_at(const struct grid *grid, int column)
{
	for (size_t i = 0; i < grid->layout_size; i++)
		if (column >= grid->layout[i].column && column < grid->layout[i].column + grid->layout[i].width)
			return &grid->layout[i];
	return NULL;
}

static void press_title(struct grid *grid, int column)
{
	const struct grid_column *at = column_at(grid, column);

	if (!at)
		return;
	if (!at->rest && column == at->column + at->width - 1) {
		grid->resized = at->index + 1;
		grid->resized_moved = false;
	} else {
		grid_sort(grid, at->index);
	}
}

static void drag_edge(struct grid *grid, int column)
{
	for (size_t i = 0; i < grid->layout_size; i++) {
		int width = column - grid->layout[i].column + 1;

		if (grid->layout[i].index + 1 != grid->resized)
			continue;
		for (size_t k = 0; k < grid->nchoices; k++)
			if (grid->choices[k].index + 1 == grid->resized)
				grid->choices[k].width = width < 2 ? 2 : width > GRID_WIDTH_MAX ? GRID_WIDTH_MAX : width;
		grid->resized_moved |= width != grid->layout[i].width;
	}
}

static void release_edge(struct app *app, struct grid *grid)
{
	size_t column = grid->resized - 1;

	grid->resized = 0;
	if (grid->resized_moved)
		app_columns_changed(app, &grid->pane);
	else
		grid_sort(grid, column);
}

bool grid_mouse(struct app *app, struct pane *pane, const struct key_event *event)
{
	struct grid *grid = (struct grid *)pane;
	int row = event->mouse.row - pane->box.row - 1;
	bool again;
	size_t index;

	if (event->mouse.kind == MOUSE_WHEEL_UP || event->mouse.kind == MOUSE_WHEEL_DOWN) {
		scroll_by(grid, event->mouse.kind == MOUSE_WHEEL_UP ? -3 : 3);
		return true;
	}
	if (grid->resized && event->mouse.kind == MOUSE_DRAG) {
		drag_edge(grid, event->mouse.column - pane->box.column);
		return true;
	}
	if (grid->resized && event->mouse.kind == MOUSE_RELEASE) {
		release_edge(app, grid);
		return true;
	}
	if (event->mouse.kind != MOUSE_PRESS && event->mouse.kind != MOUSE_DOUBLE)
		return false;
	grid->resized = 0;
	if (row < 0) {
		if (event->mouse.kind == MOUSE_PRESS)
			press_title(grid, event->mouse.column - pane->box.column);
		return true;
	}
	index = grid->first + (size_t)row;
	if (index >= sync_cursor(grid))
		return true;
	again = index == grid->cursor && grid->moved;
	grid_move(grid, index);
	if (again || event->mouse.kind == MOUSE_DOUBLE)
		grid->enter(app, grid);
	return true;
}

void grid_position(struct pane *pane, char *text, size_t size)
{
	struct grid *grid = (struct grid *)pane;
	size_t rows = sync_cursor(grid);

	snprintf(text, size, "%zu/%zu%s", rows ? grid->cursor + 1 : 0, rows, grid->follow ? " follow" : "");
}

static bool row_matches(struct grid *grid, size_t row, const char *word)
{
	char raw[CELL_TEXT], text[CELL_TEXT];

	for (size_t i = 0; i < grid->nchoices; i++) {
		size_t size;

		if (grid->choices[i].state == CHOICE_HIDDEN)
			continue;
		size = query_cell_text(grid->pane.query, query_row(grid->pane.query, row), grid->choices[i].index, raw,
				       sizeof(raw));
		text_escape(raw, size < sizeof(raw) ? size : sizeof(raw) - 1, text, sizeof(text));
		if (find_text(text, word))
			return true;
	}
	return false;
}

bool grid_search(struct pane *pane, const char *text, bool again, bool backwards)
{
	struct grid *grid = (struct grid *)pane;
	size_t rows = sync_cursor(grid);
	uint64_t start = pane_clock();

	snprintf(grid->search, sizeof(grid->search), "%s", text);
	if (!text[0] || !grid_columns(grid))
		return true;
	pane->search_stopped = false;
	/* once around, the current row last (or first) */
	for (size_t i = again; i < rows + again; i++) {
		size_t row = (grid->cursor + (backwards ? rows - i % rows : i)) % rows;

		if (row_matches(grid, row, text)) {
			grid_move(grid, row);
			return true;
		}
		if (i % 256 == 255 && pane_clock() - start > SEARCH_BUDGET) {
			if (again)
				grid_move(grid, row);
			pane->search_stopped = true;
			return false;
		}
	}
	return false;
}

size_t grid_selection(struct pane *pane, char *text, size_t size)
{
	const struct query_row *row = grid_selected((struct grid *)pane);

	if (row)
		return query_row_filter(pane->query, row, text, size);
	if (size)
		text[0] = '\0';
	return 0;
}
