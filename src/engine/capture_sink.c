/* Files and events of a capture that is being written.
 *
 * A file begins with what exists at its first event, which is written once that event is there: the state then is as of
 * this event. A live thread that a file does not know (its beginning lay outside the scope, or was lost) is told of by
 * a state-only event before its first one, and so is a program that a process became unseen. */
#include "capture_sink.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture_lists.h"
#include "scap_expand_private.h"

#define OFFSET_STEP 8192         /* the position of a plain file that sysdig compares rises by this much */

struct capture_sink {
	struct engine *engine;
	struct capture_sink_options options;
	char *path;                  /* as given */
	char file[PATH_MAX];         /* being written */
	char **names;                /* of strftime: the latest files, options.files of them at most */
	size_t nnames;
	struct scap_writer *writer;
	struct scap_expander *expander;
	struct scap_draft notice;    /* what the sink itself has to say */
	bool begun;                  /* the file has its lists */
	uint32_t number;             /* of the file, from 1 */
	unsigned index;              /* number that its name ends with */
	uint64_t second;             /* in which the file's time began */
	uint64_t written, skipped, considered;
	uint64_t lost[LOSS_CAUSES];  /* told so far */
	char error[PATH_MAX + 256];
};

static bool fail(struct capture_sink *sink, int error)
{
	if (!sink->error[0])
		snprintf(sink->error, sizeof(sink->error), "cannot write %s: %s", sink->file,
			 error == -ENOMEM ? "out of memory" : strerror(-error));
	return false;
}

static bool is_ok(struct capture_sink *sink, int error)
{
	return error ? fail(sink, error) : true;
}

/* ---- names ---- */

static bool has_bound(const struct capture_sink_options *options)
{
	return options->bytes_per_file || options->seconds_per_file || options->events_per_file;
}

static bool is_format(const struct capture_sink *sink)
{
	return sink->options.seconds_per_file && strchr(sink->path, '%');
}

static void name_file(struct capture_sink *sink, uint64_t time)
{
	char name[sizeof(sink->file) - 16], previous[sizeof(sink->file)];
	time_t seconds = time / 1000000000u;
	struct tm tm;

	strcpy(previous, sink->file);
	if (!has_bound(&sink->options)) {
		snprintf(sink->file, sizeof(sink->file), "%s", sink->path);
		return;
	}
	if (!is_format(sink)) {
		snprintf(sink->file, sizeof(sink->file), "%s%u", sink->path, sink->index);
		return;
	}
	if (!localtime_r(&seconds, &tm) || !strftime(name, sizeof(name), sink->path, &tm))
		snprintf(name, sizeof(name), "%s", sink->path);
	if (sink->options.bytes_per_file || sink->options.events_per_file)
		snprintf(sink->file, sizeof(sink->file), "%s%u", name, sink->index);
	else
		snprintf(sink->file, sizeof(sink->file), "%s", name);
	/* a format that says less than the seconds between two files must not overwrite one */
	if (!strcmp(sink->file, previous))
		snprintf(sink->file, sizeof(sink->file), "%s.%u", name, sink->index);
}

/* Remembers the name, and removes the file that is one too many. */
static bool keep_name(struct capture_sink *sink)
{
	char *name;

	if (!is_format(sink) || !sink->options.files)
		return true;
	if (sink->nnames == sink->options.files) {
		unlink(sink->names[0]);
		free(sink->names[0]);
		memmove(sink->names, sink->names + 1, --sink->nnames * sizeof(*sink->names));
	}
	name = strdup(sink->file);
	if (name) {
		char **names = realloc(sink->names, (sink->nnames + 1) * sizeof(*names));

		if (names) {
			sink->names = names;
			names[sink->nnames++] = name;
			return true;
		}
	}
	free(name);
	return fail(sink, -ENOMEM);
}

/* ---- files ---- */

