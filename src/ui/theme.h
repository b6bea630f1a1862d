/* What styles look like, by the colours a terminal has. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdint.h>

enum theme_attribute {
	THEME_BOLD = 1,
	THEME_DIM = 2,
	THEME_REVERSE = 4,
	THEME_UNDERLINE = 8,
};

struct look {
	short foreground, background;  /* palette numbers, -1 the terminal's own */
	unsigned attributes;           /* enum theme_attribute */
};

/* colors: of the terminal; less than 8 is none. */
struct look theme_look(uint8_t style, int colors);
/* What stands for a character where only ASCII is shown. */
char theme_ascii(uint32_t character);

#endif
