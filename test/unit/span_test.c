/* The span table: matching, parents, outers, ends without an exit, and how long spans live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/marker.h"
#include "src/engine/span.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"

/* Two processes, the second a child of the first, with two threads each. */
struct world {
	struct string_pool *pool;
	struct span_table *table;
	struct process processes[2];
	struct thread threads[4];
	unsigned ended;
	struct span *last_ended;
};

static void on_ended(void *context, struct span *span)
{
	struct world *world = context;

	world->ended++;
	world->last_ended = span;
}

static void world_init_bytes(struct world *world, size_t max_bytes)
{
	memset(world, 0, sizeof(*world));
	world->pool = string_pool_new();
	world->table = span_table_new(world->pool, max_bytes, on_ended, world);
	for (uint32_t i = 0; i < 2; i++) {
		world->processes[i].pid = 100 + i * 100;
		world->processes[i].ppid = i ? 100 : 1;
		world->processes[i].parent = i ? &world->processes[0] : NULL;
	}
	for (uint32_t i = 0; i < 4; i++) {
		world->threads[i].process = &world->processes[i / 2];
		world->threads[i].tid = world->processes[i / 2].pid + i % 2;
	}
}

static void world_init(struct world *world)
{
	world_init_bytes(world, 1 << 20);
}

static void collect(struct world *world, uint64_t spans_chunk, uint64_t calls_chunk)
{
	const uint64_t oldest[LANES] = { [LANE_SPANS] = spans_chunk, [LANE_CALLS] = calls_chunk };

	span_table_collect(world->table, oldest);
}

/* Once nothing is recorded, held or open, nothing is left. */
static void world_fini(struct world *world)
{
	struct span *span;

	for (int i = 0; i < 4; i++)
		span_table_thread_exit(world->table, &world->threads[i], i % 2, UINT64_MAX);
	if (span_table_counts(world->table).open == 0) {
		collect(world, UINT64_MAX, UINT64_MAX);
		for (int i = 0; i < 4; i++)
			assert_int_equal(world->threads[i].pins, 0);
		for (int i = 0; i < 2; i++)
			assert_int_equal(world->processes[i].pins, 0);
	}
	for (span = span_table_oldest(world->table); span; span = span_newer(span))
		assert_true(span->id_kind == MARKER_ID_NUMBER || span->id_kind == MARKER_ID_GLOBAL ||
			    span->id_kind == MARKER_ID_PARENT);
	span_table_free(world->table);
	string_pool_free(world->pool);
}

static struct span *mark_account(struct world *world, int thread, const char *text, uint64_t time,
				 const struct span_account *account)
{
	char *scratch = malloc(marker_scratch_size(strlen(text)));
	struct marker marker;
	struct span *span;

	marker_parse(text, strlen(text), &marker, scratch);
	assert_in_range(marker.status, MARKER_ENTER, MARKER_EXIT);
	span = (marker.status == MARKER_ENTER ? span_table_enter : span_table_exit)(
		world->table, &marker, &world->threads[thread], time, account);
	assert_non_null(span);
	free(scratch);
	return span;
}

static struct span *mark(struct world *world, int thread, const char *text, uint64_t time)
{
	return mark_account(world, thread, text, time, NULL);
}

