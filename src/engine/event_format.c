/* Output formats.
 *
 * A format is compiled once into tokens, each some literal text and then a field (the last one may have none); for JSON
 * the fields are also put in the order of their keys. A line is then a walk over the tokens: a literal is copied, a field
 * is read and its value written behind what is there, with no printf on the way. */
#include "event_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format_text.h"
#include "scap_text.h"

const char event_format_default[] =
	"*%evt.num %evt.outputtime %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info";
const char event_format_containers[] =
	"*%evt.num %evt.outputtime %evt.cpu %container.name (%container.id) %proc.name (%thread.tid:%thread.vtid) "
	"%evt.dir %evt.type %evt.info";
const char event_format_pods[] =
	"*%evt.num %evt.outputtime %evt.cpu %k8s.pod.name (%container.id) %proc.name (%thread.tid:%thread.vtid) "
	"%evt.dir %evt.type %evt.info";

#define WIDTH_MAX 65536

enum style {
	STYLE_PLAIN,
	STYLE_NINE_DIGITS,  /* text: padded with zeros */
	STYLE_HEX,          /* upper case, no prefix; in JSON, too, so as a text */
	STYLE_BUFFER,       /* in the style of the settings */
	STYLE_TIME,         /* JSON: ns since the epoch, whatever the text is */
	STYLE_WORD,         /* a number that is a text in JSON */
};

static const struct {
	const char *name;
	enum style style;
} styles[] = {
	{ "evt.rawtime.ns", STYLE_NINE_DIGITS }, { "evt.reltime", STYLE_NINE_DIGITS },
	{ "evt.reltime.ns", STYLE_NINE_DIGITS }, { "evt.latency.ns", STYLE_NINE_DIGITS },
	{ "evt.deltatime.ns", STYLE_NINE_DIGITS }, { "fd.dev", STYLE_HEX },
	{ "evt.buffer", STYLE_BUFFER }, { "span.rawtime", STYLE_WORD }, { "span.rawparenttime", STYLE_WORD },
	{ "evt.time", STYLE_TIME }, { "evt.time.s", STYLE_TIME }, { "evt.time.iso8601", STYLE_TIME },
	{ "evt.datetime", STYLE_TIME }, { "evt.datetime.s", STYLE_TIME }, { "evt.outputtime", STYLE_TIME },
};

struct token {
	const char *literal;      /* before the field; lies in the format's text */
	size_t literal_size;
	bool has_field;
	struct field field;
	enum style style;
	size_t width;             /* cut or filled to so many bytes; 0: as it is */
	char *key;                /* of JSON: "name": with its quotes */
	size_t key_size;
	const char *name;         /* as the format has it, with its argument; lies in the format's text */
	size_t name_size;
};

struct event_format {
	char *text;
	bool all;                 /* lines with missing values are printed too */
	struct token *tokens;
	size_t ntokens;
	const struct token **keys; /* each key once, in order */
	size_t nkeys;
	struct format_text line;
};

/* ---- compiling ---- */

static void fail(struct filter_error *error, size_t position, const char *reason, const char *word, size_t size)
{
	char shown[96];

	error->position = position;
	text_escape(word, size, shown, sizeof(shown));
	snprintf(error->text, sizeof(error->text), "%s%s%s", reason, size ? ": " : "", shown);
}

static bool is_field_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static size_t longest_name(const char *text, size_t size, const struct field_definition **found)
{
	size_t longest = 0;

	for (const struct field_definition *d = field_table; d->name; d++) {
		size_t length = strlen(d->name);

		if (length > longest && length <= size && !memcmp(d->name, text, length)) {
			longest = length;
			*found = d;
		}
	}
	return longest;
}

/* A name stands before any text, so it ends where the longest one that is known does: %evt.num_x is evt.num and "_x".
 * Where an argument's name may only be one of some words, it ends in the same way: %evt.arg.fdx. */
