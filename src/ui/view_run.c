/* A command of a view's action while it runs. Its output is taken as it comes: one line or none becomes a message, more
 * of it a window that grows; a command that wants the terminal gets that, and the screen comes back when it ends. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/value.h"
#include "app_private.h"
#include "view_actions.h"

#define OUTPUT_MAX (8u << 20)     /* bytes; more than that ends the command */
#define TAKE_AT_ONCE (1u << 20)   /* of it between two looks at the keyboard */
#define SHORT_RUN 5000000000ull   /* ns: output of no longer ones is read from its start */
#define WINDOW_AFTER 400000000ull /* ns after which a command that is not done gets its window */

void view_run_missing(const char *program, char *reason, size_t size)
{
	static const char *const packages[][2] = {
		{ "gcore", "gdb" }, { "ps", "procps" }, { "kill", "procps" }, { "renice", "bsdutils" },
		{ "ping", "iputils-ping" },
		{ "nslookup", "bind9-dnsutils" }, { "dig", "bind9-dnsutils" }, { "docker", "docker.io" },
		{ "ls", "coreutils" }, { "cat", "coreutils" }, { "stat", "coreutils" }, { "tail", "coreutils" },
		{ "whois", "whois" }, { "gdb", "gdb" }, { "strace", "strace" }, { "ltrace", "ltrace" }, { "lsof", "lsof" },
		{ "ss", "iproute2" }, { "tcpdump", "tcpdump" }, { "traceroute", "traceroute" }, { "less", "less" },
		{ "iotop", "iotop" }, { "podman", "podman" }, { "pmap", "procps" }, { "hexdump", "bsdextrautils" },
	};
	char shown[200];

	text_escape(program, strlen(program), shown, sizeof(shown));
	for (size_t i = 0; i < sizeof(packages) / sizeof(*packages); i++) {
		if (!strcmp(packages[i][0], program)) {
			snprintf(reason, size, "%s is not there: install the package %s", shown, packages[i][1]);
			return;
		}
	}
	snprintf(reason, size, "The program %s is not there", shown);
}

void view_run_free(struct app *app)
{
	struct view_run *run = app->run;

	app->run = NULL;
	if (!run)
		return;
	free(run->title);
	free(run->text);
	free(run);
}

/* Needs no terminal, whatever the view file says: these do their work at once, in silence. */
static bool is_quiet(const char *program)
{
	static const char *const names[] = { "kill", "renice", "ionice", "chrt", "taskset" };
	const char *slash = strrchr(program, '/');

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(slash ? slash + 1 : program, names[i]))
			return true;
	return false;
}

static void say_failed(struct app *app, const char *program, int error)
{
	char reason[200];

	if (error == -ENOENT) {
		view_run_missing(program, reason, sizeof(reason));
		app_message(app, true, "%s", reason);
	} else if (error == -EBUSY) {
		app_message(app, true, "Another command still runs");
	} else {
		text_escape(program, strlen(program), reason, sizeof(reason));
		app_message(app, true, "%s cannot be run: %s", reason, strerror(-error));
	}
}

void view_run_start(struct app *app, const struct prepared *prepared)
{
	const struct app_commands *commands = app->host.commands;
	char *const *words = prepared->command.words;
	bool terminal = !prepared->action->wait_finish && !is_quiet(words[0]);
	struct view_run *run;
	int error = -EBUSY;

	if (app->run) {
		say_failed(app, words[0], error);
		return;
	}
	run = app->run = calloc(1, sizeof(*run));
	if (run)
		run->title = strdup(prepared->text);
	if (!run || !run->title) {
		view_run_free(app);
		app_message(app, true, "out of memory");
		return;
	}
	run->terminal = terminal;
	run->started = app->now;
	error = commands->start(commands->context, words, terminal);
	if (error) {
		view_run_free(app);
		say_failed(app, words[0], error);
		return;
	}
	if (!terminal)
		app_message(app, false, "%s ...", run->title);
}

/* ---- output ---- */

static void open_window(struct app *app, struct view_run *run)
{
	app->message[0] = '\0';
	app_pager(app, run->title, run->text ? run->text : "", run->size);
	run->pager = app->pager;
	if (run->pager)
		app_pager_grows(app, "runs; Esc ends it");
	free(run->text);
	run->text = NULL;
	run->size = 0;
}

