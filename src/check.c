#include "check.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "messages.h"
#include "probe_loader/probe_loader.h"
#include "session.h"

static void line(const char *what, const char *finding)
{
	printf("  %-18s %s\n", what, finding);
}

static const char *yes_no(bool condition, const char *yes, const char *no)
{
	return condition ? yes : no;
}

/* Which part of the filter the kernel is asked. */
static void filter_line(const struct kernel_filter *kernel)
{
	char text[512], words[600];

	kernel_filter_text(kernel, text, sizeof(text));
	snprintf(words, sizeof(words), "the kernel records only: %s", text);
	line("filter", text[0] ? words : "nothing of it is asked in the kernel: everything is recorded first");
}

int check_run(const struct options *given)
{
	const char *btf = getenv("SPANTOP_BTF"), *terminal = getenv("TERM");
	struct kernel_filter kernel;
	struct probe_options options = { .btf_path = btf, .filter = &kernel };
	struct features features;
	struct probe_error error;
	struct priority priority;
	struct probe *probe;
	struct utsname name;
	char text[256];
	int scopes = 0;

	if (given->filter && message_bad_filter(given->filter))
		return 2;
	session_kernel_filter(given, &kernel);
	uname(&name);
	snprintf(text, sizeof(text), "%s %s, %s, %ld CPUs", name.sysname, name.release, name.machine,
		 sysconf(_SC_NPROCESSORS_ONLN));
	line("kernel", text);
	if (features_detect(&features, btf, true)) {
		line("tracing", features.reason);
		printf("\nspantop cannot trace here.\n");
		return 1;
	}
	line("type information", "the kernel describes its types, so one program fits every kernel");
	line("permission", "this user may load BPF programs");
	line("tracepoints", yes_no(features.tracepoint, "programs attach to the entry and exit of system calls",
				   "programs on system calls are refused"));
	line("markers alone", yes_no(features.null_functions, "found where /dev/null is written to: other calls cost nothing",
				     "found on entry to system calls (30 ns each): programs on kernel functions are refused"));
	line("kernel memory", yes_no(features.cast, "read directly (cheapest)", "read by copying (0.1 µs a call dearer)"));
	line("enter times", "kept in slots found by thread id (cheapest)");
	line("waiting for CPU", yes_no(features.run_delay, "accounted by the kernel: shown for each span",
				       "not accounted by this kernel"));
	line("process ids", yes_no(features.same_ids, "those of /proc",
				   "spantop runs in a pid namespace: what /proc here says is not used"));
	priority_ask(&priority);
	line("priority", yes_no(priority.realtime, "real-time while less than half a CPU is needed",
				"the usual one: on a busy machine more may be lost"));
	probe = probe_new(&options, &error);
	if (probe) {
		line("probe", "loads");
		line("what exists", yes_no(probe_has_iterators(probe), "told by iterators in the kernel (cheapest)",
					   "read from /proc: iterators in the kernel are refused"));
		for (int scope = SCOPE_SPANS; scope <= SCOPE_ALL; scope++) {
			int code = probe_set_scope(probe, scope);

			snprintf(text, sizeof(text), "%s", code ? strerror(-code) : "attaches");
			printf("  scope %-12s %s\n", probe_scope_name(scope), text);
			scopes += !code;
		}
		probe_free(probe);
	} else {
		line("probe", error.text);
	}
	if (given->filter)
		filter_line(&kernel);
	snprintf(text, sizeof(text), "%s, %s", terminal ? terminal : "TERM is not set", nl_langinfo(CODESET));
	line("terminal", text);
	printf(scopes == SCOPE_ALL ? "\nspantop can trace this machine.\n" : "\nspantop cannot trace here.\n");
	return scopes == SCOPE_ALL ? 0 : 1;
}
