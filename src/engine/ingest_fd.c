/* What system calls tell of descriptors.
 *
 * The input of a call says which file (inode, mode) the kernel found behind the descriptor. What is
 * known of that number in that process is believed as long as it is the same file; otherwise it was
 * closed and opened again unseen, and the source is asked once what it is now. Of a process that has
 * ended it can tell nothing: then what it inherited is looked for with its ancestors, and devices are
 * known by their inodes. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fd_text.h"
#include "ingest.h"
#include "string_pool.h"

#define CLOSE_RANGE_FLAG_CLOEXEC 4   /* the range is closed at the next execve, not now */
#define ANCESTORS_MAX 16             /* whose descriptors are looked at for one that may have been inherited */
#define ANCESTORS_ASKED 3            /* of which the source is asked */
#define COPIES_MAX 64                /* descriptors of a process that are looked at for another of the same file */

/* What calls make that has no path. */
static const struct {
	enum fd_type type;
	const char *name;
} unnamed[] = {
	[EFFECT_EVENTFD] = { FD_EVENT, "anon_inode:[eventfd]" },
	[EFFECT_EPOLL] = { FD_EVENTPOLL, "anon_inode:[eventpoll]" },
	[EFFECT_INOTIFY] = { FD_INOTIFY, "anon_inode:inotify" },
	[EFFECT_TIMERFD] = { FD_TIMER, "anon_inode:[timerfd]" },
	[EFFECT_SIGNALFD] = { FD_SIGNAL, "anon_inode:[signalfd]" },
	[EFFECT_USERFAULTFD] = { FD_OTHER, "anon_inode:[userfaultfd]" },
	[EFFECT_PERF_EVENT] = { FD_OTHER, "anon_inode:[perf_event]" },
	[EFFECT_IO_URING] = { FD_OTHER, "anon_inode:[io_uring]" },
	[EFFECT_PIDFD] = { FD_OTHER, "anon_inode:[pidfd]" },
	[EFFECT_FANOTIFY] = { FD_OTHER, "anon_inode:[fanotify]" },
};

static struct fd describe_by_input(const struct input *input, int32_t num)
{
	return (struct fd){
		.num = num,
		.type = fd_type_of_mode(input->call.file_mode),
		.inode = input->call.file_inode,
		.dev = input->call.file_dev,
	};
}

static struct fd *set_fd(struct engine *engine, struct process *process, const struct fd *description,
			 const char *name, size_t size, bool sure)
{
	if (description->type == FD_DEVICE)
		state_device_learn(engine->state, description->dev, description->inode, name, size, sure);
	return state_fd_set(engine->state, process, description, name, size);
}

/* A descriptor as the source describes it; its name is the tuple if it is a socket that has one. */
static struct fd *set_described(struct engine *engine, struct process *process, struct fd *description,
				const char *name, size_t name_size)
{
	char tuple[FD_TUPLE_MAX];
	size_t size = 0;

	if (description->has_socket) {
		if (ingest_socket_ends(engine, &description->socket))
			description->is_server = true;
		if (description->type == FD_UNKNOWN || description->type == FD_SOCKET ||
		    description->type == FD_IPV6)
			description->type = fd_type_of_family(description->socket.family);
		size = fd_socket_name(&description->socket, description->is_server, tuple, sizeof(tuple));
	}
	return set_fd(engine, process, description, size ? tuple : name, size ? size : name_size, true);
}

/* Inodes of different file systems have the same numbers; sockets come without a file system. */
static bool is_same_inode(const struct fd *fd, const struct input *input)
{
	if (fd->inode && input->call.file_inode && fd->inode != input->call.file_inode)
		return false;
	return !fd->dev || !input->call.file_dev || fd->dev == input->call.file_dev;
}

static bool is_same_file(const struct fd *fd, const struct input *input)
{
	return is_same_inode(fd, input) && fd_type_fits_mode(fd->type, input->call.file_mode);
}

