/* What ended unseen: its end was lost, and something else tells that it is gone. */
#include <stdlib.h>

#include "state_private.h"

void end_unseen(struct state *state, struct thread *thread, uint64_t time)
{
	if (thread->tid == thread->process->pid)
		process_end(state, thread->process, time);
	else
		thread_end(state, thread, false, time);
}

void state_thread_began(struct state *state, uint32_t tid, uint64_t started)
{
	struct thread *thread = state_find_thread(state, tid);

	if (thread && thread->seen_time && thread->seen_time < started)
		end_unseen(state, thread, thread->seen_time);
}

struct thread_list {
	const uint32_t *tids;
	size_t count;
	uint64_t since;
};

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_in(const struct thread_list *list, uint32_t tid)
{
	return list->count && bsearch(&tid, list->tids, list->count, sizeof(*list->tids), by_number);
}

static bool is_kept(const struct thread_list *list, const struct thread *thread)
{
	return thread->seen_time >= list->since || is_in(list, thread->tid);
}

static void keep_threads_of(struct state *state, struct process *process, const struct thread_list *list, uint64_t time)
{
	/* of one that is known as a parent only no thread was seen yet */
	bool any = !process->threads && is_in(list, process->pid);
	struct thread *thread, *next;

	for (thread = process->threads; thread && !any; thread = thread->next_sibling)
		any = is_kept(list, thread);
	if (!any) {
		process_end(state, process, time);
		return;
	}
	for (thread = process->threads; thread; thread = next) {
		next = thread->next_sibling;
		if (!is_kept(list, thread))
			thread_end(state, thread, false, time);
	}
}

void state_keep_threads(struct state *state, const uint32_t *tids, size_t count, uint64_t since, uint64_t time)
{
	const struct thread_list list = { .tids = tids, .count = count, .since = since };

	for (size_t i = 0; i <= state->processes.mask; i++) {
		struct id_link *next, *link;

		for (link = state->processes.buckets[i]; link; link = next) {
			next = link->next;
			keep_threads_of(state, (struct process *)link, &list, time);
		}
	}
}
