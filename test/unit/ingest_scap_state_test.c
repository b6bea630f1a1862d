/* What events of captures tell of descriptors, sockets and processes. Expected names are those that sysdig 0.29.3 prints
 * for the same events. */
#include "test/unit/scap_feed.h"

/* ---- descriptors ---- */

static void test_close_shows_what_it_closes(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, 1 * MS, "/a", 3);
	scap(engine, 100, 2 * MS, SCAP_TYPE_SYSCALL_CLOSE_E, i64(none(), 3));
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_CLOSE_X, i64(none(), -EBADF));
	assert_non_null(fd_of(engine, 100, 3));
	scap(engine, 100, 4 * MS, SCAP_TYPE_SYSCALL_CLOSE_E, i64(none(), 3));
	scap(engine, 100, 5 * MS, SCAP_TYPE_SYSCALL_CLOSE_X, i64(none(), 0));
	assert_string_equal(fd_name(engine, 6), "/a");
	assert_null(fd_of(engine, 100, 3));
	engine_free(engine);
}

static void test_paths(void **state)
{
	static const struct {
		const char *given, *name;
	} paths[] = {
		{ "/etc//hosts", "/etc/hosts" },       { "x", "/home/demo/x" },
		{ "./y//z/../k", "/home/demo/y/k" },   { "../../../x", "/x" },
		{ "/", "/" },                          { "//", "/" },
		{ ".", "/home/demo" },                 { "a/..", "/home/demo" },
		{ "/..//../a/", "/a" },                { "", "/home/demo" },
		{ "a\tb", "/home/demo/a.b" },          { ".hidden/..x", "/home/demo/.hidden/..x" },
		{ "...", "/home/demo/.." },            { "foo./bar", "/home/demo/foobar" },
	};
	struct engine *engine = world();
	char long_path[1100];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		open_file(engine, 100, MS, paths[i].given, (int64_t)i);
		assert_string_equal(fd_of(engine, 100, (int32_t)i)->name->text, paths[i].name);
	}
	memset(long_path, 'y', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	open_file(engine, 100, MS, long_path, 90);
	assert_string_equal(fd_of(engine, 100, 90)->name->text, "/PATH_TOO_LONG");
	engine_free(engine);
}

static void openat(struct engine *engine, int64_t dirfd, const char *path, uint32_t flags, int64_t fd)
{
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_OPENAT_2_E, u32(u32(text(i64(none(), dirfd), path), flags), 0));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_OPENAT_2_X,
	     u32(u32(u32(text(i64(i64(none(), fd), dirfd), path), flags), 0), 0));
}

static void test_openat_and_directories(void **state)
{
	struct engine *engine = world();

	(void)state;
	openat(engine, AT_CWD, "/srv", 0x400, 3);
	assert_int_equal(fd_of(engine, 100, 3)->type, FD_DIRECTORY);
	openat(engine, 3, "../x", 1, 4);
	assert_string_equal(fd_of(engine, 100, 4)->name->text, "/x");
	openat(engine, 99, "rel", 1, 5);
	assert_string_equal(fd_of(engine, 100, 5)->name->text, "<UNKNOWN>rel");
	/* fchdir, then chdir from there */
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FCHDIR_E, i64(none(), 3));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FCHDIR_X, i64(none(), 0));
	openat(engine, AT_CWD, "f", 1, 6);
	assert_string_equal(fd_of(engine, 100, 6)->name->text, "/srv/f");
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CHDIR_E, none());
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CHDIR_X, text(i64(none(), 0), "sub"));
	assert_string_equal(state_find_process(engine_state(engine), 100)->cwd->text, "/srv/sub");
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CHDIR_X, text(i64(none(), -ENOENT), "/else"));
	assert_string_equal(state_find_process(engine_state(engine), 100)->cwd->text, "/srv/sub");
	engine_free(engine);
}

