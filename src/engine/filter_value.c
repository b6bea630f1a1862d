/* Reading the values that a filter compares with, by the field's type, and which operators a type has. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "../scap/types.h"
#include "filter_private.h"
#include "scap_event.h"

#define ANY_ORDER (1u << OPERATOR_LESS | 1u << OPERATOR_LESS_EQUAL | 1u << OPERATOR_GREATER | \
		   1u << OPERATOR_GREATER_EQUAL)
#define ANY_TYPE                                                                                             \
	(1u << OPERATOR_EXISTS | 1u << OPERATOR_EQUAL | 1u << OPERATOR_UNEQUAL | 1u << OPERATOR_IN |         \
	 1u << OPERATOR_INTERSECTS)
#define ANY_BYTES (1u << OPERATOR_CONTAINS | 1u << OPERATOR_ICONTAINS | 1u << OPERATOR_STARTSWITH | \
		   1u << OPERATOR_ENDSWITH)
#define ANY_TEXT (ANY_BYTES | ANY_ORDER | 1u << OPERATOR_GLOB | 1u << OPERATOR_PMATCH)

/* ---- types ---- */

/* That of the first type of event that has an argument of this name, as in sysdig; arguments of live calls that no
 * capture has are numbers. */
static enum value_type type_of_argument(const char *name)
{
	for (unsigned number = 0; number < SCAP_TYPES; number++) {
		const struct scap_type *type = scap_type(number);

		for (unsigned i = 0; type && i < type->nparams; i++)
			if (!strcmp(type->params[i].name, name))
				return scap_value_type(type->params[i].encoding);
	}
	return VALUE_ID;
}

bool filter_field_is_dynamic(const struct field *field)
{
	return field->argument && !strcmp(field->definition->name, "evt.rawarg");
}

enum value_type filter_field_type(const struct field *field)
{
	return filter_field_is_dynamic(field) ? type_of_argument(field->argument) : field->definition->type;
}

static bool is_network(const struct field *field)
{
	return field->definition->flags & FIELD_NETWORK;
}

enum filter_class filter_class(const struct field *field)
{
	switch (filter_field_type(field)) {
	case VALUE_INT:
	case VALUE_ID:
		return CLASS_SIGNED;
	case VALUE_REAL:
		return CLASS_REAL;
	case VALUE_BYTES:
		return CLASS_BYTES;
	case VALUE_IPV4:
	case VALUE_IPV6:
		return is_network(field) ? CLASS_NETWORK : CLASS_ADDRESS;
	case VALUE_UINT:
	case VALUE_DURATION:
	case VALUE_TIME:
	case VALUE_BOOL:
	case VALUE_PORT:
		return CLASS_UNSIGNED;
	default:
		return CLASS_TEXT;
	}
}

bool filter_operator_fits(enum filter_operator operator, const struct field *field, const char **wants)
{
	static const unsigned of_class[] = {
		[CLASS_SIGNED] = ANY_TYPE | ANY_ORDER,
		[CLASS_UNSIGNED] = ANY_TYPE | ANY_ORDER,
		[CLASS_REAL] = ANY_TYPE | ANY_ORDER,
		[CLASS_TEXT] = ANY_TYPE | ANY_TEXT,
		[CLASS_BYTES] = ANY_TYPE | ANY_BYTES,
		[CLASS_ADDRESS] = ANY_TYPE | ANY_ORDER,
		[CLASS_NETWORK] = ANY_TYPE,
	};

	*wants = 1u << operator & ANY_ORDER ? "something with an order" : "text";
	return of_class[filter_class(field)] >> operator & 1;
}

const char *filter_type_words(const struct field *field)
{
	switch (filter_field_type(field)) {
	case VALUE_DURATION:
		return "a duration";
	case VALUE_TIME:
		return "a time";
	case VALUE_BOOL:
		return "true or false";
	case VALUE_TEXT:
		return "text";
	case VALUE_BYTES:
		return "a buffer";
	case VALUE_IPV4:
	case VALUE_IPV6:
		return is_network(field) ? "a network" : "an address";
	case VALUE_PORT:
		return "a port";
	default:
		return "a number";
	}
}

/* ---- numbers ---- */

struct unit {
	const char *name;
	uint64_t size;
};