static bool open_file(struct capture_sink *sink, uint64_t time)
{
	char reason[128];

	name_file(sink, time);
	sink->writer = scap_writer_open(sink->file, sink->options.gzip, reason, sizeof(reason));
	if (!sink->writer) {
		snprintf(sink->error, sizeof(sink->error), "cannot write %s: %s", sink->file, reason);
		return false;
	}
	sink->number++;
	sink->begun = false;
	return keep_name(sink);
}

static bool close_file(struct capture_sink *sink)
{
	int error;

	if (!sink->writer)
		return true;
	error = scap_writer_close(sink->writer);
	sink->writer = NULL;
	return is_ok(sink, error);
}

static bool write_lists(struct capture_sink *sink)
{
	const struct capture_sink_options *options = &sink->options;
	int error = 0;

	sink->begun = true;
	if (options->machine)
		error = scap_writer_machine(sink->writer, options->machine);
	for (size_t i = 0; i < options->ninterfaces && !error; i++)
		error = scap_writer_interface(sink->writer, &options->interfaces[i]);
	if (!error)
		error = capture_lists_write(sink->writer, sink->engine, sink->number);
	return is_ok(sink, error);
}

/* As much of the file as sysdig would see of its own. */
static uint64_t position(const struct capture_sink *sink)
{
	if (sink->options.gzip)
		return scap_writer_file_bytes(sink->writer);
	return scap_writer_bytes(sink->writer) / OFFSET_STEP * OFFSET_STEP;
}

/* Whether the next events, these many, belong into a new file. */
static bool is_full(struct capture_sink *sink, uint64_t second, uint64_t events)
{
	const struct capture_sink_options *options = &sink->options;
	uint64_t before = sink->considered;

	sink->considered += events;
	if (options->events_per_file && before / options->events_per_file != sink->considered / options->events_per_file)
		return true;
	if (options->seconds_per_file && second >= sink->second + options->seconds_per_file) {
		sink->second = second;
		return true;
	}
	return options->bytes_per_file && position(sink) > options->bytes_per_file;
}

/* The file for the next events is there, with its lists. */
static bool ready(struct capture_sink *sink, uint64_t time, uint64_t events)
{
	uint64_t second = time / 1000000000u;

	if (!sink->second)
		sink->second = second;
	if (!sink->writer && !open_file(sink, time))
		return false;
	if (is_full(sink, second, events) && sink->begun) {
		sink->index++;
		if (sink->options.files && !(is_format(sink) && !sink->options.bytes_per_file && !sink->options.events_per_file))
			sink->index %= sink->options.files;
		if (!close_file(sink) || !open_file(sink, time))
			return false;
	}
	if (sink->begun)
		return true;
	return write_lists(sink) &&
	       is_ok(sink, capture_lists_containers(sink->writer, sink->engine, time, &sink->written));
}

static void capture_sink_free(struct capture_sink *sink)
{
	if (!sink)
		return;
	if (sink->writer)
		scap_writer_close(sink->writer);
	for (size_t i = 0; i < sink->nnames; i++)
		free(sink->names[i]);
	free(sink->names);
	scap_expander_free(sink->expander);
	free(sink->path);
	free(sink);
}

/* ---- events ---- */

/* The parameters of a generic event, its first one 0. */
static const uint8_t *without_id(struct capture_sink *sink, const struct event *event)
{
	uint8_t *params = sink->notice.payload;
	size_t size;
	const uint8_t *id = event_param(event, 0, &size);

	/* an event of this size is written nowhere */
	if (event->payload_size > sizeof(sink->notice.payload))
		return (const uint8_t *)event_payload(event);
	memcpy(params, event_payload(event), event->payload_size);
	memset(params + (id - (const uint8_t *)event_payload(event)), 0, size);
	return params;
}

static bool write_event(struct capture_sink *sink, const struct event *event, unsigned dump_flags)
{
	struct scap_record record = {
		.time = event->time,
		.tid = event->thread->tid == UINT32_MAX ? UINT64_MAX : event->thread->tid,
		.dump_flags = dump_flags,
		.cpu = event->cpu,
		.type = event->call,
		.nparams = event->items,
		.size = event->payload_size,
		.params = (const uint8_t *)event_payload(event),
	};
	int error;

	/* sysdig 0.29.3 looks beyond its table for system calls that it does not know */
	if (event->call <= SCAP_TYPE_GENERIC_X && event_param_uint(event, 0) > sink->expander->last_id)
		record.params = without_id(sink, event);
	error = scap_writer_event(sink->writer, &record);
	if (error == -EMSGSIZE) {
		sink->skipped++;
		return true;
	}
	sink->written += !error;
	return is_ok(sink, error);
}

