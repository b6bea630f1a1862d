/* What the files of the query engine share; nobody else includes this.
 *
 * query.c compiles a spec (fields, filters, lanes) and feeds events to one of the kinds below. A kind
 * decides what an event becomes: a group of a table, a row of a list, a count in a spectrum.
 * query_period.c makes tables of one period each and keeps queries to a part of time, query_trend.c keeps trends. */
#ifndef ENGINE_QUERY_PRIVATE_H
#define ENGINE_QUERY_PRIVATE_H

#include "arena.h"
#include "field.h"
#include "inside.h"
#include "query.h"
#include "recording.h"

/* A field that columns need; columns of one field share it, so it is read once an event. */
struct reading {
	struct field field;
	char *text;               /* the field's name, %depth replaced */
	bool spread;              /* some column wants percentiles */
	bool once;                /* only the first value counts */
	bool has_defaults;        /* some column takes a default where there is no value */
	bool event_time;          /* span.time as csysdig shows it: the event's */
	bool is_share;            /* thread.cpu: of exact samples, what it says of a part of the period */
	size_t first, count;      /* in query->by_reading: the columns whose cells its values are added to */
};

/* What an event list shows in place of a field that is about one event rather than about the whole call. */
enum column_special {
	SPECIAL_NONE,
	SPECIAL_BEGIN,            /* evt.reltime: when it began, since the span's begin (ns, may be negative) */
	SPECIAL_LATENCY,          /* evt.latency: nothing where there is none; of a span's exit its duration */
	SPECIAL_RESULT,           /* evt.rawres: never scaled, errors by name */
};

struct query_column {
	const struct view_column *view;
	size_t reading;
	enum aggregation aggregation;
	enum column_special special;
	enum value_type type;     /* of its cells */
	bool shows_key;           /* of a table: the cell is the group's key */
	bool applies;             /* to the output that is asked for: the others are not even read */
	bool has_tally;           /* of a table: its cells need more than a value, */
	size_t tally;             /* which is that one of a group's tallies */
};

/* ---- tables ---- */

struct distinct;
struct trend;

/* What a cell needs beside its value. */
union tally {
	uint64_t samples;         /* of an average */
	struct trend *trend;      /* NULL: nothing came, or there was no room */
	struct distinct *seen;    /* of a number of different values; NULL none came, or they were too many */
	struct {                  /* of a rate: sums of the period that runs and of the one before it */
		uint64_t period;
		double sum, sum_before;
	};
};

struct cell {
	struct value *value;
	union tally *tally;       /* NULL: what is done with it needs none */
};

/* All that a process's and a thread's texts and counts come from. */
struct stamp {
	const struct thread *thread; /* NULL: no stamp. Another one may have its address by now: */
	uint32_t tid, pid;
	const struct string *texts[3];
	const struct process_facts *facts;
	int64_t vpid, vtid, fdlimit;
	uint64_t faults_major, faults_minor;
	uint32_t nthreads, ppid, vm_size, vm_rss;
};

/* Whether the field says the same of two events with the same stamp. */
bool stamp_covers(const char *field);
/* Whether the fields of the event's thread are what its state says. */
bool stamp_tells(const struct event *event);
struct stamp stamp_of(const struct event *event);
/* Whether it is that of the event as well. */
bool stamp_holds(const struct stamp *stamp, const struct event *event);

struct histogram;

struct group {
	struct group *older;
	uint64_t id;
	uint64_t event_num;
	uint32_t hash;
	bool has_members;            /* of the second step: some group is in it */
	bool at_least;               /* of a row in flight: it may have begun before evt.latency says */
	bool spread_lost;            /* no memory for its histograms */
	struct value key;            /* bytes are behind everything else */
	struct histogram **spreads;  /* by reading; NULL until one is needed */
	/* so far; VALUE_NONE: nothing came. Behind them: tallies, and the stamp as of the latest event if the query is stamped */
	struct value cells[];
};

struct table_order {
	struct value value;
	struct group *group;
};

