/* What the files of the application share; panes use pane.h. */
#ifndef UI_APP_PRIVATE_H
#define UI_APP_PRIVATE_H

#include "app.h"
#include "details.h"
#include "export.h"
#include "pane.h"
#include "popup.h"
#include "prompt.h"
#include "reread.h"
#include "settings.h"
#include "theme.h"

#define LEVELS_MAX 64        /* panes on the stack */
#define KEY_BAR_ENTRIES 32

/* A place of the drill-down: a pane and what led to it. */
struct level {
	struct pane *pane;
	unsigned depth;
	char *typed;                   /* owned: filter of the prompt, or NULL */
	struct span *inside;           /* pinned; NULL: not inside a span */
	enum inside_scope inside_scope;
	bool picks_span;               /* this level chose `inside`; those above it inherit it */
	bool switched;                 /* another view of the level below: the same selection */
	bool next_only;                /* pane->filter does not hold for the levels above */
	struct reread *reread;         /* where its events come from, if not from the recording; or NULL */
	bool caught_up;                /* read to the end of the recording at least once */
	uint64_t from, to;             /* only this part of time, ns since the epoch; to 0: no bound */
	bool all;                      /* its table shows all since the start, not the last period */
	bool tick_due;                 /* a refresh period ended, its data are not all read yet */
	bool entered;                  /* again, and has not read yet what it missed */
	uint64_t skipped;              /* events that it lacked before */
};

struct key_bar {
	struct {
		const struct action *action;
		int column, width;
	} entries[KEY_BAR_ENTRIES];
	size_t count;
	int row;                       /* -1: not on the screen */
};

/* Where the parts of the path are on the screen. */
struct breadcrumb {
	struct {
		size_t level;
		int column, width;
	} parts[LEVELS_MAX];
	size_t count;
	int row;                       /* -1: not on the screen */
};

/* How lines were made last in windows of text of one kind. */
struct text_choice {
	bool made, wrap;
	int form, clock;
};

struct app {
	struct engine *engine;
	const struct view_set *views;
	struct app_host host;
	char *command_filter;          /* or NULL */
	bool ascii, mouse;
	enum theme theme;
	struct settings *settings;     /* of the caller; NULL: nothing is remembered */
	struct level levels[LEVELS_MAX];
	size_t nlevels;
	size_t nforward;               /* levels above the top that were left by going back */
	struct breadcrumb breadcrumb;
	struct details details;
	struct export *export;         /* rows that are being written to a file, or NULL */
	char export_name[PROMPT_TEXT];
	struct text_saver *saving;     /* lines that are being written to a file, or NULL */
	struct popup popup;
	void (*page)(struct app *app); /* fills the popup again for another width; NULL for menus */
	int page_width;
	uint64_t page_event;           /* number of the event that the page is about */
	struct view_actions *actions;  /* of the open menu or question, or NULL */
	struct view_run *run;          /* the command that runs, or NULL */
	bool readonly;
	struct pane *pager;            /* lies over all levels; NULL none */
	struct prompt prompt;
	/* What to do with the prompt's text: false keeps it open. */
	bool (*prompt_done)(struct app *app, const char *text);
	struct prompt_history filter_history, search_history, goto_history, save_history;
	struct key_bar key_bar;
	struct box pane_box;
	char search[PROMPT_TEXT];
	struct text_choice text_choices[2]; /* dig, echo */
	unsigned data_wanted;          /* bytes of each buffer that the host was asked to keep; 0: as many as it likes */
	char message[300];             /* "" none */
	bool message_is_error;
	const struct pane *pressed;    /* got the last press: the second of a double click is for it alone */
	bool dragging;                 /* a mouse button went down inside the pane */
	bool reading;                  /* the top pane has more to read */
	bool behind;                   /* some pane has, of what came since it had read all */
	bool ended;                    /* all of the capture is read: nothing comes any more */
	bool paused, dirty, done;
	uint64_t now, drawn, paused_since;
	uint64_t refresh;              /* ns */
	uint64_t started;              /* refresh periods are counted from here; 0: not yet */
	uint64_t next_refresh;
};

static inline struct level *app_top(struct app *app)
{
	return &app->levels[app->nlevels - 1];
}

/* What keys are for: the pager, if it is open, else the top pane. */
static inline struct pane *app_focus(struct app *app)
{
	return app->pager ? app->pager : app_top(app)->pane;
}

/* Another refresh period from now on. */
void app_set_refresh(struct app *app, uint64_t ns);

