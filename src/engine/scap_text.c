/* One value of each encoding.
 *
 * A value whose length is 0 is missing, and shorter ones than their encoding are read as far as they go: bytes of a file
 * are never trusted. */
#include "scap_text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "call_names.h"
#include "calls.h"
#include "engine.h"
#include "fd_text.h"
#include "field_fd.h"
#include "state.h"
#include "string_pool.h"
#include "users.h"

#define AT_CWD (-100)
#define NO_ID UINT32_MAX
#define PATH_GIVEN_MAX 1023     /* bytes shown of a path as it was given */

const char *scap_errno_name(int64_t number)
{
	/* sysdig's list has a gap where the newer ones are */
	if (number <= 0 || number > 530 || (number > 125 && number < 512))
		return NULL;
	return errno_name((int)number);
}

static void put_in_brackets(struct text_output *output, const char *text, size_t size)
{
	put_bracket(output);
	put_bytes(output, text, size);
	put_char(output, ')');
}

/* ---- numbers ---- */

static size_t number_size(enum scap_encoding encoding)
{
	switch (encoding) {
	case SCAP_INT8:
	case SCAP_UINT8:
		return 1;
	case SCAP_INT16:
	case SCAP_UINT16:
		return 2;
	case SCAP_INT32:
	case SCAP_UINT32:
		return 4;
	default:
		return 8;
	}
}

/* sysdig prints unsigned numbers of 32 and 64 bits as if they had a sign. */
static void put_number(struct text_output *output, enum scap_encoding encoding, enum scap_print print, const uint8_t *bytes,
		       size_t size)
{
	size_t wide = number_size(encoding);
	bool is_signed = encoding <= SCAP_INT64 || wide >= 4;

	if (size > wide)
		size = wide;
	if (print == SCAP_PRINT_HEX) {
		put_hex_upper(output, scap_uint(bytes, size));
	} else if (print == SCAP_PRINT_OCT) {
		uint64_t number = scap_uint(bytes, size);

		if (number)
			put_char(output, '0');
		put_unsigned(output, number, 8);
	} else if (is_signed) {
		put_signed(output, scap_int(bytes, size));
	} else {
		put_decimal(output, scap_uint(bytes, size));
	}
}

static void put_error(struct text_output *output, int64_t number)
{
	const char *name = number < 0 ? scap_errno_name((int64_t)-(uint64_t)number) : NULL;

	put_signed(output, number);
	if (name)
		put_in_brackets(output, name, strlen(name));
}

/* The value's names after the number, joined by bars. What is the whole value ends the list; what sysdig does not know is
 * left out, but for types that it does not know either. */
static void put_names(struct text_output *output, const struct scap_type *type, const struct scap_name *names, uint32_t value,
		      bool one)
{
	bool any = false, newer = type->flags & SCAP_NEWER;
	uint32_t left = value;

	for (; names && names->name; names++) {
		bool whole = names->value == value;

		if (!whole && (one || !names->value || (left & names->value) != names->value))
			continue;
		if (names->later && !newer)
			continue;
		if (any)
			put_char(output, '|');
		else
			put_bracket(output);
		put_word(output, names->name);
		any = true;
		left &= ~names->value;
		if (whole)
			break;
	}
	if (any)
		put_char(output, ')');
}

static void put_signal(struct text_output *output, uint8_t number)
{
	char name[CALL_NAMES_MAX];

	put_decimal(output, number);
	if (number && number < 32)
		put_in_brackets(output, name, call_value_names(CALL_ARG_SIGNAL, number, name));
}

static void put_signals(struct text_output *output, uint32_t set)
{
	char name[CALL_NAMES_MAX];
	bool any = false;

	for (unsigned i = 0; i < 31; i++) {
		if (!(set >> i & 1))
			continue;
		if (any)
			put_char(output, ' ');
		put_bytes(output, name, call_value_names(CALL_ARG_SIGNAL, i + 1, name));
		any = true;
	}
}

static void put_interval(struct text_output *output, uint64_t ns)
{
	char text[40];

	if (ns == UINT64_MAX) {
		put_word(output, "none");
		return;
	}
	put_decimal(output, ns);
	put_in_brackets(output, text, snprintf(text, sizeof(text), "%gs", ns / 1e9));
}

