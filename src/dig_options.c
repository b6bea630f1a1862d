#include "dig_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/event_format.h"
#include "option_table.h"
#include "probe_loader/probe_loader.h"

enum option_key { KEY_UNBUFFERED = OPTION_LONG_ONLY, KEY_EVENTS, KEY_MARKDOWN };

static const struct option_row rows[] = {
	{ 'r', "readfile", "FILE",
	  .help = "read this capture instead of the live machine; `-` is standard input; may be given "
	  "several times" },
	{ 'p', "print", "FORMAT",
	  .help = "what a line says, with %fields; lines that lack one of them are left out unless FORMAT "
	  "begins with *; %12field cuts or fills to 12 bytes; -pc: the usual line with the container, -pk: with its Kubernetes pod" },
	{ 'j', "json", .help = "an object for each event, with the fields of the format" },
	{ 't', "timetype", "h|a|r|d|D",
	  .help = "show times as time of day, since the epoch, since the first event, from enter to "
	  "exit, or since the event before", .expected = "h, a, r, d or D" },
	{ 'n', "numevents", "N", .help = "stop after N events", .expected = "a number of events" },
	{ 'M', NULL, "SECONDS", .help = "stop after so many seconds of events",
	  .expected = "a whole number of seconds" },
	{ 'q', "quiet", .help = "print no events" },
	{ 'S', "summary", .help = "at the end print how many events there were of each type" },
	{ 'v', "verbose", .help = "print buffers whole, and at the end how many events there were" },
	{ 'P', "progress", .help = "while reading a file, print on standard error how far it is" },
	{ 'A', "print-ascii", .help = "print buffers as text, with its ends of lines" },
	{ 'b', "print-base64", .help = "print buffers in base64" },
	{ 'x', "print-hex", .help = "print buffers in hexadecimal" },
	{ 'X', "print-hex-ascii", .help = "print buffers in hexadecimal and as text" },
	{ 'R', "resolve-ports", .help = "print the names of services instead of the numbers of ports" },
	{ 'D', "debug", .help = "also print internal events, which only tell about the capture and its state" },
	{ 'd', "displayflt", .help = "let -n and -S count the events that the filter drops, too" },
	{ 'U', "suppress-comm", "NAME",
	  .help = "leave out the events of processes of this name; may be given several times" },
	{ 'E', "exclude-users", .help = "know no names of users and groups" },
	{ 's', "snaplen", "LEN",
	  .help = "live: keep LEN bytes of each read or written buffer, at most 4080; 80 if not given",
	  .expected = "a number of bytes from 1 to 4080" },
	{ KEY_EVENTS, "events", "LIST",
	  .help = "live: also, besides calls: page_fault, switch (of the thread on a CPU), signaldeliver, with commas between "
	  "them", .expected = "names out of page_fault, switch and signaldeliver, with commas between them" },
	{ 'w', "writefile", "FILE",
	  .help = "print nothing, but write the events to this capture; `-` is standard output" },
	{ 'z', "compress", .help = "with -w: compress it" },
	{ 'F', "fatfile",
	  .help = "with -w and a filter: also write the events that others need to be understood; readers "
	  "do not show them" },
	{ 'C', "file-size", "MB",
	  .help = "with -w: begin a new file after so many million bytes; files get a number, from 0 on",
	  .expected = "a number of million bytes" },
	{ 'e', NULL, "N", .help = "with -w: begin a new file after N events", .expected = "a number of events" },
	{ 'G', "seconds", "N",
	  .help = "with -w: begin a new file every N seconds; in FILE may then stand a time, as strftime "
	  "knows it (%H%M%S)", .expected = "a number of seconds" },
	{ 'W', "limit", "N", .help = "with -C, -e or -G: keep N files, the oldest is written over",
	  .expected = "a number of files" },
	{ KEY_UNBUFFERED, "unbuffered", .help = "write every line at once" },
	{ 'l', "list", .help = "list the fields; -lv: with their types" },
	{ KEY_MARKDOWN, "list-markdown", .help = "list the fields as Markdown" },
	{ 'L', "list-events", .help = "list the types of events with their parameters" },
	{ 'h', "help", .help = "this page" },
	{ 'V', "version", .help = "version" },
	/* of sysdig, but not offered */
	{ 'c', "chisel", "NAME", .refused = "chisels are not offered by this version" },
	{ 'i', "chisel-info", "NAME", .refused = "chisels are not offered by this version" },
	{ 'B', "bpf", .refused = "spantop brings its own probe; leave -B away" },
	{ 'H', "plugin", "NAME", .refused = "plugins are not offered" },
	{ 'I', "input", "NAME", .refused = "plugins are not offered" },
	{ 'k', "k8s-api", "URL", .refused = "the API server of Kubernetes is not asked; pods are known without it" },
	{ 'K', "k8s-api-cert", "FILE", .refused = "the API server of Kubernetes is not asked; pods are known without it" },
	{ 'm', "mesos-api", "URL", .refused = "Mesos is not asked for metadata" },
	/* for the sake of old command lines: markers are always taken whole */
	{ 'T', "force-tracers-capture", .argument = NULL },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

struct parsed {
	struct dig_options *options;
	int styles; /* how often one of -A, -b, -x and -X was given */
};

/* One option; false if its argument is wrong. */
static bool take(void *context, int key, const char *text)
{
	struct parsed *parsed = context;
	struct dig_options *options = parsed->options;
	struct field_settings *settings = &options->settings;
	uint64_t value;

	switch (key) {
	case 'r': return option_add_word(&options->files, &options->nfiles, text);
	case 'U': return option_add_word(&options->suppressed, &options->nsuppressed, text);
	case 'p': options->format = text; return true;
	case 'j':
		/* as sysdig: only lines for people have their buffers cut */
		options->json = true;
		settings->buffer_max = 0;
		return true;
	case 't': settings->time_style = *text; return *text && strchr("hardD", *text) && !text[1];
	case 'n': return option_parse_count(text, 1, UINT64_MAX - 1, &options->max_events);
	case KEY_EVENTS: options->events = text; return probe_events_parse(text) >= 0;
	case 'M': return option_parse_count(text, 1, 1000000000, &options->max_seconds);
	case 'q': options->quiet = true; return true;
	case 'S': options->summary = true; return true;
	case 'v': options->verbose = true; settings->buffer_max = 0; return true;
	case 'P': options->progress = true; return true;
	case 'A': settings->buffer_style = BUFFER_PRINTABLE; parsed->styles++; return true;
	case 'b': settings->buffer_style = BUFFER_BASE64; parsed->styles++; return true;
	case 'x': settings->buffer_style = BUFFER_HEX; parsed->styles++; return true;
	case 'X': settings->buffer_style = BUFFER_HEX_ASCII; parsed->styles++; return true;
	case 'R': settings->resolve_ports = true; return true;
	case 'D': options->debug = true; return true;
	case 'd': options->display_filter = true; return true;
	case 'E': options->no_users = true; return true;
	case 's':
		if (!option_parse_count(text, 1, 4080, &value))
			return false;
		options->snap_length = value;
		return true;
	case 'w': options->write_path = text; return true;
	case 'z': options->compress = true; return true;
	case 'F': options->fat = true; return true;
	case 'C': return option_parse_count(text, 1, 1000000000, &options->file_megabytes);
	case 'e': return option_parse_count(text, 1, UINT64_MAX - 1, &options->file_events);
	case 'G': return option_parse_count(text, 1, 1000000000, &options->file_seconds);
	case 'W': return option_parse_count(text, 1, 1000000, &options->file_limit);
	case KEY_UNBUFFERED: options->unbuffered = true; return true;
	case 'l': options->list = DIG_LIST_FIELDS; return true;
	case KEY_MARKDOWN: options->list = DIG_LIST_MARKDOWN; return true;
	case 'L': options->list = DIG_LIST_EVENTS; return true;
	case 'h': options->help = true; return true;
	case 'V': options->version = true; return true;
	case 'T': return true;
	}
	return false;
}

static const struct option_table table = {
	.rows = rows, .count = ROWS, .program = "spantop dig", .permuted = true, .escaped = true, .take = take,
};

void dig_options_help(void)
{
	printf("spantop dig [options] [filter] [-- COMMAND [arguments]]\n\n"
	       "Prints system events, one a line: of the live machine, or of captures (.scap files).\n"
	       "With COMMAND it starts that and prints the events of it and of what it starts, until\n"
	       "it ends; what COMMAND itself prints goes to standard error.\n"
	       "A filter is a condition over fields, such as: evt.type=open and proc.name=cat\n\n");
	option_table_help(&table);
	printf("\nThe usual line is -p \"%s\"\n\n"
	       "    spantop dig -r some.scap fd.name contains /etc\n"
	       "    spantop dig -r some.scap -p \"%%evt.arg.name\" proc.name=cat and evt.type=open\n"
	       "    spantop dig -p \"%%span.tags %%span.duration.human\"\n"
	       "    spantop dig evt.type=openat -- make\n", event_format_default);
}

static int check(const struct dig_options *options, int styles, char *error, size_t size)
{
	if (styles > 1) {
		snprintf(error, size, "only one of -A, -b, -x and -X can be given");
		return -EINVAL;
	}
	if (options->command && options->nfiles) {
		snprintf(error, size, "a command is for the live machine, not for a capture");
		return -EINVAL;
	}
	if (options->write_path && options->nfiles > 1) {
		snprintf(error, size, "-w writes what one capture holds: give one -r");
		return -EINVAL;
	}
	if (options->format && (!strcmp(options->format, "m") || !strcmp(options->format, "mesos"))) {
		snprintf(error, size, "-p%s: the fields of Mesos are not offered", options->format);
		return -EINVAL;
	}
	return 0;
}

/* getopt, which lets options follow the filter, must not see the command's. */
static int words_before_command(int argc, char **argv)
{
	int end = 1;

	while (end < argc && strcmp(argv[end], "--"))
		end++;
	return end;
}

int dig_options_parse(struct dig_options *options, int argc, char **argv, char *error, size_t size)
{
	struct parsed parsed = { .options = options };
	int end = words_before_command(argc, argv);

	*options = (struct dig_options){ .settings = field_settings_default };
	if (option_table_parse(&table, &parsed, end, argv, error, size) ||
	    option_join_filter(&options->filter, end - optind, argv + optind, error, size))
		return -EINVAL;
	if (end < argc) {
		options->command = argv + end + 1;
		if (!options->command[0]) {
			snprintf(error, size, "-- without a command");
			return -EINVAL;
		}
	}
	return check(options, parsed.styles, error, size);
}

void dig_options_fini(struct dig_options *options)
{
	free(options->files);
	free(options->suppressed);
	free(options->filter);
	*options = (struct dig_options){ 0 };
}
