/* Live events as those of a capture, byte by byte as the description of the format has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "feed.h"
#include "src/engine/scap_event.h"
#include "src/engine/scap_expand.h"

/* What a sink saw, kept. */
struct seen {
	uint16_t type, nparams, dump_flags;
	uint64_t num, time, enter_time, tid;
	int64_t result;
	int32_t fd;                /* -1 none */
	uint32_t size;
	uint8_t params[70000];     /* lengths and values */
};

struct world {
	struct engine *engine;
	struct scap_expander *expander;
	struct seen seen[8];
	size_t count;
};

static void keep(void *context, const struct event *event)
{
	struct world *world = context;
	struct scap_expansion expansion;

	assert_int_equal(scap_expand(world->expander, event, &expansion), 0);
	for (size_t i = 0; i < expansion.count; i++) {
		const struct event *e = expansion.events[i];
		struct seen *seen = &world->seen[world->count++];

		assert_true(world->count <= 8);
		assert_int_equal(e->type, EVENT_SCAP);
		assert_int_equal(e->nargs, 0);
		*seen = (struct seen){ .type = e->call, .nparams = e->items, .dump_flags = expansion.dump_flags[i],
				       .num = e->num, .time = e->time, .enter_time = e->enter_time,
				       .tid = e->thread->tid, .result = e->result, .fd = e->fd ? e->fd->num : -1,
				       .size = e->payload_size };
		memcpy(seen->params, event_payload(e), e->payload_size);
	}
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

/* The value of parameter i. */
static const uint8_t *param(const struct seen *seen, unsigned i, size_t *size)
{
	size_t at = seen->nparams * 2u;

	assert_true(i < seen->nparams);
	for (unsigned n = 0; n < i; n++)
		at += seen->params[2 * n] | seen->params[2 * n + 1] << 8;
	*size = seen->params[2 * i] | seen->params[2 * i + 1] << 8;
	assert_true(at + *size <= seen->size);
	return seen->params + at;
}

static void assert_number(const struct seen *seen, unsigned i, size_t width, uint64_t number)
{
	size_t size;
	const uint8_t *bytes = param(seen, i, &size);

	assert_int_equal(size, width);
	assert_int_equal(scap_uint(bytes, size), width == 8 ? number : number & ((1ull << 8 * width) - 1));
}

static void assert_bytes(const struct seen *seen, unsigned i, const void *bytes, size_t size)
{
	size_t found;
	const uint8_t *at = param(seen, i, &found);

	assert_int_equal(found, size);
	assert_memory_equal(at, bytes, size);
}

static void assert_text(const struct seen *seen, unsigned i, const char *text)
{
	assert_bytes(seen, i, text, strlen(text) + 1);
}

static void feed_with(struct world *world, const char *name, int64_t result, const uint64_t args[6],
		      const struct feed_payload *payload, int32_t fd)
{
	struct input input = feed_call_input(100, 100, 1000, 3000, name, result, fd, args, payload);

	world->count = 0;
	feed(world->engine, NULL, &input);
}

static void test_read(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	uint64_t args[6] = { 7, 0x7ffe0000, 100 };

	feed_item(&payload, RECORD_ITEM_OUT, 1, "abc", 3);
	feed_with(world, "read", 3, args, &payload, 7);
	assert_int_equal(world->count, 2);
	assert_int_equal(world->seen[0].type, 6);
	assert_int_equal(world->seen[1].type, 7);
	/* a call counts two events, its exit is the second */
	assert_int_equal(world->seen[0].num + 1, world->seen[1].num);
	assert_int_equal(world->seen[0].time, 1000);
	assert_int_equal(world->seen[1].time, 3000);
	assert_int_equal(world->seen[1].enter_time, 1000);
	assert_int_equal(world->seen[1].result, 3);
	assert_number(&world->seen[0], 0, 8, 7);
	assert_number(&world->seen[0], 1, 4, 100);
	assert_number(&world->seen[1], 0, 8, 3);
	assert_bytes(&world->seen[1], 1, "abc", 3);
}

static void test_openat(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	uint64_t args[6] = { (uint32_t)AT_FDCWD, 0x7ffe0000, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644 };

	feed_item(&payload, RECORD_ITEM_PATH, 1, "/tmp/x", 6);
	feed_with(world, "openat", 5, args, &payload, 5);
	assert_int_equal(world->count, 2);
	assert_int_equal(world->seen[0].type, 306);
	assert_int_equal(world->seen[0].fd, -1);
	assert_number(&world->seen[0], 0, 8, -100);
	assert_text(&world->seen[0], 1, "/tmp/x");
	/* O_WRONLY 2, O_CREAT 4, O_TRUNC 0x100, O_CLOEXEC 0x1000 */
	assert_number(&world->seen[0], 2, 4, 0x1106);
	assert_number(&world->seen[0], 3, 4, 0644);
	assert_int_equal(world->seen[1].type, 307);
	assert_int_equal(world->seen[1].fd, 5);
	assert_int_equal(world->seen[1].nparams, 6);
	assert_number(&world->seen[1], 0, 8, 5);
	assert_text(&world->seen[1], 2, "/tmp/x");
	assert_number(&world->seen[1], 3, 4, 0x1106);
}

static void test_mode_without_creation_is_0(void **state)
{
	struct world *world = *state;
	uint64_t args[6] = { 0x1000, O_RDONLY, 0xdeadbeef };

	feed_with(world, "open", -2, args, NULL, -1);
	assert_text(&world->seen[0], 0, "<NA>");
	assert_number(&world->seen[0], 1, 4, 1); /* O_RDONLY */
	assert_number(&world->seen[0], 2, 4, 0);
	assert_number(&world->seen[1], 0, 8, -2);
}

static void test_connect(void **state)
{
	static const uint8_t sockaddr[] = { 2, 10, 0, 0, 2, 80, 0 };
	static const uint8_t tuple[] = { 2, 10, 0, 0, 1, 0x40, 0x1f, 10, 0, 0, 2, 80, 0 };
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(80),
				       .sin_addr.s_addr = htonl(0x0a000002) };
	struct record_socket socket = { .family = AF_INET, .type = SOCK_STREAM, .local_port = htons(8000),
					.remote_port = htons(80), .local = { 10, 0, 0, 1 }, .remote = { 10, 0, 0, 2 },
					.protocol = 6, .state = 1 };
	uint64_t args[6] = { 4, 0x1000, 16 }, made[6] = { AF_INET, SOCK_STREAM };

	feed_with(world, "socket", 4, made, NULL, 4);
	feed_item(&payload, RECORD_ITEM_ADDRESS_IN, 1, &address, sizeof(address));
	feed_item(&payload, RECORD_ITEM_SOCKET, 0, &socket, sizeof(socket));
	feed_with(world, "connect", 0, args, &payload, 4);
	assert_int_equal(world->seen[0].type, 22);
	assert_bytes(&world->seen[0], 1, sockaddr, sizeof(sockaddr));
	assert_bytes(&world->seen[1], 1, tuple, sizeof(tuple));
}

