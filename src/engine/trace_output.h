/* A trace as text, for output that is no screen: a line for each span, in the order of the tree, with its begin since
 * that of the trace, its duration, what of it no span below covers, and its own calls. */
#ifndef ENGINE_TRACE_OUTPUT_H
#define ENGINE_TRACE_OUTPUT_H

#include "format_text.h"
#include "row_output.h"

struct engine;
struct query;
struct trace_tree;

/* Adds the span that the query is inside of, else the latest span of the query's depth that ended and passes its
 * filters. Formats are those of rows: aligned text, escaped and times for people, or JSON and CSV with times in ns.
 * Nothing if there is no such span, or without memory. titles: a line of them first, where the format has one. */
void trace_output(struct engine *engine, const struct query *query, enum row_format format, bool titles,
		  struct format_text *text);

/* The same of a tree that is there, a piece at a time: the titles, if the format has any; and node i, where an open span
 * lasts until now (ns since the epoch). Returns the node that comes next, or TRACE_NONE. */
void trace_output_titles(enum row_format format, struct format_text *text);
uint32_t trace_output_node(const struct trace_tree *tree, uint32_t i, uint64_t now, enum row_format format,
			   struct format_text *text);

#endif
