/* What a waterfall says of its spans and calls. What is not in the tree is read from the recording, as long as that
 * holds it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../engine/span.h"
#include "../engine/state.h"
#include "../engine/string_pool.h"
#include "app_private.h"
#include "waterfall.h"

/* ---- fields of calls ---- */

bool waterfall_fields_init(struct waterfall_fields *fields)
{
	const struct {
		const char *name;
		struct field *field;
	} all[] = {
		{ "evt.name", &fields->name }, { "fd.name", &fields->fd_name }, { "evt.text", &fields->text },
		{ "evt.rawres", &fields->result },
	};
	const char *reason;
	size_t at;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (field_parse(all[i].name, strlen(all[i].name), all[i].field, &reason, &at) < 0)
			return false;
	return true;
}

void waterfall_fields_fini(struct waterfall_fields *fields)
{
	struct field *all[] = { &fields->name, &fields->fd_name, &fields->text, &fields->result };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i]->definition)
			field_fini(all[i]);
}

static const struct trace_call *call_of(const struct waterfall *waterfall, const struct waterfall_row *row)
{
	return &trace_tree_node(waterfall->tree, row->node)->calls[row->call];
}

static const struct event *event_of(const struct waterfall *waterfall, const struct waterfall_row *row)
{
	return app_find_event(waterfall->pane.engine, call_of(waterfall, row)->num);
}

/* The field's value as text; empty if there is none. */
static void field_text(struct waterfall *waterfall, const struct field *field, const struct event *event, char *text,
		       size_t size)
{
	struct value value;

	text[0] = '\0';
	if (event && field_value(field, event, &waterfall->context, &value))
		value_format(&value, false, text, size);
}

/* ---- rows ---- */

static void last_tag(const struct span *span, char *text, size_t size)
{
	size_t length;
	const char *tag = span_tag(span, -1, &length);

	snprintf(text, size, "%.*s", tag ? (int)(length < size ? length : size) : 0, tag ? tag : "");
	if (!text[0])
		snprintf(text, size, "(no tag)");
}

void waterfall_name(struct waterfall *waterfall, const struct waterfall_row *row, char *text, size_t size)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);

	if (row->call != NO_CALL) {
		field_text(waterfall, &waterfall->fields.name, event_of(waterfall, row), text, size);
		if (!text[0])
			snprintf(text, size, "(forgotten)");
	} else if (!row->node) {
		span_tags_text(node->span, text, size);
	} else {
		last_tag(node->span, text, size);
	}
}

static size_t args_text(const struct string *args, uint32_t nargs, char *text, size_t size)
{
	text[0] = '\0';
	return args ? packed_args_text(args->text, args->size, nargs, '=', text, size) : 0;
}

void waterfall_label(struct waterfall *waterfall, const struct waterfall_row *row, char *text, size_t size)
{
	const struct span *span = trace_tree_node(waterfall->tree, row->node)->span;
	const struct event *event;

	if (row->call == NO_CALL) {
		args_text(span->enter_args, span->nenter_args, text, size);
		return;
	}
	event = event_of(waterfall, row);
	field_text(waterfall, &waterfall->fields.fd_name, event, text, size);
	if (!text[0])
		field_text(waterfall, &waterfall->fields.text, event, text, size);
}

/* ---- details ---- */

const char *waterfall_kind_name(enum trace_kind kind)
{
	static const char *const names[TRACE_KINDS] = {
		[TRACE_FILE] = "file", [TRACE_NET] = "net", [TRACE_WAIT] = "wait", [TRACE_OTHER] = "other",
		[TRACE_FAILED] = "failed",
	};

	return names[kind];
}

