/* The settings file: what is set comes back, what is not known stays, and whatever the file holds does no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/ui/settings.h"

#define LARGE (1 << 20)

static char directory[] = "/tmp/settings_test.XXXXXX", path[64];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/a/b/spantoprc", directory);
	return 0;
}

static int remove_directory(void **state)
{
	char command[80];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

static void write_bytes(const char *text, size_t size)
{
	char command[160];
	FILE *file;

	snprintf(command, sizeof(command), "mkdir -p %s/a/b", directory);
	assert_int_equal(system(command), 0);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void write_text(const char *text)
{
	write_bytes(text, strlen(text));
}

static char *read_text(void)
{
	char *text = calloc(1, LARGE);
	FILE *file = fopen(path, "r");

	assert_non_null(text);
	assert_non_null(file);
	assert_true(fread(text, 1, LARGE - 1, file) < LARGE - 1);
	fclose(file);
	return text;
}

static void expect_text(const char *expected)
{
	char *text = read_text();

	assert_string_equal(text, expected);
	free(text);
}

/* Settings of the file, with the message that reading it must give ("" none; a part of it is enough). */
static struct settings *load(const char *part)
{
	struct settings *settings = settings_new();
	char message[512];

	assert_non_null(settings);
	settings_load(settings, path, message, sizeof(message));
	if (part[0] ? !strstr(message, part) : message[0])
		fail_msg("'%s' is told, not '%s'", message, part);
	return settings;
}

static void save(struct settings *settings)
{
	char message[512];

	if (!settings_save(settings, message, sizeof(message)))
		fail_msg("%s", message);
}

static void save_and_free(struct settings *settings)
{
	save(settings);
	settings_free(settings);
}

static void no_file_is_no_setting_and_is_not_written_for_nothing(void **state)
{
	struct settings *settings = load("");

	(void)state;
	assert_string_equal(settings_get(settings, "theme"), "default");
	assert_false(settings_has(settings, "theme"));
	assert_int_equal(settings_number(settings, "refresh"), 2000);
	assert_true(settings_is_on(settings, "mouse"));
	assert_false(settings_is_on(settings, "ascii"));
	assert_null(settings_get(settings, "what.ever"));
	save_and_free(settings);
	assert_int_equal(access(path, F_OK), -1);
}

static void what_is_set_comes_back(void **state)
{
	struct settings *settings = load("");
	struct stat status;

	(void)state;
	settings_set(settings, "theme", "light");
	settings_set(settings, "refresh", "700");
	settings_set(settings, "mouse", "off");
	settings_set(settings, "columns.procs", "PID,-CPU");
	save_and_free(settings);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	settings = load("");
	assert_string_equal(settings_get(settings, "theme"), "light");
	assert_int_equal(settings_number(settings, "refresh"), 700);
	assert_false(settings_is_on(settings, "mouse"));
	assert_string_equal(settings_get(settings, "columns.procs"), "PID,-CPU");
	settings_set(settings, "columns.procs", NULL);
	settings_set(settings, "theme", NULL);
	assert_string_equal(settings_get(settings, "theme"), "default");
	save_and_free(settings);
	settings = load("");
	assert_false(settings_has(settings, "theme"));
	assert_false(settings_has(settings, "columns.procs"));
	settings_free(settings);
}

static void what_is_not_known_stays_as_it_is(void **state)
{
	struct settings *settings;

	(void)state;
	write_text("# mine\n\ntheme=mono   \n  future.key =  a b\\x20\n\tview = procs\nno setting\n");
	settings = load("line 6 is no setting");
	assert_string_equal(settings_get(settings, "theme"), "mono");
	assert_string_equal(settings_get(settings, "future.key"), "a b ");
	assert_string_equal(settings_get(settings, "view"), "procs");
	settings_set(settings, "theme", "light");
	settings_set(settings, "mouse", "off");
	save_and_free(settings);
	expect_text("# mine\n\ntheme = light\nfuture.key = a b\\x20\nview = procs\nno setting\nmouse = off\n");
}

