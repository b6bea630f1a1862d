/* Writes .scap files that sysdig 0.29.3 reads: blocks as its own version writes them. */
#ifndef SCAP_WRITER_H
#define SCAP_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader.h"

struct scap_writer;

/* path "-": standard output. gzip: compressed at zlib's default level. NULL with one line in error. */
struct scap_writer *scap_writer_open(const char *path, bool gzip, char *error, size_t size);
/* The lists that stand before the events; in this order: machine, interfaces, users and groups, processes, descriptors
 * (each process's together, after all processes). 0, or a negative errno that stays (scap_writer_error). */
int scap_writer_machine(struct scap_writer *writer, const struct scap_machine *machine);
int scap_writer_interface(struct scap_writer *writer, const struct scap_interface *interface);
int scap_writer_user(struct scap_writer *writer, const struct scap_user *user, bool is_group);
int scap_writer_process(struct scap_writer *writer, const struct scap_process *process);
int scap_writer_fd(struct scap_writer *writer, const struct scap_fd *fd);
/* An event; type and params as scap_record says. -EMSGSIZE, which does not stay: it is longer than any reader takes. */
int scap_writer_event(struct scap_writer *writer, const struct scap_record *record);
/* Bytes written so far, before compression. */
uint64_t scap_writer_bytes(const struct scap_writer *writer);
/* Bytes of the file itself, as far as they reached it. */
uint64_t scap_writer_file_bytes(const struct scap_writer *writer);
/* Everything so far reaches the file, as whole blocks (of gzip: a whole member or a full flush). */
int scap_writer_flush(struct scap_writer *writer);
/* Flushes and closes. The first error that occurred, or 0. */
int scap_writer_close(struct scap_writer *writer);

#endif
