/* Fields: reading names, and the value of each for events made by hand. */
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

static struct string *intern(struct world *world, const char *text)
{
	return string_get(world->pool, text, strlen(text));
}

static void process_init(struct world *world, struct process *process, uint32_t pid, struct process *parent,
			 const char *name, const char *exe, const char *args)
{
	*process = (struct process){ .pid = pid, .ppid = parent ? parent->pid : 0, .parent = parent };
	process->name = intern(world, name);
	process->exe = intern(world, exe);
	process->args = intern(world, args);
	process->cwd = intern(world, "");
	process->nthreads = 1;
}

static int setup(void **state)
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
	world->main = (struct thread){ .tid = 200, .process = &world->program, .name = intern(world, "curl") };
	world->second = (struct thread){ .tid = 201, .process = &world->program, .name = intern(world, "worker") };
	world->fd = (struct fd){ .num = 3, .type = FD_FILE, .name = intern(world, "/etc/hosts") };
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	field_context_fini(&world->context);
	string_pool_free(world->pool);
	free(world);
	return 0;
}

/* An event of the main thread, with nargs arguments (up to six) and a payload. */
static struct event *make(struct world *world, enum event_type type, const uint64_t *args, unsigned nargs,
			  const void *payload, size_t size)
{
	struct event *event = &world->made.event;
	char *rest = (char *)(event + 1);

	memset(&world->made, 0, sizeof(world->made));
	*event = (struct event){
		.size = sizeof(*event) + nargs * 8 + size, .type = type, .num = 42, .time = START, .enter_time = START,
		.thread = &world->main, .cpu = 3, .nargs = nargs, .payload_size = size,
	};
	if (nargs)
		memcpy(rest, args, nargs * 8);
	if (size)
		memcpy(rest + nargs * 8, payload, size);
	return event;
}

static struct event *make_call(struct world *world, const char *name, int64_t result, const uint64_t args[6])
{
	static const uint64_t zeros[6];
	struct event *event = make(world, EVENT_CALL, args ? args : zeros, 6, NULL, 0);

	event->call = call_number(name);
	event->enter_time = START - 1500;
	event->result = result;
	return event;
}

/* ---- reading values ---- */

static struct value value_of(struct world *world, const struct event *event, const char *name)
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

static void expect_none(struct world *world, const struct event *event, const char *name)
{
	if (value_of(world, event, name).type != VALUE_NONE)
		fail_msg("%s has a value", name);
}

static void expect_text(struct world *world, const struct event *event, const char *name, const char *text)
{
	struct value value = value_of(world, event, name);

	if (value.type != VALUE_TEXT && value.type != VALUE_BYTES)
		fail_msg("%s is no text", name);
	if (value.size != strlen(text) || memcmp(value.text, text, value.size))
		fail_msg("%s is '%.*s', not '%s'", name, (int)value.size, value.text, text);
}

static void expect_number(struct world *world, const struct event *event, const char *name, int64_t number)
{
	struct value value = value_of(world, event, name);

	if (value.type == VALUE_NONE)
		fail_msg("%s has no value", name);
	if (value.i != number)
		fail_msg("%s is %lld, not %lld", name, (long long)value.i, (long long)number);
}

static void expect_address(struct world *world, const struct event *event, const char *name, const char *text)
{
	struct value value = value_of(world, event, name);
	char shown[INET6_ADDRSTRLEN];

	if (value.type != VALUE_IPV4 && value.type != VALUE_IPV6)
		fail_msg("%s is no address", name);
	inet_ntop(value.type == VALUE_IPV4 ? AF_INET : AF_INET6, value.text, shown, sizeof(shown));
	assert_string_equal(shown, text);
}

/* ---- names ---- */

static void table_is_sound(void **state)
{
	(void)state;
	for (const struct field_definition *d = field_table; d->name; d++) {
		assert_non_null(d->help);
		assert_non_null(d->get);
		assert_true(d->type != VALUE_NONE);
		assert_non_null(strchr(d->name, '.'));
		for (const struct field_definition *other = d + 1; other->name; other++)
			assert_string_not_equal(d->name, other->name);
	}
}

static void parse_good(const char *text, int length, const char *name, int index, const char *argument)
{
	struct field field;
	const char *reason = "";
	size_t at;
	int got = field_parse(text, strlen(text), &field, &reason, &at);

	if (got != length)
		fail_msg("%s: read %d bytes, not %d (%s)", text, got, length, reason);
	assert_string_equal(field.definition->name, name);
	assert_int_equal(field.index, index);
	if (argument)
		assert_string_equal(field.argument, argument);
	else
		assert_null(field.argument);
	field_fini(&field);
}

