#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../engine/row_output.h"
#include "../engine/trace_output.h"
#include "app_private.h"
#include "grid.h"
#include "waterfall.h"

#define FIRST_BUDGET 5000000ull   /* ns: most files are complete at once */
#define WRITE_SIZE (64 << 10)     /* bytes that are gathered before they are written */
#define NAMES_MAX 1000            /* of files that are tried for one that is not there */

struct export {
	char *path;                /* the file; beside: where it is written until then, NULL: there */
	char *beside;
	int fd;
	struct row_output *output;
	struct format_text text;
	struct query *query;       /* of the top pane: it stays while this goes on */
	bool spectrum;
	const struct waterfall *waterfall; /* the top pane, if its spans are the rows; NULL: those of the query */
	uint32_t node;             /* of its tree: comes next */
	enum row_format format;
	size_t next, rows;         /* to write; how many there are */
	uint64_t last_id;          /* of the row written last */
	uint64_t bytes;
};

/* ---- files ---- */

static int file_open(struct export *export, bool replace)
{
	struct stat about;

	if (!replace) {
		export->fd = open(export->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		return export->fd < 0 ? -errno : 0;
	}
	/* what stands there is no plain file to replace: a device, a pipe, a directory */
	if (!lstat(export->path, &about) && !S_ISREG(about.st_mode))
		return S_ISDIR(about.st_mode) ? -EISDIR : -EINVAL;
	if (asprintf(&export->beside, "%s.XXXXXX", export->path) < 0) {
		export->beside = NULL;
		return -ENOMEM;
	}
	export->fd = mkostemp(export->beside, O_CLOEXEC);   /* 0600 */
	if (export->fd >= 0)
		return 0;
	free(export->beside);
	export->beside = NULL;
	return -errno;
}

static int file_write(struct export *export)
{
	size_t at = 0;

	if (export->text.failed)
		return -ENOMEM;
	while (at < export->text.size) {
		ssize_t written = write(export->fd, export->text.bytes + at, export->text.size - at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written ? -errno : -EIO;
		at += (size_t)written;
	}
	export->bytes += at;
	export->text.size = 0;
	return 0;
}

static int file_complete(struct export *export)
{
	int fd = export->fd;

	export->fd = -1;
	if (close(fd))
		return -errno;
	if (export->beside && rename(export->beside, export->path))
		return -errno;
	free(export->beside);
	export->beside = NULL;
	return 0;
}

/* complete: the file stays. */
static void finish(struct app *app, bool complete)
{
	struct export *export = app->export;

	if (export->fd >= 0)
		close(export->fd);
	if (!complete)
		unlink(export->beside ? export->beside : export->path);
	row_output_free(export->output);
	free(export->text.bytes);
	free(export->beside);
	free(export->path);
	free(export);
	app->export = NULL;
}

void export_free(struct app *app)
{
	if (app->export)
		finish(app, false);
}

static const char *reason(int error)
{
	switch (-error) {
	case EISDIR: return "this is a directory";
	case EINVAL: return "there is something that is no plain file";
	case ENOENT: return "there is no such directory";
	case EACCES:
	case EPERM: return "you may not write there";
	case EROFS: return "nothing can be written there";
	case ENOSPC:
	case EDQUOT: return "there is no room left";
	case ENOMEM: return "out of memory";
	default: return strerror(-error);
	}
}

static void fail(struct app *app, int error)
{
	app_message(app, true, "Nothing is written, %s: %s", reason(error), app->export->path);
	finish(app, false);
}

/* ---- rows ---- */

/* Rows go when the recording forgets their events: those behind the last one that was written come next. */
static void find_place(struct export *export)
{
	size_t rows = query_rows(export->query), last;

	if (rows == export->rows)
		return;
	export->rows = rows;
	last = export->next ? query_find_row(export->query, export->last_id) : SIZE_MAX;
	if (last != SIZE_MAX)
		export->next = last + 1;
	else if (export->next > rows)
		export->next = rows;
}

static void add_row(struct export *export)
{
	const struct query_row *row;

	if (export->waterfall) {
		export->node = trace_output_node(export->waterfall->tree, export->node, export->waterfall->now, export->format,
						 &export->text);
		export->next = export->node == TRACE_NONE ? export->rows : export->next + 1;
		return;
	}
	if (export->spectrum) {
		row_output_spectrum(export->output, export->next++, &export->text);
		return;
	}
	row = query_row(export->query, export->next++);
	export->last_id = row->id;
	row_output_row(export->output, row, &export->text);
}

bool export_step(struct app *app, uint64_t budget_ns)
{
	struct export *export = app->export;
	uint64_t start = pane_clock();
	int error = 0;

	if (!export)
		return false;
	if (!export->spectrum && !export->waterfall)
		find_place(export);
	while (!error && export->next < export->rows) {
		add_row(export);
		if (export->text.size >= WRITE_SIZE || export->text.failed)
			error = file_write(export);
		if (pane_clock() - start > budget_ns)
			break;
	}
	if (!error && export->next < export->rows) {
		app_message(app, false, "Writing %s: %zu of %zu rows, Esc stops", export->path, export->next, export->rows);
		return true;
	}
	if (!error)
		error = file_write(export);
	if (!error)
		error = file_complete(export);
	if (error) {
		fail(app, error);
		return false;
	}
	app_message(app, false, "Wrote %zu row%s, %llu bytes, to %s%s", export->rows, export->rows == 1 ? "" : "s",
		    (unsigned long long)export->bytes, export->path,
		    app_top(app)->caught_up ? "" : "; not all is read yet");
	finish(app, true);
	return false;
}

void export_key(struct app *app, int key)
{
	if (key == K_ESCAPE || key == K_CTRL('C') || key == 'q' || key == K_F(10)) {
		app_message(app, false, "Stopped: nothing is written to %s", app->export->path);
		finish(app, false);
	}
}

/* ---- beginning ---- */

static enum row_format format_of(const char *path)
{
	size_t size = strlen(path);

	if (size >= 4 && !strcasecmp(path + size - 4, ".csv"))
		return ROWS_CSV;
	if (size >= 5 && !strcasecmp(path + size - 5, ".json"))
		return ROWS_JSON;
	return ROWS_TEXT;
}

/* The columns that the pane shows, those too that find no room on this screen. */
static struct row_output *output_of(struct pane *pane, enum row_format format)
{
	struct grid *grid = grid_of(pane);
	struct row_output *output;
	size_t *columns, count = 0;

	if (!grid)
		return row_output_shown(pane->query, format, true);
	if (!grid_columns(grid))
		return NULL;
	columns = calloc(grid->nchoices + 1, sizeof(*columns));
	if (!columns)
		return NULL;
	for (size_t i = 0; i < grid->nchoices; i++)
		if (grid->choices[i].state != CHOICE_HIDDEN)
			columns[count++] = grid->choices[i].index;
	output = row_output_new(pane->query, format, columns, count);
	free(columns);
	return output;
}

/* A leading ~/ is the home directory, as in a shell. Malloced. */
static char *real_path(const char *path)
{
	const char *home = getenv("HOME");
	char *text;

	if (path[0] != '~' || path[1] != '/' || !home || !home[0])
		return strdup(path);
	return asprintf(&text, "%s%s", home, path + 1) < 0 ? NULL : text;
}

static size_t rows_of(const struct export *export)
{
	if (export->waterfall)
		return trace_tree_count(export->waterfall->tree);
	return export->spectrum ? spectrum_rows(export->query) : query_rows(export->query);
}

/* What is to be written, and where to. Without memory its path is NULL, or its output where it needs one. */
static struct export *export_new(struct pane *pane, const char *name)
{
	struct export *export = calloc(1, sizeof(*export));

	if (!export)
		return NULL;
	export->fd = -1;
	export->query = pane->query;
	export->format = format_of(name);
	export->spectrum = pane->view->kind == VIEW_SPECTROGRAM;
	if (pane->view->kind == VIEW_WATERFALL)
		export->waterfall = (const struct waterfall *)pane;
	export->rows = rows_of(export);
	export->path = real_path(name);
	if (export->path && !export->waterfall)
		export->output = output_of(pane, export->format);
	return export;
}

static void add_titles(struct export *export)
{
	if (export->waterfall)
		trace_output_titles(export->format, &export->text);
	else
		row_output_titles(export->output, &export->text);
}

/* False if there is such a file and it is not to be replaced. */
static bool begin(struct app *app, const char *name, bool replace)
{
	struct export *export = export_new(app_top(app)->pane, name);
	int error = -ENOMEM;

	if (!export) {
		app_message(app, true, "out of memory");
		return true;
	}
	app->export = export;
	if (export->output || (export->path && export->waterfall))
		error = file_open(export, replace);
	if (error) {
		if (error != -EEXIST)
			app_message(app, true, "Nothing is written, %s: %s", reason(error), name);
		free(export->path);
		row_output_free(export->output);
		free(export);
		app->export = NULL;
		return error != -EEXIST;
	}
	add_titles(export);
	export_step(app, FIRST_BUDGET);
	return true;
}

static void replace_chosen(struct app *app, int value)
{
	if (value)
		begin(app, app->export_name, true);
	else
		app_message(app, false, "Nothing is written");
}

static bool name_done(struct app *app, const char *text)
{
	if (!text[0])
		return true;
	snprintf(app->export_name, sizeof(app->export_name), "%s", text);
	prompt_history_add(&app->save_history, text);
	if (begin(app, text, false))
		return true;
	popup_open(&app->popup, POPUP_MENU, "There is such a file", replace_chosen);
	popup_item(&app->popup, "keep it, write nothing", "the file stays as it is", 0);
	popup_item(&app->popup, "replace it", app->export_name, 1);
	return true;
}

/* A name that no file here has yet. */
static void default_name(const struct view *view, char *name, size_t size)
{
	struct stat about;

	snprintf(name, size, "%.100s.csv", view->id);
	for (int i = 2; i < NAMES_MAX && !lstat(name, &about); i++)
		snprintf(name, size, "%.100s-%d.csv", view->id, i);
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '_';
}

void export_prompt(struct app *app, struct pane *pane)
{
	char name[128];

	switch (pane->view->kind) {
	case VIEW_TABLE:
	case VIEW_LIST:
	case VIEW_EVENTS:
	case VIEW_IN_FLIGHT:
	case VIEW_SPECTROGRAM:
		break;
	case VIEW_TEXT:
		app_message(app, false, "s saves these lines");
		return;
	case VIEW_WATERFALL:
		if (((struct waterfall *)pane)->tree)
			break;
		app_message(app, false, "There is no trace yet whose spans could be written");
		return;
	}
	default_name(pane->view, name, sizeof(name));
	prompt_open(&app->prompt, "Write rows to: ", "Enter writes .csv, .json, or else text  Esc cancels", name,
		    &app->save_history);
	app->prompt_done = name_done;
}
