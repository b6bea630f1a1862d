#include "capture_source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "arena.h"

#define HOST_NAME_MAX_SIZE 128

struct capture_source {
	struct source source;
	struct scap_reader *reader;
	struct arena batch;              /* what its inputs point at */
	bool has_machine;
	struct scap_machine machine;
	char hostname[HOST_NAME_MAX_SIZE];
};

/* ---- memory of a batch ---- */

static void *allocate(struct capture_source *capture, size_t size)
{
	return arena_allocate(&capture->batch, size, 8);
}

/* The text, NUL-terminated; sets *failed when memory is out. */
static const char *copy(struct capture_source *capture, struct scap_text text, bool *failed)
{
	char *bytes = text.size ? allocate(capture, text.size + 1) : NULL;

	if (!text.size)
		return "";
	if (!bytes) {
		*failed = true;
		return "";
	}
	memcpy(bytes, text.text, text.size);
	bytes[text.size] = '\0';
	return bytes;
}

/* ---- items ---- */

/* Ids of threads have 32 bits here; all ones is none. */
static uint32_t id_of(uint64_t id)
{
	return id < UINT32_MAX ? (uint32_t)id : UINT32_MAX;
}

static bool take_process(struct capture_source *capture, const struct scap_process *process, struct input *input)
{
	struct input_facts *facts = allocate(capture, sizeof(*facts));
	bool failed = false;

	if (!facts)
		return false;
	*facts = (struct input_facts){
		.exepath = copy(capture, process->exepath, &failed),
		.root = copy(capture, process->root, &failed),
		.env = process->env.text, .env_size = process->env.size,
		.cgroups = process->cgroups.text, .cgroups_size = process->cgroups.size,
		.args = process->args.text, .args_size = process->args.size,
		.gid = process->gid, .loginuid = process->loginuid, .clone_flags = process->flags,
		.tty = (int32_t)process->tty,
		.sid = process->sid, .vtid = process->vtid, .vpid = process->vpid, .vpgid = process->vpgid,
		.fdlimit = (int64_t)process->fdlimit,
		.faults_major = process->faults_major, .faults_minor = process->faults_minor,
		.vm_size = process->vm_size, .vm_rss = process->vm_rss, .vm_swap = process->vm_swap,
		.exe_writable = process->exe_writable,
	};
	*input = (struct input){ .kind = INPUT_PROCESS, .tid = id_of(process->tid), .pid = id_of(process->pid) };
	input->process.ppid = id_of(process->ptid);
	input->process.uid = process->uid;
	input->process.comm = copy(capture, process->comm, &failed);
	input->process.exe = copy(capture, process->exe, &failed);
	input->process.cwd = copy(capture, process->cwd, &failed);
	input->process.facts = facts;
	return !failed;
}

static enum fd_type fd_type_of(uint8_t type)
{
	static const uint8_t types[] = {
		FD_UNKNOWN, FD_FILE, FD_DIRECTORY, FD_IPV4, FD_IPV6, FD_IPV4, FD_IPV6, FD_PIPE, FD_UNIX, FD_EVENT,
		FD_OTHER, FD_SIGNAL, FD_EVENTPOLL, FD_INOTIFY, FD_TIMER, FD_NETLINK, FD_FILE,
	};

	return type < sizeof(types) ? types[type] : FD_OTHER;
}

/* The file has ports in host order. */
static void fill_socket(const struct scap_fd *fd, struct fd_socket *socket)
{
	static const struct {
		uint16_t protocol, type;
	} protocols[] = {
		{ 0, 0 }, { 0, 0 }, { IPPROTO_TCP, SOCK_STREAM }, { IPPROTO_UDP, SOCK_DGRAM },
		{ IPPROTO_ICMP, SOCK_RAW }, { IPPROTO_RAW, SOCK_RAW },
	};
	unsigned l4 = fd->l4proto < sizeof(protocols) / sizeof(*protocols) ? fd->l4proto : 0;
	bool listens = fd->type >= 5;

	*socket = (struct fd_socket){
		.family = fd->type % 2 ? AF_INET : AF_INET6,
		.type = protocols[l4].type,
		.protocol = protocols[l4].protocol,
		.local_port = htons(fd->source_port),
		.remote_port = htons(fd->destination_port),
	};
	if (listens)
		socket->state = TCP_LISTEN;
	else if (socket->protocol == IPPROTO_TCP)
		socket->state = TCP_ESTABLISHED;
	memcpy(socket->local, fd->source, sizeof(socket->local));
	memcpy(socket->remote, fd->destination, sizeof(socket->remote));
}

/* The file has device numbers as st_dev has them in user space, in 32 bits. */
static uint32_t device_of(uint32_t dev)
{
	return (dev >> 8 & 0xfff) << 20 | (dev >> 12 & 0xfff00) | (dev & 0xff);
}

static bool take_fd(struct capture_source *capture, const struct scap_fd *fd, struct input *input)
{
	struct fd *description = allocate(capture, sizeof(*description));

	if (!description)
		return false;
	*description = (struct fd){
		.num = (int32_t)fd->fd,
		.type = fd_type_of(fd->type),
		.inode = fd->inode,
		.dev = device_of(fd->dev),
		.has_socket = fd->type >= 3 && fd->type <= 6,
	};
	if (description->has_socket)
		fill_socket(fd, &description->socket);
	*input = (struct input){ .kind = INPUT_DESCRIPTOR, .tid = id_of(fd->tid) };
	input->descriptor.description = description;
	input->descriptor.name = fd->name.text;
	input->descriptor.name_size = fd->name.size;
	return true;
}

