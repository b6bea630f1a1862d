/* Parameters of captured events as text, as sysdig prints them: fd=3(<f>/etc/hosts) flags=1(O_RDONLY) res=-2(ENOENT). */
#ifndef ENGINE_SCAP_TEXT_H
#define ENGINE_SCAP_TEXT_H

#include "field.h"
#include "scap_event.h"
#include "text_output.h"

struct fd;

/* What printing needs besides the value. */
struct scap_printer {
	struct text_output output;
	const struct event *event;   /* EVENT_SCAP */
	const struct scap_type *type;
	const struct engine *engine; /* NULL: numbers have no names */
	const struct field_settings *settings;
	struct field_context *services; /* NULL: ports are numbers */
};

static inline struct scap_printer scap_printer(const struct event *event, struct field_context *context, char *text, size_t size)
{
	return (struct scap_printer){
		.output = { .text = text, .size = size },
		.event = event,
		.type = &scap_types[event->call],
		.engine = context->engine,
		.settings = context->settings ? context->settings : &field_settings_default,
		.services = context->settings && context->settings->resolve_ports ? context : NULL,
	};
}

/* How many parameters the event has that are shown: those beyond what sysdig 0.29.3 knows are not. */
unsigned scap_shown_params(const struct event *event);
/* All of them: "name=value name=value ", a blank at the end. */
void scap_put_args(struct scap_printer *printer);
/* One value, its bytes given. */
void scap_put_param(struct scap_printer *printer, unsigned i, const uint8_t *bytes, size_t size);

/* ---- values ---- */
/* Bytes read or written, in the style of the settings. */
void scap_put_buffer(struct text_output *output, const struct field_settings *settings, const uint8_t *bytes, size_t size);
/* Text without what does not print. */
void scap_put_printable(struct text_output *output, const char *text, size_t size);
/* The path seen from a directory ("" unknown). */
void scap_put_path(struct text_output *output, const char *directory, size_t directory_size, const char *path, size_t size);
/* A number of the event's process as a descriptor, NULL if it is none that is known. */
const struct fd *scap_fd(const struct engine *engine, const struct event *event, int64_t num);
/* Directory that parameter `dirfd` means; false if it is not known. */
bool scap_directory(const struct engine *engine, const struct event *event, unsigned dirfd, const char **text,
		    size_t *size);
/* The name of an error as sysdig knows them, or NULL. */
const char *scap_errno_name(int64_t number);

#endif
