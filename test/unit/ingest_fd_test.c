/* What calls tell of descriptors. */
#include "test/unit/ingest_world.h"

static void test_open_and_close(void **data)
{
	struct world *world = *data;
	const struct event *event;
	uint64_t args[6] = { 3 };

	feed_process(world->engine, PID, 1, "sh", "sh", "", "/home/demo");
	event = open_at(world, AT_FDCWD, "notes/../a.txt", 0, 3, 77, 0100644);
	expect_fd(event->fd, FD_FILE, "/home/demo/a.txt");
	assert_int_equal(event->fd->inode, 77);
	/* the close still says what it closed */
	event = call(world, "close", 0, 3, args, NULL, 0, 0);
	expect_fd(event->fd, FD_FILE, "/home/demo/a.txt");
	assert_null(fd_of(world, 3));
	/* also if another thread was given the number before the call had returned */
	open_at(world, AT_FDCWD, "/b", 0, 3, 83, 0100644);
	expect_fd(call(world, "close", 0, 3, args, NULL, 84, 0010600)->fd, FD_FILE, "/b");
	assert_null(fd_of(world, 3));
	event = open_at(world, AT_FDCWD, "/missing", 0, -ENOENT, 0, 0);
	assert_null(event->fd);
	assert_null(fd_of(world, 3));
	/* by mode: directories, devices, named pipes; without one by flag */
	expect_fd(open_at(world, AT_FDCWD, "/var/log", 0, 4, 78, 0040755)->fd, FD_DIRECTORY, "/var/log");
	expect_fd(open_at(world, AT_FDCWD, "/dev/null", 0, 5, 79, 0020666)->fd, FD_DEVICE, "/dev/null");
	expect_fd(open_at(world, AT_FDCWD, "/fifo", 0, 6, 80, 0010644)->fd, FD_PIPE, "/fifo");
	expect_fd(open_at(world, AT_FDCWD, "/tmp", O_DIRECTORY, 7, 0, 0)->fd, FD_DIRECTORY, "/tmp");
	expect_fd(open_at(world, AT_FDCWD, "/x", 0, 8, 0, 0)->fd, FD_FILE, "/x");
	/* relative to a directory that is open */
	expect_fd(open_at(world, 4, "syslog", 0, 9, 81, 0100644)->fd, FD_FILE, "/var/log/syslog");
	/* relative to one that is not known */
	expect_fd(open_at(world, 99, "lost", 0, 10, 82, 0100644)->fd, FD_FILE, "lost");
}

static void test_directories(void **data)
{
	struct world *world = *data;
	struct feed_payload payload = { .size = 0 }, cwd = { .size = 0 };
	uint64_t args[6] = { 4 };

	feed_process(world->engine, PID, 1, "sh", "sh", "", "/home");
	feed_item(&payload, RECORD_ITEM_PATH, 0, "demo", 4);
	call(world, "chdir", -ENOENT, -1, NULL, &payload, 0, 0);
	assert_string_equal(process_of(world)->cwd->text, "/home");
	call(world, "chdir", 0, -1, NULL, &payload, 0, 0);
	assert_string_equal(process_of(world)->cwd->text, "/home/demo");
	open_at(world, AT_FDCWD, "/var", 0, 4, 78, 0040755);
	call(world, "fchdir", 0, 4, args, NULL, 78, 0040755);
	assert_string_equal(process_of(world)->cwd->text, "/var");
	feed_item(&cwd, RECORD_ITEM_OUT, 0, "/real/var", 10);
	call(world, "getcwd", 10, -1, NULL, &cwd, 0, 0);
	assert_string_equal(process_of(world)->cwd->text, "/real/var");
}

