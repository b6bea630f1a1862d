/* The details pane. Numbers follow from web_service.h: of 12 traces 3 are downloads of 2, 3 and 1500 ms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"

#define CAPTURE "test/data/captures/webdemo.scap"

static void tab_shows_all_values_of_the_row(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 40, 100);
	screen_lacks(&screen, "Details");
	screen_type(&screen, "End Tab");
	screen_has(&screen, " Details ");
	screen_has(&screen, "MAX TIME     1.50s (1500000000 ns)");
	screen_has(&screen, "MIN TIME     2.00ms (2000000 ns)");
	screen_has(&screen, "TAG          download_handler");
	screen_type(&screen, "Home");
	screen_has(&screen, "MAX TIME     5.00ms (5000000 ns)");
	screen_has(&screen, "TAG          fib_handler");
	screen_type(&screen, "Tab");
	screen_lacks(&screen, "Details");
	screen_lacks(&screen, "5000000 ns");
	screen_close(&screen);
}

static void wide_screens_have_it_at_the_right(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 30, 160);
	screen_type(&screen, "End Tab");
	screen_has(&screen, "CHD HITS     6\n");
	screen_has(&screen, "span.tags                 download_handler\n");
	screen_has(&screen, "3/3");
	screen_type(&screen, "Resize:100x30");
	screen_has(&screen, "\n Details ");
	screen_close(&screen);
}

/* The slow download: opened, read, written, see web_service.c. */
static void events_have_every_field(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 60, 160);
	screen_type(&screen, "End 's' Enter Tab Down*6");
	screen_has(&screen, "evt.args");
	screen_has(&screen, "/tmp/blob.bin.4");
	screen_has(&screen, "proc.pid                  100\n");
	screen_has(&screen, "inside       download_handler");
	screen_close(&screen);
}

static void spans_tell_their_tags_and_times(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 60, 160);
	screen_type(&screen, "End 's' Tab");
	screen_has(&screen, "span.duration             1.50s (1500000000 ns)\n");
	screen_has(&screen, "span.tags                 download_handler\n");
	screen_close(&screen);
}

/* sysdig -r webdemo.scap -p '%proc.exe %proc.args %proc.cwd %user.name' proc.pid=5120 */
static void processes_tell_who_they_are(void **state)
{
	struct screen screen;

	(void)state;
	screen_open_capture(&screen, CAPTURE, 0, "procs", 60, 160);
	screen_type(&screen, "Tab");
	screen_has(&screen, "process      5120 python");
	screen_has(&screen, "command      /usr/bin/python2.7 /srv/server.py");
	screen_has(&screen, "directory    /srv");
	screen_has(&screen, "www-data");
	screen_has(&screen, "Open descriptors: ");
	screen_close(&screen);
}

static void it_scrolls(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "Tab");
	screen_has(&screen, "Ctrl-D Ctrl-U  1-");
	screen_has(&screen, "HITS         5");
	screen_type(&screen, "Ctrl-D Ctrl-D");
	screen_lacks(&screen, "HITS         5");
	screen_type(&screen, "Ctrl-U Ctrl-U Ctrl-U");
	screen_has(&screen, "HITS         5");
	screen_type(&screen, "Mouse:down:18,10");
	screen_lacks(&screen, "HITS         5");
	screen_type(&screen, "Mouse:up:18,10");
	screen_has(&screen, "HITS         5");
	/* another row begins at its top */
	screen_type(&screen, "Ctrl-D Down");
	screen_has(&screen, "HITS         4");
	/* the wheel over the table, and clicks there, are for the table */
	screen_type(&screen, "Mouse:press:5,10 Mouse:press:18,10");
	screen_has(&screen, "HITS         5");
	screen_close(&screen);
}

static void small_screens_say_what_they_need(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 10, 40);
	screen_type(&screen, "Tab");
	screen_has(&screen, "rows more");
	screen_has(&screen, "TAG");
	screen_type(&screen, "Resize:60x24");
	screen_has(&screen, " Details");
	screen_type(&screen, "Resize:20x5 Ctrl-D Resize:10x3 Down Resize:400x120 End Resize:60x24");
	screen_has(&screen, " Details");
	screen_close(&screen);
}

static void it_is_there_for_rows_only(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 30, 100);
	screen_type(&screen, "F12 Tab");
	screen_has(&screen, "of tables, lists and events");
	screen_type(&screen, "Backspace");
	screen_has(&screen, " Details");
	screen_type(&screen, "F4 'span.ntags>99' Enter");
	screen_has(&screen, "There is no row");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tab_shows_all_values_of_the_row),
		cmocka_unit_test(wide_screens_have_it_at_the_right),
		cmocka_unit_test(events_have_every_field),
		cmocka_unit_test(spans_tell_their_tags_and_times),
		cmocka_unit_test(processes_tell_who_they_are),
		cmocka_unit_test(it_scrolls),
		cmocka_unit_test(small_screens_say_what_they_need),
		cmocka_unit_test(it_is_there_for_rows_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
