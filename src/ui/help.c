/* Pages of text: the keys, the legend of a view, all of one event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/field.h"
#include "../engine/value.h"
#include "app_private.h"
#include "event_fields.h"
#include "view_actions.h"

static int text_width(const struct app *app)
{
	int width = app->pane_box.columns - 4;

	if (width > 90)
		width = 90;
	return width < 16 ? 16 : width;
}

static void open_page(struct app *app, const char *title, void (*page)(struct app *app))
{
	popup_open(&app->popup, POPUP_TEXT, title, NULL);
	app->page = page;
	app->page_width = text_width(app);
}

void app_page_fit(struct app *app)
{
	size_t first = app->popup.first_wanted;

	if (app->popup.kind != POPUP_TEXT || app->page_width == text_width(app))
		return;
	app->page(app);
	app->popup.first_wanted = first;
}

static void add_pair(struct app *app, const char *name, int name_width, bool right, const char *text)
{
	page_pair(&app->popup, text_width(app), name, name_width, right, text);
}

/* ---- keys ---- */

static void key_text(int key, char *text, size_t size)
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ K_TAB, "Tab" }, { K_ENTER, "Enter" }, { K_ESCAPE, "Esc" }, { ' ', "Space" }, { K_UP, "Up" },
		{ K_DOWN, "Down" }, { K_LEFT, "Left" }, { K_RIGHT, "Right" }, { K_HOME, "Home" },
		{ K_END, "End" },
		{ K_PAGE_UP, "PgUp" }, { K_PAGE_DOWN, "PgDn" }, { K_BACKSPACE, "Bksp" }, { K_DELETE, "Del" },
		{ K_INSERT, "Ins" }, { K_SHIFT_UP, "Shift-Up" }, { K_SHIFT_DOWN, "Shift-Down" },
		{ K_SHIFT_LEFT, "Shift-Left" }, { K_SHIFT_RIGHT, "Shift-Right" }, { K_BACKTAB, "Shift-Tab" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].key == key) {
			snprintf(text, size, "%s", names[i].name);
			return;
		}
	}
	if (key > K_FUNCTION && key <= K_F(24))
		snprintf(text, size, "F%d", key - K_FUNCTION);
	else if (key < ' ')
		snprintf(text, size, "Ctrl-%c", key + '@');
	else
		snprintf(text, size, "%c", key < 127 ? key : '?');
}

/* The keys of an action that mean it in this pane; "" if others took them all. */
static void keys_text(const struct pane *pane, const struct action *action, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	if (!action->run && !action->view) {
		snprintf(text, size, "%s", action->key_name);
		return;
	}
	for (size_t i = 0; i < sizeof(action->keys) / sizeof(*action->keys) && action->keys[i]; i++) {
		char key[16];

		if (action_find(pane, action->keys[i]) != action || used + sizeof(key) + 1 > size)
			continue;
		key_text(action->keys[i], key, sizeof(key));
		used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", key);
	}
}

static void list_actions(struct app *app, const struct action *actions)
{
	const struct pane *pane = app_focus(app);

	for (const struct action *action = actions; action && action->help; action++) {
		char keys[64];

		keys_text(pane, action, keys, sizeof(keys));
		if (keys[0])
			add_pair(app, keys, 15, true, action->help);
	}
}

void app_help(struct app *app)
{
	const struct pane *pane = app_focus(app);
	int width = text_width(app);

	open_page(app, "Help", app_help);
	popup_text(&app->popup, STYLE_POPUP_TITLE, width, 0, "In %s", pane->view ? pane->view->name : pane->label);
	list_actions(app, pane->operations->actions);
	if (!pane->operations->only_own_actions) {
		popup_text(&app->popup, STYLE_POPUP_TITLE, width, 0, "\nEverywhere");
		list_actions(app, app_actions);
	}
	popup_text(&app->popup, STYLE_POPUP_TITLE, width, 0, "\nMouse");
	add_pair(app, "click", 15, true,
		 "select a row; again, or twice: drill down; a column's title: sort by it; a name "
		 "in the key bar: do what the key does");
	add_pair(app, "wheel", 15, true, "scroll");
}

/* ---- legend ---- */

/* The commands that F8 offers; those whose key works without it are marked. */
static void list_view_actions(struct app *app, const struct view *view)
{
	if (!view->nactions)
		return;
	popup_text(&app->popup, STYLE_POPUP_TITLE, text_width(app), 0, "\nActions (F8; * the key alone asks at once)");
	for (size_t i = 0; i < view->nactions; i++) {
		const struct view_action *action = &view->actions[i];
		char name[8], text[600];

		snprintf(name, sizeof(name), "%s%s", view_action_is_direct(app_top(app)->pane, action) ? "*" : "", action->hotkey);
		snprintf(text, sizeof(text), "%.200s: %.300s", action->description ? action->description : "", action->command);
		add_pair(app, name, 12, true, action->description ? text : action->command);
	}
}

void app_legend(struct app *app)
{
	const struct pane *pane = app_top(app)->pane;
	const struct view *view = pane->view;
	struct popup *popup = &app->popup;
	int width = text_width(app);
	const char *recorded = app_status(app).recorded;
	char *filter = level_filter_text(app);

	open_page(app, view->name, app_legend);
	if (view->description)
		popup_text(popup, STYLE_POPUP, width, 0, "%s\n ", view->description);
	for (size_t i = 0; i < view->ntips; i++)
		popup_text(popup, STYLE_POPUP, width, 0, "%s\n ", view->tips[i]);
	for (size_t i = 0; i < view->ncolumns; i++) {
		const struct view_column *column = &view->columns[i];

		if (column->flags & COLUMN_HIDDEN)
			continue;
		add_pair(app, column->title, 12, true,
			 column->description ? column->description : column->field);
	}
	list_view_actions(app, view);
	popup_text(popup, STYLE_POPUP_TITLE, width, 0, "\nFilter");
	popup_text(popup, STYLE_POPUP, width, 2, "%s", filter && filter[0] ? filter : "none");
	if (recorded)
		popup_text(popup, STYLE_POPUP, width, 2, "The kernel records only: %s", recorded);
	popup_text(popup, STYLE_POPUP_TITLE, width, 0, "\nEvents");
	popup_text(popup, STYLE_POPUP, width, 2,
		   "%llu passed the filter, %llu were gone before this view read them",
		   (unsigned long long)query_matched(pane->query),
		   (unsigned long long)query_skipped(pane->query));
	popup_text(popup, STYLE_POPUP, width, 0, "\nspantop -v %s shows this view at the start.", view->id);
	free(filter);
}

/* ---- one event ---- */

const struct event *app_find_event(const struct engine *engine, uint64_t num)
{
	const struct recording *recording = engine_recording(engine);
	const struct event *event = recording_find(recording, LANE_CALLS, num);

	return event ? event : recording_find(recording, LANE_SPANS, num);
}

static void event_page(struct app *app)
{
	const struct event *event = app_find_event(app_top(app)->pane->engine, app->page_event);
	struct field_context *context;

	if (!event) {
		app_message(app, true, "the recording no longer holds this event");
		return;
	}
	context = calloc(1, sizeof(*context));
	if (!context)
		return;
	context->engine = app_top(app)->pane->engine;
	open_page(app, "Event", event_page);
	event_fields(&app->popup, text_width(app), event, context, event->type == EVENT_CALL ? "evt." : "span.", true);
	field_context_fini(context);
	free(context);
}

void app_event_details(struct app *app, uint64_t num)
{
	app->page_event = num;
	event_page(app);
}
