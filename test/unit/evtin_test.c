/* evtin.span.*: which spans an event happened in, by scope, along a recording and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "src/engine/filter.h"
#include "test/unit/feed.h"

/* Thread 100 of process 100 (child of 50) writes spans a { a.b, a.c, c } while its thread 101, its child 200
 * with thread 201, its sibling 300, its grandchild 400 and its parent 50 call getpid. The time of a call,
 * in ms, says where it is: 5 before, 20 in a, 40 in a.b, 60 in a again, 77 in a.c and c, 95 in a, 110
 * after. */
static const uint32_t threads[][2] = { { 100, 100 }, { 101, 100 }, { 200, 200 }, { 201, 200 },
				       { 300, 300 }, { 400, 400 }, { 50, 50 } };
#define THREADS (sizeof(threads) / sizeof(threads[0]))

#define MS 1000000ull
#define EPOCH 1700000000000000000ull

static uint64_t ms(uint64_t n)
{
	return EPOCH + n * MS;
}

static void all_call(struct engine *engine, uint64_t at)
{
	for (size_t i = 0; i < THREADS; i++)
		feed_call(engine, threads[i][0], threads[i][1], ms(at), ms(at), "getpid", (int64_t)at, -1);
}

static void fill(struct engine *engine)
{
	feed_process(engine, 50, 1, "sh", "sh", "", "/");
	feed_process(engine, 100, 50, "traced", "traced", "", "/");
	feed_process(engine, 200, 100, "child", "child", "", "/");
	feed_process(engine, 300, 50, "sibling", "sibling", "", "/");
	feed_process(engine, 400, 200, "grandchild", "grandchild", "", "/");
	all_call(engine, 5);
	feed_marker(engine, 100, 100, ms(10), ">:t:a:n=1,name=bob:");
	all_call(engine, 20);
	feed_marker(engine, 100, 100, ms(30), ">:t:a.b::");
	all_call(engine, 40);
	feed_marker(engine, 100, 100, ms(50), "<:t:a.b::");
	all_call(engine, 60);
	feed_marker(engine, 100, 100, ms(70), ">:t:a.c::");
	feed_marker(engine, 100, 100, ms(75), ">:t:c::");
	all_call(engine, 77);
	feed_marker(engine, 100, 100, ms(80), "<:t:c::");
	feed_marker(engine, 100, 100, ms(85), "<:t:a.c::");
	all_call(engine, 95);
	feed_marker(engine, 100, 100, ms(100), "<:t:a::");
	all_call(engine, 110);
}

/* What passes, as words: a call is tid@ms, a marker < or > and its ms. */
static void list(struct engine *engine, const char *text, char *words, size_t size)
{
	struct recording *recording = engine_recording(engine);
	struct field_context context = { .engine = engine };
	struct filter_error error;
	struct filter *filter = filter_new(text, &error);
	struct recording_cursor cursor;
	const struct event *event;
	size_t length = 0;

	if (!filter)
		fail_msg("%s: %s", text, error.text);
	words[0] = '\0';
	recording_begin(recording, &cursor, LANE_MASK_ALL, 0);
	while ((event = recording_next(recording, &cursor))) {
		unsigned at = (unsigned)((event->time - EPOCH) / MS);

		if (!filter_passes(filter, event, &context))
			continue;
		if (event->type == EVENT_CALL)
			length += snprintf(words + length, size - length, "%u@%u ", event->thread->tid, at);
		else
			length += snprintf(words + length, size - length, "%s%u ",
					   event->type == EVENT_SPAN_ENTER ? ">" : "<", at);
		assert_true(length < size);
	}
	field_context_fini(&context);
	filter_free(filter);
}

static void expect(struct engine *engine, const char *text, const char *words)
{
	char got[8192];

	list(engine, text, got, sizeof(got));
	if (strcmp(got, words))
		fail_msg("%s\n passes  %s\n but not %s", text, got, words);
}

static int setup(void **state)
{
	struct engine *engine = engine_new(NULL);

	fill(engine);
	*state = engine;
	return 0;
}

static int teardown(void **state)
{
	engine_free(*state);
	return 0;
}

