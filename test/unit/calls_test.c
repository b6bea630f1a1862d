/* The table of system calls against the kernel's headers, and calls as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "src/engine/calls.h"
#include "src/engine/event.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NUMBERS_HEADER "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"

/* ---- the table ---- */

#ifdef __x86_64__
#define NUMBER(name) { #name, SYS_##name }

static void numbers_are_those_of_the_headers(void **state)
{
	static const struct {
		const char *name;
		int number;
	} calls[] = {
		NUMBER(read), NUMBER(write), NUMBER(open), NUMBER(close), NUMBER(stat), NUMBER(fstat),
		NUMBER(lstat), NUMBER(poll), NUMBER(lseek), NUMBER(mmap), NUMBER(mprotect), NUMBER(munmap),
		NUMBER(brk), NUMBER(rt_sigaction), NUMBER(ioctl), NUMBER(pread64), NUMBER(pwrite64),
		NUMBER(readv), NUMBER(writev), NUMBER(access), NUMBER(pipe), NUMBER(select), NUMBER(dup),
		NUMBER(dup2), NUMBER(nanosleep), NUMBER(getpid), NUMBER(sendfile), NUMBER(socket),
		NUMBER(connect), NUMBER(accept), NUMBER(sendto), NUMBER(recvfrom), NUMBER(sendmsg),
		NUMBER(recvmsg), NUMBER(bind), NUMBER(listen), NUMBER(socketpair), NUMBER(clone), NUMBER(fork),
		NUMBER(execve), NUMBER(exit), NUMBER(wait4), NUMBER(kill), NUMBER(fcntl), NUMBER(rename),
		NUMBER(mkdir), NUMBER(unlink), NUMBER(readlink), NUMBER(chmod), NUMBER(mount), NUMBER(setxattr),
		NUMBER(futex), NUMBER(getdents64), NUMBER(clock_nanosleep), NUMBER(exit_group),
		NUMBER(epoll_wait), NUMBER(epoll_ctl), NUMBER(inotify_add_watch), NUMBER(openat),
		NUMBER(newfstatat), NUMBER(unlinkat), NUMBER(ppoll), NUMBER(splice), NUMBER(utimensat),
		NUMBER(accept4), NUMBER(eventfd2), NUMBER(pipe2), NUMBER(preadv), NUMBER(pwritev),
		NUMBER(name_to_handle_at), NUMBER(memfd_create), NUMBER(bpf), NUMBER(execveat), NUMBER(statx),
		NUMBER(pwritev2), NUMBER(io_uring_enter), NUMBER(clone3), NUMBER(openat2), NUMBER(futex_waitv),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(calls); i++) {
		assert_string_equal(call_find(calls[i].number)->name, calls[i].name);
		assert_int_equal(call_number(calls[i].name), calls[i].number);
	}
}
#endif

static void every_call_of_the_header_has_a_row(void **state)
{
	FILE *header = fopen(NUMBERS_HEADER, "r");
	unsigned number, found = 0;
	char line[256], name[128];

	(void)state;
	if (!header) {
		print_message("no " NUMBERS_HEADER "\n");
		skip();
	}
	while (fgets(line, sizeof(line), header)) {
		if (sscanf(line, "#define __NR_%127s %u", name, &number) != 2)
			continue;
		if (!call_find(number)->name || strcmp(call_find(number)->name, name))
			fail_msg("%u is %s", number, name);
		found++;
	}
	fclose(header);
	assert_true(found > 300);
}

