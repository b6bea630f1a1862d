/* The pool is a hash table of chains, its buckets a power of two, doubled when strings outnumber them.
 *
 * What is interned (tags, paths, process names) comes from programs that may mean harm. The hash is therefore
 * keyed by random bytes of the pool: a program cannot send names that all fall into one chain. */
#include "string_pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_BUCKETS 1024u

struct string_pool {
	struct string **buckets;
	uint32_t mask;
	size_t count;
	size_t bytes;      /* of strings, without buckets */
	uint64_t key[2];
};

static uint64_t load64(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Both halves of a 128-bit product depend on all bits of both factors. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t keyed_hash(const struct string_pool *pool, const char *bytes, size_t size)
{
	uint64_t hash = pool->key[0] ^ size;
	uint64_t word = 0;
	uint64_t folded;

	while (size >= 8) {
		hash = fold(hash ^ load64(bytes), pool->key[1]);
		bytes += 8;
		size -= 8;
	}
	if (size)
		memcpy(&word, bytes, size);
	folded = fold(hash ^ word, pool->key[1]);
	return (uint32_t)(folded ^ folded >> 32);
}

uint32_t bytes_hash(const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * 16777619u;
	return hash;
}

struct string_pool *string_pool_new(void)
{
	struct string_pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->buckets = calloc(FIRST_BUCKETS, sizeof(*pool->buckets));
	if (!pool->buckets) {
		free(pool);
		return NULL;
	}
	pool->mask = FIRST_BUCKETS - 1;
	/* early at boot there may be no random bytes yet; addresses are a fair second choice */
	if (getrandom(pool->key, sizeof(pool->key), GRND_NONBLOCK) != sizeof(pool->key)) {
		pool->key[0] = (uintptr_t)pool * 0x9e3779b97f4a7c15u;
		pool->key[1] = (uintptr_t)&pool ^ 0xbf58476d1ce4e5b9u;
	}
	pool->key[1] |= 1;
	return pool;
}

void string_pool_free(struct string_pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i <= pool->mask; i++) {
		struct string *next;

		for (struct string *string = pool->buckets[i]; string; string = next) {
			next = string->next;
			free(string);
		}
	}
	free(pool->buckets);
	free(pool);
}

/* Failing to grow is no error: chains get longer, that is all. */
static void grow(struct string_pool *pool)
{
	uint32_t mask = pool->mask * 2 + 1;
	struct string **buckets = calloc((size_t)mask + 1, sizeof(*buckets));

	if (!buckets)
		return;
	for (size_t i = 0; i <= pool->mask; i++) {
		struct string *next;

		for (struct string *string = pool->buckets[i]; string; string = next) {
			next = string->next;
			string->next = buckets[string->hash & mask];
			buckets[string->hash & mask] = string;
		}
	}
	free(pool->buckets);
	pool->buckets = buckets;
	pool->mask = mask;
}

static struct string *find(const struct string_pool *pool, const char *bytes, size_t size, uint32_t hash)
{
	struct string *string = pool->buckets[hash & pool->mask];

	while (string && !(string->hash == hash && string->size == size &&
			   (size == 0 || memcmp(string->text, bytes, size) == 0)))
		string = string->next;
	return string;
}

struct string *string_find(const struct string_pool *pool, const char *bytes, size_t size)
{
	return find(pool, bytes, size, keyed_hash(pool, bytes, size));
}

struct string *string_get(struct string_pool *pool, const char *bytes, size_t size)
{
	uint32_t hash = keyed_hash(pool, bytes, size);
	struct string *string = find(pool, bytes, size, hash);

	if (string)
		return string_ref(string);
	if (size > UINT32_MAX - sizeof(*string) - 1)
		return NULL;
	string = malloc(sizeof(*string) + size + 1);
	if (!string)
		return NULL;
	if (pool->count > pool->mask && pool->mask < UINT32_MAX / 2)
		grow(pool);
	string->refs = 1;
	string->size = (uint32_t)size;
	string->hash = hash;
	if (size)
		memcpy(string->text, bytes, size);
	string->text[size] = '\0';
	string->next = pool->buckets[hash & pool->mask];
	pool->buckets[hash & pool->mask] = string;
	pool->count++;
	pool->bytes += sizeof(*string) + size + 1;
	return string;
}

struct string *string_ref(struct string *string)
{
	string->refs++;
	return string;
}

void string_put(struct string_pool *pool, struct string *string)
{
	struct string **link;

	if (!string || --string->refs)
		return;
	link = &pool->buckets[string->hash & pool->mask];
	while (*link != string)
		link = &(*link)->next;
	*link = string->next;
	pool->count--;
	pool->bytes -= sizeof(*string) + string->size + 1;
	free(string);
}

size_t string_pool_bytes(const struct string_pool *pool)
{
	return sizeof(*pool) + ((size_t)pool->mask + 1) * sizeof(*pool->buckets) + pool->bytes;
}
