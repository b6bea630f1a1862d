/* A terminal for tests: its size and keys come from a script, and it keeps the last screen shown.
 *
 * A script is words separated by blanks:
 *   Up Down Left Right Home End PgUp PgDn Tab Backtab Enter Esc Space Backspace Delete Insert
 *   F1 .. F24, ShiftUp ShiftDown ShiftLeft ShiftRight, Ctrl-L, Unknown
 *   'text'              the characters between the quotes, one key each (UTF-8)
 *   Resize:80x24        a new size, columns x rows
 *   Mouse:press:5,10    row,column from 0; also drag, release, double, up, down (the wheel)
 *   Wait                no key this once, so that the caller comes round to draw
 *   Down*5              any word, so many times */
#ifndef UI_TERMINAL_HEADLESS_H
#define UI_TERMINAL_HEADLESS_H

#include "cells.h"
#include "terminal.h"

/* NULL without memory. script may be NULL (no keys); it is copied. */
struct terminal *terminal_headless_new(int rows, int columns, const char *script);
/* Replaces what is left of the script. 0 or -ENOMEM. */
int terminal_headless_type(struct terminal *terminal, const char *script);
/* True when every key was handed out. */
int terminal_headless_done(const struct terminal *terminal);
/* The last screen shown; good until the next show or close. */
const struct cells *terminal_headless_cells(const struct terminal *terminal);
/* A word of the script that was not understood (NUL-terminated), or NULL; keys end there. */
const char *terminal_headless_error(const struct terminal *terminal);

#endif
