/* fd.* of captured events whose descriptor is not known: it was open before, or the call failed. */
#include "field_fd.h"
#include "scap_text.h"

const struct fd *fd_shown(const struct event *event, const struct field_context *context)
{
	if (event->fd || event->type != EVENT_SCAP ||
	    (event->call != SCAP_TYPE_SYSCALL_OPENAT_2_X && event->call != SCAP_TYPE_SYSCALL_OPENAT2_X))
		return event->fd;
	return scap_fd(context->engine, event, event_param_int(event, 1));
}

int32_t fd_number(const struct event *event, const struct field_context *context)
{
	const struct scap_type *type = &scap_types[event->call];

	if (event->type == EVENT_SCAP && is_current(event, context))
		return event->thread->enter.fd_num;
	if (event->fd)
		return event->fd->num;
	if (event->type == EVENT_SCAP && !scap_is_exit(event->call) && type->flags & SCAP_USES_FD) {
		int64_t num = event_param_int(event, 0);

		return num >= 0 && num <= INT32_MAX ? (int32_t)num : -1;
	}
	return -1;
}

char fd_expected_char(unsigned call)
{
	switch (call & ~1u) {
	case SCAP_TYPE_SYSCALL_OPEN_E:
	case SCAP_TYPE_SYSCALL_CREAT_E:
	case SCAP_TYPE_SYSCALL_OPENAT_E:
	case SCAP_TYPE_SYSCALL_OPENAT_2_E:
	case SCAP_TYPE_SYSCALL_OPENAT2_E:
		return 'f';
	case SCAP_TYPE_SOCKET_SOCKET_E:
	case SCAP_TYPE_SOCKET_ACCEPT_E:
	case SCAP_TYPE_SOCKET_ACCEPT_5_E:
	case SCAP_TYPE_SOCKET_ACCEPT4_E:
	case SCAP_TYPE_SOCKET_ACCEPT4_5_E:
		return '4';
	case SCAP_TYPE_SYSCALL_PIPE_E:
		return 'p';
	case SCAP_TYPE_SYSCALL_EVENTFD_E:
		return 'e';
	case SCAP_TYPE_SYSCALL_SIGNALFD_E:
		return 's';
	case SCAP_TYPE_SYSCALL_TIMERFD_CREATE_E:
		return 't';
	case SCAP_TYPE_SYSCALL_INOTIFY_INIT_E:
		return 'i';
	default:
		return 'o';
	}
}

static bool give_output(struct value *value, const struct scap_printer *printer, const struct field_context *context)
{
	return give_text(value, context->scratch, printer->output.kept);
}

/* Parameter i is the path; dirfd: the one that says from where, or -1: the current directory. */
static bool give_path(const struct event *event, unsigned i, int dirfd, struct field_context *context, struct value *value)
{
	struct scap_printer printer = scap_printer(event, context, context->scratch, sizeof(context->scratch));
	const struct string *cwd = event->thread->process->cwd;
	const char *directory = cwd->text, *path;
	size_t directory_size = cwd->size, size;

	path = event_param_text(event, i, &size);
	if (!path)
		return give_text(value, "", 0);
	/* what could not be read is no name */
	if (size == 4 && !memcmp(path, "<NA>", 4))
		return false;
	/* sysdig writes the word right before the path */
	if (dirfd >= 0 && !(size && path[0] == '/') &&
	    !scap_directory(context->engine, event, (unsigned)dirfd, &directory, &directory_size)) {
		put_word(&printer.output, "<UNKNOWN>");
		directory_size = 0;
	}
	scap_put_path(&printer.output, directory, directory_size, path, size);
	return give_output(value, &printer, context);
}

bool fd_meant_name(const struct event *event, struct field_context *context, struct value *value)
{
	struct scap_printer printer = scap_printer(event, context, context->scratch, sizeof(context->scratch));
	const uint8_t *bytes;
	size_t size;

	if (!scap_is_exit(event->call))
		return false;
	switch (event->call) {
	case SCAP_TYPE_SYSCALL_OPEN_X:
	case SCAP_TYPE_SYSCALL_CREAT_X:
		return give_path(event, 1, -1, context, value);
	case SCAP_TYPE_SYSCALL_OPENAT_2_X:
	case SCAP_TYPE_SYSCALL_OPENAT2_X:
		return give_path(event, 2, 1, context, value);
	case SCAP_TYPE_SOCKET_CONNECT_X:
	case SCAP_TYPE_SOCKET_ACCEPT_X:
	case SCAP_TYPE_SOCKET_ACCEPT4_X:
	case SCAP_TYPE_SOCKET_ACCEPT_5_X:
	case SCAP_TYPE_SOCKET_ACCEPT4_5_X:
		bytes = event_param(event, 1, &size);
		if (!bytes)
			return give_text(value, "", 0);
		scap_put_param(&printer, 1, bytes, size);
		return give_output(value, &printer, context);
	default:
		return give_text(value, "", 0);
	}
}
