/* A machine has few addresses, containers' bridges included: an array that is searched from its start. What a file
 * repeats is kept once, so that only as many different ones make that slow. */
#include "interfaces.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define INTERFACES_MAX 4096

struct interface_table {
	struct interface *entries;
	size_t count, room;
};

struct interface_table *interface_table_new(void)
{
	return calloc(1, sizeof(struct interface_table));
}

void interface_table_clear(struct interface_table *table)
{
	table->count = 0;
}

void interface_table_free(struct interface_table *table)
{
	if (!table)
		return;
	free(table->entries);
	free(table);
}

static bool begins_alike(const struct interface_table *table, uint16_t family, const uint8_t *address, size_t size)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->entries[i].family == family && !memcmp(table->entries[i].address, address, size))
			return true;
	return false;
}

bool interface_has(const struct interface_table *table, uint16_t family, const uint8_t *address)
{
	return begins_alike(table, family, address, family == AF_INET ? 4 : 8);
}

int interface_learn(struct interface_table *table, const struct interface *interface)
{
	if (table->count >= INTERFACES_MAX || begins_alike(table, interface->family, interface->address,
							    interface->family == AF_INET ? 4 : 16))
		return 0;
	if (table->count == table->room) {
		size_t room = table->room ? table->room * 2 : 16;
		struct interface *larger = realloc(table->entries, room * sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		table->entries = larger;
		table->room = room;
	}
	table->entries[table->count++] = *interface;
	return 0;
}

static bool is_same_network(const struct interface *interface, const uint8_t *address)
{
	for (unsigned i = 0; i < 4; i++)
		if ((interface->address[i] ^ address[i]) & interface->netmask[i])
			return false;
	return true;
}

const uint8_t *interface_towards(const struct interface_table *table, const uint8_t *address)
{
	const uint8_t *first = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct interface *interface = &table->entries[i];

		if (interface->family != AF_INET)
			continue;
		if (is_same_network(interface, address))
			return interface->address;
		if (!first && interface->address[0] != 127)
			first = interface->address;
	}
	return first;
}
