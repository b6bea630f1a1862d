/* Rows as text, JSON and CSV. What CSV has to look like follows from RFC 4180: a field with a comma, a quote or a
 * line end is quoted, a quote in it is doubled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/row_output.h"
#include "test/unit/query_helpers.h"

static const struct view_column columns[] = {
	{ .title = "KEY", .field = "span.tag[0]", .flags = COLUMN_KEY },
	{ .title = "HITS", .field = "span.count", .aggregation = AGGREGATE_SUM, .width = 8, .flags = COLUMN_SORT },
	{ .title = "TIME", .field = "span.duration", .aggregation = AGGREGATE_MAX, .width = 8 },
	{ .title = "TIME", .field = "span.duration", .aggregation = AGGREGATE_MIN, .width = 8, .flags = COLUMN_WIDE },
	{ .title = "A, \"B\"", .field = "span.arg.none", .width = 8 },
	{ .title = "TAG", .field = "span.tag[0]" },
};

static const struct view view = {
	.id = "test", .name = "Test", .kind = VIEW_TABLE, .columns = columns,
	.ncolumns = sizeof(columns) / sizeof(*columns),
};

/* The rows of one span of 2048 ns whose tag is this JSON string; malloced. */
static char *text_of(enum row_format format, bool wide, const char *tag, uint64_t sample)
{
	struct engine *engine = engine_of(1 << 20);
	struct query_spec spec = { .view = &view };
	struct format_text text = { 0 };
	struct row_output *output;
	struct query *query;
	char marker[300];

	snprintf(marker, sizeof(marker), "[\">\", 1, [\"%s\"], []]", tag);
	feed_marker(engine, 10, 10, T0, marker);
	marker[2] = '<';
	feed_marker(engine, 10, 10, T0 + 2048, marker);
	query = query_of(engine, &spec);
	output = row_output_shown(query, format, wide);
	assert_non_null(output);
	if (sample)
		row_output_sample(output, sample);
	row_output_titles(output, &text);
	for (size_t i = 0; i < query_rows(query); i++)
		row_output_row(output, query_row(query, i), &text);
	format_byte(&text, '\0');
	assert_false(text.failed);
	row_output_free(output);
	query_free(query);
	engine_free(engine);
	return text.bytes;
}

static void expect(enum row_format format, bool wide, const char *tag, uint64_t sample, const char *expected)
{
	char *text = text_of(format, wide, tag, sample);

	assert_string_equal(text, expected);
	free(text);
}

#define TITLES "HITS,TIME,\"A, \"\"B\"\"\",TAG\n"

static void csv_has_titles_and_unscaled_values(void **state)
{
	(void)state;
	expect(ROWS_CSV, false, "fib", 0, TITLES "1,2048,,fib\n");
	/* of two columns of one title the second has another */
	expect(ROWS_CSV, true, "fib", 0, "HITS,TIME,TIME 2,\"A, \"\"B\"\"\",TAG\n1,2048,2048,,fib\n");
}

static void csv_says_when_the_sample_was(void **state)
{
	(void)state;
	expect(ROWS_CSV, false, "fib", T0, "SAMPLE," TITLES "1700000000000000000,1,2048,,fib\n");
}

static void csv_quotes_as_rfc_4180(void **state)
{
	(void)state;
	expect(ROWS_CSV, false, "a,b", 0, TITLES "1,2048,,\"a,b\"\n");
	expect(ROWS_CSV, false, "say \\\"a\\\"", 0, TITLES "1,2048,,\"say \"\"a\"\"\"\n");
	expect(ROWS_CSV, false, "a b", 0, TITLES "1,2048,,a b\n");
	expect(ROWS_CSV, false, " a", 0, TITLES "1,2048,,\" a\"\n");
}

/* No name makes a second line, or reaches the terminal as more than text. */
static void csv_rows_are_one_line(void **state)
{
	(void)state;
	expect(ROWS_CSV, false, "a\\nb", 0, TITLES "1,2048,,a\\nb\n");
	expect(ROWS_CSV, false, "\\u001b[2J", 0, TITLES "1,2048,,\\x1b[2J\n");
}

static void csv_names_are_no_formulas(void **state)
{
	(void)state;
	expect(ROWS_CSV, false, "=1+1", 0, TITLES "1,2048,,'=1+1\n");
	expect(ROWS_CSV, false, "+1", 0, TITLES "1,2048,,'+1\n");
	expect(ROWS_CSV, false, "-bash", 0, TITLES "1,2048,,'-bash\n");
	expect(ROWS_CSV, false, "@sum(1)", 0, TITLES "1,2048,,'@sum(1)\n");
	expect(ROWS_CSV, false, "=a,b", 0, TITLES "1,2048,,\"'=a,b\"\n");
	/* so that the first one can be taken away again from any */
	expect(ROWS_CSV, false, "'a", 0, TITLES "1,2048,,''a\n");
	expect(ROWS_CSV, false, "a=1", 0, TITLES "1,2048,,a=1\n");
}

static void json_is_an_object_a_line(void **state)
{
	(void)state;
	expect(ROWS_JSON, true, "a\\\"b\\n", 0,
	       "{\"HITS\": 1, \"TIME\": 2048, \"TIME 2\": 2048, \"A, \\\"B\\\"\": null, \"TAG\": \"a\\\"b\\u000a\"}\n");
	expect(ROWS_JSON, false, "=a", T0, "{\"HITS\": 1, \"TIME\": 2048, \"A, \\\"B\\\"\": null, \"TAG\": \"=a\"}\n");
}

/* As csysdig --raw has it: ten cells for a number, a blank behind each value. 2048 ns is 2.04us, cut. */
static void text_is_as_raw(void **state)
{
	(void)state;
	expect(ROWS_TEXT, false, "a\\nb", 0, "         1     2.04us - a\\nb \n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_has_titles_and_unscaled_values),
		cmocka_unit_test(csv_says_when_the_sample_was),
		cmocka_unit_test(csv_quotes_as_rfc_4180),
		cmocka_unit_test(csv_rows_are_one_line),
		cmocka_unit_test(csv_names_are_no_formulas),
		cmocka_unit_test(json_is_an_object_a_line),
		cmocka_unit_test(text_is_as_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
