#include "record_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: waits for the word, then becomes the command. */
static void run(int go, int failed, char **words, bool quiet)
{
	char byte;
	int error;

	if (read(go, &byte, 1) != 1)
		_exit(125);
	if (quiet)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(words[0], words);
	error = errno;
	if (write(failed, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(error == ENOENT ? 127 : 126);
}

int record_command_start(struct record_command *command, char **words, bool quiet)
{
	int go[2], failed[2];

	*command = (struct record_command){ .go = -1, .failed = -1, .ended = -1 };
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
		run(go[0], failed[1], words, quiet);
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

int record_command_go(struct record_command *command)
{
	int error = 0;
	bool told = write(command->go, "", 1) == 1 && read(command->failed, &error, sizeof(error)) == sizeof(error);

	close(command->go);
	command->go = -1;
	return told ? -error : 0;
}

bool record_command_wait(struct record_command *command)
{
	if (!command->has_ended && waitpid(command->pid, &command->status, WNOHANG) == command->pid)
		command->has_ended = true;
	return command->has_ended;
}

int record_command_status(const struct record_command *command)
{
	if (WIFSIGNALED(command->status))
		return 128 + WTERMSIG(command->status);
	return WEXITSTATUS(command->status);
}

void record_command_fini(struct record_command *command)
{
	if (command->go >= 0)
		close(command->go);
	if (command->failed >= 0)
		close(command->failed);
	if (command->ended >= 0)
		close(command->ended);
}
