/* The JSON form of markers: [">", id, ["tag", ...], [{"name": "value"}, ...]].
 *
 * A parser of its own rather than a library: it runs for every such write, on text of at most a few
 * kilobytes that some other program chose, so it must not allocate, must tell text that ends too early from
 * text that is wrong, and builds no tree: strings go straight into the scratch buffer. It knows no more of
 * JSON than a marker can hold. More is accepted than the form strictly says: objects with any
 * number of pairs, one object without a list around it, numbers, booleans and null as values (taken as their
 * text), control bytes within strings, leading zeros. Values within values are not. What follows the
 * outer ']' is ignored. */
#include <stdbool.h>
#include <string.h>

#include "marker_private.h"

struct json {
	const char *text, *at, *end;
	char *out;
	struct marker *marker;
};

/* All parts return false once the outcome is known, with the marker's status set. */
static bool incomplete(struct json *json, bool open_value)
{
	marker_set_incomplete(json->marker, open_value);
	return false;
}

static bool invalid(struct json *json, const char *reason)
{
	marker_set_invalid(json->marker, reason, (size_t)(json->at - json->text));
	return false;
}

/* Goes to the next byte that is no blank. */
static bool skip_blanks(struct json *json)
{
	while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' ||
					*json->at == '\r'))
		json->at++;
	return json->at < json->end || incomplete(json, false);
}

static bool expect(struct json *json, char wanted, const char *reason)
{
	if (!skip_blanks(json))
		return false;
	if (*json->at != wanted)
		return invalid(json, reason);
	json->at++;
	return true;
}

/* Between the elements of a list or an object: true with *more set for ',' and clear for close. */
static bool expect_next(struct json *json, char close, bool *more, const char *reason)
{
	if (!skip_blanks(json))
		return false;
	if (*json->at != ',' && *json->at != close)
		return invalid(json, reason);
	*more = *json->at++ == ',';
	return true;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* The four digits of \uXXXX. */
static bool read_unit(struct json *json, uint32_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, json->at++) {
		int digit;

		if (json->at == json->end)
			return incomplete(json, true);
		digit = hex_digit(*json->at);
		if (digit < 0)
			return invalid(json, "\\u without four hexadecimal digits");
		*unit = *unit << 4 | (uint32_t)digit;
	}
	return true;
}

static void put_utf8(struct json *json, uint32_t character)
{
	if (character < 0x80) {
		*json->out++ = (char)character;
		return;
	}
	if (character < 0x800) {
		*json->out++ = (char)(0xc0 | character >> 6);
	} else {
		if (character < 0x10000) {
			*json->out++ = (char)(0xe0 | character >> 12);
		} else {
			*json->out++ = (char)(0xf0 | character >> 18);
			*json->out++ = (char)(0x80 | (character >> 12 & 0x3f));
		}
		*json->out++ = (char)(0x80 | (character >> 6 & 0x3f));
	}
	*json->out++ = (char)(0x80 | (character & 0x3f));
}