static void names_parse(void **state)
{
	(void)state;
	parse_good("evt.type", 8, "evt.type", 0, NULL);
	parse_good("evt.time.s", 10, "evt.time.s", 0, NULL);
	parse_good("evt.time x", 8, "evt.time", 0, NULL);
	parse_good("evt.time.x", 8, "evt.time", 0, NULL);
	parse_good("proc.name.", 9, "proc.name", 0, NULL);
	parse_good("proc.name[0]", 9, "proc.name", 0, NULL);
	parse_good("span.tag[2]", 11, "span.tag", 2, NULL);
	parse_good("span.tag[-1],", 12, "span.tag", -1, NULL);
	parse_good("span.duration.fortag[0]", 23, "span.duration.fortag", 0, NULL);
	parse_good("span.arg.ret end", 12, "span.arg", 0, "ret");
	parse_good("span.arg.ret.", 12, "span.arg", 0, "ret");
	parse_good("span.arg.a.b-c=1", 14, "span.arg", 0, "a.b-c");
	parse_good("span.arg[1]", 11, "span.arg", 1, NULL);
	parse_good("span.arg[a name]", 16, "span.arg", 0, "a name");
	parse_good("evt.arg.res", 11, "evt.arg", 0, "res");
	parse_good("evt.type.is.openat", 18, "evt.type.is", 0, "openat");
	parse_good("proc.aname", 10, "proc.aname", 0, NULL);
	parse_good("proc.aname[2]", 13, "proc.aname", 2, NULL);
	parse_good("evtin.span.p.tag[0]", 19, "evtin.span.p.tag", 0, NULL);
	parse_good("evtin.span.arg.p", 16, "evtin.span.arg", 0, "p");
}

static void parse_bad(const char *text, size_t at)
{
	struct field field;
	const char *reason = NULL;
	size_t where = 999;

	assert_int_equal(field_parse(text, strlen(text), &field, &reason, &where), -22);
	assert_non_null(reason);
	if (where != at)
		fail_msg("%s: fault at %zu, not %zu (%s)", text, where, at, reason);
}

static void bad_names_are_refused(void **state)
{
	(void)state;
	parse_bad("", 0);
	parse_bad("bogus", 0);
	parse_bad("proc.bogus", 0);
	parse_bad("PROC.NAME", 0);
	parse_bad("span.tag", 0);
	parse_bad("span.tag.x", 0);
	parse_bad("span.tag[x]", 9);
	parse_bad("span.tag[]", 9);
	parse_bad("span.tag[-]", 9);
	parse_bad("span.tag[1", 8);
	parse_bad("span.tag[2147483648]", 9);
	parse_bad("proc.aname[x]", 11);
	parse_bad("evt.arg", 0);
	parse_bad("evt.arg.", 0);
	parse_bad("evt.arg.bogus", 8);
	parse_bad("evt.type.is.bogus", 12);
}

static void suggestions_are_near(void **state)
{
	(void)state;
	assert_string_equal(field_suggest("proc.nmae", 9), "proc.name");
	assert_string_equal(field_suggest("PROC.NAME", 9), "proc.name");
	assert_string_equal(field_suggest("proc.pidd", 9), "proc.pid");
	assert_string_equal(field_suggest("evt.latecy", 10), "evt.latency");
	assert_string_equal(field_suggest("span.tg[0]", 10), "span.tag");
	assert_string_equal(field_suggest("cmdline", 7), "proc.cmdline");
	assert_null(field_suggest("completely.different", 20));
	assert_null(field_suggest("", 0));
}

/* ---- evt ---- */

static void times(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "getpid", 200, NULL);

	expect_number(world, event, "evt.num", 42);
	expect_number(world, event, "evt.cpu", 3);
	expect_text(world, event, "evt.time", "22:13:20.000001000");
	expect_text(world, event, "evt.time.s", "22:13:20");
	expect_text(world, event, "evt.time.iso8601", "2023-11-14T22:13:20.000001000+0000");
	expect_text(world, event, "evt.datetime", "2023-11-14 22:13:20.000001000");
	expect_text(world, event, "evt.datetime.s", "2023-11-14 22:13:20");
	expect_number(world, event, "evt.rawtime", START);
	expect_number(world, event, "evt.rawtime.s", 1700000000);
	expect_number(world, event, "evt.rawtime.ns", 1000);
	expect_none(world, event, "evt.reltime");
	expect_number(world, event, "evt.latency", 1500);
	expect_number(world, event, "evt.latency.s", 0);
	expect_number(world, event, "evt.latency.ns", 1500);
	expect_text(world, event, "evt.latency.human", "1.50us");
	/* 1500 ns is 3.176 decades: column 101 of 32 a decade */
	expect_number(world, event, "evt.latency.quantized", 102);
	expect_none(world, event, "evt.wait_latency");
	event->enter_time = START - 2000000003;
	expect_number(world, event, "evt.latency.s", 2);
	expect_number(world, event, "evt.latency.ns", 3);
	event->flags = EVENT_NO_ENTER;
	expect_none(world, event, "evt.latency");
	event = make_call(world, "nanosleep", 0, NULL);
	expect_number(world, event, "evt.is_wait", true);
	expect_number(world, event, "evt.wait_latency", 1500);
	event = make(world, EVENT_SPAN_ENTER, NULL, 0, NULL, 0);
	expect_number(world, event, "evt.latency", 0);
	expect_none(world, event, "evt.latency.quantized");
}

