/* The waterfall on the screen, with the web service of web_service.h: in its slowest download of 1.5 s the headers
 * take 0.02 to 0.12 ms and the body 0.15 ms to 1499.85 ms, so that 0.2 ms are the handler's own. In the body: an open
 * that fails (0.1 ms), one of 0.6 ms, a read of 600 ms (2 to 602), a write to a socket of 800 ms (650 to 1450), a close of 5 us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"
#include "src/engine/span.h"
#include "src/ui/app_private.h"
#include "src/ui/waterfall.h"
#include "test/unit/feed.h"
#include "web_service.h"

#define MS 1000000ull
#define SLOWEST "'w' "              /* the list begins with it */

static struct waterfall *top(const struct screen *screen)
{
	struct pane *pane = app_top(screen->app)->pane;

	assert_int_equal(pane->view->kind, VIEW_WATERFALL);
	return (struct waterfall *)pane;
}

static uint32_t character_at(const struct screen *screen, int row, int column)
{
	return screen->cells.grid[row * screen->cells.columns + column].character;
}

/* Column of the bars that a time (ns since the begin of the trace) lies in, from 0. */
static int column_of(const struct screen *screen, uint64_t time)
{
	const struct waterfall *waterfall = top(screen);
	struct waterfall_range range = waterfall_range(waterfall);

	return (int)((double)(time - range.from) * waterfall->bars_box.columns / (double)(range.to - range.from));
}

static void rows_are_the_tree_and_the_details_add_up(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST);
	screen_has(&screen, "download_handler                 1.50s");
	screen_has(&screen, "download_headers               100us");
	screen_has(&screen, "download_write                 1.49s");
	screen_has(&screen, "download_handler  file=/tmp/blob.bin.4");
	screen_has(&screen, "+0ns  took 1.50s  self 200us  spans 2");
	screen_has(&screen, "1/3");
	screen_type(&screen, "Down Down");
	screen_has(&screen, "+150us  took 1.49s 100.0%  self 1.49s  calls 5: file ");
	screen_has(&screen, "net 1 800ms");
	screen_has(&screen, "failed 1 100us");
	/* marks of the time axis at every 200 ms: 77 columns for 1.5 s */
	screen_has(&screen, "0.2s");
	screen_has(&screen, "1.2s");
	screen_close(&screen);
}

static void calls_are_rows_with_bars_to_scale(void **state)
{
	struct screen screen;
	struct waterfall *waterfall;
	int row, left, first, last;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST "End Space");
	screen_has(&screen, "openat");
	screen_has(&screen, "600ms");
	screen_has(&screen, "10.0.0.9:50000->10.0.0.1:8888");
	screen_has(&screen, "3/8");
	waterfall = top(&screen);
	assert_int_equal(waterfall->nrows, 8);
	/* the write is the last but the close: 650 to 1450 ms */
	row = waterfall->bars_box.row + 6;
	left = waterfall->bars_box.column;
	first = column_of(&screen, 650 * MS);
	last = column_of(&screen, 1450 * MS);
	assert_in_range(last - first, 40, 42);     /* 800 of 1500 ms of 77 columns */
	for (int column = first + 1; column < last; column++)
		assert_int_equal(character_at(&screen, row, left + column), 0x2588);
	assert_int_not_equal(character_at(&screen, row, left + first - 1), 0x2588);
	assert_int_not_equal(character_at(&screen, row, left + last + 1), 0x2588);
	/* parts of a cell at both ends */
	assert_in_range(character_at(&screen, row, left + last), 0x2589, 0x258f);
	/* Enter on a call: all that is known */
	screen_type(&screen, "Down*2 Enter");
	screen_has(&screen, "evt.name");
	screen_type(&screen, "Esc Home End Up Space");
	screen_has(&screen, "/3");
	screen_close(&screen);
}

/* The handler works itself at both ends only; between them spans below it do, and a line says so. */
static void parents_are_lines_where_children_work(void **state)
{
	struct screen screen;
	struct waterfall *waterfall;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST);
	waterfall = top(&screen);
	assert_int_equal(character_at(&screen, waterfall->bars_box.row, waterfall->bars_box.column + 40), 0x2501);
	/* the headers ended long before: a gap */
	assert_int_equal(character_at(&screen, waterfall->bars_box.row + 1, waterfall->bars_box.column + 40), ' ');
	waterfall->pane.ascii = true;
	screen_type(&screen, "End");
	assert_int_equal(character_at(&screen, waterfall->bars_box.row, waterfall->bars_box.column + 40), '-');
	/* in the read */
	assert_int_equal(character_at(&screen, waterfall->bars_box.row + 2, waterfall->bars_box.column + 10), '#');
	/* between write's end (1450 ms) and the span's: itself */
	assert_int_equal(character_at(&screen, waterfall->bars_box.row + 2,
				      waterfall->bars_box.column + column_of(&screen, 1490 * MS)), '=');
	screen_close(&screen);
}

