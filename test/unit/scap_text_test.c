/* Parameters of captured events as text. What is expected is what sysdig 0.29.3 -r prints of captures with the same
 * parameters (test/golden/all_types.py writes such), but where a comment says otherwise. */
#include "scap_params.h"

#include "src/engine/engine.h"
#include "src/engine/users.h"

static void expect_args(struct world *world, const struct params *params, const char *text)
{
	expect_text(world, make_scap(world, params), "evt.args", text);
}

static void numbers(void **state)
{
	struct world *world = *state;
	struct params futex = { .type = SCAP_TYPE_SYSCALL_FUTEX_E }, lseek = { .type = SCAP_TYPE_SYSCALL_LSEEK_E },
		      hotplug = { .type = SCAP_TYPE_CPU_HOTPLUG_E }, mkdir = { .type = SCAP_TYPE_SYSCALL_MKDIR_2_E },
		      semop = { .type = SCAP_TYPE_SYSCALL_SEMOP_X };

	add_number(&futex, 8, 0x7ffe00112233);
	add_number(&futex, 2, 128);
	add_number(&futex, 8, 1);
	expect_args(world, &futex, "addr=7FFE00112233 op=128(FUTEX_PRIVATE_FLAG) val=1 ");
	add_number(&lseek, 8, -9);
	add_number(&lseek, 8, -2);
	add_number(&lseek, 1, 2);
	expect_args(world, &lseek, "fd=-9(EBADF) offset=-2 whence=2(SEEK_END) ");
	add_number(&hotplug, 4, 0x80000000);
	add_number(&hotplug, 4, 42);
	expect_args(world, &hotplug, "cpu=-2147483648 action=42 ");
	add_number(&mkdir, 4, 0755);
	expect_args(world, &mkdir, "mode=1ED ");
	add_number(&semop, 8, -512);
	add_number(&semop, 4, 0);
	add_number(&semop, 2, 65535);
	add_number(&semop, 2, -42);
	add_number(&semop, 2, 0x44);
	expect_args(world, &semop, "res=-512(ERESTARTSYS) nsops=0 sem_num_0=65535 sem_op_0=-42 sem_flg_0=68 ");
}

static void flags(void **state)
{
	static const struct {
		unsigned value;
		const char *text;
	} commands[] = {
		{ 0, "fd=99 cmd=0(UNKNOWN) " },
		{ 2, "fd=99 cmd=2(F_GETFD) " },
		{ 30, "fd=99 cmd=30(F_SETPIPE_SZ|F_GETFD|F_OFD_GETLK) " },
	}, files[] = {
		{ 0, "name=/x flags=0(O_NONE) mode=0644 " },
		{ 3, "name=/x flags=3(O_RDWR) mode=0644 " },
		{ 33261, "name=/x flags=33261(O_TRUNC|O_SYNC|O_NONBLOCK|O_EXCL|O_APPEND|O_CREAT|O_RDONLY) mode=0644 " },
		{ 0x80000000, "name=/x flags=2147483648 mode=0644 " },
	};
	struct world *world = *state;
	struct params chmod = { .type = SCAP_TYPE_SYSCALL_CHMOD_X };

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		struct params params = { .type = SCAP_TYPE_SYSCALL_FCNTL_E };

		add_number(&params, 8, 99);
		add_number(&params, 1, commands[i].value);
		expect_args(world, &params, commands[i].text);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct params params = { .type = SCAP_TYPE_SYSCALL_OPEN_E };

		add_text(&params, "/x");
		add_number(&params, 4, files[i].value);
		add_number(&params, 4, 0644);
		expect_args(world, &params, files[i].text);
	}
	add_number(&chmod, 8, 0);
	add_text(&chmod, "/x");
	add_number(&chmod, 4, 0100755);
	expect_args(world, &chmod, "res=0 filename=/x "
				   "mode=0100755(S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR) ");
}

