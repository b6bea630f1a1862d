/* Sockets that exist, by inode, from the tables of /proc/net: those of the machine, and of each other network namespace
 * when the first process in it is met that has a socket. */
#include "snapshot_private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define UNIX_LISTENS 0x10000
#define UNIX_CONNECTED 3
#define TABLE_BYTES_MAX (4u << 20)   /* read of one table: a machine with more connections need not wait for them */

struct socket_entry {
	uint64_t inode;              /* 0: free */
	struct fd_socket socket;
	char *path;                  /* of a unix socket, or NULL */
};

struct snapshot_sockets {
	struct socket_entry *entries;/* open addressing, a power of two */
	size_t room, count;
	ino_t *namespaces;           /* read so far */
	size_t nnamespaces;
	uint32_t pid;                /* whose namespace was looked at last */
};

static struct socket_entry *place(struct socket_entry *entries, size_t room, uint64_t inode)
{
	size_t i = inode * 0x9e3779b97f4a7c15ull >> 20 & (room - 1);

	while (entries[i].inode && entries[i].inode != inode)
		i = (i + 1) & (room - 1);
	return &entries[i];
}

static bool grow(struct snapshot_sockets *sockets)
{
	size_t room = sockets->room ? 2 * sockets->room : 1024;
	struct socket_entry *entries = calloc(room, sizeof(*entries));

	if (!entries)
		return false;
	for (size_t i = 0; i < sockets->room; i++)
		if (sockets->entries[i].inode)
			*place(entries, room, sockets->entries[i].inode) = sockets->entries[i];
	free(sockets->entries);
	sockets->entries = entries;
	sockets->room = room;
	return true;
}

/* Room for the socket; NULL if it is known, or memory is out. */
static struct socket_entry *add(struct snapshot_sockets *sockets, uint64_t inode)
{
	struct socket_entry *entry;

	if (!inode || (sockets->count * 2 >= sockets->room && !grow(sockets)))
		return NULL;
	entry = place(sockets->entries, sockets->room, inode);
	if (entry->inode)
		return NULL;
	entry->inode = inode;
	sockets->count++;
	return entry;
}

/* Words of 8 hexadecimal digits, as the kernel prints each 32 bits of an address in network order. */
static bool parse_address(const char *text, size_t words, uint8_t *address)
{
	for (size_t i = 0; i < words; i++) {
		unsigned word;

		if (sscanf(text + 8 * i, "%8x", &word) != 1)
			return false;
		memcpy(address + 4 * i, &word, 4);
	}
	return true;
}

static void take_internet(struct snapshot_sockets *sockets, const char *line, uint16_t family, uint16_t type)
{
	char local[40], remote[40];
	unsigned local_port, remote_port, state;
	unsigned long long inode;
	struct socket_entry *entry;

	if (sscanf(line, "%*s %39[0-9A-F]:%x %39[0-9A-F]:%x %x %*s %*s %*s %*s %*s %llu", local, &local_port, remote,
		   &remote_port, &state, &inode) != 6)
		return;
	entry = add(sockets, inode);
	if (!entry)
		return;
	entry->socket = (struct fd_socket){
		.family = family,
		.type = type,
		.protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP,
		.state = state,
		.local_port = htons(local_port),
		.remote_port = htons(remote_port),
	};
	parse_address(local, family == AF_INET ? 1 : 4, entry->socket.local);
	parse_address(remote, family == AF_INET ? 1 : 4, entry->socket.remote);
}

/* The kernel's own state, of which the table tells two thirds in a way of its own. */
static uint16_t unix_state(unsigned flags, unsigned state)
{
	if (flags & UNIX_LISTENS)
		return TCP_LISTEN;
	return state == UNIX_CONNECTED ? TCP_ESTABLISHED : TCP_CLOSE;
}

