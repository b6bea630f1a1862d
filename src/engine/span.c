/* The table of open spans. How long closed ones live is the business of span_memory.c.
 *
 * An open span is in four structures, each left in constant time from any place: the stack of its key (in
 * a hash table of the stacks' tops), the list of all open spans (to give up the oldest), that of its thread
 * (whose newest is what events of the thread happen in), and that of its owner (closed when it ends). */
#include "span_private.h"

#include <stdlib.h>
#include <string.h>

static int64_t resolve_id(const struct marker *marker, const struct thread *thread)
{
	switch (marker->id_kind) {
	case MARKER_ID_NUMBER:
		return marker->id;
	case MARKER_ID_THREAD:
		return thread->tid;
	case MARKER_ID_PROCESS:
		return thread->process->pid;
	case MARKER_ID_PARENT:
		return thread->process->ppid;
	case MARKER_ID_GLOBAL:
		break;
	}
	return 0;
}

static struct process *owner_of(const struct marker *marker, const struct thread *thread)
{
	struct process *process = thread->process, *parent = process->parent;

	/* the parent may be gone, and `parent` a farther ancestor */
	if (marker->id_kind == MARKER_ID_PARENT && parent && parent->pid == process->ppid)
		return parent;
	return process;
}

/* The tags' hash is keyed by the pool, so ids cannot be chosen to collide. */
static size_t bucket_of(const struct span_table *table, int64_t id, const struct string *tags)
{
	uint64_t hash = ((uint64_t)id ^ (uint64_t)tags->hash << 32 ^ tags->hash) * 0x9e3779b97f4a7c15u;

	hash = (hash ^ hash >> 32) * 0xbf58476d1ce4e5b9u;
	return (hash ^ hash >> 29) & table->mask;
}

/* Where the top of this key's stack hangs, or would. */
static struct span **find_key(const struct span_table *table, int64_t id, const struct string *tags)
{
	struct span **link = &table->buckets[bucket_of(table, id, tags)];

	while (*link && !((*link)->id == id && (*link)->tags == tags))
		link = &(*link)->open->key_next;
	return link;
}

/* Failing to grow is no error: chains get longer, that is all. */
static void grow(struct span_table *table)
{
	struct span **old = table->buckets;
	size_t old_mask = table->mask;
	struct span **buckets = calloc(old_mask * 2 + 2, sizeof(*buckets));

	if (!buckets)
		return;
	table->buckets = buckets;
	table->mask = old_mask * 2 + 1;
	for (size_t i = 0; i <= old_mask; i++) {
		struct span *next;

		for (struct span *span = old[i]; span; span = next) {
			struct span **bucket = &buckets[bucket_of(table, span->id, span->tags)];

			next = span->open->key_next;
			span->open->key_next = *bucket;
			*bucket = span;
		}
	}
	free(old);
}

static void key_push(struct span_table *table, struct span *span)
{
	struct span_open *open = span->open;
	struct span **link;

	if (table->keys > table->mask)
		grow(table);
	link = find_key(table, span->id, span->tags);
	open->key_below = *link;
	if (open->key_below) {
		open->key_next = open->key_below->open->key_next;
		open->key_below->open->key_next = NULL;
		open->key_below->open->key_above = span;
	} else {
		table->keys++;
	}
	*link = span;
}

static void key_remove(struct span_table *table, struct span *span)
{
	struct span_open *open = span->open;

	if (open->key_below)
		open->key_below->open->key_above = open->key_above;
	if (open->key_above) {
		open->key_above->open->key_below = open->key_below;
		return;
	}
	*find_key(table, span->id, span->tags) = open->key_below ? open->key_below : open->key_next;
	if (open->key_below)
		open->key_below->open->key_next = open->key_next;
	else
		table->keys--;
}

static void lists_push(struct span_table *table, struct span *span)
{
	struct span_open *open = span->open;

	open->older = table->newest;
	if (open->older)
		open->older->open->newer = span;
	else
		table->oldest = span;
	table->newest = span;

	open->thread_older = span->thread->newest_span;
	if (open->thread_older)
		open->thread_older->open->thread_newer = span;
	span->thread->newest_span = span;

	open->owner_older = span->owner->newest_span;
	if (open->owner_older)
		open->owner_older->open->owner_newer = span;
	span->owner->newest_span = span;

	span->thread->process->open_spans++;
	table->counts.open++;
}

static void lists_remove(struct span_table *table, struct span *span)
{
	struct span_open *open = span->open;

	*(open->newer ? &open->newer->open->older : &table->newest) = open->older;
	*(open->older ? &open->older->open->newer : &table->oldest) = open->newer;
	*(open->thread_newer ? &open->thread_newer->open->thread_older : &span->thread->newest_span) =
		open->thread_older;
	if (open->thread_older)
		open->thread_older->open->thread_newer = open->thread_newer;
	*(open->owner_newer ? &open->owner_newer->open->owner_older : &span->owner->newest_span) =
		open->owner_older;
	if (open->owner_older)
		open->owner_older->open->owner_newer = open->owner_newer;
	span->thread->process->open_spans--;
	table->counts.open--;
}

