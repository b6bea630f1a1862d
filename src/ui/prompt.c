#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal.h"

void prompt_open(struct prompt *prompt, const char *label, const char *hint, const char *text,
		 struct prompt_history *history)
{
	memset(prompt, 0, sizeof(*prompt));
	prompt->open = true;
	prompt->label = label;
	prompt->hint = hint;
	prompt->history = history;
	prompt->history_at = history->count;
	snprintf(prompt->text, sizeof(prompt->text), "%s", text ? text : "");
	prompt->size = prompt->cursor = strlen(prompt->text);
}

void prompt_error(struct prompt *prompt, size_t position, const char *text)
{
	snprintf(prompt->error, sizeof(prompt->error), "%s", text);
	prompt->error_at = position < prompt->size ? position : prompt->size;
	prompt->cursor = prompt->error_at;
}

/* ---- history ---- */

void prompt_history_add(struct prompt_history *history, const char *text)
{
	char *copy;

	if (!text[0])
		return;
	for (size_t i = 0; i < history->count; i++) {
		if (strcmp(history->texts[i], text))
			continue;
		copy = history->texts[i];
		memmove(&history->texts[i], &history->texts[i + 1],
			(history->count - i - 1) * sizeof(char *));
		history->texts[history->count - 1] = copy;
		return;
	}
	copy = strdup(text);
	if (!copy)
		return;
	if (history->count == PROMPT_HISTORY) {
		free(history->texts[0]);
		memmove(&history->texts[0], &history->texts[1], --history->count * sizeof(char *));
	}
	history->texts[history->count++] = copy;
}

void prompt_history_fini(struct prompt_history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->texts[i]);
	history->count = 0;
}

static bool browse(struct prompt *prompt, bool older)
{
	size_t at = prompt->history_at;

	if (older ? !at : at == prompt->history->count)
		return false;
	if (at == prompt->history->count)
		memcpy(prompt->draft, prompt->text, prompt->size + 1);
	at = older ? at - 1 : at + 1;
	snprintf(prompt->text, sizeof(prompt->text), "%s",
		 at == prompt->history->count ? prompt->draft : prompt->history->texts[at]);
	prompt->history_at = at;
	prompt->size = prompt->cursor = strlen(prompt->text);
	return true;
}

/* ---- editing ---- */

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const struct prompt *prompt, size_t at)
{
	if (at)
		at--;
	while (at && continues(prompt->text[at]))
		at--;
	return at;
}

static size_t after(const struct prompt *prompt, size_t at)
{
	if (at < prompt->size)
		at++;
	while (at < prompt->size && continues(prompt->text[at]))
		at++;
	return at;
}

static size_t word_before(const struct prompt *prompt)
{
	size_t at = prompt->cursor;

	while (at && prompt->text[at - 1] == ' ')
		at--;
	while (at && prompt->text[at - 1] != ' ')
		at--;
	return at;
}

static bool remove_bytes(struct prompt *prompt, size_t from, size_t to)
{
	if (from == to)
		return false;
	memmove(prompt->text + from, prompt->text + to, prompt->size - to + 1);
	prompt->size -= to - from;
	prompt->cursor = from;
	return true;
}

void prompt_insert(struct prompt *prompt, const char *bytes, size_t size)
{
	if (prompt->size + size >= sizeof(prompt->text))
		return;
	memmove(prompt->text + prompt->cursor + size, prompt->text + prompt->cursor,
		prompt->size - prompt->cursor + 1);
	memcpy(prompt->text + prompt->cursor, bytes, size);
	prompt->size += size;
	prompt->cursor += size;
}

