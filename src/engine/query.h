/* Queries: a view over the recording, from its start and along its tail. The screen, --raw and -j
 * all read rows through here. */
#ifndef ENGINE_QUERY_H
#define ENGINE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter.h"
#include "value.h"
#include "view.h"

struct engine;
struct event;
struct span;

/* Whose events count as inside a span. */
enum inside_scope {
	INSIDE_THREAD_TREE,   /* the span's thread, and processes it forked (with their descendants) */
	INSIDE_PROCESS_TREE,  /* all threads of the span's process and its descendants */
	INSIDE_MACHINE,       /* everything while the span was open */
};

struct query_spec {
	const struct view *view;
	unsigned depth;                 /* replaces %depth */
	const char *const *filters;     /* filter texts, all must pass: command line, drill-downs, typed */
	size_t nfilters;
	struct span *inside;            /* only events inside this span; the query pins it */
	enum inside_scope inside_scope;
	bool compatible;                /* rows as csysdig has them: a list's are spans by the time they began, with what
					 * their first event says, deeper ones included where csysdig has them */
	bool streamed;                  /* events come through query_take alone: a list's rows keep their cells */
	bool containers;                /* columns are those for output about containers (-pc) */
	uint64_t period;                /* ns of a row of a spectrogram; 0: 500 ms */
	uint64_t from, to;              /* only what happened then, or ended then, in [from, to); ns since the epoch; 0 no bound */
	bool period_table;              /* a table's rows are those of the period that ended last, see query_tick */
	uint64_t refresh;               /* ns of a refresh period: of a part of a trend; 0: trends are of all there is */
	uint64_t refresh_begin;         /* when some refresh period began, ns since the epoch */
	bool ascii;                     /* cells made of graphic characters are plain ASCII */
	size_t max_bytes;               /* of a table's rows, of the texts that a list sorts by; 0: a quarter of the
					 * engine's memory. Rows that find no room count in "(other)" */
};

/* Identity of a table's row "(other)": the last one in any order, and no filter stands for it. */
#define QUERY_OTHER_ID UINT64_MAX

struct query;

/* One row. Cells are those of view->columns, keys included. */
struct query_row {
	struct value *cells;            /* good until the next query_update or query_sort */
	uint64_t event_num;             /* list and event views: the event; tables: the last one counted */
	uint64_t id;                    /* stable identity of the row while the query lives */
	bool averaged;                  /* private to formatting */
};

/* error->position is in the filter with index *which_filter (the view's own: nfilters). NULL on error. */
struct query *query_new(struct engine *engine, const struct query_spec *spec, struct filter_error *error,
			size_t *which_filter);
void query_free(struct query *query);
/* From here on the query is about what happens inside this span, which was not known when it was made. known: the same
 * span as another reading of the same events knows it, perhaps to its end. */
void query_enter(struct query *query, struct span *span, const struct span *known);
/* Reads what the recording has gained, at most max_events of it (0: all). Returns events read; if that is max_events, more wait. */
size_t query_update(struct query *query, size_t max_events);
/* Takes one event while everything is as of that event, from a sink; nothing is read from the recording, so a list must
 * be compatible or streamed. */
void query_take(struct query *query, const struct event *event);
/* The end of a sample: each living thread counts once as an event of its own, so that idle ones are rows, too. csysdig's
 * way (compatible), where its sums count that event as one more; else only views of what is there without
 * events (is_root) take it, in columns that tell of a state. */
void query_take_threads(struct query *query);
/* The row of an event of a list or of a view of events, if it passes, else NULL; it is not kept. Good until the next
 * call. */
const struct query_row *query_event_row(struct query *query, const struct event *event);
/* Forgets all rows and reads again what the recording holds of [from, to), as in the spec; not of a streamed query. */
void query_set_time(struct query *query, uint64_t from, uint64_t to, bool period_table);
/* Forgets all rows; counting starts with the next event. */
void query_clear(struct query *query);
/* Tells the end of a refresh period (ns since the epoch), for rates and for the time line of a spectrogram; live
 * sources only. Rates are those of the last whole period; before there was one, those of all the data, taken for
 * at least a second. A period table's rows are from now on those of the period that ends here, until the next tick; before
 * the first one they are all that came. */
void query_tick(struct query *query, uint64_t now);
/* The first period of a period table begins now (ns since the epoch), if no event was before: rates of a source that is silent for
 * a while are about all of that time, too. */
