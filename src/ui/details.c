#include "details.h"

#include <stdio.h>
#include <string.h>

#include "app_private.h"
#include "app_settings.h"
#include "grid.h"
#include "waterfall.h"

#define RIGHT_FROM 140     /* columns of a screen where it is at the right */
#define RIGHT_MAX 110
#define ROWS_LEAST 5       /* of the details, their title included; the pane has at least as many */
#define BOTTOM_MAX 24
#define TWICE_FROM 100     /* columns from which on its lines stand in two columns */

static bool has_details(struct pane *pane)
{
	return pane->view->kind == VIEW_WATERFALL || (pane->query && grid_of(pane));
}

/* ---- keys ---- */

void details_toggle(struct app *app)
{
	bool small = app->pane_box.rows < 2 * ROWS_LEAST && app->pane_box.columns < RIGHT_FROM;

	app->details.shown = !app->details.shown;
	app->details.first = app->details.first_wanted = 0;
	app_setting_change(app, "details", app->details.shown ? "on" : "off");
	if (app->details.shown && !has_details(app_top(app)->pane))
		app_message(app, false, "Details are shown of the rows of tables, lists and events, and of waterfalls");
	else if (app->details.shown && small)
		app_message(app, false, "Details need %d rows more", 2 * ROWS_LEAST - app->pane_box.rows);
}

/* At the right there is height enough. */
static int columns_of(const struct details *details)
{
	return details->box.columns >= TWICE_FROM && !details->at_right ? 2 : 1;
}

static size_t lines_shown(const struct details *details)
{
	return details->box.rows > 1 ? (size_t)(details->box.rows - 1) * (size_t)columns_of(details) : 1;
}

static size_t last_first(const struct details *details)
{
	size_t shown = lines_shown(details);

	return details->page.count > shown ? details->page.count - shown : 0;
}

/* For the size that it has now. */
static void keep_inside(struct details *details)
{
	size_t last = last_first(details);

	details->first = details->first_wanted < last ? details->first_wanted : last;
}

static void scroll_by(struct details *details, long lines)
{
	long first = (long)details->first + lines;

	details->first_wanted = first < 0 ? 0 : (size_t)first;
	keep_inside(details);
	details->first_wanted = details->first;
}

void details_scroll(struct app *app, int direction)
{
	if (app->details.box.rows < 1)
		app_message(app, false, "Tab shows the details of a row, which this key scrolls");
	else
		scroll_by(&app->details, direction * (long)((lines_shown(&app->details) + 1) / 2));
}

bool details_mouse(struct app *app, const struct key_event *event)
{
	const struct box *box = &app->details.box;

	if (event->mouse.row < box->row || event->mouse.row >= box->row + box->rows ||
	    event->mouse.column < box->column || event->mouse.column >= box->column + box->columns || app->dragging)
		return false;
	if (event->mouse.kind == MOUSE_WHEEL_UP || event->mouse.kind == MOUSE_WHEEL_DOWN)
		scroll_by(&app->details, event->mouse.kind == MOUSE_WHEEL_UP ? -3 : 3);
	return true;
}

/* ---- place ---- */

void details_split(struct app *app, const struct pane *pane, struct box *box)
{
	struct box part = *box;

	app->details.box = (struct box){ 0, 0, 0, 0 };
	app->details.at_right = false;
	if (!app->details.shown || app->pager || !has_details((struct pane *)pane))
		return;
	if (box->columns >= RIGHT_FROM && box->rows > 1) {
		part.columns = box->columns * 2 / 5 < RIGHT_MAX ? box->columns * 2 / 5 : RIGHT_MAX;
		part.column = box->column + box->columns - part.columns;
		box->columns -= part.columns;
		app->details.at_right = true;
	} else if (box->rows >= 2 * ROWS_LEAST) {
		part.rows = box->rows / 2 < BOTTOM_MAX ? box->rows / 2 : BOTTOM_MAX;
		part.row = box->row + box->rows - part.rows;
		box->rows -= part.rows;
	} else {
		return;
	}
	app->details.box = part;
}

/* ---- drawing ---- */

/* Which row it is about; UINT64_MAX: there is none. */
static uint64_t fill_page(struct app *app, struct pane *pane, int width)
{
	const struct query_row *row;

	if (pane->view->kind == VIEW_WATERFALL)
		return waterfall_page((struct waterfall *)pane, &app->details.page, width, app->now);
	row = grid_selected(grid_of(pane));
	if (row)
		details_of_row(&app->details.page, width, pane, row, app->now);
	return row ? row->id : UINT64_MAX;
}

/* Another row starts at its top. */
static void make_page(struct app *app, struct pane *pane, int width)
{
	struct details *details = &app->details;
	uint64_t row;

	popup_clear(&details->page);
	row = fill_page(app, pane, width);
	if (!details->page.count)
		popup_text(&details->page, STYLE_DIM, width, 0, "There is no row");
	if (details->pane != pane || details->row_id != row)
		details->first = details->first_wanted = 0;
	details->pane = pane;
	details->row_id = row;
}

static void draw_title(const struct app *app, struct cells *cells, struct box box)
{
	const struct details *details = &app->details;
	size_t count = details->page.count, shown = lines_shown(details), last = details->first + shown;
	char text[80] = "";
	int width;

	cells_fill(cells, (struct box){ box.row, box.column, 1, box.columns }, STYLE_TITLE);
	width = cells_text(cells, box.row, box.column + 1, box.columns - 1, STYLE_TITLE, "Details", 7) + 2;
	if (count > shown)
		snprintf(text, sizeof(text), "Ctrl-D Ctrl-U  %zu-%zu/%zu", details->first + 1, last < count ? last : count, count);
	if (text[0] && width + (int)strlen(text) + 1 <= box.columns)
		cells_text(cells, box.row, box.column + box.columns - (int)strlen(text) - 1, (int)strlen(text), STYLE_TITLE,
			   text, strlen(text));
}

static void draw_line(struct cells *cells, int row, int column, int width, const struct popup_line *line)
{
	uint8_t style = line->style == STYLE_POPUP ? STYLE_NORMAL : line->style == STYLE_POPUP_TITLE ? STYLE_PATH : line->style;

	cells_text(cells, row, column, width, style, line->text, strlen(line->text));
	if (style == STYLE_NORMAL && line->value > 0)
		cells_style(cells, row, column, line->value < width ? line->value : width, STYLE_LABEL);
}

void details_draw(struct app *app, struct pane *pane, struct cells *cells)
{
	struct details *details = &app->details;
	struct box box = details->box;
	int across = columns_of(details), width = (box.columns - 1) / across;

	if (box.rows < 1 || box.columns < 4)
		return;
	make_page(app, pane, width - 1);
	keep_inside(details);
	draw_title(app, cells, box);
	for (int i = 1; details->at_right && i < box.rows; i++)
		cells_put(cells, box.row + i, box.column, app->ascii ? '|' : 0x2502, STYLE_DIM);
	for (size_t i = 0; i < lines_shown(details) && box.rows > 1 && details->first + i < details->page.count; i++)
		draw_line(cells, box.row + 1 + (int)i % (box.rows - 1), box.column + 1 + (int)i / (box.rows - 1) * width, width,
			  &details->page.lines[details->first + i]);
}

void details_fini(struct details *details)
{
	popup_close(&details->page);
}
