/* span.*: values of markers. Other events have none: what was open around them is evtin.span.*. */
#include <math.h>
#include <stdio.h>

#include "calls.h"
#include "field_classes.h"
#include "scap_extra.h"
#include "scap_text.h"
#include "span.h"
#include "state.h"

#define COLUMNS_PER_DECADE 32
#define DECADES 11

/* The span that an enter or exit marker is about, or NULL. */
static const struct span *marked(const struct event *event)
{
	return event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT ? event->span : NULL;
}

uint64_t field_quantized(uint64_t ns)
{
	double decade;

	if (!ns)
		return 0;
	decade = log10((double)ns);
	if (decade > DECADES)
		decade = DECADES;
	return (uint64_t)(decade * COLUMNS_PER_DECADE) + 1;
}

bool field_span_tag(const struct span *span, int32_t index, struct value *value)
{
	size_t size;
	const char *tag = span_tag(span, index, &size);

	return tag && give_text(value, tag, size);
}

bool field_span_arg(const struct field *field, const struct string *args, uint32_t nargs, struct value *value)
{
	const char *text, *end;
	size_t wanted;
	int64_t index = field->index;

	if (!args)
		return false;
	if (field->has_index) {
		size_t size;

		if (index < 0)
			index += nargs;
		if (index < 0 || index >= nargs)
			return false;
		text = packed_string(args->text, args->size, 2 * (uint32_t)index + 1, &size);
		return text && give_text(value, text, size);
	}
	/* one walk: looking each string up by number would start anew every time */
	wanted = strlen(field->argument);
	text = args->text;
	end = args->text + args->size;
	for (uint32_t i = 0; i < nargs && text < end; i++) {
		size_t name = strnlen(text, end - text);
		const char *content = text + name + 1;
		size_t size;

		if (content > end)
			break;
		size = strnlen(content, end - content);
		if (name == wanted && !memcmp(text, field->argument, name))
			return give_text(value, content, size);
		text = content + size + 1;
	}
	return false;
}

static bool give_args(struct value *value, struct field_context *context, const struct string *args,
		      uint32_t nargs)
{
	if (!args)
		return give_text(value, "", 0);
	return give_scratch(value, context,
			    packed_args_text(args->text, args->size, nargs, '=', context->scratch,
					     sizeof(context->scratch)));
}

static bool give_idtag(const struct span *span, int32_t index, struct field_context *context,
		       struct value *value)
{
	size_t length = snprintf(context->scratch, 32, "%lld", (long long)span->id);
	struct value tag;

	if (field_span_tag(span, index, &tag)) {
		if (tag.size > sizeof(context->scratch) - length)
			tag.size = sizeof(context->scratch) - length;
		memcpy(context->scratch + length, tag.text, tag.size);
		length += tag.size;
	}
	return give_text(value, context->scratch, length);
}

bool field_span(const struct field *field, const struct event *event, unsigned nth,
		struct field_context *context, struct value *value)
{
	const struct span *span = marked(event);
	bool entered;

	(void)nth;
	if (!span)
		return false;
	entered = !(span->flags & SPAN_NO_ENTER);
	switch (field->definition->variant) {
	case FIELD_SPAN_ID:
		return give_int(value, VALUE_ID, span->id);
	case FIELD_SPAN_NTAGS:
		return give_uint(value, VALUE_UINT, span->ntags);
	case FIELD_SPAN_TAGS:
		return give_scratch(value, context,
				    span_tags_text(span, context->scratch, sizeof(context->scratch)));
	case FIELD_SPAN_TAG:
		return field_span_tag(span, field->index, value);
	case FIELD_SPAN_IDTAG:
		return give_idtag(span, field->index, context, value);
	case FIELD_SPAN_TIME:
		return entered && give_scratch(value, context,
					       time_format(span->enter_time, context->scratch,
							   sizeof(context->scratch)));
	case FIELD_SPAN_RAWTIME:
		return entered && give_int(value, VALUE_ID, span->enter_time);
	case FIELD_SPAN_RAWPARENTTIME:
		return span->parent && give_int(value, VALUE_ID, span->parent->enter_time);
	case FIELD_SPAN_NARGS:
		return entered && give_uint(value, VALUE_UINT, span->nenter_args);
	case FIELD_SPAN_ENTERARGS:
		return entered && give_args(value, context, span->enter_args, span->nenter_args);
	case FIELD_SPAN_ENTERARG:
		return entered && field_span_arg(field, span->enter_args, span->nenter_args, value);
	case FIELD_SPAN_ARGS:
		if (event->type == EVENT_SPAN_ENTER)
			return give_args(value, context, span->enter_args, span->nenter_args);
		return entered && give_args(value, context, span->exit_args, span->nexit_args);
	case FIELD_SPAN_ARG:
		if (event->type == EVENT_SPAN_ENTER)
			return field_span_arg(field, span->enter_args, span->nenter_args, value);
		return entered && field_span_arg(field, span->exit_args, span->nexit_args, value);
	default:
		return false;
	}
}