static void test_dups(void **data)
{
	struct world *world = *data;
	uint64_t dup_args[6] = { 3, 8 }, fcntl_args[6] = { 3, F_DUPFD_CLOEXEC, 20 }, bad[6] = { 40, 8 };

	open_at(world, AT_FDCWD, "/a", 0, 3, 77, 0100644);
	expect_fd(call(world, "dup", 5, 5, dup_args, NULL, 77, 0100644)->fd, FD_FILE, "/a");
	assert_int_equal(feed_last(world->engine, LANE_MASK_CALLS)->fd->num, 5);
	call(world, "dup2", 8, 8, dup_args, NULL, 77, 0100644);
	expect_fd(fd_of(world, 8), FD_FILE, "/a");
	call(world, "fcntl", 20, 3, fcntl_args, NULL, 77, 0100644);
	expect_fd(fd_of(world, 20), FD_FILE, "/a");
	assert_int_equal(world->asked.asked, 0);
	/* of one that nobody knows: the source is asked */
	world->asked.name = "/found";
	world->asked.description = (struct fd){ .type = FD_FILE, .inode = 90 };
	expect_fd(call(world, "dup2", 8, 8, bad, NULL, 90, 0100644)->fd, FD_FILE, "/found");
	expect_fd(fd_of(world, 40), FD_FILE, "/found");
	/* and where no files are told, nothing is known of it any more */
	bad[0] = 41;
	assert_null(call(world, "dup2", 8, 8, bad, NULL, 0, 0)->fd);
}

static void test_close_range(void **data)
{
	struct world *world = *data;
	uint64_t later[6] = { 3, ~0u, 4 }, now[6] = { 4, 5, 0 }, rest[6] = { 0, ~0u, 2 };

	for (int32_t num = 3; num < 8; num++)
		open_at(world, AT_FDCWD, "/a", 0, num, 77, 0100644);
	call(world, "close_range", 0, -1, later, NULL, 0, 0);
	assert_int_equal(process_of(world)->nfds, 5);
	call(world, "close_range", 0, -1, now, NULL, 0, 0);
	assert_non_null(fd_of(world, 3));
	assert_null(fd_of(world, 4));
	assert_null(fd_of(world, 5));
	assert_non_null(fd_of(world, 6));
	call(world, "close_range", 0, -1, rest, NULL, 0, 0);
	assert_int_equal(process_of(world)->nfds, 0);
}

static void test_pipes(void **data)
{
	struct world *world = *data;
	int32_t nums[2] = { 3, 4 };
	struct feed_payload payload = { .size = 0 }, pair = { .size = 0 };
	uint64_t args[6] = { 3 }, family[6] = { AF_UNIX, SOCK_STREAM };

	feed_item(&payload, RECORD_ITEM_PAIR, 0, nums, sizeof(nums));
	call(world, "pipe", 0, -1, NULL, &payload, 0, 0);
	expect_fd(fd_of(world, 3), FD_PIPE, "");
	expect_fd(fd_of(world, 4), FD_PIPE, "");
	/* its first use tells which pipe it is */
	expect_fd(call(world, "read", 0, 3, args, NULL, 555, 0010600)->fd, FD_PIPE, "pipe:[555]");
	assert_int_equal(world->asked.asked, 0);

	nums[0] = 5;
	nums[1] = 6;
	feed_item(&pair, RECORD_ITEM_PAIR, 3, nums, sizeof(nums));
	call(world, "socketpair", 0, -1, family, &pair, 0, 0);
	expect_fd(fd_of(world, 6), FD_UNIX, "");
	assert_int_equal(fd_of(world, 6)->socket.type, SOCK_STREAM);
	/* a source may tell the inode at once */
	nums[0] = 8;
	nums[1] = 9;
	pair = (struct feed_payload){ .size = 0 };
	feed_item(&pair, RECORD_ITEM_PAIR, 0, nums, sizeof(nums));
	call(world, "pipe2", 0, -1, NULL, &pair, 556, 0010600);
	expect_fd(fd_of(world, 8), FD_PIPE, "pipe:[556]");
	expect_fd(fd_of(world, 9), FD_PIPE, "pipe:[556]");
	assert_int_equal(fd_of(world, 9)->inode, 556);
	/* one that failed made nothing */
	nums[0] = 7;
	payload = (struct feed_payload){ .size = 0 };
	feed_item(&payload, RECORD_ITEM_PAIR, 0, nums, sizeof(nums));
	call(world, "pipe", -EMFILE, -1, NULL, &payload, 0, 0);
	assert_null(fd_of(world, 7));
}

