/* Saving the lines of a text view. A file that is to be replaced stays what it was until the new one is complete. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text_view.h"

/* As on the screen: escaped, tabs as blanks, so that showing the file does to a terminal what showing the window did. */
static int write_lines(struct text_view *view, FILE *file, struct text_saved *saved)
{
	uint64_t first, end = text_view_lines(view, &first);

	for (uint64_t line = first; line < end; line++) {
		text_view_show(view, line);
		if (view->shown_size && fwrite(view->shown, 1, view->shown_size, file) != view->shown_size)
			return -(errno ? errno : EIO);
		if (putc('\n', file) == EOF)
			return -(errno ? errno : EIO);
		saved->lines++;
		saved->bytes += view->shown_size + 1;
	}
	return 0;
}

static int write_file(struct text_view *view, int fd, struct text_saved *saved)
{
	FILE *file = fdopen(fd, "w");
	int status;

	if (!file) {
		status = -errno;
		close(fd);
		return status;
	}
	errno = 0;
	status = write_lines(view, file, saved);
	if (fclose(file) && !status)
		status = -errno;
	return status;
}

/* What stands at the path is no plain file of ours to replace: a device, a pipe, a directory. */
static int check_replaced(const char *path)
{
	struct stat about;

	if (lstat(path, &about))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(about.st_mode))
		return -EISDIR;
	return S_ISREG(about.st_mode) ? 0 : -EINVAL;
}

static int save_in_place_of(struct text_view *view, const char *path, struct text_saved *saved)
{
	char *beside = NULL;
	int status = check_replaced(path), fd;

	if (status)
		return status;
	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(beside, O_CLOEXEC); /* 0600 */
	status = fd < 0 ? -errno : write_file(view, fd, saved);
	if (!status && rename(beside, path))
		status = -errno;
	if (status && fd >= 0)
		unlink(beside);
	free(beside);
	return status;
}

int text_view_save(struct text_view *view, const char *path, bool replace, struct text_saved *saved)
{
	int fd, status;

	*saved = (struct text_saved){ 0 };
	if (replace)
		return save_in_place_of(view, path, saved);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	status = write_file(view, fd, saved);
	if (status)
		unlink(path);
	return status;
}
