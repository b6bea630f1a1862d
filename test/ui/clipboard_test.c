/* Copying to the clipboard: the sequence of RFC 4648 letters in OSC 52, and what of a row is copied. */
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
#include "src/ui/clipboard.h"

static char copied[CLIPBOARD_MAX + 1];

static bool take(void *context, const char *text, size_t size)
{
	(void)context;
	assert_in_range(size, 1, CLIPBOARD_MAX);
	memcpy(copied, text, size);
	copied[size] = '\0';
	return true;
}

static void open_copying(struct screen *screen, const char *view)
{
	copied[0] = '\0';
	screen_open(screen, view, NULL, 40, 120);
	screen->app->host.copy = take;
}

static void the_sequence_is_base64(void **state)
{
	/* the test vectors of RFC 4648 */
	static const char *const vectors[][2] = {
		{ "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};
	static char sequence[CLIPBOARD_SEQUENCE];
	char expected[80], *large = calloc(1, CLIPBOARD_MAX + 100);

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		size_t size = clipboard_sequence(vectors[i][0], strlen(vectors[i][0]), sequence);

		snprintf(expected, sizeof(expected), "\033]52;c;%s\a", vectors[i][1]);
		assert_int_equal(size, strlen(expected));
		assert_memory_equal(sequence, expected, size);
	}
	assert_non_null(large);
	assert_true(clipboard_sequence(large, CLIPBOARD_MAX + 100, sequence) <= CLIPBOARD_SEQUENCE);
	assert_true(clipboard_sequence(large, CLIPBOARD_MAX, sequence) <= CLIPBOARD_SEQUENCE);
	free(large);
	assert_false(clipboard_known("linux"));
	assert_false(clipboard_known(""));
	assert_true(clipboard_known("xterm-256color"));
	assert_true(clipboard_known("tmux-256color"));
}

static void names_and_rows_of_tables(void **state)
{
	struct screen screen;

	(void)state;
	open_copying(&screen, "traces_summary");
	screen_type(&screen, "End 'y'");
	assert_string_equal(copied, "download_handler");
	screen_has(&screen, "Copied: download_handler");
	screen_type(&screen, "'Y'");
	assert_int_equal(strncmp(copied, "3\t", 2), 0);   /* hits */
	assert_non_null(strstr(copied, "\tdownload_handler"));
	screen_close(&screen);
}

static void spans_lines_and_nothing(void **state)
{
	struct screen screen;

	(void)state;
	open_copying(&screen, "traces_list");
	screen_type(&screen, "'w' 'y'");
	assert_int_equal(strncmp(copied, "download_handler  file=/tmp/blob.bin.4", 38), 0);
	screen_type(&screen, "Backspace F4 'span.duration>1h' Enter 'y'");
	screen_has(&screen, "Nothing is selected");
	screen_close(&screen);
	open_copying(&screen, "dig");
	screen_type(&screen, "Home 'y'");
	assert_non_null(strstr(copied, "python3"));
	screen_close(&screen);
}

static void a_terminal_without_clipboard_says_so(void **state)
{
	struct screen screen;

	(void)state;
	open_copying(&screen, "traces_summary");
	screen.app->host.copy = NULL;
	screen_type(&screen, "'y'");
	screen_has(&screen, "no clipboard");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sequence_is_base64),
		cmocka_unit_test(names_and_rows_of_tables),
		cmocka_unit_test(spans_lines_and_nothing),
		cmocka_unit_test(a_terminal_without_clipboard_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
