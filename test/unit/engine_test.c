/* Ingest: what inputs become in the recording, the state and the span table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "src/engine/string_pool.h"
#include "test/unit/feed.h"

static int set_up(void **data)
{
	struct engine_options options = { .memory = (size_t)1 << 20 };

	*data = engine_new(&options);
	return !*data;
}

static int tear_down(void **data)
{
	engine_free(*data);
	return 0;
}

static const char *span_text(const struct event *event)
{
	static char text[256];

	span_tags_text(event->span, text, sizeof(text));
	return text;
}

static void test_numbers(void **data)
{
	struct engine *engine = *data;
	const struct event *event;

	feed_marker(engine, 10, 10, 1000, ">:t:a::");              /* 1 */
	feed_call(engine, 10, 10, 1100, 1500, "getpid", 10, -1);   /* 2 and 3 */
	feed_fork(engine, 10, 10, 1600, 20, 20);                   /* 4 */
	feed_call(engine, 20, 20, 1700, 1800, "getpid", 20, -1);   /* 5 and 6 */
	feed_marker(engine, 10, 10, 2000, "<:t:a::");              /* 7 */
	assert_int_equal(engine_counts(engine)->events, 7);
	assert_int_equal(engine_counts(engine)->inputs, 5);
	assert_int_equal(engine_counts(engine)->calls, 2);
	assert_int_equal(engine_counts(engine)->markers, 2);
	assert_int_equal(engine_counts(engine)->first_time, 1000);
	assert_int_equal(engine_counts(engine)->last_time, 2000);

	event = feed_find(engine, 1);
	assert_int_equal(event->type, EVENT_SPAN_ENTER);
	assert_string_equal(span_text(event), "a");
	assert_int_equal(event->time, 1000);
	assert_int_equal(event->thread->tid, 10);
	event = feed_find(engine, 3);
	assert_int_equal(event->type, EVENT_CALL);
	assert_int_equal(event->num, 3);
	assert_ptr_equal(feed_find(engine, 2), event);
	assert_int_equal(event_latency(event), 400);
	assert_int_equal(event->result, 10);
	assert_ptr_equal(event->span, feed_find(engine, 1)->span);
	event = feed_find(engine, 4);
	assert_int_equal(event->type, EVENT_FORK);
	assert_int_equal(event->result, 20);
	assert_ptr_equal(event->span, feed_find(engine, 1)->span);
	/* the child has no span of its own */
	assert_null(feed_find(engine, 6)->span);
	event = feed_find(engine, 7);
	assert_int_equal(event->type, EVENT_SPAN_EXIT);
	assert_ptr_equal(event->span, feed_find(engine, 1)->span);
	assert_int_equal(span_duration(event->span, 0), 1000);
	assert_null(feed_find(engine, 8));
}

static void test_call_details(void **data)
{
	struct engine *engine = *data;
	uint64_t args[6] = { 1, 2, 3, 4, 5, 6 };
	struct feed_payload payload = { .size = 0 };
	struct input input;
	const struct event *event;
	size_t size, full;

	feed_item(&payload, RECORD_ITEM_IN, 1, "hello", 5);
	input = feed_call_input(10, 10, 100, 250, "write", 3, 1, args, &payload);
	input.cpu = 7;
	input.call.flags = EVENT_CUT;
	feed(engine, NULL, &input);
	event = feed_last(engine, LANE_MASK_CALLS);
	assert_int_equal(event->cpu, 7);
	assert_int_equal(event->call, call_number("write"));
	assert_int_equal(event->flags, EVENT_CUT);
	assert_int_equal(event->nargs, 3);
	assert_int_equal(event->items, 1);
	assert_int_equal(event->payload_size, 16);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(event_args(event)[i], i + 1);
	assert_memory_equal(event_item(event, 1, &size, &full), "hello", 5);
	assert_int_equal(size, 5);

	/* a call whose enter was not seen has no latency; one that does not return neither */
	feed_call(engine, 10, 10, 0, 300, "getpid", 1, -1);
	event = feed_last(engine, LANE_MASK_CALLS);
	assert_int_equal(event->flags, EVENT_NO_ENTER);
	assert_int_equal(event_latency(event), 0);
	input = feed_call_input(10, 10, 400, 400, "exit_group", 0, -1, args, NULL);
	input.call.flags = EVENT_NO_RETURN;
	feed(engine, NULL, &input);
	event = feed_last(engine, LANE_MASK_CALLS);
	assert_int_equal(event->flags, EVENT_NO_RETURN);
	assert_int_equal(event_latency(event), 0);
	/* clocks of two CPUs may differ: a latency is never negative */
	feed_call(engine, 10, 10, 600, 500, "getpid", 1, -1);
	assert_int_equal(event_latency(feed_last(engine, LANE_MASK_CALLS)), 0);
	/* a number that no table knows has all six arguments */
	input = feed_call_input(10, 10, 700, 800, "getpid", 0, -1, args, NULL);
	input.call.call = 9999;
	feed(engine, NULL, &input);
	event = feed_last(engine, LANE_MASK_CALLS);
	assert_int_equal(event->nargs, 6);
	assert_int_equal(event_args(event)[5], 6);
}

