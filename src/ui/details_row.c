/* What is known of a row: its columns to the last digit, what its key stands for, and the event that counted last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/container.h"
#include "../engine/field.h"
#include "../engine/span.h"
#include "../engine/string_pool.h"
#include "../engine/users.h"
#include "app_private.h"
#include "details.h"
#include "event_fields.h"

#define CELL_TEXT 8192
#define NAME_WIDTH 12
#define DESCRIPTORS_MAX 500   /* that are listed */
#define SPANS_MAX 32          /* around an event that are listed */

struct writer {
	struct popup *page;
	int width;
};

static void heading(const struct writer *writer, const char *text)
{
	popup_text(writer->page, STYLE_POPUP_TITLE, writer->width, 0, "%s", text);
}

/* A value from outside. */
static void pair(const struct writer *writer, const char *name, const char *bytes, size_t size)
{
	char *text;

	if (!size)
		return;
	text = malloc(TEXT_ESCAPED_MAX * size + 1);
	if (!text)
		return;
	text_escape(bytes, size, text, TEXT_ESCAPED_MAX * size + 1);
	page_pair(writer->page, writer->width, name, NAME_WIDTH, false, text);
	free(text);
}

void details_pair(struct popup *page, int width, const char *name, const char *bytes, size_t size)
{
	struct writer writer = { page, width };

	pair(&writer, name, bytes, size);
}

static void pair_text(const struct writer *writer, const char *name, const char *text)
{
	pair(writer, name, text, strlen(text));
}

static void pair_string(const struct writer *writer, const char *name, const struct string *string)
{
	if (string)
		pair(writer, name, string->text, string->size);
}

/* ---- columns ---- */

/* Whether the value tells more than the text does. */
static bool is_cut(double value, const char *shown)
{
	char *end;
	double read = strtod(shown, &end);

	return *end || read - value > 0.0051 || value - read > 0.0051;
}

/* As on the screen, and the exact value where that differs. */
static size_t cell_text(const struct pane *pane, const struct query_row *row, size_t column, char *text, size_t size)
{
	const struct value *value = &row->cells[column];
	char shown[128], exact[128] = "";
	size_t length;

	if (value->type == VALUE_TEXT || value->type == VALUE_BYTES) {
		length = value->size < size ? value->size : size - 1;
		memcpy(text, value->text, length);
		return length;
	}
	length = query_cell_text(pane->query, row, column, text, size);
	if (length >= sizeof(shown))
		return length < size ? length : size - 1;
	memcpy(shown, text, length + 1);
	if (value->type == VALUE_INT)
		snprintf(exact, sizeof(exact), "%lld", (long long)value->i);
	else if (value->type == VALUE_UINT)
		snprintf(exact, sizeof(exact), "%llu", (unsigned long long)value->u);
	else if (value->type == VALUE_DURATION)
		snprintf(exact, sizeof(exact), "%llu ns", (unsigned long long)value->u);
	else if (value->type == VALUE_REAL && is_cut(value->r, shown))
		snprintf(exact, sizeof(exact), "%.12g", value->r);
	if (!exact[0] || !strcmp(exact, shown) || (value->type == VALUE_DURATION && value->u < 1000))
		return length;
	return (size_t)snprintf(text, size, "%s (%s)", shown, exact);
}

/* Of columns that are not shown what the row stands for, if no other column says so. */
static bool is_told(const struct view *view, size_t key)
{
	if (view_key(view) != &view->columns[key])
		return false;
	for (size_t i = 0; i < view->ncolumns; i++)
		if (!(view->columns[i].flags & COLUMN_HIDDEN) && !strcmp(view->columns[i].field, view->columns[key].field))
			return false;
	return true;
}

