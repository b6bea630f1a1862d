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
};

enum field_flag {
	FIELD_FILTER_ONLY = 1,
	FIELD_TABLE_ONLY = 2,    /* for columns; filters accept it, `-l` leaves it out */
	FIELD_MANY = 4,          /* may have several values for one event (evtin.span.*): a filter asks whether any fits */
};

struct field;

/* What reading a value needs besides the event. Text values may lie in scratch: copy them before the
 * same context reads again. */
struct field_context {
	const struct engine *engine;
	char scratch[8192];
};

struct field_definition {
	const char *name;
	enum value_type type;
	enum field_argument argument;
	unsigned flags;
	const char *help;        /* one line, our own words */
	/* nth value (0 first; only FIELD_MANY has more). false: no (further) value. */
	bool (*get)(const struct field *field, const struct event *event, unsigned nth,
		    struct field_context *context, struct value *value);
	int variant;             /* private to the function */
};

struct field {
	const struct field_definition *definition;
	int32_t index;
	bool has_index;
	char *argument;          /* owned; NULL without one */
};

/* The table, ended by a NULL name, grouped by class (evt, proc, thread, fd, span, evtin), in the order `-l` prints. */
extern const struct field_definition field_table[];

/* Reads "span.tag[0]", "evt.arg.name" ... from text[0..size): the longest name that fits. Returns the bytes
 * read, or -EINVAL with *reason set (a constant) and *at the offset of the fault. */
int field_parse(const char *text, size_t size, struct field *field, const char **reason, size_t *at);
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