static void types(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "openat", 3, NULL);

	expect_text(world, event, "evt.type", "openat");
	expect_text(world, event, "syscall.type", "openat");
	expect_number(world, event, "evt.type.is.openat", 1);
	expect_number(world, event, "evt.type.is.close", 0);
	expect_text(world, event, "evt.dir", "<");
	expect_text(world, event, "evt.category", "file");
	expect_number(world, event, "evt.count", 1);
	expect_number(world, event, "evt.count.exit", 1);
	event->call = 511;
	expect_text(world, event, "evt.type", "syscall_511");

	event = make(world, EVENT_SPAN_ENTER, NULL, 0, NULL, 0);
	expect_text(world, event, "evt.type", "tracer");
	expect_number(world, event, "evt.type.is.tracer", 1);
	expect_text(world, event, "evt.dir", ">");
	expect_none(world, event, "syscall.type");
	expect_text(world, event, "evt.category", "other");
	expect_number(world, event, "evt.count.exit", 0);
	event->type = EVENT_SPAN_EXIT;
	expect_text(world, event, "evt.dir", "<");
	event->type = EVENT_MARKER_INVALID;
	expect_text(world, event, "evt.type", "tracer");
	expect_text(world, event, "evt.dir", ">");
	event->type = EVENT_THREAD_EXIT;
	expect_text(world, event, "evt.type", "procexit");
	expect_text(world, event, "evt.category", "process");
	expect_text(world, event, "evt.dir", ">");
	event->type = EVENT_FORK;
	expect_text(world, event, "evt.type", "procfork");
	event->type = EVENT_EXEC;
	expect_text(world, event, "evt.type", "procexec");
}

static void results(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "openat", -2, NULL);

	expect_text(world, event, "evt.res", "ENOENT");
	expect_number(world, event, "evt.rawres", -2);
	expect_number(world, event, "evt.failed", true);
	expect_number(world, event, "evt.count.error", 1);
	expect_number(world, event, "evt.count.error.file", 1);
	expect_none(world, event, "evt.count.error.net");
	expect_none(world, event, "evt.count.error.other");
	event->result = -3999;
	expect_text(world, event, "evt.res", "3999");
	event->result = 30;
	expect_text(world, event, "evt.res", "SUCCESS");
	expect_number(world, event, "evt.failed", false);
	expect_none(world, event, "evt.count.error");
	/* addresses beyond the errors are no errors */
	event->result = -5000;
	expect_text(world, event, "evt.res", "SUCCESS");

	event = make_call(world, "mmap", -12, NULL);
	expect_number(world, event, "evt.count.error.memory", 1);
	expect_none(world, event, "evt.count.error.file");
	event = make_call(world, "futex", -11, NULL);
	expect_number(world, event, "evt.count.error.other", 1);
	event = make_call(world, "connect", -115, NULL);
	expect_number(world, event, "evt.count.error.net", 1);
	event = make_call(world, "read", -11, NULL);
	event->fd = &world->fd;
	expect_number(world, event, "evt.count.error.file", 1);
	world->fd.type = FD_IPV4;
	expect_number(world, event, "evt.count.error.net", 1);
	expect_none(world, event, "evt.count.error.file");

	event = make_call(world, "exit_group", 0, NULL);
	event->flags = EVENT_NO_RETURN;
	expect_none(world, event, "evt.res");
	expect_none(world, event, "evt.rawres");
	expect_none(world, event, "evt.latency");
	expect_number(world, event, "evt.failed", false);
	event = make(world, EVENT_SPAN_EXIT, NULL, 0, NULL, 0);
	expect_none(world, event, "evt.res");
	expect_number(world, event, "evt.failed", false);
}