static void test_copies_and_what_has_no_path(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, MS, "/a", 3);                                                     /* 1 2 */
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_DUP_E, i64(none(), 3));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_DUP_X, i64(none(), 7));                          /* 4 */
	assert_int_equal(event_of(engine, 4)->fd->num, 7);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FCNTL_E, u8(i64(none(), 3), 1));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FCNTL_X, i64(none(), 8));
	/* F_GETFD copies nothing */
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FCNTL_E, u8(i64(none(), 3), 2));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FCNTL_X, i64(none(), 9));
	assert_string_equal(fd_of(engine, 100, 7)->name->text, "/a");
	assert_string_equal(fd_of(engine, 100, 8)->name->text, "/a");
	assert_null(fd_of(engine, 100, 9));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_PIPE_X, i64(i64(i64(i64(none(), 0), 10), 11), 4711));
	assert_int_equal(fd_of(engine, 100, 10)->type, FD_PIPE);
	assert_int_equal(fd_of(engine, 100, 11)->inode, 4711);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_EVENTFD_X, i64(none(), 12));
	assert_int_equal(fd_of(engine, 100, 12)->type, FD_EVENT);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_TIMERFD_CREATE_X, i64(none(), 13));
	assert_int_equal(fd_of(engine, 100, 13)->type, FD_TIMER);
	engine_free(engine);
}

/* ---- sockets ---- */

static void socket_call(struct engine *engine, uint32_t domain, uint32_t type, int64_t fd)
{
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SOCKET_E, u32(u32(u32(none(), domain), type), 0));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SOCKET_X, i64(none(), fd));
}

static void test_sockets_are_named_by_their_ends(void **state)
{
	static const uint8_t any8080[] = { AF_INET, 0, 0, 0, 0, 8080 & 0xff, 8080 >> 8 };
	struct engine *engine = world();
	const struct fd *fd;

	(void)state;
	socket_call(engine, AF_INET, SOCK_STREAM, 3);
	assert_int_equal(fd_of(engine, 100, 3)->type, FD_IPV4);
	assert_int_equal(fd_of(engine, 100, 3)->socket.protocol, 0);
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_CONNECT_E, i64(none(), 3));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_CONNECT_X,
	     tuple4(i64(none(), -EINPROGRESS), "10.0.0.1", 1000, "10.0.0.2", 80));
	fd = fd_of(engine, 100, 3);
	assert_string_equal(fd->name->text, "10.0.0.1:1000->10.0.0.2:80");
	assert_int_equal(fd->socket.protocol, IPPROTO_TCP);
	assert_false(fd->is_server);

	socket_call(engine, AF_INET, SOCK_STREAM, 4);
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_BIND_E, i64(none(), 4));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_BIND_X, bytes(i64(none(), 0), any8080, sizeof(any8080)));
	assert_string_equal(fd_of(engine, 100, 4)->name->text, "0.0.0.0:8080");
	assert_true(fd_of(engine, 100, 4)->is_server);

	scap(engine, 100, MS, SCAP_TYPE_SOCKET_ACCEPT4_5_E, u32(none(), 0));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_ACCEPT4_5_X, tuple4(i64(none(), 5), "5.5.5.5", 5000, "10.0.0.1", 8080));
	fd = fd_of(engine, 100, 5);
	assert_string_equal(fd->name->text, "5.5.5.5:5000->10.0.0.1:8080");
	assert_true(fd->is_server);
	assert_int_equal(ntohs(fd->socket.local_port), 8080);

	/* a refused connection leaves the socket as it was */
	socket_call(engine, AF_INET, SOCK_STREAM, 6);
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_CONNECT_E, i64(none(), 6));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_CONNECT_X,
	     tuple4(i64(none(), -ECONNREFUSED), "10.0.0.1", 1000, "10.0.0.2", 80));
	assert_string_equal(fd_of(engine, 100, 6)->name->text, "");
	engine_free(engine);
}

