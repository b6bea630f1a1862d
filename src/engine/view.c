/* The views that are built in. */
#include "view.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COLUMNS_OF(array) .columns = (array), .ncolumns = sizeof(array) / sizeof((array)[0])

/* Tag at the depth of the drill-down, what the spans of each tag took, and how many deeper ones there were. */
static const struct view_column summary_columns[] = {
	{ "NA", "span.tag[%depth]", "the tag that spans are grouped by", AGGREGATE_FIRST, 0, COLUMN_KEY, NULL },
	{ "HITS", "span.count.fortag[%depth]", "spans with this tag that ended", AGGREGATE_SUM, 10,
	  COLUMN_SORT, NULL },
	{ "RATE", "span.count.fortag[%depth]", "spans with this tag that ended, a second", AGGREGATE_RATE, 10,
	  COLUMN_WIDE, NULL },
	{ "AVG TIME", "span.duration.fortag[%depth]", "mean time that they took", AGGREGATE_AVG, 10, 0, NULL },
	{ "MIN TIME", "span.duration.fortag[%depth]", "the fastest", AGGREGATE_MIN, 10, 0, NULL },
	{ "P50", "span.duration.fortag[%depth]", "half of them were at least as fast as this (within 1 %)",
	  AGGREGATE_P50, 10, COLUMN_WIDE, NULL },
	{ "P99", "span.duration.fortag[%depth]", "one in a hundred was slower than this (within 1 %)",
	  AGGREGATE_P99, 10, COLUMN_WIDE, NULL },
	{ "MAX TIME", "span.duration.fortag[%depth]", "the slowest", AGGREGATE_MAX, 10, 0, NULL },
	{ "CHD HITS", "span.childcount.fortag[%depth]", "spans below it, at any depth, that ended", AGGREGATE_SUM,
	  10, 0, NULL },
	{ "TAG", "span.tag[%depth]", "the tag", AGGREGATE_FIRST, 0, 0, NULL },
};

/* span.rawtime names a span; its children have it as span.rawparenttime. */
#define SPAN_COLUMNS                                                                                         \
	{ "NA", "span.rawtime", "when the span began, as a number", AGGREGATE_FIRST, 0,                      \
	  COLUMN_KEY | COLUMN_LAST_LEVEL, "span.rawparenttime" },                                            \
	{ "ID", "span.id", "id in its markers", AGGREGATE_FIRST, 10, 0, NULL },                              \
	{ "TIME", "span.time", "local time at which it began", AGGREGATE_FIRST, 19, 0, NULL },               \
	{ "DURATION", "span.duration.fortag[%depth]", "time from its enter to its exit", AGGREGATE_AVG, 10,  \
	  COLUMN_SORT, NULL },                                                                               \
	{ "CPU", "span.cpu", "time of it that its thread was on a CPU", AGGREGATE_FIRST, 10, COLUMN_WIDE, NULL },\
	{ "THREAD", "thread.tid", "thread that ended it", AGGREGATE_FIRST, 8, COLUMN_WIDE, NULL },           \
	{ "PROCESS", "proc.name", "process of that thread", AGGREGATE_FIRST, 16, COLUMN_WIDE, NULL },        \
	{ "TAG", "span.tag[%depth]", "its tag at this depth", AGGREGATE_FIRST, 32, 0, NULL }

#define SPAN_ARGS { "ARGS", "span.enterargs", "arguments of its enter", AGGREGATE_FIRST, 0, 0, NULL }

static const struct view_column traces_list_columns[] = {
	SPAN_COLUMNS,
	SPAN_ARGS,
};

static const struct view_column spans_list_columns[] = {
	SPAN_COLUMNS,
	{ "TAGS", "span.tags", "all its tags", AGGREGATE_FIRST, 40, COLUMN_WIDE, NULL },
	SPAN_ARGS,
};

static const struct view_column spectro_traces_columns[] = {
	{ "DURATION", "span.duration", "time from enter to exit", AGGREGATE_FIRST, 10, COLUMN_KEY, NULL },
};

static const struct view_column spectro_all_columns[] = {
	{ "LATENCY", "evt.latency", "time from enter to return", AGGREGATE_FIRST, 10, COLUMN_KEY, NULL },
};

