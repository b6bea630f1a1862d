/* The lines above a pane: figures, where in the drill-down it is, and its filter. On small screens the less
 * important pieces go first, always whole ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/value.h"
#include "app_private.h"
#include "time_steps.h"

#define PROGRESS_AFTER 500000000ull   /* ns of reading */
#define WIDE 100   /* columns from which on pieces stand further apart */

struct line {
	struct cells *cells;
	int row, column;
};

/* Adds "label value" if it fits whole; label may be "". */
static void piece(struct line *line, const char *label, uint8_t style, const char *value)
{
	int gap = !line->column ? 0 : line->cells->columns < WIDE ? 2 : 3, width = (int)strlen(label) + (label[0] && value[0]);

	width += cells_width(value, strlen(value));
	if (line->column + gap + width > line->cells->columns)
		return;
	line->column += gap;
	line->column += cells_text(line->cells, line->row, line->column, line->cells->columns, STYLE_LABEL,
				   label, strlen(label));
	if (label[0] && value[0])
		line->column++;
	line->column += cells_text(line->cells, line->row, line->column, line->cells->columns - line->column,
				   style, value, strlen(value));
}

static void rate_text(double rate, char *text, size_t size)
{
	if (rate < 0 || rate != rate)
		snprintf(text, size, "-");
	else if (rate >= 1e8)
		snprintf(text, size, "%.0fM", rate / 1e6);
	else if (rate >= 1e5)
		snprintf(text, size, "%.0fk", rate / 1e3);
	else
		snprintf(text, size, "%.0f", rate);
}

/* hh:mm:ss */
static void clock_text(uint64_t time, char *text)
{
	char whole[32];

	time_format(time, whole, sizeof(whole));
	snprintf(text, 9, "%.8s", whole);
}

static void count_text(uint64_t count, char *text, size_t size)
{
	struct value value = { .type = VALUE_UINT, .u = count };

	value_format(&value, false, text, size);
}

