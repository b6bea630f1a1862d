/* The file that a capture is written to.
 *
 * Blocks gather in one buffer and reach the file by write(2) as whole blocks, so that a program that is killed leaves a
 * file which is good up to its last block. Of gzip every flush ends on a byte boundary with all that came before it,
 * which gives the same up to the last flush. */
#include "writer_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OUT_WRITTEN (256u << 10)   /* waiting bytes that are worth a write */
#define PACKED_SIZE (64u << 10)

static int fail(struct scap_writer *writer, int error)
{
	if (!writer->error)
		writer->error = error;
	return writer->error;
}

uint8_t *writer_reserve(struct scap_writer *writer, size_t size)
{
	if (writer->error)
		return NULL;
	if (size > writer->room - writer->size) {
		size_t room = writer->room ? writer->room : 2 * OUT_WRITTEN;
		uint8_t *out;

		while (room - writer->size < size)
			room *= 2;
		out = realloc(writer->out, room);
		if (!out) {
			fail(writer, -ENOMEM);
			return NULL;
		}
		writer->out = out;
		writer->room = room;
	}
	return writer->out + writer->size;
}

static int write_all(struct scap_writer *writer, const uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(writer->fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail(writer, written ? -errno : -EIO);
		bytes += written;
		size -= written;
		writer->file_bytes += written;
	}
	return 0;
}

static int deflate_all(struct scap_writer *writer, const uint8_t *bytes, size_t size, int flush)
{
	z_stream *stream = &writer->stream;
	int result;

	stream->next_in = (uint8_t *)bytes;
	stream->avail_in = size;
	do {
		stream->next_out = writer->packed;
		stream->avail_out = PACKED_SIZE;
		result = deflate(stream, flush);
		if (result == Z_STREAM_ERROR)
			return fail(writer, -EIO);
		if (write_all(writer, writer->packed, PACKED_SIZE - stream->avail_out))
			return writer->error;
	} while (!stream->avail_out);
	return 0;
}

/* How much of out is whole blocks. */
static size_t whole(const struct scap_writer *writer)
{
	return writer->list ? writer->list_start : writer->size;
}

static int write_out(struct scap_writer *writer, int flush)
{
	size_t size = whole(writer);

	if (writer->error)
		return writer->error;
	if (writer->gzip)
		deflate_all(writer, writer->out, size, flush);
	else
		write_all(writer, writer->out, size);
	if (writer->error)
		return writer->error;
	if (size) {
		memmove(writer->out, writer->out + size, writer->size - size);
		writer->size -= size;
		writer->list_start = 0;
	}
	return 0;
}

int writer_blocks_done(struct scap_writer *writer)
{
	return whole(writer) >= OUT_WRITTEN ? write_out(writer, Z_NO_FLUSH) : writer->error;
}

static int section_header(struct scap_writer *writer)
{
	uint8_t *at = writer_reserve(writer, 28);

	if (!at)
		return writer->error;
	at = put_u32(at, BLOCK_SECTION);
	at = put_u32(at, 28);
	at = put_u32(at, 0x1a2b3c4d);
	at = put_u16(at, 1);
	at = put_u16(at, 2);
	at = put_u64(at, UINT64_MAX);
	put_u32(at, 28);
	writer->size += 28;
	writer->bytes += 28;
	return 0;
}

struct scap_writer *scap_writer_open(const char *path, bool gzip, char *error, size_t size)
{
	struct scap_writer *writer = calloc(1, sizeof(*writer));

	if (!writer) {
		snprintf(error, size, "out of memory");
		return NULL;
	}
	writer->fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : STDOUT_FILENO;
	if (writer->fd < 0) {
		snprintf(error, size, "%s", strerror(errno));
		free(writer);
		return NULL;
	}
	if (gzip) {
		writer->packed = malloc(PACKED_SIZE);
		/* 15 bits of window, as a gzip member */
		writer->gzip = writer->packed && deflateInit2(&writer->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
							      Z_DEFAULT_STRATEGY) == Z_OK;
	}
	if (gzip != writer->gzip || section_header(writer)) {
		snprintf(error, size, "out of memory");
		scap_writer_close(writer);
		return NULL;
	}
	return writer;
}

uint64_t scap_writer_bytes(const struct scap_writer *writer)
{
	return writer->bytes;
}

uint64_t scap_writer_file_bytes(const struct scap_writer *writer)
{
	return writer->file_bytes;
}

int scap_writer_flush(struct scap_writer *writer)
{
	writer_end_list(writer);
	return write_out(writer, Z_SYNC_FLUSH);
}

int scap_writer_close(struct scap_writer *writer)
{
	int error;

	writer_end_list(writer);
	write_out(writer, Z_FINISH);
	if (writer->fd != STDOUT_FILENO && close(writer->fd) && !writer->error)
		writer->error = -errno;
	error = writer->error;
	if (writer->gzip)
		deflateEnd(&writer->stream);
	free(writer->packed);
	free(writer->out);
	free(writer);
	return error;
}
