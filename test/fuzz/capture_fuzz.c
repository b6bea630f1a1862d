/* Any bytes as a capture: through the reader, and through an engine whose sink reads every parameter and every field of
 * each event. The mutator knows blocks, lists and events, so that most of what it makes gets past the first lengths; now
 * and then it packs the file with gzip. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "src/engine/capture_source.h"
#include "src/engine/engine.h"
#include "src/engine/field.h"
#include "src/engine/scap_event.h"

#define CHECK(condition)                                                                             \
	do {                                                                                         \
		if (!(condition)) {                                                                  \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);              \
			abort();                                                                     \
		}                                                                                    \
	} while (0)

#define BLOCKS_MAX 1024          /* that the mutator looks at */
#define UNPACKED_MAX ((size_t)1 << 20)
#define VALUES_MAX 5             /* of a field, of one event */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads bytes so that the sanitizers see it. */
static void touch(const void *bytes, size_t size)
{
	const uint8_t *b = bytes;
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += b[i];
	__asm__ volatile("" : : "r"(sum));
}

/* ---- the reader ---- */

static void touch_text(struct scap_text text)
{
	CHECK(text.text);
	touch(text.text, text.size);
}

static void touch_process(const struct scap_process *process)
{
	const struct scap_text texts[] = { process->comm, process->exe, process->exepath, process->args,
					   process->cwd,  process->env, process->cgroups, process->root };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		touch_text(texts[i]);
}

static void touch_event(const struct scap_record *event)
{
	size_t step = scap_types[event->type].flags & SCAP_LARGE_PAYLOAD ? 4 : 2, taken = event->nparams * step;

	CHECK(scap_type(event->type));
	CHECK(taken <= event->size);
	for (size_t i = 0; i < event->nparams; i++)
		taken += scap_uint(event->params + i * step, step);
	CHECK(taken == event->size);
	touch(event->params, event->size);
}

static void touch_item(const struct scap_item *item)
{
	switch (item->kind) {
	case SCAP_ITEM_MACHINE:
		touch_text(item->machine.hostname);
		break;
	case SCAP_ITEM_INTERFACE:
		touch_text(item->interface.name);
		break;
	case SCAP_ITEM_USER:
		touch_text(item->user.home);
		touch_text(item->user.shell);
		/* fall through */
	case SCAP_ITEM_GROUP:
		touch_text(item->user.name);
		break;
	case SCAP_ITEM_PROCESS:
		touch_process(&item->process);
		break;
	case SCAP_ITEM_FD:
		touch_text(item->fd.name);
		break;
	case SCAP_ITEM_EVENT:
		touch_event(&item->event);
		break;
	case SCAP_ITEM_SECTION:
		break;
	}
}

/* Items of the file. peek: asks before each one whether it is there. */
static uint64_t read_items(const uint8_t *data, size_t size, bool peek)
{
	char error[200] = "";
	struct scap_reader *reader = scap_reader_memory(data, size, error, sizeof(error));
	struct scap_item item;
	uint64_t count = 0;
	int got;

	if (!reader) {
		CHECK(error[0] && !strchr(error, '\n'));
		return 0;
	}
	while ((got = scap_reader_next(reader, &item)) == 1) {
		/* what is there next does not move this item */
		bool there = peek && scap_reader_has_next(reader);

		touch_item(&item);
		count++;
		CHECK(!there || count % 2 || scap_reader_has_next(reader));
	}
	CHECK(got == 0 || got == -74);
	CHECK((got == 0) == !scap_reader_error(reader)[0]);
	CHECK(scap_reader_next(reader, &item) == got);
	scap_reader_close(reader);
	return count;
}

/* ---- the engine ---- */

struct world {
	struct field_context *context;
	struct field *fields;
	size_t nfields;
	uint64_t num;                /* of the newest event that was seen */
};

/* Every field, with an argument where it takes one. */
static void make_fields(struct world *world)
{
	static const char *const suffixes[] = {
		[FIELD_ARGUMENT_NONE] = "",        [FIELD_ARGUMENT_INDEX] = "[1]",
		[FIELD_ARGUMENT_NAME] = ".name",   [FIELD_ARGUMENT_EITHER] = "[0]",
		[FIELD_ARGUMENT_OPTIONAL] = "",    [FIELD_ARGUMENT_NUMBER] = "[1000]",
		[FIELD_ARGUMENT_MAY_NAME] = "",
	};
	size_t count = 0;

	while (field_table[count].name)
		count++;
	world->fields = calloc(count, sizeof(*world->fields));
	CHECK(world->fields);
	for (size_t i = 0; i < count; i++) {
		char text[100];
		const char *reason;
		size_t at;

		snprintf(text, sizeof(text), "%s%s", field_table[i].name, suffixes[field_table[i].argument]);
		if (field_parse(text, strlen(text), &world->fields[world->nfields], &reason, &at) > 0)
			world->nfields++;
	}
	CHECK(world->nfields > 100);
}

