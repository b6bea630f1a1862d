/* evt.*: when, how long, and how long after the last. */
#include <time.h>

#include "engine.h"
#include "field_classes.h"
#include "text_output.h"

#define NS 1000000000ull
#define MS 1000000ull

/* ---- dates ---- */

/* hh:mm:ss, local; kept for the second, since events come in their order. */
static const char *time_of_day(struct field_context *context, uint64_t ns)
{
	int64_t second = (int64_t)(ns / NS);

	if (context->clock.second != second || !context->clock.text[0]) {
		time_t seconds = second;
		struct tm tm;

		if (!localtime_r(&seconds, &tm) ||
		    !strftime(context->clock.text, sizeof(context->clock.text), "%H:%M:%S", &tm))
			return "";
		context->clock.second = second;
	}
	return context->clock.text;
}

static bool give_output(struct value *value, const struct text_output *output)
{
	return give_text(value, output->text, output->kept);
}

static bool give_time(struct value *value, struct field_context *context, uint64_t ns, bool with_ns)
{
	struct text_output output = { .text = context->scratch, .size = sizeof(context->scratch) };

	put_word(&output, time_of_day(context, ns));
	if (with_ns) {
		put_char(&output, '.');
		put_padded(&output, ns % NS, 9);
	}
	return give_output(value, &output);
}

/* Formats with strftime, then puts the nanoseconds behind, where wanted. */
static bool give_date(struct value *value, struct field_context *context, const char *format, uint64_t ns,
		      bool utc, bool with_ns, const char *suffix)
{
	struct text_output output = { .text = context->scratch, .size = sizeof(context->scratch) };
	time_t seconds = ns / NS;
	char date[64];
	struct tm tm;

	if (!(utc ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm)))
		return false;
	put_bytes(&output, date, strftime(date, sizeof(date), format, &tm));
	if (with_ns) {
		put_char(&output, '.');
		put_padded(&output, ns % NS, 9);
		put_word(&output, suffix);
	}
	return give_output(value, &output);
}

/* seconds.nanoseconds */
static bool give_seconds(struct value *value, struct field_context *context, uint64_t ns, unsigned digits)
{
	struct text_output output = { .text = context->scratch, .size = sizeof(context->scratch) };

	put_decimal(&output, ns / NS);
	put_char(&output, '.');
	put_padded(&output, ns % NS, digits);
	return give_output(value, &output);
}

/* ---- spans of time ---- */

static uint64_t since_start(const struct field_context *context, uint64_t time)
{
	uint64_t first = context->engine ? engine_counts(context->engine)->first_time : 0;

	return first && time > first ? time - first : 0;
}

/* Time since the event of which this field was read last; 0 of the first. Reading an event again gives the same. */
static uint64_t since_last(struct field_context *context, const struct field *field, const struct event *event)
{
	size_t i = 0, slots = sizeof(context->deltas) / sizeof(*context->deltas);

	while (i < slots - 1 && context->deltas[i].field && context->deltas[i].field != field)
		i++;
	if (context->deltas[i].field != field) {
		context->deltas[i].field = field;
		context->deltas[i].delta = 0;
	} else if (context->deltas[i].num != event->num) {
		uint64_t last = context->deltas[i].time;

		context->deltas[i].delta = event->time > last ? event->time - last : 0;
	}
	context->deltas[i].num = event->num;
	context->deltas[i].time = event->time;
	return context->deltas[i].delta;
}

static bool give_latency(struct value *value, struct field_context *context, int variant, uint64_t ns)
{
	switch (variant) {
	case EVT_LATENCY_S:
		return give_uint(value, VALUE_UINT, ns / NS);
	case EVT_LATENCY_NS:
		return give_uint(value, VALUE_UINT, ns % NS);
	case EVT_LATENCY_HUMAN:
		return give_scratch(value, context,
				    duration_format(ns, context->scratch, sizeof(context->scratch)));
	case EVT_LATENCY_QUANTIZED:
		return ns && give_uint(value, VALUE_UINT, field_quantized(ns));
	default:
		return give_uint(value, VALUE_DURATION, ns);
	}
}

