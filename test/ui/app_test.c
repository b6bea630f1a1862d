/* The application's screens, from keys to text. What the numbers of the golden files should be follows from
 * web_service.h:
 *
 * traces      hits  avg                 min    max    spans below
 * fib             5  (1+..+5)/5 = 3 ms   1 ms   5 ms   10
 * empty           4  500 us              500us  500us  0
 * download        3  (2+3+1500)/3 =      2 ms   1.5 s  6
 *                    501.66 ms, cut: 501ms
 * in download     3 headers of 100 us; writes of 1.70, 2.70 and 1499.70 ms (durations are cut, not rounded),
 * mean 501.36 ms */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "screen.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"
#include "web_service.h"

#define SLOW_DOWNLOAD "End 's' Enter "   /* from the summary into the download of 1.5 s */

static const struct {
	const char *name, *view, *filter, *keys;
} goldens[] = {
	{ "summary", NULL, NULL, "" },
	{ "spans", NULL, NULL, "End Enter" },
	{ "list", NULL, NULL, "End 's'" },
	{ "list-filter", "traces_list", NULL, "F4 'span.duration > 500ms' Enter" },
	{ "events", NULL, NULL, SLOW_DOWNLOAD },
	{ "details", NULL, NULL, SLOW_DOWNLOAD "Down*6 Enter" },
	{ "calls", NULL, NULL, SLOW_DOWNLOAD "'c'" },
	{ "files", NULL, NULL, SLOW_DOWNLOAD "'o'" },
	{ "help", NULL, NULL, "F1" },
	{ "views", NULL, NULL, "F2 Down" },
	{ "prompt", NULL, "proc.name=python3", "F4 'span.ta'" },
	{ "error", NULL, NULL, "F4 'span.ntags=1 and span.duraton>5ms' Enter" },
	{ "sort", NULL, NULL, "F9" },
	{ "legend", NULL, "span.duration<1s", "F7" },
	{ "latencies", NULL, NULL, "End F12" },
	{ "search", NULL, NULL, "'/empty' Enter" },
};

static void golden_screens(int rows, int columns)
{
	for (size_t i = 0; i < sizeof(goldens) / sizeof(*goldens); i++) {
		struct screen screen;
		char name[80];

		screen_open(&screen, goldens[i].view, goldens[i].filter, rows, columns);
		screen_type(&screen, goldens[i].keys);
		snprintf(name, sizeof(name), "%s-%dx%d", goldens[i].name, columns, rows);
		screen_expect(&screen, name);
		screen_close(&screen);
	}
}

static void golden_80x24(void **state)
{
	(void)state;
	golden_screens(24, 80);
}

static void golden_120x40(void **state)
{
	(void)state;
	golden_screens(40, 120);
}

static void golden_20x5(void **state)
{
	(void)state;
	golden_screens(5, 20);
}

static void below_ten_by_three_says_so(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 2, 40);
	screen_has(&screen, "terminal too small");
	screen_type(&screen, "Resize:9x30");
	screen_has(&screen, "terminal");
	screen_type(&screen, "Resize:1x1 Down Enter F1 Resize:80x24");
	screen_has(&screen, "Help");
	screen_close(&screen);
}

/* ---- going down and coming back ---- */

/* What was left by going back stays in the path, behind where one is now: this takes it away, and what stands at the right
 * of the path from both. */
static void cut_forward_path(char *before, char *after)
{
	char *was = strstr(before, "whole machine"), *is = strstr(after, "whole machine"), *end;
	size_t length, line;

	if (!was || !is)
		return;
	line = strcspn(was, "\n");
	end = strstr(was, "  ");
	length = end && end < was + line ? (size_t)(end - was) : line;
	if (strncmp(was, is, length))
		return;
	memmove(was + length, was + line, strlen(was + line) + 1);
	line = strcspn(is, "\n");
	memmove(is + length, is + line, strlen(is + line) + 1);
}

static void same_after(const char *before, const char *keys)
{
	struct screen screen;
	char *first, *second;

	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, before);
	first = screen_text(&screen);
	screen_type(&screen, keys);
	second = screen_text(&screen);
	cut_forward_path(first, second);
	assert_string_equal(first, second);
	free(first);
	free(second);
	screen_close(&screen);
}