static bool take_user(struct capture_source *capture, const struct scap_user *user, bool is_group, struct input *input)
{
	bool failed = false;

	*input = (struct input){ .kind = INPUT_USER };
	input->user.is_group = is_group;
	input->user.uid = user->uid;
	input->user.gid = user->gid;
	input->user.name = copy(capture, user->name, &failed);
	input->user.home = copy(capture, user->home, &failed);
	input->user.shell = copy(capture, user->shell, &failed);
	return !failed;
}

static void take_interface(const struct scap_interface *interface, struct input *input)
{
	*input = (struct input){ .kind = INPUT_INTERFACE };
	input->interface.family = interface->family == 4 ? AF_INET : AF_INET6;
	memcpy(input->interface.address, interface->address, sizeof(interface->address));
	memcpy(input->interface.netmask, interface->netmask, sizeof(interface->netmask));
}

static void take_machine(struct capture_source *capture, const struct scap_machine *machine)
{
	size_t size = machine->hostname.size;

	capture->machine = *machine;
	if (size > sizeof(capture->hostname))
		size = sizeof(capture->hostname);
	memcpy(capture->hostname, machine->hostname.text, size);
	capture->machine.hostname = (struct scap_text){ .text = capture->hostname, .size = size };
	capture->has_machine = true;
}

static void take_event(const struct scap_record *event, struct input *input)
{
	input->kind = INPUT_SCAP;
	input->cpu = event->cpu;
	input->quiet = false;
	input->tid = id_of(event->tid);
	input->pid = 0;
	input->time = event->time;
	input->scap.type = event->type;
	input->scap.nparams = event->nparams;
	input->scap.flags = (uint16_t)event->dump_flags;
	input->scap.size = event->size;
	input->scap.params = event->params;
}

/* Inputs that the item is: 1, 0, or -ENOMEM. */
static int take(struct capture_source *capture, const struct scap_item *item, struct input *input)
{
	switch (item->kind) {
	case SCAP_ITEM_EVENT:
		take_event(&item->event, input);
		return 1;
	case SCAP_ITEM_SECTION:
		*input = (struct input){ .kind = INPUT_SECTION };
		return 1;
	case SCAP_ITEM_PROCESS:
		return take_process(capture, &item->process, input) ? 1 : -ENOMEM;
	case SCAP_ITEM_FD:
		if (item->fd.fd < 0 || item->fd.fd > INT32_MAX)
			return 0;
		return take_fd(capture, &item->fd, input) ? 1 : -ENOMEM;
	case SCAP_ITEM_USER:
	case SCAP_ITEM_GROUP:
		return take_user(capture, &item->user, item->kind == SCAP_ITEM_GROUP, input) ? 1 : -ENOMEM;
	case SCAP_ITEM_MACHINE:
		take_machine(capture, &item->machine);
		return 0;
	case SCAP_ITEM_INTERFACE:
		take_interface(&item->interface, input);
		return 1;
	}
	return 0;
}

/* ---- the source ---- */

/* Ends a batch where the reader would move what the inputs point at. */
static int capture_next(struct source *source, struct input *inputs, size_t max)
{
	struct capture_source *capture = (struct capture_source *)source;
	struct scap_record event;
	struct scap_item item;
	size_t count = 0;
	int got;

	arena_reuse(&capture->batch);
	while (count < max) {
		if (scap_reader_next_event(capture->reader, &event)) {
			take_event(&event, &inputs[count++]);
			continue;
		}
		if (count && !scap_reader_has_next(capture->reader))
			break;
		got = scap_reader_next(capture->reader, &item);
		if (got == 0 || got == -EBADMSG)
			return count ? (int)count : -ENODATA;
		if (got < 0)
			return count ? (int)count : got;
		got = take(capture, &item, &inputs[count]);
		if (got < 0)
			return got;
		count += (size_t)got;
	}
	return (int)count;
}

static int capture_poll_fd(struct source *source)
{
	(void)source;
	return -1;
}

static void capture_close(struct source *source)
{
	struct capture_source *capture = (struct capture_source *)source;

	arena_free(&capture->batch);
	scap_reader_close(capture->reader);
	free(capture);
}

static const struct source_operations operations = {
	.next = capture_next,
	.poll_fd = capture_poll_fd,
	.close = capture_close,
};

static struct source *new_source(struct scap_reader *reader)
{
	struct capture_source *capture = reader ? calloc(1, sizeof(*capture)) : NULL;

	if (!capture) {
		scap_reader_close(reader);
		return NULL;
	}
	capture->source.operations = &operations;
	capture->reader = reader;
	return &capture->source;
}

struct source *capture_source_open(const char *path, char *error, size_t size)
{
	char reason[200] = "not enough memory";
	struct source *source = new_source(scap_reader_open(path, reason, sizeof(reason)));

	if (!source && size)
		snprintf(error, size, "%s: %s", strcmp(path, "-") ? path : "standard input", reason);
	return source;
}

struct source *capture_source_memory(const void *bytes, size_t count, char *error, size_t size)
{
	struct source *source;

	if (size)
		snprintf(error, size, "not enough memory");
	source = new_source(scap_reader_memory(bytes, count, error, size));
	return source;
}

const char *capture_source_damage(const struct source *source)
{
	return scap_reader_error(((const struct capture_source *)source)->reader);
}

const struct scap_counts *capture_source_counts(const struct source *source)
{
	return scap_reader_counts(((const struct capture_source *)source)->reader);
}

const struct scap_machine *capture_source_machine(const struct source *source)
{
	const struct capture_source *capture = (const struct capture_source *)source;

	return capture->has_machine ? &capture->machine : NULL;
}
