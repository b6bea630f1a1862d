#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/engine/recording.h"

#define MIB ((size_t)1 << 20)

/* An entry of `size` bytes in all; its time is ten times its number. */
static struct event *add(struct recording *recording, enum recording_lane lane, uint64_t num, size_t size)
{
	struct event *event = recording_append(recording, lane, size);

	assert_non_null(event);
	*event = (struct event){ .size = size, .type = lane == LANE_CALLS ? EVENT_CALL : EVENT_SPAN_ENTER, .num = num,
				 .time = num * 10 };
	return event;
}

static void test_order_over_lanes(void **state)
{
	struct recording *recording = recording_new(MIB);
	struct recording_cursor all, spans, calls;

	(void)state;
	recording_begin(recording, &all, LANE_MASK_ALL, 0);
	assert_null(recording_next(recording, &all));
	add(recording, LANE_SPANS, 1, 72);
	add(recording, LANE_CALLS, 3, 96);
	add(recording, LANE_CALLS, 5, 96);
	add(recording, LANE_SPANS, 6, 72);
	for (uint64_t num = 1; num <= 6; num += num == 1 || num == 3 ? 2 : 1)
		assert_int_equal(recording_next(recording, &all)->num, num);
	assert_null(recording_next(recording, &all));
	/* later appends continue there */
	add(recording, LANE_SPANS, 7, 72);
	assert_int_equal(recording_next(recording, &all)->num, 7);
	assert_null(recording_next(recording, &all));
	assert_int_equal(all.skipped, 0);

	recording_begin(recording, &spans, LANE_MASK_SPANS, 0);
	assert_int_equal(recording_next(recording, &spans)->num, 1);
	assert_int_equal(recording_next(recording, &spans)->num, 6);
	assert_int_equal(recording_next(recording, &spans)->num, 7);
	assert_null(recording_next(recording, &spans));
	recording_begin(recording, &calls, LANE_MASK_CALLS, 0);
	assert_int_equal(recording_next(recording, &calls)->num, 3);
	assert_int_equal(recording_next(recording, &calls)->num, 5);
	assert_null(recording_next(recording, &calls));
	recording_free(recording);
}

static void test_one_lane_never_evicts_the_other(void **state)
{
	struct recording *recording = recording_new(MIB);
	struct recording_cursor cursor;
	uint64_t first_chunk;

	(void)state;
	add(recording, LANE_SPANS, 1, 72);
	first_chunk = recording_chunk(recording, LANE_SPANS);
	for (uint64_t i = 0; i < 100000; i++)
		add(recording, LANE_CALLS, 3 + 2 * i, 96);
	assert_int_equal(recording_fill(recording, LANE_SPANS).events, 1);
	assert_int_equal(recording_fill(recording, LANE_SPANS).evicted, 0);
	assert_true(recording_fill(recording, LANE_CALLS).evicted > 0);
	assert_int_equal(recording_oldest_lane_chunk(recording, LANE_SPANS), first_chunk);
	assert_true(recording_oldest_lane_chunk(recording, LANE_CALLS) > first_chunk);
	recording_begin(recording, &cursor, LANE_MASK_ALL, 0);
	assert_int_equal(recording_next(recording, &cursor)->num, 1);
	assert_true(recording_next(recording, &cursor)->num > 3);
	recording_free(recording);
}

static void test_bounds(void **state)
{
	struct recording *recording = recording_new(4 * MIB);
	struct recording_fill spans, calls;

	(void)state;
	for (uint64_t num = 1; num <= 200000; num++) {
		add(recording, num % 2 ? LANE_SPANS : LANE_CALLS, num, 72 + num % 5 * 8);
		spans = recording_fill(recording, LANE_SPANS);
		calls = recording_fill(recording, LANE_CALLS);
		assert_true(spans.bytes <= spans.max_bytes && calls.bytes <= calls.max_bytes);
	}
	assert_true(spans.max_bytes + calls.max_bytes <= 4 * MIB);
	assert_true(spans.max_bytes <= MIB && spans.max_bytes > MIB - 1024);
	assert_int_equal(spans.events + spans.evicted, 100000);
	/* an entry of a call is its enter and its exit */
	assert_int_equal(calls.events + calls.evicted, 200000);
	assert_int_equal(calls.newest_time, 2000000);
	assert_int_equal(spans.newest_time, 1999990);
	/* a lane of a small recording still has seven whole chunks when one goes: at least three quarters are used,
	 * by entries of 88 bytes on average */
	assert_true(spans.events * 88 > spans.max_bytes / 4 * 3);
	recording_free(recording);
}

