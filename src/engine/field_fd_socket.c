/* fd.*: the ends of sockets.
 *
 * A live socket is local to its process and has another end or none. Of captured ones sysdig knows client and server, and
 * which of both is local by the addresses of the machine; a listening socket has a port, and an address if its bind was
 * seen; of one whose protocol is not known over IPv6, nothing is told. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "container.h"
#include "field_fd.h"
#include "interfaces.h"

#define TCP_ESTABLISHED 1
#define TCP_LISTEN 10

/* One end of a socket; its texts lie in the descriptor. */
struct end {
	const uint8_t *address;
	uint16_t port;             /* network order */
	bool has_address, has_port;
};

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

static bool is_listening(const struct fd *fd)
{
	return fd->has_socket && fd->socket.state == TCP_LISTEN;
}

static struct end end_of(const struct fd *fd, bool local)
{
	const struct fd_socket *socket = &fd->socket;

	return (struct end){ local ? socket->local : socket->remote, local ? socket->local_port : socket->remote_port,
			     true, true };
}

/* Whether the address is the machine's, seen from the event's thread: a container has one of its own. */
static bool is_here(const struct event *event, const struct field_context *context, const uint8_t *address)
{
	const struct interface_table *table = context->engine ? engine_interfaces(context->engine) : NULL;
	const struct container *container = container_of_thread(event->thread);
	uint16_t family = event->fd->socket.family;

	if (container && container->has_address && family == AF_INET && !memcmp(address, container->address, 4))
		return true;
	return table && interface_has(table, family, address);
}

static bool has_ends(const struct fd *fd)
{
	return fd->name->size && (fd->socket.family == AF_INET || fd->socket.protocol);
}

/* The listening socket's own end stands for the server's; its address is told where its bind was seen. */
static bool listening_end(const struct fd *fd, enum fd_end end, struct end *found)
{
	if (end != END_SERVER)
		return false;
	*found = end_of(fd, true);
	found->has_address = !fd->was_open;
	return true;
}

static bool captured_end(const struct event *event, const struct field_context *context, enum fd_end end, struct end *found)
{
	const struct fd *fd = event->fd;
	bool client;

	if (!has_ends(fd))
		return false;
	if (is_listening(fd))
		return listening_end(fd, end, found);
	if (end == END_LOCAL || end == END_REMOTE)
		client = is_here(event, context, end_of(fd, !fd->is_server).address) == (end == END_LOCAL);
	else
		client = end == END_CLIENT;
	*found = end_of(fd, client != fd->is_server);
	return true;
}

static bool live_end(const struct fd *fd, enum fd_end end, struct end *found)
{
	bool known, local = is_local(fd, end, &known);

	*found = end_of(fd, local);
	return known;
}

/* Where either end is asked for, all that is in the socket counts. */
static bool either_captured_end(const struct fd *fd, unsigned nth, struct end *found)
{
	if (nth && is_listening(fd))
		return false;
	*found = end_of(fd, !nth);
	return true;
}

/* nth end of what is asked for: one, or with END_ANY both. False when there is none. */
static bool find_end(const struct field *field, const struct event *event, unsigned nth,
		     const struct field_context *context, struct end *found)
{
	enum fd_end end = field->definition->variant;

	if (!is_internet(event->fd) || nth > (end == END_ANY))
		return false;
	if (is_captured(event) && end == END_ANY)
		return either_captured_end(event->fd, nth, found);
	if (is_captured(event))
		return captured_end(event, context, end, found);
	return live_end(event->fd, end != END_ANY ? end : nth ? END_REMOTE : END_LOCAL, found);
}

