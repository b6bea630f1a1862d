/* What state.c, state_dead.c and fd_table.c share. */
#ifndef ENGINE_STATE_PRIVATE_H
#define ENGINE_STATE_PRIVATE_H

#include "state.h"

#define GRAVES 1024   /* lists by chunk number, a power of two */
#define DEVICES 256   /* names of device nodes that are kept, a power of two */

struct state {
	struct string_pool *pool;
	struct string *empty;
	struct id_table threads, processes;   /* the living */
	struct thread *last_thread;           /* found last */
	uint64_t oldest[LANES];               /* as state_collect was told */
	uint64_t newest;                      /* chunk of LANE_CALLS that something in a grave refers to */
	struct grave *graves[LANES][GRAVES];
	struct grave *unreferenced;           /* threads that no event points at: freed by the next collect */
	size_t dead;
	size_t bytes;
	size_t limit;                         /* of what lives, 0 none */
	size_t tail_bytes;                    /* of the threads' marker_tails, part of bytes */
	size_t pool_bytes;                    /* of the pool when it was new */
	size_t dead_bytes;                    /* of what lies in graves */
	size_t waiting;                       /* bytes of what lies in graves of LANE_CALLS, without the pinned */
	size_t kept;                          /* processes that were left when some were forgotten */
	bool closing;                         /* pins no longer count */
	struct {
		uint32_t dev;
		uint64_t inode;
		struct string *name;          /* NULL: free */
	} devices[DEVICES];                   /* by hash; of two with the same the newer stays */
	void (*ended)(void *context, struct thread *thread, bool last);
	void *context;
};

enum grave_kind {
	GRAVE_FD,
	GRAVE_THREAD,
	GRAVE_PROCESS,
};

/* calloc and free, counted. */
void *state_alloc(struct state *state, size_t size);
void state_release(struct state *state, void *object, size_t size);
/* The string, or the empty one when memory is out. */
struct string *state_string(struct state *state, const char *bytes, size_t size);

/* Frees the object now or when nothing refers to it any more. */
void state_bury_fd(struct state *state, struct fd *fd);
void state_bury_thread(struct state *state, struct thread *thread);
void state_bury_process(struct state *state, struct process *process);
void state_free_graves(struct state *state);

/* Going through all processes costs: unless now, only if there are many more than after the last time. */
void state_forget_idle(struct state *state, bool now);
/* What a child inherits of them; without memory for it nothing. */
void facts_copy(struct state *state, struct process *child, const struct process *parent);
void facts_free(struct state *state, struct process *process);
/* Bytes of the object, without texts. */
size_t facts_bytes(const struct process *process);

/* What lives ends: the objects go to their graves. */
void thread_end(struct state *state, struct thread *thread, bool last, uint64_t time);
void process_end(struct state *state, struct process *process, uint64_t time);
/* The thread ended unseen, and with a main thread its process. */
void end_unseen(struct state *state, struct thread *thread, uint64_t time);

/* Frees a thread or process object that nothing points at any more. */
void thread_free(struct state *state, struct thread *thread);
void process_free(struct state *state, struct process *process);

void state_forget_devices(struct state *state);

/* The child's tree becomes the parent's: one tree, copied along the path of each change. */
void fd_tree_share(struct process *child, const struct process *parent);
void fd_tree_free(struct state *state, struct process *process);

#endif
