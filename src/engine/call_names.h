/* Names of the numbers that system calls take: flags, commands, families, signals. Private to the text of
 * calls. */
#ifndef ENGINE_CALL_NAMES_H
#define ENGINE_CALL_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "calls.h"

#define CALL_NAMES_MAX 768   /* bytes for the longest text of one value, its NUL included */

/* Writes "O_RDONLY|O_CLOEXEC", "SEEK_SET", "SIGTERM" ... into text (CALL_NAMES_MAX bytes); bits and
 * numbers without a name as numbers. Returns the length, 0 if values of this kind have no names. */
size_t call_value_names(enum call_argument_kind kind, uint64_t value, char *text);

/* Of a socket's option, which has a name at the levels of sockets and of TCP only. */
size_t call_option_name(uint32_t level, uint32_t option, char *text);

#endif
