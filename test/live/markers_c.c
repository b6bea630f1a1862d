/* Writes spans in every way a C program can and says how long each really took.
 *
 * It opens /dev/null, prints "ready", waits for a line on its input (so that a tracer may start after the descriptor was
 * opened), then prints for each span a line
 *
 *	tags	shortest	longest
 *
 * The clock is read before and after each marker, so the true duration lies between shortest and longest, in ns. Spans that must
 * not be counted print nothing. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct mark {
	int64_t before, after;
};

typedef ssize_t (*writer)(int fd, const void *text, size_t size);

static int null_fd;

static void check(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "markers_c: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void pass(int microseconds)
{
	struct timespec t = { .tv_nsec = microseconds * 1000L };

	nanosleep(&t, NULL);
}

static struct mark put(writer write_to, int fd, const char *text)
{
	struct mark mark = { .before = now() };

	check(write_to(fd, text, strlen(text)) == (ssize_t)strlen(text), text);
	mark.after = now();
	return mark;
}

static struct mark say(const char *text)
{
	return put(write, null_fd, text);
}

/* One write: the lines of several threads and processes do not mix. */
static void report(const char *tags, struct mark enter, struct mark leave)
{
	char line[256];
	int size = snprintf(line, sizeof(line), "%s\t%lld\t%lld\n", tags, (long long)(leave.before - enter.after),
			    (long long)(leave.after - enter.before));

	check(write(1, line, (size_t)size) == size, "write");
}

/* One span of a few milliseconds through a way of writing and a descriptor. */
static void span_through(writer write_to, int fd, const char *id, const char *tags, int microseconds)
{
	char text[256];
	struct mark enter, leave;

	snprintf(text, sizeof(text), ">:%s:%s::", id, tags);
	enter = put(write_to, fd, text);
	pass(microseconds);
	text[0] = '<';
	leave = put(write_to, fd, text);
	report(tags, enter, leave);
}

static void nested(void)
{
	struct mark root, child, end;

	for (int i = 0; i < 5; i++) {
		root = say(">:t:c_nested:turn=1:");
		child = say(">:t:c_nested.child::");
		span_through(write, null_fd, "t", "c_nested.child.leaf", 1000 + 500 * i);
		span_through(write, null_fd, "t", "c_nested.child.leaf", 300);
		end = say("<:t:c_nested.child::");
		report("c_nested.child", child, end);
		pass(700);
		end = say("<:t:c_nested:ret=0:");
		report("c_nested", root, end);
	}
}

static void overlapping(void)
{
	struct mark first = say(">:1:c_overlap::"), second, end;

	pass(2000);
	second = say(">:2:c_overlap::");
	pass(3000);
	end = say("<:1:c_overlap::");
	report("c_overlap", first, end);
	pass(4000);
	end = say("<:2:c_overlap::");
	report("c_overlap", second, end);

	/* The same id and tags twice: last in, first out. */
	first = say(">:7:c_lifo::");
	pass(8000);
	second = say(">:7:c_lifo::");
	pass(1000);
	end = say("<:7:c_lifo::");
	report("c_lifo", second, end);
	pass(1000);
	end = say("<:7:c_lifo::");
	report("c_lifo", first, end);
}

static void *thread_spans(void *unused)
{
	(void)unused;
	for (int i = 0; i < 25; i++)
		span_through(write, null_fd, "t", "c_threads", 1000 + 100 * i);
	return NULL;
}

