/* Which columns of a grid are on the screen, and how wide.
 *
 * What names a row never leaves the screen: the view's last column, which has the rest of the line, and a first one
 * that shows the key. If the others do not fit beside it, first all shrink to what their texts need; then those flagged
 * COLUMN_WIDE go, from the right (never the one sorted by, nor one that the user asked for); then only whole columns
 * from `skip` on are shown. A number wider than its column widens it: no leading digit is ever lost. Where not even one
 * column fits, it is shown as far as it goes. The layout depends on nothing but the choice of columns, the rows on the
 * screen and its size. */
#include "grid.h"

#include <string.h>

#define NAME_WIDTH 30   /* most cells of a text without a width of its own, where it has not the rest of the line */
#define NAME_LEAST 4    /* cells of the row's name beside a column that needs the others */

/* Least cells of the last column. */
static int last_min(int cells)
{
	return cells < 12 ? cells : cells < 40 ? 12 : 16;
}

static bool is_number(const struct grid *grid, size_t column)
{
	return value_is_number(query_column_type(grid->pane.query, column));
}

/* Cells that the widest text of a column among the rows on the screen takes, without a blank. */
static int text_width(struct grid *grid, size_t column)
{
	struct query *query = grid->pane.query;
	size_t rows = query_rows(query), end = grid->first + (size_t)grid->rows_shown;
	int widest = 0;
	char text[256];

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

/* Whether the column says which row it is: it has the rest of the line in the view, or shows the key. */
static bool names_row(const struct grid *grid, size_t index)
{
	const struct view *view = grid->pane.view;
	const struct view_column *key = view_key(view);

	return index == view->ncolumns - 1 || (key && !strcmp(view->columns[index].field, key->field));
}

/* ---- widths ---- */

static int least_width(const struct grid *grid, const struct grid_candidate *last, int cells)
{
	return is_number(grid, last->index) ? last->width : last_min(cells);
}

static int total_width(const struct grid *grid, size_t count, int cells)
{
	int total = 0;

	for (size_t i = 0; i + 1 < count; i++)
		total += grid->candidates[i].width;
	return total + least_width(grid, &grid->candidates[count - 1], cells);
}

static int usual_width(struct grid *grid, size_t index)
{
	int width = grid->pane.view->columns[index].width, text;

	if (width)
		return width;
	if (is_number(grid, index))
		return title_width(grid, index) + 2;
	text = text_width(grid, index) + 1;
	width = title_width(grid, index) + 2;
	return text > NAME_WIDTH ? NAME_WIDTH : text > width ? text : width;
}

static size_t collect(struct grid *grid)
{
	size_t count = 0;

	for (size_t i = 0; i < grid->nchoices; i++) {
		const struct column_choice *choice = &grid->choices[i];
		struct grid_candidate *candidate = &grid->candidates[count];
		int needed;

		if (choice->state == CHOICE_HIDDEN)
			continue;
		needed = is_number(grid, choice->index) ? text_width(grid, choice->index) + 1 : 0;
		candidate->index = choice->index;
		candidate->chosen = choice->width;
		candidate->kept = choice->state == CHOICE_SHOWN;
		candidate->width = choice->width ? choice->width : usual_width(grid, choice->index);
		if (candidate->width < needed)
			candidate->width = needed;
		count++;
	}
	return count;
}

static void shrink(struct grid *grid, size_t count)
{
	int sorted = sorted_column(grid);

	for (size_t i = 0; i + 1 < count; i++) {
		struct grid_candidate *candidate = &grid->candidates[i];
		int text = text_width(grid, candidate->index) + 1;
		int title = title_width(grid, candidate->index) + 1 + ((int)candidate->index == sorted);
		int width = text > title ? text : title;

		if (width < candidate->width && !candidate->chosen)
			candidate->width = width;
	}
}

static size_t remove_wide(struct grid *grid, size_t count, int cells)
{
	const struct view_column *columns = grid->pane.view->columns;
	int sorted = sorted_column(grid);

	for (size_t i = count; i-- > 0 && total_width(grid, count, cells) > cells;) {
		struct grid_candidate *candidate = &grid->candidates[i];

		if (!(columns[candidate->index].flags & COLUMN_WIDE) || (int)candidate->index == sorted || candidate->kept)
			continue;
		memmove(candidate, candidate + 1, (count - i - 1) * sizeof(*candidate));
		count--;
	}
	return count;
}

/* ---- places ---- */

static void put(struct grid *grid, const struct grid_candidate *candidate, int *column, int width, bool rest)
{
	grid->layout[grid->layout_size++] = (struct grid_column){ candidate->index, *column, width, rest };
	*column += width;
}

/* Columns scrolled out that would fit after all come back, as long as they do. */
static void limit_skip(struct grid *grid, size_t from, size_t end, int room)
{
	if (grid->skip > end - from - 1)
		grid->skip = end - from - 1;
	while (grid->skip) {
		int total = 0;

		for (size_t i = from + grid->skip - 1; i < end; i++)
			total += grid->candidates[i].width;
		if (total > room)
			break;
		grid->skip--;
	}
}

/* Those between the pinned ones. */
static void put_middle(struct grid *grid, size_t from, size_t end, int *column, int cells, int right)
{
	int room = cells - right;

	if (from >= end) {
		grid->skip = 0;
		return;
	}
	limit_skip(grid, from, end, room - *column);
	for (size_t i = from + grid->skip; i < end; i++) {
		const struct grid_candidate *candidate = &grid->candidates[i];
		bool first = i == from + grid->skip;
		int width = candidate->width;

		if (*column + width > room && first && right > NAME_LEAST)
			room = cells - NAME_LEAST;
		if (*column + width > room && first && room > *column)
			width = room - *column;
		if (*column + width > room) {
			grid->more_right = true;
			return;
		}
		put(grid, candidate, column, width, false);
	}
}

void grid_layout(struct grid *grid, int cells)
{
	struct grid_candidate *candidates;
	size_t count, left, right;
	int column = 0;

	grid->layout_size = 0;
	grid->more_right = false;
	grid->skip = grid->skip_wanted;
	count = grid_columns(grid) ? collect(grid) : 0;
	if (!count)
		return;
	candidates = grid->candidates;
	if (total_width(grid, count, cells) > cells)
		shrink(grid, count);
	if (total_width(grid, count, cells) > cells)
		count = remove_wide(grid, count, cells);
	right = names_row(grid, candidates[count - 1].index) && !is_number(grid, candidates[count - 1].index);
	left = count > 1 && names_row(grid, candidates[0].index) && candidates[0].width + last_min(cells) <= cells;
	if (left)
		put(grid, &candidates[0], &column, candidates[0].width, false);
	put_middle(grid, left, count - right, &column, cells, right ? last_min(cells) : 0);
	if (right && cells > column) {
		put(grid, &candidates[count - 1], &column, cells - column, true);
	} else if (grid->layout_size && !grid->more_right) {
		struct grid_column *last = &grid->layout[grid->layout_size - 1];

		last->rest = !is_number(grid, last->index);
		if (last->rest)
			last->width = cells - last->column;
	}
}
