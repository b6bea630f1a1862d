/* Cells a Unicode character takes, by a table of our own: the C library's depends on the locale. */
#ifndef UI_CHARACTER_WIDTH_H
#define UI_CHARACTER_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/* 0 combining or control, 1, or 2. */
int character_width(uint32_t character);
#endif
