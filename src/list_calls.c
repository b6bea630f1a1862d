#include "list_calls.h"

#include <stdio.h>
#include <string.h>

#include "engine/calls.h"
#include "engine/scap_expand.h"
#include "scap/types.h"

#define COLUMN 1024

/* What people call the kinds of arguments. */
static const char *const kinds[CALL_ARG_KINDS] = {
	[CALL_ARG_NONE] = "hidden", [CALL_ARG_INT] = "int", [CALL_ARG_UINT] = "unsigned", [CALL_ARG_HEX] = "hex",
	[CALL_ARG_OCTAL] = "mode", [CALL_ARG_FD] = "fd", [CALL_ARG_DIRFD] = "directory", [CALL_ARG_PID] = "process",
	[CALL_ARG_PATH] = "path", [CALL_ARG_DATA] = "data", [CALL_ARG_ADDRESS] = "address", [CALL_ARG_COMMAND] = "arguments",
	[CALL_ARG_PAIR] = "two_fds", [CALL_ARG_POINTER] = "pointer", [CALL_ARG_OPEN_FLAGS] = "open_flags",
	[CALL_ARG_SIGNAL] = "signal", [CALL_ARG_FAMILY] = "family", [CALL_ARG_SOCKET_TYPE] = "socket_type",
	[CALL_ARG_WHENCE] = "whence", [CALL_ARG_CLONE_FLAGS] = "clone_flags", [CALL_ARG_LONG] = "long",
	[CALL_ARG_PROTECTION] = "protection", [CALL_ARG_MAP_FLAGS] = "map_flags", [CALL_ARG_ADVICE] = "advice",
	[CALL_ARG_ACCESS] = "access", [CALL_ARG_AT_FLAGS] = "at_flags", [CALL_ARG_UNLINK_FLAGS] = "unlink_flags",
	[CALL_ARG_RENAME_FLAGS] = "rename_flags", [CALL_ARG_NEW_FD_FLAGS] = "fd_flags",
	[CALL_ARG_MESSAGE_FLAGS] = "message_flags", [CALL_ARG_SHUTDOWN] = "shutdown", [CALL_ARG_SOCKET_LEVEL] = "level",
	[CALL_ARG_FCNTL] = "fcntl", [CALL_ARG_FLOCK] = "flock", [CALL_ARG_IOCTL] = "ioctl", [CALL_ARG_FUTEX] = "futex",
	[CALL_ARG_EPOLL] = "epoll", [CALL_ARG_CLOCK] = "clock", [CALL_ARG_RESOURCE] = "resource",
	[CALL_ARG_SIGNAL_HOW] = "how", [CALL_ARG_PRCTL] = "prctl", [CALL_ARG_BPF] = "bpf", [CALL_ARG_NAMESPACES] = "namespaces",
	[CALL_ARG_OPTION] = "option", [CALL_ARG_TIMESPEC] = "timespec", [CALL_ARG_TIMEVAL] = "timeval",
	[CALL_ARG_SIGNALS] = "signals", [CALL_ARG_POLL] = "pollfds", [CALL_ARG_FDS] = "fd_set", [CALL_ARG_NUMBER] = "number",
	[CALL_ARG_NUMBERS] = "numbers", [CALL_ARG_OPTION_VALUE] = "option_value", [CALL_ARG_EPOLL_EVENTS] = "epoll_events",
	[CALL_ARG_SEMAPHORES] = "semaphores", [CALL_ARG_ENVIRONMENT] = "environment", [CALL_ARG_LIMITS] = "rlimit",
	[CALL_ARG_TIMER] = "itimerspec", [CALL_ARG_INTERVAL_TIMER] = "itimerval", [CALL_ARG_OPEN_HOW] = "open_how",
	[CALL_ARG_CLONE_ARGS] = "clone_args", [CALL_ARG_EPOLL_EVENT] = "epoll_event",
};

