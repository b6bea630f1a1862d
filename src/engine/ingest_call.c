/* System calls on their way into the recording. */
#include <errno.h>
#include <string.h>

#include "fd_text.h"
#include "ingest.h"
#include "string_pool.h"

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
	{ "sendmsg", EFFECT_SENDTO },
	{ "recvmsg", EFFECT_RECVFROM },
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
	{ "setuid", EFFECT_SETUID },
	{ "setreuid", EFFECT_SETREUID },
	{ "setresuid", EFFECT_SETREUID },
	{ "setgid", EFFECT_SETGID },
	{ "setregid", EFFECT_SETREGID },
	{ "setresgid", EFFECT_SETREGID },
};

static const struct call_rule unknown_rule = { .nargs = 6 };

/* Names of an event's other descriptors, as items behind those of the probe. */
#define NAME_MAX_KEPT 255u
struct names {
	_Alignas(8) char bytes[6 * (sizeof(struct record_item) + 2 + NAME_MAX_KEPT + 7)];
	size_t size;
	unsigned count;
};

static uint8_t other_descriptors(const struct call *call)
{
	bool first_is_own = call->row.flags & RECORD_ROW_FD_ARG && !(call->row.flags & RECORD_ROW_FD_RESULT);
	uint8_t bits = 0;

	for (unsigned i = first_is_own; i < call->nargs; i++)
		if (call->args[i].kind == CALL_ARG_FD || call->args[i].kind == CALL_ARG_DIRFD)
			bits |= 1u << i;
	return bits;
}

static bool has_memory(const struct call *call)
{
	for (unsigned i = 0; i < call->row.items; i++)
		if (call->row.payload[i].kind == RECORD_ITEM_MEMORY)
			return true;
	return false;
}

