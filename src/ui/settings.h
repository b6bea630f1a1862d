/* What the user chose and wants to find again: a text file of lines `key = value`, spantoprc in ~/.config/spantop.
 *
 * Whatever it holds is kept: lines that nobody here knows, comments, damaged lines. Only what was set in this run is
 * changed, in the file as it is at that moment, so two programs that save do not undo each other's work, unless
 * both set the same key: then the later one wins. Values may hold any bytes but 0; the file has them escaped. */
#ifndef UI_SETTINGS_H
#define UI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prompt.h"

struct settings;

/* A setting with few values: a line of the settings menu. */
struct setting {
	const char *key;              /* in the file */
	const char *label, *help;     /* of the menu */
	const char *const *choices;   /* of the menu, ended by NULL; NULL: the ids of views */
	const char *usual;            /* what holds if it is not set */
	uint64_t least, most;         /* a number: any from least to most is good, choices are but a few; most 0: it is none */
};

/* In the order of the menu, ended by a NULL key. A new setting is one row here, read with the functions below, and
 * app_setting_changed tells whom it concerns. */
extern const struct setting settings_table[];

/* Nothing set, and no file: what is set lasts as long as they do. NULL without memory. */
struct settings *settings_new(void);
void settings_free(struct settings *settings);
/* Where the file lies, or would: malloced; NULL if there is no place. Root does not use the directory of somebody else,
 * whose HOME sudo may have left. */
char *settings_path(void);
/* Reads the file, and makes it the one to save to; one that is not there is an empty one. What is wrong with it is told
 * in message (one line, escaped; "" nothing). A file that is not to be used (of somebody else where root asks, too
 * large, no file at all) is not saved to. */
void settings_load(struct settings *settings, const char *path, char *message, size_t size);
/* Writes what was set since the last time, if that makes a difference: in one step, readable by the user alone.
 * False with message filled. */
bool settings_save(struct settings *settings, char *message, size_t size);

/* The value, or what is usual for a key of settings_table, or NULL. Good until the key is set. */
const char *settings_get(const struct settings *settings, const char *key);
/* Whether it is in the file, or was set. */
bool settings_has(const struct settings *settings, const char *key);
/* NULL: back to what is usual. The key is letters, digits and `_.-%`. Without memory nothing changes. */
void settings_set(struct settings *settings, const char *key, const char *value);
/* Of settings that are "on" or "off", and of numbers. */
bool settings_is_on(const struct settings *settings, const char *key);
uint64_t settings_number(const struct settings *settings, const char *key);
/* Key for one view: `prefix.ID`, with what no key may hold written as %xx. Returns the full length. */
size_t settings_view_key(const char *prefix, const char *view, char *key, size_t size);

/* What was typed: the latest PROMPT_HISTORY of each key are kept. */
void settings_load_history(const struct settings *settings, const char *key, struct prompt_history *history);
void settings_add_history(struct settings *settings, const char *key, const char *text);

#endif
