#include "text_window.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../engine/query_lines.h"
#include "app_private.h"
#include "text_goto.h"

#define SEARCH_BUDGET 20000000ull   /* ns that a key may search at once */
#define SAVE_BUDGET 10000000ull

static struct text_window *focused(struct app *app)
{
	return (struct text_window *)app_focus(app);
}

bool text_window_search(struct pane *pane, const char *text, bool again, bool backwards)
{
	struct text_window *window = (struct text_window *)pane;
	bool found = text_view_search(&window->view, text, again, backwards, SEARCH_BUDGET);

	pane->search_stopped = window->view.search.running;
	return found || window->view.search.running;
}

bool text_window_search_on(struct pane *pane, uint64_t budget_ns)
{
	struct text_window *window = (struct text_window *)pane;
	bool searching = window->view.search.running, more = text_view_search_on(&window->view, budget_ns);

	pane->search_stopped = more;
	pane->search_failed |= searching && window->view.search.failed;
	return more;
}

/* ---- go to a line ---- */

static void go_line(struct app *app, struct text_view *view, uint64_t line)
{
	uint64_t first, end = text_view_lines(view, &first);

	if (line <= first && first)
		app_message(app, false, "Lines before %llu are gone", (unsigned long long)first + 1);
	else if (line > end)
		app_message(app, false, "There are %llu lines", (unsigned long long)end);
	text_view_go(view, line ? line - 1 : 0);
}

static bool goto_done(struct app *app, const char *text)
{
	struct text_window *window = focused(app);
	struct query *query = window->pane.query;
	uint64_t near = query ? engine_counts(window->pane.engine)->first_time : 0, value;
	enum place_kind kind;

	if (!text[0])
		return true;
	if (!place_parse(text, near, &kind, &value) || (kind != PLACE_NUMBER && !query)) {
		prompt_error(&app->prompt, 0, query ? "a line number, #event, or a time such as 22:13:41.5 is expected" :
						      "a line number is expected");
		return false;
	}
	if (kind == PLACE_NUMBER)
		go_line(app, &window->view, value);
	else
		text_view_go(&window->view, query_line_near(query, value, kind == PLACE_TIME));
	return true;
}

void text_window_goto(struct app *app, struct pane *pane)
{
	prompt_open(&app->prompt, "Go to line: ",
		    pane->query ? "Enter goes there  #event or hh:mm:ss go there, too  Esc cancels" :
				  "Enter goes there  Esc cancels", NULL, &app->goto_history);
	app->prompt_done = goto_done;
}

/* ---- save ---- */

static const char *why(int error)
{
	return error == EINVAL ? "it is no plain file" : strerror(error);
}

static void saving_failed(struct app *app, const char *path, int error)
{
	app_message(app, true, "cannot save %.150s: %s", path, why(error));
}

bool text_saving_step(struct app *app, uint64_t budget_ns)
{
	char path[160];
	int status = text_saver_step(app->saving, budget_ns);
	struct text_saved saved;

	snprintf(path, sizeof(path), "%s", text_saver_path(app->saving));
	if (status == 1) {
		app_message(app, false, "Saving to %s: %u%%, Esc stops", path, text_saver_progress(app->saving));
		return true;
	}
	saved = text_saver_free(app->saving);
	app->saving = NULL;
	if (status)
		saving_failed(app, path, -status);
	else
		app_message(app, false, "Saved %llu lines, %llu bytes in %s", (unsigned long long)saved.lines,
			    (unsigned long long)saved.bytes, path);
	return false;
}

void text_saving_key(struct app *app, int key)
{
	if (key != K_ESCAPE && key != K_CTRL('C') && key != 'q' && key != K_F(10))
		return;
	app_message(app, false, "Stopped: nothing is saved");
	text_saving_stop(app);
}

void text_saving_stop(struct app *app)
{
	if (app->saving)
		text_saver_free(app->saving);
	app->saving = NULL;
}

/* False: there is a file already, and it was not to be replaced. */
static bool save(struct app *app, const char *path, bool replace)
{
	int status = text_saver_new(&focused(app)->view, path, replace, &app->saving);

	if (status == -EEXIST && !replace)
		return false;
	if (status)
		saving_failed(app, path, -status);
	else
		text_saving_step(app, SAVE_BUDGET);
	return true;
}

static void replace_chosen(struct app *app, int value)
{
	if (value)
		save(app, focused(app)->save_path, true);
	else
		app_message(app, false, "Not saved");
}

static bool save_done(struct app *app, const char *text)
{
	struct text_window *window = focused(app);

	if (!text[0])
		return true;
	snprintf(window->save_path, sizeof(window->save_path), "%s", text);
	if (save(app, text, false))
		return true;
	popup_open(&app->popup, POPUP_MENU, "There is such a file", replace_chosen);
	popup_item(&app->popup, "keep it, save nothing", "the file stays as it is", 0);
	popup_item(&app->popup, "replace it", window->save_path, 1);
	return true;
}

void text_window_save(struct app *app, struct pane *pane)
{
	struct text_window *window = (struct text_window *)pane;

	prompt_open(&app->prompt, "Save to: ", "Enter saves all lines  Esc cancels", window->save_name,
		    &app->save_history);
	app->prompt_done = save_done;
}
