/* The functions behind field_table, one file a class, and what they share. Private to field*.c. */
#ifndef ENGINE_FIELD_CLASSES_H
#define ENGINE_FIELD_CLASSES_H

#include <string.h>

#include "field.h"
#include "string_pool.h"

#define FIELD_GETTER(name)                                                                             \
	bool name(const struct field *field, const struct event *event, unsigned nth,                  \
		  struct field_context *context, struct value *value)

/* ---- field_evt*.c ---- */
enum evt_time_variant {
	EVT_TIME, EVT_TIME_S, EVT_TIME_ISO, EVT_DATETIME, EVT_DATETIME_S,
	EVT_RAWTIME, EVT_RAWTIME_S, EVT_RAWTIME_NS,
	EVT_RELTIME, EVT_RELTIME_S, EVT_RELTIME_NS,
	EVT_DELTATIME, EVT_DELTATIME_S, EVT_DELTATIME_NS, EVT_OUTPUTTIME, EVT_AROUND,
	EVT_LATENCY, EVT_LATENCY_S, EVT_LATENCY_NS, EVT_LATENCY_HUMAN, EVT_LATENCY_QUANTIZED,
	EVT_WAIT_LATENCY,
};
FIELD_GETTER(field_evt_time);

enum evt_variant {
	EVT_NUM, EVT_CPU, EVT_DIR, EVT_TYPE, EVT_TYPE_IS, EVT_SYSCALL, EVT_NAME, EVT_CATEGORY,
	EVT_ARGS, EVT_ARG, EVT_RAWARG, EVT_INFO,
	EVT_RES, EVT_RAWRES, EVT_FAILED, EVT_COUNT, EVT_COUNT_EXIT, EVT_COUNT_OPEN, EVT_COUNT_PROCINFO, EVT_COUNT_THREADINFO,
	UTIL_CNT,
};
FIELD_GETTER(field_evt);
const char *field_check_type(const char *argument);
const char *field_check_argument(const char *argument);
/* Of what no capture has (the events of plugins and of the Docker daemon). */
FIELD_GETTER(field_none);

/* Arguments of all events but those of captures. */
bool field_evt_args(const struct event *event, struct field_context *context, struct value *value);
bool field_evt_arg(const struct field *field, const struct event *event, struct field_context *context,
		   struct value *value);
bool field_evt_rawarg(const struct field *field, const struct event *event, struct value *value);

/* Of EVENT_SCAP. */
bool field_scap_args(const struct event *event, struct field_context *context, struct value *value);
bool field_scap_info(const struct event *event, struct field_context *context, struct value *value);
bool field_scap_arg(const struct field *field, const struct event *event, struct field_context *context,
		    struct value *value);
bool field_scap_rawarg(const struct field *field, const struct event *event, struct value *value);
/* Whether it is an exit that returns something: then that is event->result. */
bool field_scap_has_result(const struct event *event);
bool field_scap_result(const struct event *event, struct field_context *context, struct value *value);
bool field_scap_abspath(const struct field *field, const struct event *event, struct field_context *context,
			struct value *value);
const char *field_check_path(const char *argument);

enum evt_io_variant {
	EVT_IS_IO, EVT_IS_IO_READ, EVT_IS_IO_WRITE, EVT_IO_DIR, EVT_IS_WAIT,
	EVT_IS_OPEN_READ, EVT_IS_OPEN_WRITE, EVT_IS_OPEN_EXEC, EVT_BUFFER, EVT_IS_SYSLOG, EVT_ABSPATH,
};
FIELD_GETTER(field_evt_io);

enum evt_buflen_variant {      /* of which kind of descriptor, and which way */
	BUFLEN_IN = 1, BUFLEN_OUT = 2, BUFLEN_FILE = 4, BUFLEN_NET = 8,
};
FIELD_GETTER(field_evt_buflen);

enum evt_error_variant { ERROR_ANY, ERROR_FILE, ERROR_NET, ERROR_MEMORY, ERROR_OTHER };
FIELD_GETTER(field_evt_error);

enum evt_pending_variant { PENDING_KIND, PENDING_EXACT, PENDING_WAIT };
FIELD_GETTER(field_evt_pending);

/* The category's word as evt.category gives it. */
const char *field_event_category(const struct event *event);
/* Whether the call waits by its nature (sleep, poll, select). */
bool field_event_waits(const struct event *event);
bool field_event_is_exit(const struct event *event);
bool field_event_failed(const struct event *event);
/* Whether it writes to a descriptor. */
bool field_event_writes(const struct event *event);
/* What it read or wrote, or NULL. */
const char *field_event_data(const struct event *event, size_t *size);

