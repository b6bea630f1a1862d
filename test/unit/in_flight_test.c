/* What is in flight: of captures the enters without exits, as sysdig lists them; live what the source tells. Expected
 * values are differences of the times that each test feeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/engine/in_flight.h"
#include "src/engine/span.h"
#include "test/unit/query_helpers.h"
#undef MS
#include "test/unit/scap_feed.h"

#define MSEC 1000000ull

/* ---- a live source ---- */

struct fake {
	struct source source;
	struct pending_call calls[8];
	size_t count;
	int error;
};

static int calls_in_flight(struct source *source, void (*take)(void *context, const struct pending_call *call),
			   void *context)
{
	struct fake *fake = (struct fake *)source;

	for (size_t i = 0; i < fake->count; i++)
		take(context, &fake->calls[i]);
	return fake->error;
}

static int describe(struct source *source, uint32_t pid, int32_t num, struct fd *description, char *name, size_t size)
{
	(void)source;
	if (pid != 10 || num != 7)
		return -EBADF;
	memset(description, 0, sizeof(*description));
	description->num = num;
	description->type = FD_PIPE;
	description->inode = 55;
	snprintf(name, size, "pipe:[55]");
	return 0;
}

static const struct source_operations operations = { .calls_in_flight = calls_in_flight, .describe_fd = describe };

static const uint64_t no_args[6];

static struct pending_call *add(struct fake *fake, uint32_t tid, const char *call, uint64_t since, const uint64_t *args)
{
	struct pending_call *pending = &fake->calls[fake->count++];

	*pending = (struct pending_call){
		.tid = tid, .pid = 10, .since = T0 + since, .time = T0 + 100 * MSEC, .is_exact = true,
		.call = (uint16_t)call_number(call), .fd = -1, .args = args, .comm = "worker\0\0\0\0\0\0\0\0\0",
	};
	return pending;
}

static struct query *view_with(struct engine *engine, const char *filter)
{
	struct query_spec spec = { .view = view_find("in_flight"), .filters = &filter, .nfilters = filter ? 1 : 0 };

	return query_of(engine, &spec);
}

static void finish(struct query *query, struct engine *engine)
{
	query_free(query);
	engine_free(engine);
}

static void test_live_calls(void **state)
{
	static const uint64_t read_args[6] = { 7, 0x1000, 80 }, sleep_args[6];
	static const char *const elapsed[] = { ">90ms", "40ms" };
	struct fake fake = { .source = { &operations } };
	struct engine *engine = engine_of(8 << 20);
	struct query *query = view_with(engine, NULL);

	(void)state;
	add(&fake, 11, "nanosleep", 60 * MSEC, sleep_args);
	add(&fake, 12, "read", 10 * MSEC, read_args)->is_exact = false;
	assert_int_equal(query_rows(query), 0);
	assert_int_equal(query_sample(query, &fake.source, T0 + 100 * MSEC), 0);
	expect_order(query, "ELAPSED", 2, elapsed);
	expect_cell(query, 0, "KIND", "call");
	expect_cell(query, 0, "WAIT", "pipe");
	expect_cell(query, 0, "EXACT", "false");
	expect_cell(query, 0, "TID", "12");
	expect_cell(query, 0, "PID", "10");
	expect_cell(query, 0, "PROCESS", "worker");
	expect_cell(query, 0, "CALL", "read");
	expect_cell(query, 0, "FD", "7");
	expect_cell(query, 0, "NAME", "pipe:[55]");
	expect_cell(query, 1, "WAIT", "sleep");
	expect_cell(query, 1, "EXACT", "true");
	expect_cell(query, 1, "FD", "-");
	finish(query, engine);
}

/* A sample takes the place of the last; who stays keeps its identity, though its call is another. */
static void test_next_sample(void **state)
{
	struct fake fake = { .source = { &operations } };
	struct engine *engine = engine_of(8 << 20);
	struct query *query = view_with(engine, NULL);
	uint64_t id;

	(void)state;
	add(&fake, 11, "nanosleep", 60 * MSEC, no_args);
	add(&fake, 12, "pause", 10 * MSEC, no_args);
	query_sample(query, &fake.source, T0 + 100 * MSEC);
	id = query_row(query, 1)->id;
	fake.count = 0;
	add(&fake, 11, "futex", 20 * MSEC, no_args);
	query_sample(query, &fake.source, T0 + 100 * MSEC);
	assert_int_equal(query_rows(query), 1);
	assert_int_equal(query_find_row(query, id), 0);
	expect_cell(query, 0, "WAIT", "lock");
	assert_int_equal(query_matched(query), 1);
	fake.count = 0;
	query_sample(query, &fake.source, T0 + 100 * MSEC);
	assert_int_equal(query_rows(query), 0);
	finish(query, engine);
}

