#include "screen_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/value.h"

void screen_settings_init(struct screen_settings *settings, const struct options *options)
{
	char *path = options->no_config ? NULL : settings_path();

	*settings = (struct screen_settings){ .settings = settings_new() };
	if (settings->settings && path)
		settings_load(settings->settings, path, settings->message, sizeof(settings->message));
	free(path);
}

static const char *start_view(struct screen_settings *settings, const struct view_set *views)
{
	const char *id = settings_get(settings->settings, "view");
	char shown[200];

	if (view_set_find(views, id))
		return id;
	text_escape(id, strlen(id), shown, sizeof(shown));
	if (!settings->message[0])
		snprintf(settings->message, sizeof(settings->message), "There is no view '%s', which settings start with", shown);
	return NULL;
}

void screen_settings_apply(struct screen_settings *settings, const struct options *options, struct app_options *app,
			   struct terminal_options *terminal)
{
	app->settings = settings->settings;
	app->ascii = options->ascii || settings_is_on(settings->settings, "ascii");
	app->mouse = !options->no_mouse && settings_is_on(settings->settings, "mouse");
	if (!theme_parse(options->theme ? options->theme : settings_get(settings->settings, "theme"), &app->theme))
		app->theme = THEME_DEFAULT;
	if (!options->refresh_given)
		app->refresh = settings_number(settings->settings, "refresh") * 1000000;
	if (!options->view)
		app->view = start_view(settings, app->views);
	app->message = settings->message;
	terminal->no_mouse = !app->mouse;
}

void screen_settings_fini(struct screen_settings *settings)
{
	if (settings->settings && !settings_save(settings->settings, settings->message, sizeof(settings->message)))
		fprintf(stderr, "spantop: %s\n", settings->message);
	settings_free(settings->settings);
}
