/* Which processes descend from others, from /proc. */
#include "probe_private.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
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

static bool is_wanted(struct probe *probe, uint32_t pid)
{
	uint64_t value;

	return !bpf_map_lookup_elem(bpf_map__fd(probe->object->maps.wanted_processes), &pid, &value);
}

static uint32_t *count_of(struct probe *probe, uint32_t pid)
{
	return &probe->object->bss->wanted[pid & (RECORD_WANTED_SLOTS - 1)];
}

/* Whether it was not known before. One that finds no room in the table stays wanted, as those that the kernel side finds. */
static bool want(struct probe *probe, uint32_t pid, uint64_t since)
{
	if (bpf_map_update_elem(bpf_map__fd(probe->object->maps.wanted_processes), &pid, &since, BPF_NOEXIST) == -EEXIST)
		return false;
	__atomic_fetch_add(count_of(probe, pid), 1, __ATOMIC_RELAXED);
	return true;
}

void want_process(struct probe *probe, uint32_t pid, uint64_t since)
{
	want(probe, pid, since);
}

void want_process_no_more(struct probe *probe, uint32_t pid, uint64_t time)
{
	int map = bpf_map__fd(probe->object->maps.wanted_processes);
	uint64_t since;

	/* mostly nobody has wanted it */
	if (!__atomic_load_n(count_of(probe, pid), __ATOMIC_RELAXED) || bpf_map_lookup_elem(map, &pid, &since) || since > time)
		return;
	if (!bpf_map_delete_elem(map, &pid))
		__atomic_fetch_sub(count_of(probe, pid), 1, __ATOMIC_RELAXED);
}

void want_process_decided(struct probe *probe, uint32_t pid)
{
	__atomic_fetch_sub(count_of(probe, pid), 1, __ATOMIC_RELAXED);
}

/* A generation a turn. Whether any was found. */
static bool want_children(struct probe *probe, struct parentage *all, size_t count)
{
	bool found = false, again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < count; i++) {
			if (all[i].wanted || !all[i].ppid || !is_wanted(probe, all[i].ppid))
				continue;
			all[i].wanted = true;
			again |= want(probe, all[i].pid, 0);
		}
		found |= again;
	}
	return found;
}

/* One that was found may have forked just before, unnoticed: until nothing new is found. */
void want_descendants(struct probe *probe)
{
	bool found = true;

	while (found) {
		size_t count;
		struct parentage *all = read_processes(&count);

		found = want_children(probe, all, count);
		free(all);
	}
}

uint32_t process_of_thread(uint32_t tid)
{
	char text[512];
	ssize_t size = snapshot_read_file(text, sizeof(text), "/proc/%u/status", tid);
	const char *line = size > 0 ? strstr(text, "\nTgid:") : NULL;

	return line ? strtoul(line + strlen("\nTgid:"), NULL, 10) : 0;
}
