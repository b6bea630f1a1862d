/* A session: where events come from (the live machine through the probe, or a capture), the engine, and the loop that
 * feeds one from the other. The screen and the batch output both run on it. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "options.h"
#include "priority.h"
#include "probe_loader/probe_loader.h"

struct session {
	const struct options *options;
	struct probe *probe;       /* NULL: a capture */
	struct source *source;     /* the probe's, or the capture */
	struct engine *engine;
	int epoll, signals;
	int rings;                 /* the probe's descriptor: readable when a ring fills; -1 of a capture */
	bool stop;                 /* a signal or a limit asked for the end */
	int signal;                /* the latest that asked; 0 none */
	bool signal_sent;          /* by a process; else by a key of the terminal */
	bool ready;                /* live: the tracing has begun, and who wants to know was told */
	bool more;                 /* the last pump left inputs behind */
	bool ended;                /* of a capture: all is read that will be */
	bool hold;                 /* of a capture: nothing is taken, somebody still reads what is there */
	uint64_t deadline;         /* ns, CLOCK_BOOTTIME; 0 none */
	uint64_t quiet_until;      /* ns, CLOCK_BOOTTIME: next look at the rings */
	bool is_woken;             /* by the rings */
	struct priority priority;
	struct kernel_filter kernel; /* what the probe does not even record */
	char damage[512];          /* what was wrong with the capture, as one line that names it; "" nothing */
};

/* Opens the capture of the options, or loads the probe. 0, or a negative errno after having said why on standard error. */
int session_init(struct session *session, const struct options *options, const struct engine_options *engine_options);
void session_fini(struct session *session);
/* What the options' filter, --pid and command leave to look at, as far as the kernel can tell. The filter is right. */
void session_kernel_filter(const struct options *options, struct kernel_filter *kernel);
/* Attaches the scope that `scope` names, unless the command line named one or more is attached already; of a capture
 * nothing is to be done. 0 or a negative errno. */
int session_need_scope(struct session *session, const char *scope);
/* Records these events, too (as --events names them; NULL none). 0, or a negative errno: -ENOSYS if this kernel lacks them. */
int session_need_events(struct session *session, const char *events);
/* Lets the command of the options go, now that its tracing has begun. 0, or the exit status that a shell has for a command
 * that is none, after having said why on standard error. */
int session_start_command(struct session *session);
/* Whether there was one, and it has ended. */
bool session_command_ended(const struct session *session);
/* Live, keeps at least so many bytes of each buffer that is read or written from now on; 0: as many as the options say. */
void session_keep_data(struct session *session, unsigned bytes);
/* From now on session_step also returns when this descriptor is readable. */
void session_watch(struct session *session, int fd);
/* From now on not any more. */
void session_unwatch(struct session *session, int fd);
/* Waits until inputs are due, a watched descriptor is readable, or the time until (ns since the epoch, 0 none) has
 * come; then takes inputs, for some milliseconds at most. A capture has inputs at once until it ended. */
void session_step(struct session *session, uint64_t until);
/* Takes everything that the kernel has recorded up to now; for the end of a bounded run. */
void session_drain(struct session *session);
/* ns since the epoch up to which -M lets events of a capture count; UINT64_MAX without a bound. */
uint64_t session_last_time(const struct session *session);
/* Part of the capture that is read, 0 to 1; negative: not known. */
double session_progress(const struct session *session);
/* The capture once more, from its start; the caller closes it. NULL if it is no file that can be read twice. */
struct source *session_read_again(const struct session *session);
/* ns since the epoch. */
uint64_t session_now(void);

#endif
