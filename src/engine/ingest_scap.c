/* Events of captures on their way into the recording: numbered, resolved to thread and descriptor, and shown.
 *
 * An exit belongs to the last enter of its thread, in the order of the file. As with sysdig the thread's last
 * descriptor and the time of its last enter stay until the next enter comes: an exit that is not that enter's shows
 * them too, but changes nothing that the descriptor is needed for. Writes to /dev/null go the way of live markers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "ingest_scap.h"
#include "scap_extra.h"
#include "string_pool.h"
#include "users.h"

#define PAYLOAD_MAX (((size_t)128 << 10) - 256)  /* bytes of parameters that are kept of an event */
#define NO_PARAM 255

enum scap_rule_flag {
	RULE_EXIT = 1,
	RULE_SKIP = 2,           /* does not disturb the pairing of its thread */
	RULE_USES_FD = 4,        /* an enter: its first parameter is the descriptor; an exit: of such */
	RULE_SHOWS_FD = 8,       /* uses, makes or ends a descriptor */
	RULE_RESULT = 16,        /* an exit: the first parameter is the result */
	RULE_KEEP = 32,          /* an enter: its parameters are kept for the exit */
	RULE_WRITE = 64,         /* of a call that may carry a marker; of its exit parameter 1 is the data */
	RULE_LARGE = 128,        /* lengths of parameters have 32 bits */
};

