/* Reading captures of scap_bytes.h with assertions on the way. Include after <cmocka.h>. */
#ifndef TEST_SCAP_READ_H
#define TEST_SCAP_READ_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "scap_bytes.h"
#include "src/scap/reader.h"

static inline void assert_text(struct scap_text text, const char *expected, size_t size)
{
	assert_int_equal(text.size, size);
	assert_memory_equal(text.text, expected, size);
}
#define assert_word(text, expected) assert_text(text, expected, strlen(expected))

static inline struct scap_reader *open_bytes(const struct bytes *file)
{
	char error[200] = "";
	struct scap_reader *reader = scap_reader_memory(file->bytes, file->size, error, sizeof(error));

	assert_string_equal(error, "");
	assert_non_null(reader);
	return reader;
}

/* Opens a file and takes its section header. */
static inline struct scap_reader *open_section(const struct bytes *file)
{
	struct scap_reader *reader = open_bytes(file);
	struct scap_item item;

	assert_int_equal(scap_reader_next(reader, &item), 1);
	assert_int_equal(item.kind, SCAP_ITEM_SECTION);
	return reader;
}

static inline struct scap_item take(struct scap_reader *reader, enum scap_item_kind kind)
{
	struct scap_item item;

	assert_int_equal(scap_reader_next(reader, &item), 1);
	assert_int_equal(item.kind, kind);
	return item;
}

static inline void finish(struct scap_reader *reader, struct bytes *file)
{
	struct scap_item item;

	assert_int_equal(scap_reader_next(reader, &item), 0);
	assert_int_equal(scap_reader_next(reader, &item), 0);
	assert_string_equal(scap_reader_error(reader), "");
	assert_int_equal(scap_reader_counts(reader)->position, file->size);
	scap_reader_close(reader);
	bytes_free(file);
}

/* The next item is damage, at byte `at` of the file. */
static inline void finish_damaged(struct scap_reader *reader, struct bytes *file, size_t at)
{
	struct scap_item item;
	char place[40];

	snprintf(place, sizeof(place), "at byte %zu", at);
	assert_int_equal(scap_reader_next(reader, &item), -EBADMSG);
	assert_int_equal(scap_reader_next(reader, &item), -EBADMSG);
	assert_non_null(strstr(scap_reader_error(reader), place));
	assert_null(strchr(scap_reader_error(reader), '\n'));
	scap_reader_close(reader);
	bytes_free(file);
}

#endif
