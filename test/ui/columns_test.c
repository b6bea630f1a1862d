/* The columns of tables: chosen in their menu, remembered for the view, scrolled and sorted. What the table shows is
 * told in web_service.h and app_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"
#include "src/ui/settings.h"
#include "test/unit/builtin_views.h"
#include "web_service.h"

#define SUMMARY "traces_summary"
#define TITLE_ROW 4   /* behind the header of a screen with 24 rows */

/* Titles of the summary, in order. */
static const char *const titles[] = {
	"HITS", "RATE", "AVG TIME", "MIN TIME", "P50", "P99", "MAX TIME", "CHD HITS", "TAG",
};
#define TITLES (sizeof(titles) / sizeof(*titles))

static char *row_text(const struct screen *screen, int row)
{
	char *text = screen_text(screen), *line = text, *end;

	while (row-- && line)
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
	assert_non_null(line);
	end = strchr(line, '\n');
	line = strndup(line, end ? (size_t)(end - line) : strlen(line));
	free(text);
	return line;
}

/* Where the text begins in this row of the screen; -1: nowhere. */
static int place(const struct screen *screen, int row, const char *text)
{
	char *line = row_text(screen, row), *found = strstr(line, text);
	int at = found ? cells_width(line, (size_t)(found - line)) : -1;

	free(line);
	return at;
}

static int title_place(const struct screen *screen, const char *title)
{
	return place(screen, TITLE_ROW, title);
}

static void open_wide(struct screen *screen, struct settings *settings)
{
	screen_open_settings(screen, settings, SUMMARY, 24, 150);
}

static void hidden_columns_stay_away(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	open_wide(&screen, settings);
	assert_true(title_place(&screen, "AVG TIME") >= 0);
	screen_type(&screen, "'C' Home Down*2 Space");
	assert_int_equal(title_place(&screen, "AVG TIME"), -1);   /* at once */
	screen_has(&screen, "[ ] AVG TIME");
	screen_type(&screen, "Esc");
	screen_lacks(&screen, "AVG TIME");
	screen_type(&screen, "End Enter Backspace");
	screen_lacks(&screen, "AVG TIME");
	screen_close(&screen);

	open_wide(&screen, settings);   /* the next start */
	screen_lacks(&screen, "AVG TIME");
	screen_has(&screen, "MIN TIME");
	screen_type(&screen, "'C' Home Down*2 Space Esc");
	assert_true(title_place(&screen, "AVG TIME") < title_place(&screen, "MIN TIME"));
	screen_close(&screen);
	assert_false(settings_has(settings, "columns." SUMMARY));
	settings_free(settings);
}

static void one_column_stays(void **state)
{
	struct screen screen;

	(void)state;
	open_wide(&screen, NULL);
	screen_type(&screen, "'C' Home");
	for (size_t i = 0; i < TITLES + 4; i++)
		screen_type(&screen, "Space Down");
	screen_type(&screen, "Space");
	screen_has(&screen, "one column must stay");
	screen_type(&screen, "Esc");
	screen_has(&screen, "TAG");
	screen_close(&screen);
}

static void columns_move_and_come_back(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	open_wide(&screen, settings);
	assert_true(title_place(&screen, "AVG TIME") < title_place(&screen, "MIN TIME"));
	screen_type(&screen, "'C' Home Down*2 ShiftDown*3 Esc");
	assert_true(title_place(&screen, "P99") < title_place(&screen, "AVG TIME"));
	assert_true(title_place(&screen, "AVG TIME") < title_place(&screen, "MAX TIME"));
	screen_close(&screen);
	open_wide(&screen, settings);
	assert_true(title_place(&screen, "P99") < title_place(&screen, "AVG TIME"));
	/* Shift with a digit counts the columns as they are now: the third is MIN TIME */
	screen_type(&screen, "'#'");
	screen_has(&screen, "▼MIN TIME");
	screen_type(&screen, "'C' 'r' Esc");
	assert_true(title_place(&screen, "AVG TIME") < title_place(&screen, "▼MIN TIME"));
	screen_close(&screen);
	settings_free(settings);
}

