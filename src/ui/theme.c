#include "theme.h"

#include "cells.h"

enum { OWN = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

static const struct {
	struct look color;
	unsigned mono;     /* attributes without colours */
} looks[STYLE_HEAT] = {
	[STYLE_NORMAL] = { { OWN, OWN, 0 }, 0 },
	[STYLE_LABEL] = { { CYAN, OWN, 0 }, 0 },
	[STYLE_VALUE] = { { OWN, OWN, THEME_BOLD }, THEME_BOLD },
	[STYLE_TITLE] = { { BLACK, GREEN, 0 }, THEME_REVERSE },
	[STYLE_TITLE_SORTED] = { { BLACK, CYAN, 0 }, THEME_REVERSE | THEME_BOLD },
	[STYLE_SELECTED] = { { BLACK, CYAN, 0 }, THEME_REVERSE },
	[STYLE_KEY] = { { OWN, OWN, 0 }, 0 },
	[STYLE_KEY_LABEL] = { { BLACK, CYAN, 0 }, THEME_REVERSE },
	[STYLE_POPUP] = { { WHITE, BLUE, 0 }, 0 },
	[STYLE_POPUP_TITLE] = { { YELLOW, BLUE, THEME_BOLD }, THEME_BOLD },
	[STYLE_POPUP_SELECTED] = { { BLACK, CYAN, 0 }, THEME_REVERSE },
	[STYLE_DIM] = { { OWN, OWN, THEME_DIM }, THEME_DIM },
	[STYLE_GOOD] = { { GREEN, OWN, 0 }, 0 },
	[STYLE_WARNING] = { { YELLOW, OWN, THEME_BOLD }, THEME_BOLD },
	[STYLE_ERROR] = { { RED, OWN, THEME_BOLD }, THEME_BOLD | THEME_UNDERLINE },
	[STYLE_PATH] = { { CYAN, OWN, THEME_BOLD }, THEME_BOLD },
	[STYLE_MATCH] = { { BLACK, YELLOW, 0 }, THEME_UNDERLINE | THEME_BOLD },
	[STYLE_MARK] = { { OWN, OWN, THEME_REVERSE | THEME_BOLD }, THEME_REVERSE },
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

struct look theme_look(uint8_t style, int colors)
{
	struct look look;

	if (style >= STYLE_HEAT)
		return heat_look(style - STYLE_HEAT, colors);
	look = looks[style].color;
	if (colors < 8)
		return (struct look){ OWN, OWN, looks[style].mono };
	/* dimming is not seen everywhere, grey is */
	if (style == STYLE_DIM && colors >= 256)
		return (struct look){ 245, OWN, 0 };
	return look;
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