static void calls_newer_than_the_headers_have_rows(void **state)
{
	static const struct {
		int number;
		const char *name;
	} calls[] = {
		{ 451, "cachestat" }, { 452, "fchmodat2" }, { 454, "futex_wake" }, { 455, "futex_wait" },
		{ 456, "futex_requeue" }, { 457, "statmount" }, { 458, "listmount" }, { 462, "mseal" },
		{ 463, "setxattrat" }, { 466, "removexattrat" }, { 469, "file_setattr" }, { 470, "listns" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(calls); i++)
		assert_int_equal(call_number(calls[i].name), calls[i].number);
}

static bool is_category(const char *category)
{
	static const char *const categories[] = {
		"file", "net", "ipc", "wait", "memory", "process", "sleep", "system", "signal", "user", "time",
		"io_read", "io_write", "io_other", "other",
	};

	for (size_t i = 0; i < LENGTH(categories); i++)
		if (!strcmp(category, categories[i]))
			return true;
	return false;
}

/* What holds for every row, so that the probe and the text can rely on it. */
static bool is_of_no_argument(const struct record_payload_row *row)
{
	return row->kind == RECORD_ITEM_MEMORY || row->kind == RECORD_ITEM_QUEUE;
}

static void rows_are_consistent(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RECORD_CALLS; i++) {
		const struct call *call = call_find(i);

		assert_true(is_category(call->category));
		assert_true(call->nargs <= 6);
		assert_true(call->row.items <= RECORD_ITEMS_MAX);
		assert_int_not_equal(call->result, CALL_ARG_NONE);
		if (!call->name)
			continue;
		assert_int_equal(call_number(call->name), i);
		assert_int_equal(call->result == CALL_ARG_FD, !!(call->row.flags & RECORD_ROW_FD_RESULT));
		if (call->row.flags & RECORD_ROW_FD_ARG)
			assert_true(call->args[0].kind == CALL_ARG_FD || call->args[0].kind == CALL_ARG_DIRFD);
		for (unsigned j = 0; j < call->row.items; j++) {
			const struct record_payload_row *copy = &call->row.payload[j];

			assert_true(copy->kind > RECORD_ITEM_NONE && copy->kind <= RECORD_ITEM_QUEUE);
			if (is_of_no_argument(copy))
				continue;
			assert_true(copy->kind != RECORD_ITEM_SOCKET && copy->kind != RECORD_ITEM_NAME);
			if (copy->kind >= RECORD_ITEM_FIXED_IN && copy->kind <= RECORD_ITEM_ARRAY_OUT)
				assert_true(copy->unit);
			/* the probe looks at the last item for what it keeps */
			if (copy->kind == RECORD_ITEM_KEPT)
				assert_true(j + 1 == call->row.items && call->row.flags & RECORD_ROW_KEPT);
			if (copy->kind == RECORD_ITEM_PROGRAM)
				assert_true(j == 0 && call->row.flags & RECORD_ROW_PROGRAM);
			assert_true(copy->arg < call->nargs && copy->length_arg < call->nargs);
			assert_non_null(call->args[copy->arg].name); /* what is copied is shown */
		}
		for (unsigned j = 0; j < call->nargs; j++) {
			bool copied = false;

			if (call->args[j].kind != CALL_ARG_PATH && call->args[j].kind != CALL_ARG_DATA &&
			    call->args[j].kind != CALL_ARG_ADDRESS && call->args[j].kind != CALL_ARG_PAIR &&
			    call->args[j].kind < CALL_ARG_TIMESPEC)
				continue;
			for (unsigned k = 0; k < call->row.items; k++)
				copied |= call->row.payload[k].arg == j && !is_of_no_argument(&call->row.payload[k]);
			assert_true(copied); /* what is shown is copied */
		}
	}
}

static void expect_row(const char *name, uint8_t flags, uint8_t marker, uint8_t items)
{
	const struct call *call = call_find(call_number(name));

	assert_string_equal(call->name, name);
	assert_int_equal(call->row.flags, flags);
	assert_int_equal(call->row.marker, marker);
	assert_int_equal(call->row.items, items);
}

static void rows_tell_the_probe_what_to_copy(void **state)
{
	const uint8_t fd = RECORD_ROW_FD_ARG, made = RECORD_ROW_FD_RESULT, socket = RECORD_ROW_SOCKET;
	struct record_row rows[RECORD_CALLS + 8];
	const struct call *call;

	(void)state;
	expect_row("write", fd | socket, 1, 1);
	expect_row("pwrite64", fd | socket, 1, 1);
	expect_row("writev", fd | socket, 2, 1);
	expect_row("pwritev", fd | socket, 2, 1);
	expect_row("pwritev2", fd | socket, 2, 1);
	expect_row("sendto", fd | socket, 0, 2);
	expect_row("accept4", fd | made | socket, 0, 2);
	expect_row("mmap", 0, 0, 1);
	expect_row("stat", 0, 3, 1); /* the number that write has in 32-bit programs */
	expect_row("openat", made, 0, 1);
	expect_row("mount", 0, 0, 4);
	expect_row("nanosleep", RECORD_ROW_KEPT, 0, 1);
	expect_row("execve", RECORD_ROW_PROGRAM, 0, 4);
	expect_row("exit_group", RECORD_ROW_NO_RETURN, 0, 0);
	expect_row("exit", RECORD_ROW_NO_RETURN, 0, 0);
	expect_row("rt_sigreturn", RECORD_ROW_NO_RETURN, 0, 0);
	call = call_find(call_number("recvfrom"));
	assert_int_equal(call->row.payload[1].kind, RECORD_ITEM_ADDRESS_OUT);
	assert_int_equal(call->row.payload[1].arg, 4);
	assert_int_equal(call->row.payload[1].length_arg, 5);
	calls_fill_rows(rows, LENGTH(rows));
	assert_memory_equal(&rows[1], &call_find(1)->row, sizeof(rows[1]));
	assert_int_equal(rows[RECORD_CALLS + 7].items, 0);
}

