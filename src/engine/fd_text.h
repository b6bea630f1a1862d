/* Names of descriptors, as text. fd_type_name, fd_type_char and fd_socket_name are in state.h. */
#ifndef ENGINE_FD_TEXT_H
#define ENGINE_FD_TEXT_H

#include "state.h"

#define FD_NAME_MAX 4096   /* bytes of a name, its NUL included */
#define FD_TUPLE_MAX 128   /* of the name of an internet socket */

/* path as seen from directory (not NUL-terminated), in absolute form: without ".", "..", double and
 * trailing slashes. Relative where the directory is unknown (empty). Text only: links are not
 * followed. name has FD_NAME_MAX bytes; returns the length of the name, cut to fit. */
size_t path_resolve(const char *directory, size_t directory_size, const char *path, size_t size, char *name);

/* Whether the path means another file to every process: /dev/stdout, /dev/fd/3, what is in /proc. */
bool path_is_own(const char *path, size_t size);

/* Type of a descriptor whose st_mode is all that is known. */
enum fd_type fd_type_of_mode(uint16_t mode);
/* Whether a descriptor of this type can have this st_mode. */
bool fd_type_fits_mode(enum fd_type type, uint16_t mode);
bool fd_type_is_socket(enum fd_type type);
enum fd_type fd_type_of_family(uint16_t family);
/* sysdig's second letter of the type of a descriptor, for internet sockets: the protocol. 0: none. by_type: of one that was
 * made without naming a protocol, the one that the kernel takes; sysdig does not know it before it has an end. */
char fd_protocol_char(const struct fd *fd, bool by_type);
/* The usual name of a character device by its number ((major << 20) | minor; Documentation/admin-guide/devices.txt of
 * Linux), or "". Returns its length. */
size_t fd_device_name(uint32_t dev, char *name, size_t size);
/* "pipe:[12]", "socket:[12]", as /proc names what has no path; "" for other types. Returns the length. */
size_t fd_inode_name(enum fd_type type, uint64_t inode, char *name, size_t size);

#endif
