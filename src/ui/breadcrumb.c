/* The way to the top pane: what was picked at each level. Views of the same selection are one part of it. */
#include <stdio.h>
#include <string.h>

#include "../engine/value.h"
#include "app_private.h"

#define PATH_TEXT 4096
#define LABEL_SHORT 48   /* bytes of a name in a path that is too long */
#define BETWEEN " > "

/* The path as escaped text, and where its parts are in it. */
struct path {
	char text[PATH_TEXT];
	size_t size;
	struct {
		size_t level, from, to;
	} parts[LEVELS_MAX];
	size_t count;
};

static void path_add(struct path *path, size_t level, const char *label, size_t most)
{
	size_t length = strlen(label), cut = length > most ? most : length, room, from;

	while (cut && cut < length && ((unsigned char)label[cut] & 0xc0) == 0x80)
		cut--;
	if (path->count)
		path->size += (size_t)snprintf(path->text + path->size, PATH_TEXT - path->size, BETWEEN);
	from = path->size;
	room = PATH_TEXT - path->size;
	path->size += text_escape(label, cut, path->text + path->size, room);
	if (cut < length)
		path->size += (size_t)snprintf(path->text + path->size, PATH_TEXT - path->size, "...");
	path->parts[path->count].level = level;
	path->parts[path->count].from = from;
	path->parts[path->count++].to = path->size;
}

/* Of each label at most so many bytes. */
static void path_fill(struct path *path, const struct app *app, size_t most)
{
	path->size = path->count = 0;
	path_add(path, 0, "whole machine", SIZE_MAX);
	for (size_t i = 1; i < app->nlevels; i++) {
		const char *label = app->levels[i].pane->label;

		/* a name may take its fourfold when it is escaped */
		if (label && path->size + 4 * strlen(label) + 64 < PATH_TEXT)
			path_add(path, i, label, most);
	}
}

/* Above a selection its part leads to the view that it was left from, in it to its first one. */
static size_t goes_to(const struct app *app, size_t first)
{
	size_t last = first;

	while (last + 1 < app->nlevels && !app->levels[last + 1].pane->label)
		last++;
	return last + 1 < app->nlevels ? last : first;
}

static void note(struct app *app, size_t level, int column, int width)
{
	struct breadcrumb *breadcrumb = &app->breadcrumb;

	if (width <= 0 || breadcrumb->count == LEVELS_MAX)
		return;
	breadcrumb->parts[breadcrumb->count].level = level;
	breadcrumb->parts[breadcrumb->count].column = column;
	breadcrumb->parts[breadcrumb->count++].width = width;
}

static void note_path(struct app *app, const struct path *path, size_t from, int column)
{
	for (size_t i = 0; i < path->count; i++) {
		size_t start = path->parts[i].from > from ? path->parts[i].from : from;

		if (path->parts[i].to > start)
			note(app, goes_to(app, path->parts[i].level),
			     column + cells_width(path->text + from, start - from),
			     cells_width(path->text + start, path->parts[i].to - start));
	}
}

static void draw_forward(struct app *app, struct cells *cells, int row, int column, int end)
{
	for (size_t i = app->nlevels; i < app->nlevels + app->nforward; i++) {
		const struct pane *pane = app->levels[i].pane;
		char text[LABEL_TEXT], shown[4 * LABEL_TEXT];
		size_t size;
		int width, between = (int)strlen(BETWEEN);

		if (pane->label)
			snprintf(text, sizeof(text), "%s", pane->label);
		else
			snprintf(text, sizeof(text), "(%s)", pane->view->name);
		size = text_escape(text, strlen(text), shown, sizeof(shown));
		width = cells_width(shown, size);
		if (column + between + width > end) {
			width = end - column - between - 3;
			if (width < 0)
				return;
			column += cells_text(cells, row, column, between, STYLE_DIM, BETWEEN, strlen(BETWEEN));
			note(app, i, column, width + 3);
			column += cells_text(cells, row, column, width, STYLE_DIM, shown, size);
			cells_text(cells, row, column, 3, STYLE_DIM, "...", 3);
			return;
		}
		column += cells_text(cells, row, column, between, STYLE_DIM, BETWEEN, strlen(BETWEEN));
		note(app, i, column, width);
		column += cells_text(cells, row, column, width, STYLE_DIM, shown, size);
	}
}

/* The path's end matters most: what does not fit, with long names cut, is cut at its start. */
void breadcrumb_draw(struct app *app, struct cells *cells, int row, int column, int width)
{
	struct path path;
	size_t from = 0;
	int end = column + width;

	app->breadcrumb.row = row;
	path_fill(&path, app, SIZE_MAX);
	if (cells_width(path.text, path.size) > width)
		path_fill(&path, app, LABEL_SHORT);
	if (cells_width(path.text, path.size) > width && width > 4) {
		while (from < path.size && cells_width(path.text + from, path.size - from) > width - 3)
			do
				from++;
			while (from < path.size && ((unsigned char)path.text[from] & 0xc0) == 0x80);
		column += cells_text(cells, row, column, 3, STYLE_PATH, "...", 3);
	}
	note_path(app, &path, from, column);
	column += cells_text(cells, row, column, end - column, STYLE_PATH, path.text + from, path.size - from);
	draw_forward(app, cells, row, column, end);
}

size_t breadcrumb_hit(const struct breadcrumb *breadcrumb, int row, int column)
{
	for (size_t i = 0; row == breadcrumb->row && i < breadcrumb->count; i++)
		if (column >= breadcrumb->parts[i].column &&
		    column < breadcrumb->parts[i].column + breadcrumb->parts[i].width)
			return breadcrumb->parts[i].level;
	return SIZE_MAX;
}
