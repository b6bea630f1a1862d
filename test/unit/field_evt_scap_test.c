/* evt.*, syslog.*, fdlist.* of captured events. What is expected is what sysdig 0.29.3 prints for the same fields of the
 * same events. */
#include "scap_params.h"

#include "src/engine/engine.h"

static struct event *make_exit(struct world *world, unsigned type, int64_t result)
{
	struct params params = { .type = type };

	add_number(&params, 8, result);
	return make_scap(world, &params);
}

static void expect_unparsed(const char *name)
{
	const char *reason = NULL;
	struct field field;
	size_t at;

	assert_true(field_parse_word(name, strlen(name), &field, &reason, &at) < 0);
	assert_non_null(reason);
}

static void types(void **state)
{
	struct world *world = *state;
	struct event *event = make_exit(world, SCAP_TYPE_SYSCALL_READ_X, 3);
	struct params generic = { .type = SCAP_TYPE_GENERIC_E };

	expect_text(world, event, "evt.type", "read");
	expect_text(world, event, "syscall.type", "read");
	expect_text(world, event, "evt.dir", "<");
	expect_number(world, event, "evt.type.is.read", 1);
	expect_number(world, event, "evt.type.is.7", 1);
	expect_number(world, event, "evt.type.is.6", 0);
	expect_number(world, event, "evt.type.is.write", 0);
	expect_number(world, event, "evt.count", 1);
	expect_number(world, event, "evt.count.exit", 1);
	event->call = SCAP_TYPE_SYSCALL_READ_E;
	expect_text(world, event, "evt.dir", ">");
	expect_none(world, event, "evt.count.exit");
	expect_none(world, event, "evt.res");
	expect_none(world, event, "evt.rawres");
	event->call = SCAP_TYPE_SCHEDSWITCH_6_E;
	expect_text(world, event, "evt.type", "switch");
	expect_text(world, event, "evt.category", "scheduler");
	expect_none(world, event, "syscall.type");
	event->call = SCAP_TYPE_PAGE_FAULT_E;
	expect_none(world, event, "syscall.type");
	event->call = SCAP_TYPE_PROCEXIT_1_E;
	expect_text(world, event, "syscall.type", "procexit");
	/* numbers of syscall_ids.tsv: 5 is open */
	add_number(&generic, 2, 5);
	add_number(&generic, 2, 2);
	event = make_scap(world, &generic);
	expect_text(world, event, "evt.type", "open");
	expect_text(world, event, "evt.category", "file");
	expect_text(world, event, "evt.arg.ID", "open");
	expect_text(world, event, "evt.arg[1]", "2");
	expect_text(world, event, "evt.args", "");
	expect_number(world, event, "evt.type.is.open", 0);
}

static void results(void **state)
{
	static const struct {
		unsigned type;
		int64_t result;
		const char *text;
		bool failed;
	} of[] = {
		{ SCAP_TYPE_SYSCALL_CLOSE_X, 0, "SUCCESS", false },
		{ SCAP_TYPE_SYSCALL_READ_X, 4096, "SUCCESS", false },
		{ SCAP_TYPE_SYSCALL_READ_X, -11, "EAGAIN", true },
		{ SCAP_TYPE_SYSCALL_READ_X, -9999, "-9999", true },
		{ SCAP_TYPE_SYSCALL_OPEN_X, -2, "ENOENT", true },
		{ SCAP_TYPE_SYSCALL_OPEN_X, -100, "AT_FDCWD", true },
		{ SCAP_TYPE_SYSCALL_MMAP_X, -12, "FFFFFFFFFFFFFFF4", true },
		{ SCAP_TYPE_SYSCALL_MMAP_X, 0x7f0000000000, "SUCCESS", false },
		{ SCAP_TYPE_SYSCALL_CLOSE_X, INT64_MIN, "-9223372036854775808", true }, /* no reference */
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		struct event *event = make_exit(world, of[i].type, of[i].result);

		expect_text(world, event, "evt.res", of[i].text);
		expect_number(world, event, "evt.rawres", of[i].result);
		expect_number(world, event, "evt.failed", of[i].failed);
	}
	/* neither res nor fd */
	expect_none(world, make_exit(world, SCAP_TYPE_SYSCALL_GETUID_X, 0), "evt.res");
}

