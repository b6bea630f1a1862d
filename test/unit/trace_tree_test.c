/* Trees of spans: what belongs to them, and the arithmetic of their times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed.h"
#include "src/engine/span.h"
#include "src/engine/trace_pick.h"
#include "src/engine/trace_tree.h"

#define T0 1000000000ull

static struct engine *engine_with(void)
{
	struct engine_options options = { .memory = 0 };
	struct engine *engine = engine_new(&options);

	assert_non_null(engine);
	return engine;
}

static void mark(struct engine *engine, uint32_t tid, uint64_t time, const char *text)
{
	feed_marker(engine, tid, 10, T0 + time, text);
}

static void call(struct engine *engine, uint32_t tid, uint64_t from, uint64_t to, const char *name, int64_t result)
{
	feed_call(engine, tid, 10, T0 + from, T0 + to, name, result, -1);
}

/* The slowest span with so many tags. */
static struct span *slowest(struct engine *engine, unsigned ntags)
{
	struct trace_pick_spec spec = { .ntags = ntags, .slowest = true };
	struct trace_pick *pick = trace_pick_new(engine, &spec);
	struct span *span;

	assert_non_null(pick);
	while (trace_pick_update(pick, 3) == 3)
		;
	span = trace_pick_span(pick);
	trace_pick_free(pick);
	return span;
}

static struct trace_tree *tree_of(struct engine *engine, struct span *span)
{
	struct trace_tree *tree = trace_tree_new(engine, span, NULL, 0, 0);

	assert_non_null(tree);
	trace_tree_update(tree, 0);
	return tree;
}

/* Node whose last tag this is. */
static uint32_t node_of(const struct trace_tree *tree, const char *tag)
{
	for (uint32_t i = 0; i < trace_tree_count(tree); i++) {
		size_t size;
		const char *text = span_tag(trace_tree_node(tree, i)->span, -1, &size);

		if (text && size == strlen(tag) && !memcmp(text, tag, size))
			return i;
	}
	fail_msg("there is no span %s", tag);
	return TRACE_NONE;
}

/* a 0..1000: b 100..400 with c 150..250, d 300..600 (it overlaps b), e 800..900; gaps 0..100, 600..800, 900..1000. */
static struct engine *overlapping(void)
{
	struct engine *engine = engine_with();

	mark(engine, 10, 0, ">:7:a::");
	mark(engine, 10, 100, ">:7:a.b::");
	mark(engine, 10, 150, ">:7:a.b.c::");
	mark(engine, 10, 250, "<:7:a.b.c::");
	mark(engine, 11, 300, ">:7:a.d::");
	mark(engine, 10, 400, "<:7:a.b::");
	mark(engine, 11, 600, "<:7:a.d::");
	mark(engine, 10, 800, ">:7:a.e::");
	mark(engine, 10, 900, "<:7:a.e::");
	mark(engine, 10, 1000, "<:7:a::");
	return engine;
}

static void spans_nest_by_id_and_tags_across_threads(void **state)
{
	struct engine *engine = overlapping();
	struct trace_tree *tree;
	uint32_t a, b, c, d, e;

	(void)state;
	/* not of this trace: another id, another tag, and later */
	mark(engine, 12, 1100, ">:8:a.b::");
	mark(engine, 12, 1200, "<:8:a.b::");
	mark(engine, 10, 1300, ">:7:a::");
	mark(engine, 10, 1310, "<:7:a::");
	tree = tree_of(engine, slowest(engine, 1));
	assert_int_equal(trace_tree_count(tree), 5);
	a = node_of(tree, "a");
	b = node_of(tree, "b");
	c = node_of(tree, "c");
	d = node_of(tree, "d");
	e = node_of(tree, "e");
	assert_int_equal(a, 0);
	assert_int_equal(trace_tree_node(tree, a)->depth, 0);
	assert_int_equal(trace_tree_node(tree, b)->depth, 1);
	assert_int_equal(trace_tree_node(tree, c)->depth, 2);
	assert_int_equal(trace_tree_node(tree, c)->parent, b);
	/* children in the order of their begin */
	assert_int_equal(trace_tree_node(tree, a)->first_child, b);
	assert_int_equal(trace_tree_node(tree, b)->next, d);
	assert_int_equal(trace_tree_node(tree, d)->next, e);
	assert_int_equal(trace_tree_node(tree, e)->next, TRACE_NONE);
	assert_int_equal(trace_tree_node(tree, a)->nchildren, 3);
	assert_int_equal(trace_tree_node(tree, a)->nbelow, 4);
	assert_int_equal(trace_tree_find(tree, trace_tree_node(tree, c)->span), c);
	trace_tree_free(tree);
	engine_free(engine);
}

