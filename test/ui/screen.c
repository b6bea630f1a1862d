#include "screen.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/capture_source.h"
#include "src/ui/terminal_headless.h"
#include "test/unit/builtin_views.h"
#include "web_service.h"

#define GOLDEN_SIZE (1 << 18)

static void give_status(void *context, struct app_status *status)
{
	*status = ((struct screen *)context)->status;
}

static int take_scope(void *context, const char *scope)
{
	struct screen *screen = context;
	size_t used = strlen(screen->scopes);

	if (used + strlen(scope) + 2 >= sizeof(screen->scopes))
		used = 0;
	snprintf(screen->scopes + used, sizeof(screen->scopes) - used, "%s%s", used ? " " : "", scope);
	return 0;
}

static struct source *open_again(void *context)
{
	char error[200];

	return capture_source_open(((struct screen *)context)->path, error, sizeof(error));
}

/* Takes a little of the capture. */
static void take_capture(struct screen *screen)
{
	const struct scap_counts *counts = capture_source_counts(screen->source);

	if (engine_pump(screen->engine, screen->source, 256) >= 0) {
		screen->status.progress = (double)counts->file_position / counts->file_size;
		return;
	}
	snprintf(screen->damage, sizeof(screen->damage), "%s", capture_source_damage(screen->source));
	screen->status.damage = screen->damage[0] ? screen->damage : NULL;
	screen->status.reading = false;
	screen->source->operations->close(screen->source);
	screen->source = NULL;
}

static void settle(struct screen *screen)
{
	int rows, columns;

	do {
		if (screen->source && !app_is_behind(screen->app))
			take_capture(screen);
		app_tick(screen->app, screen->now);
	} while (screen->source || app_next_tick(screen->app) <= screen->now);
	screen->terminal->operations->size(screen->terminal, &rows, &columns);
	assert_int_equal(cells_resize(&screen->cells, rows, columns), 0);
	app_draw(screen->app, &screen->cells);
	screen->terminal->operations->show(screen->terminal, &screen->cells);
}

static void open_app(struct screen *screen, const char *view, const char *filter, int rows, int columns)
{
	struct app_options options = { .views = builtin_views(), .view = view, .filter = filter, .refresh = 1000000000,
				       .settings = screen->settings, .mouse = true, .readonly = screen->readonly,
				       .ascii = screen->ascii };
	struct app_host host = { .context = screen, .status = give_status, .need_scope = take_scope,
				 .read_again = open_again, .commands = screen->commands };
	struct filter_error error;

	setenv("TZ", "UTC", 1);
	assert_non_null(screen->engine);
	screen->now = WEB_SERVICE_END;
	screen->app = app_new(screen->engine, &options, &host, &error);
	if (!screen->app)
		fail_msg("%s", error.text);
	screen->terminal = terminal_headless_new(rows, columns, "");
	assert_non_null(screen->terminal);
	assert_int_equal(cells_init(&screen->cells), 0);
	settle(screen);
}

static void open_capture(struct screen *screen, const char *path, size_t memory)
{
	struct engine_options options = { .memory = memory };
	char error[200];

	screen->engine = engine_new(&options);
	screen->path = path;
	screen->source = capture_source_open(path, error, sizeof(error));
	if (!screen->source)
		fail_msg("%s", error);
	screen->status = (struct app_status){ .source = strrchr(path, '/') + 1, .reading = true };
}

void screen_open_capture(struct screen *screen, const char *path, size_t memory, const char *view, int rows, int columns)
{
	memset(screen, 0, sizeof(*screen));
	open_capture(screen, path, memory);
	open_app(screen, view, NULL, rows, columns);
}

static void open_web_service(struct screen *screen)
{
	screen->engine = web_service_new();
	screen->status = (struct app_status){ .source = "live", .scope = "inside", .own_cpu = 0.004,
					       .events_rate = 1234, .markers_rate = 48, .spans_rate = 24 };
}

static void open_service(struct screen *screen, const char *view, const char *filter, int rows, int columns)
{
	open_web_service(screen);
	open_app(screen, view, filter, rows, columns);
}

