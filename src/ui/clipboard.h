/* Copying what is selected to the clipboard of the user's terminal, which may be far away: by the escape sequence
 * OSC 52. Terminals that do not know it, or were told not to, pass over it. */
#ifndef UI_CLIPBOARD_H
#define UI_CLIPBOARD_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct pane;

#define CLIPBOARD_MAX 16384   /* bytes of a text: terminals take at least so much */
/* Room for the sequence of the longest text. */
#define CLIPBOARD_SEQUENCE ((CLIPBOARD_MAX + 2) / 3 * 4 + 16)

/* Whether terminals of this type (TERM) may have a clipboard: the Linux console would show what it does not know. */
bool clipboard_known(const char *type);
/* The sequence that puts the text (at most CLIPBOARD_MAX bytes of it) there; returns its length. */
size_t clipboard_sequence(const char *text, size_t size, char sequence[CLIPBOARD_SEQUENCE]);

/* Copies what the row under the cursor is called, or all that is shown of it, and says what. Escaped as on the screen, so
 * that nothing acts where it is pasted. */
void clipboard_copy_name(struct app *app, struct pane *pane);
void clipboard_copy_row(struct app *app, struct pane *pane);

#endif
