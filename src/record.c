/* `spantop record`: a live session whose only sink is a capture. */
#include "record.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/capture_sink.h"
#include "engine/filter.h"
#include "machine.h"
#include "messages.h"
#include "traced_command.h"
#include "record_options.h"
#include "session.h"

#define FLUSH_NS 500000000ull     /* with the time that flushing takes a killed recorder loses less than a second */

struct recorder {
	const struct record_options *options;
	struct session session;
	struct options session_options;
	struct machine machine;
	struct capture_sink *sink;
	struct filter *filter;        /* NULL: everything */
	struct field_context context; /* of the filter */
	struct traced_command command;
	bool warned;                  /* it was told of a signal */
	bool is_live;                 /* the session is there */
	bool full;                    /* as many events as were asked for */
};

static void on_event(void *context, const struct event *event)
{
	struct recorder *recorder = context;

	if (recorder->full || (recorder->command.pid && !event->thread->process->is_followed))
		return;
	if (recorder->filter && !filter_passes(recorder->filter, event, &recorder->context))
		return;
	capture_sink_event(recorder->sink, event, false);
	if (recorder->options->stop_events && capture_sink_counts(recorder->sink).events >= recorder->options->stop_events)
		recorder->full = true;
}

/* A signal that was sent to us is meant for the command; keys of the terminal reach it by themselves. Then it may end in
 * its own time, unless there is a second one. */
static void pass_signal(struct recorder *recorder)
{
	struct session *session = &recorder->session;

	if (!recorder->command.pid || !session->signal || recorder->warned)
		return;
	recorder->warned = true;
	session->stop = false;
	if (session->signal_sent)
		kill(recorder->command.pid, session->signal);
}

static bool is_done(struct recorder *recorder)
{
	if (recorder->session.stop)
		pass_signal(recorder);
	return recorder->session.stop || recorder->full || capture_sink_error(recorder->sink)[0] ||
	       (recorder->command.pid && traced_command_wait(&recorder->command));
}

static void run(struct recorder *recorder)
{
	uint64_t flush = session_now() + FLUSH_NS;

	while (!is_done(recorder)) {
		uint64_t now;

		session_step(&recorder->session, flush);
		now = session_now();
		if (now < flush)
			continue;
		flush = now + FLUSH_NS;
		capture_sink_flush(recorder->sink);
	}
	if (!recorder->full && !capture_sink_error(recorder->sink)[0])
		session_drain(&recorder->session);
}

/* ---- start and end ---- */

static int open_sink(struct recorder *recorder)
{
	const struct record_options *options = recorder->options;
	struct capture_sink_options sink = {
		.live = true,
		.gzip = options->gzip,
		.bytes_per_file = options->bytes_per_file,
		.seconds_per_file = options->seconds_per_file,
		.events_per_file = options->events_per_file,
		.files = options->files,
		.machine = &recorder->machine.info,
		.interfaces = recorder->machine.interfaces,
		.ninterfaces = recorder->machine.ninterfaces,
	};
	char error[4608];

	recorder->sink = capture_sink_open(recorder->session.engine, options->output, &sink, error, sizeof(error));
	if (!recorder->sink) {
		fprintf(stderr, "spantop: %s\n", error);
		return -EIO;
	}
	return engine_add_sink(recorder->session.engine, on_event, recorder);
}

static int begin(struct recorder *recorder)
{
	const struct engine_options engine_options = { .stream = true };
	int error;

	if (session_init(&recorder->session, &recorder->session_options, &engine_options))
		return -EPERM;
	recorder->is_live = true;
	machine_describe(&recorder->machine);
	if (recorder->options->filter) {
		struct filter_error filter_error;

		recorder->filter = filter_new(recorder->options->filter, &filter_error);
		if (!recorder->filter)
			return -ENOMEM;
		recorder->context.engine = recorder->session.engine;
	}
	error = open_sink(recorder);
	if (error)
		return error;
	if (session_need_scope(&recorder->session, recorder->options->scope)) {
		fprintf(stderr, "spantop: the probe cannot be attached\n");
		return -EPERM;
	}
	return 0;
}