static void arguments(void **state)
{
	struct world *world = *state;
	struct params open = { .type = SCAP_TYPE_SYSCALL_OPEN_X };
	struct event *event;
	struct value value;

	add_number(&open, 8, 3);
	add_text(&open, "rel/x");
	add_number(&open, 4, 7);
	event = make_scap(world, &open);
	event->fd = &world->fd;
	expect_text(world, event, "evt.arg.fd", "<f>/etc/hosts");
	expect_text(world, event, "evt.arg[0]", "<f>/etc/hosts");
	expect_text(world, event, "evt.arg.name", "/home/u/rel/x");
	expect_text(world, event, "evt.arg.flags", "O_CREAT|O_RDWR");
	expect_none(world, event, "evt.arg.mode"); /* the event lacks it */
	expect_none(world, event, "evt.arg[3]");
	expect_none(world, event, "evt.arg[-1]");
	expect_none(world, event, "evt.arg.res");
	expect_text(world, event, "evt.info", "fd=3(<f>/etc/hosts) name=rel/x(/home/u/rel/x) flags=7(O_CREAT|O_RDWR) ");
	expect_number(world, event, "evt.rawarg.fd", 3);
	expect_none(world, event, "evt.rawarg.res");
	for (int i = 0; i < 2; i++) {
		struct field field;
		const char *reason, *name = i ? "evt.rawarg.name" : "evt.rawarg.flags";
		size_t at;

		assert_int_equal(field_parse(name, strlen(name), &field, &reason, &at), strlen(name));
		assert_true(field_value(&field, event, &world->context, &value));
		assert_int_equal(value.type, i ? VALUE_TEXT : VALUE_UINT);
		if (i)
			assert_memory_equal(value.text, "rel/x", 5);
		else
			assert_int_equal(value.u, 7);
		field_fini(&field);
	}
	expect_unparsed("evt.arg.nosuch");
}

static void input_and_output(void **state)
{
	struct world *world = *state;
	struct event *event = make_exit(world, SCAP_TYPE_SYSCALL_READ_X, 3);

	expect_number(world, event, "evt.is_io", 1);
	expect_number(world, event, "evt.is_io_read", 1);
	expect_number(world, event, "evt.is_io_write", 0);
	expect_text(world, event, "evt.io_dir", "read");
	expect_text(world, event, "evt.category", "unknown");
	expect_none(world, event, "evt.buflen");
	event->fd = &world->fd;
	expect_text(world, event, "evt.category", "file");
	expect_number(world, event, "evt.buflen", 3);
	expect_number(world, event, "evt.buflen.in", 3);
	expect_none(world, event, "evt.buflen.out");
	expect_number(world, event, "evt.buflen.file.in", 3);
	expect_none(world, event, "evt.buflen.net");
	world->fd.type = FD_IPV4;
	expect_text(world, event, "evt.category", "net");
	expect_number(world, event, "evt.buflen.net.in", 3);
	world->fd.type = FD_EVENT;
	expect_text(world, event, "evt.category", "ipc");
	event->result = -11;
	expect_none(world, event, "evt.buflen");
	event = make_exit(world, SCAP_TYPE_SYSCALL_CLOSE_X, 0);
	event->fd = &world->fd;
	expect_number(world, event, "evt.buflen", 0);
	expect_none(world, event, "evt.buflen.in");
	expect_number(world, event, "evt.is_io", 0);
	event = make_exit(world, SCAP_TYPE_SYSCALL_COPY_FILE_RANGE_X, 5);
	expect_number(world, event, "evt.is_io_read", 1);
	expect_number(world, event, "evt.is_io_write", 1);
	expect_text(world, event, "evt.io_dir", "write");
	expect_text(world, make_exit(world, SCAP_TYPE_SYSCALL_FUTEX_X, 0), "evt.category", "IPC");
	event = make_exit(world, SCAP_TYPE_SYSCALL_POLL_X, 0);
	expect_number(world, event, "evt.is_wait", 1);
	expect_number(world, event, "evt.wait_latency", 0);
	event->call = SCAP_TYPE_SYSCALL_POLL_E;
	expect_none(world, event, "evt.wait_latency");
}

