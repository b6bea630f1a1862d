/* A recording replayed tells what the live one did: generic calls with result, descriptor and arguments, and spans with
 * what the kernel accounted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "scap_feed.h"
#include "src/engine/capture_sink.h"
#include "src/engine/capture_source.h"
#include "src/engine/field.h"
#include "src/engine/scap_extra.h"

#define NOW 1700000000000000000ull

struct recording_of {
	struct engine *live, *replayed;
	struct capture_sink *sink;
	struct field_context context;
	char path[64];
};

static void on_event(void *context, const struct event *event)
{
	struct recording_of *r = context;

	assert_true(capture_sink_event(r->sink, event, false));
}

static int setup(void **state)
{
	struct recording_of *r = calloc(1, sizeof(*r));
	struct capture_sink_options options = { .live = true };
	char error[8192];
	int fd;

	strcpy(r->path, "/tmp/scap_extra_test.XXXXXX");
	fd = mkstemp(r->path);
	assert_true(fd >= 0);
	close(fd);
	r->live = engine_new(&(struct engine_options){ .stream = true });
	r->sink = capture_sink_open(r->live, r->path, &options, error, sizeof(error));
	assert_non_null(r->sink);
	assert_int_equal(engine_add_sink(r->live, on_event, r), 0);
	feed_process(r->live, 100, 1, "app", "/bin/app", "", "/");
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct recording_of *r = *state;

	field_context_fini(&r->context);
	engine_free(r->live);
	engine_free(r->replayed);
	unlink(r->path);
	free(r);
	return 0;
}

/* Ends the file and reads it. */
static void replay(struct recording_of *r)
{
	char error[8192];
	struct source *source;
	int taken;

	assert_true(capture_sink_close(r->sink, error, sizeof(error)));
	r->replayed = engine_new(NULL);
	source = capture_source_open(r->path, error, sizeof(error));
	assert_non_null(source);
	do
		taken = engine_pump(r->replayed, source, 1000);
	while (taken > 0);
	assert_int_equal(taken, -ENODATA);
	assert_string_equal(capture_source_damage(source), "");
	source->operations->close(source);
	r->context.engine = r->replayed;
}

static struct value value_of(struct recording_of *r, const struct event *event, const char *name)
{
	static struct field field;
	const char *reason = NULL;
	struct value value;
	size_t at;

	assert_true(field_parse_word(name, strlen(name), &field, &reason, &at) >= 0);
	if (!field_value(&field, event, &r->context, &value))
		value.type = VALUE_NONE;
	field_fini(&field);
	return value;
}

static void expect_text(struct recording_of *r, const struct event *event, const char *name, const char *expected)
{
	struct value value = value_of(r, event, name);

	assert_int_equal(value.type, VALUE_TEXT);
	assert_int_equal(value.size, strlen(expected));
	assert_memory_equal(value.text, expected, value.size);
}

static void expect_number(struct recording_of *r, const struct event *event, const char *name, uint64_t expected)
{
	struct value value = value_of(r, event, name);

	assert_int_not_equal(value.type, VALUE_NONE);
	assert_int_equal(value.u, expected);
}

static void expect_none(struct recording_of *r, const struct event *event, const char *name)
{
	assert_int_equal(value_of(r, event, name).type, VALUE_NONE);
}

static void stat_of(struct recording_of *r, int64_t result, uint64_t directory, int32_t fd, const char *path)
{
	struct feed_payload payload = { .size = 0 };
	uint64_t args[6] = { directory, 0x1000, 0x2000, 0 };
	struct input input;

	feed_item(&payload, RECORD_ITEM_PATH, 1, path, strlen(path));
	input = feed_call_input(100, 100, NOW + 1000, NOW + 3000, "newfstatat", result, fd, args, &payload);
	feed(r->live, NULL, &input);
}

