#include "row_output.h"

#include <stdio.h>
#include <stdlib.h>

#include "utf8.h"

#define CELL_TEXT 8192
#define TITLE_TEXT 80

struct row_output {
	const struct query *query;
	enum row_format format;
	uint64_t sample;          /* 0: no such column */
	size_t ncolumns;
	struct {
		size_t index;
		char title[TITLE_TEXT];
	} columns[];
};

/* ---- making ---- */

static bool is_title(const struct row_output *output, size_t before, const char *title)
{
	for (size_t i = 0; i < before; i++)
		if (!strcmp(output->columns[i].title, title))
			return true;
	return false;
}

static void name_column(struct row_output *output, size_t i)
{
	const char *title = query_get_spec(output->query)->view->columns[output->columns[i].index].title;
	char *name = output->columns[i].title;

	snprintf(name, TITLE_TEXT, "%s", title);
	for (size_t n = 2; is_title(output, i, name); n++)
		snprintf(name, TITLE_TEXT, "%.50s %zu", title, n);
}

struct row_output *row_output_new(const struct query *query, enum row_format format, const size_t *columns,
				  size_t ncolumns)
{
	struct row_output *output = calloc(1, sizeof(*output) + ncolumns * sizeof(*output->columns));

	if (!output)
		return NULL;
	output->query = query;
	output->format = format;
	output->ncolumns = ncolumns;
	for (size_t i = 0; i < ncolumns; i++) {
		output->columns[i].index = columns[i];
		name_column(output, i);
	}
	return output;
}

struct row_output *row_output_shown(const struct query *query, enum row_format format, bool wide)
{
	const struct view *view = query_get_spec(query)->view;
	size_t *columns = calloc(view->ncolumns + 1, sizeof(*columns)), count = 0;
	struct row_output *output = NULL;

	if (!columns)
		return NULL;
	for (size_t i = 0; i < view->ncolumns; i++)
		if (query_shows_column(query, i) && (wide || !(view->columns[i].flags & COLUMN_WIDE)))
			columns[count++] = i;
	output = row_output_new(query, format, columns, count);
	free(columns);
	return output;
}

void row_output_free(struct row_output *output)
{
	free(output);
}

void row_output_sample(struct row_output *output, uint64_t time)
{
	output->sample = time;
}

/* ---- JSON ---- */

/* JSON wants UTF-8; bytes that are none are written as the code points of the same number. The rows are flat objects of
 * numbers and strings, so this is all the JSON there is here. */
static void add_json_text(struct format_text *out, const char *text, size_t size)
{
	format_byte(out, '"');
	for (size_t i = 0, used; i < size; i += used) {
		unsigned char c = text[i];
		uint32_t character;

		used = utf8_decode(text + i, size - i, &character);
		if (c == '"' || c == '\\') {
			format_byte(out, '\\');
			format_byte(out, c);
		} else if (!used || c < 32 || c == 127) {
			char escape[8];

			format_bytes(out, escape, (size_t)snprintf(escape, sizeof(escape), "\\u%04x", c));
		} else {
			format_bytes(out, text + i, used);
		}
		used += !used;
	}
	format_byte(out, '"');
}

/* ---- CSV ---- */

static void add_csv_quoted(struct format_text *out, const char *text, size_t size)
{
	bool quotes = memchr(text, '"', size) || memchr(text, ',', size) || memchr(text, '\n', size) ||
		      memchr(text, '\r', size) || (size && (*text == ' ' || text[size - 1] == ' '));

	if (!quotes) {
		format_bytes(out, text, size);
		return;
	}
	format_byte(out, '"');
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			format_byte(out, '"');
		format_byte(out, text[i]);
	}
	format_byte(out, '"');
}

static void add_csv_text(struct format_text *out, const char *text, size_t size)
{
	char *shown;

	if (!size)
		return;
	shown = malloc(TEXT_ESCAPED_MAX * size + 2);
	if (!shown) {
		out->failed = true;
		return;
	}
	*shown = '\'';
	size = text_escape(text, size, shown + 1, TEXT_ESCAPED_MAX * size + 1);
	if (memchr("=+-@'", shown[1], 5))
		add_csv_quoted(out, shown, size + 1);
	else
		add_csv_quoted(out, shown + 1, size);
	free(shown);
}

/* ---- values ---- */

static void add_real(struct format_text *out, double real)
{
	char text[32];

	format_bytes(out, text, (size_t)snprintf(text, sizeof(text), "%.6g", real));
}

static void add_name(const struct row_output *output, struct format_text *out, const char *text, size_t size)
{
	if (output->format == ROWS_CSV)
		add_csv_text(out, text, size);
	else
		add_json_text(out, text, size);
}

/* Means, oldest first: an array, of CSV words in one cell. */
static void add_trend(const struct row_output *output, const uint64_t *values, struct format_text *out)
{
	bool json = output->format == ROWS_JSON;

	if (json)
		format_byte(out, '[');
	for (size_t i = 0; i < QUERY_TREND_PARTS; i++) {
		if (i)
			format_bytes(out, ", ", json ? 2 : 0);
		if (i && !json)
			format_byte(out, ' ');
		if (values[i] != QUERY_NO_VALUE)
			format_uint(out, values[i]);
		else
			format_bytes(out, json ? "null" : "-", json ? 4 : 1);
	}
	if (json)
		format_byte(out, ']');
}

/* A value of JSON or CSV: not scaled. */
static void add_value(const struct row_output *output, const struct query_row *row, size_t column,
		      struct format_text *out)
{
	const struct value *value = &row->cells[column];
	uint64_t trend[QUERY_TREND_PARTS];
	char text[CELL_TEXT];
	size_t size;