static void add_columns(const struct writer *writer, const struct pane *pane, const struct query_row *row)
{
	const struct view *view = pane->view;
	char text[CELL_TEXT];

	for (size_t i = 0; i < view->ncolumns; i++) {
		const struct view_column *column = &view->columns[i];
		size_t size;

		if (column->flags & COLUMN_HIDDEN ? !is_told(view, i) : !query_shows_column(pane->query, i))
			continue;
		size = cell_text(pane, row, i, text, sizeof(text));
		pair(writer, column->flags & COLUMN_HIDDEN ? column->field : column->title, text, size);
	}
}

/* ---- a process ---- */

static void add_descriptors(const struct writer *writer, const struct process *process)
{
	unsigned count = 0;
	char text[80];

	snprintf(text, sizeof(text), "\nOpen descriptors: %u", process->nfds);
	heading(writer, text);
	for (struct fd *fd = state_fd_next(process, 0); fd && count < DESCRIPTORS_MAX;
	     fd = state_fd_next(process, fd->num + 1), count++) {
		char *name;

		snprintf(text, sizeof(text), "%d", fd->num);
		if (asprintf(&name, "%s %.*s", fd_type_name(fd->type), (int)fd->name->size, fd->name->text) < 0)
			return;
		pair(writer, text, name, strlen(name));
		free(name);
	}
	if (process->nfds > count) {
		snprintf(text, sizeof(text), "and %u more", process->nfds - count);
		popup_text(writer->page, STYLE_DIM, writer->width, 0, "%s", text);
	}
}

static void add_user(const struct writer *writer, const struct engine *engine, uint32_t uid)
{
	const struct user *user = user_find(engine_users(engine), uid);
	char *text;

	if (uid == UINT32_MAX)
		return;
	if (asprintf(&text, "%u %s", uid, user ? user->name->text : "") < 0)
		return;
	pair_text(writer, "user", text);
	free(text);
}

static void add_time(const struct writer *writer, const char *name, uint64_t time)
{
	char text[64];

	if (!time)
		return;
	time_format(time, text, sizeof(text));
	pair_text(writer, name, text);
}

static void add_command(const struct writer *writer, const struct process *process)
{
	char *text;

	if (asprintf(&text, "%s%s%s", process->exe->text, process->args->size ? " " : "", process->args->text) < 0)
		return;
	pair_text(writer, "command", text);
	free(text);
}

static void add_process(const struct writer *writer, const struct engine *engine, const struct process *process)
{
	const struct process_facts *facts = process->facts;
	char *text;

	heading(writer, "\nProcess");
	if (asprintf(&text, "%u %s", process->pid, process->name->text) >= 0) {
		pair_text(writer, "process", text);
		free(text);
	}
	add_command(writer, process);
	if (facts)
		pair_string(writer, "program", facts->exepath);
	pair_string(writer, "directory", process->cwd);
	add_user(writer, engine, process->uid);
	if (asprintf(&text, "%u %s", process->ppid, process->parent ? process->parent->name->text : "") >= 0) {
		pair_text(writer, "parent", text);
		free(text);
	}
	if (process->start_time)
		add_time(writer, "started", process->start_time);
	add_time(writer, "ended", process->end_time);
	if (asprintf(&text, "%u", process->nthreads) >= 0) {
		pair_text(writer, "threads", text);
		free(text);
	}
	if (facts && facts->container) {
		pair_string(writer, "container", facts->container->id);
		pair_string(writer, "image", facts->container->image);
		pair_string(writer, "pod", facts->container->pod_name);
		pair_string(writer, "namespace", facts->container->pod_namespace);
	}
	add_descriptors(writer, process);
}

void details_of_process(struct popup *page, int width, const struct engine *engine, const struct process *process)
{
	struct writer writer = { page, width };

	add_process(&writer, engine, process);
}

