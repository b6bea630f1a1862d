/* Tables and lists: a grid whose rows lead elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/in_flight.h"
#include "../engine/span.h"
#include "app_private.h"
#include "grid.h"

#define FILTER_TEXT 8192

static unsigned depth_of(const struct grid *grid)
{
	return query_get_spec(grid->pane.query)->depth;
}

/* Whether each row stands for one span (traces_list, spans_list). */
static bool rows_are_spans(const struct view *view)
{
	for (size_t i = 0; i < view->ncolumns; i++)
		if ((view->columns[i].flags & COLUMN_KEY) &&
		    !strncmp(view->columns[i].field, "span.rawtime", 12))
			return true;
	return false;
}

static bool row_is_span(const struct view *view, const struct query_row *row)
{
	return rows_are_spans(view) || (view->kind == VIEW_IN_FLIGHT && in_flight_is_span(row->id));
}

static const struct view *need_view(struct app *app, const char *id)
{
	const struct view *view = app_view(app, id);

	if (!view)
		app_message(app, true, "there is no view %s", id);
	return view;
}

/* What a row is called in the breadcrumb: `download_handler`, or `proc.pid=42` where a number alone says
 * nothing. */
static void row_label(struct grid *grid, const struct query_row *row, char *label, size_t size)
{
	const struct view *view = grid->pane.view;
	const struct view_column *column = view_key(view);

	if (column) {
		const char *field = column->filter_field ? column->filter_field : column->field;
		size_t i = (size_t)(column - view->columns);
		char text[LABEL_TEXT - 64];

		query_cell_text(grid->pane.query, row, i, text, sizeof(text));
		if (query_column_type(grid->pane.query, i) == VALUE_TEXT && text[0])
			snprintf(label, size, "%s", text);
		else
			snprintf(label, size, "%.40s=%s", field, text);
		return;
	}
	snprintf(label, size, "event %llu", (unsigned long long)row->event_num);
}

/* Opens a view for the row under the cursor; `inside` says whether a row that is a span becomes the span to
 * be inside of. */
static void open_row_in(struct app *app, struct grid *grid, const struct view *view, unsigned depth, bool inside)
{
	const struct query_row *row = grid_selected(grid);
	bool is_span = row && row_is_span(grid->pane.view, row);
	struct span *span = NULL;
	char filter[FILTER_TEXT], label[LABEL_TEXT], *below = NULL;
	size_t length;

	if (!view || !row)
		return;
	grid->moved = true;   /* coming back finds this row, wherever it is then */
	if (is_span) {
		span = query_row_span(grid->pane.query, row);
		if (!span && inside) {
			app_message(app, true, grid->pane.view->kind == VIEW_IN_FLIGHT ?
						       "this span has ended meanwhile" :
						       "the recording no longer holds this span");
			return;
		}
	}
	length = query_row_filter(grid->pane.query, row, filter, sizeof(filter));
	if (!length && grid->pane.view->kind == VIEW_LIST && !span) {
		app_event_details(app, row->event_num);
		return;
	}
	if (!length && !span) {
		app_message(app, true, "no filter stands for this row");
		return;
	}
	if (length >= sizeof(filter)) {
		app_message(app, true, "this row's name is too long for a filter");
		return;
	}
	if (span)
		app_span_label(span, app_now(app), label, sizeof(label));
	else
		row_label(grid, row, label, sizeof(label));
	if (!(inside && span) && !(below = pane_below(&grid->pane, filter))) {
		app_message(app, true, "out of memory");
		return;
	}
	app_open(app, view, depth, below, label, inside ? span : NULL);
	free(below);
}

static void open_row(struct app *app, struct grid *grid, const char *view_id, unsigned depth, bool inside)
{
	open_row_in(app, grid, need_view(app, view_id), depth, inside);
}

/* Whether the row under the cursor has a column of this field, and counts nothing in it. */
static bool counts_none(struct grid *grid, const char *field)
{
	const struct view *view = grid->pane.view;
	const struct query_row *row = grid_selected(grid);

	for (size_t i = 0; row && i < view->ncolumns; i++)
		if (!strncmp(view->columns[i].field, field, strlen(field)))
			return row->cells[i].type == VALUE_NONE || !row->cells[i].u;
	return false;
}

/* A tag below which there are no spans. */
static bool is_leaf(struct grid *grid)
{
	return counts_none(grid, "span.childcount");
}

/* The spans that a row stands for; of a row that is a span its children. */
static void run_spans(struct app *app, struct pane *pane)
{
	struct grid *grid = (struct grid *)pane;

	if (rows_are_spans(pane->view))
		open_row(app, grid, "spans_list", depth_of(grid) + 1, false);
	else
		open_row(app, grid, depth_of(grid) ? "spans_list" : "traces_list", depth_of(grid), false);
}

static void run_events(struct app *app, struct pane *pane)
{
	struct grid *grid = (struct grid *)pane;

	open_row(app, grid, "events", depth_of(grid), true);
}

/* What the row's calls read and wrote. */
static void run_echo(struct app *app, struct pane *pane)
{
	struct grid *grid = (struct grid *)pane;

	open_row(app, grid, "echo", depth_of(grid), true);
}

