/* Making, evaluating and quoting filters. */
#include "filter_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field_classes.h"

struct filter *filter_new(const char *text, struct filter_error *error)
{
	size_t size = strlen(text);
	struct filter *filter;

	*error = (struct filter_error){ 0 };
	if (size > FILTER_SIZE_MAX) {
		error->position = FILTER_SIZE_MAX;
		snprintf(error->text, sizeof(error->text), "the filter is longer than %d bytes",
			 FILTER_SIZE_MAX);
		return NULL;
	}
	filter = calloc(1, sizeof(*filter));
	if (filter) {
		filter->text = strdup(text);
		filter->store = malloc(size + 1);
	}
	if (!filter || !filter->text || !filter->store) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		filter_free(filter);
		return NULL;
	}
	if (!filter_parse(filter, error)) {
		filter_free(filter);
		return NULL;
	}
	return filter;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < filter->nchecks; i++)
		field_fini(&filter->checks[i].field);
	free(filter->checks);
	free(filter->constants);
	free(filter->store);
	free(filter->text);
	free(filter);
}

/* ---- evaluation ---- */

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int bytes_order(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t common = a_size < b_size ? a_size : b_size;
	int order = common ? memcmp(a, b, common) : 0;

	return order ? order : ORDER(a_size, b_size);
}

static size_t address_size(const struct value *value)
{
	return value->type == VALUE_IPV4 ? 4 : 16;
}

/* Order of a value and a constant. */
static int order_of(const struct value *value, const struct filter_constant *constant,
		    enum filter_class class)
{
	switch (class) {
	case CLASS_SIGNED:
		return ORDER(value->i, constant->i);
	case CLASS_UNSIGNED:
		return constant->below ? 1 : ORDER(value->u, constant->u);
	case CLASS_REAL:
		return ORDER(value->r, constant->r);
	case CLASS_ADDRESS:
		return bytes_order(value->text, address_size(value), (const char *)constant->address,
				   constant->size);
	default:
		return bytes_order(value->text, value->size, constant->text, constant->size);
	}
}

static bool in_network(const struct value *value, const struct filter_constant *network)
{
	unsigned whole = network->prefix / 8, rest = network->prefix % 8;
	const uint8_t *address = (const uint8_t *)value->text;

	if (address_size(value) != network->size || memcmp(address, network->address, whole))
		return false;
	return !rest || !((address[whole] ^ network->address[whole]) >> (8 - rest));
}

static bool is_one_of(const struct value *value, const struct filter_constant *constants, size_t count,
		      enum filter_class class)
{
	size_t low = 0, high = count;

