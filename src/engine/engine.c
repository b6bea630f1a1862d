/* Ingest: one input after the other, each resolved to thread, descriptor and span and appended to the
 * recording. What an append evicts is told to state and spans when its input is done. */
#include "engine.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "container_filter.h"
#include "ended.h"
#include "ingest.h"
#include "string_pool.h"
#include "users.h"

#define MEMORY_DEFAULT ((size_t)256 << 20)
#define MARKER_TIMEOUT_DEFAULT 1000000000u
#define SPANS_SHARE 8            /* open spans may take this part of the recording's memory, besides */
#define WAITING_SHARE 4          /* and what ended may wait for its events' eviction in this part */
#define CLOSED_SHARE 4           /* part of the recording's memory that is for closed spans, not for events */
#define STATE_SHARE 2            /* what lives may take this part, besides */
#define ENDED_SHARE 4096         /* bytes of it for each thread that ended and may have used more than is known */
#define TAILS_SHARE 32           /* and unfinished marker texts this one, */
#define TAILS_MIN (4 * MARKER_KEPT_MAX) /* but at least this */
#define INVALID_TEXT_MAX 4096    /* bytes of an invalid marker that are kept */

/* ---- events ---- */

struct event *engine_append(struct engine *engine, enum recording_lane lane, enum event_type type,
			    struct thread *thread, size_t nargs, size_t payload_size)
{
	size_t size = (sizeof(struct event) + nargs * sizeof(uint64_t) + payload_size + 7) & ~(size_t)7;
	struct engine_counts *counts = &engine->counts;
	struct event *event = recording_append(engine->recording, lane, size);

	if (!event)
		return NULL;
	if (!engine->is_numbered)
		counts->events += type == EVENT_CALL ? 2 : 1;
	*event = (struct event){
		.size = size,
		.type = type,
		.num = counts->events,
		.time = engine->now,
		.enter_time = engine->now,
		.thread = thread,
		.cpu = engine->cpu,
		.nargs = nargs,
		.payload_size = payload_size,
	};
	if (!counts->first_time)
		counts->first_time = engine->now;
	if (counts->last_time < engine->now)
		counts->last_time = engine->now;
	return event;
}

void engine_link(struct engine *engine, enum recording_lane lane, struct event *event, struct span *span,
		 struct fd *fd)
{
	uint64_t chunk = recording_chunk(engine->recording, lane);

	event->span = span;
	event->fd = fd;
	state_touch(event->thread, fd, lane, chunk);
	if (span && span->last_chunk[lane] < chunk)
		span_touch(span, lane, chunk);
}

/* Of the text of an event: its payload. */
static char *payload_of(struct event *event)
{
	return (char *)event_payload(event);
}

/* ---- spans that end otherwise than by a marker ---- */

static void on_span_ended(void *context, struct span *span)
{
	struct engine *engine = context;
	struct thread *thread = span->exit_thread ? span->exit_thread : span->thread;
	struct event *event = engine_append(engine, LANE_SPANS, EVENT_SPAN_EXIT, thread, 0, 0);

	/* without memory the span is closed all the same, only its event is missing */
	if (event) {
		event->flags = EVENT_UNFINISHED;
		engine_link(engine, LANE_SPANS, event, span, NULL);
		engine_deliver(engine, event);
	}
	if (engine->source && engine->source->operations->watch)
		engine->source->operations->watch(engine->source, span->owner->pid, -1);
}

static void on_thread_end(void *context, struct thread *thread, bool last)
{
	struct engine *engine = context;

	if (thread->marker_tail.size)
		engine->counts.incomplete_markers++;
	span_table_thread_exit(engine->spans, thread, last, engine->now);
}

/* ---- inputs ---- */

static struct thread *thread_of(struct engine *engine, const struct input *input)
{
	struct thread *thread = state_thread(engine->state, input->tid, input->pid);

	if (thread && !thread->seen_time)
		thread->seen_time = input->time;
	return thread;
}

/* What the marker really did to the open spans of process pid (0: nothing to any), against what the source
 * supposed when it saw no more than the first bytes. */
static void settle_watch(struct engine *engine, const struct input *input, uint32_t pid, int change)
{
	const struct source_operations *operations = engine->source ? engine->source->operations : NULL;
	int supposed = input->marker.watch_change;

	if (!operations || !operations->watch)
		return;
	if (supposed && input->marker.watch_pid != pid) {
		operations->watch(engine->source, input->marker.watch_pid, -supposed);
		supposed = 0;
	}
	if (change != supposed)
		operations->watch(engine->source, pid, change - supposed);
}

