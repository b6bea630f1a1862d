view_info = {
	id = "spectro_file",
	name = "Spectrogram-File",
	description = "Latencies of system calls on files and directories over time.",
	view_type = "spectrogram",
	applies_to = { "", "container.id", "proc.pid", "thread.nametid", "thread.tid", "proc.name", "evt.res",
		"fd.name", "fd.containername", "fd.directory", "fd.containerdirectory", "k8s.pod.id",
		"k8s.ns.name" },
	scope = "all",
	filter = "evt.dir=< and (fd.type=file or fd.type=directory)",
	drilldown_target = "events",
	columns = {
		{ name = "LATENCY", field = "evt.latency", description = "time from enter to return",
		  colsize = 10, is_key = true },
	},
}