static void errors(void **state)
{
	static const struct {
		unsigned type;
		enum fd_type fd;
		const char *field;
	} of[] = {
		{ SCAP_TYPE_SYSCALL_OPENAT_2_X, FD_UNKNOWN, "evt.count.error.file" },
		{ SCAP_TYPE_SYSCALL_CREAT_X, FD_UNKNOWN, "evt.count.error.file" },
		{ SCAP_TYPE_SYSCALL_READ_X, FD_FILE, "evt.count.error.file" },
		{ SCAP_TYPE_SYSCALL_STAT_X, FD_UNKNOWN, "evt.count.error.other" },
		{ SCAP_TYPE_SOCKET_CONNECT_X, FD_UNKNOWN, "evt.count.error.net" },
		{ SCAP_TYPE_SOCKET_ACCEPT4_5_X, FD_UNKNOWN, "evt.count.error.net" },
		{ SCAP_TYPE_SOCKET_BIND_X, FD_UNKNOWN, "evt.count.error.other" },
		{ SCAP_TYPE_SYSCALL_READ_X, FD_UNIX, "evt.count.error.net" },
		{ SCAP_TYPE_SYSCALL_MUNMAP_X, FD_UNKNOWN, "evt.count.error.memory" },
		{ SCAP_TYPE_SYSCALL_EXECVE_19_X, FD_UNKNOWN, "evt.count.error.other" },
	};
	static const char *const all[] = { "evt.count.error.file", "evt.count.error.net", "evt.count.error.memory",
					   "evt.count.error.other" };
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		struct event *event = make_exit(world, of[i].type, -5);

		world->fd.type = of[i].fd;
		event->fd = of[i].fd ? &world->fd : NULL;
		expect_number(world, event, "evt.count.error", 1);
		for (size_t j = 0; j < 4; j++) {
			if (strcmp(all[j], of[i].field))
				expect_none(world, event, all[j]);
			else
				expect_number(world, event, all[j], 1);
		}
	}
	expect_none(world, make_exit(world, SCAP_TYPE_SYSCALL_STAT_X, 0), "evt.count.error");
}

static struct event *make_write(struct world *world, const char *text, size_t size)
{
	struct params params = { .type = SCAP_TYPE_SYSCALL_WRITE_X };
	struct event *event;

	add_number(&params, 8, (int64_t)size);
	add_bytes(&params, text, size);
	event = make_scap(world, &params);
	event->fd = &world->fd;
	return event;
}

static void messages(void **state)
{
	static const char *const none[] = { "no priority", "<>x", "<abc>x", "<34", "<-1>z", "<1 3>a", "" };
	struct world *world = *state;
	struct event *event;

	world->fd.type = FD_UNIX;
	world->fd.name = intern(world, "/dev/log");
	event = make_write(world, "<13>Nov 14 app[12]: hello\0rest", 30);
	expect_number(world, event, "evt.is_syslog", 1);
	expect_number(world, event, "syslog.facility", 1);
	expect_text(world, event, "syslog.facility.str", "user");
	expect_number(world, event, "syslog.severity", 5);
	expect_text(world, event, "syslog.severity.str", "notice");
	expect_text(world, event, "syslog.message", "Nov 14 app[12]: hello");
	expect_text(world, event, "evt.info", "syslog sev=notice msg=Nov 14 app[12]: hello");
	expect_text(world, event, "evt.args", "res=30 data=<13>Nov 14 app[12]: hello.rest ");
	event->call = SCAP_TYPE_SYSCALL_WRITE_E;
	expect_number(world, event, "evt.is_syslog", 1);
	expect_none(world, event, "syslog.message");
	event = make_write(world, "<192>odd", 8);
	expect_number(world, event, "syslog.facility", 24);
	expect_none(world, event, "syslog.facility.str");
	expect_text(world, event, "syslog.severity.str", "emerg");
	expect_text(world, make_write(world, "<92>m", 5), "syslog.facility.str", "ftp");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		expect_none(world, make_write(world, none[i], strlen(none[i])), "syslog.severity");
	world->fd.name = intern(world, "/run/systemd/journal/dev-log");
	event = make_write(world, "<13>x", 5);
	expect_number(world, event, "evt.is_syslog", 0);
	expect_none(world, event, "syslog.message");
}