static bool read_unicode(struct json *json)
{
	const char *start = json->at - 2;
	uint32_t first, second;

	if (!read_unit(json, &first))
		return false;
	if (first >= 0xd800 && first < 0xdc00) {
		if (json->at == json->end || (*json->at == '\\' && json->at + 1 == json->end))
			return incomplete(json, true);
		if (json->at[0] == '\\' && json->at[1] == 'u') {
			json->at += 2;
			if (!read_unit(json, &second))
				return false;
			if (second >= 0xdc00 && second < 0xe000) {
				put_utf8(json, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
				return true;
			}
		}
	}
	json->at = start;
	if (first >= 0xd800 && first < 0xe000)
		return invalid(json, "half of a surrogate pair");
	if (first == 0)
		return invalid(json, "\\u0000 in a string");
	json->at = start + 6;
	put_utf8(json, first);
	return true;
}

/* json->at is behind the backslash. */
static bool read_escape(struct json *json)
{
	static const char names[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const char *name;

	if (json->at == json->end)
		return incomplete(json, true);
	if (*json->at == 'u') {
		json->at++;
		return read_unicode(json);
	}
	name = memchr(names, *json->at, sizeof(names) - 1);
	if (!name)
		return invalid(json, "unknown escape in a string");
	*json->out++ = values[name - names];
	json->at++;
	return true;
}

/* A string and its NUL into the scratch; json->at is at the opening quote. */
static bool read_string(struct json *json, bool is_value)
{
	json->at++;
	for (;;) {
		if (json->at == json->end)
			return incomplete(json, is_value);
		if (*json->at == '"')
			break;
		if (*json->at != '\\') {
			*json->out++ = *json->at++;
			continue;
		}
		json->at++;
		if (!read_escape(json))
			return false;
	}
	json->at++;
	*json->out++ = '\0';
	return true;
}

static bool read_direction(struct json *json)
{
	char *out = json->out;

	if (!skip_blanks(json))
		return false;
	if (*json->at != '"')
		return invalid(json, "direction is not a string");
	/* known from its first byte, so a wrong one is no reason to wait for more */
	if (json->at + 1 < json->end && json->at[1] != '>' && json->at[1] != '<' && json->at[1] != '\\') {
		json->at++;
		return invalid(json, "direction begins with neither '>' nor '<'");
	}
	if (!read_string(json, false))
		return false;
	if (*out != '>' && *out != '<')
		return invalid(json, "direction begins with neither '>' nor '<'");
	json->marker->status = *out == '>' ? MARKER_ENTER : MARKER_EXIT;
	json->out = out;
	return true;
}

static bool read_id_word(struct json *json)
{
	static const struct {
		const char *word;
		enum marker_id_kind kind;
	} words[] = {
		{ "", MARKER_ID_GLOBAL }, { "g", MARKER_ID_GLOBAL }, { "t", MARKER_ID_THREAD },
		{ "p", MARKER_ID_PROCESS }, { "pp", MARKER_ID_PARENT },
	};
	const char *start = json->at;
	char *out = json->out;

	if (!read_string(json, false))
		return false;
	json->out = out;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(out, words[i].word) == 0) {
			json->marker->id_kind = words[i].kind;
			return true;
		}
	}
	json->at = start;
	return invalid(json, "id is neither a number nor \"t\", \"p\", \"pp\" or \"g\"");
}

static bool skip_digits(struct json *json)
{
	const char *start = json->at;

	while (json->at < json->end && *json->at >= '0' && *json->at <= '9')
		json->at++;
	if (json->at == json->end)
		return incomplete(json, false);
	return json->at > start || invalid(json, "number without digits");
}

static bool read_id(struct json *json)
{
	const char *start;
	uint64_t number = 0;
	bool negative;

	if (!skip_blanks(json))
		return false;
	if (*json->at == '"')
		return read_id_word(json);
	if (*json->at != '-' && (*json->at < '0' || *json->at > '9'))
		return invalid(json, "id is neither a number nor a string");
	negative = *json->at == '-';
	json->at += negative;
	start = json->at;
	if (!skip_digits(json))
		return false;
	if (*json->at == '.' || *json->at == 'e' || *json->at == 'E')
		return invalid(json, "id is not a whole number");
	/* wraps as that of the text form does */
	for (const char *at = start; at < json->at; at++)
		number = number * 10 + (uint64_t)(*at - '0');
	json->marker->id_kind = MARKER_ID_NUMBER;
	json->marker->id = (int64_t)(negative ? 0 - number : number);
	return true;
}

