/* dig over capture files: each has an engine of its own, as each is of a machine and a time of its own. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dig_private.h"
#include "engine/capture_source.h"

#define PUMP_INPUTS 4096

/* Set by the handler of SIGINT and SIGTERM; there is no other way out of one. */
static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
	(void)number;
	is_interrupted = 1;
}

/* The first signal ends the reading, and what was counted is told; a second one ends the program. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* ---- a source without users and groups ---- */

struct nameless {
	struct source source;
	struct source *inner;
};

/* Never 0 because of what is left out: that would mean that there is nothing at the moment. */
static int next_nameless(struct source *source, struct input *inputs, size_t max)
{
	struct source *inner = ((struct nameless *)source)->inner;
	int count, kept;

	do {
		count = inner->operations->next(inner, inputs, max);
		kept = 0;
		for (int i = 0; i < count; i++)
			if (inputs[i].kind != INPUT_USER)
				inputs[kept++] = inputs[i];
	} while (count > 0 && !kept);
	return count > 0 ? kept : count;
}

static int no_poll_fd(struct source *source)
{
	(void)source;
	return -1;
}

static const struct source_operations nameless_operations = { .next = next_nameless, .poll_fd = no_poll_fd };

/* ---- reading ---- */

struct reading {
	struct dig *dig;
	struct engine *engine;
	uint64_t first_time;
	unsigned percent;        /* in hundredths, that was told last */
	const struct source *source;
	struct capture_sink_options sink;
};

/* Only with its first event the file has said what it knows of the machine. */
static bool has_sink(struct reading *reading)
{
	struct dig *dig = reading->dig;

	if (!dig->options->write_path)
		return false;
	if (dig->sink)
		return true;
	reading->sink.machine = capture_source_machine(reading->source);
	return dig_write_open(dig, reading->engine, &reading->sink);
}

/* What another filter left out of this file, but for what comes after it, goes on as it is. */
static void on_hidden_event(void *context, const struct event *event)
{
	struct reading *reading = context;
	struct dig *dig = reading->dig;

	if (!dig->stop && has_sink(reading) && !capture_sink_event(dig->sink, event, true))
		dig->stop = true;
}

static void on_event(void *context, const struct event *event)
{
	struct reading *reading = context;
	struct dig *dig = reading->dig;
	bool is_shown;

	if (!reading->first_time) {
		reading->first_time = event->time;
		if (dig->options->max_seconds)
			dig->last_time = event->time + dig->options->max_seconds * 1000000000ull;
	}
	if (dig->stop)
		return;
	has_sink(reading);
	if (dig->stop)
		return;
	is_shown = dig_event(dig, event);
	if (dig->sink)
		dig_write_event(dig, event, is_shown);
}

static void print_progress(struct reading *reading, const struct source *source)
{
	const struct scap_counts *counts = capture_source_counts(source);
	unsigned percent;

	if (!counts->file_size)
		return;
	percent = (double)counts->file_position * 10000 / counts->file_size;
	if (percent < reading->percent + 100 && percent < 10000)
		return;
	reading->percent = percent;
	fprintf(stderr, "\r%.2f", percent / 100.0);
}

static int pump(struct reading *reading, struct source *source, bool is_live)
{
	struct dig *dig = reading->dig;
	struct nameless nameless = { .source.operations = &nameless_operations, .inner = source };
	struct source *from = dig->options->no_users ? &nameless.source : source;
	int taken = 0;

	while (taken >= 0 && !dig->stop && !is_interrupted) {
		taken = engine_pump(reading->engine, from, PUMP_INPUTS);
		if (is_live)
			dig_output_flush(&dig->output);
		if (dig->options->progress)
			print_progress(reading, source);
	}
	if (dig->options->progress)
		fprintf(stderr, "%s\n", taken == -ENODATA ? "\r100.00" : "");
	return taken < 0 && taken != -ENODATA ? taken : 0;
}

/* Warnings come after what is printed of the file. */
static void warn(struct dig *dig, const char *path, const char *reason)
{
	char shown[512];

	dig_output_flush(&dig->output);
	text_escape(path, strlen(path), shown, sizeof(shown));
	fprintf(stderr, "spantop: %s: %s\n", shown, reason);
	dig->status = 1;
}

static void read_file(struct dig *dig, const char *path)
{
	struct engine_options options = {
		.stream = true,
		.suppressed = dig->options->suppressed,
		.nsuppressed = dig->options->nsuppressed,
	};
	struct reading reading = { .dig = dig };
	char error[512];
	struct source *source = capture_source_open(path, error, sizeof(error));
	int status = -ENOMEM;

	if (!source) {
		dig_output_flush(&dig->output);
		fprintf(stderr, "spantop: %s\n", error);
		dig->status = 1;
		return;
	}
	reading.source = source;
	reading.engine = engine_new(&options);
	if (reading.engine && !engine_add_sink(reading.engine, on_event, &reading)) {
		dig_attach(dig, reading.engine);
		if (dig->options->write_path && (dig->options->fat || !dig->filter))
			engine_set_hidden_sink(reading.engine, on_hidden_event, &reading);
		status = pump(&reading, source, !strcmp(path, "-") || dig->output.is_terminal);
	}
	if (status)
		warn(dig, path, strerror(-status));
	else if (*capture_source_damage(source) && !dig->stop)
		warn(dig, path, capture_source_damage(source));
	/* a capture without events is one, too */
	if (dig->options->write_path && !dig->sink && !dig->stop && reading.engine)
		dig_write_open(dig, reading.engine, &reading.sink);
	dig_write_close(dig);
	dig_attach(dig, NULL);
	if (reading.engine)
		dig->suppressed += engine_counts(reading.engine)->suppressed;
	source->operations->close(source);
	engine_free(reading.engine);
}

void dig_captures(struct dig *dig)
{
	catch_signals();
	for (size_t i = 0; i < dig->options->nfiles && !dig->stop && !is_interrupted; i++)
		read_file(dig, dig->options->files[i]);
}
