/* Threads, processes and descriptors: how they are found, inherited, ended and freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <sys/socket.h>

#include "src/engine/fd_text.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"

struct world {
	struct string_pool *pool;
	struct state *state;
	unsigned ended, ended_last;
	struct thread *last_ended;
};

static void on_end(void *context, struct thread *thread, bool last)
{
	struct world *world = context;

	world->ended++;
	world->ended_last += last;
	world->last_ended = thread;
}

static int set_up(void **data)
{
	static struct world world;

	world = (struct world){ .pool = string_pool_new() };
	world.state = state_new(world.pool);
	state_on_end(world.state, on_end, &world);
	*data = &world;
	return !world.state;
}

static int tear_down(void **data)
{
	struct world *world = *data;

	state_free(world->state);
	string_pool_free(world->pool);
	return 0;
}

static void collect(struct world *world, uint64_t spans, uint64_t calls)
{
	uint64_t oldest[LANES] = { [LANE_SPANS] = spans, [LANE_CALLS] = calls };

	state_collect(world->state, oldest);
}

static struct fd *set_fd(struct world *world, struct process *process, int32_t num, const char *name)
{
	struct fd description = { .num = num, .type = FD_FILE };

	return state_fd_set(world->state, process, &description, name, strlen(name));
}

static const char *fd_name(struct world *world, struct process *process, int32_t num)
{
	struct fd *fd = state_fd(world->state, process, num);

	return fd ? fd->name->text : NULL;
}

static void test_find_and_make(void **data)
{
	struct world *world = *data;
	struct thread *main, *worker;

	assert_null(state_find_thread(world->state, 10));
	worker = state_thread(world->state, 11, 10);
	main = state_thread(world->state, 10, 10);
	assert_ptr_equal(state_thread(world->state, 11, 10), worker);
	assert_ptr_equal(main->process, worker->process);
	assert_int_equal(main->process->pid, 10);
	assert_int_equal(main->process->nthreads, 2);
	assert_string_equal(main->name->text, "");
	assert_string_equal(main->process->name->text, "");
	state_thread_name(world->state, worker, "worker");
	assert_string_equal(main->process->name->text, "worker");
	state_thread_name(world->state, main, "server");
	assert_string_equal(main->process->name->text, "server");
	state_thread_name(world->state, worker, "other");
	assert_string_equal(main->process->name->text, "server");
	/* a comm has at most 16 bytes, its end may be missing */
	state_thread_name(world->state, worker, "0123456789abcdefgh");
	assert_int_equal(worker->name->size, 16);
	assert_int_equal(state_threads(world->state), 2);
}

static void test_many_threads(void **data)
{
	struct world *world = *data;

	for (uint32_t tid = 1; tid <= 20000; tid++)
		assert_non_null(state_thread(world->state, tid * 64, tid % 100 * 64));
	for (uint32_t tid = 1; tid <= 20000; tid++)
		assert_int_equal(state_find_thread(world->state, tid * 64)->process->pid, tid % 100 * 64);
	assert_int_equal(state_threads(world->state), 20000);
	assert_int_equal(state_find_process(world->state, 64)->nthreads, 200);
}

static void test_fork_inherits(void **data)
{
	struct world *world = *data;
	struct thread *parent = state_thread(world->state, 10, 10), *child, *sibling;

	state_thread_name(world->state, parent, "sh");
	state_describe(world->state, parent->process, 1, 1000, "/bin/sh", "-c x", "/home");
	set_fd(world, parent->process, 3, "/a");
	child = state_fork(world->state, parent, 20, 20, NULL, 500);
	assert_string_equal(child->name->text, "sh");
	assert_string_equal(child->process->name->text, "sh");
	assert_string_equal(child->process->exe->text, "/bin/sh");
	assert_string_equal(child->process->args->text, "-c x");
	assert_string_equal(child->process->cwd->text, "/home");
	assert_int_equal(child->process->uid, 1000);
	assert_int_equal(child->process->ppid, 10);
	assert_int_equal(child->process->forker_tid, 10);
	assert_int_equal(child->process->start_time, 500);
	assert_int_equal(child->start_time, 500);
	assert_ptr_equal(child->process->parent, parent->process);
	assert_int_equal(parent->process->parent->pid, 1);
	assert_true(process_is_below(child->process, state_find_process(world->state, 1)));
	assert_true(process_is_below(child->process, child->process));
	assert_false(process_is_below(parent->process, child->process));

	/* each changes its own descriptors */
	assert_string_equal(fd_name(world, child->process, 3), "/a");
	set_fd(world, child->process, 3, "/b");
	set_fd(world, parent->process, 4, "/c");
	assert_string_equal(fd_name(world, parent->process, 3), "/a");
	assert_string_equal(fd_name(world, child->process, 3), "/b");
	assert_null(fd_name(world, child->process, 4));
	state_fd_close(world->state, parent->process, 3);
	assert_null(fd_name(world, parent->process, 3));
	assert_string_equal(fd_name(world, child->process, 3), "/b");

	/* a thread shares all */
	sibling = state_fork(world->state, parent, 11, 10, "worker", 600);
	assert_ptr_equal(sibling->process, parent->process);
	assert_int_equal(parent->process->nthreads, 2);
	assert_string_equal(sibling->name->text, "worker");
	assert_string_equal(parent->process->name->text, "sh");
}