static void unknown_numbers_have_a_row_too(void **state)
{
	char text[16];

	(void)state;
	assert_null(call_find(400)->name);
	assert_null(call_find(UINT32_MAX)->name);
	assert_null(call_find(RECORD_CALL_NUMBERS)->name);
	assert_int_equal(call_find(RECORD_CALL_NUMBERS)->nargs, 6);
	assert_int_equal(call_find(400)->args[5].kind, CALL_ARG_HEX);
	assert_string_equal(call_name(400, text), "syscall_400");
	assert_string_equal(call_name(65535, text), "syscall_65535");
	assert_string_equal(call_name(0, text), "read");
	assert_int_equal(call_number("no_such_call"), -1);
	assert_int_equal(call_number(""), -1);
}

/* Numbers as asm/unistd_32.h has them. */
static void calls_of_32_bit_programs_have_their_names(void **state)
{
	static const struct {
		unsigned number;
		const char *name, *category;
	} known[] = {
		{ 1, "exit", "process" },	{ 3, "read", "io_read" },	   { 4, "write", "io_write" },
		{ 5, "open", "file" },		{ 11, "execve", "process" },	   { 102, "socketcall", "net" },
		{ 142, "_newselect", "wait" },	{ 192, "mmap2", "memory" },	   { 195, "stat64", "file" },
		{ 252, "exit_group", "process" }, { 295, "openat", "file" },	   { 359, "socket", "net" },
		{ 384, "arch_prctl", "process" }, { 403, "clock_gettime64", "time" }, { 435, "clone3", "process" },
		{ 462, "mseal", "memory" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < LENGTH(known); i++) {
		const struct call *call = call_find(RECORD_COMPAT + known[i].number);

		assert_string_equal(call->name, known[i].name);
		assert_string_equal(call->category, known[i].category);
		assert_true(call_is_compat(RECORD_COMPAT + known[i].number) && !call_is_compat(known[i].number));
	}
	assert_string_equal(call_name(RECORD_COMPAT + 3, text), "read");
	assert_string_equal(call_name(RECORD_COMPAT + 285, text), "syscall32_285");
	assert_string_equal(call_name(RECORD_COMPAT + 511, text), "syscall32_511");
	/* the same arguments, or six numbers */
	assert_ptr_equal(call_find(RECORD_COMPAT + 3), call_find(0));
	assert_int_equal(call_find(RECORD_COMPAT + 90)->nargs, 6);
	for (unsigned i = 0; i < RECORD_CALLS; i++)
		assert_true(is_category(call_find(RECORD_COMPAT + i)->category));
}

static void errors_have_names(void **state)
{
	(void)state;
	assert_string_equal(errno_name(ENOENT), "ENOENT");
	assert_string_equal(errno_name(EAGAIN), "EAGAIN");
	assert_string_equal(errno_name(EHWPOISON), "EHWPOISON");
	assert_string_equal(errno_name(512), "ERESTARTSYS");
	assert_null(errno_name(0));
	assert_null(errno_name(-1));
	assert_null(errno_name(41));
	assert_null(errno_name(4095));
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 32)
	for (int i = 1; i < 512; i++) {
		const char *expected = strerrorname_np(i);

		if (!expected)
			assert_null(errno_name(i));
		else if (i != ENOTSUP) /* has two names */
			assert_string_equal(errno_name(i), expected);
	}
#endif
}

/* ---- text ---- */

/* An event being put together; event_of() copies it to memory of exactly its size, for the sanitizer. */
struct draft {
	struct event event;
	uint64_t args[6];
	char payload[1024];
};

