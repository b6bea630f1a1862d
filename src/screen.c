#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/in_flight.h"
#include "messages.h"
#include "screen_commands.h"
#include "screen_settings.h"
#include "session.h"
#include "thread_times.h"
#include "ui/app.h"

/* ns between two readings of the header's rates */
#define RATE_PERIOD 1000000000ull
#define FIRST_RATE_PERIOD 200000000ull

/* What the header shows and only this file knows: rates over the last second or so. */
struct meter {
	struct session *session;
	const char *name;         /* of the capture */
	struct terminal *terminal;
	uint64_t time, events, markers, spans, cpu_ns;
	char recorded[512];       /* what alone the kernel records, in words */
	struct app_status status;
};

static uint64_t own_cpu_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ull +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ull;
}

/* Rates count from here: what was there at the start is no rate. */
static void meter_start(struct meter *meter)
{
	const struct session *session = meter->session;
	const struct engine_counts *counts = engine_counts(session->engine);

	meter->time = session_now();
	meter->events = counts->events;
	meter->markers = counts->markers;
	meter->spans = span_table_counts(engine_spans(session->engine)).closed;
	meter->cpu_ns = own_cpu_ns();
	meter->status.own_cpu = meter->status.events_rate = meter->status.markers_rate =
		meter->status.spans_rate = -1;
}

static void meter_read(struct meter *meter, uint64_t now)
{
	const struct engine_counts *counts = engine_counts(meter->session->engine);
	uint64_t spans = span_table_counts(engine_spans(meter->session->engine)).closed, cpu;
	double seconds = (now - meter->time) / 1e9;

	if (now < meter->time + (meter->status.own_cpu < 0 ? FIRST_RATE_PERIOD : RATE_PERIOD))
		return;
	cpu = own_cpu_ns();
	meter->status.events_rate = (counts->events - meter->events) / seconds;
	meter->status.markers_rate = (counts->markers - meter->markers) / seconds;
	meter->status.spans_rate = (spans - meter->spans) / seconds;
	meter->status.own_cpu = (cpu - meter->cpu_ns) / 1e9 / seconds;
	meter->time = now;
	meter->events = counts->events;
	meter->markers = counts->markers;
	meter->spans = spans;
	meter->cpu_ns = cpu;
}

static void host_status(void *context, struct app_status *status)
{
	struct meter *meter = context;
	const struct session *session = meter->session;

	if (session->probe) {
		meter->status.source = "live";
		meter->status.scope = probe_scope_name(probe_get_scope(session->probe));
		meter->status.recorded = meter->recorded[0] ? meter->recorded : NULL;
	} else {
		meter->status.source = meter->name;
		meter->status.reading = !session->ended;
		meter->status.progress = session_progress(session);
		meter->status.damage = session->damage[0] ? session->damage : NULL;
	}
	*status = meter->status;
}

static int host_need_scope(void *context, const char *scope)
{
	return session_need_scope(((struct meter *)context)->session, scope);
}

static int host_need_events(void *context, const char *events)
{
	return session_need_events(((struct meter *)context)->session, events);
}

static void host_keep_data(void *context, unsigned bytes)
{
	session_keep_data(((struct meter *)context)->session, bytes);
}

static struct source *host_read_again(void *context)
{
	return session_read_again(((struct meter *)context)->session);
}

static void host_thread_times(void *context, struct query *query)
{
	struct session *session = ((struct meter *)context)->session;

	if (query_get_spec(query)->view->kind == VIEW_IN_FLIGHT)
		query_sample(query, session->source, session_now());
	else
		thread_times_take(session->engine, session->source, query, session_now());
}

static void host_mouse(void *context, bool on)
{
	struct terminal *terminal = ((struct meter *)context)->terminal;

	terminal->operations->mouse(terminal, on);
}

static bool host_copy(void *context, const char *text, size_t size)
{
	struct terminal *terminal = ((struct meter *)context)->terminal;

	return terminal->operations->copy && terminal->operations->copy(terminal, text, size);
}

