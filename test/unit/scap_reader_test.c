/* Events, what stands among them, and damage; that every cut of a file gives all that is whole before it is in
 * scap_cut_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scap_read.h"

#define CLOSE_SIZE 52            /* of put_close()'s block */

/* ---- events ---- */

static void test_event_with_and_without_flags(void **state)
{
	struct bytes file = { 0 };
	struct scap_item item;
	struct param params[] = { { "\1\0\0\0\0\0\0\0", 8 }, { "data", 4 } };

	(void)state;
	put_section(&file);
	put_event_params(&file, 0x216, 9, params, 2);
	put_event_params(&file, 0x217, 9, params, 2);
	struct scap_reader *reader = open_section(&file);
	for (uint32_t flags = 0; flags <= 2; flags += 2) {
		item = take(reader, SCAP_ITEM_EVENT);
		assert_int_equal(item.event.time, 1000);
		assert_int_equal(item.event.tid, 7);
		assert_int_equal(item.event.cpu, 3);
		assert_int_equal(item.event.type, 9);
		assert_int_equal(item.event.dump_flags, flags);
		assert_int_equal(item.event.nparams, 2);
		assert_int_equal(item.event.size, 2 * 2 + 8 + 4);
		assert_memory_equal(item.event.params, "\10\0\4\0\1\0\0\0\0\0\0\0data", 16);
	}
	assert_int_equal(scap_reader_counts(reader)->events, 2);
	finish(reader, &file);
}

static void test_large_events(void **state)
{
	static const uint32_t blocks[] = { 0x221, 0x222, 0x216, 0x217 };
	struct bytes file = { 0 };
	struct scap_item item;
	char *text = malloc(300000);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 300000);
	struct param param = { text, 300000 };
	put_section(&file);
	for (size_t i = 0; i < 4; i++)
		put_event_params(&file, blocks[i], 324, &param, 1);
	struct scap_reader *reader = open_section(&file);
	for (size_t i = 0; i < 4; i++) {
		item = take(reader, SCAP_ITEM_EVENT);
		assert_int_equal(item.event.type, 324);
		assert_int_equal(item.event.nparams, 1);
		assert_int_equal(item.event.size, 4 + 300000);
		assert_memory_equal(item.event.params, "\xe0\x93\4\0x", 5);
	}
	finish(reader, &file);
	free(text);
}

static void test_parameters_are_as_many_as_the_file_has(void **state)
{
	struct bytes file = { 0 };
	struct param params[80];

	(void)state;
	for (size_t i = 0; i < 80; i++)
		params[i] = (struct param){ "12345678", 8 };
	put_section(&file);
	put_event_params(&file, 0x216, 4, params, 0);
	put_event_params(&file, 0x216, 4, params, 3);
	put_event_params(&file, 0x216, 4, params, 80);
	struct scap_reader *reader = open_section(&file);
	assert_int_equal(take(reader, SCAP_ITEM_EVENT).event.nparams, 0);
	assert_int_equal(take(reader, SCAP_ITEM_EVENT).event.nparams, 3);
	assert_int_equal(take(reader, SCAP_ITEM_EVENT).event.nparams, 80);
	finish(reader, &file);
}