/* Sorted by when they began: a wait that ends last stands before what happened meanwhile in other threads. */
static const struct view_column events_columns[] = {
	{ "TIME", "evt.reltime", "seconds from the span's begin (or the first event) to the begin of the call",
	  AGGREGATE_FIRST, 14, COLUMN_SORT | COLUMN_ASCENDING, NULL },
	{ "THREAD", "thread.tid", "thread", AGGREGATE_FIRST, 8, 0, NULL },
	{ "PROCESS", "proc.name", "its process", AGGREGATE_FIRST, 16, 0, NULL },
	{ "LATENCY", "evt.latency", "time that the call, or the span that ends here, took", AGGREGATE_FIRST, 10, 0,
	  NULL },
	{ "RESULT", "evt.rawres", "what the call returned, or its error", AGGREGATE_FIRST, 10, 0, NULL },
	{ "CALL", "evt.name", "system call; > span and < span where a span begins and ends", AGGREGATE_FIRST, 16, 0, NULL },
	{ "ARGS", "evt.text", "arguments; of a marker the tags of its span, and its arguments", AGGREGATE_FIRST, 0, 0, NULL },
};

static const struct view_column calls_summary_columns[] = {
	{ "NA", "syscall.type", "the call that events are grouped by", AGGREGATE_FIRST, 0, COLUMN_KEY, NULL },
	{ "COUNT", "evt.count.exit", "calls that returned", AGGREGATE_SUM, 10, 0, NULL },
	{ "TIME", "evt.latency", "time that they took together", AGGREGATE_SUM, 10, COLUMN_SORT, NULL },
	{ "AVG TIME", "evt.latency", "mean time of one", AGGREGATE_AVG, 10, 0, NULL },
	{ "P99", "evt.latency", "one in a hundred was slower than this (within 1 %)", AGGREGATE_P99, 10,
	  COLUMN_WIDE, NULL },
	{ "MAX TIME", "evt.latency", "the slowest", AGGREGATE_MAX, 10, 0, NULL },
	{ "ERRORS", "evt.count.error", "calls that failed", AGGREGATE_SUM, 10, 0, NULL },
	{ "CALL", "syscall.type", "system call", AGGREGATE_FIRST, 0, 0, NULL },
};

static const struct view_column files_summary_columns[] = {
	{ "NA", "fd.name", "the file or connection that events are grouped by", AGGREGATE_FIRST, 0, COLUMN_KEY,
	  NULL },
	{ "BYTES IN", "evt.buflen.in", "bytes read or received", AGGREGATE_SUM, 10, 0, NULL },
	{ "BYTES OUT", "evt.buflen.out", "bytes written or sent", AGGREGATE_SUM, 10, 0, NULL },
	{ "COUNT", "evt.count.exit", "calls on it", AGGREGATE_SUM, 10, 0, NULL },
	{ "TIME", "evt.latency", "time that they took together", AGGREGATE_SUM, 10, COLUMN_SORT, NULL },
	{ "MAX TIME", "evt.latency", "the slowest of them", AGGREGATE_MAX, 10, 0, NULL },
	{ "ERRORS", "evt.count.error", "calls on it that failed", AGGREGATE_SUM, 10, 0, NULL },
	{ "TYPE", "fd.type", "file, ipv4, unix, pipe ...", AGGREGATE_FIRST, 10, 0, NULL },
	{ "NAME", "fd.name", "path, or both ends of a connection", AGGREGATE_FIRST, 0, 0, NULL },
};