static void input_and_output(void **state)
{
	struct world *world = *state;
	const uint64_t args[6] = { 3, 0x1000, 80 };
	struct feed_payload payload = { .size = 0 };
	struct event *event;

	feed_item(&payload, RECORD_ITEM_OUT, 1, "127.0.0.1", 9);
	event = make(world, EVENT_CALL, args, 6, payload.bytes, payload.size);
	event->call = call_number("read");
	event->items = 1;
	event->result = 9;
	event->fd = &world->fd;
	expect_number(world, event, "evt.is_io", true);
	expect_number(world, event, "evt.is_io_read", true);
	expect_number(world, event, "evt.is_io_write", false);
	expect_text(world, event, "evt.io_dir", "read");
	expect_text(world, event, "evt.buffer", "127.0.0.1");
	expect_number(world, event, "evt.buflen", 9);
	expect_number(world, event, "evt.buflen.in", 9);
	expect_none(world, event, "evt.buflen.out");
	expect_number(world, event, "evt.buflen.file", 9);
	expect_number(world, event, "evt.buflen.file.in", 9);
	expect_none(world, event, "evt.buflen.file.out");
	expect_none(world, event, "evt.buflen.net");
	expect_text(world, event, "evt.category", "file");
	expect_number(world, event, "evt.rawarg.fd", 3);
	expect_number(world, event, "evt.rawarg.res", 9);
	expect_number(world, event, "evt.rawarg.size", 80);
	expect_text(world, event, "evt.arg[0]", "9");
	expect_text(world, event, "evt.arg.res", "9");
	expect_text(world, event, "evt.arg.fd", "3(<f>/etc/hosts)");
	expect_none(world, event, "evt.arg.domain");
	expect_none(world, event, "evt.arg[9]");
	expect_none(world, event, "evt.arg[-1]");
	world->fd.type = FD_IPV6;
	expect_text(world, event, "evt.category", "net");
	expect_number(world, event, "evt.buflen.net.in", 9);
	expect_none(world, event, "evt.buflen.net.out");
	expect_none(world, event, "evt.buflen.file");
	event->call = call_number("write");
	expect_number(world, event, "evt.is_io_write", true);
	expect_number(world, event, "evt.buflen.net.out", 9);
	expect_text(world, event, "evt.io_dir", "write");
	event->result = -32;
	expect_none(world, event, "evt.buflen");
	event->fd = NULL;
	expect_text(world, event, "evt.category", "unknown");

	event = make_call(world, "close", 0, NULL);
	expect_number(world, event, "evt.is_io", false);
	expect_none(world, event, "evt.io_dir");
	expect_none(world, event, "evt.buflen");
	expect_none(world, event, "evt.buffer");
}

static void opens(void **state)
{
	struct world *world = *state;
	const uint64_t modes[] = { 0, 1, 2 };   /* O_RDONLY, O_WRONLY, O_RDWR */

	for (size_t i = 0; i < 3; i++) {
		const uint64_t args[6] = { (uint64_t)-100, 0x1000, modes[i] };
		struct event *event = make_call(world, "openat", 3, args);

		expect_number(world, event, "evt.is_open_read", modes[i] != 1);
		expect_number(world, event, "evt.is_open_write", modes[i] != 0);
		expect_number(world, event, "evt.rawarg.dirfd", -100);
		expect_none(world, event, "evt.rawarg.name");
	}
	expect_number(world, make_call(world, "read", 3, NULL), "evt.is_open_read", false);
}

static void arguments_of_others(void **state)
{
	struct world *world = *state;
	struct event *event = make(world, EVENT_FORK, NULL, 0, NULL, 0);

	event->result = 300;
	expect_text(world, event, "evt.args", "child=300");
	expect_text(world, event, "evt.arg.child", "300");
	expect_number(world, event, "evt.rawarg.child", 300);
	event = make(world, EVENT_THREAD_EXIT, NULL, 0, NULL, 0);
	event->result = 256;
	expect_text(world, event, "evt.info", "status=256");
	event = make(world, EVENT_EXEC, NULL, 0, "ls\0-l\0/tmp", 11);
	expect_text(world, event, "evt.args", "args=ls -l /tmp");
	event = make(world, EVENT_MARKER_INVALID, NULL, 0, "bad id\0>:q:x::", 14);
	expect_text(world, event, "span.reason", "bad id");
	expect_text(world, event, "span.invalid", ">:q:x::");
	expect_text(world, event, "evt.args", "reason=bad id invalid=>:q:x::");
	event->payload_size = 6;
	expect_none(world, event, "span.invalid");
	expect_none(world, make_call(world, "read", 3, NULL), "span.invalid");
}

/* ---- proc, thread ---- */

