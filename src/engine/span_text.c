/* What a span says of itself. */
#include <string.h>

#include "span_private.h"

uint64_t span_duration(const struct span *span, uint64_t now)
{
	uint64_t end = span->flags & SPAN_CLOSED ? span->exit_time : now;

	if (span->flags & SPAN_NO_ENTER || end < span->enter_time)
		return 0;
	return end - span->enter_time;
}

uint32_t span_depth(const struct span *span)
{
	return span->ntags ? span->ntags - 1 : 0;
}

const char *packed_string(const char *packed, size_t packed_size, uint32_t i, size_t *size)
{
	const char *end = packed + packed_size;

	while (packed < end) {
		size_t length = strnlen(packed, (size_t)(end - packed));

		if (i-- == 0) {
			*size = length;
			return packed;
		}
		packed += length + 1;
	}
	return NULL;
}

const char *span_tag(const struct span *span, int32_t i, size_t *size)
{
	int64_t at = i < 0 ? (int64_t)span->ntags + i : i;

	if (at < 0 || at >= span->ntags)
		return NULL;
	return packed_string(span->tags->text, span->tags->size, (uint32_t)at, size);
}

/* Text that is cut to a size but counted in full. */
struct cut_text {
	char *text;
	size_t size, used;
};

static void append(struct cut_text *cut, const char *bytes, size_t count)
{
	if (cut->used < cut->size) {
		size_t room = cut->size - cut->used;

		memcpy(cut->text + cut->used, bytes, count < room ? count : room);
	}
	cut->used += count;
}

static size_t finish(struct cut_text *cut)
{
	if (cut->size)
		cut->text[cut->used < cut->size ? cut->used : cut->size - 1] = '\0';
	return cut->used;
}

/* The packed strings, the nth behind separators[n % 2] but for the first. */
static size_t join(const char *packed, size_t packed_size, uint32_t strings, const char *separators,
		   char *text, size_t size)
{
	struct cut_text cut = { text, size, 0 };
	const char *end = packed + packed_size;

	for (uint32_t i = 0; i < strings && packed < end; i++) {
		size_t length = strnlen(packed, (size_t)(end - packed));

		if (i)
			append(&cut, &separators[i % 2], 1);
		append(&cut, packed, length);
		packed += length + 1;
	}
	return finish(&cut);
}

size_t span_tags_text(const struct span *span, char *text, size_t size)
{
	return join(span->tags->text, span->tags->size, span->ntags, "..", text, size);
}

size_t packed_args_text(const char *packed, size_t packed_size, uint32_t nargs, char separator,
			char *text, size_t size)
{
	const char separators[2] = { ',', separator };

	return join(packed, packed ? packed_size : 0, nargs * 2, separators, text, size);
}