static void test_exec(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10);

	state_thread(world->state, 11, 10);
	state_thread(world->state, 12, 10);
	set_fd(world, thread->process, 3, "/a");
	state_exec(world->state, thread, "python3", "/usr/bin/python3\0-c\0pass\0", 25, 5);
	assert_string_equal(thread->process->exe->text, "/usr/bin/python3");
	assert_string_equal(thread->process->args->text, "-c pass");
	assert_string_equal(thread->process->name->text, "python3");
	assert_string_equal(thread->name->text, "python3");
	assert_string_equal(fd_name(world, thread->process, 3), "/a");
	/* of several threads the one that called execve remains */
	assert_int_equal(thread->process->nthreads, 1);
	assert_int_equal(world->ended, 2);
	assert_int_equal(world->ended_last, 0);
	assert_ptr_equal(state_find_thread(world->state, 10), thread);
	state_exec(world->state, thread, "x", NULL, 0, 6);
	assert_string_equal(thread->process->exe->text, "");
	assert_string_equal(thread->process->args->text, "");
	state_exec(world->state, thread, "x", "only", 4, 7);
	assert_string_equal(thread->process->exe->text, "only");
	assert_string_equal(thread->process->args->text, "");
}

static const char *name_at(const struct process *process, uint64_t time)
{
	const struct process_image *image = process_image(process, time);

	return image ? image->name->text : process->name->text;
}

static void exec(struct world *world, struct thread *thread, const char *comm, const char *command, uint64_t time)
{
	state_exec(world->state, thread, comm, command, strlen(command), time);
}

/* What a process was stays known for the events of that time. */
static void test_images(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10);
	struct process *process = thread->process;
	const struct process_image *image;

	state_thread_name(world->state, thread, "bash");
	state_describe(world->state, process, 1, 0, "/bin/bash", "-c x", NULL);
	state_touch(thread, NULL, LANE_CALLS, 1);
	exec(world, thread, "env", "env", 100);
	exec(world, thread, "cat", "cat", 200);
	assert_string_equal(process->name->text, "cat");
	assert_string_equal(name_at(process, 0), "bash");
	assert_string_equal(name_at(process, 99), "bash");
	assert_string_equal(name_at(process, 100), "env");
	assert_string_equal(name_at(process, 199), "env");
	assert_string_equal(name_at(process, 200), "cat");
	assert_string_equal(name_at(process, UINT64_MAX), "cat");
	image = process_image(process, 50);
	assert_string_equal(image->exe->text, "/bin/bash");
	assert_string_equal(image->args->text, "-c x");
	/* the same again is no other */
	exec(world, thread, "cat", "cat", 300);
	assert_int_equal(process->images->until, 200);
	/* and back: the same program, another time */
	exec(world, thread, "env", "env", 400);
	assert_string_equal(name_at(process, 150), "env");
	assert_string_equal(name_at(process, 399), "cat");
	assert_string_equal(name_at(process, 400), "env");
}

static void test_images_are_bounded(void **data)
{
	struct world *world = *data;
	struct thread *parent = state_thread(world->state, 9, 9), *thread;
	struct process *process;
	size_t bytes = state_bytes(world->state), n = 0;
	char name[16];

	thread = state_fork(world->state, parent, 10, 10, "p0", 1);
	process = thread->process;
	state_touch(thread, NULL, LANE_SPANS, 1);
	for (unsigned i = 1; i <= 40; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		exec(world, thread, name, name, i * 10);
	}
	for (const struct process_image *i = process->images; i; i = i->older)
		n++;
	assert_int_equal(n, PROCESS_IMAGES_MAX);
	/* it was p39 in the 390s, p24 in the 240s; what was before is forgotten */
	assert_string_equal(name_at(process, 399), "p39");
	assert_string_equal(name_at(process, 245), "p24");
	assert_string_equal(name_at(process, 5), "p24");
	assert_true(state_bytes(world->state) >= bytes + n * sizeof(struct process_image));
	state_exit(world->state, thread, true, 500);
	assert_string_equal(name_at(process, 399), "p39");
	collect(world, 2, 1);
	assert_int_equal(state_dead(world->state), 0);
	assert_int_equal(state_bytes(world->state), bytes);
}

