/* What events of captures tell of sockets: their ends, and from these their names.
 *
 * Ends are taken from the tuples of connect, accept, bind and of the calls that send or receive. Which protocol a socket
 * speaks shows, as with sysdig, from when it has an end. A tuple is always client or sender first: of what is accepted or
 * received the first end is the remote one. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fd_text.h"
#include "ingest_scap.h"
#include "interfaces.h"
#include "scap_text.h"
#include "string_pool.h"

#define TCP_ESTABLISHED 1
#define SOCKET_TYPE_MASK 0xf
#define TUPLE4_SIZE 13
#define TUPLE6_SIZE 37
#define TUPLE_UNIX_SIZE 17

struct tuple {
	uint16_t family;
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port; /* network order */
	char name[SCAP_PATH_MAX];               /* of a unix one: "a->b /path" */
	size_t name_size;
};

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool is_mapped(const uint8_t address[16])
{
	return !memcmp(address, mapped, sizeof(mapped));
}

static void unmap(uint8_t address[16])
{
	memmove(address, address + 12, 4);
	memset(address + 4, 0, 12);
}

static uint16_t read_port(const uint8_t *bytes)
{
	return htons((uint16_t)scap_uint(bytes, 2));
}

static void read_unix_tuple(struct scap_value value, struct tuple *tuple)
{
	const char *path = (const char *)value.bytes + TUPLE_UNIX_SIZE;
	struct text_output name = { .text = tuple->name, .size = sizeof(tuple->name) };

	put_unsigned(&name, scap_uint(value.bytes + 1, 8), 16);
	put_word(&name, "->");
	put_unsigned(&name, scap_uint(value.bytes + 9, 8), 16);
	put_char(&name, ' ');
	scap_put_printable(&name, path, strnlen(path, value.size - TUPLE_UNIX_SIZE));
	tuple->name_size = name.kept;
}

static bool read_tuple(struct scap_value value, struct tuple *tuple)
{
	if (!value.bytes || !value.size)
		return false;
	memset(tuple, 0, offsetof(struct tuple, name));
	tuple->name_size = 0;
	tuple->family = value.bytes[0];
	if (tuple->family == AF_INET && value.size >= TUPLE4_SIZE) {
		memcpy(tuple->source, value.bytes + 1, 4);
		tuple->source_port = read_port(value.bytes + 5);
		memcpy(tuple->destination, value.bytes + 7, 4);
		tuple->destination_port = read_port(value.bytes + 11);
		return true;
	}
	if (tuple->family == AF_INET6 && value.size >= TUPLE6_SIZE) {
		memcpy(tuple->source, value.bytes + 1, 16);
		tuple->source_port = read_port(value.bytes + 17);
		memcpy(tuple->destination, value.bytes + 19, 16);
		tuple->destination_port = read_port(value.bytes + 35);
		if (is_mapped(tuple->source) && is_mapped(tuple->destination)) {
			tuple->family = AF_INET;
			unmap(tuple->source);
			unmap(tuple->destination);
		}
		return true;
	}
	if (tuple->family == AF_UNIX && value.size >= TUPLE_UNIX_SIZE) {
		read_unix_tuple(value, tuple);
		return true;
	}
	return false;
}

static const char no_ends[] = "0.0.0.0:0->0.0.0.0:0";

/* The description takes the place of the step's descriptor, under a name that may be the same. */
static void renamed(struct engine *engine, struct scap_step *step, struct fd *description, const char *name, size_t size)
{
	const struct fd *old = step->fd;

	if (!old || old->num != description->num || old->name->size != size || memcmp(old->name->text, name, size))
		step->flags |= EVENT_RENAMED;
	scap_made(engine, step, description->num, description, name, size);
}

