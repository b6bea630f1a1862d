/* Inputs for tests: builders for what a source reports, and a feeder that checks the result.
 *
 *	feed_marker(engine, 10, 10, 1000, ">:t:a::");
 *	feed_call(engine, 10, 10, 2000, 2500, "getpid", 10, 0);
 *
 * Times are ns since the epoch. Every function feeds one input at once. For calls with a payload or a
 * file fill a struct feed_payload, or take feed_call_input() and change what it returned. */
#ifndef TEST_FEED_H
#define TEST_FEED_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "src/engine/calls.h"
#include "src/engine/engine.h"

static inline void feed(struct engine *engine, struct source *source, const struct input *input)
{
	int error = engine_feed(engine, source, input, 1);

	assert(error == 0);
	(void)error;
}

/* ---- markers ---- */

static inline struct input feed_marker_input(uint32_t tid, uint32_t pid, uint64_t time, const char *text)
{
	struct input input = { .kind = INPUT_MARKER, .tid = tid, .pid = pid, .time = time };

	input.marker.text = text;
	input.marker.size = strlen(text);
	input.marker.full_size = input.marker.size;
	return input;
}

static inline void feed_marker(struct engine *engine, uint32_t tid, uint32_t pid, uint64_t time, const char *text)
{
	struct input input = feed_marker_input(tid, pid, time, text);

	feed(engine, NULL, &input);
}

/* With what the kernel tells besides: the parent's id, the thread's name, its accounts. */
static inline void feed_marker_of(struct engine *engine, uint32_t tid, uint32_t pid, uint32_t ppid, const char *comm,
				  const struct span_account *account, uint64_t time, const char *text)
{
	struct input input = feed_marker_input(tid, pid, time, text);
	char name[16] = "";

	if (comm)
		strncpy(name, comm, sizeof(name) - 1);
	input.marker.ppid = ppid;
	input.marker.comm = comm ? name : NULL;
	input.marker.account = account;
	feed(engine, NULL, &input);
}

/* ---- calls ---- */

struct feed_payload {
	_Alignas(8) char bytes[8192];
	uint16_t size;
	uint8_t items;
};

/* Appends one item; returns its place in payload->bytes. */
static inline char *feed_item(struct feed_payload *payload, enum record_item_kind kind, unsigned argument,
			      const void *data, size_t size)
{
	struct record_item item = { .kind = kind, .arg = argument, .size = size, .full_size = size };
	char *at = payload->bytes + payload->size;

	assert(payload->size + sizeof(item) + ((size + 7) & ~(size_t)7) <= sizeof(payload->bytes));
	memcpy(at, &item, sizeof(item));
	memset(at + sizeof(item), 0, (size + 7) & ~(size_t)7);
	memcpy(at + sizeof(item), data, size);
	payload->size += sizeof(item) + ((size + 7) & ~(size_t)7);
	payload->items++;
	return at;
}

/* args: six, or NULL for zeros; kept by reference. payload may be NULL. */
static inline struct input feed_call_input(uint32_t tid, uint32_t pid, uint64_t enter, uint64_t time, const char *name,
					   int64_t result, int32_t fd, const uint64_t *args,
					   const struct feed_payload *payload)
{
	static const uint64_t zeros[6];
	struct input input = { .kind = INPUT_CALL, .tid = tid, .pid = pid, .time = time };
	int number = call_number(name);

	assert(number >= 0);
	input.call.enter_time = enter;
	input.call.call = number;
	input.call.result = result;
	input.call.fd = fd;
	input.call.args = args ? args : zeros;
	if (payload) {
		input.call.payload = payload->bytes;
		input.call.payload_size = payload->size;
		input.call.items = payload->items;
	}
	return input;
}

/* A call without payload; fd: the descriptor it used (also its first argument), -1 none. */
static inline void feed_call(struct engine *engine, uint32_t tid, uint32_t pid, uint64_t enter, uint64_t time,
			     const char *name, int64_t result, int32_t fd)
{
	uint64_t args[6] = { fd < 0 ? 0 : (uint64_t)fd };
	struct input input = feed_call_input(tid, pid, enter, time, name, result, fd, args, NULL);

	feed(engine, NULL, &input);
}

