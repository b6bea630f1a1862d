/* The pager: text that something else has made, over the whole screen until it is closed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_private.h"
#include "text_window.h"

struct pager {
	struct text_window window;
	char *text;
	size_t size, room;
	size_t *starts;          /* of the lines; one more at the end */
	size_t nlines, starts_room;
	char state[48];          /* what becomes of it, for the title; "" nothing more comes */
};

static void range(void *context, uint64_t *first, uint64_t *end)
{
	const struct pager *pager = context;

	*first = 0;
	*end = pager->nlines;
}

/* Without its line end, which may be \r\n. */
static void give_line(void *context, uint64_t n, struct text_line *line)
{
	const struct pager *pager = context;
	size_t size = pager->starts[n + 1] - pager->starts[n];
	const char *text = pager->text + pager->starts[n];

	if (size && text[size - 1] == '\n')
		size--;
	if (size && text[size - 1] == '\r')
		size--;
	*line = (struct text_line){ .text = text, .size = size, .style = STYLE_NORMAL };
}

/* Finds the lines of what came from `from` on, which may go on with the last line there is. */
static bool find_lines(struct pager *pager, size_t from)
{
	bool goes_on = from && pager->text[from - 1] != '\n';
	const char *at = pager->text + from, *end = pager->text + pager->size;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (pager->nlines + 2 > pager->starts_room) {
			size_t room = 2 * pager->starts_room + 64, *starts = realloc(pager->starts, room * sizeof(*starts));

			if (!starts)
				return false;
			pager->starts = starts;
			pager->starts_room = room;
		}
		if (!goes_on)
			pager->starts[pager->nlines++] = (size_t)(at - pager->text);
		goes_on = false;
		pager->starts[pager->nlines] = stop ? (size_t)(stop + 1 - pager->text) : pager->size;
		at = stop ? stop + 1 : end;
	}
	return true;
}

/* False without memory: then nothing is added. */
static bool add_text(struct pager *pager, const char *text, size_t size)
{
	size_t from = pager->size;

	if (pager->size + size >= pager->room) {
		size_t room = 2 * pager->room > pager->size + size ? 2 * pager->room : pager->size + size + 1;
		char *more = realloc(pager->text, room);

		if (!more)
			return false;
		pager->text = more;
		pager->room = room;
	}
	if (size)
		memcpy(pager->text + pager->size, text, size);
	pager->size += size;
	if (find_lines(pager, from))
		return true;
	pager->size = from;
	return false;
}

/* ---- keys ---- */

static void run_close(struct app *app, struct pane *pane)
{
	(void)pane;
	app_pager_close(app);
}

