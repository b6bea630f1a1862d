#include "key_parser.h"

#include <string.h>

#include "../engine/utf8.h"

enum { ESC = 0x1b, BEL = 7, DOUBLE_CLICK = 300 };

enum swallow {
	SWALLOW_NONE,
	SWALLOW_CSI,      /* to its final byte */
	SWALLOW_STRING,   /* to BEL or ESC \ */
};

void key_parser_init(struct key_parser *parser, const struct key_sequence *extra, size_t nextra)
{
	*parser = (struct key_parser){ .extra = extra, .nextra = nextra };
}

unsigned char *key_parser_room(struct key_parser *parser, size_t *size)
{
	*size = sizeof(parser->bytes) - parser->size;
	return parser->bytes + parser->size;
}

void key_parser_add(struct key_parser *parser, size_t size)
{
	parser->size += size;
}

bool key_parser_waiting(const struct key_parser *parser)
{
	return parser->size > 0 || parser->swallowing;
}

static void drop(struct key_parser *parser, size_t size)
{
	parser->size -= size;
	memmove(parser->bytes, parser->bytes + size, parser->size);
}

static bool shifted(unsigned modifiers)
{
	return modifiers == 2;
}

static int function_key(int n, unsigned modifiers)
{
	if (modifiers <= 1)
		return K_F(n);
	return shifted(modifiers) && n <= 12 ? K_F(n + 12) : K_UNKNOWN;
}

static int arrow_key(int plain, unsigned modifiers)
{
	if (modifiers <= 1)
		return plain;
	return shifted(modifiers) ? plain - K_UP + K_SHIFT_UP : K_UNKNOWN;
}

/* ESC [ 1 ; modifiers FINAL, and ESC O FINAL */
static int letter_key(unsigned char final, unsigned modifiers)
{
	static const int arrows[] = { K_UP, K_DOWN, K_RIGHT, K_LEFT };

	if (final >= 'A' && final <= 'D')
		return arrow_key(arrows[final - 'A'], modifiers);
	if (final >= 'P' && final <= 'S')
		return function_key(final - 'P' + 1, modifiers);
	if (modifiers > 1)
		return K_UNKNOWN;
	return final == 'H' ? K_HOME : final == 'F' ? K_END : K_UNKNOWN;
}

/* ESC [ n ; modifiers ~ */
static int tilde_key(unsigned n, unsigned modifiers)
{
	static const int editing[] = { 0, K_HOME, K_INSERT, K_DELETE, K_END, K_PAGE_UP, K_PAGE_DOWN, K_HOME,
				       K_END };
	static const signed char functions[] = { 1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 10, 0, 11, 12, 13, 14, 0, 15, 16,
						 0, 17, 18, 19, 20 };

	if (n >= 1 && n < sizeof(editing) / sizeof(*editing))
		return modifiers <= 1 ? editing[n] : K_UNKNOWN;
	if (n >= 11 && n - 11 < sizeof(functions) && functions[n - 11])
		return function_key(functions[n - 11], modifiers);
	return K_UNKNOWN;
}

/* Keypad in application mode and the SS3 forms of other keys. */
static int keypad_key(unsigned char final)
{
	if (final == 'M')
		return K_ENTER;
	if (final == 'X')
		return '=';
	if (final >= 'j' && final <= 'y')
		return final - 'j' + '*';
	return letter_key(final, 1);
}

static int mouse_key(struct key_parser *parser, unsigned button, int row, int column, bool release, uint64_t now,
		     struct key_event *event)
{
	event->mouse.row = row;
	event->mouse.column = column;
	button &= ~0x1cu;  /* shift, meta, control */
	if (row < 0 || column < 0)
		return K_UNKNOWN;
	if (button == 64 || button == 65) {
		event->mouse.kind = button == 64 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
	} else if (release && button == 0) {
		event->mouse.kind = MOUSE_RELEASE;
	} else if (button == 32) {
		event->mouse.kind = MOUSE_DRAG;
		parser->pressed = false;
	} else if (button == 0) {
		bool twice = parser->pressed && row == parser->press_row && column == parser->press_column &&
			     now - parser->press_time <= DOUBLE_CLICK;

		event->mouse.kind = twice ? MOUSE_DOUBLE : MOUSE_PRESS;
		parser->pressed = !twice;
		parser->press_row = row;
		parser->press_column = column;
		parser->press_time = now;
	} else {
		return K_UNKNOWN;
	}
	return K_MOUSE;
}

