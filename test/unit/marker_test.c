/* Markers: the grammar of both forms, unfinished text, and what sysdig makes of the same writes.
 *
 * test/data/markers.tsv holds writes by group (a thread each) and what sysdig 0.29.3 printed for them. Where
 * a better reading was chosen, the row is in the table `differences`, with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/marker.h"
#include "src/engine/span.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"

#define SECOND 1000000000ull
#define STEP 1005900ull   /* ns from one write of a group to the next in the file's capture */
#define FIRST_GROUP 5000
#define COLUMNS 7         /* result, id, ntags, tags, args, enterargs, duration */
#define NOTHING "-\t-\t-\t-\t-\t-"

/* Why a row differs from sysdig. */
enum reason {
	EVERY_WRITE = 2,       /* one bad write does not spoil a descriptor */
	ZERO_AND_RECOVERY = 4, /* 0 is a digit and a letter; a new marker ends an unfinished one */
	EQUALS_IS_DATA = 5,    /* only ',' and ':' end a value */
	JSON_IS_JSON = 6,      /* any blanks, escapes, pairs, values; direction and id must be known ones */
};

static const struct {
	int group, step;
	enum reason reason;
	const char *ours;
} differences[] = {
	{ 5009, 0, ZERO_AND_RECOVERY, "enter\t0\t1\tzero\t\t\t<NA>" },
	{ 5009, 1, ZERO_AND_RECOVERY, "exit\t0\t1\tzero\t\t\t1005900" },
	{ 5009, 2, ZERO_AND_RECOVERY, "enter\t5009\t1\tafter\t\t\t<NA>" },
	{ 5009, 3, ZERO_AND_RECOVERY, "exit\t5009\t1\tafter\t\t\t1005900" },
	{ 5010, 0, ZERO_AND_RECOVERY, "enter\t12\t1\tlead0\t\t\t<NA>" },
	{ 5010, 1, ZERO_AND_RECOVERY, "enter\t5010\t1\tafter\t\t\t<NA>" },
	{ 5010, 2, ZERO_AND_RECOVERY, "exit\t5010\t1\tafter\t\t\t1005900" },
	{ 5011, 0, ZERO_AND_RECOVERY, "enter\t5011\t1\t0tag\t\t\t<NA>" },
	{ 5011, 1, ZERO_AND_RECOVERY, "exit\t5011\t1\t0tag\t\t\t1005900" },
	{ 5011, 2, ZERO_AND_RECOVERY, "enter\t5011\t1\tafter\t\t\t<NA>" },
	{ 5011, 3, ZERO_AND_RECOVERY, "exit\t5011\t1\tafter\t\t\t1005900" },
	{ 5032, 0, EQUALS_IS_DATA, "enter\t5032\t1\teqval\ta=b=c\ta=b=c\t<NA>" },
	{ 5032, 1, EQUALS_IS_DATA, "exit\t5032\t1\teqval\t\ta=b=c\t1005900" },
	{ 5033, 0, EQUALS_IS_DATA, "enter\t5033\t1\teqval2\ta=b=c=d\ta=b=c=d\t<NA>" },
	{ 5033, 1, EQUALS_IS_DATA, "exit\t5033\t1\teqval2\t\ta=b=c=d\t1005900" },
	/* the unfinished enter is dropped, so this exit stands alone */
	{ 5058, 1, ZERO_AND_RECOVERY, "exit\t5058\t1\tnever\t<NA>\t<NA>\t<NA>" },
	{ 5063, 1, ZERO_AND_RECOVERY, "enter\t5063\t1\tafter\t\t\t<NA>" },
	{ 5063, 2, ZERO_AND_RECOVERY, "exit\t5063\t1\tafter\t\t\t1005900" },
	{ 5064, 0, EVERY_WRITE, "invalid\t" NOTHING },
	{ 5064, 1, EVERY_WRITE, "enter\t5064\t1\tafter\t\t\t<NA>" },
	{ 5064, 2, EVERY_WRITE, "exit\t5064\t1\tafter\t\t\t1005900" },
	{ 5067, 0, EVERY_WRITE, "invalid\t" NOTHING },
	{ 5067, 1, EVERY_WRITE, "enter\t5067\t1\tafter\t\t\t<NA>" },
	{ 5067, 2, EVERY_WRITE, "exit\t5067\t1\tafter\t\t\t1005900" },
	/* "" is what an empty id is in the text form; "x" names no id */
	{ 5078, 3, JSON_IS_JSON, "enter\t0\t1\tje\t\t\t<NA>" },
	{ 5078, 5, JSON_IS_JSON, "invalid\t" NOTHING },
	{ 5082, 0, JSON_IS_JSON, "enter\t6\t1\tc1\tk=v,k2=v2\tk=v,k2=v2\t<NA>" },
	{ 5082, 1, JSON_IS_JSON, "exit\t6\t1\tc1\t\tk=v,k2=v2\t1005900" },
	{ 5083, 0, JSON_IS_JSON, "enter\t6\t1\tc2\tk=v\tk=v\t<NA>" },
	{ 5083, 1, JSON_IS_JSON, "exit\t6\t1\tc2\t\tk=v\t1005900" },
	{ 5084, 0, JSON_IS_JSON, "enter\t6\t1\tc3\tk=5\tk=5\t<NA>" },
	{ 5084, 1, JSON_IS_JSON, "exit\t6\t1\tc3\t\tk=5\t1005900" },
	{ 5085, 0, JSON_IS_JSON, "enter\t6\t1\te\\\"q\t\t\t<NA>" },
	{ 5085, 1, JSON_IS_JSON, "exit\t6\t1\te\\\"q\t\t\t1005900" },
	/* the list is closed, so more text could not complete it */
	{ 5086, 0, JSON_IS_JSON, "invalid\t" NOTHING },
	{ 5089, 0, JSON_IS_JSON, "enter\t7\t1\tjnl\t\t\t<NA>" },
};
#define DIFFERENCES (sizeof(differences) / sizeof(differences[0]))

