/* What exists when the tracing starts: processes and threads first, from /proc, then their descriptors, from an iterator in
 * the kernel or, where that cannot be had, from /proc as well. It is handed out in batches between live events, so a machine
 * with many descriptors does not delay the first screen. */
#include "probe_private.h"
#include "snapshot_private.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define OVERLAYFS_MAGIC 0x794c7630
#define BTRFS_MAGIC 0x9123683e

/* Strings of one entry; the batch's inputs point into them. */
struct entry {
	char comm[16];
	char exe[PATH_MAX];
	char args[SNAPSHOT_LIST_MAX];
	char name[PATH_MAX];
	struct snapshot_facts facts;
	struct fd description;
};

#define BATCH 64

enum stage { STAGE_USERS, STAGE_GROUPS, STAGE_TASKS, STAGE_DESCRIPTORS };

struct snapshot {
	enum stage stage;
	uint32_t own_process;
	struct probe *probe;       /* borrowed */
	struct existing *existing; /* iterators of the second pass, borrowed; NULL: /proc tells */
	bool again;               /* not the first one */
	bool failed;              /* no memory for `open` */
	uint32_t *pids;           /* of the first pass, for the second */
	size_t npids, room;
	DIR *proc;                /* first pass: /proc */
	DIR *tasks, *fds;         /* of the process at hand */
	uint32_t pid;
	struct input_facts main;  /* of its main thread, without the texts */
	size_t next_pid;          /* second pass */
	uint64_t *open;           /* a bit for each descriptor of the process at hand; only if `again` */
	size_t nopen, open_room;  /* words */
	struct snapshot_sockets *sockets;
	struct entry entries[BATCH];
};

ssize_t snapshot_read_file(char *text, size_t size, const char *format, ...)
{
	char path[64];
	va_list arguments;
	ssize_t length, used = 0;
	int fd;

	va_start(arguments, format);
	vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* seq_file hands out a page at a time */
	while ((length = read(fd, text + used, size - 1 - used)) > 0)
		used += length;
	if (length < 0 && !used)
		used = -errno;
	close(fd);
	text[used > 0 ? used : 0] = 0;
	return used;
}

/* False: there is no such thread any more. */
static bool read_comm(char comm[16], uint32_t pid, uint32_t tid)
{
	ssize_t size = snapshot_read_file(comm, 16, "/proc/%u/task/%u/comm", pid, tid);

	if (size > 0 && comm[size - 1] == '\n')
		comm[size - 1] = 0;
	else if (size < 0)
		comm[0] = 0;
	return size >= 0;
}

/* First argument and the others, joined by blanks. */
static void read_command(struct entry *entry, uint32_t pid)
{
	ssize_t size = snapshot_read_file(entry->args, sizeof(entry->args), "/proc/%u/cmdline", pid);
	size_t first;

	entry->exe[0] = 0;
	if (size <= 0) {
		entry->args[0] = 0;
		return;
	}
	while (size && !entry->args[size - 1])
		size--;
	first = strnlen(entry->args, size);
	memcpy(entry->exe, entry->args, first);
	entry->exe[first] = 0;
	if (first >= (size_t)size) {
		entry->args[0] = 0;
		return;
	}
	size -= first + 1;
	memmove(entry->args, entry->args + first + 1, size);
	for (ssize_t i = 0; i < size; i++)
		if (!entry->args[i])
			entry->args[i] = ' ';
	entry->args[size] = 0;
}

static bool begins_with(const char *text, size_t size, const char *word)
{
	return size >= strlen(word) && !memcmp(text, word, strlen(word));
}

enum fd_type snapshot_fd_type(const char *link, size_t size, mode_t mode)
{
	static const struct {
		const char *name;
		enum fd_type type;
	} anonymous[] = {
		{ "anon_inode:[eventfd]", FD_EVENT },	  { "anon_inode:[eventpoll]", FD_EVENTPOLL },
		{ "anon_inode:[signalfd]", FD_SIGNAL },	  { "anon_inode:[timerfd]", FD_TIMER },
		{ "anon_inode:inotify", FD_INOTIFY },
	};

