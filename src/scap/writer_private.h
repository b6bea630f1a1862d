/* Shared by writer.c (the file) and writer_blocks.c (what stands in it). */
#ifndef SCAP_WRITER_PRIVATE_H
#define SCAP_WRITER_PRIVATE_H

#include <string.h>
#include <zlib.h>

#include "writer.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_MACHINE = 0x201,
	BLOCK_PROCESSES = 0x215,
	BLOCK_EVENT = 0x216,
	BLOCK_EVENT_FLAGS = 0x217,
	BLOCK_FDS = 0x218,
	BLOCK_INTERFACES = 0x219,
	BLOCK_USERS = 0x220,
	BLOCK_EVENT_LARGE = 0x221,
	BLOCK_EVENT_LARGE_FLAGS = 0x222,
};

struct scap_writer {
	int fd;
	bool gzip;
	z_stream stream;
	int error;               /* the first, which stays */
	uint64_t bytes;          /* of whole blocks, before compression */
	uint64_t file_bytes;
	uint8_t *out;            /* whole blocks that wait, and the list that is being filled */
	size_t size, room;
	uint8_t *packed;         /* of gzip: what the next write(2) takes */
	uint32_t list;           /* block number of the list that is being filled; 0 none */
	size_t list_start;       /* its place in out */
	uint64_t list_tid;       /* of BLOCK_FDS */
};

/* Room for this many more bytes in out; NULL, with error set, when memory is out. */
uint8_t *writer_reserve(struct scap_writer *writer, size_t size);
/* Writes waiting blocks if there are many. */
int writer_blocks_done(struct scap_writer *writer);
/* Ends the list that is being filled, if there is one. */
void writer_end_list(struct scap_writer *writer);

static inline uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t size)
{
	if (size)
		memcpy(at, bytes, size);
	return at + size;
}

static inline uint8_t *put_u8(uint8_t *at, uint8_t value)
{
	*at = value;
	return at + 1;
}

static inline uint8_t *put_u16(uint8_t *at, uint16_t value)
{
	return put_bytes(at, &value, 2);
}

static inline uint8_t *put_u32(uint8_t *at, uint32_t value)
{
	return put_bytes(at, &value, 4);
}

static inline uint8_t *put_u64(uint8_t *at, uint64_t value)
{
	return put_bytes(at, &value, 8);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied as they lie in memory");

#endif