static void backspace_restores_the_screen(void **state)
{
	(void)state;
	same_after("", "Enter Backspace");
	same_after("Down", "Enter Backspace");
	same_after("'$$' Down", "Enter Enter Backspace*2");
	same_after("End 's'", "Enter 'c' Enter Backspace*3");
	same_after("End 's' Down", "Enter Backspace");
	same_after("F4 'span.ntags<3' Enter Down", "'s' F4 'span.id=103' Enter Backspace");
	same_after("", "F2 'spectro' Enter Backspace");
	same_after("", "Backspace");
}

static void escape_cancels(void **state)
{
	(void)state;
	same_after("Down", "F2 Down*3 Esc");
	same_after("Down", "F9 Down Esc");
	same_after("Down", "F4 'junk' Esc");
	same_after("Down", "F1 PgDn Esc");
	same_after("Down", "Esc Unknown Wait");
	same_after("Down", "F2 Mouse:press:0,0");
}

static void resizing_there_and_back_changes_nothing(void **state)
{
	static const char *const places[] = {
		"", "End", "End Enter", "End 's' Down", SLOW_DOWNLOAD "End", SLOW_DOWNLOAD "Down*6 Enter",
		"F1 PgDn", "F2 Down*3", "F4 'span.ntags>1'", "F12",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		same_after(places[i], "Resize:20x5 Resize:80x24");
		same_after(places[i], "Resize:1x1 Resize:200x60 Resize:80x24");
	}
}

static void function_keys_fit_80_columns(void **state)
{
	static const char *const everywhere[] = { "F1", "F2", "F3", "F4", "F7", "F10", "F12" };
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	for (int pane = 0; pane < 3; pane++) {
		for (size_t i = 0; i < sizeof(everywhere) / sizeof(*everywhere); i++)
			screen_has(&screen, everywhere[i]);
		screen_has(&screen, "Quit");
		screen_has(&screen, "F5");
		screen_type(&screen, pane ? "'s' Enter" : "End Enter");
	}
	screen_close(&screen);
}

static void long_filters_say_where_to_read_them(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, "proc.pid=100 and span.tag[0] in (fib_handler, download_handler, empty_handler)",
		    24, 80);
	screen_has(&screen, "... F7:all\n");
	screen_type(&screen, "Resize:40x10");
	screen_has(&screen, "... F7:all\n");
	screen_close(&screen);
}

static void prompts_show_whole_hints(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 10, 40);
	screen_type(&screen, "F4");
	screen_has(&screen, "Enter applies (empty: none)  Esc cancels\n");
	screen_type(&screen, "Resize:39x10");
	screen_has(&screen, "Enter applies (empty: none)\n");
	screen_close(&screen);
}

/* ---- refreshes ---- */

static void first_refreshes_come_early(void **state)
{
	static const uint64_t expected_ms[] = { 250, 500, 1000, 2000, 4000, 6000 };
	struct app_options options = { .views = builtin_views(), .refresh = 2000000000 };
	struct engine *engine = web_service_new();
	struct filter_error error;
	struct app *app = app_new(engine, &options, NULL, &error);
	uint64_t now = WEB_SERVICE_END;

	(void)state;
	assert_non_null(app);
	for (size_t i = 0; i < sizeof(expected_ms) / sizeof(*expected_ms); i++) {
		do
			app_tick(app, now);
		while (app_next_tick(app) <= now);
		now = WEB_SERVICE_END + expected_ms[i] * 1000000;
		assert_int_equal(app_next_tick(app), now);
	}
	app_free(app);
	engine_free(engine);
}

static void unknown_rates_are_no_zeros(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen.status = (struct app_status){ .source = "live", .scope = "inside", .own_cpu = -1, .events_rate = -1,
					      .markers_rate = -1, .spans_rate = -1 };
	screen_wait(&screen, 1000000000);
	screen_has(&screen, "events/s -  markers/s -  spans/s -  CPU -");
	screen_close(&screen);
}

/* ---- spans that are still open ---- */

static void open_spans_lead_to_their_events(void **state)
{
	uint64_t time = WEB_SERVICE_START + 4000000000ull;
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	feed_marker(screen.engine, 104, 100, time, ">:t:endless::");
	feed_call(screen.engine, 104, 100, time + 10, time + 20, "read", 1, 5);
	screen_wait(&screen, 1000000000);
	screen_type(&screen, "End");
	screen_has(&screen, "4/4");
	screen_type(&screen, "Enter");
	screen_has(&screen, "None has ended yet");
	screen_has(&screen, "whole machine > endless");
	screen_has(&screen, "read ");
	screen_type(&screen, "Backspace 's'");
	screen_has(&screen, "spans that are still open");
	screen_close(&screen);
}

