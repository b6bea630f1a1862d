#include "capture_lists.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "container.h"
#include "scap_expand_private.h"
#include "string_pool.h"
#include "users.h"

#define TCP_LISTEN 10
#define ARGS_MAX 4096u

struct lists {
	struct scap_writer *writer;
	struct process **processes;
	size_t count, room;
	int error;
	uint64_t time, *events;    /* of containers */
};

static struct scap_text text_of(const struct string *string)
{
	return string ? (struct scap_text){ .text = string->text, .size = string->size } : (struct scap_text){ "", 0 };
}

/* ---- users ---- */

static void add_user(void *context, const struct user *user)
{
	struct lists *lists = context;
	struct scap_user entry = { .uid = user->uid, .gid = user->gid, .name = text_of(user->name),
				   .home = text_of(user->home), .shell = text_of(user->shell) };

	if (!lists->error)
		lists->error = scap_writer_user(lists->writer, &entry, false);
}

static void add_group(void *context, const struct group *group)
{
	struct lists *lists = context;
	struct scap_user entry = { .gid = group->gid, .name = text_of(group->name) };

	if (!lists->error)
		lists->error = scap_writer_user(lists->writer, &entry, true);
}

/* ---- processes ---- */

static void collect(void *context, struct process *process)
{
	struct lists *lists = context;

	if (lists->count == lists->room) {
		size_t room = lists->room ? 2 * lists->room : 256;
		struct process **processes = realloc(lists->processes, room * sizeof(*processes));

		if (!processes) {
			lists->error = -ENOMEM;
			return;
		}
		lists->processes = processes;
		lists->room = room;
	}
	lists->processes[lists->count++] = process;
}

static int by_pid(const void *a, const void *b)
{
	const struct process *p = *(struct process *const *)a, *q = *(struct process *const *)b;

	return p->pid < q->pid ? -1 : p->pid > q->pid;
}

/* Joined by blanks in the state; here each ends with a NUL. */
static struct scap_text args_of(const struct process *process, char args[ARGS_MAX])
{
	size_t size = process->args->size < ARGS_MAX ? process->args->size : ARGS_MAX - 1;

	for (size_t i = 0; i < size; i++)
		args[i] = process->args->text[i] == ' ' ? 0 : process->args->text[i];
	if (size)
		args[size++] = 0;
	return (struct scap_text){ .text = args, .size = size };
}

static void fill_facts(struct scap_process *entry, const struct process_facts *facts)
{
	entry->exepath = text_of(facts->exepath);
	entry->root = text_of(facts->root);
	entry->env = text_of(facts->env);
	entry->cgroups = text_of(facts->cgroups);
	entry->sid = facts->sid;
	entry->vpgid = facts->vpgid;
	entry->gid = facts->gid;
	entry->loginuid = facts->loginuid;
	entry->tty = facts->tty;
	entry->fdlimit = facts->fdlimit > 0 ? facts->fdlimit : 0;
	entry->exe_writable = facts->exe_writable;
}

static int add_thread(struct scap_writer *writer, const struct thread *thread)
{
	const struct process *process = thread->process;
	char args[ARGS_MAX];
	struct scap_process entry = {
		.tid = thread->tid,
		.pid = process->pid,
		.ptid = process->ppid,
		.sid = -1,
		.vpgid = -1,
		.vtid = scap_vtid(thread),
		.vpid = scap_vpid(process),
		.comm = text_of(thread->name),
		.exe = text_of(process->exe),
		.cwd = text_of(process->cwd),
		.args = args_of(process, args),
		.flags = thread->clone_flags,
		.uid = process->uid,
		.gid = UINT32_MAX,
		.loginuid = UINT32_MAX,
		.vm_size = thread->vm_size,
		.vm_rss = thread->vm_rss,
		.vm_swap = thread->vm_swap,
		.faults_major = thread->faults_major,
		.faults_minor = thread->faults_minor,
	};

	if (process->facts)
		fill_facts(&entry, process->facts);
	if (thread->tid != process->pid && !entry.flags)
		entry.flags = 0x2001; /* CLONE_THREAD, CLONE_FILES */
	return scap_writer_process(writer, &entry);
}

