/* What stands before the events of a capture, from the state of an engine. */
#ifndef ENGINE_CAPTURE_LISTS_H
#define ENGINE_CAPTURE_LISTS_H

#include "../scap/writer.h"
#include "engine.h"

/* Users, groups, processes with their threads, and descriptors. Marks threads and processes as written in this file.
 * 0 or a negative errno. */
int capture_lists_write(struct scap_writer *writer, struct engine *engine, uint32_t file);
/* What is known of containers, as events at this time; counts them. 0 or a negative errno. */
int capture_lists_containers(struct scap_writer *writer, struct engine *engine, uint64_t time, uint64_t *count);

#endif
