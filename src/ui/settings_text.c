/* The settings file as text: `key = value` a line, `#` begins a comment. In a value a backslash begins \n, \t, \\ or
 * \xHH; control characters, and blanks at its ends, are written so. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings_private.h"

#define KEY_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-%"

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* One escape behind its backslash, or -1; *used: bytes of it. */
static int unescape_one(const char *text, size_t size, size_t *used)
{
	*used = 1;
	if (!size)
		return -1;
	switch (text[0]) {
	case 'n': return '\n';
	case 't': return '\t';
	case '\\': return '\\';
	case 'x':
		if (size < 3 || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0)
			return -1;
		*used = 3;
		return hex_digit(text[1]) * 16 + hex_digit(text[2]);
	}
	return -1;
}

/* In place. False if it is no value: a wrong escape, a byte 0. */
static bool unescape(char *text, size_t *size)
{
	size_t to = 0;

	for (size_t at = 0; at < *size; at++) {
		int c = (unsigned char)text[at];
		size_t used = 0;

		if (c == '\\')
			c = unescape_one(text + at + 1, *size - at - 1, &used);
		if (c <= 0)
			return false;
		at += used;
		text[to++] = (char)c;
	}
	text[to] = '\0';
	*size = to;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes `key = value` apart, in a line of its own memory. False if it is no setting. */
static bool split(char *line, size_t size, const char **key, char **value, size_t *value_size)
{
	char *equals = memchr(line, '=', size), *end = line + size, *key_end;

	while (line < end && is_blank(*line))
		line++;
	if (!equals || equals <= line)
		return false;
	for (key_end = equals; key_end > line && is_blank(key_end[-1]);)
		key_end--;
	*value = equals + 1;
	while (*value < end && is_blank(**value))
		(*value)++;
	while (end > *value && is_blank(end[-1]))
		end--;
	*value_size = (size_t)(end - *value);
	*key_end = '\0';
	*key = line;
	return key_end > line && key_end - line < SETTINGS_KEY_MAX &&
	       strspn(line, KEY_CHARACTERS) == (size_t)(key_end - line) && unescape(*value, value_size);
}

static bool is_comment(const char *line, size_t size)
{
	size_t i = 0;

	while (i < size && is_blank(line[i]))
		i++;
	return i == size || line[i] == '#';
}

/* 1: taken, 0: it is no setting, and kept; -1: no memory. */
static int parse_line(struct settings_lines *lines, const char *text, size_t size)
{
	char *copy = malloc(size + 1), *value;
	const char *key;
	size_t value_size;
	int result = 1;

	if (!copy)
		return -1;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (is_comment(text, size)) {
		result = settings_lines_add(lines, NULL, text, size) ? 1 : -1;
	} else if (!split(copy, size, &key, &value, &value_size)) {
		result = settings_lines_add(lines, NULL, text, size) ? 0 : -1;
	} else if (!settings_lines_add(lines, key, value, value_size)) {
		result = -1;
	} else if (!settings_accepts(key, value)) {
		lines->items[lines->count - 1].refused = true;
		result = 0;
	}
	free(copy);
	return result;
}

bool settings_parse(struct settings_lines *lines, const char *text, size_t size, size_t *bad, size_t *first_bad)
{
	const char *end = text + size;

	*bad = *first_bad = 0;
	for (size_t number = 1; text < end; number++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline ? newline : end) - text);
		int result = parse_line(lines, text, length);

		if (result < 0)
			return false;
		if (!result && !(*bad)++)
			*first_bad = number;
		text += length + 1;
	}
	return true;
}

static void print_value(FILE *file, const struct settings_line *line)
{
	for (size_t i = 0; i < line->size; i++) {
		unsigned char c = (unsigned char)line->text[i];

		if (c == '\\')
			fputs("\\\\", file);
		else if (c == '\n')
			fputs("\\n", file);
		else if (c < ' ' || c == 127 || (c == ' ' && (!i || i + 1 == line->size)))
			fprintf(file, "\\x%02x", c);
		else
			fputc(c, file);
	}
}

char *settings_print(const struct settings_lines *lines, size_t *size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, size);

	if (!file)
		return NULL;
	for (size_t i = 0; i < lines->count; i++) {
		const struct settings_line *line = &lines->items[i];

		if (line->key) {
			fprintf(file, "%s = ", line->key);
			print_value(file, line);
		} else {
			fwrite(line->text, 1, line->size, file);
		}
		fputc('\n', file);
	}
	if (!fclose(file))
		return text;
	free(text);
	return NULL;
}
