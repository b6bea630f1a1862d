/* What the BPF programs put into the rings and what user space puts into their tables.
 *
 * Shared by bpf/ and src/probe_loader/, included after vmlinux.h there and after <stdint.h> here.
 * A record starts with struct record_header; its size is that of the ring sample, a multiple of 8.
 * Numbers in this file reach other processes' memory and are never renumbered: append only. */
#ifndef SPANTOP_RECORDS_H
#define SPANTOP_RECORDS_H

#ifdef __bpf__
typedef __u8 uint8_t;
typedef __u16 uint16_t;
typedef __u32 uint32_t;
typedef __u64 uint64_t;
typedef __s16 int16_t;
typedef __s32 int32_t;
typedef __s64 int64_t;
#endif

#define RECORD_MARKER_MAX 4096   /* bytes of one marker that are kept, whatever the snap length */
#define RECORD_PATH_MAX 4096     /* bytes of a path, its NUL included */
#define RECORD_BUFFER_MAX 4096   /* the largest snap length */
#define RECORD_ITEMS_MAX 4       /* payload items of one system call */
#define RECORD_ARRAY_MAX 512     /* bytes of an array that are kept */
#define RECORD_PROGRAM_MAX 1024  /* bytes of a program's path, its NUL included */
#define RECORD_ENVIRONMENT_MAX 2048 /* bytes of an environment that are kept */
#define RECORD_MESSAGE_NAME_ARG 5   /* the address in a struct msghdr goes as this argument, which such calls do not have */
#define RECORD_CALLS 512         /* rows of the table of system calls: numbers 0 to 511 */
#define RECORD_COMPAT 512        /* added to the numbers of 32-bit programs' calls, which are those of i386 */
#define RECORD_CALL_NUMBERS (RECORD_COMPAT + RECORD_CALLS)
#define RECORD_NO_ARG 7          /* of items that are of no argument */
#define RECORD_CPUS_MAX 1024     /* rows of the loss counters */

enum record_type {
	RECORD_MARKER = 1,
	RECORD_CALL = 2,
	RECORD_FORK = 3,
	RECORD_EXEC = 4,
	RECORD_EXIT = 5,
	RECORD_PAGE_FAULT = 6,   /* record_other: address, instruction, error code as the processor gives it */
	RECORD_SWITCH = 7,       /* record_other of the thread that leaves its CPU: the next one's id, faults that waited,
				  * others; pages of memory that it has mapped, has resident, has in swap */
	RECORD_SIGNAL = 8,       /* record_other of the receiver: the sender's process or 0, its own, number */
	RECORD_CGROUP = 9,       /* record_cgroup */
	RECORD_USED = 10,        /* record_used, of a thread that the kernel has let go of */
};

struct record_header {
	uint16_t type;    /* enum record_type */
	uint16_t cpu;
	uint32_t tid;     /* thread, in the first pid namespace */
	uint32_t pid;     /* process (thread group), likewise */
	uint32_t flags;   /* of the record's type */
	uint64_t time;    /* ns, CLOCK_BOOTTIME: of a marker its write, of a call its return */
};

/* What the kernel accounts for a thread, read from its task_struct. */
struct record_account {
	uint64_t cpu_ns;        /* time on a CPU */
	uint64_t queue_ns;      /* time runnable but waiting for a CPU */
	uint64_t switches;      /* context switches, wanted and forced */
	uint64_t minor_faults;
	uint64_t major_faults;
};

enum record_marker_flag {
	RECORD_MARKER_UNREAD = 1,   /* the page was not present: data is missing, address says where it lies */
	RECORD_MARKER_CUT = 2,      /* longer than RECORD_MARKER_MAX */
};

struct record_marker {
	struct record_header header;
	uint32_t ppid;
	uint32_t size;       /* bytes of data that follow */
	uint64_t address;    /* of the text in the writer */
	uint64_t full_size;  /* bytes that were written */
	char comm[16];
	struct record_account account;
	uint32_t watch_pid;    /* process whose open spans were counted up or down for this marker */
	int16_t watch_change;  /* +1, -1, or 0: none */
	uint16_t scope;        /* whose program wrote this: RECORD_SCOPE_SPANS, or RECORD_SCOPE_ALL for both others */
	char data[];
};

