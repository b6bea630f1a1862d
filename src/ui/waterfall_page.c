/* The details of a waterfall's row: all that is known of a span and the process it ran in, or of a call. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../engine/span.h"
#include "../engine/state.h"
#include "../engine/string_pool.h"
#include "details.h"
#include "waterfall.h"

#define NAME_WIDTH 12
#define ARGS_TEXT 4096

struct writer {
	struct popup *page;
	int width;
};

__attribute__((format(printf, 3, 4)))
static void pair(const struct writer *writer, const char *name, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	details_pair(writer->page, writer->width, name, text, strlen(text));
}

/* As people read it, and to the ns. */
static void add_duration(const struct writer *writer, const char *name, uint64_t ns)
{
	char text[32];

	duration_format(ns, text, sizeof(text));
	if (ns < 1000)
		pair(writer, name, "%s", text);
	else
		pair(writer, name, "%s (%llu ns)", text, (unsigned long long)ns);
}

static void add_args(const struct writer *writer, const char *name, const struct string *args, uint32_t nargs)
{
	char text[ARGS_TEXT];
	size_t size = args ? packed_args_text(args->text, args->size, nargs, '=', text, sizeof(text)) : 0;

	details_pair(writer->page, writer->width, name, text, size < sizeof(text) ? size : sizeof(text) - 1);
}

static void add_account(const struct writer *writer, const struct span *span)
{
	if (!span->has_account)
		return;
	add_duration(writer, "on cpu", span->account.cpu_ns);
	add_duration(writer, "queued", span->account.queue_ns);
	pair(writer, "switches", "%llu", (unsigned long long)span->account.switches);
	pair(writer, "page faults", "%llu, %llu with I/O",
	     (unsigned long long)(span->account.minor_faults + span->account.major_faults),
	     (unsigned long long)span->account.major_faults);
}

static void add_calls(const struct writer *writer, const struct trace_node *node)
{
	char name[32], sum[32], longest[32];

	if (!node->ncalls)
		return;
	duration_format(node->longest, longest, sizeof(longest));
	pair(writer, "calls", "%zu, the longest %s", node->ncalls, longest);
	for (unsigned kind = 0; kind < TRACE_KINDS; kind++) {
		if (!node->sums[kind].count)
			continue;
		snprintf(name, sizeof(name), "  %s", waterfall_kind_name(kind));
		duration_format(node->sums[kind].ns, sum, sizeof(sum));
		pair(writer, name, "%llu in %s", (unsigned long long)node->sums[kind].count, sum);
	}
}

static void add_span(const struct writer *writer, struct waterfall *waterfall, const struct waterfall_row *row)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);
	struct waterfall_range range = waterfall_row_range(waterfall, row);
	const struct span *span = node->span;
	char text[ARGS_TEXT];
	size_t size = span_tags_text(span, text, sizeof(text));

	details_pair(writer->page, writer->width, "span", text, size < sizeof(text) ? size : sizeof(text) - 1);
	add_args(writer, "arguments", span->enter_args, span->nenter_args);
	add_args(writer, "result", span->exit_args, span->nexit_args);
	time_format(span->enter_time, text, sizeof(text));
	pair(writer, "began", "%s", text);
	add_duration(writer, "at", range.from);
	add_duration(writer, span->flags & SPAN_CLOSED ? "took" : "open for", range.to - range.from);
	if (span->flags & (SPAN_UNFINISHED | SPAN_GIVEN_UP))
		pair(writer, "ended", "by no marker: %s", span->flags & SPAN_UNFINISHED ? "its thread or process ended" :
									     "too many spans were open");
	if (span->flags & SPAN_LOSSY)
		pair(writer, "lost", "%s", "events were lost while it was open: calls may be missing");
	add_duration(writer, "self", trace_tree_self(waterfall->tree, row->node, waterfall->now));
	pair(writer, "id", "%lld", (long long)span->id);
	pair(writer, "thread", "%u", span->thread->tid);
	add_account(writer, span);
	if (node->nchildren)
		pair(writer, "spans below", "%u, of them %u children", node->nbelow, node->nchildren);
	add_calls(writer, node);
	details_of_process(writer->page, writer->width, waterfall->pane.engine, span->thread->process);
}

uint64_t waterfall_page(struct waterfall *waterfall, struct popup *page, int width, uint64_t now)
{
	const struct waterfall_row *row = waterfall_selected(waterfall);
	struct writer writer = { page, width };

	if (!row)
		return UINT64_MAX;
	if (row->call == NO_CALL)
		add_span(&writer, waterfall, row);
	else
		details_of_event(page, width, waterfall->pane.engine,
				 trace_tree_node(waterfall->tree, row->node)->calls[row->call].num, now);
	return (uint64_t)row->node << 32 | row->call;
}