static void test_others(void **data)
{
	struct world *world = *data;
	struct feed_payload name = { .size = 0 };

	assert_int_equal(call(world, "eventfd2", 3, 3, NULL, NULL, 12, 0600)->fd->type, FD_EVENT);
	assert_int_equal(call(world, "epoll_create1", 4, 4, NULL, NULL, 12, 0600)->fd->type, FD_EVENTPOLL);
	assert_int_equal(call(world, "inotify_init1", 5, 5, NULL, NULL, 12, 0600)->fd->type, FD_INOTIFY);
	assert_int_equal(call(world, "timerfd_create", 6, 6, NULL, NULL, 12, 0600)->fd->type, FD_TIMER);
	assert_int_equal(call(world, "signalfd4", 7, 7, NULL, NULL, 12, 0600)->fd->type, FD_SIGNAL);
	feed_item(&name, RECORD_ITEM_PATH, 0, "shm", 3);
	expect_fd(call(world, "memfd_create", 8, 8, NULL, &name, 13, 0100777)->fd, FD_FILE, "/memfd:shm");
	/* used again they are still what they were */
	assert_int_equal(call(world, "read", 8, 3, (uint64_t[6]){ 3 }, NULL, 12, 0600)->fd->type, FD_EVENT);
	assert_int_equal(world->asked.asked, 0);
}

/* ---- who is behind a number ---- */

static void test_first_sight(void **data)
{
	struct world *world = *data;
	uint64_t args[6] = { 3 };

	world->asked.name = "/etc/hosts";
	world->asked.description = (struct fd){ .num = 3, .type = FD_FILE, .inode = 77 };
	expect_fd(call(world, "read", 0, 3, args, NULL, 77, 0100644)->fd, FD_FILE, "/etc/hosts");
	assert_int_equal(world->asked.asked, 1);
	assert_int_equal(world->asked.pid, PID);
	assert_int_equal(world->asked.num, 3);
	call(world, "read", 0, 3, args, NULL, 77, 0100644);
	assert_int_equal(world->asked.asked, 1);

	/* the answer is about another file already: only the kernel's word counts */
	args[0] = 4;
	expect_fd(call(world, "read", 0, 4, args, NULL, 78, 0010600)->fd, FD_PIPE, "pipe:[78]");
	call(world, "read", 0, 4, args, NULL, 78, 0010600);
	assert_int_equal(world->asked.asked, 2);
	expect_fd(call(world, "read", 0, 8, (uint64_t[6]){ 8 }, NULL, 76, 0100644)->fd, FD_FILE, "");
	/* no answer */
	world->asked.name = NULL;
	expect_fd(call(world, "read", 0, 5, (uint64_t[6]){ 5 }, NULL, 79, 0140777)->fd, FD_SOCKET, "socket:[79]");
	expect_fd(call(world, "read", 0, 6, (uint64_t[6]){ 6 }, NULL, 80, 0100644)->fd, FD_FILE, "");
	/* nothing is told: unknown stays unknown, and nobody is asked */
	assert_int_equal(world->asked.asked, 5);
	assert_null(call(world, "read", 0, 7, (uint64_t[6]){ 7 }, NULL, 0, 0)->fd);
	assert_int_equal(world->asked.asked, 5);
}

/* On some file systems the inode that user space sees is not the kernel's: the answer has none. */
static void test_first_sight_without_inode(void **data)
{
	struct world *world = *data;
	uint64_t args[6] = { 3 };
	struct input input;

	world->asked.name = "/overlay/file";
	world->asked.description = (struct fd){ .num = 3, .type = FD_FILE };
	input = feed_call_input(PID, PID, 1, 2, "read", 0, 3, args, NULL);
	input.call.file_inode = 77;
	input.call.file_dev = 42;
	input.call.file_mode = 0100644;
	feed(world->engine, &world->asked.source, &input);
	expect_fd(fd_of(world, 3), FD_FILE, "/overlay/file");
	assert_int_equal(fd_of(world, 3)->inode, 77);
	assert_int_equal(fd_of(world, 3)->dev, 42);
	feed(world->engine, &world->asked.source, &input);
	assert_int_equal(world->asked.asked, 1);
	/* the type still has to fit */
	expect_fd(call(world, "read", 0, 4, (uint64_t[6]){ 4 }, NULL, 78, 0010600)->fd, FD_PIPE, "pipe:[78]");
	/* the same number on another file system is another file */
	world->asked.name = "/other";
	input.call.file_dev = 43;
	feed(world->engine, &world->asked.source, &input);
	expect_fd(fd_of(world, 3), FD_FILE, "/other");
	assert_int_equal(fd_of(world, 3)->dev, 43);
}

