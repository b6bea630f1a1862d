/* The details pane: everything about the row under the cursor, below its table or, on wide screens, at its right.
 *
 * It is a part of the screen, not of the stack: it follows the cursor of the pane on top, and is made anew from the row
 * whenever the screen is drawn. */
#ifndef UI_DETAILS_H
#define UI_DETAILS_H

#include <stdbool.h>
#include <stdint.h>

#include "popup.h"

struct app;
struct engine;
struct pane;
struct process;
struct query_row;

struct details {
	bool shown;            /* the user wants it */
	struct popup page;     /* its lines */
	struct box box;        /* where it was last drawn; no rows: it is not on the screen */
	bool at_right;         /* of the pane; else below it */
	size_t first;          /* line at the top */
	size_t first_wanted;   /* what it would be if the box were not too large for it */
	const struct pane *pane;
	uint64_t row_id;       /* the row that the lines are of */
};

/* Tab. */
void details_toggle(struct app *app);
/* Moves the lines by half a page, forwards (1) or back (-1). */
void details_scroll(struct app *app, int direction);
/* Takes its part of the box, if it is to be shown and there is room for it beside the pane. */
void details_split(struct app *app, const struct pane *pane, struct box *box);
/* Draws it where details_split put it; after the pane. */
void details_draw(struct app *app, struct pane *pane, struct cells *cells);
/* The wheel over it. True if the event is not for the pane. */
bool details_mouse(struct app *app, const struct key_event *event);
void details_fini(struct details *details);

/* ---- details_row.c ---- */

/* Adds all that is known of the row, which the pane's query handed out last, in lines of at most `width` cells. */
void details_of_row(struct popup *page, int width, struct pane *pane, const struct query_row *row, uint64_t now);
/* Parts of it: a name with a value from outside, of so many bytes (nothing if there are none); a process; an event. */
void details_pair(struct popup *page, int width, const char *name, const char *bytes, size_t size);
void details_of_process(struct popup *page, int width, const struct engine *engine, const struct process *process);
void details_of_event(struct popup *page, int width, struct engine *engine, uint64_t num, uint64_t now);

#endif
