/* Any keys, clicks, sizes and times, in any order, on small captures and on a synthetic live machine. Whatever comes, the
 * screen is drawn without a fault, and
 * - drawing twice draws the same;
 * - panes, details, popups and the key bar draw inside their boxes;
 * - going down and back, or to another size and back, leads to the same screen.
 *
 * Keys type names of files, so all of it happens in a temporary directory, and no name has a slash. Actions of views run
 * nothing: the commands are a fake.
 *
 * An input: a byte that picks the source, one that picks the view, then steps; see step(). */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/engine/capture_source.h"
#include "src/engine/utf8.h"
#include "src/ui/app_private.h"
#include "test/ui/web_service.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"

#define CHECK(condition)                                                                             \
	do {                                                                                         \
		if (!(condition)) {                                                                  \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);              \
			abort();                                                                     \
		}                                                                                    \
	} while (0)

#define STEPS_MAX 200
#define CELLS_MAX 6000000      /* drawn: a walk over the largest screens ends sooner */
#define TICKS_MAX 100000       /* until nothing is left to do */
#define ROWS_MAX 120
#define COLUMNS_MAX 400
#define POPUP_ROWS 16          /* of a screen where popups keep off the header (app.c) */
#define UNTOUCHED 0xe000       /* private use: nobody draws it */
#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

static const char *const captures[] = {
	"spans_write", "containers", "kinds", "evtin", "markers", "spans_open", "many_open", "truncated",
};

/* The checkout, where captures are; and where keys may write. */
static int checkout = -1, scratch = -1;
static char scratch_path[] = "/tmp/spantop-screen-fuzz.XXXXXX";

struct walk {
	const uint8_t *data;
	size_t size, at;
	struct engine *engine;
	struct source *source;     /* of the capture, until it is read */
	const char *capture;       /* NULL: live */
	struct app *app;
	struct settings *settings;
	struct cells cells;
	uint64_t now;
	int rows, columns;
	uint64_t drawn;            /* cells */
	unsigned running;          /* reads until the fake command ends */
};

static unsigned take(struct walk *walk)
{
	return walk->at < walk->size ? walk->data[walk->at++] : 0;
}

/* ---- the host ---- */

static void tell_status(void *context, struct app_status *status)
{
	const struct walk *walk = context;

	if (walk->capture)
		*status = (struct app_status){ .source = walk->capture, .reading = walk->source, .progress = 0.5 };
	else
		*status = (struct app_status){ .source = "live", .scope = "inside", .own_cpu = 0.004, .events_rate = -1,
					       .markers_rate = 48, .spans_rate = 24 };
}

static int need_scope(void *context, const char *scope)
{
	(void)context;
	CHECK(scope[0]);
	return 0;
}

static struct source *open_capture(const char *name)
{
	char path[200], error[200];
	struct source *source;

	snprintf(path, sizeof(path), "test/data/captures/%s.scap", name);
	CHECK(!fchdir(checkout));
	source = capture_source_open(path, error, sizeof(error));
	CHECK(!fchdir(scratch));
	if (!source)
		fprintf(stderr, "%s: %s: run it in the checkout\n", path, error);
	CHECK(source);
	return source;
}

static struct source *read_again(void *context)
{
	return open_capture(((struct walk *)context)->capture);
}

static void keep_data(void *context, unsigned bytes)
{
	(void)context;
	(void)bytes;
}

static void switch_mouse(void *context, bool on)
{
	(void)context;
	(void)on;
}

static int fake_start(void *context, char *const *words, bool terminal)
{
	struct walk *walk = context;

	CHECK(words[0] && words[0][0] && !walk->running);
	walk->running = terminal ? 1 : 4;
	return 0;
}

static long fake_read(void *context, char *bytes, size_t size)
{
	static const char text[] = "tracing \033[2J 100\nwrite(5, \"\xff\xfe\", 2) = 2\n";
	struct walk *walk = context;

	CHECK(walk->running && size >= sizeof(text));
	if (!--walk->running)
		return -1;
	memcpy(bytes, text, sizeof(text) - 1);
	return sizeof(text) - 1;
}

static int fake_status(void *context)
{
	(void)context;
	return 3;
}

static void fake_kill(void *context)
{
	((struct walk *)context)->running = 1;
}