/* Whether the event is the first of its thread, its return from the clone that made it. */
static bool is_birth(const struct scap_expansion *expansion)
{
	const struct event *event = expansion->events[0];

	return expansion->count == 1 && event->result == 0 &&
	       (event->call == SCAP_TYPE_SYSCALL_CLONE_20_X || event->call == SCAP_TYPE_SYSCALL_CLONE3_X ||
		event->call == SCAP_TYPE_SYSCALL_FORK_20_X || event->call == SCAP_TYPE_SYSCALL_VFORK_20_X);
}

static bool is_exec(const struct scap_expansion *expansion)
{
	const struct event *event = expansion->events[expansion->count - 1];

	return event->result == 0 &&
	       (event->call == SCAP_TYPE_SYSCALL_EXECVE_19_X || event->call == SCAP_TYPE_SYSCALL_EXECVEAT_X);
}

/* Tells who the thread of an event is, if the file does not know. */
static bool introduce(struct capture_sink *sink, const struct event *source, const struct scap_expansion *expansion)
{
	struct thread *thread = source->thread;
	bool knows_thread = thread->written == sink->number, knows_program = thread->process->written == sink->number;
	struct event before = *source;

	if (knows_thread && knows_program)
		return true;
	thread->written = thread->process->written = sink->number;
	if (knows_thread ? is_exec(expansion) : is_birth(expansion))
		return true;
	sink->expander->is_incomplete = true;
	before.time = before.enter_time = expansion->events[0]->time;
	if (knows_thread)
		scap_tell_image(&sink->notice, thread, &before);
	else
		scap_tell_thread(&sink->notice, thread, &before);
	return write_event(sink, &sink->notice.event, SCAP_STATE_ONLY);
}

/* What a parent's clone says of its child. */
static void mark_child(struct capture_sink *sink, const struct scap_expansion *expansion)
{
	const struct event *event = expansion->events[expansion->count - 1];
	struct thread *child;

	switch (event->call) {
	case SCAP_TYPE_SYSCALL_CLONE_20_X:
	case SCAP_TYPE_SYSCALL_CLONE3_X:
	case SCAP_TYPE_SYSCALL_FORK_20_X:
	case SCAP_TYPE_SYSCALL_VFORK_20_X:
		break;
	default:
		return;
	}
	if (event->result <= 0 || event->result > UINT32_MAX)
		return;
	child = state_find_thread(engine_state(sink->engine), event->result);
	/* one that is known has told of itself already, and may be another program by now */
	if (child && child->written != sink->number && child->start_time >= event->enter_time) {
		child->written = sink->number;
		if (child->tid == child->process->pid)
			child->process->written = sink->number;
	}
}

/* Events that were lost since the last look, as a notification. */
static bool tell_losses(struct capture_sink *sink, const struct event *event)
{
	static const char *const names[LOSS_CAUSES] = { "markers", "calls", "process events", "calls of unknown numbers" };
	const uint64_t *lost = engine_counts(sink->engine)->lost;
	struct event notice = *event;
	char text[160];
	size_t used = 0;

	if (!memcmp(lost, sink->lost, sizeof(sink->lost)))
		return true;
	sink->expander->is_incomplete = true;
	for (unsigned i = 0; i < LOSS_CAUSES; i++) {
		uint64_t more = lost[i] - sink->lost[i];

		if (more)
			used += snprintf(text + used, sizeof(text) - used, "%s%llu %s", used ? ", " : "",
					 (unsigned long long)more, names[i]);
		sink->lost[i] = lost[i];
	}
	notice.nargs = 0;
	draft_begin(&sink->notice, &notice, SCAP_TYPE_NOTIFICATION_E);
	draft_text(&sink->notice, "lost", 4);
	draft_text(&sink->notice, text, used);
	draft_end(&sink->notice);
	return write_event(sink, &sink->notice.event, 0);
}

