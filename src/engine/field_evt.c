/* evt.*: what happened, when and with what result. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "calls.h"
#include "engine.h"
#include "field_classes.h"
#include "span.h"
#include "state.h"

#define NS 1000000000ull

/* ---- time ---- */

/* Formats with strftime, then puts the nanoseconds behind, where wanted. */
static bool give_date(struct value *value, struct field_context *context, const char *format, uint64_t ns,
		      bool utc, bool with_ns, const char *suffix)
{
	time_t seconds = ns / NS;
	struct tm tm;
	size_t length;

	if (!(utc ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm)))
		return false;
	length = strftime(context->scratch, 64, format, &tm);
	if (with_ns)
		length += snprintf(context->scratch + length, 64, ".%09llu%s", (unsigned long long)(ns % NS),
				   suffix);
	return give_scratch(value, context, length);
}

static bool give_latency(struct value *value, struct field_context *context, int variant, uint64_t ns)
{
	switch (variant) {
	case EVT_LATENCY_S:
		return give_uint(value, VALUE_UINT, ns / NS);
	case EVT_LATENCY_NS:
		return give_uint(value, VALUE_UINT, ns % NS);
	case EVT_LATENCY_HUMAN:
		return give_scratch(value, context,
				    duration_format(ns, context->scratch, sizeof(context->scratch)));
	case EVT_LATENCY_QUANTIZED:
		return ns && give_uint(value, VALUE_UINT, field_quantized(ns));
	default:
		return give_uint(value, VALUE_DURATION, ns);
	}
}

static bool give_reltime(struct value *value, const struct field_context *context, int variant, uint64_t time)
{
	uint64_t first = context->engine ? engine_counts(context->engine)->first_time : 0;

	if (!first)
		return false;
	time = time > first ? time - first : 0;
	if (variant == EVT_RELTIME)
		return give_uint(value, VALUE_DURATION, time);
	return give_uint(value, VALUE_UINT, variant == EVT_RELTIME_S ? time / NS : time % NS);
}

/* Whether enter and exit of the call are known. */
static bool is_timed(const struct event *event)
{
	return !(event->flags & (EVENT_NO_ENTER | EVENT_NO_RETURN)) && event->time >= event->enter_time;
}

bool field_evt_time(const struct field *field, const struct event *event, unsigned nth,
		    struct field_context *context, struct value *value)
{
	int variant = field->definition->variant;
	uint64_t time = event->time;

	(void)nth;
	switch (variant) {
	case EVT_TIME:
		return give_scratch(value, context,
				    time_format(time, context->scratch, sizeof(context->scratch)));
	case EVT_TIME_S:
		return give_date(value, context, "%H:%M:%S", time, false, false, "");
	case EVT_TIME_ISO:
		return give_date(value, context, "%Y-%m-%dT%H:%M:%S", time, true, true, "+0000");
	case EVT_DATETIME:
		return give_date(value, context, "%Y-%m-%d %H:%M:%S", time, false, true, "");
	case EVT_DATETIME_S:
		return give_date(value, context, "%Y-%m-%d %H:%M:%S", time, false, false, "");
	case EVT_RAWTIME:
		return give_int(value, VALUE_ID, time);
	case EVT_RAWTIME_S:
		return give_int(value, VALUE_ID, time / NS);
	case EVT_RAWTIME_NS:
		return give_int(value, VALUE_ID, time % NS);
	case EVT_RELTIME:
	case EVT_RELTIME_S:
	case EVT_RELTIME_NS:
		return give_reltime(value, context, variant, time);
	case EVT_WAIT_LATENCY:
		return field_event_waits(event) && is_timed(event) &&
		       give_latency(value, context, variant, event_latency(event));
	default:
		return is_timed(event) &&
		       give_latency(value, context, variant, event_latency(event));
	}
}

/* ---- type ---- */

/* Word for the event's type; name: at least 16 bytes that it may be written to. */
static const char *type_word(const struct event *event, char *name)
{
	switch (event->type) {
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
	default:
		return type_word(event, name);
	}
}

const char *field_check_type(const char *argument)
{
	static const char *const others[] = { "tracer", "procfork", "procexec", "procexit" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(argument, others[i]))
			return NULL;
	return call_number(argument) >= 0 ? NULL : "unknown type of event";
}

static bool is_exit(const struct event *event)
{
	return event->type == EVENT_CALL || event->type == EVENT_SPAN_EXIT;
}

