/* What the files of the fd fields share. */
#ifndef ENGINE_FIELD_FD_H
#define ENGINE_FIELD_FD_H

#include <inttypes.h>

#include "field_who.h"

#define FD_SERVICE_NAME_MAX 256

/* Whether the event has to do with a descriptor, known or not. */
static inline bool shows_fd(const struct event *event)
{
	if (event->type != EVENT_SCAP)
		return event->fd;
	return scap_types[event->call].flags & (SCAP_USES_FD | SCAP_CREATES_FD | SCAP_DESTROYS_FD);
}

/* The descriptor: of an openat that failed, as sysdig has it, the directory that it was to start from. */
const struct fd *fd_shown(const struct event *event, const struct field_context *context);
/* Its number; -1 none. */
int32_t fd_number(const struct event *event, const struct field_context *context);
/* Of calls whose descriptor is not known: the letter of what they would make, 'o' otherwise. */
char fd_expected_char(unsigned call);
/* What the call's exit says the descriptor was meant to be: the path, or the connection; false on enters. */
bool fd_meant_name(const struct event *event, struct field_context *context, struct value *value);
/* The service's name, or the port's number; good until the next call. */
const char *fd_service(uint16_t port, struct field_context *context);
/* The name of a socket with the names of services for ports; returns its length. */
size_t fd_name_with_services(const struct fd *fd, struct field_context *context, char name[FD_SERVICE_NAME_MAX]);

#endif
