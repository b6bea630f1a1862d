#include "call_values.h"

#include <errno.h>
#include <stdio.h>

#include "call_names.h"

#define NS 1000000000ll

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* How the kernel lays them out. */
static const struct call_member limits[] = { { "cur", 0, 8, CALL_ARG_NUMBER }, { "max", 8, 8, CALL_ARG_NUMBER } };
static const struct call_member timer[] = { { "interval", 0, 16, CALL_ARG_TIMESPEC }, { "value", 16, 16, CALL_ARG_TIMESPEC } };
static const struct call_member interval_timer[] = { { "interval", 0, 16, CALL_ARG_TIMEVAL }, { "value", 16, 16, CALL_ARG_TIMEVAL } };
static const struct call_member open_how[] = { { "flags", 0, 8, CALL_ARG_OPEN_FLAGS }, { "mode", 8, 8, CALL_ARG_OCTAL },
					       { "resolve", 16, 8, CALL_ARG_HEX } };
static const struct call_member clone_args[] = { { "flags", 0, 8, CALL_ARG_CLONE_FLAGS },
						 { "exit_signal", 32, 8, CALL_ARG_SIGNAL } };
static const struct call_member epoll_event[] = { { "events", 0, 4, CALL_ARG_EPOLL_EVENTS }, { "data", 4, 8, CALL_ARG_HEX } };

static const struct {
	const struct call_member *members;
	size_t count;
} structures[CALL_ARG_KINDS] = {
#define STRUCTURE(list) { list, COUNT(list) }
	[CALL_ARG_LIMITS] = STRUCTURE(limits),
	[CALL_ARG_TIMER] = STRUCTURE(timer),
	[CALL_ARG_INTERVAL_TIMER] = STRUCTURE(interval_timer),
	[CALL_ARG_OPEN_HOW] = STRUCTURE(open_how),
	[CALL_ARG_CLONE_ARGS] = STRUCTURE(clone_args),
	[CALL_ARG_EPOLL_EVENT] = STRUCTURE(epoll_event),
};

bool call_value_is_copied(enum call_argument_kind kind)
{
	return kind >= CALL_ARG_TIMESPEC;
}

const struct call_member *call_members(enum call_argument_kind kind, size_t *count)
{
	if (kind >= CALL_ARG_KINDS)
		return NULL;
	*count = structures[kind].count;
	return structures[kind].members;
}

static int64_t number_at(const char *data, size_t size)
{
	int64_t wide = 0;
	int32_t half;

	if (size >= sizeof(wide)) {
		memcpy(&wide, data, sizeof(wide));
		return wide;
	}
	if (size < sizeof(half))
		return 0;
	memcpy(&half, data, sizeof(half));
	return half;
}

static uint64_t to_ns(const char *data, int64_t unit)
{
	int64_t seconds = number_at(data, 8), rest = number_at(data + 8, 8);

	if (seconds < 0 || rest < 0)
		return 0;
	if (seconds >= INT64_MAX / NS || rest > (INT64_MAX - seconds * NS) / unit)
		return INT64_MAX;
	return seconds * NS + rest * unit;
}

uint64_t call_timespec_ns(const char *data)
{
	return to_ns(data, 1);
}

uint64_t call_timeval_ns(const char *data)
{
	return to_ns(data, 1000);
}

/* As captures print their intervals. */
static void put_interval(struct text_output *output, const char *data, int64_t unit)
{
	uint64_t ns = to_ns(data, unit);
	char text[40];

	if (number_at(data, 8) < 0 || number_at(data + 8, 8) < 0) {
		put_signed(output, number_at(data, 8));
		put_bytes(output, "s ", 2);
		put_signed(output, number_at(data + 8, 8));
		put_word(output, unit == 1 ? "ns" : "us");
		return;
	}
	put_decimal(output, ns);
	put_bytes(output, text, snprintf(text, sizeof(text), "(%gs)", ns / 1e9));
}

static void put_names(struct text_output *output, enum call_argument_kind kind, uint64_t value)
{
	char names[CALL_NAMES_MAX];

	put_bytes(output, names, call_value_names(kind, value, names));
}

static void put_signals(struct text_output *output, const char *data)
{
	uint64_t set = (uint64_t)number_at(data, 8);
	bool any = false;

	if (!set || set == ~0ull)
		put_word(output, set ? "all" : "none");
	for (unsigned i = 0; i < 64 && set != ~0ull; i++) {
		if (!(set >> i & 1))
			continue;
		if (any)
			put_char(output, '|');
		put_names(output, CALL_ARG_SIGNAL, i + 1);
		any = true;
	}
}

