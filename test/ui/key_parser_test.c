#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "src/ui/key_parser.h"

enum { END = KEY_NONE_ };

static void add(struct key_parser *parser, const char *bytes, size_t size)
{
	while (size > 0) {
		struct key_event event;
		size_t room;
		unsigned char *into = key_parser_room(parser, &room);

		if (room > size)
			room = size;
		memcpy(into, bytes, room);
		key_parser_add(parser, room);
		bytes += room;
		size -= room;
		if (size > 0)
			assert_int_equal(key_parser_next(parser, false, 0, &event), 0);
	}
}

static int next(struct key_parser *parser, bool late)
{
	struct key_event event;

	return key_parser_next(parser, late, 0, &event) ? event.key : END;
}

/* Checks the keys that bytes make, given at once and given one by one. */
static void expect(const char *bytes, size_t size, const int *keys)
{
	struct key_parser parser;
	size_t key = 0;
	int got;

	key_parser_init(&parser, NULL, 0);
	add(&parser, bytes, size);
	for (key = 0; keys[key] != END; key++)
		assert_int_equal(next(&parser, false), keys[key]);
	assert_int_equal(next(&parser, false), END);
	assert_false(key_parser_waiting(&parser));

	key = 0;
	for (size_t i = 0; i < size; i++) {
		add(&parser, bytes + i, 1);
		while ((got = next(&parser, false)) != END)
			assert_int_equal(got, keys[key++]);
	}
	assert_int_equal(keys[key], END);
	assert_false(key_parser_waiting(&parser));
}

#define EXPECT(bytes, ...) expect(bytes, sizeof(bytes) - 1, (const int[]){ __VA_ARGS__, END })

static void test_characters(void **state)
{
	(void)state;
	EXPECT("ab ", 'a', 'b', ' ');
	EXPECT("\r\n\t", K_ENTER, K_ENTER, K_TAB);
	EXPECT("\x7f\b", K_BACKSPACE, K_BACKSPACE);
	EXPECT("\x03\x0c", K_CTRL('C'), K_CTRL('L'));
	EXPECT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 0xe9, 0x20ac, 0x1f600);
}

static void test_broken_utf8_is_no_key(void **state)
{
	(void)state;
	EXPECT("\xff" "a", K_UNKNOWN, 'a');
	EXPECT("\xc3" "a", K_UNKNOWN, 'a');
	EXPECT("\xe2\x82" "a", K_UNKNOWN, 'a');
	EXPECT("\xc2\x9b", K_UNKNOWN);
	EXPECT("\xed\xa0\x80", K_UNKNOWN);
	expect("\0", 1, (const int[]){ K_UNKNOWN, END });
}

/* What terminals send: xterm's ctlseqs, tmux, rxvt and console documentation. */
static void test_cursor_keys(void **state)
{
	(void)state;
	EXPECT("\x1b[A\x1b[B\x1b[C\x1b[D", K_UP, K_DOWN, K_RIGHT, K_LEFT);
	EXPECT("\x1bOA\x1bOB\x1bOC\x1bOD", K_UP, K_DOWN, K_RIGHT, K_LEFT);
	EXPECT("\x1b[1;2A\x1b[1;2B\x1b[1;2C\x1b[1;2D", K_SHIFT_UP, K_SHIFT_DOWN, K_SHIFT_RIGHT, K_SHIFT_LEFT);
	EXPECT("\x1b[a\x1b[b\x1b[c\x1b[d", K_SHIFT_UP, K_SHIFT_DOWN, K_SHIFT_RIGHT, K_SHIFT_LEFT);
	EXPECT("\x1b[H\x1b[F\x1bOH\x1bOF", K_HOME, K_END, K_HOME, K_END);
	EXPECT("\x1b[1~\x1b[4~\x1b[7~\x1b[8~", K_HOME, K_END, K_HOME, K_END);
	EXPECT("\x1b[2~\x1b[3~\x1b[5~\x1b[6~", K_INSERT, K_DELETE, K_PAGE_UP, K_PAGE_DOWN);
	EXPECT("\x1b[Z", K_BACKTAB);
	/* control and an arrow mean nothing here */
	EXPECT("\x1b[1;5A\x1b[1;3C\x1b[3;5~", K_UNKNOWN, K_UNKNOWN, K_UNKNOWN);
}

static void test_function_keys(void **state)
{
	(void)state;
	EXPECT("\x1bOP\x1bOQ\x1bOR\x1bOS", K_F(1), K_F(2), K_F(3), K_F(4));
	EXPECT("\x1b[11~\x1b[12~\x1b[13~\x1b[14~\x1b[15~", K_F(1), K_F(2), K_F(3), K_F(4), K_F(5));
	EXPECT("\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~", K_F(6), K_F(7), K_F(8), K_F(9), K_F(10),
	       K_F(11), K_F(12));
	EXPECT("\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E", K_F(1), K_F(2), K_F(3), K_F(4), K_F(5));
	EXPECT("\x1b[1;2P\x1b[15;2~\x1b[24;2~", K_F(13), K_F(17), K_F(24));
	EXPECT("\x1b[16~\x1b[22~\x1b[99~\x1b[0~", K_UNKNOWN, K_UNKNOWN, K_UNKNOWN, K_UNKNOWN);
}

