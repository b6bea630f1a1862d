/* What the reader makes of the blocks that come before the events, in every version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scap_read.h"

/* ---- section, machine ---- */

static void test_file_without_events_is_fine(void **state)
{
	struct bytes file = { 0 };

	(void)state;
	put_section(&file);
	finish(open_section(&file), &file);
}

static void test_section_header_may_have_options(void **state)
{
	struct bytes file = { 0 };
	size_t at = block_begin(&file, 0x0A0D0D0A);

	(void)state;
	put_number(&file, 4, 0x1A2B3C4D);
	put_number(&file, 2, 1);
	put_number(&file, 2, 9);
	put_number(&file, 8, UINT64_MAX);
	put_zeros(&file, 88);
	block_end(&file, at);
	assert_int_equal(file.size, 116);
	put_close(&file);
	struct scap_reader *reader = open_section(&file);
	take(reader, SCAP_ITEM_EVENT);
	finish(reader, &file);
}

static void put_machine(struct bytes *file, uint32_t type, uint64_t boot_time)
{
	size_t at = block_begin(file, type);

	put_number(file, 4, 8);
	put_number(file, 8, 1 << 30);
	put_number(file, 8, 32768);
	put(file, "host", 4);
	put_zeros(file, 124);
	put_number(file, 8, boot_time);
	put_zeros(file, 24);
	block_end(file, at);
}

static void test_machine(void **state)
{
	struct bytes file = { 0 };
	struct scap_item item;

	(void)state;
	put_section(&file);
	put_machine(&file, 0x201, 0);
	assert_int_equal(file.size, 28 + 192);
	put_machine(&file, 0x8002ABCD, 1700000000);
	struct scap_reader *reader = open_section(&file);
	item = take(reader, SCAP_ITEM_MACHINE);
	assert_int_equal(item.machine.cpus, 8);
	assert_int_equal(item.machine.memory, 1 << 30);
	assert_int_equal(item.machine.max_pid, 32768);
	assert_int_equal(item.machine.boot_time, 0);
	assert_word(item.machine.hostname, "host");
	assert_int_equal(take(reader, SCAP_ITEM_MACHINE).machine.boot_time, 1700000000);
	finish(reader, &file);
}

/* ---- processes ---- */

static void check_process(const struct scap_process *p, unsigned version)
{
	assert_int_equal(p->tid, 101);
	assert_int_equal(p->pid, 100);
	assert_int_equal(p->ptid, 1);
	assert_int_equal(p->sid, version >= 6 ? 90 : -1);
	assert_int_equal(p->vpgid, version >= 8 ? 91 : -1);
	assert_word(p->comm, "comm");
	assert_word(p->exe, "/bin/exe");
	assert_word(p->exepath, version >= 7 ? "/bin/exepath" : "");
	assert_text(p->args, "-a\0b", 4);
	assert_word(p->cwd, "/cwd");
	assert_int_equal(p->fdlimit, 1024);
	assert_int_equal(p->flags, 0x2001);
	assert_int_equal(p->uid, 1000);
	assert_int_equal(p->gid, 1001);
	assert_int_equal(p->vm_size, version >= 2 ? 11 : 0);
	assert_int_equal(p->vm_rss, version >= 2 ? 12 : 0);
	assert_int_equal(p->vm_swap, version >= 2 ? 13 : 0);
	assert_int_equal(p->faults_major, version >= 2 ? 14 : 0);
	assert_int_equal(p->faults_minor, version >= 2 ? 15 : 0);
	assert_word(p->env, version >= 3 ? "A=1" : "");
	assert_int_equal(p->vtid, version >= 4 ? 16 : -1);
	assert_int_equal(p->vpid, version >= 4 ? 17 : -1);
	assert_word(p->cgroups, version >= 4 ? "cpu=/x" : "");
	assert_word(p->root, version >= 5 ? "/root" : "");
}

