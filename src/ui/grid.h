/* A grid: rows of a query under column titles, with a cursor that follows its row, scrolling both ways,
 * sorting and search. Table, list and event panes are grids with different keys. */
#ifndef UI_GRID_H
#define UI_GRID_H

#include "pane.h"

#define GRID_COLUMNS 48
#define GRID_SEARCH 128

struct grid_column {
	size_t index;          /* in view->columns */
	int column, width;     /* on the screen; width includes the separating blank */
};

struct grid {
	struct pane pane;
	size_t cursor;         /* row under the cursor */
	uint64_t cursor_id;    /* its identity */
	bool moved;            /* the cursor follows its row; else it stays at the first one */
	bool follow;           /* the cursor stays at the last row */
	size_t first;          /* first row on the screen */
	size_t first_wanted;   /* what it would be if there were room for the cursor */
	size_t skip;           /* columns scrolled out at the left */
	int shift;             /* cells scrolled out of the last column */
	int rows_shown;
	char search[GRID_SEARCH];
	struct grid_column layout[GRID_COLUMNS];
	size_t layout_size;
	bool more_right;       /* columns beyond the right edge */
	/* Style of a cell of a row that is not selected; NULL: all normal. */
	uint8_t (*style)(struct grid *grid, const struct query_row *row, size_t column);
	/* What Enter or a double click does. */
	void (*enter)(struct app *app, struct grid *grid);
};

/* The row under the cursor, or NULL if there are none. Good until the query's next call. */
const struct query_row *grid_selected(struct grid *grid);
void grid_move(struct grid *grid, size_t row);
/* Sorts by a column of the view; the current one changes direction. */
void grid_sort(struct grid *grid, size_t column);
/* The nth column that can be shown (0 first) as an index of view->columns, or SIZE_MAX. */
size_t grid_nth_column(const struct grid *grid, size_t n);

/* The pane operations that grids share. */
bool grid_update(struct pane *pane, uint64_t now, uint64_t budget_ns);
void grid_draw(struct pane *pane, struct cells *cells, struct box box);
bool grid_key(struct app *app, struct pane *pane, int key);
bool grid_mouse(struct app *app, struct pane *pane, const struct key_event *event);
void grid_position(struct pane *pane, char *text, size_t size);
bool grid_search(struct pane *pane, const char *text, bool again, bool backwards);
size_t grid_selection(struct pane *pane, char *text, size_t size);

/* ---- grid_layout.c ---- */

/* Decides which columns fit into so many cells, and where. */
void grid_layout(struct grid *grid, int cells);

#endif
