/* Reading field names, and guessing what a misspelt one was meant to be. The table is in field_table.c. */
#include "field.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct field_settings field_settings_default = { .time_style = 'h', .buffer_max = 80 };

#define SUGGEST_SIZE_MAX 40   /* bytes of a name that are compared; the longest is half of it */

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '.';
}

static const struct field_definition *find(const char *name, size_t size)
{
	for (const struct field_definition *d = field_table; d->name; d++)
		if (!strncmp(d->name, name, size) && !d->name[size])
			return d;
	return NULL;
}

/* The longest name of the table at the start of text that ends at a dot or at the end of text[0..size). */
static const struct field_definition *find_longest(const char *text, size_t size, size_t *length)
{
	for (size_t n = size; n; n--) {
		if (n < size && text[n] != '.')
			continue;
		const struct field_definition *definition = find(text, n);

		if (definition) {
			*length = n;
			return definition;
		}
	}
	return NULL;
}

static bool takes_index(const struct field_definition *definition)
{
	return definition->argument != FIELD_ARGUMENT_NONE && definition->argument != FIELD_ARGUMENT_NAME &&
	       definition->argument != FIELD_ARGUMENT_MAY_NAME;
}

static bool takes_name(const struct field_definition *definition)
{
	return definition->argument == FIELD_ARGUMENT_NAME || definition->argument == FIELD_ARGUMENT_EITHER ||
	       definition->argument == FIELD_ARGUMENT_MAY_NAME;
}

static int fail(const char **reason, size_t *at, const char *why, size_t where)
{
	*reason = why;
	*at = where;
	return -EINVAL;
}

/* Decimal with an optional sign: 1 if it is one, 0 if it is other text, -1 beyond 32 bits. */
static int parse_index(const char *text, size_t size, int32_t *index)
{
	bool negative = size && text[0] == '-';
	int64_t number = 0;

	if (size == negative)
		return 0;
	for (size_t i = negative; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		if (number <= INT32_MAX)
			number = number * 10 + (text[i] - '0');
	}
	if (number > INT32_MAX)
		return -1;
	*index = (int32_t)(negative ? -number : number);
	return 1;
}

static int set_name(struct field *field, const char *name, size_t size, const char **reason)
{
	field->argument = strndup(name, size);
	if (!field->argument) {
		*reason = "out of memory";
		return -ENOMEM;
	}
	if (field->definition->check) {
		*reason = field->definition->check(field->argument);
		if (*reason) {
			field_fini(field);
			return -EINVAL;
		}
	}
	return 0;
}

/* Decimal without a sign; false if it is none, or too large. */
static bool parse_number(const char *text, size_t size, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(*number, 10u, number) ||
		    __builtin_add_overflow(*number, (uint64_t)(text[i] - '0'), number))
			return false;
	}
	return size;
}

/* What stands in brackets: an index, or any text as a name. Returns the bytes read. */
static int parse_brackets(const char *text, size_t size, size_t start, struct field *field,
			  const char **reason, size_t *at)
{
	const char *end = memchr(text + start, ']', size - start);
	const char *inside = text + start + 1;
	int kind, status;

	if (!end)
		return fail(reason, at, "']' is missing", start);
	if (field->definition->argument == FIELD_ARGUMENT_NUMBER) {
		if (!parse_number(inside, end - inside, &field->number))
			return fail(reason, at, "a number is expected between the brackets", start + 1);
		return end + 1 - text;
	}
	kind = parse_index(inside, end - inside, &field->index);
	if (kind < 0)
		return fail(reason, at, "index out of range", start + 1);
	if (kind > 0) {
		field->has_index = true;
		return end + 1 - text;
	}
	*at = start + 1;
	if (field->definition->argument != FIELD_ARGUMENT_EITHER || end == inside)
		return fail(reason, at, "a number is expected between the brackets", start + 1);
	status = set_name(field, inside, end - inside, reason);
	return status ? status : end + 1 - text;
}

static const char *missing_argument(const struct field_definition *definition)
{
	switch (definition->argument) {
	case FIELD_ARGUMENT_INDEX:
		return "this field needs an index: [0]";
	case FIELD_ARGUMENT_NAME:
		return "this field needs a name after a dot";
	case FIELD_ARGUMENT_EITHER:
		return "this field needs an index, [0], or a name after a dot";
	case FIELD_ARGUMENT_NUMBER:
		return "this field needs a number: [0]";
	default:
		return NULL;
	}
}

static size_t name_end(const char *text, size_t size, size_t from, bool whole_word, bool slashes)
{
	if (whole_word)
		return size;
	while (from < size && (is_name_byte(text[from]) || text[from] == '-' || (slashes && text[from] == '/')))
		from++;
	/* a dot at the end is the sentence's, not the name's */
	while (text[from - 1] == '.')
		from--;
	return from;
}

static int parse(const char *text, size_t size, bool whole_word, struct field *field, const char **reason,
		 size_t *at)
{
	size_t run = 0, length, end;
	const struct field_definition *definition;

	memset(field, 0, sizeof(*field));
	while (run < size && is_name_byte(text[run]))
		run++;
	definition = find_longest(text, run, &length);
	if (!definition)
		return fail(reason, at, "unknown field", 0);
	field->definition = definition;
	if (length < size && text[length] == '[' && takes_index(definition))
		return parse_brackets(text, size, length, field, reason, at);
	if (length < size && text[length] == '.' && takes_name(definition)) {
		int status;

		end = name_end(text, size, length + 1, whole_word, definition->flags & FIELD_SLASHES);
		*at = length + 1;
		if (end <= length + 1)
			return fail(reason, at, missing_argument(definition), 0);
		status = set_name(field, text + length + 1, end - length - 1, reason);
		return status ? status : (int)end;
	}
	if (missing_argument(definition))
		return fail(reason, at, missing_argument(definition), 0);
	return length;
}

int field_parse(const char *text, size_t size, struct field *field, const char **reason, size_t *at)
{
	return parse(text, size, false, field, reason, at);
}

int field_parse_word(const char *text, size_t size, struct field *field, const char **reason, size_t *at)
{
	return parse(text, size, true, field, reason, at);
}

void field_fini(struct field *field)
{
	free(field->argument);
	field->argument = NULL;
}

/* ---- suggestions ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Letters to change, add, drop or swap with their neighbour to get from a to b, whatever their case. */
static unsigned edit_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	unsigned rows[3][SUGGEST_SIZE_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= b_size; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		now[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);
			unsigned best = last[j - 1] + !same;

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		unsigned *free_row = before;

		before = last;
		last = now;
		now = free_row;
	}
	return last[b_size];
}

const char *field_suggest(const char *text, size_t size)
{
	const char *bracket = memchr(text, '[', size), *best = NULL;
	unsigned best_distance;

	if (bracket)
		size = bracket - text;
	if (!size || size > SUGGEST_SIZE_MAX)
		return NULL;
	best_distance = size / 4 + 2;   /* less than this is near */
	for (const struct field_definition *d = field_table; d->name; d++) {
		size_t length = strlen(d->name);
		unsigned distance;

		if (length > SUGGEST_SIZE_MAX)
			continue;
		distance = edit_distance(text, size, d->name, length);
		/* the second half alone is a good guess too: "name" for "proc.name" */
		if (distance && length > size + 1 && d->name[length - size - 1] == '.' &&
		    !strncasecmp(d->name + length - size, text, size))
			distance = 1;
		if (distance < best_distance) {
			best_distance = distance;
			best = d->name;
		}
	}
	return best;
}
