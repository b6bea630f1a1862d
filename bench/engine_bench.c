/* Costs of the engine alone: ns of an input fed, ns of an event read back.
 * Prints one line each: name, tab, ns. Feeds what it makes itself, in batches as a source does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/engine/calls.h"
#include "src/engine/engine.h"

#define BATCH 256

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void feed(struct engine *engine, const struct input *inputs, size_t count)
{
	if (engine_feed(engine, NULL, inputs, count)) {
		fprintf(stderr, "engine_bench: out of memory\n");
		exit(1);
	}
}

/* Calls of `threads` threads in turn; fd -1: without a descriptor. */
static void bench_calls(const char *what, size_t memory, unsigned threads, const char *name, int32_t fd, bool marked)
{
	struct engine_options options = { .memory = memory };
	struct engine *engine = engine_new(&options);
	static const uint64_t args[6] = { 3, 0x1000, 64 };
	struct recording_cursor cursor;
	struct input inputs[BATCH];
	uint64_t total = 4000000, now = 1000000000, read = 0;
	int number = call_number(name);
	double start, fed, done;

	for (unsigned i = 0; i < threads && marked; i++) {
		struct input input = { .kind = INPUT_MARKER, .tid = 100 + i, .pid = 100 + i, .time = now };

		input.marker.text = ">:t:work::";
		input.marker.size = input.marker.full_size = 10;
		feed(engine, &input, 1);
	}
	start = seconds();
	for (uint64_t n = 0; n < total; n += BATCH) {
		for (unsigned i = 0; i < BATCH; i++, now += 700) {
			unsigned thread = 100 + (n + i) % threads;

			inputs[i] = (struct input){ .kind = INPUT_CALL, .tid = thread, .pid = thread, .time = now };
			inputs[i].call.enter_time = now - 300;
			inputs[i].call.call = number;
			inputs[i].call.fd = fd;
			inputs[i].call.args = args;
			inputs[i].call.file_inode = fd < 0 ? 0 : 4711;
			inputs[i].call.file_mode = fd < 0 ? 0 : 0100644;
		}
		feed(engine, inputs, BATCH);
	}
	fed = seconds();
	recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
	while (recording_next(engine_recording(engine), &cursor))
		read++;
	done = seconds();
	printf("%s, an input\t%.1f\n", what, (fed - start) / total * 1e9);
	printf("%s, read back\t%.1f\n", what, (done - fed) / read * 1e9);
	engine_free(engine);
}

static void bench_markers(const char *what, unsigned depth)
{
	struct engine *engine = engine_new(NULL);
	uint64_t pairs = 1000000, now = 1000000000;
	char enters[64][512], exits[64][512], tags[512] = "";
	double start;

	for (unsigned i = 0; i < depth; i++) {
		snprintf(tags + strlen(tags), sizeof(tags) - strlen(tags), "%slevel%u", i ? "." : "", i);
		snprintf(enters[i], sizeof(enters[i]), ">:t:%.500s::", tags);
		snprintf(exits[i], sizeof(exits[i]), "<:t:%.500s::", tags);
	}
	start = seconds();
	for (uint64_t n = 0; n < pairs; n += depth) {
		struct input inputs[128];

		for (unsigned i = 0; i < 2 * depth; i++, now += 500) {
			const char *text = i < depth ? enters[i] : exits[2 * depth - 1 - i];

			inputs[i] = (struct input){ .kind = INPUT_MARKER, .tid = 7, .pid = 7, .time = now };
			inputs[i].marker.text = text;
			inputs[i].marker.size = inputs[i].marker.full_size = strlen(text);
			inputs[i].marker.ppid = 1;
			inputs[i].marker.comm = "bench\0\0\0\0\0\0\0\0\0\0";
		}
		feed(engine, inputs, 2 * depth);
	}
	printf("%s, a pair\t%.1f\n", what, (seconds() - start) / pairs * 1e9);
	engine_free(engine);
}

int main(void)
{
	bench_calls("calls without payload", 0, 2, "getpid", -1, false);
	bench_calls("calls without payload, 64 MiB", (size_t)64 << 20, 2, "getpid", -1, false);
	bench_calls("calls inside a span", 0, 2, "getpid", -1, true);
	bench_calls("calls with a descriptor", 0, 2, "lseek", 3, false);
	bench_calls("calls of 1000 threads", 0, 1000, "getpid", -1, false);
	bench_markers("markers", 1);
	bench_markers("markers, 8 deep", 8);
	return 0;
}
