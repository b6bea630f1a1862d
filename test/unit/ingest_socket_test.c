/* What calls tell of sockets. */
#include "test/unit/ingest_world.h"

static struct record_socket ends(const char *local, uint16_t local_port, const char *remote, uint16_t remote_port,
				 uint16_t type, uint16_t state)
{
	struct record_socket socket = { .family = strchr(local, ':') ? AF_INET6 : AF_INET, .type = type, .state = state,
					.protocol = type == SOCK_STREAM ? 6 : 17,
					.local_port = htons(local_port), .remote_port = htons(remote_port) };

	assert_int_equal(inet_pton(socket.family, local, socket.local), 1);
	assert_int_equal(inet_pton(socket.family, remote, socket.remote), 1);
	return socket;
}

static struct sockaddr_in address_of(const char *ip, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, ip, &address.sin_addr);
	return address;
}

static const struct event *socket_call(struct world *world, const char *name, int64_t result, int32_t fd,
				       const uint64_t *args, const struct record_socket *socket,
				       enum record_item_kind kind, const void *address, size_t size)
{
	struct feed_payload payload = { .size = 0 };

	if (address)
		feed_item(&payload, kind, 1, address, size);
	if (socket)
		feed_item(&payload, RECORD_ITEM_SOCKET, 0, socket, sizeof(*socket));
	return call(world, name, result, fd, args, &payload, socket ? 500 + fd : 0, socket ? 0140777 : 0);
}

static const struct event *new_socket(struct world *world, int32_t num, int family, int type)
{
	uint64_t args[6] = { family, type | SOCK_CLOEXEC };

	return call(world, "socket", num, num, args, NULL, 500 + num, 0140777);
}

static void test_client(void **data)
{
	struct world *world = *data;
	struct record_socket kernel = ends("10.0.0.1", 40000, "10.0.0.2", 80, SOCK_STREAM, 2);
	struct sockaddr_in address = address_of("10.0.0.2", 80);
	uint64_t args[6] = { 3 };
	const struct event *event;
	struct fd *fd;

	event = new_socket(world, 3, AF_INET, SOCK_STREAM);
	expect_fd(event->fd, FD_IPV4, "");
	assert_int_equal(event->fd->socket.type, SOCK_STREAM);
	event = socket_call(world, "connect", -EINPROGRESS, 3, args, &kernel, RECORD_ITEM_ADDRESS_IN, &address,
			    sizeof(address));
	expect_fd(event->fd, FD_IPV4, "10.0.0.1:40000->10.0.0.2:80");
	assert_false(event->fd->is_server);
	fd = fd_of(world, 3);
	/* the same ends in another state are the same connection */
	kernel.state = 1;
	assert_ptr_equal(socket_call(world, "write", 5, 3, args, &kernel, 0, NULL, 0)->fd, fd);
	/* the socket made before is another object: its event keeps its empty name */
	expect_fd(feed_find(world->engine, 2)->fd, FD_IPV4, "");
	/* the peer is gone, and the kernel has forgotten both ends */
	kernel = ends("0.0.0.0", 0, "0.0.0.0", 0, SOCK_STREAM, 7);
	expect_fd(socket_call(world, "read", -ECONNRESET, 3, args, &kernel, 0, NULL, 0)->fd, FD_IPV4,
		  "10.0.0.1:40000->10.0.0.2:80");
}

static void test_failed_connect(void **data)
{
	struct world *world = *data;
	struct sockaddr_in address = address_of("10.0.0.2", 80);
	uint64_t args[6] = { 3 };

	new_socket(world, 3, AF_INET, SOCK_STREAM);
	expect_fd(socket_call(world, "connect", -ECONNREFUSED, 3, args, NULL, RECORD_ITEM_ADDRESS_IN, &address,
			      sizeof(address))->fd, FD_IPV4, "");
}