static struct draft draft_of(const char *name, int64_t result)
{
	struct draft draft = { .event = { .type = EVENT_CALL, .result = result, .call = call_number(name), .nargs = 6 } };

	assert_true(call_number(name) >= 0);
	return draft;
}

static void draft_item(struct draft *draft, enum record_item_kind kind, unsigned arg, const void *data, size_t size)
{
	struct record_item item = { .kind = kind, .arg = arg, .size = size, .full_size = size };
	char *at = draft->payload + draft->event.payload_size;

	memcpy(at, &item, sizeof(item));
	memcpy(at + sizeof(item), data, size);
	draft->event.payload_size += sizeof(item) + ((size + 7) & ~(size_t)7);
	draft->event.items++;
}

static void draft_path(struct draft *draft, unsigned arg, const char *path)
{
	draft_item(draft, RECORD_ITEM_PATH, arg, path, strlen(path));
}

static struct event *event_of(const struct draft *draft)
{
	size_t args = draft->event.nargs * sizeof(uint64_t);
	char *memory = malloc(sizeof(struct event) + args + draft->event.payload_size);

	assert_non_null(memory);
	memcpy(memory, &draft->event, sizeof(struct event));
	memcpy(memory + sizeof(struct event), draft->args, args);
	memcpy(memory + sizeof(struct event) + args, draft->payload, draft->event.payload_size);
	return (struct event *)memory;
}

static void expect_text(const struct draft *draft, const char *expected)
{
	struct event *event = event_of(draft);
	char text[2048];

	assert_int_equal(event_args_text(event, text, sizeof(text)), strlen(expected));
	assert_string_equal(text, expected);
	free(event);
}

static int argument_text(const struct draft *draft, const char *name, char *text, size_t size)
{
	struct event *event = event_of(draft);
	int length = event_arg_text(event, name, strlen(name), text, size);

	free(event);
	return length;
}

static void expect_argument(const struct draft *draft, const char *name, const char *expected)
{
	char text[2048];

	assert_int_equal(argument_text(draft, name, text, sizeof(text)), strlen(expected));
	assert_string_equal(text, expected);
}

struct named_fd {
	struct string_pool *pool;
	struct fd fd;
};

static void named_fd_init(struct named_fd *named, int num, enum fd_type type, const char *name)
{
	memset(named, 0, sizeof(*named));
	named->pool = string_pool_new();
	assert_non_null(named->pool);
	named->fd.num = num;
	named->fd.type = type;
	named->fd.name = string_get(named->pool, name, strlen(name));
}

static void opens_show_name_and_flags(void **state)
{
	struct draft draft = draft_of("openat", 5);
	struct named_fd named;

	(void)state;
	named_fd_init(&named, 5, FD_FILE, "/etc/hosts");
	draft.event.fd = &named.fd;
	draft.args[0] = AT_FDCWD;
	draft.args[2] = O_RDONLY | O_CLOEXEC;
	draft.args[3] = 0xdead; /* left over in the register */
	draft_path(&draft, 1, "/etc/hosts");
	expect_text(&draft, "res=5(<f>/etc/hosts) dirfd=AT_FDCWD name=/etc/hosts flags=O_RDONLY|O_CLOEXEC");
	expect_argument(&draft, "fd", "5(<f>/etc/hosts)");
	draft.args[0] = (uint32_t)AT_FDCWD; /* not extended to 64 bits */
	draft.args[2] = O_WRONLY | O_CREAT | O_TRUNC;
	draft.args[3] = 0644;
	draft.event.result = -ENOENT;
	expect_text(&draft, "res=-2(ENOENT) dirfd=AT_FDCWD name=/etc/hosts flags=O_WRONLY|O_CREAT|O_TRUNC mode=0644");
	draft.event.result = -4000;
	draft.args[2] = O_RDWR | O_TMPFILE | 0x20000000;
	expect_text(&draft, "res=-4000 dirfd=AT_FDCWD name=/etc/hosts flags=O_RDWR|O_TMPFILE|0x20000000 mode=0644");
	string_pool_free(named.pool);
}

