#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "state_private.h"
#include "string_pool.h"

#define COMM_SIZE 16
#define ARGS_MAX 4096          /* bytes of a command line that are kept */
#define ARGS_SHORT 128         /* when there is no room for more */

/* ---- memory ---- */

void *state_alloc(struct state *state, size_t size)
{
	void *object = calloc(1, size);

	if (object)
		state->bytes += size;
	return object;
}

void state_release(struct state *state, void *object, size_t size)
{
	state->bytes -= size;
	free(object);
}

struct string *state_string(struct state *state, const char *bytes, size_t size)
{
	struct string *string = size ? string_get(state->pool, bytes, size) : NULL;

	return string ? string : string_ref(state->empty);
}

void state_set_text(struct state *state, struct string **at, const char *bytes, size_t size)
{
	struct string *old = *at;

	if (size > ARGS_SHORT && state_is_full(state))
		size = ARGS_SHORT;
	*at = state_string(state, bytes, size);
	string_put(state->pool, old);
}

/* ---- making and freeing ---- */

static void process_link(struct process *parent, struct process *child)
{
	child->parent = parent;
	child->previous_sibling = NULL;
	child->next_sibling = parent->children;
	if (child->next_sibling)
		child->next_sibling->previous_sibling = child;
	parent->children = child;
}

static void process_unlink(struct process *child)
{
	if (!child->parent)
		return;
	if (child->previous_sibling)
		child->previous_sibling->next_sibling = child->next_sibling;
	else
		child->parent->children = child->next_sibling;
	if (child->next_sibling)
		child->next_sibling->previous_sibling = child->previous_sibling;
	child->next_sibling = child->previous_sibling = NULL;
	child->parent = NULL;
}

static void image_free(struct state *state, struct process_image *image)
{
	string_put(state->pool, image->name);
	string_put(state->pool, image->exe);
	string_put(state->pool, image->args);
	state_release(state, image, sizeof(*image));
}

/* Frees all but the newest `kept`. */
static void images_cut(struct state *state, struct process *process, unsigned kept)
{
	struct process_image **at = &process->images, *image;

	while (*at && kept--)
		at = &(*at)->older;
	while ((image = *at)) {
		*at = image->older;
		image_free(state, image);
	}
}

static size_t images_bytes(const struct process *process)
{
	size_t bytes = 0;

	for (const struct process_image *image = process->images; image; image = image->older)
		bytes += sizeof(*image);
	return bytes;
}

static struct process *process_new(struct state *state, uint32_t pid)
{
	struct process *process = state_alloc(state, sizeof(*process));

	if (!process)
		return NULL;
	process->pid = pid;
	process->name = string_ref(state->empty);
	process->exe = string_ref(state->empty);
	process->args = string_ref(state->empty);
	process->cwd = string_ref(state->empty);
	id_table_add(&state->processes, &process->link, pid);
	return process;
}

void process_free(struct state *state, struct process *process)
{
	struct process *parent = process->parent, *child;

	while ((child = process->children)) {
		process_unlink(child);
		child->forker_tid = process->forker_tid;
		child->forked_time = process->forked_time;
		if (parent)
			process_link(parent, child);
	}
	process_unlink(process);
	fd_tree_free(state, process);
	state->dead_bytes -= images_bytes(process) + facts_bytes(process);
	images_cut(state, process, 0);
	facts_free(state, process);
	string_put(state->pool, process->name);
	string_put(state->pool, process->exe);
	string_put(state->pool, process->args);
	string_put(state->pool, process->cwd);
	state_release(state, process, sizeof(*process));
}

static struct thread *thread_new(struct state *state, uint32_t tid, struct process *process)
{
	struct thread *thread = state_alloc(state, sizeof(*thread));