static void a_marker_opens_its_span(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "End 's' Home Enter Down*2 Enter");
	screen_has(&screen, "> download_handler.download_write (1.49s)");
	screen_lacks(&screen, "download_headers");
	screen_type(&screen, "Enter");
	screen_has(&screen, "evt.args");
	screen_type(&screen, "Esc Backspace Tab");
	screen_has(&screen, "span.tags");
	screen_lacks(&screen, "evt.type");
	screen_close(&screen);
}

/* Of a list the picture holds all rows, not the children of one; rows that are calls lead to no list of spans. */
static void keys_fit_what_the_rows_are(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "End 's' Down F12");
	screen_has(&screen, "whole machine > download_handler > latencies");
	screen_has(&screen, "in view 3 ");
	screen_type(&screen, "Backspace Enter 'c'");
	screen_has(&screen, "System Calls");
	screen_lacks(&screen, "sSpans");
	screen_type(&screen, "'s'");
	screen_has(&screen, "System Calls");
	screen_close(&screen);
}

/* csysdig's way: a process, its threads, the files of one; the menu offers what applies to what was picked. */
static void processes_lead_to_threads_and_files(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "procs", NULL, 40, 120);
	screen_has(&screen, "Processes");
	screen_type(&screen, "Enter");
	screen_has(&screen, "> proc.pid=");
	screen_has(&screen, "Threads");
	/* what the views of both levels ask for is said once */
	screen_has(&screen, "Filter: proc.pid=");
	screen_has(&screen, " and evt.type!=switch");
	screen_lacks(&screen, "(evt.type!=switch)");
	screen_type(&screen, "F2");
	screen_has(&screen, "Directories");
	screen_lacks(&screen, "Page Faults");      /* applies to a file or a port, not to a process */
	screen_lacks(&screen, "Port bindings");    /* has the tag nocsysdig */
	screen_type(&screen, "Esc Enter");
	screen_has(&screen, "> thread.tid=");
	screen_has(&screen, "FILENAME");
	screen_type(&screen, "F7");
	screen_has(&screen, "((evt.type!=switch) and proc.pid=");
	screen_has(&screen, " and thread.tid=");
	screen_close(&screen);
}

static void spectrograms_of_ended_spans_stand_still(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "End 's' Home Enter F12");
	screen_has(&screen, "in view 5");
	screen_wait(&screen, 60000000000ull);
	screen_has(&screen, "in view 5");
	screen_close(&screen);
}

static void long_names_leave_the_path_readable(void **state)
{
	uint64_t time = WEB_SERVICE_START + 4000000000ull;
	char marker[400], tag[300];
	struct screen screen;

	(void)state;
	memset(tag, 'x', sizeof(tag) - 1);
	tag[sizeof(tag) - 1] = '\0';
	screen_open(&screen, NULL, NULL, 24, 120);
	snprintf(marker, sizeof(marker), ">:t:%s.inner::", tag);
	feed_marker(screen.engine, 104, 100, time, marker);
	marker[0] = '<';
	feed_marker(screen.engine, 104, 100, time + 5, marker);
	screen_wait(&screen, 1000000000);
	screen_type(&screen, "End Enter Enter");
	screen_has(&screen, "whole machine > xxx");
	screen_has(&screen, "xxx... > inner");
	screen_close(&screen);
}

static void empty_names_are_said(void **state)
{
	uint64_t time = WEB_SERVICE_START + 4000000000ull;
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	feed_marker(screen.engine, 104, 100, time, ">:t:.inner::");
	feed_marker(screen.engine, 104, 100, time + 5, "<:t:.inner::");
	screen_wait(&screen, 1000000000);
	screen_has(&screen, "(empty)");
	screen_close(&screen);
}

/* ---- filters ---- */

