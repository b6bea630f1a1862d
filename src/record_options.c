#include "record_options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"
#include "probe_loader/probe_loader.h"

enum option_key { KEY_SCOPE = OPTION_LONG_ONLY, KEY_EVENTS, KEY_RING };

static const struct option_row rows[] = {
	{ 'o', "output", "FILE", .help = "write this file; spantop.scap if not given; `-` is standard output",
	  .expected = "the name of a file" },
	{ 'z', "compress", .help = "write gzip" },
	{ 's', "snaplen", "LEN", .help = "keep LEN bytes of each read or written buffer, at most 4080; 80 if not given",
	  .expected = "a number of bytes from 1 to 4080" },
	{ 'C', "file-size", "MB", .help = "begin a new file after so many million bytes; names get numbers from 0 on",
	  .expected = "a number of million bytes" },
	{ 'G', "seconds", "N",
	  .help = "begin a new file every N seconds; names get numbers, or with a % are formats of strftime",
	  .expected = "a number of seconds" },
	{ 'e', "event-limit", "N", .help = "begin a new file after N events", .expected = "a number of events" },
	{ 'W', "limit", "N", .help = "keep N files: the next one replaces the oldest",
	  .expected = "a number of files" },
	{ 'M', "stop-after", "SECONDS", .help = "stop after so many seconds", .expected = "a number of seconds" },
	{ 'n', "numevents", "N", .help = "stop after N events", .expected = "a number of events" },
	{ KEY_SCOPE, "scope", "SCOPE",
	  .help = "record `spans`: markers only; `inside`: also the calls of processes with an open "
	  "span and of what these started; `all`: every call; `all` if not given", .expected = "spans, inside or all" },
	{ KEY_EVENTS, "events", "LIST",
	  .help = "record also, besides calls: page_fault, switch (of the thread on a CPU), signaldeliver, with commas between "
	  "them", .expected = "names out of page_fault, switch and signaldeliver, with commas between them" },
	{ KEY_RING, "ring", "SIZE",
	  .help = "buffer for each CPU between kernel and spantop; 8M if not given, less on many CPUs",
	  .expected = "a size of at most 1G, such as 8M" },
	{ 'h', "help", .help = "this page" },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

/* One option; false if its argument is wrong. */
static bool take(void *context, int key, const char *text)
{
	struct record_options *options = context;
	uint64_t value;

	switch (key) {
	case 'o': options->output = text; return *text;
	case 'z': options->gzip = true; return true;
	case 's':
		if (!option_parse_count(text, 1, 4080, &value))
			return false;
		options->snap_length = value;
		return true;
	case 'C':
		if (!option_parse_count(text, 1, UINT64_MAX / 1000000, &value))
			return false;
		options->bytes_per_file = value * 1000000;
		return true;
	case 'G': return option_parse_count(text, 1, UINT64_MAX / 2, &options->seconds_per_file);
	case 'e': return option_parse_count(text, 1, UINT64_MAX - 1, &options->events_per_file);
	case 'W':
		if (!option_parse_count(text, 1, UINT_MAX, &value))
			return false;
		options->files = value;
		return true;
	case 'M': return option_parse_seconds(text, &options->stop_after);
	case 'n': return option_parse_count(text, 1, UINT64_MAX - 1, &options->stop_events);
	case KEY_SCOPE: options->scope = text; return probe_scope_parse(text) >= 0;
	case KEY_EVENTS: options->events = text; return probe_events_parse(text) >= 0;
	case KEY_RING: return option_parse_size(text, 1 << 30, &options->ring);
	case 'h': options->help = true; return true;
	}
	return false;
}

static const struct option_table table = {
	.rows = rows, .count = ROWS, .program = "spantop record", .take = take,
};

void record_options_help(void)
{
	printf("spantop record [options] [filter] [-- COMMAND [arguments]]\n\n"
	       "Writes a capture (.scap file) of the live machine, which spantop, sysdig and csysdig\n"
	       "read: until it is interrupted, or until COMMAND ends. With COMMAND, only of it and of\n"
	       "what it starts; the exit status is then COMMAND's.\n"
	       "A filter is a condition over fields, such as: proc.name=nginx\n\n");
	option_table_help(&table);
	printf("\n    spantop record -M 10\n"
	       "    spantop record -o make.scap -- make all\n"
	       "    spantop -r make.scap\n");
}

int record_options_parse(struct record_options *options, int argc, char **argv, char *error, size_t size)
{
	*options = (struct record_options){ .output = "spantop.scap", .scope = "all" };
	if (option_table_parse(&table, options, argc, argv, error, size))
		return -EINVAL;
	if (options->help)
		return 0;
	if (options->files && !options->bytes_per_file && !options->seconds_per_file && !options->events_per_file) {
		snprintf(error, size, "-W needs -C, -G or -e");
		return -EINVAL;
	}
	if (!strcmp(options->output, "-") &&
	    (options->bytes_per_file || options->seconds_per_file || options->events_per_file)) {
		snprintf(error, size, "standard output is one file: -C, -G and -e need another");
		return -EINVAL;
	}
	return option_take_words(argc, argv, &options->filter, &options->command, error, size);
}

void record_options_fini(struct record_options *options)
{
	free(options->filter);
	options->filter = NULL;
}
