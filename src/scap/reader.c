#include "reader_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SECTION_SIZE 28          /* of a section header without options */
#define EVENT_SIZE 40            /* of the block of an event without parameters */

/* ---- what is wrong ---- */

static const char *of_what(const struct scap_reader *reader)
{
	return reader->window.gunzip ? " of the uncompressed data" : "";
}

int scap_reader_fail(struct scap_reader *reader, size_t at, const char *format, ...)
{
	int n = snprintf(reader->error, sizeof(reader->error), "damaged at byte %" PRIu64 "%s: ",
			 reader->window.base + at, of_what(reader));
	va_list args;

	va_start(args, format);
	vsnprintf(reader->error + n, sizeof(reader->error) - (size_t)n, format, args);
	va_end(args);
	reader->status = -EBADMSG;
	return reader->status;
}

/* The stream ended. Returns 0 if that is where a block may begin, else a negative errno. */
static int end_of_stream(struct scap_reader *reader)
{
	const struct scap_window *window = &reader->window;
	uint64_t end = window->base + window->end;

	if (window->error == -EBADMSG)
		return scap_reader_fail(reader, window->end, "%s", window->damage);
	if (window->error) {
		snprintf(reader->error, sizeof(reader->error), "cannot be read at byte %" PRIu64 "%s: %s", end,
			 of_what(reader), strerror(-window->error));
		reader->status = window->error;
		return window->error;
	}
	if (window->at == window->end)
		return 0;
	snprintf(reader->error, sizeof(reader->error), "cut short at byte %" PRIu64 "%s: the block at byte %" PRIu64
		 " is not whole", end, of_what(reader), window->base + window->at);
	reader->status = -EBADMSG;
	return -EBADMSG;
}

/* ---- reading ---- */

/* Reads on until `count` bytes are in the window, if there are so many. 0 or -ENOMEM. */
static int fill(struct scap_reader *reader, size_t count)
{
	int error = scap_window_fill(&reader->window, count);

	reader->counts.file_position = reader->window.file_position;
	reader->counts.file_size = reader->window.file_size;
	return error;
}

static int bad_length(struct scap_reader *reader, const uint8_t *block, size_t left, uint32_t length)
{
	/* the length of a header of the other byte order is nonsense */
	const char *fault = scap_u32(block) == SCAP_BLOCK_SECTION && left >= 12 ? scap_section_fault(block, left) : NULL;

	return fault ? scap_reader_fail(reader, reader->window.at, "%s", fault) :
		       scap_reader_fail(reader, reader->window.at, "a block of %" PRIu32 " bytes", length);
}

/* Size of the block that comes next, if the window has it and it is an event as nearly all are: with one bounds check
 * for its fixed part, for the lengths of its parameters, and for their values. Else 0. */
static inline size_t event_size(const struct scap_reader *reader)
{
	const struct scap_window *window = &reader->window;
	const uint8_t *block = window->bytes + window->at;
	size_t left = window->end - window->at, total, type;

	if (left < EVENT_SIZE || reader->list.kind || scap_u32(block) != SCAP_BLOCK_EVENT)
		return 0;
	total = scap_u32(block + 4);
	type = scap_u16(block + 30);
	return total >= EVENT_SIZE && total <= left && type < SCAP_TYPES && reader->is_usual[type] ? total : 0;
}

/* Such an event. Whether all is well with it; if not, step() will say what is wrong. */
static inline bool read_usual(struct scap_reader *reader, size_t total, struct scap_record *record)
{
	const uint8_t *block = reader->window.bytes + reader->window.at;
	size_t size = scap_u32(block + 26), count = scap_u32(block + 32), values = 0;

	if (size < 26 || size > total - 14 || count > (size - 26) / 2)
		return false;
	for (size_t i = 0; i < count; i++)
		values += scap_u16(block + EVENT_SIZE - 4 + 2 * i);
	size = 2 * count + values;
	if (size > scap_u32(block + 26) - 26)
		return false;
	*record = (struct scap_record){
		.time = scap_u64(block + 10), .tid = scap_u64(block + 18), .cpu = scap_u16(block + 8),
		.type = scap_u16(block + 30), .nparams = (uint16_t)count, .size = (uint32_t)size,
		.params = block + EVENT_SIZE - 4,
	};
	return true;
}

