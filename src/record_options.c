#include "record_options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_loader/probe_loader.h"

enum option_key { KEY_SCOPE = 256, KEY_RING };

static const struct row {
	int key;               /* the short option, or one of enum option_key */
	const char *name;
	const char *argument;  /* NULL: takes none */
	const char *help;
	const char *expected;  /* of an argument that is wrong */
} rows[] = {
	{ 'o', "output", "FILE", "write this file; spantop.scap if not given; `-` is standard output", "the name of a file" },
	{ 'z', "compress", NULL, "write gzip", NULL },
	{ 's', "snaplen", "LEN", "keep LEN bytes of each read or written buffer, at most 4080; 80 if not given",
	  "a number of bytes from 1 to 4080" },
	{ 'C', "file-size", "MB", "begin a new file after so many million bytes; names get numbers from 0 on",
	  "a number of million bytes" },
	{ 'G', "seconds", "N", "begin a new file every N seconds; names get numbers, or with a % are formats of strftime",
	  "a number of seconds" },
	{ 'e', "event-limit", "N", "begin a new file after N events", "a number of events" },
	{ 'W', "limit", "N", "keep N files: the next one replaces the oldest", "a number of files" },
	{ 'M', "stop-after", "SECONDS", "stop after so many seconds", "a number of seconds" },
	{ 'n', "numevents", "N", "stop after N events", "a number of events" },
	{ KEY_SCOPE, "scope", "SCOPE", "record `spans`: markers only; `inside`: also the calls of processes with an open "
	  "span and of what these started; `all`: every call; `all` if not given", "spans, inside or all" },
	{ KEY_RING, "ring", "SIZE", "buffer for each CPU between kernel and spantop; 8M if not given, less on many CPUs",
	  "a size of at most 1G, such as 8M" },
	{ 'h', "help", NULL, "this page", NULL },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

#define HELP_COLUMN 29
#define HELP_WIDTH 80

/* Starts in HELP_COLUMN, and goes on there in further lines. */
static void print_wrapped(const char *text)
{
	int column = HELP_COLUMN;

	while (*text) {
		int length = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		column += printf("%s%.*s", column > HELP_COLUMN ? " " : "", length, text);
		text += length;
		text += *text == ' ';
	}
	putchar('\n');
}

void record_options_help(void)
{
	printf("spantop record [options] [filter] [-- COMMAND [arguments]]\n\n"
	       "Writes a capture (.scap file) of the live machine, which spantop, sysdig and csysdig\n"
	       "read: until it is interrupted, or until COMMAND ends. With COMMAND, only of it and of\n"
	       "what it starts; the exit status is then COMMAND's.\n"
	       "A filter is a condition over fields, such as: proc.name=nginx\n\n");
	for (size_t i = 0; i < ROWS; i++) {
		char left[64];
		int length = snprintf(left, sizeof(left), "  %s%c%s --%s%s%s", rows[i].key < 256 ? "-" : " ",
				      rows[i].key < 256 ? rows[i].key : ' ', rows[i].key < 256 ? "," : " ", rows[i].name,
				      rows[i].argument ? " " : "", rows[i].argument ? rows[i].argument : "");

		if (length >= HELP_COLUMN)
			printf("%s\n%*s", left, HELP_COLUMN, "");
		else
			printf("%-*s", HELP_COLUMN, left);
		print_wrapped(rows[i].help);
	}
	printf("\n    spantop record -M 10\n"
	       "    spantop record -o make.scap -- make all\n"
	       "    spantop -r make.scap\n");
}

static bool parse_count(const char *text, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value && *value <= most;
}

/* A number with an optional K, M or G. */
static bool parse_size(const char *text, size_t most, size_t *size)
{
	static const char units[] = "KMG";
	char *end;
	double number = strtod(text, &end);
	const char *unit = *end ? strchr(units, *end & ~32) : NULL;

	if (end == text || !isfinite(number) || number <= 0 || (*end && (!unit || end[1])))
		return false;
	for (long i = unit ? unit - units : -1; i >= 0; i--)
		number *= 1024;
	if (number > (double)most)
		return false;
	*size = number;
	return true;
}

/* One option; false if its argument is wrong. */
static bool take(struct record_options *options, int key, const char *text)
{
	uint64_t value;
	char *end;

	switch (key) {
	case 'o': options->output = text; return *text;
	case 'z': options->gzip = true; return true;
	case 's':
		if (!parse_count(text, 4080, &value))
			return false;
		options->snap_length = value;
		return true;
	case 'C':
		if (!parse_count(text, UINT64_MAX / 1000000, &value))
			return false;
		options->bytes_per_file = value * 1000000;
		return true;
	case 'G': return parse_count(text, UINT64_MAX / 2, &options->seconds_per_file);
	case 'e': return parse_count(text, UINT64_MAX - 1, &options->events_per_file);
	case 'W':
		if (!parse_count(text, UINT_MAX, &value))
			return false;
		options->files = value;
		return true;
	case 'M':
		options->stop_after = strtod(text, &end);
		return end != text && !*end && options->stop_after > 0 && options->stop_after < 1e9;
	case 'n': return parse_count(text, UINT64_MAX - 1, &options->stop_events);
	case KEY_SCOPE: options->scope = text; return probe_scope_parse(text) >= 0;
	case KEY_RING: return parse_size(text, 1 << 30, &options->ring);
	case 'h': options->help = true; return true;
	}
	return false;
}

static const struct row *row_of(int key)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].key == key)
			return &rows[i];
	return NULL;
}

