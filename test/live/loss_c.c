/* loss_c PROCESSES CALLS SPANS FORKS [unread]: processes that make a known number of system calls, markers and processes. Prints "ready"
 * when they exist; with a line of input they begin, all at once. Each opens a span, calls getppid CALLS times, writes SPANS
 * spans and forks FORKS processes that do nothing, and closes its span. Besides, since "ready", it makes two calls (a read, an
 * exit), for each fork another three (a wait; the child's return and exit), and the first process makes 4 and one for each
 * of the PROCESSES. Writes of markers are no calls here. With `unread` the texts of the markers lie where the processes have not
 * looked, so that the kernel has no memory for them there. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	char first[16], last[16], begin[24], end[24];
} texts = { ">:p:loss_all::", "<:p:loss_all::", ">:t:loss_one:n=1:", "<:t:loss_one:ret=0:" };

static int mark(int null, const char *text)
{
	/* strlen would look at it */
	size_t size = text == texts.begin ? 17 : text == texts.end ? 19 : 14;

	return write(null, text, size) < 0;
}

static void die(void)
{
	syscall(SYS_exit_group, 1);
}

/* Without the calls that libc would add. */
static void make_process(void)
{
	long pid = syscall(SYS_fork);

	if (pid == 0)
		syscall(SYS_exit_group, 0);
	if (pid < 0 || syscall(SYS_wait4, pid, NULL, 0, NULL) != pid)
		die();
}

static void work(int go, int null, bool unread, long calls, long spans, long forks)
{
	volatile char byte = 0;

	for (size_t i = 0; i < sizeof(texts) && !unread; i++)
		byte += ((const volatile char *)&texts)[i];
	if (syscall(SYS_read, go, (void *)&byte, 1) != 0 || mark(null, texts.first))
		die();
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	for (long i = 0; i < spans; i++)
		if (mark(null, texts.begin) || mark(null, texts.end))
			die();
	for (long i = 0; i < forks; i++)
		make_process();
	if (mark(null, texts.last))
		die();
	syscall(SYS_exit_group, 0);
}

int main(int argc, char **argv)
{
	long processes = argc == 5 || argc == 6 ? atol(argv[1]) : 0, failed = 0;
	int go[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;
	char line;

	if (processes < 1 || processes > 100 || null < 0 || pipe(go))
		return 2;
	for (long i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(go[1]);
			work(go[0], null, argc == 6, atol(argv[2]), atol(argv[3]), atol(argv[4]));
		}
	}
	printf("ready\n");
	fflush(stdout);
	if (syscall(SYS_read, 0, &line, 1) != 1)
		die();
	syscall(SYS_close, go[1]);
	/* the last one says that there are no more */
	for (long i = 0; i < processes; i++) {
		if (syscall(SYS_wait4, -1, &status, 0, NULL) < 0 || status)
			failed++;
	}
	syscall(SYS_wait4, -1, &status, 0, NULL);
	syscall(SYS_exit_group, failed != 0);
	return 1;
}