static const uint8_t actions[SCAP_TYPES] = {
	[SCAP_TYPE_SYSCALL_OPEN_X] = ACTION_OPEN,
	[SCAP_TYPE_SYSCALL_CREAT_X] = ACTION_CREAT,
	[SCAP_TYPE_SYSCALL_OPENAT_X] = ACTION_OPENAT_OLD,
	[SCAP_TYPE_SYSCALL_OPENAT_2_X] = ACTION_OPENAT,
	[SCAP_TYPE_SYSCALL_OPENAT2_X] = ACTION_OPENAT,
	[SCAP_TYPE_SYSCALL_OPEN_BY_HANDLE_AT_X] = ACTION_OPEN_BY_HANDLE,
	[SCAP_TYPE_SYSCALL_CLOSE_X] = ACTION_CLOSE,
	[SCAP_TYPE_SYSCALL_CLOSE_RANGE_X] = ACTION_CLOSE_RANGE,
	[SCAP_TYPE_SYSCALL_DUP_X] = ACTION_DUP,
	[SCAP_TYPE_SYSCALL_DUP_1_X] = ACTION_DUP,
	[SCAP_TYPE_SYSCALL_DUP2_X] = ACTION_DUP,
	[SCAP_TYPE_SYSCALL_DUP3_X] = ACTION_DUP,
	[SCAP_TYPE_SYSCALL_FCNTL_X] = ACTION_FCNTL,
	[SCAP_TYPE_SYSCALL_PIPE_X] = ACTION_PIPE,
	[SCAP_TYPE_SYSCALL_PIPE2_X] = ACTION_PIPE,
	[SCAP_TYPE_SYSCALL_EVENTFD_X] = ACTION_EVENTFD,
	[SCAP_TYPE_SYSCALL_EVENTFD2_X] = ACTION_EVENTFD,
	[SCAP_TYPE_SYSCALL_SIGNALFD_X] = ACTION_SIGNALFD,
	[SCAP_TYPE_SYSCALL_SIGNALFD4_X] = ACTION_SIGNALFD,
	[SCAP_TYPE_SYSCALL_TIMERFD_CREATE_X] = ACTION_TIMERFD,
	[SCAP_TYPE_SYSCALL_INOTIFY_INIT_X] = ACTION_INOTIFY,
	[SCAP_TYPE_SYSCALL_INOTIFY_INIT1_X] = ACTION_INOTIFY,
	[SCAP_TYPE_SYSCALL_EPOLL_CREATE_X] = ACTION_EPOLL,
	[SCAP_TYPE_SYSCALL_EPOLL_CREATE1_X] = ACTION_EPOLL,
	[SCAP_TYPE_SYSCALL_MEMFD_CREATE_X] = ACTION_MEMFD,
	[SCAP_TYPE_SYSCALL_PIDFD_OPEN_X] = ACTION_MADE_OTHER,
	[SCAP_TYPE_SYSCALL_IO_URING_SETUP_X] = ACTION_MADE_OTHER,
	[SCAP_TYPE_SYSCALL_BPF_2_X] = ACTION_MADE_OTHER,
	[SCAP_TYPE_SYSCALL_USERFAULTFD_X] = ACTION_MADE_UNKNOWN,
	[SCAP_TYPE_SYSCALL_PIDFD_GETFD_X] = ACTION_MADE_UNKNOWN,
	[SCAP_TYPE_SYSCALL_CHDIR_X] = ACTION_CHDIR,
	[SCAP_TYPE_SYSCALL_GETCWD_X] = ACTION_CHDIR,
	[SCAP_TYPE_SYSCALL_FCHDIR_X] = ACTION_FCHDIR,
	[SCAP_TYPE_SYSCALL_CHROOT_X] = ACTION_CHROOT,
	[SCAP_TYPE_SOCKET_SOCKET_X] = ACTION_SOCKET,
	[SCAP_TYPE_SOCKET_SOCKETPAIR_X] = ACTION_SOCKETPAIR,
	[SCAP_TYPE_SOCKET_BIND_X] = ACTION_BIND,
	[SCAP_TYPE_SOCKET_CONNECT_E] = ACTION_CONNECT_ENTER,
	[SCAP_TYPE_SOCKET_CONNECT_X] = ACTION_CONNECT,
	[SCAP_TYPE_SOCKET_ACCEPT_X] = ACTION_ACCEPT,
	[SCAP_TYPE_SOCKET_ACCEPT4_X] = ACTION_ACCEPT,
	[SCAP_TYPE_SOCKET_ACCEPT_5_X] = ACTION_ACCEPT,
	[SCAP_TYPE_SOCKET_ACCEPT4_5_X] = ACTION_ACCEPT,
	[SCAP_TYPE_SOCKET_ACCEPT4_6_X] = ACTION_ACCEPT,
	[SCAP_TYPE_SOCKET_SENDTO_E] = ACTION_SEND_ENTER,
	[SCAP_TYPE_SOCKET_SENDTO_X] = ACTION_SEND,
	[SCAP_TYPE_SOCKET_SENDMSG_X] = ACTION_SEND,
	[SCAP_TYPE_SOCKET_RECVFROM_X] = ACTION_RECVFROM,
	[SCAP_TYPE_SOCKET_RECVMSG_X] = ACTION_RECVMSG,
	[SCAP_TYPE_SYSCALL_CLONE_11_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_CLONE_16_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_CLONE_17_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_CLONE_20_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_CLONE3_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_FORK_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_FORK_17_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_FORK_20_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_VFORK_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_VFORK_17_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_VFORK_20_X] = ACTION_CLONE,
	[SCAP_TYPE_SYSCALL_EXECVE_8_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVE_13_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVE_14_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVE_15_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVE_16_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVE_17_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVE_18_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVE_19_X] = ACTION_EXEC,
	[SCAP_TYPE_SYSCALL_EXECVEAT_X] = ACTION_EXEC,
	[SCAP_TYPE_PROCEXIT_E] = ACTION_PROCEXIT,
	[SCAP_TYPE_PROCEXIT_1_E] = ACTION_PROCEXIT,
	[SCAP_TYPE_SYSCALL_SETUID_X] = ACTION_SETUID,
	[SCAP_TYPE_SYSCALL_SETGID_X] = ACTION_SETGID,
	[SCAP_TYPE_SYSCALL_SETRESUID_X] = ACTION_SETRESUID,
	[SCAP_TYPE_SYSCALL_SETRESGID_X] = ACTION_SETRESGID,
	[SCAP_TYPE_SYSCALL_SETREUID_X] = ACTION_SETREUID,
	[SCAP_TYPE_SYSCALL_SETREGID_X] = ACTION_SETREGID,
	[SCAP_TYPE_SYSCALL_SETSID_X] = ACTION_SETSID,
	[SCAP_TYPE_SYSCALL_PRCTL_X] = ACTION_PRCTL,
	[SCAP_TYPE_SYSCALL_GETRLIMIT_X] = ACTION_RLIMIT,
	[SCAP_TYPE_SYSCALL_SETRLIMIT_X] = ACTION_RLIMIT,
	[SCAP_TYPE_SYSCALL_PRLIMIT_X] = ACTION_PRLIMIT,
	[SCAP_TYPE_SYSCALL_BRK_4_X] = ACTION_MEMORY,
	[SCAP_TYPE_SYSCALL_MMAP_X] = ACTION_MEMORY,
	[SCAP_TYPE_SYSCALL_MMAP2_X] = ACTION_MEMORY,
	[SCAP_TYPE_SYSCALL_MUNMAP_X] = ACTION_MEMORY,
	[SCAP_TYPE_SCHEDSWITCH_6_E] = ACTION_SWITCH,
	[SCAP_TYPE_PROCINFO_E] = ACTION_PROCINFO,
	[SCAP_TYPE_CONTAINER_E] = ACTION_CONTAINER,
	[SCAP_TYPE_CONTAINER_JSON_E] = ACTION_CONTAINER,
	[SCAP_TYPE_CONTAINER_JSON_2_E] = ACTION_CONTAINER,
	[SCAP_TYPE_USER_ADDED_E] = ACTION_USER_ADDED,
	[SCAP_TYPE_GROUP_ADDED_E] = ACTION_GROUP_ADDED,
	[SCAP_TYPE_GENERIC_E] = ACTION_EXTRA,
	[SCAP_TYPE_GENERIC_X] = ACTION_EXTRA,
	[SCAP_TYPE_SOCKET_GETSOCKNAME_X] = ACTION_EXTRA,
	[SCAP_TYPE_SOCKET_GETPEERNAME_X] = ACTION_EXTRA,
	[SCAP_TYPE_SOCKET_SENDMMSG_X] = ACTION_EXTRA,
	[SCAP_TYPE_SOCKET_RECVMMSG_X] = ACTION_EXTRA,
};

