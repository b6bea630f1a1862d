#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings_private.h"

static const char *const themes[] = { "default", "mono", "high-contrast", "light", NULL };
static const char *const periods[] = { "100", "200", "500", "1000", "2000", "5000", "10000", "30000", "60000", NULL };
static const char *const on_off[] = { "off", "on", NULL };

const struct setting settings_table[] = {
	{ "theme", "Theme", "Colours: your terminal's own (light on dark), none, few and strong ones, or dark on light.",
	  themes, "default", 0, 0 },
	{ "refresh", "Refresh every", "Milliseconds between two refreshes; + and - change it for now, this for good.",
	  periods, "2000", 100, 3600000 },
	{ "view", "Start with", "The view at the start, where -v does not say otherwise.", NULL, "traces_summary", 0, 0 },
	{ "details", "Details", "Show all values of the selected row below the table.", on_off, "off", 0, 0 },
	{ "ascii", "Plain ASCII", "Draw without line and block characters.", on_off, "off", 0, 0 },
	{ "mouse", "Mouse", "Take the mouse; without it the terminal selects text as usual.", on_off, "on", 0, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0 },
};

static const struct setting *find_setting(const char *key)
{
	for (const struct setting *setting = settings_table; setting->key; setting++)
		if (!strcmp(setting->key, key))
			return setting;
	return NULL;
}

static bool read_number(const char *text, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return !*end && !errno;
}

bool settings_accepts(const char *key, const char *value)
{
	const struct setting *setting = find_setting(key);
	uint64_t number;

	if (!setting || !setting->choices)
		return true;
	if (setting->most)
		return read_number(value, &number) && number >= setting->least && number <= setting->most;
	for (const char *const *choice = setting->choices; *choice; choice++)
		if (!strcmp(*choice, value))
			return true;
	return false;
}

/* ---- lines ---- */

static void line_fini(struct settings_line *line)
{
	free(line->key);
	free(line->text);
}

void settings_lines_fini(struct settings_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		line_fini(&lines->items[i]);
	free(lines->items);
	*lines = (struct settings_lines){ 0 };
}

static void remove_line(struct settings_lines *lines, size_t i)
{
	line_fini(&lines->items[i]);
	lines->count--;
	memmove(&lines->items[i], &lines->items[i + 1], (lines->count - i) * sizeof(*lines->items));
}

bool settings_lines_add(struct settings_lines *lines, const char *key, const char *text, size_t size)
{
	struct settings_line line = { .size = size };

	if (lines->count == lines->capacity) {
		size_t capacity = lines->capacity ? lines->capacity * 2 : 32;
		struct settings_line *items = realloc(lines->items, capacity * sizeof(*items));

		if (!items)
			return false;
		lines->items = items;
		lines->capacity = capacity;
	}
	line.key = key ? strdup(key) : NULL;
	line.text = text ? malloc(size + 1) : NULL;
	if ((key && !line.key) || (text && !line.text)) {
		line_fini(&line);
		return false;
	}
	if (text) {
		memcpy(line.text, text, size);
		line.text[size] = '\0';
	}
	lines->items[lines->count++] = line;
	return true;
}

static bool has_key(const struct settings_line *line, const char *key)
{
	return line->key && !strcmp(line->key, key);
}

/* The last one with this key, or SIZE_MAX: where a key stands twice the later line holds. */
static size_t find_line(const struct settings_lines *lines, const char *key)
{
	for (size_t i = lines->count; i--;)
		if (has_key(&lines->items[i], key))
			return i;
	return SIZE_MAX;
}

/* The line that is last takes the place `to`, the others move up. */
static void move_last(struct settings_lines *lines, size_t to)
{
	struct settings_line line = lines->items[lines->count - 1];

	memmove(&lines->items[to + 1], &lines->items[to], (lines->count - 1 - to) * sizeof(line));
	lines->items[to] = line;
}

