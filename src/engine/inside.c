#include "inside.h"

#include "span.h"
#include "state.h"

/* Longer chains of parents are not believed: a capture may claim anything. */
#define ANCESTORS_MAX 256

static enum inside_place place_of(const struct span *span, enum inside_scope scope)
{
	if (span->flags & SPAN_NO_ENTER)
		return INSIDE_NOWHERE;
	if (scope == INSIDE_MACHINE)
		return INSIDE_ANYWHERE;
	if (scope == INSIDE_PROCESS_TREE)
		return INSIDE_OWNER_TREE;
	/* a helper such as echo wrote the markers for its parent, whose own work is meant */
	if (span->owner != span->thread->process)
		return INSIDE_OWNER_STARTED;
	if (span->id_kind == MARKER_ID_PROCESS || span->id_kind == MARKER_ID_PARENT)
		return INSIDE_OWNER_TREE;
	/* the work moved from thread to thread: no single one holds it */
	if (span->exit_thread && span->exit_thread != span->thread)
		return INSIDE_OWNER_TREE;
	return INSIDE_THREAD;
}

void inside_init(struct inside *inside, const struct span *span, enum inside_scope scope)
{
	*inside = (struct inside){ .span = span, .scope = scope };
	inside_refresh(inside);
}

void inside_refresh(struct inside *inside)
{
	const struct span *span = inside->span;

	inside->known = NULL;
	if (!span)
		return;
	inside->place = place_of(span, inside->scope);
	inside->from = span->enter_time;
	inside->to = span->flags & SPAN_CLOSED ? span->exit_time : UINT64_MAX;
}

static bool started_meanwhile(const struct inside *inside, const struct process *process)
{
	/* of one that was handed up to its grandparent: when that forked the one between */
	uint64_t time = process->forked_time ? process->forked_time : process->start_time;

	return time >= inside->from && time <= inside->to;
}

/* Whether process works for the span: one of its ancestors (or itself) was forked for it. */
static bool has_process(const struct inside *inside, const struct process *process)
{
	const struct span *span = inside->span;
	const struct process *root = inside->place == INSIDE_THREAD ? span->thread->process : span->owner;

	if (process == root)
		return inside->place != INSIDE_THREAD;
	for (unsigned i = 0; process && i < ANCESTORS_MAX; i++, process = process->parent) {
		if (process->parent != root)
			continue;
		switch (inside->place) {
		case INSIDE_THREAD:
			return process->forker_tid == span->thread->tid && started_meanwhile(inside, process);
		case INSIDE_OWNER_STARTED:
			return started_meanwhile(inside, process);
		default:
			return true;
		}
	}
	return false;
}

bool inside_has(struct inside *inside, const struct event *event)
{
	const struct span *span = inside->span;

	if (!span)
		return true;
	if (event->time < inside->from || event->time > inside->to || inside->place == INSIDE_NOWHERE)
		return false;
	if (event->span == span && (event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT))
		return false;
	if (inside->place == INSIDE_ANYWHERE)
		return true;
	if (inside->place == INSIDE_THREAD && event->thread == span->thread)
		return true;
	if (inside->known != event->thread->process) {
		inside->known = event->thread->process;
		inside->known_answer = has_process(inside, inside->known);
	}
	return inside->known_answer;
}
