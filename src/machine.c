#include "machine.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_number(const char *path)
{
	unsigned long long number = 0;
	FILE *file = fopen(path, "re");

	if (!file)
		return 0;
	if (fscanf(file, "%llu", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static uint64_t boot_time(void)
{
	struct timespec now, up;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return (now.tv_sec - up.tv_sec) * 1000000000ll + now.tv_nsec - up.tv_nsec;
}

static void copy_address(uint8_t to[16], const struct sockaddr *address)
{
	if (address && address->sa_family == AF_INET)
		memcpy(to, &((const struct sockaddr_in *)address)->sin_addr, 4);
	else if (address && address->sa_family == AF_INET6)
		memcpy(to, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
}

static void add_interface(struct machine *machine, const struct ifaddrs *address)
{
	struct scap_interface *interface = &machine->interfaces[machine->ninterfaces];
	int family = address->ifa_addr ? address->ifa_addr->sa_family : AF_UNSPEC;

	if (family != AF_INET && family != AF_INET6)
		return;
	*interface = (struct scap_interface){
		.family = family == AF_INET ? 4 : 6,
		.name = { address->ifa_name, strlen(address->ifa_name) },
	};
	copy_address(interface->address, address->ifa_addr);
	copy_address(interface->netmask, address->ifa_netmask);
	copy_address(interface->broadcast, address->ifa_broadaddr);
	machine->ninterfaces++;
}

void machine_describe(struct machine *machine)
{
	struct ifaddrs *addresses = NULL;
	size_t count = 0;

	*machine = (struct machine){
		.info = { .cpus = sysconf(_SC_NPROCESSORS_CONF),
			  .memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE),
			  .max_pid = read_number("/proc/sys/kernel/pid_max"),
			  .boot_time = boot_time() },
	};
	gethostname(machine->hostname, sizeof(machine->hostname) - 1);
	machine->info.hostname = (struct scap_text){ machine->hostname, strlen(machine->hostname) };
	if (getifaddrs(&addresses))
		return;
	machine->addresses = addresses;
	for (const struct ifaddrs *a = addresses; a; a = a->ifa_next)
		count++;
	machine->interfaces = calloc(count ? count : 1, sizeof(*machine->interfaces));
	for (const struct ifaddrs *a = addresses; a && machine->interfaces; a = a->ifa_next)
		add_interface(machine, a);
}

void machine_fini(struct machine *machine)
{
	free(machine->interfaces);
	if (machine->addresses)
		freeifaddrs(machine->addresses);
	*machine = (struct machine){ .ninterfaces = 0 };
}
