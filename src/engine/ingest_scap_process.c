/* What events of captures tell of threads and processes, and the process lists that captures begin with. */
#include <errno.h>
#include <string.h>

#include "container.h"
#include "ingest_scap.h"
#include "string_pool.h"

#define CLONE_THREAD_SCAP 0x2000
#define CLONE_INVERTED_SCAP 0x10000  /* not of the kernel: the child's exit came before its parent's */
#define CLONE_CHILD_IN_PIDNS_SCAP 0x20000000
#define EXE_WRITABLE_SCAP 1
#define RLIMIT_NOFILE_SCAP 7
#define PR_SET_NAME 15
#define TEXT_MAX 4096
/* what new files have behind the parameters that both generations know */
#define EXEC_TRUSTED_EXEPATH 27

/* ---- texts ---- */

static void set_texts(struct engine *engine, struct string **at, struct scap_value value)
{
	if (value.bytes)
		state_set_text(engine->state, at, (const char *)value.bytes, value.size < TEXT_MAX ? value.size : TEXT_MAX);
}

/* Arguments, each ended by a NUL, as one text. */
static void set_args(struct engine *engine, struct process *process, const char *args, size_t size)
{
	char text[TEXT_MAX];

	if (size && !args[size - 1])
		size--;
	if (size > sizeof(text))
		size = sizeof(text);
	for (size_t i = 0; i < size; i++)
		text[i] = args[i] ? args[i] : ' ';
	state_set_text(engine->state, &process->args, text, size);
}

/* Old events have no comm: there it is the whole of the program's path. */
static void set_comm(struct engine *engine, struct thread *thread, struct scap_value comm, struct scap_value exe)
{
	struct process *process = thread->process;
	struct scap_value name = comm.bytes ? comm : exe;

	set_texts(engine, &thread->name, name);
	if (thread->tid == process->pid || !process->name->size)
		set_texts(engine, &process->name, name);
}

static void set_cwd(struct engine *engine, struct process *process, const char *cwd, size_t size)
{
	while (size > 1 && cwd[size - 1] == '/')
		size--;
	state_set_cwd(engine->state, process, cwd, size);
}

static void set_cgroups(struct engine *engine, struct process_facts *facts, struct scap_value value)
{
	if (!value.bytes)
		return;
	set_texts(engine, &facts->cgroups, value);
	state_facts_container(facts, container_of_cgroups(engine->containers, facts->cgroups->text, facts->cgroups->size));
}

static int64_t number_named(const struct scap_step *step, const char *name, int64_t otherwise)
{
	scap_number(scap_named(step, name), &otherwise);
	return otherwise;
}

static void learn_memory(const struct scap_step *step, struct thread *thread)
{
	thread->vm_size = (uint32_t)number_named(step, "vm_size", thread->vm_size);
	thread->vm_rss = (uint32_t)number_named(step, "vm_rss", thread->vm_rss);
	thread->vm_swap = (uint32_t)number_named(step, "vm_swap", thread->vm_swap);
}

static void learn_faults(const struct scap_step *step, struct thread *thread)
{
	thread->faults_major = (uint64_t)number_named(step, "pgft_maj", (int64_t)thread->faults_major);
	thread->faults_minor = (uint64_t)number_named(step, "pgft_min", (int64_t)thread->faults_minor);
}

/* ---- clone ---- */

/* The event itself says what it is that was cloned. */
static void learn_program(struct engine *engine, struct scap_step *step, struct thread *thread, bool is_thread)
{
	struct scap_value exe = scap_text(scap_named(step, "exe")), comm = scap_text(scap_named(step, "comm"));
	struct scap_value args = scap_named(step, "args");

	set_comm(engine, thread, comm, exe);
	if (is_thread)
		return;
	set_texts(engine, &thread->process->exe, exe);
	if (args.bytes)
		set_args(engine, thread->process, (const char *)args.bytes, args.size);
}

static void learn_child(struct engine *engine, struct scap_step *step, struct thread *child, uint32_t flags, bool inverted)
{
	struct process *process = child->process;
	struct process_facts *facts = state_facts(engine->state, process);
	bool is_thread = flags & CLONE_THREAD_SCAP;

	child->is_stranger = false;
	child->clone_flags = flags | (inverted ? CLONE_INVERTED_SCAP : 0);
	/* the parent's exit has the parent's own */
	child->vtid = step->result ? child->tid : number_named(step, "vtid", child->tid);
	learn_program(engine, step, child, is_thread);
	learn_faults(step, child);
	learn_memory(step, child);
	/* a thread is of its process's user, which may not be known yet */
	if (!facts || (is_thread && process->uid != UINT32_MAX))
		return;
	process->uid = (uint32_t)number_named(step, "uid", process->uid);
	facts->gid = (uint32_t)number_named(step, "gid", facts->gid);
	facts->vpid = step->result ? (int64_t)process->pid : number_named(step, "vpid", process->pid);
	facts->fdlimit = number_named(step, "fdlimit", facts->fdlimit);
	/* which container these are, the next execve tells: so far it is in its parent's */
	set_texts(engine, &facts->cgroups, scap_named(step, "cgroups"));
}