/* ---- markers ---- */

static void test_marker_of_process(void **data)
{
	struct engine *engine = *data;
	struct span_account enter = { .cpu_ns = 100, .switches = 1 }, exit = { .cpu_ns = 350, .switches = 4 };
	const struct event *event;

	feed_marker_of(engine, 11, 10, 7, "worker", &enter, 1000, ">:p:a:x=1:");
	event = feed_last(engine, LANE_MASK_SPANS);
	assert_string_equal(event->thread->name->text, "worker");
	assert_int_equal(event->thread->process->ppid, 7);
	assert_int_equal(event->thread->process->parent->pid, 7);
	assert_int_equal(event->span->id, 10);
	feed_marker_of(engine, 11, 10, 7, "renamed", &exit, 2000, "<:p:a::");
	event = feed_last(engine, LANE_MASK_SPANS);
	assert_string_equal(event->thread->name->text, "renamed");
	assert_true(event->span->has_account);
	assert_int_equal(event->span->account.cpu_ns, 250);
	assert_int_equal(event->span->account.switches, 3);
}

static void test_marker_in_pieces(void **data)
{
	struct engine *engine = *data;
	const struct event *event;

	feed_marker(engine, 10, 10, 1000, ">:t:tr");
	feed_marker(engine, 11, 10, 1001, ">:t:other::");
	feed_marker(engine, 10, 10, 1002, "unc:ar");
	feed_marker(engine, 10, 10, 1003, "g=1:");
	assert_int_equal(engine_counts(engine)->events, 2);
	event = feed_last(engine, LANE_MASK_SPANS);
	assert_string_equal(span_text(event), "trunc");
	assert_int_equal(event->time, 1003);
	assert_int_equal(event->span->enter_time, 1003);
	assert_int_equal(engine_counts(engine)->incomplete_markers, 0);

	/* a marker that begins gives up what is unfinished */
	feed_marker(engine, 10, 10, 2000, ">:t:never");
	feed_marker(engine, 10, 10, 2001, ">:t:next::");
	assert_string_equal(span_text(feed_last(engine, LANE_MASK_SPANS)), "next");
	assert_int_equal(engine_counts(engine)->incomplete_markers, 1);
	/* and so does time, one second by default */
	feed_marker(engine, 10, 10, 3000, ">:t:late:a=");
	feed_marker(engine, 10, 10, 1000003001u, "1:");
	assert_int_equal(engine_counts(engine)->incomplete_markers, 2);
	assert_int_equal(engine_counts(engine)->invalid_markers, 1);
	/* and the end of the thread */
	feed_marker(engine, 10, 10, 1000003002u, ">:t:cut");
	feed_exit(engine, 10, 10, 1000004000u, 0, true);
	assert_int_equal(engine_counts(engine)->incomplete_markers, 3);
}

