/* UTF-8, strictly: no overlong forms, no surrogates, nothing beyond the last code point. */
#ifndef ENGINE_UTF8_H
#define ENGINE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes one UTF-8 character of size > 0 bytes; returns its bytes, 0 if it is broken or cut. */
size_t utf8_decode(const char *text, size_t size, uint32_t *character);
/* Encodes a character into at most 4 bytes (no NUL); returns their number. */
size_t utf8_encode(uint32_t character, char *text);

#endif
