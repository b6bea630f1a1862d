#include "ended.h"

#include <stdlib.h>

#define KEPT_NS 5000000000ull   /* a zombie may wait for its parent longer; then nobody learns the rest */

struct entry {
	struct id_link link;     /* first */
	struct thread *thread;
	uint64_t time, chunk;
	struct entry *newer, *older;
};

struct ended {
	struct id_table table;
	struct entry *oldest, *newest;
	size_t most;
};

struct ended *ended_new(size_t most)
{
	struct ended *ended = calloc(1, sizeof(*ended));

	if (ended && !id_table_init(&ended->table)) {
		free(ended);
		return NULL;
	}
	if (ended)
		ended->most = most;
	return ended;
}

static void drop(struct ended *ended, struct entry *entry)
{
	if (entry->older)
		entry->older->newer = entry->newer;
	else
		ended->oldest = entry->newer;
	if (entry->newer)
		entry->newer->older = entry->older;
	else
		ended->newest = entry->older;
	id_table_remove(&ended->table, &entry->link);
	free(entry);
}

void ended_free(struct ended *ended)
{
	if (!ended)
		return;
	while (ended->oldest)
		drop(ended, ended->oldest);
	id_table_fini(&ended->table);
	free(ended);
}

void ended_forget(struct ended *ended, uint64_t oldest_chunk)
{
	while (ended->oldest && ended->oldest->chunk < oldest_chunk)
		drop(ended, ended->oldest);
}

void ended_add(struct ended *ended, struct thread *thread, uint64_t now, uint64_t chunk)
{
	struct entry *entry = (struct entry *)id_table_find(&ended->table, thread->tid);

	/* its id was used again meanwhile */
	if (entry)
		drop(ended, entry);
	while (ended->oldest && (ended->table.count >= ended->most || now - ended->oldest->time > KEPT_NS))
		drop(ended, ended->oldest);
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return;
	entry->thread = thread;
	entry->time = now;
	entry->chunk = chunk;
	entry->older = ended->newest;
	if (entry->older)
		entry->older->newer = entry;
	else
		ended->oldest = entry;
	ended->newest = entry;
	id_table_add(&ended->table, &entry->link, thread->tid);
}

struct thread *ended_take(struct ended *ended, uint32_t tid, uint32_t pid)
{
	struct entry *entry = (struct entry *)id_table_find(&ended->table, tid);
	struct thread *thread = entry ? entry->thread : NULL;

	if (!thread || thread->process->pid != pid)
		return NULL;
	drop(ended, entry);
	return thread;
}
