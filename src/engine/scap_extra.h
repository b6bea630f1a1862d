/* What live calls and markers tell and captures have no place for: bytes in a parameter of our own, the last one of its
 * event, behind all that sysdig 0.29.3 and the newest libraries know, which skip it. It begins with a word that says
 * whose it is and what: others may put parameters of their own there. A change of what follows is a new kind. */
#ifndef ENGINE_SCAP_EXTRA_H
#define ENGINE_SCAP_EXTRA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../scap/types.h"
#include "event.h"

struct span_account;

#define SCAP_EXTRA_TEXT_MAX 4096
#define SCAP_EXTRA_MAX (24 + SCAP_EXTRA_TEXT_MAX)

/* Of a call whose type has no parameters for it. */
struct scap_extra {
	uint16_t call;          /* its number on x86-64; of 32-bit programs RECORD_COMPAT more than on i386 */
	uint16_t flags;         /* EVENT_NO_ENTER, EVENT_NO_RETURN */
	int32_t fd;             /* that it used or made, -1 none */
	int64_t result;
	const char *text;       /* its arguments as people see them (calls.h: event_text); borrowed */
	size_t text_size;
};

/* Whether events of this type may have one. */
static inline bool scap_takes_extra(unsigned type)
{
	return type <= SCAP_TYPE_GENERIC_X || type == SCAP_TYPE_SOCKET_GETSOCKNAME_X ||
	       type == SCAP_TYPE_SOCKET_GETPEERNAME_X || type == SCAP_TYPE_SOCKET_SENDMMSG_X ||
	       type == SCAP_TYPE_SOCKET_RECVMMSG_X;
}

/* Whether events of this type have a result, but of what the call was given so little that they may have one, too. */
static inline bool scap_takes_more(unsigned type)
{
	return type == SCAP_TYPE_SYSCALL_SELECT_X || type == SCAP_TYPE_SYSCALL_EPOLLWAIT_X || type == SCAP_TYPE_SYSCALL_DUP_X ||
	       type == SCAP_TYPE_SYSCALL_FCNTL_X || type == SCAP_TYPE_SYSCALL_SIGNALFD_X ||
	       type == SCAP_TYPE_SYSCALL_SEMOP_X || type == SCAP_TYPE_SYSCALL_GETDENTS64_X || type == SCAP_TYPE_SYSCALL_EVENTFD_X ||
	       type == SCAP_TYPE_SYSCALL_TIMERFD_CREATE_X || type == SCAP_TYPE_SYSCALL_INOTIFY_INIT_X;
}

/* The parameter for a live call; returns its size. */
size_t scap_extra_put(const struct event *call, uint8_t bytes[SCAP_EXTRA_MAX]);
/* False if the bytes are something else. */
bool scap_extra_read(const uint8_t *bytes, size_t size, struct scap_extra *extra);
/* That of an event (any); false if it has none. */
bool scap_extra_of(const struct event *event, struct scap_extra *extra);

/* Of a span's exit: what the kernel accounted between its markers. */
#define SCAP_EXTRA_ACCOUNT_SIZE 48
void scap_extra_put_account(const struct span_account *account, uint8_t bytes[SCAP_EXTRA_ACCOUNT_SIZE]);
bool scap_extra_read_account(const uint8_t *bytes, size_t size, struct span_account *account);

#endif