/* Other output to /dev/null counts only where it continues an unfinished marker. */
static void test_loose_text(void **data)
{
	struct engine *engine = *data;
	struct input loose = feed_marker_input(10, 10, 1100, "c:n=1:");

	loose.marker.loose = true;
	feed(engine, NULL, &loose);
	assert_int_equal(engine_counts(engine)->events, 0);
	assert_int_equal(engine_counts(engine)->invalid_markers, 0);
	feed_marker(engine, 10, 10, 1200, ">:t:ab");
	loose.time = 1300;
	feed(engine, NULL, &loose);
	assert_int_equal(engine_counts(engine)->markers, 1);
	assert_memory_equal(feed_last(engine, LANE_MASK_SPANS)->span->tags->text, "abc", 4);
	/* what came too late continues nothing */
	feed_marker(engine, 10, 10, 1400, ">:t:ab");
	loose.time = 1400 + 2000000000ull;
	feed(engine, NULL, &loose);
	assert_int_equal(engine_counts(engine)->markers, 1);
	assert_int_equal(engine_counts(engine)->invalid_markers, 0);
	assert_int_equal(engine_counts(engine)->incomplete_markers, 1);
}

static void test_invalid_marker(void **data)
{
	struct engine *engine = *data;
	const struct event *event;
	const char *reason;
	struct input input;
	char text[5000];

	feed_marker(engine, 10, 10, 1000, ">:t:a>b::");
	event = feed_last(engine, LANE_MASK_SPANS);
	assert_int_equal(event->type, EVENT_MARKER_INVALID);
	assert_null(event->span);
	assert_int_equal(event->result, 5);
	reason = event_payload(event);
	assert_true(strlen(reason) > 0);
	assert_int_equal(event->payload_size, strlen(reason) + 1 + 9);
	assert_memory_equal(reason + strlen(reason) + 1, ">:t:a>b::", 9);
	assert_int_equal(engine_counts(engine)->invalid_markers, 1);
	assert_int_equal(engine_counts(engine)->markers, 0);

	/* at most 4096 bytes of it are kept */
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	feed_marker(engine, 10, 10, 1000, text);
	event = feed_last(engine, LANE_MASK_SPANS);
	assert_int_equal(event->payload_size, strlen(event_payload(event)) + 1 + 4096);
	assert_int_equal(event->flags, EVENT_CUT);

	/* of a longer write the end is missing: later writes do not complete it */
	input = feed_marker_input(10, 10, 2000, ">:t:a:b=c");
	input.marker.full_size = 9000;
	feed(engine, NULL, &input);
	event = feed_last(engine, LANE_MASK_SPANS);
	assert_int_equal(event->type, EVENT_MARKER_INVALID);
	assert_int_equal(event->flags, EVENT_CUT);
	assert_int_equal(event->result, 9);
	feed_marker(engine, 10, 10, 2001, ":");
	assert_int_equal(engine_counts(engine)->markers, 0);
	assert_int_equal(engine_counts(engine)->invalid_markers, 4);
}

static void test_json_marker(void **data)
{
	struct engine *engine = *data;

	feed_marker(engine, 10, 10, 1000, "[\">\", 5, [\"a\", \"b\"], [{\"k\": \"v\"}]]");
	assert_int_equal(feed_last(engine, LANE_MASK_SPANS)->flags, EVENT_JSON);
	assert_string_equal(span_text(feed_last(engine, LANE_MASK_SPANS)), "a.b");
	feed_marker(engine, 10, 10, 1000, "<:5:a.b::");
	assert_int_equal(feed_last(engine, LANE_MASK_SPANS)->flags, 0);
	assert_int_equal(feed_last(engine, LANE_MASK_SPANS)->type, EVENT_SPAN_EXIT);
	assert_true(feed_last(engine, LANE_MASK_SPANS)->span->flags & SPAN_CLOSED);
}