/* The name of a row that is moved to the front stays on the screen as it did at the end. */
static void a_name_in_front_stays(void **state)
{
	struct screen screen;

	(void)state;
	open_wide(&screen, NULL);
	screen_type(&screen, "'C' End");
	for (size_t i = 0; i < TITLES + 4; i++)
		screen_type(&screen, "ShiftUp");
	screen_type(&screen, "Esc");
	assert_int_equal(title_place(&screen, "TAG"), 0);
	screen_type(&screen, "Resize:50x24 Right*3");
	assert_int_equal(title_place(&screen, "TAG"), 0);
	screen_has(&screen, "download_handler");
	screen_close(&screen);
}

static void widths_are_the_users(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;
	int before, avg;

	(void)state;
	open_wide(&screen, settings);
	before = title_place(&screen, "MIN TIME");
	avg = title_place(&screen, "AVG TIME");
	screen_type(&screen, "'C' Home Down*2 Right*3 '>' '<' Esc");
	assert_int_equal(title_place(&screen, "MIN TIME"), before + 3);
	assert_int_equal(title_place(&screen, "AVG TIME"), avg + 3);
	screen_close(&screen);
	open_wide(&screen, settings);
	assert_int_equal(title_place(&screen, "MIN TIME"), before + 3);
	/* however narrow it is made, it is as wide as its numbers: 3.00ms, 501ms, 500us */
	screen_type(&screen, "'C' Home Down*2");
	for (int i = 0; i < 30; i++)
		screen_type(&screen, "Left");
	screen_type(&screen, "Esc");
	screen_has(&screen, "3.00ms");
	screen_has(&screen, "501ms");
	screen_close(&screen);
	settings_free(settings);
}

static void an_edge_is_dragged(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;
	char keys[200];
	int avg, edge;

	(void)state;
	open_wide(&screen, settings);
	avg = title_place(&screen, "AVG TIME");
	edge = avg + (int)strlen("AVG TIME");   /* the blank behind it */
	snprintf(keys, sizeof(keys), "Mouse:press:%d,%d Mouse:drag:%d,%d Mouse:release:%d,%d", TITLE_ROW, edge, TITLE_ROW,
		 edge + 5, TITLE_ROW, edge + 5);
	screen_type(&screen, keys);
	assert_int_equal(title_place(&screen, "AVG TIME"), avg + 5);
	assert_true(settings_has(settings, "columns." SUMMARY));
	screen_lacks(&screen, "▼AVG TIME");
	/* a click there that drags nothing sorts, as anywhere on a title */
	snprintf(keys, sizeof(keys), "Mouse:press:%d,%d Mouse:release:%d,%d", TITLE_ROW, edge + 5, TITLE_ROW, edge + 5);
	screen_type(&screen, keys);
	screen_has(&screen, "▼AVG TIME");
	snprintf(keys, sizeof(keys), "Mouse:press:%d,%d Mouse:release:%d,%d", TITLE_ROW, avg + 6, TITLE_ROW, avg + 6);
	screen_type(&screen, keys);
	screen_has(&screen, "▲AVG TIME");
	screen_close(&screen);
	settings_free(settings);
}

static void the_order_is_remembered(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	open_wide(&screen, settings);
	screen_has(&screen, "▼HITS");
	screen_type(&screen, "'$$'");   /* the fourth column, twice */
	screen_has(&screen, "▲MIN TIME");
	screen_close(&screen);
	assert_string_equal(settings_get(settings, "sort." SUMMARY), "MIN TIME ascending");
	open_wide(&screen, settings);
	screen_has(&screen, "▲MIN TIME");
	/* empty_handler took 500 us each time, the others at least 1 ms and 2 ms */
	assert_true(place(&screen, TITLE_ROW + 1, "empty") > 0);
	screen_type(&screen, "'!'");
	screen_has(&screen, "▼HITS");
	screen_close(&screen);
	assert_false(settings_has(settings, "sort." SUMMARY));   /* as the view has it */
	settings_free(settings);
}