bool field_fd_ip(const struct field *field, const struct event *event, unsigned nth,
		 struct field_context *context, struct value *value)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct end end;

	if (!find_end(field, event, nth, context, &end) || !end.has_address)
		return false;
	if (event->fd->socket.family == AF_INET) {
		give_text(value, (const char *)end.address, 4);
		value->type = VALUE_IPV4;
	} else if (!memcmp(end.address, mapped, sizeof(mapped))) {
		give_text(value, (const char *)end.address + 12, 4);
		value->type = VALUE_IPV4;
	} else {
		give_text(value, (const char *)end.address, 16);
		value->type = VALUE_IPV6;
	}
	return true;
}

/* What has no client: of it sysdig tells a port without number and name. */
static bool has_no_client(const struct fd *fd)
{
	if (fd->type == FD_UNIX)
		return fd->was_open || fd->name->size;
	return is_listening(fd) && !fd->was_open;
}

bool field_fd_port(const struct field *field, const struct event *event, unsigned nth,
		   struct field_context *context, struct value *value)
{
	struct end end;

	if (field->definition->variant == END_CLIENT && is_captured(event) && event->fd && has_no_client(event->fd))
		return !nth && give_uint(value, VALUE_PORT, 0);
	return find_end(field, event, nth, context, &end) && end.has_port &&
	       give_uint(value, VALUE_PORT, ntohs(end.port));
}

/* Names of addresses would have to be asked for on the network: there are none, as sysdig has none when it reads files. */
bool field_fd_host(const struct field *field, const struct event *event, unsigned nth,
		   struct field_context *context, struct value *value)
{
	(void)field;
	(void)event;
	(void)nth;
	(void)context;
	(void)value;
	return false;
}

/* ---- services ---- */

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

/* The service's name, or the port's number. protocol NULL: whichever has the service. */
static void look_up(uint16_t port, const char *protocol, char *name, size_t size)
{
	struct servent entry, *found = NULL;
	char buffer[1024];

	if (port && !getservbyport_r(htons(port), protocol, &entry, buffer, sizeof(buffer), &found) && found)
		snprintf(name, size, "%s", found->s_name);
	else
		snprintf(name, size, "%u", port);
}

/* Looking a service up reads a file, so the context keeps the latest answers. */
static const char *service_name(uint16_t port, const char *protocol, struct field_context *context)
{
	size_t slot = port % (sizeof(context->services) / sizeof(context->services[0]));
	uint16_t mark = protocol ? (uint16_t)protocol[0] : 1;

	if (!context->services[slot].name[0] || context->services[slot].port != port ||
	    context->services[slot].protocol != mark) {
		look_up(port, protocol, context->services[slot].name, sizeof(context->services[slot].name));
		context->services[slot].port = port;
		context->services[slot].protocol = mark;
	}
	return context->services[slot].name;
}

/* sysdig looks in the services of the transport, of other protocols in all. */
static const char *captured_protocol(unsigned protocol)
{
	return protocol == IPPROTO_TCP ? "tcp" : protocol == IPPROTO_UDP ? "udp" : NULL;
}

const char *fd_service(uint16_t port, struct field_context *context)
{
	return service_name(port, NULL, context);
}

/* Copies one end of a name, its port by name. */
static size_t put_end(const char *protocol, const char *text, size_t size, struct field_context *context, char *to,
		      size_t room)
{
	const char *colon = memrchr(text, ':', size), *service;
	unsigned port = 0;
	int length;

	for (const char *digit = colon ? colon + 1 : text; colon && digit < text + size && port < 65536; digit++) {
		if (*digit < '0' || *digit > '9')
			colon = NULL;
		port = port * 10 + (unsigned)(*digit - '0');
	}
	if (!colon)
		return (size_t)snprintf(to, room, "%.*s", (int)size, text);
	service = service_name((uint16_t)port, protocol, context);
	length = snprintf(to, room, "%.*s:%s", (int)(colon - text), text, service);
	return (size_t)length < room ? (size_t)length : room - 1;
}

