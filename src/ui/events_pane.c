/* Events: one line each, of what happened inside a span, or of all that passes the filter. */
#include <stdlib.h>
#include <string.h>

#include "../engine/span.h"
#include "app_private.h"
#include "grid.h"
#include "pending_calls.h"
#include "text_goto.h"

/* A call that took this part of its span's time stands out. */
#define LONG_PART 10

struct events_pane {
	struct grid grid;
	struct pending_calls pending;
	uint64_t styled_num;      /* event whose style is known */
	uint8_t styled;
	uint64_t span_ns;         /* of the span inside of which this is */
};

static uint8_t event_style(const struct events_pane *events, const struct event *event)
{
	if (!event)
		return STYLE_DIM;   /* the recording dropped it since */
	if (event_failed(event))
		return STYLE_ERROR;
	if (event->type == EVENT_MARKER_INVALID)
		return STYLE_WARNING;
	if (event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT)
		return STYLE_GOOD;
	if ((event->type == EVENT_CALL || event->type == EVENT_SCAP) && events->span_ns &&
	    event_latency(event) >= events->span_ns / LONG_PART)
		return STYLE_WARNING;
	return STYLE_NORMAL;
}

static uint8_t style(struct grid *grid, const struct query_row *row, size_t column)
{
	struct events_pane *events = (struct events_pane *)grid;

	(void)column;
	if (row->event_num != events->styled_num) {
		events->styled_num = row->event_num;
		events->styled = event_style(events, app_find_event(grid->pane.engine, row->event_num));
	}
	return events->styled;
}

static void run_details(struct app *app, struct pane *pane)
{
	const struct query_row *row = grid_selected((struct grid *)pane);

	if (row)
		app_event_details(app, row->event_num);
}

/* A marker leads into its span, unless this is inside it already. */
static void enter(struct app *app, struct grid *grid)
{
	const struct query_row *row = grid_selected(grid);
	struct span *span = row ? query_row_span(grid->pane.query, row) : NULL;

	grid->moved = true;
	if (span && span != query_get_spec(grid->pane.query)->inside)
		app_open_span(app, span);
	else
		run_details(app, &grid->pane);
}

static bool update(struct pane *pane, uint64_t now, uint64_t budget_ns)
{
	struct events_pane *events = (struct events_pane *)pane;
	const struct span *span = query_get_spec(pane->query)->inside;

	events->span_ns = span ? span_duration(span, now) : 0;
	events->styled_num = 0;
	return grid_update(pane, now, budget_ns);
}

static void position(struct pane *pane, char *text, size_t size)
{
	static const char *const scopes[] = {
		[INSIDE_THREAD_TREE] = "thread",
		[INSIDE_PROCESS_TREE] = "process",
		[INSIDE_MACHINE] = "machine",
	};
	const struct query_spec *spec = query_get_spec(pane->query);
	size_t used;

	grid_position(pane, text, size);
	used = strlen(text);
	if (spec->inside && used + 12 < size) {
		text[used] = ' ';
		strcpy(text + used + 1, scopes[spec->inside_scope]);
	}
}

/* ---- actions ---- */

void events_next_scope(struct app *app, struct pane *pane)
{
	static const char *const says[] = {
		[INSIDE_THREAD_TREE] = "the span's thread and the processes it started",
		[INSIDE_PROCESS_TREE] = "the span's process and the processes it started",
		[INSIDE_MACHINE] = "everything on the machine while the span was open",
	};
	const struct query_spec *spec = query_get_spec(pane->query);
	enum inside_scope next;
	struct filter_error error;
	bool in_typed;

	if (!spec->inside) {
		app_message(app, true, "this is not inside one span");
		return;
	}
	next = spec->inside_scope == INSIDE_MACHINE ? INSIDE_THREAD_TREE : spec->inside_scope + 1;
	if (level_remake(app, app_top(app)->typed, next, &error, &in_typed))
		app_message(app, true, "%s", error.text);
	else
		app_message(app, false, "Inside: %s", says[next]);
}

static void run_follow(struct app *app, struct pane *pane)
{
	struct grid *grid = (struct grid *)pane;

	grid->follow = !grid->follow;
	grid->moved = true;
	app_message(app, false, grid->follow ? "Following new events" : "Not following");
}

