/* The stack of panes, and the filter of each.
 *
 * A pane shows what passes all of: the command line's filter, what led to each level up to its own, and what
 * was typed at each. A level stays as it is while others lie on it, so going back finds it with its row,
 * order and place. A level that picked one span stands for every condition on spans below it: see
 * filter_path.h.
 *
 * Going back keeps the levels that were left above the top, as forward ones: they cost no CPU, and read what
 * they missed when they are entered again. They go when something else is opened from below them, or when
 * what they inherit changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/span.h"
#include "../engine/value.h"
#include "app_private.h"
#include "app_settings.h"
#include "filter_path.h"
#include "time_steps.h"

#define FILTERS_MAX (2 * LEVELS_MAX + 2)

struct filter_list {
	char *texts[FILTERS_MAX];
	size_t count;
	bool no_memory;
	bool turned;          /* a condition on spans was turned into one on events inside them */
};

static void list_fini(struct filter_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->texts[i]);
}

static void list_add(struct filter_list *list, const char *text, bool inside)
{
	char *copy;

	if (!text || !text[0] || list->count == FILTERS_MAX)
		return;
	if (inside && filter_names_span(text)) {
		copy = filter_inside(text);
		list->turned = true;
	} else {
		copy = strdup(text);
	}
	if (copy)
		list->texts[list->count++] = copy;
	else
		list->no_memory = true;
}

/* What holds for a pane of this view on top of the first `below` levels. */
static void list_inherited(struct filter_list *list, const struct app *app, size_t below,
			   const struct view *view, bool picks_span)
{
	bool events = !view_shows_spans(view);
	const struct level *top = below ? &app->levels[below - 1] : NULL;
	bool inside = picks_span || (top && top->inside);
	size_t picked = picks_span ? below : 0;

	for (size_t i = 0; !picks_span && i < below; i++)
		if (app->levels[i].picks_span)
			picked = i;
	if (app->command_filter && !(inside && events && filter_names_span(app->command_filter)))
		list_add(list, app->command_filter, events);
	for (size_t i = 0; i < below; i++) {
		const struct level *level = &app->levels[i];
		const char *filter = level->pane->filter;

		if (filter && !level->next_only && !(i < picked && filter_names_span(filter)))
			list_add(list, filter, events);
		if (level->typed && !(i < picked && filter_names_span(level->typed)))
			list_add(list, level->typed, events);
	}
}

/* Whether the recording has forgotten some of what the view is about. */
static bool is_forgotten(const struct app *app, const struct level *level, const struct view *view)
{
	const struct span *inside = level->inside;
	const struct recording *recording = engine_recording(app->engine);
	struct recording_fill spans = recording_fill(recording, LANE_SPANS);
	struct recording_fill calls = recording_fill(recording, LANE_CALLS);

	if (inside && inside->flags & SPAN_NO_ENTER)
		return false; /* nothing is inside */
	if (level->to)
		return (spans.evicted && spans.oldest_time >= level->from) ||
		       (calls.evicted && calls.oldest_time >= level->from && !view_shows_spans(view));
	if (inside)
		return (calls.evicted && calls.oldest_time >= inside->enter_time) ||
		       (spans.evicted && spans.oldest_time >= inside->enter_time);
	return spans.evicted || (calls.evicted && !view_shows_spans(view));
}

bool level_lacks_events(const struct app *app, const struct level *level, const struct view *view)
{
	return !app_is_live(app) && engine_counts(app->engine)->events && is_forgotten(app, level, view);
}

/* A list or lines of a whole capture would be too many again. */
static bool is_worth_rereading(const struct level *level, const struct view *view)
{
	return level->inside || level->to || view->kind == VIEW_TABLE || view->kind == VIEW_SPECTROGRAM ||
	       view->kind == VIEW_IN_FLIGHT;
}

/* Sets level->reread where the recording is not enough and the capture can be read once more. */
static void level_reread(struct app *app, struct level *level, const struct view *view)
{
	struct source *source;

	level->reread = NULL;
	if (!level_lacks_events(app, level, view))
		return;
	if (is_worth_rereading(level, view) && app->host.read_again &&
	    (source = app->host.read_again(app->host.context)))
		level->reread = reread_new(source, app->engine, view, level->inside, level->to);
	if (level->reread && app->ended)
		reread_until(level->reread, engine_counts(app->engine)->events);
	if (!level->reread)
		app_message(app, true, "Only the latest part of the capture is looked at: --memory holds no more");
}

