/* What exists, as the loader tells it: what_exists iterators|proc [count].
 *
 * One line a process, thread or descriptor, as JSON; with count only how many of each there are and the CPU time that finding
 * them out took, and for how many threads the iterators tell what they have used, and what that took. */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "src/engine/source.h"
#include "src/probe_loader/probe_loader.h"

#define INPUTS 512

static double clock_of(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(object);
}

static void print_task(const struct input *input)
{
	print(json_pack("{s:s, s:i, s:i, s:s}", "kind", "task", "pid", input->pid, "tid", input->tid, "comm",
			input->process.comm ? input->process.comm : ""));
}

static void print_descriptor(const struct input *input)
{
	const struct fd *fd = input->descriptor.description;
	const struct fd_socket *s = &fd->socket;
	json_t *object = json_pack("{s:s, s:i, s:i, s:s, s:I, s:i, s:o}", "kind", "descriptor", "pid", input->pid, "fd", fd->num,
				   "type", fd_type_name(fd->type), "inode", (json_int_t)fd->inode, "dev", fd->dev, "name",
				   json_stringn_nocheck(input->descriptor.name, input->descriptor.name_size));
	char local[INET6_ADDRSTRLEN] = "", remote[INET6_ADDRSTRLEN] = "";

	inet_ntop(s->family, s->local, local, sizeof(local));
	inet_ntop(s->family, s->remote, remote, sizeof(remote));
	if (fd->has_socket)
		json_object_set_new(object, "socket",
				    json_pack("{s:i, s:i, s:i, s:i, s:s, s:i, s:s, s:i}", "family", s->family, "type", s->type,
					      "protocol", s->protocol, "state", s->state, "local", local, "local_port",
					      ntohs(s->local_port), "remote", remote, "remote_port", ntohs(s->remote_port)));
	print(object);
}

static void count_thread(void *context, const struct thread_usage *usage)
{
	(void)usage;
	++*(unsigned *)context;
}

static void print_counts(struct source *source, unsigned tasks, unsigned descriptors, double seconds)
{
	double begin = clock_of(CLOCK_PROCESS_CPUTIME_ID);
	unsigned threads = 0;

	source->operations->threads_usage(source, count_thread, &threads);
	printf("%u tasks, %u descriptors, %.6f s; %u threads, %.6f s\n", tasks, descriptors, seconds, threads,
	       clock_of(CLOCK_PROCESS_CPUTIME_ID) - begin);
}

int main(int argc, char **argv)
{
	static struct input inputs[INPUTS];
	struct probe_options options = { .from_proc = argc > 1 && !strcmp(argv[1], "proc"), .call_ring_bytes = 1 << 20 };
	bool counts = argc > 2;
	unsigned tasks = 0, descriptors = 0;
	struct probe_error error;
	struct source *source;
	struct probe *probe = probe_new(&options, &error);
	double begin;
	int count;

	if (!probe) {
		fprintf(stderr, "what_exists: %s\n", error.text);
		return 1;
	}
	if (!options.from_proc && !probe_has_iterators(probe)) {
		fprintf(stderr, "what_exists: no iterators\n");
		probe_free(probe);
		return 3;
	}
	source = probe_source(probe);
	begin = clock_of(CLOCK_PROCESS_CPUTIME_ID);
	while ((count = source->operations->next(source, inputs, INPUTS)) > 0)
		for (int i = 0; i < count; i++) {
			tasks += inputs[i].kind == INPUT_PROCESS;
			descriptors += inputs[i].kind == INPUT_DESCRIPTOR;
			if (!counts && inputs[i].kind == INPUT_PROCESS)
				print_task(&inputs[i]);
			else if (!counts && inputs[i].kind == INPUT_DESCRIPTOR)
				print_descriptor(&inputs[i]);
		}
	if (counts)
		print_counts(source, tasks, descriptors, clock_of(CLOCK_PROCESS_CPUTIME_ID) - begin);
	probe_free(probe);
	return 0;
}