static bool fake_exists(void *context, const char *program)
{
	(void)context;
	return strcmp(program, "gdb");
}

static bool fake_process(void *context, uint32_t id, struct app_process *process)
{
	(void)context;
	*process = (struct app_process){ .started = WEB_SERVICE_START - 3600000000000ull, .name = "python3" };
	return id < 104;
}

/* ---- drawing ---- */

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return a->character == b->character && a->style == b->style && a->under == b->under;
}

static void copy_cells(struct cells *to, const struct cells *from)
{
	CHECK(!cells_resize(to, from->rows, from->columns));
	memcpy(to->grid, from->grid, (size_t)from->rows * (size_t)from->columns * sizeof(*from->grid));
	to->cursor_row = from->cursor_row;
	to->cursor_column = from->cursor_column;
}

static void show_both(const struct cells *was, const struct cells *is, int row, int column, const char *what)
{
	char *before = cells_dump(was, 0), *after = cells_dump(is, 0);

	fprintf(stderr, "---- %s, differs first at %d,%d; before:\n%s---- after:\n%s", what, row, column, before ? before : "",
		after ? after : "");
	free(before);
	free(after);
	abort();
}

/* But for one row and, if `last`, the last one. */
static void check_same(const struct cells *was, const struct cells *is, int but, bool last, const char *what)
{
	CHECK(was->rows == is->rows && was->columns == is->columns);
	for (int row = 0; row < was->rows - last; row++)
		for (int column = 0; row != but && column < was->columns; column++)
			if (!same_cell(&was->grid[row * was->columns + column], &is->grid[row * is->columns + column]))
				show_both(was, is, row, column, what);
}

static void draw(struct walk *walk, struct cells *cells)
{
	CHECK(!cells_resize(cells, walk->rows, walk->columns));
	app_draw(walk->app, cells);
	walk->drawn += (uint64_t)walk->rows * (uint64_t)walk->columns;
	CHECK(cells->cursor_row < walk->rows && cells->cursor_column < walk->columns);
}

static void prepare(struct cells *cells)
{
	for (int i = 0; i < cells->rows * cells->columns; i++)
		cells->grid[i] = (struct cell){ .character = UNTOUCHED };
}

static void check_inside(const struct cells *cells, struct box box, const char *who)
{
	for (int row = 0; row < cells->rows; row++)
		for (int column = 0; column < cells->columns; column++) {
			bool inside = row >= box.row && row < box.row + box.rows && column >= box.column &&
				      column < box.column + box.columns;

			if (!inside && cells->grid[row * cells->columns + column].character != UNTOUCHED) {
				char *text = cells_dump(cells, 0);

				fprintf(stderr, "%s: %d,%d is outside %d,%d %dx%d (rows x columns):\n%s", who, row, column,
					box.row, box.column, box.rows, box.columns, text ? text : "");
				abort();
			}
		}
}

/* Each part again, alone, into a screen that nobody touched. */
static void check_parts(struct walk *walk)
{
	struct app *app = walk->app;
	struct pane *pane = app_focus(app);
	struct box all = { 0, 0, walk->rows, walk->columns };
	struct cells cells;

	if (!app->pane_box.columns)
		return;    /* too small */
	CHECK(!cells_init(&cells) && !cells_resize(&cells, walk->rows, walk->columns));
	cells.ascii = app->ascii;
	prepare(&cells);
	pane->operations->draw(pane, &cells, pane->box);
	check_inside(&cells, pane->box, pane->view ? pane->view->id : "pager");
	prepare(&cells);
	details_draw(app, pane, &cells);
	check_inside(&cells, app->details.box, "details");
	if (app->popup.kind != POPUP_NONE) {
		struct box box = walk->rows >= POPUP_ROWS ? app->pane_box : all;

		prepare(&cells);
		popup_draw(&app->popup, &cells, box);
		check_inside(&cells, box, "popup");
	}
	cells_fini(&cells);
}

static void look(struct walk *walk)
{
	struct cells again;

	CHECK(!cells_init(&again));
	draw(walk, &walk->cells);
	draw(walk, &again);
	check_same(&walk->cells, &again, -1, false, "drawn twice");
	CHECK(again.cursor_row == walk->cells.cursor_row && again.cursor_column == walk->cells.cursor_column);
	cells_fini(&again);
	check_parts(walk);
}

