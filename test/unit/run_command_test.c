/* Commands that really run: what they inherit, what they write, and how they end. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/run_command.h"

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* Runs it to its end, at most most bytes of it kept; returns what was kept. */
static char *output_of(struct run_command *command, char *const *words, int *status)
{
	char *text = calloc(1, 65536);
	size_t used = 0;
	ssize_t size;

	assert_non_null(text);
	assert_int_equal(run_command_start(command, words, false), 0);
	while ((size = run_command_read(command, text + used, 65535 - used)) >= 0) {
		used += (size_t)size;
		if (!size)
			nap();
	}
	*status = command->status;
	return text;
}

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })

static void arguments_come_as_they_are(void **state)
{
	struct run_command command;
	int status;
	char *text;

	(void)state;
	run_command_init(&command);
	text = output_of(&command, WORDS("printf", "[%s]", "; rm -rf /", "a b", "it's", "x\ny", "-z", "$(id)", ""), &status);
	assert_string_equal(text, "[; rm -rf /][a b][it's][x\ny][-z][$(id)][]");
	assert_int_equal(status, 0);
	free(text);
	run_command_fini(&command);
}

static void both_outputs_and_the_status_come(void **state)
{
	struct run_command command;
	int status;
	char *text;

	(void)state;
	run_command_init(&command);
	text = output_of(&command, WORDS("sh", "-c", "echo one; echo two >&2; cat; exit 3"), &status);
	assert_string_equal(text, "one\ntwo\n");
	assert_int_equal(status, 3);
	free(text);
	run_command_fini(&command);
}

static void missing_programs_are_told(void **state)
{
	struct run_command command;
	int status;
	char *text;

	(void)state;
	run_command_init(&command);
	assert_int_equal(run_command_start(&command, WORDS("spantop-no-such-program"), false), -ENOENT);
	assert_false(run_command_exists("spantop-no-such-program"));
	assert_true(run_command_exists("sh"));
	assert_true(run_command_exists("/bin/sh"));
	/* and another one may be started */
	text = output_of(&command, WORDS("echo", "x"), &status);
	assert_string_equal(text, "x\n");
	free(text);
	run_command_fini(&command);
}

static void little_is_inherited(void **state)
{
	int leaked = open("/dev/null", O_RDONLY), status;   /* not close-on-exec */
	struct run_command command;
	sigset_t set, before;
	char *text;

	(void)state;
	run_command_init(&command);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGPIPE, SIG_IGN);
	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 1);
	text = output_of(&command, WORDS("cat", "/proc/self/status"), &status);
	assert_non_null(strstr(text, "SigBlk:\t0000000000000000"));
	/* but for 32 and 33, which the C library keeps to itself: make has them ignored */
	assert_non_null(strstr(text, "SigIgn:\t"));
	assert_int_equal(strtoull(strstr(text, "SigIgn:\t") + 8, NULL, 16) & ~(3ull << 31), 0);
	free(text);
	/* ls itself opens one more */
	text = output_of(&command, WORDS("ls", "/proc/self/fd"), &status);
	assert_string_equal(text, "0\n1\n2\n3\n");
	free(text);
	text = output_of(&command, WORDS("readlink", "/proc/self/fd/0"), &status);
	assert_string_equal(text, "/dev/null\n");
	free(text);
	if (!geteuid()) {
		text = output_of(&command, WORDS("nice"), &status);
		assert_int_equal(atoi(text), command.nice);
		free(text);
	}
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(leaked);
	run_command_fini(&command);
}

/* Waits for its end; false if that takes longer than so many ms. */
static bool ends_within(struct run_command *command, int ms)
{
	char bytes[4096];

	for (; ms > 0; ms -= 5) {
		ssize_t size = run_command_read(command, bytes, sizeof(bytes));

		if (size < 0)
			return true;
		if (!size)
			nap();
	}
	return false;
}

