/* The settings menu: what is changed there shows at once, and is saved when the menu closes. */
#include <stdio.h>
#include <string.h>

#include "app_private.h"
#include "app_settings.h"
#include "settings.h"

static bool menu_key(struct app *app, int key);

/* 2000 as it is read: 2 s. */
static void shown_value(const struct setting *setting, const char *value, char *text, size_t size)
{
	unsigned long long ms;

	if (setting->most && sscanf(value, "%llu", &ms) == 1)
		snprintf(text, size, "%g s", (double)ms / 1000);
	else
		snprintf(text, size, "%s", value);
}

static void fill(struct app *app)
{
	popup_clear(&app->popup);
	for (int i = 0; settings_table[i].key; i++) {
		const struct setting *setting = &settings_table[i];
		char text[100], number[32], value[64];

		shown_value(setting, app_setting_now(app, setting->key, number, sizeof(number)), value, sizeof(value));
		snprintf(text, sizeof(text), "%-14s  < %s >", setting->label, value);
		popup_item(&app->popup, text, setting->help, i);
	}
}

void app_settings_menu(struct app *app)
{
	popup_open(&app->popup, POPUP_MENU, "Settings", NULL);
	app->popup.key = menu_key;
	app->popup.hint = "Left Right change, Esc closes";
	app->popup.aside = true;
	fill(app);
}

/* The choice before or behind the present one; a number that is none of the choices has neighbours, too. */
static const char *next_choice(const struct setting *setting, const char *now, int step)
{
	int count = 0, at = -1;

	while (setting->choices[count])
		count++;
	for (int i = 0; i < count; i++)
		if (!strcmp(setting->choices[i], now))
			at = i;
	if (at >= 0 && setting->most)
		return at + step >= 0 && at + step < count ? setting->choices[at + step] : now;
	if (at >= 0)
		return setting->choices[(at + step + count) % count];
	for (int i = step > 0 ? 0 : count - 1; i >= 0 && i < count; i += step) {
		unsigned long long choice = 0, value = 0;

		sscanf(setting->choices[i], "%llu", &choice);
		sscanf(now, "%llu", &value);
		if (step > 0 ? choice > value : choice < value)
			return setting->choices[i];
	}
	return now;
}

static const char *next_view(const struct app *app, const char *now, int step)
{
	size_t count = view_set_count(app->views), at = 0;

	for (size_t i = 0; i < count; i++)
		if (!strcmp(view_set_at(app->views, i)->id, now))
			at = i;
	return view_set_at(app->views, (at + count + (size_t)(step + 1) - 1) % count)->id;
}

static void change(struct app *app, int step)
{
	const struct setting *setting;
	const char *now;
	char number[32];
	int i;

	if (!popup_value(&app->popup, &i))
		return;
	setting = &settings_table[i];
	now = app_setting_now(app, setting->key, number, sizeof(number));
	app_setting_change(app, setting->key, setting->choices ? next_choice(setting, now, step) :
						      next_view(app, now, step));
	fill(app);
}

static bool menu_key(struct app *app, int key)
{
	switch (key) {
	case K_ENTER:
	case K_RIGHT:
	case ' ':
		change(app, 1);
		return true;
	case K_LEFT:
		change(app, -1);
		return true;
	case K_ESCAPE:
	case 'q':
	case 'S':
		popup_close(&app->popup);
		app_settings_save(app);
		return true;
	}
	return false;
}