/* Makes the ends of a description those of the tuple, and puts it in its place under its number. */
static void set_ends(struct engine *engine, struct scap_step *step, struct fd *description, struct tuple *tuple,
		     bool is_server)
{
	struct fd_socket *socket = &description->socket;
	const uint8_t *local = is_server ? tuple->destination : tuple->source;
	const uint8_t *remote = is_server ? tuple->source : tuple->destination;

	description->is_server = is_server;
	description->was_open = false;
	if (tuple->family != AF_UNIX) {
		description->type = fd_type_of_family(tuple->family);
		description->has_socket = true;
		socket->family = tuple->family;
		socket->protocol = description->transport;
		memcpy(socket->local, local, sizeof(socket->local));
		memcpy(socket->remote, remote, sizeof(socket->remote));
		socket->local_port = is_server ? tuple->destination_port : tuple->source_port;
		socket->remote_port = is_server ? tuple->source_port : tuple->destination_port;
		socket->state = socket->protocol == IPPROTO_TCP ? TCP_ESTABLISHED : 0;
		tuple->name_size = fd_socket_name(socket, is_server, tuple->name, sizeof(tuple->name));
		if (!tuple->name_size && tuple->family == AF_INET) {
			tuple->name_size = sizeof(no_ends) - 1;
			memcpy(tuple->name, no_ends, tuple->name_size);
		}
	}
	renamed(engine, step, description, tuple->name, tuple->name_size);
}

static uint8_t transport_of(int64_t type, int64_t protocol)
{
	if ((type & SOCKET_TYPE_MASK) == SOCK_RAW)
		return IPPROTO_RAW;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP)
		return (uint8_t)protocol;
	if (protocol)
		return 0;
	switch (type & SOCKET_TYPE_MASK) {
	case SOCK_STREAM:
		return IPPROTO_TCP;
	case SOCK_DGRAM:
		return IPPROTO_UDP;
	default:
		return 0;
	}
}

static void new_socket(struct engine *engine, struct scap_step *step, int64_t num, int64_t domain, int64_t type,
		       int64_t protocol)
{
	struct fd description = { .type = fd_type_of_family((uint16_t)domain) };

	if (num < 0)
		return;
	if (domain == AF_INET || domain == AF_INET6) {
		description.transport = transport_of(type, protocol);
		description.has_socket = true;
		description.socket.family = (uint16_t)domain;
		description.socket.type = (uint16_t)(type & SOCKET_TYPE_MASK);
		if (description.transport == IPPROTO_RAW)
			description.socket.protocol = IPPROTO_RAW;
	}
	scap_made(engine, step, num, &description, "", 0);
}

/* Newer files have what the socket is in the exit. */
static int64_t enter_or_named(const struct scap_step *step, unsigned i, const char *name)
{
	int64_t number = 0;

	if (!scap_number(scap_enter_value(step, i), &number))
		scap_number(scap_named(step, name), &number);
	return number;
}

static void act_socket(struct engine *engine, struct scap_step *step)
{
	new_socket(engine, step, step->result, enter_or_named(step, 0, "domain"), enter_or_named(step, 1, "type"),
		   enter_or_named(step, 2, "proto"));
}

static void act_socketpair(struct engine *engine, struct scap_step *step)
{
	int64_t first = -1, second = -1;

	if (step->result < 0)
		return;
	scap_number(scap_value(step, 1), &first);
	scap_number(scap_value(step, 2), &second);
	new_socket(engine, step, first, AF_UNIX, 0, 0);
	new_socket(engine, step, second, AF_UNIX, 0, 0);
}

/* What is asked to connect is a socket, whatever it was taken for. */
static uint8_t transport_or(const struct fd *fd, uint8_t transport)
{
	return fd->transport || fd_type_is_socket(fd->type) ? fd->transport : transport;
}

/* With its enter a socket is of the family that it connects to, and has the path or the word for another family as its
 * name; it stays so if that fails. */
