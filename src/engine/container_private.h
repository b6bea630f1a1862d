/* What the files of containers share. */
#ifndef ENGINE_CONTAINER_PRIVATE_H
#define ENGINE_CONTAINER_PRIVATE_H

#include <jansson.h>

#include "container.h"

/* What the name of a cgroup says. */
struct container_mark {
	enum container_type type;
	const char *id;            /* lies in the cgroups */
	size_t size, full_size;    /* of the short id and of the whole one, which begins with it */
	const char *pod;           /* id of the Kubernetes pod, as the path has it: with - or _; NULL none */
	size_t pod_size;
};
#define POD_ID_MAX 36
#define CONTAINER_SHORT_ID 12   /* characters of a container's id that tell it from others */

/* Whether one of these cgroups (controller=path, each ended by a NUL) is that of a container. */
bool cgroups_container(const char *cgroups, size_t size, struct container_mark *mark);

/* One that nothing is known of but its id. NULL when memory is out. */
struct container *container_new(struct string_pool *pool, const char *id, size_t size);
/* Replaces a text. 0 or -ENOMEM. */
int container_set_text(struct string_pool *pool, struct string **text, const char *bytes, size_t size);
/* Makes what a container event's JSON describes. 0, -EINVAL if it is none, or -ENOMEM; if *container is set, it is to be
 * freed even then. */
int container_read(struct string_pool *pool, const char *json, size_t size, struct container **container);

#define CONTAINER_ID_MAX 256
/* What the object `labels` of such an event tells. 0 or -ENOMEM. */
int container_read_labels(struct string_pool *pool, const json_t *object, struct container *container);
/* The text of a value in such an event: of a string up to its first NUL, of a number or a truth value as it is written. NULL: it
 * has none. Good as long as the value and number. */
const char *container_json_text(const json_t *value, char number[32]);

/* The id alone; its length, 0 none. */
size_t container_read_id(const char *json, size_t size, char id[CONTAINER_ID_MAX]);

#endif
