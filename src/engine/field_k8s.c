/* k8s.*: the Kubernetes pod that it happened in, as far as the machine itself knows it: from the labels of containers, as
 * sysdig takes them. What only the API server could tell has no value. */
#include <string.h>

#include "container.h"
#include "field_who.h"

static size_t append(struct field_context *context, size_t used, const char *bytes, size_t size)
{
	if (size > sizeof(context->scratch) - used)
		size = sizeof(context->scratch) - used;
	memcpy(context->scratch + used, bytes, size);
	return used + size;
}

/* key:value, key:value */
static bool give_labels(struct value *value, struct field_context *context, const struct container *sandbox)
{
	size_t used = 0;

	for (size_t i = 0; i < sandbox->nlabels; i++) {
		const struct container_label *label = &sandbox->labels[i];

		if (container_label_is_of_runtime(label->key->text))
			continue;
		if (used)
			used = append(context, used, ", ", 2);
		used = append(context, used, label->key->text, label->key->size);
		if (label->value->size) {
			used = append(context, used, ":", 1);
			used = append(context, used, label->value->text, label->value->size);
		}
	}
	return give_scratch(value, context, used);
}

static bool give_known(struct value *value, const struct string *text)
{
	return text && give_string(value, text);
}

bool field_k8s(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
	       struct value *value)
{
	const struct container *container = is_nobody(event) ? NULL : container_of_event(event, context);

	(void)nth;
	if (!container)
		return false;
	switch (field->definition->variant) {
	case POD_NAME:
		return give_known(value, container->pod_name);
	case POD_ID:
		return give_known(value, container->pod_id);
	case POD_NAMESPACE:
		return give_known(value, container->pod_namespace);
	default:
		break;
	}
	container = context->engine ? container_sandbox(engine_containers(context->engine), container) : NULL;
	if (!container)
		return false;
	if (field->definition->variant == POD_LABEL)
		return give_known(value, container_label(container, field->argument));
	return container->nlabels && give_labels(value, context, container);
}