static void test_generic_call(void **state)
{
	struct recording_of *r = *state;
	const struct event *exit;

	stat_of(r, -ENOENT, (uint64_t)-100, -1, "/no\033where");
	replay(r);
	exit = event_of(r->replayed, 2);
	assert_int_equal(exit->call, SCAP_TYPE_GENERIC_X);
	expect_text(r, exit, "evt.name", "newfstatat");
	expect_text(r, exit, "evt.res", "ENOENT");
	expect_number(r, exit, "evt.rawres", (uint64_t)-ENOENT);
	expect_number(r, exit, "evt.failed", 1);
	expect_number(r, exit, "evt.count.error", 1);
	expect_number(r, exit, "evt.latency", 2000);
	expect_text(r, exit, "evt.args", ""); /* as sysdig prints it */
	expect_text(r, exit, "evt.text", "path=/no\\x1bwhere flags=0");
}

static void test_descriptor_of_generic_call(void **state)
{
	struct recording_of *r = *state;
	const struct event *exit;

	feed_descriptor(r->live, 100, 7, FD_DIRECTORY, "/srv");
	stat_of(r, 0, 7, 7, "x");
	replay(r);
	exit = event_of(r->replayed, 2);
	assert_non_null(exit->fd);
	assert_string_equal(exit->fd->name->text, "/srv");
	expect_text(r, exit, "evt.res", "SUCCESS");
	expect_number(r, exit, "evt.failed", 0);
}

/* sysdig 0.29.3 knows no rseq: it is written with the id 0. */
static void test_name_that_sysdig_does_not_know(void **state)
{
	struct recording_of *r = *state;

	feed_call(r->live, 100, 100, NOW, NOW + 1000, "rseq", -EINVAL, -1);
	replay(r);
	assert_int_equal(event_param_uint(event_of(r->replayed, 2), 0), 0);
	expect_text(r, event_of(r->replayed, 2), "evt.type", "<unknown>");
	expect_text(r, event_of(r->replayed, 2), "evt.name", "rseq");
	expect_text(r, event_of(r->replayed, 2), "evt.res", "EINVAL");
}

static void test_result_of_types_without_parameters(void **state)
{
	struct recording_of *r = *state;

	feed_call(r->live, 100, 100, NOW, NOW + 1000, "getsockname", -ENOTSOCK, 3);
	feed_call(r->live, 100, 100, NOW + 2000, NOW + 3000, "sendmmsg", 2, 3);
	replay(r);
	assert_int_equal(event_of(r->replayed, 2)->call, SCAP_TYPE_SOCKET_GETSOCKNAME_X);
	expect_text(r, event_of(r->replayed, 2), "evt.res", "ENOTSOCK");
	assert_int_equal(event_of(r->replayed, 4)->call, SCAP_TYPE_SOCKET_SENDMMSG_X);
	expect_number(r, event_of(r->replayed, 4), "evt.rawres", 2);
}

static void test_call_that_does_not_return(void **state)
{
	struct recording_of *r = *state;
	uint64_t args[6] = { 3 };
	struct input input = feed_call_input(100, 100, NOW, NOW, "exit_group", 0, -1, args, NULL);

	input.call.flags = EVENT_NO_RETURN;
	feed(r->live, NULL, &input);
	replay(r);
	assert_int_equal(engine_counts(r->replayed)->events, 1);
	assert_true(event_of(r->replayed, 1)->flags & EVENT_NO_RETURN);
	expect_text(r, event_of(r->replayed, 1), "evt.name", "exit_group");
	expect_text(r, event_of(r->replayed, 1), "evt.text", "status=3");
	expect_none(r, event_of(r->replayed, 1), "evt.res");
}

