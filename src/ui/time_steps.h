/* What part of time a pane is about.
 *
 * Everything that the recording holds; or, for tables about a machine that is looked at live, the refresh period that ended
 * last; or a window of one refresh period, which keys move over the recording. A window is a multiple of the period on the
 * clock, stays where it is put, and holds for what is opened from there. */
#ifndef UI_TIME_STEPS_H
#define UI_TIME_STEPS_H

#include <stdbool.h>
#include <stdint.h>

struct app;
struct cells;
struct level;
struct query_spec;

/* Fills in what of time the level's query is about. The spec's view, filters and inside are known. */
void time_spec(const struct app *app, const struct level *level, struct query_spec *spec);
/* A level is looked at again: a period that began when it was left is of no use. */
void time_entered(const struct app *app, struct level *level);
/* Moves the window of the top pane by so many periods (negative: back); the first step makes one. */
void time_step(struct app *app, int periods);
/* Back to now, or to the whole capture. */
void time_release(struct app *app);
/* A table shows what it counted since the start, or again the last period. */
void time_toggle_all(struct app *app);
/* The length of windows of a capture. */
void time_set_period(struct app *app, uint64_t ns);
/* What of time the top pane shows, at the right end of a header line; returns the cells it takes. */
int time_draw(const struct app *app, struct cells *cells, int row);

#endif