const struct view view_table[] = {
	{
		.id = "traces_summary",
		.name = "Traces Summary",
		.description = "How often each kind of trace ran and how long it took. A trace is a span with "
			       "one tag.",
		.kind = VIEW_TABLE,
		.filter = "span.ntags>=%depth+1",
		COLUMNS_OF(summary_columns),
		.drilldown = "spans_summary",
		.drilldown_deeper = true,
		.top_level = true,
		.counts_partial = true,
		.scope = "inside",
	},
	{
		.id = "traces_list",
		.name = "Traces List",
		.description = "Every trace that ended, the slowest first.",
		.kind = VIEW_LIST,
		.filter = "span.ntags>=%depth+1",
		COLUMNS_OF(traces_list_columns),
		.drilldown = "events",
		.top_level = true,
		.scope = "inside",
	},
	{
		.id = "spectro_traces",
		.name = "Traces Spectrogram",
		.description = "How long traces took, over time: latency to the right, time down, the more "
			       "the warmer.",
		.kind = VIEW_SPECTROGRAM,
		.filter = "span.ntags=%depth+1",
		COLUMNS_OF(spectro_traces_columns),
		.drilldown = "spans_list",
		.top_level = true,
		.scope = "inside",
	},
	{
		.id = "spans_summary",
		.name = "Spans Summary",
		.description = "How often the spans below a selection ran and how long they took, by their tag.",
		.kind = VIEW_TABLE,
		.filter = "span.ntags>=%depth+1",
		COLUMNS_OF(summary_columns),
		.drilldown = "spans_summary",
		.drilldown_deeper = true,
		.counts_partial = true,
		.scope = "inside",
	},
	{
		.id = "spans_list",
		.name = "Spans List",
		.description = "Every span of one depth in a selection that ended, the slowest first.",
		.kind = VIEW_LIST,
		.filter = "span.ntags>=%depth+1",
		COLUMNS_OF(spans_list_columns),
		.drilldown = "events",
		.counts_partial = true,
		.scope = "inside",
	},
	{
		.id = "events",
		.name = "Events",
		.description = "System calls, markers, forks and exits, in the order in which they began; "
			       "inside a span, if one was selected.",
		.kind = VIEW_EVENTS,
		COLUMNS_OF(events_columns),
		.top_level = true,
		.scope = "inside",
	},
	{
		.id = "calls_summary",
		.name = "System Calls",
		.description = "Where time went by system call; inside a span, if one was selected.",
		.kind = VIEW_TABLE,
		.filter = "evt.type!=tracer",
		COLUMNS_OF(calls_summary_columns),
		.drilldown = "events",
		.top_level = true,
		.scope = "inside",
	},
	{
		.id = "files_summary",
		.name = "Files and Connections",
		.description = "Where time and bytes went by file, connection and pipe; inside a span, if "
			       "one was selected.",
		.kind = VIEW_TABLE,
		.filter = "fd.name!=\"\"",
		COLUMNS_OF(files_summary_columns),
		.drilldown = "events",
		.top_level = true,
		.scope = "inside",
	},
	{
		.id = "spectro_all",
		.name = "System Calls Spectrogram",
		.description = "Latencies of system calls over time; inside a span, if one was selected.",
		.kind = VIEW_SPECTROGRAM,
		.filter = "evt.latency>0",
		COLUMNS_OF(spectro_all_columns),
		.drilldown = "events",
		.top_level = true,
		.scope = "inside",
	},
	{ .id = NULL },
};

const struct view *view_find(const char *id)
{
	for (const struct view *view = view_table; id && view->id; view++)
		if (!strcmp(view->id, id))
			return view;
	return NULL;
}

bool view_shows_spans(const struct view *view)
{
	for (size_t i = 0; i < view->ncolumns; i++)
		if (view->columns[i].flags & COLUMN_KEY)
			return !strncmp(view->columns[i].field, "span.", 5);
	return false;
}

char *view_text_at_depth(const char *text, unsigned depth)
{
	static const char word[] = "%depth";
	char *result, *to;
	size_t uses = 0;

	for (const char *at = text; (at = strstr(at, word)); at++)
		uses++;
	/* a number takes up to five letters more than the word that it replaces */
	to = result = malloc(strlen(text) + uses * 5 + 1);
	if (!result)
		return NULL;
	while (*text) {
		long number = depth;
		char *end;

		if (strncmp(text, word, sizeof(word) - 1)) {
			*to++ = *text++;
			continue;
		}
		text += sizeof(word) - 1;
		if ((*text == '+' || *text == '-') && text[1] >= '0' && text[1] <= '9') {
			long offset = strtol(text, &end, 10);

			number = offset > INT32_MAX || number + offset > INT32_MAX ? INT32_MAX : number + offset;
			text = end;
		}
		to += sprintf(to, "%ld", number > 0 ? number : 0);
	}
	*to = '\0';
	return result;
}