static void test_datagrams_tell_the_ends(void **state)
{
	struct engine *engine = world();

	(void)state;
	socket_call(engine, AF_INET, SOCK_DGRAM, 3);
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SENDTO_E,
	     tuple4(u32(i64(none(), 3), 5), "10.0.0.1", 4444, "8.8.8.8", 53));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SENDTO_X, bytes(i64(none(), 5), "query", 5));
	assert_string_equal(fd_of(engine, 100, 3)->name->text, "10.0.0.1:4444->8.8.8.8:53");
	assert_int_equal(fd_of(engine, 100, 3)->socket.protocol, IPPROTO_UDP);
	/* the answer comes from there: the client stays the client */
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_RECVFROM_E, u32(i64(none(), 3), 512));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_RECVFROM_X,
	     tuple4(bytes(i64(none(), 6), "answer", 6), "8.8.8.8", 53, "10.0.0.1", 4444));
	assert_string_equal(fd_of(engine, 100, 3)->name->text, "10.0.0.1:4444->8.8.8.8:53");
	assert_false(fd_of(engine, 100, 3)->is_server);
	/* who receives first is the server */
	socket_call(engine, AF_INET, SOCK_DGRAM, 4);
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_RECVFROM_E, u32(i64(none(), 4), 512));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_RECVFROM_X,
	     tuple4(bytes(i64(none(), 5), "query", 5), "8.8.4.4", 5353, "10.0.0.1", 53));
	assert_string_equal(fd_of(engine, 100, 4)->name->text, "8.8.4.4:5353->10.0.0.1:53");
	assert_true(fd_of(engine, 100, 4)->is_server);
	/* as sysdig has it a server shows who sent last, a client whom it sent to first */
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_RECVFROM_E, u32(i64(none(), 4), 512));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_RECVFROM_X,
	     tuple4(bytes(i64(none(), 5), "query", 5), "8.8.8.8", 7777, "10.0.0.1", 53));
	assert_string_equal(fd_of(engine, 100, 4)->name->text, "8.8.8.8:7777->10.0.0.1:53");
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SENDTO_E,
	     tuple4(u32(i64(none(), 3), 5), "10.0.0.1", 4444, "8.8.4.4", 53));
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SENDTO_X, bytes(i64(none(), 5), "query", 5));
	assert_string_equal(fd_of(engine, 100, 3)->name->text, "10.0.0.1:4444->8.8.8.8:53");
	/* what is sent from without a socket call that was seen is a socket */
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SENDTO_E,
	     tuple4(u32(i64(none(), 77), 5), "10.0.0.1", 4445, "8.8.4.4", 53));
	assert_int_equal(fd_of(engine, 100, 77)->type, FD_IPV4);
	scap(engine, 100, MS, SCAP_TYPE_SOCKET_SENDTO_X, bytes(i64(none(), 5), "query", 5));
	assert_string_equal(fd_of(engine, 100, 77)->name->text, "10.0.0.1:4445->8.8.4.4:53");
	engine_free(engine);
}

static void listed_socket(struct engine *engine, int32_t num, const char *local, uint16_t local_port, const char *remote,
			  uint16_t remote_port, uint16_t tcp_state)
{
	struct fd description = { .num = num, .type = FD_IPV4, .has_socket = true };
	struct input input = { .kind = INPUT_DESCRIPTOR, .tid = 100 };

	description.socket.family = AF_INET;
	description.socket.protocol = IPPROTO_TCP;
	description.socket.state = tcp_state;
	description.socket.local_port = htons(local_port);
	description.socket.remote_port = htons(remote_port);
	inet_pton(AF_INET, local, description.socket.local);
	inet_pton(AF_INET, remote, description.socket.remote);
	input.descriptor.description = &description;
	input.descriptor.name = "";
	feed(engine, NULL, &input);
}

static void test_fd_list_tells_who_is_the_server(void **state)
{
	struct engine *engine = world();

	(void)state;
	/* the connection is listed before the listener */
	listed_socket(engine, 4, "10.0.0.1", 80, "10.0.0.2", 5000, 1);
	listed_socket(engine, 5, "10.0.0.1", 4000, "10.0.0.2", 443, 1);
	listed_socket(engine, 3, "0.0.0.0", 80, "0.0.0.0", 0, 10);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 4));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 5));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_FSTAT_E, i64(none(), 3));
	assert_string_equal(fd_name(engine, 1), "10.0.0.2:5000->10.0.0.1:80");
	assert_true(event_of(engine, 1)->fd->is_server);
	assert_string_equal(fd_name(engine, 2), "10.0.0.1:4000->10.0.0.2:443");
	assert_false(event_of(engine, 2)->fd->is_server);
	assert_string_equal(fd_name(engine, 3), "0.0.0.0:80");
	engine_free(engine);
}

