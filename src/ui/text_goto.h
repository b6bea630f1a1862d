/* Places that one can go to by typing. */
#ifndef UI_TEXT_GOTO_H
#define UI_TEXT_GOTO_H

#include <stdbool.h>
#include <stdint.h>

enum place_kind {
	PLACE_NUMBER,     /* 42 */
	PLACE_EVENT,      /* #42 */
	PLACE_TIME,       /* 22:13, 22:13:41, 22:13:41.115: ns since the epoch, on the day of `near` or the one after it */
};

/* False if the text is none of these. near: ns since the epoch, local time counts. */
bool place_parse(const char *text, uint64_t near, enum place_kind *kind, uint64_t *value);

#endif
