/* Shared by scap_expand.c (which events), scap_expand_calls.c (which parameters a call has), scap_expand_values.c (how
 * values are encoded), scap_expand_process.c (clone, execve, procexit) and scap_expand_marker.c. */
#ifndef ENGINE_SCAP_EXPAND_PRIVATE_H
#define ENGINE_SCAP_EXPAND_PRIVATE_H

#include "calls.h"
#include "scap_event.h"
#include "scap_expand.h"
#include "state.h"

#define VALUES_MAX 65000u  /* bytes of one event's values, so that it fits into a block */

/* An event in the making: parameters are put in the order of its type. */
struct scap_draft {
	struct event event;
	uint8_t payload[SCAP_PARAMS_MAX * 2 + VALUES_MAX + 8]; /* directly behind the event, as a recording has it */
	unsigned put;              /* parameters so far */
	unsigned room;             /* parameters that it may have */
};

struct scap_expander {
	struct scap_draft drafts[2];
	uint16_t ids[RECORD_CALL_NUMBERS]; /* of generic events */
	uint16_t last_id;          /* the last that sysdig 0.29.3 knows */
	bool is_incomplete;        /* readers of the file may take a descriptor for what it was before: it lacks calls */
	uint8_t rules[RECORD_CALLS];/* of scap_expand_calls.c, 0 none */
};

/* What one parameter is made of. */
enum scap_op_kind {
	OP_END,
	OP_ARG,          /* a number, of the parameter's size */
	OP_RESULT,
	OP_VALUE,        /* arg is the number itself */
	OP_PATH,         /* text of an argument */
	OP_DATA,
	OP_DATA_SIZE,    /* bytes of all buffers of an argument */
	OP_POLL_IN,      /* descriptors with what was asked */
	OP_POLL_OUT,     /* those of which something was the case, with what */
	OP_ADDRESS,
	OP_TUPLE_OUT,    /* local -> remote; arg: argument with the remote address, if it has one */
	OP_TUPLE_IN,     /* remote -> local */
	OP_FIRST, OP_SECOND, /* of a pair of new descriptors */
	OP_INODE,        /* of a pair */
	OP_QUEUE,        /* three parameters: per cent, length and most of what waits to be accepted */
	OP_SOCKETS,      /* two: where the kernel has the socket and its peer */
	OP_MOUNT_FLAGS,
	OP_DEV,
	OP_VM,           /* three parameters: size, resident, swapped */
	OP_OPEN_FLAGS,
	OP_OPEN_MODE,    /* of the argument after the flags; arg: the flags */
	OP_PROTECTION,
	OP_MAP_FLAGS,
	OP_CLONE_FLAGS,
	OP_FCNTL,
	OP_LEVEL,
	OP_OPTION,       /* the argument after the level */
	OP_PTRACE,
	OP_DYN_NUMBER,   /* variant 0: a number */
	OP_SOCKET_OPTION, /* the value of the option before it */
	OP_BPF_RESULT,
	OP_SEMGET_FLAGS,
	OP_SEMCTL,
	OP_QUOTACTL,
	OP_QUOTA_TYPE,
	OP_EXECVEAT_FLAGS,
	OP_INTERVAL,     /* ns; all ones: none was given */
	OP_SIGNALS,      /* the first 32 of a set */
	OP_COPIED,       /* a number that lay where the argument points; where it is not known the event ends before it */
	OP_COPIED_OR_NONE, /* likewise, or -1 */
	OP_COPIED_SECOND, /* 8 bytes behind it */
	OP_COPIED_SECOND_OR_NONE,
	OP_COPIED_SIZE,  /* of all that there was */
	OP_OFFSET,       /* that was given, which the call moved by its result */
	OP_OFFSET_AFTER,
	OP_HOW_FLAGS, OP_HOW_MODE, OP_HOW_RESOLVE, /* of openat2 */
	OP_SEMAPHORES,   /* six parameters: the first two operations */
	OP_PROGRAM,      /* a path that the kernel could not read any more once the program had changed */
};

struct scap_op {
	uint8_t kind;    /* enum scap_op_kind */
	uint8_t arg;
};

struct scap_rule {
	const char *call;
	uint16_t enter;             /* number of the enter's type; its exit is the next */
	struct scap_op in[6], out[7];
};

/* scap_expand.c */
void draft_begin(struct scap_draft *draft, const struct event *source, unsigned type);
/* Likewise, with parameters behind those that sysdig 0.29.3 knows: room counts all. */
void draft_begin_wide(struct scap_draft *draft, const struct event *source, unsigned type, unsigned room);
/* Puts the next parameter, cut to what the event has room for. */
void draft_bytes(struct scap_draft *draft, const void *bytes, size_t size);
/* A number, of the size that the next parameter has. */
void draft_number(struct scap_draft *draft, uint64_t number);
/* Text and its NUL. */
void draft_text(struct scap_draft *draft, const char *text, size_t size);
/* What was not put is left out where that may be. */
void draft_end(struct scap_draft *draft);

/* scap_expand_calls.c */
const struct scap_rule *scap_rule(unsigned number);
unsigned scap_rule_number(const char *call);

/* scap_expand_values.c */
void scap_put_ops(struct scap_draft *draft, const struct event *call, const struct scap_op *ops, size_t count);
uint32_t scap_clone_flags(uint64_t kernel);
/* The number of a descriptor's file system, as stat() shows it. */
uint32_t scap_dev(const struct fd *fd);

/* scap_expand_process.c: each returns whether it made the exit of this call. */
bool scap_expand_clone(struct scap_draft *exit, const struct event *call, const char *name);
bool scap_expand_exec(struct scap_draft *exit, const struct event *call, const char *name);
void scap_expand_procexit(struct scap_draft *draft, const struct event *event);
/* Ids inside the pid namespace; of those made while nobody looked they are taken to be the same. */
int64_t scap_vpid(const struct process *process);
int64_t scap_vtid(const struct thread *thread);
/* The exit of a clone or execve as `thread` would have made it, to tell what it is. */
void scap_tell_thread(struct scap_draft *draft, struct thread *thread, const struct event *source);
void scap_tell_image(struct scap_draft *draft, struct thread *thread, const struct event *source);

/* scap_expand_marker.c: a span's enter or exit, false if there is nothing to say; or an invalid marker. */
bool scap_expand_marker(struct scap_draft *draft, const struct event *event);
void scap_expand_invalid(struct scap_draft *draft, const struct event *event);
/* The enter that must come before: false if there is none. */
bool scap_expand_marker_enter(struct scap_draft *enter, struct scap_draft *exit, const struct event *event);

#endif