/* Ends are short: addresses and ports. sysdig names the ends that events tell of before it knows the transport. */
size_t fd_name_with_services(const struct fd *fd, struct field_context *context, char name[FD_SERVICE_NAME_MAX])
{
	const char *protocol = fd->was_open ? captured_protocol(fd->transport) : NULL;
	const char *text = fd->name->text, *arrow;
	size_t size = fd->name->size, used;

	if (size > FD_SERVICE_NAME_MAX / 2)
		size = FD_SERVICE_NAME_MAX / 2;
	arrow = memmem(text, size, "->", 2);
	used = put_end(protocol, text, arrow ? (size_t)(arrow - text) : size, context, name, FD_SERVICE_NAME_MAX);
	if (!arrow)
		return used;
	memcpy(name + used, "->", 2);
	used += 2;
	return used + put_end(protocol, arrow + 2, text + size - arrow - 2, context, name + used, FD_SERVICE_NAME_MAX - used);
}

/* Of captures ports have names only when that is asked for; where there can be none, the text is empty, as sysdig has it. */
static bool give_captured_service(const struct field *field, const struct event *event, struct field_context *context,
				  struct value *value)
{
	enum fd_end which = field->definition->variant;
	const struct fd *fd = event->fd;
	struct end end;

	if (fd && which == END_CLIENT && has_no_client(fd))
		return give_word(value, "");
	if (!find_end(field, event, 0, context, &end) || !end.has_port)
		return false;
	if (is_listening(fd))
		return give_word(value, "");
	if (context->settings && context->settings->resolve_ports)
		return give_word(value, service_name(ntohs(end.port), captured_protocol(event->fd->socket.protocol), context));
	return give_scratch(value, context, (size_t)snprintf(context->scratch, 8, "%u", ntohs(end.port)));
}

bool field_fd_service(const struct field *field, const struct event *event, unsigned nth,
		      struct field_context *context, struct value *value)
{
	struct end end;

	if (is_captured(event))
		return !nth && give_captured_service(field, event, context, value);
	return find_end(field, event, nth, context, &end) &&
	       give_word(value, service_name(ntohs(end.port), transport(&event->fd->socket), context));
}

/* ---- the socket ---- */

/* sysdig asks whether the server's address is the machine's. */
static bool is_server(const struct event *event, const struct fd *fd, const struct field_context *context)
{
	if (is_listening(fd))
		return true;
	if (!is_captured(event) || !is_internet(fd))
		return fd->is_server;
	return is_here(event, context, end_of(fd, fd->is_server).address);
}

static bool is_connected(const struct event *event, const struct fd *fd)
{
	if (!is_captured(event))
		return is_internet(fd) && has_other_end(&fd->socket);
	if (fd->type == FD_UNIX)
		return memmem(fd->name->text, fd->name->size, "->", 2);
	if (!is_internet(fd) || !memmem(fd->name->text, fd->name->size, "->", 2))
		return false;
	/* of one that was open before the capture sysdig knows only with TCP */
	return fd->socket.state == TCP_ESTABLISHED || !fd->was_open;
}

bool field_fd_socket(const struct field *field, const struct event *event, unsigned nth,
		     struct field_context *context, struct value *value)
{
	const struct fd *fd = shows_fd(event) ? fd_shown(event, context) : NULL;
	const char *word;

	(void)nth;
	if (!fd)
		return false;
	switch (field->definition->variant) {
	case SOCKET_IS_SERVER:
		return give_bool(value, is_server(event, fd, context));
	case SOCKET_CONNECTED:
		return give_bool(value, is_connected(event, fd));
	case SOCKET_FAMILY:
		if (fd->type == FD_UNIX)
			return give_word(value, "unix");
		return (is_internet(fd) || fd->type == FD_IPV4 || fd->type == FD_IPV6) &&
		       give_word(value, "ip");
	case SOCKET_L4PROTO:
		word = !is_internet(fd) || (is_captured(event) && !fd->socket.protocol) ? NULL : transport(&fd->socket);
		if (!word && is_captured(event))
			word = STRANGER;
		return word && give_word(value, word);
	default:
		return false;
	}
}
