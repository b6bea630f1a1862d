#include "probe_private.h"

#include "existing.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "../engine/calls.h"

#define CALL_RINGS_TOTAL (64u << 20)     /* bytes that default rings may take together */
#define RING_MIN (256u << 10)

static const char *const scope_names[] = { "none", "spans", "inside", "all" };

int probe_scope_parse(const char *word)
{
	for (int i = SCOPE_SPANS; i <= SCOPE_ALL; i++)
		if (!strcmp(word, scope_names[i]))
			return i;
	return -1;
}

const char *probe_scope_name(enum probe_scope scope)
{
	return scope_names[scope];
}

uint64_t probe_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static size_t ring_size(size_t wanted, size_t usual, size_t ncpus)
{
	size_t size = RING_MIN;

	if (wanted) {
		size = sysconf(_SC_PAGESIZE);
		while (size < wanted)
			size *= 2;
		return size;
	}
	while (size * 2 <= usual && size * 2 * ncpus <= CALL_RINGS_TOTAL)
		size *= 2;
	return size;
}

/* One ring for this CPU, known to the kernel side under its number and mapped here. */
static int add_ring(struct probe *probe, struct bpf_map *table, uint32_t cpu, size_t size)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int error, fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, size, NULL);

	if (fd < 0)
		return fd;
	error = bpf_map_update_elem(bpf_map__fd(table), &cpu, &fd, BPF_ANY);
	if (error) {
		close(fd);
		return error;
	}
	error = ring_init(&probe->rings[probe->nrings].ring, fd, size);
	if (error)
		return error;
	probe->nrings++;
	return epoll_ctl(probe->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int make_rings(struct probe *probe, size_t marker_bytes, size_t call_bytes)
{
	int error = 0;

	probe->rings = calloc(2 * probe->ncpus, sizeof(*probe->rings));
	probe->totals = calloc(probe->ncpus, sizeof(*probe->totals));
	probe->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!probe->rings || !probe->totals)
		return -ENOMEM;
	if (probe->epoll < 0)
		return -errno;
	for (size_t cpu = 0; cpu < probe->ncpus && !error; cpu++) {
		error = add_ring(probe, probe->object->maps.marker_rings, cpu, marker_bytes);
		if (!error)
			error = add_ring(probe, probe->object->maps.call_rings, cpu, call_bytes);
	}
	return error;
}

/* Before loading: what nobody filters by costs nothing then. */
static void set_filter(struct probe *probe, const struct kernel_filter *kernel)
{
	struct probe_bpf *object = probe->object;
	struct record_filter *filter = (struct record_filter *)&object->rodata->filter;

	/* groups that nobody tells of cannot be told by */
	probe->by_container = kernel_filter_by_container(kernel) && probe->features.same_ids && probe->features.cgroups;
	object->bss->undecided = probe->by_container;
	filter->flags = (kernel->npids ? RECORD_FILTER_PROCESS : 0) |
			(probe->by_container ? RECORD_FILTER_PROCESS | RECORD_FILTER_CONTAINERS : 0) |
			(kernel->descendants ? RECORD_FILTER_DESCENDANTS : 0) |
			(kernel->tid ? RECORD_FILTER_THREAD : 0) | (kernel->failed ? RECORD_FILTER_FAILED : 0) |
			(kernel->at_least ? RECORD_FILTER_SLOW : 0);
	filter->tid = kernel->tid;
	filter->tid_process = kernel->tid && probe->features.same_ids ? process_of_thread(kernel->tid) : 0;
	filter->at_least = kernel->at_least;
	filter->command = kernel->command;
	kernel_filter_rows(kernel, (struct record_row *)object->rodata->rows, RECORD_CALLS);
}

/* Once it is loaded. */
static void want_processes(struct probe *probe, const struct kernel_filter *kernel)
{
	for (size_t i = 0; i < kernel->npids; i++)
		if (kernel->pids[i] != kernel->command)
			want_process(probe, kernel->pids[i], 0);
}

/* For scope `spans` alone: the cheapest programs that this kernel takes. */
static void choose_programs(struct probe *probe, const char *btf_path)
{
	struct probe_bpf *object = probe->object;

	probe->spans_only = true;
	probe->null_functions = features_null_functions(btf_path);
	bpf_program__set_autoload(object->progs.on_write_null, probe->null_functions);
	bpf_program__set_autoload(object->progs.on_write_iter_null, probe->null_functions);
	bpf_program__set_autoload(object->progs.on_sys_enter, false);
	bpf_program__set_autoload(object->progs.on_sys_exit, false);
}