static void polled(void **state)
{
	struct world *world = *state;
	struct params params = { .type = SCAP_TYPE_SYSCALL_POLL_X };
	struct event *event;

	add_number(&params, 8, 1);
	add_bytes(&params, "\2\0"
			   "\3\0\0\0\0\0\0\0\1\0"
			   "\x63\0\0\0\0\0\0\0\1\0", 22);
	event = make_scap(world, &params);
	expect_text(world, event, "fdlist.nums", "3,99");
	expect_none(world, event, "fdlist.names");
	event->fd = &world->fd;
	world->fd.type = FD_IPV4;
	world->fd.has_socket = true;
	world->fd.name = intern(world, "10.0.0.1:1000->10.0.0.2:80");
	world->fd.socket.local_port = htons(1000);
	world->fd.socket.remote_port = htons(80);
	memcpy(world->fd.socket.local, "\x0a\0\0\1", 4);
	memcpy(world->fd.socket.remote, "\x0a\0\0\2", 4);
	expect_text(world, event, "fdlist.names", "10.0.0.1:1000->10.0.0.2:80");
	expect_text(world, event, "fdlist.cips", "10.0.0.1");
	expect_text(world, event, "fdlist.sips", "10.0.0.2");
	expect_text(world, event, "fdlist.cports", "1000");
	expect_text(world, event, "fdlist.sports", "80");
	expect_none(world, make_exit(world, SCAP_TYPE_SYSCALL_READ_X, 1), "fdlist.nums");
}

static void opened(void **state)
{
	static const struct {
		unsigned flags, mode;
		bool reads, writes, makes_program;
	} of[] = {
		{ 1, 0, true, false, false },        { 2, 0755, false, true, false },
		{ 3, 0, true, true, false },         { 7, 0644, true, true, false },
		{ 7, 0100, true, true, true },       { 0x104, 0755, false, false, true },
		{ 0x2002, 0755, false, true, true }, { 0, 0755, false, false, false },
	};
	struct world *world = *state;
	struct params creat = { .type = SCAP_TYPE_SYSCALL_CREAT_X };

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		struct params params = { .type = SCAP_TYPE_SYSCALL_OPEN_X };
		struct event *event;

		add_number(&params, 8, 3);
		add_text(&params, "/x");
		add_number(&params, 4, of[i].flags);
		add_number(&params, 4, of[i].mode);
		event = make_scap(world, &params);
		expect_number(world, event, "evt.is_open_read", of[i].reads);
		expect_number(world, event, "evt.is_open_write", of[i].writes);
		expect_number(world, event, "evt.is_open_exec", of[i].makes_program);
		event->call = SCAP_TYPE_SYSCALL_OPEN_E;
		expect_number(world, event, "evt.is_open_read", 0);
	}
	add_number(&creat, 8, 5);
	add_text(&creat, "/x");
	add_number(&creat, 4, 0755);
	expect_number(world, make_scap(world, &creat), "evt.is_open_exec", 1);
	expect_number(world, make_scap(world, &creat), "evt.is_open_write", 0);
}