/* The same thread: what sysdig gives, but for its refusal of an inner enter whose own tags fit. */
static void thread_scope(void **state)
{
	expect(*state, "evtin.span.tags=a",
	       "100@20 >30 100@40 <50 100@60 >70 >75 100@77 <80 <85 100@95 <100 ");
	expect(*state, "evtin.span.tags=a.b", "100@40 <50 ");
	expect(*state, "evtin.span.tags=c", "100@77 <80 ");
	expect(*state, "evtin.span.tag[-1]=b", "100@40 <50 ");
	expect(*state, "evtin.span.ntags=2", "100@40 <50 >75 100@77 <80 <85 ");
	expect(*state, "evtin.span.arg.name=bob and evt.type=getpid", "100@20 100@40 100@60 100@77 100@95 ");
	expect(*state, "evtin.span.arg[0]=1 and evtin.span.tags=c", "100@77 <80 ");
	expect(*state, "evtin.span.args contains name:bob and evt.type=getpid",
	       "100@20 100@40 100@60 100@77 100@95 ");
	expect(*state, "evtin.span.id=100 and evt.type=getpid", "100@20 100@40 100@60 100@77 100@95 ");
	expect(*state, "evtin.span.tags=a and not evtin.span.tags in (a.b, a.c)",
	       "100@20 >30 100@60 >70 100@95 <100 ");
}

static void process_scope(void **state)
{
	expect(*state, "evtin.span.p.tags=a.b", "100@40 101@40 <50 ");
	expect(*state, "evtin.span.p.tags=a and evt.type=getpid",
	       "100@20 101@20 100@40 101@40 100@60 101@60 100@77 101@77 100@95 101@95 ");
}

/* Children and siblings too, but no grandchildren and not the parent. */
static void script_scope(void **state)
{
	expect(*state, "evtin.span.s.tags=a.b", "100@40 101@40 200@40 201@40 300@40 <50 ");
	expect(*state, "evtin.span.s.tags=c", "100@77 101@77 200@77 201@77 300@77 <80 ");
}

static void machine_scope(void **state)
{
	expect(*state, "evtin.span.m.tags=a.b",
	       "100@40 101@40 200@40 201@40 300@40 400@40 50@40 <50 ");
	expect(*state, "evtin.span.m.tag[1] exists and thread.tid=400", "400@40 400@77 ");
	expect(*state, "evtin.span.m.tags!=a and thread.tid=50", "50@40 50@77 ");
}

static struct value display(struct engine *engine, struct field_context *context, const char *name,
			    unsigned tid, uint64_t at)
{
	struct recording_cursor cursor;
	const struct event *event;
	struct value value = { .type = VALUE_NONE };
	struct field field;
	const char *reason;
	size_t fault;

	assert_true(field_parse(name, strlen(name), &field, &reason, &fault) > 0);
	recording_begin(engine_recording(engine), &cursor, LANE_MASK_CALLS, 0);
	while ((event = recording_next(engine_recording(engine), &cursor)))
		if (event->thread->tid == tid && event->time == ms(at))
			break;
	assert_non_null(event);
	if (!field_value(&field, event, context, &value))
		value.type = VALUE_NONE;
	field_fini(&field);
	return value;
}

/* The newest span in scope is shown, for all threads, forwards and backwards. */
static void displayed(void **state)
{
	struct field_context context = { .engine = *state };
	static const struct {
		uint64_t at;
		const char *tags;
	} order[] = { { 77, "c" },   { 5, NULL }, { 40, "a.b" }, { 20, "a" },
		      { 110, NULL }, { 95, "a" }, { 77, "c" } };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct value value = display(*state, &context, "evtin.span.m.tags", 400, order[i].at);

		if (!order[i].tags) {
			assert_int_equal(value.type, VALUE_NONE);
			continue;
		}
		assert_int_equal(value.type, VALUE_TEXT);
		assert_int_equal(value.size, strlen(order[i].tags));
		assert_memory_equal(value.text, order[i].tags, value.size);
	}
	assert_int_equal(display(*state, &context, "evtin.span.tags", 100, 40).size, 3);
	assert_int_equal(display(*state, &context, "evtin.span.tags", 101, 40).type, VALUE_NONE);
	assert_int_equal(display(*state, &context, "evtin.span.p.tags", 101, 40).size, 3);
	field_context_fini(&context);
}

/* Spans of other threads do not hide a thread's own; an exit by another thread is no event of the span's. */
static void spans_that_cross_threads(void **state)
{
	struct engine *engine = engine_new(NULL);

	(void)state;
	feed_marker(engine, 1, 1, ms(1), ">:g:job::");
	feed_marker(engine, 2, 2, ms(2), ">:t:own::");
	feed_call(engine, 1, 1, ms(3), ms(3), "getpid", 1, -1);
	feed_call(engine, 2, 2, ms(4), ms(4), "getpid", 2, -1);
	feed_marker(engine, 2, 2, ms(5), "<:g:job::");
	feed_call(engine, 1, 1, ms(6), ms(6), "getpid", 1, -1);
	feed_call(engine, 2, 2, ms(7), ms(7), "getpid", 2, -1);
	expect(engine, "evtin.span.tags=job", "1@3 ");
	expect(engine, "evtin.span.tags=own", "2@4 <5 2@7 ");
	expect(engine, "evtin.span.m.tags=job", ">2 1@3 2@4 <5 ");
	engine_free(engine);
}

