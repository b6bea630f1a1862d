/* What the running kernel offers the probe. */
#ifndef PROBE_LOADER_FEATURES_H
#define PROBE_LOADER_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct features {
	bool btf;                /* the kernel describes its types */
	bool privileged;         /* BPF programs may be loaded */
	bool tracepoint;         /* tp_btf programs load and attach (only with full) */
	bool null_functions;     /* programs can be entered with the functions that write to /dev/null (only with full) */
	bool cast;               /* bpf_rdonly_cast */
	bool run_delay;          /* run-queue delay is accounted */
	bool page_faults;        /* tracepoints on page faults exist */
	bool cgroups;            /* and those on processes that change their control group */
	uint32_t own_process;    /* this process, in the first pid namespace */
	bool same_ids;           /* /proc has the same process ids as the kernel's events: no pid namespace in between */
	int error;               /* negative errno of the first step that failed, 0 */
	char reason[256];        /* what failed and what to do, one line; "" */
};

/* Looks. btf_path: NULL for the kernel's own. full also tries what only `--check` reports. Returns 0 when the
 * probe can be expected to load, else features->error. */
int features_detect(struct features *features, const char *btf_path, bool full);
/* Why a kernel that features_detect() found good refused the probe all the same, with error (a negative errno): one line in text. */
void features_refusal(const char *btf_path, int error, char *text, size_t size);
/* Whether programs on the functions that write to /dev/null load; whether they attach as well is seen then. */
bool features_null_functions(const char *btf_path);

#endif
