#include "popup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINES_MAX 100000

void popup_open(struct popup *popup, enum popup_kind kind, const char *title,
		void (*chosen)(struct app *app, int value))
{
	popup_close(popup);
	popup->kind = kind;
	popup->chosen = chosen;
	snprintf(popup->title, sizeof(popup->title), "%s", title);
}

void popup_clear(struct popup *popup)
{
	for (size_t i = 0; i < popup->count; i++) {
		free(popup->lines[i].text);
		free(popup->lines[i].detail);
	}
	popup->count = popup->nfound = 0;
}

void popup_close(struct popup *popup)
{
	popup_clear(popup);
	free(popup->lines);
	free(popup->found);
	memset(popup, 0, sizeof(*popup));
}

static bool grow(struct popup *popup)
{
	size_t capacity = popup->capacity ? popup->capacity * 2 : 32;
	struct popup_line *lines;
	size_t *found;

	if (popup->count < popup->capacity)
		return true;
	if (capacity > LINES_MAX)
		return false;
	lines = realloc(popup->lines, capacity * sizeof(*lines));
	if (!lines)
		return false;
	popup->lines = lines;
	found = realloc(popup->found, capacity * sizeof(*found));
	if (!found)
		return false;
	popup->found = found;
	popup->capacity = capacity;
	return true;
}

static void add(struct popup *popup, enum popup_line_kind kind, const char *text, size_t size, const char *detail,
		int value, uint8_t style)
{
	struct popup_line line = { .kind = kind, .value = value, .style = style };

	if (!grow(popup))
		return;
	line.text = strndup(text, size);
	line.detail = detail ? strdup(detail) : NULL;
	if (!line.text || (detail && !line.detail)) {
		free(line.text);
		free(line.detail);
		return;
	}
	if (kind != POPUP_LINE_TEXT && line.text[0] == '(' && line.text[1] && line.text[2] == ')')
		line.hotkey = line.text[1];
	popup->found[popup->nfound++] = popup->count;
	popup->lines[popup->count++] = line;
}

void popup_item(struct popup *popup, const char *text, const char *detail, int value)
{
	add(popup, POPUP_LINE_CHOICE, text, strlen(text), detail, value, STYLE_POPUP);
}

void popup_item_refused(struct popup *popup, const char *text, const char *reason, int value)
{
	add(popup, POPUP_LINE_REFUSED, text, strlen(text), reason, value, STYLE_POPUP_DIM);
}

static void add_wrapped(struct popup *popup, uint8_t style, int width, int indent, const char *text,
			size_t size)
{
	char line[1024];
	int blanks = 0;

	if (width > 0 && indent > width / 2)
		indent = width / 2;
	do {
		size_t part = width > 0 ? cells_wrap(text, size, width - blanks) : size;
		int length = snprintf(line, sizeof(line), "%*s%.*s", blanks, "", (int)part, text);

		if (length >= (int)sizeof(line))
			length = (int)sizeof(line) - 1;
		add(popup, POPUP_LINE_TEXT, line, (size_t)length, NULL, 0, style);
		text += part;
		size -= part;
		while (size && *text == ' ') {
			text++;
			size--;
		}
		blanks = indent;
	} while (size);
}

void popup_text(struct popup *popup, uint8_t style, int width, int indent, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return;
	for (char *line = text; line;) {
		char *end = strchr(line, '\n');

		add_wrapped(popup, style, width, indent, line, end ? (size_t)(end - line) : strlen(line));
		line = end ? end + 1 : NULL;
	}
	free(text);
}

void popup_select(struct popup *popup, int value)
{
	for (size_t i = 0; i < popup->nfound; i++)
		if (popup->lines[popup->found[i]].kind != POPUP_LINE_TEXT && popup->lines[popup->found[i]].value == value)
			popup->selected = i;
}

/* ---- keys ---- */

/* The better, the smaller: what is just that before what contains it, and what cannot be chosen last. */
enum { RANKS = 3 };

static int rank_of(const struct popup *popup, const struct popup_line *line)
{
	if (line->kind == POPUP_LINE_TEXT || !strcasestr(line->text, popup->typed))
		return RANKS;
	return line->kind == POPUP_LINE_REFUSED ? 2 : strcasecmp(line->text, popup->typed) != 0;
}

static void find_typed(struct popup *popup)
{
	popup->nfound = 0;
	for (int rank = 0; rank < RANKS; rank++)
		for (size_t i = 0; i < popup->count; i++)
			if (popup->typed[0] ? rank_of(popup, &popup->lines[i]) == rank : !rank)
				popup->found[popup->nfound++] = i;
	popup->selected = popup->first_wanted = 0;
}