	if (!thread)
		return NULL;
	thread->tid = tid;
	thread->process = process;
	thread->name = string_ref(state->empty);
	thread->vtid = -1;
	thread->enter.fd_num = -1;
	thread->enter.type = thread->enter.kept_type = UINT16_MAX;
	thread->next_sibling = process->threads;
	if (thread->next_sibling)
		thread->next_sibling->previous_sibling = thread;
	process->threads = thread;
	process->nthreads++;
	process->thread_objects++;
	id_table_add(&state->threads, &thread->link, tid);
	return thread;
}

static void tail_clear(struct state *state, struct thread *thread)
{
	size_t before = thread->marker_tail.capacity;

	marker_tail_clear(&thread->marker_tail);
	state_tail_changed(state, thread, before);
}

void thread_free(struct state *state, struct thread *thread)
{
	struct process *process = thread->process;

	string_put(state->pool, thread->name);
	state_release(state, thread, sizeof(*thread));
	if (--process->thread_objects == 0 && process->end_time)
		state_bury_process(state, process);
}

void thread_end(struct state *state, struct thread *thread, bool last, uint64_t time)
{
	struct process *process = thread->process;

	if (state->ended)
		state->ended(state->context, thread, last);
	thread->end_time = time ? time : 1;
	tail_clear(state, thread);
	state_release(state, thread->enter.params, thread->enter.capacity);
	thread->enter.params = NULL;
	thread->enter.capacity = 0;
	if (state->last_thread == thread)
		state->last_thread = NULL;
	id_table_remove(&state->threads, &thread->link);
	if (thread->previous_sibling)
		thread->previous_sibling->next_sibling = thread->next_sibling;
	else
		process->threads = thread->next_sibling;
	if (thread->next_sibling)
		thread->next_sibling->previous_sibling = thread->previous_sibling;
	thread->next_sibling = thread->previous_sibling = NULL;
	process->nthreads--;
	state_bury_thread(state, thread);
}

void process_end(struct state *state, struct process *process, uint64_t time)
{
	while (process->threads)
		thread_end(state, process->threads, !process->threads->next_sibling, time);
	process->end_time = time ? time : 1;
	id_table_remove(&state->processes, &process->link);
	fd_tree_free(state, process);
	state->dead_bytes += images_bytes(process) + facts_bytes(process);
	if (process->thread_objects == 0)
		state_bury_process(state, process);
}

struct state *state_new(struct string_pool *pool)
{
	struct state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	state->pool = pool;
	state->pool_bytes = string_pool_bytes(pool);
	state->empty = string_get(pool, "", 0);
	if (!state->empty || !id_table_init(&state->threads) || !id_table_init(&state->processes)) {
		state_free(state);
		return NULL;
	}
	return state;
}

void state_end_all(struct state *state, uint64_t time)
{
	for (size_t i = 0; state->processes.buckets && i <= state->processes.mask; i++) {
		while (state->processes.buckets[i])
			process_end(state, (struct process *)state->processes.buckets[i], time);
	}
}

void state_each_process(struct state *state, void (*fn)(void *context, struct process *process), void *context)
{
	for (size_t i = 0; i <= state->processes.mask; i++) {
		for (struct id_link *link = state->processes.buckets[i]; link; link = link->next)
			fn(context, (struct process *)link);
	}
}

void state_free(struct state *state)
{
	if (!state)
		return;
	state->ended = NULL;
	state_end_all(state, 0);
	state_free_graves(state);
	state_forget_devices(state);
	if (state->empty)
		string_put(state->pool, state->empty);
	id_table_fini(&state->threads);
	id_table_fini(&state->processes);
	free(state);
}

void state_on_end(struct state *state, void (*ended)(void *context, struct thread *thread, bool last), void *context)
{
	state->ended = ended;
	state->context = context;
}

/* Whether events of the recording may show what the process is: its own, or its children's. */
static bool may_be_shown(const struct state *state, const struct process *process)
{
	if (process->children || process->thread_objects > process->nthreads)
		return true;
	for (const struct thread *thread = process->threads; thread; thread = thread->next_sibling) {
		for (unsigned l = 0; l < LANES; l++) {
			if (thread->last_chunk[l] && thread->last_chunk[l] >= state->oldest[l])
				return true;
		}
	}
	return false;
}

