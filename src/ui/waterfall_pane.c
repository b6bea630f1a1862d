/* The waterfall: one span and all below it on a common time axis. It is that of the span which led here; without one
 * that of a trace that is looked for: the slowest of a row, or the latest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/recording.h"
#include "../engine/span.h"
#include "app_private.h"
#include "filter_path.h"
#include "waterfall.h"

#define SLICE 1024               /* events between two looks at the clock */
#define SEARCH_BUDGET 30000000ull
#define ZOOM_STEP 0.7            /* of the wheel */
#define ZOOM_OUT 4.0
#define PAN_STEP 0.25
#define WHEEL_ROWS 3

static struct waterfall *of(struct pane *pane)
{
	return (struct waterfall *)pane;
}

/* ---- which span ---- */

/* Of the query's filters those that are about calls: others would hide them all. */
static size_t call_filters(const struct query_spec *spec, const char **filters)
{
	size_t count = 0;

	for (size_t i = 0; i < spec->nfilters; i++)
		if (!filter_names_span(spec->filters[i]) && !strstr(spec->filters[i], "evtin.span."))
			filters[count++] = spec->filters[i];
	return count;
}

static void forget_rows(struct waterfall *waterfall)
{
	waterfall->nrows = waterfall->cursor = waterfall->first = 0;
	waterfall->cursor_call = 0;
	free(waterfall->folds);
	waterfall->folds = NULL;
	waterfall->nfolds = 0;
	waterfall->shows_calls = waterfall->zoomed = waterfall->dragging = false;
	waterfall->stale = true;
}

static void show_span(struct waterfall *waterfall, struct span *span)
{
	const struct query_spec *spec = query_get_spec(waterfall->pane.query);
	const char **filters = calloc(spec->nfilters + 1, sizeof(*filters));
	struct trace_tree *tree = NULL;

	if (filters)
		tree = trace_tree_new(waterfall->pane.engine, span, filters, call_filters(spec, filters), 0);
	free(filters);
	if (!tree)
		return;
	trace_tree_free(waterfall->tree);
	waterfall->tree = tree;
	forget_rows(waterfall);
}

static void look_for(struct waterfall *waterfall, const struct trace_pick_spec *spec)
{
	trace_pick_free(waterfall->pick);
	waterfall->pick = trace_pick_new(waterfall->pane.engine, spec);
}

void waterfall_pane_pick(struct pane *pane, const char *const *filters, size_t nfilters, unsigned depth)
{
	struct waterfall *waterfall = of(pane);
	struct trace_pick_spec spec = { filters, nfilters, depth + 1, NULL, true, 0 };

	look_for(waterfall, &spec);
}

/* True if more waits. */
static bool read_pick(struct waterfall *waterfall, uint64_t start, uint64_t budget_ns)
{
	struct span *found;
	bool more;

	do
		more = trace_pick_update(waterfall->pick, SLICE) == SLICE;
	while (more && pane_clock() - start < budget_ns);
	found = trace_pick_span(waterfall->pick);
	if (more || !found)
		return more;
	if (!waterfall->tree || (waterfall->follow && trace_tree_node(waterfall->tree, 0)->span != found))
		show_span(waterfall, found);
	return false;
}

static void find_span(struct waterfall *waterfall)
{
	const struct query_spec *spec = query_get_spec(waterfall->pane.query);
	struct trace_pick_spec latest = { spec->filters, spec->nfilters, spec->depth + 1, NULL, false, 0 };

	/* a span that another reading of the capture is to find comes with its first event */
	if (spec->inside && (!waterfall->tree || (!waterfall->pick &&
						  trace_tree_node(waterfall->tree, 0)->span != spec->inside)))
		show_span(waterfall, spec->inside);
	if (!waterfall->tree && !waterfall->pick && !waterfall->pane.elsewhere) {
		look_for(waterfall, &latest);
		waterfall->follow = true;
	}
}

/* ---- reading ---- */

static uint64_t events_held(const struct waterfall *waterfall)
{
	const struct recording *recording = engine_recording(waterfall->pane.engine);

	return recording_fill(recording, LANE_SPANS).events + recording_fill(recording, LANE_CALLS).events;
}

