/* Any inputs into the engine: three bytes choose what happens to whom, the next ones the details. Whatever comes, the
 * recording can be read, in order, and what its events point at is there; a small recording, so that
 * evictions are frequent. Queries of every kind read along, fall behind, look back, and look into spans. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/engine/query.h"
#include "src/engine/string_pool.h"
#include "test/unit/builtin_views.h"
#include "test/unit/feed.h"

#define CHECK(condition)                                                                             \
	do {                                                                                         \
		if (!(condition)) {                                                                  \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);              \
			abort();                                                                     \
		}                                                                                    \
	} while (0)

#define IDS 24            /* threads and processes */
#define NUMS 12           /* descriptors */
#define REPEATS 256       /* times that all inputs are fed */
#define QUERIES 6
#define ROWS 8            /* of each query that are looked at: the first ones and some further ones */

struct bytes {
	const uint8_t *at, *end;
};

static uint8_t take(struct bytes *bytes)
{
	return bytes->at < bytes->end ? *bytes->at++ : 0;
}

static int describe(struct source *source, uint32_t pid, int32_t num, struct fd *description, char *name, size_t size)
{
	(void)source;
	*description = (struct fd){ .num = num, .type = FD_IPV6, .inode = pid % 4 + 1, .has_socket = num % 2 };
	description->socket.family = 10;
	description->socket.local_port = num;
	snprintf(name, size, "/file%d", num);
	return pid % 3 ? 0 : -1;
}

static void watch(struct source *source, uint32_t pid, int change)
{
	(void)source;
	(void)change;
	CHECK(pid < IDS);
}

static const struct source_operations operations = { .describe_fd = describe, .watch = watch };

static void make_call(struct bytes *bytes, struct input *input, uint64_t args[6], char *payload, size_t room)
{
	static const char *const names[] = {
		"open", "openat", "close", "dup", "dup2", "fcntl", "pipe", "socketpair", "socket", "connect", "accept4",
		"bind", "listen", "sendto", "recvfrom", "read", "write", "chdir", "fchdir", "getcwd", "close_range",
		"eventfd2", "memfd_create", "pidfd_getfd", "mq_open", "getpid",
	};
	uint8_t details = take(bytes);
	size_t size = take(bytes) % room;

	for (unsigned i = 0; i < 3; i++)
		args[i] = (uint64_t)(int64_t)(int8_t)take(bytes);
	input->call.call = call_number(names[take(bytes) % (sizeof(names) / sizeof(*names))]);
	input->call.args = details & 1 ? NULL : args;
	input->call.flags = details >> 1 & 7;
	input->call.result = (int8_t)take(bytes);
	input->call.fd = details & 16 ? -1 : take(bytes) % NUMS;
	input->call.file_mode = details & 32 ? (uint16_t)(take(bytes) % 16 << 12 | 0644) : 0;
	input->call.file_inode = details & 64 ? take(bytes) % 5 : 0;
	input->call.enter_time = details & 128 ? 0 : input->time - 5;
	for (size_t i = 0; i < size; i++)
		payload[i] = (char)take(bytes);
	input->call.payload = payload;
	input->call.payload_size = size;
	input->call.items = 3;
}

static void make_marker(struct bytes *bytes, struct input *input)
{
	static const char *const texts[] = {
		">:t:a::", "<:t:a::", ">:p:a.b::", "<:p:a.b::", ">:pp:x::", "<:pp:x::", ">:7:g::", "<:7:g::",
		">:t:un", "fin:", "[\">\",1,[\"a\"],[]]", "junk", "",
	};

	input->marker.text = texts[take(bytes) % (sizeof(texts) / sizeof(*texts))];
	input->marker.size = strlen(input->marker.text);
	input->marker.full_size = input->marker.size;
	input->marker.ppid = take(bytes) % IDS;
	input->marker.comm = "marker\0\0\0\0\0\0\0\0\0";
}

