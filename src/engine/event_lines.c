#include "event_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "echo.h"
#include "engine.h"
#include "event_format.h"
#include "field_classes.h"
#include "scap_event.h"
#include "scap_expand.h"
#include "span.h"

#define LATENCY_WIDTH 9   /* cells of the column, its blank included */

struct event_lines {
	const struct engine *engine;
	enum view_text text;
	enum line_form form;
	enum line_clock clock;
	bool show_latency;
	struct field_context context;
	struct scap_expander *expander;
	struct event_format *two, *one;   /* what stands behind number and time */
	struct field fd_name, container, summary;
	struct format_text line;
};

static const char two_format[] = "*%evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info";
static const char one_format[] = "*%evt.cpu %proc.name (%thread.tid) %evt.name";

/* ---- life ---- */

static bool parse(struct field *field, const char *name)
{
	const char *reason;
	size_t at;

	return field_parse(name, strlen(name), field, &reason, &at) > 0;
}

struct event_lines *event_lines_new(const struct engine *engine, enum view_text text)
{
	struct event_lines *lines = calloc(1, sizeof(*lines));
	struct filter_error error;

	if (!lines)
		return NULL;
	lines->engine = lines->context.engine = engine;
	lines->text = text;
	lines->form = text == TEXT_ECHO ? LINES_DOTTED : LINES_TWO;
	lines->expander = scap_expander_new();
	lines->two = event_format_new(two_format, &error);
	lines->one = event_format_new(one_format, &error);
	if (lines->expander && lines->two && lines->one && parse(&lines->fd_name, "fd.name") &&
	    parse(&lines->container, "container.name") && parse(&lines->summary, "evt.text"))
		return lines;
	event_lines_free(lines);
	return NULL;
}

void event_lines_free(struct event_lines *lines)
{
	if (!lines)
		return;
	field_context_fini(&lines->context);
	field_fini(&lines->fd_name);
	field_fini(&lines->container);
	field_fini(&lines->summary);
	event_format_free(lines->two);
	event_format_free(lines->one);
	scap_expander_free(lines->expander);
	free(lines->line.bytes);
	free(lines);
}

void event_lines_set(struct event_lines *lines, enum line_form form, enum line_clock clock)
{
	lines->form = form;
	lines->clock = clock;
}

enum line_form event_lines_form(const struct event_lines *lines)
{
	return lines->form;
}

enum line_clock event_lines_clock(const struct event_lines *lines)
{
	return lines->clock;
}

void event_lines_show_latency(struct event_lines *lines, bool show)
{
	lines->show_latency = show;
}

/* ---- counting ---- */

static bool is_marker(const struct event *event)
{
	return event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT || event->type == EVENT_MARKER_INVALID;
}

/* The enter of a call of a capture whose exit says all that it said. */
static bool is_told_by_exit(const struct event *event)
{
	return event->type == EVENT_SCAP && !scap_is_exit(event->call) && scap_type(event->call + 1u) &&
	       !(event->flags & EVENT_NO_RETURN);
}

/* sysdig prints none of what a recorder made for itself, and knows no end of a span that nobody wrote. */
static bool is_hidden(const struct event *event)
{
	return (event->type == EVENT_SCAP && scap_types[event->call].category == SCAP_INTERNAL) ||
	       (event->type == EVENT_SPAN_EXIT && event->flags & EVENT_UNFINISHED);
}

/* As scap_expand makes them, which is asked only where looking does not tell. */
static uint32_t lines_as_captured(struct event_lines *lines, const struct event *event)
{
	struct scap_expansion expansion;

	if (is_hidden(event))
		return 0;
	if (event->type == EVENT_SCAP || is_marker(event))
		return 1;
	if (event->type == EVENT_CALL && event->flags & EVENT_NO_RETURN)
		return 1;
	if (event->type == EVENT_CALL && !(event->flags & EVENT_NO_ENTER))
		return 2;
	return scap_expand(lines->expander, event, &expansion) ? 0 : (uint32_t)expansion.count;
}

/* Data of a read or write that returned. */
static const char *data_of(const struct event *event, size_t *size)
{
	const char *data;

	if (event->result <= 0 || event->flags & EVENT_NO_RETURN ||
	    (event->type == EVENT_SCAP && !scap_is_exit(event->call)))
		return NULL;
	data = field_event_data(event, size);
	return data && *size ? data : NULL;
}

bool event_lines_count(struct event_lines *lines, const struct event *event, struct line_counts *counts)
{
	const char *data;
	size_t size;

	if (lines->text == TEXT_ECHO) {
		data = data_of(event, &size);
		if (!data)
			return false;
		counts->a = echo_rows(ECHO_PRINTABLE, data, size);
		counts->b = echo_rows(ECHO_HEX, data, size);
		return true;
	}
	counts->a = lines_as_captured(lines, event);
	counts->b = counts->a && !is_told_by_exit(event);
	return counts->a;
}

