/* Shared by the files of the snapshot. */
#ifndef SNAPSHOT_PRIVATE_H
#define SNAPSHOT_PRIVATE_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../engine/source.h"

#include "existing.h"
#include "probe_private.h"

struct snapshot_facts {
	struct input_facts facts;   /* points at the texts below */
	char exepath[PATH_MAX], root[PATH_MAX];
	char env[SNAPSHOT_LIST_MAX], cgroups[SNAPSHOT_LIST_MAX];
};

/* Reads a file, which the format names, up to size - 1 bytes, and ends them with a NUL. Its length or a negative errno. */
ssize_t snapshot_read_file(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What a descriptor is whose link in /proc says so (size bytes), and whose file has this st_mode. */
enum fd_type snapshot_fd_type(const char *link, size_t size, mode_t mode);

/* A directory of /proc/PID, or NULL; and its next entry whose name is a number, or -1. */
DIR *snapshot_open_process(uint32_t pid, const char *what);
long snapshot_next_number(DIR *directory);

/* snapshot_facts.c: false if the process is gone, or has ended and only waits for its parent. started: ns, CLOCK_BOOTTIME,
 * in steps of 10 ms. */
bool snapshot_read_facts(uint32_t pid, struct snapshot_facts *entry, uint32_t *ppid, uint32_t *uid, uint64_t *started);
/* Of another thread of a process, whose own facts are `main`. */
void snapshot_read_thread_facts(uint32_t pid, uint32_t tid, const struct input_facts *main, struct snapshot_facts *entry);

/* snapshot_sockets.c: who is connected with whom, by inode. */
struct snapshot_sockets;
struct snapshot_sockets *snapshot_sockets_new(void);
void snapshot_sockets_free(struct snapshot_sockets *sockets);
/* Fills type and ends of a socket of this process by its inode; and name, if it has a path. sockets may be NULL. */
void snapshot_sockets_describe(struct snapshot_sockets *sockets, uint32_t pid, struct fd *description, char *name,
			       size_t size);

#endif
