/* Cells a Unicode character takes, by a table of our own: the C library's depends on the locale. */
#ifndef UI_CHARACTER_WIDTH_H
#define UI_CHARACTER_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/* 0 combining or control, 1, or 2. */
int character_width(uint32_t character);
/* Decodes one UTF-8 character of size > 0 bytes; returns its bytes, 0 if it is broken or cut. */
size_t utf8_decode(const char *text, size_t size, uint32_t *character);
/* Encodes a character into at most 4 bytes (no NUL); returns their number. */
size_t utf8_encode(uint32_t character, char *text);

#endif
