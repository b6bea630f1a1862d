/* What types.c and the tables that make_tables writes have in common. */
#ifndef SCAP_TABLES_H
#define SCAP_TABLES_H

#include "types.h"

struct scap_name_table {
	const char *name;
	const struct scap_name *names;
};

extern const struct scap_name_table scap_name_tables[];
extern const struct scap_syscall scap_syscalls[];
extern const unsigned scap_nsyscalls;

#endif
