/* dig -w: what is shown goes into a capture instead. */
#include <stdio.h>
#include <string.h>

#include "dig_private.h"
#include "engine/scap_event.h"

bool dig_write_open(struct dig *dig, struct engine *engine, struct capture_sink_options *sink)
{
	const struct dig_options *options = dig->options;
	char error[512];

	sink->gzip = options->compress;
	sink->bytes_per_file = options->file_megabytes * 1000000;
	sink->seconds_per_file = options->file_seconds;
	sink->events_per_file = options->file_events;
	sink->files = options->file_limit;
	dig->sink = capture_sink_open(engine, options->write_path, sink, error, sizeof(error));
	if (dig->sink)
		return true;
	fprintf(stderr, "spantop: %s\n", error);
	dig->status = 1;
	dig->stop = true;
	return false;
}

/* Whether what comes later may look different without it. */
static bool changes_state(const struct event *event)
{
	switch (event->type) {
	case EVENT_FORK:
	case EVENT_EXEC:
	case EVENT_THREAD_EXIT:
		return true;
	case EVENT_CALL:
		return event->fd || event->payload_size;
	case EVENT_SCAP:
		return scap_types[event->call].flags & SCAP_MODIFIES_STATE;
	}
	return false;
}

void dig_write_event(struct dig *dig, const struct event *event, bool is_shown)
{
	bool is_hidden = !is_shown && dig->options->fat && changes_state(event);

	if ((is_shown || is_hidden) && !capture_sink_event(dig->sink, event, is_hidden))
		dig->stop = true;
}

void dig_write_close(struct dig *dig)
{
	char error[512];

	if (dig->sink && !capture_sink_close(dig->sink, error, sizeof(error))) {
		fprintf(stderr, "spantop: %s\n", error);
		dig->status = 1;
	}
	dig->sink = NULL;
}
