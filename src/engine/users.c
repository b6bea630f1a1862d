/* Rows of each kind lie in a balanced tree of libc: no number that a file can choose makes a look-up slow, and a walk
 * gives them in order. */
#include "users.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "string_pool.h"

struct user_table {
	struct string_pool *pool;
	void *users, *groups;      /* roots */
};

static int compare_users(const void *a, const void *b)
{
	const struct user *left = a, *right = b;

	return (left->uid > right->uid) - (left->uid < right->uid);
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	return (left->gid > right->gid) - (left->gid < right->gid);
}

struct user_table *user_table_new(struct string_pool *pool)
{
	struct user_table *table = calloc(1, sizeof(*table));

	if (table)
		table->pool = pool;
	return table;
}

/* Takes the least node until none is left: the nodes' texts need the pool, which tdestroy() would not hand on. */
void user_table_clear(struct user_table *table)
{
	while (table->users) {
		struct user *user = *(struct user **)table->users;

		tdelete(user, &table->users, compare_users);
		string_put(table->pool, user->name);
		string_put(table->pool, user->home);
		string_put(table->pool, user->shell);
		free(user);
	}
	while (table->groups) {
		struct group *group = *(struct group **)table->groups;

		tdelete(group, &table->groups, compare_groups);
		string_put(table->pool, group->name);
		free(group);
	}
}

void user_table_free(struct user_table *table)
{
	if (!table)
		return;
	user_table_clear(table);
	free(table);
}

/* Replaces *text by what is told. */
static int set_text(struct string_pool *pool, struct string **text, const char *bytes)
{
	struct string *string = string_get(pool, bytes ? bytes : "", bytes ? strlen(bytes) : 0);

	if (!string)
		return -ENOMEM;
	string_put(pool, *text);
	*text = string;
	return 0;
}

/* The row that is equal to `key`, made as a copy of `size` bytes of it if there is none. */
static void *row_of(void **root, const void *key, size_t size, int (*compare)(const void *, const void *))
{
	void *found = tfind(key, root, compare), *row;

	if (found)
		return *(void **)found;
	row = malloc(size);
	if (!row)
		return NULL;
	memcpy(row, key, size);
	if (tsearch(row, root, compare))
		return row;
	free(row);
	return NULL;
}

int user_learn(struct user_table *table, uint32_t uid, uint32_t gid, const char *name, const char *home, const char *shell)
{
	struct user key = { .uid = uid };
	struct user *user;

	/* a row is never seen half filled: texts first */
	if (set_text(table->pool, &key.name, name) || set_text(table->pool, &key.home, home) ||
	    set_text(table->pool, &key.shell, shell))
		goto out;
	user = row_of(&table->users, &(struct user){ .uid = uid }, sizeof(key), compare_users);
	if (!user)
		goto out;
	string_put(table->pool, user->name);
	string_put(table->pool, user->home);
	string_put(table->pool, user->shell);
	*user = key;
	user->gid = gid;
	return 0;
out:
	string_put(table->pool, key.name);
	string_put(table->pool, key.home);
	string_put(table->pool, key.shell);
	return -ENOMEM;
}

int group_learn(struct user_table *table, uint32_t gid, const char *name)
{
	struct string *text = NULL;
	struct group *group;

	if (set_text(table->pool, &text, name))
		return -ENOMEM;
	group = row_of(&table->groups, &(struct group){ .gid = gid }, sizeof(*group), compare_groups);
	if (!group) {
		string_put(table->pool, text);
		return -ENOMEM;
	}
	string_put(table->pool, group->name);
	group->name = text;
	return 0;
}

const struct user *user_find(const struct user_table *table, uint32_t uid)
{
	void *found = tfind(&(struct user){ .uid = uid }, &table->users, compare_users);

	return found ? *(struct user **)found : NULL;
}

const struct group *group_find(const struct user_table *table, uint32_t gid)
{
	void *found = tfind(&(struct group){ .gid = gid }, &table->groups, compare_groups);

	return found ? *(struct group **)found : NULL;
}

struct walk {
	void (*user)(void *context, const struct user *user);
	void (*group)(void *context, const struct group *group);
	void *context;
};

static void visit_user(const void *node, VISIT which, void *closure)
{
	const struct walk *walk = closure;

	if (which == postorder || which == leaf)
		walk->user(walk->context, *(struct user *const *)node);
}

static void visit_group(const void *node, VISIT which, void *closure)
{
	const struct walk *walk = closure;

	if (which == postorder || which == leaf)
		walk->group(walk->context, *(struct group *const *)node);
}

void user_each(const struct user_table *table, void (*fn)(void *context, const struct user *user), void *context)
{
	twalk_r(table->users, visit_user, &(struct walk){ .user = fn, .context = context });
}

void group_each(const struct user_table *table, void (*fn)(void *context, const struct group *group), void *context)
{
	twalk_r(table->groups, visit_group, &(struct walk){ .group = fn, .context = context });
}