static bool goto_done(struct app *app, const char *text)
{
	struct grid *grid = (struct grid *)app_top(app)->pane;
	enum place_kind kind;
	uint64_t value;

	if (!text[0])
		return true;
	if (!place_parse(text, engine_counts(grid->pane.engine)->first_time, &kind, &value)) {
		prompt_error(&app->prompt, 0, "an event's number, or a time such as 22:13:41.5 is expected");
		return false;
	}
	grid_move(grid, query_list_near(grid->pane.query, value, kind == PLACE_TIME));
	return true;
}

static void events_goto(struct app *app, struct pane *pane)
{
	(void)pane;
	prompt_open(&app->prompt, "Go to event: ", "Enter goes there  hh:mm:ss goes to a time  Esc cancels", NULL,
		    &app->goto_history);
	app->prompt_done = goto_done;
}

/* Of the span that this is inside of, else of the trace of the row. */
static void run_waterfall(struct app *app, struct pane *pane)
{
	const struct query_row *row = grid_selected((struct grid *)pane);
	const struct event *event = row ? app_find_event(pane->engine, row->event_num) : NULL;
	struct span *span = event ? event->span : NULL;

	while (span && span->parent)
		span = span->parent;
	app_open_waterfall(app, app_top(app)->inside ? app_top(app)->inside : span);
}

static void run_sort(struct app *app, struct pane *pane)
{
	(void)pane;
	app_sort_menu(app);
}

static const struct action actions[] = {
	{ { K_ENTER }, "Enter", NULL, "all that is known of the call; of a marker, what happened inside its span",
	  .run = NULL },
	{ { K_F(5), 'e' }, "F5", "Echo", "the data that these calls read and wrote", .view = "echo" },
	{ { K_F(6), 't', 'd' }, "F6", "Dig", "the same as lines of text", .view = "dig" },
	{ { K_CTRL('G') }, "^G", "GoTo", "go to an event by its number, or to a time such as 22:13:41.5", .run = events_goto },
	{ { K_F(9), '>', '<' }, "F9", "Sort", "choose the column to sort by", .run = run_sort },
	{ { '!' }, "Shift+1-9", NULL, "sort by column 1 to 9; again turns the order", .run = NULL },
	{ { 'i' }, "i", "Inside", "inside means: the span's thread, its process, or the whole machine",
	  .run = events_next_scope },
	{ { 'c' }, "c", "Calls", "summary of these calls", .view = "calls_summary" },
	{ { 'o' }, "o", "Files", "files and connections that these calls used", .view = "files_summary" },
	{ { 'f' }, "f", "Follow", "stay at the newest event", .run = run_follow },
	{ { 'w' }, "w", "Waterf", "waterfall of the span that this is inside of, else of the row's trace", .run = run_waterfall },
	{ { K_F(12) }, "F12", "Spectro", "spectrogram of the latencies of these calls", .view = "spectro_all" },
	{ .help = NULL },
};

void events_pane_in_flight(struct pane *pane, const struct view *view, const struct query_spec *spec)
{
	pending_calls_init(&((struct events_pane *)pane)->pending, pane->engine, view, spec);
}

static struct query *in_flight(struct pane *pane)
{
	return ((struct events_pane *)pane)->pending.query;
}

static void draw(struct pane *pane, struct cells *cells, struct box box)
{
	struct events_pane *events = (struct events_pane *)pane;
	struct box rows = box;

	rows.rows -= pending_calls_lines(&events->pending, box.rows);
	grid_draw(pane, cells, rows);
	if (rows.rows < box.rows)
		pending_calls_draw(&events->pending, &events->grid, cells, box);
}

static void events_free(struct pane *pane)
{
	pending_calls_fini(&((struct events_pane *)pane)->pending);
	grid_fini((struct grid *)pane);
	free(pane);
}

static const struct pane_operations operations = {
	.actions = actions,
	.update = update,
	.draw = draw,
	.in_flight = in_flight,
	.key = grid_key,
	.mouse = grid_mouse,
	.position = position,
	.search = grid_search,
	.selection = grid_selection,
	.free = events_free,
};

struct pane *events_pane_new(struct query *query)
{
	struct events_pane *events = calloc(1, sizeof(*events));
	const struct span *inside = query_get_spec(query)->inside;

	if (!events)
		return NULL;
	events->grid.pane.operations = &operations;
	events->grid.enter = enter;
	events->grid.style = style;
	events->grid.follow = inside && !(inside->flags & SPAN_CLOSED);
	return &events->grid.pane;
}
