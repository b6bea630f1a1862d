view_info = {
	id = "spectro_wait",
	name = "Spectrogram-Waits",
	description = "How long threads waited in poll, select, futex and the like, over time.",
	view_type = "spectrogram",
	applies_to = { "", "*" },
	scope = "all",
	filter = "evt.wait_latency>0",
	drilldown_target = "events",
	columns = {
		{ name = "WAIT", field = "evt.wait_latency", description = "time spent waiting, of calls that wait",
		  colsize = 10, is_key = true },
	},
}
