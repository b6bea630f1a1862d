/* Has many descriptors and threads, says so ("ready"), and waits for the end of its input.
 *
 * exists_c DESCRIPTORS THREADS DIRECTORY: the descriptors are of every kind in turn; files and unix sockets with names
 * lie in the directory, which they are deleted from at the end. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

static const char *directory;

static int check(int fd, const char *what)
{
	if (fd >= 0)
		return fd;
	fprintf(stderr, "exists_c: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_file(unsigned i, bool removed)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/a file %u", directory, i % 100);
	fd = check(open(path, O_RDWR | O_CREAT | O_APPEND, 0600), path);
	if (removed)
		check(unlink(path), path);
	return fd;
}

static int open_unix(unsigned i, bool named)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");

	if (!named)
		return fd;
	/* every other is abstract: it is no file, and its name begins with a NUL */
	if (i % 2)
		snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "spantop test %d %u", (int)getpid(), i);
	else
		snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket %u", directory, i);
	check(bind(fd, (struct sockaddr *)&address,
		   offsetof(struct sockaddr_un, sun_path) + (i % 2 ? 1 + strlen(address.sun_path + 1) :
							     strlen(address.sun_path) + 1)), "bind");
	if (i % 4 < 2)
		check(listen(fd, 1), "listen");
	return fd;
}

static int listen_at(int family, struct sockaddr *address, socklen_t *size)
{
	int fd = check(socket(family, SOCK_STREAM, 0), "socket");

	check(bind(fd, address, *size), "bind");
	check(listen(fd, 4096), "listen");
	check(getsockname(fd, address, size), "getsockname");
	return fd;
}

/* Both ends of a connection are descriptors of this process; the listening socket is, too. */
static int open_tcp(bool six)
{
	static struct sockaddr_storage addresses[2];
	static socklen_t sizes[2];
	static int listening[2], accepted[2];
	int fd;

	if (accepted[six]) {
		fd = accepted[six];
		accepted[six] = 0;
		return fd;
	}
	if (!sizes[six]) {
		struct sockaddr_in four = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		struct sockaddr_in6 other = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };

		sizes[six] = six ? sizeof(other) : sizeof(four);
		memcpy(&addresses[six], six ? (void *)&other : (void *)&four, sizes[six]);
		listening[six] = listen_at(six ? AF_INET6 : AF_INET, (struct sockaddr *)&addresses[six], &sizes[six]);
		return listening[six];
	}
	fd = check(socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, 0), "socket");
	check(connect(fd, (struct sockaddr *)&addresses[six], sizes[six]), "connect");
	accepted[six] = check(accept(listening[six], NULL, NULL), "accept");
	return fd;
}

static int open_udp(unsigned i, bool six)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 other = { .sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = check(socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM, 0), "socket");

	/* a port of its own is had by 28,000 at most */
	if (i % 8 == 0)
		check(six ? connect(fd, (struct sockaddr *)&other, sizeof(other)) :
			    connect(fd, (struct sockaddr *)&four, sizeof(four)), "connect");
	return fd;
}

static int open_pipe(void)
{
	static int other;
	int fds[2];

	if (other) {
		fds[0] = other;
		other = 0;
		return fds[0];
	}
	check(pipe(fds), "pipe");
	other = fds[1];
	return fds[0];
}

static bool has_six(void)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool good = fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address));

	if (fd >= 0)
		close(fd);
	return good;
}

/* Instances of inotify are few: what is not had is an eventfd. */
static int open_inotify(void)
{
	static unsigned count;
	int fd = count++ < 10 ? inotify_init1(0) : -1;

	return fd >= 0 ? fd : check(eventfd(0, 0), "eventfd");
}

static int open_one(unsigned i)
{
	static int six = -1;
	sigset_t signals;

	if (six < 0)
		six = has_six();
	switch (i % 24) {
	case 0: case 1: case 2: case 3: return open_file(i, false);
	case 4: return open_file(i, true);
	case 5: return check(open(directory, O_RDONLY | O_DIRECTORY), directory);
	case 6: return check(open("/dev/null", O_WRONLY), "/dev/null");
	case 7: return check(open("/proc/self/status", O_RDONLY), "/proc/self/status");
	case 8: case 9: case 10: return open_pipe();
	case 11: case 12: return open_tcp(false);
	case 13: case 14: return open_tcp(six);
	case 15: return open_udp(i / 24, false);
	case 16: return open_udp(i / 24, six);
	case 17: return open_unix(i / 24, true);
	case 18: return open_unix(i, false);
	case 19: return check(eventfd(0, 0), "eventfd");
	case 20: return check(epoll_create1(0), "epoll_create1");
	case 21: return i / 24 % 2 ? open_inotify() : check(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
	case 22: return check(memfd_create("spantop test", 0), "memfd_create");
	default:
		sigemptyset(&signals);
		return i / 24 % 2 ? check(signalfd(-1, &signals, 0), "signalfd") :
				    check(timerfd_create(CLOCK_MONOTONIC, 0), "timerfd_create");
	}
}

static void *idle(void *context)
{
	(void)context;
	for (;;)
		pause();
	return NULL;
}

static void start_threads(unsigned count)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 << 10);
	for (unsigned i = 0; i < count; i++) {
		errno = pthread_create(&thread, &attributes, idle, NULL);
		check(errno ? -1 : 0, "pthread_create");
	}
}

static void remove_all(void)
{
	DIR *files = opendir(directory);
	struct dirent *entry;

	while (files && (entry = readdir(files)))
		unlinkat(dirfd(files), entry->d_name, 0);
}

int main(int argc, char **argv)
{
	unsigned descriptors = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
	struct rlimit limit = { descriptors + 100, descriptors + 100 };
	char text[64];

	if (argc != 4) {
		fprintf(stderr, "usage: exists_c DESCRIPTORS THREADS DIRECTORY\n");
		return 2;
	}
	directory = argv[3];
	remove_all();
	if (descriptors > 900)
		check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit (it may not have so many)");
	for (unsigned i = 0; i < descriptors; i++)
		open_one(i);
	start_threads(strtoul(argv[2], NULL, 10));
	puts("ready");
	fflush(stdout);
	while (read(0, text, sizeof(text)) > 0)
		;
	remove_all();
	return 0;
}
