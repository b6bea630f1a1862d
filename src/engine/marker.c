/* The text form of markers: one pass over the bytes, what is found goes into the scratch buffer unescaped. */
#include "marker.h"

#include <stdbool.h>
#include <string.h>

#include "marker_private.h"

/* Where a run of ordinary bytes stops. */
enum stop {
	STOP_TAG = 1,     /* ends a tag, or must not be in one */
	STOP_NAME = 2,
	STOP_VALUE = 4,
};

static const unsigned char stops[256] = {
	['\\'] = STOP_TAG | STOP_NAME | STOP_VALUE,
	['.'] = STOP_TAG,
	[':'] = STOP_TAG | STOP_VALUE,
	['>'] = STOP_TAG | STOP_NAME,
	['<'] = STOP_TAG | STOP_NAME,
	['='] = STOP_TAG | STOP_NAME,
	['\n'] = STOP_TAG | STOP_NAME,
	[','] = STOP_VALUE,
};

#define TEXT_END 0   /* no byte of the text is 0 */

struct parser {
	const char *at, *end;
	const char *escaped;   /* end of the last escape, so that the byte before it is ordinary */
	char *out;
	bool open_escape;
};

void marker_set_incomplete(struct marker *marker, int open_value)
{
	int json = marker->json;

	memset(marker, 0, sizeof(*marker));
	marker->json = json;
	marker->status = MARKER_INCOMPLETE;
	marker->open_value = open_value;
}

void marker_set_invalid(struct marker *marker, const char *reason, size_t position)
{
	int json = marker->json;

	memset(marker, 0, sizeof(*marker));
	marker->json = json;
	marker->status = MARKER_INVALID;
	marker->reason = reason;
	marker->position = position;
}

/* Copies bytes up to one that stops; returns that one, still to be read, or TEXT_END. */
static char copy_run(struct parser *parser, enum stop stop)
{
	const char *at = parser->at;
	char *out = parser->out;
	char found = TEXT_END;

	while (at < parser->end) {
		if (!(stops[(unsigned char)*at] & stop)) {
			*out++ = *at++;
			continue;
		}
		found = *at;
		if (found != '\\')
			break;
		found = TEXT_END;
		if (at + 1 == parser->end) {
			parser->open_escape = true;
			break;
		}
		*out++ = at[1];
		at += 2;
		parser->escaped = at;
	}
	parser->at = at;
	parser->out = out;
	return found;
}

/* Reads the id and the ':' behind it. NULL, or why not; at the end of the text "" . */
static const char *parse_id(struct parser *parser, struct marker *marker)
{
	const char *at = parser->at;
	bool negative = false;
	uint64_t number = 0;

	marker->id_kind = MARKER_ID_GLOBAL;
	if (at < parser->end && *at == 't') {
		marker->id_kind = MARKER_ID_THREAD;
		at++;
	} else if (at < parser->end && *at == 'g') {
		at++;
	} else if (at < parser->end && *at == 'p') {
		marker->id_kind = MARKER_ID_PROCESS;
		if (++at < parser->end && *at == 'p') {
			marker->id_kind = MARKER_ID_PARENT;
			at++;
		}
	} else if (at < parser->end && *at != ':') {
		marker->id_kind = MARKER_ID_NUMBER;
		negative = *at == '-';
		at += negative;
		for (; at < parser->end && *at >= '0' && *at <= '9'; at++)
			number = number * 10 + (uint64_t)(*at - '0');
		marker->id = (int64_t)(negative ? 0 - number : number);
	}
	parser->at = at;
	if (at == parser->end)
		return "";
	if (*at != ':')
		return "id is neither a number nor t, p, pp or g";
	parser->at++;
	return NULL;
}

static const char *parse_tags(struct parser *parser, struct marker *marker)
{
	char found;

	marker->tags = parser->out;
	if (parser->at < parser->end && *parser->at == ':') {
		parser->at++;
		return NULL;
	}
	do {
		found = copy_run(parser, STOP_TAG);
		if (found == TEXT_END)
			return "";
		if (found != '.' && found != ':')
			return found == '\n' ? "line break in a tag" : "'>', '<' or '=' in a tag";
		*parser->out++ = '\0';
		marker->ntags++;
		parser->at++;
	} while (found == '.');
	marker->tags_size = (size_t)(parser->out - marker->tags);
	return NULL;
}

static const char *parse_args(struct parser *parser, struct marker *marker)
{
	char found;

	marker->args = parser->out;
	if (parser->at < parser->end && *parser->at == ':')
		return NULL;
	do {
		const char *name = parser->at;

		found = copy_run(parser, STOP_NAME);
		/* a name may hold ':', but a text that ends with one was meant to be whole */
		if (found == TEXT_END && parser->at > name && parser->at[-1] == ':' &&
		    parser->at != parser->escaped && !parser->open_escape) {
			parser->at--;
			return "no '=' in an argument";
		}
		if (found == TEXT_END)
			return "";
		if (found != '=')
			return found == '\n' ? "line break in the name of an argument" :
					       "'>' or '<' in the name of an argument";
		*parser->out++ = '\0';
		parser->at++;
		found = copy_run(parser, STOP_VALUE);
		if (found == TEXT_END) {
			marker->open_value = 1;
			return "";
		}
		*parser->out++ = '\0';
		marker->nargs++;
		parser->at++;
	} while (found == ',');
	marker->args_size = (size_t)(parser->out - marker->args);
	return NULL;
}

static const char *parse_text(struct parser *parser, struct marker *marker)
{
	const char *fault;

	marker->status = *parser->at++ == '>' ? MARKER_ENTER : MARKER_EXIT;
	if (parser->at == parser->end)
		return "";
	if (*parser->at != ':')
		return "no ':' behind the direction";
	parser->at++;
	fault = parse_id(parser, marker);
	if (!fault)
		fault = parse_tags(parser, marker);
	if (!fault)
		fault = parse_args(parser, marker);
	return fault;
}

size_t marker_scratch_size(size_t size)
{
	/* each string's NUL takes the place of the separator, quote or bracket behind it */
	return size + 1;
}

void marker_parse(const char *text, size_t size, struct marker *marker, char *scratch)
{
	struct parser parser = { .at = text, .out = scratch };
	const char *fault;

	memset(marker, 0, sizeof(*marker));
	/* programs written in C may send the NUL of their string along */
	if (size)
		size = strnlen(text, size);
	if (size == 0) {
		marker_set_invalid(marker, "empty", 0);
		return;
	}
	if (*text != '>' && *text != '<') {
		marker->json = 1;
		marker_parse_json(text, size, marker, scratch);
		return;
	}
	parser.end = text + size;
	fault = parse_text(&parser, marker);
	if (fault && *fault)
		marker_set_invalid(marker, fault, (size_t)(parser.at - text));
	else if (fault)
		marker_set_incomplete(marker, marker->open_value || parser.open_escape);
}
