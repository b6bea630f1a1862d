#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/value.h"

#define OWN_VIEWS "/.config/spantop/views"

/* What is sound but cannot be shown here matters to who asks what there is. */
static void report(void *context, enum view_result result, const char *text)
{
	const struct options *options = context;

	if (result == VIEW_BROKEN || options->list_views)
		fprintf(stderr, "spantop: %s\n", text);
}

static void load_own(struct view_set *views, const struct options *options)
{
	const char *home = getenv("HOME");
	char *path;

	if (!home || home[0] != '/' || asprintf(&path, "%s" OWN_VIEWS, home) < 0)
		return;
	view_set_load_directory(views, path, report, (void *)options); /* most people have none */
	free(path);
}

struct view_set *views_load(const struct options *options)
{
	struct view_set *views = view_set_new(options->containers);

	if (!views) {
		fprintf(stderr, "spantop: out of memory\n");
		return NULL;
	}
	load_own(views, options);
	for (size_t i = 0; i < options->nview_paths; i++) {
		int error = view_set_load_directory(views, options->view_paths[i], report, (void *)options);

		if (error) {
			char shown[512];

			text_escape(options->view_paths[i], strlen(options->view_paths[i]), shown, sizeof(shown));
			fprintf(stderr, "spantop: --view-path %s: %s\n", shown, strerror(-error));
			view_set_free(views);
			return NULL;
		}
	}
	return views;
}