static void processes(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "getpid", 200, NULL);

	event->thread = &world->second;
	expect_number(world, event, "proc.pid", 200);
	expect_number(world, event, "thread.tid", 201);
	expect_text(world, event, "thread.name", "worker");
	expect_number(world, event, "thread.ismain", false);
	expect_text(world, event, "thread.nametid", "curl201");
	expect_text(world, event, "proc.name", "curl");
	expect_text(world, event, "proc.exe", "/usr/bin/curl");
	expect_text(world, event, "proc.args", "-6 http://x");
	expect_text(world, event, "proc.cmdline", "curl -6 http://x");
	expect_text(world, event, "proc.exeline", "/usr/bin/curl -6 http://x");
	expect_text(world, event, "proc.cwd", "/home/u");
	expect_number(world, event, "proc.ppid", 100);
	expect_text(world, event, "proc.pname", "bash");
	expect_text(world, event, "proc.pcmdline", "bash");
	expect_number(world, event, "proc.nthreads", 2);
	expect_number(world, event, "proc.nchilds", 1);
	expect_number(world, event, "proc.duration", 5000);
	expect_number(world, event, "user.uid", 1000);
	event->thread = &world->main;
	expect_number(world, event, "thread.ismain", true);
	world->program.start_time = 0;
	expect_none(world, event, "proc.duration");
	world->program.parent = NULL;
	expect_none(world, event, "proc.pname");
}

static void ancestors(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "getpid", 200, NULL);
	struct field field;
	struct value value;
	const char *reason;
	size_t at;

	expect_number(world, event, "proc.apid[0]", 200);
	expect_number(world, event, "proc.apid[1]", 100);
	expect_number(world, event, "proc.apid[2]", 1);
	expect_none(world, event, "proc.apid[3]");
	expect_none(world, event, "proc.apid[-1]");
	expect_text(world, event, "proc.aname[0]", "curl");
	expect_text(world, event, "proc.aname[1]", "bash");
	/* without an index: the ancestors, one after the other */
	field_parse("proc.apid", 9, &field, &reason, &at);
	assert_true(field.definition->get(&field, event, 0, &world->context, &value) && value.i == 100);
	assert_true(field.definition->get(&field, event, 1, &world->context, &value) && value.i == 1);
	assert_false(field.definition->get(&field, event, 2, &world->context, &value));
	/* parents that go in a circle end somewhere */
	world->init.parent = &world->program;
	for (unsigned nth = 0; field.definition->get(&field, event, nth, &world->context, &value); nth++)
		assert_true(nth < 100000);
}

/* ---- fd ---- */

static void descriptors(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "fstat", 0, NULL);

	expect_none(world, event, "fd.num");
	expect_none(world, event, "fd.name");
	expect_none(world, event, "fd.is_server");
	event->fd = &world->fd;
	expect_number(world, event, "fd.num", 3);
	expect_text(world, event, "fd.type", "file");
	expect_text(world, event, "fd.typechar", "f");
	expect_text(world, event, "fd.name", "/etc/hosts");
	expect_text(world, event, "fd.directory", "/etc");
	expect_text(world, event, "fd.filename", "hosts");
	expect_text(world, event, "fd.uid", "2003");
	expect_number(world, event, "fd.is_server", false);
	expect_number(world, event, "fd.connected", false);
	expect_none(world, event, "fd.sockfamily");
	expect_none(world, event, "fd.cip");
	expect_none(world, event, "fd.dev");
	world->fd.dev = 8 << 20 | 1;
	expect_number(world, event, "fd.dev.major", 8);
	expect_number(world, event, "fd.dev.minor", 1);
	world->fd.name = intern(world, "/vmlinuz");
	expect_text(world, event, "fd.directory", "/");
	expect_text(world, event, "fd.filename", "vmlinuz");
	world->fd.name = intern(world, "/etc");
	world->fd.type = FD_DIRECTORY;
	expect_text(world, event, "fd.directory", "/etc");
	expect_none(world, event, "fd.filename");
	world->fd.type = FD_UNIX;
	expect_text(world, event, "fd.sockfamily", "unix");
	expect_none(world, event, "fd.directory");
	world->fd.type = FD_UNKNOWN;
	expect_none(world, event, "fd.type");
}

static void connect_socket(struct world *world, int family, const char *local, uint16_t local_port,
			   const char *remote, uint16_t remote_port)
{
	struct fd_socket *socket = &world->fd.socket;

	world->fd.type = family == AF_INET ? FD_IPV4 : FD_IPV6;
	world->fd.has_socket = true;
	*socket = (struct fd_socket){ .family = family, .type = SOCK_STREAM, .protocol = IPPROTO_TCP };
	inet_pton(family, local, socket->local);
	inet_pton(family, remote, socket->remote);
	socket->local_port = htons(local_port);
	socket->remote_port = htons(remote_port);
}

