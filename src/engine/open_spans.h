/* The spans that were open at an event of the recording. */
#ifndef ENGINE_OPEN_SPANS_H
#define ENGINE_OPEN_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct engine;
struct span;
struct open_spans;

struct open_spans *open_spans_new(void);
void open_spans_free(struct open_spans *open);

/* Goes to just before this event: a span's own enter does not count as inside it, its own exit does.
 * *moved tells that places from before this call are no longer good. False when memory is out. Events in
 * order of num are cheap, going back starts anew. */
bool open_spans_go(struct open_spans *open, const struct engine *engine, const struct event *event,
		   bool *moved);
/* How many are open there, and the i-th, from the oldest. Good until the recording's next append. */
size_t open_spans_count(const struct open_spans *open);
struct span *open_spans_at(const struct open_spans *open, size_t i);
/* Where the span with this number is; if it is not open, where the first with a greater number is, or the count. */
size_t open_spans_place(const struct open_spans *open, uint64_t num);
/* Changes when the set was made anew. As long as it does not, spans come with rising numbers. */
uint64_t open_spans_made(const struct open_spans *open);

#endif