static void run_wrap(struct app *app, struct pane *pane)
{
	struct text_window *window = (struct text_window *)pane;

	window->view.wrap = !window->view.wrap;
	window->view.shift = 0;
	app_message(app, false, window->view.wrap ? "Long lines are wrapped" : "Long lines go on to the right");
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

static void run_help(struct app *app, struct pane *pane)
{
	(void)pane;
	app_help(app);
}

static const struct action actions[] = {
	{ { K_F(1), '?', 'h' }, "F1", "Help", "this help", .run = run_help },
	{ { K_F(3), '/', K_CTRL('F') }, "F3", "Find", "find text as you type; F3 there finds the next", .run = run_search },
	{ { 'n' }, "n", NULL, "find the next", .run = run_next },
	{ { 'N' }, "N", NULL, "find the previous", .run = run_previous },
	{ { K_CTRL('G'), 'g' }, "^G", "GoTo", "go to a line by its number", .run = text_window_goto },
	{ { 's', 'x' }, "s", "Save", "save all lines to a file", .run = text_window_save },
	{ { 'w' }, "w", "Wrap", "wrap long lines, or scroll sideways with Left and Right", .run = run_wrap },
	{ { K_ESCAPE, 'q', K_BACKSPACE, K_ENTER }, "Esc", "Close", "back to where you were; so do q, Backspace and Enter",
	  .run = run_close },
	{ { K_F(10), K_CTRL('C') }, "F10", NULL, "the same", .run = run_close },
	{ { K_UP, K_DOWN }, "Up Down", NULL, "move; Space, PgUp, PgDn, Home and End as well", .run = NULL },
	{ .help = NULL },
};

/* ---- the pane ---- */

static bool update(struct pane *pane, uint64_t now, uint64_t budget_ns)
{
	(void)now;
	return text_window_search_on(pane, budget_ns);
}

static void draw(struct pane *pane, struct cells *cells, struct box box)
{
	text_view_draw(&((struct text_window *)pane)->view, cells, box);
}

static bool key(struct app *app, struct pane *pane, int key)
{
	(void)app;
	return text_view_key(&((struct text_window *)pane)->view, key);
}

static bool mouse(struct app *app, struct pane *pane, const struct key_event *event)
{
	(void)app;
	text_view_mouse(&((struct text_window *)pane)->view, event);
	return true;
}

static void position(struct pane *pane, char *text, size_t size)
{
	text_view_position(&((struct text_window *)pane)->view, text, size);
}

static void pager_free(struct pane *pane)
{
	struct pager *pager = (struct pager *)pane;

	text_view_fini(&pager->window.view);
	free(pager->text);
	free(pager->starts);
	free(pager->window.pane.label);
	free(pager);
}

static const struct pane_operations operations = {
	.actions = actions,
	.only_own_actions = true,
	.update = update,
	.draw = draw,
	.key = key,
	.mouse = mouse,
	.position = position,
	.search = text_window_search,
	.free = pager_free,
};

static struct pager *pager_new(const char *title, const char *text, size_t size)
{
	struct pager *pager = calloc(1, sizeof(*pager));

	if (!pager)
		return NULL;
	pager->window.pane.operations = &operations;
	pager->window.pane.label = strdup(title);
	pager->window.view.source = (struct text_source){ range, give_line, pager };
	snprintf(pager->window.save_name, sizeof(pager->window.save_name), "spantop-output.txt");
	if (pager->window.pane.label && add_text(pager, text, size))
		return pager;
	pager_free(&pager->window.pane);
	return NULL;
}

void app_pager(struct app *app, const char *title, const char *text, size_t size)
{
	struct pager *pager = pager_new(title, text, size);

	if (!pager) {
		app_message(app, true, "out of memory");
		return;
	}
	app_pager_close(app);
	app->pager = &pager->window.pane;
	app->pager->ascii = app->ascii;
	app->dirty = true;
}

bool app_pager_append(struct app *app, const char *text, size_t size)
{
	app->dirty = true;
	return app->pager && add_text((struct pager *)app->pager, text, size);
}

void app_pager_grows(struct app *app, const char *state)
{
	struct pager *pager = (struct pager *)app->pager;

	if (!pager)
		return;
	snprintf(pager->state, sizeof(pager->state), "%s", state);
}

void app_pager_follow(struct app *app, bool follow)
{
	struct text_view *view = app->pager ? &((struct pager *)app->pager)->window.view : NULL;

	/* who moved away from the end reads something: that stays */
	if (view && !follow && view->follow)
		text_view_go(view, 0);
	if (view)
		view->follow = follow;
}

void app_pager_close(struct app *app)
{
	if (app->pager)
		app->pager->operations->free(app->pager);
	app->pager = NULL;
	app->dirty = true;
}

int pager_draw_title(const struct app *app, struct cells *cells)
{
	const struct pager *pager = (const struct pager *)app->pager;
	char count[112];
	int width;

	cells_fill(cells, (struct box){ 0, 0, 1, cells->columns }, STYLE_TITLE);
	if (pager->state[0] || pager->nlines)
		snprintf(count, sizeof(count), "%s%s%zu lines", pager->state, pager->state[0] ? ", " : "", pager->nlines);
	else
		snprintf(count, sizeof(count), "no output");
	width = cells_width(count, strlen(count));
	if (cells->columns > 2 * width) {
		cells_text(cells, 0, cells->columns - width, width, STYLE_TITLE, count, strlen(count));
		width = cells->columns - width - 1;
	} else {
		width = cells->columns;
	}
	cells_text(cells, 0, 0, width, STYLE_TITLE, pager->window.pane.label, strlen(pager->window.pane.label));
	return 1;
}
