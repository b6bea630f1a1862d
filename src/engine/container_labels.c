/* Labels of containers: what whoever started it has noted, and what kubelet notes of the pod that it is in.
 *
 * They are kept sorted by their keys, as sysdig prints them. The pod's own labels are those of another container, the
 * sandbox, which holds the namespaces of the pod; each container of the pod says which one that is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "container_private.h"
#include "string_pool.h"

#define LABELS_MAX 65536

static int by_key(const void *a, const void *b)
{
	const struct container_label *one = a, *other = b;

	return strcmp(one->key->text, other->key->text);
}

bool container_label_is_of_runtime(const char *key)
{
	return !strncmp(key, "io.kubernetes.", strlen("io.kubernetes.")) || !strncmp(key, "annotation.", strlen("annotation."));
}

const struct string *container_label(const struct container *container, const char *key)
{
	size_t from = 0, to = container->nlabels;

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strcmp(key, container->labels[middle].key->text);

		if (!order)
			return container->labels[middle].value;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

/* As long as both are there, the container owns them. */
static int take_label(struct string_pool *pool, const char *key, const json_t *value, struct container *container)
{
	struct container_label *label = &container->labels[container->nlabels];
	char number[32];
	const char *text = json_is_null(value) ? "" : container_json_text(value, number);

	if (!text)
		return 0;
	label->key = string_get(pool, key, strlen(key));
	label->value = string_get(pool, text, strlen(text));
	container->nlabels++;
	return label->key && label->value ? 0 : -ENOMEM;
}

int container_read_labels(struct string_pool *pool, const json_t *object, struct container *container)
{
	size_t room = json_object_size(object);
	const json_t *value;
	const char *key;

	if (!room)
		return 0;
	if (room > LABELS_MAX)
		room = LABELS_MAX;
	container->labels = calloc(room, sizeof(*container->labels));
	if (!container->labels)
		return -ENOMEM;
	json_object_foreach((json_t *)object, key, value) {
		if (container->nlabels == room)
			break;
		if (take_label(pool, key, value, container))
			return -ENOMEM;
	}
	qsort(container->labels, container->nlabels, sizeof(*container->labels), by_key);
	container->pod_name = container_label(container, "io.kubernetes.pod.name");
	container->pod_namespace = container_label(container, "io.kubernetes.pod.namespace");
	container->pod_id = container_label(container, "io.kubernetes.pod.uid");
	container->sandbox_id = container_label(container, "io.kubernetes.sandbox.id");
	return 0;
}

const struct container *container_sandbox(const struct container_table *table, const struct container *container)
{
	const struct string *id = container->sandbox_id;

	return id ? container_find(table, id->text, id->size < CONTAINER_SHORT_ID ? id->size : CONTAINER_SHORT_ID) : NULL;
}
