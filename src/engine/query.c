/* Compiles what a query asks for, and feeds it the recording. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "in_flight.h"
#include "query_private.h"
#include "scap_event.h"
#include "span.h"

#define NS_PER_S 1000000000ULL
#define DEFAULT_PERIOD (NS_PER_S / 2)
#define MAX_BYTES_SHARE 4            /* part of the engine's memory that a query's rows may take, */
#define MAX_BYTES_MIN ((size_t)4 << 20) /* but at least this */

/* ---- compiling ---- */

static bool fail(struct filter_error *error, const char *text)
{
	error->position = 0;
	snprintf(error->text, sizeof(error->text), "%s", text);
	return false;
}

static bool add_filter(struct query *query, const char *text, struct filter_error *error)
{
	struct filter *filter;

	if (!text || !text[strspn(text, " \t\r\n")])
		return true;
	filter = filter_new(text, error);
	if (!filter)
		return false;
	query->filters[query->nfilters++] = filter;
	return true;
}

static bool compile_filters(struct query *query, struct filter_error *error, size_t *which)
{
	const struct view *view = query->spec.view;
	bool good;

	*which = query->spec.nfilters;
	query->filters = calloc(query->spec.nfilters + 1, sizeof(*query->filters));
	if (!query->filters)
		return fail(error, strerror(ENOMEM));
	if (view->filter) {
		char *text = view_text_at_depth(view->filter, query->spec.depth);

		if (!text)
			return fail(error, strerror(ENOMEM));
		good = add_filter(query, text, error);
		free(text);
		if (!good)
			return false;
	}
	for (size_t i = 0; i < query->spec.nfilters; i++) {
		*which = i;
		if (!add_filter(query, query->spec.filters[i], error))
			return false;
	}
	*which = query->spec.nfilters;
	return true;
}

/* The reading of a column's field, made if no column before wanted it; -1 with error filled. */
static long find_reading(struct query *query, const struct view_column *column, struct filter_error *error)
{
	char *text = view_text_at_depth(column->field, query->spec.depth);
	struct reading *reading = &query->readings[query->nreadings];
	const char *reason = NULL;
	size_t at = 0, size;
	int used;

	if (!text) {
		fail(error, strerror(ENOMEM));
		return -1;
	}
	for (size_t i = 0; i < query->nreadings; i++)
		if (!strcmp(query->readings[i].text, text)) {
			free(text);
			return i;
		}
	size = strlen(text);
	used = field_parse(text, size, &reading->field, &reason, &at);
	if (used < 0 || (size_t)used != size) {
		if (used >= 0)
			field_fini(&reading->field);
		error->position = 0;
		snprintf(error->text, sizeof(error->text), "column %.40s: %.80s: %.80s",
			 column->title ? column->title : "key", text, reason ? reason : "not a field");
		memset(reading, 0, sizeof(*reading));
		free(text);
		return -1;
	}
	reading->text = text;
	reading->event_time = query->spec.compatible && !strcmp(text, "span.time");
	reading->is_share = !strncmp(text, "thread.cpu", strlen("thread.cpu"));
	query->has_shares |= reading->is_share && query->kind == &query_table_kind;
	return query->nreadings++;
}

static enum column_special special_of(const struct view *view, const char *field)
{
	if (view->kind != VIEW_EVENTS)
		return SPECIAL_NONE;
	if (!strcmp(field, "evt.reltime"))
		return SPECIAL_BEGIN;
	if (!strcmp(field, "evt.latency"))
		return SPECIAL_LATENCY;
	if (!strcmp(field, "evt.rawres"))
		return SPECIAL_RESULT;
	return SPECIAL_NONE;
}

static bool is_table(const struct query *query)
{
	return query->kind == &query_table_kind;
}

