/* What ended but may still be pointed at by events of the recording.
 *
 * An ended object lies in a list chosen by the chunk that last referred to it, first for LANE_CALLS;
 * when the recording has evicted that chunk the list is gone through, and the object is freed or moves on
 * to the list of its newest chunk in the other lane. So each object is looked at a few times in all,
 * however many are kept. One that is pinned by a span moves to the list of the newest chunk: it is
 * looked at again when the lane has turned over once. */
#include <stdlib.h>

#include "state_private.h"
#include "string_pool.h"

#define object_of(grave_, type) ((type *)((char *)(grave_) - offsetof(type, grave)))

/* Bytes of a text that goes with who is the only one to have it. */
static size_t own_text(const struct string *string)
{
	return string->refs == 1 ? sizeof(*string) + string->size + 1 : 0;
}

static size_t process_bytes(const struct process *process)
{
	return sizeof(*process) + own_text(process->name) + own_text(process->exe) + own_text(process->args) +
	       own_text(process->cwd);
}

static size_t object_bytes(struct grave *grave, enum grave_kind kind)
{
	const struct thread *thread;

	switch (kind) {
	case GRAVE_FD:
		return sizeof(struct fd) + own_text(object_of(grave, struct fd)->name);
	case GRAVE_THREAD:
		/* most processes have one thread and go with it */
		thread = object_of(grave, struct thread);
		return sizeof(*thread) + (thread->process->thread_objects == 1 ? process_bytes(thread->process) :
					  sizeof(struct process));
	default:
		return process_bytes(object_of(grave, struct process));
	}
}

static void lay(struct state *state, struct grave *grave, enum grave_kind kind, struct grave **list, bool waits)
{
	grave->bytes = object_bytes(grave, kind);
	grave->waits = waits;
	grave->kind = kind;
	state->dead_bytes += grave->bytes;
	if (waits)
		state->waiting += grave->bytes;
	grave->next = *list;
	*list = grave;
	state->dead++;
}

static void bury(struct state *state, struct grave *grave, enum grave_kind kind, enum recording_lane lane,
		 uint64_t chunk, bool waits)
{
	/* lists of chunks that are gone already are not looked at again */
	if (chunk < state->oldest[lane])
		chunk = state->oldest[lane];
	if (lane == LANE_CALLS && state->newest < chunk)
		state->newest = chunk;
	lay(state, grave, kind, &state->graves[lane][chunk & (GRAVES - 1)], waits);
}

static void bury_pinned(struct state *state, struct grave *grave, enum grave_kind kind)
{
	bury(state, grave, kind, LANE_CALLS, state->newest, false);
}

static void fd_free(struct state *state, struct fd *fd)
{
	string_put(state->pool, fd->name);
	state_release(state, fd, sizeof(*fd));
}

void state_bury_fd(struct state *state, struct fd *fd)
{
	if (fd->last_chunk >= state->oldest[LANE_CALLS] && fd->last_chunk)
		bury(state, &fd->grave, GRAVE_FD, LANE_CALLS, fd->last_chunk, true);
	else
		fd_free(state, fd);
}

/* Called when the last of its threads was freed. */
void state_bury_process(struct state *state, struct process *process)
{
	if (process->pins && !state->closing)
		bury_pinned(state, &process->grave, GRAVE_PROCESS);
	else
		process_free(state, process);
}

/* The lane, the later one first, in which an event points at the thread; -1 if none does. */
static int lane_of(const struct state *state, const struct thread *thread)
{
	for (int l = LANES - 1; l >= 0; l--)
		if (thread->last_chunk[l] && thread->last_chunk[l] >= state->oldest[l])
			return l;
	return -1;
}

void state_bury_thread(struct state *state, struct thread *thread)
{
	int l = lane_of(state, thread);

	if (l >= 0)
		bury(state, &thread->grave, GRAVE_THREAD, l, thread->last_chunk[l], l == LANE_CALLS);
	else
		lay(state, &thread->grave, GRAVE_THREAD, &state->unreferenced, false);
}

static void consider_thread(struct state *state, struct thread *thread)
{
	if (lane_of(state, thread) >= 0) {
		state_bury_thread(state, thread);
		return;
	}
	if (thread->pins && !state->closing)
		bury_pinned(state, &thread->grave, GRAVE_THREAD);
	else
		thread_free(state, thread);
}

static void consider_list(struct state *state, struct grave **list)
{
	struct grave *next, *grave = *list;

	*list = NULL;
	for (; grave; grave = next) {
		next = grave->next;
		state->dead--;
		state->dead_bytes -= grave->bytes;
		if (grave->waits)
			state->waiting -= grave->bytes;
		switch (grave->kind) {
		case GRAVE_FD:
			state_bury_fd(state, object_of(grave, struct fd));
			break;
		case GRAVE_THREAD:
			consider_thread(state, object_of(grave, struct thread));
			break;
		case GRAVE_PROCESS:
			state_bury_process(state, object_of(grave, struct process));
			break;
		}
	}
}

void state_collect(struct state *state, const uint64_t oldest_chunk[LANES])
{
	uint64_t from[LANES];
	bool evicted = false;

	for (unsigned l = 0; l < LANES; l++) {
		from[l] = state->oldest[l];
		if (state->oldest[l] < oldest_chunk[l])
			state->oldest[l] = oldest_chunk[l];
		evicted |= state->oldest[l] != from[l];
	}
	consider_list(state, &state->unreferenced);
	for (unsigned l = 0; l < LANES; l++) {
		uint64_t count = state->oldest[l] - from[l];

		for (uint64_t i = 0; i < count && i < GRAVES; i++)
			consider_list(state, &state->graves[l][(from[l] + i) & (GRAVES - 1)]);
	}
	if (state_is_full(state) && !state->closing)
		state_forget_idle(state, evicted && state_is_over(state));
}

/* Everything, whatever refers to it. */
void state_free_graves(struct state *state)
{
	static const uint64_t all[LANES] = { UINT64_MAX, UINT64_MAX };

	state->closing = true;
	state_collect(state, all);
}
