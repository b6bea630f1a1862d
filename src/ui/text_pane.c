#include "text_pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/span.h"
#include "app_private.h"

/* A call that took this part of its span's time stands out. */
#define LONG_PART 10
#define US 1000ull
#define MS 1000000ull

static struct text_pane *text_of(struct pane *pane)
{
	return (struct text_pane *)pane;
}

/* ---- lines ---- */

static uint8_t latency_style(const struct text_pane *text, uint64_t latency)
{
	if (text->span_ns && latency >= text->span_ns / LONG_PART)
		return STYLE_WARNING;
	if (latency >= 100 * MS)
		return STYLE_WARNING;
	if (latency >= 10 * MS)
		return STYLE_VALUE;
	return latency >= 100 * US ? STYLE_NORMAL : STYLE_DIM;
}

static uint8_t line_style(enum line_kind kind)
{
	switch (kind) {
	case LINE_FAILED:
		return STYLE_ERROR;
	case LINE_SPAN:
	case LINE_READ_DATA:
		return STYLE_GOOD;
	case LINE_INVALID:
		return STYLE_WARNING;
	case LINE_READ:
	case LINE_WRITE:
		return STYLE_VALUE;
	case LINE_WRITE_DATA:
		return STYLE_LABEL;
	case LINE_CALL:
	case LINE_BLANK:
		break;
	}
	return STYLE_NORMAL;
}

static void range(void *context, uint64_t *first, uint64_t *end)
{
	*end = query_lines(((struct pane *)context)->query, first);
}

static void give_line(void *context, uint64_t n, struct text_line *line)
{
	static const char forgotten[] = "the recording no longer holds this event";
	struct pane *pane = context;
	struct event_line made;
	uint64_t num;

	if (!query_line(pane->query, n, &made, &num)) {
		*line = (struct text_line){ .text = forgotten, .size = sizeof(forgotten) - 1, .style = STYLE_DIM };
		return;
	}
	*line = (struct text_line){ .text = made.text, .size = made.size, .style = line_style(made.kind) };
	if (made.has_latency && made.latency_to > made.latency_from && made.kind != LINE_FAILED)
		line->runs[line->nruns++] = (struct text_run){
			made.latency_from, made.latency_to, latency_style(text_of(pane), made.latency)
		};
}

uint64_t text_pane_event(struct text_pane *text)
{
	uint64_t within;

	return query_line_event(text->window.pane.query, text->window.view.cursor, &within) >> 1;
}

void text_pane_show_as(struct text_pane *text, enum line_form form, enum line_clock clock, bool wrap)
{
	struct query *query = text->window.pane.query;
	struct event_lines *maker = query_lines_maker(query);
	struct text_view *view = &text->window.view;
	uint64_t within, id = query_line_event(query, view->cursor, &within);
	uint64_t rows = view->cursor > view->top.line ? view->cursor - view->top.line : 0;

	if (!maker)
		return;
	event_lines_set(maker, form, clock);
	query_lines_changed(query);
	view->wrap = wrap;
	view->shift = 0;
	view->search.running = false;
	if (!id)
		return;
	view->cursor = query_line_of(query, id, within);
	view->top = (struct text_place){ view->cursor > rows ? view->cursor - rows : 0, 0 };
}

/* ---- the pane ---- */

static bool update(struct pane *pane, uint64_t now, uint64_t budget_ns)
{
	struct text_pane *text = text_of(pane);
	const struct span *span = query_get_spec(pane->query)->inside;
	bool more = false;

	text->span_ns = span ? span_duration(span, now) : 0;
	if (!text->started) {
		text->started = true;
		text->window.view.follow = pane->live && !(span && span->flags & SPAN_CLOSED);
	}
	if (!pane->paused)
		more = pane_read(pane, budget_ns);
	return text_window_search_on(pane, budget_ns) || more;
}

static const char *form_name(const struct event_lines *maker)
{
	static const char *const names[] = {
		[LINES_TWO] = "enter and exit of each call", [LINES_ONE] = "a call a line",
		[LINES_DOTTED] = "dotted ASCII", [LINES_PRINTABLE] = "printable text", [LINES_HEX] = "hex",
	};

	return names[event_lines_form(maker)];
}