/* ---- arguments ---- */

const char *field_check_argument(const char *argument)
{
	static const char *const others[] = {
		"res", "fd1", "fd2", "id", "tags", "args", "child", "status", "invalid", "reason",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(argument, others[i]))
			return NULL;
	for (unsigned number = 0; number < RECORD_CALLS; number++) {
		const struct call *call = call_find(number);

		for (unsigned i = 0; i < call->nargs && i < 6; i++)
			if (call->args[i].name && !strcmp(argument, call->args[i].name))
				return NULL;
	}
	return "unknown event argument";
}

/* One argument of a marker: its number and its text. */
static bool give_marker_argument(const struct event *event, struct field_context *context, const char *name,
				 struct value *value)
{
	const struct span *span = event->span;
	const struct string *args;

	if (!span)
		return false;
	if (!strcmp(name, "id"))
		return give_scratch(value, context,
				    snprintf(context->scratch, 32, "%lld", (long long)span->id));
	if (!strcmp(name, "tags"))
		return give_scratch(value, context,
				    span_tags_text(span, context->scratch, sizeof(context->scratch)));
	if (strcmp(name, "args"))
		return false;
	args = event->type == EVENT_SPAN_ENTER ? span->enter_args : span->exit_args;
	if (!args)
		return give_word(value, "");
	return give_scratch(
		value, context,
		packed_args_text(args->text, args->size,
				 event->type == EVENT_SPAN_ENTER ? span->nenter_args : span->nexit_args, ':',
				 context->scratch, sizeof(context->scratch)));
}

/* Name of the index-th argument that evt.args shows, or NULL. The result of a call is number 0. */
static const char *argument_name(const struct event *event, int32_t index)
{
	static const char *const of_markers[] = { "id", "tags", "args" };
	static const char *const of_invalid[] = { "reason", "invalid" };
	const struct call *call;

	if (index < 0)
		return NULL;
	switch (event->type) {
	case EVENT_CALL:
		if (!index--)
			return "res";
		call = call_find(event->call);
		for (unsigned i = 0; i < call->nargs && i < 6; i++)
			if (call->args[i].name && !index--)
				return call->args[i].name;
		return NULL;
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
		return index < 3 ? of_markers[index] : NULL;
	case EVENT_MARKER_INVALID:
		return index < 2 ? of_invalid[index] : NULL;
	case EVENT_FORK:
		return index ? NULL : "child";
	case EVENT_EXEC:
		return index ? NULL : "args";
	case EVENT_THREAD_EXIT:
		return index ? NULL : "status";
	default:
		return NULL;
	}
}

/* The words of a command line, which NULs separate, joined by blanks. */
static bool give_command(const struct event *event, struct field_context *context, struct value *value)
{
	size_t room = sizeof(context->scratch),
	       size = event->payload_size < room ? event->payload_size : room;

	if (size && !event_payload(event)[size - 1])
		size--;
	memcpy(context->scratch, event_payload(event), size);
	for (size_t i = 0; i < size; i++)
		if (!context->scratch[i])
			context->scratch[i] = ' ';
	return give_text(value, context->scratch, size);
}

static bool give_argument(const struct event *event, struct field_context *context, const char *name,
			  struct value *value)
{
	int length;

	if (!name)
		return false;
	switch (event->type) {
	case EVENT_CALL:
		length =
			event_arg_text(event, name, strlen(name), context->scratch, sizeof(context->scratch));
		return length >= 0 && give_scratch(value, context, length);
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
		return give_marker_argument(event, context, name, value);
	case EVENT_MARKER_INVALID: {
		struct field_definition definition = { .variant = INVALID_TEXT };
		struct field field = { .definition = &definition };

		if (!strcmp(name, "reason"))
			definition.variant = INVALID_REASON;
		else if (strcmp(name, "invalid"))
			return false;
		return field_span_invalid(&field, event, 0, context, value);
	}
	case EVENT_EXEC:
		return !strcmp(name, "args") && give_command(event, context, value);
	case EVENT_FORK:
	case EVENT_THREAD_EXIT:
		if (strcmp(name, event->type == EVENT_FORK ? "child" : "status"))
			return false;
		return give_scratch(value, context,
				    snprintf(context->scratch, 32, "%lld", (long long)event->result));
	default:
		return false;
	}
}

