/* The user's choice of columns. As text (in the settings file) it is the columns' titles in their order, joined by
 * commas: `-` before one hides it, `+` shows it where it would not be, `:12` behind it is its width. A title that the
 * view has twice is `TITLE#2` the second time; what would be mistaken for one of these marks is written as %xx. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"

#define NAME_SIZE 256

struct grid *grid_of(struct pane *pane)
{
	return pane->operations->key == grid_key ? (struct grid *)pane : NULL;
}

bool grid_columns(struct grid *grid)
{
	size_t count = grid->pane.view->ncolumns;

	if (grid->choices)
		return true;
	free(grid->candidates);
	free(grid->layout);
	grid->choices = calloc(count + 1, sizeof(*grid->choices));
	grid->candidates = calloc(count + 1, sizeof(*grid->candidates));
	grid->layout = calloc(count + 1, sizeof(*grid->layout));
	grid->layout_size = grid->nchoices = 0;
	if (!grid->choices || !grid->candidates || !grid->layout) {
		free(grid->choices);
		grid->choices = NULL;
		return false;
	}
	grid_columns_read(grid, NULL);
	return true;
}

void grid_fini(struct grid *grid)
{
	free(grid->choices);
	free(grid->candidates);
	free(grid->layout);
	grid->choices = NULL;
	grid->candidates = NULL;
	grid->layout = NULL;
}

/* ---- names ---- */

static bool is_mark(char c, bool at_end)
{
	return strchr(",:%#", c) || (at_end && strchr("+- ", c));
}

size_t grid_column_name(const struct grid *grid, size_t index, char *name, size_t size)
{
	const struct view_column *columns = grid->pane.view->columns;
	const char *title = columns[index].title;
	unsigned same = 1;
	size_t used = 0;

	for (const char *c = title; *c; c++) {
		bool mark = is_mark(*c, c == title || !c[1]);

		used += (size_t)snprintf(used < size ? name + used : NULL, used < size ? size - used : 0,
					 mark ? "%%%02x" : "%c", (unsigned char)*c);
	}
	for (size_t i = 0; i < index; i++)
		same += !(columns[i].flags & COLUMN_HIDDEN) && !strcmp(columns[i].title, title);
	if (same > 1)
		used += (size_t)snprintf(used < size ? name + used : NULL, used < size ? size - used : 0, "#%u", same);
	if (size && !used)
		name[0] = '\0';
	return used;
}

size_t grid_find_column(const struct grid *grid, const char *name, size_t size)
{
	const struct view *view = grid->pane.view;
	char own[NAME_SIZE];

	for (size_t i = 0; i < view->ncolumns; i++) {
		size_t length;

		if (!query_shows_column(grid->pane.query, i))
			continue;
		length = grid_column_name(grid, i, own, sizeof(own));
		if (length < sizeof(own) && length == size && !memcmp(own, name, size))
			return i;
	}
	return SIZE_MAX;
}

/* ---- reading ---- */

static size_t find_choice(const struct grid *grid, size_t index)
{
	for (size_t i = 0; i < grid->nchoices; i++)
		if (grid->choices[i].index == index)
			return i;
	return SIZE_MAX;
}

static void insert_choice(struct grid *grid, size_t at, struct column_choice choice)
{
	memmove(&grid->choices[at + 1], &grid->choices[at], (grid->nchoices - at) * sizeof(choice));
	grid->choices[at] = choice;
	grid->nchoices++;
}

/* One of the texts between commas. */
static void read_choice(struct grid *grid, const char *text, size_t size)
{
	struct column_choice choice = { .state = CHOICE_USUAL };
	const char *colon;

	while (size && *text == ' ')
		text++, size--;
	while (size && text[size - 1] == ' ')
		size--;
	if (size && (*text == '-' || *text == '+')) {
		choice.state = *text == '-' ? CHOICE_HIDDEN : CHOICE_SHOWN;
		text++, size--;
	}
	colon = memchr(text, ':', size);
	if (colon) {
		choice.width = atoi(colon + 1);
		size = (size_t)(colon - text);
	}
	if (choice.width < 2 || choice.width > GRID_WIDTH_MAX)
		choice.width = 0;
	choice.index = grid_find_column(grid, text, size);
	if (choice.index != SIZE_MAX && find_choice(grid, choice.index) == SIZE_MAX)
		insert_choice(grid, grid->nchoices, choice);
}

/* Columns that nothing was said of, behind those before them. */
static void add_others(struct grid *grid)
{
	const struct view *view = grid->pane.view;
	size_t place = 0;

	for (size_t i = 0; i < view->ncolumns; i++) {
		if (!query_shows_column(grid->pane.query, i))
			continue;
		if (find_choice(grid, i) == SIZE_MAX)
			insert_choice(grid, place, (struct column_choice){ .index = i });
		place = find_choice(grid, i) + 1;
	}
}

void grid_columns_read(struct grid *grid, const char *text)
{
	bool any = false;

	if (!grid->choices && !grid_columns(grid))
		return;
	grid->nchoices = 0;
	while (text && *text) {
		size_t size = strcspn(text, ",");

		read_choice(grid, text, size);
		text += size + (text[size] == ',');
	}
	add_others(grid);
	for (size_t i = 0; i < grid->nchoices; i++)
		any |= grid->choices[i].state != CHOICE_HIDDEN;
	/* an empty table helps nobody */
	for (size_t i = 0; i < grid->nchoices && !any; i++)
		grid->choices[i].state = CHOICE_USUAL;
}

/* ---- writing ---- */

static bool is_usual(const struct grid *grid)
{
	for (size_t i = 0; i < grid->nchoices; i++)
		if (grid->choices[i].width || grid->choices[i].state != CHOICE_USUAL ||
		    (i && grid->choices[i].index < grid->choices[i - 1].index))
			return false;
	return true;
}

char *grid_columns_text(struct grid *grid)
{
	char name[NAME_SIZE], *text = NULL;
	size_t size;
	FILE *file;

	if (!grid_columns(grid) || is_usual(grid))
		return strdup("");
	file = open_memstream(&text, &size);
	if (!file)
		return NULL;
	for (size_t i = 0; i < grid->nchoices; i++) {
		const struct column_choice *choice = &grid->choices[i];

		if (grid_column_name(grid, choice->index, name, sizeof(name)) >= sizeof(name))
			continue;
		fprintf(file, "%s%s%s", i ? "," : "",
			choice->state == CHOICE_HIDDEN ? "-" : choice->state == CHOICE_SHOWN ? "+" : "", name);
		if (choice->width)
			fprintf(file, ":%d", choice->width);
	}
	if (!fclose(file))
		return text;
	free(text);
	return NULL;
}
