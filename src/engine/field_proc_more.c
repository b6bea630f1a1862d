/* proc.*: what captures and the snapshot tell of a process: environment, sessions, limits, memory. */
#include <stdio.h>

#include "container.h"
#include "field_who.h"

#define ANCESTORS_MAX 1024   /* a chain of parents longer than this is taken for a loop */

/* Texts that each end with a NUL, with blanks between. */
static bool give_list(struct value *value, struct field_context *context, const struct string *list)
{
	size_t size = list->size < sizeof(context->scratch) ? list->size : sizeof(context->scratch);

	if (size && !list->text[size - 1])
		size--;
	for (size_t i = 0; i < size; i++)
		context->scratch[i] = list->text[i] ? list->text[i] : ' ';
	return give_text(value, context->scratch, size);
}

static int64_t session_of(const struct process *process)
{
	return process->facts ? process->facts->sid : -1;
}

/* A session's id is that of its leader. When that has ended, the oldest ancestor in the session stands for it. */
static bool give_session_name(const struct event *event, struct field_context *context, struct value *value)
{
	const struct process *process = event->thread->process, *parent;
	int64_t session = session_of(process);
	const struct thread *leader = NULL;
	struct program program;

	if (context->engine && session > 0 && session < UINT32_MAX)
		leader = state_find_thread(engine_state(context->engine), (uint32_t)session);
	if (leader) {
		program = program_of(leader, event->time, true);
		return give_text(value, program.name, program.name_size);
	}
	for (unsigned i = 0; i < ANCESTORS_MAX; i++) {
		parent = parent_of(process, event->time, true);
		if (!parent || parent == process || session_of(parent) != session)
			break;
		process = parent;
	}
	if (process == event->thread->process && event->thread->is_stranger)
		return give_word(value, STRANGER);
	program = program_of_process(process, event->time);
	return give_text(value, program.name, program.name_size);
}

static bool is_shell(const struct process *process, uint64_t time)
{
	struct program program = program_of_process(process, time);

	return program.name_size >= 2 && !memcmp(program.name + program.name_size - 2, "sh", 2);
}

/* The oldest shell among the process and its ancestors. */
static bool give_login_shell(const struct event *event, struct value *value)
{
	bool captured = is_captured(event);
	const struct process *process = event->thread->process, *shell = NULL;

	for (unsigned i = 0; process && i < ANCESTORS_MAX; i++) {
		const struct process *parent = parent_of(process, event->time, captured);

		if (is_shell(process, event->time))
			shell = process;
		process = parent == process ? NULL : parent;
	}
	return shell && give_int(value, VALUE_ID, shell->pid);
}

static bool give_descriptor_use(const struct event *event, int variant, struct value *value)
{
	const struct process *process = event->thread->process;
	bool is_known = process->facts && !event->thread->is_stranger && !is_container_event(event);
	int64_t limit = is_known ? process->facts->fdlimit : -1;

	switch (variant) {
	case PROC_FDOPENCOUNT:
		return give_uint(value, VALUE_UINT, process->nfds);
	case PROC_FDLIMIT:
		return (is_known || is_captured(event)) && give_int(value, VALUE_INT, limit);
	default:
		if (!is_known && !is_captured(event))
			return false;
		value->type = VALUE_REAL;
		value->r = limit > 0 ? (double)process->nfds * 100 / (double)limit : 0;
		return true;
	}
}

/* Of captures the thread's own, which its calls tell; they are told of a live process' main thread. */
static bool give_memory(const struct event *event, int variant, struct value *value)
{
	const struct thread *thread = event->thread;
	bool captured = is_captured(event);
	uint64_t size = variant == PROC_VMSIZE ? thread->vm_size : variant == PROC_VMRSS ? thread->vm_rss : thread->vm_swap;

	if (!captured && !thread->vm_size)
		return false;
	return give_uint(value, VALUE_UINT, size);
}

static bool give_facts(const struct event *event, int variant, struct field_context *context, struct value *value)
{
	const struct process_facts *facts = event->thread->process->facts;
	bool captured = is_captured(event);

	if (!facts && !captured)
		return false;
	switch (variant) {
	case PROC_ENV:
		return facts ? give_list(value, context, facts->env) : give_text(value, "", 0);
	case PROC_EXEPATH:
		return facts ? give_string(value, facts->exepath) : give_text(value, "", 0);
	case PROC_TTY:
		return give_int(value, VALUE_ID, facts ? facts->tty : 0);
	case PROC_SID:
		return give_int(value, VALUE_ID, facts ? facts->sid : -1);
	case PROC_VPID:
		return facts && facts->vpid != -1 && give_int(value, VALUE_ID, facts->vpid);
	case PROC_VPGID:
		return give_int(value, VALUE_ID, facts ? facts->vpgid : -1);
	case PROC_IS_EXE_WRITABLE:
		return give_bool(value, facts && facts->exe_writable);
	default:
		return false;
	}
}

/* Whether the process runs this command. */
static bool runs(const struct process *process, const struct string *command)
{
	const struct string *exe = process->exe, *args = process->args;

	if (!command->size || command->size < exe->size || memcmp(command->text, exe->text, exe->size))
		return false;
	if (command->size == exe->size)
		return !args->size;
	return command->size == exe->size + 1 + args->size && command->text[exe->size] == ' ' &&
	       !memcmp(command->text + exe->size + 1, args->text, args->size);
}

/* A check of a container's health, and whatever it starts, runs in the container but does not descend from its first
 * process. */
static bool is_check(const struct event *event, int variant)
{
	const struct process *process = event->thread->process;
	bool found = false;

	for (unsigned i = 0; process && i < ANCESTORS_MAX; i++) {
		const struct container *container = process->facts ? process->facts->container : NULL;
		const struct process *parent = parent_of(process, event->time, is_captured(event));

		if (!container)
			break;
		if (process->facts->vpid == 1)
			return false;
		found |= runs(process, variant == PROC_IS_HEALTHCHECK ? container->healthcheck :
				       variant == PROC_IS_LIVENESS_PROBE ? container->liveness_probe :
									   container->readiness_probe);
		process = parent == process ? NULL : parent;
	}
	return found;
}

bool field_proc_more(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
		     struct value *value)
{
	int variant = field->definition->variant;

	(void)nth;
	if (is_nobody(event))
		return false;
	switch (variant) {
	case PROC_SNAME:
		return give_session_name(event, context, value);
	case PROC_LOGINSHELLID:
		return give_login_shell(event, value);
	case PROC_FDOPENCOUNT:
	case PROC_FDLIMIT:
	case PROC_FDUSAGE:
		return give_descriptor_use(event, variant, value);
	case PROC_VMSIZE:
	case PROC_VMRSS:
	case PROC_VMSWAP:
		return give_memory(event, variant, value);
	case PROC_IS_HEALTHCHECK:
	case PROC_IS_LIVENESS_PROBE:
	case PROC_IS_READINESS_PROBE:
		return give_bool(value, is_check(event, variant));
	default:
		return give_facts(event, variant, context, value);
	}
}