static void test_server(void **data)
{
	struct world *world = *data;
	struct record_socket kernel = ends("0.0.0.0", 80, "0.0.0.0", 0, SOCK_STREAM, 7);
	struct sockaddr_in address = address_of("0.0.0.0", 80);
	uint64_t args[6] = { 3 };
	const struct event *event;

	new_socket(world, 3, AF_INET, SOCK_STREAM);
	event = socket_call(world, "bind", 0, 3, args, &kernel, RECORD_ITEM_ADDRESS_IN, &address, sizeof(address));
	expect_fd(event->fd, FD_IPV4, "0.0.0.0:80");
	kernel.state = 10;
	event = socket_call(world, "listen", 0, 3, args, &kernel, 0, NULL, 0);
	expect_fd(event->fd, FD_IPV4, "0.0.0.0:80");
	assert_int_equal(event->fd->socket.state, 10);
	kernel = ends("10.0.0.1", 80, "10.0.0.9", 50000, SOCK_STREAM, 1);
	address = address_of("10.0.0.9", 50000);
	event = socket_call(world, "accept4", 4, 4, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &address, sizeof(address));
	expect_fd(event->fd, FD_IPV4, "10.0.0.9:50000->10.0.0.1:80");
	assert_true(event->fd->is_server);
	/* the client has reset it: the kernel has its port for others again */
	kernel = ends("10.0.0.1", 0, "10.0.0.9", 50000, SOCK_STREAM, 7);
	args[0] = 4;
	event = socket_call(world, "write", 10, 4, args, &kernel, 0, NULL, 0);
	expect_fd(event->fd, FD_IPV4, "10.0.0.9:50000->10.0.0.1:80");
	assert_true(event->fd->is_server);
	/* and one that it reset before it was accepted */
	args[0] = 3;
	kernel = ends("10.0.0.1", 0, "10.0.0.9", 50005, SOCK_STREAM, 7);
	address = address_of("10.0.0.9", 50005);
	event = socket_call(world, "accept4", 5, 5, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &address, sizeof(address));
	expect_fd(event->fd, FD_IPV4, "10.0.0.9:50005->10.0.0.1:80");
	/* a connection first seen later: known by the port that is listened on */
	kernel = ends("10.0.0.1", 80, "10.0.0.8", 50001, SOCK_STREAM, 1);
	event = socket_call(world, "read", 10, 9, (uint64_t[6]){ 9 }, &kernel, 0, NULL, 0);
	expect_fd(event->fd, FD_IPV4, "10.0.0.8:50001->10.0.0.1:80");
	assert_true(event->fd->is_server);
	/* and one to another port of the same machine is a client */
	kernel = ends("10.0.0.1", 50002, "10.0.0.8", 80, SOCK_STREAM, 1);
	event = socket_call(world, "read", 10, 11, (uint64_t[6]){ 11 }, &kernel, 0, NULL, 0);
	expect_fd(event->fd, FD_IPV4, "10.0.0.1:50002->10.0.0.8:80");
	assert_false(event->fd->is_server);
}

/* Connections whose beginning nobody saw, on a port that nobody is known to listen on. */
static void test_unknown_connections(void **data)
{
	struct world *world = *data;
	struct record_socket kernel = ends("127.0.0.1", 8899, "127.0.0.1", 34936, SOCK_STREAM, 1);
	const struct event *event;

	event = socket_call(world, "sendto", 10, 12, (uint64_t[6]){ 12 }, &kernel, 0, NULL, 0);
	expect_fd(event->fd, FD_IPV4, "127.0.0.1:34936->127.0.0.1:8899");
	assert_true(event->fd->is_server);
	kernel = ends("127.0.0.1", 34936, "127.0.0.1", 8899, SOCK_STREAM, 1);
	event = socket_call(world, "recvfrom", 10, 13, (uint64_t[6]){ 13 }, &kernel, 0, NULL, 0);
	expect_fd(event->fd, FD_IPV4, "127.0.0.1:34936->127.0.0.1:8899");
	assert_false(event->fd->is_server);
	/* whoever was seen to connect is the client, whatever the ports */
	new_socket(world, 3, AF_INET, SOCK_STREAM);
	kernel = ends("127.0.0.1", 700, "127.0.0.1", 2049, SOCK_STREAM, 1);
	event = socket_call(world, "connect", 0, 3, (uint64_t[6]){ 3 }, &kernel, 0, NULL, 0);
	expect_fd(event->fd, FD_IPV4, "127.0.0.1:700->127.0.0.1:2049");
	assert_false(event->fd->is_server);
	event = socket_call(world, "connect", 0, 4, (uint64_t[6]){ 4 }, &kernel, 0, NULL, 0);
	assert_false(event->fd->is_server);
	event = socket_call(world, "write", 1, 4, (uint64_t[6]){ 4 }, &kernel, 0, NULL, 0);
	assert_false(event->fd->is_server);
}

