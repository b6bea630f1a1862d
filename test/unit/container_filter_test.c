/* Which processes a source is told to look at, by a filter of containers: from what the snapshot, forks, changes of groups and
 * the names of containers tell, in whatever order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/container.h"
#include "src/engine/engine.h"
#include "src/engine/filter.h"
#include "src/engine/string_pool.h"

#define HEX "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e"
#define SECOND 1000000000ull

enum { PIDS = 16 };

struct world {
	struct source source;         /* first: the source is the world */
	struct engine *engine;
	char wanted[PIDS];            /* of each process: '+', '-', or 0 if it was not told */
	uint64_t since[PIDS], now;
	uint64_t quiet;               /* ns that nothing has happened for */
	const char *name;             /* of the container, as far as its runtime tells; NULL not yet */
};

static void want(struct source *source, uint32_t pid, bool wanted, uint64_t time)
{
	struct world *world = (struct world *)source;

	assert_in_range(pid, 1, PIDS - 1);
	world->wanted[pid] = wanted ? '+' : '-';
	world->since[pid] = time;
}

static uint64_t now(struct source *source)
{
	struct world *world = (struct world *)source;

	return world->now + world->quiet;
}

static int describe(struct source *source, const struct container *container, char *json, size_t size)
{
	struct world *world = (struct world *)source;

	if (!world->name)
		return -1;
	return snprintf(json, size, "{\"container\":{\"id\":\"%.12s\",\"name\":\"%s\",\"type\":0,\"labels\":"
			"{\"io.kubernetes.pod.namespace\":\"shop\"}}}", container->id->text, world->name);
}

/* One input a time. */
static struct input pending;
static bool is_pending;

static int next(struct source *source, struct input *inputs, size_t max)
{
	(void)source;
	(void)max;
	if (!is_pending)
		return 0;
	*inputs = pending;
	is_pending = false;
	return 1;
}

static void feed(struct world *world, struct input input)
{
	input.time = world->now += SECOND;
	input.quiet = true;
	pending = input;
	is_pending = true;
	assert_int_equal(engine_pump(world->engine, &world->source, 1), 1);
}

static void begin(struct world *world, const char *text)
{
	static const struct source_operations operations = { .next = next, .want = want, .now = now,
							     .describe_container = describe };
	struct filter_error error;
	struct filter *filter = filter_new(text, &error);

	assert_non_null(filter);
	*world = (struct world){ .source = { &operations }, .engine = engine_new(NULL), .now = 1000 * SECOND };
	assert_non_null(world->engine);
	assert_int_equal(engine_follow_containers(world->engine, filter), 0);
}

static void process_in(struct world *world, uint32_t pid, const char *groups, size_t size)
{
	struct input_facts facts = { .cgroups = groups, .cgroups_size = size, .gid = 0 };

	feed(world, (struct input){ .kind = INPUT_PROCESS, .tid = pid, .pid = pid,
				    .process = { .ppid = 1, .comm = "a", .facts = &facts } });
}

#define PROCESS(world, pid, path) process_in(world, pid, "cpu=" path, sizeof("cpu=" path))
#define MOVE(world, pid_, path)                                                                                \
	feed(world, (struct input){ .kind = INPUT_CGROUPS, .tid = pid_, .pid = pid_,                            \
				    .cgroups = { "cpu=" path, sizeof("cpu=" path) } })
#define FORK(world, pid_, child)                                                                               \
	feed(world, (struct input){ .kind = INPUT_FORK, .tid = pid_, .pid = pid_, .fork = { child, child, "a" } })
#define EXIT(world, pid_) feed(world, (struct input){ .kind = INPUT_EXIT, .tid = pid_, .pid = pid_, .exit = { 0, true } })

