#include "session.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "engine/capture_source.h"
#include "engine/filter.h"
#include "engine/state.h"
#include "notify.h"
#include "traced_command.h"

#define BUSY_NS 10000000ull     /* rings are looked at this often while events come */
#define WOKEN_NS 1200000ull     /* when something wakes us, whose records are looked at when they are 1 ms old */
#define IDLE_NS 40000000ull     /* and this often otherwise */
#define BEGIN_NS 1000000000ull  /* what exists is listed for so long, at most, before the tracing counts as begun */
#define PUMP_INPUTS 32768u      /* taken at once, at most: about 5 ms */
#define CAPTURE_NS 8000000ull   /* of a capture inputs are taken for so long at once: keys do not wait longer */
#define CAPTURE_INPUTS 2048u    /* between two looks at the clock */
#define PUMP_SHARE 4096u        /* bytes of the recording for each of them: queries read before it forgets */

uint64_t session_now(void)
{
	return clock_ns(CLOCK_REALTIME);
}

/* What a command does before it is itself was ours. */
static bool is_command(const struct options *options, uint32_t pid)
{
	return options->traced && pid == (uint32_t)options->traced->pid;
}

static int follow(const struct session *session)
{
	const struct options *options = session->options;

	for (size_t i = 0; i < options->nfollow; i++) {
		if (state_follow(engine_state(session->engine), options->follow[i], is_command(options, options->follow[i])))
			return -ENOMEM;
	}
	return 0;
}

static int follow_containers(const struct session *session)
{
	struct filter_error error;
	struct filter *filter = filter_new(session->options->filter, &error);

	return filter ? engine_follow_containers(session->engine, filter) : -ENOMEM;
}

static int start(struct session *session, const struct engine_options *engine_options)
{
	sigset_t set;

	session->engine = engine_new(engine_options);
	session->epoll = epoll_create1(EPOLL_CLOEXEC);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	session->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (!session->engine || session->epoll < 0 || session->signals < 0) {
		fprintf(stderr, "spantop: cannot start: %s\n", session->engine ? strerror(errno) : "out of memory");
		return -ENOMEM;
	}
	session_watch(session, session->signals);
	if (session->probe && kernel_filter_by_container(&session->kernel) && follow_containers(session))
		return -ENOMEM;
	return follow(session);
}

static int open_capture(struct session *session)
{
	char error[512];

	session->source = capture_source_open(session->options->read, error, sizeof(error));
	if (session->source)
		return 0;
	fprintf(stderr, "spantop: %s\n", error);
	return -EINVAL;
}

void session_kernel_filter(const struct options *options, struct kernel_filter *kernel)
{
	struct filter_error error;
	struct filter *filter = options->filter ? filter_new(options->filter, &error) : NULL;

	*kernel = (struct kernel_filter){ 0 };
	for (size_t i = 0; i < options->nfollow; i++)
		kernel_filter_follow(kernel, options->follow[i], is_command(options, options->follow[i]));
	if (filter)
		kernel_filter_add(kernel, filter);
	filter_free(filter);
}

static int load_probe(struct session *session)
{
	struct probe_options probe_options = {
		.snap_length = session->options->snap_length,
		.call_ring_bytes = session->options->ring,
		.btf_path = getenv("SPANTOP_BTF"),
		.filter = &session->kernel,
		.spans_only = session->options->scope && !strcmp(session->options->scope, "spans"),
	};
	struct probe_error error;

	session_kernel_filter(session->options, &session->kernel);
	session->probe = probe_new(&probe_options, &error);
	if (!session->probe) {
		fprintf(stderr, "spantop: %s\n", error.text);
		return -EPERM;
	}
	session->source = probe_source(session->probe);
	session->rings = session->source->operations->poll_fd(session->source);
	priority_ask(&session->priority);
	return 0;
}

