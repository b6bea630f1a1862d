/* Recognises containers by the paths of cgroups.
 *
 * Each runtime has its own habit, and some paths fit several: the order of the table decides, and a process is asked
 * about for all its cgroups with one habit before the next is tried. */
#include <string.h>

#include "container_private.h"

#define FULL_ID 64

struct path {
	const char *text;
	size_t size;
};

static bool ends_with(const struct path *path, const char *end)
{
	size_t size = strlen(end);

	return path->size >= size && !memcmp(path->text + path->size - size, end, size);
}

static bool are_hex(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f') ||
		      (text[i] >= 'A' && text[i] <= 'F')))
			return false;
	return true;
}

/* Place of the last `word` in the path, or NULL. */
static const char *find_last(const struct path *path, const char *word)
{
	size_t size = strlen(word);

	for (size_t at = path->size + 1; at-- > 0;)
		if (path->size - at >= size && !memcmp(path->text + at, word, size))
			return path->text + at;
	return NULL;
}

static const char *find_first(const struct path *path, const char *word)
{
	return memmem(path->text, path->size, word, strlen(word));
}

/* 64 hexadecimal digits between the last `before` and the last `after` (empty: the end). */
static bool full_id(const struct path *path, const char *before, const char *after, struct container_mark *mark)
{
	const char *from = find_last(path, before), *to = find_last(path, after);

	if (!from || !to)
		return false;
	from += strlen(before);
	if (to - from != FULL_ID || !are_hex(from, FULL_ID))
		return false;
	mark->id = from;
	mark->size = CONTAINER_SHORT_ID;
	mark->full_size = FULL_ID;
	return true;
}

static bool podman(const struct path *path, struct container_mark *mark)
{
	return full_id(path, "/libpod-", ".scope", mark) || full_id(path, "/libpod-", ".scope/container", mark) ||
	       (find_first(path, "/libpod_parent/") &&
		(full_id(path, "/libpod-", "", mark) || full_id(path, "/libpod-", "/ctr", mark)));
}

static bool docker(const struct path *path, struct container_mark *mark)
{
	return full_id(path, "/", "", mark) || full_id(path, "/docker-", ".scope", mark);
}

static bool cri(const struct path *path, struct container_mark *mark)
{
	return full_id(path, "/crio-", "", mark) || full_id(path, "/cri-containerd-", ".scope", mark) ||
	       full_id(path, "/crio-", ".scope", mark) || full_id(path, ":cri-containerd:", "", mark);
}

/* The name from `from` to the next slash. */
static bool component(const struct path *path, const char *from, struct container_mark *mark)
{
	size_t room = path->text + path->size - from;
	const char *slash = memchr(from, '/', room);

	mark->id = from;
	mark->size = slash ? (size_t)(slash - from) : room;
	return mark->size;
}

/* The name behind the first `before`. */
static bool component_after(const struct path *path, const char *before, struct container_mark *mark)
{
	const char *found = find_first(path, before);

	return found && component(path, found + strlen(before), mark);
}

static bool lxc(const struct path *path, struct container_mark *mark)
{
	return component_after(path, "/lxc/", mark) || component_after(path, "/lxc.payload/", mark);
}

/* As lxc from version 4 on does it. */
static bool lxc_payload(const struct path *path, struct container_mark *mark)
{
	return component_after(path, "/lxc.payload.", mark);
}

static bool libvirt(const struct path *path, struct container_mark *mark)
{
	static const char service[] = ".libvirt-lxc", scope[] = ".scope", escaped[] = "-lxc\\x2d";
	const char *from;

	if (ends_with(path, service)) {
		from = find_last(path, "/");
		mark->id = from ? from + 1 : path->text;
		mark->size = path->text + path->size - (sizeof(service) - 1) - mark->id;
		return mark->size;
	}
	from = ends_with(path, scope) ? find_first(path, escaped) : NULL;
	if (!from)
		return false;
	mark->id = from + sizeof(escaped) - 1;
	mark->size = path->text + path->size - (sizeof(scope) - 1) - mark->id;
	return mark->size;
}

static bool mesos(const struct path *path, struct container_mark *mark)
{
	if (!component_after(path, "/mesos/", mark) || mark->size != 36 || mark->id + 36 != path->text + path->size)
		return false;
	for (size_t i = 0; i < 36; i++)
		if (mark->id[i] != '-' && !are_hex(mark->id + i, 1))
			return false;
	return true;
}