/* ---- the table of sysdig's verdicts ---- */

/* The file's texts are JSON strings; quotes included. Returns the bytes written. */
static size_t decode_json(const char *text, char *out)
{
	char *start = out;

	assert_int_equal(*text, '"');
	for (text++; *text != '"'; text++) {
		unsigned code = (unsigned char)*text;

		if (code != '\\') {
			*out++ = *text;
			continue;
		}
		text++;
		if (*text == 'n') {
			*out++ = '\n';
		} else if (*text != 'u') {
			*out++ = *text;
		} else {
			assert_int_equal(sscanf(text + 1, "%4x", &code), 1);
			text += 4;
			if (code >= 0x800) {
				*out++ = (char)(0xe0 | code >> 12);
				*out++ = (char)(0x80 | (code >> 6 & 0x3f));
				*out++ = (char)(0x80 | (code & 0x3f));
			} else if (code >= 0x80) {
				*out++ = (char)(0xc0 | code >> 6);
				*out++ = (char)(0x80 | (code & 0x3f));
			} else {
				*out++ = (char)code;
			}
		}
	}
	return (size_t)(out - start);
}

/* As the file escapes what sysdig printed. */
static void add_escaped(char *row, const char *text)
{
	char *out = row + strlen(row);

	*out++ = '\t';
	for (; *text; text++) {
		if (*text == '\\' || *text == '"' || *text == '\n')
			*out++ = '\\';
		*out++ = *text == '\n' ? 'n' : *text;
	}
	*out = '\0';
}

static void add_args(char *row, const struct string *args, uint32_t nargs)
{
	char text[4096] = "";

	packed_args_text(args ? args->text : NULL, args ? args->size : 0, nargs, '=', text, sizeof(text));
	add_escaped(row, text);
}

static void describe(const struct span *span, bool is_exit, char *row)
{
	char text[4096];

	sprintf(row, "%s\t%lld\t%u", is_exit ? "exit" : "enter", (long long)span->id, span->ntags);
	span_tags_text(span, text, sizeof(text));
	add_escaped(row, text);
	if (span->flags & SPAN_NO_ENTER) {
		strcat(row, "\t<NA>\t<NA>\t<NA>");
		return;
	}
	add_args(row, is_exit ? span->exit_args : span->enter_args,
		 is_exit ? span->nexit_args : span->nenter_args);
	add_args(row, span->enter_args, span->nenter_args);
	if (is_exit)
		sprintf(row + strlen(row), "\t%llu", (unsigned long long)span_duration(span, 0));
	else
		strcat(row, "\t<NA>");
}

