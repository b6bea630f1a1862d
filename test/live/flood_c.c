/* flood_c SPANS SECONDS [RATE]: two processes do nothing but getppid (each RATE of them a second, if given) while a third writes
 * SPANS spans, a thousand at a time without a pause, spread over the SECONDS. Prints how many spans were written and how many
 * getppid calls made. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FLOODERS 2
#define BURST 1000

static const char enter[] = ">:t:flood_span:n=1:";
static const char leave[] = "<:t:flood_span:ret=0:";

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wait_until(double due)
{
	double left = due - now();

	if (left > 0)
		usleep((useconds_t)(left * 1e6));
}

static void call_until(double start, double end, double rate, unsigned long *calls)
{
	do {
		for (int i = 0; i < BURST; i++)
			syscall(SYS_getppid);
		*calls += BURST;
		if (rate > 0)
			wait_until(start + (double)*calls / rate);
	} while (now() < end);
}

static long write_spans(long spans, double start, double seconds)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	long written = 0;

	while (fd >= 0 && written < spans) {
		double due = start + seconds * (double)written / (double)spans;

		for (int i = 0; i < BURST && written < spans; i++, written++)
			if (write(fd, enter, sizeof(enter) - 1) < 0 || write(fd, leave, sizeof(leave) - 1) < 0)
				return written;
		wait_until(due);
	}
	return written;
}

int main(int argc, char **argv)
{
	unsigned long *calls = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long spans = argc >= 3 ? atol(argv[1]) : 0, written;
	double seconds = argc >= 3 ? atof(argv[2]) : 0, rate = argc == 4 ? atof(argv[3]) : 0, start = now();

	if (calls == MAP_FAILED || spans < 1 || spans > 10000000 || seconds <= 0 || seconds > 120)
		return 2;
	for (int i = 0; i < FLOODERS; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			call_until(start, start + seconds, rate, calls + 8 * i);
			_exit(0);
		}
	}
	written = write_spans(spans, start, seconds);
	while (wait(NULL) > 0)
		;
	printf("%ld %lu\n", written, calls[0] + calls[8]);
	return written == spans ? 0 : 1;
}