static void test_matching(void **unused)
{
	struct world world;
	struct span *a, *b, *c;

	(void)unused;
	world_init(&world);
	/* last in, first out */
	a = mark(&world, 0, ">:t:x:n=1:", 10);
	b = mark(&world, 0, ">:t:x:n=2:", 20);
	assert_true(a->num < b->num);
	assert_int_equal(a->id, 100);
	assert_ptr_equal(world.threads[0].newest_span, b);
	assert_int_equal(world.processes[0].open_spans, 2);
	assert_ptr_equal(mark(&world, 0, "<:t:x:r=1:", 30), b);
	assert_ptr_equal(mark(&world, 0, "<:t:x::", 45), a);
	assert_int_equal(span_duration(a, 0), 35);
	assert_int_equal(span_duration(b, 0), 10);
	assert_int_equal(b->nexit_args, 1);
	assert_null(a->exit_args);
	assert_ptr_equal(a->exit_thread, &world.threads[0]);
	assert_int_equal(world.processes[0].open_spans, 0);
	assert_null(world.threads[0].newest_span);

	/* in any order, across threads by p, across processes by number; tags must be the same */
	a = mark(&world, 0, ">:p:y::", 50);
	b = mark(&world, 1, ">:7:y.z::", 51);
	c = mark(&world, 2, ">:7:y::", 52);
	assert_true(mark(&world, 3, "<:7:y.Z::", 53)->flags & SPAN_NO_ENTER);
	assert_ptr_equal(mark(&world, 1, "<:p:y::", 54), a);
	assert_ptr_equal(mark(&world, 3, "<:7:y.z::", 55), b);
	assert_ptr_equal(mark(&world, 0, "<:7:y::", 56), c);
	assert_ptr_equal(c->thread, &world.threads[2]);
	assert_ptr_equal(c->exit_thread, &world.threads[0]);
	/* an id is only a number afterwards */
	a = mark(&world, 0, ">:p:z::", 60);
	assert_ptr_equal(mark(&world, 0, "<:t:z::", 61), a);
	a = mark(&world, 2, ">:pp:z::", 62);
	assert_ptr_equal(a->owner, &world.processes[0]);
	assert_ptr_equal(mark(&world, 1, "<:100:z::", 63), a);
	/* one empty tag is not none */
	mark(&world, 0, ">:1:::", 64);
	assert_true(mark(&world, 0, "<:1:.::", 65)->flags & SPAN_NO_ENTER);

	/* time that runs backwards */
	a = mark(&world, 0, ">:t:back::", 100);
	assert_ptr_equal(mark(&world, 0, "<:t:back::", 90), a);
	assert_int_equal(a->exit_time, 100);
	assert_int_equal(span_duration(a, 0), 0);

	a = mark(&world, 1, "<:t:lone:a=1:", 110);
	assert_int_equal(a->flags, SPAN_CLOSED | SPAN_NO_ENTER);
	assert_int_equal(a->enter_time, 0);
	assert_int_equal(span_duration(a, 200), 0);
	assert_ptr_equal(a->thread, &world.threads[1]);
	assert_int_equal(span_table_counts(world.table).unmatched_exits, 3);
	assert_int_equal(span_table_counts(world.table).closed, 8);
	assert_int_equal(span_table_counts(world.table).open, 1);
	world_fini(&world);
}

/* sysdig loses everything when the 129th opens. */
static void test_many_open(void **unused)
{
	enum { MANY = 5000 };
	static struct span *spans[MANY];
	struct world world;
	char text[64];

	(void)unused;
	world_init_bytes(&world, 64 << 20);
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), ">:%d:t%d::", i % 7, i / 2);
		spans[i] = mark(&world, i % 4, text, (uint64_t)i);
	}
	assert_int_equal(span_table_counts(world.table).open, MANY);
	for (int i = 0; i < MANY; i += 3) {
		snprintf(text, sizeof(text), "<:%d:t%d::", i % 7, i / 2);
		assert_ptr_equal(mark(&world, 0, text, MANY), spans[i]);
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "<:%d:t%d::", i % 7, i / 2);
		if (i % 3)
			assert_ptr_equal(mark(&world, 0, text, MANY), spans[i]);
	}
	assert_int_equal(span_table_counts(world.table).open, 0);
	assert_int_equal(span_table_counts(world.table).given_up, 0);
	world_fini(&world);
}

