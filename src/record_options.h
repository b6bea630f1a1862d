/* The command line of `spantop record`: one table gives parsing and help. */
#ifndef RECORD_OPTIONS_H
#define RECORD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_options {
	const char *output;            /* "-": standard output */
	bool gzip, help;
	unsigned snap_length;          /* bytes, 0 the default */
	const char *events;            /* besides calls, as of struct options; NULL none */
	const char *scope;             /* "spans", "inside", "all" */
	size_t ring;                   /* bytes of a ring a CPU, 0 the default */
	uint64_t bytes_per_file, seconds_per_file, events_per_file; /* 0 no bound */
	unsigned files;                /* kept, 0 all */
	double stop_after;             /* seconds, 0 never */
	uint64_t stop_events;          /* 0 never */
	char *filter;                  /* the words before `--` joined by blanks, malloced; NULL none */
	char **command;                /* the words after `--`, ended by NULL; NULL none */
};

/* Fills options from the arguments; argv[0] is "record". 0, or -EINVAL with one line in error. */
int record_options_parse(struct record_options *options, int argc, char **argv, char *error, size_t size);
void record_options_fini(struct record_options *options);
void record_options_help(void);

#endif