/* Enters without which the exit does not say everything. */
static const uint16_t kept[] = {
	SCAP_TYPE_SYSCALL_OPEN_E, SCAP_TYPE_SYSCALL_CREAT_E, SCAP_TYPE_SYSCALL_OPENAT_E, SCAP_TYPE_SYSCALL_OPENAT_2_E,
	SCAP_TYPE_SYSCALL_OPENAT2_E, SCAP_TYPE_SYSCALL_FCNTL_E, SCAP_TYPE_SOCKET_SOCKET_E, SCAP_TYPE_SOCKET_SOCKETPAIR_E,
	SCAP_TYPE_SOCKET_SENDTO_E, SCAP_TYPE_SOCKET_SENDMSG_E, SCAP_TYPE_SYSCALL_EXECVE_18_E,
	SCAP_TYPE_SYSCALL_EXECVE_19_E, SCAP_TYPE_SYSCALL_EXECVEAT_E, SCAP_TYPE_SYSCALL_SETUID_E,
	SCAP_TYPE_SYSCALL_SETGID_E, SCAP_TYPE_SYSCALL_SETRESUID_E, SCAP_TYPE_SYSCALL_SETRESGID_E,
	SCAP_TYPE_SYSCALL_GETRLIMIT_E, SCAP_TYPE_SYSCALL_SETRLIMIT_E,
	SCAP_TYPE_SYSCALL_PRLIMIT_E,
};

/* ---- what is known of the types ---- */

static bool is_result(const struct scap_param *param)
{
	if (strcmp(param->name, "res") && strcmp(param->name, "fd"))
		return false;
	return param->encoding == SCAP_ERRNO || param->encoding == SCAP_FD || param->encoding == SCAP_PID ||
	       param->encoding == SCAP_INT64 || param->encoding == SCAP_UINT64;
}

/* Newer files have the enter's parameters behind the exit's own. */
static uint8_t fd_param_of(unsigned number)
{
	const struct scap_type *enter = &scap_types[number - 1], *exit = &scap_types[number];
	const char *name = enter->flags & SCAP_USES_FD && enter->nparams ? enter->params[0].name : "fd";

	for (unsigned i = 1; i < exit->nparams_latest && i < NO_PARAM; i++)
		if (!strcmp(exit->params[i].name, name))
			return (uint8_t)i;
	return NO_PARAM;
}

static struct scap_rule rule_of(unsigned number)
{
	const struct scap_type *type = &scap_types[number];
	struct scap_rule rule = { .action = actions[number], .fd_param = NO_PARAM };

