/* Arguments and results of live calls in the encodings and with the numbers that captures have. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "call_values.h"
#include "scap_expand_private.h"
#include "string_pool.h"

/* A bit (or some) of the kernel's and what stands for it. */
struct bits {
	uint32_t kernel, scap;
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static uint32_t translate(uint64_t flags, const struct bits *table, size_t count)
{
	uint32_t translated = 0;

	for (size_t i = 0; i < count; i++)
		if ((flags & table[i].kernel) == table[i].kernel)
			translated |= table[i].scap;
	return translated;
}

static uint32_t look_up(uint64_t value, const struct bits *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].kernel == value)
			return table[i].scap;
	return 0;
}

static uint32_t open_flags(uint64_t kernel)
{
	static const struct bits table[] = {
		{ O_CREAT, 0x4 },    { O_APPEND, 0x8 },	 { O_DSYNC, 0x10 },	  { O_EXCL, 0x20 },	 { O_NONBLOCK, 0x40 },
		{ 04010000, 0x80 },  { O_TRUNC, 0x100 }, { O_DIRECT, 0x200 },	  { O_DIRECTORY, 0x400 }, { 0100000, 0x800 },
		{ O_CLOEXEC, 0x1000 }, { O_TMPFILE, 0x2000 },
	};
	unsigned access = kernel & O_ACCMODE;

	return (access < 3 ? access + 1 : 0) | translate(kernel, table, COUNT(table));
}

static uint32_t protection(uint64_t kernel)
{
	return (kernel & 0xf) | (kernel >> 24 & 1) << 4 | (kernel >> 25 & 1) << 5;
}

static uint32_t map_flags(uint64_t kernel)
{
	static const struct bits table[] = {
		{ 0x1, 0x1 },	   { 0x2, 0x2 },       { 0x10, 0x4 },	  { 0x20, 0x8 },     { 0x40, 0x10 },
		{ 0x4000, 0x40 },  { 0x8000, 0x80 },   { 0x10000, 0x100 }, { 0x100, 0x200 },  { 0x800, 0x400 },
		{ 0x1000, 0x800 }, { 0x2000, 0x4000 },
	};

	return translate(kernel, table, COUNT(table));
}

uint32_t scap_clone_flags(uint64_t kernel)
{
	static const struct bits table[] = {
		{ 0x400, 0x1 },		{ 0x200, 0x2 },	       { 0x80000000, 0x4 },    { 0x8000000, 0x8 },
		{ 0x40000000, 0x10 },	{ 0x20000, 0x20 },     { 0x20000000, 0x40 },   { 0x4000000, 0x80 },
		{ 0x8000, 0x100 },	{ 0x100000, 0x200 },   { 0x2000, 0x400 },      { 0x800, 0x800 },
		{ 0x40000, 0x1000 },	{ 0x10000, 0x2000 },   { 0x800000, 0x4000 },   { 0x100, 0x8000 },
		{ 0x10000000, 0x100000 }, { 0x200000, 0x800000 }, { 0x1000000, 0x1000000 }, { 0x80000, 0x2000000 },
		{ 0x4000, 0x8000000 },	{ 0x2000000, 0x10000000 },
	};

	return translate(kernel, table, COUNT(table));
}

static uint32_t fcntl_command(uint64_t kernel)
{
	static const struct bits table[] = {
		{ 0, 0x1 },	{ 1, 0x2 },	{ 2, 0x3 },	{ 3, 0x4 },	{ 4, 0x5 },	{ 5, 0x6 },	{ 6, 0x8 },
		{ 7, 0x9 },	{ 8, 0xa },	{ 9, 0xc },	{ 10, 0xd },	{ 11, 0xf },	{ 15, 0x15 },	{ 16, 0x16 },
		{ 36, 0x1e },	{ 37, 0x1f },	{ 38, 0x20 },	{ 1024, 0x17 }, { 1025, 0x18 }, { 1026, 0x1b }, { 1029, 0x19 },
		{ 1030, 0x1a }, { 1031, 0x1c }, { 1032, 0x1d },
	};

	return look_up(kernel, table, COUNT(table));
}