/* Until there is nothing to do but to wait for a key. */
static void settle(struct walk *walk)
{
	unsigned ticks = 0;

	do {
		if (walk->source && !app_is_behind(walk->app) && engine_pump(walk->engine, walk->source, 256) < 0) {
			walk->source->operations->close(walk->source);
			walk->source = NULL;
		}
		app_tick(walk->app, walk->now);
		CHECK(ticks++ < TICKS_MAX);
	} while (walk->source || app_next_tick(walk->app) <= walk->now);
}

/* ---- steps ---- */

/* Files are written into the directory of this run alone. */
static bool leads_away(const struct app *app, int key)
{
	return key == K_ENTER && app->prompt.open && app->prompt.history == &app->save_history &&
	       (strchr(app->prompt.text, '/') || app->prompt.text[0] == '~');
}

static void send(struct walk *walk, const struct key_event *event)
{
	struct key_event escape = { .key = K_ESCAPE };

	app_key(walk->app, leads_away(walk->app, event->key) ? &escape : event, walk->now);
	settle(walk);
}

static void press(struct walk *walk, int key)
{
	send(walk, &(struct key_event){ .key = key });
}

static void press_some_key(struct walk *walk)
{
	static const int keys[] = {
		K_ENTER, K_ENTER, K_ENTER, K_ENTER, K_DOWN, K_DOWN, K_UP, K_END, K_HOME, K_PAGE_DOWN, K_PAGE_UP, K_LEFT, K_RIGHT,
		K_BACKSPACE, K_BACKSPACE, K_ESCAPE, K_ESCAPE, K_TAB, K_TAB, K_BACKTAB, K_DELETE, K_INSERT, K_SHIFT_UP,
		K_SHIFT_DOWN, K_SHIFT_LEFT, K_SHIFT_RIGHT, K_F(1), K_F(2), K_F(3), K_F(4), K_F(5), K_F(6), K_F(7), K_F(8), K_F(9),
		K_F(11), K_F(12), K_CTRL('F'), K_CTRL('L'), K_CTRL('U'), K_CTRL('D'), K_CTRL('G'), K_CTRL('W'), K_CTRL('A'), 's',
		's', 'w', 'w', 'e', 'd', 't', 'v', 'z', 'Z', 'm', 'i', 'o', 'f', 'c', 'a', 'b', 'p', 'n', 'N', 'x', 'C', 'S', '[',
		']', '{', '}', '=', '+', '-', '<', '>', '!', '@', '#', '$', '%', ' ', 'y', 'k', 'T', 'l', 'g', 'G', 'r', '\\', '/',
		'?', ':', K_UNKNOWN, K_CTRL('C'), K_CTRL('K'), K_CTRL('E'), 'h', 'j', K_F(10), 'q', 'K', '9', '0', '*', 'R',
	};

	press(walk, keys[take(walk) % LENGTH(keys)]);
}

/* As a paste: character by character, and sometimes with its Enter. */
static void paste(struct walk *walk)
{
	static const char *const texts[] = {
		"span.ntags<3", "span.duration > 5ms", "evt.type=read", "proc.name=python3 and (", "span.tag[0]", "thread.tid=",
		"fd.name contains /tmp", "handler", "\xc3\xa4\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x98\x80", "a\033[2J", "12", "999999999999999999999",
		"rows.csv", "rows.json", "rows.txt", "..", "proc", "spectro", "text", "22:13:21", "\"", "not not not evt.num > 0",
	};
	unsigned which = take(walk);
	const char *text = texts[which % LENGTH(texts)];
	size_t size = strlen(text), used = 0;

	while (used < size && !app_done(walk->app)) {
		uint32_t character;
		size_t bytes = utf8_decode(text + used, size - used, &character);

		press(walk, (int)character);
		used += bytes ? bytes : 1;
	}
	if (which & 0x80 && !app_done(walk->app))
		press(walk, K_ENTER);
}