static void zooming_keeps_to_the_trace(void **state)
{
	struct screen screen;
	struct waterfall *waterfall;
	struct waterfall_range range;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST "End Space Down*3 'z'");
	waterfall = top(&screen);
	range = waterfall_range(waterfall);
	assert_true(waterfall->zoomed);
	assert_int_equal(range.from, 2 * MS);
	assert_int_equal(range.to, 602 * MS);
	screen_has(&screen, "100ms");
	screen_has(&screen, "500ms");
	screen_type(&screen, "Right");
	assert_int_equal(waterfall_range(waterfall).from, 152 * MS);   /* a quarter of the width */
	screen_type(&screen, "Left*20");
	assert_int_equal(waterfall_range(waterfall).from, 0);
	screen_type(&screen, "Right*20");
	assert_int_equal(waterfall_range(waterfall).to, 1500 * MS);
	assert_int_equal(waterfall_range(waterfall).from, 900 * MS);
	screen_type(&screen, "'Z'");
	assert_false(waterfall->zoomed);
	/* as close as it gets, and back at once */
	screen_type(&screen, "'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'");
	assert_true(waterfall_range(waterfall).to - waterfall_range(waterfall).from >= 20);
	screen_type(&screen, "Esc");
	assert_false(waterfall->zoomed);
	screen_close(&screen);
}

static void the_mouse_zooms_at_its_place(void **state)
{
	struct screen screen;
	struct waterfall *waterfall;
	struct waterfall_range range;
	char script[80];
	int row, column;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST);
	waterfall = top(&screen);
	row = waterfall->bars_box.row;
	column = waterfall->bars_box.column;
	/* from column 10 to column 19 of 77 */
	snprintf(script, sizeof(script), "Mouse:press:%d,%d Mouse:drag:%d,%d Mouse:release:%d,%d", row, column + 10, row,
		 column + 19, row, column + 19);
	screen_type(&screen, script);
	range = waterfall_range(waterfall);
	assert_in_range(range.from, 1500 * MS * 10 / 77 - 10, 1500 * MS * 10 / 77 + 10);
	assert_in_range(range.to, 1500 * MS * 20 / 77 - 10, 1500 * MS * 20 / 77 + 10);
	/* the time under the pointer stays there */
	snprintf(script, sizeof(script), "Mouse:down:%d,%d", row, column);
	screen_type(&screen, script);
	assert_in_range(waterfall_range(waterfall).to - waterfall_range(waterfall).from,
			(range.to - range.from) * 14 / 10, (range.to - range.from) * 15 / 10);
	snprintf(script, sizeof(script), "Esc Mouse:up:%d,%d", row, column + 38);
	screen_type(&screen, script);
	assert_in_range(waterfall_range(waterfall).from, 224 * MS, 226 * MS);   /* 15 % from each side */
	snprintf(script, sizeof(script), "Mouse:press:%d,3 Mouse:release:%d,3", row + 2, row + 2);
	screen_type(&screen, script);
	screen_has(&screen, "3/3");
	screen_close(&screen);
}

static void folds_hide_and_search_reveals(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST "Space");
	screen_has(&screen, "+2");
	screen_has(&screen, "1/1");
	screen_type(&screen, "F3 'write' Enter");
	screen_has(&screen, "3/3");
	/* Left goes to the span above, and folds it */
	screen_type(&screen, "Left");
	screen_has(&screen, "1/3");
	screen_type(&screen, "Left");
	screen_has(&screen, "1/1");
	screen_type(&screen, "Right");
	screen_has(&screen, "1/3");
	screen_close(&screen);
}

static void enter_opens_the_events_inside(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST "End Enter");
	assert_int_equal(app_top(screen.app)->pane->view->kind, VIEW_EVENTS);
	screen_has(&screen, "/tmp/blob.bin.4");
	/* and from there w is that of the same span */
	screen_type(&screen, "'w'");
	assert_int_equal(trace_tree_count(top(&screen)->tree), 1);
	screen_type(&screen, "Backspace Backspace");
	assert_int_equal(trace_tree_count(top(&screen)->tree), 3);
	screen_has(&screen, "3/3");
	screen_close(&screen);
}

static void rows_of_many_lead_to_the_slowest(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_summary", NULL, 40, 120);
	/* fib_handler ran most often; the slowest took 5 ms */
	screen_type(&screen, "Home 'w'");
	screen_has(&screen, "+0ns  took 5.00ms  self 100us  spans 2");
	screen_has(&screen, " 4.80ms ");
	screen_has(&screen, "n=24");
	screen_type(&screen, "Backspace 's' 'w'");
	screen_has(&screen, "n=24");
	screen_close(&screen);
}

