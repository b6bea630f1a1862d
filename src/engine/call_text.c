/* System calls as text, in sysdig's manner: res=5(<f>/etc/hosts) name=/etc/hosts flags=O_RDONLY|O_CLOEXEC.
 *
 * * Payload and names are hostile: items are read only as far as the event says that its payload reaches,
 * and every byte of them passes text_escape_one. An argument whose payload is missing (a fault in the
 * caller's pointer, nothing read) is left out, but for paths given to the kernel, which show where they
 * should have been. */
#include "calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "call_names.h"
#include "call_values.h"
#include "event.h"
#include "fd_text.h"
#include "state.h"
#include "string_pool.h"
#include "text_output.h"
#include "value.h"

#define DATA_SHOWN_MAX 80      /* bytes of data in a line of all arguments */
#define RESULT_PLACE 255       /* no argument */
#define AT_CWD (-100)          /* AT_FDCWD */
#define OPEN_CREATES 020000100 /* O_CREAT, and the bit of O_TMPFILE's own: only then open has a mode */

/* ---- payload ---- */

/* The first item that fits, or NULL. */
static const char *find(const struct event *event, bool (*fits)(const struct record_item *item, unsigned what), unsigned what,
			struct record_item *item)
{
	const char *at = event_payload(event);
	size_t left = event->payload_size;

	for (unsigned i = 0; i < event->items && left >= sizeof(*item); i++) {
		size_t next;

		memcpy(item, at, sizeof(*item));
		at += sizeof(*item);
		left -= sizeof(*item);
		if (item->size > left)
			break;
		if (fits(item, what))
			return at;
		next = (item->size + 7u) & ~(size_t)7;
		if (next > left)
			break;
		at += next;
		left -= next;
	}
	return NULL;
}

static bool is_of_argument(const struct record_item *item, unsigned argument)
{
	return item->arg == argument && item->kind != RECORD_ITEM_SOCKET && item->kind != RECORD_ITEM_NONE &&
	       item->kind != RECORD_ITEM_NAME;
}

static bool is_name_of(const struct record_item *item, unsigned argument)
{
	return item->arg == argument && item->kind == RECORD_ITEM_NAME;
}

static bool is_of_kind(const struct record_item *item, unsigned kind)
{
	return item->kind == kind;
}

const char *event_item(const struct event *event, unsigned argument, size_t *size, size_t *full_size)
{
	struct record_item item;
	const char *data = find(event, is_of_argument, argument, &item);

	if (data) {
		*size = item.size;
		*full_size = item.full_size > item.size ? item.full_size : item.size;
	}
	return data;
}

const char *event_item_of_kind(const struct event *event, enum record_item_kind kind, size_t *size)
{
	struct record_item item;
	const char *data = find(event, is_of_kind, kind, &item);

	if (data)
		*size = item.size;
	return data;
}

static void put_address(struct text_output *output, const char *data, size_t size)
{
	char name[CALL_NAMES_MAX], address[INET6_ADDRSTRLEN];
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	uint16_t family;

	memcpy(&family, data, sizeof(family));
	if (family == AF_INET && size >= sizeof(in.sin_family) + sizeof(in.sin_port) + sizeof(in.sin_addr)) {
		memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
		put_word(output, inet_ntop(AF_INET, &in.sin_addr, address, sizeof(address)));
		put_bytes(output, ":", 1);
		put_unsigned(output, ntohs(in.sin_port), 10);
		return;
	}
	if (family == AF_INET6 && size >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
		memcpy(&in6, data, size < sizeof(in6) ? size : sizeof(in6));
		put_bytes(output, "[", 1);
		put_word(output, inet_ntop(AF_INET6, &in6.sin6_addr, address, sizeof(address)));
		put_bytes(output, "]:", 2);
		put_unsigned(output, ntohs(in6.sin6_port), 10);
		return;
	}
	data += sizeof(family);
	size -= sizeof(family);
	if (family == AF_UNIX && size && data[0]) {
		put_escaped(output, data, strnlen(data, size), false);
	} else if (family == AF_UNIX && size > 1) {
		/* an abstract name may hold any byte, and ends where the address does */
		put_bytes(output, "@", 1);
		put_escaped(output, data + 1, size - 1, false);
	} else {
		call_value_names(CALL_ARG_FAMILY, family, name);
		put_word(output, name);
	}
}