/* The process that the key names: the one that lives, or else the one of the event. */
static const struct process *process_of(const struct pane *pane, const struct view_column *key,
					const struct query_row *row, const struct event *event)
{
	const struct state *state = engine_state(pane->engine);
	const struct value *value = &row->cells[key - pane->view->columns];
	const struct process *process = event ? event->thread->process : NULL;
	const struct thread *thread;
	bool numbers = value->type == VALUE_ID || value->type == VALUE_INT || value->type == VALUE_UINT;

	if (!strcmp(key->field, "proc.pid")) {
		if (process && numbers && process->pid == value->u)
			return process;
		return numbers ? state_find_process(state, (uint32_t)value->u) : NULL;
	}
	if (!strcmp(key->field, "thread.tid")) {
		thread = numbers ? state_find_thread(state, (uint32_t)value->u) : NULL;
		return thread ? thread->process : event && event->thread->tid == value->u ? process : NULL;
	}
	return process;
}

/* ---- events ---- */

/* The spans of its thread that were open around the event, from inside out. */
static void add_spans_around(const struct writer *writer, const struct event *event, uint64_t now)
{
	const struct span *span = event->span;
	char label[LABEL_TEXT];

	if (event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT)
		span = span && span->outer ? span_outer_at(span->outer, event->time) : NULL;
	for (int i = 0; span && i < SPANS_MAX; i++) {
		app_span_label(span, now, label, sizeof(label));
		pair_text(writer, i ? "in" : "inside", label);
		span = span->outer ? span_outer_at(span->outer, event->time) : NULL;
	}
}

static void add_event(const struct writer *writer, struct engine *engine, const struct event *event, const char *first,
		      uint64_t now)
{
	struct field_context *context = calloc(1, sizeof(*context));

	if (!context)
		return;
	context->engine = engine;
	add_spans_around(writer, event, now);
	event_fields(writer->page, writer->width, event, context, first, false);
	field_context_fini(context);
	free(context);
}

/* The class of a field, with its dot. */
static const char *class_of(const char *field)
{
	static const char *const classes[] = { "span.", "fd.", "proc.", "thread.", "user.", "group.", "container.",
					       "k8s.", "evt." };

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (!strncmp(field, classes[i], strlen(classes[i])))
			return classes[i];
	return "evt.";
}

static const char *class_of_event(const struct event *event)
{
	return event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT ? "span." : "evt.";
}

void details_of_event(struct popup *page, int width, struct engine *engine, uint64_t num, uint64_t now)
{
	const struct event *event = app_find_event(engine, num);
	struct writer writer = { page, width };
	char text[80];

	if (!event) {
		popup_text(page, STYLE_DIM, width, 0, "The recording no longer holds this event");
		return;
	}
	snprintf(text, sizeof(text), "Event %llu", (unsigned long long)num);
	heading(&writer, text);
	add_event(&writer, engine, event, class_of_event(event), now);
}

void details_of_row(struct popup *page, int width, struct pane *pane, const struct query_row *row, uint64_t now)
{
	struct writer writer = { page, width };
	const struct view_column *key = view_key(pane->view);
	bool table = pane->view->kind == VIEW_TABLE;
	const struct event *event = app_find_event(pane->engine, row->event_num);
	const struct process *process = NULL;
	char text[80];

	if (pane->view->kind != VIEW_EVENTS)
		add_columns(&writer, pane, row);
	if (key && (!strncmp(key->field, "proc.", 5) || !strncmp(key->field, "thread.", 7)))
		process = process_of(pane, key, row, event);
	if (process)
		add_process(&writer, pane->engine, process);
	if (!event) {
		if (!table)
			popup_text(page, STYLE_DIM, width, 0, "The recording no longer holds this event");
		return;
	}
	if (table)
		snprintf(text, sizeof(text), "\nThe latest event of the row: %llu", (unsigned long long)row->event_num);
	else
		snprintf(text, sizeof(text), "%sEvent %llu", pane->view->kind == VIEW_EVENTS ? "" : "\n",
			 (unsigned long long)row->event_num);
	heading(&writer, text);
	add_event(&writer, pane->engine, event, table && key ? class_of(key->field) : class_of_event(event), now);
}
