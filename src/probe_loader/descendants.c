/* Which processes descend from others, from /proc. */
#include "probe_private.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_private.h"

struct parentage {
	uint32_t pid, ppid;
	bool wanted;
};

/* The parent stands behind the name, which may have brackets itself. */
static uint32_t parent_of(const char *pid)
{
	char text[512], *end;
	unsigned parent;
	ssize_t size = snapshot_read_file(text, sizeof(text), "/proc/%s/stat", pid);

	end = size > 0 ? strrchr(text, ')') : NULL;
	return end && sscanf(end, ") %*c %u", &parent) == 1 ? parent : 0;
}

static struct parentage *read_processes(size_t *count)
{
	struct parentage *all = NULL, *more;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t room = 0;

	*count = 0;
	while (proc && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (*count == room) {
			room = room ? 2 * room : 512;
			more = realloc(all, room * sizeof(*all));
			if (!more)
				break;
			all = more;
		}
		all[(*count)++] = (struct parentage){ .pid = strtoul(entry->d_name, NULL, 10),
						      .ppid = parent_of(entry->d_name) };
	}
	if (proc)
		closedir(proc);
	return all;
}

void want_descendants(uint32_t *wanted)
{
	size_t count;
	struct parentage *all = read_processes(&count);
	bool found = count;

	/* a generation a turn */
	while (found) {
		found = false;
		for (size_t i = 0; i < count; i++) {
			if (all[i].wanted || !all[i].ppid || !wanted[all[i].ppid & (RECORD_WANTED_SLOTS - 1)])
				continue;
			all[i].wanted = found = true;
			__atomic_fetch_add(&wanted[all[i].pid & (RECORD_WANTED_SLOTS - 1)], 1, __ATOMIC_RELAXED);
		}
	}
	free(all);
}