static void test_process_lists_of_every_version(void **state)
{
	static const struct {
		uint32_t block;
		unsigned version;
	} lists[] = {
		{ 0x202, 1 }, { 0x207, 2 }, { 0x209, 3 }, { 0x210, 4 }, { 0x211, 5 }, { 0x212, 6 }, { 0x213, 7 },
		{ 0x214, 8 }, { 0x215, 9 }, { 0x8000ABCD, 1 }, { 0x8013ABCD, 2 }, { 0x8014ABCD, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct bytes file = { 0 };
		struct scap_item item;
		size_t at;

		put_section(&file);
		at = block_begin(&file, lists[i].block);
		put_process(&file, lists[i].version, 101, NULL);
		put_process(&file, lists[i].version, 101, NULL);
		block_end(&file, at);
		struct scap_reader *reader = open_section(&file);
		for (unsigned n = 0; n < 2; n++) {
			assert_true(scap_reader_has_next(reader));
			item = take(reader, SCAP_ITEM_PROCESS);
			check_process(&item.process, lists[i].version);
			assert_int_equal(item.process.loginuid, UINT32_MAX);
			assert_false(item.process.exe_writable);
		}
		finish(reader, &file);
	}
}

/* Two entries of version 9 with this tail: the first as it is, then one without. */
static struct scap_process read_tail(const struct bytes *tail)
{
	struct bytes file = { 0 };
	struct scap_process process;
	struct scap_item item;
	size_t at;

	put_section(&file);
	at = block_begin(&file, 0x215);
	put_process(&file, 9, 101, tail);
	put_process(&file, 9, 102, NULL);
	block_end(&file, at);
	struct scap_reader *reader = open_section(&file);
	process = take(reader, SCAP_ITEM_PROCESS).process;
	check_process(&process, 9);
	item = take(reader, SCAP_ITEM_PROCESS);
	assert_int_equal(item.process.tid, 102);
	finish(reader, &file);
	return process;
}

static void test_process_tail_in_old_order(void **state)
{
	struct bytes tail = { 0 };
	struct scap_process process;

	(void)state;
	put_number(&tail, 4, 500);
	put_number(&tail, 1, 1);
	process = read_tail(&tail);
	assert_int_equal(process.loginuid, 500);
	assert_true(process.exe_writable);
	/* three words of capabilities, 29 bytes in all: still the old order */
	put_number(&tail, 8, 1);
	put_number(&tail, 8, 2);
	put_number(&tail, 8, 3);
	process = read_tail(&tail);
	assert_int_equal(process.loginuid, 500);
	assert_true(process.exe_writable);
	assert_int_equal(process.pidns_start, 0);
	bytes_free(&tail);
}

static void test_process_tail_in_new_order(void **state)
{
	struct bytes tail = { 0 };
	struct scap_process process;

	(void)state;
	put_number(&tail, 8, 1600000000);
	put_number(&tail, 4, 34816);
	put_number(&tail, 4, 500);
	put_number(&tail, 1, 1);
	put_zeros(&tail, 24 + 1 + 24 + 2 + 8);
	process = read_tail(&tail);
	assert_int_equal(process.pidns_start, 1600000000);
	assert_int_equal(process.tty, 34816);
	assert_int_equal(process.loginuid, 500);
	assert_true(process.exe_writable);
	bytes_free(&tail);
}

static void test_entry_that_is_not_whole_is_skipped_where_lengths_tell_the_next(void **state)
{
	struct bytes file = { 0 };
	size_t at;

	(void)state;
	put_section(&file);
	at = block_begin(&file, 0x215);
	put_number(&file, 4, 24);
	put_zeros(&file, 20);
	put_process(&file, 9, 102, NULL);
	block_end(&file, at);
	struct scap_reader *reader = open_section(&file);
	assert_int_equal(take(reader, SCAP_ITEM_PROCESS).process.tid, 102);
	assert_int_equal(scap_reader_counts(reader)->bad_entries, 1);
	finish(reader, &file);
}

static void test_entry_that_is_not_whole_is_damage_elsewhere(void **state)
{
	struct bytes file = { 0 };
	size_t at, second;

	(void)state;
	put_section(&file);
	at = block_begin(&file, 0x214);
	put_process(&file, 8, 102, NULL);
	second = file.size;
	put_zeros(&file, 20);
	block_end(&file, at);
	struct scap_reader *reader = open_section(&file);
	take(reader, SCAP_ITEM_PROCESS);
	finish_damaged(reader, &file, second);
}

static void test_entry_beyond_its_list_is_damage(void **state)
{
	static const uint32_t lengths[] = { 0, 3, 13, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct bytes file = { 0 };
		size_t at;

		put_section(&file);
		at = block_begin(&file, 0x215);
		put_number(&file, 4, lengths[i]);
		put_zeros(&file, 8);
		block_end(&file, at);
		finish_damaged(open_section(&file), &file, at + 8);
	}
}

/* ---- descriptors ---- */

/* Reads one descriptor of each of both versions and returns the last one. Texts point into constants. */
static struct scap_fd read_fd(uint8_t type, struct bytes *fields, const char *name)
{
	static const uint32_t blocks[] = { 0x203, 0x8001ABCD, 0x218 };
	struct scap_fd fd = { 0 };

	for (size_t i = 0; i < 3; i++) {
		struct bytes file = { 0 };
		size_t at;

		put_section(&file);
		at = block_begin(&file, blocks[i]);
		put_number(&file, 8, 101);
		put_fd(&file, i == 2 ? 2 : 1, 9, type, fields);
		put_fd(&file, i == 2 ? 2 : 1, 10, type, fields);
		block_end(&file, at);
		struct scap_reader *reader = open_section(&file);
		fd = take(reader, SCAP_ITEM_FD).fd;
		assert_int_equal(fd.tid, 101);
		assert_int_equal(fd.fd, 9);
		assert_int_equal(fd.inode, 0x1234);
		assert_int_equal(fd.type, type);
		assert_word(fd.name, name);
		fd.name = (struct scap_text){ 0 };
		assert_int_equal(take(reader, SCAP_ITEM_FD).fd.fd, 10);
		finish(reader, &file);
	}
	bytes_free(fields);
	return fd;
}

static void test_descriptors_with_a_name(void **state)
{
	static const uint8_t types[] = { 1, 2, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21 };
	struct bytes fields = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(types); i++) {
		put_text(&fields, "name");
		read_fd(types[i], &fields, "name");
	}
	read_fd(0, &fields, "");
}

