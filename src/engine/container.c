#include "container.h"

#include <stdlib.h>

struct container_table {
	struct string_pool *pool;
};

struct container_table *container_table_new(struct string_pool *pool)
{
	struct container_table *table = calloc(1, sizeof(*table));

	if (table)
		table->pool = pool;
	return table;
}

void container_table_free(struct container_table *table)
{
	free(table);
}