static void type(struct popup *popup, int key)
{
	size_t size = strlen(popup->typed);

	if (size + 1 >= sizeof(popup->typed))
		return;
	popup->typed[size] = (char)key;
	popup->typed[size + 1] = '\0';
	find_typed(popup);
	if (popup->nfound)
		return;
	popup->typed[size] = '\0';   /* a letter that finds nothing is not taken */
	find_typed(popup);
}

bool popup_value(const struct popup *popup, int *value)
{
	if (popup->selected >= popup->nfound)
		return false;
	*value = popup->lines[popup->found[popup->selected]].value;
	return true;
}

static enum popup_result choose(const struct popup *popup, int *value)
{
	if (!popup_value(popup, value) || popup->lines[popup->found[popup->selected]].kind != POPUP_LINE_CHOICE)
		return POPUP_STAYS;
	return POPUP_CHOSEN;
}

/* The line of this letter: chosen, or where it is refused the cursor goes there. */
static enum popup_result press_hotkey(struct popup *popup, int key, int *value)
{
	for (size_t i = 0; i < popup->nfound; i++) {
		if (popup->lines[popup->found[i]].hotkey != key)
			continue;
		popup->selected = i;
		return choose(popup, value);
	}
	return POPUP_STAYS;
}

static size_t moved(size_t at, size_t count, int key, int page)
{
	size_t step = page > 1 ? (size_t)page - 1 : 1;

	switch (key) {
	case K_UP:
		return at ? at - 1 : 0;
	case K_DOWN:
		return at + 1 < count ? at + 1 : at;
	case K_PAGE_UP:
		return at > step ? at - step : 0;
	case K_PAGE_DOWN:
		return at + step < count ? at + step : count ? count - 1 : 0;
	case K_HOME:
		return 0;
	case K_END:
		return count ? count - 1 : 0;
	}
	return at;
}

static enum popup_result menu_key(struct popup *popup, int key, int *value)
{
	size_t size = strlen(popup->typed);

	if (key == K_ENTER)
		return choose(popup, value);
	if (key == K_BACKSPACE && size) {
		popup->typed[size - 1] = '\0';
		find_typed(popup);
	} else if (popup->hotkeys && key > ' ' && key < 127) {
		return press_hotkey(popup, key, value);
	} else if (key >= ' ' && key < 127 && !popup->hotkeys && !popup->key) {
		type(popup, key);
	} else {
		popup->first_wanted = popup->first;
		popup->selected = moved(popup->selected, popup->nfound, key, popup->shown);
	}
	return POPUP_STAYS;
}

static size_t last_first(const struct popup *popup)
{
	return popup->nfound > (size_t)popup->shown ? popup->nfound - (size_t)popup->shown : 0;
}

static enum popup_result text_key(struct popup *popup, int key)
{
	if (key == K_ENTER || key == 'q' || key == K_BACKSPACE)
		return POPUP_CLOSES;
	if (key == ' ')
		key = K_PAGE_DOWN;
	popup->first = popup->first_wanted = moved(popup->first, last_first(popup) + 1, key, popup->shown);
	return POPUP_STAYS;
}

enum popup_result popup_key(struct popup *popup, int key, int *value)
{
	if (key == K_ESCAPE)
		return POPUP_CLOSES;
	return popup->kind == POPUP_MENU ? menu_key(popup, key, value) : text_key(popup, key);
}

enum popup_result popup_mouse(struct popup *popup, const struct key_event *event, int *value)
{
	const struct box *box = &popup->box;
	int row = event->mouse.row - box->row - 1;
	size_t at;

	if (event->mouse.kind == MOUSE_WHEEL_UP || event->mouse.kind == MOUSE_WHEEL_DOWN)
		return popup_key(popup, event->mouse.kind == MOUSE_WHEEL_UP ? K_UP : K_DOWN, value);
	if (event->mouse.kind != MOUSE_PRESS && event->mouse.kind != MOUSE_DOUBLE)
		return POPUP_STAYS;
	if (event->mouse.row < box->row || event->mouse.row >= box->row + box->rows ||
	    event->mouse.column < box->column || event->mouse.column >= box->column + box->columns)
		return POPUP_CLOSES;
	at = popup->first + (size_t)row;
	if (popup->kind != POPUP_MENU || row < 0 || row >= popup->shown || at >= popup->nfound)
		return POPUP_STAYS;
	if (at == popup->selected)
		return choose(popup, value);
	popup->selected = at;
	return POPUP_STAYS;
}

/* ---- drawing ---- */

static int widest_line(const struct popup *popup)
{
	int widest = 0;

	for (size_t i = 0; i < popup->count; i++) {
		int width = cells_width(popup->lines[i].text, strlen(popup->lines[i].text));

		if (width > widest)
			widest = width;
	}
	return widest;
}

