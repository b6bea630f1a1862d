/* flood PROCESSES SECONDS [RATE]: processes that do nothing but getppid, each at most RATE times a second (then it
 * naps now and then, a call that is counted too); prints how many calls they made in all. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 64
#define TURN 500

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned long call_until(double end, double rate)
{
	unsigned long calls = 0;
	double start = now(), time = start;

	while (time < end) {
		double ahead = rate > 0 ? (double)calls / rate - (time - start) : 0;

		if (ahead > 0) {
			struct timespec nap = { .tv_nsec = (long)(ahead * 1e9) };

			nanosleep(&nap, NULL);
			calls++;
		}
		for (int i = 0; i < TURN; i++)
			syscall(SYS_getppid);
		calls += TURN;
		time = now();
	}
	return calls;
}

int main(int argc, char **argv)
{
	unsigned long *calls = mmap(NULL, PROCESSES_MAX * 64, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int processes = argc > 2 ? atoi(argv[1]) : 0;
	double seconds = argc > 2 ? atof(argv[2]) : 0, rate = argc > 3 ? atof(argv[3]) : 0;
	unsigned long sum = 0;

	if (calls == MAP_FAILED || processes < 1 || processes > PROCESSES_MAX || seconds <= 0 || seconds > 600)
		return 2;
	for (int i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			calls[i * 8] = call_until(now() + seconds, rate);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < processes; i++)
		sum += calls[i * 8];
	printf("%lu\n", sum);
	return 0;
}