/* Arguments of a program, each ended by a NUL, joined by blanks. */
static void put_command(struct text_output *output, const char *data, size_t size)
{
	while (size) {
		size_t length = strnlen(data, size);

		put_escaped(output, data, length, false);
		if (length == size)
			return;
		data += length + 1;
		size -= length + 1;
		if (size)
			put_bytes(output, " ", 1);
	}
}

/* ---- descriptors ---- */

static void put_descriptor_name(struct text_output *output, const char type[2], const char *name, size_t size)
{
	put_bytes(output, "(<", 2);
	put_bytes(output, type, type[1] ? 2 : 1);
	put_bytes(output, ">", 1);
	put_escaped(output, name, size, false);
	put_bytes(output, ")", 1);
}

/* With its name if it is the event's own, or one of which the event tells as that argument. */
static void put_descriptor(struct text_output *output, const struct event *event, int32_t num, unsigned argument)
{
	const struct fd *fd = event->fd;
	struct record_item item;
	const char *name;

	put_signed(output, num);
	if (num < 0)
		return;
	name = find(event, is_name_of, argument, &item);
	if (name && item.size >= 2) {
		put_descriptor_name(output, name, name + 2, item.size - 2u);
	} else if (fd && fd->num == num) {
		char type[2] = { fd_type_char(fd->type), fd_protocol_char(fd, true) };

		put_descriptor_name(output, type, fd->name->text, fd->name->size);
	}
}

/* ---- arguments ---- */

struct argument {
	enum call_argument_kind kind;
	uint64_t number;       /* what the call was given */
	const char *data;      /* its payload, or NULL */
	size_t size;
	unsigned place;
	uint32_t level, option; /* the two arguments before it, of options of sockets and their values */
};

static bool wants_payload(enum call_argument_kind kind)
{
	return kind == CALL_ARG_PATH || kind == CALL_ARG_DATA || kind == CALL_ARG_ADDRESS ||
	       kind == CALL_ARG_COMMAND || kind == CALL_ARG_PAIR || call_value_is_copied(kind);
}

/* Whether the call writes there rather than reads. */
static bool is_filled(const struct call *call, unsigned i)
{
	for (unsigned j = 0; j < call->row.items; j++)
		if (call->row.payload[j].arg == i)
			return call->row.payload[j].kind == RECORD_ITEM_OUT;
	return false;
}

/* A new program starts with empty registers: of the call that started it only the command is left, unless its beginning was
 * seen. */
static bool is_replaced(const struct event *event, const struct call *call)
{
	for (unsigned j = 0; j < call->row.items; j++)
		if (call->row.payload[j].kind == RECORD_ITEM_COMMAND)
			return event->result == 0 && !event_args(event)[call->row.payload[j].arg];
	return false;
}

/* What is known of argument i; false if there is nothing to show. */
static bool argument_get(const struct event *event, const struct call *call, unsigned i,
			 struct argument *argument)
{
	const uint64_t *args = event_args(event);
	size_t full_size;

