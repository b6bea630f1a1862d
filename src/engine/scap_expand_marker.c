/* A span's enter or exit as the write that carries it: text which says the same, by a write to /dev/null that stands
 * alone, as sysdig keeps them when it writes only these. Such a write must be a valid marker: sysdig 0.29.3 crashes on
 * one that is not, so these become ordinary writes to a descriptor that is /dev/null.
 *
 * Where the thread's last enter is a write's, whose exit may have come long ago, the marker would be taken for another
 * exit of it: then an enter comes before, of a descriptor that is none. */
#include <stdio.h>

#include "scap_expand_private.h"
#include "scap_extra.h"
#include "span.h"
#include "string_pool.h"

#define TEXT_MAX 60000u            /* of a marker */
#define DESCRIPTORS_LOOKED_AT 1024

struct text {
	char *at, *end;
	bool full;
};

static void add(struct text *text, const char *bytes, size_t size)
{
	if (size > (size_t)(text->end - text->at)) {
		text->full = true;
		return;
	}
	if (size)
		memcpy(text->at, bytes, size);
	text->at += size;
}

/* A part of a marker in text form; first: where sysdig 0.29.3 takes a 0 for something else. */
static void add_escaped(struct text *text, const char *bytes, size_t size, bool first)
{
	for (size_t i = 0; i < size; i++) {
		if (memchr(".:,=<>\\\n", bytes[i], 8) || (first && !i && bytes[0] == '0'))
			add(text, "\\", 1);
		add(text, bytes + i, 1);
	}
}

/* As the letter where that says the same number to every reader: a span then ends with its thread or process. */
static void add_id(struct text *text, const struct span *span, const struct thread *thread, bool quoted)
{
	char id[24];
	int size = 0;

	if (span->id_kind == MARKER_ID_THREAD && span->id == thread->tid)
		size = snprintf(id, sizeof(id), quoted ? "\"t\"" : "t");
	else if (span->id_kind == MARKER_ID_PROCESS && span->id == thread->process->pid)
		size = snprintf(id, sizeof(id), quoted ? "\"p\"" : "p");
	else if (span->id || quoted) /* a text that begins with 0 is unfinished to sysdig 0.29.3 */
		size = snprintf(id, sizeof(id), "%lld", (long long)span->id);
	add(text, id, size);
}

static void add_parts(struct text *text, const struct string *packed, uint32_t count, const char separators[2], bool tags)
{
	const char *at = packed ? packed->text : NULL, *end = at + (packed ? packed->size : 0);

	for (uint32_t i = 0; i < count && at < end; i++) {
		size_t size = strnlen(at, end - at);

		if (i)
			add(text, &separators[i & 1], 1);
		add_escaped(text, at, size, tags && !i);
		at += size + 1;
	}
}

/* A single empty tag is the one thing that text cannot say. */
static bool needs_json(const struct span *span)
{
	return span->ntags == 1 && (!span->tags || !span->tags->size || !span->tags->text[0]);
}

/* sysdig 0.29.3 undoes no escapes, and crashes on some: what would need one becomes what looks like it. */
static void add_quoted(struct text *text, const char *bytes, size_t size)
{
	add(text, "\"", 1);
	for (size_t i = 0; i < size; i++) {
		char escape[8];

		if (bytes[i] == '"' || bytes[i] == '\\') {
			add(text, bytes[i] == '"' ? "'" : "/", 1);
		} else if ((unsigned char)bytes[i] < 32) {
			add(text, escape, snprintf(escape, sizeof(escape), "\\u%04x", bytes[i]));
		} else {
			add(text, bytes + i, 1);
		}
	}
	add(text, "\"", 1);
}