static void test_keypad(void **state)
{
	(void)state;
	EXPECT("\x1bOM\x1bOj\x1bOk\x1bOp\x1bOy\x1bOX", K_ENTER, '*', '+', '0', '9', '=');
}

/* Sequences nothing knows are taken whole: no byte of them acts as a key. */
static void test_unknown_sequences(void **state)
{
	(void)state;
	EXPECT("\x1b[99;1xq", K_UNKNOWN, 'q');
	EXPECT("\x1b[?1;2cq", K_UNKNOWN, 'q');
	EXPECT("\x1b[>0;276;0cq", K_UNKNOWN, 'q');
	EXPECT("\x1b[?2026;2$yq", K_UNKNOWN, 'q');
	EXPECT("\x1b[7$q", K_UNKNOWN, 'q');
	EXPECT("\x1b[Iq", K_UNKNOWN, 'q');
	EXPECT("\x1b[200~q", K_UNKNOWN, 'q');
	EXPECT("\x1bO1;5Pq", K_UNKNOWN, 'q');
	EXPECT("\x1b]11;rgb:0000/0000/0000\x07q", K_UNKNOWN, 'q');
	EXPECT("\x1b]11;rgb:0000/0000/0000\x1b\\q", K_UNKNOWN, 'q');
	EXPECT("\x1bP1$r0m\x1b\\q", K_UNKNOWN, 'q');
	EXPECT("\x1b_G;OK\x1b\\q", K_UNKNOWN, 'q');
	EXPECT("\x1bqx", K_UNKNOWN, 'x');
	EXPECT("\x1b\xc3\xa9x", K_UNKNOWN, 'x');
	EXPECT("\x1b\x1b[Ax", K_UNKNOWN, 'x');
	EXPECT("\x1b\x1bOAx", K_UNKNOWN, 'x');
	/* broken off by the next one */
	EXPECT("\x1b[12\x1b[A", K_UNKNOWN, K_UP);
	EXPECT("\x1b[12\rq", K_UNKNOWN, K_ENTER, 'q');
	EXPECT("\x1bO\x1b[A", K_UNKNOWN, K_UP);
}

static void test_longer_than_the_buffer(void **state)
{
	static const char *const starts[] = { "\x1b[", "\x1b]", "\x1bP", "\x1b\x1b[" };
	static const char *const ends[] = { "x", "\x07", "\x1b\\", "x" };
	struct key_parser parser;
	char filler[1000];

	(void)state;
	memset(filler, '1', sizeof(filler));
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		key_parser_init(&parser, NULL, 0);
		add(&parser, starts[i], strlen(starts[i]));
		for (int j = 0; j < 10; j++) {
			add(&parser, filler, sizeof(filler));
			assert_int_equal(next(&parser, false), END);
		}
		assert_true(key_parser_waiting(&parser));
		add(&parser, ends[i], strlen(ends[i]));
		add(&parser, "q", 1);
		assert_int_equal(next(&parser, false), K_UNKNOWN);
		assert_int_equal(next(&parser, false), 'q');
		assert_false(key_parser_waiting(&parser));
	}
	/* another sequence breaks it off */
	key_parser_init(&parser, NULL, 0);
	add(&parser, "\x1b[", 2);
	add(&parser, filler, sizeof(filler));
	assert_int_equal(next(&parser, false), END);
	add(&parser, "\x1b[A", 3);
	assert_int_equal(next(&parser, false), K_UNKNOWN);
	assert_int_equal(next(&parser, false), K_UP);
}

static void test_escape_alone(void **state)
{
	struct key_parser parser;

	(void)state;
	key_parser_init(&parser, NULL, 0);
	add(&parser, "\x1b", 1);
	assert_int_equal(next(&parser, false), END);
	assert_true(key_parser_waiting(&parser));
	assert_int_equal(next(&parser, true), K_ESCAPE);
	assert_false(key_parser_waiting(&parser));
	/* the first of two is surely the key */
	add(&parser, "\x1b\x1b" "x", 3);
	assert_int_equal(next(&parser, false), K_ESCAPE);
	assert_int_equal(next(&parser, false), K_UNKNOWN);
	/* the rest of a sequence never came */
	add(&parser, "\x1b[1;", 4);
	assert_int_equal(next(&parser, false), END);
	assert_int_equal(next(&parser, true), K_UNKNOWN);
	assert_int_equal(next(&parser, true), END);
}

