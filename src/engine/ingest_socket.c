/* What system calls tell of sockets: their ends, and from these their names.
 *
 * The kernel's own view of both ends (RECORD_ITEM_SOCKET) is believed first. What it does not have, an
 * end that was given or returned as an address adds: sources without the item, and the peers of
 * unconnected datagram sockets. An end once known stays when the kernel has forgotten it, so that the
 * last events of a broken connection still say which one it was. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fd_text.h"
#include "ingest.h"
#include "string_pool.h"

#define TCP_ESTABLISHED 1
#define TYPE_MASK 0xf   /* SOCK_STREAM, ... without SOCK_NONBLOCK and SOCK_CLOEXEC */

_Static_assert(sizeof(struct sockaddr_un) <= FD_TUPLE_MAX, "a path fits where a tuple does");

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };
static const uint8_t no_address[16];

static bool is_internet(uint16_t family)
{
	return family == AF_INET || family == AF_INET6;
}

static bool has_end(const uint8_t address[16], uint16_t port)
{
	return port || memcmp(address, no_address, sizeof(no_address));
}

static void unmap(uint8_t address[16])
{
	if (memcmp(address, mapped_prefix, sizeof(mapped_prefix)) == 0)
		memmove(address, address + 12, 4);
	memset(address + 4, 0, 12);
}

