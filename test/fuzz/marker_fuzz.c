/* Fuzzes what stands between a write of a hostile program and a span: tail, parser, span table.
 *
 * The input is a series of writes: byte 0xff ends one, 0xfe ends one and goes on in the other thread.
 * All text and scratch is allocated in just its size, so that the sanitizers see each step beyond. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/engine/marker.h"
#include "src/engine/span.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"

#define WRITE_END 0xff
#define OTHER_THREAD 0xfe
#define TIMEOUT 1000
#define MAX_OPEN_BYTES 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert(), not to be compiled out. */
#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

struct world {
	struct string_pool *pool;
	struct span_table *table;
	struct process process;
	struct thread threads[2];
	uint64_t time;
};

static bool is_marker(const struct marker *marker)
{
	return marker->status == MARKER_ENTER || marker->status == MARKER_EXIT;
}

static uint32_t count_strings(const char *packed, size_t size)
{
	uint32_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += packed[i] == '\0';
	CHECK(size == 0 || packed[size - 1] == '\0');
	return count;
}

static void check_marker(const struct marker *marker, size_t size)
{
	if (is_marker(marker)) {
		CHECK(!marker->reason);
		CHECK(count_strings(marker->tags, marker->tags_size) == marker->ntags);
		CHECK(count_strings(marker->args, marker->args_size) == 2 * marker->nargs);
		CHECK(marker->id_kind == MARKER_ID_NUMBER || marker->id == 0);
		return;
	}
	CHECK(marker->ntags == 0 && marker->nargs == 0);
	CHECK((marker->status == MARKER_INVALID) == (marker->reason != NULL));
	CHECK(marker->position <= size);
}

static bool same_marker(const struct marker *a, const struct marker *b)
{
	return a->status == b->status && a->id_kind == b->id_kind && a->id == b->id && a->ntags == b->ntags &&
	       a->nargs == b->nargs && a->tags_size == b->tags_size && a->args_size == b->args_size &&
	       (a->tags_size == 0 || memcmp(a->tags, b->tags, a->tags_size) == 0) &&
	       (a->args_size == 0 || memcmp(a->args, b->args, a->args_size) == 0) &&
	       a->reason == b->reason && a->position == b->position && a->open_value == b->open_value;
}

/* Parses a copy; the scratch buffer is the caller's to free. */
static char *parse(const char *text, size_t size, struct marker *marker)
{
	char *copy = malloc(size);
	char *scratch = malloc(marker_scratch_size(size));

	CHECK((copy || size == 0) && scratch);
	if (size)
		memcpy(copy, text, size);
	marker_parse(copy, size, marker, scratch);
	check_marker(marker, size);
	free(copy);
	return scratch;
}

/* ---- a marker written anew must read the same ---- */

static char *put_id(char *out, const struct marker *marker)
{
	static const char *const words[] = {
		[MARKER_ID_THREAD] = "t", [MARKER_ID_PROCESS] = "p", [MARKER_ID_PARENT] = "pp",
		[MARKER_ID_GLOBAL] = "g",
	};

	if (marker->id_kind == MARKER_ID_NUMBER)
		return out + sprintf(out, "%lld", (long long)marker->id);
	return out + sprintf(out, marker->json ? "\"%s\"" : "%s", words[marker->id_kind]);
}

static char *put_text_string(char *out, const char **string)
{
	for (; **string; ++*string) {
		if (strchr("\\.:><=,\n", **string))
			*out++ = '\\';
		*out++ = **string;
	}
	++*string;
	return out;
}

static char *put_json_string(char *out, const char **string)
{
	*out++ = '"';
	for (; **string; ++*string) {
		if (**string == '"' || **string == '\\')
			out += sprintf(out, "\\%c", **string);
		else if ((unsigned char)**string < 0x20)
			out += sprintf(out, "\\u%04x", **string);
		else
			*out++ = **string;
	}
	++*string;
	*out++ = '"';
	return out;
}

static char *render_text(char *out, const struct marker *marker)
{
	const char *tags = marker->tags, *args = marker->args;

	*out++ = marker->status == MARKER_ENTER ? '>' : '<';
	*out++ = ':';
	out = put_id(out, marker);
	*out++ = ':';
	for (uint32_t i = 0; i < marker->ntags; i++) {
		if (i)
			*out++ = '.';
		out = put_text_string(out, &tags);
	}
	*out++ = ':';
	for (uint32_t i = 0; i < marker->nargs; i++) {
		if (i)
			*out++ = ',';
		out = put_text_string(out, &args);
		*out++ = '=';
		out = put_text_string(out, &args);
	}
	*out++ = ':';
	return out;
}

static char *render_json(char *out, const struct marker *marker)
{
	const char *tags = marker->tags, *args = marker->args;

	out += sprintf(out, "[\"%c\",", marker->status == MARKER_ENTER ? '>' : '<');
	out = put_id(out, marker);
	out += sprintf(out, ",[");
	for (uint32_t i = 0; i < marker->ntags; i++) {
		if (i)
			*out++ = ',';
		out = put_json_string(out, &tags);
	}
	out += sprintf(out, "],{");
	for (uint32_t i = 0; i < marker->nargs; i++) {
		if (i)
			*out++ = ',';
		out = put_json_string(out, &args);
		*out++ = ':';
		out = put_json_string(out, &args);
	}
	out += sprintf(out, "}]");
	return out;
}

