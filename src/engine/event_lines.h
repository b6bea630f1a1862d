/* Events as lines of text: sysdig's line for each, or what was read and written.
 *
 * An event has a few lines, which can be counted without writing them, and are written one at a time when somebody looks:
 * nobody keeps their text. */
#ifndef ENGINE_EVENT_LINES_H
#define ENGINE_EVENT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "view.h"

struct engine;

/* How lines are made; the counts of an event hold for all of them. */
enum line_form {
	LINES_TWO,        /* enter and exit of a call, as sysdig prints them */
	LINES_ONE,        /* a call is one line: its result, then its arguments */
	LINES_DOTTED,     /* of data: see echo.h */
	LINES_PRINTABLE,
	LINES_HEX,
};

/* What the time of a line counts from. */
enum line_clock {
	CLOCK_DAY,        /* local time */
	CLOCK_FIRST,      /* s since the first event of all */
	CLOCK_BEFORE,     /* s since the event before it in the same text */
};

/* Enough to tell how many lines an event has in any form. */
struct line_counts {
	uint32_t a, b;    /* private */
};

enum line_kind {
	LINE_CALL,        /* an enter, or a call that returned */
	LINE_FAILED,
	LINE_SPAN,
	LINE_INVALID,     /* a marker that breaks the format */
	LINE_READ,        /* head of data */
	LINE_WRITE,
	LINE_READ_DATA,
	LINE_WRITE_DATA,
	LINE_BLANK,
};

struct event_line {
	const char *text;       /* hostile; borrowed until the next line is made */
	size_t size;
	enum line_kind kind;
	bool has_latency;
	uint64_t latency;       /* ns */
	size_t latency_from, latency_to; /* bytes of text that tell it; equal if none do */
};

struct event_lines;

/* NULL without memory. */
struct event_lines *event_lines_new(const struct engine *engine, enum view_text text);
void event_lines_free(struct event_lines *lines);
void event_lines_set(struct event_lines *lines, enum line_form form, enum line_clock clock);
enum line_form event_lines_form(const struct event_lines *lines);
enum line_clock event_lines_clock(const struct event_lines *lines);
/* A column of latencies before the lines of LINES_TWO and LINES_ONE. */
void event_lines_show_latency(struct event_lines *lines, bool show);
/* False if this text says nothing of the event. */
bool event_lines_count(struct event_lines *lines, const struct event *event, struct line_counts *counts);
/* Lines in the form that is set; may be 0. */
uint64_t event_lines_of(const struct event_lines *lines, const struct line_counts *counts);
/* Line i of them. before: the event before it in the text, or NULL. */
void event_lines_write(struct event_lines *lines, const struct event *event, const struct event *before, uint64_t i,
		       struct event_line *line);

#endif
