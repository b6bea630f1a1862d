/* proc.*, thread.*, user.*: who did it. */
#include <stdio.h>

#include "field_classes.h"
#include "state.h"

#define ANCESTORS_MAX 1024   /* a chain of parents longer than this is taken for a loop */

/* Two texts with a blank between, without it if the second is empty. */
static bool give_joined(struct value *value, struct field_context *context, const struct string *first,
			const struct string *second)
{
	size_t room = sizeof(context->scratch), length = first->size < room ? first->size : room, rest;

	if (!second->size)
		return give_string(value, first);
	memcpy(context->scratch, first->text, length);
	if (length < room)
		context->scratch[length++] = ' ';
	rest = second->size < room - length ? second->size : room - length;
	memcpy(context->scratch + length, second->text, rest);
	return give_text(value, context->scratch, length + rest);
}

/* What the process was when the event happened. */
struct program {
	const struct string *name, *exe, *args;
};

static struct program program_at(const struct process *process, uint64_t time)
{
	const struct process_image *image = process_image(process, time);

	if (image)
		return (struct program){ image->name, image->exe, image->args };
	return (struct program){ process->name, process->exe, process->args };
}

/* A main thread is named as its process. */
static const struct string *thread_name_at(const struct thread *thread, uint64_t time)
{
	const struct process_image *image = process_image(thread->process, time);

	return image && thread->tid == thread->process->pid ? image->name : thread->name;
}

static bool give_age(struct value *value, const struct process *process, uint64_t time)
{
	if (!process->start_time || time < process->start_time)
		return false;
	return give_uint(value, VALUE_DURATION, time - process->start_time);
}

static bool give_process(const struct process *process, int variant, const struct event *event,
			 struct field_context *context, struct value *value)
{
	const struct process *parent = process->parent;
	struct program program;

	switch (variant) {
	case PROC_PID:
		return give_int(value, VALUE_ID, process->pid);
	case PROC_PPID:
		return give_int(value, VALUE_ID, process->ppid);
	case PROC_NAME:
		return give_string(value, program_at(process, event->time).name);
	case PROC_EXE:
		return give_string(value, program_at(process, event->time).exe);
	case PROC_ARGS:
		return give_string(value, program_at(process, event->time).args);
	case PROC_CMDLINE:
		program = program_at(process, event->time);
		return give_joined(value, context, program.name, program.args);
	case PROC_EXELINE:
		program = program_at(process, event->time);
		return give_joined(value, context, program.exe, program.args);
	case PROC_CWD:
		return process->cwd->size && give_string(value, process->cwd);
	case PROC_PNAME:
		return parent && give_string(value, program_at(parent, event->time).name);
	case PROC_PCMDLINE:
		if (!parent)
			return false;
		program = program_at(parent, event->time);
		return give_joined(value, context, program.name, program.args);
	case PROC_NTHREADS:
		return give_uint(value, VALUE_UINT, process->nthreads);
	case PROC_NCHILDS:
		return give_uint(value, VALUE_UINT, process->nthreads ? process->nthreads - 1 : 0);
	case PROC_DURATION:
		return give_age(value, process, event->time);
	case PROC_UID:
		return give_int(value, VALUE_ID, process->uid);
	default:
		return false;
	}
}

bool field_proc(const struct field *field, const struct event *event, unsigned nth,
		struct field_context *context, struct value *value)
{
	const struct thread *thread = event->thread;

	(void)nth;
	switch (field->definition->variant) {
	case THREAD_TID:
		return give_int(value, VALUE_ID, thread->tid);
	case THREAD_NAME:
		return give_string(value, thread_name_at(thread, event->time));
	case THREAD_IS_MAIN:
		return give_bool(value, thread->tid == thread->process->pid);
	case THREAD_NAMETID: {
		const struct string *name = program_at(thread->process, event->time).name;
		size_t length = name->size < 4096 ? name->size : 4096;

		memcpy(context->scratch, name->text, length);
		length += snprintf(context->scratch + length, 16, "%u", thread->tid);
		return give_text(value, context->scratch, length);
	}
	default:
		return give_process(thread->process, field->definition->variant, event, context, value);
	}
}

/* The process itself for generation 0, its parent for 1 ... */
static const struct process *ancestor(const struct process *process, unsigned generation)
{
	if (generation > ANCESTORS_MAX)
		return NULL;
	while (process && generation--)
		process = process->parent;
	return process;
}

bool field_ancestor(const struct field *field, const struct event *event, unsigned nth,
		    struct field_context *context, struct value *value)
{
	const struct process *process = event->thread->process;

	(void)context;
	if (field->has_index) {
		if (nth || field->index < 0)
			return false;
		process = ancestor(process, field->index);
	} else {
		process = ancestor(process, nth + 1);
	}
	if (!process)
		return false;
	if (field->definition->variant == ANCESTOR_PID)
		return give_int(value, VALUE_ID, process->pid);
	return give_string(value, program_at(process, event->time).name);
}
