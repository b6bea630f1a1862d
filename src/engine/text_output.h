/* Text that is being written into room of a fixed size: what fits is kept, all is counted. */
#ifndef ENGINE_TEXT_OUTPUT_H
#define ENGINE_TEXT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "copy_bytes.h"

struct text_output {
	char *text;
	size_t size;
	size_t kept;
	size_t length;
	size_t meaning;          /* where it begins, in the bracket that says what is before it means; 0: there is none */
};

/* The rest of the functions below, where the room may not do. */
void put_bytes_cut(struct text_output *output, const char *bytes, size_t count);

static inline void put_bytes(struct text_output *output, const char *bytes, size_t count)
{
	/* once something was cut, length is beyond size */
	if (__builtin_expect(output->length + count >= output->size, 0)) {
		put_bytes_cut(output, bytes, count);
		return;
	}
	copy_bytes(output->text + output->length, bytes, count);
	output->length += count;
	output->kept = output->length;
}

static inline void put_char(struct text_output *output, char c)
{
	put_bytes(output, &c, 1);
}

static inline void put_word(struct text_output *output, const char *word)
{
	put_bytes(output, word, strlen(word));
}

/* The end of the value is a bracket with its meaning. */
static inline void put_bracket(struct text_output *output)
{
	put_char(output, '(');
	output->meaning = output->length;
}

/* Writes digits that end at `end`, at most 20; returns where they begin. */
char *decimal_before(char *end, uint64_t number);
void put_unsigned(struct text_output *output, uint64_t number, unsigned base);
void put_decimal(struct text_output *output, uint64_t number);
/* With zeros in front, to this many digits (at most 20). */
void put_padded(struct text_output *output, uint64_t number, unsigned digits);
void put_hex_upper(struct text_output *output, uint64_t number);
/* With 0x in front, but for 0. */
void put_hex(struct text_output *output, uint64_t number);

static inline void put_signed(struct text_output *output, int64_t number)
{
	if (number < 0)
		put_char(output, '-');
	put_decimal(output, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

/* All of them or none. */
void put_whole(struct text_output *output, const char *bytes, size_t count);
/* Copies bytes; what must not reach a terminal becomes escapes or, in data, dots. */
void put_escaped(struct text_output *output, const char *bytes, size_t count, bool dots);

/* Ends the text with a NUL. */
static inline void output_end(struct text_output *output)
{
	if (output->size)
		output->text[output->kept] = '\0';
}

#endif
