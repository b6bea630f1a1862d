/* Containers by their short id: a hash table of chains, which grows. Ids are strings of the pool, so equal ids are one
 * address, and the pool's keyed hash spreads whatever ids a file brings. */
#include "container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "container_private.h"
#include "string_pool.h"

#define FIRST_BUCKETS 64u
#define ASK_AGAIN 250000000ull  /* ns until a container is asked for again, at first; then twice that, and so on */
#define ASKED_MOST 10
#define FORGET_FROM 1024u       /* so many are kept, whether or not anybody is in them */

struct container_table {
	struct string_pool *pool;
	struct container **buckets;
	uint32_t mask;             /* buckets less one */
	size_t count, left;        /* now; when those were forgotten that nobody was in */
	uint64_t ask_time;         /* ns since the epoch: of the one that is to be asked for next; UINT64_MAX none */
};

struct container_table *container_table_new(struct string_pool *pool)
{
	struct container_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->pool = pool;
	table->mask = FIRST_BUCKETS - 1;
	table->buckets = calloc(FIRST_BUCKETS, sizeof(*table->buckets));
	if (table->buckets)
		return table;
	free(table);
	return NULL;
}

static void container_free(struct string_pool *pool, struct container *container)
{
	struct string *texts[] = {
		container->id, container->full_id, container->name, container->image, container->image_id,
		container->image_repository, container->image_tag, container->image_digest,
		container->healthcheck, container->liveness_probe, container->readiness_probe, container->group_pod_id,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		string_put(pool, texts[i]);
	for (size_t i = 0; i < container->nmounts; i++) {
		string_put(pool, container->mounts[i].source);
		string_put(pool, container->mounts[i].destination);
		string_put(pool, container->mounts[i].mode);
		string_put(pool, container->mounts[i].propagation);
	}
	for (size_t i = 0; i < container->nlabels; i++) {
		string_put(pool, container->labels[i].key);
		string_put(pool, container->labels[i].value);
	}
	free(container->mounts);
	free(container->labels);
	free(container);
}

void container_table_free(struct container_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i <= table->mask; i++)
		for (struct container *container = table->buckets[i], *next; container; container = next) {
			next = container->next;
			container_free(table->pool, container);
		}
	free(table->buckets);
	free(table);
}

/* Failing to grow is no error: chains get longer, that is all. */
static void grow(struct container_table *table)
{
	uint32_t mask = table->mask * 2 + 1;
	struct container **buckets = calloc((size_t)mask + 1, sizeof(*buckets));

	if (!buckets)
		return;
	for (size_t i = 0; i <= table->mask; i++)
		for (struct container *container = table->buckets[i], *next; container; container = next) {
			struct container **bucket = &buckets[container->id->hash & mask];

			next = container->next;
			container->next = *bucket;
			*bucket = container;
		}
	free(table->buckets);
	table->buckets = buckets;
	table->mask = mask;
}

static struct container *find(const struct container_table *table, const char *id, size_t size)
{
	const struct string *string = string_find(table->pool, id, size);

	if (!string)
		return NULL;
	for (struct container *container = table->buckets[string->hash & table->mask]; container;
	     container = container->next)
		if (container->id == string)
			return container;
	return NULL;
}

const struct container *container_find(const struct container_table *table, const char *id, size_t size)
{
	return find(table, id, size);
}

struct container *container_new(struct string_pool *pool, const char *id, size_t size)
{
	struct container *container = calloc(1, sizeof(*container));
	struct string **texts[] = {
		&container->full_id, &container->name, &container->image, &container->image_id,
		&container->image_repository, &container->image_tag, &container->image_digest,
		&container->healthcheck, &container->liveness_probe, &container->readiness_probe, &container->group_pod_id,
	};

	if (!container)
		return NULL;
	container->privileged = -1;
	container->id = string_get(pool, id, size);
	if (!container->id)
		goto out;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = string_get(pool, "", 0);
		if (!*texts[i])
			goto out;
	}
	return container;
out:
	container_free(pool, container);
	return NULL;
}

static struct container *sandbox_of(const struct container_table *table, const struct container *container)
{
	return (struct container *)container_sandbox(table, container);
}

/* The labels of their pods are those of their sandboxes, which may have no process. */
static void mark_sandboxes(struct container_table *table)
{
	for (size_t i = 0; i <= table->mask; i++)
		for (struct container *container = table->buckets[i]; container; container = container->next)
			container->is_needed = false;
	for (size_t i = 0; i <= table->mask; i++)
		for (struct container *container = table->buckets[i]; container; container = container->next) {
			struct container *sandbox = container->users ? sandbox_of(table, container) : NULL;

			if (sandbox)
				sandbox->is_needed = true;
		}
}

/* Those that all processes have left, of which events tell no more. Going through all costs: only if there are many more
 * than after the last time. */
static void forget_some(struct container_table *table)
{
	if (table->count < FORGET_FROM || table->count < 2 * table->left)
		return;
	mark_sandboxes(table);
	for (size_t i = 0; i <= table->mask; i++)
		for (struct container **at = &table->buckets[i], *container; (container = *at);) {
			if (container->users || !container->was_used || container->is_needed) {
				at = &container->next;
				continue;
			}
			*at = container->next;
			table->count--;
			container_free(table->pool, container);
		}
	table->left = table->count;
}

static void add(struct container_table *table, struct container *container)
{
	struct container **bucket;

	forget_some(table);
	if (table->count >= table->mask)
		grow(table);
	bucket = &table->buckets[container->id->hash & table->mask];
	container->next = *bucket;
	*bucket = container;
	table->count++;
	if (!container->is_known)
		table->ask_time = 0;
}

