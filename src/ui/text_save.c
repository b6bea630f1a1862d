/* Saving the lines of a text view, a little at a time. A file that is to be replaced stays what it was until the new one is
 * complete, and nothing is left of one that is not. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pane.h"
#include "text_view.h"

#define LINES_A_LOOK 256   /* lines between two looks at the clock */

struct text_saver {
	struct text_view *view;
	char *path;
	char *beside;              /* what is written, if the path's own file is to be replaced; else NULL */
	FILE *file;
	uint64_t begin, at, end;   /* lines */
	struct text_saved saved;
};

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

/* 0600 either way. */
static int open_file(struct text_saver *saver, bool replace)
{
	int status = replace ? check_replaced(saver->path) : 0, fd;

	if (status)
		return status;
	if (replace && asprintf(&saver->beside, "%s.XXXXXX", saver->path) < 0) {
		saver->beside = NULL;
		return -ENOMEM;
	}
	fd = replace ? mkostemp(saver->beside, O_CLOEXEC) :
		       open(saver->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	saver->file = fdopen(fd, "w");
	if (saver->file)
		return 0;
	status = -errno;
	close(fd);
	unlink(replace ? saver->beside : saver->path);
	return status;
}

static void saver_free(struct text_saver *saver)
{
	free(saver->path);
	free(saver->beside);
	free(saver);
}

int text_saver_new(struct text_view *view, const char *path, bool replace, struct text_saver **result)
{
	struct text_saver *saver = calloc(1, sizeof(*saver));
	int status;

	*result = NULL;
	if (!saver)
		return -ENOMEM;
	saver->view = view;
	saver->path = strdup(path);
	status = saver->path ? open_file(saver, replace) : -ENOMEM;
	if (status) {
		saver_free(saver);
		return status;
	}
	saver->end = text_view_lines(view, &saver->begin);
	saver->at = saver->begin;
	*result = saver;
	return 0;
}

/* As on the screen: escaped, tabs as blanks, so that showing the file does to a terminal what showing the window did. */
static int write_line(struct text_saver *saver)
{
	struct text_view *view = saver->view;

	errno = 0;
	text_view_show(view, saver->at++);
	if (view->shown_size && fwrite(view->shown, 1, view->shown_size, saver->file) != view->shown_size)
		return -(errno ? errno : EIO);
	if (putc('\n', saver->file) == EOF)
		return -(errno ? errno : EIO);
	saver->saved.lines++;
	saver->saved.bytes += view->shown_size + 1;
	return 0;
}

int text_saver_step(struct text_saver *saver, uint64_t budget_ns)
{
	uint64_t start = pane_clock();
	int status = 0;

	for (unsigned n = 1; saver->at < saver->end && !status; n++) {
		status = write_line(saver);
		if (!status && n % LINES_A_LOOK == 0 && pane_clock() - start > budget_ns)
			return 1;
	}
	if (fclose(saver->file) && !status)
		status = -errno;
	saver->file = NULL;
	if (!status && saver->beside && rename(saver->beside, saver->path))
		status = -errno;
	if (status)
		unlink(saver->beside ? saver->beside : saver->path);
	return status;
}

unsigned text_saver_progress(const struct text_saver *saver)
{
	return saver->end > saver->begin ? (unsigned)((saver->at - saver->begin) * 100 / (saver->end - saver->begin)) : 100;
}

const char *text_saver_path(const struct text_saver *saver)
{
	return saver->path;
}

struct text_saved text_saver_free(struct text_saver *saver)
{
	struct text_saved saved = saver->saved;

	if (saver->file) {
		fclose(saver->file);
		unlink(saver->beside ? saver->beside : saver->path);
	}
	saver_free(saver);
	return saved;
}
