#include "dig_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/value.h"

#define BUFFER_SIZE 65536

int dig_output_init(struct dig_output *output)
{
	*output = (struct dig_output){ .bytes = malloc(BUFFER_SIZE), .is_terminal = isatty(STDOUT_FILENO) };
	return output->bytes ? 0 : -ENOMEM;
}

void dig_output_fini(struct dig_output *output)
{
	dig_output_flush(output);
	free(output->bytes);
	output->bytes = NULL;
}

static void write_all(struct dig_output *output, const char *bytes, size_t size)
{
	while (size && !output->error) {
		ssize_t written = write(STDOUT_FILENO, bytes, size);

		if (written < 0 && errno != EINTR)
			output->error = errno;
		if (written > 0) {
			bytes += written;
			size -= written;
		}
	}
}

void dig_output_flush(struct dig_output *output)
{
	write_all(output, output->bytes, output->size);
	output->size = 0;
}

static void put(struct dig_output *output, const char *bytes, size_t size)
{
	if (size > BUFFER_SIZE - output->size)
		dig_output_flush(output);
	if (size > BUFFER_SIZE) {
		write_all(output, bytes, size);
		return;
	}
	memcpy(output->bytes + output->size, bytes, size);
	output->size += size;
}

static void put_escaped(struct dig_output *output, const char *line, size_t size)
{
	char text[TEXT_ESCAPED_MAX];
	bool plain;

	for (size_t i = 0, used; i < size; i += used) {
		size_t length = text_escape_one(line + i, size - i, text, &used, &plain);

		if (output->keeps_lines && (line[i] == '\n' || line[i] == '\t'))
			put(output, line + i, 1);
		else
			put(output, text, length);
	}
}

void dig_output_line(struct dig_output *output, const char *line, size_t size)
{
	if (output->is_terminal)
		put_escaped(output, line, size);
	else
		put(output, line, size);
	if (output->size == BUFFER_SIZE)
		dig_output_flush(output);
	output->bytes[output->size++] = '\n';
	if (output->is_flushed)
		dig_output_flush(output);
}
