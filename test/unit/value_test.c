/* How values print (csysdig's rules), compare, and how hostile text is escaped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/engine/value.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void expect(const struct value *value, bool averaged, const char *expected)
{
	char text[128];

	assert_int_equal(value_format(value, averaged, text, sizeof(text)), strlen(expected));
	assert_string_equal(text, expected);
}

static void integers_scale_above_a_unit(void **state)
{
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { -7, "-7" }, { 999, "999" }, { 1024, "1024" }, { 1025, "1K" }, { 1600, "2K" },
		{ 78 * 1024, "78K" }, { 1048576, "1024K" }, { 1048577, "1M" }, { 3LL << 30, "3G" },
		{ 1LL << 30, "1024M" }, { (1LL << 40) + 1, "1T" }, { 5LL << 50, "5P" }, { -4096, "-4096" },
		{ INT64_MIN, "-9223372036854775808" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct value value = { .type = VALUE_INT, .i = cases[i].number };

		expect(&value, false, cases[i].text);
		value.type = VALUE_UINT;
		if (cases[i].number >= 0)
			expect(&value, false, cases[i].text);
	}
}

static void averages_have_two_decimals(void **state)
{
	struct value whole = { .type = VALUE_INT, .i = 0 };
	struct value part = { .type = VALUE_REAL, .r = 20.83 };

	(void)state;
	expect(&whole, true, "0.00");
	whole.i = 1987;
	expect(&whole, true, "1.94K"); /* 1987 / 1024 = 1.9404 */
	expect(&part, true, "20.83");
	part.r = 1987;
	expect(&part, true, "1.94K");
	expect(&part, false, "1987.00");
	part.r = 78.845;
	expect(&part, false, "78.84"); /* 78.845 lies just below itself in binary */
}

static void other_types_print_plain(void **state)
{
	static const char v4[] = { 127, 0, 0, 1 };
	static const unsigned char v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	(void)state;
	expect(&(struct value){ .type = VALUE_NONE }, false, "");
	expect(&(struct value){ .type = VALUE_ID, .i = 123456 }, false, "123456");
	expect(&(struct value){ .type = VALUE_ID, .i = -1 }, true, "-1");
	expect(&(struct value){ .type = VALUE_BOOL, .u = 1 }, false, "true");
	expect(&(struct value){ .type = VALUE_BOOL, .u = 0 }, false, "false");
	expect(&(struct value){ .type = VALUE_PORT, .u = 65535 }, false, "65535");
	expect(&(struct value){ .type = VALUE_DURATION, .u = 16000 }, false, "16us");
	expect(&(struct value){ .type = VALUE_TEXT, .text = "futex", .size = 5 }, false, "futex");
	expect(&(struct value){ .type = VALUE_TEXT, .text = NULL, .size = 0 }, false, "");
	expect(&(struct value){ .type = VALUE_IPV4, .text = v4, .size = 4 }, false, "127.0.0.1");
	expect(&(struct value){ .type = VALUE_IPV6, .text = (const char *)v6, .size = 16 }, false, "2001:db8::1");
}

static void cuts_text_between_characters(void **state)
{
	struct value value = { .type = VALUE_TEXT, .text = "a\xc3\xa4z", .size = 4 };
	char text[3];

	(void)state;
	assert_int_equal(value_format(&value, false, text, 3), 4);
	assert_string_equal(text, "a");
	assert_int_equal(value_format(&value, false, text, 1), 4);
	assert_string_equal(text, "");
	assert_int_equal(value_format(&value, false, NULL, 0), 4);
	value = (struct value){ .type = VALUE_ID, .i = 12345 };
	assert_int_equal(value_format(&value, false, text, 3), 5);
	assert_string_equal(text, "12");
}

