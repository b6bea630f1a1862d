/* The screen as a value: a grid of cells that panes draw into, before any terminal exists. Drawing outside
 * a box or the grid is cut. Text from outside is escaped here, so no caller can forget it. */
#ifndef UI_CELLS_H
#define UI_CELLS_H

#include <stddef.h>
#include <stdint.h>

/* What a cell means; a terminal turns it into colours (or bold, reverse, underline without them). */
enum style {
	STYLE_NORMAL,
	STYLE_LABEL,        /* names in the header */
	STYLE_VALUE,        /* figures in the header */
	STYLE_TITLE,        /* column titles */
	STYLE_TITLE_SORTED,
	STYLE_SELECTED,     /* the row under the cursor */
	STYLE_KEY,          /* key names in the key bar */
	STYLE_KEY_LABEL,
	STYLE_POPUP,
	STYLE_POPUP_TITLE,
	STYLE_POPUP_SELECTED,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_WARNING,
	STYLE_ERROR,
	STYLE_PATH,         /* breadcrumb */
	STYLE_MATCH,        /* a found text */
	STYLE_MARK,         /* selection frame of a spectrogram */
	STYLE_POPUP_DIM,    /* of a menu, what cannot be chosen now */
	STYLE_HEAT,         /* + 0 (empty) to HEAT_LEVELS - 1 (most): a spectrogram's cell */
};
#define HEAT_LEVELS 20
/* A waterfall's bars. */
enum bar_style {
	STYLE_BAR = STYLE_HEAT + HEAT_LEVELS,  /* a span's own time */
	STYLE_BAR_UNDER,    /* for cells_put_on: what stands on a bar */
	STYLE_BAR_CHILD,    /* time of the spans below it */
	STYLE_BAR_KIND,     /* + enum trace_kind: a system call */
	STYLES = STYLE_BAR_KIND + 5,
};

struct cell {
	uint32_t character;  /* Unicode; 0 right half of a wide character */
	uint8_t style;       /* enum style, STYLE_HEAT + level */
	uint8_t under;       /* the style whose background it has, 0: its own. Two heats in a cell, or a mark on one */
};

struct box {
	int row, column, rows, columns;
};

struct cells {
	int rows, columns;
	int cursor_row, cursor_column;  /* -1: hidden */
	uint8_t theme;                  /* enum theme: the looks of its styles */
	uint8_t ascii;                  /* to be shown without characters beyond ASCII */
	int colors;                     /* that the terminal has, less than 8: none; it tells (struct terminal) */
	struct cell *grid;
};

int cells_init(struct cells *cells);
void cells_fini(struct cells *cells);
/* New size, all blank. 0 or -ENOMEM (then the old size stays). */
int cells_resize(struct cells *cells, int rows, int columns);
void cells_clear(struct cells *cells);
/* Fills a box with blanks of a style. */
void cells_fill(struct cells *cells, struct box box, uint8_t style);
void cells_put(struct cells *cells, int row, int column, uint32_t character, uint8_t style);
/* A character on the background of another style, which replaces its own; it is one cell wide. */
void cells_put_on(struct cells *cells, int row, int column, uint32_t character, uint8_t style, uint8_t under);
/* Writes UTF-8 text, escaped, into at most `width` cells from (row, column); returns the cells used. Cut text
 * ends without a mark. */
int cells_text(struct cells *cells, int row, int column, int width, uint8_t style, const char *text,
	       size_t size);
int cells_printf(struct cells *cells, int row, int column, int width, uint8_t style, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
/* Cells that text takes when escaped. */
int cells_width(const char *text, size_t size);
/* Bytes of text that fit into so many cells, up to a blank where there is one; at least 1. */
size_t cells_wrap(const char *text, size_t size, int width);
/* Frame (line-drawing characters) just inside the box, with an optional title. */
void cells_frame(struct cells *cells, struct box box, uint8_t style, const char *title);
/* Changes only the style of a run of cells. */
void cells_style(struct cells *cells, int row, int column, int width, uint8_t style);
/* The grid as UTF-8 lines without trailing blanks, each ended by a newline; malloced. With styles, a second
 * plane follows: one letter a cell (a for STYLE_NORMAL, b, ...), after a line "--"; and if any cell stands on another
 * style, a third one with these, `.` for none. */
char *cells_dump(const struct cells *cells, int with_styles);

#endif