/* A call of any process, without arguments but its descriptor. */
static const struct fd *use(struct world *world, uint32_t pid, int32_t num, uint64_t inode, uint32_t dev, uint16_t mode)
{
	uint64_t args[6] = { num };
	struct input input = feed_call_input(pid, pid, world->now, world->now + 5, "read", 0, num, args, NULL);

	input.call.file_inode = inode;
	input.call.file_dev = dev;
	input.call.file_mode = mode;
	world->now += 10;
	feed(world->engine, &world->asked.source, &input);
	return feed_last(world->engine, LANE_MASK_CALLS)->fd;
}

#define DEVTMPFS 5
#define DEVPTS 24
#define CHARACTER 0020666

/* Numbers as in Linux's list of devices; nobody else knows a name. */
static void test_devices_by_number(void **data)
{
	struct world *world = *data;

	expect_fd(use(world, 20, 1, 900, 1 << 20 | 3, CHARACTER), FD_DEVICE, "/dev/null");
	expect_fd(use(world, 20, 2, 901, 136 << 20 | 7, 0020620), FD_DEVICE, "/dev/pts/7");
	expect_fd(use(world, 20, 3, 902, 137 << 20 | 1, 0020620), FD_DEVICE, "/dev/pts/257");
	expect_fd(use(world, 20, 4, 903, 5 << 20, CHARACTER), FD_DEVICE, "/dev/tty");
	/* a block device of that number is something else */
	expect_fd(use(world, 20, 5, 904, 1 << 20 | 3, 0060660), FD_DEVICE, "");
	expect_fd(use(world, 20, 6, 905, 10 << 20 | 200, CHARACTER), FD_DEVICE, "");
}

/* Nobody can be asked any more, but the device has been seen before: in the snapshot, when it was opened, or in
 * an answer. */
static void test_devices_of_the_dead(void **data)
{
	struct world *world = *data;
	struct fd description = { .num = 0, .type = FD_DEVICE, .inode = 3, .dev = DEVPTS };
	struct input input = { .kind = INPUT_DESCRIPTOR, .tid = 1, .pid = 1 };
	struct feed_payload payload = { .size = 0 };

	expect_fd(use(world, 20, 1, 3, DEVPTS, CHARACTER), FD_DEVICE, "");
	input.descriptor.description = &description;
	input.descriptor.name = "/dev/pts/0";
	input.descriptor.name_size = 10;
	feed(world->engine, NULL, &input);
	expect_fd(use(world, 21, 1, 3, DEVPTS, CHARACTER), FD_DEVICE, "/dev/pts/0");
	/* the same number elsewhere */
	expect_fd(use(world, 21, 2, 3, DEVTMPFS, CHARACTER), FD_DEVICE, "");

	feed_item(&payload, RECORD_ITEM_PATH, 1, "/dev/null", 9);
	input = feed_call_input(PID, PID, 1, 2, "openat", 3, 3, (uint64_t[6]){ (uint64_t)AT_FDCWD }, &payload);
	input.call.file_inode = 4;
	input.call.file_dev = DEVTMPFS;
	input.call.file_mode = CHARACTER;
	feed(world->engine, &world->asked.source, &input);
	expect_fd(use(world, 22, 7, 4, DEVTMPFS, CHARACTER), FD_DEVICE, "/dev/null");

	world->asked.name = "/dev/urandom";
	world->asked.description = (struct fd){ .type = FD_DEVICE, .inode = 9 };
	expect_fd(use(world, 23, 3, 9, DEVTMPFS, CHARACTER), FD_DEVICE, "/dev/urandom");
	world->asked.name = NULL;
	expect_fd(use(world, 24, 3, 9, DEVTMPFS, CHARACTER), FD_DEVICE, "/dev/urandom");
	/* the inode of a file may be another file's soon */
	world->asked.name = "/file";
	world->asked.description = (struct fd){ .type = FD_FILE, .inode = 9 };
	use(world, 23, 4, 9, 30, 0100644);
	world->asked.name = NULL;
	expect_fd(use(world, 24, 4, 9, 30, 0100644), FD_FILE, "");
}

