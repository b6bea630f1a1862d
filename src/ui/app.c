/* The application: passes keys to what is on top (popup, prompt, pane, itself), lets the pane read a little
 * at a time, and draws all of it into cells. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/in_flight.h"
#include "../engine/span.h"
#include "app_private.h"
#include "app_settings.h"
#include "view_actions.h"

#define READ_BUDGET 5000000ull         /* ns of work between two looks at the keyboard */
#define FOLLOW_BUDGET 1000000ull       /* ns of work for each pane between two refreshes */
#define REDRAW_WHILE_READING 50000000ull
#define CAPTURE_FOLLOW_BUDGET 20000000ull /* the same while a capture is read as fast as panes can follow */
#define CAPTURE_PICTURE 250000000ull   /* ns between pictures of a capture that is being read */
#define FASTEST_PICTURE 100000000ull   /* ns between refreshes of a spectrogram */
#define MIN_COLUMNS 10
#define MIN_ROWS 3
#define KEY_BAR_ROWS 6                 /* screens smaller than this have no key bar */
#define POPUP_ROWS 16                  /* in smaller ones popups lie over the header, too */

/* ---- life ---- */

struct app *app_new(struct engine *engine, const struct app_options *options, const struct app_host *host,
		    struct filter_error *error)
{
	const char *id = options->view ? options->view : "traces_summary";
	const struct view *view = view_set_find(options->views, id);
	struct app *app;

	error->position = 0;
	if (!view) {
		snprintf(error->text, sizeof(error->text), "there is no view '%.100s'", id);
		return NULL;
	}
	app = calloc(1, sizeof(*app));
	if (!app) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		return NULL;
	}
	app->engine = engine;
	app->views = options->views;
	if (host)
		app->host = *host;
	app_settings_init(app, options);
	app->readonly = options->readonly;
	app->refresh = options->refresh ? options->refresh : 1000000000;
	app->key_bar.row = -1;
	app->pane_box = (struct box){ 0, 0, 24, 80 };
	if (options->filter && options->filter[0])
		app->command_filter = strdup(options->filter);
	if (level_push(app, view, 0, NULL, NULL, NULL, false, error)) {
		app_free(app);
		return NULL;
	}
	if (options->message && options->message[0])
		app_message(app, true, "%s", options->message);
	return app;
}

void app_free(struct app *app)
{
	if (!app)
		return;
	app_settings_note(app);
	level_free_all(app);
	app_pager_close(app);
	view_actions_free(app);
	view_run_free(app);
	export_free(app);
	text_saving_stop(app);
	details_fini(&app->details);
	popup_close(&app->popup);
	prompt_history_fini(&app->filter_history);
	prompt_history_fini(&app->search_history);
	prompt_history_fini(&app->goto_history);
	prompt_history_fini(&app->save_history);
	free(app->command_filter);
	free(app);
}

bool app_done(const struct app *app)
{
	return app->done;
}

/* ---- what panes ask ---- */

void app_message(struct app *app, bool error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(app->message, sizeof(app->message), format, args);
	va_end(args);
	app->message_is_error = error;
	app->dirty = true;
}

const struct view *app_view(const struct app *app, const char *id)
{
	return view_set_find(app->views, id);
}

uint64_t app_now(const struct app *app)
{
	return app->now;
}

/* ---- keys ---- */

static void popup_event(struct app *app, const struct key_event *event)
{
	void (*chosen)(struct app *app, int value) = app->popup.chosen;
	enum popup_result result;
	int value = 0;

	if (event->key == K_DELETE && app->popup.deleted && popup_value(&app->popup, &value)) {
		app->popup.deleted(app, value);
		return;
	}
	if (event->key != K_MOUSE && app->popup.key && app->popup.key(app, event->key))
		return;
	if (event->key == K_MOUSE)
		result = popup_mouse(&app->popup, event, &value);
	else
		result = popup_key(&app->popup, event->key, &value);
	if (result == POPUP_STAYS)
		return;
	if (result == POPUP_CHOSEN && app->popup.key) {
		app->popup.key(app, K_ENTER);
		return;
	}
	popup_close(&app->popup);
	if (result == POPUP_CHOSEN && chosen)
		chosen(app, value);
}