static void test_skipped(void **state)
{
	struct recording *recording = recording_new(MIB);
	struct recording_cursor cursor, late;
	const struct event *event;
	uint64_t read = 0;

	(void)state;
	recording_begin(recording, &cursor, LANE_MASK_ALL, 0);
	for (uint64_t num = 1; num <= 1000; num++)
		add(recording, LANE_SPANS, num, 72);
	for (; read < 10; read++)
		assert_int_equal(recording_next(recording, &cursor)->num, read + 1);
	for (uint64_t num = 1001; num <= 50000; num++)
		add(recording, LANE_SPANS, num, 72);
	event = recording_next(recording, &cursor);
	assert_int_equal(cursor.skipped, event->num - 11);
	assert_int_equal(event->num - 1, recording_fill(recording, LANE_SPANS).evicted);
	for (read = event->num; (event = recording_next(recording, &cursor)); read = event->num)
		assert_int_equal(event->num, read + 1);
	assert_int_equal(read, 50000);

	/* one that begins after an eviction did not miss anything */
	recording_begin(recording, &late, LANE_MASK_ALL, 0);
	assert_non_null(recording_next(recording, &late));
	assert_int_equal(late.skipped, 0);
	recording_free(recording);
}

/* What a cursor looked at ahead may be evicted before it is taken. */
static void test_evicted_while_ahead(void **state)
{
	struct recording *recording = recording_new(MIB);
	struct recording_cursor cursor;

	(void)state;
	add(recording, LANE_SPANS, 1, 72);
	add(recording, LANE_CALLS, 3, 96);
	recording_begin(recording, &cursor, LANE_MASK_ALL, 0);
	assert_int_equal(recording_next(recording, &cursor)->num, 1);
	for (uint64_t i = 0; i < 50000; i++)
		add(recording, LANE_CALLS, 5 + 2 * i, 96);
	/* number 3 was ahead, and is gone */
	assert_true(recording_next(recording, &cursor)->num > 3);
	assert_int_equal(cursor.skipped, recording_fill(recording, LANE_CALLS).evicted);
	recording_free(recording);
}

static void test_from_time(void **state)
{
	struct recording *recording = recording_new(MIB);
	struct recording_cursor cursor;
	const struct event *event;

	(void)state;
	for (uint64_t num = 1; num <= 2000; num++)
		add(recording, LANE_SPANS, num, 72);
	/* whole chunks are left out, so it starts at or before the time, but not at the beginning */
	recording_begin(recording, &cursor, LANE_MASK_ALL, 15000);
	event = recording_next(recording, &cursor);
	assert_true(event->time <= 15000 && event->num > 1);
	assert_int_equal(cursor.skipped, 0);
	/* a time to come starts in the newest chunk */
	recording_begin(recording, &cursor, LANE_MASK_ALL, UINT64_MAX);
	assert_non_null(recording_next(recording, &cursor));
	recording_free(recording);
}

static void test_find(void **state)
{
	struct recording *recording = recording_new(MIB);
	uint64_t held;

	(void)state;
	assert_null(recording_find(recording, LANE_CALLS, 1));
	/* calls have numbers 2, 4, 6, ... with their enters before them; every tenth is a span's */
	for (uint64_t i = 1; i <= 30000; i++) {
		if (i % 10)
			add(recording, LANE_CALLS, 2 * i, 72 + i % 7 * 8);
		else
			add(recording, LANE_SPANS, 2 * i, 72);
	}
	held = recording_fill(recording, LANE_CALLS).oldest_time / 10;
	assert_true(held > 2);
	assert_null(recording_find(recording, LANE_CALLS, held - 2));
	for (uint64_t num = held; num <= 60000; num += 2) {
		enum recording_lane lane = num % 20 ? LANE_CALLS : LANE_SPANS;

		assert_non_null(recording_find(recording, lane, num));
		assert_int_equal(recording_find(recording, lane, num)->num, num);
		assert_null(recording_find(recording, 1 - lane, num));
		/* an enter is found by its number, too */
		if (lane == LANE_CALLS)
			assert_ptr_equal(recording_find(recording, lane, num - 1),
					 recording_find(recording, lane, num));
		else
			assert_null(recording_find(recording, lane, num - 1));
	}
	assert_null(recording_find(recording, LANE_CALLS, 60001));
	assert_null(recording_find(recording, LANE_CALLS, UINT64_MAX));
	recording_free(recording);
}