static void take_unix(struct snapshot_sockets *sockets, const char *line)
{
	unsigned flags, type, state;
	unsigned long long inode;
	struct socket_entry *entry;
	int used = 0;

	if (sscanf(line, "%*s %*s %*s %x %x %x %llu%n", &flags, &type, &state, &inode, &used) != 4)
		return;
	entry = add(sockets, inode);
	if (!entry)
		return;
	entry->socket = (struct fd_socket){ .family = AF_UNIX, .type = type, .state = unix_state(flags, state) };
	line += used;
	line += *line == ' ';
	if (*line && *line != '\n')
		entry->path = strndup(line, strcspn(line, "\n"));
}

static void take_netlink(struct snapshot_sockets *sockets, const char *line)
{
	unsigned long long inode;
	unsigned protocol;
	struct socket_entry *entry;

	if (sscanf(line, "%*s %u %*s %*s %*s %*s %*s %*s %*s %llu", &protocol, &inode) != 2)
		return;
	entry = add(sockets, inode);
	if (entry)
		entry->socket = (struct fd_socket){ .family = AF_NETLINK, .type = SOCK_RAW, .protocol = protocol };
}

static void read_table(struct snapshot_sockets *sockets, uint32_t pid, const char *name, uint16_t family, uint16_t type)
{
	char path[64], *line = NULL;
	size_t room = 0, taken = 0;
	ssize_t size;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/net/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		return;
	/* the first line names the columns, which no number makes a socket of */
	while (taken < TABLE_BYTES_MAX && (size = getline(&line, &room, file)) > 0) {
		taken += size;
		if (family == AF_UNIX)
			take_unix(sockets, line);
		else if (family == AF_NETLINK)
			take_netlink(sockets, line);
		else
			take_internet(sockets, line, family, type);
	}
	free(line);
	fclose(file);
}

static void read_namespace(struct snapshot_sockets *sockets, uint32_t pid)
{
	read_table(sockets, pid, "tcp", AF_INET, SOCK_STREAM);
	read_table(sockets, pid, "tcp6", AF_INET6, SOCK_STREAM);
	read_table(sockets, pid, "udp", AF_INET, SOCK_DGRAM);
	read_table(sockets, pid, "udp6", AF_INET6, SOCK_DGRAM);
	read_table(sockets, pid, "unix", AF_UNIX, 0);
	read_table(sockets, pid, "netlink", AF_NETLINK, 0);
}

/* Reads the tables of the process's network namespace, unless they were. */
static void look_at(struct snapshot_sockets *sockets, uint32_t pid)
{
	char path[64];
	struct stat st;
	ino_t *namespaces;

	if (sockets->pid == pid)
		return;
	sockets->pid = pid;
	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	if (stat(path, &st))
		return;
	for (size_t i = 0; i < sockets->nnamespaces; i++)
		if (sockets->namespaces[i] == st.st_ino)
			return;
	namespaces = realloc(sockets->namespaces, (sockets->nnamespaces + 1) * sizeof(*namespaces));
	if (!namespaces)
		return;
	sockets->namespaces = namespaces;
	namespaces[sockets->nnamespaces++] = st.st_ino;
	read_namespace(sockets, pid);
}

struct snapshot_sockets *snapshot_sockets_new(void)
{
	return calloc(1, sizeof(struct snapshot_sockets));
}

void snapshot_sockets_free(struct snapshot_sockets *sockets)
{
	if (!sockets)
		return;
	for (size_t i = 0; i < sockets->room; i++)
		free(sockets->entries[i].path);
	free(sockets->entries);
	free(sockets->namespaces);
	free(sockets);
}

void snapshot_sockets_describe(struct snapshot_sockets *sockets, uint32_t pid, struct fd *description, char *name,
			       size_t size)
{
	const struct socket_entry *entry;

	if (!sockets)
		return;
	look_at(sockets, pid);
	if (!sockets->room)
		return;
	entry = place(sockets->entries, sockets->room, description->inode);
	if (!entry->inode)
		return;
	description->socket = entry->socket;
	description->has_socket = true;
	if (entry->path)
		snprintf(name, size, "%s", entry->path);
}
