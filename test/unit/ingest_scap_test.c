/* Events of captures: their numbers, their enters, the markers among them, sections and streams. */
#include "test/unit/scap_feed.h"

/* ---- numbers and parameters ---- */

static void test_every_event_has_its_number(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/dev/null", 3);                                       /* 1 2 */
	scap_flagged(engine, 100, 2 * MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 3), SCAP_STATE_ONLY); /* 3 */
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 3));                 /* 4 */
	write_text(engine, 100, 4 * MS, 3, ">:t:a::");                                        /* 5 6 */
	scap(engine, 100, 5 * MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 3));                 /* 7 */
	assert_null(feed_find(engine, 3));
	assert_int_equal(event_of(engine, 4)->call, SCAP_TYPE_SYSCALL_FSTAT_E);
	assert_int_equal(event_of(engine, 6)->type, EVENT_SPAN_ENTER);
	assert_int_equal(event_of(engine, 7)->call, SCAP_TYPE_SYSCALL_FSTAT_E);
	assert_int_equal(engine_counts(engine)->events, 7);
	engine_free(engine);
}

static void test_parameters_are_as_in_the_file(void **state)
{
	struct engine *engine = world();
	const struct event *event;
	size_t size;

	(void)state;
	open_file(engine, 100, 1 * MS, "/etc/hosts", 3);
	event = event_of(engine, 2);
	assert_int_equal(event->items, 5);
	assert_int_equal(event->result, 3);
	assert_int_equal(event_param_int(event, 0), 3);
	assert_string_equal(event_param_text(event, 1, &size), "/etc/hosts");
	assert_int_equal(size, strlen("/etc/hosts"));
	assert_null(event_param(event, 5, &size));
	engine_free(engine);
}

static void test_first_parameters_of_very_many_are_kept(void **state)
{
	struct engine *engine = world();
	struct params *params = none();
	const struct event *event;

	(void)state;
	for (int i = 0; i < 80; i++)
		i64(params, 1000 + i);
	scap(engine, 100, 1 * MS, SCAP_TYPE_SYSCALL_READ_E, params);
	event = event_of(engine, 1);
	assert_int_equal(event->items, SCAP_PARAMS_MAX);
	assert_int_equal(event_param_int(event, 0), 1000);
	assert_int_equal(event_param_int(event, SCAP_PARAMS_MAX - 1), 1000 + SCAP_PARAMS_MAX - 1);
	engine_free(engine);
}

/* ---- enter and exit ---- */

static void test_exit_belongs_to_last_enter(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/a", 3);
	scap(engine, 100, 2 * MS, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 9));
	/* others do not come between */
	scap(engine, 100, 3 * MS, SCAP_TYPE_PROCINFO_E, i64(i64(none(), 5), 6));
	scap(engine, 77, 3 * MS, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 9));
	scap(engine, 100, 6 * MS, SCAP_TYPE_SYSCALL_READ_X, bytes(i64(none(), 2), "hi", 2));
	assert_int_equal(event_latency(event_of(engine, 6)), 4 * MS);
	assert_int_equal(event_of(engine, 6)->flags, 0);
	assert_string_equal(fd_name(engine, 6), "/a");
	engine_free(engine);
}

static void test_exit_without_its_enter_changes_nothing_that_is_open(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/a", 3);
	scap(engine, 100, 2 * MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 3));
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_CLOSE_X, i64(none(), 0));
	assert_true(event_of(engine, 4)->flags & EVENT_NO_ENTER);
	assert_non_null(fd_of(engine, 100, 3));
	/* an open tells all by its exit */
	scap(engine, 100, 4 * MS, SCAP_TYPE_SYSCALL_OPEN_X, u32(u32(text(i64(none(), 4), "/b"), 1), 0));
	assert_string_equal(fd_of(engine, 100, 4)->name->text, "/b");
	engine_free(engine);
}

static void test_newer_files_have_the_descriptor_in_the_exit(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/a", 3);
	scap(engine, 100, 2 * MS, SCAP_TYPE_SYSCALL_READ_X,
	     u32(i64(bytes(i64(none(), 2), "hi", 2), 3), 4096));
	assert_string_equal(fd_name(engine, 3), "/a");
	engine_free(engine);
}

static void test_thread_that_nothing_told_of(void **state)
{
	struct engine *engine = world();
	const struct event *event;

	(void)state;
	open_file(engine, 777, 1 * MS, "/a", 3);
	event = event_of(engine, 2);
	assert_true(event->thread->is_stranger);
	assert_int_equal(event->thread->tid, 777);
	assert_int_equal(event->thread->process->pid, 777);
	assert_string_equal(fd_name(engine, 2), "/a");
	assert_false(state_find_thread(engine_state(engine), 100)->is_stranger);
	engine_free(engine);
}