static int ingest_invalid(struct engine *engine, struct thread *thread, const char *text, size_t size, bool cut,
			  const char *reason, size_t position)
{
	size_t kept = size < INVALID_TEXT_MAX ? size : INVALID_TEXT_MAX, reason_size = strlen(reason) + 1;
	struct event *event = engine_append(engine, LANE_SPANS, EVENT_MARKER_INVALID, thread, 0, reason_size + kept);

	if (!event)
		return -ENOMEM;
	event->flags = cut || kept < size ? EVENT_CUT : 0;
	event->result = (int64_t)position;
	memcpy(payload_of(event), reason, reason_size);
	if (kept)
		memcpy(payload_of(event) + reason_size, text, kept);
	engine_link(engine, LANE_SPANS, event, NULL, NULL);
	engine_deliver(engine, event);
	engine->counts.invalid_markers++;
	return 0;
}

static int ingest_valid(struct engine *engine, struct thread *thread, const struct input *input,
			const struct marker *marker, bool json)
{
	bool enter = marker->status == MARKER_ENTER;
	static const struct span_account none;
	/* captures have what was between the markers, at the exit */
	const struct span_account *account = enter && engine->is_capture ? &none : input->marker.account;
	struct span *span = enter ? span_table_enter(engine->spans, marker, thread, input->time, account) :
				    span_table_exit(engine->spans, marker, thread, input->time, account);
	struct event *event;

	if (!span)
		return -ENOMEM;
	if (span->flags & SPAN_NO_ENTER)
		settle_watch(engine, input, 0, 0);
	else
		settle_watch(engine, input, span->owner->pid, enter ? 1 : -1);
	event = engine_append(engine, LANE_SPANS, enter ? EVENT_SPAN_ENTER : EVENT_SPAN_EXIT, thread, 0, 0);
	if (!event)
		return -ENOMEM;
	event->flags = json ? EVENT_JSON : 0;
	if (input->marker.full_size > input->marker.size)
		event->flags |= EVENT_CUT;
	engine_link(engine, LANE_SPANS, event, span, NULL);
	engine_deliver(engine, event);
	engine->counts.markers++;
	return 0;
}

static bool is_json(const char *text, size_t size)
{
	return size && text[0] != '>' && text[0] != '<';
}

/* Keeps text that a later write may complete, if there is room for it. */
static bool keep_tail(struct engine *engine, struct thread *thread, const struct input *input, const char *text,
		      size_t size, const struct marker *marker)
{
	size_t share = engine->options.memory / TAILS_SHARE, most = share > TAILS_MIN ? share : TAILS_MIN;
	uint64_t timeout = engine->options.marker_timeout;

	if (state_tail_bytes(engine->state) + size > most && input->time > timeout &&
	    input->time - engine->tails_dropped > timeout) {
		engine->tails_dropped = input->time;
		engine->counts.incomplete_markers += state_drop_tails(engine->state, input->time - timeout);
	}
	return state_tail_bytes(engine->state) + size <= most &&
	       marker_tail_keep(&thread->marker_tail, text, size, input->time, marker) == 0;
}

static int ingest_text(struct engine *engine, struct thread *thread, const struct input *input, const char *text,
		       size_t size)
{
	bool cut = input->marker.full_size > input->marker.size;
	size_t scratch_size = marker_scratch_size(size);
	struct marker marker;
	int error;

	if (engine->scratch_size < scratch_size) {
		char *scratch = realloc(engine->scratch, scratch_size);

		if (!scratch)
			return -ENOMEM;
		engine->scratch = scratch;
		engine->scratch_size = scratch_size;
	}
	marker_parse(text, size, &marker, engine->scratch);
	if (marker.status != MARKER_ENTER && marker.status != MARKER_EXIT)
		settle_watch(engine, input, 0, 0);
	switch (marker.status) {
	case MARKER_ENTER:
	case MARKER_EXIT:
		error = ingest_valid(engine, thread, input, &marker, is_json(text, size));
		break;
	case MARKER_INCOMPLETE:
		/* what is missing was in this very write: no later one completes it */
		if (cut) {
			error = ingest_invalid(engine, thread, text, size, true, "longer than what is read of a write",
					       size);
			break;
		}
		if (keep_tail(engine, thread, input, text, size, &marker))
			return 0;
		engine->counts.incomplete_markers++;
		error = 0;
		break;
	default:
		error = ingest_invalid(engine, thread, text, size, cut, marker.reason, marker.position);
		break;
	}
	marker_tail_clear(&thread->marker_tail);
	return error;
}

