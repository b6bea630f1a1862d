#include "echo.h"

#include <stdio.h>
#include <string.h>

#include "value.h"

#define HEX_ROW 16

static char dotted(char c)
{
	return c >= ' ' && c <= '~' ? c : '.';
}

/* ---- its own lines ---- */

static uint32_t count_lines(const char *data, size_t size)
{
	const char *at = data, *end = data + size;
	uint32_t lines = 0;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		lines++;
		if (++at == end)
			return lines;
	}
	return lines + 1;
}

static const char *find_line(const char *data, size_t size, uint32_t row, size_t *length)
{
	const char *at = data, *end = data + size, *stop;

	for (; row; row--) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop || stop + 1 == end)
			return NULL;
		at = stop + 1;
	}
	stop = memchr(at, '\n', (size_t)(end - at));
	*length = (size_t)((stop ? stop : end) - at);
	return at;
}

static void put_printable(struct format_text *text, const char *line, size_t size)
{
	char escaped[TEXT_ESCAPED_MAX];
	bool plain;

	for (size_t at = 0, used; at < size; at += used) {
		size_t length = text_escape_one(line + at, size - at, escaped, &used, &plain);

		if (plain || line[at] == '\t')
			format_bytes(text, line + at, used);
		(void)length;
	}
}

/* ---- hex ---- */

static void put_hex_row(struct format_text *text, const char *data, size_t size, uint32_t row)
{
	static const char digits[] = "0123456789abcdef";
	size_t from = (size_t)row * HEX_ROW, count = size - from < HEX_ROW ? size - from : HEX_ROW;
	char line[96];
	int used = snprintf(line, sizeof(line), "  0x%04zx: ", from);

	for (size_t i = 0; i < HEX_ROW; i++) {
		unsigned char byte = i < count ? (unsigned char)data[from + i] : 0;

		line[used++] = i < count ? digits[byte >> 4] : ' ';
		line[used++] = i < count ? digits[byte & 15] : ' ';
		if (i % 2)
			line[used++] = ' ';
	}
	line[used++] = ' ';
	for (size_t i = 0; i < count; i++)
		line[used++] = dotted(data[from + i]);
	format_bytes(text, line, (size_t)used);
}

/* ---- all forms ---- */

uint32_t echo_rows(enum echo_form form, const char *data, size_t size)
{
	if (!size)
		return 0;
	switch (form) {
	case ECHO_PRINTABLE:
		return count_lines(data, size);
	case ECHO_HEX:
		return (uint32_t)((size + HEX_ROW - 1) / HEX_ROW);
	case ECHO_DOTTED:
		break;
	}
	return 1;
}

void echo_put_row(struct format_text *text, enum echo_form form, const char *data, size_t size, uint32_t row)
{
	const char *line;
	size_t length;

	switch (form) {
	case ECHO_HEX:
		if ((size_t)row * HEX_ROW < size)
			put_hex_row(text, data, size, row);
		return;
	case ECHO_PRINTABLE:
		line = size ? find_line(data, size, row, &length) : NULL;
		if (line)
			put_printable(text, line, length);
		return;
	case ECHO_DOTTED:
		if (row || !size || !format_reserve(text, size))
			return;
		for (size_t i = 0; i < size; i++)
			text->bytes[text->size++] = dotted(data[i]);
		return;
	}
}