/* One write through the tail, the parser and the table of spans. */
static void run_write(struct span_table *table, struct thread *thread, const char *text, size_t size,
		      uint64_t time, char *row)
{
	char scratch[8192];
	const char *joined;
	size_t joined_size;
	struct marker marker;
	int dropped;

	assert_int_equal(marker_tail_join(&thread->marker_tail, text, size, time, SECOND, &joined,
					  &joined_size, &dropped), 0);
	assert_true(marker_scratch_size(joined_size) <= sizeof(scratch));
	marker_parse(joined, joined_size, &marker, scratch);
	switch (marker.status) {
	case MARKER_ENTER:
		describe(span_table_enter(table, &marker, thread, time, NULL), false, row);
		break;
	case MARKER_EXIT:
		describe(span_table_exit(table, &marker, thread, time, NULL), true, row);
		break;
	case MARKER_INCOMPLETE:
		assert_int_equal(marker_tail_keep(&thread->marker_tail, joined, joined_size, time, &marker),
				 0);
		strcpy(row, "nothing\t" NOTHING);
		break;
	case MARKER_INVALID:
		assert_non_null(marker.reason);
		assert_true(marker.position <= joined_size);
		strcpy(row, "invalid\t" NOTHING);
		break;
	}
}

/* Ours must be sysdig's, or the listed difference; a difference that is listed must be one. */
static void compare_row(int group, int step, const char *sysdig, const char *ours, bool *listed)
{
	for (size_t i = 0; i < DIFFERENCES; i++) {
		if (differences[i].group != group || differences[i].step != step)
			continue;
		listed[i] = true;
		assert_string_equal(ours, differences[i].ours);
		assert_string_not_equal(ours, sysdig);
		return;
	}
	if (strcmp(ours, sysdig) != 0)
		fail_msg("group %d step %d: sysdig \"%s\", ours \"%s\"", group, step, sysdig, ours);
}

static void test_as_sysdig(void **unused)
{
	struct string_pool *pool = string_pool_new();
	struct span_table *table = span_table_new(pool, 1 << 20, NULL, NULL);
	struct process processes[100] = { 0 };
	struct thread threads[100] = { 0 };
	bool listed[DIFFERENCES] = { false };
	FILE *file = fopen("test/data/markers.tsv", "r");
	char line[16384], text[8192], row[16384];
	unsigned rows = 0;

	(void)unused;
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		int group, cold, step, event, at;
		struct thread *thread;
		char *sysdig;
		size_t size;

		assert_int_equal(sscanf(line, "%d\t%d\t%d\t%d\t%n", &group, &cold, &step, &event, &at), 4);
		line[strcspn(line, "\n")] = '\0';
		assert_in_range(group, FIRST_GROUP, FIRST_GROUP + 99);
		thread = &threads[group - FIRST_GROUP];
		thread->tid = (uint32_t)group;
		thread->process = &processes[group - FIRST_GROUP];
		thread->process->pid = (uint32_t)group;
		thread->process->ppid = 1;
		size = decode_json(line + at, text);
		sysdig = strchr(line + at, '\t') + 1;
		/* each write and the fstat after it are four events */
		assert_int_equal(event % 4, 2);
		run_write(table, thread, text, size, SECOND + (uint64_t)event / 4 * STEP, row);
		compare_row(group, step, sysdig, row, listed);
		rows++;
	}
	fclose(file);
	assert_int_equal(rows, 203);
	for (size_t i = 0; i < DIFFERENCES; i++) {
		if (!listed[i])
			fail_msg("group %d step %d is not in the file", differences[i].group,
				 differences[i].step);
	}
	for (size_t i = 0; i < 100; i++)
		marker_tail_clear(&threads[i].marker_tail);
	span_table_free(table);
	string_pool_free(pool);
}

/* ---- the parser alone ---- */

static char scratch[16384];

static struct marker parse(const char *text, size_t size)
{
	/* a copy of just this size, so that reading or writing beyond is caught */
	char *copy = malloc(size ? size : 1);
	char *out = malloc(marker_scratch_size(size));
	struct marker marker;

	memcpy(copy, text, size);
	marker_parse(copy, size, &marker, out);
	if (marker.status == MARKER_ENTER || marker.status == MARKER_EXIT) {
		memcpy(scratch, marker.tags, marker.tags_size);
		marker.tags = scratch;
		memcpy(scratch + 8192, marker.args, marker.args_size);
		marker.args = scratch + 8192;
	}
	free(copy);
	free(out);
	return marker;
}

static void assert_marker(const char *text, const char *tags, size_t tags_size, const char *args,
			  size_t args_size)
{
	struct marker marker = parse(text, strlen(text));

	assert_int_equal(marker.status, *text == '<' ? MARKER_EXIT : MARKER_ENTER);
	assert_int_equal(marker.tags_size, tags_size);
	assert_memory_equal(marker.tags, tags, tags_size);
	assert_int_equal(marker.args_size, args_size);
	assert_memory_equal(marker.args, args, args_size);
}