static bool read_tree(struct waterfall *waterfall, uint64_t start, uint64_t budget_ns)
{
	struct pane *pane = &waterfall->pane;
	uint64_t held;
	bool more;

	do {
		size_t read = trace_tree_update(waterfall->tree, SLICE);

		pane->events_read += read;
		more = read == SLICE && !trace_tree_is_over(waterfall->tree);
	} while (more && pane_clock() - start < budget_ns);
	held = events_held(waterfall);
	pane->progress = !more ? 100 : held > pane->events_read ? pane->events_read * 100 / held : 99;
	return more;
}

static bool waterfall_update(struct pane *pane, uint64_t now, uint64_t budget_ns)
{
	struct waterfall *waterfall = of(pane);
	uint64_t start = pane_clock(), last = engine_counts(pane->engine)->last_time;
	bool more = false;

	if (pane->paused)
		return false;
	/* a capture's time stands where its last event is */
	waterfall->now = pane->live && now > last ? now : last;
	find_span(waterfall);
	if (waterfall->pick && (waterfall->follow || !waterfall->tree))
		more = read_pick(waterfall, start, budget_ns);
	if (waterfall->tree)
		more |= read_tree(waterfall, start, budget_ns);
	else
		pane->progress = more ? 0 : 100;
	waterfall_rows_refresh(waterfall);
	return more;
}

/* ---- what keys do ---- */

/* The span under the cursor (of a call's row its span), or NULL. Whoever looks at it wants to keep it. */
static struct span *selected_span(struct waterfall *waterfall)
{
	const struct waterfall_row *row = waterfall_selected(waterfall);

	waterfall->follow = false;
	return row ? trace_tree_node(waterfall->tree, row->node)->span : NULL;
}

static void run_events(struct app *app, struct pane *pane)
{
	struct span *span = selected_span(of(pane));

	if (span)
		app_open_span(app, span);
}

/* Into a span, or to all that is known of a call. */
static void run_enter(struct app *app, struct pane *pane)
{
	struct waterfall *waterfall = of(pane);
	const struct waterfall_row *row = waterfall_selected(waterfall);

	if (row && row->call != NO_CALL)
		app_event_details(app, trace_tree_node(waterfall->tree, row->node)->calls[row->call].num);
	else
		run_events(app, pane);
}

static void run_zoom(struct app *app, struct pane *pane)
{
	struct waterfall *waterfall = of(pane);
	const struct waterfall_row *row = waterfall_selected(waterfall);
	struct waterfall_range before, range;

	(void)app;
	if (!row)
		return;
	waterfall->follow = false;
	before = waterfall_range(waterfall);
	waterfall_zoom(waterfall, waterfall_row_range(waterfall, row));
	range = waterfall_range(waterfall);
	/* there already: closer */
	if (before.from == range.from && before.to == range.to)
		waterfall_scale(waterfall, 0.5, 0.5);
}

static void run_out(struct app *app, struct pane *pane)
{
	(void)app;
	if (of(pane)->tree && of(pane)->zoomed)
		waterfall_scale(of(pane), ZOOM_OUT, 0.5);
}

/* Its children, with its own calls, nothing, and around again, as far as there are any. */
static void run_expand(struct app *app, struct pane *pane)
{
	struct waterfall *waterfall = of(pane);
	const struct waterfall_row *row = waterfall_selected(waterfall);
	const struct trace_node *node;
	enum waterfall_fold fold;

	(void)app;
	if (!row)
		return;
	waterfall->follow = false;
	node = trace_tree_node(waterfall->tree, row->node);
	fold = waterfall_fold(waterfall, row->node);
	if (!node->nchildren)
		fold = fold == FOLD_CALLS || !node->ncalls ? FOLD_CHILDREN : FOLD_CALLS;
	else if (fold == FOLD_CHILDREN)
		fold = node->ncalls ? FOLD_CALLS : FOLD_CLOSED;
	else
		fold = fold == FOLD_CALLS ? FOLD_CLOSED : FOLD_CHILDREN;
	/* of a call's row the span's: the cursor goes there with it */
	waterfall->cursor_call = fold == FOLD_CALLS ? waterfall->cursor_call : 0;
	waterfall_set_fold(waterfall, row->node, fold);
	waterfall_rows_make(waterfall);
}

static void run_follow(struct app *app, struct pane *pane)
{
	struct waterfall *waterfall = of(pane);
	const struct span *root = waterfall->tree ? trace_tree_node(waterfall->tree, 0)->span : NULL;
	struct trace_pick_spec spec = { .tags = root ? root->tags : NULL, .ntags = root ? root->ntags : 1 };

	if (!root || waterfall->follow) {
		waterfall->follow = false;
		app_message(app, false, "This trace stays");
		return;
	}
	look_for(waterfall, &spec);
	waterfall->follow = waterfall->pick;
	app_message(app, false, "Following: the latest one with the same tags");
}

