/* Entries of lists: processes, descriptors, interfaces, users and groups. Entries of newer lists carry their length:
 * there, one that cannot be understood is skipped; elsewhere it is damage, as nothing tells where the next one begins. */
#include "reader_private.h"

#include <errno.h>

#define ENTRY_MIN 4              /* fewer bytes at the end of a list are padding */
#define OLD_TAIL 29              /* bytes behind `root` that the old order of fields takes at most */

/* What is left of an entry. Reading beyond it gives zeros and sets bad. */
struct cursor {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static const uint8_t *take(struct cursor *cursor, size_t size)
{
	const uint8_t *at = cursor->at;

	if (size > cursor->left) {
		cursor->bad = true;
		return NULL;
	}
	cursor->at += size;
	cursor->left -= size;
	return at;
}

static uint8_t take_u8(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, 1);

	return bytes ? *bytes : 0;
}

static uint16_t take_u16(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, 2);

	return bytes ? scap_u16(bytes) : 0;
}

static uint32_t take_u32(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, 4);

	return bytes ? scap_u32(bytes) : 0;
}

static uint64_t take_u64(struct cursor *cursor)
{
	const uint8_t *bytes = take(cursor, 8);

	return bytes ? scap_u64(bytes) : 0;
}

static void take_bytes(struct cursor *cursor, uint8_t *to, size_t size)
{
	const uint8_t *bytes = take(cursor, size);

	if (bytes)
		memcpy(to, bytes, size);
}

static struct scap_text take_sized(struct cursor *cursor, size_t size)
{
	const uint8_t *bytes = take(cursor, size);

	return (struct scap_text){ .text = bytes ? (const char *)bytes : "", .size = bytes ? size : 0 };
}

static struct scap_text take_text(struct cursor *cursor)
{
	return take_sized(cursor, take_u16(cursor));
}

/* ---- processes ---- */

/* What follows `root`. Later writers put two fields before the others, so that only the size tells the order. */
static void read_tail(struct cursor *cursor, struct scap_process *process)
{
	if (cursor->left > OLD_TAIL) {
		process->pidns_start = take_u64(cursor);
		process->tty = take_u32(cursor);
	}
	if (cursor->left >= 4)
		process->loginuid = take_u32(cursor);
	if (cursor->left >= 1)
		process->exe_writable = take_u8(cursor);
}

static void read_process(struct cursor *cursor, unsigned version, struct scap_process *process)
{
	static const struct scap_text none = { .text = "" };

	*process = (struct scap_process){
		.tid = take_u64(cursor), .sid = -1, .vpgid = -1, .vtid = -1, .vpid = -1,
		.exepath = none, .env = none, .cgroups = none, .root = none, .loginuid = UINT32_MAX,
	};
	process->pid = take_u64(cursor);
	process->ptid = take_u64(cursor);
	if (version >= 6)
		process->sid = (int64_t)take_u64(cursor);
	if (version >= 8)
		process->vpgid = (int64_t)take_u64(cursor);
	process->comm = take_text(cursor);
	process->exe = take_text(cursor);
	if (version >= 7)
		process->exepath = take_text(cursor);
	process->args = take_text(cursor);
	process->cwd = take_text(cursor);
	process->fdlimit = take_u64(cursor);
	process->flags = take_u32(cursor);
	process->uid = take_u32(cursor);
	process->gid = take_u32(cursor);
	if (version >= 2) {
		process->vm_size = take_u32(cursor);
		process->vm_rss = take_u32(cursor);
		process->vm_swap = take_u32(cursor);
		process->faults_major = take_u64(cursor);
		process->faults_minor = take_u64(cursor);
	}
	if (version >= 3)
		process->env = take_text(cursor);
	if (version >= 4) {
		process->vtid = (int64_t)take_u64(cursor);
		process->vpid = (int64_t)take_u64(cursor);
		process->cgroups = take_text(cursor);
	}
	if (version >= 5)
		process->root = take_text(cursor);
	if (version >= 9)
		read_tail(cursor, process);
}

/* ---- descriptors ---- */

static void read_socket(struct cursor *cursor, bool listens, size_t address_size, struct scap_fd *fd)
{
	take_bytes(cursor, fd->source, address_size);
	if (!listens)
		take_bytes(cursor, fd->destination, address_size);
	fd->source_port = take_u16(cursor);
	if (!listens)
		fd->destination_port = take_u16(cursor);
	fd->l4proto = take_u8(cursor);
}

