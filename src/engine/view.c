#include "view.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct view_column *view_key(const struct view *view)
{
	const struct view_column *key = NULL;

	for (size_t i = 0; i < view->ncolumns; i++) {
		if (view->columns[i].flags & COLUMN_GROUPBY)
			return &view->columns[i];
		if (!key && view->columns[i].flags & COLUMN_KEY)
			key = &view->columns[i];
	}
	return key;
}

bool view_applies_to(const struct view *view, const char *field)
{
	/* span.tag[2] is a span.tag */
	size_t length = strcspn(field, "[");

	for (size_t i = 0; i < view->napplies_to; i++)
		if ((!strncmp(view->applies_to[i], field, length) && !view->applies_to[i][length]) ||
		    (field[0] && !strcmp(view->applies_to[i], "*")))
			return true;
	return false;
}

bool view_shows_spans(const struct view *view)
{
	for (size_t i = 0; i < view->ncolumns; i++)
		if (view->columns[i].flags & COLUMN_KEY)
			return !strncmp(view->columns[i].field, "span.", 5);
	return false;
}

char *view_text_at_depth(const char *text, unsigned depth)
{
	static const char word[] = "%depth";
	char *result, *to;
	size_t uses = 0;

	for (const char *at = text; (at = strstr(at, word)); at++)
		uses++;
	/* a number takes up to five letters more than the word that it replaces */
	to = result = malloc(strlen(text) + uses * 5 + 1);
	if (!result)
		return NULL;
	while (*text) {
		long number = depth;
		char *end;

		if (strncmp(text, word, sizeof(word) - 1)) {
			*to++ = *text++;
			continue;
		}
		text += sizeof(word) - 1;
		if ((*text == '+' || *text == '-') && text[1] >= '0' && text[1] <= '9') {
			long offset = strtol(text, &end, 10);

			number = offset > INT32_MAX || number + offset > INT32_MAX ? INT32_MAX : number + offset;
			text = end;
		}
		to += sprintf(to, "%ld", number > 0 ? number : 0);
	}
	*to = '\0';
	return result;
}