static void test_parents(void **unused)
{
	struct world world;
	struct span *e, *ef, *ef2, *efg;

	(void)unused;
	world_init(&world);
	e = mark(&world, 0, ">:5:E::", 10);
	ef = mark(&world, 1, ">:5:E.F::", 20);
	ef2 = mark(&world, 2, ">:5:E.F::", 30);
	efg = mark(&world, 0, ">:5:E.F.G::", 40);
	assert_null(e->parent);
	assert_ptr_equal(ef->parent, e);
	assert_ptr_equal(efg->parent, ef2);
	assert_int_equal(span_depth(efg), 2);
	assert_int_equal(span_depth(e), 0);
	assert_null(mark(&world, 0, ">:6:E.F::", 41)->parent);
	mark(&world, 2, "<:5:E.F::", 50);
	/* the newest with these tags is gone, the one below it is the parent now */
	assert_ptr_equal(mark(&world, 0, ">:5:E.F.H::", 51)->parent, ef);
	/* empty tags are tags */
	e = mark(&world, 0, ">:5:.::", 52);
	assert_ptr_equal(mark(&world, 0, ">:5:..::", 53)->parent, e);
	assert_null(mark(&world, 0, ">:5:::", 54)->parent);
	assert_null(mark(&world, 0, ">:5:root::", 55)->parent);

	/* only the time within the parent counts */
	mark(&world, 0, "<:5:E.F.G::", 60);
	assert_int_equal(ef2->children_ns, 10);
	mark(&world, 1, "<:5:E.F::", 70);
	mark(&world, 0, "<:5:E.F.H::", 80);
	assert_int_equal(ef->children_ns, 70 - 51);
	world_fini(&world);
}

static void test_account(void **unused)
{
	static const struct span_account first = { 100, 10, 5, 3, 1 }, second = { 350, 10, 6, 10, 2 };
	static const struct span_account reset = { 120, 10, 4, 3, 1 };
	struct world world;
	struct span *a;

	(void)unused;
	world_init(&world);
	a = mark_account(&world, 0, ">:t:a::", 10, &first);
	assert_false(a->has_account);
	mark_account(&world, 0, "<:t:a::", 1010, &second);
	assert_true(a->has_account);
	assert_int_equal(a->account.cpu_ns, 250);
	assert_int_equal(a->account.queue_ns, 0);
	assert_int_equal(a->account.switches, 1);
	assert_int_equal(a->account.minor_faults, 7);
	assert_int_equal(a->account.major_faults, 1);
	/* switched out once, and charged since the last tick before the span: never more than the span */
	a = mark_account(&world, 0, ">:t:a::", 2000, &first);
	mark_account(&world, 0, "<:t:a::", 2200, &second);
	assert_int_equal(a->account.cpu_ns, 200);
	/* never switched out: on the CPU all the time; a counter that went back counts nothing */
	a = mark_account(&world, 0, ">:t:a::", 3000, &first);
	mark_account(&world, 0, "<:t:a::", 3500, &reset);
	assert_int_equal(a->account.switches, 0);
	assert_int_equal(a->account.cpu_ns, 500);
	/* another thread's counters say nothing */
	a = mark_account(&world, 0, ">:p:a::", 10, &first);
	mark_account(&world, 1, "<:p:a::", 20, &second);
	assert_false(a->has_account);
	a = mark_account(&world, 0, ">:p:a::", 10, NULL);
	mark_account(&world, 0, "<:p:a::", 20, &second);
	assert_false(a->has_account);
	world_fini(&world);
}

