/* What /proc tells of one process beyond its names: ids in its namespaces, memory, limits, environment, cgroups. */
#include "snapshot_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The hierarchies that sysdig's driver tells of; where there is only one, it is each of them. */
static const char *const unified[] = { "cpuset", "cpu", "cpuacct", "io", "memory" };

static const char *line_of(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? line + strlen(name) : NULL;
}

static uint64_t number_after(const char *text, const char *name, unsigned nth)
{
	const char *at = line_of(text, name);
	char *end = (char *)at;
	uint64_t number = 0;

	for (unsigned i = 0; at && i <= nth; i++)
		number = strtoull(end, &end, 10);
	return number;
}

/* The innermost namespace's id, which stands last in its line. */
static int64_t last_number_after(const char *text, const char *name)
{
	const char *at = line_of(text, name);
	int64_t number = -1;

	while (at && *at && *at != '\n') {
		char *end;
		long long next = strtoll(at, &end, 10);

		if (end == at)
			break;
		number = next;
		at = end;
	}
	return number;
}

static void read_link(char *text, size_t size, uint32_t pid, const char *what)
{
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, what);
	length = readlink(path, text, size - 1);
	text[length > 0 ? length : 0] = 0;
}

/* Terminal, faults, start: fields 7, 10, 12 and 22 of stat, counted behind the name, which may hold anything. */
static void read_stat(uint32_t pid, struct input_facts *facts, uint64_t *started)
{
	unsigned long minor, major;
	unsigned long long ticks;
	char text[1024], *at;
	int tty;

	if (snapshot_read_file(text, sizeof(text), "/proc/%u/stat", pid) <= 0)
		return;
	at = strrchr(text, ')');
	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %d %*d %*u %lu %*u %lu %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &tty,
			  &minor, &major, &ticks) != 4)
		return;
	*started = ticks * (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
	facts->tty = tty;
	facts->faults_minor = minor;
	facts->faults_major = major;
}

static void read_limit(uint32_t pid, struct input_facts *facts)
{
	char text[2048];
	const char *line;

	if (snapshot_read_file(text, sizeof(text), "/proc/%u/limits", pid) <= 0)
		return;
	line = line_of(text, "Max open files");
	if (line)
		facts->fdlimit = strtoll(line, NULL, 10);
}

/* Adds "name=path" and its NUL. */
static size_t add_cgroup(char *list, size_t used, const char *name, size_t name_size, const char *path, size_t path_size)
{
	if (used + name_size + path_size + 2 > SNAPSHOT_LIST_MAX)
		return used;
	memcpy(list + used, name, name_size);
	list[used + name_size] = '=';
	memcpy(list + used + name_size + 1, path, path_size);
	list[used + name_size + 1 + path_size] = 0;
	return used + name_size + path_size + 2;
}

/* One line: number:controllers:path. */
static size_t add_hierarchy(char *list, size_t used, const char *line, size_t size)
{
	const char *names = memchr(line, ':', size), *path = names ? memchr(names + 1, ':', line + size - names - 1) : NULL;
	size_t path_size;

	if (!path)
		return used;
	names++;
	path_size = line + size - path - 1;
	while (names < path) {
		size_t name_size = strcspn(names, ",:");

		used = add_cgroup(list, used, names, name_size, path + 1, path_size);
		names += name_size + 1;
	}
	return used;
}

size_t snapshot_read_cgroups(uint32_t pid, char list[SNAPSHOT_LIST_MAX])
{
	char text[SNAPSHOT_LIST_MAX];
	ssize_t size = snapshot_read_file(text, sizeof(text), "/proc/%u/cgroup", pid);
	size_t used = 0;

	for (const char *line = text; size > 0 && *line;) {
		size_t length = strcspn(line, "\n");

		if (strncmp(line, "0::", 3))
			used = add_hierarchy(list, used, line, length);
		line += length + (line[length] == '\n');
	}
	if (!used && size > 3 && !strncmp(text, "0::", 3))
		for (size_t i = 0; i < sizeof(unified) / sizeof(*unified); i++)
			used = add_cgroup(list, used, unified[i], strlen(unified[i]), text + 3,
					  strcspn(text + 3, "\n"));
	return used;
}

static void read_environment(uint32_t pid, struct snapshot_facts *entry)
{
	ssize_t size = snapshot_read_file(entry->env, sizeof(entry->env), "/proc/%u/environ", pid);

	/* what is cut ends like the rest */
	if (size > 0 && entry->env[size - 1])
		size++;
	entry->facts.env = entry->env;
	entry->facts.env_size = size > 0 ? size : 0;
}

/* Its exit was told, and nobody would tell it again. Where the main thread alone has ended the process goes on. */
static bool has_ended(const char *status)
{
	const char *state = line_of(status, "\nState:\t");

	return state && (*state == 'Z' || *state == 'X') && number_after(status, "\nThreads:", 0) <= 1;
}

bool snapshot_read_facts(uint32_t pid, struct snapshot_facts *entry, uint32_t *ppid, uint32_t *uid, uint64_t *started)
{
	struct input_facts *facts = &entry->facts;
	char status[4096], loginuid[16];

	if (snapshot_read_file(status, sizeof(status), "/proc/%u/status", pid) <= 0 || has_ended(status))
		return false;
	*started = 0;
	*ppid = number_after(status, "\nPPid:", 0);
	/* the effective ids, as sysdig shows them */
	*uid = number_after(status, "\nUid:", 1);
	*facts = (struct input_facts){
		.gid = number_after(status, "\nGid:", 1),
		.loginuid = UINT32_MAX,
		.sid = last_number_after(status, "\nNSsid:"),
		.vtid = last_number_after(status, "\nNSpid:"),
		.vpid = last_number_after(status, "\nNStgid:"),
		.vpgid = last_number_after(status, "\nNSpgid:"),
		.vm_size = number_after(status, "\nVmSize:", 0),
		.vm_rss = number_after(status, "\nVmRSS:", 0),
		.vm_swap = number_after(status, "\nVmSwap:", 0),
	};
	if (snapshot_read_file(loginuid, sizeof(loginuid), "/proc/%u/loginuid", pid) > 0)
		facts->loginuid = strtoul(loginuid, NULL, 10);
	read_link(entry->exepath, sizeof(entry->exepath), pid, "exe");
	read_link(entry->root, sizeof(entry->root), pid, "root");
	facts->exepath = entry->exepath;
	facts->root = entry->root;
	read_stat(pid, facts, started);
	read_limit(pid, facts);
	facts->cgroups_size = snapshot_read_cgroups(pid, entry->cgroups);
	facts->cgroups = entry->cgroups;
	read_environment(pid, entry);
	return true;
}

void snapshot_read_thread_facts(uint32_t pid, uint32_t tid, const struct input_facts *main, struct snapshot_facts *entry)
{
	char status[4096];

	/* of a process the threads have the same but for the id, which differs inside of containers only */
	entry->facts = (struct input_facts){
		.gid = main->gid, .loginuid = main->loginuid, .sid = main->sid, .vpid = main->vpid, .vpgid = main->vpgid,
		.tty = main->tty, .fdlimit = main->fdlimit, .vtid = tid,
		.vm_size = main->vm_size, .vm_rss = main->vm_rss, .vm_swap = main->vm_swap,
	};
	if (main->vpid == (int64_t)pid)
		return;
	if (snapshot_read_file(status, sizeof(status), "/proc/%u/task/%u/status", pid, tid) > 0)
		entry->facts.vtid = last_number_after(status, "\nNSpid:");
}