static void test_numbers_of_flags(void **state)
{
	struct world *world = *state;
	uint64_t map[6] = { 0, 4096, 3, 0x22 | 0x8000, (uint32_t)-1, 0 }, control[6] = { 3, F_DUPFD_CLOEXEC, 10 };
	uint64_t namespaces[6] = { 0x20000 | 0x40000000 };

	feed_with(world, "mmap", 0x7f0000001000, map, NULL, -1);
	assert_number(&world->seen[0], 2, 4, 3);               /* PROT_READ, PROT_WRITE */
	assert_number(&world->seen[0], 3, 4, 0x2 | 0x8 | 0x80); /* MAP_PRIVATE, MAP_ANONYMOUS, MAP_POPULATE */
	assert_number(&world->seen[0], 4, 8, -1);
	assert_number(&world->seen[1], 0, 8, 0x7f0000001000);
	/* behind the result and the three of memory, the newest libraries have the enter's */
	assert_int_equal(world->seen[1].nparams, 10);
	assert_number(&world->seen[1], 5, 8, 4096);
	assert_number(&world->seen[1], 6, 4, 3);
	assert_number(&world->seen[1], 8, 8, -1);
	feed_with(world, "fcntl", 10, control, NULL, 3);
	assert_number(&world->seen[0], 1, 1, 0x1a);
	feed_with(world, "unshare", 0, namespaces, NULL, -1);
	assert_number(&world->seen[0], 0, 4, 0x20 | 0x10);     /* CLONE_NEWNS, CLONE_NEWNET */
}