int ingest_marker_text(struct engine *engine, struct thread *thread, const struct input *input)
{
	const char *text;
	int dropped = 0, error;
	size_t size, kept = thread->marker_tail.capacity;

	error = marker_tail_join(&thread->marker_tail, input->marker.text, input->marker.size, input->time,
				 engine->options.marker_timeout, &text, &size, &dropped);
	if (dropped)
		engine->counts.incomplete_markers++;
	/* with nothing unfinished that other output could continue there is nothing to do */
	if (!error && input->marker.loose && text == input->marker.text)
		error = 1;
	else if (!error)
		error = ingest_text(engine, thread, input, text, size);
	if (kept || thread->marker_tail.capacity)
		state_tail_changed(engine->state, thread, kept);
	return error;
}

static int ingest_marker(struct engine *engine, const struct input *input)
{
	struct thread *thread = thread_of(engine, input);
	int error;

	if (!thread)
		return -ENOMEM;
	if (input->marker.comm)
		state_thread_name(engine->state, thread, input->marker.comm);
	if (input->marker.ppid && (input->marker.ppid != thread->process->ppid || !thread->process->parent))
		state_set_parent(engine->state, thread->process, input->marker.ppid);
	error = ingest_marker_text(engine, thread, input);
	return error < 0 ? error : 0;
}

/* Of a thread that joins its process only its own number is news. */
static void identify(struct engine *engine, struct thread *thread, const struct record_identity *identity, bool new_process)
{
	struct process_facts *facts;

	if (!thread || !identity)
		return;
	thread->vtid = identity->tid;
	if (!new_process)
		return;
	thread->process->uid = identity->uid;
	facts = state_facts(engine->state, thread->process);
	if (!facts)
		return;
	facts->gid = identity->gid;
	facts->loginuid = identity->login_uid;
	facts->tty = identity->terminal;
	facts->vpid = identity->pid;
	facts->vpgid = identity->group;
	facts->sid = identity->session;
	facts->fdlimit = identity->fd_limit > INT64_MAX ? -1 : (int64_t)identity->fd_limit;
}

static int ingest_fork(struct engine *engine, const struct input *input)
{
	struct thread *parent = thread_of(engine, input), *child;
	struct event *event;

	if (!parent)
		return -ENOMEM;
	/* before the event, so that what ends for the child's id comes first; without memory for it, or with ids
	 * that cannot be, its first event makes it */
	child = state_fork(engine->state, parent, input->fork.child_tid, input->fork.child_pid, input->fork.comm,
			   input->time);
	identify(engine, child, input->fork.identity, input->fork.child_pid == input->fork.child_tid);
	if (input->quiet)
		return 0;
	event = engine_append(engine, LANE_CALLS, EVENT_FORK, parent, 0, 0);
	if (!event)
		return -ENOMEM;
	event->result = input->fork.child_tid;
	engine_link(engine, LANE_CALLS, event, parent->newest_span, NULL);
	engine_deliver(engine, event);
	return 0;
}

/* What it was is no longer true, whether or not anybody knows the new one. */
static void set_exepath(struct engine *engine, struct process *process, const char *path)
{
	struct process_facts *facts = path ? state_facts(engine->state, process) : process->facts;

	if (facts)
		state_set_text(engine->state, &facts->exepath, path ? path : "", path ? strlen(path) : 0);
}

static int ingest_exec(struct engine *engine, const struct input *input)
{
	struct thread *thread = thread_of(engine, input);
	size_t size = input->exec.command ? input->exec.size : 0;
	struct event *event;

	if (!thread)
		return -ENOMEM;
	if (size > UINT16_MAX)
		size = UINT16_MAX;
	state_exec(engine->state, thread, input->exec.comm, input->exec.command, size, input->time);
	set_exepath(engine, thread->process, input->exec.exepath);
	if (input->exec.files)
		state_fd_keep(engine->state, thread->process, input->exec.files, input->exec.nfiles, input->exec.has_more_files);
	identify(engine, thread, input->exec.identity, true);
	if (input->exec.identity && thread->process->facts)
		thread->process->facts->exe_writable = input->exec.identity->exe_writable;
	if (input->quiet)
		return 0;
	event = engine_append(engine, LANE_CALLS, EVENT_EXEC, thread, 0, size);
	if (!event)
		return -ENOMEM;
	if (size)
		memcpy(payload_of(event), input->exec.command, size);
	engine_link(engine, LANE_CALLS, event, thread->newest_span, NULL);
	engine_deliver(engine, event);
	return 0;
}

