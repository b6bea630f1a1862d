#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

int ring_init(struct ring *ring, int fd, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *consumer, *producer;

	*ring = (struct ring){ .fd = fd, .size = size };
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED) {
		close(fd);
		ring->fd = -1;
		return -errno;
	}
	producer = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, page);
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
	munmap((void *)ring->producer, page + 2 * ring->size);
	munmap(ring->consumer, page);
	close(ring->fd);
	ring->consumer = NULL;
}

void ring_refresh(struct ring *ring)
{
	ring->end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
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

const void *ring_peek(struct ring *ring, uint32_t *size)
{
	while (ring->position < ring->end) {
		uint32_t header = header_at(ring);

		if (header & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		if (!(header & BPF_RINGBUF_DISCARD_BIT)) {
			*size = header;
			return ring->data + (ring->position & (ring->size - 1)) + BPF_RINGBUF_HDR_SZ;
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
