/* Fields: reading names, and the values of evt.*, proc.*, thread.* and fd.* for events made by hand. */
#include "test/unit/field_world.h"

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
	expect_text(world, event, "syscall.type", "tracer"); /* as sysdig */
	expect_text(world, event, "evt.category", "other");
	expect_none(world, event, "evt.count.exit");
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

	/* both, and the descriptor is what it reads */
	world->fd.type = FD_FILE;
	event = make_call(world, "copy_file_range", 100, args);
	event->fd = &world->fd;
	expect_number(world, event, "evt.is_io_read", true);
	expect_number(world, event, "evt.is_io_write", true);
	expect_number(world, event, "evt.buflen", 100);
	expect_number(world, event, "evt.buflen.file.in", 100);
	expect_none(world, event, "evt.buflen.file.out");

	event = make_call(world, "close", 0, NULL);
	expect_number(world, event, "evt.is_io", false);
	expect_none(world, event, "evt.io_dir");
	expect_none(world, event, "evt.buflen");
	expect_none(world, event, "evt.buffer");
}

/* What makes a process returns twice, and is one call. */
static void calls_are_counted_once(void **state)
{
	static const char *const makers[] = { "clone", "clone3", "fork", "vfork" };
	struct world *world = *state;

	for (size_t i = 0; i < 4; i++) {
		struct event *event = make_call(world, makers[i], 300, NULL);

		expect_number(world, event, "evt.count", 1);
		expect_number(world, event, "evt.count.exit", 1);
		event->result = 0;
		event->flags = EVENT_NO_ENTER;
		expect_none(world, event, "evt.count");
		expect_none(world, event, "evt.count.exit");
		event = make_call(world, "getpid", 0, NULL);
		event->flags = EVENT_NO_ENTER;
		expect_number(world, event, "evt.count", 1);
	}
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

/* A process is shown as the program that it was when the event happened. */
static void earlier_programs(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "getpid", 200, NULL);
	struct process_image oldest = { NULL, START - 100, intern(world, "sh"), intern(world, "/bin/sh"),
					intern(world, "-c curl") };
	struct process_image old = { &oldest, START + 100, intern(world, "env"), intern(world, "env"),
				     intern(world, "curl") };
	struct process_image parent = { NULL, START + 1, intern(world, "make"), intern(world, "make"),
					intern(world, "all") };

	world->program.images = &old;
	world->shell.images = &parent;
	expect_text(world, event, "proc.name", "env");
	expect_text(world, event, "proc.exe", "env");
	expect_text(world, event, "proc.args", "curl");
	expect_text(world, event, "proc.pname", "make");
	expect_text(world, event, "proc.pcmdline", "make all");
	expect_text(world, event, "proc.aname[0]", "env");
	expect_text(world, event, "proc.aname[1]", "make");
	expect_text(world, event, "proc.aname[2]", "systemd");
	expect_text(world, event, "thread.name", "env");
	expect_text(world, event, "thread.nametid", "env200");
	event->time = START - 101;
	expect_text(world, event, "proc.name", "sh");
	expect_text(world, event, "proc.cmdline", "sh -c curl");
	expect_text(world, event, "proc.exeline", "/bin/sh -c curl");
	event->time = START + 100;
	expect_text(world, event, "proc.name", "curl");
	expect_text(world, event, "proc.exeline", "/usr/bin/curl -6 http://x");
	expect_text(world, event, "proc.pname", "bash");
	expect_text(world, event, "thread.name", "curl");
	/* only the main thread is called what the program is called */
	event->time = START;
	event->thread = &world->second;
	expect_text(world, event, "thread.name", "worker");
	expect_text(world, event, "proc.name", "env");
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
		cmocka_unit_test_setup_teardown(calls_are_counted_once, setup, teardown),
		cmocka_unit_test_setup_teardown(opens, setup, teardown),
		cmocka_unit_test_setup_teardown(arguments_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(processes, setup, teardown),
		cmocka_unit_test_setup_teardown(ancestors, setup, teardown),
		cmocka_unit_test_setup_teardown(earlier_programs, setup, teardown),
		cmocka_unit_test_setup_teardown(descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(sockets, setup, teardown),
		cmocka_unit_test_setup_teardown(either_end, setup, teardown),
	};

	return cmocka_run_group_tests_name("field", tests, utc, NULL);
}
