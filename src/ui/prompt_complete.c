#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../engine/field.h"
#include "prompt.h"

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '_';
}

static size_t common_prefix(const char *a, const char *b, size_t size)
{
	size_t i = 0;

	while (i < size && a[i] == b[i])
		i++;
	return i;
}

bool prompt_complete_field(struct prompt *prompt)
{
	size_t start = prompt->cursor, typed, common = 0, listed = 0;
	const char *first = NULL;
	unsigned count = 0;

	while (start && in_name(prompt->text[start - 1]))
		start--;
	typed = prompt->cursor - start;
	if (!typed)
		return false;
	for (const struct field_definition *field = field_table; field->name; field++) {
		if (strncmp(field->name, prompt->text + start, typed))
			continue;
		common = first ? common_prefix(first, field->name, common) : strlen(field->name);
		first = first ? first : field->name;
		count++;
		if (listed < sizeof(prompt->candidates) - 1)
			listed += (size_t)snprintf(prompt->candidates + listed,
						   sizeof(prompt->candidates) - listed, "%s ", field->name);
	}
	if (count < 2)
		prompt->candidates[0] = '\0';
	if (!first || common == typed)
		return false;
	prompt_insert(prompt, first + typed, common - typed);
	return true;
}
