/* A line to type into, at the bottom of the screen: with a history, and an error that points at its place. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "cells.h"

#define PROMPT_TEXT 2048
#define PROMPT_HISTORY 50

struct prompt_history {
	char *texts[PROMPT_HISTORY];  /* owned; oldest first */
	size_t count;
};

struct prompt {
	bool open;
	const char *label;        /* constant text, such as "Filter: " */
	const char *hint;         /* constant text, what the keys do */
	bool fields;              /* Tab completes names of fields */
	char text[PROMPT_TEXT];
	size_t size, cursor;      /* bytes */
	struct prompt_history *history;
	size_t history_at;        /* count: the text that is being typed */
	char draft[PROMPT_TEXT];  /* it, while an older one is shown */
	char error[300];          /* "" none */
	size_t error_at;          /* byte of text that it is about */
	char candidates[512];     /* of a completion that is not unique */
};

enum prompt_result {
	PROMPT_UNUSED,            /* the key means nothing here */
	PROMPT_USED,
	PROMPT_CHANGED,           /* the text is another now */
	PROMPT_DONE,              /* Enter */
	PROMPT_CANCELLED,         /* Esc */
};

void prompt_open(struct prompt *prompt, const char *label, const char *hint, const char *text,
		 struct prompt_history *history);
enum prompt_result prompt_key(struct prompt *prompt, int key);
void prompt_error(struct prompt *prompt, size_t position, const char *text);
/* Draws into the last rows of the box, and sets the cursor. */
void prompt_draw(const struct prompt *prompt, struct cells *cells, struct box box);

/* Adds a text as the newest; an equal one before it goes. */
void prompt_history_add(struct prompt_history *history, const char *text);
void prompt_history_fini(struct prompt_history *history);

/* ---- prompt_complete.c ---- */

/* Completes the field name before the cursor as far as it is certain; false if there is no such name. */
bool prompt_complete_field(struct prompt *prompt);
/* Inserts bytes at the cursor, as far as they fit. */
void prompt_insert(struct prompt *prompt, const char *bytes, size_t size);

#endif