void app_open_waterfall(struct app *app, struct span *span)
{
	const struct view *view = app_view(app, "waterfall");
	char label[LABEL_TEXT];

	if (!view || !span) {
		app_message(app, true, span ? "there is no view waterfall" : "there is no span here");
		return;
	}
	app_span_label(span, app_now(app), label, sizeof(label));
	app_open(app, view, span_depth(span), NULL, label, span);
}

static void run_waterfall(struct app *app, struct pane *pane)
{
	struct span *span = selected_span(of(pane));

	if (span && span != trace_tree_node(of(pane)->tree, 0)->span)
		app_open_waterfall(app, span);
}

static void run_echo(struct app *app, struct pane *pane)
{
	struct span *span = selected_span(of(pane));
	const struct view *view = app_view(app, "echo");
	char label[LABEL_TEXT];

	if (!span || !view)
		return;
	app_span_label(span, app_now(app), label, sizeof(label));
	app_open(app, view, span_depth(span), NULL, label, span);
}

static const struct action actions[] = {
	{ { K_ENTER }, "Enter", "Events", "what happened inside the span; of a call all that is known", .run = run_enter },
	{ { 0 }, "Space", "Expand", "fold and unfold the spans below, and list the span's own calls", .run = run_expand },
	{ { 'z' }, "z", "Zoom", "zoom to the selected span; again: closer", .run = run_zoom },
	{ { 'Z' }, "Z", "Out", "zoom out; Esc shows all of it", .run = run_out },
	{ { 'w' }, "w", NULL, "waterfall of the selected span alone", .run = run_waterfall },
	{ { K_F(5), 'e' }, "F5", "Echo", "data that was read and written inside the span", .run = run_echo },
	{ { K_F(6), 'd' }, "F6", NULL, "events inside the span", .run = run_events },
	{ { 'f' }, "f", "Follow", "the latest trace with the same tags, as they end", .run = run_follow },
	{ { K_LEFT, K_RIGHT }, "Left Right", NULL, "pan when zoomed; else fold and unfold, or go to the span above", .run = NULL },
	{ { 0 }, "Mouse", NULL, "the wheel zooms at the pointer, a drag zooms to what it covers", .run = NULL },
	{ .help = NULL },
};

/* Left and Right of a tree that is not zoomed. */
static void go_sideways(struct waterfall *waterfall, bool left)
{
	const struct waterfall_row *row = waterfall_selected(waterfall);
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);
	enum waterfall_fold fold = waterfall_fold(waterfall, row->node);
	bool open = node->nchildren ? fold != FOLD_CLOSED : fold == FOLD_CALLS;
	uint32_t to = row->node;

	if (!left && !open) {
		waterfall_set_fold(waterfall, row->node, node->nchildren ? FOLD_CHILDREN : FOLD_CALLS);
	} else if (left && open && row->call == NO_CALL) {
		waterfall_set_fold(waterfall, row->node, node->nchildren ? FOLD_CLOSED : FOLD_CHILDREN);
	} else if (left) {
		if (row->call == NO_CALL)
			to = node->parent == TRACE_NONE ? row->node : node->parent;
		for (size_t i = waterfall->cursor; i-- > 0;)
			if (waterfall->rows[i].node == to && waterfall->rows[i].call == NO_CALL) {
				waterfall_move(waterfall, i);
				break;
			}
	}
	waterfall_rows_make(waterfall);
}

static bool waterfall_key(struct app *app, struct pane *pane, int key)
{
	struct waterfall *waterfall = of(pane);
	size_t page = waterfall->tree_box.rows > 1 ? (size_t)waterfall->tree_box.rows - 1 : 1;
	size_t row = waterfall->cursor;

	if (!waterfall_selected(waterfall))
		return false;
	switch (key) {
	case K_UP:
		row -= row > 0;
		break;
	case K_DOWN:
		row++;
		break;
	case K_PAGE_UP:
		row -= row < page ? row : page;
		break;
	case K_PAGE_DOWN:
		row += page;
		break;
	case K_HOME:
		row = 0;
		break;
	case K_END:
		row = waterfall->nrows - 1;
		break;
	case ' ':
		run_expand(app, pane);
		return true;
	case K_ESCAPE:
		waterfall->zoomed = waterfall->dragging = false;
		return true;
	case K_LEFT:
	case K_RIGHT:
		if (waterfall->zoomed)
			waterfall_pan(waterfall, key == K_LEFT ? -PAN_STEP : PAN_STEP);
		else
			go_sideways(waterfall, key == K_LEFT);
		waterfall->follow = false;
		return true;
	default:
		return false;
	}
	waterfall->follow = false;
	waterfall_move(waterfall, row);
	return true;
}