static int add_process(struct scap_writer *writer, struct process *process, uint32_t file)
{
	int error = 0;

	for (struct thread *t = process->threads; t && !error; t = t->next_sibling) {
		if (t->is_stranger)
			continue;
		t->written = file;
		error = add_thread(writer, t);
	}
	process->written = file;
	return error;
}

/* ---- descriptors ---- */

static uint8_t l4_of(const struct fd_socket *socket)
{
	switch (socket->protocol) {
	case IPPROTO_TCP: return 2;
	case IPPROTO_UDP: return 3;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6: return 4;
	}
	return socket->type == SOCK_STREAM ? 2 : socket->type == SOCK_DGRAM ? 3 : socket->type == SOCK_RAW ? 5 : 0;
}

static bool fill_internet(struct scap_fd *entry, const struct fd *fd)
{
	static const uint8_t nowhere[16];
	const struct fd_socket *s = &fd->socket;
	bool v6 = s->family == AF_INET6, has_remote = s->remote_port || memcmp(s->remote, nowhere, 16);

	if (!fd->has_socket || (s->family != AF_INET && !v6))
		return false;
	entry->l4proto = l4_of(s);
	if (s->state == TCP_LISTEN || !has_remote) {
		entry->type = v6 ? 6 : 5;
		memcpy(entry->source, s->local, 16);
		entry->source_port = ntohs(s->local_port);
		return true;
	}
	entry->type = v6 ? 4 : 3;
	/* who connected stands first */
	memcpy(entry->source, fd->is_server ? s->remote : s->local, 16);
	memcpy(entry->destination, fd->is_server ? s->local : s->remote, 16);
	entry->source_port = ntohs(fd->is_server ? s->remote_port : s->local_port);
	entry->destination_port = ntohs(fd->is_server ? s->local_port : s->remote_port);
	return true;
}

/* Names of unix sockets of captures are "a->b path", in hex. */
static void fill_unix(struct scap_fd *entry)
{
	unsigned long long source, destination;
	char text[64];
	int used = 0;
	size_t size = entry->name.size < sizeof(text) ? entry->name.size : sizeof(text) - 1;

	memcpy(text, entry->name.text, size);
	text[size] = 0;
	if (sscanf(text, "%llx->%llx%n", &source, &destination, &used) < 2 || !used)
		return;
	used += text[used] == ' ';
	entry->unix_source = source;
	entry->unix_destination = destination;
	entry->name.text += used;
	entry->name.size -= used;
}

static int add_fd(struct scap_writer *writer, const struct process *process, const struct fd *fd)
{
	static const uint8_t types[] = {
		[FD_UNKNOWN] = 10, [FD_FILE] = 16, [FD_DIRECTORY] = 2, [FD_IPV4] = 10,	    [FD_IPV6] = 10,
		[FD_UNIX] = 8,	   [FD_NETLINK] = 15, [FD_SOCKET] = 10, [FD_PIPE] = 7,	    [FD_EVENT] = 9,
		[FD_EVENTPOLL] = 12, [FD_INOTIFY] = 13, [FD_SIGNAL] = 11, [FD_TIMER] = 14, [FD_DEVICE] = 16,
		[FD_OTHER] = 10,
	};
	struct scap_fd entry = {
		.tid = process->pid,
		.fd = fd->num,
		.inode = fd->inode,
		.type = types[fd->type],
		.dev = scap_dev(fd),
		.name = text_of(fd->name),
	};

	if (!fill_internet(&entry, fd) && entry.type == 8)
		fill_unix(&entry);
	return scap_writer_fd(writer, &entry);
}

static bool has_main_thread(const struct process *process)
{
	for (const struct thread *t = process->threads; t; t = t->next_sibling)
		if (t->tid == process->pid)
			return !t->is_stranger;
	return false;
}

/* Only of processes in the list: sysdig 0.29.3 stops at others. */
static int add_fds(struct scap_writer *writer, const struct process *process)
{
	int error = 0;

	if (!has_main_thread(process))
		return 0;
	for (struct fd *fd = state_fd_next(process, 0); fd && !error; fd = state_fd_next(process, fd->num + 1))
		error = add_fd(writer, process, fd);
	return error;
}