/* The newest open span with this id and these tags but the last. */
static struct span *find_parent(const struct span_table *table, int64_t id, const struct marker *marker)
{
	const struct string *tags;
	const char *last;

	if (marker->ntags < 2)
		return NULL;
	/* the NUL in front of the last tag stays with the tags before it */
	last = memrchr(marker->tags, '\0', marker->tags_size - 1);
	tags = string_find(table->pool, marker->tags, (size_t)(last - marker->tags) + 1);
	return tags ? *find_key(table, id, tags) : NULL;
}

/* A span with what enters and unmatched exits have in common. */
static struct span *span_new(struct span_table *table, const struct marker *marker, struct thread *thread)
{
	struct string *tags = string_get(table->pool, marker->tags, marker->tags_size);
	struct span *span;

	if (!tags)
		return NULL;
	span = span_memory_take(table, thread, owner_of(marker, thread));
	if (!span) {
		string_put(table->pool, tags);
		return NULL;
	}
	span->id = resolve_id(marker, thread);
	span->id_kind = marker->id_kind;
	span->ntags = marker->ntags;
	span->tags = tags;
	span_memory_link(span, find_parent(table, span->id, marker), thread->newest_span);
	return span;
}

/* false when memory is out. */
static bool intern_args(struct span_table *table, const struct marker *marker, struct string **args)
{
	*args = marker->nargs ? string_get(table->pool, marker->args, marker->args_size) : NULL;
	return *args || !marker->nargs;
}

static void check_loss(const struct span_table *table, struct span *span)
{
	if (span->enter_time <= table->loss_to &&
	    (!(span->flags & SPAN_CLOSED) || span->exit_time >= table->loss_from) && table->loss_to)
		span->flags |= SPAN_LOSSY;
}

static void account_exit(struct span *span, uint64_t time, const struct span_account *now)
{
	const struct span_account *then = &span->open->account;
	uint64_t duration = time > span->enter_time ? time - span->enter_time : 0;

	if (!now || !span->open->has_account || span->thread != span->exit_thread)
		return;
	span->has_account = true;
	/* unsigned: a counter that was reset shows as a huge number, so it counts as nothing */
#define DIFFERENCE(member) span->account.member = now->member > then->member ? now->member - then->member : 0
	DIFFERENCE(cpu_ns);
	DIFFERENCE(queue_ns);
	DIFFERENCE(switches);
	DIFFERENCE(minor_faults);
	DIFFERENCE(major_faults);
#undef DIFFERENCE
	/* The kernel brings a running thread's CPU time up to date at its ticks and switches only. A thread
	 * that was never switched out was on the CPU all the time; none was longer. */
	if (!span->account.switches || span->account.cpu_ns > duration)
		span->account.cpu_ns = duration;
}

/* The part of the span's time that lies within its parent's. */
static void add_to_parent(struct span *span)
{
	struct span *parent = span->parent;
	uint64_t from, to;

	if (!parent)
		return;
	from = span->enter_time > parent->enter_time ? span->enter_time : parent->enter_time;
	to = span->exit_time;
	if (parent->flags & SPAN_CLOSED && parent->exit_time < to)
		to = parent->exit_time;
	if (to > from && __builtin_add_overflow(parent->children_ns, to - from, &parent->children_ns))
		parent->children_ns = UINT64_MAX;
}

static void close_span(struct span_table *table, struct span *span, uint32_t flags, uint64_t time)
{
	struct span_open *open = span->open;

	span->exit_time = time > span->enter_time ? time : span->enter_time;
	span->flags |= SPAN_CLOSED | flags;
	key_remove(table, span);
	lists_remove(table, span);
	add_to_parent(span);
	check_loss(table, span);
	table->open_bytes -= open->bytes;
	slots_give(&table->opens, open);
	span_memory_closed(table, span);
	if (flags & (SPAN_UNFINISHED | SPAN_GIVEN_UP) && table->ended)
		table->ended(table->context, span);
}

static void give_up_oldest(struct span_table *table, const struct span *but, uint64_t time)
{
	while (table->open_bytes > table->max_bytes && table->oldest != but) {
		table->counts.given_up++;
		close_span(table, table->oldest, SPAN_GIVEN_UP, time);
	}
}

void span_table_relieve(struct span_table *table, uint64_t newest, uint64_t time)
{
	size_t bytes = table->open_bytes / 2;

	if (table->parked_bytes <= table->max_bytes || table->oldest_chunk[LANE_SPANS] < table->given_up_at)
		return;
	table->given_up_at = newest + 1;
	while (table->oldest && table->open_bytes > bytes) {
		table->counts.given_up++;
		close_span(table, table->oldest, SPAN_GIVEN_UP, time);
	}
}

void span_table_end_all(struct span_table *table, uint64_t time)
{
	while (table->oldest) {
		table->counts.unfinished++;
		close_span(table, table->oldest, SPAN_UNFINISHED, time);
	}
}

