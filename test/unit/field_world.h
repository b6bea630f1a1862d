/* A little machine made by hand, events of it, and what their fields should be. */
#ifndef TEST_FIELD_WORLD_H
#define TEST_FIELD_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "src/engine/calls.h"
#include "src/engine/field.h"
#include "src/engine/span.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"
#include "test/unit/feed.h"

#define START 1700000000000001000ull   /* 2023-11-14 22:13:20.000001 UTC */

/* A shell (100) that runs a program (200) with a second thread (201). */
struct world {
	struct string_pool *pool;
	struct process init, shell, program;
	struct thread main, second;
	struct fd fd;
	struct span parent, span;
	struct field_context context;
	struct {
		struct event event;
		char rest[1024];
	} made;
};

static inline struct string *intern(struct world *world, const char *text)
{
	return string_get(world->pool, text, strlen(text));
}

static inline void process_init(struct world *world, struct process *process, uint32_t pid,
				struct process *parent, const char *name, const char *exe, const char *args)
{
	*process = (struct process){ .pid = pid, .ppid = parent ? parent->pid : 0, .parent = parent };
	process->name = intern(world, name);
	process->exe = intern(world, exe);
	process->args = intern(world, args);
	process->cwd = intern(world, "");
	process->nthreads = 1;
}

static inline int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	world->pool = string_pool_new();
	process_init(world, &world->init, 1, NULL, "systemd", "/sbin/init", "");
	process_init(world, &world->shell, 100, &world->init, "bash", "-bash", "");
	process_init(world, &world->program, 200, &world->shell, "curl", "/usr/bin/curl", "-6 http://x");
	world->program.nthreads = 2;
	world->program.uid = 1000;
	world->program.cwd = intern(world, "/home/u");
	world->program.start_time = START - 5000;
	world->main =
		(struct thread){ .tid = 200, .process = &world->program, .name = intern(world, "curl") };
	world->second =
		(struct thread){ .tid = 201, .process = &world->program, .name = intern(world, "worker") };
	world->fd = (struct fd){ .num = 3, .type = FD_FILE, .name = intern(world, "/etc/hosts") };
	*state = world;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *world = *state;

	field_context_fini(&world->context);
	string_pool_free(world->pool);
	free(world);
	return 0;
}

/* An event of the main thread, with nargs arguments (up to six) and a payload. */
static inline struct event *make(struct world *world, enum event_type type, const uint64_t *args,
				 unsigned nargs, const void *payload, size_t size)
{
	struct event *event = &world->made.event;
	char *rest = (char *)(event + 1);

	memset(&world->made, 0, sizeof(world->made));
	*event = (struct event){
		.size = sizeof(*event) + nargs * 8 + size,
		.type = type,
		.num = 42,
		.time = START,
		.enter_time = START,
		.thread = &world->main,
		.cpu = 3,
		.nargs = nargs,
		.payload_size = size,
	};
	if (nargs)
		memcpy(rest, args, nargs * 8);
	if (size)
		memcpy(rest + nargs * 8, payload, size);
	return event;
}

static inline struct event *make_call(struct world *world, const char *name, int64_t result,
				      const uint64_t args[6])
{
	static const uint64_t zeros[6];
	struct event *event = make(world, EVENT_CALL, args ? args : zeros, 6, NULL, 0);

	event->call = call_number(name);
	event->enter_time = START - 1500;
	event->result = result;
	return event;
}

/* ---- reading values ---- */

static inline struct value value_of(struct world *world, const struct event *event, const char *name)
{
	struct value value = { .type = VALUE_NONE };
	struct field field;
	const char *reason;
	size_t at;

	if (field_parse(name, strlen(name), &field, &reason, &at) != (int)strlen(name))
		fail_msg("%s does not parse: %s", name, reason);
	if (!field_value(&field, event, &world->context, &value))
		value.type = VALUE_NONE;
	else if (value.type != field.definition->type &&
		 !(field.definition->type == VALUE_IPV4 && value.type == VALUE_IPV6))
		fail_msg("%s has another type than its definition says", name);
	field_fini(&field);
	return value;
}

static inline void expect_none(struct world *world, const struct event *event, const char *name)
{
	if (value_of(world, event, name).type != VALUE_NONE)
		fail_msg("%s has a value", name);
}

static inline void expect_text(struct world *world, const struct event *event, const char *name,
			       const char *text)
{
	struct value value = value_of(world, event, name);

	if (value.type != VALUE_TEXT && value.type != VALUE_BYTES)
		fail_msg("%s is no text", name);
	if (value.size != strlen(text) || memcmp(value.text, text, value.size))
		fail_msg("%s is '%.*s', not '%s'", name, (int)value.size, value.text, text);
}

static inline void expect_number(struct world *world, const struct event *event, const char *name,
				 int64_t number)
{
	struct value value = value_of(world, event, name);

	if (value.type == VALUE_NONE)
		fail_msg("%s has no value", name);
	if (value.i != number)
		fail_msg("%s is %lld, not %lld", name, (long long)value.i, (long long)number);
}

static inline void expect_address(struct world *world, const struct event *event, const char *name,
				  const char *text)
{
	struct value value = value_of(world, event, name);
	char shown[INET6_ADDRSTRLEN];

	if (value.type != VALUE_IPV4 && value.type != VALUE_IPV6)
		fail_msg("%s is no address", name);
	inet_ntop(value.type == VALUE_IPV4 ? AF_INET : AF_INET6, value.text, shown, sizeof(shown));
	assert_string_equal(shown, text);
}

/* Times print in local time. */
static inline int utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

#endif