int capture_lists_write(struct scap_writer *writer, struct engine *engine, uint32_t file)
{
	struct lists lists = { .writer = writer };

	user_each(engine_users(engine), add_user, &lists);
	group_each(engine_users(engine), add_group, &lists);
	state_each_process(engine_state(engine), collect, &lists);
	qsort(lists.processes, lists.count, sizeof(*lists.processes), by_pid);
	for (size_t i = 0; i < lists.count && !lists.error; i++)
		lists.error = add_process(writer, lists.processes[i], file);
	for (size_t i = 0; i < lists.count && !lists.error; i++)
		lists.error = add_fds(writer, lists.processes[i]);
	free(lists.processes);
	return lists.error;
}

/* ---- containers ---- */

static void set_text(json_t *object, const char *key, const struct string *text)
{
	json_object_set_new(object, key, json_stringn(text ? text->text : "", text ? text->size : 0));
}

/* A command as an object that has one. */
static void set_command(json_t *object, const char *key, const struct string *command)
{
	json_t *probe;

	if (!command || !command->size)
		return;
	probe = json_object();
	set_text(probe, "exe", command);
	json_object_set_new(probe, "args", json_array());
	json_object_set_new(object, key, probe);
}

static void set_labels(json_t *object, const struct container *container)
{
	json_t *labels = json_object();

	for (size_t i = 0; i < container->nlabels; i++)
		set_text(labels, container->labels[i].key->text, container->labels[i].value);
	json_object_set_new(object, "labels", labels);
}

static json_t *describe(const struct container *container)
{
	json_t *root = json_object(), *object = json_object(), *mounts = json_array();

	set_text(object, "id", container->id);
	set_text(object, "full_id", container->full_id);
	json_object_set_new(object, "type", json_integer(container->type));
	set_text(object, "name", container->name);
	set_text(object, "image", container->image);
	set_text(object, "imageid", container->image_id);
	set_text(object, "imagerepo", container->image_repository);
	set_text(object, "imagetag", container->image_tag);
	set_text(object, "imagedigest", container->image_digest);
	json_object_set_new(object, "privileged", json_boolean(container->privileged > 0));
	json_object_set_new(object, "lookup_state", json_integer(1));
	set_command(object, "Healthcheck", container->healthcheck);
	set_command(object, "LivenessProbe", container->liveness_probe);
	set_command(object, "ReadinessProbe", container->readiness_probe);
	for (size_t i = 0; i < container->nmounts; i++) {
		json_t *mount = json_object();

		set_text(mount, "Source", container->mounts[i].source);
		set_text(mount, "Destination", container->mounts[i].destination);
		set_text(mount, "Mode", container->mounts[i].mode);
		json_object_set_new(mount, "RW", json_boolean(container->mounts[i].writable));
		set_text(mount, "Propagation", container->mounts[i].propagation);
		json_array_append_new(mounts, mount);
	}
	json_object_set_new(object, "Mounts", mounts);
	set_labels(object, container);
	json_object_set_new(root, "container", object);
	return root;
}

static void add_container(void *context, const struct container *container)
{
	struct lists *lists = context;
	struct scap_record record = { .time = lists->time, .tid = UINT64_MAX, .type = SCAP_TYPE_CONTAINER_JSON_2_E,
				      .nparams = 1 };
	json_t *object;
	uint8_t *params = NULL;
	char *text;

	if (lists->error || (!container->is_known && !container->nlabels))
		return;
	object = describe(container);
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text) {
		uint32_t size = strlen(text) + 1;

		record.size = 4 + size;
		params = malloc(record.size);
		if (params) {
			memcpy(params, &size, 4);
			memcpy(params + 4, text, size);
		}
	}
	record.params = params;
	lists->error = params ? scap_writer_event(lists->writer, &record) : -ENOMEM;
	*lists->events += !lists->error;
	free(params);
	free(text);
}

int capture_lists_containers(struct scap_writer *writer, struct engine *engine, uint64_t time, uint64_t *count)
{
	struct lists lists = { .writer = writer, .time = time, .events = count };

	container_each(engine_containers(engine), add_container, &lists);
	return lists.error;
}
