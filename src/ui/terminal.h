/* A terminal: real (curses) or headless (a script of keys for tests). */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include <stdint.h>

#include "cells.h"

/* Keys: Unicode characters as themselves, the rest from here on. */
enum key {
	KEY_NONE_ = -1,
	K_TAB = 9,
	K_ENTER = 10,
	K_ESCAPE = 27,
	K_FUNCTION = 0x110000,   /* + n: Fn, 1 to 24 (shifted F1 is 13, ...) */
	K_UP = 0x110100,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_BACKSPACE,
	K_DELETE,
	K_INSERT,
	K_SHIFT_UP,
	K_SHIFT_DOWN,
	K_SHIFT_LEFT,
	K_SHIFT_RIGHT,
	K_BACKTAB,
	K_RESIZE,                /* the size changed: ask for it again */
	K_MOUSE,                 /* struct input_event.mouse says what */
	K_UNKNOWN,               /* an escape sequence that means nothing here: never an action */
};
#define K_F(n) (K_FUNCTION + (n))
#define K_CTRL(c) ((c) & 31)

enum mouse_kind {
	MOUSE_PRESS,
	MOUSE_DRAG,
	MOUSE_RELEASE,
	MOUSE_DOUBLE,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct key_event {
	int key;
	struct {
		enum mouse_kind kind;
		int row, column;
	} mouse;
};

struct terminal;

struct terminal_operations {
	void (*size)(struct terminal *terminal, int *rows, int *columns);
	/* Next key that is there, without waiting: 1, or 0 for none, -1 when the terminal is gone. */
	int (*key)(struct terminal *terminal, struct key_event *event);
	/* Shows the cells; draws only what differs from the last time. */
	void (*show)(struct terminal *terminal, const struct cells *cells);
	int (*poll_fd)(struct terminal *terminal);  /* readable when a key may be there; -1 none */
	/* Gives the terminal to another program, as it was before; takes it back, and shows everything anew the next
	 * time. */
	void (*leave)(struct terminal *terminal);
	void (*enter)(struct terminal *terminal);
	/* Takes the mouse, if the terminal can tell of it, or leaves it to the terminal. */
	void (*mouse)(struct terminal *terminal, int on);
	/* Puts a text into its clipboard; 0: it has none. NULL: the same. */
	int (*copy)(struct terminal *terminal, const char *text, size_t size);
	void (*close)(struct terminal *terminal);   /* restores the terminal */
};

struct terminal {
	const struct terminal_operations *operations;
	int colors;              /* it has so many; less than 8: none. For struct cells */
};

struct terminal_options {
	int no_mouse;
	int no_color;     /* also by environment NO_COLOR */
	int ascii;        /* no line drawing or block characters */
	int colors;       /* take it that the terminal has so many; 0: what terminfo and COLORTERM say */
};

/* The real terminal; NULL with *reason (constant text) if there is none or it cannot do it. Restores the terminal on
 * fatal signals as well. */
struct terminal *terminal_curses_new(const struct terminal_options *options, const char **reason);

#endif