static uint32_t ptrace_request(uint64_t kernel)
{
	static const struct bits table[] = {
		{ 12, 0x1a }, { 13, 0x1b }, { 14, 0x1c }, { 15, 0x1d }, { 16, 0xb },  { 17, 0xc },  { 18, 0x1e },
		{ 19, 0x1f }, { 21, 0x20 }, { 24, 0xd },  { 25, 0x21 }, { 26, 0x22 }, { 30, 0x23 }, { 31, 0x24 },
		{ 32, 0x25 }, { 33, 0x26 },
	};

	if (kernel < 10)
		return kernel + 1;
	if (kernel >= 0x4200 && kernel <= 0x4203)
		return kernel - 0x4200 + 0xe;
	if (kernel >= 0x4204 && kernel <= 0x420b)
		return kernel - 0x4204 + 0x12;
	return look_up(kernel, table, COUNT(table));
}

static uint32_t semctl_command(uint64_t kernel)
{
	static const struct bits table[] = {
		{ 0, 0x4 },    { 1, 0x2 },    { 2, 0x1 },   { 3, 0x8 },	   { 11, 0x100 },  { 12, 0x200 }, { 13, 0x40 },
		{ 14, 0x80 },  { 15, 0x400 }, { 16, 0x1000 }, { 17, 0x800 }, { 18, 0x20 }, { 19, 0x10 },
	};

	return look_up(kernel & 0xff, table, COUNT(table));
}

static uint32_t quota_command(uint64_t kernel)
{
	static const struct bits table[] = {
		{ 0x800001, 0x80 }, { 0x800002, 0x1 },	{ 0x800003, 0x2 },  { 0x800004, 0x4 },	{ 0x800005, 0x8 },
		{ 0x800006, 0x10 }, { 0x800007, 0x20 }, { 0x800008, 0x40 }, { 0x5801, 0x100 },	{ 0x5802, 0x200 },
		{ 0x5803, 0x400 },  { 0x5804, 0x800 },	{ 0x5805, 0x1000 }, { 0x5806, 0x2000 }, { 0x5807, 0x4000 },
	};

	return look_up((uint32_t)kernel >> 8, table, COUNT(table));
}

static uint32_t socket_level(uint64_t kernel)
{
	return kernel == SOL_SOCKET ? 1 : kernel == IPPROTO_TCP ? 2 : 0;
}

/* Options above are of newer kernels. */
static uint32_t socket_option(uint64_t level, uint64_t option)
{
	return level == SOL_SOCKET && option <= 0x35 ? option : 0;
}

/* One end of a socket. */
struct end {
	uint16_t family, port; /* port in host order */
	uint8_t address[16];
	const char *path;      /* of a unix socket */
	size_t path_size;
};

static bool read_address(const char *bytes, size_t size, struct end *end)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	*end = (struct end){ 0 };
	if (size < sizeof(end->family))
		return false;
	memcpy(&end->family, bytes, sizeof(end->family));
	switch (end->family) {
	case AF_INET:
		if (size < offsetof(struct sockaddr_in, sin_zero))
			return false;
		memcpy(&v4, bytes, offsetof(struct sockaddr_in, sin_zero));
		end->port = ntohs(v4.sin_port);
		memcpy(end->address, &v4.sin_addr, 4);
		return true;
	case AF_INET6:
		if (size < offsetof(struct sockaddr_in6, sin6_scope_id))
			return false;
		memcpy(&v6, bytes, offsetof(struct sockaddr_in6, sin6_scope_id));
		end->port = ntohs(v6.sin6_port);
		memcpy(end->address, &v6.sin6_addr, 16);
		return true;
	case AF_UNIX:
		end->path = bytes + offsetof(struct sockaddr_un, sun_path);
		end->path_size = size - offsetof(struct sockaddr_un, sun_path);
		/* of an abstract name the NUL is no end */
		if (end->path_size && end->path[0])
			end->path_size = strnlen(end->path, end->path_size);
		else if (end->path_size)
			end->path++, end->path_size = strnlen(end->path, end->path_size - 1);
		return true;
	}
	return true;
}