/* What the host says now. */
struct app_status app_status(const struct app *app);
bool app_is_live(const struct app *app);

static inline bool app_live(const struct app_status *status)
{
	return status->scope;
}

/* ---- levels.c: the stack ---- */

/* Puts a pane on the stack, as app_open does. 0, or -1 with error: then nothing changed. */
int level_push(struct app *app, const struct view *view, unsigned depth, const char *filter,
	       const char *label, struct span *inside, bool next_only, struct filter_error *error);
/* Goes back or forward to this level (0 the lowest); above the last one there is nothing. */
void level_go(struct app *app, size_t to);
/* Tells once what a level that was entered again could not read any more. */
void level_check_missed(struct app *app, struct level *level);
void level_free_all(struct app *app);
/* Makes the top pane anew with another typed filter (NULL or "" none) or inside scope. 0, or -1 with error:
 * then nothing changed, and *in_typed says whether the error lies in the typed filter. */
int level_remake(struct app *app, const char *typed, enum inside_scope scope, struct filter_error *error,
		 bool *in_typed);
/* Takes away what was typed at this level: those above it are made anew, forward ones go. 0, or -1 with error:
 * then nothing changed. */
int level_forget_typed(struct app *app, size_t at, struct filter_error *error);
/* Switches the view and keeps what is selected. */
void level_switch_view(struct app *app, const struct view *view);
/* Whether the recording of a capture has forgotten some of what the view would show there. */
bool level_lacks_events(const struct app *app, const struct level *level, const struct view *view);
/* The complete filter of the top pane, its view's own included; malloced. */
char *level_filter_text(const struct app *app);

/* ---- actions.c ---- */

extern const struct action app_actions[];
/* Whether it means nothing in a capture. */
bool action_is_live_only(const struct action *action);
/* What the key does in this pane, or NULL. */
const struct action *action_find(const struct pane *pane, int key);
void app_run(struct app *app, const struct action *action);

/* ---- menus.c: popups and prompts that actions open ---- */

void app_views_menu(struct app *app);
void app_sort_menu(struct app *app);
void app_filter_prompt(struct app *app);
void app_search_prompt(struct app *app);
void app_search_changed(struct app *app);
void app_search_next(struct app *app, bool backwards);
/* A pane that went on searching came to the end of it and found nothing. */
void app_search_failed(struct app *app);

/* ---- path_menu.c ---- */

void app_path_menu(struct app *app);

/* ---- events_pane.c ---- */

/* Of a pane inside a span: the next meaning of inside. */
void events_next_scope(struct app *app, struct pane *pane);

/* ---- text_window.c: while lines are saved nothing else is done ---- */

/* Writes for about budget_ns; true if there is more. */
bool text_saving_step(struct app *app, uint64_t budget_ns);
/* Esc stops it. */
void text_saving_key(struct app *app, int key);
void text_saving_stop(struct app *app);

/* ---- text_actions.c ---- */

/* A pane that was just made: a window of text makes its lines as the last one of its kind did. */
void app_recall_text(struct app *app, struct pane *pane);
/* Asks the host to keep as much of each buffer as the windows that are open have use for. */
void app_ask_for_data(struct app *app);

/* ---- pager.c ---- */

void app_pager_close(struct app *app);
/* In place of the header; returns the rows that it takes. */
int pager_draw_title(const struct app *app, struct cells *cells);

/* ---- help.c ---- */

void app_help(struct app *app);
/* Wraps the page that is open anew if the screen's width changed. */
void app_page_fit(struct app *app);
void app_legend(struct app *app);
/* Every field of an event that has a value. */
void app_event_details(struct app *app, uint64_t num);
/* The event with this number, or NULL if the recording no longer holds it. */
const struct event *app_find_event(const struct engine *engine, uint64_t num);

/* ---- header.c ---- */

/* Draws the header lines and the breadcrumb; returns the rows they take. */
int header_draw(struct app *app, struct cells *cells);

/* ---- breadcrumb.c ---- */

/* Draws the way to the top pane, and as far as it fits what was left by going back. */
void breadcrumb_draw(struct app *app, struct cells *cells, int row, int column, int width);
/* The level that a click there goes to, or SIZE_MAX. */
size_t breadcrumb_hit(const struct breadcrumb *breadcrumb, int row, int column);

/* ---- key_bar.c ---- */

/* Draws the last row: keys and position, or a message. */
void key_bar_draw(struct app *app, struct cells *cells, int row);
const struct action *key_bar_hit(const struct key_bar *bar, int row, int column);

#endif
