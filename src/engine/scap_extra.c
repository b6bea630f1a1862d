#include "scap_extra.h"

#include "calls.h"
#include "scap_event.h"
#include "span.h"
#include "state.h"

#define MAGIC_SIZE 8
#define CALL_SIZE 24               /* without the text */
#define CALL_FLAGS (EVENT_NO_ENTER | EVENT_NO_RETURN)

static const char magic_call[MAGIC_SIZE] = "spantop\1", magic_account[MAGIC_SIZE] = "spantop\2";

_Static_assert(sizeof(struct span_account) == SCAP_EXTRA_ACCOUNT_SIZE - MAGIC_SIZE, "five counters");
_Static_assert(SCAP_EXTRA_MAX == CALL_SIZE + SCAP_EXTRA_TEXT_MAX, "what is put has room");

size_t scap_extra_put(const struct event *call, uint8_t bytes[SCAP_EXTRA_MAX])
{
	uint16_t flags = call->flags & CALL_FLAGS;
	int32_t fd = call->fd ? call->fd->num : -1;
	char text[SCAP_EXTRA_TEXT_MAX + 1];
	size_t size = event_text(call, text, sizeof(text));

	if (size > SCAP_EXTRA_TEXT_MAX)
		size = strnlen(text, SCAP_EXTRA_TEXT_MAX);
	memcpy(bytes, magic_call, MAGIC_SIZE);
	memcpy(bytes + 8, &call->call, 2);
	memcpy(bytes + 10, &flags, 2);
	memcpy(bytes + 12, &fd, 4);
	memcpy(bytes + 16, &call->result, 8);
	memcpy(bytes + CALL_SIZE, text, size);
	return CALL_SIZE + size;
}

bool scap_extra_read(const uint8_t *bytes, size_t size, struct scap_extra *extra)
{
	if (!bytes || size < CALL_SIZE || size > SCAP_EXTRA_MAX || memcmp(bytes, magic_call, MAGIC_SIZE))
		return false;
	memcpy(&extra->call, bytes + 8, 2);
	memcpy(&extra->flags, bytes + 10, 2);
	memcpy(&extra->fd, bytes + 12, 4);
	memcpy(&extra->result, bytes + 16, 8);
	extra->text = (const char *)bytes + CALL_SIZE;
	extra->text_size = size - CALL_SIZE;
	return extra->call < RECORD_CALL_NUMBERS && !(extra->flags & ~CALL_FLAGS) && extra->fd >= -1;
}

bool scap_extra_of(const struct event *event, struct scap_extra *extra)
{
	const uint8_t *bytes;
	size_t size;

	if (event->type != EVENT_SCAP || !(scap_takes_extra(event->call) || scap_takes_more(event->call)) ||
	    event->items <= scap_types[event->call].nparams)
		return false;
	bytes = event_param(event, event->items - 1u, &size);
	return bytes && scap_extra_read(bytes, size, extra);
}

void scap_extra_put_account(const struct span_account *account, uint8_t bytes[SCAP_EXTRA_ACCOUNT_SIZE])
{
	memcpy(bytes, magic_account, MAGIC_SIZE);
	memcpy(bytes + MAGIC_SIZE, account, sizeof(*account));
}

bool scap_extra_read_account(const uint8_t *bytes, size_t size, struct span_account *account)
{
	if (!bytes || size != SCAP_EXTRA_ACCOUNT_SIZE || memcmp(bytes, magic_account, MAGIC_SIZE))
		return false;
	memcpy(account, bytes + MAGIC_SIZE, sizeof(*account));
	return true;
}