static bool read_tags(struct json *json)
{
	struct marker *marker = json->marker;
	bool more;

	marker->tags = json->out;
	if (!expect(json, '[', "tags are not a list") || !skip_blanks(json))
		return false;
	if (*json->at == ']') {
		json->at++;
		return true;
	}
	do {
		if (!skip_blanks(json))
			return false;
		if (*json->at != '"')
			return invalid(json, "tag is not a string");
		if (!read_string(json, false))
			return false;
		marker->ntags++;
		if (!expect_next(json, ']', &more, "no ',' or ']' behind a tag"))
			return false;
	} while (more);
	marker->tags_size = (size_t)(json->out - marker->tags);
	return true;
}

static bool skip_number(struct json *json)
{
	json->at += *json->at == '-';
	if (!skip_digits(json))
		return false;
	if (*json->at == '.') {
		json->at++;
		if (!skip_digits(json))
			return false;
	}
	if (*json->at == 'e' || *json->at == 'E') {
		if (++json->at < json->end && (*json->at == '+' || *json->at == '-'))
			json->at++;
		return skip_digits(json);
	}
	return true;
}

static bool skip_literal(struct json *json)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t left = (size_t)(json->end - json->at);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t size = strlen(words[i]);

		if (memcmp(json->at, words[i], left < size ? left : size) != 0)
			continue;
		/* without a byte behind it, the word itself may go on */
		if (left <= size)
			return incomplete(json, false);
		json->at += size;
		return true;
	}
	return invalid(json, "value of an argument is not a JSON value");
}

static bool read_value(struct json *json)
{
	const char *start;
	bool is_number;

	if (!skip_blanks(json))
		return false;
	if (*json->at == '"')
		return read_string(json, true);
	if (*json->at == '[' || *json->at == '{')
		return invalid(json, "value of an argument is a list or an object");
	start = json->at;
	is_number = *start == '-' || (*start >= '0' && *start <= '9');
	if (!(is_number ? skip_number(json) : skip_literal(json)))
		return false;
	memcpy(json->out, start, (size_t)(json->at - start));
	json->out += json->at - start;
	*json->out++ = '\0';
	return true;
}

static bool read_object(struct json *json)
{
	bool more;

	if (!expect(json, '{', "arguments are neither a list of objects nor an object") || !skip_blanks(json))
		return false;
	if (*json->at == '}') {
		json->at++;
		return true;
	}
	do {
		if (!skip_blanks(json))
			return false;
		if (*json->at != '"')
			return invalid(json, "name of an argument is not a string");
		if (!read_string(json, false) ||
		    !expect(json, ':', "no ':' behind the name of an argument") || !read_value(json))
			return false;
		json->marker->nargs++;
		if (!expect_next(json, '}', &more, "no ',' or '}' behind an argument"))
			return false;
	} while (more);
	return true;
}

static bool read_args(struct json *json)
{
	struct marker *marker = json->marker;
	const char *args = json->out;
	bool more = true;

	if (!skip_blanks(json))
		return false;
	if (*json->at == '[') {
		json->at++;
		if (!skip_blanks(json))
			return false;
		if (*json->at == ']') {
			json->at++;
			more = false;
		}
		while (more) {
			if (!read_object(json) ||
			    !expect_next(json, ']', &more, "no ',' or ']' behind an object"))
				return false;
		}
	} else if (!read_object(json)) {
		return false;
	}
	marker->args = args;
	marker->args_size = (size_t)(json->out - args);
	return true;
}

void marker_parse_json(const char *text, size_t size, struct marker *marker, char *scratch)
{
	struct json json = { .text = text, .at = text, .end = text + size, .out = scratch, .marker = marker };

	if (!skip_blanks(&json)) {
		/* an empty line: nothing to wait for */
		marker_set_invalid(marker, "empty", 0);
		return;
	}
	if (!expect(&json, '[', "begins with none of '>', '<' and '['") || !read_direction(&json) ||
	    !expect(&json, ',', "no id behind the direction") || !read_id(&json) ||
	    !expect(&json, ',', "no list of tags behind the id") || !read_tags(&json) ||
	    !expect(&json, ',', "no arguments behind the tags") || !read_args(&json))
		return;
	expect(&json, ']', "no ']' behind the arguments");
}
