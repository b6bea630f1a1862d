/* A pane: the part of the screen that shows one view at one place of the drill-down. One table of functions
 * for each kind of view; app.c owns a stack of panes and draws header, breadcrumb, key bar and popups around
 * them. */
#ifndef UI_PANE_H
#define UI_PANE_H

#include <stdbool.h>
#include <stdint.h>

#include "../engine/engine.h"
#include "../engine/query.h"
#include "cells.h"
#include "terminal.h"

#define LABEL_TEXT 512   /* of a breadcrumb */

struct app;
struct pane;

/* One thing a key does; the same table makes bindings, key bar and help. */
struct action {
	int keys[4];            /* any of them; 0 ends */
	const char *key_name;   /* "F5", for key bar and help */
	const char *label;      /* at most 8 letters for the key bar; NULL: help only */
	const char *help;
	/* NULL: described here, done elsewhere (movement keys) */
	void (*run)(struct app *app, struct pane *pane);
	const char *view;       /* instead of run: shows the same selection in the view with this id */
};

struct pane_operations {
	const struct action *actions;      /* ended by a NULL help; looked up before the app's own */
	bool only_own_actions;             /* the app's own do not hold here */
	/* Reads what is new in the recording, for at most about budget_ns of CPU; now: ns since the epoch.
	 * True if more waits. */
	bool (*update)(struct pane *pane, uint64_t now, uint64_t budget_ns);
	void (*draw)(struct pane *pane, struct cells *cells, struct box box);
	/* A key that no action took (movement, Enter ...). True if it was used. */
	bool (*key)(struct app *app, struct pane *pane, int key);
	/* Mouse inside the pane's box (as last drawn). */
	bool (*mouse)(struct app *app, struct pane *pane, const struct key_event *event);
	/* "3/17" or similar for the right end of the key bar. */
	void (*position)(struct pane *pane, char *text, size_t size);
	/* Text search: moves to the next match (from the current row on; again: after it). False if none. */
	bool (*search)(struct pane *pane, const char *text, bool again, bool backwards);
	/* Filter that stands for what is selected, for drill-downs; empty if nothing is. */
	size_t (*selection)(struct pane *pane, char *text, size_t size);
	/* What is in flight of all that the pane shows, to be sampled when it is refreshed live; may give NULL. NULL: nothing. */
	struct query *(*in_flight)(struct pane *pane);
	/* Forgets what is shown and begins anew, and says so; NULL: the query does. */
	void (*clear)(struct app *app, struct pane *pane);
	void (*free)(struct pane *pane);
};

/* Every pane starts with this. */
struct pane {
	const struct pane_operations *operations;
	const struct view *view;
	struct engine *engine;
	struct query *query;       /* owned by the pane */
	struct box box;            /* where it was last drawn */
	bool paused;               /* set by the app: update reads nothing, draw shows what was */
	char *label;               /* owned: breadcrumb text, such as `download_handler` */
	char *filter;              /* owned: filter that led here from the pane below, or NULL */
	bool ascii;                /* set by the app: no characters beyond ASCII */
	bool live;                 /* set by the app: more events may always come, what is open goes on with the clock */
	bool elsewhere;            /* set by the app: the span that it is about is to come from another reading */
	uint64_t events_read;      /* by pane_read so far */
	bool search_stopped;       /* the last search took too long; searching again goes on */
	bool search_failed;        /* it went on in updates and found nothing: the app says so, and clears it */
	unsigned progress;         /* per cent of the recording read; 100: caught up */
};

/* Makes a pane of the view's kind around a query. spec's texts are copied. NULL with error filled. */
struct pane *pane_new(struct engine *engine, const struct query_spec *spec, struct filter_error *error,
		      size_t *which_filter);
/* Frees the query and the common texts as well: operations->free frees the kind's own part and the struct. */
void pane_free(struct pane *pane);
/* What an update function needs: runs the query for about budget_ns of CPU time and keeps progress. True if
 * more waits. */
bool pane_read(struct pane *pane, uint64_t budget_ns);
/* The same while the pane is paused: only an order that was asked for is made. */
bool pane_sort(struct pane *pane, uint64_t budget_ns);
/* ns of a clock that only measures how long work takes. */
uint64_t pane_clock(void);

/* Per kind; each allocates its own struct that starts with struct pane. pane_new fills the common members. */
struct pane *table_pane_new(struct query *query);        /* VIEW_TABLE, VIEW_LIST, VIEW_IN_FLIGHT */
struct pane *events_pane_new(struct query *query);       /* VIEW_EVENTS */
/* From now on it shows as well which of its calls have not returned; view is that of what is in flight. */
void events_pane_in_flight(struct pane *pane, const struct view *view, const struct query_spec *spec);
struct pane *spectrogram_pane_new(struct query *query);  /* VIEW_SPECTROGRAM */
struct pane *text_pane_new(struct query *query);         /* VIEW_TEXT */
struct pane *waterfall_pane_new(struct query *query);    /* VIEW_WATERFALL */
/* Tells a waterfall without a span which to look for: the slowest of this depth whose exit passes the filters. */
void waterfall_pane_pick(struct pane *pane, const char *const *filters, size_t nfilters, unsigned depth);

/* What holds below a part of the pane's rows: the condition that picks them and, if that goes on below, the filter of the
 * view itself. Malloced; NULL without memory. */
char *pane_below(const struct pane *pane, const char *condition);

/* ---- what panes may ask of the app ---- */

/* Opens a view on top of this pane: filter (NULL none) and label are copied, depth is the new view's; inside
 * (NULL none) pins a span whose events are to be shown. */
void app_open(struct app *app, const struct view *view, unsigned depth, const char *filter, const char *label,
	      struct span *inside);
/* Opens the events inside a span. */
void app_open_span(struct app *app, struct span *span);
/* Opens a span and all below it on a time axis; NULL says that there is none. */
void app_open_waterfall(struct app *app, struct span *span);
/* What a span is called in the breadcrumb: its tags and how long it took. */
void app_span_label(const struct span *span, uint64_t now, char *label, size_t size);
/* One line in the key bar's place until the next key. */
void app_message(struct app *app, bool error, const char *format, ...) __attribute__((format(printf, 3, 4)));
uint64_t app_now(const struct app *app);   /* ns since the epoch */
/* The pane's choice of columns is another now: it is remembered for its view. */
void app_columns_changed(struct app *app, struct pane *pane);
/* Shows text (such as a command's output) over the whole screen, to scroll, search and save, until it is closed. All is
 * copied; the bytes may be hostile. */
void app_pager(struct app *app, const char *title, const char *text, size_t size);
/* More text for the pager that is open; false if there is none, or no memory. */
bool app_pager_append(struct app *app, const char *text, size_t size);
/* What becomes of the open pager's text, in its title: it grows, or how it ended. */
void app_pager_grows(struct app *app, const char *state);
/* It stays at its end as it grows; or not any more, and goes to its start if it was still there. */
void app_pager_follow(struct app *app, bool follow);

/* The view with this id, or NULL. */
const struct view *app_view(const struct app *app, const char *id);

#endif