static void test_unfinished_spans(void **data)
{
	struct engine *engine = *data;
	struct recording_cursor cursor;
	const struct event *event;

	feed_marker(engine, 10, 10, 1000, ">:p:whole::");           /* 1 */
	feed_marker(engine, 11, 10, 1100, ">:t:part::");            /* 2 */
	feed_marker(engine, 11, 10, 1150, ">:9:number::");          /* 3 */
	feed_exit(engine, 11, 10, 1200, 0, false);                  /* 4, and 5 ends part */
	feed_exit(engine, 10, 10, 1300, 256, true);                 /* 6, and 7 ends whole */
	event = feed_find(engine, 4);
	assert_int_equal(event->type, EVENT_THREAD_EXIT);
	assert_int_equal(event->flags, 0);
	event = feed_find(engine, 5);
	assert_int_equal(event->type, EVENT_SPAN_EXIT);
	assert_int_equal(event->flags, EVENT_UNFINISHED);
	assert_int_equal(event->time, 1200);
	assert_int_equal(event->thread->tid, 11);
	assert_ptr_equal(event->span, feed_find(engine, 2)->span);
	event = feed_find(engine, 6);
	assert_int_equal(event->flags, EVENT_LAST_THREAD);
	assert_int_equal(event->result, 256);
	event = feed_find(engine, 7);
	assert_int_equal(event->flags, EVENT_UNFINISHED);
	assert_ptr_equal(event->span, feed_find(engine, 1)->span);
	assert_int_equal(event->span->flags, SPAN_CLOSED | SPAN_UNFINISHED);
	/* a number belongs to nobody: still open */
	assert_int_equal(feed_find(engine, 3)->span->flags & SPAN_CLOSED, 0);
	assert_int_equal(engine_counts(engine)->events, 7);
	recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
	for (uint64_t num = 1; num <= 7; num++)
		assert_int_equal(recording_next(engine_recording(engine), &cursor)->num, num);
}

static void test_given_up_spans(void **data)
{
	struct engine *engine = *data;
	char text[64];

	/* an eighth of 1 MiB holds a few hundred open spans */
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), ">:%u:tag%u::", i, i);
		feed_marker(engine, 10, 10, 1000 + i, text);
	}
	assert_true(span_table_counts(engine_spans(engine)).given_up > 0);
	assert_int_equal(engine_counts(engine)->events, 5000 + span_table_counts(engine_spans(engine)).given_up);
	assert_int_equal(engine_counts(engine)->markers, 5000);
}

static void test_loss(void **data)
{
	struct engine *engine = *data;

	feed_marker(engine, 10, 10, 1000, ">:t:before::");
	feed_marker(engine, 10, 10, 1100, "<:t:before::");
	feed_marker(engine, 10, 10, 1200, ">:t:during::");
	feed_loss(engine, LOSS_FOREIGN, 3, 1250, 1260);
	assert_int_equal(feed_find(engine, 3)->span->flags & SPAN_LOSSY, 0);
	feed_loss(engine, LOSS_CALLS, 5, 1300, 1400);
	feed_loss(engine, LOSS_CALLS, 2, 1300, 1400);
	feed_marker(engine, 10, 10, 1500, "<:t:during::");
	assert_int_equal(feed_find(engine, 1)->span->flags & SPAN_LOSSY, 0);
	assert_true(feed_find(engine, 3)->span->flags & SPAN_LOSSY);
	assert_int_equal(engine_counts(engine)->lost[LOSS_CALLS], 7);
	assert_int_equal(engine_counts(engine)->lost[LOSS_FOREIGN], 3);
	assert_int_equal(engine_counts(engine)->lost[LOSS_MARKERS], 0);
}

/* ---- processes ---- */

static void test_exec(void **data)
{
	struct engine *engine = *data;
	const struct event *event;

	feed_process(engine, 10, 1, "sh", "/bin/sh", "", "/");
	assert_int_equal(engine_counts(engine)->events, 0);
	feed_fork(engine, 10, 10, 100, 20, 20);
	feed_exec(engine, 20, 200, "ls", "/bin/ls\0-l\0", 11);
	event = feed_last(engine, LANE_MASK_CALLS);
	assert_int_equal(event->type, EVENT_EXEC);
	assert_int_equal(event->payload_size, 11);
	assert_memory_equal(event_payload(event), "/bin/ls\0-l\0", 11);
	assert_string_equal(event->thread->process->exe->text, "/bin/ls");
	assert_string_equal(event->thread->process->parent->exe->text, "/bin/sh");
	assert_string_equal(event->thread->process->cwd->text, "/");
}