static void test_ends(void **unused)
{
	struct world world;
	struct span *t, *p, *other, *parents, *g;

	(void)unused;
	world_init(&world);
	t = mark(&world, 2, ">:t:t::", 10);
	p = mark(&world, 3, ">:p:p::", 11);
	other = mark(&world, 3, ">:t:o::", 12);
	parents = mark(&world, 2, ">:pp:pp::", 13);
	g = mark(&world, 2, ">:g:g::", 14);
	mark(&world, 2, ">:9:n::", 15);
	span_table_thread_exit(world.table, &world.threads[2], false, 20);
	assert_int_equal(t->flags, SPAN_CLOSED | SPAN_UNFINISHED);
	assert_int_equal(t->exit_time, 20);
	assert_null(t->exit_thread);
	assert_int_equal(world.ended, 1);
	assert_ptr_equal(world.last_ended, t);
	assert_int_equal(p->flags, 0);
	/* the process ends with thread 2 a second time: thread 3 is gone as well */
	span_table_thread_exit(world.table, &world.threads[2], true, 30);
	assert_true(p->flags & SPAN_UNFINISHED);
	assert_true(other->flags & SPAN_UNFINISHED);
	/* about the parent, which lives */
	assert_int_equal(parents->flags, 0);
	assert_int_equal(g->flags, 0);
	assert_int_equal(world.threads[2].pins, 4);
	span_table_thread_exit(world.table, &world.threads[0], true, 40);
	assert_true(parents->flags & SPAN_UNFINISHED);
	assert_int_equal(span_table_counts(world.table).unfinished, 4);
	assert_int_equal(span_table_counts(world.table).open, 2);
	assert_ptr_equal(mark(&world, 0, "<:0:g::", 50), g);
	mark(&world, 0, "<:9:n::", 51);
	assert_int_equal(world.processes[1].open_spans, 0);
	/* whose parent is not known, only an ancestor: nobody's end closes it */
	world.processes[1].ppid = 150;
	parents = mark(&world, 2, ">:pp:pp::", 60);
	assert_ptr_equal(parents->owner, &world.processes[1]);
	span_table_thread_exit(world.table, &world.threads[2], true, 61);
	assert_int_equal(parents->flags, 0);
	world_fini(&world);
}

/* The oldest go first, and only as many as must. */
static void test_giving_up(void **unused)
{
	struct world world;
	struct span *first, *second, *span;
	unsigned open;

	(void)unused;
	world_init_bytes(&world, 100000);
	first = mark(&world, 0, ">:t:same::", 1);
	second = mark(&world, 0, ">:t:same::", 2);
	for (open = 2; !world.ended; open++)
		mark(&world, (int)open % 4, ">:g:same::", open + 1);
	assert_ptr_equal(world.last_ended, first);
	assert_int_equal(first->flags, SPAN_CLOSED | SPAN_GIVEN_UP);
	assert_int_equal(first->exit_time, open);
	assert_ptr_equal(span_table_oldest(world.table), second);
	assert_int_equal(span_table_counts(world.table).open, open - 1);
	assert_in_range(open, 100, 1000);
	open = 0;
	for (span = span_table_oldest(world.table); span; span = span_newer(span))
		open++;
	assert_int_equal(open, span_table_counts(world.table).open);
	assert_int_equal(world.processes[0].open_spans + world.processes[1].open_spans, open);
	/* a marker larger than all that is allowed still opens */
	{
		static char text[200000] = ">:g:";

		memset(text + 4, 'x', sizeof(text) - 7);
		memcpy(text + sizeof(text) - 3, "::", 3);
		span = mark(&world, 0, text, 2000);
	}
	assert_int_equal(span_table_counts(world.table).open, 1);
	assert_ptr_equal(world.threads[0].newest_span, span);
	assert_null(world.threads[1].newest_span);
	world_fini(&world);
}

static void test_loss(void **unused)
{
	struct world world;
	struct span *before, *ends_in, *open, *late, *after;

	(void)unused;
	world_init(&world);
	before = mark(&world, 0, ">:t:a::", 10);
	mark(&world, 0, "<:t:a::", 20);
	ends_in = mark(&world, 0, ">:t:b::", 25);
	mark(&world, 0, "<:t:b::", 35);
	open = mark(&world, 0, ">:t:c::", 38);
	span_table_loss(world.table, 30, 40);
	assert_int_equal(before->flags & SPAN_LOSSY, 0);
	assert_true(ends_in->flags & SPAN_LOSSY);
	assert_true(open->flags & SPAN_LOSSY);
	/* its marker was read after the loss was told */
	late = mark(&world, 1, ">:t:d::", 39);
	assert_true(late->flags & SPAN_LOSSY);
	after = mark(&world, 1, ">:t:e::", 41);
	mark(&world, 1, "<:t:e::", 50);
	assert_int_equal(after->flags & SPAN_LOSSY, 0);
	world_fini(&world);
}

