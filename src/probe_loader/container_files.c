/* What the runtimes of containers keep about them in files: names, images and pods can be had without asking a service.
 *
 * Files are as hostile as whatever else comes from outside: sizes are bounded, what has a wrong type is as if it were missing.
 * HOST_ROOT, as sysdig knows it, is where the machine's own files lie if spantop itself runs in a container. */
#include "probe_private.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../engine/container.h"

#define FILE_MAX_SIZE ((size_t)8 << 20)
#define SHORT_ID 12
#define FULL_ID 64

struct answer {
	enum container_type type;
	const char *name, *image, *image_id;    /* NULL unknown; as long as the file's JSON */
};

static bool read_whole(int fd, char *bytes, size_t size)
{
	size_t used = 0;
	ssize_t length;

	while (used < size && (length = read(fd, bytes + used, size - used)) > 0)
		used += (size_t)length;
	return used == size;
}

/* The JSON of a file below the machine's root; NULL if there is none. */
static json_t *load(const char *format, const char *word)
{
	const char *root = getenv("HOST_ROOT");
	char below[PATH_MAX], path[PATH_MAX];
	struct stat status;
	json_t *json = NULL;
	char *bytes = NULL;
	int fd, length;

	length = snprintf(below, sizeof(below), format, word);
	if (length < 0 || (size_t)length >= sizeof(below))
		return NULL;
	length = snprintf(path, sizeof(path), "%s%s", root ? root : "", below);
	if (length < 0 || (size_t)length >= sizeof(path))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) && (size_t)status.st_size <= FILE_MAX_SIZE)
		bytes = malloc((size_t)status.st_size + 1);
	if (bytes && read_whole(fd, bytes, (size_t)status.st_size))
		json = json_loadb(bytes, (size_t)status.st_size, JSON_DISABLE_EOF_CHECK, NULL);
	free(bytes);
	close(fd);
	return json;
}

static const char *text_in(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && text[0] ? text : NULL;
}

static const char *first_text(const json_t *object, const char *const *keys)
{
	for (; *keys; keys++) {
		const char *text = text_in(object, *keys);

		if (text)
			return text;
	}
	return NULL;
}

static void add(json_t *object, const char *key, const char *text)
{
	/* one that is no UTF-8 is left out */
	if (text)
		json_object_set_new(object, key, json_string(text));
}

/* registry/image:tag into its parts. */
static void add_image(json_t *object, const char *image)
{
	const char *slash = image ? strrchr(image, '/') : NULL, *tag = image ? strchr(slash ? slash : image, ':') : NULL;

	add(object, "image", image);
	if (!image || strchr(image, '@'))
		return;
	json_object_set_new(object, "imagerepo", json_stringn(image, tag ? (size_t)(tag - image) : strlen(image)));
	add(object, "imagetag", tag ? tag + 1 : NULL);
}

static int give(const struct answer *answer, const char *full_id, char *json, size_t size)
{
	json_t *root = json_object(), *object = json_object();
	const char *image_id = answer->image_id;
	size_t length;

	if (image_id && !strncmp(image_id, "sha256:", 7))
		image_id += 7;
	json_object_set_new(object, "id", json_stringn(full_id, SHORT_ID));
	add(object, "full_id", full_id);
	json_object_set_new(object, "type", json_integer(answer->type));
	add(object, "name", answer->name);
	add_image(object, answer->image);
	if (image_id)
		json_object_set_new(object, "imageid", json_stringn(image_id, strnlen(image_id, SHORT_ID)));
	json_object_set_new(root, "container", object);
	length = json_dumpb(root, json, size, JSON_COMPACT);
	json_decref(root);
	return length && length <= size ? (int)length : -ENOENT;
}

/* ---- runtimes ---- */

static bool docker(const json_t *file, struct answer *answer)
{
	answer->type = CONTAINER_DOCKER;
	answer->name = text_in(file, "Name");
	if (answer->name && answer->name[0] == '/')
		answer->name++;
	answer->image = text_in(json_object_get(file, "Config"), "Image");
	answer->image_id = text_in(file, "Image");
	return answer->name;
}