static void test_events_v1_fill_themselves(void **state)
{
	static const uint32_t blocks[] = { 0x204, 0x208, 0x8010ABCD };
	struct param params[] = { { "12345678", 8 }, { "/x", 3 }, { "1234", 4 }, { "5678", 4 }, { "9012", 4 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct bytes file = { 0 };
		struct scap_item item;

		put_section(&file);
		/* open's exit has five parameters; four are as old files have them */
		put_event_params(&file, blocks[i], 3, params, 5);
		put_event_params(&file, blocks[i], 3, params, 4);
		put_event_params(&file, blocks[i], 3, params, 0);
		struct scap_reader *reader = open_section(&file);
		item = take(reader, SCAP_ITEM_EVENT);
		assert_int_equal(item.event.nparams, 5);
		assert_int_equal(item.event.size, 10 + 8 + 3 + 4 + 4 + 4);
		assert_int_equal(item.event.dump_flags, i == 1 ? 2 : 0);
		assert_memory_equal(item.event.params + 10, "12345678/x", 11);
		item = take(reader, SCAP_ITEM_EVENT);
		assert_int_equal(item.event.nparams, 4);
		assert_int_equal(item.event.size, 8 + 8 + 3 + 4 + 4);
		assert_int_equal(take(reader, SCAP_ITEM_EVENT).event.nparams, 0);
		finish(reader, &file);
	}
}

/* More bytes than the parameters of a v1 event can fill: sysdig passes over it without a word. */
static void test_event_v1_that_nothing_fills_is_passed_over(void **state)
{
	struct param params[] = { { "12345678", 8 }, { "1", 1 } };
	struct bytes file = { 0 };

	(void)state;
	put_section(&file);
	put_event_params(&file, 0x204, 4, params, 2);
	put_event_params(&file, 0x204, 4, params, 1);
	struct scap_reader *reader = open_section(&file);
	assert_int_equal(take(reader, SCAP_ITEM_EVENT).event.nparams, 1);
	assert_int_equal(scap_reader_counts(reader)->bad_entries, 1);
	assert_int_equal(scap_reader_counts(reader)->events, 1);
	finish(reader, &file);
}

/* Old writers said of these two types that they are three bytes longer than they are. */
static void test_events_v1_that_count_three_bytes_too_many(void **state)
{
	struct param params[] = { { "a", 2 }, { "bc", 3 }, { "d", 2 }, { "", 1 } };
	static const struct {
		uint16_t type, nparams;
	} types[] = { { 280, 2 }, { 286, 4 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct bytes file = { 0 };
		struct scap_item item;
		uint32_t size = types[i].nparams == 2 ? 4 + 2 + 3 : 8 + 2 + 3 + 2 + 1;

		put_section(&file);
		put_event_params(&file, 0x204, types[i].type, params, types[i].nparams);
		/* the length of the event, then room for it in the block */
		set_u32(&file, 28 + 10 + 16, 22 + size + 3);
		file.size -= 4;
		put_zeros(&file, 4);
		set_u32(&file, 28 + 4, (uint32_t)(file.size + 4 - 28));
		put_number(&file, 4, file.size + 4 - 28);
		struct scap_reader *reader = open_section(&file);
		item = take(reader, SCAP_ITEM_EVENT);
		assert_int_equal(item.event.nparams, types[i].nparams);
		assert_int_equal(item.event.size, size);
		finish(reader, &file);
	}
}

static void test_block_may_be_longer_than_its_event(void **state)
{
	struct bytes file = { 0 };

	(void)state;
	put_section(&file);
	put_close(&file);
	file.size -= 4;
	put(&file, "a comment that another tool left", 32);
	put_number(&file, 4, CLOSE_SIZE + 32);
	set_u32(&file, 28 + 4, CLOSE_SIZE + 32);
	put_close(&file);
	struct scap_reader *reader = open_section(&file);
	assert_int_equal(take(reader, SCAP_ITEM_EVENT).event.size, 10);
	assert_int_equal(take(reader, SCAP_ITEM_EVENT).event.size, 10);
	finish(reader, &file);
}

static void test_length_behind_an_event_does_not_matter(void **state)
{
	struct bytes file = { 0 };

	(void)state;
	put_section(&file);
	put_close(&file);
	set_u32(&file, file.size - 4, 12345);
	put_close(&file);
	struct scap_reader *reader = open_section(&file);
	take(reader, SCAP_ITEM_EVENT);
	take(reader, SCAP_ITEM_EVENT);
	finish(reader, &file);
}

/* ---- what is not known ---- */

static void test_unknown_things_are_skipped_and_counted(void **state)
{
	struct bytes file = { 0 };
	struct param param = { "1234", 4 };

	(void)state;
	put_section(&file);
	put_block(&file, 0x2ff, "what?", 5);
	put_close(&file);
	put_block(&file, 0x2ff, "what?", 5);
	put_event_params(&file, 0x216, 9001, &param, 1);
	put_event_params(&file, 0x204, 65535, &param, 1);
	put_close(&file);
	struct scap_reader *reader = open_section(&file);
	assert_true(scap_reader_has_next(reader));
	take(reader, SCAP_ITEM_EVENT);
	assert_true(scap_reader_has_next(reader));
	take(reader, SCAP_ITEM_EVENT);
	assert_false(scap_reader_has_next(reader));
	assert_int_equal(scap_reader_counts(reader)->unknown_blocks, 2);
	assert_int_equal(scap_reader_counts(reader)->unknown_events, 2);
	assert_int_equal(scap_reader_counts(reader)->events, 2);
	finish(reader, &file);
}

static void test_lists_among_events_are_skipped(void **state)
{
	struct bytes file = { 0 };
	size_t at;

	(void)state;
	put_section(&file);
	put_close(&file);
	at = block_begin(&file, 0x215);
	put_process(&file, 9, 101, NULL);
	block_end(&file, at);
	put_close(&file);
	struct scap_reader *reader = open_section(&file);
	take(reader, SCAP_ITEM_EVENT);
	take(reader, SCAP_ITEM_EVENT);
	assert_int_equal(scap_reader_counts(reader)->unknown_blocks, 1);
	finish(reader, &file);
}

static void test_files_that_were_joined(void **state)
{
	struct bytes file = { 0 };
	size_t at;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		put_section(&file);
		at = block_begin(&file, 0x215);
		put_process(&file, 9, 101, NULL);
		block_end(&file, at);
		put_close(&file);
	}
	struct scap_reader *reader = open_section(&file);
	take(reader, SCAP_ITEM_PROCESS);
	take(reader, SCAP_ITEM_EVENT);
	take(reader, SCAP_ITEM_SECTION);
	take(reader, SCAP_ITEM_PROCESS);
	take(reader, SCAP_ITEM_EVENT);
	finish(reader, &file);
}

/* ---- damage ---- */

/* A file with two events of 52 bytes whose second has this number in place of what stands at byte `at` of its block. */
static void check_damaged_event(size_t at, uint32_t number)
{
	struct bytes file = { 0 };

	put_section(&file);
	put_close(&file);
	put_close(&file);
	set_u32(&file, 28 + CLOSE_SIZE + at, number);
	struct scap_reader *reader = open_section(&file);
	take(reader, SCAP_ITEM_EVENT);
	finish_damaged(reader, &file, 28 + CLOSE_SIZE);
}

static void test_lengths_that_lie_are_damage(void **state)
{
	(void)state;
	/* the block: too short, shorter than an event, longer than any */
	check_damaged_event(4, 0);
	check_damaged_event(4, 11);
	check_damaged_event(4, 20);
	check_damaged_event(4, (64 << 20) + 1);
	check_damaged_event(4, UINT32_MAX);
	/* the event: shorter than its beginning, or its parameters, longer than the block */
	check_damaged_event(26, 0);
	check_damaged_event(26, 25);
	check_damaged_event(26, 26 + 9);
	check_damaged_event(26, CLOSE_SIZE - 14 + 1);
	check_damaged_event(26, UINT32_MAX);
	/* more parameters than there are bytes; a parameter longer than what is left */
	check_damaged_event(32, 6);
	check_damaged_event(32, UINT32_MAX);
	check_damaged_event(36, 9);
	check_damaged_event(36, 0xffff);
}

static void test_large_lengths_that_lie_are_damage(void **state)
{
	static const uint32_t lies[] = { 5, 0x7fffffff, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct bytes file = { 0 };
		struct param params[] = { { "1234", 4 }, { "1234", 4 } };

		put_section(&file);
		put_event_params(&file, 0x221, 322, params, 2);
		set_u32(&file, 28 + 36, lies[i]);
		set_u32(&file, 28 + 40, lies[i]);
		finish_damaged(open_section(&file), &file, 28);
	}
}

static void test_list_that_ends_with_another_length_is_damage(void **state)
{
	static const uint32_t blocks[] = { 0x201, 0x202, 0x215, 0x203, 0x218, 0x205, 0x219, 0x206, 0x220, 0x0A0D0D0A };
	static const char zeros[200];

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		struct bytes file = { 0 };

		put_section(&file);
		put_block(&file, blocks[i], zeros, 180);
		set_u32(&file, file.size - 4, 188);
		finish_damaged(open_section(&file), &file, 28);
	}
}

