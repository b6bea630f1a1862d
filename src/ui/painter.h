/* Turns the cells of a screen into the bytes that a terminal is sent: only what differs from what it shows already.
 * It knows no terminal itself. What one understands is handed in (terminal_curses.c asks terminfo), so that tests can
 * read what was painted.
 *
 * Curses is not used for drawing: its pairs are too few for cells of any two colours, and the colours of a terminal
 * that takes 24 bits are out of its reach unless TERM says so. */
#ifndef UI_PAINTER_H
#define UI_PAINTER_H

#include <stdbool.h>
#include <stddef.h>

#include "cells.h"

/* A colour: -1 the terminal's own, 0 to 255 of its palette, or PAINTER_RGB + 0xrrggbb. */
#define PAINTER_RGB (1 << 24)

/* Texts are borrowed and never NULL: empty where the terminal cannot do it. */
struct painter_terminal {
	void *context;
	/* Write what moves the cursor, what chooses a colour; return the bytes, at most size. */
	size_t (*move)(void *context, int row, int column, char *text, size_t size);
	size_t (*color)(void *context, bool background, int color, char *text, size_t size);
	const char *reset;              /* no attributes, own colours */
	const char *bold, *dim, *reverse, *underline;
	const char *clear, *clear_line; /* all of the screen; the rest of a line */
	const char *hide, *show;        /* the cursor */
	unsigned plain_only;            /* enum theme_attribute that do not go with colours */
	int colors;                     /* less than 8: none; PAINTER_RGB: 24 bits */
	bool ascii;                     /* no characters beyond ASCII */
	bool no_own;                    /* there is no way back to its own colours: white on black instead */
	bool last_scrolls;              /* a character in the last cell moves everything up: it stays empty */
};

struct painter;

/* NULL without memory. The terminal is copied, its texts are not. */
struct painter *painter_new(const struct painter_terminal *terminal);
void painter_free(struct painter *painter);
/* What the terminal shows is unknown from now on: the next time everything is painted. */
void painter_forget(struct painter *painter);
/* What to send, *size bytes, good until the next call; NULL without memory, then nothing is shown and the next time
 * all is painted. */
const char *painter_paint(struct painter *painter, const struct cells *cells, size_t *size);

#endif