/* How the lines are made, and what is no longer there. */
static void draw_title(struct pane *pane, struct cells *cells, struct box box)
{
	static const char *const clocks[] = {
		[CLOCK_DAY] = "", [CLOCK_FIRST] = ", seconds since the first event", [CLOCK_BEFORE] = ", seconds since the event before",
	};
	struct event_lines *maker = query_lines_maker(pane->query);
	uint64_t gone = query_lines_gone(pane->query) + query_skipped(pane->query);
	char right[80] = "", left[160] = "";
	int width;

	cells_fill(cells, (struct box){ box.row, box.column, 1, box.columns }, STYLE_TITLE);
	if (maker)
		snprintf(left, sizeof(left), "%s%s%s", form_name(maker), clocks[event_lines_clock(maker)],
			 text_of(pane)->window.view.wrap ? "" : text_of(pane)->window.view.shift ? ", scrolled to the right" : "");
	if (gone)
		snprintf(right, sizeof(right), "%llu earlier events are gone", (unsigned long long)gone);
	width = cells_width(right, strlen(right));
	if (width + 10 < box.columns)
		cells_text(cells, box.row, box.column + box.columns - width, width, STYLE_TITLE, right, strlen(right));
	else
		width = 0;
	cells_text(cells, box.row, box.column, box.columns - (width ? width + 1 : 0), STYLE_TITLE, left, strlen(left));
}

static void draw_empty(struct pane *pane, struct cells *cells, struct box box)
{
	const char *text = pane->view->text == TEXT_ECHO ? "Nothing was read or written here so far, or no data were kept of it" :
			   pane->live ? "Nothing passes the filter so far" : "Nothing passes the filter";
	size_t size;

	if (pane->progress < 100)
		return;
	if (query_skipped(pane->query))
		text = "Nothing passes the filter; the recording no longer holds older events";
	size = strlen(text);
	for (int row = 0; row < box.rows && size; row++) {
		size_t part = cells_wrap(text, size, box.columns);

		cells_text(cells, box.row + row, box.column, box.columns, STYLE_DIM, text, part);
		while (part < size && text[part] == ' ')
			part++;
		text += part;
		size -= part;
	}
}

static void draw(struct pane *pane, struct cells *cells, struct box box)
{
	struct text_view *view = &text_of(pane)->window.view;
	struct box inner = { box.row + 1, box.column, box.rows - 1, box.columns };
	uint64_t first;

	if (box.rows < 1 || box.columns < 1)
		return;
	draw_title(pane, cells, box);
	text_view_draw(view, cells, inner);
	if (text_view_lines(view, &first) <= first && inner.rows > 0)
		draw_empty(pane, cells, inner);
}

static bool key(struct app *app, struct pane *pane, int key)
{
	struct text_view *view = &text_of(pane)->window.view;
	const struct event *event;
	uint64_t num;

	if (key != K_ENTER) {
		bool used = text_view_key(view, key);

		if (key == K_END)
			view->follow = pane->live;
		return used;
	}
	num = text_pane_event(text_of(pane));
	if (!num)
		return true;
	view->follow = false;
	event = app_find_event(pane->engine, num);
	if (event && (event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT) && event->span &&
	    event->span != query_get_spec(pane->query)->inside)
		app_open_span(app, event->span);
	else
		app_event_details(app, num);
	return true;
}

static bool mouse(struct app *app, struct pane *pane, const struct key_event *event)
{
	if (text_view_mouse(&text_of(pane)->window.view, event))
		key(app, pane, K_ENTER);
	return true;
}

static void position(struct pane *pane, char *text, size_t size)
{
	static const char *const scopes[] = {
		[INSIDE_THREAD_TREE] = " thread", [INSIDE_PROCESS_TREE] = " process", [INSIDE_MACHINE] = " machine",
	};
	const struct query_spec *spec = query_get_spec(pane->query);
	const struct text_view *view = &text_of(pane)->window.view;
	size_t used;

	text_view_position(view, text, size);
	used = strlen(text);
	snprintf(text + used, size - used, "%s%s", view->follow ? " follow" : pane->live ? " hold" : "",
		 spec->inside ? scopes[spec->inside_scope] : "");
}

static size_t selection(struct pane *pane, char *text, size_t size)
{
	(void)pane;
	if (size)
		text[0] = '\0';
	return 0;
}

static void text_free(struct pane *pane)
{
	text_view_fini(&text_of(pane)->window.view);
	free(pane);
}

#define OPERATIONS                                                                                           \
	.update = update, .draw = draw, .key = key, .mouse = mouse, .position = position,                    \
	.search = text_window_search, .selection = selection, .free = text_free

static const struct pane_operations dig_operations = { .actions = text_pane_dig_actions, OPERATIONS };
static const struct pane_operations echo_operations = { .actions = text_pane_echo_actions, OPERATIONS };

struct pane *text_pane_new(struct query *query)
{
	struct text_pane *text = calloc(1, sizeof(*text));
	struct event_lines *maker = query_lines_maker(query);
	bool echo = query_get_spec(query)->view->text == TEXT_ECHO;

	if (!text || !maker) {
		free(text);
		return NULL;
	}
	text->window.pane.operations = echo ? &echo_operations : &dig_operations;
	text->window.view.source = (struct text_source){ range, give_line, text };
	text->window.view.wrap = echo;
	snprintf(text->window.save_name, sizeof(text->window.save_name), "spantop-%s.txt", echo ? "echo" : "dig");
	event_lines_show_latency(maker, true);
	return &text->window.pane;
}
