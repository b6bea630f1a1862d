view_info = {
	id = "port_bindings",
	name = "Port bindings",
	description = "Every bind to a network port, and every close of one.",
	empty = "No port has been bound",
	tags = { "nocsysdig" },
	view_type = "list",
	applies_to = { "" },
	scope = "all",
	use_defaults = true,
	filter = "(evt.type=bind and evt.dir=< and (fd.type=ipv4 or fd.type=ipv6)) or (evt.type=close and evt.dir=> and fd.typechar=2 and fd.type=ipv4)",
	columns = {
		{ name = "TIME", field = "evt.time", description = "local time of its return", colsize = 12 },
		{ name = "OPERATION", field = "evt.type", description = "bind or close", colsize = 24 },
		{ name = "PORT", field = "fd.sport", description = "port of the server", colsize = 24 },
		{ name = "Command", field = "proc.exeline", description = "command line", colsize = 0,
		  aggregation = "MAX" },
	},
	actions = {
		{ hotkey = "t", command = "tcpdump -l -nn -i any port %fd.sport", description = "packets of the port (tcpdump)" },
		{ hotkey = "s", command = "ss -t -u -a -n -p sport = :%fd.sport", description = "sockets of the port here (ss)" },
	},
}