static struct pane *make_pane(struct app *app, struct level *level, const struct view *view,
			      size_t below, const char *filter, const char *label, struct filter_error *error,
			      bool *in_typed)
{
	struct filter_list list = { .count = 0 };
	struct query_spec spec = {
		.view = view,
		.depth = level->depth,
		.inside = level->inside,
		.inside_scope = level->inside_scope,
	};
	struct pane *pane = NULL;
	size_t which = SIZE_MAX;

	memset(error, 0, sizeof(*error));
	list_inherited(&list, app, below, view, level->picks_span);
	list_add(&list, filter, !view_shows_spans(view));
	list_add(&list, level->typed, false);
	level_reread(app, level, view);
	if (level->reread) {
		spec.inside = NULL;
		spec.streamed = reread_streams(level->reread);
	}
	spec.filters = (const char *const *)list.texts;
	spec.nfilters = list.count;
	time_spec(app, level, &spec);
	app_settings_spec(app, &spec);
	if (!list.no_memory)
		pane = pane_new(level->reread ? reread_engine(level->reread) : app->engine, &spec, error, &which);
	else
		snprintf(error->text, sizeof(error->text), "out of memory");
	if (pane && level->reread && !reread_feed(level->reread, pane->query)) {
		pane_free(pane);
		pane = NULL;
	}
	*in_typed = !pane && level->typed && which == list.count - 1;
	if (!pane && list.turned && !*in_typed)
		snprintf(error->text, sizeof(error->text),
			 "this filter picks spans, not what is inside them: open one span with Enter");
	if (!pane) {
		list_fini(&list);
		reread_free(level->reread);
		level->reread = NULL;
		return NULL;
	}
	pane->label = label ? strdup(label) : NULL;
	pane->filter = filter ? strdup(filter) : NULL;
	pane->ascii = app->ascii;
	app_recall_text(app, pane);
	if (view->kind == VIEW_EVENTS && app_is_live(app) && !level->to && (spec.inside || spec.nfilters) &&
	    app_view(app, "in_flight"))
		events_pane_in_flight(pane, app_view(app, "in_flight"), &spec);
	list_fini(&list);
	pane->live = app_is_live(app);
	pane->elsewhere = level->reread && level->inside;
	app_settings_pane(app, pane);
	if ((label && !pane->label) || (filter && !pane->filter)) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		pane_free(pane);
		reread_free(level->reread);
		level->reread = NULL;
		return NULL;
	}
	return pane;
}

static void level_fini(struct level *level)
{
	if (level->pane)
		pane_free(level->pane);
	reread_free(level->reread);
	if (level->inside)
		span_unpin(level->inside);
	free(level->typed);
	memset(level, 0, sizeof(*level));
}

/* The top pane is another now. */
static void top_changed(struct app *app)
{
	struct level *level = app_top(app);

	app->reading = true;
	app->dirty = true;
	app->next_refresh = app->now;   /* its own period begins */
	time_entered(app, level);
	app->behind = false;
	level->pane->paused = app->paused && level->caught_up;
}

static void need_scope(struct app *app, const struct view *view)
{
	int error = app->host.need_scope ? app->host.need_scope(app->host.context, view->scope) : 0;

	if (error)
		app_message(app, true, "cannot capture scope %s: %s", view->scope, strerror(-error));
	if (!error && view->events && app->host.need_events && app->host.need_events(app->host.context, view->events))
		app_message(app, true, "this kernel does not tell of %s", view->events);
}

/* Forgets the forward levels from this one on. */
static void drop_from(struct app *app, size_t at)
{
	while (app->nforward && app->nlevels + app->nforward > at)
		level_fini(&app->levels[app->nlevels + --app->nforward]);
}

int level_push(struct app *app, const struct view *view, unsigned depth, const char *filter,
	       const char *label, struct span *inside, bool next_only, struct filter_error *error)
{
	struct level *below = app->nlevels ? app_top(app) : NULL;
	struct level level = {
		.depth = depth, .inside = inside, .picks_span = inside, .next_only = next_only,
	};
	bool in_typed;

	app_settings_note(app);
	if (app->nlevels == LEVELS_MAX) {
		error->position = 0;
		snprintf(error->text, sizeof(error->text), "%d views are open: go back with Backspace",
			 LEVELS_MAX);
		return -1;
	}
	if (below) {
		level.inside_scope = below->inside_scope;
		level.from = below->from;
		level.to = below->to;
		level.all = below->all;
		if (!inside)
			level.inside = below->inside;
	}
	level.pane = make_pane(app, &level, view, app->nlevels, filter, label, error, &in_typed);
	if (!level.pane)
		return -1;
	if (level.inside)
		span_pin(level.inside);
	drop_from(app, 0);
	app->levels[app->nlevels++] = level;
	top_changed(app);
	need_scope(app, view);
	return 0;
}