	if (scap_is_exit(number))
		rule.flags |= RULE_EXIT;
	if (type->flags & SCAP_SKIPPARSERESET || number == SCAP_TYPE_SCHEDSWITCH_6_E)
		rule.flags |= RULE_SKIP;
	if (type->flags & SCAP_USES_FD)
		rule.flags |= RULE_USES_FD;
	if (type->flags & (SCAP_USES_FD | SCAP_CREATES_FD | SCAP_DESTROYS_FD))
		rule.flags |= RULE_SHOWS_FD;
	if (type->flags & SCAP_LARGE_PAYLOAD)
		rule.flags |= RULE_LARGE;
	if (!scap_is_exit(number))
		return rule;
	if (type->nparams && is_result(&type->params[0]))
		rule.flags |= RULE_RESULT;
	if (type->flags & SCAP_USES_FD)
		rule.fd_param = fd_param_of(number);
	if (type->flags & SCAP_WRITES_TO_FD && type->nparams > 1 && !strcmp(type->params[1].name, "data"))
		rule.flags |= RULE_WRITE;
	return rule;
}

void ingest_scap_rules(struct scap_rule rules[SCAP_TYPES])
{
	for (unsigned i = 0; i < SCAP_TYPES; i++)
		if (scap_type(i))
			rules[i] = rule_of(i);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		rules[kept[i]].flags |= RULE_KEEP;
	rules[SCAP_TYPE_SYSCALL_WRITE_E].flags |= RULE_WRITE;
}

/* ---- parameters ---- */

static struct scap_value value_at(const uint8_t *params, size_t size, unsigned nparams, unsigned step, unsigned i)
{
	struct scap_value none = { NULL, 0 };
	size_t at = (size_t)nparams * step, length;

	if (i >= nparams || at > size)
		return none;
	for (unsigned n = 0; n < i; n++)
		at += scap_uint(params + (size_t)n * step, step);
	length = scap_uint(params + (size_t)i * step, step);
	if (at > size || length > size - at)
		return none;
	return (struct scap_value){ params + at, length };
}

static struct scap_value input_value(const struct input *input, unsigned step, unsigned i)
{
	return value_at(input->scap.params, input->scap.size, input->scap.nparams, step, i);
}

struct scap_value scap_value(const struct scap_step *step, unsigned i)
{
	return input_value(step->input, step->type->flags & SCAP_LARGE_PAYLOAD ? 4 : 2, i);
}

struct scap_value scap_enter_value(const struct scap_step *step, unsigned i)
{
	const struct thread_enter *enter = &step->thread->enter;

	if (enter->type != enter->kept_type || enter->type + 1u != step->input->scap.type)
		return (struct scap_value){ NULL, 0 };
	return value_at(enter->params, enter->size, enter->nparams, 2, i);
}

struct scap_value scap_named(const struct scap_step *step, const char *name)
{
	for (unsigned i = 0; i < step->type->nparams_latest; i++)
		if (!strcmp(step->type->params[i].name, name))
			return scap_value(step, i);
	return (struct scap_value){ NULL, 0 };
}

bool scap_number(struct scap_value value, int64_t *number)
{
	if (!value.bytes || !value.size)
		return false;
	*number = scap_int(value.bytes, value.size);
	return true;
}

struct scap_value scap_text(struct scap_value value)
{
	if (!value.bytes || !value.size)
		return (struct scap_value){ NULL, 0 };
	value.size = strnlen((const char *)value.bytes, value.size);
	if (value.size == 4 && !memcmp(value.bytes, "<NA>", 4))
		return (struct scap_value){ NULL, 0 };
	return value;
}

/* ---- the event ---- */

/* More parameters than are kept: the first ones, in the same form. Returns the bytes written. */
static size_t put_first_params(uint8_t *to, const struct input *input, unsigned count, unsigned step)
{
	size_t at = (size_t)count * step;

	for (unsigned i = 0; i < count; i++) {
		struct scap_value value = input_value(input, step, i);

		memcpy(to + (size_t)i * step, input->scap.params + (size_t)i * step, step);
		if (value.size)
			memcpy(to + at, value.bytes, value.size);
		at += value.size;
	}
	return at;
}

/* Of a stream nothing stays: its events lie in one place, one after the other. */
static struct event *room_for_shown(struct engine *engine, size_t size)
{
	if (engine->shown_size < size) {
		struct event *larger = realloc(engine->shown, size + size / 2);

		if (!larger)
			return NULL;
		engine->shown = larger;
		engine->shown_size = size + size / 2;
	}
	return engine->shown;
}

