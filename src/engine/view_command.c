#include "view_command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"

#define WORDS_MAX 256
#define WORD_MAX 65536     /* bytes, and of the whole command as well */

static int fail(char *error, int number, const char *text, const char *what)
{
	snprintf(error, VIEW_COMMAND_ERROR, text, what);
	return -number;
}

/* ---- splitting ---- */

struct splitter {
	const char *at;
	char *word;            /* being built, of the size of the whole text */
	size_t size;
	bool begun;
	char *error;
};

static int add_word(struct view_command *command, struct splitter *split)
{
	char **words;

	if (!split->begun)
		return 0;
	if (command->count == WORDS_MAX)
		return fail(split->error, E2BIG, "The command has too many words%s", "");
	words = realloc(command->words, (command->count + 2) * sizeof(*words));
	if (!words)
		return fail(split->error, ENOMEM, "Out of memory%s", "");
	command->words = words;
	words[command->count] = strndup(split->word, split->size);
	if (!words[command->count])
		return fail(split->error, ENOMEM, "Out of memory%s", "");
	words[++command->count] = NULL;
	split->size = 0;
	split->begun = false;
	return 0;
}

static int needs_shell(struct splitter *split, char c)
{
	const char text[] = { c, 0 };

	return fail(split->error, EINVAL, "This command needs a shell (for %s), and commands are never given to one", text);
}

/* Up to the closing quote, which is at the start. */
static int take_quoted(struct splitter *split)
{
	char quote = *split->at++;

	split->begun = true;
	while (*split->at && *split->at != quote) {
		if (quote == '"' && (*split->at == '$' || *split->at == '`'))
			return needs_shell(split, *split->at);
		if (quote == '"' && *split->at == '\\' && strchr("\\\"$`", split->at[1]) && split->at[1])
			split->at++;
		split->word[split->size++] = *split->at++;
	}
	if (!*split->at)
		return fail(split->error, EINVAL, "A quote of this command is not closed%s", "");
	split->at++;
	return 0;
}

/* One step: a blank, a quoted part, or a character. */
static int take(struct view_command *command, struct splitter *split)
{
	char c = *split->at;

	if (c == ' ' || c == '\t' || c == '\n') {
		split->at++;
		return add_word(command, split);
	}
	if (c == '\'' || c == '"')
		return take_quoted(split);
	if (strchr("|&;<>()$`*?", c) || (c == '~' && !split->begun))
		return needs_shell(split, c);
	if (c == '\\' && split->at[1])
		split->at++;
	split->begun = true;
	split->word[split->size++] = *split->at++;
	return 0;
}

int view_command_split(struct view_command *command, const char *text, char *error)
{
	struct splitter split = { .at = text, .error = error };
	int result = 0;

	*command = (struct view_command){ 0 };
	if (strlen(text) >= WORD_MAX)
		return fail(error, E2BIG, "The command is too long%s", "");
	split.word = malloc(strlen(text) + 1);
	if (!split.word)
		return fail(error, ENOMEM, "Out of memory%s", "");
	while (*split.at && !result)
		result = take(command, &split);
	if (!result)
		result = add_word(command, &split);
	free(split.word);
	if (!result && !command->count)
		result = fail(error, EINVAL, "The command is empty%s", "");
	return result;
}

/* ---- placeholders ---- */

struct filler {
	view_command_value *value;
	void *context;
	char *error;
	char *text;            /* the word as it becomes, WORD_MAX bytes */
	size_t size;
	bool first_word, is_script, after_options;
};

/* Bytes of the field's name at text; 0: it names none. */
static size_t field_name(const char *text)
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]-/"), at;
	const char *reason;
	struct field field;
	int length = size ? field_parse(text, size, &field, &reason, &at) : 0;

	if (length <= 0)
		return 0;
	field_fini(&field);
	return (size_t)length;
}

static int unknown(struct filler *fill, const char *field)
{
	return fail(fill->error, ENODATA, "This row has no value of %s", field);
}

/* As an argument has it: in full, never scaled. Bytes written, or a negative errno. */
static long value_text(struct filler *fill, const char *field, const struct value *value, char *text, size_t size)
{
	size_t length;

	switch (value->type) {
	case VALUE_NONE:
		return unknown(fill, field);
	case VALUE_INT:
	case VALUE_ID:
		/* 0 and -1 are no process: to kill they mean many */
		if (value->i <= 0 && (!strncmp(field, "proc.", 5) || !strncmp(field, "thread.", 7)))
			return unknown(fill, field);
		return snprintf(text, size, "%" PRId64, value->i);
	case VALUE_UINT:
	case VALUE_PORT:
		return snprintf(text, size, "%" PRIu64, value->u);
	case VALUE_TEXT:
	case VALUE_BYTES:
		if (!value->size || (value->size == 4 && !memcmp(value->text, "<NA>", 4)))
			return unknown(fill, field);
		if (memchr(value->text, '\0', value->size))
			return fail(fill->error, EINVAL, "This row's %s has a zero byte: no argument can have one", field);
		break;
	default:
		break;
	}
	length = value_format(value, false, text, size);
	if (length >= size)
		return fail(fill->error, E2BIG, "This row's %s is too long for an argument", field);
	return length ? (long)length : unknown(fill, field);
}

