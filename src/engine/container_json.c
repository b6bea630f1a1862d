/* What container events say: an object `container` with texts, numbers and mounts.
 *
 * The text is hostile. The parser bounds its depth; its size is bounded here, because values take far more memory
 * than the text that they are read from. What has a wrong type is as if it were missing. */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "container_private.h"
#include "string_pool.h"

#define SIZE_MAX_READ (4u << 20)
#define COMMAND_MAX 4096
#define MOUNTS_MAX 65536

const char *container_json_text(const json_t *value, char number[32])
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_INTEGER:
		snprintf(number, 32, "%lld", (long long)json_integer_value(value));
		return number;
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	default:
		return NULL;
	}
}

static int take_text(struct string_pool *pool, const json_t *object, const char *key, struct string **text)
{
	char number[32];
	const char *bytes = container_json_text(json_object_get(object, key), number);

	return bytes ? container_set_text(pool, text, bytes, strlen(bytes)) : 0;
}

/* Copies what fits of bytes behind the used ones. */
static size_t append(char *text, size_t used, size_t room, const char *bytes)
{
	size_t size = strlen(bytes);

	if (size > room - used)
		size = room - used;
	memcpy(text + used, bytes, size);
	return used + size;
}

/* {"exe": command, "args": [...]}: joined by blanks. */
static int take_command(struct string_pool *pool, const json_t *object, const char *key, struct string **text)
{
	const json_t *probe = json_object_get(object, key), *args = json_object_get(probe, "args");
	char number[32], command[COMMAND_MAX];
	const char *word = container_json_text(json_object_get(probe, "exe"), number);
	size_t used, i;
	json_t *arg;

	if (!word)
		return 0;
	used = append(command, 0, sizeof(command), word);
	json_array_foreach(args, i, arg) {
		word = container_json_text(arg, number);
		used = append(command, used, sizeof(command), " ");
		used = append(command, used, sizeof(command), word ? word : "");
	}
	return container_set_text(pool, text, command, used);
}

static int take_mount(struct string_pool *pool, const json_t *object, struct container_mount *mount)
{
	struct { const char *key; struct string **text; } texts[] = {
		{ "Source", &mount->source }, { "Destination", &mount->destination }, { "Mode", &mount->mode },
		{ "Propagation", &mount->propagation },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (container_set_text(pool, texts[i].text, "", 0) ||
		    take_text(pool, object, texts[i].key, texts[i].text))
			return -ENOMEM;
	mount->writable = json_is_true(json_object_get(object, "RW"));
	return 0;
}

static int take_mounts(struct string_pool *pool, const json_t *list, struct container *container)
{
	size_t count = json_array_size(list), i;
	json_t *mount;

	if (!count)
		return 0;
	if (count > MOUNTS_MAX)
		count = MOUNTS_MAX;
	container->mounts = calloc(count, sizeof(*container->mounts));
	if (!container->mounts)
		return -ENOMEM;
	json_array_foreach(list, i, mount) {
		if (!json_is_object(mount))
			continue;
		if (container->nmounts == count)
			break;
		/* counted first: a mount that is read by half is freed like the others */
		if (take_mount(pool, mount, &container->mounts[container->nmounts++]))
			return -ENOMEM;
	}
	return 0;
}

static int take(struct string_pool *pool, const json_t *object, struct container *container)
{
	struct { const char *key; struct string **text; } texts[] = {
		{ "full_id", &container->full_id }, { "name", &container->name }, { "image", &container->image },
		{ "imageid", &container->image_id }, { "imagerepo", &container->image_repository },
		{ "imagetag", &container->image_tag }, { "imagedigest", &container->image_digest },
	}, commands[] = {
		{ "Healthcheck", &container->healthcheck }, { "LivenessProbe", &container->liveness_probe },
		{ "ReadinessProbe", &container->readiness_probe },
	};
	const char *ip = json_string_value(json_object_get(object, "ip"));
	double type = json_number_value(json_object_get(object, "type"));

	container->type = type >= 0 && type <= CONTAINER_NSPAWN ? (enum container_type)type : CONTAINER_DOCKER;
	container->privileged = json_is_true(json_object_get(object, "privileged"));
	container->is_known = true;
	container->has_address = inet_pton(AF_INET, ip ? ip : "", container->address) == 1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (take_text(pool, object, texts[i].key, texts[i].text))
			return -ENOMEM;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (take_command(pool, object, commands[i].key, commands[i].text))
			return -ENOMEM;
	if (container_read_labels(pool, json_object_get(object, "labels"), container))
		return -ENOMEM;
	return take_mounts(pool, json_object_get(object, "Mounts"), container);
}

int container_read(struct string_pool *pool, const char *json, size_t size, struct container **container)
{
	char number[32];
	json_t *root, *object;
	const char *id;
	int error = -EINVAL;

	if (size > SIZE_MAX_READ)
		return -EINVAL;
	root = json_loadb(json, size, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, NULL);
	object = json_object_get(root, "container");
	id = container_json_text(json_object_get(object, "id"), number);
	if (id && id[0]) {
		*container = container_new(pool, id, strlen(id));
		error = *container ? take(pool, object, *container) : -ENOMEM;
	}
	json_decref(root);
	return error;
}

size_t container_read_id(const char *json, size_t size, char id[CONTAINER_ID_MAX])
{
	json_t *root = size <= SIZE_MAX_READ ? json_loadb(json, size, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, NULL) : NULL;
	char number[32];
	const char *text = container_json_text(json_object_get(json_object_get(root, "container"), "id"), number);
	size_t length = text ? strlen(text) : 0;

	if (length < CONTAINER_ID_MAX)
		memcpy(id, text ? text : "", length);
	json_decref(root);
	return length < CONTAINER_ID_MAX ? length : 0;
}
