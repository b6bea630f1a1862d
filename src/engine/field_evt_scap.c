/* evt.*: parameters and results of captured events (EVENT_SCAP). */
#include <stdlib.h>

#include "field_classes.h"
#include "scap_extra.h"
#include "scap_text.h"
#include "state.h"

/* ---- texts of any length ---- */

static char *room_for(struct field_context *context, size_t size)
{
	char *larger;

	if (size <= context->large_size)
		return context->large;
	larger = realloc(context->large, size);
	if (larger) {
		context->large = larger;
		context->large_size = size;
	}
	return larger;
}

/* What `put` prints, into scratch or what is larger. */
static bool give_printed(const struct event *event, struct field_context *context, struct value *value,
			 void (*put)(struct scap_printer *printer, unsigned param), unsigned param)
{
	struct scap_printer printer = scap_printer(event, context, context->scratch, sizeof(context->scratch));

	put(&printer, param);
	if (printer.output.length >= sizeof(context->scratch)) {
		size_t size = printer.output.length + 1;
		char *large = room_for(context, size);

		if (large) {
			printer = scap_printer(event, context, large, size);
			put(&printer, param);
		}
	}
	return give_text(value, printer.output.text, printer.output.kept);
}

static void put_args(struct scap_printer *printer, unsigned param)
{
	(void)param;
	scap_put_args(printer);
}

static void put_param(struct scap_printer *printer, unsigned param)
{
	size_t size;
	const uint8_t *bytes = event_param(printer->event, param, &size);

	if (bytes)
		scap_put_param(printer, param, bytes, size);
}

/* What its number means, if it is known: "<f>/etc/hosts" of 3(<f>/etc/hosts), "ENOENT" of -2(ENOENT). */
static void put_meaning(struct scap_printer *printer, unsigned param)
{
	struct text_output *output = &printer->output;
	size_t size;

	put_param(printer, param);
	if (!output->meaning || output->length >= output->size)
		return;
	size = output->length - output->meaning - 1;
	memmove(output->text, output->text + output->meaning, size);
	output->length = output->kept = size;
}

bool field_scap_args(const struct event *event, struct field_context *context, struct value *value)
{
	return give_printed(event, context, value, put_args, 0);
}

static void put_message(struct scap_printer *printer, unsigned param)
{
	struct syslog_message message;

	(void)param;
	if (!field_syslog_read(printer->event, &message))
		return;
	put_word(&printer->output, "syslog sev=");
	put_word(&printer->output, syslog_severity(&message));
	put_word(&printer->output, " msg=");
	put_bytes(&printer->output, message.text, message.size);
}

bool field_scap_info(const struct event *event, struct field_context *context, struct value *value)
{
	struct syslog_message message;

	if (event->fd && field_syslog_read(event, &message))
		return give_printed(event, context, value, put_message, 0);
	return give_printed(event, context, value, put_args, 0);
}

/* ---- one argument ---- */

/* Its place, or -1 if the event has no such parameter. */
static int param_of(const struct field *field, const struct event *event)
{
	int place = field->has_index ? field->index :
				       scap_param_index(&scap_types[event->call], field->argument, strlen(field->argument));

	return place >= 0 && place < (int)scap_shown_params(event) ? place : -1;
}

bool field_scap_arg(const struct field *field, const struct event *event, struct field_context *context,
		    struct value *value)
{
	int param = param_of(field, event);

	return param >= 0 && give_printed(event, context, value, put_meaning, (unsigned)param);
}

enum value_type scap_value_type(enum scap_encoding encoding)
{
	switch (encoding) {
	case SCAP_CHARBUF:
	case SCAP_FSPATH:
	case SCAP_FSRELPATH:
		return VALUE_TEXT;
	case SCAP_BYTEBUF:
	case SCAP_FDLIST:
	case SCAP_SOCKADDR:
	case SCAP_SOCKTUPLE:
		return VALUE_BYTES;
	case SCAP_UINT8:
	case SCAP_UINT16:
	case SCAP_UINT32:
	case SCAP_UINT64:
	case SCAP_UID:
	case SCAP_GID:
	case SCAP_SIGSET:
	case SCAP_FLAGS8:
	case SCAP_FLAGS16:
	case SCAP_FLAGS32:
	case SCAP_ENUMFLAGS8:
	case SCAP_ENUMFLAGS16:
	case SCAP_ENUMFLAGS32:
	case SCAP_MODE:
		return VALUE_UINT;
	case SCAP_RELTIME:
		return VALUE_DURATION;
	case SCAP_ABSTIME:
		return VALUE_TIME;
	case SCAP_BOOL:
		return VALUE_BOOL;
	case SCAP_PORT:
		return VALUE_PORT;
	default:
		return VALUE_ID;
	}
}

static bool give_raw_number(enum scap_encoding encoding, const uint8_t *bytes, size_t size, struct value *value)
{
	enum value_type type = scap_value_type(encoding);

	if (!size)
		return false;
	switch (encoding) {
	case SCAP_SYSCALLID:
	case SCAP_SIGTYPE:
	case SCAP_L4PROTO:
	case SCAP_SOCKFAMILY:
		return give_int(value, type, (int64_t)scap_uint(bytes, size));
	case SCAP_BOOL:
		return give_bool(value, scap_uint(bytes, size));
	default:
		return type == VALUE_ID ? give_int(value, type, scap_int(bytes, size)) :
					  give_uint(value, type, scap_uint(bytes, size));
	}
}

