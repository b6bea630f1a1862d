/* What the keys do everywhere. Key bar and help are made from this table and the panes' own. */
#include "app_private.h"
#include "app_settings.h"
#include "clipboard.h"
#include "time_steps.h"
#include "view_actions.h"

static void run_help(struct app *app, struct pane *pane)
{
	(void)pane;
	app_help(app);
}

static void run_views(struct app *app, struct pane *pane)
{
	(void)pane;
	app_views_menu(app);
}

static void run_search(struct app *app, struct pane *pane)
{
	(void)pane;
	app_search_prompt(app);
}

static void run_next(struct app *app, struct pane *pane)
{
	(void)pane;
	app_search_next(app, false);
}

static void run_previous(struct app *app, struct pane *pane)
{
	(void)pane;
	app_search_next(app, true);
}

static void run_filter(struct app *app, struct pane *pane)
{
	(void)pane;
	app_filter_prompt(app);
}

static void run_legend(struct app *app, struct pane *pane)
{
	(void)pane;
	app_legend(app);
}

static void run_actions(struct app *app, struct pane *pane)
{
	(void)pane;
	view_actions_menu(app);
}

static void run_back(struct app *app, struct pane *pane)
{
	(void)pane;
	if (app->nlevels > 1)
		level_go(app, app->nlevels - 2);
}

static void run_forward(struct app *app, struct pane *pane)
{
	(void)pane;
	if (app->nforward)
		level_go(app, app->nlevels);
	else
		app_message(app, false, "There is nothing to go forward to");
}

static void run_export(struct app *app, struct pane *pane)
{
	export_prompt(app, pane);
}

static void run_copy(struct app *app, struct pane *pane)
{
	clipboard_copy_name(app, pane);
}

static void run_copy_row(struct app *app, struct pane *pane)
{
	clipboard_copy_row(app, pane);
}

static void run_details(struct app *app, struct pane *pane)
{
	(void)pane;
	details_toggle(app);
}

static void run_details_down(struct app *app, struct pane *pane)
{
	(void)pane;
	details_scroll(app, 1);
}

static void run_details_up(struct app *app, struct pane *pane)
{
	(void)pane;
	details_scroll(app, -1);
}

static void run_path(struct app *app, struct pane *pane)
{
	(void)pane;
	app_path_menu(app);
}

static void run_pause(struct app *app, struct pane *pane)
{
	app->paused = !app->paused;
	app->paused_since = app->now;
	pane->paused = app->paused && app_top(app)->caught_up;
	if (!app->paused)
		app->reading = true;
}

static void run_clear(struct app *app, struct pane *pane)
{
	if (app_top(app)->to) {
		app_message(app, false, "This is one period of the past: = goes back to now");
		return;
	}
	if (pane->view->kind == VIEW_IN_FLIGHT) {
		app_message(app, false, "This is what is in flight now: there is nothing to clear");
		return;
	}
	if (pane->operations->clear) {
		pane->operations->clear(app, pane);
		return;
	}
	query_clear(pane->query);
	app_message(app, false, "Cleared: counting from now on");
}

static const uint64_t periods_ms[] = { 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000 };
#define PERIODS (sizeof(periods_ms) / sizeof(*periods_ms))

static void set_refresh(struct app *app, uint64_t ms)
{
	if (app_is_live(app))
		app_set_refresh(app, ms * 1000000);
	else
		time_set_period(app, ms * 1000000);
	app_message(app, false, "%s %g s", app_is_live(app) ? "Refresh every" : "[ and ] step by", (double)ms / 1000);
}

static void run_slower(struct app *app, struct pane *pane)
{
	size_t i = 0;

	(void)pane;
	while (i < PERIODS - 1 && periods_ms[i] * 1000000 <= app->refresh)
		i++;
	set_refresh(app, periods_ms[i]);
}

static void run_faster(struct app *app, struct pane *pane)
{
	size_t i = PERIODS - 1;

	(void)pane;
	while (i && periods_ms[i] * 1000000 >= app->refresh)
		i--;
	set_refresh(app, periods_ms[i]);
}

static void run_step_back(struct app *app, struct pane *pane)
{
	(void)pane;
	time_step(app, -1);
}

static void run_step_forward(struct app *app, struct pane *pane)
{
	(void)pane;
	time_step(app, 1);
}

static void run_leap_back(struct app *app, struct pane *pane)
{
	(void)pane;
	time_step(app, -10);
}

static void run_leap_forward(struct app *app, struct pane *pane)
{
	(void)pane;
	time_step(app, 10);
}

static void run_now(struct app *app, struct pane *pane)
{
	(void)pane;
	time_release(app);
}

static void run_all(struct app *app, struct pane *pane)
{
	(void)pane;
	time_toggle_all(app);
}

static void run_redraw(struct app *app, struct pane *pane)
{
	(void)pane;
	app->dirty = true;
}

static void run_columns(struct app *app, struct pane *pane)
{
	(void)pane;
	app_columns_menu(app);
}

static void run_settings(struct app *app, struct pane *pane)
{
	(void)pane;
	app_settings_menu(app);
}