static void sockets(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "sendto", 5, NULL);

	event->fd = &world->fd;
	connect_socket(world, AF_INET, "10.0.0.1", 1000, "10.0.0.2", 80);
	expect_address(world, event, "fd.cip", "10.0.0.1");
	expect_address(world, event, "fd.sip", "10.0.0.2");
	expect_address(world, event, "fd.lip", "10.0.0.1");
	expect_address(world, event, "fd.rip", "10.0.0.2");
	expect_number(world, event, "fd.cport", 1000);
	expect_number(world, event, "fd.sport", 80);
	expect_number(world, event, "fd.lport", 1000);
	expect_number(world, event, "fd.rport", 80);
	expect_text(world, event, "fd.l4proto", "tcp");
	expect_text(world, event, "fd.sockfamily", "ip");
	expect_number(world, event, "fd.connected", true);
	/* ports that no service has are numbers */
	expect_text(world, event, "fd.cproto", "1000");
	expect_text(world, event, "fd.lproto", "1000");

	world->fd.is_server = true;
	expect_address(world, event, "fd.cip", "10.0.0.2");
	expect_address(world, event, "fd.sip", "10.0.0.1");
	expect_number(world, event, "fd.sport", 1000);
	expect_number(world, event, "fd.lport", 1000);
	expect_number(world, event, "fd.is_server", true);

	connect_socket(world, AF_INET6, "fe80::1", 1000, "::ffff:10.0.0.7", 80);
	world->fd.is_server = false;
	expect_address(world, event, "fd.cip", "fe80::1");
	expect_address(world, event, "fd.sip", "10.0.0.7");
	world->fd.socket.protocol = IPPROTO_UDP;
	expect_text(world, event, "fd.l4proto", "udp");

	/* one that listens has a server and no client */
	connect_socket(world, AF_INET, "0.0.0.0", 80, "0.0.0.0", 0);
	world->fd.socket.state = 10;
	expect_number(world, event, "fd.sport", 80);
	expect_number(world, event, "fd.lport", 80);
	expect_none(world, event, "fd.cport");
	expect_none(world, event, "fd.rport");
	expect_none(world, event, "fd.cip");
	expect_number(world, event, "fd.is_server", true);
	expect_number(world, event, "fd.connected", false);
	/* one just made has neither */
	connect_socket(world, AF_INET, "0.0.0.0", 0, "0.0.0.0", 0);
	expect_none(world, event, "fd.lport");
	expect_none(world, event, "fd.sip");
}

static void either_end(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "sendto", 5, NULL);
	const struct field_definition *definition = field_table;
	struct field field = { .index = 0 };
	struct value value;

	event->fd = &world->fd;
	connect_socket(world, AF_INET, "10.0.0.1", 1000, "10.0.0.2", 80);
	while (strcmp(definition->name, "fd.port"))
		definition++;
	field.definition = definition;
	assert_true(definition->flags & FIELD_MANY);
	assert_true(definition->get(&field, event, 0, &world->context, &value) && value.u == 1000);
	assert_true(definition->get(&field, event, 1, &world->context, &value) && value.u == 80);
	assert_false(definition->get(&field, event, 2, &world->context, &value));
}

/* ---- span ---- */

static struct string *pack(struct world *world, const char *packed, size_t size)
{
	return string_get(world->pool, packed, size);
}

/* The span "req.db" of id 4242, entered 7.029 ms before its exit at START, below "req". */
static void make_span(struct world *world)
{
	world->parent = (struct span){ .num = 1, .id = 4242, .ntags = 1, .enter_time = START - 10000000,
				       .thread = &world->main, .owner = &world->program };
	world->parent.tags = pack(world, "req", 4);
	world->span = (struct span){ .num = 2, .id = 4242, .ntags = 2, .nenter_args = 2, .nexit_args = 1,
				     .flags = SPAN_CLOSED, .enter_time = START - 7029000, .exit_time = START,
				     .thread = &world->main, .exit_thread = &world->main,
				     .owner = &world->program, .parent = &world->parent,
				     .outer = &world->parent, .children_ns = 2029000 };
	world->span.tags = pack(world, "req\0db", 7);
	world->span.enter_args = pack(world, "n\0001\0q\0x y", 10);
	world->span.exit_args = pack(world, "ret\00049", 7);
}

static void span_names(struct world *world, const struct event *event)
{
	expect_number(world, event, "span.id", 4242);
	expect_number(world, event, "span.ntags", 2);
	expect_text(world, event, "span.tags", "req.db");
	expect_text(world, event, "span.tag[0]", "req");
	expect_text(world, event, "span.tag[1]", "db");
	expect_text(world, event, "span.tag[-1]", "db");
	expect_none(world, event, "span.tag[2]");
	expect_none(world, event, "span.tag[-3]");
	expect_text(world, event, "span.idtag[1]", "4242db");
	expect_text(world, event, "span.idtag[5]", "4242");
}

