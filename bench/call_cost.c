/* call_cost [CALLS [REPETITIONS]]: nanoseconds per system call, the best and the median of many short repetitions, a
 * line for each: name, best, median. The calls take turns, so that a machine that slows down slows all alike; a
 * repetition is shorter than a time slice, so that some are free of others' work even on a busy machine. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define REPETITIONS_MAX 1000

static const char enter[] = ">:t:website-latency::";
static const char leave[] = "<:t:website-latency::";
static int null_fd, zero_fd, file_fd;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void markers(long calls)
{
	for (long i = 0; i < calls; i += 2) {
		if (write(null_fd, enter, sizeof(enter) - 1) < 0 || write(null_fd, leave, sizeof(leave) - 1) < 0)
			exit(1);
	}
}

static void getppids(long calls)
{
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
}

static void writes(long calls)
{
	for (long i = 0; i < calls; i++)
		if (write(zero_fd, "21 bytes of some text", 21) != 21)
			exit(1);
}

static void reads(long calls)
{
	char byte;

	for (long i = 0; i < calls; i++)
		if (read(zero_fd, &byte, 1) != 1)
			exit(1);
}

static void preads(long calls)
{
	char bytes[64];

	for (long i = 0; i < calls; i++)
		if (pread(file_fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
			exit(1);
}

/* An open and its close count as one: they are long. */
static void opens(long calls)
{
	for (long i = 0; i < calls; i++) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		if (fd < 0 || close(fd))
			exit(1);
	}
}

static const struct {
	const char *name;
	void (*run)(long calls);
	long share;             /* long calls: only one in so many */
} measured[] = {
	{ "marker", markers, 1 },
	{ "getppid", getppids, 1 },
	{ "write", writes, 1 },
	{ "read", reads, 1 },
	{ "pread", preads, 2 },
	{ "open", opens, 5 },
};
#define MEASURED (sizeof(measured) / sizeof(*measured))

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double ns[MEASURED][REPETITIONS_MAX];
	long calls = argc > 1 ? atol(argv[1]) : 2000;
	int repetitions = argc > 2 ? atoi(argv[2]) : 300;

	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	zero_fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
	file_fd = memfd_create("call_cost", MFD_CLOEXEC);
	if (null_fd < 0 || zero_fd < 0 || file_fd < 0 || ftruncate(file_fd, 4096) || calls < 10 || repetitions < 1 || repetitions > REPETITIONS_MAX)
		return 2;
	for (size_t i = 0; i < MEASURED; i++)
		measured[i].run(calls / measured[i].share / 4 + 2);
	for (int repetition = 0; repetition < repetitions; repetition++) {
		for (size_t i = 0; i < MEASURED; i++) {
			long count = calls / measured[i].share;
			double start = now_ns();

			measured[i].run(count);
			ns[i][repetition] = (now_ns() - start) / (double)count;
		}
	}
	for (size_t i = 0; i < MEASURED; i++) {
		qsort(ns[i], (size_t)repetitions, sizeof(double), compare);
		printf("%s\t%.1f\t%.1f\n", measured[i].name, ns[i][0], ns[i][repetitions / 2]);
	}
	return 0;
}