static void move_mouse(struct walk *walk)
{
	static const enum mouse_kind kinds[] = { MOUSE_PRESS, MOUSE_PRESS, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_DOUBLE, MOUSE_WHEEL_UP,
						 MOUSE_WHEEL_DOWN };
	struct key_event event = { .key = K_MOUSE };

	event.mouse.kind = kinds[take(walk) % LENGTH(kinds)];
	/* now and then outside */
	event.mouse.row = (int)(take(walk) * (unsigned)(walk->rows + 2) / 256) - 1;
	event.mouse.column = (int)(take(walk) * (unsigned)(walk->columns + 2) / 256) - 1;
	send(walk, &event);
}

static void pick_size(struct walk *walk, int *rows, int *columns)
{
	static const struct {
		int rows, columns;
	} sizes[] = {
		{ 24, 80 }, { 24, 80 }, { 40, 120 }, { 5, 20 }, { 10, 40 }, { 50, 200 }, { 1, 1 }, { 3, 10 }, { 2, 300 },
		{ 100, 12 }, { 6, 80 }, { 8, 33 }, { 120, 400 },
	};
	unsigned which = take(walk);

	if (which % 16 < LENGTH(sizes)) {
		*rows = sizes[which % 16].rows;
		*columns = sizes[which % 16].columns;
	} else {
		*rows = 1 + (int)(take(walk) % ROWS_MAX);
		*columns = 1 + (int)((take(walk) << 8 | take(walk)) % COLUMNS_MAX);
	}
}

static void resize(struct walk *walk)
{
	pick_size(walk, &walk->rows, &walk->columns);
	press(walk, K_RESIZE);
}

static void feed_something(struct walk *walk)
{
	static const char *const markers[] = {
		">:t:a::", "<:t:a::", ">:t:a.b:x=1:", "<:t:a.b::", ">:p:c::", "<:p:c::", ">:t:\xff\xfe\033::", "junk",
		">:7:long name.of \xe6\x97\xa5\xe6\x9c\xac:k=v:", "<:7:long name.of \xe6\x97\xa5\xe6\x9c\xac::",
	};
	static const char *const calls[] = { "read", "write", "nanosleep", "getpid", "futex", "close" };
	unsigned what = take(walk), tid = 100 + what % 5;
	uint64_t took = 1 + (uint64_t)take(walk) * 700000;

	walk->now += took;
	if (what & 0x80)
		feed_marker(walk->engine, tid, 100, walk->now, markers[take(walk) % LENGTH(markers)]);
	else if (what & 0x40)
		feed_write(walk->engine, tid, 100, walk->now - took, walk->now, 5, "GET /\r\n\0\xff", 9);
	else if (what & 0x20)
		feed_open(walk->engine, tid, 100, walk->now - took, walk->now, "/tmp/x\033y", what & 1 ? 6 : -2);
	else
		feed_call(walk->engine, tid, 100, walk->now - took, walk->now, calls[take(walk) % LENGTH(calls)],
			  -9 + (int)(what & 15), 5);
}

static void pass_time(struct walk *walk)
{
	unsigned what = take(walk);

	if (!walk->capture)
		for (unsigned i = what & 15; i; i--)
			feed_something(walk);
	walk->now += (uint64_t)(what >> 4) * 150000000;
	settle(walk);
}

/* Nothing lies over the pane or goes on in it. */
static bool is_plain(const struct app *app)
{
	return app->popup.kind == POPUP_NONE && !app->prompt.open && !app->pager && !app->export && !app->saving && !app->run;
}

/* Coming back reads a new period, or brings a cursor in view that time had moved out. */
static bool stands_still(const struct walk *walk, struct pane *pane)
{
	return pane->query && !query_get_spec(pane->query)->period_table &&
	       (walk->capture || pane->view->kind != VIEW_SPECTROGRAM);
}

static void go_down_and_back(struct walk *walk)
{
	static const int keys[] = { K_ENTER, 's', 'w', 'e', 'd', 't', 'c', 'o', K_F(5), K_F(6), K_F(12) };
	struct app *app = walk->app;
	size_t levels = app->nlevels;
	int path = app->breadcrumb.row;
	struct cells before;

	if (!is_plain(app))
		return;
	/* what has come since the last refresh is shown first */
	if (!walk->capture)
		walk->now += 61000000000ull;
	settle(walk);
	CHECK(!cells_init(&before));
	look(walk);
	copy_cells(&before, &walk->cells);
	press(walk, keys[take(walk) % LENGTH(keys)]);
	look(walk);
	if (app->nlevels == levels + 1 && is_plain(app)) {
		press(walk, K_BACKSPACE);
		look(walk);
		CHECK(app->nlevels == levels);
		/* the last row has messages, and that a list follows no more */
		if (stands_still(walk, app_top(app)->pane))
			check_same(&before, &walk->cells, path, true, "down and back");
	}
	cells_fini(&before);
}

