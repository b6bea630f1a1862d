/* thread.*: memory, faults, times and cgroups of the one thread. */
#include <stdio.h>

#include "field_times.h"
#include "field_who.h"

static bool is_switch(const struct event *event)
{
	return event->type == EVENT_SCAP &&
	       (event->call == SCAP_TYPE_SCHEDSWITCH_6_E || event->call == SCAP_TYPE_SCHEDSWITCH_1_E);
}

static bool give_run_time(const struct event *event, bool sum, struct field_context *context, struct value *value)
{
	uint64_t ran = 0, total = 0;

	if (is_switch(event)) {
		if (!field_times_switch(&context->times, event, &ran, &total))
			return false;
	} else {
		total = field_times_total(context->times, event);
	}
	return give_uint(value, VALUE_DURATION, sum ? total : ran);
}

/* In samples of the scheduler only. */
static bool give_cpu(const struct event *event, int variant, struct field_context *context, struct value *value)
{
	struct cpu_share share;
	double percent;

	if (event->type != EVENT_SCAP || event->call != SCAP_TYPE_PROCINFO_E ||
	    !field_times_sample(&context->times, event, event_param_uint(event, 0), event_param_uint(event, 1), &share))
		return false;
	percent = variant == THREAD_CPU_USER ? share.user : variant == THREAD_CPU_SYSTEM ? share.system :
			   share.both;
	value->type = VALUE_REAL;
	value->r = percent > 100 ? 100 : percent;
	return true;
}

/* Of the main thread, which stands for the process: sums over threads count it once. */
static bool give_memory(const struct event *event, int variant, struct value *value)
{
	const struct thread *thread = event->thread;
	bool main = thread->tid == thread->process->pid;
	uint64_t kib = variant == THREAD_VMSIZE || variant == THREAD_VMSIZE_B ? thread->vm_size : thread->vm_rss;
	unsigned unit = variant == THREAD_VMSIZE_B || variant == THREAD_VMRSS_B ? 1024 : 1;

	return give_uint(value, VALUE_UINT, main ? kib * unit : 0);
}

/* The name of a controller, which the kernel's short names stand for. */
static void name_controller(const char **name, size_t *size)
{
	static const struct {
		const char *short_name, *name;
	} names[] = { { "io", "blkio" }, { "mem", "memory" }, { "perf", "perf_event" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (*size == strlen(names[i].short_name) && !memcmp(*name, names[i].short_name, *size)) {
			*name = names[i].name;
			*size = strlen(*name);
			return;
		}
}

/* The next of a list of controller=path, each ended by a NUL; as with sysdig it ends where one is none. */
static bool next_cgroup(const struct string *list, size_t *at, const char **name, size_t *name_size, const char **path,
			size_t *path_size)
{
	const char *text = list->text + *at, *equals;
	size_t size = strnlen(text, list->size - *at);

	equals = memchr(text, '=', size);
	if (*at >= list->size || !equals)
		return false;
	*name = text;
	*name_size = equals - text;
	name_controller(name, name_size);
	*path = equals + 1;
	*path_size = text + size - *path;
	*at += size < list->size - *at ? size + 1 : size;
	return true;
}

static bool give_cgroup(const struct field *field, const struct string *list, struct value *value)
{
	const char *name, *path;
	size_t at = 0, name_size, path_size;

	while (next_cgroup(list, &at, &name, &name_size, &path, &path_size))
		if (strlen(field->argument) == name_size && !memcmp(field->argument, name, name_size))
			return give_text(value, path, path_size);
	return false;
}

static bool give_cgroups(const struct string *list, struct field_context *context, struct value *value)
{
	const char *name, *path;
	size_t at = 0, used = 0, name_size, path_size, room = sizeof(context->scratch);

	while (next_cgroup(list, &at, &name, &name_size, &path, &path_size) && used < room)
		used += (size_t)snprintf(context->scratch + used, room - used, "%s%.*s=%.*s", used ? " " : "",
					 (int)name_size, name, (int)path_size, path);
	return used && give_scratch(value, context, used);
}

bool field_thread(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
		  struct value *value)
{
	const struct thread *thread = event->thread;
	const struct process_facts *facts = thread->process->facts;
	int variant = field->definition->variant;

	(void)nth;
	if (is_nobody(event))
		return false;
	switch (variant) {
	case THREAD_EXECTIME:
	case THREAD_TOTEXECTIME:
		return give_run_time(event, variant == THREAD_TOTEXECTIME, context, value);
	case THREAD_CPU:
	case THREAD_CPU_USER:
	case THREAD_CPU_SYSTEM:
		return give_cpu(event, variant, context, value);
	case THREAD_CGROUPS:
		return facts && give_cgroups(facts->cgroups, context, value);
	case THREAD_CGROUP:
		return facts && give_cgroup(field, facts->cgroups, value);
	case THREAD_VTID:
		return (facts || is_captured(event)) && thread->vtid != -1 && give_int(value, VALUE_ID, thread->vtid);
	default:
		break;
	}
	/* of a live thread that no sample was taken of nothing is known */
	if (!is_captured(event) && event->type != EVENT_SCAP && !thread->vm_size)
		return false;
	if (is_container_event(event))
		return give_uint(value, VALUE_UINT, 0);
	switch (variant) {
	case THREAD_PFMAJOR:
		return give_uint(value, VALUE_UINT, thread->faults_major);
	case THREAD_PFMINOR:
		return give_uint(value, VALUE_UINT, thread->faults_minor);
	default:
		return give_memory(event, variant, value);
	}
}
