/* Settings of the screen: spantoprc, with what the command line says instead. */
#ifndef SCREEN_SETTINGS_H
#define SCREEN_SETTINGS_H

#include "options.h"
#include "ui/app.h"
#include "ui/settings.h"
#include "ui/terminal.h"

struct screen_settings {
	struct settings *settings;   /* NULL without memory */
	char message[600];           /* what is wrong with the file; "" nothing */
};

/* Reads the file, unless there is to be none (--no-config). */
void screen_settings_init(struct screen_settings *settings, const struct options *options);
/* Fills in what the settings say and the options do not. What the terminal lacks (mouse) is the terminal's matter. */
void screen_settings_apply(struct screen_settings *settings, const struct options *options, struct app_options *app,
			   struct terminal_options *terminal);
/* Saves what was changed; says on standard error if that fails. */
void screen_settings_fini(struct screen_settings *settings);

#endif
