/* evt.*: input and output, waits, errors: what depends on the kind of call and of its descriptor. */
#include <fcntl.h>

#include "calls.h"
#include "field_classes.h"
#include "scap_event.h"
#include "state.h"

/* Bits of the flags of an open, as captures have them. */
enum { SCAP_OPEN_READS = 1, SCAP_OPEN_WRITES = 2, SCAP_OPEN_CREATES = 4, SCAP_OPEN_TEMPORARY = 0x2000 };

/* Of the live system: from a file to a file. It reads its descriptor, and writes another one. */
enum { CALL_COPY_FILE_RANGE = 326 };

enum direction { NO_IO, READS, WRITES };

static const char *category_of(const struct event *event)
{
	switch (event->type) {
	case EVENT_CALL:
		return call_find(event->call)->category;
	case EVENT_SCAP:
		if (event->call <= SCAP_TYPE_GENERIC_X)
			return scap_category_name(scap_syscall((unsigned)event_param_uint(event, 0))->category);
		/* as sysdig spells it */
		if (scap_types[event->call].category == SCAP_IPC)
			return "IPC";
		return scap_category_name(scap_types[event->call].category);
	default:
		return NULL;
	}
}

static bool is_copy(const struct event *event)
{
	return event->type == EVENT_CALL && event->call == CALL_COPY_FILE_RANGE;
}

static enum direction direction(const struct event *event)
{
	const char *category;

	if (event->type == EVENT_SCAP) {
		unsigned flags = scap_types[event->call].flags;

		return flags & SCAP_WRITES_TO_FD ? WRITES : flags & SCAP_READS_FROM_FD ? READS : NO_IO;
	}
	if (is_copy(event))
		return WRITES;
	category = category_of(event);
	if (!category || strncmp(category, "io_", 3))
		return NO_IO;
	if (!strcmp(category, "io_read"))
		return READS;
	return strcmp(category, "io_write") ? NO_IO : WRITES;
}

/* copy_file_range does both. */
static bool reads(const struct event *event)
{
	if (event->type == EVENT_SCAP)
		return scap_types[event->call].flags & SCAP_READS_FROM_FD;
	return is_copy(event) || direction(event) == READS;
}

bool field_event_writes(const struct event *event)
{
	return direction(event) == WRITES;
}

static bool is_file(const struct fd *fd)
{
	return fd->type == FD_FILE || fd->type == FD_DIRECTORY;
}

static bool is_internet(const struct fd *fd)
{
	return fd->type == FD_IPV4 || fd->type == FD_IPV6;
}

/* A call that reads or writes belongs to the category of what it is done to. */
const char *field_event_category(const struct event *event)
{
	const char *category = category_of(event);

	if (event->type == EVENT_FORK || event->type == EVENT_EXEC || event->type == EVENT_THREAD_EXIT)
		return "process";
	if (!category)
		return "other";
	if (strncmp(category, "io_", 3))
		return category;
	if (!event->fd)
		return "unknown";
	switch (event->fd->type) {
	case FD_FILE:
	case FD_DIRECTORY:
		return "file";
	case FD_IPV4:
	case FD_IPV6:
		return "net";
	case FD_UNIX:
	case FD_PIPE:
	case FD_EVENT:
	case FD_SIGNAL:
	case FD_INOTIFY:
		return "ipc";
	default:
		return "unknown";
	}
}

bool field_event_waits(const struct event *event)
{
	const char *category;

	if (event->type == EVENT_SCAP)
		return scap_types[event->call].flags & SCAP_WAITS;
	category = category_of(event);
	return category && (!strcmp(category, "wait") || !strcmp(category, "sleep"));
}

/* Access mode that a live call which opens was given, or -1. */
static int open_mode(const struct event *event)
{
	const struct call *call;

	if (event->type != EVENT_CALL)
		return -1;
	call = call_find(event->call);
	for (unsigned i = 0; i < event->nargs && i < 6; i++)
		if (call->args[i].kind == CALL_ARG_OPEN_FLAGS && (call->row.flags & RECORD_ROW_FD_RESULT))
			return event_args(event)[i] & O_ACCMODE;
	return -1;
}

