/* Paths as sysdig writes them. */
#ifndef ENGINE_SCAP_PATH_H
#define ENGINE_SCAP_PATH_H

#include <stddef.h>

/* The path seen from a directory that ends in a slash ("": not known): text only, links are not followed. Bytes that do
 * not print are dots. Cut to `room` bytes, its NUL included; returns the length. */
size_t scap_path_join(const char *directory, size_t directory_size, const char *path, size_t size, char *name, size_t room);

#endif