/* ---- field_syslog.c ---- */
enum syslog_variant {
	SYSLOG_FACILITY, SYSLOG_FACILITY_STR, SYSLOG_SEVERITY, SYSLOG_SEVERITY_STR, SYSLOG_MESSAGE,
};
FIELD_GETTER(field_syslog);
struct syslog_message {
	uint32_t priority;
	const char *text;
	size_t size;
};
/* Whether the event writes to the system's log; and the message, of an exit that wrote one. */
bool field_event_is_syslog(const struct event *event);
bool field_syslog_read(const struct event *event, struct syslog_message *message);
const char *syslog_severity(const struct syslog_message *message);

/* ---- field_fdlist.c ---- */
enum fdlist_variant { FDLIST_NUMS, FDLIST_NAMES, FDLIST_CIPS, FDLIST_SIPS, FDLIST_CPORTS, FDLIST_SPORTS };
FIELD_GETTER(field_fdlist);

/* ---- field_proc.c ---- */
enum proc_variant {
	PROC_PID, PROC_PPID, PROC_NAME, PROC_EXE, PROC_ARGS, PROC_CMDLINE, PROC_EXELINE, PROC_CWD,
	PROC_PNAME, PROC_PCMDLINE, PROC_NTHREADS, PROC_NCHILDS, PROC_DURATION, PROC_FOLLOWED,
	THREAD_TID, THREAD_NAME, THREAD_IS_MAIN, THREAD_NAMETID,
};
FIELD_GETTER(field_proc);
FIELD_GETTER(field_proc_name);
enum ancestor_variant { ANCESTOR_PID, ANCESTOR_NAME };
FIELD_GETTER(field_ancestor);

/* ---- field_proc_more.c ---- */
enum proc_more_variant {
	PROC_ENV, PROC_EXEPATH, PROC_TTY, PROC_SID, PROC_SNAME, PROC_VPID, PROC_VPGID, PROC_LOGINSHELLID,
	PROC_FDOPENCOUNT, PROC_FDLIMIT, PROC_FDUSAGE, PROC_VMSIZE, PROC_VMRSS, PROC_VMSWAP,
	PROC_IS_HEALTHCHECK, PROC_IS_LIVENESS_PROBE, PROC_IS_READINESS_PROBE, PROC_IS_EXE_WRITABLE,
};
FIELD_GETTER(field_proc_more);

/* ---- field_thread.c ---- */
enum thread_variant {
	THREAD_EXECTIME, THREAD_TOTEXECTIME, THREAD_CPU, THREAD_CPU_USER, THREAD_CPU_SYSTEM,
	THREAD_CGROUPS, THREAD_CGROUP, THREAD_VTID, THREAD_PFMAJOR, THREAD_PFMINOR,
	THREAD_VMSIZE, THREAD_VMRSS, THREAD_VMSIZE_B, THREAD_VMRSS_B,
};
FIELD_GETTER(field_thread);

/* ---- field_user.c ---- */
enum user_variant {
	USER_UID, USER_NAME, USER_HOMEDIR, USER_SHELL, USER_LOGINUID, USER_LOGINNAME, GROUP_GID, GROUP_NAME,
};
FIELD_GETTER(field_user);

/* ---- field_container.c ---- */
enum container_variant {
	IN_CONTAINER_ID, IN_CONTAINER_NAME, IN_CONTAINER_IMAGE, IN_CONTAINER_IMAGE_ID, IN_CONTAINER_TYPE,
	IN_CONTAINER_PRIVILEGED, IN_CONTAINER_MOUNTS, IN_CONTAINER_IMAGE_REPOSITORY, IN_CONTAINER_IMAGE_TAG,
	IN_CONTAINER_IMAGE_DIGEST, IN_CONTAINER_HEALTHCHECK, IN_CONTAINER_LIVENESS_PROBE, IN_CONTAINER_READINESS_PROBE,
};
FIELD_GETTER(field_container);
enum mount_variant {
	MOUNT_WHOLE, MOUNT_SOURCE, MOUNT_DESTINATION, MOUNT_MODE, MOUNT_WRITABLE, MOUNT_PROPAGATION,
};
FIELD_GETTER(field_mount);

/* ---- field_k8s.c ---- */
enum k8s_variant {
	POD_NAME, POD_ID, POD_NAMESPACE, POD_LABEL, POD_LABELS,
};
FIELD_GETTER(field_k8s);