/* Which parameters of what opens are its flags and its mode; -1: creat has no flags. */
static bool opening(const struct event *event, int *flags, int *mode)
{
	if (event->type != EVENT_SCAP)
		return false;
	switch (event->call) {
	case SCAP_TYPE_SYSCALL_OPEN_X:
	case SCAP_TYPE_SYSCALL_OPENAT_E:
		*flags = 2;
		*mode = 3;
		return true;
	case SCAP_TYPE_SYSCALL_OPENAT_2_X:
	case SCAP_TYPE_SYSCALL_OPENAT2_X:
		*flags = 3;
		*mode = 4;
		return true;
	case SCAP_TYPE_SYSCALL_CREAT_X:
		*flags = -1;
		*mode = 2;
		return true;
	default:
		return false;
	}
}

static bool opens_for(const struct event *event, enum evt_io_variant what)
{
	int flags_at, mode_at, mode = open_mode(event);
	uint64_t flags;

	if (event->type != EVENT_SCAP) {
		if (what == EVT_IS_OPEN_EXEC || mode < 0)
			return false;
		return mode == O_RDWR || mode == (what == EVT_IS_OPEN_READ ? O_RDONLY : O_WRONLY);
	}
	if (!opening(event, &flags_at, &mode_at))
		return false;
	flags = flags_at < 0 ? SCAP_OPEN_CREATES : event_param_uint(event, (unsigned)flags_at);
	switch (what) {
	case EVT_IS_OPEN_READ:
		return flags & SCAP_OPEN_READS;
	case EVT_IS_OPEN_WRITE:
		return flags & SCAP_OPEN_WRITES;
	default:
		return (flags & (SCAP_OPEN_CREATES | SCAP_OPEN_TEMPORARY)) && (event_param_uint(event, (unsigned)mode_at) & 0111);
	}
}

static const char *data_of_call(const struct event *event, size_t *size)
{
	const struct call *call = call_find(event->call);
	size_t full_size;

	for (unsigned i = 0; i < event->nargs && i < 6; i++) {
		const char *data = call->args[i].kind == CALL_ARG_DATA ? event_item(event, i, size, &full_size) : NULL;

		if (data)
			return data;
	}
	return NULL;
}

const char *field_event_data(const struct event *event, size_t *size)
{
	const struct scap_type *type = &scap_types[event->call];

	if (event->type == EVENT_CALL)
		return data_of_call(event, size);
	if (event->type != EVENT_SCAP)
		return NULL;
	for (unsigned i = 0; i < type->nparams; i++)
		if (type->params[i].encoding == SCAP_BYTEBUF && !strcmp(type->params[i].name, "data"))
			return (const char *)event_param(event, i, size);
	return NULL;
}

static bool give_buffer(const struct event *event, struct value *value)
{
	size_t size;
	const char *data = field_event_data(event, &size);

	if (!data)
		return false;
	give_text(value, data, size);
	value->type = VALUE_BYTES;
	return true;
}

bool field_evt_io(const struct field *field, const struct event *event, unsigned nth,
		  struct field_context *context, struct value *value)
{
	(void)nth;
	switch (field->definition->variant) {
	case EVT_IS_IO:
		return give_bool(value, direction(event) != NO_IO);
	case EVT_IS_IO_READ:
		return give_bool(value, reads(event));
	case EVT_IS_IO_WRITE:
		return give_bool(value, direction(event) == WRITES);
	case EVT_IO_DIR:
		if (direction(event) == NO_IO)
			return false;
		return give_word(value, direction(event) == READS ? "read" : "write");
	case EVT_IS_WAIT:
		return give_bool(value, field_event_waits(event));
	case EVT_IS_OPEN_READ:
	case EVT_IS_OPEN_WRITE:
	case EVT_IS_OPEN_EXEC:
		return give_bool(value, opens_for(event, (enum evt_io_variant)field->definition->variant));
	case EVT_IS_SYSLOG:
		return give_bool(value, field_event_is_syslog(event));
	case EVT_ABSPATH:
		return field_scap_abspath(field, event, context, value);
	case EVT_BUFFER:
		return give_buffer(event, value);
	default:
		return false;
	}
}

