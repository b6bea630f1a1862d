/* Views: what to show, as data. */
#ifndef ENGINE_VIEW_H
#define ENGINE_VIEW_H

#include <stdbool.h>
#include <stddef.h>

enum view_kind {
	VIEW_TABLE,        /* events grouped by a key, columns aggregated */
	VIEW_LIST,         /* one row an event */
	VIEW_SPECTROGRAM,  /* latency across, time down, count as colour */
	VIEW_EVENTS,       /* the events inside a span, or all: one line each */
	VIEW_IN_FLIGHT,    /* calls that have not returned and open spans, as of now: see in_flight.h */
	VIEW_TEXT,         /* lines of text that events become: see event_lines.h */
	VIEW_WATERFALL,    /* one span and all below it on a time axis */
};

/* What the lines of a VIEW_TEXT are. */
enum view_text {
	TEXT_EVENTS,       /* each event as sysdig prints it */
	TEXT_ECHO,         /* what was read and written */
};

enum aggregation {
	AGGREGATE_FIRST,   /* the first value stays */
	AGGREGATE_LAST,
	AGGREGATE_SUM,
	AGGREGATE_AVG,
	AGGREGATE_TIME_AVG,/* sum / seconds of the data that the rows are made from */
	AGGREGATE_MIN,
	AGGREGATE_MAX,
	AGGREGATE_P50,
	AGGREGATE_P90,
	AGGREGATE_P99,
	AGGREGATE_RATE,    /* sum / second over the last refresh period */
	AGGREGATE_P999,
	AGGREGATE_COUNT,   /* events that have a value */
	AGGREGATE_DISTINCT,/* different values */
	AGGREGATE_TREND,   /* means of equal parts of time, one after the other */
};

enum column_flag {
	COLUMN_KEY = 1,      /* groups rows, is not shown */
	COLUMN_SORT = 2,     /* sorted by it at the start */
	COLUMN_WIDE = 4,     /* ours, not csysdig's: on screen and with --wide */
	COLUMN_ASCENDING = 8,/* starts ascending when sorted by */
	COLUMN_LAST_LEVEL = 16, /* key: its condition holds for the next level only */
	COLUMN_GROUPBY = 32, /* key of the second pass: the rows of COLUMN_KEY are merged by it; not shown */
	/* what view files load has neither: a set is made for one output, and leaves out the columns of the other */
	COLUMN_CONTAINERS = 64,     /* only when the output is about containers (-pc) */
	COLUMN_NO_CONTAINERS = 128, /* only when it is not */
	COLUMN_HIDDEN = COLUMN_KEY | COLUMN_GROUPBY,
};

struct view_column {
	const char *title;
	const char *field;         /* "%depth" in it is replaced by the depth */
	const char *description;   /* for the help page and column menu */
	enum aggregation aggregation;
	int width;                 /* cells, 0: the rest of the line */
	unsigned flags;            /* enum column_flag */
	const char *filter_field;  /* key: field of the drill-down filter, if not `field` */
	enum aggregation groupby;  /* how rows of COLUMN_KEY are merged by COLUMN_GROUPBY, */
	bool has_groupby;          /* if that is told; else the first row's value stays */
};

/* A command for the selected row, started by a key. */
struct view_action {
	const char *hotkey;        /* one letter */
	const char *command;       /* "%field" in it stands for the row's value of that field */
	const char *description;
	bool ask_confirmation;
	bool wait_finish;          /* its output stays until a key is pressed */
};

struct view {
	const char *id;
	const char *name;
	const char *description;
	enum view_kind kind;
	enum view_text text;
	const char *filter;              /* "%depth" and "%depth+1" are replaced; NULL none */
	const struct view_column *columns;
	size_t ncolumns;
	const char *drilldown;           /* id of the view that Enter opens, NULL none */
	bool drilldown_deeper;           /* Enter adds one to the depth */
	bool counts_partial;             /* csysdig's rows: an event that lacks a value counts, with 0 or nothing there */
	bool top_level;                  /* offered in the menu without a drill-down */
	const char *scope;               /* least scope of the probe that feeds it: "spans", "inside" or "all" */
	const char *events;              /* live, besides calls: names between commas, as --events takes them; NULL none */
	bool use_defaults;               /* a column without a value shows a default (0, "") and does not drop the event */
	bool sampled;                    /* live its table shows one refresh period at a time, else everything so far */
	bool is_root;                    /* shows threads or processes, which are there without events */
	const char *empty;               /* what it means that there are no rows, such as "No call has failed"; NULL: nothing else */
	bool propagate_filter;           /* its filter holds for the views below it, too */
	const char *const *applies_to;   /* fields below whose selection it is offered; "" is the top level, "*" any below it */
	size_t napplies_to;
	const char *const *tags;
	size_t ntags;
	const char *const *tips;
	size_t ntips;
	const char *spectro_type;        /* F12 on its rows opens spectro_traces ("tracers") or spectro_TYPE; NULL: spectro_all,
					  * or of spans spectro_traces */
	const struct view_action *actions;
	size_t nactions;
};

/* The column whose value says what a row stands for: that of the second pass, if there is one. NULL: rows are events. */
const struct view_column *view_key(const struct view *view);
/* Whether it is offered below a selection by this field, or "" for the top level. */
bool view_applies_to(const struct view *view, const char *field);
/* Whether it looks at markers alone: what its rows stand for is a span or a group of spans. */
bool view_shows_spans(const struct view *view);
/* The text of a view with every %depth, %depth+N and %depth-N replaced by the number; malloced, NULL without memory. */
char *view_text_at_depth(const char *text, unsigned depth);

#endif
