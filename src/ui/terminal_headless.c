#include "terminal_headless.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/utf8.h"

enum { WORD_MAX = 64 };

struct headless {
	struct terminal terminal;
	int rows, columns;
	struct cells cells;
	char *script;
	const char *next;
	int quoted;              /* next is inside '...' */
	int repeat;              /* more times for `word` */
	char word[WORD_MAX];
	int failed;
};

static const struct {
	const char *name;
	int key;
} key_names[] = {
	{ "Up", K_UP },                { "Down", K_DOWN },
	{ "Left", K_LEFT },            { "Right", K_RIGHT },
	{ "Home", K_HOME },            { "End", K_END },
	{ "PgUp", K_PAGE_UP },         { "PgDn", K_PAGE_DOWN },
	{ "Tab", K_TAB },              { "Backtab", K_BACKTAB },
	{ "Enter", K_ENTER },          { "Esc", K_ESCAPE },
	{ "Space", ' ' },              { "Backspace", K_BACKSPACE },
	{ "Delete", K_DELETE },        { "Insert", K_INSERT },
	{ "ShiftUp", K_SHIFT_UP },     { "ShiftDown", K_SHIFT_DOWN },
	{ "ShiftLeft", K_SHIFT_LEFT }, { "ShiftRight", K_SHIFT_RIGHT },
	{ "Unknown", K_UNKNOWN },
};

static const struct {
	const char *name;
	enum mouse_kind kind;
} mouse_names[] = {
	{ "press", MOUSE_PRESS },   { "drag", MOUSE_DRAG },   { "release", MOUSE_RELEASE },
	{ "double", MOUSE_DOUBLE }, { "up", MOUSE_WHEEL_UP }, { "down", MOUSE_WHEEL_DOWN },
};

static struct headless *of(const struct terminal *terminal)
{
	return (struct headless *)terminal;
}

static int mouse_event(const char *word, struct key_event *event)
{
	char kind[16];

	if (sscanf(word, "Mouse:%15[a-z]:%d,%d", kind, &event->mouse.row, &event->mouse.column) != 3)
		return 0;
	for (size_t i = 0; i < sizeof(mouse_names) / sizeof(*mouse_names); i++) {
		if (!strcmp(kind, mouse_names[i].name)) {
			event->key = K_MOUSE;
			event->mouse.kind = mouse_names[i].kind;
			return 1;
		}
	}
	return 0;
}

/* 1: a key; 0: Wait; -1: not a word of scripts. */
static int word_event(struct headless *headless, const char *word, struct key_event *event)
{
	int n, columns, rows;

	if (!strcmp(word, "Wait"))
		return 0;
	for (size_t i = 0; i < sizeof(key_names) / sizeof(*key_names); i++) {
		if (!strcmp(word, key_names[i].name)) {
			event->key = key_names[i].key;
			return 1;
		}
	}
	if (sscanf(word, "F%d", &n) == 1 && n >= 1 && n <= 24) {
		event->key = K_F(n);
		return 1;
	}
	if (!strncmp(word, "Ctrl-", 5) && word[5] >= '@' && word[5] <= '_' && !word[6]) {
		event->key = K_CTRL(word[5]);
		return 1;
	}
	if (sscanf(word, "Resize:%dx%d", &columns, &rows) == 2 && columns > 0 && rows > 0) {
		headless->rows = rows;
		headless->columns = columns;
		event->key = K_RESIZE;
		return 1;
	}
	return mouse_event(word, event) ? 1 : -1;
}

static int quoted_event(struct headless *headless, struct key_event *event)
{
	uint32_t character;
	size_t bytes = utf8_decode(headless->next, strlen(headless->next), &character);

	if (!bytes) {
		headless->failed = 1;
		return 0;
	}
	event->key = (int)character;
	headless->next += bytes;
	return 1;
}

