#include "event_fields.h"

#include <stdio.h>
#include <string.h>

#include "../engine/field.h"

#define MANY_MAX 16      /* values of one field that are shown */
#define NAME_WIDTH 25
#define VALUE_TEXT_SIZE 8192

void page_pair(struct popup *page, int width, const char *name, int name_width, bool right, const char *text)
{
	size_t line = page->count;

	if (width < 2 * name_width)
		popup_text(page, STYLE_POPUP, width, 2, "%s: %s", name, text);
	else
		popup_text(page, STYLE_POPUP, width, name_width + 1, "%*s %s", right ? name_width : -name_width, name, text);
	if (page->count > line && !right)
		page->lines[line].value = cells_width(name, strlen(name));
}

size_t exact_format(const struct value *value, char *text, size_t size)
{
	char shown[32];

	switch (value->type) {
	case VALUE_INT:
		return (size_t)snprintf(text, size, "%lld", (long long)value->i);
	case VALUE_UINT:
		return (size_t)snprintf(text, size, "%llu", (unsigned long long)value->u);
	case VALUE_DURATION:
		value_format(value, false, shown, sizeof(shown));
		if (value->u < 1000)
			return (size_t)snprintf(text, size, "%s", shown);
		return (size_t)snprintf(text, size, "%s (%llu ns)", shown, (unsigned long long)value->u);
	default:
		return value_format(value, false, text, size);
	}
}

/* Fields that only write another one differently. */
static bool is_rewriting(const char *name)
{
	static const char *const ends[] = { ".s", ".ns", ".human", ".iso8601" };
	static const char *const others[] = {
		"evt.time", "evt.rawtime", "evt.dir", "evt.type", "evt.text", "evt.info", "syscall.type", "evt.count",
		"evt.count.exit", "evt.wait_latency", "evt.deltatime", "evt.outputtime", "proc.args", "proc.exeline",
		"thread.nametid", "fd.typechar", "fd.uid", "span.rawtime", "span.rawparenttime", "span.count",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(name, others[i]))
			return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t size = strlen(name), end = strlen(ends[i]);

		if (size > end && !strcmp(name + size - end, ends[i]))
			return true;
	}
	return false;
}

static void add_field(struct popup *page, int width, const struct field *field, const struct event *event,
		      struct field_context *context)
{
	const struct field_definition *definition = field->definition;
	unsigned values = definition->flags & FIELD_MANY ? MANY_MAX : 1;
	char raw[VALUE_TEXT_SIZE], text[VALUE_TEXT_SIZE];

	for (unsigned nth = 0; nth < values; nth++) {
		struct value value = { .type = VALUE_NONE };
		size_t size;

		if (!definition->get(field, event, nth, context, &value) || value.type == VALUE_NONE)
			return;
		if (value.type == VALUE_BOOL && !value.u)
			continue;   /* what it is says more than all it is not */
		size = exact_format(&value, raw, sizeof(raw));
		text_escape(raw, size < sizeof(raw) ? size : sizeof(raw) - 1, text, sizeof(text));
		if (text[0])
			page_pair(page, width, definition->name, NAME_WIDTH, false, text);
	}
}

static bool is_told(const struct field_definition *definition, bool around)
{
	if ((definition->flags & (FIELD_FILTER_ONLY | FIELD_TABLE_ONLY)) || is_rewriting(definition->name))
		return false;
	if (!around && !strncmp(definition->name, "evtin.", 6))
		return false;
	return definition->argument == FIELD_ARGUMENT_NONE || definition->argument == FIELD_ARGUMENT_OPTIONAL;
}

static void add_fields(struct popup *page, int width, const struct event *event, struct field_context *context,
		       const char *prefix, bool with, bool around)
{
	for (const struct field_definition *definition = field_table; definition->name; definition++) {
		struct field field = { .definition = definition };

		if (is_told(definition, around) && with == !strncmp(definition->name, prefix, strlen(prefix)))
			add_field(page, width, &field, event, context);
	}
}

void event_fields(struct popup *page, int width, const struct event *event, struct field_context *context,
		  const char *first, bool around)
{
	add_fields(page, width, event, context, first, true, around);
	add_fields(page, width, event, context, first, false, around);
}