static void act_connect_enter(struct engine *engine, struct scap_step *step)
{
	struct scap_value addr = scap_value(step, 1);
	char text[SCAP_PATH_MAX];
	struct text_output name = { .text = text, .size = sizeof(text) };
	struct fd description;

	if (!step->fd || !addr.bytes || !addr.size)
		return;
	description = *step->fd;
	switch (addr.bytes[0]) {
	case AF_INET:
	case AF_INET6:
		description.type = FD_IPV4;
		if (addr.bytes[0] == AF_INET6 && !(addr.size > 16 && is_mapped(addr.bytes + 1)))
			description.type = FD_IPV6;
		if (description.type == step->fd->type)
			return;
		description.transport = transport_or(step->fd, IPPROTO_TCP);
		put_bytes(&name, step->fd->name->text, step->fd->name->size);
		break;
	case AF_UNIX:
		scap_put_printable(&name, (const char *)addr.bytes + 1,
				   strnlen((const char *)addr.bytes + 1, addr.size - 1));
		break;
	default:
		put_word(&name, "family ");
		put_unsigned(&name, addr.bytes[0], 10);
		break;
	}
	renamed(engine, step, &description, text, name.kept);
}

static void act_connect(struct engine *engine, struct scap_step *step)
{
	struct fd description;
	struct tuple tuple;

	if ((step->result < 0 && step->result != -EINPROGRESS) || !step->fd || !step->is_paired)
		return;
	if (!read_tuple(scap_value(step, 1), &tuple))
		return;
	description = *step->fd;
	set_ends(engine, step, &description, &tuple, false);
}

static void act_accept(struct engine *engine, struct scap_step *step)
{
	struct fd description = { .num = (int32_t)step->result, .type = FD_UNIX, .transport = IPPROTO_TCP };
	struct tuple tuple;

	if (step->result < 0 || step->result > INT32_MAX)
		return;
	if (!read_tuple(scap_value(step, 1), &tuple)) {
		/* what it is is not known: sysdig takes it for what had its number before */
		step->thread->enter.fd_num = step->fd_num = description.num;
		step->fd = state_fd(engine->state, step->thread->process, description.num);
		return;
	}
	description.socket.type = SOCK_STREAM;
	set_ends(engine, step, &description, &tuple, true);
}

/* The address of an internet socket that gets a name of its own: with a port it is a server from then on. */
static bool bind_internet(struct fd *description, struct scap_value addr, char *name, size_t room, size_t *size)
{
	struct fd_socket *socket = &description->socket;
	static const uint8_t any[16];
	uint8_t address[16] = { 0 };
	char text[INET6_ADDRSTRLEN] = "";
	bool is_six = addr.bytes[0] == AF_INET6;
	size_t length = is_six ? 16 : 4;
	uint16_t port;

	if (addr.size < 1 + length + 2)
		return false;
	port = (uint16_t)scap_uint(addr.bytes + 1 + length, 2);
	memcpy(address, addr.bytes + 1, length);
	inet_ntop(is_six ? AF_INET6 : AF_INET, address, text, sizeof(text));
	*size = (size_t)snprintf(name, room, "%s:%u", text, port);
	if (!port)
		return true;
	/* a socket bound to all addresses takes IPv4 as well */
	if (is_six && (is_mapped(address) || !memcmp(address, any, sizeof(any)))) {
		unmap(address);
		is_six = false;
	}
	*socket = (struct fd_socket){
		.family = is_six ? AF_INET6 : AF_INET,
		.type = description->transport == IPPROTO_UDP ? SOCK_DGRAM : SOCK_STREAM,
		.protocol = description->transport,
		.state = TCP_LISTEN,
		.local_port = htons(port),
	};
	memcpy(socket->local, address, sizeof(address));
	description->has_socket = true;
	description->is_server = true;
	description->type = fd_type_of_family(socket->family);
	return true;
}

