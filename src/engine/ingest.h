/* What the files of the engine share: engine.c (inputs), ingest_call.c (calls), ingest_fd.c (what calls say
 * of descriptors), ingest_socket.c (of sockets). */
#ifndef ENGINE_INGEST_H
#define ENGINE_INGEST_H

#include "../scap/types.h"
#include "calls.h"
#include "engine.h"

#define ENGINE_BATCH 256   /* inputs taken from a source at once */
#define ENGINE_CARE 64     /* inputs between two looks at what may be freed */
#define TCP_LISTEN 10

/* What a call does to the process's descriptors or directory when it succeeds. */
enum call_effect {
	EFFECT_NONE,
	EFFECT_OPEN,         /* path in argument 0 */
	EFFECT_OPENAT,       /* directory in argument 0, path in argument 1 */
	EFFECT_CLOSE,
	EFFECT_CLOSE_RANGE,
	EFFECT_DUP,
	EFFECT_FCNTL,
	EFFECT_PIPE,
	EFFECT_SOCKETPAIR,
	EFFECT_SOCKET,
	EFFECT_CONNECT,
	EFFECT_ACCEPT,
	EFFECT_BIND,
	EFFECT_LISTEN,
	EFFECT_SENDTO,
	EFFECT_RECVFROM,     /* these two of messages too, whose address the probe copied likewise */
	EFFECT_EVENTFD,
	EFFECT_EPOLL,
	EFFECT_INOTIFY,
	EFFECT_TIMERFD,
	EFFECT_SIGNALFD,
	EFFECT_USERFAULTFD,
	EFFECT_PERF_EVENT,
	EFFECT_IO_URING,
	EFFECT_PIDFD,
	EFFECT_FANOTIFY,
	EFFECT_MEMFD,
	EFFECT_CHDIR,
	EFFECT_FCHDIR,
	EFFECT_GETCWD,
	EFFECT_SETUID,      /* from here on such as have nothing to do with descriptors and directories */
	EFFECT_SETREUID,
	EFFECT_SETGID,
	EFFECT_SETREGID,
};

/* What ingest wants to know of a system call, by number. */
struct call_rule {
	uint8_t nargs;
	uint8_t flags;       /* enum record_row_flag */
	uint8_t effect;      /* enum call_effect */
	bool has_memory;     /* it tells what memory its thread has */
	uint8_t descriptors; /* bits of the arguments that are descriptors beside the one that the call is about */
};

/* What ingest wants to know of a type of events of captures, by number. */
struct scap_rule {
	uint8_t flags;       /* enum scap_rule_flag, of ingest_scap.c */
	uint8_t action;      /* what it does to the state: enum scap_action, likewise */
	uint8_t fd_param;    /* of an exit: place of the descriptor among its own parameters, if newer files have it; or 255 */
};

struct engine_sink_entry {
	engine_sink *sink;
	void *context;
};

struct engine {
	struct engine_options options;
	struct string_pool *names;       /* the state's texts */
	struct string_pool *words;       /* the spans' texts */
	struct state *state;
	struct span_table *spans;
	struct recording *recording;
	struct container_table *containers;
	struct user_table *users;
	struct interface_table *interfaces;
	struct ended *ended;
	struct engine_sink_entry *sinks;
	size_t nsinks;
	struct container_filter *container_filter; /* NULL: every process is looked at */
	struct engine_sink_entry hidden; /* of engine_set_hidden_sink, or NULL */
	struct engine_counts counts;
	struct source *source;           /* of the inputs being fed, or NULL */
	uint64_t now;                    /* ns since the epoch of the input being fed */
	uint16_t cpu;                    /* likewise */
	uint64_t oldest[LANES];          /* chunks, as last collected */
	size_t excess;                   /* of what lives over its bound that no eviction could help */
	uint64_t tails_dropped;          /* when unfinished texts that are too old were last looked for */
	char *scratch;                   /* of the marker parser */
	size_t scratch_size;
	bool has_files;                  /* the source tells the files behind descriptors */
	uint8_t listening[65536 / 8];    /* TCP ports that something listens on, by port in host order */
	bool is_numbered;                /* the input has its number: whatever event comes of it shares it */
	bool is_capture;                 /* what comes is from a capture */
	bool is_shown;                   /* of a capture: its first event to be shown came */
	bool has_loose_ends;             /* of a capture: which end of a socket is the server is not settled */
	struct event *shown;             /* of a stream: room for the event that the sinks look at */
	size_t shown_size;
	struct scap_rule scap_rules[SCAP_TYPES];
	struct call_rule rules[RECORD_CALLS];
	struct input batch[ENGINE_BATCH];
};