/* A source that has addresses only. */
static void test_addresses_only(void **data)
{
	struct world *world = *data;
	struct sockaddr_in address = address_of("10.0.0.1", 8080);
	uint64_t args[6] = { 3 };

	new_socket(world, 3, AF_INET, SOCK_STREAM);
	expect_fd(socket_call(world, "bind", 0, 3, args, NULL, RECORD_ITEM_ADDRESS_IN, &address, sizeof(address))->fd,
		  FD_IPV4, "10.0.0.1:8080");
	call(world, "listen", 0, 3, args, NULL, 0, 0);
	assert_int_equal(fd_of(world, 3)->socket.state, 10);
	address = address_of("10.0.0.7", 1234);
	expect_fd(socket_call(world, "accept", 5, 5, args, NULL, RECORD_ITEM_ADDRESS_OUT, &address,
			      sizeof(address))->fd, FD_IPV4, "10.0.0.7:1234->10.0.0.1:8080");
	assert_true(fd_of(world, 5)->is_server);
}

static void test_ipv6(void **data)
{
	struct world *world = *data;
	struct record_socket kernel = ends("2001:db8::4", 54405, "2001:db8::3", 1234, SOCK_STREAM, 1);
	uint64_t args[6] = { 3 };
	struct fd *fd;

	new_socket(world, 3, AF_INET6, SOCK_STREAM);
	expect_fd(socket_call(world, "write", 5, 3, args, &kernel, 0, NULL, 0)->fd, FD_IPV6,
		  "2001:db8::4:54405->2001:db8::3:1234");
	/* IPv4 by way of an IPv6 socket */
	new_socket(world, 4, AF_INET6, SOCK_STREAM);
	args[0] = 4;
	kernel = ends("::ffff:10.0.0.1", 40000, "::ffff:10.0.0.2", 443, SOCK_STREAM, 1);
	expect_fd(socket_call(world, "write", 5, 4, args, &kernel, 0, NULL, 0)->fd, FD_IPV4,
		  "10.0.0.1:40000->10.0.0.2:443");
	fd = fd_of(world, 4);
	assert_ptr_equal(socket_call(world, "write", 5, 4, args, &kernel, 0, NULL, 0)->fd, fd);
}

static void test_datagrams(void **data)
{
	struct world *world = *data;
	struct record_socket kernel = ends("0.0.0.0", 53, "0.0.0.0", 0, SOCK_DGRAM, 7);
	struct sockaddr_in peer = address_of("10.0.0.9", 5000);
	uint64_t args[6] = { 3 };
	struct fd *fd;

	/* what comes first makes this end the server */
	new_socket(world, 3, AF_INET, SOCK_DGRAM);
	expect_fd(socket_call(world, "recvfrom", 30, 3, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &peer,
			      sizeof(peer))->fd, FD_IPV4, "10.0.0.9:5000->0.0.0.0:53");
	fd = fd_of(world, 3);
	assert_ptr_equal(socket_call(world, "sendto", 30, 3, args, &kernel, RECORD_ITEM_ADDRESS_IN, &peer,
				     sizeof(peer))->fd, fd);
	peer = address_of("10.0.0.8", 5001);
	expect_fd(socket_call(world, "recvfrom", 30, 3, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &peer,
			      sizeof(peer))->fd, FD_IPV4, "10.0.0.8:5001->0.0.0.0:53");
	/* what is sent first makes it a client */
	args[0] = 4;
	kernel = ends("0.0.0.0", 40000, "0.0.0.0", 0, SOCK_DGRAM, 7);
	peer = address_of("10.0.0.3", 53);
	new_socket(world, 4, AF_INET, SOCK_DGRAM);
	expect_fd(socket_call(world, "sendto", 30, 4, args, &kernel, RECORD_ITEM_ADDRESS_IN, &peer, sizeof(peer))->fd,
		  FD_IPV4, "0.0.0.0:40000->10.0.0.3:53");
	fd = fd_of(world, 4);
	assert_ptr_equal(socket_call(world, "recvfrom", 30, 4, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &peer,
				     sizeof(peer))->fd, fd);
	/* and it stays one when someone else answers */
	peer = address_of("10.0.0.4", 53);
	expect_fd(socket_call(world, "recvfrom", 30, 4, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &peer,
			      sizeof(peer))->fd, FD_IPV4, "0.0.0.0:40000->10.0.0.4:53");
	peer = address_of("10.0.0.3", 53);
	/* a connected one, seen for the first time when it receives, is a client all the same */
	args[0] = 5;
	kernel = ends("10.0.0.1", 40001, "10.0.0.3", 53, SOCK_DGRAM, 1);
	expect_fd(socket_call(world, "recvfrom", 30, 5, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &peer,
			      sizeof(peer))->fd, FD_IPV4, "10.0.0.1:40001->10.0.0.3:53");
}