/* All arguments. Those of a marker read as sysdig prints them: id=7 tags=a.b args=n:1 */
static bool give_arguments(const struct event *event, struct field_context *context, struct value *value)
{
	size_t length = 0, room = sizeof(context->scratch);
	char whole[sizeof(context->scratch)];
	const char *name;

	if (event->type == EVENT_CALL)
		return give_scratch(value, context, event_args_text(event, context->scratch, room));
	for (int32_t i = 0; (name = argument_name(event, i)); i++) {
		struct value part;

		if (!give_argument(event, context, name, &part))
			continue;
		length += snprintf(whole + length, room - length, "%s%s=%.*s", length ? " " : "", name,
				   (int)part.size, part.text);
		if (length >= room) {
			length = room - 1;
			break;
		}
	}
	memcpy(context->scratch, whole, length);
	return give_text(value, context->scratch, length);
}

static bool is_number(enum call_argument_kind kind)
{
	switch (kind) {
	case CALL_ARG_NONE:
	case CALL_ARG_PATH:
	case CALL_ARG_DATA:
	case CALL_ARG_ADDRESS:
	case CALL_ARG_COMMAND:
	case CALL_ARG_PAIR:
		return false;
	default:
		return true;
	}
}

/* Descriptors and the like are 32 bits wide, whatever the register holds above. */
static int64_t raw_number(uint64_t argument, enum call_argument_kind kind)
{
	switch (kind) {
	case CALL_ARG_FD:
	case CALL_ARG_DIRFD:
	case CALL_ARG_PID:
	case CALL_ARG_INT:
		return (int32_t)argument;
	default:
		return (int64_t)argument;
	}
}

static bool give_raw_argument(const struct event *event, const char *name, struct value *value)
{
	const struct call *call;

	if (event->type != EVENT_CALL) {
		const char *shown = argument_name(event, 0);

		if (!shown || strcmp(shown, name))
			return false;
		if (event->type == EVENT_FORK || event->type == EVENT_THREAD_EXIT)
			return give_int(value, VALUE_ID, event->result);
		return event->span && !strcmp(name, "id") && give_int(value, VALUE_ID, event->span->id);
	}
	if (!strcmp(name, "res"))
		return !(event->flags & EVENT_NO_RETURN) && give_int(value, VALUE_ID, event->result);
	call = call_find(event->call);
	for (unsigned i = 0; i < event->nargs && i < 6; i++)
		if (call->args[i].name && !strcmp(call->args[i].name, name))
			return is_number(call->args[i].kind) &&
			       give_int(value, VALUE_ID,
					raw_number(event_args(event)[i], call->args[i].kind));
	return false;
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

bool field_evt(const struct field *field, const struct event *event, unsigned nth,
	       struct field_context *context, struct value *value)
{
	bool returned = event->type == EVENT_CALL && !(event->flags & EVENT_NO_RETURN);

	(void)nth;
	switch (field->definition->variant) {
	case EVT_NUM:
		return give_int(value, VALUE_ID, event->num);
	case EVT_CPU:
		return give_int(value, VALUE_ID, event->cpu);
	case EVT_DIR:
		return give_text(value, is_exit(event) ? "<" : ">", 1);
	case EVT_TYPE:
		return give_word(value, type_word(event, context->scratch));
	case EVT_TYPE_IS:
		return give_uint(value, VALUE_UINT,
				 !strcmp(type_word(event, context->scratch), field->argument));
	case EVT_SYSCALL:
		return event->type == EVENT_CALL &&
		       give_word(value, type_word(event, context->scratch));
	case EVT_NAME:
		return give_word(value, event_name(event, context->scratch));
	case EVT_CATEGORY:
		return give_word(value, field_event_category(event));
	case EVT_ARGS:
		return give_arguments(event, context, value);
	case EVT_ARG:
		return give_argument(event, context,
				     field->has_index ? argument_name(event, field->index) : field->argument,
				     value);
	case EVT_RAWARG:
		return give_raw_argument(event, field->argument, value);
	case EVT_RES:
		return returned && give_result(event, context, value);
	case EVT_RAWRES:
		return returned && give_int(value, VALUE_INT, event->result);
	case EVT_FAILED:
		return give_bool(value, event_failed(event));
	case EVT_COUNT:
		return give_uint(value, VALUE_UINT, 1);
	case EVT_COUNT_EXIT:
		return give_uint(value, VALUE_UINT, is_exit(event));
	default:
		return false;
	}
}
