/* Blocks as sysdig 0.29.3 writes them. Its reader refuses texts that are too long for it, so they are cut. */
#include "writer_private.h"

#include <errno.h>

#define LIST_MAX (1u << 20)       /* a list goes on in another block then */
#define PATH_SIZE_MAX 1023        /* the longest texts that its reader takes */
#define LIST_SIZE_MAX 4095
#define NAME_SIZE_MAX 255
#define EVENT_BODY_MAX 65536      /* of an event, the block's length words but one included */

static size_t padding(size_t size)
{
	return -size & 3;
}

/* Ends the block that starts there; its body is complete. There is room for it. */
static void end_block(struct scap_writer *writer, size_t start)
{
	size_t body = writer->size - start - 8, pad = padding(body);
	uint32_t total = body + pad + 12;
	uint8_t *at = writer->out + writer->size;

	memset(at, 0, pad);
	put_u32(at + pad, total);
	put_u32(writer->out + start + 4, total);
	writer->size += pad + 4;
	writer->bytes += total;
}

void writer_end_list(struct scap_writer *writer)
{
	if (!writer->list)
		return;
	/* the room was reserved together with the last entry */
	end_block(writer, writer->list_start);
	writer->list = 0;
}

/* Room for an entry of a list, which is begun if this kind is not being filled already (or is long enough). */
static uint8_t *entry(struct scap_writer *writer, uint32_t list, uint64_t tid, size_t size)
{
	uint8_t *at;

	if (writer->list && (writer->list != list || writer->size - writer->list_start >= LIST_MAX ||
			     (list == BLOCK_FDS && writer->list_tid != tid))) {
		writer_end_list(writer);
		if (writer_blocks_done(writer))
			return NULL;
	}
	at = writer_reserve(writer, size + 32);
	if (!at || writer->list == list)
		return at;
	writer->list = list;
	writer->list_start = writer->size;
	writer->list_tid = tid;
	at = put_u32(at, list);
	at = put_u32(at, 0);
	if (list == BLOCK_FDS)
		at = put_u64(at, tid);
	writer->size = at - writer->out;
	return at;
}

static int entry_done(struct scap_writer *writer, uint8_t *end)
{
	writer->size = end - writer->out;
	return 0;
}

static struct scap_text cut(struct scap_text text, size_t most)
{
	if (text.size > most)
		text.size = most;
	return text;
}

static uint8_t *put_text(uint8_t *at, struct scap_text text, size_t most)
{
	text = cut(text, most);
	return put_bytes(put_u16(at, text.size), text.text, text.size);
}

/* Of texts that each end with a NUL, also if they were cut. */
static uint8_t *put_texts(uint8_t *at, struct scap_text text)
{
	size_t most = LIST_SIZE_MAX;

	at = put_text(at, text, most);
	if (text.size > most)
		at[-1] = 0;
	return at;
}

int scap_writer_machine(struct scap_writer *writer, const struct scap_machine *machine)
{
	struct scap_text hostname = cut(machine->hostname, 127);
	uint8_t *at;
	size_t start;

	writer_end_list(writer);
	at = writer_reserve(writer, 192);
	if (!at)
		return writer->error;
	start = writer->size;
	at = put_u32(at, BLOCK_MACHINE);
	at = put_u32(at, 0);
	at = put_u32(at, machine->cpus);
	at = put_u64(at, machine->memory);
	at = put_u64(at, machine->max_pid);
	memset(at, 0, 128 + 4 * 8);
	put_bytes(at, hostname.text, hostname.size);
	put_u64(at + 128, machine->boot_time);
	writer->size = at + 128 + 4 * 8 - writer->out;
	end_block(writer, start);
	return 0;
}

int scap_writer_interface(struct scap_writer *writer, const struct scap_interface *interface)
{
	size_t address = interface->family == 6 ? 16 : 4;
	struct scap_text name = cut(interface->name, NAME_SIZE_MAX);
	uint32_t size = 4 + 3 * address + 8 + name.size;
	uint8_t *at = entry(writer, BLOCK_INTERFACES, 0, 4 + size);

	if (!at)
		return writer->error;
	at = put_u32(at, size);
	at = put_u16(at, interface->family == 6 ? 2 : 1);
	at = put_u16(at, name.size);
	at = put_bytes(at, interface->address, address);
	at = put_bytes(at, interface->netmask, address);
	at = put_bytes(at, interface->broadcast, address);
	at = put_u64(at, interface->link_speed);
	return entry_done(writer, put_bytes(at, name.text, name.size));
}

int scap_writer_user(struct scap_writer *writer, const struct scap_user *user, bool is_group)
{
	uint8_t *start = entry(writer, BLOCK_USERS, 0, 32 + user->name.size + user->home.size + user->shell.size), *at;

	if (!start)
		return writer->error;
	at = put_u8(start + 4, is_group);
	if (!is_group)
		at = put_u32(at, user->uid);
	at = put_u32(at, user->gid);
	at = put_text(at, user->name, NAME_SIZE_MAX);
	if (!is_group) {
		at = put_text(at, user->home, PATH_SIZE_MAX);
		at = put_text(at, user->shell, PATH_SIZE_MAX);
	}
	put_u32(start, at - start);
	return entry_done(writer, at);
}

