/* sysdig keeps a row for each type and for each direction of each system call, seen or not, and sorts all of them with the
 * quicksort of its C++ library, which does not keep the order of equal counts. To list the same events in the same order,
 * the same table goes through the same steps here: partitions around a median of three down to 16 rows, then insertion. */
#include "event_summary.h"

#include <stdlib.h>
#include <string.h>

#include "scap_event.h"

#define SYSDIG_TYPES 336       /* that sysdig 0.29.3 knows */
#define SYSDIG_CALLS 329
#define CALLS_MAX 65536        /* ids have 16 bits */
#define SMALL 16

struct row {
	uint32_t id;             /* of a type, or SCAP_TYPES + 2 * system call, one more for its exit */
	uint64_t count;
};

struct event_summary {
	uint64_t types[SCAP_TYPES];
	uint64_t *calls;         /* of generic events, 2 * id, one more for the exit */
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

/* ---- order ---- */

static bool before(const struct row *a, const struct row *b)
{
	return a->count > b->count;
}

static void swap(struct row *a, struct row *b)
{
	struct row row = *a;

	*a = *b;
	*b = row;
}

static void median_to_first(struct row *first, struct row *a, struct row *b, struct row *c)
{
	struct row *median;

	if (before(a, b))
		median = before(b, c) ? b : before(a, c) ? c : a;
	else
		median = before(a, c) ? a : before(b, c) ? c : b;
	swap(first, median);
}

/* Where the second part begins. The median that stands first keeps both walks within the rows. */
static struct row *partition(struct row *first, struct row *end)
{
	struct row *low = first + 1, *high = end;

	median_to_first(first, first + 1, first + (end - first) / 2, end - 1);
	for (;;) {
		while (before(low, first))
			low++;
		do
			high--;
		while (before(first, high));
		if (low >= high)
			return low;
		swap(low++, high);
	}
}

static void insert(struct row *first, struct row *row)
{
	struct row value = *row;

	for (; row > first && before(&value, row - 1); row--)
		*row = row[-1];
	*row = value;
}

static int compare(const void *a, const void *b)
{
	return before(b, a) - before(a, b);
}

/* Counts that were made to be split badly are not split forever. */
static void sort_parts(struct row *first, struct row *end, unsigned depth)
{
	for (; end - first > SMALL && depth; depth--) {
		struct row *second = partition(first, end);

		sort_parts(second, end, depth - 1);
		end = second;
	}
	if (end - first > SMALL)
		qsort(first, end - first, sizeof(*first), compare);
}

static void sort(struct row *rows, size_t count)
{
	unsigned depth = 0;

	for (size_t n = count; n > 1; n >>= 1)
		depth += 2;
	sort_parts(rows, rows + count, depth);
	for (size_t i = 1; i < count; i++)
		insert(rows, rows + i);
}

/* ---- rows ---- */

/* sysdig's table, and behind it what was seen of what it does not know. Returns the number of rows. */
static size_t make_rows(const struct event_summary *summary, struct row *rows)
{
	size_t count = 0;

	for (unsigned i = 0; i < SYSDIG_TYPES; i++)
		rows[count++] = (struct row){ i, summary->types[i] };
	for (unsigned i = 0; i < 2 * SYSDIG_CALLS; i++)
		rows[count++] = (struct row){ SCAP_TYPES + i, summary->calls[i] };
	for (unsigned i = SYSDIG_TYPES; i < SCAP_TYPES; i++)
		if (summary->types[i])
			rows[count++] = (struct row){ i, summary->types[i] };
	for (unsigned i = 2 * SYSDIG_CALLS; i < 2 * CALLS_MAX; i++)
		if (summary->calls[i])
			rows[count++] = (struct row){ SCAP_TYPES + i, summary->calls[i] };
	return count;
}

static struct event_summary_row tell(const struct row *row)
{
	if (row->id < SCAP_TYPES)
		return (struct event_summary_row){ "><"[scap_is_exit(row->id)], scap_types[row->id].name, row->count };
	return (struct event_summary_row){ "><"[(row->id - SCAP_TYPES) & 1], scap_syscall((row->id - SCAP_TYPES) / 2)->name,
					   row->count };
}

size_t event_summary_rows(const struct event_summary *summary, struct event_summary_row *rows, size_t max)
{
	struct row *all = calloc(SCAP_TYPES + 2 * CALLS_MAX, sizeof(*all));
	size_t told = 0, count;

	if (!all)
		return 0;
	count = make_rows(summary, all);
	sort(all, count);
	for (; told < count && told < max && all[told].count; told++)
		rows[told] = tell(&all[told]);
	free(all);
	return told;
}
