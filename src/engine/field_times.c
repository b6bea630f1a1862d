/* Counters that sysdig's fields keep from event to event: of CPUs in an array, of threads in a table by id.
 *
 * They count what is asked for, as sysdig does: with a filter only the events that pass. Whoever goes back to older
 * events starts anew. */
#include <stdbool.h>
#include <stdlib.h>

#include "event.h"
#include "field_times.h"
#include "id_table.h"
#include "state.h"

struct cpu_times {
	uint64_t num, time, ran;   /* of the last switch: its event, when, and what is told of it */
};

struct thread_times {
	struct id_link link;
	uint64_t num, total;       /* event of the last switch that counts in total */
	uint64_t sample_num, sample_time, user, system;
	const struct thread *owner; /* of exact samples; another thread may have its id by now */
	double seconds;            /* that share is about, if it is exact */
	struct cpu_share share;    /* told of sample_num */
	bool has_share;
};

struct field_times {
	uint64_t newest;           /* event asked about */
	struct cpu_times *cpus;
	size_t ncpus;
	struct id_table threads;
	struct thread_times *last; /* of a thread that has ended, told for the last time; NULL none */
};

static void forget_threads(struct field_times *times)
{
	for (size_t i = 0; times->threads.buckets && i <= times->threads.mask; i++)
		for (struct id_link *link = times->threads.buckets[i], *next; link; link = next) {
			next = link->next;
			free(link);
		}
	id_table_fini(&times->threads);
}

void field_times_free(struct field_times *times)
{
	if (!times)
		return;
	forget_threads(times);
	free(times->cpus);
	free(times);
}

/* The counters as of this event. */
static struct field_times *times_at(struct field_times **at, const struct event *event)
{
	struct field_times *times = *at;

	if (times && event->num < times->newest) {
		field_times_free(times);
		times = NULL;
	}
	if (!times)
		times = calloc(1, sizeof(*times));
	*at = times;
	if (!times)
		return NULL;
	times->newest = event->num;
	return times->threads.buckets || id_table_init(&times->threads) ? times : NULL;
}

static struct cpu_times *cpu_of(struct field_times *times, unsigned cpu)
{
	if (cpu >= times->ncpus) {
		size_t count = cpu + 1;
		struct cpu_times *larger = realloc(times->cpus, count * sizeof(*larger));

		if (!larger)
			return NULL;
		for (size_t i = times->ncpus; i < count; i++)
			larger[i] = (struct cpu_times){ .num = UINT64_MAX };
		times->cpus = larger;
		times->ncpus = count;
	}
	return &times->cpus[cpu];
}

static struct thread_times *find_thread(const struct field_times *times, uint32_t tid)
{
	return times && times->threads.buckets ? (struct thread_times *)id_table_find(&times->threads, tid) : NULL;
}

static struct thread_times *thread_of(struct field_times *times, uint32_t tid)
{
	struct thread_times *thread = find_thread(times, tid);

	if (thread)
		return thread;
	thread = calloc(1, sizeof(*thread));
	if (!thread)
		return NULL;
	thread->num = thread->sample_num = UINT64_MAX;
	id_table_add(&times->threads, &thread->link, tid);
	return thread;
}

bool field_times_switch(struct field_times **at, const struct event *event, uint64_t *ran, uint64_t *total)
{
	struct field_times *times = times_at(at, event);
	struct cpu_times *cpu = times ? cpu_of(times, event->cpu) : NULL;
	struct thread_times *thread = cpu ? thread_of(times, event->thread->tid) : NULL;

	if (!thread)
		return false;
	if (cpu->num != event->num) {
		cpu->ran = cpu->time && event->time > cpu->time ? event->time - cpu->time : 0;
		cpu->time = event->time;
		cpu->num = event->num;
	}
	if (thread->num != event->num) {
		thread->total += cpu->ran;
		thread->num = event->num;
	}
	*ran = cpu->ran;
	*total = thread->total;
	return true;
}

uint64_t field_times_total(const struct field_times *times, const struct event *event)
{
	const struct thread_times *thread = find_thread(times, event->thread->tid);

	return thread ? thread->total : 0;
}

/* The first sample tells of all time before it: no share. seconds: since then. */
static double percent(uint64_t now, uint64_t before, double seconds)
{
	return before && now > before ? (double)(now - before) / seconds : 0;
}

static void take_share(struct thread_times *thread, const struct event *event, uint64_t user, uint64_t system)
{
	thread->has_share = true;
	/* samples of captures are taken for a second apart, as sysdig takes them */
	thread->share = (struct cpu_share){
		percent(user, thread->user, 1), percent(system, thread->system, 1),
		percent(user + system, thread->user + thread->system, 1),
	};
	thread->user = user;
	thread->system = system;
	thread->sample_num = event->num;
	thread->sample_time = event->time;
}

/* Of times in ns. */
static double exact_percent(uint64_t now, uint64_t before, double seconds)
{
	return now > before ? (double)(now - before) / 1e7 / seconds : 0;
}

/* The times of a thread whose beginning was seen are its own from then on; of another there is a share when there is a
 * second sample. */
static void take_exact_share(struct thread_times *thread, const struct event *event, uint64_t user, uint64_t system)
{
	uint64_t since = thread->sample_time ? thread->sample_time : event->thread->start_time;
	double seconds = since && event->time > since ? (double)(event->time - since) / 1e9 : 0;

	thread->has_share = seconds > 0;
	thread->seconds = seconds;
	if (thread->has_share)
		thread->share = (struct cpu_share){
			exact_percent(user, thread->user, seconds), exact_percent(system, thread->system, seconds),
			exact_percent(user + system, thread->user + thread->system, seconds),
		};
	thread->user = user;
	thread->system = system;
	thread->sample_num = event->num;
	thread->sample_time = event->time;
}

/* Of threads that ended nothing is kept once the next one is asked about. */
static void forget_ended(struct field_times *times, struct thread_times *thread, const struct event *event)
{
	struct thread_times *last = times->last;

	if (last && last != thread) {
		id_table_remove(&times->threads, &last->link);
		free(last);
	}
	times->last = event->thread->end_time ? thread : NULL;
}

double field_times_seconds(const struct field_times *times, const struct event *event)
{
	const struct thread_times *thread = find_thread(times, event->thread->tid);

	return thread ? thread->seconds : 0;
}

bool field_times_sample(struct field_times **at, const struct event *event, uint64_t user, uint64_t system,
			struct cpu_share *share)
{
	struct field_times *times = times_at(at, event);
	struct thread_times *thread = times ? thread_of(times, event->thread->tid) : NULL;

	if (!thread)
		return false;
	if (event->flags & EVENT_MEASURED) {
		forget_ended(times, thread, event);
		if (thread->owner != event->thread) {
			thread->owner = event->thread;
			thread->sample_time = thread->user = thread->system = 0;
		}
		if (thread->sample_time != event->time)
			take_exact_share(thread, event, user, system);
	} else if (thread->sample_num != event->num) {
		take_share(thread, event, user, system);
	}
	*share = thread->share;
	return thread->has_share;
}