static void setting_what_is_there_writes_nothing(void **state)
{
	struct settings *settings;

	(void)state;
	write_text("theme=mono\n");
	settings = load("");
	settings_set(settings, "theme", "mono");
	settings_set(settings, "view", NULL);
	save(settings);
	expect_text("theme=mono\n");   /* else it had blanks around = */
	settings_set(settings, "theme", "light");
	settings_set(settings, "theme", "mono");
	save_and_free(settings);
}

static void a_later_line_holds_and_one_remains(void **state)
{
	struct settings *settings;

	(void)state;
	write_text("theme = mono\nview = a\ntheme = light\n");
	settings = load("");
	assert_string_equal(settings_get(settings, "theme"), "light");
	settings_set(settings, "theme", "high-contrast");
	save_and_free(settings);
	expect_text("view = a\ntheme = high-contrast\n");
}

static void damaged_lines_are_told_once_and_skipped(void **state)
{
	static const char *const lines[] = {
		"theme", "= light", "the me = light", "theme = purple", "theme = light\\", "theme = \\xg0", "theme = \\x00",
		"refresh = -5", "refresh = 99", "refresh = 3600001", "refresh = 18446744073709551616", "refresh = 1e3",
		"refresh =", "mouse = yes", "\x1b[2Jtheme = light",
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct settings *settings;

		snprintf(text, sizeof(text), "ascii = on\n%s\nview = procs\n", lines[i]);
		write_text(text);
		settings = load("line 2 is no setting, and skipped");
		assert_string_equal(settings_get(settings, "theme"), "default");
		assert_int_equal(settings_number(settings, "refresh"), 2000);
		assert_true(settings_is_on(settings, "mouse"));
		assert_true(settings_is_on(settings, "ascii"));
		assert_string_equal(settings_get(settings, "view"), "procs");
		settings_free(settings);
	}
	write_text("a\nb\nc = 1\nd\n");
	settings_free(load("3 lines are no settings, and skipped; the first is line 1"));
}

static void any_bytes_do_no_harm(void **state)
{
	char *bytes = malloc(LARGE + 2);
	unsigned seed = 1;

	(void)state;
	assert_non_null(bytes);
	for (int round = 0; round < 50; round++) {
		size_t size = (size_t)(rand_r(&seed) % 4000);
		struct settings *settings = settings_new();
		char message[512];

		for (size_t i = 0; i < size; i++)
			bytes[i] = (char)(round % 2 ? rand_r(&seed) : "=\n\\x0 a#"[rand_r(&seed) % 8]);
		write_bytes(bytes, size);
		settings_load(settings, path, message, sizeof(message));
		settings_set(settings, "theme", "light");
		save_and_free(settings);
		settings_load(settings = settings_new(), path, message, sizeof(message));
		assert_string_equal(settings_get(settings, "theme"), "light");
		settings_free(settings);
	}
	/* too large to be settings: not used, and left alone */
	memset(bytes, '\n', LARGE + 1);
	write_bytes(bytes, LARGE + 1);
	{
		struct settings *settings = load("too large");
		struct stat status;

		settings_set(settings, "theme", "light");
		save_and_free(settings);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_size, LARGE + 1);
	}
	free(bytes);
}

static void hostile_values_come_back_and_make_no_lines(void **state)
{
	static const char *const values[] = {
		"two\nlines\ntheme = mono", "  blanks  ", "\t", " ", "\\", "\\n", "\x1b]0;title\a", "a=b # c", "# c", "\r\n",
		"\xff\xfe", "\xc3\xbc", "\x7f",
	};

	(void)state;
	write_text("");
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct settings *settings = load("");
		char *text;

		settings_set(settings, "view", values[i]);
		save_and_free(settings);
		settings = load("");
		assert_string_equal(settings_get(settings, "view"), values[i]);
		assert_string_equal(settings_get(settings, "theme"), "default");
		settings_free(settings);
		text = read_text();
		for (const char *c = text; *c; c++)
			assert_false(((unsigned char)*c < ' ' && *c != '\n') || *c == 127);
		assert_ptr_equal(strchr(text, '\n') + 1, text + strlen(text));
		free(text);
	}
}