static void all_filters_hold_together(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, "proc.pid=100", 40, 160);
	screen_type(&screen, "F4 'span.tag[0]!=empty_handler' Enter");
	screen_lacks(&screen, "500us");
	screen_has(&screen, "Filter: proc.pid=100 and span.tag[0]!=empty_handler and span.ntags>=1");
	screen_type(&screen, "End Enter");
	screen_has(&screen,
		   "proc.pid=100 and span.tag[0]!=empty_handler and span.tag[0]=\"download_handler\" and "
		   "span.ntags>=2");
	/* the events inside the spans that these conditions picked */
	screen_type(&screen, "F6");
	screen_has(&screen, "evtin.span.tag[0]=\"download_handler\" and evtin.span.tag[1]=");
	screen_lacks(&screen, " span.tag");
	screen_close(&screen);
}

static void one_span_stands_for_the_conditions_that_picked_it(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_list", "span.duration > 500ms", 40, 160);
	screen_has(&screen, "1/1");
	screen_type(&screen, "Enter");
	screen_has(&screen, "/tmp/blob.bin.4");
	screen_has(&screen, "Filter: none");
	screen_type(&screen, "Backspace F6");
	screen_has(&screen, "Filter: none");
	screen_close(&screen);
}

static void a_condition_that_cannot_choose_events_is_explained(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "F4 'span.duration > 500ms' Enter F6");
	screen_has(&screen, "open one span with Enter");
	screen_has(&screen, "Traces Summary");
	screen_close(&screen);
}

static void children_of_one_span_only(void **state)
{
	struct screen screen;

	(void)state;
	/* of the slowest download: headers and write, not those of the other downloads */
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "End 'ss'");
	screen_has(&screen, "1/2");
	screen_has(&screen, "download_headers");
	screen_has(&screen, "1.49s");
	screen_close(&screen);
}

static void a_leaf_opens_its_spans(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "Down Enter");
	screen_has(&screen, "Traces List");
	screen_has(&screen, "whole machine > empty_handler");
	screen_has(&screen, "1/4");
	screen_close(&screen);
}

/* The view that is called just what was typed, wherever it stands among those that contain it. */
static void the_very_name_is_found_first(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "procs", NULL, 24, 80);
	screen_type(&screen, "F2 'connections' Enter");
	screen_has(&screen, "\nConnections");
	screen_type(&screen, "F2 'errors' Enter");
	screen_has(&screen, "\nErrors");
	screen_close(&screen);
}

static void an_empty_view_says_what_that_means(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "containers", NULL, 24, 80);
	screen_has(&screen, "No process runs in a container");
	screen_type(&screen, "F4 'proc.pid=1' Enter");
	screen_has(&screen, "Nothing passes the filter");
	screen_close(&screen);
	screen_open(&screen, "spy_syslog", NULL, 24, 80);
	screen_has(&screen, "Nothing has been written to the system log so far");
	screen_close(&screen);
}

/* A span that is still there, but what happened inside it was pushed out by what came later. */
static void what_the_recording_forgot_is_no_matter_of_filters(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 24, 100);   /* a recording of 4 MiB; the slowest download comes first */
	for (unsigned i = 0; i < 100000; i++)
		feed_call(screen.engine, 100, 100, WEB_SERVICE_END + i * 1000, WEB_SERVICE_END + i * 1000 + 100, "getpid", 100, 0);
	screen_type(&screen, "Enter 'o'");
	screen_has(&screen, "The recording no longer holds what happened then");
	screen_close(&screen);
}

static void filter_history_and_removal(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "F4 'span.tag[0]=fib_handler' Enter");
	screen_has(&screen, "1/1");
	screen_type(&screen, "F4 Ctrl-U Enter");
	screen_has(&screen, "1/3");
	screen_type(&screen, "F4 Up Enter");
	screen_has(&screen, "1/1");
	/* the one that is in force can be edited: cursor keys, letters of any script */
	screen_type(&screen, "F4 Home Delete*12 'span.tag[0]=' Enter");
	screen_has(&screen, "1/1");
	screen_type(&screen, "F4 Ctrl-U 'span.tag[0]=ünï' Left Backspace 'i' Enter");
	screen_has(&screen, "Filter: span.tag[0]=üiï");
	screen_has(&screen, "0/0");
	screen_close(&screen);
}

static void tab_completes_fields(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "F4 'evt.laten' Tab");
	screen_has(&screen, "Filter: evt.latency");
	screen_close(&screen);
}

/* ---- rows ---- */