static void test_other_calls_are_generic(void **state)
{
	struct world *world = *state;
	uint64_t args[6] = { 0 };

	feed_with(world, "umask", 022, args, NULL, -1);
	assert_int_equal(world->seen[0].type, 0);
	assert_int_equal(world->seen[1].type, 1);
	assert_number(&world->seen[0], 0, 2, scap_syscall_id("umask"));
	assert_number(&world->seen[0], 1, 2, call_number("umask"));
	assert_number(&world->seen[1], 0, 2, scap_syscall_id("umask"));
	/* the newest libraries have the kernel's number in exits too; what comes behind is ours */
	assert_number(&world->seen[1], 1, 2, call_number("umask"));
	assert_int_equal(world->seen[1].nparams, 3);
	assert_int_equal(world->seen[1].result, 022);
}

static void test_clone_tells_the_process_on_both_sides(void **state)
{
	struct world *world = *state;
	struct input process = { .kind = INPUT_PROCESS, .tid = 100, .pid = 100, .time = 1,
				 .process = { .ppid = 1, .uid = 1000, .comm = "app", .exe = "/bin/app",
					      .args = "-a b", .cwd = "/tmp" } };
	uint64_t args[6] = { 0x01200011 }; /* CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, SIGCHLD */
	struct input child;

	feed(world->engine, NULL, &process);
	world->count = 0;
	feed_fork(world->engine, 100, 100, 1500, 200, 200);
	assert_int_equal(world->count, 0); /* told by the calls */
	feed_with(world, "clone", 200, args, NULL, -1);
	assert_int_equal(world->count, 2);
	assert_int_equal(world->seen[0].type, 222);
	assert_int_equal(world->seen[0].nparams, 0);
	assert_int_equal(world->seen[1].type, 223);
	assert_int_equal(world->seen[1].nparams, 20);
	assert_number(&world->seen[1], 0, 8, 200);
	assert_text(&world->seen[1], 1, "/bin/app");
	assert_bytes(&world->seen[1], 2, "-a\0b", 5);
	assert_number(&world->seen[1], 3, 8, 100);
	assert_number(&world->seen[1], 4, 8, 100);
	assert_number(&world->seen[1], 5, 8, 1);
	assert_text(&world->seen[1], 13, "app");
	assert_number(&world->seen[1], 15, 4, 0x800000 | 0x1000000);
	assert_number(&world->seen[1], 16, 4, 1000);
	assert_number(&world->seen[1], 18, 8, 100);

	child = feed_call_input(200, 200, 0, 3100, "clone", 0, -1, args, NULL);
	child.call.flags = EVENT_NO_ENTER;
	world->count = 0;
	feed(world->engine, NULL, &child);
	assert_int_equal(world->count, 1); /* it never entered */
	assert_int_equal(world->seen[0].type, 223);
	assert_int_equal(world->seen[0].tid, 200);
	assert_number(&world->seen[0], 0, 8, 0);
	assert_number(&world->seen[0], 3, 8, 200);
	assert_number(&world->seen[0], 5, 8, 100);
}

static void test_execve_tells_the_new_program(void **state)
{
	struct world *world = *state;
	struct feed_payload payload = { .size = 0 };
	uint64_t args[6] = { 0x1000, 0x2000, 0x3000 };

	feed_exec(world->engine, 100, 2500, "ls", "ls\0-l\0a b", 9);
	assert_int_equal(world->count, 0);
	feed_item(&payload, RECORD_ITEM_PATH, 0, "/bin/ls", 7);
	feed_item(&payload, RECORD_ITEM_COMMAND, 1, "ls\0-l\0a b", 9);
	feed_with(world, "execve", 0, args, &payload, -1);
	assert_int_equal(world->seen[0].type, 292);
	assert_text(&world->seen[0], 0, "/bin/ls");
	assert_int_equal(world->seen[1].type, 293);
	assert_int_equal(world->seen[1].nparams, 20);
	assert_text(&world->seen[1], 1, "ls");
	assert_bytes(&world->seen[1], 2, "-l\0a b", 7); /* an argument with a blank stays one */
	assert_text(&world->seen[1], 13, "ls");
}

