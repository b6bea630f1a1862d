/* proc.*, thread.*: who did it, by ids and names. */
#include <inttypes.h>
#include <stdio.h>

#include "container.h"
#include "field_who.h"

#define ANCESTORS_MAX 1024   /* a chain of parents longer than this is taken for a loop */

/* Two texts with a blank between; without it if the second is empty, unless it is wanted. */
static bool give_joined(struct value *value, struct field_context *context, const char *first, size_t size,
			const struct string *second, bool blank)
{
	size_t room = sizeof(context->scratch), length = size < room ? size : room, rest;

	if (!second->size && !blank)
		return give_text(value, first, size);
	memcpy(context->scratch, first, length);
	if (length < room)
		context->scratch[length++] = ' ';
	rest = second->size < room - length ? second->size : room - length;
	memcpy(context->scratch + length, second->text, rest);
	return give_text(value, context->scratch, length + rest);
}

struct program program_of_process(const struct process *process, uint64_t time)
{
	const struct process_image *image = process_image(process, time);
	const struct string *name = image ? image->name : process->name;

	return (struct program){ name->text, name->size, image ? image->exe : process->exe,
				 image ? image->args : process->args };
}

/* A main thread is named as its process. sysdig names each thread apart, and strangers with a word. */
struct program program_of(const struct thread *thread, uint64_t time, bool captured)
{
	struct program program = program_of_process(thread->process, time);

	if (captured && thread->is_stranger) {
		program.name = STRANGER;
		program.name_size = sizeof(STRANGER) - 1;
	} else if (captured && thread->tid != thread->process->pid) {
		program.name = thread->name->text;
		program.name_size = thread->name->size;
	}
	return program;
}

static const struct string *thread_name_at(const struct thread *thread, uint64_t time)
{
	const struct process_image *image = process_image(thread->process, time);

	return image && thread->tid == thread->process->pid ? image->name : thread->name;
}

const struct process *parent_of(const struct process *process, uint64_t time, bool captured)
{
	const struct process *parent = process->parent;

	if (!captured)
		return parent;
	/* a process that is its own parent has no object as parent */
	if (process->ppid == process->pid)
		return process;
	if (!parent || parent->pid != process->ppid || !parent->thread_objects)
		return NULL;
	return !parent->end_time || parent->end_time >= time ? parent : NULL;
}

/* Who is shown as the parent: sysdig has it that a thread whose clone was seen is the child of the thread that made it. */
static const struct process *maker_of(const struct thread *thread, uint64_t time, bool captured)
{
	if (captured && thread->tid != thread->process->pid && thread->start_time)
		return thread->process;
	return parent_of(thread->process, time, captured);
}

/* name args */
static bool give_command(struct value *value, struct field_context *context, struct program program)
{
	return give_joined(value, context, program.name, program.name_size, program.args, false);
}

/* exe args: in captures the blank is there without arguments, too. Live, what has no command line (a thread of the kernel, an
 * empty argv) is called by its name, in brackets as ps(1) has it. */
static bool give_exeline(struct value *value, struct field_context *context, const struct thread *thread,
			 struct program program, bool captured)
{
	if (captured && thread->is_stranger)
		return give_word(value, STRANGER " ");
	if (!captured && !program.exe->size)
		return give_scratch(value, context, snprintf(context->scratch, sizeof(context->scratch), "[%.*s]",
							     (int)program.name_size, program.name));
	return give_joined(value, context, program.exe->text, program.exe->size, program.args, captured);
}

/* Of captures the age of the thread, known of those whose clone is in the file. */
static bool give_age(struct value *value, const struct event *event, bool captured)
{
	uint64_t start = captured ? event->thread->start_time : event->thread->process->start_time;

	if (!start || event->time < start)
		return false;
	return give_uint(value, VALUE_DURATION, event->time - start);
}

/* In captures with a slash at its end. */
static bool give_directory(struct value *value, struct field_context *context, const struct string *cwd, bool captured)
{
	size_t size = cwd->size;

	if (!captured || !size || cwd->text[size - 1] == '/' || size >= sizeof(context->scratch))
		return give_string(value, cwd);
	memcpy(context->scratch, cwd->text, size);
	context->scratch[size] = '/';
	return give_text(value, context->scratch, size + 1);
}

static bool give_process(const struct event *event, int variant, struct field_context *context, struct value *value)
{
	const struct thread *thread = event->thread;
	const struct process *process = thread->process, *parent;
	bool captured = is_captured(event);
	struct program program;

	switch (variant) {
	case PROC_PID:
		return give_int(value, VALUE_ID, captured ? (int32_t)process->pid : (int64_t)process->pid);
	case PROC_PPID:
		return give_int(value, VALUE_ID, thread->is_stranger ? -1 : (int64_t)process->ppid);
	case PROC_CWD:
		return (captured || process->cwd->size) && give_directory(value, context, process->cwd, captured);
	case PROC_NTHREADS:
		return give_uint(value, VALUE_UINT, process->nthreads);
	case PROC_NCHILDS:
		if (captured && thread->tid != process->pid)
			return give_uint(value, VALUE_UINT, 0);
		return give_uint(value, VALUE_UINT, process->nthreads ? process->nthreads - 1 : 0);
	case PROC_FOLLOWED:
		return give_bool(value, process->is_followed);
	case PROC_DURATION:
		return give_age(value, event, captured);
	case PROC_PNAME:
	case PROC_PCMDLINE:
		parent = maker_of(thread, event->time, captured);
		if (!parent)
			return false;
		program = program_of_process(parent, event->time);
		if (variant == PROC_PCMDLINE)
			return give_command(value, context, program);
		return give_text(value, program.name, program.name_size);
	default:
		break;
	}
	program = program_of(thread, event->time, captured);
	switch (variant) {
	case PROC_NAME:
		return give_text(value, program.name, program.name_size);
	case PROC_EXE:
		if (captured && thread->is_stranger)
			return give_word(value, STRANGER);
		return give_string(value, program.exe);
	case PROC_ARGS:
		return give_string(value, program.args);
	case PROC_CMDLINE:
		return give_command(value, context, program);
	case PROC_EXELINE:
		return give_exeline(value, context, thread, program, captured);
	default:
		return false;
	}
}