static void self_time_is_what_no_child_covers(void **state)
{
	struct engine *engine = overlapping();
	struct trace_tree *tree = tree_of(engine, slowest(engine, 1));
	struct trace_cover cover = { .child = trace_tree_node(tree, 0)->first_child };

	(void)state;
	/* 100..600 and 800..900 are covered */
	assert_int_equal(trace_tree_self(tree, 0, 0), 1000 - 500 - 100);
	assert_int_equal(trace_tree_self(tree, node_of(tree, "b"), 0), 300 - 100);
	assert_int_equal(trace_tree_self(tree, node_of(tree, "d"), 0), 300);
	assert_true(trace_cover_next(tree, 0, 0, &cover));
	assert_int_equal(cover.from, T0 + 100);
	assert_int_equal(cover.to, T0 + 600);
	assert_true(trace_cover_next(tree, 0, 0, &cover));
	assert_int_equal(cover.from, T0 + 800);
	assert_int_equal(cover.to, T0 + 900);
	assert_false(trace_cover_next(tree, 0, 0, &cover));
	assert_int_equal(trace_tree_end(tree, 0), T0 + 1000);
	trace_tree_free(tree);
	engine_free(engine);
}

/* A child may outlive its parent: only what lies in the parent covers it, and the trace ends with the child. */
static void children_may_outlive_the_root(void **state)
{
	struct engine *engine = engine_with();
	struct trace_tree *tree;

	(void)state;
	mark(engine, 10, 0, ">:7:a::");
	mark(engine, 11, 60, ">:7:a.b::");
	mark(engine, 10, 100, "<:7:a::");
	call(engine, 11, 110, 140, "getpid", 10);
	mark(engine, 11, 150, "<:7:a.b::");
	tree = tree_of(engine, slowest(engine, 1));
	assert_int_equal(trace_tree_count(tree), 2);
	assert_int_equal(trace_tree_self(tree, 0, 0), 60);
	assert_int_equal(trace_tree_end(tree, 0), T0 + 150);
	assert_int_equal(trace_tree_node(tree, 1)->ncalls, 1);
	trace_tree_free(tree);
	engine_free(engine);
}

static void calls_belong_to_the_innermost_span(void **state)
{
	struct engine *engine = engine_with();
	const struct trace_node *a, *b;
	struct trace_tree *tree;

	(void)state;
	call(engine, 10, 0, 5, "getpid", 10);
	mark(engine, 10, 10, ">:t:a::");
	call(engine, 10, 20, 30, "nanosleep", 0);
	mark(engine, 10, 40, ">:t:a.b::");
	call(engine, 10, 50, 57, "getpid", 10);
	call(engine, 11, 50, 58, "getpid", 10);           /* another thread, without a span */
	feed_open(engine, 10, 10, T0 + 60, T0 + 64, "/etc/hosts", 5);
	feed_open(engine, 10, 10, T0 + 70, T0 + 75, "/none", -2);
	mark(engine, 10, 80, "<:t:a.b::");
	call(engine, 10, 85, 120, "poll", 0);             /* returns after the span */
	mark(engine, 10, 100, "<:t:a::");
	tree = tree_of(engine, slowest(engine, 1));
	a = trace_tree_node(tree, 0);
	b = trace_tree_node(tree, 1);
	assert_int_equal(trace_tree_calls(tree), 4);
	assert_int_equal(a->ncalls, 1);
	assert_int_equal(a->sums[TRACE_WAIT].count, 1);
	assert_int_equal(a->sums[TRACE_WAIT].ns, 10);
	assert_int_equal(b->ncalls, 3);
	assert_int_equal(b->sums[TRACE_OTHER].ns, 7);
	assert_int_equal(b->sums[TRACE_FILE].ns, 4);
	assert_int_equal(b->sums[TRACE_FAILED].count, 1);
	assert_int_equal(b->longest, 7);
	assert_int_equal(b->calls[1].from, T0 + 60);
	trace_tree_free(tree);
	engine_free(engine);
}