static bool is_idle(const struct state *state, const struct process *process)
{
	/* one that is followed would come back as one that is not */
	if (process->open_spans || process->newest_span || process->pins || process->is_followed || process->follow_program)
		return false;
	for (const struct thread *thread = process->threads; thread; thread = thread->next_sibling) {
		for (unsigned l = 0; l < LANES; l++) {
			if (thread->last_chunk[l] >= state->oldest[l])
				return false;
		}
	}
	return true;
}

void state_forget_idle(struct state *state, bool now)
{
	if (!now && state->processes.count < 2 * state->kept)
		return;
	for (size_t i = 0; i <= state->processes.mask; i++) {
		struct id_link *next, *link;

		for (link = state->processes.buckets[i]; link; link = next) {
			struct process *process = (struct process *)link;

			next = link->next;
			if (is_idle(state, process))
				process_end(state, process, 0);
			else if (!may_be_shown(state, process))
				images_cut(state, process, 0);
		}
	}
	state->kept = state->processes.count;
}

/* ---- finding ---- */

struct thread *state_find_thread(const struct state *state, uint32_t tid)
{
	return (struct thread *)id_table_find(&state->threads, tid);
}

struct process *state_find_process(const struct state *state, uint32_t pid)
{
	return (struct process *)id_table_find(&state->processes, pid);
}

static struct process *find_or_make_process(struct state *state, uint32_t pid)
{
	struct process *process = state_find_process(state, pid);

	return process ? process : process_new(state, pid);
}

struct thread *state_thread(struct state *state, uint32_t tid, uint32_t pid)
{
	struct thread *thread = state->last_thread;
	struct process *process;

	if (thread && thread->tid == tid && thread->process->pid == pid)
		return thread;
	thread = state_find_thread(state, tid);
	if (thread && thread->process->pid != pid) {
		/* the id went to another process: the exit of its former holder was lost */
		end_unseen(state, thread, thread->seen_time);
		thread = NULL;
	}
	if (!thread) {
		process = find_or_make_process(state, pid);
		thread = process ? thread_new(state, tid, process) : NULL;
	}
	if (thread)
		state->last_thread = thread;
	return thread;
}

/* ---- changes ---- */

/* The process and all below it, the next one to look at being found without recursion: trees may be deep. */
static void mark_followed(struct process *root)
{
	struct process *process = root;

	for (;;) {
		process->is_followed = true;
		if (process->children) {
			process = process->children;
			continue;
		}
		while (process != root && !process->next_sibling)
			process = process->parent;
		if (process == root)
			return;
		process = process->next_sibling;
	}
}

/* A process may not become its own ancestor, whatever a capture claims. */
static void set_parent(struct process *process, struct process *parent)
{
	if (process->parent == parent || (process->children && process_is_below(parent, process)) ||
	    process == parent)
		return;
	process_unlink(process);
	process->forker_tid = 0;
	process->forked_time = 0;
	process_link(parent, process);
	if (parent->is_followed && !process->is_followed)
		mark_followed(process);
}

int state_follow(struct state *state, uint32_t pid, bool from_program)
{
	struct process *process = find_or_make_process(state, pid);

	if (!process)
		return -ENOMEM;
	if (from_program)
		process->follow_program = true;
	else
		mark_followed(process);
	return 0;
}

void state_set_parent(struct state *state, struct process *process, uint32_t ppid)
{
	struct process *parent = process->parent;

	process->ppid = ppid;
	if (!ppid || ppid == process->pid)
		return;
	/* with its parent dead it has a foster parent, but still works for whom it was forked */
	if (parent && (parent->pid == ppid || parent->end_time))
		return;
	parent = find_or_make_process(state, ppid);
	if (parent)
		set_parent(process, parent);
}