static void touch_fields(struct world *world, const struct event *event)
{
	for (size_t i = 0; i < world->nfields; i++) {
		const struct field *field = &world->fields[i];
		struct value value;

		for (unsigned nth = 0; nth < VALUES_MAX; nth++) {
			if (!field->definition->get(field, event, nth, world->context, &value))
				break;
			if (value.type == VALUE_TEXT || value.type == VALUE_BYTES)
				touch(value.text, value.size);
			if (!(field->definition->flags & FIELD_MANY))
				break;
		}
	}
}

static void on_event(void *context, const struct event *event)
{
	struct world *world = context;

	/* spans that end unfinished have the number of what ended them */
	CHECK(event->num >= world->num && event->thread && event->thread->process);
	world->num = event->num;
	if (event->type == EVENT_SCAP)
		for (unsigned i = 0; i <= event->items; i++) {
			size_t size = 0;
			const uint8_t *bytes = event_param(event, i, &size);

			if (bytes)
				touch(bytes, size);
		}
	touch_fields(world, event);
}

static void run_engine(struct world *world, const uint8_t *data, size_t size, bool stream)
{
	struct engine_options options = { .memory = (size_t)1 << 20, .stream = stream };
	struct recording_cursor cursor;
	const struct event *event;
	struct engine *engine;
	struct source *source;
	char error[200];
	int got;

	source = capture_source_memory(data, size, error, sizeof(error));
	if (!source)
		return;
	engine = engine_new(&options);
	CHECK(engine);
	memset(world->context, 0, sizeof(*world->context));
	world->context->engine = engine;
	world->num = 0;
	CHECK(engine_add_sink(engine, on_event, world) == 0);
	while ((got = engine_pump(engine, source, 256)) > 0)
		;
	CHECK(got == -61);
	world->num = 0;
	if (!stream) {
		field_context_fini(world->context);
		memset(world->context, 0, sizeof(*world->context));
		world->context->engine = engine;
		recording_begin(engine_recording(engine), &cursor, LANE_MASK_ALL, 0);
		while ((event = recording_next(engine_recording(engine), &cursor)))
			touch_fields(world, event);
	}
	field_context_fini(world->context);
	engine_free(engine);
	source->operations->close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;

	if (!world.fields) {
		make_fields(&world);
		world.context = calloc(1, sizeof(*world.context));
		CHECK(world.context);
	}
	CHECK(read_items(data, size, false) == read_items(data, size, true));
	run_engine(&world, data, size, size % 2);
	return 0;
}

/* ---- the mutator ---- */

struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(dice->state >> 33) % sides;
}

static uint32_t get(const uint8_t *at, size_t size)
{
	return (uint32_t)scap_uint(at, size);
}

static void set(uint8_t *at, size_t size, uint64_t number)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

/* A number that is likely to be at some limit. */
static uint64_t odd_number(struct dice *dice, uint64_t now)
{
	static const uint64_t numbers[] = { 0, 1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 0x7fffffff, 0xffffffff,
					    UINT64_MAX };
	uint32_t choice = roll(dice, 20);

	if (choice < sizeof(numbers) / sizeof(*numbers))
		return numbers[choice];
	return now + roll(dice, 9) - 4;
}

/* Changes the file to be unpacked, at most max bytes; returns its size, 0 if it cannot be. */
static size_t unpack(uint8_t *data, size_t size, size_t max)
{
	uint8_t *out = malloc(UNPACKED_MAX);
	z_stream stream = { .next_in = data, .avail_in = (uInt)size };
	size_t count;

	CHECK(out && inflateInit2(&stream, 16 + 15) == Z_OK);
	stream.next_out = out;
	stream.avail_out = UNPACKED_MAX;
	inflate(&stream, Z_SYNC_FLUSH);
	count = UNPACKED_MAX - stream.avail_out;
	inflateEnd(&stream);
	if (count > max)
		count = max;
	memcpy(data, out, count);
	free(out);
	return count;
}

