/* evt.pending: of what has not returned yet. */
#include <string.h>

#include "calls.h"
#include "field_classes.h"
#include "scap_event.h"
#include "state.h"

static const struct {
	const char *call, *wait;
} waits[] = {
	{ "futex", "lock" }, { "futex_wait", "lock" }, { "futex_waitv", "lock" }, { "flock", "lock" },
	{ "fcntl", "lock" }, { "semop", "lock" }, { "semtimedop", "lock" },
	{ "nanosleep", "sleep" }, { "clock_nanosleep", "sleep" },
	{ "pause", "signal" }, { "rt_sigsuspend", "signal" }, { "rt_sigtimedwait", "signal" }, { "sigsuspend", "signal" },
	{ "wait4", "child" }, { "waitid", "child" }, { "waitpid", "child" }, { "vfork", "child" },
	{ "execve", "file" },
	{ "fsync", "disk" }, { "fdatasync", "disk" }, { "sync", "disk" }, { "syncfs", "disk" }, { "msync", "disk" },
	{ "io_getevents", "disk" },
	{ "msgrcv", "message" }, { "msgsnd", "message" }, { "mq_timedreceive", "message" }, { "mq_timedsend", "message" },
	{ "epoll_wait", "poll" }, { "epoll_pwait", "poll" }, { "epoll_pwait2", "poll" }, { "select", "poll" },
	{ "pselect6", "poll" },
};

static const char *wait_by_fd(const struct fd *fd)
{
	switch (fd->type) {
	case FD_IPV4:
	case FD_IPV6:
	case FD_UNIX:
	case FD_SOCKET:
		return "network";
	case FD_PIPE:
		return "pipe";
	case FD_DEVICE:
		return !strncmp(fd->name->text, "/dev/pts/", 9) || !strncmp(fd->name->text, "/dev/tty", 8) ? "terminal" :
													      "device";
	case FD_FILE:
	case FD_DIRECTORY:
		return "file";
	case FD_EVENT:
	case FD_EVENTPOLL:
	case FD_SIGNAL:
	case FD_TIMER:
	case FD_INOTIFY:
		return "event";
	default:
		return NULL;
	}
}

static const char *wait_of(const struct event *event)
{
	const char *call, *wait = event->fd ? wait_by_fd(event->fd) : NULL;
	char name[32];

	if (event->flags & EVENT_RUNS)
		return "cpu";
	if (event->flags & EVENT_DISK_WAIT)
		return "disk";
	call = event->type == EVENT_CALL ? call_name(event->call, name) : scap_types[event->call].name;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++)
		if (!strcmp(waits[i].call, call))
			return waits[i].wait;
	if (wait)
		return wait;
	if (!strcmp(call, "poll") || !strcmp(call, "ppoll"))
		return "poll";
	if (!strcmp(field_event_category(event), "net"))
		return "network";
	return !strcmp(field_event_category(event), "file") ? "file" : "other";
}

bool field_evt_pending(const struct field *field, const struct event *event, unsigned nth,
		       struct field_context *context, struct value *value)
{
	bool is_call = event->type == EVENT_CALL || event->type == EVENT_SCAP;

	(void)nth;
	(void)context;
	if (!(event->flags & EVENT_PENDING))
		return false;
	switch (field->definition->variant) {
	case PENDING_KIND:
		return give_word(value, is_call ? "call" : "span");
	case PENDING_EXACT:
		return give_bool(value, !(event->flags & EVENT_AT_LEAST));
	default:
		return is_call && give_word(value, wait_of(event));
	}
}
