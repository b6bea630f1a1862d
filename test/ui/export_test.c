/* Writing rows to files. Numbers follow from web_service.h: 5 fib of 1 to 5 ms, 4 empty of 500 us, 3 downloads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "screen.h"

static char directory[64];

static int make_directory(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/export_test.XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[100];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

/* The file's text, malloced; NULL if there is none. */
static char *file_text(const char *name)
{
	FILE *file = fopen(path_of(name), "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(text);
	if (!file) {
		free(text);
		return NULL;
	}
	text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text ? text : "(no file)");
}

static unsigned lines_of(const char *text)
{
	unsigned count = 0;

	for (; (text = strchr(text, '\n')); text++)
		count++;
	return count;
}

/* Ctrl-U empties the prompt. */
static void write_rows(struct screen *screen, const char *name)
{
	char script[200];

	snprintf(script, sizeof(script), "'x' Ctrl-U '%s' Enter", path_of(name));
	screen_type(screen, script);
}

static void csv_json_and_text_by_their_ending(void **state)
{
	struct screen screen;
	char *text;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	write_rows(&screen, "a.csv");
	screen_has(&screen, "Wrote 3 rows");
	text = file_text("a.csv");
	has(text, "HITS,RATE,AVG TIME,MIN TIME,");
	has(text, "\n5,");
	has(text, ",3000000,1000000,");   /* 3 ms, 1 ms */
	has(text, ",fib_handler\n");
	has(text, ",download_handler\n");
	assert_int_equal(lines_of(text), 4);
	free(text);
	write_rows(&screen, "a.json");
	text = file_text("a.json");
	has(text, "{\"HITS\": 5, ");
	has(text, "\"MAX TIME\": 1500000000, ");
	assert_int_equal(lines_of(text), 3);
	free(text);
	write_rows(&screen, "a.txt");
	text = file_text("a.txt");
	has(text, "         5 ");
	has(text, " fib_handler \n");
	free(text);
	screen_close(&screen);
}

static void only_the_owner_reads_it(void **state)
{
	struct screen screen;
	struct stat about;

	(void)state;
	umask(0);
	screen_open(&screen, NULL, NULL, 24, 80);
	write_rows(&screen, "mode.csv");
	assert_int_equal(stat(path_of("mode.csv"), &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	screen_close(&screen);
}

static void nothing_is_overwritten_unasked(void **state)
{
	struct screen screen;
	char *text;
	FILE *file = fopen(path_of("mine.csv"), "w");

	(void)state;
	assert_non_null(file);
	fputs("mine\n", file);
	fclose(file);
	screen_open(&screen, NULL, NULL, 24, 80);
	write_rows(&screen, "mine.csv");
	screen_has(&screen, "There is such a file");
	screen_type(&screen, "Esc");
	text = file_text("mine.csv");
	assert_string_equal(text, "mine\n");
	free(text);
	write_rows(&screen, "mine.csv");
	screen_type(&screen, "Enter");
	text = file_text("mine.csv");
	assert_string_equal(text, "mine\n");
	free(text);
	write_rows(&screen, "mine.csv");
	screen_type(&screen, "Down Enter");
	screen_has(&screen, "Wrote 3 rows");
	text = file_text("mine.csv");
	has(text, "fib_handler");
	free(text);
	screen_close(&screen);
}

/* A link that somebody put there leads to no other file. */
static void links_are_not_followed(void **state)
{
	struct screen screen;
	struct stat about;
	char *text, target[100];
	FILE *file = fopen(path_of("target"), "w");

	(void)state;
	assert_non_null(file);
	fputs("target\n", file);
	fclose(file);
	strcpy(target, path_of("target"));
	assert_int_equal(symlink(target, path_of("link.csv")), 0);
	screen_open(&screen, NULL, NULL, 24, 80);
	write_rows(&screen, "link.csv");
	screen_type(&screen, "Down Enter");
	screen_has(&screen, "no plain file");
	text = file_text("target");
	assert_string_equal(text, "target\n");
	free(text);
	assert_int_equal(lstat(path_of("link.csv"), &about), 0);
	assert_true(S_ISLNK(about.st_mode));
	screen_close(&screen);
}

static void errors_are_words(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 120);
	write_rows(&screen, "none/a.csv");
	screen_has(&screen, "there is no such directory");
	write_rows(&screen, "");
	screen_has(&screen, "this is a directory");
	screen_type(&screen, "'x' Esc");
	screen_lacks(&screen, "Write rows to");
	screen_close(&screen);
}

/* As many rows as lines, whatever is on the screen; sysdig counts 154,865 events in the file. */
static void all_rows_are_written(void **state)
{
	struct screen screen;
	struct stat about;
	char *text;

	(void)state;
	screen_open(&screen, "traces_list", NULL, 6, 80);
	write_rows(&screen, "list.csv");
	text = file_text("list.csv");
	assert_int_equal(lines_of(text), 13);
	free(text);
	screen_close(&screen);
	screen_open_capture(&screen, "test/data/captures/webdemo.scap", 0, "events", 24, 80);
	write_rows(&screen, "events.json");
	screen_has(&screen, "Wrote ");
	assert_int_equal(stat(path_of("events.json"), &about), 0);
	assert_true(about.st_size > 1000000);
	screen_close(&screen);
}

static void spectrograms_are_written_by_their_counts(void **state)
{
	struct screen screen;
	char *text;

	(void)state;
	screen_open(&screen, NULL, NULL, 24, 80);
	screen_type(&screen, "F12");
	write_rows(&screen, "spectrogram.csv");
	text = file_text("spectrogram.csv");
	has(text, "FROM,TO,LATENCY,COUNT\n");
	free(text);
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_json_and_text_by_their_ending),
		cmocka_unit_test(only_the_owner_reads_it),
		cmocka_unit_test(nothing_is_overwritten_unasked),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(errors_are_words),
		cmocka_unit_test(all_rows_are_written),
		cmocka_unit_test(spectrograms_are_written_by_their_counts),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
