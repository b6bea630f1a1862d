/* What events of captures tell of descriptors and directories, and the fd lists that captures begin with. */
#include <string.h>

#include "fd_text.h"
#include "ingest_scap.h"
#include "scap_path.h"
#include "string_pool.h"

#define AT_FDCWD_SCAP (-100)
#define O_DIRECTORY_SCAP 0x400
#define F_DUPFD_SCAP 0x1
#define F_DUPFD_CLOEXEC_SCAP 0x1a
#define CLOSE_RANGE_CLOEXEC_SCAP 1
#define TOO_LONG "/PATH_TOO_LONG"

/* ---- paths ---- */

size_t scap_path(const char *directory, size_t directory_size, const char *path, size_t size, char *name)
{
	if (directory_size + size + 1 > SCAP_PATH_MAX) {
		memcpy(name, TOO_LONG, sizeof(TOO_LONG));
		return sizeof(TOO_LONG) - 1;
	}
	return scap_path_join(directory, directory_size, path, size, name, SCAP_PATH_MAX);
}

/* The current directory with a slash behind it. */
static size_t cwd_of(const struct process *process, char *directory)
{
	size_t size = process->cwd->size < SCAP_PATH_MAX - 1 ? process->cwd->size : SCAP_PATH_MAX - 1;

	memcpy(directory, process->cwd->text, size);
	if (size && directory[size - 1] != '/')
		directory[size++] = '/';
	return size;
}

static size_t directory_of(struct engine *engine, struct scap_step *step, struct scap_value dirfd, char *directory)
{
	static const char unknown[] = "<UNKNOWN>";
	int64_t num = AT_FDCWD_SCAP;
	struct fd *fd;
	size_t size;

	scap_number(dirfd, &num);
	if (num == AT_FDCWD_SCAP)
		return cwd_of(step->thread->process, directory);
	fd = num >= 0 && num <= INT32_MAX ? state_fd(engine->state, step->thread->process, (int32_t)num) : NULL;
	if (!fd) {
		memcpy(directory, unknown, sizeof(unknown));
		return sizeof(unknown) - 1;
	}
	size = fd->name->size < SCAP_PATH_MAX - 1 ? fd->name->size : SCAP_PATH_MAX - 1;
	memcpy(directory, fd->name->text, size);
	/* even of one that ends in a slash, which is the root: sysdig names files below it so */
	directory[size++] = '/';
	return size;
}

/* ---- what calls make ---- */

struct fd *scap_made(struct engine *engine, struct scap_step *step, int64_t num, struct fd *description, const char *name,
		     size_t size)
{
	step->fd = NULL;
	step->fd_num = num >= 0 && num <= INT32_MAX ? (int32_t)num : -1;
	step->thread->enter.fd_num = step->fd_num;
	description->num = step->fd_num;
	if (step->fd_num >= 0)
		step->fd = state_fd_set(engine->state, step->thread->process, description, name, size);
	return step->fd;
}

static void made(struct engine *engine, struct scap_step *step, int64_t num, enum fd_type type)
{
	struct fd description = { .type = type };

	if (num >= 0)
		scap_made(engine, step, num, &description, "", 0);
}

/* Events have device numbers as st_dev has them in user space, in 32 bits. */
static uint32_t device_of(uint32_t dev)
{
	return (dev >> 8 & 0xfff) << 20 | (dev >> 12 & 0xfff00) | (dev & 0xff);
}

/* What the enter says of the path comes first: it was read before the call changed anything. */
static void opened(struct engine *engine, struct scap_step *step, struct scap_value path, struct scap_value exit_path,
		   struct scap_value dirfd, struct scap_value flags, struct scap_value dev)
{
	struct fd description = { .type = FD_FILE };
	char directory[SCAP_PATH_MAX], name[SCAP_PATH_MAX];
	int64_t bits = 0, device = 0;
	size_t size = 0;

	if (step->result < 0 || !scap_value(step, 0).bytes)
		return;
	path = scap_text(path);
	if (!path.bytes)
		path = scap_text(exit_path);
	scap_number(flags, &bits);
	scap_number(dev, &device);
	if (bits & O_DIRECTORY_SCAP)
		description.type = FD_DIRECTORY;
	description.dev = device_of((uint32_t)device);
	if (path.bytes) {
		size = directory_of(engine, step, dirfd, directory);
		size = scap_path(directory, size, (const char *)path.bytes, path.size, name);
	}
	scap_made(engine, step, step->result, &description, path.bytes ? name : "<NA>", path.bytes ? size : 4);
}

