/* The table of system calls: one row each, from which the probe's payload table, the text of an event and the
 * documentation are made. Numbers are those of x86-64. */
#ifndef ENGINE_CALLS_H
#define ENGINE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/records.h"

struct event;
struct fd;

/* How an argument (or the result) prints. */
enum call_argument_kind {
	CALL_ARG_NONE,
	CALL_ARG_INT,       /* signed decimal */
	CALL_ARG_UINT,
	CALL_ARG_HEX,
	CALL_ARG_OCTAL,
	CALL_ARG_FD,        /* descriptor with its name: 3(<f>/etc/hosts) */
	CALL_ARG_DIRFD,     /* likewise; -100 is AT_FDCWD */
	CALL_ARG_PID,
	CALL_ARG_PATH,      /* payload string */
	CALL_ARG_DATA,      /* payload bytes */
	CALL_ARG_ADDRESS,   /* payload socket address */
	CALL_ARG_COMMAND,   /* payload arguments of a new program */
	CALL_ARG_PAIR,      /* payload pair of descriptors */
	CALL_ARG_POINTER,
	CALL_ARG_OPEN_FLAGS,
	CALL_ARG_SIGNAL,
	CALL_ARG_FAMILY,    /* AF_... */
	CALL_ARG_SOCKET_TYPE,
	CALL_ARG_WHENCE,
	CALL_ARG_CLONE_FLAGS,
	CALL_ARG_LONG,      /* 64 bits, signed; CALL_ARG_INT has 32 (but the result is always 64) */
	CALL_ARG_PROTECTION, /* from here on numbers with names: see call_names.c */
	CALL_ARG_MAP_FLAGS,
	CALL_ARG_ADVICE,
	CALL_ARG_ACCESS,
	CALL_ARG_AT_FLAGS,
	CALL_ARG_UNLINK_FLAGS,
	CALL_ARG_RENAME_FLAGS,
	CALL_ARG_NEW_FD_FLAGS,
	CALL_ARG_MESSAGE_FLAGS,
	CALL_ARG_SHUTDOWN,
	CALL_ARG_SOCKET_LEVEL,
	CALL_ARG_FCNTL,
	CALL_ARG_FLOCK,
	CALL_ARG_IOCTL,
	CALL_ARG_FUTEX,
	CALL_ARG_EPOLL,
	CALL_ARG_CLOCK,
	CALL_ARG_RESOURCE,
	CALL_ARG_SIGNAL_HOW,
	CALL_ARG_PRCTL,
	CALL_ARG_BPF,
	CALL_ARG_NAMESPACES,
	CALL_ARG_OPTION,    /* of a socket, at the level before it */
	CALL_ARG_TIMESPEC,  /* from here on what the copied bytes say: see call_values.c */
	CALL_ARG_TIMEVAL,
	CALL_ARG_SIGNALS,   /* a set */
	CALL_ARG_POLL,      /* struct pollfd, as many as there are */
	CALL_ARG_FDS,       /* a set, as select has them */
	CALL_ARG_NUMBER,    /* signed, of the size that was copied */
	CALL_ARG_NUMBERS,   /* of 32 bits, unsigned, as many as there are */
	CALL_ARG_OPTION_VALUE, /* of the option before it */
	CALL_ARG_EPOLL_EVENTS,
	CALL_ARG_SEMAPHORES,/* struct sembuf, as many as there are */
	CALL_ARG_ENVIRONMENT,
	CALL_ARG_LIMITS,    /* from here on structures whose members are shown each by its name, behind that of the argument */
	CALL_ARG_TIMER,     /* struct itimerspec */
	CALL_ARG_INTERVAL_TIMER, /* struct itimerval */
	CALL_ARG_OPEN_HOW,
	CALL_ARG_CLONE_ARGS,
	CALL_ARG_EPOLL_EVENT,
	CALL_ARG_KINDS,
};

struct call_argument {
	const char *name;              /* NULL: not shown */
	enum call_argument_kind kind;
};

struct call {
	const char *name;              /* NULL: no such number on this architecture */
	const char *category;          /* as evt.category: file, net, ipc, wait, memory, process, sleep, system,
	                                * signal, user, time, io_read, io_write, io_other, other */
	struct record_row row;         /* what the probe copies */
	uint8_t nargs;                 /* arguments that the call has */
	struct call_argument args[6];
	enum call_argument_kind result;/* CALL_ARG_INT by default; CALL_ARG_FD for new descriptors */
};

/* Row of this number; never NULL (a number without a row: name NULL, six hex arguments). Of a call of a 32-bit program the
 * arguments are those of the row, but nothing is copied, whatever the row says. */
const struct call *call_find(unsigned number);
/* Whether it is a call of a 32-bit program, whose number is RECORD_COMPAT and that of i386. */
static inline bool call_is_compat(unsigned number)
{
	return number >= RECORD_COMPAT && number < RECORD_CALL_NUMBERS;
}
/* Number of the call with this name that 64-bit programs make, or -1. */
int call_number(const char *name);
/* Name, or "syscall_NNN" or "syscall32_NNN" written into text (at least 16 bytes). */
const char *call_name(unsigned number, char *text);
/* Fills the probe's table of `rows` rows. */
void calls_fill_rows(struct record_row *table, size_t rows);
/* "ENOENT" for 2; NULL if unknown. */
const char *errno_name(int number);

/* The payload item of an argument: its data and size, or NULL. */
const char *event_item(const struct event *event, unsigned argument, size_t *size, size_t *full_size);
/* The first item of a kind; NULL if there is none. */
const char *event_item_of_kind(const struct event *event, enum record_item_kind kind, size_t *size);
/* Arguments of a call as text: "fd=3(<f>/etc/hosts) size=80 data=..." and, with result, "res=12" first. At
 * most 80 bytes of data, which stands last; payload bytes that do not print are dots. NUL-terminated, cut
 * to size; returns the full length. Of an event that is no call: empty. */
size_t event_args_text(const struct event *event, char *text, size_t size);
/* The same for people who see the result beside it: without it, but for a new descriptor with its name, and without
 * dirfd=AT_FDCWD. */
size_t event_text(const struct event *event, char *text, size_t size);
/* One argument by name ("res", "fd", "name", ...; data whole), or by its place among the names as a digit
 * ("0" is res). NUL-terminated, cut to size; returns the length written, or -ENOENT. */
int event_arg_text(const struct event *event, const char *name, size_t name_size, char *text, size_t size);

#endif