#define ASSERT_MARKER(text, tags, args) assert_marker(text, tags, sizeof(tags) - 1, args, sizeof(args) - 1)

static void test_text(void **unused)
{
	struct marker marker;

	(void)unused;
	ASSERT_MARKER(">:t:a.b.c:x=1,y=2:", "a\0b\0c\0", "x\0" "1\0y\0" "2\0");
	ASSERT_MARKER("<::::", "", "");
	ASSERT_MARKER(">:t:a..:=:", "a\0\0\0", "\0\0");
	ASSERT_MARKER(">:t:a\\:b\\.c\\\\:n\\==v\\,w=x\\:::", "a:b.c\\\0", "n=\0v,w=x:\0");
	ASSERT_MARKER(">:t:x:a.b,c:d=e:", "x\0", "a.b,c:d\0e\0");
	ASSERT_MARKER(">:t:\\>\\<\\=\\\n:\\>=>\n<:rest", "><=\n\0", ">\0>\n<\0");

	marker = parse(">:-9223372036854775808:x::", 26);
	assert_int_equal(marker.id_kind, MARKER_ID_NUMBER);
	assert_true(marker.id == INT64_MIN);
	marker = parse(">:-18446744073709551615:x::", 27);
	assert_true(marker.id == 1);
	assert_int_equal(parse(">:pp:x::", 8).id_kind, MARKER_ID_PARENT);
	assert_int_equal(parse(">:p:x::", 7).id_kind, MARKER_ID_PROCESS);
	assert_int_equal(parse(">:t:x::", 7).id_kind, MARKER_ID_THREAD);
	assert_int_equal(parse(">:g:x::", 7).id_kind, MARKER_ID_GLOBAL);
	assert_int_equal(parse(">::x::", 6).id_kind, MARKER_ID_GLOBAL);

	/* a C string written with its NUL */
	marker = parse(">:t:x::\0", 8);
	assert_int_equal(marker.status, MARKER_ENTER);
}

static void assert_fault(const char *text, const char *reason_part, size_t position)
{
	struct marker marker = parse(text, strlen(text));

	assert_int_equal(marker.status, MARKER_INVALID);
	if (!strstr(marker.reason, reason_part))
		fail_msg("%s: reason is \"%s\"", text, marker.reason);
	assert_int_equal(marker.position, position);
	assert_int_equal(marker.ntags, 0);
	assert_int_equal(marker.nargs, 0);
}

static void test_faults(void **unused)
{
	(void)unused;
	assert_fault("", "empty", 0);
	assert_fault("\n", "empty", 0);
	assert_fault("hello", "begins with none", 0);
	assert_fault(">x", "no ':'", 1);
	assert_fault(">:q:x::", "id", 2);
	assert_fault(">:12x:x::", "id", 4);
	assert_fault(">:ppp:x::", "id", 4);
	assert_fault(">:t:a<b::", "in a tag", 5);
	assert_fault(">:t:a=b::", "in a tag", 5);
	assert_fault(">:t:a\nb::", "line break in a tag", 5);
	assert_fault(">:t:x:abc:", "no '='", 9);
	assert_fault(">:t:x:a=1,b:", "no '='", 11);
	assert_fault(">:t:x:a>=1:", "name of an argument", 7);
	assert_fault(">:t:x:\n=1:", "line break in the name", 6);
}

static void test_unfinished_text(void **unused)
{
	static const char whole[] = ">:pp:a\\.b.c:n\\=1=v,o=:";

	(void)unused;
	for (size_t size = 1; size < sizeof(whole) - 1; size++) {
		struct marker marker = parse(whole, size);
		/* behind a backslash, and within the two values */
		bool open = size == 7 || size == 14 || size == 17 || size == 18 || size == 21;

		assert_int_equal(marker.status, MARKER_INCOMPLETE);
		assert_int_equal(marker.open_value, open);
	}
	assert_int_equal(parse(whole, sizeof(whole) - 1).status, MARKER_ENTER);
	/* an escaped colon does not say that the text is whole */
	assert_int_equal(parse(">:t:x:a\\:", 9).status, MARKER_INCOMPLETE);
}

