#include "trace_pick.h"

#include <stdlib.h>

#include "engine.h"
#include "filter.h"
#include "span.h"

struct trace_pick {
	struct trace_pick_spec spec;
	const struct recording *recording;
	struct recording_cursor cursor;
	struct filter **filters;
	size_t nfilters;
	struct field_context context;
	struct span *found;        /* pinned */
};

struct trace_pick *trace_pick_new(struct engine *engine, const struct trace_pick_spec *spec)
{
	struct trace_pick *pick = calloc(1, sizeof(*pick));
	struct filter_error error;

	if (!pick)
		return NULL;
	pick->spec = *spec;
	pick->recording = engine_recording(engine);
	pick->context.engine = engine;
	pick->filters = calloc(spec->nfilters + 1, sizeof(*pick->filters));
	if (!pick->filters) {
		free(pick);
		return NULL;
	}
	for (size_t i = 0; i < spec->nfilters; i++) {
		struct filter *filter = spec->filters[i] ? filter_new(spec->filters[i], &error) : NULL;

		if (filter)
			pick->filters[pick->nfilters++] = filter;
	}
	recording_begin(pick->recording, &pick->cursor, LANE_MASK_SPANS, spec->from);
	return pick;
}

void trace_pick_free(struct trace_pick *pick)
{
	if (!pick)
		return;
	if (pick->found)
		span_unpin(pick->found);
	for (size_t i = 0; i < pick->nfilters; i++)
		filter_free(pick->filters[i]);
	field_context_fini(&pick->context);
	free(pick->filters);
	free(pick);
}

static bool passes(struct trace_pick *pick, const struct event *event)
{
	for (size_t i = 0; i < pick->nfilters; i++)
		if (!filter_passes(pick->filters[i], event, &pick->context))
			return false;
	return true;
}

static bool is_better(const struct trace_pick *pick, const struct span *span)
{
	const struct span *found = pick->found;

	if (!found)
		return true;
	if (pick->spec.slowest)
		return span_duration(span, 0) > span_duration(found, 0);
	return span->exit_time >= found->exit_time;
}

size_t trace_pick_update(struct trace_pick *pick, size_t max_events)
{
	const struct event *event;
	size_t read = 0;

	while (read < max_events && (event = recording_next(pick->recording, &pick->cursor))) {
		struct span *span = event->type == EVENT_SPAN_EXIT ? event->span : NULL;

		read++;
		if (!span || span->flags & SPAN_NO_ENTER || event->time < pick->spec.from || span->ntags != pick->spec.ntags ||
		    (pick->spec.tags && span->tags != pick->spec.tags) || !is_better(pick, span) || !passes(pick, event))
			continue;
		if (pick->found)
			span_unpin(pick->found);
		span_pin(span);
		pick->found = span;
	}
	return read;
}

struct span *trace_pick_span(const struct trace_pick *pick)
{
	return pick->found;
}