static void stop(struct app *app, struct view_run *run)
{
	run->stopped = true;
	app->host.commands->kill(app->host.commands->context);
}

static void keep(struct app *app, struct view_run *run, const char *bytes, size_t size)
{
	char *more;

	if (run->cut)
		return;
	if (run->written + size > OUTPUT_MAX)
		size = OUTPUT_MAX - run->written;
	run->written += size;
	if (run->pager) {
		run->cut = !app_pager_append(app, bytes, size);
	} else {
		more = realloc(run->text, run->size + size + 1);
		run->cut = !more;
		if (more) {
			memcpy(more + run->size, bytes, size);
			run->text = more;
			run->size += size;
			run->text[run->size] = '\0';
		}
	}
	run->cut |= run->written == OUTPUT_MAX;
	if (run->cut)
		stop(app, run);
}

/* The only line there is, without its end; false if there are more. Binary output is no line. */
static bool only_line(const struct view_run *run, char *line, size_t size)
{
	const char *text = run->text ? run->text : "", *end = run->text ? memchr(run->text, '\n', run->size) : NULL;
	size_t length = end ? (size_t)(end - text) : run->size;

	if ((end && end + 1 != text + run->size) || length >= size / 4)
		return false;
	text_escape(text, length, line, size);
	return true;
}

static void status_text(int status, char *text, size_t size)
{
	if (status > 128)
		snprintf(text, size, "ended by signal %d (%s)", status - 128, strsignal(status - 128));
	else
		snprintf(text, size, "exit status %d", status);
}

static void say_ended(struct app *app, struct view_run *run, int status)
{
	char line[250], how[80];

	status_text(status, how, sizeof(how));
	if (run->pager && app->pager == run->pager) {
		if (!run->stopped && app->now - run->started < SHORT_RUN)
			app_pager_follow(app, false);
		app_pager_grows(app, run->cut ? "ended: more output than is kept" : run->stopped ? "ended" : how);
		if (run->cut)
			app_message(app, true, "Ended: it wrote more than %u MB", OUTPUT_MAX >> 20);
		else if (status && !run->stopped)
			app_message(app, true, "%.180s: %s", run->title, how);
		return;
	}
	if (run->pager)
		return;
	if (!run->terminal && !only_line(run, line, sizeof(line))) {
		open_window(app, run);
		if (run->pager)
			app_pager_grows(app, how);
	} else if (status) {
		app_message(app, true, "%.120s: %s%s%s", run->title, how, run->size ? ": " : "", run->size ? line : "");
	} else if (run->size) {
		app_message(app, false, "%.120s: %s", run->title, line);
	} else {
		app_message(app, false, run->terminal ? "%.180s has ended" : "Done: %.180s", run->title);
	}
}

static bool window_was_closed(const struct app *app, const struct view_run *run)
{
	return run->pager && app->pager != run->pager;
}

void view_run_tick(struct app *app)
{
	const struct app_commands *commands = app->host.commands;
	struct view_run *run = app->run;
	char bytes[16384];
	size_t taken = 0;
	long size = 0;

	if (!run)
		return;
	if (window_was_closed(app, run) && !run->stopped)
		stop(app, run);
	while (taken < TAKE_AT_ONCE && (size = commands->read(commands->context, bytes, sizeof(bytes))) > 0) {
		if (!window_was_closed(app, run))
			keep(app, run, bytes, (size_t)size);
		taken += (size_t)size;
	}
	if (taken)
		app->dirty = true;
	if (size < 0) {
		app->dirty = true;
		say_ended(app, run, commands->status(commands->context));
		view_run_free(app);
		return;
	}
	if (!run->terminal && !run->pager && app->now - run->started > WINDOW_AFTER && app->popup.kind == POPUP_NONE &&
	    !app->prompt.open && !app->pager) {
		open_window(app, run);
		app_pager_follow(app, true);
	}
}

bool view_run_key(struct app *app, int key)
{
	struct view_run *run = app->run;

	if (!run || run->stopped || !run->pager || app->pager != run->pager ||
	    (key != K_ESCAPE && key != 'q' && key != K_BACKSPACE && key != K_CTRL('C')))
		return false;
	stop(app, run);
	app_message(app, false, "Asked it to end; Esc again closes the window");
	return true;
}