/* Asks the source what the call's descriptor is in a process: its own, or (for sure_only) one that it may come
 * from. NULL when the source cannot tell or tells of another file. */
static struct fd *ask(struct engine *engine, struct process *process, const struct input *input, bool sure_only)
{
	const struct source_operations *operations = engine->source ? engine->source->operations : NULL;
	struct fd description = { .num = input->call.fd };
	char name[FD_NAME_MAX];

	if (!operations || !operations->describe_fd || !input->call.file_inode ||
	    operations->describe_fd(engine->source, process->pid, input->call.fd, &description, name, sizeof(name)))
		return NULL;
	/* what user space sees of the file system is not always what the kernel has: the inode has to do */
	description.dev = input->call.file_dev;
	if (!is_same_file(&description, input) || (sure_only && !description.inode))
		return NULL;
	description.inode = input->call.file_inode;
	description.num = input->call.fd;
	return set_described(engine, process, &description, name, strnlen(name, sizeof(name)));
}

/* The descriptor of the call as an ancestor has it who is known to have the same file under the same number. */
static struct fd *find_inherited(struct engine *engine, struct process *process, const struct input *input)
{
	struct process *ancestor = input->call.file_inode ? process->parent : NULL;

	for (unsigned i = 0; ancestor && i < ANCESTORS_MAX; i++, ancestor = ancestor->parent) {
		struct fd *fd = state_fd(engine->state, ancestor, input->call.fd);

		if (fd && fd->inode && fd->name->size && is_same_file(fd, input))
			return fd;
	}
	return NULL;
}

/* The same where nobody looked at the ancestor's descriptor before. */
static struct fd *ask_ancestors(struct engine *engine, struct process *process, const struct input *input)
{
	struct process *ancestor = process->parent;
	unsigned asked = 0;

	for (unsigned i = 0; ancestor && i < ANCESTORS_MAX && asked < ANCESTORS_ASKED;
	     i++, ancestor = ancestor->parent) {
		struct fd *fd;

		if (ancestor->end_time || state_fd(engine->state, ancestor, input->call.fd))
			continue;
		asked++;
		fd = ask(engine, ancestor, input, true);
		if (fd)
			return fd;
	}
	return NULL;
}

/* Whether the inode tells files of this type apart; those of eventfd, epoll and the like share one. */
static bool has_own_inode(enum fd_type type)
{
	return (type > FD_UNKNOWN && type <= FD_PIPE) || type == FD_DEVICE;
}

/* Another descriptor of the process that is the same file: this one is its copy, made unseen. */
static struct fd *find_copy(struct process *process, const struct input *input)
{
	struct fd *fd = input->call.file_inode ? state_fd_next(process, 0) : NULL;

	for (unsigned i = 0; fd && i < COPIES_MAX; i++, fd = state_fd_next(process, fd->num + 1)) {
		if (fd->num != input->call.fd && fd->inode && fd->name->size && has_own_inode(fd->type) &&
		    is_same_file(fd, input) && !path_is_own(fd->name->text, fd->name->size))
			return fd;
	}
	return NULL;
}

/* The first sight of a descriptor, or of a number that came to be another file unseen. */
static struct fd *meet(struct engine *engine, struct process *process, const struct input *input)
{
	struct fd description = describe_by_input(input, input->call.fd), *fd;
	const struct string *device = NULL;
	char name[64];
	size_t size;

	/* it would be met again at every call: asking costs too much for that */
	if (state_is_full(engine->state)) {
		state_fd_close(engine->state, process, input->call.fd);
		return NULL;
	}
	fd = ask(engine, process, input, false);
	if (fd)
		return fd;
	/* it is closed again, perhaps because the process has ended */
	size = fd_inode_name(description.type, description.inode, name, sizeof(name));
	fd = find_inherited(engine, process, input);
	if (!fd && description.type == FD_DEVICE)
		device = state_device(engine->state, description.dev, description.inode);
	if (!fd && !device && (input->call.file_mode & 0170000) == 0020000)
		size = fd_device_name(description.dev, name, sizeof(name));
	if (!fd && !device)
		fd = find_copy(process, input);
	if (!fd && !device && !size)
		fd = ask_ancestors(engine, process, input);
	if (fd) {
		description = *fd;
		description.num = input->call.fd;
		return state_fd_set(engine->state, process, &description, fd->name->text, fd->name->size);
	}
	if (device)
		return state_fd_set(engine->state, process, &description, device->text, device->size);
	return state_fd_set(engine->state, process, &description, name, size);
}

