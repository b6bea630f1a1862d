/* The looks of styles. The default theme leaves foreground and background to the terminal, and takes the rest from
 * the palette that its user chose. High contrast and light paint the whole screen, so that what was measured is
 * what is seen: at least 7 and 3 to 1 of luminance with xterm's palette. Where a terminal has 256 colours they use
 * those that no palette changes (16 to 255). Bold is shown bright by many terminals: no dark colour is bold. */
#include "theme.h"

#include <string.h>

#include "cells.h"

enum { OWN = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, GREY, BRIGHT_WHITE = 15 };

/* Fixed colours of terminals with 256. */
enum {
	INK = 16, PAPER = 231, NAVY = 18, DEEP_BLUE = 25, DARK_GREEN = 22, DARK_GREY = 241, BROWN = 94, DARK_RED = 124,
	SKY = 153, PALE_GREEN = 157, PALE_RED = 217, PALE_GREY = 250, LEMON = 228, AQUA = 51, DIM_GREY = 245,
};

/* A row for each style; [0] for 8 and 16 colours, [1] for 256. A look of zeros is not told: it is the theme's plain one. */
static const struct {
	struct look usual;
	unsigned mono;     /* attributes without colours */
	struct look contrast[2], light[2];
} looks[STYLE_HEAT] = {
	[STYLE_NORMAL] = { { OWN, OWN, 0 }, 0 },
	[STYLE_LABEL] = { { CYAN, OWN, 0 }, 0, { { CYAN, OWN, 0 }, { AQUA, OWN, 0 } },
			  { { BLUE, OWN, 0 }, { DEEP_BLUE, OWN, 0 } } },
	[STYLE_VALUE] = { { OWN, OWN, THEME_BOLD }, THEME_BOLD, { { OWN, OWN, THEME_BOLD }, { OWN, OWN, THEME_BOLD } },
			  { { 0 }, { OWN, OWN, THEME_BOLD } } },
	[STYLE_TITLE] = { { BLACK, GREEN, 0 }, THEME_REVERSE, { { BLACK, GREEN, 0 }, { INK, PALE_GREEN, 0 } },
			  { { BLACK, GREEN, 0 }, { INK, PALE_GREEN, 0 } } },
	[STYLE_TITLE_SORTED] = { { BLACK, CYAN, 0 }, THEME_REVERSE | THEME_BOLD,
				 { { BLACK, YELLOW, 0 }, { INK, LEMON, THEME_BOLD } },
				 { { BLACK, CYAN, 0 }, { INK, SKY, THEME_BOLD } } },
	[STYLE_SELECTED] = { { BLACK, CYAN, 0 }, THEME_REVERSE, { { BLACK, YELLOW, 0 }, { INK, LEMON, THEME_BOLD } },
			     { { WHITE, BLUE, 0 }, { PAPER, DEEP_BLUE, 0 } } },
	[STYLE_KEY] = { { OWN, OWN, 0 }, 0, { { OWN, OWN, THEME_BOLD }, { OWN, OWN, THEME_BOLD } } },
	[STYLE_KEY_LABEL] = { { BLACK, CYAN, 0 }, THEME_REVERSE, { { BLACK, WHITE, 0 }, { INK, PAPER, 0 } },
			      { { BLACK, CYAN, 0 }, { INK, SKY, 0 } } },
	[STYLE_POPUP] = { { WHITE, BLUE, 0 }, 0, { { WHITE, BLACK, 0 }, { PAPER, NAVY, 0 } },
			  { { BLACK, CYAN, 0 }, { INK, 254, 0 } } },
	[STYLE_POPUP_TITLE] = { { YELLOW, BLUE, THEME_BOLD }, THEME_BOLD,
				{ { YELLOW, BLACK, THEME_BOLD }, { LEMON, NAVY, THEME_BOLD } },
				{ { BLACK, CYAN, 0 }, { DEEP_BLUE, 254, THEME_BOLD } } },
	[STYLE_POPUP_SELECTED] = { { BLACK, CYAN, 0 }, THEME_REVERSE,
				   { { BLACK, YELLOW, 0 }, { INK, LEMON, THEME_BOLD } },
				   { { WHITE, BLUE, 0 }, { PAPER, DEEP_BLUE, 0 } } },
	[STYLE_POPUP_DIM] = { { CYAN, BLUE, 0 }, THEME_DIM, { { CYAN, BLACK, 0 }, { PALE_GREY, NAVY, 0 } },
			      { { BLUE, CYAN, 0 }, { DARK_GREY, 254, 0 } } },
	[STYLE_DIM] = { { OWN, OWN, THEME_DIM }, THEME_DIM, { { OWN, OWN, 0 }, { PALE_GREY, OWN, 0 } },
			{ { BLACK, OWN, THEME_DIM }, { DARK_GREY, OWN, 0 } } },
	[STYLE_GOOD] = { { GREEN, OWN, 0 }, 0, { { GREEN, OWN, 0 }, { PALE_GREEN, OWN, 0 } },
			 { { BLUE, OWN, 0 }, { DARK_GREEN, OWN, 0 } } },
	[STYLE_WARNING] = { { YELLOW, OWN, THEME_BOLD }, THEME_BOLD,
			    { { YELLOW, OWN, THEME_BOLD }, { LEMON, OWN, THEME_BOLD } },
			    { { MAGENTA, OWN, 0 }, { BROWN, OWN, THEME_BOLD } } },
	[STYLE_ERROR] = { { RED, OWN, THEME_BOLD }, THEME_BOLD | THEME_UNDERLINE,
			  { { YELLOW, OWN, THEME_BOLD | THEME_UNDERLINE }, { PALE_RED, OWN, THEME_BOLD } },
			  { { RED, OWN, 0 }, { DARK_RED, OWN, THEME_BOLD } } },
	[STYLE_PATH] = { { CYAN, OWN, THEME_BOLD }, THEME_BOLD, { { CYAN, OWN, THEME_BOLD }, { AQUA, OWN, THEME_BOLD } },
			 { { BLUE, OWN, 0 }, { DEEP_BLUE, OWN, THEME_BOLD } } },
	[STYLE_MATCH] = { { BLACK, YELLOW, 0 }, THEME_UNDERLINE | THEME_BOLD, { { BLACK, CYAN, 0 }, { INK, AQUA, 0 } },
			  { { BLACK, YELLOW, 0 }, { INK, LEMON, 0 } } },
	[STYLE_MARK] = { { OWN, OWN, THEME_REVERSE | THEME_BOLD }, THEME_REVERSE,
			 { { OWN, OWN, THEME_REVERSE }, { OWN, OWN, THEME_REVERSE } },
			 { { OWN, OWN, THEME_REVERSE }, { OWN, OWN, THEME_REVERSE } } },
};