/* Where no event can show it, nothing is kept. */
static void test_images_of_the_unseen(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10);

	state_thread_name(world->state, thread, "sh");
	exec(world, thread, "ls", "ls", 100);
	assert_null(thread->process->images);
	/* a child may show its parent's name */
	state_fork(world->state, thread, 11, 11, NULL, 150);
	exec(world, thread, "cat", "cat", 200);
	assert_string_equal(name_at(thread->process, 199), "ls");
	/* what another thread did before it ended counts */
	thread = state_thread(world->state, 20, 20);
	state_touch(state_thread(world->state, 21, 20), NULL, LANE_CALLS, 1);
	state_exit(world->state, state_find_thread(world->state, 21), false, 250);
	exec(world, thread, "a", "a", 300);
	exec(world, thread, "b", "b", 400);
	assert_string_equal(name_at(thread->process, 350), "a");
	/* and once its events are gone, all is forgotten with the next one */
	collect(world, 1, 2);
	exec(world, thread, "c", "c", 500);
	assert_null(thread->process->images);
}

static void learn(struct world *world, uint32_t dev, uint64_t inode, const char *name, bool sure)
{
	state_device_learn(world->state, dev, inode, name, strlen(name), sure);
}

static void test_devices(void **data)
{
	struct world *world = *data;

	assert_null(state_device(world->state, 5, 4));
	learn(world, 5, 4, "/dev/null", false);
	assert_string_equal(state_device(world->state, 5, 4)->text, "/dev/null");
	/* another file system, another inode */
	assert_null(state_device(world->state, 6, 4));
	assert_null(state_device(world->state, 5, 3));
	/* links that mean something else to everybody, and what is not below /dev */
	learn(world, 7, 3, "/dev/stdout", false);
	learn(world, 7, 3, "/dev/fd/1", false);
	learn(world, 7, 3, "/tmp/link", false);
	learn(world, 7, 3, "dev/pts/0", true);
	learn(world, 7, 3, "/dev/pts/0 (deleted)", true);
	assert_null(state_device(world->state, 7, 3));
	/* what the kernel says replaces what a program said, not the other way round */
	learn(world, 7, 3, "/dev/mine", false);
	learn(world, 7, 3, "/dev/pts/0", true);
	learn(world, 7, 3, "/dev/tty", false);
	assert_string_equal(state_device(world->state, 7, 3)->text, "/dev/pts/0");
	/* nothing to compare with */
	learn(world, 0, 3, "/dev/a", true);
	learn(world, 7, 0, "/dev/a", true);
	assert_null(state_device(world->state, 0, 3));
	assert_null(state_device(world->state, 7, 0));
	for (uint64_t inode = 1; inode <= 100000; inode++)
		learn(world, 8, inode, "/dev/many", true);
	assert_string_equal(state_device(world->state, 8, 100000)->text, "/dev/many");
}

static void test_exit_keeps_what_is_referred_to(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10);
	struct fd *fd = set_fd(world, thread->process, 3, "/a");

	state_touch(thread, fd, LANE_CALLS, 7);
	state_touch(thread, NULL, LANE_SPANS, 9);
	state_exit(world->state, thread, true, 1000);
	assert_int_equal(world->ended, 1);
	assert_int_equal(world->ended_last, 1);
	assert_null(state_find_thread(world->state, 10));
	assert_null(state_find_process(world->state, 10));
	assert_int_equal(thread->end_time, 1000);
	assert_int_equal(thread->process->end_time, 1000);
	assert_int_equal(state_dead(world->state), 2);   /* thread and descriptor */
	collect(world, 1, 7);
	assert_int_equal(state_dead(world->state), 2);
	assert_string_equal(fd->name->text, "/a");
	/* chunk 7 of the calls is gone: so is the descriptor; the spans still refer to the thread */
	collect(world, 1, 8);
	assert_int_equal(state_dead(world->state), 1);
	assert_int_equal(thread->process->pid, 10);
	collect(world, 9, 100);
	assert_int_equal(state_dead(world->state), 1);
	collect(world, 10, 100);
	assert_int_equal(state_dead(world->state), 0);
}

