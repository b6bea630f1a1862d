/* Private to the waterfall's files: its state (waterfall_pane.c), its rows (waterfall_rows.c), its time axis
 * (waterfall_axis.c), what it says of spans and calls (waterfall_text.c) and how it is drawn (waterfall_draw.c). */
#ifndef UI_WATERFALL_H
#define UI_WATERFALL_H

#include "../engine/trace_pick.h"
#include "../engine/trace_tree.h"
#include "pane.h"
#include "popup.h"

#define NO_CALL UINT32_MAX

/* What of a span has rows of its own. */
enum waterfall_fold {
	FOLD_CHILDREN,         /* the spans below it: how it starts */
	FOLD_CALLS,            /* these and its own calls */
	FOLD_CLOSED,           /* nothing */
};

struct waterfall_row {
	uint32_t node;
	uint32_t call;         /* of the node, or NO_CALL: the row is the span itself */
};

/* ns since the enter of the root, `to` excluded. */
struct waterfall_range {
	uint64_t from, to;
};

struct waterfall_fields {
	struct field name, fd_name, text, result;
};

struct waterfall {
	struct pane pane;
	struct trace_tree *tree;   /* NULL: there is no span yet */
	struct trace_pick *pick;   /* looks for the span to show; NULL: that is known */
	bool follow;               /* another span that the pick finds takes the place of this one */
	uint64_t now;              /* ns since the epoch: up to here open spans reach */
	struct waterfall_row *rows;
	size_t nrows, rows_room;
	uint8_t *folds;            /* enum waterfall_fold, by node */
	size_t nfolds;
	bool shows_calls;          /* some node is FOLD_CALLS */
	bool stale;                /* rows are to be made anew, */
	uint64_t rows_version;     /* or if the tree is not this any more */
	uint32_t rows_nodes;
	size_t cursor, first;
	uint64_t cursor_call;      /* number of the event of the call under the cursor, 0: a span */
	bool zoomed;
	struct waterfall_range range; /* if zoomed */
	struct box tree_box, bars_box; /* where rows were last drawn */
	bool dragging;
	int drag_from, drag_to;    /* columns of bars_box */
	struct waterfall_fields fields;
	struct field_context context;
};

/* ---- waterfall_rows.c ---- */

/* Makes rows as the folds say; the cursor stays on its span or call, or goes to what hides it now. */
void waterfall_rows_make(struct waterfall *waterfall);
/* The same if anything changed. */
void waterfall_rows_refresh(struct waterfall *waterfall);
enum waterfall_fold waterfall_fold(const struct waterfall *waterfall, uint32_t node);
void waterfall_set_fold(struct waterfall *waterfall, uint32_t node, enum waterfall_fold fold);
/* Opens what hides the node. */
void waterfall_reveal(struct waterfall *waterfall, uint32_t node);
/* The row under the cursor, or NULL without a tree. */
const struct waterfall_row *waterfall_selected(const struct waterfall *waterfall);
void waterfall_move(struct waterfall *waterfall, size_t row);
/* Where the row's bar lies. */
struct waterfall_range waterfall_row_range(const struct waterfall *waterfall, const struct waterfall_row *row);

/* ---- waterfall_axis.c ---- */

/* All of the trace. */
struct waterfall_range waterfall_whole(const struct waterfall *waterfall);
/* What is on the screen. */
struct waterfall_range waterfall_range(const struct waterfall *waterfall);
/* Shows this part, cut to the trace; all of it if that is all. */
void waterfall_zoom(struct waterfall *waterfall, struct waterfall_range range);
/* By a factor, so that what is at this share of the width (0 to 1) stays there. */
void waterfall_scale(struct waterfall *waterfall, double factor, double at);
/* By a share of the width, negative to the left. */
void waterfall_pan(struct waterfall *waterfall, double share);
/* ns between two marks of the axis. */
uint64_t waterfall_step(struct waterfall_range range, int columns);
/* 1.25ms: a place of the axis, exact to a step. Returns the length. */
int waterfall_mark_text(uint64_t at, uint64_t to, uint64_t step, char *text, size_t size);
void waterfall_axis_draw(const struct waterfall *waterfall, struct cells *cells, struct box box);

/* ---- waterfall_text.c ---- */

bool waterfall_fields_init(struct waterfall_fields *fields);
void waterfall_fields_fini(struct waterfall_fields *fields);
/* What a row is called; NUL-terminated, cut to size. */
void waterfall_name(struct waterfall *waterfall, const struct waterfall_row *row, char *text, size_t size);
/* What stands beside its bar: arguments, or what a call was about. */
void waterfall_label(struct waterfall *waterfall, const struct waterfall_row *row, char *text, size_t size);
/* All that is known of a row: what it is, and its figures. */
void waterfall_details(struct waterfall *waterfall, const struct waterfall_row *row, char *what, size_t what_size,
		       char *figures, size_t figures_size);
/* "file", ...: of what a kind of call is. */
const char *waterfall_kind_name(enum trace_kind kind);

/* ---- waterfall_page.c ---- */

/* Fills the page with the details of the selected row; which row that is, or UINT64_MAX: there is none. */
uint64_t waterfall_page(struct waterfall *waterfall, struct popup *page, int width, uint64_t now);

/* ---- waterfall_draw.c ---- */

void waterfall_draw(struct pane *pane, struct cells *cells, struct box box);

#endif
