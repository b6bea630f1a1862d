/* The pool: one string for equal bytes, freed with its last holder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/string_pool.h"

static void test_sharing(void **unused)
{
	struct string_pool *pool = string_pool_new();
	size_t empty = string_pool_bytes(pool);
	struct string *a, *b, *none, *nul;

	(void)unused;
	a = string_get(pool, "abc", 3);
	b = string_get(pool, "abcd", 3);
	assert_ptr_equal(a, b);
	assert_int_equal(a->refs, 2);
	assert_int_equal(a->size, 3);
	assert_string_equal(a->text, "abc");
	none = string_get(pool, NULL, 0);
	assert_ptr_equal(none, string_get(pool, "", 0));
	assert_string_equal(none->text, "");
	/* bytes, not C strings */
	nul = string_get(pool, "abc\0", 4);
	assert_ptr_not_equal(nul, a);
	assert_int_equal(nul->size, 4);

	assert_ptr_equal(string_find(pool, "abc", 3), a);
	assert_int_equal(a->refs, 2);
	assert_null(string_find(pool, "ab", 2));
	assert_ptr_equal(string_ref(a), a);
	string_put(pool, a);
	string_put(pool, a);
	assert_ptr_equal(string_find(pool, "abc", 3), a);
	string_put(pool, a);
	assert_null(string_find(pool, "abc", 3));
	string_put(pool, nul);
	string_put(pool, none);
	string_put(pool, none);
	string_put(pool, NULL);
	assert_int_equal(string_pool_bytes(pool), empty);
	string_pool_free(pool);
	string_pool_free(NULL);
}

/* Enough to grow the table several times. */
static void test_many(void **unused)
{
	enum { MANY = 50000 };
	static struct string *strings[MANY];
	struct string_pool *pool = string_pool_new();
	char text[64];

	(void)unused;
	for (int i = 0; i < MANY; i++) {
		int size = snprintf(text, sizeof(text), "string number %d", i);

		strings[i] = string_get(pool, text, (size_t)size);
	}
	for (int i = 0; i < MANY; i++) {
		int size = snprintf(text, sizeof(text), "string number %d", i);

		assert_ptr_equal(string_find(pool, text, (size_t)size), strings[i]);
		assert_string_equal(strings[i]->text, text);
		if (i % 2)
			string_put(pool, strings[i]);
	}
	for (int i = 0; i < MANY; i++) {
		int size = snprintf(text, sizeof(text), "string number %d", i);

		assert_ptr_equal(string_find(pool, text, (size_t)size), i % 2 ? NULL : strings[i]);
	}
	string_pool_free(pool);
}

/* Values published with the algorithm. */
static void test_fnv(void **unused)
{
	(void)unused;
	assert_int_equal(bytes_hash("", 0), 0x811c9dc5);
	assert_int_equal(bytes_hash("a", 1), 0xe40c292c);
	assert_int_equal(bytes_hash("foobar", 6), 0xbf9cf968);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_fnv),
	};

	return cmocka_run_group_tests_name("string_pool", tests, NULL, NULL);
}
