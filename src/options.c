#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_loader/probe_loader.h"

enum option_key {
	KEY_SCOPE = 256, KEY_MEMORY, KEY_RING, KEY_RAW, KEY_WIDE, KEY_VERSION, KEY_CHECK, KEY_LIST_VIEWS, KEY_VIEW_PATH,
	KEY_NO_MOUSE, KEY_NO_COLOR, KEY_ASCII,
};

static const struct row {
	int key;               /* the short option, or one of enum option_key */
	const char *name;
	const char *argument;  /* NULL: takes none */
	const char *help;      /* NULL: another name of the row before */
} rows[] = {
	{ 'v', "view", "ID", "start with this view (--list-views); traces_summary if none is given" },
	{ 'r', "read", "FILE", "look at a capture instead of the live machine, sysdig's .scap, plain or gzip; `-` is "
	  "standard input; no root needed" },
	{ 'r', "readfile", "FILE", NULL },
	{ 'd', "delay", "MS", "refresh every MS milliseconds, at least 100; 2000 if not given" },
	{ 'M', "stop-after", "SECONDS", "stop after so many seconds (of a capture: of its own time); --raw and -j then print "
	  "once, at the end, unless -d is given" },
	{ 'n', "numevents", "EVENTS", "stop after so many events, and print as with -M" },
	{ 's', "snaplen", "LEN", "keep LEN bytes of each read or written buffer, at most 4080; 80 if not given" },
	{ KEY_SCOPE, "scope", "SCOPE", "capture `spans`: markers only; `inside`: also the calls of processes with an open "
	  "span and of what these started; `all`: every call; `inside` if not given" },
	{ KEY_MEMORY, "memory", "SIZE", "keep the latest SIZE of events (K, M, G); 256M if not given" },
	{ KEY_RING, "ring", "SIZE", "buffer for each CPU between kernel and spantop; 8M if not given, less on many CPUs" },
	{ KEY_RAW, "raw", NULL, "no screen: print the view's rows as text" },
	{ 'j', "json", NULL, "no screen: print an object for each row and line; times in ns" },
	{ KEY_WIDE, "wide", NULL, "with --raw and -j: all columns of the screen, not just csysdig's" },
	{ 'l', "list", NULL, "list the fields that filters know" },
	{ KEY_LIST_VIEWS, "list-views", NULL, "list the views" },
	{ KEY_VIEW_PATH, "view-path", "DIR", "load the view files (*.lua) of DIR, too: csysdig's, or your own; may be given again" },
	{ 'p', "print", "FORMAT", "c: show containers, as csysdig -pc" },
	{ KEY_CHECK, "check", NULL, "tell what this kernel lets spantop do" },
	{ KEY_NO_MOUSE, "no-mouse", NULL, "leave the mouse to the terminal" },
	{ KEY_NO_COLOR, "no-color", NULL, "no colours" },
	{ KEY_ASCII, "ascii", NULL, "draw with plain ASCII" },
	{ 'h', "help", NULL, "this page" },
	{ KEY_VERSION, "version", NULL, "version" },
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

void options_help(void)
{
	printf("spantop [options] [filter]          the screen, or with --raw and -j its rows\n"
	       "spantop record [options] [filter] [-- COMMAND [arguments]]   writes a capture\n"
	       "spantop dig [options] [filter]      prints events, a line each, as sysdig does\n\n"
	       "Shows where time goes inside running programs: spans that programs mark by writing\n"
	       "one line to /dev/null, live or in a capture, down to the system calls inside one\n"
	       "span.\n\n"
	       "    echo \">::website-latency::\" > /dev/null     begins a span\n"
	       "    echo \"<::website-latency::\" > /dev/null     ends it\n\n"
	       "A filter is a condition over fields, such as: span.duration > 500ms\n\n");
	for (size_t i = 0; i < ROWS; i++) {
		char left[HELP_COLUMN];

		if (!rows[i].help)
			continue;
		snprintf(left, sizeof(left), "%s%c%s --%s%s%s", rows[i].key < 256 ? "-" : " ",
			 rows[i].key < 256 ? rows[i].key : ' ', rows[i].key < 256 ? "," : " ", rows[i].name,
			 rows[i].argument ? " " : "", rows[i].argument ? rows[i].argument : "");
		printf("  %-*s", HELP_COLUMN - 2, left);
		print_wrapped(rows[i].help);
	}
	printf("\nspantop record --help and spantop dig --help tell theirs.\n"
	       "\nEnvironment: NO_COLOR, when set, does what --no-color does. SPANTOP_DEBUG, when\n"
	       "set, shows what libbpf says while the probe is loaded. SPANTOP_BTF names a file\n"
	       "of kernel types to use instead of /sys/kernel/btf/vmlinux.\n");
}

/* A number with an optional K, M or G. */
static bool parse_size(const char *text, size_t *size)
{
	char *end;
	double number = strtod(text, &end);
	static const char units[] = "KMG";
	const char *unit = *end ? strchr(units, *end & ~32) : NULL;

	if (end == text || !isfinite(number) || number <= 0 || (*end && (!unit || end[1])))
		return false;
	for (long i = unit ? unit - units : -1; i >= 0; i--)
		number *= 1024;
	if (number > 1e15)
		return false;
	*size = number;
	return true;
}

static bool parse_count(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value >= least && *value <= most;
}

static bool add_view_path(struct options *options, const char *path)
{
	const char **paths = realloc(options->view_paths, (options->nview_paths + 1) * sizeof(*paths));

	if (!paths)
		return false;
	options->view_paths = paths;
	paths[options->nview_paths++] = path;
	return true;
}

/* One option; false if its argument is wrong. */
static bool take(struct options *options, int key, const char *text)
{
	uint64_t value;
	char *end;

	switch (key) {
	case 'v': options->view = text; return true;
	case 'r':
		/* of several the first, as csysdig's screen shows it */
		if (!options->read)
			options->read = text;
		return *text;
	case 'd':
		if (!parse_count(text, 100, 3600000, &value))
			return false;
		options->refresh = value * 1000000;
		options->refresh_given = true;
		return true;
	case 'M':
		options->stop_after = strtod(text, &end);
		return end != text && !*end && options->stop_after > 0 && options->stop_after < 1e9;
	case 'n': return parse_count(text, 1, UINT64_MAX - 1, &options->stop_events);
	case 's':
		if (!parse_count(text, 1, 4080, &value))
			return false;
		options->snap_length = value;
		return true;
	case KEY_SCOPE: options->scope = text; return probe_scope_parse(text) >= 0;
	case KEY_MEMORY: return parse_size(text, &options->memory) && options->memory >= 1 << 20;
	case KEY_RING: return parse_size(text, &options->ring) && options->ring <= 1 << 30;
	case KEY_RAW: options->raw = true; return true;
	case 'j': options->json = true; return true;
	case KEY_WIDE: options->wide = true; return true;
	case 'l': options->list_fields = true; return true;
	case KEY_LIST_VIEWS: options->list_views = true; return true;
	case 'p':
		options->containers = !strcmp(text, "c") || !strcmp(text, "container");
		return options->containers;
	case KEY_VIEW_PATH: return add_view_path(options, text);
	case KEY_CHECK: options->check = true; return true;
	case KEY_NO_MOUSE: options->no_mouse = true; return true;
	case KEY_NO_COLOR: options->no_color = true; return true;
	case KEY_ASCII: options->ascii = true; return true;
	case 'h': options->help = true; return true;
	case KEY_VERSION: options->version = true; return true;
	}
	return false;
}

static const char *expectation(int key)
{
	switch (key) {
	case 'r': return "the name of a file";
	case 'd': return "a number of milliseconds from 100 to 3600000";
	case 'M': return "a number of seconds";
	case 'n': return "a number of events";
	case 's': return "a number of bytes from 1 to 4080";
	case 'p': return "c or container";
	case KEY_SCOPE: return "spans, inside or all";
	case KEY_MEMORY: return "a size of at least 1M, such as 512M";
	case KEY_RING: return "a size of at most 1G, such as 8M";
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

int options_parse(struct options *options, int argc, char **argv, char *error, size_t size)
{
	struct option longs[ROWS + 1] = {};
	char shorts[2 * ROWS + 3] = "+:";
	size_t n = 2;
	int key, index;

	*options = (struct options){ .refresh = 2000000000ull };
	for (size_t i = 0; i < ROWS; i++) {
		longs[i] = (struct option){ rows[i].name, rows[i].argument ? required_argument : no_argument, NULL,
					    rows[i].key };
		if (rows[i].key < 256 && rows[i].help) {
			shorts[n++] = rows[i].key;
			if (rows[i].argument)
				shorts[n++] = ':';
		}
	}
	opterr = 0;
	while (index = -1, (key = getopt_long(argc, argv, shorts, longs, &index)) != -1) {
		const char *word = argv[optind - 1];

		if (key == ':') {
			snprintf(error, size, "option %s needs an argument", word);
			return -EINVAL;
		}
		if (key == '?') {
			if (optopt && optopt < 256)
				snprintf(error, size, "unknown option -%c (see spantop --help)", optopt);
			else
				snprintf(error, size, "unknown option %s (see spantop --help)", word);
			return -EINVAL;
		}
		if (!take(options, key, optarg)) {
			const char *name = "";

			for (size_t i = 0; i < ROWS; i++)
				if (rows[i].key == key && rows[i].help)
					name = rows[i].name;
			snprintf(error, size, "--%s %s: expected %s", name, optarg, expectation(key));
			return -EINVAL;
		}
	}
	if (optind < argc) {
		options->filter = join(argc - optind, argv + optind);
		if (!options->filter) {
			snprintf(error, size, "out of memory");
			return -EINVAL;
		}
	}
	return 0;
}

void options_fini(struct options *options)
{
	free(options->filter);
	free(options->view_paths);
	options->view_paths = NULL;
	options->nview_paths = 0;
	options->filter = NULL;
}
