#include "filter_path.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '_';
}

/* The next `span.` at the start of a word outside quotes, from `at` on; NULL if there is none. */
static const char *next_span(const char *text, const char *at)
{
	char quote = '\0';

	for (const char *c = text; *c; c++) {
		if (quote) {
			if (*c == '\\' && c[1])
				c++;
			else if (*c == quote)
				quote = '\0';
		} else if (*c == '"' || *c == '\'') {
			quote = *c;
		} else if (c >= at && !strncmp(c, "span.", 5) && (c == text || !in_word(c[-1]))) {
			return c;
		}
	}
	return NULL;
}

bool filter_names_span(const char *text)
{
	return next_span(text, text);
}

char *filter_inside(const char *text)
{
	const char *from = text, *found;
	char *result = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&result, &size);

	if (!file)
		return NULL;
	while ((found = next_span(text, from))) {
		fprintf(file, "%.*sevtin.span.", (int)(found - from), from);
		from = found + 5;
	}
	fputs(from, file);
	if (fclose(file)) {
		free(result);
		return NULL;
	}
	return result;
}