static void test_json(void **unused)
{
	struct marker marker;

	(void)unused;
	ASSERT_MARKER("[\">\",1,[\"a.b\",\"c\"],[{\"x\":\"1\"},{},{\"y\":\"2\",\"z\":\"\"}]] rest",
		      "a.b\0c\0", "x\0" "1\0y\0" "2\0z\0\0");
	ASSERT_MARKER("\t[ \">\"\r\n, \"pp\" , [ \"a\" ] , "
		      "{ \"x\" : -1.5e+3 , \"y\":true,\"z\":null,\"f\":false } ]",
		      "a\0", "x\0-1.5e+3\0y\0true\0z\0null\0f\0false\0");
	ASSERT_MARKER("[\">\",1,[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"],[]]", "\"\\/\b\f\n\r\t\0", "");
	ASSERT_MARKER("[\">\",1,[\"\\u0041\\u00e9\\u4E2d\\ud83d\\ude00\"],[]]",
		      "A\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\0", "");
	ASSERT_MARKER("[\"\\u003e\",1,[\"\"],{}]", "\0", "");

	marker = parse("[\"<\",-007,[],[]]", 16);
	assert_int_equal(marker.status, MARKER_EXIT);
	assert_int_equal(marker.id_kind, MARKER_ID_NUMBER);
	assert_true(marker.id == -7);
	assert_int_equal(marker.json, 1);
	assert_int_equal(parse("[\"<\",\"p\",[],[]]", 15).id_kind, MARKER_ID_PROCESS);

	assert_fault("[1,2]", "direction is not", 1);
	assert_fault("[\"x\",5,[],[]]", "direction begins", 2);
	assert_fault("[\">\"]", "no id", 4);
	assert_fault("[\">\",1.5,[],[]]", "whole number", 6);
	assert_fault("[\">\",-,[],[]]", "without digits", 6);
	assert_fault("[\">\",\"q\",[],[]]", "id is neither", 5);
	assert_fault("[\">\",[],[],[]]", "id is neither", 5);
	assert_fault("[\">\",1,\"a\",[]]", "tags are not", 7);
	assert_fault("[\">\",1,[1],[]]", "tag is not", 8);
	assert_fault("[\">\",1,[\"a\",],[]]", "tag is not", 12);
	assert_fault("[\">\",1,[\"a\"]]", "no arguments", 12);
	assert_fault("[\">\",1,[],[\"a\"]]", "arguments are neither", 11);
	assert_fault("[\">\",1,[],[{\"a\":[1]}]]", "list or an object", 16);
	assert_fault("[\">\",1,[],[{\"a\":{}}]]", "list or an object", 16);
	assert_fault("[\">\",1,[],[{\"a\":what}]]", "not a JSON value", 16);
	assert_fault("[\">\",1,[],[{a:1}]]", "name of an argument", 12);
	assert_fault("[\">\",1,[],[{\"a\" 1}]]", "no ':'", 16);
	assert_fault("[\">\",1,[],[],5]", "no ']'", 12);
	assert_fault("[\">\",1,[\"\\q\"],[]]", "unknown escape", 10);
	assert_fault("[\">\",1,[\"\\u12g4\"],[]]", "hexadecimal", 13);
	assert_fault("[\">\",1,[\"\\u0000\"],[]]", "\\u0000", 9);
	assert_fault("[\">\",1,[\"\\ud800\"],[]]", "surrogate", 9);
	assert_fault("[\">\",1,[\"\\udc00\\ud800\"],[]]", "surrogate", 9);
}

static void test_unfinished_json(void **unused)
{
	static const char whole[] = " [\">\", 12, [\"a\\n\", \"\\ud83d\\ude00\"], "
				    "[{\"x\": \"y\"}, {\"z\": -1.5e3}, {\"t\": true}]]";

	(void)unused;
	for (size_t size = 2; size < sizeof(whole) - 1; size++)
		assert_int_equal(parse(whole, size).status, MARKER_INCOMPLETE);
	assert_int_equal(parse(whole, sizeof(whole) - 1).status, MARKER_ENTER);
	assert_int_equal(parse("[\">\",1,[],[{\"a\":\"b", 18).open_value, 1);
	assert_int_equal(parse("[\">\",1,[],[{\"a", 14).open_value, 0);
}

/* ---- unfinished text of a thread ---- */

struct joined {
	const char *text;
	size_t size;
	int dropped;
};

static struct joined join(struct marker_tail *tail, const char *text, uint64_t time)
{
	struct joined joined;

	assert_int_equal(marker_tail_join(tail, text, strlen(text), time, SECOND, &joined.text, &joined.size,
					  &joined.dropped), 0);
	return joined;
}