struct span *span_table_enter(struct span_table *table, const struct marker *marker, struct thread *thread,
			      uint64_t time, const struct span_account *account)
{
	struct span_open *open = slots_take(&table->opens);
	struct string *args;
	struct span *span;

	if (!open)
		return NULL;
	if (!intern_args(table, marker, &args)) {
		slots_give(&table->opens, open);
		return NULL;
	}
	span = span_new(table, marker, thread);
	if (!span) {
		string_put(table->pool, args);
		slots_give(&table->opens, open);
		return NULL;
	}
	span->enter_args = args;
	span->nenter_args = marker->nargs;
	span->enter_time = time;
	span->open = open;
	open->bytes = sizeof(*span) + sizeof(*open) + marker->tags_size + marker->args_size;
	if (account) {
		open->has_account = true;
		open->account = *account;
	}
	key_push(table, span);
	lists_push(table, span);
	check_loss(table, span);
	table->open_bytes += open->bytes;
	give_up_oldest(table, span, time);
	return span;
}

static struct span *unmatched_exit(struct span_table *table, const struct marker *marker,
				   struct thread *thread, uint64_t time, struct string *args)
{
	struct span *span = span_new(table, marker, thread);

	if (!span) {
		string_put(table->pool, args);
		return NULL;
	}
	span->flags = SPAN_CLOSED | SPAN_NO_ENTER;
	span->exit_args = args;
	span->nexit_args = marker->nargs;
	span->exit_time = time;
	span->exit_thread = thread;
	thread->pins++;
	table->counts.unmatched_exits++;
	span_memory_closed(table, span);
	return span;
}

struct span *span_table_exit(struct span_table *table, const struct marker *marker, struct thread *thread,
			     uint64_t time, const struct span_account *account)
{
	const struct string *tags = string_find(table->pool, marker->tags, marker->tags_size);
	struct span *span = tags ? *find_key(table, resolve_id(marker, thread), tags) : NULL;
	struct string *args;

	if (!intern_args(table, marker, &args))
		return NULL;
	if (!span)
		return unmatched_exit(table, marker, thread, time, args);
	span->exit_args = args;
	span->nexit_args = marker->nargs;
	span->exit_thread = thread;
	thread->pins++;
	account_exit(span, time, account);
	table->counts.closed++;
	close_span(table, span, 0, time);
	return span;
}

void span_table_thread_exit(struct span_table *table, struct thread *thread, bool last, uint64_t time)
{
	struct process *process = thread->process;
	struct span *span, *older;

	for (span = thread->newest_span; span; span = older) {
		older = span->open->thread_older;
		if (span->id_kind != MARKER_ID_THREAD)
			continue;
		table->counts.unfinished++;
		close_span(table, span, SPAN_UNFINISHED, time);
	}
	if (!last)
		return;
	/* threads whose end was lost included; pp where the parent is unknown is not about this process */
	for (span = process->newest_span; span; span = older) {
		older = span->open->owner_older;
		if (span->id_kind == MARKER_ID_NUMBER || span->id_kind == MARKER_ID_GLOBAL ||
		    (span->id_kind == MARKER_ID_PARENT && span->thread->process == process))
			continue;
		table->counts.unfinished++;
		close_span(table, span, SPAN_UNFINISHED, time);
	}
}

void span_table_loss(struct span_table *table, uint64_t from, uint64_t to)
{
	table->loss_from = from;
	table->loss_to = to;
	for (struct span *span = table->newest; span; span = span->open->older)
		check_loss(table, span);
	for (size_t i = 0; i < RECENT_SPANS; i++) {
		struct span *span = table->recent[i].span;

		if (span && span->num == table->recent[i].num && !(span->flags & SPAN_NO_ENTER))
			check_loss(table, span);
	}
}

struct span *span_table_oldest(const struct span_table *table)
{
	return table->oldest;
}

struct span *span_newer(const struct span *span)
{
	return span->flags & SPAN_CLOSED ? NULL : span->open->newer;
}

struct span_counts span_table_counts(const struct span_table *table)
{
	return table->counts;
}

static bool was_open(const struct span *span, uint64_t time)
{
	return !(span->flags & SPAN_NO_ENTER) && span->enter_time <= time &&
	       (!(span->flags & SPAN_CLOSED) || span->exit_time >= time);
}

/* The next outer one worth a look at this time. */
static struct span *skip_ended(const struct span *span, uint64_t time)
{
	if (span->skip_time && span->skip_time <= time && (!span->skip || span->skip->num == span->skip_num))
		return span->skip;
	return span->outer;
}

/* A thread whose spans overlap may have thousands that ended between one that was open and the next outer
 * one. What a walk found is remembered at its start: all it passed had ended then, so they have at any later
 * time, and scans go forward in time. */
struct span *span_outer_at(struct span *from, uint64_t time)
{
	struct span *span = from;
	bool all_ended = true;
	unsigned steps = 0;

	for (; span && !was_open(span, time); steps++) {
		bool ended = span->flags & SPAN_NO_ENTER || span->enter_time <= time;

		all_ended = all_ended && ended;
		span = ended ? skip_ended(span, time) : span->outer;
	}
	if (steps > 1 && all_ended) {
		from->skip = span;
		from->skip_num = span ? span->num : 0;
		from->skip_time = time;
	}
	return span;
}