/* A type that sysdig does not know has names that it does not know: here the list of flags.tsv is the reference. */
static void newer_types(void **state)
{
	struct world *world = *state;
	struct params dup3 = { .type = SCAP_TYPE_SYSCALL_DUP3_X }, range = { .type = SCAP_TYPE_SYSCALL_CLOSE_RANGE_X };

	add_number(&dup3, 8, 5);
	add_number(&dup3, 8, 4);
	add_number(&dup3, 8, 5);
	add_number(&dup3, 4, 0x5000);
	expect_args(world, &dup3, "res=5 oldfd=4 newfd=5 flags=20480(O_CLOEXEC|O_F_CREATED) ");
	add_number(&range, 8, -22);
	add_number(&range, 4, 3);
	add_number(&range, 4, 9);
	add_number(&range, 4, 4);
	expect_args(world, &range, "res=-22(EINVAL) first=3 last=9 flags=4(CLOSE_RANGE_CLOEXEC) ");
}

static void descriptors(void **state)
{
	struct world *world = *state;
	struct params opened = { .type = SCAP_TYPE_SYSCALL_OPEN_X }, failed = { .type = SCAP_TYPE_SYSCALL_OPEN_X },
		      fstat = { .type = SCAP_TYPE_SYSCALL_FSTAT_E };
	struct event *event;

	add_number(&opened, 8, 3);
	add_text(&opened, "/etc/hosts");
	add_number(&opened, 4, 1);
	add_number(&opened, 4, 0);
	add_number(&opened, 4, 0x801);
	event = make_scap(world, &opened);
	event->fd = &world->fd;
	expect_text(world, event, "evt.args", "fd=3(<f>/etc/hosts) name=/etc/hosts flags=1(O_RDONLY) mode=0 dev=801 ");
	add_number(&failed, 8, -2);
	add_text(&failed, "/missing");
	add_number(&failed, 4, 7);
	add_number(&failed, 4, 0644);
	expect_args(world, &failed, "fd=-2(ENOENT) name=/missing flags=7(O_CREAT|O_RDWR) mode=0644 ");
	add_number(&fstat, 8, 3);
	event = make_scap(world, &fstat);
	event->fd = &world->fd;
	world->fd.type = FD_IPV4;
	world->fd.has_socket = true;
	world->fd.name = intern(world, "10.0.0.1:5353->10.0.0.3:53");
	expect_text(world, event, "evt.args", "fd=3(<4>10.0.0.1:5353->10.0.0.3:53) ");
	world->fd.socket.protocol = IPPROTO_UDP;
	expect_text(world, event, "evt.args", "fd=3(<4u>10.0.0.1:5353->10.0.0.3:53) ");
	/* what does not print is left out */
	world->fd.type = FD_FILE;
	world->fd.name = intern(world, "/odd/\x01\xc3\xa9\xff\n");
	expect_text(world, event, "evt.args", "fd=3(<f>/odd/) ");
}

static void times_and_signals(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} intervals[] = {
		{ 0, "interval=0(0s) " },
		{ 999, "interval=999(9.99e-07s) " },
		{ 1234567890, "interval=1234567890(1.23457s) " },
		{ 1500000000, "interval=1500000000(1.5s) " },
		{ UINT64_MAX, "interval=none " },
	};
	struct world *world = *state;
	struct params kill = { .type = SCAP_TYPE_SYSCALL_KILL_E }, ppoll = { .type = SCAP_TYPE_SYSCALL_PPOLL_E };

	for (size_t i = 0; i < sizeof(intervals) / sizeof(*intervals); i++) {
		struct params params = { .type = SCAP_TYPE_SYSCALL_NANOSLEEP_E };

		add_number(&params, 8, (int64_t)intervals[i].ns);
		expect_args(world, &params, intervals[i].text);
	}
	add_number(&kill, 8, -1);
	add_number(&kill, 1, 9);
	expect_args(world, &kill, "pid=-1 sig=9(SIGKILL) ");
	kill.values[8] = 34;
	expect_args(world, &kill, "pid=-1 sig=34 ");
	add_bytes(&ppoll, "\2\0"
			  "\3\0\0\0\0\0\0\0\1\0"
			  "\x63\0\0\0\0\0\0\0\x41\0", 22);
	add_number(&ppoll, 8, 1000);
	add_number(&ppoll, 4, 1 | 1 << 16 | 1u << 31);
	{
		struct event *event = make_scap(world, &ppoll);

		event->fd = &world->fd;
		expect_text(world, event, "evt.args", "fds=3:f1 99:?41 timeout=1000(1e-06s) sigmask=SIGHUP SIGCHLD ");
	}
}

