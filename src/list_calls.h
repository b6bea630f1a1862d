/* `--list-calls`: the table of system calls as text. */
#ifndef LIST_CALLS_H
#define LIST_CALLS_H

/* Writes a line a call to standard output: columns, two blanks or more between them. */
void list_calls(void);

#endif
