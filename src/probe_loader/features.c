#include "features.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/features.skel.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define CAPABILITIES "CAP_BPF and CAP_PERFMON (before Linux 6.2 CAP_SYS_ADMIN)"
#define NEEDS_ROOT "tracing needs root, or " CAPABILITIES ": run it with sudo"
#define NEEDS_CAPABILITIES \
	"root may not load BPF programs here: the process needs " CAPABILITIES ", and a kernel that is not locked down"
#define NEEDS "spantop needs Linux 5.11 or newer"

/* What libbpf has to say is for those who look for a fault in spantop: users get one line of ours. */
static int print_on_request(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (level == LIBBPF_DEBUG || !getenv("SPANTOP_DEBUG"))
		return 0;
	return vfprintf(stderr, format, arguments);
}

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

/* No type information, or none that this user may read. */
static int no_btf(struct features *features, const char *path)
{
	char text[256];

	if (errno == EACCES && geteuid())
		return fail(features, -EPERM, NEEDS_ROOT);
	snprintf(text, sizeof(text),
		 "this kernel has no type information (%s): " NEEDS " built with CONFIG_DEBUG_INFO_BTF", path);
	return fail(features, -ENOENT, text);
}

static bool may_administer(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	return !syscall(SYS_capget, &header, data) && data[0].effective >> CAP_SYS_ADMIN & 1;
}

/* Not even a program that does nothing is taken. */
static int no_programs(struct features *features, const char *path, int error)
{
	struct btf *btf;
	char text[256];

	if (error == -EPERM || error == -EACCES)
		return fail(features, -EPERM, geteuid() ? NEEDS_ROOT : NEEDS_CAPABILITIES);
	btf = btf__parse(path, NULL);
	if (libbpf_get_error(btf)) {
		snprintf(text, sizeof(text),
			 "the kernel's type information cannot be read (%s): is it that of this kernel, and whole?", path);
		return fail(features, error, text);
	}
	btf__free(btf);
	/* libbpf makes another error of it when it may not look for bpf_rdonly_cast in modules, which kernels that lack it entail */
	if (!may_administer())
		return fail(features, -EPERM, geteuid() ? NEEDS_ROOT : NEEDS_CAPABILITIES);
	return fail(features, error, "the kernel refuses BPF programs: " NEEDS);
}

int features_detect(struct features *features, const char *btf_path, bool full)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	const char *path = btf_path ? btf_path : KERNEL_BTF;
	struct features_bpf *object;
	int error;

	memset(features, 0, sizeof(*features));
	libbpf_set_print(print_on_request);
	if (access(path, R_OK))
		return no_btf(features, path);
	features->btf = true;
	open_with(&object, btf_path, "look");
	if (!object)
		return fail(features, -errno, "the feature test cannot be opened: is libbpf 1.0 or newer installed?");
	error = features_bpf__load(object);
	if (error) {
		features_bpf__destroy(object);
		return no_programs(features, path, error);
	}
	features->privileged = true;
	/* which kernels before 5.10 cannot */
	error = bpf_prog_test_run_opts(bpf_program__fd(object->progs.look), &run);
	if (error || !object->bss->has_current_task) {
		features_bpf__destroy(object);
		return fail(features, -ENOTSUP, "this kernel has no bpf_get_current_task_btf() for BPF programs: " NEEDS);
	}
	features->own_process = object->bss->own_process;
	features->cast = object->bss->has_cast;
	features->run_delay = object->bss->has_run_delay;
	features->page_faults = object->bss->has_page_faults;
	features->cgroups = object->bss->has_cgroups;
	features->same_ids = features->own_process == (uint32_t)getpid();
	features_bpf__destroy(object);
	if (full) {
		features->tracepoint = works(btf_path, "try_tracepoint", true);
		features->null_functions = works(btf_path, "try_write", true);
	}
	return 0;
}

void features_refusal(const char *btf_path, int error, char *text, size_t size)
{
	if (error == -EPERM || error == -EACCES || works(btf_path, "try_read_kernel", false))
		snprintf(text, size, "the kernel refuses the probe: %s (SPANTOP_DEBUG=1 shows its reasons)", strerror(-error));
	else
		snprintf(text, size, "the kernel is locked down, so BPF programs may not read its memory: start it without "
				     "lockdown=confidentiality (/sys/kernel/security/lockdown tells)");
}