static int read_field(const char *text, size_t size, struct field *field, const char **reason, size_t *at)
{
	const struct field_definition *definition = NULL;
	size_t length = longest_name(text, size, &definition), end = length;
	int status;

	*at = 0;
	*reason = "unknown field";
	if (!length)
		return -1;
	if (end < size && text[end] == '[' && definition->argument != FIELD_ARGUMENT_NONE) {
		const char *bracket = memchr(text + end, ']', size - end);

		return field_parse_word(text, bracket ? (size_t)(bracket + 1 - text) : size, field, reason, at);
	}
	if (end + 1 < size && text[end] == '.' &&
	    (definition->argument == FIELD_ARGUMENT_NAME || definition->argument == FIELD_ARGUMENT_EITHER ||
	     definition->argument == FIELD_ARGUMENT_MAY_NAME))
		for (end++; end < size && (is_field_byte(text[end]) || text[end] == '-' ||
					   (text[end] == '/' && definition->flags & FIELD_SLASHES));)
			end++;
	while (end > length + 1 && text[end - 1] == '.')
		end--;
	for (size_t shorter = end; shorter > length + 1; shorter--) {
		status = field_parse_word(text, shorter, field, reason, at);
		if (status > 0)
			return status;
	}
	return field_parse_word(text, end > length + 1 ? end : length, field, reason, at);
}

static void say_unknown(struct filter_error *error, size_t position, const char *text, size_t size)
{
	size_t run = 0;
	const char *near;

	while (run < size && is_field_byte(text[run]))
		run++;
	while (run && text[run - 1] == '.')
		run--;
	near = field_suggest(text, run);
	fail(error, position, run ? "there is no such field" : "the name of a field is expected after %", text, run);
	if (near) {
		size_t length = strlen(error->text);

		snprintf(error->text + length, sizeof(error->text) - length, "; did you mean %s?", near);
	}
}

static enum style style_of(const struct field_definition *definition)
{
	for (size_t i = 0; i < sizeof(styles) / sizeof(*styles); i++)
		if (!strcmp(styles[i].name, definition->name))
			return styles[i].style;
	return STYLE_PLAIN;
}

static struct token *add_token(struct event_format *format)
{
	struct token *tokens = realloc(format->tokens, (format->ntokens + 1) * sizeof(*tokens));

	if (!tokens)
		return NULL;
	format->tokens = tokens;
	tokens[format->ntokens] = (struct token){ 0 };
	return &tokens[format->ntokens++];
}

/* From the % at text[0]. Returns the bytes read, or -1. `position`: of the % in the whole format. */
static int compile_field(struct token *token, const char *text, size_t position, struct filter_error *error)
{
	size_t size = strlen(text), at = 1, offset = 0;
	const char *reason;
	int length;

	for (; at < size && text[at] >= '0' && text[at] <= '9'; at++) {
		token->width = token->width * 10 + (text[at] - '0');
		if (token->width > WIDTH_MAX) {
			fail(error, position + 1, "a width of at most 65536 is expected", "", 0);
			return -1;
		}
	}
	length = read_field(text + at, size - at, &token->field, &reason, &offset);
	if (length < 0) {
		if (!strcmp(reason, "unknown field"))
			say_unknown(error, position + at, text + at, size - at);
		else
			fail(error, position + at + offset, reason, text + at, strcspn(text + at, " \t\n%"));
		return -1;
	}
	token->has_field = true;
	if (token->field.definition->flags & FIELD_FILTER_ONLY) {
		fail(error, position + at, "this field is for filters only", text + at, length);
		return -1;
	}
	token->style = style_of(token->field.definition);
	token->name = text + at;
	token->name_size = length;
	return at + length;
}

static int compare_keys(const void *a, const void *b)
{
	const struct token *first = *(const struct token *const *)a, *second = *(const struct token *const *)b;
	size_t common = first->name_size < second->name_size ? first->name_size : second->name_size;
	int order = memcmp(first->name, second->name, common);

	if (order)
		return order;
	return (first->name_size > second->name_size) - (first->name_size < second->name_size);
}