static void test_pins(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10);
	struct process *process = thread->process;
	size_t bytes;

	state_touch(thread, NULL, LANE_CALLS, 1);
	thread->pins = 1;
	process->pins = 1;
	state_exit(world->state, thread, true, 1000);
	collect(world, 2, 2);
	collect(world, 3, 3);
	assert_int_equal(state_dead(world->state), 1);
	assert_int_equal(thread->tid, 10);
	thread->pins = 0;
	collect(world, 4, 4);
	/* the process alone is left */
	assert_int_equal(state_dead(world->state), 1);
	assert_int_equal(process->pid, 10);
	bytes = state_bytes(world->state);
	process->pins = 0;
	collect(world, 5, 5);
	assert_int_equal(state_dead(world->state), 0);
	assert_int_equal(bytes - state_bytes(world->state), sizeof(struct process));
}

static void test_children_outlive_parents(void **data)
{
	struct world *world = *data;
	struct thread *shell = state_thread(world->state, 10, 10), *server, *worker;

	server = state_fork(world->state, shell, 20, 20, NULL, 100);
	worker = state_fork(world->state, server, 30, 30, NULL, 200);
	state_exit(world->state, server, true, 300);
	assert_int_equal(worker->process->parent->pid, 20);
	assert_int_equal(worker->process->ppid, 20);
	collect(world, 1, 1);
	/* the server's object is gone; the worker is the shell's by way of the server */
	assert_int_equal(state_dead(world->state), 0);
	assert_ptr_equal(worker->process->parent, shell->process);
	assert_int_equal(worker->process->forker_tid, 10);
	assert_int_equal(worker->process->forked_time, 100);
	assert_int_equal(worker->process->start_time, 200);
	assert_true(process_is_below(worker->process, shell->process));
	state_exit(world->state, shell, true, 400);
	collect(world, 2, 2);
	assert_null(worker->process->parent);
	/* a foster parent is one when there is no other */
	state_set_parent(world->state, worker->process, 1);
	assert_int_equal(worker->process->parent->pid, 1);
}

/* A daemon that goes on in a child of itself, again and again, does not grow. */
static void test_endless_chain(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10), *child;
	size_t bytes = 0;

	for (uint32_t i = 1; i <= 5000; i++) {
		child = state_fork(world->state, thread, 10 + i, 10 + i, NULL, i * 10);
		state_touch(thread, NULL, LANE_CALLS, i);
		state_exit(world->state, thread, true, i * 10 + 5);
		thread = child;
		collect(world, i, i);
		if (i == 100)
			bytes = state_bytes(world->state);
	}
	assert_int_equal(state_bytes(world->state), bytes);
}

static void test_reused_ids(void **data)
{
	struct world *world = *data;
	struct thread *shell = state_thread(world->state, 10, 10), *old, *new, *worker;

	old = state_fork(world->state, shell, 20, 20, NULL, 100);
	worker = state_fork(world->state, old, 21, 20, NULL, 150);
	set_fd(world, old->process, 5, "/old");
	state_touch(old, NULL, LANE_CALLS, 1);
	state_touch(worker, NULL, LANE_CALLS, 1);
	/* the exit of process 20 was lost: all of it ends now */
	new = state_fork(world->state, shell, 20, 20, NULL, 200);
	assert_ptr_not_equal(new, old);
	assert_ptr_not_equal(new->process, old->process);
	assert_int_equal(world->ended, 2);
	assert_int_equal(world->ended_last, 1);
	assert_int_equal(old->process->end_time, 200);
	assert_null(state_find_thread(world->state, 21));
	assert_null(fd_name(world, new->process, 5));

	/* a thread id that appears in another process: its former holder ended unseen */
	worker = state_fork(world->state, new, 22, 20, NULL, 250);
	assert_ptr_not_equal(state_thread(world->state, 22, 10), worker);
	assert_int_equal(world->ended, 3);
	assert_ptr_equal(world->last_ended, worker);
	assert_int_equal(worker->process->end_time, 0);
	assert_int_equal(new->process->nthreads, 1);
	assert_int_equal(shell->process->nthreads, 2);

	/* an exit that names the last thread ends those whose exits were lost */
	state_exit(world->state, shell, true, 300);
	assert_int_equal(world->ended, 5);
	assert_null(state_find_thread(world->state, 22));
}