	if (begins_with(link, size, "socket:["))
		return FD_SOCKET;
	if (begins_with(link, size, "pipe:["))
		return FD_PIPE;
	for (size_t i = 0; i < sizeof(anonymous) / sizeof(*anonymous); i++)
		if (size == strlen(anonymous[i].name) && !memcmp(link, anonymous[i].name, size))
			return anonymous[i].type;
	if (begins_with(link, size, "anon_inode:"))
		return FD_OTHER;
	if (S_ISDIR(mode))
		return FD_DIRECTORY;
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return FD_DEVICE;
	return S_ISFIFO(mode) ? FD_PIPE : FD_FILE;
}

int snapshot_describe_fd(uint32_t pid, int32_t num, struct fd *description, char *name, size_t size)
{
	char path[64];
	struct statfs fs;
	struct stat st;
	ssize_t length;
	dev_t device;

	snprintf(path, sizeof(path), "/proc/%u/fd/%d", pid, num);
	length = readlink(path, name, size - 1);
	if (length < 0)
		return -errno;
	name[length] = 0;
	memset(description, 0, sizeof(*description));
	description->num = num;
	if (stat(path, &st)) {
		description->type = snapshot_fd_type(name, length, S_IFREG);
		return 0;
	}
	description->type = snapshot_fd_type(name, length, st.st_mode);
	description->inode = st.st_ino;
	device = S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
	description->dev = (major(device) << 20) | minor(device);
	/* These report other numbers to user space than the kernel has in its inode: nothing to compare with. */
	if (name[0] == '/' && !statfs(path, &fs) && (fs.f_type == OVERLAYFS_MAGIC || (unsigned)fs.f_type == BTRFS_MAGIC))
		description->inode = description->dev = 0;
	return 0;
}

struct snapshot *snapshot_new(uint32_t own_process, struct probe *probe, bool again)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	snapshot->own_process = own_process;
	snapshot->probe = probe;
	snapshot->again = again;
	snapshot->proc = opendir("/proc");
	snapshot->sockets = snapshot_sockets_new();
	setpwent();
	return snapshot;
}

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	if (snapshot->proc)
		closedir(snapshot->proc);
	if (snapshot->tasks)
		closedir(snapshot->tasks);
	if (snapshot->fds)
		closedir(snapshot->fds);
	snapshot_sockets_free(snapshot->sockets);
	free(snapshot->pids);
	free(snapshot->open);
	free(snapshot);
}

long snapshot_next_number(DIR *directory)
{
	struct dirent *entry;

	while ((entry = readdir(directory)))
		if (isdigit((unsigned char)entry->d_name[0]))
			return strtol(entry->d_name, NULL, 10);
	return -1;
}

DIR *snapshot_open_process(uint32_t pid, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, what);
	return opendir(path);
}

static bool remember(struct snapshot *snapshot, uint32_t pid)
{
	if (snapshot->npids == snapshot->room) {
		size_t room = snapshot->room ? snapshot->room * 2 : 256;
		uint32_t *pids = realloc(snapshot->pids, room * sizeof(*pids));

		if (!pids)
			return false;
		snapshot->pids = pids;
		snapshot->room = room;
	}
	snapshot->pids[snapshot->npids++] = pid;
	return true;
}

