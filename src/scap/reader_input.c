/* The bytes of a capture: of a file, a pipe or memory, plain or gzip.
 *
 * The window grows only for a block that does not fit, and only as its bytes really come: a length that lies costs no
 * memory. gzip headers are read here, as they may lie across reads; the data and their checksum are libisal's. */
#include "reader_private.h"

#include <errno.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW_SIZE ((size_t)256 << 10)
#define INPUT_SIZE ((size_t)64 << 10)
#define REWIND 8                 /* bytes before a read's that inflate may have taken too many of */

enum gzip_flag { GZIP_HEADER_CRC = 2, GZIP_EXTRA = 4, GZIP_NAME = 8, GZIP_COMMENT = 16, GZIP_RESERVED = 0xe0 };

struct scap_gunzip {
	struct inflate_state state;      /* next_in, avail_in: compressed bytes that are there */
	bool in_member;                  /* past a member's header */
	bool input_ended;
	size_t memory_left;              /* of borrowed memory, behind next_in + avail_in */
	uint8_t buffer[REWIND + INPUT_SIZE]; /* of a file */
};

/* ---- the file ---- */

/* Bytes read, 0 at the end, or a negative errno. */
static ssize_t read_file(struct scap_window *window, uint8_t *bytes, size_t count)
{
	ssize_t n;

	do
		n = read(window->fd, bytes, count);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	window->file_position += (size_t)n;
	return n;
}

/* ---- gzip ---- */

static int give_up(struct scap_window *window, int error, const char *damage)
{
	window->error = error;
	window->damage = damage;
	return error;
}

/* Makes avail_in more than 0, unless the input ended. 0 or a negative errno. */
static int more_input(struct scap_window *window)
{
	struct scap_gunzip *gunzip = window->gunzip;
	struct inflate_state *state = &gunzip->state;
	ssize_t n;

	if (state->avail_in || gunzip->input_ended)
		return 0;
	if (window->fd < 0) {
		n = gunzip->memory_left < INT32_MAX ? (ssize_t)gunzip->memory_left : INT32_MAX;
		gunzip->memory_left -= (size_t)n;
		window->file_position += (size_t)n;
	} else {
		if (state->next_in >= gunzip->buffer + REWIND)
			memmove(gunzip->buffer, state->next_in - REWIND, REWIND);
		state->next_in = gunzip->buffer + REWIND;
		n = read_file(window, state->next_in, INPUT_SIZE);
		if (n < 0)
			return give_up(window, (int)n, NULL);
	}
	state->avail_in = (uint32_t)n;
	gunzip->input_ended = n == 0;
	return 0;
}

/* The next compressed byte, or -1: there is none. */
static int next_byte(struct scap_window *window)
{
	struct inflate_state *state = &window->gunzip->state;

	if (more_input(window) || !state->avail_in)
		return -1;
	state->avail_in--;
	return *state->next_in++;
}

static int skip_bytes(struct scap_window *window, size_t count)
{
	while (count--)
		if (next_byte(window) < 0)
			return -1;
	return 0;
}

static int skip_text(struct scap_window *window)
{
	int byte;

	do
		byte = next_byte(window);
	while (byte > 0);
	return byte;
}

/* What follows the two first bytes. 0 or -1: it is cut. */
static int skip_header(struct scap_window *window, int flags)
{
	int low, high;

	if (skip_bytes(window, 6))
		return -1;
	if (flags & GZIP_EXTRA) {
		low = next_byte(window);
		high = next_byte(window);
		if (high < 0 || skip_bytes(window, (size_t)(high << 8 | low)))
			return -1;
	}
	if ((flags & GZIP_NAME && skip_text(window)) || (flags & GZIP_COMMENT && skip_text(window)))
		return -1;
	return flags & GZIP_HEADER_CRC ? skip_bytes(window, 2) : 0;
}

/* Begins the next member. What follows a member and is none is ignored. 1; 0: there is none; or a negative errno. */
static int begin_member(struct scap_window *window)
{
	struct scap_gunzip *gunzip = window->gunzip;
	struct inflate_state *state = &gunzip->state;
	uint32_t left;
	uint8_t *at;
	int method, flags;

	if (next_byte(window) != 0x1f || next_byte(window) != 0x8b)
		return window->error;
	method = next_byte(window);
	flags = next_byte(window);
	if (flags >= 0 && (method != 8 || flags & GZIP_RESERVED))
		return give_up(window, -EBADMSG, "the compression is none that gzip knows");
	if (flags < 0 || skip_header(window, flags))
		return window->error ? window->error : give_up(window, -EBADMSG, "the compressed data are cut short");
	at = state->next_in;
	left = state->avail_in;
	isal_inflate_reset(state);
	state->crc_flag = ISAL_GZIP_NO_HDR_VER;
	state->next_in = at;
	state->avail_in = left;
	gunzip->in_member = true;
	return 1;
}

/* A member is whole: gives back what inflate took of the bytes behind it. */
static void end_member(struct scap_gunzip *gunzip)
{
	uint32_t extra = (uint32_t)gunzip->state.read_in_length / 8;

	gunzip->state.next_in -= extra;
	gunzip->state.avail_in += extra;
	gunzip->in_member = false;
}

/* libisal leaves the upper halves of the vector registers in use, with which all code that is compiled without AVX is
 * slow from then on: reading a compressed capture took twice as long. */
static void clear_vectors(void)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx"))
		__asm__ volatile("vzeroupper" : : : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
				 "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
#endif
}