/* Next word into headless->word, its repeat count cut off. False at the end. */
static int take_word(struct headless *headless)
{
	size_t length = strcspn(headless->next, " \t\n");
	char *star;

	if (!length)
		return 0;
	snprintf(headless->word, sizeof(headless->word), "%.*s", (int)length, headless->next);
	headless->next += length;
	headless->repeat = 1;
	star = strrchr(headless->word, '*');
	if (star && star > headless->word && isdigit((unsigned char)star[1])) {
		headless->repeat = atoi(star + 1);
		*star = '\0';
	}
	return 1;
}

static int headless_key(struct terminal *terminal, struct key_event *event)
{
	struct headless *headless = of(terminal);
	int result;

	memset(event, 0, sizeof(*event));
	while (!headless->failed) {
		if (headless->quoted) {
			if (*headless->next && *headless->next != '\'')
				return quoted_event(headless, event);
			headless->quoted = 0;
			headless->next += *headless->next == '\'';
		}
		if (headless->repeat <= 0) {
			headless->next += strspn(headless->next, " \t\n");
			if (*headless->next == '\'') {
				headless->quoted = 1;
				headless->next++;
				continue;
			}
			if (!take_word(headless))
				return 0;
			continue;
		}
		headless->repeat--;
		result = word_event(headless, headless->word, event);
		if (result >= 0)
			return result;
		headless->failed = 1;
	}
	return 0;
}

static void headless_size(struct terminal *terminal, int *rows, int *columns)
{
	*rows = of(terminal)->rows;
	*columns = of(terminal)->columns;
}

static void headless_show(struct terminal *terminal, const struct cells *cells)
{
	struct headless *headless = of(terminal);

	if (cells_resize(&headless->cells, cells->rows, cells->columns))
		return;
	memcpy(headless->cells.grid, cells->grid,
	       sizeof(*cells->grid) * (size_t)cells->rows * (size_t)cells->columns);
	headless->cells.cursor_row = cells->cursor_row;
	headless->cells.cursor_column = cells->cursor_column;
}

static int headless_poll_fd(struct terminal *terminal)
{
	(void)terminal;
	return -1;
}

static void headless_leave(struct terminal *terminal)
{
	(void)terminal;
}

static void headless_close(struct terminal *terminal)
{
	struct headless *headless = of(terminal);

	cells_fini(&headless->cells);
	free(headless->script);
	free(headless);
}

static void headless_mouse(struct terminal *terminal, int on)
{
	(void)terminal;
	(void)on;
}

static const struct terminal_operations headless_operations = {
	.size = headless_size,
	.key = headless_key,
	.show = headless_show,
	.poll_fd = headless_poll_fd,
	.leave = headless_leave,
	.enter = headless_leave,
	.mouse = headless_mouse,
	.close = headless_close,
};

struct terminal *terminal_headless_new(int rows, int columns, const char *script)
{
	struct headless *headless = calloc(1, sizeof(*headless));

	if (!headless)
		return NULL;
	headless->terminal.operations = &headless_operations;
	headless->rows = rows;
	headless->columns = columns;
	cells_init(&headless->cells);
	if (terminal_headless_type(&headless->terminal, script ? script : "")) {
		free(headless);
		return NULL;
	}
	return &headless->terminal;
}

int terminal_headless_type(struct terminal *terminal, const char *script)
{
	struct headless *headless = of(terminal);
	char *copy = strdup(script);

	if (!copy)
		return -ENOMEM;
	free(headless->script);
	headless->script = copy;
	headless->next = copy;
	headless->quoted = headless->repeat = headless->failed = 0;
	return 0;
}

int terminal_headless_done(const struct terminal *terminal)
{
	const struct headless *headless = of(terminal);

	if (headless->failed)
		return 1;
	return !headless->quoted && headless->repeat <= 0 && !headless->next[strspn(headless->next, " \t\n")];
}

const struct cells *terminal_headless_cells(const struct terminal *terminal)
{
	return &of(terminal)->cells;
}

const char *terminal_headless_error(const struct terminal *terminal)
{
	return of(terminal)->failed ? of(terminal)->word : NULL;
}
