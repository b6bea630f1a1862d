/* Which processes a filter can pass events of at all, by what is known of their containers and control groups: the source
 * is told of each, and need not record what the others do. */
#ifndef ENGINE_CONTAINER_FILTER_H
#define ENGINE_CONTAINER_FILTER_H

#include <stdbool.h>

#include "filter.h"

struct container;
struct container_filter;
struct process;

/* Whether events of some processes fail the filter because of their containers alone. False when in doubt. */
bool filter_tells_containers(const struct filter *filter);
/* Takes the filter over. NULL when memory is out (then the filter is freed). */
struct container_filter *container_filter_new(struct filter *filter);
void container_filter_free(struct container_filter *containers);
/* Whether an event of this process may pass, whatever else it is: true for one of which too little is known. */
bool container_filter_may_pass(struct container_filter *containers, const struct process *process);

#endif