/* Of those that no event came after. */
static void tell_last_losses(struct capture_sink *sink)
{
	struct thread nobody = { .tid = UINT32_MAX };
	struct event event = { .time = engine_counts(sink->engine)->last_time, .thread = &nobody };

	event.enter_time = event.time;
	tell_losses(sink, &event);
}

/* Tracer events exist in memory only: sysdig 0.29.3 crashes on one in a file. */
static bool is_unfit(const struct event *event)
{
	return event->call == SCAP_TYPE_TRACER_E || event->call == SCAP_TYPE_TRACER_X;
}

static bool is_container(const struct event *event)
{
	return event->call == SCAP_TYPE_CONTAINER_JSON_E || event->call == SCAP_TYPE_CONTAINER_JSON_2_E;
}

bool capture_sink_event(struct capture_sink *sink, const struct event *event, bool hidden)
{
	struct scap_expansion expansion;
	bool first = !sink->begun;

	if (sink->error[0])
		return false;
	if (scap_expand(sink->expander, event, &expansion))
		return fail(sink, -ENOMEM);
	if (!expansion.count)
		return true;
	if (event->type == EVENT_SCAP && is_unfit(event)) {
		sink->skipped++;
		return true;
	}
	if (!ready(sink, expansion.events[0]->time, expansion.count))
		return false;
	/* the lists have told it */
	if (first && event->type == EVENT_SCAP && is_container(event))
		return true;
	if (sink->options.live && !(tell_losses(sink, event) && introduce(sink, event, &expansion)))
		return false;
	for (size_t i = 0; i < expansion.count; i++)
		if (!write_event(sink, expansion.events[i], expansion.dump_flags[i] | (hidden ? SCAP_STATE_ONLY : 0)))
			return false;
	if (sink->options.live)
		mark_child(sink, &expansion);
	return true;
}

/* ---- the sink ---- */

struct capture_sink *capture_sink_open(struct engine *engine, const char *path, const struct capture_sink_options *options,
				       char *error, size_t size)
{
	struct capture_sink *sink = calloc(1, sizeof(*sink));

	if (sink) {
		sink->engine = engine;
		sink->options = *options;
		sink->path = strdup(path);
		sink->expander = scap_expander_new();
		memcpy(sink->lost, engine_counts(engine)->lost, sizeof(sink->lost));
	}
	if (!sink || !sink->path || !sink->expander) {
		snprintf(error, size, "out of memory");
		capture_sink_free(sink);
		return NULL;
	}
	/* a name that is made of the time waits for it */
	if (!is_format(sink) && !open_file(sink, 0)) {
		snprintf(error, size, "%s", sink->error);
		capture_sink_free(sink);
		return NULL;
	}
	return sink;
}

bool capture_sink_flush(struct capture_sink *sink)
{
	if (sink->error[0])
		return false;
	return !sink->writer || is_ok(sink, scap_writer_flush(sink->writer));
}

const char *capture_sink_error(const struct capture_sink *sink)
{
	return sink->error;
}

struct capture_sink_counts capture_sink_counts(const struct capture_sink *sink)
{
	return (struct capture_sink_counts){ .events = sink->written, .skipped = sink->skipped, .files = sink->number };
}

const char *capture_sink_path(const struct capture_sink *sink)
{
	return sink->file;
}

bool capture_sink_close(struct capture_sink *sink, char *error, size_t size)
{
	bool ok;

	if (!sink->error[0] && sink->writer && !sink->begun)
		write_lists(sink);
	if (!sink->error[0] && sink->writer && sink->options.live)
		tell_last_losses(sink);
	ok = close_file(sink) && !sink->error[0];
	if (!ok)
		snprintf(error, size, "%s", sink->error);
	capture_sink_free(sink);
	return ok;
}
