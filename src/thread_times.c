#include "thread_times.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/query.h"
#include "engine/scap_event.h"

#define KIB 1024

/* An event with two numbers of 64 bits. */
struct sample {
	struct event event;
	uint16_t sizes[2];
	uint8_t times[2 * sizeof(uint64_t)];
};

struct sampling {
	struct query *query;
	uint64_t num, time;
	long ticks, page;
};

struct stat_line {
	uint64_t faults_minor, faults_major, user, system, vm_size, vm_rss;
};

static bool parse_line(const char *line, struct stat_line *stat)
{
	const char *end = strrchr(line, ')'); /* the name may have brackets */

	return end && sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %" SCNu64 " %*u %" SCNu64 " %" SCNu64
			     " %*d %*d %*d %*d %*d %*d %*u %" SCNu64 " %" SCNu64,
			     &stat->faults_minor, &stat->faults_major, &stat->user, &stat->system, &stat->vm_size,
			     &stat->vm_rss) == 6;
}

static bool read_stat(const struct thread *thread, struct stat_line *stat)
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
	return parse_line(line, stat);
}

static void take_thread(const struct sampling *sampling, struct thread *thread)
{
	struct stat_line stat;
	uint64_t times[2];
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

	if (!read_stat(thread, &stat))
		return;
	thread->faults_minor = stat.faults_minor;
	thread->faults_major = stat.faults_major;
	thread->vm_size = stat.vm_size / KIB;
	thread->vm_rss = stat.vm_rss * sampling->page / KIB;
	/* in hundredths of a second */
	times[0] = stat.user * 100 / sampling->ticks;
	times[1] = stat.system * 100 / sampling->ticks;
	memcpy(sample.times, times, sizeof(times));
	query_take(sampling->query, &sample.event);
}

static void take_process(void *context, struct process *process)
{
	for (struct thread *thread = process->threads; thread; thread = thread->next_sibling)
		take_thread(context, thread);
}

void thread_times_take(struct engine *engine, struct query *query, uint64_t now)
{
	const struct engine_counts *counts = engine_counts(engine);
	struct sampling sampling = {
		.query = query,
		.num = counts->events,
		.time = now,
		.ticks = sysconf(_SC_CLK_TCK),
		.page = sysconf(_SC_PAGESIZE),
	};

	if (sampling.ticks > 0)
		state_each_process(engine_state(engine), take_process, &sampling);
}
