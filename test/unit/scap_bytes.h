/* Captures for tests, put together byte by byte as the format says (little endian, nothing aligned).
 *
 *	struct bytes file = { 0 };
 *	put_section(&file);
 *	put_event(&file, 0x216, 0, 5, "r", 8, 0);
 */
#ifndef TEST_SCAP_BYTES_H
#define TEST_SCAP_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct bytes {
	uint8_t *bytes;
	size_t size, capacity;
};

static inline void put(struct bytes *to, const void *bytes, size_t size)
{
	if (to->size + size > to->capacity) {
		to->capacity = (to->size + size) * 2 + 64;
		to->bytes = realloc(to->bytes, to->capacity);
		assert(to->bytes);
	}
	if (size)
		memcpy(to->bytes + to->size, bytes, size);
	to->size += size;
}

/* The lowest `size` bytes of a number. */
static inline void put_number(struct bytes *to, size_t size, uint64_t number)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(number >> 8 * i);

		put(to, &byte, 1);
	}
}

static inline void put_zeros(struct bytes *to, size_t size)
{
	while (size--)
		put(to, "", 1);
}

/* A string as lists have it. */
static inline void put_text(struct bytes *to, const char *text)
{
	put_number(to, 2, strlen(text));
	put(to, text, strlen(text));
}

static inline void set_u32(struct bytes *in, size_t at, uint32_t number)
{
	for (size_t i = 0; i < 4; i++)
		in->bytes[at + i] = (uint8_t)(number >> 8 * i);
}

static inline void bytes_free(struct bytes *bytes)
{
	free(bytes->bytes);
	*bytes = (struct bytes){ 0 };
}

/* ---- blocks ---- */

/* Begins a block and returns its place, which block_end wants. */
static inline size_t block_begin(struct bytes *to, uint32_t type)
{
	put_number(to, 4, type);
	put_number(to, 4, 0);
	return to->size - 8;
}

static inline void block_end(struct bytes *to, size_t at)
{
	while ((to->size - at) % 4)
		put(to, "", 1);
	set_u32(to, at + 4, (uint32_t)(to->size + 4 - at));
	put_number(to, 4, to->size + 4 - at);
}

static inline void put_block(struct bytes *to, uint32_t type, const void *body, size_t size)
{
	size_t at = block_begin(to, type);

	put(to, body, size);
	block_end(to, at);
}

static inline void put_section(struct bytes *to)
{
	size_t at = block_begin(to, 0x0A0D0D0A);

	put_number(to, 4, 0x1A2B3C4D);
	put_number(to, 2, 1);
	put_number(to, 2, 2);
	put_number(to, 8, UINT64_MAX);
	block_end(to, at);
}

/* Entries of newer lists: entry_begin before, entry_end behind; counted: the length counts itself. */
static inline size_t entry_begin(struct bytes *to)
{
	put_number(to, 4, 0);
	return to->size - 4;
}

static inline void entry_end(struct bytes *to, size_t at, bool counted)
{
	set_u32(to, at, (uint32_t)(to->size - at - (counted ? 0 : 4)));
}

/* ---- events ---- */

struct param {
	const void *bytes;
	size_t size;
};

/* An event of thread 7 at time 1000 on cpu 3. nparams: what the event says of itself; v1 events say nothing. */
static inline void put_event_params(struct bytes *to, uint32_t block, uint16_t type, const struct param *params,
				    size_t count)
{
	bool v1 = block == 0x204 || block == 0x208 || block == 0x8010ABCD;
	size_t at = block_begin(to, block), start, width = type == 322 || type == 324 ? 4 : 2;

	put_number(to, 2, 3);
	if (block == 0x208 || block == 0x217 || block == 0x222)
		put_number(to, 4, 2);
	start = to->size;
	put_number(to, 8, 1000);
	put_number(to, 8, 7);
	put_number(to, 4, 0);
	put_number(to, 2, type);
	if (!v1)
		put_number(to, 4, count);
	for (size_t i = 0; i < count; i++)
		put_number(to, width, params[i].size);
	for (size_t i = 0; i < count; i++)
		put(to, params[i].bytes, params[i].size);
	set_u32(to, start + 16, (uint32_t)(to->size - start));
	block_end(to, at);
}

