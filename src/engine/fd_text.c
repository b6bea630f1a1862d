#include "fd_text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define TCP_LISTEN 10

/* Words and letters are those of sysdig; a device counts as a file there. */
static const struct {
	const char *name;
	char letter;
} types[] = {
	[FD_UNKNOWN] = { "unknown", 'o' },
	[FD_FILE] = { "file", 'f' },
	[FD_DIRECTORY] = { "directory", 'd' },
	[FD_IPV4] = { "ipv4", '4' },
	[FD_IPV6] = { "ipv6", '6' },
	[FD_UNIX] = { "unix", 'u' },
	[FD_NETLINK] = { "netlink", 'n' },
	[FD_SOCKET] = { "socket", 'o' },
	[FD_PIPE] = { "pipe", 'p' },
	[FD_EVENT] = { "event", 'e' },
	[FD_EVENTPOLL] = { "eventpoll", 'l' },
	[FD_INOTIFY] = { "inotify", 'i' },
	[FD_SIGNAL] = { "signalfd", 's' },
	[FD_TIMER] = { "timerfd", 't' },
	[FD_DEVICE] = { "file", 'f' },
	[FD_OTHER] = { "other", 'X' },
};

const char *fd_type_name(enum fd_type type)
{
	return types[(unsigned)type <= FD_OTHER ? type : FD_UNKNOWN].name;
}

char fd_type_char(enum fd_type type)
{
	return types[(unsigned)type <= FD_OTHER ? type : FD_UNKNOWN].letter;
}

enum fd_type fd_type_of_mode(uint16_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return FD_FILE;
	case S_IFDIR:
		return FD_DIRECTORY;
	case S_IFIFO:
		return FD_PIPE;
	case S_IFSOCK:
		return FD_SOCKET;
	case S_IFCHR:
	case S_IFBLK:
		return FD_DEVICE;
	default:
		return mode ? FD_OTHER : FD_UNKNOWN;
	}
}

bool fd_type_fits_mode(enum fd_type type, uint16_t mode)
{
	uint16_t format = mode & S_IFMT;

	if (!mode)
		return true;
	switch (type) {
	case FD_FILE:
		return format == S_IFREG || format == S_IFCHR || format == S_IFBLK;
	case FD_DEVICE:
		return format == S_IFCHR || format == S_IFBLK;
	case FD_DIRECTORY:
		return format == S_IFDIR;
	case FD_PIPE:
		return format == S_IFIFO;
	case FD_IPV4:
	case FD_IPV6:
	case FD_UNIX:
	case FD_NETLINK:
	case FD_SOCKET:
		return format == S_IFSOCK;
	case FD_EVENT:
	case FD_EVENTPOLL:
	case FD_INOTIFY:
	case FD_SIGNAL:
	case FD_TIMER:
		/* anonymous inodes have no format, in newer kernels that of a file */
		return !format || format == S_IFREG;
	default:
		return true;
	}
}

bool fd_type_is_socket(enum fd_type type)
{
	return type >= FD_IPV4 && type <= FD_SOCKET;
}

enum fd_type fd_type_of_family(uint16_t family)
{
	switch (family) {
	case AF_INET:
		return FD_IPV4;
	case AF_INET6:
		return FD_IPV6;
	case AF_UNIX:
		return FD_UNIX;
	case AF_NETLINK:
		return FD_NETLINK;
	default:
		return FD_SOCKET;
	}
}

char fd_protocol_char(const struct fd *fd, bool by_type)
{
	if (!fd->has_socket || (fd->type != FD_IPV4 && fd->type != FD_IPV6))
		return 0;
	switch (fd->socket.protocol) {
	case 0:
		return !by_type ? 0 : fd->socket.type == SOCK_STREAM ? 't' : fd->socket.type == SOCK_DGRAM ? 'u' : 0;
	case IPPROTO_TCP:
		return 't';
	case IPPROTO_UDP:
		return 'u';
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 'i';
	default:
		return fd->socket.protocol == IPPROTO_RAW || fd->socket.type == SOCK_RAW ? 'r' : 0;
	}
}

size_t fd_inode_name(enum fd_type type, uint64_t inode, char *name, size_t size)
{
	const char *word = "";

	if (inode && type == FD_PIPE)
		word = "pipe";
	else if (inode && fd_type_is_socket(type))
		word = "socket";
	if (!*word) {
		*name = 0;
		return 0;
	}
	return snprintf(name, size, "%s:[%" PRIu64 "]", word, inode);
}