static bool is_mapped(const uint8_t address[16])
{
	return memcmp(address, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

static bool is_listened_on(const struct engine *engine, uint16_t port)
{
	port = ntohs(port);
	return engine->listening[port / 8] & 1u << port % 8;
}

bool ingest_socket_ends(struct engine *engine, struct fd_socket *socket)
{
	uint16_t port = ntohs(socket->local_port);

	if (!is_internet(socket->family))
		return false;
	if (socket->family == AF_INET6 && (is_mapped(socket->local) || is_mapped(socket->remote))) {
		socket->family = AF_INET;
		unmap(socket->local);
		unmap(socket->remote);
	}
	if (socket->type == SOCK_STREAM && socket->state == TCP_LISTEN && port) {
		engine->listening[port / 8] |= 1u << port % 8;
		return false;
	}
	/* both ends of a connection of the machine with itself have a port that someone may listen on */
	return socket->type == SOCK_STREAM && has_end(socket->remote, socket->remote_port) &&
	       is_listened_on(engine, socket->local_port) && !is_listened_on(engine, socket->remote_port);
}

/* An address of the call: an internet one into address and port, returning its family; 0 if it is none. */
static uint16_t read_address(const char *item, size_t size, uint8_t address[16], uint16_t *port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} from = { .any.sa_family = AF_UNSPEC };

	memcpy(&from, item, size < sizeof(from) ? size : sizeof(from));
	memset(address, 0, 16);
	if (size >= sizeof(from.in) && from.any.sa_family == AF_INET) {
		memcpy(address, &from.in.sin_addr, 4);
		*port = from.in.sin_port;
		return AF_INET;
	}
	/* without the scope id (the last four bytes) it is complete, too */
	if (size >= sizeof(from.in6) - 4 && from.any.sa_family == AF_INET6) {
		memcpy(address, &from.in6.sin6_addr, 16);
		*port = from.in6.sin6_port;
		return AF_INET6;
	}
	return 0;
}

/* The path of a unix address, an abstract one with @ for its first byte. Returns its length. */
static size_t read_path(const char *item, size_t size, char name[FD_TUPLE_MAX])
{
	size_t start = offsetof(struct sockaddr_un, sun_path), n;
	uint16_t family;

	if (size <= start || size > sizeof(struct sockaddr_un))
		return 0;
	memcpy(&family, item, sizeof(family));
	if (family != AF_UNIX)
		return 0;
	if (!item[start]) {
		n = size - start;
		memcpy(name, item + start, n);
		name[0] = '@';
		return n > 1 ? n : 0;
	}
	n = strnlen(item + start, size - start);
	memcpy(name, item + start, n);
	return n;
}

static const char *address_item(const struct input *input, enum call_effect effect, size_t *size)
{
	switch (effect) {
	case EFFECT_CONNECT:
	case EFFECT_BIND:
	case EFFECT_SENDTO:
		return input_item(input, RECORD_ITEM_ADDRESS_IN, -1, size);
	case EFFECT_ACCEPT:
	case EFFECT_RECVFROM:
		return input_item(input, RECORD_ITEM_ADDRESS_OUT, -1, size);
	default:
		return NULL;
	}
}

/* Family of both ends when one of them is IPv6 and the other was IPv4. */
static void widen(struct fd_socket *socket, uint16_t family)
{
	if (family == AF_INET6 && socket->family == AF_INET) {
		memset(socket->local, 0, 16);
		memset(socket->remote, 0, 16);
	}
	socket->family = family;
}

/* A connection that the other end has reset has given its port back, but is what it was to who still holds it. */
static bool gave_port_back(const struct fd_socket *socket, const struct record_socket *from)
{
	return from->type == SOCK_STREAM && !from->local_port && socket->local_port;
}

static void learn_from_kernel(struct fd_socket *socket, const struct record_socket *from)
{
	if (is_internet(from->family) && from->family != socket->family)
		widen(socket, from->family);
	socket->family = from->family;
	socket->type = from->type;
	socket->protocol = from->protocol;
	socket->state = from->state;
	if (has_end(from->local, from->local_port)) {
		if (!gave_port_back(socket, from))
			socket->local_port = from->local_port;
		memcpy(socket->local, from->local, 16);
	}
	if (has_end(from->remote, from->remote_port)) {
		socket->remote_port = from->remote_port;
		memcpy(socket->remote, from->remote, 16);
	}
}

/* kernel: what it said of the same socket, or NULL. Whether the address is news: an end, set in *socket. */
static bool learn_from_address(struct fd_socket *socket, const char *item, size_t size, enum call_effect effect,
			       const struct record_socket *kernel)
{
	uint8_t address[16];
	uint16_t port, family = read_address(item, size, address, &port);

	if (!family)
		return false;
	if (kernel) {
		/* an unconnected datagram socket has a peer by call */
		if (effect == EFFECT_BIND || kernel->type != SOCK_DGRAM || kernel->family != family ||
		    has_end(kernel->remote, kernel->remote_port))
			return false;
	} else {
		widen(socket, family);
	}
	if (effect == EFFECT_BIND) {
		memcpy(socket->local, address, 16);
		socket->local_port = port;
	} else {
		memcpy(socket->remote, address, 16);
		socket->remote_port = port;
	}
	return true;
}

static bool same_socket(const struct fd_socket *a, const struct fd_socket *b)
{
	return a->family == b->family && a->type == b->type && a->protocol == b->protocol &&
	       a->local_port == b->local_port && a->remote_port == b->remote_port &&
	       (a->state == TCP_LISTEN) == (b->state == TCP_LISTEN) && !memcmp(a->local, b->local, 16) &&
	       !memcmp(a->remote, b->remote, 16);
}

/* Of a connection whose beginning was not seen, to or from a port that nobody is known to listen on: servers
 * usually have the lower one. */
static bool looks_like_server(const struct engine *engine, const struct fd_socket *socket)
{
	return socket->type == SOCK_STREAM && has_end(socket->remote, socket->remote_port) &&
	       !is_listened_on(engine, socket->local_port) && !is_listened_on(engine, socket->remote_port) &&
	       ntohs(socket->local_port) && ntohs(socket->local_port) < ntohs(socket->remote_port);
}

/* Adds to *fd what the input tells; writes the name there is now, or leaves *size 0 if it stays. Returns
 * whether anything changed. */
static bool learn(struct engine *engine, struct fd *fd, const struct input *input, enum call_effect effect,
		  char name[FD_TUPLE_MAX], size_t *name_size)
{
	struct fd_socket socket = fd->socket;
	bool had_remote = has_end(fd->socket.remote, fd->socket.remote_port), by_address = false, is_server;
	struct record_socket kernel;
	size_t size = 0, address_size = 0;
	const char *item = input_item(input, RECORD_ITEM_SOCKET, -1, &size);
	const char *address = address_item(input, effect, &address_size);

	*name_size = 0;
	if (item && size >= sizeof(kernel)) {
		memcpy(&kernel, item, sizeof(kernel));
		learn_from_kernel(&socket, &kernel);
	} else {
		item = NULL;
	}
	if (address)
		by_address = learn_from_address(&socket, address, address_size, effect, item ? &kernel : NULL);
	if (effect == EFFECT_LISTEN && input->call.result == 0)
		socket.state = TCP_LISTEN;
	is_server = ingest_socket_ends(engine, &socket);
	if (!fd->has_socket && effect != EFFECT_CONNECT && looks_like_server(engine, &socket))
		is_server = true;
	/* the address of who connected or sent is no name of this end */
	if (address && effect != EFFECT_ACCEPT && effect != EFFECT_RECVFROM)
		*name_size = read_path(address, address_size, name);
	if (*name_size && fd->name && fd->name->size == *name_size && !memcmp(fd->name->text, name, *name_size))
		*name_size = 0;
	if (*name_size && !socket.family)
		socket.family = AF_UNIX;
	if (!*name_size && fd->has_socket && same_socket(&socket, &fd->socket))
		return false;
	if (!socket.family)
		return false;
	fd->socket = socket;
	fd->has_socket = true;
	fd->type = fd_type_of_family(socket.family);
	if (!is_internet(socket.family))
		return true;
	/* a datagram that came before one was sent makes this end the server */
	fd->is_server |= is_server || (effect == EFFECT_RECVFROM && !had_remote && by_address);
	*name_size = fd_socket_name(&socket, fd->is_server, name, FD_TUPLE_MAX);
	return true;
}

struct fd *ingest_socket(struct engine *engine, struct process *process, struct fd *fd, const struct input *input,
			 enum call_effect effect)
{
	struct fd description;
	char name[FD_TUPLE_MAX];
	size_t size;

	if (!input->call.items && effect != EFFECT_LISTEN)
		return fd;
	if (!fd_type_is_socket(fd->type))
		return fd;
	if (!input_succeeded(input) && !(effect == EFFECT_CONNECT && input->call.result == -EINPROGRESS))
		effect = EFFECT_NONE;
	description = *fd;
	if (!learn(engine, &description, input, effect, name, &size))
		return fd;
	if (size)
		return state_fd_set(engine->state, process, &description, name, size);
	return state_fd_set(engine->state, process, &description, fd->name->text, fd->name->size);
}

struct fd *ingest_new_socket(struct engine *engine, struct process *process, const struct input *input, int32_t num)
{
	struct fd description = {
		.num = num,
		.type = fd_type_of_family((uint16_t)input->call.args[0]),
		.has_socket = true,
		.socket = {
			.family = (uint16_t)input->call.args[0],
			.type = input->call.args[1] & TYPE_MASK,
			.protocol = (uint16_t)input->call.args[2],
		},
	};

	if (num == input->call.fd) {
		description.inode = input->call.file_inode;
		description.dev = input->call.file_dev;
	}
	return state_fd_set(engine->state, process, &description, "", 0);
}

struct fd *ingest_accept(struct engine *engine, struct process *process, const struct input *input)
{
	struct fd *listener = state_fd(engine->state, process, (int32_t)input->call.args[0]);
	struct fd description = {
		.num = input->call.fd,
		.type = FD_SOCKET,
		.is_server = true,
		.inode = input->call.file_inode,
		.dev = input->call.file_dev,
	};
	char name[FD_NAME_MAX];
	size_t size = 0;

	if (listener && listener->has_socket) {
		description.type = listener->type;
		description.has_socket = true;
		description.socket = listener->socket;
		description.socket.state = TCP_ESTABLISHED;
		memset(description.socket.remote, 0, sizeof(description.socket.remote));
		description.socket.remote_port = 0;
	}
	learn(engine, &description, input, EFFECT_ACCEPT, name, &size);
	if (!size && description.type == FD_UNIX && listener && listener->name->size < sizeof(name)) {
		size = listener->name->size;
		memcpy(name, listener->name->text, size);
	}
	if (!size)
		size = fd_inode_name(description.type, description.inode, name, sizeof(name));
	return state_fd_set(engine->state, process, &description, name, size);
}
