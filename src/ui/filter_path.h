/* Filters along a drill-down.
 *
 * A condition on `span.` fields picks spans by their markers. A pane that shows what happened inside those
 * spans sees other events, on which such a condition is never true: there it has to be said with
 * `evtin.span.`, or, if one span was picked, that span stands for all conditions that led to it. */
#ifndef UI_FILTER_PATH_H
#define UI_FILTER_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a filter speaks of `span.` fields (outside quotes, and not of `evtin.span.`). */
bool filter_names_span(const char *text);
/* The same filter about the spans that an event lies in; malloced, NULL without memory. */
char *filter_inside(const char *text);

#endif