static void add_json(struct text *text, const struct span *span, const struct thread *thread, bool enter,
		     const struct string *args, uint32_t nargs)
{
	const char *at = args ? args->text : NULL, *end = at + (args ? args->size : 0);

	add(text, enter ? "[\">\"," : "[\"<\",", 5);
	add_id(text, span, thread, true);
	add(text, ",[\"\"],[", 7);
	for (uint32_t i = 0; i < 2 * nargs && at < end; i++) {
		size_t size = strnlen(at, end - at);

		add(text, i & 1 ? ":" : i ? ",{" : "{", i & 1 || !i ? 1 : 2);
		add_quoted(text, at, size);
		if (i & 1)
			add(text, "}", 1);
		at += size + 1;
	}
	add(text, "]]", 2);
}

static void add_marker(struct text *text, const struct event *event)
{
	const struct span *span = event->span;
	bool enter = event->type == EVENT_SPAN_ENTER;
	const struct string *args = enter ? span->enter_args : span->exit_args;
	uint32_t nargs = enter ? span->nenter_args : span->nexit_args;

	if (needs_json(span)) {
		add_json(text, span, event->thread, enter, args, nargs);
		return;
	}
	add(text, enter ? ">:" : "<:", 2);
	add_id(text, span, event->thread, false);
	add(text, ":", 1);
	add_parts(text, span->tags, span->ntags, "..", true);
	add(text, ":", 1);
	add_parts(text, args, 2 * nargs, ",=", false);
	add(text, ":", 1);
}

/* Behind what the newest libraries have of a write: its descriptor, which is not known, and its size. */
static void put_account(struct scap_draft *draft, const struct span_account *account, size_t size)
{
	uint8_t bytes[SCAP_EXTRA_ACCOUNT_SIZE];

	scap_extra_put_account(account, bytes);
	draft_number(draft, UINT64_MAX);
	draft_number(draft, size);
	draft_bytes(draft, bytes, sizeof(bytes));
}

static bool write_exit(struct scap_draft *draft, const struct event *event, const char *bytes, size_t size)
{
	const struct span *span = event->type == EVENT_SPAN_EXIT ? event->span : NULL;

	draft_begin_wide(draft, event, SCAP_TYPE_SYSCALL_WRITE_X, 5);
	draft_number(draft, size);
	draft_bytes(draft, bytes, size);
	if (span && span->has_account)
		put_account(draft, &span->account, size);
	draft_end(draft);
	return true;
}

bool scap_expand_marker(struct scap_draft *draft, const struct event *event)
{
	char bytes[TEXT_MAX];
	struct text text = { .at = bytes, .end = bytes + sizeof(bytes) };

	if (!event->span || event->flags & EVENT_UNFINISHED)
		return false;
	add_marker(&text, event);
	return !text.full && write_exit(draft, event, bytes, text.at - bytes);
}

static struct fd *find_null(const struct process *process)
{
	struct fd *fd = state_fd_next(process, 0);

	for (unsigned i = 0; fd && i < DESCRIPTORS_LOOKED_AT; i++, fd = state_fd_next(process, fd->num + 1))
		if (fd->name->size == 9 && !memcmp(fd->name->text, "/dev/null", 9))
			return fd;
	return NULL;
}

void scap_expand_invalid(struct scap_draft *draft, const struct event *event)
{
	const char *payload = event_payload(event);
	size_t reason = strnlen(payload, event->payload_size), size;

	size = reason < event->payload_size ? event->payload_size - reason - 1 : 0;
	write_exit(draft, event, payload + reason + (size != 0), size);
}

bool scap_expand_marker_enter(struct scap_draft *enter, struct scap_draft *exit, const struct event *event)
{
	struct thread *thread = event->thread;
	struct fd *fd = event->type == EVENT_MARKER_INVALID ? find_null(thread->process) : NULL;

	if (!fd && !thread->ends_in_write)
		return false;
	draft_begin(enter, event, SCAP_TYPE_SYSCALL_WRITE_E);
	enter->event.fd = exit->event.fd = fd;
	draft_number(enter, fd ? (uint64_t)fd->num : UINT64_MAX);
	draft_number(enter, (uint64_t)exit->event.result);
	draft_end(enter);
	/* with a span's exit it is over */
	thread->ends_in_write = event->type == EVENT_MARKER_INVALID;
	return true;
}