static enum value_type shown_type(const struct query *query, const struct view_column *column, enum value_type type)
{
	if (!is_table(query))
		return type;
	switch (column->aggregation) {
	case AGGREGATE_TIME_AVG:
	case AGGREGATE_RATE:
		return VALUE_REAL;
	case AGGREGATE_AVG:
		return type == VALUE_INT || type == VALUE_UINT || type == VALUE_BOOL ? VALUE_REAL : type;
	case AGGREGATE_TREND:
		return type == VALUE_INT ? VALUE_UINT : type;
	case AGGREGATE_SUM:
		return type == VALUE_BOOL ? VALUE_UINT : type;
	case AGGREGATE_COUNT:
	case AGGREGATE_DISTINCT:
		return VALUE_UINT;
	default:
		return type;
	}
}

static bool is_percentile(enum aggregation aggregation)
{
	return aggregation == AGGREGATE_P50 || aggregation == AGGREGATE_P90 || aggregation == AGGREGATE_P99 ||
	       aggregation == AGGREGATE_P999;
}

static bool needs_tally(enum aggregation aggregation)
{
	return aggregation == AGGREGATE_AVG || aggregation == AGGREGATE_RATE || aggregation == AGGREGATE_DISTINCT ||
	       aggregation == AGGREGATE_TREND;
}

/* Some columns are for output about containers, some for the other. */
static bool applies(const struct query_spec *spec, const struct view_column *column)
{
	return !(column->flags & (spec->containers ? COLUMN_NO_CONTAINERS : COLUMN_CONTAINERS));
}

/* Cells that say what the group is show the key itself: there is nothing to add up and nothing to copy. */
static bool shows_key(const struct query *query, size_t i)
{
	const struct query_column *column = &query->columns[i];
	struct value shape = { .type = column->type };
	size_t size;

	if (query->key < 0 || query->groupby >= 0 || column->reading != 0)
		return false;
	return (int)i == query->key || column->aggregation == AGGREGATE_FIRST || value_has_bytes(&shape, &size);
}

static bool compile_column(struct query *query, size_t i, struct filter_error *error)
{
	const struct view *view = query->spec.view;
	struct query_column *column = &query->columns[i];
	long reading;

	column->view = &view->columns[i];
	column->applies = applies(&query->spec, column->view);
	if (!column->applies)
		return true;
	reading = find_reading(query, column->view, error);
	if (reading < 0)
		return false;
	column->reading = reading;
	column->aggregation = column->view->aggregation;
	column->special = special_of(view, column->view->field);
	column->type = column->special == SPECIAL_BEGIN ? VALUE_INT :
		       shown_type(query, column->view, query->readings[reading].field.definition->type);
	column->shows_key = shows_key(query, i);
	column->has_tally = needs_tally(column->aggregation) ||
			    (query->groupby >= 0 && column->view->has_groupby && needs_tally(column->view->groupby));
	column->tally = query->ntallies;
	query->ntallies += column->has_tally;
	query->readings[reading].spread |= is_percentile(column->aggregation);
	return true;
}

/* Whether a cell keeps its first value whatever follows. */
static bool keeps_first(const struct query_column *column)
{
	return column->aggregation == AGGREGATE_FIRST;
}

static void order_by_reading(struct query *query)
{
	size_t at = 0;

	for (size_t r = 0; r < query->nreadings; r++) {
		query->readings[r].first = at;
		query->readings[r].once = !query->readings[r].spread;
		for (size_t i = 0; i < query->ncolumns; i++)
			if (query->columns[i].applies && query->columns[i].reading == r && !query->columns[i].shows_key &&
			    !is_percentile(query->columns[i].aggregation)) {
				query->by_reading[at++] = i;
				query->readings[r].once &= keeps_first(&query->columns[i]);
			}
		query->readings[r].count = at - query->readings[r].first;
	}
}

/* csysdig counts events that lack one of these, as if it were 0 or empty: all but what names something. What is a name here
 * and a number there has one, too. */
static bool has_default(const struct field_definition *definition)
{
	return value_has_default(definition->type) || !strncmp(definition->name, "span.raw", 8) ||
	       !strncmp(definition->name, "fd.dev.", 7);
}