/* ---- processes ---- */

static void check_child(struct engine *engine, const char *comm)
{
	const struct thread *child = state_find_thread(engine_state(engine), 200);

	assert_non_null(child);
	assert_false(child->is_stranger);
	assert_string_equal(child->name->text, comm);
	assert_int_equal(child->process->pid, 200);
	assert_int_equal(child->process->ppid, 100);
	assert_int_equal(child->process->uid, 33);
	assert_string_equal(child->process->exe->text, "/bin/child");
	assert_string_equal(child->process->args->text, "-a -b");
	assert_string_equal(child->process->cwd->text, "/home/demo");
	assert_int_equal(child->process->facts->gid, 44);
	assert_int_equal(child->process->facts->sid, 7);
	assert_int_equal(child->process->facts->fdlimit, 77);
	assert_int_equal(child->vm_size, 50);
	assert_string_equal(fd_of(engine, 200, 3)->name->text, "/a");
}

static void test_child_inherits(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, MS, "/a", 3);
	scap(engine, 100, 2 * MS, SCAP_TYPE_SYSCALL_CLONE_20_E, none());
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(200, 100, 100, 1, 0, "app"));
	check_child(engine, "app");
	scap(engine, 200, 4 * MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(0, 200, 200, 100, 0, "app"));
	check_child(engine, "app");
	/* what it closes stays open in its parent */
	scap(engine, 200, 5 * MS, SCAP_TYPE_SYSCALL_CLOSE_E, i64(none(), 3));
	scap(engine, 200, 6 * MS, SCAP_TYPE_SYSCALL_CLOSE_X, i64(none(), 0));
	assert_null(fd_of(engine, 200, 3));
	assert_non_null(fd_of(engine, 100, 3));
	engine_free(engine);
}

static void test_child_may_be_first(void **state)
{
	struct engine *engine = world();

	(void)state;
	open_file(engine, 100, MS, "/a", 3);
	scap(engine, 200, 3 * MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(0, 200, 200, 100, 0, "kid"));
	check_child(engine, "kid");
	assert_ptr_equal(event_of(engine, 3)->thread, state_find_thread(engine_state(engine), 200));
	open_file(engine, 200, 4 * MS, "/b", 4);
	/* its parent's exit is no news */
	scap(engine, 100, 5 * MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(200, 100, 100, 1, 0, "app"));
	check_child(engine, "kid");
	assert_string_equal(fd_of(engine, 200, 4)->name->text, "/b");
	engine_free(engine);
}

static void test_thread_shares_its_process(void **state)
{
	struct engine *engine = world();
	const struct thread *thread;

	(void)state;
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLONE_20_X, clone_exit(201, 100, 100, 1, CLONE_THREAD_FLAGS, "worker"));
	thread = state_find_thread(engine_state(engine), 201);
	assert_non_null(thread);
	assert_int_equal(thread->process->pid, 100);
	assert_string_equal(thread->name->text, "worker");
	assert_string_equal(thread->process->name->text, "app");
	open_file(engine, 201, 2 * MS, "/a", 3);
	assert_string_equal(fd_of(engine, 100, 3)->name->text, "/a");
	/* the process goes with its last thread */
	scap(engine, 100, 3 * MS, SCAP_TYPE_PROCEXIT_1_E, u8(u8(i64(i64(none(), 0), 0), 0), 0));
	assert_non_null(state_find_process(engine_state(engine), 100));
	scap(engine, 201, 4 * MS, SCAP_TYPE_PROCEXIT_1_E, u8(u8(i64(i64(none(), 0), 0), 0), 0));
	assert_null(state_find_process(engine_state(engine), 100));
	engine_free(engine);
}

/* Inside a namespace the parent is told another id than the child has here. */
static void test_child_in_a_namespace_tells_of_itself(void **state)
{
	struct engine *engine = world();
	struct params *params;

	(void)state;
	params = clone_exit(8, 100, 100, 1, 0, "app");
	params->values[params->size - 16] = 3;   /* vtid */
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_CLONE_20_X, params);
	assert_null(state_find_thread(engine_state(engine), 8));
	engine_free(engine);
}