static void test_terminfo(void **state)
{
	static const struct key_sequence extra[] = { { "\x1b[11^", K_F(1) }, { "\x1bx", K_F(2) }, { "\x1bxy", K_F(3) } };
	struct key_parser parser;

	(void)state;
	key_parser_init(&parser, extra, 3);
	add(&parser, "\x1b[11^\x1bxy\x1bxz", 11);
	assert_int_equal(next(&parser, false), K_F(1));
	assert_int_equal(next(&parser, false), K_F(3));
	assert_int_equal(next(&parser, false), K_F(2));
	assert_int_equal(next(&parser, false), 'z');
}

static void expect_mouse(struct key_parser *parser, const char *bytes, uint64_t now, enum mouse_kind kind, int row,
			 int column)
{
	struct key_event event;

	add(parser, bytes, strlen(bytes));
	assert_int_equal(key_parser_next(parser, false, now, &event), 1);
	assert_int_equal(event.key, K_MOUSE);
	assert_int_equal(event.mouse.kind, kind);
	assert_int_equal(event.mouse.row, row);
	assert_int_equal(event.mouse.column, column);
}

static void test_mouse(void **state)
{
	struct key_parser parser;

	(void)state;
	key_parser_init(&parser, NULL, 0);
	/* SGR: button ; column ; row from 1, M pressed, m released */
	expect_mouse(&parser, "\x1b[<0;11;6M", 1000, MOUSE_PRESS, 5, 10);
	expect_mouse(&parser, "\x1b[<32;12;7M", 1010, MOUSE_DRAG, 6, 11);
	expect_mouse(&parser, "\x1b[<0;300;200m", 1020, MOUSE_RELEASE, 199, 299);
	expect_mouse(&parser, "\x1b[<64;1;1M", 1030, MOUSE_WHEEL_UP, 0, 0);
	expect_mouse(&parser, "\x1b[<65;1;1M", 1040, MOUSE_WHEEL_DOWN, 0, 0);
	/* with shift */
	expect_mouse(&parser, "\x1b[<4;1;1M", 1050, MOUSE_PRESS, 0, 0);
	/* without SGR: 32 is added to all */
	expect_mouse(&parser, "\x1b[M !!", 3000, MOUSE_PRESS, 0, 0);
	expect_mouse(&parser, "\x1b[M#+&", 3010, MOUSE_RELEASE, 5, 10);
	EXPECT("\x1b[<2;1;1M\x1b[<1;1;1m\x1b[<35;1;1M\x1b[<0;0;1M\x1b[<0;1Mq", K_UNKNOWN, K_UNKNOWN, K_UNKNOWN, K_UNKNOWN,
	       K_UNKNOWN, 'q');
}

static void test_double_click(void **state)
{
	struct key_parser parser;

	(void)state;
	key_parser_init(&parser, NULL, 0);
	expect_mouse(&parser, "\x1b[<0;5;5M", 1000, MOUSE_PRESS, 4, 4);
	expect_mouse(&parser, "\x1b[<0;5;5m", 1050, MOUSE_RELEASE, 4, 4);
	expect_mouse(&parser, "\x1b[<0;5;5M", 1300, MOUSE_DOUBLE, 4, 4);
	/* a third one is the first of a pair again */
	expect_mouse(&parser, "\x1b[<0;5;5M", 1400, MOUSE_PRESS, 4, 4);
	expect_mouse(&parser, "\x1b[<0;5;5M", 1701, MOUSE_PRESS, 4, 4);
	expect_mouse(&parser, "\x1b[<0;6;5M", 1750, MOUSE_PRESS, 4, 5);
	expect_mouse(&parser, "\x1b[<32;7;5M", 1760, MOUSE_DRAG, 4, 6);
	expect_mouse(&parser, "\x1b[<0;6;5M", 1800, MOUSE_PRESS, 4, 5);
}

/* Whatever comes, the parser stays in its buffer and comes to an end. */
static void test_noise(void **state)
{
	struct key_parser parser;
	unsigned seed = 7;

	(void)state;
	key_parser_init(&parser, NULL, 0);
	for (int i = 0; i < 200000; i++) {
		static const char often[] = "\x1b[O;0123456789<M$~";
		struct key_event event;
		size_t room;
		unsigned char *into = key_parser_room(&parser, &room);

		assert_true(room > 0 && room <= sizeof(parser.bytes));
		seed = seed * 1103515245 + 12345;
		*into = seed >> 30 ? (unsigned char)often[(seed >> 16) % (sizeof(often) - 1)] :
				     (unsigned char)(seed >> 16);
		key_parser_add(&parser, 1);
		for (int keys = 0; key_parser_next(&parser, !(seed >> 8 & 63), 0, &event); keys++) {
			assert_true(keys < 128);
			assert_true(event.key >= 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_broken_utf8_is_no_key),
		cmocka_unit_test(test_cursor_keys),
		cmocka_unit_test(test_function_keys),
		cmocka_unit_test(test_keypad),
		cmocka_unit_test(test_unknown_sequences),
		cmocka_unit_test(test_longer_than_the_buffer),
		cmocka_unit_test(test_escape_alone),
		cmocka_unit_test(test_terminfo),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_double_click),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests_name("key_parser", tests, NULL, NULL);
}
