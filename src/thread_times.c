#include "thread_times.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/query.h"
#include "engine/scap_event.h"
#include "engine/source.h"

#define KIB 1024
#define NS_PER_S 1000000000ull

/* An event with two numbers of 64 bits. */
struct sample {
	struct event event;
	uint16_t sizes[2];
	uint8_t times[2 * sizeof(uint64_t)];
};

struct sampling {
	struct query *query;
	uint64_t num, time;
	struct state *state;
	long ticks, page;
};

/* Times of /proc are in ticks. */
static bool parse_line(const struct sampling *sampling, const char *line, struct thread_usage *usage)
{
	const char *end = strrchr(line, ')'); /* the name may have brackets */

	if (!end || sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %" SCNu64 " %*u %" SCNu64 " %" SCNu64
			   " %*d %*d %*d %*d %*d %*d %*u %" SCNu64 " %" SCNu64, &usage->faults_minor, &usage->faults_major,
			   &usage->cpu_user, &usage->cpu_system, &usage->vm_size, &usage->vm_rss) != 6)
		return false;
	usage->cpu_user = usage->cpu_user * NS_PER_S / sampling->ticks;
	usage->cpu_system = usage->cpu_system * NS_PER_S / sampling->ticks;
	usage->vm_rss *= sampling->page;
	return true;
}

static bool read_stat(const struct sampling *sampling, const struct thread *thread, struct thread_usage *usage)
{
	char path[64], line[1024];
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/stat", thread->process->pid, thread->tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	size = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (size <= 0)
		return false;
	line[size] = '\0';
	return parse_line(sampling, line, usage);
}

static void take_usage(const struct sampling *sampling, struct thread *thread, const struct thread_usage *usage)
{
	uint64_t times[2] = { usage->cpu_user, usage->cpu_system };
	struct sample sample = {
		.event = {
			.size = sizeof(sample),
			.type = EVENT_SCAP,
			.call = SCAP_TYPE_PROCINFO_E,
			.flags = EVENT_MEASURED,
			.num = sampling->num,
			.time = sampling->time,
			.enter_time = sampling->time,
			.thread = thread,
			.items = 2,
			.payload_size = sizeof(sample.sizes) + sizeof(sample.times),
		},
		.sizes = { sizeof(uint64_t), sizeof(uint64_t) },
	};

	thread->faults_minor = usage->faults_minor;
	thread->faults_major = usage->faults_major;
	thread->vm_size = usage->vm_size / KIB;
	thread->vm_rss = usage->vm_rss / KIB;
	memcpy(sample.times, times, sizeof(times));
	query_take(sampling->query, &sample.event);
}

/* Of one that was born or ended a moment ago events will tell. */
static void take_told(void *context, const struct thread_usage *usage)
{
	const struct sampling *sampling = context;
	struct thread *thread = state_find_thread(sampling->state, usage->tid);

	if (thread && thread->process->pid == usage->pid)
		take_usage(sampling, thread, usage);
}

static void take_process(void *context, struct process *process)
{
	struct thread_usage usage;

	for (struct thread *thread = process->threads; thread; thread = thread->next_sibling)
		if (read_stat(context, thread, &usage))
			take_usage(context, thread, &usage);
}

void thread_times_take(struct engine *engine, struct source *source, struct query *query, uint64_t now)
{
	const struct engine_counts *counts = engine_counts(engine);
	struct sampling sampling = {
		.query = query,
		.num = counts->events,
		.time = now,
		.state = engine_state(engine),
		.ticks = sysconf(_SC_CLK_TCK),
		.page = sysconf(_SC_PAGESIZE),
	};

	if (source->operations->threads_usage && !source->operations->threads_usage(source, take_told, &sampling))
		return;
	if (sampling.ticks > 0)
		state_each_process(sampling.state, take_process, &sampling);
}