static const struct unit durations[] = {
	{ "ns", 1 }, { "us", 1000 }, { "\xc2\xb5s", 1000 }, { "\xce\xbcs", 1000 }, { "ms", 1000000 },
	{ "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 }, { NULL, 0 },
};
static const struct unit sizes[] = {
	{ "K", 1ull << 10 }, { "M", 1ull << 20 }, { "G", 1ull << 30 }, { "T", 1ull << 40 }, { NULL, 0 },
};
static const struct unit no_units[] = { { NULL, 0 } };

struct number {
	bool negative;
	uint64_t whole;
	uint64_t fraction, scale;   /* fraction / scale is what stands behind the point */
};

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

static bool read_digits(const char *text, size_t size, size_t *at, unsigned base, uint64_t *number)
{
	size_t start = *at;

	for (*number = 0; *at < size && (unsigned)digit_of(text[*at]) < base; ++*at) {
		if (__builtin_mul_overflow(*number, base, number) ||
		    __builtin_add_overflow(*number, (uint64_t)digit_of(text[*at]), number))
			return false;
	}
	return *at > start;
}

/* Digits beyond the 15th behind the point are too small to count. */
static bool read_fraction(const char *text, size_t size, size_t *at, struct number *number)
{
	size_t start = *at;

	for (; *at < size && text[*at] >= '0' && text[*at] <= '9'; ++*at) {
		if (number->scale > 100000000000000)
			continue;
		number->fraction = number->fraction * 10 + (text[*at] - '0');
		number->scale *= 10;
	}
	return *at > start;
}

/* [sign] digits [.digits], or 0x and hex digits. What follows is at *at. */
static bool read_number(const char *text, size_t size, size_t *at, struct number *number)
{
	*number = (struct number){ .scale = 1 };
	if (*at < size && (text[*at] == '-' || text[*at] == '+'))
		number->negative = text[(*at)++] == '-';
	if (size - *at > 2 && text[*at] == '0' && (text[*at + 1] | 0x20) == 'x') {
		*at += 2;
		return read_digits(text, size, at, 16, &number->whole);
	}
	if (!read_digits(text, size, at, 10, &number->whole))
		return false;
	if (*at < size && text[*at] == '.') {
		++*at;
		return read_fraction(text, size, at, number);
	}
	return true;
}

/* The number with its unit as a whole one; what is left of a fraction is cut. */
static bool read_scaled(const char *text, size_t size, const struct unit *units, struct number *number)
{
	unsigned __int128 scaled;
	uint64_t unit = 1;
	size_t at = 0;

	if (!read_number(text, size, &at, number))
		return false;
	if (at < size) {
		while (units->name &&
		       (strlen(units->name) != size - at || memcmp(units->name, text + at, size - at)))
			units++;
		unit = units->size;
		if (!unit)
			return false;
	} else if (number->scale > 1) {
		return false;
	}
	scaled = (unsigned __int128)number->whole * unit +
		 (unsigned __int128)number->fraction * unit / number->scale;
	number->whole = scaled;
	return scaled <= UINT64_MAX;
}

static const char *read_signed(const char *text, size_t size, const struct unit *units, const char *expected,
			       struct filter_constant *constant)
{
	struct number number;

	if (!read_scaled(text, size, units, &number))
		return expected;
	if (number.whole > (uint64_t)INT64_MAX + number.negative)
		return "a number of at most 64 bits";
	constant->i = number.negative ? (int64_t)(0 - number.whole) : (int64_t)number.whole;
	return NULL;
}

static const char *read_unsigned(const char *text, size_t size, const struct unit *units,
				 const char *expected, struct filter_constant *constant)
{
	struct number number;

	if (!read_scaled(text, size, units, &number))
		return expected;
	constant->below = number.negative && number.whole;
	constant->u = constant->below ? 0 : number.whole;
	return NULL;
}

static const char *read_real(const char *text, size_t size, struct filter_constant *constant)
{
	struct number number;
	size_t at = 0;

	if (!read_number(text, size, &at, &number) || at < size)
		return "a number";
	constant->r = (double)number.whole + (double)number.fraction / (double)number.scale;
	if (number.negative)
		constant->r = -constant->r;
	return NULL;
}

/* ---- ports and addresses ---- */

static const char *read_port(const char *text, size_t size, struct filter_constant *constant)
{
	static const char expected[] = "a port: 0 to 65535, or the name of a service";
	struct number number;
	struct servent entry, *found = NULL;
	char name[64], buffer[1024];
	size_t at = 0;

	constant->u = 0;
	if (!size)
		return NULL;
	if (read_number(text, size, &at, &number) && at == size) {
		if (number.negative || number.scale > 1 || number.whole > UINT16_MAX)
			return expected;
		constant->u = number.whole;
		return NULL;
	}
	if (size >= sizeof(name) || memchr(text, '\0', size))
		return expected;
	memcpy(name, text, size);
	name[size] = '\0';
	if (getservbyname_r(name, NULL, &entry, buffer, sizeof(buffer), &found) || !found)
		return expected;
	constant->u = ntohs((uint16_t)entry.s_port);
	return NULL;
}

static bool read_bare_address(const char *text, size_t size, struct filter_constant *constant)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char copy[64];

	if (size >= sizeof(copy) || memchr(text, '\0', size))
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	constant->size = strchr(copy, ':') ? 16 : 4;
	if (inet_pton(constant->size == 4 ? AF_INET : AF_INET6, copy, constant->address) != 1)
		return false;
	/* fields give the IPv4 address of such a pair, too */
	if (constant->size == 16 && !memcmp(constant->address, mapped, sizeof(mapped))) {
		memmove(constant->address, constant->address + 12, 4);
		constant->size = 4;
	}
	return true;
}

