/* Data as lines. The hex rows are those that csysdig 0.29.3 shows for the same request (its tab before them left out). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/echo.h"

static void expect_row(enum echo_form form, const char *data, size_t size, uint32_t row, const char *expected)
{
	struct format_text text = { 0 };

	echo_put_row(&text, form, data, size, row);
	if (text.size != strlen(expected) || (text.size && memcmp(text.bytes, expected, text.size)))
		fail_msg("row %u is '%.*s', not '%s'", row, (int)text.size, text.bytes ? text.bytes : "", expected);
	free(text.bytes);
}

static const char request[] = "GET /bar HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.50.1\r\nAccept: */*\r\nX-Forw";
#define REQUEST_SIZE (sizeof(request) - 1)

static void hex_is_as_csysdig_shows_it(void **state)
{
	(void)state;
	assert_int_equal(REQUEST_SIZE, 80);
	assert_int_equal(echo_rows(ECHO_HEX, request, REQUEST_SIZE), 5);
	expect_row(ECHO_HEX, request, REQUEST_SIZE, 0, "  0x0000: 4745 5420 2f62 6172 2048 5454 502f 312e  GET /bar HTTP/1.");
	expect_row(ECHO_HEX, request, REQUEST_SIZE, 1, "  0x0010: 310d 0a48 6f73 743a 206c 6f63 616c 686f  1..Host: localho");
	expect_row(ECHO_HEX, request, REQUEST_SIZE, 4, "  0x0040: 6570 743a 202a 2f2a 0d0a 582d 466f 7277  ept: */*..X-Forw");
	expect_row(ECHO_HEX, request, REQUEST_SIZE, 5, "");
}

/* csysdig moves the ASCII of a last row of an odd length; here it stands below the others. */
static void the_last_hex_row_is_filled(void **state)
{
	(void)state;
	assert_int_equal(echo_rows(ECHO_HEX, "HTTP/1.0 200 OK\r\n", 17), 2);
	expect_row(ECHO_HEX, "HTTP/1.0 200 OK\r\n", 17, 1, "  0x0010: 0a                                       .");
	expect_row(ECHO_HEX, "\x00\xff\x1b[2J", 6, 0, "  0x0000: 00ff 1b5b 324a                           ...[2J");
}

static void dotted_is_one_line(void **state)
{
	(void)state;
	assert_int_equal(echo_rows(ECHO_DOTTED, request, REQUEST_SIZE), 1);
	expect_row(ECHO_DOTTED, request, REQUEST_SIZE, 0,
		   "GET /bar HTTP/1.1..Host: localhost..User-Agent: curl/7.50.1..Accept: */*..X-Forw");
	expect_row(ECHO_DOTTED, "\x1b]0;t\a\xc3\xa9\x9b" "31m", 12, 0, ".]0;t....31m");
}

static void printable_keeps_lines_and_letters(void **state)
{
	(void)state;
	assert_int_equal(echo_rows(ECHO_PRINTABLE, request, REQUEST_SIZE), 5);
	expect_row(ECHO_PRINTABLE, request, REQUEST_SIZE, 1, "Host: localhost");
	expect_row(ECHO_PRINTABLE, request, REQUEST_SIZE, 4, "X-Forw");
	expect_row(ECHO_PRINTABLE, request, REQUEST_SIZE, 5, "");
	/* a newline at the end begins no line, two make an empty one */
	assert_int_equal(echo_rows(ECHO_PRINTABLE, "a\n", 2), 1);
	assert_int_equal(echo_rows(ECHO_PRINTABLE, "a\n\nb", 4), 3);
	expect_row(ECHO_PRINTABLE, "a\n\nb", 4, 1, "");
	expect_row(ECHO_PRINTABLE, "a\n\nb", 4, 2, "b");
	expect_row(ECHO_PRINTABLE, "caf\xc3\xa9\tx", 7, 0, "caf\xc3\xa9\tx");
}

/* Nothing that a terminal takes for a command is left; marks that turn the order of letters are none either. */
static void printable_drops_what_commands_terminals(void **state)
{
	(void)state;
	expect_row(ECHO_PRINTABLE, "\x1b[31mred\x1b[0m\a\b\x7f", 15, 0, "[31mred[0m");
	expect_row(ECHO_PRINTABLE, "a\xe2\x80\xae" "b\x9b" "2Jc\xc2\x9b" "d\xff", 12, 0, "ab2Jcd");
}

static void no_data_has_no_lines(void **state)
{
	(void)state;
	assert_int_equal(echo_rows(ECHO_DOTTED, "", 0), 0);
	assert_int_equal(echo_rows(ECHO_PRINTABLE, "", 0), 0);
	assert_int_equal(echo_rows(ECHO_HEX, "", 0), 0);
	expect_row(ECHO_PRINTABLE, "", 0, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_is_as_csysdig_shows_it),
		cmocka_unit_test(the_last_hex_row_is_filled),
		cmocka_unit_test(dotted_is_one_line),
		cmocka_unit_test(printable_keeps_lines_and_letters),
		cmocka_unit_test(printable_drops_what_commands_terminals),
		cmocka_unit_test(no_data_has_no_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
