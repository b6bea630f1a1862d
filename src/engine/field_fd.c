/* fd.*: the descriptor itself. Sockets' ends are in field_fd_socket.c. */
#include <stdio.h>

#include "field_classes.h"
#include "state.h"

/* Paths have directories; names of sockets and pipes that happen to hold a slash do not. */
static bool has_path(const struct fd *fd)
{
	return fd->type == FD_FILE || fd->type == FD_DIRECTORY || fd->type == FD_DEVICE;
}

static bool give_directory(const struct fd *fd, struct value *value)
{
	const char *slash = memrchr(fd->name->text, '/', fd->name->size);

	if (!has_path(fd))
		return false;
	if (fd->type == FD_DIRECTORY)
		return give_string(value, fd->name);
	if (!slash || slash == fd->name->text)
		return give_text(value, "/", 1);
	return give_text(value, fd->name->text, slash - fd->name->text);
}

static bool give_filename(const struct fd *fd, struct value *value)
{
	const char *slash = memrchr(fd->name->text, '/', fd->name->size);

	if (!has_path(fd) || fd->type == FD_DIRECTORY)
		return false;
	if (!slash)
		return give_string(value, fd->name);
	return give_text(value, slash + 1, fd->name->text + fd->name->size - slash - 1);
}

bool field_fd(const struct field *field, const struct event *event, unsigned nth,
	      struct field_context *context, struct value *value)
{
	const struct fd *fd = event->fd;

	(void)nth;
	if (!fd)
		return false;
	switch (field->definition->variant) {
	case FIELD_FD_NUM:
		return give_int(value, VALUE_ID, fd->num);
	case FIELD_FD_TYPE:
		return fd->type != FD_UNKNOWN && give_word(value, fd_type_name(fd->type));
	case FIELD_FD_TYPECHAR:
		context->scratch[0] = fd_type_char(fd->type);
		return give_text(value, context->scratch, 1);
	case FIELD_FD_NAME:
		return give_string(value, fd->name);
	case FIELD_FD_DIRECTORY:
		return give_directory(fd, value);
	case FIELD_FD_FILENAME:
		return give_filename(fd, value);
	case FIELD_FD_UID:
		return give_scratch(value, context,
				    snprintf(context->scratch, 32, "%u%d", event->thread->tid, fd->num));
	case FIELD_FD_DEV:
		return fd->dev && give_int(value, VALUE_ID, fd->dev);
	case FIELD_FD_DEV_MAJOR:
		return fd->dev && give_int(value, VALUE_ID, fd->dev >> 20);
	case FIELD_FD_DEV_MINOR:
		return fd->dev && give_int(value, VALUE_ID, fd->dev & 0xfffff);
	default:
		return false;
	}
}
