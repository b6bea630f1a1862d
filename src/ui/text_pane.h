/* Windows of text: what events become as lines, in a text view. */
#ifndef UI_TEXT_PANE_H
#define UI_TEXT_PANE_H

#include "../engine/query_lines.h"
#include "text_window.h"

struct text_pane {
	struct text_window window;
	bool started;             /* the first update was */
	uint64_t span_ns;         /* of the span inside of which this is */
};

/* The event of the line under the cursor: its number, 0 if there is none. */
uint64_t text_pane_event(struct text_pane *text);
/* How lines are made, from now on: the cursor stays at its event. */
void text_pane_show_as(struct text_pane *text, enum line_form form, enum line_clock clock, bool wrap);

/* ---- text_actions.c ---- */

extern const struct action text_pane_dig_actions[], text_pane_echo_actions[];

#endif
