/* A command that a view's action starts: found through PATH, in a process group of its own, with default signal handlers,
 * this program's priority as it was at its start, and no descriptor but the three standard ones. Its environment is that
 * of this program. */
#ifndef RUN_COMMAND_H
#define RUN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct run_command {
	int nice;              /* that children get */
	pid_t pid;             /* 0: none runs, all of the last one is told */
	bool terminal;         /* it has the terminal */
	bool ended;            /* and is reaped */
	int status;            /* as a shell tells it: exit status, or 128 + signal */
	int output;            /* -1: none */
	uint64_t killed;       /* ns of CLOCK_MONOTONIC at which it was asked to end; 0: it was not */
};

/* To be called before this program changes its own priority. */
void run_command_init(struct run_command *command);
/* Ends what still runs. */
void run_command_fini(struct run_command *command);
/* Starts words[0] with the arguments words (ended by NULL). terminal: it gets standard input, output and error as they are,
 * and the terminal, whose modes are the caller's business; else its input is /dev/null and its output is to be read. 0, or
 * a negative errno: -ENOENT: there is no such program; -EBUSY: another one runs. */
int run_command_start(struct run_command *command, char *const *words, bool terminal);
/* What it has written, at most size bytes; 0: nothing now; -1: it has ended and all is read, command->status is set. A
 * command that has the terminal only ends. */
ssize_t run_command_read(struct run_command *command, char *bytes, size_t size);
/* Asks its group to end; after a second, run_command_read makes it. */
void run_command_kill(struct run_command *command);
/* Whether PATH leads to a program of this name. */
bool run_command_exists(const char *name);
/* When the process or thread started (ns since the epoch, to 10 ms) and what it is called. False: there is none. */
bool run_command_process(uint32_t id, uint64_t *started, char *name, size_t size);

#endif