static void test_large_entries(void **state)
{
	struct recording *recording = recording_new(1);   /* becomes 1 MiB */
	struct recording_cursor cursor;
	const struct event *event;
	uint64_t last = 0;

	(void)state;
	for (uint64_t num = 1; num <= 300; num++)
		add(recording, LANE_SPANS, num, num % 3 ? 72 : (size_t)128 << 10);
	assert_true(recording_fill(recording, LANE_SPANS).bytes <= MIB / 4);
	recording_begin(recording, &cursor, LANE_MASK_ALL, 0);
	while ((event = recording_next(recording, &cursor))) {
		assert_true(event->num > last);
		last = event->num;
	}
	assert_int_equal(last, 300);
	assert_int_equal(recording_find(recording, LANE_SPANS, 300)->size, 128 << 10);
	recording_free(recording);
}

static void test_evict(void **state)
{
	struct recording *recording = recording_new(MIB);
	struct recording_cursor cursor;
	const struct event *event;
	uint64_t events;

	(void)state;
	assert_false(recording_evict(recording, LANE_SPANS));
	for (uint64_t num = 1; num <= 2000; num++)
		add(recording, LANE_SPANS, num, 72);
	recording_begin(recording, &cursor, LANE_MASK_ALL, 0);
	events = recording_fill(recording, LANE_SPANS).events;
	assert_int_equal(events, 2000);
	assert_true(recording_evict(recording, LANE_SPANS));
	assert_true(recording_fill(recording, LANE_SPANS).events < events);
	event = recording_next(recording, &cursor);
	assert_int_equal(event->num, cursor.skipped + 1);
	assert_true(cursor.skipped > 0);
	while (recording_evict(recording, LANE_SPANS))
		;
	/* the chunk that is being written to went as well; the next append starts a new one */
	assert_int_equal(recording_fill(recording, LANE_SPANS).events, 0);
	assert_null(recording_next(recording, &cursor));
	add(recording, LANE_SPANS, 2001, 72);
	event = recording_next(recording, &cursor);
	assert_int_equal(event->num, 2001);
	assert_int_equal(cursor.skipped, 1999);
	assert_null(recording_next(recording, &cursor));
	recording_free(recording);
}

static void test_clear(void **state)
{
	struct recording *recording = recording_new(MIB);
	struct recording_cursor cursor;
	uint64_t chunk;

	(void)state;
	add(recording, LANE_SPANS, 1, 72);
	add(recording, LANE_SPANS, 2, 72);
	recording_begin(recording, &cursor, LANE_MASK_ALL, 0);
	assert_int_equal(recording_next(recording, &cursor)->num, 1);
	chunk = recording_chunk(recording, LANE_SPANS);
	recording_clear(recording);
	assert_null(recording_next(recording, &cursor));
	assert_true(recording_oldest_lane_chunk(recording, LANE_SPANS) > chunk);
	assert_int_equal(recording_fill(recording, LANE_SPANS).events, 0);
	assert_int_equal(recording_fill(recording, LANE_SPANS).bytes, 0);
	assert_int_equal(recording_fill(recording, LANE_SPANS).oldest_time, 0);
	add(recording, LANE_SPANS, 3, 72);
	/* what was cleared was not lost */
	assert_int_equal(recording_next(recording, &cursor)->num, 3);
	assert_int_equal(cursor.skipped, 0);
	assert_null(recording_find(recording, LANE_SPANS, 2));
	recording_free(recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_over_lanes),
		cmocka_unit_test(test_one_lane_never_evicts_the_other),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_evicted_while_ahead),
		cmocka_unit_test(test_from_time),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_large_entries),
		cmocka_unit_test(test_evict),
		cmocka_unit_test(test_clear),
	};

	return cmocka_run_group_tests_name("recording", tests, NULL, NULL);
}
