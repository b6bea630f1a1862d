/* Drives the application with a script of keys through a headless terminal, and compares screens with golden
 * files. */
#ifndef TEST_SCREEN_H
#define TEST_SCREEN_H

#include "src/ui/app.h"
#include "src/ui/terminal.h"

struct screen {
	struct engine *engine;
	struct app *app;
	struct terminal *terminal;
	struct cells cells;
	uint64_t now;
	struct app_status status;
	char scopes[64];          /* what the views asked for, newest last */
	struct source *source;    /* of a capture; NULL once it is read */
	const char *path;         /* of the capture, or NULL */
	char damage[200];
	const struct app_commands *commands; /* or NULL */
	bool readonly;
	struct settings *settings; /* or NULL */
	bool ascii;
};

/* What to look at, and how; zeros: the web service (web_service.h) in its first view, as UTF-8. */
struct screen_choice {
	const char *path;         /* of a capture; NULL: the web service */
	const char *view, *filter;
	int rows, columns;
	bool ascii, readonly;
	const struct app_commands *commands;
	struct settings *settings;
};

/* Fails the test if it cannot be opened. */
void screen_open_choice(struct screen *screen, const struct screen_choice *choice);

/* The web service (web_service.h) under the view; fails the test if it cannot be opened. */
void screen_open(struct screen *screen, const char *view, const char *filter, int rows, int columns);
/* The same, with somebody to run commands (or NULL), and as with --readonly. */
void screen_open_commands(struct screen *screen, const struct app_commands *commands, bool readonly, const char *view, int rows,
			  int columns);
/* A capture, with this much memory for its recording (0: the default), read to its end as main does. */
void screen_open_capture(struct screen *screen, const char *path, size_t memory, const char *view, int rows, int columns);
/* As screen_open, with settings that outlive it. */
void screen_open_settings(struct screen *screen, struct settings *settings, const char *view, int rows, int columns);
void screen_close(struct screen *screen);
/* Types a script (terminal_headless.h), drawing after each key as main does. */
void screen_type(struct screen *screen, const char *script);
/* Lets time pass, in ns. */
void screen_wait(struct screen *screen, uint64_t ns);
/* What is on the screen, malloced. */
char *screen_text(const struct screen *screen);
/* Fails unless test/ui/golden/NAME.txt is what is on the screen; with UPDATE_GOLDEN=1 in the environment
 * writes it. */
void screen_expect(const struct screen *screen, const char *name);
/* The same with what each cell means (cells_dump). */
void screen_expect_styles(const struct screen *screen, const char *name);
/* Fails unless the text is (is not) on the screen. */
void screen_has(const struct screen *screen, const char *text);
void screen_lacks(const struct screen *screen, const char *text);

#endif