uint64_t event_lines_of(const struct event_lines *lines, const struct line_counts *counts)
{
	switch (lines->form) {
	case LINES_TWO:
		return counts->a;
	case LINES_ONE:
		return counts->b;
	case LINES_DOTTED:
		return 3;
	case LINES_PRINTABLE:
		return counts->a + 2ull;
	case LINES_HEX:
		return counts->b + 2ull;
	}
	return 0;
}

/* ---- what both kinds of lines have ---- */

static void put_words(struct format_text *text, const char *words)
{
	format_bytes(text, words, strlen(words));
}

static void put_seconds(struct format_text *text, uint64_t from, uint64_t to)
{
	uint64_t ns = to > from ? to - from : 0;

	format_uint(text, ns / 1000000000);
	format_byte(text, '.');
	format_nine_digits(text, ns % 1000000000);
}

static void put_time(struct event_lines *lines, uint64_t time, const struct event *before)
{
	char text[64];

	switch (lines->clock) {
	case CLOCK_DAY:
		format_bytes(&lines->line, text, time_format(time, text, sizeof(text)));
		return;
	case CLOCK_FIRST:
		put_seconds(&lines->line, engine_counts(lines->engine)->first_time, time);
		return;
	case CLOCK_BEFORE:
		put_seconds(&lines->line, before ? before->time : time, time);
		return;
	}
}

static bool latency_of(const struct event *event, uint64_t *latency)
{
	if (event->type == EVENT_SPAN_EXIT) {
		*latency = event->span ? span_duration(event->span, event->time) : 0;
		return event->span && !(event->span->flags & SPAN_NO_ENTER);
	}
	*latency = event_latency(event);
	return (event->type == EVENT_CALL || (event->type == EVENT_SCAP && scap_is_exit(event->call))) &&
	       !(event->flags & (EVENT_NO_ENTER | EVENT_NO_RETURN));
}

/* Whether an exit of a capture has an enter that is known: else its latency is 0 and means nothing. */
static bool tells_latency(const struct event *event, uint64_t *latency)
{
	return latency_of(event, latency) && (event->type != EVENT_SCAP || *latency);
}

static void put_text_of(struct event_lines *lines, const struct field *field, const struct event *event)
{
	struct value value;

	if (field_value(field, event, &lines->context, &value) && value.type == VALUE_TEXT)
		format_bytes(&lines->line, value.text, value.size);
}

/* ---- lines of events ---- */

static void put_latency(struct event_lines *lines, struct event_line *line)
{
	char text[32];
	size_t size = 0;

	if (!lines->show_latency)
		return;
	if (line->has_latency)
		size = duration_format(line->latency, text, sizeof(text));
	while (lines->line.size + size + 1 < LATENCY_WIDTH)
		format_byte(&lines->line, ' ');
	line->latency_from = lines->line.size;
	format_bytes(&lines->line, text, size);
	line->latency_to = lines->line.size;
	format_byte(&lines->line, ' ');
}

static enum line_kind kind_of(const struct event *event)
{
	switch (event->type) {
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
		return LINE_SPAN;
	case EVENT_MARKER_INVALID:
		return LINE_INVALID;
	}
	return event_failed(event) ? LINE_FAILED : LINE_CALL;
}

static void put_result(struct event_lines *lines, const struct event *event)
{
	const char *name = event_failed(event) ? errno_name((int)-event->result) : NULL;

	if (event->flags & EVENT_NO_RETURN || (event->type != EVENT_CALL && event->type != EVENT_SCAP) ||
	    (event->type == EVENT_SCAP && !scap_is_exit(event->call)))
		return;
	put_words(&lines->line, " = ");
	if (name)
		put_words(&lines->line, name);
	else
		format_int(&lines->line, event->result);
}

/* Arguments; captures have the result among them, which stands before them already. */
static void put_summary(struct event_lines *lines, const struct event *event)
{
	struct format_text *text = &lines->line;
	size_t from = text->size, at, to;

	put_text_of(lines, &lines->summary, event);
	if (event->type != EVENT_SCAP || !text->bytes)
		return;
	for (at = from; at + 4 <= text->size && memcmp(text->bytes + at, "res=", 4); at = to) {
		to = at;
		while (to < text->size && text->bytes[to++] != ' ')
			;
	}
	if (at + 4 > text->size)
		return;
	for (to = at; to < text->size && text->bytes[to++] != ' ';)
		;
	memmove(text->bytes + at, text->bytes + to, text->size - to);
	text->size -= to - at;
}

static void write_one(struct event_lines *lines, const struct event *event, const struct event *before,
		      struct event_line *line)
{
	const char *rest;
	size_t size;

	line->has_latency = tells_latency(event, &line->latency);
	put_latency(lines, line);
	format_uint(&lines->line, event->num);
	format_byte(&lines->line, ' ');
	put_time(lines, event->flags & EVENT_NO_ENTER ? event->time : event->enter_time, before);
	format_byte(&lines->line, ' ');
	if (event_format_text(lines->one, event, &lines->context, &rest, &size))
		format_bytes(&lines->line, rest, size);
	put_result(lines, event);
	format_byte(&lines->line, ' ');
	put_summary(lines, event);
}

