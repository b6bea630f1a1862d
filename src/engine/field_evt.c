/* evt.*: what happened, when and with what result. */
#include <stdio.h>
#include <stdlib.h>

#include "calls.h"
#include "field_classes.h"
#include "scap_event.h"
#include "scap_extra.h"
#include "state.h"

/* ---- type ---- */

/* Of a captured event: a generic one has the name of its system call. */
static const char *scap_word(const struct event *event)
{
	if (event->call <= SCAP_TYPE_GENERIC_X)
		return scap_syscall((unsigned)event_param_uint(event, 0))->name;
	return scap_types[event->call].name;
}

/* Word for the event's type; name: at least 16 bytes that it may be written to. */
static const char *type_word(const struct event *event, char *name)
{
	switch (event->type) {
	case EVENT_SCAP:
		return scap_word(event);
	case EVENT_CALL:
		return call_name(event->call, name);
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
	case EVENT_MARKER_INVALID:
		return "tracer";
	case EVENT_FORK:
		return "procfork";
	case EVENT_EXEC:
		return "procexec";
	case EVENT_THREAD_EXIT:
		return "procexit";
	default:
		return "unknown";
	}
}

/* The call, where more is told of it than the number that its type has. */
static const char *scap_name(const struct event *event, char *name)
{
	struct scap_extra extra;

	if (event->call <= SCAP_TYPE_GENERIC_X && scap_extra_of(event, &extra))
		return call_name(extra.call, name);
	return scap_word(event);
}

/* For people, who want to see where a span begins and ends. */
static const char *event_name(const struct event *event, char *name)
{
	switch (event->type) {
	case EVENT_SPAN_ENTER:
		return "> span";
	case EVENT_SPAN_EXIT:
		return "< span";
	case EVENT_MARKER_INVALID:
		return "invalid marker";
	case EVENT_FORK:
		return "fork";
	case EVENT_EXEC:
		return "exec";
	case EVENT_THREAD_EXIT:
		return "exit";
	case EVENT_SCAP:
		return scap_name(event, name);
	default:
		return type_word(event, name);
	}
}

/* A number of a type, or -1. */
static int type_number(const char *text)
{
	int number = text[0] ? 0 : -1;

	for (; *text; text++) {
		if (*text < '0' || *text > '9' || number >= SCAP_TYPES)
			return -1;
		number = number * 10 + *text - '0';
	}
	return number < SCAP_TYPES ? number : -1;
}

const char *field_check_type(const char *argument)
{
	static const char *const others[] = { "tracer", "procfork", "procexec", "procexit" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(argument, others[i]))
			return NULL;
	if (scap_type_number(argument) >= 0 || scap_syscall_id(argument) >= 0 || type_number(argument) >= 0)
		return NULL;
	return call_number(argument) >= 0 ? NULL : "unknown type of event";
}

