/* What a capture is as inputs of the engine. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "scap_bytes.h"
#include "src/engine/capture_source.h"

#define INPUTS_MAX 256

struct reading {
	struct source *source;
	struct input inputs[INPUTS_MAX];
	int count;
};

/* The first batch of a capture. */
static void begin(struct reading *reading, const struct bytes *file)
{
	char error[200];

	reading->source = capture_source_memory(file->bytes, file->size, error, sizeof(error));
	assert_non_null(reading->source);
	reading->count = reading->source->operations->next(reading->source, reading->inputs, INPUTS_MAX);
}

static void end(struct reading *reading, struct bytes *file, const char *damage)
{
	struct input input;

	assert_int_equal(reading->source->operations->next(reading->source, &input, 1), -ENODATA);
	if (*damage)
		assert_non_null(strstr(capture_source_damage(reading->source), damage));
	else
		assert_string_equal(capture_source_damage(reading->source), "");
	reading->source->operations->close(reading->source);
	bytes_free(file);
}

static void test_process_with_all_its_facts(void **state)
{
	struct bytes file = { 0 }, tail = { 0 };
	struct reading r;
	size_t at;

	(void)state;
	put_section(&file);
	at = block_begin(&file, 0x215);
	put_number(&tail, 4, 500);
	put_number(&tail, 1, 1);
	put_process(&file, 9, 101, &tail);
	block_end(&file, at);
	begin(&r, &file);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.inputs[0].kind, INPUT_SECTION);
	assert_int_equal(r.inputs[1].kind, INPUT_PROCESS);
	assert_int_equal(r.inputs[1].tid, 101);
	assert_int_equal(r.inputs[1].pid, 100);
	assert_int_equal(r.inputs[1].process.ppid, 1);
	assert_int_equal(r.inputs[1].process.uid, 1000);
	assert_string_equal(r.inputs[1].process.comm, "comm");
	assert_string_equal(r.inputs[1].process.exe, "/bin/exe");
	assert_string_equal(r.inputs[1].process.cwd, "/cwd");
	const struct input_facts *facts = r.inputs[1].process.facts;
	assert_non_null(facts);
	assert_string_equal(facts->exepath, "/bin/exepath");
	assert_string_equal(facts->root, "/root");
	assert_int_equal(facts->args_size, 4);
	assert_memory_equal(facts->args, "-a\0b", 4);
	assert_int_equal(facts->env_size, 3);
	assert_memory_equal(facts->env, "A=1", 3);
	assert_int_equal(facts->cgroups_size, 6);
	assert_memory_equal(facts->cgroups, "cpu=/x", 6);
	assert_int_equal(facts->gid, 1001);
	assert_int_equal(facts->loginuid, 500);
	assert_int_equal(facts->clone_flags, 0x2001);
	assert_int_equal(facts->sid, 90);
	assert_int_equal(facts->vpgid, 91);
	assert_int_equal(facts->vtid, 16);
	assert_int_equal(facts->vpid, 17);
	assert_int_equal(facts->fdlimit, 1024);
	assert_int_equal(facts->vm_size, 11);
	assert_int_equal(facts->vm_rss, 12);
	assert_int_equal(facts->vm_swap, 13);
	assert_int_equal(facts->faults_major, 14);
	assert_int_equal(facts->faults_minor, 15);
	assert_true(facts->exe_writable);
	end(&r, &file, "");
	bytes_free(&tail);
}

/* The description that comes of one descriptor of a list. */
static struct fd describe(uint8_t type, struct bytes *fields, const char *name)
{
	struct bytes file = { 0 };
	struct reading r;
	struct fd fd;
	size_t at;

	put_section(&file);
	at = block_begin(&file, 0x218);
	put_number(&file, 8, 101);
	put_fd(&file, 2, 9, type, fields);
	block_end(&file, at);
	begin(&r, &file);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.inputs[1].kind, INPUT_DESCRIPTOR);
	assert_int_equal(r.inputs[1].tid, 101);
	assert_int_equal(r.inputs[1].descriptor.name_size, strlen(name));
	assert_memory_equal(r.inputs[1].descriptor.name, name, strlen(name));
	fd = *r.inputs[1].descriptor.description;
	assert_int_equal(fd.num, 9);
	assert_int_equal(fd.inode, 0x1234);
	end(&r, &file, "");
	bytes_free(fields);
	return fd;
}

