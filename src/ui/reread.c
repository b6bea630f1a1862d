#include "reread.h"

#include <stdlib.h>

#include "../engine/capture_source.h"
#include "../engine/span.h"
#include "pane.h"

#define SLICE 2048                 /* inputs between two looks at the clock */
#define STRAGGLERS 100000000ull    /* ns after the end of a span when nothing of its inside is still to come: files are almost in
				    * order, and what is read beyond may push out what is wanted */

struct reread {
	struct source *source;
	struct engine *engine;
	struct query *query;
	bool stream;
	bool done;
	uint64_t last_event;       /* number of the first reading's last; 0 not known */
	uint64_t last_time;        /* ns since the epoch: nothing after it is wanted */
	const struct span *inside; /* of the first reading; NULL none */
	bool entered;              /* it was found */
};

bool reread_found(const struct reread *reread)
{
	return !reread->inside || reread->entered;
}

static void take(void *context, const struct event *event)
{
	struct reread *reread = context;

	if (!reread_found(reread)) {
		if (event->type != EVENT_SPAN_ENTER || event->span->num != reread->inside->num)
			return;
		reread->entered = true;
		query_enter(reread->query, event->span, reread->inside);
	}
	if (reread->stream)
		query_take(reread->query, event);
}

struct reread *reread_new(struct source *source, const struct engine *engine, const struct view *view,
			  const struct span *inside, uint64_t until)
{
	struct reread *reread = calloc(1, sizeof(*reread));
	struct engine_options options = { .memory = engine_memory(engine) };

	if (!reread) {
		source->operations->close(source);
		return NULL;
	}
	reread->source = source;
	reread->stream = view->kind == VIEW_TABLE || view->kind == VIEW_SPECTROGRAM || view->kind == VIEW_IN_FLIGHT;
	reread->last_time = UINT64_MAX;
	reread->inside = inside;
	if (inside && inside->flags & SPAN_CLOSED && inside->exit_time < UINT64_MAX - STRAGGLERS)
		reread->last_time = inside->exit_time + STRAGGLERS;
	if (until && until + STRAGGLERS < reread->last_time)
		reread->last_time = until + STRAGGLERS;
	options.stream = reread->stream;
	options.spans_only = view_shows_spans(view);
	reread->engine = engine_new(&options);
	if (!reread->engine) {
		reread_free(reread);
		return NULL;
	}
	return reread;
}

void reread_free(struct reread *reread)
{
	if (!reread)
		return;
	reread->source->operations->close(reread->source);
	engine_free(reread->engine);
	free(reread);
}

struct engine *reread_engine(const struct reread *reread)
{
	return reread->engine;
}

bool reread_streams(const struct reread *reread)
{
	return reread->stream;
}

bool reread_feed(struct reread *reread, struct query *query)
{
	reread->query = query;
	return !engine_add_sink(reread->engine, take, reread);
}

void reread_until(struct reread *reread, uint64_t last_event)
{
	reread->last_event = last_event;
}

bool reread_step(struct reread *reread, uint64_t budget_ns)
{
	const struct engine_counts *counts = engine_counts(reread->engine);
	uint64_t start = pane_clock();

	while (!reread->done) {
		size_t most = SLICE;

		if (reread->last_event && reread->last_event - counts->events < most)
			most = reread->last_event - counts->events;
		if (!most || engine_pump(reread->engine, reread->source, most) < 0 ||
		    counts->last_time > reread->last_time)
			reread->done = true;
		else if (pane_clock() - start >= budget_ns)
			return true;
	}
	return false;
}

unsigned reread_progress(const struct reread *reread)
{
	const struct scap_counts *counts = capture_source_counts(reread->source);
	unsigned progress = counts->file_size ? counts->file_position * 100 / counts->file_size : 0;

	/* what was read of the file is not yet taken in */
	return reread->done ? 100 : progress < 100 ? progress : 99;
}
