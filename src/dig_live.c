/* dig on the live machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dig_private.h"
#include "engine/scap_expand.h"
#include "machine.h"
#include "session.h"
#include "traced_command.h"

#define FLUSH_NS 500000000ull /* what a capture lacks at most of a dig that was killed */

struct follower {
	struct dig *dig;
	struct scap_expander *expander;
};

/* A call is printed as its enter and its exit, when it has returned. Markers are what they mean. */
static bool show(struct follower *follower, const struct event *event)
{
	struct scap_expansion expansion;
	bool is_shown = false;

	switch (event->type) {
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
	case EVENT_MARKER_INVALID:
		return dig_event(follower->dig, event);
	}
	if (scap_expand(follower->expander, event, &expansion))
		return false;
	for (size_t i = 0; i < expansion.count; i++)
		is_shown |= dig_event(follower->dig, expansion.events[i]);
	return is_shown;
}

static void on_event(void *context, const struct event *event)
{
	struct follower *follower = context;
	bool is_shown;

	if (follower->dig->stop || (follower->dig->options->command && !event->thread->process->is_followed))
		return;
	is_shown = show(follower, event);
	if (follower->dig->sink)
		dig_write_event(follower->dig, event, is_shown);
}

static void follow(struct dig *dig, struct session *session)
{
	uint64_t flush = session_now() + FLUSH_NS;

	while (!session->stop && !dig->stop && !session_command_ended(session)) {
		session_step(session, dig->sink ? flush : 0);
		dig_output_flush(&dig->output);
		if (dig->sink && session_now() >= flush) {
			flush = session_now() + FLUSH_NS;
			capture_sink_flush(dig->sink);
		}
	}
	if (!dig->stop)
		session_drain(session);
}

/* What was lost is said whether or not anybody asks. */
static void tell_losses(struct dig *dig, const struct engine_counts *counts)
{
	unsigned long long markers = counts->lost[LOSS_MARKERS], calls = counts->lost[LOSS_CALLS],
			   processes = counts->lost[LOSS_PROCESSES];

	dig->taken = counts->inputs;
	dig->lost = markers + calls + processes;
	if (dig->lost)
		fprintf(stderr, "spantop: lost: %llu markers, %llu calls, %llu process events\n", markers, calls, processes);
}

static void run(struct dig *dig, struct session *session, struct follower *follower)
{
	struct machine machine;
	struct capture_sink_options sink;

	if (engine_add_sink(session->engine, on_event, follower) || session_need_scope(session, "all")) {
		fprintf(stderr, "spantop: the probe cannot be attached\n");
		dig->status = 1;
		return;
	}
	machine_describe(&machine);
	sink = (struct capture_sink_options){ .live = true, .machine = &machine.info, .interfaces = machine.interfaces,
					      .ninterfaces = machine.ninterfaces };
	if (!dig->options->write_path || dig_write_open(dig, session->engine, &sink)) {
		dig->status = session_start_command(session);
		if (!dig->status)
			follow(dig, session);
	}
	dig_write_close(dig);
	tell_losses(dig, engine_counts(session->engine));
	machine_fini(&machine);
}

static void run_session(struct dig *dig, const struct options *options, struct follower *follower)
{
	struct engine_options engine_options = { .stream = true };
	struct session session;

	if (session_init(&session, options, &engine_options)) {
		dig->status = 1;
		return;
	}
	dig_attach(dig, session.engine);
	run(dig, &session, follower);
	dig_attach(dig, NULL);
	session_fini(&session);
}

/* The command is started before anything is blocked, attached or raised in priority, none of which it should inherit. */
static void run_command(struct dig *dig, struct options *options, struct follower *follower)
{
	struct traced_command command;
	int error = traced_command_start(&command, dig->options->command, COMMAND_TO_ERROR);

	dig->status = 1;
	if (error) {
		fprintf(stderr, "spantop: cannot start %s: %s\n", dig->options->command[0], strerror(-error));
	} else if (options_follow(options, (uint32_t)command.pid)) {
		fprintf(stderr, "spantop: out of memory\n");
	} else {
		options->traced = &command;
		options->command = dig->options->command;
		run_session(dig, options, follower);
	}
	traced_command_stop(&command);
	traced_command_fini(&command);
	free(options->follow);
}

void dig_live(struct dig *dig)
{
	struct options options = { .snap_length = dig->options->snap_length, .stop_after = dig->options->max_seconds,
				   .filter = dig->options->filter, .events = dig->options->events };
	struct follower follower = { .dig = dig, .expander = scap_expander_new() };

	if (!follower.expander) {
		fprintf(stderr, "spantop: out of memory\n");
		dig->status = 1;
		return;
	}
	if (dig->options->command)
		run_command(dig, &options, &follower);
	else
		run_session(dig, &options, &follower);
	scap_expander_free(follower.expander);
}