static void read_fd(struct cursor *cursor, uint64_t tid, unsigned version, struct scap_fd *fd)
{
	*fd = (struct scap_fd){ .tid = tid, .fd = (int64_t)take_u64(cursor), .name = { .text = "" } };
	fd->inode = take_u64(cursor);
	fd->type = take_u8(cursor);
	switch (fd->type) {
	case 0:
		break;
	case 3:
	case 4:
		read_socket(cursor, false, fd->type == 3 ? 4 : 16, fd);
		break;
	case 5:
	case 6:
		read_socket(cursor, true, fd->type == 5 ? 4 : 16, fd);
		break;
	case 8:
		fd->unix_source = take_u64(cursor);
		fd->unix_destination = take_u64(cursor);
		fd->name = take_text(cursor);
		break;
	case 16:
		fd->flags = take_u32(cursor);
		fd->name = take_text(cursor);
		if (version >= 2 && cursor->left >= 4)
			fd->dev = take_u32(cursor);
		break;
	default:
		if (fd->type > 21)
			cursor->bad = true;
		else
			fd->name = take_text(cursor);
	}
}

/* ---- interfaces, users ---- */

static void read_interface(struct cursor *cursor, struct scap_interface *interface)
{
	uint16_t kind = take_u16(cursor), name_size = take_u16(cursor);
	size_t address_size = kind == 1 || kind == 3 ? 4 : 16;

	*interface = (struct scap_interface){ .family = address_size == 4 ? 4 : 6 };
	if (kind < 1 || kind > 4)
		cursor->bad = true;
	take_bytes(cursor, interface->address, address_size);
	take_bytes(cursor, interface->netmask, address_size);
	take_bytes(cursor, interface->broadcast, address_size);
	if (kind <= 2)
		interface->link_speed = take_u64(cursor);
	interface->name = take_sized(cursor, name_size);
}

static enum scap_item_kind read_user(struct cursor *cursor, struct scap_user *user)
{
	uint8_t kind = take_u8(cursor);

	*user = (struct scap_user){ .home = { .text = "" }, .shell = { .text = "" } };
	if (kind > 1)
		cursor->bad = true;
	if (kind == 0)
		user->uid = take_u32(cursor);
	user->gid = take_u32(cursor);
	user->name = take_text(cursor);
	if (kind == 0) {
		user->home = take_text(cursor);
		user->shell = take_text(cursor);
	}
	return kind ? SCAP_ITEM_GROUP : SCAP_ITEM_USER;
}

/* ---- lists ---- */

static void read_fields(struct cursor *cursor, const struct scap_list *list, struct scap_item *item)
{
	item->kind = list->kind;
	switch (list->kind) {
	case SCAP_ITEM_PROCESS:
		read_process(cursor, list->version, &item->process);
		break;
	case SCAP_ITEM_FD:
		read_fd(cursor, list->tid, list->version, &item->fd);
		break;
	case SCAP_ITEM_INTERFACE:
		read_interface(cursor, &item->interface);
		break;
	default:
		item->kind = read_user(cursor, &item->user);
	}
}

/* Whether entries begin with their length; of all but interfaces it counts itself. */
static bool has_lengths(const struct scap_list *list)
{
	return list->version >= (list->kind == SCAP_ITEM_PROCESS ? 9 : 2);
}

/* The entry's own cursor, behind its length. -EBADMSG if it does not lie in the list. */
static int find_entry(struct scap_reader *reader, const struct cursor *rest, struct cursor *entry)
{
	size_t length = scap_u32(rest->at), counted = reader->list.kind == SCAP_ITEM_INTERFACE ? 0 : 4;

	if (length < counted || length - counted > rest->left - 4)
		return scap_reader_fail(reader, reader->window.at, "an entry of %zu bytes in a list with %zu left",
					length, rest->left);
	*entry = (struct cursor){ .at = rest->at + 4, .left = length - counted };
	return 0;
}

int scap_read_entry(struct scap_reader *reader, struct scap_item *item)
{
	struct scap_window *window = &reader->window;
	struct scap_list *list = &reader->list;

	while (list->end - window->at >= ENTRY_MIN) {
		struct cursor rest = { .at = window->bytes + window->at, .left = list->end - window->at }, entry = rest;
		bool sized = has_lengths(list);

		if (sized && find_entry(reader, &rest, &entry))
			return -EBADMSG;
		if (sized)
			take(&rest, (size_t)(entry.at - rest.at) + entry.left);
		read_fields(&entry, list, item);
		if (entry.bad && !sized)
			return scap_reader_fail(reader, window->at, "an entry of a list that is not whole or of unknown kind");
		window->at = (size_t)((sized ? rest.at : entry.at) - window->bytes);
		if (!entry.bad)
			return 1;
		reader->counts.bad_entries++;
	}
	window->at = list->end + 4;
	list->kind = 0;
	return 0;
}
