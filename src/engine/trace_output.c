#include "trace_output.h"

#include <stdio.h>

#include "engine.h"
#include "query.h"
#include "span.h"
#include "string_pool.h"
#include "trace_pick.h"
#include "trace_tree.h"
#include "value.h"

#define TEXT 4096
#define PICK_SLICE 65536
#define INDENT_MAX 40

/* What is told of a span. */
struct line {
	uint32_t depth;
	uint64_t offset, duration, self, calls;
	char tags[TEXT], args[TEXT];
};

static void line_of(const struct trace_tree *tree, uint32_t i, uint64_t now, struct line *line)
{
	const struct trace_node *node = trace_tree_node(tree, i);
	uint64_t begin = trace_tree_node(tree, 0)->span->enter_time;
	const struct span *span = node->span;

	line->depth = node->depth;
	line->offset = span->enter_time > begin ? span->enter_time - begin : 0;
	line->duration = trace_node_end(node, now) - span->enter_time;
	line->self = trace_tree_self(tree, i, now);
	line->calls = node->ncalls;
	line->args[0] = '\0';
	span_tags_text(span, line->tags, sizeof(line->tags));
	if (span->enter_args)
		packed_args_text(span->enter_args->text, span->enter_args->size, span->nenter_args, '=', line->args,
				 sizeof(line->args));
}

static void add_text(struct format_text *text, const struct line *line)
{
	char offset[32], duration[32], self[32], numbers[160], name[4 * TEXT];
	int indent = line->depth * 2 < INDENT_MAX ? (int)line->depth * 2 : INDENT_MAX;

	duration_format(line->offset, offset, sizeof(offset));
	duration_format(line->duration, duration, sizeof(duration));
	duration_format(line->self, self, sizeof(self));
	snprintf(numbers, sizeof(numbers), "%10s %10s %10s %8llu %*s", offset, duration, self,
		 (unsigned long long)line->calls, indent, "");
	format_bytes(text, numbers, strlen(numbers));
	format_bytes(text, name, text_escape(line->tags, strlen(line->tags), name, sizeof(name)));
	format_byte(text, ' ');
	format_bytes(text, name, text_escape(line->args, strlen(line->args), name, sizeof(name)));
	format_byte(text, '\n');
}

static void add_number(struct format_text *text, const char *before, uint64_t number)
{
	format_bytes(text, before, strlen(before));
	format_uint(text, number);
}

static void add_json(struct format_text *text, const struct line *line)
{
	add_number(text, "{\"DEPTH\": ", line->depth);
	add_number(text, ", \"OFFSET\": ", line->offset);
	add_number(text, ", \"DURATION\": ", line->duration);
	add_number(text, ", \"SELF\": ", line->self);
	add_number(text, ", \"CALLS\": ", line->calls);
	format_bytes(text, ", \"SPAN\": ", 10);
	format_json_string(text, line->tags, strlen(line->tags));
	format_bytes(text, ", \"ARGS\": ", 10);
	format_json_string(text, line->args, strlen(line->args));
	format_bytes(text, "}\n", 2);
}

/* Quoted; what a spreadsheet would take for a formula has a ' in front, as in rows. */
static void add_csv_text(struct format_text *text, const char *from)
{
	char shown[4 * TEXT];

	text_escape(from, strlen(from), shown, sizeof(shown));
	format_bytes(text, ",\"", 2);
	if (shown[0] && strchr("=+-@'", shown[0]))
		format_byte(text, '\'');
	for (const char *c = shown; *c; c++) {
		if (*c == '"')
			format_byte(text, '"');
		format_byte(text, *c);
	}
	format_byte(text, '"');
}

static void add_csv(struct format_text *text, const struct line *line)
{
	add_number(text, "", line->depth);
	add_number(text, ",", line->offset);
	add_number(text, ",", line->duration);
	add_number(text, ",", line->self);
	add_number(text, ",", line->calls);
	add_csv_text(text, line->tags);
	add_csv_text(text, line->args);
	format_byte(text, '\n');
}

void trace_output_titles(enum row_format format, struct format_text *text)
{
	static const char csv[] = "DEPTH,OFFSET,DURATION,SELF,CALLS,SPAN,ARGS\n";
	char line[120];

	if (format == ROWS_CSV) {
		format_bytes(text, csv, sizeof(csv) - 1);
	} else if (format == ROWS_TEXT) {
		snprintf(line, sizeof(line), "%10s %10s %10s %8s SPAN\n", "OFFSET", "DURATION", "SELF", "CALLS");
		format_bytes(text, line, strlen(line));
	}
}

/* Node after this one in the order of the tree. */
static uint32_t next_of(const struct trace_tree *tree, uint32_t i)
{
	const struct trace_node *node = trace_tree_node(tree, i);
	uint32_t next = node->first_child;

	/* up to where there is a next one */
	for (; next == TRACE_NONE && i; i = node->parent, node = trace_tree_node(tree, i))
		next = node->next;
	return next;
}

uint32_t trace_output_node(const struct trace_tree *tree, uint32_t i, uint64_t now, enum row_format format,
			   struct format_text *text)
{
	struct line line;

	line_of(tree, i, now, &line);
	if (format == ROWS_JSON)
		add_json(text, &line);
	else if (format == ROWS_CSV)
		add_csv(text, &line);
	else
		add_text(text, &line);
	return next_of(tree, i);
}

static struct trace_pick *pick_latest(struct engine *engine, const struct query_spec *spec)
{
	struct trace_pick_spec latest = { spec->filters, spec->nfilters, spec->depth + 1, NULL, false, 0 };
	struct trace_pick *pick = trace_pick_new(engine, &latest);

	while (pick && trace_pick_update(pick, PICK_SLICE) == PICK_SLICE)
		;
	return pick;
}

void trace_output(struct engine *engine, const struct query *query, enum row_format format, bool titles,
		  struct format_text *text)
{
	const struct query_spec *spec = query_get_spec(query);
	struct trace_pick *pick = spec->inside ? NULL : pick_latest(engine, spec);
	struct span *root = pick ? trace_pick_span(pick) : spec->inside;
	struct trace_tree *tree = root ? trace_tree_new(engine, root, NULL, 0, 0) : NULL;

	if (titles)
		trace_output_titles(format, text);
	if (tree) {
		uint64_t now = engine_counts(engine)->last_time;

		trace_tree_update(tree, 0);
		for (uint32_t i = 0; i != TRACE_NONE;)
			i = trace_output_node(tree, i, now, format, text);
	}
	trace_tree_free(tree);
	trace_pick_free(pick);
}
