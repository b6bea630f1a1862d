#include "screen_commands.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "session.h"
#include "ui/terminal.h"

static void step_aside(struct screen_commands *commands)
{
	const struct terminal_operations *ops = commands->terminal->operations;

	session_unwatch(commands->session, ops->poll_fd(commands->terminal));
	ops->leave(commands->terminal);
	tcgetattr(STDIN_FILENO, &commands->modes);
	commands->away = true;
}

static void come_back(struct screen_commands *commands)
{
	const struct terminal_operations *ops = commands->terminal->operations;

	commands->away = commands->waiting = false;
	tcflush(STDIN_FILENO, TCIFLUSH);
	ops->enter(commands->terminal);
	session_watch(commands->session, ops->poll_fd(commands->terminal));
}

static int start(void *context, char *const *words, bool terminal)
{
	struct screen_commands *commands = context;
	int error;

	if (terminal)
		step_aside(commands);
	error = run_command_start(&commands->command, words, terminal);
	if (error && terminal)
		come_back(commands);
	return error;
}

static bool enter_pressed(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&in, 1, 0) != 0;
}

/* One that had the terminal, and failed, may have said why. */
static long end_of_terminal(struct screen_commands *commands)
{
	if (commands->waiting) {
		if (!enter_pressed())
			return 0;
	} else {
		tcsetattr(STDIN_FILENO, TCSADRAIN, &commands->modes);
		if (commands->command.status && commands->command.status < 128) {
			printf("\n[exit status %d; Enter goes back to spantop] ", commands->command.status);
			fflush(stdout);
			commands->waiting = true;
			return 0;
		}
	}
	come_back(commands);
	return -1;
}

static long read_output(void *context, char *bytes, size_t size)
{
	struct screen_commands *commands = context;
	long got = run_command_read(&commands->command, bytes, size);

	return got < 0 && commands->away ? end_of_terminal(commands) : got;
}

static int status(void *context)
{
	return ((struct screen_commands *)context)->command.status;
}

static void end(void *context)
{
	run_command_kill(&((struct screen_commands *)context)->command);
}

static bool exists(void *context, const char *program)
{
	(void)context;
	return run_command_exists(program);
}

static bool process(void *context, uint32_t id, struct app_process *process)
{
	(void)context;
	return run_command_process(id, &process->started, process->name, sizeof(process->name));
}

void screen_commands_init(struct screen_commands *commands, struct session *session)
{
	*commands = (struct screen_commands){ .session = session };
	commands->commands = (struct app_commands){ commands, start, read_output, status, end, exists, process };
	run_command_init(&commands->command);
}

void screen_commands_set_terminal(struct screen_commands *commands, struct terminal *terminal)
{
	commands->terminal = terminal;
}

void screen_commands_fini(struct screen_commands *commands)
{
	run_command_fini(&commands->command);
	if (commands->away)
		come_back(commands);
}
