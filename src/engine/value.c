/* How values print and compare, and how hostile text is made safe to show. */
#include "value.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "utf8.h"

#define KILO 1024.0

/* Copies length bytes, cut between UTF-8 characters to size, and ends them with a NUL. */
static size_t copy_text(const char *from, size_t length, char *text, size_t size)
{
	size_t kept = length;

	if (!size)
		return length;
	if (kept > size - 1) {
		kept = size - 1;
		while (kept && ((unsigned char)from[kept] & 0xc0) == 0x80)
			kept--;
	}
	if (kept)
		memcpy(text, from, kept);
	text[kept] = '\0';
	return length;
}

bool value_is_number(enum value_type type)
{
	switch (type) {
	case VALUE_INT:
	case VALUE_UINT:
	case VALUE_ID:
	case VALUE_DURATION:
	case VALUE_REAL:
	case VALUE_PORT:
		return true;
	default:
		return false;
	}
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int compare_bytes(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t common = a_size < b_size ? a_size : b_size;
	int order = common ? memcmp(a, b, common) : 0;

	return order ? ORDER(order, 0) : ORDER(a_size, b_size);
}

/* NaN comes before every number, so that sorting has a total order. */
static int compare_reals(double a, double b)
{
	if (isnan(a) || isnan(b))
		return !!isnan(b) - !!isnan(a);
	return ORDER(a, b);
}

int value_compare(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return ORDER(a->type, b->type);
	switch (a->type) {
	case VALUE_NONE:
		return 0;
	case VALUE_INT:
	case VALUE_ID:
		return ORDER(a->i, b->i);
	case VALUE_REAL:
		return compare_reals(a->r, b->r);
	case VALUE_TEXT:
	case VALUE_BYTES:
		return compare_bytes(a->text, a->size, b->text, b->size);
	case VALUE_IPV4:
		return compare_bytes(a->text, 4, b->text, 4);
	case VALUE_IPV6:
		return compare_bytes(a->text, 16, b->text, 16);
	case VALUE_UINT:
	case VALUE_DURATION:
	case VALUE_TIME:
	case VALUE_BOOL:
	case VALUE_PORT:
		return ORDER(a->u, b->u);
	}
	return 0;
}

/* csysdig's way: a unit is used from one above it, so 1024 prints whole and 1025 as 1K. */
static size_t format_scaled(double number, int decimals, char *text, size_t size)
{
	static const char units[] = { 'P', 'T', 'G', 'M', 'K' };
	double unit = KILO * KILO * KILO * KILO * KILO;

	for (size_t i = 0; i < sizeof(units); i++, unit /= KILO)
		if (number > unit)
			return snprintf(text, size, "%.*f%c", decimals, number / unit, units[i]);
	return snprintf(text, size, "%.*f", decimals, number);
}

static size_t format_address(int family, const char *address, char *text, size_t size)
{
	char buffer[INET6_ADDRSTRLEN];

	inet_ntop(family, address, buffer, sizeof(buffer));
	return copy_text(buffer, strlen(buffer), text, size);
}

size_t value_format(const struct value *value, bool averaged, char *text, size_t size)
{
	switch (value->type) {
	case VALUE_NONE:
		break;
	case VALUE_INT:
		/* a double holds no more than 53 bits: small counts must print exactly */
		if (!averaged && value->i <= (int64_t)KILO)
			return snprintf(text, size, "%lld", (long long)value->i);
		return format_scaled((double)value->i, averaged ? 2 : 0, text, size);
	case VALUE_UINT:
		return format_scaled((double)value->u, averaged ? 2 : 0, text, size);
	case VALUE_ID:
		return snprintf(text, size, "%lld", (long long)value->i);
	case VALUE_DURATION:
		return duration_format(value->u, text, size);
	case VALUE_TIME:
		return time_format(value->u, text, size);
	case VALUE_REAL:
		if (averaged)
			return format_scaled(value->r, 2, text, size);
		return snprintf(text, size, "%.2f", value->r);
	case VALUE_BOOL:
		return value->u ? copy_text("true", 4, text, size) : copy_text("false", 5, text, size);
	case VALUE_TEXT:
	case VALUE_BYTES:
		return copy_text(value->text, value->size, text, size);
	case VALUE_IPV4:
		return format_address(AF_INET, value->text, text, size);
	case VALUE_IPV6:
		return format_address(AF_INET6, value->text, text, size);
	case VALUE_PORT:
		return snprintf(text, size, "%llu", (unsigned long long)value->u);
	}
	return copy_text("", 0, text, size);
}

size_t duration_format(uint64_t ns, char *text, size_t size)
{
	unsigned long long seconds = ns / 1000000000;

	if (ns < 1000)
		return snprintf(text, size, "%lluns", (unsigned long long)ns);
	if (ns < 10000)
		return snprintf(text, size, "%llu.%02lluus", ns / 1000ULL, ns % 1000 / 10ULL);
	if (ns < 1000000)
		return snprintf(text, size, "%lluus", ns / 1000ULL);
	if (ns < 10000000)
		return snprintf(text, size, "%llu.%02llums", ns / 1000000ULL, ns % 1000000 / 10000ULL);
	if (ns < 1000000000)
		return snprintf(text, size, "%llums", ns / 1000000ULL);
	if (seconds < 60)
		return snprintf(text, size, "%llu.%02llus", seconds, ns % 1000000000 / 10000000ULL);
	if (seconds < 3600)
		return snprintf(text, size, "%llu:%llu", seconds / 60, seconds % 60);
	return snprintf(text, size, "%02llu:%02llu:%02llu", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static char *put_digits(char *to, uint32_t number, int digits)
{
	for (int i = digits - 1; i >= 0; i--, number /= 10)
		to[i] = '0' + number % 10;
	return to + digits;
}

/* Every line of an event list has one, so digits are written by hand: printf would take longer than all
 * the rest. */
size_t time_format(uint64_t ns, char *text, size_t size)
{
	time_t seconds = ns / 1000000000;
	struct tm local = { 0 };
	char buffer[18], *end = buffer;

	localtime_r(&seconds, &local);
	end = put_digits(end, local.tm_hour, 2);
	*end++ = ':';
	end = put_digits(end, local.tm_min, 2);
	*end++ = ':';
	end = put_digits(end, local.tm_sec, 2);
	*end++ = '.';
	end = put_digits(end, ns % 1000000000, 9);
	return copy_text(buffer, end - buffer, text, size);
}

/* ---- escaping ---- */

/* Characters that change what surrounds them or show nothing: one could pass for another text. */
static bool is_invisible(uint32_t code)
{
	if (code < 0xa0)
		return true; /* C1 controls */
	if (code < 0x600)
		return code == 0xad; /* soft hyphen */
	return code == 0x61c || code == 0x180e || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xfff9 && code <= 0xfffb) || (code & 0xfffe) == 0xfffe ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

static size_t escape_byte(unsigned char byte, char *text)
{
	static const char digits[] = "0123456789abcdef";

	text[0] = '\\';
	text[1] = byte == '\n' ? 'n' : byte == '\t' ? 't' : byte == '\r' ? 'r' : 'x';
	if (text[1] != 'x')
		return 2;
	text[2] = digits[byte >> 4];
	text[3] = digits[byte & 15];
	return 4;
}

size_t text_escape_one(const char *bytes, size_t count, char *text, size_t *used, bool *plain)
{
	const unsigned char *from = (const unsigned char *)bytes;
	uint32_t code = 0;
	size_t length, written = 0;

	*used = 1;
	*plain = from[0] >= 0x20 && from[0] < 0x7f;
	if (*plain) {
		text[0] = bytes[0];
		return 1;
	}
	length = from[0] < 0x80 ? 0 : utf8_decode(bytes, count, &code);
	if (!length)
		return escape_byte(from[0], text);
	*used = length;
	*plain = !is_invisible(code);
	if (*plain) {
		memcpy(text, bytes, length);
		return length;
	}
	for (size_t i = 0; i < length; i++)
		written += escape_byte(from[i], text + written);
	return written;
}

size_t text_escape(const char *bytes, size_t count, char *text, size_t size)
{
	char one[TEXT_ESCAPED_MAX];
	size_t written = 0, length, used;
	bool plain;

	if (!size)
		return 0;
	for (size_t i = 0; i < count; i += used) {
		length = text_escape_one(bytes + i, count - i, one, &used, &plain);
		if (length >= size - written)
			break;
		memcpy(text + written, one, length);
		written += length;
	}
	text[written] = '\0';
	return written;
}

const char *value_type_name(enum value_type type)
{
	switch (type) {
	case VALUE_INT:
	case VALUE_UINT: return "number";
	case VALUE_ID: return "id";
	case VALUE_DURATION: return "duration";
	case VALUE_TIME: return "time";
	case VALUE_REAL: return "real";
	case VALUE_BOOL: return "boolean";
	case VALUE_BYTES: return "bytes";
	case VALUE_IPV4:
	case VALUE_IPV6: return "address";
	case VALUE_PORT: return "port";
	default: return "text";
	}
}