static bool give_nametid(struct value *value, struct field_context *context, const struct event *event)
{
	struct program program = program_of(event->thread, event->time, is_captured(event));
	size_t length = program.name_size < 4096 ? program.name_size : 4096;

	memcpy(context->scratch, program.name, length);
	length += snprintf(context->scratch + length, 16, "%" PRId64, thread_id(event->thread));
	return give_text(value, context->scratch, length);
}

/* sysdig's process that stands for the container that an event tells of. */
static bool give_container_process(const struct event *event, int variant, struct field_context *context,
				   struct value *value)
{
	const struct container *container = container_of_event(event, context);
	const char *id = container ? container->id->text : "";

	switch (variant) {
	case PROC_NAME:
	case PROC_CMDLINE:
		return give_scratch(value, context,
				    (size_t)snprintf(context->scratch, sizeof(context->scratch), "container:%s", id));
	case THREAD_NAMETID:
		return give_scratch(value, context,
				    (size_t)snprintf(context->scratch, sizeof(context->scratch), "container:%s%" PRId64, id,
						     thread_id(event->thread)));
	case PROC_EXE:
	case PROC_ARGS:
	case PROC_CWD:
		return give_word(value, "");
	case PROC_EXELINE:
		return give_word(value, " ");
	case PROC_PID:
		return give_int(value, VALUE_ID, -1);
	case PROC_PPID:
		return give_int(value, VALUE_ID, 0);
	case PROC_NTHREADS:
		return give_uint(value, VALUE_UINT, 1);
	case PROC_NCHILDS:
		return give_uint(value, VALUE_UINT, 0);
	case THREAD_IS_MAIN:
		return give_bool(value, true);
	default:
		return false;
	}
}

bool field_proc(const struct field *field, const struct event *event, unsigned nth,
		struct field_context *context, struct value *value)
{
	const struct thread *thread = event->thread;

	(void)nth;
	if (field->definition->variant == THREAD_TID)
		return give_int(value, VALUE_ID, thread_id(thread));
	if (is_nobody(event))
		return false;
	if (is_container_event(event))
		return give_container_process(event, field->definition->variant, context, value);
	switch (field->definition->variant) {
	case THREAD_NAME:
		return give_string(value, thread_name_at(thread, event->time));
	case THREAD_IS_MAIN:
		return give_bool(value, thread->tid == thread->process->pid);
	case THREAD_NAMETID:
		return give_nametid(value, context, event);
	default:
		return give_process(event, field->definition->variant, context, value);
	}
}

/* The field that is asked for most. */
bool field_proc_name(const struct field *field, const struct event *event, unsigned nth,
		     struct field_context *context, struct value *value)
{
	const struct thread *thread = event->thread;
	const struct process *process = thread->process;

	if (thread->is_stranger || process->images || is_container_event(event))
		return field_proc(field, event, nth, context, value);
	return give_string(value, thread->tid != process->pid && is_captured(event) ? thread->name : process->name);
}

/* The process itself for generation 0, its parent for 1 ... One that is its own parent is so for ever, but `once`: then
 * there is nobody beyond it. */
static const struct process *ancestor(const struct process *process, unsigned generation, uint64_t time, bool captured,
				      bool once)
{
	if (generation > ANCESTORS_MAX)
		return NULL;
	while (process && generation--) {
		const struct process *parent = parent_of(process, time, captured);

		if (once && generation && parent == process)
			return NULL;
		process = parent;
	}
	return process;
}

bool field_ancestor(const struct field *field, const struct event *event, unsigned nth,
		    struct field_context *context, struct value *value)
{
	bool captured = is_captured(event);
	unsigned generation = field->has_index ? (unsigned)field->index : nth + 1;
	const struct process *process;
	struct program program;

	(void)context;
	if (is_nobody(event) || is_container_event(event) || (field->has_index && (nth || field->index < 0)))
		return false;
	process = ancestor(event->thread->process, generation, event->time, captured, !field->has_index);
	if (!process)
		return false;
	if (field->definition->variant == ANCESTOR_PID)
		return give_int(value, VALUE_ID, process->pid);
	if (!generation && event->thread->is_stranger)
		return give_word(value, STRANGER);
	program = program_of_process(process, event->time);
	return give_text(value, program.name, program.name_size);
}
