/* What the live machine is asked of containers, and what it is told of the processes in them. */
#include <errno.h>

#include "container.h"
#include "container_filter.h"
#include "ingest.h"
#include "string_pool.h"

static void tell_wanted(struct engine *engine, struct source *source, const struct process *process)
{
	bool wanted = !process->end_time && container_filter_may_pass(engine->container_filter, process);

	source->operations->want(source, process->pid, wanted, engine->now);
}

void ingest_follow_containers(struct engine *engine, const struct input *input)
{
	const struct process *process;
	uint32_t pid = input->pid;

	if (!engine->source || !engine->source->operations->want)
		return;
	if (input->kind == INPUT_FORK)
		pid = input->fork.child_pid;
	else if (input->kind == INPUT_EXIT ? !input->exit.last :
					     input->kind != INPUT_PROCESS && input->kind != INPUT_EXEC && input->kind != INPUT_CGROUPS)
		return;
	process = state_find_process(engine->state, pid);
	if (process)
		tell_wanted(engine, engine->source, process);
	else
		engine->source->operations->want(engine->source, pid, false, engine->now);
}

struct container_members {
	struct engine *engine;
	struct source *source;
	const struct container *container;
};

static void tell_member(void *context, struct process *process)
{
	const struct container_members *members = context;

	if (process->facts && process->facts->container == members->container)
		tell_wanted(members->engine, members->source, process);
}

/* More is known of a container, or it is known that no more will be. */
static void container_settled(struct engine *engine, struct source *source, const struct container *container)
{
	struct container_members members = { engine, source, container };

	if (engine->container_filter && source->operations->want)
		state_each_process(engine->state, tell_member, &members);
}

void ingest_ask_for_containers(struct engine *engine, struct source *source)
{
	char json[CONTAINER_JSON_MAX];
	struct container *container;
	uint64_t now;

	if (!source->operations->describe_container)
		return;
	now = source->operations->now ? source->operations->now(source) : engine->now;
	while ((container = container_to_ask(engine->containers, now))) {
		int size = source->operations->describe_container(source, container, json, sizeof(json));
		bool told = size > 0 && !container_learn(engine->containers, json, (size_t)size);
		bool known = told && container->name->size;

		if (told)
			container_expect_sandbox(engine->containers, container);
		if (!known)
			container_stays_unknown(engine->containers, container, now);
		if (known || container_is_settled(container))
			container_settled(engine, source, container);
	}
}

int engine_follow_containers(struct engine *engine, struct filter *filter)
{
	container_filter_free(engine->container_filter);
	engine->container_filter = container_filter_new(filter);
	return engine->container_filter ? 0 : -ENOMEM;
}