static void by_id(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "container.id = 3ad7b26ded6d and evt.type = read");
	PROCESS(&world, 2, "/docker/" HEX);
	PROCESS(&world, 3, "/");
	assert_int_equal(world.wanted[2], '+');
	assert_int_equal(world.wanted[3], '-');
	/* in the order of events: what is born, moves and ends */
	FORK(&world, 2, 4);
	FORK(&world, 3, 5);
	assert_int_equal(world.wanted[4], '+');
	assert_int_equal(world.wanted[5], '-');
	assert_int_equal(world.since[5], world.now);
	MOVE(&world, 5, "/docker/" HEX);
	assert_int_equal(world.wanted[5], '+');
	FORK(&world, 5, 6);
	assert_int_equal(world.wanted[6], '+');
	MOVE(&world, 5, "/user.slice");
	assert_int_equal(world.wanted[5], '-');
	EXIT(&world, 6);
	assert_int_equal(world.wanted[6], '-');
	/* nobody told where its parent is: it may be anywhere */
	FORK(&world, 7, 8);
	assert_int_equal(world.wanted[8], '+');
	engine_free(world.engine);
}

/* Until the name is known, or it is known that it never will be, each container may be the one. */
static void by_name(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "container.name = web");
	PROCESS(&world, 2, "/docker/" HEX);
	PROCESS(&world, 3, "/system.slice/docker-" HEX ".scope");
	PROCESS(&world, 4, "/");
	assert_int_equal(world.wanted[2], '+');
	assert_int_equal(world.wanted[3], '+');
	assert_int_equal(world.wanted[4], '-');
	world.name = "db";
	FORK(&world, 4, 5);
	assert_int_equal(world.wanted[2], '-');
	assert_int_equal(world.wanted[3], '-');
	engine_free(world.engine);
	begin(&world, "container.name = web");
	PROCESS(&world, 2, "/docker/" HEX);
	for (int i = 0; i < 1000; i++)
		PROCESS(&world, 4, "/");
	assert_int_equal(world.wanted[2], '-');
	engine_free(world.engine);
	/* it is told with the name */
	begin(&world, "k8s.ns.name = other");
	PROCESS(&world, 2, "/docker/" HEX);
	PROCESS(&world, 4, "/");
	assert_int_equal(world.wanted[2], '+');
	assert_int_equal(world.wanted[4], '-');
	world.name = "web";
	for (int i = 0; i < 1000; i++)
		PROCESS(&world, 4, "/");
	assert_int_equal(world.wanted[2], '-');
	engine_free(world.engine);
	/* of pods' labels another container may tell at any time */
	begin(&world, "k8s.pod.label.app = web");
	PROCESS(&world, 2, "/docker/" HEX);
	world.name = "web";
	for (int i = 0; i < 1000; i++)
		PROCESS(&world, 4, "/");
	assert_int_not_equal(world.wanted[2], '-');
	engine_free(world.engine);
	begin(&world, "container.name = 3ad7b26ded6d");
	PROCESS(&world, 2, "/docker/" HEX);
	for (int i = 0; i < 1000; i++)
		PROCESS(&world, 4, "/");
	assert_int_equal(world.wanted[2], '+');
	engine_free(world.engine);
}

/* What a runtime tells late is known in time, also on a machine where nothing happens. */
static void by_name_in_the_quiet(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "container.name = web");
	PROCESS(&world, 2, "/docker/" HEX);
	assert_int_equal(world.wanted[2], '+');
	world.name = "db";
	assert_int_equal(engine_pump(world.engine, &world.source, 1), 0);
	assert_int_equal(world.wanted[2], '+');
	world.quiet = SECOND;
	assert_int_equal(engine_pump(world.engine, &world.source, 1), 0);
	assert_int_equal(world.wanted[2], '-');
	engine_free(world.engine);
}

static void by_group(void **state)
{
	struct world world;

	(void)state;
	begin(&world, "thread.cgroup.cpu startswith /user.slice or (evt.type = read and container.id != host)");
	PROCESS(&world, 2, "/docker/" HEX);
	PROCESS(&world, 3, "/user.slice/a");
	PROCESS(&world, 4, "/system.slice/a");
	assert_int_equal(world.wanted[2], '+');
	assert_int_equal(world.wanted[3], '+');
	assert_int_equal(world.wanted[4], '-');
	engine_free(world.engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_id),
		cmocka_unit_test(by_name),
		cmocka_unit_test(by_name_in_the_quiet),
		cmocka_unit_test(by_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
