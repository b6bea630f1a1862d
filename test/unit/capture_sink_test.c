/* Captures of an engine: what they begin with, whom they tell of, and the files of a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "feed.h"
#include "src/engine/capture_sink.h"
#include "src/engine/source.h"

#define SECOND 1000000000ull

struct world {
	struct engine *engine;
	struct capture_sink *sink;
	char directory[64];
};

static void on_event(void *context, const struct event *event)
{
	struct world *world = context;

	assert_true(capture_sink_event(world->sink, event, false));
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	setenv("TZ", "UTC", 1);
	tzset();
	strcpy(world->directory, "/tmp/capture_sink_test.XXXXXX");
	if (!mkdtemp(world->directory) || chdir(world->directory))
		return -1;
	world->engine = engine_new(&(struct engine_options){ .stream = true });
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	DIR *directory = opendir(".");
	struct dirent *entry;

	while ((entry = readdir(directory)))
		unlink(entry->d_name);
	closedir(directory);
	engine_free(world->engine);
	if (chdir("/") || rmdir(world->directory))
		return -1;
	free(world);
	return 0;
}

static void open_sink(struct world *world, const char *path, struct capture_sink_options options)
{
	char error[8192];

	options.live = true;
	world->sink = capture_sink_open(world->engine, path, &options, error, sizeof(error));
	assert_non_null(world->sink);
	assert_int_equal(engine_add_sink(world->engine, on_event, world), 0);
}

static void close_sink(struct world *world)
{
	char error[8192];

	assert_true(capture_sink_close(world->sink, error, sizeof(error)));
}

/* One item of the file that is of this kind, and the position-th of them. */
static struct scap_item find(const char *path, enum scap_item_kind kind, unsigned position, struct scap_reader **reader)
{
	char error[200];
	struct scap_item item;

	*reader = scap_reader_open(path, error, sizeof(error));
	assert_non_null(*reader);
	while (scap_reader_next(*reader, &item) == 1)
		if (item.kind == kind && !position--)
			return item;
	item.kind = 0;
	return item;
}

static unsigned count(const char *path, enum scap_item_kind kind)
{
	char error[200];
	struct scap_reader *reader = scap_reader_open(path, error, sizeof(error));
	struct scap_item item;
	unsigned n = 0;

	if (!reader)
		return 0;
	while (scap_reader_next(reader, &item) == 1)
		n += item.kind == kind;
	scap_reader_close(reader);
	return n;
}

static void test_begins_with_what_exists(void **state)
{
	struct world *world = *state;
	struct scap_reader *reader;
	struct scap_item item;
	struct input user = { .kind = INPUT_USER, .user = { .uid = 5, .gid = 6, .name = "bob", .home = "/", .shell = "" } };

	open_sink(world, "x.scap", (struct capture_sink_options){ 0 });
	feed(world->engine, NULL, &user);
	feed_process(world->engine, 200, 100, "child", "/bin/child", "-a b", "/tmp");
	feed_process(world->engine, 100, 1, "parent", "/bin/parent", "", "/");
	feed_descriptor(world->engine, 200, 3, FD_FILE, "/etc/hosts");
	feed_call(world->engine, 200, 200, SECOND, SECOND + 5, "getpid", 200, -1);
	close_sink(world);

	item = find("x.scap", SCAP_ITEM_USER, 0, &reader);
	assert_int_equal(item.user.uid, 5);
	scap_reader_close(reader);
	/* in the order of their ids */
	item = find("x.scap", SCAP_ITEM_PROCESS, 1, &reader);
	assert_int_equal(item.process.pid, 200);
	assert_int_equal(item.process.ptid, 100);
	assert_int_equal(item.process.args.size, 5);
	assert_memory_equal(item.process.args.text, "-a\0b\0", 5);
	scap_reader_close(reader);
	item = find("x.scap", SCAP_ITEM_FD, 0, &reader);
	assert_int_equal(item.fd.tid, 200);
	assert_int_equal(item.fd.fd, 3);
	assert_int_equal(item.fd.type, 16);
	scap_reader_close(reader);
	assert_int_equal(count("x.scap", SCAP_ITEM_EVENT), 2);
}

