#include "run_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define PATIENCE 1000000000ull   /* ns between asking to end and making it */

void run_command_init(struct run_command *command)
{
	*command = (struct run_command){ .output = -1, .nice = getpriority(PRIO_PROCESS, 0) };
}

/* ---- in the child ---- */

static void default_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing is inherited but the standard descriptors. */
static void close_others(void)
{
	long most = sysconf(_SC_OPEN_MAX);

	if (!syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */))
		return;
	for (int fd = 3; fd < (most > 0 && most < 65536 ? most : 65536); fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool set_descriptors(int output)
{
	int input;

	if (output < 0)
		return dup2(STDOUT_FILENO, STDERR_FILENO) >= 0;
	input = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
	       dup2(output, STDERR_FILENO) >= 0;
}

/* Takes the terminal; a background process that does so would be stopped. */
static void take_terminal(pid_t group)
{
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &before);
	tcsetpgrp(STDIN_FILENO, group);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* output: where to write, -1: to the terminal. failed tells why it came to nothing. */
static _Noreturn void become(const struct run_command *command, char *const *words, int output, int failed)
{
	int error;

	setpgid(0, 0);
	if (output < 0)
		take_terminal(getpid());
	else
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	setpriority(PRIO_PROCESS, 0, command->nice);
	close_others();
	if (set_descriptors(output)) {
		default_signals();
		execvp(words[0], words);
	}
	error = errno;
	if (write(failed, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

/* ---- starting and ending ---- */

/* Waits until the child is the program: 0, or a negative errno of what hindered it. */
static int wait_exec(int failed)
{
	int error = 0;
	ssize_t size;

	do
		size = read(failed, &error, sizeof(error));
	while (size < 0 && errno == EINTR);
	return size == sizeof(error) ? -error : 0;
}

/* pipes: of output (-1 both: it has the terminal), of failures. */
static int launch(struct run_command *command, char *const *words, const int output[2], const int failed[2])
{
	int result;

	command->pid = fork();
	if (!command->pid)
		become(command, words, output[1], failed[1]);
	close(failed[1]);
	if (output[1] >= 0)
		close(output[1]);
	if (command->pid < 0) {
		command->pid = 0;
		return -EAGAIN;
	}
	setpgid(command->pid, command->pid);
	result = wait_exec(failed[0]);
	if (result) {
		waitpid(command->pid, NULL, 0);
		if (command->terminal)
			take_terminal(getpgrp());
		command->pid = 0;
	}
	return result;
}

int run_command_start(struct run_command *command, char *const *words, bool terminal)
{
	int output[2] = { -1, -1 }, failed[2], result;

	if (command->pid)
		return -EBUSY;
	if (pipe2(failed, O_CLOEXEC))
		return -errno;
	if (!terminal && pipe2(output, O_CLOEXEC)) {
		result = -errno;
		close(failed[0]);
		close(failed[1]);
		return result;
	}
	command->terminal = terminal;
	command->ended = false;
	command->status = 0;
	command->killed = 0;
	result = launch(command, words, output, failed);
	close(failed[0]);
	if (result && output[0] >= 0)
		close(output[0]);
	if (result)
		return result;
	command->output = output[0];
	if (output[0] >= 0)
		fcntl(output[0], F_SETFL, O_NONBLOCK);
	return 0;
}

/* One that stops in the terminal goes on: nobody could tell it to. */
static void reap(struct run_command *command)
{
	int status;

	if (command->ended ||
	    waitpid(command->pid, &status, WNOHANG | (command->terminal ? WUNTRACED : 0)) != command->pid)
		return;
	if (WIFSTOPPED(status)) {
		take_terminal(command->pid);
		kill(-command->pid, SIGCONT);
		return;
	}
	command->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	command->ended = true;
}

static void finish(struct run_command *command)
{
	if (command->output >= 0)
		close(command->output);
	command->output = -1;
	if (command->terminal)
		take_terminal(getpgrp());
	command->pid = 0;
}

ssize_t run_command_read(struct run_command *command, char *bytes, size_t size)
{
	ssize_t got = -1;

	if (!command->pid)
		return -1;
	/* first this, so that all it wrote before is read below */
	reap(command);
	if (command->killed && !command->ended && clock_ns(CLOCK_MONOTONIC) - command->killed > PATIENCE)
		kill(-command->pid, SIGKILL);
	if (command->output >= 0)
		got = read(command->output, bytes, size);
	if (got > 0)
		return got;
	/* others may hold the pipe open: who started them is gone */
	if (!command->ended)
		return 0;
	finish(command);
	return -1;
}

void run_command_kill(struct run_command *command)
{
	if (!command->pid || command->killed)
		return;
	command->killed = clock_ns(CLOCK_MONOTONIC);
	if (!command->ended)
		kill(-command->pid, SIGTERM);
}

void run_command_fini(struct run_command *command)
{
	if (!command->pid)
		return;
	if (!command->ended) {
		kill(-command->pid, SIGKILL);
		waitpid(command->pid, NULL, 0);
	}
	finish(command);
}

/* ---- what there is ---- */

bool run_command_exists(const char *name)
{
	const char *path = getenv("PATH");
	char text[4096];

	if (strchr(name, '/'))
		return !access(name, X_OK);
	for (path = path ? path : "/bin:/usr/bin"; path; path = *path ? path + 1 : NULL) {
		int length = (int)strcspn(path, ":");
		int size = snprintf(text, sizeof(text), "%.*s/%s", length ? length : 1, length ? path : ".", name);

		if (size < (int)sizeof(text) && !access(text, X_OK))
			return true;
		path += length;
	}
	return false;
}

bool run_command_process(uint32_t id, uint64_t *started, char *name, size_t size)
{
	uint64_t boot = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	unsigned long long ticks;
	char path[40], text[1024], *open, *close;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/stat", id);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	open = strchr(text, '(');
	close = strrchr(text, ')');
	/* the 22nd figure; the first two are before the bracket */
	if (!open || !close ||
	    sscanf(close + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks) != 1)
		return false;
	*close = '\0';
	snprintf(name, size, "%s", open + 1);
	*started = boot + ticks * (1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK));
	return true;
}