static size_t matching(const char *filter)
{
	static const uint64_t args[6] = { 7 };
	struct fake fake = { .source = { &operations } };
	struct engine *engine = engine_of(8 << 20);
	struct query *query = view_with(engine, filter);
	size_t rows;

	marker(engine, 13, 50 * MSEC, ">:1:job:n=1:");
	add(&fake, 11, "nanosleep", 60 * MSEC, no_args);
	add(&fake, 12, "read", 10 * MSEC, args);
	add(&fake, 14, "write", 90 * MSEC, args)->in_disk_wait = true;
	add(&fake, 15, "write", 90 * MSEC, args)->runs = true;
	query_sample(query, &fake.source, T0 + 100 * MSEC);
	rows = query_rows(query);
	finish(query, engine);
	return rows;
}

static void test_filters(void **state)
{
	(void)state;
	assert_int_equal(matching(NULL), 5);
	assert_int_equal(matching("proc.name=worker"), 4);
	assert_int_equal(matching("fd.name contains pipe"), 3);
	assert_int_equal(matching("evt.type=nanosleep"), 1);
	assert_int_equal(matching("evt.latency>=50ms"), 2);
	assert_int_equal(matching("evt.pending=span"), 1);
	assert_int_equal(matching("evt.pending.wait=disk"), 1);
	assert_int_equal(matching("evt.pending.wait=cpu"), 1);
	assert_int_equal(matching("evt.pending.exact=true and evt.pending=call"), 4);
	assert_int_equal(matching("span.tags=job"), 1);
	assert_int_equal(matching("thread.tid=12"), 1);
}

/* Drilling down leads to the thread, of a span into the span. */
static void test_rows_lead_somewhere(void **state)
{
	struct fake fake = { .source = { &operations } };
	struct engine *engine = engine_of(8 << 20);
	struct query *query = view_with(engine, NULL);
	const struct query_row *row;
	char filter[64];

	(void)state;
	marker(engine, 13, 50 * MSEC, ">:1:job:n=1:");
	add(&fake, 11, "nanosleep", 60 * MSEC, no_args);
	query_sample(query, &fake.source, T0 + 100 * MSEC);
	row = query_row(query, 0);
	assert_true(in_flight_is_span(row->id));
	assert_non_null(query_row_span(query, row));
	assert_int_equal(query_row_span(query, row)->enter_time, T0 + 50 * MSEC);
	expect_cell(query, 0, "ELAPSED", "50ms");
	expect_cell(query, 0, "ARGS", "job n=1");
	row = query_row(query, 1);
	assert_false(in_flight_is_span(row->id));
	assert_null(query_row_span(query, row));
	query_row_filter(query, row, filter, sizeof(filter));
	assert_string_equal(filter, "thread.tid=11");
	row = query_row(query, 0);
	marker(engine, 13, 70 * MSEC, "<:1:job::");
	assert_null(query_row_span(query, row));
	finish(query, engine);
}

/* Calls of the machine that were recorded are over; the source alone tells what is not. */
static void test_live_events_tell_nothing(void **state)
{
	struct fake fake = { .source = { &operations }, .error = -ENOSYS };
	struct engine *engine = engine_of(8 << 20);
	struct query *query = view_with(engine, NULL);

	(void)state;
	feed_call(engine, 10, 10, T0 + 1000, T0 + 2500, "getpid", 10, 0);
	query_update(query, 0);
	assert_int_equal(query_sample(query, &fake.source, T0 + 100 * MSEC), -ENOSYS);
	assert_int_equal(query_rows(query), 0);
	finish(query, engine);
}

/* Beyond some thousand rows the last one says how many spans there are besides: none is left out in silence. */
static void test_many_spans(void **state)
{
	struct engine *engine = engine_of(64 << 20);
	struct query *query = view_with(engine, NULL);
	size_t rows, column = column_of(query, "ARGS");
	unsigned long long more = 0;
	char text[64];

	(void)state;
	for (unsigned i = 0; i < 40000; i++) {
		snprintf(text, sizeof(text), ">:%u:job::", i);
		marker(engine, 13, i * 1000, text);
	}
	query_sample(query, NULL, T0 + 100 * MSEC);
	rows = query_rows(query);
	assert_true(rows > 2000 && rows < span_table_counts(engine_spans(engine)).open);
	query_cell_text(query, query_row(query, rows - 1), column, text, sizeof(text));
	assert_int_equal(sscanf(text, "(%llu more)", &more), 1);
	assert_int_equal(rows - 1 + more, span_table_counts(engine_spans(engine)).open);
	/* those that are shown are the longest */
	assert_ptr_equal(query_row_span(query, query_row(query, 0)), span_table_oldest(engine_spans(engine)));
	finish(query, engine);
}

/* ---- captures ---- */

