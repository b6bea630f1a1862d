#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/in_flight.h"
#include "engine/query_lines.h"
#include "engine/row_output.h"
#include "engine/trace_output.h"
#include "messages.h"
#include "session.h"
#include "thread_times.h"

struct printer {
	const struct options *options;
	struct engine *engine;
	struct row_output *rows;
	struct format_text text;
	bool titled;
};

static int printer_init(struct printer *printer, const struct query *query, const struct options *options)
{
	enum row_format format = options->csv ? ROWS_CSV : options->json ? ROWS_JSON : ROWS_TEXT;

	printer->options = options;
	printer->rows = row_output_shown(query, format, options->wide);
	return printer->rows ? 0 : -ENOMEM;
}

static void printer_fini(struct printer *printer)
{
	row_output_free(printer->rows);
	free(printer->text.bytes);
}

/* Writes what there is to write. A line that found no memory is missing as a whole. */
static void print_text(struct printer *printer)
{
	if (printer->text.failed)
		fprintf(stderr, "spantop: out of memory: a row is missing\n");
	else
		fwrite(printer->text.bytes, 1, printer->text.size, stdout);
	printer->text.size = 0;
	printer->text.failed = false;
}

static void print_titles(struct printer *printer)
{
	if (printer->titled)
		return;
	printer->titled = true;
	row_output_titles(printer->rows, &printer->text);
	print_text(printer);
}

static void print_row(struct printer *printer, const struct query_row *row)
{
	print_titles(printer);
	row_output_row(printer->rows, row, &printer->text);
	print_text(printer);
}

/* Between samples. */
static void print_end(struct printer *printer)
{
	print_titles(printer);
	if (!printer->options->json && !printer->options->csv)
		puts("----------------------");
	fflush(stdout);
}

static void print_sample(struct printer *printer, struct query *query)
{
	size_t rows = query_rows(query);

	for (size_t i = 0; i < rows; i++)
		print_row(printer, query_row(query, i));
	print_end(printer);
}

static void print_spectrum(struct printer *printer, struct query *query)
{
	print_titles(printer);
	for (size_t i = 0; i < spectrum_rows(query); i++) {
		row_output_spectrum(printer->rows, i, &printer->text);
		print_text(printer);
	}
	print_end(printer);
}

static void print_trace(struct printer *printer, struct query *query)
{
	const struct options *options = printer->options;
	enum row_format format = options->csv ? ROWS_CSV : options->json ? ROWS_JSON : ROWS_TEXT;

	trace_output(printer->engine, query, format, format == ROWS_TEXT || !printer->titled, &printer->text);
	printer->titled = true;
	print_text(printer);
	print_end(printer);
}

