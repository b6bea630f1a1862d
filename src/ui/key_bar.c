#include <string.h>

#include "app_private.h"

static bool offered(const struct app *app, const struct action *action, bool live)
{
	/* at the bottom of the stack there is nothing to go back to */
	return action->label && (live || !action_is_live_only(action)) && !(action->keys[0] == K_BACKSPACE && app->nlevels < 2);
}

static bool is_function(const struct action *action)
{
	return action->keys[0] > K_FUNCTION && action->keys[0] <= K_F(24);
}

/* Function keys where fingers expect them, then the way back, the pane's own, and what is found in the help. */
static int rank(const struct action *action, bool own)
{
	if (is_function(action))
		return action->keys[0] - K_FUNCTION;
	return action->keys[0] == K_BACKSPACE ? 30 : own ? 50 : 100;
}

static size_t collect(struct app *app, const struct action **actions)
{
	const struct pane *pane = app_focus(app);
	const struct action *own = pane->operations->actions;
	int ranks[KEY_BAR_ENTRIES];
	bool live = app_is_live(app);
	size_t count = 0;

	for (int table = 0; table < 2; table++) {
		for (const struct action *a = table ? app_actions : own; a && a->help; a++) {
			size_t at = count;

			if (!offered(app, a, live) || count == KEY_BAR_ENTRIES)
				continue;
			/* the pane's own meaning of a key hides the application's */
			if (table && action_find(pane, a->keys[0]) != a)
				continue;
			while (at && ranks[at - 1] > rank(a, !table)) {
				actions[at] = actions[at - 1];
				ranks[at] = ranks[at - 1];
				at--;
			}
			actions[at] = a;
			ranks[at] = rank(a, !table);
			count++;
		}
	}
	return count;
}

#define LABEL_MAX 8
#define LABEL_MIN 3

static int label_width(const struct action *action, int most)
{
	int width = (int)strlen(action->label);

	return width < most ? width : most;
}

/* Cells that the function keys take with a gap behind labels of at most so many letters. */
static int functions_width(const struct action *const *actions, size_t count, int most, int gap)
{
	int needed = 0;

	for (size_t i = 0; i < count && is_function(actions[i]); i++)
		needed += (int)strlen(actions[i]->key_name) + label_width(actions[i], most) + gap;
	return needed;
}

/* A blank behind each label, and all of the label, unless a function key would be lost to them: first the blanks go, then
 * letters. */
static int fit_labels(const struct action *const *actions, size_t count, int width, int *most)
{
	*most = LABEL_MAX;
	if (functions_width(actions, count, *most, 1) <= width)
		return 1;
	while (*most > LABEL_MIN && functions_width(actions, count, *most, 0) > width)
		--*most;
	return 0;
}

static void draw_keys(struct app *app, struct cells *cells, int row, int width)
{
	const struct action *actions[KEY_BAR_ENTRIES];
	size_t count = collect(app, actions);
	int column = 0, most, gap = fit_labels(actions, count, width, &most);

	for (size_t i = 0; i < count; i++) {
		int letters = label_width(actions[i], most);
		int key = (int)strlen(actions[i]->key_name), label = letters + gap;

		if (column + key + label > width)
			break;
		cells_text(cells, row, column, key, STYLE_KEY, actions[i]->key_name, (size_t)key);
		cells_fill(cells, (struct box){ row, column + key, 1, label }, STYLE_KEY_LABEL);
		cells_text(cells, row, column + key, letters, STYLE_KEY_LABEL, actions[i]->label,
			   strlen(actions[i]->label));
		app->key_bar.entries[app->key_bar.count].action = actions[i];
		app->key_bar.entries[app->key_bar.count].column = column;
		app->key_bar.entries[app->key_bar.count++].width = key + label;
		column += key + label;
	}
}

void key_bar_draw(struct app *app, struct cells *cells, int row)
{
	struct pane *pane = app_focus(app);
	char position[64] = "";
	int width;

	app->key_bar.count = 0;
	app->key_bar.row = row;
	if (row < 0)
		return;
	if (app->message[0]) {
		cells_text(cells, row, 0, cells->columns, app->message_is_error ? STYLE_ERROR : STYLE_NORMAL,
			   app->message, strlen(app->message));
		return;
	}
	if (pane->operations->position)
		pane->operations->position(pane, position, sizeof(position));
	width = cells_width(position, strlen(position));
	if (width < cells->columns)
		cells_text(cells, row, cells->columns - width, width, STYLE_VALUE, position,
			   strlen(position));
	draw_keys(app, cells, row, cells->columns - width - 1);
}

const struct action *key_bar_hit(const struct key_bar *bar, int row, int column)
{
	if (row != bar->row || row < 0)
		return NULL;
	for (size_t i = 0; i < bar->count; i++)
		if (column >= bar->entries[i].column &&
		    column < bar->entries[i].column + bar->entries[i].width)
			return bar->entries[i].action;
	return NULL;
}
