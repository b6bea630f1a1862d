/* What exists on the traced machine: processes, threads, descriptors.
 *
 * Kept from the events of a source (snapshot, fork, exec, exit, calls that make or close
 * descriptors). Events in the recording point at these objects, so an object that ended stays until
 * each lane of the recording has evicted the last chunk that refers to it: objects remember these
 * chunks' numbers (last_chunk), and state_collect() frees what ended and is no longer referred to. A
 * process id or descriptor number that is used again is a new object.
 *
 * A process stays while one of its threads is an object. When it goes, its children become those of
 * its parent: ancestry survives the death of any generation, and a chain of short-lived ones cannot
 * grow without bound. */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "id_table.h"
#include "marker.h"
#include "recording.h"

struct string;
struct string_pool;
struct span;

/* ---- private to the state's files ---- */
struct fd_node;                /* of a process's tree of descriptors */
struct grave {                 /* in a list of what ended */
	struct grave *next;
	uint8_t kind;
	bool waits;            /* counts in state_waiting_bytes() */
	uint32_t bytes;        /* of the object and the texts that are its own */
};
/* ---- */

enum fd_type {
	FD_UNKNOWN,
	FD_FILE,
	FD_DIRECTORY,
	FD_IPV4,
	FD_IPV6,
	FD_UNIX,
	FD_NETLINK,
	FD_SOCKET,     /* another family */
	FD_PIPE,
	FD_EVENT,      /* eventfd */
	FD_EVENTPOLL,
	FD_INOTIFY,
	FD_SIGNAL,
	FD_TIMER,
	FD_DEVICE,     /* character or block device */
	FD_OTHER,
};

/* Both ends of a socket; addresses and ports in network byte order, IPv4 in the first four bytes. */
struct fd_socket {
	uint16_t family, type, protocol, state;
	uint16_t local_port, remote_port;
	uint8_t local[16], remote[16];
};

/* An open file as one process saw it under one number. Immutable once an event refers to it:
 * new knowledge (connect, a better name) makes a new one. */
struct fd {
	int32_t num;
	enum fd_type type;
	bool is_server;            /* of a connected socket: this side accepted it */
	bool has_socket;           /* socket is filled */
	bool was_open;             /* of a capture: its fd list tells of it, and no event told of its ends since */
	bool has_markers;          /* of a capture: a write to it was a marker */
	uint8_t transport;         /* of a capture's socket: IPPROTO_*, which socket.protocol is once it has an end */
	uint64_t inode;            /* 0 unknown */
	uint32_t dev;
	struct string *name;       /* path, or tuple "client:port->server:port", never NULL */
	struct fd_socket socket;
	uint64_t last_chunk;       /* of LANE_CALLS */
	uint32_t refs;             /* private: descriptor tables that hold it */
	struct grave grave;
};

/* What a process was before an execve. */
struct process_image {
	struct process_image *older;
	uint64_t until;            /* ns since the epoch of that execve */
	struct string *name, *exe, *args;
};
#define PROCESS_IMAGES_MAX 16      /* kept of one process; the oldest goes first */

/* What only captures, the snapshot and execve tell of a process. Texts are never NULL, maybe "". */
struct process_facts {
	struct string *exepath, *root;
	struct string *env;        /* NAME=value, each ended by a NUL */
	struct string *cgroups;    /* controller=path, likewise */
	struct container *container; /* NULL: on the host; state_facts_container() changes it */
	uint32_t gid, loginuid;    /* all ones: unknown */
	int32_t tty;
	int64_t sid, vpid, vpgid;  /* -1 unknown */
	int64_t fdlimit;
	bool exe_writable;
};

struct process {
	struct id_link link;       /* private */
	uint32_t pid, ppid;
	uint32_t uid;
	uint32_t nthreads;
	struct process *parent;    /* NULL unknown; the nearest ancestor that still is an object */
	uint32_t forker_tid;       /* thread of `parent` that forked it or the ancestor in between, 0 unknown */
	bool is_followed;          /* state_follow named it, or one that it was forked by */
	bool follow_program;       /* it is to be followed from when it executes a program */
	uint64_t forked_time;      /* ns since the epoch at which that thread forked, 0 unknown */
	uint64_t start_time;       /* ns since the epoch; of those found at the start 0 */
	uint64_t end_time;         /* 0 while it lives */
	struct string *name;       /* comm of its main thread; never NULL. As exe and args: what it is now, which
				    * for a past event process_image() may know better */
	struct string *exe;        /* first argument or path of the program; never NULL, maybe "" */
	struct string *args;       /* the other arguments, joined by blanks; never NULL */
	struct process_facts *facts; /* NULL unknown */
	struct process_image *images; /* newest first; only of which events may have to be shown */
	struct string *cwd;        /* never NULL, maybe "" */
	uint32_t nfds;             /* descriptors that are known to be open (state_fd_next) */
	uint32_t written;          /* as of its threads, with the program that it is now */
	uint32_t open_spans;       /* spans of its threads that are open now; kept by span.c */
	uint32_t pins;             /* spans that point at it: while not 0 it is not freed; kept by span.c */
	struct span *newest_span;  /* newest open span that it owns; kept by span.c */
	struct thread *threads;    /* living ones, by next_sibling */
	struct process *children;  /* objects, living or not, by next_sibling */
	struct process *next_sibling, *previous_sibling;
	/* private */
	struct fd_node *fds;
	uint32_t fds_height;
	uint32_t thread_objects;   /* living or not */
	struct grave grave;
};