/* What the enter says, or else the exit: should they disagree, sysdig believes the enter. */
static struct scap_value either(struct scap_value enter, struct scap_value exit)
{
	return enter.bytes && enter.size ? enter : exit;
}

static void act_open(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	const struct scap_value none = { NULL, 0 };

	switch (action) {
	case ACTION_OPEN:
		opened(engine, step, scap_enter_value(step, 0), scap_value(step, 1), none,
		       either(scap_enter_value(step, 1), scap_value(step, 2)), scap_value(step, 4));
		break;
	case ACTION_CREAT:
		opened(engine, step, scap_enter_value(step, 0), scap_value(step, 1), none, none, scap_value(step, 3));
		break;
	case ACTION_OPENAT_OLD:
		opened(engine, step, scap_enter_value(step, 1), none, scap_enter_value(step, 0),
		       scap_enter_value(step, 2), none);
		break;
	case ACTION_OPENAT:
		opened(engine, step, scap_enter_value(step, 1), scap_value(step, 2),
		       either(scap_enter_value(step, 0), scap_value(step, 1)),
		       either(scap_enter_value(step, 2), scap_value(step, 3)), scap_named(step, "dev"));
		break;
	default:
		opened(engine, step, scap_value(step, 3), none, none, scap_value(step, 2), scap_value(step, 4));
		break;
	}
}

static void act_pipe(struct engine *engine, struct scap_step *step)
{
	struct fd description = { .type = FD_PIPE };
	int64_t first = -1, second = -1, inode = 0;

	if (step->result < 0)
		return;
	scap_number(scap_value(step, 1), &first);
	scap_number(scap_value(step, 2), &second);
	scap_number(scap_value(step, 3), &inode);
	description.inode = (uint64_t)inode;
	if (first >= 0)
		scap_made(engine, step, first, &description, "", 0);
	if (second >= 0)
		scap_made(engine, step, second, &description, "", 0);
}

static void act_dup(struct engine *engine, struct scap_step *step)
{
	const struct fd *old = step->fd;
	struct fd description;

	if (step->result < 0 || !step->is_paired || !old)
		return;
	description = *old;
	if (step->result != old->num)
		scap_made(engine, step, step->result, &description, old->name->text, old->name->size);
}

static void act_fcntl(struct engine *engine, struct scap_step *step)
{
	int64_t command = 0;

	scap_number(scap_enter_value(step, 1), &command);
	if (!scap_enter_value(step, 1).bytes)
		scap_number(scap_named(step, "cmd"), &command);
	if (command == F_DUPFD_SCAP || command == F_DUPFD_CLOEXEC_SCAP)
		act_dup(engine, step);
}

static void act_memfd(struct engine *engine, struct scap_step *step)
{
	struct scap_value given = scap_text(scap_value(step, 1));
	struct fd description = { .type = FD_FILE };
	char name[256] = "memfd:";
	size_t size = strlen(name), room = sizeof(name) - size;

	if (step->result < 0)
		return;
	if (given.size > room)
		given.size = room;
	if (given.size)
		memcpy(name + size, given.bytes, given.size);
	scap_made(engine, step, step->result, &description, name, size + given.size);
}

/* ---- directories ---- */

/* Directories are kept without the slash that ends them. */
static void set_directory(struct engine *engine, struct process *process, const char *name, size_t size)
{
	while (size > 1 && name[size - 1] == '/')
		size--;
	state_set_cwd(engine->state, process, name, size);
}

static void act_directory(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	char directory[SCAP_PATH_MAX], name[SCAP_PATH_MAX];
	struct process *process = step->thread->process;
	struct process_facts *facts;
	struct scap_value path;
	size_t size;

	if (step->result < 0)
		return;
	if (action == ACTION_FCHDIR) {
		if (step->is_paired && step->fd)
			set_directory(engine, process, step->fd->name->text, step->fd->name->size);
		return;
	}
	path = scap_text(scap_value(step, 1));
	if (!path.bytes)
		return;
	size = cwd_of(process, directory);
	size = scap_path(directory, size, (const char *)path.bytes, path.size, name);
	if (action == ACTION_CHDIR) {
		set_directory(engine, process, name, size);
		return;
	}
	facts = state_facts(engine->state, process);
	if (facts)
		state_set_text(engine->state, &facts->root, name, size);
}

