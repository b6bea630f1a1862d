/* The filter's text into checks.
 *
 *	any    = all { "or" all }
 *	all    = term { "and" term }
 *	term   = { "not" } ( "(" any ")" | check )
 *	check  = field "exists" | field operator value |
 *	         field ("in" | "intersects" | "pmatch") "(" value { "," value } ")"
 *
 * A word of the language ends where no letter, digit, '_' or '.' follows; a field at a blank or one of
 * ( ) ! = < >; a bare value at a blank or a bracket, in a list at a comma too. Several 'not' are one. */
#include <stdlib.h>
#include <string.h>

#include "filter_private.h"

enum node_kind { NODE_CHECK, NODE_AND, NODE_OR };

/* What brackets and connectives make of the checks; gone after parsing. Children are linked by number. */
struct filter_node {
	enum node_kind kind;
	bool negated;
	int32_t check;         /* the first one in it */
	int32_t child, next;   /* -1: none */
};

static int32_t new_node(struct filter_parser *parser, enum node_kind kind, int32_t check)
{
	if (!parser_grow((void **)&parser->nodes, &parser->nodes_size, parser->nnodes,
			 sizeof(*parser->nodes))) {
		parser_out_of_memory(parser);
		return -1;
	}
	parser->nodes[parser->nnodes] =
		(struct filter_node){ .kind = kind, .check = check, .child = -1, .next = -1 };
	return parser->nnodes++;
}

static int32_t parse_connected(struct filter_parser *parser, enum node_kind kind);

static int32_t parse_brackets(struct filter_parser *parser)
{
	size_t start = parser->at;
	int32_t node;

	if (parser->depth == FILTER_DEPTH_MAX) {
		parser_fail(parser, start, "brackets are nested deeper than %d", FILTER_DEPTH_MAX);
		return -1;
	}
	parser->depth++;
	parser->at++;
	node = parse_connected(parser, NODE_OR);
	parser->depth--;
	if (node < 0)
		return -1;
	parser_skip_blanks(parser);
	if (parser_at_end(parser)) {
		parser_fail(parser, start, "'(' is never closed");
		return -1;
	}
	if (parser_peek(parser) != ')') {
		size_t end = parser_word_end(parser, parser->at);

		parser_fail(parser, parser->at, "'and', 'or' or ')' is expected before '%s'",
		     parser_quote(parser, parser->at, end).text);
		return -1;
	}
	parser->at++;
	return node;
}

/* Number of the new check's node, or -1. */
static int32_t parse_check(struct filter_parser *parser)
{
	if (!parser_take_check(parser))
		return -1;
	return new_node(parser, NODE_CHECK, parser->filter->nchecks - 1);
}

static int32_t parse_term(struct filter_parser *parser)
{
	bool negated = false;
	int32_t node;

	while (parser_take_word(parser, "not"))
		negated = true;
	parser_skip_blanks(parser);
	node = parser_peek(parser) == '(' ? parse_brackets(parser) : parse_check(parser);
	if (node >= 0 && negated)
		parser->nodes[node].negated = !parser->nodes[node].negated;
	return node;
}

/* Terms joined by 'and', or such joined by 'or'. */
static int32_t parse_connected(struct filter_parser *parser, enum node_kind kind)
{
	int32_t first = kind == NODE_OR ? parse_connected(parser, NODE_AND) : parse_term(parser);
	int32_t whole = first, last = first, next;

	while (last >= 0 && parser_take_word(parser, kind == NODE_OR ? "or" : "and")) {
		if (whole == first) {
			whole = new_node(parser, kind, parser->nodes[first].check);
			if (whole < 0)
				return -1;
			parser->nodes[whole].child = first;
		}
		next = kind == NODE_OR ? parse_connected(parser, NODE_AND) : parse_term(parser);
		if (next < 0)
			return -1;
		parser->nodes[last].next = next;
		last = next;
	}
	return whole;
}

/* Tells each check in the node where to go on: to on_true when the node holds, else to on_false. */
static void link_checks(struct filter_parser *parser, int32_t number, int32_t on_true, int32_t on_false)
{
	const struct filter_node *node = &parser->nodes[number];

	if (node->negated) {
		int32_t other = on_true;

		on_true = on_false;
		on_false = other;
	}
	if (node->kind == NODE_CHECK) {
		parser->filter->checks[node->check].on_true = on_true;
		parser->filter->checks[node->check].on_false = on_false;
		return;
	}
	for (int32_t child = node->child; child >= 0; child = parser->nodes[child].next) {
		int32_t next = parser->nodes[child].next;
		int32_t begin = next < 0 ? -1 : parser->nodes[next].check;

		if (next < 0)
			link_checks(parser, child, on_true, on_false);
		else if (node->kind == NODE_AND)
			link_checks(parser, child, begin, on_false);
		else
			link_checks(parser, child, on_true, begin);
	}
}

static bool fail_rest(struct filter_parser *parser)
{
	size_t at = parser->at, end = parser_word_end(parser, at);
	const char *hint = "";

	if (parser_peek(parser) == ')')
		return parser_fail(parser, at, "')' without a '('");
	if (parser_starts_with(parser, "&&"))
		hint = ": write 'and' for '&&'";
	else if (parser_starts_with(parser, "||"))
		hint = ": write 'or' for '||'";
	else if ((end - at == 3 && !strncasecmp(parser->text + at, "and", 3)) ||
		 (end - at == 2 && !strncasecmp(parser->text + at, "or", 2)))
		hint = ", in small letters";
	else
		hint = " (a value with blanks needs quotes)";
	return parser_fail(parser, at, "'and' or 'or' is expected before '%s'%s",
			   parser_quote(parser, at, end).text, hint);
}

bool filter_parse(struct filter *filter, struct filter_error *error)
{
	struct filter_parser parser = {
		.filter = filter, .text = filter->text, .size = strlen(filter->text), .error = error,
	};
	int32_t root;

	filter->start = FILTER_PASS;
	parser_skip_blanks(&parser);
	if (parser_at_end(&parser))
		return true;
	root = parse_connected(&parser, NODE_OR);
	if (root >= 0) {
		parser_skip_blanks(&parser);
		if (!parser_at_end(&parser)) {
			fail_rest(&parser);
			root = -1;
		}
	}
	if (root >= 0) {
		filter->start = 0;
		link_checks(&parser, root, FILTER_PASS, FILTER_FAIL);
	}
	free(parser.nodes);
	return root >= 0;
}
