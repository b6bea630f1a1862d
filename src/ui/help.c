/* Pages of text: the keys, the legend of a view, all of one event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/field.h"
#include "../engine/value.h"
#include "app_private.h"

#define MANY_MAX 16   /* values of one field that are shown */

static int text_width(const struct app *app)
{
	int width = app->pane_box.columns - 4;

	if (width > 90)
		width = 90;
	return width < 16 ? 16 : width;
}

/* ---- keys ---- */

static void key_text(int key, char *text, size_t size)
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ K_TAB, "Tab" }, { K_ENTER, "Enter" }, { K_ESCAPE, "Esc" }, { ' ', "Space" }, { K_UP, "Up" },
		{ K_DOWN, "Down" }, { K_LEFT, "Left" }, { K_RIGHT, "Right" }, { K_HOME, "Home" }, { K_END, "End" },
		{ K_PAGE_UP, "PgUp" }, { K_PAGE_DOWN, "PgDn" }, { K_BACKSPACE, "Bksp" }, { K_DELETE, "Del" },
		{ K_INSERT, "Ins" }, { K_SHIFT_UP, "Shift+Up" }, { K_SHIFT_DOWN, "Shift+Down" },
		{ K_SHIFT_LEFT, "Shift+Left" }, { K_SHIFT_RIGHT, "Shift+Right" }, { K_BACKTAB, "Shift+Tab" },
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
	if (!action->run) {
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
	const struct pane *pane = app_top(app)->pane;

	for (const struct action *action = actions; action && action->help; action++) {
		char keys[64];

		keys_text(pane, action, keys, sizeof(keys));
		if (keys[0])
			popup_text(&app->popup, STYLE_POPUP, text_width(app), 16, "%15s %s", keys, action->help);
	}
}

void app_help(struct app *app)
{
	const struct pane *pane = app_top(app)->pane;
	int width = text_width(app);

	popup_open(&app->popup, POPUP_TEXT, "Help", NULL);
	popup_text(&app->popup, STYLE_POPUP_TITLE, width, 0, "In %s", pane->view->name);
	list_actions(app, pane->operations->actions);
	popup_text(&app->popup, STYLE_POPUP_TITLE, width, 0, "\nEverywhere");
	list_actions(app, app_actions);
	popup_text(&app->popup, STYLE_POPUP_TITLE, width, 0, "\nMouse");
	popup_text(&app->popup, STYLE_POPUP, width, 16,
		   "%15s selects a row, again or twice drills down; on a column title sorts;\n%15s on a name "
		   "in the key bar does what the key does", "click", "");
	popup_text(&app->popup, STYLE_POPUP, width, 16, "%15s scrolls", "wheel");
}

/* ---- legend ---- */

void app_legend(struct app *app)
{
	const struct pane *pane = app_top(app)->pane;
	const struct view *view = pane->view;
	struct popup *popup = &app->popup;
	int width = text_width(app);
	char *filter = level_filter_text(app);

	popup_open(popup, POPUP_TEXT, view->name, NULL);
	if (view->description)
		popup_text(popup, STYLE_POPUP, width, 0, "%s\n ", view->description);
	for (size_t i = 0; i < view->ncolumns; i++) {
		const struct view_column *column = &view->columns[i];

		if (column->flags & COLUMN_KEY)
			continue;
		popup_text(popup, STYLE_POPUP, width, 13, "%12s %s", column->title,
			   column->description ? column->description : column->field);
	}
	popup_text(popup, STYLE_POPUP_TITLE, width, 0, "\nFilter");
	popup_text(popup, STYLE_POPUP, width, 2, "%s", filter && filter[0] ? filter : "none");
	popup_text(popup, STYLE_POPUP_TITLE, width, 0, "\nEvents");
	popup_text(popup, STYLE_POPUP, width, 2, "%llu passed the filter, %llu were gone before this view read them",
		   (unsigned long long)query_matched(pane->query), (unsigned long long)query_skipped(pane->query));
	popup_text(popup, STYLE_POPUP, width, 0, "\nspantop -v %s shows this view at the start.", view->id);
	free(filter);
}

/* ---- one event ---- */

static void add_field(struct app *app, const struct field *field, const struct event *event,
		      struct field_context *context)
{
	const struct field_definition *definition = field->definition;
	unsigned values = definition->flags & FIELD_MANY ? MANY_MAX : 1;
	char raw[4096], text[4096];

	for (unsigned nth = 0; nth < values; nth++) {
		struct value value = { .type = VALUE_NONE };
		size_t size;

		if (!definition->get(field, event, nth, context, &value) || value.type == VALUE_NONE)
			return;
		size = value_format(&value, false, raw, sizeof(raw));
		text_escape(raw, size < sizeof(raw) ? size : sizeof(raw) - 1, text, sizeof(text));
		if (text[0])
			popup_text(&app->popup, STYLE_POPUP, text_width(app), 26, "%-25s %s", definition->name, text);
	}
}

void app_event_details(struct app *app, const struct event *event)
{
	struct field_context *context = calloc(1, sizeof(*context));

	if (!context)
		return;
	context->engine = app->engine;
	popup_open(&app->popup, POPUP_TEXT, "Event", NULL);
	for (const struct field_definition *definition = field_table; definition->name; definition++) {
		struct field field = { .definition = definition };

		if (definition->flags & (FIELD_FILTER_ONLY | FIELD_TABLE_ONLY))
			continue;
		if (definition->argument != FIELD_ARGUMENT_NONE && definition->argument != FIELD_ARGUMENT_OPTIONAL)
			continue;
		add_field(app, &field, event, context);
	}
	free(context);
}