/* The next item of the window: 1; 0: reader->need bytes must be there first; or -EBADMSG. */
static int step(struct scap_reader *reader, struct scap_item *item)
{
	struct scap_window *window = &reader->window;

	for (;;) {
		const uint8_t *block = window->bytes + window->at;
		size_t left = window->end - window->at;
		uint32_t type, total;
		int got;

		if (reader->list.kind) {
			got = scap_read_entry(reader, item);
			if (got)
				return got;
			continue;
		}
		reader->need = 8;
		if (left < reader->need)
			return 0;
		type = scap_u32(block);
		total = scap_u32(block + 4);
		if (total < SCAP_BLOCK_FRAME || total > SCAP_BLOCK_MAX)
			return bad_length(reader, block, left, total);
		reader->need = total;
		if (left < total)
			return 0;
		got = scap_is_event(type) ? scap_read_event(reader, type, total, item) :
					    scap_read_block(reader, type, total, item);
		if (got < 0)
			return got;
		if (!reader->list.kind)
			window->at += total;
		if (got)
			return got;
	}
}

bool scap_reader_has_next(struct scap_reader *reader)
{
	if (reader->has_ahead || reader->status)
		return reader->has_ahead;
	if (event_size(reader))
		return true;
	reader->has_ahead = step(reader, &reader->ahead) > 0;
	return reader->has_ahead;
}

bool scap_reader_next_event(struct scap_reader *reader, struct scap_record *record)
{
	struct scap_window *window = &reader->window;
	size_t total = event_size(reader);

	if (!total || reader->has_ahead || reader->status || !read_usual(reader, total, record))
		return false;
	reader->has_events = true;
	reader->counts.events++;
	window->at += total;
	reader->counts.position = window->base + window->at;
	return true;
}

int scap_reader_next(struct scap_reader *reader, struct scap_item *item)
{
	struct scap_window *window = &reader->window;
	int got;

	if (reader->has_ahead) {
		reader->has_ahead = false;
		*item = reader->ahead;
		return 1;
	}
	while (!reader->status) {
		got = step(reader, item);
		reader->counts.position = window->base + window->at;
		if (got)
			return got;
		got = fill(reader, reader->need);
		if (got)
			return got;
		if (window->end - window->at < reader->need)
			return end_of_stream(reader);
	}
	return reader->status;
}

const char *scap_reader_error(const struct scap_reader *reader)
{
	return reader->error;
}

const struct scap_counts *scap_reader_counts(const struct scap_reader *reader)
{
	return &reader->counts;
}

/* ---- open and close ---- */

static void say(char *error, size_t size, const char *text)
{
	if (size)
		snprintf(error, size, "%s", text);
}

/* Looks at the first header without reading it. Whether the file is one that can be read. */
static bool check_header(struct scap_reader *reader, char *error, size_t size)
{
	struct scap_window *window = &reader->window;
	const char *fault;

	if (fill(reader, SECTION_SIZE)) {
		say(error, size, "not enough memory");
		return false;
	}
	if (window->error && window->end < SECTION_SIZE) {
		say(error, size, window->damage ? window->damage : strerror(-window->error));
		return false;
	}
	fault = window->end ? scap_section_fault(window->bytes, window->end) : "the file is empty";
	if (fault)
		say(error, size, fault);
	return !fault;
}

static struct scap_reader *finish_open(struct scap_reader *reader, int status, char *error, size_t size)
{
	if (status) {
		say(error, size, strerror(-status));
		free(reader);
		return NULL;
	}
	for (unsigned i = 0; i < SCAP_TYPES; i++)
		reader->is_usual[i] = scap_type(i) && !(scap_types[i].flags & SCAP_LARGE_PAYLOAD);
	if (!check_header(reader, error, size)) {
		scap_reader_close(reader);
		return NULL;
	}
	return reader;
}

struct scap_reader *scap_reader_open(const char *path, char *error, size_t size)
{
	struct scap_reader *reader = calloc(1, sizeof(*reader));

	return finish_open(reader, reader ? scap_window_open(&reader->window, path) : -ENOMEM, error, size);
}

struct scap_reader *scap_reader_memory(const void *bytes, size_t count, char *error, size_t size)
{
	struct scap_reader *reader = calloc(1, sizeof(*reader));

	return finish_open(reader, reader ? scap_window_memory(&reader->window, bytes, count) : -ENOMEM, error, size);
}

void scap_reader_close(struct scap_reader *reader)
{
	if (!reader)
		return;
	scap_window_fini(&reader->window);
	free(reader);
}
