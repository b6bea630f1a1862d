/* A grid: rows of a query under column titles, with a cursor that follows its row, scrolling both ways,
 * sorting and search. Table, list and event panes are grids with different keys. */
#ifndef UI_GRID_H
#define UI_GRID_H

#include "pane.h"

#define GRID_SEARCH 128
#define GRID_WIDTH_MAX 500   /* cells that a column may be made wide */

struct grid_column {
	size_t index;          /* in view->columns */
	int column, width;     /* on the screen; width includes the separating blank */
	bool rest;             /* it has the rest of the line, and scrolls within it */
};

enum choice_state {
	CHOICE_USUAL,          /* as the view has it: COLUMN_WIDE ones go where room is short */
	CHOICE_SHOWN,
	CHOICE_HIDDEN,
};

/* What the user wants of a column. */
struct column_choice {
	size_t index;          /* in view->columns */
	int width;             /* with the separating blank; 0: the view's own */
	enum choice_state state;
};

struct grid_candidate {
	size_t index;
	int width;
	bool chosen;           /* the width is the user's */
	bool kept;             /* the user wants to see it: no lack of room takes it away */
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
	size_t skip_wanted;    /* what it would be if there were not room for them */
	int shift;             /* cells scrolled out of the last column */
	int rows_shown;
	char search[GRID_SEARCH];
	struct column_choice *choices;      /* owned: every column that can be shown, in their order; NULL: not made yet */
	size_t nchoices;
	struct grid_candidate *candidates;  /* owned: of the layout that is being made; room for nchoices */
	struct grid_column *layout;         /* owned: the columns on the screen; room for nchoices */
	size_t layout_size;
	size_t resized;                     /* + 1: column whose edge the mouse holds; 0 none */
	bool resized_moved;
	int sort_usual, sort_noted;         /* column that the view sorts by; that was last looked at. */
	bool usual_descending, noted_descending, sort_known;
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
/* The nth column that is shown (0 first, those scrolled out count) as an index of view->columns, or SIZE_MAX. */
size_t grid_nth_column(struct grid *grid, size_t n);

/* Draws an escaped text where the cell of the column (of the layout) is, in this row of the screen. */
void grid_draw_text(const struct grid *grid, struct cells *cells, struct box box, int row, const struct grid_column *column,
		    uint8_t style, const char *text, size_t size);

/* The pane operations that grids share. */
bool grid_update(struct pane *pane, uint64_t now, uint64_t budget_ns);
void grid_draw(struct pane *pane, struct cells *cells, struct box box);
bool grid_key(struct app *app, struct pane *pane, int key);
bool grid_mouse(struct app *app, struct pane *pane, const struct key_event *event);
void grid_position(struct pane *pane, char *text, size_t size);
bool grid_search(struct pane *pane, const char *text, bool again, bool backwards);
size_t grid_selection(struct pane *pane, char *text, size_t size);

/* ---- grid_columns.c: which columns, in which order, how wide ---- */

/* The pane as a grid, or NULL if it is none. */
struct grid *grid_of(struct pane *pane);
/* Makes the choices, as the view has its columns, if there are none yet. False without memory. */
bool grid_columns(struct grid *grid);
/* Frees what a grid owns; part of every grid's free. */
void grid_fini(struct grid *grid);
/* Choices from a text as grid_columns_text makes it; NULL: as the view has them. Columns that it does not name keep
 * their place behind the column before them; names that the view does not have are passed over. */
void grid_columns_read(struct grid *grid, const char *text);
/* The choices as text, malloced: "" if they are the view's own. NULL without memory. */
char *grid_columns_text(struct grid *grid);
/* A column's name in settings; the full length is returned. */
size_t grid_column_name(const struct grid *grid, size_t index, char *name, size_t size);
/* The column of this name, or SIZE_MAX. */
size_t grid_find_column(const struct grid *grid, const char *name, size_t size);

/* ---- grid_layout.c ---- */

/* Decides which columns fit into so many cells, and where. */
void grid_layout(struct grid *grid, int cells);

#endif
