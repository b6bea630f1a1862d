/* What fields of processes and threads are made of. Most events leave all of it as it was, so what such a field says of a
 * group's latest event need not be read again: that would take most of the time of a view of processes. */
#include <string.h>

#include "field_who.h"
#include "query_private.h"

bool stamp_covers(const char *field)
{
	static const char *const names[] = {
		"proc.pid", "proc.ppid", "proc.vpid", "proc.name", "proc.exe", "proc.args", "proc.exeline", "proc.nthreads",
		"proc.fdlimit", "thread.tid", "thread.vtid", "thread.vmsize",
		"thread.vmsize.b", "thread.vmrss", "thread.vmrss.b", "thread.pfmajor", "thread.pfminor",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], field))
			return true;
	return false;
}

bool stamp_tells(const struct event *event)
{
	/* of some kinds of events these fields say something else */
	return event->type == EVENT_SCAP && !event->thread->is_stranger && !is_container_event(event);
}

struct stamp stamp_of(const struct event *event)
{
	const struct thread *thread = event->thread;
	const struct process *process = thread->process;
	const struct process_facts *facts = process->facts;

	return (struct stamp){
		.thread = thread,
		.tid = thread->tid,
		.pid = process->pid,
		.texts = { process->name, process->exe, process->args },
		.facts = facts,
		.vpid = facts ? facts->vpid : -1,
		.vtid = thread->vtid,
		.fdlimit = facts ? facts->fdlimit : -1,
		.faults_major = thread->faults_major,
		.faults_minor = thread->faults_minor,
		.nthreads = process->nthreads,
		.ppid = process->ppid,
		.vm_size = thread->vm_size,
		.vm_rss = thread->vm_rss,
	};
}

bool stamp_holds(const struct stamp *stamp, const struct event *event)
{
	const struct thread *thread = event->thread;
	const struct process *process = thread->process;
	const struct process_facts *facts = process->facts;

	return stamp->thread == thread && stamp->tid == thread->tid && stamp->pid == process->pid &&
	       stamp->facts == facts && stamp->texts[0] == process->name && stamp->texts[1] == process->exe &&
	       stamp->texts[2] == process->args && stamp->vtid == thread->vtid &&
	       stamp->faults_major == thread->faults_major && stamp->faults_minor == thread->faults_minor &&
	       stamp->nthreads == process->nthreads && stamp->ppid == process->ppid &&
	       stamp->vm_size == thread->vm_size && stamp->vm_rss == thread->vm_rss &&
	       (!facts || (stamp->vpid == facts->vpid && stamp->fdlimit == facts->fdlimit));
}