/* close of descriptor 5: an enter. 52 bytes: 8 + 2 + (26 + 2 + 8) + 2 of padding + 4. */
static inline void put_close(struct bytes *to)
{
	static const uint8_t five[8] = { 5 };
	struct param param = { five, 8 };

	put_event_params(to, 0x216, 4, &param, 1);
}

/* ---- lists ---- */

/* As list version `version` has it; tail: what a v9 entry has behind `root`. */
static inline void put_process(struct bytes *to, unsigned version, uint64_t tid, const struct bytes *tail)
{
	size_t at = version >= 9 ? entry_begin(to) : 0;

	put_number(to, 8, tid);
	put_number(to, 8, 100);
	put_number(to, 8, 1);
	if (version >= 6)
		put_number(to, 8, 90);
	if (version >= 8)
		put_number(to, 8, 91);
	put_text(to, "comm");
	put_text(to, "/bin/exe");
	if (version >= 7)
		put_text(to, "/bin/exepath");
	put_number(to, 2, 4);
	put(to, "-a\0b", 4);
	put_text(to, "/cwd");
	put_number(to, 8, 1024);
	put_number(to, 4, 0x2001);
	put_number(to, 4, 1000);
	put_number(to, 4, 1001);
	if (version >= 2) {
		put_number(to, 4, 11);
		put_number(to, 4, 12);
		put_number(to, 4, 13);
		put_number(to, 8, 14);
		put_number(to, 8, 15);
	}
	if (version >= 3)
		put_text(to, "A=1");
	if (version >= 4) {
		put_number(to, 8, 16);
		put_number(to, 8, 17);
		put_text(to, "cpu=/x");
	}
	if (version >= 5)
		put_text(to, "/root");
	if (tail)
		put(to, tail->bytes, tail->size);
	if (version >= 9)
		entry_end(to, at, true);
}

/* One descriptor; version 2 has lengths. */
static inline void put_fd(struct bytes *to, unsigned version, uint64_t num, uint8_t type, const struct bytes *fields)
{
	size_t at = version >= 2 ? entry_begin(to) : 0;

	put_number(to, 8, num);
	put_number(to, 8, 0x1234);
	put_number(to, 1, type);
	put(to, fields->bytes, fields->size);
	if (version >= 2)
		entry_end(to, at, true);
}

static inline void put_user(struct bytes *to, unsigned version, uint32_t uid, const char *name)
{
	size_t at = version >= 2 ? entry_begin(to) : 0;

	put_number(to, 1, 0);
	put_number(to, 4, uid);
	put_number(to, 4, uid + 1);
	put_text(to, name);
	put_text(to, "/home");
	put_text(to, "/bin/sh");
	if (version >= 2)
		entry_end(to, at, true);
}

static inline void put_group(struct bytes *to, unsigned version, uint32_t gid, const char *name)
{
	size_t at = version >= 2 ? entry_begin(to) : 0;

	put_number(to, 1, 1);
	put_number(to, 4, gid);
	put_text(to, name);
	if (version >= 2)
		entry_end(to, at, true);
}

/* ---- gzip ---- */

/* Appends one gzip member that holds the bytes. */
static inline void put_gzip(struct bytes *to, const void *bytes, size_t size)
{
	z_stream stream = { 0 };
	size_t room = size + size / 100 + 1000;
	uint8_t *out = malloc(room);

	assert(out && deflateInit2(&stream, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)bytes;
	stream.avail_in = (uInt)size;
	stream.next_out = out;
	stream.avail_out = (uInt)room;
	assert(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	put(to, out, room - stream.avail_out);
	deflateEnd(&stream);
	free(out);
}

#endif
