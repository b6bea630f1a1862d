#include "arena.h"

#include <stdlib.h>

#define PIECE_SIZE 16384

struct arena_piece {
	struct arena_piece *older;
	size_t size, used;
	_Alignas(8) char bytes[];
};

static void *take(struct arena_piece *piece, size_t size, size_t align)
{
	size_t at = (piece->used + align - 1) & ~(align - 1);

	if (at > piece->size || size > piece->size - at)
		return NULL;
	piece->used = at + size;
	return piece->bytes + at;
}

void *arena_allocate(struct arena *arena, size_t size, size_t align)
{
	void *bytes = arena->newest ? take(arena->newest, size, align) : NULL;
	size_t piece_size = size < PIECE_SIZE - sizeof(struct arena_piece) ? PIECE_SIZE - sizeof(struct arena_piece) : size;
	struct arena_piece *piece;

	if (bytes || size > SIZE_MAX - sizeof(*piece))
		return bytes;
	piece = malloc(sizeof(*piece) + piece_size);
	if (!piece)
		return NULL;
	*piece = (struct arena_piece){ .older = arena->newest, .size = piece_size };
	arena->newest = piece;
	return take(piece, size, align);
}

static void free_from(struct arena_piece *piece)
{
	while (piece) {
		struct arena_piece *older = piece->older;

		free(piece);
		piece = older;
	}
}

void arena_reuse(struct arena *arena)
{
	if (!arena->newest)
		return;
	free_from(arena->newest->older);
	arena->newest->older = NULL;
	arena->newest->used = 0;
}

void arena_free(struct arena *arena)
{
	free_from(arena->newest);
	arena->newest = NULL;
}
