/* The marker parser: one write to /dev/null in, one decoded marker out.
 *
 * Both forms, text (`>:id:tags:args:`) and JSON (`[">", id, [tags], [{name: value}]]`), follow
 * the marker specification with its improvements: 0 is a number like any other, only `,` and `:`
 * end a value, JSON is JSON, every invalid marker has a reason and a position. The parser keeps no
 * state; text that ends too early is joined with the thread's next write by marker_tail. */
#ifndef ENGINE_MARKER_H
#define ENGINE_MARKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MARKER_KEPT_MAX 65536   /* bytes of unfinished text kept for one thread */
#define MARKER_JOINS_MAX 4096   /* writes that one marker may come in: each costs a parse of the whole */

enum marker_status {
	MARKER_ENTER,
	MARKER_EXIT,
	MARKER_INCOMPLETE,  /* the text ends too early: more may follow in the next write */
	MARKER_INVALID,
};

enum marker_id_kind {
	MARKER_ID_NUMBER,
	MARKER_ID_THREAD,   /* t */
	MARKER_ID_PROCESS,  /* p */
	MARKER_ID_PARENT,   /* pp */
	MARKER_ID_GLOBAL,   /* g or empty */
};

/* Sequences (tags, args) are packed: each string is followed by a NUL; an argument is its name and
 * its value, two strings. A NUL cannot occur inside one. */
struct marker {
	enum marker_status status;
	enum marker_id_kind id_kind;
	int64_t id;             /* of kind NUMBER; 0 otherwise, the caller knows the thread */
	uint32_t ntags, nargs;
	const char *tags;       /* ntags strings; valid until the scratch buffer is reused */
	size_t tags_size;
	const char *args;       /* nargs pairs of strings */
	size_t args_size;
	const char *reason;     /* of INVALID: a constant, such as "no '=' in argument" */
	size_t position;        /* of INVALID: byte offset of the fault in the text */
	/* of INCOMPLETE: the text ends within an escape or an argument value, where `>:` or `<:` at the start
	 * of the next write may be its continuation */
	int open_value;
	int json;               /* the text is in JSON form */
};

/* Bytes of scratch that a text of this size needs. */
size_t marker_scratch_size(size_t size);

/* Whether a write is meant as a marker, maybe a wrong one. Programs also write other things to /dev/null: output that
 * nobody wants. */
static inline bool marker_begins(const char *text, size_t size)
{
	size_t i = 0;

	while (i < size && text[i] == ' ')
		i++;
	return i < size && (text[i] == '[' || (i == 0 && (text[0] == '>' || text[0] == '<')));
}

/* Parses text[0..size). Writes into *marker and into scratch, of marker_scratch_size(size) bytes. */
void marker_parse(const char *text, size_t size, struct marker *marker, char *scratch);

/* Unfinished text of one thread. Zero-initialised is empty. */
struct marker_tail {
	char *text;
	size_t size;        /* 0: nothing is kept */
	size_t capacity;
	uint32_t joins;     /* writes that the kept text came in, less one */
	uint64_t time;      /* ns of the write that left it */
	int open_value;     /* as in struct marker */
};

/* Joins a write with what the thread left unfinished: *joined, *joined_size are then what is to be
 * parsed (they point to `text` itself where nothing was kept; else into the tail, valid until the tail
 * changes). Kept text is dropped, and *dropped set, when the write begins a marker of its own (`>:`,
 * `<:`, `[">`, `["<`) and the kept text does not end in an open value, when it is older than timeout ns,
 * or when the whole would be larger than MARKER_KEPT_MAX or come in too many writes. The tail keeps nothing
 * afterwards, unless marker_tail_keep() says so. Returns 0, or -ENOMEM: then the kept text is dropped too,
 * and the write stands alone. */
int marker_tail_join(struct marker_tail *tail, const char *text, size_t size, uint64_t time,
		     uint64_t timeout, const char **joined, size_t *joined_size, int *dropped);
/* Keeps the (joined) text for the thread's next write; marker is its INCOMPLETE parse. */
int marker_tail_keep(struct marker_tail *tail, const char *joined, size_t joined_size, uint64_t time,
		     const struct marker *marker);
void marker_tail_clear(struct marker_tail *tail);

#endif