/* First pass: the next process or thread. False when there are no more. */
static bool next_task(struct snapshot *snapshot, struct entry *entry, struct input *input)
{
	uint32_t pid, tid;
	uint64_t started;
	ssize_t length;
	char path[64];
	long number;

	if (snapshot->tasks) {
		while ((number = snapshot_next_number(snapshot->tasks)) >= 0) {
			tid = number;
			/* its end may have been told already: nobody would tell it again */
			if (tid == snapshot->pid || !read_comm(entry->comm, snapshot->pid, tid))
				continue;
			snapshot_read_thread_facts(snapshot->pid, tid, &snapshot->main, &entry->facts);
			*input = (struct input){ .kind = INPUT_PROCESS, .tid = tid, .pid = snapshot->pid,
						 .process = { .comm = entry->comm, .facts = &entry->facts.facts } };
			return true;
		}
		closedir(snapshot->tasks);
		snapshot->tasks = NULL;
	}
	while (snapshot->proc && (number = snapshot_next_number(snapshot->proc)) >= 0) {
		pid = number;
		if (pid == snapshot->own_process)
			continue;
		*input = (struct input){ .kind = INPUT_PROCESS, .tid = pid, .pid = pid };
		if (!snapshot_read_facts(pid, &entry->facts, &input->process.ppid, &input->process.uid, &started))
			continue;
		input->process.started = started + snapshot->probe->epoch;
		snapshot->main = entry->facts.facts;
		read_comm(entry->comm, pid, pid);
		read_command(entry, pid);
		snprintf(path, sizeof(path), "/proc/%u/cwd", pid);
		length = readlink(path, entry->name, sizeof(entry->name) - 1);
		entry->name[length > 0 ? length : 0] = 0;
		input->process.comm = entry->comm;
		input->process.exe = entry->exe;
		input->process.args = entry->args;
		input->process.cwd = entry->name;
		input->process.facts = &entry->facts.facts;
		snapshot->pid = pid;
		snapshot->tasks = snapshot_open_process(pid, "task");
		if (!remember(snapshot, pid))
			return false;
		return true;
	}
	return false;
}

/* Notes that a descriptor is open. False without memory. */
static bool note(struct snapshot *snapshot, uint32_t number)
{
	size_t words = number / 64 + 1;

	if (words > snapshot->open_room) {
		uint64_t *open = realloc(snapshot->open, 2 * words * sizeof(*open));

		if (!open)
			return false;
		snapshot->open = open;
		snapshot->open_room = 2 * words;
	}
	while (snapshot->nopen < words)
		snapshot->open[snapshot->nopen++] = 0;
	snapshot->open[number / 64] |= 1ull << number % 64;
	return true;
}

/* The descriptors of the process at hand are all told. Whether to say so. */
static bool end_process(struct snapshot *snapshot, struct input *input)
{
	closedir(snapshot->fds);
	snapshot->fds = NULL;
	*input = (struct input){ .kind = INPUT_DESCRIPTORS, .tid = snapshot->pid, .pid = snapshot->pid,
				 .descriptors = { .bits = snapshot->open, .count = 64 * (uint32_t)snapshot->nopen } };
	return snapshot->again && !snapshot->failed;
}

/* Second pass: the next descriptor. */
static bool next_descriptor(struct snapshot *snapshot, struct entry *entry, struct input *input)
{
	for (;;) {
		long number;

		if (!snapshot->fds) {
			if (snapshot->next_pid == snapshot->npids)
				return false;
			snapshot->pid = snapshot->pids[snapshot->next_pid++];
			snapshot->fds = snapshot_open_process(snapshot->pid, "fd");
			snapshot->nopen = 0;
			if (!snapshot->fds)
				continue;
		}
		number = snapshot_next_number(snapshot->fds);
		if (number < 0) {
			if (end_process(snapshot, input))
				return true;
			continue;
		}
		if (snapshot->again && !note(snapshot, number))
			snapshot->failed = true;
		if (snapshot_describe_fd(snapshot->pid, number, &entry->description, entry->name, sizeof(entry->name)))
			continue;
		if (entry->description.type == FD_SOCKET)
			snapshot_sockets_describe(snapshot->sockets, snapshot->pid, &entry->description, entry->name,
						  sizeof(entry->name));
		*input = (struct input){ .kind = INPUT_DESCRIPTOR, .tid = snapshot->pid, .pid = snapshot->pid,
					 .descriptor = { .description = &entry->description, .name = entry->name,
							 .name_size = strlen(entry->name),
							 .again = snapshot->again } };
		return true;
	}
}

