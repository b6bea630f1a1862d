/* What events of captures tell of containers and users, and what our own say of calls besides. */
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "ingest_scap.h"
#include "scap_extra.h"
#include "users.h"

/* A text with its NUL, which hostile files may lack; NULL when memory is out. To be freed. */
static char *copy_of(struct scap_value value)
{
	char *copy = malloc(value.size + 1);

	if (!copy)
		return NULL;
	if (value.size)
		memcpy(copy, value.bytes, value.size);
	copy[value.size] = '\0';
	return copy;
}

static void learn_container(struct engine *engine, struct scap_step *step)
{
	struct scap_value json = scap_text(scap_value(step, 0));

	/* what is no JSON of a container tells nothing */
	if (json.size)
		container_learn(engine->containers, (const char *)json.bytes, json.size);
}

static bool learn_user(struct engine *engine, struct scap_step *step)
{
	int64_t uid = 0, gid = 0;
	char *name = copy_of(scap_text(scap_value(step, 2))), *home = copy_of(scap_text(scap_value(step, 3)));
	char *shell = copy_of(scap_text(scap_value(step, 4)));
	bool learned = name && home && shell;

	scap_number(scap_value(step, 1), &gid);
	if (learned && scap_number(scap_value(step, 0), &uid))
		learned = !user_learn(engine->users, (uint32_t)uid, (uint32_t)gid, name, home, shell);
	free(name);
	free(home);
	free(shell);
	return learned;
}

static bool learn_group(struct engine *engine, struct scap_step *step)
{
	char *name = copy_of(scap_text(scap_value(step, 1)));
	bool learned = name;
	int64_t gid = 0;

	if (learned && scap_number(scap_value(step, 0), &gid))
		learned = !group_learn(engine->users, (uint32_t)gid, name);
	free(name);
	return learned;
}

static void take_extra(struct engine *engine, struct scap_step *step)
{
	unsigned count = step->input->scap.nparams;
	struct scap_extra extra;
	struct scap_value last;

	if (count <= step->type->nparams || count > SCAP_PARAMS_MAX)
		return;
	last = scap_value(step, count - 1);
	if (!scap_extra_read(last.bytes, last.size, &extra))
		return;
	step->flags = extra.flags & EVENT_NO_RETURN;
	if (!scap_is_exit(step->input->scap.type))
		return;
	step->result = extra.result;
	step->fd_num = extra.fd;
	step->fd = state_fd(engine->state, step->thread->process, extra.fd);
}

bool scap_act_other(struct engine *engine, struct scap_step *step, enum scap_action action)
{
	switch (action) {
	case ACTION_CONTAINER:
		learn_container(engine, step);
		return true;
	case ACTION_USER_ADDED:
		return learn_user(engine, step);
	case ACTION_GROUP_ADDED:
		return learn_group(engine, step);
	case ACTION_EXTRA:
		take_extra(engine, step);
		return true;
	default:
		return true;
	}
}