void screen_open_choice(struct screen *screen, const struct screen_choice *choice)
{
	memset(screen, 0, sizeof(*screen));
	screen->ascii = choice->ascii;
	screen->readonly = choice->readonly;
	screen->commands = choice->commands;
	screen->settings = choice->settings;
	if (choice->path)
		open_capture(screen, choice->path, 0);
	else
		open_web_service(screen);
	open_app(screen, choice->view, choice->filter, choice->rows, choice->columns);
}

void screen_open_settings(struct screen *screen, struct settings *settings, const char *view, int rows, int columns)
{
	memset(screen, 0, sizeof(*screen));
	screen->settings = settings;
	open_service(screen, view, NULL, rows, columns);
}

void screen_open_commands(struct screen *screen, const struct app_commands *commands, bool readonly, const char *view, int rows,
			  int columns)
{
	memset(screen, 0, sizeof(*screen));
	screen->commands = commands;
	screen->readonly = readonly;
	open_service(screen, view, NULL, rows, columns);
}

void screen_open(struct screen *screen, const char *view, const char *filter, int rows, int columns)
{
	memset(screen, 0, sizeof(*screen));
	open_service(screen, view, filter, rows, columns);
}

void screen_close(struct screen *screen)
{
	app_free(screen->app);
	engine_free(screen->engine);
	cells_fini(&screen->cells);
	screen->terminal->operations->close(screen->terminal);
}

void screen_type(struct screen *screen, const char *script)
{
	struct key_event event;

	assert_int_equal(terminal_headless_type(screen->terminal, script), 0);
	while (!terminal_headless_done(screen->terminal)) {
		if (screen->terminal->operations->key(screen->terminal, &event) > 0)
			app_key(screen->app, &event, screen->now);
		settle(screen);
	}
	if (terminal_headless_error(screen->terminal))
		fail_msg("no such key: %s", terminal_headless_error(screen->terminal));
}

void screen_wait(struct screen *screen, uint64_t ns)
{
	screen->now += ns;
	settle(screen);
}

char *screen_text(const struct screen *screen)
{
	char *text = cells_dump(&screen->cells, 0);

	assert_non_null(text);
	return text;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, GOLDEN_SIZE);
	size_t size;

	assert_non_null(text);
	if (!file) {
		free(text);
		return NULL;
	}
	size = fread(text, 1, GOLDEN_SIZE - 1, file);
	text[size] = '\0';
	fclose(file);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* Frees the text. */
static void expect_text(char *text, const char *name)
{
	const char *update = getenv("UPDATE_GOLDEN");
	char path[200], *golden;

	snprintf(path, sizeof(path), "test/ui/golden/%s.txt", name);
	if (update && !strcmp(update, "1"))
		write_file(path, text);
	golden = read_file(path);
	if (!golden)
		fail_msg("%s is missing: UPDATE_GOLDEN=1 writes it", path);
	if (strcmp(text, golden)) {
		fprintf(stderr, "---- %s is:\n%s---- but the screen is:\n%s", path, golden, text);
		free(text);
		free(golden);
		fail_msg("%s differs", path);
	}
	free(text);
	free(golden);
}

void screen_expect(const struct screen *screen, const char *name)
{
	expect_text(screen_text(screen), name);
}

void screen_expect_styles(const struct screen *screen, const char *name)
{
	char *text = cells_dump(&screen->cells, 1);

	assert_non_null(text);
	expect_text(text, name);
}

static bool on_screen(const struct screen *screen, const char *text)
{
	char *all = screen_text(screen);
	bool found = strstr(all, text);

	free(all);
	return found;
}

void screen_has(const struct screen *screen, const char *text)
{
	char *all;

	if (on_screen(screen, text))
		return;
	all = screen_text(screen);
	fprintf(stderr, "%s", all);
	free(all);
	fail_msg("'%s' is not on the screen", text);
}

void screen_lacks(const struct screen *screen, const char *text)
{
	char *all;

	if (!on_screen(screen, text))
		return;
	all = screen_text(screen);
	fprintf(stderr, "%s", all);
	free(all);
	fail_msg("'%s' is on the screen", text);
}