/* Names that are too long to be kept are cut. */
static bool next_user(struct entry *entry, struct input *input)
{
	const struct passwd *user = getpwent();

	if (!user) {
		endpwent();
		setgrent();
		return false;
	}
	snprintf(entry->exe, sizeof(entry->exe), "%s", user->pw_name);
	snprintf(entry->args, sizeof(entry->args), "%s", user->pw_dir ? user->pw_dir : "");
	snprintf(entry->name, sizeof(entry->name), "%s", user->pw_shell ? user->pw_shell : "");
	*input = (struct input){ .kind = INPUT_USER,
				 .user = { .uid = user->pw_uid, .gid = user->pw_gid, .name = entry->exe,
					   .home = entry->args, .shell = entry->name } };
	return true;
}

static bool next_group(struct entry *entry, struct input *input)
{
	const struct group *group = getgrent();

	if (!group) {
		endgrent();
		return false;
	}
	snprintf(entry->exe, sizeof(entry->exe), "%s", group->gr_name);
	*input = (struct input){ .kind = INPUT_USER,
				 .user = { .is_group = true, .gid = group->gr_gid, .name = entry->exe, .home = "",
					   .shell = "" } };
	return true;
}

/* Second pass, where the kernel has an iterator: as many as were read at once, at most. If it fails, what it told is told
 * again. */
static size_t existing_descriptors(struct snapshot *snapshot, uint64_t time, struct input *inputs, size_t max)
{
	struct existing_descriptor descriptor;
	size_t count = 0;
	int found = 0;

	if (!existing_has_descriptor(snapshot->existing))
		found = existing_more_descriptors(snapshot->existing);
	while (found >= 0 && count < max && count < BATCH &&
	       (found = existing_next_descriptor(snapshot->existing, &descriptor)) > 0) {
		struct entry *entry = &snapshot->entries[count];

		entry->description = descriptor.description;
		inputs[count++] = (struct input){
			.kind = INPUT_DESCRIPTOR, .tid = descriptor.pid, .pid = descriptor.pid, .time = time,
			.descriptor = { .description = &entry->description, .name = descriptor.name,
					.name_size = descriptor.name_size } };
	}
	if (found < 0)
		snapshot->existing = NULL;
	return count;
}

static void next_stage(struct snapshot *snapshot)
{
	snapshot->stage++;
	if (snapshot->stage != STAGE_DESCRIPTORS)
		return;
	/* it does not say when all descriptors of a process were told */
	snapshot->existing = snapshot->again ? NULL : probe_existing(snapshot->probe);
	if (snapshot->existing && existing_begin_descriptors(snapshot->existing))
		snapshot->existing = NULL;
}

/* Whether what is next comes from it. */
static bool has_iterator(const struct snapshot *snapshot)
{
	return snapshot->stage == STAGE_DESCRIPTORS && snapshot->existing;
}

bool snapshot_has_begun_batch(const struct snapshot *snapshot)
{
	return has_iterator(snapshot) && existing_has_descriptor(snapshot->existing);
}

int snapshot_next(struct snapshot *snapshot, uint64_t time, struct input *inputs, size_t max)
{
	size_t count = 0;

	while (count < max && count < BATCH && !has_iterator(snapshot)) {
		struct entry *entry = &snapshot->entries[count];
		bool found = false;

		switch (snapshot->stage) {
		case STAGE_USERS: found = next_user(entry, &inputs[count]); break;
		case STAGE_GROUPS: found = next_group(entry, &inputs[count]); break;
		case STAGE_TASKS: found = next_task(snapshot, entry, &inputs[count]); break;
		case STAGE_DESCRIPTORS: found = next_descriptor(snapshot, entry, &inputs[count]); break;
		}
		if (found) {
			inputs[count].time = time;
			/* the bits are those of one process at a time */
			if (inputs[count++].kind == INPUT_DESCRIPTORS)
				break;
		} else if (snapshot->stage == STAGE_DESCRIPTORS) {
			break;
		} else {
			next_stage(snapshot);
		}
	}
	if (count || !has_iterator(snapshot))
		return count;
	count = existing_descriptors(snapshot, time, inputs, max);
	/* it failed: /proc tells of all of them */
	return count || snapshot->existing ? count : (size_t)snapshot_next(snapshot, time, inputs, max);
}