/* Whether it is of a kind that has a length. */
static bool has_length(const struct event *event, int wanted)
{
	if (event->type == EVENT_SCAP) {
		unsigned category = scap_types[event->call].category;

		if (!scap_is_exit(event->call) || !event->fd || category < SCAP_IO_READ || category > SCAP_IO_OTHER)
			return false;
		/* sysdig counts the results of close and the like, but as neither in nor out */
		return (wanted & (BUFLEN_IN | BUFLEN_OUT)) == (BUFLEN_IN | BUFLEN_OUT) ||
		       (wanted & BUFLEN_IN && category == SCAP_IO_READ) || (wanted & BUFLEN_OUT && category == SCAP_IO_WRITE);
	}
	/* what it writes to is not what the event is about */
	if (is_copy(event))
		return wanted & BUFLEN_IN;
	return direction(event) != NO_IO && wanted & (direction(event) == READS ? BUFLEN_IN : BUFLEN_OUT);
}

bool field_evt_buflen(const struct field *field, const struct event *event, unsigned nth,
		      struct field_context *context, struct value *value)
{
	int wanted = field->definition->variant;

	(void)nth;
	(void)context;
	if (!has_length(event, wanted) || event->result < 0 || (event->flags & EVENT_NO_RETURN))
		return false;
	if ((wanted & BUFLEN_FILE) && (!event->fd || event->fd->type != FD_FILE))
		return false;
	if ((wanted & BUFLEN_NET) && (!event->fd || !is_internet(event->fd)))
		return false;
	return give_uint(value, VALUE_UINT, event->result);
}

/* Calls whose failure leaves no descriptor that would tell what it was about. */
static enum evt_error_variant error_of_type(unsigned type)
{
	switch (type) {
	case SCAP_TYPE_SYSCALL_OPEN_X:
	case SCAP_TYPE_SYSCALL_CREAT_X:
	case SCAP_TYPE_SYSCALL_OPENAT_X:
	case SCAP_TYPE_SYSCALL_OPENAT_2_X:
	case SCAP_TYPE_SYSCALL_OPENAT2_X:
		return ERROR_FILE;
	case SCAP_TYPE_SOCKET_ACCEPT_X:
	case SCAP_TYPE_SOCKET_ACCEPT4_X:
	case SCAP_TYPE_SOCKET_ACCEPT_5_X:
	case SCAP_TYPE_SOCKET_ACCEPT4_5_X:
	case SCAP_TYPE_SOCKET_ACCEPT4_6_X:
	case SCAP_TYPE_SOCKET_CONNECT_X:
		return ERROR_NET;
	default:
		return ERROR_OTHER;
	}
}

/* What an error counts as: by the descriptor, or without one by the kind of call. */
static enum evt_error_variant error_class(const struct event *event)
{
	const char *category = category_of(event);

	if (event->fd) {
		if (is_file(event->fd))
			return ERROR_FILE;
		if (is_internet(event->fd) || event->fd->type == FD_UNIX || event->fd->type == FD_SOCKET)
			return ERROR_NET;
	}
	if (!category)
		return ERROR_OTHER;
	if (!strcmp(category, "memory"))
		return ERROR_MEMORY;
	if (event->fd)
		return ERROR_OTHER;
	if (event->type == EVENT_SCAP)
		return error_of_type(event->call);
	if (!strcmp(category, "file"))
		return ERROR_FILE;
	return strcmp(category, "net") ? ERROR_OTHER : ERROR_NET;
}

bool field_evt_error(const struct field *field, const struct event *event, unsigned nth,
		     struct field_context *context, struct value *value)
{
	int wanted = field->definition->variant;

	(void)nth;
	(void)context;
	if (!field_event_failed(event) || (wanted != ERROR_ANY && (int)error_class(event) != wanted))
		return false;
	return give_uint(value, VALUE_UINT, 1);
}
