#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int ring_init(struct ring *ring, int fd, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *consumer, *producer;

	*ring = (struct ring){ .fd = fd, .size = size, .broken_position = -1ul };
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED) {
		close(fd);
		ring->fd = -1;
		return -errno;
	}
	producer = mmap(NULL, page + size, PROT_READ, MAP_SHARED, fd, page);
	if (producer == MAP_FAILED) {
		int error = -errno;

		munmap(consumer, page);
		close(fd);
		ring->fd = -1;
		return error;
	}
	ring->consumer = consumer;
	ring->producer = producer;
	ring->data = (const char *)producer + page;
	ring->position = ring->end = *ring->consumer;
	return 0;
}

void ring_fini(struct ring *ring)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (!ring->consumer)
		return;
	munmap((void *)ring->producer, page + ring->size);
	munmap(ring->consumer, page);
	close(ring->fd);
	free(ring->broken);
	ring->consumer = NULL;
}

void ring_refresh(struct ring *ring)
{
	ring->end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
}

size_t ring_fill(const struct ring *ring)
{
	return ring->end - *ring->consumer;
}

static uint32_t header_at(const struct ring *ring)
{
	return __atomic_load_n((const uint32_t *)(ring->data + (ring->position & (ring->size - 1))), __ATOMIC_ACQUIRE);
}

static unsigned long step(uint32_t header)
{
	uint32_t size = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

	return ((unsigned long)size + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
}

/* The record that runs over the end of the ring, in one piece. Between two releases there is at most one. */
static const void *joined(struct ring *ring, size_t start, uint32_t size)
{
	size_t first = ring->size - start;

	if (ring->broken_position == ring->position)
		return ring->broken;
	if (size > ring->broken_room) {
		char *room = realloc(ring->broken, size);

		if (!room)
			return NULL; /* tried again at the next look */
		ring->broken = room;
		ring->broken_room = size;
	}
	memcpy(ring->broken, ring->data + start, first);
	memcpy(ring->broken + first, ring->data, size - first);
	ring->broken_position = ring->position;
	return ring->broken;
}

const void *ring_peek(struct ring *ring, uint32_t *size)
{
	while (ring->position < ring->end) {
		uint32_t header = header_at(ring);

		if (header & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		if (!(header & BPF_RINGBUF_DISCARD_BIT)) {
			size_t start = (ring->position + BPF_RINGBUF_HDR_SZ) & (ring->size - 1);

			*size = header;
			return start + header <= ring->size ? ring->data + start : joined(ring, start, header);
		}
		ring->position += step(header);
	}
	return NULL;
}

void ring_skip(struct ring *ring)
{
	ring->position += step(header_at(ring));
}

void ring_release(struct ring *ring)
{
	if (*ring->consumer != ring->position)
		__atomic_store_n(ring->consumer, ring->position, __ATOMIC_RELEASE);
}
