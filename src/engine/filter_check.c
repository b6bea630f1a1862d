/* One check of a filter: a field, an operator, and what it is compared with. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../scap/types.h"
#include "filter_private.h"

static const char *const word_operators[OPERATORS] = {
	[OPERATOR_EXISTS] = "exists", [OPERATOR_CONTAINS] = "contains", [OPERATOR_ICONTAINS] = "icontains",
	[OPERATOR_STARTSWITH] = "startswith", [OPERATOR_ENDSWITH] = "endswith", [OPERATOR_GLOB] = "glob",
	[OPERATOR_IN] = "in", [OPERATOR_INTERSECTS] = "intersects", [OPERATOR_PMATCH] = "pmatch",
};

static struct filter_constant *new_constant(struct filter_parser *parser)
{
	struct filter *filter = parser->filter;

	if (!parser_grow((void **)&filter->constants, &filter->constants_size, filter->nconstants,
		  sizeof(*filter->constants))) {
		parser_out_of_memory(parser);
		return NULL;
	}
	return &filter->constants[filter->nconstants++];
}

/* A misspelt type would never fit: sysdig refuses it, too. Types are those of captures, and those that evt.type.is
 * knows besides. */
static bool is_type_of_event(const char *name, size_t size)
{
	static const char prefix[] = "evt.type.is.";
	struct field field;
	const char *reason;
	char word[64];
	size_t at;
	int length;

	if (!size || sizeof(prefix) + size > sizeof(word))
		return false;
	memcpy(word, prefix, sizeof(prefix) - 1);
	memcpy(word + sizeof(prefix) - 1, name, size);
	word[sizeof(prefix) - 1 + size] = '\0';
	if (scap_type_number(word + sizeof(prefix) - 1) >= 0 || scap_syscall_id(word + sizeof(prefix) - 1) >= 0)
		return true;
	length = field_parse_word(word, sizeof(prefix) - 1 + size, &field, &reason, &at);
	if (length > 0)
		field_fini(&field);
	return length == (int)(sizeof(prefix) - 1 + size) || length == -ENOMEM;
}

static bool wants_type_of_event(const struct filter_check *check)
{
	return (check->operator == OPERATOR_EQUAL || check->operator == OPERATOR_UNEQUAL ||
		check->operator == OPERATOR_IN || check->operator == OPERATOR_INTERSECTS) &&
	       !strcmp(check->field.definition->name, "evt.type");
}

static bool take_constant(struct filter_parser *parser, const struct filter_check *check, bool in_list)
{
	const struct field_definition *definition = check->field.definition;
	struct filter_constant *constant;
	const char *value, *expected;
	size_t start, size;

	parser_skip_blanks(parser);
	start = parser->at;
	if (!parser_take_value(parser, in_list, &value, &size))
		return false;
	constant = new_constant(parser);
	if (!constant)
		return false;
	expected = filter_read_constant(&check->field, value, size, constant);
	if (expected && start == parser->at)
		return parser_fail(parser, start, "%s needs a value: %s", definition->name, expected);
	if (expected)
		return parser_fail(parser, start, "%s cannot be %s: it is %s", definition->name,
			    parser_quote(parser, start, parser->at).text, expected);
	if (wants_type_of_event(check) && !is_type_of_event(value, size) && !(in_list && !size))
		return parser_fail(parser, start, "unknown type of event %s", parser_quote(parser, start, parser->at).text);
	if (check->operator == OPERATOR_ICONTAINS)
		for (size_t i = 0; i < size; i++)
			if (value[i] >= 'A' && value[i] <= 'Z')
				parser->filter->store[value - parser->filter->store + i] += 'a' - 'A';
	return true;
}

static int by_order(const void *a, const void *b, void *class)
{
	return filter_constant_order(a, b, *(enum filter_class *)class);
}