static int load(struct probe *probe, const struct probe_options *options)
{
	LIBBPF_OPTS(bpf_object_open_opts, open, .btf_custom_path = options->btf_path);
	size_t call_bytes = ring_size(options->call_ring_bytes, 8u << 20, probe->ncpus);
	size_t marker_bytes = ring_size(options->marker_ring_bytes, 4u << 20, probe->ncpus);
	struct probe_bpf *object;
	int error;

	object = probe->object = probe_bpf__open_opts(&open);
	if (!object)
		return -errno;
	object->rodata->own_process = probe->features.own_process;
	object->rodata->have_cast = probe->features.cast;
	object->data->snap_length = probe->snap_length = options->snap_length ? options->snap_length : 80;
	object->rodata->ring_bytes_calls = call_bytes;
	object->rodata->ring_bytes_markers = marker_bytes;
	/* const to the BPF programs, filled here once */
	calls_fill_rows((struct record_row *)object->rodata->rows, RECORD_CALLS);
	if (options->filter)
		set_filter(probe, options->filter);
	if (!probe->by_container && (!options->filter || !options->filter->npids))
		bpf_map__set_max_entries(object->maps.wanted_processes, 1);
	if (options->spans_only)
		choose_programs(probe, options->btf_path);
	bpf_map__set_max_entries(object->maps.marker_rings, probe->ncpus);
	bpf_map__set_max_entries(object->maps.call_rings, probe->ncpus);
	other_events_choose(probe);
	error = probe_bpf__load(object);
	if (!error && options->filter)
		want_processes(probe, options->filter);
	if (!error)
		error = make_rings(probe, marker_bytes, call_bytes);
	return error;
}

struct probe *probe_new(const struct probe_options *options, struct probe_error *error)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	int code;

	if (!probe) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		return NULL;
	}
	probe->epoll = -1;
	probe->btf_path = options->btf_path;
	probe->ncpus = libbpf_num_possible_cpus();
	code = features_detect(&probe->features, options->btf_path, false);
	if (code) {
		snprintf(error->text, sizeof(error->text), "%s", probe->features.reason);
		probe_free(probe);
		return NULL;
	}
	code = load(probe, options);
	if (code) {
		features_refusal(options->btf_path, code, error->text, sizeof(error->text));
		probe_free(probe);
		return NULL;
	}
	probe->epoch = probe_clock(CLOCK_REALTIME) - probe_clock(CLOCK_BOOTTIME);
	probe->losses_time = probe_clock(CLOCK_REALTIME);
	live_source_init(probe);
	/* Forks are followed before /proc is read, so no process falls in between. */
	probe->object->links.on_fork = bpf_program__attach(probe->object->progs.on_fork);
	probe->object->links.on_exec = bpf_program__attach(probe->object->progs.on_exec);
	probe->object->links.on_exit = bpf_program__attach(probe->object->progs.on_exit);
	/* without it what processes used that end between two looks stays unknown */
	probe->object->links.on_free = bpf_program__attach(probe->object->progs.on_free);
	/* without it containers are known by the groups that processes are in when they start a program */
	if (probe->features.cgroups)
		probe->object->links.on_cgroup = bpf_program__attach(probe->object->progs.on_cgroup);
	if (!probe->object->links.on_fork || !probe->object->links.on_exec || !probe->object->links.on_exit) {
		snprintf(error->text, sizeof(error->text), "the probe cannot be attached: %s", strerror(errno));
		probe_free(probe);
		return NULL;
	}
	if (options->filter && options->filter->descendants && probe->features.same_ids)
		want_descendants(probe);
	probe->from_proc = options->from_proc;
	if (probe->features.same_ids)
		probe->snapshot = snapshot_new(getpid(), probe, false);
	return probe;
}

void probe_free(struct probe *probe)
{
	if (!probe)
		return;
	probe_set_scope(probe, SCOPE_NONE);
	probe_bpf__destroy(probe->object);
	for (size_t i = 0; i < probe->nrings; i++)
		ring_fini(&probe->rings[i].ring);
	if (probe->epoll >= 0)
		close(probe->epoll);
	snapshot_free(probe->snapshot);
	existing_free(probe->existing);
	resync_free(probe->resync);
	task_calls_free(probe->task_calls);
	free(probe->rings);
	free(probe->totals);
	free(probe->text);
	free(probe->others);
	free(probe->moved);
	free(probe);
}