static void durations_are_truncated(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0ns" }, { 820, "820ns" }, { 999, "999ns" }, { 1000, "1.00us" }, { 1829, "1.82us" },
		{ 9999, "9.99us" }, { 10000, "10us" }, { 16999, "16us" }, { 999999, "999us" },
		{ 1000000, "1.00ms" }, { 1219999, "1.21ms" }, { 9999999, "9.99ms" }, { 10000000, "10ms" },
		{ 16999999, "16ms" }, { 999999999, "999ms" }, { 1000000000, "1.00s" }, { 22039999999, "22.03s" },
		{ 59999999999, "59.99s" }, { 60000000000, "1:0" }, { 65000000000, "1:5" }, { 3599999999999, "59:59" },
		{ 3600000000000, "01:00:00" }, { 86399000000000, "23:59:59" }, { 360000000000000, "100:00:00" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(duration_format(cases[i].ns, text, sizeof(text)), strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
	assert_true(duration_format(UINT64_MAX, text, sizeof(text)) < sizeof(text));
}

static void times_are_local(void **state)
{
	struct value value = { .type = VALUE_TIME, .u = 1700000000000000007 };
	char text[64];

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	expect(&value, false, "22:13:20.000000007"); /* 1,700,000,000 s is 2023-11-14 22:13:20 UTC */
	setenv("TZ", "XXX-05:30", 1);                /* east of Greenwich */
	tzset();
	expect(&value, false, "03:43:20.000000007");
	setenv("TZ", "UTC", 1);
	tzset();
	assert_int_equal(time_format(999999999, text, sizeof(text)), 18);
	assert_string_equal(text, "00:00:00.999999999");
	assert_int_equal(time_format(0, text, 9), 18);
	assert_string_equal(text, "00:00:00");
}

static int order(struct value a, struct value b)
{
	int forth = value_compare(&a, &b);

	assert_int_equal(value_compare(&b, &a), -forth);
	return forth;
}

static struct value text_value(const char *text)
{
	return (struct value){ .type = VALUE_TEXT, .text = text, .size = strlen(text) };
}

static void values_have_an_order(void **state)
{
	struct value none = { .type = VALUE_NONE };

	(void)state;
	assert_int_equal(order(none, none), 0);
	assert_int_equal(order(none, text_value("")), -1);
	assert_int_equal(order(text_value("a"), text_value("b")), -1);
	assert_int_equal(order(text_value("a"), text_value("ab")), -1);
	assert_int_equal(order(text_value("\x80"), text_value("a")), 1);
	assert_int_equal(order(text_value("same"), text_value("same")), 0);
	assert_int_equal(order((struct value){ .type = VALUE_INT, .i = -1 },
			       (struct value){ .type = VALUE_INT, .i = 1 }), -1);
	assert_int_equal(order((struct value){ .type = VALUE_UINT, .u = UINT64_MAX },
			       (struct value){ .type = VALUE_UINT, .u = 1 }), 1);
	assert_int_equal(order((struct value){ .type = VALUE_REAL, .r = NAN },
			       (struct value){ .type = VALUE_REAL, .r = -INFINITY }), -1);
	assert_int_equal(order((struct value){ .type = VALUE_REAL, .r = NAN },
			       (struct value){ .type = VALUE_REAL, .r = NAN }), 0);
	assert_int_equal(order((struct value){ .type = VALUE_REAL, .r = 0.5 },
			       (struct value){ .type = VALUE_REAL, .r = 0.25 }), 1);
	assert_int_equal(order((struct value){ .type = VALUE_IPV4, .text = "\x0a\0\0\1", .size = 4 },
			       (struct value){ .type = VALUE_IPV4, .text = "\x0a\0\0\2", .size = 4 }), -1);
}

static void numbers_are_numbers(void **state)
{
	(void)state;
	assert_true(value_is_number(VALUE_INT));
	assert_true(value_is_number(VALUE_DURATION));
	assert_true(value_is_number(VALUE_REAL));
	assert_true(value_is_number(VALUE_ID));
	assert_false(value_is_number(VALUE_TEXT));
	assert_false(value_is_number(VALUE_BOOL));
	assert_false(value_is_number(VALUE_NONE));
}

/* ---- escaping ---- */

static void escaped(const char *bytes, size_t count, const char *expected)
{
	char *exact = malloc(count ? count : 1); /* so that a sanitizer sees a read beyond */
	char text[256];

	assert_non_null(exact);
	memcpy(exact, bytes, count);
	assert_int_equal(text_escape(exact, count, text, sizeof(text)), strlen(expected));
	assert_string_equal(text, expected);
	free(exact);
}

#define ESCAPED(bytes, expected) escaped(bytes, sizeof(bytes) - 1, expected)

static void escapes_what_acts_on_a_terminal(void **state)
{
	(void)state;
	ESCAPED("", "");
	ESCAPED("plain ~ text\\n", "plain ~ text\\n");
	ESCAPED("\n\t\r", "\\n\\t\\r");
	ESCAPED("\x1b[2J", "\\x1b[2J");
	ESCAPED("a\0b", "a\\x00b");
	ESCAPED("\x7f\x07\b", "\\x7f\\x07\\x08");
	ESCAPED("\xc2\x9b" "31m", "\\xc2\\x9b31m");                  /* C1 control CSI */
	ESCAPED("\xe2\x80\xae" "gpj", "\\xe2\\x80\\xaegpj");         /* U+202E */
	ESCAPED("\xe2\x80\xaa\xe2\x81\xa6", "\\xe2\\x80\\xaa\\xe2\\x81\\xa6");
	ESCAPED("\xe2\x81\xa9\xe2\x80\x8b", "\\xe2\\x81\\xa9\\xe2\\x80\\x8b");
	ESCAPED("\xe2\x80\x8f\xef\xbb\xbf", "\\xe2\\x80\\x8f\\xef\\xbb\\xbf");
	ESCAPED("\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9");
}

static void passes_good_utf8_and_shows_bad(void **state)
{
	(void)state;
	ESCAPED("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
	ESCAPED("\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac");
	ESCAPED("\xf0\x9f\x90\x9f", "\xf0\x9f\x90\x9f");
	ESCAPED("\xe2\x80\xa6\xe2\x80\xaf\xe2\x82\xac", "\xe2\x80\xa6\xe2\x80\xaf\xe2\x82\xac"); /* neighbours of marks */
	ESCAPED("\xff\xfe", "\\xff\\xfe");
	ESCAPED("\x80", "\\x80");
	ESCAPED("\xc3", "\\xc3");
	ESCAPED("\xe6\x97", "\\xe6\\x97");
	ESCAPED("\xc3(", "\\xc3(");
	ESCAPED("\xc0\xaf", "\\xc0\\xaf");                   /* '/' in two bytes */
	ESCAPED("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* half of a surrogate pair */
	ESCAPED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond U+10FFFF */
	ESCAPED("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
}

static void cuts_escapes_whole(void **state)
{
	char text[8];

	(void)state;
	assert_int_equal(text_escape("ab\x1b", 3, text, 6), 2);
	assert_string_equal(text, "ab");
	assert_int_equal(text_escape("a\xc3\xbc", 3, text, 3), 1);
	assert_string_equal(text, "a");
	assert_int_equal(text_escape("a\xc3\xbc", 3, text, 4), 3);
	assert_string_equal(text, "a\xc3\xbc");
	assert_int_equal(text_escape("abc", 3, text, 1), 0);
	assert_string_equal(text, "");
	assert_int_equal(text_escape("abc", 3, NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_scale_above_a_unit),
		cmocka_unit_test(averages_have_two_decimals),
		cmocka_unit_test(other_types_print_plain),
		cmocka_unit_test(cuts_text_between_characters),
		cmocka_unit_test(durations_are_truncated),
		cmocka_unit_test(times_are_local),
		cmocka_unit_test(values_have_an_order),
		cmocka_unit_test(numbers_are_numbers),
		cmocka_unit_test(escapes_what_acts_on_a_terminal),
		cmocka_unit_test(passes_good_utf8_and_shows_bad),
		cmocka_unit_test(cuts_escapes_whole),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