static bool bpm(const struct path *path, struct container_mark *mark)
{
	const char *from = find_last(path, "/bpm-");

	return from && component(path, from + 5, mark) && mark->id + mark->size == path->text + path->size;
}

/* A name between the last `before` and `after`, the end of that component of the path; what supervises the container from
 * outside does not count. */
static bool machine(const struct path *path, const char *before, const char *after, struct container_mark *mark)
{
	static const char supervisor[] = "/supervisor";
	const char *from = find_last(path, before), *end = path->text + path->size, *rest;
	size_t size = strlen(after);

	if (!from || !component(path, from + strlen(before), mark) || mark->size <= size ||
	    memcmp(mark->id + mark->size - size, after, size))
		return false;
	rest = mark->id + mark->size;
	mark->size -= size;
	return (size_t)(end - rest) < sizeof(supervisor) - 1 || memcmp(rest, supervisor, sizeof(supervisor) - 1);
}

/* Scopes of what others have registered as machines look alike but for their first word. */
static bool nspawn(const struct path *path, struct container_mark *mark)
{
	static const char *const others[] = { "qemu\\x2d", "lxc\\x2d", "rkt\\x2d" };

	if (machine(path, "/systemd-nspawn@", ".service", mark))
		return true;
	if (!machine(path, "/machine.slice/machine-", ".scope", mark))
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (mark->size >= strlen(others[i]) && !memcmp(mark->id, others[i], strlen(others[i])))
			return false;
	return true;
}

static const struct habit {
	enum container_type type;
	bool (*fits)(const struct path *path, struct container_mark *mark);
} habits[] = {
	{ CONTAINER_PODMAN, podman },
	{ CONTAINER_DOCKER, docker },
	{ CONTAINER_CRI, cri },
	{ CONTAINER_LXC, lxc },
	{ CONTAINER_LIBVIRT, libvirt },
	{ CONTAINER_MESOS, mesos },
	{ CONTAINER_BPM, bpm },
	{ CONTAINER_LXC, lxc_payload },
	{ CONTAINER_NSPAWN, nspawn },
};

/* The next path of the list at *at, moving it on; false at the end. What has no controller, and the root, tell nothing. */
static bool next_path(const char **at, const char *end, struct path *path)
{
	while (*at < end) {
		const char *text = *at, *equals;
		size_t size = strnlen(text, end - text);

		*at += size < (size_t)(end - text) ? size + 1 : size;
		equals = memchr(text, '=', size);
		if (!equals || equals + 2 >= text + size)
			continue;
		*path = (struct path){ equals + 1, text + size - equals - 1 };
		return true;
	}
	return false;
}

/* The id in "pod<id>", "kubepods-burstable-pod<id>.slice" or the like, at *text: its size, 0 if it is none. One of kubelet's own
 * pods has one without dashes. */
static size_t pod_id(const char *text, const char *end)
{
	size_t size = 0;

	while (text + size < end && (are_hex(text + size, 1) || text[size] == '-' || text[size] == '_'))
		size++;
	if (size != POD_ID_MAX && size != 32)
		return 0;
	text += size;
	return text == end || *text == '/' || (end - text >= 6 && !memcmp(text, ".slice", 6)) ? size : 0;
}

/* Groups of pods lie below one that is called kubepods. */
static bool find_pod(const struct path *path, struct container_mark *mark)
{
	const char *end = path->text + path->size, *at = find_first(path, "kubepods");

	if (!at)
		return false;
	while ((at = memmem(at, (size_t)(end - at), "pod", 3))) {
		bool begins = at[-1] == '/' || at[-1] == '-';

		at += 3;
		mark->pod_size = begins ? pod_id(at, end) : 0;
		if (mark->pod_size) {
			mark->pod = at;
			return true;
		}
	}
	return false;
}

static void look_for_pod(const char *cgroups, const char *end, struct container_mark *mark)
{
	struct path path;

	for (const char *at = cgroups; next_path(&at, end, &path);)
		if (find_pod(&path, mark))
			return;
}

bool cgroups_container(const char *cgroups, size_t size, struct container_mark *mark)
{
	const char *end = cgroups + size;
	struct path path;

	*mark = (struct container_mark){ .full_size = 0 };
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++)
		for (const char *at = cgroups; next_path(&at, end, &path);)
			if (habits[i].fits(&path, mark)) {
				mark->type = habits[i].type;
				if (mark->full_size < mark->size)
					mark->full_size = mark->size;
				look_for_pod(cgroups, end, mark);
				return true;
			}
	return false;
}
