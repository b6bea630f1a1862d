/* The interactive screen, on the live machine or on a capture. */
#ifndef SCREEN_H
#define SCREEN_H

#include "engine/view_set.h"
#include "options.h"

/* Runs until the user quits, a limit is reached or a signal comes. Returns the exit status. */
int screen_run(const struct options *options, const struct view_set *views);

#endif
