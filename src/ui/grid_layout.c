/* Which columns of a grid are on the screen, and how wide.
 *
 * The last column has the rest of the line: it holds the name of the row and never leaves the screen. If the
 * others do not fit beside it, first all shrink to what their texts need; then those flagged COLUMN_WIDE go,
 * from the right (never the one sorted by); then only whole columns from `skip` on are shown. A number wider
 * than its column widens it: no leading digit is ever lost. The layout depends on nothing but the rows on the
 * screen and its size. */
#include "grid.h"

#include <string.h>

/* Least cells of the last column. */
static int last_min(int cells)
{
	return cells < 12 ? cells : cells < 40 ? 12 : 16;
}

/* Cells that the widest text of a column among the rows on the screen takes, without a blank. */
static int text_width(struct grid *grid, size_t column, bool numbers_only)
{
	struct query *query = grid->pane.query;
	size_t rows = query_rows(query), end = grid->first + (size_t)grid->rows_shown;
	int widest = 0;
	char text[256];

	if (numbers_only && !value_is_number(query_column_type(query, column)))
		return 0;
	for (size_t i = grid->first; i < rows && i < end; i++) {
		size_t size = query_cell_text(query, query_row(query, i), column, text, sizeof(text));
		int width = cells_width(text, size < sizeof(text) ? size : sizeof(text) - 1);

		if (width > widest)
			widest = width;
	}
	return widest;
}

static int title_width(const struct grid *grid, size_t column)
{
	return (int)strlen(grid->pane.view->columns[column].title);
}

static int sorted_column(const struct grid *grid)
{
	bool descending;

	return query_sort_column(grid->pane.query, &descending);
}

struct candidate {
	size_t index;
	int width;
};

static int total_width(const struct candidate *candidates, size_t count, int cells)
{
	int total = 0;

	for (size_t i = 0; i + 1 < count; i++)
		total += candidates[i].width;
	return total + last_min(cells);
}

static size_t remove_wide(const struct grid *grid, struct candidate *candidates, size_t count, int cells)
{
	const struct view_column *columns = grid->pane.view->columns;
	int sorted = sorted_column(grid);

	for (size_t i = count; i-- > 0 && total_width(candidates, count, cells) > cells;) {
		size_t index = candidates[i].index;

		if (!(columns[index].flags & COLUMN_WIDE) || (int)index == sorted)
			continue;
		memmove(&candidates[i], &candidates[i + 1], (count - i - 1) * sizeof(*candidates));
		count--;
	}
	return count;
}

static size_t collect(struct grid *grid, struct candidate *candidates)
{
	const struct view *view = grid->pane.view;
	size_t count = 0;

	for (size_t i = 0; i < view->ncolumns && count < GRID_COLUMNS; i++) {
		int width = view->columns[i].width, needed;

		if (view->columns[i].flags & COLUMN_HIDDEN)
			continue;
		needed = text_width(grid, i, true) + 1;
		if (!width)
			width = title_width(grid, i) + 2;
		candidates[count].index = i;
		candidates[count++].width = needed > width ? needed : width;
	}
	return count;
}

static void shrink(struct grid *grid, struct candidate *candidates, size_t count)
{
	int sorted = sorted_column(grid);

	for (size_t i = 0; i + 1 < count; i++) {
		size_t index = candidates[i].index;
		int text = text_width(grid, index, false) + 1;
		int title = title_width(grid, index) + 1 + ((int)index == sorted);
		int width = text > title ? text : title;

		if (width < candidates[i].width)
			candidates[i].width = width;
	}
}

void grid_layout(struct grid *grid, int cells)
{
	struct candidate candidates[GRID_COLUMNS];
	size_t count = collect(grid, candidates), i;
	int column = 0;

	grid->layout_size = 0;
	grid->more_right = false;
	if (!count)
		return;
	if (total_width(candidates, count, cells) > cells)
		shrink(grid, candidates, count);
	if (total_width(candidates, count, cells) > cells)
		count = remove_wide(grid, candidates, count, cells);
	if (grid->skip > count - 1)
		grid->skip = count - 1;
	if (total_width(candidates, count, cells) <= cells)
		grid->skip = 0;
	for (i = grid->skip; i + 1 < count; i++) {
		if (column + candidates[i].width > cells - last_min(cells)) {
			grid->more_right = true;
			break;
		}
		grid->layout[grid->layout_size++] = (struct grid_column){
			candidates[i].index, column, candidates[i].width
		};
		column += candidates[i].width;
	}
	grid->layout[grid->layout_size++] = (struct grid_column){
		candidates[count - 1].index, column, cells - column
	};
}