static void enter(struct app *app, struct grid *grid)
{
	const struct view *view = grid->pane.view, *target = view_set_drilldown(app->views, view);

	if (view->drilldown && is_leaf(grid) && counts_none(grid, "span.count.fortag")) {
		/* spans are listed when they end, what happens inside them is there before */
		run_events(app, &grid->pane);
		app_message(app, false, "None has ended yet: these are the events inside those that are open");
	} else if (view->drilldown && view->drilldown_deeper && is_leaf(grid))
		run_spans(app, &grid->pane);
	else if (target && !rows_are_spans(view))
		open_row_in(app, grid, target, depth_of(grid) + view->drilldown_deeper, true);
	else
		open_row(app, grid, "events", depth_of(grid), true);
}

/* Which spectrogram is that of a view's rows. */
static const struct view *spectrogram_of(struct app *app, const struct view *view)
{
	const struct view *own;
	char id[80];

	snprintf(id, sizeof(id), "spectro_%s", view->spectro_type ? view->spectro_type : "");
	own = view->spectro_type ? app_view(app, id) : NULL;
	if (own && own->kind == VIEW_SPECTROGRAM)
		return own;
	return need_view(app, view_shows_spans(view) || (view->spectro_type && !strcmp(view->spectro_type, "tracers")) ?
				      "spectro_traces" : "spectro_all");
}

static void run_spectrogram(struct app *app, struct pane *pane)
{
	struct grid *grid = (struct grid *)pane;

	if (rows_are_spans(pane->view)) {
		/* one latency is no picture: those of all its neighbours are */
		const struct view *view = need_view(app, "spectro_traces");

		if (view)
			app_open(app, view, depth_of(grid), NULL, "latencies", NULL);
	} else {
		open_row_in(app, grid, spectrogram_of(app, pane->view), depth_of(grid), false);
	}
}

/* Of a row that is a span its own, of one that stands for many that of the slowest, else that of the span that this is
 * inside of. */
static void run_waterfall(struct app *app, struct pane *pane)
{
	struct grid *grid = (struct grid *)pane;
	const struct query_spec *spec = query_get_spec(pane->query);
	const struct query_row *row = grid_selected(grid);
	const char **filters;
	char filter[FILTER_TEXT];

	if (row && row_is_span(pane->view, row)) {
		grid->moved = true;
		app_open_waterfall(app, query_row_span(pane->query, row));
		return;
	}
	if (!row || !view_shows_spans(pane->view)) {
		app_open_waterfall(app, app_top(app)->inside);
		return;
	}
	open_row(app, grid, "waterfall", depth_of(grid), false);
	filters = app_top(app)->pane != pane ? calloc(spec->nfilters + 1, sizeof(*filters)) : NULL;
	row = grid_selected(grid);
	if (!filters || !row || query_row_filter(pane->query, row, filter, sizeof(filter)) >= sizeof(filter)) {
		free(filters);
		return;
	}
	memcpy(filters, spec->filters, spec->nfilters * sizeof(*filters));
	filters[spec->nfilters] = filter;
	waterfall_pane_pick(app_top(app)->pane, filters, spec->nfilters + 1, spec->depth);
	free(filters);
}

static void run_sort(struct app *app, struct pane *pane)
{
	(void)pane;
	app_sort_menu(app);
}

#define ACTIONS                                                                                              \
	{ { K_ENTER }, "Enter", NULL, "drill down into the row: its spans, or what happened inside it",      \
	  .run = NULL },                                                                                            \
	{ { K_F(5), 'e' }, "F5", "Echo", "the data that was read and written by the row, or inside its spans", \
	  .run = run_echo },                                                                                        \
	{ { K_F(6), 'd' }, "F6", "Events", "events of the row: calls, waits and I/O inside its spans",       \
	  .run = run_events },                                                                                      \
	{ { K_F(9), '>', '<' }, "F9", "Sort", "choose the column to sort by", .run = run_sort },                    \
	{ { '!' }, "Shift+1-9", NULL, "sort by column 1 to 9; again turns the order", .run = NULL },                \
	{ { 'w' }, "w", "Waterf", "waterfall of the row's span; of many that of the slowest", .run = run_waterfall }, \
	{ { K_F(12) }, "F12", "Spectro", "spectrogram of the row's latencies; in a list, of all its rows",   \
	  .run = run_spectrogram }

static const struct action span_actions[] = {
	ACTIONS,
	{ { 's' }, "s", "Spans", "list of the spans that the row stands for; of a span its children",
	  .run = run_spans },
	{ .help = NULL },
};

static const struct action call_actions[] = {
	ACTIONS,
	{ .help = NULL },
};

static void table_free(struct pane *pane)
{
	grid_fini((struct grid *)pane);
	free(pane);
}

#define OPERATIONS                                                                                           \
	.update = grid_update, .draw = grid_draw, .key = grid_key, .mouse = grid_mouse,                      \
	.position = grid_position, .search = grid_search, .selection = grid_selection, .free = table_free

static const struct pane_operations span_operations = { .actions = span_actions, OPERATIONS };
static const struct pane_operations call_operations = { .actions = call_actions, OPERATIONS };

struct pane *table_pane_new(struct query *query)
{
	struct grid *grid = calloc(1, sizeof(*grid));

	if (!grid)
		return NULL;
	grid->pane.operations = view_shows_spans(query_get_spec(query)->view) ? &span_operations : &call_operations;
	grid->enter = enter;
	return &grid->pane;
}