/* ---- what numbers stand for ---- */

static void put_process(struct scap_printer *printer, int64_t pid)
{
	struct text_output *output = &printer->output;
	const struct thread *thread = NULL;

	put_signed(output, pid);
	if (printer->engine && pid > 0 && pid <= INT32_MAX)
		thread = state_find_thread(engine_state(printer->engine), (uint32_t)pid);
	if (thread && !thread->is_stranger && thread->name->size)
		put_in_brackets(output, thread->name->text, thread->name->size);
}

static void put_owner(struct scap_printer *printer, enum scap_encoding encoding, uint32_t id)
{
	struct text_output *output = &printer->output;
	const struct string *name = NULL;

	if (id == NO_ID) {
		put_word(output, "-1");
		put_in_brackets(output, "<NONE>", 6);
		return;
	}
	put_signed(output, (int32_t)id);
	if (!printer->engine)
		return;
	if (encoding == SCAP_UID) {
		const struct user *user = user_find(engine_users(printer->engine), id);

		name = user ? user->name : NULL;
	} else {
		const struct group *group = group_find(engine_users(printer->engine), id);

		name = group ? group->name : NULL;
	}
	put_in_brackets(output, name ? name->text : "<NA>", name ? name->size : 4);
}

const struct fd *scap_fd(const struct engine *engine, const struct event *event, int64_t num)
{
	if (num < 0 || num > INT32_MAX)
		return NULL;
	if (event->fd && event->fd->num == num)
		return event->fd;
	return engine ? state_fd(engine_state(engine), event->thread->process, (int32_t)num) : NULL;
}

static void put_name(struct scap_printer *printer, const struct fd *fd)
{
	char name[FD_SERVICE_NAME_MAX];

	if (printer->services && fd->has_socket)
		put_bytes(&printer->output, name, fd_name_with_services(fd, printer->services, name));
	else
		scap_put_printable(&printer->output, fd->name->text, fd->name->size);
}

static void put_descriptor(struct scap_printer *printer, int64_t num)
{
	struct text_output *output = &printer->output;
	const struct fd *fd;
	char protocol;

	if (num == AT_CWD) {
		put_word(output, "-100");
		put_in_brackets(output, "AT_FDCWD", 8);
		return;
	}
	if (num < 0) {
		put_error(output, num);
		return;
	}
	put_decimal(output, (uint64_t)num);
	fd = scap_fd(printer->engine, printer->event, num);
	if (!fd)
		return;
	put_bracket(output);
	put_char(output, '<');
	put_char(output, fd_type_char(fd->type));
	protocol = fd_protocol_char(fd, false);
	if (protocol)
		put_char(output, protocol);
	put_char(output, '>');
	put_name(printer, fd);
	put_char(output, ')');
}

/* "3:f1 4:44": number, letter, poll flags in hex. */
static void put_descriptors(struct scap_printer *printer, const uint8_t *bytes, size_t size)
{
	struct text_output *output = &printer->output;
	size_t count = size >= 2 ? scap_uint(bytes, 2) : 0;

	for (size_t i = 0; i < count && size >= 2 + (i + 1) * 10; i++) {
		const uint8_t *item = bytes + 2 + i * 10;
		int64_t num = scap_int(item, 8);
		const struct fd *fd = scap_fd(printer->engine, printer->event, num);

		if (i)
			put_char(output, ' ');
		put_signed(output, num);
		put_char(output, ':');
		put_char(output, fd ? fd_type_char(fd->type) : '?');
		put_unsigned(output, scap_uint(item + 8, 2), 16);
	}
}

/* ---- addresses ---- */

static void put_ipv4(struct text_output *output, const uint8_t *address)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			put_char(output, '.');
		put_decimal(output, address[i]);
	}
}

static void put_ipv6(struct text_output *output, const uint8_t *address)
{
	char text[INET6_ADDRSTRLEN];

	put_word(output, inet_ntop(AF_INET6, address, text, sizeof(text)));
}

static void put_end(struct scap_printer *printer, const uint8_t *address, bool is_v6, const uint8_t *port)
{
	struct text_output *output = &printer->output;

	if (is_v6)
		put_ipv6(output, address);
	else
		put_ipv4(output, address);
	put_char(output, ':');
	if (printer->services)
		put_word(output, fd_service((uint16_t)scap_uint(port, 2), printer->services));
	else
		put_decimal(output, scap_uint(port, 2));
}