/* Whatever the width, the Right key leads to every column, and the row's name is always there. */
static void every_column_is_reached(void **state)
{
	(void)state;
	for (int width = 20; width <= 130; width += 3) {
		bool seen[TITLES] = { false };
		struct screen screen;

		screen_open(&screen, SUMMARY, NULL, 24, width);
		for (int step = 0; step < 12; step++) {
			for (size_t i = 0; i < TITLES; i++)
				seen[i] |= title_place(&screen, titles[i]) >= 0;
			assert_true(title_place(&screen, "TA") >= 0);
			screen_type(&screen, "Right");
		}
		for (size_t i = 0; i < TITLES; i++)
			/* those that the view offers only where there is room */
			if (!seen[i] && strcmp(titles[i], "P50") && strcmp(titles[i], "P99") && strcmp(titles[i], "RATE"))
				fail_msg("%s is not reached at %d columns", titles[i], width);
		screen_close(&screen);
	}
}

/* A column that the user asked for is there, room or not. */
static void a_column_asked_for_is_kept(void **state)
{
	struct screen screen;
	bool seen = false;

	(void)state;
	screen_open(&screen, SUMMARY, NULL, 24, 60);
	screen_lacks(&screen, "P99");
	screen_type(&screen, "'C' Home Down*5 Space Esc");
	for (int step = 0; step < 12; step++) {
		seen |= title_place(&screen, "P99") >= 0;
		screen_type(&screen, "Right");
	}
	assert_true(seen);
	screen_close(&screen);
}

static void the_key_stays_at_the_left(void **state)
{
	struct screen screen;
	int first;

	(void)state;
	screen_open(&screen, "procs", NULL, 24, 60);
	assert_int_equal(title_place(&screen, "PID"), first = title_place(&screen, "PID"));
	assert_true(first >= 0 && first < 8);
	for (int step = 0; step < 12; step++) {
		screen_type(&screen, "Right");
		assert_int_equal(title_place(&screen, "PID"), first);
		assert_true(title_place(&screen, "Command") > 0);
	}
	screen_close(&screen);
}

/* In every table of the program, at every width, a number shows from its first digit on, or says that it is cut. */
static void numbers_keep_their_leading_digits(void **state)
{
	static const char *const times[] = { "3.00ms", "501ms", "1.50s", "500us", "5.00ms" };

	(void)state;
	for (int width = 20; width <= 140; width += 7) {
		struct screen screen;

		screen_open(&screen, SUMMARY, NULL, 24, width);
		for (int step = 0; step < 10; step++) {
			if (title_place(&screen, "MAX TIME") >= 0) {
				screen_has(&screen, times[2]);
				screen_has(&screen, times[4]);
			}
			if (title_place(&screen, "AVG TIME") >= 0) {
				screen_has(&screen, times[0]);
				screen_has(&screen, times[1]);
				screen_has(&screen, times[3]);
			}
			screen_type(&screen, "Right");
		}
		screen_close(&screen);
	}
}

static void hostile_settings_of_columns_do_no_harm(void **state)
{
	static const char *const texts[] = {
		"TAG,nonsense,-HITS:99999,HITS,:::,%zz,+,,",
		"-HITS,-RATE,-AVG TIME,-MIN TIME,-P50,-P99,-MAX TIME,-CHD HITS,-TREND,-TAG",
		"HITS:-5,RATE:2147483648,AVG TIME:500", ",,,,", "%", "TAG#2,TAG#0,#", "\x1b[2J", "+TAG:1,+HITS:1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct settings *settings = settings_new();
		struct screen screen;

		settings_set(settings, "columns." SUMMARY, texts[i]);
		settings_set(settings, "sort." SUMMARY, texts[i]);
		open_wide(&screen, settings);
		screen_has(&screen, "fib");
		screen_type(&screen, "Right*20 'C' Down*3 Right Left Esc F9 Esc Resize:20x5 Right*9 Resize:150x24 'C' 'r' Esc");
		for (size_t k = 0; k < TITLES; k++)
			screen_has(&screen, titles[k]);
		screen_close(&screen);
		settings_free(settings);
	}
}

static void columns_past_the_ninth_are_sorted_by_the_menu(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "procs", NULL, 40, 160);
	screen_type(&screen, "F9 'Command' Enter");
	screen_has(&screen, "Command▲");
	screen_close(&screen);
}