struct table {
	struct group **slots;     /* hash table, open addressing, a power of two */
	size_t nslots, count;
	struct group *newest;     /* all groups, by older */
	struct group *other;      /* takes what comes when max_bytes are used up; made at its first use */
	struct arena memory;      /* of groups, and of texts that stay as long as they do */
	struct table_order *order;
	size_t order_size, norder;
	struct group *recent;     /* found last: a span's exit often follows its enter */
	struct group *by_text[64];/* of texts, by their addresses; a hint */
	size_t bytes;
	uint64_t period;          /* number of the refresh period that runs */
	uint64_t ticks[2];        /* when the last two periods ended; 0 did not yet */
	uint64_t sampled;         /* ns that exact samples of threads' times are about */
};

#define NS_PER_SECOND 1e9

/* The group of this key, made if it is new; "(other)" if there is no room for it; NULL without memory. */
struct group *table_group(struct query *query, struct table *table, const struct value *key);
/* The group of this key or NULL. */
struct group *table_find_group(struct table *table, const struct value *key);
/* The same as table_group for a group that no other key finds: a row of a list. */
struct group *table_add_row(struct query *query, struct table *table, const struct value *key);
struct group *table_other(struct query *query, struct table *table);
void table_fini(const struct query *query, struct table *table);
/* Its cells are as if nothing had come. */
void group_reset(const struct query *query, struct table *table, struct group *group);
/* Adds the cells of a group to those of the group that it belongs to in the second step. */
void group_merge(struct query *query, struct table *table, struct group *to, struct group *from);
/* Cell i as it shows. */
struct value group_value(const struct query *query, struct group *group, size_t i, bool *averaged);
void spread_add(struct query *query, struct group *group, size_t reading, const struct value *value);
void spreads_fini(const struct query *query, struct group *group);

/* Keeps a copy of the value for as long as the table lives, if there is none yet: such a cell needs no cell_fini. */
void cell_keep_first(struct table *table, struct value *cell, const struct value *value);
void cell_fini(struct table *table, struct value *cell);
void cell_add(struct table *table, enum aggregation aggregation, struct cell cell, const struct value *value,
	      uint64_t period);
/* Counts the value if it is a new one. More than fit into max_bytes (and a quarter) have no number. */
void distinct_add(struct table *table, struct cell cell, const struct value *value, size_t max_bytes);
void distinct_merge(struct table *table, struct cell to, struct cell from, size_t max_bytes);
void distinct_free(struct table *table, struct distinct *set);
/* Adds a number that came at this time (ns since the epoch). Without room for a trend the cell has none. */
void trend_add(struct query *query, struct table *table, struct cell cell, const struct value *value, uint64_t time);
void trend_merge(struct query *query, struct table *table, struct cell to, struct cell from);
void trend_free(const struct query *query, struct table *table, struct trend *trend);
/* The latest mean, by which rows are sorted; no value: it has none. */
struct value trend_value(const struct query *query, const struct trend *trend);
size_t trend_format(const struct query *query, const struct query_row *row, size_t column, char *text, size_t size);
bool value_is_summed(enum value_type type);
/* Whether csysdig counts events that lack a value of this type, and as what. */
bool value_has_default(enum value_type type);
struct value value_default(enum value_type type);

/* ---- lists ---- */

/* ref is the event's number and lane (num * 2 + lane), key what the row is sorted by, as an unsigned number. */
struct list_row {
	uint64_t ref, key;
};

struct list_text;

/* Different texts of the column that is sorted by: a row's key is its text's rank. */
struct list_texts {
	struct list_text *entries;
	size_t count, size, ranked;
	uint32_t *slots;
	size_t nslots;
	char *bytes;
	size_t used, room;
	bool full;                /* some text found no room */
};

struct list {
	struct list_row *rows;
	size_t count, size;
	size_t sorted;            /* rows before this one are in order */
	uint64_t evicted;         /* what the recording had evicted when rows were last checked */
	size_t purge_at;          /* rows that make a check worth while between two looks at the list */
	size_t purged;            /* rows that went since texts were last gathered */
	struct list_texts texts;
	struct list_sorting *sorting; /* another order is being made; NULL: none is */
};