static const char *read_address(const char *text, size_t size, struct filter_constant *constant)
{
	return read_bare_address(text, size, constant) ? NULL : "an IPv4 or IPv6 address";
}

static const char *read_network(const char *text, size_t size, struct filter_constant *constant)
{
	static const char expected[] = "a network: an address, '/' and the number of bits that count";
	const char *slash = memchr(text, '/', size);
	size_t length = slash ? (size_t)(slash - text) : size, at = 0;
	uint64_t prefix;

	if (!read_bare_address(text, length, constant))
		return expected;
	constant->prefix = 8 * constant->size;
	if (!slash)
		return constant->size == 16 ? NULL : expected;
	if (!read_digits(slash + 1, size - length - 1, &at, 10, &prefix) || at != size - length - 1 ||
	    prefix > constant->prefix)
		return expected;
	constant->prefix = prefix;
	return NULL;
}

static const char *read_bool(const char *text, size_t size, struct filter_constant *constant)
{
	constant->u = size == 4;
	if ((size == 4 && !memcmp(text, "true", 4)) || (size == 5 && !memcmp(text, "false", 5)))
		return NULL;
	return "true or false";
}

const char *filter_read_constant(const struct field *field, const char *text, size_t size,
				 struct filter_constant *constant)
{
	*constant = (struct filter_constant){ .text = text, .size = size };
	switch (filter_field_type(field)) {
	case VALUE_INT:
		return read_signed(text, size, sizes, "a number (with K, M, G or T if need be)", constant);
	case VALUE_ID:
		return read_signed(text, size, no_units, "a whole number", constant);
	case VALUE_UINT:
		return read_unsigned(text, size, sizes, "a number (with K, M, G or T if need be)", constant);
	case VALUE_DURATION:
		return read_unsigned(text, size, durations,
				     "a duration: nanoseconds, or with a unit (us, ms, s, m, h)", constant);
	case VALUE_TIME:
		return read_unsigned(text, size, no_units, "nanoseconds since the epoch", constant);
	case VALUE_REAL:
		return read_real(text, size, constant);
	case VALUE_BOOL:
		return read_bool(text, size, constant);
	case VALUE_PORT:
		return read_port(text, size, constant);
	case VALUE_IPV4:
	case VALUE_IPV6:
		return is_network(field) ? read_network(text, size, constant) : read_address(text, size, constant);
	default:
		return NULL;
	}
}

int filter_constant_order(const struct filter_constant *a, const struct filter_constant *b,
			  enum filter_class class)
{
	const void *a_bytes = class == CLASS_ADDRESS ? (const void *)a->address : a->text;
	const void *b_bytes = class == CLASS_ADDRESS ? (const void *)b->address : b->text;
	size_t common = a->size < b->size ? a->size : b->size;
	int order;

	switch (class) {
	case CLASS_SIGNED:
		return (a->i > b->i) - (a->i < b->i);
	case CLASS_UNSIGNED:
		if (a->below != b->below)
			return b->below - a->below;
		return (a->u > b->u) - (a->u < b->u);
	case CLASS_REAL:
		return (a->r > b->r) - (a->r < b->r);
	default:
		order = common ? memcmp(a_bytes, b_bytes, common) : 0;
		return order ? order : (a->size > b->size) - (a->size < b->size);
	}
}
