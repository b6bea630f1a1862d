/* A line that grows: what formats write their values with. */
#ifndef ENGINE_FORMAT_TEXT_H
#define ENGINE_FORMAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "copy_bytes.h"

/* Starts zeroed; bytes is freed by its owner. */
struct format_text {
	char *bytes;
	size_t size, room;
	bool failed;              /* memory was out: something is missing */
};

bool format_grow(struct format_text *text, size_t more);

static inline bool format_reserve(struct format_text *text, size_t more)
{
	return text->room - text->size >= more || format_grow(text, more);
}

static inline void format_bytes(struct format_text *text, const char *bytes, size_t size)
{
	if (size && format_reserve(text, size)) {
		copy_bytes(text->bytes + text->size, bytes, size);
		text->size += size;
	}
}

static inline void format_byte(struct format_text *text, char byte)
{
	format_bytes(text, &byte, 1);
}

void format_uint(struct format_text *text, uint64_t number);
void format_int(struct format_text *text, int64_t number);
/* With zeros in front up to nine digits. */
void format_nine_digits(struct format_text *text, uint64_t number);
/* Upper case, no prefix. */
void format_hex(struct format_text *text, uint64_t number);
/* Quoted; what is beyond ASCII as \uXXXX, broken UTF-8 as sysdig's JSON has it. */
void format_json_string(struct format_text *text, const char *bytes, size_t size);
/* Cuts what was written since `start` to width bytes, or fills it with blanks. */
void format_fit(struct format_text *text, size_t start, size_t width);

#endif
