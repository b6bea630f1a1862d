/* The menu of a table's columns. What is done there shows at once, and holds for the view from then on. */
#include <stdio.h>
#include <string.h>

#include "app_private.h"
#include "app_settings.h"
#include "grid.h"

static bool menu_key(struct app *app, int key);

static struct grid *top_grid(struct app *app)
{
	struct grid *grid = grid_of(app_top(app)->pane);

	return grid && grid_columns(grid) ? grid : NULL;
}

static const struct grid_column *on_screen(const struct grid *grid, size_t index)
{
	for (size_t i = 0; i < grid->layout_size; i++)
		if (grid->layout[i].index == index)
			return &grid->layout[i];
	return NULL;
}

static bool is_wide(const struct grid *grid, const struct column_choice *choice)
{
	return grid->pane.view->columns[choice->index].flags & COLUMN_WIDE;
}

static void item_text(const struct grid *grid, const struct column_choice *choice, char *text, size_t size)
{
	const struct view_column *column = &grid->pane.view->columns[choice->index];
	const struct grid_column *shown = on_screen(grid, choice->index);
	char width[32] = "";
	bool descending;
	int sorted = query_sort_column(grid->pane.query, &descending);

	if (shown && shown->rest)
		snprintf(width, sizeof(width), "rest");
	else if (choice->width)
		snprintf(width, sizeof(width), "%d", choice->width);
	else if (shown)
		snprintf(width, sizeof(width), "(%d)", shown->width);
	snprintf(text, size, "%s %-16.40s %6s%s", choice->state == CHOICE_HIDDEN ? "[ ]" : "[x]", column->title, width,
		 (int)choice->index == sorted ? descending ? "  descending" : "  ascending" :
		 choice->state == CHOICE_USUAL && is_wide(grid, choice) ? "  if it fits" : "");
}

static void fill(struct app *app, struct grid *grid)
{
	popup_clear(&app->popup);
	for (size_t i = 0; i < grid->nchoices; i++) {
		char text[120];

		item_text(grid, &grid->choices[i], text, sizeof(text));
		popup_item(&app->popup, text, grid->pane.view->columns[grid->choices[i].index].description, (int)i);
	}
}

void app_columns_menu(struct app *app)
{
	struct grid *grid = top_grid(app);
	size_t first;

	if (!grid) {
		app_message(app, true, "there are no columns here");
		return;
	}
	popup_open(&app->popup, POPUP_MENU, "Columns", NULL);
	app->popup.key = menu_key;
	app->popup.hint = "Space, Shift-Up/Dn, < > width, r reset";
	app->popup.aside = true;
	fill(app, grid);
	first = grid->layout_size ? grid->layout[0].index : 0;
	for (size_t i = 0; i < grid->nchoices; i++)
		if (grid->choices[i].index == first)
			popup_select(&app->popup, (int)i);
}

/* ---- changes ---- */

static size_t count_shown(const struct grid *grid)
{
	size_t shown = 0;

	for (size_t i = 0; i < grid->nchoices; i++)
		shown += grid->choices[i].state != CHOICE_HIDDEN;
	return shown;
}

/* One that there was no room for is made to stay first. */
static void toggle(struct app *app, struct grid *grid, struct column_choice *choice)
{
	bool dropped = choice->state == CHOICE_USUAL && is_wide(grid, choice) && !on_screen(grid, choice->index);

	if (choice->state == CHOICE_HIDDEN)
		choice->state = is_wide(grid, choice) ? CHOICE_SHOWN : CHOICE_USUAL;
	else if (dropped)
		choice->state = CHOICE_SHOWN;
	else if (count_shown(grid) > 1)
		choice->state = CHOICE_HIDDEN;
	else
		app_message(app, true, "one column must stay");
}

static void move(struct app *app, struct grid *grid, size_t at, int step)
{
	size_t to = at + (size_t)step;
	struct column_choice moved = grid->choices[at];

	if (to >= grid->nchoices)   /* -1 as well */
		return;
	grid->choices[at] = grid->choices[to];
	grid->choices[to] = moved;
	app->popup.selected = to;
}

static void widen(const struct grid *grid, struct column_choice *choice, int step)
{
	const struct grid_column *shown = on_screen(grid, choice->index);
	int width = choice->width ? choice->width : shown && !shown->rest ? shown->width :
		    grid->pane.view->columns[choice->index].width;

	/* numbers make their column as wide as they need: less than that would not be seen */
	if (step < 0 && shown && !shown->rest && shown->width < width)
		width = shown->width;
	width += step;
	choice->width = width < 2 ? 2 : width > GRID_WIDTH_MAX ? GRID_WIDTH_MAX : width;
}

static bool close_menu(struct app *app)
{
	popup_close(&app->popup);
	app_settings_save(app);
	return true;
}

static bool menu_key(struct app *app, int key)
{
	struct grid *grid = top_grid(app);
	int at;

	if (key == K_ESCAPE || key == 'q' || key == 'C' || !grid)
		return close_menu(app);
	if (!popup_value(&app->popup, &at) || (size_t)at >= grid->nchoices)
		return false;
	switch (key) {
	case ' ':
	case K_ENTER:
		toggle(app, grid, &grid->choices[at]);
		break;
	case K_SHIFT_UP:
	case K_SHIFT_DOWN:
		move(app, grid, (size_t)at, key == K_SHIFT_UP ? -1 : 1);
		break;
	case K_LEFT:
	case '<':
	case K_RIGHT:
	case '>':
		widen(grid, &grid->choices[at], key == K_LEFT || key == '<' ? -1 : 1);
		break;
	case 'r':
		grid_columns_read(grid, NULL);
		break;
	default:
		return false;
	}
	app_columns_changed(app, &grid->pane);
	/* widths in the menu are those on the screen */
	if (grid->pane.box.columns > 0)
		grid_layout(grid, grid->pane.box.columns);
	fill(app, grid);
	return true;
}
