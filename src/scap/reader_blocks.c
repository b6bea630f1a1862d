/* Blocks of a capture but for the entries of lists: events, section headers, machine information. */
#include "reader_private.h"

#include <errno.h>

#define SECTION_MAGIC 0x1A2B3C4D
#define MACHINE_SIZE 148         /* without its last four words */
#define HOST_NAME_SIZE 128
#define FIXED_V1 22              /* of an event before its lengths */
#define FIXED_V2 26

/* ---- events ---- */

struct event_form {
	uint8_t before;          /* bytes of the body before the event: cpu, maybe flags */
	bool v1;                 /* does not say how many parameters there are */
};

static struct event_form form_of(uint32_t block)
{
	switch (block) {
	case 0x216:
	case 0x221:
		return (struct event_form){ 2, false };
	case 0x217:
	case 0x222:
		return (struct event_form){ 6, false };
	case 0x204:
	case 0x8010ABCD:
		return (struct event_form){ 2, true };
	case 0x208:
		return (struct event_form){ 6, true };
	default:
		return (struct event_form){ 0, false };
	}
}

bool scap_is_event(uint32_t block)
{
	return form_of(block).before;
}

/* Sum of `count` lengths. */
static size_t sum(const uint8_t *lengths, size_t count, bool large)
{
	size_t total = 0;

	if (large)
		for (size_t i = 0; i < count; i++)
			total += scap_u32(lengths + 4 * i);
	else
		for (size_t i = 0; i < count; i++)
			total += scap_u16(lengths + 2 * i);
	return total;
}

/* Events v1 do not tell their number of parameters: so many that lengths and values (size bytes) take just what there
 * is. -1: no number fits; sysdig passes over such an event. */
static int guess_count(const uint8_t *params, size_t size, const struct scap_type *type)
{
	size_t step = type->flags & SCAP_LARGE_PAYLOAD ? 4 : 2, taken = 0;
	unsigned n;

	for (n = 0; taken < size && n < type->nparams && (n + 1) * step <= size; n++)
		taken += step + scap_uint(params + n * step, step);
	return taken == size ? (int)n : -1;
}

static int read_params_v1(struct scap_reader *reader, const uint8_t *event, size_t size, struct scap_record *record)
{
	const struct scap_type *type = scap_type(record->type);
	int count;

	size -= FIXED_V1;
	/* the writers of these two counted three bytes too many */
	if (record->type == SCAP_TYPE_NOTIFICATION_E || record->type == SCAP_TYPE_INFRASTRUCTURE_EVENT_E)
		size = size > 3 ? size - 3 : 0;
	count = guess_count(event + FIXED_V1, size, type);
	if (count < 0) {
		reader->counts.bad_entries++;
		return 0;
	}
	record->nparams = (uint16_t)count;
	record->size = (uint32_t)size;
	record->params = event + FIXED_V1;
	return 1;
}

static int read_params_v2(struct scap_reader *reader, const uint8_t *event, size_t size, struct scap_record *record)
{
	bool large = scap_types[record->type].flags & SCAP_LARGE_PAYLOAD;
	size_t count, lengths, values;

	if (size < FIXED_V2)
		return scap_reader_fail(reader, reader->window.at, "an event of %zu bytes", size);
	count = scap_u32(event + FIXED_V1);
	lengths = count * (large ? 4 : 2);
	size -= FIXED_V2;
	if (count > UINT16_MAX || lengths > size)
		return scap_reader_fail(reader, reader->window.at, "an event of %zu parameters", count);
	values = sum(event + FIXED_V2, count, large);
	if (values > size - lengths)
		return scap_reader_fail(reader, reader->window.at, "the parameters of an event reach beyond it");
	record->nparams = (uint16_t)count;
	record->size = (uint32_t)(lengths + values);
	record->params = event + FIXED_V2;
	return 1;
}

int scap_read_event(struct scap_reader *reader, uint32_t block, size_t total, struct scap_item *item)
{
	const uint8_t *body = reader->window.bytes + reader->window.at + 8, *event;
	struct scap_record *record = &item->event;
	struct event_form form = form_of(block);
	size_t room = total - SCAP_BLOCK_FRAME, size;
	int got;

	reader->has_events = true;
	if (room < (size_t)form.before + FIXED_V1)
		return scap_reader_fail(reader, reader->window.at, "a block of an event of %zu bytes", total);
	room -= form.before;
	event = body + form.before;
	record->type = scap_u16(event + 20);
	if (!scap_type(record->type)) {
		reader->counts.unknown_events++;
		return 0;
	}
	size = scap_u32(event + 16);
	if (size < FIXED_V1 || size > room)
		return scap_reader_fail(reader, reader->window.at, "an event of %zu bytes in a block of %zu", size, total);
	item->kind = SCAP_ITEM_EVENT;
	record->time = scap_u64(event);
	record->tid = scap_u64(event + 8);
	record->cpu = scap_u16(body);
	record->dump_flags = form.before > 2 ? scap_u32(body + 2) : 0;
	got = form.v1 ? read_params_v1(reader, event, size, record) : read_params_v2(reader, event, size, record);
	reader->counts.events += got > 0;
	return got;
}

/* ---- section header, machine ---- */

