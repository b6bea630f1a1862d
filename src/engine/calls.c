/* The table of system calls and how it is looked up. */
#include "calls.h"

#include <stdio.h>
#include <string.h>

/* Words of the table: what the descriptor of a call is ... */
#define F RECORD_ROW_FD_ARG
#define R RECORD_ROW_FD_RESULT
#define N RECORD_ROW_NO_RETURN
#define S RECORD_ROW_SOCKET
#define PROGRAM RECORD_ROW_PROGRAM
#define K RECORD_ROW_KEPT
#define MARKER_BUFFER 0x100
#define MARKER_VECTOR 0x200
#define MARKER_COMPAT 0x300
/* ... what the probe copies ... */
#define COPY_PATH(arg) { RECORD_ITEM_PATH, arg, 0, 0 }
#define COPY_IN(arg, length) { RECORD_ITEM_IN, arg, length, 0 }
#define COPY_OUT(arg) { RECORD_ITEM_OUT, arg, 0, 0 }
#define COPY_VECTOR_IN(arg, length) { RECORD_ITEM_VECTOR_IN, arg, length, 0 }
#define COPY_VECTOR_OUT(arg, length) { RECORD_ITEM_VECTOR_OUT, arg, length, 0 }
#define COPY_MESSAGE_IN(arg) { RECORD_ITEM_MESSAGE_IN, arg, 0, 0 }
#define COPY_MESSAGE_OUT(arg) { RECORD_ITEM_MESSAGE_OUT, arg, 0, 0 }
#define COPY_ADDRESS_IN(arg, length) { RECORD_ITEM_ADDRESS_IN, arg, length, 0 }
#define COPY_ADDRESS_OUT(arg, length) { RECORD_ITEM_ADDRESS_OUT, arg, length, 0 }
#define COPY_PAIR(arg) { RECORD_ITEM_PAIR, arg, 0, 0 }
#define COPY_COMMAND(arg) { RECORD_ITEM_COMMAND, arg, 0, 0 }
#define COPY_PROGRAM(arg) { RECORD_ITEM_PROGRAM, arg, 0, 0 }
#define COPY_ENVIRONMENT(arg) { RECORD_ITEM_ENVIRONMENT, arg, 0, 0 }
#define COPY_FIXED(arg, bytes) { RECORD_ITEM_FIXED_IN, arg, 0, bytes }
#define COPY_FIXED_OUT(arg, bytes) { RECORD_ITEM_FIXED_OUT, arg, 0, bytes }
#define COPY_ARRAY(arg, count, bytes) { RECORD_ITEM_ARRAY_IN, arg, count, bytes }
#define COPY_ARRAY_OUT(arg, bytes) { RECORD_ITEM_ARRAY_OUT, arg, 0, bytes }
#define COPY_KEPT(arg) { RECORD_ITEM_KEPT, arg, 0, 16 }
#define COPY_MEMORY { RECORD_ITEM_MEMORY, 0, 0, 0 }
#define COPY_QUEUE(arg) { RECORD_ITEM_QUEUE, arg, 0, 0 }
#define COPY_BITS(arg, count) { RECORD_ITEM_BITS, arg, count, 0 }
/* the first of several messages */
#define COPY_MESSAGES_IN(arg) { RECORD_ITEM_MESSAGE_IN, arg, 0, 1 }
#define COPY_MESSAGES_OUT(arg) { RECORD_ITEM_MESSAGE_OUT, arg, 0, 1 }
/* bytes as addresses are copied: their number is another argument, or lies where that points */
#define COPY_VALUE_IN COPY_ADDRESS_IN
#define COPY_VALUE_OUT COPY_ADDRESS_OUT
/* ... and the arguments. */
#define HIDE { NULL, CALL_ARG_NONE }
#define INT(name) { #name, CALL_ARG_INT }
#define LONG(name) { #name, CALL_ARG_LONG }
#define UINT(name) { #name, CALL_ARG_UINT }
#define HEX(name) { #name, CALL_ARG_HEX }
#define OCTAL(name) { #name, CALL_ARG_OCTAL }
#define FD(name) { #name, CALL_ARG_FD }
#define DIRFD(name) { #name, CALL_ARG_DIRFD }
#define PID(name) { #name, CALL_ARG_PID }
#define PATH(name) { #name, CALL_ARG_PATH }
#define DATA(name) { #name, CALL_ARG_DATA }
#define ADDRESS(name) { #name, CALL_ARG_ADDRESS }
#define COMMAND(name) { #name, CALL_ARG_COMMAND }
#define PAIR(name) { #name, CALL_ARG_PAIR }
#define OPEN_FLAGS(name) { #name, CALL_ARG_OPEN_FLAGS }
#define NEW_FD_FLAGS(name) { #name, CALL_ARG_NEW_FD_FLAGS }
#define SIGNAL(name) { #name, CALL_ARG_SIGNAL }
#define SIGNAL_HOW(name) { #name, CALL_ARG_SIGNAL_HOW }
#define FAMILY(name) { #name, CALL_ARG_FAMILY }
#define SOCKET_TYPE(name) { #name, CALL_ARG_SOCKET_TYPE }
#define SOCKET_LEVEL(name) { #name, CALL_ARG_SOCKET_LEVEL }
#define MESSAGE_FLAGS(name) { #name, CALL_ARG_MESSAGE_FLAGS }
#define SHUTDOWN(name) { #name, CALL_ARG_SHUTDOWN }
#define WHENCE(name) { #name, CALL_ARG_WHENCE }
#define CLONE_FLAGS(name) { #name, CALL_ARG_CLONE_FLAGS }
#define NAMESPACES(name) { #name, CALL_ARG_NAMESPACES }
#define PROTECTION(name) { #name, CALL_ARG_PROTECTION }
#define MAP_FLAGS(name) { #name, CALL_ARG_MAP_FLAGS }
#define ADVICE(name) { #name, CALL_ARG_ADVICE }
#define ACCESS(name) { #name, CALL_ARG_ACCESS }
#define AT_FLAGS(name) { #name, CALL_ARG_AT_FLAGS }
#define UNLINK_FLAGS(name) { #name, CALL_ARG_UNLINK_FLAGS }
#define RENAME_FLAGS(name) { #name, CALL_ARG_RENAME_FLAGS }
#define FCNTL(name) { #name, CALL_ARG_FCNTL }
#define FLOCK(name) { #name, CALL_ARG_FLOCK }
#define IOCTL(name) { #name, CALL_ARG_IOCTL }
#define FUTEX(name) { #name, CALL_ARG_FUTEX }
#define EPOLL(name) { #name, CALL_ARG_EPOLL }
#define CLOCK(name) { #name, CALL_ARG_CLOCK }
#define RESOURCE(name) { #name, CALL_ARG_RESOURCE }
#define PRCTL(name) { #name, CALL_ARG_PRCTL }
#define BPF(name) { #name, CALL_ARG_BPF }
#define TIMESPEC(name) { #name, CALL_ARG_TIMESPEC }
#define TIMEVAL(name) { #name, CALL_ARG_TIMEVAL }
#define SIGNALS(name) { #name, CALL_ARG_SIGNALS }
#define POLL(name) { #name, CALL_ARG_POLL }
#define FDS(name) { #name, CALL_ARG_FDS }
#define NUMBER(name) { #name, CALL_ARG_NUMBER }
#define OPTION(name) { #name, CALL_ARG_OPTION }
#define OPTION_VALUE(name) { #name, CALL_ARG_OPTION_VALUE }
#define LIMITS(name) { #name, CALL_ARG_LIMITS }
#define TIMER(name) { #name, CALL_ARG_TIMER }
#define INTERVAL_TIMER(name) { #name, CALL_ARG_INTERVAL_TIMER }
#define OPEN_HOW(name) { #name, CALL_ARG_OPEN_HOW }
#define CLONE_ARGS(name) { #name, CALL_ARG_CLONE_ARGS }
#define EPOLL_EVENT(name) { #name, CALL_ARG_EPOLL_EVENT }
#define EPOLL_EVENTS(name) { #name, CALL_ARG_EPOLL_EVENTS }
#define SEMAPHORES(name) { #name, CALL_ARG_SEMAPHORES }
#define NUMBERS(name) { #name, CALL_ARG_NUMBERS }
#define ENVIRONMENT(name) { #name, CALL_ARG_ENVIRONMENT }

