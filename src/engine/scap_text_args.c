/* Lines of parameters, and the texts within them that are longer than a number: buffers and paths. */
#include "scap_text.h"

#include "scap_path.h"

#define PATH_BYTES_MAX 4096

unsigned scap_shown_params(const struct event *event)
{
	const struct scap_type *type = &scap_types[event->call];
	unsigned known = type->nparams;

	return event->items < known ? event->items : known;
}

void scap_put_args(struct scap_printer *printer)
{
	const struct event *event = printer->event;
	const uint8_t *payload = (const uint8_t *)event_payload(event);
	unsigned step = printer->type->flags & SCAP_LARGE_PAYLOAD ? 4 : 2, count = scap_shown_params(event);
	size_t at = (size_t)event->items * step;

	/* a generic event has but the number that its name stands for */
	if (event->call <= SCAP_TYPE_GENERIC_X || at > event->payload_size)
		return;
	for (unsigned i = 0; i < count; i++) {
		size_t size = scap_uint(payload + (size_t)i * step, step);

		if (size > event->payload_size - at)
			return;
		put_bytes(&printer->output, printer->type->params[i].name, printer->type->params[i].name_size);
		put_char(&printer->output, '=');
		scap_put_param(printer, i, payload + at, size);
		put_char(&printer->output, ' ');
		at += size;
	}
}

/* ---- buffers ---- */

static bool prints(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f;
}

/* Whether all of eight bytes do. What is added to each carries into its highest bit, and no further unless that is set. */
static bool all_print(const uint8_t *bytes)
{
	const uint64_t each = 0x0101010101010101, highest = 0x80 * each;
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return !((word | (word + each)) & highest) && ((word + 0x60 * each) & highest) == highest;
}

static size_t printing_run(const uint8_t *bytes, size_t size)
{
	size_t run = 0;

	while (size - run >= 8 && all_print(bytes + run))
		run += 8;
	while (run < size && prints(bytes[run]))
		run++;
	return run;
}

/* What does not print becomes `instead`, or goes if that is 0. */
static void put_runs(struct text_output *output, const uint8_t *bytes, size_t size, char instead)
{
	while (size) {
		size_t run = printing_run(bytes, size);

		put_bytes(output, (const char *)bytes, run);
		bytes += run;
		size -= run;
		if (!size)
			return;
		if (instead)
			put_char(output, instead);
		bytes++;
		size--;
	}
}

/* Only what prints, and line ends, of whichever kind. */
static void put_lines(struct text_output *output, const uint8_t *bytes, size_t size)
{
	if (size)
		put_char(output, '\n');
	/* one that comes first is the one that stands there already */
	for (size_t i = size && bytes[0] == '\n'; i < size; i++) {
		if (bytes[i] == '\r' && i + 1 < size && bytes[i + 1] == '\n')
			continue;
		if (prints(bytes[i]))
			put_char(output, (char)bytes[i]);
		else if (bytes[i] == '\n' || bytes[i] == '\r')
			put_char(output, '\n');
	}
}

void scap_put_printable(struct text_output *output, const char *text, size_t size)
{
	put_runs(output, (const uint8_t *)text, size, 0);
}

static void put_hex_digits(struct text_output *output, unsigned number, unsigned digits)
{
	while (digits--)
		put_char(output, "0123456789abcdef"[number >> 4 * digits & 15]);
}

/* Lines of sixteen bytes in pairs, with their characters behind if wanted. */
static void put_hex_lines(struct text_output *output, const uint8_t *bytes, size_t size, bool characters)
{
	if (size)
		put_char(output, '\n');
	for (size_t line = 0; line < size; line += 16) {
		size_t count = size - line < 16 ? size - line : 16;

		put_bytes(output, "\t0x", 3);
		put_hex_digits(output, (unsigned)line, line > 0xffff ? 8 : 4);
		put_char(output, ':');
		for (size_t i = 0; i < count; i++) {
			if (i % 2 == 0)
				put_char(output, ' ');
			put_hex_digits(output, bytes[line + i], 2);
		}
		if (characters) {
			/* behind half a pair the column is one to the left, as in sysdig */
			put_bytes(output, "                                        ",
				  42 - count % 2 * 2 - (2 * count + (count + 1) / 2));
			put_runs(output, bytes + line, count, '.');
		}
		put_char(output, '\n');
	}
}

static void put_base64(struct text_output *output, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (; size; size -= size < 3 ? size : 3, bytes += 3) {
		uint32_t group = (uint32_t)bytes[0] << 16 | (size > 1 ? bytes[1] : 0u) << 8 | (size > 2 ? bytes[2] : 0u);
		char four[4] = { digits[group >> 18], digits[group >> 12 & 63], size > 1 ? digits[group >> 6 & 63] : '=',
				 size > 2 ? digits[group & 63] : '=' };

		put_bytes(output, four, 4);
	}
}

void scap_put_buffer(struct text_output *output, const struct field_settings *settings, const uint8_t *bytes, size_t size)
{
	size_t max = settings->buffer_max;

	switch (settings->buffer_style) {
	case BUFFER_PRINTABLE:
		put_lines(output, bytes, size);
		break;
	case BUFFER_HEX:
	case BUFFER_HEX_ASCII:
		put_hex_lines(output, bytes, size, settings->buffer_style == BUFFER_HEX_ASCII);
		break;
	case BUFFER_BASE64:
		put_base64(output, bytes, size);
		break;
	case BUFFER_DOTTED:
	default:
		if (max && size > max && max > 3) {
			put_runs(output, bytes, max - 3, '.');
			put_bytes(output, "...", 3);
		} else {
			put_runs(output, bytes, size, '.');
		}
		break;
	}
}

/* ---- paths ---- */

void scap_put_path(struct text_output *output, const char *directory, size_t directory_size, const char *path, size_t size)
{
	char from[PATH_BYTES_MAX], name[2 * PATH_BYTES_MAX];

	if (directory_size > sizeof(from) - 1)
		directory_size = sizeof(from) - 1;
	memcpy(from, directory, directory_size);
	if (directory_size && from[directory_size - 1] != '/')
		from[directory_size++] = '/';
	scap_put_printable(output, name,
			   scap_path_join(from, directory_size, path, size, name, sizeof(name)));
}
