view_info = {
	id = "spectro_net",
	name = "Spectrogram-Network",
	description = "Latencies of system calls on network connections over time.",
	view_type = "spectrogram",
	applies_to = { "", "*" },
	scope = "all",
	filter = "evt.dir=< and (fd.type=ipv4 or fd.type=ipv6)",
	drilldown_target = "events",
	columns = {
		{ name = "LATENCY", field = "evt.latency", description = "time from enter to return",
		  colsize = 10, is_key = true },
	},
}