static void threads(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		check(!pthread_create(&threads[i], NULL, thread_spans, NULL), "pthread_create");
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void *say_exit(void *mark)
{
	*(struct mark *)mark = say("<:p:c_id_p::");
	return NULL;
}

/* Enter and exit by two children of one parent, or by parent and child. */
static void across_processes(const char *id, const char *tags)
{
	struct mark *marks = mmap(NULL, sizeof(*marks) * 2, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char text[64];

	check(marks != MAP_FAILED, "mmap");
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();

		check(pid >= 0, "fork");
		if (!pid) {
			snprintf(text, sizeof(text), "%c:%s:%s::", i ? '<' : '>', id, tags);
			marks[i] = say(text);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		pass(2000);
	}
	report(tags, marks[0], marks[1]);
	munmap(marks, sizeof(*marks) * 2);
}

static void ids(void)
{
	struct mark enter, leave;
	pthread_t thread;

	span_through(write, null_fd, "t", "c_id_t", 1000);
	enter = say(">:p:c_id_p::");
	pass(1500);
	check(!pthread_create(&thread, NULL, say_exit, &leave), "pthread_create");
	pthread_join(thread, NULL);
	report("c_id_p", enter, leave);
	across_processes("pp", "c_id_pp");
	across_processes("g", "c_id_g");
	across_processes("", "c_id_empty");
	across_processes("9000000001", "c_id_number");
	span_through(write, null_fd, "-5", "c_id_negative", 1000);
	span_through(write, null_fd, "0", "c_id_zero", 1000);
	/* An id is a number: t in the main thread is the same as p. */
	enter = say(">:t:c_id_mixed::");
	pass(1000);
	leave = say("<:p:c_id_mixed::");
	report("c_id_mixed", enter, leave);
}

static void json(void)
{
	struct mark root = say("[\">\", \"t\", [\"c_json\"], [{\"url\": \"/a?b=c\"}, {\"n\": \"5\"}]]"), child, end;

	child = say("[\">\",\"t\",[\"c_json\",\"part\"],[]]");
	pass(1200);
	end = say("[\"<\",\"t\",[\"c_json\",\"part\"],[]]");
	report("c_json.part", child, end);
	end = say("[\"<\", \"t\", [\"c_json\"], [{\"ret\": \"0\"}]]");
	report("c_json", root, end);
}

/* 4096 bytes, the last of them the colon that ends the marker. */
static void long_marker(void)
{
	static const char head[] = ">:t:c_long:a=";
	char text[4097];
	struct mark enter, leave;

	memset(text, 'x', sizeof(text));
	memcpy(text, head, sizeof(head) - 1);
	strcpy(text + 4095, ":");
	enter = say(text);
	pass(1000);
	text[0] = '<';
	leave = say(text);
	report("c_long", enter, leave);
}

static ssize_t write_vector(int fd, const void *text, size_t size)
{
	struct iovec parts[3] = {
		{ (void *)text, 1 }, { (char *)text + 1, 4 }, { (char *)text + 5, size - 5 },
	};

	return writev(fd, parts, 3);
}

static ssize_t write_at(int fd, const void *text, size_t size)
{
	return pwrite(fd, text, size, 0);
}

static ssize_t write_vector_at(int fd, const void *text, size_t size)
{
	struct iovec part = { (void *)text, size };

	return pwritev(fd, &part, 1, 0);
}

static ssize_t write_in_pieces(int fd, const void *text, size_t size)
{
	const char *at = text;

	if (write(fd, at, 4) != 4 || write(fd, at + 4, 3) != 3)
		return -1;
	return write(fd, at + 7, size - 7) + 7;
}

/* From a page of a file that nothing has touched yet: it is not in this process's memory when the call begins. */
static ssize_t write_unread(int fd, const void *text, size_t size)
{
	int file = memfd_create("marker", MFD_CLOEXEC);
	char *page;
	ssize_t written;

	if (file < 0 || write(file, text, size) != (ssize_t)size)
		return -1;
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
	if (page == MAP_FAILED)
		return -1;
	written = write(fd, page, size);
	/* The text must stay a moment for whoever comes to read it late. */
	pass(100000);
	munmap(page, 4096);
	close(file);
	return written;
}

static void ways_of_writing(void)
{
	int other = fcntl(null_fd, F_DUPFD, 100), read_only = open("/dev/null", O_RDONLY);
	static const char failing[] = ">:t:c_readonly::<:t:c_readonly::";

	check(other >= 100 && dup2(other, 1000) == 1000 && read_only >= 0, "dup");
	span_through(write, other, "t", "c_dup", 1000);
	span_through(write, 1000, "t", "c_dup", 2000);
	span_through(write_vector, null_fd, "t", "c_writev", 1000);
	span_through(write_at, null_fd, "t", "c_pwrite", 1000);
	span_through(write_vector_at, null_fd, "t", "c_pwritev", 1000);
	span_through(write_in_pieces, null_fd, "t", "c_pieces", 1000);
	/* Fails with EBADF, so it says nothing. */
	check(write(read_only, failing, 16) < 0 && write(read_only, failing + 16, 16) < 0, "read-only");
}

/* The span is as long as the time between two writes of unread text, whose return is late. */
static void unread(void)
{
	struct mark enter, leave;

	enter.before = now();
	check(write_unread(null_fd, ">:t:c_unread::", 14) == 14, "unread");
	enter.after = now() - 100000000;
	leave.before = now();
	check(write_unread(null_fd, "<:t:c_unread::", 14) == 14, "unread");
	leave.after = now() - 100000000;
	report("c_unread", enter, leave);
}

/* A device of its own in a mount namespace of its own: another path, another inode, the same device number. */
static void in_namespace(void)
{
	char directory[] = "/tmp/spantop-test.XXXXXX", device[64];
	int status;
	pid_t pid;

	check(mkdtemp(directory) != NULL, "mkdtemp");
	pid = fork();
	check(pid >= 0, "fork");
	if (!pid) {
		int fd;

		check(!unshare(CLONE_NEWNS), "unshare");
		/* In a chroot / is no mount; then the tmpfs may show outside, until it is taken away below. */
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			check(errno == EINVAL, "private /");
		check(!mount("none", directory, "tmpfs", 0, NULL), "tmpfs");
		snprintf(device, sizeof(device), "%s/nowhere", directory);
		check(!mknod(device, S_IFCHR | 0666, makedev(1, 3)), "mknod");
		fd = open(device, O_WRONLY);
		check(fd >= 0, "open");
		span_through(write, fd, "t", "c_namespace", 1000);
		check(!umount2(directory, MNT_DETACH), "umount");
		_exit(0);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0, "the child in a namespace");
	check(!rmdir(directory), "rmdir");
}

/* A process dies inside its span; the next one's span of the same name is a span of its own. */
static void unfinished(void)
{
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();

		check(pid >= 0, "fork");
		if (!pid) {
			if (i == 0)
				say(">:t:c_unfinished::");
			else
				span_through(write, null_fd, "t", "c_unfinished", 1000);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

int main(void)
{
	char line[16];

	null_fd = open("/dev/null", O_WRONLY);
	check(null_fd >= 0, "/dev/null");
	check(write(1, "ready\n", 6) == 6, "write");
	if (read(0, line, sizeof(line)) <= 0)
		return 1;
	span_through(write, null_fd, "t", "c_early", 1000);
	nested();
	overlapping();
	threads();
	ids();
	json();
	long_marker();
	ways_of_writing();
	unread();
	in_namespace();
	unfinished();
	return 0;
}