static void test_outers(void **unused)
{
	struct world world;
	struct span *a, *b, *c, *lone;

	(void)unused;
	world_init(&world);
	a = mark(&world, 0, ">:1:a::", 10);
	mark(&world, 1, ">:1:x::", 15);
	b = mark(&world, 0, ">:1:b::", 20);
	c = mark(&world, 0, ">:1:c::", 30);
	assert_null(a->outer);
	assert_ptr_equal(b->outer, a);
	assert_ptr_equal(c->outer, b);
	/* b closes below c */
	mark(&world, 0, "<:1:b::", 40);
	assert_ptr_equal(world.threads[0].newest_span, c);
	assert_ptr_equal(span_outer_at(c, 40), c);
	assert_ptr_equal(span_outer_at(c->outer, 40), b);
	assert_ptr_equal(span_outer_at(c->outer, 41), a);
	assert_null(span_outer_at(a->outer, 41));
	assert_ptr_equal(span_outer_at(c, 29), b);
	assert_ptr_equal(span_outer_at(c, 19), a);
	assert_null(span_outer_at(c, 9));
	mark(&world, 0, "<:1:c::", 50);
	assert_ptr_equal(world.threads[0].newest_span, a);
	/* an exit without enter was never open, but lies in something */
	lone = mark(&world, 0, "<:1:lone::", 60);
	assert_ptr_equal(span_outer_at(lone, 60), a);
	/* what a walk into the past found is not what a later one finds */
	b = mark(&world, 0, ">:1:b::", 70);
	mark(&world, 0, ">:1:d::", 75);
	c = mark(&world, 0, ">:1:c::", 80);
	mark(&world, 0, "<:1:d::", 85);
	assert_ptr_equal(span_outer_at(c, 65), a);
	mark(&world, 0, "<:1:c::", 90);
	assert_ptr_equal(span_outer_at(c, 95), b);
	world_fini(&world);
}

/* Overlapping spans without end, walked at all times, forward and back, against a look at each. */
static void test_overlapping(void **unused)
{
	enum { MANY = 600, OPEN = 20 };
	static struct span *spans[MANY];
	struct world world;
	char text[32];

	(void)unused;
	world_init(&world);
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), ">:1:t%d::", i);
		spans[i] = mark(&world, 0, text, 10 * (uint64_t)i + 10);
		/* the first stays open throughout */
		if (i > OPEN) {
			snprintf(text, sizeof(text), "<:1:t%d::", i - OPEN + (i % 3 - 1) * (i > OPEN + 3));
			mark(&world, 0, text, 10 * (uint64_t)i + 15);
		}
	}
	for (int pass = 0; pass < 3; pass++) {
		for (int step = 0; step < MANY; step++) {
			int newest = pass == 1 ? MANY - 1 - step : step;
			uint64_t time = 10 * (uint64_t)newest + 17;
			struct span *span = span_outer_at(spans[newest], time);

			for (int i = newest; i >= 0; i--) {
				if (spans[i]->flags & SPAN_NO_ENTER || spans[i]->enter_time > time ||
				    (spans[i]->exit_time && spans[i]->exit_time < time))
					continue;
				assert_ptr_equal(span, spans[i]);
				span = span_outer_at(span->outer, time);
			}
			assert_null(span);
		}
	}
	world_fini(&world);
}