/* ---- how long, how much ---- */

/* Number of tags less one, as .fortag[n] means it; -1 without tags. */
static int64_t depth(const struct span *span)
{
	return (int64_t)span->ntags - 1;
}

/* Whether the event ends a span by its own exit marker. */
static bool is_exit(const struct event *event)
{
	return event->type == EVENT_SPAN_EXIT && !(event->flags & EVENT_UNFINISHED);
}

static bool give_duration(const struct field *field, const struct event *event, struct field_context *context,
			  struct value *value)
{
	const struct span *span = event->span;
	uint64_t ns;

	if (!is_exit(event) || (span->flags & SPAN_NO_ENTER))
		return false;
	ns = span_duration(span, event->time);
	switch (field->definition->variant) {
	case FIELD_SPAN_DURATION_HUMAN:
		return give_scratch(value, context,
				    duration_format(ns, context->scratch, sizeof(context->scratch)));
	case FIELD_SPAN_DURATION_QUANTIZED:
		return ns && give_uint(value, VALUE_UINT, field_quantized(ns));
	case FIELD_SPAN_DURATION_FORTAG:
		return depth(span) == field->index && give_uint(value, VALUE_DURATION, ns);
	case FIELD_SPAN_SELF:
		/* children may overlap, so their sum may be more than the whole */
		return give_uint(value, VALUE_DURATION, ns > span->children_ns ? ns - span->children_ns : 0);
	default:
		return give_uint(value, VALUE_DURATION, ns);
	}
}

static bool give_account(int variant, const struct event *event, struct value *value)
{
	const struct span *span = event->span;

	if (event->type != EVENT_SPAN_EXIT || !span->has_account)
		return false;
	switch (variant) {
	case FIELD_SPAN_CPU:
		return give_uint(value, VALUE_DURATION, span->account.cpu_ns);
	case FIELD_SPAN_QUEUE:
		return give_uint(value, VALUE_DURATION, span->account.queue_ns);
	case FIELD_SPAN_SWITCHES:
		return give_uint(value, VALUE_UINT, span->account.switches);
	default:
		return give_uint(value, VALUE_UINT, span->account.minor_faults + span->account.major_faults);
	}
}

bool field_span_measure(const struct field *field, const struct event *event, unsigned nth,
			struct field_context *context, struct value *value)
{
	const struct span *span = marked(event);

	(void)nth;
	if (!span)
		return false;
	switch (field->definition->variant) {
	case FIELD_SPAN_COUNT:
		return give_uint(value, VALUE_UINT, is_exit(event));
	case FIELD_SPAN_COUNT_FORTAG:
		return give_uint(value, VALUE_UINT, is_exit(event) && depth(span) == field->index);
	case FIELD_SPAN_CHILDCOUNT_FORTAG:
		return give_uint(value, VALUE_UINT, is_exit(event) && depth(span) > field->index);
	case FIELD_SPAN_CPU:
	case FIELD_SPAN_QUEUE:
	case FIELD_SPAN_SWITCHES:
	case FIELD_SPAN_FAULTS:
		return give_account(field->definition->variant, event, value);
	case FIELD_SPAN_IS_UNFINISHED:
		return event->type == EVENT_SPAN_EXIT && give_bool(value, !is_exit(event));
	case FIELD_SPAN_IS_LOSSY:
		return event->type == EVENT_SPAN_EXIT && give_bool(value, span->flags & SPAN_LOSSY);
	default:
		return give_duration(field, event, context, value);
	}
}