/* What a process that is gone had inherited, one of its ancestors still has. */
static void test_inherited(void **data)
{
	struct world *world = *data;
	unsigned asked;

	feed_fork(world->engine, PID, PID, 100, 20, 20);
	feed_fork(world->engine, 20, 20, 110, 30, 30);
	world->asked.name = "/log";
	world->asked.description = (struct fd){ .type = FD_FILE, .inode = 77 };
	expect_fd(use(world, PID, 1, 77, 30, 0100644), FD_FILE, "/log");
	world->asked.name = NULL;
	expect_fd(use(world, 30, 1, 77, 30, 0100644), FD_FILE, "/log");
	/* under another number, of another file or file system it would be a guess */
	expect_fd(use(world, 30, 2, 78, 30, 0100644), FD_FILE, "");
	expect_fd(use(world, 20, 1, 78, 30, 0100644), FD_FILE, "");
	expect_fd(use(world, 20, 1, 77, 31, 0100644), FD_FILE, "");
	/* nobody looked at the ancestors' descriptor yet: these are asked */
	asked = world->asked.asked;
	world->asked.name = "/late";
	world->asked.description = (struct fd){ .type = FD_FILE, .inode = 79 };
	feed_exit(world->engine, 30, 30, 2000, 0, true);
	feed_fork(world->engine, 20, 20, 2100, 40, 40);
	expect_fd(use(world, 40, 8, 79, 30, 0100644), FD_FILE, "/late");
	assert_int_equal(world->asked.asked, asked + 1);
	assert_int_equal(world->asked.pid, 40);
}

/* Where no more descriptors are kept, each use would be the first sight of one. */
static void test_no_questions_without_room(void **data)
{
	struct world *world = *data;
	unsigned asked;

	engine_free(world->engine);
	world->engine = engine_new(&(struct engine_options){ .memory = (size_t)1 << 20 });
	world->asked.name = "/log";
	world->asked.description = (struct fd){ .type = FD_FILE, .inode = 77 };
	expect_fd(use(world, PID, 1, 77, 30, 0100644), FD_FILE, "/log");
	for (int32_t num = 10; num < 5000; num++)
		open_at(world, AT_FDCWD, "/file", 0, num, 1000 + num, 0100644);
	assert_null(fd_of(world, 4999));
	asked = world->asked.asked;
	for (unsigned i = 0; i < 10; i++)
		assert_null(use(world, PID, 5000, 77, 30, 0100644));
	assert_int_equal(world->asked.asked, asked);
	/* what is known stays known */
	expect_fd(use(world, PID, 1, 77, 30, 0100644), FD_FILE, "/log");
	expect_fd(use(world, PID, 10, 1010, 30, 0100644), FD_FILE, "/file");
	state_exit(engine_state(world->engine), state_find_thread(engine_state(world->engine), PID), true, 1);
	feed_call(world->engine, 99, 99, 1, 2, "getpid", 99, -1);
	expect_fd(use(world, 99, 5000, 77, 30, 0100644), FD_FILE, "/log");
}

/* A source that knows the descriptors of one process only. */
static int describe_of_parent(struct source *source, uint32_t pid, int32_t num, struct fd *description, char *name,
			      size_t size)
{
	return pid == PID ? describe(source, pid, num, description, name, size) : -ENOENT;
}