	if (class == CLASS_NETWORK) {
		for (size_t i = 0; i < count; i++)
			if (in_network(value, &constants[i]))
				return true;
		return false;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = order_of(value, &constants[middle], class);

		if (!order)
			return true;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool is_below_one(const struct value *value, const struct filter_constant *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (path_is_below(value->text, value->size, paths[i].text, paths[i].size))
			return true;
	return false;
}

static inline bool is_text(const struct value *value, const struct filter_constant *constant)
{
	if (value->size != constant->size)
		return false;
	/* most texts differ in their first byte, which needs no call */
	return !value->size || (value->text[0] == constant->text[0] &&
				!memcmp(value->text, constant->text, value->size));
}

static bool holds_for(const struct filter_check *check, const struct filter_constant *constants,
		      const struct value *value)
{
	/* `exists` alone compares with nothing, and there may be no constants at all */
	const struct filter_constant *constant = check->count ? constants + check->first : NULL;

	switch ((enum filter_operator)check->operator) {
	case OPERATOR_EXISTS:
		return true;
	case OPERATOR_EQUAL:
	case OPERATOR_UNEQUAL:
		if (check->class == CLASS_TEXT)
			return is_text(value, constant) == (check->operator == OPERATOR_EQUAL);
		if (check->class == CLASS_NETWORK)
			return in_network(value, constant) == (check->operator == OPERATOR_EQUAL);
		/* fall through */
	case OPERATOR_LESS:
	case OPERATOR_LESS_EQUAL:
	case OPERATOR_GREATER:
	case OPERATOR_GREATER_EQUAL: {
		int order = order_of(value, constant, check->class);

		return check->orders >> (1 + ORDER(order, 0)) & 1;
	}
	case OPERATOR_CONTAINS:
		return memmem(value->text, value->size, constant->text, constant->size);
	case OPERATOR_ICONTAINS:
		return contains_any_case(value->text, value->size, constant->text, constant->size);
	case OPERATOR_STARTSWITH:
		return value->size >= constant->size && !memcmp(value->text, constant->text, constant->size);
	case OPERATOR_ENDSWITH:
		return value->size >= constant->size &&
		       !memcmp(value->text + value->size - constant->size, constant->text, constant->size);
	case OPERATOR_GLOB:
		return glob_matches(constant->text, constant->size, value->text, value->size);
	case OPERATOR_IN:
	case OPERATOR_INTERSECTS:
		return is_one_of(value, constant, check->count, check->class);
	case OPERATOR_PMATCH:
		return is_below_one(value, constant, check->count);
	case OPERATORS:
		break;
	}
	return false;
}

/* Whether the value is of a kind that the check's constants can be compared with. */
static bool is_comparable(const struct filter_check *check, const struct value *value)
{
	bool is_text = value->type == VALUE_TEXT || value->type == VALUE_BYTES;
	bool is_whole = value->type == VALUE_INT || value->type == VALUE_ID || value->type == VALUE_UINT ||
			value->type == VALUE_DURATION || value->type == VALUE_TIME || value->type == VALUE_BOOL ||
			value->type == VALUE_PORT;

	if (check->class == CLASS_TEXT || check->class == CLASS_BYTES)
		return is_text;
	return is_whole && (check->class == CLASS_SIGNED || check->class == CLASS_UNSIGNED);
}

struct check_question {
	struct field_question question;
	const struct filter_check *check;
	const struct filter_constant *constants;
};

static bool question_fits(const struct field_question *question, const struct value *value)
{
	const struct check_question *of = (const struct check_question *)question;

	return holds_for(of->check, of->constants, value);
}

static bool holds_for_any(const struct filter *filter, const struct filter_check *check, const struct event *event,
			  struct field_context *context)
{
	struct check_question question = { { &check->orders, question_fits }, check, filter->constants };

	return check->field.definition->any(&check->field, event, context, &question.question);
}

/* Not the commonest check. */
__attribute__((noinline))
static bool holds_otherwise(const struct filter *filter, const struct filter_check *check, const struct event *event,
			    struct field_context *context)
{
	const struct field_definition *definition = check->field.definition;
	struct value value;

	if (definition->any)
		return holds_for_any(filter, check, event, context);
	if (!definition->get(&check->field, event, 0, context, &value))
		return false;
	if (check->dynamic && !is_comparable(check, &value))
		return false;
	if (!(definition->flags & FIELD_MANY))
		return holds_for(check, filter->constants, &value);
	for (unsigned nth = 1; holds_for(check, filter->constants, &value) == check->every; nth++)
		if (!definition->get(&check->field, event, nth, context, &value))
			return check->every;
	return !check->every;
}

static inline bool holds(const struct filter *filter, const struct filter_check *check, const struct event *event,
			 struct field_context *context)
{
	struct value value;

	if (!check->equal_text && !check->unequal_text)
		return holds_otherwise(filter, check, event, context);
	return check->field.definition->get(&check->field, event, 0, context, &value) &&
	       is_text(&value, &filter->constants[check->first]) == check->equal_text;
}

bool filter_check_holds(const struct filter *filter, const struct filter_check *check, const struct event *event,
			struct field_context *context)
{
	return holds(filter, check, event, context);
}

bool filter_passes(const struct filter *filter, const struct event *event, struct field_context *context)
{
	int32_t at = filter->start;

	while (at >= 0) {
		const struct filter_check *check = &filter->checks[at];

		at = holds(filter, check, event, context) ? check->on_true : check->on_false;
	}
	return at == FILTER_PASS;
}

/* Followers stand behind a check, so one pass from the last check to the first is enough. */
bool filter_may_pass(const struct filter *filter)
{
	bool *may_pass = calloc(filter->nchecks + 1, sizeof(*may_pass)), result = true;

	for (size_t i = filter->nchecks; may_pass && i-- > 0;) {
		const struct filter_check *check = &filter->checks[i];
		bool holds = check->field.definition->get != field_none;

		may_pass[i] = check->on_false == FILTER_PASS || (check->on_false >= 0 && may_pass[check->on_false]) ||
			      (holds && (check->on_true == FILTER_PASS || (check->on_true >= 0 && may_pass[check->on_true])));
	}
	if (may_pass)
		result = filter->start == FILTER_PASS || (filter->start >= 0 && may_pass[filter->start]);
	free(may_pass);
	return result;
}

/* ---- quoting ---- */

/* Bytes of the UTF-8 character at text that may stand in a filter as it is, or 0. */
static size_t plain_character(const unsigned char *text, size_t size)
{
	static const uint32_t least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	size_t length = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	uint32_t code;

	if (length == 1)
		return text[0] >= ' ' && text[0] != 0x7f && text[0] != '"' && text[0] != '\\';
	if (text[0] < 0xc2 || text[0] > 0xf4 || length > size)
		return 0;
	code = text[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	/* what cannot be seen, or turns the text around */
	if (code == 0xad || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff)
		return 0;
	return length;
}

static void put(char *text, size_t size, size_t *length, char c)
{
	if (*length + 1 < size)
		text[*length] = c;
	++*length;
}

size_t filter_quote(const char *bytes, size_t count, char *text, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t length = 0;

	put(text, size, &length, '"');
	for (size_t i = 0; i < count;) {
		unsigned char c = bytes[i];
		size_t plain = plain_character((const unsigned char *)bytes + i, count - i);

		if (plain) {
			while (plain--)
				put(text, size, &length, bytes[i++]);
			continue;
		}
		put(text, size, &length, '\\');
		if (c == '"' || c == '\\') {
			put(text, size, &length, c);
		} else {
			put(text, size, &length, 'x');
			put(text, size, &length, digits[c >> 4]);
			put(text, size, &length, digits[c & 15]);
		}
		i++;
	}
	put(text, size, &length, '"');
	if (size)
		text[length < size ? length : size - 1] = '\0';
	return length;
}
