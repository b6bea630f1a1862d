/* Changes the probe's scope as fast as it can while a child writes spans, and counts the markers that arrive: none may be lost,
 * none doubled. Prints "written N seen N lost N switches N". */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/probe_loader/probe_loader.h"

#define SPANS 100000
#define BATCH 256

static void rest(long ns)
{
	struct timespec pause = { .tv_nsec = ns };

	nanosleep(&pause, NULL);
}

static int write_spans(int start)
{
	static const char begin[] = ">:t:switch::", end[] = "<:t:switch::";
	int null = open("/dev/null", O_WRONLY);
	char go;

	if (read(start, &go, 1) != 1)
		return 1;
	for (int i = 0; i < SPANS; i++) {
		if (write(null, begin, sizeof(begin) - 1) < 0 || write(null, end, sizeof(end) - 1) < 0)
			return 1;
		if (i % 20 == 0)
			rest(20000);
	}
	return 0;
}

/* Takes what is there; adds to the counts. */
static void take(struct source *source, unsigned long *seen, unsigned long *lost)
{
	struct input inputs[BATCH];
	int count;

	while ((count = source->operations->next(source, inputs, BATCH)) > 0) {
		for (int i = 0; i < count; i++) {
			if (inputs[i].kind == INPUT_MARKER && inputs[i].marker.size == 12 &&
			    !memcmp(inputs[i].marker.text + 1, ":t:switch::", 11))
				++*seen;
			else if (inputs[i].kind == INPUT_LOSS)
				*lost += inputs[i].loss.count;
		}
	}
}

int main(void)
{
	struct probe_options options = { 0 };
	unsigned long seen = 0, lost = 0, switches = 0;
	struct probe_error error;
	struct probe *probe;
	int scope = SCOPE_SPANS, status = 1, start[2];
	pid_t child;

	/* before the probe: a child that inherited its links would keep them attached */
	if (pipe(start) || (child = fork()) < 0)
		return 1;
	if (child == 0)
		_exit(write_spans(start[0]));
	probe = probe_new(&options, &error);
	if (!probe || probe_set_scope(probe, scope)) {
		fprintf(stderr, "%s\n", probe ? "cannot attach" : error.text);
		return 1;
	}
	if (write(start[1], "", 1) != 1)
		return 1;
	while (!waitpid(child, &status, WNOHANG)) {
		scope = scope % SCOPE_ALL + 1;
		if (probe_set_scope(probe, scope))
			return 1;
		switches++;
		take(probe_source(probe), &seen, &lost);
		rest(1000000);
	}
	for (int i = 0; i < 20; i++) {
		rest(1000000);
		take(probe_source(probe), &seen, &lost);
	}
	printf("written %d seen %lu lost %lu switches %lu\n", 2 * SPANS, seen, lost, switches);
	probe_free(probe);
	return status != 0;
}