/* Whether enter and exit of the call are known. Of a capture every event has a latency: 0 where there is none. Of what is in
 * flight it is the time so far. */
static bool is_timed(const struct event *event)
{
	if (event->type == EVENT_SCAP || event->flags & EVENT_PENDING)
		return true;
	return !(event->flags & (EVENT_NO_ENTER | EVENT_NO_RETURN)) && event->time >= event->enter_time;
}

static uint64_t latency(const struct event *event)
{
	return event->time > event->enter_time ? event_latency(event) : 0;
}

static bool give_output_time(struct value *value, struct field_context *context, const struct field *field,
			     const struct event *event)
{
	const struct field_settings *settings = context->settings ? context->settings : &field_settings_default;

	switch (settings->time_style) {
	case 'a':
		/* as sysdig has it: the nanoseconds are a number, not a fraction */
		return give_seconds(value, context, event->time, 1);
	case 'r':
		return give_seconds(value, context, since_start(context, event->time), 9);
	case 'd':
		return give_seconds(value, context, is_timed(event) ? latency(event) : 0, 9);
	case 'D':
		return give_seconds(value, context, since_last(context, field, event), 9);
	default:
		return give_time(value, context, event->time, true);
	}
}

/* Milliseconds to the time in brackets, on either side; a part of one counts as one. */
static bool give_distance(struct value *value, const struct field *field, uint64_t time)
{
	uint64_t far = time > field->number ? time - field->number : field->number - time;

	return give_uint(value, VALUE_UINT, far / MS + !!(far % MS));
}

bool field_evt_time(const struct field *field, const struct event *event, unsigned nth,
		    struct field_context *context, struct value *value)
{
	int variant = field->definition->variant;
	uint64_t time = event->time;

	(void)nth;
	switch (variant) {
	case EVT_TIME:
		return give_time(value, context, time, true);
	case EVT_TIME_S:
		return give_time(value, context, time, false);
	case EVT_TIME_ISO:
		return give_date(value, context, "%Y-%m-%dT%H:%M:%S", time, true, true, "+0000");
	case EVT_DATETIME:
		return give_date(value, context, "%Y-%m-%d %H:%M:%S", time, false, true, "");
	case EVT_DATETIME_S:
		return give_date(value, context, "%Y-%m-%d %H:%M:%S", time, false, false, "");
	case EVT_OUTPUTTIME:
		return give_output_time(value, context, field, event);
	case EVT_RAWTIME:
		return give_int(value, VALUE_ID, time);
	case EVT_RAWTIME_S:
		return give_int(value, VALUE_ID, time / NS);
	case EVT_RAWTIME_NS:
		return give_int(value, VALUE_ID, time % NS);
	case EVT_RELTIME:
		return context->engine && give_uint(value, VALUE_DURATION, since_start(context, time));
	case EVT_RELTIME_S:
		return context->engine && give_uint(value, VALUE_UINT, since_start(context, time) / NS);
	case EVT_RELTIME_NS:
		return context->engine && give_uint(value, VALUE_UINT, since_start(context, time) % NS);
	case EVT_DELTATIME:
		return give_uint(value, VALUE_DURATION, since_last(context, field, event));
	case EVT_DELTATIME_S:
		return give_uint(value, VALUE_UINT, since_last(context, field, event) / NS);
	case EVT_DELTATIME_NS:
		return give_uint(value, VALUE_UINT, since_last(context, field, event) % NS);
	case EVT_AROUND:
		return give_distance(value, field, time);
	case EVT_WAIT_LATENCY:
		return field_event_waits(event) && field_event_is_exit(event) && is_timed(event) &&
		       give_latency(value, context, variant, latency(event));
	default:
		return is_timed(event) && give_latency(value, context, variant, latency(event));
	}
}
