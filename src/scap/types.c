#include "types.h"

#include <string.h>

#include "tables.h"

int scap_type_number(const char *name)
{
	for (unsigned i = 0; i < SCAP_TYPES; i++)
		if (scap_type(i) && !strcmp(scap_types[i].name, name))
			return (int)i;
	return -1;
}

const struct scap_syscall *scap_syscall(unsigned id)
{
	return &scap_syscalls[id < scap_nsyscalls && scap_syscalls[id].name ? id : 0];
}

int scap_syscall_id(const char *name)
{
	for (unsigned i = 0; i < scap_nsyscalls; i++)
		if (scap_syscalls[i].name && !strcmp(scap_syscalls[i].name, name))
			return (int)i;
	return -1;
}

const struct scap_name *scap_names(const char *table)
{
	for (const struct scap_name_table *t = scap_name_tables; t->name; t++)
		if (!strcmp(t->name, table))
			return t->names;
	return NULL;
}

enum scap_encoding scap_variant(const char *dyn, unsigned variant)
{
	static const struct {
		const char *dyn;
		uint8_t variants, encodings[5];
	} table[] = {
		{ "sockopt_dynamic_param", 5, { SCAP_BYTEBUF, SCAP_ERRNO, SCAP_UINT32, SCAP_UINT64, SCAP_RELTIME } },
		{ "ptrace_dynamic_param", 2, { SCAP_UINT64, SCAP_SIGTYPE } },
		{ "bpf_dynamic_param", 2, { SCAP_FD, SCAP_ERRNO } },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strcmp(table[i].dyn, dyn))
			return variant < table[i].variants ? table[i].encodings[variant] : SCAP_NONE;
	return SCAP_NONE;
}

const char *scap_category_name(enum scap_category category)
{
	static const char *const names[SCAP_CATEGORIES] = {
		[SCAP_UNKNOWN] = "unknown",   [SCAP_OTHER] = "other",	      [SCAP_FILE] = "file",
		[SCAP_NET] = "net",	      [SCAP_IPC] = "ipc",	      [SCAP_WAIT] = "wait",
		[SCAP_SIGNAL] = "signal",     [SCAP_SLEEP] = "sleep",	      [SCAP_TIME] = "time",
		[SCAP_PROCESS] = "process",   [SCAP_SCHEDULER] = "scheduler", [SCAP_MEMORY] = "memory",
		[SCAP_USER] = "user",	      [SCAP_SYSTEM] = "system",	      [SCAP_IO_READ] = "io_read",
		[SCAP_IO_WRITE] = "io_write", [SCAP_IO_OTHER] = "io_other",   [SCAP_INTERNAL] = "internal",
	};

	return names[category < SCAP_CATEGORIES ? category : SCAP_UNKNOWN];
}