size_t fd_device_name(uint32_t dev, char *name, size_t size)
{
	static const struct {
		uint32_t dev;
		const char *name;
	} devices[] = {
		{ 1 << 20 | 3, "/dev/null" },	{ 1 << 20 | 5, "/dev/zero" },	 { 1 << 20 | 7, "/dev/full" },
		{ 1 << 20 | 8, "/dev/random" }, { 1 << 20 | 9, "/dev/urandom" }, { 1 << 20 | 11, "/dev/kmsg" },
		{ 5 << 20 | 0, "/dev/tty" },	{ 5 << 20 | 1, "/dev/console" }, { 5 << 20 | 2, "/dev/ptmx" },
	};
	uint32_t major = dev >> 20, minor = dev & 0xfffff;

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (devices[i].dev == dev)
			return snprintf(name, size, "%s", devices[i].name);
	}
	if (major >= 136 && major <= 143)
		return snprintf(name, size, "/dev/pts/%" PRIu32, (major - 136) * 256 + minor);
	*name = 0;
	return 0;
}

static bool is_zero(const uint8_t address[16])
{
	for (unsigned i = 0; i < 16; i++) {
		if (address[i])
			return false;
	}
	return true;
}

static void end_text(int family, const uint8_t address[16], uint16_t port, char *text, size_t size)
{
	char ip[INET6_ADDRSTRLEN] = "";

	inet_ntop(family, address, ip, sizeof(ip));
	snprintf(text, size, "%s:%u", ip, ntohs(port));
}

size_t fd_socket_name(const struct fd_socket *socket, bool is_server, char *text, size_t size)
{
	char local[64], remote[64];
	bool has_remote = socket->remote_port || !is_zero(socket->remote);
	bool has_local = socket->local_port || !is_zero(socket->local);
	int length;

	if (size)
		*text = 0;
	if ((socket->family != AF_INET && socket->family != AF_INET6) || (!has_remote && !has_local))
		return 0;
	end_text(socket->family, socket->local, socket->local_port, local, sizeof(local));
	end_text(socket->family, socket->remote, socket->remote_port, remote, sizeof(remote));
	if (!has_remote || socket->state == TCP_LISTEN)
		length = snprintf(text, size, "%s", local);
	else if (is_server)
		length = snprintf(text, size, "%s->%s", remote, local);
	else
		length = snprintf(text, size, "%s->%s", local, remote);
	if (length < 0)
		return 0;
	return (size_t)length < size ? (size_t)length : size ? size - 1 : 0;
}

bool path_is_own(const char *path, size_t size)
{
	static const char *const beginnings[] = { "/dev/std", "/dev/fd/", "/proc/" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
		size_t length = strlen(beginnings[i]);

		if (size >= length && !memcmp(path, beginnings[i], length))
			return true;
	}
	return false;
}

/* Appends the parts of a path to a name that is "" or starts with a slash. */
static size_t append_parts(char *name, size_t n, const char *path, size_t size)
{
	size_t i = 0;

	while (i < size) {
		size_t start, length;

		while (i < size && path[i] == '/')
			i++;
		for (start = i; i < size && path[i] != '/'; i++)
			;
		length = i - start;
		if (!length || (length == 1 && path[start] == '.'))
			continue;
		if (length == 2 && path[start] == '.' && path[start + 1] == '.') {
			while (n && name[--n] != '/')
				;
			continue;
		}
		if (n + 1 + length > FD_NAME_MAX - 1)
			length = n + 1 < FD_NAME_MAX - 1 ? FD_NAME_MAX - 1 - n - 1 : 0;
		if (!length)
			break;
		name[n++] = '/';
		memcpy(name + n, path + start, length);
		n += length;
	}
	return n;
}

size_t path_resolve(const char *directory, size_t directory_size, const char *path, size_t size, char *name)
{
	size_t n = 0;

	if (!size || path[0] != '/') {
		if (!directory_size || directory[0] != '/') {
			n = size < FD_NAME_MAX - 1 ? size : FD_NAME_MAX - 1;
			memcpy(name, path, n);
			name[n] = 0;
			return n;
		}
		n = append_parts(name, 0, directory, directory_size);
	}
	n = append_parts(name, n, path, size);
	if (!n)
		name[n++] = '/';
	name[n] = 0;
	return n;
}
