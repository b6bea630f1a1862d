/* fd.*: the descriptor itself. Sockets' ends are in field_fd_socket.c, what stands in for descriptors that are not known in
 * field_fd_unknown.c. */
#include <stdio.h>

#include "container.h"
#include "field_fd.h"

/* Paths have directories; names of sockets and pipes that happen to hold a slash do not. */
static bool has_path(const struct fd *fd)
{
	return fd->type == FD_FILE || fd->type == FD_DIRECTORY || fd->type == FD_DEVICE;
}

static bool find_directory(const struct fd *fd, const char **text, size_t *size)
{
	const char *slash = memrchr(fd->name->text, '/', fd->name->size);

	if (!has_path(fd))
		return false;
	*text = "/";
	*size = 1;
	if (fd->type == FD_DIRECTORY) {
		*text = fd->name->text;
		*size = fd->name->size;
	} else if (slash && slash != fd->name->text) {
		*text = fd->name->text;
		*size = slash - fd->name->text;
	}
	return true;
}

/* sysdig has a slash for the last part of what has none. */
static bool give_filename(const struct event *event, const struct fd *fd, struct value *value)
{
	const char *slash = memrchr(fd->name->text, '/', fd->name->size);

	if (!has_path(fd) || fd->type == FD_DIRECTORY)
		return false;
	if (!slash)
		return is_captured(event) ? give_word(value, "/") : give_string(value, fd->name);
	return give_text(value, slash + 1, fd->name->text + fd->name->size - slash - 1);
}

/* The container's id in front: unique across containers. The text may lie in scratch. */
static bool give_in_container(const struct event *event, const char *text, size_t size, struct field_context *context,
			      struct value *value)
{
	const struct container *container = container_of_thread(event->thread);
	size_t room = sizeof(context->scratch), id = 0;

	if (container)
		id = container->id->size < 256 ? container->id->size : 256;
	if (size > room - id - 1)
		size = room - id - 1;
	memmove(context->scratch + id + 1, text, size);
	if (container)
		memcpy(context->scratch, container->id->text, id);
	context->scratch[id] = ':';
	return give_text(value, context->scratch, id + 1 + size);
}

static bool give_name(const struct event *event, const struct fd *fd, bool in_container, struct field_context *context,
		      struct value *value)
{
	char name[FD_SERVICE_NAME_MAX];
	const char *text = fd->name->text;
	size_t size = fd->name->size;

	/* a connect that failed tells where to */
	if (event->type == EVENT_SCAP && event->call == SCAP_TYPE_SOCKET_CONNECT_X && event->result < 0 &&
	    fd_meant_name(event, context, value)) {
		text = value->text;
		size = value->size;
	}
	if (context->settings && context->settings->resolve_ports && fd->has_socket) {
		size = fd_name_with_services(fd, context, name);
		text = name;
	}
	if (in_container)
		return give_in_container(event, text, size, context, value);
	if (text == name) {
		memcpy(context->scratch, name, size);
		text = context->scratch;
	}
	return give_text(value, text, size);
}

/* Files of captures have one always. */
static bool has_device(const struct event *event, const struct fd *fd)
{
	return fd->dev || (is_captured(event) && has_path(fd));
}