/* 3:POLLIN|POLLOUT=POLLIN: what was asked, and what was the case. */
static void put_poll(struct text_output *output, const char *data, size_t size)
{
	for (size_t at = 0; at + 8 <= size; at += 8) {
		uint16_t events, found;
		int32_t fd;

		memcpy(&fd, data + at, sizeof(fd));
		memcpy(&events, data + at + 4, sizeof(events));
		memcpy(&found, data + at + 6, sizeof(found));
		if (at)
			put_char(output, ',');
		put_signed(output, fd);
		put_char(output, ':');
		put_names(output, CALL_ARG_POLL, events);
		if (found) {
			put_char(output, '=');
			put_names(output, CALL_ARG_POLL, found);
		}
	}
}

static void put_set(struct text_output *output, const char *data, size_t size)
{
	bool any = false;

	for (size_t i = 0; i < size * 8; i++) {
		if (!(data[i / 8] >> i % 8 & 1))
			continue;
		if (any)
			put_char(output, ',');
		put_decimal(output, i);
		any = true;
	}
	if (!any)
		put_word(output, "none");
}

static void put_epoll_events(struct text_output *output, const char *data, size_t size)
{
	for (size_t at = 0; at + 12 <= size; at += 12) {
		if (at)
			put_char(output, ',');
		put_names(output, CALL_ARG_EPOLL_EVENTS, (uint32_t)number_at(data + at, 4));
		put_char(output, ':');
		put_hex(output, (uint64_t)number_at(data + at + 4, 8));
	}
}

/* 0:+2,1:-1 */
static void put_semaphores(struct text_output *output, const char *data, size_t size)
{
	for (size_t at = 0; at + 6 <= size; at += 6) {
		uint16_t number;
		int16_t change;

		memcpy(&number, data + at, sizeof(number));
		memcpy(&change, data + at + 2, sizeof(change));
		if (at)
			put_char(output, ',');
		put_decimal(output, number);
		put_char(output, ':');
		if (change > 0)
			put_char(output, '+');
		put_signed(output, change);
	}
}

static void put_numbers(struct text_output *output, const char *data, size_t size)
{
	for (size_t at = 0; at + 4 <= size; at += 4) {
		if (at)
			put_char(output, ',');
		put_decimal(output, (uint32_t)number_at(data + at, 4));
	}
}

/* Times and errors are told by the option, names of devices and algorithms by what they look like. */
static void put_option_value(struct text_output *output, const char *data, size_t size, uint32_t level, uint32_t option)
{
	bool is_time = level == 1 && (option == 20 || option == 21 || option == 66 || option == 67);

	if (is_time && size == 16)
		put_interval(output, data, 1000);
	else if (level == 1 && option == 4 && size == 4 && number_at(data, 4) && errno_name((int)number_at(data, 4)))
		put_word(output, errno_name((int)number_at(data, 4)));
	else if (size == 4 || size == 8)
		put_signed(output, number_at(data, size));
	else
		put_escaped(output, data, size, true);
}

static bool has_room(enum call_argument_kind kind, size_t size)
{
	switch (kind) {
	case CALL_ARG_TIMESPEC:
	case CALL_ARG_TIMEVAL: return size >= 16;
	case CALL_ARG_SIGNALS: return size >= 8;
	case CALL_ARG_NUMBER: return size >= 4;
	default: return true;
	}
}

bool call_value_put(struct text_output *output, enum call_argument_kind kind, const char *data, size_t size, uint32_t level,
		    uint32_t option)
{
	if (!call_value_is_copied(kind) || !has_room(kind, size))
		return false;
	switch (kind) {
	case CALL_ARG_TIMESPEC: put_interval(output, data, 1); return true;
	case CALL_ARG_TIMEVAL: put_interval(output, data, 1000); return true;
	case CALL_ARG_SIGNALS: put_signals(output, data); return true;
	case CALL_ARG_POLL: put_poll(output, data, size); return true;
	case CALL_ARG_FDS: put_set(output, data, size); return true;
	case CALL_ARG_NUMBER: put_signed(output, number_at(data, size)); return true;
	case CALL_ARG_NUMBERS: put_numbers(output, data, size); return true;
	case CALL_ARG_OPTION_VALUE: put_option_value(output, data, size, level, option); return true;
	case CALL_ARG_EPOLL_EVENTS: put_epoll_events(output, data, size); return true;
	case CALL_ARG_SEMAPHORES: put_semaphores(output, data, size); return true;
	default: return false;
	}
}