/* The newest enter of a thread of a capture, which its exit belongs to if the types match. */
struct thread_enter {
	uint64_t time;             /* ns since the epoch; 0 none yet */
	int32_t fd_num;            /* that the thread's last call used or made; -1 none */
	uint16_t type;             /* of scap/types.h; UINT16_MAX none */
	uint16_t kept_type;        /* of the enter that params are of, kept only where the exit needs them */
	uint16_t nparams;
	uint32_t size, capacity;   /* of params */
	uint8_t *params;           /* lengths and values, as in the file */
};

struct thread {
	struct id_link link;       /* private */
	uint32_t tid;
	bool is_stranger;          /* an event of a capture has this id, but nothing told what it is */
	bool ends_in_write;        /* of what a recording tells of it: another exit of a write needs its own enter; kept by scap_expand.c */
	bool has_exited;           /* of a capture: a main thread whose process goes on with others, and which it stands for */
	uint32_t clone_flags;      /* as flags.tsv has them; of captures */
	int64_t vtid;              /* -1 unknown; likewise, as all that follows up to process */
	uint64_t faults_major, faults_minor;
	uint32_t vm_size, vm_rss, vm_swap; /* KiB */
	uint64_t cpu_user, cpu_system; /* as the last procinfo event told them */
	struct thread_enter enter;
	struct process *process;   /* never NULL; outlives the thread */
	struct string *name;       /* comm; never NULL */
	uint64_t start_time, end_time;
	uint64_t seen_time;        /* ns since the epoch of the first input that told of it, 0 none yet */
	struct span *newest_span;  /* newest open span that this thread wrote the enter of; kept by span.c */
	uint32_t pins;             /* spans that point at it: while not 0 it is not freed; kept by span.c */
	uint32_t written;          /* capture file that tells of it, 0 none; kept by capture_sink.c */
	struct marker_tail marker_tail;
	uint64_t last_chunk[LANES];
	struct thread *next_sibling, *previous_sibling;
	struct grave grave;        /* private */
};

struct state;

struct state *state_new(struct string_pool *pool);
void state_free(struct state *state);
/* `ended` is called for every thread before it ends, also when only the reuse of its id tells that it
 * did; last: its process ends with it. */
void state_on_end(struct state *state, void (*ended)(void *context, struct thread *thread, bool last), void *context);

/* The living thread, made (with an empty name, in process pid, made likewise) if unknown. NULL only
 * when memory is out. */
struct thread *state_thread(struct state *state, uint32_t tid, uint32_t pid);
/* The living thread or NULL. */
struct thread *state_find_thread(const struct state *state, uint32_t tid);
struct process *state_find_process(const struct state *state, uint32_t pid);

/* A fork or clone: the child's thread, with its process when child_pid differs from the parent's.
 * The child inherits name, exe, args, cwd and a copy of the descriptors (which costs nothing before
 * one of both changes them). A living thread of that id first seen since `time` is the child itself;
 * an older one ended unseen and is ended now. NULL when memory is out. */
struct thread *state_fork(struct state *state, struct thread *parent, uint32_t child_tid,
			  uint32_t child_pid, const char *comm, uint64_t time);
/* execve succeeded: command is NUL-separated arguments (size bytes). Descriptors stay: those that it
 * closed are told otherwise (state_fd_keep) or found by their next use. The other threads of the process end.
 * What the process was becomes one of its images. */
void state_exec(struct state *state, struct thread *thread, const char *comm, const char *command,
		size_t size, uint64_t time);
/* The thread ended; with last, its process too. The objects stay until collected. */
void state_exit(struct state *state, struct thread *thread, bool last, uint64_t time);
/* What a snapshot of the machine (or a capture's process list) says of a process. NULL strings say nothing. */
void state_describe(struct state *state, struct process *process, uint32_t ppid, uint32_t uid,
		    const char *exe, const char *args, const char *cwd);
void state_thread_name(struct state *state, struct thread *thread, const char *comm);
/* The process's facts, made (all unknown) if it has none; NULL when memory is out. */
struct process_facts *state_facts(struct state *state, struct process *process);
/* They are of a process that is in this container now; NULL: on the host. */
void state_facts_container(struct process_facts *facts, struct container *container);
/* One of its texts, or one of its facts' texts, becomes another. */
void state_set_text(struct state *state, struct string **at, const char *text, size_t size);
/* Keeps an enter's parameters for its exit. False when memory is out. */
bool state_keep_enter(struct state *state, struct thread *thread, unsigned nparams, const uint8_t *params, size_t size);
/* Those threads that were seen before `since` and are not in the list (rising) ended unseen. */
void state_keep_threads(struct state *state, const uint32_t *tids, size_t count, uint64_t since, uint64_t time);
/* The thread that has this id now began no earlier: one that was seen before ended unseen. */
void state_thread_began(struct state *state, uint32_t tid, uint64_t started);
/* Everything ends: the traced machine is another one from now on. */
void state_end_all(struct state *state, uint64_t time);
/* Living processes, in no order. */
void state_each_process(struct state *state, void (*fn)(void *context, struct process *process), void *context);