static void test_descriptors_with_a_name(void **state)
{
	static const struct {
		uint8_t type;
		enum fd_type expected;
	} types[] = {
		{ 1, FD_FILE },       { 2, FD_DIRECTORY }, { 7, FD_PIPE },   { 9, FD_EVENT },    { 10, FD_OTHER },
		{ 11, FD_SIGNAL },    { 12, FD_EVENTPOLL }, { 13, FD_INOTIFY }, { 14, FD_TIMER }, { 15, FD_NETLINK },
		{ 17, FD_OTHER },     { 21, FD_OTHER },
	};
	struct bytes fields = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		put_text(&fields, "name");
		assert_int_equal(describe(types[i].type, &fields, "name").type, types[i].expected);
	}
	put_number(&fields, 4, 1);
	put_text(&fields, "/dev/sda1");
	put_number(&fields, 4, 0x801);
	struct fd fd = describe(16, &fields, "/dev/sda1");
	assert_int_equal(fd.type, FD_FILE);
	assert_int_equal(fd.dev, 8 << 20 | 1);
	put_zeros(&fields, 16);
	put_text(&fields, "/run/x");
	assert_int_equal(describe(8, &fields, "/run/x").type, FD_UNIX);
}

static void test_sockets(void **state)
{
	static const uint16_t protocols[] = { 0, 0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_RAW, 0 };
	static const uint16_t types[] = { 0, 0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RAW, 0 };
	struct bytes fields = { 0 };

	(void)state;
	for (uint8_t l4 = 0; l4 < 7; l4++) {
		put(&fields, "\x0a\0\0\1\x0a\0\0\2", 8);
		put_number(&fields, 2, 1000);
		put_number(&fields, 2, 80);
		put_number(&fields, 1, l4);
		struct fd fd = describe(3, &fields, "");
		assert_int_equal(fd.type, FD_IPV4);
		assert_true(fd.has_socket);
		assert_int_equal(fd.socket.family, AF_INET);
		assert_int_equal(fd.socket.protocol, protocols[l4]);
		assert_int_equal(fd.socket.type, types[l4]);
		assert_memory_equal(fd.socket.local, "\x0a\0\0\1", 4);
		assert_memory_equal(fd.socket.remote, "\x0a\0\0\2", 4);
		assert_int_equal(ntohs(fd.socket.local_port), 1000);
		assert_int_equal(ntohs(fd.socket.remote_port), 80);
		assert_int_not_equal(fd.socket.state, TCP_LISTEN);
	}
}

static void test_listening_sockets(void **state)
{
	struct bytes fields = { 0 };
	struct fd fd;

	(void)state;
	put(&fields, "\x7f\0\0\1", 4);
	put_number(&fields, 2, 8080);
	put_number(&fields, 1, 2);
	fd = describe(5, &fields, "");
	assert_int_equal(fd.type, FD_IPV4);
	assert_int_equal(fd.socket.family, AF_INET);
	assert_int_equal(fd.socket.state, TCP_LISTEN);
	assert_int_equal(ntohs(fd.socket.local_port), 8080);
	assert_int_equal(fd.socket.remote_port, 0);
	put(&fields, "0123456789abcdef", 16);
	put_number(&fields, 2, 53);
	put_number(&fields, 1, 3);
	fd = describe(6, &fields, "");
	assert_int_equal(fd.type, FD_IPV6);
	assert_int_equal(fd.socket.family, AF_INET6);
	assert_int_equal(fd.socket.state, TCP_LISTEN);
	assert_int_equal(fd.socket.protocol, IPPROTO_UDP);
	assert_memory_equal(fd.socket.local, "0123456789abcdef", 16);
}

