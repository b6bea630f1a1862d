/* An engine with one process whose calls tests make up, and a source that answers questions about descriptors. */
#ifndef TEST_INGEST_WORLD_H
#define TEST_INGEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "src/engine/string_pool.h"
#include "test/unit/feed.h"

#define PID 10

/* A source that is asked what a descriptor is. */
struct asked_source {
	struct source source;
	unsigned asked;
	uint32_t pid;
	int32_t num;
	struct fd description;
	const char *name;   /* NULL: it does not know */
};

struct world {
	struct engine *engine;
	struct asked_source asked;
	uint64_t now;
};

static inline int describe(struct source *source, uint32_t pid, int32_t num, struct fd *description, char *name, size_t size)
{
	struct asked_source *asked = (struct asked_source *)source;

	asked->asked++;
	asked->pid = pid;
	asked->num = num;
	if (!asked->name)
		return -ENOENT;
	*description = asked->description;
	snprintf(name, size, "%s", asked->name);
	return 0;
}

static const struct source_operations operations = { .describe_fd = describe };

static inline int set_up(void **data)
{
	static struct world world;

	world = (struct world){ .engine = engine_new(NULL), .asked.source.operations = &operations, .now = 1000 };
	*data = &world;
	return !world.engine;
}

static inline int tear_down(void **data)
{
	engine_free(((struct world *)*data)->engine);
	return 0;
}

static inline struct process *process_of(struct world *world)
{
	return state_thread(engine_state(world->engine), PID, PID)->process;
}

static inline struct fd *fd_of(struct world *world, int32_t num)
{
	return state_fd(engine_state(world->engine), process_of(world), num);
}

static inline void expect_fd(const struct fd *fd, enum fd_type type, const char *name)
{
	assert_non_null(fd);
	assert_int_equal(fd->type, type);
	assert_string_equal(fd->name->text, name);
}

/* One call; args and payload may be NULL. Returns its event. */
static inline const struct event *call(struct world *world, const char *name, int64_t result, int32_t fd,
				const uint64_t *args, const struct feed_payload *payload, uint64_t inode, uint16_t mode)
{
	struct input input = feed_call_input(PID, PID, world->now, world->now + 5, name, result, fd, args, payload);

	input.call.file_inode = inode;
	input.call.file_mode = mode;
	world->now += 10;
	feed(world->engine, &world->asked.source, &input);
	return feed_last(world->engine, LANE_MASK_CALLS);
}

static inline const struct event *open_at(struct world *world, int dirfd, const char *path, uint64_t flags, int32_t result,
				   uint64_t inode, uint16_t mode)
{
	uint64_t args[6] = { (uint64_t)dirfd, 0, flags };
	struct feed_payload payload = { .size = 0 };

	feed_item(&payload, RECORD_ITEM_PATH, 1, path, strlen(path));
	return call(world, "openat", result, result, args, &payload, inode, mode);
}

#endif
