#include "pending_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/span.h"

#define LINES_MAX 3
#define ROWS_MIN 6          /* of a pane that has them */
#define CELL_TEXT 4096
#define ONLY_CALLS "evt.pending=call"

void pending_calls_init(struct pending_calls *pending, struct engine *engine, const struct view *view,
			const struct query_spec *spec)
{
	const char **filters = calloc(spec->nfilters + 1, sizeof(*filters));
	struct query_spec calls = { .view = view, .depth = spec->depth, .inside = spec->inside,
				    .inside_scope = spec->inside_scope, .filters = filters, .nfilters = spec->nfilters + 1 };
	struct filter_error error;
	size_t which;

	if (!filters)
		return;
	if (spec->nfilters)
		memcpy(filters, spec->filters, spec->nfilters * sizeof(*filters));
	filters[spec->nfilters] = ONLY_CALLS;
	pending->query = query_new(engine, &calls, &error, &which);
	free(filters);
}

void pending_calls_fini(struct pending_calls *pending)
{
	if (pending->query)
		query_free(pending->query);
	pending->query = NULL;
}

/* Nothing of a span that is over is in flight. */
static size_t count(struct pending_calls *pending)
{
	const struct span *inside = pending->query ? query_get_spec(pending->query)->inside : NULL;

	return pending->query && !(inside && inside->flags & SPAN_CLOSED) ? query_rows(pending->query) : 0;
}

int pending_calls_lines(struct pending_calls *pending, int rows)
{
	size_t calls = count(pending);

	if (rows < ROWS_MIN)
		return 0;
	if (!calls && !pending->query)
		pending->lines = 0;
	if (calls > (size_t)pending->lines)
		pending->lines = calls < LINES_MAX ? (int)calls : LINES_MAX;
	return pending->lines;
}

static size_t column_of(const struct query *query, const char *field)
{
	const struct view *view = query_get_spec(query)->view;

	for (size_t i = 0; i < view->ncolumns; i++)
		if (!(view->columns[i].flags & COLUMN_KEY) && !strcmp(view->columns[i].field, field))
			return i;
	return SIZE_MAX;
}

/* What stands there for a column of the events; escaped. */
static size_t cell_text(const struct query *query, const struct query_row *row, const char *field, char text[CELL_TEXT])
{
	size_t column = column_of(query, field), size;
	char raw[CELL_TEXT / 4];

	if (!strcmp(field, "evt.rawres"))
		return (size_t)snprintf(text, CELL_TEXT, "pending");
	if (column == SIZE_MAX)
		return 0;
	size = query_cell_text(query, row, column, raw, sizeof(raw));
	return text_escape(raw, size < sizeof(raw) ? size : sizeof(raw) - 1, text, CELL_TEXT);
}

static void draw_call(struct pending_calls *pending, struct grid *grid, struct cells *cells, struct box box, int line,
		      size_t i)
{
	char text[CELL_TEXT];

	for (size_t at = 0; at < grid->layout_size; at++) {
		/* read again for each cell: what a row points at lasts until the next call of the query */
		const struct query_row *row = query_row(pending->query, i);
		const char *field = grid->pane.view->columns[grid->layout[at].index].field;

		grid_draw_text(grid, cells, box, line, &grid->layout[at], STYLE_DIM, text,
			       cell_text(pending->query, row, field, text));
	}
}

void pending_calls_draw(struct pending_calls *pending, struct grid *grid, struct cells *cells, struct box box)
{
	size_t calls = count(pending), rows = query_rows(grid->pane.query), below = rows - grid->first;
	int lines = pending->lines, line = box.row + box.rows - lines;
	char more[80];

	if (rows && below < (size_t)grid->rows_shown)
		line = box.row + 1 + (int)below;
	for (int i = 0; i < lines && (size_t)i < calls; i++) {
		if (i == lines - 1 && calls > (size_t)lines) {
			snprintf(more, sizeof(more), "and %zu more that have not returned: F2 In Flight lists them", calls - (size_t)i);
			cells_text(cells, line + i, box.column, box.columns, STYLE_DIM, more, strlen(more));
		} else {
			draw_call(pending, grid, cells, box, line + i, (size_t)i);
		}
	}
}