/* The id of a thread whose exit was lost is used again: its spans end there. */
static void test_lost_exit(void **data)
{
	struct engine *engine = *data;

	feed_fork(engine, 10, 10, 100, 20, 20);         /* 1 */
	feed_marker(engine, 20, 20, 200, ">:t:a::");    /* 2 */
	feed_fork(engine, 10, 10, 300, 20, 20);         /* 3 ends a, 4 */
	assert_int_equal(feed_find(engine, 3)->type, EVENT_SPAN_EXIT);
	assert_int_equal(feed_find(engine, 3)->flags, EVENT_UNFINISHED);
	assert_int_equal(feed_find(engine, 3)->time, 300);
	assert_int_equal(feed_find(engine, 4)->type, EVENT_FORK);
}

/* ---- memory ---- */

static void test_bounded(void **data)
{
	struct engine *engine = *data;
	size_t bytes = 0;
	char text[64], path[64];
	uint64_t now = 0;

	/* processes that come, open, mark, go; two million events and some */
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t pid = 1000 + i;

		feed_fork(engine, 1, 1, now += 10, pid, pid);
		snprintf(text, sizeof(text), ">:t:request.%u:n=%u:", i, i);
		feed_marker(engine, pid, pid, now += 10, text);
		snprintf(path, sizeof(path), "/data/%u", i);
		feed_open(engine, pid, pid, now, now + 5, path, 3);
		for (unsigned n = 0; n < 6; n++)
			feed_write(engine, pid, pid, now + 5, now + 7, 3, "x", 1);
		if (i % 2)
			feed_call(engine, pid, pid, now + 7, now + 8, "close", 0, 3);
		if (i % 3) {
			text[0] = '<';
			feed_marker(engine, pid, pid, now += 10, text);
		}
		feed_exit(engine, pid, pid, now += 10, 0, true);
		if (i == 20000)
			bytes = engine_bytes(engine);
	}
	assert_true(engine_counts(engine)->events > 1600000);
	assert_true(engine_bytes(engine) < bytes + bytes / 4);
	assert_int_equal(state_threads(engine_state(engine)), 1);
	assert_int_equal(span_table_counts(engine_spans(engine)).open, 0);
	engine_clear(engine);
	assert_int_equal(state_dead(engine_state(engine)), 0);
}

/* Processes outside the scope come and go without a trace, though nothing is ever evicted. */
static void test_quiet_processes(void **data)
{
	struct engine *engine = *data;
	struct input fork = { .kind = INPUT_FORK, .tid = 1, .pid = 1, .quiet = true };
	struct input exit = { .kind = INPUT_EXIT, .quiet = true, .exit = { .last = true } };
	struct input exec = { .kind = INPUT_EXEC, .quiet = true, .exec = { .comm = "true", .command = "true", .size = 5 } };
	size_t bytes = 0;

	for (uint32_t i = 0; i < 50000; i++) {
		fork.time = exec.time = exit.time = 1000 + i;
		fork.fork.child_tid = fork.fork.child_pid = exec.tid = exec.pid = exit.tid = exit.pid = 100 + i;
		feed(engine, NULL, &fork);
		feed(engine, NULL, &exec);
		assert_string_equal(state_find_process(engine_state(engine), 100 + i)->name->text, "true");
		feed(engine, NULL, &exit);
		if (i == 1000)
			bytes = engine_bytes(engine);
	}
	assert_int_equal(engine_counts(engine)->events, 0);
	assert_int_equal(state_dead(engine_state(engine)), 0);
	assert_int_equal(state_threads(engine_state(engine)), 1);
	assert_int_equal(engine_bytes(engine), bytes);
}

