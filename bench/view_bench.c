/* view_bench CAPTURE: how long it takes to look at what is recorded already. Of the capture, all of it in memory, each view from
 * its query to the cells of a screen; the same of a hundredth of its time; and the refresh of a table of 10,000 rows.
 * Prints one line each: name, tab, ms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/engine/capture_source.h"
#include "src/engine/engine.h"
#include "src/engine/query.h"
#include "src/engine/view_set.h"

#define SCREEN_ROWS 40
#define ROUNDS 5
#define MANY_ROWS 10000

static double ms_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static _Noreturn void stop(const char *text)
{
	fprintf(stderr, "view_bench: %s\n", text);
	exit(1);
}

static void look(struct query *query)
{
	size_t rows = query_rows(query), ncolumns = query_get_spec(query)->view->ncolumns;
	char text[4096];

	for (size_t i = 0; i < rows && i < SCREEN_ROWS; i++) {
		const struct query_row *row = query_row(query, i);

		for (size_t column = 0; column < ncolumns; column++)
			query_cell_text(query, row, column, text, sizeof(text));
	}
}

static struct query *open_view(struct engine *engine, const struct query_spec *spec)
{
	struct filter_error error;
	size_t which;
	struct query *query = query_new(engine, spec, &error, &which);

	if (!query)
		stop(error.text);
	query_update(query, 0);
	look(query);
	return query;
}

static double least(double a, double b)
{
	return a && a < b ? a : b;
}

static void measure_view(struct engine *engine, const struct view *view)
{
	uint64_t first = engine_counts(engine)->first_time, length = engine_counts(engine)->last_time - first;
	struct query_spec spec = { .view = view };
	double whole = 0, window = 0, start;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct query *query;

		start = ms_now();
		query = open_view(engine, &spec);
		whole = least(whole, ms_now() - start);
		start = ms_now();
		query_set_time(query, first + length / 2, first + length / 2 + length / 100, false);
		query_update(query, 0);
		look(query);
		window = least(window, ms_now() - start);
		query_free(query);
	}
	printf("%s of a million events\t%.1f\n", view->id, whole);
	printf("%s of a hundredth of that time\t%.1f\n", view->id, window);
}

static struct engine *read_capture(const char *path)
{
	struct engine_options options = { .memory = (size_t)2 << 30 };
	struct engine *engine = engine_new(&options);
	char error[512];
	struct source *source = capture_source_open(path, error, sizeof(error));

	if (!source)
		stop(error);
	if (!engine)
		stop("out of memory");
	while (engine_pump(engine, source, 65536) >= 0)
		;
	source->operations->close(source);
	return engine;
}

static void feed_call(struct engine *engine, unsigned thread, uint64_t time)
{
	static const uint64_t args[6];
	struct input input = { .kind = INPUT_CALL, .tid = 1000 + thread, .pid = 1000 + thread, .time = time };

	input.call.enter_time = time - 300;
	input.call.call = 39; /* getpid */
	input.call.fd = -1;
	input.call.args = args;
	if (engine_feed(engine, NULL, &input, 1))
		stop("out of memory");
}

static void measure_refresh(const struct view *view, bool period)
{
	struct engine *engine = engine_new(NULL);
	struct query_spec spec = { .view = view, .period_table = period };
	uint64_t now = 1700000000000000000ull;
	struct query *query;
	double best = 0, start;

	if (!engine)
		stop("out of memory");
	query = open_view(engine, &spec);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < MANY_ROWS; i++)
			feed_call(engine, i * 7919 % MANY_ROWS, now += 1000);
		query_update(query, 0);
		start = ms_now();
		query_tick(query, now);
		look(query);
		best = least(best, ms_now() - start);
	}
	if (query_rows(query) != MANY_ROWS)
		stop("there are not as many rows as there should be");
	printf("refresh of %d rows%s\t%.1f\n", MANY_ROWS, period ? ", of a period" : "", best);
	query_free(query);
	engine_free(engine);
}

int main(int argc, char **argv)
{
	static const char *const ids[] = { "traces_summary", "procs", "files", "syscalls", "events" };
	struct view_set *views = view_set_new(false);
	struct engine *engine;

	if (argc != 2 || !views)
		stop("needs a capture");
	engine = read_capture(argv[1]);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		measure_view(engine, view_set_find(views, ids[i]));
	engine_free(engine);
	measure_refresh(view_set_find(views, "threads"), false);
	measure_refresh(view_set_find(views, "threads"), true);
	view_set_free(views);
	return 0;
}
