/* The descriptors of a process: a tree of 64-way nodes over the descriptor's number, as high as the
 * largest number needs.
 *
 * Nodes are counted references, so a fork shares the whole tree, and a change copies only the nodes on
 * its path that are shared: forking a process with ten thousand descriptors costs nothing, and closing
 * one in the child a few hundred bytes. A descriptor object is counted by the leaves that hold it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "state_private.h"
#include "string_pool.h"

#define BITS 6
#define SLOTS (1u << BITS)
#define LEVELS_MAX 4
#define NUM_MAX 1048576

struct fd_node {
	uint32_t refs;
	uint32_t used;          /* slots that are not NULL */
	void *slots[SLOTS];     /* struct fd in leaves (level 0), else struct fd_node */
};

static unsigned slot_of(int32_t num, unsigned level)
{
	return (uint32_t)num >> (level * BITS) & (SLOTS - 1);
}

static void fd_put(struct state *state, struct fd *fd)
{
	if (--fd->refs == 0)
		state_bury_fd(state, fd);
}

static void node_put(struct state *state, struct fd_node *node, unsigned level)
{
	if (--node->refs)
		return;
	for (unsigned i = 0; i < SLOTS; i++) {
		if (!node->slots[i])
			continue;
		if (level)
			node_put(state, node->slots[i], level - 1);
		else
			fd_put(state, node->slots[i]);
	}
	state_release(state, node, sizeof(*node));
}

/* Makes *at a node of its own for the process that is about to change it. */
static struct fd_node *node_own(struct state *state, struct fd_node **at, unsigned level)
{
	struct fd_node *node = *at, *copy;

	if (node && node->refs == 1)
		return node;
	copy = state_alloc(state, sizeof(*copy));
	if (!copy)
		return NULL;
	if (node) {
		*copy = *node;
		for (unsigned i = 0; i < SLOTS; i++) {
			if (!copy->slots[i])
				continue;
			if (level)
				((struct fd_node *)copy->slots[i])->refs++;
			else
				((struct fd *)copy->slots[i])->refs++;
		}
		node->refs--;
	}
	copy->refs = 1;
	*at = copy;
	return copy;
}

static bool tree_grow(struct state *state, struct process *process, int32_t num)
{
	while (!process->fds_height || (uint32_t)num >> (process->fds_height * BITS)) {
		struct fd_node *root = state_alloc(state, sizeof(*root));

		if (!root)
			return false;
		root->refs = 1;
		if (process->fds) {
			root->slots[0] = process->fds;
			root->used = 1;
		}
		process->fds = root;
		process->fds_height++;
	}
	return true;
}

/* Puts fd (its reference passes to the tree) under num; what was there goes. */
static bool tree_set(struct state *state, struct process *process, int32_t num, struct fd *fd)
{
	struct fd_node **at = &process->fds, *node;
	struct fd *old;

	if (!tree_grow(state, process, num))
		return false;
	for (unsigned level = process->fds_height - 1; level; level--) {
		struct fd_node **below;

		node = node_own(state, at, level);
		if (!node)
			return false;
		below = (struct fd_node **)&node->slots[slot_of(num, level)];
		if (!*below) {
			*below = state_alloc(state, sizeof(**below));
			if (!*below)
				return false;
			(*below)->refs = 1;
			node->used++;
		}
		at = below;
	}
	node = node_own(state, at, 0);
	if (!node)
		return false;
	old = node->slots[slot_of(num, 0)];
	node->slots[slot_of(num, 0)] = fd;
	if (old) {
		fd_put(state, old);
	} else {
		node->used++;
		process->nfds++;
	}
	return true;
}

void state_fd_close(struct state *state, struct process *process, int32_t num)
{
	struct fd_node *path[LEVELS_MAX] = {}, **at = &process->fds;
	unsigned level;

	if (!state_fd(state, process, num))
		return;
	for (level = process->fds_height; level--;) {
		path[level] = node_own(state, at, level);
		if (!path[level])
			return;
		at = (struct fd_node **)&path[level]->slots[slot_of(num, level)];
	}
	fd_put(state, path[0]->slots[slot_of(num, 0)]);
	process->nfds--;
	for (level = 0; level < process->fds_height; level++) {
		path[level]->slots[slot_of(num, level)] = NULL;
		if (--path[level]->used)
			return;
		state_release(state, path[level], sizeof(*path[level]));
	}
	process->fds = NULL;
	process->fds_height = 0;
}

struct fd *state_fd(const struct state *state, const struct process *process, int32_t num)
{
	const struct fd_node *node = process->fds;

	(void)state;
	if (num < 0 || !node || (uint32_t)num >> (process->fds_height * BITS))
		return NULL;
	for (unsigned level = process->fds_height - 1; node && level; level--)
		node = node->slots[slot_of(num, level)];
	return node ? node->slots[slot_of(num, 0)] : NULL;
}

static struct fd *next_below(const struct fd_node *node, unsigned level, uint32_t from)
{
	unsigned i = from >> (level * BITS) & (SLOTS - 1);

	for (; i < SLOTS; i++) {
		if (node->slots[i]) {
			struct fd *fd = level ? next_below(node->slots[i], level - 1, from) : node->slots[i];

			if (fd)
				return fd;
		}
		from = 0;   /* in the slots after the first one all numbers are larger */
	}
	return NULL;
}

struct fd *state_fd_next(const struct process *process, int32_t from)
{
	if (from < 0)
		from = 0;
	if (!process->fds || (uint32_t)from >> (process->fds_height * BITS))
		return NULL;
	return next_below(process->fds, process->fds_height - 1, from);
}

void state_fd_keep(struct state *state, struct process *process, const uint64_t *bits, uint32_t count, bool has_more)
{
	struct fd *fd = state_fd_next(process, 0);

	while (fd) {
		int32_t num = fd->num;
		bool is_open = (uint32_t)num < count ? bits[num / 64] >> (num % 64) & 1 : has_more;

		if (!is_open)
			state_fd_close(state, process, num);
		fd = state_fd_next(process, num + 1);
	}
}

struct fd *state_fd_set(struct state *state, struct process *process, const struct fd *description,
			const char *name, size_t name_size)
{
	struct fd *fd;

	if (description->num < 0 || description->num > NUM_MAX)
		return NULL;
	if (state_is_full(state)) {
		state_fd_close(state, process, description->num);
		return NULL;
	}
	fd = state_alloc(state, sizeof(*fd));
	if (!fd)
		return NULL;
	*fd = *description;
	fd->name = state_string(state, name, name_size);
	fd->last_chunk = 0;
	fd->refs = 1;
	if (!tree_set(state, process, fd->num, fd)) {
		fd_put(state, fd);
		return NULL;
	}
	return fd;
}

struct fd *state_fd_dup(struct state *state, struct process *process, int32_t old, int32_t num)
{
	struct fd *fd = state_fd(state, process, old), description;

	if (!fd)
		return NULL;
	if (old == num)
		return fd;
	description = *fd;
	description.num = num;
	return state_fd_set(state, process, &description, fd->name->text, fd->name->size);
}

void fd_tree_share(struct process *child, const struct process *parent)
{
	child->fds = parent->fds;
	child->fds_height = parent->fds_height;
	child->nfds = parent->nfds;
	if (child->fds)
		child->fds->refs++;
}

void fd_tree_free(struct state *state, struct process *process)
{
	if (process->fds)
		node_put(state, process->fds, process->fds_height - 1);
	process->fds = NULL;
	process->fds_height = 0;
	process->nfds = 0;
}