/* Closed spans count: with long arguments they outweigh their events many times. */
static void test_closed_spans_are_bounded(void **data)
{
	struct engine_options options = { .memory = (size_t)16 << 20 };
	struct engine *engine = engine_new(&options);
	char text[1200];
	uint64_t now = 0;

	(void)data;
	assert_non_null(engine);
	feed_call(engine, 10, 10, 1, 2, "getpid", 10, -1); /* an old chunk of the other lane is in nobody's way */
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), ">:t:a:n=%01000u:", i);
		feed_marker(engine, 10, 10, now += 10, text);
		feed_marker(engine, 10, 10, now += 10, "<:t:a::");
		assert_true(span_table_closed_bytes(engine_spans(engine)) <= engine_memory(engine) / 4);
		assert_true(engine_recorded_bytes(engine) <= engine_memory(engine));
	}
	assert_int_equal(span_table_counts(engine_spans(engine)).closed, 20000);
	engine_clear(engine);
	assert_int_equal(span_table_closed_bytes(engine_spans(engine)), 0);
	engine_free(engine);
}

static size_t all_bytes(const struct engine *engine)
{
	const struct recording *recording = engine_recording(engine);

	return engine_bytes(engine) + recording_fill(recording, LANE_SPANS).bytes +
	       recording_fill(recording, LANE_CALLS).bytes;
}

static void flood_open(struct engine *engine, unsigned i, uint64_t now)
{
	char path[3000];

	memset(path, 'x', sizeof(path));
	snprintf(path, 16, "/%u", i);
	path[strlen(path)] = '/';
	path[sizeof(path) - 1] = '\0';
	feed_open(engine, 10, 10, now, now + 5, path, (int32_t)i);
}

static void flood_exec(struct engine *engine, unsigned i, uint64_t now)
{
	char command[8000];

	memset(command, 'x', sizeof(command));
	snprintf(command, 16, "%u", i);
	snprintf(command + 4000, 16, "%u", i);
	feed_fork(engine, 1, 1, now, 1000 + i, 1000 + i);
	feed_exec(engine, 1000 + i, now + 1, "sh", command, sizeof(command));
}

static void flood_exec_again(struct engine *engine, unsigned i, uint64_t now)
{
	char command[8000];

	memset(command, 'x', sizeof(command));
	snprintf(command, 16, "%u", i);
	snprintf(command + 4000, 16, "%u", i);
	feed_call(engine, 1000 + i % 500, 1000 + i % 500, now, now, "getpid", 1, -1);
	feed_exec(engine, 1000 + i % 500, now + 1, "sh", command, sizeof(command));
}

static void flood_unfinished(struct engine *engine, unsigned i, uint64_t now)
{
	char text[3000];

	memset(text, 'x', sizeof(text));
	if (i < 5000)
		memcpy(text, ">:t:", 4);
	text[sizeof(text) - 1] = '\0';
	feed_marker(engine, 1000 + i % 5000, 1000 + i % 5000, now, text);
}

static void flood_spans(struct engine *engine, unsigned i, uint64_t now)
{
	char text[3000];

	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 3, "::", 3);
	snprintf(text, 32, ">:%u:tag%u", i, i);
	text[strlen(text)] = 'x';
	feed_marker(engine, 10 + i, 10 + i, now, text);
}

/* Whatever comes, the whole stays within one and a half times the memory that was asked for. */
static void test_floods_are_bounded(void **data)
{
	static void (*const floods[])(struct engine *, unsigned, uint64_t) = {
		flood_open, flood_exec, flood_exec_again, flood_unfinished, flood_spans,
	};
	struct engine_options options = { .memory = (size_t)4 << 20 };

	(void)data;
	for (size_t n = 0; n < sizeof(floods) / sizeof(floods[0]); n++) {
		struct engine *engine = engine_new(&options);
		size_t most = 0;

		assert_non_null(engine);
		for (unsigned i = 0; i < 10000; i++) {
			floods[n](engine, i, 1000 + 10 * i);
			if (most < all_bytes(engine))
				most = all_bytes(engine);
		}
		if (most > options.memory * 3 / 2)
			fail_msg("flood %zu: %zu bytes", n, most);
		engine_free(engine);
	}
}