/* ---- the mouse ---- */

static void wheel(struct waterfall *waterfall, const struct key_event *event)
{
	const struct box *bars = &waterfall->bars_box;
	bool up = event->mouse.kind == MOUSE_WHEEL_UP;
	int column = event->mouse.column - bars->column;
	size_t row = waterfall->cursor;

	if (column >= 0 && bars->columns > 0) {
		waterfall_scale(waterfall, up ? ZOOM_STEP : 1 / ZOOM_STEP, (column + 0.5) / bars->columns);
		return;
	}
	if (up)
		row -= row < WHEEL_ROWS ? row : WHEEL_ROWS;
	else
		row += WHEEL_ROWS;
	waterfall_move(waterfall, row);
}

static int column_of(const struct waterfall *waterfall, const struct key_event *event)
{
	int column = event->mouse.column - waterfall->bars_box.column, last = waterfall->bars_box.columns - 1;

	return column < 0 ? 0 : column > last ? last : column;
}

/* Zooms to what was dragged over. */
static void end_drag(struct waterfall *waterfall)
{
	struct waterfall_range range = waterfall_range(waterfall);
	int low = waterfall->drag_from < waterfall->drag_to ? waterfall->drag_from : waterfall->drag_to;
	int high = waterfall->drag_from < waterfall->drag_to ? waterfall->drag_to : waterfall->drag_from;
	double cell = (double)(range.to - range.from) / waterfall->bars_box.columns;

	waterfall->dragging = false;
	if (low == high)
		return;
	waterfall_zoom(waterfall, (struct waterfall_range){ range.from + (uint64_t)(low * cell),
							    range.from + (uint64_t)((high + 1) * cell) });
}

static void press(struct app *app, struct waterfall *waterfall, const struct key_event *event)
{
	int row = event->mouse.row - waterfall->tree_box.row;

	if (row < 0 || row >= waterfall->tree_box.rows || waterfall->first + (size_t)row >= waterfall->nrows)
		return;
	waterfall->follow = false;
	waterfall_move(waterfall, waterfall->first + (size_t)row);
	if (event->mouse.kind == MOUSE_DOUBLE)
		run_enter(app, &waterfall->pane);
}

static bool waterfall_mouse(struct app *app, struct pane *pane, const struct key_event *event)
{
	struct waterfall *waterfall = of(pane);

	if (!waterfall_selected(waterfall))
		return false;
	switch (event->mouse.kind) {
	case MOUSE_WHEEL_UP:
	case MOUSE_WHEEL_DOWN:
		waterfall->follow = false;
		wheel(waterfall, event);
		return true;
	case MOUSE_DRAG:
		waterfall->drag_to = column_of(waterfall, event);
		return true;
	case MOUSE_RELEASE:
		if (waterfall->dragging)
			end_drag(waterfall);
		return true;
	case MOUSE_PRESS:
		waterfall->dragging = event->mouse.column >= waterfall->bars_box.column && waterfall->bars_box.columns > 0;
		waterfall->drag_from = waterfall->drag_to = column_of(waterfall, event);
		press(app, waterfall, event);
		return true;
	case MOUSE_DOUBLE:
		waterfall->dragging = false;
		press(app, waterfall, event);
		return true;
	}
	return false;
}

/* ---- search, position, selection ---- */

static bool row_matches(struct waterfall *waterfall, const struct waterfall_row *row, const char *text)
{
	char what[1024], figures[1024];

	waterfall_details(waterfall, row, what, sizeof(what), figures, sizeof(figures));
	return strcasestr(what, text);
}