static void cursor_follows_its_row(void **state)
{
	struct screen screen;
	uint64_t time = WEB_SERVICE_START + 4000000000ull;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "Down");
	screen_has(&screen, "2/3");
	for (int i = 0; i < 3; i++) {
		feed_marker(screen.engine, 104, 100, time + i * 10, ">:t:empty_handler::");
		feed_marker(screen.engine, 104, 100, time + i * 10 + 5, "<:t:empty_handler::");
	}
	/* empty_handler has 7 hits now and is first; the cursor went with it */
	screen_wait(&screen, 1000000000);
	screen_has(&screen, "1/3");
	screen_type(&screen, "Enter");
	screen_has(&screen, "whole machine > empty_handler");
	screen_close(&screen);
}

static void unmoved_cursor_stays_on_top(void **state)
{
	struct screen screen;
	uint64_t time = WEB_SERVICE_START + 4000000000ull;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	for (int i = 0; i < 3; i++) {
		feed_marker(screen.engine, 104, 100, time + i * 10, ">:t:empty_handler::");
		feed_marker(screen.engine, 104, 100, time + i * 10 + 5, "<:t:empty_handler::");
	}
	screen_wait(&screen, 1000000000);
	screen_has(&screen, "1/3");
	screen_type(&screen, "Enter");
	screen_has(&screen, "whole machine > empty_handler");
	screen_close(&screen);
}

static void hidden_panes_catch_up_when_shown(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "Enter");
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000000ull, ">:t:new_handler::");
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000100ull, "<:t:new_handler::");
	screen_type(&screen, "Backspace");
	screen_has(&screen, "new_handler");
	screen_close(&screen);
}

/* Between two refreshes more spans end than the recording holds; the pane below the shown one counts them as well. */
static void floods_are_counted_between_refreshes(void **state)
{
	uint64_t time = WEB_SERVICE_START + 4000000000ull;
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "Enter");
	for (int i = 0; i < 60000; i++) {
		feed_marker(screen.engine, 104, 100, time + i * 10, ">:t:flood_handler::");
		feed_marker(screen.engine, 104, 100, time + i * 10 + 5, "<:t:flood_handler::");
		if (i % 500 == 0)
			app_tick(screen.app, screen.now);
	}
	assert_true(recording_fill(engine_recording(screen.engine), LANE_SPANS).evicted > 60000);
	screen_wait(&screen, 1000000000);
	screen_type(&screen, "Backspace");
	screen_has(&screen, "  59K "); /* 60,000, scaled by 1024 */
	screen_close(&screen);
}

static void pause_holds_the_screen(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "'p'");
	screen_has(&screen, "PAUSED since 22:13:25");
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000000ull, ">:t:new_handler::");
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000100ull, "<:t:new_handler::");
	screen_wait(&screen, 3000000000);
	screen_lacks(&screen, "new_handler");
	screen_type(&screen, "'p'");
	screen_lacks(&screen, "PAUSED");
	screen_has(&screen, "new_handler");
	screen_close(&screen);
}

static void clear_counts_from_now_on(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "'c'");
	screen_type(&screen, "Wait Down");
	screen_has(&screen, "0/0");
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000000ull, ">:t:new_handler::");
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000100ull, "<:t:new_handler::");
	screen_wait(&screen, 1000000000);
	screen_has(&screen, "1/1");
	screen_close(&screen);
}

static void hostile_names_are_escaped(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000000ull, ">:t:a\033[2Jb::");
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_START + 4000000100ull, "<:t:a\033[2Jb::");
	screen_wait(&screen, 1000000000);
	screen_has(&screen, "a\\x1b[2Jb");
	screen_type(&screen, "'!' Enter");
	screen_has(&screen, "whole machine > a\\x1b[2Jb");
	screen_close(&screen);
}

static void search_finds_next_and_previous(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "'/handler'");
	screen_type(&screen, "Enter");
	screen_has(&screen, "1/3");
	screen_type(&screen, "'n'");
	screen_has(&screen, "2/3");
	screen_type(&screen, "'nn'");
	screen_has(&screen, "1/3");
	screen_type(&screen, "'N'");
	screen_has(&screen, "3/3");
	screen_type(&screen, "'/zzz'");
	screen_has(&screen, "not found");
	screen_close(&screen);
}

/* ---- header ---- */

