/* Details, files and a new beginning of waterfalls, with the slowest download of web_service.h: 1.5 s, in it headers of
 * 100 us that begin after 20 us, and a body of all but 300 us that begins after 150 us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "screen.h"
#include "src/ui/app_private.h"
#include "src/ui/waterfall.h"

#define SLOWEST "'w' "              /* the list begins with it */

static void details_tell_of_spans_and_calls(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 50, 160);
	screen_type(&screen, SLOWEST "Tab");
	screen_has(&screen, "took         1.50s (1500000000 ns)");
	screen_has(&screen, "self         200us (200000 ns)");
	screen_has(&screen, "arguments    file=/tmp/blob.bin.4");
	screen_has(&screen, "spans below  2, of them 2 children");
	screen_has(&screen, "command      /usr/bin/python3 server.py");
	screen_type(&screen, "Down");
	screen_has(&screen, "span         download_handler.download_headers");
	screen_has(&screen, "at           20us (20000 ns)");
	screen_has(&screen, "took         100us (100000 ns)");
	screen_type(&screen, "Down Space Down*3");   /* the body's calls: open, open, read */
	screen_has(&screen, "evt.latency               600ms");
	screen_has(&screen, "/tmp/blob.bin.4");
	screen_close(&screen);
}

static char *file_text(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *file = fopen(path, "r");

	assert_non_null(text);
	assert_non_null(file);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static void spans_are_written_to_files(void **state)
{
	char directory[] = "/tmp/waterfall_test.XXXXXX", path[64], script[160];
	struct screen screen;
	char *text;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/a.csv", directory);
	snprintf(script, sizeof(script), SLOWEST "'x' Ctrl-U '%s' Enter", path);
	screen_open(&screen, "traces_list", NULL, 40, 120);
	screen_type(&screen, script);
	screen_has(&screen, "Wrote 3 rows");
	text = file_text(path);
	assert_int_equal(strncmp(text, "DEPTH,OFFSET,DURATION,SELF,CALLS,SPAN,ARGS\n", 43), 0);
	assert_non_null(strstr(text, "\n0,0,1500000000,200000,0,\"download_handler\",\"file=/tmp/blob.bin.4\"\n"));
	assert_non_null(strstr(text, "\n1,20000,100000,100000,0,\"download_handler.download_headers\",\"\"\n"));
	assert_non_null(strstr(text, "\n1,150000,1499700000,1499700000,5,\"download_handler.download_write\","));
	free(text);
	unlink(path);
	snprintf(path, sizeof(path), "%s/a.json", directory);
	snprintf(script, sizeof(script), "'x' Ctrl-U '%s' Enter", path);
	screen_type(&screen, script);
	text = file_text(path);
	assert_non_null(strstr(text, "\"DURATION\": 1500000000"));
	free(text);
	unlink(path);
	assert_int_equal(rmdir(directory), 0);
	screen_close(&screen);
}

static void clear_waits_for_the_next_trace(void **state)
{
	struct screen screen;
	const struct waterfall *waterfall;

	(void)state;
	screen_open(&screen, "waterfall", NULL, 40, 120);
	screen.status.scope = "spans";
	waterfall = (const struct waterfall *)app_top(screen.app)->pane;
	assert_non_null(waterfall->tree);
	screen_type(&screen, "'c'");
	screen_wait(&screen, 3000000000ull);
	assert_null(waterfall->tree);
	screen_has(&screen, "no trace has ended yet");
	screen_close(&screen);

	screen_open(&screen, "traces_list", NULL, 40, 120);   /* one that was chosen stays */
	screen.status.scope = "spans";
	screen_type(&screen, SLOWEST "'c'");
	screen_has(&screen, "nothing to clear");
	screen_has(&screen, "download_write");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(details_tell_of_spans_and_calls),
		cmocka_unit_test(spans_are_written_to_files),
		cmocka_unit_test(clear_waits_for_the_next_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