/* Nothing told the file of it (a fork outside the scope): a hidden clone does. */
static void test_tells_of_unknown_threads(void **state)
{
	struct world *world = *state;
	struct input fork = { .kind = INPUT_FORK, .tid = 100, .pid = 100, .time = 2 * SECOND, .quiet = true,
			      .fork = { .child_tid = 200, .child_pid = 200, .comm = "child" } };
	struct input exec = { .kind = INPUT_EXEC, .tid = 200, .pid = 200, .time = 4 * SECOND, .quiet = true,
			      .exec = { .comm = "other", .command = "other", .size = 5 } };
	struct scap_reader *reader;
	struct scap_item item;

	open_sink(world, "x.scap", (struct capture_sink_options){ 0 });
	feed_process(world->engine, 100, 1, "parent", "/bin/parent", "", "/");
	feed_marker(world->engine, 100, 100, SECOND, ">:t:a::");
	feed(world->engine, NULL, &fork);
	feed_marker(world->engine, 200, 200, 3 * SECOND, ">:t:b::");
	feed_marker(world->engine, 200, 200, 3 * SECOND + 1, "<:t:b::");
	feed(world->engine, NULL, &exec);
	feed_marker(world->engine, 200, 200, 5 * SECOND, ">:t:c::");
	close_sink(world);

	assert_int_equal(count("x.scap", SCAP_ITEM_EVENT), 6);
	item = find("x.scap", SCAP_ITEM_EVENT, 1, &reader);
	assert_int_equal(item.event.type, 223);
	assert_int_equal(item.event.tid, 200);
	assert_int_equal(item.event.dump_flags, SCAP_STATE_ONLY);
	scap_reader_close(reader);
	item = find("x.scap", SCAP_ITEM_EVENT, 2, &reader);
	assert_int_equal(item.event.type, 9);
	assert_int_equal(item.event.dump_flags, SCAP_TRACER);
	scap_reader_close(reader);
	item = find("x.scap", SCAP_ITEM_EVENT, 4, &reader);
	assert_int_equal(item.event.type, 293);
	assert_int_equal(item.event.dump_flags, SCAP_STATE_ONLY);
	scap_reader_close(reader);
}

static void test_tells_of_losses(void **state)
{
	struct world *world = *state;
	struct input loss = { .kind = INPUT_LOSS, .time = 2 * SECOND,
			      .loss = { .cause = LOSS_CALLS, .count = 12, .from = SECOND } };
	struct scap_reader *reader;
	struct scap_item item;

	open_sink(world, "x.scap", (struct capture_sink_options){ 0 });
	feed_process(world->engine, 100, 1, "app", "/bin/app", "", "/");
	feed(world->engine, NULL, &loss);
	feed_call(world->engine, 100, 100, 3 * SECOND, 3 * SECOND + 5, "getpid", 100, -1);
	close_sink(world);
	item = find("x.scap", SCAP_ITEM_EVENT, 0, &reader);
	assert_int_equal(item.event.type, 280);
	assert_memory_equal(item.event.params + 4, "lost\0" "12 calls", 14);
	scap_reader_close(reader);
}

/* As sysdig: numbers from 0, the first file has one event less, with a limit the numbers go round. */
static void test_files_by_events(void **state)
{
	struct world *world = *state;

	open_sink(world, "x.scap", (struct capture_sink_options){ .events_per_file = 4, .files = 2 });
	feed_process(world->engine, 100, 1, "app", "/bin/app", "", "/");
	for (unsigned i = 0; i < 10; i++)
		feed_marker(world->engine, 100, 100, SECOND + i, i & 1 ? "<:t:a::" : ">:t:a::");
	close_sink(world);
	/* 3, 4, 3 events: the third file is x.scap0 again */
	assert_int_equal(count("x.scap0", SCAP_ITEM_EVENT), 3);
	assert_int_equal(count("x.scap1", SCAP_ITEM_EVENT), 4);
	assert_int_equal(count("x.scap0", SCAP_ITEM_PROCESS), 1);
	assert_int_equal(access("x.scap2", F_OK), -1);
}

static void test_files_by_seconds(void **state)
{
	struct world *world = *state;

	open_sink(world, "x_%H%M%S", (struct capture_sink_options){ .seconds_per_file = 2, .files = 2 });
	feed_process(world->engine, 100, 1, "app", "/bin/app", "", "/");
	for (unsigned i = 0; i < 6; i++)
		feed_marker(world->engine, 100, 100, (3600 + i) * SECOND + SECOND / 2, i & 1 ? "<:t:a::" : ">:t:a::");
	close_sink(world);
	assert_int_equal(access("x_010000", F_OK), -1); /* one too many */
	assert_int_equal(count("x_010002", SCAP_ITEM_EVENT), 2);
	assert_int_equal(count("x_010004", SCAP_ITEM_EVENT), 2);
}

static void test_files_by_bytes(void **state)
{
	struct world *world = *state;
	struct stat st;

	open_sink(world, "x.scap", (struct capture_sink_options){ .bytes_per_file = 100000 });
	feed_process(world->engine, 100, 1, "app", "/bin/app", "", "/");
	for (unsigned i = 0; i < 4000; i++)
		feed_marker(world->engine, 100, 100, SECOND + i, i & 1 ? "<:t:a::" : ">:t:a::");
	close_sink(world);
	/* the smallest multiple of 8192 above 100000, and the event that reached it */
	assert_int_equal(stat("x.scap0", &st), 0);
	assert_in_range(st.st_size, 106496, 106496 + 80);
	assert_int_equal(access("x.scap1", F_OK), 0);
}

static void test_errors_name_the_file(void **state)
{
	struct world *world = *state;
	struct capture_sink_options options = { .live = true };
	char error[8192];

	assert_null(capture_sink_open(world->engine, "/nonexistent/x", &options, error, sizeof(error)));
	assert_string_equal(error, "cannot write /nonexistent/x: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_begins_with_what_exists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tells_of_unknown_threads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tells_of_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_by_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_by_seconds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_by_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors_name_the_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