static void test_ipv4_descriptors(void **state)
{
	struct bytes fields = { 0 };
	struct scap_fd fd;

	(void)state;
	put(&fields, "\x0a\0\0\1\x0a\0\0\2", 8);
	put_number(&fields, 2, 1000);
	put_number(&fields, 2, 80);
	put_number(&fields, 1, 2);
	fd = read_fd(3, &fields, "");
	assert_memory_equal(fd.source, "\x0a\0\0\1", 4);
	assert_memory_equal(fd.destination, "\x0a\0\0\2", 4);
	assert_int_equal(fd.source_port, 1000);
	assert_int_equal(fd.destination_port, 80);
	assert_int_equal(fd.l4proto, 2);
	put(&fields, "\x7f\0\0\1", 4);
	put_number(&fields, 2, 8080);
	put_number(&fields, 1, 3);
	fd = read_fd(5, &fields, "");
	assert_memory_equal(fd.source, "\x7f\0\0\1", 4);
	assert_int_equal(fd.source_port, 8080);
	assert_int_equal(fd.l4proto, 3);
}

static void test_ipv6_descriptors(void **state)
{
	struct bytes fields = { 0 };
	struct scap_fd fd;

	(void)state;
	put(&fields, "0123456789abcdef", 16);
	put(&fields, "ABCDEFGHIJKLMNOP", 16);
	put_number(&fields, 2, 65535);
	put_number(&fields, 2, 1);
	put_number(&fields, 1, 4);
	fd = read_fd(4, &fields, "");
	assert_memory_equal(fd.source, "0123456789abcdef", 16);
	assert_memory_equal(fd.destination, "ABCDEFGHIJKLMNOP", 16);
	assert_int_equal(fd.source_port, 65535);
	assert_int_equal(fd.destination_port, 1);
	assert_int_equal(fd.l4proto, 4);
	put(&fields, "0123456789abcdef", 16);
	put_number(&fields, 2, 53);
	put_number(&fields, 1, 5);
	fd = read_fd(6, &fields, "");
	assert_memory_equal(fd.source, "0123456789abcdef", 16);
	assert_int_equal(fd.source_port, 53);
}

