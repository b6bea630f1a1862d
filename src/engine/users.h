/* Users and groups of the traced machine by number. */
#ifndef ENGINE_USERS_H
#define ENGINE_USERS_H

#include <stddef.h>
#include <stdint.h>

struct string;
struct string_pool;

struct user {
	uint32_t uid, gid;
	struct string *name, *home, *shell; /* never NULL */
};

struct group {
	uint32_t gid;
	struct string *name;
};

struct user_table;

struct user_table *user_table_new(struct string_pool *pool);
void user_table_free(struct user_table *table);
void user_table_clear(struct user_table *table);
/* 0 or -ENOMEM. A number told again replaces what was known. */
int user_learn(struct user_table *table, uint32_t uid, uint32_t gid, const char *name, const char *home, const char *shell);
int group_learn(struct user_table *table, uint32_t gid, const char *name);
const struct user *user_find(const struct user_table *table, uint32_t uid);
const struct group *group_find(const struct user_table *table, uint32_t gid);
/* All, in ascending order of number: fn is called for each. */
void user_each(const struct user_table *table, void (*fn)(void *context, const struct user *user), void *context);
void group_each(const struct user_table *table, void (*fn)(void *context, const struct group *group), void *context);

#endif
