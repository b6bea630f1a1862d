#include "text_output.h"

#include "value.h"

__attribute__((noinline))
void copy_long(char *to, const char *from, size_t count)
{
	memcpy(to, from, count);
}

void put_bytes_cut(struct text_output *output, const char *bytes, size_t count)
{
	size_t room = output->size > output->kept ? output->size - output->kept - 1 : 0;

	/* once something was cut, nothing may follow it */
	if (output->kept == output->length && count && room)
		memcpy(output->text + output->kept, bytes, count < room ? count : room);
	if (output->kept == output->length)
		output->kept += count < room ? count : room;
	output->length += count;
}

void put_whole(struct text_output *output, const char *bytes, size_t count)
{
	if (output->kept == output->length && count < output->size - output->kept)
		put_bytes(output, bytes, count);
	else
		output->length += count;
}

void put_unsigned(struct text_output *output, uint64_t number, unsigned base)
{
	char digits[64], *at = digits + sizeof(digits);

	do {
		*--at = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	put_bytes(output, at, digits + sizeof(digits) - at);
}

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

char *decimal_before(char *end, uint64_t number)
{
	while (number >= 100) {
		end -= 2;
		memcpy(end, pairs + number % 100 * 2, 2);
		number /= 100;
	}
	if (number >= 10) {
		end -= 2;
		memcpy(end, pairs + number * 2, 2);
		return end;
	}
	*--end = (char)('0' + number);
	return end;
}

void put_decimal(struct text_output *output, uint64_t number)
{
	char digits[24], *end = digits + sizeof(digits), *at = decimal_before(end, number);

	put_bytes(output, at, end - at);
}

void put_padded(struct text_output *output, uint64_t number, unsigned digits)
{
	char text[24], *end = text + sizeof(text), *at = decimal_before(end, number);

	while (end - at < (int)digits && at > text)
		*--at = '0';
	put_bytes(output, at, end - at);
}

void put_hex_upper(struct text_output *output, uint64_t number)
{
	char digits[16], *at = digits + sizeof(digits);

	do {
		*--at = "0123456789ABCDEF"[number & 15];
		number >>= 4;
	} while (number);
	put_bytes(output, at, digits + sizeof(digits) - at);
}

void put_hex(struct text_output *output, uint64_t number)
{
	if (number)
		put_bytes(output, "0x", 2);
	put_unsigned(output, number, 16);
}

static size_t plain_run(const char *bytes, size_t count)
{
	size_t run = 0;

	while (run < count && bytes[run] >= 0x20 && bytes[run] < 0x7f)
		run++;
	return run;
}

void put_escaped(struct text_output *output, const char *bytes, size_t count, bool dots)
{
	char one[TEXT_ESCAPED_MAX];
	size_t run, length, used;
	bool plain;

	while (count) {
		run = plain_run(bytes, count);
		put_bytes(output, bytes, run);
		bytes += run;
		count -= run;
		if (!count)
			break;
		length = text_escape_one(bytes, count, one, &used, &plain);
		if (plain || !dots)
			put_whole(output, one, length);
		else
			put_bytes(output, "................", used);
		bytes += used;
		count -= used;
	}
}