static void test_second_header_that_cannot_be_read_is_damage(void **state)
{
	struct bytes file = { 0 };

	(void)state;
	put_section(&file);
	put_section(&file);
	file.bytes[28 + 12] = 2;
	finish_damaged(open_section(&file), &file, 28);
	put_section(&file);
	put(&file, "\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0", 16);
	struct scap_reader *reader = open_section(&file);
	assert_false(scap_reader_has_next(reader));
	assert_non_null(strstr(scap_reader_error(reader), "other byte order"));
	finish_damaged(reader, &file, 28);
}

static void test_short_machine_and_descriptor_blocks_are_damage(void **state)
{
	struct bytes file = { 0 };

	(void)state;
	put_section(&file);
	put_block(&file, 0x201, "1234", 4);
	finish_damaged(open_section(&file), &file, 28);
	put_section(&file);
	put_block(&file, 0x218, "1234", 4);
	finish_damaged(open_section(&file), &file, 28);
}

/* ---- what is refused at once ---- */

static void check_refused(const void *bytes, size_t size, const char *words)
{
	char error[200] = "";

	assert_null(scap_reader_memory(bytes, size, error, sizeof(error)));
	assert_non_null(strstr(error, words));
}

static void test_what_is_refused_at_once(void **state)
{
	struct bytes file = { 0 }, packed = { 0 };
	char error[200] = "";

	(void)state;
	check_refused("", 0, "is empty");
	check_refused("\x1f\x8b", 2, "cut short");
	check_refused("\x1f", 1, "not a .scap file");
	check_refused("#!/bin/sh\necho this is no capture\n", 34, "not a .scap file");
	check_refused("\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1b\1\0\2\0", 16, "not a .scap file");
	check_refused("\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0", 16, "big-endian");
	put_section(&file);
	file.bytes[12] = 2;
	check_refused(file.bytes, file.size, "version");
	put_gzip(&packed, file.bytes, file.size);
	check_refused(packed.bytes, packed.size, "version");
	packed.size = 0;
	put_gzip(&packed, "", 0);
	check_refused(packed.bytes, packed.size, "is empty");
	packed.bytes[2] = 7;
	check_refused(packed.bytes, packed.size, "gzip");
	assert_null(scap_reader_open("/nonexistent/file", error, sizeof(error)));
	assert_string_equal(error, "No such file or directory");
	bytes_free(&file);
	bytes_free(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event_with_and_without_flags),
		cmocka_unit_test(test_large_events),
		cmocka_unit_test(test_parameters_are_as_many_as_the_file_has),
		cmocka_unit_test(test_events_v1_fill_themselves),
		cmocka_unit_test(test_event_v1_that_nothing_fills_is_passed_over),
		cmocka_unit_test(test_events_v1_that_count_three_bytes_too_many),
		cmocka_unit_test(test_block_may_be_longer_than_its_event),
		cmocka_unit_test(test_length_behind_an_event_does_not_matter),
		cmocka_unit_test(test_unknown_things_are_skipped_and_counted),
		cmocka_unit_test(test_lists_among_events_are_skipped),
		cmocka_unit_test(test_files_that_were_joined),
		cmocka_unit_test(test_lengths_that_lie_are_damage),
		cmocka_unit_test(test_large_lengths_that_lie_are_damage),
		cmocka_unit_test(test_list_that_ends_with_another_length_is_damage),
		cmocka_unit_test(test_second_header_that_cannot_be_read_is_damage),
		cmocka_unit_test(test_short_machine_and_descriptor_blocks_are_damage),
		cmocka_unit_test(test_what_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
