#include "utf8.h"

size_t utf8_decode(const char *text, size_t size, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t result;
	size_t length;

	if (bytes[0] < 0x80) {
		*character = bytes[0];
		return 1;
	}
	if (bytes[0] >= 0xc2 && bytes[0] < 0xe0)
		length = 2;
	else if (bytes[0] >= 0xe0 && bytes[0] < 0xf0)
		length = 3;
	else if (bytes[0] >= 0xf0 && bytes[0] < 0xf5)
		length = 4;
	else
		return 0;
	if (size < length)
		return 0;
	result = bytes[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		result = result << 6 | (bytes[i] & 0x3f);
	}
	if (result < least[length] || result > 0x10ffff || (result >= 0xd800 && result < 0xe000))
		return 0;
	*character = result;
	return length;
}

size_t utf8_encode(uint32_t character, char *text)
{
	if (character < 0x80) {
		text[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		text[0] = (char)(0xc0 | character >> 6);
		text[1] = (char)(0x80 | (character & 0x3f));
		return 2;
	}
	if (character < 0x10000) {
		text[0] = (char)(0xe0 | character >> 12);
		text[1] = (char)(0x80 | (character >> 6 & 0x3f));
		text[2] = (char)(0x80 | (character & 0x3f));
		return 3;
	}
	text[0] = (char)(0xf0 | character >> 18);
	text[1] = (char)(0x80 | (character >> 12 & 0x3f));
	text[2] = (char)(0x80 | (character >> 6 & 0x3f));
	text[3] = (char)(0x80 | (character & 0x3f));
	return 4;
}
