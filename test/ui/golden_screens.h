/* Golden screens: what a script of keys leads to, characters and meanings of all cells, at several sizes. Whoever renews
 * one (UPDATE_GOLDEN=1) has looked at it. */
#ifndef TEST_GOLDEN_SCREENS_H
#define TEST_GOLDEN_SCREENS_H

#include "screen.h"

enum golden_size {
	GOLDEN_80x24 = 1,
	GOLDEN_200x50 = 2,
	GOLDEN_40x10 = 4,
	GOLDEN_ASCII = 8,          /* 80x24 again, without characters beyond ASCII */
};

struct golden {
	const char *name;          /* test/ui/golden/NAME-SIZE.txt */
	const char *keys;
	unsigned sizes;            /* enum golden_size */
	struct screen_choice choice;
};

void golden_compare(const struct golden *golden);

#endif
