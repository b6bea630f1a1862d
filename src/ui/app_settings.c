/* What the application does with settings: at its start, when one is changed, and what it remembers of each view. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_private.h"
#include "app_settings.h"
#include "grid.h"
#include "spectrogram.h"
#include "theme.h"

#define KEY_SIZE 256
#define SORT_SIZE 300

/* ---- the settings of the table ---- */

void app_settings_init(struct app *app, const struct app_options *options)
{
	app->settings = options->settings;
	app->ascii = options->ascii;
	app->mouse = options->mouse;
	app->theme = options->theme;
	app->details.shown = !strcmp(settings_get(app->settings, "details"), "on");
	settings_load_history(app->settings, SETTING_FILTERS, &app->filter_history);
	settings_load_history(app->settings, SETTING_SEARCHES, &app->search_history);
}

const char *app_setting_now(const struct app *app, const char *key, char *text, size_t size)
{
	if (!strcmp(key, "theme"))
		return theme_name(app->theme);
	if (!strcmp(key, "details"))
		return app->details.shown ? "on" : "off";
	if (!strcmp(key, "ascii"))
		return app->ascii ? "on" : "off";
	if (!strcmp(key, "mouse"))
		return app->mouse ? "on" : "off";
	if (strcmp(key, "refresh"))
		return settings_get(app->settings, key);
	snprintf(text, size, "%llu", (unsigned long long)(app->refresh / 1000000));
	return text;
}

static void set_ascii(struct app *app, bool on)
{
	app->ascii = on;
	for (size_t i = 0; i < app->nlevels + app->nforward; i++)
		app->levels[i].pane->ascii = on;
}

static void set_mouse(struct app *app, bool on)
{
	app->mouse = on;
	if (app->host.mouse)
		app->host.mouse(app->host.context, on);
}

void app_setting_change(struct app *app, const char *key, const char *value)
{
	settings_set(app->settings, key, value);
	if (!strcmp(key, "theme"))
		theme_parse(value, &app->theme);
	else if (!strcmp(key, "details"))
		app->details.shown = !strcmp(value, "on");
	else if (!strcmp(key, "ascii"))
		set_ascii(app, !strcmp(value, "on"));
	else if (!strcmp(key, "mouse"))
		set_mouse(app, !strcmp(value, "on"));
	else if (!strcmp(key, "refresh"))
		app_set_refresh(app, strtoull(value, NULL, 10) * 1000000);
	app->dirty = true;
}

void app_settings_save(struct app *app)
{
	char message[sizeof(app->message)];

	app_settings_note(app);
	if (app->settings && !settings_save(app->settings, message, sizeof(message)))
		app_message(app, true, "%s", message);
}

/* ---- columns ---- */

void app_columns_changed(struct app *app, struct pane *pane)
{
	struct grid *grid = grid_of(pane);
	char key[KEY_SIZE], *text = grid ? grid_columns_text(grid) : NULL;

	if (!text)
		return;
	if (settings_view_key("columns", pane->view->id, key, sizeof(key)) < sizeof(key))
		settings_set(app->settings, key, text[0] ? text : NULL);
	for (size_t i = 0; i < app->nlevels + app->nforward; i++) {
		struct pane *other = app->levels[i].pane;

		if (other != pane && other->view == pane->view && grid_of(other))
			grid_columns_read(grid_of(other), text);
	}
	free(text);
}

/* ---- the order of rows: `TITLE ascending`, or `TITLE descending`; without a title the order of arrival ---- */

static void apply_sort(struct grid *grid, const char *text)
{
	const char *blank = text ? strrchr(text, ' ') : NULL;
	size_t column;

	if (!blank || (strcmp(blank, " ascending") && strcmp(blank, " descending")))
		return;
	column = grid_find_column(grid, text, (size_t)(blank - text));
	if (column != SIZE_MAX)
		query_sort(grid->pane.query, (int)column, !strcmp(blank, " descending"));
	else if (blank == text && query_is_list(grid->pane.query))
		query_sort(grid->pane.query, -1, false);
}

static void note_sort(struct app *app, struct grid *grid)
{
	char key[KEY_SIZE], text[SORT_SIZE] = "";
	bool descending, usual;
	int column = query_sort_column(grid->pane.query, &descending);
	size_t used = 0;

	if (column == grid->sort_noted && descending == grid->noted_descending)
		return;
	grid->sort_noted = column;
	grid->noted_descending = descending;
	usual = column == grid->sort_usual && descending == grid->usual_descending;
	if (column >= 0)
		used = grid_column_name(grid, (size_t)column, text, sizeof(text));
	if (used + sizeof(" descending") > sizeof(text) ||
	    settings_view_key("sort", grid->pane.view->id, key, sizeof(key)) >= sizeof(key))
		return;
	strcpy(text + used, descending ? " descending" : " ascending");
	settings_set(app->settings, key, usual ? NULL : text);
}

/* ---- spectrograms ---- */

static bool is_spectrogram(const struct pane *pane)
{
	return pane && pane->view->kind == VIEW_SPECTROGRAM;
}

static void note_spectrogram(struct app *app, struct spectrogram *spectrogram)
{
	char key[KEY_SIZE], text[SPECTRO_TEXT];

	spectro_text(spectrogram, text);
	if (!strcmp(text, spectrogram->noted) ||
	    settings_view_key("spectrogram", spectrogram->pane.view->id, key, sizeof(key)) >= sizeof(key))
		return;
	strcpy(spectrogram->noted, text);
	settings_set(app->settings, key, text);
}

void app_settings_spec(struct app *app, struct query_spec *spec)
{
	char key[KEY_SIZE];

	if (spec->view->kind == VIEW_SPECTROGRAM &&
	    settings_view_key("spectrogram", spec->view->id, key, sizeof(key)) < sizeof(key))
		spec->period = spectro_text_row(settings_get(app->settings, key));
}

static void set_up_spectrogram(struct app *app, struct spectrogram *spectrogram)
{
	char key[KEY_SIZE];

	if (settings_view_key("spectrogram", spectrogram->pane.view->id, key, sizeof(key)) < sizeof(key))
		spectro_text_read(spectrogram, settings_get(app->settings, key));
	spectro_text(spectrogram, spectrogram->noted);
}

/* ---- all that is remembered of panes ---- */

void app_settings_note(struct app *app)
{
	for (size_t i = 0; app->settings && i < app->nlevels + app->nforward; i++) {
		struct pane *pane = app->levels[i].pane;
		struct grid *grid = pane ? grid_of(pane) : NULL;

		if (grid && grid->sort_known)
			note_sort(app, grid);
		if (is_spectrogram(pane))
			note_spectrogram(app, (struct spectrogram *)pane);
	}
}

void app_settings_pane(struct app *app, struct pane *pane)
{
	struct grid *grid = grid_of(pane);
	char key[KEY_SIZE];

	if (is_spectrogram(pane))
		set_up_spectrogram(app, (struct spectrogram *)pane);
	if (!grid || !grid_columns(grid))
		return;
	grid->sort_usual = query_sort_column(pane->query, &grid->usual_descending);
	if (settings_view_key("columns", pane->view->id, key, sizeof(key)) < sizeof(key))
		grid_columns_read(grid, settings_get(app->settings, key));
	if (settings_view_key("sort", pane->view->id, key, sizeof(key)) < sizeof(key))
		apply_sort(grid, settings_get(app->settings, key));
	grid->sort_noted = query_sort_column(pane->query, &grid->noted_descending);
	grid->sort_known = true;
}
