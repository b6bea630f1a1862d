/* This machine, as a capture of it begins. */
#ifndef MACHINE_H
#define MACHINE_H

#include "scap/reader.h"

struct machine {
	struct scap_machine info;
	struct scap_interface *interfaces;
	size_t ninterfaces;
	char hostname[128];
	void *addresses;           /* private: names are borrowed from it */
};

/* Fills *machine with what can be found out. */
void machine_describe(struct machine *machine);
void machine_fini(struct machine *machine);

#endif