/* The descriptor, or NULL if it is closed or unknown. Borrowed: good until the state's next change,
 * longer if an event of the recording refers to it (state_touch). */
struct fd *state_fd(const struct state *state, const struct process *process, int32_t num);
/* Makes num a descriptor of this description (num, type, name ... copied; name text given apart), in
 * place of what it was. NULL when memory is out or num is beyond 1,048,576. */
struct fd *state_fd_set(struct state *state, struct process *process, const struct fd *description,
			const char *name, size_t name_size);
/* dup: num becomes what old is. */
struct fd *state_fd_dup(struct state *state, struct process *process, int32_t old, int32_t num);
void state_fd_close(struct state *state, struct process *process, int32_t num);
/* Closes all but those whose bits are set; from `count` on, a multiple of 64, all if has_more is false, else none. */
void state_fd_keep(struct state *state, struct process *process, const uint64_t *bits, uint32_t count, bool has_more);
/* The open descriptor with the smallest number that is at least `from`, or NULL. */
struct fd *state_fd_next(const struct process *process, int32_t from);
/* The nodes of devices live long and are few, so their names are kept for processes that are gone before
 * anyone can ask what their descriptors are. sure: the kernel says so, it is not just the path that was
 * opened (which may be a link); what is no lasting name of a device is not taken. */
void state_device_learn(struct state *state, uint32_t dev, uint64_t inode, const char *name, size_t size, bool sure);
/* The name or NULL; borrowed until the state's next change. */
const struct string *state_device(const struct state *state, uint32_t dev, uint64_t inode);
void state_set_cwd(struct state *state, struct process *process, const char *cwd, size_t size);
/* This process, known already or not, and all that it and they fork have is_followed from now on, or, of a program that is
 * yet to be, from when it executes that. 0 or -ENOMEM. */
int state_follow(struct state *state, uint32_t pid, bool from_program);
/* Says who the parent is, making it if unknown. */
void state_set_parent(struct state *state, struct process *process, uint32_t ppid);

/* Says that this chunk of a lane refers to them (fd may be NULL; only events of LANE_CALLS have one). */
static inline void state_touch(struct thread *thread, struct fd *fd, enum recording_lane lane, uint64_t chunk)
{
	thread->last_chunk[lane] = chunk;
	if (fd)
		fd->last_chunk = chunk;
}
/* Bounds what lives, texts included (0: no bound, the default). From seven eighths of it on the state is full: no more
 * descriptors are kept, texts are cut short, what a process was is not remembered, and state_collect() forgets
 * processes that have nothing in the recording. */
void state_limit(struct state *state, size_t bytes);
bool state_is_full(const struct state *state);
/* Whether that did not help: the recording would have to let go of what it refers to. */
bool state_is_over(const struct state *state);
/* Bytes of what lives, texts included. */
size_t state_living_bytes(const struct state *state);
/* Bytes that would be freed if nothing in LANE_CALLS referred to what ended. */
size_t state_waiting_bytes(const struct state *state);
/* Says that the memory of the thread's marker_tail changed, which was `before` (its capacity). */
void state_tail_changed(struct state *state, const struct thread *thread, size_t before);
/* Bytes of all of these, and giving up those left before this time (ns since the epoch): how many they were. */
size_t state_tail_bytes(const struct state *state);
size_t state_drop_tails(struct state *state, uint64_t time);
/* Frees what ended, has no pins, and no chunk of a lane from its oldest_chunk on refers to. */
void state_collect(struct state *state, const uint64_t oldest_chunk[LANES]);

/* What the process was at that time, if that is another program than it is now; else NULL. */
static inline const struct process_image *process_image(const struct process *process, uint64_t time)
{
	const struct process_image *found = NULL;

	for (const struct process_image *i = process->images; i && time < i->until; i = i->older)
		found = i;
	return found;
}
/* Whether process is ancestor or descends from it. */
bool process_is_below(const struct process *process, const struct process *ancestor);
/* The word for the type, as fd.type prints it: "file", "ipv4", ... */
const char *fd_type_name(enum fd_type type);
/* The letter for the type, as fd.typechar and event arguments print it: 'f', '4', ... */
char fd_type_char(enum fd_type type);
/* Writes "1.2.3.4:80->5.6.7.8:443" (client first; a listening socket: its own end) into text; returns its length. */
size_t fd_socket_name(const struct fd_socket *socket, bool is_server, char *text, size_t size);

size_t state_bytes(const struct state *state);
/* Living threads; objects of any kind that ended and are still kept. */
size_t state_threads(const struct state *state);
size_t state_dead(const struct state *state);

#endif