bool scap_act_fd(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	switch (action) {
	case ACTION_OPEN:
	case ACTION_CREAT:
	case ACTION_OPENAT_OLD:
	case ACTION_OPENAT:
	case ACTION_OPEN_BY_HANDLE:
		act_open(engine, step, action);
		break;
	case ACTION_DUP:
		act_dup(engine, step);
		break;
	case ACTION_FCNTL:
		act_fcntl(engine, step);
		break;
	case ACTION_PIPE:
		act_pipe(engine, step);
		break;
	case ACTION_EVENTFD:
		made(engine, step, step->result, FD_EVENT);
		break;
	case ACTION_SIGNALFD:
		made(engine, step, step->result, FD_SIGNAL);
		break;
	case ACTION_TIMERFD:
		made(engine, step, step->result, FD_TIMER);
		break;
	case ACTION_INOTIFY:
		made(engine, step, step->result, FD_INOTIFY);
		break;
	case ACTION_EPOLL:
		made(engine, step, step->result, FD_EVENTPOLL);
		break;
	case ACTION_MEMFD:
		act_memfd(engine, step);
		break;
	case ACTION_MADE_OTHER:
		made(engine, step, step->result, FD_OTHER);
		break;
	case ACTION_MADE_UNKNOWN:
		/* nothing is told of it, but whatever had its number is gone */
		if (step->result < 0 || step->result > INT32_MAX)
			break;
		if (step->fd && step->fd->num == step->result)
			step->fd = NULL;
		state_fd_close(engine->state, step->thread->process, (int32_t)step->result);
		break;
	case ACTION_CHDIR:
	case ACTION_FCHDIR:
	case ACTION_CHROOT:
		act_directory(engine, step, action);
		break;
	default:
		break;
	}
	return true;
}

void scap_end_fd(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	struct process *process = step->thread->process;
	int64_t first = 0, last = 0, flags = 0;
	struct fd *fd;

	if (step->result < 0)
		return;
	if (action == ACTION_CLOSE) {
		if (step->is_paired && step->fd)
			state_fd_close(engine->state, process, step->fd_num);
		return;
	}
	scap_number(scap_value(step, 1), &first);
	scap_number(scap_value(step, 2), &last);
	scap_number(scap_value(step, 3), &flags);
	first &= UINT32_MAX;
	last &= UINT32_MAX;
	if (flags & CLOSE_RANGE_CLOEXEC_SCAP || first > INT32_MAX)
		return;
	for (fd = state_fd_next(process, (int32_t)first); fd && fd->num <= last;
	     fd = state_fd_next(process, (int32_t)first)) {
		first = (int64_t)fd->num + 1;
		state_fd_close(engine->state, process, fd->num);
	}
}

/* ---- the fd lists ---- */

int ingest_scap_descriptor(struct engine *engine, const struct input *input)
{
	struct thread *thread = state_find_thread(engine->state, input->tid);
	struct fd description = *input->descriptor.description;
	const char *name = input->descriptor.name;
	size_t size = input->descriptor.name_size;
	char tuple[FD_TUPLE_MAX];

	/* a list of nobody */
	if (!thread || description.num < 0)
		return 0;
	description.was_open = true;
	/* its threads have the process's own descriptors */
	if (thread->tid != thread->process->pid && state_fd(engine->state, thread->process, description.num))
		return 0;
	if (description.has_socket) {
		const struct fd_socket *socket = &description.socket;

		size = fd_socket_name(socket, false, tuple, sizeof(tuple));
		name = tuple;
		engine->has_loose_ends = true;
		description.transport = (uint8_t)socket->protocol;
		if (socket->state == TCP_LISTEN) {
			uint16_t port = (uint16_t)(socket->local_port << 8 | socket->local_port >> 8);

			description.is_server = true;
			engine->listening[port / 8] |= (uint8_t)(1u << port % 8);
		}
	}
	state_fd_set(engine->state, thread->process, &description, name, size);
	return 0;
}
