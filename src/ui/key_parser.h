/* Bytes from a terminal to keys. Reads the sequences that xterm, tmux, screen, rxvt and the Linux console send, in
 * normal and in application mode, whatever TERM says, plus those of terminfo. Any other sequence is taken whole and
 * becomes one K_UNKNOWN: its bytes never pass for keys. */
#ifndef UI_KEY_PARSER_H
#define UI_KEY_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "terminal.h"

/* How long to wait for the rest of a sequence, ms: after it, ESC is the Esc key. */
#define KEY_PARSER_WAIT 25

struct key_sequence {
	const char *bytes;   /* starts with ESC */
	int key;
};

struct key_parser {
	const struct key_sequence *extra;
	size_t nextra;
	unsigned char bytes[128];
	size_t size;
	int swallowing;          /* enum swallow, for sequences longer than bytes */
	bool pressed;            /* a press that a second one could double */
	int press_row, press_column;
	uint64_t press_time;
};

/* extra: terminfo's sequences; borrowed as long as the parser. */
void key_parser_init(struct key_parser *parser, const struct key_sequence *extra, size_t nextra);
/* Where to put bytes read: *size is the room (never 0 when key_parser_next was called until it gave 0). */
unsigned char *key_parser_room(struct key_parser *parser, size_t *size);
void key_parser_add(struct key_parser *parser, size_t size);
/* Next key: 1, or 0 when there is none or it is not complete. late: no more bytes came for KEY_PARSER_WAIT, so
 * take what there is as complete. now: ms of any clock, for double clicks. */
int key_parser_next(struct key_parser *parser, bool late, uint64_t now, struct key_event *event);
/* True if an incomplete sequence waits for its rest. */
bool key_parser_waiting(const struct key_parser *parser);

#endif
