/* The lines of a text query (VIEW_TEXT), by number, from the first event that passed on.
 *
 * Line numbers stay with their lines. The oldest events go when the recording has forgotten them, or when there is no room
 * for so many: then the first lines go with them. */
#ifndef ENGINE_QUERY_LINES_H
#define ENGINE_QUERY_LINES_H

#include "event_lines.h"
#include "query.h"

/* How lines are made; NULL while memory is out. Whoever sets another form calls query_lines_changed. */
struct event_lines *query_lines_maker(struct query *query);
void query_lines_changed(struct query *query);
/* Lines there are: [*first, returned). */
uint64_t query_lines(struct query *query, uint64_t *first);
/* Line n of these; false with the event's number alone if the recording has just forgotten the event. */
bool query_line(struct query *query, uint64_t n, struct event_line *line, uint64_t *event_num);
/* The event of line n as an identity, and the line's place among those of the event; 0 if there is no such line. */
uint64_t query_line_event(struct query *query, uint64_t n, uint64_t *within);
/* The number of this line of the event, or of the next one that there is. */
uint64_t query_line_of(struct query *query, uint64_t id, uint64_t within);
/* The first line of an event with at least this number; if by_time, of one at or after this time (ns since the epoch). */
uint64_t query_line_near(struct query *query, uint64_t num, bool by_time);
/* Events that passed and whose lines are gone. */
uint64_t query_lines_gone(const struct query *query);
/* Gives the lines of one event if it passes; it is not kept. */
void query_event_lines(struct query *query, const struct event *event,
		       void (*give)(void *context, const struct event_line *line), void *context);

#endif
