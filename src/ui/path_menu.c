/* The menu of all places on the way: those below the screen that is shown, and those that were left by going
 * back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/value.h"
#include "app_private.h"

#define LINE_TEXT 400

static void place_chosen(struct app *app, int value)
{
	level_go(app, (size_t)value);
}

static void place_deleted(struct app *app, int value)
{
	struct filter_error error;

	if (!app->levels[value].typed) {
		app_message(app, false, "No filter was typed there");
		return;
	}
	if (level_forget_typed(app, (size_t)value, &error)) {
		app_message(app, true, "%s", error.text);
		return;
	}
	app_path_menu(app);
	popup_select(&app->popup, value);
}

/* What led there, without what its label says already; malloced, NULL if that is nothing. */
static char *detail_text(const struct level *level)
{
	const char *filter = level->pane->filter, *typed = level->typed;
	char *text = NULL, *shown;
	size_t size;

	if (!filter && !typed)
		return NULL;
	if (asprintf(&text, "%s%s%s%s", filter ? filter : "", filter && typed ? " and " : "",
		     typed ? typed : "", typed ? " (Del takes away what was typed)" : "") < 0)
		return NULL;
	size = 4 * strlen(text) + 1;
	shown = malloc(size);
	if (shown)
		text_escape(text, strlen(text), shown, size);
	free(text);
	return shown;
}

static void add_level(struct app *app, size_t i)
{
	const struct level *level = &app->levels[i];
	const char *label = level->pane->label, *mark = i + 1 == app->nlevels ? "*" : i < app->nlevels ? " " : "+";
	char line[LINE_TEXT], shown[4 * LINE_TEXT], *detail = detail_text(level);

	if (!i)
		label = "whole machine";
	snprintf(line, sizeof(line), "%s %zu  %s%s%.160s%s%.160s", mark, i + 1, level->pane->view->name,
		 label ? "  " : "", label ? label : "", level->typed ? "  filter: " : "",
		 level->typed ? level->typed : "");
	text_escape(line, strlen(line), shown, sizeof(shown));
	popup_item(&app->popup, shown, detail, (int)i);
	free(detail);
}

void app_path_menu(struct app *app)
{
	popup_open(&app->popup, POPUP_MENU, app->nforward ? "Path (* here, + forward)" : "Path (* here)", place_chosen);
	app->popup.deleted = place_deleted;
	for (size_t i = 0; i < app->nlevels + app->nforward; i++)
		add_level(app, i);
	popup_select(&app->popup, (int)app->nlevels - 1);
}
