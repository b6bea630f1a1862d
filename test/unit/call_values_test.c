/* What calls point at, as text and as captures have it: expected are the kernel's structures, and the description of the
 * format of captures. Calls go through the engine, as live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <time.h>

#include "feed.h"
#include "src/engine/calls.h"
#include "src/engine/scap_event.h"
#include "src/engine/scap_expand.h"
#include "src/engine/scap_extra.h"

#define SHOWN 6   /* parameters of an event that are looked at */

/* What the last call said. */
struct world {
	struct engine *engine;
	struct scap_expander *expander;
	char args[4096], text[4096], by_name[256], name[32];
	int by_name_length;
	unsigned types[2], nparams[2];
	uint8_t params[2][SHOWN][512];
	size_t sizes[2][SHOWN];
	bool has_extra;
	char extra[4096];
};

static void keep(void *context, const struct event *event)
{
	struct world *world = context;
	struct scap_expansion expansion;
	struct scap_extra extra;

	if (event->type != EVENT_CALL)
		return;
	event_args_text(event, world->args, sizeof(world->args));
	event_text(event, world->text, sizeof(world->text));
	world->by_name_length = event_arg_text(event, world->name, strlen(world->name), world->by_name, sizeof(world->by_name));
	assert_int_equal(scap_expand(world->expander, event, &expansion), 0);
	assert_int_equal(expansion.count, 2);
	for (unsigned i = 0; i < 2; i++) {
		world->types[i] = expansion.events[i]->call;
		world->nparams[i] = expansion.events[i]->items;
		for (unsigned j = 0; j < SHOWN && j < expansion.events[i]->items; j++) {
			const uint8_t *bytes = event_param(expansion.events[i], j, &world->sizes[i][j]);

			memcpy(world->params[i][j], bytes, world->sizes[i][j] < 512 ? world->sizes[i][j] : 512);
		}
	}
	world->has_extra = scap_extra_of(expansion.events[1], &extra);
	if (world->has_extra)
		snprintf(world->extra, sizeof(world->extra), "%.*s", (int)extra.text_size, extra.text);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	world->engine = engine_new(NULL);
	world->expander = scap_expander_new();
	engine_add_sink(world->engine, keep, world);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	engine_free(world->engine);
	scap_expander_free(world->expander);
	free(world);
	return 0;
}

static void call(struct world *world, const char *name, int64_t result, const uint64_t args[6], const struct feed_payload *payload,
		 int fd)
{
	struct input input = feed_call_input(10, 10, 1000, 3000, name, result, fd, args, payload);

	feed(world->engine, NULL, &input);
}

static void assert_number(struct world *world, unsigned event, unsigned i, uint64_t number)
{
	size_t size = world->sizes[event][i];

	assert_true(i < world->nparams[event]);
	assert_int_equal(scap_uint(world->params[event][i], size), size == 8 ? number : number & ((1ull << 8 * size) - 1));
}

static void test_poll(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	struct pollfd list[] = { { 4, POLLIN | POLLOUT, POLLOUT }, { 9, POLLIN, 0 }, { 700, POLLRDHUP, POLLNVAL } };
	/* poll_flags: IN 1, OUT 4, RDHUP 8, NVAL 0x40 */
	static const uint8_t asked[] = { 3, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0,
					 0xbc, 2, 0, 0, 0, 0, 0, 0, 8, 0 };
	static const uint8_t found[] = { 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0xbc, 2, 0, 0, 0, 0, 0, 0, 0x40, 0 };
	uint64_t args[6] = { 0x1000, 3, (uint64_t)-1 };

	feed_item(&payload, RECORD_ITEM_ARRAY_IN, 0, list, sizeof(list));
	call(world, "poll", 2, args, &payload, -1);
	assert_string_equal(world->args, "res=2 fds=4:POLLIN|POLLOUT=POLLOUT,9:POLLIN,700:POLLRDHUP=POLLNVAL nfds=3 timeout=-1");
	assert_int_equal(world->sizes[0][0], sizeof(asked));
	assert_memory_equal(world->params[0][0], asked, sizeof(asked));
	assert_number(world, 0, 1, (uint64_t)-1);
	assert_int_equal(world->sizes[1][1], sizeof(found));
	assert_memory_equal(world->params[1][1], found, sizeof(found));
	/* nothing was copied */
	call(world, "poll", -14, args, NULL, -1);
	assert_string_equal(world->args, "res=-14(EFAULT) nfds=3 timeout=-1");
	assert_int_equal(world->sizes[0][0], 2);
	assert_number(world, 0, 0, 0);
}

