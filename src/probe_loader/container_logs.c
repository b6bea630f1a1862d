/* What kubelet calls the directories and links of logs: they name the pod and the container even where nothing can be read
 * of the runtime's own files.
 *
 * /var/log/pods/NAMESPACE_POD_UID and /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log. None of the names can have an
 * underscore. */
#include "container_files.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 65536

/* One of the names that begins at *at and ends before `end` (0: with the text), which *at is moved behind. False if it is none, or
 * too long. */
static bool take_name(const char **at, char end, char *name, size_t size)
{
	size_t length = strspn(*at, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	if (!length || length >= size || (*at)[length] != end)
		return false;
	memcpy(name, *at, length);
	name[length] = '\0';
	*at += length + !!end;
	return true;
}

static bool is_directory_of(const char *entry, const char *pod_id, struct container_log *log)
{
	return take_name(&entry, '_', log->namespace, sizeof(log->namespace)) &&
	       take_name(&entry, '_', log->pod, sizeof(log->pod)) && !strcmp(entry, pod_id);
}

static bool is_link_of(const char *entry, const char *full_id, struct container_log *log)
{
	char rest[NAME_MAX + 1];
	size_t id = strlen(full_id), length;

	if (!take_name(&entry, '_', log->pod, sizeof(log->pod)) ||
	    !take_name(&entry, '_', log->namespace, sizeof(log->namespace)))
		return false;
	length = strlen(entry);
	if (length < 1 + id + 4 || length >= sizeof(rest))
		return false;
	length -= 1 + id + 4;
	if (entry[length] != '-' || memcmp(entry + length + 1, full_id, id) || strcmp(entry + length + 1 + id, ".log"))
		return false;
	memcpy(rest, entry, length);
	rest[length] = '\0';
	entry = rest;
	return take_name(&entry, '\0', log->container, sizeof(log->container));
}

typedef bool fit(const char *entry, const char *id, struct container_log *log);

static bool look_into(const char *directory, const char *id, fit *fits, struct container_log *log)
{
	const char *root = getenv("HOST_ROOT");
	char path[PATH_MAX];
	const struct dirent *entry;
	bool found = false;
	int length = snprintf(path, sizeof(path), "%s%s", root ? root : "", directory);
	DIR *stream = length > 0 && (size_t)length < sizeof(path) ? opendir(path) : NULL;

	if (!stream)
		return false;
	for (size_t i = 0; !found && i < ENTRIES_MAX && (entry = readdir(stream)); i++) {
		*log = (struct container_log){ .pod = "" };
		found = fits(entry->d_name, id, log);
	}
	closedir(stream);
	if (!found)
		*log = (struct container_log){ .pod = "" };
	return found;
}

bool container_log_find(const char *full_id, const char *pod_id, struct container_log *log)
{
	return look_into("/var/log/containers", full_id, is_link_of, log) ||
	       (pod_id && look_into("/var/log/pods", pod_id, is_directory_of, log));
}
