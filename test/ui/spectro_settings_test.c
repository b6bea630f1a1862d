/* What is remembered of spectrograms from one start to the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"
#include "src/ui/app_private.h"
#include "src/ui/settings.h"
#include "src/ui/spectrogram.h"

#define KEY "spectrogram.spectro_traces"
#define MS 1000000ull

static const struct spectrogram *top(const struct screen *screen)
{
	const struct pane *pane = app_top(screen->app)->pane;

	assert_int_equal(pane->view->kind, VIEW_SPECTROGRAM);
	return (const struct spectrogram *)pane;
}

static void rows_axis_and_marks_are_there_the_next_time(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	screen_open_settings(&screen, settings, "spectro_traces", 24, 80);
	assert_int_equal(query_get_spec(top(&screen)->pane.query)->period, 500 * MS);
	screen_close(&screen);
	assert_false(settings_has(settings, KEY));   /* nobody changed anything */

	screen_open_settings(&screen, settings, "spectro_traces", 24, 80);
	screen_type(&screen, "'Z' 't' 't' 'm'");
	screen_close(&screen);
	screen_open_settings(&screen, settings, "spectro_traces", 24, 80);
	assert_int_equal(top(&screen)->range, RANGE_ALL);
	assert_int_equal(query_get_spec(top(&screen)->pane.query)->period, 100 * MS);
	assert_int_equal(top(&screen)->marks, MARKS_ON);
	screen_type(&screen, "'z'");                 /* decades with data, and so it is for good */
	screen_close(&screen);
	screen_open_settings(&screen, settings, "spectro_traces", 24, 80);
	assert_int_equal(top(&screen)->range, RANGE_DATA);
	screen_close(&screen);
	settings_free(settings);
}

/* What was set in a spectrogram holds as well when a filter is typed there, and where it is opened again. */
static void a_typed_filter_leaves_the_picture_as_it_is(void **state)
{
	struct settings *settings = settings_new();
	struct screen screen;

	(void)state;
	screen_open_settings(&screen, settings, "spectro_traces", 24, 80);
	screen_type(&screen, "'Z' 'T' F4 'span.duration>1ms' Enter");
	assert_int_equal(top(&screen)->range, RANGE_ALL);
	assert_int_equal(query_get_spec(top(&screen)->pane.query)->period, 1000 * MS);
	screen_close(&screen);
	settings_free(settings);
}

static void hostile_settings_do_no_harm(void **state)
{
	static const char *const texts[] = {
		"", "row", "row=", "row=0", "row=-1", "row=99999999999999999999", "axis=9-3", "axis=0-11", "axis=-1-3",
		"axis=4294967295-4294967296", "marks=3", "marks=", "=  = = ", "axis=3-5x marks=onn row=500ms",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct settings *settings = settings_new();
		struct screen screen;

		settings_set(settings, KEY, texts[i]);
		screen_open_settings(&screen, settings, "spectro_traces", 24, 80);
		assert_int_equal(query_get_spec(top(&screen)->pane.query)->period, 500 * MS);
		assert_true(top(&screen)->range != RANGE_ZOOM || top(&screen)->zoom_last < SPECTRUM_DECADES);
		assert_int_equal(top(&screen)->marks, MARKS_AUTO);
		screen_type(&screen, "'Z' 'z' Right");
		screen_close(&screen);
		settings_free(settings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_axis_and_marks_are_there_the_next_time),
		cmocka_unit_test(a_typed_filter_leaves_the_picture_as_it_is),
		cmocka_unit_test(hostile_settings_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