void query_begin_period(struct query *query, uint64_t now);
/* Sorts by column; ties by key, so rows never jump. column -1: order of arrival (lists). */
void query_sort(struct query *query, int column, bool descending);
/* Whether a long list is still being put into the order that was asked for: by the updates that come next. Until then it has
 * the one before. */
bool query_is_sorting(const struct query *query);
/* Goes on with that alone, reading at most max_events (0: all). */
void query_sort_on(struct query *query, size_t max_events);
int query_sort_column(const struct query *query, bool *descending);
size_t query_rows(struct query *query);
/* Row i in sorted order; its cells are computed now. Good until the next call. */
const struct query_row *query_row(struct query *query, size_t i);
/* Where the row with this identity is now, or SIZE_MAX. */
size_t query_find_row(struct query *query, uint64_t id);
/* Of a list, or events: the row whose event has the next number from this one on; if by_time, the event that comes next
 * from this time on (ns since the epoch). In any order; the last one of all if there is none, 0 without rows. */
size_t query_list_near(struct query *query, uint64_t value, bool by_time);
/* Cell as text, as csysdig prints it (not escaped); "-" without a value. row is the one query_row returned last.
 * Returns the full length. */
size_t query_cell_text(const struct query *query, const struct query_row *row, size_t column, char *text,
		       size_t size);
#define QUERY_TREND_PARTS 16
#define QUERY_NO_VALUE UINT64_MAX
/* Whether the column's cells are trends (TREND). */
bool query_column_is_trend(const struct query *query, size_t column);
/* Means of a row's values in parts of time, oldest first: of the last refresh periods or of a 16th each of all the time that
 * was looked at; QUERY_NO_VALUE where there was none. row as for query_cell_text. False: the cell has no value. */
bool query_cell_trend(const struct query *query, const struct query_row *row, size_t column,
		      uint64_t values[QUERY_TREND_PARTS]);
/* Of a period table: from when to when (ns since the epoch) its rows are. False: they are no period's. */
bool query_shown_period(const struct query *query, uint64_t *from, uint64_t *to);
/* ns since the epoch from which on everything is counted; 0: nothing came yet. */
uint64_t query_since(const struct query *query);
/* Whether its rows are the events themselves, one each. */
bool query_is_list(const struct query *query);
/* Whether the column is to be seen: it is no key, and not for another output (containers). */
bool query_shows_column(const struct query *query, size_t column);
enum value_type query_column_type(const struct query *query, size_t column);
/* Filter that picks what the row stands for (the key's field equal to its value), quoted; for the level
 * below. Returns the full length, 0 if there is no such filter. */
size_t query_row_filter(const struct query *query, const struct query_row *row, char *text, size_t size);
/* The span of a list row (traces_list, spans_list), or NULL if it is no longer held. */
struct span *query_row_span(struct query *query, const struct query_row *row);
/* Events of the recording that passed; those evicted before this query could read them, or that found no memory. */
uint64_t query_matched(const struct query *query);
uint64_t query_skipped(const struct query *query);
const struct query_spec *query_get_spec(const struct query *query);

/* ---- spectrogram queries ---- */

#define SPECTRUM_DECADES 11
#define SPECTRUM_PER_DECADE 32
#define SPECTRUM_BUCKETS (SPECTRUM_DECADES * SPECTRUM_PER_DECADE)  /* 1 ns to 100 s; slower ones count in the last */

struct spectrum_row {
	uint64_t from, to;                    /* ns since the epoch; spans that ended in [from, to) */
	uint32_t counts[SPECTRUM_BUCKETS];
};

/* Rows, oldest first, periods without data included; the last one may still grow. */
size_t spectrum_rows(const struct query *query);
const struct spectrum_row *spectrum_row(const struct query *query, size_t i);
/* Lowest latency (ns) that counts in bucket b (0 to SPECTRUM_BUCKETS, the last is open-ended: UINT64_MAX). */
uint64_t spectrum_bound(unsigned bucket);
unsigned spectrum_bucket(uint64_t ns);
/* Filter for exactly what was counted in rows [from, to] and buckets [low, high]. */
size_t spectrum_filter(const struct query *query, size_t from, size_t to, unsigned low, unsigned high,
		       char *text, size_t size);

#endif
