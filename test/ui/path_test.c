/* Walking the path back and forward: what was left is found as it was left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"

#define CAPTURE "test/data/captures/webdemo.scap"
#define PATH_ROW 2   /* of the header at 80x24 */

static char *line_of(const char *text, int row)
{
	const char *end;

	while (row-- && (text = strchr(text, '\n')))
		text++;
	assert_non_null(text);
	end = strchr(text, '\n');
	return strndup(text, end ? (size_t)(end - text) : strlen(text));
}

/* Without the end of the path and what stands at the right of it. */
static size_t path_size(const char *line)
{
	const char *path = strstr(line, "whole machine"), *end;

	assert_non_null(path);
	end = strstr(path, "  ");
	return end ? (size_t)(end - line) : strlen(line);
}

/* The same but for what was left, which the path goes on with. */
static void same_but_forward(const char *before, const char *after)
{
	for (int row = 0; row < 24; row++) {
		char *first = line_of(before, row), *second = line_of(after, row);

		if (row == PATH_ROW) {
			assert_true(path_size(second) >= path_size(first));
			first[path_size(first)] = second[path_size(first)] = '\0';
		}
		assert_string_equal(first, second);
		free(first);
		free(second);
	}
}

/* Fails unless this is the name of the view and the whole path, what was left included. */
static void has_path(const struct screen *screen, const char *expected)
{
	char *text = screen_text(screen), *line = line_of(text, PATH_ROW);

	line[path_size(line)] = '\0';
	assert_string_equal(line, expected);
	free(line);
	free(text);
}

static const struct {
	const char *there, *down, *back;
} walks[] = {
	{ "", "Enter", "Backspace" },
	{ "Down", "Enter", "ShiftLeft" },
	{ "End", "Enter Down", "Backspace" },
	{ "'$$' Down", "Enter Enter", "Backspace*2" },
	{ "End 's'", "Enter 'c' Enter", "ShiftLeft*3" },
	{ "End 's' Down", "Enter '$' PgDn", "Backspace" },
	{ "End 's' Enter", "'o' End '!'", "Backspace" },
	{ "F4 'span.ntags<3' Enter Down", "'s' F4 'span.id=103' Enter", "Backspace" },
	{ "", "F2 'traces spectro' Enter", "Backspace" },
};

static void back_and_forward_find_the_same_screens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(walks) / sizeof(*walks); i++) {
		struct screen screen;
		char *above, *below, *back, *forward;
		int steps = 0;

		screen_open(&screen, NULL, NULL, 24, 80);
		screen_type(&screen, walks[i].there);
		above = screen_text(&screen);
		screen_type(&screen, walks[i].down);
		below = screen_text(&screen);
		screen_type(&screen, walks[i].back);
		back = screen_text(&screen);
		same_but_forward(above, back);
		sscanf(walks[i].back, "%*[A-Za-z]*%d", &steps);
		for (int n = 0; n < (steps ? steps : 1); n++)
			screen_type(&screen, "ShiftRight");
		forward = screen_text(&screen);
		assert_string_equal(below, forward);
		screen_type(&screen, "Resize:20x5 Resize:200x60 Resize:80x24");
		free(forward);
		forward = screen_text(&screen);
		assert_string_equal(below, forward);
		free(above);
		free(below);
		free(back);
		free(forward);
		screen_close(&screen);
	}
}

static void forward_ends_where_it_ends(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "ShiftRight");
	screen_has(&screen, "nothing to go forward to");
	screen_type(&screen, "End Enter Backspace ShiftRight ShiftRight");
	screen_has(&screen, "Spans Summary  whole machine > download_handler");
	screen_has(&screen, "nothing to go forward to");
	screen_close(&screen);
}

static void another_way_down_takes_the_place_of_what_was_left(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "End Enter Backspace");
	has_path(&screen, "Traces Summary  whole machine > download_handler");
	screen_type(&screen, "Home Enter");
	has_path(&screen, "Spans Summary  whole machine > fib_handler");
	screen_type(&screen, "Backspace");
	has_path(&screen, "Traces Summary  whole machine > fib_handler");
	screen_type(&screen, "F4 'span.ntags<9' Enter");
	has_path(&screen, "Traces Summary  whole machine");
	screen_close(&screen);
}

/* A view that cannot be opened leaves everything as it was. */
static void what_fails_keeps_what_was_left(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "End Enter Backspace F4 'span.nosuch=1' Enter Esc");
	has_path(&screen, "Traces Summary  whole machine > download_handler");
	screen_type(&screen, "ShiftRight");
	screen_has(&screen, "Spans Summary");
	screen_close(&screen);
}

