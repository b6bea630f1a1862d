/* evt.args, evt.arg, evt.rawarg of live calls, of markers and of what processes do. */
#include <stdio.h>

#include "calls.h"
#include "field_classes.h"
#include "span.h"
#include "text_output.h"

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

/* Counts what was written behind the text; length is what it would have been with more room. */
static void put_text_of(struct text_output *output, size_t length)
{
	size_t room = output->size - output->kept;

	output->length += length;
	output->kept += length < room ? length : room ? room - 1 : 0;
}

/* What follows the id of a span is written where it belongs, since markers are many. */
static void put_marker_arguments(struct text_output *output, const struct event *event)
{
	const struct span *span = event->span;
	bool enter = event->type == EVENT_SPAN_ENTER;
	const struct string *args = enter ? span->enter_args : span->exit_args;

	put_bytes(output, "id=", 3);
	put_signed(output, span->id);
	put_bytes(output, " tags=", 6);
	put_text_of(output, span_tags_text(span, output->text + output->kept, output->size - output->kept));
	put_bytes(output, " args=", 6);
	if (args)
		put_text_of(output, packed_args_text(args->text, args->size,
						     enter ? span->nenter_args : span->nexit_args, ':',
						     output->text + output->kept, output->size - output->kept));
	put_char(output, ' ');
}

/* All arguments. Those of a marker read as sysdig prints them, a blank at the end: id=7 tags=a.b args=n:1 */
bool field_evt_args(const struct event *event, struct field_context *context, struct value *value)
{
	char whole[sizeof(context->scratch)];
	struct text_output output = { .text = whole, .size = sizeof(whole) };
	const char *name;

	if (event->type == EVENT_CALL)
		return give_scratch(value, context,
				    event_args_text(event, context->scratch, sizeof(context->scratch)));
	if (event->span && (event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT)) {
		output.text = context->scratch;
		put_marker_arguments(&output, event);
		return give_text(value, output.text, output.kept);
	}
	for (int32_t i = 0; (name = argument_name(event, i)); i++) {
		struct value part;

		if (!give_argument(event, context, name, &part))
			continue;
		if (output.length)
			put_char(&output, ' ');
		put_word(&output, name);
		put_char(&output, '=');
		put_bytes(&output, part.text, part.size);
	}
	memcpy(context->scratch, whole, output.kept);
	return give_text(value, context->scratch, output.kept);
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

bool field_evt_arg(const struct field *field, const struct event *event, struct field_context *context,
		   struct value *value)
{
	return give_argument(event, context, field->has_index ? argument_name(event, field->index) : field->argument,
			     value);
}

bool field_evt_rawarg(const struct field *field, const struct event *event, struct value *value)
{
	const char *name = field->argument;
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

