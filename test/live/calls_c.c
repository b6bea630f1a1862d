/* calls_c: makes known numbers of system calls, for tests of filters. The numbers are those of enum below.
 *
 * Before it is ready there is a child that waits, and a grandchild whose parent has ended. It says "ready" with its own id, the
 * waiting child's and the orphan's, and waits for a line. Then it, each of those two, a child that is forked only now, a
 * child of that one which outlives it, and a second thread make their calls, each kind of caller another number of getppid.
 * Then it ends. With "go" as its argument it waits for nobody. */
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MAIN = 100,          /* getppid of the main thread */
	THREAD = 200,        /* of the second thread */
	BEFORE = 300,        /* of the child that was there before */
	ORPHAN = 400,        /* of the grandchild whose parent had ended before */
	LATER = 500,         /* of the child that comes later */
	LEFT = 600,          /* of the child of that one, which goes on when that one has ended */
	FAILURES = 17,       /* openat of what is not there, by the main thread */
	READS = 23,          /* pread64 of a file that the second thread opened */
	SLEEPS = 7,          /* clock_nanosleep of 4 ms, by the main thread */
};

static char path[64];
static int shared_fd;

static void ask(int times)
{
	for (int i = 0; i < times; i++)
		syscall(SYS_getppid);
}

/* Waits until the other end is closed. */
static void wait_for(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

static void *second(void *unused)
{
	shared_fd = open(path, O_RDWR | O_CREAT, 0600);
	if (write(shared_fd, "text", 4) != 4)
		exit(1);
	ask(THREAD);
	return unused;
}

static pid_t start_before(const int go[2])
{
	pid_t pid = fork();

	if (pid)
		return pid;
	close(go[1]);
	wait_for(go[0]);
	ask(BEFORE);
	_exit(0);
}

/* The id of a grandchild, whose parent is gone when this returns. */
static pid_t start_orphan(const int go[2])
{
	int tell[2], status;
	pid_t orphan = 0, middle;

	if (pipe(tell))
		exit(1);
	middle = fork();
	if (!middle) {
		orphan = fork();
		if (orphan) {
			if (write(tell[1], &orphan, sizeof(orphan)) != sizeof(orphan))
				_exit(1);
			_exit(0);
		}
		close(tell[1]);
		close(go[1]);
		wait_for(go[0]);
		ask(ORPHAN);
		_exit(0);
	}
	waitpid(middle, &status, 0);
	if (read(tell[0], &orphan, sizeof(orphan)) != sizeof(orphan))
		exit(1);
	close(tell[0]);
	close(tell[1]);
	return orphan;
}

/* Its own child goes on when it has ended. */
static void later(int done)
{
	int alive[2];

	if (pipe(alive))
		_exit(1);
	ask(LATER);
	if (fork())
		_exit(0);
	close(alive[1]);
	wait_for(alive[0]);
	usleep(20000); /* its descriptors are closed before it is gone */
	ask(LEFT);
	close(done);
	_exit(0);
}

static void own_calls(void)
{
	const struct timespec pause = { .tv_nsec = 4000000 };
	pthread_t thread;
	char text[4];

	ask(MAIN);
	pthread_create(&thread, NULL, second, NULL);
	pthread_join(thread, NULL);
	for (int i = 0; i < READS; i++)
		if (pread(shared_fd, text, sizeof(text), 0) != sizeof(text))
			exit(1);
	for (int i = 0; i < FAILURES; i++)
		if (open("/nonexistent/calls_c", O_RDONLY) >= 0)
			exit(1);
	for (int i = 0; i < SLEEPS; i++)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

int main(int argc, char **argv)
{
	bool waits = argc < 2 || strcmp(argv[1], "go");
	int go[2], done[2];
	pid_t before, orphan, child;
	char line[16];

	if (pipe2(go, O_CLOEXEC) || pipe2(done, O_CLOEXEC))
		return 1;
	snprintf(path, sizeof(path), "/tmp/spantop-test.calls.%d", getpid());
	before = start_before(go);
	orphan = start_orphan(go);
	printf("ready %d %d %d\n", getpid(), before, orphan);
	fflush(stdout);
	if (waits && !fgets(line, sizeof(line), stdin))
		return 1;
	close(go[1]);
	child = fork();
	if (!child)
		later(done[1]);
	own_calls();
	close(done[1]);
	while (wait(NULL) > 0)
		;
	wait_for(done[0]);
	unlink(path);
	return 0;
}
