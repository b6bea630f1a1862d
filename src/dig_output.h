/* Lines to standard output, through a large buffer. */
#ifndef DIG_OUTPUT_H
#define DIG_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct dig_output {
	char *bytes;
	size_t size;
	bool is_terminal;    /* lines are escaped */
	bool is_flushed;     /* each line at once */
	bool keeps_lines;    /* newlines and tabs within a line are ours */
	int error;           /* errno of the first write that failed; EPIPE: nobody reads any more */
};

int dig_output_init(struct dig_output *output);
void dig_output_fini(struct dig_output *output);
/* Adds the newline. */
void dig_output_line(struct dig_output *output, const char *line, size_t size);
void dig_output_flush(struct dig_output *output);

#endif