static void test_account_of_span(void **state)
{
	static const struct span_account then = { 1000000, 50000, 10, 100, 1 }, now = { 1300000, 70000, 13, 104, 2 };
	struct recording_of *r = *state;
	const struct event *exit;

	feed_marker_of(r->live, 100, 100, 1, NULL, &then, NOW, ">:t:a::");
	feed_marker_of(r->live, 100, 100, 1, NULL, &then, NOW, ">:t:b::");
	feed_marker_of(r->live, 100, 100, 1, NULL, NULL, NOW + 900000, "<:t:b::");
	feed_marker_of(r->live, 100, 100, 1, NULL, &now, NOW + 1000000, "<:t:a::");
	replay(r);
	exit = event_of(r->replayed, 4);
	assert_int_equal(exit->type, EVENT_SPAN_EXIT);
	expect_number(r, exit, "span.duration", 1000000);
	expect_number(r, exit, "span.cpu", 300000);
	expect_number(r, exit, "span.queue", 20000);
	expect_number(r, exit, "span.switches", 3);
	expect_number(r, exit, "span.faults", 5);
	/* what was not known is not made up */
	expect_none(r, event_of(r->replayed, 3), "span.cpu");
}

/* Its exit would be taken for that of the write before: an enter stands between them. */
static void test_marker_after_a_write(void **state)
{
	struct recording_of *r = *state;
	uint64_t args[6] = { 5, 0x1000, 3 };
	struct feed_payload payload = { .size = 0 };
	struct input input;

	feed_descriptor(r->live, 100, 5, FD_FILE, "/tmp/log");
	feed_item(&payload, RECORD_ITEM_IN, 1, "abc", 3);
	input = feed_call_input(100, 100, NOW, NOW + 1000, "write", 3, 5, args, &payload);
	feed(r->live, NULL, &input);
	feed_marker(r->live, 100, 100, NOW + 2000, ">:t:a::");
	feed_marker(r->live, 100, 100, NOW + 3000, "<:t:a::");
	replay(r);
	assert_int_equal(engine_counts(r->replayed)->markers, 2);
	assert_int_equal(event_of(r->replayed, 3)->call, SCAP_TYPE_SYSCALL_WRITE_E);
	assert_null(event_of(r->replayed, 3)->fd);
	assert_int_equal(event_of(r->replayed, 4)->type, EVENT_SPAN_ENTER);
	assert_int_equal(event_of(r->replayed, 5)->type, EVENT_SPAN_EXIT);
}

/* Of others, cut, or of a later kind: none of them is ours. */
static void test_foreign_parameters(void **state)
{
	static const char *const texts[] = { "", "spantop", "spantop\3aaaaaaaaaaaaaaaaaaaaaaaaa", "0123456789012345678901234567" };
	uint8_t ours[24] = "spantop\1";
	struct scap_extra extra;
	struct engine *engine = world();
	uint16_t id = 5, native = 262;
	uint64_t num = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		scap(engine, 100, NOW, SCAP_TYPE_GENERIC_X,
		     bytes(bytes(bytes(none(), &id, 2), &native, 2), texts[i], strlen(texts[i])));
		assert_int_equal(event_of(engine, ++num)->result, 0);
		assert_false(scap_extra_of(event_of(engine, num), &extra));
	}
	/* a number that no call has, a flag that there is not, a descriptor below -1 */
	assert_true(scap_extra_read(ours, sizeof(ours), &extra));
	assert_false(scap_extra_read(ours, sizeof(ours) - 1, &extra));
	ours[9] = 0xff;
	assert_false(scap_extra_read(ours, sizeof(ours), &extra));
	ours[9] = 0;
	ours[10] = 0x80;
	assert_false(scap_extra_read(ours, sizeof(ours), &extra));
	ours[10] = 0;
	memset(ours + 12, 0x80, 4);
	assert_false(scap_extra_read(ours, sizeof(ours), &extra));
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_generic_call, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptor_of_generic_call, setup, teardown),
		cmocka_unit_test_setup_teardown(test_name_that_sysdig_does_not_know, setup, teardown),
		cmocka_unit_test_setup_teardown(test_result_of_types_without_parameters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_call_that_does_not_return, setup, teardown),
		cmocka_unit_test_setup_teardown(test_account_of_span, setup, teardown),
		cmocka_unit_test_setup_teardown(test_marker_after_a_write, setup, teardown),
		cmocka_unit_test(test_foreign_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
