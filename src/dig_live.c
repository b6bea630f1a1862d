/* dig on the live machine. */
#include <stdio.h>
#include <string.h>

#include "dig_private.h"
#include "engine/scap_expand.h"
#include "session.h"

#define MEMORY (16 << 20)      /* of the recording, which nobody looks at */

struct follower {
	struct dig *dig;
	struct scap_expander *expander;
};

/* A call is printed as its enter and its exit, when it has returned. Markers are what they mean. */
static void on_event(void *context, const struct event *event)
{
	struct follower *follower = context;
	struct scap_expansion expansion;

	switch (event->type) {
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
	case EVENT_MARKER_INVALID:
		dig_event(follower->dig, event);
		return;
	}
	if (scap_expand(follower->expander, event, &expansion))
		return;
	for (size_t i = 0; i < expansion.count; i++)
		dig_event(follower->dig, expansion.events[i]);
}

static void follow(struct dig *dig, struct session *session)
{
	while (!session->stop && !dig->stop) {
		session_step(session, 0);
		dig_output_flush(&dig->output);
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

void dig_live(struct dig *dig)
{
	struct options options = { .snap_length = dig->options->snap_length, .stop_after = dig->options->max_seconds };
	struct engine_options engine_options = { .memory = MEMORY };
	struct follower follower = { .dig = dig, .expander = scap_expander_new() };
	struct session session;

	dig->status = 1;
	if (!follower.expander) {
		fprintf(stderr, "spantop: out of memory\n");
		return;
	}
	if (!session_init(&session, &options, &engine_options)) {
		dig_attach(dig, session.engine);
		if (engine_add_sink(session.engine, on_event, &follower) || session_need_scope(&session, "all")) {
			fprintf(stderr, "spantop: the probe cannot be attached\n");
		} else {
			dig->status = 0;
			follow(dig, &session);
			tell_losses(dig, engine_counts(session.engine));
		}
		dig_attach(dig, NULL);
		session_fini(&session);
	}
	scap_expander_free(follower.expander);
}