/* Whom: those that see what is shown, or the one sink for what is not. */
static int show(struct engine *engine, const struct scap_step *step, uint64_t enter_time, unsigned flags, bool large,
		bool is_hidden)
{
	const struct input *input = step->input;
	size_t size = input->scap.size;
	struct thread *thread = step->thread;
	struct event *event;

	if (size > PAYLOAD_MAX) {
		size = PAYLOAD_MAX;
		flags |= EVENT_CUT;
	}
	event = engine->options.stream || is_hidden ? room_for_shown(engine, sizeof(*event) + size + 8) :
						      engine_append(engine, LANE_CALLS, EVENT_SCAP, thread, 0, size);
	if (!event)
		return -ENOMEM;
	*event = (struct event){
		.size = (uint32_t)(sizeof(*event) + size + 7) & ~7u,
		.type = EVENT_SCAP,
		.flags = (uint16_t)flags,
		.num = engine->counts.events,
		.time = input->time,
		.enter_time = enter_time,
		.result = step->result,
		.thread = thread,
		.fd = step->fd,
		.span = thread->newest_span,
		.cpu = input->cpu,
		.call = input->scap.type,
		.payload_size = (uint32_t)size & 0xffffff,
		.items = input->scap.nparams <= SCAP_PARAMS_MAX ? input->scap.nparams & 0xff : SCAP_PARAMS_MAX,
	};
	if (input->scap.nparams > SCAP_PARAMS_MAX && !(flags & EVENT_CUT))
		event->payload_size = (uint32_t)put_first_params((uint8_t *)(event + 1), input, SCAP_PARAMS_MAX,
								 large ? 4 : 2) & 0xffffff;
	else if (size)
		memcpy(event + 1, input->scap.params, size);
	if (is_hidden) {
		engine->hidden.sink(engine->hidden.context, event);
		return 0;
	}
	if (!engine->options.stream)
		engine_link(engine, LANE_CALLS, event, event->span, event->fd);
	engine_deliver(engine, event);
	return 0;
}

/* ---- markers ---- */

static bool is_null_device(const struct fd *fd)
{
	return fd->name->size == 9 && !memcmp(fd->name->text, "/dev/null", 9);
}

static bool is_marker(const struct scap_step *step)
{
	if (step->result < 0)
		return false;
	if (step->is_paired && step->fd)
		return is_null_device(step->fd);
	return step->input->scap.flags & SCAP_TRACER;
}

/* The enters of further writes to it are not shown. Another object: what this process does, no other did. */
static void mark_fd(struct engine *engine, struct scap_step *step)
{
	struct fd description;

	if (!step->fd || !step->is_paired || step->fd->has_markers)
		return;
	description = *step->fd;
	description.has_markers = true;
	state_fd_set(engine->state, step->thread->process, &description, step->fd->name->text, step->fd->name->size);
}

static bool account_of(const struct scap_step *step, struct span_account *account)
{
	unsigned count = step->input->scap.nparams;
	struct scap_value last;

	if (count <= step->type->nparams)
		return false;
	last = scap_value(step, count - 1);
	return scap_extra_read_account(last.bytes, last.size, account);
}

/* 1: it is output that nobody wants, a write like any other. */
static int take_marker(struct engine *engine, struct scap_step *step)
{
	struct scap_value data = scap_value(step, 1);
	struct input marker = {
		.kind = INPUT_MARKER,
		.cpu = step->input->cpu,
		.tid = step->thread->tid,
		.pid = step->thread->process->pid,
		.time = step->input->time,
	};
	struct thread_enter *enter = &step->thread->enter;
	uint64_t before = engine->counts.markers;
	struct span_account account;
	int error;

	marker.marker.text = data.bytes ? (const char *)data.bytes : "";
	marker.marker.size = data.size;
	marker.marker.full_size = (uint64_t)step->result > data.size ? (uint64_t)step->result : data.size;
	marker.marker.loose = !(step->fd && step->fd->has_markers) && !marker_begins(marker.marker.text, marker.marker.size);
	if (account_of(step, &account))
		marker.marker.account = &account;
	error = ingest_marker_text(engine, step->thread, &marker);
	if (error == 1)
		return 1;
	if (!error && engine->counts.markers != before)
		mark_fd(engine, step);
	enter->type = UINT16_MAX;
	enter->fd_num = -1;
	enter->time = 0;
	return error;
}

