/* Queries for tests: made with few words, looked at cell by cell. Include after cmocka.h. */
#ifndef TEST_QUERY_HELPERS_H
#define TEST_QUERY_HELPERS_H

#include <stdio.h>
#include <string.h>

#include "src/engine/query.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"

#define T0 1700000000000000000ULL
#define US 1000ULL
#define MS 1000000ULL
#define SECOND (1000 * MS)

static inline struct engine *engine_of(size_t memory)
{
	struct engine_options options = { .memory = memory };
	struct engine *engine = engine_new(&options);

	assert_non_null(engine);
	return engine;
}

static inline struct query *query_of(struct engine *engine, const struct query_spec *spec)
{
	struct filter_error error = { 0 };
	size_t which;
	struct query *query = query_new(engine, spec, &error, &which);

	if (!query)
		fail_msg("%s", error.text);
	query_update(query, 0);
	return query;
}

static inline struct query *view_of(struct engine *engine, const char *id)
{
	struct query_spec spec = { .view = view_find(id) };

	assert_non_null(spec.view);
	return query_of(engine, &spec);
}

/* A level further down: the view below the row, at this depth. */
static inline struct query *below(struct engine *engine, const char *id, unsigned depth, const char *filter)
{
	struct query_spec spec = { .view = view_find(id), .depth = depth, .filters = &filter, .nfilters = 1 };

	return query_of(engine, &spec);
}

static inline struct query *inside(struct engine *engine, const char *id, struct span *span, enum inside_scope scope)
{
	struct query_spec spec = { .view = view_find(id), .inside = span, .inside_scope = scope };

	return query_of(engine, &spec);
}

static inline size_t column_of(const struct query *query, const char *title)
{
	const struct view *view = query_get_spec(query)->view;

	for (size_t i = 0; i < view->ncolumns; i++)
		if (!strcmp(view->columns[i].title, title))
			return i;
	fail_msg("no column %s", title);
	return 0;
}

/* Fails unless the cell prints so. */
static inline void expect_cell(struct query *query, size_t row, const char *title, const char *expected)
{
	char text[512];
	size_t column = column_of(query, title);
	size_t length = query_cell_text(query, query_row(query, row), column, text, sizeof(text));

	assert_int_equal(length, strlen(text));
	if (strcmp(text, expected))
		fail_msg("row %zu, %s: %s instead of %s", row, title, text, expected);
}

static inline uint64_t number(struct query *query, size_t row, const char *title)
{
	const struct query_row *data = query_row(query, row);

	return data->cells[column_of(query, title)].u;
}

static inline void expect_order(struct query *query, const char *title, size_t count, const char *const *expected)
{
	assert_int_equal(query_rows(query), count);
	for (size_t i = 0; i < count; i++)
		expect_cell(query, i, title, expected[i]);
}

static inline void marker(struct engine *engine, uint32_t tid, uint64_t time, const char *text)
{
	feed_marker(engine, tid, 1, T0 + time, text);
}

/* An enter and its exit, by a thread of process 1. */
static inline void span(struct engine *engine, uint32_t tid, const char *words, uint64_t enter, uint64_t exit)
{
	char text[512];

	snprintf(text, sizeof(text), ">:%s:", words);
	marker(engine, tid, enter, text);
	text[0] = '<';
	marker(engine, tid, exit, text);
}

#endif