static size_t encode(int character, char *bytes)
{
	unsigned c = (unsigned)character;

	if (c < 0x80) {
		bytes[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		bytes[0] = (char)(0xc0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		bytes[0] = (char)(0xe0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 63));
		bytes[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	bytes[0] = (char)(0xf0 | c >> 18);
	bytes[1] = (char)(0x80 | (c >> 12 & 63));
	bytes[2] = (char)(0x80 | (c >> 6 & 63));
	bytes[3] = (char)(0x80 | (c & 63));
	return 4;
}

static bool is_text(int key)
{
	return key >= ' ' && key != 127 && key < 0x110000 && !(key >= 0xd800 && key < 0xe000) &&
	       !(key >= 0x80 && key < 0xa0);
}

static enum prompt_result changed(struct prompt *prompt, bool yes)
{
	if (yes)
		prompt->error[0] = '\0';
	return yes ? PROMPT_CHANGED : PROMPT_USED;
}

enum prompt_result prompt_key(struct prompt *prompt, int key)
{
	char bytes[4];

	prompt->candidates[0] = '\0';
	switch (key) {
	case K_ENTER:
		return PROMPT_DONE;
	case K_ESCAPE:
		return PROMPT_CANCELLED;
	case K_LEFT:
		prompt->cursor = before(prompt, prompt->cursor);
		return PROMPT_USED;
	case K_RIGHT:
		prompt->cursor = after(prompt, prompt->cursor);
		return PROMPT_USED;
	case K_HOME:
	case K_CTRL('A'):
		prompt->cursor = 0;
		return PROMPT_USED;
	case K_END:
	case K_CTRL('E'):
		prompt->cursor = prompt->size;
		return PROMPT_USED;
	case K_UP:
	case K_DOWN:
		return changed(prompt, browse(prompt, key == K_UP));
	case K_BACKSPACE:
		return changed(prompt, remove_bytes(prompt, before(prompt, prompt->cursor), prompt->cursor));
	case K_DELETE:
		return changed(prompt, remove_bytes(prompt, prompt->cursor, after(prompt, prompt->cursor)));
	case K_CTRL('U'):
		return changed(prompt, remove_bytes(prompt, 0, prompt->cursor));
	case K_CTRL('K'):
		return changed(prompt, remove_bytes(prompt, prompt->cursor, prompt->size));
	case K_CTRL('W'):
		return changed(prompt, remove_bytes(prompt, word_before(prompt), prompt->cursor));
	case K_TAB:
		return changed(prompt, prompt->fields && prompt_complete_field(prompt));
	}
	if (!is_text(key))
		return PROMPT_UNUSED;
	prompt_insert(prompt, bytes, encode(key, bytes));
	return changed(prompt, true);
}

/* ---- drawing ---- */

/* The error under (or over) the place that it is about. */
static void draw_error(const struct prompt *prompt, struct cells *cells, int row, struct box box, int caret)
{
	int width = cells_width(prompt->error, strlen(prompt->error));
	int right = box.column + box.columns, at = caret + 2;

	cells_text(cells, row, caret, right - caret, STYLE_ERROR, "^", 1);
	if (at + width > right && caret - 1 - width >= box.column)
		at = caret - 1 - width;
	else if (at + width > right && right - at < box.columns / 2) {
		/* fits on neither side: the caret gives way */
		cells_fill(cells, (struct box){ row, box.column, 1, box.columns }, STYLE_NORMAL);
		at = box.column;
	}
	cells_text(cells, row, at, right - at, STYLE_ERROR, prompt->error, strlen(prompt->error));
}

/* As many whole pieces as fit; two blanks part them. */
static void draw_hint(struct cells *cells, int row, struct box box, const char *text)
{
	size_t size = 0;

	while (text[size]) {
		const char *end = strstr(text + size + (size > 0 ? 2 : 0), "  ");
		size_t next = end ? (size_t)(end - text) : strlen(text);

		if (cells_width(text, next) > box.columns)
			break;
		size = next;
	}
	cells_text(cells, row, box.column, box.columns, STYLE_DIM, text, size);
}

void prompt_draw(const struct prompt *prompt, struct cells *cells, struct box box)
{
	int row = box.row + box.rows - (box.rows > 1 ? 2 : 1);
	int label = (int)strlen(prompt->label), width, cursor;
	size_t from = 0;

	if (label > box.columns / 2)
		label = box.columns / 2;
	width = box.columns - label - 1;
	/* the part of the text around the cursor */
	while (from < prompt->cursor && cells_width(prompt->text + from, prompt->cursor - from) > width)
		from = after(prompt, from);
	cursor = label + cells_width(prompt->text + from, prompt->cursor - from);
	cells_fill(cells, (struct box){ row, box.column, box.row + box.rows - row, box.columns },
		   STYLE_NORMAL);
	cells_text(cells, row, box.column, label, STYLE_LABEL, prompt->label, strlen(prompt->label));
	cells_text(cells, row, box.column + label, width + 1, STYLE_VALUE, prompt->text + from,
		   prompt->size - from);
	cells->cursor_row = row;
	cells->cursor_column = box.column + cursor;
	if (box.rows < 2)
		return;
	if (prompt->error[0]) {
		size_t at = prompt->error_at > from ? prompt->error_at : from;

		draw_error(prompt, cells, row + 1, box,
			   box.column + label + cells_width(prompt->text + from, at - from));
	} else if (prompt->candidates[0]) {
		cells_text(cells, row + 1, box.column, box.columns, STYLE_DIM, prompt->candidates,
			   strlen(prompt->candidates));
	} else {
		draw_hint(cells, row + 1, box, prompt->hint);
	}
}