/* Spans whose enter the recording has forgotten, still open or closed later, are inside all the same. */
static void after_eviction(void **state)
{
	struct engine_options options = { .memory = 1 << 20 };
	struct engine *engine = engine_new(&options);
	char text[64];

	(void)state;
	feed_marker(engine, 1, 1, ms(1), ">:1:open::");
	feed_marker(engine, 1, 1, ms(2), ">:2:later::");
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), ">:3:flood%u::", i);
		feed_marker(engine, 2, 2, ms(3), text);
		text[0] = '<';
		feed_marker(engine, 2, 2, ms(3), text);
	}
	assert_true(recording_fill(engine_recording(engine), LANE_SPANS).evicted > 0);
	feed_call(engine, 3, 3, ms(4), ms(4), "getpid", 3, -1);
	feed_marker(engine, 1, 1, ms(5), "<:2:later::");
	feed_call(engine, 3, 3, ms(6), ms(6), "getpid", 3, -1);
	expect(engine, "evtin.span.m.tags=open and evt.type=getpid", "3@4 3@6 ");
	expect(engine, "evtin.span.m.tags=later and not span.tags startswith flood", "3@4 <5 ");
	engine_free(engine);
}

/* A context that stands still while the recording runs on must not look at spans that are gone. */
static void overtaken_by_evictions(void **state)
{
	struct engine_options options = { .memory = 1 << 20 };
	struct engine *engine = engine_new(&options);
	struct field_context context = { .engine = engine };
	struct recording_cursor cursor;
	const struct event *event;
	struct filter_error error;
	struct filter *filter = filter_new("evtin.span.m.tags startswith flood", &error);
	char text[64], bad[400] = ">";

	(void)state;
	memset(bad + 1, 'x', sizeof(bad) - 2); /* turns the lane of markers over before that of calls */
	recording_begin(engine_recording(engine), &cursor, LANE_MASK_CALLS, 0);
	for (unsigned i = 0; i < 30000; i++) {
		feed_marker(engine, 2, 2, ms(i), bad);
		snprintf(text, sizeof(text), ">:3:flood%u::", i);
		feed_marker(engine, 2, 2, ms(i), text);
		feed_call(engine, 3, 3, ms(i), ms(i), "getpid", i, -1);
		text[0] = '<';
		if (i % 10000 > 3) {
			feed_marker(engine, 2, 2, ms(i), text);
			continue;
		}
		/* the call whose span is open now; an old one whose markers are all gone */
		assert_true(filter_passes(filter, feed_last(engine, LANE_MASK_CALLS), &context));
		event = recording_next(engine_recording(engine), &cursor);
		assert_non_null(event);
		assert_int_equal(filter_passes(filter, event, &context), i < 4);
		feed_marker(engine, 2, 2, ms(i), text);
	}
	engine_clear(engine);
	feed_call(engine, 3, 3, ms(40000), ms(40000), "getpid", 1, -1);
	event = feed_last(engine, LANE_MASK_CALLS);
	assert_false(filter_passes(filter, event, &context));
	feed_marker(engine, 2, 2, ms(40001), ">:3:flood::");
	feed_call(engine, 3, 3, ms(40002), ms(40002), "getpid", 1, -1);
	assert_true(filter_passes(filter, feed_last(engine, LANE_MASK_CALLS), &context));
	filter_free(filter);
	field_context_fini(&context);
	engine_free(engine);
}

#define MODEL_SPANS 64
#define MODEL_STEPS 4000

/* What a thread has open, kept apart from the engine. */
struct model_span {
	uint32_t tid, pid, id;
	char tag;
	bool open;
};

static uint32_t next_random(uint32_t *seed)
{
	return (*seed = *seed * 1664525 + 1013904223) >> 8;
}

static bool model_has(const struct model_span spans[MODEL_SPANS], const char *scope, char tag, uint32_t tid,
		      uint32_t pid)
{
	for (unsigned i = 0; i < MODEL_SPANS; i++)
		if (spans[i].open && spans[i].tag == tag &&
		    (*scope == 'm' || (*scope == 'p' ? spans[i].pid == pid : spans[i].tid == tid)))
			return true;
	return false;
}