static void test_unix_descriptor(void **state)
{
	struct bytes fields = { 0 };
	struct scap_fd fd;

	(void)state;
	put_number(&fields, 8, 0xFFFF880012340000);
	put_number(&fields, 8, 0xFFFF880043210000);
	put_text(&fields, "/run/x.sock");
	fd = read_fd(8, &fields, "/run/x.sock");
	assert_int_equal(fd.unix_source, 0xFFFF880012340000);
	assert_int_equal(fd.unix_destination, 0xFFFF880043210000);
}

static void test_file_descriptor_has_a_device_only_where_there_is_room(void **state)
{
	struct bytes fields = { 0 }, file = { 0 };
	struct scap_fd fd;
	size_t at;

	(void)state;
	put_number(&fields, 4, 3);
	put_text(&fields, "/etc/hosts");
	fd = read_fd(16, &fields, "/etc/hosts");
	assert_int_equal(fd.flags, 3);
	assert_int_equal(fd.dev, 0);
	put_number(&fields, 4, 3);
	put_text(&fields, "/x");
	put_number(&fields, 4, 0x801);
	put_number(&fields, 4, 0xdead); /* a field nobody knows */
	put_section(&file);
	at = block_begin(&file, 0x218);
	put_number(&file, 8, 101);
	put_fd(&file, 2, 9, 16, &fields);
	put_fd(&file, 2, 10, 16, &fields);
	block_end(&file, at);
	struct scap_reader *reader = open_section(&file);
	assert_int_equal(take(reader, SCAP_ITEM_FD).fd.dev, 0x801);
	assert_int_equal(take(reader, SCAP_ITEM_FD).fd.fd, 10);
	finish(reader, &file);
	bytes_free(&fields);
}

static void test_descriptor_of_unknown_type(void **state)
{
	struct bytes file = { 0 }, nothing = { 0 };
	size_t at, entry;

	(void)state;
	put_section(&file);
	at = block_begin(&file, 0x218);
	put_number(&file, 8, 101);
	put_fd(&file, 2, 9, 99, &nothing);
	put_fd(&file, 2, 10, 0, &nothing);
	block_end(&file, at);
	struct scap_reader *reader = open_section(&file);
	assert_int_equal(take(reader, SCAP_ITEM_FD).fd.fd, 10);
	assert_int_equal(scap_reader_counts(reader)->bad_entries, 1);
	finish(reader, &file);

	put_section(&file);
	at = block_begin(&file, 0x203);
	put_number(&file, 8, 101);
	entry = file.size;
	put_fd(&file, 1, 9, 99, &nothing);
	block_end(&file, at);
	finish_damaged(open_section(&file), &file, entry);
}

static void test_empty_lists(void **state)
{
	static const uint32_t blocks[] = { 0x202, 0x215, 0x203, 0x218, 0x205, 0x219, 0x206, 0x220 };
	struct bytes file = { 0 };

	(void)state;
	put_section(&file);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		bool fds = blocks[i] == 0x203 || blocks[i] == 0x218;

		put_block(&file, blocks[i], "\1\0\0\0\0\0\0\0", fds ? 8 : 0);
	}
	put_close(&file);
	struct scap_reader *reader = open_section(&file);
	assert_true(scap_reader_has_next(reader));
	take(reader, SCAP_ITEM_EVENT);
	finish(reader, &file);
}

/* ---- interfaces, users ---- */

static void put_interface(struct bytes *to, unsigned version, uint16_t kind)
{
	size_t at = version >= 2 ? entry_begin(to) : 0, size = kind == 1 || kind == 3 ? 4 : 16;

	put_number(to, 2, kind);
	put_number(to, 2, 4);
	put(to, "addressaddressad", size);
	put(to, "netmasknetmaskne", size);
	put(to, "broadcastbroadca", size);
	if (kind <= 2)
		put_number(to, 8, 1000);
	put(to, "eth0", 4);
	if (version >= 2)
		entry_end(to, at, false);
}

