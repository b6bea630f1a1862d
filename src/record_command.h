/* A command that is started held, so that the recording is there before it does anything. */
#ifndef RECORD_COMMAND_H
#define RECORD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct record_command {
	pid_t pid;                 /* 0: none */
	int go;                    /* closed after a byte lets it go */
	int failed;                /* its errno comes here if it cannot be executed */
	int ended;                 /* pidfd, readable when it has ended */
	int status;                /* as wait() gives it */
	bool has_ended;
};

/* Starts it held. quiet: what it prints goes to standard error. 0, or a negative errno. */
int record_command_start(struct record_command *command, char **words, bool quiet);
/* Lets it go. 0, or the negative errno with which it could not be executed. */
int record_command_go(struct record_command *command);
/* Whether it has ended. */
bool record_command_wait(struct record_command *command);
/* As a shell gives it: 128 and the signal's number if one ended it. */
int record_command_status(const struct record_command *command);
/* Ends it if it is still held. */
void record_command_fini(struct record_command *command);

#endif
