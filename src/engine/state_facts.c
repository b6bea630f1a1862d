/* What only captures, the snapshot and execve tell of processes, and what threads of captures keep of their enters. */
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "state_private.h"
#include "string_pool.h"

struct process_facts *state_facts(struct state *state, struct process *process)
{
	struct process_facts *facts = process->facts;

	if (facts)
		return facts;
	facts = state_alloc(state, sizeof(*facts));
	if (!facts)
		return NULL;
	*facts = (struct process_facts){
		.exepath = string_ref(state->empty),
		.root = string_ref(state->empty),
		.env = string_ref(state->empty),
		.cgroups = string_ref(state->empty),
		.gid = UINT32_MAX, .loginuid = UINT32_MAX,
		.sid = -1, .vpid = -1, .vpgid = -1,
	};
	process->facts = facts;
	return facts;
}

void state_facts_container(struct process_facts *facts, struct container *container)
{
	if (container) {
		container->users++;
		container->was_used = true;
	}
	if (facts->container)
		facts->container->users--;
	facts->container = container;
}

void facts_copy(struct state *state, struct process *child, const struct process *parent)
{
	struct process_facts *facts;

	facts_free(state, child);
	if (!parent->facts)
		return;
	facts = state_alloc(state, sizeof(*facts));
	if (!facts)
		return;
	*facts = *parent->facts;
	/* its own: unless both are the same outside of containers nobody told it yet */
	facts->vpid = parent->facts->vpid == parent->pid ? (int64_t)child->pid : -1;
	string_ref(facts->exepath);
	string_ref(facts->root);
	string_ref(facts->env);
	string_ref(facts->cgroups);
	if (facts->container)
		facts->container->users++;
	child->facts = facts;
}

void facts_free(struct state *state, struct process *process)
{
	struct process_facts *facts = process->facts;

	if (!facts)
		return;
	string_put(state->pool, facts->exepath);
	string_put(state->pool, facts->root);
	string_put(state->pool, facts->env);
	string_put(state->pool, facts->cgroups);
	state_facts_container(facts, NULL);
	state_release(state, facts, sizeof(*facts));
	process->facts = NULL;
}

size_t facts_bytes(const struct process *process)
{
	return process->facts ? sizeof(*process->facts) : 0;
}

bool state_keep_enter(struct state *state, struct thread *thread, unsigned nparams, const uint8_t *params, size_t size)
{
	struct thread_enter *enter = &thread->enter;

	enter->kept_type = UINT16_MAX;
	if (enter->capacity < size) {
		uint8_t *larger = realloc(enter->params, size);

		if (!larger)
			return false;
		state->bytes += size - enter->capacity;
		enter->params = larger;
		enter->capacity = (uint32_t)size;
	}
	if (size)
		memcpy(enter->params, params, size);
	enter->size = (uint32_t)size;
	enter->nparams = (uint16_t)nparams;
	enter->kept_type = enter->type;
	return true;
}