static void reads_and_writes_show_data_last(void **state)
{
	struct draft draft = draft_of("write", 12);
	struct named_fd named;
	char long_data[200];

	(void)state;
	named_fd_init(&named, 3, FD_PIPE, "");
	draft.event.fd = &named.fd;
	draft.args[0] = 3;
	draft.args[2] = 12;
	draft_item(&draft, RECORD_ITEM_IN, 1, "GET /\r\n\x1b\0\xff" "a", 11);
	expect_text(&draft, "res=12 fd=3(<p>) size=12 data=GET /.....a");
	expect_argument(&draft, "data", "GET /.....a");
	expect_argument(&draft, "size", "12");
	expect_argument(&draft, "res", "12");
	expect_argument(&draft, "0", "12");
	expect_argument(&draft, "1", "3(<p>)");
	draft.event.fd->num = 4; /* another one: no name */
	expect_text(&draft, "res=12 fd=3 size=12 data=GET /.....a");
	string_pool_free(named.pool);

	memset(long_data, 'x', sizeof(long_data));
	draft = draft_of("read", 200);
	draft.args[2] = 4096;
	draft_item(&draft, RECORD_ITEM_OUT, 1, long_data, sizeof(long_data));
	expect_text(&draft, "res=200 fd=0 size=4096 data=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	assert_int_equal(argument_text(&draft, "data", long_data, sizeof(long_data)), 199);
	memset(long_data, 'x', sizeof(long_data));

	/* data is text too, and is cut between its characters */
	memcpy(long_data + 78, "\xc3\xbc\xc3\xbc", 4);
	long_data[77] = 'y';
	draft = draft_of("read", 82);
	draft_item(&draft, RECORD_ITEM_OUT, 1, long_data + 1, 82);
	expect_text(&draft, "res=82 fd=0 size=0 data=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy\xc3\xbc");

	draft = draft_of("read", -EAGAIN);
	draft.args[2] = 4096;
	expect_text(&draft, "res=-11(EAGAIN) fd=0 size=4096");
	assert_int_equal(argument_text(&draft, "data", long_data, sizeof(long_data)), -ENOENT);
	assert_int_equal(argument_text(&draft, "name", long_data, sizeof(long_data)), -ENOENT);
}

static void sockets_show_addresses(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(80) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(443), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/run/x\n" };
	uint16_t netlink = AF_NETLINK;
	struct draft draft = draft_of("connect", -EINPROGRESS);
	struct named_fd named;

	(void)state;
	assert_int_equal(inet_pton(AF_INET, "1.2.3.4", &in.sin_addr), 1);
	named_fd_init(&named, 7, FD_IPV4, "10.0.0.1:5000->1.2.3.4:80");
	named.fd.has_socket = true;
	named.fd.socket.protocol = IPPROTO_TCP;
	draft.event.fd = &named.fd;
	draft.args[0] = 7;
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 1, &in, sizeof(in));
	expect_text(&draft, "res=-115(EINPROGRESS) fd=7(<4t>10.0.0.1:5000->1.2.3.4:80) addr=1.2.3.4:80");
	string_pool_free(named.pool);

	draft = draft_of("bind", 0);
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 1, &in6, sizeof(in6));
	expect_text(&draft, "res=0 fd=0 addr=[::1]:443");
	draft = draft_of("bind", 0);
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 1, &un, sizeof(un));
	expect_text(&draft, "res=0 fd=0 addr=/run/x\\n");
	memcpy(un.sun_path, "\0bus", 4);
	draft = draft_of("bind", 0);
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 1, &un, sizeof(un.sun_family) + 4);
	expect_text(&draft, "res=0 fd=0 addr=@bus");
	draft = draft_of("bind", 0);
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 1, &netlink, sizeof(netlink));
	expect_text(&draft, "res=0 fd=0 addr=AF_NETLINK");
	draft = draft_of("bind", 0);
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 1, &in, 6); /* too short for a port and an address */
	expect_text(&draft, "res=0 fd=0 addr=AF_INET");
	draft = draft_of("bind", 0);
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 1, "\2", 1);
	expect_text(&draft, "res=0 fd=0");

	draft = draft_of("accept", 9);
	draft_item(&draft, RECORD_ITEM_ADDRESS_OUT, 1, &in, sizeof(in));
	draft_item(&draft, RECORD_ITEM_SOCKET, 0, &(struct record_socket){ .family = AF_INET }, 48);
	expect_text(&draft, "res=9 fd=0 addr=1.2.3.4:80");

	draft = draft_of("sendto", 2);
	draft.args[2] = 2;
	draft.args[3] = MSG_NOSIGNAL | MSG_DONTWAIT;
	draft_item(&draft, RECORD_ITEM_IN, 1, "hi", 2);
	draft_item(&draft, RECORD_ITEM_ADDRESS_IN, 4, &in, sizeof(in));
	expect_text(&draft, "res=2 fd=0 size=2 flags=MSG_DONTWAIT|MSG_NOSIGNAL addr=1.2.3.4:80 data=hi");
}

