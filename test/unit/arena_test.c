/* Memory given back all at once: what is taken is aligned, apart from all else, and stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/engine/arena.h"

#define COUNT 5000

/* Texts of all lengths up to several pieces between aligned objects: each stays what it was, nothing overlaps. */
static void test_everything_stays(void **state)
{
	struct arena arena = { 0 };
	unsigned char *texts[COUNT];
	uint64_t *numbers[COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = i % 500 ? i % 97 : 20 * i;

		texts[i] = arena_allocate(&arena, size, 1);
		numbers[i] = arena_allocate(&arena, sizeof(uint64_t), 8);
		assert_non_null(texts[i]);
		assert_non_null(numbers[i]);
		assert_int_equal((uintptr_t)numbers[i] % 8, 0);
		memset(texts[i], (int)(i & 255), size);
		*numbers[i] = i;
	}
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = i % 500 ? i % 97 : 20 * i;

		assert_int_equal(*numbers[i], i);
		for (size_t byte = 0; byte < size; byte++)
			assert_int_equal(texts[i][byte], i & 255);
	}
	arena_free(&arena);
}

/* A batch as large as the one before takes no more memory. */
static void test_reuse(void **state)
{
	struct arena arena = { 0 };
	char *first = arena_allocate(&arena, 100, 8), *second;

	(void)state;
	arena_reuse(&arena);
	second = arena_allocate(&arena, 100, 8);
	assert_ptr_equal(first, second);
	arena_free(&arena);
	assert_null(arena.newest);
	arena_reuse(&arena);
	arena_free(&arena);
}

/* Sizes that cannot be: no memory rather than too little. */
static void test_too_much(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_non_null(arena_allocate(&arena, 0, 8));
	assert_null(arena_allocate(&arena, SIZE_MAX, 8));
	assert_null(arena_allocate(&arena, SIZE_MAX - 8, 1));
	assert_non_null(arena_allocate(&arena, 8, 8));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_stays),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
