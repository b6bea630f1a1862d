/* A BPF ring buffer, read in place: records are looked at where the kernel put them and given back later, which
 * libbpf's callbacks do not allow. The layout of the mapped pages is the kernel's user-space ABI. */
#ifndef PROBE_LOADER_RING_H
#define PROBE_LOADER_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	int fd;
	size_t size;                  /* bytes of data, a power of two */
	unsigned long *consumer;      /* mapped, written by us */
	const unsigned long *producer;/* mapped, written by the kernel */
	const char *data;             /* mapped once: twice, as the kernel offers, would count twice as our memory */
	char *broken;                 /* the record that runs over the end, joined */
	size_t broken_room;
	unsigned long broken_position;
	unsigned long position;       /* next record to look at */
	unsigned long end;            /* producer position when last asked */
};

/* Maps the ring behind a map descriptor, which it owns from then on. 0 or a negative errno. */
int ring_init(struct ring *ring, int fd, size_t size);
void ring_fini(struct ring *ring);
/* Asks how far the kernel has written. */
void ring_refresh(struct ring *ring);
/* Bytes that the kernel cannot use now, as of the last time it was asked. */
size_t ring_fill(const struct ring *ring);
/* The next finished record, or NULL; *size in bytes. ring_skip passes it. */
const void *ring_peek(struct ring *ring, uint32_t *size);
void ring_skip(struct ring *ring);
/* Gives everything that was passed back to the kernel; its memory is then reused. */
void ring_release(struct ring *ring);

#endif
