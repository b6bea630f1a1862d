#include "text_goto.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define S 1000000000ull

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* At most `digits` of them; false if there is none. */
static bool read_number(const char **text, unsigned digits, uint64_t *number)
{
	unsigned read = 0;

	for (*number = 0; is_digit(**text) && read < digits; read++)
		*number = *number * 10 + (uint64_t)(*(*text)++ - '0');
	return read && !is_digit(**text);
}

/* Digits behind the point as ns. */
static bool read_fraction(const char **text, uint64_t *ns)
{
	uint64_t unit = S / 10;

	for (*ns = 0; is_digit(**text) && unit; unit /= 10)
		*ns += (uint64_t)(*(*text)++ - '0') * unit;
	return !is_digit(**text);
}

static bool read_clock(const char *text, struct tm *clock, uint64_t *ns)
{
	uint64_t hour, minute, second = 0;

	*ns = 0;
	if (!read_number(&text, 2, &hour) || *text++ != ':' || !read_number(&text, 2, &minute))
		return false;
	if (*text == ':') {
		text++;
		if (!read_number(&text, 2, &second))
			return false;
		if (*text == '.') {
			text++;
			if (!read_fraction(&text, ns))
				return false;
		}
	}
	clock->tm_hour = (int)hour;
	clock->tm_min = (int)minute;
	clock->tm_sec = (int)second;
	return !*text && hour < 24 && minute < 60 && second < 60;
}

/* What began before midnight goes on after it. */
static bool parse_time(const char *text, uint64_t near, uint64_t *value)
{
	time_t day = (time_t)(near / S), at;
	struct tm clock;
	uint64_t ns;

	if (!localtime_r(&day, &clock) || !read_clock(text, &clock, &ns))
		return false;
	clock.tm_isdst = -1;
	at = mktime(&clock);
	if (at < 0)
		return false;
	*value = (uint64_t)at * S + ns;
	if (*value + S / 10 < near && near - *value > 12 * 3600 * S) {
		clock.tm_mday++;
		clock.tm_isdst = -1;
		at = mktime(&clock);
		*value = at < 0 ? *value : (uint64_t)at * S + ns;
	}
	return true;
}

bool place_parse(const char *text, uint64_t near, enum place_kind *kind, uint64_t *value)
{
	const char *digits = text;

	if (strchr(text, ':')) {
		*kind = PLACE_TIME;
		return parse_time(text, near, value);
	}
	*kind = PLACE_NUMBER;
	if (*digits == '#') {
		*kind = PLACE_EVENT;
		digits++;
	}
	return read_number(&digits, 18, value) && !*digits;
}