static void feed_one(struct engine *engine, struct source *source, struct bytes *bytes, uint64_t now)
{
	uint8_t kind = take(bytes) % 16;
	char payload[256];
	uint64_t args[6] = { 0 };
	struct fd description = { .num = kind };
	struct input input = { .time = now };

	input.tid = take(bytes) % IDS;
	input.pid = take(bytes);
	input.pid = input.pid & 128 ? input.tid : input.pid % IDS;
	input.kind = kind <= INPUT_LOSS ? (enum input_kind)kind : INPUT_CALL;
	switch (input.kind) {
	case INPUT_MARKER:
		make_marker(bytes, &input);
		break;
	case INPUT_CALL:
		make_call(bytes, &input, args, payload, sizeof(payload));
		break;
	case INPUT_FORK:
		input.fork.child_tid = take(bytes) % IDS;
		input.fork.child_pid = input.tid & 1 ? input.fork.child_tid : take(bytes) % IDS;
		input.fork.comm = "child";
		break;
	case INPUT_EXEC:
		input.exec.comm = "exec";
		input.exec.command = "a\0b c\0";
		input.exec.size = take(bytes) % 7;
		break;
	case INPUT_EXIT:
		input.exit.last = take(bytes) & 1;
		break;
	case INPUT_PROCESS:
		input.process.ppid = take(bytes) % IDS;
		input.process.comm = "process";
		input.process.cwd = "/home";
		break;
	case INPUT_DESCRIPTOR:
		input.descriptor.description = &description;
		input.descriptor.name = "/name";
		input.descriptor.name_size = 5;
		break;
	case INPUT_LOSS:
		input.loss.cause = take(bytes) % (LOSS_CAUSES + 1);
		input.loss.count = 1;
		input.loss.from = now > 50 ? now - 50 : 0;
		break;
	default:
		break;
	}
	CHECK(engine_feed(engine, source, &input, 1) == 0);
}

static void check_event(const struct event *event)
{
	char text[64];

	CHECK(event->thread->tid < IDS && event->thread->process->pid < IDS);
	CHECK(strlen(event->thread->name->text) == event->thread->name->size);
	for (const struct process *process = event->thread->process; process; process = process->parent)
		CHECK(process->pid < IDS);
	if (event->fd)
		CHECK(event->fd->num >= 0 && strlen(event->fd->name->text) == event->fd->name->size);
	if (event->span) {
		span_tags_text(event->span, text, sizeof(text));
		CHECK(event->span->thread->tid < IDS && event->span->owner->pid < IDS);
	}
}

static void read_all(const struct engine *engine, struct recording_cursor *cursor, uint64_t last)
{
	const struct event *event;

	while ((event = recording_next(engine_recording(engine), cursor))) {
		CHECK(event->num > last);
		last = event->num;
		check_event(event);
	}
	CHECK(last == 0 || feed_find(engine, last));
}

/* ---- queries ---- */

static const char *const filters[] = {
	"evtin.span.tags=a", "evtin.span.p.tag[0] exists", "evtin.span.s.tags != a", "evtin.span.m.ntags > 1",
	"span.duration >= 0", "proc.apid = 3 or fd.name contains file", "evt.latency > 3 and not fd.num = 3",
	"evt.args contains a", "thread.name != x and proc.aname = child", "fd.ip = 0.0.0.0 or evt.type = close",
};

static const struct view_column columns[] = {
	{ .title = "KEY", .field = "proc.name", .flags = COLUMN_KEY },
	{ .title = "NAME", .field = "fd.name", .aggregation = AGGREGATE_MAX },
	{ .title = "ARGS", .field = "evt.args", .aggregation = AGGREGATE_LAST },
	{ .title = "TIME", .field = "evt.latency", .aggregation = AGGREGATE_P99 },
	{ .title = "RATE", .field = "evt.count", .aggregation = AGGREGATE_RATE },
	{ .title = "AROUND", .field = "evtin.span.m.tags", .aggregation = AGGREGATE_MIN },
};
static const struct view by_process = { .id = "fuzz", .kind = VIEW_TABLE, .columns = columns, .ncolumns = 6 };