/* What a thread forks while its span is open works for it. */
static void calls_of_started_processes_belong_to_the_span(void **state)
{
	struct engine *engine = engine_with();
	struct trace_tree *tree;

	(void)state;
	mark(engine, 10, 0, ">:t:a::");
	feed_fork(engine, 10, 10, T0 + 10, 20, 20);
	feed_call(engine, 20, 20, T0 + 20, T0 + 30, "getpid", 20, -1);
	mark(engine, 10, 40, ">:t:a.b::");
	feed_call(engine, 20, 20, T0 + 50, T0 + 60, "getpid", 20, -1);
	mark(engine, 10, 70, "<:t:a.b::");
	mark(engine, 10, 80, "<:t:a::");
	tree = tree_of(engine, slowest(engine, 1));
	/* forked in a, not in b */
	assert_int_equal(trace_tree_node(tree, 0)->ncalls, 2);
	assert_int_equal(trace_tree_node(tree, 1)->ncalls, 0);
	trace_tree_free(tree);
	engine_free(engine);
}

static void an_open_trace_grows(void **state)
{
	struct engine *engine = engine_with();
	struct span *root;
	struct trace_tree *tree;
	uint64_t version;

	(void)state;
	mark(engine, 10, 0, ">:t:a::");
	root = span_table_oldest(engine_spans(engine));
	tree = tree_of(engine, root);
	assert_int_equal(trace_node_end(trace_tree_node(tree, 0), T0 + 70), T0 + 70);
	version = trace_tree_version(tree);
	assert_int_equal(trace_tree_update(tree, 0), 0);
	assert_int_equal(trace_tree_version(tree), version);
	mark(engine, 10, 80, ">:t:a.b::");
	call(engine, 10, 85, 90, "getpid", 10);
	trace_tree_update(tree, 0);
	assert_int_equal(trace_tree_count(tree), 2);
	assert_int_equal(trace_tree_calls(tree), 1);
	assert_int_not_equal(trace_tree_version(tree), version);
	assert_int_equal(trace_tree_self(tree, 0, T0 + 100), 80);
	mark(engine, 10, 110, "<:t:a.b::");
	mark(engine, 10, 120, "<:t:a::");
	assert_false(trace_tree_is_over(tree));
	/* seconds later nothing of it can come any more */
	call(engine, 10, 5000000000, 5000000001, "getpid", 10);
	trace_tree_update(tree, 0);
	assert_true(trace_tree_is_over(tree));
	assert_int_equal(trace_tree_self(tree, 0, 0), 120 - 30);
	trace_tree_free(tree);
	engine_free(engine);
}

/* One whose parent's enter was never written hangs below the root that its tags begin with. */
static void a_span_without_its_parent_is_not_lost(void **state)
{
	struct engine *engine = engine_with();
	struct trace_tree *tree;

	(void)state;
	mark(engine, 10, 0, ">:7:a::");
	mark(engine, 10, 10, ">:7:a.b.c::");
	mark(engine, 10, 15, ">:7:ab.c.d::");
	mark(engine, 10, 20, "<:7:a.b.c::");
	mark(engine, 10, 30, "<:7:a::");
	tree = tree_of(engine, slowest(engine, 1));
	assert_int_equal(trace_tree_count(tree), 2);
	assert_int_equal(trace_tree_node(tree, 1)->parent, 0);
	trace_tree_free(tree);
	engine_free(engine);
}