static void write_two(struct event_lines *lines, const struct event *event, const struct event *before, uint64_t i,
		      struct event_line *line)
{
	struct scap_expansion expansion = { .events = { event }, .count = 1 };
	const struct event *part;
	const char *rest;
	size_t size;

	if (event->type != EVENT_SCAP && !is_marker(event) && scap_expand(lines->expander, event, &expansion))
		return;
	if (i >= expansion.count)
		return;
	part = expansion.events[i];
	line->has_latency = i + 1 == expansion.count && tells_latency(event, &line->latency);
	if (i + 1 < expansion.count && line->kind == LINE_FAILED)
		line->kind = LINE_CALL;
	put_latency(lines, line);
	format_uint(&lines->line, part->num);
	format_byte(&lines->line, ' ');
	put_time(lines, part->time, i ? expansion.events[i - 1] : before);
	format_byte(&lines->line, ' ');
	if (event_format_text(lines->two, part, &lines->context, &rest, &size))
		format_bytes(&lines->line, rest, size);
}

/* ---- data ---- */

static void put_place(struct event_lines *lines, const struct event *event)
{
	size_t before = lines->line.size;

	put_text_of(lines, &lines->fd_name, event);
	if (lines->line.size != before)
		return;
	put_words(&lines->line, "unnamed FD");
	if (event->fd) {
		format_byte(&lines->line, ' ');
		format_int(&lines->line, event->fd->num);
	}
}

static void put_process(struct event_lines *lines, const struct event *event)
{
	const struct thread *thread = event->thread;
	struct value value;

	put_words(&lines->line, " (");
	format_bytes(&lines->line, thread->name->text, thread->name->size);
	format_byte(&lines->line, ' ');
	format_uint(&lines->line, thread->process->pid);
	if (thread->tid != thread->process->pid) {
		put_words(&lines->line, " thread ");
		format_uint(&lines->line, thread->tid);
	}
	format_byte(&lines->line, ')');
	if (field_value(&lines->container, event, &lines->context, &value) && value.type == VALUE_TEXT && value.size &&
	    !(value.size == 4 && !memcmp(value.text, "host", 4))) {
		put_words(&lines->line, " [");
		format_bytes(&lines->line, value.text, value.size);
		format_byte(&lines->line, ']');
	}
}

static void write_head(struct event_lines *lines, const struct event *event, const struct event *before, size_t size,
		       bool writes, struct event_line *line)
{
	char text[32];

	put_words(&lines->line, "------ ");
	put_time(lines, event->time, before);
	put_words(&lines->line, writes ? " Write " : " Read ");
	format_int(&lines->line, event->result);
	put_words(&lines->line, writes ? "B to " : "B from ");
	put_place(lines, event);
	put_process(lines, event);
	line->has_latency = tells_latency(event, &line->latency);
	if (line->has_latency) {
		format_byte(&lines->line, ' ');
		line->latency_from = lines->line.size;
		format_bytes(&lines->line, text, duration_format(line->latency, text, sizeof(text)));
		line->latency_to = lines->line.size;
	}
	if ((uint64_t)event->result > size) {
		put_words(&lines->line, ", of which ");
		format_uint(&lines->line, size);
		put_words(&lines->line, "B were kept");
	}
}

static void write_data(struct event_lines *lines, const struct event *event, const struct event *before, uint64_t i,
		       struct event_line *line)
{
	enum echo_form form = lines->form == LINES_HEX ? ECHO_HEX : lines->form == LINES_PRINTABLE ? ECHO_PRINTABLE : ECHO_DOTTED;
	bool writes = field_event_writes(event);
	size_t size = 0;
	const char *data = data_of(event, &size);

	line->kind = LINE_BLANK;
	if (!data)
		return;
	if (!i) {
		line->kind = writes ? LINE_WRITE : LINE_READ;
		write_head(lines, event, before, size, writes, line);
	} else if (i <= echo_rows(form, data, size)) {
		line->kind = writes ? LINE_WRITE_DATA : LINE_READ_DATA;
		echo_put_row(&lines->line, form, data, size, (uint32_t)i - 1);
	}
}

void event_lines_write(struct event_lines *lines, const struct event *event, const struct event *before, uint64_t i,
		       struct event_line *line)
{
	*line = (struct event_line){ .kind = kind_of(event) };
	lines->line.size = 0;
	lines->line.failed = false;
	if (lines->text == TEXT_ECHO)
		write_data(lines, event, before, i, line);
	else if (lines->form == LINES_ONE)
		write_one(lines, event, before, line);
	else
		write_two(lines, event, before, i, line);
	line->text = lines->line.bytes ? lines->line.bytes : "";
	line->size = lines->line.size;
}
