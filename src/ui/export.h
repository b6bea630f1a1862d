/* The rows of the screen, written to a file: CSV, JSON lines or text, by the name's ending.
 *
 * Large tables are written a little at a time; until that is done the rows stand still, and keys do nothing but stop it.
 * A file that is to be replaced stays what it was until the new one is complete, and nothing is left of one that is
 * not. */
#ifndef UI_EXPORT_H
#define UI_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

struct app;
struct pane;
struct export;

/* Asks for the name of the file, or says why there is nothing to write. */
void export_prompt(struct app *app, struct pane *pane);
/* Writes for about budget_ns. True if there is more to write. */
bool export_step(struct app *app, uint64_t budget_ns);
/* A key while it is written: Esc stops it. */
void export_key(struct app *app, int key);
/* Stops what is being written. */
void export_free(struct app *app);

#endif
