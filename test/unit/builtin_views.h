/* The views that are built in, loaded once for all tests of a program. */
#ifndef TEST_BUILTIN_VIEWS_H
#define TEST_BUILTIN_VIEWS_H

#include <stdlib.h>

#include "src/engine/view_set.h"

static struct view_set *builtin_views_kept;

static inline void builtin_views_free(void)
{
	view_set_free(builtin_views_kept);
}

static inline const struct view_set *builtin_views(void)
{
	if (!builtin_views_kept) {
		builtin_views_kept = view_set_new(false);
		if (!builtin_views_kept)
			abort();
		atexit(builtin_views_free);
	}
	return builtin_views_kept;
}

static inline const struct view *view_find(const char *id)
{
	return view_set_find(builtin_views(), id);
}

#endif