/* What the storage of podman and cri-o has: a list of all its containers. */
static bool storage(const json_t *file, const char *full_id, struct answer *answer, json_t **metadata)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(file, i, entry) {
		const char *id = text_in(entry, "id"), *text = text_in(entry, "metadata");

		if (!id || strcmp(id, full_id))
			continue;
		*metadata = text ? json_loads(text, 0, NULL) : NULL;
		answer->type = text_in(*metadata, "pod-name") ? CONTAINER_CRIO : CONTAINER_PODMAN;
		answer->name = text_in(*metadata, "name");
		if (!answer->name)
			answer->name = json_string_value(json_array_get(json_object_get(entry, "names"), 0));
		answer->image = text_in(*metadata, "image-name");
		answer->image_id = text_in(entry, "image");
		return answer->name;
	}
	return false;
}

/* The specification of a container, as containerd and cri-o start it: what kubelet asked for is noted in it. */
static bool annotated(const json_t *file, enum container_type type, struct answer *answer)
{
	static const char *const names[] = { "io.kubernetes.cri.container-name", "io.kubernetes.container.name",
					     "io.kubernetes.cri-o.ContainerName", "nerdctl/name", NULL };
	static const char *const images[] = { "io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName", NULL };
	static const char *const pods[] = { "io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name", NULL };
	const json_t *annotations = json_object_get(file, "annotations");
	const char *pod;

	answer->type = type;
	answer->name = first_text(annotations, names);
	answer->image = first_text(annotations, images);
	pod = first_text(annotations, pods);
	/* the container that holds a pod's namespaces has no name of its own */
	if (!answer->name)
		answer->name = pod ? pod : text_in(file, "hostname");
	return answer->name;
}

static bool is_full_id(const char *id)
{
	return strlen(id) == FULL_ID && strspn(id, "0123456789abcdefABCDEF") == FULL_ID;
}

int container_files_describe(const char *full_id, char *json, size_t size)
{
	static const char *const storages[] = {
		"/var/lib/containers/storage/overlay-containers/%s", "/run/containers/storage/overlay-containers/%s",
		"/var/lib/containers/storage/vfs-containers/%s", "/run/containers/storage/vfs-containers/%s",
	};
	static const struct {
		const char *path;
		enum container_type type;
	} specifications[] = {
		{ "/run/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json", CONTAINER_CONTAINERD },
		{ "/run/containerd/io.containerd.runtime.v2.task/default/%s/config.json", CONTAINER_CONTAINERD },
		{ "/run/containers/storage/overlay-containers/%s/userdata/config.json", CONTAINER_CRIO },
		{ "/var/lib/containers/storage/overlay-containers/%s/userdata/config.json", CONTAINER_CRIO },
	};
	struct answer answer = { .name = NULL };
	int given = -ENOENT;
	json_t *file;

	/* it becomes part of paths */
	if (!is_full_id(full_id))
		return -ENOENT;
	file = load("/var/lib/docker/containers/%s/config.v2.json", full_id);
	if (docker(file, &answer))
		given = give(&answer, full_id, json, size);
	json_decref(file);
	for (size_t i = 0; given < 0 && i < sizeof(storages) / sizeof(storages[0]); i++) {
		json_t *metadata = NULL;

		file = load(storages[i], "containers.json");
		if (storage(file, full_id, &answer, &metadata))
			given = give(&answer, full_id, json, size);
		json_decref(metadata);
		json_decref(file);
	}
	for (size_t i = 0; given < 0 && i < sizeof(specifications) / sizeof(specifications[0]); i++) {
		file = load(specifications[i].path, full_id);
		if (annotated(file, specifications[i].type, &answer))
			given = give(&answer, full_id, json, size);
		json_decref(file);
	}
	return given;
}
