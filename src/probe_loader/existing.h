/* What exists, from iterators in the kernel. */
#ifndef PROBE_LOADER_EXISTING_H
#define PROBE_LOADER_EXISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../engine/source.h"

struct existing;
struct record_times;

/* Loads the iterators; btf_path: NULL for the kernel's own. own_process is never told of. NULL when memory is out;
 * whether the kernel took them, existing_error tells. */
struct existing *existing_new(const char *btf_path, uint32_t own_process);
void existing_free(struct existing *existing);
/* 0, or a negative errno: nothing can be read. existing may be NULL. */
int existing_error(const struct existing *existing);

struct existing_descriptor {
	uint32_t pid;
	struct fd description;
	const char *name;    /* no NUL ends it; good until more are read */
	size_t name_size;
};

/* From the first descriptor on. 0 or a negative errno. */
int existing_begin_descriptors(struct existing *existing);
/* Reads some more of them: 1, 0 when there are no more, or a negative errno. */
int existing_more_descriptors(struct existing *existing);
/* The next of those that were read: 1, 0 if there is none, or a negative errno. */
int existing_next_descriptor(struct existing *existing, struct existing_descriptor *descriptor);
/* Whether there are some that were read, and not handed out. */
bool existing_has_descriptor(const struct existing *existing);

/* Shows what each thread has used by now. 0 or a negative errno. */
int existing_read_usage(struct existing *existing, void (*take)(void *context, const struct thread_usage *usage),
			void *context);
/* CPU time as it divides into both, in ns. */
void existing_times(const struct record_times *times, uint64_t *user, uint64_t *system);

#endif