static int ingest_exit(struct engine *engine, const struct input *input)
{
	struct thread *thread = thread_of(engine, input);
	struct event *event = NULL;

	if (!thread)
		return -ENOMEM;
	if (!input->quiet)
		event = engine_append(engine, LANE_CALLS, EVENT_THREAD_EXIT, thread, 0, 0);
	if (event) {
		event->flags = input->exit.last ? EVENT_LAST_THREAD : 0;
		event->result = input->exit.code;
		engine_link(engine, LANE_CALLS, event, thread->newest_span, NULL);
		engine_deliver(engine, event);
	}
	state_exit(engine->state, thread, input->exit.last, input->time);
	if (event)
		ended_add(engine->ended, thread, input->time, recording_chunk(engine->recording, LANE_CALLS));
	return event || input->quiet ? 0 : -ENOMEM;
}

/* What a thread that ended has used is one more sample of its times: nothing that happened, but an entry of the recording
 * with a number, which those that happened are found by. */
static int ingest_used(struct engine *engine, const struct input *input)
{
	struct thread *thread = ended_take(engine->ended, input->tid, input->pid);
	const uint16_t sizes[2] = { sizeof(uint64_t), sizeof(uint64_t) };
	const uint64_t times[2] = { input->used.cpu_user, input->used.cpu_system };
	struct event *event;

	if (!thread)
		return 0;
	event = engine_append(engine, LANE_CALLS, EVENT_SCAP, thread, 0, sizeof(sizes) + sizeof(times));
	if (!event)
		return -ENOMEM;
	event->call = SCAP_TYPE_PROCINFO_E;
	event->flags = EVENT_MEASURED;
	event->items = 2;
	memcpy((char *)event_payload(event), sizes, sizeof(sizes));
	memcpy((char *)event_payload(event) + sizeof(sizes), times, sizeof(times));
	engine_link(engine, LANE_CALLS, event, NULL, NULL);
	return 0;
}

static int ingest_process(struct engine *engine, const struct input *input)
{
	struct thread *thread;

	if (input->process.started)
		state_thread_began(engine->state, input->tid, input->process.started);
	thread = thread_of(engine, input);
	if (!thread)
		return -ENOMEM;
	if (input->process.comm)
		state_thread_name(engine->state, thread, input->process.comm);
	if (input->tid == input->pid)
		state_describe(engine->state, thread->process, input->process.ppid, input->process.uid,
			       input->process.exe, input->process.args, input->process.cwd);
	if (input->process.facts)
		return ingest_scap_facts(engine, thread, input);
	return 0;
}

static int ingest_descriptor(struct engine *engine, const struct input *input)
{
	struct process *process;

	if (engine->is_capture)
		return ingest_scap_descriptor(engine, input);
	process = state_find_process(engine->state, input->pid);
	if (!process) {
		struct thread *thread = state_thread(engine->state, input->tid, input->pid);

		if (!thread)
			return -ENOMEM;
		process = thread->process;
	}
	ingest_snapshot_fd(engine, process, input);
	return 0;
}

static int ingest_threads(struct engine *engine, const struct input *input)
{
	state_keep_threads(engine->state, input->threads.tids, input->threads.count, input->threads.since, input->time);
	return 0;
}

static int ingest_descriptors(struct engine *engine, const struct input *input)
{
	struct process *process = state_find_process(engine->state, input->pid);

	if (process)
		state_fd_keep(engine->state, process, input->descriptors.bits, input->descriptors.count, false);
	return 0;
}

static int ingest_loss(struct engine *engine, const struct input *input)
{
	if ((unsigned)input->loss.cause >= LOSS_CAUSES)
		return 0;
	engine->counts.lost[input->loss.cause] += input->loss.count;
	if (input->loss.cause != LOSS_FOREIGN && input->loss.count)
		span_table_loss(engine->spans, input->loss.from, input->time);
	return 0;
}