static void test_users_machine_events(void **state)
{
	struct bytes file = { 0 };
	struct param param = { "12345678", 8 };
	struct reading r;
	size_t at;

	(void)state;
	put_section(&file);
	at = block_begin(&file, 0x201);
	put_number(&file, 4, 8);
	put_zeros(&file, 16);
	put(&file, "host", 4);
	put_zeros(&file, 124 + 32);
	block_end(&file, at);
	at = block_begin(&file, 0x220);
	put_user(&file, 2, 1000, "ann");
	put_group(&file, 2, 50, "staff");
	block_end(&file, at);
	put_event_params(&file, 0x217, 4, &param, 1);
	/* of no thread */
	put_event_params(&file, 0x216, 4, &param, 1);
	memset(file.bytes + file.size - 52 + 18, 0xff, 8);
	begin(&r, &file);
	assert_int_equal(r.count, 5);
	assert_int_equal(r.inputs[1].kind, INPUT_USER);
	assert_false(r.inputs[1].user.is_group);
	assert_int_equal(r.inputs[1].user.uid, 1000);
	assert_string_equal(r.inputs[1].user.name, "ann");
	assert_string_equal(r.inputs[1].user.home, "/home");
	assert_string_equal(r.inputs[1].user.shell, "/bin/sh");
	assert_true(r.inputs[2].user.is_group);
	assert_int_equal(r.inputs[2].user.gid, 50);
	assert_string_equal(r.inputs[2].user.name, "staff");
	assert_int_equal(r.inputs[3].kind, INPUT_SCAP);
	assert_int_equal(r.inputs[3].time, 1000);
	assert_int_equal(r.inputs[3].tid, 7);
	assert_int_equal(r.inputs[3].pid, 0);
	assert_int_equal(r.inputs[3].cpu, 3);
	assert_int_equal(r.inputs[3].scap.type, 4);
	assert_int_equal(r.inputs[3].scap.nparams, 1);
	assert_int_equal(r.inputs[3].scap.flags, SCAP_TRACER);
	assert_int_equal(r.inputs[3].scap.size, 10);
	assert_memory_equal(r.inputs[3].scap.params, "\10\00012345678", 10);
	assert_int_equal(r.inputs[4].tid, UINT32_MAX);
	assert_int_equal(capture_source_machine(r.source)->cpus, 8);
	assert_int_equal(capture_source_machine(r.source)->hostname.size, 4);
	assert_memory_equal(capture_source_machine(r.source)->hostname.text, "host", 4);
	assert_int_equal(capture_source_counts(r.source)->events, 2);
	end(&r, &file, "");
}

/* All inputs of a batch stay good until the next one, also where the reader's window goes on in between. */
static void test_batches_end_where_the_window_does(void **state)
{
	struct bytes file = { 0 };
	static struct reading r;
	char path[] = "/tmp/capture_source_test.XXXXXX", error[200];
	uint64_t seen = 0;
	int n, fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	put_section(&file);
	for (uint64_t i = 0; i < 30000; i++) {
		struct param param = { &i, 8 };

		put_event_params(&file, i % 7 ? 0x216 : 0x217, i % 13 ? 4 : 9001, &param, 1);
	}
	assert_int_equal(write(fd, file.bytes, file.size), file.size);
	close(fd);
	r.source = capture_source_open(path, error, sizeof(error));
	assert_non_null(r.source);
	unlink(path);
	while ((n = r.source->operations->next(r.source, r.inputs, INPUTS_MAX)) > 0)
		for (int i = 0; i < n; i++) {
			uint64_t value;

			if (r.inputs[i].kind != INPUT_SCAP)
				continue;
			seen += seen % 13 == 0;
			memcpy(&value, r.inputs[i].scap.params + 2, 8);
			assert_int_equal(value, seen++);
		}
	/* the last one, 29999, is of a known type */
	assert_int_equal(seen, 30000);
	end(&r, &file, "");
}

static void test_damage_ends_it(void **state)
{
	struct bytes file = { 0 };
	struct reading r;

	(void)state;
	put_section(&file);
	put_close(&file);
	put(&file, "\0\0\0", 3);
	begin(&r, &file);
	assert_int_equal(r.count, 2);
	end(&r, &file, "at byte 83");
}

static void test_error_names_the_file(void **state)
{
	char error[200];

	(void)state;
	assert_null(capture_source_open("/nonexistent/x.scap", error, sizeof(error)));
	assert_string_equal(error, "/nonexistent/x.scap: No such file or directory");
	assert_null(capture_source_open("/dev/null", error, sizeof(error)));
	assert_string_equal(error, "/dev/null: the file is empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process_with_all_its_facts),
		cmocka_unit_test(test_descriptors_with_a_name),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_listening_sockets),
		cmocka_unit_test(test_users_machine_events),
		cmocka_unit_test(test_batches_end_where_the_window_does),
		cmocka_unit_test(test_damage_ends_it),
		cmocka_unit_test(test_error_names_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