/* ---- resolving ---- */

static struct thread *thread_of(struct engine *engine, const struct input *input, bool *is_new)
{
	struct thread *thread = state_find_thread(engine->state, input->tid);

	*is_new = false;
	if (thread)
		return thread;
	thread = state_thread(engine->state, input->tid, input->tid);
	if (!thread)
		return NULL;
	thread->is_stranger = true;
	if (!thread->process->name->size)
		thread->process->uid = UINT32_MAX;
	thread->seen_time = input->time;
	*is_new = true;
	return thread;
}

/* The first parameter if it is a whole word, as results and descriptors are. */
static inline bool first_word(const struct input *input, int64_t *word)
{
	size_t at = (size_t)input->scap.nparams * 2;

	if (!input->scap.nparams || input->scap.size < at + 8 || scap_uint(input->scap.params, 2) != 8)
		return false;
	*word = (int64_t)scap_uint(input->scap.params + at, 8);
	return true;
}

static int32_t fd_num_of(struct scap_value value)
{
	int64_t num = value.bytes && value.size ? scap_int(value.bytes, value.size) : -1;

	return num >= 0 && num <= INT32_MAX ? (int32_t)num : -1;
}

static bool take_enter(struct engine *engine, struct scap_step *step, unsigned flags)
{
	const struct input *input = step->input;
	struct thread_enter *enter = &step->thread->enter;

	enter->time = input->time;
	enter->type = input->scap.type;
	enter->fd_num = -1;
	if (flags & RULE_USES_FD) {
		int64_t num;

		if (first_word(input, &num))
			enter->fd_num = step->fd_num = num >= 0 && num <= INT32_MAX ? (int32_t)num : -1;
		else
			enter->fd_num = step->fd_num = fd_num_of(input_value(input, 2, 0));
		step->fd = state_fd(engine->state, step->thread->process, step->fd_num);
	}
	if (!(flags & RULE_KEEP))
		return true;
	return state_keep_enter(engine->state, step->thread, input->scap.nparams, input->scap.params, input->scap.size);
}

static void take_exit(struct engine *engine, struct scap_step *step, const struct scap_rule *rule)
{
	const struct input *input = step->input;
	struct thread_enter *enter = &step->thread->enter;

	step->is_paired = enter->type + 1u == input->scap.type;
	if (rule->flags & RULE_RESULT && !first_word(input, &step->result)) {
		struct scap_value value = input_value(input, 2, 0);

		step->result = scap_int(value.bytes, value.bytes ? value.size : 0);
	}
	if (!(rule->flags & RULE_SHOWS_FD))
		return;
	if (rule->fd_param != NO_PARAM && input->scap.nparams > rule->fd_param && !step->is_paired) {
		enter->fd_num = fd_num_of(input_value(input, 2, rule->fd_param));
		step->is_paired = true;
	}
	if (input->scap.type == SCAP_TYPE_SYSCALL_COPY_FILE_RANGE_X)
		enter->fd_num = fd_num_of(input_value(input, 2, 1));
	/* its enter has none, and sysdig takes that of the exit where it succeeded */
	if (input->scap.type == SCAP_TYPE_SOCKET_GETSOCKOPT_X && step->result >= 0)
		enter->fd_num = fd_num_of(input_value(input, 2, 1));
	step->fd_num = enter->fd_num;
	step->fd = state_fd(engine->state, step->thread->process, step->fd_num);
}

static bool act(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	if (action < ACTION_SOCKET)
		return scap_act_fd(engine, step, action);
	if (action < ACTION_CLONE)
		return scap_act_socket(engine, step, action);
	if (action < ACTION_CONTAINER)
		return scap_act_process(engine, step, action);
	return scap_act_other(engine, step, action);
}

static void end(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	if (action == ACTION_CLOSE || action == ACTION_CLOSE_RANGE)
		scap_end_fd(engine, step, action);
	else if (action == ACTION_PROCEXIT)
		scap_end_process(engine, step);
}

/* Before the first event that is shown: the lists are complete, and containers are told of unseen. */
static bool is_preamble(struct engine *engine, enum scap_action action)
{
	if (engine->has_loose_ends)
		scap_settle_sockets(engine);
	engine->has_loose_ends = false;
	if (action == ACTION_CONTAINER)
		return !engine->is_shown;
	engine->is_shown = true;
	return false;
}

