#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"
#include "probe_loader/probe_loader.h"
#include "ui/theme.h"

enum option_key {
	KEY_SCOPE = OPTION_LONG_ONLY, KEY_EVENTS, KEY_MEMORY, KEY_RING, KEY_RAW, KEY_CSV, KEY_WIDE, KEY_VERSION, KEY_CHECK,
	KEY_LIST_VIEWS, KEY_LIST_CALLS, KEY_VIEW_PATH, KEY_NO_MOUSE, KEY_NO_COLOR, KEY_COLORS, KEY_THEME, KEY_ASCII, KEY_NO_CONFIG, KEY_READONLY,
};

static const struct option_row rows[] = {
	{ 'v', "view", "ID", .help = "start with this view (--list-views); traces_summary if none is given" },
	{ 'r', "read", "FILE",
	  .help = "look at a capture instead of the live machine, sysdig's .scap, plain or gzip; `-` is "
	  "standard input; no root needed", .expected = "the name of a file" },
	{ 'r', "readfile", .argument = "FILE" },
	{ 'd', "delay", "MS", .help = "refresh every MS milliseconds, at least 100; 2000 if not given",
	  .expected = "a number of milliseconds from 100 to 3600000" },
	{ 'M', "stop-after", "SECONDS",
	  .help = "stop after so many seconds (of a capture: of its own time); --raw and -j then print "
	  "once, at the end, unless -d is given", .expected = "a number of seconds" },
	{ 'n', "numevents", "EVENTS", .help = "stop after so many events, and print as with -M",
	  .expected = "a number of events" },
	{ 's', "snaplen", "LEN", .help = "keep LEN bytes of each read or written buffer, at most 4080; 80 if not given",
	  .expected = "a number of bytes from 1 to 4080" },
	{ KEY_SCOPE, "scope", "SCOPE",
	  .help = "capture `spans`: markers only; `inside`: also the calls of processes with an open "
	  "span and of what these started; `all`: every call; `inside` if not given",
	  .expected = "spans, inside or all" },
	{ KEY_EVENTS, "events", "LIST",
	  .help = "capture also, besides calls: page_fault, switch (of the thread on a CPU), signaldeliver, with commas between "
	  "them", .expected = "names out of page_fault, switch and signaldeliver, with commas between them" },
	{ KEY_MEMORY, "memory", "SIZE", .help = "keep the latest SIZE of events (K, M, G); 256M if not given",
	  .expected = "a size of at least 1M, such as 512M" },
	{ KEY_RING, "ring", "SIZE",
	  .help = "buffer for each CPU between kernel and spantop; 8M if not given, less on many CPUs",
	  .expected = "a size of at most 1G, such as 8M" },
	{ KEY_RAW, "raw", .help = "no screen: print the view's rows as text" },
	{ 'j', "json", .help = "no screen: print an object for each row and line; times in ns" },
	{ KEY_CSV, "csv", .help = "no screen: print rows as CSV, titles first, values as with -j" },
	{ KEY_WIDE, "wide", .help = "with --raw, -j, --csv: all columns of the screen, not just csysdig's" },
	{ 'l', "list", .help = "list the fields that filters know" },
	{ KEY_LIST_VIEWS, "list-views", .help = "list the views" },
	{ KEY_LIST_CALLS, "list-calls", .help = "list the system calls, with their arguments and what is copied of them" },
	{ KEY_VIEW_PATH, "view-path", "DIR",
	  .help = "load the view files (*.lua) of DIR, too: csysdig's, or your own; may be given again" },
	{ 'p', "pid", "PID", .help = "look at this process and what it starts only, already in the kernel; may be given again; "
	  "-pc shows containers, as with csysdig, and -pk changes nothing, as there", .expected = "a process id, c or k" },
	{ 'p', "print", .argument = "FORMAT" },
	{ KEY_CHECK, "check", .help = "tell what this kernel lets spantop do" },
	{ KEY_READONLY, "readonly", .help = "no actions: F8 and their keys run nothing" },
	{ KEY_NO_MOUSE, "no-mouse", .help = "leave the mouse to the terminal" },
	{ KEY_NO_COLOR, "no-color", .help = "no colours" },
	{ KEY_COLORS, "colors", "N",
	  .help = "draw with 8, 16, 256 or 16777216 colours; what TERM and COLORTERM say if not given",
	  .expected = "8, 16, 256 or 16777216" },
	{ KEY_THEME, "theme", "NAME",
	  .help = "colours of the screen: default (for dark terminals, with their own colours), mono, high-contrast "
	  "or light", .expected = "default, mono, high-contrast or light" },
	{ KEY_ASCII, "ascii", .help = "draw with plain ASCII" },
	{ KEY_NO_CONFIG, "no-config", .help = "neither read nor write settings (~/.config/spantop/spantoprc)" },
	{ 'h', "help", .help = "this page" },
	{ KEY_VERSION, "version", .help = "version" },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

#define SIZE_LIMIT 1000000000000000 /* bytes: no machine has more */

/* One option; false if its argument is wrong. */
static bool take(void *context, int key, const char *text)
{
	struct options *options = context;
	enum theme theme;
	uint64_t value;

	switch (key) {
	case 'v': options->view = text; return true;
	case 'r':
		/* of several the first, as csysdig's screen shows it */
		if (!options->read)
			options->read = text;
		return *text;
	case 'd':
		if (!option_parse_count(text, 100, 3600000, &value))
			return false;
		options->refresh = value * 1000000;
		options->refresh_given = true;
		return true;
	case 'M': return option_parse_seconds(text, &options->stop_after);
	case 'n': return option_parse_count(text, 1, UINT64_MAX - 1, &options->stop_events);
	case 's':
		if (!option_parse_count(text, 1, 4080, &value))
			return false;
		options->snap_length = value;
		return true;
	case KEY_SCOPE: options->scope = text; return probe_scope_parse(text) >= 0;
	case KEY_EVENTS: options->events = text; return probe_events_parse(text) >= 0;
	case KEY_MEMORY: return option_parse_size(text, SIZE_LIMIT, &options->memory) && options->memory >= 1 << 20;
	case KEY_RING: return option_parse_size(text, SIZE_LIMIT, &options->ring) && options->ring <= 1 << 30;
	case KEY_RAW: options->raw = true; return true;
	case 'j': options->json = true; return true;
	case KEY_CSV: options->csv = true; return true;
	case KEY_WIDE: options->wide = true; return true;
	case 'l': options->list_fields = true; return true;
	case KEY_LIST_VIEWS: options->list_views = true; return true;
	case KEY_LIST_CALLS: options->list_calls = true; return true;
	case 'p':
		if (option_parse_count(text, 1, INT32_MAX, &value))
			return !options_follow(options, (uint32_t)value);
		if (!strcmp(text, "k") || !strcmp(text, "kubernetes"))
			return true;
		options->containers = !strcmp(text, "c") || !strcmp(text, "container");
		return options->containers;
	case KEY_VIEW_PATH: return option_add_word(&options->view_paths, &options->nview_paths, text);
	case KEY_CHECK: options->check = true; return true;
	case KEY_THEME: options->theme = text; return theme_parse(text, &theme);
	case KEY_NO_CONFIG: options->no_config = true; return true;
	case KEY_READONLY: options->readonly = true; return true;
	case KEY_NO_MOUSE: options->no_mouse = true; return true;
	case KEY_NO_COLOR: options->no_color = true; return true;
	case KEY_COLORS:
		if (!option_parse_count(text, 8, 1 << 24, &value) || (value != 8 && value != 16 && value != 256 && value != 1 << 24))
			return false;
		options->colors = (int)value;
		return true;
	case KEY_ASCII: options->ascii = true; return true;
	case 'h': options->help = true; return true;
	case KEY_VERSION: options->version = true; return true;
	}
	return false;
}

static const struct option_table table = {
	.rows = rows, .count = ROWS, .program = "spantop", .take = take,
};

void options_help(void)
{
	printf("spantop [options] [filter] [-- COMMAND [arguments]]   the screen, or with --raw, -j, --csv its rows\n"
	       "spantop record [options] [filter] [-- COMMAND [arguments]]   writes a capture\n"
	       "spantop dig [options] [filter] [-- COMMAND [arguments]]   prints events, a line each, as sysdig does\n\n"
	       "Shows where time goes inside running programs: spans that programs mark by writing\n"
	       "one line to /dev/null, live or in a capture, down to the system calls inside one\n"
	       "span.\n\n"
	       "    echo \">::website-latency::\" > /dev/null     begins a span\n"
	       "    echo \"<::website-latency::\" > /dev/null     ends it\n\n"
	       "A filter is a condition over fields, such as: span.duration > 500ms\n"
	       "With COMMAND it starts that and looks at it and at what it starts only.\n\n");
	option_table_help(&table);
	printf("\nspantop record --help and spantop dig --help tell theirs.\n"
	       "\nEnvironment: NO_COLOR, when set, does what --no-color does. SPANTOP_DEBUG, when\n"
	       "set, shows what libbpf says while the probe is loaded. SPANTOP_BTF names a file\n"
	       "of kernel types to use instead of /sys/kernel/btf/vmlinux. HOST_ROOT names the\n"
	       "directory where the machine's files lie, for spantop in a container.\n");
}

int options_follow(struct options *options, uint32_t pid)
{
	uint32_t *follow = realloc(options->follow, (options->nfollow + 1) * sizeof(*follow));

	if (!follow)
		return -ENOMEM;
	options->follow = follow;
	follow[options->nfollow++] = pid;
	return 0;
}

/* What --pid and a command mean, for whoever asks the filter. */
static int narrow_filter(struct options *options, char *error, size_t size)
{
	char *narrowed;
	int length = asprintf(&narrowed, options->filter ? "proc.followed=true and (%s)" : "proc.followed=true",
			      options->filter);

	if (length < 0) {
		snprintf(error, size, "out of memory");
		return -EINVAL;
	}
	free(options->filter);
	options->filter = narrowed;
	return 0;
}

int options_parse(struct options *options, int argc, char **argv, char *error, size_t size)
{
	*options = (struct options){ .refresh = 2000000000ull };
	if (option_table_parse(&table, options, argc, argv, error, size) ||
	    option_take_words(argc, argv, &options->filter, &options->command, error, size))
		return -EINVAL;
	if (!options->nfollow && !options->command)
		return 0;
	if (options->read) {
		snprintf(error, size, "--pid and commands are for the live machine; of a capture: proc.pid=PID");
		return -EINVAL;
	}
	if (options->nfollow + !!options->command > KERNEL_FILTER_PIDS) {
		snprintf(error, size, "--pid can be given %d times", KERNEL_FILTER_PIDS - 1);
		return -EINVAL;
	}
	return narrow_filter(options, error, size);
}

void options_fini(struct options *options)
{
	free(options->filter);
	free(options->follow);
	free(options->view_paths);
	options->follow = NULL;
	options->nfollow = 0;
	options->view_paths = NULL;
	options->nview_paths = 0;
	options->filter = NULL;
}
