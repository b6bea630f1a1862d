#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/query_lines.h"
#include "engine/utf8.h"
#include "messages.h"
#include "session.h"
#include "thread_times.h"

/* JSON wants UTF-8; bytes that are none are written as the code points of the same number. The rows are flat objects of
 * numbers and strings, so this is all the JSON there is here. */
static void print_json_text(const char *text, size_t size)
{
	putchar('"');
	for (size_t i = 0, used; i < size; i += used) {
		unsigned char c = text[i];
		uint32_t character;

		used = utf8_decode(text + i, size - i, &character);
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (!used || c < 32 || c == 127)
			printf("\\u%04x", c);
		else
			fwrite(text + i, 1, used, stdout);
		used += !used;
	}
	putchar('"');
}

static void print_json_value(const struct query *query, const struct query_row *row, size_t column)
{
	const struct value *value = &row->cells[column];
	char text[8192];
	size_t size;

	switch (value->type) {
	case VALUE_NONE: fputs("null", stdout); return;
	case VALUE_INT:
	case VALUE_ID: printf("%lld", (long long)value->i); return;
	case VALUE_UINT:
	case VALUE_DURATION:
	case VALUE_TIME:
	case VALUE_PORT: printf("%llu", (unsigned long long)value->u); return;
	case VALUE_REAL: printf("%.6g", value->r); return;
	case VALUE_BOOL: fputs(value->u ? "true" : "false", stdout); return;
	case VALUE_TEXT:
	case VALUE_BYTES: print_json_text(value->text, value->size); return;
	case VALUE_IPV4:
	case VALUE_IPV6: break;
	}
	size = query_cell_text(query, row, column, text, sizeof(text));
	print_json_text(text, size < sizeof(text) ? size : sizeof(text) - 1);
}

static void print_text_value(const struct query *query, const struct query_row *row, size_t column)
{
	char text[8192], shown[4 * sizeof(text)];
	size_t size = query_cell_text(query, row, column, text, sizeof(text));
	enum value_type type = query_column_type(query, column);

	text_escape(text, size < sizeof(text) ? size : sizeof(text) - 1, shown, sizeof(shown));
	printf(type != VALUE_PORT && value_is_number(type) ? "%10s " : "%s ", shown);
}

static bool is_shown(const struct query *query, size_t column, bool wide)
{
	return query_shows_column(query, column) &&
	       (wide || !(query_get_spec(query)->view->columns[column].flags & COLUMN_WIDE));
}

static void print_row(struct query *query, const struct query_row *row, const struct options *options)
{
	const struct view *view = query_get_spec(query)->view;
	bool first = true;

	if (options->json)
		putchar('{');
	for (size_t c = 0; c < view->ncolumns; c++) {
		if (!is_shown(query, c, options->wide))
			continue;
		if (options->json) {
			fputs(first ? "" : ", ", stdout);
			print_json_text(view->columns[c].title, strlen(view->columns[c].title));
			fputs(": ", stdout);
			print_json_value(query, row, c);
		} else {
			print_text_value(query, row, c);
		}
		first = false;
	}
	puts(options->json ? "}" : "");
}

/* Between samples. */
static void print_end(const struct options *options)
{
	if (!options->json)
		puts("----------------------");
	fflush(stdout);
}

static void print_sample(struct query *query, const struct options *options)
{
	size_t rows = query_rows(query);

	for (size_t i = 0; i < rows; i++)
		print_row(query, query_row(query, i), options);
	print_end(options);
}

/* Spectrogram rows as text: time, then "bucket's lowest ns: count" for those that have any. */
static void print_spectrum(struct query *query, const struct options *options)
{
	for (size_t i = 0; i < spectrum_rows(query); i++) {
		const struct spectrum_row *row = spectrum_row(query, i);

		for (unsigned b = 0; b < SPECTRUM_BUCKETS; b++) {
			if (!row->counts[b])
				continue;
			if (options->json)
				printf("{\"FROM\": %llu, \"TO\": %llu, \"LATENCY\": %llu, \"COUNT\": %u}\n",
				       (unsigned long long)row->from, (unsigned long long)row->to,
				       (unsigned long long)spectrum_bound(b), row->counts[b]);
			else
				printf("%20llu %15llu %10u \n", (unsigned long long)row->from,
				       (unsigned long long)spectrum_bound(b), row->counts[b]);
		}
	}
	print_end(options);
}

