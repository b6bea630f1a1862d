/* Where events come from. A source is a table of functions; after it, nothing knows whether the events
 * are live, from a file or made by a test. */
#ifndef ENGINE_SOURCE_H
#define ENGINE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/records.h"
#include "interfaces.h"
#include "span.h"
#include "state.h"

enum input_kind {
	INPUT_MARKER = 1,
	INPUT_CALL = 2,
	INPUT_FORK = 3,
	INPUT_EXEC = 4,
	INPUT_EXIT = 5,
	INPUT_PROCESS = 6,      /* snapshot: a process or thread that exists */
	INPUT_DESCRIPTOR = 7,   /* snapshot: a descriptor that is open */
	INPUT_LOSS = 8,         /* events were lost */
	INPUT_SCAP = 9,         /* an event of a capture */
	INPUT_USER = 10,        /* a row of the machine's users or groups */
	INPUT_SECTION = 11,     /* a capture begins: all state is forgotten; numbers of events go on */
	INPUT_INTERFACE = 12,   /* an address of the machine */
	INPUT_CGROUPS = 13,     /* a process is in other control groups than before */
	INPUT_THREADS = 14,     /* snapshot: all threads that exist */
	INPUT_DESCRIPTORS = 15, /* snapshot: all descriptors that a process has open */
	INPUT_USED = 16,        /* CPU time of a thread in all, some time after its end */
};

enum input_loss {
	LOSS_MARKERS,
	LOSS_CALLS,
	LOSS_PROCESSES,         /* forks, execs, exits */
	LOSS_FOREIGN,           /* calls with a number that no table has */
	LOSS_CAUSES,
};

/* Of a process or thread, what struct process_facts and struct thread have. Strings are borrowed; lists are NUL-separated,
 * with their sizes. */
struct input_facts {
	const char *exepath, *root;
	const char *env, *cgroups, *args; /* args: argv[1..], each ended by a NUL, instead of process.args */
	size_t env_size, cgroups_size, args_size;
	uint32_t gid, loginuid, clone_flags;
	int32_t tty;
	int64_t sid, vtid, vpid, vpgid, fdlimit;
	uint64_t faults_major, faults_minor, start_time;
	uint32_t vm_size, vm_rss, vm_swap;
	bool exe_writable;
};

enum scap_dump_flag {
	SCAP_STATE_ONLY = 1,       /* counts for the state, is not shown */
	SCAP_TRACER = 2,           /* this write carries a marker */
};

/* One thing a source reports, before it is resolved. Pointers are good until the source's next call. */
struct input {
	enum input_kind kind;
	uint16_t cpu;
	bool quiet;                /* fork, exec, exit outside the scope: changes what exists, but is no event to show */
	uint32_t tid, pid;
	uint64_t time;             /* ns since the epoch; of a call its return */
	union {
		struct {
			const char *text;
			size_t size;
			uint64_t full_size;     /* bytes written; more than size if cut */
			uint32_t ppid;
			const char *comm;       /* 16 bytes, or NULL */
			bool loose;             /* does not begin like a marker: counts only if it continues an unfinished one */
			const struct span_account *account; /* or NULL */
			uint32_t watch_pid;     /* process whose open spans the source counted up or down */
			int watch_change;       /* by this marker: 1, -1, or 0 for none */
		} marker;
		struct {
			uint64_t enter_time;    /* ns since the epoch; 0 unknown */
			uint16_t call;          /* system call number */
			uint16_t flags;         /* EVENT_NO_ENTER, EVENT_NO_RETURN, EVENT_CUT */
			int32_t fd;             /* descriptor used or made, -1 none */
			int64_t result;
			const uint64_t *args;   /* six */
			const char *payload;    /* record_item sequence (bpf/records.h) */
			uint16_t payload_size;
			uint8_t items;
			uint16_t file_mode;     /* st_mode of fd's file, 0 unknown */
			uint64_t file_inode;
			uint32_t file_dev;      /* (major << 20) | minor: of a device its own, else the file system's */
		} call;
		struct {
			uint32_t child_tid, child_pid;
			const char *comm;
			const struct record_identity *identity; /* the child's, or NULL */
		} fork;
		struct {
			const char *comm;
			const char *command;    /* NUL-separated arguments */
			size_t size;
			const char *exepath;    /* path of the program's file, or NULL */
			const uint64_t *files;  /* a bit for each open descriptor below nfiles; NULL unknown */
			uint32_t nfiles;        /* a multiple of 64 */
			bool has_more_files;    /* not told: whether any from nfiles on are open */
			const struct record_identity *identity; /* or NULL */
		} exec;
		struct {
			int32_t code;
			bool last;              /* of its process */
		} exit;
		struct {
			uint64_t cpu_user, cpu_system; /* ns */
		} used;
		struct {
			uint32_t ppid, uid;
			const char *comm;
			const char *exe, *args, *cwd; /* or NULL; only of a process's main thread */
			const struct input_facts *facts; /* or NULL */
			uint64_t started;       /* not before; ns since the epoch; 0 unknown */
		} process;
		struct {
			const struct fd *description; /* num, type, inode, dev, socket ... */
			const char *name;
			size_t name_size;
			bool again;             /* events were lost: what they told may be wrong */
		} descriptor;
		struct {
			const uint64_t *bits;   /* one for each descriptor below count that is open; from there on none is */
			uint32_t count;         /* a multiple of 64 */
		} descriptors;
		struct {
			const uint32_t *tids;   /* rising */
			size_t count;
			uint64_t since;         /* ns since the epoch: all that existed between then and time are there */
		} threads;
		struct {
			uint16_t type;          /* scap/types.h: scap_type() is not NULL */
			uint16_t nparams;       /* that the event has */
			uint16_t flags;         /* enum scap_dump_flag */
			uint32_t size;          /* of params; lengths and values checked to lie within */
			const uint8_t *params;  /* lengths (16 bits; 32 of SCAP_LARGE_PAYLOAD), then values */
		} scap;
		struct {
			bool is_group;
			uint32_t uid, gid;
			const char *name, *home, *shell;
		} user;
		struct interface interface;
		struct {
			const char *list;       /* controller=path, each ended by a NUL */
			size_t size;
		} cgroups;
		struct {
			enum input_loss cause;
			uint64_t count;
			uint64_t from;          /* ns since the epoch: lost between from and time */
		} loss;
	};
};

