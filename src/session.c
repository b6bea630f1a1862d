#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define BUSY_NS 10000000ull     /* rings are looked at this often while events come */
#define IDLE_NS 40000000ull     /* and this often otherwise */
#define PUMP_INPUTS 32768u      /* taken at once, at most: about 5 ms */
#define PUMP_SHARE 4096u        /* bytes of the recording for each of them: queries read before it forgets */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

uint64_t session_now(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int session_init(struct session *session, const struct options *options)
{
	struct probe_options probe_options = {
		.snap_length = options->snap_length,
		.call_ring_bytes = options->ring,
		.btf_path = getenv("SPANTOP_BTF"),
	};
	struct engine_options engine_options = { .memory = options->memory };
	struct probe_error error;
	struct source *source;
	sigset_t set;

	*session = (struct session){ .options = options, .epoll = -1, .signals = -1 };
	session->probe = probe_new(&probe_options, &error);
	if (!session->probe) {
		fprintf(stderr, "spantop: %s\n", error.text);
		return -EPERM;
	}
	session->engine = engine_new(&engine_options);
	session->epoll = epoll_create1(EPOLL_CLOEXEC);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	session->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (!session->engine || session->epoll < 0 || session->signals < 0) {
		fprintf(stderr, "spantop: cannot start: %s\n", session->engine ? strerror(errno) : "out of memory");
		session_fini(session);
		return -ENOMEM;
	}
	source = probe_source(session->probe);
	session->rings = source->operations->poll_fd(source);
	session_watch(session, session->signals);
	session_watch(session, session->rings);
	if (options->stop_after > 0)
		session->deadline = clock_ns(CLOCK_BOOTTIME) + (uint64_t)(options->stop_after * 1e9);
	/* A tracer that waits behind what it traces loses events: ask for a little more, and go on without. */
	setpriority(PRIO_PROCESS, 0, -5);
	return 0;
}

void session_fini(struct session *session)
{
	probe_free(session->probe);
	engine_free(session->engine);
	if (session->epoll >= 0)
		close(session->epoll);
	if (session->signals >= 0)
		close(session->signals);
}

int session_need_scope(struct session *session, const char *scope)
{
	int wanted = probe_scope_parse(session->options->scope ? session->options->scope : scope);

	if (wanted < 0)
		return -EINVAL;
	if (wanted <= (int)probe_get_scope(session->probe))
		return 0;
	return probe_set_scope(session->probe, wanted);
}

static void take_signals(struct session *session)
{
	struct signalfd_siginfo info;

	while (read(session->signals, &info, sizeof(info)) == sizeof(info))
		session->stop = true;
}

static void pump(struct session *session)
{
	const struct engine_counts *counts = engine_counts(session->engine);
	size_t most = engine_memory(session->engine) / PUMP_SHARE;
	int taken;

	if (most > PUMP_INPUTS)
		most = PUMP_INPUTS;
	taken = engine_pump(session->engine, probe_source(session->probe), most);
	session->more = taken >= (int)most;
	session->quiet_until = clock_ns(CLOCK_BOOTTIME) + (taken > 0 ? BUSY_NS : IDLE_NS);
	if (session->options->stop_events && counts->events >= session->options->stop_events)
		session->stop = true;
}

void session_watch(struct session *session, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	epoll_ctl(session->epoll, EPOLL_CTL_ADD, fd, &event);
}

void session_step(struct session *session, uint64_t until)
{
	uint64_t now = clock_ns(CLOCK_BOOTTIME), wake = session->quiet_until, real = session_now();
	struct epoll_event events[4];
	int n, timeout = 0;

	if (session->deadline && session->deadline < wake)
		wake = session->deadline;
	if (until && (until <= real || now + (until - real) < wake))
		wake = until <= real ? now : now + (until - real);
	if (!session->more && wake > now)
		timeout = (wake - now + 999999) / 1000000;
	n = epoll_wait(session->epoll, events, 4, timeout);
	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == session->signals)
			take_signals(session);
		else if (events[i].data.fd == session->rings)
			session->quiet_until = 0;
	}
	now = clock_ns(CLOCK_BOOTTIME);
	if (session->more || now >= session->quiet_until)
		pump(session);
	if (session->deadline && now >= session->deadline)
		session->stop = true;
}

void session_drain(struct session *session)
{
	/* Two passes 2 ms apart: what was recorded before the first is old enough for the second. */
	for (int pass = 0; pass < 2; pass++) {
		struct timespec pause = { .tv_nsec = 2000000 };

		nanosleep(&pause, NULL);
		do
			pump(session);
		while (session->more);
	}
}
