#include "web_service.h"

#include <errno.h>
#include <stdio.h>

#include "test/unit/feed.h"

#define PID 100
#define US 1000ull
#define MS 1000000ull

static void marker(struct engine *engine, uint32_t tid, uint64_t time, char direction, const char *tags,
		   const char *args)
{
	char text[200];

	snprintf(text, sizeof(text), "%c:t:%s:%s:", direction, tags, args);
	feed_marker(engine, tid, PID, time, text);
}

static void begin(struct engine *engine, uint32_t tid, uint64_t time, const char *tags)
{
	marker(engine, tid, time, '>', tags, "");
}

static void end(struct engine *engine, uint32_t tid, uint64_t time, const char *tags)
{
	marker(engine, tid, time, '<', tags, "");
}

static void fib(struct engine *engine, uint32_t tid, uint64_t start, uint64_t duration, unsigned number)
{
	char args[32];

	snprintf(args, sizeof(args), "n=%u", number);
	marker(engine, tid, start, '>', "fib_handler", args);
	begin(engine, tid, start + 10 * US, "fib_handler.fib_headers");
	end(engine, tid, start + 110 * US, "fib_handler.fib_headers");
	begin(engine, tid, start + 150 * US, "fib_handler.fib_write");
	end(engine, tid, start + duration - 50 * US, "fib_handler.fib_write");
	end(engine, tid, start + duration, "fib_handler");
}

/* In a slow download: 1 ms until the file is open, 600 ms to read it, 800 ms to send it. */
static void transfer(struct engine *engine, uint32_t tid, uint64_t start)
{
	static const char data[] = "blob blob blob blob";

	feed_open(engine, tid, PID, start + 200 * US, start + 300 * US, "/tmp/blob.cache", -ENOENT);
	feed_open(engine, tid, PID, start + 400 * US, start + 1000 * US, "/tmp/blob.bin.4", 7);
	feed_call(engine, tid, PID, start + 2 * MS, start + 602 * MS, "read", 65536, 7);
	feed_write(engine, tid, PID, start + 650 * MS, start + 1450 * MS, 5, data, sizeof(data) - 1);
	feed_call(engine, tid, PID, start + 1460 * MS, start + 1460 * MS + 5 * US, "close", 0, 7);
}

static void download(struct engine *engine, uint32_t tid, uint64_t start, uint64_t duration, const char *file)
{
	char args[64];

	snprintf(args, sizeof(args), "file=%s", file);
	marker(engine, tid, start, '>', "download_handler", args);
	begin(engine, tid, start + 20 * US, "download_handler.download_headers");
	end(engine, tid, start + 120 * US, "download_handler.download_headers");
	begin(engine, tid, start + 150 * US, "download_handler.download_write");
	if (duration > 100 * MS)
		transfer(engine, tid, start);
	end(engine, tid, start + duration - 150 * US, "download_handler.download_write");
	end(engine, tid, start + duration, "download_handler");
}

struct engine *web_service_new(void)
{
	struct engine_options options = { .memory = 4 << 20 };
	struct engine *engine = engine_new(&options);
	uint64_t start = WEB_SERVICE_START;

	if (!engine)
		return NULL;
	feed_process(engine, PID, 1, "python3", "/usr/bin/python3", "server.py", "/srv");
	feed_descriptor(engine, PID, 5, FD_IPV4, "10.0.0.9:50000->10.0.0.1:8888");
	for (unsigned i = 0; i < 5; i++)
		fib(engine, 101, start + i * 100 * MS, (i + 1) * MS, 20 + i);
	for (unsigned i = 0; i < 4; i++) {
		begin(engine, 102, start + (600 + i * 100) * MS, "empty_handler");
		end(engine, 102, start + (600 + i * 100) * MS + 500 * US, "empty_handler");
	}
	download(engine, 103, start + 1000 * MS, 2 * MS, "/tmp/blob.bin.1");
	download(engine, 103, start + 1100 * MS, 3 * MS, "/tmp/blob.bin.2");
	download(engine, 103, start + 2000 * MS, 1500 * MS, "/tmp/blob.bin.4");
	return engine;
}