static bool is_open(const struct event *event)
{
	static const char *const names[] = { "open", "openat", "openat2", "creat" };
	const char *name;

	if (event->type == EVENT_SCAP)
		return event->call == SCAP_TYPE_SYSCALL_OPEN_X || event->call == SCAP_TYPE_SYSCALL_OPENAT_X ||
		       event->call == SCAP_TYPE_SYSCALL_OPENAT_2_X || event->call == SCAP_TYPE_SYSCALL_OPENAT2_X ||
		       event->call == SCAP_TYPE_SYSCALL_CREAT_X;
	name = event->type == EVENT_CALL ? call_find(event->call)->name : NULL;
	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static bool is_of_type(const struct event *event, const char *argument, char *name)
{
	int number = type_number(argument);

	/* csysdig's views count opens by the number of that type, which is older than the calls of today */
	if (number == SCAP_TYPE_SYSCALL_OPEN_X && event->type == EVENT_CALL)
		return is_open(event);
	if (number >= 0)
		return event->type == EVENT_SCAP && event->call == number;
	/* the system call of a generic event is a type only where there is none of that name */
	if (event->type == EVENT_SCAP && event->call <= SCAP_TYPE_GENERIC_X && scap_type_number(argument) >= 0)
		return !strcmp(scap_types[event->call].name, argument);
	return !strcmp(type_word(event, name), argument);
}

const char *field_check_argument(const char *argument)
{
	static const char *const others[] = {
		"res", "fd1", "fd2", "id", "tags", "args", "child", "status", "invalid", "reason",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(argument, others[i]))
			return NULL;
	for (unsigned number = 0; number < SCAP_TYPES; number++) {
		const struct scap_type *type = scap_type(number);

		if (type && scap_param_index(type, argument, strlen(argument)) >= 0)
			return NULL;
	}
	for (unsigned number = 0; number < RECORD_CALLS; number++) {
		const struct call *call = call_find(number);

		for (unsigned i = 0; i < call->nargs && i < 6; i++)
			if (call->args[i].name && !strcmp(argument, call->args[i].name))
				return NULL;
	}
	return "unknown event argument";
}

bool field_event_is_exit(const struct event *event)
{
	if (event->type == EVENT_SCAP)
		return scap_is_exit(event->call);
	return event->type == EVENT_CALL || event->type == EVENT_SPAN_EXIT;
}

/* Whether it is a system call, or as sysdig puts it, neither the scheduler nor something about the capture. */
static bool is_syscall(const struct event *event)
{
	const struct scap_type *type = &scap_types[event->call];

	if (event->type == EVENT_SCAP)
		return !(type->flags & SCAP_SKIPPARSERESET) && type->category != SCAP_SCHEDULER &&
		       (type->category != SCAP_INTERNAL || event->call == SCAP_TYPE_SYSDIGEVENT_X);
	return event->type != EVENT_FORK && event->type != EVENT_EXEC && event->type != EVENT_THREAD_EXIT;
}

/* ---- result ---- */

static bool give_result(const struct event *event, struct field_context *context, struct value *value)
{
	const char *name;

	if (!event_failed(event))
		return give_text(value, "SUCCESS", 7);
	name = errno_name((int)-event->result);
	if (name)
		return give_word(value, name);
	return give_scratch(value, context,
			    snprintf(context->scratch, 32, "%lld", (long long)-event->result));
}

bool field_event_failed(const struct event *event)
{
	if (event->type == EVENT_SCAP)
		return event->result < 0 && field_scap_has_result(event);
	return event_failed(event);
}

static bool has_result(const struct event *event)
{
	if (event->type == EVENT_SCAP)
		return field_scap_has_result(event);
	return event->type == EVENT_CALL && !(event->flags & EVENT_NO_RETURN);
}

static bool is_procinfo(const struct event *event)
{
	return event->type == EVENT_SCAP && event->call == SCAP_TYPE_PROCINFO_E;
}

/* Numbers the events that it is asked about. */
static uint64_t count_up(struct field_context *context, const struct event *event)
{
	if (!context->counter.count || context->counter.num != event->num) {
		context->counter.num = event->num;
		context->counter.count++;
	}
	return context->counter.count;
}

static bool give_arguments(const struct field *field, const struct event *event, struct field_context *context,
			   struct value *value)
{
	bool of_capture = event->type == EVENT_SCAP;

	switch (field->definition->variant) {
	case EVT_INFO:
		return of_capture ? field_scap_info(event, context, value) : field_evt_args(event, context, value);
	case EVT_ARG:
		return of_capture ? field_scap_arg(field, event, context, value) :
				    field_evt_arg(field, event, context, value);
	case EVT_RAWARG:
		return of_capture ? field_scap_rawarg(field, event, value) : field_evt_rawarg(field, event, value);
	default:
		return of_capture ? field_scap_args(event, context, value) : field_evt_args(event, context, value);
	}
}

/* A child returns from the call that its parent made: one call, which strace counts once, too. */
static bool is_second_return(const struct event *event)
{
	static const char *const names[] = { "clone", "clone3", "fork", "vfork" };
	const char *name;

	if (event->type != EVENT_CALL || !(event->flags & EVENT_NO_ENTER) || event->result)
		return false;
	name = call_find(event->call)->name;
	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static bool give_count(const struct field *field, const struct event *event, struct field_context *context,
		       struct value *value)
{
	switch (field->definition->variant) {
	case EVT_COUNT:
		/* a look at a thread's times is nothing that it did */
		return !(event->flags & EVENT_MEASURED) && !is_second_return(event) && give_uint(value, VALUE_UINT, 1);
	case EVT_COUNT_EXIT:
		return field_event_is_exit(event) && !is_second_return(event) && give_uint(value, VALUE_UINT, 1);
	case EVT_COUNT_OPEN:
		return is_open(event) && give_uint(value, VALUE_UINT, 1);
	case EVT_COUNT_PROCINFO:
		return is_procinfo(event) && event->thread->tid == event->thread->process->pid &&
		       give_uint(value, VALUE_UINT, 1);
	case EVT_COUNT_THREADINFO:
		return is_procinfo(event) && give_uint(value, VALUE_UINT, 1);
	case UTIL_CNT:
		return give_uint(value, VALUE_UINT, count_up(context, event));
	default:
		return false;
	}
}

bool field_evt(const struct field *field, const struct event *event, unsigned nth,
	       struct field_context *context, struct value *value)
{
	(void)nth;
	switch (field->definition->variant) {
	case EVT_NUM:
		return give_int(value, VALUE_ID, event->num);
	case EVT_CPU:
		return give_int(value, VALUE_ID, event->cpu);
	case EVT_DIR:
		return give_text(value, field_event_is_exit(event) ? "<" : ">", 1);
	case EVT_TYPE:
		if (event->type == EVENT_SCAP && event->call > SCAP_TYPE_GENERIC_X)
			return give_text(value, scap_types[event->call].name, scap_types[event->call].name_size);
		return give_word(value, type_word(event, context->scratch));
	case EVT_TYPE_IS:
		return give_uint(value, VALUE_UINT, is_of_type(event, field->argument, context->scratch));
	case EVT_SYSCALL:
		return is_syscall(event) && give_word(value, type_word(event, context->scratch));
	case EVT_NAME:
		return give_word(value, event_name(event, context->scratch));
	case EVT_CATEGORY:
		return give_word(value, field_event_category(event));
	case EVT_ARGS:
	case EVT_ARG:
	case EVT_RAWARG:
	case EVT_INFO:
		return give_arguments(field, event, context, value);
	case EVT_RES:
		if (event->type == EVENT_SCAP && !scap_takes_extra(event->call))
			return field_scap_result(event, context, value);
		return has_result(event) && give_result(event, context, value);
	case EVT_RAWRES:
		return has_result(event) && give_int(value, VALUE_INT, event->result);
	case EVT_FAILED:
		return give_bool(value, field_event_failed(event));
	default:
		return give_count(field, event, context, value);
	}
}

bool field_none(const struct field *field, const struct event *event, unsigned nth,
		struct field_context *context, struct value *value)
{
	(void)field;
	(void)event;
	(void)nth;
	(void)context;
	(void)value;
	return false;
}
