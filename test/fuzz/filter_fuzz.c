/* Any text as a filter: it is refused with a position inside it and a message of one line, or it can be asked
 * about any event. Any bytes, quoted, come back as they were. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/engine/filter.h"
#include "src/engine/string_pool.h"
#include "test/unit/feed.h"

#define CHECK(condition)                                                                             \
	do {                                                                                         \
		if (!(condition)) {                                                                  \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);              \
			abort();                                                                     \
		}                                                                                    \
	} while (0)

/* A machine with something of every kind. */
static struct engine *make_engine(void)
{
	struct engine_options options = { .memory = 1 << 20 };
	struct engine *engine = engine_new(&options);

	CHECK(engine);
	feed_process(engine, 100, 1, "bash", "-bash", "-l", "/root");
	feed_process(engine, 200, 100, "curl", "/usr/bin/curl", "-6 http://x", "/home");
	feed_descriptor(engine, 200, 5, FD_IPV4, "10.0.0.1:1000->10.0.0.2:80");
	feed_marker(engine, 200, 200, 1000, ">:t:req:n=1,q=x y:");
	feed_marker(engine, 200, 200, 1100, ">:t:req.db::");
	feed_open(engine, 200, 200, 1200, 1300, "/etc/hosts", 3);
	feed_write(engine, 200, 200, 1400, 1500, 3, "a\0b\xff", 4);
	feed_open(engine, 200, 200, 1600, 1700, "/missing", -2);
	feed_call(engine, 200, 200, 1700, 1800, "close", 0, 5);
	feed_marker(engine, 200, 200, 1900, "<:t:req.db:ret=0:");
	feed_marker(engine, 200, 200, 2000, "<:t:none::");
	feed_marker(engine, 200, 200, 2100, ">:q:bad::");
	feed_fork(engine, 200, 200, 2200, 300, 300);
	feed_exec(engine, 300, 2300, "ls", "ls\0-l", 6);
	feed_exit(engine, 300, 300, 2400, 256, true);
	feed_exit(engine, 200, 200, 2500, 0, true);
	return engine;
}

static void ask(struct engine *engine, const char *text)
{
	struct field_context *context = calloc(1, sizeof(*context));
	struct filter_error error;
	struct filter *filter = filter_new(text, &error);
	struct recording_cursor cursor;
	const struct event *event;

	CHECK(context);
	if (!filter) {
		CHECK(error.position <= strlen(text));
		CHECK(error.text[0] && !strchr(error.text, '\n') && !strchr(error.text, '\033'));
	} else {
		context->engine = engine;
		recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
		while ((event = recording_next(engine_recording(engine), &cursor)))
			filter_passes(filter, event, context);
	}
	filter_free(filter);
	field_context_fini(context);
	free(context);
}

/* Quoted, the bytes are one value, and it is theirs. */
static void quote(const uint8_t *data, size_t size)
{
	const char *start = "thread.name=";
	size_t length = filter_quote((const char *)data, size, NULL, 0), before = strlen(start);
	struct process process = { .pid = 1 };
	struct thread thread = { .tid = 1, .process = &process };
	struct event event = { .type = EVENT_CALL, .thread = &thread };
	struct field_context *context = calloc(1, sizeof(*context));
	char *text = malloc(before + length + 1);
	struct filter_error error;
	struct filter *filter;

	CHECK(context && text);
	memcpy(text, start, before);
	CHECK(filter_quote((const char *)data, size, text + before, length + 1) == length);
	CHECK(strlen(text) == before + length);
	filter = filter_new(text, &error);
	CHECK(filter);
	thread.name = calloc(1, sizeof(*thread.name) + size + 1);
	CHECK(thread.name);
	thread.name->size = size;
	if (size)
		memcpy(thread.name->text, data, size);
	CHECK(filter_passes(filter, &event, context));
	thread.name->text[size] = 'x';
	thread.name->size++;
	CHECK(!filter_passes(filter, &event, context));
	free(thread.name);
	filter_free(filter);
	free(context);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct engine *engine;
	char *text = malloc(size + 1);

	if (!engine)
		engine = make_engine();
	CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	ask(engine, text);
	/* four bytes for one at worst, and a filter has a limit */
	if (size < 16000)
		quote(data, size);
	free(text);
	return 0;
}
