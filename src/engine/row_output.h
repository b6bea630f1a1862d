/* Rows of a query as text, JSON or CSV, for batch output and for files that the screen writes.
 *
 * ROWS_TEXT: a line a row as csysdig --raw prints it, escaped. ROWS_JSON: an object a line, values unscaled,
 * texts with all their bytes. ROWS_CSV: RFC 4180 with lines that end in LF, a line of titles first, values as
 * in JSON, nothing where there is none. A text of CSV is escaped like one on the screen, so a row is one line
 * whatever its names hold; and names come from anyone, so one that a spreadsheet would take for a formula
 * (it begins with = + - @) or that begins with ' has a ' in front: who takes a leading ' away has the name. */
#ifndef ENGINE_ROW_OUTPUT_H
#define ENGINE_ROW_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "format_text.h"
#include "query.h"

enum row_format { ROWS_TEXT, ROWS_JSON, ROWS_CSV };

struct row_output;

/* The columns are those of the view, in this order (indices, copied); a title that is there already gets a
 * number. The query is borrowed. NULL without memory. */
struct row_output *row_output_new(const struct query *query, enum row_format format, const size_t *columns,
				  size_t ncolumns);
/* The same with the columns that are shown: of ours (COLUMN_WIDE) only when wide. */
struct row_output *row_output_shown(const struct query *query, enum row_format format, bool wide);
void row_output_free(struct row_output *output);
/* CSV gets a first column SAMPLE: ns since the epoch when the rows that follow were taken. 0: none. To be set before
 * the titles are written; whether there is such a column is not to change afterwards. */
void row_output_sample(struct row_output *output, uint64_t time);
/* Adds the line of titles, if the format has one. */
void row_output_titles(const struct row_output *output, struct format_text *text);
/* Adds one row, which the query handed out last. */
void row_output_row(const struct row_output *output, const struct query_row *row, struct format_text *text);
/* Adds a line of a view of text (VIEW_TEXT): a JSON string, or of CSV the one column LINE. */
void row_output_line(const struct row_output *output, const char *bytes, size_t size, struct format_text *text);
/* Adds row i of a spectrogram: a line for each latency that was met. */
void row_output_spectrum(const struct row_output *output, size_t i, struct format_text *text);

#endif