/* After a loss a list says which threads there are: those that it lacks ended unseen. */
static void test_lost_exits(void **data)
{
	struct world *world = *data;
	const uint32_t listed[] = { 10, 21, 30, 40 };
	struct thread *shell = state_thread(world->state, 10, 10), *gone, *worker, *young;

	gone = state_fork(world->state, shell, 15, 15, NULL, 100);
	state_fork(world->state, gone, 16, 15, NULL, 110);
	worker = state_fork(world->state, shell, 20, 20, NULL, 100);
	state_fork(world->state, worker, 21, 20, NULL, 120);
	young = state_fork(world->state, shell, 25, 25, NULL, 500);
	state_fork(world->state, shell, 30, 30, NULL, 130);
	/* known as parents only */
	state_set_parent(world->state, shell->process, 40);
	state_set_parent(world->state, young->process, 41);
	state_touch(gone, NULL, LANE_CALLS, 1);
	state_keep_threads(world->state, listed, 4, 500, 600);

	assert_null(state_find_process(world->state, 15));
	assert_null(state_find_thread(world->state, 16));
	assert_int_equal(gone->process->end_time, 600);
	/* a main thread may end before its process does */
	assert_null(state_find_thread(world->state, 20));
	assert_non_null(state_find_thread(world->state, 21));
	assert_non_null(state_find_process(world->state, 20));
	/* began when the list did */
	assert_ptr_equal(state_find_thread(world->state, 25), young);
	assert_non_null(state_find_thread(world->state, 10));
	assert_non_null(state_find_thread(world->state, 30));
	assert_non_null(state_find_process(world->state, 40));
	assert_null(state_find_process(world->state, 41));
	assert_int_equal(world->ended, 3);

	/* 30 is now another process, whose fork was lost as well: it began later */
	state_thread_began(world->state, 30, 130);
	assert_non_null(state_find_process(world->state, 30));
	state_thread_began(world->state, 30, 131);
	assert_null(state_find_process(world->state, 30));
	state_thread_began(world->state, 99, 131);

	state_keep_threads(world->state, NULL, 0, 1000, 1000);
	assert_int_equal(state_threads(world->state), 0);
}

/* The child may be seen before its parent's fork is told. */
static void test_fork_told_late(void **data)
{
	struct world *world = *data;
	struct thread *shell = state_thread(world->state, 10, 10), *child = state_thread(world->state, 20, 20);

	child->seen_time = 120;
	set_fd(world, child->process, 3, "/own");
	assert_ptr_equal(state_fork(world->state, shell, 20, 20, NULL, 100), child);
	assert_ptr_equal(child->process->parent, shell->process);
	assert_int_equal(child->process->forker_tid, 10);
	assert_string_equal(fd_name(world, child->process, 3), "/own");
	assert_int_equal(world->ended, 0);
	/* a process known only as someone's parent becomes the child, with all it inherits */
	set_fd(world, shell->process, 4, "/inherited");
	state_set_parent(world->state, child->process, 30);
	state_fork(world->state, shell, 30, 30, NULL, 130);
	assert_string_equal(fd_name(world, state_find_process(world->state, 30), 4), "/inherited");
}

static void test_nonsense(void **data)
{
	struct world *world = *data;
	struct thread *a = state_thread(world->state, 10, 10), *b;

	assert_null(state_fork(world->state, a, 10, 10, NULL, 1));
	assert_null(state_fork(world->state, a, 10, 20, NULL, 1));
	b = state_fork(world->state, a, 20, 20, NULL, 1);
	/* nobody is his own ancestor */
	state_set_parent(world->state, a->process, 20);
	state_set_parent(world->state, a->process, 10);
	assert_null(a->process->parent);
	assert_ptr_equal(b->process->parent, a->process);
	assert_null(state_fd(world->state, a->process, -1));
	assert_null(state_fd(world->state, a->process, INT32_MAX));
	assert_null(state_fd_next(a->process, INT32_MAX));
	state_fd_close(world->state, a->process, 77);
	assert_null(set_fd(world, a->process, -1, "x"));
	assert_null(set_fd(world, a->process, 1048577, "x"));
	assert_non_null(set_fd(world, a->process, 1048576, "x"));
	assert_null(state_fd_dup(world->state, a->process, 3, 4));
}