static void prompt_event(struct app *app, int key)
{
	bool searching = app->prompt.history == &app->search_history;

	switch (prompt_key(&app->prompt, key)) {
	case PROMPT_DONE:
		if (app->prompt_done(app, app->prompt.text))
			app->prompt.open = false;
		break;
	case PROMPT_CANCELLED:
		app->prompt.open = false;
		break;
	case PROMPT_CHANGED:
		if (searching)
			app_search_changed(app);
		break;
	case PROMPT_UNUSED:
		if (searching && (key == K_F(3) || key == K_CTRL('F')))
			app_search_next(app, false);
		break;
	case PROMPT_USED:
		break;
	}
}

static bool in_box(const struct box *box, const struct key_event *event)
{
	return event->mouse.row >= box->row && event->mouse.row < box->row + box->rows &&
	       event->mouse.column >= box->column && event->mouse.column < box->column + box->columns;
}

static void pane_mouse(struct app *app, const struct key_event *event)
{
	struct pane *pane = app_focus(app);
	const struct action *action;

	if (event->mouse.kind == MOUSE_DOUBLE && app->pressed != pane)
		return;
	if (event->mouse.kind == MOUSE_PRESS) {
		app->pressed = pane;
		app->dragging = in_box(&pane->box, event);
		action = key_bar_hit(&app->key_bar, event->mouse.row, event->mouse.column);
		if (action) {
			app_run(app, action);
			return;
		}
		if (breadcrumb_hit(&app->breadcrumb, event->mouse.row, event->mouse.column) != SIZE_MAX) {
			level_go(app, breadcrumb_hit(&app->breadcrumb, event->mouse.row, event->mouse.column));
			return;
		}
	}
	if (details_mouse(app, event) || !pane->operations->mouse)
		return;
	/* a drag that began inside goes on outside */
	if (in_box(&pane->box, event) ||
	    (app->dragging && (event->mouse.kind == MOUSE_DRAG || event->mouse.kind == MOUSE_RELEASE)))
		pane->operations->mouse(app, pane, event);
	if (event->mouse.kind == MOUSE_RELEASE)
		app->dragging = false;
}

void app_key(struct app *app, const struct key_event *event, uint64_t now)
{
	struct pane *pane = app_focus(app);
	const struct action *action;

	if (now > app->now)
		app->now = now;
	app->dirty = true;
	if (event->key == K_UNKNOWN || event->key == KEY_NONE_ || event->key == K_RESIZE)
		return;
	if (event->key != K_MOUSE || event->mouse.kind == MOUSE_PRESS)
		app->message[0] = '\0';
	if (app->export) {
		export_key(app, event->key);
		return;
	}
	if (app->saving) {
		text_saving_key(app, event->key);
		return;
	}
	if (app->popup.kind != POPUP_NONE) {
		if (event->key == K_MOUSE && event->mouse.kind == MOUSE_PRESS)
			app->pressed = NULL;
		popup_event(app, event);
		return;
	}
	if (app->prompt.open) {
		if (event->key != K_MOUSE)
			prompt_event(app, event->key);
		return;
	}
	if (event->key == K_MOUSE) {
		pane_mouse(app, event);
		return;
	}
	if (view_run_key(app, event->key))
		return;
	action = action_find(pane, event->key);
	if (action && (action->run || action->view))
		app_run(app, action);
	else if (!(pane->operations->key && pane->operations->key(app, pane, event->key)) && !action && !app->pager)
		view_actions_key(app, event->key);
}

/* ---- time ---- */

struct app_status app_status(const struct app *app)
{
	struct app_status status = { .source = "", .scope = "", .progress = -1 };

	if (app->host.status)
		app->host.status(app->host.context, &status);
	return status;
}

bool app_is_live(const struct app *app)
{
	struct app_status status = app_status(app);

	return app_live(&status);
}

/* A picture that moves shows more than one that jumps. */
static uint64_t pane_refresh(const struct app *app)
{
	if (app->levels[app->nlevels - 1].pane->view->kind != VIEW_SPECTROGRAM || app->refresh < FASTEST_PICTURE)
		return app->refresh;
	return app->refresh / 4 > FASTEST_PICTURE ? app->refresh / 4 : FASTEST_PICTURE;
}

