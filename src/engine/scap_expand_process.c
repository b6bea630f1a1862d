/* Processes that begin, become another program and end, with all that a capture says of them there. */
#include <sys/wait.h>

#include "scap_expand_private.h"
#include "string_pool.h"

#define LIST_MAX 4096u             /* bytes of arguments, environment or cgroups */
#define THREAD_FLAGS 0x3d0f00u     /* what pthread_create asks of clone3, in the kernel's numbers */
#define SPAWN_FLAGS 0x4100u        /* CLONE_VM, CLONE_VFORK */
#define THREADS_LOOKED_AT 64       /* for a new one, which is among the first */

static bool is_exec(const char *name)
{
	return !strncmp(name, "execve", 6);
}

static bool is_clone(const char *name)
{
	return !strncmp(name, "clone", 5) || !strcmp(name, "fork") || !strcmp(name, "vfork");
}

static void put_string(struct scap_draft *draft, const struct string *string)
{
	draft_text(draft, string ? string->text : "", string ? string->size : 0);
}

static void put_list(struct scap_draft *draft, const struct string *list)
{
	draft_bytes(draft, list ? list->text : NULL, list && list->size < LIST_MAX ? list->size : list ? LIST_MAX : 0);
}

/* Texts that each end with a NUL, but for the last that may have been cut. */
static void put_texts(struct scap_draft *draft, const char *texts, size_t size)
{
	char list[LIST_MAX];

	if (size > sizeof(list) - 1)
		size = sizeof(list) - 1;
	memcpy(list, texts, size);
	if (size && list[size - 1])
		list[size++] = 0;
	draft_bytes(draft, list, size);
}

/* Joined by blanks as the state keeps them; here each ends with a NUL. */
static void put_args(struct scap_draft *draft, const struct string *args)
{
	char list[LIST_MAX];
	size_t size = args->size < sizeof(list) ? args->size : sizeof(list) - 1;

	if (!size) {
		draft_bytes(draft, NULL, 0);
		return;
	}
	for (size_t i = 0; i < size; i++)
		list[i] = args->text[i] == ' ' ? 0 : args->text[i];
	list[size] = 0;
	draft_bytes(draft, list, size + 1);
}

/* Parameters from the result to the cgroups, which clone and execve have in common. command: program and arguments,
 * each ended by a NUL; NULL: as the state has them. */
static void put_process(struct scap_draft *draft, struct thread *thread, int64_t result, const char *command, size_t size)
{
	const struct process *process = thread->process;
	const struct process_facts *facts = process->facts;

	draft_number(draft, result);
	if (command) {
		size_t first = strnlen(command, size), rest = first < size ? size - first - 1 : 0;

		draft_text(draft, command, first);
		put_texts(draft, rest ? command + first + 1 : "", rest);
	} else {
		put_string(draft, process->exe);
		put_args(draft, process->args);
	}
	draft_number(draft, thread->tid);
	draft_number(draft, process->pid);
	draft_number(draft, process->ppid);
	put_string(draft, process->cwd);
	draft_number(draft, facts && facts->fdlimit > 0 ? facts->fdlimit : 0);
	draft_number(draft, thread->faults_major);
	draft_number(draft, thread->faults_minor);
	draft_number(draft, thread->vm_size);
	draft_number(draft, thread->vm_rss);
	draft_number(draft, thread->vm_swap);
	put_string(draft, thread->name);
	put_list(draft, facts ? facts->cgroups : NULL);
}

int64_t scap_vpid(const struct process *process)
{
	return process->facts && process->facts->vpid > 0 ? process->facts->vpid : process->pid;
}

int64_t scap_vtid(const struct thread *thread)
{
	if (thread->vtid > 0)
		return thread->vtid;
	return thread->tid == thread->process->pid ? scap_vpid(thread->process) : thread->tid;
}

static void put_clone_rest(struct scap_draft *draft, const struct thread *thread, uint32_t flags)
{
	const struct process_facts *facts = thread->process->facts;

	draft_number(draft, flags);
	draft_number(draft, thread->process->uid);
	draft_number(draft, facts ? facts->gid : UINT32_MAX);
	draft_number(draft, scap_vtid(thread));
	draft_number(draft, scap_vpid(thread->process));
	draft_end(draft);
}

