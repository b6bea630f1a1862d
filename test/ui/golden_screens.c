#include "golden_screens.h"

#include <stdio.h>

static void compare(const struct golden *golden, const char *suffix, int rows, int columns, bool ascii)
{
	struct screen_choice choice = golden->choice;
	struct screen screen;
	char name[80];

	choice.rows = rows;
	choice.columns = columns;
	choice.ascii = ascii;
	screen_open_choice(&screen, &choice);
	screen_type(&screen, golden->keys);
	snprintf(name, sizeof(name), "%s-%s%dx%d", golden->name, suffix, columns, rows);
	screen_expect_styles(&screen, name);
	screen_close(&screen);
}

void golden_compare(const struct golden *golden)
{
	if (golden->sizes & GOLDEN_80x24)
		compare(golden, "", 24, 80, false);
	if (golden->sizes & GOLDEN_200x50)
		compare(golden, "", 50, 200, false);
	if (golden->sizes & GOLDEN_40x10)
		compare(golden, "", 10, 40, false);
	if (golden->sizes & GOLDEN_ASCII)
		compare(golden, "ascii-", 24, 80, true);
}