static struct params *exec_exit(int64_t result, const char *comm)
{
	struct params *params = bytes(text(i64(none(), result), "./new"), "x\0y", 4);

	i64(i64(i64(params, 100), 100), 1);
	i64(text(params, "/elsewhere"), 88);
	i64(i64(params, 13), 14);
	u32(u32(u32(params, 15), 16), 17);
	bytes(bytes(text(params, comm), "cpuset=/c", 10), "B=2", 4);
	return u32(u32(i64(u32(params, 5), 99), 42), 1);
}

static void test_execve(void **state)
{
	struct engine *engine = world();
	const struct process *process = state_find_process(engine_state(engine), 100);
	const struct process_image *image;

	(void)state;
	open_file(engine, 100, MS, "/a", 3);
	scap(engine, 100, 2 * MS, SCAP_TYPE_SYSCALL_EXECVE_19_E, text(none(), "../bin/./new"));
	scap(engine, 100, 3 * MS, SCAP_TYPE_SYSCALL_EXECVE_19_X, exec_exit(-ENOENT, "new"));
	assert_string_equal(process->name->text, "app");
	scap(engine, 100, 4 * MS, SCAP_TYPE_SYSCALL_EXECVE_19_E, text(none(), "../bin/./new"));
	scap(engine, 100, 5 * MS, SCAP_TYPE_SYSCALL_EXECVE_19_X, exec_exit(0, "new"));
	assert_string_equal(process->name->text, "new");
	assert_string_equal(process->exe->text, "./new");
	assert_string_equal(process->args->text, "x y");
	assert_string_equal(process->cwd->text, "/home/demo");
	assert_string_equal(process->facts->exepath->text, "/home/bin/new");
	assert_memory_equal(process->facts->env->text, "B=2", 4);
	assert_int_equal(process->facts->fdlimit, 88);
	assert_int_equal(process->facts->tty, 5);
	assert_int_equal(process->facts->vpgid, 99);
	assert_int_equal(process->facts->loginuid, 42);
	assert_true(process->facts->exe_writable);
	assert_string_equal(fd_of(engine, 100, 3)->name->text, "/a");
	/* what it was is known for events of before */
	image = process_image(process, 2 * MS);
	assert_non_null(image);
	assert_string_equal(image->name->text, "app");
	assert_null(process_image(process, 5 * MS));
	engine_free(engine);
}

static void test_ids_and_limits(void **state)
{
	struct engine *engine = world();
	const struct process *process = state_find_process(engine_state(engine), 100);

	(void)state;
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETUID_E, u32(none(), 5));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETUID_X, i64(none(), -EPERM));
	assert_int_equal(process->uid, 1000);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETUID_E, u32(none(), 5));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETUID_X, i64(none(), 0));
	assert_int_equal(process->uid, 5);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETRESGID_E, u32(u32(u32(none(), 1), UINT32_MAX), 3));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETRESGID_X, i64(none(), 0));
	assert_int_equal(process->facts->gid, 5);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETSID_E, none());
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_SETSID_X, i64(none(), 100));
	assert_int_equal(process->facts->sid, 100);
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_PRLIMIT_E, u8(i64(none(), 0), 7));
	scap(engine, 100, MS, SCAP_TYPE_SYSCALL_PRLIMIT_X, i64(i64(i64(i64(i64(none(), 0), 31), 32), 33), 34));
	assert_int_equal(process->facts->fdlimit, 31);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_close_shows_what_it_closes),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_openat_and_directories),
		cmocka_unit_test(test_copies_and_what_has_no_path),
		cmocka_unit_test(test_sockets_are_named_by_their_ends),
		cmocka_unit_test(test_datagrams_tell_the_ends),
		cmocka_unit_test(test_fd_list_tells_who_is_the_server),
		cmocka_unit_test(test_child_inherits),
		cmocka_unit_test(test_child_may_be_first),
		cmocka_unit_test(test_thread_shares_its_process),
		cmocka_unit_test(test_child_in_a_namespace_tells_of_itself),
		cmocka_unit_test(test_execve),
		cmocka_unit_test(test_ids_and_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