	if (query_cell_trend(output->query, row, column, trend)) {
		add_trend(output, trend, out);
		return;
	}
	switch (value->type) {
	case VALUE_NONE:
		if (output->format == ROWS_JSON)
			format_bytes(out, "null", 4);
		return;
	case VALUE_INT:
	case VALUE_ID: format_int(out, value->i); return;
	case VALUE_UINT:
	case VALUE_DURATION:
	case VALUE_TIME:
	case VALUE_PORT: format_uint(out, value->u); return;
	case VALUE_REAL: add_real(out, value->r); return;
	case VALUE_BOOL: format_bytes(out, value->u ? "true" : "false", value->u ? 4 : 5); return;
	case VALUE_TEXT:
	case VALUE_BYTES: add_name(output, out, value->text, value->size); return;
	default: break;
	}
	size = query_cell_text(output->query, row, column, text, sizeof(text));
	add_name(output, out, text, size < sizeof(text) ? size : sizeof(text) - 1);
}

static void add_raw(const struct row_output *output, const struct query_row *row, size_t column, struct format_text *out)
{
	char text[CELL_TEXT], shown[4 * CELL_TEXT];
	size_t size = query_cell_text(output->query, row, column, text, sizeof(text));
	enum value_type type = query_column_type(output->query, column);

	size = text_escape(text, size < sizeof(text) ? size : sizeof(text) - 1, shown, sizeof(shown));
	for (size_t i = size; i < 10 && type != VALUE_PORT && value_is_number(type); i++)
		format_byte(out, ' ');
	format_bytes(out, shown, size);
	format_byte(out, ' ');
}

/* ---- lines ---- */

static const char *const spectrum_titles[] = { "FROM", "TO", "LATENCY", "COUNT" };
#define SPECTRUM_TITLES (sizeof(spectrum_titles) / sizeof(*spectrum_titles))

/* Title i, or NULL beyond the last one. */
static const char *title_of(const struct row_output *output, size_t i)
{
	switch (query_get_spec(output->query)->view->kind) {
	case VIEW_SPECTROGRAM: return i < SPECTRUM_TITLES ? spectrum_titles[i] : NULL;
	case VIEW_TEXT: return i ? NULL : "LINE";
	default: return i < output->ncolumns ? output->columns[i].title : NULL;
	}
}

void row_output_titles(const struct row_output *output, struct format_text *text)
{
	const char *title;

	if (output->format != ROWS_CSV)
		return;
	if (output->sample)
		format_bytes(text, "SAMPLE,", 7);
	for (size_t i = 0; (title = title_of(output, i)); i++) {
		if (i)
			format_byte(text, ',');
		add_csv_text(text, title, strlen(title));
	}
	format_byte(text, '\n');
}

static void add_sample(const struct row_output *output, struct format_text *text)
{
	if (output->format != ROWS_CSV || !output->sample)
		return;
	format_uint(text, output->sample);
	format_byte(text, ',');
}

void row_output_row(const struct row_output *output, const struct query_row *row, struct format_text *text)
{
	if (output->format == ROWS_JSON)
		format_byte(text, '{');
	add_sample(output, text);
	for (size_t i = 0; i < output->ncolumns; i++) {
		size_t column = output->columns[i].index;

		if (output->format == ROWS_TEXT) {
			add_raw(output, row, column, text);
			continue;
		}
		if (i)
			format_bytes(text, ", ", output->format == ROWS_JSON ? 2 : 1);
		if (output->format == ROWS_JSON) {
			add_json_text(text, output->columns[i].title, strlen(output->columns[i].title));
			format_bytes(text, ": ", 2);
		}
		add_value(output, row, column, text);
	}
	if (output->format == ROWS_JSON)
		format_byte(text, '}');
	format_byte(text, '\n');
}

void row_output_line(const struct row_output *output, const char *bytes, size_t size, struct format_text *text)
{
	add_sample(output, text);
	add_name(output, text, bytes, size);
	format_byte(text, '\n');
}

/* Times in ns; a latency is the lowest that counts in its place. */
static void add_spectrum_line(const struct row_output *output, const uint64_t *values, struct format_text *text)
{
	char line[128];

	switch (output->format) {
	case ROWS_TEXT:
		format_bytes(text, line, (size_t)snprintf(line, sizeof(line), "%20llu %15llu %10llu \n",
							  (unsigned long long)values[0], (unsigned long long)values[2],
							  (unsigned long long)values[3]));
		return;
	case ROWS_JSON:
	case ROWS_CSV:
		break;
	}
	if (output->format == ROWS_JSON)
		format_byte(text, '{');
	add_sample(output, text);
	for (size_t i = 0; i < SPECTRUM_TITLES; i++) {
		if (i)
			format_bytes(text, ", ", output->format == ROWS_JSON ? 2 : 1);
		if (output->format == ROWS_JSON) {
			add_json_text(text, spectrum_titles[i], strlen(spectrum_titles[i]));
			format_bytes(text, ": ", 2);
		}
		format_uint(text, values[i]);
	}
	if (output->format == ROWS_JSON)
		format_byte(text, '}');
	format_byte(text, '\n');
}

void row_output_spectrum(const struct row_output *output, size_t i, struct format_text *text)
{
	const struct spectrum_row *row = spectrum_row(output->query, i);

	for (unsigned b = 0; b < SPECTRUM_BUCKETS; b++)
		if (row->counts[b])
			add_spectrum_line(output, (uint64_t[]){ row->from, row->to, spectrum_bound(b), row->counts[b] }, text);
}
