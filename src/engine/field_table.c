/* Every field: its name, type, argument, help text, and the function behind it. In the order `-l` prints. */
#include "field_classes.h"

#define NONE FIELD_ARGUMENT_NONE
#define INDEX FIELD_ARGUMENT_INDEX
#define NAME FIELD_ARGUMENT_NAME
#define EITHER FIELD_ARGUMENT_EITHER
#define OPTIONAL FIELD_ARGUMENT_OPTIONAL
#define NUMBER FIELD_ARGUMENT_NUMBER
#define MAY_NAME FIELD_ARGUMENT_MAY_NAME

#define INT VALUE_INT
#define UINT VALUE_UINT
#define ID VALUE_ID
#define TEXT VALUE_TEXT
#define BOOL VALUE_BOOL
#define DURATION VALUE_DURATION
#define REAL VALUE_REAL
#define ADDRESS VALUE_IPV4
#define PORT VALUE_PORT

#define TABLE FIELD_TABLE_ONLY
#define ENDS (FIELD_FILTER_ONLY | FIELD_MANY | FIELD_ENDS)
#define SLASHES FIELD_SLASHES
#define NETWORK (FIELD_FILTER_ONLY | FIELD_NETWORK)

#define FIELD_CHECKED(name, type, argument, flags, get, variant, check, help) \
	{ name, type, argument, flags, help, get, variant, check, NULL }
#define FIELD(name, type, argument, flags, get, variant, help) \
	FIELD_CHECKED(name, type, argument, flags, get, variant, NULL, help)

#define EVTIN_FIELD(name, type, argument, variant, help) \
	{ name, type, argument, FIELD_MANY, help, field_evtin, variant, NULL, field_evtin_any }

/* evtin.span.X for one scope; words: what the scope means. */
#define EVTIN_FIELDS(prefix, scope, words)	\
	EVTIN_FIELD(prefix "id", ID, NONE, EVTIN(scope, EVTIN_ID),					\
	      "id of a span that was open at the event, " words),					\
	EVTIN_FIELD(prefix "ntags", UINT, NONE, EVTIN(scope, EVTIN_NTAGS),					\
	      "number of tags of such a span"),								\
	EVTIN_FIELD(prefix "nargs", UINT, NONE, EVTIN(scope, EVTIN_NARGS),					\
	      "number of arguments of its enter"),							\
	EVTIN_FIELD(prefix "tags", TEXT, NONE, EVTIN(scope, EVTIN_TAGS),					\
	      "its tags, joined by dots"),								\
	EVTIN_FIELD(prefix "tag", TEXT, INDEX, EVTIN(scope, EVTIN_TAG),					\
	      "one of its tags, negative from the end"),						\
	EVTIN_FIELD(prefix "args", TEXT, NONE, EVTIN(scope, EVTIN_ARGS),					\
	      "arguments of its enter, name:value, joined by commas"),					\
	EVTIN_FIELD(prefix "arg", TEXT, EITHER, EVTIN(scope, EVTIN_ARG),					\
	      "one argument of its enter, by name or place")

