/* Options of `spantop dig`: one table gives parsing and help. */
#ifndef DIG_OPTIONS_H
#define DIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/field.h"

enum dig_list { DIG_LIST_NONE, DIG_LIST_FIELDS, DIG_LIST_MARKDOWN, DIG_LIST_EVENTS };

struct dig_options {
	const char **files;        /* of captures; none: the live machine */
	size_t nfiles;
	const char *format;        /* NULL: as many fields as can be shown without quite filling a line */
	bool json, quiet, summary, verbose, progress, unbuffered, debug;
	bool display_filter;       /* -n and -S count what the filter drops too */
	bool no_users;
	const char **suppressed;   /* names of processes */
	size_t nsuppressed;
	uint64_t max_events;       /* 0: all */
	const char *events;           /* live, besides calls, as of struct options; NULL none */
	uint64_t max_seconds;
	unsigned snap_length;      /* bytes; 0 the default */
	struct field_settings settings;

	const char *write_path;    /* NULL: none */
	bool compress, fat;
	uint64_t file_megabytes, file_seconds, file_events; /* when the next file begins; 0 never */
	uint64_t file_limit;       /* number of files; 0 any */

	enum dig_list list;
	bool help, version;
	char *filter;              /* the remaining words joined by blanks; NULL none */
	char **command;            /* behind `--`: to be started and looked at alone; NULL none */
};

/* 0, or -EINVAL with one line in error (size bytes). */
int dig_options_parse(struct dig_options *options, int argc, char **argv, char *error, size_t size);
void dig_options_fini(struct dig_options *options);
/* Writes the help page to standard output. */
void dig_options_help(void);

#endif
