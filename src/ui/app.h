/* The application: a stack of panes with header, breadcrumb, key bar and popups; keys and mouse in, cells
 * out. It reads the engine through queries only, and asks main for what is outside (scope, figures) through
 * callbacks. */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "../engine/engine.h"
#include "../engine/query.h"
#include "../engine/view_set.h"
#include "cells.h"
#include "terminal.h"
#include "theme.h"

/* What the header shows and the engine does not know. */
struct app_status {
	const char *source;       /* "live", or the name of a capture; never NULL */
	const char *scope;        /* "spans", "inside", "all"; NULL for captures */
	const char *recorded;     /* live, what alone the kernel records, in words; NULL everything of the scope */
	/* negative: not known yet */
	double own_cpu;           /* of one core, 0 to 1, over the last seconds */
	double events_rate, markers_rate, spans_rate;  /* per second */
	/* of captures */
	bool reading;             /* the file is being read */
	double progress;          /* part of it that is read, 0 to 1; negative: not known */
	const char *damage;       /* one line about what is wrong with it; NULL nothing */
};

struct query;
struct settings;

/* A process or thread of this machine as it is now. */
struct app_process {
	uint64_t started;         /* ns since the epoch, to 10 ms */
	char name[32];            /* hostile */
};

/* Runs commands, one at a time. */
struct app_commands {
	void *context;
	/* Starts the program words[0] with the arguments words, ended by NULL. terminal: it gets the terminal, and the
	 * screen comes back when it ends; else its output is to be read. 0 or a negative errno, -ENOENT: there is no
	 * such program. */
	int (*start)(void *context, char *const *words, bool terminal);
	/* What it has written, at most size bytes; 0: nothing now; negative: it has ended, and all is read. */
	long (*read)(void *context, char *bytes, size_t size);
	/* How it ended: exit status, or 128 and the signal. */
	int (*status)(void *context);
	/* Asks it to end; sooner or later it does. */
	void (*kill)(void *context);
	/* Whether there is such a program. */
	bool (*exists)(void *context, const char *program);
	/* False: there is no such process or thread. */
	bool (*process)(void *context, uint32_t id, struct app_process *process);
};

struct app_host {
	void *context;
	/* Fills the figures for the header. */
	void (*status)(void *context, struct app_status *status);
	/* Makes sure that the probe captures at least this scope ("spans", "inside", "all"); NULL for
	 * captures. Returns 0 or a negative errno. A scope given on the command line is never changed. */
	int (*need_scope)(void *context, const char *scope);
	/* Makes sure that the probe captures these events, too (view.h), for good; may be NULL. 0 or a negative errno. */
	int (*need_events)(void *context, const char *events);
	/* The capture, from its start; NULL if it cannot be read twice. May be NULL. */
	struct source *(*read_again)(void *context);
	/* Shows the query what each thread has taken of CPUs and memory, as of now, or makes its rows of what is in flight;
	 * live only. May be NULL. */
	void (*thread_times)(void *context, struct query *query);
	/* The user wants to have or to leave the mouse. May be NULL. */
	void (*mouse)(void *context, bool on);
	/* Puts a text into the clipboard of the user's terminal; false: it has none. May be NULL. */
	bool (*copy)(void *context, const char *text, size_t size);
	/* For the actions of views; NULL: there are none. */
	const struct app_commands *commands;
	/* Asks for at least so many bytes of each buffer that is read or written from now on; 0: as many as the command
	 * line said. NULL for captures. */
	void (*keep_data)(void *context, unsigned bytes);
};

struct app_options {
	const struct view_set *views; /* outlives the application */
	const char *view;         /* first view's id; NULL: traces_summary */
	const char *filter;       /* of the command line, or NULL; holds for every pane */
	uint64_t refresh;         /* ns between refreshes */
	bool ascii;
	struct settings *settings;    /* outlive the application, which changes and saves them; NULL: nothing is remembered */
	enum theme theme;
	bool mouse;
	const char *message;          /* shown until the first key; NULL or "" none; copied */
	bool readonly;            /* nothing on the machine is changed: no actions */
};

struct app;

/* NULL with error filled if view or filter are wrong. */
struct app *app_new(struct engine *engine, const struct app_options *options, const struct app_host *host,
		    struct filter_error *error);
void app_free(struct app *app);
void app_key(struct app *app, const struct key_event *event, uint64_t now);
/* Time passed (ns since the epoch): reads new events, refreshes when due. True if the screen is to be drawn. */
bool app_tick(struct app *app, uint64_t now);
/* ns since the epoch when app_tick wants to be called again; UINT64_MAX: only after a key. */
uint64_t app_next_tick(const struct app *app);
/* Whether panes have not read yet all that the recording holds: what comes next had better wait, or it may push that out. */
bool app_is_behind(const struct app *app);
/* Draws everything into cells (of the terminal's size). */
void app_draw(struct app *app, struct cells *cells);
bool app_done(const struct app *app);

#endif
