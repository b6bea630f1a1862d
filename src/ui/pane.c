/* What panes of every kind have in common: making, reading, freeing. */
#include "pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../engine/recording.h"

/* Events between two looks at the clock: well under a millisecond of work. */
#define SLICE 4096
#define FIRST_SLICE 64

uint64_t pane_clock(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

struct pane *pane_new(struct engine *engine, const struct query_spec *spec, struct filter_error *error,
		      size_t *which_filter)
{
	struct query *query = query_new(engine, spec, error, which_filter);
	struct pane *pane = NULL;

	if (!query)
		return NULL;
	switch (spec->view->kind) {
	case VIEW_TABLE:
	case VIEW_LIST:
	case VIEW_IN_FLIGHT:
		pane = table_pane_new(query);
		break;
	case VIEW_EVENTS:
		pane = events_pane_new(query);
		break;
	case VIEW_SPECTROGRAM:
		pane = spectrogram_pane_new(query);
		break;
	case VIEW_WATERFALL:
		pane = waterfall_pane_new(query);
		break;
	case VIEW_TEXT:
		pane = text_pane_new(query);
		break;
	}
	if (!pane) {
		query_free(query);
		error->position = 0;
		strcpy(error->text, "out of memory");
		*which_filter = spec->nfilters;
		return NULL;
	}
	pane->view = spec->view;
	pane->engine = engine;
	pane->query = query;
	return pane;
}

char *pane_below(const struct pane *pane, const char *condition)
{
	const struct view *view = pane->view;
	char *own, *text = NULL;

	if (!view->propagate_filter || !view->filter || view_shows_spans(view))
		return strdup(condition);
	own = view_text_at_depth(view->filter, query_get_spec(pane->query)->depth);
	if (own && asprintf(&text, "(%s) and %s", own, condition) < 0)
		text = NULL;
	free(own);
	return text;
}

void pane_free(struct pane *pane)
{
	struct query *query;
	char *label, *filter;

	if (!pane)
		return;
	query = pane->query;
	label = pane->label;
	filter = pane->filter;
	pane->operations->free(pane);
	query_free(query);
	free(label);
	free(filter);
}

/* Views of spans read the lane of markers alone. */
static uint64_t events_held(const struct pane *pane)
{
	const struct recording *recording = engine_recording(pane->engine);
	uint64_t held = recording_fill(recording, LANE_SPANS).events;

	if (!view_shows_spans(pane->view))
		held += recording_fill(recording, LANE_CALLS).events;
	return held;
}

bool pane_sort(struct pane *pane, uint64_t budget_ns)
{
	uint64_t start = pane_clock();

	while (query_is_sorting(pane->query) && pane_clock() - start < budget_ns)
		query_sort_on(pane->query, FIRST_SLICE);
	return query_is_sorting(pane->query);
}

bool pane_read(struct pane *pane, uint64_t budget_ns)
{
	uint64_t start = pane_clock(), held;
	size_t slice = FIRST_SLICE;

	do {
		size_t count = query_update(pane->query, slice);

		pane->events_read += count;
		if (count < slice) {
			pane->progress = 100;
			return false;
		}
		/* some filters take very long for some events: few at first, or the keyboard waits */
		if (slice < SLICE)
			slice *= 2;
	} while (pane_clock() - start < budget_ns);
	held = events_held(pane);
	pane->progress = held > pane->events_read ? pane->events_read * 100 / held : 99;
	return true;
}