static void spans(void **state)
{
	struct world *world = *state;
	struct event *event = make(world, EVENT_SPAN_EXIT, NULL, 0, NULL, 0);

	make_span(world);
	event->span = &world->span;
	span_names(world, event);
	/* the enter's: 7.029 ms before 22:13:20.000001000 */
	expect_text(world, event, "span.time", "22:13:19.992972000");
	expect_number(world, event, "span.rawtime", START - 7029000);
	expect_number(world, event, "span.rawparenttime", START - 10000000);
	expect_number(world, event, "span.nargs", 2);
	expect_text(world, event, "span.args", "ret=49");
	expect_text(world, event, "span.arg[0]", "49");
	expect_text(world, event, "span.arg.ret", "49");
	expect_none(world, event, "span.arg.n");
	expect_text(world, event, "span.enterargs", "n=1,q=x y");
	expect_text(world, event, "span.enterarg[-1]", "x y");
	expect_text(world, event, "span.enterarg.n", "1");
	expect_none(world, event, "span.enterarg[2]");
	expect_text(world, event, "evt.args", "id=4242 tags=req.db args=ret:49");
	expect_text(world, event, "evt.arg.tags", "req.db");
	expect_number(world, event, "evt.rawarg.id", 4242);

	event->type = EVENT_SPAN_ENTER;
	event->time = START - 7029000;
	span_names(world, event);
	expect_text(world, event, "span.time", "22:13:19.992972000");
	expect_text(world, event, "span.args", "n=1,q=x y");
	expect_text(world, event, "span.arg.q", "x y");
	expect_text(world, event, "evt.args", "id=4242 tags=req.db args=n:1,q:x y");

	event = make_call(world, "getpid", 200, NULL);
	event->span = &world->span;
	expect_none(world, event, "span.id");
	expect_none(world, event, "span.tags");
	expect_none(world, event, "span.count");
	expect_none(world, event, "span.duration");
}

static void span_measures(void **state)
{
	struct world *world = *state;
	struct event *event = make(world, EVENT_SPAN_EXIT, NULL, 0, NULL, 0);

	make_span(world);
	event->span = &world->span;
	expect_number(world, event, "span.duration", 7029000);
	expect_text(world, event, "span.duration.human", "7.02ms");
	/* 7029000 ns is 6.8469 decades: column 219 of 32 a decade */
	expect_number(world, event, "span.duration.quantized", 220);
	expect_number(world, event, "span.duration.fortag[1]", 7029000);
	expect_none(world, event, "span.duration.fortag[0]");
	expect_number(world, event, "span.self", 5000000);
	expect_number(world, event, "span.count", 1);
	expect_number(world, event, "span.count.fortag[1]", 1);
	expect_number(world, event, "span.count.fortag[0]", 0);
	expect_number(world, event, "span.childcount.fortag[0]", 1);
	expect_number(world, event, "span.childcount.fortag[1]", 0);
	expect_number(world, event, "span.unfinished", false);
	expect_number(world, event, "span.lossy", false);
	expect_none(world, event, "span.cpu");
	world->span.has_account = true;
	world->span.account = (struct span_account){ 1, 2, 3, 4, 5 };
	world->span.flags |= SPAN_LOSSY;
	world->span.children_ns = 8000000;
	expect_number(world, event, "span.cpu", 1);
	expect_number(world, event, "span.queue", 2);
	expect_number(world, event, "span.switches", 3);
	expect_number(world, event, "span.faults", 9);
	expect_number(world, event, "span.lossy", true);
	expect_number(world, event, "span.self", 0);

	event->type = EVENT_SPAN_ENTER;
	expect_none(world, event, "span.duration");
	expect_none(world, event, "span.duration.fortag[1]");
	expect_none(world, event, "span.unfinished");
	expect_number(world, event, "span.count", 0);
	expect_number(world, event, "span.count.fortag[1]", 0);
	expect_number(world, event, "span.childcount.fortag[0]", 0);
}