/* From few to many: dark green, yellow, orange, red. */
static const short heat[HEAT_LEVELS] = {
	-1, 22, 28, 64, 34, 2, 76, 46, 118, 154, 191, 227, 226, 11, 220, 209, 208, 202, 197, 9,
};

static struct look heat_look(unsigned level, int colors)
{
	static const short few[] = { GREEN, YELLOW, RED };
	unsigned step;

	if (level >= HEAT_LEVELS)
		level = HEAT_LEVELS - 1;
	if (!level)
		return (struct look){ OWN, OWN, 0 };
	if (colors >= 256)
		return (struct look){ heat[level], heat[level], 0 };
	step = (level - 1) * 6 / (HEAT_LEVELS - 1);
	return (struct look){ colors >= 8 ? few[step / 2] : OWN, OWN, step % 2 ? THEME_BOLD : 0 };
}

/* Ten steps through violet, red, orange and yellow, of rising lightness: whoever cannot tell red from green sees it, too. */
static const uint32_t ramp[] = {
	0x160b39, 0x420a68, 0x6a176e, 0x932667, 0xbc3754, 0xdd513a, 0xf37819, 0xfca50a, 0xf6d746, 0xfcffa4,
};
enum { RAMP_STEPS = sizeof(ramp) / sizeof(*ramp) - 1 };

/* The few first levels must show on the screen's own background: the ends of the ramp next to it stay out. */
uint32_t theme_heat_rgb(enum theme theme, unsigned level)
{
	unsigned last = HEAT_LEVELS - 1, first = theme == THEME_LIGHT ? 7 : 1;
	unsigned part, at, rgb = 0;

	level = level < 1 ? 1 : level > last ? last : level;
	/* in steps of 1/(last - 1) of the ramp's */
	part = theme == THEME_LIGHT ? first * (last - 1) - first * (level - 1) :
				      first * (last - 1) + (RAMP_STEPS - first) * (level - 1);
	at = part / (last - 1);
	part %= last - 1;
	for (int shift = 0; shift <= 16; shift += 8) {
		unsigned low = ramp[at] >> shift & 255, high = ramp[at < RAMP_STEPS ? at + 1 : at] >> shift & 255;

		rgb |= (low * (last - 1 - part) + high * part) / (last - 1) << shift;
	}
	return rgb;
}