static void run_quit(struct app *app, struct pane *pane)
{
	(void)pane;
	app->done = true;
}

const struct action app_actions[] = {
	{ { K_F(1), '?', 'h' }, "F1", "Help", "this help", .run = run_help },
	{ { K_F(2), ':' }, "F2", "Views", "look at the same selection in another view", .run = run_views },
	{ { K_F(3), '/', K_CTRL('F') }, "F3", "Find", "find text as you type; F3 there finds the next",
	  .run = run_search },
	{ { 'n' }, "n", NULL, "find the next", .run = run_next },
	{ { 'N' }, "N", NULL, "find the previous", .run = run_previous },
	{ { K_F(4), '\\' }, "F4", "Filter", "narrow what is shown by a filter, such as span.duration > 500ms",
	  .run = run_filter },
	{ { K_BACKSPACE, K_SHIFT_LEFT }, "Bksp", "Back", "back to where Enter was pressed", .run = run_back },
	{ { K_SHIFT_RIGHT }, "Shift-Right", NULL, "forward again to what was left by going back", .run = run_forward },
	{ { 'b' }, "b", NULL, "the path to here: go to any place of it, or take a typed filter away with Del", .run = run_path },
	{ { 'x' }, "x", NULL, "write the rows to a file: CSV, JSON lines or text", .run = run_export },
	{ { 'y' }, "y", NULL, "copy what the selected row is called to the clipboard", .run = run_copy },
	{ { 'Y' }, "Y", NULL, "copy all that is shown of it", .run = run_copy_row },
	{ { K_TAB }, "Tab", NULL, "all that is known of the selected row, below the table or at its right", .run = run_details },
	{ { K_CTRL('D') }, "Ctrl-D", NULL, "scroll these details on", .run = run_details_down },
	{ { K_CTRL('U') }, "Ctrl-U", NULL, "scroll these details back", .run = run_details_up },
	{ { K_F(7) }, "F7", "Info", "what this view shows, and the complete filter", .run = run_legend },
	{ { K_F(8) }, "F8", "Actions", "commands for the selected row, such as kill or strace", .run = run_actions },
	{ { 'p' }, "p", "Pause", "hold the screen; events are still recorded", .run = run_pause },
	{ { 'c', K_DELETE }, "c", "Clear", "forget the rows and count from now on", .run = run_clear },
	{ { '+' }, "+", NULL, "refresh less often; in a capture longer steps", .run = run_slower },
	{ { '-' }, "-", NULL, "refresh more often; in a capture shorter steps", .run = run_faster },
	{ { 'a' }, "a", NULL, "count all since the start, or the last refresh period alone", .run = run_all },
	{ { '[' }, "[", NULL, "one refresh period back in time; CPU shares are measured as time passes: the past has none", .run = run_step_back },
	{ { ']' }, "]", NULL, "one refresh period forward in time", .run = run_step_forward },
	{ { '{' }, "{", NULL, "ten periods back", .run = run_leap_back },
	{ { '}' }, "}", NULL, "ten periods forward", .run = run_leap_forward },
	{ { '=' }, "=", NULL, "back to now; in a capture back to all of it", .run = run_now },
	{ { 'C' }, "C", NULL, "columns: which, in which order, how wide", .run = run_columns },
	{ { 'S' }, "S", NULL, "settings: theme, start view and others; they are remembered", .run = run_settings },
	{ { K_CTRL('L') }, "Ctrl-L", NULL, "draw the screen again", .run = run_redraw },
	{ { K_F(10), 'q', K_CTRL('C') }, "F10", "Quit", "leave", .run = run_quit },
	{ { K_UP, K_DOWN }, "Up Down", NULL, "move; PgUp, PgDn, Home and End as well", .run = NULL },
	{ { K_LEFT, K_RIGHT }, "Left Right", NULL, "scroll sideways", .run = NULL },
	{ .help = NULL },
};

bool action_is_live_only(const struct action *action)
{
	return action->run == run_actions || action->run == run_pause || action->run == run_clear ||
	       action->run == run_all;
}

static bool has_key(const struct action *action, int key)
{
	for (size_t i = 0; i < sizeof(action->keys) / sizeof(*action->keys) && action->keys[i]; i++)
		if (action->keys[i] == key)
			return true;
	return false;
}

const struct action *action_find(const struct pane *pane, int key)
{
	for (const struct action *action = pane->operations->actions; action && action->help; action++)
		if (has_key(action, key))
			return action;
	for (const struct action *action = app_actions; !pane->operations->only_own_actions && action->help; action++)
		if (has_key(action, key))
			return action;
	return NULL;
}

static void switch_view(struct app *app, const char *id)
{
	const struct view *view = app_view(app, id);

	if (view)
		level_switch_view(app, view);
	else
		app_message(app, true, "there is no view %s", id);
}

void app_run(struct app *app, const struct action *action)
{
	if (action_is_live_only(action) && action->run != run_actions && !app_is_live(app))
		app_message(app, false, "Only for the live machine: a capture stays as it is");
	else if (action->view)
		switch_view(app, action->view);
	else if (action->run)
		action->run(app, app_focus(app));
	app->dirty = true;
}
