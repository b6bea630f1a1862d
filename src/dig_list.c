/* -l, --list-markdown and -L of dig. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dig_private.h"
#include "scap/types.h"

#define NAME_WIDTH 32

static const char *class_text(const char *name, size_t size)
{
	static const struct {
		const char *name, *text;
	} classes[] = {
		{ "evt", "the event itself, and its parameters" },
		{ "syscall", "the system call" },
		{ "proc", "the process of the event" },
		{ "thread", "its thread" },
		{ "user", "the user that the process runs as" },
		{ "group", "the group that it runs as" },
		{ "container", "the container that it runs in" },
		{ "k8s", "the Kubernetes pod that it runs in, as the machine knows it: the API server is not asked" },
		{ "fd", "the descriptor that the event uses or makes" },
		{ "fdlist", "the descriptors of poll and its like" },
		{ "syslog", "messages written to the system's log" },
		{ "span", "the span that a marker begins or ends" },
		{ "evtin", "spans that were open at the event" },
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (strlen(classes[i].name) == size && !memcmp(classes[i].name, name, size))
			return classes[i].text;
	return "";
}

static int screen_width(void)
{
	struct winsize size;

	return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col >= 60 ? size.ws_col : 100;
}

/* Starts in column NAME_WIDTH, and goes on there in further lines. */
static void print_wrapped(const char *text, int width)
{
	int column = NAME_WIDTH;

	while (*text) {
		int length = strcspn(text, " ");

		if (column > NAME_WIDTH && column + 1 + length >= width) {
			printf("\n%*s", NAME_WIDTH, "");
			column = NAME_WIDTH;
		}
		column += printf("%s%.*s", column > NAME_WIDTH ? " " : "", length, text);
		text += length;
		text += *text == ' ';
	}
	putchar('\n');
}

static void full_name(const struct field_definition *field, char *name, size_t size)
{
	static const char *const arguments[] = { "", "[N]", ".NAME", "[N]", "[N]" };

	snprintf(name, size, "%s%s", field->name, arguments[field->argument]);
}

/* Whether the field is the first that is listed of its class. */
static bool begins_class(const struct field_definition *field, const struct field_definition *before)
{
	size_t length = strcspn(field->name, ".");

	return !before || strncmp(field->name, before->name, length + 1);
}

static void list_fields(bool with_types)
{
	const struct field_definition *before = NULL;
	int width = screen_width();

	for (const struct field_definition *field = field_table; field->name; field++) {
		int length = strcspn(field->name, ".");
		char name[80], text[512];

		if (field->flags & FIELD_TABLE_ONLY)
			continue;
		if (begins_class(field, before))
			printf("%s-------------------------------\nField Class:  %.*s (%s)\n\n", before ? "\n" : "", length,
			       field->name, class_text(field->name, length));
		before = field;
		full_name(field, name, sizeof(name));
		snprintf(text, sizeof(text), "%s%s%s%s%s", field->flags & FIELD_FILTER_ONLY ? "(FILTER ONLY) " : "",
			 with_types ? "(Type: " : "", with_types ? value_type_name(field->type) : "", with_types ? ") " : "",
			 field->help);
		if (printf("%-*s", NAME_WIDTH - 1, name) >= NAME_WIDTH)
			printf("\n%*s", NAME_WIDTH - 1, "");
		putchar(' ');
		print_wrapped(text, width);
	}
}

static void list_markdown(void)
{
	const struct field_definition *before = NULL;

	for (const struct field_definition *field = field_table; field->name; field++) {
		int length = strcspn(field->name, ".");
		char name[80];

		if (field->flags & FIELD_TABLE_ONLY)
			continue;
		if (begins_class(field, before))
			printf("\n## Field Class: %.*s\n\n%s\n\nName | Type | Description\n:----|:-----|:-----------\n", length,
			       field->name, class_text(field->name, length));
		before = field;
		full_name(field, name, sizeof(name));
		printf("`%s` | %s | %s\n", name, value_type_name(field->type), field->help);
	}
}