/* Whether events without this column's value do not count. csysdig drops an event that lacks a value of any column, if
 * the view has no defaults or values of that kind have none. On the screen a list has spans that ended. */
static bool is_required(const struct query *query, const struct query_column *column)
{
	const struct view *view = query->spec.view;
	unsigned flags = column->view->flags;

	if (!column->applies || flags & COLUMN_WIDE)
		return false;
	if (query->partial)
		return !has_default(query->readings[column->reading].field.definition);
	if (query->spec.compatible && (query->key < 0 || (view->kind == VIEW_TABLE && query->spans_only)))
		return true;
	return view->kind == VIEW_LIST && flags & COLUMN_SORT;
}

static void choose_required(struct query *query)
{
	for (size_t i = 0; i < query->ncolumns; i++) {
		const struct query_column *column = &query->columns[i];
		size_t at = 0;

		while (at < query->nrequired && query->required[at] != column->reading)
			at++;
		if (at == query->nrequired && is_required(query, column))
			query->required[query->nrequired++] = column->reading;
	}
}

/* A group that has its first values keeps them, and what a stamp tells of is the same if that is, but for sums. */
static bool is_settled(const struct query *query, const struct reading *reading)
{
	bool sums = reading->spread;

	if (reading->once)
		return true;
	for (size_t i = reading->first; i < reading->first + reading->count; i++)
		switch (query->columns[query->by_reading[i]].aggregation) {
		case AGGREGATE_FIRST:
		case AGGREGATE_LAST:
		case AGGREGATE_MIN:
		case AGGREGATE_MAX:
			break;
		default:
			sums = true;
			break;
		}
	return !sums && stamp_covers(reading->text);
}

static bool takes_defaults(const struct query *query, const struct reading *reading)
{
	for (size_t i = reading->first; i < reading->first + reading->count; i++) {
		enum aggregation aggregation = query->columns[query->by_reading[i]].aggregation;

		if (aggregation == AGGREGATE_FIRST || aggregation == AGGREGATE_MAX)
			return true;
	}
	return false;
}

/* What makes it worth while to look at stamps: rows about threads and processes of a capture that is read once. */
static void choose_changing(struct query *query)
{
	query->stamped = query->spec.streamed && query->partial && query->kind == &query_table_kind &&
			 query->key >= 0 && stamp_covers(query->readings[0].text);
	for (size_t i = 0; i < query->nrequired; i++)
		query->stamped &= stamp_covers(query->readings[query->required[i]].text);
	for (size_t i = 0; i < query->nreadings; i++) {
		query->readings[i].has_defaults = takes_defaults(query, &query->readings[i]);
		if (!is_settled(query, &query->readings[i]))
			query->changing[query->nchanging++] = i;
	}
}

static bool compile_columns(struct query *query, struct filter_error *error)
{
	const struct view *view = query->spec.view;
	const struct view_column *key;

	query->ncolumns = view->ncolumns;
	query->columns = calloc(view->ncolumns + 1, sizeof(*query->columns));
	query->readings = calloc(view->ncolumns + 1, sizeof(*query->readings));
	query->by_reading = calloc(view->ncolumns + 1, sizeof(*query->by_reading));
	query->required = calloc(view->ncolumns + 1, sizeof(*query->required));
	query->changing = calloc(view->ncolumns + 1, sizeof(*query->changing));
	query->cells = calloc(view->ncolumns + 1, sizeof(*query->cells));
	query->averaged = calloc(view->ncolumns + 1, sizeof(*query->averaged));
	if (!query->columns || !query->readings || !query->by_reading || !query->required || !query->changing ||
	    !query->cells || !query->averaged)
		return fail(error, strerror(ENOMEM));

	query->key = query->groupby = -1;
	for (size_t i = 0; i < view->ncolumns; i++) {
		unsigned flags = applies(&query->spec, &view->columns[i]) ? view->columns[i].flags : 0;

		if (query->key < 0 && flags & COLUMN_KEY)
			query->key = i;
		if (query->groupby < 0 && flags & COLUMN_GROUPBY)
			query->groupby = i;
	}
	query->spans_only = view_shows_spans(view);
	query->partial = query->spec.compatible && (view->counts_partial || view->use_defaults);
	query->exits_only = !view->counts_partial && !view->use_defaults && view->kind != VIEW_TEXT &&
			    !(view->kind == VIEW_LIST && query->spec.compatible);
	if (query->key >= 0) {
		key = &view->columns[query->groupby >= 0 ? query->groupby : query->key];
		query->filter_field = view_text_at_depth(key->filter_field ? key->filter_field : key->field,
						 query->spec.depth);
		if (find_reading(query, &view->columns[query->key], error) < 0) /* the first of the readings */
			return false;
		if (!query->filter_field)
			return fail(error, strerror(ENOMEM));
	} else if (view->kind == VIEW_SPECTROGRAM) {
		return fail(error, "a spectrogram needs a key column: the duration");
	}
	for (size_t i = 0; i < view->ncolumns; i++)
		if (!compile_column(query, i, error))
			return false;
	order_by_reading(query);
	choose_required(query);
	choose_changing(query);
	return true;
}