enum record_call_flag {
	RECORD_CALL_NO_ENTER = 1,   /* enter_time unknown (the call began before the tracing, or in a parent) */
	RECORD_CALL_NO_RETURN = 2,  /* the call will not return: written on enter */
	RECORD_CALL_CUT = 4,        /* some payload was cut */
};

/* A system call that returned. The file is the one that the row's descriptor argument (or result)
 * refers to at that moment; file_mode 0 says there was none. */
struct record_call {
	struct record_header header;
	uint64_t enter_time;   /* ns, CLOCK_BOOTTIME */
	int64_t result;
	uint64_t args[6];
	uint16_t call;         /* system call number */
	uint16_t size;         /* bytes of payload that follow: items, each a record_item and its data */
	int32_t fd;            /* descriptor that file_* describe, -1 without one */
	uint64_t file_inode;
	uint32_t file_dev;     /* (major << 20) | minor, as the kernel holds it: of a device its own number, else
				* of the file system */
	uint16_t file_mode;    /* st_mode */
	uint16_t items;
	char payload[];
};

enum record_item_kind {
	RECORD_ITEM_NONE = 0,
	RECORD_ITEM_PATH = 1,       /* a string, its NUL not included */
	RECORD_ITEM_IN = 2,         /* bytes given to the kernel; length from another argument, at most the result */
	RECORD_ITEM_OUT = 3,        /* bytes filled by the kernel; length is the result */
	RECORD_ITEM_VECTOR_IN = 4,  /* struct iovec array; full_size: of all of them, but at most 8 */
	RECORD_ITEM_VECTOR_OUT = 5,
	RECORD_ITEM_MESSAGE_IN = 6, /* struct msghdr */
	RECORD_ITEM_MESSAGE_OUT = 7,
	RECORD_ITEM_ADDRESS_IN = 8, /* struct sockaddr, length in another argument */
	RECORD_ITEM_ADDRESS_OUT = 9,/* struct sockaddr, length behind the pointer in another argument */
	RECORD_ITEM_PAIR = 10,      /* two int32 descriptors filled by the kernel (pipe, socketpair) */
	RECORD_ITEM_COMMAND = 11,   /* arguments of a program, NUL separated: the new one's, or as they were given */
	RECORD_ITEM_SOCKET = 12,    /* struct record_socket of the call's descriptor */
	RECORD_ITEM_FIXED_IN = 13,  /* a structure of `unit` bytes, as it is when the call has returned */
	RECORD_ITEM_FIXED_OUT = 14, /* likewise, if the call succeeded */
	RECORD_ITEM_ARRAY_IN = 15,  /* elements of `unit` bytes, their number in another argument */
	RECORD_ITEM_ARRAY_OUT = 16, /* likewise, their number is the result */
	RECORD_ITEM_BITS = 17,      /* as many bits as another argument says, in words of 8 bytes */
	RECORD_ITEM_PROGRAM = 18,   /* in rows only: the path that execve was given, which it made a RECORD_ITEM_PATH of */
	RECORD_ITEM_ENVIRONMENT = 19, /* execve that succeeded: NAME=value, NUL separated */
	RECORD_ITEM_KEPT = 21,      /* in rows only: 16 bytes as they were when the call was entered, for RECORD_ITEM_FIXED_IN */
	RECORD_ITEM_MEMORY = 22,    /* struct record_memory of the thread, of no argument */
	RECORD_ITEM_QUEUE = 23,     /* struct record_queue of the listening socket that is the argument */
	RECORD_ITEM_CONTROL_OUT = 24, /* made of messages: what came besides data, of no argument */
	RECORD_ITEM_NAME = 20,      /* made by the engine: type and name of another descriptor that is an argument */
};

