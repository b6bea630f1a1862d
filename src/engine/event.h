/* An event as it lies in the recording: what happened, resolved to thread, descriptor and span. */
#ifndef ENGINE_EVENT_H
#define ENGINE_EVENT_H

#include <stddef.h>
#include <stdint.h>

struct thread;
struct fd;
struct span;

enum event_type {
	EVENT_CALL = 1,           /* a system call: its enter and its exit */
	EVENT_SPAN_ENTER = 2,
	EVENT_SPAN_EXIT = 3,
	EVENT_MARKER_INVALID = 4, /* payload: the reason, NUL, the text; result: position of the fault in the text */
	EVENT_FORK = 5,           /* result: child's thread id */
	EVENT_EXEC = 6,           /* payload: the command line, NUL separated */
	EVENT_THREAD_EXIT = 7,    /* result: exit code */
	EVENT_SCAP = 8,           /* an enter or an exit as a capture has it: see scap_event.h */
};

enum event_flag {
	EVENT_NO_ENTER = 1,       /* enter_time unknown */
	EVENT_NO_RETURN = 2,      /* the call does not return: no result, no latency */
	EVENT_CUT = 4,            /* payload was cut at the snap length */
	EVENT_LAST_THREAD = 8,    /* EVENT_THREAD_EXIT: the process ended */
	EVENT_JSON = 16,          /* marker in JSON form */
	EVENT_UNFINISHED = 32,    /* EVENT_SPAN_EXIT without a marker: thread or process ended, or given up */
	EVENT_RENAMED = 64,       /* EVENT_SCAP: it gave its socket another name */
	EVENT_MEASURED = 128,     /* EVENT_SCAP: a sample of a thread's times in ns, whose own time is exact; recorded are those of
				   * threads that ended; only tables with shares of CPUs take them */
	EVENT_STATE = 4096,       /* EVENT_SCAP: stands for a live thread as it is now; never recorded */
	/* of samples of what is in flight, which are never recorded; time is that of the look: */
	EVENT_PENDING = 256,      /* a call that has not returned, or an open span */
	EVENT_AT_LEAST = 512,     /* it began at enter_time or before */
	EVENT_RUNS = 1024,        /* its thread is on a CPU, or waits for one */
	EVENT_DISK_WAIT = 2048,   /* it sleeps and no signal wakes it */
};

/* One event. A call is stored once and counts as two events: its exit has number num, its enter
 * num - 1. After the struct follow nargs arguments (uint64_t), then payload_size bytes. */
struct event {
	uint32_t size;         /* of the whole entry, bytes, a multiple of 8 */
	uint8_t type;          /* enum event_type */
	uint8_t nargs;
	uint16_t flags;        /* enum event_flag */
	uint64_t num;
	uint64_t time;         /* ns since the epoch; of a call its return */
	uint64_t enter_time;   /* ns since the epoch, of a call, and of an exit of a capture whose enter is known; else equal
				* to time */
	int64_t result;        /* of EVENT_SCAP: its parameter `res` or `fd` if an exit has one first, else 0 */
	struct thread *thread; /* never NULL */
	struct fd *fd;         /* the descriptor that the call used or made, or NULL */
	struct span *span;     /* markers: the span itself (NULL if invalid); else the thread's newest open span or NULL */
	uint16_t cpu;
	uint16_t call;         /* system call number; of EVENT_SCAP the type's number in scap/types.h */
	uint32_t payload_size : 24; /* items as in bpf/records.h (struct record_item), parameters, or text */
	uint32_t items : 8;    /* payload items of a call, parameters of EVENT_SCAP */
};

/* Arguments and payload lie behind the struct. */
static inline const uint64_t *event_args(const struct event *event)
{
	return (const uint64_t *)(event + 1);
}

static inline const char *event_payload(const struct event *event)
{
	return (const char *)(event_args(event) + event->nargs);
}

/* Whether the call failed (result is a negative errno). */
static inline int event_failed(const struct event *event)
{
	return (event->type == EVENT_CALL || event->type == EVENT_SCAP) && event->result < 0 && event->result >= -4095;
}

/* ns from enter to exit of a call; 0 where unknown or not a call. */
static inline uint64_t event_latency(const struct event *event)
{
	return event->time - event->enter_time;
}

#endif
