/* Containers: who they are by the cgroups of their processes, and what container events of a capture (or a runtime) tell
 * of them. */
#ifndef ENGINE_CONTAINER_H
#define ENGINE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct string;
struct string_pool;

enum container_type { /* numbers of the `type` in a container event */
	CONTAINER_DOCKER = 0, CONTAINER_LXC = 1, CONTAINER_LIBVIRT = 2, CONTAINER_MESOS = 3, CONTAINER_RKT = 4,
	CONTAINER_CUSTOM = 5, CONTAINER_CRI = 6, CONTAINER_CONTAINERD = 7, CONTAINER_CRIO = 8, CONTAINER_BPM = 9,
	CONTAINER_STATIC = 10, CONTAINER_PODMAN = 11, CONTAINER_NSPAWN = 100,
};

struct container_mount {
	struct string *source, *destination, *mode, *propagation;
	bool writable;
};

struct container_label {
	struct string *key, *value;
};

/* Immutable but for what container_learn() adds. Texts are never NULL, maybe "". */
struct container {
	struct container *next;        /* private: in a bucket */
	struct string *id, *full_id;   /* id: the short one, as container.id shows it */
	enum container_type type;
	bool is_known;                 /* an event told its name and image */
	uint8_t asked;                 /* private: how often the live machine did not know it */
	uint64_t ask_time;             /* private: ns since the epoch, not to be asked before */
	uint32_t users;                /* processes, living or not, that have it in their facts; kept by state_facts.c */
	bool was_used;                 /* likewise: some had */
	bool is_needed;                /* private: as the sandbox of one that is used */
	int privileged;                /* -1 unknown */
	bool has_address;
	uint8_t address[4];            /* IPv4, network order */
	struct string *name, *image, *image_id, *image_repository, *image_tag, *image_digest;
	struct string *healthcheck, *liveness_probe, *readiness_probe; /* commands */
	struct container_mount *mounts;
	size_t nmounts;
	struct container_label *labels;   /* by their keys, in the order of bytes */
	size_t nlabels;
	/* What the labels say of the Kubernetes pod that it is in; they lie there. NULL: they do not tell. */
	const struct string *pod_name, *pod_namespace, *pod_id;
	const struct string *sandbox_id;  /* of the container that holds the pod's namespaces, and has the pod's labels */
	struct string *group_pod_id;      /* the pod's id as the path of its control group has it; "" none */
};

struct container_table;

/* pool: of the texts, borrowed. NULL when memory is out. */
struct container_table *container_table_new(struct string_pool *pool);
void container_table_free(struct container_table *table);
/* The container that a process with these cgroups (controller=path, each ended by a NUL) is in, made if it is new; NULL:
 * none, the host. It is there as long as a process has it in its facts; after that, until there are many such. */
struct container *container_of_cgroups(struct container_table *table, const char *cgroups, size_t size);
/* What a container event says (JSON, hostile). 0, or -EINVAL if it is none. */
int container_learn(struct container_table *table, const char *json, size_t size);
/* The container that such an event tells of, as far as it is known. */
const struct container *container_told(const struct container_table *table, const char *json, size_t size);
const struct container *container_find(const struct container_table *table, const char *id, size_t size);
/* The one that has the labels of its pod, maybe itself; NULL: nobody has told of it. */
const struct container *container_sandbox(const struct container_table *table, const struct container *container);
/* Whether the label is kubelet's or the runtime's, and no label of the pod. */
bool container_label_is_of_runtime(const char *key);
/* The value of its label with this key; NULL: it has none. */
const struct string *container_label(const struct container *container, const char *key);
/* One that is not known and whose turn it is to be asked for; NULL none. now: ns since the epoch. */
struct container *container_to_ask(struct container_table *table, uint64_t now);
/* Makes the container that has the labels of its pod, if it is not there, so that it is asked for, too: not every runtime has
 * a process in it. It is there as long as one of its pod is. Without memory it is not made. */
void container_expect_sandbox(struct container_table *table, const struct container *container);
/* Asking did not help, or not enough: later again, less and less often. Until then it is called by its id. */
void container_stays_unknown(struct container_table *table, struct container *container, uint64_t now);
/* Whether all is known of it that ever will be. */
bool container_is_settled(const struct container *container);
#define CONTAINER_JSON_MAX 16384   /* bytes of an answer */
/* As container.type shows it: "docker". */
const char *container_type_name(enum container_type type);
/* All, in no order: fn is called for each. */
void container_each(const struct container_table *table, void (*fn)(void *context, const struct container *container),
		    void *context);

#endif
