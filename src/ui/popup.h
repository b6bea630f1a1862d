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

enum popup_line_kind {
	POPUP_LINE_CHOICE,
	POPUP_LINE_REFUSED,  /* a choice that is none now: its detail says why */
	POPUP_LINE_TEXT,
};

struct popup_line {
	enum popup_line_kind kind;
	char *text;      /* owned */
	char *detail;    /* owned: what a menu says of the line under the cursor; NULL none */
	int value;       /* menu: given to chosen; text: cells of the name in front, 0 none */
	char hotkey;     /* menu with hotkeys: the letter in the brackets that it begins with, 0 none */
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
	bool hotkeys;           /* menu: a letter chooses the line of this letter, "(k) kill", and finds nothing */
	struct box box;         /* where it was last drawn */
	int shown;              /* lines that it shows */
	void (*chosen)(struct app *app, int value);
	/* Menu: Del on a line; it may open the menu again. NULL: Del does nothing. */
	void (*deleted)(struct app *app, int value);
	/* Menu that stays open while it changes things: what a key does there before all else (a click on the line under the
	 * cursor is Enter); true if it was used. Letters find nothing then. NULL: a menu to choose from. */
	bool (*key)(struct app *app, int key);
	const char *hint;       /* constant text: the keys, at the lower edge; NULL the usual ones */
	bool aside;             /* at the right edge, below the pane's first row: what it changes stays in sight */
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
/* Takes all lines away, to fill it again: the cursor stays where it was, if the lines do. */
void popup_clear(struct popup *popup);
/* Adds a line to a menu; the texts are copied, detail may be NULL. Without memory the line is missing. */
void popup_item(struct popup *popup, const char *text, const char *detail, int value);
/* The same for what cannot be chosen: reason is its detail. */
void popup_item_refused(struct popup *popup, const char *text, const char *reason, int value);
/* Adds a line of text, which menus may have between what is chosen; long ones are wrapped between words, to at most
 * `width` cells (0: not), with `indent` blanks before continued lines. Newlines in it begin new lines. */
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
