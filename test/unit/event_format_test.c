/* Output formats. What is expected is what sysdig 0.29.3 prints for the same values, but where a comment says otherwise. */
#include "src/engine/event_format.h"
#include "src/engine/event_summary.h"
#include "src/engine/scap_event.h"
#include "test/unit/field_world.h"

static struct event_format *format_of(const char *text)
{
	struct filter_error error;
	struct event_format *format = event_format_new(text, &error);

	if (!format)
		fail_msg("%s: %s", text, error.text);
	return format;
}

/* expected NULL: nothing is printed. */
static void expect_line(struct world *world, const char *text, const char *expected)
{
	struct event_format *format = format_of(text);
	const char *line;
	size_t size;

	if (event_format_text(format, &world->made.event, &world->context, &line, &size)) {
		if (!expected || size != strlen(expected) || memcmp(line, expected, size))
			fail_msg("%s prints '%.*s', not '%s'", text, (int)size, line, expected);
	} else if (expected) {
		fail_msg("%s prints nothing", text);
	}
	event_format_free(format);
}

static void expect_json(struct world *world, const char *text, const char *expected)
{
	struct event_format *format = format_of(text);
	const char *line;
	size_t size;

	if (event_format_json(format, &world->made.event, &world->context, &line, &size)) {
		if (!expected || size != strlen(expected) || memcmp(line, expected, size))
			fail_msg("%s gives %.*s, not %s", text, (int)size, line, expected);
	} else if (expected) {
		fail_msg("%s gives nothing", text);
	}
	event_format_free(format);
}

static void expect_error(const char *text, size_t position, const char *words)
{
	struct filter_error error;

	assert_null(event_format_new(text, &error));
	assert_int_equal(error.position, position);
	if (!strstr(error.text, words))
		fail_msg("%s: '%s' does not say '%s'", text, error.text, words);
}