/* ---- markers ---- */

static void test_markers_become_spans(void **state)
{
	struct engine *engine = world();
	const struct event *enter, *leave;

	(void)state;
	open_file(engine, 100, 1 * MS, "/dev/../dev/null", 3);                                    /* 1 2 */
	write_text(engine, 100, 2 * MS, 3, ">:t:a.b:n=1:");                                       /* 3 4 */
	write_text(engine, 100, 9 * MS, 3, "<:t:a.b:ret=2:");                                     /* 5 6 */
	assert_int_equal(event_of(engine, 3)->type, EVENT_SCAP);
	enter = event_of(engine, 4);
	leave = event_of(engine, 6);
	assert_int_equal(enter->type, EVENT_SPAN_ENTER);
	assert_int_equal(leave->type, EVENT_SPAN_EXIT);
	assert_ptr_equal(enter->span, leave->span);
	assert_int_equal(span_duration(leave->span, 0), 7 * MS);
	/* the enters of all but the first write are hidden */
	assert_null(feed_find(engine, 5));
	/* a failed write is no marker */
	scap(engine, 100, 20 * MS, SCAP_TYPE_SYSCALL_WRITE_E, u32(i64(none(), 3), 7));            /* 7 */
	scap(engine, 100, 21 * MS, SCAP_TYPE_SYSCALL_WRITE_X, bytes(i64(none(), -EINTR), ">:t:x::", 7));
	assert_int_equal(event_of(engine, 8)->type, EVENT_SCAP);
	/* nor is a read */
	scap(engine, 100, 22 * MS, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 7));
	scap(engine, 100, 23 * MS, SCAP_TYPE_SYSCALL_READ_X, bytes(i64(none(), 0), "", 0));
	assert_int_equal(event_of(engine, 10)->type, EVENT_SCAP);
	engine_free(engine);
}

static void test_what_else_is_written(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/tmp/log", 4);                                            /* 1 2 */
	write_text(engine, 100, 2 * MS, 4, ">:t:a::");                                            /* 3 4 */
	assert_int_equal(event_of(engine, 4)->type, EVENT_SCAP);
	/* flagged, and on a file that is known to be another: no marker */
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_WRITE_E, u32(i64(none(), 4), 7));             /* 5 */
	scap_flagged(engine, 100, 4 * MS, SCAP_TYPE_SYSCALL_WRITE_X, bytes(i64(none(), 7), ">:t:a::", 7), SCAP_TRACER);
	assert_int_equal(event_of(engine, 6)->type, EVENT_SCAP);
	/* unknown: only with the flag */
	write_text(engine, 100, 5 * MS, 78, ">:t:a::");                                           /* 7 8 */
	assert_int_equal(event_of(engine, 8)->type, EVENT_SCAP);
	scap_flagged(engine, 77, 6 * MS, SCAP_TYPE_SYSCALL_WRITE_X, bytes(i64(none(), 7), ">:t:a::", 7), SCAP_TRACER);
	assert_int_equal(event_of(engine, 9)->type, EVENT_SPAN_ENTER);
	engine_free(engine);
}

static void test_odd_markers(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/dev/null", 3);                                           /* 1 2 */
	write_text(engine, 100, 2 * MS, 3, ">:t:in");                                             /* 3 4 */
	assert_null(feed_find(engine, 4));
	write_text(engine, 100, 3 * MS, 3, "two::");                                              /* 5 6 */
	assert_int_equal(event_of(engine, 6)->type, EVENT_SPAN_ENTER);
	write_text(engine, 100, 4 * MS, 3, ">:q:x::");                                            /* 7 8 */
	assert_int_equal(event_of(engine, 8)->type, EVENT_MARKER_INVALID);
	/* and the next one counts again */
	write_text(engine, 100, 5 * MS, 3, "<:t:intwo::");                                        /* 9 10 */
	assert_int_equal(event_of(engine, 10)->type, EVENT_SPAN_EXIT);
	engine_free(engine);
}

