/* evtin.span.*: the spans that were open when an event happened, the newest first.
 *
 * An event other than a marker knows the newest open span of its thread, and each span the one around
 * it, so the plain form needs nothing else. The wider scopes, and markers, which point at their own
 * span, ask the set of open spans that goes along with the scan. */
#include <stdlib.h>

#include "field_classes.h"
#include "field_times.h"
#include "open_spans.h"
#include "span.h"
#include "span_search.h"
#include "state.h"

static bool is_marker(const struct event *event)
{
	return event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT ||
	       event->type == EVENT_MARKER_INVALID;
}

/* Parents are compared as objects where they are known: an id may be used again. */
static bool is_child(const struct process *process, const struct process *parent)
{
	if (process->parent)
		return process->parent == parent;
	return process->ppid && process->ppid == parent->pid;
}

static bool are_siblings(const struct process *a, const struct process *b)
{
	if (a->parent && b->parent)
		return a->parent == b->parent;
	return a->ppid && a->ppid == b->ppid;
}

static bool in_scope(const struct event *event, const struct span *span, enum evtin_scope scope)
{
	const struct process *process = event->thread->process, *writer;

	if (span->flags & SPAN_NO_ENTER)
		return false;
	writer = span->thread->process;
	switch (scope) {
	case EVTIN_THREAD:
		return span->thread == event->thread;
	case EVTIN_PROCESS:
		return writer == process;
	case EVTIN_SCRIPT:
		return writer == process || is_child(process, writer) || are_siblings(process, writer);
	default:
		return true;
	}
}

/* The next by the links of the spans: exact for events that are no markers. */
static struct span *next_linked(const struct event *event, struct span *last)
{
	struct span *span = event->span;

	if (last)
		return span_outer_at(last->outer, event->time);
	if (!span || !is_marker(event))
		return span;
	if (event->type == EVENT_SPAN_EXIT && in_scope(event, span, EVTIN_THREAD))
		return span;
	return span_outer_at(span->outer, event->time);
}

/* The next open span in scope below place, which it moves there. */
static struct span *next_listed(const struct open_spans *open, const struct event *event,
				enum evtin_scope scope, size_t *place)
{
	while (*place) {
		struct span *span = open_spans_at(open, --*place);

		/* markers of before this one may be evicted already, then the set is that of a later time */
		if (span->enter_time <= event->time && in_scope(event, span, scope))
			return span;
	}
	return NULL;
}

static bool go(struct field_context *context, const struct event *event, bool *moved)
{
	if (!context->open_spans)
		context->open_spans = open_spans_new();
	return context->open_spans && open_spans_go(context->open_spans, context->engine, event, moved);
}

static bool give(const struct field *field, const struct span *span, struct field_context *context,
		 struct value *value)
{
	switch (field->definition->variant & 0xff) {
	case EVTIN_ID:
		return give_int(value, VALUE_ID, span->id);
	case EVTIN_NTAGS:
		return give_uint(value, VALUE_UINT, span->ntags);
	case EVTIN_NARGS:
		return give_uint(value, VALUE_UINT, span->nenter_args);
	case EVTIN_TAGS:
		return give_scratch(value, context,
				    span_tags_text(span, context->scratch, sizeof(context->scratch)));
	case EVTIN_TAG:
		return field_span_tag(span, field->index, value);
	case EVTIN_ARG:
		return field_span_arg(field, span->enter_args, span->nenter_args, value);
	case EVTIN_ARGS:
		if (!span->enter_args)
			return give_text(value, "", 0);
		return give_scratch(value, context,
				    packed_args_text(span->enter_args->text, span->enter_args->size,
						     span->nenter_args, ':', context->scratch,
						     sizeof(context->scratch)));
	default:
		return false;
	}
}

struct evtin_question {
	struct span_question question;
	const struct field *field;
	const struct event *event;
	struct field_context *context;
	const struct field_question *asked;   /* NULL: any value will do */
};

static enum evtin_scope scope_of(const struct field *field)
{
	return field->definition->variant >> 8;
}

static bool is_linked(const struct field *field, const struct event *event, const struct field_context *context)
{
	return scope_of(field) == EVTIN_THREAD && (!is_marker(event) || !context->engine);
}

static bool span_fits(const struct span_question *question, struct span *span)
{
	const struct evtin_question *of = (const struct evtin_question *)question;
	struct value value;

	return in_scope(of->event, span, scope_of(of->field)) && give(of->field, span, of->context, &value) &&
	       (!of->asked || of->asked->fits(of->asked, &value));
}

static const void *place_of(const struct event *event, enum evtin_scope scope)
{
	if (scope == EVTIN_MACHINE)
		return NULL;
	return scope == EVTIN_THREAD ? (const void *)event->thread : event->thread->process;
}

/* The first of the spans open at the event that has a value, and one that fits. The set of open spans is there
 * already unless the event is linked. */
static struct span *find(const struct field *field, const struct event *event, struct field_context *context,
			 const struct field_question *asked)
{
	struct evtin_question question = {
		.question = { asked ? asked->identity : field, place_of(event, scope_of(field)), span_fits },
		.field = field,
		.event = event,
		.context = context,
		.asked = asked,
	};

	if (!context->span_search)
		context->span_search = span_search_new();
	if (!context->span_search)
		return NULL;
	if (is_linked(field, event, context))
		return span_search_outer(context->span_search, &question.question, next_linked(event, NULL),
					 event->time);
	return span_search_open(context->span_search, &question.question, context->open_spans, event->time);
}

bool field_evtin_any(const struct field *field, const struct event *event, struct field_context *context,
		     const struct field_question *question)
{
	bool moved;

	if (!is_linked(field, event, context) && (!context->engine || !go(context, event, &moved)))
		return false;
	return find(field, event, context, question);
}

static bool first_value(const struct field *field, const struct event *event, struct field_context *context,
			struct value *value)
{
	struct span *span = find(field, event, context, NULL);

	context->inside.span = span;
	if (!span)
		return false;
	context->inside.place = is_linked(field, event, context) ? 0 :
				open_spans_place(context->open_spans, span->num);
	context->inside.num = event->num;
	context->inside.field = field;
	context->inside.nth = 0;
	return give(field, span, context, value);
}

/* Values are asked for one after the other: each call goes on from the span that gave the last one. */
bool field_evtin(const struct field *field, const struct event *event, unsigned nth,
		 struct field_context *context, struct value *value)
{
	bool linked = is_linked(field, event, context), moved = false;
	unsigned given;

	if (!linked && (!context->engine || !go(context, event, &moved)))
		return false;
	if (moved || !nth || !context->inside.span || context->inside.nth + 1 != nth ||
	    context->inside.field != field || context->inside.num != event->num) {
		if (!first_value(field, event, context, value))
			return false;
	}
	for (given = context->inside.nth; given != nth;) {
		context->inside.span = linked ? next_linked(event, context->inside.span)
					      : next_listed(context->open_spans, event, scope_of(field),
							    &context->inside.place);
		if (!context->inside.span)
			return false;
		/* a span without that tag or argument has no value, those around it may */
		given += give(field, context->inside.span, context, value);
	}
	context->inside.nth = nth;
	return true;
}

void field_context_fini(struct field_context *context)
{
	open_spans_free(context->open_spans);
	span_search_free(context->span_search);
	context->open_spans = NULL;
	context->span_search = NULL;
	field_times_free(context->times);
	context->times = NULL;
	free(context->large);
	context->large = NULL;
	context->large_size = 0;
	memset(&context->inside, 0, sizeof(context->inside));
}