struct record_item {
	uint8_t kind;        /* enum record_item_kind */
	uint8_t arg;         /* of which argument */
	uint16_t size;       /* bytes that follow; the next item starts at the next multiple of 8 */
	uint32_t full_size;  /* bytes there were, where known */
};

/* The two ends of an internet or unix socket, in network byte order. */
struct record_socket {
	uint16_t family;        /* AF_INET, AF_INET6, AF_UNIX, ... */
	uint16_t type;          /* SOCK_STREAM, ... */
	uint16_t local_port;
	uint16_t remote_port;
	uint8_t local[16];      /* AF_INET uses the first four bytes; AF_UNIX eight: where the kernel has the socket */
	uint8_t remote[16];
	uint16_t protocol;      /* IPPROTO_TCP, ... */
	uint16_t state;         /* TCP_LISTEN is 10 */
	uint32_t reserved;
};

/* Pages of memory that the process has mapped, has resident, has in swap; page faults of the thread. */
struct record_memory {
	uint64_t size, resident, swapped;
	uint64_t major_faults, minor_faults;
};

/* Connections that wait to be accepted, and how many may. */
struct record_queue {
	uint32_t length, most;
};

/* What a thread and its process are, in the pid namespace that they live in. */
struct record_identity {
	int32_t tid, pid, group, session;
	uint32_t uid, gid;     /* effective */
	uint32_t login_uid;    /* all ones: none */
	int32_t terminal;      /* number of the device, as stat() shows it; 0 none */
	uint64_t fd_limit;     /* descriptors that it may have */
	uint32_t exe_writable; /* of a new program: those who it runs as may write its file */
	uint32_t reserved;
};

/* Flags of the records of processes. */
enum record_process_flag {
	RECORD_PROCESS_LAST = 1,    /* exit: the last thread of its process */
	RECORD_PROCESS_QUIET = 2,   /* outside the scope: to be known, not to be shown */
};

/* A process or thread was made; the header is its parent's. */
struct record_fork {
	struct record_header header;
	uint32_t child_tid;
	uint32_t child_pid;    /* equal to header.pid for a thread */
	char comm[16];
	struct record_identity identity; /* the child's */
};

#define RECORD_FILES_MAX 4096    /* descriptors that a record tells of */

/* A new program: the header is its process's. Descriptors to be closed by execve are closed. */
struct record_exec {
	struct record_header header;
	uint32_t old_tid;      /* thread that called execve */
	uint32_t size;         /* bytes of the command line that follow, NUL separated */
	char comm[16];
	uint32_t files_max;    /* no descriptor from this on is open; 0 not known. A multiple of 64 */
	uint32_t reserved;
	uint64_t files[RECORD_FILES_MAX / 64]; /* a bit for each open one, up to files_max */
	struct record_identity identity;
	char command[];
};

/* A thread ended. */
struct record_exit {
	struct record_header header;
	int32_t code;          /* exit code as wait() gives it */
	uint32_t reserved;
};

/* What happens besides calls, recorded only when somebody asks for it. */
struct record_other {
	struct record_header header;
	uint64_t args[6];
};

/* CPU time of a thread. The scheduler measures the whole, ticks tell how it divides. */
struct record_times {
	uint64_t ns;
	uint64_t user, system; /* ns by ticks; both 0: there was none yet */
};

struct record_used {
	struct record_header header;
	struct record_times times;
};

#define RECORD_CGROUP_PATH_MAX 512

/* A process is in another control group than it was, or than its parent is. The header is that of the one that told. */
struct record_cgroup {
	struct record_header header;
	uint32_t member;       /* process */
	uint32_t size;         /* of path, without a NUL */
	char path[RECORD_CGROUP_PATH_MAX]; /* in its hierarchy, or as much of its end as is known */
};

/* ---- tables that user space fills before loading ---- */

