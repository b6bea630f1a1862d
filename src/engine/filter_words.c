/* Words, values and errors of a filter's text. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter_private.h"

/* ---- errors ---- */

bool parser_fail(struct filter_parser *parser, size_t position, const char *format, ...)
{
	va_list arguments;

	parser->error->position = position;
	va_start(arguments, format);
	vsnprintf(parser->error->text, sizeof(parser->error->text), format, arguments);
	va_end(arguments);
	return false;
}

bool parser_out_of_memory(struct filter_parser *parser)
{
	return parser_fail(parser, 0, "out of memory");
}

struct quoted parser_quote(const struct filter_parser *parser, size_t start, size_t end)
{
	struct quoted quoted;

	text_escape(parser->text + start, end - start, quoted.text, sizeof(quoted.text));
	return quoted;
}

bool parser_grow(void **array, size_t *size, size_t count, size_t element)
{
	size_t wanted = *size ? 2 * *size : 8;
	void *bigger;

	if (count < *size)
		return true;
	bigger = realloc(*array, wanted * element);
	if (!bigger)
		return false;
	*array = bigger;
	*size = wanted;
	return true;
}

/* ---- words ---- */

bool parser_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

void parser_skip_blanks(struct filter_parser *parser)
{
	while (parser->at < parser->size && parser_is_blank(parser->text[parser->at]))
		parser->at++;
}

size_t parser_word_end(const struct filter_parser *parser, size_t at)
{
	size_t end = at;

	while (end < parser->size && !parser_is_blank(parser->text[end]) && parser->text[end] != '(' &&
	       parser->text[end] != ')')
		end++;
	return end > at || end == parser->size ? end : at + 1;
}

bool parser_has_word(const struct filter_parser *parser, const char *word)
{
	size_t length = strlen(word);

	return parser->size - parser->at >= length && !memcmp(parser->text + parser->at, word, length) &&
	       !is_word_byte(parser->text[parser->at + length]);
}

bool parser_take_word(struct filter_parser *parser, const char *word)
{
	parser_skip_blanks(parser);
	if (!parser_has_word(parser, word))
		return false;
	parser->at += strlen(word);
	return true;
}

bool parser_starts_with(const struct filter_parser *parser, const char *text)
{
	return !strncmp(parser->text + parser->at, text, strlen(text));
}

/* ---- values ---- */

/* The byte that "\xHH" at text stands for, or -1. */
static int hex_byte(const char *text)
{
	char digits[3] = { 0 };

	for (int i = 0; i < 2; i++) {
		if (!isxdigit((unsigned char)text[2 + i]))
			return -1;
		digits[i] = text[2 + i];
	}
	return (int)strtol(digits, NULL, 16);
}

/* Copies one byte or escape into the store. */
static bool take_byte(struct filter_parser *parser, size_t value_start)
{
	const char *text = parser->text + parser->at;
	char *store = parser->filter->store;
	size_t *used = &parser->filter->store_used;

	if (text[0] != '\\') {
		store[(*used)++] = text[0];
		parser->at++;
		return true;
	}
	switch (text[1]) {
	case '\\':
	case '"':
		store[(*used)++] = text[1];
		parser->at += 2;
		return true;
	case 'x':
		if (hex_byte(text) < 0)
			return parser_fail(parser, value_start, "'\\x' needs two hex digits behind it");
		store[(*used)++] = (char)hex_byte(text);
		parser->at += 4;
		return true;
	case '\0':
		return parser_fail(parser, value_start,
				   "the value ends in an unfinished escape: write '\\\\' for one '\\'");
	default:
		/* stays as it is, so that patterns need no second escape */
		store[(*used)++] = text[0];
		store[(*used)++] = text[1];
		parser->at += 2;
		return true;
	}
}

static bool ends_bare_value(char c, bool in_list)
{
	return !c || parser_is_blank(c) || c == '(' || c == ')' || (in_list && c == ',');
}

/* The byte that ends a value in quotes of this kind. sysdig lets either kind end either: that holds where the right one
 * does not come any more. */
static bool ends_quotes(const struct filter_parser *parser, size_t start, char quote)
{
	char c = parser->text[parser->at];

	if (c == quote)
		return true;
	return (c == '"' || c == '\'') && !strchr(parser->text + start + 1, quote);
}

bool parser_take_value(struct filter_parser *parser, bool in_list, const char **value, size_t *size)
{
	size_t start, before = parser->filter->store_used;
	char quote;

	parser_skip_blanks(parser);
	*value = "";
	*size = 0;
	start = parser->at;
	quote = parser_peek(parser);
	if (quote == '"' || quote == '\'') {
		parser->at++;
		while (!ends_quotes(parser, start, quote)) {
			if (parser_at_end(parser))
				return parser_fail(parser, start, "unclosed quotes");
			if (!take_byte(parser, start))
				return false;
		}
		parser->at++;
	} else {
		while (!ends_bare_value(parser_peek(parser), in_list)) {
			if (parser_peek(parser) == '\\' &&
			    ends_bare_value(parser->text[parser->at + 1], in_list))
				return parser_fail(
					parser, start,
					"the value ends in an unfinished escape: write '\\\\' for one '\\'");
			if (!take_byte(parser, start))
				return false;
		}
	}
	*value = parser->filter->store + before;
	*size = parser->filter->store_used - before;
	return true;
}
