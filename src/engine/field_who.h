/* Who did it: what the fields of processes, threads, users and containers have in common. */
#ifndef ENGINE_FIELD_WHO_H
#define ENGINE_FIELD_WHO_H

#include "engine.h"
#include "field_classes.h"
#include "scap_event.h"
#include "state.h"

#define STRANGER "<NA>"      /* what sysdig calls what it knows nothing of: a text like any other */

/* Whether the event is of a capture: then values are as sysdig's, which knows threads where we know processes. */
static inline bool is_captured(const struct event *event)
{
	bool is_live = event->type != EVENT_SCAP || event->flags & (EVENT_MEASURED | EVENT_STATE);

	return !is_live || event->thread->enter.time || event->thread->is_stranger;
}

/* Whether the state is as of this event. */
static inline bool is_current(const struct event *event, const struct field_context *context)
{
	return context->engine && engine_counts(context->engine)->events == event->num;
}

/* Its id; what belongs to no thread has -1. */
static inline int64_t thread_id(const struct thread *thread)
{
	return thread->tid == UINT32_MAX ? -1 : (int64_t)thread->tid;
}

/* Whether nothing at all is known of who did it: an event of the scheduler does not make a thread known. */
static inline bool is_nobody(const struct event *event)
{
	return event->thread->is_stranger && event->type == EVENT_SCAP && !event->thread->enter.time &&
	       (scap_types[event->call].flags & SCAP_SKIPPARSERESET || event->call == SCAP_TYPE_SCHEDSWITCH_6_E);
}

/* What a thread was when the event happened. */
struct program {
	const char *name;
	size_t name_size;
	const struct string *exe, *args;
};

/* Whether the event tells of a container: then sysdig has a process for it. */
static inline bool is_container_event(const struct event *event)
{
	return event->type == EVENT_SCAP &&
	       (event->call == SCAP_TYPE_CONTAINER_JSON_E || event->call == SCAP_TYPE_CONTAINER_JSON_2_E);
}

/* The container that the event is about: of events that tell of one that one, else the thread's; NULL: the host. */
const struct container *container_of_event(const struct event *event, const struct field_context *context);

struct program program_of(const struct thread *thread, uint64_t time, bool captured);
struct program program_of_process(const struct process *process, uint64_t time);

/* The parent as an event sees it: of captures only the very process that was told, and only while it lives. */
const struct process *parent_of(const struct process *process, uint64_t time, bool captured);

/* The container that a thread is in, or NULL: the host. */
static inline const struct container *container_of_thread(const struct thread *thread)
{
	return thread->process->facts ? thread->process->facts->container : NULL;
}

#endif
