/* Gives the terminal back when the program dies of a fatal signal. */
#ifndef UI_CRASH_GUARD_H
#define UI_CRASH_GUARD_H

#include <stddef.h>
#include <termios.h>

/* From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT write `text` (at most 255 bytes, copied) to fd, set its
 * modes, and then kill the program as they would have. */
void crash_guard_set(int fd, const char *text, size_t size, const struct termios *modes);
/* Back to how these signals were before. */
void crash_guard_clear(void);

#endif