/* env: as it was given to the program; NULL: as the state has it. */
static void put_exec_rest(struct scap_draft *draft, const struct thread *thread, const char *env, size_t env_size)
{
	const struct process_facts *facts = thread->process->facts;

	if (env)
		put_texts(draft, env, env_size);
	else
		put_list(draft, facts ? facts->env : NULL);
	draft_number(draft, facts ? (uint32_t)facts->tty : 0);
	draft_number(draft, (uint64_t)(facts && facts->vpgid > 0 ? facts->vpgid : 0));
	draft_number(draft, facts ? facts->loginuid : UINT32_MAX);
	draft_number(draft, facts && facts->exe_writable);
	draft_end(draft);
}

static bool is_sibling(const struct thread *thread, int64_t tid)
{
	const struct thread *t = thread->process->threads;

	for (unsigned i = 0; t && i < THREADS_LOOKED_AT; i++, t = t->next_sibling)
		if (t->tid == tid)
			return true;
	return false;
}

/* The flags of clone3 lie in memory: in the child, and where that was not copied, what it made tells the most of them. */
static uint32_t flags_of(const struct event *call, const char *name)
{
	const struct thread *thread = call->thread;
	size_t size, full_size;
	const char *given;
	uint64_t flags;
	bool made_thread = call->result ? is_sibling(thread, call->result) : thread->tid != thread->process->pid;

	if (!strcmp(name, "clone"))
		return scap_clone_flags(call->nargs ? event_args(call)[0] : 0);
	if (!strcmp(name, "fork"))
		return 0;
	given = event_item(call, 0, &size, &full_size);
	if (given && size >= sizeof(flags)) {
		memcpy(&flags, given, sizeof(flags));
		return scap_clone_flags(flags);
	}
	return scap_clone_flags(made_thread && strcmp(name, "vfork") ? THREAD_FLAGS : SPAWN_FLAGS);
}

bool scap_expand_clone(struct scap_draft *exit, const struct event *call, const char *name)
{
	if (!is_clone(name))
		return false;
	draft_begin(exit, call, !strcmp(name, "clone") ? SCAP_TYPE_SYSCALL_CLONE_20_X :
				!strcmp(name, "fork")  ? SCAP_TYPE_SYSCALL_FORK_20_X :
				!strcmp(name, "vfork") ? SCAP_TYPE_SYSCALL_VFORK_20_X :
							 SCAP_TYPE_SYSCALL_CLONE3_X);
	put_process(exit, call->thread, call->result, NULL, 0);
	put_clone_rest(exit, call->thread, flags_of(call, name));
	return true;
}

bool scap_expand_exec(struct scap_draft *exit, const struct event *call, const char *name)
{
	bool at = !strcmp(name, "execveat");
	size_t size = 0, env_size = 0, full_size;
	const char *command, *env;

	if (!is_exec(name))
		return false;
	command = event_item(call, at ? 2 : 1, &size, &full_size);
	env = event_item(call, at ? 3 : 2, &env_size, &full_size);
	draft_begin(exit, call, at ? SCAP_TYPE_SYSCALL_EXECVEAT_X : SCAP_TYPE_SYSCALL_EXECVE_19_X);
	put_process(exit, call->thread, call->result, size ? command : NULL, size);
	put_exec_rest(exit, call->thread, env, env_size);
	return true;
}

void scap_tell_thread(struct scap_draft *draft, struct thread *thread, const struct event *source)
{
	bool is_main = thread->tid == thread->process->pid;
	struct event event = *source;

	event.thread = thread;
	event.nargs = 0;
	draft_begin(draft, &event, SCAP_TYPE_SYSCALL_CLONE_20_X);
	put_process(draft, thread, 0, NULL, 0);
	put_clone_rest(draft, thread, is_main ? 0 : scap_clone_flags(THREAD_FLAGS));
}

void scap_tell_image(struct scap_draft *draft, struct thread *thread, const struct event *source)
{
	struct event event = *source;

	event.thread = thread;
	event.nargs = 0;
	draft_begin(draft, &event, SCAP_TYPE_SYSCALL_EXECVE_19_X);
	put_process(draft, thread, 0, NULL, 0);
	put_exec_rest(draft, thread, NULL, 0);
}

void scap_expand_procexit(struct scap_draft *draft, const struct event *event)
{
	int status = (int)event->result;

	draft_begin(draft, event, SCAP_TYPE_PROCEXIT_1_E);
	draft_number(draft, (int64_t)status);
	draft_number(draft, WIFEXITED(status) ? WEXITSTATUS(status) : 0);
	draft_number(draft, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	draft_number(draft, WIFSIGNALED(status) && WCOREDUMP(status));
	draft_end(draft);
}
