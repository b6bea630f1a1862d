#include "in_flight.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fd_text.h"
#include "id_table.h"
#include "ingest.h"
#include "open_spans.h"
#include "query_private.h"
#include "scap_event.h"
#include "string_pool.h"

#define ROW_SPAN (1ull << 63)    /* in a row's identity: the rest is the span's number, else a thread's id */
#define ROWS_BYTES (4u << 20)    /* of one sample: some ten thousand rows, which take some 10 ms */
#define PAYLOAD_MAX 16384

/* The enter of a thread's call; of size 0 while it is in none. */
struct pending_enter {
	struct id_link link;
	struct thread *thread;   /* pinned */
	int32_t fd_num;
	struct event *event;     /* a copy; its pointers are not to be used */
	size_t capacity;
	struct pending_enter *next, *previous;
};

struct in_flight {
	struct id_table threads;
	struct pending_enter *first;
	uint64_t time;           /* of the latest event, ns since the epoch */
	uint64_t num;            /* and its number */
};

/* One with its arguments and payload behind it. */
struct sampled_call {
	struct event event;
	uint64_t args[6];
	char payload[PAYLOAD_MAX];
};

struct sampling {
	struct query *query;
	struct source *source;
	uint64_t now;
	uint64_t left;           /* spans that found no room */
	struct sampled_call call;
};

/* ---- enters of captures ---- */

static struct in_flight *in_flight_of(struct query *query)
{
	struct in_flight *in_flight = query->in_flight;

	if (in_flight)
		return in_flight;
	in_flight = calloc(1, sizeof(*in_flight));
	if (in_flight && !id_table_init(&in_flight->threads)) {
		free(in_flight);
		in_flight = NULL;
	}
	return query->in_flight = in_flight;
}

static void forget(struct in_flight *in_flight, struct pending_enter *enter)
{
	if (enter->previous)
		enter->previous->next = enter->next;
	else
		in_flight->first = enter->next;
	if (enter->next)
		enter->next->previous = enter->previous;
	id_table_remove(&in_flight->threads, &enter->link);
	enter->thread->pins--;
	free(enter->event);
	free(enter);
}

static struct pending_enter *enter_of(struct in_flight *in_flight, struct thread *thread)
{
	struct pending_enter *enter = (struct pending_enter *)id_table_find(&in_flight->threads, thread->tid);

	if (enter && enter->thread == thread)
		return enter;
	if (enter)
		forget(in_flight, enter); /* its thread ended unseen */
	enter = calloc(1, sizeof(*enter));
	if (!enter)
		return NULL;
	enter->thread = thread;
	thread->pins++;
	id_table_add(&in_flight->threads, &enter->link, thread->tid);
	enter->next = in_flight->first;
	if (enter->next)
		enter->next->previous = enter;
	return in_flight->first = enter;
}

static bool keep_event(struct pending_enter *enter, const struct event *event)
{
	if (enter->capacity < event->size) {
		struct event *copy = realloc(enter->event, event->size);

		if (!copy)
			return false;
		enter->event = copy;
		enter->capacity = event->size;
	}
	memcpy(enter->event, event, event->size);
	enter->fd_num = event->fd ? event->fd->num : -1;
	return true;
}

/* An enter that an exit can follow. */
static bool is_enter(const struct event *event)
{
	const struct scap_type *type = &scap_types[event->call];

	return !(type->flags & SCAP_SKIPPARSERESET) && type->category != SCAP_SCHEDULER &&
	       type->category != SCAP_INTERNAL && scap_type(event->call + 1u) && !(event->flags & EVENT_NO_RETURN);
}

static void returned(struct in_flight *in_flight, const struct thread *thread)
{
	struct pending_enter *enter = (struct pending_enter *)id_table_find(&in_flight->threads, thread->tid);

	if (enter && enter->event)
		enter->event->size = 0;
}

/* A marker stands for the exit of its write. */
static bool is_written(const struct event *event)
{
	return (event->type == EVENT_SPAN_ENTER || event->type == EVENT_SPAN_EXIT || event->type == EVENT_MARKER_INVALID) &&
	       !(event->flags & EVENT_UNFINISHED);
}

static void note(struct query *query, struct in_flight *in_flight, const struct event *event)
{
	struct id_link *link = id_table_find(&in_flight->threads, event->thread->tid);
	struct pending_enter *enter = (struct pending_enter *)link;

	if (event->call == SCAP_TYPE_PROCEXIT_E || event->call == SCAP_TYPE_PROCEXIT_1_E) {
		if (enter)
			forget(in_flight, enter);
	} else if (scap_is_exit(event->call)) {
		returned(in_flight, event->thread);
	} else if (is_enter(event) && event->thread->tid != UINT32_MAX) {
		enter = enter_of(in_flight, event->thread);
		if (!enter || !keep_event(enter, event))
			query->refused++;
	}
}