static void test_interfaces(void **state)
{
	static const uint32_t blocks[] = { 0x205, 0x8011ABCD, 0x219 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct bytes file = { 0 };
		size_t at;

		put_section(&file);
		at = block_begin(&file, blocks[i]);
		for (unsigned kind = 1; kind <= 4; kind++)
			put_interface(&file, i == 2 ? 2 : 1, (uint16_t)kind);
		block_end(&file, at);
		struct scap_reader *reader = open_section(&file);
		for (unsigned kind = 1; kind <= 4; kind++) {
			struct scap_item item = take(reader, SCAP_ITEM_INTERFACE);
			size_t size = kind % 2 ? 4 : 16;

			assert_int_equal(item.interface.family, kind % 2 ? 4 : 6);
			assert_memory_equal(item.interface.address, "addressaddressad", size);
			assert_memory_equal(item.interface.netmask, "netmasknetmaskne", size);
			assert_memory_equal(item.interface.broadcast, "broadcastbroadca", size);
			assert_int_equal(item.interface.link_speed, kind <= 2 ? 1000 : 0);
			assert_word(item.interface.name, "eth0");
		}
		finish(reader, &file);
	}
}

static void test_users_and_groups(void **state)
{
	static const uint32_t blocks[] = { 0x206, 0x8012ABCD, 0x220 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		unsigned version = i == 2 ? 2 : 1;
		struct bytes file = { 0 };
		struct scap_item item;
		size_t at;

		put_section(&file);
		at = block_begin(&file, blocks[i]);
		put_user(&file, version, 1000, "ann");
		put_group(&file, version, 50, "staff");
		if (version == 2) {
			/* a kind that nobody knows, then a user with a field that nobody knows */
			put_number(&file, 4, 9);
			put(&file, "\7abcd", 5);
			size_t entry = file.size;
			put_user(&file, 2, 1001, "bob");
			put_number(&file, 4, 1);
			entry_end(&file, entry, true);
		}
		put_user(&file, version, 0, "root");
		block_end(&file, at);
		struct scap_reader *reader = open_section(&file);
		item = take(reader, SCAP_ITEM_USER);
		assert_int_equal(item.user.uid, 1000);
		assert_int_equal(item.user.gid, 1001);
		assert_word(item.user.name, "ann");
		assert_word(item.user.home, "/home");
		assert_word(item.user.shell, "/bin/sh");
		item = take(reader, SCAP_ITEM_GROUP);
		assert_int_equal(item.user.gid, 50);
		assert_word(item.user.name, "staff");
		if (version == 2)
			assert_word(take(reader, SCAP_ITEM_USER).user.name, "bob");
		item = take(reader, SCAP_ITEM_USER);
		assert_word(item.user.name, "root");
		assert_int_equal(scap_reader_counts(reader)->bad_entries, version == 2);
		finish(reader, &file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_without_events_is_fine),
		cmocka_unit_test(test_section_header_may_have_options),
		cmocka_unit_test(test_machine),
		cmocka_unit_test(test_process_lists_of_every_version),
		cmocka_unit_test(test_process_tail_in_old_order),
		cmocka_unit_test(test_process_tail_in_new_order),
		cmocka_unit_test(test_entry_that_is_not_whole_is_skipped_where_lengths_tell_the_next),
		cmocka_unit_test(test_entry_that_is_not_whole_is_damage_elsewhere),
		cmocka_unit_test(test_entry_beyond_its_list_is_damage),
		cmocka_unit_test(test_descriptors_with_a_name),
		cmocka_unit_test(test_ipv4_descriptors),
		cmocka_unit_test(test_ipv6_descriptors),
		cmocka_unit_test(test_unix_descriptor),
		cmocka_unit_test(test_file_descriptor_has_a_device_only_where_there_is_room),
		cmocka_unit_test(test_descriptor_of_unknown_type),
		cmocka_unit_test(test_empty_lists),
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_users_and_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