static void test_unix_sockets(void **data)
{
	struct world *world = *data;
	struct record_socket kernel = { .family = AF_UNIX, .type = SOCK_STREAM };
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/x.sock" };
	uint64_t args[6] = { 3 };
	size_t size = offsetof(struct sockaddr_un, sun_path) + 12;
	struct fd *fd;

	new_socket(world, 3, AF_UNIX, SOCK_STREAM);
	expect_fd(socket_call(world, "bind", 0, 3, args, &kernel, RECORD_ITEM_ADDRESS_IN, &address, size)->fd,
		  FD_UNIX, "/run/x.sock");
	expect_fd(socket_call(world, "accept", 4, 4, args, &kernel, RECORD_ITEM_ADDRESS_OUT, &address, 2)->fd, FD_UNIX,
		  "/run/x.sock");
	assert_true(fd_of(world, 4)->is_server);
	new_socket(world, 5, AF_UNIX, SOCK_STREAM);
	args[0] = 5;
	expect_fd(socket_call(world, "connect", 0, 5, args, &kernel, RECORD_ITEM_ADDRESS_IN, &address, size)->fd,
		  FD_UNIX, "/run/x.sock");
	fd = fd_of(world, 5);
	assert_ptr_equal(socket_call(world, "write", 1, 5, args, &kernel, 0, NULL, 0)->fd, fd);
	assert_ptr_equal(socket_call(world, "sendto", 1, 5, args, &kernel, RECORD_ITEM_ADDRESS_IN, &address, size)->fd,
			 fd);
	/* an abstract name */
	memcpy(address.sun_path, "\0bus", 4);
	new_socket(world, 6, AF_UNIX, SOCK_STREAM);
	args[0] = 6;
	expect_fd(socket_call(world, "connect", 0, 6, args, &kernel, RECORD_ITEM_ADDRESS_IN, &address,
			      offsetof(struct sockaddr_un, sun_path) + 4)->fd, FD_UNIX, "@bus");
}

/* Payloads that do not hold what they say. */
static void test_hostile_payloads(void **data)
{
	struct world *world = *data;
	struct record_socket kernel = ends("10.0.0.1", 1, "10.0.0.2", 2, SOCK_STREAM, 1);
	struct feed_payload payload = { .size = 0 };
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
	uint64_t args[6] = { 3 };

	new_socket(world, 3, AF_INET, SOCK_STREAM);
	feed_item(&payload, RECORD_ITEM_SOCKET, 0, &kernel, sizeof(kernel));
	for (uint16_t size = 0; size < payload.size; size++) {
		/* memory of just that size, so that reading on is seen */
		char *cut = malloc(size ? size : 1);
		struct input input = feed_call_input(PID, PID, 1, 2, "write", 1, 3, args, NULL);

		memcpy(cut, payload.bytes, size);
		input.call.payload = cut;
		input.call.payload_size = size;
		input.call.items = 200;
		feed(world->engine, NULL, &input);
		expect_fd(fd_of(world, 3), FD_IPV4, "");
		free(cut);
	}
	for (size_t size = 0; size < sizeof(address); size++) {
		const char *names[] = { "connect", "bind", "sendto" };

		for (unsigned i = 0; i < 3; i++) {
			payload = (struct feed_payload){ .size = 0 };
			feed_item(&payload, RECORD_ITEM_ADDRESS_IN, 1, &address, size);
			assert_non_null(call(world, names[i], 0, 3, args, &payload, 503, 0140777)->fd);
		}
	}
	payload = (struct feed_payload){ .size = 0 };
	feed_item(&payload, RECORD_ITEM_PAIR, 0, "abc", 3);
	call(world, "pipe", 0, -1, NULL, &payload, 0, 0);
	feed_item(&payload, RECORD_ITEM_PAIR, 0, "\xff\xff\xff\xff\xff\xff\xff\x7f", 8);
	call(world, "pipe", 0, -1, NULL, &payload, 0, 0);
	assert_int_equal(process_of(world)->nfds, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_client, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failed_connect, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_server, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_connections, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_addresses_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ipv6, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_datagrams, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unix_sockets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hostile_payloads, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("ingest_socket", tests, NULL, NULL);
}