static void print_view(struct query *query, const struct options *options)
{
	if (query_get_spec(query)->view->kind == VIEW_SPECTROGRAM)
		print_spectrum(query, options);
	else
		print_sample(query, options);
}

static void print_losses(const struct engine_counts *counts)
{
	fprintf(stderr, "spantop: lost: %llu markers, %llu calls, %llu process events; markers invalid: %llu, "
		"unfinished: %llu\n",
		(unsigned long long)counts->lost[LOSS_MARKERS], (unsigned long long)counts->lost[LOSS_CALLS],
		(unsigned long long)counts->lost[LOSS_PROCESSES], (unsigned long long)counts->invalid_markers,
		(unsigned long long)counts->incomplete_markers);
}

/* Rows beyond max_bytes are one. */
static void print_if_crowded(struct query *query)
{
	size_t rows = query_rows(query);

	if (rows && query_row(query, rows - 1)->id == QUERY_OTHER_ID)
		fprintf(stderr, "spantop: there are more rows than --memory has room for: the last one, (other), counts "
			"the rest together\n");
}

/* ---- lines of text ---- */

/* As they are: sysdig's lines, which others read, too. Only a terminal needs to be kept from what they hold. */
static void print_line(void *context, const struct event_line *line)
{
	const struct options *options = context;
	char text[TEXT_ESCAPED_MAX];
	bool plain;

	if (options->json) {
		print_json_text(line->text, line->size);
	} else if (isatty(STDOUT_FILENO)) {
		for (size_t i = 0, used; i < line->size; i += used)
			fwrite(text, 1, text_escape_one(line->text + i, line->size - i, text, &used, &plain), stdout);
	} else {
		fwrite(line->text, 1, line->size, stdout);
	}
	putchar('\n');
}

static bool shows_text(const struct query *query)
{
	return query_get_spec(query)->view->kind == VIEW_TEXT;
}

/* ---- captures ---- */

struct capture_feed {
	const struct options *options;
	struct session *session;
	struct query *query;
	bool lines;               /* rows are printed as events come */
};

static void take_event(void *context, const struct event *event)
{
	struct capture_feed *feed = context;
	const struct query_row *row;

	if (feed->options->read && feed->options->stop_after > 0 && event->time > session_last_time(feed->session))
		return;
	if (shows_text(feed->query)) {
		query_event_lines(feed->query, event, print_line, (void *)feed->options);
		return;
	}
	if (!feed->lines) {
		query_take(feed->query, event);
		return;
	}
	row = query_event_row(feed->query, event);
	if (row)
		print_row(feed->query, row, feed->options);
}

/* One sample, of the whole file; csysdig prints one before it: empty of a table, of a list what came without the threads. */
static void print_capture(struct query *query, const struct options *options)
{
	if (query_is_list(query) && !options->json)
		print_sample(query, options);
	else
		print_end(options);
	query_take_threads(query);
	print_view(query, options);
	print_if_crowded(query);
}

static int run_capture(struct session *session, struct query *query, const struct options *options)
{
	struct capture_feed feed = { options, session, query, query_get_spec(query)->view->kind == VIEW_EVENTS };

	if (engine_add_sink(session->engine, take_event, &feed)) {
		fprintf(stderr, "spantop: out of memory\n");
		return 1;
	}
	if (feed.lines && !shows_text(query))
		print_end(options);
	while (!session->ended && !session->stop && !ferror(stdout))
		session_step(session, 0);
	if (shows_text(query))
		fflush(stdout);
	else if (feed.lines)
		print_end(options);
	else
		print_capture(query, options);
	if (session->damage[0])
		fprintf(stderr, "spantop: %s\n", session->damage);
	return session->damage[0] || ferror(stdout);
}