static void test_fd_tree(void **data)
{
	struct world *world = *data;
	struct process *process = state_thread(world->state, 10, 10)->process;
	static const int32_t nums[] = { 0, 1, 63, 64, 4095, 4096, 100000, 262143, 262144, 1048575 };
	size_t bytes = state_bytes(world->state), n = sizeof(nums) / sizeof(*nums), i = 0;
	char name[32];

	for (i = n; i--;) {
		snprintf(name, sizeof(name), "/%d", nums[i]);
		set_fd(world, process, nums[i], name);
	}
	assert_int_equal(process->nfds, n);
	i = 0;
	for (struct fd *fd = state_fd_next(process, -5); fd; fd = state_fd_next(process, fd->num + 1)) {
		snprintf(name, sizeof(name), "/%d", nums[i]);
		assert_int_equal(fd->num, nums[i++]);
		assert_string_equal(fd->name->text, name);
	}
	assert_int_equal(i, n);
	assert_int_equal(state_fd_next(process, 4097)->num, 100000);
	assert_null(state_fd(world->state, process, 65));
	for (i = 0; i < n; i++)
		state_fd_close(world->state, process, nums[i]);
	assert_int_equal(process->nfds, 0);
	assert_int_equal(state_bytes(world->state), bytes);
}

/* What is open is told as bits: the rest is closed, and in a child alone, though it shares its parent's tree. */
static void test_fd_keep(void **data)
{
	struct world *world = *data;
	struct thread *parent = state_thread(world->state, 10, 10);
	struct process *process = parent->process, *child;
	static const int32_t nums[] = { 0, 1, 63, 64, 127, 128, 5000 };
	const uint64_t bits[2] = { 1ull << 63 | 1, 1 };

	for (size_t i = 0; i < sizeof(nums) / sizeof(*nums); i++)
		set_fd(world, process, nums[i], "/x");
	child = state_fork(world->state, parent, 20, 20, NULL, 100)->process;
	state_fd_keep(world->state, child, bits, 128, true);
	assert_int_equal(child->nfds, 5);
	assert_null(state_fd(world->state, child, 1));
	assert_null(state_fd(world->state, child, 127));
	assert_non_null(state_fd(world->state, child, 0));
	assert_non_null(state_fd(world->state, child, 63));
	assert_non_null(state_fd(world->state, child, 64));
	assert_non_null(state_fd(world->state, child, 128));
	state_fd_keep(world->state, child, bits, 128, false);
	assert_int_equal(child->nfds, 3);
	assert_int_equal(process->nfds, 7);
	state_fd_keep(world->state, child, NULL, 0, false);
	assert_int_equal(child->nfds, 0);
}

static void test_fd_dup(void **data)
{
	struct world *world = *data;
	struct process *process = state_thread(world->state, 10, 10)->process;
	struct fd *fd;

	set_fd(world, process, 3, "/a");
	set_fd(world, process, 7, "/b");
	fd = state_fd_dup(world->state, process, 3, 7);
	assert_int_equal(fd->num, 7);
	assert_string_equal(fd_name(world, process, 7), "/a");
	assert_ptr_equal(state_fd_dup(world->state, process, 7, 7), fd);
	state_fd_close(world->state, process, 3);
	assert_string_equal(fd_name(world, process, 7), "/a");
	assert_int_equal(process->nfds, 1);
}

/* A fork shares ten thousand descriptors; a change in the child copies only its path to them. */
static void test_fork_of_many_fds(void **data)
{
	struct world *world = *data;
	struct thread *parent = state_thread(world->state, 10, 10), *child;
	size_t before, forked;

	for (int32_t num = 0; num < 10000; num++)
		set_fd(world, parent->process, num, "/f");
	before = state_bytes(world->state);
	child = state_fork(world->state, parent, 20, 20, NULL, 1);
	forked = state_bytes(world->state);
	assert_true(forked - before <= sizeof(struct thread) + sizeof(struct process));
	assert_int_equal(child->process->nfds, 10000);
	state_fd_close(world->state, child->process, 5000);
	assert_true(state_bytes(world->state) - forked <= 3 * 600);
	assert_null(fd_name(world, child->process, 5000));
	assert_string_equal(fd_name(world, child->process, 5001), "/f");
	assert_string_equal(fd_name(world, parent->process, 5000), "/f");
	state_exit(world->state, parent, true, 5);
	assert_string_equal(fd_name(world, child->process, 4999), "/f");
	for (int32_t num = 0; num < 10000; num++)
		state_fd_close(world->state, child->process, num);
	assert_int_equal(child->process->nfds, 0);
}