static void take(void *context, const struct event *event)
{
	query_take(context, event);
}

/* Threads 11 and 12 of a capture: a read that returns and one that does not, a sleep; 13 ends in its call. */
static void fill(struct engine *engine)
{
	open_file(engine, 11, T0 + 1 * MSEC, "/etc/hosts", 3);
	scap(engine, 11, T0 + 2 * MSEC, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 80));
	scap(engine, 11, T0 + 3 * MSEC, SCAP_TYPE_SYSCALL_READ_X, text(i64(none(), 2), "x"));
	scap(engine, 12, T0 + 4 * MSEC, SCAP_TYPE_SYSCALL_NANOSLEEP_E, i64(none(), 1000));
	scap(engine, 13, T0 + 5 * MSEC, SCAP_TYPE_SYSCALL_NANOSLEEP_E, i64(none(), 1000));
	scap(engine, 11, T0 + 6 * MSEC, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 80));
	scap(engine, 13, T0 + 7 * MSEC, SCAP_TYPE_PROCEXIT_1_E, i64(none(), 0));
	/* a switch away from a thread is no end of its call */
	scap(engine, 12, T0 + 9 * MSEC, SCAP_TYPE_SCHEDSWITCH_6_E, i64(none(), 11));
}

static void expect_filled(struct query *query)
{
	assert_int_equal(query_sample(query, NULL, 0), 0);
	assert_int_equal(query_rows(query), 2);
	expect_cell(query, 0, "ELAPSED", "5.00ms");
	expect_cell(query, 0, "CALL", "nanosleep");
	expect_cell(query, 0, "WAIT", "sleep");
	expect_cell(query, 0, "TID", "12");
	expect_cell(query, 1, "ELAPSED", "3.00ms");
	expect_cell(query, 1, "CALL", "read");
	expect_cell(query, 1, "NAME", "/etc/hosts");
	expect_cell(query, 1, "TID", "11");
}

/* Read once, event by event, as output without a screen does. */
static void test_streamed_capture(void **state)
{
	struct engine_options options = { .memory = 8 << 20, .stream = true };
	struct engine *engine = engine_new(&options);
	struct query_spec spec = { .view = view_find("in_flight"), .streamed = true };
	struct query *query = query_of(engine, &spec);

	(void)state;
	assert_int_equal(engine_add_sink(engine, take, query), 0);
	section(engine);
	fill(engine);
	expect_filled(query);
	finish(query, engine);
}

/* From the recording, as the screen does; at any time, and again. */
static void test_recorded_capture(void **state)
{
	struct engine *engine = engine_of(8 << 20);
	struct query *query = view_with(engine, NULL);

	(void)state;
	section(engine);
	fill(engine);
	query_update(query, 0);
	expect_filled(query);
	query_clear(query);
	expect_filled(query);
	scap(engine, 12, T0 + 10 * MSEC, SCAP_TYPE_SYSCALL_NANOSLEEP_X, i64(none(), 0));
	query_update(query, 0);
	query_sample(query, NULL, 0);
	assert_int_equal(query_rows(query), 1);
	expect_cell(query, 0, "TID", "11");
	expect_cell(query, 0, "ELAPSED", "4.00ms");
	finish(query, engine);
}

/* Up to a time: what had not returned then. */
static void test_capture_up_to(void **state)
{
	struct engine *engine = engine_of(8 << 20);
	struct query *query = view_with(engine, NULL);

	(void)state;
	section(engine);
	marker(engine, 12, 4500000, ">:1:job::");
	marker(engine, 12, 4600000, ">:2:late::");
	marker(engine, 12, 4700000, "<:2:late::");
	fill(engine);
	marker(engine, 12, 8 * MSEC, "<:1:job::");
	query_set_time(query, T0 + 5 * MSEC, T0 + 6 * MSEC, false);
	query_update(query, 0);
	query_sample(query, NULL, 0);
	assert_int_equal(query_rows(query), 3);
	expect_cell(query, 0, "TID", "12");
	expect_cell(query, 1, "KIND", "span");
	expect_cell(query, 1, "ARGS", "job");
	expect_cell(query, 2, "TID", "13");
	assert_non_null(query_row_span(query, query_row(query, 1)));
	/* the rows are as of the window's end */
	expect_cell(query, 0, "ELAPSED", "1.99ms");
	expect_cell(query, 1, "ELAPSED", "1.49ms");
	finish(query, engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live_calls),
		cmocka_unit_test(test_next_sample),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_rows_lead_somewhere),
		cmocka_unit_test(test_live_events_tell_nothing),
		cmocka_unit_test(test_many_spans),
		cmocka_unit_test(test_streamed_capture),
		cmocka_unit_test(test_recorded_capture),
		cmocka_unit_test(test_capture_up_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
