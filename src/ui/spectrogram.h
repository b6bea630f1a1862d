/* Private to the spectrogram pane: its state (spectrogram_pane.c) and how it is drawn (spectrogram_draw.c). */
#ifndef UI_SPECTROGRAM_H
#define UI_SPECTROGRAM_H

#include "pane.h"
#include "spectro_axis.h"

/* A place in the data, not on the screen: rows move and columns change with the size. */
struct spectro_point {
	uint64_t time;         /* start of the row */
	unsigned bucket;
};

/* What a rectangle covers, bounds included. */
struct spectro_area {
	size_t first, last;    /* rows */
	unsigned low, high;    /* buckets */
};

struct spectro_stats {
	uint64_t count;
	unsigned p50, p99;     /* buckets; only if count */
};

struct spectrogram {
	struct pane pane;
	struct spectro_axis axis;
	struct box area;       /* of the picture, as last drawn */
	bool full;             /* shows all decades */
	bool any;              /* rows had data: the decades are set */
	unsigned first_decade, last_decade;
	uint64_t oldest, scanned;  /* rows from one to before the other were looked at for decades */
	bool follow;           /* the newest row stays in view */
	uint64_t top;          /* time of the first row in view, if not following */
	bool has_cursor, marking, dragging;
	struct spectro_point cursor, anchor;
};

/* Row that a time belongs to, the first or last one for those outside. There must be rows. */
size_t spectro_row(const struct spectrogram *spectrogram, uint64_t time);
/* First row in view. */
size_t spectro_top(const struct spectrogram *spectrogram);
/* What is selected: the rectangle, or the cell under the cursor. False if nothing is. */
bool spectro_selected(const struct spectrogram *spectrogram, struct spectro_area *area);
struct spectro_stats spectro_stats(const struct spectrogram *spectrogram, const struct spectro_area *area);
/* 1.00ms..10ms: what buckets low to high hold. */
void spectro_range_text(unsigned low, unsigned high, char *text, size_t size);

void spectrogram_draw(struct pane *pane, struct cells *cells, struct box box);

#endif