static char *join(int count, char **words)
{
	size_t size = 1;
	char *text, *at;

	for (int i = 0; i < count; i++)
		size += strlen(words[i]) + 1;
	at = text = malloc(size);
	if (!text)
		return NULL;
	for (int i = 0; i < count; i++)
		at += sprintf(at, "%s%s", i ? " " : "", words[i]);
	return text;
}

/* The words after the options: a filter, a command, or both. */
static int take_words(struct record_options *options, int argc, char **argv, bool after_dashes, char *error, size_t size)
{
	int end = optind;

	while (!after_dashes && end < argc && strcmp(argv[end], "--"))
		end++;
	if (end > optind) {
		options->filter = join(end - optind, argv + optind);
		if (!options->filter) {
			snprintf(error, size, "out of memory");
			return -EINVAL;
		}
	}
	if (!after_dashes && end == argc)
		return 0;
	options->command = argv + end + !after_dashes;
	if (options->command[0])
		return 0;
	snprintf(error, size, "-- without a command");
	return -EINVAL;
}

int record_options_parse(struct record_options *options, int argc, char **argv, char *error, size_t size)
{
	struct option longs[ROWS + 1] = {};
	char shorts[2 * ROWS + 3] = "+:";
	size_t n = 2;
	int key;

	*options = (struct record_options){ .output = "spantop.scap", .scope = "all" };
	for (size_t i = 0; i < ROWS; i++) {
		longs[i] = (struct option){ rows[i].name, rows[i].argument ? required_argument : no_argument, NULL,
					    rows[i].key };
		if (rows[i].key < 256) {
			shorts[n++] = rows[i].key;
			if (rows[i].argument)
				shorts[n++] = ':';
		}
	}
	opterr = 0;
	while ((key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const char *word = argv[optind - 1];

		if (key == ':')
			snprintf(error, size, "option %s needs an argument", word);
		else if (key == '?' && optopt && optopt < 256)
			snprintf(error, size, "unknown option -%c (see spantop record --help)", optopt);
		else if (key == '?')
			snprintf(error, size, "unknown option %s (see spantop record --help)", word);
		else if (!take(options, key, optarg))
			snprintf(error, size, "--%s %s: expected %s", row_of(key)->name, optarg, row_of(key)->expected);
		else
			continue;
		return -EINVAL;
	}
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
	return take_words(options, argc, argv, optind > 1 && optarg != argv[optind - 1] && !strcmp(argv[optind - 1], "--"),
			  error, size);
}

void record_options_fini(struct record_options *options)
{
	free(options->filter);
	options->filter = NULL;
}