static void test_ancestors_are_asked(void **data)
{
	static const struct source_operations of_parent = { .describe_fd = describe_of_parent };
	struct world *world = *data;

	world->asked.source.operations = &of_parent;
	world->asked.name = "/log";
	world->asked.description = (struct fd){ .type = FD_FILE, .inode = 77 };
	feed_fork(world->engine, PID, PID, 100, 20, 20);
	feed_fork(world->engine, 20, 20, 110, 30, 30);
	expect_fd(use(world, 30, 1, 77, 30, 0100644), FD_FILE, "/log");
	assert_int_equal(world->asked.asked, 1);
	expect_fd(fd_of(world, 1), FD_FILE, "/log");
	/* the next one finds it there */
	expect_fd(use(world, 20, 1, 77, 30, 0100644), FD_FILE, "/log");
	assert_int_equal(world->asked.asked, 1);
	/* an ancestor's file that cannot be compared is not taken for it */
	world->asked.description.inode = 0;
	expect_fd(use(world, 30, 2, 77, 31, 0100644), FD_FILE, "");
	assert_null(fd_of(world, 2));
	/* one that ended is not asked: its id may be another's */
	world->asked.description.inode = 90;
	feed_exit(world->engine, PID, PID, 2000, 0, true);
	expect_fd(use(world, 30, 3, 90, 30, 0100644), FD_FILE, "");
	assert_int_equal(world->asked.asked, 2);
}

/* Two numbers of a process that are the same file, told apart from two that share an inode by their nature. */
static void test_copies(void **data)
{
	struct world *world = *data;

	open_at(world, AT_FDCWD, "/a", 0, 3, 77, 0100644);
	expect_fd(call(world, "read", 0, 9, (uint64_t[6]){ 9 }, NULL, 77, 0100644)->fd, FD_FILE, "/a");
	assert_int_equal(fd_of(world, 9)->num, 9);
	/* the path of a link that leads everybody elsewhere is no name for a copy */
	open_at(world, AT_FDCWD, "/dev/stdout", 0, 6, 78, 0020620);
	expect_fd(call(world, "read", 0, 7, (uint64_t[6]){ 7 }, NULL, 78, 0020620)->fd, FD_DEVICE, "");
	call(world, "eventfd2", 4, 4, NULL, NULL, 12, 0600);
	expect_fd(call(world, "read", 0, 5, (uint64_t[6]){ 5 }, NULL, 12, 0600)->fd, FD_OTHER, "");
	/* what the copy is found to be, the original is */
	world->asked.name = "/out";
	world->asked.description = (struct fd){ .type = FD_FILE, .inode = 90 };
	expect_fd(call(world, "dup2", 1, 1, (uint64_t[6]){ 11, 1 }, NULL, 90, 0100644)->fd, FD_FILE, "/out");
	world->asked.name = NULL;
	expect_fd(fd_of(world, 11), FD_FILE, "/out");
	assert_int_equal(fd_of(world, 11)->num, 11);
	expect_fd(call(world, "close", 0, 11, (uint64_t[6]){ 11 }, NULL, 0, 0)->fd, FD_FILE, "/out");
}

static void test_stale(void **data)
{
	struct world *world = *data;
	uint64_t args[6] = { 3 };
	const struct fd *old;

	old = open_at(world, AT_FDCWD, "/old", 0, 3, 77, 0100644)->fd;
	world->asked.name = "/new";
	world->asked.description = (struct fd){ .num = 3, .type = FD_FILE, .inode = 99 };
	expect_fd(call(world, "read", 0, 3, args, NULL, 99, 0100644)->fd, FD_FILE, "/new");
	/* what was recorded before keeps its own */
	expect_fd(old, FD_FILE, "/old");
	expect_fd(feed_find(world->engine, 2)->fd, FD_FILE, "/old");
	/* the same inode number on another kind of file */
	world->asked.name = NULL;
	expect_fd(call(world, "read", 0, 3, args, NULL, 99, 0010600)->fd, FD_PIPE, "pipe:[99]");
	/* closed unseen */
	assert_null(call(world, "read", -EBADF, 3, args, NULL, 0, 0)->fd);
	assert_null(fd_of(world, 3));
}

