/* System calls on their way into the recording. */
#include <errno.h>
#include <string.h>

#include "ingest.h"

static const struct {
	const char *name;
	enum call_effect effect;
} effects[] = {
	{ "open", EFFECT_OPEN },
	{ "creat", EFFECT_OPEN },
	{ "openat", EFFECT_OPENAT },
	{ "openat2", EFFECT_OPENAT },
	{ "open_tree", EFFECT_OPENAT },
	{ "close", EFFECT_CLOSE },
	{ "close_range", EFFECT_CLOSE_RANGE },
	{ "dup", EFFECT_DUP },
	{ "dup2", EFFECT_DUP },
	{ "dup3", EFFECT_DUP },
	{ "fcntl", EFFECT_FCNTL },
	{ "pipe", EFFECT_PIPE },
	{ "pipe2", EFFECT_PIPE },
	{ "socketpair", EFFECT_SOCKETPAIR },
	{ "socket", EFFECT_SOCKET },
	{ "connect", EFFECT_CONNECT },
	{ "accept", EFFECT_ACCEPT },
	{ "accept4", EFFECT_ACCEPT },
	{ "bind", EFFECT_BIND },
	{ "listen", EFFECT_LISTEN },
	{ "sendto", EFFECT_SENDTO },
	{ "recvfrom", EFFECT_RECVFROM },
	{ "eventfd", EFFECT_EVENTFD },
	{ "eventfd2", EFFECT_EVENTFD },
	{ "epoll_create", EFFECT_EPOLL },
	{ "epoll_create1", EFFECT_EPOLL },
	{ "inotify_init", EFFECT_INOTIFY },
	{ "inotify_init1", EFFECT_INOTIFY },
	{ "timerfd_create", EFFECT_TIMERFD },
	{ "signalfd", EFFECT_SIGNALFD },
	{ "signalfd4", EFFECT_SIGNALFD },
	{ "userfaultfd", EFFECT_USERFAULTFD },
	{ "perf_event_open", EFFECT_PERF_EVENT },
	{ "io_uring_setup", EFFECT_IO_URING },
	{ "pidfd_open", EFFECT_PIDFD },
	{ "fanotify_init", EFFECT_FANOTIFY },
	{ "memfd_create", EFFECT_MEMFD },
	{ "chdir", EFFECT_CHDIR },
	{ "fchdir", EFFECT_FCHDIR },
	{ "getcwd", EFFECT_GETCWD },
};

static const struct call_rule unknown_rule = { .nargs = 6 };

void ingest_rules(struct call_rule rules[RECORD_CALLS])
{
	for (unsigned i = 0; i < RECORD_CALLS; i++) {
		const struct call *call = call_find(i);

		rules[i] = (struct call_rule){ .nargs = call->nargs, .flags = call->row.flags };
	}
	for (size_t i = 0; i < sizeof(effects) / sizeof(*effects); i++) {
		int number = call_number(effects[i].name);

		if (number >= 0 && number < RECORD_CALLS)
			rules[number].effect = effects[i].effect;
	}
}

const char *input_item(const struct input *input, enum record_item_kind kind, int argument, size_t *size)
{
	const char *at = input->call.payload;
	size_t left = input->call.payload_size;
	struct record_item item;

	for (unsigned i = 0; i < input->call.items && left >= sizeof(item); i++) {
		size_t step;

		memcpy(&item, at, sizeof(item));
		if (item.size > left - sizeof(item))
			return NULL;
		if ((item.kind == kind || kind == RECORD_ITEM_NONE) && (argument < 0 || item.arg == argument)) {
			*size = item.size;
			return at + sizeof(item);
		}
		step = sizeof(item) + ((item.size + 7u) & ~7u);
		if (step > left)
			return NULL;
		at += step;
		left -= step;
	}
	return NULL;
}

static void fill(struct event *event, const struct input *input)
{
	uint64_t *args = (uint64_t *)(event + 1);

	event->result = input->call.result;
	event->call = input->call.call;
	event->items = input->call.items;
	event->flags = input->call.flags & (EVENT_NO_ENTER | EVENT_NO_RETURN | EVENT_CUT);
	if (!input->call.enter_time)
		event->flags |= EVENT_NO_ENTER;
	else if (input->call.enter_time < input->time && !(event->flags & (EVENT_NO_ENTER | EVENT_NO_RETURN)))
		event->enter_time = input->call.enter_time;
	if (event->nargs && input->call.args)
		memcpy(args, input->call.args, event->nargs * sizeof(*args));
	else
		memset(args, 0, event->nargs * sizeof(*args));
	if (event->payload_size)
		memcpy(args + event->nargs, input->call.payload, event->payload_size);
}

int ingest_call(struct engine *engine, const struct input *input)
{
	const struct call_rule *rule = input->call.call < RECORD_CALLS ? &engine->rules[input->call.call] :
									  &unknown_rule;
	struct thread *thread = state_thread(engine->state, input->tid, input->pid);
	struct event *event;
	struct fd *fd = NULL;

	if (!thread)
		return -ENOMEM;
	if (!thread->seen_time)
		thread->seen_time = input->time;
	if (rule->effect || input->call.fd >= 0)
		fd = ingest_fd(engine, thread->process, input, rule);
	event = engine_append(engine, LANE_CALLS, EVENT_CALL, thread, rule->nargs, input->call.payload_size);
	if (!event)
		return -ENOMEM;
	fill(event, input);
	engine_link(engine, LANE_CALLS, event, thread->newest_span, fd);
	engine_deliver(engine, event);
	engine->counts.calls++;
	if (rule->effect)
		ingest_closed(engine, thread->process, input, rule);
	return 0;
}
