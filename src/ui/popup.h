/* What lies over a pane for a while: a menu to choose from, or a page of text to read. */
#ifndef UI_POPUP_H
#define UI_POPUP_H

#include <stdbool.h>
#include <stddef.h>

#include "cells.h"
#include "terminal.h"

struct app;

enum popup_kind {
	POPUP_NONE,
	POPUP_MENU,
	POPUP_TEXT,
};

struct popup_line {
	char *text;      /* owned */
	char *detail;    /* owned: what a menu says of the line under the cursor; NULL none */
	int value;       /* menu: given to chosen */
	uint8_t style;   /* text: enum style */
};

struct popup {
	enum popup_kind kind;
	char title[80];
	struct popup_line *lines;
	size_t count, capacity;
	size_t *found;          /* menu: indices of the lines that contain what was typed */
	size_t nfound;
	size_t selected;        /* menu: in found */
	size_t first;           /* line at the top */
	size_t first_wanted;    /* what it would be if the box were large enough */
	char typed[64];
	struct box box;         /* where it was last drawn */
	int shown;              /* lines that it shows */
	void (*chosen)(struct app *app, int value);
	/* Menu: Del on a line; it may open the menu again. NULL: Del does nothing. */
	void (*deleted)(struct app *app, int value);
};

enum popup_result {
	POPUP_STAYS,
	POPUP_CLOSES,
	POPUP_CHOSEN,           /* closes, and *value is what was chosen */
};

/* Opens an empty one in place of what was open. chosen is for menus. */
void popup_open(struct popup *popup, enum popup_kind kind, const char *title,
		void (*chosen)(struct app *app, int value));
void popup_close(struct popup *popup);
/* Adds a line to a menu; the texts are copied, detail may be NULL. Without memory the line is missing. */
void popup_item(struct popup *popup, const char *text, const char *detail, int value);
/* Adds a line of text; long ones are wrapped between words, to at most `width` cells (0: not), with `indent`
 * blanks before continued lines. Newlines in it begin new lines. */
void popup_text(struct popup *popup, uint8_t style, int width, int indent, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Puts a menu's cursor on the line with this value. */
void popup_select(struct popup *popup, int value);

/* The value of the line under a menu's cursor; false if there is none. */
bool popup_value(const struct popup *popup, int *value);

enum popup_result popup_key(struct popup *popup, int key, int *value);
enum popup_result popup_mouse(struct popup *popup, const struct key_event *event, int *value);
/* Draws over the box. */
void popup_draw(struct popup *popup, struct cells *cells, struct box box);

#endif