static void keys_for_views_hold_any_id(void **state)
{
	char key[64];

	(void)state;
	assert_int_equal(settings_view_key("sort", "procs", key, sizeof(key)), strlen("sort.procs"));
	assert_string_equal(key, "sort.procs");
	settings_view_key("sort", "a b=%\n", key, sizeof(key));
	assert_string_equal(key, "sort.a%20b%3d%25%0a");
	assert_int_equal(settings_view_key("s", "0123456789", key, 6), 12);
	assert_string_equal(key, "s.012");
}

static void histories_keep_the_latest_fifty(void **state)
{
	struct settings *settings;
	struct prompt_history history = { .count = 0 };

	(void)state;
	write_text("theme = light\n");
	for (int run = 0; run < 3; run++) {
		settings = load("");
		for (int i = 0; i < 30; i++) {
			char text[40];

			snprintf(text, sizeof(text), "span.duration > %dms", run * 30 + i);
			settings_add_history(settings, "history.filter", text);
		}
		settings_add_history(settings, "history.search", "once");
		save_and_free(settings);
	}
	settings = load("");
	settings_load_history(settings, "history.filter", &history);
	assert_int_equal(history.count, 50);
	assert_string_equal(history.texts[0], "span.duration > 40ms");
	assert_string_equal(history.texts[49], "span.duration > 89ms");
	prompt_history_fini(&history);
	settings_load_history(settings, "history.search", &history);
	assert_int_equal(history.count, 1);
	prompt_history_fini(&history);
	settings_free(settings);
}

/* One after the other, each having read before the other wrote. */
static void two_that_save_keep_each_others_work(void **state)
{
	struct settings *one, *two;

	(void)state;
	write_text("view = a\nhistory.filter = old\n");
	one = load("");
	two = load("");
	settings_set(one, "theme", "light");
	settings_add_history(one, "history.filter", "of one");
	settings_set(two, "ascii", "on");
	settings_add_history(two, "history.filter", "of two");
	save_and_free(one);
	save_and_free(two);
	expect_text("view = a\nhistory.filter = old\nhistory.filter = of one\nhistory.filter = of two\ntheme = light\n"
		    "ascii = on\n");
}

static void writers_at_once_lose_nothing(void **state)
{
	enum { WRITERS = 4, ROUNDS = 25 };
	struct settings *settings;
	pid_t children[WRITERS];

	(void)state;
	write_text("theme = light\n");
	for (int w = 0; w < WRITERS; w++) {
		children[w] = fork();
		if (children[w])
			continue;
		for (int i = 0; i < ROUNDS; i++) {
			char key[32], message[512];

			settings = settings_new();
			settings_load(settings, path, message, sizeof(message));
			if (message[0] || strcmp(settings_get(settings, "theme"), "light"))
				_exit(1);   /* somebody's half of a file */
			snprintf(key, sizeof(key), "writer.%d.%d", w, i);
			settings_set(settings, key, "was here");
			if (!settings_save(settings, message, sizeof(message)))
				_exit(2);
			settings_free(settings);
		}
		_exit(0);
	}
	for (int w = 0; w < WRITERS; w++) {
		int status;

		assert_int_equal(waitpid(children[w], &status, 0), children[w]);
		assert_int_equal(status, 0);
	}
	settings = load("");
	for (int w = 0; w < WRITERS; w++)
		for (int i = 0; i < ROUNDS; i++) {
			char key[32];

			snprintf(key, sizeof(key), "writer.%d.%d", w, i);
			assert_true(settings_has(settings, key));
		}
	settings_free(settings);
}

