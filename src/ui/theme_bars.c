/* The looks of a waterfall's bars: blue for a span's own time, and what stands on it in colours that differ from it in
 * lightness, too: files green, sockets light blue, waits yellow, failures red. */
#include "cells.h"
#include "theme.h"

#define BAR_STYLES (STYLES - STYLE_BAR)

/* For 8 and 16 colours, and for 256, on a dark screen and on a light one. */
static const short colors_few[BAR_STYLES] = { 4, 4, 4, 2, 6, 3, 7, 1 };
static const short colors_dark[BAR_STYLES] = { 25, 25, 67, 114, 123, 221, 252, 203 };
static const short colors_light[BAR_STYLES] = { 110, 110, 67, 28, 18, 94, 238, 160 };

struct look theme_bar_look(enum theme theme, uint8_t style, int colors)
{
	unsigned i = style - STYLE_BAR;
	struct look look = { -1, -1, 0 };

	if (i >= BAR_STYLES)
		return look;
	if (colors < 8) {
		look.attributes = style == STYLES - 1 ? THEME_BOLD : 0;
		return look;
	}
	look.foreground = colors < 256 ? colors_few[i] : theme == THEME_LIGHT ? colors_light[i] : colors_dark[i];
	if (style == STYLE_BAR_UNDER)
		look.background = look.foreground;
	return look;
}
