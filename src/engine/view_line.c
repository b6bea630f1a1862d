/* Lua's tables do not say where they were written: the file is looked at once more, as text, for the line that an error
 * is about. */
#include <ctype.h>
#include <string.h>

#include "view_private.h"

struct scanner {
	const char *at, *end;
	int line;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void step(struct scanner *scanner, size_t count)
{
	for (; count && scanner->at < scanner->end; count--)
		scanner->line += *scanner->at++ == '\n';
}

static bool begins(const struct scanner *scanner, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(scanner->end - scanner->at) >= length && !memcmp(scanner->at, text, length);
}

static void step_to(struct scanner *scanner, const char *text)
{
	while (scanner->at < scanner->end && !begins(scanner, text))
		step(scanner, 1);
	step(scanner, strlen(text));
}

/* Over blanks, comments and texts; true if there was something. */
static bool skip(struct scanner *scanner)
{
	char quote = *scanner->at;

	if (begins(scanner, "--[["))
		step_to(scanner, "]]");
	else if (begins(scanner, "--"))
		step_to(scanner, "\n");
	else if (begins(scanner, "[["))
		step_to(scanner, "]]");
	else if (quote == '"' || quote == '\'') {
		step(scanner, 1);
		while (scanner->at < scanner->end && *scanner->at != quote && *scanner->at != '\n')
			step(scanner, *scanner->at == '\\' ? 2 : 1);
		step(scanner, 1);
	} else if (isspace((unsigned char)quote))
		step(scanner, 1);
	else
		return false;
	return true;
}

/* Whether here is a word that is being given a value: word =. */
static bool sets(const struct scanner *scanner, const char *word)
{
	struct scanner ahead = *scanner;

	if (!begins(scanner, word))
		return false;
	step(&ahead, strlen(word));
	if (ahead.at < ahead.end && is_word(*ahead.at))
		return false;
	while (ahead.at < ahead.end && isspace((unsigned char)*ahead.at))
		step(&ahead, 1);
	return begins(&ahead, "=") && !begins(&ahead, "==");
}

int view_line_of(const char *text, size_t size, const char *list, int index, const char *key)
{
	struct scanner scanner = { text, text + size, 1 };
	int depth = 0, items = 0, found = 0, list_line = 0;
	bool in_list = false;

	while (scanner.at < scanner.end) {
		if (skip(&scanner))
			continue;
		if (*scanner.at == '{') {
			depth++;
			if (depth == 3 && in_list && ++items == index) {
				found = scanner.line;
				if (!key)
					return found;
			}
		} else if (*scanner.at == '}') {
			if (--depth == 1)
				in_list = false;
			if (found && depth == 2)
				return found; /* the table lacks the key */
		} else if (is_word(*scanner.at)) {
			if (!list && depth == 0 && sets(&scanner, "view_info"))
				found = scanner.line;
			if (depth == 1 && sets(&scanner, list ? list : key ? key : "view_info")) {
				if (!list)
					return scanner.line;
				in_list = true;
				list_line = scanner.line;
			}
			if (depth == 3 && found && key && list && sets(&scanner, key))
				return scanner.line;
			while (scanner.at < scanner.end && is_word(*scanner.at))
				step(&scanner, 1);
			continue;
		}
		step(&scanner, 1);
	}
	return found ? found : list_line;
}