static void filters_choose_calls_and_leave_spans(void **state)
{
	static const char *const filters[] = { "evt.type = getpid" };
	struct engine *engine = engine_with();
	struct trace_tree *tree;

	(void)state;
	mark(engine, 10, 0, ">:t:a::");
	call(engine, 10, 1, 2, "getpid", 10);
	call(engine, 10, 3, 4, "getppid", 10);
	mark(engine, 10, 9, "<:t:a::");
	tree = trace_tree_new(engine, slowest(engine, 1), filters, 1, 0);
	assert_non_null(tree);
	trace_tree_update(tree, 0);
	assert_int_equal(trace_tree_count(tree), 1);
	assert_int_equal(trace_tree_calls(tree), 1);
	trace_tree_free(tree);
	engine_free(engine);
}

/* Little room: what does not fit is counted. */
static void what_finds_no_room_is_counted(void **state)
{
	struct engine *engine = engine_with();
	struct trace_tree *tree;

	(void)state;
	mark(engine, 10, 0, ">:t:a::");
	for (unsigned i = 0; i < 1000; i++)
		call(engine, 10, 10 + i, 11 + i, "getpid", 10);
	mark(engine, 10, 2000, "<:t:a::");
	tree = trace_tree_new(engine, slowest(engine, 1), NULL, 0, 8 * sizeof(struct trace_node) + 8192);
	assert_non_null(tree);
	trace_tree_update(tree, 0);
	assert_true(trace_tree_calls(tree) > 0);
	assert_int_equal(trace_tree_calls(tree) + trace_tree_refused(tree), 1000);
	trace_tree_free(tree);
	engine_free(engine);
}

static void the_pick_is_the_slowest_or_the_latest(void **state)
{
	static const char *const filters[] = { "span.tag[0] = b" };
	struct trace_pick_spec slow = { .filters = filters, .nfilters = 1, .ntags = 1, .slowest = true };
	struct trace_pick_spec late = { .ntags = 1 };
	struct engine *engine = engine_with();
	struct trace_pick *slowest_b, *latest;

	(void)state;
	slowest_b = trace_pick_new(engine, &slow);
	latest = trace_pick_new(engine, &late);
	trace_pick_update(latest, 100);
	assert_null(trace_pick_span(latest));
	mark(engine, 10, 0, ">:t:a::");
	mark(engine, 10, 500, "<:t:a::");
	mark(engine, 10, 600, ">:t:b::");
	mark(engine, 10, 650, "<:t:b::");
	mark(engine, 10, 700, ">:t:b::");
	mark(engine, 10, 710, ">:t:b.c::");
	mark(engine, 10, 720, "<:t:b.c::");
	mark(engine, 10, 730, "<:t:b::");
	mark(engine, 10, 800, "<:t:b::");       /* its enter is unknown: no span to look at */
	trace_pick_update(slowest_b, 100);
	trace_pick_update(latest, 100);
	assert_int_equal(trace_pick_span(slowest_b)->enter_time, T0 + 600);
	assert_int_equal(trace_pick_span(latest)->enter_time, T0 + 700);
	trace_pick_free(slowest_b);
	trace_pick_free(latest);
	engine_free(engine);
}

/* Spans and calls in pieces are the same as at once. */
static void pieces_make_the_same_tree(void **state)
{
	struct engine *engine = overlapping();
	struct span *root = slowest(engine, 1);
	struct trace_tree *tree = trace_tree_new(engine, root, NULL, 0, 0);

	(void)state;
	assert_non_null(tree);
	while (trace_tree_update(tree, 1) == 1)
		;
	assert_int_equal(trace_tree_count(tree), 5);
	assert_int_equal(trace_tree_self(tree, 0, 0), 400);
	trace_tree_free(tree);
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_nest_by_id_and_tags_across_threads),
		cmocka_unit_test(self_time_is_what_no_child_covers),
		cmocka_unit_test(children_may_outlive_the_root),
		cmocka_unit_test(calls_belong_to_the_innermost_span),
		cmocka_unit_test(calls_of_started_processes_belong_to_the_span),
		cmocka_unit_test(an_open_trace_grows),
		cmocka_unit_test(a_span_without_its_parent_is_not_lost),
		cmocka_unit_test(filters_choose_calls_and_leave_spans),
		cmocka_unit_test(what_finds_no_room_is_counted),
		cmocka_unit_test(the_pick_is_the_slowest_or_the_latest),
		cmocka_unit_test(pieces_make_the_same_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