/* Keys, time and events until the user has enough. */
static int loop(struct session *session, struct app *app, struct terminal *terminal, struct meter *meter,
		const struct screen_commands *commands)
{
	const struct terminal_operations *ops = terminal->operations;
	struct cells cells;
	bool redraw = true;

	if (cells_init(&cells))
		return -ENOMEM;
	session_watch(session, ops->poll_fd(terminal));
	app_tick(app, session_now());
	while (!app_done(app) && !session->stop) {
		struct key_event event;
		int keys = 0;

		if (redraw && !commands->away) {
			int rows, columns;

			ops->size(terminal, &rows, &columns);
			if ((rows != cells.rows || columns != cells.columns) && cells_resize(&cells, rows, columns))
				break;
			cells.colors = terminal->colors;
			app_draw(app, &cells);
			ops->show(terminal, &cells);
		}
		session->hold = app_is_behind(app);
		session_step(session, app_next_tick(app));
		meter_read(meter, session_now());
		redraw = false;
		while (!commands->away && (keys = ops->key(terminal, &event)) > 0) {
			app_key(app, &event, session_now());
			redraw = true;
		}
		if (keys < 0)
			break; /* the terminal is gone */
		redraw |= app_tick(app, session_now());
	}
	cells_fini(&cells);
	return 0;
}

/* The capture comes through standard input: keys are read from the terminal instead, which becomes standard input. Returns
 * a name for what was there, or NULL if there is no terminal. */
static const char *move_input(char *path, size_t size)
{
	int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (input < 0 || tty < 0 || dup2(tty, STDIN_FILENO) < 0)
		return NULL;
	close(tty);
	snprintf(path, size, "/dev/fd/%d", input);
	return path;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(path, "-") ? "standard input" : slash && slash[1] ? slash + 1 : path;
}

/* On what the options say; their standard input is no capture any more. */
static int run(const struct options *options, const struct view_set *views, const char *name)
{
	struct terminal_options terminal_options = { options->no_mouse, options->no_color, options->ascii,
						     options->colors };
	struct app_options app_options = { .views = views, .view = options->view, .filter = options->filter,
					    .refresh = options->refresh, .readonly = options->readonly };
	struct screen_settings settings;
	struct screen_commands commands;
	struct terminal *terminal = NULL;
	struct filter_error error;
	struct session session;
	struct app *app = NULL;
	struct engine_options engine_options = { .memory = options->memory };
	struct meter meter = { .session = &session, .name = name, .recorded = "" };
	struct app_host host = { .context = &meter, .status = host_status, .need_scope = host_need_scope,
				 .need_events = host_need_events,
				 .read_again = host_read_again, .thread_times = host_thread_times,
				 .keep_data = host_keep_data,
				 .mouse = host_mouse, .copy = host_copy, .commands = &commands.commands };
	const char *reason;
	int status = 1;

	screen_commands_init(&commands, &session);
	if (session_init(&session, options, &engine_options))
		return 1;
	kernel_filter_text(&session.kernel, meter.recorded, sizeof(meter.recorded));
	screen_settings_init(&settings, options);
	screen_settings_apply(&settings, options, &app_options, &terminal_options);
	/* what the terminal will not show is better not chosen than replaced */
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		app_options.ascii = true;
	app = app_new(session.engine, &app_options, &host, &error);
	if (!app) {
		fprintf(stderr, "spantop: %s\n", error.text);
		goto out;
	}
	if (session_start_command(&session))
		goto out;
	terminal = terminal_curses_new(&terminal_options, &reason);
	if (!terminal) {
		fprintf(stderr, "spantop: %s\n", reason);
		goto out;
	}
	screen_commands_set_terminal(&commands, terminal);
	meter.terminal = terminal;
	meter_start(&meter);
	status = loop(&session, app, terminal, &meter, &commands) ? 1 : 0;
	screen_commands_fini(&commands);
	terminal->operations->close(terminal);
out:
	app_free(app);
	screen_settings_fini(&settings);
	session_fini(&session);
	return status;
}

int screen_run(const struct options *options, const struct view_set *views)
{
	struct options moved = *options;
	char path[32];

	if (options->view && !view_set_find(views, options->view))
		return message_unknown_view(views, options->view);
	if (options->filter && message_bad_filter(options->filter))
		return 2;
	if (options->read && !strcmp(options->read, "-") && !isatty(STDIN_FILENO))
		moved.read = move_input(path, sizeof(path));
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fprintf(stderr, "spantop: the screen needs a terminal; --raw or -j print the rows without one\n");
		return 1;
	}
	return run(&moved, views, options->read ? base_name(options->read) : NULL);
}