static void detach(struct bpf_link **links)
{
	for (int i = 0; i < PROGRAM_LINKS; i++) {
		bpf_link__destroy(links[i]);
		links[i] = NULL;
	}
}

/* All of them or none. 0 or a negative errno. */
static int attach(struct bpf_program *const *programs, struct bpf_link **links)
{
	for (int i = 0; i < PROGRAM_LINKS; i++) {
		if (!programs[i])
			continue;
		links[i] = bpf_program__attach(programs[i]);
		if (!links[i]) {
			int error = -errno;

			detach(links);
			return error;
		}
	}
	return 0;
}

/* Where the kernel loads programs on its functions, it may still refuse to attach them. */
static int attach_spans(struct probe *probe, struct bpf_link **links)
{
	struct bpf_program *functions[PROGRAM_LINKS] = { probe->object->progs.on_write_null,
							 probe->object->progs.on_write_iter_null };
	struct bpf_program *calls[PROGRAM_LINKS] = { probe->object->progs.on_sys_enter_spans };

	if (probe->null_functions && !attach(functions, links))
		return 0;
	return attach(calls, links);
}

static int attach_calls(struct probe *probe, struct bpf_link **links)
{
	struct bpf_program *calls[PROGRAM_LINKS] = { probe->object->progs.on_sys_enter, probe->object->progs.on_sys_exit };

	return attach(calls, links);
}

/* The same programs serve both scopes. */
static bool looks_at_calls(enum probe_scope scope)
{
	return scope == SCOPE_INSIDE || scope == SCOPE_ALL;
}

/* The new programs are attached beside the old, and take over at one stroke: no marker falls in between. */
static int change_programs(struct probe *probe, enum probe_scope scope)
{
	struct bpf_link *links[PROGRAM_LINKS] = {};
	int error = 0;

	if (looks_at_calls(scope))
		error = attach_calls(probe, links);
	else if (scope == SCOPE_SPANS)
		error = attach_spans(probe, links);
	if (error)
		return error;
	if (looks_at_calls(scope))
		/* enter times from before a pause would make latencies of hours */
		memset(probe->object->bss->slots, 0, sizeof(probe->object->bss->slots));
	if (probe->object)
		__atomic_store_n(&probe->object->bss->active, scope, __ATOMIC_RELEASE);
	detach(probe->links);
	memcpy(probe->links, links, sizeof(links));
	return 0;
}

int probe_set_scope(struct probe *probe, enum probe_scope scope)
{
	int error = 0;

	_Static_assert((int)SCOPE_SPANS == RECORD_SCOPE_SPANS && (int)SCOPE_INSIDE == RECORD_SCOPE_INSIDE &&
		       (int)SCOPE_ALL == RECORD_SCOPE_ALL, "same scopes");
	if (scope == probe->scope)
		return 0;
	if (probe->spans_only && scope > SCOPE_SPANS)
		return -EINVAL;
	if (looks_at_calls(scope) && looks_at_calls(probe->scope))
		__atomic_store_n(&probe->object->bss->active, scope, __ATOMIC_RELEASE);
	else
		error = change_programs(probe, scope);
	if (error)
		return error;
	/* what was opened and closed since the start was not seen */
	if (scope == SCOPE_ALL && !probe->snapshot)
		resync_needed(probe, probe_clock(CLOCK_BOOTTIME));
	probe->scope = scope;
	return 0;
}

bool probe_is_starting(const struct probe *probe)
{
	return probe->snapshot;
}

enum probe_scope probe_get_scope(const struct probe *probe)
{
	return probe->scope;
}

struct existing *probe_existing(struct probe *probe)
{
	if (!probe->existing && !probe->from_proc)
		probe->existing = existing_new(probe->btf_path, probe->features.own_process);
	return existing_error(probe->existing) ? NULL : probe->existing;
}

bool probe_has_iterators(struct probe *probe)
{
	return probe_existing(probe);
}

/* The BPF programs read it at each call. */
void probe_keep_data(struct probe *probe, unsigned bytes)
{
	unsigned most = bytes < RECORD_BUFFER_MAX ? bytes : RECORD_BUFFER_MAX;

	probe->object->data->snap_length = most > probe->snap_length ? most : probe->snap_length;
}

struct source *probe_source(struct probe *probe)
{
	return &probe->source;
}
