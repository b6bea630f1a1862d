#include "time_steps.h"

#include <stdio.h>
#include <string.h>

#include "../engine/value.h"
#include "app_private.h"
#include "filter_path.h"

#define NS_PER_S 1000000000ull
#define ROOM 24   /* cells that must be left beside the piece about time */

/* ---- what queries are about ---- */

/* Whoever comes from spans wants all that happened in them, not the last moment. */
static bool follows_spans(const struct query_spec *spec)
{
	if (spec->inside)
		return true;
	for (size_t i = 0; i < spec->nfilters; i++)
		if (filter_names_span(spec->filters[i]) || strstr(spec->filters[i], "evtin.span"))
			return true;
	return false;
}

void time_spec(const struct app *app, const struct level *level, struct query_spec *spec)
{
	bool live = app_is_live(app);

	spec->ascii = app->ascii;
	spec->from = level->from;
	spec->to = level->to;
	if (live && !level->to) {
		spec->refresh = app->refresh;
		spec->refresh_begin = app->started;
	}
	spec->period_table = live && !level->to && !level->all && spec->view->sampled && !follows_spans(spec);
	if (spec->period_table && app->now > app->refresh)
		spec->from = app->now - app->refresh;
}

/* Reads the recording again, or the file where the recording is not enough. */
static void time_changed(struct app *app, struct level *level)
{
	struct pane *pane = level->pane;
	struct query_spec spec = *query_get_spec(pane->query);
	struct filter_error error;
	bool in_typed;

	if (level->reread || level_lacks_events(app, level, pane->view)) {
		if (level_remake(app, level->typed, level->inside_scope, &error, &in_typed))
			app_message(app, true, "%s", error.text);
		return;
	}
	time_spec(app, level, &spec);
	query_set_time(pane->query, spec.from, spec.to, spec.period_table);
	pane->events_read = 0;
	pane->progress = 0;
	level->caught_up = false;
	app->next_refresh = app->now;
	app->reading = app->dirty = true;
}

void time_entered(const struct app *app, struct level *level)
{
	struct query *query = level->pane->query;
	uint64_t from = app->now > app->refresh ? app->now - app->refresh : 0;

	if (!query || !query_get_spec(query)->period_table || !level->caught_up || app->paused)
		return;
	query_set_time(query, from, 0, true);
	level->pane->events_read = 0;
	level->caught_up = false;
}

/* ---- keys ---- */

/* What is in flight is known of any time of a capture, live of now alone. */
static bool has_rows(const struct view *view, bool live)
{
	return view->kind == VIEW_TABLE || view->kind == VIEW_LIST || view->kind == VIEW_EVENTS ||
	       (view->kind == VIEW_IN_FLIGHT && !live);
}

/* Numbers of the first and last period that can be looked at; false: there are no events. */
static bool bounds(const struct app *app, const struct view *view, uint64_t *first, uint64_t *last)
{
	const struct recording *recording = engine_recording(app->engine);
	const struct engine_counts *counts = engine_counts(app->engine);
	struct recording_fill spans = recording_fill(recording, LANE_SPANS), calls = recording_fill(recording, LANE_CALLS);
	uint64_t oldest = view_shows_spans(view) || !calls.oldest_time ? spans.oldest_time : calls.oldest_time;

	if (!counts->last_time)
		return false;
	if (!app_is_live(app)) {
		*first = counts->first_time / app->refresh;
		*last = counts->last_time / app->refresh;
		return true;
	}
	*first = (oldest ? oldest : counts->last_time) / app->refresh;
	*last = app->now / app->refresh - 1;   /* the one that runs is not whole */
	if (*first > *last)
		*first = *last;
	return true;
}

static void show_window(struct app *app, struct level *level, uint64_t number)
{
	level->from = number * app->refresh;
	level->to = level->from + app->refresh;
	time_changed(app, level);
}

void time_release(struct app *app)
{
	struct level *level = app_top(app);

	if (!level->to)
		return;
	level->from = level->to = 0;
	time_changed(app, level);
}

