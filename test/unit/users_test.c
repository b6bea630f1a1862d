/* Users and groups by number. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "src/engine/string_pool.h"
#include "src/engine/users.h"

struct world {
	struct string_pool *pool;
	struct user_table *table;
	uint32_t last;
	unsigned seen;
};

static int setup(void **state)
{
	static struct world world;

	world = (struct world){ .pool = string_pool_new() };
	world.table = user_table_new(world.pool);
	*state = &world;
	return !world.table;
}

static int teardown(void **state)
{
	struct world *world = *state;

	user_table_free(world->table);
	string_pool_free(world->pool);
	return 0;
}

static void what_is_learned_is_found(void **state)
{
	struct world *world = *state;
	const struct user *user;

	assert_int_equal(user_learn(world->table, 1000, 100, "demo", "/home/demo", "/bin/bash"), 0);
	assert_int_equal(group_learn(world->table, 100, "users"), 0);
	user = user_find(world->table, 1000);
	assert_non_null(user);
	assert_int_equal(user->gid, 100);
	assert_string_equal(user->name->text, "demo");
	assert_string_equal(user->home->text, "/home/demo");
	assert_string_equal(user->shell->text, "/bin/bash");
	assert_string_equal(group_find(world->table, 100)->name->text, "users");
	assert_null(user_find(world->table, 100));
	assert_null(group_find(world->table, 1000));
}

static void a_number_told_again_is_the_new_one(void **state)
{
	struct world *world = *state;

	user_learn(world->table, 7, 7, "old", "/old", "/bin/old");
	user_learn(world->table, 7, 8, "new", NULL, "");
	group_learn(world->table, 7, "old");
	group_learn(world->table, 7, "new");
	assert_string_equal(user_find(world->table, 7)->name->text, "new");
	assert_string_equal(user_find(world->table, 7)->home->text, "");
	assert_int_equal(user_find(world->table, 7)->gid, 8);
	assert_string_equal(group_find(world->table, 7)->name->text, "new");
}

static void is_larger(void *context, const struct user *user)
{
	struct world *world = context;

	assert_true(!world->seen || user->uid > world->last);
	world->last = user->uid;
	world->seen++;
}

static void group_is_larger(void *context, const struct group *group)
{
	struct world *world = context;

	assert_true(!world->seen || group->gid > world->last);
	world->last = group->gid;
	world->seen++;
}

/* Numbers come in any order, the largest one included. */
static void all_are_kept_and_come_in_order(void **state)
{
	struct world *world = *state;

	for (uint32_t i = 0; i < 5000; i++) {
		user_learn(world->table, i * 2654435761u, i, "u", "/", "");
		group_learn(world->table, UINT32_MAX - i, "g");
	}
	user_each(world->table, is_larger, world);
	assert_int_equal(world->seen, 5000);
	world->seen = 0;
	group_each(world->table, group_is_larger, world);
	assert_int_equal(world->seen, 5000);
	assert_int_equal(world->last, UINT32_MAX);
	user_table_clear(world->table);
	assert_null(user_find(world->table, 0));
	assert_null(group_find(world->table, UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_learned_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_number_told_again_is_the_new_one, setup, teardown),
		cmocka_unit_test_setup_teardown(all_are_kept_and_come_in_order, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
