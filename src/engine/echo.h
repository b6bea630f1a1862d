/* Data that was read or written, as lines in one of three forms. */
#ifndef ENGINE_ECHO_H
#define ENGINE_ECHO_H

#include <stddef.h>
#include <stdint.h>

#include "format_text.h"

enum echo_form {
	ECHO_DOTTED,     /* one line; what is not printable ASCII is a dot */
	ECHO_PRINTABLE,  /* its own lines; what does not print is left out */
	ECHO_HEX,        /* 16 bytes a line: offset, bytes in pairs, ASCII */
};

/* Lines that data of this size takes; 0 without data. */
uint32_t echo_rows(enum echo_form form, const char *data, size_t size);
/* Appends line `row` of them. Only printable text and tabs. */
void echo_put_row(struct format_text *text, enum echo_form form, const char *data, size_t size, uint32_t row);

#endif