#define LIST(...) { __VA_ARGS__ }
#define COUNT(type, ...) (sizeof((type[])__VA_ARGS__) / sizeof(type))
#define CALL(name_, category_, flags_, copies_, result_, ...) { \
	.name = name_, .category = category_, \
	.row = { (flags_) & 0xff, COUNT(struct record_payload_row, LIST copies_), (flags_) >> 8, 0, LIST copies_ }, \
	.nargs = COUNT(struct call_argument, { __VA_ARGS__ }), \
	.args = { __VA_ARGS__ }, .result = CALL_ARG_##result_ }
#define PLAIN(name_, category_, flags_, ...) CALL(name_, category_, flags_, (), INT, ##__VA_ARGS__)

static const struct call call_table[RECORD_CALLS] = {
#include "call_table.inc"
};

static const struct call unknown_call = {
	.category = "other",
	.nargs = 6,
	.args = { HEX(arg0), HEX(arg1), HEX(arg2), HEX(arg3), HEX(arg4), HEX(arg5) },
	.result = CALL_ARG_INT,
};

/* A call of 32-bit programs: that of this number of 64-bit ones (1 is added to it), or its own. */
struct compat_call {
	uint16_t same;
	struct call own;
};

#define SAME(number) { .same = (number) + 1 }
#define OWN(name_, category_) { .own = { .name = name_, .category = category_, .nargs = 6, \
	.args = { HEX(arg0), HEX(arg1), HEX(arg2), HEX(arg3), HEX(arg4), HEX(arg5) }, .result = CALL_ARG_INT } }

static const struct compat_call compat_table[RECORD_CALLS] = {
#include "compat_table.inc"
};

static const struct call *compat_find(unsigned number)
{
	const struct compat_call *call = &compat_table[number];

	if (call->same)
		return &call_table[call->same - 1];
	return call->own.name ? &call->own : &unknown_call;
}

const struct call *call_find(unsigned number)
{
	if (number >= RECORD_COMPAT && number < RECORD_CALL_NUMBERS)
		return compat_find(number - RECORD_COMPAT);
	return number < RECORD_CALLS && call_table[number].name ? &call_table[number] : &unknown_call;
}

int call_number(const char *name)
{
	for (int i = 0; i < RECORD_CALLS; i++)
		if (call_table[i].name && !strcmp(call_table[i].name, name))
			return i;
	return -1;
}

const char *call_name(unsigned number, char *text)
{
	const char *name = call_find(number)->name;

	if (name)
		return name;
	/* fits whatever the number: an event holds 16 bits of it */
	if (call_is_compat(number))
		snprintf(text, 16, "syscall32_%u", number - RECORD_COMPAT);
	else
		snprintf(text, 16, "syscall_%u", number & 0xffff);
	return text;
}

void calls_fill_rows(struct record_row *table, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		table[i] = i < RECORD_CALLS ? call_find(i)->row : (struct record_row){ 0 };
}
