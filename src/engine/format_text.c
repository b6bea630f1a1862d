#include "format_text.h"

#include <stdlib.h>

#include "text_output.h"

bool format_grow(struct format_text *text, size_t more)
{
	size_t room = text->room ? 2 * text->room : 512;
	char *bytes;

	while (room - text->size < more)
		room *= 2;
	bytes = realloc(text->bytes, room);
	if (!bytes) {
		text->failed = true;
		return false;
	}
	text->bytes = bytes;
	text->room = room;
	return true;
}

void format_uint(struct format_text *text, uint64_t number)
{
	char digits[20], *end = digits + sizeof(digits), *at = decimal_before(end, number);

	format_bytes(text, at, end - at);
}

void format_int(struct format_text *text, int64_t number)
{
	if (number < 0)
		format_byte(text, '-');
	format_uint(text, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void format_nine_digits(struct format_text *text, uint64_t number)
{
	uint64_t least = 1;

	for (int i = 1; i < 9; i++) {
		least *= 10;
		if (number < least) {
			format_bytes(text, "00000000", 9 - i);
			break;
		}
	}
	format_uint(text, number);
}

void format_hex(struct format_text *text, uint64_t number)
{
	char digits[16], *at = digits + sizeof(digits);

	do
		*--at = "0123456789ABCDEF"[number & 15];
	while (number >>= 4);
	format_bytes(text, at, digits + sizeof(digits) - at);
}

void format_fit(struct format_text *text, size_t start, size_t width)
{
	size_t length = text->size - start;

	if (length < width && format_reserve(text, width - length))
		memset(text->bytes + text->size, ' ', width - length);
	if (!text->failed)
		text->size = start + width;
}

#define REPLACEMENT 0xfffd

/* The code point at bytes; *used: its bytes. Deliberately not strict, as what sysdig writes its JSON with: the bytes after
 * the first of a sequence are taken whatever they are, so that odd bytes give the same text here and there. */
static uint32_t code_point(const unsigned char *bytes, size_t size, size_t *used)
{
	uint32_t first = bytes[0], code;

	*used = 1;
	if (first < 0x80)
		return first;
	if (first < 0xe0) {
		if (size < 2)
			return REPLACEMENT;
		*used = 2;
		code = (first & 0x1f) << 6 | (bytes[1] & 0x3f);
		return code < 0x80 ? REPLACEMENT : code;
	}
	if (first < 0xf0) {
		if (size < 3)
			return REPLACEMENT;
		*used = 3;
		code = (first & 0x0f) << 12 | (bytes[1] & 0x3f) << 6 | (bytes[2] & 0x3f);
		return code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? REPLACEMENT : code;
	}
	if (first >= 0xf8 || size < 4)
		return REPLACEMENT;
	*used = 4;
	code = (first & 0x07) << 18 | (bytes[1] & 0x3f) << 12 | (bytes[2] & 0x3f) << 6 | (bytes[3] & 0x3f);
	return code < 0x10000 ? REPLACEMENT : code;
}

static void put_escape(struct format_text *text, uint32_t unit)
{
	static const char digits[] = "0123456789abcdef";
	char escape[6] = { '\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15], digits[unit >> 4 & 15],
			   digits[unit & 15] };

	format_bytes(text, escape, sizeof(escape));
}

static void put_special(struct format_text *text, uint32_t code)
{
	const char *at = code < 0x80 ? strchr("\"\\\bb\ff\nn\rr\tt", (int)code) : NULL;

	if (code == '"' || code == '\\') {
		format_byte(text, '\\');
		format_byte(text, (char)code);
	} else if (code && at && code < 0x20) {
		format_byte(text, '\\');
		format_byte(text, at[1]);
	} else if (code < 0x10000) {
		put_escape(text, code);
	} else {
		code -= 0x10000;
		put_escape(text, 0xd800 + (code >> 10 & 0x3ff));
		put_escape(text, 0xdc00 + (code & 0x3ff));
	}
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void format_json_string(struct format_text *text, const char *bytes, size_t size)
{
	const unsigned char *from = (const unsigned char *)bytes;

	format_byte(text, '"');
	for (size_t i = 0, used; i < size; i += used) {
		for (used = 0; i + used < size && is_plain(from[i + used]);)
			used++;
		if (used)
			format_bytes(text, bytes + i, used);
		else
			put_special(text, code_point(from + i, size - i, &used));
	}
	format_byte(text, '"');
}
