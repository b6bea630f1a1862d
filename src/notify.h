/* Telling the service manager how far spantop is, in the way of sd_notify(3). */
#ifndef NOTIFY_H
#define NOTIFY_H

/* Sends the state ("READY=1", ...) to the socket that NOTIFY_SOCKET names; does nothing without one. Nobody to hear it is no
 * error: 0, or a negative errno. */
int notify_send(const char *state);

#endif