/* The first refreshes after the start come early, so that nobody waits a long period for the first rows. */
static uint64_t next_refresh(const struct app *app, uint64_t now)
{
	static const uint64_t early[] = { 250000000, 500000000, 1000000000 };
	uint64_t since = now - app->started, period = pane_refresh(app);
	uint64_t next = app->started + (since / period + 1) * period;

	for (size_t i = 0; i < sizeof(early) / sizeof(*early); i++)
		if (since < early[i] && app->started + early[i] < next)
			return app->started + early[i];
	return next;
}

void app_set_refresh(struct app *app, uint64_t ns)
{
	app->refresh = ns;
	app->started = app->now;
	app->next_refresh = app->now + pane_refresh(app);
}

/* The last refresh of a capture comes when all of it is read; none is needed then. */
static void capture_refresh(struct app *app, struct level *level, const struct app_status *status, uint64_t now)
{
	if (!app->started) {
		app->started = now;
		app->next_refresh = now + CAPTURE_PICTURE;
	}
	if (app->ended || (status->reading && now < app->next_refresh))
		return;
	app->next_refresh = now + CAPTURE_PICTURE;
	app->reading = level->tick_due = true;
	app->ended = !status->reading;
	if (app->ended && status->damage)
		app_message(app, true, "%s", status->damage);
}

static void refresh_if_due(struct app *app, struct level *level, uint64_t now)
{
	/* the clock may be set back */
	if (!app->started || now < app->started) {
		app->started = now;
		app->next_refresh = now;
	}
	if (now < app->next_refresh)
		return;
	app->next_refresh = next_refresh(app, now);
	app->reading = level->tick_due = true;
}

/* The time line of what happened inside a span ends with the span: running on, it would move all of it away. */
static bool has_ended(const struct pane *pane)
{
	const struct span *inside = query_get_spec(pane->query)->inside;

	return pane->view->kind == VIEW_SPECTROGRAM && inside && inside->flags & SPAN_CLOSED;
}

static bool shows_period(const struct pane *pane)
{
	return pane->query && query_get_spec(pane->query)->period_table;
}

/* The panes that have read all read on as events come, hidden ones too: in a flood the recording may forget events
 * well before the next refresh, or before Backspace. */
static void follow(struct app *app, uint64_t now, uint64_t budget)
{
	app->behind = false;
	if (app->paused)
		return;
	for (size_t i = 0; i < app->nlevels; i++) {
		struct level *level = &app->levels[i];
		struct pane *pane = level->pane;

		if (level->reread && !reread_found(level->reread))
			continue;
		/* who comes back to a period's rows reads its own period */
		if (level->caught_up && !has_ended(pane) && (i + 1 == app->nlevels || !shows_period(pane))) {
			pane->paused = false;
			app->behind |= pane->operations->update(pane, now, budget);
		}
	}
}

/* What a level needs may come from another reading of the capture; it is looked at as it grows. */
static bool level_read(struct level *level, uint64_t now)
{
	struct pane *pane = level->pane;

	if (level->reread && (reread_step(level->reread, READ_BUDGET) || !reread_found(level->reread))) {
		if (reread_streams(level->reread))
			pane->operations->update(pane, now, READ_BUDGET);
		pane->progress = reread_progress(level->reread);
		return pane->progress < 100;
	}
	return pane->operations->update(pane, now, READ_BUDGET);
}

static void take_sample(const struct app *app, struct query *query, bool live)
{
	if (live && app->host.thread_times)
		app->host.thread_times(app->host.context, query);
	else
		query_sample(query, NULL, app->now);
}

/* Threads that did nothing are there, too; live all have their times told. */
static void take_threads(const struct app *app, struct pane *pane, bool live)
{
	struct query *query = pane->query;
	const struct view *view = query_get_spec(query)->view;

	if (view->kind == VIEW_IN_FLIGHT) {
		take_sample(app, query, live);
		return;
	}
	if (live && pane->operations->in_flight && pane->operations->in_flight(pane))
		take_sample(app, pane->operations->in_flight(pane), live);
	if (live && app->host.thread_times && view->is_root && view->kind == VIEW_TABLE && !view_shows_spans(view))
		app->host.thread_times(app->host.context, query);
	query_take_threads(query);
}