	argument->kind = call->args[i].kind;
	argument->number = i < event->nargs ? args[i] : 0;
	if (argument->kind == CALL_ARG_LONG && call_is_compat(event->call))
		argument->number = (uint64_t)(int32_t)argument->number;
	argument->data = NULL;
	argument->size = 0;
	argument->place = i;
	argument->level = i > 1 && i < event->nargs ? args[i - (argument->kind == CALL_ARG_OPTION ? 1 : 2)] : 0;
	argument->option = i && i < event->nargs ? args[i - 1] : 0;
	if (wants_payload(argument->kind))
		argument->data = event_item(event, i, &argument->size, &full_size);
	if (!argument->data && is_replaced(event, call))
		return false;
	switch (argument->kind) {
	case CALL_ARG_NONE:
		return false;
	case CALL_ARG_DATA:
	case CALL_ARG_COMMAND:
		return argument->data;
	case CALL_ARG_ADDRESS:
		return argument->data && argument->size >= sizeof(uint16_t);
	case CALL_ARG_PAIR:
		return argument->data && argument->size >= 2 * sizeof(int32_t);
	case CALL_ARG_PATH:
		return argument->data || (i < event->nargs && !is_filled(call, i));
	case CALL_ARG_ENVIRONMENT:
		return argument->data;
	case CALL_ARG_OCTAL:
		/* without these flags nobody passes a mode, and the register holds something else */
		if (i && i < event->nargs && call->args[i - 1].kind == CALL_ARG_OPEN_FLAGS &&
		    !(args[i - 1] & OPEN_CREATES))
			return false;
		/* fall through */
	default:
		return i < event->nargs && (argument->data || !call_value_is_copied(argument->kind));
	}
}

static void put_argument(struct text_output *output, const struct event *event, const struct argument *argument)
{
	char names[CALL_NAMES_MAX];
	size_t length;

	switch (argument->kind) {
	case CALL_ARG_INT:
	case CALL_ARG_PID:
		put_signed(output, (int32_t)argument->number);
		break;
	case CALL_ARG_LONG:
		put_signed(output, argument->number);
		break;
	case CALL_ARG_UINT:
		put_unsigned(output, argument->number, 10);
		break;
	case CALL_ARG_OCTAL:
		if (argument->number)
			put_bytes(output, "0", 1);
		put_unsigned(output, (uint32_t)argument->number, 8);
		break;
	case CALL_ARG_DIRFD:
		if ((int32_t)argument->number == AT_CWD) {
			put_word(output, "AT_FDCWD");
			break;
		}
		/* fall through */
	case CALL_ARG_FD:
		put_descriptor(output, event, argument->number, argument->place);
		break;
	case CALL_ARG_PATH:
		if (argument->data)
			put_escaped(output, argument->data, strnlen(argument->data, argument->size), false);
		else if (argument->number)
			put_hex(output, argument->number);
		else
			put_word(output, "NULL");
		break;
	case CALL_ARG_DATA:
		put_escaped(output, argument->data, argument->size, true);
		break;
	case CALL_ARG_ADDRESS:
		put_address(output, argument->data, argument->size);
		break;
	case CALL_ARG_COMMAND:
	case CALL_ARG_ENVIRONMENT:
		put_command(output, argument->data, argument->size);
		break;
	case CALL_ARG_NONE:
	case CALL_ARG_PAIR: /* two values: put_pair */
		break;
	case CALL_ARG_HEX:
	case CALL_ARG_POINTER:
		put_hex(output, argument->number);
		break;
	case CALL_ARG_OPTION:
		length = call_option_name(argument->level, argument->number, names);
		put_bytes(output, names, length);
		break;
	default:
		if (argument->data)
			call_value_put(output, argument->kind, argument->data, argument->size, argument->level,
				       argument->option);
		else
			put_bytes(output, names, call_value_names(argument->kind, argument->number, names));
		break;
	}
}

/* Member i of an argument that is a structure, as an argument of its own; false if it was not copied. */
static bool get_member(const struct argument *argument, const struct call_member *member, struct argument *value)
{
	*value = (struct argument){ .kind = member->kind, .place = argument->place };
	if (!argument->data || member->at + member->size > argument->size)
		return false;
	if (call_value_is_copied(member->kind) && member->kind != CALL_ARG_EPOLL_EVENTS) {
		value->data = argument->data + member->at;
		value->size = member->size;
	} else {
		memcpy(&value->number, argument->data + member->at, member->size < 8 ? member->size : 8);
	}
	return true;
}