/* What was left unfinished long ago makes room for what is new. */
static void test_unfinished_texts_make_room(void **data)
{
	struct engine *engine = *data;
	char text[3000];

	memset(text, 'x', sizeof(text));
	memcpy(text, ">:t:", 4);
	text[sizeof(text) - 1] = '\0';
	for (unsigned i = 0; i < 200; i++)
		feed_marker(engine, 1000 + i, 1000 + i, 1000 + i, text);
	/* no more than 256 KiB of them are kept */
	assert_in_range(engine_counts(engine)->incomplete_markers, 100, 130);
	feed_marker(engine, 10, 10, 3000000000, text);
	assert_int_equal(engine_counts(engine)->incomplete_markers, 200);
	feed_marker(engine, 10, 10, 3000000001, "::");
	assert_int_equal(engine_counts(engine)->markers, 1);
}

/* Processes weigh more than their forks and exits: these go early, so that both stay within bounds. */
static void test_short_processes(void **data)
{
	struct engine *engine = *data;
	uint64_t now = 100, most = 0;

	for (uint32_t pid = 1000; pid < 101000; pid++) {
		feed_fork(engine, 1, 1, now, pid, pid);
		feed_exit(engine, pid, pid, now + 5, 0, true);
		now += 10;
		/* they go many at a time */
		if (pid >= 99000 && recording_fill(engine_recording(engine), LANE_CALLS).events > most)
			most = recording_fill(engine_recording(engine), LANE_CALLS).events;
	}
	assert_true(state_waiting_bytes(engine_state(engine)) <= ((size_t)1 << 20) / 4);
	assert_true(state_bytes(engine_state(engine)) < ((size_t)1 << 20) / 2);
	assert_true(most > 500);
}

/* Markers that stay do not keep the threads and descriptors of evicted calls, and the reverse. */
static void test_lanes_are_collected_apart(void **data)
{
	struct engine *engine = *data;
	const struct event *marker;
	char path[64];
	uint64_t now = 100;

	feed_marker(engine, 5, 5, 10, ">:t:kept::");
	feed_marker(engine, 5, 5, 20, "<:t:kept::");
	feed_exit(engine, 5, 5, 30, 0, true);
	for (uint32_t i = 0; i < 60000; i++) {
		snprintf(path, sizeof(path), "/data/%u", i);
		feed_open(engine, 10, 10, now, now + 5, path, 3);
		feed_call(engine, 10, 10, now, now + 5, "close", 0, 3);
		now += 10;
	}
	/* 1 MiB of calls of at least 100 bytes has less than 8,000 opens */
	assert_true(state_dead(engine_state(engine)) < 8000);
	marker = feed_find(engine, 1);
	assert_int_equal(marker->thread->tid, 5);
	assert_string_equal(span_text(marker), "kept");
}

static void test_clear(void **data)
{
	struct engine *engine = *data;

	feed_marker(engine, 10, 10, 1000, ">:t:a::");
	feed_call(engine, 10, 10, 1100, 1500, "getpid", 10, -1);
	engine_clear(engine);
	assert_null(feed_last(engine, LANE_MASK_ALL));
	assert_int_equal(engine_counts(engine)->events, 3);
	/* the span is open still */
	feed_marker(engine, 10, 10, 2000, "<:t:a::");
	assert_int_equal(feed_last(engine, LANE_MASK_ALL)->num, 4);
	assert_int_equal(span_duration(feed_last(engine, LANE_MASK_ALL)->span, 0), 1000);
}

/* ---- sources ---- */

struct list_source {
	struct source source;
	const struct input *inputs;
	size_t count, at, largest;
	int watched[100];         /* by process: open spans as the source counts them */
};

static int list_next(struct source *source, struct input *inputs, size_t max)
{
	struct list_source *list = (struct list_source *)source;
	size_t n = list->count - list->at < max ? list->count - list->at : max;

	if (!n)
		return -ENODATA;
	memcpy(inputs, list->inputs + list->at, n * sizeof(*inputs));
	list->at += n;
	if (list->largest < n)
		list->largest = n;
	return (int)n;
}

