/* Which of the spans that were open at an event answers a question, without asking all of them every time: a
 * thread that never closes its spans may have tens of thousands.
 *
 * A span's answer never changes, and one that has ended never opens again. So what a search found out holds for
 * every later event, as long as the span that it found is open; only spans that opened since have to be asked. */
#ifndef ENGINE_SPAN_SEARCH_H
#define ENGINE_SPAN_SEARCH_H

#include <stdbool.h>

#include "event.h"

struct open_spans;
struct span_search;

struct span_question {
	const void *identity;      /* an address that stands for this question and for no other */
	const void *place;         /* what the answer depends on besides: the event's thread, its process, or NULL */
	bool (*fits)(const struct span_question *question, struct span *span);
};

/* NULL when memory is out. */
struct span_search *span_search_new(void);
void span_search_free(struct span_search *search);
/* The first of these that fits, or NULL: newest and the spans of its thread around it that were open at time. */
struct span *span_search_outer(struct span_search *search, const struct span_question *question, struct span *newest,
			       uint64_t time);
/* The newest in the set that fits, of those not entered after time; or NULL. */
struct span *span_search_open(struct span_search *search, const struct span_question *question,
			      const struct open_spans *open, uint64_t time);

#endif
