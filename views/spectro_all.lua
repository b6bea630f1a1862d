view_info = {
	id = "spectro_all",
	name = "System Calls Spectrogram",
	description = "Latencies of system calls over time; inside a span, if one was selected.",
	order = 9,
	view_type = "spectrogram",
	applies_to = { "", "*" },
	scope = "inside",
	filter = "evt.latency>0",
	propagate_filter = false,
	drilldown_target = "events",
	columns = {
		{ name = "LATENCY", field = "evt.latency", description = "time from enter to return",
		  colsize = 10, is_key = true },
	},
}
