/* What the files about containers share. */
#ifndef PROBE_CONTAINER_FILES_H
#define PROBE_CONTAINER_FILES_H

#include <stdbool.h>

/* As the names of logs tell it; "" unknown. Sizes are those that Kubernetes allows, and one. */
struct container_log {
	char pod[254], namespace[64], container[64];
};

/* Looks for the logs of the container with this full id, or of the pod with this id (NULL: unknown). */
bool container_log_find(const char *full_id, const char *pod_id, struct container_log *log);

#endif