static const char *encoding_name(enum scap_encoding encoding)
{
	static const char *const names[SCAP_ENCODINGS] = {
		[SCAP_INT8] = "INT8", [SCAP_INT16] = "INT16", [SCAP_INT32] = "INT32", [SCAP_INT64] = "INT64",
		[SCAP_UINT8] = "UINT8", [SCAP_UINT16] = "UINT16", [SCAP_UINT32] = "UINT32", [SCAP_UINT64] = "UINT64",
		[SCAP_ERRNO] = "ERRNO", [SCAP_FD] = "FD", [SCAP_FD32] = "FD", [SCAP_PID32] = "PID", [SCAP_PID] = "PID",
		[SCAP_UID] = "UID", [SCAP_GID] = "GID", [SCAP_SYSCALLID] = "SYSCALLID", [SCAP_SIGTYPE] = "SIGTYPE",
		[SCAP_SIGSET] = "SIGSET", [SCAP_BOOL] = "BOOL", [SCAP_RELTIME] = "RELTIME", [SCAP_ABSTIME] = "ABSTIME",
		[SCAP_FLAGS8] = "FLAGS8", [SCAP_FLAGS16] = "FLAGS16", [SCAP_FLAGS32] = "FLAGS32",
		[SCAP_ENUMFLAGS8] = "ENUMFLAGS8", [SCAP_ENUMFLAGS16] = "ENUMFLAGS16",
		[SCAP_ENUMFLAGS32] = "ENUMFLAGS32", [SCAP_MODE] = "MODE", [SCAP_PORT] = "PORT",
		[SCAP_L4PROTO] = "L4PROTO", [SCAP_SOCKFAMILY] = "SOCKFAMILY", [SCAP_DOUBLE] = "DOUBLE",
		[SCAP_IPV4ADDR] = "IPV4ADDR", [SCAP_IPV6ADDR] = "IPV6ADDR", [SCAP_CHARBUF] = "CHARBUF",
		[SCAP_FSPATH] = "FSPATH", [SCAP_FSRELPATH] = "FSRELPATH", [SCAP_BYTEBUF] = "BYTEBUF",
		[SCAP_FDLIST] = "FDLIST", [SCAP_SOCKADDR] = "SOCKADDR", [SCAP_SOCKTUPLE] = "SOCKTUPLE",
		[SCAP_DYN] = "DYNAMIC",
	};

	return encoding < SCAP_ENCODINGS && names[encoding] ? names[encoding] : "NONE";
}

/* Markers as events of their own have lists of texts, which no other type has. */
static const char *param_type(unsigned number, unsigned param)
{
	if (number == SCAP_TYPE_TRACER_E || number == SCAP_TYPE_TRACER_X)
		return ((const char *const[]){ "INT64", "CHARBUFARRAY", "CHARBUF_PAIR_ARRAY" })[param % 3];
	return encoding_name(scap_types[number].params[param].encoding);
}

/* Superseded types have the name of a newer one. */
static void list_events(void)
{
	for (unsigned number = 0; number < SCAP_TYPES; number++) {
		const struct scap_type *type = scap_type(number);

		if (!type || type->flags & (SCAP_OLD_VERSION | SCAP_NEWER) || type->category == SCAP_INTERNAL)
			continue;
		printf("%c %s(", "><"[scap_is_exit(number)], type->name);
		for (unsigned i = 0; i < type->nparams; i++)
			printf("%s%s %s", i ? ", " : "", param_type(number, i), type->params[i].name);
		puts(")");
	}
}

void dig_list(const struct dig_options *options)
{
	if (options->list == DIG_LIST_EVENTS)
		list_events();
	else if (options->list == DIG_LIST_MARKDOWN)
		list_markdown();
	else
		list_fields(options->verbose);
}
