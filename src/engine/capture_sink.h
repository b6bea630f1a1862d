/* Writes what an engine sees into a capture: the lists of what exists, then events, in one file or a row of them. */
#ifndef ENGINE_CAPTURE_SINK_H
#define ENGINE_CAPTURE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../scap/writer.h"
#include "engine.h"

/* When a new file begins, and how it is called: as sysdig's -C, -G, -e and -W do. With any of the first three the name
 * gets a number, from 0 on; with a limit on the files numbers go round. Where seconds are given, a name with a '%' is
 * a format of strftime instead (with the file's first event in local time), and older files than the limit are
 * removed. */
struct capture_sink_options {
	bool live;                    /* the engine's source is: threads whose beginning the file lacks are told of in
				       * it, and events that were lost */
	bool gzip;
	uint64_t bytes_per_file;      /* 0: no bound, likewise below */
	uint64_t seconds_per_file;
	uint64_t events_per_file;
	unsigned files;
	const struct scap_machine *machine;        /* borrowed while the sink is; NULL: not known */
	const struct scap_interface *interfaces;   /* likewise */
	size_t ninterfaces;
};

struct capture_sink;

/* The file is made at once, what exists is written at the first event. NULL with one line, that names the file, in error. */
struct capture_sink *capture_sink_open(struct engine *engine, const char *path, const struct capture_sink_options *options,
				       char *error, size_t size);
/* Writes an event, of the state as it is; live ones in the form that captures have. hidden: it only matters for what
 * comes after it. False from the first error on. */
bool capture_sink_event(struct capture_sink *sink, const struct event *event, bool hidden);
/* All so far reaches the file. False as above. */
bool capture_sink_flush(struct capture_sink *sink);
/* One line that names the file, or "". */
const char *capture_sink_error(const struct capture_sink *sink);

struct capture_sink_counts {
	uint64_t events;         /* written, state-only ones included */
	uint64_t skipped;        /* too long for any reader, or known to crash sysdig 0.29.3 */
	unsigned files;          /* begun */
};
struct capture_sink_counts capture_sink_counts(const struct capture_sink *sink);
/* The file that is being written. */
const char *capture_sink_path(const struct capture_sink *sink);
/* Completes the file and frees the sink. False if anything failed, now or before: then error has the line. */
bool capture_sink_close(struct capture_sink *sink, char *error, size_t size);

#endif