/* Uncompressed bytes, 0 at the end, or a negative errno. */
static ssize_t inflate_some(struct scap_window *window, uint8_t *bytes, size_t count)
{
	struct scap_gunzip *gunzip = window->gunzip;
	struct inflate_state *state = &gunzip->state;
	int error;

	for (;;) {
		uint32_t room = count < INT32_MAX ? (uint32_t)count : INT32_MAX, before;

		if (!gunzip->in_member) {
			error = begin_member(window);
			if (error <= 0)
				return error;
		}
		if (more_input(window))
			return window->error;
		before = state->avail_in;
		state->next_out = bytes;
		state->avail_out = room;
		error = isal_inflate(state);
		clear_vectors();
		if (error)
			give_up(window, -EBADMSG, error == ISAL_INCORRECT_CHECKSUM ?
				"the checksum of the compressed data is wrong" : "the compressed data are damaged");
		else if (state->block_state == ISAL_BLOCK_FINISH)
			end_member(gunzip);
		else if (state->avail_out == room && state->avail_in == before)
			give_up(window, -EBADMSG, "the compressed data are cut short");
		if (state->avail_out < room)
			return room - state->avail_out;
		if (window->error)
			return window->error;
	}
}

/* ---- the window ---- */

/* Makes room behind `end`: moves what is unread to the beginning, then grows. */
static int make_room(struct scap_window *window)
{
	size_t left = window->end - window->at;
	uint8_t *buffer;

	if (window->at) {
		memmove(window->buffer, window->buffer + window->at, left);
		window->base += window->at;
		window->at = 0;
		window->end = left;
	}
	if (left < window->capacity)
		return 0;
	buffer = realloc(window->buffer, window->capacity * 2);
	if (!buffer)
		return -ENOMEM;
	window->bytes = window->buffer = buffer;
	window->capacity *= 2;
	return 0;
}

int scap_window_fill(struct scap_window *window, size_t count)
{
	while (window->end - window->at < count && !window->ended) {
		uint8_t *to;
		size_t room;
		ssize_t n;

		if (make_room(window))
			return -ENOMEM;
		to = window->buffer + window->end;
		room = window->capacity - window->end;
		if (window->error)
			n = window->error;
		else
			n = window->gunzip ? inflate_some(window, to, room) : read_file(window, to, room);
		if (n < 0)
			window->error = (int)n;
		if (n <= 0)
			window->ended = true;
		else
			window->end += (size_t)n;
	}
	return 0;
}

static int new_buffer(struct scap_window *window)
{
	window->buffer = malloc(WINDOW_SIZE);
	if (!window->buffer)
		return -ENOMEM;
	window->bytes = window->buffer;
	window->capacity = WINDOW_SIZE;
	return 0;
}

static bool is_gzip(const uint8_t *bytes, size_t count)
{
	return count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static int new_gunzip(struct scap_window *window)
{
	struct scap_gunzip *gunzip = malloc(sizeof(*gunzip));

	if (!gunzip)
		return -ENOMEM;
	isal_inflate_init(&gunzip->state);
	gunzip->in_member = gunzip->input_ended = false;
	gunzip->memory_left = 0;
	gunzip->state.next_in = gunzip->buffer;
	gunzip->state.avail_in = 0;
	memset(gunzip->buffer, 0, REWIND);
	window->gunzip = gunzip;
	return 0;
}

/* The first bytes tell whether the file is compressed; they are read into the window, and are in the wrong place then. */
static int look(struct scap_window *window)
{
	struct scap_gunzip *gunzip;
	ssize_t n = 1;

	while (window->end < 2 && n > 0) {
		n = read_file(window, window->buffer + window->end, INPUT_SIZE - window->end);
		if (n < 0)
			return (int)n;
		window->end += (size_t)n;
	}
	if (!is_gzip(window->bytes, window->end))
		return 0;
	if (new_gunzip(window))
		return -ENOMEM;
	gunzip = window->gunzip;
	memcpy(gunzip->buffer + REWIND, window->buffer, window->end);
	gunzip->state.next_in = gunzip->buffer + REWIND;
	gunzip->state.avail_in = (uint32_t)window->end;
	window->end = 0;
	return 0;
}

int scap_window_open(struct scap_window *window, const char *path)
{
	struct stat st;
	int error;

	*window = (struct scap_window){ .fd = STDIN_FILENO };
	if (strcmp(path, "-")) {
		window->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (window->fd < 0)
			return -errno;
		window->owns_fd = true;
	}
	if (!fstat(window->fd, &st) && S_ISREG(st.st_mode))
		window->file_size = (uint64_t)st.st_size;
	error = new_buffer(window);
	if (!error)
		error = look(window);
	if (error)
		scap_window_fini(window);
	return error;
}

int scap_window_memory(struct scap_window *window, const void *bytes, size_t count)
{
	*window = (struct scap_window){ .fd = -1, .file_size = count };
	if (!is_gzip(bytes, count)) {
		window->bytes = bytes;
		window->end = window->file_position = count;
		window->ended = true;
		return 0;
	}
	if (new_buffer(window) || new_gunzip(window)) {
		scap_window_fini(window);
		return -ENOMEM;
	}
	/* libisal does not write through next_in */
	window->gunzip->state.next_in = (uint8_t *)(uintptr_t)bytes;
	window->gunzip->memory_left = count;
	return 0;
}

void scap_window_fini(struct scap_window *window)
{
	if (window->owns_fd)
		close(window->fd);
	free(window->gunzip);
	free(window->buffer);
}