const struct field_definition field_table[] = {
#include "field_table_evt.inc"
#include "field_table_proc.inc"
#include "field_table_fd.inc"
#include "field_table_k8s.inc"

	/* ---- span: of markers ---- */
	FIELD("span.id", ID, NONE, 0, field_span, FIELD_SPAN_ID,
	      "id of the span"),
	FIELD("span.time", TEXT, NONE, 0, field_span, FIELD_SPAN_TIME,
	      "local time of day at which it began"),
	FIELD("span.ntags", UINT, NONE, 0, field_span, FIELD_SPAN_NTAGS,
	      "number of its tags"),
	FIELD("span.nargs", UINT, NONE, 0, field_span, FIELD_SPAN_NARGS,
	      "number of arguments of its enter"),
	FIELD("span.tags", TEXT, NONE, 0, field_span, FIELD_SPAN_TAGS,
	      "its tags, joined by dots"),
	FIELD("span.tag", TEXT, INDEX, 0, field_span, FIELD_SPAN_TAG,
	      "one tag, negative from the end"),
	FIELD("span.args", TEXT, NONE, 0, field_span, FIELD_SPAN_ARGS,
	      "arguments of this marker, name=value, joined by commas"),
	FIELD("span.arg", TEXT, EITHER, 0, field_span, FIELD_SPAN_ARG,
	      "one argument of this marker, by name or place"),
	FIELD("span.enterargs", TEXT, NONE, 0, field_span, FIELD_SPAN_ENTERARGS,
	      "arguments of its enter, on the exit too"),
	FIELD("span.enterarg", TEXT, EITHER, 0, field_span, FIELD_SPAN_ENTERARG,
	      "one argument of its enter, by name or place"),
	FIELD("span.duration", DURATION, NONE, 0, field_span_measure, FIELD_SPAN_DURATION,
	      "time from enter to exit; on the exit"),
	FIELD("span.duration.human", TEXT, NONE, 0, field_span_measure, FIELD_SPAN_DURATION_HUMAN,
	      "span.duration as people read it: 10ms"),
	FIELD("span.duration.quantized", UINT, NONE, TABLE, field_span_measure, FIELD_SPAN_DURATION_QUANTIZED,
	      "column of span.duration in a spectrogram, 32 a decade"),
	FIELD("span.duration.fortag", DURATION, INDEX, TABLE, field_span_measure, FIELD_SPAN_DURATION_FORTAG,
	      "span.duration if the span has n + 1 tags"),
	FIELD("span.count", UINT, NONE, TABLE, field_span_measure, FIELD_SPAN_COUNT,
	      "1 on exit markers, else 0"),
	FIELD("span.count.fortag", UINT, INDEX, TABLE, field_span_measure, FIELD_SPAN_COUNT_FORTAG,
	      "1 on exit markers of spans with n + 1 tags, else 0"),
	FIELD("span.childcount.fortag", UINT, INDEX, TABLE, field_span_measure, FIELD_SPAN_CHILDCOUNT_FORTAG,
	      "1 on exit markers of spans with more than n + 1 tags, else 0"),
	FIELD("span.idtag", TEXT, INDEX, TABLE, field_span, FIELD_SPAN_IDTAG,
	      "id and n-th tag in one word"),
	FIELD("span.rawtime", ID, NONE, TABLE, field_span, FIELD_SPAN_RAWTIME,
	      "nanoseconds since the epoch at its enter"),
	FIELD("span.rawparenttime", ID, NONE, TABLE, field_span, FIELD_SPAN_RAWPARENTTIME,
	      "span.rawtime of its parent"),
	FIELD("span.self", DURATION, NONE, 0, field_span_measure, FIELD_SPAN_SELF,
	      "span.duration less that of its direct children"),
	FIELD("span.cpu", DURATION, NONE, 0, field_span_measure, FIELD_SPAN_CPU,
	      "time that its thread was on a CPU"),
	FIELD("span.queue", DURATION, NONE, 0, field_span_measure, FIELD_SPAN_QUEUE,
	      "time that its thread waited for a CPU"),
	FIELD("span.switches", UINT, NONE, 0, field_span_measure, FIELD_SPAN_SWITCHES,
	      "context switches of its thread"),
	FIELD("span.faults", UINT, NONE, 0, field_span_measure, FIELD_SPAN_FAULTS,
	      "page faults of its thread"),
	FIELD("span.unfinished", BOOL, NONE, 0, field_span_measure, FIELD_SPAN_IS_UNFINISHED,
	      "it ended without an exit marker"),
	FIELD("span.lossy", BOOL, NONE, 0, field_span_measure, FIELD_SPAN_IS_LOSSY,
	      "events were lost while it was open"),
	FIELD("span.invalid", TEXT, NONE, 0, field_span_invalid, INVALID_TEXT,
	      "text of an invalid marker"),
	FIELD("span.reason", TEXT, NONE, 0, field_span_invalid, INVALID_REASON,
	      "what is wrong with an invalid marker"),

	/* ---- evtin: the spans that were open at an event ---- */
	EVTIN_FIELDS("evtin.span.", EVTIN_THREAD, "of the same thread"),
	EVTIN_FIELDS("evtin.span.p.", EVTIN_PROCESS, "of any thread of the process"),
	EVTIN_FIELDS("evtin.span.s.", EVTIN_SCRIPT, "of the process, its parent or a sibling"),
	EVTIN_FIELDS("evtin.span.m.", EVTIN_MACHINE, "of any thread on the machine"),
	{ .name = NULL },
};
