/* Threads that wait in known system calls for longer than any test: one set from the start, another of the same calls after a
 * line of input. Prints a line for each when it is about to wait: set, name of the call, thread id, descriptor (-1 none), ns
 * since the epoch; "ready" after each set. Ends at the end of its input. */
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FOREVER_S 1000

static const char *set = "before";

static void about_to(const char *call, int fd)
{
	struct timespec now;
	char line[128];
	int size;

	clock_gettime(CLOCK_REALTIME, &now);
	size = snprintf(line, sizeof(line), "%s %s %d %d %lld\n", set, call, gettid(), fd,
			(long long)now.tv_sec * 1000000000 + now.tv_nsec);
	if (write(STDOUT_FILENO, line, size) != size)
		_exit(1);
}

static void *reads_a_pipe(void *context)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		exit(1);
	about_to("read", ends[0]);
	return read(ends[0], &byte, 1) < 0 ? NULL : context;
}

static void *waits_for_a_futex(void *context)
{
	static uint32_t word;

	about_to("futex", -1);
	syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	return context;
}

static int listening(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		exit(1);
	return fd;
}

static void *polls_one(void *context)
{
	struct pollfd polled = { .fd = listening(), .events = POLLIN };

	about_to("poll", polled.fd);
	poll(&polled, 1, -1);
	return context;
}

static void *accepts(void *context)
{
	int fd = listening();

	about_to("accept", fd);
	accept(fd, NULL, NULL);
	return context;
}

static void *sleeps(void *context)
{
	struct timespec time = { .tv_sec = FOREVER_S };

	about_to("nanosleep", -1);
	syscall(SYS_nanosleep, &time, NULL);
	return context;
}

static void *waits_for_a_child(void *context)
{
	pid_t pid = fork();

	if (!pid) {
		sleep(FOREVER_S);
		_exit(0);
	}
	about_to("wait4", -1);
	waitpid(pid, NULL, 0);
	return context;
}

static void *waits_for_epoll(void *context)
{
	struct epoll_event event;
	int fd = epoll_create1(0);

	about_to("epoll_wait", fd);
	syscall(SYS_epoll_wait, fd, &event, 1, -1);
	return context;
}

/* Two descriptions of one file: the second lock waits for the first. */
static void *waits_for_a_lock(void *context)
{
	char path[] = "/tmp/spantop-test.XXXXXX";
	int first = mkstemp(path), second = open(path, O_RDWR);

	unlink(path);
	if (first < 0 || second < 0 || flock(first, LOCK_EX))
		exit(1);
	about_to("flock", second);
	flock(second, LOCK_EX);
	return context;
}

/* A path that waits: nobody writes into the pipe. */
static void *opens_a_fifo(void *context)
{
	char path[64];

	snprintf(path, sizeof(path), "/tmp/spantop-test.fifo.%d.%s", getpid(), set);
	unlink(path);
	if (mkfifo(path, 0600))
		exit(1);
	about_to("openat", -1);
	context = open(path, O_RDONLY) < 0 ? NULL : context;
	return context;
}

static void remove_fifo(const char *which)
{
	char path[64];

	snprintf(path, sizeof(path), "/tmp/spantop-test.fifo.%d.%s", getpid(), which);
	unlink(path);
}

static void start_all(void)
{
	static void *(*const works[])(void *) = {
		reads_a_pipe, waits_for_a_futex, polls_one, accepts, sleeps, waits_for_a_child, waits_for_epoll,
		waits_for_a_lock, opens_a_fifo,
	};
	pthread_t thread;

	for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++)
		if (pthread_create(&thread, NULL, works[i], NULL))
			exit(1);
	usleep(200000);
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		exit(1);
}

int main(void)
{
	char line[16];

	signal(SIGCHLD, SIG_IGN);
	start_all();
	if (fgets(line, sizeof(line), stdin)) {
		set = "after";
		start_all();
		while (fgets(line, sizeof(line), stdin))
			;
	}
	remove_fifo("before");
	remove_fifo("after");
	kill(0, SIGKILL);
	return 0;
}