static void resize_and_back(struct walk *walk)
{
	int rows = walk->rows, columns = walk->columns;
	struct cells before;

	/* a page is written anew, with what is known then */
	if (walk->app->page && !walk->capture)
		return;
	CHECK(!cells_init(&before));
	look(walk);
	copy_cells(&before, &walk->cells);
	resize(walk);
	look(walk);
	walk->rows = rows;
	walk->columns = columns;
	press(walk, K_RESIZE);
	look(walk);
	check_same(&before, &walk->cells, -1, false, "another size and back");
	cells_fini(&before);
}

static void step(struct walk *walk)
{
	unsigned what = take(walk);

	switch (what % 16) {
	case 9:
		paste(walk);
		break;
	case 10:
		press(walk, ' ' + (int)(take(walk) % 95));
		break;
	case 11:
		move_mouse(walk);
		break;
	case 12:
		resize(walk);
		break;
	case 13:
		pass_time(walk);
		break;
	case 14:
		go_down_and_back(walk);
		break;
	case 15:
		resize_and_back(walk);
		break;
	default:
		press_some_key(walk);
		break;
	}
}

/* ---- a walk ---- */

static void begin(struct walk *walk)
{
	static const struct app_commands commands = { NULL, fake_start, fake_read, fake_status, fake_kill, fake_exists,
						      fake_process };
	const struct view_set *views = builtin_views();
	unsigned source = take(walk), view = take(walk);
	struct app_commands mine = commands;
	struct app_options options = { .views = views, .view = view_set_at(views, view % view_set_count(views))->id,
				       .refresh = 1000000000, .mouse = true, .ascii = source & 0x80 };
	struct app_host host = { .context = walk, .status = tell_status, .need_scope = need_scope, .mouse = switch_mouse,
				 .commands = &mine, .keep_data = keep_data };
	struct filter_error error;

	mine.context = walk;
	if (source % 16 < LENGTH(captures)) {
		struct engine_options small = { .memory = source & 0x40 ? 1 << 20 : 0 };

		walk->capture = captures[source % 16];
		walk->source = open_capture(walk->capture);
		walk->engine = engine_new(&small);
		host.read_again = read_again;
		host.need_scope = NULL;
		host.keep_data = NULL;
	} else {
		walk->engine = web_service_new();
	}
	CHECK(walk->engine);
	walk->settings = settings_new();
	options.settings = walk->settings;
	walk->app = app_new(walk->engine, &options, &host, &error);
	CHECK(walk->app);
	walk->now = WEB_SERVICE_END;
	walk->rows = 24;
	walk->columns = 80;
	CHECK(!cells_init(&walk->cells));
	settle(walk);
	look(walk);
	for (unsigned i = 0; i < STEPS_MAX && walk->at < walk->size && walk->drawn < CELLS_MAX && !app_done(walk->app); i++) {
		step(walk);
		if (!app_done(walk->app))
			look(walk);
	}
	app_free(walk->app);
}

static void empty_scratch(void)
{
	DIR *directory = opendir(scratch_path);
	struct dirent *entry;

	CHECK(directory);
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(scratch, entry->d_name, 0);
	closedir(directory);
}

static void remove_scratch(void)
{
	rmdir(scratch_path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	CHECK(!setenv("TZ", "UTC", 1) && mkdtemp(scratch_path));
	checkout = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	scratch = open(scratch_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(checkout >= 0 && scratch >= 0);
	atexit(remove_scratch);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk walk = { .data = data, .size = size };

	CHECK(!fchdir(scratch));
	begin(&walk);
	if (walk.source)
		walk.source->operations->close(walk.source);
	engine_free(walk.engine);
	settings_free(walk.settings);
	cells_fini(&walk.cells);
	empty_scratch();
	CHECK(!fchdir(checkout));
	return 0;
}