int session_init(struct session *session, const struct options *options, const struct engine_options *engine_options)
{
	int error;

	*session = (struct session){ .options = options, .epoll = -1, .signals = -1, .rings = -1 };
	error = options->read ? open_capture(session) : load_probe(session);
	if (!error)
		error = start(session, engine_options);
	if (error) {
		session_fini(session);
		return error;
	}
	if (session->rings >= 0)
		session_watch(session, session->rings);
	return 0;
}

void session_fini(struct session *session)
{
	if (session->probe)
		probe_free(session->probe);
	else if (session->source)
		session->source->operations->close(session->source);
	engine_free(session->engine);
	if (session->epoll >= 0)
		close(session->epoll);
	if (session->signals >= 0)
		close(session->signals);
}

int session_need_scope(struct session *session, const char *scope)
{
	int wanted;

	if (!session->probe)
		return 0;
	wanted = probe_scope_parse(session->options->scope ? session->options->scope : scope);
	if (wanted < 0)
		return -EINVAL;
	if (wanted > (int)probe_get_scope(session->probe)) {
		int error = probe_set_scope(session->probe, wanted);

		if (error)
			return error;
	}
	return session_need_events(session, session->options->events);
}

int session_need_events(struct session *session, const char *events)
{
	int wanted = events && session->probe ? probe_events_parse(events) : 0;

	if (wanted < 0)
		return -EINVAL;
	return wanted ? probe_add_events(session->probe, (unsigned)wanted) : 0;
}

int session_start_command(struct session *session)
{
	struct traced_command *traced = session->options->traced;
	int error;

	if (!traced)
		return 0;
	/* what exists, the command among it, before it goes */
	session_drain(session);
	if (traced->ended >= 0)
		session_watch(session, traced->ended);
	error = traced_command_go(traced);
	if (error)
		fprintf(stderr, "spantop: cannot start %s: %s\n", session->options->command[0], strerror(-error));
	return !error ? 0 : error == -ENOENT ? 127 : 126;
}

bool session_command_ended(const struct session *session)
{
	return session->options->traced && traced_command_wait(session->options->traced);
}

uint64_t session_last_time(const struct session *session)
{
	uint64_t first = engine_counts(session->engine)->first_time;

	if (!first || session->probe || session->options->stop_after <= 0)
		return UINT64_MAX;
	return first + (uint64_t)(session->options->stop_after * 1e9);
}

double session_progress(const struct session *session)
{
	const struct scap_counts *counts = session->probe ? NULL : capture_source_counts(session->source);

	return counts && counts->file_size ? (double)counts->file_position / counts->file_size : -1;
}

struct source *session_read_again(const struct session *session)
{
	const char *path = session->options->read;
	struct stat status;
	char error[512];

	if (session->probe || !strcmp(path, "-") || stat(path, &status) || !S_ISREG(status.st_mode))
		return NULL;
	return capture_source_open(path, error, sizeof(error));
}

static void take_signals(struct session *session)
{
	struct signalfd_siginfo info;

	while (read(session->signals, &info, sizeof(info)) == sizeof(info)) {
		session->stop = true;
		session->signal = (int)info.ssi_signo;
		session->signal_sent = info.ssi_code != SI_KERNEL;
	}
}

/* Inputs to be taken at once, at most. */
static size_t pump_most(const struct session *session)
{
	size_t most = engine_memory(session->engine) / PUMP_SHARE;

	return most < PUMP_INPUTS ? most : PUMP_INPUTS;
}

static void pump_probe(struct session *session)
{
	const struct engine_counts *counts = engine_counts(session->engine);
	size_t most = pump_most(session);
	int taken = engine_pump(session->engine, session->source, most);

	session->more = taken >= (int)most;
	/* what woke us is too new to be taken now */
	session->quiet_until = clock_ns(CLOCK_BOOTTIME) + (session->is_woken ? WOKEN_NS : taken > 0 ? BUSY_NS : IDLE_NS);
	session->is_woken = false;
	if (session->options->stop_events && counts->events >= session->options->stop_events)
		session->stop = true;
}