static void print_end(const struct capture_sink_counts *sink, const char *path, const struct engine_counts *counts)
{
	fprintf(stderr, "spantop: %s: %llu events", path, (unsigned long long)sink->events);
	if (sink->files > 1)
		fprintf(stderr, " in %u files", sink->files);
	fprintf(stderr, "; lost: %llu markers, %llu calls, %llu process events\n",
		(unsigned long long)counts->lost[LOSS_MARKERS], (unsigned long long)counts->lost[LOSS_CALLS],
		(unsigned long long)counts->lost[LOSS_PROCESSES]);
}

/* The file's last bytes may be those that find the disk full. */
static int end(struct recorder *recorder)
{
	struct capture_sink_counts counts = capture_sink_counts(recorder->sink);
	const char *output = recorder->options->output;
	char path[4608], error[4608];

	snprintf(path, sizeof(path), "%s", !strcmp(output, "-") ? "standard output" : capture_sink_path(recorder->sink));
	if (!capture_sink_close(recorder->sink, error, sizeof(error))) {
		fprintf(stderr, "spantop: %s\n", error);
		return 1;
	}
	print_end(&counts, path, engine_counts(recorder->session.engine));
	return 0;
}

static int record(struct recorder *recorder)
{
	bool ready = !begin(recorder);
	int status = ready ? session_start_command(&recorder->session) : 1, written = 0;

	if (!status)
		run(recorder);
	if (recorder->sink)
		written = end(recorder);
	if (!status && !written && recorder->command.has_ended)
		return traced_command_status(&recorder->command);
	return status ? status : written;
}

static int run_options(const struct record_options *options)
{
	struct recorder recorder = {
		.options = options,
		.session_options = { .snap_length = options->snap_length, .ring = options->ring, .scope = options->scope,
				     .events = options->events,
				     .stop_after = options->stop_after, .filter = options->filter,
				     .command = options->command },
	};
	struct options *session_options = &recorder.session_options;
	bool to_output = !strcmp(options->output, "-");
	int status;

	if (options->filter && message_bad_filter(options->filter))
		return 2;
	if (to_output && isatty(STDOUT_FILENO)) {
		fprintf(stderr, "spantop: a capture is nothing for a terminal: redirect it, or name a file with -o\n");
		return 2;
	}
	/* before anything is blocked, attached or raised in priority, none of which the command should inherit */
	if (options->command && traced_command_start(&recorder.command, options->command, to_output ? COMMAND_TO_ERROR : COMMAND_PRINTS)) {
		fprintf(stderr, "spantop: cannot start %s: %s\n", options->command[0], strerror(errno));
		return 1;
	}
	if (options->command)
		session_options->traced = &recorder.command;
	if (options->command && options_follow(session_options, (uint32_t)recorder.command.pid)) {
		fprintf(stderr, "spantop: out of memory\n");
		status = 1;
	} else {
		status = record(&recorder);
	}
	if (options->command)
		traced_command_fini(&recorder.command);
	if (recorder.filter) {
		field_context_fini(&recorder.context);
		filter_free(recorder.filter);
	}
	if (recorder.is_live)
		session_fini(&recorder.session);
	machine_fini(&recorder.machine);
	free(session_options->follow);
	return status;
}

int record_run(int argc, char **argv)
{
	struct record_options options;
	char error[256];
	int status;

	if (record_options_parse(&options, argc, argv, error, sizeof(error))) {
		fprintf(stderr, "spantop: %s\n", error);
		record_options_fini(&options);
		return 2;
	}
	if (options.help) {
		record_options_help();
		return fflush(stdout) || ferror(stdout);
	}
	status = run_options(&options);
	record_options_fini(&options);
	return status;
}