static void print_view(struct printer *printer, struct query *query)
{
	if (query_get_spec(query)->view->kind == VIEW_WATERFALL)
		print_trace(printer, query);
	else if (query_get_spec(query)->view->kind == VIEW_SPECTROGRAM)
		print_spectrum(printer, query);
	else
		print_sample(printer, query);
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
	struct printer *printer = context;
	char text[TEXT_ESCAPED_MAX];
	bool plain;

	if (printer->options->json || printer->options->csv) {
		print_titles(printer);
		row_output_line(printer->rows, line->text, line->size, &printer->text);
		print_text(printer);
		return;
	}
	if (isatty(STDOUT_FILENO)) {
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
	struct printer *printer;
	struct session *session;
	struct query *query;
	bool lines;               /* rows are printed as events come */
};

static void take_event(void *context, const struct event *event)
{
	struct capture_feed *feed = context;
	const struct query_row *row;

	if (feed->printer->options->read && feed->printer->options->stop_after > 0 && event->time > session_last_time(feed->session))
		return;
	if (shows_text(feed->query)) {
		query_event_lines(feed->query, event, print_line, feed->printer);
		return;
	}
	if (!feed->lines) {
		query_take(feed->query, event);
		return;
	}
	row = query_event_row(feed->query, event);
	if (row)
		print_row(feed->printer, row);
}

/* One sample, of the whole file; csysdig prints one before it: empty of a table, of a list what came without the threads. */
static void print_capture(struct printer *printer, struct query *query)
{
	if (query_get_spec(query)->view->kind == VIEW_WATERFALL) {
		print_trace(printer, query);
		return;
	}
	if (query_is_list(query) && !printer->options->json && !printer->options->csv)
		print_sample(printer, query);
	else
		print_end(printer);
	query_take_threads(query);
	query_sample(query, NULL, 0);
	print_view(printer, query);
	print_if_crowded(query);
}

static int run_capture(struct session *session, struct query *query, struct printer *printer)
{
	struct capture_feed feed = { printer, session, query, query_get_spec(query)->view->kind == VIEW_EVENTS };

	/* a trace is made from what was recorded */
	if (query_get_spec(query)->view->kind != VIEW_WATERFALL && engine_add_sink(session->engine, take_event, &feed)) {
		fprintf(stderr, "spantop: out of memory\n");
		return 1;
	}
	if (feed.lines && !shows_text(query))
		print_end(printer);
	while (!session->ended && !session->stop && !ferror(stdout))
		session_step(session, 0);
	if (shows_text(query)) {
		print_titles(printer);
		fflush(stdout);
	} else if (feed.lines)
		print_end(printer);
	else
		print_capture(printer, query);
	if (session->damage[0])
		fprintf(stderr, "spantop: %s\n", session->damage);
	return session->damage[0] || ferror(stdout);
}

/* ---- the live machine ---- */

#define SAMPLE_NS 1000000000ull  /* threads' times are read at least this often: of one that ends these tell */

/* Whether the view is about threads that are there whether or not they do anything: with csysdig all but those of spans. */
static bool shows_threads(const struct query *query)
{
	const struct query_spec *spec = query_get_spec(query);

	return spec->view->kind == VIEW_TABLE && !view_shows_spans(spec->view) && (spec->compatible || spec->view->is_root);
}

/* The end of a period. Tables of what the machine does are about one period each, as csysdig's are; those of spans go on. */
static void end_period(struct session *session, struct query *query, struct printer *printer, uint64_t now)
{
	int error = query_sample(query, session->source, now);

	if (error)
		fprintf(stderr, "spantop: the kernel does not tell which calls there are: %s\n", strerror(-error));
	if (shows_threads(query))
		query_take_threads(query);
	query_tick(query, now);
	row_output_sample(printer->rows, now);
	print_view(printer, query);
	/* an event is printed once */
	if (query_get_spec(query)->view->kind == VIEW_EVENTS)
		query_clear(query);
}

/* Lines as they come. */
static int run_live_text(struct session *session, struct query *query, struct printer *printer)
{
	const struct options *options = printer->options;
	struct capture_feed feed = { printer, session, query, true };

	if (engine_add_sink(session->engine, take_event, &feed)) {
		fprintf(stderr, "spantop: out of memory\n");
		return 1;
	}
	while (!session->stop && !ferror(stdout) && !session_command_ended(session)) {
		session_step(session, session_now() + options->refresh);
		fflush(stdout);
	}
	session_drain(session);
	fflush(stdout);
	print_losses(engine_counts(session->engine));
	return ferror(stdout) ? 1 : 0;
}

/* When threads' times are read: at the start, and then in equal steps, of which a period has a whole number: what a row
 * says is the mean of them. */
struct sampler {
	uint64_t step, due;
};

static struct sampler sampler_begin(struct session *session, struct query *query, uint64_t refresh, bool once)
{
	struct sampler sampler = { .step = once ? SAMPLE_NS : refresh / ((refresh + SAMPLE_NS - 1) / SAMPLE_NS),
				   .due = UINT64_MAX };
	uint64_t now;

	if (!shows_threads(query))
		return sampler;
	/* the threads that exist */
	session_step(session, session_now());
	now = session_now();
	thread_times_take(session->engine, session->source, query, now);
	sampler.due = now + sampler.step;
	return sampler;
}

static void sampler_step(struct sampler *sampler, struct session *session, struct query *query, uint64_t now)
{
	if (now < sampler->due)
		return;
	thread_times_take(session->engine, session->source, query, now);
	sampler->due += (now - sampler->due + sampler->step) / sampler->step * sampler->step;
}

/* What is left over at the end counts if it is not much less than the others. */
static void sampler_end(const struct sampler *sampler, struct session *session, struct query *query, uint64_t now)
{
	if (sampler->due != UINT64_MAX && now + sampler->step / 4 > sampler->due)
		thread_times_take(session->engine, session->source, query, now);
}

static int run_live(struct session *session, struct query *query, struct printer *printer)
{
	const struct options *options = printer->options;
	bool once = (options->stop_after > 0 || options->stop_events || options->traced) && !options->refresh_given;
	struct sampler sampler = sampler_begin(session, query, options->refresh, once);
	uint64_t now = session_now(), due = now + options->refresh, ended = 0;

	query_begin_period(query, now);
	while (!session->stop && !ferror(stdout) /* else nobody reads any more */ && !session_command_ended(session)) {
		session_step(session, sampler.due < due ? sampler.due : due);
		query_update(query, 0);
		now = session_now();
		sampler_step(&sampler, session, query, now);
		if (now < due)
			continue;
		due += (now - due + options->refresh) / options->refresh * options->refresh;
		if (!once) { /* else all that is seen is one period */
			end_period(session, query, printer, now);
			ended = now;
		}
	}
	sampler_end(&sampler, session, query, session_now());
	session_drain(session);
	query_update(query, 0);
	/* what a moment after a period holds is none */
	if (session_now() - ended > options->refresh / 10)
		end_period(session, query, printer, session_now());
	print_losses(engine_counts(session->engine));
	return ferror(stdout) ? 1 : 0;
}

/* csysdig has no view of what is in flight. */
static bool is_compatible(const struct options *options, const struct view *view)
{
	return options->raw && !options->json && !options->csv && !(view && view->kind == VIEW_IN_FLIGHT);
}

int batch_run(const struct options *options, const struct view_set *views)
{
	const struct view *view = view_set_find(views, options->view ? options->view : "traces_summary");
	struct query_spec spec = { .view = view, .filters = (const char *const *)&options->filter,
				   .nfilters = options->filter ? 1 : 0, .compatible = is_compatible(options, view),
				   .containers = options->containers, .streamed = options->read,
				   .period_table = !options->read && view && view->sampled,
				   .refresh = options->read ? 0 : options->refresh, .ascii = options->ascii };
	struct engine_options engine_options = { .memory = options->memory, .stream = options->read };
	struct filter_error error;
	struct printer printer = { .options = options };
	struct session session;
	struct query *query;
	size_t which;
	int status = 1;

	if (!view)
		return message_unknown_view(views, options->view);
	if (options->filter && message_bad_filter(options->filter))
		return 2;
	engine_options.spans_only = options->read && view_shows_spans(view);
	if (view->kind == VIEW_WATERFALL)
		engine_options.stream = false;
	if (session_init(&session, options, &engine_options))
		return 1;
	printer.engine = session.engine;
	/* of a capture nothing is recorded: the rows may have all of the memory */
	if (options->read)
		spec.max_bytes = engine_memory(session.engine);
	query = query_new(session.engine, &spec, &error, &which);
	if (query && session_need_events(&session, view->events))
		fprintf(stderr, "spantop: this kernel does not tell of %s\n", view->events);
	if (!query || session_need_scope(&session, view->scope))
		fprintf(stderr, "spantop: %s\n", query ? "the probe cannot be attached" : error.text);
	else if (printer_init(&printer, query, options))
		fprintf(stderr, "spantop: out of memory\n");
	else if (!(status = session_start_command(&session)))
		status = options->read ? run_capture(&session, query, &printer) :
			 shows_text(query) ? run_live_text(&session, query, &printer) : run_live(&session, query, &printer);
	printer_fini(&printer);
	query_free(query);
	session_fini(&session);
	return status;
}