static void spans_without_an_end(void **state)
{
	struct world *world = *state;
	struct event *event = make(world, EVENT_SPAN_EXIT, NULL, 0, NULL, 0);

	make_span(world);
	event->span = &world->span;
	event->flags = EVENT_UNFINISHED;
	world->span.flags |= SPAN_UNFINISHED;
	expect_number(world, event, "span.unfinished", true);
	expect_number(world, event, "span.count", 0);
	expect_none(world, event, "span.duration");
	expect_text(world, event, "span.enterargs", "n=1,q=x y");

	/* an exit that nothing was opened for */
	event->flags = 0;
	world->span.flags = SPAN_CLOSED | SPAN_NO_ENTER;
	world->span.enter_time = 0;
	world->span.enter_args = NULL;
	world->span.nenter_args = 0;
	world->span.parent = NULL;
	span_names(world, event);
	expect_number(world, event, "span.count", 1);
	expect_none(world, event, "span.time");
	expect_none(world, event, "span.rawtime");
	expect_none(world, event, "span.rawparenttime");
	expect_none(world, event, "span.nargs");
	expect_none(world, event, "span.args");
	expect_none(world, event, "span.enterargs");
	expect_none(world, event, "span.enterarg[0]");
	expect_none(world, event, "span.duration");
	expect_none(world, event, "span.self");
	event->span = NULL;
	expect_none(world, event, "span.id");
	expect_none(world, event, "evt.arg.id");
}

static void inside_by_links(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "getpid", 200, NULL);
	struct field field;
	struct value value;
	const char *reason;
	size_t at;

	make_span(world);
	world->span.flags = 0;
	world->span.exit_time = 0;
	event->span = &world->span;
	expect_number(world, event, "evtin.span.id", 4242);
	expect_text(world, event, "evtin.span.tags", "req.db");
	expect_number(world, event, "evtin.span.ntags", 2);
	expect_number(world, event, "evtin.span.nargs", 2);
	expect_text(world, event, "evtin.span.tag[-1]", "db");
	expect_text(world, event, "evtin.span.args", "n:1,q:x y");
	expect_text(world, event, "evtin.span.arg.q", "x y");
	expect_text(world, event, "evtin.span.arg[0]", "1");
	/* outwards, span by span */
	field_parse("evtin.span.tags", 15, &field, &reason, &at);
	assert_true(field.definition->get(&field, event, 1, &world->context, &value) && value.size == 3);
	assert_memory_equal(value.text, "req", 3);
	assert_false(field.definition->get(&field, event, 2, &world->context, &value));
	/* not inside itself on the enter, still inside on the exit */
	event->type = EVENT_SPAN_ENTER;
	expect_text(world, event, "evtin.span.tags", "req");
	event->type = EVENT_SPAN_EXIT;
	expect_text(world, event, "evtin.span.tags", "req.db");
	event->type = EVENT_CALL;
	event->span = NULL;
	expect_none(world, event, "evtin.span.id");
	/* the wider scopes need the recording */
	event->span = &world->span;
	expect_none(world, event, "evtin.span.m.id");
}

/* Bytes of every kind of event must never be read beyond their end, whatever the field. */
static void every_field_of_every_event(void **state)
{
	struct world *world = *state;
	const enum event_type types[] = { EVENT_CALL, EVENT_SPAN_ENTER, EVENT_SPAN_EXIT, EVENT_MARKER_INVALID, EVENT_FORK,
					  EVENT_EXEC, EVENT_THREAD_EXIT };

	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
		struct event *event = make(world, types[t], NULL, 0, NULL, 0);

		for (unsigned pass = 0; pass < 2; pass++) {
			for (const struct field_definition *d = field_table; d->name; d++) {
				struct field field = { .definition = d, .index = -1, .argument = (char *)"res" };
				struct value value;

				field.has_index = d->argument != FIELD_ARGUMENT_NAME;
				d->get(&field, event, 0, &world->context, &value);
			}
			event->fd = &world->fd;
			make_span(world);
			if (types[t] != EVENT_MARKER_INVALID)
				event->span = &world->span;
		}
	}
}

static int utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_sound),
		cmocka_unit_test(names_parse),
		cmocka_unit_test(bad_names_are_refused),
		cmocka_unit_test(suggestions_are_near),
		cmocka_unit_test_setup_teardown(times, setup, teardown),
		cmocka_unit_test_setup_teardown(types, setup, teardown),
		cmocka_unit_test_setup_teardown(results, setup, teardown),
		cmocka_unit_test_setup_teardown(input_and_output, setup, teardown),
		cmocka_unit_test_setup_teardown(opens, setup, teardown),
		cmocka_unit_test_setup_teardown(arguments_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(processes, setup, teardown),
		cmocka_unit_test_setup_teardown(ancestors, setup, teardown),
		cmocka_unit_test_setup_teardown(descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(sockets, setup, teardown),
		cmocka_unit_test_setup_teardown(either_end, setup, teardown),
		cmocka_unit_test_setup_teardown(spans, setup, teardown),
		cmocka_unit_test_setup_teardown(span_measures, setup, teardown),
		cmocka_unit_test_setup_teardown(spans_without_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(inside_by_links, setup, teardown),
		cmocka_unit_test_setup_teardown(every_field_of_every_event, setup, teardown),
	};

	return cmocka_run_group_tests_name("field", tests, utc, NULL);
}