static bool starts_descending(const struct query *query, int column)
{
	if (query->columns[column].view->flags & COLUMN_ASCENDING)
		return false;
	switch (query->columns[column].type) {
	case VALUE_TEXT:
	case VALUE_BYTES:
	case VALUE_IPV4:
	case VALUE_IPV6:
		return false;
	default:
		return true;
	}
}

static void choose_sort(struct query *query)
{
	query->sort_column = -1;
	for (int i = query->ncolumns - 1; i >= 0; i--) {
		unsigned flags = query->columns[i].view->flags;

		if (!query->columns[i].applies)
			continue;
		if (flags & COLUMN_SORT) {
			query->sort_column = i;
			break;
		}
		if (is_table(query) && !(flags & (COLUMN_KEY | COLUMN_GROUPBY)))
			query->sort_column = i;
	}
	if (query->sort_column >= 0)
		query->descending = starts_descending(query, query->sort_column);
}

static bool copy_spec(struct query *query, const struct query_spec *spec)
{
	char **filters = calloc(spec->nfilters + 1, sizeof(*filters));

	query->spec = *spec;
	query->spec.filters = (const char *const *)filters;
	if (!query->spec.period)
		query->spec.period = DEFAULT_PERIOD;
	if (!query->spec.max_bytes)
		query->spec.max_bytes = engine_memory(query->engine) / MAX_BYTES_SHARE;
	if (!spec->max_bytes && query->spec.max_bytes < MAX_BYTES_MIN)
		query->spec.max_bytes = MAX_BYTES_MIN;
	query->spec.period_table &= query->kind == &query_table_kind;
	if (query->spec.period_table)
		query->spec.max_bytes /= 2; /* two periods are there at a time */
	if (spec->inside)
		span_pin(spec->inside);
	if (!filters)
		return false;
	for (size_t i = 0; i < spec->nfilters; i++) {
		filters[i] = strdup(spec->filters[i] ? spec->filters[i] : "");
		if (!filters[i])
			return false;
	}
	return true;
}

static const struct query_kind *kind_of(const struct query_spec *spec)
{
	if ((spec->compatible || spec->streamed) && spec->view->kind == VIEW_LIST)
		return &query_table_kind;
	switch (spec->view->kind) {
	case VIEW_TABLE:
	case VIEW_IN_FLIGHT:
		return &query_table_kind;
	case VIEW_SPECTROGRAM:
		return &query_spectrum_kind;
	case VIEW_TEXT:
		return &query_text_kind;
	default:
		return &query_list_kind;
	}
}

void query_begin(struct query *query)
{
	uint64_t from = query->spec.from > query->inside.from ? query->spec.from : query->inside.from;

	if (query->spec.view->kind == VIEW_IN_FLIGHT)
		from = 0; /* what began before is in flight, too */
	recording_begin(query->recording, &query->cursor, query->spans_only ? LANE_MASK_SPANS : LANE_MASK_ALL, from);
	query->over = false;
	in_flight_free(query);
	query->oldest = query_oldest(query);
}

