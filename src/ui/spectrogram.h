/* Private to the spectrogram pane: its state, what of it is in view and selected (spectrogram_view.c), what keys do
 * (spectrogram_pane.c), and how it is drawn (spectrogram_draw.c).
 *
 * A line of the screen shows one row, or two where a cell can have two colours: the upper half the earlier one. */
#ifndef UI_SPECTROGRAM_H
#define UI_SPECTROGRAM_H

#include "pane.h"
#include "spectro_axis.h"

/* A place in the data, not on the screen: rows move and columns change with the size. */
struct spectro_point {
	uint64_t time;         /* start of the row */
	unsigned bucket;
	unsigned rows;         /* from there on: keys pick one, the mouse all of a line */
};

/* What a rectangle covers, bounds included. */
struct spectro_area {
	size_t first, last;    /* rows */
	unsigned low, high;    /* buckets */
};

#define SPECTRO_TEXT 80

struct spectro_stats {
	uint64_t count;
	unsigned p50, p90, p99;   /* buckets; only if count */
};

enum spectro_range {
	RANGE_DATA,            /* the decades that hold data */
	RANGE_ALL,
	RANGE_ZOOM,            /* those that were zoomed in to */
};

enum spectro_marks { MARKS_AUTO, MARKS_ON, MARKS_OFF };

struct spectrogram {
	struct pane pane;
	struct spectro_axis axis;
	struct box area;       /* of the picture, as last drawn */
	bool halves, ascii;    /* as last drawn: two rows a line; no blocks */
	enum spectro_marks marks;
	enum spectro_range range;
	unsigned zoom_first, zoom_last;   /* decades */
	bool any;              /* rows had data: the decades are set */
	unsigned first_decade, last_decade;
	uint64_t oldest, scanned;  /* rows from one to before the other were looked at for decades */
	bool follow;           /* the newest row stays in view */
	uint64_t top;          /* time of the first line in view, if not following; it may lie before the oldest row */
	bool held, resume;     /* the picture stands still while something is marked; it followed before that */
	bool has_cursor, marking, dragging;
	struct spectro_point cursor, anchor;
	char noted[SPECTRO_TEXT];  /* its settings when they were last looked at; "" not yet */
};

/* ---- spectro_settings.c ---- */

/* ns of a row that the text names, or 0. text may be NULL. */
uint64_t spectro_text_row(const char *text);
/* Takes over what else the text says; what it does not say, or wrongly, stays. */
void spectro_text_read(struct spectrogram *spectrogram, const char *text);
void spectro_text(const struct spectrogram *spectrogram, char text[SPECTRO_TEXT]);

/* ---- what is in view ---- */

/* Row that a time belongs to, the first or last one for those outside. There must be rows. */
size_t spectro_row(const struct spectrogram *spectrogram, uint64_t time);
/* Rows of a line, and those that fit in view. */
unsigned spectro_line_rows(const struct spectrogram *spectrogram);
long spectro_height(const struct spectrogram *spectrogram);
/* Row at the top of the view: negative if it begins with blank lines, for the newest lie at the bottom. */
long spectro_top(const struct spectrogram *spectrogram);
/* Puts this row to the top, as far as there are rows for it. */
void spectro_set_top(struct spectrogram *spectrogram, long top);
/* Rows in view, first to last. False if there are none. */
bool spectro_in_view(const struct spectrogram *spectrogram, size_t *first, size_t *last);
/* The picture stands still from now on, however many rows come; or goes on as before. */
void spectro_hold(struct spectrogram *spectrogram);
void spectro_release(struct spectrogram *spectrogram);

/* ---- cursor and selection ---- */

struct spectro_point spectro_point_at(const struct spectrogram *spectrogram, size_t row, unsigned column);
/* Scrolls as little as shows the cursor. */
void spectro_show_cursor(struct spectrogram *spectrogram);
/* Puts the cursor on the fullest cell of the newest row in view that has any. */
void spectro_place_cursor(struct spectrogram *spectrogram);
void spectro_move_cursor(struct spectrogram *spectrogram, long rows, int columns);
/* Begins a rectangle at the cursor, drops it. */
void spectro_mark(struct spectrogram *spectrogram);
void spectro_unmark(struct spectrogram *spectrogram);
/* What is selected: the rectangle, or the cell under the cursor. False if nothing is. */
bool spectro_selected(const struct spectrogram *spectrogram, struct spectro_area *area);

/* ---- what was counted ---- */

/* Notes the decades that hold data. They only grow: a picture that rescales itself cannot be read. */
void spectro_scan_decades(struct spectrogram *spectrogram);
struct spectro_stats spectro_stats(const struct spectrogram *spectrogram, const struct spectro_area *area);
/* How much of all that was counted in the area's rows took as long as the area or less: 0 to 1, of a count that is not 0. */
double spectro_share(const struct spectrogram *spectrogram, const struct spectro_area *area);
/* 1.00ms..10ms: what buckets low to high hold. */
void spectro_range_text(unsigned low, unsigned high, char *text, size_t size);

void spectrogram_draw(struct pane *pane, struct cells *cells, struct box box);

#endif