/* What newer files have of the enter in the exit; sysdig 0.29.3 does not show it. */
static void put_newer_params(struct scap_printer *printer, const struct fd *fd)
{
	const struct scap_type *type = printer->type;
	unsigned count = printer->event->items < type->nparams_latest ? printer->event->items : type->nparams_latest;

	if (printer->event->call <= SCAP_TYPE_GENERIC_X)
		return;
	for (unsigned i = type->nparams; i < count; i++) {
		size_t size;
		const uint8_t *bytes = event_param(printer->event, i, &size);

		/* that one stands in front */
		if (!bytes || !size || (fd && !strcmp(type->params[i].name, "fd")))
			continue;
		put_word(&printer->output, type->params[i].name);
		put_char(&printer->output, '=');
		scap_put_param(printer, i, bytes, size);
		put_char(&printer->output, ' ');
	}
}

/* The exit of a call of a capture, with the descriptor that its enter told of. */
static bool give_captured_text(const struct event *event, struct field_context *context, struct value *value)
{
	struct scap_printer printer = scap_printer(event, context, context->scratch, sizeof(context->scratch));
	const struct scap_type *type = printer.type;
	const struct fd *fd = event->fd;
	struct scap_extra extra;

	if (scap_extra_of(event, &extra)) {
		put_escaped(&printer.output, extra.text, extra.text_size, false);
		return give_text(value, printer.output.text, printer.output.kept);
	}
	if (fd && scap_is_exit(event->call) && !(type->nparams && !strcmp(type->params[0].name, "fd"))) {
		put_word(&printer.output, "fd=");
		put_signed(&printer.output, fd->num);
		put_word(&printer.output, "(<");
		put_char(&printer.output, fd_type_char(fd->type));
		put_char(&printer.output, '>');
		scap_put_printable(&printer.output, fd->name->text, fd->name->size);
		put_word(&printer.output, ") ");
	}
	scap_put_args(&printer);
	put_newer_params(&printer, fd);
	return give_text(value, printer.output.text, printer.output.kept);
}

/* What a marker says, without the names that evt.args gives to its parts: a.b n=1 */
bool field_evt_text(const struct field *field, const struct event *event, unsigned nth,
		    struct field_context *context, struct value *value)
{
	const struct span *span = marked(event);
	bool enter = event->type == EVENT_SPAN_ENTER;
	size_t length, room = sizeof(context->scratch);
	const struct string *args;

	if (event->type == EVENT_CALL) {
		length = event_text(event, context->scratch, room);
		return give_scratch(value, context, length);
	}
	if (event->type == EVENT_SCAP)
		return give_captured_text(event, context, value);
	if (!span)
		return field_evt(field, event, nth, context, value);
	length = span_tags_text(span, context->scratch, room);
	args = enter ? span->enter_args : span->exit_args;
	if (args && args->size && length + 1 < room) {
		context->scratch[length++] = ' ';
		length += packed_args_text(args->text, args->size, enter ? span->nenter_args : span->nexit_args,
					   '=', context->scratch + length, room - length);
	}
	if (!enter && !is_exit(event) && length < room)
		length += snprintf(context->scratch + length, room - length, " (unfinished)");
	return give_scratch(value, context, length);
}

/* The payload of an invalid marker is the reason, a NUL, and the marker's text. */
bool field_span_invalid(const struct field *field, const struct event *event, unsigned nth,
			struct field_context *context, struct value *value)
{
	const char *payload = event_payload(event);
	size_t size = event->payload_size, reason;

	(void)nth;
	(void)context;
	if (event->type != EVENT_MARKER_INVALID)
		return false;
	reason = strnlen(payload, size);
	if (field->definition->variant == INVALID_REASON)
		return give_text(value, payload, reason);
	if (reason == size)
		return false;
	return give_text(value, payload + reason + 1, size - reason - 1);
}
