/* container.*: where it happened. */
#include "container.h"

#include <fnmatch.h>
#include <stdio.h>

#include "field_who.h"

const struct container *container_of_event(const struct event *event, const struct field_context *context)
{
	const char *json;
	size_t size;

	if (!is_container_event(event))
		return container_of_thread(event->thread);
	json = event_param_text(event, 0, &size);
	return json && context->engine ? container_told(engine_containers(context->engine), json, size) : NULL;
}

/* Of these one that nothing was told of is as good as unknown: only its id is there. */
static bool is_only_an_id(const struct container *container)
{
	return !container->is_known && container->type == CONTAINER_CRI && !container->name->size;
}

/* Of the others nobody can say whether they are. */
static bool can_be_privileged(enum container_type type)
{
	return type == CONTAINER_DOCKER || type == CONTAINER_CRI || type == CONTAINER_CONTAINERD || type == CONTAINER_CRIO ||
	       type == CONTAINER_PODMAN;
}

static bool give_some(struct value *value, const struct string *text)
{
	return text->size && give_string(value, text);
}

static bool give_command(struct value *value, const struct string *command)
{
	return command->size ? give_string(value, command) : give_word(value, "NONE");
}

/* source:destination:mode:writable:propagation */
static int print_mount(const struct container_mount *mount, char *text, size_t size)
{
	return snprintf(text, size, "%s:%s:%s:%s:%s", mount->source->text, mount->destination->text, mount->mode->text,
			mount->writable ? "true" : "false", mount->propagation->text);
}

static bool give_mounts(struct value *value, struct field_context *context, const struct container *container)
{
	size_t room = sizeof(context->scratch), used = 0;

	for (size_t i = 0; i < container->nmounts && used < room - 1; i++) {
		if (i)
			context->scratch[used++] = ',';
		used += (size_t)print_mount(&container->mounts[i], context->scratch + used, room - used);
	}
	return give_scratch(value, context, used);
}

/* The host's fields have values where it has a word for them. */
static bool give_host(struct value *value, int variant)
{
	return (variant == IN_CONTAINER_ID || variant == IN_CONTAINER_NAME || variant == IN_CONTAINER_TYPE) &&
	       give_word(value, "host");
}

bool field_container(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
		     struct value *value)
{
	const struct container *container = container_of_event(event, context);
	int variant = field->definition->variant;
	const char *type;

	(void)nth;
	if (is_nobody(event))
		return false;
	if (!container)
		return give_host(value, variant);
	if (variant == IN_CONTAINER_ID)
		return give_string(value, container->id);
	if (is_only_an_id(container))
		return false;
	switch (variant) {
	case IN_CONTAINER_NAME:
		return give_some(value, container->name);
	case IN_CONTAINER_IMAGE:
		return give_some(value, container->image);
	case IN_CONTAINER_IMAGE_ID:
		return give_some(value, container->image_id);
	case IN_CONTAINER_TYPE:
		type = container_type_name(container->type);
		return *type && give_word(value, type);
	case IN_CONTAINER_PRIVILEGED:
		return can_be_privileged(container->type) && give_bool(value, container->privileged > 0);
	case IN_CONTAINER_MOUNTS:
		return give_mounts(value, context, container);
	case IN_CONTAINER_IMAGE_REPOSITORY:
		return give_some(value, container->image_repository);
	case IN_CONTAINER_IMAGE_TAG:
		return give_some(value, container->image_tag);
	case IN_CONTAINER_IMAGE_DIGEST:
		return give_some(value, container->image_digest);
	case IN_CONTAINER_HEALTHCHECK:
		return give_command(value, container->healthcheck);
	case IN_CONTAINER_LIVENESS_PROBE:
		return give_command(value, container->liveness_probe);
	case IN_CONTAINER_READINESS_PROBE:
		return give_command(value, container->readiness_probe);
	default:
		return false;
	}
}

/* By its place, or the first whose source (of the field that gives sources: destination) fits a pattern. */
static const struct container_mount *find_mount(const struct field *field, const struct container *container)
{
	if (field->has_index)
		return field->index >= 0 && (size_t)field->index < container->nmounts ?
			       &container->mounts[field->index] : NULL;
	for (size_t i = 0; field->argument && i < container->nmounts; i++) {
		const struct container_mount *mount = &container->mounts[i];
		const struct string *key = field->definition->variant == MOUNT_SOURCE ? mount->destination : mount->source;

		if (!fnmatch(field->argument, key->text, 0))
			return mount;
	}
	return NULL;
}

bool field_mount(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
		 struct value *value)
{
	const struct container *container = container_of_event(event, context);
	const struct container_mount *mount = container ? find_mount(field, container) : NULL;

	(void)nth;
	if (!mount)
		return false;
	switch (field->definition->variant) {
	case MOUNT_SOURCE:
		return give_string(value, mount->source);
	case MOUNT_DESTINATION:
		return give_string(value, mount->destination);
	case MOUNT_MODE:
		return give_string(value, mount->mode);
	case MOUNT_WRITABLE:
		return give_word(value, mount->writable ? "true" : "false");
	case MOUNT_PROPAGATION:
		return give_string(value, mount->propagation);
	default:
		return give_scratch(value, context,
				    (size_t)print_mount(mount, context->scratch, sizeof(context->scratch)));
	}
}
