/* A table of options gives parsing and help. */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTION_LONG_ONLY 256 /* keys from here on have no short option */

struct option_row {
	int key;               /* the short option, or at least OPTION_LONG_ONLY */
	const char *name;      /* of the long option; NULL: there is none */
	const char *argument;  /* what help calls it; NULL: takes none */
	const char *help;      /* NULL: accepted, but not shown */
	const char *expected;  /* said when the argument is wrong; NULL: nothing special */
	const char *refused;   /* why it is not offered; NULL: it is */
};

struct option_table {
	const struct option_row *rows;  /* one key's first row gives its name in errors */
	size_t count;
	const char *program;   /* its --help is pointed to */
	bool permuted;         /* options may follow other words */
	bool escaped;          /* errors show the user's words escaped, and cut when long */
	/* Takes one option; false if its argument is wrong. Context is option_table_parse's. */
	bool (*take)(void *context, int key, const char *argument);
};

/*
 * Gives each option of argv to take. 0, with getopt's optind at the first of the other words, or -EINVAL with one line
 * in error (size bytes).
 */
int option_table_parse(const struct option_table *table, void *context, int argc, char **argv, char *error, size_t size);
/* Writes the lines of the rows that have help to standard output. */
void option_table_help(const struct option_table *table);

/* Values of options: false if text is none, or out of bounds. */
bool option_parse_count(const char *text, uint64_t least, uint64_t most, uint64_t *value);
/* A number with an optional K, M or G. */
bool option_parse_size(const char *text, size_t most, size_t *size);
/* More than 0, fractions too. */
bool option_parse_seconds(const char *text, double *seconds);

/* Appends to a malloced list, which starts as NULL; keeps the pointer. False if out of memory. */
bool option_add_word(const char ***words, size_t *count, const char *word);
/* The words after the options, from getopt's optind on: a filter, joined by blanks and malloced, and behind `--` a command
 * (part of argv); each NULL if it is not there. 0, or -EINVAL with one line in error. */
int option_take_words(int argc, char **argv, char **filter, char ***command, char *error, size_t size);
/* The words joined by blanks, malloced; NULL if there are none. 0, or -EINVAL with one line in error. */
int option_join_filter(char **filter, int count, char **words, char *error, size_t size);

#endif