void state_thread_name(struct state *state, struct thread *thread, const char *comm)
{
	struct process *process = thread->process;
	size_t size = strnlen(comm, COMM_SIZE);

	if (thread->name->size == size && !memcmp(thread->name->text, comm, size))
		return;
	state_set_text(state, &thread->name, comm, size);
	/* a thread's name has to do for a process whose main thread was not seen yet */
	if (thread->tid == process->pid || !process->name->size)
		state_set_text(state, &process->name, comm, size);
}

/* The living thread of a child's id if it is that very child; any other is ended. */
static struct thread *make_way(struct state *state, uint32_t tid, uint32_t pid, uint64_t time)
{
	struct thread *thread = state_find_thread(state, tid);
	struct process *process;

	if (thread && thread->process->pid == pid && thread->seen_time && thread->seen_time >= time)
		return thread;
	if (thread)
		end_unseen(state, thread, time);
	process = tid == pid ? state_find_process(state, pid) : NULL;
	if (process && process->threads)
		process_end(state, process, time);
	return NULL;
}

static struct process *fork_process(struct state *state, struct thread *parent, uint32_t pid, bool known,
				    uint64_t time)
{
	struct process *from = parent->process, *process = find_or_make_process(state, pid);

	if (!process)
		return NULL;
	process->ppid = from->pid;
	process->start_time = time;
	set_parent(process, from);
	if (process->parent == from) {
		process->forker_tid = parent->tid;
		process->forked_time = time;
	}
	if (known)
		return process;
	process->uid = from->uid;
	state_set_text(state, &process->name, parent->name->text, parent->name->size);
	state_set_text(state, &process->exe, from->exe->text, from->exe->size);
	state_set_text(state, &process->args, from->args->text, from->args->size);
	state_set_text(state, &process->cwd, from->cwd->text, from->cwd->size);
	facts_copy(state, process, from);
	fd_tree_free(state, process);
	fd_tree_share(process, from);
	return process;
}

struct thread *state_fork(struct state *state, struct thread *parent, uint32_t child_tid,
			  uint32_t child_pid, const char *comm, uint64_t time)
{
	struct process *process = parent->process;
	struct thread *thread;

	if (child_tid == parent->tid || child_tid == process->pid)
		return NULL;   /* no source that is right says so */
	thread = make_way(state, child_tid, child_pid, time);
	if (child_pid != process->pid)
		process = fork_process(state, parent, child_pid, thread, time);
	if (!process)
		return NULL;
	if (!thread) {
		thread = thread_new(state, child_tid, process);
		if (!thread)
			return NULL;
		state_set_text(state, &thread->name, parent->name->text, parent->name->size);
		thread->seen_time = time;
	}
	thread->start_time = time;
	if (comm && *comm)
		state_thread_name(state, thread, comm);
	return thread;
}

/* What the process is, for the case that it becomes another; NULL when memory is out. */
static struct process_image *image_new(struct state *state, const struct process *process, uint64_t until)
{
	struct process_image *image = state_alloc(state, sizeof(*image));

	if (!image)
		return NULL;
	image->until = until;
	image->name = string_ref(process->name);
	image->exe = string_ref(process->exe);
	image->args = string_ref(process->args);
	return image;
}

static void image_keep(struct state *state, struct process *process, struct process_image *image)
{
	if (image->name == process->name && image->exe == process->exe && image->args == process->args) {
		image_free(state, image);
		return;
	}
	images_cut(state, process, PROCESS_IMAGES_MAX - 1);
	image->older = process->images;
	process->images = image;
}

