/* What a view's actions need while they are chosen and while their commands run. */
#ifndef UI_VIEW_ACTIONS_H
#define UI_VIEW_ACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../engine/view_command.h"

struct app;
struct pane;
struct view_action;

#define SUBJECTS_MAX 4
#define REASON_TEXT 400

/* A process or thread that a command is about, as the row knows it. */
struct subject {
	uint32_t id;
	bool is_thread;
	uint64_t started;              /* ns since the epoch; 0: unknown, but not after seen */
	uint64_t seen;
	char name[32];                 /* hostile */
};

/* An action for the row that was selected when the menu opened. */
struct prepared {
	const struct view_action *action;
	struct view_command command;
	char *text;                    /* the command as people read it, escaped; NULL if reason says why not */
	char reason[REASON_TEXT];
	struct subject subjects[SUBJECTS_MAX];
	size_t nsubjects;
};

/* Those of the open menu; app->actions. */
struct view_actions {
	struct prepared *items;
	size_t count;
	size_t chosen;                 /* that a question is about */
};

/* A command that runs; app->run. */
struct view_run {
	char *title;                   /* escaped */
	bool terminal;
	bool ended, cut, stopped;
	const struct pane *pager;      /* its window, NULL none yet */
	char *text;                    /* what it wrote before there was a window */
	size_t size;
	size_t written;                /* bytes, all of them */
	uint64_t started;              /* ns since the epoch */
};

/* Opens the menu of the view's actions. */
void view_actions_menu(struct app *app);
/* A key that has no meaning of its own: if an action of the view has it, asks whether to run that. */
bool view_actions_key(struct app *app, int key);
void view_actions_free(struct app *app);
/* Whether the action's hotkey works outside the menu. */
bool view_action_is_direct(const struct pane *pane, const struct view_action *action);

/* ---- view_run.c ---- */

/* Starts a command; title is what it is called, escaped. */
void view_run_start(struct app *app, const struct prepared *prepared);
/* Takes what it has written. */
void view_run_tick(struct app *app);
/* Keys of its window while it runs: true if used. */
bool view_run_key(struct app *app, int key);
void view_run_free(struct app *app);
/* Why the program is not there, and which package has it. */
void view_run_missing(const char *program, char *reason, size_t size);

#endif