static void programs_and_pairs(void **state)
{
	struct draft draft = draft_of("execve", 0);
	int32_t pair[] = { 3, 4 };

	(void)state;
	draft_path(&draft, 0, "/bin/ls");
	draft_item(&draft, RECORD_ITEM_COMMAND, 1, "ls\0-l\0\x1b[2J", 11);
	expect_text(&draft, "res=0 filename=/bin/ls args=ls -l \\x1b[2J");
	/* the registers of the program that called it are gone */
	draft = draft_of("execveat", 0);
	draft_item(&draft, RECORD_ITEM_COMMAND, 2, "ls", 3);
	expect_text(&draft, "res=0 args=ls");
	draft = draft_of("pipe2", 0);
	draft.args[1] = O_CLOEXEC;
	draft_item(&draft, RECORD_ITEM_PAIR, 0, pair, sizeof(pair));
	expect_text(&draft, "res=0 fd1=3 fd2=4 flags=O_CLOEXEC");
	expect_argument(&draft, "fd2", "4");
	draft = draft_of("exit_group", 0);
	draft.event.flags = EVENT_NO_RETURN;
	draft.args[0] = 3;
	expect_text(&draft, "status=3");
	assert_int_equal(argument_text(&draft, "res", (char[8]){ 0 }, 8), -ENOENT);
}

static void expect_people_text(const struct draft *draft, const char *expected)
{
	struct event *event = event_of(draft);
	char text[200];

	assert_int_equal(event_text(event, text, sizeof(text)), strlen(expected));
	assert_string_equal(text, expected);
	free(event);
}

/* Beside a column of results: no result, but for what a new descriptor is. */
static void text_for_people(void **state)
{
	struct draft draft = draft_of("read", 2);

	(void)state;
	draft.args[2] = 80;
	draft_item(&draft, RECORD_ITEM_OUT, 1, "hi", 2);
	expect_people_text(&draft, "fd=0 size=80 data=hi");
	draft = draft_of("openat", 5);
	draft.args[0] = (uint64_t)AT_FDCWD;
	draft_path(&draft, 1, "/etc/hosts");
	expect_people_text(&draft, "name=/etc/hosts flags=O_RDONLY res=5");
	draft = draft_of("open", -ENOENT);
	draft_path(&draft, 0, "/none");
	expect_people_text(&draft, "name=/none flags=O_RDONLY");
}

static void paths_that_could_not_be_read(void **state)
{
	struct draft draft = draft_of("stat", -EFAULT);

	(void)state;
	expect_text(&draft, "res=-14(EFAULT) path=NULL");
	draft.args[0] = 0x10;
	expect_text(&draft, "res=-14(EFAULT) path=0x10");
	draft = draft_of("readlink", -EINVAL);
	draft.args[1] = 0x7fff0000;
	draft.args[2] = 64;
	draft_path(&draft, 0, "/x\xe2\x80\xae");
	expect_text(&draft, "res=-22(EINVAL) path=/x\\xe2\\x80\\xae size=64");
	draft = draft_of("readlink", 3);
	draft.args[2] = 64;
	draft_path(&draft, 0, "/x");
	draft_item(&draft, RECORD_ITEM_OUT, 1, "/yz", 3);
	expect_text(&draft, "res=3 path=/x target=/yz size=64");
}

/* One argument of one call with this value reads so. */
static void expect_number(const char *call, unsigned arg, const char *name, uint64_t value, const char *expected)
{
	struct draft draft = draft_of(call, 0);

	draft.args[arg] = value;
	expect_argument(&draft, name, expected);
}