/* What the files of lists share: an event's ref, and what its row is sorted by. */
uint64_t list_ref_of(const struct event *event);
uint64_t list_row_key(struct query *query, const struct event *event);

/* Begins to put the rows into the order that the query has now; false without memory: nothing changed, or nothing is being
 * sorted any more. */
bool list_sorting_start(struct query *query);
/* Goes on for as long as reading max_events takes (0: to the end). True if there is more to do; else list->sorting is NULL. */
bool list_sorting_step(struct query *query, size_t max_events);
void list_sorting_stop(struct list *list);

/* The key of a row with this text; 0 if it cannot be kept within max_bytes. */
uint64_t list_texts_key(struct list_texts *texts, const char *bytes, size_t size, size_t max_bytes);
/* Makes ranks follow the order of texts, in the rows' keys too. False if memory is out: nothing changed. */
bool list_texts_rank(struct list_texts *texts, struct list_row *rows, size_t count);
void list_texts_clear(struct list_texts *texts);

/* ---- spectra ---- */

struct spectrum {
	struct spectrum_row *rows; /* a ring; NULL before the first event */
	uint64_t oldest, newest;   /* numbers of rows */
};

/* ---- the query ---- */

struct query_kind {
	/* The event passed all filters. False if it does not count (no key). */
	bool (*add)(struct query *query, const struct event *event);
	void (*clear)(struct query *query);   /* also ends it */
	/* Another sort column (not just the other direction), or NULL. */
	void (*sorted_by)(struct query *query);
	void (*turned)(struct query *query);  /* the other direction, or NULL */
	size_t (*rows)(struct query *query);
	void (*row)(struct query *query, size_t i); /* i is in range; fills query->row */
	size_t (*find)(struct query *query, uint64_t id);
	void (*tick)(struct query *query, uint64_t now);
};

extern const struct query_kind query_table_kind, query_list_kind, query_spectrum_kind, query_text_kind;

struct query {
	struct engine *engine;
	const struct recording *recording;
	const struct query_kind *kind;
	struct query_spec spec;        /* texts are ours */
	struct field_context context;
	struct filter **filters;       /* empty ones left out */
	size_t nfilters;
	struct reading *readings;      /* the key's first, where there is a key */
	size_t nreadings;
	struct query_column *columns;
	size_t *by_reading;            /* columns in the order of their readings; some may be left out */
	size_t ncolumns, ntallies;
	int key;                       /* column, or -1 */
	int groupby;                   /* column whose values merge the groups of the key, or -1 */
	bool spans_only;               /* markers alone can make rows */
	bool exits_only;               /* a call of a capture counts once, when it returns */
	bool partial;                  /* events that lack a value count, with a default */
	size_t *required;              /* readings without whose value an event does not count */
	size_t nrequired;
	bool stamped;                  /* groups have stamps */
	struct group *by_thread[64];   /* with stamps: of threads, by their addresses; a hint */
	size_t *changing, nchanging;   /* readings that may say something else though the stamp is the same */
	struct thread *ended;          /* of a capture: its end is the event that was taken last; pinned */
	bool taking_threads;           /* no event is taken, but a thread that is there */
	bool states_only;              /* what comes now tells of states: it is no event to be counted */
	bool has_shares;               /* some column is a share of a CPU, */
	bool weighs;                   /* and the samples are exact */
	uint64_t sample_time;          /* ns since the epoch of the last exact ones of what lives; 0 none */
	char *filter_field;            /* of the key's drill-down filter */
	struct inside inside;
	struct recording_cursor cursor;
	bool over;                     /* the span that we look into ended long ago: nothing more can come */
	int sort_column;               /* -1: arrival */
	bool descending;
	bool dirty;                    /* rows changed since they were put in order */
	uint64_t until;                /* spec.to, or UINT64_MAX */
	uint64_t length;               /* ns from spec.from until then: counted from there, what was before lies beyond, too */
	uint64_t event_time;           /* of the event that a table takes */
	uint64_t oldest;               /* where the recording began when reading did, ns since the epoch; 0: it had forgotten nothing */
	uint64_t begin_time;           /* ns since the epoch where counting begins; 0: with the recording */
	uint64_t matched;
	uint64_t refused;              /* events that found no memory */