/* Another query in place of one of them: its view, filter, and span that it looks into are as the bytes say. */
static struct query *new_query(struct engine *engine, struct bytes *bytes)
{
	const char *filter = filters[take(bytes) % (sizeof(filters) / sizeof(*filters))];
	uint8_t which = take(bytes), more = take(bytes);
	struct query_spec spec = {
		.view = &by_process, .depth = more & 3, .filters = &filter, .nfilters = more >> 2 & 1,
		.inside_scope = (more >> 3) % 3, .period = 100, .max_bytes = more & 64 ? 4000 : 0,
	};
	const struct event *event = feed_find(engine, engine_counts(engine)->events - which);
	struct filter_error error;
	struct query *query;
	size_t which_filter, views = view_set_count(builtin_views());

	if (which % (views + 1) < views)
		spec.view = view_set_at(builtin_views(), which % (views + 1));
	if (more & 128 && event)
		spec.inside = event->span;
	query = query_new(engine, &spec, &error, &which_filter);
	CHECK(query);
	return query;
}

static void look_at_row(struct query *query, size_t i, const char *end)
{
	size_t columns = query_get_spec(query)->view->ncolumns;
	const struct query_row *row = query_row(query, i);
	uint64_t id = row->id;
	struct span *span;
	char text[256];

	for (size_t column = 0; column < columns; column++)
		query_cell_text(query, row, column, text, sizeof(text));
	query_row_filter(query, row, text, sizeof(text));
	span = query_row_span(query, row);
	if (span)
		CHECK(span->thread->tid < IDS && span_tags_text(span, text, sizeof(text)));
	if (end)
		CHECK(query_find_row(query, id) == i);
}

static void look(struct query *query, struct bytes *bytes, uint64_t now)
{
	uint8_t what = take(bytes);
	size_t rows;

	if (query_get_spec(query)->inside)
		CHECK(query_get_spec(query)->inside->num);
	query_update(query, what & 1 ? 0 : 1 + what);
	if (what & 2)
		query_tick(query, now);
	if (what & 4)
		query_sort(query, (int)(what >> 3) % (int)(query_get_spec(query)->view->ncolumns + 1) - 1, what & 128);
	if ((what & 0xf8) == 0xf8)
		query_clear(query);
	rows = query_rows(query);
	for (size_t i = 0; i < rows && i < ROWS; i++)
		look_at_row(query, i, "");
	for (size_t i = ROWS; i < rows; i += 1 + rows / 4)
		look_at_row(query, i, NULL);
	rows = spectrum_rows(query);
	if (rows)
		CHECK(spectrum_row(query, 0)->from < spectrum_row(query, rows - 1)->to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct engine_options options = { .memory = (size_t)1 << 20 };
	struct engine *engine = engine_new(&options);
	struct source source = { &operations };
	struct recording_cursor all, tail;
	struct query *queries[QUERIES] = { NULL };
	struct bytes choices = { data, data + size };
	uint64_t now = 1000;

	CHECK(engine);
	recording_begin(engine_recording(engine), &tail, LANE_MASK_ALL, 0);
	for (unsigned i = 0; i < REPEATS && size; i++) {
		struct bytes bytes = { data, data + size };
		unsigned q = i % QUERIES;

		while (bytes.at < bytes.end)
			feed_one(engine, bytes.at[0] & 16 ? NULL : &source, &bytes, now += 10);
		if (i % 64 == 0)
			read_all(engine, &tail, 0);
		if (i % 8)
			continue;
		/* the bytes are used again and again, from another place each time */
		if (choices.at == choices.end)
			choices.at = data + i % size;
		if (!queries[q] || take(&choices) % 16 == 0) {
			query_free(queries[q]);
			queries[q] = new_query(engine, &choices);
		}
		if (take(&choices) % 32 == 0)
			engine_clear(engine);
		for (q = 0; q < QUERIES; q++)
			if (queries[q])
				look(queries[q], &choices, now);
	}
	recording_begin(engine_recording(engine), &all, LANE_MASK_ALL, 0);
	read_all(engine, &all, 0);
	engine_clear(engine);
	CHECK(recording_next(engine_recording(engine), &all) == NULL);
	for (unsigned q = 0; q < QUERIES; q++) {
		if (queries[q])
			look(queries[q], &choices, now);
		query_free(queries[q]);
	}
	engine_free(engine);
	return 0;
}