static void check_rendering(const struct marker *marker)
{
	struct marker wanted = *marker, again;
	char *text = malloc(64 + 8 * (marker->tags_size + marker->args_size));
	char *scratch;

	CHECK(text);
	/* the text form has no way to write a single empty tag */
	for (int json = wanted.ntags == 1 && wanted.tags_size == 1; json < 2; json++) {
		char *end;

		wanted.json = json;
		end = json ? render_json(text, &wanted) : render_text(text, &wanted);
		scratch = parse(text, (size_t)(end - text), &again);
		CHECK(again.json == json && same_marker(&wanted, &again));
		for (char *at = text + 1; at < end; at++) {
			struct marker part;

			/* no shorter text is taken for whole, or wrong */
			free(parse(text, (size_t)(at - text), &part));
			CHECK(part.status == MARKER_INCOMPLETE);
			if (at > text + 64)
				break;
		}
		free(scratch);
	}
	free(text);
}

/* ---- one write ---- */

static void check_span(const struct world *world, const struct span *span, const struct marker *marker)
{
	char tags[64];
	size_t length = span_tags_text(span, tags, sizeof(tags));

	CHECK(span->num && span->ntags == marker->ntags && span->tags->size == marker->tags_size);
	CHECK(length == (marker->ntags ? marker->tags_size - 1 : 0));
	CHECK(strlen(tags) <= length);
	CHECK(span->owner == &world->process);
	CHECK(!span->parent || (span->parent->id == span->id && span->parent->ntags + 1 == span->ntags));
	CHECK(!span->outer || span->outer->num < span->num);
}

static void take_write(struct world *world, struct thread *thread, const char *text, size_t size)
{
	struct marker marker, again;
	char *scratch, *scratch_again;
	const char *joined;
	size_t joined_size;
	struct span *span;
	int dropped;

	CHECK(marker_tail_join(&thread->marker_tail, text, size, world->time, TIMEOUT, &joined, &joined_size,
			       &dropped) == 0);
	CHECK(joined_size >= size);
	scratch = parse(joined, joined_size, &marker);
	scratch_again = parse(joined, joined_size, &again);
	CHECK(same_marker(&marker, &again));
	free(scratch_again);
	if (marker.status == MARKER_INCOMPLETE) {
		marker_tail_keep(&thread->marker_tail, joined, joined_size, world->time, &marker);
		CHECK(thread->marker_tail.size <= MARKER_KEPT_MAX);
	} else if (is_marker(&marker)) {
		check_rendering(&marker);
		span = (marker.status == MARKER_ENTER ? span_table_enter : span_table_exit)(
			world->table, &marker, thread, world->time, NULL);
		CHECK(span);
		check_span(world, span, &marker);
		span_touch(span, LANE_SPANS, world->time / 10);
	}
	free(scratch);
}

static void check_world(const struct world *world)
{
	struct span_counts counts = span_table_counts(world->table);
	uint64_t open = 0;

	for (struct span *span = span_table_oldest(world->table); span; span = span_newer(span)) {
		CHECK(!(span->flags & SPAN_CLOSED));
		open++;
	}
	CHECK(open == counts.open && open == world->process.open_spans);
	for (int i = 0; i < 2; i++) {
		const struct span *newest = world->threads[i].newest_span;

		CHECK(!newest || (newest->thread == &world->threads[i] && !(newest->flags & SPAN_CLOSED)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world world = { .process = { .pid = 10, .ppid = 1 } };
	unsigned thread = 0;

	world.pool = string_pool_new();
	CHECK(world.pool);
	world.table = span_table_new(world.pool, MAX_OPEN_BYTES, NULL, NULL);
	CHECK(world.table);
	for (uint32_t i = 0; i < 2; i++) {
		world.threads[i].tid = 10 + i;
		world.threads[i].process = &world.process;
	}
	for (size_t from = 0, at = 0; at <= size; at++) {
		if (at < size && data[at] != WRITE_END && data[at] != OTHER_THREAD)
			continue;
		world.time += 1 + at % 7;
		take_write(&world, &world.threads[thread], (const char *)data + from, at - from);
		if (at < size && data[at] == OTHER_THREAD)
			thread = !thread;
		from = at + 1;
		span_table_collect(world.table, (const uint64_t[LANES]){ world.time / 10, world.time / 10 });
	}
	check_world(&world);
	span_table_thread_exit(world.table, &world.threads[0], false, world.time);
	span_table_thread_exit(world.table, &world.threads[1], true, world.time);
	span_table_collect(world.table, (const uint64_t[LANES]){ UINT64_MAX, UINT64_MAX });
	check_world(&world);
	for (uint32_t i = 0; i < 2; i++) {
		CHECK(span_table_counts(world.table).open || world.threads[i].pins == 0);
		marker_tail_clear(&world.threads[i].marker_tail);
	}
	span_table_free(world.table);
	string_pool_free(world.pool);
	return 0;
}