/* A system call that has not returned. */
struct pending_call {
	uint32_t tid, pid;
	uint64_t since;            /* ns since the epoch: it was entered then or, if that is not exact, before */
	uint64_t time;             /* of this look at it */
	bool is_exact;
	bool runs;                 /* on a CPU, or waits for one */
	bool in_disk_wait;         /* its sleep cannot be broken: a device has to answer */
	int32_t fd;                /* that it waits for, where its first argument does not say; or -1 */
	uint16_t call;             /* system call number */
	uint16_t payload_size;
	uint8_t items;
	const uint64_t *args;      /* six */
	const char *payload;       /* record_item sequence (bpf/records.h): paths and addresses that it was given */
	const char *comm;          /* 16 bytes */
};

/* What a thread has used so far. */
struct thread_usage {
	uint32_t tid, pid;
	uint64_t cpu_user, cpu_system;   /* ns */
	uint64_t faults_minor, faults_major;
	uint64_t vm_size, vm_rss;        /* bytes, of its process */
};

struct source;

struct source_operations {
	/* Fills up to max inputs, in order of time as far as the source can, and returns their number; 0 when there is
	 * nothing at the moment; -ENODATA at the end of a source that ends; another negative errno on failure. */
	int (*next)(struct source *source, struct input *inputs, size_t max);
	/* Descriptor that becomes readable when next() should be called before its time, or -1. */
	int (*poll_fd)(struct source *source);
	/* What the live machine says of a descriptor now, for one the engine has no name for: fills
	 * *description and name (size bytes, NUL-terminated), returns 0, or a negative errno. Inode 0 says that the file
	 * system's numbers cannot be compared with those of the events. May be NULL. */
	int (*describe_fd)(struct source *source, uint32_t pid, int32_t num, struct fd *description,
			   char *name, size_t size);
	/* Corrects the source's own count of this process's open spans, by which it decides whom to follow: a marker was not
	 * what it looked like, or a span ended without one. May be NULL. */
	void (*watch)(struct source *source, uint32_t pid, int change);
	/* Shows every system call that has not returned now. 0 or a negative errno. May be NULL: then events alone tell. */
	int (*calls_in_flight)(struct source *source, void (*take)(void *context, const struct pending_call *call),
			       void *context);
	/* Shows what each thread has used by now. 0 or a negative errno. May be NULL: then /proc alone tells. */
	int (*threads_usage)(struct source *source, void (*take)(void *context, const struct thread_usage *usage),
			     void *context);
	/* ns since the epoch, now, also while nothing happens. NULL: the time of the last input. */
	uint64_t (*now)(struct source *source);
	/* What the live machine says of the container, of which at least full_id and type are known, as a container event's JSON:
	 * its length, or a negative errno if nothing is known yet. One without a name is asked for again. May be NULL. */
	int (*describe_container)(struct source *source, const struct container *container, char *json, size_t size);
	/* Whether the filter may pass what this process does, from the time (ns since the epoch) of an event by which that was
	 * known: of the others the source need not tell what they do. May be NULL. */
	void (*want)(struct source *source, uint32_t pid, bool wanted, uint64_t time);
	void (*close)(struct source *source);
};

/* Every source starts with this. */
struct source {
	const struct source_operations *operations;
};

#endif