int scap_writer_process(struct scap_writer *writer, const struct scap_process *process)
{
	uint8_t *start = entry(writer, BLOCK_PROCESSES, 0, 256 + 5 * PATH_SIZE_MAX + 3 * LIST_SIZE_MAX), *at;

	if (!start)
		return writer->error;
	at = put_u64(start + 4, process->tid);
	at = put_u64(at, process->pid);
	at = put_u64(at, process->ptid);
	at = put_u64(at, process->sid);
	at = put_u64(at, process->vpgid);
	at = put_text(at, process->comm, PATH_SIZE_MAX);
	at = put_text(at, process->exe, PATH_SIZE_MAX);
	at = put_text(at, process->exepath, PATH_SIZE_MAX);
	at = put_texts(at, process->args);
	at = put_text(at, process->cwd, PATH_SIZE_MAX);
	at = put_u64(at, process->fdlimit);
	at = put_u32(at, process->flags);
	at = put_u32(at, process->uid);
	at = put_u32(at, process->gid);
	at = put_u32(at, process->vm_size);
	at = put_u32(at, process->vm_rss);
	at = put_u32(at, process->vm_swap);
	at = put_u64(at, process->faults_major);
	at = put_u64(at, process->faults_minor);
	at = put_texts(at, process->env);
	at = put_u64(at, process->vtid);
	at = put_u64(at, process->vpid);
	at = put_texts(at, process->cgroups);
	at = put_text(at, process->root, PATH_SIZE_MAX);
	at = put_u32(at, process->loginuid);
	at = put_u8(at, process->exe_writable);
	put_u32(start, at - start);
	return entry_done(writer, at);
}

static uint8_t *put_socket(uint8_t *at, const struct scap_fd *fd, size_t address)
{
	at = put_bytes(at, fd->source, address);
	at = put_bytes(at, fd->destination, address);
	at = put_u16(at, fd->source_port);
	at = put_u16(at, fd->destination_port);
	return put_u8(at, fd->l4proto);
}

int scap_writer_fd(struct scap_writer *writer, const struct scap_fd *fd)
{
	uint8_t *start = entry(writer, BLOCK_FDS, fd->tid, 128 + PATH_SIZE_MAX), *at;
	/* numbers from 17 on are of newer libraries: 10 is "some file" */
	unsigned type = fd->type < 17 ? fd->type : 10;

	if (!start)
		return writer->error;
	at = put_u64(start + 4, fd->fd);
	at = put_u64(at, fd->inode);
	at = put_u8(at, type);
	switch (type) {
	case 0:
		break;
	case 3:
	case 4:
		at = put_socket(at, fd, type == 3 ? 4 : 16);
		break;
	case 5:
	case 6:
		at = put_bytes(at, fd->source, type == 5 ? 4 : 16);
		at = put_u16(at, fd->source_port);
		at = put_u8(at, fd->l4proto);
		break;
	case 8:
		at = put_u64(at, fd->unix_source);
		at = put_u64(at, fd->unix_destination);
		at = put_text(at, fd->name, PATH_SIZE_MAX);
		break;
	case 16:
		at = put_u32(at, fd->flags);
		at = put_text(at, fd->name, PATH_SIZE_MAX);
		at = put_u32(at, fd->dev);
		break;
	default:
		at = put_text(at, fd->name, PATH_SIZE_MAX);
	}
	put_u32(start, at - start);
	return entry_done(writer, at);
}

int scap_writer_event(struct scap_writer *writer, const struct scap_record *record)
{
	bool large = scap_types[record->type].flags & SCAP_LARGE_PAYLOAD, flags = record->dump_flags != 0;
	uint32_t event = 26 + record->size, body = 2 + 4 * flags + event;
	uint8_t *at;
	size_t start;

	if (!large && body + padding(body) + 4 > EVENT_BODY_MAX)
		return -EMSGSIZE;
	writer_end_list(writer);
	at = writer_reserve(writer, body + 16);
	if (!at)
		return writer->error;
	start = writer->size;
	at = put_u32(at, large ? (flags ? BLOCK_EVENT_LARGE_FLAGS : BLOCK_EVENT_LARGE) :
				 (flags ? BLOCK_EVENT_FLAGS : BLOCK_EVENT));
	at = put_u32(at, 0);
	at = put_u16(at, record->cpu);
	if (flags)
		at = put_u32(at, record->dump_flags);
	at = put_u64(at, record->time);
	at = put_u64(at, record->tid);
	at = put_u32(at, event);
	at = put_u16(at, record->type);
	at = put_u32(at, record->nparams);
	at = put_bytes(at, record->params, record->size);
	writer->size = at - writer->out;
	end_block(writer, start);
	return writer_blocks_done(writer);
}
