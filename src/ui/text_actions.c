/* What keys do in windows of text, and the menu of how lines are made. */
#include <stdio.h>

#include "app_private.h"
#include "text_pane.h"

/* ---- view as ---- */

enum { AS_WRAP = 100, AS_CLOCK = 50 };   /* menu values beyond enum line_form */

#define ECHO_DATA 2000   /* bytes of a buffer that are kept while a window shows data, as csysdig does */

static void remember(struct app *app, struct text_pane *text)
{
	struct event_lines *maker = query_lines_maker(text->window.pane.query);
	struct text_choice *choice = &app->text_choices[text->window.pane.view->text == TEXT_ECHO];

	choice->made = true;
	choice->form = event_lines_form(maker);
	choice->clock = event_lines_clock(maker);
	choice->wrap = text->window.view.wrap;
}

void app_recall_text(struct app *app, struct pane *pane)
{
	const struct text_choice *choice = &app->text_choices[pane->view->text == TEXT_ECHO];

	if (pane->view->kind == VIEW_TEXT && choice->made)
		text_pane_show_as((struct text_pane *)pane, (enum line_form)choice->form, (enum line_clock)choice->clock,
				  choice->wrap);
}

/* Windows that are left count until they are closed: one may go back to them. */
void app_ask_for_data(struct app *app)
{
	unsigned wanted = 0;

	for (size_t i = 0; i < app->nlevels; i++) {
		const struct view *view = app->levels[i].pane->view;

		if (view->kind == VIEW_TEXT && view->text == TEXT_ECHO)
			wanted = ECHO_DATA;
	}
	if (wanted == app->data_wanted)
		return;
	app->data_wanted = wanted;
	if (app->host.keep_data)
		app->host.keep_data(app->host.context, wanted);
}

static void as_chosen(struct app *app, int value)
{
	struct text_pane *text = (struct text_pane *)app_top(app)->pane;
	struct event_lines *maker = query_lines_maker(text->window.pane.query);
	enum line_form form = event_lines_form(maker);
	enum line_clock clock = event_lines_clock(maker);
	bool wrap = text->window.view.wrap;

	if (value == AS_WRAP)
		wrap = !wrap;
	else if (value >= AS_CLOCK)
		clock = (enum line_clock)(value - AS_CLOCK);
	else
		form = (enum line_form)value;
	text_pane_show_as(text, form, clock, wrap);
	remember(app, text);
}

static void add_choice(struct app *app, const char *name, const char *detail, int value, bool now)
{
	char text[80];

	snprintf(text, sizeof(text), "%s%s", name, now ? " (now)" : "");
	popup_item(&app->popup, text, detail, value);
}

static void add_forms(struct app *app, bool echo, enum line_form form)
{
	static const struct {
		enum line_form form;
		bool echo;
		const char *name, *detail;
	} forms[] = {
		{ LINES_DOTTED, true, "dotted ASCII", "all of it in one line; bytes that do not print are dots" },
		{ LINES_PRINTABLE, true, "printable text", "with its own lines; bytes that do not print are left out" },
		{ LINES_HEX, true, "hex", "16 bytes a line: offset, hex, ASCII" },
		{ LINES_TWO, false, "enter and exit", "the lines that sysdig prints: > where a call begins, < where it returns" },
		{ LINES_ONE, false, "a call a line", "when it began, its result, its arguments" },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (forms[i].echo == echo)
			add_choice(app, forms[i].name, forms[i].detail, (int)forms[i].form, forms[i].form == form);
}

static void run_view_as(struct app *app, struct pane *pane)
{
	static const char *const clocks[] = {
		[CLOCK_DAY] = "time of day", [CLOCK_FIRST] = "time since the first event", [CLOCK_BEFORE] = "time since the event before",
	};
	struct event_lines *maker = query_lines_maker(pane->query);
	bool echo = pane->view->text == TEXT_ECHO;

	popup_open(&app->popup, POPUP_MENU, "View as", as_chosen);
	add_forms(app, echo, event_lines_form(maker));
	for (int i = CLOCK_DAY; i <= CLOCK_BEFORE; i++)
		add_choice(app, clocks[i], NULL, AS_CLOCK + i, i == (int)event_lines_clock(maker));
	add_choice(app, ((struct text_pane *)pane)->window.view.wrap ? "do not wrap long lines" : "wrap long lines",
		   "without, Left and Right scroll sideways", AS_WRAP, false);
	popup_select(&app->popup, (int)event_lines_form(maker));
}

/* ---- others ---- */

static void run_follow(struct app *app, struct pane *pane)
{
	struct text_view *view = &((struct text_pane *)pane)->window.view;

	view->follow = !view->follow;
	app_message(app, false, view->follow ? "Following new events" : "Holding here");
}

#define COMMON                                                                                               \
	{ { 'v' }, "v", "View as", "how lines are made: their form, what time counts from, wrapped or not", .run = run_view_as }, \
	{ { K_CTRL('G') }, "^G", "GoTo", "go to a line by its number, to #event, or to a time such as 22:13:41.5", \
	  .run = text_window_goto },                                                                                \
	{ { 's', 'x' }, "s", "Save", "save all lines to a file", .run = text_window_save },                         \
	{ { 'f' }, "f", "Follow", "stay at the newest line, or hold", .run = run_follow },                          \
	{ { 't' }, "t", "Events", "the same as a list of events", .view = "events" },                              \
	{ { 'i' }, "i", NULL, "inside means: the span's thread, its process, or the whole machine", .run = events_next_scope }, \
	{ { K_F(12) }, "F12", "Spectro", "spectrogram of the latencies of these calls", .view = "spectro_all" }

const struct action text_pane_dig_actions[] = {
	{ { K_ENTER }, "Enter", NULL, "all that is known of the event; of a marker, what happened inside its span", .run = NULL },
	{ { K_F(5), 'e' }, "F5", "Echo", "the data that these calls read and wrote", .view = "echo" },
	COMMON,
	{ .help = NULL },
};

const struct action text_pane_echo_actions[] = {
	{ { K_ENTER }, "Enter", NULL, "all that is known of the event", .run = NULL },
	{ { K_F(6), 'd' }, "F6", "Dig", "these calls and all others here as lines of text", .view = "dig" },
	COMMON,
	{ .help = NULL },
};
