#include "option_table.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/value.h"

#define HELP_COLUMN 29
#define HELP_WIDTH 80
#define SHOWN_SIZE 64

/* Starts in HELP_COLUMN, and goes on there in further lines. */
static void print_wrapped(const char *text)
{
	int column = HELP_COLUMN;

	while (*text) {
		int length = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		column += printf("%s%.*s", column > HELP_COLUMN ? " " : "", length, text);
		text += length;
		text += *text == ' ';
	}
	putchar('\n');
}

static void print_row(const struct option_row *row)
{
	char left[64], shorts[4] = "   ";
	int length;

	if (row->key < OPTION_LONG_ONLY)
		snprintf(shorts, sizeof(shorts), "-%c%s", row->key, row->name ? "," : " ");
	length = snprintf(left, sizeof(left), "  %s %s%s%s%s", shorts, row->name ? "--" : "",
			  row->name ? row->name : "", row->name && row->argument ? " " : "",
			  row->argument ? row->argument : "");
	if (length >= HELP_COLUMN)
		printf("%s\n%*s", left, HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, left);
	print_wrapped(row->help);
}

void option_table_help(const struct option_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].help)
			print_row(&table->rows[i]);
}

/* longs has room for all rows and the end, shorts for two flags, two bytes a row and the end. */
static void make_getopt_tables(const struct option_table *table, struct option *longs, char *shorts)
{
	if (!table->permuted)
		*shorts++ = '+';
	*shorts++ = ':';
	for (size_t i = 0; i < table->count; i++) {
		const struct option_row *row = &table->rows[i];

		if (row->name)
			*longs++ = (struct option){ row->name, row->argument ? required_argument : no_argument, NULL,
						    row->key };
		if (row->key < OPTION_LONG_ONLY) {
			*shorts++ = (char)row->key;
			if (row->argument)
				*shorts++ = ':';
		}
	}
	*longs = (struct option){ 0 };
	*shorts = 0;
}

static const struct option_row *row_of(const struct option_table *table, int key)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].key == key)
			return &table->rows[i];
	return NULL;
}

/* A word of the user as errors show it; buffer has SHOWN_SIZE bytes. */
static const char *shown(const struct option_table *table, const char *word, char *buffer)
{
	if (!word)
		return "";
	if (!table->escaped)
		return word;
	text_escape(word, strlen(word), buffer, SHOWN_SIZE);
	return buffer;
}

static void say_unknown(const struct option_table *table, const char *word, char *error, size_t size)
{
	char buffer[SHOWN_SIZE];

	if (optopt && optopt < OPTION_LONG_ONLY)
		snprintf(error, size, "unknown option -%c (see %s --help)", optopt, table->program);
	else
		snprintf(error, size, "unknown option %s (see %s --help)", shown(table, word, buffer), table->program);
}

static void say_wrong(const struct option_table *table, const struct option_row *row, char *error, size_t size)
{
	char buffer[SHOWN_SIZE];

	snprintf(error, size, "%s%s %s: expected %s", row->name ? "--" : "-",
		 row->name ? row->name : (char[]){ (char)row->key, 0 }, shown(table, optarg, buffer),
		 row->expected ? row->expected : "another argument");
}

int option_table_parse(const struct option_table *table, void *context, int argc, char **argv, char *error, size_t size)
{
	struct option longs[table->count + 1];
	char shorts[2 * table->count + 3];
	int key;

	make_getopt_tables(table, longs, shorts);
	opterr = 0;
	while ((key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const char *word = argv[optind - 1];
		const struct option_row *row = row_of(table, key);

		if (key == ':')
			snprintf(error, size, "option %s needs an argument", word);
		else if (!row)
			say_unknown(table, word, error, size);
		else if (row->refused)
			snprintf(error, size, "-%c: %s", key, row->refused);
		else if (!table->take(context, key, optarg))
			say_wrong(table, row, error, size);
		else
			continue;
		return -EINVAL;
	}
	return 0;
}

bool option_parse_count(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value >= least && *value <= most;
}

bool option_parse_size(const char *text, size_t most, size_t *size)
{
	static const char units[] = "KMG";
	char *end;
	double number = strtod(text, &end);
	const char *unit = *end ? strchr(units, *end & ~32) : NULL;

	if (end == text || !isfinite(number) || number <= 0 || (*end && (!unit || end[1])))
		return false;
	for (long i = unit ? unit - units : -1; i >= 0; i--)
		number *= 1024;
	if (number > (double)most)
		return false;
	*size = number;
	return true;
}

bool option_parse_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && !*end && *seconds > 0 && *seconds < 1e9;
}

bool option_add_word(const char ***words, size_t *count, const char *word)
{
	const char **more = realloc(*words, (*count + 1) * sizeof(*more));

	if (!more)
		return false;
	*words = more;
	more[(*count)++] = word;
	return true;
}

int option_join_filter(char **filter, int count, char **words, char *error, size_t size)
{
	size_t length = 1;
	char *at;

	*filter = NULL;
	if (count <= 0)
		return 0;
	for (int i = 0; i < count; i++)
		length += strlen(words[i]) + 1;
	at = *filter = malloc(length);
	if (!at) {
		snprintf(error, size, "out of memory");
		return -EINVAL;
	}
	for (int i = 0; i < count; i++)
		at += sprintf(at, "%s%s", i ? " " : "", words[i]);
	return 0;
}

int option_take_words(int argc, char **argv, char **filter, char ***command, char *error, size_t size)
{
	/* getopt has passed over dashes that come first; an option's argument may look like them */
	bool after_dashes = optind > 1 && optarg != argv[optind - 1] && !strcmp(argv[optind - 1], "--");
	int end = optind;

	while (!after_dashes && end < argc && strcmp(argv[end], "--"))
		end++;
	if (option_join_filter(filter, end - optind, argv + optind, error, size))
		return -EINVAL;
	if (!after_dashes && end == argc)
		return 0;
	*command = argv + end + !after_dashes;
	if ((*command)[0])
		return 0;
	snprintf(error, size, "-- without a command");
	return -EINVAL;
}