static void act_bind(struct engine *engine, struct scap_step *step)
{
	struct scap_value addr = scap_value(step, 1);
	struct fd description;
	char name[SCAP_PATH_MAX];
	size_t size = 0;

	if (step->result < 0 || !step->fd || !step->is_paired || !addr.bytes || !addr.size)
		return;
	description = *step->fd;
	description.was_open = false;
	switch (addr.bytes[0]) {
	case AF_INET:
	case AF_INET6:
		description.transport = transport_or(step->fd, IPPROTO_TCP);
		if (!bind_internet(&description, addr, name, sizeof(name), &size))
			return;
		break;
	case AF_UNIX:
		size = strnlen((const char *)addr.bytes + 1, addr.size - 1);
		if (size > sizeof(name))
			size = sizeof(name);
		memcpy(name, addr.bytes + 1, size);
		break;
	default:
		return;
	}
	renamed(engine, step, &description, name, size);
}

/* Whether the socket has this port as its own: bound, not connected. */
static bool is_bound_to(const struct fd *fd, uint16_t port)
{
	return fd->has_socket && fd->socket.state == TCP_LISTEN && fd->socket.local_port == port;
}

/* Its ends, the client first. */
static void ends_of(const struct fd *fd, struct tuple *tuple)
{
	const struct fd_socket *socket = &fd->socket;

	tuple->family = socket->family;
	memcpy(tuple->source, fd->is_server ? socket->remote : socket->local, sizeof(tuple->source));
	memcpy(tuple->destination, fd->is_server ? socket->local : socket->remote, sizeof(tuple->destination));
	tuple->source_port = fd->is_server ? socket->remote_port : socket->local_port;
	tuple->destination_port = fd->is_server ? socket->local_port : socket->remote_port;
}

static bool is_same(const struct tuple *one, const struct tuple *other)
{
	return one->family == other->family && !memcmp(one->source, other->source, sizeof(one->source)) &&
	       !memcmp(one->destination, other->destination, sizeof(one->destination)) &&
	       one->source_port == other->source_port && one->destination_port == other->destination_port;
}

static void swap_ends(struct tuple *tuple)
{
	uint8_t address[16];
	uint16_t port = tuple->source_port;

	memcpy(address, tuple->source, sizeof(address));
	memcpy(tuple->source, tuple->destination, sizeof(address));
	memcpy(tuple->destination, address, sizeof(address));
	tuple->source_port = tuple->destination_port;
	tuple->destination_port = port;
}

/* A socket that is not bound sends from the machine's address that is nearest. */
static void complete_source(struct engine *engine, struct tuple *tuple)
{
	static const uint8_t none[16];
	const uint8_t *address;

	if (tuple->family != AF_INET || memcmp(tuple->source, none, sizeof(none)))
		return;
	address = interface_towards(engine->interfaces, tuple->destination);
	if (address)
		memcpy(tuple->source, address, 4);
}

/* A datagram on a socket that sent or received one before. Of two ends that are known already nothing changes. Else, as
 * with sysdig, its sender takes the place of the client, and the server stays who it was; what goes against the socket's
 * role is turned around. False if nothing changes. */
static bool change_ends(const struct fd *fd, struct tuple *tuple, bool incoming)
{
	static const uint8_t none[16];
	struct tuple old;

	ends_of(fd, &old);
	if (is_same(tuple, &old))
		return false;
	swap_ends(tuple);
	if (is_same(tuple, &old))
		return false;
	swap_ends(tuple);
	if (old.family == tuple->family && memcmp(old.destination, none, sizeof(none)))
		memcpy(tuple->destination, old.destination, sizeof(none));
	if (old.family == tuple->family && old.destination_port)
		tuple->destination_port = old.destination_port;
	if (is_same(tuple, &old))
		return false;
	if (incoming != fd->is_server)
		swap_ends(tuple);
	return true;
}

/* A datagram, or the first data of a socket whose connection was not seen. Who received first is taken for the
 * server, who sent first for the client, and who bound a port for the server of what comes to that port. */