static bool make_keys(struct event_format *format)
{
	struct format_text key = { 0 };

	format->keys = calloc(format->ntokens + 1, sizeof(*format->keys));
	if (!format->keys)
		return false;
	for (size_t i = 0; i < format->ntokens; i++)
		if (format->tokens[i].has_field)
			format->keys[format->nkeys++] = &format->tokens[i];
	qsort(format->keys, format->nkeys, sizeof(*format->keys), compare_keys);
	for (size_t i = 1; i < format->nkeys;) {
		if (compare_keys(&format->keys[i - 1], &format->keys[i])) {
			i++;
			continue;
		}
		memmove(&format->keys[i], &format->keys[i + 1], (format->nkeys - i - 1) * sizeof(*format->keys));
		format->nkeys--;
	}
	for (size_t i = 0; i < format->nkeys; i++) {
		struct token *token = &format->tokens[format->keys[i] - format->tokens];

		key = (struct format_text){ 0 };
		format_json_string(&key, token->name, token->name_size);
		format_byte(&key, ':');
		if (key.failed) {
			free(key.bytes);
			return false;
		}
		token->key = key.bytes;
		token->key_size = key.size;
	}
	return true;
}

static bool compile(struct event_format *format, struct filter_error *error)
{
	const char *start = format->text + format->all, *at = start;

	for (;;) {
		struct token *token = add_token(format);
		const char *percent = strchr(at, '%');
		int length;

		if (!token) {
			fail(error, 0, "out of memory", "", 0);
			return false;
		}
		token->literal = at;
		token->literal_size = percent ? (size_t)(percent - at) : strlen(at);
		if (!percent)
			return true;
		if (percent[1] == '%') {
			token->literal_size++;
			at = percent + 2;
			continue;
		}
		length = compile_field(token, percent, percent - format->text, error);
		if (length < 0)
			return false;
		at = percent + length;
	}
}

struct event_format *event_format_new(const char *text, struct filter_error *error)
{
	struct event_format *format;

	if (!*text) {
		fail(error, 0, "the format is empty", "", 0);
		return NULL;
	}
	format = calloc(1, sizeof(*format));
	if (format)
		format->text = strdup(text);
	if (!format || !format->text) {
		fail(error, 0, "out of memory", "", 0);
		free(format);
		return NULL;
	}
	format->all = *text == '*';
	if (!compile(format, error)) {
		event_format_free(format);
		return NULL;
	}
	if (!make_keys(format)) {
		fail(error, 0, "out of memory", "", 0);
		event_format_free(format);
		return NULL;
	}
	return format;
}

void event_format_free(struct event_format *format)
{
	if (!format)
		return;
	for (size_t i = 0; i < format->ntokens; i++) {
		field_fini(&format->tokens[i].field);
		free(format->tokens[i].key);
	}
	free(format->tokens);
	free(format->keys);
	free(format->text);
	free(format->line.bytes);
	free(format);
}

/* ---- writing ---- */

/* Bytes read or written: how long they get is only known when they are written. */
static void put_buffer(struct format_text *line, const struct field_context *context, const struct value *value)
{
	const struct field_settings *settings = context->settings ? context->settings : &field_settings_default;

	for (size_t room = value->size + 64;;) {
		struct text_output output = { .size = room };

		if (!format_reserve(line, room))
			return;
		output.text = line->bytes + line->size;
		scap_put_buffer(&output, settings, (const uint8_t *)value->text, value->size);
		if (output.length < room) {
			line->size += output.length;
			return;
		}
		room = output.length + 1;
	}
}

static void put_value(struct format_text *line, const struct token *token, const struct field_context *context,
		      const struct value *value)
{
	char text[64];

	switch (value->type) {
	case VALUE_NONE:
		format_bytes(line, "<NA>", 4);
		return;
	case VALUE_INT:
	case VALUE_ID:
	case VALUE_UINT:
	case VALUE_DURATION:
	case VALUE_TIME:
	case VALUE_PORT:
		if (token->style == STYLE_NINE_DIGITS)
			format_nine_digits(line, value->u);
		else if (token->style == STYLE_HEX)
			format_hex(line, value->u);
		else if (value->type == VALUE_INT || value->type == VALUE_ID)
			format_int(line, value->i);
		else
			format_uint(line, value->u);
		return;
	case VALUE_REAL:
		format_bytes(line, text, snprintf(text, sizeof(text), "%.1f", value->r));
		return;
	case VALUE_BOOL:
		format_bytes(line, value->u ? "true" : "false", value->u ? 4 : 5);
		return;
	case VALUE_TEXT:
		format_bytes(line, value->text, value->size);
		return;
	case VALUE_BYTES:
		if (token->style == STYLE_BUFFER)
			put_buffer(line, context, value);
		else
			format_bytes(line, value->text, strnlen(value->text, value->size));
		return;
	case VALUE_IPV4:
	case VALUE_IPV6:
		format_bytes(line, text, value_format(value, false, text, sizeof(text)));
		return;
	}
}

