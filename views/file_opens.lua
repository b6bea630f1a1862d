view_info = {
	id = "file_opens",
	name = "File Opens List",
	description = "Every open of a file as it returns, and who asked.",
	view_type = "list",
	applies_to = { "", "container.id", "proc.pid", "thread.nametid", "proc.name", "thread.tid", "fd.sport",
		"fd.sproto", "fd.name", "fd.containername", "fd.directory", "fd.containerdirectory", "evt.res" },
	scope = "all",
	filter = "evt.type=open and evt.dir=<",
	columns = {
		{ name = "TIME", field = "evt.time", description = "local time of its return", colsize = 19 },
		{ name = "RES", field = "evt.res", description = "SUCCESS, or the error", colsize = 8 },
		{ name = "FILE", field = "fd.name", description = "path", colsize = 40 },
		{ name = "Container", field = "container.name", description = "its container",
		  tags = { "containers" }, colsize = 20 },
		{ name = "Command", field = "proc.exeline", description = "command line", colsize = 0,
		  aggregation = "MAX" },
	},
}
