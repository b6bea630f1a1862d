/* Strings and small byte sequences kept once and shared by reference count. */
#ifndef ENGINE_STRING_POOL_H
#define ENGINE_STRING_POOL_H

#include <stddef.h>
#include <stdint.h>

struct string {
	uint32_t refs;
	uint32_t size;      /* bytes of text, without the NUL that always follows */
	uint32_t hash;      /* differs from pool to pool, so that nobody can choose colliding strings */
	struct string *next;
	char text[];
};

struct string_pool;

struct string_pool *string_pool_new(void);
/* Frees the pool and every string in it, whatever its count. */
void string_pool_free(struct string_pool *pool);
/* The one string with these bytes, its count one higher. NULL when memory is out. */
struct string *string_get(struct string_pool *pool, const char *bytes, size_t size);
/* The string with these bytes if the pool has it, its count unchanged; else NULL. */
struct string *string_find(const struct string_pool *pool, const char *bytes, size_t size);
/* One more holder of the same string. */
struct string *string_ref(struct string *string);
/* One holder less (NULL allowed); the last one frees it. */
void string_put(struct string_pool *pool, struct string *string);
/* Bytes that the pool holds. */
size_t string_pool_bytes(const struct string_pool *pool);

/* FNV-1a over bytes, for tables that hash text. */
uint32_t bytes_hash(const void *bytes, size_t size);

#endif