/* Others point at containers, so one that is known already takes over what is told and keeps its place. */
static void add_or_replace(struct container_table *table, struct container *told)
{
	struct container *known = find(table, told->id->text, told->id->size), *next, old;

	if (!known) {
		add(table, told);
		return;
	}
	next = known->next;
	old = *known;
	*known = *told;
	known->next = next;
	known->users = old.users;
	known->was_used = old.was_used;
	known->asked = old.asked;
	known->ask_time = old.ask_time;
	known->group_pod_id = old.group_pod_id;
	old.group_pod_id = told->group_pod_id;
	*told = old;
	container_free(table->pool, told);
}

int container_set_text(struct string_pool *pool, struct string **text, const char *bytes, size_t size)
{
	struct string *string = string_get(pool, bytes, size);

	if (!string)
		return -ENOMEM;
	string_put(pool, *text);
	*text = string;
	return 0;
}

/* Those that have a name instead of a number. */
static bool is_named(enum container_type type)
{
	return type == CONTAINER_LXC || type == CONTAINER_LIBVIRT || type == CONTAINER_BPM || type == CONTAINER_MESOS ||
	       type == CONTAINER_NSPAWN;
}

/* Where dashes cannot stand in a name, there are underscores in it. */
static int set_group_pod(struct string_pool *pool, struct container *container, const struct container_mark *mark)
{
	char id[POD_ID_MAX];

	for (size_t i = 0; i < mark->pod_size; i++)
		id[i] = mark->pod[i] == '_' ? '-' : mark->pod[i];
	return container_set_text(pool, &container->group_pod_id, id, mark->pod_size);
}

struct container *container_of_cgroups(struct container_table *table, const char *cgroups, size_t size)
{
	struct container_mark mark;
	struct container *container;

	if (!cgroups_container(cgroups, size, &mark))
		return NULL;
	container = find(table, mark.id, mark.size);
	if (container)
		return container;
	container = container_new(table->pool, mark.id, mark.size);
	if (!container)
		return NULL;
	container->type = mark.type;
	if (container_set_text(table->pool, &container->full_id, mark.id, mark.full_size) ||
	    set_group_pod(table->pool, container, &mark) ||
	    (is_named(mark.type) && container_set_text(table->pool, &container->name, mark.id, mark.size))) {
		container_free(table->pool, container);
		return NULL;
	}
	add(table, container);
	return container;
}

int container_learn(struct container_table *table, const char *json, size_t size)
{
	struct container *container = NULL;
	int error = container_read(table->pool, json, size, &container);

	if (!error)
		add_or_replace(table, container);
	else if (container)
		container_free(table->pool, container);
	return error;
}

const struct container *container_told(const struct container_table *table, const char *json, size_t size)
{
	char id[CONTAINER_ID_MAX];
	size_t length = container_read_id(json, size, id);

	return length ? find(table, id, length) : NULL;
}

struct container *container_to_ask(struct container_table *table, uint64_t now)
{
	if (now < table->ask_time)
		return NULL;
	table->ask_time = UINT64_MAX;
	for (size_t i = 0; i <= table->mask; i++)
		for (struct container *container = table->buckets[i]; container; container = container->next) {
			if (container->is_known || container->asked >= ASKED_MOST)
				continue;
			if (container->ask_time <= now) {
				table->ask_time = 0;
				return container;
			}
			if (container->ask_time < table->ask_time)
				table->ask_time = container->ask_time;
		}
	return NULL;
}

void container_stays_unknown(struct container_table *table, struct container *container, uint64_t now)
{
	container->ask_time = now + (ASK_AGAIN << container->asked++);
	container->is_known = false;
	/* without memory for it, it goes on without a name */
	if (!container->name->size)
		container_set_text(table->pool, &container->name, container->id->text, container->id->size);
}

void container_expect_sandbox(struct container_table *table, const struct container *container)
{
	const struct string *id = container->sandbox_id;
	struct container *sandbox;

	if (!id || id->size < CONTAINER_SHORT_ID || sandbox_of(table, container))
		return;
	sandbox = container_new(table->pool, id->text, CONTAINER_SHORT_ID);
	if (!sandbox)
		return;
	sandbox->type = container->type;
	sandbox->was_used = true;
	if (container_set_text(table->pool, &sandbox->full_id, id->text, id->size) ||
	    container_set_text(table->pool, &sandbox->group_pod_id, container->group_pod_id->text, container->group_pod_id->size))
		container_free(table->pool, sandbox);
	else
		add(table, sandbox);
}

bool container_is_settled(const struct container *container)
{
	return container->is_known || container->asked >= ASKED_MOST;
}

const char *container_type_name(enum container_type type)
{
	switch (type) {
	case CONTAINER_DOCKER:
		return "docker";
	case CONTAINER_LXC:
		return "lxc";
	case CONTAINER_LIBVIRT:
		return "libvirt-lxc";
	case CONTAINER_MESOS:
		return "mesos";
	case CONTAINER_RKT:
		return "rkt";
	case CONTAINER_CUSTOM:
		return "custom";
	case CONTAINER_CRI:
		return "cri";
	case CONTAINER_CONTAINERD:
		return "containerd";
	case CONTAINER_CRIO:
		return "cri-o";
	case CONTAINER_BPM:
		return "bpm";
	case CONTAINER_STATIC:
		return "static";
	case CONTAINER_PODMAN:
		return "podman";
	case CONTAINER_NSPAWN:
		return "systemd-nspawn";
	}
	return "";
}

void container_each(const struct container_table *table, void (*fn)(void *context, const struct container *container),
		    void *context)
{
	for (size_t i = 0; i <= table->mask; i++)
		for (const struct container *container = table->buckets[i]; container; container = container->next)
			fn(context, container);
}