static void numbers_have_names(void **state)
{
	(void)state;
	expect_number("lseek", 2, "whence", SEEK_END, "SEEK_END");
	expect_number("lseek", 2, "whence", 77, "77");
	expect_number("lseek", 1, "offset", (uint64_t)-8, "-8");
	expect_number("kill", 1, "sig", SIGTERM, "SIGTERM");
	expect_number("kill", 1, "sig", 0, "0");
	expect_number("kill", 1, "sig", 32, "SIGRTMIN");
	expect_number("kill", 1, "sig", 34, "SIGRT_2");
	expect_number("kill", 0, "pid", (uint32_t)-1, "-1");
	expect_number("socket", 0, "domain", AF_INET6, "AF_INET6");
	expect_number("socket", 1, "type", SOCK_STREAM | SOCK_CLOEXEC, "SOCK_STREAM|SOCK_CLOEXEC");
	expect_number("clone", 0, "flags", CLONE_VM | CLONE_VFORK | SIGCHLD, "CLONE_VM|CLONE_VFORK|SIGCHLD");
	expect_number("clone", 0, "flags", SIGCHLD, "SIGCHLD");
	expect_number("clone", 0, "flags", 0, "0");
	expect_number("unshare", 0, "flags", CLONE_NEWNS | CLONE_NEWNET, "CLONE_NEWNS|CLONE_NEWNET");
	expect_number("mmap", 2, "prot", PROT_NONE, "PROT_NONE");
	expect_number("mmap", 2, "prot", PROT_READ | PROT_EXEC, "PROT_READ|PROT_EXEC");
	expect_number("mmap", 3, "flags", MAP_PRIVATE | MAP_ANONYMOUS, "MAP_PRIVATE|MAP_ANONYMOUS");
	expect_number("mmap", 4, "fd", (uint32_t)-1, "-1");
	expect_number("mmap", 0, "addr", 0x7f0012345000, "0x7f0012345000");
	expect_number("mmap", 0, "addr", 0, "0");
	expect_number("access", 1, "mode", R_OK | X_OK, "R_OK|X_OK");
	expect_number("access", 1, "mode", F_OK, "F_OK");
	expect_number("fcntl", 1, "cmd", F_SETFL, "F_SETFL");
	expect_number("futex", 1, "op", 129, "FUTEX_WAKE|FUTEX_PRIVATE_FLAG");
	expect_number("shutdown", 1, "how", SHUT_RDWR, "SHUT_RDWR");
	expect_number("ioctl", 1, "request", 0x5401, "TCGETS");
	expect_number("ioctl", 1, "request", 0xc0000001, "0xc0000001");
	expect_number("chmod", 1, "mode", 04755, "04755");
	expect_number("newfstatat", 3, "flags", AT_EMPTY_PATH, "AT_EMPTY_PATH");
	expect_number("chown", 1, "uid", (uint32_t)-1, "-1");
}

static void addresses_are_results(void **state)
{
	struct draft draft = draft_of("brk", 0x55d0c0001000);

	(void)state;
	expect_text(&draft, "res=0x55d0c0001000 addr=0");
	draft.event.result = -ENOMEM;
	expect_text(&draft, "res=-12(ENOMEM) addr=0");
}

static void unknown_calls_show_their_registers(void **state)
{
	struct draft draft = { .event = { .type = EVENT_CALL, .result = 7, .call = 500, .nargs = 6 },
			       .args = { 1, 0, 0xff, 3, 4, 5 } };

	(void)state;
	expect_text(&draft, "res=7 arg0=0x1 arg1=0 arg2=0xff arg3=0x3 arg4=0x4 arg5=0x5");
	draft.event.nargs = 2;
	expect_text(&draft, "res=7 arg0=0x1 arg1=0");
	draft.event.type = EVENT_FORK;
	expect_text(&draft, "");
	assert_int_equal(argument_text(&draft, "res", (char[8]){ 0 }, 8), -ENOENT);
}

static void text_is_cut_to_its_size(void **state)
{
	static const char whole[] = "res=0 path=/gr\xc3\xbc\xc3\x9f\\n/x mode=0755";
	struct draft draft = draft_of("mkdir", 0);
	struct event *event;

	(void)state;
	draft.args[1] = 0755;
	draft_path(&draft, 0, "/gr\xc3\xbc\xc3\x9f\n/x");
	event = event_of(&draft);
	for (size_t size = 1; size <= sizeof(whole); size++) {
		char *text = malloc(size);
		size_t length;

		assert_non_null(text);
		assert_int_equal(event_args_text(event, text, size), sizeof(whole) - 1);
		length = strlen(text);
		/* a prefix, shorter than there is room only to keep a character or an escape whole */
		assert_true(length < size && length + 2 >= size);
		assert_memory_equal(text, whole, length);
		assert_false(length && length < sizeof(whole) - 1 && (whole[length] & 0xc0) == 0x80);
		free(text);
	}
	assert_int_equal(event_args_text(event, NULL, 0), sizeof(whole) - 1);
	free(event);
}