/* A capture that is damaged ends where the damage begins. */
static void capture_ended(struct session *session, int error)
{
	const char *damage = error == -ENODATA ? capture_source_damage(session->source) : strerror(-error);

	session->ended = true;
	session->more = false;
	if (damage[0])
		snprintf(session->damage, sizeof(session->damage), "%s: %s", session->options->read, damage);
}

/* As many inputs as one number of events may come from: of an input comes one at most. */
static size_t capture_share(const struct session *session, size_t most)
{
	const struct engine_counts *counts = engine_counts(session->engine);
	uint64_t stop = session->options->stop_events;

	if (stop && stop - counts->events < most)
		return stop - counts->events;
	return most;
}

static void pump_capture(struct session *session)
{
	const struct engine_counts *counts = engine_counts(session->engine);
	uint64_t stop = session->options->stop_events, until = clock_ns(CLOCK_MONOTONIC) + CAPTURE_NS;
	size_t most = pump_most(session), taken = 0;

	do {
		size_t share = capture_share(session, CAPTURE_INPUTS);
		int count = engine_pump(session->engine, session->source, share);

		if (count < 0) {
			capture_ended(session, count);
			return;
		}
		taken += count;
		if ((stop && counts->events >= stop) || counts->last_time > session_last_time(session)) {
			session->ended = true;
			session->more = false;
			return;
		}
	} while (taken < most && clock_ns(CLOCK_MONOTONIC) < until);
	session->more = true;
}

static void pump(struct session *session)
{
	if (session->probe)
		pump_probe(session);
	else
		pump_capture(session);
}

void session_keep_data(struct session *session, unsigned bytes)
{
	if (session->probe)
		probe_keep_data(session->probe, bytes);
}

void session_watch(struct session *session, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	epoll_ctl(session->epoll, EPOLL_CTL_ADD, fd, &event);
}

void session_unwatch(struct session *session, int fd)
{
	epoll_ctl(session->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* ms that there is nothing to do for; -1 until a descriptor becomes readable. */
static int idle_ms(const struct session *session, uint64_t until)
{
	uint64_t now = clock_ns(CLOCK_BOOTTIME), wake = session->probe ? session->quiet_until : UINT64_MAX;
	uint64_t real = session_now();

	if (session->probe ? session->more : !session->ended && !session->hold)
		return 0;
	if (session->deadline && session->deadline < wake)
		wake = session->deadline;
	if (until && (until <= real || now + (until - real) < wake))
		wake = until <= real ? now : now + (until - real);
	if (wake <= now)
		return 0;
	if (wake == UINT64_MAX)
		return -1;
	return (wake - now + 999999) / 1000000 < INT_MAX ? (int)((wake - now + 999999) / 1000000) : INT_MAX;
}

/* The probe is attached: the time of -M begins. */
static void begin(struct session *session)
{
	const struct options *options = session->options;

	if (options->stop_after > 0)
		session->deadline = clock_ns(CLOCK_BOOTTIME) + (uint64_t)(options->stop_after * 1e9);
	notify_send("READY=1");
	session->ready = true;
}

/* Of a process that ends from now on it is known who it was; unless so much happens that this would take long. */
static void take_what_exists(struct session *session)
{
	uint64_t most = clock_ns(CLOCK_MONOTONIC) + BEGIN_NS;

	do
		pump(session);
	while (probe_is_starting(session->probe) && clock_ns(CLOCK_MONOTONIC) < most);
}

void session_step(struct session *session, uint64_t until)
{
	struct epoll_event events[4];
	uint64_t now;
	int n;

	priority_keep(&session->priority);
	if (session->probe && !session->ready) {
		take_what_exists(session);
		begin(session);
	}
	n = epoll_wait(session->epoll, events, 4, idle_ms(session, until));
	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == session->signals)
			take_signals(session);
		else if (events[i].data.fd == session->rings)
			session->is_woken = true;
	}
	if (session->is_woken)
		session->quiet_until = 0;
	now = clock_ns(CLOCK_BOOTTIME);
	if (session->probe ? session->more || now >= session->quiet_until : !session->ended && !session->hold)
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