/* What makes a part of a larger argument, which the program may take apart again: nothing that could be more than a
 * name or a number there. */
static bool is_plain(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+-", text[i]))
			return false;
	return true;
}

static int check_value(struct filler *fill, const char *field, const char *text, size_t size, bool whole)
{
	if (fill->first_word && (!whole || strcmp(field, "container.type") ||
				 !((size == 6 && (!memcmp(text, "docker", 6) || !memcmp(text, "podman", 6))))))
		return !strcmp(field, "container.type") ?
			fail(fill->error, EPERM, "There is no command for containers but those of docker and podman%s", "") :
			fail(fill->error, EPERM, "The program cannot come from the row (%s)", field);
	if (fill->is_script)
		return fail(fill->error, EPERM, "A row's value (%s) cannot be part of a script", field);
	if (!fill->size && strchr("-+", text[0]) && !(fill->after_options && whole))
		return fail(fill->error, EPERM, "This row's %s begins as an option does: it is not passed on", field);
	if (!whole && !is_plain(text, size))
		return fail(fill->error, EPERM, "This row's %s has characters that mean more inside an argument", field);
	return 0;
}

/* Replaces the placeholder of this length behind the percent sign. */
static int fill_value(struct filler *fill, const char *name, size_t length, bool whole)
{
	struct value value = { .type = VALUE_NONE };
	char *field = strndup(name, length);
	long size = 0;
	int result;

	if (!field)
		return fail(fill->error, ENOMEM, "Out of memory%s", "");
	fill->error[0] = '\0';
	if (!fill->value(fill->context, field, &value, fill->error))
		result = fail(fill->error, ENOENT, "This view has no column of %s, which the command needs", field);
	else if (fill->error[0])
		result = -EPERM;
	else
		result = (int)(size = value_text(fill, field, &value, fill->text + fill->size, WORD_MAX - fill->size));
	if (result > 0)
		result = check_value(fill, field, fill->text + fill->size, (size_t)size, whole);
	free(field);
	fill->size += (size_t)size * !result;
	return result;
}

/* A word with a dot after the percent sign is meant as a field. */
static bool is_meant_as_field(const char *text)
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return size && text[size] == '.' && text[size + 1] >= 'a' && text[size + 1] <= 'z';
}

static int fill_word(struct filler *fill, char **word)
{
	const char *at = *word;
	int result = 0;
	char *copy;

	fill->size = 0;
	while (*at && !result) {
		size_t length = *at == '%' ? field_name(at + 1) : 0;

		if (fill->size + 1 >= WORD_MAX)
			return fail(fill->error, E2BIG, "The command is too long%s", "");
		if (length) {
			result = fill_value(fill, at + 1, length, at == *word && !at[1 + length]);
			at += 1 + length;
		} else if (*at == '%' && is_meant_as_field(at + 1)) {
			return fail(fill->error, ENOENT, "The command names a field that does not exist: %.60s", at);
		} else {
			at += *at == '%' && at[1] == '%';
			fill->text[fill->size++] = *at++;
		}
	}
	if (result)
		return result;
	copy = strndup(fill->text, fill->size);
	if (!copy)
		return fail(fill->error, ENOMEM, "Out of memory%s", "");
	free(*word);
	*word = copy;
	return 0;
}

/* A program that takes the word behind -c as a script. */
static bool is_interpreter(const char *program)
{
	static const char *const names[] = { "sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "busybox", "env", "nsenter",
					     "python3", "python", "perl" };
	const char *slash = strrchr(program, '/');

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(slash ? slash + 1 : program, names[i]))
			return true;
	return false;
}

int view_command_fill(struct view_command *command, view_command_value *value, void *context, char *error)
{
	struct filler fill = { .value = value, .context = context, .error = error, .first_word = true };
	int result = 0;

	fill.text = malloc(WORD_MAX);
	if (!fill.text)
		return fail(error, ENOMEM, "Out of memory%s", "");
	for (size_t i = 0; i < command->count && !result; i++) {
		bool end = !strcmp(command->words[i], "--");
		bool script = is_interpreter(command->words[0]) &&
			(!strcmp(command->words[i], "-c") || !strcmp(command->words[i], "-e"));

		result = fill_word(&fill, &command->words[i]);
		fill.after_options |= end;
		fill.is_script = script;
		fill.first_word = false;
	}
	free(fill.text);
	return result;
}

void view_command_fini(struct view_command *command)
{
	for (size_t i = 0; i < command->count; i++)
		free(command->words[i]);
	free(command->words);
	*command = (struct view_command){ 0 };
}

/* ---- as people read it ---- */

static void write_word(FILE *file, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+=,%-";

	if (word[0] && !word[strspn(word, plain)]) {
		fputs(word, file);
		return;
	}
	fputc('\'', file);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", file);
		else
			fputc(*word, file);
	}
	fputc('\'', file);
}

char *view_command_text(const struct view_command *command)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	for (size_t i = 0; i < command->count; i++) {
		if (i)
			fputc(' ', file);
		write_word(file, command->words[i]);
	}
	if (fclose(file)) {
		free(text);
		return NULL;
	}
	return text;
}
