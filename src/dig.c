/* `spantop dig`: prints events. A run is a sink of an engine that keeps no recording: each event is filtered and printed
 * while the state is as it was then. */
#include "dig.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dig_private.h"
#include "engine/scap_event.h"
#include "engine/state.h"
#include "engine/string_pool.h"

#define SUMMARY_ROWS 100

static bool is_suppressed(const struct dig *dig, const struct event *event)
{
	for (size_t i = 0; i < dig->options->nsuppressed; i++)
		if (!strcmp(event->thread->name->text, dig->options->suppressed[i]))
			return true;
	return false;
}

static bool is_internal(const struct event *event)
{
	return event->type == EVENT_SCAP && scap_types[event->call].category == SCAP_INTERNAL;
}

static void print_event(struct dig *dig, const struct event *event)
{
	const char *line;
	size_t size;
	bool has_all = dig->options->json ? event_format_json(dig->format, event, &dig->context, &line, &size) :
					    event_format_text(dig->format, event, &dig->context, &line, &size);

	if (!has_all)
		return;
	dig_output_line(&dig->output, line, size);
	if (dig->output.error)
		dig->stop = true;
}

bool dig_event(struct dig *dig, const struct event *event)
{
	const struct dig_options *options = dig->options;
	bool passes;

	if (dig->stop || (event->type == EVENT_SPAN_EXIT && event->flags & EVENT_UNFINISHED))
		return false;
	if (options->nsuppressed && is_suppressed(dig, event)) {
		dig->suppressed++;
		return false;
	}
	passes = !dig->filter || filter_passes(dig->filter, event, &dig->context);
	if (!passes && !options->display_filter)
		return false;
	if (event->time >= dig->last_time) {
		dig->stop = true;
		return false;
	}
	dig->shown++;
	if (dig->summary)
		event_summary_add(dig->summary, event);
	if (passes && !options->quiet && !options->write_path && (options->debug || !is_internal(event)))
		print_event(dig, event);
	if (dig->shown == options->max_events)
		dig->stop = true;
	return passes;
}

void dig_attach(struct dig *dig, const struct engine *engine)
{
	field_context_fini(&dig->context);
	dig->context = (struct field_context){ .engine = engine, .settings = &dig->options->settings };
}

/* ---- preparing ---- */

/* Where the fault is, below the words it is in. */
static void print_error(const char *what, const char *text, const struct filter_error *error)
{
	size_t size = 4 * strlen(text) + 1;
	char *shown = malloc(2 * size), *before = shown ? shown + size : NULL;

	fprintf(stderr, "spantop: %s error at position %zu: %s\n", what, error->position, error->text);
	if (shown) {
		text_escape(text, strlen(text), shown, size);
		/* the caret stands below the offending word, whatever escaping did before it */
		text_escape(text, error->position, before, size);
		fprintf(stderr, "  %s\n  %*s^\n", shown, (int)strlen(before), "");
	}
	free(shown);
}

/* \n, \t and \\ of a format that came through a shell's single quotes. Malloced. */
static char *unescape(const char *text)
{
	char *result = malloc(strlen(text) + 1), *to = result;

	while (result && *text) {
		if (text[0] == '\\' && (text[1] == 'n' || text[1] == 't' || text[1] == '\\')) {
			*to++ = text[1] == 'n' ? '\n' : text[1] == 't' ? '\t' : '\\';
			text += 2;
		} else {
			*to++ = *text++;
		}
	}
	if (result)
		*to = '\0';
	return result;
}

static char *format_text(const struct dig_options *options)
{
	const char *format = options->format;

	if (!format)
		return strdup(event_format_default);
	if (!strcmp(format, "c") || !strcmp(format, "container"))
		return strdup(event_format_containers);
	if (!strcmp(format, "k") || !strcmp(format, "kubernetes"))
		return strdup(event_format_pods);
	return unescape(format);
}

