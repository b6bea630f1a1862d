/* Any text as a view file: it is refused with one line, or it is a view that can be looked at. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/engine/query.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"

#define CHECK(condition)                                                                             \
	do {                                                                                         \
		if (!(condition)) {                                                                  \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);              \
			abort();                                                                     \
		}                                                                                    \
	} while (0)

#define VIEWS_MAX 200

static void told(void *context, enum view_result result, const char *text)
{
	CHECK(result != VIEW_LOADED && text[0] && !strchr(text, '\n') && !strchr(text, '\033'));
	*(bool *)context = true;
}

static struct engine *make_engine(void)
{
	struct engine_options options = { .memory = 1 << 20 };
	struct engine *engine = engine_new(&options);

	CHECK(engine);
	feed_process(engine, 200, 1, "curl", "/usr/bin/curl", "-6 http://x", "/home");
	feed_marker(engine, 200, 200, 1000, ">:t:req:n=1,q=x y:");
	feed_open(engine, 200, 200, 1200, 1300, "/etc/hosts", 3);
	feed_write(engine, 200, 200, 1400, 1500, 3, "a\0b\xff", 4);
	feed_marker(engine, 200, 200, 2000, "<:t:req::");
	return engine;
}

static bool is_line(const char *text)
{
	for (; text && *text; text++)
		if ((unsigned char)*text < ' ')
			return false;
	return true;
}

static void look(struct engine *engine, const struct view *view)
{
	struct query_spec spec = { .view = view };
	struct filter_error error;
	struct query *query;
	size_t which;
	char text[256];

	CHECK(view->id[0] && is_line(view->id) && is_line(view->name) && is_line(view->description) && is_line(view->filter));
	query = query_new(engine, &spec, &error, &which);
	if (!query) {
		CHECK(error.text[0]);
		return;
	}
	query_update(query, 0);
	if (view->kind != VIEW_SPECTROGRAM)
		for (size_t row = 0; row < query_rows(query); row++)
			for (size_t column = 0; column < view->ncolumns; column++)
				query_cell_text(query, query_row(query, row), column, text, sizeof(text));
	query_free(query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct engine *engine;
	static struct view_set *set;
	bool refused = false;
	enum view_result result;

	if (!engine)
		engine = make_engine();
	if (set && view_set_count(set) > VIEWS_MAX) {
		view_set_free(set);
		set = NULL;
	}
	if (!set)
		set = view_set_new(false);
	CHECK(set);
	result = view_set_load_text(set, "fuzz.lua", (const char *)data, size, told, &refused);
	CHECK(refused == (result == VIEW_BROKEN || result == VIEW_SKIPPED));
	if (result == VIEW_LOADED)
		for (size_t i = 0; i < view_set_count(set); i++)
			if (view_set_at(set, i)->tags && view_set_at(set, i)->ntags && !strcmp(view_set_at(set, i)->tags[0], "fuzz"))
				look(engine, view_set_at(set, i));
	return 0;
}
