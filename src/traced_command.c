#include "traced_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: waits for the word, then becomes the command. */
static void run(int go, int failed, char **words, enum command_output output)
{
	int null = output == COMMAND_PRINTS ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
	char byte;
	int error;

	if (read(go, &byte, 1) != 1)
		_exit(125);
	if (output != COMMAND_PRINTS)
		dup2(null, STDIN_FILENO);
	if (output == COMMAND_SILENT)
		dup2(null, STDERR_FILENO);
	if (output != COMMAND_PRINTS)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(words[0], words);
	error = errno;
	if (write(failed, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(error == ENOENT ? 127 : 126);
}

int traced_command_start(struct traced_command *command, char **words, enum command_output output)
{
	int go[2], failed[2];

	*command = (struct traced_command){ .go = -1, .failed = -1, .ended = -1 };
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(failed, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		return -errno;
	}
	command->pid = fork();
	if (!command->pid) {
		close(go[1]);
		run(go[0], failed[1], words, output);
	}
	close(go[0]);
	close(failed[1]);
	command->go = go[1];
	command->failed = failed[0];
	if (command->pid < 0) {
		command->pid = 0;
		return -errno;
	}
	command->ended = (int)syscall(SYS_pidfd_open, command->pid, 0);
	return command->ended < 0 ? -errno : 0;
}

int traced_command_go(struct traced_command *command)
{
	int error = 0;
	bool told = write(command->go, "", 1) == 1 && read(command->failed, &error, sizeof(error)) == sizeof(error);

	close(command->go);
	command->go = -1;
	return told ? -error : 0;
}

bool traced_command_wait(struct traced_command *command)
{
	if (!command->has_ended && waitpid(command->pid, &command->status, WNOHANG) == command->pid)
		command->has_ended = true;
	return command->has_ended;
}

int traced_command_status(const struct traced_command *command)
{
	if (WIFSIGNALED(command->status))
		return 128 + WTERMSIG(command->status);
	return WEXITSTATUS(command->status);
}

void traced_command_stop(struct traced_command *command)
{
	if (command->pid && !traced_command_wait(command))
		kill(command->pid, SIGTERM);
}

void traced_command_fini(struct traced_command *command)
{
	if (command->go >= 0)
		close(command->go);
	if (command->failed >= 0)
		close(command->failed);
	if (command->ended >= 0)
		close(command->ended);
}