static void without_a_span_it_is_the_latest_trace(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "waterfall", NULL, 40, 120);
	screen_has(&screen, "download_handler                 1.50s");
	screen_has(&screen, "follow");
	feed_marker(screen.engine, 300, 300, WEB_SERVICE_END, ">:t:later::");
	feed_marker(screen.engine, 300, 300, WEB_SERVICE_END + 3 * MS, "<:t:later::");
	screen_wait(&screen, 2000 * MS);
	screen_has(&screen, "later");
	screen_has(&screen, "3.00ms");
	/* looked at, it stays */
	screen_type(&screen, "Down");
	feed_marker(screen.engine, 300, 300, WEB_SERVICE_END + 10 * MS, ">:t:last::");
	feed_marker(screen.engine, 300, 300, WEB_SERVICE_END + 12 * MS, "<:t:last::");
	screen_wait(&screen, 2000 * MS);
	screen_has(&screen, "later");
	screen_lacks(&screen, "follow");
	screen_close(&screen);
}

static void an_open_trace_grows_with_the_clock(void **state)
{
	struct screen screen;
	struct span *span;
	uint64_t start;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	start = screen.now;
	feed_marker(screen.engine, 300, 300, start, ">:t:job:n=1:");
	span = span_table_oldest(engine_spans(screen.engine));
	app_open_waterfall(screen.app, span);
	screen_wait(&screen, 2000 * MS);
	screen_has(&screen, "open");
	assert_true(waterfall_whole(top(&screen)).to >= 1000 * MS);
	feed_marker(screen.engine, 300, 300, start + 2000 * MS, ">:t:job.part::");
	feed_marker(screen.engine, 300, 300, start + 2500 * MS, "<:t:job.part::");
	screen_wait(&screen, 2000 * MS);
	screen_has(&screen, "part                           500ms");
	feed_marker(screen.engine, 300, 300, start + 4000 * MS, "<:t:job::");
	screen_wait(&screen, 2000 * MS);
	screen_has(&screen, "took 4.00s");
	assert_int_equal(waterfall_whole(top(&screen)).to, 4000 * MS);
	screen_close(&screen);
}

static void all_sizes_are_drawn(void **state)
{
	struct screen screen;
	char script[80];

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, SLOWEST "End Space");
	for (int columns = 10; columns <= 410; columns += columns < 60 ? 1 : 70) {
		for (int rows = 3; rows <= 120; rows += rows < 16 ? 1 : 52) {
			snprintf(script, sizeof(script), "Resize:%dx%d Down 'z' Up 'Z'", columns, rows);
			screen_type(&screen, script);
		}
	}
	screen_type(&screen, "Resize:20x5");
	screen_has(&screen, "downl");
	screen_close(&screen);
}

/* Many spans and many calls: a picture of them is made at once. */
static void large_traces_are_quick(void **state)
{
	struct screen screen;
	uint64_t start, begin, took;
	char text[64];

	(void)state;
	screen_open(&screen, "traces_list", NULL, 40, 120);
	start = screen.now;
	feed_marker(screen.engine, 300, 300, start, ">:9:many::");
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), ">:9:many.part%u::", i);
		feed_marker(screen.engine, 300, 300, start + i * 1000 + 1, text);
		feed_call(screen.engine, 300, 300, start + i * 1000 + 100, start + i * 1000 + 200, "getpid", 300, -1);
		text[0] = '<';
		feed_marker(screen.engine, 300, 300, start + i * 1000 + 900, text);
	}
	feed_marker(screen.engine, 300, 300, start + 3 * MS, "<:9:many::");
	screen_wait(&screen, 1000 * MS);
	screen_type(&screen, "Home 'w'");
	if (strcmp(app_top(screen.app)->pane->view->id, "waterfall"))
		fail_msg("no waterfall");
	app_open_waterfall(screen.app, trace_tree_node(top(&screen)->tree, 0)->span);
	screen_wait(&screen, 1000 * MS);
	begin = pane_clock();
	screen_type(&screen, "Down");
	took = pane_clock() - begin;
	assert_true(took < 300 * MS);   /* with sanitizers on a busy machine */
	screen_close(&screen);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_the_tree_and_the_details_add_up),
		cmocka_unit_test(calls_are_rows_with_bars_to_scale),
		cmocka_unit_test(parents_are_lines_where_children_work),
		cmocka_unit_test(zooming_keeps_to_the_trace),
		cmocka_unit_test(the_mouse_zooms_at_its_place),
		cmocka_unit_test(folds_hide_and_search_reveals),
		cmocka_unit_test(enter_opens_the_events_inside),
		cmocka_unit_test(rows_of_many_lead_to_the_slowest),
		cmocka_unit_test(without_a_span_it_is_the_latest_trace),
		cmocka_unit_test(an_open_trace_grows_with_the_clock),
		cmocka_unit_test(all_sizes_are_drawn),
		cmocka_unit_test(large_traces_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
