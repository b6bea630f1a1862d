/* Where settings lie, and how they get there: read again under a lock, changed, written beside and renamed, so that
 * whoever reads finds all of the old file or all of the new one. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../engine/value.h"
#include "settings_private.h"

#define NEW_FILE "# Settings of spantop, written by its screen (keys S and C). Lines that it does not know are kept."
#define LOCK_TRIES 400
#define LOCK_WAIT 5000000   /* ns between two */

/* ---- where ---- */

/* Whether the nearest part of the path that is there belongs to who we are. */
static bool is_ours(const char *path)
{
	char part[PATH_MAX];
	struct stat status;
	char *slash;

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return false;
	while (stat(part, &status)) {
		slash = strrchr(part, '/');
		if (!slash || slash == part)
			return false;
		*slash = '\0';
	}
	return status.st_uid == geteuid();
}

static char *join(const char *directory, const char *rest)
{
	char *path;

	return asprintf(&path, "%s%s", directory, rest) < 0 ? NULL : path;
}

char *settings_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	const struct passwd *user;

	if (config && config[0] == '/' && (geteuid() || is_ours(config)))
		return join(config, "/spantop/spantoprc");
	if (home && home[0] == '/' && (geteuid() || is_ours(home)))
		return join(home, "/.config/spantop/spantoprc");
	user = geteuid() ? NULL : getpwuid(0);
	return user && user->pw_dir && user->pw_dir[0] == '/' ? join(user->pw_dir, "/.config/spantop/spantoprc") : NULL;
}

/* ---- reading ---- */

/* All of the file in malloced memory; NULL with *error set: NULL (there is no such file), or why not. */
static char *read_file(const char *path, size_t *size, const char **error)
{
	int number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	FILE *file = number >= 0 ? fdopen(number, "r") : NULL;
	struct stat status;
	char *text = NULL;

	*error = NULL;
	if (!file) {
		if (errno != ENOENT && errno != ENOTDIR)
			*error = strerror(errno);
		if (number >= 0)
			close(number);
		return NULL;
	}
	if (fstat(number, &status) || !S_ISREG(status.st_mode))
		*error = "this is no file";
	else if (!geteuid() && status.st_uid)
		*error = "it belongs to another user";
	else if (!(text = malloc(SETTINGS_FILE_MAX + 1)))
		*error = "out of memory";
	else if ((*size = fread(text, 1, SETTINGS_FILE_MAX + 1, file)) > SETTINGS_FILE_MAX)
		*error = "this is too large for settings";
	else if (ferror(file))
		*error = "it cannot be read";
	fclose(file);
	if (*error) {
		free(text);
		return NULL;
	}
	return text;
}

__attribute__((format(printf, 4, 5)))
static void say(char *message, size_t size, const char *path, const char *format, ...)
{
	char shown[512], text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_escape(path, strlen(path), shown, sizeof(shown));
	snprintf(message, size, "%s: %s", shown, text);
}

void settings_load(struct settings *settings, const char *path, char *message, size_t size)
{
	const char *error;
	size_t length = 0, bad = 0, first = 0;
	char *text = read_file(path, &length, &error);

	message[0] = '\0';
	settings_lines_fini(&settings->lines);
	free(settings->path);
	settings->path = NULL;
	if (error) {
		say(message, size, path, "%s; settings are neither read nor saved", error);
		return;
	}
	if (text && !settings_parse(&settings->lines, text, length, &bad, &first)) {
		settings_lines_fini(&settings->lines);
		say(message, size, path, "out of memory");
		free(text);
		return;
	}
	free(text);
	settings->path = strdup(path);
	if (bad == 1)
		say(message, size, path, "line %zu is no setting, and skipped", first);
	else if (bad)
		say(message, size, path, "%zu lines are no settings, and skipped; the first is line %zu", bad, first);
}

/* ---- writing ---- */

/* The directories that are missing, for the user alone. 0 or a negative errno. */
static int make_directories(char *directory)
{
	for (char *slash = strchr(directory + 1, '/');; slash = strchr(slash + 1, '/')) {
		int failed;

		if (slash)
			*slash = '\0';
		failed = mkdir(directory, 0700) && errno != EEXIST && errno != EROFS && errno != EACCES ? -errno : 0;
		if (slash)
			*slash = '/';
		if (failed || !slash)
			return failed;
	}
}

/* Whoever does not get it in a moment goes on without: all that can be lost is what somebody else set just now. */
static int lock(const char *directory)
{
	int number = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; number >= 0 && i < LOCK_TRIES && flock(number, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK; i++)
		nanosleep(&(struct timespec){ .tv_nsec = LOCK_WAIT }, NULL);
	return number;
}

static int write_all(int file, const char *text, size_t size)
{
	while (size) {
		ssize_t written = write(file, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		text += written;
		size -= (size_t)written;
	}
	return fsync(file) ? -errno : 0;
}

/* Puts a file with this text in place of what is there. 0 or a negative errno. */
static int replace_file(const char *path, const char *text, size_t size)
{
	char *temporary = join(path, ".XXXXXX");
	int file, error;

	if (!temporary)
		return -ENOMEM;
	file = mkostemp(temporary, O_CLOEXEC);   /* mode 0600 */
	error = file < 0 ? -errno : write_all(file, text, size);
	if (file >= 0 && close(file) && !error)
		error = -errno;
	if (!error && rename(temporary, path))
		error = -errno;
	if (error && file >= 0)
		unlink(temporary);
	free(temporary);
	return error;
}

/* The lines of the file as it is now with our changes. 0 or a negative errno; *error may say more. */
static int merge(const struct settings *settings, const char *path, const char **error)
{
	struct settings_lines lines = { 0 };
	size_t before_size = 0, size = 0, bad, first;
	char *before = read_file(path, &before_size, error), *text = NULL;
	bool good = !*error;
	int result = -ENOMEM;

	if (good && !before)
		good = settings_lines_add(&lines, NULL, NEW_FILE, strlen(NEW_FILE));
	else if (good)
		good = settings_parse(&lines, before, before_size, &bad, &first);
	for (size_t i = 0; good && i < settings->changes.count; i++)
		good = settings_lines_apply(&lines, &settings->changes.items[i]);
	if (good && (text = settings_print(&lines, &size))) {
		if (before && size == before_size && !memcmp(text, before, size))
			result = 0;
		else
			result = size > SETTINGS_FILE_MAX ? -EFBIG : replace_file(path, text, size);
	}
	free(text);
	free(before);
	settings_lines_fini(&lines);
	return result;
}

bool settings_save(struct settings *settings, char *message, size_t size)
{
	char target[PATH_MAX], directory[PATH_MAX];
	const char *why = NULL;
	int error, locked;

	message[0] = '\0';
	if (!settings->path || !settings->changes.count)
		return true;
	/* a link stays one */
	if (!realpath(settings->path, target))
		snprintf(target, sizeof(target), "%s", settings->path);
	snprintf(directory, sizeof(directory), "%s", target);
	dirname(directory);
	error = make_directories(directory);
	if (!error) {
		locked = lock(directory);
		error = merge(settings, target, &why);
		if (locked >= 0)
			close(locked);
	}
	if (error || why) {
		say(message, size, target, "settings are not saved: %s", why ? why : strerror(-error));
		return false;
	}
	settings_lines_fini(&settings->changes);
	return true;
}