static void losses_are_named(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 120);
	screen_has(&screen, "lost 0   recording");
	screen_has(&screen, "invalid markers 0");
	feed_loss(screen.engine, LOSS_MARKERS, 2, WEB_SERVICE_START, WEB_SERVICE_END);
	feed_loss(screen.engine, LOSS_CALLS, 5, WEB_SERVICE_START, WEB_SERVICE_END);
	feed_marker(screen.engine, 104, 100, WEB_SERVICE_END, ">:q:x::");
	screen_wait(&screen, 1000000000);
	screen_has(&screen, "lost 7 (markers 2, calls 5)   invalid markers 1");
	screen_type(&screen, "Resize:40x5");
	screen_has(&screen, "lost 7");
	screen_close(&screen);
}

static void views_ask_for_their_scope(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	assert_string_equal(screen.scopes, view_find("traces_summary")->scope);
	screen_close(&screen);
}

static void unknown_views_and_bad_filters_are_refused(void **state)
{
	struct app_options options = { .views = builtin_views(), .view = "nonsense", .refresh = 1000000000 };
	struct engine *engine = web_service_new();
	struct filter_error error;

	(void)state;
	assert_null(app_new(engine, &options, NULL, &error));
	assert_non_null(strstr(error.text, "nonsense"));
	options.view = NULL;
	options.filter = "proc.pid=1 and proc.nmae=x";
	assert_null(app_new(engine, &options, NULL, &error));
	assert_int_equal(error.position, 15);
	engine_free(engine);
}

/* ---- mouse ---- */

static void mouse_selects_drills_sorts_and_clicks_keys(void **state)
{
	struct screen screen;

	(void)state;
	/* four header lines, titles in row 4, rows from 5 on, key bar in row 23 */
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "Mouse:press:6,3");
	screen_has(&screen, "2/3");
	screen_type(&screen, "Mouse:press:6,3");
	screen_has(&screen, "> empty_handler");
	/* the second press of a double click that opened a pane is not for that pane */
	screen_type(&screen, "Mouse:double:6,3");
	screen_has(&screen, "> empty_handler");
	screen_type(&screen, "Backspace Mouse:press:7,3 Mouse:double:7,3");
	screen_has(&screen, "> download_handler");
	screen_type(&screen, "Backspace Home Mouse:press:4,2");
	screen_has(&screen, "download_handler");
	screen_type(&screen, "Mouse:press:5,2 Wait Mouse:press:23,3");
	screen_has(&screen, "Everywhere");
	screen_type(&screen, "Mouse:press:0,0");
	screen_lacks(&screen, "Everywhere");
	screen_type(&screen, "Mouse:press:500,500 Mouse:down:6,3 Mouse:up:6,3 Mouse:drag:-1,-1");
	screen_close(&screen);
}

/* ---- anything at all ---- */

static unsigned random_next(uint64_t *state, unsigned below)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(*state >> 33) % below;
}

static void random_key(uint64_t *random, char *text, size_t size)
{
	static const char *const keys[] = {
		"Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDn", "Tab", "Enter", "Enter", "Enter",
		"Esc", "Esc", "Space", "Backspace", "Delete", "Insert", "F1", "F2", "F3", "F4", "F5", "F6", "F7",
		"F8", "F9", "F11", "F12", "ShiftUp", "ShiftDown", "ShiftLeft", "ShiftRight", "Unknown", "Ctrl-L",
		"Ctrl-U", "'i'", "'c'", "'o'", "'f'", "'n'", "'p'", "'s'", "'+-'", "'!'", "'@'", "'#'", "'$'",
		"'x'", "'v'", "'z'", "'d'", "'span.id=1 '", "'\"'", "F4 'span.ntags<3' Enter",
	};
	static const char *const mice[] = { "press", "drag", "release", "double", "up", "down" };
	unsigned kind = random_next(random, 20);

	if (kind == 0)
		snprintf(text, size, "Resize:%ux%u", 1 + random_next(random, 130),
			 1 + random_next(random, 45));
	else if (kind < 4)
		snprintf(text, size, "Mouse:%s:%u,%u", mice[random_next(random, 6)], random_next(random, 45),
			 random_next(random, 130));
	else
		snprintf(text, size, "%s", keys[random_next(random, sizeof(keys) / sizeof(*keys))]);
}

static void random_event(struct screen *screen, uint64_t *random, uint64_t *time)
{
	static const char *const markers[] = {
		">:t:a::", "<:t:a::", ">:t:a.b:x=1:", "<:t:a.b::", ">:p:c::", "<:p:c::",
		">:t:\xff\xfe\033::", "junk",
	};
	unsigned tid = 100 + random_next(random, 5);

	*time += 1 + random_next(random, 1000000);
	if (random_next(random, 2))
		feed_marker(screen->engine, tid, 100, *time, markers[random_next(random, 8)]);
	else
		feed_call(screen->engine, tid, 100, *time - 1, *time, "read",
			  -9 + (int)random_next(random, 20), 5);
}