static void put_family(struct text_output *output, uint8_t family)
{
	put_word(output, "family ");
	put_decimal(output, family);
}

static void put_address(struct scap_printer *printer, const uint8_t *bytes, size_t size)
{
	struct text_output *output = &printer->output;
	uint8_t family = bytes[0];

	if (family == AF_INET && size >= 7)
		put_end(printer, bytes + 1, false, bytes + 5);
	else if (family == AF_INET6 && size >= 19)
		put_end(printer, bytes + 1, true, bytes + 17);
	else if (family == AF_UNIX)
		scap_put_printable(output, (const char *)bytes + 1, strnlen((const char *)bytes + 1, size - 1));
	else
		put_family(output, family);
}

static bool is_mapped(const uint8_t *address)
{
	static const uint8_t prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	return !memcmp(address, prefix, sizeof(prefix));
}

/* Both ends of a connection. */
static void put_tuple(struct scap_printer *printer, const uint8_t *bytes, size_t size)
{
	struct text_output *output = &printer->output;
	uint8_t family = bytes[0];

	if (family == AF_INET && size >= 13) {
		put_end(printer, bytes + 1, false, bytes + 5);
		put_bytes(output, "->", 2);
		put_end(printer, bytes + 7, false, bytes + 11);
	} else if (family == AF_INET6 && size >= 37) {
		/* IPv4 in an IPv6 socket reads as what it is */
		bool v4 = is_mapped(bytes + 1) && is_mapped(bytes + 19);

		put_end(printer, bytes + 1 + (v4 ? 12 : 0), !v4, bytes + 17);
		put_bytes(output, "->", 2);
		put_end(printer, bytes + 19 + (v4 ? 12 : 0), !v4, bytes + 35);
	} else if (family == AF_UNIX && size >= 17) {
		put_unsigned(output, scap_uint(bytes + 1, 8), 16);
		put_bytes(output, "->", 2);
		put_unsigned(output, scap_uint(bytes + 9, 8), 16);
		put_char(output, ' ');
		scap_put_printable(output, (const char *)bytes + 17, strnlen((const char *)bytes + 17, size - 17));
	} else {
		put_family(output, family);
	}
}

/* ---- paths ---- */

bool scap_directory(const struct engine *engine, const struct event *event, unsigned dirfd, const char **text, size_t *size)
{
	int64_t num = event_param_int(event, dirfd);
	const struct string *name = NULL;

	if (num == AT_CWD) {
		name = event->thread->process->cwd;
	} else {
		const struct fd *fd = scap_fd(engine, event, num);

		name = fd ? fd->name : NULL;
		/* sysdig puts a slash behind whatever a descriptor's name is */
		if (name && name->size == 1 && name->text[0] == '/') {
			*text = "//";
			*size = 2;
			return true;
		}
	}
	*text = name ? name->text : "";
	*size = name ? name->size : 0;
	return name;
}

static void put_path_param(struct scap_printer *printer, unsigned i, const char *path, size_t size)
{
	const struct scap_param *param = &printer->type->params[i];
	struct text_output *output = &printer->output;
	const struct string *cwd = printer->event->thread->process->cwd;
	const char *directory = cwd->text;
	size_t directory_size = cwd->size;

	struct text_output whole;
	char text[8192];

	scap_put_printable(output, path, size < PATH_GIVEN_MAX ? size : PATH_GIVEN_MAX);
	if ((size && path[0] == '/') || (size == 4 && !memcmp(path, "<NA>", 4)))
		return;
	/* of the enter of openat2 the table names no descriptor: sysdig takes the working directory then */
	if (param->dirfd >= 0 && printer->type->params[param->dirfd].encoding == SCAP_FD)
		scap_directory(printer->engine, printer->event, (unsigned)param->dirfd, &directory, &directory_size);
	whole = (struct text_output){ .text = text, .size = sizeof(text) };
	scap_put_path(&whole, directory, directory_size, path, size);
	if (whole.kept)
		put_in_brackets(output, text, whole.kept);
}

/* ---- one parameter ---- */

