/* Reads .scap files block by block: every block and version, plain or gzip (several members), to the damage if there is
 * some. Knows nothing of what the items mean. Streams: holds a window of the file. */
#ifndef SCAP_READER_H
#define SCAP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types.h"

enum scap_item_kind {
	SCAP_ITEM_SECTION = 1,   /* a section header: all state begins anew */
	SCAP_ITEM_MACHINE,
	SCAP_ITEM_INTERFACE,
	SCAP_ITEM_USER,
	SCAP_ITEM_GROUP,
	SCAP_ITEM_PROCESS,       /* a process or thread */
	SCAP_ITEM_FD,            /* a descriptor of the process or thread tid */
	SCAP_ITEM_EVENT,
};

/* Bytes of the file's window; not NUL-terminated. */
struct scap_text {
	const char *text;
	size_t size;
};

struct scap_process {
	uint64_t tid, pid, ptid;
	int64_t sid, vpgid, vtid, vpid;      /* -1 unknown */
	struct scap_text comm, exe, exepath, args, cwd, env, cgroups, root;
	uint64_t fdlimit, faults_major, faults_minor, pidns_start; /* pidns_start: ns since the epoch, 0 unknown */
	uint32_t flags, uid, gid, vm_size, vm_rss, vm_swap, loginuid, tty; /* vm: KiB; loginuid all ones: unknown */
	bool exe_writable;
};

struct scap_fd {
	uint64_t tid;
	int64_t fd;
	uint64_t inode;
	uint8_t type;                        /* number of the fd list (spec: 1 file ... 21 pidfd) */
	uint8_t l4proto;                     /* of sockets: 0 unknown, 1 none, 2 TCP, 3 UDP, 4 ICMP, 5 raw */
	uint8_t source[16], destination[16]; /* network order; of IPv4 the first 4 bytes. Listening: source */
	uint16_t source_port, destination_port; /* host order */
	uint64_t unix_source, unix_destination;
	uint32_t flags, dev;                 /* of type 16; 0 unknown */
	struct scap_text name;
};

struct scap_interface {
	uint16_t family;                     /* 4 or 6 */
	uint8_t address[16], netmask[16], broadcast[16];
	uint64_t link_speed;
	struct scap_text name;
};

struct scap_user {
	uint32_t uid, gid;
	struct scap_text name, home, shell;
};

struct scap_machine {
	uint32_t cpus;
	uint64_t memory, max_pid, boot_time; /* bytes; boot_time: ns since the epoch, 0 unknown */
	struct scap_text hostname;
};

struct scap_record {
	uint64_t time;                       /* ns since the epoch */
	uint64_t tid;                        /* all ones: of no thread */
	uint32_t dump_flags;
	uint16_t cpu, type;                  /* scap_type(type) is not NULL */
	uint16_t nparams;
	uint32_t size;                       /* of params */
	const uint8_t *params;               /* lengths, then values; each checked to lie within */
};

/* Pointers are good until the next call of scap_reader_next that reads on (see scap_reader_has_next). */
struct scap_item {
	enum scap_item_kind kind;
	union {
		struct scap_process process;
		struct scap_fd fd;
		struct scap_interface interface;
		struct scap_user user;       /* groups: gid and name */
		struct scap_machine machine;
		struct scap_record event;
	};
};

struct scap_counts {
	uint64_t events;           /* given out */
	uint64_t unknown_blocks, unknown_events, bad_entries; /* skipped by their length */
	uint64_t position;         /* bytes of the uncompressed stream read so far */
	uint64_t file_position, file_size; /* of the file itself, for progress; size 0: not known (a pipe) */
};

struct scap_reader;

/* path "-": standard input. NULL, with one line (without the path) in error. */
struct scap_reader *scap_reader_open(const char *path, char *error, size_t size);
/* Likewise from memory, borrowed (tests, fuzzing). */
struct scap_reader *scap_reader_memory(const void *bytes, size_t count, char *error, size_t size);
void scap_reader_close(struct scap_reader *reader);
/* Whether the window holds another whole item, or damage: then what scap_reader_next gave before stays good across the
 * next call. */
bool scap_reader_has_next(struct scap_reader *reader);
/* The next item. 1: *item is filled; 0: the end of the file; -EBADMSG: it is damaged or cut from here on (scap_reader_error
 * says what and where); other negative errno: it could not be read. */
int scap_reader_next(struct scap_reader *reader, struct scap_item *item);
/* The next item if it is in the window and an event as nearly all are; what was given before stays good. False: the
 * functions above tell what comes. */
bool scap_reader_next_event(struct scap_reader *reader, struct scap_record *record);
/* One line about the damage with its offset in the uncompressed stream, for the user; "" if there is none. */
const char *scap_reader_error(const struct scap_reader *reader);
const struct scap_counts *scap_reader_counts(const struct scap_reader *reader);

#endif