static void list_watch(struct source *source, uint32_t pid, int change)
{
	((struct list_source *)source)->watched[pid] += change;
}

static void test_pump(void **data)
{
	struct engine *engine = *data;
	static const struct source_operations operations = { .next = list_next, .watch = list_watch };
	struct input inputs[1000];
	struct list_source list = { .source = { &operations }, .inputs = inputs, .count = 1000 };

	for (unsigned i = 0; i < 998; i++)
		inputs[i] = feed_call_input(10, 10, i + 1, i + 2, "getpid", 0, -1, NULL, NULL);
	inputs[998] = feed_marker_input(10, 10, 2000, ">:t:a::");
	inputs[999] = (struct input){ .kind = INPUT_EXIT, .tid = 10, .pid = 10, .time = 3000 };
	assert_int_equal(engine_pump(engine, &list.source, 300), 300);
	assert_int_equal(engine_counts(engine)->calls, 300);
	assert_int_equal(engine_pump(engine, &list.source, 10000), 700);
	assert_int_equal(engine_counts(engine)->inputs, 1000);
	assert_int_equal(engine_pump(engine, &list.source, 10000), -ENODATA);
}

/* A marker, and what a source that sees its first bytes only takes it for. */
static void feed_watched(struct engine *engine, struct list_source *list, uint32_t pid, const char *text, int supposed)
{
	struct input input = feed_marker_input(pid, pid, 1000, text);

	input.marker.ppid = 1;
	input.marker.watch_pid = pid;
	input.marker.watch_change = supposed;
	list->watched[pid] += supposed;
	feed(engine, &list->source, &input);
}

static void test_watch(void **data)
{
	static const struct source_operations operations = { .watch = list_watch };
	struct input exit = { .kind = INPUT_EXIT, .tid = 40, .pid = 40, .time = 2000, .exit = { .last = true } };
	struct list_source list = { .source = { &operations } };
	struct engine *engine = *data;

	feed_watched(engine, &list, 10, ">:5:a::", 1);
	assert_int_equal(list.watched[10], 1);
	/* another process ends the span, while it has one of its own open */
	feed_watched(engine, &list, 20, ">:t:own::", 1);
	feed_watched(engine, &list, 20, "<:5:a::", -1);
	assert_int_equal(list.watched[10], 0);
	assert_int_equal(list.watched[20], 1);
	/* an exit of nothing, a broken marker, one in pieces, one that could not be read */
	feed_watched(engine, &list, 20, "<:t:nothing::", -1);
	assert_int_equal(list.watched[20], 1);
	feed_watched(engine, &list, 20, ">:x:y::", 1);
	assert_int_equal(list.watched[20], 1);
	feed_watched(engine, &list, 30, ">:t:lo", 1);
	assert_int_equal(list.watched[30], 0);
	feed_watched(engine, &list, 30, "ng::", 0);
	assert_int_equal(list.watched[30], 1);
	feed_watched(engine, &list, 40, ">:t:unseen::", 0);
	assert_int_equal(list.watched[40], 1);
	/* the parent's span, in a form that the source takes for the writer's */
	feed_watched(engine, &list, 50, "[\">\", \"pp\", [\"a\"], []]", 1);
	assert_int_equal(list.watched[50], 0);
	assert_int_equal(list.watched[1], 1);
	/* a span that ends with its process, without a marker */
	feed(engine, &list.source, &exit);
	assert_int_equal(list.watched[40], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_call_details, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_marker_of_process, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_marker_in_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_loose_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_invalid_marker, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_json_marker, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unfinished_spans, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_given_up_spans, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_loss, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exec, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_exit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_watch, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_quiet_processes, set_up, tear_down),
		cmocka_unit_test(test_closed_spans_are_bounded),
		cmocka_unit_test_setup_teardown(test_short_processes, set_up, tear_down),
		cmocka_unit_test(test_floods_are_bounded),
		cmocka_unit_test_setup_teardown(test_unfinished_texts_make_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lanes_are_collected_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_clear, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pump, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
