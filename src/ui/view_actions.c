/* The actions of a view: commands for the selected row. What would run is worked out when the menu opens, so rows that
 * move meanwhile change nothing; whom it is for is looked at again before it starts. */
#include "view_actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../engine/string_pool.h"
#include "../engine/value.h"
#include "app_private.h"
#include "grid.h"

#define SLACK 1000000000ull    /* ns by which two clocks may tell a start differently */
#define SHOWN_TEXT 2000        /* bytes of a command that are shown */

/* ---- the row ---- */

struct row {
	struct app *app;
	struct grid *grid;
	const struct query_row *row;
	struct prepared *prepared;     /* being filled in */
};

static bool has_rows(const struct pane *pane)
{
	return pane->view && (pane->view->kind == VIEW_TABLE || pane->view->kind == VIEW_LIST ||
			      pane->view->kind == VIEW_EVENTS ||
			     pane->view->kind == VIEW_IN_FLIGHT);
}

/* Which column has this field, its depth told; SIZE_MAX: none. Hidden ones count: the key is one. */
static size_t find_column(const struct view *view, unsigned depth, const char *name)
{
	for (size_t i = 0; i < view->ncolumns; i++) {
		char *field = view_text_at_depth(view->columns[i].field, depth);
		bool same = field && !strcmp(field, name);

		free(field);
		if (same)
			return i;
	}
	return SIZE_MAX;
}

/* The process of this id that the row is about: that of its last event, else the living one. */
static const struct process *row_process(const struct row *row, uint32_t pid, const struct thread **thread)
{
	const struct event *event = app_find_event(row->app->engine, row->row->event_num);
	const struct process *process;

	*thread = event ? event->thread : NULL;
	if (*thread && (*thread)->process->pid == pid)
		return (*thread)->process;
	process = state_find_process(engine_state(row->app->engine), pid);
	*thread = state_find_thread(engine_state(row->app->engine), pid);
	return process;
}

static const struct thread *row_thread(const struct row *row, uint32_t tid)
{
	const struct event *event = app_find_event(row->app->engine, row->row->event_num);

	if (event && event->thread->tid == tid)
		return event->thread;
	return state_find_thread(engine_state(row->app->engine), tid);
}

static void seen_by(const struct thread *thread, uint64_t *earliest)
{
	if (thread && thread->seen_time && thread->seen_time < *earliest)
		*earliest = thread->seen_time;
}

/* A time (ns since the epoch) at which the process or thread was there: the first one that is known. */
static uint64_t first_seen(const struct row *row, const struct process *process, const struct thread *thread)
{
	uint64_t earliest = UINT64_MAX;

	seen_by(thread, &earliest);
	for (const struct thread *t = process ? process->threads : NULL; t; t = t->next_sibling)
		seen_by(t, &earliest);
	if (earliest == UINT64_MAX && engine_counts(row->app->engine)->first_time)
		return engine_counts(row->app->engine)->first_time;
	return earliest < row->app->now ? earliest : row->app->now;
}

/* The command will be about this process or thread. */
static bool add_subject(struct row *row, uint32_t id, bool is_thread, char *error)
{
	struct prepared *prepared = row->prepared;
	const struct process *process = NULL;
	const struct thread *thread;
	struct subject *subject;
	uint64_t ended;

	for (size_t i = 0; i < prepared->nsubjects; i++)
		if (prepared->subjects[i].id == id && prepared->subjects[i].is_thread == is_thread)
			return true;
	if (is_thread)
		thread = row_thread(row, id);
	else
		process = row_process(row, id, &thread);
	if (is_thread ? !thread : !process) {
		snprintf(error, VIEW_COMMAND_ERROR, "Nothing is known of %s %u any more",
			 is_thread ? "thread" : "process", id);
		return false;
	}
	ended = is_thread ? thread->end_time : process->end_time;
	if (ended || prepared->nsubjects == SUBJECTS_MAX) {
		snprintf(error, VIEW_COMMAND_ERROR, ended ? "%s %u has ended" : "The command is about too many: %s %u too",
			 is_thread ? "Thread" : "Process", id);
		return false;
	}
	subject = &prepared->subjects[prepared->nsubjects++];
	*subject = (struct subject){ .id = id, .is_thread = is_thread, .seen = first_seen(row, process, thread),
				     .started = is_thread ? thread->start_time : process->start_time };
	snprintf(subject->name, sizeof(subject->name), "%s", (is_thread ? thread->name : process->name)->text);
	return true;
}

static bool row_value(void *context, const char *field, struct value *value, char *error)
{
	struct row *row = context;
	struct grid *grid = row->grid;
	size_t i = find_column(grid->pane.view, query_get_spec(grid->pane.query)->depth, field);
	bool is_thread = !strcmp(field, "thread.tid");

	if (i == SIZE_MAX)
		return false;
	*value = row->row->cells[i];
	if (!strcmp(field, "proc.vpid") || !strcmp(field, "thread.vtid") || !strcmp(field, "proc.vpgid"))
		snprintf(error, VIEW_COMMAND_ERROR,
			 "%.40s is a number inside the container: out here it is another process", field);
	else if ((is_thread || !strcmp(field, "proc.pid") || !strcmp(field, "proc.ppid")) && value->type == VALUE_ID &&
		 value->i > 0 && value->i <= INT32_MAX)
		add_subject(row, (uint32_t)value->i, is_thread, error);
	return true;
}