static void test_lifetime(void **unused)
{
	struct world world;
	struct span *a, *b, *c;

	(void)unused;
	world_init(&world);
	a = mark(&world, 0, ">:t:a::", 1);
	span_touch(a, LANE_SPANS, 1);
	b = mark(&world, 0, ">:t:a.b::", 2);
	span_touch(b, LANE_SPANS, 1);
	/* open ones stay, whatever is recorded */
	collect(&world, 2, 2);
	assert_ptr_equal(world.threads[0].newest_span, b);
	span_touch(b, LANE_CALLS, 5);
	assert_int_equal(a->last_chunk[LANE_CALLS], 5);
	mark(&world, 0, "<:t:a.b::", 3);
	span_touch(b, LANE_SPANS, 4);
	mark(&world, 0, "<:t:a::", 4);
	span_touch(a, LANE_SPANS, 4);
	assert_int_equal(world.threads[0].pins, 4);
	/* one lane is enough to keep them */
	collect(&world, 5, 5);
	assert_int_equal(world.threads[0].pins, 4);
	collect(&world, 5, 6);
	assert_int_equal(world.threads[0].pins, 0);

	/* a pin keeps a span and its parent */
	a = mark(&world, 0, ">:t:a::", 11);
	b = mark(&world, 0, ">:t:a.b::", 12);
	c = mark(&world, 0, ">:t:c::", 13);
	mark(&world, 0, "<:t:c::", 14);
	mark(&world, 0, "<:t:a.b::", 15);
	mark(&world, 0, "<:t:a::", 16);
	span_pin(b);
	collect(&world, 10, 10);
	assert_int_equal(world.threads[0].pins, 4);
	assert_int_equal(c->num, 0);
	assert_ptr_equal(b->parent, a);
	assert_int_equal(span_duration(a, 0), 5);
	span_unpin(b);
	collect(&world, 11, 11);
	assert_int_equal(world.threads[0].pins, 0);

	/* so does a child that is open, for its parent */
	a = mark(&world, 0, ">:t:a::", 21);
	b = mark(&world, 0, ">:t:a.b::", 22);
	mark(&world, 0, "<:t:a::", 23);
	collect(&world, 20, 20);
	collect(&world, 21, 21);
	assert_ptr_equal(b->parent, a);
	assert_ptr_equal(b->outer, a);
	mark(&world, 0, "<:t:a.b::", 24);
	collect(&world, 22, 22);
	assert_int_equal(world.threads[0].pins, 0);

	/* a thread that events of a lane refer to keeps what they happened in */
	a = mark(&world, 0, ">:t:a::", 31);
	world.threads[0].last_chunk[LANE_CALLS] = 30;
	mark(&world, 0, "<:t:a::", 32);
	collect(&world, 30, 30);
	assert_int_equal(world.threads[0].pins, 2);
	collect(&world, 30, 31);
	assert_int_equal(world.threads[0].pins, 0);
	world_fini(&world);
}

/* Each span opens within the one before and outlives it: forgotten ones must not pile up behind the last. */
static void test_endless_overlap(void **unused)
{
	struct world world;
	struct span *root, *span = NULL;
	size_t bytes = 0;
	char text[32];

	(void)unused;
	world_init(&world);
	root = mark(&world, 0, ">:t:root::", 1);
	for (uint64_t i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), ">:%d:x::", (int)(i % 2));
		span = mark(&world, 0, text, 2 * i + 2);
		span_touch(span, LANE_SPANS, i / 10);
		if (i) {
			snprintf(text, sizeof(text), "<:%d:x::", (int)((i + 1) % 2));
			span_touch(mark(&world, 0, text, 2 * i + 3), LANE_SPANS, i / 10);
		}
		if (i > 100)
			collect(&world, i / 10 - 5, i / 10 - 5);
		if (i == 1000)
			bytes = span_table_bytes(world.table);
		assert_ptr_equal(world.threads[0].newest_span, span);
	}
	assert_int_equal(span_table_bytes(world.table), bytes);
	assert_in_range(world.threads[0].pins, 2 * 50, 2 * 80);
	/* the way to what is open leads past those that are gone */
	collect(&world, 1998, 1998);
	assert_ptr_equal(span_outer_at(span->outer, 50000), root);
	mark(&world, 0, "<:1:x::", 50001);
	world_fini(&world);
}