static void addresses(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *text;
	} ends[] = {
		{ "\2\x0a\0\0\2\x50\0", 7, "10.0.0.2:80" },
		{ "\1/run/x.sock", 13, "/run/x.sock" },
		{ "\x0a\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\2\xfb\x20", 19, "::ffff:10.0.0.2:8443" },
		{ "\x10", 1, "family 16" },
		{ "\2\x0a\0", 3, "family 2" }, /* too short: no reference */
		{ "", 0, "NULL" },
	}, tuples[] = {
		{ "\2\x0a\0\0\1\xe8\3\x0a\0\0\2\x50\0", 13, "10.0.0.1:1000->10.0.0.2:80" },
		{ "\x0a\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1\xe8\3\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\2\x50\0", 37,
		  "fe80::1:1000->::ffff:10.0.0.2:80" },
		{ "\x0a\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4\7\0\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\2\x8\0", 37,
		  "1.2.3.4:7->10.0.0.2:8" },
		{ "\1\0\0\x34\x12\0\x88\xff\xff\0\0\x21\x43\0\x88\xff\xff/run/x.sock", 29,
		  "ffff880012340000->ffff880043210000 /run/x.sock" },
		{ "\1\0\0\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0", 18, "0->a " },
		{ "\x10", 1, "family 16" },
		{ "", 0, "NULL" },
	};
	struct world *world = *state;
	char text[128];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct params params = { .type = SCAP_TYPE_SOCKET_BIND_X };

		add_number(&params, 8, 0);
		add_bytes(&params, ends[i].bytes, ends[i].size);
		snprintf(text, sizeof(text), "res=0 addr=%s ", ends[i].text);
		expect_args(world, &params, text);
	}
	for (size_t i = 0; i < sizeof(tuples) / sizeof(*tuples); i++) {
		struct params params = { .type = SCAP_TYPE_SOCKET_CONNECT_X };

		add_number(&params, 8, -115);
		add_bytes(&params, tuples[i].bytes, tuples[i].size);
		snprintf(text, sizeof(text), "res=-115(EINPROGRESS) tuple=%s ", tuples[i].text);
		expect_args(world, &params, text);
	}
}

static void paths(void **state)
{
	static const struct {
		const char *path, *text;
	} paths[] = {
		{ "/etc/passwd", "path=/etc/passwd " },
		{ "/a/./b/../c//d/", "path=/a/./b/../c//d/ " },
		{ "relative/name", "path=relative/name(/home/u/relative/name) " },
		{ "../up", "path=../up(/home/up) " },
		{ "./x", "path=./x(/home/u/x) " },
		{ ".", "path=.(/home/u) " },
		{ "", "path=(/home/u) " },
		{ "../../..", "path=../../..(/) " },
		{ "caf\xc3\xa9", "path=caf(/home/u/caf..) " },
		{ "\x1b[31m", "path=[31m(/home/u/.[31m) " },
		{ "<NA>", "path=<NA> " },
		{ "a..", "path=a..(/home/u) " },
		{ "..a", "path=..a(/home/u/..a) " },
	};
	struct world *world = *state;
	struct params openat = { .type = SCAP_TYPE_SYSCALL_OPENAT_2_E }, unknown = { .type = SCAP_TYPE_SYSCALL_OPENAT_2_E };
	struct event *event;
	char text[128];

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct params params = { .type = SCAP_TYPE_SYSCALL_STAT_X };

		add_number(&params, 8, 0);
		add_text(&params, paths[i].path);
		snprintf(text, sizeof(text), "res=0 %s", paths[i].text);
		expect_args(world, &params, text);
	}
	add_number(&openat, 8, 3);
	add_text(&openat, "sub/name");
	event = make_scap(world, &openat);
	world->fd.type = FD_DIRECTORY;
	world->fd.name = intern(world, "/var/lib");
	event->fd = &world->fd;
	expect_text(world, event, "evt.args", "dirfd=3(<d>/var/lib) name=sub/name(/var/lib/sub/name) ");
	add_number(&unknown, 8, 99);
	add_text(&unknown, "../up");
	expect_args(world, &unknown, "dirfd=99 name=../up(up) ");
	unknown.values[0] = (uint8_t)-100;
	memset(unknown.values + 1, 0xff, 7);
	expect_args(world, &unknown, "dirfd=-100(AT_FDCWD) name=../up(/home/up) ");
}

