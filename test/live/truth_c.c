/* Defined loads that say of themselves what they did, to be compared with what a tracer saw. Says "ready", waits for a line,
 * does its work, says one line of numbers, and stays until the end of its input. Arguments: the load and its own ones:
 *   files DIR            writes and reads of known sizes by all the calls that do that
 *   errors DIR           calls that fail, as many of each kind as it says
 *   tcp PORT             a child serves, the process itself asks, known amounts, over three connections
 *   cpu MS               three threads that use the CPU, the main one among them, for as long as it says
 *   forks COUNT          so many children, one after the other, every second of which executes /bin/true with its number
 *   storm COUNT          so many short processes, up to 16 at once; a quarter each
 *                        executes /bin/true with its number (after fork, after vfork), has two short threads, does nothing
 *   faults PAGES         touches so many new pages
 *   signals COUNT        sends itself so many signals
 *   switches COUNT       sleeps so often */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void say(const char *text)
{
	if (write(1, text, strlen(text)) < 0)
		exit(1);
}

static void wait_for_line(void)
{
	char c = 0;

	while (c != '\n' && read(0, &c, 1) == 1)
		;
}

static char buffer[70000];

/* ---- files ---- */

static void load_files(const char *directory)
{
	unsigned long written = 0, got = 0, calls = 0;
	char path[4096];
	ssize_t n;

	for (int i = 0; i < 20; i++) {
		struct iovec vector[3] = { { buffer, 100 }, { buffer, 0 }, { buffer + 100, 1000 + i } };
		int fd, to[2];

		snprintf(path, sizeof(path), "%s/file%d", directory, i);
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (fd < 0)
			fail(path);
		for (int k = 0; k < 50; k++, calls++)
			written += write(fd, buffer, 1 + k * 7);
		written += write(fd, buffer, 65536);
		written += pwrite(fd, buffer, 3000, 12);
		written += writev(fd, vector, 3);
		written += pwritev(fd, vector, 3, 0);
		written += pwritev2(fd, vector, 3, -1, 0);
		lseek(fd, 0, SEEK_SET);
		while ((n = read(fd, buffer, 8192)) > 0) {
			got += n;
			calls++;
		}
		got += pread(fd, buffer, 777, 5);
		lseek(fd, 0, SEEK_SET);
		got += readv(fd, vector, 3);
		got += preadv(fd, vector, 3, 10);
		got += preadv2(fd, vector, 3, 10, 0);
		/* descriptors that are others: the file is the same */
		to[0] = dup(fd);
		to[1] = fcntl(fd, F_DUPFD, 500);
		close(fd);
		got += pread(to[0], buffer, 11, 0);
		got += pread(to[1], buffer, 13, 0);
		close(to[0]);
		close(to[1]);
		/* all the others, the read that found the end among them */
		calls += 20;
	}
	printf("%lu %lu %lu\n", got, written, calls);
}

/* ---- errors ---- */

static void load_errors(const char *directory)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/missing", directory);
	for (int i = 0; i < 370; i++)
		if (open(path, O_RDONLY) >= 0)
			fail("open");
	for (int i = 0; i < 110; i++)
		if (open(directory, O_WRONLY) >= 0)
			fail("open of a directory");
	for (int i = 0; i < 130; i++)
		if (close(900) == 0)
			fail("close");
	for (int i = 0; i < 70; i++)
		if (mkdir(directory, 0700) == 0)
			fail("mkdir");
	for (int i = 0; i < 90; i++)
		if (syscall(500) == 0)
			fail("a call that there is not");
	printf("ENOENT=370 EISDIR=110 EBADF=130 EEXIST=70 ENOSYS=90\n");
}

/* ---- connections ---- */

static void receive(int fd, size_t size)
{
	for (size_t got = 0; got < size;) {
		ssize_t n = recv(fd, buffer, sizeof(buffer) < size - got ? sizeof(buffer) : size - got, 0);

		if (n <= 0)
			fail("recv");
		got += n;
	}
}

