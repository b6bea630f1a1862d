/* Live events as those of a capture: which of them there are, and how an event is put together. */
#include "scap_expand_private.h"

#include <errno.h>
#include <stdlib.h>

#include "scap_extra.h"
#include "source.h"

_Static_assert(offsetof(struct scap_draft, payload) == sizeof(struct event), "the payload lies behind the event");

static unsigned lengths_size(const struct scap_draft *draft)
{
	return draft->room * 2u;
}

void draft_begin_wide(struct scap_draft *draft, const struct event *source, unsigned type, unsigned room)
{
	const struct scap_type *t = &scap_types[type];
	bool own = t->flags & SCAP_USES_FD && source->fd && source->nargs && event_args(source)[0] == (uint32_t)source->fd->num;

	draft->event = (struct event){
		.type = EVENT_SCAP,
		.num = source->num,
		.time = source->time,
		.enter_time = source->enter_time,
		.thread = source->thread,
		/* an enter has only the descriptor that it names */
		.fd = scap_is_exit(type) || own ? source->fd : NULL,
		.span = source->span,
		.cpu = source->cpu,
		.call = type,
		.payload_size = room * 2u,
	};
	draft->put = 0;
	draft->room = room;
	memset(draft->payload, 0, room * 2u);
}

void draft_begin(struct scap_draft *draft, const struct event *source, unsigned type)
{
	draft_begin_wide(draft, source, type, scap_types[type].nparams);
}

void draft_bytes(struct scap_draft *draft, const void *bytes, size_t size)
{
	uint16_t length;

	if (draft->put >= draft->room)
		return;
	if (size > VALUES_MAX - (draft->event.payload_size - lengths_size(draft)))
		size = VALUES_MAX - (draft->event.payload_size - lengths_size(draft));
	length = size;
	memcpy(draft->payload + draft->put * 2u, &length, 2);
	if (size)
		memcpy(draft->payload + draft->event.payload_size, bytes, size);
	draft->event.payload_size += size;
	draft->put++;
}

static unsigned width(enum scap_encoding encoding)
{
	switch (encoding) {
	case SCAP_INT8:
	case SCAP_UINT8:
	case SCAP_FLAGS8:
	case SCAP_ENUMFLAGS8:
	case SCAP_SIGTYPE:
	case SCAP_L4PROTO:
	case SCAP_SOCKFAMILY: return 1;
	case SCAP_INT16:
	case SCAP_UINT16:
	case SCAP_FLAGS16:
	case SCAP_ENUMFLAGS16:
	case SCAP_SYSCALLID:
	case SCAP_PORT: return 2;
	case SCAP_INT32:
	case SCAP_UINT32:
	case SCAP_FLAGS32:
	case SCAP_ENUMFLAGS32:
	case SCAP_FD32:
	case SCAP_PID32:
	case SCAP_UID:
	case SCAP_GID:
	case SCAP_SIGSET:
	case SCAP_BOOL:
	case SCAP_MODE: return 4;
	default: return 8;
	}
}

void draft_number(struct scap_draft *draft, uint64_t number)
{
	const struct scap_type *type = &scap_types[draft->event.call];

	if (draft->put < type->nparams_latest)
		draft_bytes(draft, &number, width(type->params[draft->put].encoding));
}

void draft_text(struct scap_draft *draft, const char *text, size_t size)
{
	size_t at;

	/* copied once, with room for the NUL */
	if (size > 4095)
		size = 4095;
	if (size + 1 > VALUES_MAX - (draft->event.payload_size - lengths_size(draft))) {
		draft_bytes(draft, "", 1);
		return;
	}
	at = draft->event.payload_size;
	draft_bytes(draft, text, size);
	if (draft->event.payload_size == at + size) {
		uint16_t length = size + 1;

		draft->payload[draft->event.payload_size++] = 0;
		memcpy(draft->payload + (draft->put - 1) * 2u, &length, 2);
	}
}

static bool is_text(enum scap_encoding encoding)
{
	return encoding == SCAP_CHARBUF || encoding == SCAP_FSPATH || encoding == SCAP_FSRELPATH;
}

static bool may_be_empty(enum scap_encoding encoding)
{
	return encoding == SCAP_BYTEBUF || encoding == SCAP_SOCKADDR || encoding == SCAP_SOCKTUPLE;
}

/* What is not known: sysdig 0.29.3 takes a number without bytes from whatever follows in memory, and wants all
 * parameters of an event that changes its state. Of others those at the end are better left out than made up. */