static void arrows_are_ascii_where_all_is(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	open_wide(&screen, settings);
	screen_type(&screen, "'S' Home Down*4 Right");   /* Plain ASCII: on, at once */
	assert_true(screen.cells.ascii);
	assert_true(title_place(&screen, "vHITS") >= 0);
	screen_type(&screen, "Esc '!'");
	assert_true(title_place(&screen, "^HITS") >= 0);
	screen_close(&screen);
	assert_true(settings_is_on(settings, "ascii"));
	settings_free(settings);
}

/* ---- the menu of settings, and what is remembered beside columns ---- */

static void themes_change_at_once(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	open_wide(&screen, settings);
	assert_int_equal(screen.cells.theme, 0);
	screen_type(&screen, "'S'");
	screen_has(&screen, "< default >");
	screen_type(&screen, "Right");
	screen_has(&screen, "< mono >");
	assert_int_equal(screen.cells.theme, 1);
	screen_type(&screen, "Left*2");
	screen_has(&screen, "< light >");
	assert_int_equal(screen.cells.theme, 3);
	screen_type(&screen, "Esc");
	screen_lacks(&screen, "< light >");
	screen_close(&screen);
	assert_string_equal(settings_get(settings, "theme"), "light");
	settings_free(settings);
}

static void the_refresh_of_the_menu_is_the_screens(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	open_wide(&screen, settings);
	screen_type(&screen, "'+'");   /* for now: from 1 s to 2 s */
	assert_false(settings_has(settings, "refresh"));
	screen_type(&screen, "'S' Down");
	screen_has(&screen, "< 2 s >");
	screen_type(&screen, "Right Esc");
	screen_has(&screen, "every 5.00s");
	assert_int_equal(settings_number(settings, "refresh"), 5000);
	screen_close(&screen);
	settings_free(settings);
}

static void what_was_typed_is_there_the_next_time(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	open_wide(&screen, settings);
	screen_type(&screen, "F4 'span.ntags=1' Enter '/fib' Enter");
	screen_close(&screen);
	open_wide(&screen, settings);
	screen_type(&screen, "F4 Up");
	screen_has(&screen, "Filter: span.ntags=1");
	screen_type(&screen, "Esc '/' Up");
	screen_has(&screen, "Search: fib");
	screen_close(&screen);
	settings_free(settings);
}

static void menus_fit_everywhere(void **state)
{
	static const int sizes[][2] = { { 5, 20 }, { 8, 30 }, { 12, 40 }, { 24, 80 }, { 100, 250 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct screen screen;

		screen_open(&screen, SUMMARY, NULL, sizes[i][0], sizes[i][1]);
		screen_type(&screen, "'C' Down*20 Up*3 PgDn Home Space Space Left Right ShiftDown ShiftUp End 'r' 'x' Esc");
		screen_type(&screen, "'S' Down*20 Right Left PgUp Enter 'x' Mouse:press:0,0");
		screen_type(&screen, "F12 'C' Esc Backspace 's' 'C' Space Esc");
		screen_close(&screen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_columns_stay_away),
		cmocka_unit_test(one_column_stays),
		cmocka_unit_test(columns_move_and_come_back),
		cmocka_unit_test(a_name_in_front_stays),
		cmocka_unit_test(widths_are_the_users),
		cmocka_unit_test(an_edge_is_dragged),
		cmocka_unit_test(the_order_is_remembered),
		cmocka_unit_test(every_column_is_reached),
		cmocka_unit_test(a_column_asked_for_is_kept),
		cmocka_unit_test(the_key_stays_at_the_left),
		cmocka_unit_test(numbers_keep_their_leading_digits),
		cmocka_unit_test(hostile_settings_of_columns_do_no_harm),
		cmocka_unit_test(columns_past_the_ninth_are_sorted_by_the_menu),
		cmocka_unit_test(arrows_are_ascii_where_all_is),
		cmocka_unit_test(themes_change_at_once),
		cmocka_unit_test(the_refresh_of_the_menu_is_the_screens),
		cmocka_unit_test(what_was_typed_is_there_the_next_time),
		cmocka_unit_test(menus_fit_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