void level_free_all(struct app *app)
{
	drop_from(app, 0);
	while (app->nlevels)
		level_fini(&app->levels[--app->nlevels]);
}

/* What the level could not read while it was left is gone from it. */
static void enter_forward(struct app *app, struct level *level)
{
	level->skipped = query_skipped(level->pane->query);
	level->entered = true;
	need_scope(app, level->pane->view);
}

void level_go(struct app *app, size_t to)
{
	size_t levels = app->nlevels + app->nforward, from = app->nlevels;

	if (to >= levels || to + 1 == from)
		return;
	app->nlevels = to + 1;
	app->nforward = levels - app->nlevels;
	for (size_t i = from; i < app->nlevels; i++)
		enter_forward(app, &app->levels[i]);
	top_changed(app);
}

void level_check_missed(struct app *app, struct level *level)
{
	uint64_t missed = query_skipped(level->pane->query) - level->skipped;

	if (level->entered && missed)
		app_message(app, true, "The recording forgot %llu events before this view was entered again: it lacks them",
			    (unsigned long long)missed);
	level->entered = false;
}

static void keep_order(struct pane *pane, const struct pane *old)
{
	bool descending;
	int column;

	if (pane->view->kind == VIEW_SPECTROGRAM)
		return;
	column = query_sort_column(old->query, &descending);
	query_sort(pane->query, column, descending);
}

/* The level made anew, on what lies below it; `typed` is copied. 0, or -1 with error, and *made is unused. */
static int remade(struct app *app, size_t at, const char *typed, enum inside_scope scope, struct level *made,
		  struct filter_error *error, bool *in_typed)
{
	struct level *level = &app->levels[at];
	struct pane *old = level->pane;

	*made = *level;
	made->typed = typed && typed[0] ? strdup(typed) : NULL;
	made->inside_scope = scope;
	made->caught_up = false;
	if (typed && typed[0] && !made->typed) {
		error->position = 0;
		snprintf(error->text, sizeof(error->text), "out of memory");
		return -1;
	}
	made->pane = make_pane(app, made, old->view, at, old->filter, old->label, error, in_typed);
	if (!made->pane) {
		free(made->typed);
		return -1;
	}
	keep_order(made->pane, old);
	return 0;
}

/* Frees what remade() made, or what it was made from: the span stays pinned for the other. */
static void discard(struct level *level)
{
	free(level->typed);
	pane_free(level->pane);
	reread_free(level->reread);
}

/* Makes the levels from `at` to the top anew (of a forward one that alone), the lowest with this typed filter
 * and scope: each inherits from those below. */
static int remake_from(struct app *app, size_t at, const char *typed, enum inside_scope scope,
		       struct filter_error *error, bool *in_typed)
{
	size_t end = at < app->nlevels ? app->nlevels : at + 1, i;
	struct level *old = calloc(end - at, sizeof(*old)), made;

	*in_typed = false;
	app_settings_note(app);
	if (!old) {
		error->position = 0;
		snprintf(error->text, sizeof(error->text), "out of memory");
		return -1;
	}
	for (i = at; i < end; i++) {
		const struct level *level = &app->levels[i];

		if (remade(app, i, i == at ? typed : level->typed, i == at ? scope : level->inside_scope, &made, error,
			   in_typed))
			break;
		old[i - at] = *level;
		app->levels[i] = made;
	}
	if (i < end) {
		while (i-- > at) {
			discard(&app->levels[i]);
			app->levels[i] = old[i - at];
		}
		free(old);
		return -1;
	}
	for (i = at; i < end; i++)
		discard(&old[i - at]);
	free(old);
	drop_from(app, end);
	if (at < app->nlevels)
		top_changed(app);
	return 0;
}

int level_remake(struct app *app, const char *typed, enum inside_scope scope, struct filter_error *error,
		 bool *in_typed)
{
	return remake_from(app, app->nlevels - 1, typed, scope, error, in_typed);
}

