/* --raw, -j and --csv: a view's rows as text, without a screen. */
#ifndef BATCH_H
#define BATCH_H

#include "engine/view_set.h"
#include "options.h"

/* A capture is read to its end, and its rows are printed once, behind an empty sample, as csysdig does. Else it runs until a
 * limit or a signal: a sample is printed at every refresh; when the run is bounded (-M, -n) and no -d was
 * given, once at the end. Rows of processes, threads and their calls are about one period, as csysdig's, those of spans
 * about all that was seen. Returns the exit status. */
int batch_run(const struct options *options, const struct view_set *views);

#endif
