#include "clipboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_private.h"
#include "grid.h"
#include "text_pane.h"
#include "waterfall.h"

#define BEFORE "\033]52;c;"
#define BEHIND "\a"
#define MESSAGE_TEXT 120   /* bytes of what was copied that are told */

/* ---- the sequence ---- */

bool clipboard_known(const char *type)
{
	static const char *const without[] = { "linux", "dumb", "vt", "ansi", "cons" };

	for (size_t i = 0; i < sizeof(without) / sizeof(*without); i++)
		if (!strncmp(type, without[i], strlen(without[i])))
			return false;
	return *type;
}

/* Three bytes, the missing ones 0, as four letters. */
static size_t put_letters(const unsigned char *bytes, size_t count, char *letters)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned long value = (unsigned long)bytes[0] << 16 | (count > 1 ? bytes[1] << 8 : 0) | (count > 2 ? bytes[2] : 0);

	for (unsigned i = 0; i < 4; i++)
		letters[i] = i <= count ? alphabet[value >> (18 - 6 * i) & 63] : '=';
	return 4;
}

size_t clipboard_sequence(const char *text, size_t size, char sequence[CLIPBOARD_SEQUENCE])
{
	size_t used = strlen(BEFORE);

	if (size > CLIPBOARD_MAX)
		size = CLIPBOARD_MAX;
	memcpy(sequence, BEFORE, used);
	for (size_t i = 0; i < size; i += 3)
		used += put_letters((const unsigned char *)text + i, size - i < 3 ? size - i : 3, sequence + used);
	memcpy(sequence + used, BEHIND, strlen(BEHIND));
	return used + strlen(BEHIND);
}

/* ---- what is selected ---- */

struct copied {
	char text[CLIPBOARD_MAX + 1];
	size_t size;
};

static void add(struct copied *copied, const char *bytes, size_t size)
{
	copied->size += text_escape(bytes, size, copied->text + copied->size, sizeof(copied->text) - copied->size);
}

static void add_cell(struct copied *copied, const struct grid *grid, const struct query_row *row, size_t column)
{
	const struct value *value = &row->cells[column];
	char text[512];
	size_t size;

	if (value->type == VALUE_TEXT || value->type == VALUE_BYTES) {
		add(copied, value->text, value->size);
		return;
	}
	size = query_cell_text(grid->pane.query, row, column, text, sizeof(text));
	add(copied, text, size < sizeof(text) ? size : sizeof(text) - 1);
}

static void add_row(struct copied *copied, struct grid *grid, const struct query_row *row)
{
	for (size_t i = 0; grid_columns(grid) && i < grid->nchoices; i++) {
		if (grid->choices[i].state == CHOICE_HIDDEN)
			continue;
		if (copied->size && copied->size + 1 < sizeof(copied->text))
			copied->text[copied->size++] = '\t';
		add_cell(copied, grid, row, grid->choices[i].index);
	}
}

static void add_grid(struct copied *copied, struct grid *grid, bool whole)
{
	const struct query_row *row = grid_selected(grid);
	const struct view_column *key = view_key(grid->pane.view);

	if (row && key && !whole)
		add_cell(copied, grid, row, (size_t)(key - grid->pane.view->columns));
	else if (row)
		add_row(copied, grid, row);
}

static void add_span(struct copied *copied, struct waterfall *waterfall, bool whole)
{
	const struct waterfall_row *row = waterfall_selected(waterfall);
	char what[2048], figures[1024];

	if (!row)
		return;
	waterfall_details(waterfall, row, what, sizeof(what), figures, sizeof(figures));
	add(copied, what, strlen(what));
	if (!whole)
		return;
	add(copied, "  ", 2);
	add(copied, figures, strlen(figures));
}

static void add_line(struct copied *copied, struct text_pane *pane)
{
	struct text_view *view = &pane->window.view;
	uint64_t first, lines = text_view_lines(view, &first);

	if (!lines)
		return;
	text_view_show(view, view->cursor);
	add(copied, view->shown, view->shown_size);
}

static void add_selection(struct copied *copied, struct pane *pane)
{
	char text[1024];
	size_t size = pane->operations->selection ? pane->operations->selection(pane, text, sizeof(text)) : 0;

	add(copied, text, size < sizeof(text) ? size : sizeof(text) - 1);
}

static void copy(struct app *app, struct pane *pane, bool whole)
{
	struct copied *copied = calloc(1, sizeof(*copied));
	char shown[MESSAGE_TEXT + 1];

	if (!copied) {
		app_message(app, true, "out of memory");
		return;
	}
	if (grid_of(pane))
		add_grid(copied, grid_of(pane), whole);
	else if (pane->view->kind == VIEW_WATERFALL)
		add_span(copied, (struct waterfall *)pane, whole);
	else if (pane->view->kind == VIEW_TEXT)
		add_line(copied, (struct text_pane *)pane);
	else
		add_selection(copied, pane);
	text_escape(copied->text, copied->size, shown, sizeof(shown));
	if (!copied->size)
		app_message(app, false, "Nothing is selected that could be copied");
	else if (!app->host.copy || !app->host.copy(app->host.context, copied->text, copied->size))
		app_message(app, true, "This terminal has no clipboard that a program can write");
	else
		app_message(app, false, "Copied: %s%s", shown, strlen(shown) < copied->size ? " ..." : "");
	free(copied);
}

void clipboard_copy_name(struct app *app, struct pane *pane)
{
	copy(app, pane, false);
}

void clipboard_copy_row(struct app *app, struct pane *pane)
{
	copy(app, pane, true);
}