bool app_tick(struct app *app, uint64_t now)
{
	struct app_status status = app_status(app);
	struct level *level = app_top(app);
	struct pane *pane = level->pane;
	bool live = app_live(&status);

	app->now = now;
	app_ask_for_data(app);
	view_run_tick(app);
	if (app->export) {
		export_step(app, READ_BUDGET);
		return app->dirty;
	}
	if (app->saving) {
		text_saving_step(app, READ_BUDGET);
		return now - app->drawn >= REDRAW_WHILE_READING || !app->saving;
	}
	if (app_focus(app)->search_failed) {
		app_focus(app)->search_failed = false;
		app_search_failed(app);
	}
	follow(app, now, live ? FOLLOW_BUDGET : CAPTURE_FOLLOW_BUDGET);
	if (live)
		app->behind = false;   /* more comes anyway */
	if (live)
		refresh_if_due(app, level, now);
	else
		capture_refresh(app, level, &status, now);
	if (app->pager && app->pager->operations->update(app->pager, now, READ_BUDGET))
		app->reading = app->dirty = true;
	if (pane->query && query_is_sorting(pane->query))
		app->reading = true;
	if (!app->reading)
		return app->dirty;
	pane->paused = app->paused && level->caught_up;
	app->reading = level_read(level, now);
	if (!app->reading) {
		level->caught_up = true;
		level_check_missed(app, level);
		if (!pane->paused && pane->query && (!level->to || pane->view->kind == VIEW_IN_FLIGHT))
			take_threads(app, pane, live);
		/* without a host nobody keeps the time */
		if (level->tick_due && !pane->paused && live && app->host.status && !has_ended(pane))
			query_tick(pane->query, now);
		level->tick_due = false;
	}
	if (!app->reading || now - app->drawn >= REDRAW_WHILE_READING)
		app->dirty = true;
	return app->dirty;
}

uint64_t app_next_tick(const struct app *app)
{
	if (app_is_behind(app))
		return app->now;
	return app->ended ? UINT64_MAX : app->next_refresh;
}

bool app_is_behind(const struct app *app)
{
	const struct query *query = app->levels[app->nlevels - 1].pane->query;

	return app->reading || app->behind || (query && query_is_sorting(query)) || app->export || app->saving ||
	       app->levels[app->nlevels - 1].pane->search_failed;
}

/* ---- drawing ---- */

static void draw_too_small(struct cells *cells)
{
	static const char text[] = "terminal too small";

	cells_text(cells, 0, 0, cells->columns, STYLE_WARNING, text, sizeof(text) - 1);
}

void app_draw(struct app *app, struct cells *cells)
{
	struct pane *pane = app_focus(app);
	struct box all = { 0, 0, cells->rows, cells->columns };
	bool key_bar = cells->rows >= KEY_BAR_ROWS;
	int header;

	app->dirty = false;
	app->drawn = app->now;
	cells->theme = (uint8_t)app->theme;
	cells->ascii = app->ascii;
	cells_clear(cells);
	cells->cursor_row = cells->cursor_column = -1;
	app->key_bar.row = -1;
	app->key_bar.count = 0;
	app->breadcrumb.row = -1;
	app->breadcrumb.count = 0;
	if (cells->columns < MIN_COLUMNS || cells->rows < MIN_ROWS) {
		app->pane_box = (struct box){ 0, 0, 0, 0 };
		draw_too_small(cells);
		return;
	}
	header = app->pager ? pager_draw_title(app, cells) : header_draw(app, cells);
	app->pane_box = (struct box){ header, 0, cells->rows - header - key_bar, cells->columns };
	pane->box = app->pane_box;
	details_split(app, pane, &pane->box);
	pane->operations->draw(pane, cells, pane->box);
	details_draw(app, pane, cells);
	if (app->prompt.open)
		prompt_draw(&app->prompt, cells, all);
	else if (key_bar || app->message[0])
		key_bar_draw(app, cells, cells->rows - 1);
	app_page_fit(app);
	if (app->popup.kind != POPUP_NONE)
		popup_draw(&app->popup, cells, cells->rows >= POPUP_ROWS ? app->pane_box : all);
}