const char *scap_section_fault(const uint8_t *bytes, size_t count)
{
	if (count < 4 || scap_u32(bytes) != SCAP_BLOCK_SECTION)
		return "not a .scap file";
	if (count < 12)
		return "cut short in its header";
	if (scap_u32(bytes + 8) == __builtin_bswap32(SECTION_MAGIC))
		return "written by a machine of the other byte order (big-endian), which is not supported";
	if (scap_u32(bytes + 8) != SECTION_MAGIC)
		return "not a .scap file";
	if (count < 14)
		return "cut short in its header";
	if (scap_u16(bytes + 12) > 1)
		return "of a later version of the format than 1";
	return NULL;
}

static int read_section(struct scap_reader *reader, size_t total, struct scap_item *item)
{
	const char *fault = scap_section_fault(reader->window.bytes + reader->window.at, total);

	if (fault)
		return scap_reader_fail(reader, reader->window.at, "a header that is %s", fault);
	reader->has_events = false;
	item->kind = SCAP_ITEM_SECTION;
	return 1;
}

static int read_machine(struct scap_reader *reader, size_t total, struct scap_item *item)
{
	const uint8_t *body = reader->window.bytes + reader->window.at + 8;
	struct scap_machine *machine = &item->machine;
	size_t size = total - SCAP_BLOCK_FRAME;

	if (size < MACHINE_SIZE)
		return scap_reader_fail(reader, reader->window.at, "machine information of %zu bytes", total);
	item->kind = SCAP_ITEM_MACHINE;
	machine->cpus = scap_u32(body);
	machine->memory = scap_u64(body + 4);
	machine->max_pid = scap_u64(body + 12);
	machine->hostname.text = (const char *)body + 20;
	machine->hostname.size = strnlen(machine->hostname.text, HOST_NAME_SIZE);
	machine->boot_time = size >= MACHINE_SIZE + 8 ? scap_u64(body + MACHINE_SIZE) : 0;
	return 1;
}

/* ---- blocks ---- */

/* The list that a block is; kind 0: none. */
static struct scap_list list_of(uint32_t block)
{
	static const struct {
		uint32_t block;
		uint8_t kind, version;
	} lists[] = {
		{ 0x202, SCAP_ITEM_PROCESS, 1 },   { 0x8000ABCD, SCAP_ITEM_PROCESS, 1 },
		{ 0x207, SCAP_ITEM_PROCESS, 2 },   { 0x8013ABCD, SCAP_ITEM_PROCESS, 2 },
		{ 0x209, SCAP_ITEM_PROCESS, 3 },   { 0x8014ABCD, SCAP_ITEM_PROCESS, 3 },
		{ 0x210, SCAP_ITEM_PROCESS, 4 },   { 0x211, SCAP_ITEM_PROCESS, 5 },
		{ 0x212, SCAP_ITEM_PROCESS, 6 },   { 0x213, SCAP_ITEM_PROCESS, 7 },
		{ 0x214, SCAP_ITEM_PROCESS, 8 },   { 0x215, SCAP_ITEM_PROCESS, 9 },
		{ 0x203, SCAP_ITEM_FD, 1 },        { 0x8001ABCD, SCAP_ITEM_FD, 1 },
		{ 0x218, SCAP_ITEM_FD, 2 },
		{ 0x205, SCAP_ITEM_INTERFACE, 1 }, { 0x8011ABCD, SCAP_ITEM_INTERFACE, 1 },
		{ 0x219, SCAP_ITEM_INTERFACE, 2 },
		{ 0x206, SCAP_ITEM_USER, 1 },      { 0x8012ABCD, SCAP_ITEM_USER, 1 },
		{ 0x220, SCAP_ITEM_USER, 2 },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (lists[i].block == block)
			return (struct scap_list){ .kind = lists[i].kind, .version = lists[i].version };
	return (struct scap_list){ 0 };
}

static int begin_list(struct scap_reader *reader, struct scap_list list, size_t total)
{
	struct scap_window *window = &reader->window;
	size_t before = 8;

	if (list.kind == SCAP_ITEM_FD) {
		before += 8;
		if (total < before + 4)
			return scap_reader_fail(reader, window->at, "a list of descriptors of %zu bytes", total);
		list.tid = scap_u64(window->bytes + window->at + 8);
	}
	list.end = window->at + total - 4;
	window->at += before;
	reader->list = list;
	return 0;
}

int scap_read_block(struct scap_reader *reader, uint32_t block, size_t total, struct scap_item *item)
{
	struct scap_window *window = &reader->window;
	struct scap_list list = list_of(block);
	bool is_machine = block == 0x201 || block == 0x8002ABCD;
	uint32_t again = scap_u32(window->bytes + window->at + total - 4);

	/* among events only a section header has a meaning */
	if (block != SCAP_BLOCK_SECTION && (reader->has_events || (!is_machine && !list.kind))) {
		reader->counts.unknown_blocks++;
		return 0;
	}
	if (again != total)
		return scap_reader_fail(reader, window->at, "a block of %zu bytes that ends with the length %u", total,
					again);
	if (block == SCAP_BLOCK_SECTION)
		return read_section(reader, total, item);
	return is_machine ? read_machine(reader, total, item) : begin_list(reader, list, total);
}