static void make_close(struct world *world)
{
	static const unsigned char payload[] = { 8, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct event *event = make(world, EVENT_SCAP, NULL, 0, payload, sizeof(payload));

	event->call = SCAP_TYPE_SYSCALL_CLOSE_X;
	event->items = 1;
	event->enter_time = START - 900;
}

static void lines_are_literals_and_values(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_line(world, "abc", "abc");
	expect_line(world, "%evt.num", "42");
	expect_line(world, "a%evt.num|%proc.name.", "a42|curl.");
	expect_line(world, "%evt.dir %evt.type %evt.cpu", "< close 3");
	expect_line(world, "%evt.rawtime %evt.rawtime.s", "1700000000000001000 1700000000");
	expect_line(world, "%evt.time %evt.datetime.s", "22:13:20.000001000 2023-11-14 22:13:20");
	expect_line(world, "*", "");
}

static void fractions_have_nine_digits(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_line(world, "%evt.rawtime.ns %evt.latency.ns %evt.latency %evt.latency.s", "000001000 000000900 900 0");
	world->made.event.time = START - 1000 + 123456789;
	expect_line(world, "%evt.rawtime.ns", "123456789");
	expect_json(world, "%evt.rawtime.ns", "{\"evt.rawtime.ns\":123456789}");
	world->made.event.time = START - 1000;
	expect_line(world, "%evt.rawtime.ns", "000000000");
	expect_json(world, "%evt.rawtime.ns", "{\"evt.rawtime.ns\":0}");
}

static void widths_cut_and_fill(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_line(world, "%5evt.num|", "42   |");
	expect_line(world, "%1evt.num|", "4|");
	expect_line(world, "%2proc.name|%20proc.name|", "cu|curl                |");
	expect_line(world, "%0evt.num|", "42|");
	expect_line(world, "*%10evt.buffer|", "<NA>      |");
}

static void names_end_where_the_longest_known_does(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_line(world, "%evt.numx", "42x");
	expect_line(world, "%evt.num_%evt.num.x", "42_42.x");
	expect_line(world, "%thread.tid_%evt.cpu", "200_3");
	expect_line(world, "*%evt.arg.resx %evt.arg.res,", "0x 0,");
	expect_line(world, "%evt.arg[0]x", "0x");
	/* sysdig looks for an argument of the name "ret end" */
	expect_line(world, "*%span.arg.ret end", "<NA> end");
}

static void a_missing_value_hides_the_line(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_line(world, "%evt.num %evt.buffer", NULL);
	expect_line(world, "*%evt.num %evt.buffer", "42 <NA>");
	expect_json(world, "%evt.num %evt.buffer", NULL);
	expect_json(world, "*%evt.num %evt.buffer", "{\"evt.buffer\":null,\"evt.num\":42}");
}

/* Eleven bytes read, one of them a zero. */
static void make_read(struct world *world)
{
	static const char payload[] = "\x08\0\x0b\0" "\x0b\0\0\0\0\0\0\0" "\x7f" "ELF\0x\"y\n12";
	struct event *event = make(world, EVENT_SCAP, NULL, 0, payload, sizeof(payload) - 1);

	event->call = SCAP_TYPE_SYSCALL_READ_X;
	event->items = 2;
}

static void buffers_have_the_style_asked_for(void **state)
{
	struct field_settings settings = field_settings_default;
	struct world *world = *state;

	world->context.settings = &settings;
	make_read(world);
	expect_line(world, "%evt.buffer|%3evt.buffer|", ".ELF.x\"y.12|.EL|");
	expect_json(world, "%evt.buffer", "{\"evt.buffer\":\".ELF.x\\\"y.12\"}");
	settings.buffer_style = BUFFER_BASE64;
	expect_line(world, "%evt.buffer", "f0VMRgB4InkKMTI=");
	settings.buffer_style = BUFFER_HEX;
	expect_line(world, "%evt.buffer|", "\n\t0x0000: 7f45 4c46 0078 2279 0a31 32\n|");
	/* raw, it ends at the first zero */
	expect_line(world, "%evt.rawarg.data", "\177ELF");
}

static void devices_are_hexadecimal(void **state)
{
	struct world *world = *state;

	make_close(world);
	world->fd.dev = 8 << 20 | 1;
	world->made.event.fd = &world->fd;
	expect_line(world, "%fd.dev", "801");
	expect_json(world, "%fd.dev", "{\"fd.dev\":\"801\"}");
}

static void json_keys_are_sorted_and_numbers_are_plain(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_json(world, "%proc.name x %5evt.num %evt.num %evt.type %evt.failed %evt.is_io",
		    "{\"evt.failed\":false,\"evt.is_io\":false,\"evt.num\":42,\"evt.type\":\"close\",\"proc.name\":\"curl\"}");
	expect_json(world, "%evt.time %evt.datetime %evt.time.s",
		    "{\"evt.datetime\":1700000000000001000,\"evt.time\":1700000000000001000,"
		    "\"evt.time.s\":1700000000000001000}");
	expect_json(world, "%evt.arg[0] %evt.arg.res", "{\"evt.arg.res\":\"0\",\"evt.arg[0]\":\"0\"}");
	expect_json(world, "nothing", "{}");
}

static void expect_name(struct world *world, const char *name, const char *json)
{
	char expected[256];

	world->program.name = intern(world, name);
	snprintf(expected, sizeof(expected), "{\"proc.name\":%s}", json);
	expect_json(world, "%proc.name", expected);
}

static void json_text_is_ascii(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_name(world, "q\"\\/", "\"q\\\"\\\\/\"");
	expect_name(world, "\a\b\t\n\v\f\r\033", "\"\\u0007\\b\\t\\n\\u000b\\f\\r\\u001b\"");
	expect_name(world, "~\177y", "\"~\177y\"");
	expect_name(world, "/\xc3\xa4", "\"/\\u00e4\"");
	expect_name(world, "/\xe2\x82\xac", "\"/\\u20ac\"");
	expect_name(world, "/\xf0\x9f\x98\x80", "\"/\\ud83d\\ude00\"");
}

static void json_takes_broken_utf8_as_sysdig_does(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_name(world, "/\xc0\x80", "\"/\\ufffd\"");
	expect_name(world, "/\xed\xa0\x80", "\"/\\ufffd\"");
	expect_name(world, "/\xf4\x90\x80\x80", "\"/\\ud800\\udc00\"");
	expect_name(world, "/\xe2\x82", "\"/\\ufffd\\ufffd\"");
	expect_name(world, "/\xe2\x82x", "\"/\\u20b8\"");
	expect_name(world, "/\xf0\x9f\x98", "\"/\\ufffd\\u07d8\"");
	expect_name(world, "/\xf0\x9fx", "\"/\\ufffd\\u07f8\"");
	expect_name(world, "/\xc3", "\"/\\ufffd\"");
	expect_name(world, "/\x80" "a", "\"/\\ufffd\"");
	expect_name(world, "/\xe2x", "\"/\\ufffdx\"");
	expect_name(world, "/\xf8\x88\x80\x80\x80", "\"/\\ufffd\\u0200\\ufffd\"");
	expect_name(world, "/\xc3x", "\"/\\u00f8\"");
	expect_name(world, "/\xef\xbf\xbf", "\"/\\uffff\"");
	expect_name(world, "/\xf0\x80\x80\x80", "\"/\\ufffd\"");
}

static void faults_have_a_place(void **state)
{
	(void)state;
	expect_error("", 0, "empty");
	expect_error("%", 1, "expected after %");
	expect_error("x % evt.num", 3, "expected after %");
	expect_error("x %evt.bogus", 3, "evt.bogus");
	expect_error("%-20proc.name", 1, "expected after %");
	expect_error("%poc.name", 1, "did you mean proc.name?");
	expect_error("ab%fd.ip", 3, "filters only");
	expect_error("%evt.arg", 1, "index");
	expect_error("%99999999999evt.num", 1, "width");
	/* sysdig refuses the formats that begin so */
	event_format_free(format_of("%%%evt.num"));
}

static void a_doubled_percent_is_one(void **state)
{
	struct world *world = *state;

	make_close(world);
	expect_line(world, "100%% %evt.num%%", "100% 42%");
}

static void add(struct event_summary *summary, struct world *world, unsigned type, unsigned times)
{
	make_close(world);
	world->made.event.call = type;
	while (times--)
		event_summary_add(summary, &world->made.event);
}

/* The counts of a small capture, in the order in which sysdig -S tells them. */
static void summary_has_sysdigs_order(void **state)
{
	static const char *const expected[] = { "> socket", "< socket", "> connect", "< connect", "> bind", "< bind",
						"> read", "< read", "< write", "< accept", "> listen", "> write",
						"< listen", "> accept" };
	static const unsigned counts[] = { 4, 4, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1 };
	struct event_summary *summary = event_summary_new();
	struct event_summary_row rows[32];
	struct world *world = *state;

	for (unsigned type = SCAP_TYPE_SOCKET_SOCKET_E; type <= SCAP_TYPE_SOCKET_SOCKET_X; type++)
		add(summary, world, type, 4);
	for (unsigned type = SCAP_TYPE_SOCKET_CONNECT_E; type <= SCAP_TYPE_SOCKET_CONNECT_X; type++)
		add(summary, world, type, 3);
	for (unsigned type = SCAP_TYPE_SOCKET_BIND_E; type <= SCAP_TYPE_SOCKET_BIND_X; type++)
		add(summary, world, type, 2);
	for (unsigned exit = 0; exit < 2; exit++) {
		add(summary, world, SCAP_TYPE_SYSCALL_READ_E + exit, 2);
		add(summary, world, SCAP_TYPE_SYSCALL_WRITE_E + exit, 1);
		add(summary, world, SCAP_TYPE_SOCKET_LISTEN_E + exit, 1);
		add(summary, world, SCAP_TYPE_SOCKET_ACCEPT_5_E + exit, 1);
	}
	/* the most frequent of that capture; without it others would tie elsewhere */
	add(summary, world, SCAP_TYPE_PROCINFO_E, 1700);
	assert_int_equal(event_summary_rows(summary, rows, 32), 15);
	assert_string_equal(rows[0].name, "procinfo");
	assert_int_equal(rows[0].count, 1700);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		assert_int_equal(rows[i + 1].direction, expected[i][0]);
		assert_string_equal(rows[i + 1].name, expected[i] + 2);
		assert_int_equal(rows[i + 1].count, counts[i]);
	}
	assert_int_equal(event_summary_rows(summary, rows, 3), 3);
	event_summary_free(summary);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_literals_and_values, setup, teardown),
		cmocka_unit_test_setup_teardown(fractions_have_nine_digits, setup, teardown),
		cmocka_unit_test_setup_teardown(widths_cut_and_fill, setup, teardown),
		cmocka_unit_test_setup_teardown(names_end_where_the_longest_known_does, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_value_hides_the_line, setup, teardown),
		cmocka_unit_test_setup_teardown(buffers_have_the_style_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(devices_are_hexadecimal, setup, teardown),
		cmocka_unit_test_setup_teardown(json_keys_are_sorted_and_numbers_are_plain, setup, teardown),
		cmocka_unit_test_setup_teardown(json_text_is_ascii, setup, teardown),
		cmocka_unit_test_setup_teardown(json_takes_broken_utf8_as_sysdig_does, setup, teardown),
		cmocka_unit_test_setup_teardown(faults_have_a_place, setup, teardown),
		cmocka_unit_test_setup_teardown(a_doubled_percent_is_one, setup, teardown),
		cmocka_unit_test_setup_teardown(summary_has_sysdigs_order, setup, teardown),
	};

	return cmocka_run_group_tests(tests, utc, NULL);
}