struct record_payload_row {
	uint8_t kind;        /* enum record_item_kind */
	uint8_t arg;         /* 0 to 5: where the pointer is */
	uint8_t length_arg;  /* 0 to 5: where the length is, for kinds that want one */
	uint8_t unit;        /* bytes of a structure or of an element of an array */
};

enum record_row_flag {
	RECORD_ROW_FD_ARG = 1,      /* argument 0 is a descriptor */
	RECORD_ROW_FD_RESULT = 2,   /* the result is a new descriptor */
	RECORD_ROW_NO_RETURN = 4,   /* exit, exit_group, rt_sigreturn */
	RECORD_ROW_SOCKET = 8,      /* add a RECORD_ITEM_SOCKET when the descriptor is a socket */
	RECORD_ROW_STATE = 16,      /* tells of descriptors or directories: recorded whatever its result and time */
	RECORD_ROW_UNWANTED = 32,   /* the filter leaves it out */
	RECORD_ROW_PROGRAM = 64,    /* execve, execveat: what they are given is gone when they return */
	RECORD_ROW_KEPT = 128,      /* a RECORD_ITEM_KEPT is its last item: the kernel writes there, too */
};

struct record_row {
	uint8_t flags;       /* enum record_row_flag */
	uint8_t items;       /* rows of payload in use */
	uint8_t marker;      /* 1 write-like with a buffer, 2 with a vector: may carry a marker; 3: the number that write has in 32-bit programs */
	uint8_t directory;   /* 1: changes the directory, which has to be known of a process that is looked at later */
	struct record_payload_row payload[RECORD_ITEMS_MAX];
	uint8_t unused[12];  /* so that a row is found by a shift, in one cache line */
};

/* What a thread that is in execve was given. */
struct record_program {
	uint64_t args[5];
	uint64_t is_read;      /* the path, of user space */
	char path[RECORD_PROGRAM_MAX];
};

struct record_kept {
	uint64_t words[2];
};

/* The part of the filter that the probe decides, but for the calls: these are marked in their rows. */
struct record_filter {
	uint32_t flags;      /* enum record_filter_flag */
	uint32_t tid;
	uint64_t at_least;   /* ns */
	uint32_t command;    /* process that is wanted from when it executes a program; 0 none */
	uint32_t tid_process; /* of the thread tid; 0 not known */
};

enum record_filter_flag {
	RECORD_FILTER_PROCESS = 1,      /* processes with a count in `wanted` only */
	RECORD_FILTER_DESCENDANTS = 2,  /* and what they fork */
	RECORD_FILTER_THREAD = 4,       /* the thread tid, and calls with RECORD_ROW_STATE of others of its process */
	RECORD_FILTER_FAILED = 8,       /* calls that failed, and those with RECORD_ROW_STATE */
	RECORD_FILTER_SLOW = 16,        /* calls that took at_least, and those */
	RECORD_FILTER_CONTAINERS = 32,  /* with RECORD_FILTER_PROCESS: user space finds out which processes these are. What they
					 * fork is in the same container, and where one comes into another control group it is
					 * looked at until user space has seen that record */
};

/* Why something was lost, by cause and CPU. */
enum record_loss {
	RECORD_LOSS_MARKER_RING = 0,   /* marker ring full */
	RECORD_LOSS_CALL_RING = 1,     /* ring of calls full */
	RECORD_LOSS_PROCESS_RING = 2,  /* a fork, exec or exit found its ring full */
	RECORD_LOSS_UNKNOWN = 3,       /* call with a number that no table has */
	RECORD_LOSS_CAUSES = 4,
};

struct record_counters {
	uint64_t lost[RECORD_LOSS_CAUSES];
	uint64_t calls;       /* records of calls written */
	uint64_t markers;
	uint64_t reserved[2];
};

/* Whose programs work; those of another scope that are attached as well, while one takes over, do nothing. */
enum record_scope {
	RECORD_SCOPE_NONE = 0,
	RECORD_SCOPE_SPANS = 1,
	RECORD_SCOPE_INSIDE = 2,
	RECORD_SCOPE_ALL = 3,
};