void in_flight_note(struct query *query, const struct event *event)
{
	struct in_flight *in_flight;

	if (event->type == EVENT_CALL || event->time >= query->until || !(in_flight = in_flight_of(query)))
		return;
	if (event->time > in_flight->time)
		in_flight->time = event->time;
	if (event->num > in_flight->num)
		in_flight->num = event->num;
	if (event->type == EVENT_SCAP)
		note(query, in_flight, event);
	else if (is_written(event))
		returned(in_flight, event->thread);
}

void in_flight_free(struct query *query)
{
	struct in_flight *in_flight = query->in_flight;

	if (!in_flight)
		return;
	while (in_flight->first)
		forget(in_flight, in_flight->first);
	id_table_fini(&in_flight->threads);
	free(in_flight);
	query->in_flight = NULL;
}

/* ---- samples ---- */

static void take(struct sampling *sampling, const struct event *event, uint64_t id)
{
	sampling->query->sample_id = id;
	query_take(sampling->query, event);
}

/* The descriptor as it was then, as long as the recording holds the enter; else as it is now. */
static struct fd *fd_of(const struct query *query, const struct pending_enter *enter)
{
	const struct event *event = recording_find(query->recording, LANE_CALLS, enter->event->num);

	if (event && event->thread == enter->thread)
		return event->fd;
	return enter->fd_num >= 0 ? state_fd(engine_state(query->engine), enter->thread->process, enter->fd_num) : NULL;
}

static void take_enters(struct sampling *sampling, const struct in_flight *in_flight)
{
	for (const struct pending_enter *enter = in_flight->first; enter; enter = enter->next) {
		struct event *event = enter->event;
		struct thread *thread = enter->thread;
		struct event as_it_came;

		if (!event || !event->size || (thread->end_time && thread->end_time <= sampling->now))
			continue;
		as_it_came = *event;
		event->flags |= EVENT_PENDING;
		event->enter_time = event->time;
		event->time = sampling->now;
		event->thread = thread;
		event->fd = fd_of(sampling->query, enter);
		event->span = thread->newest_span;
		take(sampling, event, thread->tid);
		*event = as_it_came;
	}
}

/* The descriptor that the call waits for. What the engine does not know of yet, the source is asked. */
static struct fd *find_fd(const struct sampling *sampling, struct process *process, const struct pending_call *call)
{
	struct engine *engine = sampling->query->engine;
	const struct source_operations *operations = sampling->source->operations;
	const struct call *row = call_find(call->call);
	int32_t num = call->fd < 0 && row->args[0].kind == CALL_ARG_FD ? (int32_t)call->args[0] : call->fd;
	struct fd *fd = num >= 0 ? state_fd(engine->state, process, num) : NULL, description;
	struct input input = { .kind = INPUT_DESCRIPTOR, .tid = call->tid, .pid = call->pid, .time = call->time };
	char name[FD_NAME_MAX];

	if (fd || num < 0 || !operations->describe_fd ||
	    operations->describe_fd(sampling->source, call->pid, num, &description, name, sizeof(name)))
		return fd;
	input.descriptor.description = &description;
	input.descriptor.name = name;
	/* what a socket connects, the machine's list of descriptors or the next call that uses it will tell */
	input.descriptor.name_size = description.type == FD_SOCKET ? 0 : strnlen(name, sizeof(name));
	ingest_snapshot_fd(engine, process, &input);
	return state_fd(engine->state, process, num);
}

static struct thread *find_thread(struct state *state, const struct pending_call *call)
{
	struct thread *thread = state_find_thread(state, call->tid);

	if (thread)
		return thread;
	thread = state_thread(state, call->tid, call->pid);
	if (thread && call->comm) {
		char comm[17] = "";

		memcpy(comm, call->comm, sizeof(comm) - 1);
		state_thread_name(state, thread, comm);
	}
	return thread;
}

static void take_call(void *context, const struct pending_call *call)
{
	struct sampling *sampling = context;
	struct query *query = sampling->query;
	struct thread *thread = find_thread(engine_state(query->engine), call);
	struct event *event = &sampling->call.event;
	size_t payload = call->payload_size <= PAYLOAD_MAX ? call->payload_size : 0;
	unsigned nargs = call_find(call->call)->nargs;

	if (!thread) {
		query->refused++;
		return;
	}
	*event = (struct event){
		.size = sizeof(sampling->call),
		.type = EVENT_CALL,
		.call = call->call,
		.nargs = nargs,
		.flags = EVENT_PENDING | EVENT_NO_RETURN | (call->is_exact ? 0 : EVENT_AT_LEAST) |
			 (call->runs ? EVENT_RUNS : 0) | (call->in_disk_wait ? EVENT_DISK_WAIT : 0),
		.time = call->time,
		.enter_time = call->since,
		.thread = thread,
		.fd = find_fd(sampling, thread->process, call),
		.span = thread->newest_span,
		.items = payload ? call->items : 0,
		.payload_size = payload,
	};
	memcpy(sampling->call.args, call->args, nargs * sizeof(*call->args));
	if (payload)
		memcpy((char *)event_payload(event), call->payload, payload);
	take(sampling, event, call->tid);
}