/* What JSON has as a text, made by way of the line itself. */
static void put_json_text(struct format_text *line, const struct token *token, const struct field_context *context,
			  const struct value *value)
{
	size_t start = line->size, size;
	char *text;

	put_value(line, token, context, value);
	size = line->size - start;
	line->size = start;
	text = malloc(size + 1);
	if (!text) {
		line->failed = true;
		return;
	}
	if (size)
		memcpy(text, line->bytes + start, size);
	format_json_string(line, text, size);
	free(text);
}

static void put_json_value(struct format_text *line, const struct token *token, const struct event *event,
			   const struct field_context *context, const struct value *value)
{
	char text[64];

	if (value->type != VALUE_NONE && token->style == STYLE_TIME) {
		format_uint(line, event->time);
		return;
	}
	if (value->type != VALUE_NONE &&
	    (token->style == STYLE_HEX || token->style == STYLE_BUFFER || token->style == STYLE_WORD)) {
		put_json_text(line, token, context, value);
		return;
	}
	switch (value->type) {
	case VALUE_NONE:
		format_bytes(line, "null", 4);
		return;
	case VALUE_INT:
	case VALUE_ID:
		format_int(line, value->i);
		return;
	case VALUE_UINT:
	case VALUE_DURATION:
	case VALUE_TIME:
	case VALUE_PORT:
		format_uint(line, value->u);
		return;
	case VALUE_REAL:
		format_bytes(line, text, snprintf(text, sizeof(text), "%.15g", value->r));
		return;
	case VALUE_TEXT:
		format_json_string(line, value->text, value->size);
		return;
	case VALUE_BYTES:
		format_json_string(line, value->text, strnlen(value->text, value->size));
		return;
	case VALUE_IPV4:
	case VALUE_IPV6:
		format_json_string(line, text, value_format(value, false, text, sizeof(text)));
		return;
	case VALUE_BOOL:
		put_value(line, token, context, value);
		return;
	}
}

/* A line that memory is out for is given up, as if it were filtered. */
static bool give(const struct event_format *format, const char **line, size_t *size)
{
	*line = format->line.bytes ? format->line.bytes : "";
	*size = format->line.size;
	return !format->line.failed;
}

bool event_format_text(struct event_format *format, const struct event *event, struct field_context *context,
		       const char **line, size_t *size)
{
	struct format_text *to = &format->line;
	struct value value;

	to->size = 0;
	to->failed = false;
	for (const struct token *token = format->tokens; token < format->tokens + format->ntokens; token++) {
		size_t start;

		format_bytes(to, token->literal, token->literal_size);
		if (!token->has_field)
			continue;
		if (!field_value(&token->field, event, context, &value)) {
			if (!format->all)
				return false;
			value.type = VALUE_NONE;
		}
		start = to->size;
		put_value(to, token, context, &value);
		if (token->width)
			format_fit(to, start, token->width);
	}
	return give(format, line, size);
}

bool event_format_json(struct event_format *format, const struct event *event, struct field_context *context,
		       const char **line, size_t *size)
{
	struct format_text *to = &format->line;
	struct value value;

	to->size = 0;
	to->failed = false;
	format_byte(to, '{');
	for (size_t i = 0; i < format->nkeys; i++) {
		const struct token *token = format->keys[i];

		if (!field_value(&token->field, event, context, &value)) {
			if (!format->all)
				return false;
			value.type = VALUE_NONE;
		}
		if (i)
			format_byte(to, ',');
		format_bytes(to, token->key, token->key_size);
		put_json_value(to, token, event, context, &value);
	}
	format_byte(to, '}');
	return give(format, line, size);
}
