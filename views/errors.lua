view_info = {
	id = "errors",
	name = "Errors",
	description = "How often system calls failed, by error.",
	empty = "No call has failed",
	view_type = "table",
	applies_to = { "", "container.id", "proc.pid", "thread.nametid", "proc.name", "thread.tid", "fd.sport",
		"fd.sproto", "fd.directory", "fd.containerdirectory", "k8s.pod.id", "k8s.ns.name" },
	scope = "all",
	use_defaults = true,
	filter = "evt.res != SUCCESS",
	drilldown_target = "procs_errors",
	columns = {
		{ name = "NA", field = "evt.res", description = "what rows are counted by", is_key = true },
		{ name = "COUNT", field = "evt.count", description = "calls that returned so", colsize = 12,
		  aggregation = "SUM", is_sorting = true },
		{ name = "ERROR", field = "evt.res", description = "name of the error", colsize = 0 },
	},
}
