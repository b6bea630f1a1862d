#include "crash_guard.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
enum { SIGNALS = sizeof(fatal_signals) / sizeof(*fatal_signals) };

/* The one thing that must be global: a signal handler is given nothing else. */
static struct {
	volatile sig_atomic_t armed;
	int fd;
	size_t size;
	char text[256];
	struct termios modes;
	struct sigaction before[SIGNALS];
	void *stack;
} guard;

static void restore_and_die(int number)
{
	if (guard.armed) {
		size_t done = 0;

		guard.armed = 0;
		while (done < guard.size) {
			ssize_t written = write(guard.fd, guard.text + done, guard.size - done);

			if (written <= 0)
				break;
			done += (size_t)written;
		}
		tcsetattr(guard.fd, TCSANOW, &guard.modes);
	}
	raise(number);  /* SA_RESETHAND: takes its default course when this returns */
}

void crash_guard_set(int fd, const char *text, size_t size, const struct termios *modes)
{
	struct sigaction action = { .sa_handler = restore_and_die, .sa_flags = SA_RESETHAND | SA_ONSTACK };
	stack_t stack = { .ss_size = 65536 };

	crash_guard_clear();
	guard.fd = fd;
	guard.size = size < sizeof(guard.text) ? size : sizeof(guard.text) - 1;
	memcpy(guard.text, text, guard.size);
	guard.modes = *modes;
	/* a stack of its own: an overflow of the usual one is a crash too */
	guard.stack = stack.ss_sp = malloc(stack.ss_size);
	if (!guard.stack || sigaltstack(&stack, NULL))
		action.sa_flags &= ~SA_ONSTACK;
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < SIGNALS; i++)
		sigaction(fatal_signals[i], &action, &guard.before[i]);
	guard.armed = 1;
}

void crash_guard_clear(void)
{
	stack_t none = { .ss_flags = SS_DISABLE };

	if (!guard.armed)
		return;
	guard.armed = 0;
	for (int i = 0; i < SIGNALS; i++)
		sigaction(fatal_signals[i], &guard.before[i], NULL);
	sigaltstack(&none, NULL);
	free(guard.stack);
	guard.stack = NULL;
}
