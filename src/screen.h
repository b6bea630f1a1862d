/* The interactive screen, on the live machine or on a capture. */
#ifndef SCREEN_H
#define SCREEN_H

#include "options.h"

/* Runs until the user quits, a limit is reached or a signal comes. Returns the exit status. */
int screen_run(const struct options *options);

#endif