int level_forget_typed(struct app *app, size_t at, struct filter_error *error)
{
	bool in_typed;

	return remake_from(app, at, NULL, app->levels[at].inside_scope, error, &in_typed);
}

/* Whether a condition with this view's key is about its own rows only. */
static bool key_holds_once(const struct view *view)
{
	for (size_t i = 0; i < view->ncolumns; i++)
		if ((view->columns[i].flags & COLUMN_KEY) && (view->columns[i].flags & COLUMN_LAST_LEVEL))
			return true;
	return false;
}

void app_open(struct app *app, const struct view *view, unsigned depth, const char *filter, const char *label,
	      struct span *inside)
{
	const struct view *from = app_top(app)->pane->view;
	struct filter_error error;
	bool next_only = filter && !inside && from->kind != VIEW_SPECTROGRAM && key_holds_once(from);

	if (level_push(app, view, depth, filter, label, inside, next_only, &error))
		app_message(app, true, "%s", error.text);
}

void app_span_label(const struct span *span, uint64_t now, char *label, size_t size)
{
	char tags[LABEL_TEXT - 64], duration[32];

	span_tags_text(span, tags, sizeof(tags));
	duration_format(span_duration(span, now), duration, sizeof(duration));
	snprintf(label, size, "%s (%s%s)", tags, duration,
		 span->flags & SPAN_CLOSED ? span->flags & SPAN_UNFINISHED ? ", unfinished" : "" : ", open");
}

void app_open_span(struct app *app, struct span *span)
{
	const struct view *view = app_view(app, "events");
	char label[LABEL_TEXT];

	if (!view)
		return;
	/* of the span that this is inside of already only the view is another */
	if (span == app_top(app)->inside) {
		level_switch_view(app, view);
		return;
	}
	app_span_label(span, app_now(app), label, sizeof(label));
	app_open(app, view, span_depth(span), NULL, label, span);
}

void level_switch_view(struct app *app, const struct view *view)
{
	const struct level *top = app_top(app);
	const char *filter = top->next_only ? top->pane->filter : NULL;
	struct filter_error error;
	size_t i = app->nlevels;

	/* back to a view of the same selection that is open already, so that the stack does not grow */
	do {
		i--;
		if (app->levels[i].pane->view == view) {
			level_go(app, i);
			return;
		}
	} while (i && app->levels[i].switched);
	if (level_push(app, view, top->depth, filter, NULL, NULL, top->next_only, &error))
		app_message(app, true, "%s", error.text);
	else
		app_top(app)->switched = true;
}

/* Bytes of "(condition) and " that a filter begins with; 0 if it does not. */
static size_t first_condition(const char *filter)
{
	unsigned open = 0;
	char quote = '\0';

	for (const char *c = filter; *c; c++) {
		if (quote)
			quote = *c == quote ? '\0' : quote;
		else if (*c == '"' || *c == '\'')
			quote = *c;
		else if (*c == '(')
			open++;
		else if (*c == ')' && !--open)
			return strncmp(c, ") and ", 6) ? 0 : (size_t)(c + 6 - filter);
		if (!open)
			return 0;
	}
	return 0;
}

/* A row's filter has that of its view in front (pane_below). What is said already, or at the end as own, is not repeated. */
static const char *unsaid(const struct query_spec *spec, size_t i, const char *own)
{
	const char *part = spec->filters[i];
	size_t size = first_condition(part);

	if (size && own && size == strlen(own) + 7 && !memcmp(part + 1, own, size - 7))
		return part + size;
	for (size_t j = 0; size && j < i; j++)
		if (size == first_condition(spec->filters[j]) && !memcmp(part, spec->filters[j], size))
			return part + size;
	return part;
}

char *level_filter_text(const struct app *app)
{
	const struct level *level = &app->levels[app->nlevels - 1];
	const struct query_spec *spec = query_get_spec(level->pane->query);
	char *text = NULL, *own = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	if (spec->view->filter)
		own = view_text_at_depth(spec->view->filter, spec->depth);
	for (size_t i = 0; i <= spec->nfilters; i++) {
		const char *part = i < spec->nfilters ? unsaid(spec, i, own) : own;

		if (!part || !part[0])
			continue;
		if (ftell(file) > 0)
			fputs(" and ", file);
		fprintf(file, strchr(part, ' ') ? "(%s)" : "%s", part);
	}
	free(own);
	if (fclose(file)) {
		free(text);
		return NULL;
	}
	return text;
}