/* A control sequence as cut into its parts. */
struct csi {
	unsigned char marker;      /* one of < = > ? in front, or 0 */
	unsigned char final;       /* 0: broken off */
	bool intermediate;
	unsigned numbers[3];
	unsigned count;
};

/* Bytes of the sequence at ESC [, 0 if it is not complete. */
static size_t cut_csi(const unsigned char *bytes, size_t size, struct csi *csi)
{
	*csi = (struct csi){ .count = 1 };
	for (size_t i = 2; i < size; i++) {
		unsigned char byte = bytes[i];

		if (byte >= 0x40 && byte <= 0x7e) {
			csi->final = byte;
			return i + 1;
		}
		if (byte == '$' && !csi->marker && csi->numbers[0]) {  /* rxvt, shifted */
			csi->final = byte;
			return i + 1;
		}
		if (byte < 0x20 || byte > 0x7e)
			return i;
		if (i == 2 && byte >= '<') {
			csi->marker = byte;
		} else if (byte >= '0' && byte <= '9' && csi->count <= 3) {
			unsigned *number = &csi->numbers[csi->count - 1];

			*number = *number < 10000 ? *number * 10 + (byte - '0') : *number;
		} else if (byte == ';') {
			csi->count += csi->count <= 3;
		} else if (byte < 0x30) {
			csi->intermediate = true;
		}
	}
	return 0;
}

static size_t parse_csi(struct key_parser *parser, uint64_t now, struct key_event *event)
{
	const unsigned char *bytes = parser->bytes;
	size_t size = parser->size, used;
	struct csi csi;

	if (size > 2 && bytes[2] == '[') {  /* the Linux console's F1 to F5 */
		if (size < 4)
			return 0;
		if (bytes[3] < 0x20)
			return 3;
		if (bytes[3] >= 'A' && bytes[3] <= 'E')
			event->key = K_F(bytes[3] - 'A' + 1);
		return 4;
	}
	if (size > 2 && bytes[2] == 'M') {  /* a mouse without SGR */
		if (size < 6)
			return 0;
		/* a release says nothing of its button */
		event->key = mouse_key(parser, bytes[3] == ' ' + 3 ? 0 : bytes[3] - 32u, bytes[5] - 33,
				       bytes[4] - 33, bytes[3] == ' ' + 3, now, event);
		return 6;
	}
	used = cut_csi(bytes, size, &csi);
	if (!used || !csi.final || csi.intermediate)
		return used;
	if (csi.marker == '<' && csi.count == 3 && (csi.final == 'M' || csi.final == 'm'))
		event->key = mouse_key(parser, csi.numbers[0], (int)csi.numbers[2] - 1, (int)csi.numbers[1] - 1,
				       csi.final == 'm', now, event);
	else if (csi.marker)
		return used;
	else if (csi.final == '~')
		event->key = tilde_key(csi.numbers[0], csi.numbers[1]);
	else if (csi.final == 'Z')
		event->key = K_BACKTAB;
	else if (csi.final >= 'a' && csi.final <= 'd')  /* rxvt */
		event->key = letter_key(csi.final - 'a' + 'A', 2);
	else
		event->key = letter_key(csi.final, csi.numbers[1]);
	return used;
}

static size_t parse_string(const unsigned char *bytes, size_t size)
{
	for (size_t i = 2; i < size; i++) {
		if (bytes[i] == BEL)
			return i + 1;
		if (bytes[i] == ESC)
			return i + 1 == size ? 0 : bytes[i + 1] == '\\' ? i + 2 : i;
	}
	return 0;
}