static int ingest_one(struct engine *engine, const struct input *input)
{
	switch (input->kind) {
	case INPUT_CALL:
		return ingest_call(engine, input);
	case INPUT_MARKER:
		return ingest_marker(engine, input);
	case INPUT_FORK:
		return ingest_fork(engine, input);
	case INPUT_EXEC:
		return ingest_exec(engine, input);
	case INPUT_EXIT:
		return ingest_exit(engine, input);
	case INPUT_USED:
		return ingest_used(engine, input);
	case INPUT_PROCESS:
		return ingest_process(engine, input);
	case INPUT_DESCRIPTOR:
		return ingest_descriptor(engine, input);
	case INPUT_LOSS:
		return ingest_loss(engine, input);
	case INPUT_THREADS:
		return ingest_threads(engine, input);
	case INPUT_DESCRIPTORS:
		return ingest_descriptors(engine, input);
	case INPUT_CGROUPS:
		return ingest_cgroups(engine, input);
	case INPUT_SCAP:
	case INPUT_USER:
	case INPUT_SECTION:
	case INPUT_INTERFACE:
		return ingest_scap(engine, input);
	}
	return 0;
}

static int ingest(struct engine *engine, const struct input *input)
{
	int error;

	engine->now = input->time;
	engine->cpu = input->cpu;
	error = ingest_one(engine, input);
	if (engine->container_filter)
		ingest_follow_containers(engine, input);
	return error;
}

/* Frees what only evicted events referred to. */
static bool collect(struct engine *engine)
{
	bool changed = false;

	for (unsigned l = 0; l < LANES; l++) {
		uint64_t oldest = recording_oldest_lane_chunk(engine->recording, l);

		if (oldest != engine->oldest[l]) {
			engine->oldest[l] = oldest;
			changed = true;
		}
	}
	if (!changed)
		return false;
	/* spans first: they pin threads and processes */
	span_table_collect(engine->spans, engine->oldest);
	ended_forget(engine->ended, engine->oldest[LANE_CALLS]);
	state_collect(engine->state, engine->oldest);
	return true;
}

/* The oldest chunk of both lanes; of the other where one lane has no chunk to spare. */
static bool evict_oldest(struct engine *engine)
{
	bool calls = engine->oldest[LANE_CALLS] < engine->oldest[LANE_SPANS];

	return recording_evict(engine->recording, calls ? LANE_CALLS : LANE_SPANS) ||
	       recording_evict(engine->recording, calls ? LANE_SPANS : LANE_CALLS);
}

/* What lives is too much, and is kept because events refer to it. Where even no events at all were too many
 * (open spans hold on to it as well), the next ones are left in peace until it has grown a good deal more. */
static void relieve_state(struct engine *engine)
{
	size_t bound = engine->options.stream ? engine->options.memory : engine->options.memory / STATE_SHARE, living = state_living_bytes(engine->state);

	if (living <= bound)
		engine->excess = 0;
	if (living <= bound + engine->excess)
		return;
	while (state_is_over(engine->state) && (recording_evict(engine->recording, LANE_CALLS) ||
						recording_evict(engine->recording, LANE_SPANS)))
		collect(engine);
	engine->excess = 0;
	if (state_is_over(engine->state))
		engine->excess = state_living_bytes(engine->state) - bound + bound / 8;
}

/* Where processes and descriptors come and go by the thousand, what the events point at outgrows the events. */
static void relieve(struct engine *engine)
{
	while (state_waiting_bytes(engine->state) > engine->options.memory / WAITING_SHARE &&
	       recording_evict(engine->recording, LANE_CALLS) && collect(engine))
		;
	/* Calls point at spans too, so the older end goes, whichever lane it is in. */
	while (span_table_closed_bytes(engine->spans) > engine->options.memory / CLOSED_SHARE &&
	       evict_oldest(engine) && collect(engine))
		;
	span_table_relieve(engine->spans, recording_chunk(engine->recording, LANE_SPANS), engine->now);
}

int engine_feed(struct engine *engine, struct source *source, const struct input *inputs, size_t count)
{
	const struct input *input = inputs, *end = inputs + count;
	int error = 0;

	engine->source = source;
	while (input < end && !error) {
		const struct input *pause = end - input < ENGINE_CARE ? end : input + ENGINE_CARE;

		while (input < pause && !error) {
			error = ingest(engine, input++);
			engine->counts.inputs++;
		}
		collect(engine);
		relieve(engine);
	}
	/* what ended without an event waits for no eviction */
	state_collect(engine->state, engine->oldest);
	relieve_state(engine);
	engine->source = NULL;
	return error;
}