static void test_output_that_nobody_wants_is_no_marker(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/dev/null", 3);                                           /* 1 2 */
	write_text(engine, 100, 2 * MS, 3, "hello");                                              /* 3 4 */
	assert_int_equal(event_of(engine, 4)->type, EVENT_SCAP);
	assert_int_equal(event_of(engine, 4)->call, SCAP_TYPE_SYSCALL_WRITE_X);
	assert_false(event_of(engine, 4)->flags & EVENT_NO_ENTER);
	assert_string_equal(fd_name(engine, 4), "/dev/null");
	write_text(engine, 100, 3 * MS, 3, "");                                                   /* 5 6 */
	assert_int_equal(event_of(engine, 6)->type, EVENT_SCAP);
	assert_int_equal(engine_counts(engine)->invalid_markers, 0);
	/* what begins like one is a marker, maybe a wrong one */
	write_text(engine, 100, 4 * MS, 3, " [1]");                                               /* 7 8 */
	assert_int_equal(event_of(engine, 8)->type, EVENT_MARKER_INVALID);
	/* and what goes on after an unfinished one belongs to it */
	write_text(engine, 100, 5 * MS, 3, ">:t:he");                                             /* 9 10 */
	write_text(engine, 100, 6 * MS, 3, "llo::");                                              /* 11 12 */
	assert_int_equal(event_of(engine, 12)->type, EVENT_SPAN_ENTER);
	/* enters are hidden from then on, so that an exit by itself is no write like any other */
	write_text(engine, 100, 7 * MS, 3, "hello");                                              /* 13 14 */
	assert_null(feed_find(engine, 13));
	assert_int_equal(event_of(engine, 14)->type, EVENT_MARKER_INVALID);
	engine_free(engine);
}

static void test_thread_end_finishes_its_spans(void **state)
{
	struct engine *engine = world();
	struct recording_cursor cursor;
	const struct event *event;

	(void)state;
	open_file(engine, 100, 1 * MS, "/dev/null", 3);
	write_text(engine, 100, 2 * MS, 3, ">:t:a::");
	scap(engine, 100, 3 * MS, SCAP_TYPE_PROCEXIT_1_E, u8(u8(i64(i64(none(), 0), 0), 0), 0));  /* 5 */
	recording_begin(engine_recording(engine), &cursor, LANE_MASK_SPANS, 0);
	recording_next(engine_recording(engine), &cursor);
	event = recording_next(engine_recording(engine), &cursor);
	assert_non_null(event);
	assert_true(event->flags & EVENT_UNFINISHED);
	/* no number of the file is spent on it */
	assert_int_equal(event->num, 5);
	assert_int_equal(engine_counts(engine)->events, 5);
	engine_free(engine);
}

/* ---- sections, containers, streams ---- */

static void test_section_forgets(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/dev/null", 3);                                           /* 1 2 */
	write_text(engine, 100, 2 * MS, 3, ">:7:a::");                                            /* 3 4 */
	section(engine);
	assert_null(state_find_thread(engine_state(engine), 100));
	assert_int_equal(span_table_counts(engine_spans(engine)).open, 0);
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 3), 9));              /* 5 */
	assert_true(event_of(engine, 5)->thread->is_stranger);
	assert_null(event_of(engine, 5)->fd);
	/* what was recorded still says who and what */
	assert_string_equal(event_of(engine, 2)->thread->name->text, "app");
	assert_string_equal(fd_name(engine, 2), "/dev/null");
	engine_free(engine);
}

static void test_containers_at_the_start_are_not_shown(void **state)
{
	struct engine *engine = world();

	(void)state;
	scap(engine, UINT32_MAX, MS, SCAP_TYPE_CONTAINER_JSON_E, text(none(), "{}"));             /* 1 */
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 4));                         /* 2 */
	scap(engine, UINT32_MAX, MS, SCAP_TYPE_CONTAINER_JSON_E, text(none(), "{}"));             /* 3 */
	assert_null(feed_find(engine, 1));
	assert_int_equal(event_of(engine, 2)->call, SCAP_TYPE_SYSCALL_FSTAT_E);
	assert_int_equal(event_of(engine, 3)->call, SCAP_TYPE_CONTAINER_JSON_E);
	engine_free(engine);
}

struct seen {
	unsigned events, spans;
	char last_closed[64];
};

static void see(void *context, const struct event *event)
{
	struct seen *seen = context;

	seen->events += event->type == EVENT_SCAP;
	seen->spans += event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT;
	if (event->type == EVENT_SCAP && event->call == SCAP_TYPE_SYSCALL_CLOSE_X && event->fd)
		strncpy(seen->last_closed, event->fd->name->text, sizeof(seen->last_closed) - 1);
}

static void stream(struct engine *engine, struct seen *seen)
{
	assert_int_equal(engine_add_sink(engine, see, seen), 0);
	open_file(engine, 100, 1 * MS, "/dev/null", 3);
	write_text(engine, 100, 2 * MS, 3, ">:t:a::");
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_CLOSE_E, i64(none(), 3));
	scap(engine, 100, 4 * MS, SCAP_TYPE_SYSCALL_CLOSE_X, i64(none(), 0));
	scap(engine, 100, 5 * MS, SCAP_TYPE_PROCEXIT_1_E, u8(u8(i64(i64(none(), 0), 0), 0), 0));
}

