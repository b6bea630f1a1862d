/* Can every theme be read? Contrast is that of the Web Content Accessibility Guidelines (relative luminance of sRGB,
 * (L1 + 0.05) / (L2 + 0.05)), with the palette that xterm has: at least 3 everywhere, 7 in high contrast. */
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/ui/cells.h"
#include "src/ui/theme.h"

/* xterm's XTerm-col.ad */
static const uint32_t xterm[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

/* xterm's 256colres.h: a cube of 6 x 6 x 6, then 24 greys. */
static uint32_t palette(int n)
{
	static const uint32_t levels[6] = { 0, 95, 135, 175, 215, 255 };

	if (n < 16)
		return xterm[n];
	if (n < 232)
		return levels[(n - 16) / 36] << 16 | levels[(n - 16) / 6 % 6] << 8 | levels[(n - 16) % 6];
	return (uint32_t)(8 + 10 * (n - 232)) * 0x010101;
}

static double linear(uint32_t byte)
{
	double c = byte / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t color)
{
	return 0.2126 * linear(color >> 16) + 0.7152 * linear(color >> 8 & 255) + 0.0722 * linear(color & 255);
}

static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

/* Half as bright: what terminals make of dim, or less than that. */
static uint32_t dimmed(uint32_t color)
{
	return (color >> 1) & 0x7f7f7f;
}

/* The least contrast that a look can have: bold may be shown as bright. A terminal's own colours are xterm's white on
 * its black, as the default theme supposes. */
static double look_contrast(struct look look)
{
	int fore = look.foreground < 0 ? 7 : look.foreground, back = look.background < 0 ? 0 : look.background;
	uint32_t color = palette(fore);
	double least;

	if (look.attributes & THEME_DIM)
		color = dimmed(color);
	least = contrast(color, palette(back));
	if (look.attributes & THEME_BOLD && fore < 8)
		least = fmin(least, contrast(palette(fore + 8), palette(back)));
	return least;
}

static void the_arithmetic_is_that_of_the_guidelines(void **state)
{
	(void)state;
	assert_true(fabs(contrast(0xffffff, 0x000000) - 21) < 0.001);
	assert_true(fabs(contrast(0x777777, 0xffffff) - 4.48) < 0.01);   /* known as just not enough for AA */
	assert_int_equal(palette(16), 0x000000);
	assert_int_equal(palette(231), 0xffffff);
	assert_int_equal(palette(208), 0xff8700);
	assert_int_equal(palette(245), 0x8a8a8a);
}

static void every_style_can_be_read(void **state)
{
	static const int colors[] = { 8, 16, 256 };

	(void)state;
	for (int theme = 0; theme < THEMES; theme++)
		for (size_t i = 0; i < sizeof(colors) / sizeof(*colors); i++)
			for (uint8_t style = 0; style < STYLE_HEAT; style++) {
				struct look look = theme_look((enum theme)theme, style, colors[i]);
				double least = theme == THEME_HIGH_CONTRAST ? 7 : 3, is = look_contrast(look);

				if (is < least)
					fail_msg("%s with %d colours: style %u has %.2f", theme_name((enum theme)theme), colors[i], style,
						 is);
				assert_true(look.foreground < colors[i] && look.background < colors[i]);
			}
}

/* On a terminal that is dark where the theme is light, nothing may be left to the terminal. */
static void painted_themes_paint_everything(void **state)
{
	static const enum theme painted[] = { THEME_HIGH_CONTRAST, THEME_LIGHT };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (int colors = 8; colors <= 256; colors *= colors == 8 ? 2 : 16)
			for (uint8_t style = 0; style <= STYLE_HEAT; style++) {
				struct look look = theme_look(painted[i], style, colors);

				assert_true(look.foreground >= 0);
				assert_true(look.background >= 0);
			}
}

static bool same(struct look a, struct look b)
{
	return a.foreground == b.foreground && a.background == b.background && a.attributes == b.attributes;
}

/* What a user must tell apart differs from plain text, and the selected row from all that rows look like. */
static void what_matters_stands_out(void **state)
{
	static const uint8_t marks[] = {
		STYLE_TITLE, STYLE_SELECTED, STYLE_POPUP_SELECTED, STYLE_WARNING, STYLE_ERROR, STYLE_MATCH, STYLE_MARK,
		STYLE_KEY_LABEL,
	};
	static const int colors[] = { 0, 8, 16, 256 };

	(void)state;
	for (int theme = 0; theme < THEMES; theme++)
		for (size_t i = 0; i < sizeof(colors) / sizeof(*colors); i++) {
			struct look selected = theme_look((enum theme)theme, STYLE_SELECTED, colors[i]);

			for (size_t k = 0; k < sizeof(marks); k++)
				assert_false(same(theme_look((enum theme)theme, marks[k], colors[i]),
						  theme_look((enum theme)theme, STYLE_NORMAL, colors[i])));
			assert_false(same(selected, theme_look((enum theme)theme, STYLE_ERROR, colors[i])));
			assert_false(same(selected, theme_look((enum theme)theme, STYLE_WARNING, colors[i])));
			assert_false(same(theme_look((enum theme)theme, STYLE_POPUP, colors[i]),
					  theme_look((enum theme)theme, STYLE_POPUP_SELECTED, colors[i])));
		}
}

static void without_colours_there_are_none(void **state)
{
	(void)state;
	for (int theme = 0; theme < THEMES; theme++)
		for (int style = 0; style < STYLE_HEAT + HEAT_LEVELS; style++) {
			struct look look = theme_look((enum theme)theme, (uint8_t)style, 0);
			struct look mono = theme_look(THEME_MONO, (uint8_t)style, 256);

			assert_int_equal(look.foreground, -1);
			assert_int_equal(look.background, -1);
			assert_int_equal(mono.foreground, -1);
			assert_int_equal(mono.background, -1);
		}
}

static void names_lead_to_themes(void **state)
{
	static const char *const names[] = { "default", "mono", "high-contrast", "light" };
	enum theme theme = THEME_LIGHT;

	(void)state;
	assert_false(theme_parse("", &theme));
	assert_false(theme_parse("Light", &theme));
	assert_int_equal(theme, THEME_LIGHT);
	for (size_t i = 0; i < THEMES; i++) {
		assert_true(theme_parse(names[i], &theme));
		assert_string_equal(theme_name(theme), names[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_arithmetic_is_that_of_the_guidelines),
		cmocka_unit_test(every_style_can_be_read),
		cmocka_unit_test(painted_themes_paint_everything),
		cmocka_unit_test(what_matters_stands_out),
		cmocka_unit_test(without_colours_there_are_none),
		cmocka_unit_test(names_lead_to_themes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