static void act_transfer(struct engine *engine, struct scap_step *step, struct scap_value value, bool incoming)
{
	struct fd *fd = step->fd, description;
	struct tuple tuple;
	bool is_server;

	if (!fd || !step->is_paired || step->result < 0)
		return;
	if (fd->name->size && fd->has_socket && fd->transport == IPPROTO_TCP)
		return;
	if (!read_tuple(value, &tuple))
		return;
	description = *fd;
	if (tuple.family == AF_UNIX) {
		description.type = FD_UNIX;
		description.has_socket = false;
		set_ends(engine, step, &description, &tuple, false);
		return;
	}
	if (!incoming)
		complete_source(engine, &tuple);
	if (fd->has_socket && fd->socket.protocol && fd->socket.state != TCP_LISTEN) {
		is_server = fd->is_server;
		/* what was open before is connected from now on */
		if (!change_ends(fd, &tuple, incoming) && !fd->was_open)
			return;
	} else {
		is_server = incoming || is_bound_to(fd, tuple.source_port);
		if (incoming != is_server)
			swap_ends(&tuple);
	}
	if (!fd->has_socket)
		description.transport = IPPROTO_UDP;
	set_ends(engine, step, &description, &tuple, is_server);
}

/* Whose making was not seen is a socket from when it is sent from. */
static void act_send_enter(struct engine *engine, struct scap_step *step)
{
	struct scap_value tuple = scap_value(step, 2);

	if (!step->fd && step->fd_num >= 0 && tuple.bytes && tuple.size &&
	    (tuple.bytes[0] == AF_INET || tuple.bytes[0] == AF_INET6))
		new_socket(engine, step, step->fd_num, tuple.bytes[0], SOCK_DGRAM, 0);
}

bool scap_act_socket(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	switch (action) {
	case ACTION_SOCKET:
		act_socket(engine, step);
		break;
	case ACTION_SOCKETPAIR:
		act_socketpair(engine, step);
		break;
	case ACTION_BIND:
		act_bind(engine, step);
		break;
	case ACTION_CONNECT_ENTER:
		act_connect_enter(engine, step);
		break;
	case ACTION_CONNECT:
		act_connect(engine, step);
		break;
	case ACTION_ACCEPT:
		act_accept(engine, step);
		break;
	case ACTION_SEND_ENTER:
		act_send_enter(engine, step);
		break;
	case ACTION_SEND:
		act_transfer(engine, step, scap_enter_value(step, 2), false);
		break;
	case ACTION_RECVFROM:
		act_transfer(engine, step, scap_value(step, 2), true);
		break;
	case ACTION_RECVMSG:
		act_transfer(engine, step, scap_value(step, 3), true);
		break;
	default:
		break;
	}
	return true;
}

/* ---- the fd lists ---- */

static void settle(struct engine *engine, struct process *process, const struct fd *fd)
{
	struct fd description = *fd;
	struct fd_socket *socket = &description.socket;
	uint16_t port = ntohs(socket->local_port);
	char name[FD_TUPLE_MAX];
	size_t size;

	if (socket->family == AF_INET6 && is_mapped(socket->local) && is_mapped(socket->remote)) {
		socket->family = AF_INET;
		description.type = FD_IPV4;
		unmap(socket->local);
		unmap(socket->remote);
	}
	/* of IPv6 sysdig leaves it open who is the server, and with that what they speak */
	if (socket->family == AF_INET6)
		socket->protocol = 0;
	else
		description.is_server = engine->listening[port / 8] & 1u << port % 8;
	size = fd_socket_name(socket, description.is_server, name, sizeof(name));
	state_fd_set(engine->state, process, &description, name, size);
}

static void settle_process(void *context, struct process *process)
{
	struct engine *engine = context;

	for (const struct fd *fd = state_fd_next(process, 0); fd;) {
		int32_t num = fd->num;

		if (fd->has_socket && fd->socket.state != TCP_LISTEN && num < INT32_MAX)
			settle(engine, process, fd);
		fd = num < INT32_MAX ? state_fd_next(process, num + 1) : NULL;
	}
}

void scap_settle_sockets(struct engine *engine)
{
	state_each_process(engine->state, settle_process, engine);
}