/* ---- whom it is for ---- */

static const char *what(const struct subject *subject)
{
	return subject->is_thread ? "thread" : "process";
}

static void time_text(uint64_t ns, char *text, size_t size)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;

	if (!ns || !localtime_r(&seconds, &tm) || !strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(text, size, "an unknown time");
}

/* Whether the machine's process of this id is still the row's; else fills reason. */
static bool is_still(const struct app *app, const struct subject *subject, struct app_process *now, char *reason)
{
	uint64_t latest = subject->started ? subject->started : subject->seen;
	char was[4 * sizeof(subject->name)], is[4 * sizeof(now->name)];

	text_escape(subject->name, strlen(subject->name), was, sizeof(was));
	if (!app->host.commands->process(app->host.commands->context, subject->id, now)) {
		snprintf(reason, REASON_TEXT, "There is no %s %u (%s) any more", what(subject), subject->id, was);
		return false;
	}
	if (now->started <= latest + SLACK && (!subject->started || now->started + SLACK >= subject->started))
		return true;
	text_escape(now->name, strlen(now->name), is, sizeof(is));
	snprintf(reason, REASON_TEXT, "%u is another %s by now: it was %s, it is %s", subject->id, what(subject), was, is);
	return false;
}

static bool all_are_still(const struct app *app, const struct prepared *prepared, char *reason)
{
	struct app_process now;

	for (size_t i = 0; i < prepared->nsubjects; i++)
		if (!is_still(app, &prepared->subjects[i], &now, reason))
			return false;
	return true;
}

/* ---- preparing ---- */

void view_actions_free(struct app *app)
{
	struct view_actions *actions = app->actions;

	app->actions = NULL;
	if (!actions)
		return;
	for (size_t i = 0; i < actions->count; i++) {
		view_command_fini(&actions->items[i].command);
		free(actions->items[i].text);
	}
	free(actions->items);
	free(actions);
}

static char *escaped(const char *text)
{
	size_t size = strlen(text);
	char *copy;

	if (size > SHOWN_TEXT)
		size = SHOWN_TEXT;
	copy = malloc(4 * size + 4);
	if (copy)
		text_escape(text, size, copy, 4 * size + 1);
	if (copy && text[size])
		strcat(copy, "...");
	return copy;
}

/* Fills in the command, or the reason why there is none. */
static void prepare(struct row *row, struct prepared *prepared, const struct view_action *action)
{
	const struct app_commands *commands = row->app->host.commands;
	char error[VIEW_COMMAND_ERROR], *text;

	prepared->action = action;
	row->prepared = prepared;
	if (view_command_split(&prepared->command, action->command, error) ||
	    view_command_fill(&prepared->command, row_value, row, error)) {
		text_escape(error, strlen(error), prepared->reason, sizeof(prepared->reason));
		return;
	}
	if (!all_are_still(row->app, prepared, prepared->reason))
		return;
	if (!commands->exists(commands->context, prepared->command.words[0])) {
		view_run_missing(prepared->command.words[0], prepared->reason, sizeof(prepared->reason));
		return;
	}
	text = view_command_text(&prepared->command);
	prepared->text = text ? escaped(text) : NULL;
	free(text);
	if (!prepared->text)
		snprintf(prepared->reason, sizeof(prepared->reason), "Out of memory");
}

/* NULL: they may be used; else why not. */
static const char *refusal(const struct app *app)
{
	if (!app_is_live(app))
		return "Actions are for this machine now: what a capture tells of is elsewhere, or long gone";
	if (app->readonly)
		return "--readonly: no actions";
	if (!app->host.commands)
		return "Commands cannot be run here";
	return NULL;
}

/* Prepares the actions that `only` has the key of (0: all). False with a message if there are none. */
static bool prepare_all(struct app *app, int only)
{
	struct pane *pane = app_top(app)->pane;
	struct row row = { .app = app, .grid = (struct grid *)pane };
	const struct view *view = pane->view;
	const char *reason = refusal(app);
	struct view_actions *actions;

	if (!view || !view->nactions)
		reason = "This view has no actions";
	else if (!reason && (!has_rows(pane) || !(row.row = grid_selected(row.grid))))
		reason = "No row is selected";
	if (reason) {
		app_message(app, false, "%s", reason);
		return false;
	}
	view_actions_free(app);
	actions = app->actions = calloc(1, sizeof(*actions));
	if (actions)
		actions->items = calloc(view->nactions, sizeof(*actions->items));
	if (!actions || !actions->items) {
		view_actions_free(app);
		app_message(app, true, "out of memory");
		return false;
	}
	for (size_t i = 0; i < view->nactions; i++)
		if (!only || view->actions[i].hotkey[0] == only)
			prepare(&row, &actions->items[actions->count++], &view->actions[i]);
	return true;
}

