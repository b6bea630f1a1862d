/* Runs the commands of views' actions for the screen: those that want the terminal get it while the screen stands
 * aside. */
#ifndef SCREEN_COMMANDS_H
#define SCREEN_COMMANDS_H

#include <stdbool.h>
#include <termios.h>

#include "run_command.h"
#include "ui/app.h"

struct session;
struct terminal;

struct screen_commands {
	struct run_command command;
	struct app_commands commands;     /* for struct app_host */
	struct session *session;
	struct terminal *terminal;
	bool away;                        /* the terminal is somebody else's: neither draw nor read keys */
	bool waiting;                     /* for Enter, so that what a command said at its end can be read */
	struct termios modes;
};

/* Before the session changes this program's priority. */
void screen_commands_init(struct screen_commands *commands, struct session *session);
/* terminal: as soon as there is one. */
void screen_commands_set_terminal(struct screen_commands *commands, struct terminal *terminal);
/* Ends what still runs. */
void screen_commands_fini(struct screen_commands *commands);

#endif