static void test_stream_goes_through_the_sinks(void **state)
{
	struct engine *engine = world_of((struct engine_options){ .stream = true });
	struct seen seen = { .events = 0 };

	(void)state;
	stream(engine, &seen);
	assert_int_equal(seen.events, 6);
	assert_int_equal(seen.spans, 2);
	assert_string_equal(seen.last_closed, "/dev/null");
	assert_int_equal(recording_fill(engine_recording(engine), LANE_CALLS).events, 0);
	engine_free(engine);
}

static void test_spans_only(void **state)
{
	struct engine *engine = world_of((struct engine_options){ .stream = true, .spans_only = true });
	struct seen seen = { .events = 0 };

	(void)state;
	stream(engine, &seen);
	assert_int_equal(seen.events, 0);
	assert_int_equal(seen.spans, 2);
	assert_int_equal(engine_counts(engine)->events, 7);
	engine_free(engine);
}

/* ---- what no driver writes ---- */

static void test_hostile_numbers(void **state)
{
	static const int64_t numbers[] = { -1, INT64_MIN, INT64_MAX, 1ll << 40, INT32_MAX, 1048577, -100 };
	struct engine *engine = world();

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int64_t n = numbers[i];

		open_file(engine, 100, MS, "/a", n);
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLOSE_E, i64(none(), n));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLOSE_X, i64(none(), 0));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_DUP_E, i64(none(), 3));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_DUP_X, i64(none(), n));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_PIPE_X, i64(i64(i64(i64(none(), 0), n), n), 1));
		scap(engine, 100, MS, SCAP_TYPE_SOCKET_ACCEPT_X, tuple4(i64(none(), n), "1.1.1.1", 1, "2.2.2.2", 2));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(n, 100, 100, n, 0, "app"));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(0, n, n, n, CLONE_THREAD_FLAGS, "app"));
		scap(engine, 9000 + (uint32_t)i, MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(0, n, n, n, 0, "app"));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_USERFAULTFD_X, u32(i64(none(), n), 0));
		scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLOSE_RANGE_X, u32(u32(u32(i64(none(), 0), (uint32_t)n), UINT32_MAX), 0));
	}
	/* its own child */
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(100, 100, 100, 1, 0, "app"));
	assert_string_equal(state_find_thread(engine_state(engine), 100)->name->text, "app");
	engine_free(engine);
}

/* Every type with lengths that do not fit, with empty parameters, and with none. */
static void test_hostile_parameters(void **state)
{
	struct engine *engine = world();
	uint8_t noise[512];

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 37 + 1);
	for (unsigned type = 0; type < SCAP_TYPES; type++) {
		static const uint32_t sizes[] = { 0, 1, 2, 7, 8, 9, 17, 40, 64, 200, 512 };

		for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
			uint8_t *params = malloc(sizes[s] ? sizes[s] : 1);
			struct input input = { .kind = INPUT_SCAP, .tid = 100 + type % 3, .time = MS + type };

			assert_non_null(params);
			memcpy(params, noise, sizes[s]);
			input.scap.type = (uint16_t)type;
			input.scap.size = sizes[s];
			input.scap.params = params;
			for (unsigned n = 0; n < 70; n += n < 8 ? 1 : 19) {
				input.scap.nparams = (uint16_t)n;
				if (n * 4 > sizes[s])
					break;
				feed(engine, NULL, &input);
			}
			free(params);
		}
	}
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_event_has_its_number),
		cmocka_unit_test(test_parameters_are_as_in_the_file),
		cmocka_unit_test(test_first_parameters_of_very_many_are_kept),
		cmocka_unit_test(test_exit_belongs_to_last_enter),
		cmocka_unit_test(test_exit_without_its_enter_changes_nothing_that_is_open),
		cmocka_unit_test(test_newer_files_have_the_descriptor_in_the_exit),
		cmocka_unit_test(test_thread_that_nothing_told_of),
		cmocka_unit_test(test_markers_become_spans),
		cmocka_unit_test(test_what_else_is_written),
		cmocka_unit_test(test_odd_markers),
		cmocka_unit_test(test_output_that_nobody_wants_is_no_marker),
		cmocka_unit_test(test_thread_end_finishes_its_spans),
		cmocka_unit_test(test_section_forgets),
		cmocka_unit_test(test_containers_at_the_start_are_not_shown),
		cmocka_unit_test(test_stream_goes_through_the_sinks),
		cmocka_unit_test(test_spans_only),
		cmocka_unit_test(test_hostile_numbers),
		cmocka_unit_test(test_hostile_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