static void buffers(void **state)
{
	static const struct {
		enum buffer_style style;
		const char *text;
	} styles[] = {
		{ BUFFER_DOTTED, "res=29 data=GET / HTTP/1.1..Host: x...... " },
		{ BUFFER_PRINTABLE, "res=29 data=\nGET / HTTP/1.1\nHost: x\n\n " },
		{ BUFFER_HEX, "res=29 data=\n\t0x0000: 4745 5420 2f20 4854 5450 2f31 2e31 0d0a\n"
			      "\t0x0010: 486f 7374 3a20 780d 0a0d 0a01 ff\n " },
		{ BUFFER_HEX_ASCII, "res=29 data=\n\t0x0000: 4745 5420 2f20 4854 5450 2f31 2e31 0d0a  GET / HTTP/1.1..\n"
				    "\t0x0010: 486f 7374 3a20 780d 0a0d 0a01 ff       Host: x......\n " },
		{ BUFFER_BASE64, "res=29 data=R0VUIC8gSFRUUC8xLjENCkhvc3Q6IHgNCg0KAf8= " },
	};
	struct world *world = *state;
	struct params data = { .type = SCAP_TYPE_SYSCALL_READ_X }, longer = { .type = SCAP_TYPE_SYSCALL_READ_X };
	struct field_settings settings = field_settings_default;
	char text[512], y[300];

	add_number(&data, 8, 29);
	add_bytes(&data, "GET / HTTP/1.1\r\nHost: x\r\n\r\n\1\xff", 29);
	world->context.settings = &settings;
	for (size_t i = 0; i < sizeof(styles) / sizeof(*styles); i++) {
		settings.buffer_style = styles[i].style;
		expect_args(world, &data, styles[i].text);
	}
	settings.buffer_style = BUFFER_DOTTED;
	memset(y, 'y', sizeof(y));
	add_number(&longer, 8, 300);
	add_bytes(&longer, y, sizeof(y));
	snprintf(text, sizeof(text), "res=300 data=%.77s... ", y);
	expect_args(world, &longer, text);
	settings.buffer_max = 0;
	snprintf(text, sizeof(text), "res=300 data=%.300s ", y);
	expect_args(world, &longer, text);
}

static void variants(void **state)
{
	struct world *world = *state;
	struct params set = { .type = SCAP_TYPE_SOCKET_SETSOCKOPT_X };

	add_number(&set, 8, 0);
	add_number(&set, 8, 99);
	add_number(&set, 1, 1);
	add_number(&set, 1, 20);
	add_bytes(&set, "\4\0\xe1\xf5\5\0\0\0\0", 9);
	add_number(&set, 4, 16);
	expect_args(world, &set, "res=0 fd=99 level=1(SOL_SOCKET) optname=20(SO_RCVTIMEO) val=100000000(0.1s) optlen=16 ");
	set.values[18] = 1;
	expect_args(world, &set, "res=0 fd=99 level=1(SOL_SOCKET) optname=20(SO_RCVTIMEO) val=100000000 optlen=16 ");
}

/* Names of processes and users. */
static void owners(void **state)
{
	struct world *world = *state;
	struct engine *engine = engine_new(NULL);
	struct params set = { .type = SCAP_TYPE_SYSCALL_SETRESUID_E }, clone = { .type = SCAP_TYPE_SYSCALL_CLONE_20_X };
	struct thread *thread = state_thread(engine_state(engine), 2100, 2100);

	state_thread_name(engine_state(engine), thread, "containerd-shim");
	assert_int_equal(user_learn(engine_users(engine), 1000, 1000, "demo", "/home/demo", "/bin/sh"), 0);
	world->context.engine = engine;
	add_number(&set, 4, 1000);
	add_number(&set, 4, 12345);
	add_number(&set, 4, -1);
	expect_args(world, &set, "ruid=1000(demo) euid=12345(<NA>) suid=-1(<NONE>) ");
	add_number(&clone, 8, 2100);
	add_text(&clone, "/usr/bin/x");
	add_bytes(&clone, "-a\0b c", 7);
	add_number(&clone, 8, 99999);
	expect_args(world, &clone, "res=2100(containerd-shim) exe=/usr/bin/x args=-a.b c. tid=99999 ");
	field_context_fini(&world->context);
	engine_free(engine);
}

