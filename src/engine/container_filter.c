/* A filter is asked about a process with all its checks open but those of containers and control groups: each check has
 * its followers behind it, so one pass from the last check to the first says from which ones it may still pass. */
#include "container_filter.h"

#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "event.h"
#include "field_classes.h"
#include "filter_private.h"
#include "state.h"

struct container_filter {
	struct filter *filter;
	struct field_context context;
	bool *may_pass;   /* of each check */
};

/* The labels of a pod are those of another container, which may be told later. */
static bool is_of_container(const struct filter_check *check)
{
	const struct field_definition *field = check->field.definition;

	return field->get == field_container || field->get == field_mount ||
	       (field->get == field_k8s && field->variant != POD_LABEL && field->variant != POD_LABELS);
}

static bool is_of_cgroup(const struct filter_check *check)
{
	return !strncmp(check->field.definition->name, "thread.cgroup", strlen("thread.cgroup"));
}

static bool is_of_id(const struct filter_check *check)
{
	return !strcmp(check->field.definition->name, "container.id");
}

static bool follows(const bool *may_pass, int32_t next)
{
	return next == FILTER_PASS || (next >= 0 && may_pass[next]);
}

/* Of each check about containers that outcome is taken which lets less pass. */
bool filter_tells_containers(const struct filter *filter)
{
	bool *may_pass = calloc(filter->nchecks + 1, sizeof(*may_pass)), tells;

	if (!may_pass)
		return false;
	for (size_t i = filter->nchecks; i-- > 0;) {
		const struct filter_check *check = &filter->checks[i];
		bool if_true = follows(may_pass, check->on_true), if_false = follows(may_pass, check->on_false);

		may_pass[i] = is_of_container(check) || is_of_cgroup(check) ? if_true && if_false : if_true || if_false;
	}
	tells = !follows(may_pass, filter->start);
	free(may_pass);
	return tells;
}

struct container_filter *container_filter_new(struct filter *filter)
{
	struct container_filter *containers = calloc(1, sizeof(*containers));

	if (containers)
		containers->may_pass = calloc(filter->nchecks + 1, sizeof(*containers->may_pass));
	if (containers && containers->may_pass) {
		containers->filter = filter;
		return containers;
	}
	filter_free(filter);
	free(containers);
	return NULL;
}

void container_filter_free(struct container_filter *containers)
{
	if (!containers)
		return;
	filter_free(containers->filter);
	field_context_fini(&containers->context);
	free(containers->may_pass);
	free(containers);
}

/* Whether what is known of the process decides the check for good. A container has its id from the beginning; what else
 * there is of it may be told later. */
static bool is_decided(const struct filter_check *check, const struct process_facts *facts)
{
	if (is_of_cgroup(check))
		return true;
	return is_of_container(check) && (is_of_id(check) || !facts->container || container_is_settled(facts->container));
}

bool container_filter_may_pass(struct container_filter *containers, const struct process *process)
{
	const struct filter *filter = containers->filter;
	struct thread thread = { .process = (struct process *)process };
	struct event event = { .type = EVENT_CALL, .thread = &thread };

	/* nobody has told yet where it is */
	if (!process->facts || !process->facts->cgroups->size)
		return true;
	for (size_t i = filter->nchecks; i-- > 0;) {
		const struct filter_check *check = &filter->checks[i];
		bool if_true = follows(containers->may_pass, check->on_true);
		bool if_false = follows(containers->may_pass, check->on_false), pass = if_true || if_false;

		if (if_true != if_false && is_decided(check, process->facts))
			pass = filter_check_holds(filter, check, &event, &containers->context) ? if_true : if_false;
		containers->may_pass[i] = pass;
	}
	return follows(containers->may_pass, filter->start);
}
