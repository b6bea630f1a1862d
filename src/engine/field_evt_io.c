/* evt.*: input and output, waits, errors: what depends on the kind of call and of its descriptor. */
#include <fcntl.h>

#include "calls.h"
#include "field_classes.h"
#include "state.h"

enum direction { NO_IO, READS, WRITES };

static const char *category_of(const struct event *event)
{
	return event->type == EVENT_CALL ? call_find(event->call)->category : NULL;
}

static enum direction direction(const struct event *event)
{
	const char *category = category_of(event);

	if (!category || strncmp(category, "io_", 3))
		return NO_IO;
	if (!strcmp(category, "io_read"))
		return READS;
	return strcmp(category, "io_write") ? NO_IO : WRITES;
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
	const char *category = category_of(event);

	return category && (!strcmp(category, "wait") || !strcmp(category, "sleep"));
}

/* Access mode that a call which opens was given, or -1. */
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

static bool give_buffer(const struct event *event, struct value *value)
{
	const struct call *call;

	if (event->type != EVENT_CALL)
		return false;
	call = call_find(event->call);
	for (unsigned i = 0; i < event->nargs && i < 6; i++) {
		size_t size, full_size;
		const char *data;

		if (call->args[i].kind != CALL_ARG_DATA)
			continue;
		data = event_item(event, i, &size, &full_size);
		if (data) {
			give_text(value, data, size);
			value->type = VALUE_BYTES;
			return true;
		}
	}
	return false;
}

bool field_evt_io(const struct field *field, const struct event *event, unsigned nth,
		  struct field_context *context, struct value *value)
{
	(void)nth;
	(void)context;
	switch (field->definition->variant) {
	case EVT_IS_IO:
		return give_bool(value, direction(event) != NO_IO);
	case EVT_IS_IO_READ:
		return give_bool(value, direction(event) == READS);
	case EVT_IS_IO_WRITE:
		return give_bool(value, direction(event) == WRITES);
	case EVT_IO_DIR:
		if (direction(event) == NO_IO)
			return false;
		return give_word(value, direction(event) == READS ? "read" : "write");
	case EVT_IS_WAIT:
		return give_bool(value, field_event_waits(event));
	case EVT_IS_OPEN_READ: {
		int mode = open_mode(event);

		return give_bool(value, mode == O_RDONLY || mode == O_RDWR);
	}
	case EVT_IS_OPEN_WRITE: {
		int mode = open_mode(event);

		return give_bool(value, mode == O_WRONLY || mode == O_RDWR);
	}
	case EVT_BUFFER:
		return give_buffer(event, value);
	default:
		return false;
	}
}

bool field_evt_buflen(const struct field *field, const struct event *event, unsigned nth,
		      struct field_context *context, struct value *value)
{
	int wanted = field->definition->variant;
	enum direction way = direction(event);

	(void)nth;
	(void)context;
	if (way == NO_IO || !(wanted & (way == READS ? BUFLEN_IN : BUFLEN_OUT)))
		return false;
	if (event->result < 0 || (event->flags & EVENT_NO_RETURN))
		return false;
	if ((wanted & BUFLEN_FILE) && (!event->fd || event->fd->type != FD_FILE))
		return false;
	if ((wanted & BUFLEN_NET) && (!event->fd || !is_internet(event->fd)))
		return false;
	return give_uint(value, VALUE_UINT, event->result);
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
	if (!event_failed(event) || (wanted != ERROR_ANY && (int)error_class(event) != wanted))
		return false;
	return give_uint(value, VALUE_UINT, 1);
}