/* Keys may save files under any name without a slash: they go with the directory. */
static void remove_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	assert_non_null(directory);
	while ((entry = readdir(directory)))
		unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
	rmdir(path);
}

static void any_keys_at_any_size(void **state)
{
	char directory[] = "/tmp/spantop-keys-XXXXXX", *home = getcwd(NULL, 0);
	uint64_t random = 2024, time = WEB_SERVICE_END;
	struct screen screen;

	(void)state;
	assert_non_null(home);
	assert_non_null(mkdtemp(directory));
	assert_int_equal(chdir(directory), 0);
	screen_open(&screen, NULL, NULL, 24, 80);
	for (int i = 0; i < 6000; i++) {
		char key[80];

		random_key(&random, key, sizeof(key));
		screen_type(&screen, key);
		if (app_done(screen.app)) {
			screen_close(&screen);
			screen_open(&screen, NULL, NULL, 24, 80);
		}
		for (unsigned n = random_next(&random, 4); n; n--)
			random_event(&screen, &random, &time);
		if (!random_next(&random, 3)) {
			screen.now = time;
			screen_wait(&screen, random_next(&random, 2000000000));
			time = screen.now;
		}
	}
	screen_close(&screen);
	assert_int_equal(chdir(home), 0);
	remove_directory(directory);
	free(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_80x24),
		cmocka_unit_test(golden_120x40),
		cmocka_unit_test(golden_20x5),
		cmocka_unit_test(below_ten_by_three_says_so),
		cmocka_unit_test(backspace_restores_the_screen),
		cmocka_unit_test(escape_cancels),
		cmocka_unit_test(resizing_there_and_back_changes_nothing),
		cmocka_unit_test(function_keys_fit_80_columns),
		cmocka_unit_test(long_filters_say_where_to_read_them),
		cmocka_unit_test(prompts_show_whole_hints),
		cmocka_unit_test(first_refreshes_come_early),
		cmocka_unit_test(unknown_rates_are_no_zeros),
		cmocka_unit_test(open_spans_lead_to_their_events),
		cmocka_unit_test(a_marker_opens_its_span),
		cmocka_unit_test(keys_fit_what_the_rows_are),
		cmocka_unit_test(processes_lead_to_threads_and_files),
		cmocka_unit_test(spectrograms_of_ended_spans_stand_still),
		cmocka_unit_test(empty_names_are_said),
		cmocka_unit_test(long_names_leave_the_path_readable),
		cmocka_unit_test(all_filters_hold_together),
		cmocka_unit_test(one_span_stands_for_the_conditions_that_picked_it),
		cmocka_unit_test(a_condition_that_cannot_choose_events_is_explained),
		cmocka_unit_test(children_of_one_span_only),
		cmocka_unit_test(a_leaf_opens_its_spans),
		cmocka_unit_test(the_very_name_is_found_first),
		cmocka_unit_test(an_empty_view_says_what_that_means),
		cmocka_unit_test(what_the_recording_forgot_is_no_matter_of_filters),
		cmocka_unit_test(filter_history_and_removal),
		cmocka_unit_test(tab_completes_fields),
		cmocka_unit_test(cursor_follows_its_row),
		cmocka_unit_test(unmoved_cursor_stays_on_top),
		cmocka_unit_test(hidden_panes_catch_up_when_shown),
		cmocka_unit_test(floods_are_counted_between_refreshes),
		cmocka_unit_test(pause_holds_the_screen),
		cmocka_unit_test(clear_counts_from_now_on),
		cmocka_unit_test(hostile_names_are_escaped),
		cmocka_unit_test(search_finds_next_and_previous),
		cmocka_unit_test(losses_are_named),
		cmocka_unit_test(views_ask_for_their_scope),
		cmocka_unit_test(unknown_views_and_bad_filters_are_refused),
		cmocka_unit_test(mouse_selects_drills_sorts_and_clicks_keys),
		cmocka_unit_test(any_keys_at_any_size),
	};

	return cmocka_run_group_tests_name("app", tests, NULL, NULL);
}
