/* A command that is started held, so that the tracing is there before it does anything. */
#ifndef TRACED_COMMAND_H
#define TRACED_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct traced_command {
	pid_t pid;                 /* 0: none */
	int go;                    /* closed after a byte lets it go */
	int failed;                /* its errno comes here if it cannot be executed */
	int ended;                 /* pidfd, readable when it has ended */
	int status;                /* as wait() gives it */
	bool has_ended;
};

enum command_output {
	COMMAND_PRINTS,     /* it has our standard input and output */
	COMMAND_TO_ERROR,   /* what it prints goes to standard error, and it reads nothing */
	COMMAND_SILENT,     /* it reads and prints nothing */
};

/* Starts it held. 0, or a negative errno. */
int traced_command_start(struct traced_command *command, char **words, enum command_output output);
/* Lets it go. 0, or the negative errno with which it could not be executed. */
int traced_command_go(struct traced_command *command);
/* Whether it has ended. */
bool traced_command_wait(struct traced_command *command);
/* As a shell gives it: 128 and the signal's number if one ended it. */
int traced_command_status(const struct traced_command *command);
/* Asks it to end (SIGTERM), if it runs. */
void traced_command_stop(struct traced_command *command);
/* Ends it if it is still held. */
void traced_command_fini(struct traced_command *command);

#endif
