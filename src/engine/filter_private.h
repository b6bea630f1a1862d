/* A compiled filter. Private to filter*.c.
 *
 * Checks stand in the order of the text, which is the order of evaluation; each says which check is next
 * when it holds and when it does not, so brackets, 'and', 'or' and 'not' are gone after compiling. */
#ifndef ENGINE_FILTER_PRIVATE_H
#define ENGINE_FILTER_PRIVATE_H

#include "filter.h"

#define FILTER_SIZE_MAX 65536   /* bytes of text */
#define FILTER_DEPTH_MAX 200    /* brackets within brackets */

enum filter_operator {
	OPERATOR_EXISTS,
	OPERATOR_EQUAL, OPERATOR_UNEQUAL,
	OPERATOR_LESS, OPERATOR_LESS_EQUAL, OPERATOR_GREATER, OPERATOR_GREATER_EQUAL,
	OPERATOR_CONTAINS, OPERATOR_ICONTAINS, OPERATOR_STARTSWITH, OPERATOR_ENDSWITH, OPERATOR_GLOB,
	OPERATOR_IN, OPERATOR_INTERSECTS, OPERATOR_PMATCH,
	OPERATORS,
};

/* How values of a field compare. */
enum filter_class {
	CLASS_SIGNED, CLASS_UNSIGNED, CLASS_REAL, CLASS_TEXT, CLASS_BYTES, CLASS_ADDRESS, CLASS_NETWORK,
};

/* What a check compares with. */
struct filter_constant {
	union {
		int64_t i;
		uint64_t u;
		double r;
		uint8_t address[16];
	};
	const char *text;       /* in the filter's store */
	uint32_t size;          /* of text; of address 4 or 16 */
	uint8_t prefix;         /* bits of a network's address that count */
	bool below;             /* a negative number for an unsigned field: equal to no value */
};

enum { FILTER_PASS = -1, FILTER_FAIL = -2 };

struct filter_check {
	struct field field;
	uint8_t operator;       /* enum filter_operator */
	uint8_t class;          /* enum filter_class */
	uint8_t orders;         /* of = != < <= > >=: bit 0 less, 1 equal, 2 greater holds */
	bool every;             /* of several values all must hold, not one */
	bool equal_text;        /* the commonest check: one text, `=` */
	bool unequal_text;      /* or `!=`, of a field that has one value */
	bool dynamic;           /* values may be of another class: then they do not fit */
	uint32_t first, count;  /* constants; those of `in` are sorted */
	int32_t on_true, on_false; /* the next check, FILTER_PASS or FILTER_FAIL */
};

struct filter {
	char *text;
	char *store;            /* texts of constants, at most as long as the filter's own */
	size_t store_used;
	struct filter_check *checks;
	size_t nchecks, checks_size;
	struct filter_constant *constants;
	size_t nconstants, constants_size;
	int32_t start;
};

/* Whether this check alone holds for an event. */
bool filter_check_holds(const struct filter *filter, const struct filter_check *check, const struct event *event,
			struct field_context *context);

/* Reads filter->text. On failure false with *error filled; what was made so far is filter_free's. */
bool filter_parse(struct filter *filter, struct filter_error *error);

/* ---- parsing: filter_parse.c joins checks, filter_check.c reads them, filter_words.c their words ---- */

struct filter_node;

struct filter_parser {
	struct filter *filter;
	const char *text;
	size_t size, at;
	unsigned depth;
	struct filter_node *nodes;
	size_t nnodes, nodes_size;
	struct filter_error *error;
};

/* A piece of the filter for a message: escaped, and cut if it is long. */
struct quoted {
	char text[64];
};

/* Set the error; false, always. */
bool parser_fail(struct filter_parser *parser, size_t position, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool parser_out_of_memory(struct filter_parser *parser);
struct quoted parser_quote(const struct filter_parser *parser, size_t start, size_t end);
/* Makes room for one more element. */
bool parser_grow(void **array, size_t *size, size_t count, size_t element);

bool parser_is_blank(char c);
void parser_skip_blanks(struct filter_parser *parser);
bool parser_starts_with(const struct filter_parser *parser, const char *text);
/* Whether a word of the language stands at the place of the parser; taking it skips blanks before. */
bool parser_has_word(const struct filter_parser *parser, const char *word);
bool parser_take_word(struct filter_parser *parser, const char *word);
/* Where the word at `at` ends, whatever it is: for messages. */
size_t parser_word_end(const struct filter_parser *parser, size_t at);
/* A value's text, without quotes and escapes, into the filter's store. */
bool parser_take_value(struct filter_parser *parser, bool in_list, const char **value, size_t *size);
/* A check into filter->checks. */
bool parser_take_check(struct filter_parser *parser);

static inline char parser_peek(const struct filter_parser *parser)
{
	return parser->text[parser->at];
}

static inline bool parser_at_end(const struct filter_parser *parser)
{
	return parser->at == parser->size;
}

/* ---- filter_value.c ---- */
/* Type of the field's values. That of evt.rawarg.NAME depends on the name, and some events may have others. */
enum value_type filter_field_type(const struct field *field);
bool filter_field_is_dynamic(const struct field *field);
enum filter_class filter_class(const struct field *field);
/* Whether the operator can be used on a field; if not, why. */
bool filter_operator_fits(enum filter_operator operator, const struct field *field, const char **wants);
/* What values of the field are, in words: "a duration". */
const char *filter_type_words(const struct field *field);
/* Reads a value's text for the field. NULL, or a constant: what was expected. text stays borrowed. */
const char *filter_read_constant(const struct field *field, const char *text, size_t size,
				 struct filter_constant *constant);
/* Order of two constants of a class, for `in`. */
int filter_constant_order(const struct filter_constant *a, const struct filter_constant *b,
			  enum filter_class class);

/* ---- filter_match.c ---- */
bool glob_matches(const char *pattern, size_t pattern_size, const char *text, size_t size);
/* Whether path is base or lies below it, component by component. */
bool path_is_below(const char *path, size_t size, const char *base, size_t base_size);
/* needle is in lower case; only ASCII letters have one. */
bool contains_any_case(const char *text, size_t size, const char *needle, size_t needle_size);

#endif
