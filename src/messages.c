#include "messages.h"

#include <stdio.h>
#include <string.h>

#include "engine/filter.h"

int message_unknown_view(const struct view_set *views, const char *id)
{
	char shown[256];

	text_escape(id, strlen(id), shown, sizeof(shown));
	fprintf(stderr, "spantop: there is no view '%s'; there are", shown);
	for (size_t i = 0; i < view_set_count(views); i++)
		fprintf(stderr, "%s %s", i ? "," : "", view_set_at(views, i)->id);
	fputc('\n', stderr);
	return 2;
}

int message_bad_filter(const char *filter)
{
	struct filter_error error;
	struct filter *compiled = filter_new(filter, &error);
	char shown[1024], before[1024];

	if (compiled) {
		filter_free(compiled);
		return 0;
	}
	text_escape(filter, strlen(filter), shown, sizeof(shown));
	fprintf(stderr, "spantop: filter, column %zu: %s\n  %s\n", error.position + 1, error.text, shown);
	/* the caret stands below the offending word, whatever escaping did before it */
	if (error.position < sizeof(before) / 4) {
		text_escape(filter, error.position, before, sizeof(before));
		fprintf(stderr, "  %*s^\n", (int)strlen(before), "");
	}
	return 2;
}
