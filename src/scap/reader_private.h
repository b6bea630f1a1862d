/* Between the files of the reader: the window of the stream, and the reader itself. */
#ifndef SCAP_READER_PRIVATE_H
#define SCAP_READER_PRIVATE_H

#include <endian.h>
#include <string.h>

#include "reader.h"

#define SCAP_BLOCK_MAX ((size_t)64 << 20)   /* a longer block is damage */
#define SCAP_BLOCK_FRAME 12                 /* type and length before the body, the length again behind it */

enum scap_block {
	SCAP_BLOCK_SECTION = 0x0A0D0D0A,
	SCAP_BLOCK_EVENT = 0x216,
};

/* ---- the stream ---- */

struct scap_gunzip;

/* Bytes [at, end) of `bytes` are those of the uncompressed stream that are there and not read yet. */
struct scap_window {
	const uint8_t *bytes;
	size_t at, end;
	uint64_t base;                   /* offset of bytes[0] in the stream */
	uint8_t *buffer;                 /* bytes, if they are the window's own */
	size_t capacity;                 /* of buffer */
	struct scap_gunzip *gunzip;      /* NULL: the stream is not compressed */
	int fd;                          /* -1: bytes are all there is, borrowed */
	bool owns_fd;
	bool ended;                      /* nothing follows `end` */
	int error;                       /* why, if not because the file ends: a negative errno, */
	const char *damage;              /* -EBADMSG: what is wrong with the compression */
	uint64_t file_position, file_size;
};

/* 0 or a negative errno; then window_fini is not needed. */
int scap_window_open(struct scap_window *window, const char *path);
int scap_window_memory(struct scap_window *window, const void *bytes, size_t count);
void scap_window_fini(struct scap_window *window);
/* Reads on until `count` bytes are there or nothing follows; moves the bytes. 0 or -ENOMEM. */
int scap_window_fill(struct scap_window *window, size_t count);

/* ---- the reader ---- */

/* A list block in the window whose entries are given out one by one; while there is one the window does not move. */
struct scap_list {
	enum scap_item_kind kind;        /* 0: none. SCAP_ITEM_USER: of groups too */
	unsigned version;
	size_t end;                      /* of the entries, in the window; the trailing length follows */
	uint64_t tid;                    /* of descriptors */
};

struct scap_reader {
	struct scap_window window;
	struct scap_counts counts;
	struct scap_list list;
	size_t need;                     /* bytes that the window must have to go on */
	bool has_events;                 /* of this section one was seen: lists come no more */
	bool has_ahead;                  /* ahead is the next item */
	int status;                      /* not 0: what scap_reader_next returns from now on */
	bool is_usual[SCAP_TYPES];       /* types of events that are known and have no large payload */
	struct scap_item ahead;
	char error[200];
};

/* Ends the reading: damage at this place of the window. Returns -EBADMSG. */
int scap_reader_fail(struct scap_reader *reader, size_t at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* One event's block of `total` bytes at window.at; 1: *item is filled, 0: its type is unknown, or -EBADMSG. */
int scap_read_event(struct scap_reader *reader, uint32_t block, size_t total, struct scap_item *item);
bool scap_is_event(uint32_t block);
/* Any other whole block. 1: *item is filled; 0: it was skipped, or is a list that begins now; or -EBADMSG. */
int scap_read_block(struct scap_reader *reader, uint32_t block, size_t total, struct scap_item *item);
/* What is wrong with a section header of `count` bytes at `bytes`, at most 28 of which are looked at; NULL nothing. */
const char *scap_section_fault(const uint8_t *bytes, size_t count);
/* The next entry of reader->list. 1: *item is filled; 0: the list is over; or -EBADMSG. */
int scap_read_entry(struct scap_reader *reader, struct scap_item *item);

static inline uint16_t scap_u16(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return le16toh(value);
}

static inline uint32_t scap_u32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

static inline uint64_t scap_u64(const uint8_t *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return le64toh(value);
}

#endif