static void put_result(struct text_output *output, const struct event *event, const struct call *call)
{
	const char *name;

	if (event_failed(event)) {
		put_signed(output, event->result);
		name = errno_name((int)-event->result);
		if (!name)
			return;
		put_bytes(output, "(", 1);
		put_word(output, name);
		put_bytes(output, ")", 1);
	} else if (call->result == CALL_ARG_FD) {
		put_descriptor(output, event, event->result, RESULT_PLACE);
	} else if (call->result == CALL_ARG_HEX) {
		put_hex(output, event->result);
	} else {
		put_signed(output, event->result);
	}
}

static void put_pair_end(struct text_output *output, const struct event *event, const struct argument *argument,
			 int end)
{
	int32_t num;

	memcpy(&num, argument->data + end * sizeof(num), sizeof(num));
	put_descriptor(output, event, num, RESULT_PLACE);
}

static void put_name(struct text_output *output, const char *name, const char *rest)
{
	if (output->length)
		put_bytes(output, " ", 1);
	put_word(output, name);
	put_word(output, rest);
	put_bytes(output, "=", 1);
}

static void shorten_data(struct argument *argument)
{
	const char *data = argument->data;
	size_t size = DATA_SHOWN_MAX;

	if (argument->size <= size)
		return;
	/* not in the middle of a character: at most three bytes of it lie before the cut */
	for (int back = 0; back < 3 && (data[size] & 0xc0) == 0x80; back++)
		size--;
	argument->size = (data[size] & 0xc0) == 0x80 ? DATA_SHOWN_MAX : size;
}

static void put_named(struct text_output *output, const struct event *event, const char *name,
		      struct argument *argument)
{
	const struct call_member *members;
	struct argument value;
	size_t count;

	if (argument->kind == CALL_ARG_PAIR) {
		put_name(output, "fd1", "");
		put_pair_end(output, event, argument, 0);
		put_name(output, "fd2", "");
		put_pair_end(output, event, argument, 1);
		return;
	}
	members = call_members(argument->kind, &count);
	for (size_t i = 0; members && i < count; i++) {
		if (!get_member(argument, &members[i], &value))
			continue;
		put_name(output, name, members[i].name);
		put_argument(output, event, &value);
	}
	if (members)
		return;
	if (argument->kind == CALL_ARG_DATA)
		shorten_data(argument);
	put_name(output, name, "");
	put_argument(output, event, argument);
}

/* The buffers of a call, or everything else that it was given; in brief without the directory where a path is simply
 * the process's own. */
static void put_arguments(struct text_output *output, const struct event *event, const struct call *call, bool buffers,
			  bool brief)
{
	struct argument argument;

	for (unsigned i = 0; i < call->nargs; i++)
		if (call->args[i].name && (call->args[i].kind == CALL_ARG_DATA) == buffers &&
		    call->args[i].kind != CALL_ARG_ENVIRONMENT && argument_get(event, call, i, &argument) &&
		    !(brief && argument.kind == CALL_ARG_DIRFD && (int32_t)argument.number == AT_CWD))
			put_named(output, event, call->args[i].name, &argument);
}

/* Where a message goes to or comes from. */
static void put_message_name(struct text_output *output, const struct event *event, const struct call *call)
{
	size_t size, full_size;
	const char *item = call->nargs <= RECORD_MESSAGE_NAME_ARG ?
				   event_item(event, RECORD_MESSAGE_NAME_ARG, &size, &full_size) : NULL;

	if (!item || size < sizeof(uint16_t))
		return;
	put_name(output, "addr", "");
	put_address(output, item, size);
}

/* Whose arguments these are, where their numbers mean something else. */
static void put_abi(struct text_output *output, const struct event *event)
{
	if (!call_is_compat(event->call))
		return;
	put_name(output, "abi", "");
	put_word(output, "i386");
}

static void put_named_result(struct text_output *output, const struct event *event, const struct call *call)
{
	put_name(output, "res", "");
	put_result(output, event, call);
}