static void fewer_and_more(void **state)
{
	struct world *world = *state;
	struct params open = { .type = SCAP_TYPE_SYSCALL_OPEN_X }, none = { .type = SCAP_TYPE_SYSCALL_OPEN_X },
		      read = { .type = SCAP_TYPE_SYSCALL_READ_X }, generic = { .type = SCAP_TYPE_GENERIC_E };

	add_number(&open, 8, 9);
	add_text(&open, "/x");
	add_number(&open, 4, 1);
	expect_args(world, &open, "fd=9 name=/x flags=1(O_RDONLY) ");
	expect_args(world, &none, "");
	add_number(&read, 8, 3);
	add_bytes(&read, "abc", 3);
	add_number(&read, 4, 7);
	add_bytes(&read, "more", 4);
	expect_args(world, &read, "res=3 data=abc ");
	add_number(&generic, 2, 5);
	add_number(&generic, 2, 2);
	expect_args(world, &generic, "");
}

/* Lengths that lie beyond the payload, and values shorter than their encoding: nothing is read beyond it. */
static void broken(void **state)
{
	struct world *world = *state;
	struct params open = { .type = SCAP_TYPE_SYSCALL_OPEN_X }, poll = { .type = SCAP_TYPE_SYSCALL_POLL_E };
	struct event *event;

	add_number(&open, 8, 9);
	add_text(&open, "/x");
	open.lengths[1] = 60000;
	expect_args(world, &open, "fd=9 ");
	event = make_scap(world, &open);
	event->payload_size = 3;
	expect_text(world, event, "evt.args", "");
	add_bytes(&poll, "\xff\xff\3\0\0", 5);
	add_number(&poll, 2, -1);
	expect_args(world, &poll, "fds= timeout=-1 ");
	for (unsigned type = 0; type < SCAP_TYPES; type++) {
		for (unsigned count = 0; scap_type(type) && count < 40; count += 3) {
			for (unsigned size = 0; size < 4; size++) {
				struct params params = { .type = type };

				for (unsigned i = 0; i < count; i++)
					add_number(&params, size, 0x01020a01 + i);
				event = make_scap(world, &params);
				value_of(world, event, "evt.args");
				value_of(world, event, "evt.info");
				value_of(world, event, "evt.arg[1]");
				value_of(world, event, "evt.res");
				value_of(world, event, "evt.abspath");
				value_of(world, event, "fdlist.names");
			}
		}
	}
}

/* A line longer than the scratch of a context is not cut. */
static void long_line(void **state)
{
	struct world *world = *state;
	struct event *event = calloc(1, sizeof(*event) + 20000);
	uint8_t *payload = (uint8_t *)(event + 1);
	struct value value;

	*event = (struct event){
		.type = EVENT_SCAP,
		.call = SCAP_TYPE_NOTIFICATION_E,
		.thread = &world->main,
		.items = 1,
		.payload_size = 2 + 20000 - 8,
	};
	payload[0] = (20000 - 8) & 0xff;
	payload[1] = (20000 - 8) >> 8;
	memset(payload + 2, 'a', 20000 - 8);
	value = value_of(world, event, "evt.args");
	assert_int_equal(value.size, strlen("id= ") + 20000 - 8);
	assert_memory_equal(value.text + value.size - 3, "aa ", 3);
	free(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(flags, setup, teardown),
		cmocka_unit_test_setup_teardown(newer_types, setup, teardown),
		cmocka_unit_test_setup_teardown(descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(times_and_signals, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(paths, setup, teardown),
		cmocka_unit_test_setup_teardown(buffers, setup, teardown),
		cmocka_unit_test_setup_teardown(variants, setup, teardown),
		cmocka_unit_test_setup_teardown(owners, setup, teardown),
		cmocka_unit_test_setup_teardown(fewer_and_more, setup, teardown),
		cmocka_unit_test_setup_teardown(broken, setup, teardown),
		cmocka_unit_test_setup_teardown(long_line, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
