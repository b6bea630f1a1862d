/* The menus and prompts that actions open, and what is done with what was chosen or typed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_private.h"
#include "app_settings.h"

/* ---- views ---- */

static void view_chosen(struct app *app, int value)
{
	level_switch_view(app, view_set_at(app->views, (size_t)value));
}

/* The field by which the path to here picked something last; "" if that was nothing, or a span, whose inside is like all
 * the events of a machine; "*" for what no field says. */
static const char *picked_field(const struct app *app)
{
	for (size_t i = app->nlevels; i-- > 1;) {
		const struct view_column *key = view_key(app->levels[i - 1].pane->view);

		if (app->levels[i].picks_span)
			return "";
		if (!app->levels[i].switched && app->levels[i].pane->filter)
			return key ? key->filter_field ? key->filter_field : key->field : "*";
	}
	return "";
}

static bool is_hidden(const struct view *view)
{
	for (size_t i = 0; i < view->ntags; i++)
		if (!strcmp(view->tags[i], "nocsysdig"))
			return true;
	return false;
}

/* Fields as a text for people; "" and "*" said in words. */
static void list_fields(const struct view *view, FILE *file)
{
	size_t listed = 0;

	for (size_t i = 0; i < view->napplies_to; i++) {
		const char *field = view->applies_to[i];

		fprintf(file, "%s%s", listed++ ? ", " : "",
			!field[0] ? "the whole machine" : !strcmp(field, "*") ? "any selection" : field);
	}
}

/* Why the view is not offered here; malloced, NULL without memory. */
static char *why_not(const struct view *view, const char *field)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	if (!field[0])
		fprintf(file, "Not without a selection: it needs one by ");
	else
		fprintf(file, "Not for a selection by %s, but for ", strcmp(field, "*") ? field : "what was selected here");
	list_fields(view, file);
	fprintf(file, ". %s", view->description);
	if (fclose(file)) {
		free(text);
		return NULL;
	}
	return text;
}

static bool is_offered(const struct app *app, const struct view *view, const char *field)
{
	const struct level *top = &app->levels[app->nlevels - 1];

	return view == top->pane->view || view_applies_to(view, field) || (top->inside && view_applies_to(view, "span.id"));
}

void app_views_menu(struct app *app)
{
	const struct view *current = app_top(app)->pane->view;
	const char *field = picked_field(app);
	size_t count = view_set_count(app->views), refused = 0;
	int place = 0;

	popup_open(&app->popup, POPUP_MENU, "Views", view_chosen);
	for (size_t i = 0; i < count; i++) {
		const struct view *view = view_set_at(app->views, i);

		if (view == current)
			place = (int)i;
		if (view == current || (is_offered(app, view, field) && !is_hidden(view)))
			popup_item(&app->popup, view->name, view->description, (int)i);
	}
	for (size_t i = 0; i < count; i++) {
		const struct view *view = view_set_at(app->views, i);
		char *reason;

		if (is_offered(app, view, field) || is_hidden(view))
			continue;
		if (!refused++)
			popup_text(&app->popup, STYLE_POPUP_TITLE, 0, 0, " \nNot for this selection:");
		reason = why_not(view, field);
		popup_item_refused(&app->popup, view->name, reason, (int)i);
		free(reason);
	}
	popup_select(&app->popup, place);
}

/* ---- sorting ---- */

static void sort_chosen(struct app *app, int value)
{
	struct pane *pane = app_top(app)->pane;
	bool descending;

	if (value < 0)
		query_sort(pane->query, -1, false);
	else if (query_sort_column(pane->query, &descending) == value)
		query_sort(pane->query, value, !descending);
	else
		query_sort(pane->query, value,
			   value_is_number(query_column_type(pane->query, (size_t)value)) &&
			   !(pane->view->columns[value].flags & COLUMN_ASCENDING));
}

void app_sort_menu(struct app *app)
{
	const struct pane *pane = app_top(app)->pane;
	const struct view *view = pane->view;
	bool descending;
	int sorted = query_sort_column(pane->query, &descending);

	popup_open(&app->popup, POPUP_MENU, "Sort by", sort_chosen);
	if (view->kind != VIEW_TABLE)
		popup_item(&app->popup, "order of arrival", "oldest first", -1);
	for (size_t i = 0; i < view->ncolumns; i++) {
		char text[80];

		if (view->columns[i].flags & COLUMN_HIDDEN)
			continue;
		snprintf(text, sizeof(text), "%s%s", view->columns[i].title,
			 (int)i != sorted ? "" : descending ? " (descending now)" : " (ascending now)");
		popup_item(&app->popup, text, view->columns[i].description, (int)i);
	}
	popup_select(&app->popup, sorted);
}

/* ---- filter ---- */

static bool filter_done(struct app *app, const char *text)
{
	struct filter_error error;
	bool in_typed;

	if (level_remake(app, text, app_top(app)->inside_scope, &error, &in_typed)) {
		prompt_error(&app->prompt, in_typed ? error.position : 0, error.text);
		return false;
	}
	prompt_history_add(&app->filter_history, text);
	settings_add_history(app->settings, SETTING_FILTERS, text);
	return true;
}

void app_filter_prompt(struct app *app)
{
	prompt_open(&app->prompt, "Filter: ",
		    "Enter applies (empty: none)  Esc cancels  Up older ones  Tab completes",
		    app_top(app)->typed, &app->filter_history);
	app->prompt.fields = true;
	app->prompt_done = filter_done;
}

/* ---- search ---- */

static bool search_done(struct app *app, const char *text)
{
	prompt_history_add(&app->search_history, text);
	settings_add_history(app->settings, SETTING_SEARCHES, text);
	return true;
}

static void search(struct app *app, bool again, bool backwards)
{
	struct pane *pane = app_focus(app);
	const char *text = "not found";

	if (pane->operations->search(pane, app->search, again, backwards)) {
		/* found, or the pane goes on looking when it is updated */
		app->reading |= pane->search_stopped;
		return;
	}
	if (pane->search_stopped)
		text = app->prompt.open ? "not found up to here: F3 searches on" :
					  "not found up to here: n searches on";
	if (app->prompt.open)
		prompt_error(&app->prompt, app->prompt.size, text);
	else
		app_message(app, !pane->search_stopped, "%s: %s", text, app->search);
}

void app_search_failed(struct app *app)
{
	app->dirty = true;
	if (app->prompt.open && app->prompt.history == &app->search_history)
		prompt_error(&app->prompt, app->prompt.size, "not found");
	else if (!app->prompt.open)
		app_message(app, true, "not found: %s", app->search);
}

void app_search_prompt(struct app *app)
{
	if (!app_focus(app)->operations->search) {
		app_message(app, true, "there is no text to search here");
		return;
	}
	prompt_open(&app->prompt, "Search: ", "F3 next  Enter stays here  Esc ends  n and N find more", NULL,
		    &app->search_history);
	app->prompt_done = search_done;
}

void app_search_changed(struct app *app)
{
	snprintf(app->search, sizeof(app->search), "%s", app->prompt.text);
	search(app, false, false);
}

void app_search_next(struct app *app, bool backwards)
{
	if (app->search[0] && app_focus(app)->operations->search)
		search(app, true, backwards);
}