/* 3.57s, 12:05, 1:02:03: from a minute on as a clock shows it. */
static void reach_text(uint64_t ns, char *text, size_t size)
{
	unsigned long long seconds = ns / 1000000000;

	if (seconds < 60)
		duration_format(ns, text, size);
	else if (seconds < 3600)
		snprintf(text, size, "%llu:%02llu", seconds / 60, seconds % 60);
	else
		snprintf(text, size, "%llu:%02llu:%02llu", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* ns since the epoch of the oldest event that is held, 0 none, and of the newest. */
static uint64_t oldest_held(const struct app *app, uint64_t *newest)
{
	const struct recording *recording = engine_recording(app->engine);
	struct recording_fill fill, total = recording_fill(recording, LANE_SPANS);

	fill = recording_fill(recording, LANE_CALLS);
	if (fill.oldest_time && (!total.oldest_time || fill.oldest_time < total.oldest_time))
		total.oldest_time = fill.oldest_time;
	*newest = fill.newest_time > total.newest_time ? fill.newest_time : total.newest_time;
	return total.oldest_time;
}

static void recording_text(const struct app *app, char *text, size_t size)
{
	char bytes[32], max[32], back[32], since[16];
	uint64_t newest, oldest = oldest_held(app, &newest);

	count_text(engine_recorded_bytes(app->engine), bytes, sizeof(bytes));
	count_text(engine_memory(app->engine), max, sizeof(max));
	if (!oldest) {
		snprintf(text, size, "empty, %s at most", max);
		return;
	}
	reach_text(newest - oldest, back, sizeof(back));
	clock_text(oldest, since);
	snprintf(text, size, "%s of %s, %s back to %s", bytes, max, back, since);
}

static void lost_text(const struct engine_counts *counts, bool causes, char *text, size_t size)
{
	static const char *const names[LOSS_CAUSES] = {
		[LOSS_MARKERS] = "markers", [LOSS_CALLS] = "calls", [LOSS_PROCESSES] = "processes",
		[LOSS_FOREIGN] = "unknown calls",
	};
	uint64_t total = 0;
	int length;

	for (size_t i = 0; i < LOSS_CAUSES; i++)
		total += counts->lost[i];
	length = snprintf(text, size, "%llu", (unsigned long long)total);
	for (size_t i = 0, n = 0; causes && i < LOSS_CAUSES; i++) {
		if (!counts->lost[i])
			continue;
		length += snprintf(text + length, size - (size_t)length, "%s%s %llu", n++ ? ", " : " (",
				   names[i], (unsigned long long)counts->lost[i]);
	}
	if (causes && total)
		snprintf(text + length, size - (size_t)length, ")");
}

static void paused_piece(const struct app *app, struct line *line)
{
	char since[16], text[40];

	if (!app->paused)
		return;
	clock_text(app->paused_since, since);
	snprintf(text, sizeof(text), "PAUSED since %s", since);
	piece(line, "", STYLE_ERROR, text);
}

static void lost_piece(const struct app *app, struct line *line, bool when_none)
{
	char text[200];
	const struct engine_counts *counts = engine_counts(app->engine);

	lost_text(counts, line->cells->columns >= 100, text, sizeof(text));
	if (when_none || strcmp(text, "0"))
		piece(line, "lost", strcmp(text, "0") ? STYLE_ERROR : STYLE_VALUE, text);
}

/* ns since the epoch from which on the recording holds everything; 0: it forgot nothing. */
static uint64_t held_from(const struct app *app)
{
	const struct recording *recording = engine_recording(app->engine);
	uint64_t from = 0;

	for (int lane = 0; lane < LANES; lane++) {
		struct recording_fill fill = recording_fill(recording, lane);

		if (fill.evicted && fill.oldest_time > from)
			from = fill.oldest_time;
	}
	return from;
}

/* From when to when it is, and how much of that the recording still holds. */
static void capture_reach_text(const struct app *app, char *text, size_t size)
{
	const struct engine_counts *counts = engine_counts(app->engine);
	uint64_t from = held_from(app);
	char first[16], last[16], reach[32], held[32] = "";

	if (!counts->first_time) {
		snprintf(text, size, "no events");
		return;
	}
	clock_text(counts->first_time, first);
	clock_text(counts->last_time, last);
	reach_text(counts->last_time - counts->first_time, reach, sizeof(reach));
	if (from && from < counts->last_time)
		reach_text(counts->last_time - from, held, sizeof(held));
	snprintf(text, size, "%s from %s to %s%s%s", reach, first, last, held[0] ? ", in memory the last " : "", held);
}

/* Nothing is said of what takes less than a moment. */
static void capture_progress_piece(const struct app *app, struct line *line, const struct app_status *status)
{
	char text[32];

	if (!status->reading || !app->started || app->now - app->started < PROGRESS_AFTER)
		return;
	if (status->progress >= 0)
		snprintf(text, sizeof(text), "reading %.0f %%", status->progress * 100);
	else
		snprintf(text, sizeof(text), "reading");
	piece(line, "", STYLE_WARNING, text);
}

static void draw_capture_figures(struct app *app, struct cells *cells, const struct app_status *status)
{
	const struct engine_counts *counts = engine_counts(app->engine);
	struct line line = { cells, 0, 0 };
	char text[256];

	text_escape(status->source, strlen(status->source), text, sizeof(text));
	piece(&line, "spantop", STYLE_VALUE, text);
	capture_progress_piece(app, &line, status);
	if (status->damage)
		piece(&line, "", STYLE_ERROR, "damaged");
	rate_text(counts->events, text, sizeof(text));
	piece(&line, "events", STYLE_VALUE, text);
	rate_text(counts->markers, text, sizeof(text));
	piece(&line, "markers", STYLE_VALUE, text);
	rate_text(span_table_counts(engine_spans(app->engine)).closed, text, sizeof(text));
	piece(&line, "spans", STYLE_VALUE, text);
}

static void invalid_piece(const struct app *app, struct line *line)
{
	uint64_t invalid = engine_counts(app->engine)->invalid_markers;
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)invalid);
	piece(line, "invalid markers", invalid ? STYLE_WARNING : STYLE_VALUE, text);
}

static void draw_capture_losses(struct app *app, struct cells *cells, int row)
{
	struct line line = { cells, row, 0 };
	char text[160];

	capture_reach_text(app, text, sizeof(text));
	piece(&line, "capture", STYLE_VALUE, text);
	invalid_piece(app, &line);
}

static void draw_figures(struct app *app, struct cells *cells, const struct app_status *status)
{
	struct line line = { cells, 0, 0 };
	char text[64];

	piece(&line, "spantop", STYLE_VALUE, app_live(status) ? "live" : status->source);
	paused_piece(app, &line);
	/* there is no second line */
	if (cells->rows < 16)
		lost_piece(app, &line, false);
	if (status->scope[0])
		piece(&line, "scope", STYLE_VALUE, status->scope);
	rate_text(status->events_rate, text, sizeof(text));
	piece(&line, "events/s", STYLE_VALUE, text);
	rate_text(status->markers_rate, text, sizeof(text));
	piece(&line, "markers/s", STYLE_VALUE, text);
	rate_text(status->spans_rate, text, sizeof(text));
	piece(&line, "spans/s", STYLE_VALUE, text);
	if (status->own_cpu < 0)
		snprintf(text, sizeof(text), "-");
	else
		snprintf(text, sizeof(text), "%.1f%%", status->own_cpu * 100);
	piece(&line, "CPU", STYLE_VALUE, text);
}

