/* Events of captures for tests, encoded as files have them, and an engine that one of a few processes was told to. */
#ifndef TEST_SCAP_FEED_H
#define TEST_SCAP_FEED_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "feed.h"
#include "src/engine/scap_event.h"
#include "src/engine/string_pool.h"

#define MS 1000000u
#define AT_CWD (-100)
#define CLONE_THREAD_FLAGS 0x2001u

/* ---- events as a file has them ---- */

struct params {
	unsigned count;
	size_t size;
	uint16_t lengths[80];
	uint8_t values[8192];
	uint8_t bytes[8192 + 160];
};

static inline struct params *none(void)
{
	static struct params params;

	memset(&params, 0, sizeof(params));
	return &params;
}

static inline struct params *bytes(struct params *params, const void *data, size_t size)
{
	assert_true(params->count < 80 && params->size + size <= sizeof(params->values));
	params->lengths[params->count++] = (uint16_t)size;
	if (size)
		memcpy(params->values + params->size, data, size);
	params->size += size;
	return params;
}

static inline struct params *i64(struct params *params, int64_t value)
{
	return bytes(params, &value, 8);
}

static inline struct params *u32(struct params *params, uint32_t value)
{
	return bytes(params, &value, 4);
}

static inline struct params *u8(struct params *params, uint8_t value)
{
	return bytes(params, &value, 1);
}

static inline struct params *text(struct params *params, const char *value)
{
	return bytes(params, value, strlen(value) + 1);
}

static inline struct params *tuple4(struct params *params, const char *source, uint16_t source_port, const char *destination,
			     uint16_t destination_port)
{
	uint8_t value[13] = { AF_INET };

	inet_pton(AF_INET, source, value + 1);
	memcpy(value + 5, &source_port, 2);
	inet_pton(AF_INET, destination, value + 7);
	memcpy(value + 11, &destination_port, 2);
	return bytes(params, value, sizeof(value));
}

static inline struct input scap_input(uint32_t tid, uint64_t time, unsigned type, struct params *params)
{
	struct input input = { .kind = INPUT_SCAP, .tid = tid, .time = time };
	size_t lengths = params->count * sizeof(uint16_t);

	memcpy(params->bytes, params->lengths, lengths);
	memcpy(params->bytes + lengths, params->values, params->size);
	input.scap.type = (uint16_t)type;
	input.scap.nparams = (uint16_t)params->count;
	input.scap.size = (uint32_t)(lengths + params->size);
	input.scap.params = params->bytes;
	return input;
}

static inline void scap(struct engine *engine, uint32_t tid, uint64_t time, unsigned type, struct params *params)
{
	struct input input = scap_input(tid, time, type, params);

	feed(engine, NULL, &input);
}

static inline void scap_flagged(struct engine *engine, uint32_t tid, uint64_t time, unsigned type, struct params *params,
			 unsigned flags)
{
	struct input input = scap_input(tid, time, type, params);

	input.scap.flags = (uint16_t)flags;
	feed(engine, NULL, &input);
}

static inline void open_file(struct engine *engine, uint32_t tid, uint64_t time, const char *path, int64_t fd)
{
	scap(engine, tid, time, SCAP_TYPE_SYSCALL_OPEN_E, u32(u32(text(none(), path), 1), 0));
	scap(engine, tid, time + 1000, SCAP_TYPE_SYSCALL_OPEN_X, u32(u32(u32(text(i64(none(), fd), path), 1), 0), 0));
}

static inline void write_text(struct engine *engine, uint32_t tid, uint64_t time, int64_t fd, const char *data)
{
	scap(engine, tid, time, SCAP_TYPE_SYSCALL_WRITE_E, u32(i64(none(), fd), (uint32_t)strlen(data)));
	scap(engine, tid, time + 1000, SCAP_TYPE_SYSCALL_WRITE_X,
	     bytes(i64(none(), (int64_t)strlen(data)), data, strlen(data)));
}

/* ---- what a capture begins with ---- */

static inline void section(struct engine *engine)
{
	struct input input = { .kind = INPUT_SECTION };

	feed(engine, NULL, &input);
}

static inline void process(struct engine *engine, uint32_t tid, uint32_t pid, uint32_t ppid, const char *comm, const char *cwd)
{
	struct input_facts facts = { .env = "A=1", .env_size = 4, .exepath = "/bin/x", .sid = 7, .vtid = tid, .vpid = pid,
				     .fdlimit = 1024, .gid = 5, .loginuid = 1000 };
	struct input input = { .kind = INPUT_PROCESS, .tid = tid, .pid = pid };

	input.process.ppid = ppid;
	input.process.uid = 1000;
	input.process.comm = comm;
	input.process.exe = "/bin/x";
	input.process.cwd = cwd;
	input.process.facts = &facts;
	feed(engine, NULL, &input);
}

static inline struct engine *world_of(struct engine_options options)
{
	struct engine *engine = engine_new(&options);

	assert_non_null(engine);
	section(engine);
	process(engine, 100, 100, 1, "app", "/home/demo/");
	return engine;
}

static inline struct engine *world(void)
{
	return world_of((struct engine_options){ .memory = 8 << 20 });
}

static inline const struct event *event_of(const struct engine *engine, uint64_t num)
{
	const struct event *event = feed_find(engine, num);

	assert_non_null(event);
	return event;
}

static inline const char *fd_name(const struct engine *engine, uint64_t num)
{
	const struct event *event = event_of(engine, num);

	assert_non_null(event->fd);
	return event->fd->name->text;
}

static inline const struct fd *fd_of(struct engine *engine, uint32_t pid, int32_t num)
{
	struct process *process = state_find_process(engine_state(engine), pid);

	assert_non_null(process);
	return state_fd(engine_state(engine), process, num);
}

static inline struct params *clone_exit(int64_t result, int64_t tid, int64_t pid, int64_t ptid, uint32_t flags, const char *comm)
{
	struct params *params = text(i64(none(), result), "/bin/child");

	bytes(params, "-a\0-b", 6);
	i64(i64(i64(params, tid), pid), ptid);
	i64(text(params, ""), 77);
	i64(i64(params, 3), 4);
	u32(u32(u32(params, 50), 60), 70);
	bytes(text(params, comm), "cpuset=/x", 10);
	u32(u32(u32(params, flags), 33), 44);
	return i64(i64(params, tid), pid);
}

#endif
