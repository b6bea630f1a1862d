/* What styles look like, by the colours a terminal has. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum theme {
	THEME_DEFAULT,        /* the terminal's own colours, which are light on dark, and its palette */
	THEME_MONO,           /* bold, reverse and underline only */
	THEME_HIGH_CONTRAST,  /* white on black, and few colours */
	THEME_LIGHT,          /* black on white */
	THEMES,
};

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
struct look theme_look(enum theme theme, uint8_t style, int colors);
/* Colour, 0xrrggbb, of a heat of 1 to HEAT_LEVELS - 1 where a terminal takes 24 bits: the more, the brighter, on a light
 * screen the darker, by steps that look even. */
uint32_t theme_heat_rgb(enum theme theme, unsigned level);
/* The same of the styles of bars (STYLE_BAR and those that follow). */
struct look theme_bar_look(enum theme theme, uint8_t style, int colors);
/* As --theme and the settings file call it. */
const char *theme_name(enum theme theme);
/* False if there is no theme of this name; then *theme stays. */
bool theme_parse(const char *name, enum theme *theme);
/* What stands for a character where only ASCII is shown. */
char theme_ascii(uint32_t character);

#endif