static bool take_list(struct filter_parser *parser, struct filter_check *check)
{
	enum filter_class class = check->class;

	parser_skip_blanks(parser);
	if (parser_peek(parser) != '(')
		return parser_fail(parser, parser->at, "'(' is expected after '%s'",
				   word_operators[check->operator]);
	do {
		parser->at++;
		if (!take_constant(parser, check, true))
			return false;
		check->count++;
		parser_skip_blanks(parser);
	} while (parser_peek(parser) == ',');
	if (parser_peek(parser) != ')')
		return parser_fail(parser, parser->at, "',' or ')' is expected after a value of '%s'",
			    word_operators[check->operator]);
	parser->at++;
	if (check->operator != OPERATOR_PMATCH && class != CLASS_NETWORK)
		qsort_r(parser->filter->constants + check->first, check->count,
			sizeof(*parser->filter->constants), by_order, &class);
	return true;
}

/* ---- checks ---- */

/* Where the field at parser->at ends. Text in square brackets belongs to it, whatever it is. */
static size_t field_end(const struct filter_parser *parser)
{
	size_t end = parser->at;

	while (end < parser->size && !parser_is_blank(parser->text[end]) &&
	       !strchr("()!=<>", parser->text[end])) {
		const char *close = NULL;

		if (parser->text[end] == '[')
			close = memchr(parser->text + end, ']', parser->size - end);
		end = close ? (size_t)(close - parser->text) + 1 : end + 1;
	}
	return end;
}

static bool fail_field(struct filter_parser *parser, size_t start, size_t end, const char *reason)
{
	const char *near = field_suggest(parser->text + start, end - start);
	struct quoted word = parser_quote(parser, start, end);

	if (reason)
		return parser_fail(parser, start, "%s: %s", word.text, reason);
	if (near)
		return parser_fail(parser, start, "unknown field %s: is it %s?", word.text, near);
	return parser_fail(parser, start, "unknown field %s", word.text);
}

static bool fail_no_field(struct filter_parser *parser)
{
	size_t at = parser->at;

	if (parser_at_end(parser))
		return parser_fail(parser, at, "unexpected end of the filter: a field is expected");
	if (parser_peek(parser) == '!')
		return parser_fail(parser, at, "'!' is no operator: write 'not'");
	return parser_fail(parser, at, "a field is expected before '%s'",
			   parser_quote(parser, at, parser_word_end(parser, at)).text);
}

static bool take_field(struct filter_parser *parser, struct field *field)
{
	size_t start = parser->at, end = field_end(parser), at;
	const char *reason = NULL;
	int length;

	if (end == start)
		return fail_no_field(parser);
	if (parser_has_word(parser, "and") || parser_has_word(parser, "or"))
		return parser_fail(parser, start, "a field is expected before '%s'",
				   parser_quote(parser, start, end).text);
	length = field_parse_word(parser->text + start, end - start, field, &reason, &at);
	if (length == -ENOMEM)
		return parser_out_of_memory(parser);
	if (length < 0)
		return fail_field(parser, start, end, field->definition ? reason : NULL);
	if (start + length < end) {
		const char *name = field->definition->name;

		field_fini(field);
		if (parser->text[start + length] == '[')
			return parser_fail(parser, start, "%s takes no index", name);
		return fail_field(parser, start, end, NULL);
	}
	parser->at = end;
	return true;
}

static bool fail_operator(struct filter_parser *parser, const struct field_definition *definition)
{
	size_t at = parser->at;

	if (parser_at_end(parser))
		return parser_fail(parser, at,
				   "an operator is expected after %s: = != < > contains exists ...",
				   definition->name);
	if (parser_peek(parser) == '!')
		return parser_fail(parser, at, "'!' is no operator: write '!=', or 'not' before the field");
	return parser_fail(parser, at, "unknown operator '%s' after %s",
			   parser_quote(parser, at, parser_word_end(parser, at)).text, definition->name);
}

static bool take_symbol(struct filter_parser *parser, enum filter_operator *operator)
{
	static const struct {
		const char *symbol;
		enum filter_operator operator;
	} symbols[] = {
		{ "!=", OPERATOR_UNEQUAL }, { "<=", OPERATOR_LESS_EQUAL }, { ">=", OPERATOR_GREATER_EQUAL },
		{ "=", OPERATOR_EQUAL }, { "<", OPERATOR_LESS }, { ">", OPERATOR_GREATER },
	};

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		if (!parser_starts_with(parser, symbols[i].symbol))
			continue;
		parser->at += strlen(symbols[i].symbol);
		*operator = symbols[i].operator;
		return true;
	}
	return false;
}

