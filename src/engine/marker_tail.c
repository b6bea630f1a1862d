/* Text that a thread's writes left unfinished. Nearly every write is a whole marker, so a tail owns memory
 * only from an unfinished write to the next one. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"

void marker_tail_clear(struct marker_tail *tail)
{
	free(tail->text);
	memset(tail, 0, sizeof(*tail));
}

static int reserve(struct marker_tail *tail, size_t size)
{
	char *text;

	if (size <= tail->capacity)
		return 0;
	size = (size + 255) & ~(size_t)255;
	text = realloc(tail->text, size);
	if (!text)
		return -ENOMEM;
	tail->text = text;
	tail->capacity = size;
	return 0;
}

/* Whether this is the beginning of a marker, not just of something that could go on as one. */
static bool begins_marker(const char *text, size_t size)
{
	size_t at = 1;

	if (size < 2)
		return false;
	if (text[0] == '>' || text[0] == '<')
		return text[1] == ':';
	/* a '[' alone may also open the tags or arguments of the kept text */
	if (text[0] != '[')
		return false;
	while (at < size && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
		at++;
	return at + 1 < size && text[at] == '"' && (text[at + 1] == '>' || text[at + 1] == '<');
}

int marker_tail_join(struct marker_tail *tail, const char *text, size_t size, uint64_t time,
		     uint64_t timeout, const char **joined, size_t *joined_size, int *dropped)
{
	size_t kept = tail->size;

	*joined = text;
	*joined_size = size;
	*dropped = 0;
	if (kept == 0) {
		if (tail->text)
			marker_tail_clear(tail);
		return 0;
	}
	tail->size = 0;
	if ((time > tail->time && time - tail->time > timeout) || size > MARKER_KEPT_MAX - kept ||
	    tail->joins >= MARKER_JOINS_MAX || (!tail->open_value && begins_marker(text, size))) {
		*dropped = 1;
		return 0;
	}
	if (reserve(tail, kept + size) < 0) {
		*dropped = 1;
		return -ENOMEM;
	}
	if (size)
		memcpy(tail->text + kept, text, size);
	tail->joins++;
	*joined = tail->text;
	*joined_size = kept + size;
	return 0;
}

int marker_tail_keep(struct marker_tail *tail, const char *joined, size_t joined_size, uint64_t time,
		     const struct marker *marker)
{
	size_t size = joined_size ? strnlen(joined, joined_size) : 0;

	if (size > MARKER_KEPT_MAX) {
		marker_tail_clear(tail);
		return -E2BIG;
	}
	if (joined != tail->text) {
		tail->joins = 0;
		if (reserve(tail, size) < 0) {
			marker_tail_clear(tail);
			return -ENOMEM;
		}
		if (size)
			memcpy(tail->text, joined, size);
	}
	tail->size = size;
	tail->time = time;
	tail->open_value = marker->open_value;
	return 0;
}
