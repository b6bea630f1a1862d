/* fdlist.*: the descriptors of a poll. */
#include <arpa/inet.h>
#include <netinet/tcp.h>

#include "field_classes.h"
#include "scap_text.h"
#include "state.h"

static bool is_internet(const struct fd *fd)
{
	return fd->has_socket && (fd->type == FD_IPV4 || fd->type == FD_IPV6);
}

static bool listens(const struct fd *fd)
{
	return fd->socket.state == TCP_LISTEN;
}

static void put_address(struct text_output *output, const struct fd *fd, bool local)
{
	char text[INET6_ADDRSTRLEN];

	put_word(output, inet_ntop(fd->type == FD_IPV4 ? AF_INET : AF_INET6, local ? fd->socket.local : fd->socket.remote,
				   text, sizeof(text)));
}

/* What is asked for of one descriptor (NULL: not known); nothing if it has none. */
static void put_one(struct text_output *output, int variant, int64_t num, const struct fd *fd)
{
	switch (variant) {
	case FDLIST_NUMS:
		put_signed(output, num);
		return;
	case FDLIST_NAMES:
		if (fd)
			scap_put_printable(output, fd->name->text, fd->name->size);
		return;
	default:
		break;
	}
	if (!fd || !is_internet(fd))
		return;
	switch (variant) {
	case FDLIST_CIPS:
		if (!listens(fd))
			put_address(output, fd, !fd->is_server);
		break;
	case FDLIST_SIPS:
		put_address(output, fd, listens(fd) || fd->is_server);
		break;
	case FDLIST_CPORTS:
		if (!listens(fd))
			put_decimal(output, ntohs(fd->is_server ? fd->socket.remote_port : fd->socket.local_port));
		break;
	default:
		if (!listens(fd))
			put_decimal(output, ntohs(fd->is_server ? fd->socket.local_port : fd->socket.remote_port));
		break;
	}
}

/* The list of a poll or ppoll, or NULL. */
static const uint8_t *list_of(const struct event *event, size_t *size)
{
	const struct scap_type *type = &scap_types[event->call];

	for (unsigned i = 0; i < type->nparams; i++)
		if (type->params[i].encoding == SCAP_FDLIST)
			return event_param(event, i, size);
	return NULL;
}

bool field_fdlist(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
		  struct value *value)
{
	struct text_output output = { .text = context->scratch, .size = sizeof(context->scratch) };
	const uint8_t *list;
	size_t size, count;

	(void)nth;
	list = event->type == EVENT_SCAP ? list_of(event, &size) : NULL;
	if (!list || size < 2)
		return false;
	count = scap_uint(list, 2);
	for (size_t i = 0; i < count && size >= 2 + (i + 1) * 10; i++) {
		int64_t num = scap_int(list + 2 + i * 10, 8);
		size_t before = output.length, start;

		if (before)
			put_char(&output, ',');
		start = output.length;
		put_one(&output, field->definition->variant, num, scap_fd(context->engine, event, num));
		if (output.length == start && output.kept == output.length)
			output.length = output.kept = before;
	}
	return output.kept && give_text(value, output.text, output.kept);
}