/* What a theme paints where a look leaves the choice to it. */
static void paint_own(enum theme theme, int colors, struct look *look)
{
	int white = colors >= 256 ? PAPER : colors >= 16 ? BRIGHT_WHITE : WHITE, black = colors >= 256 ? INK : BLACK;

	if (theme != THEME_HIGH_CONTRAST && theme != THEME_LIGHT)
		return;
	if (look->foreground == OWN)
		look->foreground = (short)(theme == THEME_LIGHT ? black : white);
	if (look->background == OWN)
		look->background = (short)(theme == THEME_LIGHT ? white : black);
}

static bool is_told(const struct look *look)
{
	return look->foreground || look->background || look->attributes;
}

static struct look style_look(enum theme theme, uint8_t style, int colors)
{
	const struct look *own = NULL;

	if (theme == THEME_HIGH_CONTRAST)
		own = &looks[style].contrast[colors >= 256];
	else if (theme == THEME_LIGHT)
		own = &looks[style].light[colors >= 256];
	if (own)
		return is_told(own) ? *own : (struct look){ OWN, OWN, 0 };
	/* dimming is not seen everywhere, grey is */
	if (style == STYLE_DIM && colors >= 256)
		return (struct look){ DIM_GREY, OWN, 0 };
	return looks[style].usual;
}

struct look theme_look(enum theme theme, uint8_t style, int colors)
{
	struct look look;

	if (theme == THEME_MONO)
		colors = 0;
	if (style >= STYLE_BAR)
		look = theme_bar_look(theme, style, colors);
	else if (style >= STYLE_HEAT)
		look = heat_look(style - STYLE_HEAT, colors);
	else if (colors < 8)
		return (struct look){ OWN, OWN, looks[style].mono };
	else
		look = style_look(theme, style, colors);
	if (colors >= 8)
		paint_own(theme, colors, &look);
	return look;
}

static const char *const names[THEMES] = {
	[THEME_DEFAULT] = "default", [THEME_MONO] = "mono", [THEME_HIGH_CONTRAST] = "high-contrast",
	[THEME_LIGHT] = "light",
};

const char *theme_name(enum theme theme)
{
	return names[theme];
}

bool theme_parse(const char *name, enum theme *theme)
{
	for (int i = 0; i < THEMES; i++)
		if (!strcmp(names[i], name)) {
			*theme = (enum theme)i;
			return true;
		}
	return false;
}

char theme_ascii(uint32_t character)
{
	static const struct {
		uint32_t character;
		char ascii;
	} others[] = {
		{ 0x00b5, 'u' }, { 0x00b7, '.' }, { 0x00d7, 'x' }, { 0x2013, '-' }, { 0x2014, '-' }, { 0x2022, '*' },
		{ 0x2026, '.' }, { 0x203a, '>' }, { 0x2190, '<' }, { 0x2191, '^' }, { 0x2192, '>' }, { 0x2193, 'v' },
		{ 0x2500, '-' }, { 0x2501, '-' }, { 0x2502, '|' }, { 0x2503, '|' }, { 0x2550, '-' }, { 0x2551, '|' },
		{ 0x2581, '_' }, { 0x2582, '.' }, { 0x2583, '-' }, { 0x2585, '+' }, { 0x2586, '*' }, { 0x2587, '%' },
		{ 0x2591, '-' }, { 0x2592, '+' }, { 0x2593, '#' }, { 0x2588, '@' }, { 0x25b2, '^' }, { 0x25b4, '^' },
		{ 0x25b6, '>' }, { 0x25b8, '>' }, { 0x25bc, 'v' }, { 0x25be, 'v' }, { 0x25c0, '<' }, { 0x25c2, '<' },
		{ 0x25cf, '*' }, { 0x2713, '*' },
	};

	if (character >= 0x20 && character < 0x7f)
		return (char)character;
	for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (others[i].character == character)
			return others[i].ascii;
	if (character >= 0x2500 && character < 0x2580)
		return '+';
	if (character >= 0x2580 && character < 0x25a0)
		return '#';
	return '?';
}
