view_info = {
	id = "notifications",
	name = "Notifications",
	description = "Notices that tracing tools wrote into the capture.",
	empty = "Nothing has been notified",
	tags = { "nocsysdig" },
	view_type = "list",
	applies_to = { "" },
	scope = "all",
	use_defaults = true,
	filter = "evt.type=notification",
	columns = {
		{ name = "TIME", field = "evt.time", description = "local time", colsize = 12 },
		{ name = "ID", field = "evt.arg.id", description = "id of the notice", colsize = 24 },
		{ name = "Container", field = "container.name", description = "its container",
		  tags = { "containers" }, colsize = 20 },
		{ name = "DESCRIPTION", field = "evt.arg.desc", description = "its text", colsize = 0 },
	},
}
