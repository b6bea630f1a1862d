/* A pane that shows a text view: what the windows of echo and dig and the pager have in common. */
#ifndef UI_TEXT_WINDOW_H
#define UI_TEXT_WINDOW_H

#include "pane.h"
#include "prompt.h"
#include "text_view.h"

/* Whoever embeds it starts with it, so that a pane of theirs is one. */
struct text_window {
	struct pane pane;
	struct text_view view;
	char save_name[64];             /* offered when it is saved */
	char save_path[PROMPT_TEXT];    /* what was typed, while a question about it is open */
};

/* Keys: go to a line, save the lines into a file. */
void text_window_goto(struct app *app, struct pane *pane);
void text_window_save(struct app *app, struct pane *pane);
bool text_window_search(struct pane *pane, const char *text, bool again, bool backwards);
/* Goes on with it in an update; true if more is left. */
bool text_window_search_on(struct pane *pane, uint64_t budget_ns);

#endif