static bool is_suppressed(const struct engine *engine, const struct thread *thread)
{
	for (size_t i = 0; i < engine->options.nsuppressed; i++)
		if (!strcmp(thread->name->text, engine->options.suppressed[i]))
			return true;
	return false;
}

static void suppress(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	engine->counts.events--;
	engine->counts.suppressed++;
	end(engine, step, action);
}

static int take_event(struct engine *engine, const struct input *input)
{
	const struct scap_rule *rule = &engine->scap_rules[input->scap.type];
	struct scap_step step = { .input = input, .type = &scap_types[input->scap.type], .fd_num = -1 };
	bool is_hidden = input->scap.flags & SCAP_STATE_ONLY;
	uint64_t enter_time = input->time;
	unsigned flags = EVENT_NO_ENTER;
	int error = 0;

	if (!engine->is_shown || engine->has_loose_ends)
		is_hidden |= is_preamble(engine, rule->action);
	step.thread = engine->is_capture ? thread_of(engine, input, &step.is_new_thread) :
					   state_thread(engine->state, input->tid, input->pid);
	if (!step.thread)
		return -ENOMEM;
	/* live, calls come as what they are: there is nothing to pair */
	if (rule->flags & RULE_SKIP || !engine->is_capture) {
		;
	} else if (rule->flags & RULE_EXIT) {
		if (step.thread->enter.time)
			enter_time = step.thread->enter.time;
		take_exit(engine, &step, rule);
		if (step.is_paired)
			flags = 0;
	} else {
		flags = 0;
		if (!take_enter(engine, &step, rule->flags))
			return -ENOMEM;
	}
	if (rule->action && !act(engine, &step, rule->action))
		return -ENOMEM;
	if (engine->options.nsuppressed && is_suppressed(engine, step.thread)) {
		suppress(engine, &step, rule->action);
		return 0;
	}
	if (rule->flags & RULE_WRITE && !is_hidden) {
		if (!(rule->flags & RULE_EXIT))
			is_hidden = step.fd && step.fd->has_markers;
		else if (is_marker(&step) && (error = take_marker(engine, &step)) <= 0)
			return error;
		error = 0;
	}
	if (is_hidden ? input->scap.flags & SCAP_STATE_ONLY && engine->hidden.sink :
			!engine->options.spans_only && (!engine->options.stream || engine->nsinks))
		error = show(engine, &step, enter_time, flags | step.flags, rule->flags & RULE_LARGE, is_hidden);
	if (rule->action >= ACTION_CLOSE)
		end(engine, &step, rule->action);
	return error;
}

/* ---- sections and users ---- */

static void take_section(struct engine *engine)
{
	engine->is_capture = true;
	engine->now = engine->counts.last_time;
	span_table_end_all(engine->spans, engine->now);
	state_end_all(engine->state, engine->now);
	user_table_clear(engine->users);
	interface_table_clear(engine->interfaces);
	memset(engine->listening, 0, sizeof(engine->listening));
}

static int take_user(struct engine *engine, const struct input *input)
{
	if (input->user.is_group)
		return group_learn(engine->users, input->user.gid, input->user.name);
	return user_learn(engine->users, input->user.uid, input->user.gid, input->user.name, input->user.home,
			  input->user.shell);
}

int ingest_scap(struct engine *engine, const struct input *input)
{
	struct engine_counts *counts = &engine->counts;
	int error = 0;

	engine->is_numbered = true;
	switch (input->kind) {
	case INPUT_SCAP:
		if (!scap_type(input->scap.type))
			break;
		counts->events++;
		/* what tells of a container is no event of the machine: sysdig's relative times begin behind it */
		if (!counts->first_time && input->scap.type != SCAP_TYPE_CONTAINER_JSON_E &&
		    input->scap.type != SCAP_TYPE_CONTAINER_JSON_2_E)
			counts->first_time = input->time;
		if (counts->last_time < input->time)
			counts->last_time = input->time;
		error = take_event(engine, input);
		break;
	case INPUT_USER:
		error = take_user(engine, input);
		break;
	case INPUT_SECTION:
		take_section(engine);
		break;
	case INPUT_INTERFACE:
		error = interface_learn(engine->interfaces, &input->interface);
		break;
	default:
		break;
	}
	engine->is_numbered = false;
	return error;
}