/* One slot of the watch table of scope `inside`: low bits of the process id. */
struct record_watch {
	uint32_t open;   /* markers that opened a span, less those that closed one */
	uint32_t root;   /* slot of the ancestor whose spans this process works for, 0 none */
};
#define RECORD_WATCH_SLOTS 65536
#define RECORD_WANTED_SLOTS 65536
#define RECORD_WANTED_PROCESSES 16384  /* known by their whole ids */

/* When a thread entered the call that it is in: found by the low bits of its id; thread 0: free. */
struct record_slot {
	uint32_t thread;
	uint32_t call;
	uint64_t time;   /* ns, CLOCK_BOOTTIME */
};
#define RECORD_SLOTS 65536

enum record_task_flag {
	RECORD_TASK_RUNS = 1,       /* or could, or is stopped: whether it is in a call at all, its slot alone tells */
	RECORD_TASK_DISK = 2,       /* sleeps and no signal wakes it: it waits for a device, most likely */
};

/* A thread, as the iterator over all of them finds it, with the call that it is in. */
struct record_task {
	uint32_t tid, pid;
	uint32_t flags;        /* enum record_task_flag */
	uint32_t call;         /* system call number */
	uint64_t args[6];
	uint64_t time;         /* ns, CLOCK_BOOTTIME: of this look */
	uint64_t slept;        /* ns for which it has not run, at least; 0 not known */
	char comm[16];
};

/* A descriptor that is open, as the iterator over all of them finds it; its name follows. */
struct record_file {
	uint32_t size;         /* of all, the name included */
	uint32_t pid;
	int32_t num;
	uint32_t dev;          /* as in record_call */
	uint64_t inode;
	uint16_t mode;         /* st_mode */
	uint16_t path_size;    /* of the name: first what /proc says of it */
	uint16_t socket_size;  /* and then the address that a unix socket is bound to, which may begin with a NUL */
	uint16_t reserved;
	struct record_socket socket; /* family 0: it is none */
	char name[];
};

/* What a thread has used so far, as the iterator over all of them finds it. */
struct record_usage {
	uint32_t tid, pid;
	struct record_times times;
	uint64_t faults_minor, faults_major;
	uint64_t vm_pages, rss_pages;  /* of its process; 0 without memory */
};

_Static_assert(sizeof(struct record_header) == 24, "record_header");
_Static_assert(sizeof(struct record_account) == 40, "record_account");
_Static_assert(sizeof(struct record_marker) == 112, "record_marker");
_Static_assert(sizeof(struct record_call) == 112, "record_call");
_Static_assert(sizeof(struct record_item) == 8, "record_item");
_Static_assert(sizeof(struct record_socket) == 48, "record_socket");
_Static_assert(sizeof(struct record_memory) == 40, "record_memory");
_Static_assert(sizeof(struct record_queue) == 8, "record_queue");
_Static_assert(sizeof(struct record_identity) == 48, "record_identity");
_Static_assert(sizeof(struct record_fork) == 96, "record_fork");
_Static_assert(sizeof(struct record_exec) == 104 + RECORD_FILES_MAX / 8, "record_exec");
_Static_assert(sizeof(struct record_exit) == 32, "record_exit");
_Static_assert(sizeof(struct record_other) == 72, "record_other");
_Static_assert(sizeof(struct record_cgroup) == 544, "record_cgroup");
_Static_assert(sizeof(struct record_row) == 32, "record_row");
_Static_assert(sizeof(struct record_program) == 48 + RECORD_PROGRAM_MAX, "record_program");
_Static_assert(sizeof(struct record_filter) == 24, "record_filter");
_Static_assert(sizeof(struct record_counters) == 64, "record_counters");
_Static_assert(sizeof(struct record_task) == 96, "record_task");
_Static_assert(sizeof(struct record_file) == 80, "record_file");
_Static_assert(sizeof(struct record_used) == 48, "record_used");
_Static_assert(sizeof(struct record_usage) == 64, "record_usage");

#endif