/* Data last, where its length does no harm. */
size_t event_args_text(const struct event *event, char *text, size_t size)
{
	struct text_output output = { .text = text, .size = size };
	const struct call *call = call_find(event->call);

	if (event->type == EVENT_CALL) {
		if (!(event->flags & EVENT_NO_RETURN))
			put_named_result(&output, event, call);
		put_abi(&output, event);
		put_arguments(&output, event, call, false, false);
		put_message_name(&output, event, call);
		put_arguments(&output, event, call, true, false);
	}
	output_end(&output);
	return output.length;
}

size_t event_text(const struct event *event, char *text, size_t size)
{
	struct text_output output = { .text = text, .size = size };
	const struct call *call = call_find(event->call);

	if (event->type == EVENT_CALL) {
		put_abi(&output, event);
		put_arguments(&output, event, call, false, true);
		put_message_name(&output, event, call);
		if (call->result == CALL_ARG_FD && !(event->flags & EVENT_NO_RETURN) && !event_failed(event))
			put_named_result(&output, event, call);
		put_arguments(&output, event, call, true, true);
	}
	output_end(&output);
	return output.length;
}

static bool is_name(const char *name, size_t size, const char *word)
{
	return strlen(word) == size && !memcmp(name, word, size);
}

/* The member of a structure by name, behind that of the argument; false if it is none or was not copied. */
static bool find_member(const struct event *event, const struct call *call, unsigned i, const char *name, size_t size,
			struct argument *value)
{
	size_t count, length = strlen(call->args[i].name);
	const struct call_member *members = call_members(call->args[i].kind, &count);
	struct argument argument;

	if (!members || size <= length || memcmp(name, call->args[i].name, length))
		return false;
	for (size_t j = 0; j < count; j++)
		if (is_name(name + length, size - length, members[j].name))
			return argument_get(event, call, i, &argument) && get_member(&argument, &members[j], value);
	return false;
}

/* The place that digits stand for, or -1. */
static int place_of(const char *name, size_t size)
{
	if (size == 1 && name[0] >= '0' && name[0] <= '9')
		return name[0] - '0';
	return -1;
}

int event_arg_text(const struct event *event, const char *name, size_t name_size, char *text, size_t size)
{
	struct text_output output = { .text = text, .size = size };
	const struct call *call = call_find(event->call);
	int place = place_of(name, name_size), found = -ENOENT;
	struct argument argument;
	size_t count;

	if (event->type != EVENT_CALL)
		return -ENOENT;
	for (unsigned i = 0, shown = 0; i < call->nargs && found < 0; i++) {
		const char *own = call->args[i].name;

		if (!own)
			continue;
		shown++;
		if (call->args[i].kind == CALL_ARG_PAIR && argument_get(event, call, i, &argument) &&
		    (is_name(name, name_size, "fd1") || is_name(name, name_size, "fd2"))) {
			put_pair_end(&output, event, &argument, name[2] - '1');
			found = 0;
		} else if (find_member(event, call, i, name, name_size, &argument)) {
			put_argument(&output, event, &argument);
			found = 0;
		} else if (is_name(name, name_size, own) || place == (int)shown) {
			if (!argument_get(event, call, i, &argument))
				return -ENOENT;
			if (call_members(argument.kind, &count))
				return -ENOENT; /* they have names of their own */
			if (argument.kind == CALL_ARG_PAIR) {
				put_pair_end(&output, event, &argument, 0);
				put_bytes(&output, ",", 1);
				put_pair_end(&output, event, &argument, 1);
			} else {
				put_argument(&output, event, &argument);
			}
			found = 0;
		}
	}
	/* sysdig calls the result of open, socket, accept ... fd */
	if (found < 0 && !(event->flags & EVENT_NO_RETURN) &&
	    (place == 0 || is_name(name, name_size, "res") ||
	     (call->result == CALL_ARG_FD && is_name(name, name_size, "fd")))) {
		put_result(&output, event, call);
		found = 0;
	}
	if (found < 0)
		return found;
	output_end(&output);
	return (int)output.kept;
}