struct query *query_new(struct engine *engine, const struct query_spec *spec, struct filter_error *error,
			size_t *which_filter)
{
	struct query *query = calloc(1, sizeof(*query));

	*which_filter = spec->nfilters;
	if (!query) {
		fail(error, strerror(ENOMEM));
		return NULL;
	}
	query->engine = engine;
	query->recording = engine_recording(engine);
	query->context.engine = engine;
	query->kind = kind_of(spec);
	if (!copy_spec(query, spec)) {
		fail(error, strerror(ENOMEM));
		goto out;
	}
	if (!compile_filters(query, error, which_filter) || !compile_columns(query, error))
		goto out;
	choose_sort(query);
	inside_init(&query->inside, query->spec.inside, query->spec.inside_scope);
	query_bound(query);
	query_begin(query);
	return query;
out:
	query_free(query);
	return NULL;
}

void query_free(struct query *query)
{
	if (!query)
		return;
	query->kind->clear(query);
	query_text_free(query);
	query_note_end(query, NULL);
	in_flight_free(query);
	field_context_fini(&query->context);
	for (size_t i = 0; i < query->nfilters; i++)
		filter_free(query->filters[i]);
	for (size_t i = 0; i < query->nreadings; i++) {
		field_fini(&query->readings[i].field);
		free(query->readings[i].text);
	}
	if (query->spec.filters)
		for (size_t i = 0; i < query->spec.nfilters; i++)
			free((char *)query->spec.filters[i]);
	free((void *)query->spec.filters);
	if (query->spec.inside)
		span_unpin(query->spec.inside);
	free(query->filters);
	free(query->readings);
	free(query->columns);
	free(query->by_reading);
	free(query->required);
	free(query->changing);
	free(query->filter_field);
	free(query->cells);
	free(query->averaged);
	free(query->row_text);
	free(query);
}

/* ---- reading ---- */

static bool is_marker(const struct event *event)
{
	return event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT || event->type == EVENT_MARKER_INVALID;
}

/* The enter of a call of a capture whose exit says all that it said, and more. */
static bool is_told_by_exit(const struct event *event)
{
	return event->type == EVENT_SCAP && !scap_is_exit(event->call) && scap_type(event->call + 1u) &&
	       !(event->flags & (EVENT_NO_RETURN | EVENT_PENDING));
}

static bool is_exact_sample(const struct event *event)
{
	return event->type == EVENT_SCAP && event->flags & EVENT_MEASURED;
}

bool query_passes(struct query *query, const struct event *event)
{
	if (is_exact_sample(event) && !query->has_shares)
		return false;
	if (event->time - query->spec.from >= query->length && !query->taking_threads)
		return false;
	if (query->spans_only ? !is_marker(event) : query->exits_only && is_told_by_exit(event))
		return false;
	if (!inside_has(&query->inside, event))
		return false;
	for (size_t i = 0; i < query->nfilters; i++)
		if (!filter_passes(query->filters[i], event, &query->context))
			return false;
	return true;
}

void query_enter(struct query *query, struct span *span, const struct span *known)
{
	span_pin(span);
	if (query->spec.inside)
		span_unpin(query->spec.inside);
	query->spec.inside = span;
	inside_init(&query->inside, known, query->spec.inside_scope);
	query->inside.span = span;
	query_begin(query);
}

/* Samples are taken of all that lives at one time, and in between of what has ended, whatever it did. */
static void take_sample(struct query *query, const struct event *event)
{
	bool ended = event->thread->end_time;

	query->weighs = true;
	if (!ended && event->time > query->sample_time) {
		if (query->sample_time)
			query->table.sampled += event->time - query->sample_time;
		query->sample_time = event->time;
	}
	query->states_only = ended;
	if (query_passes(query, event) && query->kind->add(query, event) && !ended)
		query->matched++;
	query->states_only = false;
}