/* openat(AT_FDCWD, path, 0) that gave descriptor fd, or failed with it (a negative errno). */
static inline void feed_open(struct engine *engine, uint32_t tid, uint32_t pid, uint64_t enter, uint64_t time,
			     const char *path, int32_t fd)
{
	uint64_t args[6] = { (uint64_t)-100 };
	struct feed_payload payload = { .size = 0 };
	struct input input;

	feed_item(&payload, RECORD_ITEM_PATH, 1, path, strlen(path));
	input = feed_call_input(tid, pid, enter, time, "openat", fd, fd < 0 ? -1 : fd, args, &payload);
	input.call.file_mode = fd < 0 ? 0 : 0100644;
	feed(engine, NULL, &input);
}

/* write(fd, data, size) that wrote all. */
static inline void feed_write(struct engine *engine, uint32_t tid, uint32_t pid, uint64_t enter, uint64_t time,
			      int32_t fd, const char *data, size_t size)
{
	uint64_t args[6] = { (uint64_t)fd, 0x1000, size };
	struct feed_payload payload = { .size = 0 };
	struct input input;

	feed_item(&payload, RECORD_ITEM_IN, 1, data, size);
	input = feed_call_input(tid, pid, enter, time, "write", (int64_t)size, fd, args, &payload);
	feed(engine, NULL, &input);
}

/* ---- processes ---- */

static inline void feed_fork(struct engine *engine, uint32_t tid, uint32_t pid, uint64_t time, uint32_t child_tid,
			     uint32_t child_pid)
{
	struct input input = { .kind = INPUT_FORK, .tid = tid, .pid = pid, .time = time };

	input.fork.child_tid = child_tid;
	input.fork.child_pid = child_pid;
	feed(engine, NULL, &input);
}

/* command: size bytes, arguments separated by NULs. */
static inline void feed_exec(struct engine *engine, uint32_t pid, uint64_t time, const char *comm, const char *command,
			     size_t size)
{
	struct input input = { .kind = INPUT_EXEC, .tid = pid, .pid = pid, .time = time };

	input.exec.comm = comm;
	input.exec.command = command;
	input.exec.size = size;
	feed(engine, NULL, &input);
}

static inline void feed_exit(struct engine *engine, uint32_t tid, uint32_t pid, uint64_t time, int32_t code, bool last)
{
	struct input input = { .kind = INPUT_EXIT, .tid = tid, .pid = pid, .time = time };

	input.exit.code = code;
	input.exit.last = last;
	feed(engine, NULL, &input);
}

/* Snapshot: a process's main thread. Strings may be NULL. */
static inline void feed_process(struct engine *engine, uint32_t pid, uint32_t ppid, const char *comm, const char *exe,
				const char *args, const char *cwd)
{
	struct input input = { .kind = INPUT_PROCESS, .tid = pid, .pid = pid };

	input.process.ppid = ppid;
	input.process.comm = comm;
	input.process.exe = exe;
	input.process.args = args;
	input.process.cwd = cwd;
	feed(engine, NULL, &input);
}

/* Snapshot: a descriptor. */
static inline void feed_descriptor(struct engine *engine, uint32_t pid, int32_t num, enum fd_type type,
				   const char *name)
{
	struct fd description = { .num = num, .type = type };
	struct input input = { .kind = INPUT_DESCRIPTOR, .tid = pid, .pid = pid };

	input.descriptor.description = &description;
	input.descriptor.name = name;
	input.descriptor.name_size = strlen(name);
	feed(engine, NULL, &input);
}

static inline void feed_loss(struct engine *engine, enum input_loss cause, uint64_t count, uint64_t from, uint64_t to)
{
	struct input input = { .kind = INPUT_LOSS, .time = to };

	input.loss.cause = cause;
	input.loss.count = count;
	input.loss.from = from;
	feed(engine, NULL, &input);
}

/* ---- what was recorded ---- */

/* The event with this number in either lane, or NULL. */
static inline const struct event *feed_find(const struct engine *engine, uint64_t num)
{
	const struct event *event = recording_find(engine_recording(engine), LANE_SPANS, num);

	return event ? event : recording_find(engine_recording(engine), LANE_CALLS, num);
}

/* The newest event of these lanes, or NULL. */
static inline const struct event *feed_last(const struct engine *engine, unsigned lanes)
{
	const struct event *event, *last = NULL;
	struct recording_cursor cursor;

	recording_begin(engine_recording(engine), &cursor, lanes, 0);
	while ((event = recording_next(engine_recording(engine), &cursor)))
		last = event;
	return last;
}

#endif
