#include "span_search.h"

#include <stdlib.h>
#include <string.h>

#include "open_spans.h"
#include "span.h"

#define CHAIN_MEMOS 1024   /* a power of two */
#define CHAIN_ASKED 4      /* spans that are asked before memory is: nearly always there are no more */
#define CHAIN_NOTED 32     /* places of one search that are remembered: the innermost spans change most */
#define SET_MEMOS 64       /* a power of two */
#define SET_KEPT 16        /* answers that are remembered of one set */

/* What a search from one span outwards came to. */
struct chain_memo {
	const void *identity;
	uint64_t num;              /* of the span */
	uint64_t time;             /* good from then on */
	struct span *found;        /* NULL: none. Freed if it no longer has this number */
	uint64_t found_num;
};

/* What is known of a set of open spans: which of those with numbers from `from` on, up to `to`, fit. */
struct set_memo {
	const void *identity, *place;
	uint64_t made;             /* open_spans_made() of the set */
	uint64_t from, to;         /* from > to: of none */
	uint64_t fitting[SET_KEPT]; /* numbers, rising; may have ended since */
	unsigned count;
};

struct span_search {
	struct chain_memo chains[CHAIN_MEMOS];
	struct set_memo sets[SET_MEMOS];
};

struct span_search *span_search_new(void)
{
	return calloc(1, sizeof(struct span_search));
}

void span_search_free(struct span_search *search)
{
	free(search);
}

static size_t mix(uint64_t a, uint64_t b)
{
	return (a ^ b * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u >> 32;
}

/* ---- the spans around one ---- */

static struct chain_memo *chain_memo(struct span_search *search, const struct span_question *question,
				     const struct span *span)
{
	return &search->chains[mix((uintptr_t)question->identity, span->num) & (CHAIN_MEMOS - 1)];
}

/* Whether memory knows the first that fits, from span outwards. One that has ended is only where to go on. */
static bool recall(struct span_search *search, const struct span_question *question, const struct span *span,
		   uint64_t time, struct span **found)
{
	const struct chain_memo *memo = chain_memo(search, question, span);

	if (memo->identity != question->identity || memo->num != span->num || memo->time > time ||
	    (memo->found && memo->found->num != memo->found_num))
		return false;
	*found = memo->found;
	return true;
}

struct span *span_search_outer(struct span_search *search, const struct span_question *question, struct span *newest,
			       uint64_t time)
{
	struct span *noted[CHAIN_NOTED], *span = newest, *found;
	unsigned count = 0;

	for (unsigned asked = 0; span; asked++) {
		if (asked >= CHAIN_ASKED) {
			if (recall(search, question, span, time, &found)) {
				if (!found || span_outer_at(found, time) == found) {
					span = found;
					break;
				}
				span = span_outer_at(found->outer, time);
				continue;
			}
			if (count < CHAIN_NOTED)
				noted[count++] = span;
		}
		if (question->fits(question, span))
			break;
		span = span_outer_at(span->outer, time);
	}
	while (count--)
		*chain_memo(search, question, noted[count]) = (struct chain_memo){
			.identity = question->identity,
			.num = noted[count]->num,
			.time = time,
			.found = span,
			.found_num = span ? span->num : 0,
		};
	return span;
}

/* ---- a set ---- */

static struct set_memo *set_memo(struct span_search *search, const struct span_question *question,
				 const struct open_spans *open)
{
	size_t slot = mix((uintptr_t)question->identity, (uintptr_t)question->place) & (SET_MEMOS - 1);
	struct set_memo *memo = &search->sets[slot];
	size_t count = open_spans_count(open);

	if (memo->identity != question->identity || memo->place != question->place ||
	    memo->made != open_spans_made(open)) {
		*memo = (struct set_memo){
			.identity = question->identity,
			.place = question->place,
			.made = open_spans_made(open),
			.to = count ? open_spans_at(open, count - 1)->num : 0,
		};
		memo->from = memo->to + 1;
	}
	return memo;
}

/* Asks those that opened since. */
static void ask_newer(struct set_memo *memo, const struct span_question *question, const struct open_spans *open)
{
	for (size_t i = open_spans_place(open, memo->to + 1); i < open_spans_count(open); i++) {
		struct span *span = open_spans_at(open, i);

		memo->to = span->num;
		if (!question->fits(question, span))
			continue;
		if (memo->count == SET_KEPT) {
			/* what is known begins behind the one that is forgotten */
			memo->from = memo->fitting[0] + 1;
			memmove(memo->fitting, memo->fitting + 1, --memo->count * sizeof(*memo->fitting));
		}
		memo->fitting[memo->count++] = span->num;
	}
}

/* The newest of those known to fit; forgets on the way what has ended. */
static struct span *known(struct set_memo *memo, const struct open_spans *open, uint64_t time)
{
	for (unsigned i = memo->count; i-- > 0;) {
		size_t place = open_spans_place(open, memo->fitting[i]);
		struct span *span = place < open_spans_count(open) ? open_spans_at(open, place) : NULL;

		if (span && span->num == memo->fitting[i]) {
			if (span->enter_time <= time)
				return span;
			continue;
		}
		memo->count--;
		memmove(memo->fitting + i, memo->fitting + i + 1, (memo->count - i) * sizeof(*memo->fitting));
	}
	return NULL;
}

/* Asks those older than what is known, and remembers what it learns as long as there is room. */
static struct span *ask_older(struct set_memo *memo, const struct span_question *question,
			      const struct open_spans *open, uint64_t time)
{
	bool room = memo->count < SET_KEPT;

	for (size_t i = open_spans_place(open, memo->from); i-- > 0;) {
		struct span *span = open_spans_at(open, i);
		bool fits = question->fits(question, span);

		if (room)
			memo->from = span->num;
		if (!fits)
			continue;
		if (room) {
			memmove(memo->fitting + 1, memo->fitting, memo->count++ * sizeof(*memo->fitting));
			memo->fitting[0] = span->num;
			room = memo->count < SET_KEPT;
		}
		if (span->enter_time <= time)
			return span;
	}
	return NULL;
}

struct span *span_search_open(struct span_search *search, const struct span_question *question,
			      const struct open_spans *open, uint64_t time)
{
	struct set_memo *memo = set_memo(search, question, open);
	struct span *span;

	ask_newer(memo, question, open);
	span = known(memo, open, time);
	return span ? span : ask_older(memo, question, open, time);
}