void query_take(struct query *query, const struct event *event)
{
	if (query->spec.view->kind == VIEW_IN_FLIGHT && !(event->flags & EVENT_PENDING)) {
		in_flight_note(query, event);
		return;
	}
	if (query->spec.streamed && !query->taking_threads && (query->ended || event->type == EVENT_SCAP))
		query_note_end(query, event);
	if (is_exact_sample(event))
		take_sample(query, event);
	else if (query_passes(query, event) && query->kind->add(query, event))
		query->matched++;
}

const struct query_row *query_event_row(struct query *query, const struct event *event)
{
	query_row_reset(query);
	if (query->kind != &query_list_kind || !query_passes(query, event))
		return NULL;
	query->matched++;
	query_list_fill(query, event);
	return &query->row;
}

size_t query_update(struct query *query, size_t max_events)
{
	const struct event *event;
	uint64_t over;
	size_t read = 0;

	if (query->spec.streamed)
		return 0;
	inside_refresh(&query->inside);
	if (query->list.sorting && list_sorting_step(query, max_events))
		return max_events;
	over = query_over_after(query);
	while (!query->over && (!max_events || read < max_events) &&
	       (event = recording_next(query->recording, &query->cursor))) {
		read++;
		if (event->time > over)
			query->over = true;
		query_take(query, event);
	}
	return read;
}

void query_clear(struct query *query)
{
	query->kind->clear(query);
	while (query->spec.view->kind != VIEW_IN_FLIGHT && recording_next(query->recording, &query->cursor))
		;
	query->begin_time = engine_counts(query->engine)->last_time;
	query->matched = 0;
	query->dirty = true;
}

void query_tick(struct query *query, uint64_t now)
{
	query->kind->tick(query, now);
}

void query_sort(struct query *query, int column, bool descending)
{
	if (column < -1 || column >= (int)query->ncolumns || (column >= 0 && !query->columns[column].applies))
		return;
	if (column != query->sort_column) {
		query->sort_column = column;
		query->descending = descending;
		if (query->kind->sorted_by)
			query->kind->sorted_by(query);
	} else if (descending != query->descending) {
		query->descending = descending;
		if (query->kind->turned)
			query->kind->turned(query);
	}
	query->dirty = true;
}

int query_sort_column(const struct query *query, bool *descending)
{
	if (descending)
		*descending = query->descending;
	return query->sort_column;
}

void query_sort_on(struct query *query, size_t max_events)
{
	if (query->list.sorting)
		list_sorting_step(query, max_events);
}

bool query_is_sorting(const struct query *query)
{
	return query->list.sorting;
}

size_t query_rows(struct query *query)
{
	return query->kind->rows(query);
}

const struct query_row *query_row(struct query *query, size_t i)
{
	size_t rows = query->kind->rows(query);

	query_row_reset(query);
	if (i < rows)
		query->kind->row(query, i);
	return &query->row;
}

size_t query_find_row(struct query *query, uint64_t id)
{
	return query->kind->find(query, id);
}

uint64_t query_matched(const struct query *query)
{
	return query->matched;
}

uint64_t query_skipped(const struct query *query)
{
	return query->cursor.skipped + query->refused;
}

const struct query_spec *query_get_spec(const struct query *query)
{
	return &query->spec;
}

double query_seconds(const struct query *query)
{
	const struct engine_counts *counts = engine_counts(query->engine);
	uint64_t from = counts->first_time > query->begin_time ? counts->first_time : query->begin_time;
	uint64_t to = counts->last_time < query->until ? counts->last_time : query->until;

	if (from < query->spec.from)
		from = query->spec.from;
	return to > from ? (double)(to - from) / NS_PER_S : 1.0 / NS_PER_S;
}

bool query_shows_column(const struct query *query, size_t column)
{
	return column < query->ncolumns && query->columns[column].applies &&
	       !(query->columns[column].view->flags & (COLUMN_KEY | COLUMN_GROUPBY));
}

bool query_is_list(const struct query *query)
{
	return query->spec.view->kind == VIEW_LIST && query->key < 0;
}