static void a_link_stays_a_link(void **state)
{
	char target[80];
	struct settings *settings;
	struct stat status;

	(void)state;
	write_text("");
	assert_int_equal(unlink(path), 0);
	snprintf(target, sizeof(target), "%s/dotfiles", directory);
	assert_int_equal(symlink(target, path), 0);
	fclose(fopen(target, "w"));
	settings = load("");
	settings_set(settings, "theme", "light");
	save_and_free(settings);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	expect_text("theme = light\n");
	assert_int_equal(unlink(path), 0);
}

static void what_cannot_be_written_is_told(void **state)
{
	struct settings *settings;
	char message[512], command[160];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s/a && touch %s/a", directory, directory);
	assert_int_equal(system(command), 0);
	settings = load("");
	settings_set(settings, "theme", "light");
	assert_false(settings_save(settings, message, sizeof(message)));
	assert_non_null(strstr(message, "not saved"));
	settings_free(settings);
	snprintf(command, sizeof(command), "rm -rf %s/a && mkdir -p %s", directory, path);
	assert_int_equal(system(command), 0);
	settings_free(load("this is no file"));
	snprintf(command, sizeof(command), "rm -rf %s/a", directory);
	assert_int_equal(system(command), 0);
}

static void root_leaves_files_of_others_alone(void **state)
{
	struct settings *settings;
	char *place, home[80], old_home[200];

	(void)state;
	if (geteuid())
		skip();
	write_text("theme = light\n");
	assert_int_equal(chown(path, 1234, 1234), 0);
	settings = load("belongs to another user");
	assert_string_equal(settings_get(settings, "theme"), "default");
	settings_set(settings, "theme", "mono");
	save_and_free(settings);
	expect_text("theme = light\n");
	/* HOME as sudo may leave it */
	snprintf(old_home, sizeof(old_home), "%s", getenv("HOME") ? getenv("HOME") : "/");
	snprintf(home, sizeof(home), "%s/user", directory);
	assert_int_equal(mkdir(home, 0755), 0);
	setenv("HOME", home, 1);
	unsetenv("XDG_CONFIG_HOME");
	place = settings_path();
	assert_non_null(place);
	assert_int_equal(strncmp(place, home, strlen(home)), 0);
	free(place);
	assert_int_equal(chown(home, 1234, 1234), 0);
	place = settings_path();
	assert_true(!place || strncmp(place, home, strlen(home)));
	free(place);
	setenv("HOME", old_home, 1);
}

static void the_place_is_where_the_environment_says(void **state)
{
	char *place, expected[80];

	(void)state;
	setenv("XDG_CONFIG_HOME", directory, 1);
	place = settings_path();
	snprintf(expected, sizeof(expected), "%s/spantop/spantoprc", directory);
	assert_string_equal(place, expected);
	free(place);
	unsetenv("XDG_CONFIG_HOME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_file_is_no_setting_and_is_not_written_for_nothing),
		cmocka_unit_test(what_is_set_comes_back),
		cmocka_unit_test(what_is_not_known_stays_as_it_is),
		cmocka_unit_test(setting_what_is_there_writes_nothing),
		cmocka_unit_test(a_later_line_holds_and_one_remains),
		cmocka_unit_test(damaged_lines_are_told_once_and_skipped),
		cmocka_unit_test(any_bytes_do_no_harm),
		cmocka_unit_test(hostile_values_come_back_and_make_no_lines),
		cmocka_unit_test(keys_for_views_hold_any_id),
		cmocka_unit_test(histories_keep_the_latest_fifty),
		cmocka_unit_test(two_that_save_keep_each_others_work),
		cmocka_unit_test(writers_at_once_lose_nothing),
		cmocka_unit_test(a_link_stays_a_link),
		cmocka_unit_test(what_cannot_be_written_is_told),
		cmocka_unit_test(root_leaves_files_of_others_alone),
		cmocka_unit_test(the_place_is_where_the_environment_says),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