/* A span that a fold hides. */
static bool search_hidden(struct waterfall *waterfall, const char *text, uint64_t start)
{
	for (uint32_t i = 0; i < trace_tree_count(waterfall->tree); i++) {
		struct waterfall_row row = { i, NO_CALL };

		if (i % 256 == 255 && pane_clock() - start > SEARCH_BUDGET)
			return false;
		if (!row_matches(waterfall, &row, text))
			continue;
		waterfall_reveal(waterfall, i);
		waterfall_rows_make(waterfall);
		for (size_t at = 0; at < waterfall->nrows; at++)
			if (waterfall->rows[at].node == i && waterfall->rows[at].call == NO_CALL)
				waterfall_move(waterfall, at);
		return true;
	}
	return false;
}

static bool waterfall_search(struct pane *pane, const char *text, bool again, bool backwards)
{
	struct waterfall *waterfall = of(pane);
	size_t rows = waterfall->nrows;
	uint64_t start = pane_clock();

	pane->search_stopped = false;
	if (!text[0] || !waterfall_selected(waterfall))
		return !text[0];
	waterfall->follow = false;
	/* once around, the current row last (or first) */
	for (size_t i = again; i < rows + again; i++) {
		size_t row = (waterfall->cursor + (backwards ? rows - i % rows : i)) % rows;

		if (row_matches(waterfall, &waterfall->rows[row], text)) {
			waterfall_move(waterfall, row);
			return true;
		}
		if (i % 256 == 255 && pane_clock() - start > SEARCH_BUDGET) {
			if (again)
				waterfall_move(waterfall, row);
			pane->search_stopped = true;
			return false;
		}
	}
	return search_hidden(waterfall, text, start);
}

static void waterfall_position(struct pane *pane, char *text, size_t size)
{
	const struct waterfall *waterfall = of(pane);

	snprintf(text, size, "%zu/%zu%s", waterfall->nrows ? waterfall->cursor + 1 : 0, waterfall->nrows,
		 waterfall->follow ? " follow" : "");
}

static size_t waterfall_selection(struct pane *pane, char *text, size_t size)
{
	const struct waterfall *waterfall = of(pane);
	const struct waterfall_row *row = waterfall_selected(waterfall);
	const struct trace_node *node;

	if (size)
		text[0] = '\0';
	if (!row)
		return 0;
	node = trace_tree_node(waterfall->tree, row->node);
	if (row->call != NO_CALL)
		return (size_t)snprintf(text, size, "evt.num=%llu", (unsigned long long)node->calls[row->call].num);
	return (size_t)snprintf(text, size, "span.rawtime=%llu", (unsigned long long)node->span->enter_time);
}

/* ---- life ---- */

/* The next trace that ends is shown then. */
static void waterfall_clear(struct app *app, struct pane *pane)
{
	struct waterfall *waterfall = of(pane);
	const struct query_spec *spec = query_get_spec(pane->query);
	struct trace_pick_spec next = { spec->filters, spec->nfilters, spec->depth + 1, NULL, false,
					engine_counts(pane->engine)->last_time + 1 };

	if (spec->inside) {
		app_message(app, false, "This is one span: there is nothing to clear; f follows the latest with its tags");
		return;
	}
	look_for(waterfall, &next);
	trace_tree_free(waterfall->tree);
	waterfall->tree = NULL;
	forget_rows(waterfall);
	waterfall->follow = true;
	app_message(app, false, "Cleared: the next trace that ends is shown");
}

static void waterfall_free(struct pane *pane)
{
	struct waterfall *waterfall = of(pane);

	trace_tree_free(waterfall->tree);
	trace_pick_free(waterfall->pick);
	waterfall_fields_fini(&waterfall->fields);
	field_context_fini(&waterfall->context);
	free(waterfall->rows);
	free(waterfall->folds);
	free(waterfall);
}

static const struct pane_operations operations = {
	.actions = actions,
	.update = waterfall_update,
	.draw = waterfall_draw,
	.key = waterfall_key,
	.mouse = waterfall_mouse,
	.position = waterfall_position,
	.search = waterfall_search,
	.selection = waterfall_selection,
	.clear = waterfall_clear,
	.free = waterfall_free,
};

struct pane *waterfall_pane_new(struct query *query)
{
	struct waterfall *waterfall = calloc(1, sizeof(*waterfall));

	if (!waterfall)
		return NULL;
	if (!waterfall_fields_init(&waterfall->fields)) {
		waterfall_fields_fini(&waterfall->fields);
		free(waterfall);
		return NULL;
	}
	waterfall->pane.operations = &operations;
	waterfall->pane.query = query;
	waterfall->stale = true;
	return &waterfall->pane;
}