static bool take_operator(struct filter_parser *parser, const struct field *field, enum filter_operator *operator)
{
	const struct field_definition *definition = field->definition;
	const char *wants;
	size_t start;

	parser_skip_blanks(parser);
	start = parser->at;
	if (parser_starts_with(parser, "=="))
		return parser_fail(
			parser, start,
			"'==' is no operator: write '=' (and quotes around a value that begins with '=')");
	if (!take_symbol(parser, operator)) {
		for (*operator = 0; *operator < OPERATORS; ++*operator)
			if (word_operators[*operator] && parser_has_word(parser, word_operators[*operator]))
				break;
		if (*operator == OPERATORS)
			return fail_operator(parser, definition);
		parser->at += strlen(word_operators[*operator]);
	}
	if (!filter_operator_fits(*operator, field, &wants))
		return parser_fail(parser, start, "'%s' needs %s, but %s is %s",
			    parser_quote(parser, start, parser->at).text, wants, definition->name,
			    filter_type_words(field));
	return true;
}

static uint8_t orders_of(enum filter_operator operator)
{
	enum { LESS = 1, EQUAL = 2, GREATER = 4 };

	switch (operator) {
	case OPERATOR_EQUAL:
		return EQUAL;
	case OPERATOR_UNEQUAL:
		return LESS | GREATER;
	case OPERATOR_LESS:
		return LESS;
	case OPERATOR_LESS_EQUAL:
		return LESS | EQUAL;
	case OPERATOR_GREATER:
		return GREATER;
	case OPERATOR_GREATER_EQUAL:
		return GREATER | EQUAL;
	default:
		return 0;
	}
}

static bool take_operand(struct filter_parser *parser, struct filter_check *check)
{
	check->first = parser->filter->nconstants;
	switch ((enum filter_operator)check->operator) {
	case OPERATOR_EXISTS:
		return true;
	case OPERATOR_IN:
	case OPERATOR_INTERSECTS:
	case OPERATOR_PMATCH:
		return take_list(parser, check);
	default:
		check->count = 1;
		if (!take_constant(parser, check, false))
			return false;
		/* sysdig takes negative numbers for unsigned fields; they match nothing */
		if (parser->filter->constants[check->first].below && check->operator != OPERATOR_UNEQUAL)
			check->orders = 0;
		return true;
	}
}

bool parser_take_check(struct filter_parser *parser)
{
	struct filter *filter = parser->filter;
	enum filter_operator operator = OPERATOR_EXISTS;
	struct filter_check *check;
	bool one_text;

	if (!parser_grow((void **)&filter->checks, &filter->checks_size, filter->nchecks,
			 sizeof(*filter->checks)))
		return parser_out_of_memory(parser);
	check = &filter->checks[filter->nchecks];
	*check = (struct filter_check){ 0 };
	if (!take_field(parser, &check->field))
		return false;
	filter->nchecks++;
	if (!take_operator(parser, &check->field, &operator))
		return false;
	check->operator = operator;
	check->class = filter_class(&check->field);
	check->dynamic = filter_field_is_dynamic(&check->field);
	one_text = check->class == CLASS_TEXT && !check->dynamic && !(check->field.definition->flags & FIELD_MANY) &&
		   !check->field.definition->any;
	check->equal_text = one_text && operator == OPERATOR_EQUAL;
	check->unequal_text = one_text && operator == OPERATOR_UNEQUAL;
	check->orders = orders_of(operator == OPERATOR_EQUAL && (check->field.definition->flags & FIELD_WITHIN) ?
					  OPERATOR_LESS_EQUAL : operator);
	check->every = (check->field.definition->flags & FIELD_ENDS) && operator == OPERATOR_UNEQUAL;
	return take_operand(parser, check);
}