/* What ended and only waits for calls to be evicted is counted; what spans hold is not. */
static void test_waiting(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10), *pinned = state_thread(world->state, 20, 20);

	state_touch(thread, set_fd(world, thread->process, 3, "/a"), LANE_CALLS, 5);
	state_touch(pinned, NULL, LANE_CALLS, 5);
	pinned->pins = 1;
	assert_int_equal(state_waiting_bytes(world->state), 0);
	state_exit(world->state, thread, true, 100);
	assert_int_equal(state_waiting_bytes(world->state), sizeof(struct thread) + sizeof(struct process) +
								    sizeof(struct fd) + sizeof(struct string) + sizeof("/a"));
	state_exit(world->state, pinned, true, 100);
	collect(world, 1, 6);
	assert_int_equal(state_waiting_bytes(world->state), 0);
	assert_int_equal(state_dead(world->state), 1);
	pinned->pins = 0;
}

static void test_limit(void **data)
{
	struct world *world = *data;
	struct process *process = state_thread(world->state, 10, 10)->process;
	struct thread *busy = state_thread(world->state, 20, 20);
	int32_t num = 0;

	state_limit(world->state, 100000);
	while (set_fd(world, process, num, "/a"))
		num++;
	/* each takes its object and its share of the tree, and all together seven eighths of the limit */
	assert_in_range(num, 87500 / (sizeof(struct fd) + 64), 87500 / sizeof(struct fd) + 1);
	state_touch(busy, NULL, LANE_CALLS, 7);
	for (uint32_t tid = 1000; tid < 2000; tid++)
		assert_non_null(state_thread(world->state, tid, tid));
	collect(world, 1, 6);
	/* whoever has nothing in the recording is forgotten */
	assert_int_equal(state_threads(world->state), 1);
	assert_ptr_equal(state_find_thread(world->state, 20), busy);
	collect(world, 1, 7);
	assert_true(state_bytes(world->state) - sizeof(struct thread) - sizeof(struct process) < 100000);
	assert_non_null(set_fd(world, busy->process, 3, "/a"));
}

/* Texts count, and so does what a process was; with no room for them they are cut, and left out. */
static void test_limit_of_texts(void **data)
{
	struct world *world = *data;
	struct thread *thread = state_thread(world->state, 10, 10);
	char command[4000], path[1000];
	unsigned images = 0;

	state_limit(world->state, 100000);
	memset(path, 'p', sizeof(path));
	for (int32_t num = 0; num < 1000; num++) {
		snprintf(path, 16, "/%d", num);
		path[strlen(path)] = 'p';
		path[sizeof(path) - 1] = '\0';
		set_fd(world, thread->process, num, path);
	}
	assert_in_range(thread->process->nfds, 60, 90);
	assert_true(state_living_bytes(world->state) <= 100000);
	for (int32_t num = 0; num < 1000; num++)
		state_fd_close(world->state, thread->process, num);

	memset(command, 'c', sizeof(command));
	state_touch(thread, NULL, LANE_CALLS, 7);
	for (unsigned i = 0; i < 1000; i++) {
		struct thread *other = state_thread(world->state, 1000 + i, 1000 + i);

		state_touch(other, NULL, LANE_CALLS, 7);
		snprintf(command, 16, "%u", i);
		state_exec(world->state, other, "sh", command, sizeof(command), i);
		snprintf(command, 16, "%u", i + 1000);
		state_exec(world->state, other, "sh", command, sizeof(command), i);
		images += !!other->process->images;
	}
	/* the objects alone are more than the limit: the texts of the few first ones are whole */
	assert_in_range(images, 5, 30);
	assert_true(state_is_over(world->state));
	assert_true(state_living_bytes(world->state) <
		    100000 + 1000 * (sizeof(struct process) + sizeof(struct thread) + 300));
	collect(world, 1, 8);
	assert_false(state_is_over(world->state));
}

static void expect_path(const char *directory, const char *path, const char *expected)
{
	char name[FD_NAME_MAX];
	size_t size = path_resolve(directory, strlen(directory), path, strlen(path), name);

	assert_string_equal(name, expected);
	assert_int_equal(size, strlen(expected));
}

static void test_paths(void **data)
{
	char longest[10000], name[FD_NAME_MAX];

	(void)data;
	expect_path("/home", "/etc/hosts", "/etc/hosts");
	expect_path("/home", "a", "/home/a");
	expect_path("/home/", "a/", "/home/a");
	expect_path("/home", "", "/home");
	expect_path("/home/x", "../y", "/home/y");
	expect_path("/", "a", "/a");
	expect_path("/", "..", "/");
	expect_path("/a", "../../../b", "/b");
	expect_path("/", "/dev/../dev//null", "/dev/null");
	expect_path("/", "/./dev/./null/.", "/dev/null");
	expect_path("/", "/a...b/..c/.d", "/a...b/..c/.d");
	expect_path("", "relative/x", "relative/x");
	expect_path("", "/x", "/x");
	expect_path("pipe:[1]", "x", "x");
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(path_resolve("/d", 2, longest, sizeof(longest), name), FD_NAME_MAX - 1);
	assert_int_equal(strlen(name), FD_NAME_MAX - 1);
	for (size_t i = 0; i < sizeof(longest); i += 2)
		longest[i] = '/';
	assert_in_range(path_resolve("/d", 2, longest, sizeof(longest), name), FD_NAME_MAX - 2, FD_NAME_MAX - 1);
	assert_in_range(path_resolve("", 0, longest + 1, sizeof(longest) - 1, name), 1, FD_NAME_MAX - 1);
}

