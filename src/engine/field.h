/* Fields: named, typed values of an event. One table (field_table) gives names, types, help text and
 * the function that reads the value; filters, columns and `-l` all use it. */
#ifndef ENGINE_FIELD_H
#define ENGINE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "value.h"

struct engine;

enum field_argument {
	FIELD_ARGUMENT_NONE,
	FIELD_ARGUMENT_INDEX,    /* name[3], may be negative */
	FIELD_ARGUMENT_NAME,     /* name.word */
	FIELD_ARGUMENT_EITHER,
	FIELD_ARGUMENT_OPTIONAL, /* none or index */
	FIELD_ARGUMENT_NUMBER,   /* name[N], 64 bits, not negative */
	FIELD_ARGUMENT_MAY_NAME, /* none or name.word */
};

enum field_flag {
	FIELD_FILTER_ONLY = 1,
	FIELD_TABLE_ONLY = 2,    /* for columns; filters accept it, `-l` leaves it out */
	FIELD_MANY = 4,          /* may have several values for one event (evtin.span.*): filters ask whether
				  * any fits */
	FIELD_ENDS = 8,          /* with MANY, both ends of a connection: != asks whether none is equal */
	FIELD_NETWORK = 16,      /* an address that filters compare with networks (10.0.0.0/8) */
	FIELD_WITHIN = 32,       /* a distance: = asks whether it is at most that */
	FIELD_SLASHES = 64,      /* the argument's name may have slashes in it */
};

struct field;
struct span;
struct open_spans;
struct span_search;
struct field_times;

enum buffer_style { BUFFER_DOTTED, BUFFER_PRINTABLE, BUFFER_HEX, BUFFER_HEX_ASCII, BUFFER_BASE64 };

/* How values are written; chosen once for a whole output. */
struct field_settings {
	char time_style;           /* of evt.outputtime, as -t: h, a, r, d, D */
	enum buffer_style buffer_style;
	size_t buffer_max;         /* characters of a dotted buffer, 0: all; the other styles show all */
	bool resolve_ports;        /* ports by the names of their services */
};
/* h, dotted, 80 characters, as sysdig. */
extern const struct field_settings field_settings_default;

/* What reading a value needs besides the event; starts zeroed but for the engine (which may be NULL: then
 * fields that need it have no value). Text values may lie in scratch: copy them before the same context reads
 * again. Contexts that may read evtin.span.* want events in order of num: going back is right but slow. */
struct field_context {
	const struct engine *engine;
	const struct field_settings *settings; /* NULL: field_settings_default */
	struct open_spans *open_spans;   /* private to the field functions, as all that follows */
	struct span_search *span_search;
	struct {
		const struct field *field;
		uint64_t num;
		unsigned nth;
		struct span *span;       /* that gave the nth value of field for event num */
		size_t place;
	} inside;
	struct {
		uint16_t port, protocol;
		char name[28];
	} services[16];
	/* the event that a field of times since the last one (evt.deltatime) was last read of; each field has its own */
	struct {
		const struct field *field;
		uint64_t num, time, delta;
	} deltas[8];
	struct {
		uint64_t num, count;     /* of util.cnt */
	} counter;
	struct {
		int64_t second;          /* since the epoch, and its local time of day */
		char text[9];
	} clock;
	struct field_times *times;
	char *large;             /* a text that scratch is too small for */
	size_t large_size;
	char scratch[8192];
};

/* Frees what a context has gathered. It may be used on. */
void field_context_fini(struct field_context *context);

/* What is asked of a field's values. */
struct field_question {
	const void *identity;    /* an address that stands for this question and for no other of the context */
	bool (*fits)(const struct field_question *question, const struct value *value);
};

struct field_definition {
	const char *name;
	enum value_type type;    /* of its values; for VALUE_IPV4 they may be VALUE_IPV6 too */
	enum field_argument argument;
	unsigned flags;          /* enum field_flag */
	const char *help;        /* one line, our own words */
	/* nth value (0 first; only FIELD_MANY has more). false: no (further) value. */
	bool (*get)(const struct field *field, const struct event *event, unsigned nth,
		    struct field_context *context, struct value *value);
	int variant;             /* private to the functions */
	/* Whether the argument can be one: NULL, or a constant that says why not. NULL: any can. */
	const char *(*check)(const char *argument);
	/* Of FIELD_MANY without FIELD_ENDS, where there may be thousands of values: whether some value fits. NULL:
	 * ask for each. */
	bool (*any)(const struct field *field, const struct event *event, struct field_context *context,
		    const struct field_question *question);
};

struct field {
	const struct field_definition *definition;
	int32_t index;
	bool has_index;
	uint64_t number;         /* of FIELD_ARGUMENT_NUMBER */
	char *argument;          /* owned; NULL without one */
};

/* The table, ended by a NULL name, grouped by class (evt, proc, thread, fd, span, evtin), in the order that
 * `-l` prints. */
extern const struct field_definition field_table[];

/* Reads "span.tag[0]", "evt.arg.name" ... from text[0..size): the longest name that fits. Returns the bytes
 * read, or -EINVAL (-ENOMEM) with *reason set (a constant) and *at the offset of the fault. An argument
 * name ends at a byte that is no letter, digit, '_', '-' or '.'; in brackets, span.arg[any text], at the
 * bracket. */
int field_parse(const char *text, size_t size, struct field *field, const char **reason, size_t *at);
/* The same for a filter's word, where an argument name takes all that is left of the word. */
int field_parse_word(const char *text, size_t size, struct field *field, const char **reason, size_t *at);
void field_fini(struct field *field);
/* Name of the known field nearest to a misspelt one, or NULL if none is near. */
const char *field_suggest(const char *text, size_t size);

static inline bool field_value(const struct field *field, const struct event *event,
			       struct field_context *context, struct value *value)
{
	value->type = VALUE_NONE;
	return field->definition->get(field, event, 0, context, value);
}

#endif
