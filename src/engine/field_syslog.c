/* syslog.*: messages that are written to /dev/log, <priority>text. */
#include "field_classes.h"
#include "scap_event.h"
#include "state.h"

#define DIGITS_MAX 9

static const char *const facilities[] = {
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "clock", "authpriv", "ftp",
	"ntp", "logaudit", "logalert", "cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
};
static const char *const severities[] = { "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug" };

bool field_event_is_syslog(const struct event *event)
{
	static const char log[] = "/dev/log";

	return event->fd && field_event_writes(event) && event->fd->name->size >= sizeof(log) - 1 &&
	       memmem(event->fd->name->text, event->fd->name->size, log, sizeof(log) - 1);
}

bool field_syslog_read(const struct event *event, struct syslog_message *message)
{
	const char *text, *end;
	size_t size, i = 1;
	uint32_t priority = 0;

	if (!event->fd || !field_event_is_exit(event) || event->result < 0)
		return false;
	text = field_event_data(event, &size);
	if (!text || size < 3 || text[0] != '<' || !field_event_is_syslog(event))
		return false;
	for (; i < size && i <= DIGITS_MAX && text[i] >= '0' && text[i] <= '9'; i++)
		priority = priority * 10 + (uint32_t)(text[i] - '0');
	if (i == 1 || i == size || text[i] != '>')
		return false;
	end = memchr(text + i, '\0', size - i);
	message->priority = priority;
	message->text = text + i + 1;
	message->size = (end ? end : text + size) - message->text;
	return true;
}

const char *syslog_severity(const struct syslog_message *message)
{
	return severities[message->priority & 7];
}

bool field_syslog(const struct field *field, const struct event *event, unsigned nth, struct field_context *context,
		  struct value *value)
{
	struct syslog_message message;
	uint32_t facility;

	(void)nth;
	(void)context;
	if (!field_syslog_read(event, &message))
		return false;
	facility = message.priority >> 3;
	switch (field->definition->variant) {
	case SYSLOG_FACILITY:
		return give_uint(value, VALUE_UINT, facility);
	case SYSLOG_FACILITY_STR:
		return facility < sizeof(facilities) / sizeof(*facilities) && give_word(value, facilities[facility]);
	case SYSLOG_SEVERITY:
		return give_uint(value, VALUE_UINT, message.priority & 7);
	case SYSLOG_SEVERITY_STR:
		return give_word(value, syslog_severity(&message));
	default:
		return give_text(value, message.text, message.size);
	}
}