static void take_span(struct sampling *sampling, struct span *span)
{
	struct query *query = sampling->query;
	struct event event = {
		.size = sizeof(event),
		.type = EVENT_SPAN_ENTER,
		.flags = EVENT_PENDING,
		.time = sampling->now > span->enter_time ? sampling->now : span->enter_time,
		.enter_time = span->enter_time,
		.thread = span->thread,
		.span = span,
	};

	if (query->table.bytes <= ROWS_BYTES)
		take(sampling, &event, ROW_SPAN | span->num);
	else
		sampling->left += query_passes(query, &event);
}

/* Whether the query is about a time that is over, and the recording has it. */
static bool is_past(const struct query *query)
{
	return query->until < UINT64_MAX && !query->spec.streamed;
}

/* Those that were open when the part of time that the query is about ended; NULL without memory. */
static struct open_spans *open_then(const struct query *query)
{
	struct event after = { .num = query->in_flight ? query->in_flight->num + 1 : 0 };
	struct open_spans *open = open_spans_new();
	bool moved;

	if (open && open_spans_go(open, query->engine, &after, &moved))
		return open;
	open_spans_free(open);
	return NULL;
}

static void take_spans_then(struct sampling *sampling)
{
	struct open_spans *open = open_then(sampling->query);

	for (size_t i = 0; open && i < open_spans_count(open); i++)
		take_span(sampling, open_spans_at(open, i));
	sampling->query->refused += !open;
	open_spans_free(open);
}

static void take_spans(struct sampling *sampling)
{
	struct span *span = span_table_oldest(engine_spans(sampling->query->engine));

	for (; span; span = span_newer(span))
		take_span(sampling, span);
}

/* The last row, in any order, says how many spans it stands for. */
static void tell_left(struct sampling *sampling)
{
	struct query *query = sampling->query;
	struct group *group = sampling->left ? table_other(query, &query->table) : NULL;
	char text[40];
	struct value value = { .type = VALUE_TEXT, .text = text };

	value.size = (uint32_t)snprintf(text, sizeof(text), "(%llu more)", (unsigned long long)sampling->left);
	for (size_t i = 0; group && i < query->ncolumns; i++)
		if (query->columns[i].type == VALUE_TEXT && query->columns[i].applies)
			cell_keep_first(&query->table, &group->cells[i], &value);
}

int query_sample(struct query *query, struct source *source, uint64_t now)
{
	struct sampling sampling = { .query = query, .source = source, .now = now };
	bool is_live = source && source->operations->calls_in_flight;
	int error = 0;

	if (query->spec.view->kind != VIEW_IN_FLIGHT)
		return 0;
	query->kind->clear(query);
	query->dirty = true;
	query->matched = 0;
	inside_refresh(&query->inside);
	if (is_live) {
		query->over = true; /* events tell nothing */
		query->spec.from = 0;
		query->until = UINT64_MAX;
		error = source->operations->calls_in_flight(source, take_call, &sampling);
	} else if (query->in_flight) {
		sampling.now = query->until < UINT64_MAX ? query->until - 1 : query->in_flight->time;
		take_enters(&sampling, query->in_flight);
	}
	if (is_past(query))
		take_spans_then(&sampling);
	else
		take_spans(&sampling);
	tell_left(&sampling);
	return error;
}

bool in_flight_is_span(uint64_t id)
{
	return id & ROW_SPAN && id != QUERY_OTHER_ID;
}

static struct span *span_then(const struct query *query, uint64_t num)
{
	struct open_spans *open = open_then(query);
	size_t at = open ? open_spans_place(open, num) : 0;
	struct span *span = open && at < open_spans_count(open) ? open_spans_at(open, at) : NULL;

	open_spans_free(open);
	return span && span->num == num ? span : NULL;
}

struct span *in_flight_span(const struct query *query, uint64_t id)
{
	struct span *span = span_table_oldest(engine_spans(query->engine));

	if (!in_flight_is_span(id))
		return NULL;
	if (is_past(query))
		return span_then(query, id & ~ROW_SPAN);
	while (span && span->num < (id & ~ROW_SPAN))
		span = span_newer(span);
	return span && span->num == (id & ~ROW_SPAN) ? span : NULL;
}