static void expect_tuple(const char *local, uint16_t local_port, const char *remote, uint16_t remote_port,
			 uint16_t state, bool is_server, const char *expected)
{
	struct fd_socket socket = { .family = strchr(local, ':') ? AF_INET6 : AF_INET, .type = SOCK_STREAM, .state = state };
	char text[128];
	size_t size;

	inet_pton(socket.family, local, socket.local);
	inet_pton(socket.family, remote, socket.remote);
	socket.local_port = htons(local_port);
	socket.remote_port = htons(remote_port);
	size = fd_socket_name(&socket, is_server, text, sizeof(text));
	assert_string_equal(text, expected);
	assert_int_equal(size, strlen(expected));
	assert_int_equal(fd_socket_name(&socket, is_server, text, 5), size < 4 ? size : 4);
}

static void test_socket_names(void **data)
{
	struct fd_socket socket = { .family = AF_UNIX };
	char text[8];

	(void)data;
	expect_tuple("10.0.0.1", 1000, "10.0.0.2", 80, 1, false, "10.0.0.1:1000->10.0.0.2:80");
	expect_tuple("10.0.0.2", 80, "10.0.0.1", 1000, 1, true, "10.0.0.1:1000->10.0.0.2:80");
	expect_tuple("0.0.0.0", 80, "0.0.0.0", 0, 10, false, "0.0.0.0:80");
	expect_tuple("::", 8080, "::", 0, 10, false, ":::8080");
	expect_tuple("2001:db8::4", 54405, "2001:db8::3", 1234, 1, false, "2001:db8::4:54405->2001:db8::3:1234");
	expect_tuple("0.0.0.0", 0, "0.0.0.0", 0, 0, false, "");
	assert_int_equal(fd_socket_name(&socket, false, text, sizeof(text)), 0);
}

static void test_fd_types(void **data)
{
	(void)data;
	/* words and letters as sysdig prints them */
	assert_string_equal(fd_type_name(FD_FILE), "file");
	assert_string_equal(fd_type_name(FD_DIRECTORY), "directory");
	assert_string_equal(fd_type_name(FD_IPV4), "ipv4");
	assert_string_equal(fd_type_name(FD_EVENTPOLL), "eventpoll");
	assert_string_equal(fd_type_name(FD_SIGNAL), "signalfd");
	assert_string_equal(fd_type_name(FD_TIMER), "timerfd");
	assert_string_equal(fd_type_name(FD_EVENT), "event");
	assert_string_equal(fd_type_name(FD_NETLINK), "netlink");
	assert_int_equal(fd_type_char(FD_FILE), 'f');
	assert_int_equal(fd_type_char(FD_DIRECTORY), 'd');
	assert_int_equal(fd_type_char(FD_IPV6), '6');
	assert_int_equal(fd_type_char(FD_UNIX), 'u');
	assert_int_equal(fd_type_char(FD_PIPE), 'p');
	assert_int_equal(fd_type_char(FD_EVENT), 'e');
	assert_int_equal(fd_type_char(FD_SIGNAL), 's');
	assert_int_equal(fd_type_char(FD_EVENTPOLL), 'l');
	assert_int_equal(fd_type_char(FD_INOTIFY), 'i');
	assert_int_equal(fd_type_char(FD_TIMER), 't');
	assert_int_equal(fd_type_char(FD_NETLINK), 'n');
	assert_non_null(fd_type_name((enum fd_type)99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_find_and_make, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_threads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fork_inherits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exec, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_images, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_images_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_images_of_the_unseen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_devices, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exit_keeps_what_is_referred_to, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_children_outlive_parents, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_endless_chain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reused_ids, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_exits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fork_told_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nonsense, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fd_tree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fd_keep, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fd_dup, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fork_of_many_fds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_waiting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limit_of_texts, set_up, tear_down),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_socket_names),
		cmocka_unit_test(test_fd_types),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