/* ---- the live machine ---- */

#define SAMPLE_NS 1000000000ull  /* threads' times are read this often, as captures have them */

/* Whether the view is about threads that are there whether or not they do anything. */
static bool shows_threads(const struct query *query)
{
	const struct query_spec *spec = query_get_spec(query);

	return spec->compatible && spec->view->kind == VIEW_TABLE && !view_shows_spans(spec->view);
}

/* The end of a period. csysdig's tables are about one period each, those of spans here go on. */
static void end_period(struct query *query, const struct options *options, uint64_t now)
{
	if (shows_threads(query))
		query_take_threads(query);
	query_tick(query, now);
	print_view(query, options);
	if (shows_threads(query))
		query_clear(query);
}

/* Lines as they come. */
static int run_live_text(struct session *session, struct query *query, const struct options *options)
{
	struct capture_feed feed = { options, session, query, true };

	if (engine_add_sink(session->engine, take_event, &feed)) {
		fprintf(stderr, "spantop: out of memory\n");
		return 1;
	}
	while (!session->stop && !ferror(stdout)) {
		session_step(session, session_now() + options->refresh);
		fflush(stdout);
	}
	session_drain(session);
	fflush(stdout);
	print_losses(engine_counts(session->engine));
	return ferror(stdout) ? 1 : 0;
}

static int run_live(struct session *session, struct query *query, const struct options *options)
{
	bool once = (options->stop_after > 0 || options->stop_events) && !options->refresh_given;
	uint64_t due = session_now() + options->refresh, sample = 0;

	while (!session->stop && !ferror(stdout)) { /* else nobody reads any more */
		uint64_t now = session_now();

		if (shows_threads(query) && now >= sample) {
			thread_times_take(session->engine, query, now);
			sample = now - now % SAMPLE_NS + SAMPLE_NS;
		}
		session_step(session, shows_threads(query) && sample < due ? sample : due);
		query_update(query, 0);
		now = session_now();
		if (now < due)
			continue;
		due += (now - due + options->refresh) / options->refresh * options->refresh;
		if (!once) /* else all that is seen is one period */
			end_period(query, options, now);
	}
	session_drain(session);
	query_update(query, 0);
	end_period(query, options, session_now());
	print_losses(engine_counts(session->engine));
	return ferror(stdout) ? 1 : 0;
}

int batch_run(const struct options *options, const struct view_set *views)
{
	const struct view *view = view_set_find(views, options->view ? options->view : "traces_summary");
	struct query_spec spec = { .view = view, .filters = (const char *const *)&options->filter,
				   .nfilters = options->filter ? 1 : 0, .compatible = options->raw && !options->json,
				   .containers = options->containers, .streamed = options->read };
	struct engine_options engine_options = { .memory = options->memory, .stream = options->read };
	struct filter_error error;
	struct session session;
	struct query *query;
	size_t which;
	int status = 1;

	if (!view)
		return message_unknown_view(views, options->view);
	if (options->filter && message_bad_filter(options->filter))
		return 2;
	engine_options.spans_only = options->read && view_shows_spans(view);
	if (session_init(&session, options, &engine_options))
		return 1;
	/* of a capture nothing is recorded: the rows may have all of the memory */
	if (options->read)
		spec.max_bytes = engine_memory(session.engine);
	query = query_new(session.engine, &spec, &error, &which);
	if (!query || session_need_scope(&session, view->scope))
		fprintf(stderr, "spantop: %s\n", query ? "the probe cannot be attached" : error.text);
	else
		status = options->read ? run_capture(&session, query, options) :
			 shows_text(query) ? run_live_text(&session, query, options) : run_live(&session, query, options);
	query_free(query);
	session_fini(&session);
	return status;
}