static void put_address(struct scap_draft *draft, const struct event *call, unsigned argument)
{
	size_t size, full_size;
	const char *item = event_item(call, argument, &size, &full_size);
	uint8_t bytes[1 + sizeof(struct sockaddr_un) + 1];
	struct end end;

	if (!item || !read_address(item, size, &end)) {
		draft_bytes(draft, NULL, 0);
		return;
	}
	bytes[0] = end.family;
	size = 1;
	if (end.family == AF_UNIX) {
		if (end.path_size > sizeof(struct sockaddr_un))
			end.path_size = sizeof(struct sockaddr_un);
		memcpy(bytes + 1, end.path, end.path_size);
		bytes[1 + end.path_size] = 0;
		size += end.path_size + 1;
	} else if (end.family == AF_INET || end.family == AF_INET6) {
		size_t length = end.family == AF_INET ? 4 : 16;

		memcpy(bytes + 1, end.address, length);
		memcpy(bytes + 1 + length, &end.port, 2);
		size += length + 2;
	}
	draft_bytes(draft, bytes, size);
}

/* An item that is of no argument, at least so many bytes; NULL: there is none. */
static const char *other_item(const struct event *call, enum record_item_kind kind, size_t least)
{
	size_t size;
	const char *item = event_item_of_kind(call, kind, &size);

	return item && size >= least ? item : NULL;
}

/* Both ends as far as descriptor and address tell. */
static bool ends_of(const struct event *call, unsigned argument, struct end *local, struct end *remote)
{
	const struct fd *fd = call->fd;
	size_t size, full_size;
	const char *item = argument < 6 ? event_item(call, argument, &size, &full_size) : NULL;
	bool has_remote = item && read_address(item, size, remote);

	*local = (struct end){ 0 };
	if (!has_remote)
		*remote = (struct end){ 0 };
	if (fd && fd->has_socket) {
		local->family = fd->socket.family;
		local->port = ntohs(fd->socket.local_port);
		memcpy(local->address, fd->socket.local, 16);
		if (!has_remote || remote->family != local->family) {
			remote->family = fd->socket.family;
			remote->port = ntohs(fd->socket.remote_port);
			memcpy(remote->address, fd->socket.remote, 16);
		}
		if (local->family == AF_UNIX && !remote->path) {
			remote->path = fd->name->text;
			remote->path_size = fd->name->size;
		}
	} else if (has_remote) {
		local->family = remote->family;
	}
	return local->family;
}

static void put_tuple(struct scap_draft *draft, const struct event *call, unsigned argument, bool in)
{
	struct end local, remote;
	const struct end *from, *to;
	uint8_t bytes[1 + 2 * 18], *at = bytes;
	size_t length;

	if (!ends_of(call, argument, &local, &remote)) {
		draft_bytes(draft, NULL, 0);
		return;
	}
	from = in ? &remote : &local;
	to = in ? &local : &remote;
	*at++ = local.family;
	if (local.family == AF_UNIX) {
		uint8_t path[1 + 16 + sizeof(struct sockaddr_un) + 1] = { AF_UNIX };
		struct record_socket ends;
		const char *item = other_item(call, RECORD_ITEM_SOCKET, sizeof(ends));

		/* as sysdig has them: who is sent to or connected to comes first */
		if (item) {
			memcpy(&ends, item, sizeof(ends));
			memcpy(path + 1, in ? ends.local : ends.remote, 8);
			memcpy(path + 9, in ? ends.remote : ends.local, 8);
		}
		if (remote.path_size > sizeof(struct sockaddr_un))
			remote.path_size = sizeof(struct sockaddr_un);
		if (remote.path_size)
			memcpy(path + 17, remote.path, remote.path_size);
		draft_bytes(draft, path, 17 + remote.path_size + 1);
		return;
	}
	if (local.family != AF_INET && local.family != AF_INET6) {
		draft_bytes(draft, bytes, 1);
		return;
	}
	length = local.family == AF_INET ? 4 : 16;
	memcpy(at, from->address, length);
	memcpy(at + length, &from->port, 2);
	memcpy(at + length + 2, to->address, length);
	memcpy(at + 2 * length + 2, &to->port, 2);
	draft_bytes(draft, bytes, 1 + 2 * (length + 2));
}

