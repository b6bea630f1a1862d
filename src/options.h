/* The command line: one table of options gives parsing and help. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct traced_command;

struct options {
	const char *view;        /* id, NULL the first one */
	const char *read;        /* capture to look at, "-" standard input; NULL the live machine */
	uint64_t refresh;        /* ns */
	bool refresh_given;
	double stop_after;       /* seconds, 0 never */
	uint64_t stop_events;    /* 0 never */
	unsigned snap_length;    /* bytes, 0 the default */
	const char *scope;       /* "spans", "inside", "all"; NULL what the view needs */
	const char *events;      /* besides calls: as probe_events_parse has them; NULL what the view needs */
	size_t memory;           /* bytes of the recording, 0 the default */
	size_t ring;             /* bytes of a ring a CPU, 0 the default */
	bool raw, json, csv, wide;
	bool containers;         /* -pc: what is in containers, and in which */
	bool list_fields, list_views, list_calls, help, version, check;
	bool readonly;           /* no actions */
	bool no_mouse, no_color, ascii;
	const char *theme;       /* NULL what the settings say */
	bool no_config;          /* settings are neither read nor written */
	int colors;              /* to draw with; 0: as many as the terminal says it has */
	const char **view_paths; /* directories of view files, malloced */
	size_t nview_paths;
	uint32_t *follow;        /* processes that alone are looked at, with what they start, malloced */
	size_t nfollow;          /* 0: everything */
	char **command;          /* to be started and followed, NULL-terminated, part of argv; NULL none */
	struct traced_command *traced; /* it, when it is started; set by main */
	char *filter;            /* the remaining words joined by blanks, and what --pid means, malloced; NULL none */
};

/* Looks at this process and what it starts alone. 0 or -ENOMEM. */
int options_follow(struct options *options, uint32_t pid);
/* Fills options from the arguments. 0, or -EINVAL with one line in error (size bytes). */
int options_parse(struct options *options, int argc, char **argv, char *error, size_t size);
void options_fini(struct options *options);
/* Writes the help page to standard output. */
void options_help(void);

#endif