static void test_procexit(void **state)
{
	struct world *world = *state;

	feed_exit(world->engine, 100, 100, 5, 139, true); /* SIGSEGV, core dumped */
	assert_int_equal(world->count, 1);
	assert_int_equal(world->seen[0].type, 186);
	assert_number(&world->seen[0], 0, 8, 139);
	assert_number(&world->seen[0], 1, 8, 0);
	assert_number(&world->seen[0], 2, 1, 11);
	assert_number(&world->seen[0], 3, 1, 1);
}

static void assert_marker(struct world *world, const char *written, const char *text)
{
	world->count = 0;
	feed_marker(world->engine, 100, 100, 4000, written);
	assert_int_equal(world->count, 1);
	assert_int_equal(world->seen[0].type, 9);
	assert_int_equal(world->seen[0].dump_flags, 2);
	assert_number(&world->seen[0], 0, 8, strlen(text));
	assert_bytes(&world->seen[0], 1, text, strlen(text));
}

static void test_markers(void **state)
{
	struct world *world = *state;

	assert_marker(world, ">:t:a.b:n=1,m=2:", ">:t:a.b:n=1,m=2:");
	assert_marker(world, "<:t:a.b::", "<:t:a.b::");
	assert_marker(world, ">:p:x::", ">:p:x::");
	assert_marker(world, ">:-7:neg::", ">:-7:neg::");
	/* sysdig 0.29.3 waits for more where a 0 begins the id or the first tag */
	assert_marker(world, ">:0:x::", ">::x::");
	assert_marker(world, ">:g:0tag.0::", ">::\\0tag.0::");
	assert_marker(world, "[\">\", 5, [\"a.b:c\"], [{\"k=\": \"v,\"}]]", ">:5:a\\.b\\:c:k\\==v\\,:");
	assert_marker(world, "[\">\", 6, [\"\"], [{\"k\": \"v\"}]]", "[\">\",6,[\"\"],[{\"k\":\"v\"}]]");
	assert_marker(world, "[\">\", 6, [], []]", ">:6:::");
}

/* sysdig 0.29.3 crashes on a flagged write that is no marker: these are ordinary ones. */
static void test_invalid_markers_are_ordinary_writes(void **state)
{
	struct world *world = *state;

	feed_marker(world->engine, 100, 100, 4000, ">:t:a=b::");
	assert_int_equal(world->count, 1);
	assert_int_equal(world->seen[0].type, 9);
	assert_int_equal(world->seen[0].dump_flags, 0);
	assert_bytes(&world->seen[0], 1, ">:t:a=b::", 9);

	feed_descriptor(world->engine, 100, 7, FD_DEVICE, "/dev/null");
	world->count = 0;
	feed_marker(world->engine, 100, 100, 5000, ">:t:a=b::");
	assert_int_equal(world->count, 2);
	assert_int_equal(world->seen[0].type, 8);
	assert_number(&world->seen[0], 0, 8, 7);
	assert_number(&world->seen[0], 1, 4, 9);
	assert_int_equal(world->seen[1].type, 9);
	assert_int_equal(world->seen[1].dump_flags, 0);
}

static void test_capture_event_is_itself(void **state)
{
	struct world *world = *state;
	struct thread thread = { .tid = 1 };
	struct { struct event event; uint8_t payload[16]; } made = {
		.event = { .type = EVENT_SCAP, .thread = &thread, .call = SCAP_TYPE_SYSCALL_CLOSE_E, .items = 1, .payload_size = 10 },
		.payload = { 8, 0, 3 },
	};
	struct scap_expansion expansion;

	assert_int_equal(scap_expand(world->expander, &made.event, &expansion), 0);
	assert_int_equal(expansion.count, 1);
	assert_ptr_equal(expansion.events[0], &made.event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_openat, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mode_without_creation_is_0, setup, teardown),
		cmocka_unit_test_setup_teardown(test_connect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_of_flags, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_calls_are_generic, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clone_tells_the_process_on_both_sides, setup, teardown),
		cmocka_unit_test_setup_teardown(test_execve_tells_the_new_program, setup, teardown),
		cmocka_unit_test_setup_teardown(test_procexit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_markers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_invalid_markers_are_ordinary_writes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_capture_event_is_itself, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