static bool has_details(const struct popup *popup)
{
	for (size_t i = 0; i < popup->count; i++)
		if (popup->lines[i].detail)
			return true;
	return false;
}

#define DETAIL_ROWS 3

/* What the menu says of the line under the cursor, below the lines. */
static void draw_detail(const struct popup *popup, struct cells *cells, struct box box)
{
	const char *text;
	size_t size;

	if (popup->selected >= popup->nfound)
		return;
	text = popup->lines[popup->found[popup->selected]].detail;
	size = text ? strlen(text) : 0;
	for (int row = 0; row < box.rows && size; row++) {
		size_t part = cells_wrap(text, size, box.columns);

		cells_text(cells, box.row + row, box.column, box.columns, STYLE_POPUP, text, part);
		text += part;
		size -= part;
		while (size && *text == ' ') {
			text++;
			size--;
		}
	}
}

static void draw_lines(struct popup *popup, struct cells *cells, struct box inner)
{
	bool menu = popup->kind == POPUP_MENU;

	for (int i = 0; i < popup->shown && popup->first + (size_t)i < popup->nfound; i++) {
		size_t at = popup->first + (size_t)i;
		const struct popup_line *line = &popup->lines[popup->found[at]];
		uint8_t style = menu && at == popup->selected ? STYLE_POPUP_SELECTED : line->style;

		if (style == STYLE_POPUP_SELECTED)
			cells_fill(cells, (struct box){ inner.row + i, inner.column, 1, inner.columns },
				   style);
		cells_text(cells, inner.row + i, inner.column + 1, inner.columns - 2, style, line->text,
			   strlen(line->text));
	}
}

static void fit(struct popup *popup)
{
	popup->first = popup->first_wanted;
	if (popup->kind == POPUP_MENU) {
		if (popup->selected < popup->first)
			popup->first = popup->selected;
		if (popup->shown > 0 && popup->selected >= popup->first + (size_t)popup->shown)
			popup->first = popup->selected - (size_t)popup->shown + 1;
	}
	if (popup->first > last_first(popup))
		popup->first = last_first(popup);
}

static void draw_bottom(const struct popup *popup, struct cells *cells)
{
	const struct box *box = &popup->box;
	int row = box->row + box->rows - 1, width = box->columns - 4;
	char text[100];

	if (popup->typed[0])
		snprintf(text, sizeof(text), " %s ", popup->typed);
	else if (popup->hint)
		snprintf(text, sizeof(text), " %s ", popup->hint);
	else if (popup->kind == POPUP_MENU)
		snprintf(text, sizeof(text), popup->hotkeys ? " Enter or its letter chooses, Esc closes " :
							      " Enter chooses, Esc closes, letters find ");
	else if (last_first(popup))
		snprintf(text, sizeof(text), " %zu-%zu of %zu, Esc closes ", popup->first + 1,
			 popup->first + (size_t)popup->shown, popup->nfound);
	else
		snprintf(text, sizeof(text), " Esc closes ");
	if (cells_width(text, strlen(text)) <= width)
		cells_text(cells, row, box->column + 2, width, STYLE_POPUP_TITLE, text, strlen(text));
}

void popup_draw(struct popup *popup, struct cells *cells, struct box box)
{
	int width = widest_line(popup) + 4, height = (int)(popup->count < 10000 ? popup->count : 10000) + 2;
	bool detail = popup->kind == POPUP_MENU && has_details(popup) && box.rows >= 12;
	struct box inner;

	if (popup->kind == POPUP_TEXT || (detail && !popup->aside))
		width = width > 60 ? width : 60;
	if (width < 46)
		width = 46;
	if (detail)
		height += DETAIL_ROWS + 1;
	popup->box.columns = width < box.columns ? width : box.columns;
	popup->box.rows = height < box.rows ? height : box.rows;
	popup->box.row = box.row + (box.rows - popup->box.rows) / 2;
	popup->box.column = box.column + (box.columns - popup->box.columns) / 2;
	if (popup->aside) {
		popup->box.column = box.column + box.columns - popup->box.columns;
		popup->box.row = box.row + (popup->box.rows < box.rows);
	}
	cells_fill(cells, popup->box, STYLE_POPUP);
	cells_frame(cells, popup->box, STYLE_POPUP, popup->title);
	inner = (struct box){ popup->box.row + 1, popup->box.column + 1, popup->box.rows - 2,
			      popup->box.columns - 2 };
	popup->shown = inner.rows - (detail ? DETAIL_ROWS + 1 : 0);
	fit(popup);
	draw_lines(popup, cells, inner);
	if (detail)
		draw_detail(popup, cells,
			    (struct box){ inner.row + popup->shown + 1, inner.column + 1, DETAIL_ROWS,
					  inner.columns - 2 });
	draw_bottom(popup, cells);
}
