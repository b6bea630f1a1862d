/* fd.*: the ends of sockets. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "field_classes.h"
#include "state.h"

static bool is_internet(const struct fd *fd)
{
	return fd && fd->has_socket && (fd->socket.family == AF_INET || fd->socket.family == AF_INET6);
}

static bool is_set(uint16_t port, const uint8_t *address)
{
	static const uint8_t none[16];

	return port || memcmp(address, none, sizeof(none));
}

static bool has_other_end(const struct fd_socket *socket)
{
	return is_set(socket->remote_port, socket->remote);
}

/* Whether the local end is the one meant; false with *known false if there is no such end. */
static bool is_local(const struct fd *fd, enum fd_end end, bool *known)
{
	bool connected = has_other_end(&fd->socket), local;

	/* a socket without another end is a server's, or will be a client's: its own end is all there is */
	switch (end) {
	case END_LOCAL:
		local = true;
		break;
	case END_REMOTE:
		local = false;
		break;
	case END_SERVER:
		local = fd->is_server || !connected;
		break;
	default:
		local = connected && !fd->is_server;
		break;
	}
	*known = connected || (local && is_set(fd->socket.local_port, fd->socket.local));
	return local;
}

/* nth end of what is asked for: one, or with END_ANY the local and the remote. False when there is none. */
static bool find_end(const struct field *field, const struct event *event, unsigned nth, bool *local)
{
	enum fd_end end = field->definition->variant;
	bool known;

	if (!is_internet(event->fd) || nth > (end == END_ANY))
		return false;
	if (end == END_ANY)
		end = nth ? END_REMOTE : END_LOCAL;
	*local = is_local(event->fd, end, &known);
	return known;
}

bool field_fd_ip(const struct field *field, const struct event *event, unsigned nth,
		 struct field_context *context, struct value *value)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *address;
	bool local;

	(void)context;
	if (!find_end(field, event, nth, &local))
		return false;
	address = local ? event->fd->socket.local : event->fd->socket.remote;
	if (event->fd->socket.family == AF_INET) {
		give_text(value, (const char *)address, 4);
		value->type = VALUE_IPV4;
	} else if (!memcmp(address, mapped, sizeof(mapped))) {
		give_text(value, (const char *)address + 12, 4);
		value->type = VALUE_IPV4;
	} else {
		give_text(value, (const char *)address, 16);
		value->type = VALUE_IPV6;
	}
	return true;
}

static uint16_t port_of(const struct event *event, bool local)
{
	return ntohs(local ? event->fd->socket.local_port : event->fd->socket.remote_port);
}

bool field_fd_port(const struct field *field, const struct event *event, unsigned nth,
		   struct field_context *context, struct value *value)
{
	bool local;

	(void)context;
	return find_end(field, event, nth, &local) && give_uint(value, VALUE_PORT, port_of(event, local));
}

static const char *transport(const struct fd_socket *socket)
{
	switch (socket->protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return "icmp";
	case IPPROTO_RAW:
		return "raw";
	}
	switch (socket->type & 0xf) {
	case SOCK_STREAM:
		return "tcp";
	case SOCK_DGRAM:
		return "udp";
	case SOCK_RAW:
		return "raw";
	}
	return NULL;
}

/* The service's name, or the port's number. */
static void look_up(uint16_t port, const char *protocol, char *name, size_t size)
{
	struct servent entry, *found = NULL;
	char buffer[1024];

	if (!getservbyport_r(htons(port), protocol, &entry, buffer, sizeof(buffer), &found) && found)
		snprintf(name, size, "%s", found->s_name);
	else
		snprintf(name, size, "%u", port);
}

/* Looking a service up reads a file, so the context keeps the latest answers. */
bool field_fd_service(const struct field *field, const struct event *event, unsigned nth,
		      struct field_context *context, struct value *value)
{
	bool local;
	uint16_t port, protocol;
	size_t slot;

	if (!find_end(field, event, nth, &local))
		return false;
	port = port_of(event, local);
	protocol = event->fd->socket.protocol;
	slot = port % (sizeof(context->services) / sizeof(context->services[0]));
	if (!context->services[slot].name[0] || context->services[slot].port != port ||
	    context->services[slot].protocol != protocol) {
		look_up(port, transport(&event->fd->socket), context->services[slot].name,
			sizeof(context->services[slot].name));
		context->services[slot].port = port;
		context->services[slot].protocol = protocol;
	}
	return give_word(value, context->services[slot].name);
}

bool field_fd_socket(const struct field *field, const struct event *event, unsigned nth,
		     struct field_context *context, struct value *value)
{
	const struct fd *fd = event->fd;
	const char *word;

	(void)nth;
	(void)context;
	if (!fd)
		return false;
	switch (field->definition->variant) {
	case SOCKET_IS_SERVER:
		return give_bool(value, fd->is_server || (fd->has_socket && fd->socket.state == 10));
	case SOCKET_CONNECTED:
		return give_bool(value, is_internet(fd) && has_other_end(&fd->socket));
	case SOCKET_FAMILY:
		if (fd->type == FD_UNIX)
			return give_word(value, "unix");
		return (is_internet(fd) || fd->type == FD_IPV4 || fd->type == FD_IPV6) &&
		       give_word(value, "ip");
	case SOCKET_L4PROTO:
		word = is_internet(fd) ? transport(&fd->socket) : NULL;
		return word && give_word(value, word);
	default:
		return false;
	}
}
