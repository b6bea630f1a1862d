/* Below the events of a thread, a span or whatever a filter picks: the calls that are begun and have not returned, live,
 * each with how long it waits already. They are lines of the pane, no rows: they become rows when they return. */
#ifndef UI_PENDING_CALLS_H
#define UI_PENDING_CALLS_H

#include "grid.h"

struct pending_calls {
	struct query *query;   /* of what is in flight; NULL: none are shown */
	int lines;             /* that they had at most: what is above them does not jump as they come and go */
};

/* The calls that pass what the spec's events pass; view is that of what is in flight. None without memory. */
void pending_calls_init(struct pending_calls *pending, struct engine *engine, const struct view *view,
			const struct query_spec *spec);
void pending_calls_fini(struct pending_calls *pending);
/* Lines that they take of a box of so many rows. */
int pending_calls_lines(struct pending_calls *pending, int rows);
/* Draws them under the columns of the grid, which was drawn into the upper part of the box. */
void pending_calls_draw(struct pending_calls *pending, struct grid *grid, struct cells *cells, struct box box);

#endif