/* One more text of a history, behind those that are there; an equal one goes. */
static bool append(struct settings_lines *lines, const struct settings_line *change)
{
	size_t place, count = 0;

	if (!settings_lines_add(lines, change->key, change->text, change->size))
		return false;
	for (size_t i = 0; i + 1 < lines->count;) {
		const struct settings_line *line = &lines->items[i];

		if (has_key(line, change->key) && !strcmp(line->text, change->text)) {
			remove_line(lines, i);
			continue;
		}
		count += has_key(line, change->key);
		i++;
	}
	for (size_t i = 0; count >= PROMPT_HISTORY && i + 1 < lines->count;) {
		if (has_key(&lines->items[i], change->key)) {
			remove_line(lines, i);
			count--;
		} else {
			i++;
		}
	}
	lines->count--;
	place = find_line(lines, change->key);
	lines->count++;
	if (place != SIZE_MAX)
		move_last(lines, place + 1);
	return true;
}

bool settings_lines_apply(struct settings_lines *lines, const struct settings_line *change)
{
	size_t place;

	if (change->appended)
		return append(lines, change);
	if (change->text && !settings_lines_add(lines, change->key, change->text, change->size))
		return false;
	/* the new one takes the place of the last one that was there; the others go */
	if (change->text)
		lines->count--;
	place = find_line(lines, change->key);
	if (change->text) {
		lines->count++;
		if (place == SIZE_MAX)
			return true;
		move_last(lines, place);
		for (size_t i = lines->count; i--;)
			if (i != place && has_key(&lines->items[i], change->key)) {
				remove_line(lines, i);
				place -= i < place;
			}
		return true;
	}
	for (size_t i = lines->count; i--;)
		if (has_key(&lines->items[i], change->key))
			remove_line(lines, i);
	return true;
}

/* ---- values ---- */

struct settings *settings_new(void)
{
	return calloc(1, sizeof(struct settings));
}

void settings_free(struct settings *settings)
{
	if (!settings)
		return;
	settings_lines_fini(&settings->lines);
	settings_lines_fini(&settings->changes);
	free(settings->path);
	free(settings);
}

static const char *given(const struct settings *settings, const char *key)
{
	size_t i = settings ? find_line(&settings->lines, key) : SIZE_MAX;

	return i == SIZE_MAX || settings->lines.items[i].refused ? NULL : settings->lines.items[i].text;
}

const char *settings_get(const struct settings *settings, const char *key)
{
	const char *value = given(settings, key);
	const struct setting *setting = value ? NULL : find_setting(key);

	return setting ? setting->usual : value;
}

bool settings_has(const struct settings *settings, const char *key)
{
	return given(settings, key);
}

bool settings_is_on(const struct settings *settings, const char *key)
{
	const char *value = settings_get(settings, key);

	return value && !strcmp(value, "on");
}

uint64_t settings_number(const struct settings *settings, const char *key)
{
	const char *value = settings_get(settings, key);
	uint64_t number = 0;

	return value && read_number(value, &number) ? number : 0;
}

/* Changes of one key: the last one is enough, but texts of a history add up. */
static void note_change(struct settings *settings, const char *key, const char *value, bool appended)
{
	struct settings_line change = { (char *)key, (char *)value, value ? strlen(value) : 0, appended, false };
	struct settings_lines *changes = &settings->changes;

	if (!settings_lines_apply(&settings->lines, &change))
		return;
	for (size_t i = changes->count; i-- && !appended;)
		if (has_key(&changes->items[i], key))
			remove_line(changes, i);
	if (settings_lines_add(changes, key, value, change.size))
		changes->items[changes->count - 1].appended = appended;
}

void settings_set(struct settings *settings, const char *key, const char *value)
{
	const char *now = given(settings, key);

	if (!settings || (value ? now && !strcmp(value, now) : !now))
		return;
	note_change(settings, key, value, false);
}

size_t settings_view_key(const char *prefix, const char *view, char *key, size_t size)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	size_t used = (size_t)snprintf(key, size, "%s.", prefix);

	for (const char *c = view; *c; c++) {
		char *at = key + (used < size ? used : size);

		used += (size_t)snprintf(at, used < size ? size - used : 0, strchr(plain, *c) ? "%c" : "%%%02x",
					 (unsigned char)*c);
	}
	return used;
}

/* ---- histories ---- */

void settings_load_history(const struct settings *settings, const char *key, struct prompt_history *history)
{
	for (size_t i = 0; settings && i < settings->lines.count; i++)
		if (has_key(&settings->lines.items[i], key))
			prompt_history_add(history, settings->lines.items[i].text);
}

void settings_add_history(struct settings *settings, const char *key, const char *text)
{
	if (settings && text[0])
		note_change(settings, key, text, true);
}