static void test_times(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 }, ppoll = { .size = 0 };
	struct timespec second_and_half = { 1, 500000000 }, negative = { -1, 5 }, endless = { INT64_MAX, 999999999 };
	uint64_t args[6] = { 0x1000, 0, 0x2000, 0x3000 }, mask = 1ull << 9 | 1ull << 14;

	feed_item(&payload, RECORD_ITEM_FIXED_IN, 0, &second_and_half, sizeof(second_and_half));
	call(world, "nanosleep", 0, args, &payload, -1);
	assert_string_equal(world->text, "interval=1500000000(1.5s)");
	assert_number(world, 0, 0, 1500000000);
	payload = (struct feed_payload){ .size = 0 };
	feed_item(&payload, RECORD_ITEM_FIXED_IN, 0, &negative, sizeof(negative));
	call(world, "nanosleep", -22, args, &payload, -1);
	assert_string_equal(world->text, "interval=-1s 5ns");
	payload = (struct feed_payload){ .size = 0 };
	feed_item(&payload, RECORD_ITEM_FIXED_IN, 0, &endless, sizeof(endless));
	call(world, "nanosleep", 0, args, &payload, -1);
	assert_number(world, 0, 0, INT64_MAX);
	feed_item(&ppoll, RECORD_ITEM_FIXED_IN, 3, &mask, sizeof(mask));
	call(world, "ppoll", 0, args, &ppoll, -1);
	assert_string_equal(world->text, "nfds=0 sigmask=SIGUSR1|SIGTERM");
	/* no time was given */
	assert_number(world, 0, 1, UINT64_MAX);
	assert_number(world, 0, 2, mask);
}

static void test_select(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	uint64_t set[2] = { 1ull << 5, 1ull << 6 }, none[2] = { 0, 0 }, args[6] = { 128, 0x1000, 0x2000, 0, 0x3000 };
	struct timeval limit = { 0, 2500 };

	feed_item(&payload, RECORD_ITEM_BITS, 1, set, sizeof(set));
	feed_item(&payload, RECORD_ITEM_BITS, 2, none, sizeof(none));
	feed_item(&payload, RECORD_ITEM_FIXED_IN, 4, &limit, sizeof(limit));
	call(world, "select", 2, args, &payload, -1);
	assert_string_equal(world->text, "nfds=128 readable=5,70 writable=none timeout=2500000(0.0025s)");
	/* its type has a result only: the rest is in a parameter of our own */
	assert_number(world, 1, 0, 2);
	assert_true(world->has_extra);
	assert_string_equal(world->extra, world->text);
}

static void test_limits(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	struct rlimit new = { 256, 1024 }, old = { 512, RLIM_INFINITY };
	uint64_t args[6] = { 0, RLIMIT_CORE, 0x1000, 0x2000 };

	strcpy(world->name, "oldmax");
	feed_item(&payload, RECORD_ITEM_FIXED_IN, 2, &new, sizeof(new));
	feed_item(&payload, RECORD_ITEM_FIXED_OUT, 3, &old, sizeof(old));
	call(world, "prlimit64", 0, args, &payload, -1);
	assert_string_equal(world->text, "pid=0 resource=RLIMIT_CORE newcur=256 newmax=1024 oldcur=512 oldmax=-1");
	assert_int_equal(world->by_name_length, 2);
	assert_string_equal(world->by_name, "-1");
	assert_number(world, 1, 1, 256);
	assert_number(world, 1, 2, 1024);
	assert_number(world, 1, 3, 512);
	/* what was not copied is -1 there, as sysdig has it */
	call(world, "prlimit64", -3, args, NULL, -1);
	assert_number(world, 1, 3, UINT64_MAX);
	/* and of getrlimit it is left out */
	call(world, "getrlimit", -22, args, NULL, -1);
	assert_int_equal(world->nparams[1], 1);
}

