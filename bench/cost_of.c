/* cost_of FILE PROGRAM [arguments]: runs the program and writes to FILE its CPU seconds and the KiB of its peak memory. A
 * process begins with the memory of the one that forked it, so that must be a small one. Exit status: the program's. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	int status, file;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return 1;
	file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dprintf(file, "%ld.%06ld %ld.%06ld %ld\n", usage.ru_utime.tv_sec, usage.ru_utime.tv_usec, usage.ru_stime.tv_sec,
		usage.ru_stime.tv_usec, usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