/* Leaves the text as unfinished. */
static void keep(struct marker_tail *tail, const char *text, uint64_t time)
{
	struct joined joined = join(tail, text, time);
	struct marker marker = parse(joined.text, joined.size);

	assert_int_equal(marker.status, MARKER_INCOMPLETE);
	assert_int_equal(marker_tail_keep(tail, joined.text, joined.size, time, &marker), 0);
}

static void assert_joined(struct joined joined, const char *text, int dropped)
{
	assert_int_equal(joined.size, strlen(text));
	assert_memory_equal(joined.text, text, joined.size);
	assert_int_equal(joined.dropped, dropped);
}

static void test_tail(void **unused)
{
	struct marker_tail tail = { 0 };
	const char *text = ">:t:x::";

	(void)unused;
	assert_ptr_equal(join(&tail, text, 1).text, text);
	keep(&tail, ">:t:", 1);
	keep(&tail, "x:", 2);
	assert_joined(join(&tail, ":", 3), ">:t:x::", 0);
	/* what was joined is not kept by itself */
	assert_joined(join(&tail, "y", 4), "y", 0);

	/* a new marker ends an unfinished one */
	keep(&tail, ">:t:x", 5);
	assert_joined(join(&tail, "<:t:x::", 6), "<:t:x::", 1);
	keep(&tail, ">:t:x", 5);
	assert_joined(join(&tail, "[ \"<\", 1", 6), "[ \"<\", 1", 1);
	/* but not where it may be data */
	keep(&tail, ">:t:x:a=", 5);
	assert_joined(join(&tail, ">:b:", 6), ">:t:x:a=>:b:", 0);
	keep(&tail, ">:t:x\\", 5);
	assert_joined(join(&tail, ">::", 6), ">:t:x\\>::", 0);
	/* nor is a bracket alone a beginning */
	keep(&tail, "[\">\", 1,", 5);
	keep(&tail, "[\"a\"],", 5);
	assert_joined(join(&tail, "[]]", 6), "[\">\", 1,[\"a\"],[]]", 0);

	/* too old: later than a second after the last write */
	keep(&tail, ">:t:", 10);
	assert_joined(join(&tail, "x", 10 + SECOND), ">:t:x", 0);
	keep(&tail, ">:t:", 10);
	assert_joined(join(&tail, "x", 11 + SECOND), "x", 1);
	keep(&tail, ">:t:", 10);
	assert_joined(join(&tail, "x", 5), ">:t:x", 0);

	/* text behind a NUL does not count */
	{
		struct marker marker = parse(">:t:x\0y", 7);

		assert_int_equal(marker_tail_keep(&tail, ">:t:x\0y", 7, 1, &marker), 0);
		assert_joined(join(&tail, "::", 1), ">:t:x::", 0);
	}
	marker_tail_clear(&tail);
	marker_tail_clear(&tail);
	assert_int_equal(tail.size, 0);
}

static void test_tail_bounds(void **unused)
{
	struct marker_tail tail = { 0 };
	struct marker marker = { .status = MARKER_INCOMPLETE };
	static char text[MARKER_KEPT_MAX];
	struct joined joined;

	(void)unused;
	memset(text, 'a', sizeof(text));
	assert_int_equal(marker_tail_keep(&tail, text, sizeof(text) - 2, 1, &marker), 0);
	joined = join(&tail, "bc", 1);
	assert_int_equal(joined.size, MARKER_KEPT_MAX);
	assert_int_equal(joined.dropped, 0);
	assert_int_equal(marker_tail_keep(&tail, joined.text, joined.size, 1, &marker), 0);
	assert_joined(join(&tail, "d", 1), "d", 1);

	/* nor can a marker come in any number of writes */
	assert_int_equal(marker_tail_keep(&tail, "a", 1, 1, &marker), 0);
	for (unsigned i = 0; i < MARKER_JOINS_MAX; i++) {
		joined = join(&tail, "b", 1);
		assert_int_equal(joined.dropped, 0);
		assert_int_equal(joined.size, i + 2);
		assert_int_equal(marker_tail_keep(&tail, joined.text, joined.size, 1, &marker), 0);
	}
	assert_joined(join(&tail, "c", 1), "c", 1);
	marker_tail_clear(&tail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_sysdig),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_unfinished_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_unfinished_json),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_tail_bounds),
	};

	return cmocka_run_group_tests_name("marker", tests, NULL, NULL);
}
