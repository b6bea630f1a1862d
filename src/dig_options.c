#include "dig_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/event_format.h"

enum option_key { KEY_UNBUFFERED = 256, KEY_MARKDOWN };

static const struct row {
	int key;               /* the short option, or one of enum option_key */
	const char *name;      /* of the long one; NULL: there is none */
	const char *argument;  /* NULL: takes none */
	const char *help;
} rows[] = {
	{ 'r', "readfile", "FILE", "read this capture instead of the live machine; `-` is standard input; may be given "
	  "several times" },
	{ 'p', "print", "FORMAT", "what a line says, with %fields; lines that lack one of them are left out unless FORMAT "
	  "begins with *; %12field cuts or fills to 12 bytes; -pc: the usual line with the container" },
	{ 'j', "json", NULL, "an object for each event, with the fields of the format" },
	{ 't', "timetype", "h|a|r|d|D", "show times as time of day, since the epoch, since the first event, from enter to "
	  "exit, or since the event before" },
	{ 'n', "numevents", "N", "stop after N events" },
	{ 'M', NULL, "SECONDS", "stop after so many seconds of events" },
	{ 'q', "quiet", NULL, "print no events" },
	{ 'S', "summary", NULL, "at the end print how many events there were of each type" },
	{ 'v', "verbose", NULL, "print buffers whole, and at the end how many events there were" },
	{ 'P', "progress", NULL, "while reading a file, print on standard error how far it is" },
	{ 'A', "print-ascii", NULL, "print buffers as text, with its ends of lines" },
	{ 'b', "print-base64", NULL, "print buffers in base64" },
	{ 'x', "print-hex", NULL, "print buffers in hexadecimal" },
	{ 'X', "print-hex-ascii", NULL, "print buffers in hexadecimal and as text" },
	{ 'R', "resolve-ports", NULL, "print the names of services instead of the numbers of ports" },
	{ 'D', "debug", NULL, "also print internal events, which only tell about the capture and its state" },
	{ 'd', "displayflt", NULL, "let -n and -S count the events that the filter drops, too" },
	{ 'U', "suppress-comm", "NAME", "leave out the events of processes of this name; may be given several times" },
	{ 'E', "exclude-users", NULL, "know no names of users and groups" },
	{ 's', "snaplen", "LEN", "live: keep LEN bytes of each read or written buffer, at most 4080; 80 if not given" },
	{ 'w', "writefile", "FILE", "print nothing, but write the events to this capture; `-` is standard output" },
	{ 'z', "compress", NULL, "with -w: compress it" },
	{ 'F', "fatfile", NULL, "with -w and a filter: also write the events that others need to be understood; readers "
	  "do not show them" },
	{ 'C', "file-size", "MB", "with -w: begin a new file after so many million bytes; files get a number, from 0 on" },
	{ 'e', NULL, "N", "with -w: begin a new file after N events" },
	{ 'G', "seconds", "N", "with -w: begin a new file every N seconds; in FILE may then stand a time, as strftime "
	  "knows it (%H%M%S)" },
	{ 'W', "limit", "N", "with -C, -e or -G: keep N files, the oldest is written over" },
	{ KEY_UNBUFFERED, "unbuffered", NULL, "write every line at once" },
	{ 'l', "list", NULL, "list the fields; -lv: with their types" },
	{ KEY_MARKDOWN, "list-markdown", NULL, "list the fields as Markdown" },
	{ 'L', "list-events", NULL, "list the types of events with their parameters" },
	{ 'h', "help", NULL, "this page" },
	{ 'V', "version", NULL, "version" },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

/* Of sysdig, but not offered: what is said then. */
static const struct refusal {
	int key;
	const char *name;
	bool has_argument;
	const char *reason;
} refusals[] = {
	{ 'c', "chisel", true, "chisels are not offered by this version" },
	{ 'i', "chisel-info", true, "chisels are not offered by this version" },
	{ 'B', "bpf", false, "spantop brings its own probe; leave -B away" },
	{ 'H', "plugin", true, "plugins are not offered" },
	{ 'I', "input", true, "plugins are not offered" },
	{ 'k', "k8s-api", true, "Kubernetes is not asked for metadata" },
	{ 'K', "k8s-api-cert", true, "Kubernetes is not asked for metadata" },
	{ 'm', "mesos-api", true, "Mesos is not asked for metadata" },
};
#define REFUSALS (sizeof(refusals) / sizeof(*refusals))

/* Accepted for the sake of old command lines: markers are always taken whole. */
#define KEY_TRACERS 'T'

#define HELP_COLUMN 29
#define HELP_WIDTH 80

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

static void print_row(const struct row *row)
{
	char left[64], shorts[4] = "   ";
	int length;

	if (row->key < 256)
		snprintf(shorts, sizeof(shorts), "-%c%s", row->key, row->name ? "," : " ");
	length = snprintf(left, sizeof(left), "  %s %s%s%s%s", shorts, row->name ? "--" : "", row->name ? row->name : "",
			  row->name && row->argument ? " " : "", row->argument ? row->argument : "");
	if (length >= HELP_COLUMN)
		printf("%s\n%*s", left, HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, left);
	print_wrapped(row->help);
}

void dig_options_help(void)
{
	printf("spantop dig [options] [filter]\n\n"
	       "Prints system events, one a line: of the live machine, or of captures (.scap files).\n"
	       "A filter is a condition over fields, such as: evt.type=open and proc.name=cat\n\n");
	for (size_t i = 0; i < ROWS; i++)
		print_row(&rows[i]);
	printf("\nThe usual line is -p \"%s\"\n\n"
	       "    spantop dig -r some.scap fd.name contains /etc\n"
	       "    spantop dig -r some.scap -p \"%%evt.arg.name\" proc.name=cat and evt.type=open\n"
	       "    spantop dig -p \"%%span.tags %%span.duration.human\"\n", event_format_default);
}

static bool parse_count(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value >= least && *value <= most;
}

static bool add_word(const char ***words, size_t *count, const char *word)
{
	const char **more = realloc(*words, (*count + 1) * sizeof(*more));

	if (!more)
		return false;
	*words = more;
	more[(*count)++] = word;
	return true;
}

/* One option; false if its argument is wrong. */
static bool take(struct dig_options *options, int key, const char *text)
{
	struct field_settings *settings = &options->settings;
	uint64_t value;

	switch (key) {
	case 'r': return add_word(&options->files, &options->nfiles, text);
	case 'U': return add_word(&options->suppressed, &options->nsuppressed, text);
	case 'p': options->format = text; return true;
	case 'j':
		/* as sysdig: only lines for people have their buffers cut */
		options->json = true;
		settings->buffer_max = 0;
		return true;
	case 't': settings->time_style = *text; return *text && strchr("hardD", *text) && !text[1];
	case 'n': return parse_count(text, 1, UINT64_MAX - 1, &options->max_events);
	case 'M': return parse_count(text, 1, 1000000000, &options->max_seconds);
	case 'q': options->quiet = true; return true;
	case 'S': options->summary = true; return true;
	case 'v': options->verbose = true; settings->buffer_max = 0; return true;
	case 'P': options->progress = true; return true;
	case 'A': settings->buffer_style = BUFFER_PRINTABLE; return true;
	case 'b': settings->buffer_style = BUFFER_BASE64; return true;
	case 'x': settings->buffer_style = BUFFER_HEX; return true;
	case 'X': settings->buffer_style = BUFFER_HEX_ASCII; return true;
	case 'R': settings->resolve_ports = true; return true;
	case 'D': options->debug = true; return true;
	case 'd': options->display_filter = true; return true;
	case 'E': options->no_users = true; return true;
	case 's':
		if (!parse_count(text, 1, 4080, &value))
			return false;
		options->snap_length = value;
		return true;
	case 'w': options->write_path = text; return true;
	case 'z': options->compress = true; return true;
	case 'F': options->fat = true; return true;
	case 'C': return parse_count(text, 1, 1000000000, &options->file_megabytes);
	case 'e': return parse_count(text, 1, UINT64_MAX - 1, &options->file_events);
	case 'G': return parse_count(text, 1, 1000000000, &options->file_seconds);
	case 'W': return parse_count(text, 1, 1000000, &options->file_limit);
	case KEY_UNBUFFERED: options->unbuffered = true; return true;
	case 'l': options->list = DIG_LIST_FIELDS; return true;
	case KEY_MARKDOWN: options->list = DIG_LIST_MARKDOWN; return true;
	case 'L': options->list = DIG_LIST_EVENTS; return true;
	case 'h': options->help = true; return true;
	case 'V': options->version = true; return true;
	case KEY_TRACERS: return true;
	}
	return false;
}

static const char *expectation(int key)
{
	switch (key) {
	case 't': return "h, a, r, d or D";
	case 'n': return "a number of events";
	case 'M': return "a whole number of seconds";
	case 'C': return "a number of million bytes";
	case 'e': return "a number of events";
	case 'G': return "a number of seconds";
	case 'W': return "a number of files";
	case 's': return "a number of bytes from 1 to 4080";
	}
	return "another argument";
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

struct getopt_tables {
	struct option longs[ROWS + REFUSALS + 2];
	char shorts[2 * (ROWS + REFUSALS) + 4];
};

static void add_option(struct getopt_tables *tables, size_t *nlongs, size_t *nshorts, int key, const char *name,
		       bool has_argument)
{
	if (name)
		tables->longs[(*nlongs)++] = (struct option){ name, has_argument ? required_argument : no_argument, NULL,
							      key };
	if (key < 256) {
		tables->shorts[(*nshorts)++] = (char)key;
		if (has_argument)
			tables->shorts[(*nshorts)++] = ':';
	}
}

static void make_tables(struct getopt_tables *tables)
{
	size_t nlongs = 0, nshorts = 1;

	*tables = (struct getopt_tables){ .shorts = ":" };
	for (size_t i = 0; i < ROWS; i++)
		add_option(tables, &nlongs, &nshorts, rows[i].key, rows[i].name, rows[i].argument);
	for (size_t i = 0; i < REFUSALS; i++)
		add_option(tables, &nlongs, &nshorts, refusals[i].key, refusals[i].name, refusals[i].has_argument);
	add_option(tables, &nlongs, &nshorts, KEY_TRACERS, "force-tracers-capture", false);
}

static const char *refused(int key)
{
	for (size_t i = 0; i < REFUSALS; i++)
		if (refusals[i].key == key)
			return refusals[i].reason;
	return NULL;
}

/* The option as the user may have written it. */
static void say_wrong(int key, const char *argument, char *error, size_t size)
{
	char shown[64];

	text_escape(argument ? argument : "", argument ? strlen(argument) : 0, shown, sizeof(shown));
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].key == key)
			snprintf(error, size, "%s%s %s: expected %s", rows[i].name ? "--" : "-",
				 rows[i].name ? rows[i].name : (char[]){ (char)key, 0 }, shown, expectation(key));
}

