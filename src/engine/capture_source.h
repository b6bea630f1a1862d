/* A source that reads a capture file. */
#ifndef ENGINE_CAPTURE_SOURCE_H
#define ENGINE_CAPTURE_SOURCE_H

#include "../scap/reader.h"
#include "source.h"

/* path "-": standard input. NULL with one line, that names the file, in error. At the end of the file, or where it is
 * damaged, next() returns -ENODATA. Closed by its operations. */
struct source *capture_source_open(const char *path, char *error, size_t size);
struct source *capture_source_memory(const void *bytes, size_t count, char *error, size_t size);
/* What was wrong with the file so far, as one line with an offset; "" nothing. */
const char *capture_source_damage(const struct source *source);
/* Counts of what was skipped, positions for progress. */
const struct scap_counts *capture_source_counts(const struct source *source);
/* Of the machine the capture is of; NULL if the file does not say (yet). */
const struct scap_machine *capture_source_machine(const struct source *source);

#endif
