/* Page faults, switches and signals: recorded when they are asked for, and handed on in the form that captures have them,
 * lengths of the parameters, 16 bits each, then the parameters. */
#include "probe_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../scap/types.h"

#define KIB 1024

struct writer {
	struct other_params *params;
	unsigned count, total;     /* parameters: written, and of the event */
	size_t used;
};

static void put(struct writer *writer, uint64_t value, uint16_t size)
{
	memcpy(writer->params->bytes + 2 * writer->count++, &size, sizeof(size));
	/* both are little-endian */
	memcpy(writer->params->bytes + 2 * writer->total + writer->used, &value, size);
	writer->used += size;
}

/* The processor's bits, as sysdig's. */
static uint32_t fault_flags(uint64_t error)
{
	enum { PROTECTION = 1, MISSING = 2, WRITE = 4, READ = 8, USER = 16, SUPERVISOR = 32, RESERVED = 64, FETCH = 128 };

	return (error & 1 ? PROTECTION : MISSING) | (error & 2 ? WRITE : READ) | (error & 4 ? USER : SUPERVISOR) |
	       (error & 8 ? RESERVED : 0) | (error & 16 ? FETCH : 0);
}

static uint32_t kib(uint64_t pages)
{
	uint64_t size = pages * (uint64_t)sysconf(_SC_PAGESIZE) / KIB;

	return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

void other_event(const struct record_other *record, struct other_params *params, struct input *input)
{
	struct writer writer = { .params = params, .total = record->header.type == RECORD_SWITCH ? 6 : 3 };
	const uint64_t *args = record->args;

	_Static_assert(sizeof(params->bytes) >= 6 * 2 + 3 * 8 + 3 * 4, "room for a switch");
	input->kind = INPUT_SCAP;
	switch (record->header.type) {
	case RECORD_PAGE_FAULT:
		input->scap.type = SCAP_TYPE_PAGE_FAULT_E;
		put(&writer, args[0], 8);
		put(&writer, args[1], 8);
		put(&writer, fault_flags(args[2]), 4);
		break;
	case RECORD_SWITCH:
		input->scap.type = SCAP_TYPE_SCHEDSWITCH_6_E;
		for (int i = 0; i < 3; i++)
			put(&writer, args[i], 8);
		for (int i = 3; i < 6; i++)
			put(&writer, kib(args[i]), 4);
		break;
	default:
		input->scap.type = SCAP_TYPE_SIGNALDELIVER_E;
		put(&writer, args[0], 8);
		put(&writer, args[1], 8);
		put(&writer, args[2], 1);
		break;
	}
	input->scap.flags = 0;
	input->scap.nparams = (uint16_t)writer.total;
	input->scap.params = params->bytes;
	input->scap.size = (uint32_t)(2 * writer.total + writer.used);
}

/* ---- programs ---- */

void other_events_choose(struct probe *probe)
{
	struct probe_bpf *object = probe->object;
	bool faults = probe->features.page_faults && !probe->spans_only;

	bpf_program__set_autoload(object->progs.on_page_fault_user, faults);
	bpf_program__set_autoload(object->progs.on_page_fault_kernel, faults);
	bpf_program__set_autoload(object->progs.on_switch, !probe->spans_only);
	bpf_program__set_autoload(object->progs.on_signal, !probe->spans_only);
	bpf_program__set_autoload(object->progs.on_cgroup, probe->features.cgroups);
}

static int attach(struct bpf_program *program, struct bpf_link **link)
{
	if (!*link)
		*link = bpf_program__attach(program);
	return *link ? 0 : -errno;
}

int probe_add_events(struct probe *probe, unsigned events)
{
	struct probe_bpf *object = probe->object;
	unsigned more = events & ~probe->events;
	int error = 0;

	/* they are about what the other scopes look at */
	if (probe->spans_only)
		return 0;
	if (more & PROBE_PAGE_FAULTS && !probe->features.page_faults)
		return -ENOSYS;
	if (more & PROBE_PAGE_FAULTS) {
		error = attach(object->progs.on_page_fault_user, &object->links.on_page_fault_user);
		if (!error)
			error = attach(object->progs.on_page_fault_kernel, &object->links.on_page_fault_kernel);
	}
	if (!error && more & PROBE_SWITCHES)
		error = attach(object->progs.on_switch, &object->links.on_switch);
	if (!error && more & PROBE_SIGNALS)
		error = attach(object->progs.on_signal, &object->links.on_signal);
	if (!error)
		probe->events |= more;
	return error;
}

int probe_events_parse(const char *words)
{
	static const struct {
		const char *name;
		enum probe_event event;
	} names[] = {
		{ "page_fault", PROBE_PAGE_FAULTS }, { "switch", PROBE_SWITCHES }, { "signaldeliver", PROBE_SIGNALS },
	};
	int events = 0;

	while (*words) {
		size_t size = strcspn(words, ","), i = 0;

		while (i < sizeof(names) / sizeof(names[0]) &&
		       (strlen(names[i].name) != size || memcmp(names[i].name, words, size)))
			i++;
		if (i == sizeof(names) / sizeof(names[0]))
			return -1;
		events |= (int)names[i].event;
		words += size + (words[size] == ',');
	}
	return events ? events : -1;
}