void draft_end(struct scap_draft *draft)
{
	const struct scap_type *type = &scap_types[draft->event.call];
	unsigned put;

	if (type->flags & SCAP_MODIFIES_STATE) {
		while (draft->put < type->nparams) {
			enum scap_encoding encoding = type->params[draft->put].encoding;

			if (is_text(encoding))
				draft_text(draft, "<NA>", 4);
			else if (may_be_empty(encoding))
				draft_bytes(draft, NULL, 0);
			else
				draft_number(draft, 0);
		}
	}
	put = draft->put;
	if (put < draft->room) {
		memmove(draft->payload + put * 2u, draft->payload + draft->room * 2u,
			draft->event.payload_size - draft->room * 2u);
		draft->event.payload_size -= (draft->room - put) * 2u;
	}
	draft->event.items = draft->put;
	draft->event.size = (sizeof(struct event) + draft->event.payload_size + 7) & ~7u;
	if (draft->put && type->nparams && scap_is_exit(draft->event.call)) {
		enum scap_encoding first = type->params[0].encoding;

		if (!strcmp(type->params[0].name, "res") || !strcmp(type->params[0].name, "fd"))
			if (first == SCAP_ERRNO || first == SCAP_FD || first == SCAP_PID || first == SCAP_UINT64)
				draft->event.result = event_param_int(&draft->event, 0);
	}
}

unsigned scap_expand_type(unsigned call)
{
	const char *name = call_find(call)->name;
	const struct scap_rule *rule = name && !call_is_compat(call) ? scap_rule(scap_rule_number(name)) : NULL;

	return rule ? rule->enter : SCAP_TYPE_GENERIC_E;
}

struct scap_expander *scap_expander_new(void)
{
	struct scap_expander *expander = calloc(1, sizeof(*expander));

	if (expander)
		expander->last_id = scap_syscall_id("clone3");
	for (unsigned i = 0; expander && i < RECORD_CALL_NUMBERS; i++) {
		const char *name = call_find(i)->name;
		int id = name ? scap_syscall_id(name) : -1;

		expander->ids[i] = id > 0 ? id : 0;
		if (i < RECORD_CALLS)
			expander->rules[i] = name ? scap_rule_number(name) : 0;
	}
	return expander;
}

void scap_expander_free(struct scap_expander *expander)
{
	free(expander);
}

/* Its name's number, and the kernel's, which the newest libraries have behind it of exits too. */
static void begin_generic(const struct scap_expander *expander, struct scap_draft *draft, const struct event *event,
			  unsigned type)
{
	draft_begin_wide(draft, event, type, 3);
	draft_number(draft, event->call < RECORD_CALL_NUMBERS ? expander->ids[event->call] : 0);
	draft_number(draft, call_is_compat(event->call) ? event->call - RECORD_COMPAT : event->call);
}

/* Of types that had no parameters: those of the newest libraries come first, of which result and descriptor are known. */
static void begin_bare(struct scap_draft *draft, const struct event *event, unsigned type)
{
	const struct scap_type *t = &scap_types[type];

	draft_begin_wide(draft, event, type, t->nparams_latest + 1u);
	for (unsigned i = 0; i < t->nparams_latest; i++) {
		if (may_be_empty(t->params[i].encoding))
			draft_bytes(draft, NULL, 0);
		else
			draft_number(draft, i == 0 ? (uint64_t)event->result : i == 1 && event->fd ? (uint64_t)event->fd->num : 0);
	}
}

static void put_extra(struct scap_draft *draft, const struct event *event)
{
	uint8_t bytes[SCAP_EXTRA_MAX];

	draft_bytes(draft, bytes, scap_extra_put(event, bytes));
}

static void expand_enter(struct scap_expander *expander, const struct event *event, const struct scap_rule *rule)
{
	struct scap_draft *draft = &expander->drafts[0];

	if (rule) {
		draft_begin(draft, event, rule->enter);
		scap_put_ops(draft, event, rule->in, sizeof(rule->in) / sizeof(*rule->in));
	} else {
		begin_generic(expander, draft, event, SCAP_TYPE_GENERIC_E);
		/* the exit says more, where there is one */
		if (event->flags & EVENT_NO_RETURN)
			put_extra(draft, event);
	}
	draft->event.num--;
	draft->event.time = event->enter_time;
	draft_end(draft);
}

static int same_param(const struct scap_type *type, unsigned count, const struct scap_param *param)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(type->params[i].name, param->name) && width(type->params[i].encoding) == width(param->encoding) &&
		    is_text(type->params[i].encoding) == is_text(param->encoding))
			return (int)i;
	return -1;
}