void state_exec(struct state *state, struct thread *thread, const char *comm, const char *command,
		size_t size, uint64_t time)
{
	struct process *process = thread->process;
	struct process_image *image = NULL;
	size_t exe = command ? strnlen(command, size) : 0, start, n = 0;
	struct thread *other, *next;
	char args[ARGS_MAX];

	if (may_be_shown(state, process) && !state_is_full(state))
		image = image_new(state, process, time);
	else
		images_cut(state, process, 0);
	/* the one that called execve took the main thread's id: its own was never told to end */
	for (other = process->threads; other; other = next) {
		next = other->next_sibling;
		if (other != thread)
			thread_end(state, other, false, time);
	}
	if (comm)
		state_thread_name(state, thread, comm);
	state_set_text(state, &process->exe, command, exe < ARGS_MAX ? exe : ARGS_MAX);
	start = exe + 1;
	if (!command)
		size = 0;
	while (size > start && !command[size - 1])
		size--;
	for (size_t i = start; i < size && n < sizeof(args); i++)
		args[n++] = command[i] ? command[i] : ' ';
	state_set_text(state, &process->args, args, n);
	process->written = 0;
	if (image)
		image_keep(state, process, image);
	if (process->follow_program)
		mark_followed(process);
	process->follow_program = false;
}

void state_exit(struct state *state, struct thread *thread, bool last, uint64_t time)
{
	struct process *process = thread->process;

	if (last)
		process_end(state, process, time);
	else
		thread_end(state, thread, false, time);
}

void state_describe(struct state *state, struct process *process, uint32_t ppid, uint32_t uid,
		    const char *exe, const char *args, const char *cwd)
{
	state_set_parent(state, process, ppid);
	process->uid = uid;
	if (exe)
		state_set_text(state, &process->exe, exe, strlen(exe));
	if (args)
		state_set_text(state, &process->args, args, strlen(args));
	if (cwd)
		state_set_cwd(state, process, cwd, strlen(cwd));
}

void state_set_cwd(struct state *state, struct process *process, const char *cwd, size_t size)
{
	state_set_text(state, &process->cwd, cwd, size);
}

bool process_is_below(const struct process *process, const struct process *ancestor)
{
	while (process && process != ancestor)
		process = process->parent;
	return process;
}

size_t state_bytes(const struct state *state)
{
	return sizeof(*state) + state->bytes + id_table_bytes(&state->threads) + id_table_bytes(&state->processes);
}

void state_limit(struct state *state, size_t bytes)
{
	state->limit = bytes;
}

/* Dead objects do not count: the recording bounds them. */
size_t state_living_bytes(const struct state *state)
{
	size_t pool = string_pool_bytes(state->pool), all = state->bytes + pool;

	/* a pool that others use too may have become smaller */
	all -= state->pool_bytes < pool ? state->pool_bytes : pool;
	return all > state->dead_bytes ? all - state->dead_bytes : 0;
}

bool state_is_full(const struct state *state)
{
	return state->limit && state_living_bytes(state) > state->limit - state->limit / 8;
}

bool state_is_over(const struct state *state)
{
	return state->limit && state_living_bytes(state) > state->limit;
}

void state_tail_changed(struct state *state, const struct thread *thread, size_t before)
{
	size_t now = thread->marker_tail.capacity;

	state->bytes += now - before;
	state->tail_bytes += now - before;
}

size_t state_tail_bytes(const struct state *state)
{
	return state->tail_bytes;
}

size_t state_drop_tails(struct state *state, uint64_t time)
{
	size_t dropped = 0;

	for (size_t i = 0; i <= state->threads.mask; i++) {
		for (struct id_link *link = state->threads.buckets[i]; link; link = link->next) {
			struct thread *thread = (struct thread *)link;

			if (!thread->marker_tail.size || thread->marker_tail.time >= time)
				continue;
			tail_clear(state, thread);
			dropped++;
		}
	}
	return dropped;
}

size_t state_waiting_bytes(const struct state *state)
{
	return state->waiting;
}

size_t state_threads(const struct state *state)
{
	return state->threads.count;
}

size_t state_dead(const struct state *state)
{
	return state->dead;
}
