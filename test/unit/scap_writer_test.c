/* Captures that are written: byte by byte as the description of the format has them, and as they are read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "src/scap/writer.h"

#define TEXT(literal) { literal, sizeof(literal) - 1 }

static char path[] = "/tmp/scap_writer_test.XXXXXX";

static int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static struct scap_writer *open_writer(bool gzip)
{
	char error[200];
	struct scap_writer *writer = scap_writer_open(path, gzip, error, sizeof(error));

	assert_non_null(writer);
	return writer;
}

static size_t read_back(uint8_t *bytes, size_t size)
{
	gzFile file = gzopen(path, "rb"); /* plain files as they are */
	int length;

	assert_non_null(file);
	length = gzread(file, bytes, size);
	assert_true(length >= 0);
	gzclose(file);
	return length;
}

static const struct scap_record read_exit = {
	.time = 0x1122334455667788, .tid = 7, .cpu = 3, .type = 7, .nparams = 2, .size = 15,
	.params = (const uint8_t[]){ 8, 0, 3, 0, 3, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c' },
};

static void test_section_and_event(void **state)
{
	static const uint8_t expected[] = {
		/* section header, version 1.2 */
		0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 2, 0,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0,
		/* event v2: 2 + 41 bytes and 1 of padding */
		0x16, 2, 0, 0, 56, 0, 0, 0, 3, 0,
		0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 7, 0, 0, 0, 0, 0, 0, 0, 41, 0, 0, 0, 7, 0, 2, 0, 0, 0,
		8, 0, 3, 0, 3, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c', 0, 56, 0, 0, 0,
	};
	struct scap_writer *writer = open_writer(false);
	uint8_t bytes[200];

	(void)state;
	assert_int_equal(scap_writer_event(writer, &read_exit), 0);
	assert_int_equal(scap_writer_bytes(writer), sizeof(expected));
	assert_int_equal(scap_writer_close(writer), 0);
	assert_int_equal(read_back(bytes, sizeof(bytes)), sizeof(expected));
	assert_memory_equal(bytes, expected, sizeof(expected));
}

static void test_event_with_flags(void **state)
{
	struct scap_writer *writer = open_writer(false);
	struct scap_record record = read_exit;
	uint8_t bytes[200];

	(void)state;
	record.dump_flags = 2;
	assert_int_equal(scap_writer_event(writer, &record), 0);
	assert_int_equal(scap_writer_close(writer), 0);
	assert_int_equal(read_back(bytes, sizeof(bytes)), 28 + 60);
	assert_memory_equal(bytes + 28, "\x17\2\0\0\74\0\0\0\3\0\2\0\0\0", 14);
}

/* Of a user, length and all: the length counts itself. */
static void test_users(void **state)
{
	static const uint8_t expected[] = {
		0x20, 2, 0, 0, 52, 0, 0, 0,
		27, 0, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 3, 0, 'b', 'o', 'b', 2, 0, '/', 'b', 3, 0, '/', 's', 'h',
		13, 0, 0, 0, 1, 6, 0, 0, 0, 2, 0, 'w', 'w',
		52, 0, 0, 0,
	};
	struct scap_writer *writer = open_writer(false);
	struct scap_user user = { .uid = 5, .gid = 6, .name = TEXT("bob"), .home = TEXT("/b"), .shell = TEXT("/sh") };
	struct scap_user group = { .gid = 6, .name = TEXT("ww") };
	uint8_t bytes[200];

	(void)state;
	assert_int_equal(scap_writer_user(writer, &user, false), 0);
	assert_int_equal(scap_writer_user(writer, &group, true), 0);
	assert_int_equal(scap_writer_close(writer), 0);
	assert_int_equal(read_back(bytes, sizeof(bytes)), 28 + sizeof(expected));
	assert_memory_equal(bytes + 28, expected, sizeof(expected));
}

static void write_world(struct scap_writer *writer)
{
	struct scap_machine machine = { .cpus = 4, .memory = 1 << 30, .max_pid = 32768, .hostname = TEXT("host") };
	struct scap_interface v4 = { .family = 4, .address = { 10, 0, 0, 1 }, .netmask = { 255 }, .name = TEXT("eth0") };
	struct scap_interface v6 = { .family = 6, .address = { 0xfe, 0x80 }, .name = TEXT("eth0") };
	struct scap_user user = { .uid = 5, .gid = 6, .name = TEXT("bob"), .home = TEXT("/b"), .shell = TEXT("/sh") };
	struct scap_process process = {
		.tid = 100, .pid = 100, .ptid = 1, .sid = 99, .vpgid = 98, .vtid = 2, .vpid = 2,
		.comm = TEXT("app"), .exe = TEXT("/bin/app"), .exepath = TEXT("/bin/app"), .args = TEXT("-a\0b\0"),
		.cwd = TEXT("/tmp"), .env = TEXT("A=1\0"), .cgroups = TEXT("cpu=/x\0"), .root = TEXT("/"),
		.fdlimit = 1024, .faults_major = 3, .faults_minor = 4, .flags = 0x2001, .uid = 5, .gid = 6,
		.vm_size = 10, .vm_rss = 11, .vm_swap = 12, .loginuid = 1000, .exe_writable = true,
	};
	struct scap_fd file = { .tid = 100, .fd = 3, .inode = 9, .type = 16, .flags = 2, .dev = 0x801,
				.name = TEXT("/dev/null") };
	struct scap_fd socket = { .tid = 100, .fd = 4, .type = 3, .l4proto = 2, .source = { 1, 2, 3, 4 },
				  .destination = { 5, 6, 7, 8 }, .source_port = 80, .destination_port = 8080 };
	struct scap_fd local = { .tid = 100, .fd = 5, .type = 8, .unix_source = 1, .unix_destination = 2,
				 .name = TEXT("/run/x") };

	assert_int_equal(scap_writer_machine(writer, &machine), 0);
	assert_int_equal(scap_writer_interface(writer, &v4), 0);
	assert_int_equal(scap_writer_interface(writer, &v6), 0);
	assert_int_equal(scap_writer_user(writer, &user, false), 0);
	assert_int_equal(scap_writer_process(writer, &process), 0);
	assert_int_equal(scap_writer_fd(writer, &file), 0);
	assert_int_equal(scap_writer_fd(writer, &socket), 0);
	assert_int_equal(scap_writer_fd(writer, &local), 0);
}

static struct scap_reader *open_reader(void)
{
	char error[200];
	struct scap_reader *reader = scap_reader_open(path, error, sizeof(error));

	assert_non_null(reader);
	return reader;
}

static struct scap_item next(struct scap_reader *reader, enum scap_item_kind kind)
{
	struct scap_item item;

	assert_int_equal(scap_reader_next(reader, &item), 1);
	assert_int_equal(item.kind, kind);
	return item;
}

static void assert_text(struct scap_text text, const char *bytes, size_t size)
{
	assert_int_equal(text.size, size);
	assert_memory_equal(text.text, bytes, size);
}

static void check_world(struct scap_reader *reader)
{
	struct scap_item item;

	next(reader, SCAP_ITEM_SECTION);
	item = next(reader, SCAP_ITEM_MACHINE);
	assert_int_equal(item.machine.cpus, 4);
	assert_int_equal(item.machine.max_pid, 32768);
	assert_text(item.machine.hostname, "host", 4);
	item = next(reader, SCAP_ITEM_INTERFACE);
	assert_int_equal(item.interface.family, 4);
	assert_int_equal(item.interface.address[0], 10);
	assert_text(item.interface.name, "eth0", 4);
	item = next(reader, SCAP_ITEM_INTERFACE);
	assert_int_equal(item.interface.family, 6);
	item = next(reader, SCAP_ITEM_USER);
	assert_int_equal(item.user.uid, 5);
	assert_text(item.user.shell, "/sh", 3);
	item = next(reader, SCAP_ITEM_PROCESS);
	assert_int_equal(item.process.tid, 100);
	assert_int_equal(item.process.sid, 99);
	assert_int_equal(item.process.vpgid, 98);
	assert_text(item.process.args, "-a\0b\0", 5);
	assert_text(item.process.env, "A=1\0", 4);
	assert_text(item.process.cgroups, "cpu=/x\0", 7);
	assert_int_equal(item.process.vm_swap, 12);
	assert_int_equal(item.process.faults_minor, 4);
	assert_int_equal(item.process.loginuid, 1000);
	assert_true(item.process.exe_writable);
	item = next(reader, SCAP_ITEM_FD);
	assert_int_equal(item.fd.tid, 100);
	assert_int_equal(item.fd.fd, 3);
	assert_int_equal(item.fd.inode, 9);
	assert_int_equal(item.fd.dev, 0x801);
	assert_text(item.fd.name, "/dev/null", 9);
	item = next(reader, SCAP_ITEM_FD);
	assert_int_equal(item.fd.destination[3], 8);
	assert_int_equal(item.fd.destination_port, 8080);
	assert_int_equal(item.fd.l4proto, 2);
	item = next(reader, SCAP_ITEM_FD);
	assert_int_equal(item.fd.unix_destination, 2);
	assert_text(item.fd.name, "/run/x", 6);
}

static void check_round_trip(bool gzip)
{
	struct scap_writer *writer = open_writer(gzip);
	struct scap_reader *reader;
	struct scap_item item;

	write_world(writer);
	assert_int_equal(scap_writer_event(writer, &read_exit), 0);
	assert_int_equal(scap_writer_close(writer), 0);
	reader = open_reader();
	check_world(reader);
	item = next(reader, SCAP_ITEM_EVENT);
	assert_int_equal(item.event.time, read_exit.time);
	assert_int_equal(item.event.type, 7);
	assert_int_equal(item.event.size, 15);
	assert_memory_equal(item.event.params, read_exit.params, 15);
	assert_int_equal(scap_reader_next(reader, &item), 0);
	scap_reader_close(reader);
}

static void test_round_trip(void **state)
{
	(void)state;
	check_round_trip(false);
	check_round_trip(true);
}

/* What was flushed is there, whatever becomes of the writer. */
static void check_flush(bool gzip)
{
	struct scap_writer *writer = open_writer(gzip);
	struct scap_reader *reader;

	write_world(writer);
	assert_int_equal(scap_writer_event(writer, &read_exit), 0);
	assert_int_equal(scap_writer_flush(writer), 0);
	reader = open_reader();
	check_world(reader);
	next(reader, SCAP_ITEM_EVENT);
	scap_reader_close(reader);
	assert_int_equal(scap_writer_close(writer), 0);
}

static void test_flush(void **state)
{
	(void)state;
	check_flush(false);
	check_flush(true);
}

/* sysdig refuses longer texts; a list that is cut still ends with a NUL. */
static void test_long_texts_are_cut(void **state)
{
	struct scap_writer *writer = open_writer(false);
	static char text[5000];
	struct scap_process process = { .tid = 1, .pid = 1, .comm = { text, sizeof(text) }, .args = { text, sizeof(text) } };
	struct scap_reader *reader;
	struct scap_item item;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(scap_writer_process(writer, &process), 0);
	assert_int_equal(scap_writer_close(writer), 0);
	reader = open_reader();
	next(reader, SCAP_ITEM_SECTION);
	item = next(reader, SCAP_ITEM_PROCESS);
	assert_int_equal(item.process.comm.size, 1023);
	assert_int_equal(item.process.args.size, 4095);
	assert_int_equal(item.process.args.text[4094], 0);
	scap_reader_close(reader);
}

/* Lists of any length: more than one block of them. */
static void test_many_processes(void **state)
{
	struct scap_writer *writer = open_writer(true);
	static char text[4000];
	struct scap_process process = { .env = { text, sizeof(text) } };
	struct scap_reader *reader;
	struct scap_item item;

	(void)state;
	for (process.tid = 1; process.tid <= 1000; process.tid++)
		assert_int_equal(scap_writer_process(writer, &process), 0);
	assert_int_equal(scap_writer_close(writer), 0);
	reader = open_reader();
	next(reader, SCAP_ITEM_SECTION);
	for (uint64_t tid = 1; tid <= 1000; tid++) {
		item = next(reader, SCAP_ITEM_PROCESS);
		assert_int_equal(item.process.tid, tid);
	}
	assert_int_equal(scap_reader_next(reader, &item), 0);
	scap_reader_close(reader);
}

static void test_too_long_an_event_is_refused_alone(void **state)
{
	struct scap_writer *writer = open_writer(false);
	static uint8_t params[65540];
	struct scap_record record = { .type = 7, .nparams = 2, .size = sizeof(params), .params = params };

	(void)state;
	assert_int_equal(scap_writer_event(writer, &record), -EMSGSIZE);
	assert_int_equal(scap_writer_event(writer, &read_exit), 0);
	assert_int_equal(scap_writer_close(writer), 0);
}

static void test_errors(void **state)
{
	char error[200];
	struct scap_writer *writer;

	(void)state;
	assert_null(scap_writer_open("/nonexistent/x", false, error, sizeof(error)));
	assert_string_equal(error, "No such file or directory");
	writer = scap_writer_open("/dev/full", false, error, sizeof(error));
	if (!writer)
		return;
	assert_int_equal(scap_writer_flush(writer), -ENOSPC);
	assert_int_equal(scap_writer_event(writer, &read_exit), -ENOSPC);
	assert_int_equal(scap_writer_close(writer), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_section_and_event, setup, teardown),
		cmocka_unit_test_setup_teardown(test_event_with_flags, setup, teardown),
		cmocka_unit_test_setup_teardown(test_users, setup, teardown),
		cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flush, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_texts_are_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_processes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_long_an_event_is_refused_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