static void killed_with_all_it_started(void **state)
{
	struct run_command command;
	char bytes[100] = "";
	ssize_t size;
	pid_t child;

	(void)state;
	run_command_init(&command);
	assert_int_equal(run_command_start(&command, WORDS("sh", "-c", "sleep 1000 & echo $!; wait"), false), 0);
	assert_int_equal(run_command_start(&command, WORDS("true"), false), -EBUSY);
	while (!(size = run_command_read(&command, bytes, sizeof(bytes) - 1)))
		nap();
	child = atoi(bytes);
	assert_true(child > 1);
	run_command_kill(&command);
	assert_true(ends_within(&command, 900));
	assert_int_equal(command.status, 128 + SIGTERM);
	for (int i = 0; i < 100 && !kill(child, 0); i++)
		nap();
	/* gone, or dead and waiting for whoever inherits orphans */
	if (!kill(child, 0)) {
		char path[40], text[200] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", child);
		file = fopen(path, "r");
		if (file) {
			assert_non_null(fgets(text, sizeof(text), file));
			fclose(file);
			assert_non_null(strstr(text, ") Z"));
		}
	}
	run_command_fini(&command);
}

static void stubborn_ones_are_made_to_end(void **state)
{
	struct run_command command;
	char bytes[16];

	(void)state;
	run_command_init(&command);
	assert_int_equal(run_command_start(&command, WORDS("sh", "-c", "trap '' TERM; echo; while :; do sleep 0.05; done"), false), 0);
	while (!run_command_read(&command, bytes, sizeof(bytes)))
		nap();
	run_command_kill(&command);
	assert_true(ends_within(&command, 4000));
	assert_int_equal(command.status, 128 + SIGKILL);
	run_command_fini(&command);
}

/* Who holds the pipe open does not keep a command that is over. */
static void orphans_are_not_waited_for(void **state)
{
	struct run_command command;

	(void)state;
	run_command_init(&command);
	assert_int_equal(run_command_start(&command, WORDS("sh", "-c", "sleep 3 & exit 0"), false), 0);
	assert_true(ends_within(&command, 2000));
	assert_int_equal(command.status, 0);
	run_command_fini(&command);
}

static void floods_do_not_block(void **state)
{
	struct run_command command;
	char bytes[16384];
	size_t taken = 0;

	(void)state;
	run_command_init(&command);
	assert_int_equal(run_command_start(&command, WORDS("yes"), false), 0);
	while (taken < 4 << 20) {
		ssize_t size = run_command_read(&command, bytes, sizeof(bytes));

		assert_true(size >= 0);
		taken += (size_t)size;
	}
	run_command_kill(&command);
	assert_true(ends_within(&command, 2000));
	run_command_fini(&command);
}

static void processes_are_known_by_their_start(void **state)
{
	struct run_command command;
	struct timespec now;
	uint64_t started, ns;
	char name[32];

	(void)state;
	run_command_init(&command);
	assert_int_equal(run_command_start(&command, WORDS("sleep", "100"), false), 0);
	clock_gettime(CLOCK_REALTIME, &now);
	ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
	assert_true(run_command_process((uint32_t)command.pid, &started, name, sizeof(name)));
	assert_string_equal(name, "sleep");
	assert_true(started < ns + 50000000 && started + 500000000 > ns);
	run_command_fini(&command);
	assert_false(run_command_process(4000000000u, &started, name, sizeof(name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_come_as_they_are),
		cmocka_unit_test(both_outputs_and_the_status_come),
		cmocka_unit_test(missing_programs_are_told),
		cmocka_unit_test(little_is_inherited),
		cmocka_unit_test(killed_with_all_it_started),
		cmocka_unit_test(stubborn_ones_are_made_to_end),
		cmocka_unit_test(orphans_are_not_waited_for),
		cmocka_unit_test(floods_do_not_block),
		cmocka_unit_test(processes_are_known_by_their_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