/* The call is the first to tell the inode of a descriptor that was made without (pipe, socketpair, dup). */
static struct fd *learn_inode(struct engine *engine, struct process *process, struct fd *fd,
			      const struct input *input)
{
	struct fd description = *fd;
	char name[64];
	size_t size;

	description.inode = input->call.file_inode;
	description.dev = input->call.file_dev;
	size = fd->name->size ? 0 : fd_inode_name(fd->type, description.inode, name, sizeof(name));
	if (size)
		return state_fd_set(engine->state, process, &description, name, size);
	fd->inode = description.inode;
	fd->dev = description.dev;
	return fd;
}

/* The descriptor that the call used. */
static struct fd *used_fd(struct engine *engine, struct process *process, const struct input *input)
{
	struct fd *fd = state_fd(engine->state, process, input->call.fd);

	if (input->call.fd < 0)
		return NULL;
	if (!input->call.file_mode && !input->call.file_inode) {
		if (!fd || input->call.result != -EBADF || !engine->has_files)
			return fd;
		/* closed unseen, perhaps by execve */
		state_fd_close(engine->state, process, input->call.fd);
		return NULL;
	}
	engine->has_files = true;
	if (!fd || !is_same_file(fd, input))
		return meet(engine, process, input);
	if (!fd->inode && input->call.file_inode)
		return learn_inode(engine, process, fd, input);
	return fd;
}

static size_t resolve(struct engine *engine, struct process *process, const struct input *input, int directory_arg,
		      int path_arg, char *name)
{
	const struct string *directory = process->cwd;
	size_t size;
	const char *path = input_item(input, RECORD_ITEM_PATH, path_arg, &size);

	if (!path)
		return 0;
	if (directory_arg >= 0 && (int32_t)input->call.args[directory_arg] != AT_FDCWD) {
		struct fd *fd = state_fd(engine->state, process, (int32_t)input->call.args[directory_arg]);

		return path_resolve(fd ? fd->name->text : "", fd ? fd->name->size : 0, path, size, name);
	}
	return path_resolve(directory->text, directory->size, path, size, name);
}

static struct fd *opened(struct engine *engine, struct process *process, const struct input *input, int directory_arg,
			 int path_arg)
{
	struct fd description = describe_by_input(input, input->call.fd);
	char name[FD_NAME_MAX];
	size_t size = resolve(engine, process, input, directory_arg, path_arg, name);

	if (!size)
		return meet(engine, process, input);
	if (!input->call.file_mode)
		description.type = input->call.args[path_arg + 1] & O_DIRECTORY ? FD_DIRECTORY : FD_FILE;
	return set_fd(engine, process, &description, name, size, false);
}

static struct fd *made(struct engine *engine, struct process *process, const struct input *input, enum fd_type type,
		       const char *name)
{
	struct fd description = describe_by_input(input, input->call.fd);

	description.type = type;
	return state_fd_set(engine->state, process, &description, name, strlen(name));
}

static struct fd *made_memfd(struct engine *engine, struct process *process, const struct input *input)
{
	char name[256] = "/memfd:";
	const char *given;
	size_t size;

	given = input_item(input, RECORD_ITEM_PATH, 0, &size);
	if (given)
		strncat(name, given, size < sizeof(name) - 8 ? size : sizeof(name) - 8);
	return made(engine, process, input, FD_FILE, name);
}