/* What the probe takes where an argument points, by kind of item. */
static const char *const items[] = {
	[RECORD_ITEM_PATH] = "path", [RECORD_ITEM_IN] = "bytes given", [RECORD_ITEM_OUT] = "bytes filled",
	[RECORD_ITEM_VECTOR_IN] = "buffers given", [RECORD_ITEM_VECTOR_OUT] = "buffers filled",
	[RECORD_ITEM_MESSAGE_IN] = "message given", [RECORD_ITEM_MESSAGE_OUT] = "message filled",
	[RECORD_ITEM_ADDRESS_IN] = "bytes given", [RECORD_ITEM_ADDRESS_OUT] = "bytes filled",
	[RECORD_ITEM_PAIR] = "both", [RECORD_ITEM_COMMAND] = "texts", [RECORD_ITEM_FIXED_IN] = "structure",
	[RECORD_ITEM_FIXED_OUT] = "structure filled", [RECORD_ITEM_ARRAY_IN] = "list", [RECORD_ITEM_ARRAY_OUT] = "list filled",
	[RECORD_ITEM_BITS] = "set", [RECORD_ITEM_PROGRAM] = "path as entered", [RECORD_ITEM_ENVIRONMENT] = "texts",
	[RECORD_ITEM_KEPT] = "structure as entered", [RECORD_ITEM_MEMORY] = "memory of the process",
	[RECORD_ITEM_QUEUE] = "queue of the socket",
};

struct column {
	char text[COLUMN];
	size_t used;
};

static void put(struct column *column, const char *separator, const char *first, const char *between, const char *second)
{
	int length = snprintf(column->text + column->used, COLUMN - column->used, "%s%s%s%s", column->used ? separator : "",
			      first, between, second);

	if (length > 0)
		column->used += (size_t)length < COLUMN - column->used ? (size_t)length : COLUMN - column->used - 1;
}

static void put_arguments(struct column *column, const struct call *call)
{
	for (unsigned i = 0; i < call->nargs; i++) {
		const struct call_argument *argument = &call->args[i];

		/* of structures each member has a name */
		if (!argument->name)
			put(column, " ", "-", "", "");
		else
			put(column, " ", *argument->name ? argument->name : "*", ":", kinds[argument->kind]);
	}
	if (!column->used)
		put(column, "", "none", "", "");
}

static void put_copies(struct column *column, const struct call *call)
{
	for (unsigned i = 0; i < call->row.items; i++) {
		const struct record_payload_row *row = &call->row.payload[i];
		const char *name = row->arg < call->nargs ? call->args[row->arg].name : NULL;
		char place[16];

		snprintf(place, sizeof(place), "argument %u", row->arg);
		if (row->kind == RECORD_ITEM_MEMORY || row->kind == RECORD_ITEM_QUEUE)
			put(column, ", ", items[row->kind], "", "");
		else
			put(column, ", ", name && *name ? name : place, ": ", items[row->kind]);
	}
	if (call->row.flags & RECORD_ROW_SOCKET)
		put(column, ", ", "ends of the socket", "", "");
	if (!column->used)
		put(column, "", "nothing", "", "");
}

static void list_call(unsigned number)
{
	const struct call *call = call_find(number);
	const struct scap_type *type = &scap_types[scap_expand_type(number)];
	struct column arguments = { .used = 0 }, copies = { .used = 0 };

	if (!call->name)
		return;
	put_arguments(&arguments, call);
	put_copies(&copies, call);
	printf("%5u  %-24s  %-9s  %-24.*s  %-4s  %s  %s\n", number, call->name, call->category, (int)strlen(type->id) - 2, type->id,
	       call->row.flags & RECORD_ROW_NO_RETURN ? "none" : kinds[call->result], arguments.text, copies.text);
}

/* A call of 32-bit programs, with the number of the one whose arguments it takes. */
static void list_compat(unsigned number)
{
	const struct call *call = call_find(number + RECORD_COMPAT);
	int same = call->name ? call_number(call->name) : -1;
	char like[16] = "-";

	if (!call->name)
		return;
	if (same >= 0 && call_find((unsigned)same) == call)
		snprintf(like, sizeof(like), "%d", same);
	printf("%5u  %-28s  %-9s  %s\n", number, call->name, call->category, like);
}

void list_calls(void)
{
	printf("number  name  category  event in captures  result  arguments  what is copied\n\n");
	for (unsigned i = 0; i < RECORD_CALLS; i++)
		list_call(i);
	printf("\ni386 number  name  category  like number\n\n");
	for (unsigned i = 0; i < RECORD_CALLS; i++)
		list_compat(i);
}
