/* The command of a view's action as an argument vector. No shell ever reads it: it is split into words first, quotes
 * honoured, and only then are its placeholders (%proc.pid) replaced, each inside its own word. So whatever a file or a
 * process is called, it stays one argument; and it never becomes an option, nor the program. */
#ifndef ENGINE_VIEW_COMMAND_H
#define ENGINE_VIEW_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "value.h"

#define VIEW_COMMAND_ERROR 200

struct view_command {
	char **words;          /* owned, ended by NULL; words[0] is the program */
	size_t count;
};

/* Fills in the row's value of a field, as written in the command: its text is good until the next call. False: the row
 * has no such column. error (VIEW_COMMAND_ERROR bytes) may be filled to refuse the value. */
typedef bool view_command_value(void *context, const char *field, struct value *value, char *error);

/* Splits text into words, placeholders left in them. 0, or a negative errno with one line in error
 * (VIEW_COMMAND_ERROR bytes): what needs a shell is refused. */
int view_command_split(struct view_command *command, const char *text, char *error);
/* Replaces the placeholders. 0, or a negative errno with one line in error; the command is then good for nothing but
 * view_command_fini. */
int view_command_fill(struct view_command *command, view_command_value *value, void *context, char *error);
void view_command_fini(struct view_command *command);
/* The words joined by blanks, quoted where a shell would need it; for people, malloced, not escaped for a terminal. NULL
 * without memory. */
char *view_command_text(const struct view_command *command);

#endif