static void put_value(struct scap_printer *printer, unsigned i, enum scap_encoding encoding, const uint8_t *bytes,
		      size_t size)
{
	struct text_output *output = &printer->output;
	const struct scap_param *param = &printer->type->params[i];

	if (!size && encoding != SCAP_BYTEBUF) {
		put_word(output, "NULL");
		return;
	}
	switch (encoding) {
	case SCAP_ERRNO:
		put_error(output, scap_int(bytes, size));
		break;
	case SCAP_FD:
	case SCAP_FD32:
		put_descriptor(printer, scap_int(bytes, size));
		break;
	case SCAP_PID:
	case SCAP_PID32:
		put_process(printer, scap_int(bytes, size));
		break;
	case SCAP_UID:
	case SCAP_GID:
		put_owner(printer, encoding, (uint32_t)scap_uint(bytes, size < 4 ? size : 4));
		break;
	case SCAP_SYSCALLID:
		put_word(output, scap_syscall((unsigned)scap_uint(bytes, size < 2 ? size : 2))->name);
		break;
	case SCAP_SIGTYPE:
		put_signal(output, bytes[0]);
		break;
	case SCAP_SIGSET:
		put_signals(output, (uint32_t)scap_uint(bytes, size));
		break;
	case SCAP_BOOL:
		put_word(output, scap_uint(bytes, size) ? "true" : "false");
		break;
	case SCAP_RELTIME:
		put_interval(output, scap_uint(bytes, size));
		break;
	case SCAP_FLAGS8:
	case SCAP_FLAGS16:
	case SCAP_FLAGS32:
	case SCAP_ENUMFLAGS8:
	case SCAP_ENUMFLAGS16:
	case SCAP_ENUMFLAGS32:
		put_decimal(output, (uint32_t)scap_uint(bytes, size));
		put_names(output, printer->type, param->names, (uint32_t)scap_uint(bytes, size), encoding >= SCAP_ENUMFLAGS8);
		break;
	case SCAP_MODE:
		put_number(output, SCAP_UINT32, SCAP_PRINT_OCT, bytes, size);
		put_names(output, printer->type, param->names, (uint32_t)scap_uint(bytes, size), false);
		break;
	case SCAP_ABSTIME:
		put_decimal(output, scap_uint(bytes, size));
		break;
	case SCAP_PORT:
	case SCAP_L4PROTO:
	case SCAP_SOCKFAMILY:
		put_decimal(output, scap_uint(bytes, size < 2 ? size : 2));
		break;
	case SCAP_DOUBLE: {
		char text[32];
		double number = 0;

		memcpy(&number, bytes, size < sizeof(number) ? size : sizeof(number));
		put_bytes(output, text, snprintf(text, sizeof(text), "%g", number));
		break;
	}
	case SCAP_IPV4ADDR:
		if (size >= 4)
			put_ipv4(output, bytes);
		break;
	case SCAP_IPV6ADDR:
		if (size >= 16)
			put_ipv6(output, bytes);
		break;
	case SCAP_CHARBUF:
		put_bytes(output, (const char *)bytes, strnlen((const char *)bytes, size));
		break;
	case SCAP_FSPATH:
	case SCAP_FSRELPATH:
		put_path_param(printer, i, (const char *)bytes, strnlen((const char *)bytes, size));
		break;
	case SCAP_BYTEBUF:
		scap_put_buffer(output, printer->settings, bytes, size);
		break;
	case SCAP_FDLIST:
		put_descriptors(printer, bytes, size);
		break;
	case SCAP_SOCKADDR:
		put_address(printer, bytes, size);
		break;
	case SCAP_SOCKTUPLE:
		put_tuple(printer, bytes, size);
		break;
	case SCAP_DYN:
		encoding = scap_variant(param->dyn, bytes[0]);
		if (encoding != SCAP_NONE)
			put_value(printer, i, encoding, bytes + 1, size - 1);
		break;
	case SCAP_NONE:
	case SCAP_POINTER:
	case SCAP_ENCODINGS:
		break;
	default:
		put_number(output, encoding, param->print, bytes, size);
		break;
	}
}

void scap_put_param(struct scap_printer *printer, unsigned i, const uint8_t *bytes, size_t size)
{
	put_value(printer, i, printer->type->params[i].encoding, bytes, size);
}