static void add(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void add(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

static void add_time(char *text, size_t size, const char *before, uint64_t ns)
{
	char duration[32];

	duration_format(ns, duration, sizeof(duration));
	add(text, size, "%s%s", before, duration);
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void add_calls(const struct trace_node *node, char *text, size_t size)
{
	const char *separator = ": ";

	if (!node->ncalls)
		return;
	add(text, size, "  calls %zu", node->ncalls);
	for (unsigned kind = 0; kind < TRACE_KINDS; kind++) {
		const struct trace_sum *sum = &node->sums[kind];

		if (!sum->count)
			continue;
		add(text, size, "%s%s %llu ", separator, waterfall_kind_name(kind), (unsigned long long)sum->count);
		add_time(text, size, "", sum->ns);
		separator = ", ";
	}
}

static void add_state(const struct waterfall *waterfall, const struct span *span, char *text, size_t size)
{
	if (!(span->flags & SPAN_CLOSED))
		add(text, size, "  open");
	if (span->flags & (SPAN_UNFINISHED | SPAN_GIVEN_UP))
		add(text, size, "  unfinished");
	if (span->flags & SPAN_LOSSY)
		add(text, size, "  events were lost");
	if (trace_tree_refused(waterfall->tree))
		add(text, size, "  %llu events found no room",
		    (unsigned long long)trace_tree_refused(waterfall->tree));
}

static void span_details(struct waterfall *waterfall, const struct waterfall_row *row, char *what, size_t what_size,
			 char *figures, size_t size)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);
	struct waterfall_range range = waterfall_row_range(waterfall, row), whole = waterfall_row_range(waterfall,
			&(struct waterfall_row){ 0, NO_CALL });
	const struct span *span = node->span;
	char args[512];

	span_tags_text(span, what, what_size);
	if (args_text(span->enter_args, span->nenter_args, args, sizeof(args)))
		add(what, what_size, "  %s", args);
	if (args_text(span->exit_args, span->nexit_args, args, sizeof(args)))
		add(what, what_size, " > %s", args);
	add(what, what_size, "  %.*s(%u)", (int)span->thread->process->name->size, span->thread->process->name->text,
	    span->thread->tid);
	add_time(figures, size, "+", range.from);
	add_time(figures, size, "  took ", range.to - range.from);
	if (row->node)
		add(figures, size, " %.1f%%", percent(range.to - range.from, whole.to));
	add_time(figures, size, "  self ", trace_tree_self(waterfall->tree, row->node, waterfall->now));
	if (node->nbelow)
		add(figures, size, "  spans %u", node->nbelow);
	if (span->has_account) {
		add_time(figures, size, "  cpu ", span->account.cpu_ns);
		add_time(figures, size, "  queued ", span->account.queue_ns);
	}
	add_calls(node, figures, size);
	add_state(waterfall, span, figures, size);
}

static void call_details(struct waterfall *waterfall, const struct waterfall_row *row, char *what, size_t what_size,
			 char *figures, size_t size)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);
	const struct trace_call *call = call_of(waterfall, row);
	const struct event *event = event_of(waterfall, row);
	struct waterfall_range range = waterfall_row_range(waterfall, row);
	char text[512];

	waterfall_name(waterfall, row, what, what_size);
	field_text(waterfall, &waterfall->fields.text, event, text, sizeof(text));
	add(what, what_size, " %s", text);
	add_time(figures, size, "+", range.from);
	add_time(figures, size, "  took ", range.to - range.from);
	add(figures, size, " %.1f%% of its span",
	    percent(range.to - range.from, trace_node_end(node, waterfall->now) - node->span->enter_time));
	field_text(waterfall, &waterfall->fields.result, event, text, sizeof(text));
	if (text[0])
		add(figures, size, "  result %s", text);
	add(figures, size, "  %s", waterfall_kind_name(call->kind));
	if (event)
		add(figures, size, "  %.*s(%u)", (int)event->thread->process->name->size,
		    event->thread->process->name->text, event->thread->tid);
}

void waterfall_details(struct waterfall *waterfall, const struct waterfall_row *row, char *what, size_t what_size,
		       char *figures, size_t figures_size)
{
	what[0] = figures[0] = '\0';
	if (row->call == NO_CALL)
		span_details(waterfall, row, what, what_size, figures, figures_size);
	else
		call_details(waterfall, row, what, what_size, figures, figures_size);
}