/* Anything in any order; what must hold, holds. */
static void test_storm(void **unused)
{
	struct world world;
	struct span *pinned[16] = { 0 };
	uint64_t seed = 1234567;
	char text[64];

	(void)unused;
	world_init_bytes(&world, 30000);
	for (uint64_t i = 1; i < 60000; i++) {
		unsigned dice;
		struct span *span;
		int thread;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		dice = (unsigned)(seed >> 33);
		thread = dice / 8 % 4;
		snprintf(text, sizeof(text), "%c:%s:%s::", dice % 2 ? '>' : '<',
			 (const char *[]){ "t", "p", "pp", "g", "5" }[dice / 32 % 5],
			 (const char *[]){ "a", "a.b", "a.b.c", "a.c", "", "b", "b.b" }[dice / 256 % 7]);
		span = mark(&world, thread, text, i + dice % 3);
		span_touch(span, dice / 16 % 2, i / 50);
		world.threads[thread].last_chunk[dice / 16 % 2] = i / 50;
		if (dice % 11 == 0) {
			if (pinned[dice % 16])
				span_unpin(pinned[dice % 16]);
			pinned[dice % 16] = span;
			span_pin(span);
		}
		if (dice % 97 == 0)
			span_table_thread_exit(world.table, &world.threads[thread], dice % 2, i);
		if (dice % 29 == 0)
			collect(&world, i / 50 > 4 ? i / 50 - 4 : 0, i / 50 > 9 ? i / 50 - 9 : 0);
		for (int j = 0; j < 16; j++) {
			const char *tags = pinned[j] ? pinned[j]->tags->text : NULL;
			const struct span *parent = pinned[j] ? pinned[j]->parent : NULL;

			assert_true(!pinned[j] || pinned[j]->num);
			assert_true(!parent || (parent->num && parent->id == pinned[j]->id &&
						memcmp(parent->tags->text, tags, parent->tags->size) == 0));
		}
		for (span = world.threads[thread].newest_span; span; span = span->outer)
			assert_true(span->num && (!span->outer || span->outer->num < span->num));
	}
	for (int j = 0; j < 16; j++) {
		if (pinned[j])
			span_unpin(pinned[j]);
	}
	for (struct span *span; (span = span_table_oldest(world.table));) {
		char tags[16];

		span_tags_text(span, tags, sizeof(tags));
		snprintf(text, sizeof(text), "<:%lld:%s::", (long long)span->id, tags);
		mark(&world, 0, text, 100000);
	}
	world_fini(&world);
	assert_int_equal(world.processes[0].open_spans + world.processes[1].open_spans, 0);
}

static void test_texts(void **unused)
{
	struct world world;
	struct span *span;
	char text[32];
	size_t size;

	(void)unused;
	world_init(&world);
	span = mark(&world, 0, ">:t:one..three:a=1,=,c=x\\,y:", 1);
	assert_int_equal(span_tags_text(span, text, sizeof(text)), 10);
	assert_string_equal(text, "one..three");
	assert_int_equal(span_tags_text(span, text, 5), 10);
	assert_string_equal(text, "one.");
	assert_int_equal(span_tags_text(span, NULL, 0), 10);
	assert_int_equal(packed_args_text(span->enter_args->text, span->enter_args->size, 3, ':', text,
					  sizeof(text)), 11);
	assert_string_equal(text, "a:1,:,c:x,y");
	assert_int_equal(packed_args_text(NULL, 0, 0, '=', text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_memory_equal(span_tag(span, 0, &size), "one", 4);
	assert_int_equal(size, 3);
	assert_memory_equal(span_tag(span, -1, &size), "three", 6);
	assert_non_null(span_tag(span, 1, &size));
	assert_int_equal(size, 0);
	assert_ptr_equal(span_tag(span, -3, &size), span->tags->text);
	assert_null(span_tag(span, 3, &size));
	assert_null(span_tag(span, -4, &size));
	assert_null(packed_string("a\0b\0", 4, 2, &size));
	assert_int_equal(span_duration(span, 5), 4);
	assert_int_equal(span_duration(span, 0), 0);
	mark(&world, 0, "<:t:one..three::", 2);
	span = mark(&world, 0, ">:t:::", 2);
	assert_int_equal(span_tags_text(span, text, sizeof(text)), 0);
	assert_null(span_tag(span, 0, &size));
	assert_null(span_tag(span, -1, &size));
	world_fini(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matching),
		cmocka_unit_test(test_many_open),
		cmocka_unit_test(test_parents),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_giving_up),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_outers),
		cmocka_unit_test(test_overlapping),
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_endless_overlap),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