/* A new event with room for arguments and payload; num, times, thread and flags (0) are set. NULL when memory
 * is out. */
struct event *engine_append(struct engine *engine, enum recording_lane lane, enum event_type type,
			    struct thread *thread, size_t nargs, size_t payload_size);
/* Says that the event refers to its span and descriptor. */
void engine_link(struct engine *engine, enum recording_lane lane, struct event *event, struct span *span,
		 struct fd *fd);

/* Shows a complete event to the sinks; before what it ends goes. */
static inline void engine_deliver(const struct engine *engine, const struct event *event)
{
	for (size_t i = 0; i < engine->nsinks; i++)
		engine->sinks[i].sink(engine->sinks[i].context, event);
}

void ingest_rules(struct call_rule rules[RECORD_CALLS]);
int ingest_call(struct engine *engine, const struct input *input);
/* The text of a marker that the thread wrote. 1: it is none, but other output (marker.loose). */
int ingest_marker_text(struct engine *engine, struct thread *thread, const struct input *input);
/* Events of captures and what captures begin with: ingest_scap*.c */
void ingest_scap_rules(struct scap_rule rules[SCAP_TYPES]);
int ingest_scap(struct engine *engine, const struct input *input);
int ingest_scap_facts(struct engine *engine, struct thread *thread, const struct input *input);
/* A process is in other control groups, and so perhaps in a container. 0 or -ENOMEM. */
/* Tells the source whether the process that this input was about is looked at, which may have changed by it. */
void ingest_follow_containers(struct engine *engine, const struct input *input);
/* What containers are called is asked when they are first seen, and later again, until somebody knows. */
void ingest_ask_for_containers(struct engine *engine, struct source *source);
int ingest_cgroups(struct engine *engine, const struct input *input);
int ingest_scap_descriptor(struct engine *engine, const struct input *input);

/* The descriptor that a call used or made, with what the call tells of it taken in; NULL without one. */
struct fd *ingest_fd(struct engine *engine, struct process *process, const struct input *input,
		     const struct call_rule *rule);
/* What the call ended: to be called when its event is recorded. */
void ingest_closed(struct engine *engine, struct process *process, const struct input *input,
		   const struct call_rule *rule);
/* A descriptor of the snapshot. */
int ingest_snapshot_fd(struct engine *engine, struct process *process, const struct input *input);

/* The sockets' part: what an input says of a descriptor that is a socket, which may be another object then. */
struct fd *ingest_socket(struct engine *engine, struct process *process, struct fd *fd, const struct input *input,
			 enum call_effect effect);
struct fd *ingest_accept(struct engine *engine, struct process *process, const struct input *input);
struct fd *ingest_new_socket(struct engine *engine, struct process *process, const struct input *input, int32_t num);
/* Makes of IPv4 mapped into IPv6 what it is, and keeps the ports that are listened on. Returns whether the local
 * end of a connection is its server as far as these tell. */
bool ingest_socket_ends(struct engine *engine, struct fd_socket *socket);

/* First payload item of a kind (RECORD_ITEM_NONE: any) for an argument (-1: any); its data and size, or NULL. */
const char *input_item(const struct input *input, enum record_item_kind kind, int argument, size_t *size);
static inline bool input_succeeded(const struct input *input)
{
	return input->call.result >= 0 || input->call.result < -4095;
}

#endif