static void test_options_of_sockets(void **state)
{
	static const struct {
		uint32_t level, option;
		int value[4];
		size_t size;
		const char *text;
		uint8_t bytes[17];
		size_t count;
	} cases[] = {
		{ SOL_SOCKET, SO_SNDBUF, { 4096 }, 4, "optname=SO_SNDBUF val=4096", { 2, 0, 16, 0, 0 }, 5 },
		{ SOL_SOCKET, SO_ERROR, { 111 }, 4, "optname=SO_ERROR val=ECONNREFUSED",
		  { 1, 0x91, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 9 },
		{ SOL_SOCKET, SO_RCVTIMEO, { 1, 0, 500000, 0 }, 16, "optname=SO_RCVTIMEO val=1500000000(1.5s)",
		  { 4, 0, 0x2f, 0x68, 0x59, 0, 0, 0, 0 }, 9 },
		{ 6, 1, { 1 }, 4, "optname=TCP_NODELAY val=1", { 0, 1, 0, 0, 0 }, 5 },
		{ 77, 3, { 0x00414141 }, 3, "optname=3 val=AAA", { 0, 'A', 'A', 'A' }, 4 },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct feed_payload payload = { .size = 0 };
		uint64_t args[6] = { 4, cases[i].level, cases[i].option, 0x1000, cases[i].size };

		feed_item(&payload, RECORD_ITEM_ADDRESS_IN, 3, cases[i].value, cases[i].size);
		call(world, "setsockopt", 0, args, &payload, -1);
		assert_non_null(strstr(world->text, cases[i].text));
		assert_int_equal(world->nparams[1], 6);
		assert_int_equal(world->sizes[1][4], cases[i].count);
		assert_memory_equal(world->params[1][4], cases[i].bytes, cases[i].count);
	}
}

static void test_how_openat2_opens(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	uint64_t how[3] = { O_RDWR | O_CREAT, 0640, 4 }, args[6] = { (uint32_t)AT_FDCWD, 0x1000, 0x2000, 24 };

	feed_item(&payload, RECORD_ITEM_PATH, 1, "/tmp/x", 6);
	feed_item(&payload, RECORD_ITEM_FIXED_IN, 2, how, sizeof(how));
	call(world, "openat2", -2, args, &payload, -1);
	assert_string_equal(world->text, "name=/tmp/x flags=O_RDWR|O_CREAT mode=0640 resolve=0x4 size=24");
	assert_number(world, 0, 2, 3 | 4);
	assert_number(world, 0, 3, 0640);
}

static void test_others(void **state)
{
	struct world *world = *state;
	struct feed_payload events = { .size = 0 }, operations = { .size = 0 }, offset = { .size = 0 }, ids = { .size = 0 };
	struct epoll_event event = { EPOLLIN | EPOLLET, { .u64 = 0x1234 } };
	struct sembuf changes[2] = { { 0, 2, 0 }, { 1, -1, IPC_NOWAIT } };
	uint64_t moved = 9, args[6] = { 3, 0x1000, 0x2000, 7, 0 }, wait[6] = { 3, 0x1000, 8, 0 };
	int32_t id = 77;

	feed_item(&events, RECORD_ITEM_ARRAY_OUT, 1, &event, 12);
	call(world, "epoll_wait", 1, wait, &events, -1);
	assert_string_equal(world->text, "epfd=3 events=EPOLLIN|EPOLLET:0x1234 maxevents=8 timeout=0");
	feed_item(&operations, RECORD_ITEM_ARRAY_IN, 1, changes, sizeof(changes));
	args[2] = 2;
	call(world, "semop", 0, args, &operations, -1);
	assert_string_equal(world->text, "semid=3 sops=0:+2,1:-1 nsops=2");
	assert_number(world, 1, 2, 0);
	assert_number(world, 1, 3, 2);
	/* sendfile moves the offset: it was 2 */
	args[2] = 0x2000;
	feed_item(&offset, RECORD_ITEM_FIXED_IN, 2, &moved, sizeof(moved));
	call(world, "sendfile", 7, args, &offset, -1);
	assert_number(world, 0, 2, 2);
	assert_number(world, 1, 1, 9);
	feed_item(&ids, RECORD_ITEM_FIXED_OUT, 0, &id, 4);
	feed_item(&ids, RECORD_ITEM_FIXED_OUT, 1, &id, 4);
	feed_item(&ids, RECORD_ITEM_FIXED_OUT, 2, &id, 4);
	call(world, "getresuid", 0, args, &ids, -1);
	assert_string_equal(world->text, "ruid=77 euid=77 suid=77");
	assert_number(world, 1, 3, 77);
}

/* A program's path is as it was given, its arguments and environment what it got. */
static void test_programs(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 }, at = { .size = 0 };
	uint64_t args[6] = { 0x1000, 0x2000, 0x3000 }, at_args[6] = { (uint32_t)AT_FDCWD, 0x1000, 0x2000, 0x3000, 0 };

	strcpy(world->name, "env");
	feed_item(&payload, RECORD_ITEM_PATH, 0, "./program", 9);
	feed_item(&payload, RECORD_ITEM_COMMAND, 1, "called\0two words\0\0", 18);
	feed_item(&payload, RECORD_ITEM_ENVIRONMENT, 2, "A=b\0C=d\0", 8);
	call(world, "execve", 0, args, &payload, -1);
	assert_string_equal(world->text, "filename=./program args=called two words ");
	assert_string_equal(world->by_name, "A=b C=d");
	assert_memory_equal(world->params[0][0], "./program", 10);
	assert_memory_equal(world->params[1][1], "called", 7);
	assert_int_equal(world->sizes[1][2], 11);
	assert_memory_equal(world->params[1][2], "two words\0", 11);
	/* a relative path of an execveat that succeeded crashes sysdig 0.29.3 */
	feed_item(&at, RECORD_ITEM_PATH, 1, "program", 7);
	call(world, "execveat", 0, at_args, &at, -1);
	assert_string_equal(world->text, "pathname=program flags=0");
	assert_int_equal(world->params[0][1][0], '/');
	/* one that failed is as it was */
	call(world, "execveat", -2, at_args, &at, -1);
	assert_memory_equal(world->params[0][1], "program", 8);
}

