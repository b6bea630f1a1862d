/* A live session: probe, engine and the loop that feeds one from the other. The screen and the batch output both run on it. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "options.h"
#include "probe_loader/probe_loader.h"

struct session {
	const struct options *options;
	struct probe *probe;
	struct engine *engine;
	int epoll, signals;
	int rings;                 /* the source's descriptor: readable when a ring fills */
	bool stop;                 /* a signal or a limit asked for the end */
	bool more;                 /* the last pump left inputs behind */
	uint64_t deadline;         /* ns, CLOCK_BOOTTIME; 0 none */
	uint64_t quiet_until;      /* ns, CLOCK_BOOTTIME: next look at the rings */
};

/* 0, or a negative errno after having said why on standard error. */
int session_init(struct session *session, const struct options *options);
void session_fini(struct session *session);
/* Attaches the scope that `scope` names, unless the command line named one or more is attached already. 0 or a negative errno. */
int session_need_scope(struct session *session, const char *scope);
/* From now on session_step also returns when this descriptor is readable. */
void session_watch(struct session *session, int fd);
/* Waits until inputs are due, a watched descriptor is readable, or the time until (ns since the epoch, 0 none) has
 * come; then takes inputs, for some milliseconds at most. */
void session_step(struct session *session, uint64_t until);
/* Takes everything that the kernel has recorded up to now; for the end of a bounded run. */
void session_drain(struct session *session);
/* ns since the epoch. */
uint64_t session_now(void);

#endif
