/* What the files about events of captures share: ingest_scap.c (an event's way), ingest_scap_fd.c (descriptors),
 * ingest_scap_socket.c (sockets), ingest_scap_process.c (threads and processes), ingest_scap_other.c (the machine). */
#ifndef ENGINE_INGEST_SCAP_H
#define ENGINE_INGEST_SCAP_H

#include "ingest.h"
#include "scap_event.h"

/* An event on its way. Parameters lie in the input; those of its enter, where they are kept, in the thread. */
struct scap_step {
	const struct input *input;
	const struct scap_type *type;
	struct thread *thread;
	int64_t result;              /* of an exit whose first parameter is one; else 0 */
	bool is_paired;              /* an exit whose enter came last of the thread's */
	bool is_new_thread;          /* the event is the first of its thread */
	int32_t fd_num;              /* descriptor used or made, -1 none */
	struct fd *fd;               /* likewise, NULL unknown */
	unsigned flags;              /* of the event, besides those that the pairing gives */
};

/* A parameter's value. */
struct scap_value {
	const uint8_t *bytes;        /* NULL: absent */
	size_t size;
};

/* Of an event, of its enter (absent where that is not kept), by place or by name. */
struct scap_value scap_value(const struct scap_step *step, unsigned i);
struct scap_value scap_enter_value(const struct scap_step *step, unsigned i);
struct scap_value scap_named(const struct scap_step *step, const char *name);
/* False if it is absent or empty, then *number stays. */
bool scap_number(struct scap_value value, int64_t *number);
/* Text without its NUL; absent, if there is none or the kernel could not read it. */
struct scap_value scap_text(struct scap_value value);

enum scap_action {
	ACTION_NONE,
	/* ingest_scap_fd.c */
	ACTION_OPEN, ACTION_CREAT, ACTION_OPENAT_OLD, ACTION_OPENAT, ACTION_OPEN_BY_HANDLE, ACTION_CLOSE, ACTION_CLOSE_RANGE,
	ACTION_DUP, ACTION_FCNTL, ACTION_PIPE, ACTION_EVENTFD, ACTION_SIGNALFD, ACTION_TIMERFD, ACTION_INOTIFY,
	ACTION_EPOLL, ACTION_MEMFD, ACTION_MADE_OTHER, ACTION_MADE_UNKNOWN, ACTION_CHDIR, ACTION_FCHDIR, ACTION_CHROOT,
	/* ingest_scap_socket.c */
	ACTION_SOCKET, ACTION_SOCKETPAIR, ACTION_BIND, ACTION_CONNECT, ACTION_ACCEPT, ACTION_SEND, ACTION_RECVFROM,
	ACTION_RECVMSG, ACTION_CONNECT_ENTER, ACTION_SEND_ENTER,
	/* ingest_scap_process.c */
	ACTION_CLONE, ACTION_EXEC, ACTION_PROCEXIT, ACTION_SETUID, ACTION_SETGID, ACTION_SETRESUID, ACTION_SETRESGID,
	ACTION_SETREUID, ACTION_SETREGID, ACTION_SETSID, ACTION_PRCTL, ACTION_RLIMIT, ACTION_PRLIMIT,
	ACTION_MEMORY, ACTION_SWITCH, ACTION_PROCINFO,
	/* ingest_scap_other.c */
	ACTION_CONTAINER, ACTION_USER_ADDED, ACTION_GROUP_ADDED, ACTION_EXTRA,
};

/* Takes in what the event says, before it is shown. False when memory is out. */
bool scap_act_fd(struct engine *engine, struct scap_step *step, enum scap_action action);
bool scap_act_socket(struct engine *engine, struct scap_step *step, enum scap_action action);
bool scap_act_process(struct engine *engine, struct scap_step *step, enum scap_action action);
bool scap_act_other(struct engine *engine, struct scap_step *step, enum scap_action action);
/* What the event ends, after it was shown. */
void scap_end_fd(struct engine *engine, struct scap_step *step, enum scap_action action);
void scap_end_process(struct engine *engine, struct scap_step *step);

/* The step's descriptor is what a call made under this number; NULL if there is no room for it, or no such number. */
struct fd *scap_made(struct engine *engine, struct scap_step *step, int64_t num, struct fd *description, const char *name,
		     size_t size);
/* Path as sysdig writes it, seen from a directory that ends in a slash: text only, links are not followed. Bytes that do
 * not print are dots. name has SCAP_PATH_MAX bytes; returns the length. */
#define SCAP_PATH_MAX 1024
size_t scap_path(const char *directory, size_t directory_size, const char *path, size_t size, char *name);
/* With the fd lists read, which end of connections is the server. */
void scap_settle_sockets(struct engine *engine);

#endif
