/* Addresses of the traced machine itself: which end of a connection is on it. */
#ifndef ENGINE_INTERFACES_H
#define ENGINE_INTERFACES_H

#include <stdbool.h>
#include <stdint.h>

struct interface {
	uint16_t family;           /* AF_INET or AF_INET6 */
	uint8_t address[16], netmask[16]; /* network order; of IPv4 the first four bytes */
};

struct interface_table;

struct interface_table *interface_table_new(void);
void interface_table_free(struct interface_table *table);
void interface_table_clear(struct interface_table *table);
/* 0 or -ENOMEM. */
int interface_learn(struct interface_table *table, const struct interface *interface);
/* Whether the address is the machine's; as sysdig has it, of IPv6 whatever lies in one of its networks (64 bits). */
bool interface_has(const struct interface_table *table, uint16_t family, const uint8_t *address);
/* The machine's address that speaks to this one: that of the same network, else the first that is no loopback; NULL none
 * is known. Only of IPv4. */
const uint8_t *interface_towards(const struct interface_table *table, const uint8_t *address);

#endif
