view_info = {
	id = "incoming_connections",
	name = "New Connections",
	description = "Every connection as it is accepted, and by whom.",
	view_type = "list",
	applies_to = { "", "container.id", "proc.pid", "thread.nametid", "thread.tid", "proc.name", "fd.name",
		"fd.containername", "fd.sport", "fd.sproto", "fd.dport", "fd.port", "fd.lport", "fd.rport" },
	scope = "all",
	filter = "evt.type=accept and evt.dir=< and evt.failed=false",
	columns = {
		{ name = "TIME", field = "evt.time", description = "local time of its return", colsize = 19 },
		{ name = "Connection", field = "fd.name", description = "both ends of the connection",
		  colsize = 40 },
		{ name = "Container", field = "container.name", description = "its container",
		  tags = { "containers" }, colsize = 20 },
		{ name = "Command", field = "proc.exeline", description = "command line", colsize = 0,
		  aggregation = "MAX" },
	},
}
