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
#include "../engine/string_pool.h"
#include "container_files.h"

#define FILE_MAX_SIZE ((size_t)8 << 20)
#define SHORT_ID 12
#define FULL_ID 64

/* The Kubernetes pod that a container is in; texts as those of the answer. */
struct pod {
	const char *name, *namespace, *id;
	const char *sandbox_id;   /* of the container that holds the pod's namespaces */
	json_t *labels;           /* of the pod, if this is that container; NULL none. Owned */
};

struct answer {
	enum container_type type;
	const char *name, *image, *image_id;    /* NULL unknown; as long as the files' JSON */
	struct pod pod;
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

/* What is known of the pod as labels of the container, as docker has them of old and captures since. */
static json_t *pod_labels(const struct pod *pod, const json_t *own)
{
	json_t *labels = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)own, key, value)
		if (json_is_string(value) && !container_label_is_of_runtime(key))
			json_object_set(labels, key, value);
	add(labels, "io.kubernetes.pod.name", pod->name);
	add(labels, "io.kubernetes.pod.namespace", pod->namespace);
	add(labels, "io.kubernetes.pod.uid", pod->id);
	add(labels, "io.kubernetes.sandbox.id", pod->sandbox_id);
	return labels;
}

/* The pod's own labels are left out if there is no room for them. */
static int dump(json_t *root, const struct pod *pod, char *json, size_t size)
{
	json_t *object = json_object_get(root, "container");
	size_t length;

	json_object_set_new(object, "labels", pod_labels(pod, pod->labels));
	length = json_dumpb(root, json, size, JSON_COMPACT);
	if (length <= size)
		return length ? (int)length : -ENOENT;
	json_object_set_new(object, "labels", pod_labels(pod, NULL));
	length = json_dumpb(root, json, size, JSON_COMPACT);
	return length && length <= size ? (int)length : -ENOENT;
}

static int give(const struct answer *answer, const char *full_id, char *json, size_t size)
{
	json_t *root = json_object(), *object = json_object();
	const char *image_id = answer->image_id;
	int length;

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
	length = dump(root, &answer->pod, json, size);
	json_decref(root);
	return length;
}

/* ---- pods ---- */

static bool is_full_id(const char *id)
{
	return strlen(id) == FULL_ID && strspn(id, "0123456789abcdefABCDEF") == FULL_ID;
}

/* Of what is noted under one of several keys; a container is its own sandbox if `type` says so. */
static void take_pod(const json_t *notes, const char *const keys[4], const char *type, json_t *labels, const char *full_id,
		     struct pod *pod)
{
	const char *sandbox = text_in(notes, keys[3]), *what = text_in(notes, type);
	bool is_sandbox = what && (!strcmp(what, "sandbox") || !strcmp(what, "podsandbox"));

	pod->name = text_in(notes, keys[0]);
	if (!pod->name)
		return;
	pod->namespace = text_in(notes, keys[1]);
	if (text_in(notes, keys[2]))
		pod->id = text_in(notes, keys[2]);
	pod->sandbox_id = is_sandbox ? full_id : sandbox && is_full_id(sandbox) ? sandbox : NULL;
	if (is_sandbox && json_is_object(labels))
		pod->labels = json_incref(labels);
}

/* cri-o has the labels as a text. containerd has none of the pod: its sandbox is not told, which would be taken for one without. */
static void take_annotated_pod(const json_t *annotations, const char *full_id, struct pod *pod)
{
	static const char *const containerd[] = { "io.kubernetes.cri.sandbox-name", "io.kubernetes.cri.sandbox-namespace",
						  "io.kubernetes.cri.sandbox-uid", NULL };
	static const char *const crio[] = { "io.kubernetes.pod.name", "io.kubernetes.pod.namespace", "io.kubernetes.pod.uid",
					    "io.kubernetes.cri-o.SandboxID" };
	const char *text = text_in(annotations, "io.kubernetes.cri-o.Labels");
	json_t *labels = text ? json_loads(text, 0, NULL) : NULL;

	if (text_in(annotations, containerd[0]))
		take_pod(annotations, containerd, NULL, NULL, full_id, pod);
	else
		take_pod(annotations, crio, "io.kubernetes.cri-o.ContainerType", labels, full_id, pod);
	json_decref(labels);
}

/* ---- runtimes ---- */

static bool docker(const json_t *file, const char *full_id, struct answer *answer)
{
	static const char *const keys[] = { "io.kubernetes.pod.name", "io.kubernetes.pod.namespace", "io.kubernetes.pod.uid",
					    "io.kubernetes.sandbox.id" };
	json_t *labels = json_object_get(json_object_get(file, "Config"), "Labels");

	answer->type = CONTAINER_DOCKER;
	answer->name = text_in(file, "Name");
	if (answer->name && answer->name[0] == '/')
		answer->name++;
	answer->image = text_in(json_object_get(file, "Config"), "Image");
	answer->image_id = text_in(file, "Image");
	if (answer->name)
		take_pod(labels, keys, "io.kubernetes.docker.type", labels, full_id, &answer->pod);
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
		json_decref(*metadata);
		*metadata = text ? json_loads(text, 0, NULL) : NULL;
		answer->type = text_in(*metadata, "pod-name") ? CONTAINER_CRIO : CONTAINER_PODMAN;
		answer->name = text_in(*metadata, "name");
		if (!answer->name)
			answer->name = json_string_value(json_array_get(json_object_get(entry, "names"), 0));
		answer->image = text_in(*metadata, "image-name");
		answer->image_id = text_in(entry, "image");
		answer->pod.name = text_in(*metadata, "pod-name");
		return answer->name;
	}
	return false;
}

