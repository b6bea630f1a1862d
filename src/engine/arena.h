/* Memory that is taken piece by piece and given back all at once. */
#ifndef ENGINE_ARENA_H
#define ENGINE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_piece;

/* Starts zeroed. */
struct arena {
	struct arena_piece *newest;
};

/* align: a power of two, at most 8. NULL when memory is out. */
void *arena_allocate(struct arena *arena, size_t size, size_t align);
/* Forgets everything but keeps some memory for what comes. */
void arena_reuse(struct arena *arena);
void arena_free(struct arena *arena);

#endif