/* Whoever has the child's id now ended unseen, unless it is the child, known from its own exit. */
static bool make_way(struct engine *engine, uint32_t tid)
{
	struct thread *old = state_find_thread(engine->state, tid);

	if (!old)
		return true;
	if (old->clone_flags & CLONE_INVERTED_SCAP)
		return false;
	state_exit(engine->state, old, old->tid == old->process->pid, engine->now);
	return true;
}

static bool is_id(int64_t id)
{
	return id > 0 && id < UINT32_MAX;
}

static bool cloned(struct engine *engine, struct scap_step *step, struct thread *parent, uint32_t tid, bool inverted)
{
	uint32_t flags = (uint32_t)number_named(step, "flags", 0);
	uint32_t pid = flags & CLONE_THREAD_SCAP ? parent->process->pid : tid;
	struct thread *child;

	if (parent->is_stranger)
		learn_program(engine, step, parent, false);
	parent->is_stranger = false;
	child = state_fork(engine->state, parent, tid, pid, NULL, engine->now);
	if (child)
		learn_child(engine, step, child, flags, inverted);
	return child || tid == parent->tid || tid == parent->process->pid;
}

/* Its parent could not know them. */
static void learn_own_ids(const struct scap_step *step)
{
	struct process *process = step->thread->process;

	step->thread->vtid = number_named(step, "vtid", step->thread->vtid);
	if (process->facts && step->thread->tid == process->pid)
		process->facts->vpid = number_named(step, "vpid", process->facts->vpid);
}

/* In the child, which nothing told of before: its parent's exit comes later or is lost. */
static bool cloned_in_child(struct engine *engine, struct scap_step *step)
{
	int64_t parent_tid = number_named(step, "ptid", -1), pid = number_named(step, "pid", -1);
	uint32_t flags = (uint32_t)number_named(step, "flags", 0), tid = step->thread->tid;
	struct thread *parent;

	if (!step->thread->is_stranger) {
		learn_own_ids(step);
		return true;
	}
	if (flags & CLONE_THREAD_SCAP)
		parent_tid = pid;
	parent = is_id(parent_tid) ? state_find_thread(engine->state, (uint32_t)parent_tid) : NULL;
	if (!parent || parent->process == step->thread->process) {
		/* it speaks for itself */
		learn_child(engine, step, step->thread, flags, false);
		if (is_id(parent_tid))
			state_set_parent(engine->state, step->thread->process, (uint32_t)parent_tid);
		return true;
	}
	state_exit(engine->state, step->thread, true, engine->now);
	step->thread = parent;
	if (!cloned(engine, step, parent, tid, true))
		return false;
	step->thread = state_find_thread(engine->state, tid);
	return step->thread;
}

static bool act_clone(struct engine *engine, struct scap_step *step)
{
	if (step->result < 0 || !scap_value(step, 0).size)
		return true;
	if (!step->result)
		return cloned_in_child(engine, step);
	/* who lives in a namespace of its own is told its child's id there: the child itself tells which it is here */
	if (number_named(step, "vtid", step->thread->tid) != (int64_t)step->thread->tid ||
	    number_named(step, "flags", 0) & CLONE_CHILD_IN_PIDNS_SCAP)
		return true;
	if (!is_id(step->result) || step->result == step->thread->tid || step->result == step->thread->process->pid ||
	    !make_way(engine, (uint32_t)step->result))
		return true;
	return cloned(engine, step, step->thread, (uint32_t)step->result, false);
}

/* ---- execve ---- */