/* The specification of a container, as containerd and cri-o start it: what kubelet asked for is noted in it. */
static bool annotated(const json_t *file, enum container_type type, const char *full_id, struct answer *answer)
{
	static const char *const names[] = { "io.kubernetes.cri.container-name", "io.kubernetes.container.name",
					     "io.kubernetes.cri-o.ContainerName", "nerdctl/name", NULL };
	static const char *const images[] = { "io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName", NULL };
	const json_t *annotations = json_object_get(file, "annotations");

	answer->type = type;
	answer->name = first_text(annotations, names);
	answer->image = first_text(annotations, images);
	take_annotated_pod(annotations, full_id, &answer->pod);
	/* the container that holds a pod's namespaces has no name of its own */
	if (!answer->name)
		answer->name = answer->pod.name ? answer->pod.name : text_in(file, "hostname");
	return answer->name;
}

/* The files that an answer's texts lie in. */
struct files {
	json_t *file, *metadata, *specification;
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
#define SPECIFICATIONS (sizeof(specifications) / sizeof(specifications[0]))

/* cri-o's list has the name of the pod alone; the rest is in the container's specification. */
static void complete_pod(const char *full_id, struct files *files, struct answer *answer)
{
	struct pod pod = { .id = answer->pod.id };

	for (size_t i = 0; i < SPECIFICATIONS && !pod.name; i++) {
		if (specifications[i].type != CONTAINER_CRIO)
			continue;
		json_decref(files->specification);
		files->specification = load(specifications[i].path, full_id);
		take_annotated_pod(json_object_get(files->specification, "annotations"), full_id, &pod);
	}
	if (pod.name)
		answer->pod = pod;
}

static bool in_storage(const char *full_id, struct files *files, struct answer *answer)
{
	const struct answer blank = *answer;
	static const char *const storages[] = {
		"/var/lib/containers/storage/overlay-containers/%s", "/run/containers/storage/overlay-containers/%s",
		"/var/lib/containers/storage/vfs-containers/%s", "/run/containers/storage/vfs-containers/%s",
	};

	for (size_t i = 0; i < sizeof(storages) / sizeof(storages[0]); i++) {
		*answer = blank;
		json_decref(files->file);
		files->file = load(storages[i], "containers.json");
		if (storage(files->file, full_id, answer, &files->metadata)) {
			if (answer->type == CONTAINER_CRIO)
				complete_pod(full_id, files, answer);
			return true;
		}
	}
	return false;
}

/* Of a file that did not tell enough nothing is kept. False: the answer is as it was. */
static bool in_files(const char *full_id, struct files *files, struct answer *answer)
{
	const struct answer blank = *answer;

	files->file = load("/var/lib/docker/containers/%s/config.v2.json", full_id);
	if (docker(files->file, full_id, answer))
		return true;
	*answer = blank;
	if (in_storage(full_id, files, answer))
		return true;
	for (size_t i = 0; i < SPECIFICATIONS; i++) {
		*answer = blank;
		json_decref(files->file);
		files->file = load(specifications[i].path, full_id);
		if (annotated(files->file, specifications[i].type, full_id, answer))
			return true;
	}
	*answer = blank;
	return false;
}

/* What the names of logs tell, where the runtime does not. */
static void take_log(const struct container_log *log, struct answer *answer)
{
	if (!answer->pod.name) {
		answer->pod.name = log->pod;
		answer->pod.namespace = NULL;
	}
	if (!answer->pod.namespace && !strcmp(answer->pod.name, log->pod))
		answer->pod.namespace = log->namespace;
	if (!answer->name && log->container[0])
		answer->name = log->container;
}

int container_files_describe(const struct container *container, char *json, size_t size)
{
	const char *full_id = container->full_id->text;
	struct answer answer = { .type = container->type,
				 .pod.id = container->group_pod_id->size ? container->group_pod_id->text : NULL };
	struct files files = { .file = NULL };
	struct container_log log;
	int given = -ENOENT;
	bool known;

	/* it becomes part of paths */
	if (!is_full_id(full_id))
		return -ENOENT;
	known = in_files(full_id, &files, &answer);
	if (answer.pod.id && !(answer.pod.name && answer.pod.namespace) && container_log_find(full_id, answer.pod.id, &log))
		take_log(&log, &answer);
	if (known || answer.pod.id)
		given = give(&answer, full_id, json, size);
	json_decref(answer.pod.labels);
	json_decref(files.file);
	json_decref(files.metadata);
	json_decref(files.specification);
	return given;
}