void time_step(struct app *app, int periods)
{
	struct level *level = app_top(app);
	bool live = app_is_live(app);
	uint64_t first, last, now, distance = periods < 0 ? -(uint64_t)periods : (uint64_t)periods;

	if (!has_rows(level->pane->view, live)) {
		app_message(app, false, level->pane->view->kind == VIEW_IN_FLIGHT ? "This screen shows what is in flight now" :
			    "This screen shows all of the time: the step keys are for tables, lists and events");
		return;
	}
	if (!bounds(app, level->pane->view, &first, &last)) {
		app_message(app, false, "There are no events yet");
		return;
	}
	/* from the whole capture forward: from its start; back: from its end */
	now = level->to ? level->from / app->refresh : periods < 0 ? last + 1 : live ? last : first - 1;
	if (periods < 0 && now <= first) {
		app_message(app, false, live ? "The recording reaches back no further" : "The capture begins here");
		return;
	}
	if (periods > 0 && now >= last) {
		time_release(app);
		app_message(app, false, live ? "This is now" : "The capture ends here: all of it again");
		return;
	}
	if (periods < 0)
		now = now - first > distance ? now - distance : first;
	else
		now = last - now > distance ? now + distance : last;
	show_window(app, level, now);
}

void time_set_period(struct app *app, uint64_t ns)
{
	struct level *level = app_top(app);

	app->refresh = ns;
	if (level->to)
		show_window(app, level, level->from / ns);
}

void time_toggle_all(struct app *app)
{
	struct level *level = app_top(app);
	const struct query_spec *spec = query_get_spec(level->pane->query);

	if (!level->pane->view->sampled || follows_spans(spec) || level->to) {
		app_message(app, false, level->to ? "This is one period of the past: = goes back to now" :
						    "This view shows everything already, not one period alone");
		return;
	}
	level->all = !level->all;
	time_changed(app, level);
	app_message(app, false, level->all ? "All since the start; a shows the last period again" :
					     "The last refresh period alone; a shows all since the start");
}

/* ---- header ---- */

/* hh:mm:ss, with tenths where periods are no whole seconds. */
static void clock_text(uint64_t time, uint64_t period, char *text, size_t size)
{
	char whole[32];

	time_format(time, whole, sizeof(whole));
	snprintf(text, size, "%.*s", period % NS_PER_S ? 10 : 8, whole);
}

static void window_text(const struct app *app, const struct level *level, bool live, char *text, size_t size)
{
	uint64_t period = level->to - level->from, begin = engine_counts(app->engine)->first_time, distance;
	char from[32], to[32];
	uint64_t unit = period % NS_PER_S ? NS_PER_S / 10 : NS_PER_S;

	clock_text(level->from, period, from, sizeof(from));
	clock_text(level->to, period, to, sizeof(to));
	if (live)
		distance = app->now > level->to ? app->now - level->to : 0;
	else
		distance = level->from > begin ? level->from - begin : 0;
	distance -= distance % unit; /* whole ones, as a clock shows them */
	snprintf(text, size, "Time: %s-%s (%c%.*f s)", from, to, live ? '-' : '+', unit < NS_PER_S ? 1 : 0,
		 (double)distance / NS_PER_S);
}

static void sample_text(const struct app *app, const struct level *level, char *text, size_t size)
{
	const struct query *query = level->pane->query;
	uint64_t from, to, since;
	char clock[32];

	*text = '\0';
	if (level->pane->view->kind != VIEW_TABLE || query_get_spec(query)->inside)
		return;
	if (query_get_spec(query)->period_table) {
		if (query_shown_period(query, &from, &to))
			snprintf(text, size, "last %.*f s", to - from < 9950000000ull ? 1 : 0, (double)(to - from) / NS_PER_S);
		return;
	}
	since = query_since(query);
	if (!since)
		return;
	clock_text(since, app->refresh - app->refresh % NS_PER_S, clock, sizeof(clock));
	snprintf(text, size, "since %s", clock);
}

int time_draw(const struct app *app, struct cells *cells, int row)
{
	const struct level *level = &app->levels[app->nlevels - 1];
	bool live = app_is_live(app);
	char text[80] = "";
	int width;

	if (level->to)
		window_text(app, level, live, text, sizeof(text));
	else if (live && level->pane->query)
		sample_text(app, level, text, sizeof(text));
	width = (int)strlen(text);
	/* where there is no room for all of it: that it is not now, and when */
	if (level->to && width + ROOM > cells->columns) {
		char clock[32];

		clock_text(level->from, level->to - level->from, clock, sizeof(clock));
		width = snprintf(text, sizeof(text), "at %s", clock);
	}
	if (!width || width + ROOM > cells->columns)
		return 0;
	cells_text(cells, row, cells->columns - width, width, level->to ? STYLE_WARNING : STYLE_DIM, text, (size_t)width);
	return width + 1;
}
