/* Which events happened inside a span.
 *
 * In time: those that ended (a call: returned) between the span's enter and exit. A call that began
 * in the span and returned after it is not inside; one that was waiting already when the span began is.
 * In place: by scope, see query.h. The markers of the span itself are its border, not its inside. */
#ifndef ENGINE_INSIDE_H
#define ENGINE_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "query.h"

enum inside_place {
	INSIDE_NOWHERE,         /* the span's enter was never seen */
	INSIDE_THREAD,          /* the thread, and what it forked meanwhile */
	INSIDE_OWNER_STARTED,   /* the owner, and what was started below it meanwhile */
	INSIDE_OWNER_TREE,      /* the owner and everything below it */
	INSIDE_ANYWHERE,
};

struct inside {
	const struct span *span;
	enum inside_scope scope;
	enum inside_place place;
	uint64_t from, to;               /* ns since the epoch, both included */
	const struct process *known;     /* the last process asked about */
	bool known_answer;
};

/* span may be NULL: then everything is inside. It is borrowed: pin it. */
void inside_init(struct inside *inside, const struct span *span, enum inside_scope scope);
/* Looks at the span again, which may have closed since. Call before each batch of events. */
void inside_refresh(struct inside *inside);
bool inside_has(struct inside *inside, const struct event *event);

#endif