static size_t pack(uint8_t *data, size_t size, size_t max)
{
	uint8_t *out = malloc(max);
	z_stream stream = { .next_in = data, .avail_in = (uInt)size };

	CHECK(out && deflateInit2(&stream, 1, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	stream.next_out = out;
	stream.avail_out = (uInt)max;
	if (deflate(&stream, Z_FINISH) == Z_STREAM_END) {
		size = max - stream.avail_out;
		memcpy(data, out, size);
	}
	deflateEnd(&stream);
	free(out);
	return size;
}

struct block {
	size_t at, total;
};

static size_t find_blocks(const uint8_t *data, size_t size, struct block blocks[BLOCKS_MAX])
{
	size_t count = 0;

	for (size_t at = 0; count < BLOCKS_MAX && size - at >= 12; at += blocks[count - 1].total) {
		size_t total = get(data + at + 4, 4);

		if (total < 12 || total > size - at)
			break;
		blocks[count++] = (struct block){ at, total };
	}
	return count;
}

/* Another type for a block or an event; the rest stays. */
static void change_type(struct dice *dice, uint8_t *block, size_t total)
{
	static const uint32_t types[] = {
		0x0A0D0D0A, 0x201, 0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214, 0x215, 0x203, 0x218, 0x204, 0x208,
		0x216, 0x217, 0x221, 0x222, 0x205, 0x219, 0x206, 0x220, 0x8000ABCD, 0x8010ABCD, 0x2ff,
	};

	if (total >= 44 && get(block, 4) == 0x216 && roll(dice, 4))
		set(block + 30, 2, roll(dice, SCAP_TYPES));
	else
		set(block, 4, types[roll(dice, sizeof(types) / sizeof(*types))]);
}

/* A block's length: both copies, mostly. */
static void change_length(struct dice *dice, uint8_t *block, size_t total)
{
	uint64_t length = roll(dice, 2) ? total + roll(dice, 33) - 16 : odd_number(dice, total);

	set(block + 4, 4, length);
	if (roll(dice, 4))
		set(block + total - 4, 4, length);
}

/* The count of an event's parameters, or the length of one; sometimes its values move along. */
static void change_parameters(struct dice *dice, uint8_t *block, size_t total)
{
	uint32_t type = get(block, 4), count;
	uint8_t *event = block + (type == 0x217 || type == 0x222 ? 14 : 10);
	size_t room = total - 4 - (size_t)(event - block);

	if (total < 44 || room < 28)
		return;
	count = get(event + 22, 4);
	if (roll(dice, 4) == 0)
		set(event + 22, 4, odd_number(dice, count));
	else if (roll(dice, 4) == 0)
		set(event + 16, 4, odd_number(dice, get(event + 16, 4)));
	else if (count && count <= (room - 26) / 2) {
		uint8_t *length = event + 26 + (size_t)2 * roll(dice, count);
		uint32_t before = get(length, 2), after = roll(dice, 3) ? roll(dice, before + 1) : odd_number(dice, before);

		set(length, 2, after);
		/* what one loses another may win, so that the sum stays */
		if (after < before && roll(dice, 2)) {
			uint8_t *other = event + 26 + (size_t)2 * roll(dice, count);

			set(other, 2, get(other, 2) + before - after);
		}
	}
}

/* Bytes somewhere in the body: a number, or noise of the same size. */
static void change_bytes(struct dice *dice, uint8_t *block, size_t total)
{
	size_t body = total - 12, size = (size_t)1 << roll(dice, 4), at;

	if (body < size)
		return;
	at = 8 + roll(dice, (uint32_t)(body - size + 1));
	if (roll(dice, 2))
		set(block + at, size, odd_number(dice, get(block + at, size < 4 ? size : 4)));
	else
		LLVMFuzzerMutate(block + at, size, size);
}

/* Blocks come twice, go, or change places. */
static size_t move_blocks(struct dice *dice, uint8_t *data, size_t size, size_t max, const struct block *blocks,
			  size_t count)
{
	struct block from = blocks[roll(dice, (uint32_t)count)], to = blocks[roll(dice, (uint32_t)count)];
	uint8_t *copy;

	if (roll(dice, 3) == 0) {
		memmove(data + from.at, data + from.at + from.total, size - from.at - from.total);
		return size - from.total;
	}
	if (size + from.total > max)
		return size;
	copy = malloc(from.total);
	CHECK(copy);
	memcpy(copy, data + from.at, from.total);
	memmove(data + to.at + from.total, data + to.at, size - to.at);
	memcpy(data + to.at, copy, from.total);
	free(copy);
	return size + from.total;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	struct dice dice = { seed };
	struct block blocks[BLOCKS_MAX];
	size_t count;

	roll(&dice, 2);
	if (size >= 2 && data[0] == 0x1f && data[1] == 0x8b) {
		if (roll(&dice, 4) == 0)
			return LLVMFuzzerMutate(data, size, max);
		size = unpack(data, size, max);
	}
	for (uint32_t steps = 1 + roll(&dice, 4); steps--;) {
		struct block block;

		count = find_blocks(data, size, blocks);
		if (!count || roll(&dice, 16) == 0)
			return LLVMFuzzerMutate(data, size, max);
		block = blocks[roll(&dice, (uint32_t)count)];
		switch (roll(&dice, 8)) {
		case 0:
			change_type(&dice, data + block.at, block.total);
			break;
		case 1:
			change_length(&dice, data + block.at, block.total);
			break;
		case 2:
			size = move_blocks(&dice, data, size, max, blocks, count);
			break;
		case 3:
		case 4:
			change_parameters(&dice, data + block.at, block.total);
			break;
		default:
			change_bytes(&dice, data + block.at, block.total);
		}
	}
	return size && roll(&dice, 16) == 0 ? pack(data, size, max) : size;
}
