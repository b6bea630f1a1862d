#include "event_summary.h"

#include <stdlib.h>
#include <string.h>

#include "scap_event.h"

#define CALLS_MAX 65536        /* ids have 16 bits */

struct event_summary {
	uint64_t types[SCAP_TYPES];
	uint64_t *calls;         /* of generic events, 2 * id + 1 for the exit */
	size_t ncalls;
};

struct event_summary *event_summary_new(void)
{
	struct event_summary *summary = calloc(1, sizeof(*summary));

	if (summary)
		summary->calls = calloc(2 * CALLS_MAX, sizeof(*summary->calls));
	if (summary && !summary->calls) {
		free(summary);
		return NULL;
	}
	return summary;
}

void event_summary_free(struct event_summary *summary)
{
	if (summary)
		free(summary->calls);
	free(summary);
}

void event_summary_add(struct event_summary *summary, const struct event *event)
{
	switch (event->type) {
	case EVENT_SCAP:
		if (event->call == SCAP_TYPE_GENERIC_E || event->call == SCAP_TYPE_GENERIC_X)
			summary->calls[2 * (event_param_uint(event, 0) & (CALLS_MAX - 1)) + scap_is_exit(event->call)]++;
		else
			summary->types[event->call]++;
		return;
	case EVENT_SPAN_ENTER:
	case EVENT_MARKER_INVALID:
		summary->types[SCAP_TYPE_TRACER_E]++;
		return;
	case EVENT_SPAN_EXIT:
		summary->types[SCAP_TYPE_TRACER_X]++;
		return;
	}
}

static int compare_rows(const void *a, const void *b)
{
	const struct event_summary_row *first = a, *second = b;
	int order;

	if (first->count != second->count)
		return first->count < second->count ? 1 : -1;
	order = strcmp(first->name, second->name);
	return order ? order : second->direction - first->direction;
}

size_t event_summary_rows(const struct event_summary *summary, struct event_summary_row *rows, size_t max)
{
	struct event_summary_row *all = calloc(SCAP_TYPES + 2 * CALLS_MAX, sizeof(*all));
	size_t count = 0;

	if (!all)
		return 0;
	for (unsigned i = 0; i < SCAP_TYPES; i++)
		if (summary->types[i])
			all[count++] = (struct event_summary_row){ "><"[scap_is_exit(i)], scap_types[i].name,
								   summary->types[i] };
	for (unsigned i = 0; i < 2 * CALLS_MAX; i++)
		if (summary->calls[i])
			all[count++] = (struct event_summary_row){ "><"[i & 1], scap_syscall(i / 2)->name,
								   summary->calls[i] };
	qsort(all, count, sizeof(*all), compare_rows);
	if (count > max)
		count = max;
	memcpy(rows, all, count * sizeof(*rows));
	free(all);
	return count;
}