static int compile(struct dig *dig)
{
	struct filter_error error;
	char *format = format_text(dig->options);

	if (!format)
		return -ENOMEM;
	dig->format = event_format_new(format, &error);
	if (!dig->format) {
		print_error("format", format, &error);
		free(format);
		return -EINVAL;
	}
	dig->output.keeps_lines = strpbrk(format, "\n\t") || dig->options->settings.buffer_style == BUFFER_PRINTABLE ||
				  dig->options->settings.buffer_style == BUFFER_HEX ||
				  dig->options->settings.buffer_style == BUFFER_HEX_ASCII;
	free(format);
	if (!dig->options->filter)
		return 0;
	dig->filter = filter_new(dig->options->filter, &error);
	if (dig->filter)
		return 0;
	print_error("filter", dig->options->filter, &error);
	return -EINVAL;
}

static int prepare(struct dig *dig, const struct dig_options *options)
{
	int error;

	*dig = (struct dig){ .options = options, .last_time = UINT64_MAX };
	if (dig_output_init(&dig->output))
		return -ENOMEM;
	dig->output.is_flushed = options->unbuffered;
	error = compile(dig);
	if (error)
		return error;
	if (options->summary) {
		dig->summary = event_summary_new();
		if (!dig->summary)
			return -ENOMEM;
	}
	return 0;
}

static void release(struct dig *dig)
{
	field_context_fini(&dig->context);
	filter_free(dig->filter);
	event_format_free(dig->format);
	event_summary_free(dig->summary);
	dig_output_fini(&dig->output);
}

/* ---- the end ---- */

static void print_summary(struct dig *dig)
{
	static const char rule[] = "----------------------";
	struct event_summary_row rows[SUMMARY_ROWS];
	size_t count = event_summary_rows(dig->summary, rows, SUMMARY_ROWS);
	char line[256];

	dig_output_line(&dig->output, rule, sizeof(rule) - 1);
	dig_output_line(&dig->output, line, snprintf(line, sizeof(line), "%-16s#Calls", "Event"));
	dig_output_line(&dig->output, rule, sizeof(rule) - 1);
	for (size_t i = 0; i < count; i++)
		dig_output_line(&dig->output, line,
				snprintf(line, sizeof(line), "%c %-16.16s%llu", rows[i].direction, rows[i].name,
					 (unsigned long long)rows[i].count));
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void print_totals(const struct dig *dig, double elapsed)
{
	fprintf(stderr, "Driver Events:%llu\nDriver Drops:%llu\nSuppressed by Comm:%llu\n",
		(unsigned long long)dig->taken, (unsigned long long)dig->lost, (unsigned long long)dig->suppressed);
	fprintf(stderr, "Elapsed time: %.3f, Captured Events: %llu, %.2f eps\n", elapsed, (unsigned long long)dig->shown,
		elapsed > 0 ? dig->shown / elapsed : 0);
}

static int run(const struct dig_options *options)
{
	double start = now();
	struct dig dig;
	int error;

	signal(SIGPIPE, SIG_IGN); /* a reader that has seen enough: write(2) says so */
	error = prepare(&dig, options);
	if (error) {
		if (error == -ENOMEM)
			fprintf(stderr, "spantop: out of memory\n");
		release(&dig);
		return 1;
	}
	if (options->nfiles)
		dig_captures(&dig);
	else
		dig_live(&dig);
	dig_output_flush(&dig.output);
	if (options->verbose)
		print_totals(&dig, now() - start);
	if (dig.summary)
		print_summary(&dig);
	dig_output_flush(&dig.output);
	if (dig.output.error && dig.output.error != EPIPE) {
		fprintf(stderr, "spantop: standard output: %s\n", strerror(dig.output.error));
		dig.status = 1;
	}
	release(&dig);
	return dig.status;
}

int dig_run(int argc, char **argv)
{
	struct dig_options options;
	char error[256];
	int status = 0;

	if (dig_options_parse(&options, argc, argv, error, sizeof(error))) {
		fprintf(stderr, "spantop: %s\n", error);
		dig_options_fini(&options);
		return 2;
	}
	if (options.help)
		dig_options_help();
	else if (options.version)
		puts("spantop " SPANTOP_VERSION);
	else if (options.list)
		dig_list(&options);
	else
		status = run(&options);
	dig_options_fini(&options);
	return status ? status : fflush(stdout) || ferror(stdout);
}