/* Where the file is that was executed: as the enter names it, seen from the directory before. */
static void learn_exepath(struct engine *engine, struct scap_step *step, struct process_facts *facts)
{
	bool is_at = step->input->scap.type == SCAP_TYPE_SYSCALL_EXECVEAT_X;
	struct scap_value given = scap_text(scap_enter_value(step, is_at ? 1 : 0));
	const struct string *cwd = step->thread->process->cwd;
	char directory[SCAP_PATH_MAX], name[SCAP_PATH_MAX];
	int64_t dirfd = -1;
	size_t size = 0;

	if (!given.bytes) {
		set_texts(engine, &facts->exepath, scap_text(scap_value(step, EXEC_TRUSTED_EXEPATH)));
		return;
	}
	if (is_at && scap_number(scap_enter_value(step, 0), &dirfd) && dirfd >= 0 && dirfd <= INT32_MAX) {
		const struct fd *fd = state_fd(engine->state, step->thread->process, (int32_t)dirfd);

		cwd = fd ? fd->name : cwd;
	}
	if (given.size && given.bytes[0] != '/' && cwd->size < sizeof(directory)) {
		size = cwd->size;
		memcpy(directory, cwd->text, size);
		if (size && directory[size - 1] != '/')
			directory[size++] = '/';
	}
	size = scap_path(directory, size, (const char *)given.bytes, given.size, name);
	state_set_text(engine->state, &facts->exepath, name, size);
}

static bool act_exec(struct engine *engine, struct scap_step *step)
{
	struct thread *thread = step->thread;
	struct process *process = thread->process;
	struct scap_value exe = scap_text(scap_named(step, "exe")), comm = scap_text(scap_named(step, "comm"));
	struct scap_value args = scap_named(step, "args");
	int64_t parent = number_named(step, "ptid", 0);
	struct process_facts *facts;

	if (step->result < 0 || !scap_value(step, 0).size)
		return true;
	facts = state_facts(engine->state, process);
	if (!facts)
		return false;
	learn_exepath(engine, step, facts);
	state_exec(engine->state, thread, NULL, (const char *)exe.bytes, exe.size, engine->now);
	if (args.bytes)
		set_args(engine, process, (const char *)args.bytes, args.size);
	set_comm(engine, thread, comm, exe);
	if (!process->ppid && is_id(parent))
		state_set_parent(engine->state, process, (uint32_t)parent);
	thread->is_stranger = thread->has_exited = false;
	learn_faults(step, thread);
	learn_memory(step, thread);
	set_texts(engine, &facts->env, scap_named(step, "env"));
	set_cgroups(engine, facts, scap_named(step, "cgroups"));
	facts->fdlimit = number_named(step, "fdlimit", facts->fdlimit);
	facts->tty = (int32_t)number_named(step, "tty", facts->tty);
	facts->vpgid = number_named(step, "pgid", facts->vpgid);
	facts->loginuid = (uint32_t)number_named(step, "loginuid", facts->loginuid);
	if (scap_named(step, "flags").size)
		facts->exe_writable = number_named(step, "flags", 0) & EXE_WRITABLE_SCAP;
	return true;
}

/* ---- smaller things ---- */

/* Ids that an enter sets (all ones: it does not), or in newer files the exit's own parameter. */
static void set_id(const struct scap_step *step, unsigned enter_param, const char *name, uint32_t *id)
{
	int64_t number = -1;

	if (!scap_number(scap_enter_value(step, enter_param), &number))
		scap_number(scap_named(step, name), &number);
	if ((uint32_t)number != UINT32_MAX)
		*id = (uint32_t)number;
}

static void act_limit(struct engine *engine, const struct scap_step *step, bool of_other)
{
	struct process *process = step->thread->process;
	int64_t pid = 0, resource = -1, limit = -1;
	struct process_facts *facts;

	scap_number(scap_enter_value(step, of_other ? 1 : 0), &resource);
	if (resource != RLIMIT_NOFILE_SCAP || !scap_number(scap_value(step, 1), &limit) || limit < 0)
		return;
	if (of_other && scap_number(scap_enter_value(step, 0), &pid) && pid)
		process = is_id(pid) ? state_find_process(engine->state, (uint32_t)pid) : NULL;
	facts = process ? state_facts(engine->state, process) : NULL;
	if (facts)
		facts->fdlimit = limit;
}

static void act_ids(const struct scap_step *step, enum scap_action action, struct process_facts *facts)
{
	struct process *process = step->thread->process;

	switch (action) {
	case ACTION_SETUID:
		set_id(step, 0, "uid", &process->uid);
		break;
	case ACTION_SETGID:
		set_id(step, 0, "gid", &facts->gid);
		break;
	case ACTION_SETRESUID:
	case ACTION_SETREUID:
		set_id(step, 1, "euid", &process->uid);
		break;
	case ACTION_SETRESGID:
	case ACTION_SETREGID:
		set_id(step, 1, "egid", &facts->gid);
		break;
	default:
		facts->sid = step->result;
		break;
	}
}

