/* What events of captures tell of threads and processes, and the process lists that captures begin with. */
#include <errno.h>
#include <string.h>

#include "container.h"
#include "ingest_scap.h"
#include "string_pool.h"

#define CLONE_THREAD_SCAP 0x2000
#define CLONE_INVERTED_SCAP 0x10000  /* not of the kernel: the child's exit came before its parent's */
#define EXE_WRITABLE_SCAP 1
#define RLIMIT_NOFILE_SCAP 7
#define PR_SET_NAME 15
#define COMM_SIZE 16
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

static void set_comm(struct engine *engine, struct thread *thread, struct scap_value comm)
{
	char name[COMM_SIZE] = "";

	if (!comm.bytes)
		return;
	memcpy(name, comm.bytes, comm.size < sizeof(name) - 1 ? comm.size : sizeof(name) - 1);
	state_thread_name(engine->state, thread, name);
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
	facts->container = container_of_cgroups(engine->containers, facts->cgroups->text, facts->cgroups->size);
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
	learn_memory(step, thread);
}

/* ---- clone ---- */

/* The event itself says what the caller is, where nothing else did. */
static void learn_program(struct engine *engine, struct scap_step *step, struct thread *thread)
{
	struct process *process = thread->process;
	struct scap_value exe = scap_text(scap_named(step, "exe")), comm = scap_text(scap_named(step, "comm"));
	struct scap_value args = scap_named(step, "args"), cwd = scap_text(scap_named(step, "cwd"));

	set_texts(engine, &process->exe, exe);
	if (args.bytes)
		set_args(engine, process, (const char *)args.bytes, args.size);
	set_comm(engine, thread, comm.bytes ? comm : exe);
	if (cwd.size)
		set_cwd(engine, process, (const char *)cwd.bytes, cwd.size);
}

static void learn_child(struct engine *engine, struct scap_step *step, struct thread *child, uint32_t flags, bool inverted)
{
	struct process *process = child->process;
	struct process_facts *facts = state_facts(engine->state, process);
	bool is_thread = flags & CLONE_THREAD_SCAP;

	child->is_stranger = false;
	child->clone_flags = flags | (inverted ? CLONE_INVERTED_SCAP : 0);
	child->vtid = number_named(step, "vtid", child->tid);
	learn_faults(step, child);
	if (is_thread || !facts)
		return;
	process->uid = (uint32_t)number_named(step, "uid", process->uid);
	facts->gid = (uint32_t)number_named(step, "gid", facts->gid);
	facts->vpid = number_named(step, "vpid", process->pid);
	facts->fdlimit = number_named(step, "fdlimit", facts->fdlimit);
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

	if (parent->is_stranger) {
		learn_program(engine, step, parent);
	}
	child = state_fork(engine->state, parent, tid, pid, NULL, engine->now);
	if (child)
		learn_child(engine, step, child, flags, inverted);
	return child || tid == parent->tid || tid == parent->process->pid;
}

/* In the child, which nothing told of before: its parent's exit comes later or is lost. */
static bool cloned_in_child(struct engine *engine, struct scap_step *step)
{
	int64_t parent_tid = number_named(step, "ptid", -1), pid = number_named(step, "pid", -1);
	uint32_t flags = (uint32_t)number_named(step, "flags", 0), tid = step->thread->tid;
	struct thread *parent;

	if (!step->thread->is_stranger)
		return true;
	if (flags & CLONE_THREAD_SCAP)
		parent_tid = pid;
	parent = is_id(parent_tid) ? state_find_thread(engine->state, (uint32_t)parent_tid) : NULL;
	if (!parent || parent == step->thread) {
		/* it speaks for itself */
		learn_program(engine, step, step->thread);
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
	if (!is_id(step->result) || !make_way(engine, (uint32_t)step->result))
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
	struct scap_value args = scap_named(step, "args"), cwd = scap_text(scap_named(step, "cwd"));
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
	set_comm(engine, thread, comm.bytes ? comm : exe);
	if (cwd.size)
		set_cwd(engine, process, (const char *)cwd.bytes, cwd.size);
	thread->is_stranger = false;
	learn_faults(step, thread);
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

static void act_limit(const struct scap_step *step, struct process_facts *facts, bool of_other)
{
	int64_t pid = 0, resource = -1, limit = -1;
	bool is_set = false;

	if (of_other) {
		scap_number(scap_enter_value(step, 0), &pid);
		scap_number(scap_enter_value(step, 1), &resource);
		is_set = scap_number(scap_value(step, 1), &limit) && limit >= 0;
		if (!is_set)
			is_set = scap_number(scap_value(step, 3), &limit);
	} else {
		scap_number(scap_enter_value(step, 0), &resource);
		is_set = scap_number(scap_value(step, 1), &limit);
	}
	if (resource == RLIMIT_NOFILE_SCAP && is_set && limit >= 0 &&
	    (!pid || pid == (int64_t)step->thread->process->pid))
		facts->fdlimit = limit;
}

static void act_ids(struct engine *engine, const struct scap_step *step, enum scap_action action,
		    struct process_facts *facts)
{
	struct process *process = step->thread->process, *other;
	int64_t pid = 0, group = 0;

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
	case ACTION_SETSID:
		facts->sid = step->result;
		break;
	default:
		if (!scap_number(scap_enter_value(step, 0), &pid))
			scap_number(scap_named(step, "pid"), &pid);
		if (!scap_number(scap_enter_value(step, 1), &group))
			scap_number(scap_named(step, "pgid"), &group);
		other = pid && is_id(pid) ? state_find_process(engine->state, (uint32_t)pid) : process;
		facts = other ? state_facts(engine->state, other) : NULL;
		if (facts)
			facts->vpgid = group ? group : (int64_t)other->pid;
		break;
	}
}

static void act_prctl(struct engine *engine, struct scap_step *step)
{
	if (number_named(step, "option", -1) == PR_SET_NAME)
		set_comm(engine, step->thread, scap_text(scap_named(step, "arg2_str")));
}

bool scap_act_process(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	struct process_facts *facts;

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
	facts = state_facts(engine->state, step->thread->process);
	if (!facts)
		return false;
	if (action == ACTION_RLIMIT || action == ACTION_PRLIMIT)
		act_limit(step, facts, action == ACTION_PRLIMIT);
	else
		act_ids(engine, step, action, facts);
	return true;
}

void scap_end_process(struct engine *engine, struct scap_step *step)
{
	struct thread *thread = step->thread;

	state_exit(engine->state, thread, thread->process->nthreads == 1, engine->now);
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