static void say_unknown(int key, const char *word, char *error, size_t size)
{
	char shown[64];

	if (key && key < 256) {
		snprintf(error, size, "unknown option -%c (see spantop dig --help)", key);
		return;
	}
	text_escape(word, strlen(word), shown, sizeof(shown));
	snprintf(error, size, "unknown option %s (see spantop dig --help)", shown);
}

static int check(const struct dig_options *options, int styles, char *error, size_t size)
{
	if (styles > 1) {
		snprintf(error, size, "only one of -A, -b, -x and -X can be given");
		return -EINVAL;
	}
	if (options->write_path && options->nfiles > 1) {
		snprintf(error, size, "-w writes what one capture holds: give one -r");
		return -EINVAL;
	}
	if (options->format &&
	    (!strcmp(options->format, "k") || !strcmp(options->format, "kubernetes") || !strcmp(options->format, "m") ||
	     !strcmp(options->format, "mesos"))) {
		snprintf(error, size, "-p%s: the fields of %s are not offered", options->format,
			 *options->format == 'k' ? "Kubernetes" : "Mesos");
		return -EINVAL;
	}
	return 0;
}

int dig_options_parse(struct dig_options *options, int argc, char **argv, char *error, size_t size)
{
	struct getopt_tables tables;
	int key, index, styles = 0;

	*options = (struct dig_options){ .settings = field_settings_default };
	make_tables(&tables);
	opterr = 0;
	while (index = -1, (key = getopt_long(argc, argv, tables.shorts, tables.longs, &index)) != -1) {
		const char *word = argv[optind - 1];

		if (key == ':') {
			snprintf(error, size, "option %s needs an argument", word);
			return -EINVAL;
		}
		if (key == '?') {
			say_unknown(optopt, word, error, size);
			return -EINVAL;
		}
		if (refused(key)) {
			snprintf(error, size, "-%c: %s", key, refused(key));
			return -EINVAL;
		}
		if (!take(options, key, optarg)) {
			say_wrong(key, optarg, error, size);
			return -EINVAL;
		}
		styles += key == 'A' || key == 'b' || key == 'x' || key == 'X';
	}
	if (optind < argc) {
		options->filter = join(argc - optind, argv + optind);
		if (!options->filter) {
			snprintf(error, size, "out of memory");
			return -EINVAL;
		}
	}
	return check(options, styles, error, size);
}

void dig_options_fini(struct dig_options *options)
{
	free(options->files);
	free(options->suppressed);
	free(options->filter);
	*options = (struct dig_options){ 0 };
}