static void act_prctl(struct engine *engine, struct scap_step *step)
{
	if (number_named(step, "option", -1) == PR_SET_NAME)
		set_comm(engine, step->thread, scap_text(scap_named(step, "arg2_str")), (struct scap_value){ NULL, 0 });
}

bool scap_act_process(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	struct process_facts *facts;
	struct thread *thread;

	switch (action) {
	case ACTION_CLONE:
		return act_clone(engine, step);
	case ACTION_EXEC:
		return act_exec(engine, step);
	case ACTION_PROCEXIT:
		return true;
	case ACTION_MEMORY:
		learn_memory(step, step->thread);
		return true;
	case ACTION_SWITCH:
		learn_faults(step, step->thread);
		thread = state_find_thread(engine->state, step->thread->process->pid);
		if (thread)
			learn_memory(step, thread);
		return true;
	case ACTION_PROCINFO:
		step->thread->cpu_user = (uint64_t)number_named(step, "cpu_usr", 0);
		step->thread->cpu_system = (uint64_t)number_named(step, "cpu_sys", 0);
		return true;
	case ACTION_PRCTL:
		act_prctl(engine, step);
		return true;
	default:
		break;
	}
	if (step->result < 0)
		return true;
	if (action == ACTION_RLIMIT || action == ACTION_PRLIMIT) {
		act_limit(engine, step, action == ACTION_PRLIMIT);
		return true;
	}
	facts = state_facts(engine->state, step->thread->process);
	if (!facts)
		return false;
	act_ids(step, action, facts);
	return true;
}

void scap_end_process(struct engine *engine, struct scap_step *step)
{
	struct thread *thread = step->thread, *main;
	struct process *process = thread->process;

	main = state_find_thread(engine->state, process->pid);
	if (thread == main && process->nthreads > 1 && !main->has_exited) {
		/* sysdig keeps it: what its process is it knows of main threads only */
		main->has_exited = true;
		span_table_thread_exit(engine->spans, main, false, engine->now);
		return;
	}
	state_exit(engine->state, thread,
		   process->nthreads == 1 || (process->nthreads == 2 && main && main != thread && main->has_exited),
		   engine->now);
}

/* ---- the process lists ---- */

static struct scap_value bytes_of(const char *text, size_t size)
{
	return (struct scap_value){ (const uint8_t *)text, size };
}

int ingest_scap_facts(struct engine *engine, struct thread *thread, const struct input *input)
{
	const struct input_facts *given = input->process.facts;
	struct process *process = thread->process;
	bool is_first = !process->facts;
	struct process_facts *facts;

	thread->clone_flags = given->clone_flags;
	thread->vtid = given->vtid;
	thread->faults_major = given->faults_major;
	thread->faults_minor = given->faults_minor;
	thread->vm_size = given->vm_size;
	thread->vm_rss = given->vm_rss;
	thread->vm_swap = given->vm_swap;
	if (input->tid != input->pid && !is_first)
		return 0;
	facts = state_facts(engine->state, process);
	if (!facts)
		return -ENOMEM;
	/* of a process whose main thread is gone another one tells */
	if (input->tid != input->pid)
		state_describe(engine->state, process, input->process.ppid, input->process.uid, input->process.exe, NULL,
			       NULL);
	if (input->process.cwd)
		set_cwd(engine, process, input->process.cwd, strlen(input->process.cwd));
	if (given->args)
		set_args(engine, process, given->args, given->args_size);
	if (given->exepath)
		set_texts(engine, &facts->exepath, bytes_of(given->exepath, strlen(given->exepath)));
	if (given->root)
		set_texts(engine, &facts->root, bytes_of(given->root, strlen(given->root)));
	set_texts(engine, &facts->env, bytes_of(given->env, given->env_size));
	set_cgroups(engine, facts, bytes_of(given->cgroups, given->cgroups_size));
	facts->gid = given->gid;
	facts->loginuid = given->loginuid;
	facts->tty = given->tty;
	facts->sid = given->sid;
	facts->vpid = given->vpid;
	facts->vpgid = given->vpgid;
	facts->fdlimit = given->fdlimit;
	facts->exe_writable = given->exe_writable;
	return 0;
}

int ingest_cgroups(struct engine *engine, const struct input *input)
{
	struct thread *thread = state_thread(engine->state, input->tid, input->pid);
	struct process_facts *facts = thread ? state_facts(engine->state, thread->process) : NULL;

	if (!facts)
		return -ENOMEM;
	set_cgroups(engine, facts, bytes_of(input->cgroups.list, input->cgroups.size));
	return 0;
}
