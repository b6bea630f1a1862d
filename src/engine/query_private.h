/* What the files of the query engine share; nobody else includes this.
 *
 * query.c compiles a spec (fields, filters, lanes) and feeds events to one of the kinds below. A kind
 * decides what an event becomes: a group of a table, a row of a list, a count in a spectrum. */
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
	bool event_time;          /* span.time as csysdig shows it: the event's */
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
	size_t tally;             /* of a table: which of a group's is its cell's, if it is an average or a rate */
};

/* ---- tables ---- */

/* What a cell needs beside its value. */
union tally {
	uint64_t samples;         /* of an average */
	struct {                  /* of a rate: sums of the period that runs and of the one before it */
		uint64_t period;
		double sum, sum_before;
	};
};

struct group;
struct table_order;

struct table {
	struct group **slots;     /* hash table, open addressing, a power of two */
	size_t nslots, count;
	struct group *newest;     /* all groups, by older */
	struct group *other;      /* takes what comes when max_bytes are used up; made at its first use */
	struct arena memory;      /* of groups and of texts that stay */
	struct table_order *order;
	size_t order_size, norder;
	struct group *recent;     /* found last: a span's exit often follows its enter */
	size_t bytes;
	uint64_t next_id;
	uint64_t period;          /* number of the refresh period that runs */
	uint64_t ticks[2];        /* when the last two periods ended; 0 did not yet */
};

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
};

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

extern const struct query_kind query_table_kind, query_list_kind, query_spectrum_kind;

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
	int needed;                    /* column without whose value an event makes no row, or -1 */
	bool spans_only;               /* markers alone can make rows */
	bool exits_only;               /* a call of a capture counts once, when it returns */
	bool partial;                  /* events without a key make a row, too */
	char *filter_field;            /* of the key's drill-down filter */
	struct inside inside;
	struct recording_cursor cursor;
	bool over;                     /* the span that we look into ended long ago: nothing more can come */
	int sort_column;               /* -1: arrival */
	bool descending;
	bool dirty;                    /* rows changed since they were put in order */
	uint64_t begin_time;           /* ns since the epoch where counting begins; 0: with the recording */
	uint64_t matched;
	uint64_t refused;              /* events that found no memory */

	/* the row that query_row handed out last */
	struct query_row row;
	struct value *cells;
	bool *averaged;
	char *row_text;
	size_t row_text_size;

	struct table table;
	struct list list;
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

/* Of a list: the row of this event. */
void query_list_fill(struct query *query, const struct event *event);
/* Points the empty row's cells at nothing. */
void query_row_reset(struct query *query);
/* Seconds of data that the query looked at; at least a ns. */
double query_seconds(const struct query *query);

#endif
