/* What the user is told when a word on the command line is wrong. Each writes to standard error. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "engine/view_set.h"

/* Says that there is no such view, and which there are. Returns the exit status, 2. */
int message_unknown_view(const struct view_set *views, const char *id);
/* If the filter does not compile, says where and why. Returns 2 then, else 0. */
int message_bad_filter(const char *filter);

#endif
