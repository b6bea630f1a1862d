/* Settings as the application uses them; settings.h keeps them. */
#ifndef UI_APP_SETTINGS_H
#define UI_APP_SETTINGS_H

#include <stddef.h>

struct app;
struct app_options;
struct pane;
struct query_spec;

/* Keys of histories. */
#define SETTING_FILTERS "history.filter"
#define SETTING_SEARCHES "history.search"

/* Part of app_new, before the first pane. */
void app_settings_init(struct app *app, const struct app_options *options);
/* What holds now for a key of settings_table, whether set, usual or of the command line; text is for those that are
 * made. */
const char *app_setting_now(const struct app *app, const char *key, char *text, size_t size);
/* Sets it, and does at once what it says. value is one that the key may have. */
void app_setting_change(struct app *app, const char *key, const char *value);
/* Writes the file; says if that fails. */
void app_settings_save(struct app *app);
/* Takes over from the panes what the user changed in them: the order of rows, the picture of spectrograms. Before panes are freed. */
void app_settings_note(struct app *app);
/* Before the pane: how long a row of a spectrogram was the last time. */
void app_settings_spec(struct app *app, struct query_spec *spec);
/* A new pane gets the columns and the order that its view had the last time. */
void app_settings_pane(struct app *app, struct pane *pane);

/* ---- settings_menu.c, columns_menu.c ---- */

void app_settings_menu(struct app *app);
void app_columns_menu(struct app *app);

#endif