/* ---- asking ---- */

static void run_chosen(struct app *app, size_t i)
{
	struct prepared *prepared = &app->actions->items[i];
	char reason[REASON_TEXT];

	if (all_are_still(app, prepared, reason))
		view_run_start(app, prepared);
	else
		app_message(app, true, "%s", reason);
	view_actions_free(app);
}

static void answered(struct app *app, int value)
{
	if (!app->actions)
		return;
	if (value) {
		run_chosen(app, app->actions->chosen);
		return;
	}
	view_actions_free(app);
	app_message(app, false, "Nothing was run");
}

static void add_subject_line(struct app *app, const struct subject *subject, int width)
{
	char name[4 * sizeof(subject->name)], now_name[4 * sizeof(subject->name)], when[40], reason[REASON_TEXT];
	struct app_process now;

	if (!is_still(app, subject, &now, reason)) {
		popup_text(&app->popup, STYLE_POPUP, width, 2, "%s", reason);
		return;
	}
	text_escape(subject->name, strlen(subject->name), name, sizeof(name));
	text_escape(now.name, strlen(now.name), now_name, sizeof(now_name));
	time_text(now.started, when, sizeof(when));
	popup_text(&app->popup, STYLE_POPUP, width, 2, "for %s %u %s%s%s%s, started %s", what(subject), subject->id, name,
		   strcmp(name, now_name) ? " (now called " : "", strcmp(name, now_name) ? now_name : "",
		   strcmp(name, now_name) ? ")" : "", when);
}

static void ask(struct app *app, size_t i)
{
	const struct prepared *prepared = &app->actions->items[i];
	int width = app->pane_box.columns - 6 < 90 ? app->pane_box.columns - 6 : 90;
	char yes[SHOWN_TEXT];

	app->actions->chosen = i;
	popup_open(&app->popup, POPUP_MENU, "Run this command?", answered);
	app->popup.hotkeys = true;
	popup_text(&app->popup, STYLE_POPUP_TITLE, width, 2, "%s", prepared->text);
	for (size_t s = 0; s < prepared->nsubjects; s++)
		add_subject_line(app, &prepared->subjects[s], width);
	popup_text(&app->popup, STYLE_POPUP, width, 0, " ");
	popup_item(&app->popup, "(n) no", NULL, 0);
	snprintf(yes, sizeof(yes), "(y) yes: %s",
		 prepared->action->description ? prepared->action->description : prepared->text);
	popup_item(&app->popup, yes, NULL, 1);
	popup_select(&app->popup, 0);
}

static void action_chosen(struct app *app, int value)
{
	if (!app->actions || (size_t)value >= app->actions->count)
		return;
	if (app->actions->items[value].action->ask_confirmation)
		ask(app, (size_t)value);
	else
		run_chosen(app, (size_t)value);
}

/* ---- the menu ---- */

bool view_action_is_direct(const struct pane *pane, const struct view_action *action)
{
	const struct action *taken = action_find(pane, action->hotkey[0]);

	/* Shift with a digit sorts */
	return !taken && !strchr("!@#$%^&*( ", action->hotkey[0]);
}

static void add_item(struct app *app, const struct prepared *prepared, int value)
{
	const struct view_action *action = prepared->action;
	char line[200], shown[300];

	snprintf(line, sizeof(line), "(%s) %.150s", action->hotkey,
		 action->description ? action->description : action->command);
	text_escape(line, strlen(line), shown, sizeof(shown));
	if (prepared->text)
		popup_item(&app->popup, shown, prepared->text, value);
	else
		popup_item_refused(&app->popup, shown, prepared->reason, value);
}

void view_actions_menu(struct app *app)
{
	if (!prepare_all(app, 0))
		return;
	popup_open(&app->popup, POPUP_MENU, "Actions for the row", action_chosen);
	app->popup.hotkeys = true;
	for (size_t i = 0; i < app->actions->count; i++)
		add_item(app, &app->actions->items[i], (int)i);
}

bool view_actions_key(struct app *app, int key)
{
	const struct pane *pane = app_top(app)->pane;
	const struct view_action *action = NULL;

	if (key <= ' ' || key >= 127 || !has_rows(pane))
		return false;
	for (size_t i = 0; i < pane->view->nactions && !action; i++)
		if (pane->view->actions[i].hotkey[0] == key)
			action = &pane->view->actions[i];
	if (!action || !view_action_is_direct(pane, action))
		return false;
	if (!prepare_all(app, key))
		return true;
	if (app->actions->items[0].text) {
		ask(app, 0);
		return true;
	}
	app_message(app, true, "%s", app->actions->items[0].reason);
	view_actions_free(app);
	return true;
}
