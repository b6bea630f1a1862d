/* Lines of the settings file, for settings.c and settings_file.c. */
#ifndef UI_SETTINGS_PRIVATE_H
#define UI_SETTINGS_PRIVATE_H

#include "settings.h"

#define SETTINGS_FILE_MAX (1u << 20)   /* bytes */
#define SETTINGS_KEY_MAX 256

/* A line of the file, or a change to it. */
struct settings_line {
	char *key;        /* owned; NULL: a comment, or no setting: text is all of it */
	char *text;       /* owned: the value, not escaped; of a change NULL: the key goes */
	size_t size;      /* of text: a line that is no setting may hold anything */
	bool appended;    /* change: one more text of a history */
	bool refused;     /* its value is not one of those that the key may have: kept, not used */
};

struct settings_lines {
	struct settings_line *items;
	size_t count, capacity;
};

struct settings {
	struct settings_lines lines, changes;
	char *path;       /* owned; NULL: there is nothing to save to */
};

void settings_lines_fini(struct settings_lines *lines);
/* Texts are copied. False without memory. */
bool settings_lines_add(struct settings_lines *lines, const char *key, const char *text, size_t size);
/* Makes a change (its key is not NULL); false without memory. */
bool settings_lines_apply(struct settings_lines *lines, const struct settings_line *change);
/* Whether the value may stand for the key; keys that are not known may have any. */
bool settings_accepts(const char *key, const char *value);

/* ---- settings_text.c ---- */

/* Reads the text of a file. bad: how many lines are no settings, first_bad: the number of the first (from 1).
 * False without memory. */
bool settings_parse(struct settings_lines *lines, const char *text, size_t size, size_t *bad, size_t *first_bad);
/* The text of a file; malloced, NULL without memory. */
char *settings_print(const struct settings_lines *lines, size_t *size);

#endif