void ingest_rules(struct call_rule rules[RECORD_CALLS])
{
	for (unsigned i = 0; i < RECORD_CALLS; i++) {
		const struct call *call = call_find(i);

		rules[i] = (struct call_rule){ .nargs = call->nargs, .flags = call->row.flags,
					 .descriptors = other_descriptors(call), .has_memory = has_memory(call) };
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

static size_t aligned(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

static void add_name(struct names *names, unsigned argument, const struct fd *fd)
{
	struct record_item item = { .kind = RECORD_ITEM_NAME, .arg = argument };
	char *at = names->bytes + names->size;
	size_t size = fd->name->size < NAME_MAX_KEPT ? fd->name->size : NAME_MAX_KEPT;

	item.size = 2 + size;
	item.full_size = 2 + fd->name->size;
	memcpy(at, &item, sizeof(item));
	at += sizeof(item);
	at[0] = fd_type_char(fd->type);
	at[1] = fd_protocol_char(fd, true);
	memcpy(at + 2, fd->name->text, size);
	names->size += sizeof(item) + ((item.size + 7u) & ~7u);
	memset(at + item.size, 0, ((item.size + 7u) & ~7u) - item.size);
	names->count++;
}

/* What a call's other descriptors are now, which may be something else when somebody looks at the event. */
static void add_names(struct engine *engine, const struct process *process, const struct input *input, unsigned bits,
		      const struct fd *own, struct names *names)
{
	for (unsigned i = 0; bits && i < 6; i++, bits >>= 1) {
		int32_t num = (int32_t)input->call.args[i];
		const struct fd *fd;

		if (!(bits & 1) || num < 0 || (own && own->num == num))
			continue;
		fd = state_fd(engine->state, process, num);
		if (fd && fd->name->size)
			add_name(names, i, fd);
	}
}

/* The environment of a new program. */
static void learn_environment(struct engine *engine, struct process *process, const struct input *input)
{
	size_t size;
	const char *item = input_item(input, RECORD_ITEM_ENVIRONMENT, -1, &size);
	struct process_facts *facts = item ? state_facts(engine->state, process) : NULL;

	if (facts)
		state_set_text(engine->state, &facts->env, item, size);
}

#define PAGE_KIB 4

static void learn_memory(struct thread *thread, const struct input *input)
{
	size_t size;
	const char *item = input_item(input, RECORD_ITEM_MEMORY, -1, &size);
	struct record_memory memory;

	if (!item || size < sizeof(memory))
		return;
	memcpy(&memory, item, sizeof(memory));
	thread->vm_size = memory.size * PAGE_KIB;
	thread->vm_rss = memory.resident * PAGE_KIB;
	thread->vm_swap = memory.swapped * PAGE_KIB;
	thread->faults_major = memory.major_faults;
	thread->faults_minor = memory.minor_faults;
}

/* The process acts as another user or group from now on. all ones: as before. */
static void learn_ids(struct engine *engine, struct process *process, const struct input *input, enum call_effect effect)
{
	bool second = effect == EFFECT_SETREUID || effect == EFFECT_SETREGID;
	uint32_t id = input->call.args ? (uint32_t)input->call.args[second] : UINT32_MAX;
	struct process_facts *facts;

	if (input->call.result || id == UINT32_MAX)
		return;
	if (effect == EFFECT_SETUID || effect == EFFECT_SETREUID) {
		process->uid = id;
		return;
	}
	facts = state_facts(engine->state, process);
	if (facts)
		facts->gid = id;
}

static void learn(struct engine *engine, struct thread *thread, const struct input *input, const struct call_rule *rule)
{
	if (rule->flags & RECORD_ROW_PROGRAM && input->call.result == 0)
		learn_environment(engine, thread->process, input);
	if (rule->has_memory)
		learn_memory(thread, input);
	if (rule->effect >= EFFECT_SETUID && rule->effect <= EFFECT_SETREGID)
		learn_ids(engine, thread->process, input, rule->effect);
}

/* The inode of a pipe has 32 bits: it goes where the size of a pair is, which everybody knows. */
static void keep_inode(char *payload, const struct input *input)
{
	struct record_item item;

	if (input->call.payload_size < sizeof(item))
		return;
	memcpy(&item, payload, sizeof(item));
	if (item.kind != RECORD_ITEM_PAIR)
		return;
	item.full_size = (uint32_t)input->call.file_inode;
	memcpy(payload, &item, sizeof(item));
}

static void fill(struct event *event, const struct input *input, const struct names *names)
{
	uint64_t *args = (uint64_t *)(event + 1);

	event->result = input->call.result;
	event->call = input->call.call;
	event->items = input->call.items + names->count;
	event->flags = input->call.flags & (EVENT_NO_ENTER | EVENT_NO_RETURN | EVENT_CUT);
	if (!input->call.enter_time)
		event->flags |= EVENT_NO_ENTER;
	else if (input->call.enter_time < input->time && !(event->flags & (EVENT_NO_ENTER | EVENT_NO_RETURN)))
		event->enter_time = input->call.enter_time;
	if (event->nargs && input->call.args)
		memcpy(args, input->call.args, event->nargs * sizeof(*args));
	else
		memset(args, 0, event->nargs * sizeof(*args));
	if (input->call.payload_size)
		memcpy(args + event->nargs, input->call.payload, input->call.payload_size);
	keep_inode((char *)(args + event->nargs), input);
	if (names->count)
		memcpy((char *)(args + event->nargs) + aligned(input->call.payload_size), names->bytes, names->size);
}

int ingest_call(struct engine *engine, const struct input *input)
{
	const struct call_rule *rule = input->call.call < RECORD_CALLS ? &engine->rules[input->call.call] :
									  &unknown_rule;
	struct thread *thread = state_thread(engine->state, input->tid, input->pid);
	struct event *event;
	struct names names;
	struct fd *fd = NULL;

	names.size = names.count = 0;

	if (!thread)
		return -ENOMEM;
	if (!thread->seen_time)
		thread->seen_time = input->time;
	if ((rule->effect && rule->effect < EFFECT_SETUID) || input->call.fd >= 0)
		fd = ingest_fd(engine, thread->process, input, rule);
	if (rule->descriptors && input->call.args)
		add_names(engine, thread->process, input, rule->descriptors, fd, &names);
	learn(engine, thread, input, rule);
	event = engine_append(engine, LANE_CALLS, EVENT_CALL, thread, rule->nargs,
			      names.count ? aligned(input->call.payload_size) + names.size : input->call.payload_size);
	if (!event)
		return -ENOMEM;
	fill(event, input, &names);
	engine_link(engine, LANE_CALLS, event, thread->newest_span, fd);
	engine_deliver(engine, event);
	engine->counts.calls++;
	if (rule->effect && rule->effect < EFFECT_SETUID)
		ingest_closed(engine, thread->process, input, rule);
	return 0;
}
