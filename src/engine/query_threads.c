/* The threads that there are at the end of a sample, as events of their own: without them a view of processes would show
 * only those that did something. */
#include "engine.h"
#include "query_private.h"
#include "scap_event.h"

#define NS_PER_S 1000000000ULL

struct threads_feed {
	struct query *query;
	struct event event;
};

/* It stands for the thread of events that are about no thread. */
static bool is_made_up(const struct thread *thread)
{
	return thread->tid == UINT32_MAX || (thread->is_stranger && !thread->enter.time);
}

static void take_thread(struct threads_feed *feed, struct thread *thread)
{
	if (is_made_up(thread))
		return;
	feed->event.thread = thread;
	query_take(feed->query, &feed->event);
}

static void take_process(void *context, struct process *process)
{
	struct threads_feed *feed = context;

	for (struct thread *thread = process->threads; thread; thread = thread->next_sibling)
		take_thread(feed, thread);
}

/* With sysdig a thread is there until the event after the one that tells of its end. */
void query_note_end(struct query *query, const struct event *event)
{
	if (query->ended)
		query->ended->pins--;
	query->ended = NULL;
	if (event && (event->call == SCAP_TYPE_PROCEXIT_E || event->call == SCAP_TYPE_PROCEXIT_1_E)) {
		query->ended = event->thread;
		query->ended->pins++;
	}
}

void query_take_threads(struct query *query)
{
	uint64_t last = engine_counts(query->engine)->last_time;
	/* sysdig's are from before the second of the latest event; live the names are those of now */
	uint64_t time = query->spec.compatible ? last - last % NS_PER_S - 1 : engine_now(query->engine);
	struct threads_feed feed = {
		.query = query,
		.event = {
			.size = sizeof(struct event),
			.type = EVENT_SCAP,
			.call = SCAP_TYPE_SYSDIGEVENT_X,
			.flags = query->spec.compatible ? 0 : EVENT_STATE,
			.time = time,
			.enter_time = time,
		},
	};

	if (query->kind != &query_table_kind || last < NS_PER_S ||
	    !(query->spec.compatible || query->spec.view->is_root))
		return;
	/* no view of csysdig's, which has what its threads are counted as among the calls */
	if (query->spec.view->scope && !strcmp(query->spec.view->scope, "inside"))
		return;
	query->states_only = !query->spec.compatible;
	query->taking_threads = true;
	if (query->ended && query->spec.compatible)
		take_thread(&feed, query->ended);
	state_each_process(engine_state(query->engine), take_process, &feed);
	query->states_only = query->taking_threads = false;
}