/* Opens or closes one of many spans that overlap in all ways, most of them leaked for a long time. */
static void model_step(struct engine *engine, struct model_span spans[MODEL_SPANS], uint32_t *seed, uint64_t time)
{
	struct model_span *span = &spans[next_random(seed) % 4 ? next_random(seed) % 8 : next_random(seed) % MODEL_SPANS];
	char text[64];

	if (!span->open) {
		span->tid = 1 + next_random(seed) % 4;
		span->pid = 1 + span->tid / 3;
		span->tag = 'a' + next_random(seed) % 5;
		span->id++;
	}
	snprintf(text, sizeof(text), "%c:%u:%c::", span->open ? '<' : '>',
		 (unsigned)(span - spans) * 100000 + span->id, span->tag);
	feed_marker(engine, span->tid, span->pid, time, text);
	span->open = !span->open;
}

/* Every answer of one context that goes through all, against what a model says. */
static void as_a_model_says(void **state)
{
	static bool expected[3][2][MODEL_STEPS];
	static const char *const scopes[] = { "", "p.", "m." };
	static const char tags[] = "ae";
	struct engine *engine = engine_new(NULL);
	struct model_span spans[MODEL_SPANS] = { 0 };
	uint32_t seed = 7;

	(void)state;
	for (unsigned step = 0; step < MODEL_STEPS; step++) {
		uint32_t tid = 1 + next_random(&seed) % 4, pid = 1 + tid / 3;

		model_step(engine, spans, &seed, ms(2 * step));
		feed_call(engine, tid, pid, ms(2 * step + 1), ms(2 * step + 1), "getpid", step, -1);
		for (unsigned i = 0; i < 6; i++)
			expected[i / 2][i % 2][step] = model_has(spans, scopes[i / 2], tags[i % 2], tid, pid);
	}
	for (unsigned i = 0; i < 6; i++) {
		struct field_context context = { .engine = engine };
		struct recording_cursor cursor;
		const struct event *event;
		struct filter_error error;
		struct filter *filter;
		char text[64];

		snprintf(text, sizeof(text), "evtin.span.%stags = %c", scopes[i / 2], tags[i % 2]);
		filter = filter_new(text, &error);
		assert_non_null(filter);
		recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
		while ((event = recording_next(engine_recording(engine), &cursor))) {
			bool passes = filter_passes(filter, event, &context);

			if (event->type == EVENT_CALL && passes != expected[i / 2][i % 2][event->result])
				fail_msg("%s at call %u: %d", text, (unsigned)event->result, passes);
		}
		filter_free(filter);
		field_context_fini(&context);
	}
	engine_free(engine);
}

/* A thread that leaks spans: an event may not cost a look at all of them. */
static void many_open_spans(void **state)
{
	static const char *const texts[] = {
		"evtin.span.tags=none", "evtin.span.tags=job", "evtin.span.tag[3] exists", "evtin.span.m.tags=none",
		"evtin.span.p.tags=job", "evtin.span.p.tag[3] exists",
	};
	struct engine *engine = engine_new(NULL);
	char text[64];
	uint64_t now = 0;
	clock_t start;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), ">:%u:leak::", i);
		feed_marker(engine, 1, 1, now += 10, text);
	}
	for (unsigned i = 0; i < 2000; i++) {
		feed_marker(engine, 1, 1, now += 10, ">:t:job::");
		feed_call(engine, 1, 1, now, now, "getpid", 1, -1);
		feed_marker(engine, 1, 1, now += 10, "<:t:job::");
		feed_call(engine, 1, 1, now, now, "getpid", 1, -1);
	}
	start = clock();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct field_context context = { .engine = engine };
		struct recording_cursor cursor;
		const struct event *event;
		struct filter_error error;
		struct filter *filter = filter_new(texts[i], &error);
		unsigned passed = 0;

		assert_non_null(filter);
		recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
		while ((event = recording_next(engine_recording(engine), &cursor)))
			passed += event->type == EVENT_CALL && filter_passes(filter, event, &context);
		assert_int_equal(passed, strstr(texts[i], "job") ? 2000 : 0);
		filter_free(filter);
		field_context_fini(&context);
	}
	/* looking at all would take 24,000 events times 20,000 spans, half a minute even without the sanitizers */
	assert_true(clock() - start < 3 * CLOCKS_PER_SEC);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(thread_scope, setup, teardown),
		cmocka_unit_test_setup_teardown(process_scope, setup, teardown),
		cmocka_unit_test_setup_teardown(script_scope, setup, teardown),
		cmocka_unit_test_setup_teardown(machine_scope, setup, teardown),
		cmocka_unit_test_setup_teardown(displayed, setup, teardown),
		cmocka_unit_test(spans_that_cross_threads),
		cmocka_unit_test(after_eviction),
		cmocka_unit_test(overtaken_by_evictions),
		cmocka_unit_test(as_a_model_says),
		cmocka_unit_test(many_open_spans),
	};

	return cmocka_run_group_tests_name("evtin", tests, NULL, NULL);
}
