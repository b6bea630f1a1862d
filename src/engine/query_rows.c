/* Rows as others see them: cells, their text, and the filter that stands for a row. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "query_private.h"

#define ERRNO_MAX 4095
#define ADDRESS_MIN (1LL << 40) /* results from here on are addresses */

void query_row_reset(struct query *query)
{
	memset(query->cells, 0, query->ncolumns * sizeof(*query->cells));
	memset(query->averaged, 0, query->ncolumns * sizeof(*query->averaged));
	query->row = (struct query_row){ .cells = query->cells };
	query->row_group = NULL;
}

enum value_type query_column_type(const struct query *query, size_t column)
{
	return column < query->ncolumns ? query->columns[column].type : VALUE_NONE;
}

static size_t copy_word(const char *word, char *text, size_t size)
{
	return snprintf(text, size, "%s", word);
}

/* Seconds with all nine decimals: calls follow each other within hundreds of ns. */
static size_t begin_format(int64_t ns, char *text, size_t size)
{
	uint64_t distance = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	return snprintf(text, size, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", distance / 1000000000,
			distance % 1000000000);
}

static size_t result_format(int64_t result, char *text, size_t size)
{
	const char *name = result < 0 && result >= -ERRNO_MAX ? errno_name(-result) : NULL;

	if (name)
		return copy_word(name, text, size);
	return snprintf(text, size, result >= ADDRESS_MIN ? "0x%" PRIx64 : "%" PRId64, result);
}

/* So long, or longer. */
static size_t at_least_format(const struct value *value, char *text, size_t size)
{
	size_t mark = snprintf(text, size, ">");

	return mark + value_format(value, false, size > mark ? text + mark : NULL, size > mark ? size - mark : 0);
}

/* csysdig shows 0 for numbers that never came. */
static size_t missing_format(enum value_type type, char *text, size_t size)
{
	struct value zero = { .type = type };

	return copy_word("", text, size) + (value_is_number(type) ? value_format(&zero, false, text, size) : 0);
}

size_t query_cell_text(const struct query *query, const struct query_row *row, size_t column, char *text,
		       size_t size)
{
	const struct query_column *definition;
	struct value value;

	if (column >= query->ncolumns)
		return copy_word("", text, size);
	definition = &query->columns[column];
	value = row->cells[column];
	if (value.type == VALUE_NONE && query->spec.compatible && !(definition->view->flags & COLUMN_WIDE))
		return missing_format(query->readings[definition->reading].field.definition->type, text, size);
	if (value.type == VALUE_NONE)
		return copy_word("-", text, size);
	if (definition->aggregation == AGGREGATE_TREND && query->row_group)
		return trend_format(query, row, column, text, size);
	if (definition->special == SPECIAL_BEGIN)
		return begin_format(value.i, text, size);
	if (definition->special == SPECIAL_RESULT)
		return result_format(value.i, text, size);
	/* the average of one whole number is a whole number */
	if (definition->aggregation == AGGREGATE_AVG && value.type == VALUE_REAL &&
	    !query->averaged[column] && value.r > -9e15 && value.r < 9e15 &&
	    query->readings[definition->reading].field.definition->type != VALUE_REAL) {
		value.i = (int64_t)value.r;
		value.type = VALUE_INT;
	}
	if (value.type == VALUE_DURATION && query->row_group && query->row_group->at_least)
		return at_least_format(&value, text, size);
	return value_format(&value, query->averaged[column], text, size);
}

/* The value as a word of the filter language. */
static size_t filter_word(const struct value *value, char *text, size_t size)
{
	switch (value->type) {
	case VALUE_INT:
	case VALUE_ID:
		return snprintf(text, size, "%" PRId64, value->i);
	case VALUE_UINT:
	case VALUE_DURATION:
	case VALUE_TIME:
	case VALUE_PORT:
		return snprintf(text, size, "%" PRIu64, value->u);
	case VALUE_REAL:
		return snprintf(text, size, "%.17g", value->r);
	case VALUE_BOOL:
	case VALUE_IPV4:
	case VALUE_IPV6:
		return value_format(value, false, text, size);
	case VALUE_TEXT:
	case VALUE_BYTES:
		return filter_quote(value->text, value->size, text, size);
	case VALUE_NONE:
		break;
	}
	return 0;
}

size_t query_row_filter(const struct query *query, const struct query_row *row, char *text, size_t size)
{
	int column = query->groupby >= 0 ? query->groupby : query->key;
	const struct value *key = column >= 0 ? &row->cells[column] : NULL;
	size_t length;

	if (size)
		*text = '\0';
	if (!key && row->event_num)
		return snprintf(text, size, "evt.num=%" PRIu64, row->event_num);
	if (!key || key->type == VALUE_NONE || row->id == QUERY_OTHER_ID)
		return 0;
	length = snprintf(text, size, "%s=", query->filter_field);
	if (length < size)
		return length + filter_word(key, text + length, size - length);
	return length + filter_word(key, text, 0);
}