#define CONNECTIONS 3
#define ROUNDS 100
#define QUESTION(round) (300u + (round) + 40 + 1010 + 1010)
#define ANSWER(connection) (4000u + (connection))

/* A child, until the connections are closed. */
static void serve(int listener)
{
	int fds[CONNECTIONS];

	for (int c = 0; c < CONNECTIONS; c++) {
		fds[c] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fds[c] < 0)
			fail("accept");
		for (int round = 0; round < ROUNDS; round++) {
			receive(fds[c], QUESTION(round));
			if (send(fds[c], buffer, ANSWER(c), 0) != (ssize_t)ANSWER(c))
				fail("send");
		}
	}
	recv(fds[0], buffer, 1, 0);
	exit(0);
}

static void ask(int fd, int round, int connection)
{
	struct iovec vector[2] = { { buffer, 10 }, { buffer, 1000 } };
	struct msghdr message = { .msg_iov = vector, .msg_iovlen = 2 };

	if (write(fd, buffer, 300 + round) + send(fd, buffer, 40, 0) + sendmsg(fd, &message, 0) + writev(fd, vector, 2) !=
	    QUESTION(round))
		fail("write");
	receive(fd, ANSWER(connection));
}

/* Says of each connection the client's port and what the client sent and received. */
static void load_tcp(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	socklen_t size = sizeof(address);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 8))
		fail("listen");
	if (!fork())
		serve(listener);
	close(listener);
	for (int c = 0; c < CONNECTIONS; c++) {
		struct sockaddr_in own;
		unsigned sent = 0;
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		/* else it waits for acknowledgements */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
		    getsockname(fd, (struct sockaddr *)&own, &size))
			fail("connect");
		for (int round = 0; round < ROUNDS; round++) {
			ask(fd, round, c);
			sent += QUESTION(round);
		}
		printf("%u %u %u ", ntohs(own.sin_port), sent, ROUNDS * ANSWER(c));
	}
	printf("\n");
}

/* ---- CPU ---- */

static struct timespec burn_until;

/* Half of the time, a quarter, an eighth: by its number. */
static void *burn(void *number)
{
	long share = 10000000L >> (long)number;
	struct timespec now, from;

	do {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
		do
			clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
		while ((now.tv_sec - from.tv_sec) * 1000000000L + now.tv_nsec - from.tv_nsec < share);
		usleep((20000000 - share) / 1000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < burn_until.tv_sec);
	return NULL;
}

static void load_cpu(int seconds)
{
	pthread_t threads[2];

	clock_gettime(CLOCK_MONOTONIC, &burn_until);
	burn_until.tv_sec += seconds;
	for (long i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, burn, (void *)(i + 1)))
			fail("pthread_create");
	burn((void *)0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("\n");
}

/* ---- processes ---- */

static void load_forks(int count)
{
	extern char **environ;

	for (int i = 0; i < count; i++) {
		char number[16], *arguments[] = { "/bin/true", number, NULL };
		pid_t child;

		snprintf(number, sizeof(number), "%d", i);
		if (i % 2) {
			child = fork();
			if (!child)
				_exit(i % 100);
		} else if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ)) {
			child = -1;
		}
		if (child < 0)
			fail("fork");
		waitpid(child, NULL, 0);
	}
	printf("%d %d\n", count, (count + 1) / 2);
}

/* ---- many processes at once ---- */

#define WORKERS 4
#define AT_ONCE 4
#define SHORT_THREADS 2

struct storm {
	pid_t pids[100000];    /* in the order of their numbers */
	pid_t tids[100000];    /* of short threads */
};

static void *end_thread(void *tid)
{
	*(pid_t *)tid = syscall(SYS_gettid);
	return NULL;
}

static void start_short_threads(pid_t *tids)
{
	pthread_t threads[SHORT_THREADS];

	for (int i = 0; i < SHORT_THREADS; i++)
		if (pthread_create(&threads[i], NULL, end_thread, &tids[i]))
			_exit(200);
	for (int i = 0; i < SHORT_THREADS; i++)
		pthread_join(threads[i], NULL);
}