/* The names of other descriptors are those that they had then. */
static void test_other_descriptors(void **state)
{
	struct world *world = *state;
	uint64_t args[6] = { 6, 1, 5, 0 }, dup[6] = { 5, 8 };

	feed_open(world->engine, 10, 10, 100, 200, "/tmp/x", 5);
	call(world, "epoll_ctl", 0, args, NULL, -1);
	assert_string_equal(world->text, "epfd=6 op=EPOLL_CTL_ADD fd=5(<f>/tmp/x)");
	call(world, "dup2", 8, dup, NULL, 8);
	assert_string_equal(world->text, "oldfd=5(<f>/tmp/x) newfd=8(<f>/tmp/x) res=8(<f>/tmp/x)");
}

/* Whatever the bytes are, the text ends. */
static void test_bytes_that_are_too_few(void **state)
{
	static const char *const names[] = { "poll", "ppoll", "nanosleep", "select", "prlimit64", "setsockopt", "openat2", "clone3",
					     "semop", "epoll_ctl", "epoll_wait", "getresuid", "timerfd_settime", "execve",
					     "execveat", "sendfile", "setgroups", "wait4", "signalfd4", "getsockopt" };
	struct world *world = *state;
	uint8_t bytes[128];

	memset(bytes, 0xff, sizeof(bytes));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (size_t size = 0; size <= sizeof(bytes); size++) {
			const struct call *row = call_find(call_number(names[i]));
			struct feed_payload payload = { .size = 0 };
			uint64_t args[6] = { 1, 1, 4, 3, 4, 5 };

			for (unsigned j = 0; j < row->row.items; j++)
				feed_item(&payload, RECORD_ITEM_FIXED_IN, row->row.payload[j].arg, bytes, size);
			call(world, names[i], 0, args, &payload, -1);
		}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_poll), TEST(test_times), TEST(test_select), TEST(test_limits), TEST(test_options_of_sockets),
		TEST(test_how_openat2_opens), TEST(test_others), TEST(test_programs), TEST(test_other_descriptors),
		TEST(test_bytes_that_are_too_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