static void absolute_paths(void **state)
{
	struct world *world = *state;
	struct params rename = { .type = SCAP_TYPE_SYSCALL_RENAMEAT2_X }, open = { .type = SCAP_TYPE_SYSCALL_OPENAT_2_X };
	struct event *event;

	add_number(&rename, 8, 0);
	add_number(&rename, 8, -100);
	add_text(&rename, "old/p");
	add_number(&rename, 8, 3);
	add_text(&rename, "../new");
	event = make_scap(world, &rename);
	event->fd = &world->fd;
	world->fd.name = intern(world, "/home/demo/rel/y");
	expect_text(world, event, "evt.abspath", "/home/u/old/p");
	expect_text(world, event, "evt.abspath.src", "/home/u/old/p");
	expect_text(world, event, "evt.abspath.dst", "/home/demo/rel/new");
	add_number(&open, 8, 7);
	add_number(&open, 8, 99);
	add_text(&open, "oa");
	expect_text(world, make_scap(world, &open), "evt.abspath", "<UNKNOWN>/oa");
	expect_none(world, make_exit(world, SCAP_TYPE_SYSCALL_OPEN_X, 3), "evt.abspath");
	expect_unparsed("evt.abspath.other");
}

static void times(void **state)
{
	struct world *world = *state;
	struct field_settings settings = field_settings_default;
	struct event *event = make_exit(world, SCAP_TYPE_SYSCALL_NANOSLEEP_X, 0);
	struct field field;
	const char *reason;
	struct value value;
	size_t at;

	world->context.settings = &settings;
	event->enter_time = START - 2500;
	expect_number(world, event, "evt.latency", 2500);
	expect_number(world, event, "evt.latency.s", 0);
	expect_number(world, event, "evt.latency.ns", 2500);
	expect_number(world, event, "evt.wait_latency", 2500);
	expect_text(world, event, "evt.outputtime", "22:13:20.000001000");
	settings.time_style = 'd';
	expect_text(world, event, "evt.outputtime", "0.000002500");
	settings.time_style = 'a';
	expect_text(world, event, "evt.outputtime", "1700000000.1000"); /* sysdig does not fill up with zeros */
	/* an exit before its enter */
	event->enter_time = START + 50;
	expect_number(world, event, "evt.latency", 0);
	event->time = 1700000000003000001ull;
	expect_number(world, event, "evt.around[1700000000000000000]", 4);
	expect_number(world, event, "evt.around[1700000000004000001]", 1);
	expect_unparsed("evt.around");
	expect_unparsed("evt.around[x]");
	expect_unparsed("evt.around[99999999999999999999]");

	/* each field has its own last event; reading one again changes nothing */
	assert_true(field_parse("evt.deltatime", 13, &field, &reason, &at) > 0);
	for (int i = 0; i < 4; i++) {
		event->num = 10 + i / 2;
		event->time = START + i / 2 * 700;
		assert_true(field_value(&field, event, &world->context, &value));
		assert_int_equal(value.u, i / 2 ? 700 : 0);
	}
	field_fini(&field);
}

static void counted(void **state)
{
	struct world *world = *state;
	struct event *event = make_exit(world, SCAP_TYPE_PROCINFO_E, 5);

	expect_number(world, event, "evt.count.procinfo", 1);
	expect_number(world, event, "evt.count.threadinfo", 1);
	event->thread = &world->second;
	expect_none(world, event, "evt.count.procinfo");
	expect_number(world, event, "evt.count.threadinfo", 1);
	expect_none(world, make_exit(world, SCAP_TYPE_SYSCALL_READ_X, 5), "evt.count.threadinfo");
	expect_number(world, event, "util.cnt", 1);
	expect_number(world, event, "util.cnt", 1);
	event->num++;
	expect_number(world, event, "util.cnt", 2);
	expect_none(world, event, "evt.pluginname");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(types, setup, teardown),
		cmocka_unit_test_setup_teardown(results, setup, teardown),
		cmocka_unit_test_setup_teardown(arguments, setup, teardown),
		cmocka_unit_test_setup_teardown(input_and_output, setup, teardown),
		cmocka_unit_test_setup_teardown(errors, setup, teardown),
		cmocka_unit_test_setup_teardown(messages, setup, teardown),
		cmocka_unit_test_setup_teardown(polled, setup, teardown),
		cmocka_unit_test_setup_teardown(opened, setup, teardown),
		cmocka_unit_test_setup_teardown(absolute_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(times, setup, teardown),
		cmocka_unit_test_setup_teardown(counted, setup, teardown),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
