/* What the parts of `spantop dig` share. */
#ifndef DIG_PRIVATE_H
#define DIG_PRIVATE_H

#include "dig_options.h"
#include "dig_output.h"
#include "engine/capture_sink.h"
#include "engine/engine.h"
#include "engine/event_format.h"
#include "engine/event_summary.h"
#include "engine/filter.h"

/* One run: the sink, and what it has seen. */
struct dig {
	const struct dig_options *options;
	struct filter *filter;           /* NULL: everything passes */
	struct event_format *format;
	struct event_summary *summary;   /* NULL: not asked for */
	struct field_context context;    /* of the engine that feeds the sink now */
	struct dig_output output;
	struct capture_sink *sink;       /* of -w; NULL: there is none, or no engine */
	uint64_t shown;                  /* events that the filter passed (-d: all), printed or not */
	uint64_t suppressed;
	uint64_t taken, lost;            /* of the live machine: by the probe */
	uint64_t last_time;              /* of events: what is not before it is not wanted */
	bool stop;                       /* a limit is reached, or nobody reads */
	int status;                      /* exit status so far */
};

/* Shows dig an event: an EVENT_SCAP, or a marker. Whether it is one that was asked for. */
bool dig_event(struct dig *dig, const struct event *event);
/* The sink has a new engine: forgets what it knew of the last one. */
void dig_attach(struct dig *dig, const struct engine *engine);

/* Reads the capture files, one after the other. */
void dig_captures(struct dig *dig);
/* Follows the live machine. */
void dig_live(struct dig *dig);

/* Begins the capture that -w asks for; what options say of it is filled in. False after having said why. */
bool dig_write_open(struct dig *dig, struct engine *engine, struct capture_sink_options *sink);
/* An event as the engine shows it. Those that were not asked for are written where later ones need them (-F). */
void dig_write_event(struct dig *dig, const struct event *event, bool is_shown);
void dig_write_close(struct dig *dig);

/* -l, --list-markdown, -L: to standard output. */
void dig_list(const struct dig_options *options);

#endif