static void put_path(struct scap_draft *draft, const struct event *call, unsigned argument)
{
	size_t size, full_size;
	const char *item = event_item(call, argument, &size, &full_size);

	if (item)
		draft_text(draft, item, strnlen(item, size));
	else
		draft_text(draft, "<NA>", 4);
}

/* The path seen from the directory that execveat was given; "": that is the program itself. */
static void put_program_at(struct scap_draft *draft, const struct event *call, const char *path, size_t size)
{
	int32_t fd = (int32_t)event_args(call)[0];
	const struct string *name = fd == AT_FDCWD ? call->thread->process->cwd : call->fd ? call->fd->name : NULL;
	char absolute[4096] = "/";
	size_t length = 1;

	if (name && name->size && name->size < sizeof(absolute) - 1) {
		memcpy(absolute, name->text, name->size);
		length = name->size;
	}
	if (size && absolute[length - 1] != '/')
		absolute[length++] = '/';
	if (size > sizeof(absolute) - length)
		size = sizeof(absolute) - length;
	memcpy(absolute + length, path, size);
	if (absolute[0] == '/')
		draft_text(draft, absolute, length + size);
	else
		draft_text(draft, "/<NA>", 5);
}

static void put_program(struct scap_draft *draft, const struct event *call, unsigned argument)
{
	const struct process *process = call->thread->process;
	const struct string *exepath = process->facts ? process->facts->exepath : NULL;
	size_t size, full_size;
	const char *given = event_item(call, argument, &size, &full_size);

	/* a path that is relative, of an execveat that succeeded, crashes sysdig 0.29.3 */
	if (call->result || (given && (!argument || (size && given[0] == '/'))))
		put_path(draft, call, argument);
	else if (given && argument)
		put_program_at(draft, call, given, size);
	else if (exepath && exepath->size)
		draft_text(draft, exepath->text, exepath->size);
	else if (process->exe->text[0] == '/')
		draft_text(draft, process->exe->text, process->exe->size);
	else
		draft_text(draft, argument ? "/<NA>" : "<NA>", argument ? 5 : 4);
}

static void put_data(struct scap_draft *draft, const struct event *call, unsigned argument)
{
	size_t size = 0, full_size;
	const char *item = event_item(call, argument, &size, &full_size);

	draft_bytes(draft, item, item ? size : 0);
}

static void put_data_size(struct scap_draft *draft, const struct event *call, unsigned argument)
{
	size_t size, full_size;

	if (event_item(call, argument, &size, &full_size))
		draft_number(draft, full_size);
	else
		draft_number(draft, call->result > 0 ? call->result : 0);
}

static void put_pair(struct scap_draft *draft, const struct event *call, unsigned argument, unsigned which)
{
	size_t size, full_size;
	const char *item = event_item(call, argument, &size, &full_size);
	int32_t nums[2] = { -1, -1 };

	if (item && size >= sizeof(nums))
		memcpy(nums, item, sizeof(nums));
	draft_number(draft, (int64_t)nums[which]);
}