static void made_pair(struct engine *engine, struct process *process, const struct input *input, bool sockets)
{
	const char *item;
	char name[64] = "";
	int32_t nums[2];
	size_t size, name_size = 0;

	/* both ends of a pipe are one inode, which the source may tell */
	if (!sockets && fd_type_of_mode(input->call.file_mode) == FD_PIPE)
		name_size = fd_inode_name(FD_PIPE, input->call.file_inode, name, sizeof(name));
	item = input_item(input, RECORD_ITEM_PAIR, -1, &size);
	if (!item || size < sizeof(nums))
		return;
	memcpy(nums, item, sizeof(nums));
	for (unsigned i = 0; i < 2; i++) {
		struct fd description = { .num = nums[i], .type = FD_PIPE };

		if (name_size) {
			description.inode = input->call.file_inode;
			description.dev = input->call.file_dev;
		}
		if (sockets)
			ingest_new_socket(engine, process, input, nums[i]);
		else
			state_fd_set(engine->state, process, &description, name, name_size);
	}
}

static void changed_directory(struct engine *engine, struct process *process, const struct input *input,
			      enum call_effect effect)
{
	char name[FD_NAME_MAX];
	const char *item;
	struct fd *fd;
	size_t size = 0;

	switch (effect) {
	case EFFECT_CHDIR:
		size = resolve(engine, process, input, -1, 0, name);
		item = name;
		break;
	case EFFECT_FCHDIR:
		fd = used_fd(engine, process, input);
		item = fd ? fd->name->text : "";
		size = fd ? fd->name->size : 0;
		break;
	default:
		item = input_item(input, RECORD_ITEM_OUT, 0, &size);
		size = item ? strnlen(item, size < FD_NAME_MAX ? size : FD_NAME_MAX - 1) : 0;
		break;
	}
	if (size && item[0] == '/')
		state_set_cwd(engine->state, process, item, size);
}

static void duplicated(struct engine *engine, struct process *process, const struct input *input)
{
	int32_t old = (int32_t)input->call.args[0];

	/* with an unknown original the copy is as unknown, whatever had its number before */
	if (!state_fd_dup(engine->state, process, old, (int32_t)input->call.result) && old != input->call.result)
		state_fd_close(engine->state, process, (int32_t)input->call.result);
}

/* What the copy turned out to be, the original is. */
static struct fd *dup_used(struct engine *engine, struct process *process, const struct input *input)
{
	int32_t num = (int32_t)input->call.args[0];
	struct fd *copy, *fd;

	duplicated(engine, process, input);
	copy = used_fd(engine, process, input);
	if (!copy || copy->num == num || !copy->inode)
		return copy;
	fd = state_fd(engine->state, process, num);
	if (!fd || !is_same_file(fd, input) || (!fd->name->size && copy->name->size))
		state_fd_dup(engine->state, process, copy->num, num);
	return copy;
}