static pid_t start_short_process(struct storm *storm, int i)
{
	extern char **environ;
	char number[16], *arguments[] = { "/bin/true", "storm", number, NULL };
	pid_t child;

	snprintf(number, sizeof(number), "%d", i);
	if (i % 4 == 0)
		return posix_spawn(&child, *arguments, NULL, NULL, arguments, environ) ? -1 : child;
	child = fork();
	if (child)
		return child;
	if (i % 4 == 1)
		execv(*arguments, arguments);
	if (i % 4 == 2)
		start_short_threads(&storm->tids[i / 4 * SHORT_THREADS]);
	_exit(i % 4 == 1 ? 201 : 0);
}

/* Every WORKERS-th, beginning with first. */
static void storm_work(struct storm *storm, int first, int count)
{
	int running = 0, status;

	for (int i = first; i < count || running; i += WORKERS) {
		if (i < count) {
			storm->pids[i] = start_short_process(storm, i);
			if (storm->pids[i] < 0)
				_exit(1);
			running++;
		}
		while (running && (running == AT_ONCE || i >= count)) {
			if (wait(&status) < 0 || status)
				_exit(1);
			running--;
		}
	}
	_exit(0);
}

/* Says the process ids of all in their order, and then those of the short threads. */
static void load_storm(int count)
{
	struct storm *storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	if (storm == MAP_FAILED || count > (int)(sizeof(storm->pids) / sizeof(*storm->pids)))
		fail("storm");
	for (int i = 0; i < WORKERS; i++)
		if (!fork())
			storm_work(storm, i, count);
	for (int i = 0; i < WORKERS; i++)
		if (wait(&status) < 0 || status)
			fail("a worker of the storm");
	for (int i = 0; i < count; i++)
		printf("%d ", storm->pids[i]);
	for (int i = 0; i < count / 4 * SHORT_THREADS; i++)
		printf("%d ", storm->tids[i]);
	printf("\n");
}

/* ---- what is no call ---- */

static void load_faults(long pages)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct rusage before, after;
	volatile char *memory = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || madvise((void *)memory, pages * page, MADV_NOHUGEPAGE))
		fail("mmap");
	getrusage(RUSAGE_SELF, &before);
	for (long i = 0; i < pages; i++)
		memory[i * page] = 1;
	getrusage(RUSAGE_SELF, &after);
	printf("%ld %ld %p\n", pages, after.ru_minflt - before.ru_minflt, (void *)memory);
}

static volatile int taken;

static void take(int number)
{
	(void)number;
	taken++;
}

static void load_signals(int count)
{
	signal(SIGUSR1, take);
	for (int i = 0; i < count; i++)
		kill(getpid(), SIGUSR1);
	printf("%d %d\n", count, taken);
}

static void load_switches(int count)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < count; i++)
		usleep(100);
	getrusage(RUSAGE_SELF, &after);
	printf("%ld\n", after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw);
}

int main(int argc, char **argv)
{
	const char *load = argc == 3 ? argv[1] : "", *argument = argv[argc - 1];

	setvbuf(stdout, NULL, _IOFBF, 4096);
	say("ready\n");
	wait_for_line();
	if (!strcmp(load, "files"))
		load_files(argument);
	else if (!strcmp(load, "errors"))
		load_errors(argument);
	else if (!strcmp(load, "tcp"))
		load_tcp(atoi(argument));
	else if (!strcmp(load, "cpu"))
		load_cpu(atoi(argument));
	else if (!strcmp(load, "forks"))
		load_forks(atoi(argument));
	else if (!strcmp(load, "storm"))
		load_storm(atoi(argument));
	else if (!strcmp(load, "faults"))
		load_faults(atol(argument));
	else if (!strcmp(load, "signals"))
		load_signals(atoi(argument));
	else if (!strcmp(load, "switches"))
		load_switches(atoi(argument));
	else
		return 2;
	fflush(stdout);
	wait_for_line();
	return 0;
}