	/* the row that query_row handed out last */
	struct query_row row;
	struct group *row_group;       /* of a table */
	struct value *cells;
	bool *averaged;
	char *row_text;
	size_t row_text_size;

	struct table table;
	struct table merged;           /* by the group-by key; made anew when somebody looks */
	struct table finished;         /* of a period table: rows of the period that ended last */
	uint64_t counts_from;          /* ns since the epoch: when events could have come, if that was told; 0 not */
	uint64_t period_begin;         /* ns since the epoch: of the period that runs; 0: the first one, with the first event or then */
	uint64_t shown_from, shown_to; /* of the period that ended last; 0 none did */
	bool keeps_rows;               /* rows change with ticks alone */
	struct {
		uint64_t base;         /* of a trend of all time: where it begins, ns since the epoch; 0 not known */
		unsigned shift;        /* length of its slots, as a power of two of ns */
		uint64_t newest;       /* of trends of refresh periods: number of the last one with a value, */
		uint64_t end;          /* and of the last one that is shown; 0: the newest */
	} trend;
	uint64_t next_id;
	struct in_flight *in_flight;   /* enters of captures without their exits; NULL none yet */
	uint64_t sample_id;            /* identity of the row in flight that is taken */
	struct list list;
	struct query_text *text;       /* of a text: query_lines.c; NULL none yet */
	struct spectrum spectrum;
};

/* Whether a value's bytes are outside it, and how many. */
static inline bool value_has_bytes(const struct value *value, size_t *size)
{
	switch (value->type) {
	case VALUE_TEXT:
	case VALUE_BYTES:
		*size = value->size;
		return true;
	case VALUE_IPV4:
		*size = 4;
		return true;
	case VALUE_IPV6:
		*size = 16;
		return true;
	default:
		*size = 0;
		return false;
	}
}

static inline struct cell group_cell(const struct query *query, struct group *group, size_t column)
{
	union tally *tallies = (union tally *)(group->cells + query->ncolumns);

	return (struct cell){
		.value = &group->cells[column],
		.tally = query->columns[column].has_tally ? tallies + query->columns[column].tally : NULL,
	};
}

/* Of a query that is stamped. */
static inline struct stamp *group_stamp(const struct query *query, struct group *group)
{
	return (struct stamp *)((union tally *)(group->cells + query->ncolumns) + query->ntallies);
}

/* Whether it passes all filters. */
bool query_passes(struct query *query, const struct event *event);
/* The event that is taken (NULL: none will be any more) may be a thread's end. */
void query_note_end(struct query *query, const struct event *event);
/* Frees the lines of a text. */
void query_text_free(struct query *query);
/* Of a list: the row of this event. */
void query_list_fill(struct query *query, const struct event *event);
/* Points the empty row's cells at nothing. */
void query_row_reset(struct query *query);
/* ---- query_period.c ---- */

/* The period ends here, its rows are shown; the next one begins. */
void period_end(struct query *query, uint64_t now);
/* Forgets the periods. */
void period_clear(struct query *query);
/* The table that rows are made from: that of the last whole period, or the one that takes events. */
struct table *period_rows(struct query *query);
/* Reads from the spec what part of time it is about. */
void query_bound(struct query *query);
/* Nothing of the part of time that is looked at comes with events after this (ns since the epoch). */
uint64_t query_over_after(const struct query *query);
/* When the oldest event is that the query can read, ns since the epoch; 0: none of them was forgotten. */
uint64_t query_oldest(const struct query *query);
/* Counts periods for trends. */
void trend_tick(struct query *query, uint64_t now);

/* Reads the recording from where the query begins. */
void query_begin(struct query *query);
/* Seconds of data that the query looked at; at least a ns. */
double query_seconds(const struct query *query);

#endif