/* What a call that succeeded did; the descriptor it is about. */
static struct fd *apply(struct engine *engine, struct process *process, const struct input *input,
			const struct call_rule *rule)
{
	switch ((enum call_effect)rule->effect) {
	case EFFECT_OPEN:
		return opened(engine, process, input, -1, 0);
	case EFFECT_OPENAT:
		return opened(engine, process, input, 0, 1);
	case EFFECT_DUP:
		return dup_used(engine, process, input);
	case EFFECT_FCNTL:
		if ((int)input->call.args[1] == F_DUPFD || (int)input->call.args[1] == F_DUPFD_CLOEXEC) {
			/* first make sure of what is copied */
			used_fd(engine, process, input);
			duplicated(engine, process, input);
		}
		break;
	case EFFECT_PIPE:
	case EFFECT_SOCKETPAIR:
		made_pair(engine, process, input, rule->effect == EFFECT_SOCKETPAIR);
		break;
	case EFFECT_SOCKET:
		return ingest_new_socket(engine, process, input, input->call.fd);
	case EFFECT_ACCEPT:
		return ingest_accept(engine, process, input);
	case EFFECT_EVENTFD:
	case EFFECT_EPOLL:
	case EFFECT_INOTIFY:
	case EFFECT_TIMERFD:
	case EFFECT_SIGNALFD:
	case EFFECT_USERFAULTFD:
	case EFFECT_PERF_EVENT:
	case EFFECT_IO_URING:
	case EFFECT_PIDFD:
	case EFFECT_FANOTIFY:
		return made(engine, process, input, unnamed[rule->effect].type, unnamed[rule->effect].name);
	case EFFECT_MEMFD:
		return made_memfd(engine, process, input);
	case EFFECT_CHDIR:
	case EFFECT_FCHDIR:
	case EFFECT_GETCWD:
		changed_directory(engine, process, input, rule->effect);
		break;
	default:
		/* a call without a rule of its own that made a descriptor: whatever had its number is gone */
		if (rule->effect == EFFECT_NONE && input->call.file_mode)
			return meet(engine, process, input);
		if (rule->effect == EFFECT_NONE)
			state_fd_close(engine->state, process, input->call.fd);
		break;
	}
	return used_fd(engine, process, input);
}

struct fd *ingest_fd(struct engine *engine, struct process *process, const struct input *input,
		     const struct call_rule *rule)
{
	bool sockets = rule->flags & RECORD_ROW_SOCKET;
	struct fd *fd;

	/* when the call returned its number may have been someone else's already */
	if (rule->effect == EFFECT_CLOSE)
		return state_fd(engine->state, process, input->call.fd);
	if (input_succeeded(input) && input->call.args && (rule->effect || rule->flags & RECORD_ROW_FD_RESULT))
		fd = apply(engine, process, input, rule);
	else
		fd = used_fd(engine, process, input);
	if (fd && sockets && rule->effect != EFFECT_ACCEPT)
		fd = ingest_socket(engine, process, fd, input, rule->effect);
	return fd;
}

void ingest_closed(struct engine *engine, struct process *process, const struct input *input,
		   const struct call_rule *rule)
{
	struct fd *fd;
	uint32_t last;

	if (rule->effect == EFFECT_CLOSE) {
		/* whatever it returns, afterwards the number is free */
		state_fd_close(engine->state, process, input->call.fd);
	} else if (rule->effect == EFFECT_CLOSE_RANGE && input->call.result == 0 && input->call.args &&
		   !(input->call.args[2] & CLOSE_RANGE_FLAG_CLOEXEC) && input->call.args[0] <= INT32_MAX) {
		last = (uint32_t)input->call.args[1];
		fd = state_fd_next(process, (int32_t)input->call.args[0]);
		while (fd && (uint32_t)fd->num <= last) {
			int32_t num = fd->num;

			state_fd_close(engine->state, process, num);
			fd = state_fd_next(process, num + 1);
		}
	}
}

/* Whether the machine has another file there than what events told, some of which were lost. */
static bool is_other(const struct fd *known, const struct fd *description)
{
	if (description->has_socket && !known->has_socket)
		return true;
	if (!known->inode || !description->inode)
		return known->type != description->type;
	return known->inode != description->inode || (known->dev && description->dev && known->dev != description->dev);
}

int ingest_snapshot_fd(struct engine *engine, struct process *process, const struct input *input)
{
	struct fd description = *input->descriptor.description;
	const struct fd *known = state_fd(engine->state, process, description.num);

	if (input->descriptor.again && known && is_other(known, &description))
		known = NULL;
	/* What events told is newer, and if it is not, the next use will show. It may have no name. */
	if (known && known->name->size)
		return 0;
	if (known && ((known->inode && description.inode && known->inode != description.inode) ||
		      (known->type != description.type && known->type != FD_UNKNOWN)))
		return 0;
	if (known && known->inode) {
		description.inode = known->inode;
		description.dev = known->dev;
	}
	set_described(engine, process, &description, input->descriptor.name, input->descriptor.name_size);
	return 0;
}
