/* Lines of parameters, and the texts within them that are longer than a number: buffers and paths. */
#include "scap_text.h"

#define PATH_SHOWN_MAX 4096

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
		put_word(&printer->output, printer->type->params[i].name);
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

/* What does not print becomes `instead`, or goes if that is 0. */
static void put_runs(struct text_output *output, const uint8_t *bytes, size_t size, char instead, bool lines)
{
	while (size) {
		size_t run = 0;

		while (run < size && (prints(bytes[run]) || (lines && bytes[run] == '\n')))
			run++;
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

void scap_put_printable(struct text_output *output, const char *text, size_t size)
{
	put_runs(output, (const uint8_t *)text, size, 0, false);
}

static void put_hex_digits(struct text_output *output, unsigned number, unsigned digits)
{
	while (digits--)
		put_char(output, "0123456789abcdef"[number >> 4 * digits & 15]);
}

/* Lines of sixteen bytes in pairs, with their characters behind if wanted. */
static void put_hex_lines(struct text_output *output, const uint8_t *bytes, size_t size, bool characters)
{
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
			put_bytes(output, "                                        ", 42 - (2 * count + (count + 1) / 2));
			put_runs(output, bytes + line, count, '.', false);
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
		put_char(output, '\n');
		put_runs(output, bytes, size, 0, true);
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
			put_runs(output, bytes, max - 3, '.', false);
			put_bytes(output, "...", 3);
		} else {
			put_runs(output, bytes, size, '.', false);
		}
		break;
	}
}

/* ---- paths ---- */

struct path {
	char text[PATH_SHOWN_MAX];
	size_t size;
};

/* Up to the slash before the last component, without it; the root stays. */
static void go_up(struct path *path)
{
	while (path->size && path->text[path->size - 1] != '/')
		path->size--;
	if (path->size)
		path->size--;
}

static void add_component(struct path *path, const char *name, size_t size, bool rooted)
{
	if (rooted || path->size) {
		if (path->size < sizeof(path->text))
			path->text[path->size++] = '/';
	}
	for (size_t i = 0; i < size && path->size < sizeof(path->text); i++)
		path->text[path->size++] = prints((uint8_t)name[i]) ? name[i] : '.';
}

void scap_put_path(struct text_output *output, const char *directory, size_t directory_size, const char *path, size_t size)
{
	bool absolute = size && path[0] == '/', rooted = absolute || (directory_size && directory[0] == '/');
	struct path whole = { .size = 0 };

	if (!absolute) {
		while (directory_size && directory[directory_size - 1] == '/')
			directory_size--;
		whole.size = directory_size < sizeof(whole.text) ? directory_size : sizeof(whole.text);
		memcpy(whole.text, directory, whole.size);
	}
	while (size) {
		const char *slash = memchr(path, '/', size);
		size_t length = slash ? (size_t)(slash - path) : size;

		if (length == 2 && path[0] == '.' && path[1] == '.')
			go_up(&whole);
		else if (length && !(length == 1 && path[0] == '.'))
			add_component(&whole, path, length, rooted);
		path += length + !!slash;
		size -= length + !!slash;
	}
	if (!whole.size && rooted)
		put_char(output, '/');
	scap_put_printable(output, whole.text, whole.size);
}