/* What its enter says, behind its own parameters, as the newest libraries have it: a row of the screen shows the exit. */
static void put_enter(struct scap_draft *exit, const struct scap_draft *enter)
{
	const struct scap_type *type = &scap_types[exit->event.call];

	if (exit->put < type->nparams || enter->event.call + 1u != exit->event.call)
		return;
	while (exit->put < type->nparams_latest) {
		int i = same_param(&scap_types[enter->event.call], enter->put, &type->params[exit->put]);
		const uint8_t *bytes;
		size_t size;

		bytes = i < 0 ? NULL : event_param(&enter->event, (unsigned)i, &size);
		if (!bytes)
			return;
		draft_bytes(exit, bytes, size);
	}
}

static void expand_exit(struct scap_expander *expander, const struct event *event, const struct scap_rule *rule)
{
	struct scap_draft *draft = &expander->drafts[1];

	if (rule && (scap_expand_clone(draft, event, rule->call) || scap_expand_exec(draft, event, rule->call)))
		return;
	if (rule && !scap_takes_extra(rule->enter + 1u)) {
		bool more = scap_takes_more(rule->enter + 1u);
		unsigned latest = scap_types[rule->enter + 1u].nparams_latest;

		draft_begin_wide(draft, event, rule->enter + 1u, latest + more);
		scap_put_ops(draft, event, rule->out, sizeof(rule->out) / sizeof(*rule->out));
		put_enter(draft, &expander->drafts[0]);
		if (more && draft->put == latest)
			put_extra(draft, event);
	} else {
		if (rule)
			begin_bare(draft, event, rule->enter + 1u);
		else
			begin_generic(expander, draft, event, SCAP_TYPE_GENERIC_X);
		put_extra(draft, event);
	}
	draft_end(draft);
	if (scap_takes_extra(draft->event.call))
		draft->event.result = event->result;
}

/* A child returns from the call that its parent entered. */
static bool is_child_return(const struct event *event, const struct scap_rule *rule)
{
	return rule && event->flags & EVENT_NO_ENTER && event->result == 0 &&
	       (rule->enter == SCAP_TYPE_SYSCALL_CLONE_20_E || rule->enter == SCAP_TYPE_SYSCALL_CLONE3_E ||
		rule->enter == SCAP_TYPE_SYSCALL_FORK_20_E || rule->enter == SCAP_TYPE_SYSCALL_VFORK_20_E);
}

static void expand_call(struct scap_expander *expander, const struct event *event, struct scap_expansion *expansion)
{
	const struct scap_rule *rule = event->call < RECORD_CALLS ? scap_rule(expander->rules[event->call]) : NULL;

	if (!is_child_return(event, rule)) {
		expand_enter(expander, event, rule);
		expansion->events[expansion->count++] = &expander->drafts[0].event;
		/* asked for markers only, sysdig 0.29.3 misses those after whatever call to what it takes for /dev/null */
		event->thread->ends_in_write = rule && (rule->enter == SCAP_TYPE_SYSCALL_WRITE_E ||
			(expander->is_incomplete && scap_types[rule->enter].flags & SCAP_USES_FD));
	}
	if (!(event->flags & EVENT_NO_RETURN)) {
		expand_exit(expander, event, rule);
		expansion->events[expansion->count++] = &expander->drafts[1].event;
	}
}

int scap_expand(struct scap_expander *expander, const struct event *event, struct scap_expansion *expansion)
{
	struct scap_draft *draft = &expander->drafts[1];

	*expansion = (struct scap_expansion){ .count = 0 };
	switch (event->type) {
	case EVENT_SCAP:
		expansion->events[expansion->count++] = event;
		if (!scap_is_exit(event->call))
			event->thread->ends_in_write = event->call == SCAP_TYPE_SYSCALL_WRITE_E;
		return 0;
	case EVENT_CALL:
		expand_call(expander, event, expansion);
		return 0;
	case EVENT_SPAN_ENTER:
	case EVENT_SPAN_EXIT:
		if (!scap_expand_marker(draft, event))
			return 0;
		if (scap_expand_marker_enter(&expander->drafts[0], draft, event))
			expansion->events[expansion->count++] = &expander->drafts[0].event;
		expansion->dump_flags[expansion->count] = SCAP_TRACER;
		break;
	case EVENT_MARKER_INVALID:
		scap_expand_invalid(draft, event);
		if (scap_expand_marker_enter(&expander->drafts[0], draft, event))
			expansion->events[expansion->count++] = &expander->drafts[0].event;
		break;
	case EVENT_THREAD_EXIT:
		scap_expand_procexit(draft, event);
		break;
	default:
		/* forks and new programs are told by the calls that made them */
		return 0;
	}
	expansion->events[expansion->count++] = &draft->event;
	return 0;
}
