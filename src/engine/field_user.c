/* user.*, group.*: on whose behalf. */
#include "field_who.h"
#include "users.h"

static uint32_t id_of(const struct event *event, int variant)
{
	const struct process *process = event->thread->process;

	if (event->thread->is_stranger)
		return UINT32_MAX;
	switch (variant) {
	case GROUP_GID:
	case GROUP_NAME:
		return process->facts ? process->facts->gid : UINT32_MAX;
	case USER_LOGINUID:
	case USER_LOGINNAME:
		return process->facts ? process->facts->loginuid : UINT32_MAX;
	default:
		return process->uid;
	}
}

static bool give_user_text(const struct user *user, int variant, struct value *value)
{
	if (!user)
		return false;
	switch (variant) {
	case USER_HOMEDIR:
		return give_string(value, user->home);
	case USER_SHELL:
		return give_string(value, user->shell);
	default:
		return give_string(value, user->name);
	}
}

bool field_user(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
		struct value *value)
{
	int variant = field->definition->variant;
	const struct user_table *table = context->engine ? engine_users(context->engine) : NULL;
	const struct group *group;
	uint32_t id;

	(void)nth;
	if (is_nobody(event))
		return false;
	id = id_of(event, variant);
	switch (variant) {
	case USER_UID:
		return give_int(value, VALUE_ID, id);
	case USER_LOGINUID:
		return (event->thread->process->facts || is_captured(event)) && give_int(value, VALUE_ID, (int32_t)id);
	case GROUP_GID:
		return (event->thread->process->facts || is_captured(event)) && give_int(value, VALUE_ID, id);
	case GROUP_NAME:
		group = table ? group_find(table, id) : NULL;
		return group && give_string(value, group->name);
	default:
		return table && give_user_text(user_find(table, id), variant, value);
	}
}