int engine_pump(struct engine *engine, struct source *source, size_t max)
{
	size_t taken = 0;

	if (max > INT_MAX)
		max = INT_MAX;
	while (taken < max) {
		size_t room = max - taken < ENGINE_BATCH ? max - taken : ENGINE_BATCH;
		int count = source->operations->next(source, engine->batch, room), error;

		if (count < 0 && !taken)
			return count;
		error = count > 0 ? engine_feed(engine, source, engine->batch, count) : 0;
		if (error)
			return error;
		/* a name may come while nothing happens */
		ingest_ask_for_containers(engine, source);
		if (count <= 0)
			break;
		taken += count;
	}
	return (int)taken;
}

void engine_clear(struct engine *engine)
{
	recording_clear(engine->recording);
	collect(engine);
}

struct engine *engine_new(const struct engine_options *options)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	if (options)
		engine->options = *options;
	if (!engine->options.memory)
		engine->options.memory = MEMORY_DEFAULT;
	if (!engine->options.marker_timeout)
		engine->options.marker_timeout = MARKER_TIMEOUT_DEFAULT;
	ingest_rules(engine->rules);
	ingest_scap_rules(engine->scap_rules);
	engine->names = string_pool_new();
	engine->words = string_pool_new();
	if (engine->names && engine->words) {
		engine->state = state_new(engine->names);
		engine->spans = span_table_new(engine->words, engine->options.memory / SPANS_SHARE, on_span_ended,
					       engine);
	}
	if (engine->names) {
		engine->containers = container_table_new(engine->names);
		engine->users = user_table_new(engine->names);
	}
	engine->interfaces = interface_table_new();
	engine->ended = ended_new(engine->options.memory / ENDED_SHARE);
	engine->recording = recording_new(engine->options.stream ? 0 :
					  engine->options.memory - engine->options.memory / CLOSED_SHARE);
	if (!engine->state || !engine->spans || !engine->recording || !engine->containers || !engine->users ||
	    !engine->interfaces || !engine->ended) {
		engine_free(engine);
		return NULL;
	}
	/* of a stream no recording takes the rest */
	state_limit(engine->state, engine->options.stream ? engine->options.memory : engine->options.memory / STATE_SHARE);
	state_on_end(engine->state, on_thread_end, engine);
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	if (engine->spans)
		span_table_free(engine->spans);
	ended_free(engine->ended);
	state_free(engine->state);
	recording_free(engine->recording);
	container_filter_free(engine->container_filter);
	container_table_free(engine->containers);
	user_table_free(engine->users);
	interface_table_free(engine->interfaces);
	free(engine->sinks);
	if (engine->names)
		string_pool_free(engine->names);
	if (engine->words)
		string_pool_free(engine->words);
	free(engine->scratch);
	free(engine->shown);
	free(engine);
}

int engine_add_sink(struct engine *engine, engine_sink *sink, void *context)
{
	struct engine_sink_entry *sinks = realloc(engine->sinks, (engine->nsinks + 1) * sizeof(*sinks));

	if (!sinks)
		return -ENOMEM;
	engine->sinks = sinks;
	sinks[engine->nsinks++] = (struct engine_sink_entry){ sink, context };
	return 0;
}

void engine_set_hidden_sink(struct engine *engine, engine_sink *sink, void *context)
{
	engine->hidden = (struct engine_sink_entry){ sink, context };
}

size_t engine_memory(const struct engine *engine)
{
	return engine->options.memory;
}

size_t engine_recorded_bytes(const struct engine *engine)
{
	return recording_fill(engine->recording, LANE_SPANS).bytes + recording_fill(engine->recording, LANE_CALLS).bytes +
	       span_table_closed_bytes(engine->spans);
}

struct recording *engine_recording(const struct engine *engine)
{
	return engine->recording;
}

uint64_t engine_now(const struct engine *engine)
{
	return engine->now;
}

struct container_table *engine_containers(const struct engine *engine)
{
	return engine->containers;
}

struct user_table *engine_users(const struct engine *engine)
{
	return engine->users;
}

struct interface_table *engine_interfaces(const struct engine *engine)
{
	return engine->interfaces;
}

struct state *engine_state(const struct engine *engine)
{
	return engine->state;
}

struct span_table *engine_spans(const struct engine *engine)
{
	return engine->spans;
}

const struct engine_counts *engine_counts(const struct engine *engine)
{
	return &engine->counts;
}

size_t engine_bytes(const struct engine *engine)
{
	return sizeof(*engine) + state_bytes(engine->state) + span_table_bytes(engine->spans) +
	       string_pool_bytes(engine->names) + string_pool_bytes(engine->words) + engine->scratch_size;
}