static bool give_raw(enum scap_encoding encoding, const char *dyn, const uint8_t *bytes, size_t size, struct value *value)
{
	switch (encoding) {
	case SCAP_CHARBUF:
	case SCAP_FSPATH:
	case SCAP_FSRELPATH:
		return give_text(value, (const char *)bytes, strnlen((const char *)bytes, size));
	case SCAP_BYTEBUF:
		give_text(value, (const char *)bytes, size);
		value->type = VALUE_BYTES;
		return true;
	case SCAP_DYN:
		if (!size || dyn == NULL || scap_variant(dyn, bytes[0]) == SCAP_NONE)
			return false;
		return give_raw(scap_variant(dyn, bytes[0]), NULL, bytes + 1, size - 1, value);
	case SCAP_DOUBLE:
		if (size < sizeof(value->r))
			return false;
		value->type = VALUE_REAL;
		memcpy(&value->r, bytes, sizeof(value->r));
		return true;
	case SCAP_NONE:
	case SCAP_POINTER:
	case SCAP_FDLIST:     /* these make sense as texts only: evt.arg */
	case SCAP_SOCKADDR:
	case SCAP_SOCKTUPLE:
	case SCAP_IPV4ADDR:
	case SCAP_IPV6ADDR:
	case SCAP_ENCODINGS:
		return false;
	default:
		return give_raw_number(encoding, bytes, size, value);
	}
}

bool field_scap_rawarg(const struct field *field, const struct event *event, struct value *value)
{
	int param = param_of(field, event);
	const struct scap_param *known;
	const uint8_t *bytes;
	size_t size;

	if (param < 0)
		return false;
	known = &scap_types[event->call].params[param];
	bytes = event_param(event, (unsigned)param, &size);
	return bytes && give_raw(known->encoding, known->dyn, bytes, size, value);
}

/* ---- result ---- */

bool field_scap_has_result(const struct event *event)
{
	const struct scap_type *type = &scap_types[event->call];
	struct scap_extra extra;
	const char *name;

	if (!scap_is_exit(event->call) || !event->items)
		return false;
	if (scap_takes_extra(event->call))
		return scap_extra_of(event, &extra) && !(extra.flags & EVENT_NO_RETURN);
	if (!type->nparams)
		return false;
	name = type->params[0].name;
	return !strcmp(name, "res") || !strcmp(name, "fd");
}

bool field_scap_result(const struct event *event, struct field_context *context, struct value *value)
{
	const char *name;

	if (!field_scap_has_result(event))
		return false;
	if (event->result >= 0)
		return give_text(value, "SUCCESS", 7);
	switch (scap_types[event->call].params[0].encoding) {
	case SCAP_FD:
	case SCAP_FD32:
		if (event->result == -100)
			return give_word(value, "AT_FDCWD");
		/* fall through */
	case SCAP_ERRNO:
		name = scap_errno_name((int64_t)-(uint64_t)event->result);
		if (name)
			return give_word(value, name);
		/* fall through */
	default:
		return give_printed(event, context, value, put_param, 0);
	}
}

/* ---- paths relative to a descriptor ---- */

struct path_place {
	uint8_t dirfd, path;
};

/* Where the two parameters are; a call with one path has but a first place. False: none of these calls. */
static bool find_path(const struct event *event, bool second, struct path_place *place)
{
	static const struct {
		uint16_t type;
		struct path_place places[2];
	} table[] = {
		{ SCAP_TYPE_SYSCALL_OPENAT_E, { { 0, 1 }, { 0, 1 } } },
		{ SCAP_TYPE_SYSCALL_OPENAT_2_X, { { 1, 2 }, { 1, 2 } } },
		{ SCAP_TYPE_SYSCALL_OPENAT2_X, { { 1, 2 }, { 1, 2 } } },
		{ SCAP_TYPE_SYSCALL_LINKAT_E, { { 0, 1 }, { 2, 3 } } },
		{ SCAP_TYPE_SYSCALL_LINKAT_2_X, { { 1, 2 }, { 3, 4 } } },
		{ SCAP_TYPE_SYSCALL_MKDIRAT_X, { { 1, 2 }, { 1, 2 } } },
		{ SCAP_TYPE_SYSCALL_RENAMEAT_X, { { 1, 2 }, { 3, 4 } } },
		{ SCAP_TYPE_SYSCALL_RENAMEAT2_X, { { 1, 2 }, { 3, 4 } } },
		{ SCAP_TYPE_SYSCALL_SYMLINKAT_X, { { 2, 3 }, { 2, 3 } } },
		{ SCAP_TYPE_SYSCALL_UNLINKAT_E, { { 0, 1 }, { 0, 1 } } },
		{ SCAP_TYPE_SYSCALL_UNLINKAT_2_X, { { 1, 2 }, { 1, 2 } } },
		{ SCAP_TYPE_SYSCALL_FCHMODAT_X, { { 1, 2 }, { 1, 2 } } },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (table[i].type == event->call) {
			*place = table[i].places[second];
			return true;
		}
	}
	return false;
}

bool field_scap_abspath(const struct field *field, const struct event *event, struct field_context *context,
			struct value *value)
{
	bool second = field->argument && !strcmp(field->argument, "dst");
	struct text_output output = { .text = context->scratch, .size = sizeof(context->scratch) };
	struct path_place place;
	const char *path, *directory;
	size_t path_size, directory_size;

	if (event->type != EVENT_SCAP || !find_path(event, second, &place) || place.path >= event->items)
		return false;
	path = event_param_text(event, place.path, &path_size);
	if (!path)
		return false;
	if (!scap_directory(context->engine, event, place.dirfd, &directory, &directory_size)) {
		directory = "<UNKNOWN>/";
		directory_size = 10;
	}
	scap_put_path(&output, directory, directory_size, path, path_size);
	return give_text(value, output.text, output.kept);
}

const char *field_check_path(const char *argument)
{
	return !strcmp(argument, "src") || !strcmp(argument, "dst") ? NULL : "only .src and .dst can follow";
}