static void clicks_on_the_path_go_there(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 120);
	screen_type(&screen, "End 's' Enter");
	has_path(&screen, "Events  whole machine > download_handler > download_handler (1.50s)");
	screen_type(&screen, "Mouse:press:2,8");
	has_path(&screen, "Traces Summary  whole machine > download_handler > download_handler (1.50s)");
	screen_type(&screen, "Mouse:press:2,57");
	has_path(&screen, "Events  whole machine > download_handler > download_handler (1.50s)");
	screen_type(&screen, "Mouse:press:2,30");
	has_path(&screen, "Traces List  whole machine > download_handler > download_handler (1.50s)");
	/* blanks and what lies between lead nowhere */
	screen_type(&screen, "Mouse:press:2,12 Mouse:press:2,27");
	screen_has(&screen, "Traces List  whole machine");
	screen_close(&screen);
}

static void path_menu_lists_all_places_and_goes_there(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "F4 'span.ntags<9' Enter End 's' Enter Backspace 'b'");
	screen_has(&screen, "1  Traces Summary  whole machine  filter: span.ntags<9");
	screen_has(&screen, "* 2  Traces List  download_handler");
	screen_has(&screen, "+ 3  Events  download_handler (1.50s)");
	screen_type(&screen, "'events' Enter");
	has_path(&screen, "Events  whole machine > download_handler > download_handler (1.50s)");
	screen_type(&screen, "'b' Up Up Enter");
	screen_has(&screen, "Traces Summary  whole machine > download_handler >");
	screen_close(&screen);
}

/* Of 12 traces three are downloads, one of them slow. */
static void path_menu_takes_typed_filters_away(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_list", "span.tag[0]=download_handler", 24, 80);
	screen_has(&screen, "1/3");
	screen_type(&screen, "F4 'span.duration>500ms' Enter");
	screen_has(&screen, "1/1");
	screen_type(&screen, "'b'");
	screen_has(&screen, "filter: span.duration>500ms");
	screen_type(&screen, "Delete");
	screen_lacks(&screen, "filter: span.duration>500ms");
	screen_type(&screen, "Esc");
	screen_has(&screen, "1/3");
	screen_lacks(&screen, "span.duration>500ms");
	/* below others, which then pass it no longer either */
	screen_type(&screen, "F4 'span.duration>500ms' Enter F2 'traces summary' Enter");
	screen_has(&screen, "    1 ");
	screen_type(&screen, "'b' Up Delete Esc");
	screen_has(&screen, "Traces Summary");
	screen_has(&screen, "    3 ");
	screen_type(&screen, "Backspace");
	screen_has(&screen, "1/3");
	screen_close(&screen);
}

/* While other levels are looked at, what was left reads nothing; entered again it reads what came. */
static void what_was_left_catches_up(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 0, NULL, 24, 120);
	screen_type(&screen, "End 's' Enter 'c'");
	screen_has(&screen, "   28     849ms      30ms");
	screen_type(&screen, "Backspace*3 ShiftRight*3");
	screen_has(&screen, "   28     849ms      30ms");
	screen_has(&screen, "   25     690ms      27ms");
	screen_close(&screen);
}

static void shift_and_arrows_mark_in_a_spectrogram(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "End F12 Left ShiftLeft ShiftRight");
	screen_has(&screen, "Traces Spectrogram");
	screen_type(&screen, "'b' Home Enter");
	has_path(&screen, "Traces Summary  whole machine > download_handler");
	screen_close(&screen);
}

static void small_screens_stay_whole(void **state)
{
	static const char *const sizes[] = { "20x5", "40x10", "10x3", "400x120" };
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char script[200];

		snprintf(script, sizeof(script),
			 "Resize:%s End 's' Enter 'b' Down Up Esc Backspace*2 Mouse:press:0,9 Mouse:press:1,19 "
			 "Mouse:press:2,15 'b' Home Enter", sizes[i]);
		screen_type(&screen, script);
	}
	screen_type(&screen, "Resize:80x24");
	screen_has(&screen, "Traces Summary");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(back_and_forward_find_the_same_screens),
		cmocka_unit_test(forward_ends_where_it_ends),
		cmocka_unit_test(another_way_down_takes_the_place_of_what_was_left),
		cmocka_unit_test(what_fails_keeps_what_was_left),
		cmocka_unit_test(clicks_on_the_path_go_there),
		cmocka_unit_test(path_menu_lists_all_places_and_goes_there),
		cmocka_unit_test(path_menu_takes_typed_filters_away),
		cmocka_unit_test(what_was_left_catches_up),
		cmocka_unit_test(shift_and_arrows_mark_in_a_spectrogram),
		cmocka_unit_test(small_screens_stay_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