/* The number as it is in st_dev. */
static uint32_t device_number(uint32_t dev)
{
	uint32_t major = dev >> 20, minor = dev & 0xfffff;

	return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

/* This event gave the descriptor the name that it has. */
static bool changed_name(const struct event *event, const struct fd *fd)
{
	if (event->flags & EVENT_RENAMED)
		return true;
	if (event->type != EVENT_SCAP || !scap_is_exit(event->call) || !fd->name->size)
		return false;
	switch (event->call) {
	case SCAP_TYPE_SYSCALL_DUP_X:
	case SCAP_TYPE_SYSCALL_DUP_1_X:
	case SCAP_TYPE_SYSCALL_DUP2_X:
	case SCAP_TYPE_SYSCALL_DUP3_X:
	case SCAP_TYPE_SYSCALL_FCNTL_X:
		return false;
	default:
		return scap_types[event->call].flags & SCAP_CREATES_FD && event->result >= 0;
	}
}

static bool give_descriptor(const struct field *field, const struct event *event, const struct fd *fd,
			    struct field_context *context, struct value *value)
{
	const char *text;
	size_t size;

	switch (field->definition->variant) {
	case FIELD_FD_TYPE:
		if (is_captured(event) && (fd->type == FD_OTHER || fd->type == FD_UNKNOWN))
			return give_word(value, STRANGER);
		return fd->type != FD_UNKNOWN && give_word(value, fd_type_name(fd->type));
	case FIELD_FD_TYPECHAR:
		context->scratch[0] = fd_type_char(fd->type);
		return give_text(value, context->scratch, 1);
	case FIELD_FD_NAME:
	case FIELD_FD_CONTAINERNAME:
		return give_name(event, fd, field->definition->variant == FIELD_FD_CONTAINERNAME, context, value);
	case FIELD_FD_DIRECTORY:
		return find_directory(fd, &text, &size) && give_text(value, text, size);
	case FIELD_FD_CONTAINERDIRECTORY:
		return find_directory(fd, &text, &size) && give_in_container(event, text, size, context, value);
	case FIELD_FD_FILENAME:
		return give_filename(event, fd, value);
	case FIELD_FD_DEV:
		return has_device(event, fd) && give_int(value, VALUE_ID, device_number(fd->dev));
	case FIELD_FD_DEV_MAJOR:
		return has_device(event, fd) && give_int(value, VALUE_ID, fd->dev >> 20);
	case FIELD_FD_DEV_MINOR:
		return has_device(event, fd) && give_int(value, VALUE_ID, fd->dev & 0xfffff);
	case FIELD_FD_NAME_CHANGED:
		return give_bool(value, changed_name(event, fd));
	default:
		return false;
	}
}

/* The directory of a name that is only known from the call. */
static bool give_directory_of(const struct event *event, bool in_container, struct field_context *context,
			      struct value *value)
{
	const char *slash = memrchr(value->text, '/', value->size);
	const char *text = slash && slash != value->text ? value->text : "/";
	size_t size = slash && slash != value->text ? (size_t)(slash - value->text) : 1;

	return in_container ? give_in_container(event, text, size, context, value) : give_text(value, text, size);
}

/* Where only the event says what was meant. */
static bool give_unknown(int variant, const struct event *event, struct field_context *context, struct value *value)
{
	switch (variant) {
	case FIELD_FD_TYPECHAR:
		context->scratch[0] = fd_expected_char(event->call);
		return give_text(value, context->scratch, 1);
	case FIELD_FD_NAME:
		return fd_meant_name(event, context, value);
	case FIELD_FD_CONTAINERNAME:
		return fd_meant_name(event, context, value) &&
		       give_in_container(event, value->text, value->size, context, value);
	case FIELD_FD_DIRECTORY:
	case FIELD_FD_CONTAINERDIRECTORY:
		return fd_meant_name(event, context, value) &&
		       give_directory_of(event, variant == FIELD_FD_CONTAINERDIRECTORY, context, value);
	default:
		return false;
	}
}

bool field_fd(const struct field *field, const struct event *event, unsigned nth,
	      struct field_context *context, struct value *value)
{
	int variant = field->definition->variant;
	const struct fd *fd;

	(void)nth;
	if (!shows_fd(event))
		return false;
	if (variant == FIELD_FD_NUM)
		return give_int(value, VALUE_ID, fd_number(event, context));
	if (variant == FIELD_FD_UID)
		return give_scratch(value, context,
				    snprintf(context->scratch, 48, "%" PRId64 "%" PRId32, thread_id(event->thread),
					     fd_number(event, context)));
	fd = fd_shown(event, context);
	if (fd)
		return give_descriptor(field, event, fd, context, value);
	return give_unknown(variant, event, context, value);
}
