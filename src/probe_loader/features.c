#include "features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/features.skel.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

static int fail(struct features *features, int error, const char *reason)
{
	features->error = error;
	snprintf(features->reason, sizeof(features->reason), "%s", reason);
	return error;
}

/* Opens the object with only those programs to be loaded whose names begin so. */
static void open_with(struct features_bpf **object, const char *btf_path, const char *name)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = btf_path);
	struct bpf_program *program;

	*object = features_bpf__open_opts(&options);
	if (!*object)
		return;
	bpf_object__for_each_program(program, (*object)->obj)
		bpf_program__set_autoload(program, !strncmp(bpf_program__name(program), name, strlen(name)));
}

static bool program_attaches(const struct bpf_program *program)
{
	struct bpf_link *link = bpf_program__attach(program);

	if (!link || libbpf_get_error(link))
		return false;
	bpf_link__destroy(link);
	return true;
}

/* Whether all programs whose names begin so load and, if that is asked too, attach. */
static bool works(const char *btf_path, const char *name, bool attached)
{
	struct bpf_program *program;
	struct features_bpf *object;
	bool good;

	open_with(&object, btf_path, name);
	if (!object)
		return false;
	good = !features_bpf__load(object);
	if (good && attached)
		bpf_object__for_each_program(program, object->obj)
			if (bpf_program__autoload(program) && !program_attaches(program))
				good = false;
	features_bpf__destroy(object);
	return good;
}

bool features_null_functions(const char *btf_path)
{
	return works(btf_path, "try_write", false);
}

int features_detect(struct features *features, const char *btf_path, bool full)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	struct features_bpf *object;
	int error;

	memset(features, 0, sizeof(*features));
	if (access(btf_path ? btf_path : KERNEL_BTF, R_OK)) {
		char text[256];

		if (errno == EACCES && geteuid())
			return fail(features, -EPERM, "tracing needs root: run it with sudo");
		snprintf(text, sizeof(text),
			 "this kernel has no type information (%s): spantop needs Linux 5.11 or newer built with "
			 "CONFIG_DEBUG_INFO_BTF",
			 btf_path ? btf_path : KERNEL_BTF);
		return fail(features, -ENOENT, text);
	}
	features->btf = true;
	open_with(&object, btf_path, "look");
	if (!object)
		return fail(features, -errno, "the feature test cannot be opened: is libbpf 1.0 or newer installed?");
	error = features_bpf__load(object);
	if (error) {
		features_bpf__destroy(object);
		if (error == -EPERM || error == -EACCES)
			return fail(features, -EPERM,
				    geteuid() ? "tracing needs root: run it with sudo" :
						"root may not load BPF programs here: the process needs CAP_BPF and "
						"CAP_PERFMON (or CAP_SYS_ADMIN), and a kernel that is not locked down");
		return fail(features, error, "the kernel refuses BPF programs: spantop needs Linux 5.11 or newer");
	}
	features->privileged = true;
	error = bpf_prog_test_run_opts(bpf_program__fd(object->progs.look), &run);
	if (!error) {
		features->own_process = object->bss->own_process;
		features->cast = object->bss->has_cast;
		features->run_delay = object->bss->has_run_delay;
		features->page_faults = object->bss->has_page_faults;
		features->cgroups = object->bss->has_cgroups;
	} else {
		features->own_process = getpid(); /* kernels before 5.10 cannot run it; right outside containers */
	}
	features->same_ids = features->own_process == (uint32_t)getpid();
	features_bpf__destroy(object);
	if (full) {
		features->tracepoint = works(btf_path, "try_tracepoint", true);
		features->null_functions = works(btf_path, "try_write", true);
	}
	return 0;
}
