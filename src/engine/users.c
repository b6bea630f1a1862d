#include "users.h"

#include <stdlib.h>

struct user_table {
	struct string_pool *pool;
};

struct user_table *user_table_new(struct string_pool *pool)
{
	struct user_table *table = calloc(1, sizeof(*table));

	if (table)
		table->pool = pool;
	return table;
}

void user_table_free(struct user_table *table)
{
	free(table);
}
