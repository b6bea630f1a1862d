/* The views that the program knows: built in, the user's own, and those of --view-path. */
#ifndef VIEWS_H
#define VIEWS_H

#include "engine/view_set.h"
#include "options.h"

/* Later ones replace earlier ones of the same id. A file that is broken is told on standard error and left out. NULL, told
 * as well, without memory or if a directory that was asked for cannot be read. */
struct view_set *views_load(const struct options *options);

#endif