/* ---- damaged payload ---- */

static void items_are_found_by_argument(void **state)
{
	struct draft draft = draft_of("rename", 0);
	size_t size, full_size;
	struct event *event;
	const char *data;

	(void)state;
	draft_path(&draft, 0, "/old/name");
	draft_path(&draft, 1, "/new");
	event = event_of(&draft);
	data = event_item(event, 1, &size, &full_size);
	assert_non_null(data);
	assert_int_equal(size, 4);
	assert_int_equal(full_size, 4);
	assert_memory_equal(data, "/new", 4);
	assert_null(event_item(event, 2, &size, &full_size));
	free(event);
}

static void truncated_payload_is_not_read(void **state)
{
	struct draft draft = draft_of("rename", 0);
	size_t whole, size, full_size;

	(void)state;
	draft_path(&draft, 0, "/old/name");
	draft_path(&draft, 1, "/new");
	whole = draft.event.payload_size;
	for (size_t left = 0; left < whole; left++) {
		struct event *event;
		char text[256];

		draft.event.payload_size = left;
		event = event_of(&draft);
		assert_int_equal(!!event_item(event, 0, &size, &full_size), left >= 8 + 9);
		assert_int_equal(!!event_item(event, 1, &size, &full_size), left >= 24 + 8 + 4);
		event_args_text(event, text, sizeof(text));
		free(event);
	}
}

static void random_payload_does_no_harm(void **state)
{
	uint64_t random = 88172645463325252;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct draft draft = { .event = { .type = EVENT_CALL } };
		unsigned char *bytes = (unsigned char *)&draft.args;
		struct event *event;
		char text[300];
		size_t length;

		for (size_t i = 0; i < sizeof(draft.args) + 256; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			bytes[i] = random;
		}
		draft.event.call = round % 520;
		draft.event.nargs = random % 7;
		draft.event.items = random >> 8;
		draft.event.payload_size = (random >> 16) % 257;
		draft.event.result = (int64_t)(random >> 24) % 5000 - 4500;
		/* near enough to sense that items are found */
		for (size_t at = 0; at + 8 <= 256; at += 8 * (1 + bytes[sizeof(draft.args) + at + 6] % 8)) {
			draft.payload[at] %= 14;
			draft.payload[at + 1] &= 7;
			draft.payload[at + 3] = 0;
		}
		event = event_of(&draft);
		length = event_args_text(event, text, sizeof(text));
		assert_true(length >= strlen(text));
		for (size_t i = 0; text[i]; i++)
			assert_true((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
		event_arg_text(event, "1", 1, text, sizeof(text));
		free(event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef __x86_64__
		cmocka_unit_test(numbers_are_those_of_the_headers),
#endif
		cmocka_unit_test(every_call_of_the_header_has_a_row),
		cmocka_unit_test(calls_newer_than_the_headers_have_rows),
		cmocka_unit_test(rows_are_consistent),
		cmocka_unit_test(rows_tell_the_probe_what_to_copy),
		cmocka_unit_test(unknown_numbers_have_a_row_too),
		cmocka_unit_test(calls_of_32_bit_programs_have_their_names),
		cmocka_unit_test(errors_have_names),
		cmocka_unit_test(opens_show_name_and_flags),
		cmocka_unit_test(reads_and_writes_show_data_last),
		cmocka_unit_test(sockets_show_addresses),
		cmocka_unit_test(programs_and_pairs),
		cmocka_unit_test(text_for_people),
		cmocka_unit_test(paths_that_could_not_be_read),
		cmocka_unit_test(numbers_have_names),
		cmocka_unit_test(addresses_are_results),
		cmocka_unit_test(unknown_calls_show_their_registers),
		cmocka_unit_test(text_is_cut_to_its_size),
		cmocka_unit_test(items_are_found_by_argument),
		cmocka_unit_test(truncated_payload_is_not_read),
		cmocka_unit_test(random_payload_does_no_harm),
	};

	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
