/* What this kernel can do, found by trying: a tiny object that loads before the probe. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* Results; user space reads them after running `look` once. */
__u32 own_process;     /* of the caller, in the first pid namespace */
__u32 own_thread;
bool has_cast;
bool has_run_delay;
bool has_page_faults;
bool has_cgroups;
bool has_current_task;  /* bpf_get_current_task_btf(), of Linux 5.11 */

/* Tracepoints that not every kernel has, by the types of what they call. */
typedef void (*btf_trace_page_fault_user)(void *, long unsigned int, struct pt_regs *, long unsigned int);
typedef void (*btf_trace_cgroup_attach_task)(void *, struct cgroup *, const char *, struct task_struct *, bool);

SEC("raw_tp/sys_enter")
int look(void *context)
{
	__u64 both = bpf_get_current_pid_tgid();

	own_process = both >> 32;
	own_thread = both;
	has_cast = bpf_rdonly_cast != 0;
	has_run_delay = bpf_core_field_exists(((struct task_struct *)0)->sched_info.run_delay);
	has_page_faults = bpf_core_type_exists(btf_trace_page_fault_user);
	has_cgroups = bpf_core_type_exists(btf_trace_cgroup_attach_task);
	has_current_task = bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
	return 0;
}

/* Tried alone: loaded, and attached. */
SEC("?fentry/write_null")
int try_write_null(void *context)
{
	return 0;
}

SEC("?fentry/write_iter_null")
int try_write_iter_null(void *context)
{
	return 0;
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(try_tracepoint, struct pt_regs *regs, long id)
{
	return 0;
}

/* Refused where the kernel is locked down. */
SEC("?raw_tp/sys_enter")
int try_read_kernel(void *context)
{
	__u64 word;

	return bpf_probe_read_kernel(&word, sizeof(word), (void *)bpf_get_current_task());
}