static size_t parse_character(const unsigned char *bytes, size_t size, int *key)
{
	size_t need = bytes[0] < 0xc2 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : bytes[0] < 0xf5 ? 4 : 1;
	uint32_t character;

	for (size_t i = 1; i < need && i < size; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return i;
	if (size < need)
		return 0;
	if (utf8_decode((const char *)bytes, need, &character) && character &&
	    !(character >= 0x7f && character < 0xa0))
		*key = (int)character;
	return need;
}

static size_t parse_plain(const unsigned char *bytes, size_t size, int *key)
{
	switch (bytes[0]) {
	case '\r':
	case '\n':
		*key = K_ENTER;
		return 1;
	case 8:
	case 0x7f:
		*key = K_BACKSPACE;
		return 1;
	default:
		return parse_character(bytes, size, key);
	}
}

/* An ESC in front of another sequence or character: Alt, which no key here uses. */
static size_t parse_alt(struct key_parser *parser, struct key_event *event)
{
	const unsigned char *bytes = parser->bytes;
	struct csi csi;
	size_t used;
	int key;

	if (bytes[1] != ESC) {
		used = parse_character(bytes + 1, parser->size - 1, &key);
		return used ? used + 1 : 0;
	}
	if (parser->size == 2)
		return 0;
	if (bytes[2] == '[') {
		used = cut_csi(bytes + 1, parser->size - 1, &csi);
		return used ? used + 1 : 0;
	}
	if (bytes[2] == 'O')
		return parser->size > 3 ? 4 : 0;
	event->key = K_ESCAPE;
	return 1;
}

static size_t parse_ss3(const unsigned char *bytes, size_t size, struct key_event *event)
{
	size_t i = 2;

	while (i < size && ((bytes[i] >= '0' && bytes[i] <= '9') || bytes[i] == ';'))
		i++;
	if (i == size)
		return 0;
	if (bytes[i] < 0x20 || bytes[i] > 0x7e)
		return i;
	if (i == 2)
		event->key = keypad_key(bytes[i]);
	return i + 1;
}

/* Terminfo's sequences: bytes of the longest that is here, 0 none. *partial: more bytes could make one. */
static size_t parse_extra(const struct key_parser *parser, int *key, bool *partial)
{
	size_t best = 0;

	for (size_t i = 0; i < parser->nextra; i++) {
		size_t length = strlen(parser->extra[i].bytes);
		size_t common = length < parser->size ? length : parser->size;

		if (memcmp(parser->extra[i].bytes, parser->bytes, common))
			continue;
		if (length > parser->size)
			*partial = true;
		else if (length > best)
			best = length, *key = parser->extra[i].key;
	}
	return best;
}

static size_t parse_escape(struct key_parser *parser, uint64_t now, struct key_event *event, bool late)
{
	bool partial = false;
	size_t used = parse_extra(parser, &event->key, &partial);

	if (used)
		return used;
	if (parser->size == 1 || (partial && !late))
		return 0;
	switch (parser->bytes[1]) {
	case '[':
		return parse_csi(parser, now, event);
	case 'O':
		return parse_ss3(parser->bytes, parser->size, event);
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		return parse_string(parser->bytes, parser->size);
	default:
		return parse_alt(parser, event);
	}
}

/* Goes on in a sequence too long for the buffer. True when its end was found; an ESC that starts another one
 * ends it too. */
static bool swallow(struct key_parser *parser)
{
	size_t i, end = 0;

	for (i = 0; i < parser->size && parser->swallowing; i++) {
		unsigned char byte = parser->bytes[i];

		if (byte == BEL || (parser->swallowing == SWALLOW_CSI && byte >= 0x40 && byte <= 0x7e)) {
			end = i + 1;
			parser->swallowing = SWALLOW_NONE;
		} else if (byte == ESC) {
			if (parser->swallowing == SWALLOW_STRING && i + 1 == parser->size)
				break;  /* a backslash may follow */
			end = i + (parser->swallowing == SWALLOW_STRING && parser->bytes[i + 1] == '\\' ? 2 : 0);
			parser->swallowing = SWALLOW_NONE;
		}
	}
	drop(parser, parser->swallowing ? i : end);
	return !parser->swallowing;
}

int key_parser_next(struct key_parser *parser, bool late, uint64_t now, struct key_event *event)
{
	size_t used;

	memset(event, 0, sizeof(*event));
	event->key = K_UNKNOWN;
	if (parser->swallowing) {
		if (swallow(parser))
			return 1;
		if (!late)
			return 0;
		parser->swallowing = SWALLOW_NONE;
		parser->size = 0;
		return 1;
	}
	if (!parser->size)
		return 0;
	used = parser->bytes[0] == ESC ? parse_escape(parser, now, event, late) :
					 parse_plain(parser->bytes, parser->size, &event->key);
	if (!used && parser->size == sizeof(parser->bytes)) {
		bool csi = parser->bytes[1] == '[' || parser->bytes[2] == '[';

		parser->swallowing = csi ? SWALLOW_CSI : SWALLOW_STRING;
		drop(parser, parser->size - (parser->bytes[parser->size - 1] == ESC));
		return 0;
	}
	if (!used && !late)
		return 0;
	if (!used) {  /* cut off: ESC alone is a key, anything longer is not */
		event->key = parser->size == 1 && parser->bytes[0] == ESC ? K_ESCAPE : K_UNKNOWN;
		used = parser->size;
	}
	drop(parser, used);
	return 1;
}