/* ---- field_fd.c, field_fd_socket.c ---- */
enum fd_variant {
	FIELD_FD_NUM,
	FIELD_FD_TYPE,
	FIELD_FD_TYPECHAR,
	FIELD_FD_NAME,
	FIELD_FD_DIRECTORY,
	FIELD_FD_FILENAME,
	FIELD_FD_UID,
	FIELD_FD_DEV,
	FIELD_FD_DEV_MAJOR,
	FIELD_FD_DEV_MINOR,
	FIELD_FD_CONTAINERNAME,
	FIELD_FD_CONTAINERDIRECTORY,
	FIELD_FD_NAME_CHANGED,
};
FIELD_GETTER(field_fd);

/* Whose end of a connection. */
enum fd_end { END_CLIENT, END_SERVER, END_LOCAL, END_REMOTE, END_ANY };
FIELD_GETTER(field_fd_ip);
FIELD_GETTER(field_fd_port);
FIELD_GETTER(field_fd_service);
FIELD_GETTER(field_fd_host);

enum fd_socket_variant { SOCKET_L4PROTO, SOCKET_FAMILY, SOCKET_IS_SERVER, SOCKET_CONNECTED };
FIELD_GETTER(field_fd_socket);

/* ---- field_span.c ---- */
enum span_variant {
	FIELD_SPAN_ID,
	FIELD_SPAN_TIME,
	FIELD_SPAN_RAWTIME,
	FIELD_SPAN_RAWPARENTTIME,
	FIELD_SPAN_NTAGS,
	FIELD_SPAN_NARGS,
	FIELD_SPAN_TAGS,
	FIELD_SPAN_TAG,
	FIELD_SPAN_IDTAG,
	FIELD_SPAN_ARGS,
	FIELD_SPAN_ARG,
	FIELD_SPAN_ENTERARGS,
	FIELD_SPAN_ENTERARG,
};
FIELD_GETTER(field_span);

enum span_measure_variant {
	FIELD_SPAN_DURATION,
	FIELD_SPAN_DURATION_HUMAN,
	FIELD_SPAN_DURATION_QUANTIZED,
	FIELD_SPAN_DURATION_FORTAG,
	FIELD_SPAN_COUNT,
	FIELD_SPAN_COUNT_FORTAG,
	FIELD_SPAN_CHILDCOUNT_FORTAG,
	FIELD_SPAN_SELF,
	FIELD_SPAN_CPU,
	FIELD_SPAN_QUEUE,
	FIELD_SPAN_SWITCHES,
	FIELD_SPAN_FAULTS,
	FIELD_SPAN_IS_UNFINISHED,
	FIELD_SPAN_IS_LOSSY,
};
FIELD_GETTER(field_span_measure);

enum span_invalid_variant { INVALID_TEXT, INVALID_REASON };
FIELD_GETTER(field_span_invalid);
FIELD_GETTER(field_evt_text);

/* Parts of a span's enter that span.* and evtin.span.* have in common. */
bool field_span_arg(const struct field *field, const struct string *args, uint32_t nargs,
		    struct value *value);
bool field_span_tag(const struct span *span, int32_t index, struct value *value);
/* 1 + the column of a spectrogram of eleven decades, 32 columns each; 0 for 0 ns. */
uint64_t field_quantized(uint64_t ns);

/* ---- field_evtin.c ---- */
enum evtin_scope { EVTIN_THREAD, EVTIN_PROCESS, EVTIN_SCRIPT, EVTIN_MACHINE };
enum evtin_variant { EVTIN_ID, EVTIN_NTAGS, EVTIN_NARGS, EVTIN_TAGS, EVTIN_TAG, EVTIN_ARGS, EVTIN_ARG };
#define EVTIN(scope, what) ((scope) << 8 | (what))
FIELD_GETTER(field_evtin);
bool field_evtin_any(const struct field *field, const struct event *event, struct field_context *context,
		     const struct field_question *question);

/* ---- values ---- */
static inline bool give_int(struct value *value, enum value_type type, int64_t i)
{
	value->type = type;
	value->i = i;
	return true;
}

static inline bool give_uint(struct value *value, enum value_type type, uint64_t u)
{
	value->type = type;
	value->u = u;
	return true;
}

static inline bool give_bool(struct value *value, bool yes)
{
	return give_uint(value, VALUE_BOOL, yes);
}

static inline bool give_text(struct value *value, const char *text, size_t size)
{
	value->type = VALUE_TEXT;
	value->text = text;
	value->size = size;
	return true;
}

static inline bool give_word(struct value *value, const char *word)
{
	return give_text(value, word, strlen(word));
}

static inline bool give_string(struct value *value, const struct string *string)
{
	return give_text(value, string->text, string->size);
}

/* Text that a function has written into scratch; length is what it would have written into more room. */
static inline bool give_scratch(struct value *value, const struct field_context *context, size_t length)
{
	size_t room = sizeof(context->scratch) - 1;

	return give_text(value, context->scratch, length < room ? length : room);
}

#endif