/* That there are no invalid markers matters least, that there are some is said before all else. */
static void draw_losses(struct app *app, struct cells *cells, int row)
{
	struct line line = { cells, row, 0 };
	bool invalid = engine_counts(app->engine)->invalid_markers;
	char text[128];

	lost_piece(app, &line, true);
	if (invalid)
		invalid_piece(app, &line);
	recording_text(app, text, sizeof(text));
	piece(&line, "recording", STYLE_VALUE, text);
	duration_format(app->refresh, text, sizeof(text));
	piece(&line, "every", STYLE_VALUE, text);
	if (!invalid)
		invalid_piece(app, &line);
}

/* What the top pane is doing, at the right end of the breadcrumb; returns the cells it takes. */
static int draw_progress(struct app *app, struct cells *cells, int row)
{
	const struct pane *pane = app_top(app)->pane;
	char text[32];
	int width;

	if (!app->reading)
		return 0;
	snprintf(text, sizeof(text), "reading %u %%", pane->progress < 100 ? pane->progress : 0);
	width = (int)strlen(text);
	if (width + 12 > cells->columns)
		return 0;
	cells_text(cells, row, cells->columns - width, width, STYLE_WARNING, text, (size_t)width);
	return width + 1;
}

static void draw_breadcrumb(struct app *app, struct cells *cells, int row, int right)
{
	const char *name = app_top(app)->pane->view->name;
	int busy = draw_progress(app, cells, row);
	int width = cells->columns - (right ? right : busy ? busy : time_draw(app, cells, row));
	int column = cells_text(cells, row, 0, width, STYLE_LABEL, name, strlen(name));

	if (width - column > 8)
		breadcrumb_draw(app, cells, row, column + 2, width - column - 2);
}

static void draw_filter(struct app *app, struct cells *cells, int row)
{
	char *text = level_filter_text(app);
	int width = cells->columns - 8, hint = (int)strlen("... F7:all");
	size_t size = text ? strlen(text) : 0;

	cells_text(cells, row, 0, cells->columns, STYLE_LABEL, "Filter:", 7);
	if (!size)
		cells_text(cells, row, 8, width, STYLE_DIM, "none", 4);
	else if (cells_width(text, size) <= width)
		cells_text(cells, row, 8, width, STYLE_VALUE, text, size);
	else if (width > hint + 2) {
		cells_text(cells, row, 8, width - hint, STYLE_VALUE, text, size);
		cells_text(cells, row, cells->columns - hint, hint, STYLE_DIM, "... F7:all", (size_t)hint);
	}
	free(text);
}

/* At the right end of the only line: what must not be missed. */
static int draw_alarm(struct app *app, struct cells *cells)
{
	char lost[200], text[220] = "";
	int width;

	lost_text(engine_counts(app->engine), false, lost, sizeof(lost));
	if (strcmp(lost, "0"))
		snprintf(text, sizeof(text), "%slost %s", app->paused ? "PAUSED " : "", lost);
	else if (app->paused)
		snprintf(text, sizeof(text), "PAUSED");
	width = cells_width(text, strlen(text));
	if (!width || width + 8 > cells->columns)
		return 0;
	cells_text(cells, 0, cells->columns - width, width, STYLE_ERROR, text, strlen(text));
	return width + 1;
}

int header_draw(struct app *app, struct cells *cells)
{
	struct app_status status = app_status(app);

	if (cells->rows < 10) {
		draw_breadcrumb(app, cells, 0, draw_alarm(app, cells));
		return 1;
	}
	if (app_live(&status))
		draw_figures(app, cells, &status);
	else
		draw_capture_figures(app, cells, &status);
	if (cells->rows < 16) {
		draw_breadcrumb(app, cells, 1, 0);
		draw_filter(app, cells, 2);
		return 3;
	}
	if (app_live(&status))
		draw_losses(app, cells, 1);
	else
		draw_capture_losses(app, cells, 1);
	draw_breadcrumb(app, cells, 2, 0);
	draw_filter(app, cells, 3);
	return 4;
}