/* A source that tells no files: a write to what is open for reading only fails with EBADF, too. */
static void test_without_files(void **data)
{
	struct world *world = *data;

	open_at(world, AT_FDCWD, "/a", 0, 3, 0, 0);
	expect_fd(call(world, "write", -EBADF, 3, (uint64_t[6]){ 3 }, NULL, 0, 0)->fd, FD_FILE, "/a");
	expect_fd(fd_of(world, 3), FD_FILE, "/a");
}

static void test_snapshot(void **data)
{
	struct world *world = *data;
	struct fd description = { .num = 3, .has_socket = true, .socket = { .family = AF_INET, .type = SOCK_STREAM } };
	struct input input = { .kind = INPUT_DESCRIPTOR, .tid = PID, .pid = PID };

	feed_descriptor(world->engine, PID, 1, FD_FILE, "/out");
	expect_fd(fd_of(world, 1), FD_FILE, "/out");
	input.descriptor.description = &description;
	input.descriptor.name = "socket:[5]";
	input.descriptor.name_size = 10;
	description.socket.local_port = htons(80);
	description.socket.state = 10;
	feed(world->engine, NULL, &input);
	expect_fd(fd_of(world, 3), FD_IPV4, "0.0.0.0:80");
	/* a connection to the port that is listened on */
	description.num = 4;
	description.socket.state = 1;
	description.socket.remote_port = htons(5000);
	memcpy(description.socket.local, "\x0a\0\0\1", 4);
	memcpy(description.socket.remote, "\x0a\0\0\2", 4);
	feed(world->engine, NULL, &input);
	expect_fd(fd_of(world, 4), FD_IPV4, "10.0.0.2:5000->10.0.0.1:80");
	assert_true(fd_of(world, 4)->is_server);
	assert_int_equal(engine_counts(world->engine)->events, 0);
}

/* Found in the snapshot after events of the process have told more. */
static void test_late_snapshot(void **data)
{
	struct world *world = *data;
	struct feed_payload pair = { .size = 0 };
	int32_t nums[2] = { 5, 6 };
	const struct fd *fd;

	fd = open_at(world, AT_FDCWD, "/new", 0, 3, 77, 0100644)->fd;
	feed_descriptor(world->engine, PID, 3, FD_FILE, "/old");
	assert_ptr_equal(fd_of(world, 3), fd);
	expect_fd(fd, FD_FILE, "/new");
	fd = open_at(world, AT_FDCWD, "/dir", O_DIRECTORY, 4, 0, 0)->fd;
	feed_descriptor(world->engine, PID, 4, FD_PIPE, "pipe:[3]");
	assert_ptr_equal(fd_of(world, 4), fd);
	/* without a name it may have one, if it can be the same */
	feed_item(&pair, RECORD_ITEM_PAIR, 0, nums, sizeof(nums));
	call(world, "pipe", 0, -1, NULL, &pair, 0, 0);
	feed_descriptor(world->engine, PID, 5, FD_FILE, "/old");
	expect_fd(fd_of(world, 5), FD_PIPE, "");
	feed_descriptor(world->engine, PID, 5, FD_PIPE, "pipe:[4]");
	expect_fd(fd_of(world, 5), FD_PIPE, "pipe:[4]");
	call(world, "read", 0, 9, (uint64_t[6]){ 9 }, NULL, 80, 0100644);
	feed_descriptor(world->engine, PID, 9, FD_FILE, "/named");
	expect_fd(fd_of(world, 9), FD_FILE, "/named");
	assert_int_equal(fd_of(world, 9)->inode, 80);
	expect_fd(feed_last(world->engine, LANE_MASK_CALLS)->fd, FD_FILE, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open_and_close, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_directories, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dups, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_close_range, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pipes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_first_sight, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_first_sight_without_inode, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_devices_by_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_devices_of_the_dead, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_inherited, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ancestors_are_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_copies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stale, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_without_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_snapshot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late_snapshot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_questions_without_room, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("ingest_fd", tests, NULL, NULL);
}