uint32_t scap_dev(const struct fd *fd)
{
	uint32_t major, minor;

	if (!fd || fd->type == FD_DEVICE)
		return 0;
	major = fd->dev >> 20;
	minor = fd->dev & 0xfffff;
	return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

static void put_dyn(struct scap_draft *draft, uint8_t variant, uint64_t number, size_t size)
{
	uint8_t bytes[9] = { variant };

	memcpy(bytes + 1, &number, 8);
	draft_bytes(draft, bytes, 1 + size);
}

/* An argument of the call; of those narrower than a register only that much was passed. */
static uint64_t number_of(const struct scap_draft *draft, const struct event *call, unsigned argument)
{
	uint64_t value = argument < call->nargs ? event_args(call)[argument] : 0;
	const struct scap_type *type = &scap_types[draft->event.call];

	if (draft->put < type->nparams) {
		switch (type->params[draft->put].encoding) {
		case SCAP_FD:
		case SCAP_PID: return (int64_t)(int32_t)value;
		case SCAP_ERRNO: return (int64_t)(int32_t)value;
		}
	}
	/* the milliseconds of poll */
	if (draft->event.call == SCAP_TYPE_SYSCALL_POLL_E)
		return (int64_t)(int32_t)value;
	return value;
}

/* The bytes that were copied where the argument points, at least so many; NULL: there are none. */
static const char *copied(const struct event *call, unsigned argument, size_t least, size_t *size)
{
	size_t full_size;
	const char *item = event_item(call, argument, size, &full_size);

	return item && *size >= least ? item : NULL;
}

static int64_t number_at(const char *bytes, size_t size)
{
	int64_t wide;
	int32_t half;

	if (size < sizeof(wide)) {
		memcpy(&half, bytes, sizeof(half));
		return half;
	}
	memcpy(&wide, bytes, sizeof(wide));
	return wide;
}

static uint16_t poll_events(uint16_t kernel)
{
	static const struct bits table[] = {
		{ 0x1, 0x1 },	{ 0x2, 0x2 },	{ 0x4, 0x4 },	 { 0x2000, 0x8 },  { 0x8, 0x10 },   { 0x10, 0x20 },
		{ 0x20, 0x40 }, { 0x40, 0x80 }, { 0x80, 0x100 }, { 0x100, 0x200 }, { 0x200, 0x400 },
	};

	return translate(kernel, table, COUNT(table));
}

static void put_poll(struct scap_draft *draft, const struct event *call, unsigned argument, bool found)
{
	uint8_t bytes[2 + RECORD_ARRAY_MAX / 8 * 10];
	size_t size = 0, at = 2;
	const char *list = copied(call, argument, 0, &size);
	uint16_t count = 0;

	for (size_t i = 0; list && i + 8 <= size && at + 10 <= sizeof(bytes); i += 8) {
		int64_t fd = number_at(list + i, 4);
		uint16_t events;

		memcpy(&events, list + i + (found ? 6 : 4), sizeof(events));
		if (found && !events)
			continue;
		events = poll_events(events);
		memcpy(bytes + at, &fd, 8);
		memcpy(bytes + at + 8, &events, 2);
		at += 10;
		count++;
	}
	memcpy(bytes, &count, 2);
	draft_bytes(draft, bytes, at);
}

static void put_interval(struct scap_draft *draft, const struct event *call, unsigned argument)
{
	size_t size;
	const char *item = copied(call, argument, 16, &size);

	draft_number(draft, item ? call_timespec_ns(item) : UINT64_MAX);
}

/* Numbers of 32 bits, of which captures keep their width. */
static bool is_number_option(uint32_t option)
{
	static const uint8_t options[] = {
		SO_DEBUG,      SO_REUSEADDR,   SO_TYPE,	       SO_DONTROUTE,   SO_BROADCAST,  SO_SNDBUF,      SO_RCVBUF,
		SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_KEEPALIVE,  SO_OOBINLINE,   SO_NO_CHECK,   SO_PRIORITY,    SO_BSDCOMPAT,
		SO_REUSEPORT,  SO_PASSCRED,    SO_RCVLOWAT,    SO_SNDLOWAT,    SO_TIMESTAMP,  SO_ACCEPTCONN,  SO_PEERSEC,
		SO_PASSSEC,    SO_TIMESTAMPNS, SO_MARK,	       SO_TIMESTAMPING, SO_PROTOCOL,  SO_DOMAIN,      SO_RXQ_OVFL,
		SO_WIFI_STATUS, SO_PEEK_OFF,   SO_NOFCS,       SO_LOCK_FILTER, SO_SELECT_ERR_QUEUE, SO_BUSY_POLL,
		SO_MAX_PACING_RATE, SO_BPF_EXTENSIONS, SO_INCOMING_CPU,
	};

	return option < 256 && memchr(options, (int)option, sizeof(options));
}

static void put_socket_option(struct scap_draft *draft, const struct event *call, unsigned argument, uint32_t level, uint32_t option)
{
	uint8_t bytes[1 + 128];
	size_t size = 0;
	const char *item = copied(call, argument, 0, &size);

	if (level == SOL_SOCKET && item) {
		if (option == SO_ERROR && size >= 4) {
			put_dyn(draft, 1, (uint64_t)-number_at(item, 4), 8);
			return;
		}
		if ((option == SO_RCVTIMEO || option == SO_SNDTIMEO) && size >= 16) {
			put_dyn(draft, 4, call_timeval_ns(item), 8);
			return;
		}
		if (option == SO_COOKIE && size >= 8) {
			put_dyn(draft, 3, (uint64_t)number_at(item, 8), 8);
			return;
		}
		if (is_number_option(option) && size >= 4) {
			put_dyn(draft, 2, (uint64_t)number_at(item, 4), 4);
			return;
		}
	}
	bytes[0] = 0;
	if (size > sizeof(bytes) - 1)
		size = sizeof(bytes) - 1;
	if (size)
		memcpy(bytes + 1, item, size);
	draft_bytes(draft, bytes, 1 + size);
}

static bool put_copied(struct scap_draft *draft, const struct event *call, const struct scap_op *op)
{
	bool second = op->kind == OP_COPIED_SECOND || op->kind == OP_COPIED_SECOND_OR_NONE;
	size_t size;
	const char *item = copied(call, op->arg, second ? 16 : 4, &size);

	if (item)
		draft_number(draft, (uint64_t)(second ? number_at(item + 8, 8) : number_at(item, size)));
	else if (op->kind == OP_COPIED_OR_NONE || op->kind == OP_COPIED_SECOND_OR_NONE)
		draft_number(draft, UINT64_MAX);
	else
		return false;
	return true;
}

static void put_offset(struct scap_draft *draft, const struct event *call, unsigned argument, bool after)
{
	size_t size;
	const char *item = copied(call, argument, 8, &size);

	draft_number(draft, !item ? 0 : (uint64_t)number_at(item, 8) - (after || call->result < 0 ? 0 : (uint64_t)call->result));
}

/* Of openat2: flags, mode, resolve. */
static void put_how(struct scap_draft *draft, const struct event *call, unsigned argument, enum scap_op_kind kind)
{
	static const struct bits resolve[] = { { 0x8, 0x1 },  { 0x10, 0x2 }, { 0x2, 0x4 }, { 0x4, 0x8 }, { 0x1, 0x10 }, { 0x20, 0x20 } };
	size_t size;
	const char *item = copied(call, argument, 24, &size);
	uint64_t flags = item ? (uint64_t)number_at(item, 8) : 0;

	switch (kind) {
	case OP_HOW_FLAGS: draft_number(draft, item ? open_flags(flags) : 0); break;
	case OP_HOW_MODE:
		draft_number(draft, flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? (uint64_t)number_at(item + 8, 8) & 07777 : 0);
		break;
	default:
		draft_number(draft, item ? translate((uint64_t)number_at(item + 16, 8), resolve, COUNT(resolve)) : 0);
		break;
	}
}

/* Of those that are not there zeros. */
static void put_semaphores(struct scap_draft *draft, const struct event *call, unsigned argument)
{
	size_t size = 0;
	const char *item = copied(call, argument, 0, &size);

	for (size_t i = 0; i < 2; i++) {
		uint16_t operation[3] = { 0 };

		if (item && size >= (i + 1) * sizeof(operation))
			memcpy(operation, item + i * sizeof(operation), sizeof(operation));
		draft_number(draft, operation[0]);
		draft_number(draft, operation[1]);
		/* IPC_NOWAIT, SEM_UNDO */
		draft_number(draft, (operation[2] & 04000 ? 1u : 0) | (operation[2] & 0x1000 ? 2u : 0));
	}
}

static void put_queue(struct scap_draft *draft, const struct event *call)
{
	struct record_queue queue = { 0 };
	const char *item = other_item(call, RECORD_ITEM_QUEUE, sizeof(queue));

	if (item)
		memcpy(&queue, item, sizeof(queue));
	draft_number(draft, queue.most ? (uint64_t)queue.length * 100 / queue.most : 0);
	draft_number(draft, queue.length);
	draft_number(draft, queue.most);
}

static void put_sockets(struct scap_draft *draft, const struct event *call)
{
	struct record_socket ends = { 0 };
	const char *item = other_item(call, RECORD_ITEM_SOCKET, sizeof(ends));
	uint64_t sockets[2] = { 0 };

	if (item)
		memcpy(&ends, item, sizeof(ends));
	if (ends.family == AF_UNIX) {
		memcpy(&sockets[0], ends.local, sizeof(sockets[0]));
		memcpy(&sockets[1], ends.remote, sizeof(sockets[1]));
	}
	draft_number(draft, sockets[0]);
	draft_number(draft, sockets[1]);
}

static bool put_op(struct scap_draft *draft, const struct event *call, const struct scap_op *op)
{
	const uint64_t *args = event_args(call);
	uint64_t arg = op->arg < call->nargs ? args[op->arg] : 0;
	uint64_t next = op->arg + 1u < call->nargs ? args[op->arg + 1] : 0;

	switch (op->kind) {
	case OP_ARG: draft_number(draft, number_of(draft, call, op->arg)); return true;
	case OP_RESULT: draft_number(draft, call->result); return true;
	case OP_VALUE: draft_number(draft, op->arg); return true;
	case OP_PATH: put_path(draft, call, op->arg); return true;
	case OP_PROGRAM: put_program(draft, call, op->arg); return true;
	case OP_DATA: put_data(draft, call, op->arg); return true;
	case OP_DATA_SIZE: put_data_size(draft, call, op->arg); return true;
	case OP_POLL_IN: put_poll(draft, call, op->arg, false); return true;
	case OP_POLL_OUT: put_poll(draft, call, op->arg, true); return true;
	case OP_INTERVAL: put_interval(draft, call, op->arg); return true;
	case OP_COPIED:
	case OP_COPIED_OR_NONE:
	case OP_COPIED_SECOND:
	case OP_COPIED_SECOND_OR_NONE: return put_copied(draft, call, op);
	case OP_SIGNALS: {
		size_t size;
		const char *item = copied(call, op->arg, 8, &size);

		draft_number(draft, item ? (uint64_t)number_at(item, 8) : 0);
		return true;
	}
	case OP_COPIED_SIZE: {
		size_t size, full_size = 0;

		event_item(call, op->arg, &size, &full_size);
		draft_number(draft, full_size);
		return true;
	}
	case OP_OFFSET: put_offset(draft, call, op->arg, false); return true;
	case OP_OFFSET_AFTER: put_offset(draft, call, op->arg, true); return true;
	case OP_HOW_FLAGS:
	case OP_HOW_MODE:
	case OP_HOW_RESOLVE: put_how(draft, call, op->arg, op->kind); return true;
	case OP_SEMAPHORES: put_semaphores(draft, call, op->arg); return true;
	case OP_ADDRESS: put_address(draft, call, op->arg); return true;
	case OP_TUPLE_OUT: put_tuple(draft, call, op->arg, false); return true;
	case OP_TUPLE_IN: put_tuple(draft, call, op->arg, true); return true;
	case OP_FIRST: put_pair(draft, call, op->arg, 0); return true;
	case OP_SECOND: put_pair(draft, call, op->arg, 1); return true;
	case OP_INODE: {
		size_t size, inode = 0;

		event_item(call, op->arg, &size, &inode);
		draft_number(draft, inode > 2 * sizeof(int32_t) ? inode : 0);
		return true;
	}
	case OP_QUEUE: put_queue(draft, call); return true;
	case OP_SOCKETS: put_sockets(draft, call); return true;
	case OP_MOUNT_FLAGS: /* older programs put a number in front */
		draft_number(draft, (arg & 0xffff0000) == 0xc0ed0000 ? arg & 0xffff : arg);
		return true;
	case OP_DEV: draft_number(draft, scap_dev(call->fd)); return true;
	case OP_VM:
		draft_number(draft, call->thread->vm_size);
		draft_number(draft, call->thread->vm_rss);
		draft_number(draft, call->thread->vm_swap);
		return true;
	case OP_OPEN_FLAGS: draft_number(draft, open_flags(arg)); return true;
	case OP_OPEN_MODE:
		draft_number(draft, arg & O_CREAT || (arg & O_TMPFILE) == O_TMPFILE ? next & 07777 : 0);
		return true;
	case OP_PROTECTION: draft_number(draft, protection(arg)); return true;
	case OP_MAP_FLAGS: draft_number(draft, map_flags(arg)); return true;
	case OP_CLONE_FLAGS: draft_number(draft, scap_clone_flags(arg)); return true;
	case OP_FCNTL: draft_number(draft, fcntl_command((uint32_t)arg)); return true;
	case OP_LEVEL: draft_number(draft, socket_level((uint32_t)arg)); return true;
	case OP_OPTION: draft_number(draft, socket_option((uint32_t)arg, (uint32_t)next)); return true;
	case OP_PTRACE: draft_number(draft, ptrace_request(arg)); return true;
	case OP_DYN_NUMBER: put_dyn(draft, 0, arg, 8); return true;
	case OP_SOCKET_OPTION:
		put_socket_option(draft, call, op->arg, args[1], args[2]);
		return true;
	case OP_BPF_RESULT: /* BPF_MAP_CREATE and BPF_PROG_LOAD give descriptors */
		put_dyn(draft, arg != 0 && arg != 5, call->result, 8);
		return true;
	case OP_SEMGET_FLAGS:
		draft_number(draft, (arg & 0777) | (arg & 01000 ? 0x2000 : 0) | (arg & 02000 ? 0x4000 : 0));
		return true;
	case OP_SEMCTL: draft_number(draft, semctl_command(arg)); return true;
	case OP_QUOTACTL: draft_number(draft, quota_command(arg)); return true;
	case OP_QUOTA_TYPE: draft_number(draft, (arg & 0xff) < 2 ? (arg & 0xff) + 1 : 0); return true;
	case OP_EXECVEAT_FLAGS:
		draft_number(draft, (arg & AT_EMPTY_PATH ? 1 : 0) | (arg & AT_SYMLINK_NOFOLLOW ? 2 : 0));
		return true;
	}
	return true;
}

void scap_put_ops(struct scap_draft *draft, const struct event *call, const struct scap_op *ops, size_t count)
{
	for (size_t i = 0; i < count && ops[i].kind != OP_END; i++)
		if (!put_op(draft, call, &ops[i]))
			return;
}
