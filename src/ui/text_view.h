/* Lines of text to walk in, search and save: the part that the windows of echo and dig and the pager share. It knows
 * neither events nor memory, only a source of lines by number; what a line looks like is made when it is drawn. */
#ifndef UI_TEXT_VIEW_H
#define UI_TEXT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cells.h"
#include "terminal.h"

#define TEXT_RUNS 4
#define TEXT_SEARCH 256

/* Bytes of a line that look other than the rest. */
struct text_run {
	size_t from, to;
	uint8_t style;
};

struct text_line {
	const char *text;      /* as it came from outside; borrowed until the source is asked again */
	size_t size;
	uint8_t style;
	struct text_run runs[TEXT_RUNS];
	unsigned nruns;
};

struct text_source {
	/* Lines there are: [*first, *end). Numbers stay with their lines; the oldest ones may go. */
	void (*range)(void *context, uint64_t *first, uint64_t *end);
	/* Line n of the range. */
	void (*line)(void *context, uint64_t n, struct text_line *line);
	void *context;
};

/* A place: a line, and the row of it where it is wrapped. */
struct text_place {
	uint64_t line;
	size_t row;
};

struct text_search {
	char text[TEXT_SEARCH]; /* "" none */
	bool backwards;
	bool running;           /* from `at` on; `left` lines still to look at */
	bool failed;
	uint64_t at, left, total;
};

/* Starts zeroed but for its source. */
struct text_view {
	struct text_source source;
	uint64_t cursor;        /* line */
	struct text_place top;  /* first row on the screen */
	bool wrap;
	bool follow;            /* the cursor stays at the last line */
	size_t shift;           /* cells scrolled out at the left; without wrap */
	/* A screen made smaller and larger again shows what it did before: only who moves changes top_wanted. */
	struct text_place top_wanted, top_drawn;
	uint64_t cursor_drawn;
	int rows, columns;      /* as last drawn */
	int row, column;        /* where */
	struct text_search search;
	/* the line that was made ready last: escaped, tabs expanded, a style for each byte */
	char *shown;
	uint8_t *styles;
	size_t shown_size, shown_room;
};

void text_view_fini(struct text_view *view);
void text_view_draw(struct text_view *view, struct cells *cells, struct box box);
/* Movement; true if it was one. */
bool text_view_key(struct text_view *view, int key);
/* Wheel and press; true if the press was on the line of the cursor already, or the second of two. */
bool text_view_mouse(struct text_view *view, const struct key_event *event);
/* Puts the cursor on a line, the nearest there is. */
void text_view_go(struct text_view *view, uint64_t line);
/* "12/4031 0%" */
void text_view_position(const struct text_view *view, char *text, size_t size);
uint64_t text_view_lines(const struct text_view *view, uint64_t *first);
/* Makes a line ready in view->shown and styles. */
void text_view_show(struct text_view *view, uint64_t line);

/* ---- text_search.c ---- */

/* Looks from the cursor on (again: after it), once around, for at most about budget_ns; true if found. Else
 * view->search.running says whether text_view_search_on has more to do. */
bool text_view_search(struct text_view *view, const char *text, bool again, bool backwards, uint64_t budget_ns);
/* Goes on for about budget_ns; true if more is left. */
bool text_view_search_on(struct text_view *view, uint64_t budget_ns);
/* The searched text's next place in shown bytes, or NULL; *length in bytes. */
const char *text_search_find(const struct text_search *search, const char *text, size_t size, size_t *length);

/* ---- text_save.c ---- */

struct text_saved {
	uint64_t lines, bytes;
};

struct text_saver;

/* Begins to write all lines that there are now into a new file (0600), or with `replace` into one that is there: made beside
 * it and put in its place at the end. What could act on a terminal is escaped, as on the screen. The view must stay. 0 or a
 * negative errno. */
int text_saver_new(struct text_view *view, const char *path, bool replace, struct text_saver **saver);
/* Writes for about budget_ns: 1 if there is more to write, 0 when all of it is in its place, or a negative errno, and then
 * nothing is left of it. */
int text_saver_step(struct text_saver *saver, uint64_t budget_ns);
unsigned text_saver_progress(const struct text_saver *saver); /* per cent */
const char *text_saver_path(const struct text_saver *saver);
/* Stops, if it is not done, and leaves nothing. Returns what was written. */
struct text_saved text_saver_free(struct text_saver *saver);

#endif
